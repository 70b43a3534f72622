/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-session"

#include "desk-today-private.h"

#include "date-words.h"
#include "desk-ask.h"
#include "session-card.h"
#include "text-fill.h"

#include "engine/schedule.h"

#include <glib/gi18n-lib.h>

typedef enum { CHANGE_CAPACITY, CHANGE_CANCEL, CHANGE_PUBLISH } ChangeKind;

typedef struct {
  ChangeKind kind;
  SlId session;
  gint64 capacity;
  char *reason, *name; /* reason (nullable) */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->reason);
  g_free (change->name);
  g_free (change);
}

typedef struct {
  ChangeKind kind;
  char *name;
  gint64 count; /* places, or bookings that went */
} Changed;

static void
changed_free (gpointer data)
{
  g_free (((Changed *) data)->name);
  g_free (data);
}

/* On the engine's thread. */
static gboolean
work (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const Change *change = request;
  guint released = 0;
  gboolean decided;
  Changed *changed;

  if (change->kind == CHANGE_CAPACITY)
    decided = sl_session_set_capacity (engine, actor, &change->session, change->capacity, out_refusal, error);
  else if (change->kind == CHANGE_PUBLISH)
    decided = sl_session_publish (engine, actor, &change->session, out_refusal, error);
  else
    decided = sl_session_cancel (engine, actor, &change->session, change->reason, &released, out_refusal, error);
  if (!decided || out_refusal->code != SL_REFUSAL_NONE)
    return decided;
  changed = g_new0 (Changed, 1);
  changed->kind = change->kind;
  changed->name = g_strdup (change->name);
  changed->count = change->kind == CHANGE_CANCEL ? released : change->capacity;
  *out_result = changed;
  return TRUE;
}

static char *
changed_words (const Changed *changed)
{
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, changed->count);

  if (changed->kind == CHANGE_PUBLISH)
    /* Translators: {class} is the name and time of a class */
    return sl_text_fill (_("{class} can be booked now."), "class", changed->name, NULL);
  if (changed->kind == CHANGE_CAPACITY)
    return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{class} has {n} place now.", "{class} has {n} places now.",
                                      changed->count), "class", changed->name, "n", count, NULL);
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{class} is cancelled, and {n} booking with it.",
                                    "{class} is cancelled, and {n} bookings with it.", changed->count),
                       "class", changed->name, "n", count, NULL);
}

static void
on_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  g_autofree char *text = result != NULL ? changed_words (result) : NULL;

  if (text != NULL)
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, text);
  else
    sl_desk_say_outcome (self->desk, refusal, error);
}

static void
change (SlTodayAsked *asked, ChangeKind kind, gint64 capacity, const char *reason)
{
  Change *change = g_new0 (Change, 1);

  change->kind = kind;
  change->session = asked->id;
  change->capacity = capacity;
  change->reason = g_strdup (reason);
  change->name = g_strdup (asked->name);
  sl_desk_run (asked->today->desk, G_OBJECT (asked->today->page),
               &(SlDeskJob) { .work = work, .request = change, .free_request = change_free,
                              .free_result = changed_free, .writes = TRUE, .done = on_done });
}

/* --- places --- */

#define NUMBER_KEY "sl-today-number"

static void
show_number (SlTodayAsked *asked)
{
  GtkLabel *label = g_object_get_data (G_OBJECT (asked->sheet), NUMBER_KEY);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, asked->number);

  gtk_label_set_label (label, text);
}

static void
on_fewer (SlTodayAsked *asked)
{
  asked->number = MAX (asked->number - 1, 1);
  show_number (asked);
}

static void
on_more (SlTodayAsked *asked)
{
  asked->number = MIN (asked->number + 1, SL_CAPACITY_MAX);
  show_number (asked);
}

static void
on_places_saved (SlTodayAsked *asked, const char *answer)
{
  change (asked, CHANGE_CAPACITY, asked->number, NULL);
}

static GtkWidget *
step_button (SlTodayAsked *asked, const char *sign, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (sign);

  gtk_widget_add_css_class (button, "action");
  gtk_widget_add_css_class (button, "square");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, asked);
  return button;
}

static void
ask_places (SlTodayAsked *before, const char *answer)
{
  const SlTodaySession *session = sl_today_find (sl_today_page_get_today (before->today->page), &before->id);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *number = gtk_label_new (NULL);
  g_autofree char *title = sl_text_fill (_("How many places has {class}?"), "class", before->name, NULL);
  g_autofree char *detail = NULL;
  SlTodayAsked *asked;

  if (session == NULL)
    return;
  detail = sl_session_card_counts (session);
  asked = sl_today_ask (before->today, title, detail, &before->id, before->name);
  asked->number = session->capacity;
  gtk_widget_add_css_class (box, "today-places");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (number, "big");
  gtk_box_append (GTK_BOX (box), step_button (asked, "−", _("One place fewer"), G_CALLBACK (on_fewer)));
  gtk_box_append (GTK_BOX (box), number);
  gtk_box_append (GTK_BOX (box), step_button (asked, "+", _("One place more"), G_CALLBACK (on_more)));
  gtk_box_append (GTK_BOX (sl_today_asked_box (asked)), box);
  g_object_set_data (G_OBJECT (asked->sheet), NUMBER_KEY, number);
  show_number (asked);
  sl_today_asked_add (asked, _("Save"), "main", NULL, on_places_saved);
  sl_today_asked_show (asked, _("Leave it"));
}

/* --- cancelling --- */

static void
on_cancel_reason (SlTodayAsked *asked, const char *answer)
{
  change (asked, CHANGE_CANCEL, 0, answer);
}

/* Whose place goes: who is booked, or holds a place, or waits for one. */
static int
count_bookings (const SlTodaySession *session)
{
  int n = 0;

  for (guint i = 0; i < session->people->len; i++)
    n += sl_id_is_none (&((const SlTodayPerson *) session->people->pdata[i])->booking_id) ? 0 : 1;
  return n;
}

static void
ask_cancel (SlTodayAsked *before, const char *answer)
{
  const SlTodaySession *session = sl_today_find (sl_today_page_get_today (before->today->page), &before->id);
  g_autofree char *title = sl_text_fill (_("Cancel {class}?"), "class", before->name, NULL);
  g_autofree char *count = g_strdup_printf ("%d", session != NULL ? count_bookings (session) : 0);
  g_autofree char *detail = NULL;
  SlTodayAsked *asked;

  if (session == NULL)
    return;
  detail = count_bookings (session) == 0
           ? g_strdup (_("Nobody is booked. It cannot be taken back. Why is it cancelled?"))
           : sl_text_fill (g_dngettext (GETTEXT_PACKAGE,
                                        "{n} booking goes with it, and everything comes back. They are told. "
                                        "It cannot be taken back. Why is it cancelled?",
                                        "{n} bookings go with it, and everything comes back. They are told. "
                                        "It cannot be taken back. Why is it cancelled?", count_bookings (session)),
                           "n", count, NULL);
  asked = sl_today_ask (before->today, title, detail, &before->id, before->name);
  /* Translators: buttons that cancel a class, for this reason */
  sl_today_asked_add (asked, _("The instructor is ill"), "danger", NULL, on_cancel_reason);
  sl_today_asked_add (asked, _("The room cannot be used"), "danger", NULL, on_cancel_reason);
  sl_today_asked_add (asked, _("Too few are coming"), "danger", NULL, on_cancel_reason);
  sl_today_asked_show (asked, _("Keep the class"));
}

static void
publish (SlTodayAsked *asked, const char *answer)
{
  change (asked, CHANGE_PUBLISH, 0, NULL);
}

static char *
name_and_time (SlDeskToday *self, const SlTodaySession *session)
{
  g_autofree char *time = sl_date_words_time (session->start_ms, sl_desk_get_zone (self->desk));

  return sl_text_join (", ", session->name != NULL ? session->name : "", time, NULL);
}

/**
 * sl_desk_today_write_note:
 * @self: the presenter
 *
 * Asks for a note to the session that is picked.
 */
void
sl_desk_today_write_note (SlDeskToday *self)
{
  const SlTodaySession *session = sl_today_page_get_selected (self->page);
  g_autofree char *name = session != NULL ? name_and_time (self, session) : NULL;

  if (session != NULL)
    sl_desk_ask_note (self->desk, GTK_WIDGET (self->page), name, NULL, &session->id);
}

/**
 * sl_desk_today_change_session:
 * @self: the presenter
 *
 * Shows what can be done with the session that is picked.
 */
void
sl_desk_today_change_session (SlDeskToday *self)
{
  const SlTodaySession *session = sl_today_page_get_selected (self->page);
  g_autofree char *name = NULL;
  g_autofree char *counts = NULL;
  SlTodayAsked *asked;

  if (session == NULL)
    return;
  name = name_and_time (self, session);
  counts = sl_session_card_counts (session);
  asked = sl_today_ask (self, name, counts, &session->id, name);
  if (session->draft)
    sl_today_asked_add (asked, _("Open it for booking"), "main", NULL, publish);
  sl_today_asked_add (asked, _("Change the places"), "", NULL, ask_places);
  sl_today_asked_add (asked, _("Cancel the class"), "danger", NULL, ask_cancel);
  sl_today_asked_show (asked, _("Close"));
}
