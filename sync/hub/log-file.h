/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/log-store-group.h"

#include "store/store.h"

/* The SQLite file of a log store for many threads: one connection that writes, for all that wait at once, and some that
 * read. What the rows mean is log-store-sqlite.c's. Files: DIR/hub.db with its -wal and -shm, the writer lock, the
 * reserve, DIR/hub.news (its time changes when a log has grown). */
typedef struct _SlLogFile SlLogFile;

#define SL_LOG_FILE "hub.db"
#define SL_LOG_FILE_APPLICATION_ID 0x534c4842 /* "SLHB" */
#define SL_LOG_FILE_NEWS "hub.news"

SlLogFile *sl_log_file_open (const char *dir, GError **error);
void sl_log_file_close (SlLogFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlLogFile, sl_log_file_close)

/* Runs within a write transaction that it may share with others, on any thread, perhaps again after a roll-back. FALSE
 * with NOT_FOUND: nothing was written; the others' work stands. FALSE otherwise: all is rolled back. */
typedef gboolean (*SlLogWriteFunc) (SlStore *store, gpointer data, GError **error);
typedef enum {
  SL_LOG_WRITE_DURABLE = 0,
  SL_LOG_WRITE_RELAXED = 1 << 0, /* a power cut may take it back */
  SL_LOG_WRITE_NEWS = 1 << 1,    /* other processes look for what is new */
  SL_LOG_WRITE_ERASE = 1 << 2,   /* what was deleted leaves the log file too */
} SlLogWriteFlags;
gboolean sl_log_file_write (SlLogFile *file, SlLogWriteFunc func, gpointer data, SlLogWriteFlags flags, gsize bytes,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A connection with a read snapshot, for this thread until its end. Short: a checkpoint waits for it. */
SlStore *sl_log_file_begin_read (SlLogFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_log_file_end_read (SlLogFile *file, SlStore *store);

/* Calls func on a thread of its own when any process may have changed something; until close. */
typedef void (*SlLogFileWatchFunc) (gpointer user_data);
void sl_log_file_watch (SlLogFile *file, SlLogFileWatchFunc func, gpointer user_data);
