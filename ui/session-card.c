/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-session-card"

#include "session-card.h"

#include "date-words.h"
#include "parts.h"
#include "text-fill.h"
#include "text-size.h"
#include "widgets/capacity-bar.h"

#include <glib/gi18n-lib.h>

#define TIME_ABOVE_PERCENT 125 /* of the text's size: beside the time there is no room for words then */

struct _SlSessionCard {
  GtkBox parent_instance;

  GtkWidget *button;
  GtkOrientable *columns;
  GtkLabel *time_label;
  GtkLabel *name_label;
  GtkLabel *where_label;
  SlCapacityBar *bar;
  GtkLabel *counts_label;
  GtkWidget *marks_box;
  GtkLabel *marks_label;

  SlId id;
};

enum { SIGNAL_PICKED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSessionCard, sl_session_card, GTK_TYPE_BOX)

static void
on_clicked (SlSessionCard *self)
{
  g_signal_emit (self, signals[SIGNAL_PICKED], 0);
}

static void
sl_session_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_SESSION_CARD);
  G_OBJECT_CLASS (sl_session_card_parent_class)->dispose (object);
}

static void
sl_session_card_class_init (SlSessionCardClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_session_card_dispose;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  g_type_ensure (SL_TYPE_CAPACITY_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/session-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, button);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, columns);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, time_label);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, where_label);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, bar);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, counts_label);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, marks_box);
  gtk_widget_class_bind_template_child (widget_class, SlSessionCard, marks_label);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
sl_session_card_init (SlSessionCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_session_card_new:
 *
 * Returns: (transfer floating): a card that says nothing yet
 */
GtkWidget *
sl_session_card_new (void)
{
  return g_object_new (SL_TYPE_SESSION_CARD, NULL);
}

/* Nothing where there is nobody. */
static char *
count_words (const char *sentence, int n)
{
  g_autofree char *count = g_strdup_printf ("%d", n);

  return n > 0 ? sl_text_fill (sentence, "n", count, NULL) : g_strdup ("");
}

/**
 * sl_session_card_counts:
 * @session: a session
 *
 * Returns: (transfer full): how full it is, in words
 */
char *
sl_session_card_counts (const SlTodaySession *session)
{
  g_autofree char *in = g_strdup_printf ("%d", session->in);
  g_autofree char *booked = g_strdup_printf ("%d", session->booked);
  g_autofree char *capacity = g_strdup_printf ("%d", session->capacity);
  /* Translators: people who wait for a place in a class; {n} is the number */
  g_autofree char *waiting = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} waiting", "{n} waiting",
                                                       session->waiting), session->waiting);
  g_autofree char *full = NULL;

  if (session->cancelled)
    /* Translators: a class that does not take place */
    return g_strdup (_("Cancelled"));
  /* Translators: how full a class is: people who are in, people who have booked, places */
  full = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{in} in · {booked} booked · {capacity} place",
                                    "{in} in · {booked} booked · {capacity} places", (gulong) session->capacity),
                       "in", in, "booked", booked, "capacity", capacity, NULL);
  return sl_text_join (" · ", full, waiting, NULL);
}

static char *
mark_words (const SlTodaySession *session)
{
  /* Translators: people who are booked into a class that has begun, and have not come; {n} is the number */
  g_autofree char *late = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} not here yet", "{n} not here yet",
                                                    session->late), session->late);
  /* Translators: people who have not paid for their place; {n} is the number */
  g_autofree char *unpaid = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} unpaid", "{n} unpaid",
                                                      session->unpaid), session->unpaid);
  /* Translators: people who have to answer health questions first; {n} is the number */
  g_autofree char *parq = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} health form missing",
                                                    "{n} health forms missing", session->parq), session->parq);
  /* Translators: people who came in by a code that this device does not know yet; {n} is the number */
  g_autofree char *unknown = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} to confirm", "{n} to confirm",
                                                       session->unknown), session->unknown);

  return sl_text_join (" · ", late, unpaid, parq, unknown, NULL);
}

/**
 * sl_session_card_set:
 * @self: a card
 * @session: what it shows; only read
 * @zone: the studio's zone
 */
void
sl_session_card_set (SlSessionCard *self, const SlTodaySession *session, GTimeZone *zone)
{
  g_return_if_fail (SL_IS_SESSION_CARD (self) && session != NULL && zone != NULL);
  g_autofree char *time = sl_date_words_time (session->start_ms, zone);
  g_autofree char *where = sl_text_join (" · ", session->room != NULL ? session->room : "",
                                         session->instructor != NULL ? session->instructor : "",
                                         /* Translators: a class that nobody can see or book yet */
                                         session->draft ? _("Draft") : "", NULL);
  g_autofree char *counts = sl_session_card_counts (session);
  g_autofree char *marks = mark_words (session);
  const char *name = session->name != NULL ? session->name : "";
  g_autofree char *spoken = sl_text_join (", ", time, name, where, counts, marks, NULL);

  self->id = session->id;
  gtk_orientable_set_orientation (self->columns, sl_text_size_get () >= TIME_ABOVE_PERCENT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_label_set_label (self->time_label, time);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->where_label, where);
  gtk_widget_set_visible (GTK_WIDGET (self->where_label), *where != '\0');
  gtk_label_set_label (self->counts_label, counts);
  gtk_label_set_label (self->marks_label, marks);
  gtk_widget_set_visible (self->marks_box, *marks != '\0');
  sl_capacity_bar_set (self->bar, session->in, session->booked, session->capacity);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), !session->cancelled);
  sl_parts_set_class (self->button, "over", session->over || session->cancelled);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * sl_session_card_set_selected:
 * @self: a card
 * @selected: whether its people are shown
 */
void
sl_session_card_set_selected (SlSessionCard *self, gboolean selected)
{
  g_return_if_fail (SL_IS_SESSION_CARD (self));
  sl_parts_set_class (self->button, "selected", selected);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

/**
 * sl_session_card_get_id:
 * @self: a card
 *
 * Returns: (transfer none): its session
 */
const SlId *
sl_session_card_get_id (SlSessionCard *self)
{
  g_return_val_if_fail (SL_IS_SESSION_CARD (self), NULL);
  return &self->id;
}
