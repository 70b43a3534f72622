/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/oplog-private.h"
#include "oplog/receive.h"
#include "oplog/sync-file.h"

typedef struct {
  Device a, b;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  device_join (&f->b, &f->a, &f->location, 2);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
}

/* --- streams in memory --- */

static gboolean
write_bytes (gpointer user_data, const void *data, gsize length, GError **error)
{
  g_byte_array_append (user_data, data, (guint) length);
  return TRUE;
}

typedef struct {
  const GByteArray *bytes;
  gsize at;
  gssize fails_at; /* −1: never: a stick that is pulled out */
} Source;

static gssize
read_bytes (gpointer user_data, void *data, gsize length, GError **error)
{
  Source *source = user_data;
  gsize some = MIN (MIN (length, source->bytes->len - source->at), 256);
  if (source->fails_at >= 0 && source->at >= (gsize) source->fails_at)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "gone");
      return -1;
    }
  if (some > 0) /* no bytes have no address */
    memcpy (data, source->bytes->data + source->at, some);
  source->at += some;
  return (gssize) some;
}

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
make_segment (SlSegment *out, guint64 first, guint n)
{
  *out = (SlSegment){ .first_seq = first,
                      .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                      .is_signed = TRUE };
  memset (out->replica.bytes, 7, sizeof out->replica.bytes);
  memset (out->previous.bytes, 1, sizeof out->previous.bytes);
  memset (out->head.bytes, 2, sizeof out->head.bytes);
  memset (out->signature, 3, sizeof out->signature);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("operation %u", i);
      g_ptr_array_add (out->operations, bytes_of (text));
    }
}

static void
make_header (SlStreamHeader *out)
{
  SlVectorEntry entry = { .seq = 12 };
  *out = (SlStreamHeader){ .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  memset (out->organisation.bytes, 8, sizeof out->organisation.bytes);
  memset (out->by.bytes, 7, sizeof out->by.bytes);
  entry.replica = out->by;
  g_array_append_val (out->vector, entry);
}

/* A header, two segments, a box, the end. */
static GByteArray *
make_stream (void)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, out);
  g_auto (SlStreamHeader) header = { 0 };
  g_auto (SlSegment) one = { 0 };
  g_auto (SlSegment) two = { 0 };
  g_autoptr (GBytes) box = bytes_of ("keys");
  g_autoptr (GError) error = NULL;
  make_header (&header);
  make_segment (&one, 1, 3);
  make_segment (&two, 4, SL_SEGMENT_MAX_OPERATIONS);
  g_assert_true (sl_stream_writer_header (writer, &header, &error)
                 && sl_stream_writer_segment (writer, &one, &error) && sl_stream_writer_segment (writer, &two, &error)
                 && sl_stream_writer_box (writer, &header.by, box, &error) && sl_stream_writer_finish (writer, &error));
  g_assert_no_error (error);
  return out;
}

/* Reads to the end; gives the operations, or −1 with error. */
static gint
read_stream (const GByteArray *bytes, GError **error)
{
  Source source = { .bytes = bytes, .fails_at = -1 };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_bytes, &source);
  for (gint operations = 0;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      if (!sl_stream_reader_next (reader, &item, error))
        return -1;
      if (item.type == SL_ITEM_END)
        return operations;
      operations += item.type == SL_ITEM_SEGMENT ? (gint) item.segment.operations->len : 0;
    }
}

static void
assert_bad (const GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (read_stream (bytes, &error), ==, -1);
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

/* A stream of one item after its header, whose CBOR is given. */
static GByteArray *
stream_with (GBytes *item)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, out);
  g_auto (SlStreamHeader) header = { 0 };
  g_autoptr (GError) error = NULL;
  make_header (&header);
  g_assert_true (sl_stream_writer_header (writer, &header, &error) && sl_stream_writer_item (writer, item, &error)
                 && sl_stream_writer_finish (writer, &error));
  return out;
}

static void
test_round_trip (void)
{
  g_autoptr (GByteArray) stream = make_stream ();
  Source source = { .bytes = stream, .fails_at = -1 };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_bytes, &source);
  g_autoptr (GError) error = NULL;
  const SlItemType order[] = { SL_ITEM_HEADER, SL_ITEM_SEGMENT, SL_ITEM_SEGMENT, SL_ITEM_BOX, SL_ITEM_END };
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, &error));
      g_assert_cmpint (item.type, ==, order[i]);
      if (i == 0)
        g_assert_cmpuint (g_array_index (item.header.vector, SlVectorEntry, 0).seq, ==, 12);
      if (i == 1)
        {
          gsize length;
          const char *last = g_bytes_get_data (item.segment.operations->pdata[2], &length);
          g_assert_cmpmem (last, length, "operation 2", strlen ("operation 2"));
          g_assert_true (item.segment.is_signed);
        }
      if (i == 3)
        g_assert_cmpuint (g_bytes_get_size (item.box), ==, 4);
    }
}

static void
test_cut_short (void)
{
  g_autoptr (GByteArray) stream = make_stream ();
  for (guint length = 0; length < stream->len; length++)
    {
      g_autoptr (GByteArray) cut = g_byte_array_new ();
      g_byte_array_append (cut, stream->data, length);
      assert_bad (cut);
    }
}

static void
test_goes_on (void)
{
  g_autoptr (GByteArray) stream = make_stream ();
  guint length = stream->len;
  g_byte_array_append (stream, (const guint8 *) "", 1);
  assert_bad (stream);
  g_byte_array_set_size (stream, length);
  g_autoptr (GByteArray) again = make_stream ();
  g_byte_array_append (stream, again->data, again->len);
  assert_bad (stream);
}

/* Frames are mutated under a valid checksum too, since who writes a stick can make one. */
static void
test_mutated (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (20260302);
  g_auto (SlSegment) segment = { 0 };
  make_segment (&segment, 4, 20);
  g_autoptr (GBytes) item = sl_segment_encode (&segment);
  gsize length;
  const guint8 *data = g_bytes_get_data (item, &length);
  for (guint round = 0; round < 20000; round++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, length);
      g_auto (SlSegment) out = { 0 };
      g_autoptr (GError) error = NULL;
      gsize kept = g_rand_boolean (chance) ? length : (gsize) g_rand_int_range (chance, 0, (gint32) length);
      for (gint flips = g_rand_int_range (chance, 1, 4); flips > 0; flips--)
        copy[g_rand_int_range (chance, 0, (gint32) length)] = (guint8) g_rand_int (chance);
      g_autoptr (GBytes) mutated = g_bytes_new (copy, kept);
      if (sl_segment_decode (mutated, &out, &error))
        {
          g_assert_cmpuint (out.operations->len, >=, 1);
          g_assert_cmpuint (out.operations->len, <=, SL_SEGMENT_MAX_OPERATIONS);
        }
      else
        g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

static void
test_flipped (void)
{
  g_autoptr (GByteArray) stream = make_stream ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (5);
  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GByteArray) flipped = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      g_byte_array_append (flipped, stream->data, stream->len);
      gint32 at = g_rand_int_range (chance, 0, (gint32) stream->len);
      flipped->data[at] ^= (guint8) (1u << g_rand_int_range (chance, 0, 8));
      if (read_stream (flipped, &error) < 0)
        g_assert_true (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT)
                       || g_error_matches (error, SL_ERROR, SL_ERROR_TOO_NEW));
    }
}

/* Short streams are packed in one go, longer ones as they come. */
static void
assert_box_comes_back (gsize length)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, stream);
  g_auto (SlStreamHeader) header = { 0 };
  guint8 *data = g_malloc (length);
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (i * i >> 7);
  g_autoptr (GBytes) box = g_bytes_new_take (data, length);
  make_header (&header);
  g_assert_true (sl_stream_writer_header (writer, &header, NULL)
                 && sl_stream_writer_box (writer, &header.by, box, NULL) && sl_stream_writer_finish (writer, NULL));
  Source source = { .bytes = stream, .fails_at = -1 };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_bytes, &source);
  for (SlItemType type = SL_ITEM_HEADER; type != SL_ITEM_END;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      type = item.type;
      if (type == SL_ITEM_BOX)
        g_assert_true (g_bytes_equal (item.box, box));
    }
}

static void
test_any_length (void)
{
  for (gsize length = 65536 - 200; length <= 65536 + 10; length++)
    assert_box_comes_back (length);
  assert_box_comes_back (1);
  assert_box_comes_back (1000000);
}

static void
test_unknown_item (void)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, 77);
  sl_cbor_put_text (body, "from a later program");
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  g_autoptr (GByteArray) stream = stream_with (item);
  g_assert_cmpint (read_stream (stream, &error), ==, 0);
}

static void
test_later_version (void)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) keep = out;
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, out);
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, SL_ITEM_HEADER);
  sl_cbor_put_int (body, SL_STREAM_VERSION + 1);
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  g_assert_true (sl_stream_writer_item (writer, item, &error) && sl_stream_writer_finish (writer, &error));
  g_assert_cmpint (read_stream (keep, &error), ==, -1);
  g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
}

static void
test_too_many (void)
{
  g_auto (SlSegment) segment = { 0 };
  g_auto (SlSegment) out = { 0 };
  g_autoptr (GError) error = NULL;
  make_segment (&segment, 1, SL_SEGMENT_MAX_OPERATIONS);
  segment.first_seq = SL_SEQ_MAX - SL_SEGMENT_MAX_OPERATIONS + 2; /* the last would have no number */
  g_autoptr (GBytes) beyond = sl_segment_encode (&segment);
  g_assert_false (sl_segment_decode (beyond, &out, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);

  g_autofree guint8 *long_one = g_malloc0 (SL_OPERATION_MAX_BYTES + 1);
  g_ptr_array_set_size (segment.operations, 0);
  g_ptr_array_add (segment.operations, g_bytes_new (long_one, SL_OPERATION_MAX_BYTES + 1));
  segment.first_seq = 1;
  g_autoptr (GBytes) oversized = sl_segment_encode (&segment);
  g_assert_false (sl_segment_decode (oversized, &out, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

/* --- devices --- */

static void
stick (Device *from, GByteArray *out)
{
  g_autofree char *path = device_path (from, "stick");
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length;
  SlSyncWritten written;
  g_assert_true (sl_sync_export (from->log, path, NULL, &written, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &data, &length, &error));
  g_byte_array_set_size (out, 0);
  g_byte_array_append (out, (const guint8 *) data, (guint) length);
}

static void
take_bytes (Device *to, const GByteArray *bytes, guint batch, SlImportResult *out)
{
  g_autofree char *path = device_path (to, "taken");
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, (gssize) bytes->len, &error));
  g_assert_true (sl_sync_take (to->log, path, batch, out, &error));
  g_assert_no_error (error);
}

static void
give (Device *from, Device *to, guint batch)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (SlImportResult) result = { 0 };
  stick (from, bytes);
  take_bytes (to, bytes, batch, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
  g_assert_cmpuint (result.waiting, ==, 0);
}

/* So many small operations in one transaction. */
static void
work (Device *device, const Fixture *f, guint n)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  for (guint i = 0; i < n; i++)
    {
      SlCheckinParams params = { .session_id = f->session, .member_id = f->member };
      SlId id;
      g_assert_true (sl_op_checkin (device->log, &params, &id, &error));
    }
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_no_error (error);
}

/* The stream once more, each segment given to change. */
typedef void (*ChangeFunc) (SlSegment *segment, guint number, gpointer user_data);
static void
rewrite (GByteArray *bytes, ChangeFunc change, gpointer user_data)
{
  g_autoptr (GByteArray) before = g_byte_array_new ();
  g_byte_array_append (before, bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  Source source = { .bytes = before, .fails_at = -1 };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_bytes, &source);
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, bytes);
  g_autoptr (GError) error = NULL;
  for (guint number = 0;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, &error));
      if (item.type == SL_ITEM_HEADER)
        g_assert_true (sl_stream_writer_header (writer, &item.header, &error));
      if (item.type == SL_ITEM_BOX)
        g_assert_true (sl_stream_writer_box (writer, &item.box_for, item.box, &error));
      if (item.type == SL_ITEM_END)
        break;
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      change (&item.segment, number++, user_data);
      if (item.segment.operations->len > 0)
        g_assert_true (sl_stream_writer_segment (writer, &item.segment, &error));
    }
  g_assert_true (sl_stream_writer_finish (writer, &error));
}

static void
test_same_state (Fixture *f, gconstpointer data)
{
  const guint batches[] = { 1, 7, 500, 5000 };
  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    {
      work (&f->a, f, 120);
      work (&f->b, f, 60);
      give (&f->a, &f->b, batches[i]);
      give (&f->b, &f->a, batches[i]);
      assert_same_state (&f->a, &f->b);
    }
  assert_verified (&f->a);
  assert_verified (&f->b);
}

static void
test_signed_often (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 gap;
  work (&f->a, f, 3 * SL_SEGMENT_MAX_OPERATIONS);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  stick (&f->a, bytes);
  g_assert_true (sl_store_query_int (f->a.store, 0, &gap, &error,
                                     "SELECT max (seq - before) FROM (SELECT seq, lag (seq, 1, 0) OVER (ORDER BY seq) "
                                     "AS before FROM local_head WHERE ix = 1)",
                                     ""));
  g_assert_cmpint (gap, <=, SL_SEGMENT_MAX_OPERATIONS);
}

/* A gap in the middle: what is behind it waits, and comes with the whole. */
static void
drop_second (SlSegment *segment, guint number, gpointer user_data)
{
  if (number == 1)
    g_ptr_array_set_size (segment->operations, 0);
}

static void
test_gap (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (SlImportResult) first = { 0 };
  g_auto (SlImportResult) whole = { 0 };
  work (&f->a, f, 3 * SL_SEGMENT_MAX_OPERATIONS);
  stick (&f->a, bytes);
  rewrite (bytes, drop_second, NULL);
  take_bytes (&f->b, bytes, 0, &first);
  g_assert_cmpuint (first.waiting, >, 0);
  g_assert_cmpuint (first.quarantined->len, ==, 0);
  stick (&f->a, bytes);
  take_bytes (&f->b, bytes, 0, &whole);
  g_assert_cmpuint (whole.waiting, ==, 0);
  give (&f->b, &f->a, 0);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

typedef struct {
  guint segment, operation;
  SlId replica;
  guint64 seq;
} Change;

static void
change_one (SlSegment *segment, guint number, gpointer user_data)
{
  Change *change = user_data;
  gsize length;
  if (number != change->segment)
    return;
  const guint8 *data = g_bytes_get_data (segment->operations->pdata[change->operation], &length);
  g_autofree guint8 *copy = g_memdup2 (data, length);
  copy[length - 1] ^= 1;
  g_bytes_unref (segment->operations->pdata[change->operation]);
  segment->operations->pdata[change->operation] = g_bytes_new (copy, length);
  change->replica = segment->replica;
  change->seq = segment->first_seq;
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (SlImportResult) result = { 0 };
  Change change = { .segment = 1, .operation = 30 };
  work (&f->a, f, 2 * SL_SEGMENT_MAX_OPERATIONS);
  stick (&f->a, bytes);
  rewrite (bytes, change_one, &change);
  take_bytes (&f->b, bytes, 0, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  const SlQuarantined *one = &g_array_index (result.quarantined, SlQuarantined, 0);
  g_assert_cmpstr (one->reason, ==, "bad_signature");
  g_assert_true (sl_id_equal (&one->replica, &change.replica));
  g_assert_cmpuint (one->seq, ==, change.seq);    /* its segment */
  g_assert_cmpuint (result.new_operations, >, 0); /* the segment before it */
  assert_verified (&f->b);
  give (&f->a, &f->b, 0); /* the true one */
  give (&f->b, &f->a, 0);
  assert_same_state (&f->a, &f->b);
}

static void
forge_signature (SlSegment *segment, guint number, gpointer user_data)
{
  segment->signature[5] ^= 1;
}

static void
test_forged (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (SlImportResult) result = { 0 };
  SlHash before, after;
  work (&f->a, f, 40);
  device_hash (&f->b, &before);
  stick (&f->a, bytes);
  rewrite (bytes, forge_signature, NULL);
  take_bytes (&f->b, bytes, 0, &result);
  device_hash (&f->b, &after);
  g_assert_cmpuint (result.new_operations, ==, 0);
  g_assert_cmpuint (result.quarantined->len, >, 0);
  g_assert_true (sl_hash_equal (&before, &after));
}

static void
drop_signatures (SlSegment *segment, guint number, gpointer user_data)
{
  segment->is_signed = FALSE;
}

static void
test_unsigned (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (SlImportResult) bare = { 0 };
  work (&f->a, f, 40);
  stick (&f->a, bytes);
  rewrite (bytes, drop_signatures, NULL);
  take_bytes (&f->b, bytes, 0, &bare);
  g_assert_cmpuint (bare.new_operations, ==, 0);
  g_assert_cmpuint (bare.waiting, >=, 40);
  give (&f->a, &f->b, 0);
  give (&f->b, &f->a, 0);
  assert_same_state (&f->a, &f->b);
}

/* The stick is pulled out while it is read: whole batches stay, and the next import brings the rest. */
static void
test_pulled_out (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  work (&f->a, f, 5 * SL_SEGMENT_MAX_OPERATIONS);
  stick (&f->a, bytes);
  for (guint tenths = 1; tenths < 10; tenths += 2)
    {
      Source source = { .bytes = bytes, .fails_at = (gssize) (bytes->len * tenths / 10) };
      g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_bytes, &source);
      g_autoptr (SlIncoming) incoming = sl_incoming_new ();
      const SlReceiveHow how = { .stream = reader, .batch = SL_RECEIVE_LIVE };
      g_auto (SlImportResult) result = { 0 };
      g_autoptr (GError) error = NULL;
      g_assert_false (sl_receive (f->b.log, incoming, &how, &result, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_false (sl_store_in_transaction (f->b.store));
      assert_verified (&f->b);
    }
  give (&f->a, &f->b, 0);
  give (&f->b, &f->a, 0);
  assert_same_state (&f->a, &f->b);
}

static void
test_pending (Fixture *f, gconstpointer data)
{
  SlSyncState state;
  g_autoptr (GError) error = NULL;
  work (&f->a, f, 5);
  g_assert_true (sl_sync_state (f->a.log, &state, &error));
  guint64 all = state.pending + state.pushed;
  g_assert_cmpuint (state.pending, >=, 5);
  g_assert_cmpint (state.last_ms, ==, 0);
  give (&f->a, &f->b, 0);
  give (&f->b, &f->a, 0);
  g_assert_true (sl_sync_state (f->a.log, &state, &error));
  g_assert_cmpuint (state.pending, ==, 0);
  g_assert_cmpuint (state.pushed, ==, all);
  g_assert_cmpint (state.last_ms, ==, f->a.world.now_ms);
}

static void
lie_about_us (SlStreamHeader *header, const SlId *us, guint64 seq)
{
  SlVectorEntry entry = { .replica = *us, .seq = seq }; /* without the hash */
  g_array_append_val (header->vector, entry);
}

static void
test_false_vector (Fixture *f, gconstpointer data)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = out;
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_bytes, out);
  g_auto (SlStreamHeader) header = { .organisation = *sl_oplog_get_organisation (f->a.log),
                                     .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  g_auto (SlImportResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  SlSyncState before, after;
  work (&f->a, f, 5);
  memset (header.by.bytes, 9, sizeof header.by.bytes);
  lie_about_us (&header, sl_oplog_get_replica (f->a.log), 3);
  g_assert_true (sl_stream_writer_header (writer, &header, &error) && sl_stream_writer_finish (writer, &error));
  g_assert_true (sl_sync_state (f->a.log, &before, &error));
  take_bytes (&f->a, bytes, 0, &result);
  g_assert_true (sl_sync_state (f->a.log, &after, &error));
  g_assert_cmpuint (after.pending, ==, before.pending);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/segment/comes-back-as-it-was-written", test_round_trip);
  g_test_add_func ("/sl/segment/a-stream-of-any-length-comes-back", test_any_length);
  g_test_add_func ("/sl/segment/a-stream-cut-short-at-any-byte-is-refused", test_cut_short);
  g_test_add_func ("/sl/segment/nothing-may-stand-behind-the-end", test_goes_on);
  g_test_add_func ("/sl/segment/any-mutation-is-read-or-refused", test_mutated);
  g_test_add_func ("/sl/segment/a-flipped-bit-is-refused-or-harmless", test_flipped);
  g_test_add_func ("/sl/segment/items-of-a-later-program-are-passed-over", test_unknown_item);
  g_test_add_func ("/sl/segment/a-later-version-is-refused-by-name", test_later_version);
  g_test_add_func ("/sl/segment/more-than-its-limits-is-refused", test_too_many);
#define ADD(path, func) g_test_add ("/sl/segment/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("batches-of-any-size-make-the-same-state", test_same_state);
  ADD ("no-part-of-an-own-chain-is-longer-than-a-segment", test_signed_often);
  ADD ("what-is-behind-a-gap-waits", test_gap);
  ADD ("a-changed-operation-is-quarantined-and-the-rest-taken", test_changed);
  ADD ("a-forged-signature-brings-nothing", test_forged);
  ADD ("without-a-signature-all-waits", test_unsigned);
  ADD ("a-stick-pulled-out-leaves-whole-batches", test_pulled_out);
  ADD ("what-a-stick-shows-to-be-held-is-no-longer-pending", test_pending);
  ADD ("a-false-vector-is-not-believed", test_false_vector);
  return g_test_run ();
}
