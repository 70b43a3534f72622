/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-money"

#include "engine/report-private.h"

#include "oplog/money.h"

/* Revenue: what was sold less what was given back, on the days on which that was. Vouchers are no revenue when they are
 * sold, but what is bought with them is. By method it is what came in and went out. */

typedef struct {
  gint64 sales, sold, refunded, vat, vouchers; /* cents with VAT but for vat; refunded and vat of all but vouchers */
} Takings;

typedef struct {
  SlReportRun *run;
  const char *way;     /* day, month, class, location */
  GHashTable *takings; /* utf8 → Takings: what a row is of */
  gint64 from_ms, to_ms; /* of all places together */
} Revenue;

static Takings *
takings_of (Revenue *revenue, const char *key)
{
  Takings *takings = g_hash_table_lookup (revenue->takings, key);
  if (takings == NULL)
    {
      takings = g_new0 (Takings, 1);
      g_hash_table_insert (revenue->takings, g_strdup (key), takings);
    }
  return takings;
}

/* sl_report_money_day: by the clock of where it was, or here where that is nowhere known. */
gboolean
sl_report_money_day (SlReportRun *run, const SlId *location, gint64 at_ms, gint64 *out_day)
{
  GTimeZone *zone = run->everywhere ? run->report->zone : NULL;
  for (guint i = 0; i < run->places->len; i++)
    {
      const SlReportPlace *place = run->places->pdata[i];
      if (sl_id_equal (&place->id, location))
        zone = place->zone;
    }
  if (zone == NULL)
    return FALSE;
  *out_day = sl_report_local_day (at_ms, zone);
  return *out_day >= run->report->from_day && *out_day <= run->report->to_day;
}

/* sl_report_money_span: from when to when it may be of these days anywhere: no two clocks are two days apart. */
void
sl_report_money_span (SlReportRun *run, gint64 *out_from_ms, gint64 *out_to_ms)
{
  *out_from_ms = (run->report->from_day - 1) * SL_DAY_MS;
  *out_to_ms = (run->report->to_day + 2) * SL_DAY_MS;
}

/* One line of a sale, with what of a refund falls to it. */
typedef struct {
  SlId location, thing;
  gint64 at_ms, what, amount, vat;
  const char *name;
  gboolean first; /* of its sale */
} Line;

/* Of a class: that of the booking which was paid for. */
static gboolean
name_line (SlReportRun *run, const Line *line, char **out_name, GError **error)
{
  *out_name = NULL;
  if ((line->what != SL_SALE_DROP_IN && line->what != SL_SALE_FEE) || sl_id_is_none (&line->thing))
    {
      *out_name = g_strdup (line->name);
      return TRUE;
    }
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT v.name FROM claim c JOIN session s ON s.id = c.session_id JOIN service v ON v.id = s.service_id "
    "WHERE c.id = ?",
    "d", &line->thing);
  *out_name = sl_rows_next (rows) ? sl_rows_dup_text (rows, 0) : g_strdup (line->name);
  return sl_rows_finish (rows, error);
}

static const char *const what_words[] = {
  [SL_SALE_PACKAGE] = "package", [SL_SALE_PLAN] = "plan", [SL_SALE_JOINING] = "joining", [SL_SALE_DROP_IN] = "drop_in",
  [SL_SALE_VOUCHER] = "voucher", [SL_SALE_FEE] = "fee",   [SL_SALE_OTHER] = "other",
};

static const char *
word_of (gint64 what)
{
  return what > 0 && what < (gint64) G_N_ELEMENTS (what_words) ? what_words[what] : "other";
}

/* The row that a line counts in: the day, the place, or what it is for. */
static gboolean
key_of (Revenue *revenue, const Line *line, gint64 day, char **out_key, GError **error)
{
  if (g_str_equal (revenue->way, "location"))
    {
      *out_key = sl_id_to_string (&line->location);
      return TRUE;
    }
  if (!g_str_equal (revenue->way, "class"))
    {
      gint64 shown = g_str_equal (revenue->way, "month") ? sl_report_month_start (day) : day;
      *out_key = g_strdup_printf ("%" G_GINT64_FORMAT, shown);
      return TRUE;
    }
  g_autofree char *name = NULL;
  if (!name_line (revenue->run, line, &name, error))
    return FALSE;
  *out_key = g_strconcat (word_of (line->what), "\n", name, NULL);
  return TRUE;
}

static gboolean
add_line (Revenue *revenue, const Line *line, gboolean refund, GError **error)
{
  g_autofree char *key = NULL;
  gint64 day;
  if (!sl_report_money_day (revenue->run, &line->location, line->at_ms, &day))
    return TRUE;
  if (!key_of (revenue, line, day, &key, error))
    return FALSE;
  Takings *takings = takings_of (revenue, key);
  if (line->what == SL_SALE_VOUCHER)
    takings->vouchers += refund ? -line->amount : line->amount;
  else
    {
      *(refund ? &takings->refunded : &takings->sold) += line->amount;
      takings->vat += refund ? -line->vat : line->vat;
    }
  takings->sales += !refund && line->first;
  return TRUE;
}

/* By the index of moments, but in the order in which sales and their lines lie (LIMIT: lest SQLite let it go). */
static gboolean
count_sales (Revenue *revenue, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    revenue->run->engine->store,
    "SELECT s.location_id, s.at_ms, l.what, l.amount_cents, l.vat_cents, l.thing_id, l.name, l.line "
    "FROM (SELECT id FROM sale WHERE at_ms >= ? AND at_ms < ? ORDER BY id LIMIT -1) x "
    "CROSS JOIN sale s ON s.id = x.id CROSS JOIN sale_line l ON l.sale_id = s.id",
    "ii", revenue->from_ms, revenue->to_ms);
  while (sl_rows_next (rows))
    {
      Line line = { .at_ms = sl_rows_int (rows, 1), .what = sl_rows_int (rows, 2), .amount = sl_rows_int (rows, 3),
                    .vat = sl_rows_int (rows, 4), .name = sl_rows_text (rows, 6), .first = sl_rows_int (rows, 7) == 0 };
      sl_rows_id (rows, 0, &line.location);
      sl_rows_id (rows, 5, &line.thing);
      if (!add_line (revenue, &line, FALSE, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* --- refunds: each falls to the lines of its sale by what they cost; the parts add up to it --- */

typedef struct {
  SlId location, sale;
  gint64 at_ms, amount, vat;
} Refund;

/* The part of whole that falls to what lies between two sums of shares. */
static gint64
share (gint64 whole, gint64 before, gint64 after, gint64 all)
{
  return all != 0 ? (gint64) ((__int128) whole * after / all - (__int128) whole * before / all) : 0;
}

static gboolean
spread_refund (Revenue *revenue, const Refund *refund, GError **error)
{
  gint64 amounts = 0, vats = 0, all_amounts = 0, all_vats = 0;
  gboolean any = FALSE;
  g_autoptr (SlRows) sums = sl_store_query (revenue->run->engine->store,
                                            "SELECT sum (amount_cents), sum (vat_cents) FROM sale_line "
                                            "WHERE sale_id = ?",
                                            "d", &refund->sale);
  if (sl_rows_next (sums))
    {
      all_amounts = sl_rows_int (sums, 0);
      all_vats = sl_rows_int (sums, 1);
    }
  if (!sl_rows_finish (sums, error))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
    revenue->run->engine->store,
    "SELECT what, amount_cents, vat_cents, thing_id, name FROM sale_line WHERE sale_id = ? ORDER BY line", "d",
    &refund->sale);
  while (sl_rows_next (rows))
    {
      gint64 amount = sl_rows_int (rows, 1), vat = sl_rows_int (rows, 2);
      Line line = { .location = refund->location, .at_ms = refund->at_ms, .what = sl_rows_int (rows, 0),
                    .name = sl_rows_text (rows, 4),
                    .amount = share (refund->amount, amounts, amounts + amount, all_amounts),
                    .vat = share (refund->vat, vats, vats + vat, all_vats) };
      sl_rows_id (rows, 3, &line.thing);
      amounts += amount;
      vats += vat;
      any = TRUE;
      if (!add_line (revenue, &line, TRUE, error))
        return FALSE;
    }
  /* What was paid for nothing that is known: into an account, or for a sale that has not come here yet. */
  const Line rest = { .location = refund->location, .at_ms = refund->at_ms, .what = SL_SALE_OTHER, .name = "",
                      .amount = refund->amount, .vat = refund->vat };
  return sl_rows_finish (rows, error) && (any || add_line (revenue, &rest, TRUE, error));
}

static gboolean
count_refunds (Revenue *revenue, GError **error)
{
  g_autoptr (GArray) refunds = g_array_new (FALSE, FALSE, sizeof (Refund));
  g_autoptr (SlRows) rows = sl_store_query (
    revenue->run->engine->store,
    "SELECT coalesce (r.location_id, p.location_id), p.sale_id, r.at_ms, r.amount_cents, r.vat_cents FROM refund r "
    "LEFT JOIN payment p ON p.id = r.payment_id WHERE r.at_ms >= ? AND r.at_ms < ?",
    "ii", revenue->from_ms, revenue->to_ms);
  while (sl_rows_next (rows))
    {
      Refund refund = { .at_ms = sl_rows_int (rows, 2), .amount = sl_rows_int (rows, 3), .vat = sl_rows_int (rows, 4) };
      sl_rows_id (rows, 0, &refund.location);
      sl_rows_id (rows, 1, &refund.sale);
      g_array_append_val (refunds, refund);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < refunds->len; i++)
    if (!spread_refund (revenue, &g_array_index (refunds, Refund, i), error))
      return FALSE;
  return TRUE;
}

/* --- the rows --- */

#define MONEY(name, title) { name, title, SL_REPORT_MONEY, TRUE, 0, 0, 0 }
#define REVENUE \
  { "sales", N_ ("Sales"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, MONEY ("sold_cents", N_ ("Sold")), \
    MONEY ("refunded_cents", N_ ("Given back")), MONEY ("revenue_cents", N_ ("Revenue with VAT")), \
    MONEY ("vat_cents", N_ ("VAT")), MONEY ("net_cents", N_ ("Revenue without VAT")), \
    MONEY ("vouchers_cents", N_ ("Vouchers sold"))
static const SlReportColumn day_columns[] = { { "day", N_ ("Day"), SL_REPORT_DATE, FALSE, 0, 0, 0 }, REVENUE };
static const SlReportColumn month_columns[] = { { "month", N_ ("Month"), SL_REPORT_DATE, FALSE, 0, 0, 0 }, REVENUE };
static const SlReportColumn class_columns[] = { { "what", N_ ("What for"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
                                                { "name", N_ ("Name"), SL_REPORT_TEXT, FALSE, 0, 0, 0 }, REVENUE };

static void
put_revenue (SlReportRow *row, guint from, const Takings *takings)
{
  sl_report_put (row, from, takings->sales);
  sl_report_put (row, from + 1, takings->sold);
  sl_report_put (row, from + 2, takings->refunded);
  sl_report_put (row, from + 3, takings->sold - takings->refunded);
  sl_report_put (row, from + 4, takings->vat);
  sl_report_put (row, from + 5, takings->sold - takings->refunded - takings->vat);
  sl_report_put (row, from + 6, takings->vouchers);
}

static void
add_rows (Revenue *revenue)
{
  static const int by_day[] = { 1, 0 }, by_name[] = { 1, 2, 0 };
  SlReport *report = revenue->run->report;
  gboolean classes = g_str_equal (report->by, "class");
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, revenue->takings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SlReportRow *row = sl_report_add_row (report, NULL);
      if (!classes)
        sl_report_put (row, 0, g_ascii_strtoll (key, NULL, 10));
      else
        {
          g_auto (GStrv) parts = g_strsplit (key, "\n", 2);
          guint place = 1;
          while (place + 1 < G_N_ELEMENTS (what_words) && !g_str_equal (what_words[place], parts[0]))
            place++;
          sl_report_put_word (row, 0, parts[0], place);
          sl_report_put_text (row, 1, parts[1]);
        }
      put_revenue (row, classes ? 2 : 1, value);
    }
  sl_report_sort (report, classes ? by_name : by_day);
}

/* --- by method: what came in and went out --- */

static const SlReportColumn method_columns[] = {
  { "method", N_ ("Method"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
  { "payments", N_ ("Payments"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  MONEY ("taken_cents", N_ ("Taken")),
  MONEY ("refunded_cents", N_ ("Given back")),
  MONEY ("net_cents", N_ ("Left")),
  MONEY ("pending_cents", N_ ("Not paid yet")),
};
static const char *const methods[] = { "cash", "card", "eft", "qr", "online", "voucher", "account" };

typedef struct {
  gint64 payments, taken, refunded, pending;
} Method;

/* Those that this program does not know stand with what is on account: what comes of them is not money yet. */
static Method *
method_of (Method *of, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_strcmp0 (methods[i], name) == 0)
      return &of[i];
  return &of[G_N_ELEMENTS (methods) - 1];
}

/* Paid at once, or when somebody said so first; whoever disputed it had heard of it. What failed was never money. */
static gboolean
count_payments (SlReportRun *run, Method *of, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT p.location_id, p.at_ms, p.method, p.amount_cents, 1 FROM payment p "
    "WHERE p.status = 'paid' AND p.at_ms >= ?1 AND p.at_ms < ?2 UNION ALL "
    "SELECT p.location_id, min (o.at_ms), p.method, p.amount_cents, 1 FROM payment_outcome o CROSS JOIN payment p "
    "ON p.id = o.payment_id WHERE o.outcome IN (2, 3, 4) AND p.status <> 'paid' GROUP BY p.id UNION ALL "
    "SELECT p.location_id, p.at_ms, p.method, p.amount_cents - coalesce ((SELECT sum (r.amount_cents) FROM refund r "
    "WHERE r.payment_id = p.id), 0), 0 FROM payment p WHERE p.status = 'pending' AND p.at_ms >= ?1 AND p.at_ms < ?2 "
    "AND NOT EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id)",
    "ii", from_ms, to_ms);
  while (sl_rows_next (rows))
    {
      SlId location;
      gint64 day;
      gboolean paid = sl_rows_int (rows, 4) != 0;
      sl_rows_id (rows, 0, &location);
      if (!sl_report_money_day (run, &location, sl_rows_int (rows, 1), &day))
        continue;
      Method *method = method_of (of, sl_rows_text (rows, 2));
      method->payments += paid;
      *(paid ? &method->taken : &method->pending) += sl_rows_int (rows, 3);
    }
  return sl_rows_finish (rows, error);
}

/* A debt that is let go gives nothing back. */
static gboolean
count_given_back (SlReportRun *run, Method *of, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT coalesce (r.location_id, p.location_id), r.at_ms, coalesce (r.method, p.method), r.amount_cents "
    "FROM refund r LEFT JOIN payment p ON p.id = r.payment_id WHERE r.at_ms >= ? AND r.at_ms < ?",
    "ii", from_ms, to_ms);
  while (sl_rows_next (rows))
    {
      SlId location;
      gint64 day;
      const char *method = sl_rows_text (rows, 2);
      sl_rows_id (rows, 0, &location);
      if (g_strcmp0 (method, "account") != 0
          && sl_report_money_day (run, &location, sl_rows_int (rows, 1), &day))
        method_of (of, method)->refunded += sl_rows_int (rows, 3);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
by_method (SlReportRun *run, gint64 from_ms, gint64 to_ms, GError **error)
{
  Method of[G_N_ELEMENTS (methods)] = { 0 };
  sl_report_set_columns (run->report, method_columns, G_N_ELEMENTS (method_columns));
  if (!count_payments (run, of, from_ms, to_ms, error) || !count_given_back (run, of, from_ms, to_ms, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      if (of[i].payments == 0 && of[i].refunded == 0 && of[i].pending == 0)
        continue;
      SlReportRow *row = sl_report_add_row (run->report, NULL);
      sl_report_put_word (row, 0, methods[i], i);
      sl_report_put (row, 1, of[i].payments);
      sl_report_put (row, 2, of[i].taken);
      sl_report_put (row, 3, of[i].refunded);
      sl_report_put (row, 4, of[i].taken - of[i].refunded);
      sl_report_put (row, 5, of[i].pending);
    }
  return TRUE;
}

/* sl_report_revenue: on the day of the sale, of the payment, of the refund. */
gboolean
sl_report_revenue (SlReportRun *run, GError **error)
{
  g_autoptr (GHashTable) takings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *by = run->report->by;
  Revenue revenue = { .run = run, .way = by, .takings = takings };
  sl_report_money_span (run, &revenue.from_ms, &revenue.to_ms);
  if (g_str_equal (by, "method"))
    {
      if (!by_method (run, revenue.from_ms, revenue.to_ms, error))
        return FALSE;
      sl_report_note (run->report,
                      N_ ("What came in and went out; what was bought with a voucher was paid for before."));
      sl_report_finish (run->report, TRUE);
      return TRUE;
    }
  if (g_str_equal (by, "class"))
    sl_report_set_columns (run->report, class_columns, G_N_ELEMENTS (class_columns));
  else if (g_str_equal (by, "month"))
    sl_report_set_columns (run->report, month_columns, G_N_ELEMENTS (month_columns));
  else
    sl_report_set_columns (run->report, day_columns, G_N_ELEMENTS (day_columns));
  if (!count_sales (&revenue, error) || !count_refunds (&revenue, error))
    return FALSE;
  add_rows (&revenue);
  sl_report_note (run->report, N_ ("Vouchers are no revenue when they are sold; what is bought with them is."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}

/**
 * sl_report_revenue_at:
 * @out: (out) (transfer full): (element-type utf8 gint64): by the text of a place's id
 *
 * Revenue with VAT of each place, refunds taken off: as by day.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_report_revenue_at (SlReportRun *run, GHashTable **out, GError **error)
{
  g_autoptr (GHashTable) takings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) cents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Revenue revenue = { .run = run, .way = "location", .takings = takings };
  GHashTableIter iter;
  gpointer key, value;
  *out = NULL;
  sl_report_money_span (run, &revenue.from_ms, &revenue.to_ms);
  if (!count_sales (&revenue, error) || !count_refunds (&revenue, error))
    return FALSE;
  g_hash_table_iter_init (&iter, takings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gint64 sum = ((const Takings *) value)->sold - ((const Takings *) value)->refunded;
      g_hash_table_insert (cents, g_strdup (key), g_memdup2 (&sum, sizeof sum));
    }
  *out = g_steal_pointer (&cents);
  return TRUE;
}
