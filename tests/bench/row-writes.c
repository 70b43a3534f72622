/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-row-writes"

#include "row-writes.h"

static int
on_statement (unsigned int type, void *user_data, void *statement, void *text)
{
  SlRowCount *count = user_data;
  count->updates += g_str_has_prefix (text, "UPDATE");
  return 0;
}

/**
 * sl_row_count_begin:
 * @count: (out caller-allocates): stays where it is until it ends
 * @db: whose writes
 */
void
sl_row_count_begin (SlRowCount *count, sqlite3 *db)
{
  *count = (SlRowCount){ .db = db, .before = sqlite3_total_changes64 (db) };
  sqlite3_trace_v2 (db, SQLITE_TRACE_STMT, on_statement, count);
}

/**
 * sl_row_count_end:
 * @count: one that was begun
 *
 * Returns: what was written since
 */
SlRowWrites
sl_row_count_end (SlRowCount *count)
{
  SlRowWrites writes = { .rows = (guint) (sqlite3_total_changes64 (count->db) - count->before) };
  sqlite3_trace_v2 (count->db, 0, NULL, NULL);
  writes.updates = MIN (count->updates, MAX (writes.rows, 1) - 1);
  return writes;
}
