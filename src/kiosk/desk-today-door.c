/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-door"

#include "desk-today-private.h"

#include "date-words.h"
#include "desk-scan.h"
#include "text-fill.h"

#include "engine/batch.h"

#include <glib/gi18n-lib.h>

/* Coming in: by a tick, by a pass, all at once; and taking that back for a moment. */

typedef struct {
  char *code; /* (nullable) */
  SlId booking, session, book;
  char *reason; /* (nullable) */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->code);
  g_free (entry->reason);
  g_free (entry);
}

typedef struct {
  SlCheckinAnswer *answer;
  char *code; /* (nullable): for asking again with what was chosen */
} Entered;

static void
entered_free (gpointer data)
{
  Entered *entered = data;

  sl_checkin_answer_free (entered->answer);
  g_free (entered->code);
  g_free (entered);
}

/* --- on the engine's thread --- */

static gboolean
enter (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
       GError **error)
{
  const Entry *entry = request;
  SlCheckinRequest asked = { .code = entry->code,
                             .booking_id = entry->booking,
                             .session_id = entry->session,
                             .book_session_id = entry->book,
                             .override_reason = entry->reason,
                             .actor = actor };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  Entered *entered;

  if (!sl_checkin (engine, &asked, &answer, error))
    return FALSE;
  if (answer->result == SL_REFUSAL_APPROVAL_REQUIRED)
    {
      sl_refuse (out_refusal, answer->result);
      return TRUE;
    }
  entered = g_new0 (Entered, 1);
  entered->answer = g_steal_pointer (&answer);
  entered->code = g_strdup (entry->code);
  *out_result = entered;
  return TRUE;
}

typedef struct {
  GArray *in; /* (element-type SlId): bookings */
  guint refused;
  SlRefusalCode why; /* of the first one refused */
} Batch;

static void
batch_free (gpointer data)
{
  g_array_unref (((Batch *) data)->in);
  g_free (data);
}

static gboolean
enter_all (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
           GError **error)
{
  const GArray *bookings = request;
  g_autoptr (GPtrArray) answers = NULL;
  Batch *batch;

  if (!sl_checkin_batch (engine, actor, (const SlId *) (const void *) bookings->data, bookings->len, NULL, &answers,
                         error))
    return FALSE;
  batch = g_new0 (Batch, 1);
  batch->in = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < answers->len; i++)
    {
      const SlCheckinAnswer *answer = answers->pdata[i];

      if (answer->result == SL_REFUSAL_NONE)
        g_array_append_val (batch->in, g_array_index (bookings, SlId, i));
      /* Who came in by the other desk meanwhile is in: that is what was wanted. */
      else if (answer->result != SL_REFUSAL_ALREADY_CHECKED_IN && batch->refused++ == 0)
        batch->why = answer->result;
    }
  *out_result = batch;
  return TRUE;
}

typedef struct {
  GArray *bookings;
  char *reason;
} Undo;

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_array_unref (undo->bookings);
  g_free (undo->reason);
  g_free (undo);
}

/* All of them in one transaction; who has gone on meanwhile is left as they are. */
static gboolean
undo_all (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
          GError **error)
{
  const Undo *undo = request;

  if (!sl_batch_begin (engine, actor, error))
    return FALSE;
  for (guint i = 0; i < undo->bookings->len; i++)
    {
      const SlId *booking = &g_array_index (undo->bookings, SlId, i);
      SlBookingStatus status;
      g_auto (SlRefusal) refusal = { 0 };

      if (!sl_checkin_undo (engine, actor, booking, undo->reason, &status, &refusal, error))
        {
          sl_batch_abandon (engine);
          return FALSE;
        }
      if (refusal.code != SL_REFUSAL_NONE && out_refusal->code == SL_REFUSAL_NONE)
        sl_refuse (out_refusal, refusal.code);
    }
  return sl_batch_commit (engine, error);
}

/* --- on the desk's thread --- */

/**
 * sl_desk_today_forget_undo:
 * @self: the presenter
 *
 * The moment for taking something back is over.
 */
void
sl_desk_today_forget_undo (SlDeskToday *self)
{
  g_clear_handle_id (&self->undo_id, g_source_remove);
  g_clear_pointer (&self->undo, g_array_unref);
  sl_today_page_show_undo (self->page, NULL);
}

static gboolean
on_undo_over (gpointer user_data)
{
  SlDeskToday *self = user_data;

  self->undo_id = 0;
  sl_desk_today_forget_undo (self);
  return G_SOURCE_REMOVE;
}

/* Says what was done, and for a moment how to take it back, to those who may. */
static void
offer_undo (SlDeskToday *self, GArray *bookings, const char *text)
{
  const SlDeskStaff *staff = sl_desk_get_staff (self->desk);
  SlActor actor = { .role = staff != NULL ? staff->role : SL_ROLE_MEMBER };

  sl_desk_today_forget_undo (self);
  if (bookings->len == 0 || sl_actor_scope (&actor, SL_ACTION_OVERRIDE_LATE) != SL_SCOPE_ALL)
    {
      sl_desk_say (self->desk, SL_DESK_TONE_DONE, text);
      return;
    }
  self->undo = g_array_ref (bookings);
  self->undo_id = g_timeout_add (SL_TODAY_UNDO_MS, on_undo_over, self);
  sl_today_page_show_undo (self->page, text);
}

static void
on_undone (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);

  sl_desk_say_outcome (self->desk, refusal, error);
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("Taken back."));
}

/**
 * sl_desk_today_undo:
 * @self: the presenter
 *
 * Takes back the check-ins that were made last.
 */
void
sl_desk_today_undo (SlDeskToday *self)
{
  Undo *undo;

  if (self->undo == NULL)
    return;
  undo = g_new0 (Undo, 1);
  undo->bookings = g_array_ref (self->undo);
  /* Translators: the reason that the audit log keeps, of a check-in that was undone at once */
  undo->reason = g_strdup (_("Taken back at once"));
  sl_desk_today_forget_undo (self);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = undo_all, .request = undo, .free_request = undo_free, .writes = TRUE,
                              .done = on_undone });
}

/* --- one --- */

static void
on_session_chosen (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_check_in_code (asked->today, asked->name, &asked->other, NULL);
}

static void
on_book_chosen (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_check_in_code (asked->today, asked->name, NULL, &asked->other);
}

/* Which of several it is, or which one they would like to come to. */
static void
ask_which (SlDeskToday *self, const Entered *entered)
{
  const SlCheckinAnswer *answer = entered->answer;
  gboolean booked = answer->result == SL_REFUSAL_CHOOSE_SESSION;
  const char *who = answer->short_name != NULL ? answer->short_name : "";
  g_autofree char *title = sl_text_fill (booked ? _("Which class is {name} here for?")
                                                : _("{name} has no booking now. Book a place?"), "name", who, NULL);
  SlTodayAsked *asked = sl_today_ask (self, title, NULL, &answer->member_id, entered->code);

  for (guint i = 0; i < answer->choices->len; i++)
    {
      const SlCheckinChoice *choice = answer->choices->pdata[i];
      g_autofree char *time = sl_date_words_time (choice->start_ms, sl_desk_get_zone (self->desk));
      g_autofree char *label = sl_text_join (" · ", time, choice->class_name != NULL ? choice->class_name : "", NULL);
      g_autofree char *count = g_strdup_printf ("%d", choice->spots_left);
      g_autofree char *free_words = booked ? g_strdup ("")
                                    : sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} free", "{n} free",
                                                                 choice->spots_left), "n", count, NULL);
      g_autofree char *detail = sl_text_join (" · ", choice->room_name != NULL ? choice->room_name : "", free_words,
                                              NULL);

      sl_today_asked_add_row (asked, label, *detail != '\0' ? detail : NULL, &choice->session_id,
                              booked ? on_session_chosen : on_book_chosen);
    }
  sl_today_asked_show (asked, _("Not now"));
}

static void
say_in (SlDeskToday *self, const SlCheckinAnswer *answer)
{
  g_autoptr (GArray) bookings = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autofree char *time = sl_date_words_time (answer->start_ms, sl_desk_get_zone (self->desk));
  g_autofree char *in = NULL;
  g_autofree char *text = NULL;

  /* Translators: somebody has been checked in */
  in = sl_text_fill (answer->late ? _("{name} is in, late") : _("{name} is in"), "name",
                     answer->short_name != NULL ? answer->short_name : "", NULL);
  text = sl_text_join (" · ", in, answer->class_name != NULL ? answer->class_name : "",
                       answer->start_ms != 0 ? time : "", NULL);
  if (!sl_id_is_none (&answer->booking_id))
    g_array_append_val (bookings, answer->booking_id);
  offer_undo (self, bookings, text);
  if (!sl_id_is_none (&answer->session_id)
      && sl_today_find (sl_today_page_get_today (self->page), &answer->session_id) != NULL)
    sl_today_page_select (self->page, &answer->session_id);
}

static void
say_refused (SlDeskToday *self, const SlCheckinAnswer *answer)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;

  if (answer->result == SL_REFUSAL_ALREADY_CHECKED_IN || answer->result == SL_REFUSAL_TOO_EARLY)
    {
      gboolean early = answer->result == SL_REFUSAL_TOO_EARLY;

      time = sl_date_words_time (early ? answer->opens_ms : answer->at_ms, sl_desk_get_zone (self->desk));
      text = sl_text_fill (early ? _("Too early: check-in opens at {time}.") : _("{name} is in since {time}."), "name",
                           answer->short_name != NULL ? answer->short_name : "", "time", time, NULL);
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, text);
      return;
    }
  sl_refuse (&refusal, answer->result);
  sl_desk_scan_say_outcome (self->desk, &refusal, NULL);
}

static void
on_entered (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const Entered *entered = result;
  const SlCheckinAnswer *answer;

  if (entered == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  answer = entered->answer;
  if (entered->code != NULL)
    sl_desk_scan_play (self->desk, sl_door_words_get_tone (answer));
  if (*sl_today_page_get_search (self->page) != '\0')
    sl_today_page_clear_search (self->page);
  if (answer->result == SL_REFUSAL_NONE)
    say_in (self, answer);
  else if (answer->result == SL_REFUSAL_TOO_LATE && !sl_id_is_none (&answer->booking_id))
    sl_desk_today_ask_late (self, &answer->booking_id, answer->short_name, answer->closes_ms);
  else if ((answer->result == SL_REFUSAL_CHOOSE_SESSION || answer->result == SL_REFUSAL_NO_BOOKING)
           && entered->code != NULL && answer->choices != NULL && answer->choices->len > 0)
    ask_which (self, entered);
  else
    say_refused (self, answer);
}

static void
send_entry (SlDeskToday *self, Entry *entry)
{
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = enter, .request = entry, .free_request = entry_free,
                              .free_result = entered_free, .writes = TRUE, .done = on_entered });
}

/**
 * sl_desk_today_check_in:
 * @self: the presenter
 * @booking: whose
 * @override_reason: (nullable): why they are let in although it is too late
 *
 * Somebody of the roster is here.
 */
void
sl_desk_today_check_in (SlDeskToday *self, const SlId *booking, const char *override_reason)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->booking = *booking;
  entry->reason = g_strdup (override_reason);
  send_entry (self, entry);
}

/**
 * sl_desk_today_check_in_code:
 * @self: the presenter
 * @code: what was scanned
 * @session: (nullable): the one of several that it is for
 * @book: (nullable): a session to be booked for on the way in
 *
 * Somebody has shown a pass.
 */
void
sl_desk_today_check_in_code (SlDeskToday *self, const char *code, const SlId *session, const SlId *book)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->code = g_strdup (code);
  entry->session = session != NULL ? *session : sl_id_none;
  entry->book = book != NULL ? *book : sl_id_none;
  send_entry (self, entry);
}

/* --- all at once --- */

static void
on_batch_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const Batch *batch = result;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  if (batch == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  if (batch->in->len > 0)
    {
      count = g_strdup_printf ("%u", batch->in->len);
      /* Translators: so many bookings have been checked in at once */
      text = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} checked in", "{n} checked in", batch->in->len), "n",
                           count, NULL);
      offer_undo (self, batch->in, text);
    }
  if (batch->refused > 0)
    {
      g_autofree char *left = g_strdup_printf ("%u", batch->refused);
      const SlCodeInfo *info = sl_refusal_info (batch->why);
      /* Translators: so many could not be checked in; {why} is a sentence */
      g_autofree char *why = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} not checked in: {why}",
                                                        "{n} not checked in: {why}", batch->refused), "n", left,
                                           "why", dgettext (GETTEXT_PACKAGE, info->message), NULL);

      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, why);
    }
}

/**
 * sl_desk_today_check_in_all:
 * @self: the presenter
 *
 * Everybody who is booked into the session that is picked, and has not come yet, is here.
 */
void
sl_desk_today_check_in_all (SlDeskToday *self)
{
  const SlTodaySession *session = sl_today_page_get_selected (self->page);
  g_autoptr (GArray) bookings = g_array_new (FALSE, FALSE, sizeof (SlId));

  for (guint i = 0; session != NULL && i < session->people->len && bookings->len < SL_CHECKIN_BATCH_MAX; i++)
    {
      const SlTodayPerson *person = session->people->pdata[i];

      if (person->status == SL_BOOKING_CONFIRMED)
        g_array_append_val (bookings, person->booking_id);
    }
  if (bookings->len == 0)
    return;
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = enter_all, .request = g_steal_pointer (&bookings),
                              .free_request = (GDestroyNotify) g_array_unref, .free_result = batch_free,
                              .writes = TRUE, .done = on_batch_done });
}
