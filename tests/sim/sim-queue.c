/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-queue"

#include "sim-actions.h"

#include "core/error.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/credits.h"
#include "engine/no-show.h"
#include "engine/reschedule.h"
#include "engine/schedule.h"
#include "engine/waitlist.h"

/* What becomes of bookings beyond the plain ones: queues and offers, other days, absences, gifts. */

/* sim_came_or_misfits: a block over another one, say, or a gift to oneself: no rule has refused it. */
void
sim_came_or_misfits (SimWorld *world, const char *what, gboolean decided, SlRefusal *refusal, GError *error)
{
  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    g_error_free (error);
  else
    (void) sim_came (world, what, decided, refusal, error);
}

/* Some claim of this device's own view that fulfils a condition. */
static gboolean
pick_where (SimDevice *device, guint32 r, const char *condition, SlId *out)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT coalesce (booking_id, id) FROM claim WHERE created_hlc IS NOT NULL AND %1$s ORDER BY id LIMIT 1 OFFSET ? "
      "%% max (1, (SELECT count (*) FROM claim WHERE created_hlc IS NOT NULL AND %1$s))",
      condition);
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)), sql, "i", (gint64) r);
  gboolean found = sl_rows_next (rows);
  if (found)
    sl_rows_id (rows, 0, out);
  return found;
}

/* Mostly one of which this device has no spot left. */
static const SlId *
pick_full (SimWorld *world, SimDevice *device, guint32 r)
{
  gint64 free_spots;
  for (guint i = 0; sim_device_runs (device) && r % 8 != 0 && i < world->sessions->len; i++)
    {
      const SlId *session = sim_pick (world->sessions, r / 8 + i);
      if (sl_rights_free (sim_log (device), session, &device->replica, &free_spots, NULL) && free_spots <= 0)
        return session;
    }
  return sim_pick_session (world, r);
}

SIM_ACTION (wait)
{
  static const char *const guest[] = { "Guest", NULL };
  SlBookingRequest request = { .session_id = *pick_full (world, device, r[0]),
                               .member_id = *sim_pick_member (world, r[1]),
                               .spots = r[2] % 6 == 0 ? 2 : 1,
                               .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  request.guests = request.spots > 1 ? guest : NULL;
  gboolean decided = sl_booking_book (device->engine, &device->owner, &request, &result, &refusal, &error);
  gboolean done = sim_came (world, "wait", decided, &refusal, error);
  sim_note (world, done, world->bookings, &result.booking_id);
  if (done)
    sim_tell (world, "      %s: %d of session %s for member %s, place %" G_GINT64_FORMAT,
              sim_name (&result.booking_id), request.spots, sim_name (&request.session_id),
              sim_name (&request.member_id), result.position);
}

#define ON_OFFER "type = 3 AND release_why = 0 AND confirm_hlc IS NULL"

/* Mostly where somebody was offered something. */
static gboolean
pick_offer (SimWorld *world, SimDevice **inout_device, const guint32 r[3], SlId *out)
{
  if (sim_device_runs (*inout_device) && pick_where (*inout_device, r[0], ON_OFFER, out))
    return TRUE;
  for (guint i = 0; i < world->n_devices && r[1] % 4 != 0 && !world->fault; i++)
    {
      SimDevice *device = &world->devices[(i + r[2]) % world->n_devices];
      if (!sim_device_runs (device) || !pick_where (device, r[0], ON_OFFER, out))
        continue;
      *inout_device = device;
      return TRUE;
    }
  return FALSE;
}

/* Where nobody was offered anything, a mat more for a session that somebody waits for at this device. */
static void
make_room (SimWorld *world, SimDevice *device)
{
  SlId session = sl_id_none;
  SlSessionCounts counts;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT w.session_id FROM claim w JOIN session s ON s.id = w.session_id WHERE w.type = 5 AND w.release_why = 0 "
      "AND coalesce (w.keeper, w.creator) = ? AND s.start_ms > ? AND s.cancelled = 0 ORDER BY w.id LIMIT 1",
      "di", &device->replica, world->now_ms);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &session);
  if (!sl_rows_finish (rows, NULL) || sl_id_is_none (&session))
    return;
  gboolean decided = sl_session_counts (device->engine, &session, &counts, &error)
                     && sl_session_set_capacity (device->engine, &device->owner, &session, counts.capacity + 1,
                                                 &refusal, &error);
  if (sim_came (world, "make_room", decided, &refusal, error))
    sim_tell (world, "      session %s takes %" G_GINT64_FORMAT, sim_name (&session), counts.capacity + 1);
}

SIM_ACTION (accept)
{
  SlId booking;
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!pick_offer (world, &device, r, &booking))
    {
      if (sim_device_runs (device))
        make_room (world, device);
      return;
    }
  gboolean decided = sl_offer_accept (device->engine, &device->owner, &booking, NULL, &result, &refusal, &error);
  if (sim_came (world, "accept", decided, &refusal, error))
    sim_tell (world, "      %s at device %u", sim_name (&booking), device->index);
  sim_observe (world, device);
}

SIM_ACTION (decline)
{
  SlId booking;
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!pick_offer (world, &device, r, &booking))
    return;
  gboolean decided = sl_offer_decline (device->engine, &device->owner, &booking, &result, &refusal, &error);
  if (sim_came (world, "decline", decided, &refusal, error))
    sim_tell (world, "      %s at device %u", sim_name (&booking), device->index);
  sim_observe (world, device);
}

SIM_ACTION (queue_leave)
{
  SlId booking;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || !pick_where (device, r[0], "type = 5 AND release_why = 0", &booking))
    return;
  gboolean decided = sl_waitlist_leave (device->engine, &device->owner, &booking, &refusal, &error);
  if (sim_came (world, "queue_leave", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (&booking));
}

SIM_ACTION (reschedule)
{
  const SlId booking = *sim_pick_booking (world, device, r[0]); /* what is noted moves the list */
  const SlId *session = sim_pick_own_session (world, device, r[1]);
  SlRescheduleResult result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (&booking))
    return;
  gboolean decided = sl_booking_reschedule (device->engine, &device->owner, &booking, session, NULL, &result,
                                            &refusal, &error);
  gboolean done = sim_came (world, "reschedule", decided, &refusal, error);
  sim_note (world, done, world->bookings, &result.made.booking_id);
  if (done)
    sim_tell (world, "      %s at %d %% to %s in %s", sim_name (&booking), result.percent,
              sim_name (&result.made.booking_id), sim_name (session));
  sl_booking_result_clear (&result.made);
}

SIM_ACTION (no_show)
{
  const SlId *booking = sim_pick_booking (world, device, r[0]);
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (booking))
    return;
  gboolean decided = sl_no_show_mark (device->engine, &device->owner, booking, &refusal, &error);
  if (sim_came (world, "no_show", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (booking));
}

SIM_ACTION (waive)
{
  const SlId *booking = sim_pick_booking (world, device, r[0]);
  SlCancelResult result;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (booking))
    return;
  gboolean decided = sl_booking_cancel_waived (device->engine, &device->owner, booking, "the boiler", &result,
                                               &refusal, &error);
  if (sim_came (world, "waive", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (booking));
}

SIM_ACTION (transfer)
{
  gint64 left, there;
  const SlId *from = sim_pick_member (world, r[0]), *to = sim_pick_member (world, r[1]);
  gint64 amount = (gint64[]) { 50, 100, 150 }[r[2] % 3];
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_equal (from, to))
    return;
  gboolean decided = sl_credits_transfer (device->engine, &device->owner, from, to, amount, "for her birthday", &left,
                                          &there, &refusal, &error);
  sim_came_or_misfits (world, "transfer", decided, &refusal, error); /* they may be one by now */
  sim_tell (world, "      %" G_GINT64_FORMAT " of %s for %s", amount, sim_name (from), sim_name (to));
}
