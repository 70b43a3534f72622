/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-claim-move"

#include "oplog/claim-state.h"

/* Another device becomes a claim's keeper. The spots that the claim uses and the credits that it has spent go with it
 * as rights, in the same operation, so that neither device has more or less to give away than before; what is released
 * later comes back to the new keeper. A claim on trust stays where it is: a program that does not know settlements
 * would pass on credits that one has spent, and let its new keeper spend them again. */

#define HOP_MAX G_MAXINT32
#define AMOUNT_MAX (G_GINT64_CONSTANT (1) << 50)

typedef struct {
  SlId to;
  gint64 hop, spots;
  SlSpend spends[SL_SPENDS_MAX];
  guint n_spends;
} MovePart;

static SlSpend *
open_spend (MovePart *part, const SlId *lot)
{
  for (guint i = 0; i < part->n_spends; i++)
    if (sl_id_equal (&part->spends[i].lot_id, lot))
      return &part->spends[i];
  part->spends[part->n_spends] = (SlSpend){ .lot_id = *lot };
  return &part->spends[part->n_spends++];
}

/* What the claim has spent and will not get back, lot by lot. */
static gboolean
read_spends (SlOplog *log, const SlId *claim, const SlClaimState *state, MovePart *out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store,
                      "SELECT lot_id, before_hundredths, amount_hundredths FROM claim_spend WHERE claim_id = ? ORDER "
                      "BY part, before_hundredths",
                      "d", claim);
  while (sl_rows_next (rows) && out->n_spends < SL_SPENDS_MAX)
    {
      SlId lot;
      gint64 amount = sl_rows_int (rows, 2);
      sl_rows_id (rows, 0, &lot);
      amount -= sl_refund_part (sl_rows_int (rows, 1), amount, (int) state->percent);
      if (amount > 0)
        open_spend (out, &lot)->amount_hundredths += amount;
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_op_claim_move:
 * @log: inside a transaction
 * @claim: kept by this device, never on trust
 * @to: the device that shall keep it
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_claim_move (SlOplog *log, const SlId *claim, const SlId *to, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  SlClaimState state;
  MovePart part = { 0 };
  if (!sl_claim_state_read (log, claim, &state, error) || !read_spends (log, claim, &state, &part, error))
    return FALSE;
  g_return_val_if_fail (state.known && !state.on_trust, FALSE);
  sl_cbor_begin_array (body, part.n_spends > 0 ? 4 : 3);
  sl_cbor_put_id (body, to);
  sl_cbor_put_int (body, state.hop + 1);
  sl_cbor_put_int (body, sl_claim_state_live (&state));
  if (part.n_spends > 0)
    sl_cbor_begin_array (body, 2 * part.n_spends);
  for (guint i = 0; i < part.n_spends; i++)
    {
      sl_cbor_put_id (body, &part.spends[i].lot_id);
      sl_cbor_put_int (body, part.spends[i].amount_hundredths);
    }
  return sl_oplog_emit (log, SL_KIND_CLAIM_MOVE, claim, body, NULL, error);
}

static gboolean
get_move (SlCborReader *body, MovePart *out)
{
  gsize length, spends = 0;
  if (!sl_cbor_get_array (body, 3, 4, &length) || !sl_cbor_get_id (body, &out->to)
      || !sl_cbor_get_int (body, 1, HOP_MAX, &out->hop) || !sl_cbor_get_int (body, 0, SL_SPOTS_MAX, &out->spots))
    return FALSE;
  if (length > 3 && (!sl_cbor_get_array (body, 2, 2 * SL_SPENDS_MAX, &spends) || spends % 2 != 0))
    return FALSE;
  for (gsize i = 0; i < spends; i += 2)
    {
      SlSpend *one = &out->spends[out->n_spends++];
      if (!sl_cbor_get_id (body, &one->lot_id) || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &one->amount_hundredths))
        return FALSE;
      for (guint j = 0; j + 1 < out->n_spends; j++)
        if (sl_id_equal (&out->spends[j].lot_id, &one->lot_id))
          return FALSE;
    }
  return sl_cbor_at_end (body);
}

static gint64
amount_of (const MovePart *part, const SlId *lot)
{
  for (guint i = 0; i < part->n_spends; i++)
    if (sl_id_equal (&part->spends[i].lot_id, lot))
      return part->spends[i].amount_hundredths;
  return 0;
}

/* Whoever owes spots passes none on, with a claim neither: where a release came first, nobody could tell its spots from
 * those that are owed, and it would be held here and applied elsewhere. */
static gboolean
owes_nothing (SlOplog *log, const SlOperation *operation, const SlId *session, gboolean *inout, GError **error)
{
  gint64 held;
  if (!*inout)
    return TRUE;
  if (!sl_rights_held (log, SL_RIGHTS_SPOTS, session, &operation->replica, &held, error))
    return FALSE;
  *inout = held >= 0;
  return TRUE;
}

/* What goes along is at least what the claim uses here: else a release that its author had seen is still missing, and
 * the new keeper would be charged for it. What is more than that has been released meanwhile: it was its author's, who
 * must have it. */
static gboolean
move_is_covered (SlOplog *log, const SlOperation *operation, const SlClaimState *state, const MovePart *part,
                 gboolean *inout, GError **error)
{
  MovePart here = { 0 };
  gint64 live = sl_claim_state_live (state);
  if (!sl_claim_state_is_authors (log, operation, state, inout, error)
      || !read_spends (log, &operation->entity, state, &here, error))
    return FALSE;
  if (SL_RULE_IS_OFF (log, SL_RULE_HOLD_UNJUSTIFIED))
    return TRUE;
  *inout = *inout && !state->on_trust && part->hop == state->hop + 1 && live <= part->spots;
  for (guint i = 0; i < here.n_spends; i++)
    *inout = *inout && here.spends[i].amount_hundredths <= amount_of (part, &here.spends[i].lot_id);
  if (!owes_nothing (log, operation, &state->session, inout, error)
      || !sl_rights_cover (log, operation, SL_RIGHTS_SPOTS, &state->session, part->spots - live, inout, error))
    return FALSE;
  for (guint i = 0; i < part->n_spends; i++)
    if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &part->spends[i].lot_id,
                          part->spends[i].amount_hundredths - amount_of (&here, &part->spends[i].lot_id), inout, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_move (SlOplog *log, const SlOperation *operation, const SlClaimState *state, const MovePart *part,
            GError **error)
{
  const SlId *author = &operation->replica;
  if (!sl_session_right_add (log, &state->session, author, -part->spots, 0, error)
      || !sl_session_right_add (log, &state->session, &part->to, part->spots, 0, error))
    return FALSE;
  for (guint i = 0; i < part->n_spends; i++)
    {
      const SlSpend *one = &part->spends[i];
      if (!sl_lot_right_add (log, &one->lot_id, author, -one->amount_hundredths, error)
          || !sl_lot_right_add (log, &one->lot_id, &part->to, one->amount_hundredths, error))
        return FALSE;
    }
  sl_rights_cache_add (log, &state->session, &state->keeper, sl_claim_state_live (state));
  sl_rights_cache_add (log, &state->session, &part->to, -sl_claim_state_live (state));
  return sl_store_exec (log->store, error,
                        "UPDATE claim SET keeper = nullif (?2, creator), hop = ?3 WHERE id = ?1 AND (hop < ?3 OR (hop "
                        "= ?3 AND coalesce (keeper, creator) < ?2))",
                        "ddi", &operation->entity, &part->to, part->hop)
         && sl_claim_forget_lots (log, &operation->entity, error);
}

/* sl_apply_claim_move: [to, hop, spots, [lot, credits, …]]: what the claim uses, as its author knew it; the last item
 * where something was spent. */
gboolean
sl_apply_claim_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  MovePart part = { 0 };
  SlClaimState state;
  gboolean covered = TRUE;
  if (sl_id_is_none (&operation->entity) || !get_move (body, &part))
    return sl_malformed (operation, error);
  if (!sl_claim_state_read (log, &operation->entity, &state, error))
    return FALSE;
  if (!state.known)
    return sl_apply_hold (log, "no_rights"); /* whose session's spots it moves is not known yet */
  if (!move_is_covered (log, operation, &state, &part, &covered, error))
    return FALSE;
  return covered ? write_move (log, operation, &state, &part, error) : sl_apply_hold (log, "no_rights");
}
