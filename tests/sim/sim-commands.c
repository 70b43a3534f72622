/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-commands"

#include "sim-actions.h"

#include "core/datetime.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/credits.h"
#include "engine/exchange.h"
#include "engine/member.h"
#include "engine/no-show.h"
#include "engine/run-due.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "oplog/fence.h"

/* What people do at a desk. A command of a later issue is one function here and one line in the table below. */

/* clang-format off */
const SimActionKind sim_actions[] = {
  { "book", 12, sim_do_book },                { "override", 1, sim_do_override },
  { "hold", 4, sim_do_hold },                 { "confirm", 7, sim_do_confirm },
  { "release", 2, sim_do_release },           { "cancel", 6, sim_do_cancel },
  { "check_in", 3, sim_do_check_in },         { "undo", 1, sim_do_undo },
  { "member_edit", 2, sim_do_member_edit },   { "member_add", 0.5, sim_do_member_add },
  { "sell", 1.5, sim_do_sell },               { "adjust", 1.5, sim_do_adjust },
  { "session_add", 0.6, sim_do_session_add }, { "session_edit", 1, sim_do_session_edit },
  { "capacity", 2, sim_do_session_capacity }, { "session_cancel", 0.4, sim_do_session_cancel },
  { "rights_move", 7, sim_do_rights_move },   { "lot_move", 3, sim_do_lot_move },
  { "run_due", 8, sim_do_run_due },           { "claim_move", 3, sim_do_claim_move },
  { "day_move", 1.5, sim_do_day_move },       { "refund", 1, sim_do_refund },
  { "member_erase", 0.3, sim_do_member_erase }, { "clock_confirm", 0.6, sim_do_clock_confirm },
  { "settle", 1, sim_do_settle },             { "recurrence", 0.5, sim_do_recurrence },
  { "expand", 0.7, sim_do_expand },           { "version", 0.7, sim_do_version },
  { "exchange", 34, sim_do_exchange },        { "send", 8, sim_do_send },
  { "deliver", 9, sim_do_deliver },           { "drop", 1, sim_do_drop },
  { "cut", 1.5, sim_do_cut },
  { "stick_write", 2, sim_do_stick_write },   { "stick_read", 3, sim_do_stick_read },
  { "crash", 3, sim_do_crash },               { "disk_full", 1.5, sim_do_disk_full },
  { "restart", 1, sim_do_restart },
  { "backup", 1.2, sim_do_backup },           { "restore", 0.8, sim_do_restore },
  { "keep_files", 1, sim_do_keep_files },     { "put_back", 1, sim_do_put_back },
  { "copy_disk", 0.4, sim_do_copy_disk },    { "burn", 0.4, sim_do_burn },
  { "revoke", 0.8, sim_do_revoke },           { "invite", 0.5, sim_do_invite },
  { "join", 0.6, sim_do_join },               { "clock", 0.6, sim_do_clock },
  { "prune", 1.5, sim_do_prune },             { "snapshot", 1, sim_do_snapshot },
  { "verify", 0.15, sim_do_verify },          { "clone", 0.1, sim_do_clone },
  { "forge", 0.15, sim_do_forge },
  { "wait", 6, sim_do_wait },                 { "accept", 5, sim_do_accept },
  { "decline", 1.5, sim_do_decline },         { "queue_leave", 1, sim_do_queue_leave },
  { "reschedule", 2, sim_do_reschedule },     { "no_show", 1.5, sim_do_no_show },
  { "waive", 1, sim_do_waive },               { "transfer", 1.5, sim_do_transfer },
  { "policy", 1.5, sim_do_policy },           { "availability", 0.3, sim_do_availability },
  { "slot", 1, sim_do_slot },                 { "request", 0.7, sim_do_request },
  { "answer", 1.2, sim_do_answer },           { "standing", 0.5, sim_do_standing },
  { "standing_end", 0.2, sim_do_standing_end }, { "plan", 0.2, sim_do_plan },
  { "membership", 0.8, sim_do_membership },   { "membership_change", 0.7, sim_do_membership_change },
  { "member_merge", 0.3, sim_do_member_merge }, { "parq", 0.4, sim_do_parq },
  { "series_edit", 0.6, sim_do_series_edit }, { "series_cancel", 0.2, sim_do_series_cancel },
  { "ask", 3, sim_do_ask, FALSE, TRUE },                   { "upkeep", 3, sim_do_upkeep, FALSE, TRUE },
  { "pair", 0.5, sim_do_pair, TRUE },         { "hub_work", 6, sim_do_hub_work, TRUE },
  { "hub_append", 4, sim_do_hub_append, TRUE }, { "hub_crash", 3, sim_do_hub_crash, TRUE },
  { "hub_disk", 1.5, sim_do_hub_disk, TRUE }, { "hub_restart", 1.5, sim_do_hub_restart, TRUE },
  { "hub_keep", 2, sim_do_hub_keep, TRUE },   { "hub_put_back", 2, sim_do_hub_put_back, TRUE },
  { "hub_lie", 1.5, sim_do_hub_lie, TRUE },
  { "sale", 5, sim_do_sale, .of_business = TRUE },   { "sale_plan", 2, sim_do_sale_plan, .of_business = TRUE },
  { "pay", 2, sim_do_pay, .of_business = TRUE },  { "till", 1, sim_do_till, .of_business = TRUE },
  { "payment_settle", 2, sim_do_payment_settle, .of_business = TRUE },
  { "money_move", 3, sim_do_money_move, .of_business = TRUE },
  { "membership_money", 0.6, sim_do_membership_money, .of_business = TRUE },
  { "later", 0.05, sim_do_later, .of_business = TRUE },
  { "around", 1.5, sim_do_around, .of_business = TRUE }, { "notify", 1.5, sim_do_notify, .of_business = TRUE },
  { "look", 1, sim_do_look, .of_business = TRUE }, { "print", 1, sim_do_print, .of_business = TRUE },
  { NULL, 0, NULL },
};
/* clang-format on */

/* sim_pick: see the header. */
const SlId *
sim_pick (const GArray *ids, guint32 r)
{
  return ids->len > 0 ? &g_array_index (ids, SlId, r % ids->len) : &sl_id_none;
}

/* sim_pick_session: those of the first rows are quarrelled about most. */
const SlId *
sim_pick_session (SimWorld *world, guint32 r)
{
  guint n = r % 4 == 0 ? world->sessions->len : MIN (world->sessions->len, 3);
  return &g_array_index (world->sessions, SlId, (r >> 2) % n);
}

/* sim_pick_own_session: mostly one that this device has a right to. */
const SlId *
sim_pick_own_session (SimWorld *world, SimDevice *device, guint32 r)
{
  const SlId *chosen = sim_pick_session (world, r);
  gint64 free_spots;
  for (guint i = 0; sim_device_runs (device) && r % 5 != 0 && i < world->sessions->len; i++)
    {
      const SlId *session = &g_array_index (world->sessions, SlId, (i + r / 5) % world->sessions->len);
      if (sl_rights_free (sim_log (device), session, &device->replica, &free_spots, NULL) && free_spots > 0)
        return session;
    }
  return chosen;
}

/* sim_pick_member: see the header. */
const SlId *
sim_pick_member (SimWorld *world, guint32 r)
{
  return sim_pick (world->members, r);
}

static gboolean
knows (SimDevice *device, const SlId *claim)
{
  gint64 known;
  return sl_store_query_int (sl_oplog_get_store (sim_log (device)), 0, &known, NULL,
                             "SELECT count (*) FROM claim WHERE id = ? AND release_why = 0", "d", claim)
         && known > 0;
}

/* sim_pick_booking: mostly a live one that this device has heard of. */
const SlId *
sim_pick_booking (SimWorld *world, SimDevice *device, guint32 r)
{
  guint n = world->bookings->len;
  for (guint i = 0; sim_device_runs (device) && r % 8 != 0 && i < n; i++)
    {
      const SlId *booking = &g_array_index (world->bookings, SlId, (i + r / 8) % n);
      if (knows (device, booking))
        return booking;
    }
  return sim_pick (world->bookings, r / 8);
}

/* sim_note: see the header. */
void
sim_note (SimWorld *world, gboolean done, GArray *ids, const SlId *id)
{
  if (done)
    g_array_append_val (ids, *id);
}

static void
book (SimWorld *world, SimDevice *device, const guint32 r[3], const char *override_reason)
{
  static const char *const guest[] = { "Guest", NULL };
  SlBookingRequest request = { .session_id = *sim_pick_own_session (world, device, r[0]),
                               .member_id = *sim_pick_member (world, r[1]),
                               .spots = r[2] % 5 == 0 ? 2 : 1,
                               .override_reason = override_reason };
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  request.guests = request.spots > 1 ? guest : NULL;
  gboolean decided = sl_booking_book (device->engine, &device->owner, &request, &result, &refusal, &error);
  gboolean done = sim_came (world, "book", decided, &refusal, error);
  sim_note (world, done, world->bookings, &result.booking_id);
  if (done)
    sim_tell (world, "      %s: %d of session %s for member %s", sim_name (&result.booking_id), request.spots,
              sim_name (&request.session_id), sim_name (&request.member_id));
}

SIM_ACTION (book)
{
  book (world, device, r, NULL);
}

SIM_ACTION (override)
{
  book (world, device, r, "a friend of the house");
}

SIM_ACTION (hold)
{
  SlBookingRequest request = { .session_id = *sim_pick_own_session (world, device, r[0]),
                               .member_id = *sim_pick_member (world, r[1]),
                               .spots = 1 };
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_booking_hold (device->engine, &device->owner, &request, &result, &refusal, &error);
  gboolean done = sim_came (world, "hold", decided, &refusal, error);
  SimHold hold = { result.booking_id, device->index };
  sim_note (world, done, world->bookings, &result.booking_id);
  if (done)
    g_array_append_val (world->holds, hold);
  if (done)
    sim_tell (world, "      %s: session %s for member %s", sim_name (&result.booking_id),
              sim_name (&request.session_id), sim_name (&request.member_id));
}

/* Mostly one of the last holds, where it was made. */
static const SlId *
pick_hold (SimWorld *world, SimDevice **inout_device, guint32 r)
{
  guint n = world->holds->len;
  if (n == 0)
    return &sl_id_none;
  const SimHold *hold = &g_array_index (world->holds, SimHold, n - 1 - (r >> 4) % MIN (n, 3));
  if (r % 4 != 0 && !world->fault) /* whose disk fails is settled */
    *inout_device = &world->devices[hold->device];
  return &hold->id;
}

SIM_ACTION (confirm)
{
  const SlId *hold = pick_hold (world, &device, r[0]);
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (hold))
    return;
  gboolean decided = sl_booking_confirm (device->engine, &device->owner, hold, NULL, &result, &refusal, &error);
  if (sim_came (world, "confirm", decided, &refusal, error))
    sim_tell (world, "      %s at device %u", sim_name (hold), device->index);
  sim_observe (world, device);
}

SIM_ACTION (release)
{
  const SlId *hold = pick_hold (world, &device, r[0]);
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (hold))
    return;
  gboolean decided = sl_booking_release (device->engine, &device->owner, hold, &result, &refusal, &error);
  if (sim_came (world, "release", decided, &refusal, error))
    sim_tell (world, "      %s at device %u", sim_name (hold), device->index);
  sim_observe (world, device);
}

SIM_ACTION (cancel)
{
  const SlId *booking = sim_pick_booking (world, device, r[0]);
  SlCancelResult result;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (booking))
    return;
  gboolean decided
      = sl_booking_cancel (device->engine, &device->owner, booking, NULL, &result, &refusal, &error);
  if (sim_came (world, "cancel", decided, &refusal, error))
    sim_tell (world, "      %s at %d %%", sim_name (booking), result.percent);
}

/* Some are seen to go; the merged word of it is the earliest. */
static void
leave (SimWorld *world, SimDevice *device, const SlId *booking)
{
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_checkin_leave (device->engine, &device->owner, booking, &sl_id_none, &answer, &error);
  if (decided)
    refusal.code = answer->result;
  (void) sim_came (world, "leave", decided, &refusal, error);
}

SIM_ACTION (check_in)
{
  SlCheckinRequest request = { .booking_id = *sim_pick_booking (world, device, r[0]),
                               .actor = &device->owner,
                               .override_reason = r[1] % 2 ? "she was in time" : NULL };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (&request.booking_id))
    return;
  gboolean decided = sl_checkin (device->engine, &request, &answer, &error);
  if (decided)
    refusal.code = answer->result;
  if (sim_came (world, "check_in", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (&request.booking_id));
  if (r[2] % 2 == 0 && sim_device_runs (device))
    leave (world, device, &request.booking_id);
}

SIM_ACTION (undo)
{
  const SlId *booking = sim_pick_booking (world, device, r[0]);
  SlBookingStatus status;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || sl_id_is_none (booking))
    return;
  gboolean decided
      = sl_booking_undo (device->engine, &device->owner, booking, "mistaken", &status, &refusal, &error);
  (void) sim_came (world, "undo", decided, &refusal, error);
}

SIM_ACTION (member_edit)
{
  static const char *const names[] = { "Ayanda", "Bongi", "Chris", "Dudu", "Elna" };
  SlMemberParams params = { .first = names[r[1] % G_N_ELEMENTS (names)],
                            .permission = r[2] % 3 == 0 ? "vip" : "standard" };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_member_edit (device->engine, &device->owner, sim_pick_member (world, r[0]), &params, TRUE,
                                     &refusal, &error);
  (void) sim_came (world, "member_edit", decided, &refusal, error);
}

SIM_ACTION (member_add)
{
  SlMemberParams params = { .first = "Fana", .last = "Dlamini" };
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || world->members->len >= 8)
    return;
  gboolean decided = sl_member_add (device->engine, &device->owner, &params, TRUE, &id, &refusal, &error);
  sim_note (world, sim_came (world, "member_add", decided, &refusal, error), world->members, &id);
}

SIM_ACTION (sell)
{
  SlSaleParams params = { .member_id = *sim_pick_member (world, r[0]),
                          .package_id = world->studio.package,
                          .method = "cash",
                          .amount_cents = SL_NUMBER_NONE };
  SlSale sale;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || world->lots->len >= 16)
    return;
  gboolean decided = sl_sale_package (device->engine, &device->owner, &params, &sale, &refusal, &error);
  sim_note (world, sim_came (world, "sell", decided, &refusal, error), world->lots, &sale.lot_id);
}

SIM_ACTION (adjust)
{
  static const gint64 amounts[] = { -100, 50, -50, 100, -200 };
  gint64 balance;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_credits_adjust (device->engine, &device->owner, sim_pick_member (world, r[0]),
                                        amounts[r[1] % G_N_ELEMENTS (amounts)], "a gift", &balance, &refusal, &error);
  (void) sim_came (world, "adjust", decided, &refusal, error);
}

SIM_ACTION (session_add)
{
  SlSessionParams params;
  SlId id;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || world->sessions->len >= 8)
    return;
  sl_session_params_init (&params);
  params.service = &world->studio.services[r[0] % 2];
  params.location = r[0] % 4 < 2 ? &world->studio.founder_location : &world->studio.second_location;
  params.start_ms = world->now_ms + (gint64) (30 + r[1] % 600) * SL_MINUTE_MS;
  params.capacity = 1 + r[2] % 4;
  params.room = r[2] % 3 == 0 ? NULL : &world->studio.rooms[r[0] % 4 < 2 ? 0 : 1];
  gboolean decided = sl_session_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  sim_note (world, sim_came (world, "session_add", decided, &refusal, error), world->sessions, &id);
}

SIM_ACTION (session_edit)
{
  SlSessionParams params;
  g_autofree char *notes = g_strdup_printf ("mats %u", r[1] % 50);
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  sl_session_params_init (&params);
  params.notes = notes;
  gboolean decided = sl_session_edit (device->engine, &device->owner, sim_pick_session (world, r[0]), &params, &refusal,
                                      &error);
  (void) sim_came (world, "session_edit", decided, &refusal, error);
}

SIM_ACTION (session_capacity)
{
  const SlId *session = sim_pick_session (world, r[0]);
  SlSessionCounts counts;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  if (!sl_session_counts (device->engine, session, &counts, &error))
    {
      (void) sim_came (world, "counts", FALSE, NULL, error);
      return;
    }
  gint64 capacity = counts.capacity + (gint64[]) { -1, 1, -2, 2 }[r[1] % 4];
  if (capacity < 1 || capacity > 9)
    return;
  gboolean decided
      = sl_session_set_capacity (device->engine, &device->owner, session, capacity, &refusal, &error);
  if (sim_came (world, "capacity", decided, &refusal, error))
    sim_tell (world, "      %s is %" G_GINT64_FORMAT ", was %" G_GINT64_FORMAT, sim_name (session), capacity,
              counts.capacity);
}

SIM_ACTION (session_cancel)
{
  const SlId *session = sim_pick_session (world, r[0]);
  guint released;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_session_cancel (device->engine, &device->owner, session, r[1] % 2 ? "the boiler" : NULL,
                                        &released, &refusal, &error);
  if (sim_came (world, "session_cancel", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (session));
}

SIM_ACTION (rights_move)
{
  const SlId *session = sim_pick_own_session (world, device, r[0]);
  SimDevice *to = sim_device_runs (device) ? sim_other (world, device, r[1]) : NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (to == NULL || sl_id_equal (&to->replica, &device->replica)) /* a copy that has not begun to write */
    return;
  gboolean decided = sl_exchange_move_rights (device->engine, &device->owner, session, &to->replica, 1 + r[2] % 2,
                                              &refusal, &error);
  if (sim_came (world, "rights_move", decided, &refusal, error))
    sim_tell (world, "      %u of %s to device %u", 1 + r[2] % 2, sim_name (session), to->index);
}

/* Online all but one visit's worth goes to the hub: no command of a person's, so the log is asked itself. */
SIM_ACTION (lot_move)
{
  const SlId *lot = sim_pick (world->lots, r[0]);
  SimDevice *to = sim_device_runs (device) ? sim_partner (world, device, r[1]) : NULL;
  GError *error = NULL;
  gint64 free_hundredths = 0;
  if (to == NULL || device->revoked)
    return;
  SlOplog *log = sim_log (device);
  gboolean begun = sl_oplog_begin (log, &sl_actor_device, &error);
  gboolean done = begun && sl_fence_check_standing (log, &error)
                  && sl_lot_free (log, lot, sl_oplog_get_replica (log), &free_hundredths, &error)
                  && (free_hundredths <= 0
                      || sl_op_lot_move (log, lot, &to->replica, MIN (free_hundredths, r[2] % 2 ? 100 : 10000), &error))
                  && sl_oplog_commit (log, &error);
  if (begun && !done)
    sl_oplog_rollback (log);
  (void) sim_came (world, "lot_move", done, NULL, error);
}

SIM_ACTION (run_due)
{
  SlDueCounts counts;
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean done = sl_run_due (device->engine, &counts, &error);
  if (!sim_came (world, "run_due", done, NULL, error))
    return;
  world->stats[SIM_STAT_RECLAIMS] += counts.reclaimed;
  if (counts.offered + counts.trust_settled + counts.trust_passed > 0)
    sim_tell (world,
              "      offered %" G_GINT64_FORMAT ", settled %" G_GINT64_FORMAT ", passed on for %" G_GINT64_FORMAT,
              counts.offered, counts.trust_settled, counts.trust_passed);
  if (counts.acknowledged + counts.reclaimed > 0)
    sim_tell (world, "      acknowledged %" G_GINT64_FORMAT ", reclaimed %" G_GINT64_FORMAT, counts.acknowledged,
              counts.reclaimed);
}
