/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/prune.h"
#include "oplog/sync-file.h"

/* Keeping the log short: src/oplog/README.md "Snapshots and pruning". */

typedef struct {
  guint64 operations;     /* folded now */
  guint64 snapshot_bytes; /* of the snapshot that stands for them; 0: nothing was to be folded */
  guint64 kept;           /* operations that stay in the log one by one */
  GArray *silent;         /* of SlSilent: who has not been heard of for long, and keeps everybody from folding */
} SlFolded;
void sl_folded_clear (SlFolded *folded);
/* Refusals: not_allowed. */
gboolean sl_fold_log (SlEngine *engine, const SlActor *actor, SlFolded *out, SlRefusal *out_refusal,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A stick for a device that has little: a snapshot and what came since. Refusals: not_allowed. */
gboolean sl_fold_export (SlEngine *engine, const SlActor *actor, const char *file, SlSyncWritten *out,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By itself, at night. */
gboolean sl_fold_if_due (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
