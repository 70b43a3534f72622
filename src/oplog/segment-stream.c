/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-segment-stream"

#include "oplog/segment.h"

#include <string.h>
#include <zstd.h>

#include "core/error.h"

/* A stream is a sequence of byte strings, each the CBOR of one item, in one zstd frame with its checksum: so damage on
 * a stick is told before anything is taken, and a reader never holds more than one item. */

#define LEVEL ZSTD_CLEVEL_DEFAULT
/* Most requests and answers have some kilobytes: packed in one go their length is known, and neither side takes and
 * clears the megabytes that a stream of any length may need. */
#define EARLY_BYTES (64 * 1024)
#define CBOR_BYTES_MAJOR 2

/**
 * sl_stream_header_clear:
 * @header: (nullable): what a reader filled
 *
 * Frees what the header owns.
 */
void
sl_stream_header_clear (SlStreamHeader *header)
{
  if (header != NULL)
    g_clear_pointer (&header->vector, g_array_unref);
}

/**
 * sl_stream_item_clear:
 * @item: (nullable): what a reader filled
 *
 * Frees what the item owns.
 */
void
sl_stream_item_clear (SlStreamItem *item)
{
  if (item == NULL)
    return;
  sl_segment_clear (&item->segment);
  sl_stream_header_clear (&item->header);
  g_clear_pointer (&item->box, g_bytes_unref);
  g_clear_pointer (&item->piece, g_bytes_unref);
  g_clear_pointer (&item->exchange, g_bytes_unref);
}

/**
 * sl_stream_read_bytes:
 * @stream_bytes: (type SlStreamBytes): a stream in memory, and how far it is read
 * @data: (out): for the bytes
 * @length: at most so many
 * @error: not set
 *
 * %SlStreamReadFunc for a stream in memory.
 *
 * Returns: how many; 0 at the end
 */
gssize
sl_stream_read_bytes (gpointer stream_bytes, void *data, gsize length, GError **error)
{
  SlStreamBytes *self = stream_bytes;
  gsize whole;
  const guint8 *bytes = g_bytes_get_data (self->stream, &whole);
  (void) error;
  gsize some = MIN (length, whole - self->at);
  if (some > 0)
    memcpy (data, bytes + self->at, some);
  self->at += some;
  return (gssize) some;
}

/**
 * sl_stream_append_bytes:
 * @byte_array: (type GByteArray): what is written so far
 * @data: what comes behind it
 * @length: how much
 * @error: BAD_INPUT where there is more than fits into memory
 *
 * %SlStreamWriteFunc into memory.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_append_bytes (gpointer byte_array, const void *data, gsize length, GError **error)
{
  GByteArray *array = byte_array;
  if (length > SL_STREAM_MEMORY_MAX_BYTES - MIN (array->len, SL_STREAM_MEMORY_MAX_BYTES))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a stream is too long for memory");
      return FALSE;
    }
  (void) g_byte_array_append (array, data, (guint) length);
  return TRUE;
}

/* --- writing --- */

struct _SlStreamWriter
{
  SlStreamWriteFunc func;
  gpointer user_data;
  ZSTD_CCtx *context;
  guint8 *buffer;
  gsize buffer_bytes;
  GByteArray *early; /* what has come until something is packed */
  gboolean begun;
  guint64 items, bytes;
};

/**
 * sl_stream_writer_new:
 * @func: takes the compressed bytes in order
 * @user_data: for @func
 *
 * Returns: (transfer full): a writer whose header comes first
 */
SlStreamWriter *
sl_stream_writer_new (SlStreamWriteFunc func, gpointer user_data)
{
  SlStreamWriter *writer = g_new0 (SlStreamWriter, 1);
  writer->func = func;
  writer->user_data = user_data;
  writer->context = ZSTD_createCCtx ();
  g_assert (writer->context != NULL); /* as every allocation */
  (void) ZSTD_CCtx_setParameter (writer->context, ZSTD_c_compressionLevel, LEVEL); /* these two are always known */
  (void) ZSTD_CCtx_setParameter (writer->context, ZSTD_c_checksumFlag, 1);
  writer->buffer_bytes = ZSTD_CStreamOutSize ();
  writer->buffer = g_malloc (writer->buffer_bytes);
  writer->early = g_byte_array_new ();
  return writer;
}

/**
 * sl_stream_writer_free:
 * @writer: (nullable) (transfer full): a writer; without sl_stream_writer_finish() what it wrote is not whole
 */
void
sl_stream_writer_free (SlStreamWriter *writer)
{
  if (writer == NULL)
    return;
  (void) ZSTD_freeCCtx (writer->context);
  g_byte_array_unref (writer->early);
  g_free (writer->buffer);
  g_free (writer);
}

static gboolean
pack (SlStreamWriter *writer, const void *data, gsize length, ZSTD_EndDirective directive, GError **error)
{
  ZSTD_inBuffer in = { data, length, 0 };
  gsize left;
  do
    {
      ZSTD_outBuffer out = { writer->buffer, writer->buffer_bytes, 0 };
      left = ZSTD_compressStream2 (writer->context, &out, &in, directive);
      if (ZSTD_isError (left))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "compressing: %s", ZSTD_getErrorName (left));
          return FALSE;
        }
      if (out.pos > 0 && !writer->func (writer->user_data, writer->buffer, out.pos, error))
        return FALSE;
  } while (in.pos < in.size || (directive == ZSTD_e_end && left > 0));
  return TRUE;
}

static gboolean
compress (SlStreamWriter *writer, const void *data, gsize length, ZSTD_EndDirective directive, GError **error)
{
  writer->bytes += length;
  if (writer->begun || writer->bytes > EARLY_BYTES)
    {
      gboolean begun = writer->begun || pack (writer, writer->early->data, writer->early->len, ZSTD_e_continue, error);
      writer->begun = TRUE;
      return begun && pack (writer, data, length, directive, error);
    }
  g_byte_array_append (writer->early, data, (guint) length);
  return directive != ZSTD_e_end || pack (writer, writer->early->data, writer->early->len, directive, error);
}

/**
 * sl_stream_writer_item:
 * @writer: a writer
 * @item: the CBOR of one item
 * @error: return location
 *
 * Writes the head of a byte string, then the item.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_item (SlStreamWriter *writer, GBytes *item, GError **error)
{
  g_autoptr (SlCborWriter) wrapper = sl_cbor_writer_new ();
  sl_cbor_put_bytes (wrapper, g_bytes_get_data (item, NULL), g_bytes_get_size (item));
  g_autoptr (GBytes) wrapped = sl_cbor_writer_finish (wrapper);
  writer->items++;
  return compress (writer, g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped), ZSTD_e_continue, error);
}

/**
 * sl_stream_writer_header:
 * @writer: a writer that has written nothing
 * @header: whose log, by whom, and what the writer holds: [0, version, organisation, by, [replica, seq, hash, …]]
 * @error: return location: what the function that takes the bytes says
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_header (SlStreamWriter *writer, const SlStreamHeader *header, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  guint entries = MIN (header->vector->len, SL_STREAM_VECTOR_MAX);
  g_return_val_if_fail (writer->items == 0, FALSE);
  sl_cbor_begin_array (body, 5);
  sl_cbor_put_int (body, SL_ITEM_HEADER);
  sl_cbor_put_int (body, SL_STREAM_VERSION);
  sl_cbor_put_id (body, &header->organisation);
  sl_cbor_put_id (body, &header->by);
  sl_cbor_begin_array (body, 3 * (gsize) entries);
  for (guint i = 0; i < entries; i++)
    {
      const SlVectorEntry *entry = &g_array_index (header->vector, SlVectorEntry, i);
      sl_cbor_put_id (body, &entry->replica);
      sl_cbor_put_int (body, (gint64) entry->seq);
      sl_cbor_put_bytes (body, entry->hash.bytes, SL_HASH_BYTES);
    }
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  return sl_stream_writer_item (writer, item, error);
}

/**
 * sl_stream_writer_segment:
 * @writer: a writer behind its header
 * @segment: operations of one device
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_segment (SlStreamWriter *writer, const SlSegment *segment, GError **error)
{
  g_autoptr (GBytes) item = sl_segment_encode (segment);
  return sl_stream_writer_item (writer, item, error);
}

/**
 * sl_stream_writer_box:
 * @writer: a writer behind its header
 * @box_for: which device can open it
 * @box: keys: [2, replica, sealed]
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_box (SlStreamWriter *writer, const SlId *box_for, GBytes *box, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_int (body, SL_ITEM_BOX);
  sl_cbor_put_id (body, box_for);
  sl_cbor_put_bytes (body, g_bytes_get_data (box, NULL), g_bytes_get_size (box));
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  return sl_stream_writer_item (writer, item, error);
}

/**
 * sl_stream_writer_piece:
 * @writer: a writer behind its header
 * @number: which piece, from 0
 * @data: a part of a snapshot: [4, number, bytes]
 * @length: bytes of it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_piece (SlStreamWriter *writer, guint number, const void *data, gsize length, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_int (body, SL_ITEM_SNAPSHOT);
  sl_cbor_put_int (body, number);
  sl_cbor_put_bytes (body, data, length);
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  return sl_stream_writer_item (writer, item, error);
}

/**
 * sl_stream_writer_finish:
 * @writer: a writer
 * @error: return location
 *
 * Writes the end, which says how many items were before it: [3, items].
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_writer_finish (SlStreamWriter *writer, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, SL_ITEM_END);
  sl_cbor_put_int (body, (gint64) writer->items);
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  return sl_stream_writer_item (writer, item, error) && compress (writer, "", 0, ZSTD_e_end, error);
}

/**
 * sl_stream_writer_bytes:
 * @writer: a writer
 *
 * Returns: bytes written so far, before compression
 */
guint64
sl_stream_writer_bytes (SlStreamWriter *writer)
{
  return writer->bytes;
}

/* --- reading --- */

struct _SlStreamReader
{
  SlStreamReadFunc func;
  gpointer user_data;
  ZSTD_DCtx *context;
  guint8 *packed, *plain;
  gsize packed_bytes, plain_bytes;
  ZSTD_inBuffer in;
  gsize plain_at, plain_end;
  gboolean frame_done;
  guint64 items, bytes, max_bytes;
};

/**
 * sl_stream_reader_new:
 * @func: gives the compressed bytes in order
 * @user_data: for @func
 *
 * Returns: (transfer full): a reader
 */
SlStreamReader *
sl_stream_reader_new (SlStreamReadFunc func, gpointer user_data)
{
  SlStreamReader *reader = g_new0 (SlStreamReader, 1);
  reader->func = func;
  reader->user_data = user_data;
  reader->context = ZSTD_createDCtx ();
  g_assert (reader->context != NULL);
  (void) ZSTD_DCtx_setParameter (reader->context, ZSTD_d_windowLogMax, SL_STREAM_WINDOW_LOG_MAX); /* always known */
  reader->packed_bytes = ZSTD_DStreamInSize ();
  reader->packed = g_malloc (reader->packed_bytes);
  reader->plain_bytes = ZSTD_DStreamOutSize ();
  reader->plain = g_malloc (reader->plain_bytes);
  reader->in.src = reader->packed;
  reader->max_bytes = SL_STREAM_MAX_BYTES;
  return reader;
}

/**
 * sl_stream_reader_limit:
 * @reader: a reader that has read nothing
 * @max_bytes: unpacked; what is longer is refused as BAD_INPUT, before it is read
 */
void
sl_stream_reader_limit (SlStreamReader *reader, guint64 max_bytes)
{
  reader->max_bytes = MIN (max_bytes, SL_STREAM_MAX_BYTES);
}

/**
 * sl_stream_reader_free:
 * @reader: (nullable) (transfer full): a reader
 */
void
sl_stream_reader_free (SlStreamReader *reader)
{
  if (reader == NULL)
    return;
  (void) ZSTD_freeDCtx (reader->context);
  g_free (reader->packed);
  g_free (reader->plain);
  g_free (reader);
}

static gboolean
bad_stream (const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s", what);
  return FALSE;
}

static gboolean
fill_packed (SlStreamReader *reader, gboolean *out_end, GError **error)
{
  *out_end = FALSE;
  if (reader->in.pos < reader->in.size)
    return TRUE;
  gssize got = reader->func (reader->user_data, reader->packed, reader->packed_bytes, error);
  if (got < 0)
    return FALSE;
  reader->in.size = (gsize) got;
  reader->in.pos = 0;
  *out_end = got == 0;
  return TRUE;
}

/* More plain bytes, or *out_end at the end of the frame. */
static gboolean
fill_plain (SlStreamReader *reader, gboolean *out_end, GError **error)
{
  *out_end = reader->frame_done;
  while (reader->plain_at == reader->plain_end && !reader->frame_done)
    {
      gboolean ends;
      if (!fill_packed (reader, &ends, error))
        return FALSE;
      if (ends)
        return bad_stream (reader->bytes == 0 ? "not a sync file" : "the file is cut short", error);
      ZSTD_outBuffer out = { reader->plain, reader->plain_bytes, 0 };
      gsize rc = ZSTD_decompressStream (reader->context, &out, &reader->in);
      if (ZSTD_isError (rc))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %s",
                       reader->bytes == 0 ? "not a sync file" : "the file is damaged", ZSTD_getErrorName (rc));
          return FALSE;
        }
      reader->frame_done = rc == 0;
      reader->plain_at = 0;
      reader->plain_end = out.pos;
      reader->bytes += out.pos;
      if (reader->bytes > reader->max_bytes)
        return bad_stream ("the file is too large", error);
      *out_end = reader->frame_done && out.pos == 0;
    }
  return TRUE;
}

static gboolean
read_plain (SlStreamReader *reader, guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gboolean ends;
      if (reader->plain_at == reader->plain_end && !fill_plain (reader, &ends, error))
        return FALSE;
      gsize some = MIN (length, reader->plain_end - reader->plain_at);
      if (some == 0)
        return bad_stream ("the file ends in the middle of an item", error);
      memcpy (data, reader->plain + reader->plain_at, some);
      reader->plain_at += some;
      data += some;
      length -= some;
    }
  return TRUE;
}

/* The head of a byte string in its shortest form. */
static gboolean
read_length (SlStreamReader *reader, gsize *out, GError **error)
{
  guint8 head[SL_STREAM_HEAD_BYTES_MAX];
  if (!read_plain (reader, head, 1, error))
    return FALSE;
  guint low = head[0] & 31;
  gsize more = low < 24 ? 0 : low == 24 ? 1 : low == 25 ? 2 : low == 26 ? 4 : SL_STREAM_HEAD_BYTES_MAX;
  if (head[0] >> 5 != CBOR_BYTES_MAJOR || more == SL_STREAM_HEAD_BYTES_MAX)
    return bad_stream ("the file is not made of items", error);
  if (!read_plain (reader, head + 1, more, error))
    return FALSE;
  gsize length = more == 0 ? low : 0;
  for (gsize i = 0; i < more; i++)
    length = length << 8 | head[1 + i];
  if ((more == 1 && length < 24) || (more == 2 && length <= G_MAXUINT8) || (more == 4 && length <= G_MAXUINT16))
    return bad_stream ("the file is not made of items", error);
  if (length == 0 || length > SL_STREAM_ITEM_MAX_BYTES)
    return bad_stream ("an item of the file is too long", error);
  *out = length;
  return TRUE;
}

/* Grows with what has come: a false length makes no large allocation. */
static GBytes *
read_item (SlStreamReader *reader, GError **error)
{
  gsize length = 0, at = 0;
  if (!read_length (reader, &length, error))
    return NULL;
  g_autoptr (GByteArray) item = g_byte_array_sized_new ((guint) MIN (length, reader->plain_bytes));
  while (at < length)
    {
      gsize some = MIN (length - at, reader->plain_bytes);
      g_byte_array_set_size (item, (guint) (at + some));
      if (!read_plain (reader, item->data + at, some, error))
        return NULL;
      at += some;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&item));
}

static gboolean
decode_header (SlCborReader *body, SlStreamHeader *out, GError **error)
{
  gint64 version;
  gsize length;
  if (!sl_cbor_get_int (body, 1, G_MAXINT64, &version))
    return bad_stream ("the file's header is malformed", error);
  if (version > SL_STREAM_VERSION)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "the file was made by a later release");
      return FALSE;
    }
  if (!sl_cbor_get_id (body, &out->organisation) || !sl_cbor_get_id (body, &out->by)
      || !sl_cbor_get_array (body, 0, 3 * SL_STREAM_VECTOR_MAX, &length) || length % 3 != 0)
    return bad_stream ("the file's header is malformed", error);
  out->vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry));
  for (gsize i = 0; i < length; i += 3)
    {
      SlVectorEntry entry;
      const guint8 *hash;
      gsize hash_bytes;
      gint64 seq;
      if (!sl_cbor_get_id (body, &entry.replica) || !sl_cbor_get_int (body, 0, SL_SEQ_MAX, &seq)
          || !sl_cbor_get_bytes (body, SL_HASH_BYTES, &hash, &hash_bytes) || hash_bytes != SL_HASH_BYTES)
        return bad_stream ("the file's header is malformed", error);
      entry.seq = (guint64) seq;
      memcpy (entry.hash.bytes, hash, SL_HASH_BYTES);
      g_array_append_val (out->vector, entry);
    }
  return sl_cbor_at_end (body) || bad_stream ("the file's header is malformed", error);
}

static gboolean
decode_box (SlCborReader *body, SlStreamItem *out, GError **error)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_id (body, &out->box_for) || !sl_cbor_get_bytes (body, SL_STREAM_BOX_MAX_BYTES, &data, &length)
      || !sl_cbor_at_end (body))
    return bad_stream ("a box of keys is malformed", error);
  out->box = g_bytes_new (data, length);
  return TRUE;
}

static gboolean
decode_piece (SlCborReader *body, SlStreamItem *out, GError **error)
{
  const guint8 *data;
  gsize length;
  gint64 number;
  if (!sl_cbor_get_int (body, 0, G_MAXINT32, &number)
      || !sl_cbor_get_bytes (body, SL_STREAM_BOX_MAX_BYTES, &data, &length) || !sl_cbor_at_end (body))
    return bad_stream ("a piece of a snapshot is malformed", error);
  out->piece_number = (guint) number;
  out->piece = g_bytes_new (data, length);
  return TRUE;
}

/* Behind the end nothing may follow: neither items nor another frame. */
static gboolean
check_end (SlStreamReader *reader, SlCborReader *body, GError **error)
{
  gint64 items;
  gboolean ends;
  if (!sl_cbor_get_int (body, 0, G_MAXINT64, &items) || !sl_cbor_at_end (body) || (guint64) items != reader->items)
    return bad_stream ("the file's end does not fit what is before it", error);
  if (reader->plain_at == reader->plain_end && !fill_plain (reader, &ends, error))
    return FALSE;
  if (reader->plain_at < reader->plain_end)
    return bad_stream ("the file goes on behind its end", error);
  if (!fill_packed (reader, &ends, error))
    return FALSE;
  return ends || bad_stream ("the file goes on behind its end", error);
}

static gboolean
decode_item (SlStreamReader *reader, GBytes *bytes, SlStreamItem *out, GError **error)
{
  SlCborReader body;
  gsize length;
  gint64 type;
  const void *data = g_bytes_get_data (bytes, &length);
  sl_cbor_reader_init (&body, data, length);
  if (!sl_cbor_get_array (&body, 1, G_MAXUINT16, &length) || !sl_cbor_get_int (&body, 0, G_MAXINT32, &type))
    return bad_stream ("an item of the file is malformed", error);
  if ((reader->items == 0) != (type == SL_ITEM_HEADER))
    return bad_stream (reader->items == 0 ? "not a sync file" : "an item of the file is out of place", error);
  out->type = type >= SL_ITEM_UNKNOWN ? SL_ITEM_UNKNOWN : (SlItemType) type;
  switch (out->type)
    {
    case SL_ITEM_HEADER:
      return decode_header (&body, &out->header, error);
    case SL_ITEM_SEGMENT:
      return sl_segment_decode (bytes, &out->segment, error);
    case SL_ITEM_BOX:
      return decode_box (&body, out, error);
    case SL_ITEM_SNAPSHOT:
      return decode_piece (&body, out, error);
    case SL_ITEM_END:
      return check_end (reader, &body, error);
    case SL_ITEM_EXCHANGE: /* what stands in it is its reader's to judge */
      out->exchange = g_bytes_ref (bytes);
      return TRUE;
    case SL_ITEM_UNKNOWN:
    default:
      return TRUE;
    }
}

/**
 * sl_stream_reader_next:
 * @reader: a reader that has neither failed nor given the end
 * @out: (out caller-allocates): clear with sl_stream_item_clear(), whatever is returned
 * @error: return location: BAD_INPUT says what is wrong with the stream, TOO_NEW, or what the giving function says
 *
 * Reads one item. Total: whatever the bytes are, memory stays within one item and one window.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_stream_reader_next (SlStreamReader *reader, SlStreamItem *out, GError **error)
{
  *out = (SlStreamItem){ .type = SL_ITEM_UNKNOWN };
  g_autoptr (GBytes) bytes = read_item (reader, error);
  if (bytes == NULL || !decode_item (reader, bytes, out, error))
    return FALSE;
  reader->items++;
  return TRUE;
}
