/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The peer of our commits: SQLite as an application would use it that keeps no log and checks no rule. */
typedef struct _SlRawSqlite SlRawSqlite;

SlRawSqlite *sl_raw_sqlite_open (const char *dir, guint inserts, guint updates, gsize row_bytes);
void sl_raw_sqlite_close (SlRawSqlite *raw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRawSqlite, sl_raw_sqlite_close)
gint64 sl_raw_sqlite_commit (SlRawSqlite *raw);   /* one transaction; how long it took in microseconds */
void sl_raw_sqlite_checkpoint (SlRawSqlite *raw);
