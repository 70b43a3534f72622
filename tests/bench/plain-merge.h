/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The peer of a merge: SQLite that takes as many rows into tables of their own, with a log row each, and asks nothing. */
typedef struct {
  guint members, sessions, bookings, checkins;
} SlPlainRows;
double sl_plain_merge_rate (const char *dir, const SlPlainRows *rows, gint64 cache_kib); /* one transaction: rows a second */
double sl_plain_commit_rate (const char *dir, guint commits, gint64 cache_kib);          /* one row and its log row each */
