/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-exchange-item"

#include "core/cbor.h"
#include "core/error.h"
#include "protocol/message.h"

#define ITEM_EXCHANGE 5  /* the type of the item in a stream: src/oplog/README.md "Segments" */
#define PAIRS_MAX 16     /* later versions have more keys than ours */
#define ASK_KIND_MAX 255 /* likewise of kinds */
#define VERSION_MAX 65535
#define TIME_MAX_MS G_GINT64_CONSTANT (253402300799999) /* the end of the year 9999 */

/* Keys of the map: sync/README.md "The exchange item". Absent is 0, or none. */
enum { KEY_CURSOR, KEY_EPOCH, KEY_FLAGS, KEY_MAX_OR_TIME, KEY_ASKS, KEY_VERSIONS, KEY_REQUEST };

/**
 * sl_exchange_item_clear:
 * @item: an item, or zeroes
 */
void
sl_exchange_item_clear (SlExchangeItem *item)
{
  g_clear_pointer (&item->asks, g_array_unref);
  *item = (SlExchangeItem) { 0 };
}

static void
put_number (SlCborWriter *writer, int key, gint64 value)
{
  if (value == 0)
    return;
  sl_cbor_put_int (writer, key);
  sl_cbor_put_int (writer, value);
}

static void
put_asks (SlCborWriter *writer, const GArray *asks)
{
  sl_cbor_put_int (writer, KEY_ASKS);
  sl_cbor_begin_array (writer, asks->len);
  for (guint i = 0; i < asks->len; i++)
    {
      const SlAsk *ask = &g_array_index (asks, SlAsk, i);
      sl_cbor_begin_array (writer, 3);
      sl_cbor_put_int (writer, ask->kind);
      sl_cbor_put_id (writer, &ask->id);
      sl_cbor_put_int (writer, ask->amount);
    }
}

/**
 * sl_exchange_item_encode:
 * @item: the item; at most %SL_EXCHANGE_ASKS_MAX asks, each with an id, amounts from 0 to %SL_EXCHANGE_AMOUNT_MAX
 * @is_answer: whether it goes in an answer
 *
 * Returns: (transfer full): the whole item of a stream, type and map, in deterministic CBOR
 */
GBytes *
sl_exchange_item_encode (const SlExchangeItem *item, gboolean is_answer)
{
  g_return_val_if_fail (item != NULL && (item->asks == NULL || item->asks->len <= SL_EXCHANGE_ASKS_MAX), NULL);
  g_return_val_if_fail (item->cursor <= G_MAXINT64 && item->flags <= G_MAXINT64, NULL);
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  gboolean has_epoch = !sl_id_is_none (&item->epoch);
  gboolean has_asks = item->asks != NULL && item->asks->len > 0;
  gboolean has_request = !is_answer && !sl_id_is_none (&item->request);
  gint64 third = is_answer ? item->time_ms : (gint64) MIN (item->max_bytes, G_MAXINT64);
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, ITEM_EXCHANGE);
  sl_cbor_begin_map (writer, 1 + (item->cursor != 0) + has_epoch + (item->flags != 0) + (third != 0) + has_asks
                                  + has_request);
  put_number (writer, KEY_CURSOR, (gint64) item->cursor);
  if (has_epoch)
    {
      sl_cbor_put_int (writer, KEY_EPOCH);
      sl_cbor_put_id (writer, &item->epoch);
    }
  put_number (writer, KEY_FLAGS, (gint64) item->flags);
  put_number (writer, KEY_MAX_OR_TIME, third);
  if (has_asks)
    put_asks (writer, item->asks);
  sl_cbor_put_int (writer, KEY_VERSIONS);
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, item->version_lowest);
  sl_cbor_put_int (writer, item->version);
  if (has_request)
    {
      sl_cbor_put_int (writer, KEY_REQUEST);
      sl_cbor_put_id (writer, &item->request);
    }
  return sl_cbor_writer_finish (writer);
}

static gboolean
read_asks (SlCborReader *reader, SlExchangeItem *out)
{
  gsize n_asks, parts;
  if (!sl_cbor_get_array (reader, 0, SL_EXCHANGE_ASKS_MAX, &n_asks))
    return FALSE;
  out->asks = g_array_sized_new (FALSE, TRUE, sizeof (SlAsk), (guint) n_asks);
  for (gsize i = 0; i < n_asks; i++)
    {
      SlAsk ask = { 0 };
      gint64 kind;
      if (!sl_cbor_get_array (reader, 3, 3, &parts) || !sl_cbor_get_int (reader, 1, ASK_KIND_MAX, &kind)
          || !sl_cbor_get_id (reader, &ask.id) || !sl_cbor_get_int (reader, 0, SL_EXCHANGE_AMOUNT_MAX, &ask.amount))
        return FALSE;
      ask.kind = (SlAskKind) kind;
      g_array_append_val (out->asks, ask);
    }
  return TRUE;
}

static gboolean
read_number (SlCborReader *reader, guint64 *out)
{
  gint64 value;
  if (!sl_cbor_get_int (reader, 0, G_MAXINT64, &value))
    return FALSE;
  *out = (guint64) value;
  return TRUE;
}

static gboolean
read_versions (SlCborReader *reader, gboolean is_answer, SlExchangeItem *out)
{
  gsize parts;
  gint64 lowest, highest;
  if (!sl_cbor_get_array (reader, 2, 2, &parts) || !sl_cbor_get_int (reader, 1, VERSION_MAX, &lowest)
      || !sl_cbor_get_int (reader, lowest, is_answer ? lowest : VERSION_MAX, &highest))
    return FALSE;
  out->version_lowest = (guint) lowest;
  out->version = (guint) highest;
  return TRUE;
}

static gboolean
read_value (SlCborReader *reader, gint64 key, gboolean is_answer, SlExchangeItem *out)
{
  switch (key)
    {
    case KEY_CURSOR:
      return read_number (reader, &out->cursor);
    case KEY_EPOCH:
      return sl_cbor_get_id (reader, &out->epoch);
    case KEY_FLAGS:
      return read_number (reader, &out->flags);
    case KEY_MAX_OR_TIME:
      return is_answer ? sl_cbor_get_int (reader, 0, TIME_MAX_MS, &out->time_ms)
                       : read_number (reader, &out->max_bytes);
    case KEY_ASKS:
      return read_asks (reader, out);
    case KEY_VERSIONS:
      return read_versions (reader, is_answer, out);
    case KEY_REQUEST:
      return sl_cbor_get_id (reader, &out->request);
    default:
      return sl_cbor_skip (reader, NULL, NULL); /* a later version's */
    }
}

static gboolean
read_item (SlCborReader *reader, gboolean is_answer, SlExchangeItem *out)
{
  gsize parts, pairs;
  gint64 type, key;
  if (!sl_cbor_get_array (reader, 2, 2, &parts) || !sl_cbor_get_int (reader, ITEM_EXCHANGE, ITEM_EXCHANGE, &type)
      || !sl_cbor_get_map (reader, PAIRS_MAX, &pairs))
    return FALSE;
  for (gsize i = 0; i < pairs; i++)
    if (!sl_cbor_get_int (reader, 0, G_MAXINT32, &key) || !read_value (reader, key, is_answer, out))
      return FALSE;
  return sl_cbor_at_end (reader) && out->version > 0;
}

/**
 * sl_exchange_item_decode:
 * @bytes: an item of a stream, from anywhere
 * @is_answer: whether it came in an answer
 * @out: (out): the item, to be cleared; empty on failure
 * @error: return location
 *
 * Keys that this version does not know are passed over, and kinds of asks kept: whoever asks for such a thing gets
 * nothing of it.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT where anything is missing, out of its range or not deterministic
 */
gboolean
sl_exchange_item_decode (GBytes *bytes, gboolean is_answer, SlExchangeItem *out, GError **error)
{
  gsize size;
  *out = (SlExchangeItem) { 0 };
  g_return_val_if_fail (bytes != NULL, FALSE);
  const void *data = g_bytes_get_data (bytes, &size);
  SlCborReader reader;
  sl_cbor_reader_init (&reader, data, size);
  if (size <= SL_EXCHANGE_ITEM_MAX_BYTES && read_item (&reader, is_answer, out))
    return TRUE;
  sl_exchange_item_clear (out);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the exchange item is malformed at byte %" G_GSIZE_FORMAT,
               reader.offset);
  return FALSE;
}
