/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roster-row"

#include "roster-row.h"

#include "date-words.h"
#include "parts.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _SlRosterRow {
  GtkBox parent_instance;

  GtkWidget *person_button;
  GtkLabel *initials_label;
  GtkLabel *name_label;
  GtkLabel *status_label;
  GtkWidget *marks_box;
  GtkLabel *marks_label;
  GtkWidget *tick_button;

  SlId booking;
};

enum { SIGNAL_TICKED, SIGNAL_PICKED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlRosterRow, sl_roster_row, GTK_TYPE_BOX)

static void
on_person_clicked (SlRosterRow *self)
{
  g_signal_emit (self, signals[SIGNAL_PICKED], 0);
}

static void
on_tick_clicked (SlRosterRow *self)
{
  g_signal_emit (self, signals[SIGNAL_TICKED], 0);
}

static void
sl_roster_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_ROSTER_ROW);
  G_OBJECT_CLASS (sl_roster_row_parent_class)->dispose (object);
}

static void
sl_roster_row_class_init (SlRosterRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_roster_row_dispose;
  signals[SIGNAL_TICKED] = g_signal_new ("ticked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/roster-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, person_button);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, initials_label);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, marks_box);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, marks_label);
  gtk_widget_class_bind_template_child (widget_class, SlRosterRow, tick_button);
  gtk_widget_class_bind_template_callback (widget_class, on_person_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_tick_clicked);
}

static void
sl_roster_row_init (SlRosterRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_roster_row_new:
 *
 * Returns: (transfer floating): a row that says nothing yet
 */
GtkWidget *
sl_roster_row_new (void)
{
  return g_object_new (SL_TYPE_ROSTER_ROW, NULL);
}

/**
 * sl_roster_row_name:
 * @person: somebody
 *
 * Returns: (transfer none): their name
 */
const char *
sl_roster_row_name (const SlTodayPerson *person)
{
  /* Translators: in place of the name of somebody whose record has not arrived at this device yet */
  return person->name != NULL ? person->name : _("Somebody not known here yet");
}

/* The first letters of the first and of the last name. */
static char *
initials_of (const SlTodayPerson *person)
{
  g_autoptr (GString) initials = g_string_new (NULL);
  const char *last;

  if (person->name == NULL || *person->name == '\0')
    return g_strdup ("?");
  g_string_append_unichar (initials, g_unichar_toupper (g_utf8_get_char (person->name)));
  last = strrchr (person->name, ' ');
  if (last != NULL && last[1] != '\0')
    g_string_append_unichar (initials, g_unichar_toupper (g_utf8_get_char (last + 1)));
  return g_string_free (g_steal_pointer (&initials), FALSE);
}

/**
 * sl_roster_row_short_name:
 * @person: somebody
 *
 * Returns: (transfer full): first name and initial, for a line that others may read
 */
char *
sl_roster_row_short_name (const SlTodayPerson *person)
{
  const char *name = sl_roster_row_name (person);
  const char *first_end = strchr (name, ' '), *last = strrchr (name, ' ');
  g_autofree char *first = NULL;
  char initial[8] = "";

  if (person->name == NULL || first_end == NULL || last[1] == '\0')
    return g_strdup (name);
  first = g_strndup (name, first_end - name);
  g_unichar_to_utf8 (g_utf8_get_char (last + 1), initial);
  return g_strdup_printf ("%s %s.", first, initial);
}

static char *
at_time (const char *sentence, gint64 ms, GTimeZone *zone)
{
  g_autofree char *time = sl_date_words_time (ms, zone);

  return sl_text_fill (sentence, "time", time, NULL);
}

static char *
state_words (const SlTodaySession *session, const SlTodayPerson *person, GTimeZone *zone)
{
  g_autofree char *number = g_strdup_printf ("%d", person->position);

  switch (person->status)
    {
    case SL_BOOKING_CONFIRMED:
      /* Translators: of one person on a class's list */
      return g_strdup (session->begun ? _("Not here yet") : _("Expected"));
    case SL_BOOKING_HELD:
      /* Translators: a place that is kept for one person for a few minutes */
      return at_time (_("Place held until {time}"), person->expires_ms, zone);
    case SL_BOOKING_OFFERED:
      return at_time (_("Has been offered a place, until {time}"), person->expires_ms, zone);
    case SL_BOOKING_WAITLISTED:
      return sl_text_fill (_("Waiting, number {n}"), "n", number, NULL);
    case SL_BOOKING_CHECKED_IN:
      return at_time (person->came_late ? _("In since {time}, late") : _("In since {time}"), person->checked_in_ms,
                      zone);
    case SL_BOOKING_COMPLETED:
      return at_time (_("Was there, from {time}"), person->checked_in_ms, zone);
    case SL_BOOKING_NO_SHOW:
      return g_strdup (_("Did not come"));
    case SL_BOOKING_CANCELLED:
    case SL_BOOKING_LATE_CANCELLED:
    case SL_BOOKING_EXPIRED:
    case SL_BOOKING_STATUS_LAST:
    default:
      return g_strdup (_("Cancelled"));
    }
}

static char *
people_words (const SlTodayPerson *person)
{
  g_autofree char *in = g_strdup_printf ("%d", person->spots_in);
  g_autofree char *spots = g_strdup_printf ("%d", person->spots);

  if (person->spots < 2)
    return g_strdup ("");
  /* Translators: a booking for several people: how many of them are in */
  return sl_text_fill (_("{in} of {spots} in"), "in", in, "spots", spots, NULL);
}

/**
 * sl_roster_row_status:
 * @session: of which
 * @person: who
 * @zone: the studio's zone
 *
 * Returns: (transfer full): how it stands with them, in words
 */
char *
sl_roster_row_status (const SlTodaySession *session, const SlTodayPerson *person, GTimeZone *zone)
{
  g_autofree char *state = state_words (session, person, zone);
  g_autofree char *people = people_words (person);
  g_autofree char *guests = NULL;

  if (person->guests != NULL)
    /* Translators: the guests whom somebody brings along */
    guests = sl_text_fill (_("with {names}"), "names", person->guests, NULL);
  return sl_text_join (" · ", state, people, guests != NULL ? guests : "",
                       /* Translators: somebody for whom there was no place any more, let in by a manager */
                       person->beside ? _("beside the places") : "", NULL);
}

static char *
mark_words (const SlTodayPerson *person)
{
  return sl_text_join (" · ",
                       /* Translators: of one person who has not paid for their place */
                       (person->marks & SL_TODAY_MARK_UNPAID) != 0 ? _("Unpaid") : "",
                       /* Translators: of one person who has to answer health questions first */
                       (person->marks & SL_TODAY_MARK_PARQ) != 0 ? _("Health form missing") : "",
                       /* Translators: of one person who came in by a code that this device does not know yet */
                       (person->marks & SL_TODAY_MARK_UNKNOWN) != 0 ? _("To confirm") : "", NULL);
}

/* What a tap on the tick does; NULL: there is nothing to tick. */
static const char *
tick_words (const SlTodaySession *session, const SlTodayPerson *person)
{
  gboolean named = !sl_id_is_none (&person->booking_id);

  switch (person->status)
    {
    case SL_BOOKING_CONFIRMED:
      /* Translators: what a button does, for screen readers; {name} is a person */
      return session->may_check_in ? _("Check in {name}") : NULL;
    case SL_BOOKING_NO_SHOW:
      return session->may_undo ? _("{name} came after all") : NULL;
    case SL_BOOKING_OFFERED:
      return session->may_book ? _("Accept the place for {name}") : NULL;
    case SL_BOOKING_CHECKED_IN:
      return session->may_undo && named ? _("Take back that {name} is in") : NULL;
    case SL_BOOKING_HELD:
    case SL_BOOKING_WAITLISTED:
    case SL_BOOKING_COMPLETED:
    case SL_BOOKING_CANCELLED:
    case SL_BOOKING_LATE_CANCELLED:
    case SL_BOOKING_EXPIRED:
    case SL_BOOKING_STATUS_LAST:
    default:
      return NULL;
    }
}

static void
set_tick (SlRosterRow *self, const SlTodaySession *session, const SlTodayPerson *person)
{
  const char *words = tick_words (session, person);
  gboolean in = person->status == SL_BOOKING_CHECKED_IN || person->status == SL_BOOKING_COMPLETED;
  g_autofree char *label = sl_text_fill (words != NULL ? words : _("{name} is in"), "name",
                                         sl_roster_row_name (person), NULL);

  gtk_widget_set_visible (self->tick_button, words != NULL || in);
  gtk_widget_set_sensitive (self->tick_button, words != NULL);
  sl_parts_set_class (self->tick_button, "in", in);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tick_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * sl_roster_row_set:
 * @self: a row
 * @session: of which; only read
 * @person: who; only read
 * @with_session: whether it says which session, for a list of several
 * @zone: the studio's zone
 */
void
sl_roster_row_set (SlRosterRow *self, const SlTodaySession *session, const SlTodayPerson *person,
                   gboolean with_session, GTimeZone *zone)
{
  g_return_if_fail (SL_IS_ROSTER_ROW (self) && session != NULL && person != NULL && zone != NULL);
  g_autofree char *initials = initials_of (person);
  g_autofree char *time = sl_date_words_time (session->start_ms, zone);
  g_autofree char *state = sl_roster_row_status (session, person, zone);
  g_autofree char *status = sl_text_join (" · ", with_session ? time : "",
                                          with_session && session->name != NULL ? session->name : "", state, NULL);
  g_autofree char *marks = mark_words (person);
  g_autofree char *spoken = sl_text_join (", ", sl_roster_row_name (person), status, marks, NULL);

  self->booking = person->booking_id;
  gtk_label_set_label (self->initials_label, initials);
  gtk_label_set_label (self->name_label, sl_roster_row_name (person));
  gtk_label_set_label (self->status_label, status);
  sl_parts_set_class (GTK_WIDGET (self->status_label), "late", (person->marks & SL_TODAY_MARK_LATE) != 0);
  gtk_label_set_label (self->marks_label, marks);
  gtk_widget_set_visible (self->marks_box, *marks != '\0');
  sl_parts_set_class (GTK_WIDGET (self), "in", person->spots_in > 0);
  set_tick (self, session, person);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->person_button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * sl_roster_row_get_booking:
 * @self: a row
 *
 * Returns: (transfer none): the booking; none for somebody who is in without one
 */
const SlId *
sl_roster_row_get_booking (SlRosterRow *self)
{
  g_return_val_if_fail (SL_IS_ROSTER_ROW (self), NULL);
  return &self->booking;
}
