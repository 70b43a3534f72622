/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/sync-file.h"

/* What programs that exchange over a network need of the log: src/oplog/README.md "Over a network". */
const guint8 *sl_oplog_get_public_key (SlOplog *log); /* SL_SIGN_PUBLIC_BYTES */
/* Messages longer than one hash only. */
void sl_oplog_sign (SlOplog *log, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES]);
typedef struct {
  gboolean known, admitted, revoked;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES]; /* where known */
} SlDeviceStanding;
gboolean sl_oplog_device_standing (SlOplog *log, const SlId *replica, SlDeviceStanding *out,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stream in memory. */
typedef struct {
  GHashTable *since;  /* (nullable) SlId* → guint64*: what the reader has: sl_wire_since() */
  const SlId *reader; /* (nullable): boxes of keys only for it; its own chain only where since says that it has less */
  gboolean own_only;  /* only segments of this device; boxes for every admitted device (or the reader) */
  guint64 max_bytes;  /* of operations, and of boxes; 0: all. Ends behind the segment, and the box, that fills it */
  GBytes *exchange;   /* (nullable): an item behind the header, as it is */
  const SlId *via;    /* (nullable): through whom it goes: keys that went this way before do not go again */
  gboolean all_keys;  /* they do: with the first part only, since nobody remembers where that ended */
} SlWireHow;
typedef struct {
  SlSyncWritten written;
  gboolean more;     /* max_bytes ended it: operations or boxes are left */
  gint64 keys_up_to; /* for sl_wire_note_keys() */
} SlWireWritten;
GBytes *sl_wire_write (SlOplog *log, const SlWireHow *how, SlWireWritten *out, GError **error) /* in no transaction */
    G_GNUC_WARN_UNUSED_RESULT;
/* The other side has taken what sl_wire_write() gave. */
gboolean sl_wire_note_keys (SlOplog *log, const SlId *via, gint64 keys_up_to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  SlStreamHeader header; /* its vector: what the writer holds */
  GBytes *exchange;      /* (nullable): the item of type SL_ITEM_EXCHANGE, as it is */
  guint64 operations;
} SlWireHead;
void sl_wire_head_clear (SlWireHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlWireHead, sl_wire_head_clear)
/* Reads a stream through, taking nothing: BAD_INPUT, TOO_NEW. max_bytes: unpacked. */
gboolean sl_wire_look (GBytes *stream, guint64 max_bytes, SlWireHead *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_wire_take (SlOplog *log, GBytes *stream, SlImportResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What of a writer's vector is true of this log: (element-type SlId guint64) (transfer full) */
GHashTable *sl_wire_since (SlOplog *log, const SlStreamHeader *header, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a segment's operations follow one another to its head, and its signature is the device's. No log needed; any
 * thread. */
gboolean sl_segment_check (const SlId *organisation, const SlSegment *segment,
                           const guint8 public_key[SL_SIGN_PUBLIC_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/* --- a log whose truth lies elsewhere: a hub's replica, src/oplog/README.md "Followers" --- */
#define SL_SEED_BYTES 32
/* Opens or makes the log of a device whose key is given, without identity file and mark: it may be thrown away and made
 * again from the log that it follows, in which its own operations stand too. */
SlOplog *sl_oplog_open_follower (SlStore *store, SlWorld *world, const SlId *organisation,
                                 const guint8 seed[SL_SEED_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Called inside sl_oplog_commit(), before it commits, where this device has written operations: with them, as signed
 * segments. FALSE with BUSY where the log that it follows has grown meanwhile: everything is rolled back, the caller
 * takes the news and does it again. */
typedef gboolean (*SlPublishFunc) (SlOplog *log, GPtrArray *segments /* of SlSegment */, gpointer user_data,
                                   GError **error);
void sl_oplog_set_publish (SlOplog *log, SlPublishFunc func, gpointer user_data);
/* Goes on as a new device, whose first operation the old key signs; the old one is revoked. Published as all else. */
gboolean sl_oplog_follower_succeed (SlOplog *log, const guint8 seed[SL_SEED_BYTES],
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- what a hub asks of its replica: wire-hub.c --- */
void sl_oplog_get_seed (SlOplog *log, guint8 out_seed[SL_SEED_BYTES]); /* a secret */
gboolean sl_oplog_check_first (SlOplog *log, const SlId *replica, GBytes *first, guint8 out_key[SL_SIGN_PUBLIC_BYTES],
                               gboolean *out_admitted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_holds (SlOplog *log, const SlId *replica, guint64 seq, const SlHash *hash, gboolean *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *sl_oplog_keys_for (SlOplog *log, const guint8 public_key[SL_SIGN_PUBLIC_BYTES], GError **error);
gboolean sl_oplog_erasures (SlOplog *log, gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Says what was applied of others, where that is so many operations: for a device that writes seldom. */
gboolean sl_oplog_acknowledge (SlOplog *log, guint64 min_operations, GError **error) G_GNUC_WARN_UNUSED_RESULT;
