/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-page"

#include "member-page.h"

#include "parts.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlMemberPage {
  SlShapeBin parent_instance;

  GtkLabel *title_label;
  GtkLabel *left_label;
  GtkLabel *state_label;
  GtkLabel *said_label;
  GtkScrolledWindow *scroller;
  GtkBox *foot;
  GtkBox *actions;
  GtkButton *back_button;
  GtkButton *finish_button;

  GtkWidget *body; /* (nullable): in the scroller */
  gboolean is_busy;
};

enum { SIGNAL_BACK, SIGNAL_FINISH, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlMemberPage, sl_member_page, SL_TYPE_SHAPE_BIN)

static void
on_back_clicked (GtkButton *button, SlMemberPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static void
on_finish_clicked (GtkButton *button, SlMemberPage *self)
{
  g_signal_emit (self, signals[SIGNAL_FINISH], 0);
}

/* Long words wrap where a button has a line of its own. Side by side, GTK 4.8 measures buttons that wrap wrongly. */
static void
arrange_action (GtkWidget *button, SlShape shape)
{
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), shape == SL_SHAPE_PORTRAIT);
}

static void
arrange (SlMemberPage *self, SlShape shape)
{
  GtkOrientation along = shape == SL_SHAPE_PORTRAIT ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  if (self->body != NULL && gtk_widget_has_css_class (self->body, "sides"))
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), along);
  /* Upright there is no width for long words side by side. */
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->foot), along);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->actions), along);
  gtk_widget_set_halign (GTK_WIDGET (self->actions), shape == SL_SHAPE_PORTRAIT ? GTK_ALIGN_FILL : GTK_ALIGN_END);
  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->actions)); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    arrange_action (button, shape);
}

static void
sl_member_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  arrange (SL_MEMBER_PAGE (bin), shape);
}

static void
sl_member_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_MEMBER_PAGE);
  G_OBJECT_CLASS (sl_member_page_parent_class)->dispose (object);
}

static void
sl_member_page_class_init (SlMemberPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_member_page_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_member_page_shape_changed;
  signals[SIGNAL_BACK] = g_signal_new ("back", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_FINISH] = g_signal_new ("finish", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/member-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, left_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, said_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, foot);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, actions);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, SlMemberPage, finish_button);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_finish_clicked);
}

static void
sl_member_page_init (SlMemberPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  arrange (self, SL_SHAPE_ROOMY);
}

/**
 * sl_member_page_new:
 * @title: the headline, in the language of the moment
 *
 * Returns: (transfer floating): a page without a body
 */
GtkWidget *
sl_member_page_new (const char *title)
{
  SlMemberPage *self = g_object_new (SL_TYPE_MEMBER_PAGE, NULL);

  gtk_label_set_label (self->title_label, title);
  return GTK_WIDGET (self);
}

/**
 * sl_member_page_set_body:
 * @self: a page
 * @body: what it is about; where it is too high for the screen it scrolls
 */
void
sl_member_page_set_body (SlMemberPage *self, GtkWidget *body)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  self->body = body;
  gtk_scrolled_window_set_child (self->scroller, body);
  arrange (self, sl_shape_bin_get_shape (SL_SHAPE_BIN (self)));
}

/**
 * sl_member_page_add_action:
 * @self: a page
 * @label: what the button does, in the language of the moment
 * @style: "main", "danger" or ""
 * @callback: (nullable): for "clicked", as long as the page lives
 * @user_data: for @callback
 *
 * Adds a button at the bottom; the last one is nearest to the hand.
 *
 * Returns: (transfer none): it
 */
GtkWidget *
sl_member_page_add_action (SlMemberPage *self, const char *label, const char *style, GCallback callback,
                           gpointer user_data)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkLabel *words = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

  g_return_val_if_fail (SL_IS_MEMBER_PAGE (self) && style != NULL, NULL);
  gtk_label_set_natural_wrap_mode (words, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (words, GTK_JUSTIFY_CENTER);
  arrange_action (button, sl_shape_bin_get_shape (SL_SHAPE_BIN (self)));
  gtk_widget_add_css_class (button, "action");
  if (*style != '\0')
    gtk_widget_add_css_class (button, style);
  if (callback != NULL)
    g_signal_connect (button, "clicked", callback, user_data);
  gtk_box_append (self->actions, button);
  return button;
}

/**
 * sl_member_page_say:
 * @self: a page
 * @text: (nullable): what has gone wrong and what to do; %NULL: nothing
 */
void
sl_member_page_say (SlMemberPage *self, const char *text)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  gtk_label_set_label (self->said_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->said_label), text != NULL);
}

/**
 * sl_member_page_set_left:
 * @self: a page
 * @seconds: until it closes by itself; at least 0
 *
 * Says so.
 */
void
sl_member_page_set_left (SlMemberPage *self, int seconds)
{
  g_autofree char *count = g_strdup_printf ("%d", seconds);

  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  /* Translators: on the member's pages, counting down while nobody touches the screen; {n} is a number of seconds */
  g_autofree char *text = sl_text_fill (_("Closes in {n} s"), "n", count, NULL);
  gtk_label_set_label (self->left_label, text);
  sl_parts_set_class (GTK_WIDGET (self->left_label), "urgent", seconds <= SL_MEMBER_PAGE_LEFT_URGENT_S);
}

/**
 * sl_member_page_set_place:
 * @self: a page
 * @text: where it stands in a row of pages, as "Step 2 of 5"; "" for nothing
 *
 * For a page that waits for as long as it takes: there is no time that is left, and no Finish.
 */
void
sl_member_page_set_place (SlMemberPage *self, const char *text)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self) && text != NULL);
  gtk_label_set_label (self->left_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->finish_button), FALSE);
}

/**
 * sl_member_page_set_state:
 * @self: a page
 * @words: (nullable): how things stand, as on the check-in page; %NULL: not known
 * @is_wrong: whether somebody should see to it: said louder, and no more than that
 */
void
sl_member_page_set_state (SlMemberPage *self, const char *words, gboolean is_wrong)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  gtk_label_set_label (self->state_label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), words != NULL);
  sl_parts_set_class (GTK_WIDGET (self->state_label), "wrong", is_wrong);
}

/**
 * sl_member_page_set_back:
 * @self: a page
 * @can_go_back: whether there is a page before
 */
void
sl_member_page_set_back (SlMemberPage *self, gboolean can_go_back)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  gtk_widget_set_visible (GTK_WIDGET (self->back_button), can_go_back);
}

/**
 * sl_member_page_set_busy:
 * @self: a page
 * @is_busy: whether something is being done: two taps are one
 *
 * While it is, nothing but Finish can be touched.
 */
void
sl_member_page_set_busy (SlMemberPage *self, gboolean is_busy)
{
  g_return_if_fail (SL_IS_MEMBER_PAGE (self));
  self->is_busy = is_busy;
  gtk_widget_set_can_target (GTK_WIDGET (self->scroller), !is_busy);
  gtk_widget_set_can_target (GTK_WIDGET (self->foot), !is_busy);
}
