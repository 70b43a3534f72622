/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-ledger"

#include "engine/ledger.h"

#include "engine/engine-private.h"
#include "engine/ledger-private.h"

static const char *const account_names[] = {
  [SL_ACCOUNT_CASH] = "cash",
  [SL_ACCOUNT_CARD] = "card",
  [SL_ACCOUNT_EFT] = "eft",
  [SL_ACCOUNT_QR] = "qr",
  [SL_ACCOUNT_ONLINE] = "online",
  [SL_ACCOUNT_ELSEWHERE] = "elsewhere",
  [SL_ACCOUNT_RECEIVABLE] = "receivable",
  [SL_ACCOUNT_VOUCHERS] = "vouchers",
  [SL_ACCOUNT_VAT] = "vat",
  [SL_ACCOUNT_PACKAGES] = "packages",
  [SL_ACCOUNT_PLANS] = "plans",
  [SL_ACCOUNT_JOINING] = "joining",
  [SL_ACCOUNT_DROP_INS] = "drop_ins",
  [SL_ACCOUNT_FEES] = "fees",
  [SL_ACCOUNT_OTHER] = "other",
  [SL_ACCOUNT_REFUNDS] = "refunds",
  [SL_ACCOUNT_GIVEN] = "given",
  [SL_ACCOUNT_VOIDED] = "voided",
  [SL_ACCOUNT_CASH_MOVED] = "cash_moved",
  [SL_ACCOUNT_CASH_DIFFERENCE] = "cash_difference",
};
G_STATIC_ASSERT (G_N_ELEMENTS (account_names) == SL_ACCOUNT_LAST);

/**
 * sl_account_name:
 * @account: an account
 *
 * Any thread.
 *
 * Returns: (transfer none): its word, which scripts rely on
 */
const char *
sl_account_name (SlAccount account)
{
  g_return_val_if_fail (account < SL_ACCOUNT_LAST, "");

  return account_names[account];
}

/* An account that is none has no place in the books: the entry would not balance, which the check finds. */
static gboolean
parse_account (const char *name, SlAccount *out)
{
  for (guint i = 0; i < SL_ACCOUNT_LAST; i++)
    if (g_strcmp0 (account_names[i], name) == 0)
      {
        *out = (SlAccount) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sl_ledger_list:
 * @engine: the engine
 * @from_ms: from when, UTC
 * @until_ms: before when
 * @out_legs: (out) (transfer full) (element-type SlLedgerLeg): by time, the legs of an entry together
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_ledger_list (SlEngine *engine, gint64 from_ms, gint64 until_ms, GArray **out_legs, GError **error)
{
  g_return_val_if_fail (engine != NULL && out_legs != NULL, FALSE);

  g_autoptr (GArray) legs = g_array_new (FALSE, TRUE, sizeof (SlLedgerLeg));
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      SL_LEDGER_LEGS "SELECT at_ms, kind, id, sale_id, till_id, location_id, account, cents FROM leg "
                                     "WHERE cents <> 0 ORDER BY at_ms, kind, id, account",
                      "ii", from_ms, until_ms);
  while (sl_rows_next (rows))
    {
      SlLedgerLeg leg = { .at_ms = sl_rows_int (rows, 0),
                          .kind = (SlEntryKind) sl_rows_int (rows, 1),
                          .cents = sl_rows_int (rows, 7) };
      sl_rows_id (rows, 2, &leg.id);
      sl_rows_id (rows, 3, &leg.sale_id);
      sl_rows_id (rows, 4, &leg.till_id);
      sl_rows_id (rows, 5, &leg.location_id);
      if (parse_account (sl_rows_text (rows, 6), &leg.account))
        g_array_append_val (legs, leg);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  *out_legs = g_steal_pointer (&legs);
  return TRUE;
}

/**
 * sl_ledger_sum:
 * @engine: the engine
 * @from_ms: from when, UTC
 * @until_ms: before when
 * @location: (nullable): where; %NULL: everywhere, and what is of no place
 * @out_cents: (out caller-allocates): of each account what was debited less what was credited; they come to zero
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_ledger_sum (SlEngine *engine, gint64 from_ms, gint64 until_ms, const SlId *location,
               gint64 out_cents[SL_ACCOUNT_LAST], GError **error)
{
  g_return_val_if_fail (engine != NULL && out_cents != NULL, FALSE);

  for (guint i = 0; i < SL_ACCOUNT_LAST; i++)
    out_cents[i] = 0;
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      SL_LEDGER_LEGS "SELECT account, sum (cents) FROM leg WHERE ?3 IS NULL OR location_id = ?3 "
                                     "GROUP BY account",
                      "iid", from_ms, until_ms, location);
  while (sl_rows_next (rows))
    {
      SlAccount account;
      if (parse_account (sl_rows_text (rows, 0), &account))
        out_cents[account] = sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}
