/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/rights-cache.h"

/* A claim's row, as far as rights depend on it. */
typedef struct {
  gboolean known;      /* its creation is applied */
  SlId session, keeper;
  gint64 type, spots, released_spots, why, percent, hop;
  gboolean confirmed, has_spends;
  gint64 confirm_hlc;
  SlId confirm_replica;
  gboolean on_trust; /* it owes, or did */
  gboolean settled;
  gint64 settle_hlc;
  SlId settle_replica;
} SlClaimState;

gboolean sl_claim_state_read (SlOplog *log, const SlId *claim, SlClaimState *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_claim_state_live (const SlClaimState *state); /* spots that it uses of its keeper's rights */
/* *inout stays TRUE where the author of operation keeps the claim, or goes on for who does. */
gboolean sl_claim_state_is_authors (SlOplog *log, const SlOperation *operation, const SlClaimState *state,
                                    gboolean *inout, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Around a change of the row: the first where nothing is remembered reads nothing. */
gboolean sl_claim_before_change (SlOplog *log, const SlId *claim, SlClaimState *out,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_claim_after_change (SlOplog *log, const SlId *claim, const SlClaimState *before, const SlClaimState *after,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_claim_forget_lots (SlOplog *log, const SlId *claim, GError **error) G_GNUC_WARN_UNUSED_RESULT;
