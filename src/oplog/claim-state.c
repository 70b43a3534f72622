/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-claim-state"

#include "oplog/claim-state.h"

/* sl_claim_state_read: *out is all zero where nothing of the claim is applied. */
gboolean
sl_claim_state_read (SlOplog *log, const SlId *claim, SlClaimState *out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store,
                      "SELECT c.created_hlc IS NOT NULL, c.session_id, " SL_SQL_KEEPER ", c.type, c.spots, "
                      "c.released_spots, c.release_why, c.release_percent, c.hop, c.confirm_hlc, "
                      "coalesce (c.confirm_replica, c.creator), "
                      "coalesce (c.credits_hundredths, 0) + coalesce (c.settled_hundredths, 0) > 0, c.settle_hlc, "
                      "coalesce (c.settle_replica, c.creator), "
                      "c.owed_hundredths IS NOT NULL OR c.settle_hlc IS NOT NULL "
                      "FROM claim c WHERE c.id = ?",
                      "d", claim);
  *out = (SlClaimState){ 0 };
  if (sl_rows_next (rows))
    {
      out->known = sl_rows_int (rows, 0) != 0;
      sl_rows_id (rows, 1, &out->session);
      sl_rows_id (rows, 2, &out->keeper);
      out->type = sl_rows_int (rows, 3);
      out->spots = sl_rows_int (rows, 4);
      out->released_spots = sl_rows_int (rows, 5);
      out->why = sl_rows_int (rows, 6);
      out->percent = sl_rows_int (rows, 7);
      out->hop = sl_rows_int (rows, 8);
      out->confirmed = !sl_rows_is_null (rows, 9);
      out->confirm_hlc = sl_rows_int (rows, 9);
      sl_rows_id (rows, 10, &out->confirm_replica);
      out->has_spends = sl_rows_int (rows, 11) != 0;
      out->settled = !sl_rows_is_null (rows, 12);
      out->settle_hlc = sl_rows_int (rows, 12);
      sl_rows_id (rows, 13, &out->settle_replica);
      out->on_trust = sl_rows_int (rows, 14) != 0;
    }
  return sl_rows_finish (rows, error);
}

/* sl_claim_state_live: see the header. */
gint64
sl_claim_state_live (const SlClaimState *state)
{
  return state->known && state->why == 0 && sl_claim_type_uses_spots (state->type)
             ? sl_live_spots (state->spots, state->released_spots)
             : 0;
}

/* sl_claim_state_is_authors: see the header. Who keeps a claim changes by its keeper's own operations alone. */
gboolean
sl_claim_state_is_authors (SlOplog *log, const SlOperation *operation, const SlClaimState *state, gboolean *inout,
                           GError **error)
{
  if (!*inout || SL_RULE_IS_OFF (log, SL_RULE_ONLY_KEEPER))
    return TRUE;
  *inout = state->known;
  return !*inout || sl_rights_is_heir (log, &state->keeper, &operation->replica, inout, error);
}

/* sl_claim_before_change: see the header. */
gboolean
sl_claim_before_change (SlOplog *log, const SlId *claim, SlClaimState *out, GError **error)
{
  *out = (SlClaimState){ 0 };
  return sl_rights_cache_is_empty (log) || sl_claim_state_read (log, claim, out, error);
}

/* sl_claim_forget_lots: what the claim spent, and of which it may get something back, is counted anew. */
gboolean
sl_claim_forget_lots (SlOplog *log, const SlId *claim, GError **error)
{
  if (sl_rights_cache_is_empty (log))
    return TRUE;
  g_autoptr (SlRows) rows
      = sl_store_query (log->store, "SELECT lot_id FROM claim_spend WHERE claim_id = ?", "d", claim);
  while (sl_rows_next (rows))
    {
      SlId lot;
      sl_rows_id (rows, 0, &lot);
      sl_rights_cache_drop (log, &lot);
    }
  return sl_rows_finish (rows, error);
}

/* sl_claim_after_change: what the claim no longer uses is its keeper's. */
gboolean
sl_claim_after_change (SlOplog *log, const SlId *claim, const SlClaimState *before, const SlClaimState *after,
                       GError **error)
{
  if (!before->known)
    return TRUE;
  sl_rights_cache_add (log, &before->session, &before->keeper,
                       sl_claim_state_live (before) - sl_claim_state_live (after));
  return !before->has_spends || before->percent == after->percent || sl_claim_forget_lots (log, claim, error);
}
