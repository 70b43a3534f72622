/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/segment.h"
#include "oplog/wire.h"

/* Inside the oplog room only: streams of a log, whatever they are written to and come from. */

/* In local_given. */
typedef enum {
  SL_GIVEN_KEYS = 1,     /* for the device about: up to which number of the keyring */
  SL_GIVEN_BRANCHES = 2, /* of the cloned device about: how much there is of its histories */
} SlGivenWhat;
typedef struct {
  SlGivenWhat what;
  SlId about;
  gint64 pending;
} SlGiven;

typedef struct {
  SlSyncWritten written;
  gboolean more;
  GArray *given; /* (nullable) of SlGiven: what went through how's via and need not go there again */
} SlLogWritten;
void sl_log_written_clear (SlLogWritten *written);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlLogWritten, sl_log_written_clear)
/* In a read snapshot; our own head signed. fresh_from: see sl_snapshot_give(). */
gboolean sl_log_write (SlOplog *log, SlStreamWriter *writer, const SlWireHow *how, guint64 fresh_from,
                       SlLogWritten *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where a stream comes from; it is read twice. */
typedef struct {
  SlStreamReadFunc read;
  gboolean (*rewind) (gpointer user_data, GError **error);
  gpointer user_data;
} SlSyncSource;
/* sync-file.c; batch: operations a transaction; 0: chosen by what comes. */
gboolean sl_sync_take_from (SlOplog *log, const SlSyncSource *source, guint batch, SlImportResult *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
