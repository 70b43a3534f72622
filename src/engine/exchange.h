/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/oplog.h"
#include "oplog/sync-file.h"

/* The log as a whole, for support and for exchange by file: src/oplog/README.md "Export". */

/* since (nullable): SlId* → guint64*, what the reader holds already. Refusals: not_allowed. */
gboolean sl_exchange_export (SlEngine *engine, const SlActor *actor, const char *file, GHashTable *since,
                             gboolean personal,
                             SlExportResult *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A vector as state-hash prints it, alone or under "vector". (transfer full): SlId* → guint64* */
GHashTable *sl_exchange_read_vector (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;   /* BAD_INPUT */
gboolean sl_exchange_import (SlEngine *engine, const SlActor *actor, const char *file, SlImportResult *out,
                             SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Exchange by files of segments, a stick for one. */
typedef struct {
  SlId organisation, replica;
  guint64 pushed, pulled; /* own operations that others hold, operations of others held here */
  guint64 pending;        /* own operations that nobody is known to hold yet */
  gint64 last_ms;         /* when a file was last written or taken; 0: never */
} SlSyncStatus;
gboolean sl_exchange_sync_status (SlEngine *engine, SlSyncStatus *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_exchange_sync_export (SlEngine *engine, const SlActor *actor, const char *file, GHashTable *since,
                                  SlSyncWritten *out, SlRefusal *out_refusal,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_exchange_sync_import (SlEngine *engine, const SlActor *actor, const char *file, SlImportResult *out,
                                  SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The hash and the applied length of each chain, as of one moment. out_chains: (element-type SlChainInfo) */
gboolean sl_exchange_state (SlEngine *engine, SlHash *out_hash, GArray **out_chains,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_exchange_verify (SlEngine *engine, SlVerifyResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_exchange_backup (SlEngine *engine, const SlActor *actor, const char *file, SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The device's key under the machine's credential, or plainly. Refusals: not_allowed. */
gboolean sl_exchange_seal_device (SlEngine *engine, const SlActor *actor, gboolean sealed, SlRefusal *out_refusal,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As a new device without rights. phrase (nullable): needed where the backup is not this device's. */
gboolean sl_exchange_restore (const char *dir, SlWorld *world, const char *file, const char *phrase,
                              SlRestoreResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Free rights to a session's spots, of every admitted device, also those with none. */
typedef struct { SlId replica; char *name /* (nullable) */; gint64 free; gboolean own; } SlRight;
void sl_right_free (SlRight *right);
/* (element-type SlRight) */
GPtrArray *sl_exchange_rights (SlEngine *engine, const SlId *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, no_rights. Failures: NOT_FOUND where no admitted device has the id. */
gboolean sl_exchange_move_rights (SlEngine *engine, const SlActor *actor, const SlId *session, const SlId *to,
                                  gint64 spots,
                                  SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
