/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oplog-fixture.h"

#include "core/datetime.h"
#include "oplog/oplog-private.h"
#include "oplog/rules-off.h"

/* Devices whose clocks were ahead, and say so. */

typedef struct {
  Device one, two, three;
  SlId location, member, session, lot;
} Studio;

/* Spots of the first desk's session for the others. */
static void
share_spots (Studio *studio, Device *to)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (studio->one.log, &sl_actor_owner, &error));
  g_assert_true (
      sl_op_session_move (studio->one.log, &studio->session, sl_oplog_get_replica (to->log), 2, &error));
  g_assert_true (sl_oplog_commit (studio->one.log, &error));
  g_assert_no_error (error);
}

static void
studio_open (Studio *studio)
{
  device_found (&studio->one, &studio->location);
  make_member (&studio->one, "Thandi", &studio->member);
  make_session (&studio->one, &studio->location, 8, &studio->session);
  make_lot (&studio->one, &studio->member, 1000, &studio->lot);
  device_join (&studio->two, &studio->one, &studio->location, 2);
  device_give (&studio->two, &studio->one);
  device_join (&studio->three, &studio->two, &studio->location, 3);
  device_give (&studio->three, &studio->two);
  share_spots (studio, &studio->two);
  device_give (&studio->one, &studio->two);
}

static void
studio_clear (Studio *studio)
{
  device_clear (&studio->one);
  device_clear (&studio->two);
  device_clear (&studio->three);
}

static void
set_notes (Device *device, const SlId *session, const char *notes)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autoptr (GError) error = NULL;
  sl_fields_set_text (fields, "notes", notes);
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_edit (device->log, session, fields, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_no_error (error);
}

static void
assert_notes (Device *device, const SlId *session, const char *expected)
{
  g_autoptr (SlRows) rows = sl_store_query (device->store, "SELECT notes FROM session WHERE id = ?", "d", session);
  gsize length;
  g_assert_true (sl_rows_next (rows));
  const void *sealed = sl_rows_blob (rows, 0, &length);
  g_autofree char *notes = sl_oplog_unseal_note (device->log, NULL, sealed, length);
  g_assert_cmpstr (notes, ==, expected);
  g_assert_true (sl_rows_finish (rows, NULL));
}

static gint64
ask (Device *device, const char *sql)
{
  gint64 value;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (device->store, -1, &value, &error, sql, ""));
  g_assert_no_error (error);
  return value;
}

/* The device's clock is right now: its stamps that are ahead are corrected by as much as they are. */
static guint64
correct (Device *device, gint64 offset_ms)
{
  g_autoptr (GError) error = NULL;
  SlStampState state;
  guint64 from_seq, count;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_oplog_stamp_state (device->log, &state, &error));
  if (offset_ms == 0)
    offset_ms = state.stamp_ms - device->world.now_ms;
  g_assert_true (sl_oplog_find_stretch (device->log, offset_ms, 0, &from_seq, &count, &error));
  g_assert_true (sl_op_clock_correct (device->log, from_seq, offset_ms, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_no_error (error);
  return from_seq;
}

static void
check_in (Device *device, const SlId *member, SlId *out)
{
  SlCheckinParams params = { .member_id = *member };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_checkin (device->log, &params, out, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
}

/* --- */

static void
test_later_edit_wins (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  guint64 first_ahead = studio.two.log->own->head_seq + 1;
  studio.two.world.now_ms = morning + SL_DAY_MS; /* a day ahead */
  set_notes (&studio.two, &studio.session, "by the clock that is ahead");
  studio.one.world.now_ms = morning + SL_HOUR_MS;
  set_notes (&studio.one, &studio.session, "an hour later");

  device_give (&studio.two, &studio.three); /* its edit first, then the other, then the correction */
  device_give (&studio.one, &studio.three);
  assert_notes (&studio.three, &studio.session, "by the clock that is ahead");
  studio.two.world.now_ms = morning + 2 * SL_HOUR_MS;
  guint64 from = correct (&studio.two, SL_DAY_MS);
  g_assert_cmpuint (from, ==, first_ahead);
  assert_notes (&studio.two, &studio.session, "by the clock that is ahead"); /* it knows of no other */
  device_give (&studio.two, &studio.three);
  assert_notes (&studio.three, &studio.session, "an hour later");
  device_give (&studio.two, &studio.one); /* all of it at once */
  device_give (&studio.one, &studio.two); /* the correction first */
  device_give (&studio.one, &studio.three);
  assert_notes (&studio.one, &studio.session, "an hour later");
  assert_notes (&studio.two, &studio.session, "an hour later");
  assert_same_state (&studio.one, &studio.two);
  assert_same_state (&studio.one, &studio.three);
  assert_verified (&studio.one);
  assert_verified (&studio.two);
  assert_verified (&studio.three);
  studio_clear (&studio);
}

static void
test_goes_on_at_the_right_time (void)
{
  Studio studio = { 0 };
  SlStampState state;
  studio_open (&studio);
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  studio.two.world.now_ms = morning + 365 * SL_DAY_MS;
  set_notes (&studio.two, &studio.session, "next year");
  studio.two.world.now_ms = morning + SL_HOUR_MS;
  set_notes (&studio.two, &studio.session, "still next year, by the stamps");
  g_assert_true (sl_oplog_stamp_state (studio.two.log, &state, NULL));
  g_assert_cmpint (state.stamp_ms, >=, morning + 365 * SL_DAY_MS);
  (void) correct (&studio.two, 0);
  studio.two.world.now_ms += SL_MINUTE_MS;
  set_notes (&studio.two, &studio.session, "now");
  g_assert_true (sl_oplog_stamp_state (studio.two.log, &state, NULL));
  g_assert_cmpint (state.stamp_ms, ==, studio.two.world.now_ms);
  device_give (&studio.two, &studio.one); /* stamps that go back in the chain hold there, too */
  assert_notes (&studio.one, &studio.session, "now");
  studio.one.world.now_ms = morning + 3 * SL_HOUR_MS;
  set_notes (&studio.one, &studio.session, "at the other desk");
  g_assert_true (sl_oplog_stamp_state (studio.one.log, &state, NULL));
  g_assert_cmpint (state.stamp_ms, ==, studio.one.world.now_ms); /* nobody is drawn along any more */
  device_close (&studio.two);
  device_open (&studio.two);
  set_notes (&studio.two, &studio.session, "after a restart");
  g_assert_true (sl_oplog_stamp_state (studio.two.log, &state, NULL));
  g_assert_cmpint (state.stamp_ms, ==, studio.two.world.now_ms);
  studio_clear (&studio);
}

static void
test_facts_follow (void)
{
  Studio studio = { 0 };
  SlId ahead, set_back;
  SlClaimParams hold = { .type = SL_CLAIM_HOLD, .spots = 1 };
  SlId claim;
  g_autoptr (GError) error = NULL;
  studio_open (&studio);
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  studio.two.world.now_ms = morning + SL_DAY_MS;
  check_in (&studio.two, &studio.member, &ahead);
  hold.session_id = studio.session;
  hold.member_id = studio.member;
  hold.held_until_ms = studio.two.world.now_ms + 10 * SL_MINUTE_MS;
  g_assert_true (sl_oplog_begin (studio.two.log, &sl_actor_owner, &error));
  g_assert_true (sl_op_claim (studio.two.log, &hold, &claim, &error));
  g_assert_true (sl_oplog_commit (studio.two.log, &error));
  studio.two.world.now_ms = morning + SL_HOUR_MS; /* somebody sets the clock right; its stamps are ahead still */
  check_in (&studio.two, &studio.member, &set_back);
  device_give (&studio.two, &studio.one);
  g_assert_cmpint (ask (&studio.one, "SELECT max (at_ms) FROM checkin"), ==, morning + SL_DAY_MS);
  (void) correct (&studio.two, SL_DAY_MS);
  device_give (&studio.two, &studio.one);
  for (guint i = 0; i < 2; i++)
    {
      Device *device = i == 0 ? &studio.one : &studio.two;
      g_assert_cmpint (ask (device, "SELECT min (at_ms) FROM checkin"), ==, morning);
      g_assert_cmpint (ask (device, "SELECT max (at_ms) FROM checkin"), ==, morning + SL_HOUR_MS);
      g_assert_cmpint (ask (device, "SELECT held_until_ms FROM claim"), ==, morning + 10 * SL_MINUTE_MS);
      g_assert_cmpint (ask (device, "SELECT created_hlc FROM claim") >> SL_HLC_COUNTER_BITS, ==, morning);
    }
  assert_same_state (&studio.one, &studio.two);
  assert_verified (&studio.one);
  studio_clear (&studio);
}

static void
test_overlapping_stretches_add_up (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  studio.two.world.now_ms = morning + 2 * SL_DAY_MS;
  set_notes (&studio.two, &studio.session, "two days ahead");
  studio.two.world.now_ms = morning + SL_DAY_MS; /* said to be right, and is not */
  (void) correct (&studio.two, 0);
  set_notes (&studio.two, &studio.session, "one day ahead");
  studio.two.world.now_ms = morning + SL_HOUR_MS;
  (void) correct (&studio.two, 0);
  g_assert_cmpint (ask (&studio.two, "SELECT count (*) FROM correction"), ==, 2);
  device_give (&studio.two, &studio.one);
  device_give (&studio.one, &studio.three);
  assert_same_state (&studio.one, &studio.two);
  assert_same_state (&studio.one, &studio.three);
  assert_notes (&studio.one, &studio.session, "one day ahead");
  studio.one.world.now_ms = morning + 2 * SL_HOUR_MS;
  set_notes (&studio.one, &studio.session, "later at the other desk");
  device_give (&studio.one, &studio.two);
  assert_notes (&studio.two, &studio.session, "later at the other desk");
  assert_verified (&studio.one);
  studio_clear (&studio);
}

/* The stretch begins at the last step of the stamps that is larger than the offset, or earlier where somebody says
 * so. */
static void
test_finds_the_stretch (void)
{
  Studio studio = { 0 };
  guint64 from, count;
  g_autoptr (GError) error = NULL;
  studio_open (&studio);
  Device *two = &studio.two;
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  guint64 head = two->log->own->head_seq;
  two->world.now_ms = morning + SL_DAY_MS;
  for (guint i = 0; i < 4; i++) /* two hours of quiet before the last two */
    {
      two->world.now_ms += i == 2 ? 2 * SL_HOUR_MS : SL_MINUTE_MS;
      set_notes (two, &studio.session, i % 2 == 0 ? "even" : "odd");
    }
  g_assert_true (sl_oplog_begin (two->log, &sl_actor_owner, &error));
  g_assert_true (sl_oplog_find_stretch (two->log, SL_HOUR_MS, 0, &from, &count, &error));
  g_assert_cmpuint (from, ==, head + 3);
  g_assert_true (sl_oplog_find_stretch (two->log, 3 * SL_HOUR_MS, 0, &from, &count, &error));
  g_assert_cmpuint (from, ==, head + 1);
  g_assert_true (sl_oplog_find_stretch (two->log, SL_HOUR_MS, morning + SL_HOUR_MS, &from, &count, &error));
  g_assert_cmpuint (from, ==, head + 1);
  g_assert_true (sl_oplog_find_stretch (two->log, 2 * SL_DAY_MS, 0, &from, &count, &error));
  g_assert_cmpuint (from, ==, 1); /* ahead since it was made */
  sl_oplog_rollback (two->log);
  studio_clear (&studio);
}

/* As operation 3 of the other desk's chain. */
static void
assert_malformed (Studio *studio, const SlId *entity, gint64 from_seq, gint64 offset_ms)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  SlCborReader reader;
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, from_seq);
  sl_cbor_put_int (body, offset_ms);
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  SlOperation operation = { .replica = *sl_oplog_get_replica (studio->two.log),
                            .seq = 3,
                            .kind = SL_KIND_CLOCK_CORRECT,
                            .entity = entity != NULL ? *entity : sl_id_none,
                            .actor = sl_actor_owner };
  operation.body = g_bytes_get_data (item, &operation.body_length);
  sl_cbor_reader_init (&reader, operation.body, operation.body_length);
  g_assert_true (sl_oplog_begin (studio->one.log, &sl_actor_owner, &error));
  g_assert_false (sl_apply_clock_correct (studio->one.log, &operation, &reader, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_cmpint (ask (&studio->one, "SELECT count (*) FROM correction"), ==, 0);
  sl_oplog_rollback (studio->one.log);
}

static void
test_refuses_what_is_none (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  assert_malformed (&studio, &studio.member, 1, 1000);
  assert_malformed (&studio, NULL, 3, 1000); /* itself */
  assert_malformed (&studio, NULL, 0, 1000);
  assert_malformed (&studio, NULL, 1, 0);
  assert_malformed (&studio, NULL, 1, -1000);
  studio_clear (&studio);
}

/* Without the rule the order in which things came decides, and the check finds it. */
static void
test_needs_the_rule (void)
{
  Studio studio = { 0 };
  g_auto (SlVerifyResult) result = { 0 };
  studio_open (&studio);
  sl_oplog_set_rules_off (studio.one.log, G_GUINT64_CONSTANT (1) << SL_RULE_CORRECT_APPLIED);
  gint64 morning = studio.one.world.now_ms + SL_MINUTE_MS;
  studio.two.world.now_ms = morning + SL_DAY_MS;
  set_notes (&studio.two, &studio.session, "ahead");
  device_give (&studio.two, &studio.one);
  studio.two.world.now_ms = morning + SL_HOUR_MS;
  (void) correct (&studio.two, 0);
  device_give (&studio.two, &studio.one);
  g_assert_true (sl_oplog_verify (studio.one.log, &result, NULL));
  g_assert_cmpuint (result.problems->len, >, 0);
  studio_clear (&studio);
}

/* A burst of commands while the clock stands still: the counter runs over into the milliseconds, and stamps rise. */
static void
test_counter_runs_over (void)
{
  Studio studio = { 0 };
  SlStampState state;
  studio_open (&studio);
  gint64 now = studio.two.world.now_ms;
  for (guint i = 0; i < 3 * (1 << SL_HLC_COUNTER_BITS); i++)
    set_notes (&studio.two, &studio.session, i % 2 == 0 ? "even" : "odd");
  g_assert_true (sl_oplog_stamp_state (studio.two.log, &state, NULL));
  g_assert_cmpint (state.stamp_ms, >=, now + 2);
  g_assert_cmpint (state.stamp_ms, <=, now + 4);
  device_give (&studio.two, &studio.one);
  assert_notes (&studio.one, &studio.session, "odd");
  assert_same_state (&studio.one, &studio.two);
  studio_clear (&studio);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/clock-correct/a-later-edit-wins-whatever-came-first", test_later_edit_wins);
  g_test_add_func ("/sl/clock-correct/goes-on-at-the-right-time", test_goes_on_at_the_right_time);
  g_test_add_func ("/sl/clock-correct/times-of-facts-follow", test_facts_follow);
  g_test_add_func ("/sl/clock-correct/overlapping-stretches-add-up", test_overlapping_stretches_add_up);
  g_test_add_func ("/sl/clock-correct/finds-where-the-stretch-begins", test_finds_the_stretch);
  g_test_add_func ("/sl/clock-correct/refuses-what-is-none", test_refuses_what_is_none);
  g_test_add_func ("/sl/clock-correct/the-check-misses-the-rule", test_needs_the_rule);
  g_test_add_func ("/sl/clock-correct/a-burst-runs-over-into-the-milliseconds", test_counter_runs_over);
  return g_test_run ();
}
