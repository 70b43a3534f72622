/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog/conflict.h"
#include "oplog/exchange.h"
#include "oplog/fence.h"
#include "oplog/fork.h"
#include "oplog/sync-file.h"
#include "twins.h"

#define SPOTS 10       /* of the session */
#define CLONED_SPOTS 4 /* of these, at the desk that is cloned */

/* Three desks, the second of which is cloned. */
typedef struct {
  Device a, b, c;
  Twins twins;
  SlId location, session, member, b_id;
} Fixture;

static const SlId *
id_of (Device *device)
{
  return sl_oplog_get_replica (device->log);
}

static void
move_spots (Device *from, const SlId *session, const SlId *to, int spots)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (from->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_session_move (from->log, session, to, spots, &error));
  g_assert_true (sl_oplog_commit (from->log, &error));
  g_assert_no_error (error);
}

static void
give_by (Device *from, Device *to, gboolean by_stream, SlImportResult *out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = device_path (from, "given");
  SlSyncWritten written;
  if (by_stream)
    {
      g_assert_true (sl_sync_export (from->log, path, NULL, &written, &error));
      g_assert_true (sl_sync_import (to->log, path, out, &error));
    }
  else
    {
      device_export (from, path);
      device_import (to, path, out);
    }
  g_assert_no_error (error);
}

static void
give (Device *from, Device *to)
{
  g_auto (SlImportResult) result = { 0 };
  give_by (from, to, TRUE, &result);
}

static gboolean
is_told (const SlImportResult *result, const SlId *replica, const char *reason)
{
  for (guint i = 0; i < result->quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (result->quarantined, SlQuarantined, i);
      if (sl_id_equal (&one->replica, replica) && g_str_equal (one->reason, reason))
        return TRUE;
    }
  return FALSE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, SPOTS, &f->session);
  device_join (&f->b, &f->a, &f->location, 2);
  device_join (&f->c, &f->a, &f->location, 3);
  device_give (&f->b, &f->a);
  device_give (&f->c, &f->a);
  move_spots (&f->a, &f->session, id_of (&f->b), CLONED_SPOTS);
  device_give (&f->a, &f->b);
  device_give (&f->a, &f->c);
  f->b_id = *id_of (&f->b);
  twins_split (&f->twins, &f->b);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
  device_clear (&f->c);
  twins_clear (&f->twins);
}

/* Each clone sells all the spots that the desk held. */
static void
sell_twice (Fixture *f)
{
  SlId member, claim;
  for (int i = 0; i < 2; i++)
    {
      twins_enter (&f->twins, i);
      make_member (&f->b, i == 0 ? "First" : "Second", &member);
      for (int spot = 0; spot < CLONED_SPOTS; spot++)
        book (&f->b, &f->session, &member, NULL, 0, &claim);
      twins_leave (&f->twins);
    }
}

static SlFenceDone
settle (Device *device)
{
  g_autoptr (GError) error = NULL;
  SlFenceDone done;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_device, &error));
  g_assert_true (sl_fence_settle (device->log, &done, &error));
  g_assert_no_error (error);
  g_assert_true (sl_oplog_commit (device->log, &error));
  return done;
}

static void
twin_gives (Fixture *f, int which, Device *to)
{
  twins_enter (&f->twins, which);
  give (&f->b, to);
  twins_leave (&f->twins);
}

/* Everybody meets the first desk, in turn, and does what is due. */
static void
meet_all (Fixture *f, guint rounds)
{
  for (guint round = 0; round < rounds; round++)
    {
      for (int i = 0; i < 2; i++)
        {
          twins_enter (&f->twins, i);
          give (&f->b, &f->a);
          give (&f->a, &f->b);
          (void) settle (&f->b);
          give (&f->b, &f->a);
          twins_leave (&f->twins);
        }
      give (&f->c, &f->a);
      give (&f->a, &f->c);
      (void) settle (&f->c);
      give (&f->c, &f->a);
      (void) settle (&f->a);
    }
}

static void
assert_not_overbooked (Device *device, const SlId *session)
{
  SlSessionCount count;
  g_assert_true (sl_rights_count (device->log, session, &count, NULL));
  g_assert_cmpint (count.confirmed + count.unconfirmed, <=, count.capacity);
}

static SlForkInfo
fork_of (Device *device, const SlId *replica)
{
  g_autoptr (GArray) list = sl_fork_list (device->log, NULL);
  for (guint i = 0; i < list->len; i++)
    if (sl_id_equal (&g_array_index (list, SlForkInfo, i).replica, replica))
      return g_array_index (list, SlForkInfo, i);
  return (SlForkInfo){ 0 };
}

static guint
problems_of (Device *device)
{
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_true (sl_oplog_verify (device->log, &result, NULL));
  for (guint i = 0; i < result.problems->len; i++)
    g_assert_nonnull (strstr (result.problems->pdata[i], "(fork)"));
  return result.problems->len;
}

/* Each clone takes the third desk away: whichever history counts, for somebody it comes into the place of the other. */
static void
test_revocations (Fixture *f, gconstpointer data)
{
  SlId member;
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      twins_enter (&f->twins, i);
      make_member (&f->b, i == 0 ? "First" : "Second", &member);
      g_assert_true (sl_oplog_begin (f->b.log, &sl_actor_owner, &error));
      g_assert_true (sl_op_device_revoke (f->b.log, id_of (&f->c), FALSE, "lost", &error));
      g_assert_true (sl_oplog_commit (f->b.log, &error));
      twins_leave (&f->twins);
    }
  twin_gives (f, 0, &f->a);
  twin_gives (f, 1, &f->c);
  twin_gives (f, 1, &f->a);
  twin_gives (f, 0, &f->c);
  meet_all (f, 3);
  assert_verified (&f->a);
}

/* By lines or by segments. */
static void
test_found (Fixture *f, gconstpointer by_stream)
{
  g_auto (SlImportResult) first = { 0 }, second = { 0 }, again = { 0 };
  sell_twice (f);
  twins_enter (&f->twins, 0);
  give_by (&f->b, &f->a, by_stream != NULL, &first);
  g_assert_cmpuint (first.quarantined->len, ==, 0); /* nobody can know yet */
  twins_leave (&f->twins);
  twins_enter (&f->twins, 1);
  give_by (&f->b, &f->a, by_stream != NULL, &second);
  g_assert_cmpuint (second.quarantined->len, ==, 1); /* once, at the first number that differs */
  g_assert_true (is_told (&second, &f->b_id, "fork"));
  SlForkInfo fork = fork_of (&f->a, &f->b_id);
  g_assert_cmpuint (fork.first_seq, ==, g_array_index (second.quarantined, SlQuarantined, 0).seq);
  g_assert_cmpuint (fork.others, ==, CLONED_SPOTS + 1);
  g_assert_false (fork.fenced);
  g_assert_cmpuint (problems_of (&f->a), ==, 1);
  assert_not_overbooked (&f->a, &f->session);
  give_by (&f->b, &f->a, by_stream != NULL, &again);
  g_assert_cmpuint (again.new_operations, ==, 0);
  g_assert_cmpuint (again.quarantined->len, ==, 0); /* nothing of it is new */
  twins_leave (&f->twins);
  g_assert_cmpint (settle (&f->a).forks, ==, 1);
  g_assert_cmpint (settle (&f->a).forks, ==, 0);
  g_assert_true (fork_of (&f->a, &f->b_id).fenced);
  assert_verified (&f->a);
}

static void
test_same_in_either_order (Fixture *f, gconstpointer by_stream)
{
  sell_twice (f);
  for (int i = 0; i < 2; i++)
    {
      g_auto (SlImportResult) to_a = { 0 }, to_c = { 0 };
      twins_enter (&f->twins, i);
      give_by (&f->b, &f->a, by_stream != NULL, &to_a);
      twins_leave (&f->twins);
      twins_enter (&f->twins, 1 - i);
      give_by (&f->b, &f->c, by_stream != NULL, &to_c);
      twins_leave (&f->twins);
    }
  assert_same_state (&f->a, &f->c);
  g_assert_cmpuint (fork_of (&f->a, &f->b_id).others, ==, fork_of (&f->c, &f->b_id).others);
  problems_of (&f->a);
  problems_of (&f->c);
  meet_all (f, 4);
  give (&f->a, &f->c);
  assert_same_state (&f->a, &f->c);
  assert_not_overbooked (&f->a, &f->session);
  assert_verified (&f->a);
  assert_verified (&f->c);
}

static gint64
free_of (Device *device, const SlId *session, const SlId *replica)
{
  gint64 spots;
  g_assert_true (sl_rights_free (device->log, session, replica, &spots, NULL));
  return spots;
}

static void
test_both_go_on (Fixture *f, gconstpointer data)
{
  SlId ids[2], member;
  sell_twice (f);
  meet_all (f, 4);
  for (int i = 0; i < 2; i++)
    {
      twins_enter (&f->twins, i);
      give (&f->a, &f->b);
      make_member (&f->b, "Later", &member);
      ids[i] = *id_of (&f->b);
      g_assert_false (sl_id_equal (&ids[i], &f->b_id));
      g_assert_cmpint (free_of (&f->b, &f->session, &ids[i]), ==, 0);
      assert_not_overbooked (&f->b, &f->session);
      assert_verified (&f->b);
      give (&f->b, &f->a);
      twins_leave (&f->twins);
    }
  g_assert_false (sl_id_equal (&ids[0], &ids[1]));
  for (int i = 0; i < 2; i++)
    {
      twins_enter (&f->twins, i);
      give (&f->a, &f->b);
      assert_same_state (&f->a, &f->b);
      twins_leave (&f->twins);
    }
  /* What the clone held has passed on: all of it was sold in the history that counts. */
  g_autoptr (GPtrArray) fences = sl_fence_list (f->a.log, NULL);
  gboolean final = FALSE;
  for (guint i = 0; i < fences->len; i++)
    final |= sl_id_equal (&((SlFenceInfo *) fences->pdata[i])->replica, &f->b_id)
             && ((SlFenceInfo *) fences->pdata[i])->final;
  g_assert_true (final);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, SPOTS - CLONED_SPOTS);
}

/* A clone that has done nothing meets what the other has done: it only lags behind. */
static void
test_idle_clone (Fixture *f, gconstpointer data)
{
  SlId member;
  twins_enter (&f->twins, 0);
  make_member (&f->b, "Only here", &member);
  give (&f->b, &f->a);
  twins_leave (&f->twins);
  twins_enter (&f->twins, 1);
  give (&f->a, &f->b);
  g_assert_false (sl_id_equal (id_of (&f->b), &f->b_id));
  give (&f->b, &f->a);
  twins_leave (&f->twins);
  twins_enter (&f->twins, 0); /* it learns that another goes on for it, and does so too */
  give (&f->a, &f->b);
  make_member (&f->b, "Afterwards", &member);
  g_assert_false (sl_id_equal (id_of (&f->b), &f->b_id));
  give (&f->b, &f->a);
  twins_leave (&f->twins);
  g_assert_cmpuint (fork_of (&f->a, &f->b_id).first_seq, ==, 0);
  assert_verified (&f->a);
}

/* A third desk that hears of it only from another gets both histories from there. */
static void
test_forwarded (Fixture *f, gconstpointer by_stream)
{
  g_auto (SlImportResult) result = { 0 }, back = { 0 };
  Device d = { 0 };
  sell_twice (f);
  twin_gives (f, 0, &f->a);
  twin_gives (f, 1, &f->a);
  give_by (&f->a, &f->c, by_stream != NULL, &result);
  g_assert_true (is_told (&result, &f->b_id, "fork"));
  g_assert_cmpuint (fork_of (&f->c, &f->b_id).others, ==, CLONED_SPOTS + 1);
  assert_same_state (&f->a, &f->c);
  give_by (&f->c, &f->a, by_stream != NULL, &back);
  g_assert_cmpuint (back.quarantined->len, ==, 0);
  device_join (&d, &f->a, &f->location, 9);
  g_assert_cmpuint (fork_of (&d, &f->b_id).others, ==, CLONED_SPOTS + 1);
  g_autoptr (GArray) kept = sl_fork_operations (f->c.log, &f->b_id, 100, NULL);
  g_assert_cmpuint (kept->len, ==, CLONED_SPOTS + 1);
  g_assert_true (sl_id_equal (&g_array_index (kept, SlStoredOperation, 1).session, &f->session));
  device_clear (&d);
}

/* What another desk does comes through in the same file. */
static void
test_holds_up_nobody (Fixture *f, gconstpointer by_stream)
{
  SlId member;
  gint64 found;
  g_auto (SlImportResult) result = { 0 };
  sell_twice (f);
  twin_gives (f, 0, &f->a);
  make_member (&f->c, "Elsewhere", &member);
  twins_enter (&f->twins, 1);
  give (&f->c, &f->b);
  give_by (&f->b, &f->a, by_stream != NULL, &result);
  twins_leave (&f->twins);
  g_assert_true (is_told (&result, &f->b_id, "fork"));
  g_assert_true (sl_store_query_int (f->a.store, 0, &found, NULL, "SELECT count (*) FROM member WHERE id = ?", "d",
                                     &member));
  g_assert_cmpint (found, ==, 1);
}

/* A third desk has spent what the history that does not count had given it. */
static void
test_spent_elsewhere (Fixture *f, gconstpointer data)
{
  SlId claim, c_id = *id_of (&f->c);
  for (int i = 0; i < 2; i++)
    {
      twins_enter (&f->twins, i);
      move_spots (&f->b, &f->session, i == 0 ? &c_id : id_of (&f->a), CLONED_SPOTS);
      give (&f->b, i == 0 ? &f->c : &f->a);
      twins_leave (&f->twins);
    }
  for (int i = 0; i < CLONED_SPOTS; i++)
    book (&f->c, &f->session, &f->member, NULL, 0, &claim);
  for (int i = 0; i < SPOTS; i++)
    book (&f->a, &f->session, &f->member, NULL, 0, &claim);
  meet_all (f, 6);
  give (&f->a, &f->c);
  assert_not_overbooked (&f->a, &f->session);
  assert_not_overbooked (&f->c, &f->session);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->a);
  assert_verified (&f->c);
}

static void
change_signature (char *line)
{
  char *at = strstr (line, "\"signature\":\"");
  g_assert_nonnull (at);
  at += strlen ("\"signature\":\"") + 3;
  *at = *at == 'A' ? 'B' : 'A';
}

static void
test_forged_lines (Fixture *f, gconstpointer data)
{
  g_auto (SlImportResult) result = { 0 };
  SlHash before, after;
  sell_twice (f);
  twin_gives (f, 0, &f->a);
  device_hash (&f->a, &before);
  twins_enter (&f->twins, 1);
  g_autofree char *path = device_path (&f->b, "forged");
  char b_text[SL_ID_TEXT_BYTES];
  sl_id_format (&f->b_id, b_text);
  device_export (&f->b, path);
  g_auto (GStrv) lines = read_lines (path);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "\"head\"") != NULL && strstr (lines[i], b_text) != NULL)
      change_signature (lines[i]);
  write_lines (path, lines);
  twins_leave (&f->twins);
  device_import (&f->a, path, &result);
  g_assert_false (is_told (&result, &f->b_id, "fork"));
  g_assert_true (is_told (&result, &f->b_id, "bad_signature"));
  device_hash (&f->a, &after);
  g_assert_true (sl_hash_equal (&before, &after));
  g_assert_cmpuint (fork_of (&f->a, &f->b_id).others, ==, 0);
  assert_verified (&f->a);
}

/* --- a desk that lies about another --- */

static void
put_line (GString *text, const SlId *replica, guint64 seq, const char *type, const SlHash *hash, const char *key,
          const void *data, gsize length)
{
  char id[SL_ID_TEXT_BYTES];
  g_autofree char *base64 = g_base64_encode (data, length);
  g_string_append_printf (text, "{\"type\":\"%s\",\"replica\":\"%s\",\"seq\":%" G_GUINT64_FORMAT ",\"%s\":\"%s\"",
                          type, sl_id_format (replica, id), seq, key, base64);
  g_string_append (text, ",\"hash\":\"");
  for (guint i = 0; i < SL_HASH_BYTES; i++)
    g_string_append_printf (text, "%02x", hash->bytes[i]);
  g_string_append (text, "\"}\n");
}

static void
test_forged_operation (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) refs = sl_refs_new ();
  g_auto (SlImportResult) result = { 0 };
  guint8 fake[SL_SIGNATURE_BYTES] = { 1 };
  gboolean revoked;
  SlHash hash;
  SlChain *own = f->c.log->own;
  sl_cbor_begin_array (body, 8);
  for (guint8 i = 0; i < 2; i++)
    {
      guint8 made_up[SL_HASH_BYTES] = { i };
      sl_cbor_put_int (body, 5);
      sl_cbor_put_bytes (body, made_up, SL_HASH_BYTES);
      sl_cbor_put_bytes (body, fake, SL_SIGNATURE_BYTES);
    }
  sl_cbor_put_int (body, 0);
  sl_cbor_put_id (body, id_of (&f->c));
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  SlOperation operation = { .kind = SL_KIND_DEVICE_FORK,
                            .replica = own->replica,
                            .seq = own->head_seq + 1,
                            .entity = f->b_id,
                            .hlc = own->head_hlc + 1,
                            .actor = sl_actor_device,
                            .body = g_bytes_get_data (item, NULL),
                            .body_length = g_bytes_get_size (item) };
  g_autoptr (GBytes) bytes = sl_operation_encode (&operation, own->head_hlc, refs);
  sl_chain_next (&own->replica, operation.seq, &own->head_hash, g_bytes_get_data (bytes, NULL),
                 g_bytes_get_size (bytes), &hash);
  sl_head_sign (&f->c.log->identity.key, sl_oplog_get_organisation (f->c.log), &own->replica, operation.seq, &hash,
                fake);
  put_line (text, &own->replica, operation.seq, "operation", &hash, "raw", g_bytes_get_data (bytes, NULL),
            g_bytes_get_size (bytes));
  put_line (text, &own->replica, operation.seq, "head", &hash, "signature", fake, SL_SIGNATURE_BYTES);
  g_autofree char *path = device_path (&f->c, "lie");
  g_assert_true (g_file_set_contents (path, text->str, -1, &error));
  give (&f->c, &f->a);
  device_import (&f->a, path, &result);
  g_assert_cmpuint (result.new_operations, ==, 1);
  g_assert_true (is_told (&result, id_of (&f->c), "malformed"));
  g_assert_true (sl_fence_is_revoked (f->a.log, &f->b_id, &revoked, &error));
  g_assert_false (revoked);
  assert_verified (&f->a);
}

/* Who holds a stolen desk, with its keys, may write it another past. What people said when it was taken stands. */
static void
test_stolen_past (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 claims;
  sell_twice (f);
  twin_gives (f, 0, &f->a);
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
  g_assert_true (sl_op_device_revoke (f->a.log, &f->b_id, FALSE, "stolen", &error));
  g_assert_true (sl_oplog_commit (f->a.log, &error));
  twin_gives (f, 1, &f->c); /* the thief's, before the other desk has heard of it */
  twin_gives (f, 1, &f->a);
  give (&f->a, &f->c);
  for (guint i = 0; i < 3; i++)
    {
      (void) settle (&f->c);
      give (&f->c, &f->a);
      (void) settle (&f->a);
      give (&f->a, &f->c);
    }
  assert_same_state (&f->a, &f->c);
  g_assert_true (sl_store_query_int (f->a.store, 0, &claims, NULL, "SELECT count (*) FROM claim WHERE creator = ?",
                                     "d", &f->b_id));
  g_assert_cmpint (claims, ==, CLONED_SPOTS);
  assert_verified (&f->a);
  assert_verified (&f->c);
  twins_enter (&f->twins, 0); /* nothing of it goes on by itself */
  give (&f->a, &f->b);
  g_assert_false (sl_fence_check_standing (f->b.log, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_REVOKED);
  twins_leave (&f->twins);
}

/* --- any order --- */

/* Its next command makes a device somebody else where that is due. */
static void
begin_and_end (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_device, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static void
do_something (Fixture *f, GRand *random, Device *device)
{
  SlId id;
  begin_and_end (device);
  gint64 free = free_of (device, &f->session, id_of (device));
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      if (free > 0)
        move_spots (device, &f->session, id_of (g_rand_boolean (random) ? &f->a : &f->c), 1);
      break;
    case 1:
      make_member (device, "Any", &id);
      break;
    default:
      if (free > 0)
        book (device, &f->session, &f->member, NULL, 0, &id);
    }
}

static void
step (Fixture *f, GRand *random)
{
  int who = g_rand_int_range (random, 0, 4), other = g_rand_int_range (random, 0, 2);
  Device *device = who == 0 ? &f->a : who == 1 ? &f->c : &f->b;
  gboolean is_twin = who > 1;
  g_auto (SlImportResult) result = { 0 };
  if (is_twin)
    twins_enter (&f->twins, who - 2);
  Device *peer = is_twin ? (other == 0 ? &f->a : &f->c) : (who == 0 ? &f->c : &f->a);
  switch (g_rand_int_range (random, 0, 5))
    {
    case 0:
      give_by (device, peer, g_rand_boolean (random), &result);
      break;
    case 1:
      give_by (peer, device, g_rand_boolean (random), &result);
      break;
    case 2:
      (void) settle (device);
      break;
    default:
      do_something (f, random, device);
    }
  assert_not_overbooked (device, &f->session);
  if (is_twin)
    twins_leave (&f->twins);
}

static void
test_any_order (void)
{
  guint worlds = g_test_slow () ? 200 : 12;
  for (guint32 seed = 1; seed <= worlds; seed++)
    {
      Fixture f = { 0 };
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      g_test_message ("seed %u", seed);
      set_up (&f, NULL);
      for (guint i = 0; i < 40; i++)
        step (&f, random);
      meet_all (&f, 6);
      give (&f.a, &f.c);
      assert_same_state (&f.a, &f.c);
      assert_not_overbooked (&f.a, &f.session);
      assert_verified (&f.a);
      assert_verified (&f.c);
      for (int i = 0; i < 2; i++)
        {
          twins_enter (&f.twins, i);
          give (&f.a, &f.b);
          assert_same_state (&f.a, &f.b);
          assert_verified (&f.b);
          twins_leave (&f.twins);
        }
      tear_down (&f, NULL);
    }
}

#define ADD(path, data, func) g_test_add ("/sl/fork/" path, Fixture, data, set_up, func, tear_down)
#define LINES NULL
#define STREAM GINT_TO_POINTER (1)
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("with-revocations-in-either-history", NULL, test_revocations);
  ADD ("is-found-and-told-once", LINES, test_found);
  ADD ("is-found-in-segments", STREAM, test_found);
  ADD ("counts-the-same-history-in-either-order", LINES, test_same_in_either_order);
  ADD ("counts-the-same-history-in-either-order-of-segments", STREAM, test_same_in_either_order);
  ADD ("both-clones-go-on-as-new-devices", NULL, test_both_go_on);
  ADD ("an-idle-clone-is-no-fork", NULL, test_idle_clone);
  ADD ("both-histories-are-forwarded", LINES, test_forwarded);
  ADD ("both-histories-are-forwarded-in-segments", STREAM, test_forwarded);
  ADD ("holds-nobody-else-up", LINES, test_holds_up_nobody);
  ADD ("holds-nobody-else-up-in-segments", STREAM, test_holds_up_nobody);
  ADD ("what-was-spent-elsewhere-is-not-booked-twice", NULL, test_spent_elsewhere);
  ADD ("a-forged-history-does-nothing", NULL, test_forged_lines);
  ADD ("a-forged-operation-does-nothing", NULL, test_forged_operation);
  ADD ("a-stolen-desk-cannot-replace-its-past", NULL, test_stolen_past);
  g_test_add_func ("/sl/fork/any-order-of-anything", test_any_order);
  return g_test_run ();
}
