/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-clocks"

#include "oplog/clocks.h"

#include "core/cbor.h"

/**
 * sl_stamp_compare:
 * @a: a stamp
 * @b: another
 *
 * The order of last writer wins: hybrid clock, then replica, then number. Two operations never compare equal.
 *
 * Returns: below, at or above zero
 */
int
sl_stamp_compare (const SlStamp *a, const SlStamp *b)
{
  if (a->hlc != b->hlc)
    return a->hlc < b->hlc ? -1 : 1;
  int replicas = sl_id_compare (&a->replica, &b->replica);
  if (replicas != 0)
    return replicas;
  return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return sl_stamp_compare (&((const SlClockEntry *) a)->stamp, &((const SlClockEntry *) b)->stamp);
}

/**
 * sl_clocks_unpack:
 * @data: (nullable): a row's clocks; %NULL for a row that has none yet
 * @length: bytes of it
 *
 * Returns: (transfer full) (nullable) (element-type SlClockEntry): %NULL when damaged
 */
GArray *
sl_clocks_unpack (const void *data, gsize length)
{
  g_autoptr (GArray) clocks = g_array_new (FALSE, FALSE, sizeof (SlClockEntry));
  SlCborReader reader;
  gsize items;
  if (data == NULL)
    return g_steal_pointer (&clocks);
  sl_cbor_reader_init (&reader, data, length);
  if (!sl_cbor_get_array (&reader, 0, 4 * SL_CLOCK_FIELDS_MAX, &items) || items % 4 != 0)
    return NULL;
  for (gsize i = 0; i < items; i += 4)
    {
      gint64 fields, seq;
      SlClockEntry entry;
      if (!sl_cbor_get_int (&reader, 1, G_MAXINT64, &fields)
          || !sl_cbor_get_int (&reader, 1, G_MAXINT64, &entry.stamp.hlc)
          || !sl_cbor_get_id (&reader, &entry.stamp.replica) || !sl_cbor_get_int (&reader, 1, G_MAXINT64, &seq))
        return NULL;
      entry.fields = (guint64) fields;
      entry.stamp.seq = (guint64) seq;
      g_array_append_val (clocks, entry);
    }
  return sl_cbor_at_end (&reader) ? g_steal_pointer (&clocks) : NULL;
}

/**
 * sl_clocks_pack:
 * @clocks: (element-type SlClockEntry): sorted here
 *
 * Returns: (transfer full): the same bytes for the same entries on every device
 */
GBytes *
sl_clocks_pack (GArray *clocks)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  g_array_sort (clocks, compare_entries);
  sl_cbor_begin_array (writer, 4 * clocks->len);
  for (guint i = 0; i < clocks->len; i++)
    {
      const SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i);
      sl_cbor_put_int (writer, (gint64) entry->fields);
      sl_cbor_put_int (writer, entry->stamp.hlc);
      sl_cbor_put_id (writer, &entry->stamp.replica);
      sl_cbor_put_int (writer, (gint64) entry->stamp.seq);
    }
  return sl_cbor_writer_finish (writer);
}

/**
 * sl_clocks_win:
 * @clocks: (element-type SlClockEntry): a row's
 * @fields: what an operation writes, a bit per field
 * @stamp: when and who
 *
 * Returns: the fields that the operation is the last writer of
 */
guint64
sl_clocks_win (GArray *clocks, guint64 fields, const SlStamp *stamp)
{
  guint64 won = fields;
  for (guint i = 0; i < clocks->len; i++)
    {
      const SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i);
      if (sl_stamp_compare (&entry->stamp, stamp) >= 0)
        won &= ~entry->fields;
    }
  if (won == 0)
    return 0;
  for (guint i = clocks->len; i > 0; i--)
    {
      SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i - 1);
      entry->fields &= ~won;
      if (entry->fields == 0)
        g_array_remove_index_fast (clocks, i - 1);
    }
  for (guint i = 0; i < clocks->len; i++) /* the rest of an edit that was read in two parts: one entry all the same */
    {
      SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i);
      if (sl_stamp_compare (&entry->stamp, stamp) == 0)
        {
          entry->fields |= won;
          return won;
        }
    }
  SlClockEntry entry = { .fields = won, .stamp = *stamp };
  g_array_append_val (clocks, entry);
  return won;
}
