/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-field-clock"

#include "oplog/oplog-private.h"

#include "oplog/clocks.h"

/**
 * sl_fields_written_ms:
 * @entity: what the row is of
 * @clocks: (nullable) (array length=length): its column clocks
 * @length: bytes
 * @columns: (array zero-terminated=1): fields of the entity
 *
 * When one of the fields was last written, by the stamp of the operation that shows. Of a row that was never edited
 * that is the moment of its creation. Any thread.
 *
 * Returns: UTC ms; 0: none of them ever was
 */
gint64
sl_fields_written_ms (SlEntity entity, const void *clocks, gsize length, const char *const *columns)
{
  g_autoptr (GArray) entries = clocks != NULL ? sl_clocks_unpack (clocks, length) : NULL;
  guint64 wanted = 0;
  gint64 latest_hlc = 0;

  g_return_val_if_fail (entity < SL_ENTITY_LAST && columns != NULL, 0);

  for (gint64 number = 1; number <= SL_CLOCK_FIELDS_MAX; number++)
    {
      gboolean sealed;
      const char *column = sl_reference_column (entity, number, &sealed);

      if (column != NULL && g_strv_contains (columns, column))
        wanted |= G_GUINT64_CONSTANT (1) << (number - 1);
    }
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const SlClockEntry *entry = &g_array_index (entries, SlClockEntry, i);

      if ((entry->fields & wanted) != 0)
        latest_hlc = MAX (latest_hlc, entry->stamp.hlc);
    }
  return latest_hlc > 0 ? sl_hlc_to_ms (latest_hlc) : 0;
}
