/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cbor.h"
#include "core/crypto.h"

/* The bytes of a snapshot: a magic, then one zstd stream of records. A record is its length (4 bytes, big-endian) and
 * one deterministic CBOR array. src/oplog/README.md "Snapshots and pruning". */
#define SL_SNAPSHOT_MAGIC "SLSNAPSHOT1\n"
#define SL_SNAPSHOT_MAGIC_BYTES 12
#define SL_SNAPSHOT_RECORD_MAX_BYTES                                                                                   \
  (1024 * 1024)                             /* one row at most: all fields of a member at their limits are a tenth */
#define SL_SNAPSHOT_BATCH_BYTES (64 * 1024) /* rows and operations go in records of about this size */
/* A studio of ten million operations has some 2 GB of rows; more is an attack on the disk. */
#define SL_SNAPSHOT_PLAIN_MAX_BYTES (G_GUINT64_CONSTANT (16) << 30)

/* Where packed bytes go; FALSE with error ends it. */
typedef gboolean (*SlSnapshotWriteFunc) (gpointer user_data, const void *data, gsize length, GError **error);
typedef struct _SlSnapshotOut SlSnapshotOut;
SlSnapshotOut *sl_snapshot_out_new (SlSnapshotWriteFunc write, gpointer user_data);
void sl_snapshot_out_free (SlSnapshotOut *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSnapshotOut, sl_snapshot_out_free)
gboolean sl_snapshot_out_put (SlSnapshotOut *out, SlCborWriter *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_snapshot_out_digest (const SlSnapshotOut *out, SlHash *digest); /* of all records so far */
gboolean sl_snapshot_out_finish (SlSnapshotOut *out, guint64 *out_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where packed bytes come from: up to length of them, 0 at the end, −1 with error. */
typedef gssize (*SlSnapshotReadFunc) (gpointer user_data, void *data, gsize length, GError **error);
typedef struct _SlSnapshotIn SlSnapshotIn;
SlSnapshotIn *sl_snapshot_in_new (SlSnapshotReadFunc read, gpointer user_data);
void sl_snapshot_in_free (SlSnapshotIn *in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSnapshotIn, sl_snapshot_in_free)
/* The next record; it points into the stream and is good until the next call. BAD_INPUT: no snapshot, or damaged. */
gboolean sl_snapshot_in_next (SlSnapshotIn *in, SlCborReader *out_record, gboolean *out_end,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_snapshot_in_digest (const SlSnapshotIn *in, SlHash *digest); /* of all records before the last one read */
