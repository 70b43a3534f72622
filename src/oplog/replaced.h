/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog-private.h"

/* The device whose directory a backup is restored into: what only it holds is not lost, and nobody goes on waiting for
 * it. src/oplog/README.md "Backups". */
typedef struct {
  SlId replica;     /* none: no device of the backup's studio lived there */
  gboolean other;   /* neither the backup's device nor one that went on for it, or that it went on for */
  gboolean is_read; /* its log is whole: what the backup lacks has been counted, and written */
  guint64 missing;  /* operations that it holds and the backup does not */
  GArray *erased;   /* (nullable) of SlId: whom it had been told to forget */
} SlReplaced;
void sl_replaced_clear (SlReplaced *replaced);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlReplaced, sl_replaced_clear)

/* Writes what the backup in staged lacks to file, where there is any. Never fails: a damaged log is why people
 * restore. */
void sl_replaced_look (const char *dir, SlWorld *world, const SlIdentity *backup, const char *staged, const char *file,
                       SlReplaced *out);
/* The restored log takes file where it was another device's, and revokes the one whose directory it was. */
gboolean sl_replaced_settle (SlOplog *log, const char *file, SlReplaced *inout,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
