/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/fence.h"
#include "oplog/oplog-private.h"
#include "oplog/wire.h"
#include "twins.h"

#define LOOK_MAX_BYTES (64 * 1024 * 1024)

typedef struct {
  Device a, b, c;
  SlId location, session, member;
} Fixture;

static const SlId *
id_of (Device *device)
{
  return sl_oplog_get_replica (device->log);
}

static GBytes *
write_to (Device *device, const SlWireHow *how, SlWireWritten *out)
{
  g_autoptr (GError) error = NULL;
  GBytes *stream = sl_wire_write (device->log, how, out, &error);
  g_assert_no_error (error);
  g_assert_nonnull (stream);
  return stream;
}

static void
look_at (GBytes *stream, SlWireHead *out)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_wire_look (stream, LOOK_MAX_BYTES, out, &error));
  g_assert_no_error (error);
}

static void
take (Device *device, GBytes *stream)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  g_assert_true (sl_wire_take (device->log, stream, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
}

/* What a device holds, as a stream's header says it. */
static GHashTable *
since_of (Device *reader, Device *writer)
{
  SlWireWritten written;
  g_auto (SlWireHead) head = { { .vector = NULL } };
  g_autoptr (GError) error = NULL;
  const SlWireHow how = { .own_only = TRUE };
  g_autoptr (GBytes) stream = write_to (reader, &how, &written);
  look_at (stream, &head);
  GHashTable *since = sl_wire_since (writer->log, &head.header, &error);
  g_assert_no_error (error);
  return since;
}

typedef struct {
  guint segments, boxes, box_bytes;
  guint64 operations;
  SlId first; /* whose segment is the first */
} Content;

static void
read_content (GBytes *stream, const SlId *box_for, Content *out)
{
  SlStreamBytes source = { .stream = stream };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  g_autoptr (GError) error = NULL;
  *out = (Content){ 0 };
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, &error));
      if (item.type == SL_ITEM_END)
        return;
      if (item.type == SL_ITEM_BOX && (box_for == NULL || sl_id_equal (&item.box_for, box_for)))
        {
          out->boxes++;
          out->box_bytes += (guint) g_bytes_get_size (item.box);
        }
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      if (out->segments++ == 0)
        out->first = item.segment.replica;
      out->operations += item.segment.operations->len;
    }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  device_join (&f->b, &f->a, &f->location, 2);
  device_join (&f->c, &f->a, &f->location, 3);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
  device_clear (&f->c);
}

/* --- who somebody is --- */

static void
test_signs (Fixture *f, gconstpointer data)
{
  const char message[] = "\"@method\": POST and more than one hash long";
  guint8 signature[SL_SIGNATURE_BYTES];
  SlDeviceStanding standing;
  g_autoptr (GError) error = NULL;
  device_give (&f->b, &f->a);
  sl_oplog_sign (f->b.log, message, sizeof message, signature);
  g_assert_true (sl_oplog_device_standing (f->a.log, id_of (&f->b), &standing, &error));
  g_assert_true (standing.known && standing.admitted && !standing.revoked);
  g_assert_cmpmem (standing.public_key, SL_SIGN_PUBLIC_BYTES, sl_oplog_get_public_key (f->b.log),
                   SL_SIGN_PUBLIC_BYTES);
  g_assert_true (sl_verify (standing.public_key, message, sizeof message, signature));
}

static void
test_standing (Fixture *f, gconstpointer data)
{
  SlDeviceStanding standing;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_device_standing (f->a.log, id_of (&f->b), &standing, &error));
  g_assert_false (standing.known || standing.admitted || standing.revoked);
  device_give (&f->b, &f->a);
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
  g_assert_true (sl_op_device_revoke (f->a.log, id_of (&f->b), FALSE, NULL, &error));
  g_assert_true (sl_oplog_commit (f->a.log, &error));
  g_assert_true (sl_oplog_device_standing (f->a.log, id_of (&f->b), &standing, &error));
  g_assert_true (standing.known && standing.admitted && standing.revoked);
}

static void
test_checks_segments (Fixture *f, gconstpointer data)
{
  const SlWireHow how = { .own_only = TRUE };
  SlWireWritten written;
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  SlStreamBytes source = { .stream = stream };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  const SlId *organisation = sl_oplog_get_organisation (f->a.log);
  const guint8 *key = sl_oplog_get_public_key (f->a.log);
  for (gboolean ends = FALSE, checked = FALSE; !ends; checked |= !ends)
    {
      g_auto (SlStreamItem) item = { 0 };
      SlSegment *segment = &item.segment;
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      ends = item.type == SL_ITEM_END;
      g_assert_true (!ends || checked);
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      g_assert_true (sl_segment_check (organisation, segment, key));
      g_assert_false (sl_segment_check (&f->session, segment, key));
      g_assert_false (sl_segment_check (organisation, segment, sl_oplog_get_public_key (f->b.log)));
      segment->previous.bytes[0] ^= 1;
      g_assert_false (sl_segment_check (organisation, segment, key));
      segment->previous.bytes[0] ^= 1;
      segment->first_seq++;
      g_assert_false (sl_segment_check (organisation, segment, key));
      segment->first_seq--;
      segment->signature[9] ^= 1;
      g_assert_false (sl_segment_check (organisation, segment, key));
      segment->signature[9] ^= 1;
      segment->is_signed = FALSE;
      g_assert_false (sl_segment_check (organisation, segment, key));
    }
}

/* --- streams --- */

static void
test_carries (Fixture *f, gconstpointer data)
{
  const SlWireHow how = { 0 };
  SlWireWritten written;
  g_autoptr (GBytes) from_b = write_to (&f->b, &how, &written);
  take (&f->a, from_b);
  g_autoptr (GBytes) from_a = write_to (&f->a, &how, &written);
  g_assert_false (written.more);
  take (&f->b, from_a);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

static void
test_exchange_item (Fixture *f, gconstpointer data)
{
  const guint8 item[] = { 0x82, SL_ITEM_EXCHANGE, 0xa1, 0x00, 0x18, 0x2a }; /* [5, {0: 42}] */
  g_autoptr (GBytes) exchange = g_bytes_new_static (item, sizeof item);
  const SlWireHow how = { .exchange = exchange };
  SlWireWritten written;
  g_auto (SlWireHead) head = { { .vector = NULL } };
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  look_at (stream, &head);
  g_assert_true (g_bytes_equal (head.exchange, exchange));
  g_assert_cmpuint (head.operations, ==, written.written.operations);
  g_assert_true (sl_id_equal (&head.header.by, id_of (&f->a)));
  take (&f->b, stream); /* who does not exchange passes over it */
}

static void
test_looks_within_limits (Fixture *f, gconstpointer data)
{
  const SlWireHow how = { 0 };
  SlWireWritten written;
  g_auto (SlWireHead) head = { { .vector = NULL } };
  g_autoptr (GError) error = NULL;
  SlId id;
  for (int i = 0; i < 2000; i++)
    make_member (&f->a, "The same name again and again", &id);
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  g_assert_cmpuint (written.written.bytes, >, 150 * 1000);
  g_assert_false (sl_wire_look (stream, 100 * 1000, &head, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
test_takes_nothing_of_a_damaged_one (Fixture *f, gconstpointer data)
{
  const SlWireHow how = { 0 };
  SlWireWritten written;
  g_auto (SlImportResult) result = { 0 };
  g_auto (SlWireHead) head = { { .vector = NULL } };
  g_autoptr (GError) error = NULL;
  SlHash before, after;
  g_autoptr (GBytes) whole = write_to (&f->a, &how, &written);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) - 3);
  SlId late;
  make_member (&f->a, "Late", &late);
  device_hash (&f->b, &before);
  g_assert_false (sl_wire_look (cut, LOOK_MAX_BYTES, &head, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (sl_wire_take (f->b.log, cut, &result, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  device_hash (&f->b, &after);
  g_assert_cmpmem (before.bytes, SL_HASH_BYTES, after.bytes, SL_HASH_BYTES);
}

static void
test_only_what_is_lacking (Fixture *f, gconstpointer data)
{
  SlId id;
  SlWireWritten written;
  Content content;
  device_give (&f->b, &f->a);
  g_autoptr (GHashTable) before = since_of (&f->b, &f->a);
  make_member (&f->a, "Ann", &id);
  const SlWireHow how = { .since = before, .reader = id_of (&f->b) };
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  read_content (stream, NULL, &content);
  g_assert_cmpuint (content.operations, <, 6); /* the admissions of c, and this one */
  g_assert_cmpuint (content.boxes, ==, 1);     /* for b alone */
  take (&f->b, stream);
  assert_same_state (&f->a, &f->b);
  g_autoptr (GHashTable) now = since_of (&f->b, &f->a);
  const SlWireHow again = { .since = now };
  g_autoptr (GBytes) nothing = write_to (&f->a, &again, &written);
  g_assert_cmpuint (written.written.operations, ==, 0);
}

/* Whoever claims to hold our chain, with another hash, is given all of it. */
static void
test_believes_hashes_only (Fixture *f, gconstpointer data)
{
  SlVectorEntry entry = { .replica = *id_of (&f->a), .seq = f->a.log->own->head_seq };
  g_auto (SlStreamHeader) header = { .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  g_autoptr (GError) error = NULL;
  entry.hash = f->a.log->own->head_hash;
  entry.hash.bytes[3] ^= 1;
  g_array_append_val (header.vector, entry);
  g_autoptr (GHashTable) since = sl_wire_since (f->a.log, &header, &error);
  g_assert_cmpuint (g_hash_table_size (since), ==, 0);
}

static void
make_members (Device *device, int n)
{
  SlId id;
  for (int i = 0; i < n; i++)
    make_member (device, "Somebody with a name", &id);
}

/* However little is asked for at a time, each part can be taken and the next goes further. */
static void
test_parts (Fixture *f, gconstpointer data)
{
  guint parts = 0;
  gboolean more = TRUE;
  make_members (&f->a, 700);
  device_give (&f->b, &f->a);
  for (; more; parts++)
    {
      g_autoptr (GHashTable) since = since_of (&f->c, &f->a);
      const SlWireHow how = { .since = since, .reader = id_of (&f->c), .max_bytes = 1 };
      SlWireWritten written;
      Content content;
      g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
      read_content (stream, NULL, &content);
      g_assert_cmpuint (content.segments, ==, 1);
      if (parts == 0)
        g_assert_true (sl_id_equal (&content.first, id_of (&f->a))); /* our own first */
      take (&f->c, stream);
      more = written.more;
      g_assert_cmpuint (parts, <, 20);
    }
  g_assert_cmpuint (parts, >, 2);
  device_give (&f->c, &f->a);
  assert_same_state (&f->a, &f->c);
}

/* Where a chain has no signature for longer than a segment is, a part ends behind the next one. */
static void
test_parts_of_a_sparsely_signed_chain (Fixture *f, gconstpointer data)
{
  const SlWireHow how = { .max_bytes = 1 };
  SlWireWritten written;
  g_autoptr (GError) error = NULL;
  make_members (&f->a, 700);
  g_assert_true (sl_store_begin (f->a.store, &error));
  g_assert_true (sl_store_exec (f->a.store, &error, "DELETE FROM local_head WHERE ix = ? AND seq <= 500", "i",
                                f->a.log->own->ix));
  g_assert_true (sl_store_commit (f->a.store, &error));
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  take (&f->c, stream);
  const SlChain *taken = sl_chain_find (f->c.log, id_of (&f->a));
  g_assert_cmpuint (taken->head_seq, ==, f->a.log->own->head_seq);
}

/* A device that goes on for another is nobody without it: the other one's chain comes first. */
static void
test_parts_of_a_successor (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SlId id;
  make_members (&f->b, 600);
  g_autofree char *identity = device_path (&f->b, "identity");
  g_autofree char *text = NULL;
  device_close (&f->b);
  g_assert_true (g_file_get_contents (identity, &text, NULL, &error));
  g_assert_true (g_file_set_contents (identity, text, -1, &error)); /* another inode: a copy */
  device_open (&f->b);
  make_member (&f->b, "After", &id);
  for (guint parts = 0, more = TRUE; more; parts++)
    {
      g_autoptr (GHashTable) since = since_of (&f->c, &f->b);
      const SlWireHow how = { .since = since, .max_bytes = 1 };
      SlWireWritten written;
      g_autoptr (GBytes) stream = write_to (&f->b, &how, &written);
      take (&f->c, stream);
      more = written.more;
      g_assert_cmpuint (parts, <, 20);
    }
  device_give (&f->c, &f->b);
  assert_same_state (&f->b, &f->c);
}

/* --- keys --- */

static guint
boxes_through (Device *device, const SlId *via, const SlId *box_for, gboolean answered, guint *out_bytes)
{
  const SlWireHow how = { .via = via, .own_only = TRUE };
  SlWireWritten written;
  Content content;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stream = write_to (device, &how, &written);
  read_content (stream, box_for, &content);
  if (answered)
    g_assert_true (sl_wire_note_keys (device->log, via, written.keys_up_to, &error));
  g_assert_no_error (error);
  if (out_bytes != NULL)
    *out_bytes = content.box_bytes;
  return content.boxes;
}

static void
test_keys_once (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } }, other_hub = { { 8 } }, id;
  guint whole, one;
  make_members (&f->a, 50);
  device_give (&f->b, &f->a);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), FALSE, &whole), ==, 1);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), TRUE, NULL), ==, 1); /* nobody had answered */
  g_assert_cmpuint (boxes_through (&f->a, &hub, NULL, TRUE, NULL), ==, 0);
  make_member (&f->a, "New", &id);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), TRUE, &one), ==, 1);
  g_assert_cmpuint (one, <, whole / 10);
  g_assert_cmpuint (boxes_through (&f->a, &other_hub, id_of (&f->b), TRUE, NULL), ==, 1); /* another way */
  device_give (&f->c, &f->a);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), TRUE, NULL), ==, 0);
  g_assert_cmpuint (boxes_through (&f->a, &other_hub, id_of (&f->c), TRUE, &one), ==, 1); /* a new reader: all */
  g_assert_cmpuint (one, >=, whole);
}

/* An answer to an earlier stream says nothing about who was written to in a later one. */
static void
test_keys_by_their_own_answer (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } };
  const SlWireHow how = { .via = &hub, .own_only = TRUE };
  SlWireWritten first, second;
  g_autoptr (GError) error = NULL;
  device_give (&f->b, &f->a);
  g_autoptr (GBytes) one = write_to (&f->a, &how, &first);
  device_give (&f->c, &f->a);
  g_autoptr (GBytes) two = write_to (&f->a, &how, &second);
  g_assert_cmpint (first.keys_up_to, !=, second.keys_up_to);
  g_assert_true (sl_wire_note_keys (f->a.log, &hub, first.keys_up_to, &error));
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->c), FALSE, NULL), ==, 1);
  g_assert_true (sl_wire_note_keys (f->a.log, &hub, second.keys_up_to, &error));
}

static void
test_all_keys (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } };
  SlWireWritten written;
  Content content;
  device_give (&f->b, &f->a);
  (void) boxes_through (&f->a, &hub, NULL, TRUE, NULL);
  const SlWireHow how = { .via = &hub, .own_only = TRUE, .all_keys = TRUE };
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  read_content (stream, id_of (&f->b), &content);
  g_assert_cmpuint (content.boxes, ==, 1);
}

/* A studio's first boxes are large: a part holds one at least, and no device is left out. */
static void
test_keys_in_parts (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } };
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;
  guint boxes = 0, parts = 0;
  device_give (&f->b, &f->a);
  device_give (&f->c, &f->a);
  g_autoptr (GHashTable) all = since_of (&f->a, &f->a);
  for (; more; parts++)
    {
      const SlWireHow how = { .since = all, .via = &hub, .max_bytes = 1, .all_keys = parts == 0 };
      SlWireWritten written;
      Content content;
      g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
      read_content (stream, NULL, &content);
      g_assert_cmpuint (content.boxes, ==, 1);
      boxes += content.boxes;
      more = written.more;
      g_assert_true (sl_wire_note_keys (f->a.log, &hub, written.keys_up_to, &error));
    }
  g_assert_cmpuint (boxes, ==, 2);
  g_assert_cmpuint (boxes_through (&f->a, &hub, NULL, FALSE, NULL), ==, 0);
}

/* What came through somebody does not go back there, but on to others. */
static void
test_keys_do_not_go_back (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } };
  guint all, one;
  device_give (&f->b, &f->a);
  device_give (&f->c, &f->a);
  device_give (&f->a, &f->b);
  device_give (&f->a, &f->c);
  device_give (&f->c, &f->b);
  g_assert_cmpuint (boxes_through (&f->b, id_of (&f->a), id_of (&f->c), TRUE, &all), ==, 1);
  g_assert_cmpuint (boxes_through (&f->b, &hub, id_of (&f->c), TRUE, NULL), ==, 1);
  make_members (&f->a, 3);
  const SlWireHow how = { .reader = id_of (&f->b), .via = id_of (&f->b) };
  SlWireWritten written;
  g_autoptr (GBytes) stream = write_to (&f->a, &how, &written);
  take (&f->b, stream);
  g_assert_cmpuint (boxes_through (&f->b, id_of (&f->a), NULL, TRUE, NULL), ==, 0);
  g_assert_cmpuint (boxes_through (&f->b, &hub, id_of (&f->c), TRUE, &one), ==, 1);
  g_assert_cmpuint (one, <, all);
}

/* A number of a key that is gone is not another's: what was given up to it would not be given. */
static void
test_numbers_are_not_used_again (Fixture *f, gconstpointer data)
{
  SlId hub = { { 9 } }, id;
  g_autoptr (GError) error = NULL;
  device_give (&f->b, &f->a);
  make_member (&f->a, "Gone", &id);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), TRUE, NULL), ==, 1);
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
  g_assert_true (sl_op_member_erase (f->a.log, &id, NULL, &error));
  g_assert_true (sl_oplog_commit (f->a.log, &error));
  make_member (&f->a, "New", &id);
  g_assert_cmpuint (boxes_through (&f->a, &hub, id_of (&f->b), TRUE, NULL), ==, 1);
}

/* The histories of a cloned device, which no vector can name, go one way once. */
static void
test_branches_once (Fixture *f, gconstpointer data)
{
  Twins twins;
  SlId hub = { { 9 } }, id;
  g_autoptr (GError) error = NULL;
  twins_split (&twins, &f->b);
  for (int i = 0; i < 2; i++)
    {
      twins_enter (&twins, i);
      make_members (&f->b, 20 + i);
      g_autofree char *path = device_path (&f->a, "export");
      g_auto (SlImportResult) result = { 0 };
      device_export (&f->b, path);
      device_import (&f->a, path, &result);
      twins_leave (&twins);
    }
  g_autoptr (GHashTable) all = since_of (&f->a, &f->a);
  const SlWireHow how = { .since = all, .via = &hub };
  SlWireWritten written;
  Content content;
  g_autoptr (GBytes) first = write_to (&f->a, &how, &written);
  read_content (first, NULL, &content);
  g_assert_cmpuint (content.operations, >, 40); /* both */
  g_assert_true (sl_wire_note_keys (f->a.log, &hub, written.keys_up_to, &error));
  g_autoptr (GBytes) again = write_to (&f->a, &how, &written);
  read_content (again, NULL, &content);
  g_assert_cmpuint (content.operations, ==, 0);
  twins_enter (&twins, 1);
  make_member (&f->b, "More", &id);
  g_autofree char *path = device_path (&f->a, "export");
  g_auto (SlImportResult) result = { 0 };
  device_export (&f->b, path);
  device_import (&f->a, path, &result);
  twins_leave (&twins);
  g_autoptr (GBytes) more = write_to (&f->a, &how, &written);
  read_content (more, NULL, &content);
  g_assert_cmpuint (content.operations, >, 40);
  twins_clear (&twins);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/sl/wire/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("a-device-signs-with-the-key-that-others-know", test_signs);
  TEST ("tells-strangers-from-devices-and-revoked-ones", test_standing);
  TEST ("a-segment-is-checked-to-the-last-byte", test_checks_segments);
  TEST ("a-stream-in-memory-carries-all", test_carries);
  TEST ("an-exchange-item-comes-as-it-went", test_exchange_item);
  TEST ("looks-no-further-than-allowed", test_looks_within_limits);
  TEST ("takes-nothing-of-a-damaged-stream", test_takes_nothing_of_a_damaged_one);
  TEST ("writes-only-what-the-reader-lacks", test_only_what_is_lacking);
  TEST ("believes-hashes-not-numbers", test_believes_hashes_only);
  TEST ("parts-add-up-to-the-whole", test_parts);
  TEST ("a-part-ends-behind-a-signature", test_parts_of_a_sparsely_signed_chain);
  TEST ("a-successor-comes-after-whom-it-goes-on-for", test_parts_of_a_successor);
  TEST ("keys-go-one-way-once", test_keys_once);
  TEST ("keys-are-noted-by-their-own-answer", test_keys_by_their_own_answer);
  TEST ("all-keys-come-when-they-are-wanted", test_all_keys);
  TEST ("the-first-keys-come-in-parts", test_keys_in_parts);
  TEST ("keys-do-not-go-back", test_keys_do_not_go_back);
  TEST ("a-number-of-a-key-is-not-used-again", test_numbers_are_not_used_again);
  TEST ("both-histories-of-a-clone-go-one-way-once", test_branches_once);
  return g_test_run ();
}
