/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-segment"

#include "oplog/segment.h"

#include <string.h>

#include "core/error.h"

#define SEGMENT_ITEMS 8

static gboolean
bad_segment (const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a segment of operations %s", what);
  return FALSE;
}

/**
 * sl_segment_clear:
 * @segment: (nullable): what a decode filled
 *
 * Frees what the segment owns.
 */
void
sl_segment_clear (SlSegment *segment)
{
  if (segment != NULL)
    g_clear_pointer (&segment->operations, g_ptr_array_unref);
}

/**
 * sl_segment_encode:
 * @segment: 1 to %SL_SEGMENT_MAX_OPERATIONS operations
 *
 * [1, replica, first number, count, hash before, [operations], head, signature or null]
 *
 * Returns: (transfer full): the item of a stream
 */
GBytes *
sl_segment_encode (const SlSegment *segment)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  g_return_val_if_fail (segment->operations->len > 0 && segment->operations->len <= SL_SEGMENT_MAX_OPERATIONS, NULL);

  sl_cbor_begin_array (writer, SEGMENT_ITEMS);
  sl_cbor_put_int (writer, SL_ITEM_SEGMENT);
  sl_cbor_put_id (writer, &segment->replica);
  sl_cbor_put_int (writer, (gint64) segment->first_seq);
  sl_cbor_put_int (writer, segment->operations->len);
  sl_cbor_put_bytes (writer, segment->previous.bytes, SL_HASH_BYTES);
  sl_cbor_begin_array (writer, segment->operations->len);
  for (guint i = 0; i < segment->operations->len; i++)
    {
      GBytes *bytes = segment->operations->pdata[i];
      sl_cbor_put_bytes (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  sl_cbor_put_bytes (writer, segment->head.bytes, SL_HASH_BYTES);
  if (segment->is_signed)
    sl_cbor_put_bytes (writer, segment->signature, SL_SIGNATURE_BYTES);
  else
    sl_cbor_put_null (writer);
  return sl_cbor_writer_finish (writer);
}

static gboolean
get_fixed (SlCborReader *reader, void *out, gsize length)
{
  const guint8 *data;
  gsize found;
  if (!sl_cbor_get_bytes (reader, length, &data, &found) || found != length)
    return FALSE;
  memcpy (out, data, length);
  return TRUE;
}

static gboolean
get_operations (SlCborReader *reader, GBytes *item, gint64 count, GPtrArray *out)
{
  gsize length;
  const guint8 *start = g_bytes_get_data (item, NULL);
  if (!sl_cbor_get_array (reader, 1, SL_SEGMENT_MAX_OPERATIONS, &length) || (gint64) length != count)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      const guint8 *data;
      gsize bytes;
      if (!sl_cbor_get_bytes (reader, SL_OPERATION_MAX_BYTES, &data, &bytes) || bytes == 0)
        return FALSE;
      g_ptr_array_add (out, g_bytes_new_from_bytes (item, (gsize) (data - start), bytes));
    }
  return TRUE;
}

static gboolean
get_signature (SlCborReader *reader, SlSegment *out)
{
  SlCborItem null;
  if (sl_cbor_peek (reader) == SL_CBOR_NULL && !reader->failed)
    return sl_cbor_next (reader, &null);
  out->is_signed = TRUE;
  return get_fixed (reader, out->signature, SL_SIGNATURE_BYTES);
}

/**
 * sl_segment_decode:
 * @item: an item of a stream
 * @out: (out caller-allocates): clear with sl_segment_clear(); its operations keep @item alive
 * @error: return location: BAD_INPUT
 *
 * Reads the frame alone; the operations in it are judged when they are taken.
 *
 * Returns: %FALSE when malformed; @out needs no clearing then
 */
gboolean
sl_segment_decode (GBytes *item, SlSegment *out, GError **error)
{
  SlCborReader reader;
  gsize length;
  gint64 type, first, count;
  const guint8 *data = g_bytes_get_data (item, &length);

  *out = (SlSegment){ .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };
  if (length > SL_SEGMENT_MAX_BYTES)
    {
      sl_segment_clear (out);
      return bad_segment ("is too long", error);
    }
  sl_cbor_reader_init (&reader, data, length);
  if (sl_cbor_get_array (&reader, SEGMENT_ITEMS, SEGMENT_ITEMS, &length)
      && sl_cbor_get_int (&reader, SL_ITEM_SEGMENT, SL_ITEM_SEGMENT, &type) && sl_cbor_get_id (&reader, &out->replica)
      && sl_cbor_get_int (&reader, 1, SL_SEQ_MAX, &first)
      && sl_cbor_get_int (&reader, 1, SL_SEGMENT_MAX_OPERATIONS, &count) && first + count - 1 <= SL_SEQ_MAX
      && get_fixed (&reader, out->previous.bytes, SL_HASH_BYTES)
      && get_operations (&reader, item, count, out->operations)
      && get_fixed (&reader, out->head.bytes, SL_HASH_BYTES) && get_signature (&reader, out)
      && sl_cbor_at_end (&reader))
    {
      out->first_seq = (guint64) first;
      return TRUE;
    }
  sl_segment_clear (out);
  return bad_segment ("is malformed", error);
}
