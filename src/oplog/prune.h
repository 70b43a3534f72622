/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Folding away what everybody has: src/oplog/README.md "Snapshots and pruning". */

/* By itself a device folds only this many at a time: below, a log is small, and each fold writes the whole state. */
#define SL_PRUNE_MIN_OPERATIONS 100000
/* Younger operations stay: their author may find out that its clock was ahead, and correct their stamps. Corrections
 * reach back less far, so that clocks may differ by the rest; nobody's change waits for an older stamp. */
#define SL_FOLD_AGE_DAYS 30
#define SL_CLOCK_REACH_DAYS 20
/* For tests and the simulation, whose worlds last hours. No program calls it. */
void sl_oplog_set_fold_age (SlOplog *log, gint64 fold_age_ms, gint64 clock_reach_ms);
#define SL_SILENT_DAYS 30 /* who has not been heard of for so long keeps everybody from folding */

typedef struct {
  guint64 operations;     /* folded now; 0: nothing was to be folded */
  guint64 snapshot_bytes; /* of the snapshot that stands for them */
} SlPruneResult;
gboolean sl_oplog_prune (SlOplog *log, guint64 min_operations, SlPruneResult *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A hub keeps the whole log. */
gboolean sl_oplog_set_keep_all (SlOplog *log, gboolean keep_all, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  SlId replica;
  gint64 last_ms; /* stamp of its last operation known here; 0: none */
} SlSilent;
/* (element-type SlSilent) (transfer full): admitted devices, not this one, that have been silent for SL_SILENT_DAYS */
GArray *sl_oplog_silent_devices (SlOplog *log, GError **error);
