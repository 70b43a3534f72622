/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-commands"

#include "merge-commands.h"

#include <string.h>

#include "core/datetime.h"
#include "oplog/around.h"
#include "oplog/claim-state.h"
#include "oplog/conflict.h"
#include "oplog/fence-private.h"
#include "oplog/history.h"

/* What devices write: an operation of every kind. Each checks what the engine would: that it holds what it spends, that
 * it keeps what it decides about. */

#define HELD_MS (10 * SL_MINUTE_MS)
#define CREDITS 5000

#define COMMAND(name) MERGE_COMMAND (static, name)

/* merge_begin: a transaction of a device that may write. */
gboolean
merge_begin (MergeWorld *world, MergeDevice *device)
{
  g_autoptr (GError) error = NULL;
  SlOplog *log = device->d.log;
  gboolean revoked;
  SlId before = *sl_oplog_get_replica (log);
  if (!sl_oplog_begin (log, &sl_actor_owner, &error))
    {
      merge_violate (world, "device %u cannot begin: %s", device->index, error->message);
      return FALSE;
    }
  if (!sl_id_equal (sl_oplog_get_replica (log), &before))
    merge_tell (world, "  goes on as %s", merge_name (sl_oplog_get_replica (log)));
  if (sl_fence_is_revoked (log, sl_oplog_get_replica (log), &revoked, &error)
      && sl_fence_check_standing (log, &error))
    return TRUE;
  if (!g_error_matches (error, SL_ERROR, SL_ERROR_REVOKED))
    merge_violate (world, "device %u cannot tell whether it is revoked: %s", device->index, error->message);
  merge_tell (world, "  is no device any more");
  sl_oplog_rollback (log);
  return FALSE;
}

/* merge_end: commits; half of the commands sign what they wrote, so that it can travel alone. */
void
merge_end (MergeWorld *world, MergeDevice *device, gboolean written, GError *error)
{
  g_autoptr (GError) failure = error;
  SlOplog *log = device->d.log;
  if (written && log->own->head_seq % 2 == 0)
    written = sl_chain_sign_head (log, &failure);
  if (written && sl_oplog_commit (log, &failure))
    return;
  merge_violate (world, "device %u failed: %s", device->index, failure != NULL ? failure->message : "(no word)");
  if (sl_store_in_transaction (device->d.store))
    sl_oplog_rollback (log);
}

const SlId *
merge_pick (const GArray *ids, guint32 r)
{
  return ids->len > 0 ? &g_array_index (ids, SlId, r % ids->len) : &sl_id_none;
}

const SlId *
merge_me (MergeDevice *device)
{
  return sl_oplog_get_replica (device->d.log);
}

void
merge_command (MergeWorld *world, MergeDevice *device, const guint32 *r, MergeEmit emit)
{
  GError *error = NULL;
  device->d.world.now_ms += (gint64) (r[3] % 90000) - 20000; /* clocks go back, too */
  if (!merge_begin (world, device))
    return;
  if (r[3] % 16 == 5) /* somebody stood beside */
    sl_oplog_set_approver (device->d.log, r[3] % 32 == 5 ? merge_pick (world->things, r[0]) : merge_me (device));
  gboolean written = emit (world, device, r, &error);
  gint64 emitted = sl_oplog_emitted (device->d.log);
  guint64 head = device->d.log->own->head_seq;
  merge_end (world, device, written, error);
  merge_tell (world, emitted > 0 ? "  operation %d" : "  nothing", (int) head);
}

gboolean
merge_made (GArray *ids, const SlId *id, gboolean written)
{
  if (written)
    g_array_append_val (ids, *id);
  return written;
}

/* Another device that this one has heard of, or may hear of later; its own id at worst. */
const SlId *
merge_somebody (MergeWorld *world, MergeDevice *device, guint32 r)
{
  MergeDevice *other = &world->devices[r % world->n_devices];
  return merge_runs (other) ? merge_me (other) : merge_me (device);
}

gint64
merge_spots_of (MergeDevice *device, const SlId *session)
{
  gint64 spots;
  g_assert_true (sl_rights_free (device->d.log, session, merge_me (device), &spots, NULL));
  return spots;
}

gint64
merge_credits_of (MergeDevice *device, const SlId *lot)
{
  gint64 left;
  g_assert_true (sl_lot_free (device->d.log, lot, merge_me (device), &left, NULL));
  return left;
}

/* Mostly a session of which it holds spots. */
const SlId *
merge_pick_session (MergeWorld *world, MergeDevice *device, guint32 r)
{
  for (guint i = 0; r % 8 != 0 && i < world->sessions->len; i++)
    if (merge_spots_of (device, merge_pick (world->sessions, r / 8 + i)) > 0)
      return merge_pick (world->sessions, r / 8 + i);
  return merge_pick (world->sessions, r / 8);
}

gint64
merge_ask (MergeDevice *device, const char *sql, const SlId *id)
{
  gint64 value;
  g_assert_true (sl_store_query_int (device->d.store, 0, &value, NULL, sql, "d", id));
  return value;
}

/* merge_is_here: see the header. */
gboolean
merge_is_here (MergeDevice *device, const SlId *keeper)
{
  gboolean here;
  if (sl_id_is_none (keeper) || sl_oplog_rule_is_off (device->d.log, SL_RULE_ONLY_KEEPER))
    return !sl_id_is_none (keeper);
  g_assert_true (sl_oplog_is_kept_here (device->d.log, keeper, &here, NULL));
  return here;
}

/* A claim that this device decides about: live, and, where that is asked for, not confirmed. */
static gboolean
decides (MergeDevice *device, const SlId *claim, gboolean unconfirmed)
{
  g_autoptr (SlRows) rows = sl_store_query (device->d.store,
                                            "SELECT coalesce (keeper, creator), confirm_hlc IS NOT NULL FROM claim "
                                            "WHERE id = ? AND created_hlc IS NOT NULL AND release_why = 0 "
                                            "AND (type <> ? OR NOT ?)",
                                            "dii", claim, (gint64) SL_CLAIM_WAITING, (gint64) unconfirmed);
  SlId keeper = sl_id_none;
  if (sl_rows_next (rows) && (!unconfirmed || sl_rows_int (rows, 1) == 0))
    sl_rows_id (rows, 0, &keeper);
  g_assert_true (sl_rows_finish (rows, NULL));
  return merge_is_here (device, &keeper);
}

static const SlId *
pick_kept (MergeWorld *world, MergeDevice *device, guint32 r, gboolean unconfirmed)
{
  for (guint i = 0; i < world->claims->len; i++)
    if (decides (device, merge_pick (world->claims, r + i), unconfirmed))
      return merge_pick (world->claims, r + i);
  return NULL;
}

/* --- reference data --- */

COMMAND (member_add)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  SlId id;
  sl_fields_set_text (fields, "first", r[0] % 2 ? "Sipho" : "Lerato");
  sl_fields_set_text (fields, "phone", r[1] % 2 ? "+27821234567" : NULL);
  return merge_made (world->members, &id, sl_op_create (device->d.log, fields, &id, error));
}

/* Sealed fields only where the member's key is. */
COMMAND (member_edit)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  const SlId *member = merge_pick (world->members, r[0]);
  if (sl_oplog_has_member_key (device->d.log, member) && r[1] % 2)
    sl_fields_set_text (fields, "notes", r[1] % 4 == 1 ? "left knee" : NULL);
  sl_fields_set_text (fields, "status", r[2] % 2 ? "banned" : "active");
  if (r[2] % 3 == 0)
    sl_fields_set_null (fields, "language");
  return sl_op_edit (device->d.log, member, fields, error);
}

/* Whatever else fields describe. */
COMMAND (reference)
{
  static const SlEntity entities[] = { SL_ENTITY_LOCATION,     SL_ENTITY_SERVICE, SL_ENTITY_PACKAGE,
                                       SL_ENTITY_ORGANISATION, SL_ENTITY_DEVICE,  SL_ENTITY_POLICY };
  SlEntity entity = entities[r[0] % G_N_ELEMENTS (entities)];
  g_autoptr (SlFields) fields = sl_fields_new (entity);
  SlId id = { { 7, (guint8) (r[1] % 2) } };
  sl_fields_set_text (fields, entity == SL_ENTITY_POLICY ? "value" : "name", r[2] % 2 ? "one" : "other");
  if (entity == SL_ENTITY_LOCATION || entity == SL_ENTITY_SERVICE || entity == SL_ENTITY_PACKAGE)
    {
      if (r[1] % 2)
        return sl_op_create (device->d.log, fields, &id, error);
    }
  else if (entity != SL_ENTITY_POLICY)
    id = entity == SL_ENTITY_DEVICE ? *merge_somebody (world, device, r[1])
                                    : *sl_oplog_get_organisation (device->d.log);
  return sl_op_edit (device->d.log, entity == SL_ENTITY_LOCATION ? &world->location : &id, fields, error);
}

/* Rooms and people with days. */
COMMAND (thing_add)
{
  g_autoptr (SlFields) fields = sl_fields_new (r[0] % 2 ? SL_ENTITY_ROOM : SL_ENTITY_STAFF);
  SlId id;
  sl_fields_set_text (fields, "name", "Loft");
  sl_fields_set_int (fields, "active", 1);
  return world->things->len >= 4 || merge_made (world->things, &id, sl_op_create (device->d.log, fields, &id, error));
}

COMMAND (thing_edit)
{
  const SlId *thing = merge_pick (world->things, r[0]);
  gint64 rooms = merge_ask (device, "SELECT count (*) FROM room WHERE id = ?", thing);
  g_autoptr (SlFields) fields = sl_fields_new (rooms > 0 ? SL_ENTITY_ROOM : SL_ENTITY_STAFF);
  sl_fields_set_text (fields, "name", r[1] % 2 ? "Cellar" : NULL);
  sl_fields_set_int (fields, "active", r[2] % 2);
  return world->things->len == 0 || sl_op_edit (device->d.log, thing, fields, error);
}

COMMAND (day_move)
{
  const SlId *thing = merge_pick (world->things, r[0]);
  gint64 day = MERGE_DAY + r[1] % MERGE_DAYS;
  SlId holder;
  if (world->things->len == 0)
    return TRUE;
  if (!sl_day_holder (device->d.log, thing, day, &holder, error))
    return FALSE;
  return !sl_id_equal (&holder, merge_me (device))
         || sl_op_day_move (device->d.log, thing, day, merge_somebody (world, device, r[2]), error);
}

/* --- sessions --- */

COMMAND (session_add)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlId id;
  sl_fields_set_id (fields, "location_id", &world->location);
  sl_fields_set_int (fields, "start_ms", device->d.world.now_ms + SL_HOUR_MS);
  return world->sessions->len >= 8
         || merge_made (world->sessions, &id,
                        sl_op_session_create (device->d.log, fields, (int) (r[0] % 8), &id, error));
}

COMMAND (session_edit)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autofree char *note = g_strdup_printf ("note %u", r[1] % 100);
  sl_fields_set_text (fields, "notes", note);
  if (r[2] % 2 == 0)
    sl_fields_set_int (fields, "published", r[2] % 4 == 0);
  return sl_op_edit (device->d.log, merge_pick (world->sessions, r[0]), fields, error);
}

COMMAND (capacity)
{
  return sl_op_session_capacity (device->d.log, merge_pick (world->sessions, r[0]), (int) (r[1] % 9) - 4, error);
}

COMMAND (session_cancel)
{
  return sl_op_session_cancel (device->d.log, merge_pick (world->sessions, r[0]), r[1] % 2 ? "flood" : NULL, error);
}

COMMAND (rights_move)
{
  const SlId *session = merge_pick_session (world, device, r[0]);
  gint64 spots = 1 + r[2] % 3;
  return merge_spots_of (device, session) < spots
         || sl_op_session_move (device->d.log, session, merge_somebody (world, device, r[1]), (int) spots, error);
}

COMMAND (recurrence)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlId id;
  SlRecurrenceParams params = { .rrule = "FREQ=DAILY",
                                .zone = "Africa/Johannesburg",
                                .start_ms = MERGE_DAY * SL_DAY_MS,
                                .length_ms = SL_HOUR_MS,
                                .capacity = 1 + (int) (r[0] % 3),
                                .fields = fields };
  sl_fields_set_id (fields, "location_id", &world->location);
  return world->rules->len >= 3
         || merge_made (world->rules, &id, sl_op_recurrence_create (device->d.log, &params, &id, error));
}

/* Of a rule that it knows; the start may be another one where the rules of summer time are other ones. */
COMMAND (occurrence)
{
  const SlId *rule = merge_pick (world->rules, r[0]);
  gint64 day = MERGE_DAY + r[1] % MERGE_DAYS;
  SlId id;
  if (world->rules->len == 0 || merge_ask (device, "SELECT count (*) FROM recurrence WHERE id = ?", rule) == 0)
    return TRUE;
  sl_occurrence_id (rule, day, &id);
  for (guint i = 0; i < world->sessions->len; i++)
    if (sl_id_equal (merge_pick (world->sessions, i), &id))
      return sl_op_session_occurrence (device->d.log, rule, day, day * SL_DAY_MS + (r[2] % 2) * SL_HOUR_MS, &id,
                                       error);
  return merge_made (world->sessions, &id,
               sl_op_session_occurrence (device->d.log, rule, day, day * SL_DAY_MS + (r[2] % 2) * SL_HOUR_MS, &id,
                                         error));
}

/* --- claims --- */

guint
merge_spend_of (MergeWorld *world, MergeDevice *device, guint32 r, SlSpend *out)
{
  *out = (SlSpend){ *merge_pick (world->lots, r / 4), 1 + r % 150 };
  return r % 4 != 0 && merge_credits_of (device, &out->lot_id) >= out->amount_hundredths ? 1 : 0;
}

COMMAND (book)
{
  static const char *const guests[] = { "Guest", NULL };
  SlSpend spend;
  SlHash key = { { (guint8) (r[0] % 3) } };
  SlClaimParams claim = { .session_id = *merge_pick_session (world, device, r[0]),
                          .member_id = *merge_pick (world->members, r[1]),
                          .type = r[2] % 16 == 0 ? SL_CLAIM_OVERRIDE : SL_CLAIM_BOOKING,
                          .channel = SL_CHANNEL_DESK,
                          .spots = 1 + (int) (r[2] % 4 == 1) };
  SlConfirmParams confirm = { .price_cents = r[2] % 3 == 0 ? 15000 : -1, .spends = &spend };
  SlId id;
  claim.guests = claim.spots > 1 ? guests : NULL;
  if (claim.type != SL_CLAIM_OVERRIDE && merge_spots_of (device, &claim.session_id) < claim.spots)
    return TRUE;
  confirm.n_spends = merge_spend_of (world, device, r[3], &spend);
  if (r[2] % 8 == 2)
    sl_oplog_set_key (device->d.log, &key); /* somebody's command, tried again at another desk */
  return merge_made (world->claims, &id, sl_op_book (device->d.log, &claim, &confirm, &id, error));
}

COMMAND (hold)
{
  SlClaimParams claim = { .session_id = *merge_pick_session (world, device, r[0]),
                          .member_id = *merge_pick (world->members, r[1]),
                          .type = r[2] % 3 == 0 ? SL_CLAIM_OFFER : SL_CLAIM_HOLD,
                          .spots = 1 + (int) (r[2] % 3),
                          .held_until_ms = device->d.world.now_ms + HELD_MS,
                          .note = r[3] % 2 ? "by the window" : NULL };
  SlId id;
  return merge_spots_of (device, &claim.session_id) < claim.spots
         || merge_made (world->claims, &id, sl_op_claim (device->d.log, &claim, &id, error));
}

COMMAND (confirm)
{
  SlSpend spend;
  SlConfirmParams params = { .price_cents = r[1] % 2 ? 15000 : -1, .spends = &spend };
  const SlId *claim = pick_kept (world, device, r[0], TRUE);
  if (claim == NULL)
    return TRUE;
  params.n_spends = merge_spend_of (world, device, r[2], &spend);
  return sl_op_confirm (device->d.log, claim, &params, error);
}

COMMAND (claim_move)
{
  const SlId *claim = pick_kept (world, device, r[0], FALSE);
  const SlId *to = merge_somebody (world, device, r[1]);
  SlClaimState state;
  if (claim == NULL || sl_id_equal (to, merge_me (device)))
    return TRUE;
  if (!sl_claim_state_read (device->d.log, claim, &state, error))
    return FALSE;
  return state.on_trust || merge_spots_of (device, &state.session) < 0
         || sl_op_claim_move (device->d.log, claim, to, error);
}

/* Anybody's, also of one that has not been heard of here. */
COMMAND (release)
{
  const SlId *claim = merge_pick (world->claims, r[0]);
  switch (r[1] % 6)
    {
    case 0:
      return sl_op_release_spots (device->d.log, claim, 1u << r[2] % 3, error);
    case 1:
      return sl_op_release_duplicate (device->d.log, claim, merge_pick (world->claims, r[2]), error);
    default:
      return sl_op_release (device->d.log, claim, 1 << r[2] % 9, (int) (r[3] % 3) * 50,
                            r[3] % 2 ? "ill" : NULL, error);
    }
}

COMMAND (check_in)
{
  SlCheckinParams params = { .booking_id = *merge_pick (world->claims, r[0]),
                             .late = r[1] % 2 == 0,
                             .spot_bits = r[1] % 3,
                             .flag = r[2] % 4,
                             .reason = r[2] % 4 == SL_CHECKIN_FLAG_OVERRIDE ? "a friend" : NULL };
  SlId id;
  if (world->checkins->len > 0 && r[3] % 3 == 0)
    return sl_op_checkin_undo (device->d.log, merge_pick (world->checkins, r[0]), "mistake", error);
  return merge_made (world->checkins, &id, sl_op_checkin (device->d.log, &params, &id, error));
}

/* --- credits and money --- */

COMMAND (lot_add)
{
  SlLotParams params = { .member_id = *merge_pick (world->members, r[0]),
                         .credits_hundredths = CREDITS / 5,
                         .expires_ms = r[1] % 2 ? device->d.world.now_ms + SL_DAY_MS : 0,
                         .reason = r[2] % 2 ? "a gift" : NULL };
  SlId id;
  return world->lots->len >= 6 || merge_made (world->lots, &id, sl_op_lot_create (device->d.log, &params, &id, error));
}

COMMAND (lot_spend)
{
  const SlId *lot = merge_pick (world->lots, r[0]);
  gint64 amount = 1 + r[1] % 400;
  if (merge_credits_of (device, lot) < amount)
    return TRUE;
  return r[2] % 3 == 0 ? sl_op_lot_burn (device->d.log, lot, SL_BURN_ADJUST, amount, r[3] % 2 ? "gone" : NULL, error)
                       : sl_op_lot_move (device->d.log, lot, merge_somebody (world, device, r[3]), amount, error);
}

COMMAND (pass)
{
  gint64 now_ms = device->d.world.now_ms;
  SlId id;
  guint32 serial;
  return sl_op_pass_issue (device->d.log, merge_pick (world->members, r[0]), now_ms, now_ms + SL_DAY_MS, &id, &serial,
                           error);
}

/* --- the rest --- */

COMMAND (settle_conflict)
{
  SlId entities[2] = { *merge_pick (world->members, r[0]), *merge_pick (world->members, r[1]) };
  gint64 different = memcmp (entities[0].bytes, entities[1].bytes, SL_ID_BYTES);
  if (different > 0)
    {
      SlId kept = entities[0];
      entities[0] = entities[1];
      entities[1] = kept;
    }
  return sl_op_conflict_settle (device->d.log, r[2] % 2 ? "duplicate_phone" : "key_reused", entities,
                                different != 0 ? 2 : 1, r[3] % 2 ? "one family" : NULL, error);
}

COMMAND (erase)
{
  return sl_op_member_erase (device->d.log, merge_pick (world->members, r[0]), r[1] % 2 ? "asked for it" : NULL, error);
}

/* What stands in the log and in no state. */
COMMAND (hand_out)
{
  const SlId *member = merge_pick (world->members, r[0]);
  SlId id;
  switch (r[1] % 3)
    {
    case 0:
      return sl_op_call (device->d.log, &world->location, r[2] % 2 ? member : NULL, "too_late", &id, error);
    case 1:
      return sl_op_call_take (device->d.log, member, error);
    default:
      return sl_op_member_export (device->d.log, member, error);
    }
}

COMMAND (seen)
{
  return sl_op_device_seen (device->d.log, error);
}

COMMAND (correct)
{
  gint64 ahead_ms = (gint64) r[0] * 1000;
  guint64 from_seq, count;
  return sl_oplog_find_stretch (device->d.log, ahead_ms, 0, &from_seq, &count, error)
         && (count == 0 || sl_op_clock_correct (device->d.log, from_seq, ahead_ms, error));
}

/* The clock runs ahead for some commands and is set right by so much, or a little less. */
static void
merge_do_run_ahead (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  gint64 ahead_s = 600 + r[0] % 10000;
  guint32 inner[MERGE_NUMBERS] = { r[1], r[2], r[3], 20000 };
  device->d.world.now_ms += ahead_s * 1000;
  merge_do_session_edit (world, device, inner);
  merge_do_check_in (world, device, inner);
  merge_do_member_edit (world, device, inner);
  device->d.world.now_ms -= ahead_s * 1000;
  if (r[1] % 2)
    merge_do_member_edit (world, device, inner);
  if (!merge_runs (device) || world->violation != NULL)
    return;
  inner[0] = (guint32) (ahead_s - r[2] % 2 * 300);
  merge_do_correct (world, device, inner);
}

/* merge_settle: acknowledges, takes over, tells of clones. */
void
merge_settle (MergeWorld *world, MergeDevice *device)
{
  GError *error = NULL;
  SlFenceDone done;
  if (!merge_begin (world, device))
    return;
  gboolean settled = sl_fence_settle (device->d.log, &done, &error);
  merge_end (world, device, settled, error);
  if (settled)
    merge_tell (world, "  device %u acknowledges %d, takes over from %d, tells of %d clones", device->index,
                (int) done.acknowledged, (int) done.reclaimed, (int) done.forks);
}

static void
merge_do_settle (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  merge_settle (world, device);
}

/* clang-format off */
const MergeKind merge_commands[] = {
  { "member_add", 2, MERGE_CALM | MERGE_STORM, merge_do_member_add },
  { "member_edit", 5, MERGE_CALM | MERGE_STORM, merge_do_member_edit },
  { "reference", 3, MERGE_CALM | MERGE_STORM, merge_do_reference },
  { "thing_add", 2, MERGE_CALM | MERGE_STORM, merge_do_thing_add },
  { "thing_edit", 4, MERGE_CALM | MERGE_STORM, merge_do_thing_edit },
  { "day_move", 4, MERGE_CALM | MERGE_STORM, merge_do_day_move },
  { "session_add", 2, MERGE_CALM | MERGE_STORM, merge_do_session_add },
  { "session_edit", 4, MERGE_CALM | MERGE_STORM, merge_do_session_edit },
  { "capacity", 3, MERGE_CALM | MERGE_STORM, merge_do_capacity },
  { "session_cancel", 1, MERGE_CALM | MERGE_STORM, merge_do_session_cancel },
  { "rights_move", 7, MERGE_CALM | MERGE_STORM, merge_do_rights_move },
  { "recurrence", 2, MERGE_CALM | MERGE_STORM, merge_do_recurrence },
  { "occurrence", 4, MERGE_CALM | MERGE_STORM, merge_do_occurrence },
  { "book", 12, MERGE_CALM | MERGE_STORM, merge_do_book },
  { "hold", 6, MERGE_CALM | MERGE_STORM, merge_do_hold },
  { "confirm", 7, MERGE_CALM | MERGE_STORM, merge_do_confirm },
  { "claim_move", 6, MERGE_CALM | MERGE_STORM, merge_do_claim_move },
  { "release", 9, MERGE_CALM | MERGE_STORM, merge_do_release },
  { "check_in", 6, MERGE_CALM | MERGE_STORM, merge_do_check_in },
  { "lot_add", 2, MERGE_CALM | MERGE_STORM, merge_do_lot_add },
  { "lot_spend", 6, MERGE_CALM | MERGE_STORM, merge_do_lot_spend },
  { "payment", 3, MERGE_CALM | MERGE_STORM, merge_do_payment },
  { "sale", 4, MERGE_CALM | MERGE_STORM, merge_do_sale },
  { "outcome", 3, MERGE_CALM | MERGE_STORM, merge_do_outcome },
  { "refund", 4, MERGE_CALM | MERGE_STORM, merge_do_refund },
  { "money_move", 4, MERGE_CALM | MERGE_STORM, merge_do_money_move },
  { "voucher", 5, MERGE_CALM | MERGE_STORM, merge_do_voucher },
  { "till", 4, MERGE_CALM | MERGE_STORM, merge_do_till },
  { "grant", 2, MERGE_CALM | MERGE_STORM, merge_do_grant },
  { "pass", 2, MERGE_CALM | MERGE_STORM, merge_do_pass },
  { "settle_conflict", 2, MERGE_CALM | MERGE_STORM, merge_do_settle_conflict },
  { "erase", 2, MERGE_CALM | MERGE_STORM, merge_do_erase },
  { "hand_out", 1, MERGE_CALM | MERGE_STORM, merge_do_hand_out },
  { "seen", 3, MERGE_CALM | MERGE_STORM, merge_do_seen },
  { "run_ahead", 2, MERGE_CALM | MERGE_STORM, merge_do_run_ahead },
  { "wait", 4, MERGE_CALM | MERGE_STORM, merge_do_wait },
  { "offer", 4, MERGE_CALM | MERGE_STORM, merge_do_offer },
  { "trust", 6, MERGE_CALM | MERGE_STORM, merge_do_trust },
  { "settle_trust", 7, MERGE_CALM | MERGE_STORM, merge_do_settle_trust },
  { "lot_transfer", 4, MERGE_CALM | MERGE_STORM, merge_do_lot_transfer },
  { "leave", 4, MERGE_CALM | MERGE_STORM, merge_do_leave },
  { "row_add", 8, MERGE_CALM | MERGE_STORM, merge_do_row_add },
  { "row_edit", 12, MERGE_CALM | MERGE_STORM, merge_do_row_edit },
  { "new_field", 3, MERGE_CALM | MERGE_STORM, merge_do_new_field },
  { "program", 5, MERGE_CALM | MERGE_STORM, merge_do_program },
  { "progress", 4, MERGE_CALM | MERGE_STORM, merge_do_progress },
  { "incident", 5, MERGE_CALM | MERGE_STORM, merge_do_incident },
  { "note", 3, MERGE_CALM | MERGE_STORM, merge_do_note },
  { "sent", 5, MERGE_CALM | MERGE_STORM, merge_do_sent },
  { "template", 3, MERGE_CALM | MERGE_STORM, merge_do_template },
  { "settle", 8, MERGE_STORM, merge_do_settle },
  { NULL, 0, 0, NULL },
};
/* clang-format on */
