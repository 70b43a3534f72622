/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store-private.h"
#include "temp-dir.h"

/* What the tests of the store share: a table of notes, and calls that must work. */
SlStore *fixture_open (SlTempDir *dir, SlStoreFlags flags);
SlStore *fixture_create (SlTempDir *dir);                        /* with an empty table note (id, text) */
void fixture_add (SlStore *store, gint64 id, const char *text);  /* within a transaction */
void fixture_commit (SlStore *store, gint64 id);                 /* a durable transaction with one note */
gint64 fixture_int (SlStore *store, const char *sql);
gint64 fixture_count (SlStore *store);
void fixture_chown_all (SlTempDir *dir, mode_t dir_mode, mode_t file_mode); /* to the user that the helper becomes */
char *fixture_helper_path (void);                                 /* (transfer full) */
char *fixture_run_helper (const char * const *args);             /* (transfer full): its output; must exit with 0 */
