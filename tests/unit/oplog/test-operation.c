/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/operation.h"

static const SlId replica = { .bytes = { 1, 2, 3 } };
static const SlId staff = { .bytes = { 9, 9 } };
static const SlId peer = { .bytes = { 7 } };

static SlOperation
sample (const guint8 *body, gsize length)
{
  return (SlOperation){ .replica = replica,
                        .seq = 5,
                        .kind = SL_KIND_CHECKIN,
                        .entity = staff,
                        .hlc = 5000,
                        .actor = staff,
                        .body = body,
                        .body_length = length };
}

static void
test_round_trip (void)
{
  static const guint8 body[] = { 0x84, 0, 0, 0, 0 };
  SlOperation operation = sample (body, sizeof body);
  SlSeen seen = { .replica = peer, .growth = 12 };
  g_autoptr (GArray) writer_refs = sl_refs_new (), reader_refs = sl_refs_new ();
  g_auto (SlOperation) read = { 0 }, again = { 0 };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlSeen));
  g_array_append_val (list, seen);
  operation.seen = list;
  operation.has_key = TRUE;
  memset (operation.key, 5, SL_KEY_BYTES);
  operation.approver = peer;
  g_autoptr (GBytes) bytes = sl_operation_encode (&operation, 4000, writer_refs);
  g_assert_true (sl_operation_decode (bytes, &replica, 5, 4000, reader_refs, &read));
  g_assert_cmpuint (read.kind, ==, SL_KIND_CHECKIN);
  g_assert_cmpint (read.hlc, ==, 5000);
  g_assert_true (sl_id_equal (&read.actor, &staff));
  g_assert_true (sl_id_equal (&read.entity, &staff));
  g_assert_cmpmem (read.body, read.body_length, body, sizeof body);
  g_assert_cmpuint (read.seen->len, ==, 1);
  g_assert_cmpuint (g_array_index (read.seen, SlSeen, 0).growth, ==, 12);
  g_assert_true (read.has_key);
  g_assert_cmpint (read.key[3], ==, 5);
  g_assert_true (sl_id_equal (&read.approver, &peer));
  g_assert_cmpuint (writer_refs->len, ==, reader_refs->len);

  /* ids that the chain has named before are numbers now */
  g_autoptr (GBytes) second = sl_operation_encode (&operation, 4000, writer_refs);
  g_assert_cmpuint (g_bytes_get_size (second), ==, g_bytes_get_size (bytes) - 2 * SL_ID_BYTES);
  g_assert_true (sl_operation_decode (second, &replica, 6, 4000, reader_refs, &again));
  g_assert_true (sl_id_equal (&again.actor, &staff));
}

/* The two commands that make most of a log. */
static void
test_sizes (void)
{
  Device device = { 0 };
  SlId location, member, session, lot, claim, checkin;
  gint64 booked, attended;
  g_autoptr (GError) error = NULL;
  device_found (&device, &location);
  make_member (&device, "Thandi", &member);
  make_session (&device, &location, 10, &session);
  make_lot (&device, &member, 1000, &lot);
  device.world.now_ms += 30000;
  book (&device, &session, &member, &lot, 100, &claim);
  g_assert_true (sl_store_query_int (device.store, 0, &booked, &error,
                                     "SELECT length (bytes) FROM local_op ORDER BY pos DESC LIMIT 1", ""));
  device.world.now_ms += 30000;
  SlCheckinParams params = { .booking_id = claim };
  g_assert_true (sl_oplog_begin (device.log, &sl_actor_device, &error));
  g_assert_true (sl_op_checkin (device.log, &params, &checkin, &error));
  g_assert_true (sl_oplog_commit (device.log, &error));
  g_assert_true (sl_store_query_int (device.store, 0, &attended, &error,
                                     "SELECT length (bytes) FROM local_op ORDER BY pos DESC LIMIT 1", ""));
  g_test_message ("book %d bytes, checkin %d bytes", (int) booked, (int) attended);
  g_assert_cmpint (booked, <=, 69); /* 70 with its share of a signature over 500 */
  g_assert_cmpint (attended, <=, 40);
  device_clear (&device);
}

static gboolean
decodes (const guint8 *data, gsize length)
{
  g_autoptr (GArray) refs = sl_refs_new ();
  g_auto (SlOperation) operation = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  gboolean good = sl_operation_decode (bytes, &replica, 1, 0, refs, &operation);
  g_assert_true (good || refs->len == SL_REF_FIRST);
  return good;
}

static void
test_malformed (void)
{
  static const guint8 good[] = { 0x85, 5, 0xf6, 0x19, 1, 0, 0, 0x80 };
  static const guint8 bad[][10] = {
    { 0x84, 5, 0xf6, 0x19, 1, 0, 0 },          /* a part is missing */
    { 0x85, 0, 0xf6, 0x19, 1, 0, 0, 0x80 },    /* no kind 0 */
    { 0x85, 5, 0xf6, 0, 0, 0x80 },             /* no time */
    { 0x85, 5, 0xf6, 0x20, 0, 0x80 },          /* before time */
    { 0x85, 5, 0xf6, 0x19, 1, 0, 2, 0x80 },    /* an actor that was never named */
    { 0x85, 5, 0x41, 1, 0x19, 1, 0, 0, 0x80 }, /* an id of one byte */
    { 0x85, 5, 0xf6, 0x19, 0, 5, 0, 0x80 },    /* a longer head than needed */
    { 0x9f, 5, 0xf6, 0x19, 1, 0, 0, 0x80 },    /* indefinite */
    { 0x85, 5, 0xf6, 0x19, 1, 0, 0, 0xf9 },    /* a float */
  };
  static const gsize lengths[] = { 7, 8, 6, 6, 8, 9, 8, 8, 8 };
  g_assert_true (decodes (good, sizeof good));
  g_assert_false (decodes (good, sizeof good - 1));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (decodes (bad[i], lengths[i]));
  g_autofree guint8 *random = g_malloc (200);
  g_autoptr (GRand) chance = g_rand_new_with_seed (7);
  for (guint i = 0; i < 20000; i++)
    {
      gsize length = (gsize) g_rand_int_range (chance, 0, 200);
      for (gsize j = 0; j < length; j++)
        random[j] = (guint8) g_rand_int (chance);
      if (length > 1)
        random[0] = 0x85;
      (void) decodes (random, length);
    }
}

static void
test_chain_binds_its_place (void)
{
  SlHash start, other_start, one, moved, renumbered;
  const SlId organisation = { .bytes = { 3 } }, elsewhere = { .bytes = { 4 } };
  sl_chain_start (&organisation, &replica, &start);
  sl_chain_start (&elsewhere, &replica, &other_start);
  g_assert_false (sl_hash_equal (&start, &other_start));
  sl_chain_next (&replica, 1, &start, "x", 1, &one);
  sl_chain_next (&peer, 1, &start, "x", 1, &moved);
  sl_chain_next (&replica, 2, &start, "x", 1, &renumbered);
  g_assert_false (sl_hash_equal (&one, &moved));
  g_assert_false (sl_hash_equal (&one, &renumbered));
}

static void
test_stamps_rise (void)
{
  Device device = { 0 };
  SlId location, member;
  g_autoptr (GError) error = NULL;
  gint64 last = 0;
  device_found (&device, &location);
  for (guint i = 0; i < 50; i++)
    {
      device.world.now_ms += i % 2 ? -3600000 : 1; /* the clock stands still or goes back */
      g_assert_true (sl_oplog_begin (device.log, &sl_actor_device, &error));
      g_assert_cmpint (sl_oplog_stamp (device.log), >, last);
      last = sl_oplog_stamp (device.log);
      sl_oplog_rollback (device.log);
      make_member (&device, "T", &member);
    }
  device_clear (&device);
}

static void
test_rollback (void)
{
  Device device = { 0 };
  SlId location, member;
  SlHash before, after;
  g_autoptr (GError) error = NULL;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  device_found (&device, &location);
  device_hash (&device, &before);
  sl_fields_set_text (fields, "first", "Nobody");
  g_assert_true (sl_oplog_begin (device.log, &sl_actor_owner, &error));
  g_assert_true (sl_op_create (device.log, fields, &member, &error));
  sl_oplog_rollback (device.log);
  device_hash (&device, &after);
  g_assert_true (sl_hash_equal (&before, &after));
  make_member (&device, "Somebody", &member);
  assert_verified (&device);
  device_clear (&device);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/operation/bytes-read-back-the-same", test_round_trip);
  g_test_add_func ("/sl/operation/common-ones-are-short", test_sizes);
  g_test_add_func ("/sl/operation/malformed-bytes-are-refused", test_malformed);
  g_test_add_func ("/sl/operation/a-hash-binds-its-place", test_chain_binds_its_place);
  g_test_add_func ("/sl/operation/stamps-rise-whatever-the-clock-does", test_stamps_rise);
  g_test_add_func ("/sl/operation/a-rollback-leaves-nothing", test_rollback);
  return g_test_run ();
}
