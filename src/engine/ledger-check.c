/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-ledger-check"

#include "engine/ledger.h"

#include "engine/cash-up.h"
#include "engine/engine-private.h"
#include "engine/ledger-private.h"
#include "engine/payment.h"
#include "oplog/money.h"

/* Whether all that is known of money agrees. Each figure is reckoned here in another way than where people see it. What
 * another device wrote comes in the order in which it wrote it, so every check holds for whatever part has come. */

static void add_problem (GPtrArray *problems, const SlId *id, const char *format, ...) G_GNUC_PRINTF (3, 4);
static void
add_problem (GPtrArray *problems, const SlId *id, const char *format, ...)
{
  char text[SL_ID_TEXT_BYTES];
  va_list args;
  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (problems, g_strdup_printf ("money: %s (%s)", what, sl_id_format (id, text)));
}

typedef struct {
  SlEngine *engine;
  gint64 from_ms, until_ms;
  GPtrArray *problems;
} Check;

static gboolean
check_entries (Check *check, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    check->engine->store,
    SL_LEDGER_LEGS "SELECT id, kind, sum (cents) FROM leg GROUP BY kind, id HAVING sum (cents) <> 0", "ii",
    check->from_ms, check->until_ms);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      add_problem (check->problems, &id, "an entry of kind %" G_GINT64_FORMAT " is out by %" G_GINT64_FORMAT " cents",
                   sl_rows_int (rows, 1), sl_rows_int (rows, 2));
    }
  return sl_rows_finish (rows, error);
}

/* Every line is what its quantity, price and rate make. */
static gboolean
check_lines (Check *check, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (check->engine->store,
                      "SELECT l.sale_id, l.quantity, l.unit_cents, l.amount_cents, l.vat_permille, l.vat_cents "
                      "FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.at_ms >= ? AND s.at_ms < ?",
                      "ii", check->from_ms, check->until_ms);
  while (sl_rows_next (rows))
    {
      SlId sale;
      gint64 amount = sl_rows_int (rows, 3);
      sl_rows_id (rows, 0, &sale);
      if (amount != sl_rows_int (rows, 1) * sl_rows_int (rows, 2))
        add_problem (check->problems, &sale, "a line is not its quantity times its price");
      if (sl_vat_included (amount, sl_rows_int (rows, 4)) != sl_rows_int (rows, 5))
        add_problem (check->problems, &sale, "a line's VAT is not what its rate makes");
    }
  return sl_rows_finish (rows, error);
}

/* Rounded by line, each line is out by half a cent at most, and so is the whole. */
static gboolean
check_vat (Check *check, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    check->engine->store,
    "SELECT l.sale_id, l.vat_permille, sum (l.amount_cents), sum (l.vat_cents), count (*) "
    "FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.at_ms >= ? AND s.at_ms < ? "
    "GROUP BY l.sale_id, l.vat_permille",
    "ii", check->from_ms, check->until_ms);
  while (sl_rows_next (rows))
    {
      SlId sale;
      gint64 amount = sl_rows_int (rows, 2);
      sl_rows_id (rows, 0, &sale);
      if (ABS (amount) > SL_MONEY_MAX_CENTS)
        continue;
      gint64 apart = sl_rows_int (rows, 3) - sl_vat_included (amount, sl_rows_int (rows, 1));
      if (2 * ABS (apart) > sl_rows_int (rows, 4) + 1)
        add_problem (check->problems, &sale, "its VAT is %" G_GINT64_FORMAT " cents from that of its total", apart);
    }
  return sl_rows_finish (rows, error);
}

/* What is receivable of each sale by the books, of all time. */
static GHashTable *
read_receivable (Check *check, GError **error)
{
  g_autoptr (GHashTable) table = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  g_autoptr (SlRows) rows
    = sl_store_query (check->engine->store,
                      SL_LEDGER_LEGS "SELECT sale_id, sum (cents) FROM leg WHERE account = 'receivable' AND sale_id IS "
                                     "NOT NULL GROUP BY sale_id",
                      "ii", SL_LEDGER_ALWAYS);
  while (sl_rows_next (rows))
    {
      SlId sale;
      gint64 cents = sl_rows_int (rows, 1);
      sl_rows_id (rows, 0, &sale);
      g_hash_table_insert (table, g_memdup2 (&sale, sizeof sale), g_memdup2 (&cents, sizeof cents));
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&table) : NULL;
}

static GArray *
read_ids (Check *check, const char *sql, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (check->engine->store, sql, "ii", check->from_ms, check->until_ms);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/* What is due of a sale is what is receivable of it. */
static gboolean
check_due (Check *check, GError **error)
{
  g_autoptr (GHashTable) receivable = read_receivable (check, error);
  g_autoptr (GArray) sales
    = receivable != NULL
        ? read_ids (check, "SELECT id FROM sale WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, id", error)
        : NULL;
  for (guint i = 0; sales != NULL && i < sales->len; i++)
    {
      const SlId *id = &g_array_index (sales, SlId, i);
      g_autoptr (SlSaleRecord) sale = sl_sale_get (check->engine, id, error);
      const gint64 *cents = g_hash_table_lookup (receivable, id);
      if (sale == NULL)
        return FALSE;
      if (sale->due_cents != (cents != NULL ? *cents : 0))
        add_problem (check->problems, id, "%" G_GINT64_FORMAT " cents are due and %" G_GINT64_FORMAT " receivable",
                     sale->due_cents, cents != NULL ? *cents : 0);
    }
  return sales != NULL;
}

/* Nothing is given back twice, no voucher is worth more than it was. Each query: id, what there is, what went. */
static gboolean
check_not_over (Check *check, const char *words, const char *sql, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (check->engine->store, sql, "ii", check->from_ms, check->until_ms);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      if (sl_rows_int (rows, 2) > sl_rows_int (rows, 1))
        add_problem (check->problems, &id, "%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " cents", words,
                     sl_rows_int (rows, 2), sl_rows_int (rows, 1));
    }
  return sl_rows_finish (rows, error);
}

static gboolean
check_limits (Check *check, GError **error)
{
  return check_not_over (check, "more was given back than was paid",
                         "SELECT p.id, p.amount_cents, sum (r.amount_cents) FROM payment p JOIN refund r ON "
                         "r.payment_id = p.id WHERE p.at_ms >= ? AND p.at_ms < ? GROUP BY p.id",
                         error)
         && check_not_over (
           check, "more was taken from a voucher than it was good for",
           "SELECT v.id, v.amount_cents, "
           "coalesce ((SELECT sum (p.amount_cents) FROM payment p WHERE p.voucher_id = v.id), 0) "
           "+ coalesce ((SELECT sum (o.amount_cents) FROM voucher_void o WHERE o.voucher_id = v.id), 0) "
           "- coalesce ((SELECT sum (r.amount_cents) FROM payment p JOIN refund r ON r.payment_id = p.id "
           "WHERE p.voucher_id = v.id AND coalesce (r.method, 'voucher') = 'voucher'), 0) "
           "FROM voucher v WHERE v.at_ms >= ? AND v.at_ms < ?",
           error)
         && check_not_over (
           check, "vouchers are worth more than they were sold for",
           "SELECT s.id, coalesce ((SELECT sum (l.amount_cents) FROM sale_line l WHERE l.sale_id = s.id "
           "AND l.what = 5), 0), sum (v.amount_cents) FROM sale s JOIN voucher v ON v.sale_id = s.id "
           "WHERE s.at_ms >= ? AND s.at_ms < ? GROUP BY s.id",
           error);
}

/* Numbers of receipts, of invoices and of credit notes are one series of each device, from 1 on, without a gap. A
 * payment that was taken with its sale has the sale's. */
static gboolean
check_receipts (Check *check, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    check->engine->store,
    "SELECT replica, count (*), count (DISTINCT receipt), min (receipt), max (receipt) FROM ("
    "SELECT replica, receipt FROM sale UNION ALL SELECT replica, receipt FROM refund "
    "UNION ALL SELECT p.replica, p.receipt FROM payment p LEFT JOIN sale s ON s.id = p.sale_id "
    "WHERE s.replica IS NULL OR s.replica <> p.replica OR s.receipt <> p.receipt) GROUP BY replica",
    "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      gint64 all = sl_rows_int (rows, 1), last = sl_rows_int (rows, 4);
      sl_rows_id (rows, 0, &replica);
      if (all != sl_rows_int (rows, 2))
        add_problem (check->problems, &replica, "a device has given a receipt's number twice");
      if (sl_rows_int (rows, 3) != 1 || sl_rows_int (rows, 2) != last)
        add_problem (check->problems, &replica,
                     "a device's receipts have gaps: %" G_GINT64_FORMAT " up to number %" G_GINT64_FORMAT,
                     sl_rows_int (rows, 2), last);
    }
  return sl_rows_finish (rows, error);
}

/* Legs of each till by account, of all time: what was paid with sales and later, less what was given back. */
static gboolean
sum_of_till (Check *check, const SlId *till, const char *account, gint64 *out, GError **error)
{
  return sl_store_query_int (check->engine->store, 0, out, error,
                             SL_LEDGER_LEGS "SELECT coalesce (sum (cents), 0) FROM leg WHERE till_id = ?3 "
                                            "AND account = ?4",
                             "iidt", SL_LEDGER_ALWAYS, till, account);
}

static gboolean
check_till (Check *check, const SlId *till, GError **error)
{
  static const char *const accounts[] = { "cash", "card", "eft", "qr", "online" };
  g_autoptr (SlCashUp) cash_up = sl_cash_up_takings_of_till (check->engine, till, error);
  if (cash_up == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (accounts); i++)
    {
      const SlCashUpRow *row = &cash_up->rows[i];
      gint64 says = row->sales_cents + row->payments_cents - row->refunds_cents, books;
      if (!sum_of_till (check, till, accounts[i], &books, error))
        return FALSE;
      if (i == 0)
        says += cash_up->put_in_cents + (cash_up->till->closed_ms != 0 ? cash_up->till->difference_cents : 0);
      if (says != books)
        add_problem (check->problems, till, "a till has taken %" G_GINT64_FORMAT " cents by %s, and by the books %"
                     G_GINT64_FORMAT, says, accounts[i], books);
      if (i == 0 && cash_up->till->closed_ms != 0 && cash_up->till->float_cents + books != cash_up->till->counted_cents)
        add_problem (check->problems, till, "a till's cash is not what was counted");
    }
  if (cash_up->expected_cents != cash_up->till->expected_cents)
    add_problem (check->problems, till, "a till and its cash-up expect different sums");
  return TRUE;
}

static gboolean
check_tills (Check *check, GError **error)
{
  g_autoptr (GArray) tills
    = read_ids (check, "SELECT id FROM till WHERE opened_ms >= ? AND opened_ms < ? ORDER BY opened_ms, id", error);
  for (guint i = 0; tills != NULL && i < tills->len; i++)
    if (!check_till (check, &g_array_index (tills, SlId, i), error))
      return FALSE;
  return tills != NULL;
}

/**
 * sl_ledger_check:
 * @engine: the engine
 * @from_ms: of what was sold, opened, issued … from then on, UTC
 * @until_ms: before when
 * @problems: (element-type utf8): is added a sentence for support to for whatever does not agree
 * @error: return location
 *
 * Every entry comes to zero; every line is what its quantity, price and rate make and VAT sums; what is due of each
 * sale is what is receivable of it; tills have taken what the books say; nothing is given back twice and no voucher
 * pays more than it is good for; each device's receipts have no gap (of all time). On every device, whatever has come
 * there.
 *
 * Returns: %FALSE where the check itself could not be made
 */
gboolean
sl_ledger_check (SlEngine *engine, gint64 from_ms, gint64 until_ms, GPtrArray *problems, GError **error)
{
  g_return_val_if_fail (engine != NULL && problems != NULL, FALSE);

  Check check = { engine, from_ms, until_ms, problems };
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean done = check_entries (&check, error) && check_lines (&check, error) && check_vat (&check, error)
                  && check_due (&check, error) && check_limits (&check, error) && check_receipts (&check, error)
                  && check_tills (&check, error);
  sl_store_end_read (engine->store);
  return done;
}
