/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "oplog/exchange.h"
#include "oplog/segment.h"

/* What came in and is not in the log yet. */
#define SL_CANDIDATES_MAX 4                            /* different bytes kept for one place: all but one are wrong */
#define SL_COMBINATIONS_MAX 256                        /* ways through places with several candidates that are tried */

typedef struct {
  SlHash hash;
  guint8 signature[SL_SIGNATURE_BYTES];
  guint64 seq;
} SlIncomingHead;
typedef struct {
  GPtrArray *bytes;
  gboolean has_hash;
  SlHash hash;
} SlPlaceCandidates; /* hash: as the file says: for naming only */
typedef struct {
  SlId replica;
  guint64 first_seq;   /* lowest in the file, for reports */
  GHashTable *places;  /* guint64* seq → SlPlaceCandidates* */
  GArray *heads;       /* of SlIncomingHead */
  gboolean settle_due; /* some of it may be in the log already */
} SlIncomingChain;
typedef struct {
  SlId organisation;
  SlId by; /* who wrote it; none: a file does not say */
  guint64 operations;
  GPtrArray *chains;      /* of SlIncomingChain */
  GHashTable *by_replica; /* SlId* → SlIncomingChain* */
  GPtrArray *boxes;       /* of GBytes */
  SlId boxes_for;         /* whose boxes of keys are kept: opening others' in vain costs as much; none: all */
  SlId boxes_for_too;     /* of whom it goes on for; none: nobody */
  GPtrArray *branches;    /* of GBytes: segments of histories that do not count where they come from */
  GArray *quarantined;    /* of SlQuarantined, to tell */
  GPtrArray *refused;     /* bytes of each, in step; NULL where there are none */
  guint64 own_claimed;    /* how long the file says that our own chain is */
  FILE *snapshot;         /* (nullable): one that came along, in a file without a name */
  gboolean own_came;      /* others hold operations of this device that it lacked */
  SlVectorEntry own_held; /* what the writer of a stream says that it holds of ours; seq 0: nothing */
} SlIncoming;

SlIncoming *sl_incoming_new (void);
void sl_incoming_free (SlIncoming *incoming);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlIncoming, sl_incoming_free)
void sl_incoming_note_chain (SlIncoming *incoming, const SlId *replica, guint64 first_seq); /* for reports */
void sl_incoming_add_operation (SlIncoming *incoming, const SlId *replica, guint64 seq, GBytes *bytes,
                                const SlHash *hash, gboolean from_file);
void sl_incoming_add_head (SlIncoming *incoming, const SlId *replica, guint64 seq, const SlHash *hash,
                           const guint8 *signature);
void sl_incoming_refuse (SlIncoming *incoming, const SlId *replica, guint64 seq, const char *reason, GBytes *bytes);
/* Appends to the log what follows its head of chain and is vouched for, up to limit operations where a signature stands
 * among them. */
gboolean sl_incoming_extend (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, guint64 limit,
                             guint64 *inout_new, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlChain *sl_chain_meet (SlOplog *log, const SlId *replica, GBytes *first);
/* Writes what still waits, and what is quarantined, in place of what waited before. */
gboolean sl_incoming_keep_rest (SlOplog *log, SlIncoming *incoming, guint64 *out_waiting,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_apply_held (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
