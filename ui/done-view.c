/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-done-view"

#include "done-view.h"

#include "parts.h"
#include "pass-view.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlDoneView {
  GtkBox parent_instance;

  GtkLabel *headline_label, *detail_label, *receipt_label, *change_label, *waits_label;
  GtkWidget *change_box, *waits_box, *seen_buttons, *not_seen_button, *later_button, *actions;
  GtkWidget *print_button, *next_button;
  SlPassView *code;
  GdkTexture *given;   /* (nullable): what they take along, while they pay */
  char *given_note;    /* (nullable) */
};

enum { SIGNAL_PRINT, SIGNAL_SEEN, SIGNAL_NOT_SEEN, SIGNAL_NEXT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlDoneView, sl_done_view, GTK_TYPE_BOX)

static void
on_print (GtkButton *button, SlDoneView *self)
{
  g_signal_emit (self, signals[SIGNAL_PRINT], 0);
}

static void
on_seen (GtkButton *button, SlDoneView *self)
{
  g_signal_emit (self, signals[SIGNAL_SEEN], 0);
}

static void
on_not_seen (GtkButton *button, SlDoneView *self)
{
  g_signal_emit (self, signals[SIGNAL_NOT_SEEN], 0);
}

/* Either they pay, or they get what they paid for. */
static void
show_paying (SlDoneView *self, gboolean is_paying)
{
  gtk_widget_set_visible (self->later_button, is_paying);
  gtk_widget_set_visible (self->not_seen_button, !is_paying);
  gtk_widget_set_visible (self->actions, !is_paying);
  if (!is_paying)
    sl_pass_view_set_code (self->code, self->given, self->given_note);
}

static void
on_later (GtkButton *button, SlDoneView *self)
{
  show_paying (self, FALSE);
  gtk_widget_grab_focus (self->next_button);
}

static void
on_next (GtkButton *button, SlDoneView *self)
{
  g_signal_emit (self, signals[SIGNAL_NEXT], 0);
}

static void
sl_done_view_finalize (GObject *object)
{
  SlDoneView *self = SL_DONE_VIEW (object);

  g_clear_object (&self->given);
  g_free (self->given_note);
  G_OBJECT_CLASS (sl_done_view_parent_class)->finalize (object);
}

static void
sl_done_view_class_init (SlDoneViewClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sl_done_view_finalize;
  signals[SIGNAL_PRINT] = g_signal_new ("print", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEEN] = g_signal_new ("seen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_NOT_SEEN] = g_signal_new ("not-seen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_NEXT] = g_signal_new ("next", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, const char *classes, GCallback callback, SlDoneView *self)
{
  GtkWidget *button = sl_parts_button (label, classes);

  g_signal_connect (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_words (SlDoneView *self, GtkWidget *words)
{
  self->headline_label = GTK_LABEL (sl_parts_label (NULL, "title done-headline"));
  self->detail_label = GTK_LABEL (sl_parts_label (NULL, "body num done-detail"));
  self->change_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 0);
  gtk_box_append (GTK_BOX (self->change_box), sl_parts_label (_("Change to give back"), "body quiet"));
  self->change_label = GTK_LABEL (sl_parts_label (NULL, "big done-change"));
  gtk_box_append (GTK_BOX (self->change_box), GTK_WIDGET (self->change_label));
  self->waits_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 12);
  self->waits_label = GTK_LABEL (sl_parts_label (NULL, "body done-waits"));
  self->seen_buttons = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 16);
  gtk_box_append (GTK_BOX (self->waits_box), GTK_WIDGET (self->waits_label));
  gtk_box_append (GTK_BOX (self->waits_box), self->seen_buttons);
  /* Translators: a button: a payment by telephone or bank has not come */
  self->not_seen_button = add_button (self->seen_buttons, _("It did not come"), "", G_CALLBACK (on_not_seen), self);
  /* Translators: a button: nobody waits for the money: what was bought is handed over before it has been seen */
  self->later_button = add_button (self->seen_buttons, _("Go on without it"), "", G_CALLBACK (on_later), self);
  /* Translators: a button: somebody has seen that a payment by telephone or bank has come */
  add_button (self->seen_buttons, _("Money seen"), "main", G_CALLBACK (on_seen), self);
  self->receipt_label = GTK_LABEL (sl_parts_label (NULL, "quiet num"));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->headline_label));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->detail_label));
  gtk_box_append (GTK_BOX (words), self->change_box);
  gtk_box_append (GTK_BOX (words), self->waits_box);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->receipt_label));
}

static void
sl_done_view_init (SlDoneView *self)
{
  GtkWidget *across = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 32);
  GtkWidget *words = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);

  self->actions = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 16);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 16);
  add_words (self, words);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_START);
  self->code = SL_PASS_VIEW (sl_pass_view_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->code), GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (across), words);
  gtk_box_append (GTK_BOX (across), GTK_WIDGET (self->code));
  gtk_box_append (GTK_BOX (self), sl_parts_scroll (across));
  gtk_widget_set_halign (self->actions, GTK_ALIGN_END);
  self->print_button = add_button (self->actions, _("Print receipt"), "", G_CALLBACK (on_print), self);
  /* Translators: a button: on to the next person */
  self->next_button = add_button (self->actions, _("Next person"), "main", G_CALLBACK (on_next), self);
  gtk_box_append (GTK_BOX (self), self->actions);
  show_paying (self, FALSE);
}

/**
 * sl_done_view_new:
 *
 * Returns: (transfer floating): an empty view
 */
GtkWidget *
sl_done_view_new (void)
{
  return g_object_new (SL_TYPE_DONE_VIEW, NULL);
}

static void
set_text (GtkLabel *label, GtkWidget *shown, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (shown, text != NULL && *text != '\0');
}

/**
 * sl_done_view_show:
 * @self: a view
 * @done: what there is to say; copied
 */
void
sl_done_view_show (SlDoneView *self, const SlDone *done)
{
  g_autofree char *receipt = NULL;

  g_return_if_fail (SL_IS_DONE_VIEW (self) && done != NULL);
  if (done->receipt != NULL)
    /* Translators: {number} is the number of a receipt */
    receipt = sl_text_fill (_("Receipt {number}"), "number", done->receipt, NULL);
  set_text (self->headline_label, GTK_WIDGET (self->headline_label), done->headline);
  set_text (self->detail_label, GTK_WIDGET (self->detail_label), done->detail);
  set_text (self->change_label, self->change_box, done->change);
  set_text (self->waits_label, self->waits_box, done->waits);
  set_text (self->receipt_label, GTK_WIDGET (self->receipt_label), receipt);
  gtk_widget_set_visible (self->seen_buttons, TRUE);
  gtk_widget_set_visible (self->print_button, done->receipt != NULL);
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->next_button))),
                       done->next != NULL ? done->next : _("Next person"));
  g_set_object (&self->given, done->code);
  g_free (self->given_note);
  self->given_note = g_strdup (done->code_note);
  if (done->pay_code != NULL)
    sl_pass_view_set_code (self->code, done->pay_code, done->pay_note);
  show_paying (self, done->pay_code != NULL);
}

/**
 * sl_done_view_set_seen:
 * @self: a view that shows money that nobody has seen yet
 * @text: what has become of it, in place of the question; what they take along is shown now
 */
void
sl_done_view_set_seen (SlDoneView *self, const char *text)
{
  g_return_if_fail (SL_IS_DONE_VIEW (self) && text != NULL);
  gtk_label_set_label (self->waits_label, text);
  gtk_widget_set_visible (self->seen_buttons, FALSE);
  show_paying (self, FALSE);
}
