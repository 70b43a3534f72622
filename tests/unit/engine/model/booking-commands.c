/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-booking-commands"

#include "commands.h"

#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/no-show.h"

/* The edges that rules have, and a millisecond to both sides of them. */
static gint64
edge_of (World *world, guint32 r, guint32 which)
{
  Model *model = world->model;
  const ModelBooking *booking;
  const ModelSession *of;
  int session;

  if (which % 4 == 0 && model->bookings->len > 0)
    {
      booking = model_booking (model, r % model->bookings->len);
      return which / 4 % 2 == 0 ? booking->held_until : booking->made + SL_MINUTE_MS;
    }
  if (which % 16 == 1 && model->lots->len > 0)
    return model_lot (model, r % model->lots->len)->expires;
  if (model->sessions->len == 0)
    return 0;
  session = command_session (world, r);
  if (which % 4 == 2 && model->bookings->len > 0)
    session = model_booking (model, r % model->bookings->len)->session;
  of = model_session (model, session);
  switch (which / 16 % 10)
    {
    case 0:
      return of->start - 24 * SL_HOUR_MS;
    case 1:
      return of->start - 12 * SL_HOUR_MS;
    case 2:
      return of->start - 2 * SL_HOUR_MS;
    case 3:
      return of->start - model_number (model, session, M_BOOKING_OPENS_HOURS) * SL_HOUR_MS;
    case 4:
      return of->end;
    case 5:
      return model_opens (model, session);
    case 6:
      return model_closes (model, session);
    case 7:
    case 8:
      return of->start - 15 * SL_MINUTE_MS;
    default:
      return of->start;
    }
}

/* A little on, or to an edge that is not far. */
void
give_clock (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 minutes[] = { 1, 2, 5, 7, 10, 15, 30, 61 };
  gint64 now = world->model->now, to = edge_of (world, r[1], r[2]) + (gint64) (r[3] % 3) - 1;
  gint64 reach = r[4] % 8 == 0 ? 10 * SL_DAY_MS : r[4] % 4 == 0 ? SL_DAY_MS : 4 * SL_HOUR_MS;
  g_autofree char *text = NULL;

  if (r[0] % 4 == 0 || to <= now || to > now + reach)
    to = now + PICK (minutes, r[5]) * (r[0] % 8 < 4 ? SL_MINUTE_MS : G_GINT64_CONSTANT (1000));
  /* An offer begins when something makes it: where somebody waits, what is due is run when it falls due. */
  while (model_next (world->model) <= to)
    world_settle (world, model_next (world->model));
  world->studio->clock.now_ms = to;
  model_advance (world->model, to);
  text = sl_time_format_local (to, world->studio->zone, "%a %F %T");
  world_note (world, "it is %s.%03d", text, (int) (to % 1000));
}

static gboolean
draw_request (World *world, const guint32 r[COMMAND_NUMBERS], ModelRequest *out)
{
  static const int spots[] = { 1, 1, 1, 1, 1, 1, 2, 2, 3, 4 };

  if (world->members->len == 0 || world->sessions->len == 0)
    return FALSE;
  *out = (ModelRequest){ .session = command_session (world, r[1]),
                         .spots = PICK (spots, r[2]),
                         .override = r[3] % 8 == 0,
                         .pay = r[3] / 8 % 6 == 0,
                         .wait = r[3] / 1024 % 4 != 0 };
  out->member = command_member (world, r[0], out->session);
  out->guests = r[3] / 64 % 16 == 0 ? 1 : out->spots - 1;
  return TRUE;
}

char *
command_tell (const SlBookingResult *result)
{
  return g_strdup_printf ("ok status=%s spots=%d expires=%" I64 " spent=%" I64 " price=%" I64 " override=%d"
                          " position=%" I64,
                          sl_booking_status_name (result->status), result->spots, result->expires_ms,
                          result->spent_hundredths, result->price_cents, result->override, result->position);
}

static void
ask (World *world, const guint32 r[COMMAND_NUMBERS], gboolean hold)
{
  static const char *const names[] = { "Anna", "Ben", "Cleo", NULL };
  const char *guests[4] = { NULL };
  ModelRequest asked;
  SlBookingRequest request = { .spots = 0 };
  g_auto (SlBookingResult) result = { 0 };

  if (!draw_request (world, r, &asked))
    return;
  if (hold && r[5] % 2 == 0 && world->bookings->len > 0) /* several in a minute, of one member */
    {
      asked.member = model_booking (world->model, world->bookings->len - 1)->member;
      asked.session = (int) (r[5] / 2 % world->sessions->len);
    }
  for (int i = 0; i < asked.guests; i++)
    guests[i] = names[i];
  ACT (r[4], asked.member);
  world->session = asked.session;
  world->member = asked.member;
  world_note (world, "%s %s session %d for member %d, %d spots, %d named%s%s%s", command_actor_name (&actor),
              hold ? "holds" : "books", asked.session, asked.member, asked.spots, asked.guests,
              asked.override ? ", over capacity" : "", asked.pay ? ", pays" : "",
              asked.wait ? ", or waits" : "");
  request.member_id = *ID (members, asked.member);
  request.session_id = *ID (sessions, asked.session);
  request.spots = asked.spots;
  request.guests = guests;
  request.override_reason = asked.override ? "a friend" : NULL;
  request.join_waitlist = asked.wait;
  request.payment_method = asked.pay ? "cash" : NULL;
  decided = (hold ? sl_booking_hold : sl_booking_book) (world->engine, &who, &request, &result, &refusal, &failure);
  if (world_agree (world, (hold ? model_hold : model_book) (world->model, &actor, &asked),
                   ANSWER (command_tell (&result))))
    g_array_append_val (world->bookings, result.booking_id);
}

void
give_hold (World *world, const guint32 r[COMMAND_NUMBERS])
{
  ask (world, r, TRUE);
}

void
give_book (World *world, const guint32 r[COMMAND_NUMBERS])
{
  ask (world, r, FALSE);
}

int
command_booking (World *world, guint32 r, ModelStatus wanted)
{
  guint len = world->bookings->len, at = r / 8 % len;

  for (guint i = 0; i < len && r % 8 != 0; i++)
    if (model_status (world->model, model_booking (world->model, (at + i) % len)) == wanted)
      {
        at = (at + i) % len;
        break;
      }
  world->session = model_booking (world->model, at)->session;
  world->member = model_booking (world->model, at)->member;
  return (int) at;
}

void
give_confirm (World *world, const guint32 r[COMMAND_NUMBERS])
{
  gboolean pay = r[1] % 5 == 0;
  g_auto (SlBookingResult) result = { 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_HELD);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s confirms booking %d%s", command_actor_name (&actor), booking, pay ? ", pays" : "");
  decided = sl_booking_confirm (world->engine, &who, ID (bookings, booking), pay ? "card" : NULL, &result, &refusal,
                                &failure);
  world_agree (world, model_confirm (world->model, &actor, booking, pay), ANSWER (command_tell (&result)));
}

void
give_release (World *world, const guint32 r[COMMAND_NUMBERS])
{
  g_auto (SlBookingResult) result = { 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_HELD);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s lets go of booking %d", command_actor_name (&actor), booking);
  decided = sl_booking_release (world->engine, &who, ID (bookings, booking), &result, &refusal, &failure);
  world_agree (world, model_release (world->model, &actor, booking), ANSWER (command_tell (&result)));
}

void
give_cancel (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlCancelResult result = { .status = 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], r[1] % 4 ? M_CONFIRMED : M_OFFERED);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s cancels booking %d", command_actor_name (&actor), booking);
  decided = sl_booking_cancel (world->engine, &who, ID (bookings, booking), "a cold", &result, &refusal, &failure);
  world_agree (world, model_cancel (world->model, &actor, booking),
               ANSWER (g_strdup_printf ("ok status=%s percent=%d refunded=%" I64,
                                        sl_booking_status_name (result.status), result.percent,
                                        result.refunded_hundredths)));
}

/* How somebody comes to the door. FALSE: there is nobody. code (out): theirs, where they have one. */
static gboolean
draw_knock (World *world, const guint32 r[COMMAND_NUMBERS], ModelKnock *out, char **out_code)
{
  g_autoptr (GError) failure = NULL;

  *out = (ModelKnock){
    .booking = MODEL_NONE, .member = MODEL_NONE, .session = MODEL_NONE, .override = r[5] % 6 == 0
  };
  if (r[0] % 5 < 2 && world->members->len > 0)
    {
      GPtrArray *passes;

      out->member = (int) (r[1] % world->members->len);
      passes = world->passes->pdata[out->member];
      out->by_code = passes->len > 0 && r[2] % 4 != 0;
      if (r[3] % 3 == 0 && world->sessions->len > 0)
        out->session = (int) (r[3] / 3 % world->sessions->len);
      out->pass = out->by_code ? (int) (r[4] % 5 == 0 ? r[4] / 5 % passes->len : passes->len - 1) : 0;
      *out_code = out->by_code ? g_strdup (passes->pdata[out->pass]) : NULL;
      return TRUE;
    }
  if (world->bookings->len == 0)
    return FALSE;
  out->booking = command_booking (world, r[1], r[3] % 8 ? M_CONFIRMED : M_NO_SHOW);
  const ModelBooking *booking = model_booking (world->model, out->booking);
  out->by_code = r[2] % 2 == 0 && !booking->gone;
  out->spot = out->by_code && r[3] % 3 == 0 ? (int) (r[4] % (guint) booking->spots) : 0;
  if (out->by_code)
    g_assert_true (sl_booking_code (world->engine, ID (bookings, out->booking), (guint) out->spot, out_code, &failure));
  return TRUE;
}

static char *
tell_entry (World *world, SlCheckinAnswer *answer)
{
  if (answer->result == SL_REFUSAL_TOO_EARLY)
    return g_strdup_printf ("too_early opens=%" I64, answer->opens_ms);
  if (answer->result == SL_REFUSAL_TOO_LATE)
    return g_strdup_printf ("too_late closes=%" I64, answer->closes_ms);
  if (answer->result != SL_REFUSAL_NONE)
    return g_strdup (sl_refusal_name (answer->result));
  return g_strdup_printf ("ok booking=%d spots=%d late=%d late_min=%d flag=%s",
                          world_find (world->bookings, &answer->booking_id), answer->spots, answer->late,
                          answer->late_min, answer->flag != NULL ? answer->flag : "none");
}

void
give_checkin (World *world, const guint32 r[COMMAND_NUMBERS])
{
  ModelKnock knock;
  g_autofree char *code = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlCheckinRequest request = { .override_reason = NULL };

  if (!draw_knock (world, r, &knock, &code))
    return;
  int whose = knock.booking != MODEL_NONE ? model_booking (world->model, knock.booking)->member : knock.member;
  ACT (r[6] % 2 ? r[6] / 2 : 0, whose);
  world_note (world, "%s checks in %s %d by %s, spot %d, session %d%s", command_actor_name (&actor),
              knock.booking != MODEL_NONE ? "booking" : "member",
              knock.booking != MODEL_NONE ? knock.booking : knock.member, knock.by_code ? "a code" : "the list",
              knock.spot, knock.session, knock.override ? ", whenever it is" : "");
  request.code = code;
  request.actor = &who;
  request.override_reason = knock.override ? "the lift" : NULL;
  if (code == NULL && knock.booking != MODEL_NONE)
    request.booking_id = *ID (bookings, knock.booking);
  else if (code == NULL)
    request.member_id = *ID (members, knock.member);
  if (knock.session != MODEL_NONE)
    request.session_id = *ID (sessions, knock.session);
  decided = sl_checkin (world->engine, &request, &answer, &failure);
  world_agree (world, model_checkin (world->model, &actor, &knock),
               ANSWER (decided ? tell_entry (world, answer) : NULL));
}

void
give_undo (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlBookingStatus status = SL_BOOKING_HELD;

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], r[1] % 3 ? M_CHECKED_IN : M_NO_SHOW);
  ACT (r[2], MODEL_NONE);
  /* Whether somebody who was marked absent has a place again is for the engine's own tests. */
  if (model_booking (world->model, booking)->gone && model_booking (world->model, booking)->gone_as == M_NO_SHOW)
    return;
  world_note (world, "%s undoes what booking %d is", command_actor_name (&actor), booking);
  decided = sl_booking_undo (world->engine, &who, ID (bookings, booking), "the wrong one", &status, &refusal, &failure);
  world_agree (world, model_undo (world->model, &actor, booking),
               ANSWER (g_strdup_printf ("ok status=%s", sl_booking_status_name (status))));
}

void
give_absence (World *world, const guint32 r[COMMAND_NUMBERS])
{
  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_CONFIRMED);
  ACT (r[2], MODEL_NONE);
  world_note (world, "%s says that nobody of booking %d has come", command_actor_name (&actor), booking);
  decided = sl_no_show_mark (world->engine, &who, ID (bookings, booking), &refusal, &failure);
  world_agree (world, model_mark_absent (world->model, &actor, booking), ANSWER (g_strdup ("ok")));
}
