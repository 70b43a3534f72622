/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The peer of a merge: SQLite that takes as many rows into tables of their own, with a log row each, and asks
 * nothing. */
typedef struct {
  guint members, sessions, bookings, checkins;
} SlPlainRows;
/* tables (nullable): statements that make the tables and indexes of an application that looks things up; NULL: bare
 * ones, by their ids alone. Rows a second, of one transaction, and of one transaction each. */
double sl_plain_merge_rate (const char *dir, const SlPlainRows *rows, const char *tables, gint64 cache_kib);
double sl_plain_commit_rate (const char *dir, guint commits, const char *tables, gint64 cache_kib);
