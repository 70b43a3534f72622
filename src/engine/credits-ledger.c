/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-credits-ledger"

#include "engine/credits.h"

#include "engine/credits-private.h"
#include "engine/member.h"

/* The ledger is no table: every line follows from a lot, a claim or a burn, so lines and balance cannot disagree. */

static const char *const kind_names[] = {
  [SL_ENTRY_PURCHASE] = "purchase", [SL_ENTRY_SPEND] = "spend",   [SL_ENTRY_REFUND] = "refund",
  [SL_ENTRY_FORFEIT] = "forfeit",   [SL_ENTRY_EXPIRE] = "expire", [SL_ENTRY_TRANSFER] = "transfer",
  [SL_ENTRY_ADJUST] = "adjust",
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == SL_ENTRY_LAST);

/**
 * sl_entry_kind_name:
 * @kind: a kind of line
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_entry_kind_name (SlEntryKind kind)
{
  g_return_val_if_fail (kind < SL_ENTRY_LAST, "");

  return kind_names[kind];
}

static void
entry_free (SlCreditEntry *entry)
{
  g_free (entry->reason);
  g_free (entry);
}

/**
 * sl_credits_free:
 * @credits: (nullable) (transfer full): a member's credits
 */
void
sl_credits_free (SlCredits *credits)
{
  if (credits == NULL)
    return;
  g_clear_pointer (&credits->lots, g_array_unref);
  g_clear_pointer (&credits->entries, g_ptr_array_unref);
  g_free (credits);
}

static SlCreditEntry *
add_entry (SlCredits *credits, SlEntryKind kind, const SlLot *lot, gint64 amount, gint64 hlc)
{
  SlCreditEntry *entry = g_new0 (SlCreditEntry, 1);
  entry->kind = kind;
  entry->lot_id = lot->id;
  entry->amount_hundredths = amount;
  entry->at_ms = sl_hlc_to_ms (hlc);
  entry->stamp = hlc;
  g_ptr_array_add (credits->entries, entry);
  return entry;
}

static char *
read_reason (SlEngine *engine, const SlId *member, SlRows *rows, int column)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, column, &length);
  return sealed != NULL ? sl_oplog_unseal_note (engine->log, member, sealed, length) : NULL;
}

static gboolean
add_minting (SlEngine *engine, const SlLot *lot, SlCredits *credits, GError **error)
{
  SlEntryKind kind = lot->transferred ? SL_ENTRY_TRANSFER : lot->bought ? SL_ENTRY_PURCHASE : SL_ENTRY_ADJUST;
  SlCreditEntry *entry = add_entry (credits, kind, lot, lot->credits_hundredths, lot->hlc);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT reason FROM lot WHERE id = ?", "d", &lot->id);
  if (sl_rows_next (rows))
    entry->reason = read_reason (engine, &lot->member_id, rows, 0);
  return sl_rows_finish (rows, error);
}

/* What bookings took, and what came back when they were released. A forfeit adds nothing: the spend has taken it
 * already. Nor does the line that takes it back when the member came after all: what was spent has paid the visit. */
static gboolean
add_spends (SlEngine *engine, const SlLot *lot, SlCredits *credits, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT coalesce (c.booking_id, c.id), s.before_hundredths, s.amount_hundredths, "
    "CASE s.part WHEN 1 THEN c.settle_hlc ELSE c.confirm_hlc END, c.release_percent, c.release_hlc, "
    "(SELECT min (k.hlc) FROM checkin k WHERE k.booking_id = coalesce (c.booking_id, c.id) "
    "AND k.undone = 0 AND (c.release_why & ?2) = 0) "
    "FROM claim_spend s JOIN claim c ON c.id = s.claim_id WHERE s.lot_id = ?1 ORDER BY c.confirm_hlc, c.id, s.part",
    "di", &lot->id, (gint64) SL_RELEASE_DUPLICATE);
  while (sl_rows_next (rows))
    {
      SlId booking;
      gint64 amount = sl_rows_int (rows, 2);
      sl_rows_id (rows, 0, &booking);
      SlCreditEntry *spend = add_entry (credits, SL_ENTRY_SPEND, lot, -amount, sl_rows_int (rows, 3));
      spend->booking_id = booking;
      spend->place = sl_rows_int (rows, 1);
      if (sl_rows_is_null (rows, 4))
        continue;
      gint64 back = sl_refund_part (sl_rows_int (rows, 1), amount, (int) sl_rows_int (rows, 4));
      /* What was owed may be settled after the release that gives part of it back. */
      gint64 released_hlc = MAX (sl_rows_int (rows, 5), spend->stamp);
      if (back > 0)
        add_entry (credits, SL_ENTRY_REFUND, lot, back, released_hlc)->booking_id = booking;
      if (back == amount)
        continue;
      SlCreditEntry *forfeit = add_entry (credits, SL_ENTRY_FORFEIT, lot, 0, released_hlc);
      forfeit->booking_id = booking;
      forfeit->forfeited_hundredths = amount - back;
      if (sl_rows_is_null (rows, 6))
        continue;
      SlCreditEntry *came = add_entry (credits, SL_ENTRY_ADJUST, lot, 0, MAX (released_hlc, sl_rows_int (rows, 6)));
      came->booking_id = booking;
      came->forfeited_hundredths = back - amount;
    }
  return sl_rows_finish (rows, error);
}

/* Adjustments one by one; what expires as one line, dated when it expired: the same before and after it was written
 * off. */
static gboolean
add_burns (SlEngine *engine, const SlLot *lot, gint64 now_ms, SlCredits *credits, GError **error)
{
  gint64 expired = sl_lot_is_valid (lot, now_ms) ? 0 : lot->left_hundredths;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT kind, amount_hundredths, hlc, reason FROM lot_burn WHERE lot_id = ? ORDER BY hlc, id", "d",
    &lot->id);
  while (sl_rows_next (rows))
    {
      gint64 amount = sl_rows_int (rows, 1), kind = sl_rows_int (rows, 0);
      if (kind == SL_BURN_EXPIRE)
        expired += amount;
      else
        add_entry (credits, kind == SL_BURN_TRANSFER ? SL_ENTRY_TRANSFER : SL_ENTRY_ADJUST, lot, -amount,
                   sl_rows_int (rows, 2))->reason = read_reason (engine, &lot->member_id, rows, 3);
    }
  if (expired != 0)
    add_entry (credits, SL_ENTRY_EXPIRE, lot, -expired, sl_hlc_from_ms (lot->expires_ms));
  return sl_rows_finish (rows, error);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const SlCreditEntry *entry_a = *(SlCreditEntry *const *) a, *entry_b = *(SlCreditEntry *const *) b;
  if (entry_a->stamp != entry_b->stamp)
    return entry_a->stamp < entry_b->stamp ? -1 : 1;
  if (entry_a->kind != entry_b->kind)
    return entry_a->kind < entry_b->kind ? -1 : 1;
  if (entry_a->place != entry_b->place)
    return entry_a->place < entry_b->place ? -1 : 1;
  int by_booking = sl_id_compare (&entry_a->booking_id, &entry_b->booking_id);
  return by_booking != 0 ? by_booking : sl_id_compare (&entry_a->lot_id, &entry_b->lot_id);
}

static gboolean
collect (SlEngine *engine, const SlId *member, SlCredits *credits, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GArray) lots = sl_credits_lots (engine, member, error);
  for (guint i = 0; lots != NULL && i < lots->len; i++)
    {
      const SlLot *lot = &g_array_index (lots, SlLot, i);
      SlCreditLot shown = { lot->id, lot->left_hundredths, lot->expires_ms };
      if (!add_minting (engine, lot, credits, error) || !add_spends (engine, lot, credits, error)
          || !add_burns (engine, lot, now_ms, credits, error))
        return FALSE;
      if (!sl_lot_is_valid (lot, now_ms))
        continue;
      credits->balance_hundredths += lot->left_hundredths;
      if (lot->left_hundredths != 0)
        g_array_append_val (credits->lots, shown);
    }
  g_ptr_array_sort (credits->entries, compare_entries);
  return lots != NULL;
}

/**
 * sl_credits_show:
 * @engine: the engine
 * @actor: who wants to know; members: of themselves, instructors: of their own members
 * @member: whose
 * @out_credits: (out) (transfer full): as of this moment; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_credits_show (SlEngine *engine, const SlActor *actor, const SlId *member, SlCredits **out_credits,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && out_credits != NULL && out_refusal != NULL,
                        FALSE);

  g_autoptr (SlCredits) credits = g_new0 (SlCredits, 1);
  *out_credits = NULL;
  credits->lots = g_array_new (FALSE, FALSE, sizeof (SlCreditLot));
  credits->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL)
    return FALSE;
  if (!sl_member_may_view (engine, actor, member, NULL, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE && sl_query_refuse (engine, actor, "credits", out_refusal);
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean collected = collect (engine, member, credits, error);
  sl_store_end_read (engine->store);
  if (!collected)
    return FALSE;
  *out_credits = g_steal_pointer (&credits);
  return TRUE;
}
