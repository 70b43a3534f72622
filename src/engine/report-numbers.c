/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-numbers"

#include "engine/report-private.h"

#include <string.h>

/* For a wide span: numbers of many ids, read once in the order of an index and then looked up in memory. A look-up in
 * an index of a million ids costs some two microseconds, its whole walk a tenth of one for each. */

#define BUCKETS 65536 /* by the first two bytes: ids are as good as random, of a million some fifteen share them */

typedef struct {
  SlId id;
  guint32 number;
} Numbered;

struct _SlReportNumbers
{
  GArray *all;               /* (element-type Numbered): ids ascending */
  guint32 from[BUCKETS + 1]; /* where the ids of a bucket begin */
};

static guint
bucket_of (const SlId *id)
{
  return (guint) id->bytes[0] << 8 | id->bytes[1];
}

static void
find_buckets (SlReportNumbers *numbers)
{
  guint bucket = 0;
  for (guint i = 0; i < numbers->all->len; i++)
    for (guint mine = bucket_of (&g_array_index (numbers->all, Numbered, i).id); bucket <= mine; bucket++)
      numbers->from[bucket] = i;
  for (; bucket <= BUCKETS; bucket++)
    numbers->from[bucket] = numbers->all->len;
}

/* sl_report_numbers_load: (transfer full): sql gives ids and numbers, ids ascending. */
SlReportNumbers *
sl_report_numbers_load (SlReportRun *run, const char *sql, GError **error)
{
  g_autoptr (SlReportNumbers) numbers = g_new0 (SlReportNumbers, 1);
  numbers->all = g_array_new (FALSE, FALSE, sizeof (Numbered));
  g_autoptr (SlRows) rows = sl_store_query (run->engine->store, sql, "");
  while (sl_rows_next (rows))
    {
      Numbered one = { .number = (guint32) sl_rows_int (rows, 1) };
      sl_rows_id (rows, 0, &one.id);
      g_array_append_val (numbers->all, one);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  find_buckets (numbers);
  return g_steal_pointer (&numbers);
}

/* sl_report_numbers_free: (nullable) */
void
sl_report_numbers_free (SlReportNumbers *numbers)
{
  if (numbers == NULL)
    return;
  g_array_unref (numbers->all);
  g_free (numbers);
}

/* sl_report_numbers_find: where the numbers of an id begin; none: where they would. */
guint
sl_report_numbers_find (const SlReportNumbers *numbers, const SlId *id)
{
  guint bucket = bucket_of (id), low = numbers->from[bucket], high = numbers->from[bucket + 1];
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (memcmp (&g_array_index (numbers->all, Numbered, middle).id, id, sizeof *id) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* sl_report_numbers_at: whether there is a number of this id at a place; the next one's is at the next. */
gboolean
sl_report_numbers_at (const SlReportNumbers *numbers, guint place, const SlId *id, guint32 *out_number)
{
  if (place >= numbers->all->len)
    return FALSE;
  const Numbered *one = &g_array_index (numbers->all, Numbered, place);
  *out_number = one->number;
  return sl_id_equal (&one->id, id);
}
