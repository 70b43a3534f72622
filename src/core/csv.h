/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* CSV after RFC 4180, as spreadsheets write it: UTF-8 with or without a BOM, else Windows-1252; comma, semicolon or
 * tab; lines end with CRLF, LF or CR. */
#define SL_CSV_FILE_MAX_BYTES (64 * 1024 * 1024) /* half a million members: several times the largest studio */
#define SL_CSV_ROW_MAX_BYTES (1024 * 1024)       /* beyond any row of people's; what is longer lacks a quote */
#define SL_CSV_COLUMNS_MAX 256                   /* several times what the richest export of ours has */

typedef struct _SlCsv SlCsv;

/* line: where the row begins, counted from 1 in the file as an editor shows it. Cells are UTF-8, until the next row. */
typedef struct {
  guint64 line;
  guint n_cells;
  const char *const *cells;
} SlCsvRow;

SlCsv *sl_csv_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlCsv *sl_csv_new (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_csv_free (SlCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCsv, sl_csv_free)
const char *sl_csv_encoding (SlCsv *csv); /* "utf-8" or "windows-1252" */
/* FALSE at the end, and with error set where the file is none. Empty lines are passed over. */
gboolean sl_csv_next (SlCsv *csv, SlCsvRow *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a spreadsheet would read as a formula gets an apostrophe before it, and loses it again. */
char *sl_csv_guard (const char *text);
char *sl_csv_unguard (const char *cell);
/* A row as it stands in a file, guarded, with its CRLF. NULL is an empty cell. */
void sl_csv_append_row (GString *out, const char *const *cells, guint n_cells);
