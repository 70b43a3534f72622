/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/oplog-private.h"

typedef struct {
  Device a, b;
  SlId location, session, member, lot;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  make_lot (&f->a, &f->member, 1000, &f->lot);
  device_join (&f->b, &f->a, &f->location, 2);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
}

static gint64
free_of (Device *device, const SlId *session, Device *holder)
{
  g_autoptr (GError) error = NULL;
  gint64 spots;
  g_assert_true (sl_rights_free (device->log, session, sl_oplog_get_replica (holder->log), &spots, &error));
  return spots;
}

static char *
first_name (Device *device, const SlId *member)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (device->store, "SELECT first FROM member WHERE id = ?", "d", member);
  gsize length;
  g_assert_true (sl_rows_next (rows));
  const void *sealed = sl_rows_blob (rows, 0, &length);
  return sl_oplog_unseal_field (device->log, member, "first", sealed, length);
}

static void
test_joins (Fixture *f, gconstpointer data)
{
  g_autofree char *name = first_name (&f->b, &f->member);
  g_assert_cmpstr (name, ==, "Thandi");
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->a);
  assert_verified (&f->b);
  g_assert_cmpint (free_of (&f->a, &f->session, &f->a), ==, 10);
  g_assert_cmpint (free_of (&f->b, &f->session, &f->b), ==, 0);
}

static void
test_both_ways (Fixture *f, gconstpointer data)
{
  SlId one, two, other;
  book (&f->a, &f->session, &f->member, &f->lot, 100, &one);
  make_member (&f->b, "Pieter", &other);
  release (&f->b, &one, SL_RELEASE_CANCELLED, 50); /* b has not heard of it: kept by id */
  book (&f->a, &f->session, &f->member, &f->lot, 100, &two);
  device_give (&f->b, &f->a);
  device_give (&f->a, &f->b);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
  g_assert_cmpint (free_of (&f->a, &f->session, &f->a), ==, 9);
  gint64 left;
  g_assert_true (sl_lot_left (f->a.log, &f->lot, &left, NULL));
  g_assert_cmpint (left, ==, 1000 - 100 - 50);
  g_autofree char *name = first_name (&f->a, &other);
  g_assert_cmpstr (name, ==, "Pieter");
}

static void
shuffle (char **lines, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  for (guint i = g_strv_length (lines); i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (random, 0, (gint32) i);
      char *swap = lines[i - 1];
      lines[i - 1] = lines[j];
      lines[j] = swap;
    }
}

static void
test_any_order (Fixture *f, gconstpointer data)
{
  for (guint seed = 0; seed < 20; seed++)
    {
      g_autofree char *path = device_path (&f->a, "export");
      g_auto (SlImportResult) result = { 0 };
      SlId claim;
      book (&f->a, &f->session, &f->member, NULL, 0, &claim);
      release (&f->a, &claim, SL_RELEASE_CANCELLED, 0);
      device_export (&f->a, path);
      g_auto (GStrv) lines = read_lines (path);
      shuffle (lines, seed);
      write_lines (path, lines);
      device_import (&f->b, path, &result);
      g_assert_cmpuint (result.quarantined->len, ==, 0);
      g_assert_cmpuint (result.waiting, ==, 0);
      device_give (&f->b, &f->a);
      assert_same_state (&f->a, &f->b);
    }
}

/* The line of a device's operation, by its number. */
static guint
line_of (char **lines, const SlId *replica, guint64 seq)
{
  char text[SL_ID_TEXT_BYTES];
  g_autofree char *needle = g_strdup_printf ("\"type\":\"operation\",\"replica\":\"%s\",\"seq\":%" G_GUINT64_FORMAT ",",
                                             sl_id_format (replica, text), seq);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], needle) != NULL)
      return i;
  g_error ("no line of operation %" G_GUINT64_FORMAT, seq);
}

static guint64
head_of (Device *device, Device *whose)
{
  g_autoptr (GArray) chains = sl_oplog_chains (device->log, NULL);
  for (guint i = 0; i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, sl_oplog_get_replica (whose->log)))
      return g_array_index (chains, SlChainInfo, i).head_seq;
  return 0;
}

static void
change (char **line, const char *after, char from, char to)
{
  char *at = strstr (*line, after);
  g_assert_nonnull (at);
  for (at += strlen (after); *at != from; at++)
    g_assert_cmpint (*at, !=, '\0');
  *at = to;
}

static void
test_readable_field (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "export");
  g_auto (SlImportResult) result = { 0 };
  SlId claim;
  book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  device_export (&f->a, path);
  g_auto (GStrv) lines = read_lines (path);
  guint line = line_of (lines, sl_oplog_get_replica (f->a.log), head_of (&f->a, &f->a));
  change (&lines[line], "\"kind\":\"", 'b', 'x');
  change (&lines[line], "\"at\":\"", '2', '3');
  write_lines (path, lines);
  device_import (&f->b, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
}

static void
test_changed_raw (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "export");
  g_auto (SlImportResult) result = { 0 }, good = { 0 };
  guint64 first = head_of (&f->b, &f->a) + 1;
  SlId claim;
  for (guint i = 0; i < 5; i++)
    book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  device_export (&f->a, path);
  g_auto (GStrv) lines = read_lines (path);
  guint line = line_of (lines, sl_oplog_get_replica (f->a.log), first + 2);
  char *raw = strstr (lines[line], "\"raw\":\"") + 20;
  char was = *raw;
  *raw = was == 'A' ? 'B' : 'A';
  write_lines (path, lines);
  device_import (&f->b, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  const SlQuarantined *one = &g_array_index (result.quarantined, SlQuarantined, 0);
  g_assert_cmpstr (one->reason, ==, "bad_signature");
  g_assert_cmpuint (one->seq, ==, first + 2);
  g_assert_true (sl_id_equal (&one->replica, sl_oplog_get_replica (f->a.log)));
  g_assert_cmpuint (head_of (&f->b, &f->a), ==, first - 1);
  assert_verified (&f->b);

  *raw = was; /* the right one later: nothing was lost */
  char *only[] = { lines[line], NULL };
  write_lines (path, only);
  device_import (&f->b, path, &good);
  g_assert_cmpuint (good.new_operations, ==, 5);
  g_assert_cmpuint (good.waiting, ==, 0);
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
}

static void
test_gap (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "export");
  g_auto (SlImportResult) result = { 0 }, rest = { 0 };
  guint64 first = head_of (&f->b, &f->a) + 1;
  SlId claim;
  for (guint i = 0; i < 4; i++)
    book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  device_export (&f->a, path);
  g_auto (GStrv) lines = read_lines (path);
  guint line = line_of (lines, sl_oplog_get_replica (f->a.log), first + 1);
  g_autofree char *missing = lines[line];
  lines[line] = g_strdup ("");
  write_lines (path, lines);
  device_import (&f->b, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
  g_assert_cmpuint (result.new_operations, ==, 0);
  g_assert_cmpuint (result.waiting, ==, 3);
  char *only[] = { missing, NULL };
  write_lines (path, only);
  device_import (&f->b, path, &rest);
  g_assert_cmpuint (rest.new_operations, ==, 4);
  g_assert_cmpuint (rest.waiting, ==, 0);
}

/* Every device's box of keys is in a file; each opens its own alone. */
static void
test_boxes (Fixture *f, gconstpointer data)
{
  char own[SL_ID_TEXT_BYTES], other[SL_ID_TEXT_BYTES];
  sl_id_format (sl_oplog_get_replica (f->b.log), own);
  sl_id_format (sl_oplog_get_replica (f->a.log), other);
  device_give (&f->b, &f->a); /* a knows b's key from its chain */
  for (guint i = 0; i < 3; i++) /* for somebody else, for nobody, for b */
    {
      g_autofree char *path = device_path (&f->a, "export");
      g_auto (SlImportResult) result = { 0 };
      guint boxes = 0;
      SlId member;
      make_member (&f->a, "Zanele", &member);
      device_export (&f->a, path);
      g_auto (GStrv) lines = read_lines (path);
      for (guint line = 0; lines[line] != NULL; line++)
        if (strstr (lines[line], "\"type\":\"keys\"") != NULL)
          {
            char *at = strstr (lines[line], own);
            g_assert_nonnull (at);
            memcpy (at, i == 0 ? other : i == 1 ? "nobody" : own, i == 1 ? 6 : SL_ID_TEXT_BYTES - 1);
            boxes++;
          }
      g_assert_cmpuint (boxes, ==, 1);
      write_lines (path, lines);
      device_import (&f->b, path, &result);
      g_assert_cmpuint (result.quarantined->len, ==, 0);
      g_autofree char *name = first_name (&f->b, &member);
      g_assert_cmpstr (name, ==, i == 0 ? NULL : "Zanele");
    }
}

static void
test_not_a_log (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "not json\n", "[]\n", "{\"type\":\"operation\"}\n",
                                       "{\"type\":\"operation\",\"replica\":\"x\",\"seq\":1}\n" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = device_path (&f->b, "bad");
      g_autoptr (GError) error = NULL;
      g_auto (SlImportResult) result = { 0 };
      SlHash before, after;
      device_hash (&f->b, &before);
      g_assert_true (g_file_set_contents (path, files[i], -1, NULL));
      g_assert_false (sl_oplog_import (f->b.log, path, &result, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_nonnull (strstr (error->message, "line 1"));
      device_hash (&f->b, &after);
      g_assert_true (sl_hash_equal (&before, &after));
    }
}

static void
test_foreign (Fixture *f, gconstpointer data)
{
  Device other = { 0 };
  SlId location;
  g_autofree char *path = device_path (&f->a, "foreign");
  g_auto (SlImportResult) result = { 0 };
  device_found_seeded (&other, &location, 99);
  device_export (&other, path);
  device_import (&f->a, path, &result);
  g_assert_cmpuint (result.new_operations, ==, 0);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  g_assert_cmpstr (g_array_index (result.quarantined, SlQuarantined, 0).reason, ==, "foreign_organisation");
  device_clear (&other);
}

/* A device that the reader has no admission of: held, and applied when the admission comes. */
static void
test_held_until_admitted (Fixture *f, gconstpointer data)
{
  Device c = { 0 };
  SlId member;
  g_autofree char *from_c = NULL, *from_a = device_path (&f->a, "from-a");
  g_auto (SlImportResult) first = { 0 }, second = { 0 };
  char text[SL_ID_TEXT_BYTES];
  device_give (&f->b, &f->a);
  device_join (&c, &f->a, &f->location, 3);
  from_c = device_path (&c, "from-c");
  make_member (&c, "Sipho", &member);
  device_export (&c, from_c);
  g_auto (GStrv) lines = read_lines (from_c);
  sl_id_format (sl_oplog_get_replica (c.log), text);
  for (guint i = 0; lines[i] != NULL; i++) /* only what c wrote */
    if (strstr (lines[i], text) == NULL)
      lines[i][0] = '\0';
  g_autoptr (GString) only = g_string_new (NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] == '{')
      g_string_append_printf (only, "%s\n", lines[i]);
  g_assert_true (g_file_set_contents (from_c, only->str, -1, NULL));
  device_import (&f->b, from_c, &first);
  g_assert_cmpuint (first.new_operations, ==, 3);
  g_assert_cmpuint (first.waiting, ==, 3);
  device_export (&f->a, from_a);
  device_import (&f->b, from_a, &second);
  g_assert_cmpuint (second.waiting, ==, 0);
  device_give (&c, &f->a);
  device_give (&f->b, &f->a);
  device_give (&f->a, &f->b);
  device_give (&f->a, &c);
  assert_same_state (&f->a, &f->b);
  assert_same_state (&c, &f->b);
  device_clear (&c);
}

static void
test_invitation_expired (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "invitation");
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) error = NULL;
  gboolean invalid;
  g_assert_true (sl_oplog_invite (f->a.log, &sl_actor_owner, path, &f->location, &error));
  SlStore *store = sl_store_open (dir->path, SL_STORE_CREATE, &error);
  f->b.world.now_ms = f->a.world.now_ms + G_GINT64_CONSTANT (86400001);
  SlOplog *log = sl_oplog_join (store, &f->b.world.base, path, "Late", &invalid, &error);
  g_assert_null (log);
  g_assert_true (invalid);
  sl_store_close (store);
}

/* What waits here of the other's operations; one whose device's name was changed on its way is a stranger's. */
static gint64
waiting_of (Device *device, Device *author)
{
  gint64 count;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (device->store, -1, &count, &error,
                                     "SELECT count (*) FROM local_waiting WHERE replica = ?", "d",
                                     sl_oplog_get_replica (author->log)));
  g_assert_no_error (error);
  return count;
}

/* Whatever happens to a file on its way: no crash, nothing taken that was not signed, and the whole file later mends
 * it. */
static void
test_mutated (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autofree char *path = device_path (&f->a, "export"), *bad = device_path (&f->a, "bad");
  for (guint round = 0; round < 60; round++)
    {
      g_auto (SlImportResult) mutated = { 0 }, whole = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gsize length;
      SlId claim;
      book (&f->a, &f->session, &f->member, &f->lot, 1, &claim);
      release (&f->a, &claim, SL_RELEASE_CANCELLED, 50);
      device_export (&f->a, path);
      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      for (gint i = g_rand_int_range (random, 1, 6); i > 0; i--)
        text[g_rand_int_range (random, 0, (gint32) length)] = (char) g_rand_int_range (random, 32, 127);
      g_assert_true (g_file_set_contents (bad, text, (gssize) length, NULL));
      if (!sl_oplog_import (f->b.log, bad, &mutated, &error))
        g_assert_true (error->domain == SL_ERROR
                       && (error->code == SL_ERROR_BAD_INPUT || error->code == SL_ERROR_TOO_NEW));
      device_import (&f->b, path, &whole);
      g_assert_cmpint (waiting_of (&f->b, &f->a), ==, 0);
      g_assert_cmpuint (head_of (&f->b, &f->a), ==, head_of (&f->a, &f->a));
    }
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

/* What a later program, or a broken one, may write: any bytes, properly chained and signed. */
static void
append_raw (Device *device, const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  SlHash hash;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  SlChain *own = device->log->own;
  sl_chain_next (&own->replica, own->head_seq + 1, &own->head_hash, data, length, &hash);
  g_assert_true (sl_chain_append (device->log, own, bytes, &hash, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static void
test_malformed_chain (Fixture *f, gconstpointer data)
{
  static const guint8 cancelled_by_nothing[] = { 0x85, 19, 0xf6, 1, 0, 0x81, 0xf6 };
  g_autofree char *path = device_path (&f->b, "bad");
  g_auto (SlImportResult) result = { 0 }, again = { 0 };
  SlId claim;
  guint64 good = head_of (&f->b, &f->b);
  append_raw (&f->b, cancelled_by_nothing, sizeof cancelled_by_nothing);
  device_export (&f->b, path);
  device_import (&f->a, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  const SlQuarantined *one = &g_array_index (result.quarantined, SlQuarantined, 0);
  g_assert_cmpstr (one->reason, ==, "malformed");
  g_assert_cmpuint (one->seq, ==, good + 1);
  assert_verified (&f->a);
  book (&f->a, &f->session, &f->member, NULL, 0, &claim); /* and nobody else is held up */
  device_import (&f->a, path, &again);
  g_assert_cmpuint (again.quarantined->len, ==, 1);
}

static void
test_unknown_kind (Fixture *f, gconstpointer data)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  gint64 parked;
  SlId member;
  sl_cbor_put_text (body, "from the future");
  sl_oplog_set_rules_off (f->b.log, G_GUINT64_CONSTANT (1) << SL_RULE_ROLLED_BACK); /* b runs the later program */
  g_assert_true (sl_oplog_begin (f->b.log, &sl_actor_owner, &error));
  g_assert_true (sl_oplog_emit (f->b.log, (SlKind) 4000, NULL, body, NULL, &error));
  g_assert_true (sl_oplog_commit (f->b.log, &error));
  make_member (&f->b, "Zanele", &member); /* what comes after it applies */
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
  g_assert_true (sl_store_query_int (f->a.store, 0, &parked, &error, "SELECT count (*) FROM local_parked", ""));
  g_assert_cmpint (parked, ==, 1);
  g_autofree char *name = first_name (&f->a, &member);
  g_assert_cmpstr (name, ==, "Zanele");
  assert_verified (&f->a);
}

/* A desk whose clock is an hour ahead has written a field: a change made after seeing it must show all the same. */
static void
test_edit_after_seeing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *notes[] = { "from the fast clock", "after it" };
  f->b.world.now_ms += 3600000;
  for (guint i = 0; i < 2; i++)
    {
      Device *device = i == 0 ? &f->b : &f->a;
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
      sl_fields_set_text (fields, "notes", notes[i]);
      g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
      g_assert_true (sl_op_edit (device->log, &f->session, fields, &error));
      g_assert_true (sl_oplog_commit (device->log, &error));
      device_give (device, i == 0 ? &f->a : &f->b);
    }
  assert_same_state (&f->a, &f->b);
  g_autoptr (SlRows) rows = sl_store_query (f->a.store, "SELECT notes FROM session WHERE id = ?", "d", &f->session);
  g_assert_true (sl_rows_next (rows));
  gsize length;
  const guint8 *sealed = sl_rows_blob (rows, 0, &length);
  g_autofree char *shown = sl_oplog_unseal_note (f->a.log, NULL, sealed, length);
  g_assert_cmpstr (shown, ==, "after it");
}

/* What the sessions of a rule have in common is told in words, as any session's fields are; no notes are. */
static void
test_rule_is_readable (Fixture *f, gconstpointer data)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlRecurrenceParams params = { .rrule = "FREQ=DAILY",
                                .zone = "Africa/Johannesburg",
                                .start_ms = f->a.world.now_ms,
                                .length_ms = 3600000,
                                .capacity = 3,
                                .fields = fields };
  g_autofree char *path = device_path (&f->a, "export"), *text = NULL;
  SlId rule;
  sl_fields_set_int (fields, "published", 0);
  sl_fields_set_text (fields, "notes", "bring a towel");
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, NULL));
  g_assert_true (sl_op_recurrence_create (f->a.log, &params, &rule, NULL));
  g_assert_true (sl_oplog_commit (f->a.log, NULL));
  device_export (&f->a, path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"rule\":\"FREQ=DAILY\""));
  g_assert_nonnull (strstr (text, "\"published\":0"));
  g_assert_null (strstr (text, "bring a towel"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sl/exchange/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-second-device-joins-by-file", test_joins);
  ADD ("both-ways-give-one-state", test_both_ways);
  ADD ("lines-in-any-order", test_any_order);
  ADD ("a-changed-readable-field-changes-nothing", test_readable_field);
  ADD ("a-changed-raw-is-quarantined-by-name", test_changed_raw);
  ADD ("a-gap-waits", test_gap);
  ADD ("a-box-of-keys-is-opened-by-its-receiver-alone", test_boxes);
  ADD ("not-a-log-is-bad-input", test_not_a_log);
  ADD ("foreign-organisation", test_foreign);
  ADD ("held-until-admitted", test_held_until_admitted);
  ADD ("malformed-stops-its-chain-alone", test_malformed_chain);
  ADD ("an-unknown-kind-is-kept-and-passed-on", test_unknown_kind);
  ADD ("a-mutated-file-never-harms", test_mutated);
  ADD ("an-edit-wins-over-what-its-author-saw", test_edit_after_seeing);
  ADD ("an-invitation-ends-after-a-day", test_invitation_expired);
  ADD ("what-a-rules-sessions-have-in-common-is-readable", test_rule_is_readable);
  return g_test_run ();
}
