/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-waitlist-commands"

#include "commands.h"

#include "engine/reschedule.h"
#include "engine/waitlist.h"

void
give_leave (World *world, const guint32 r[COMMAND_NUMBERS])
{
  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_WAITLISTED);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s gives up the place of booking %d in the queue", command_actor_name (&actor), booking);
  decided = sl_waitlist_leave (world->engine, &who, ID (bookings, booking), &refusal, &failure);
  world_agree (world, model_leave (world->model, &actor, booking), ANSWER (g_strdup ("ok")));
}

void
give_accept (World *world, const guint32 r[COMMAND_NUMBERS])
{
  gboolean pay = r[1] % 5 == 0;
  g_auto (SlBookingResult) result = { 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_OFFERED);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s accepts the offer of booking %d%s", command_actor_name (&actor), booking, pay ? ", pays" : "");
  decided = sl_offer_accept (world->engine, &who, ID (bookings, booking), pay ? "cash" : NULL, &result, &refusal,
                             &failure);
  world_agree (world, model_accept (world->model, &actor, booking, pay), ANSWER (command_tell (&result)));
}

void
give_decline (World *world, const guint32 r[COMMAND_NUMBERS])
{
  g_auto (SlBookingResult) result = { 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_OFFERED);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s declines the offer of booking %d", command_actor_name (&actor), booking);
  decided = sl_offer_decline (world->engine, &who, ID (bookings, booking), &result, &refusal, &failure);
  world_agree (world, model_decline (world->model, &actor, booking), ANSWER (command_tell (&result)));
}

void
give_move (World *world, const guint32 r[COMMAND_NUMBERS])
{
  gboolean pay = r[1] % 5 == 0;
  SlRescheduleResult result = { 0 };

  if (world->bookings->len == 0)
    return;
  int booking = command_booking (world, r[0], M_CONFIRMED), to = command_session (world, r[3]);
  ACT (r[2], model_booking (world->model, booking)->member);
  world_note (world, "%s moves booking %d to session %d%s", command_actor_name (&actor), booking, to,
              pay ? ", pays" : "");
  decided = sl_booking_reschedule (world->engine, &who, ID (bookings, booking), ID (sessions, to), pay ? "cash" : NULL,
                                   &result, &refusal, &failure);
  if (world_agree (world, model_reschedule (world->model, &actor, booking, to, pay),
                   ANSWER (g_strdup_printf ("ok spots=%d spent=%" I64 " price=%" I64 " percent=%d refunded=%" I64,
                                            result.made.spots, result.made.spent_hundredths, result.made.price_cents,
                                            result.percent, result.refunded_hundredths))))
    g_array_append_val (world->bookings, result.made.booking_id);
  sl_booking_result_clear (&result.made);
}
