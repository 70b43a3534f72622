/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/fence.h"
#include "oplog/oplog-private.h"

#define SL_REBORN_FORKED 2 /* in a revocation: the device was cloned; whatever goes on for it may */

/* One operation that revokes a device. */
typedef struct {
  SlId author, actor, successor;
  guint64 author_seq, cut;
  gint64 hlc;
  gboolean reborn;
  char *reason; /* (nullable) */
} SlRevocation;

/* A revoked device, as the applied operations have it. */
typedef struct {
  SlId replica;
  GArray *revocations; /* of SlRevocation, by (hlc, author) */
  gboolean final;
  guint64 cut;
  SlId successor; /* who has taken over, or shall; none: whoever was named is revoked too */
} SlFence;

SlFence *sl_fence_find (SlOplog *log, const SlId *replica); /* (nullable): not revoked; after sl_fences_load() */
gboolean sl_fence_knows (SlOplog *log, const SlRevocation *revocation, const SlId *replica, gboolean *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
const SlRevocation *sl_fence_own_revocation (const SlFence *fence, const SlId *author); /* (nullable): the latest */
gboolean sl_seen_total (SlOplog *log, const SlId *by, guint64 up_to_seq, const SlId *of, guint64 *out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Who shall take over from replica, as far as this device knows. */
gboolean sl_fence_name_successor (SlOplog *log, const SlId *replica, SlId *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fence_is_counted (SlOplog *log, const SlFence *fence, const SlId *replica, gboolean *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_revocation_put (SlOplog *log, const SlOperation *operation, gint64 cut, const SlHash *hash, gint64 reborn,
                            const SlId *successor, const char *reason, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fence_admission_stands (SlOplog *log, const SlChain *chain, gboolean *out,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fence_is_void (SlOplog *log, const SlRevocation *revocation);
gboolean sl_fence_takes_us_beyond (SlOplog *log, const SlFence *fence);
gboolean sl_op_device_seen (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_rights_reclaim (SlOplog *log, GPtrArray *fences, GError **error) G_GNUC_WARN_UNUSED_RESULT;
