/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cbor"

#include "core/cbor-private.h"

#include <cbor/encoding.h>

#define HEAD_BYTES_MAX 9 /* RFC 8949 section 3: the initial byte and an argument of up to 8 */

struct _SlCborWriter
{
  GByteArray *bytes;
  guint depth;
  struct { gboolean is_map; gsize left; gsize key_offset, key_length; } open[SL_CBOR_DEPTH_MAX];
};

/* An item stands at the writer's end, from offset on. A wrong order or number of items is a bug of the caller. */
static void
item_put (SlCborWriter *self, gsize offset, gboolean may_be_key)
{
  if (self->depth == 0)
    return;
  typeof (self->open[0]) *top = &self->open[self->depth - 1];
  g_assert (top->left > 0);
  if (top->is_map && top->left % 2 == 0)
    {
      gsize length = self->bytes->len - offset;
      g_assert (may_be_key);
      g_assert (top->key_length == 0
                || sl_cbor_key_follows (self->bytes->data + offset, length, self->bytes->data + top->key_offset,
                                        top->key_length));
      top->key_offset = offset;
      top->key_length = length;
    }
  top->left--;
}

static void
close_full (SlCborWriter *self)
{
  while (self->depth > 0 && self->open[self->depth - 1].left == 0)
    self->depth--;
}

static void
put_item (SlCborWriter *self, const guint8 *head, gsize head_length, const void *data, gsize length,
          gboolean may_be_key)
{
  gsize offset = self->bytes->len;
  g_assert (head_length > 0 || length > 0);
  g_byte_array_append (self->bytes, head, head_length);
  if (length > 0)
    g_byte_array_append (self->bytes, data, length);
  item_put (self, offset, may_be_key);
  close_full (self);
}

static void
begin_container (SlCborWriter *self, const guint8 *head, gsize head_length, gboolean is_map, gsize items)
{
  gsize offset = self->bytes->len;
  g_byte_array_append (self->bytes, head, head_length);
  item_put (self, offset, FALSE);
  g_assert (self->depth < SL_CBOR_DEPTH_MAX);
  self->open[self->depth].is_map = is_map;
  self->open[self->depth].left = items;
  self->open[self->depth].key_length = 0;
  self->depth++;
  close_full (self);
}

/**
 * sl_cbor_writer_new:
 *
 * A writer of deterministic CBOR (RFC 8949 section 4.2). Items put one after another at the top make a CBOR sequence.
 * What a caller must keep (the announced numbers of items, ascending map keys that are no arrays or maps, a depth of at
 * most %SL_CBOR_DEPTH_MAX) is asserted.
 *
 * Returns: (transfer full): an empty writer, for sl_cbor_writer_free()
 */
SlCborWriter *
sl_cbor_writer_new (void)
{
  SlCborWriter *self = g_new0 (SlCborWriter, 1);
  self->bytes = g_byte_array_new ();
  return self;
}

/**
 * sl_cbor_writer_free:
 * @writer: (nullable) (transfer full): a writer
 */
void
sl_cbor_writer_free (SlCborWriter *writer)
{
  if (writer == NULL)
    return;
  g_byte_array_unref (writer->bytes);
  g_free (writer);
}

/**
 * sl_cbor_writer_finish:
 * @writer: a writer whose arrays and maps all have their items
 *
 * Returns: (transfer full): what was put; the writer is empty afterwards and may be used again
 */
GBytes *
sl_cbor_writer_finish (SlCborWriter *writer)
{
  g_assert (writer->depth == 0);
  GBytes *bytes = g_byte_array_free_to_bytes (writer->bytes);
  writer->bytes = g_byte_array_new ();
  return bytes;
}

/**
 * sl_cbor_put_int:
 * @writer: a writer
 * @value: any integer
 */
void
sl_cbor_put_int (SlCborWriter *writer, gint64 value)
{
  guint8 head[HEAD_BYTES_MAX];
  /* CBOR's negative integers count from −1: the argument of n is −1 − n, which in two's complement is ~n. */
  gsize length = value >= 0 ? cbor_encode_uint ((guint64) value, head, sizeof head)
                            : cbor_encode_negint (~(guint64) value, head, sizeof head);
  put_item (writer, head, length, NULL, 0, TRUE);
}

/**
 * sl_cbor_put_bool:
 * @writer: a writer
 * @value: %TRUE or %FALSE
 */
void
sl_cbor_put_bool (SlCborWriter *writer, gboolean value)
{
  guint8 head[HEAD_BYTES_MAX];
  put_item (writer, head, cbor_encode_bool (value != FALSE, head, sizeof head), NULL, 0, FALSE);
}

/**
 * sl_cbor_put_null:
 * @writer: a writer
 */
void
sl_cbor_put_null (SlCborWriter *writer)
{
  guint8 head[HEAD_BYTES_MAX];
  put_item (writer, head, cbor_encode_null (head, sizeof head), NULL, 0, FALSE);
}

/**
 * sl_cbor_put_bytes:
 * @writer: a writer
 * @data: (array length=length) (nullable): the bytes; may be %NULL when @length is 0
 * @length: their number
 */
void
sl_cbor_put_bytes (SlCborWriter *writer, const void *data, gsize length)
{
  guint8 head[HEAD_BYTES_MAX];
  g_assert (data != NULL || length == 0);
  put_item (writer, head, cbor_encode_bytestring_start (length, head, sizeof head), data, length, TRUE);
}

/**
 * sl_cbor_put_text:
 * @writer: a writer
 * @utf8: (nullable): valid UTF-8; %NULL becomes null
 */
void
sl_cbor_put_text (SlCborWriter *writer, const char *utf8)
{
  if (utf8 == NULL)
    {
      sl_cbor_put_null (writer);
      return;
    }
  guint8 head[HEAD_BYTES_MAX];
  gsize length = strlen (utf8);
  g_assert (g_utf8_validate_len (utf8, length, NULL));
  put_item (writer, head, cbor_encode_string_start (length, head, sizeof head), utf8, length, TRUE);
}

/**
 * sl_cbor_put_id:
 * @writer: a writer
 * @id: an id, 16 bytes; #sl_id_none becomes null
 */
void
sl_cbor_put_id (SlCborWriter *writer, const SlId *id)
{
  if (sl_id_is_none (id))
    sl_cbor_put_null (writer);
  else
    sl_cbor_put_bytes (writer, id->bytes, SL_ID_BYTES);
}

/**
 * sl_cbor_begin_array:
 * @writer: a writer
 * @length: how many items follow as the array's
 *
 * There is no end to put: the array ends with its last item.
 */
void
sl_cbor_begin_array (SlCborWriter *writer, gsize length)
{
  guint8 head[HEAD_BYTES_MAX];
  begin_container (writer, head, cbor_encode_array_start (length, head, sizeof head), FALSE, length);
}

/**
 * sl_cbor_begin_map:
 * @writer: a writer
 * @pairs: how many pairs of a key and a value follow; the keys in the bytewise order of their encodings
 */
void
sl_cbor_begin_map (SlCborWriter *writer, gsize pairs)
{
  guint8 head[HEAD_BYTES_MAX];
  g_assert (pairs <= G_MAXSIZE / 2);
  begin_container (writer, head, cbor_encode_map_start (pairs, head, sizeof head), TRUE, pairs * 2);
}

/**
 * sl_cbor_put_raw:
 * @writer: a writer
 * @data: (array length=length): one item of deterministic CBOR, as another writer or sl_cbor_skip() gave it
 * @length: its bytes
 *
 * Puts an item as it is. Its depth is not counted.
 */
void
sl_cbor_put_raw (SlCborWriter *writer, const void *data, gsize length)
{
  put_item (writer, NULL, 0, data, length, TRUE);
}
