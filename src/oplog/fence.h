/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Revoked devices: which of their operations count, who goes on for them. src/oplog/README.md "Fences". */

/* For people: how far a revocation has come. */
typedef struct {
  SlId replica, successor; /* who shall take over, or has */
  SlId author;             /* of the first revocation known */
  gint64 at_ms;
  gboolean reborn;     /* it went on as another device by itself */
  gboolean final;      /* taken over for ever */
  guint64 cut;         /* its operations up to here count */
  guint64 held;        /* operations of it stored beyond the cut, for review */
  GArray *waiting_for; /* of SlId: devices that have not acknowledged yet */
  char *reason;        /* (nullable) */
} SlFenceInfo;
void sl_fence_info_free (SlFenceInfo *info);
GPtrArray *sl_fence_list (SlOplog *log, GError **error); /* (element-type SlFenceInfo) (transfer full) */

gboolean sl_fence_is_revoked (SlOplog *log, const SlId *replica, gboolean *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Who goes on for replica: itself where nobody does. */
gboolean sl_fence_root (SlOplog *log, const SlId *replica, SlId *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* replica and all devices for which it goes on. (transfer full) (element-type SlId) */
gboolean sl_fence_heirs (SlOplog *log, const SlId *replica, GArray **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Who takes over where nobody else is named: the founder, or who goes on for it. */
gboolean sl_fence_steward (SlOplog *log, SlId *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SL_ERROR_REVOKED where this device no longer belongs to the studio. */
gboolean sl_fence_check_standing (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Inside a transaction. */
gboolean sl_op_device_revoke (SlOplog *log, const SlId *replica, gboolean reborn, const char *reason,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef struct {
  gint64 acknowledged, reclaimed;
  gint64 forks; /* devices that were found to be cloned */
} SlFenceDone;
/* What is due of this device: acknowledging revocations, and taking over from those that everybody has acknowledged. */
gboolean sl_fence_settle (SlOplog *log, SlFenceDone *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At the end of a transaction that took operations of others: says what was applied beyond a cut before it was known.
 */
gboolean sl_fence_after_import (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
