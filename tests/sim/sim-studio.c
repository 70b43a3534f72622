/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-studio"

#include "sim-actions.h"

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/member-merge.h"
#include "engine/membership.h"
#include "engine/parq.h"
#include "engine/plan.h"
#include "engine/policy.h"
#include "engine/request.h"
#include "engine/series.h"
#include "engine/slots.h"
#include "engine/standing.h"

/* How the studio is run: its numbers, one-to-one times, weekly bookings, plans, and records of people. */

#define SESSIONS_MAX 12 /* with those of one-to-one times */

/* sim_pick_row: see the header. */
gboolean
sim_pick_row (SimDevice *device, guint32 r, const char *table, SlId *out)
{
  g_autofree char *sql
      = g_strdup_printf ("SELECT id FROM %1$s ORDER BY id LIMIT 1 OFFSET ? %% max (1, (SELECT count (*) FROM %1$s))",
                         table);
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)), sql, "i", (gint64) r);
  gboolean found = sl_rows_next (rows);
  if (found)
    sl_rows_id (rows, 0, out);
  return found;
}

SIM_ACTION (policy)
{
  static const struct {
    SlPolicy policy;
    const char *value; /* (nullable) */
  } changes[] = { { SL_POLICY_TRUST_VISITS, "1" }, { SL_POLICY_TRUST_VISITS, "1" },
                  { SL_POLICY_TRUST_VISITS, "3" }, { SL_POLICY_OFFER_MINUTES, "2" },
                  { SL_POLICY_OFFER_MINUTES, NULL }, { SL_POLICY_CANCEL_TIERS, "2:33" },
                  { SL_POLICY_WAITLIST_MAX, "2" }, { SL_POLICY_OFFER_SHORT_WITHIN_HOURS, "0" } };
  guint which = r[0] % G_N_ELEMENTS (changes);
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_policy_set (device->engine, &device->owner, &sl_id_none, changes[which].policy,
                                    changes[which].value, &refusal, &error);
  if (sim_came (world, "policy", decided, &refusal, error))
    sim_tell (world, "      %s %s", sl_policy_name (changes[which].policy), changes[which].value);
}

/* --- one-to-one --- */

SIM_ACTION (availability)
{
  SlAvailabilityParams params;
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  sl_availability_params_init (&params);
  params.staff = &world->studio.instructor;
  params.location = r[0] % 2 ? &world->studio.founder_location : &world->studio.second_location;
  params.weekday = 1 + (int) (r[1] % SL_WEEKDAYS);
  params.from_minute = (int) (r[2] % 20) * 60;
  params.to_minute = params.from_minute + 180;
  gboolean decided = r[0] % 4 == 0 && sim_pick_row (device, r[1], "availability", &id)
                         ? sl_availability_remove (device->engine, &device->owner, &id, &refusal, &error)
                         : sl_availability_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  sim_came_or_misfits (world, "availability", decided, &refusal, error);
}

/* A moment that slots are cut at. */
static gint64
slot_start (SimWorld *world, guint32 r)
{
  gint64 half_hour = 30 * SL_MINUTE_MS;
  return (world->now_ms / half_hour + 1 + r % 40) * half_hour;
}

static void
note_made (SimWorld *world, const SlBookingResult *made)
{
  sim_note (world, TRUE, world->bookings, &made->booking_id);
  sim_note (world, world->sessions->len < SESSIONS_MAX, world->sessions, &made->session_id);
  sim_tell (world, "      %s in session %s for member %s", sim_name (&made->booking_id), sim_name (&made->session_id),
            sim_name (&made->member_id));
}

SIM_ACTION (slot)
{
  SlSlotRequest request = { .member_id = *sim_pick_member (world, r[0]),
                            .service_id = world->studio.one_to_one,
                            .instructor_id = world->studio.instructor,
                            .location_id = world->studio.founder_location,
                            .room_id = r[2] % 3 == 0 ? world->studio.rooms[0] : sl_id_none,
                            .start_ms = slot_start (world, r[1]) };
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (r[2] % 2 == 0 && !world->fault) /* who plans the instructor's days */
    device = &world->devices[0];
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_slot_book (device->engine, &device->owner, &request, &result, &refusal, &error);
  if (sim_came (world, "slot", decided, &refusal, error))
    note_made (world, &result);
  sim_observe (world, device);
}

SIM_ACTION (request)
{
  gint64 times[2] = { slot_start (world, r[1]), slot_start (world, r[1] + 3) };
  SlRequestParams params = { .member_id = *sim_pick_member (world, r[0]),
                             .service_id = world->studio.one_to_one,
                             .instructor_id = world->studio.instructor,
                             .location_id = world->studio.founder_location,
                             .times = times,
                             .n_times = 1 + r[2] % 2 };
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_request_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  sim_came_or_misfits (world, "request", decided, &refusal, error);
}

/* Accepted mostly, at the first of its times; else declined or withdrawn. */
SIM_ACTION (answer)
{
  g_auto (SlBookingResult) result = { 0 };
  g_autoptr (SlRequest) request = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlId id;
  if (!sim_device_runs (device) || !sim_pick_row (device, r[0], "request", &id))
    return;
  request = sl_request_get (device->engine, &id, &error);
  if (request == NULL || r[1] % 4 > 1)
    {
      gboolean answered = request != NULL
                          && (r[1] % 4 == 2
                                  ? sl_request_decline (device->engine, &device->owner, &id, &refusal, &error)
                                  : sl_request_withdraw (device->engine, &device->owner, &id, &refusal, &error));
      (void) sim_came (world, "answer", answered, &refusal, error);
      return;
    }
  gint64 time_ms = request->times->len > 0 ? g_array_index (request->times, gint64, 0) : SL_NUMBER_NONE;
  gboolean decided = sl_request_accept (device->engine, &device->owner, &id, time_ms, &sl_id_none, NULL, &result,
                                        &refusal, &error);
  if (sim_came (world, "answer", decided, &refusal, error))
    note_made (world, &result);
}

/* --- every week --- */

static gboolean
read_session (SimDevice *device, const SlId *session, SlStandingParams *out, gint64 *out_start_ms)
{
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)),
                                            "SELECT service_id, location_id, start_ms FROM session WHERE id = ? AND "
                                            "start_ms IS NOT NULL",
                                            "d", session);
  gboolean found = sl_rows_next (rows);
  if (found)
    {
      sl_rows_id (rows, 0, &out->service_id);
      sl_rows_id (rows, 1, &out->location_id);
      *out_start_ms = sl_rows_int (rows, 2);
    }
  return found;
}

/* At the time of a session that there is, so that it is booked. */
SIM_ACTION (standing)
{
  SlStandingParams params = { .member_id = *sim_pick_member (world, r[0]), .spots = 1, .from_day = SL_NUMBER_NONE };
  gint64 start_ms;
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || !read_session (device, sim_pick_session (world, r[1]), &params, &start_ms))
    return;
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (start_ms / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  params.weekday = g_date_time_get_day_of_week (local);
  params.minute = g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local);
  params.until_day = start_ms / SL_DAY_MS + 14;
  gboolean decided = sl_standing_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  sim_came_or_misfits (world, "standing", decided, &refusal, error);
  sim_tell (world, "      for member %s", sim_name (&params.member_id));
}

SIM_ACTION (standing_end)
{
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || !sim_pick_row (device, r[0], "standing", &id))
    return;
  gboolean decided = sl_standing_end (device->engine, &device->owner, &id, &refusal, &error);
  (void) sim_came (world, "standing_end", decided, &refusal, error);
}

/* --- plans --- */

static void
add_plan (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlPlanParams params;
  sl_plan_params_init (&params);
  params.name = "All you can";
  params.kind = "unlimited";
  params.period = "monthly";
  params.price_cents = 80000;
  params.services = &world->studio.services[1];
  params.n_services = r[2] % 2;
  gboolean decided = sl_plan_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  (void) sim_came (world, "plan", decided, &refusal, error);
}

SIM_ACTION (plan)
{
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlPlanParams params;
  if (!sim_device_runs (device))
    return;
  sl_plan_params_init (&params);
  if (r[0] % 2 == 0 && sim_pick_row (device, r[1], "plan", &id))
    {
      params.open_gym = r[2] % 2 ? 1 : -1;
      gboolean edited = sl_plan_edit (device->engine, &device->owner, &id, &params, &refusal, &error);
      (void) sim_came (world, "plan", edited, &refusal, error);
      return;
    }
  add_plan (world, device, r);
}

SIM_ACTION (membership)
{
  SlMembershipParams params = { .member_id = *sim_pick_member (world, r[0]) };
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  if (!sim_pick_row (device, r[1], "plan", &params.plan_id))
    {
      add_plan (world, device, r);
      return;
    }
  gboolean decided = sl_membership_start (device->engine, &device->owner, &params, &id, &refusal, &error);
  (void) sim_came (world, "membership", decided, &refusal, error);
}

SIM_ACTION (membership_change)
{
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  if (!sim_device_runs (device) || !sim_pick_row (device, r[0], "membership", &id))
    return;
  if (r[1] % 4 == 0)
    decided = sl_membership_freeze (device->engine, &device->owner, &id, 0, 0, &refusal, &error);
  else if (r[1] % 4 == 1)
    decided = sl_membership_unfreeze (device->engine, &device->owner, &id, &refusal, &error);
  else if (r[1] % 4 == 2)
    decided = sl_membership_cancel (device->engine, &device->owner, &id, 0, &refusal, &error);
  else
    decided = sl_membership_paid (device->engine, &device->owner, &id, world->now_ms + 30 * SL_DAY_MS, &refusal,
                                  &error);
  (void) sim_came (world, "membership_change", decided, &refusal, error);
}

/* --- people --- */

SIM_ACTION (member_merge)
{
  const SlId *one = sim_pick_member (world, r[0]), *other = sim_pick_member (world, r[1]);
  SlId survivor;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_equal (one, other))
    return;
  gboolean decided = sl_member_merge (device->engine, &device->owner, one, other, &survivor, &refusal, &error);
  if (sim_came (world, "member_merge", decided, &refusal, error))
    sim_tell (world, "      %s and %s are one", sim_name (one), sim_name (other));
}

SIM_ACTION (parq)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_parq_answer (device->engine, &device->owner, sim_pick_member (world, r[0]),
                                     r[1] % 2 ? "no to all" : "asthma", &refusal, &error);
  (void) sim_came (world, "parq", decided, &refusal, error);
}

/* --- sessions of a rule --- */

#define OF_A_RULE "(SELECT id FROM session WHERE rule_id IS NOT NULL)"

SIM_ACTION (series_edit)
{
  SlId session;
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  g_autofree char *notes = g_strdup_printf ("blocks %u", r[1] % 50);
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || !sim_pick_row (device, r[0], OF_A_RULE, &session))
    return;
  sl_session_params_init (&params);
  params.notes = notes;
  if (r[2] % 2 == 0)
    params.capacity = 1 + r[2] % 4;
  gboolean decided
      = sl_session_edit_following (device->engine, &device->owner, &session, &params, &ids, &refusal, &error);
  sim_came_or_misfits (world, "series_edit", decided, &refusal, error);
}

SIM_ACTION (series_cancel)
{
  SlId session;
  g_autoptr (GArray) ids = NULL;
  guint released;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || !sim_pick_row (device, r[0], OF_A_RULE, &session))
    return;
  gboolean decided = sl_session_cancel_following (device->engine, &device->owner, &session, "a flood", &ids,
                                                  &released, &refusal, &error);
  sim_came_or_misfits (world, "series_cancel", decided, &refusal, error);
}
