/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oplog-fixture.h"

#include "oplog/around.h"
#include "oplog/oplog-private.h"

/* A call for reception, and that somebody sees to it, in whichever order they come: src/oplog/README.md "Around it". */

typedef struct {
  Device device;
  SlId location;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->device, &f->location);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->device);
}

/* As an operation of another device, of a while ago. */
static void
apply (Fixture *f, guint64 seq, SlKind kind, const SlId *entity, GBytes *body, gint64 ago_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  gsize length;
  SlOperation operation = { .replica = { { 7 } }, .seq = seq, .kind = kind, .entity = *entity,
                            .actor = sl_actor_device };
  operation.body = g_bytes_get_data (body, &length);
  operation.body_length = length;
  operation.hlc = operation.signed_hlc = sl_oplog_stamp (f->device.log) - sl_hlc_from_ms (ago_ms);
  gboolean applied = sl_apply (f->device.log, &operation, none, &error);
  g_assert_no_error (error);
  g_assert_true (applied);
}

static void
call (Fixture *f, guint64 seq, gint64 ago_ms, SlId *out_id)
{
  const SlId replica = { { 7 } };
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 4);
  sl_cbor_put_int (body, 0);
  sl_cbor_put_id (body, &f->location);
  sl_cbor_put_id (body, &sl_id_none);
  sl_cbor_put_text (body, "too_late");
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (body);
  apply (f, seq, SL_KIND_CALL, &sl_id_none, bytes, ago_ms);
  sl_id_derive (&replica, seq, 0, out_id);
}

static void
take (Fixture *f, guint64 seq, const SlId *id)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 0);
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (body);
  apply (f, seq, SL_KIND_CALL_TAKE, id, bytes, 0);
}

static gint64
count (Fixture *f, const char *which)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM local_call WHERE %s", which);
  gint64 n;
  g_assert_true (sl_store_query_int (f->device.log->store, 0, &n, NULL, sql, ""));
  return n;
}

static void
test_any_order (Fixture *f, gconstpointer data)
{
  SlId first, second;
  const SlId replica = { { 7 } };
  SlHash before, after;
  device_hash (&f->device, &before);
  g_assert_true (sl_oplog_begin (f->device.log, &sl_actor_owner, NULL));
  call (f, 10, 0, &first);
  g_assert_cmpint (count (f, "NOT taken AND why = 'too_late'"), ==, 1);
  take (f, 11, &first);
  g_assert_cmpint (count (f, "NOT taken"), ==, 0);

  /* Whoever sees to them is quicker than the word that they are there. */
  sl_id_derive (&replica, 20, 0, &second);
  take (f, 21, &second);
  call (f, 20, 0, &second);
  g_assert_cmpint (count (f, "NOT taken"), ==, 0);
  g_assert_cmpint (count (f, "why = 'too_late' AND location_id IS NOT NULL"), ==, 2);

  /* In no state. */
  g_assert_true (sl_oplog_state_hash (f->device.log, &after, NULL));
  g_assert_cmpmem (before.bytes, sizeof before.bytes, after.bytes, sizeof after.bytes);
  sl_oplog_rollback (f->device.log);
}

static void
test_of_long_ago (Fixture *f, gconstpointer data)
{
  SlId id;
  g_assert_true (sl_oplog_begin (f->device.log, &sl_actor_owner, NULL));
  call (f, 10, SL_CALL_LASTS_MS + 1000, &id);
  g_assert_cmpint (count (f, "1"), ==, 0);
  call (f, 11, SL_CALL_LASTS_MS - 1000, &id);
  g_assert_cmpint (count (f, "1"), ==, 1);

  /* It goes with the first one that comes after its time. */
  f->device.world.now_ms += 2000;
  call (f, 12, 0, &id);
  g_assert_cmpint (count (f, "1"), ==, 1);
  sl_oplog_rollback (f->device.log);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sl/call-told/is-taken-in-any-order-and-in-no-state", Fixture, NULL, set_up, test_any_order, tear_down);
  g_test_add ("/sl/call-told/nothing-is-kept-of-one-of-long-ago", Fixture, NULL, set_up, test_of_long_ago, tear_down);
  return g_test_run ();
}
