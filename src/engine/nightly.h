/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* What a device does for itself once a day: it checks all that it holds, and where that is sound writes a backup. */
#define SL_NIGHTLY_DIR "backups"  /* in the data directory */
#define SL_NIGHTLY_KEPT 7

typedef struct {
  gint64 verified_ms;      /* when all was checked last; 0: never */
  gint64 problems;         /* that were found then */
  gint64 backup_ms;        /* of the last backup; 0: none */
  gboolean backup_failed;  /* the last one that was tried could not be written */
} SlNightly;
gboolean sl_nightly_read (SlEngine *engine, SlNightly *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Minutes, where the studio is large: for a thread that nobody waits for, with an engine of its own. */
gboolean sl_nightly_if_due (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
