/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* How many rows a connection writes: rows as SQLite counts them; of them those of UPDATE statements, which write one
 * each. */
typedef struct {
  guint rows, updates;
} SlRowWrites;
typedef struct {
  sqlite3 *db;
  gint64 before;
  guint updates;
} SlRowCount;

void sl_row_count_begin (SlRowCount *count, sqlite3 *db);
SlRowWrites sl_row_count_end (SlRowCount *count);
