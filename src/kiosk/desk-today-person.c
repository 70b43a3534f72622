/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-person"

#include "desk-today-private.h"

#include "date-words.h"
#include "roster-row.h"
#include "text-fill.h"

#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/no-show.h"
#include "engine/reschedule.h"
#include "engine/waitlist.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

typedef struct {
  SlDeedKind kind;
  SlId booking, to_session;
  char *name, *reason; /* reason (nullable) */
} Deed;

static void
deed_free (gpointer data)
{
  Deed *deed = data;

  g_free (deed->name);
  g_free (deed->reason);
  g_free (deed);
}

typedef struct {
  SlDeedKind kind;
  char *name;
  gint64 back_hundredths;
} Done;

static void
done_free (gpointer data)
{
  g_free (((Done *) data)->name);
  g_free (data);
}

/* --- on the engine's thread --- */

static gboolean
cancel (SlEngine *engine, const SlActor *actor, const Deed *deed, Done *done, SlRefusal *out_refusal, GError **error)
{
  SlCancelResult result = { 0 };
  gboolean decided = deed->kind == SL_DEED_WAIVE
                     ? sl_booking_cancel_waived (engine, actor, &deed->booking, deed->reason, &result, out_refusal,
                                                 error)
                     : sl_booking_cancel (engine, actor, &deed->booking, deed->reason, &result, out_refusal, error);

  done->back_hundredths = result.refunded_hundredths;
  return decided;
}

static gboolean
move (SlEngine *engine, const SlActor *actor, const Deed *deed, Done *done, SlRefusal *out_refusal, GError **error)
{
  SlRescheduleResult result = { 0 };
  gboolean decided = sl_booking_reschedule (engine, actor, &deed->booking, &deed->to_session, NULL, &result,
                                            out_refusal, error);

  done->back_hundredths = result.refunded_hundredths;
  sl_booking_result_clear (&result.made);
  return decided;
}

static gboolean
act (SlEngine *engine, const SlActor *actor, const Deed *deed, Done *done, SlRefusal *out_refusal, GError **error)
{
  g_auto (SlBookingResult) result = { 0 };
  SlBookingStatus status;

  switch (deed->kind)
    {
    case SL_DEED_NO_SHOW:
      return sl_no_show_mark (engine, actor, &deed->booking, out_refusal, error);
    case SL_DEED_UNDO:
      return sl_booking_undo (engine, actor, &deed->booking, deed->reason, &status, out_refusal, error);
    case SL_DEED_LEAVE:
      return sl_waitlist_leave (engine, actor, &deed->booking, out_refusal, error);
    case SL_DEED_ACCEPT:
      return sl_offer_accept (engine, actor, &deed->booking, NULL, &result, out_refusal, error);
    case SL_DEED_DECLINE:
      return sl_offer_decline (engine, actor, &deed->booking, &result, out_refusal, error);
    case SL_DEED_CANCEL:
    case SL_DEED_WAIVE:
      return cancel (engine, actor, deed, done, out_refusal, error);
    case SL_DEED_MOVE:
    default:
      return move (engine, actor, deed, done, out_refusal, error);
    }
}

static gboolean
work (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const Deed *deed = request;
  Done *done = g_new0 (Done, 1);

  done->kind = deed->kind;
  done->name = g_strdup (deed->name);
  if (act (engine, actor, deed, done, out_refusal, error) && out_refusal->code == SL_REFUSAL_NONE)
    {
      *out_result = done;
      return TRUE;
    }
  done_free (done);
  return out_refusal->code != SL_REFUSAL_NONE;
}

/* --- on the desk's thread --- */

static const char *
done_words (SlDeedKind kind)
{
  static const char *const words[] = {
    /* Translators: what has just been done at the desk; {name} is a person */
    [SL_DEED_NO_SHOW] = N_("{name} did not come."),
    [SL_DEED_UNDO] = N_("Noted of {name}."),
    [SL_DEED_LEAVE] = N_("{name} waits no longer."),
    [SL_DEED_ACCEPT] = N_("{name} has the place."),
    [SL_DEED_DECLINE] = N_("{name} does not take the place."),
    [SL_DEED_CANCEL] = N_("The booking of {name} is cancelled."),
    [SL_DEED_WAIVE] = N_("The booking of {name} is cancelled."),
    [SL_DEED_MOVE] = N_("{name} has moved to the other class."),
  };

  return _(words[kind]);
}

static void
on_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const Done *done = result;
  g_autofree char *said = NULL;
  g_autofree char *credits = NULL;
  g_autofree char *back = NULL;
  g_autofree char *text = NULL;

  if (done == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  said = sl_text_fill (done_words (done->kind), "name", done->name, NULL);
  credits = sl_credits_format (done->back_hundredths);
  /* Translators: credits that somebody has back after a cancellation */
  back = sl_text_fill (_("Credits back: {credits}."), "credits", credits, NULL);
  text = sl_text_join (" ", said, done->back_hundredths > 0 ? back : "", NULL);
  sl_desk_say (self->desk, SL_DESK_TONE_DONE, text);
}

/**
 * sl_desk_today_do:
 * @self: the presenter
 * @kind: what
 * @booking: to whose booking
 * @to_session: (nullable): where it is moved to
 * @name: whose
 * @reason: (nullable): why
 *
 * Has the engine do it, and says what came of it.
 */
void
sl_desk_today_do (SlDeskToday *self, SlDeedKind kind, const SlId *booking, const SlId *to_session, const char *name,
                  const char *reason)
{
  Deed *deed = g_new0 (Deed, 1);

  deed->kind = kind;
  deed->booking = *booking;
  deed->to_session = to_session != NULL ? *to_session : sl_id_none;
  deed->name = g_strdup (name);
  deed->reason = g_strdup (reason);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = work, .request = deed, .free_request = deed_free, .free_result = done_free,
                              .writes = TRUE, .done = on_done });
}

/* --- reasons --- */

static void
add_reasons (SlTodayAsked *asked, const char *const *reasons, SlTodayAnswered answered)
{
  for (guint i = 0; reasons[i] != NULL; i++)
    sl_today_asked_add (asked, _(reasons[i]), "", NULL, answered);
}

/* Translators: why somebody is let in although it is too late, or after they had been counted as absent */
static const char *const late_reasons[] = { N_("Was here in time"), N_("Was held up on the way"),
                                            N_("The instructor agrees"), NULL };
/* Translators: why a check-in is taken back */
static const char *const undo_reasons[] = { N_("It was somebody else"), N_("They have left again"),
                                            N_("Ticked by mistake"), NULL };

static void
on_late_reason (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_check_in (asked->today, &asked->id, answer);
}

/**
 * sl_desk_today_ask_late:
 * @self: the presenter
 * @booking: whose
 * @name: (nullable): who
 * @closed_ms: until when they could have come in
 *
 * Asks why somebody is let in all the same: the answer is what the audit log keeps.
 */
void
sl_desk_today_ask_late (SlDeskToday *self, const SlId *booking, const char *name, gint64 closed_ms)
{
  g_autofree char *title = sl_text_fill (_("Let {name} in all the same?"), "name", name != NULL ? name : "", NULL);
  g_autofree char *time = sl_date_words_time (closed_ms, sl_desk_get_zone (self->desk));
  g_autofree char *detail = sl_text_fill (_("Check-in closed at {time}. Why are they let in?"), "time", time, NULL);
  SlTodayAsked *asked = sl_today_ask (self, title, detail, booking, name);

  add_reasons (asked, late_reasons, on_late_reason);
  sl_today_asked_show (asked, _("Not now"));
}

static void
on_undo_reason (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_UNDO, &asked->id, NULL, asked->name, answer);
}

static void
ask_undo (SlDeskToday *self, const SlTodayPerson *person)
{
  gboolean in = person->status == SL_BOOKING_CHECKED_IN;
  g_autofree char *name = sl_roster_row_short_name (person);
  g_autofree char *title = sl_text_fill (in ? _("Take back that {name} is in?") : _("{name} came after all?"), "name",
                                         name, NULL);
  SlTodayAsked *asked = sl_today_ask (self, title, in ? _("Why?")
                                      : _("What they lost by staying away comes back. Why were they not ticked?"),
                                      &person->booking_id, name);

  add_reasons (asked, in ? undo_reasons : late_reasons, on_undo_reason);
  sl_today_asked_show (asked, _("Not now"));
}

/* --- the sheet of one person --- */

static void
on_check_in (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_check_in (asked->today, &asked->id, NULL);
}

static void
on_no_show (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_NO_SHOW, &asked->id, NULL, asked->name, NULL);
}

static void
on_leave (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_LEAVE, &asked->id, NULL, asked->name, NULL);
}

static void
on_accept (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_ACCEPT, &asked->id, NULL, asked->name, NULL);
}

static void
on_decline (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_DECLINE, &asked->id, NULL, asked->name, NULL);
}

static void
on_let_go (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_CANCEL, &asked->id, NULL, asked->name, NULL);
}

static void
on_undo (SlTodayAsked *asked, const char *answer)
{
  const SlTodayPerson *person = sl_today_find_person (sl_today_page_get_today (asked->today->page), &asked->id, NULL);

  if (person != NULL)
    ask_undo (asked->today, person);
}

static void
on_cancel (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_ask_cancel (asked->today, &asked->id, asked->name);
}

static void
on_move (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_ask_move (asked->today, &asked->id, asked->name);
}

static void
on_member (SlTodayAsked *asked, const char *answer)
{
  sl_desk_open (asked->today->desk, SL_DESK_MEMBERS, &asked->other);
}

static void
add_booked (SlTodayAsked *asked, const SlTodaySession *session)
{
  if (session->may_check_in)
    sl_today_asked_add (asked, _("Check in"), "main", NULL, on_check_in);
  if (session->may_cancel && session->begun)
    sl_today_asked_add (asked, _("Did not come"), "", NULL, on_no_show);
  if (session->may_cancel && !session->begun)
    {
      sl_today_asked_add (asked, _("Move to another class"), "", NULL, on_move);
      sl_today_asked_add (asked, _("Cancel the booking"), "danger", NULL, on_cancel);
    }
}

static void
add_deeds (SlTodayAsked *asked, const SlTodaySession *session, const SlTodayPerson *person)
{
  switch (person->status)
    {
    case SL_BOOKING_CONFIRMED:
      add_booked (asked, session);
      break;
    case SL_BOOKING_CHECKED_IN:
      if (session->may_undo)
        sl_today_asked_add (asked, _("Take back the check-in"), "", NULL, on_undo);
      break;
    case SL_BOOKING_NO_SHOW:
      if (session->may_undo)
        sl_today_asked_add (asked, _("They came after all"), "main", NULL, on_undo);
      break;
    case SL_BOOKING_WAITLISTED:
      if (session->may_cancel)
        sl_today_asked_add (asked, _("Leave the waitlist"), "danger", NULL, on_leave);
      break;
    case SL_BOOKING_OFFERED:
      if (session->may_book)
        sl_today_asked_add (asked, _("Accept the place"), "main", NULL, on_accept);
      if (session->may_cancel)
        sl_today_asked_add (asked, _("Decline the place"), "danger", NULL, on_decline);
      break;
    case SL_BOOKING_HELD:
      if (session->may_cancel)
        sl_today_asked_add (asked, _("Let the place go"), "danger", NULL, on_let_go);
      break;
    case SL_BOOKING_COMPLETED:
    case SL_BOOKING_CANCELLED:
    case SL_BOOKING_LATE_CANCELLED:
    case SL_BOOKING_EXPIRED:
    case SL_BOOKING_STATUS_LAST:
    default:
      break;
    }
}

/**
 * sl_desk_today_pick:
 * @self: the presenter
 * @booking: of somebody of the day
 *
 * Shows what can be done with them.
 */
void
sl_desk_today_pick (SlDeskToday *self, const SlId *booking)
{
  SlTodaySession *session = NULL;
  const SlTodayPerson *person = sl_today_find_person (sl_today_page_get_today (self->page), booking, &session);
  g_autofree char *name = NULL;
  g_autofree char *status = NULL;
  g_autofree char *detail = NULL;
  SlTodayAsked *asked;

  if (person == NULL)
    return;
  name = sl_roster_row_short_name (person);
  status = sl_roster_row_status (session, person, sl_desk_get_zone (self->desk));
  detail = sl_text_join (" · ", session->name != NULL ? session->name : "", status, NULL);
  asked = sl_today_ask (self, sl_roster_row_name (person), detail, booking, name);
  add_deeds (asked, session, person);
  if (!sl_id_is_none (&person->member_id))
    sl_today_asked_add (asked, _("Open their page"), "", &person->member_id, on_member);
  sl_today_asked_show (asked, _("Close"));
}

/**
 * sl_desk_today_tick:
 * @self: the presenter
 * @booking: of somebody of the day
 *
 * What the tick of their row means as things stand.
 */
void
sl_desk_today_tick (SlDeskToday *self, const SlId *booking)
{
  const SlTodayPerson *person = sl_today_find_person (sl_today_page_get_today (self->page), booking, NULL);
  g_autofree char *name = NULL;

  if (person == NULL)
    return;
  name = sl_roster_row_short_name (person);
  if (person->status == SL_BOOKING_CHECKED_IN || person->status == SL_BOOKING_NO_SHOW)
    ask_undo (self, person);
  else if (person->status == SL_BOOKING_OFFERED)
    sl_desk_today_do (self, SL_DEED_ACCEPT, booking, NULL, name, NULL);
  else
    sl_desk_today_check_in (self, booking, NULL);
}
