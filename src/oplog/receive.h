/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/incoming.h"
#include "oplog/segment.h"

/* The one way by which operations of others come into the log, whatever brought them: src/oplog/README.md "Receiving".
 */
#define SL_RECEIVE_LIVE 500  /* operations a transaction, while people work: some 10 ms */
#define SL_RECEIVE_BULK 5000 /* where more than this come at once */
#define SL_RECEIVE_ALL G_MAXUINT /* into a store that nobody else has opened yet: all or nothing */
#define SL_RECEIVE_WAL_MAX_BYTES (64 * 1024 * 1024) /* beyond this a filling device moves the log into the database */
#define SL_RECEIVE_TELL_MAX 1000 /* operations beyond a cut that are named, of each device; all are kept */

/* In local_meta: when a stream was last written or taken; the last own operation (as its place) that another device has
 * shown to hold. */
#define SL_META_SYNC_LAST "sync_last_ms"
#define SL_META_SYNC_PUSHED "sync_pushed"

typedef struct {
  const SlSignKey *guest_key; /* (nullable): opens boxes that are for this key instead of the device's */
  SlStreamReader *stream;     /* (nullable): behind its header: taken as it is read */
  guint batch;                /* operations a transaction */
} SlReceiveHow;

/* Inside no transaction. */
gboolean sl_receive (SlOplog *log, SlIncoming *incoming, const SlReceiveHow *how, SlImportResult *out,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* receive-segment.c: appends a segment that follows its chain; any other becomes candidates. */
gboolean sl_receive_segment (SlOplog *log, SlIncoming *incoming, const SlSegment *segment, guint64 *inout_new,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint sl_receive_batch (guint64 operations);
gboolean sl_receive_foreign (SlIncoming *incoming, SlImportResult *out);
