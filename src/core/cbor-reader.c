/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cbor"

#include "core/cbor-private.h"

#include <cbor/callbacks.h>
#include <cbor/streaming.h>

/* What libcbor's decoder told of one head. */
typedef struct {
  SlCborItem item;
  guint64 argument;  /* what the head encodes: the value, or the length */
  gboolean accepted; /* one of our types, in range */
} Decoded;

static void
on_uint (Decoded *decoded, guint64 value)
{
  decoded->item.type = SL_CBOR_INT;
  decoded->item.integer = (gint64) value;
  decoded->argument = value;
  decoded->accepted = value <= G_MAXINT64;
}

static void
on_negint (Decoded *decoded, guint64 argument)
{
  decoded->item.type = SL_CBOR_INT;
  decoded->item.integer = -1 - (gint64) (argument & G_MAXINT64);
  decoded->argument = argument;
  decoded->accepted = argument <= G_MAXINT64;
}

static void on_uint8 (void *decoded, uint8_t value) { on_uint (decoded, value); }
static void on_uint16 (void *decoded, uint16_t value) { on_uint (decoded, value); }
static void on_uint32 (void *decoded, uint32_t value) { on_uint (decoded, value); }
static void on_uint64 (void *decoded, uint64_t value) { on_uint (decoded, value); }
static void on_negint8 (void *decoded, uint8_t value) { on_negint (decoded, value); }
static void on_negint16 (void *decoded, uint16_t value) { on_negint (decoded, value); }
static void on_negint32 (void *decoded, uint32_t value) { on_negint (decoded, value); }
static void on_negint64 (void *decoded, uint64_t value) { on_negint (decoded, value); }

static void
on_sized (Decoded *decoded, SlCborType type, const guint8 *data, gsize length)
{
  decoded->item.type = type;
  decoded->item.data = data;
  decoded->item.length = length;
  decoded->argument = length;
  /* C strings carry the texts, so a zero byte in one is not taken: this check refuses it with all else that is not
   * UTF-8. */
  decoded->accepted = type != SL_CBOR_TEXT || g_utf8_validate_len ((const char *) data, length, NULL);
}

static void on_bytes (void *decoded, cbor_data data, size_t length) { on_sized (decoded, SL_CBOR_BYTES, data, length); }
static void on_text (void *decoded, cbor_data data, size_t length) { on_sized (decoded, SL_CBOR_TEXT, data, length); }
static void on_array (void *decoded, size_t length) { on_sized (decoded, SL_CBOR_ARRAY, NULL, length); }
static void on_map (void *decoded, size_t pairs) { on_sized (decoded, SL_CBOR_MAP, NULL, pairs); }

static void
on_bool (void *user_data, bool value)
{
  Decoded *decoded = user_data;
  decoded->item.type = SL_CBOR_BOOL;
  decoded->item.integer = value;
  decoded->accepted = TRUE;
}

static void
on_null (void *user_data)
{
  Decoded *decoded = user_data;
  decoded->item.type = SL_CBOR_NULL;
  decoded->accepted = TRUE;
}

/* What deterministic coding of our types has no room for leaves the item unaccepted. */
static void refuse (void *decoded) { }
static void refuse_tag (void *decoded, uint64_t tag) { }
static void refuse_float (void *decoded, float value) { }
static void refuse_double (void *decoded, double value) { }

static const struct cbor_callbacks callbacks = {
  .uint8 = on_uint8, .uint16 = on_uint16, .uint32 = on_uint32, .uint64 = on_uint64,
  .negint8 = on_negint8, .negint16 = on_negint16, .negint32 = on_negint32, .negint64 = on_negint64,
  .byte_string = on_bytes, .string = on_text, .array_start = on_array, .map_start = on_map,
  .null = on_null, .boolean = on_bool,
  .byte_string_start = refuse, .string_start = refuse, .indef_array_start = refuse, .indef_map_start = refuse,
  .undefined = refuse, .indef_break = refuse, .tag = refuse_tag,
  .float2 = refuse_float, .float4 = refuse_float, .float8 = refuse_double,
};

static gsize
shortest_head (guint64 argument)
{
  return argument < 24 ? 1 : argument <= G_MAXUINT8 ? 2 : argument <= G_MAXUINT16 ? 3 : argument <= G_MAXUINT32 ? 5 : 9;
}

static gboolean
fail (SlCborReader *reader)
{
  reader->failed = TRUE;
  return FALSE;
}

/* Takes the item (of read bytes at the reader's offset) into the open array or map. FALSE: a key that may not stand
 * here. */
static gboolean
item_read (SlCborReader *reader, const SlCborItem *item, gsize read)
{
  if (reader->depth == 0)
    return TRUE;
  typeof (reader->open[0]) *top = &reader->open[reader->depth - 1];
  if (top->is_map && top->left % 2 == 0)
    {
      if (item->type != SL_CBOR_INT && item->type != SL_CBOR_BYTES && item->type != SL_CBOR_TEXT)
        return FALSE;
      if (top->key_length > 0
          && !sl_cbor_key_follows (reader->data + reader->offset, read, reader->data + top->key_offset,
                                   top->key_length))
        return FALSE;
      top->key_offset = reader->offset;
      top->key_length = read;
    }
  top->left--;
  return TRUE;
}

/* Opens an array or map whose head was just read. FALSE: too deep, or more items than the input has bytes left. */
static gboolean
open_container (SlCborReader *reader, const SlCborItem *item)
{
  gboolean is_map = item->type == SL_CBOR_MAP;
  gsize left = reader->length - reader->offset;
  if (reader->depth == SL_CBOR_DEPTH_MAX || item->length > (is_map ? left / 2 : left))
    return FALSE;
  typeof (reader->open[0]) *top = &reader->open[reader->depth++];
  top->is_map = is_map;
  top->left = is_map ? item->length * 2 : item->length;
  top->key_length = 0;
  return TRUE;
}

/**
 * sl_cbor_reader_init:
 * @reader: (out caller-allocates): nothing to free
 * @data: (array length=length) (nullable): bytes from anywhere; must outlive the reader and its items
 * @length: their number
 *
 * A reader of one item or a sequence of them. It never allocates and is bounded by the input.
 */
void
sl_cbor_reader_init (SlCborReader *reader, const void *data, gsize length)
{
  g_assert (data != NULL || length == 0);
  reader->data = data;
  reader->length = length;
  reader->offset = 0;
  reader->failed = FALSE;
  reader->depth = 0;
}

/**
 * sl_cbor_next:
 * @reader: a reader
 * @out: (out): the item; its strings point into the input
 *
 * Reads one item; of an array or map the head, its items follow. Accepted is what sl_cbor_put_int() and its like can
 * write: integers of 64 bits with sign, byte strings, UTF-8 texts without a zero byte, booleans, null, and arrays and
 * maps of definite length, at most %SL_CBOR_DEPTH_MAX deep; each head in its shortest form; map keys that are integers,
 * bytes or texts, in ascending order, none twice. A declared length beyond the end of the input is refused at once.
 *
 * Returns: %FALSE at the end of the input and at anything else; the reader has failed then, for good
 */
gboolean
sl_cbor_next (SlCborReader *reader, SlCborItem *out)
{
  if (reader->failed || reader->offset >= reader->length)
    return fail (reader);

  Decoded decoded = { 0 };
  struct cbor_decoder_result result
      = cbor_stream_decode (reader->data + reader->offset, reader->length - reader->offset, &callbacks, &decoded);
  if (result.status != CBOR_DECODER_FINISHED || !decoded.accepted)
    return fail (reader);
  gboolean is_string = decoded.item.type == SL_CBOR_BYTES || decoded.item.type == SL_CBOR_TEXT;
  gsize head = result.read - (is_string ? decoded.item.length : 0);
  if (head != shortest_head (decoded.argument) || !item_read (reader, &decoded.item, result.read))
    return fail (reader);

  reader->offset += result.read;
  if (decoded.item.type == SL_CBOR_ARRAY || decoded.item.type == SL_CBOR_MAP)
    {
      if (!open_container (reader, &decoded.item))
        return fail (reader);
    }
  while (reader->depth > 0 && reader->open[reader->depth - 1].left == 0)
    reader->depth--;
  *out = decoded.item;
  return TRUE;
}

/**
 * sl_cbor_at_end:
 * @reader: a reader
 *
 * Returns: whether the input was read to its end, every array and map has all its items, and nothing failed
 */
gboolean
sl_cbor_at_end (const SlCborReader *reader)
{
  return !reader->failed && reader->depth == 0 && reader->offset == reader->length;
}

static gboolean
next_of_type (SlCborReader *reader, SlCborType type, SlCborItem *out)
{
  return sl_cbor_next (reader, out) && (out->type == type || fail (reader));
}

/**
 * sl_cbor_get_int:
 * @reader: a reader
 * @min: the least value that is taken
 * @max: the greatest
 * @out: (out): the value; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is no integer from @min to @max
 */
gboolean
sl_cbor_get_int (SlCborReader *reader, gint64 min, gint64 max, gint64 *out)
{
  SlCborItem item;
  if (!next_of_type (reader, SL_CBOR_INT, &item))
    return FALSE;
  if (item.integer < min || item.integer > max)
    return fail (reader);
  *out = item.integer;
  return TRUE;
}

/**
 * sl_cbor_get_bool:
 * @reader: a reader
 * @out: (out): the value; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is no boolean
 */
gboolean
sl_cbor_get_bool (SlCborReader *reader, gboolean *out)
{
  SlCborItem item;
  if (!next_of_type (reader, SL_CBOR_BOOL, &item))
    return FALSE;
  *out = item.integer != 0;
  return TRUE;
}

static gboolean
take_id (SlCborReader *reader, const SlCborItem *item, SlId *out)
{
  SlId id;
  if (item->type != SL_CBOR_BYTES || item->length != SL_ID_BYTES)
    return fail (reader);
  memcpy (id.bytes, item->data, SL_ID_BYTES);
  if (sl_id_is_none (&id)) /* its one spelling is null */
    return fail (reader);
  *out = id;
  return TRUE;
}

/**
 * sl_cbor_get_id:
 * @reader: a reader
 * @out: (out): the id; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is no byte string of 16, or is all zero
 */
gboolean
sl_cbor_get_id (SlCborReader *reader, SlId *out)
{
  SlCborItem item;
  return sl_cbor_next (reader, &item) && take_id (reader, &item, out);
}

/**
 * sl_cbor_get_id_or_null:
 * @reader: a reader
 * @out: (out): the id, or #sl_id_none for null; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is neither
 */
gboolean
sl_cbor_get_id_or_null (SlCborReader *reader, SlId *out)
{
  SlCborItem item;
  if (!sl_cbor_next (reader, &item))
    return FALSE;
  if (item.type != SL_CBOR_NULL)
    return take_id (reader, &item, out);
  *out = sl_id_none;
  return TRUE;
}

/**
 * sl_cbor_get_bytes:
 * @reader: a reader
 * @max: the most bytes that are taken
 * @out: (out) (transfer none): the bytes, within the input; untouched on failure
 * @out_length: (out): their number
 *
 * Returns: %FALSE with sticky failure when the next item is no byte string or longer than @max
 */
gboolean
sl_cbor_get_bytes (SlCborReader *reader, gsize max, const guint8 **out, gsize *out_length)
{
  SlCborItem item;
  if (!next_of_type (reader, SL_CBOR_BYTES, &item))
    return FALSE;
  if (item.length > max)
    return fail (reader);
  *out = item.data;
  *out_length = item.length;
  return TRUE;
}

/**
 * sl_cbor_get_text:
 * @reader: a reader
 * @max: the most bytes that are taken
 * @out: (out) (transfer full) (nullable): the text, %NULL for null; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is neither text nor null, or longer than @max bytes
 */
gboolean
sl_cbor_get_text (SlCborReader *reader, gsize max, char **out)
{
  SlCborItem item;
  if (!sl_cbor_next (reader, &item))
    return FALSE;
  if (item.type == SL_CBOR_NULL)
    {
      *out = NULL;
      return TRUE;
    }
  if (item.type != SL_CBOR_TEXT || item.length > max)
    return fail (reader);
  *out = g_strndup ((const char *) item.data, item.length);
  return TRUE;
}

/**
 * sl_cbor_get_array:
 * @reader: a reader
 * @min: the fewest items that are taken
 * @max: the most
 * @out_length: (out): how many items follow; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is no array of @min to @max items
 */
gboolean
sl_cbor_get_array (SlCborReader *reader, gsize min, gsize max, gsize *out_length)
{
  SlCborItem item;
  if (!next_of_type (reader, SL_CBOR_ARRAY, &item))
    return FALSE;
  if (item.length < min || item.length > max)
    return fail (reader);
  *out_length = item.length;
  return TRUE;
}

/**
 * sl_cbor_get_map:
 * @reader: a reader
 * @max: the most pairs that are taken
 * @out_pairs: (out): how many pairs follow; untouched on failure
 *
 * Returns: %FALSE with sticky failure when the next item is no map of at most @max pairs
 */
gboolean
sl_cbor_get_map (SlCborReader *reader, gsize max, gsize *out_pairs)
{
  SlCborItem item;
  if (!next_of_type (reader, SL_CBOR_MAP, &item))
    return FALSE;
  if (item.length > max)
    return fail (reader);
  *out_pairs = item.length;
  return TRUE;
}

/**
 * sl_cbor_peek:
 * @reader: a reader
 *
 * Looks at the next item without reading it; only its first byte is judged.
 *
 * Returns: its type; %SL_CBOR_NULL with sticky failure at the end of the input and for what sl_cbor_next() would refuse
 */
SlCborType
sl_cbor_peek (SlCborReader *reader)
{
  static const SlCborType major_types[]
      = { SL_CBOR_INT, SL_CBOR_INT, SL_CBOR_BYTES, SL_CBOR_TEXT, SL_CBOR_ARRAY, SL_CBOR_MAP };
  if (!reader->failed && reader->offset < reader->length)
    {
      guint8 initial = reader->data[reader->offset];
      if (initial >> 5 < G_N_ELEMENTS (major_types))
        return major_types[initial >> 5];
      if (initial == 0xf4 || initial == 0xf5)
        return SL_CBOR_BOOL;
      if (initial == 0xf6)
        return SL_CBOR_NULL;
    }
  (void) fail (reader);
  return SL_CBOR_NULL;
}

/**
 * sl_cbor_skip:
 * @reader: a reader
 * @out_data: (out) (optional) (transfer none): the item's bytes, within the input
 * @out_length: (out) (optional): their number
 *
 * Reads one whole item with all that is in it, as strictly as if it were looked at.
 *
 * Returns: %FALSE with sticky failure when it is not deterministic CBOR
 */
gboolean
sl_cbor_skip (SlCborReader *reader, const guint8 **out_data, gsize *out_length)
{
  gsize start = reader->offset;
  gsize pending = 1; /* each item is at least a byte of the input, so this cannot overflow */
  while (pending > 0)
    {
      SlCborItem item;
      if (!sl_cbor_next (reader, &item))
        return FALSE;
      pending--;
      if (item.type == SL_CBOR_ARRAY)
        pending += item.length;
      else if (item.type == SL_CBOR_MAP)
        pending += item.length * 2;
    }
  if (out_data != NULL)
    *out_data = reader->data + start;
  if (out_length != NULL)
    *out_length = reader->offset - start;
  return TRUE;
}
