/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-credits"

#include "engine/credits.h"

#include "core/text.h"
#include "engine/credits-private.h"
#include "engine/id-list.h"
#include "engine/member.h"

#define REASON_MAX_BYTES 400

/* sl_lot_is_valid: whether the clock still lets it be spent; its last moment is the one before it expires. */
gboolean
sl_lot_is_valid (const SlLot *lot, gint64 now_ms)
{
  return lot->expires_ms == 0 || lot->expires_ms > now_ms;
}

/* What expires after a moment, or never. */
static GArray *
load_lots (SlEngine *engine, const SlId *member, gint64 after_ms, GError **error)
{
  g_autoptr (GArray) lots = g_array_new (FALSE, FALSE, sizeof (SlLot));
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id, credits_hundredths, expires_ms, hlc, package_id IS NOT NULL OR "
                                            "sale_id IS NOT NULL, member_id, package_id, from_lot_id IS NOT NULL "
                                            "FROM lot WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1")
                                            " AND (expires_ms IS NULL OR expires_ms > ?2) "
                                            "ORDER BY expires_ms IS NULL, expires_ms, hlc, id",
                                            "di", member, after_ms);
  while (sl_rows_next (rows))
    {
      SlLot lot = { .credits_hundredths = sl_rows_int (rows, 1), .expires_ms = sl_rows_int (rows, 2),
                    .hlc = sl_rows_int (rows, 3), .bought = sl_rows_int (rows, 4) != 0,
                    .transferred = sl_rows_int (rows, 7) != 0 };
      sl_rows_id (rows, 0, &lot.id);
      sl_rows_id (rows, 5, &lot.member_id);
      sl_rows_id (rows, 6, &lot.package_id);
      g_array_append_val (lots, lot);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < lots->len; i++)
    {
      SlLot *lot = &g_array_index (lots, SlLot, i);
      if (!sl_lot_left (engine->log, &lot->id, &lot->left_hundredths, error))
        return NULL;
    }
  return g_steal_pointer (&lots);
}

/* sl_credits_lots: see the header. */
GArray *
sl_credits_lots (SlEngine *engine, const SlId *member, GError **error)
{
  return load_lots (engine, member, G_MININT64, error);
}

/* sl_credits_valid_lots: see the header. */
GArray *
sl_credits_valid_lots (SlEngine *engine, const SlId *member, gint64 now_ms, GError **error)
{
  return load_lots (engine, member, now_ms, error);
}

/**
 * sl_credits_balance:
 * @engine: the engine
 * @member: whose
 * @out_hundredths: (out): what may be spent at this moment, over all devices
 * @error: return location
 *
 * One statement, for lists of members. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_credits_balance (SlEngine *engine, const SlId *member, gint64 *out_hundredths, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && out_hundredths != NULL, FALSE);

  return sl_store_query_int (
    engine->store, 0, out_hundredths, error,
    "SELECT coalesce (sum (" SL_SQL_LOT_LEFT "), 0) FROM lot l WHERE l.member_id IN " SL_SQL_SAME_MEMBER ("?1")
    " AND (l.expires_ms IS NULL OR l.expires_ms > ?2)",
    "di", member, sl_engine_now_ms (engine));
}

/* What this device may spend of a lot. */
typedef struct { SlSpend spend; guint order; } Part;

static int
compare_largest_first (gconstpointer a, gconstpointer b)
{
  const Part *part_a = a, *part_b = b;
  if (part_a->spend.amount_hundredths != part_b->spend.amount_hundredths)
    return part_a->spend.amount_hundredths > part_b->spend.amount_hundredths ? -1 : 1;
  return part_a->order < part_b->order ? -1 : 1;
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  return ((const Part *) a)->order < ((const Part *) b)->order ? -1 : 1;
}

/* Takes amount from the parts in their order. FALSE: they are not enough, or too many. */
static gboolean
take (GArray *parts, gint64 amount, GArray *out_spends)
{
  g_array_set_size (out_spends, 0);
  for (guint i = 0; i < parts->len && amount > 0; i++)
    {
      SlSpend spend = g_array_index (parts, Part, i).spend;
      spend.amount_hundredths = MIN (spend.amount_hundredths, amount);
      amount -= spend.amount_hundredths;
      g_array_append_val (out_spends, spend);
    }
  return amount == 0 && out_spends->len <= SL_SPENDS_MAX;
}

/* Crumbs in more lots than one booking can draw on: the largest lots pay then, still in the order of their expiry. */
static gboolean
take_largest (GArray *parts, gint64 amount, GArray *out_spends)
{
  g_array_sort (parts, compare_largest_first);
  if (parts->len > SL_SPENDS_MAX)
    g_array_set_size (parts, SL_SPENDS_MAX);
  g_array_sort (parts, compare_order);
  return take (parts, amount, out_spends);
}

/* What giving up a booking brings back to one of the lots that paid for it. */
static gboolean
add_comeback (SlEngine *engine, const SlComesBack *comes_back, const SlId *lot, gint64 *inout_amount, GError **error)
{
  if (comes_back == NULL || comes_back->claim == NULL)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT before_hundredths, amount_hundredths FROM claim_spend WHERE lot_id = ? AND claim_id = ?",
    "dd", lot, comes_back->claim);
  while (sl_rows_next (rows))
    *inout_amount += sl_refund_part (sl_rows_int (rows, 0), sl_rows_int (rows, 1), comes_back->percent);
  return sl_rows_finish (rows, error);
}

/* sl_lot_counts_at: whether a lot may be spent at a location: its package says so, as it is now. */
gboolean
sl_lot_counts_at (SlEngine *engine, const SlLot *lot, const SlId *location, gboolean *out_counts, GError **error)
{
  *out_counts = TRUE;
  if (location == NULL || sl_id_is_none (&lot->package_id))
    return TRUE;
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, "SELECT locations FROM package WHERE id = ? AND locations IS NOT NULL", "d",
                      &lot->package_id);
  if (sl_rows_next (rows))
    {
      g_autoptr (GArray) locations = sl_id_list_read (rows, 0);
      *out_counts = sl_id_list_has (locations, location);
    }
  return sl_rows_finish (rows, error);
}

/* Over all devices, what is held here, and what counts at other locations alone. */
typedef struct { gint64 balance, held, other; } Sums;

/* The valid lots of a member that count at the location. */
static GArray *
spendable (SlEngine *engine, const SlId *member, gint64 now_ms, const SlId *location, const SlComesBack *comes_back,
           Sums *out, GError **error)
{
  g_autoptr (GArray) lots = sl_credits_valid_lots (engine, member, now_ms, error);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
  *out = (Sums){ 0 };
  if (lots == NULL)
    return NULL;
  for (guint i = 0; i < lots->len; i++)
    {
      const SlLot *lot = &g_array_index (lots, SlLot, i);
      Part part = { .spend = { .lot_id = lot->id }, .order = i };
      gint64 back = 0;
      gboolean counts;
      if (!sl_lot_counts_at (engine, lot, location, &counts, error))
        return NULL;
      if (!counts)
        {
          out->other += lot->left_hundredths;
          continue;
        }
      if (!sl_lot_free (engine->log, &lot->id, sl_oplog_get_replica (engine->log), &part.spend.amount_hundredths,
                        error)
          || !add_comeback (engine, comes_back, &lot->id, &back, error))
        return NULL;
      out->balance += lot->left_hundredths + back;
      if (comes_back == NULL || !comes_back->elsewhere)
        part.spend.amount_hundredths += back;
      if (part.spend.amount_hundredths <= 0)
        continue;
      out->held += part.spend.amount_hundredths;
      g_array_append_val (parts, part);
    }
  return g_steal_pointer (&parts);
}

/**
 * sl_credits_plan_spend_with:
 * @engine: the engine, inside a command that has not emitted yet
 * @member: whose credits
 * @amount_hundredths: how much, 0 or more
 * @now_ms: the moment that lots must be valid at
 * @location: (nullable): where it is spent; %NULL: every lot counts
 * @comes_back: (nullable): a booking that is given up in the same transaction, before this is spent
 * @out_spends: (out) (transfer full) (array length=out_n_spends) (nullable): the lots and how much of each, in the
 * order of spending; g_free() it. %NULL where @amount_hundredths is 0 or it is refused
 * @out_n_spends: (out): how many, at most %SL_SPENDS_MAX
 * @out_refusal: (out): insufficient_credits, credits_elsewhere, not_covered (credits that count at other locations
 * would do), with member, needed_hundredths, balance_hundredths, held_hundredths, other_hundredths
 * @error: return location
 *
 * Lots that expire first pay first; only what this device holds is spent.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_credits_plan_spend_with (SlEngine *engine, const SlId *member, gint64 amount_hundredths, gint64 now_ms,
                            const SlId *location, const SlComesBack *comes_back, SlSpend **out_spends,
                            guint *out_n_spends, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && amount_hundredths >= 0, FALSE);
  g_return_val_if_fail (out_spends != NULL && out_n_spends != NULL && out_refusal != NULL, FALSE);

  Sums sums;
  char text[SL_ID_TEXT_BYTES];
  *out_spends = NULL;
  *out_n_spends = 0;
  if (amount_hundredths == 0)
    return TRUE;
  g_autoptr (GArray) parts = spendable (engine, member, now_ms, location, comes_back, &sums, error);
  g_autoptr (GArray) spends = g_array_new (FALSE, FALSE, sizeof (SlSpend));
  if (parts == NULL)
    return FALSE;
  if (take (parts, amount_hundredths, spends) || take_largest (parts, amount_hundredths, spends))
    {
      *out_n_spends = spends->len;
      *out_spends = (SlSpend *) (void *) g_array_free (g_steal_pointer (&spends), FALSE);
      return TRUE;
    }
  sl_refuse (out_refusal, sums.balance >= amount_hundredths && sums.held < amount_hundredths
                            ? SL_REFUSAL_CREDITS_ELSEWHERE
                          : sums.other > 0 && sums.balance + sums.other >= amount_hundredths
                            ? SL_REFUSAL_NOT_COVERED
                            : SL_REFUSAL_INSUFFICIENT_CREDITS);
  sl_refusal_set_text (out_refusal, "member", sl_id_format (member, text));
  sl_refusal_set_int (out_refusal, "needed_hundredths", amount_hundredths);
  sl_refusal_set_int (out_refusal, "balance_hundredths", sums.balance);
  sl_refusal_set_int (out_refusal, "held_hundredths", sums.held);
  if (sums.other > 0)
    sl_refusal_set_int (out_refusal, "other_hundredths", sums.other);
  return TRUE;
}

/**
 * sl_credits_plan_spend:
 *
 * As sl_credits_plan_spend_with(), wherever it is spent and where nothing is given up.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_credits_plan_spend (SlEngine *engine, const SlId *member, gint64 amount_hundredths, gint64 now_ms,
                       SlSpend **out_spends, guint *out_n_spends, SlRefusal *out_refusal, GError **error)
{
  return sl_credits_plan_spend_with (engine, member, amount_hundredths, now_ms, NULL, NULL, out_spends, out_n_spends,
                                     out_refusal, error);
}

/* More credits are a new lot that never expires, less is burned from the lots that would be spent first. */
static gboolean
write_adjustment (SlEngine *engine, const SlId *member, gint64 amount, const char *reason, SlRefusal *out_refusal,
                  GError **error)
{
  g_autofree SlSpend *spends = NULL;
  guint n_spends;
  if (amount > 0)
    {
      SlId lot;
      SlLotParams params = { .member_id = *member, .credits_hundredths = amount, .reason = reason };
      return sl_op_lot_create (engine->log, &params, &lot, error);
    }
  if (!sl_credits_plan_spend (engine, member, -amount, sl_engine_now_ms (engine), &spends, &n_spends, out_refusal,
                              error))
    return FALSE;
  for (guint i = 0; i < n_spends; i++)
    if (!sl_op_lot_burn (engine->log, &spends[i].lot_id, SL_BURN_ADJUST, spends[i].amount_hundredths, reason, error))
      return FALSE;
  return TRUE;
}

/**
 * sl_credits_adjust:
 * @engine: the engine
 * @actor: who; whoever may give back more than the policy does
 * @member: whose credits
 * @amount_hundredths: more (positive) or less (negative); not 0
 * @reason: (nullable): why, for people; kept sealed
 * @out_balance_hundredths: (out): afterwards
 * @out_refusal: (out): not_allowed, reason_required, and those of sl_credits_plan_spend()
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_credits_adjust (SlEngine *engine, const SlActor *actor, const SlId *member, gint64 amount_hundredths,
                   const char *reason, gint64 *out_balance_hundredths, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (
    engine != NULL && actor != NULL && member != NULL && out_balance_hundredths != NULL && out_refusal != NULL, FALSE);

  *out_balance_hundredths = 0;
  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  if (amount_hundredths == 0 || amount_hundredths > SL_ADJUST_MAX_HUNDREDTHS
      || amount_hundredths < -SL_ADJUST_MAX_HUNDREDTHS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the amount is 0, or more than a million credits");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL)
    return sl_command_fail (engine);
  SlAction action = amount_hundredths > 0 ? SL_ACTION_REFUND_MORE : SL_ACTION_EDIT_MEMBER_FINANCE;
  gboolean may = sl_actor_may (actor, action, &engine->location, out_refusal);
  if (may && !sl_member_refuse_erased (found, out_refusal) && *clean == '\0')
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  if (out_refusal->code == SL_REFUSAL_NONE
      && !write_adjustment (engine, &found->id, amount_hundredths, clean, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "credits adjust", out_refusal, error);
  if (!sl_credits_balance (engine, member, out_balance_hundredths, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
