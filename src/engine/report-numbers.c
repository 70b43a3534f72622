/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-numbers"

#include "engine/report-private.h"

#include <string.h>

/* For a wide span: numbers of many ids, read once in the order of an index and then looked up in memory. A look-up in
 * an index of a million ids costs some two microseconds, its whole walk a tenth of one for each. */

typedef struct {
  SlId id;
  guint32 number;
} Numbered;

/* sl_report_numbers_load: (transfer full) (element-type Numbered): sql gives ids and numbers, ids ascending. */
GArray *
sl_report_numbers_load (SlReportRun *run, const char *sql, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (Numbered));
  g_autoptr (SlRows) rows = sl_store_query (run->engine->store, sql, "");
  while (sl_rows_next (rows))
    {
      Numbered one = { .number = (guint32) sl_rows_int (rows, 1) };
      sl_rows_id (rows, 0, &one.id);
      g_array_append_val (numbers, one);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&numbers) : NULL;
}

/* Its first half as a number, in the order of bytes: two ids hardly ever share it. */
static guint64
head_of (const SlId *id)
{
  guint64 head;
  memcpy (&head, id->bytes, sizeof head);
  return GUINT64_FROM_BE (head);
}

static gboolean
is_before (const SlId *one, guint64 head, const SlId *other)
{
  guint64 ours = head_of (one);
  return ours != head ? ours < head : memcmp (one->bytes, other->bytes, SL_ID_BYTES) < 0;
}

/* sl_report_numbers_find: where the numbers of an id begin; none: where they would. */
guint
sl_report_numbers_find (GArray *numbers, const SlId *id)
{
  guint low = 0, high = numbers->len;
  guint64 head = head_of (id);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (is_before (&g_array_index (numbers, Numbered, middle).id, head, id))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* sl_report_numbers_at: whether there is a number of this id at a place; the next one's is at the next. */
gboolean
sl_report_numbers_at (GArray *numbers, guint place, const SlId *id, guint32 *out_number)
{
  if (place >= numbers->len)
    return FALSE;
  const Numbered *one = &g_array_index (numbers, Numbered, place);
  *out_number = one->number;
  return sl_id_equal (&one->id, id);
}
