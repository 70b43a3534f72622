/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-fixture"

#include "desk-fixture.h"

#include "engine/credits.h"
#include "engine/device.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/policy.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/studio.h"

static void
check (gboolean done, const SlRefusal *refusal, const GError *failure)
{
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpstr (sl_refusal_name (refusal->code), ==, "ok");
}

/* desk_open_engine: on the directory that it has; after sl_engine_close(). */
void
desk_open_engine (Desk *desk)
{
  g_autoptr (GError) failure = NULL;

  desk->engine = sl_engine_open (desk->dir->path, &desk->world.base, &failure);
  g_assert_no_error (failure);
  sl_actor_init_owner (&desk->owner);
  sl_engine_get_location (desk->engine, &desk->location);
}

static void
found (Desk *desk, guint64 seed, const char *timezone, gint64 now_ms)
{
  SlStudioParams params = { "Fynbos Fitness", "Sea Point", timezone, NULL, "Nomsa Dube", "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  desk->dir = sl_temp_dir_new ();
  sl_fake_world_init (&desk->world, now_ms, seed);
  check (sl_studio_init (desk->dir->path, &desk->world.base, &params, &founded, &refusal, &failure), &refusal, failure);
  desk_open_engine (desk);
}

/* desk_open_seeded: a new studio, at MORNING; another seed makes another one. */
void
desk_open_seeded (Desk *desk, guint64 seed)
{
  found (desk, seed, "Africa/Johannesburg", MORNING);
}

/* desk_open_in: a new studio in another zone, at another time. */
void
desk_open_in (Desk *desk, const char *timezone, gint64 now_ms)
{
  found (desk, 1, timezone, now_ms);
}

/* desk_open: a new studio, at MORNING. */
void
desk_open (Desk *desk, gconstpointer data)
{
  desk_open_seeded (desk, 1);
}

/* desk_close: closes the engine and removes the directory. */
void
desk_close (Desk *desk, gconstpointer data)
{
  g_clear_pointer (&desk->engine, sl_engine_close);
  g_clear_pointer (&desk->dir, sl_temp_dir_free);
}

/* desk_join_at: by an invitation, to stand there; location (nullable): where the founder does. */
void
desk_join_at (Desk *desk, Desk *founder, const char *name, const SlId *location)
{
  g_autofree char *invitation = sl_temp_dir_file (founder->dir, "invitation");
  SlId organisation, replica;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_device_invite (founder->engine, &founder->owner, invitation, location, &refusal, &failure), &refusal,
         failure);
  desk->dir = sl_temp_dir_new ();
  sl_fake_world_init (&desk->world, founder->world.now_ms, g_str_hash (name)); /* another name, another device */
  check (sl_studio_join (desk->dir->path, &desk->world.base, invitation, name, &organisation, &replica, &refusal,
                         &failure),
         &refusal, failure);
  desk_open_engine (desk);
}

/* desk_join: beside the founder. */
void
desk_join (Desk *desk, Desk *founder, const char *name)
{
  desk_join_at (desk, founder, name, NULL);
}

/* desk_carry_log: as if by a stick: all that one desk holds, read by the other. */
void
desk_carry_log (Desk *from, Desk *to)
{
  g_autofree char *file = sl_temp_dir_file (from->dir, "carried.log");
  SlExportResult exported;
  SlImportResult imported = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_oplog_export (sl_engine_get_log (from->engine), file, NULL, FALSE, &exported, &failure));
  g_assert_no_error (failure);
  g_assert_true (sl_oplog_import (sl_engine_get_log (to->engine), file, &imported, &failure));
  g_assert_no_error (failure);
  g_assert_cmpuint (imported.quarantined->len, ==, 0);
  sl_import_result_clear (&imported);
}

void
desk_take_away (Desk *by, Desk *lost)
{
  SlId replica;
  SlDevice *device = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean done;

  sl_engine_get_replica (lost->engine, &replica);
  done = sl_device_revoke (by->engine, &by->owner, &replica, "stolen", &device, &refusal, &failure);
  check (done, &refusal, failure);
  sl_device_free (device);
}

/* desk_member: surname Nkosi, no phone. */
SlId
desk_member (Desk *desk, const char *first)
{
  SlMemberParams params = { .first = first, .last = "Nkosi" };
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure), &refusal, failure);
  return id;
}

/* desk_service: a class without a drop-in price, open to every way of booking. */
SlId
desk_service (Desk *desk, gint64 credits_hundredths, gint64 capacity, gint64 duration_min)
{
  SlServiceParams params;
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  sl_service_params_init (&params);
  params.name = "Vinyasa";
  params.kind = "class";
  params.type = "yoga";
  params.mode = "mixed";
  params.duration_min = duration_min;
  params.capacity = capacity;
  params.credits_hundredths = credits_hundredths;
  check (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure), &refusal, failure);
  return id;
}

/* desk_session: published. */
SlId
desk_session (Desk *desk, const SlId *service, gint64 start_ms)
{
  SlSessionParams params;
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  sl_session_params_init (&params);
  params.service = service;
  params.start_ms = start_ms;
  check (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure), &refusal, failure);
  return id;
}

/* desk_free_class: of a service of its own. */
SlId
desk_free_class (Desk *desk, gint64 start_ms, gint64 capacity)
{
  SlId service = desk_service (desk, 0, capacity, 60);

  return desk_session (desk, &service, start_ms);
}

/* desk_credits: sells a package of so many credits; gives the lot. */
SlId
desk_credits (Desk *desk, const SlId *member, gint64 hundredths, gint64 valid_days)
{
  SlSaleParams params = { .member_id = *member, .method = "card", .amount_cents = SL_NUMBER_NONE };
  SlSale sale;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_package_add (desk->engine, &desk->owner, "Pack", hundredths, 90000, valid_days, &params.package_id,
                         &refusal, &failure),
         &refusal, failure);
  check (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure), &refusal, failure);
  return sale.lot_id;
}

/* desk_staff: a new staff member, acting at the desk's location. */
void
desk_staff (Desk *desk, SlRole role, SlActor *out)
{
  SlStaffParams params = { .name = "Sipho", .role = sl_role_name (role), .pin = "482916" };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  *out = (SlActor){ .role = role };
  check (sl_staff_add (desk->engine, &desk->owner, &params, &out->id, &refusal, &failure), &refusal, failure);
}

/* desk_balance: what the member may spend now. */
gint64
desk_balance (Desk *desk, const SlId *member)
{
  gint64 balance = -1;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_credits_balance (desk->engine, member, &balance, &failure));
  g_assert_no_error (failure);
  return balance;
}

/* desk_pass: issues a pass; gives its code. */
char *
desk_pass (Desk *desk, const SlId *member)
{
  SlPass *pass = NULL;
  g_autofree char *code = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_pass_issue (desk->engine, &desk->owner, member, &pass, &refusal, &failure), &refusal, failure);
  code = g_strdup (pass->code);
  sl_pass_free (pass);
  return g_steal_pointer (&code);
}

/* desk_block: bans the member. */
void
desk_block (Desk *desk, const SlId *member)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_member_block (desk->engine, &desk->owner, member, "left the weights out", &refusal, &failure), &refusal,
         failure);
}

/* desk_policy: for the whole organisation. */
void
desk_policy (Desk *desk, const char *name, const char *value)
{
  SlPolicy policy;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_policy_parse (name, &policy));
  check (sl_policy_set (desk->engine, &desk->owner, &sl_id_none, policy, value, &refusal, &failure), &refusal, failure);
}

/* desk_cancel_session: by the studio. */
void
desk_cancel_session (Desk *desk, const SlId *session)
{
  guint released;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_session_cancel (desk->engine, &desk->owner, session, "the boiler", &released, &refusal, &failure), &refusal,
         failure);
}

/* desk_other_location: another place of the studio. */
SlId
desk_other_location (Desk *desk, const char *name)
{
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  check (sl_location_add (desk->engine, &desk->owner, name, "Africa/Johannesburg", NULL, &id, &refusal, &failure),
         &refusal, failure);
  return id;
}

/* desk_try_request: books what is asked for; refusal (nullable): the whole of it. */
const char *
desk_try_request (Desk *desk, const SlActor *actor, const SlBookingRequest *request, SlRefusal *out_refusal)
{
  g_auto (SlBookingResult) result = { 0 };
  SlRefusal refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  const char *code;

  g_assert_true (sl_booking_book (desk->engine, actor, request, &result, &refusal, &failure));
  g_assert_no_error (failure);
  code = sl_refusal_name (refusal.code);
  if (out_refusal != NULL)
    *out_refusal = refusal;
  else
    sl_refusal_clear (&refusal);
  return code;
}

/* desk_try_book: one spot, by the owner. */
const char *
desk_try_book (Desk *desk, const SlId *member, const SlId *session)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = 1 };

  return desk_try_request (desk, &desk->owner, &request, NULL);
}

/* desk_book_spots: the member and the guests named. */
SlId
desk_book_spots (Desk *desk, const SlId *member, const SlId *session, const char *const *guests)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .guests = guests };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  request.spots = 1 + (guests != NULL ? (int) g_strv_length ((GStrv) guests) : 0);
  check (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure), &refusal, failure);
  g_assert_cmpint (result.status, ==, SL_BOOKING_CONFIRMED);
  return result.booking_id;
}

/* desk_book: one spot. */
SlId
desk_book (Desk *desk, const SlId *member, const SlId *session)
{
  return desk_book_spots (desk, member, session, NULL);
}

/* desk_booking_code: 0: of all its spots. */
char *
desk_booking_code (Desk *desk, const SlId *booking, guint spot)
{
  char *code = NULL;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_code (desk->engine, booking, spot, &code, &failure));
  g_assert_no_error (failure);
  return code;
}

/* desk_try_hold: one spot. */
const char *
desk_try_hold (Desk *desk, const SlId *member, const SlId *session, SlId *out_hold)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = 1 };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_hold (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_no_error (failure);
  if (out_hold != NULL)
    *out_hold = result.booking_id;
  return sl_refusal_name (refusal.code);
}

/* desk_try_confirm: by credits. */
const char *
desk_try_confirm (Desk *desk, const SlId *hold)
{
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_confirm (desk->engine, &desk->owner, hold, NULL, &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

/* desk_try_cancel: out (nullable). */
const char *
desk_try_cancel (Desk *desk, const SlActor *actor, const SlId *booking, SlCancelResult *out)
{
  SlCancelResult result;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (
      sl_booking_cancel (desk->engine, actor, booking, NULL, out != NULL ? out : &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static SlBookingView *
show (Desk *desk, const SlId *booking)
{
  g_autoptr (GError) failure = NULL;
  SlBookingView *view = sl_booking_show (desk->engine, booking, &failure);

  g_assert_no_error (failure);
  return view;
}

/* desk_status: the word that the outside sees. */
const char *
desk_status (Desk *desk, const SlId *booking)
{
  g_autoptr (SlBookingView) view = show (desk, booking);

  return sl_booking_status_name (view->status);
}

/* desk_refunded: credits that came back. */
gint64
desk_refunded (Desk *desk, const SlId *booking)
{
  g_autoptr (SlBookingView) view = show (desk, booking);

  return view->refunded_hundredths;
}

/* desk_run_due: everything that is due now. */
SlDueCounts
desk_run_due (Desk *desk)
{
  SlDueCounts counts;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_run_due (desk->engine, &counts, &failure));
  g_assert_no_error (failure);
  return counts;
}

/* desk_operations: how long this device's chain is. */
gint64
desk_operations (Desk *desk)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (desk->engine), &failure);

  g_assert_no_error (failure);
  for (guint i = 0; i < chains->len; i++)
    if (g_array_index (chains, SlChainInfo, i).own)
      return (gint64) g_array_index (chains, SlChainInfo, i).head_seq;
  g_assert_not_reached ();
}

/* desk_free_spots: over all devices, by the clock. */
gint64
desk_free_spots (Desk *desk, const SlId *session)
{
  SlSessionCounts counts;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_session_counts (desk->engine, session, &counts, &failure));
  g_assert_no_error (failure);
  return counts.free;
}

/* desk_checkin: whatever the answer. */
SlCheckinAnswer *
desk_checkin (Desk *desk, const SlCheckinRequest *request)
{
  SlCheckinAnswer *answer = NULL;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_checkin (desk->engine, request, &answer, &failure));
  g_assert_no_error (failure);
  g_assert_nonnull (answer);
  return answer;
}

/* desk_scan: a member at the kiosk shows a code. */
SlCheckinAnswer *
desk_scan (Desk *desk, const char *code)
{
  SlCheckinRequest request = { .code = code };

  return desk_checkin (desk, &request);
}

/* desk_scan_result: only what came of it. */
const char *
desk_scan_result (Desk *desk, const char *code)
{
  g_autoptr (SlCheckinAnswer) answer = desk_scan (desk, code);

  return sl_refusal_name (answer->result);
}

/* desk_checkin_booking: by staff, from the roster. */
const char *
desk_checkin_booking (Desk *desk, const SlId *booking, const char *override_reason)
{
  SlCheckinRequest request = { .booking_id = *booking, .override_reason = override_reason, .actor = &desk->owner };
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (desk, &request);

  return sl_refusal_name (answer->result);
}
