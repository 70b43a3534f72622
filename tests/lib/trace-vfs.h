/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A disk between SQLite and the real one, for tests: it counts and can hold up what reaches the disk, can fail, and can
 * lose what was not synced. While it lives it is the process's default VFS, so the code under test knows nothing of it.
 * Make it before the first database is opened, free it after the last is closed. Thread-safe. */
typedef struct _SlTraceVfs SlTraceVfs;

typedef enum { SL_TRACE_DB, SL_TRACE_WAL, SL_TRACE_OTHER, SL_TRACE_ANY_FILE } SlTraceFile;
typedef enum { SL_TRACE_WRITE, SL_TRACE_TRUNCATE, SL_TRACE_SYNC, SL_TRACE_ANY_OP } SlTraceOp;

typedef enum {
  SL_TRACE_PLAIN = 0,
  SL_TRACE_REMEMBER = 1 << 0, /* keeps what was synced and what not: needed for power cuts, holds all files in memory */
} SlTraceFlags;

SlTraceVfs *sl_trace_vfs_new (SlTraceFlags flags);
void sl_trace_vfs_free (SlTraceVfs *vfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTraceVfs, sl_trace_vfs_free)

/* How often an operation was asked for since the last reset, whether it failed or not. */
guint sl_trace_vfs_count (SlTraceVfs *vfs, SlTraceOp op, SlTraceFile file);
void sl_trace_vfs_reset_counts (SlTraceVfs *vfs);
guint sl_trace_vfs_count_sleeps (SlTraceVfs *vfs); /* SQLite's busy handler at work: somebody polled for a lock */

/* Called on the thread that asks, before and after the operation; may block to hold it up. Set it while nothing
 * runs. */
typedef void (*SlTraceFunc) (SlTraceOp op, SlTraceFile file, gboolean after, gpointer user_data);
void sl_trace_vfs_set_hook (SlTraceVfs *vfs, SlTraceFunc func, gpointer user_data);

/* Of the operations that match, the one after `after` others gives sqlite_code (SQLITE_FULL, SQLITE_IOERR_FSYNC, …)
 * with system_errno and is not done; with for_good also each one after it, until sl_trace_vfs_heal(). */
void sl_trace_vfs_fail (SlTraceVfs *vfs, SlTraceOp op, SlTraceFile file, guint after, int sqlite_code, int system_errno,
                        gboolean for_good);
void sl_trace_vfs_heal (SlTraceVfs *vfs);

/* Needs SL_TRACE_REMEMBER. The operation after `after` others does not finish and nothing reaches the disk from then
 * on. Close the databases; sl_trace_vfs_restore_power() then leaves the files as a disk might have them. */
typedef enum {
  SL_TRACE_LOSE_UNSYNCED, /* nothing that was not synced is there */
  SL_TRACE_KEEP_UNSYNCED, /* all of it happens to be there */
  SL_TRACE_TEAR_UNSYNCED, /* any of its sectors, as rand has it */
} SlTraceLoss;
void sl_trace_vfs_cut_power (SlTraceVfs *vfs, guint after);
gboolean sl_trace_vfs_power_is_out (SlTraceVfs *vfs);
void sl_trace_vfs_restore_power (SlTraceVfs *vfs, SlTraceLoss loss, GRand *rand);
