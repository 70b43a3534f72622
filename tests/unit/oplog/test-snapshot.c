/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/datetime.h"
#include "oplog-fixture.h"
#include "oplog/prune.h"
#include "oplog/snapshot-private.h"
#include "oplog/sync-file.h"

/* Three desks: a founded the studio, b joined it and exchanges, c joined by an invitation that nobody heard of since.
 */
typedef struct {
  Device a, b, c;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_session (&f->a, &f->location, 10, &f->session);
  make_member (&f->a, "Naledi", &f->member);
  device_join (&f->b, &f->a, &f->location, 7);
  device_give (&f->b, &f->a);
  device_join (&f->c, &f->a, &f->location, 8);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
  device_clear (&f->c);
}

static void
make_members (Device *device, guint n)
{
  SlId id;
  for (guint i = 0; i < n; i++)
    make_member (device, "Sipho", &id);
}

static void
wait_days (Fixture *f, guint days)
{
  f->a.world.now_ms += days * SL_DAY_MS;
  f->b.world.now_ms += days * SL_DAY_MS;
  f->c.world.now_ms += days * SL_DAY_MS;
}

/* Old enough to be folded, invitations are over, everybody who is known has everything, and says so. */
static void
agree (Fixture *f)
{
  SlId id;
  wait_days (f, SL_FOLD_AGE_DAYS + 1);
  device_give (&f->a, &f->b);
  make_member (&f->b, "Lerato", &id);
  device_give (&f->b, &f->a);
}

static void
fold (Device *device, guint64 at_least)
{
  g_autoptr (GError) error = NULL;
  SlPruneResult result;
  g_assert_true (sl_oplog_prune (device->log, 1, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.operations, >=, at_least);
}

static gint64
count (Device *device, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;
  g_assert_true (sl_store_query_int (device->store, -1, &value, &error, sql, ""));
  return value;
}

static void
test_older_device (Fixture *f, gconstpointer data)
{
  SlId claim, claim_here, here, session_here;
  make_members (&f->a, 20);
  book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  make_member (&f->c, "Zanele", &here); /* c has written by itself meanwhile */
  make_session (&f->c, &f->location, 2, &session_here);
  book (&f->c, &session_here, &here, NULL, 0, &claim_here);
  agree (f);
  fold (&f->a, 20);
  assert_verified (&f->a);
  device_give (&f->a, &f->c);
  g_assert_cmpint (count (&f->c, "SELECT count (*) FROM local_snapshot WHERE origin = 2"), ==, 1);
  assert_verified (&f->c);
  device_give (&f->c, &f->a);
  device_give (&f->c, &f->b);
  device_give (&f->a, &f->b);
  device_give (&f->b, &f->c);
  device_give (&f->a, &f->c);
  assert_same_state (&f->a, &f->b);
  assert_same_state (&f->a, &f->c);
  g_assert_cmpint (count (&f->a, "SELECT count (*) FROM member"), ==, 23);
  assert_verified (&f->a);
  assert_verified (&f->b);
  assert_verified (&f->c);
  device_close (&f->c); /* and is still so after a restart */
  device_open (&f->c);
  assert_verified (&f->c);
  make_member (&f->c, "Anele", &here);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
}

static void
test_binary_exchange (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "stick");
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  SlSyncWritten written;
  make_members (&f->a, 20);
  agree (f);
  fold (&f->a, 20);
  make_members (&f->a, 3);
  g_assert_true (sl_sync_export (f->a.log, path, NULL, &written, &error));
  g_assert_no_error (error);
  g_assert_true (sl_sync_import (f->c.log, path, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->c);
}

static void
test_long_log_invites (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Device d = { 0 };
  agree (f);
  for (guint batch = 0; batch < 3; batch++)
    {
      g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
      for (guint i = 0; i < SL_SNAPSHOT_INVITE_OPERATIONS / 2; i++)
        {
          g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
          sl_fields_set_int (fields, "end_ms", i);
          g_assert_true (sl_op_edit (f->a.log, &f->session, fields, &error));
        }
      g_assert_true (sl_oplog_commit (f->a.log, &error));
    }
  agree (f);
  device_join (&d, &f->a, &f->location, 9);
  g_assert_cmpint (count (&d, "SELECT count (*) FROM local_snapshot WHERE origin = 2"), ==, 1);
  device_give (&d, &f->a);
  assert_same_state (&f->a, &d);
  assert_verified (&d);
  device_clear (&d);
}

/* What was stored and not applied comes along raw: here, operations of a device that nobody has admitted yet. */
static void
test_unapplied (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->a, "snapshot");
  g_autoptr (GError) error = NULL;
  g_auto (SlSnapshotInfo) info = { 0 };
  gint64 pending = 0;
  gboolean loaded;
  SlId id;
  make_members (&f->a, 5);
  agree (f);
  make_members (&f->b, 5); /* a has them; c and b have not said so: behind the cut */
  device_give (&f->b, &f->a);
  make_member (&f->a, "Thabo", &id);
  g_assert_true (sl_oplog_snapshot (f->a.log, file, &info, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < info.chains->len; i++)
    {
      const SlSnapshotChain *chain = &g_array_index (info.chains, SlSnapshotChain, i);
      pending += (gint64) (chain->head_seq - chain->applied_seq);
    }
  g_assert_cmpint (pending, >, 0);
  g_assert_true (sl_oplog_load_snapshot (f->c.log, file, &loaded, &error));
  g_assert_no_error (error);
  g_assert_true (loaded);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->c);
}

/* --- lies --- */

typedef enum { TELL_STATE, TELL_MERGE, DROP_HEADS, DROP_OPERATIONS, DROP_SEEN, STRANGER, MUTATE } Lie;

static gboolean
append_bytes (gpointer user_data, const void *data, gsize length, GError **error)
{
  g_byte_array_append (user_data, data, (guint) length);
  return TRUE;
}

static gssize
read_file (gpointer user_data, void *data, gsize length, GError **error)
{
  return (gssize) fread (data, 1, length, user_data);
}

static void
put_forged (SlCborWriter *writer, const SlCborReader *record, Lie lie, const SlSignKey *key, GRand *random)
{
  g_autofree guint8 *bytes = g_memdup2 (record->data, record->length);
  if (lie == TELL_STATE && bytes[1] == SL_SNAPSHOT_END) /* the last item is that of merging */
    bytes[record->length - 1 - 2 - SL_HASH_BYTES] ^= 1;
  if (lie == TELL_MERGE && bytes[1] == SL_SNAPSHOT_END)
    bytes[record->length - 1] ^= 1;
  if (lie == MUTATE && g_rand_int_range (random, 0, 3) == 0)
    bytes[g_rand_int_range (random, 0, (gint32) record->length)] = (guint8) g_rand_int_range (random, 0, 256);
  if (lie == STRANGER && bytes[1] == SL_SNAPSHOT_HEADER)
    {
      SlCborReader reader;
      gint64 number, version, at, schema;
      gsize length;
      const guint8 *old;
      SlId organisation, signer;
      sl_cbor_reader_init (&reader, bytes, record->length);
      g_assert_true (sl_cbor_get_array (&reader, 7, 7, &length) && sl_cbor_get_int (&reader, 0, 99, &number)
                     && sl_cbor_get_int (&reader, 0, 99, &version) && sl_cbor_get_id (&reader, &organisation)
                     && sl_cbor_get_id (&reader, &signer) && sl_cbor_get_bytes (&reader, 32, &old, &length)
                     && sl_cbor_get_int (&reader, 0, G_MAXINT64, &at)
                     && sl_cbor_get_int (&reader, 0, G_MAXINT64, &schema));
      sl_replica_from_key (key->public_key, &signer);
      sl_cbor_begin_array (writer, 7);
      sl_cbor_put_int (writer, number);
      sl_cbor_put_int (writer, version);
      sl_cbor_put_id (writer, &organisation);
      sl_cbor_put_id (writer, &signer);
      sl_cbor_put_bytes (writer, key->public_key, SL_SIGN_PUBLIC_BYTES);
      sl_cbor_put_int (writer, at);
      sl_cbor_put_int (writer, schema);
      return;
    }
  sl_cbor_put_raw (writer, bytes, record->length);
}

/* The same snapshot with a lie in it, signed as if nothing were wrong. */
static void
forge (Device *by, const char *from, const char *to, Lie lie, GRand *random)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (SlSnapshotOut) out = sl_snapshot_out_new (append_bytes, bytes);
  g_autoptr (GError) error = NULL;
  g_auto (SlSignKey) key = by->log->identity.key;
  FILE *file = fopen (from, "re");
  g_autoptr (SlSnapshotIn) in = sl_snapshot_in_new (read_file, file);
  guint64 written;
  if (lie == STRANGER)
    sl_sign_key_new (&by->world.base, &key);
  for (;;)
    {
      SlCborReader record;
      gboolean end;
      g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
      g_assert_true (sl_snapshot_in_next (in, &record, &end, &error));
      if (end)
        break;
      if ((lie == DROP_HEADS && record.data[1] == SL_SNAPSHOT_HEADS)
          || (lie == DROP_OPERATIONS && record.data[1] == SL_SNAPSHOT_OPERATIONS)
          || (lie == DROP_SEEN && record.data[1] == SL_SNAPSHOT_SEEN))
        continue;
      if (record.data[1] == SL_SNAPSHOT_SIGNATURE)
        {
          SlHash digest, message;
          SlId signer;
          guint8 signature[SL_SIGNATURE_BYTES];
          sl_replica_from_key (key.public_key, &signer);
          sl_snapshot_out_digest (out, &digest);
          sl_snapshot_message (sl_oplog_get_organisation (by->log), &signer, &digest, &message);
          sl_sign (&key, message.bytes, SL_HASH_BYTES, signature);
          sl_cbor_begin_array (writer, 2);
          sl_cbor_put_int (writer, SL_SNAPSHOT_SIGNATURE);
          sl_cbor_put_bytes (writer, signature, SL_SIGNATURE_BYTES);
        }
      else
        put_forged (writer, &record, lie, &key, random);
      g_assert_true (sl_snapshot_out_put (out, writer, &error));
    }
  g_assert_true (sl_snapshot_out_finish (out, &written, &error));
  g_assert_true (g_file_set_contents (to, (const char *) bytes->data, bytes->len, &error));
  fclose (file);
}

static void
make_snapshot (Device *device, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlSnapshotInfo) info = { 0 };
  g_assert_true (sl_oplog_snapshot (device->log, file, &info, &error));
  g_assert_no_error (error);
}

static void
test_lies (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->a, "snapshot"), *forged = device_path (&f->a, "forged");
  static const struct {
    Lie lie;
    const char *says;
  } cases[] = { { TELL_STATE, "its rows are not the state that it states" },
                { TELL_MERGE, "what it says of the chains is not what it states" },
                { DROP_SEEN, "what it says of the chains is not what it states" },
                { DROP_HEADS, "has not signed its chain" },
                { DROP_OPERATIONS, "do not lead to its head" },
                { STRANGER, "unknown_device" } };
  SlHash before, after;
  SlId id;
  make_members (&f->a, 5);
  agree (f);
  make_member (&f->b, "Palesa", &id);
  device_give (&f->b, &f->a);
  make_member (&f->a, "Anele", &id); /* b has not said that it has it: behind the cut */
  make_snapshot (&f->a, file);
  device_hash (&f->c, &before);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean loaded;
      forge (&f->a, file, forged, cases[i].lie, NULL);
      g_assert_false (sl_oplog_load_snapshot (f->c.log, forged, &loaded, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
  device_hash (&f->c, &after);
  g_assert_true (sl_hash_equal (&before, &after));
  g_auto (SlVerifyResult) verified = { 0 };
  g_assert_true (sl_oplog_verify (f->c.log, &verified, NULL));
  g_assert_cmpuint (verified.problems->len, ==, G_N_ELEMENTS (cases)); /* each is named */
  device_give (&f->b, &f->c);                                          /* and nobody is held up */
  device_give (&f->a, &f->c);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
}

/* A snapshot of all that device has applied, after its rows were changed. */
static void
make_false (Device *device, const char *file, const char *change)
{
  g_auto (SlScratch) scratch = { NULL };
  g_auto (SlSnapshotInfo) info = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_chain_sign_head (device->log, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_true (sl_scratch_build (device->log, NULL, TRUE, &scratch, &error));
  g_assert_true (sl_store_exec (scratch.store, &error, change, ""));
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_changes (sl_store_get_db (scratch.store)), >, 0);
  g_assert_true (sl_snapshot_write (device->log, scratch.log, append_bytes, bytes, &info, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (file, (const char *) bytes->data, bytes->len, &error));
}

/* A device vouches for what its log does not make: who has the log says so, keeps its own state and goes on; who has
 * nothing else believes it, differs from everybody, and passes its name on. */
static void
test_log_tells (Fixture *f, gconstpointer data)
{
  static const char *const changes[] = {
    "UPDATE session_right SET spots = spots + 5", /* a device with more rights */
    "DELETE FROM claim",                            /* a shorter past */
    "UPDATE member SET status = 'banned'",          /* a wrong state */
    "DELETE FROM local_seen",                       /* what would make other cuts */
  };
  g_autofree char *file = device_path (&f->a, "snapshot");
  char text[SL_ID_TEXT_BYTES];
  SlHash before, after;
  SlId claim, id;
  book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  agree (f);
  device_give (&f->a, &f->b);
  device_hash (&f->b, &before);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (SlVerifyResult) verified = { 0 };
      gboolean loaded;
      make_false (&f->a, file, changes[i]);
      g_assert_true (sl_oplog_load_snapshot (f->b.log, file, &loaded, &error));
      g_assert_no_error (error);
      g_assert_false (loaded);
      g_assert_true (sl_oplog_verify (f->b.log, &verified, &error));
      g_assert_cmpuint (verified.problems->len, ==, i + 1);
      const char *problem = verified.problems->pdata[i];
      g_test_message ("%s", problem);
      g_assert_nonnull (strstr (problem, "lies"));
      g_assert_nonnull (strstr (problem, sl_id_format (sl_oplog_get_replica (f->a.log), text)));
    }
  device_hash (&f->b, &after);
  g_assert_true (sl_hash_equal (&before, &after));
  make_member (&f->b, "Sizwe", &id);
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->a);
}

/* The same with an honest one: nobody is called a liar. */
static void
test_honest (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->a, "snapshot");
  g_autoptr (GError) error = NULL;
  gboolean loaded;
  SlId claim;
  book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  agree (f);
  device_give (&f->a, &f->b);
  make_snapshot (&f->a, file);
  g_assert_true (sl_oplog_load_snapshot (f->b.log, file, &loaded, &error));
  g_assert_false (loaded);
  g_assert_cmpint (count (&f->b, "SELECT count (*) FROM local_snapshot WHERE origin = 3"), ==, 1);
  assert_verified (&f->b);
}

/* An old one, given again after this device has folded further: it is not wanted, and takes nothing back. */
static void
test_old_one_again (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->a, "snapshot");
  g_autoptr (GError) error = NULL;
  gboolean loaded;
  SlHash before, after;
  make_members (&f->a, 5);
  agree (f);
  make_snapshot (&f->a, file);
  make_members (&f->a, 5);
  agree (f);
  fold (&f->a, 10);
  device_hash (&f->a, &before);
  g_assert_true (sl_oplog_load_snapshot (f->a.log, file, &loaded, &error));
  g_assert_no_error (error);
  g_assert_false (loaded);
  device_hash (&f->a, &after);
  g_assert_true (sl_hash_equal (&before, &after));
  assert_verified (&f->a);
}

/* In a file with other things: it is named, and all else of the file is taken. */
static void
test_lie_on_a_stick (Fixture *f, gconstpointer data)
{
  g_autofree char *snapshot = device_path (&f->a, "snapshot"), *forged = device_path (&f->a, "forged");
  g_autofree char *good = device_path (&f->a, "export"), *bad = device_path (&f->a, "bad");
  g_autofree char *bytes = NULL, *encoded = NULL, *text = NULL, *both = NULL;
  g_auto (SlImportResult) result = { 0 };
  gsize length;
  make_members (&f->a, 5);
  agree (f);
  make_snapshot (&f->a, snapshot);
  forge (&f->a, snapshot, forged, TELL_STATE, NULL);
  device_export (&f->a, good);
  g_assert_true (g_file_get_contents (forged, &bytes, &length, NULL));
  g_assert_true (g_file_get_contents (good, &text, NULL, NULL));
  encoded = g_base64_encode ((const guchar *) bytes, length);
  both = g_strdup_printf ("%s{\"type\":\"snapshot\",\"part\":0,\"data\":\"%s\"}\n", text, encoded);
  g_assert_true (g_file_set_contents (bad, both, -1, NULL));
  device_import (&f->c, bad, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  const SlQuarantined *one = &g_array_index (result.quarantined, SlQuarantined, 0);
  g_assert_cmpstr (one->reason, ==, "bad_snapshot");
  g_assert_true (sl_id_equal (&one->replica, sl_oplog_get_replica (f->a.log)));
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
}

/* Whatever the bytes are: an error, or the very same state. */
static void
test_damage (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->a, "snapshot"), *bad = device_path (&f->a, "bad");
  g_autofree char *bytes = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  gsize length;
  make_members (&f->a, 3);
  agree (f);
  make_snapshot (&f->a, file);
  g_assert_true (g_file_get_contents (file, &bytes, &length, NULL));
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GError) error = NULL;
      gboolean loaded = FALSE;
      if (round % 3 == 0)
        forge (&f->a, file, bad, MUTATE, random);
      else
        {
          g_autofree char *copy = g_memdup2 (bytes, length);
          gsize cut = round % 3 == 1 ? (gsize) g_rand_int_range (random, 0, (gint32) length) : length;
          copy[g_rand_int_range (random, 0, (gint32) length)] ^= (char) (1 << g_rand_int_range (random, 0, 8));
          g_assert_true (g_file_set_contents (bad, copy, (gssize) cut, NULL));
        }
      if (!sl_oplog_load_snapshot (f->c.log, bad, &loaded, &error))
        g_assert_true (error->domain == SL_ERROR
                       && (error->code == SL_ERROR_BAD_INPUT || error->code == SL_ERROR_TOO_NEW));
    }
  device_give (&f->a, &f->c);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sl/snapshot/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("an-older-device-loads-it-and-keeps-its-own", test_older_device);
  ADD ("it-comes-along-on-a-stick", test_binary_exchange);
  ADD ("a-long-log-invites-by-snapshot", test_long_log_invites);
  ADD ("what-is-not-applied-travels-raw", test_unapplied);
  ADD ("one-that-lies-is-named-and-holds-nobody-up", test_lies);
  ADD ("one-that-lies-on-a-stick-is-named-and-the-rest-is-taken", test_lie_on_a_stick);
  ADD ("whoever-has-the-log-finds-the-lie", test_log_tells);
  ADD ("whoever-has-the-log-believes-an-honest-one", test_honest);
  ADD ("an-old-one-takes-nothing-back", test_old_one_again);
  ADD ("damage-is-bad-input-and-changes-nothing", test_damage);
  return g_test_run ();
}
