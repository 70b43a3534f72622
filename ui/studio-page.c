/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio-page"

#include "studio-page.h"

#include "list-fill.h"
#include "list-row.h"
#include "parts.h"
#include "side-tabs.h"

#include <glib/gi18n-lib.h>

#define PORTRAIT_TABS_IN_A_ROW 3

struct _SlStudioPage {
  SlShapeBin parent_instance;

  SlStudioKind kind;
  SlSideTabs *tabs;
  GtkWidget *new_button;
  GtkBox *lists[SL_STUDIO_KIND_LAST];
  GtkWidget *notes[SL_STUDIO_KIND_LAST]; /* what stands where there is nothing in a list */
};

enum { SIGNAL_KIND, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What the tabs are called here. */
static const char *const names[] = {
  [SL_STUDIO_CLASSES] = "classes", [SL_STUDIO_PACKAGES] = "packages", [SL_STUDIO_PLANS] = "plans",
  [SL_STUDIO_ROOMS] = "rooms", [SL_STUDIO_STAFF] = "staff", [SL_STUDIO_LOCATIONS] = "locations",
};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == SL_STUDIO_KIND_LAST);

G_DEFINE_FINAL_TYPE (SlStudioPage, sl_studio_page, SL_TYPE_SHAPE_BIN)

/**
 * sl_studio_row_free:
 * @row: (nullable) (transfer full): to be freed
 */
void
sl_studio_row_free (gpointer data)
{
  SlStudioRow *row = data;

  if (row == NULL)
    return;
  g_free (row->title);
  g_free (row->detail);
  g_free (row->state);
  g_free (row->figure);
  g_free (row);
}

/* --- words --- */

static const char *
kind_words (SlStudioKind kind)
{
  static const char *const words[] = {
    /* Translators: what a studio is made of: what it teaches, sells, where, and who works there */
    [SL_STUDIO_CLASSES] = N_("Classes"), [SL_STUDIO_PACKAGES] = N_("Packages"), [SL_STUDIO_PLANS] = N_("Plans"),
    [SL_STUDIO_ROOMS] = N_("Rooms"), [SL_STUDIO_STAFF] = N_("Staff"), [SL_STUDIO_LOCATIONS] = N_("Locations"),
  };

  return dgettext (GETTEXT_PACKAGE, words[kind]);
}

/**
 * sl_studio_new_words:
 * @kind: a kind
 *
 * Returns: (transfer none): "New package", in the language of the moment
 */
const char *
sl_studio_new_words (SlStudioKind kind)
{
  static const char *const words[] = {
    [SL_STUDIO_CLASSES] = N_("New kind of class"), [SL_STUDIO_PACKAGES] = N_("New package"),
    [SL_STUDIO_PLANS] = N_("New plan"), [SL_STUDIO_ROOMS] = N_("New room"),
    [SL_STUDIO_STAFF] = N_("New person"), [SL_STUDIO_LOCATIONS] = N_("New location"),
  };

  return dgettext (GETTEXT_PACKAGE, words[kind]);
}

/**
 * sl_studio_none_words:
 * @kind: a kind
 *
 * Returns: (transfer none): what is said to who makes them, where there are none
 */
const char *
sl_studio_none_words (SlStudioKind kind)
{
  static const char *const words[] = {
    [SL_STUDIO_CLASSES] = N_("Nothing is taught here yet. Make the classes that the studio gives, such as Yoga; "
                             "Schedule says when they take place."),
    [SL_STUDIO_PACKAGES] = N_("No packages are sold yet. A package is a number of credits for a price, such as "
                              "ten classes."),
    [SL_STUDIO_PLANS] = N_("No plans are sold yet. A plan is a membership that is paid every month or every year."),
    [SL_STUDIO_ROOMS] = N_("There are no rooms yet. A class can do without one; with rooms, no two are in the same "
                           "one at a time."),
    [SL_STUDIO_STAFF] = N_("Nobody works here yet."),
    [SL_STUDIO_LOCATIONS] = N_("No location is known yet."),
  };

  return dgettext (GETTEXT_PACKAGE, words[kind]);
}

/* --- rows --- */

static char *
row_name (gpointer item, gpointer user_data)
{
  return sl_id_to_string (&((const SlStudioRow *) item)->id);
}

static SlListRowWords
words_of (const SlStudioRow *row)
{
  return (SlListRowWords) { row->title, row->detail, row->state, row->figure };
}

static char *
row_shows (gpointer item, gpointer user_data)
{
  SlListRowWords words = words_of (item);

  return sl_list_row_words_to_string (&words);
}

static GtkWidget *
row_make (gpointer item, gpointer user_data)
{
  SlListRowWords words = words_of (item);
  g_autofree char *id = row_name (item, NULL);

  return sl_list_row_new_tapped (&words, "studio.open", id);
}

/* --- the page --- */

static void
on_tab (SlStudioPage *self, const char *name)
{
  for (self->kind = 0; !g_str_equal (names[self->kind], name); self->kind++)
    ;
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->new_button))),
                       sl_studio_new_words (self->kind));
  g_signal_emit (self, signals[SIGNAL_KIND], 0, self->kind);
}

static void
add_kind (SlStudioPage *self, SlStudioKind kind)
{
  GtkWidget *column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);

  self->notes[kind] = sl_list_note_new (sl_studio_none_words (kind));
  gtk_widget_set_visible (self->notes[kind], FALSE);
  self->lists[kind] = GTK_BOX (sl_parts_box (GTK_ORIENTATION_VERTICAL, "list", 8));
  gtk_box_append (GTK_BOX (column), self->notes[kind]);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->lists[kind]));
  sl_side_tabs_add (self->tabs, names[kind], kind_words (kind), column);
}

static void
sl_studio_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  sl_side_tabs_set_upright (SL_STUDIO_PAGE (bin)->tabs, shape == SL_SHAPE_PORTRAIT);
}

static void
sl_studio_page_class_init (SlStudioPageClass *class)
{
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_studio_page_shape_changed;
  signals[SIGNAL_KIND] = g_signal_new ("kind-shown", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_UINT);
}

static GtkWidget *
make_head (SlStudioPage *self)
{
  GtkWidget *head = gtk_grid_new (); /* in a box they would stand by their baselines, and be higher than measured */
  GtkWidget *title = sl_parts_label (_("Studio"), "title");

  self->new_button = sl_action_button_new (sl_studio_new_words (SL_STUDIO_CLASSES), "main", "studio.new", NULL);
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->new_button))), FALSE); /* there is room */
  gtk_label_set_wrap (GTK_LABEL (title), FALSE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_grid_attach (GTK_GRID (head), title, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (head), self->new_button, 1, 0, 1, 1);
  return head;
}

static void
sl_studio_page_init (SlStudioPage *self)
{
  GtkWidget *body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "section-body", 16);

  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  /* Translators: For screen readers: the group of buttons Classes, Packages, Plans, Rooms, Staff, Locations */
  self->tabs = SL_SIDE_TABS (sl_side_tabs_new (_("Studio"), PORTRAIT_TABS_IN_A_ROW));
  gtk_box_append (GTK_BOX (body), make_head (self));
  for (SlStudioKind kind = 0; kind < SL_STUDIO_KIND_LAST; kind++)
    add_kind (self, kind);
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->tabs));
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), body);
  g_signal_connect_swapped (self->tabs, "shown", G_CALLBACK (on_tab), self);
}

/**
 * sl_studio_page_new:
 *
 * Returns: (transfer floating): a page that shows the classes, of which there are none yet
 */
GtkWidget *
sl_studio_page_new (void)
{
  return g_object_new (SL_TYPE_STUDIO_PAGE, NULL);
}

/**
 * sl_studio_page_show_kind:
 * @self: a page
 * @kind: what is to be seen
 */
void
sl_studio_page_show_kind (SlStudioPage *self, SlStudioKind kind)
{
  g_return_if_fail (SL_IS_STUDIO_PAGE (self) && kind < SL_STUDIO_KIND_LAST);
  sl_side_tabs_show (self->tabs, names[kind]);
}

/**
 * sl_studio_page_get_kind:
 * @self: a page
 *
 * Returns: what is seen
 */
SlStudioKind
sl_studio_page_get_kind (SlStudioPage *self)
{
  g_return_val_if_fail (SL_IS_STUDIO_PAGE (self), SL_STUDIO_CLASSES);
  return self->kind;
}

/**
 * sl_studio_page_set_rows:
 * @self: a page
 * @kind: of what
 * @rows: (element-type SlStudioRow): all there are; kept
 */
void
sl_studio_page_set_rows (SlStudioPage *self, SlStudioKind kind, GPtrArray *rows)
{
  static const SlListRows how = { row_name, row_shows, row_make };

  g_return_if_fail (SL_IS_STUDIO_PAGE (self) && kind < SL_STUDIO_KIND_LAST && rows != NULL);
  gtk_widget_set_visible (self->notes[kind], rows->len == 0);
  (void) sl_list_fill (self->lists[kind], rows, &how, NULL);
}
