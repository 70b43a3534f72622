/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/incoming.h"
#include "oplog/snapshot-private.h"

#define SL_SNAPSHOT_PIECE_BYTES (512 * 1024) /* of one line or item */
#define SL_SNAPSHOT_PIECES_MAX (16 * 1024)   /* 8 GiB packed: some hundred million operations */

typedef gboolean (*SlSnapshotPieceFunc) (gpointer user_data, guint number, const void *data, gsize length,
                                         GError **error);
gboolean sl_snapshot_pieces (SlSnapshotSource *source, SlSnapshotPieceFunc func, gpointer user_data,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_snapshot_needed (SlOplog *log, GHashTable *since);
gboolean sl_snapshot_give (SlOplog *log, GHashTable *since, guint64 fresh_from, SlSnapshotPieceFunc func,
                           gpointer user_data, GHashTable **out_cut, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_incoming_add_piece (SlIncoming *incoming, guint number, const void *data, gsize length,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_incoming_take_snapshot (SlOplog *log, SlIncoming *incoming, gboolean bare,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
