/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-members-page"

#include "members-page.h"

#include "list-fill.h"
#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlMembersPage {
  SlShapeBin parent_instance;

  GtkEntry *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkBox *list;

  GPtrArray *members; /* (nullable) (element-type SlMember): who is listed */
};

enum { SIGNAL_SEARCH_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlMembersPage, sl_members_page, SL_TYPE_SHAPE_BIN)

static void
on_search_changed (SlMembersPage *self)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  g_signal_emit (self, signals[SIGNAL_SEARCH_CHANGED], 0);
}

/* The only one found is whom Enter means. */
static void
on_search_activated (SlMembersPage *self)
{
  if (self->members != NULL && self->members->len == 1)
    g_signal_emit_by_name (gtk_widget_get_first_child (GTK_WIDGET (self->list)), "clicked");
}

static void
sl_members_page_dispose (GObject *object)
{
  g_clear_pointer (&SL_MEMBERS_PAGE (object)->members, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_MEMBERS_PAGE);
  G_OBJECT_CLASS (sl_members_page_parent_class)->dispose (object);
}

static void
sl_members_page_class_init (SlMembersPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_members_page_dispose;
  signals[SIGNAL_SEARCH_CHANGED] = g_signal_new ("search-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/members-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
}

static void
sl_members_page_init (SlMembersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_members_page_new:
 *
 * Returns: (transfer floating): a page that shows nobody yet
 */
GtkWidget *
sl_members_page_new (void)
{
  return g_object_new (SL_TYPE_MEMBERS_PAGE, NULL);
}

/**
 * sl_members_page_get_search:
 * @self: a page
 *
 * Returns: (transfer none): what was typed
 */
const char *
sl_members_page_get_search (SlMembersPage *self)
{
  g_return_val_if_fail (SL_IS_MEMBERS_PAGE (self), "");
  return gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
}

/**
 * sl_members_page_clear_search:
 * @self: a page
 *
 * As before anybody typed; the focus is in the field.
 */
void
sl_members_page_clear_search (SlMembersPage *self)
{
  g_return_if_fail (SL_IS_MEMBERS_PAGE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/* --- the list; below its members the note that there are more, which is %NULL --- */

typedef struct {
  char *name, *credits;
  SlListRowWords words;
} MemberWords;

static void
member_words_clear (MemberWords *words)
{
  g_free (words->name);
  g_free (words->credits);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MemberWords, member_words_clear)

static void
member_words_init (MemberWords *words, const SlMember *member)
{
  gboolean usual = g_strcmp0 (member->status, "active") == 0;

  words->name = sl_record_words_name (member);
  words->credits = sl_record_words_credits (member->credits_hundredths);
  words->words = (SlListRowWords) { words->name, member->phone,
                                    usual ? NULL : sl_record_words_status (member->status),
                                    member->credits_hundredths != 0 ? words->credits : NULL };
}

static char *
row_name (gpointer item, gpointer user_data)
{
  const SlMember *member = item;

  return member != NULL ? sl_id_to_string (&member->id) : g_strdup ("");
}

static char *
row_shows (gpointer item, gpointer user_data)
{
  g_auto (MemberWords) words = { 0 };

  if (item == NULL)
    return g_strdup ("");
  member_words_init (&words, item);
  return sl_list_row_words_to_string (&words.words);
}

static GtkWidget *
row_new (gpointer item, gpointer user_data)
{
  g_auto (MemberWords) words = { 0 };
  g_autofree char *id = row_name (item, user_data);

  if (item == NULL)
    return sl_list_note_new (_("There are more. Type another letter of the name, or digits of the phone number."));
  member_words_init (&words, item);
  return sl_list_row_new_tapped (&words.words, "members.open", id);
}

/**
 * sl_members_page_set_results:
 * @self: a page
 * @members: (element-type SlMember): who was found, by name; a reference is kept
 * @more: there are more than these
 */
void
sl_members_page_set_results (SlMembersPage *self, GPtrArray *members, gboolean more)
{
  static const SlListRows rows = { row_name, row_shows, row_new };
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_return_if_fail (SL_IS_MEMBERS_PAGE (self) && members != NULL);
  g_ptr_array_extend (items, members, NULL, NULL);
  if (more)
    g_ptr_array_add (items, NULL);
  sl_list_fill (self->list, items, &rows, NULL);
  g_ptr_array_ref (members); /* after the list has let go of those before */
  g_clear_pointer (&self->members, g_ptr_array_unref);
  self->members = members;
  gtk_stack_set_visible_child_name (self->stack, members->len > 0 ? "list" : "none");
}
