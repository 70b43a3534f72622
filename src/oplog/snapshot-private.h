/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "oplog/oplog-private.h"
#include "oplog/snapshot-stream.h"
#include "oplog/snapshot.h"

#define SL_SNAPSHOT_VERSION 1
#define SL_SNAPSHOT_CHAINS_MAX 65536 /* devices that a studio ever had */
#define SL_SNAPSHOT_COLUMNS_MAX 64
#define SL_SNAPSHOT_NAME_MAX 64

/* Numbers of records: src/oplog/README.md "Snapshots and pruning". Those that hold many of something hold them as one
 * byte string of items one after another. */
typedef enum {
  SL_SNAPSHOT_HEADER = 1,
  SL_SNAPSHOT_TABLE = 2,
  SL_SNAPSHOT_ROWS = 3,
  SL_SNAPSHOT_CHAIN = 4,
  SL_SNAPSHOT_REFS = 5,
  SL_SNAPSHOT_HEADS = 6,
  SL_SNAPSHOT_OPERATIONS = 7,
  SL_SNAPSHOT_PARKED = 8,
  SL_SNAPSHOT_FIELDS = 9,
  SL_SNAPSHOT_SEEN = 10,
  SL_SNAPSHOT_END = 11,
  SL_SNAPSHOT_SIGNATURE = 12
} SlSnapshotRecord;

/* snapshot-write.c: state is what the rows are read from: log itself, or a rebuild of it at an earlier point. */
gboolean sl_snapshot_write (SlOplog *log, SlOplog *state, SlSnapshotWriteFunc write, gpointer user_data,
                            SlSnapshotInfo *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_snapshot_message (const SlId *organisation, const SlId *signer, const SlHash *digest, SlHash *out);
/* A stand-in for one log at the vector (SlId* → guint64*; NULL: all that is applied), in a directory that goes
 * away. */
typedef struct {
  char *dir;
  SlStore *store;
  SlOplog *log;
} SlScratch;
void sl_scratch_clear (SlScratch *scratch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlScratch, sl_scratch_clear)
gboolean sl_scratch_build (SlOplog *log, GHashTable *vector, gboolean from_base, SlScratch *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* snapshot-merge.c */
gboolean sl_snapshot_merge_hash (SlOplog *state, SlHash *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_has_parked (SlOplog *state, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_snapshot_statement (const SlHash *state, const SlHash *merge, SlHash *out);

/* Somewhere to read a snapshot from, twice. */
typedef struct _SlSnapshotSource SlSnapshotSource;
struct _SlSnapshotSource {
  gssize (*read) (SlSnapshotSource *source, void *data, gsize length, GError **error);
  gboolean (*rewind) (SlSnapshotSource *source, GError **error);
};
typedef struct {
  SlSnapshotSource base;
  FILE *file;
} SlSnapshotFile; /* the whole of a file */
void sl_snapshot_file_init (SlSnapshotFile *source, FILE *file);
typedef struct {
  SlSnapshotSource base;
  SlStore *store;
  gint64 first, pos;
  GBytes *part;
  gsize offset;
} SlSnapshotKept; /* the parts of a row of local_snapshot */
void sl_snapshot_kept_init (SlSnapshotKept *source, SlStore *store, gint64 id);
void sl_snapshot_kept_clear (SlSnapshotKept *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSnapshotKept, sl_snapshot_kept_clear)

/* snapshot-read.c: every record in its order; FALSE with error ends it. Any may be NULL. */
typedef struct {
  gboolean (*table) (gpointer data, const char *name, const char *const *columns, guint n_columns, GError **error);
  gboolean (*row) (gpointer data, const SlCborItem *values, guint n_values, GError **error);
  gboolean (*chain) (gpointer data, const SlSnapshotChain *chain, GBytes *first, GError **error);
  gboolean (*ref) (gpointer data, const SlId *id, GError **error);
  gboolean (*head) (gpointer data, guint64 seq, const SlHash *hash, const guint8 *signature, GError **error);
  gboolean (*operation) (gpointer data, guint64 seq, GBytes *bytes, GError **error);
  gboolean (*parked) (gpointer data, guint64 seq, gint64 kind, gint64 hlc, const SlId *actor, GBytes *bytes,
                      GError **error);
  gboolean (*fields) (gpointer data, guint64 seq, gint64 entity, const SlId *id, gint64 hlc, GBytes *fields,
                      GError **error);
  gboolean (*seen) (gpointer data, const SlId *of, guint64 seq, guint64 total, GError **error);
} SlSnapshotVisitor;
/* Reads it all, checks its form and that its signer signed it. BAD_INPUT: neither. */
gboolean sl_snapshot_parse (SlSnapshotSource *source, const SlSnapshotVisitor *visitor, gpointer data,
                            SlSnapshotInfo *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* snapshot-load.c, inside a transaction */
gboolean sl_snapshot_fits (SlOplog *log, const SlSnapshotInfo *info, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_load (SlOplog *log, SlSnapshotSource *source, const SlSnapshotInfo *info, gboolean is_base,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* snapshot-keep.c */
typedef enum { SL_SNAPSHOT_OWN = 1, SL_SNAPSHOT_BASE = 2, SL_SNAPSHOT_HEARD = 3 } SlSnapshotOrigin;
gboolean sl_snapshot_base_load (SlOplog *log, SlOplog *into, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_base_is_current (SlOplog *log, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_keep (SlOplog *log, SlSnapshotSource *source, const SlSnapshotInfo *info, SlSnapshotOrigin origin,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_hear (SlOplog *log, const SlSnapshotInfo *info, const char *problem,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_take (SlOplog *log, SlSnapshotSource *source, gboolean *out_loaded,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT; /* inside a transaction */
gboolean sl_snapshot_verify (SlOplog *log, GPtrArray *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same in a transaction of its own, which a lie leaves without a trace but its name. bare: nobody is anybody here
 * yet. */
gboolean sl_snapshot_take_alone (SlOplog *log, SlSnapshotSource *source, gboolean bare, gboolean *out_loaded,
                                 SlId *out_signer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_base_open (SlOplog *log, SlSnapshotKept *out, gboolean *out_found,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* prune.c: src/oplog/README.md "Snapshots and pruning" */
/* A snapshot of what everybody has acknowledged. Where that is fewer than min_operations more than what is folded, out
 * stays without chains. Begins a read transaction; our own head is signed. */
gboolean sl_snapshot_make (SlOplog *log, guint64 min_operations, FILE *file, SlSnapshotInfo *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
FILE *sl_snapshot_temporary (SlOplog *log, GError **error); /* without a name, in the data directory */
gboolean sl_ack_vector (SlOplog *log, GHashTable **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
