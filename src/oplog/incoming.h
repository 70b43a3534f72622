/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/exchange.h"

/* What came in and is not in the log yet. */
#define SL_SEQ_MAX ((G_GINT64_CONSTANT (1) << 40) - 1) /* numbers have 40 bits in local_op */
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
  guint64 first_seq;  /* lowest in the file, for reports */
  GHashTable *places; /* guint64* seq → SlPlaceCandidates* */
  GArray *heads;      /* of SlIncomingHead */
} SlIncomingChain;
typedef struct {
  SlId organisation;
  guint64 operations;
  guint64 own_before; /* where our own chain ended before */
  gboolean own_came;  /* others hold operations of this device that it lacked */
  GPtrArray *chains;      /* of SlIncomingChain */
  GHashTable *by_replica; /* SlId* → SlIncomingChain* */
  GPtrArray *boxes;       /* of GBytes */
  GArray *quarantined;    /* of SlQuarantined, to tell */
  GPtrArray *refused;     /* bytes of each, in step; NULL where there are none */
} SlIncoming;

SlIncoming *sl_incoming_new (void);
void sl_incoming_free (SlIncoming *incoming);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlIncoming, sl_incoming_free)
void sl_incoming_add_operation (SlIncoming *incoming, const SlId *replica, guint64 seq, GBytes *bytes,
                                const SlHash *hash, gboolean from_file);
void sl_incoming_add_head (SlIncoming *incoming, const SlId *replica, guint64 seq, const SlHash *hash,
                           const guint8 *signature);
void sl_incoming_refuse (SlIncoming *incoming, const SlId *replica, guint64 seq, const char *reason, GBytes *bytes);
/* Appends to the log what follows its head of chain and is vouched for. */
gboolean sl_incoming_extend (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, guint64 *inout_new,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes what still waits, and what is quarantined, in place of what waited before. */
gboolean sl_incoming_keep_rest (SlOplog *log, SlIncoming *incoming, guint64 *out_waiting,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_apply_held (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
