/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oplog-fixture.h"

#include <string.h>

#include "oplog/oplog-private.h"

#define START_MS G_GINT64_CONSTANT (1772409600000) /* 2026-03-02T00:00:00Z */

static void
begin_device (Device *device, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_crypto_init (&error));
  sl_fake_world_init (&device->world, START_MS, seed);
  device->temporary = sl_temp_dir_new ();
  device->dir = device->temporary->path;
  device->store = sl_store_open (device->dir, SL_STORE_CREATE, &error);
  g_assert_no_error (error);
}

void
device_found_seeded (Device *device, SlId *out_location, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  const SlFoundParams params = { .name = "Studio",
                                 .currency = "ZAR",
                                 .location_name = "Obs",
                                 .timezone = "Africa/Johannesburg",
                                 .device_name = "Desk" };
  begin_device (device, seed);
  device->log = sl_oplog_found (device->store, &device->world.base, &params, out_location, &error);
  g_assert_no_error (error);
}

void
device_found (Device *device, SlId *out_location)
{
  device_found_seeded (device, out_location, 1);
}

void
device_join (Device *device, Device *host, const SlId *location, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = device_path (host, "invitation");
  gboolean invalid;
  g_assert_true (sl_oplog_invite (host->log, &sl_actor_owner, path, location, &error));
  begin_device (device, seed);
  device->world.now_ms = host->world.now_ms;
  device->log = sl_oplog_join (device->store, &device->world.base, path, "Second desk", &invalid, &error);
  g_assert_no_error (error);
  g_assert_false (invalid);
}

void
device_open (Device *device)
{
  g_autoptr (GError) error = NULL;
  device->store = sl_store_open (device->dir, SL_STORE_OPEN, &error);
  g_assert_no_error (error);
  device->log = sl_oplog_open (device->store, &device->world.base, &error);
  g_assert_no_error (error);
}

void
device_close (Device *device)
{
  g_clear_pointer (&device->log, sl_oplog_close);
  g_clear_pointer (&device->store, sl_store_close);
}

void
device_clear (Device *device)
{
  device_close (device);
  g_clear_pointer (&device->temporary, sl_temp_dir_free);
}

char *
device_path (Device *device, const char *name)
{
  return g_build_filename (device->dir, name, NULL);
}

void
device_export (Device *device, const char *path)
{
  g_autoptr (GError) error = NULL;
  SlExportResult result;
  g_assert_true (sl_oplog_export (device->log, path, NULL, FALSE, &result, &error));
  g_assert_no_error (error);
}

void
device_import (Device *device, const char *path, SlImportResult *out)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_import (device->log, path, out, &error));
  g_assert_no_error (error);
}

void
device_give (Device *from, Device *to)
{
  g_autofree char *path = device_path (from, "export");
  g_auto (SlImportResult) result = { 0 };
  device_export (from, path);
  device_import (to, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
}

void
device_hash (Device *device, SlHash *out)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_state_hash (device->log, out, &error));
}

void
assert_same_state (Device *a, Device *b)
{
  SlHash hash_a, hash_b;
  device_hash (a, &hash_a);
  device_hash (b, &hash_b);
  g_assert_cmpmem (hash_a.bytes, SL_HASH_BYTES, hash_b.bytes, SL_HASH_BYTES);
}

void
assert_verified (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_true (sl_oplog_verify (device->log, &result, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < result.problems->len; i++)
    g_test_message ("problem: %s", (const char *) result.problems->pdata[i]);
  g_assert_cmpuint (result.problems->len, ==, 0);
}

void
device_forge (Device *device, SlKind kind, const SlId *entity, GBytes *body)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  SlHash hash;
  gsize length;
  const void *data = g_bytes_get_data (body, &length);
  sl_cbor_begin_array (writer, 5);
  sl_cbor_put_int (writer, kind);
  sl_cbor_put_id (writer, entity);
  sl_cbor_put_int (writer, 1 << SL_HLC_COUNTER_BITS); /* a millisecond after the one before */
  sl_cbor_put_int (writer, SL_REF_OWNER);
  sl_cbor_put_raw (writer, data, length);
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (writer);
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  SlChain *own = device->log->own;
  sl_chain_next (&own->replica, own->head_seq + 1, &own->head_hash, g_bytes_get_data (bytes, NULL),
                 g_bytes_get_size (bytes), &hash);
  g_assert_true (sl_chain_append (device->log, own, bytes, &hash, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static void
begin (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_no_error (error);
}

static void
commit (Device *device, gboolean emitted, GError *emit_error)
{
  g_autoptr (GError) error = emit_error;
  g_assert_no_error (error);
  g_assert_true (emitted);
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_no_error (error);
}

void
make_member (Device *device, const char *first, SlId *out)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  GError *error = NULL;
  sl_fields_set_text (fields, "first", first);
  sl_fields_set_text (fields, "status", "active");
  begin (device);
  commit (device, sl_op_create (device->log, fields, out, &error), error);
}

void
make_session (Device *device, const SlId *location, int capacity, SlId *out)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  GError *error = NULL;
  sl_fields_set_id (fields, "location_id", location);
  sl_fields_set_int (fields, "start_ms", START_MS + 3600000);
  sl_fields_set_int (fields, "published", 1);
  begin (device);
  commit (device, sl_op_session_create (device->log, fields, capacity, out, &error), error);
}

void
make_lot (Device *device, const SlId *member, gint64 credits, SlId *out)
{
  SlLotParams params = { .member_id = *member, .credits_hundredths = credits };
  GError *error = NULL;
  begin (device);
  commit (device, sl_op_lot_create (device->log, &params, out, &error), error);
}

void
book (Device *device, const SlId *session, const SlId *member, const SlId *lot, gint64 amount, SlId *out)
{
  SlSpend spend = { .amount_hundredths = amount };
  SlClaimParams claim = {
    .session_id = *session, .member_id = *member, .type = SL_CLAIM_BOOKING, .channel = SL_CHANNEL_DESK, .spots = 1
  };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = lot != NULL ? 1 : 0 };
  GError *error = NULL;
  if (lot != NULL)
    spend.lot_id = *lot;
  begin (device);
  commit (device, sl_op_book (device->log, &claim, &confirm, out, &error), error);
}

void
release (Device *device, const SlId *claim, SlReleaseWhy why, int percent)
{
  GError *error = NULL;
  begin (device);
  commit (device, sl_op_release (device->log, claim, why, percent, NULL, &error), error);
}

char **
read_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_strchomp (text);
  return g_strsplit (text, "\n", -1);
}

void
write_lines (const char *path, char **lines)
{
  g_autofree char *text = g_strjoinv ("\n", lines);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, text, -1, &error));
}
