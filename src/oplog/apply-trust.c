/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-trust"

#include "oplog/claim-state.h"

/* Bookings on trust: the credits are there, with a device that cannot be reached. The claim says what it owes; whoever
 * holds the credits passes them on to its keeper, who settles out of what it then holds. So nobody spends another
 * device's credits. src/oplog/README.md "Rights". */

#define AMOUNT_MAX (G_GINT64_CONSTANT (1) << 50)

/**
 * sl_op_claim_trust:
 * @log: inside a transaction
 * @claim: kept by this device, confirmed, without spends
 * @owed_hundredths: what it owes
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_claim_trust (SlOplog *log, const SlId *claim, gint64 owed_hundredths, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (owed_hundredths > 0 && owed_hundredths <= AMOUNT_MAX, FALSE);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_int (body, owed_hundredths);
  return sl_oplog_emit (log, SL_KIND_CLAIM_TRUST, claim, body, NULL, error);
}

/* Only its keeper may write about what a claim owes. */
static gboolean
is_keepers (SlOplog *log, const SlOperation *operation, SlClaimState *out, gboolean *inout, GError **error)
{
  return sl_claim_state_read (log, &operation->entity, out, error)
         && (SL_RULE_IS_OFF (log, SL_RULE_SETTLE_KEEPER)
             || sl_claim_state_is_authors (log, operation, out, inout, error));
}

/* sl_apply_claim_trust: entity: the claim; [credits]; of several the most. */
gboolean
sl_apply_claim_trust (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 owed;
  gboolean covered = TRUE;
  SlClaimState state;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &owed) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!is_keepers (log, operation, &state, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  return sl_store_exec (log->store, error,
                        "INSERT INTO claim (id, owed_hundredths) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET "
                        "owed_hundredths = max (coalesce (owed_hundredths, 0), excluded.owed_hundredths)",
                        "di", &operation->entity, owed);
}

/**
 * sl_op_claim_settle:
 * @log: inside a transaction
 * @claim: kept by this device, on trust
 * @spends: in the order of spending, out of what this device holds
 * @n_spends: 1 to %SL_SPENDS_MAX
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_claim_settle (SlOplog *log, const SlId *claim, const SlSpend *spends, guint n_spends, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (n_spends > 0 && n_spends <= SL_SPENDS_MAX, FALSE);
  sl_cbor_begin_array (body, 2 * n_spends);
  for (guint i = 0; i < n_spends; i++)
    {
      sl_cbor_put_id (body, &spends[i].lot_id);
      sl_cbor_put_int (body, spends[i].amount_hundredths);
    }
  return sl_oplog_emit (log, SL_KIND_CLAIM_SETTLE, claim, body, NULL, error);
}

static gboolean
get_spends (SlCborReader *body, SlSpend *spends, guint *out_n)
{
  gsize length;
  *out_n = 0;
  if (!sl_cbor_get_array (body, 2, 2 * SL_SPENDS_MAX, &length) || length % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < length; i += 2)
    {
      SlSpend *one = &spends[(*out_n)++];
      if (!sl_cbor_get_id (body, &one->lot_id) || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &one->amount_hundredths))
        return FALSE;
      for (guint j = 0; j + 1 < *out_n; j++)
        if (sl_id_equal (&spends[j].lot_id, &one->lot_id))
          return FALSE;
    }
  return sl_cbor_at_end (body);
}

/* Of two settlements the earlier by (stamp, replica) stands; the other one's credits are free again. */
static gboolean
settlement_wins (const SlOperation *operation, const SlClaimState *state)
{
  if (!state->settled)
    return TRUE;
  if (operation->hlc != state->settle_hlc)
    return operation->hlc < state->settle_hlc;
  return sl_id_compare (&operation->replica, &state->settle_replica) < 0;
}

static gboolean
write_settlement (SlOplog *log, const SlOperation *operation, const SlSpend *spends, guint n_spends, GError **error)
{
  const SlId *claim = &operation->entity;
  gint64 before = 0;
  if (!sl_claim_forget_lots (log, claim, error)
      || !sl_store_exec (log->store, error, "DELETE FROM claim_spend WHERE claim_id = ? AND part = 1", "d", claim))
    return FALSE;
  for (guint i = 0; i < n_spends; i++)
    {
      if (!sl_store_exec (log->store, error,
                          "INSERT INTO claim_spend (lot_id, claim_id, part, before_hundredths, amount_hundredths) "
                          "VALUES (?, ?, 1, ?, ?)",
                          "ddii", &spends[i].lot_id, claim, before, spends[i].amount_hundredths))
        return FALSE;
      before += spends[i].amount_hundredths;
    }
  return sl_store_exec (log->store, error,
                        "UPDATE claim SET settle_hlc = ?2, settle_replica = nullif (?3, creator), "
                        "settled_hundredths = ?4 WHERE id = ?1",
                        "didi", claim, operation->hlc, &operation->replica, before)
         && sl_claim_forget_lots (log, claim, error);
}

/* sl_apply_claim_settle: entity: the claim; [lot, credits, …]: of its keeper's own credits. What a release gives back
 * is taken of this as of any spend. */
gboolean
sl_apply_claim_settle (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  SlSpend spends[SL_SPENDS_MAX] = { 0 };
  guint n_spends;
  gboolean covered = TRUE;
  SlClaimState state;
  if (sl_id_is_none (&operation->entity) || !get_spends (body, spends, &n_spends))
    return sl_malformed (operation, error);
  if (!is_keepers (log, operation, &state, &covered, error))
    return FALSE;
  for (guint i = 0; covered && i < n_spends; i++)
    if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &spends[i].lot_id, spends[i].amount_hundredths, &covered,
                          error))
      return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  return !settlement_wins (operation, &state) || write_settlement (log, operation, spends, n_spends, error);
}
