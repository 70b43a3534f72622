/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"
#include "oplog/segment.h"

/* Exchange by a file of segments, on a stick for one: src/oplog/README.md "Segments". */
typedef struct {
  guint64 operations, bytes; /* bytes: before compression */
  guint64 folded;            /* operations that stand in a snapshot made for this file */
} SlSyncWritten;
gboolean sl_sync_write (SlOplog *log, SlStreamWriter *writer, GHashTable *since, SlSyncWritten *out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT; /* since (nullable): SlId* → guint64* */
gboolean sl_sync_export (SlOplog *log, const char *file, GHashTable *since, SlSyncWritten *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For a reader who has little: a snapshot and what came since. */
gboolean sl_sync_export_snapshot (SlOplog *log, const char *file, SlSyncWritten *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_sync_import (SlOplog *log, const char *file, SlImportResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with so many operations a transaction; 0: as many as suit the file. */
gboolean sl_sync_take (SlOplog *log, const char *file, guint batch, SlImportResult *out,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint64 pushed;  /* own operations that another device is known to hold */
  guint64 pulled;  /* operations of others held here */
  guint64 pending; /* own operations that nobody is known to hold yet */
  gint64 last_ms;  /* when a file was last written or taken; 0: never */
} SlSyncState;
gboolean sl_sync_state (SlOplog *log, SlSyncState *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
