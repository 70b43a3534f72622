/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-id-list"

#include "engine/id-list.h"

#include <string.h>

/**
 * sl_id_list_read:
 * @rows: at a row
 * @column: a field of ids
 *
 * A last part that is no whole id is left out: what writes it is not ours.
 *
 * Returns: (transfer full) (nullable) (element-type SlId): the ids in their order; %NULL where there is no list
 */
GArray *
sl_id_list_read (SlRows *rows, int column)
{
  gsize length;
  const guint8 *bytes = sl_rows_blob (rows, column, &length);
  if (bytes == NULL || length < SL_ID_BYTES)
    return NULL;
  GArray *list = g_array_sized_new (FALSE, FALSE, sizeof (SlId), (guint) (length / SL_ID_BYTES));
  for (gsize at = 0; at + SL_ID_BYTES <= length; at += SL_ID_BYTES)
    {
      SlId id;
      memcpy (id.bytes, bytes + at, SL_ID_BYTES);
      g_array_append_val (list, id);
    }
  return list;
}

/**
 * sl_id_list_pack:
 * @ids: (nullable): the ids
 * @n_ids: how many, at most %SL_ID_LIST_MAX
 *
 * Returns: (transfer full) (nullable): the field's value; %NULL for none: no list
 */
GBytes *
sl_id_list_pack (const SlId *ids, guint n_ids)
{
  g_return_val_if_fail (n_ids == 0 || ids != NULL, NULL);
  g_return_val_if_fail (n_ids <= SL_ID_LIST_MAX, NULL);

  if (n_ids == 0)
    return NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (guint i = 0; i < n_ids; i++)
    g_byte_array_append (bytes, ids[i].bytes, SL_ID_BYTES);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * sl_id_list_has:
 * @list: (nullable) (element-type SlId): a list; %NULL: all
 * @id: one
 *
 * Returns: whether it is meant
 */
gboolean
sl_id_list_has (GArray *list, const SlId *id)
{
  g_return_val_if_fail (id != NULL, FALSE);

  for (guint i = 0; list != NULL && i < list->len; i++)
    if (sl_id_equal (&g_array_index (list, SlId, i), id))
      return TRUE;
  return list == NULL;
}
