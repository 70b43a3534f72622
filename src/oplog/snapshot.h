/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto.h"
#include "oplog/oplog.h"

/* Snapshots: the merged state with all that merging needs, signed by the device that made it. src/oplog/README.md
 * "Snapshots". */

/* A log with at least this many operations behind what everybody has acknowledged travels as a snapshot and the rest to
 * a new device: below it reading the operations takes a second or two. */
#define SL_SNAPSHOT_INVITE_OPERATIONS 20000

typedef struct {
  SlId replica;
  guint64 applied_seq, head_seq; /* up to here in the rows; up to here in the file at all */
  SlHash applied_hash, head_hash;
  gint64 applied_hlc;
  guint refs; /* ids named up to applied_seq */
} SlSnapshotChain;
typedef struct {
  SlId organisation, signer;
  gint64 created_ms, schema;
  guint64 rows, operations, bytes; /* operations: folded into the rows; bytes: packed */
  guint64 parked; /* operations and fields in it that only a later program knows than the one that made it */
  SlHash digest, state, merge; /* of all; of the rows; of what merging needs beside them */
  GArray *chains; /* of SlSnapshotChain */
} SlSnapshotInfo;
void sl_snapshot_info_clear (SlSnapshotInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSnapshotInfo, sl_snapshot_info_clear)

/* The state as of what everybody has acknowledged, and raw what came since, into a file. */
gboolean sl_oplog_snapshot (SlOplog *log, const char *file, SlSnapshotInfo *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Loads it where it holds what this log lacks; own operations that it lacks are applied on top. */
gboolean sl_oplog_load_snapshot (SlOplog *log, const char *file, gboolean *out_loaded,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
