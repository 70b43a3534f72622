/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-door"

#include "model.h"

#define MINUTE G_GINT64_CONSTANT (60000)
#define I64 G_GINT64_FORMAT
#define HERE 0 /* where the door is */

static guint32
spots_of (const ModelBooking *booking)
{
  return booking->spots >= 32 ? G_MAXUINT32 : (1u << booking->spots) - 1;
}

/* Who of those asked for is not in yet. */
static guint32
missing (const ModelBooking *booking, int spot)
{
  return (spot != 0 ? 1u << spot : spots_of (booking)) & ~booking->in;
}

/* One that somebody may come in by, or has, or should have. */
static gboolean
counts (ModelStatus status)
{
  return status == M_CONFIRMED || status == M_CHECKED_IN || status == M_COMPLETED || status == M_NO_SHOW;
}

/* The studio cancelled the session, and not they the booking. */
static gboolean
lost_its_session (Model *model, const ModelBooking *booking)
{
  return booking->with_session && booking->confirmed;
}

/* They are in, or booked, in that session by another booking. */
static gboolean
is_there_otherwise (Model *model, int booking)
{
  const ModelBooking *of = model_booking (model, booking);

  for (int i = 0; i < (int) model->bookings->len; i++)
    {
      const ModelBooking *other = model_booking (model, i);

      if (i != booking && other->session == of->session && other->member == of->member
          && model_is_live (model_status (model, other)))
        return TRUE;
    }
  return FALSE;
}

/* The local day of the door. */
static void
today (Model *model, gint64 *out_from, gint64 *out_to)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (model->now / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, model->zone);
  g_autoptr (GDateTime) from = g_date_time_new (model->zone, g_date_time_get_year (local),
                                                g_date_time_get_month (local),
                                                g_date_time_get_day_of_month (local), 0, 0, 0);
  g_autoptr (GDateTime) next = g_date_time_add_days (from, 1);

  *out_from = g_date_time_to_unix (from) * 1000;
  *out_to = g_date_time_to_unix (next) * 1000;
}

static gboolean
is_in_window (Model *model, int session)
{
  return model->now >= model_opens (model, session) && model->now <= model_closes (model, session);
}

/* Of the member's bookings that touch today here (or elsewhere): those that are open, the one nearest by its start, of
 * two as near the later, and the nearest of those whose session does not take place. */
typedef struct { int n_open, open, nearest, lost; } Found;

static int
nearer (Model *model, int one, int other)
{
  gint64 start, other_start, away, other_away;

  if (other == MODEL_NONE)
    return one;
  start = model_session (model, model_booking (model, one)->session)->start;
  other_start = model_session (model, model_booking (model, other)->session)->start;
  away = ABS (start - model->now);
  other_away = ABS (other_start - model->now);
  if (away != other_away)
    return away < other_away ? one : other;
  return start != other_start ? (start > other_start ? one : other) : one;
}

static Found
find (Model *model, int member, int chosen, gboolean here)
{
  Found found = { 0, MODEL_NONE, MODEL_NONE, MODEL_NONE };
  gint64 from, to;

  today (model, &from, &to);
  for (int i = 0; i < (int) model->bookings->len; i++)
    {
      const ModelBooking *booking = model_booking (model, i);
      const ModelSession *of = model_session (model, booking->session);
      ModelStatus status = model_status (model, booking);
      gboolean open_now = is_in_window (model, booking->session);

      if (booking->member != member || (of->location == HERE) != here
          || (chosen != MODEL_NONE && booking->session != chosen) || of->end <= from || !(of->start < to || open_now))
        continue;
      if (counts (status) && !of->cancelled && status != M_NO_SHOW && open_now && missing (booking, 0) != 0)
        {
          found.n_open++;
          found.open = i;
        }
      if (counts (status) && !of->cancelled)
        found.nearest = nearer (model, i, found.nearest);
      else if (lost_its_session (model, booking))
        found.lost = nearer (model, i, found.lost);
    }
  return found;
}

/* 5. for a member: NULL and which booking decides. */
static char *
pick (Model *model, int member, int chosen, int *out_booking)
{
  Found here = find (model, member, chosen, TRUE), elsewhere = find (model, member, chosen, FALSE);

  *out_booking = here.n_open == 1 ? here.open : here.nearest;
  if (here.n_open > 1)
    return model_say ("choose_session");
  if (here.n_open == 1)
    return NULL;
  if (elsewhere.n_open > 0)
    return model_say ("other_location");
  if (here.nearest != MODEL_NONE)
    return NULL;
  if (here.lost != MODEL_NONE)
    return model_say ("session_cancelled");
  return model_say (elsewhere.nearest != MODEL_NONE ? "other_location" : "no_booking");
}

static gboolean
may_override (const ModelActor *actor, int location)
{
  return (actor->role == M_RECEPTIONIST || actor->role == M_MANAGER || actor->role == M_OWNER)
         && model_may_at (actor, location);
}

/* 5. for a booking that is named. Staff with a reason record that somebody came who had cancelled. */
static char *
refuse_named (Model *model, const ModelActor *actor, int booking, const ModelKnock *knock)
{
  const ModelBooking *of = model_booking (model, booking);
  const ModelSession *session = model_session (model, of->session);
  ModelStatus status = model_status (model, of);

  if ((!counts (status) || session->cancelled) && lost_its_session (model, of))
    return model_say ("session_cancelled");
  if (!counts (status) || session->cancelled)
    {
      if (!knock->override || knock->by_code || session->cancelled || is_there_otherwise (model, booking)
          || (status != M_CANCELLED && status != M_LATE_CANCELLED) || !of->confirmed)
        return model_say ("no_booking");
      if (!may_override (actor, session->location))
        return model_say ("not_allowed");
    }
  return session->location != HERE ? model_say ("other_location") : NULL;
}

/* 6. and 7., and what is recorded. */
static char *
enter (Model *model, const ModelActor *actor, int booking, const ModelKnock *knock)
{
  ModelBooking *of = model_booking (model, booking);
  gint64 opens = model_opens (model, of->session), closes = model_closes (model, of->session);
  gint64 after = model->now - model_session (model, of->session)->start;
  guint32 who = missing (of, knock->spot);
  gboolean too_late = model->now > closes, cancelled = of->gone && of->gone_as != M_NO_SHOW && of->in == 0;

  if (who == 0)
    return model_say ("already_checked_in");
  if (model->now < opens)
    return model_say ("too_early opens=%" I64, opens);
  if (too_late && !knock->override)
    return model_say ("too_late closes=%" I64, closes);
  if (too_late && !may_override (actor, model_session (model, of->session)->location))
    return model_say ("not_allowed");
  if (of->in == 0)
    of->late = after > 0;
  of->in |= who;
  return model_say ("ok booking=%d spots=%d late=%d late_min=%d flag=%s", booking, __builtin_popcount (who), after > 0,
                    after > 0 ? (int) ((after + MINUTE - 1) / MINUTE) : 0, too_late || cancelled ? "override" : "none");
}

char *
model_checkin (Model *model, const ModelActor *actor, const ModelKnock *knock)
{
  int booking = knock->booking, member = knock->member;
  char *no;

  if (actor->role == M_FINANCE || !model_may_at (actor, HERE))
    return model_say ("not_allowed");
  if (!knock->by_code && actor->role == M_MEMBER)
    return model_say ("not_allowed");
  if (booking != MODEL_NONE)
    member = model_booking (model, booking)->member;
  if (knock->by_code && booking == MODEL_NONE && knock->pass != model_member (model, member)->passes - 1)
    return model_say ("revoked_code");
  if (knock->by_code && booking != MODEL_NONE
      && model->now >= model_session (model, model_booking (model, booking)->session)->end)
    return model_say ("expired_code");
  if (model_member (model, member)->banned)
    return model_say ("member_blocked");
  if (model_number (model, MODEL_NONE, M_DOOR_SHUT) != 0)
    return model_say ("outside_access_hours");
  no = booking != MODEL_NONE ? refuse_named (model, actor, booking, knock)
                             : pick (model, member, knock->session, &booking);
  return no != NULL ? no : enter (model, actor, booking, knock);
}

/* Everybody of the booking is out again, as if nobody had come. Undoing an absence is recording that they came, which
 * takes no spot back. */
char *
model_undo (Model *model, const ModelActor *actor, int booking)
{
  ModelBooking *of = model_booking (model, booking);
  ModelStatus status = model_status (model, of);

  if (!may_override (actor, model_session (model, of->session)->location))
    return model_say ("not_allowed");
  if (status != M_CHECKED_IN && status != M_NO_SHOW)
    return model_say ("not_undoable status=%s", model_status_name (status));
  of->in = status == M_NO_SHOW ? spots_of (of) : 0;
  of->late = status == M_NO_SHOW && model->now > model_session (model, of->session)->start;
  return model_say ("ok status=%s", model_status_name (model_status (model, of)));
}

/* From the start on; once check-in has closed it is so by itself. */
char *
model_mark_absent (Model *model, const ModelActor *actor, int booking)
{
  ModelBooking *of = model_booking (model, booking);
  const ModelSession *session = model_session (model, of->session);
  ModelStatus status = model_status (model, of);

  gboolean own = actor->role == M_INSTRUCTOR && session->instructor == actor->staff;

  if (!may_override (actor, session->location) && !(own && model_may_at (actor, session->location)))
    return model_say ("not_allowed");
  if (model->now < session->start || of->gone || (status != M_CONFIRMED && status != M_NO_SHOW))
    return model_say ("wrong_state status=%s", model_status_name (status));
  model_give_up (model, booking, M_NO_SHOW, 0);
  return model_say ("ok");
}
