/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-cash"

#include "engine/report-private.h"

#include "engine/cash-up.h"

/* Cash-up: each till on the day on which it was opened, and each device's days without one. The figures are those of
 * cash-up.c, which says what belongs to a till. */

#define MONEY(name, title) { name, title, SL_REPORT_MONEY, TRUE, 0, 0, 0 }
static const SlReportColumn columns[] = {
  { "day", N_ ("Day"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
  { "till", N_ ("Till"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "location", N_ ("Location"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "opened", N_ ("Opened"), SL_REPORT_TIME, FALSE, 0, 0, 0 },
  { "closed", N_ ("Closed"), SL_REPORT_TIME, FALSE, 0, 0, 0 },
  MONEY ("float_cents", N_ ("Float")),
  MONEY ("cash_cents", N_ ("Cash")),
  MONEY ("cash_refunded_cents", N_ ("Cash given back")),
  MONEY ("put_in_cents", N_ ("Put in")),
  MONEY ("expected_cents", N_ ("Expected")),
  MONEY ("counted_cents", N_ ("Counted")),
  MONEY ("difference_cents", N_ ("Difference")),
  MONEY ("card_cents", N_ ("Card")),
  MONEY ("other_cents", N_ ("Other ways")),
};

static gint64
net_of (const SlCashUpRow *row)
{
  return row->sales_cents + row->payments_cents - row->refunds_cents;
}

/* name (nullable): of the till, or of the device where there was none. */
static void
add_cash_up (SlReportRun *run, const SlReportPlace *place, gint64 day, const char *name, const SlCashUp *cash_up)
{
  const SlTill *till = cash_up->till;
  const SlCashUpRow *cash = &cash_up->rows[0];
  SlReportRow *row = sl_report_add_row (run->report, till != NULL ? &till->id : NULL);
  gint64 other = 0;
  for (guint i = 2; i < SL_CASH_UP_METHODS; i++)
    if (g_strcmp0 (cash_up->rows[i].method, "account") != 0)
      other += net_of (&cash_up->rows[i]);
  sl_report_put (row, 0, day);
  sl_report_put_text (row, 1, name);
  sl_report_put_text (row, 2, place->name);
  if (till != NULL)
    {
      sl_report_put (row, 3, till->opened_ms);
      sl_report_put (row, 4, till->closed_ms != 0 ? till->closed_ms : SL_NUMBER_NONE);
      sl_report_put (row, 5, till->float_cents);
    }
  sl_report_put (row, 6, cash->sales_cents + cash->payments_cents);
  sl_report_put (row, 7, cash->refunds_cents);
  sl_report_put (row, 8, cash_up->put_in_cents);
  sl_report_put (row, 9, cash_up->expected_cents);
  if (till != NULL && till->closed_ms != 0)
    {
      sl_report_put (row, 10, till->counted_cents);
      sl_report_put (row, 11, till->difference_cents);
    }
  sl_report_put (row, 12, net_of (&cash_up->rows[1]));
  sl_report_put (row, 13, other);
}

static gboolean
add_tills (SlReportRun *run, const SlReportPlace *place, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT id FROM till WHERE opened_ms >= ? AND opened_ms < ? AND location_id = ? ORDER BY opened_ms",
    "iid", from_ms, to_ms, &place->id);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (SlCashUp) cash_up = sl_cash_up_takings_of_till (run->engine, &g_array_index (ids, SlId, i), error);
      if (cash_up == NULL)
        return FALSE;
      add_cash_up (run, place, sl_report_local_day (cash_up->from_ms, place->zone), cash_up->till->name, cash_up);
    }
  return TRUE;
}

typedef struct {
  SlId replica;
  gint64 day;
  char *name; /* (nullable) of the device */
} DeviceDay;

static void
device_day_clear (gpointer data)
{
  g_free (((DeviceDay *) data)->name);
}

static int
compare_device_days (gconstpointer a, gconstpointer b)
{
  const DeviceDay *one = a, *other = b;
  return one->day != other->day ? (one->day < other->day ? -1 : 1) : sl_id_compare (&one->replica, &other->replica);
}

/* Days on which a device that stands there took or gave money without a till. (element-type DeviceDay) */
static GArray *
find_device_days (SlReportRun *run, const SlReportPlace *place, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (DeviceDay));
  g_array_set_clear_func (days, device_day_clear);
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT m.replica, m.at_ms, d.name FROM (SELECT replica, at_ms FROM payment WHERE at_ms >= ?1 AND at_ms < ?2 "
    "AND till_id IS NULL UNION ALL SELECT replica, at_ms FROM refund WHERE at_ms >= ?1 AND at_ms < ?2 "
    "AND till_id IS NULL) m LEFT JOIN device d ON d.id = m.replica WHERE d.location_id = ?3",
    "iid", from_ms, to_ms, &place->id);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (sl_rows_next (rows))
    {
      DeviceDay found = { .day = sl_report_local_day (sl_rows_int (rows, 1), place->zone) };
      char text[SL_ID_TEXT_BYTES];
      sl_rows_id (rows, 0, &found.replica);
      if (!g_hash_table_add (seen, g_strdup_printf ("%s %" G_GINT64_FORMAT, sl_id_format (&found.replica, text),
                                                    found.day)))
        continue;
      found.name = sl_rows_dup_text (rows, 2);
      g_array_append_val (days, found);
    }
  g_array_sort (days, compare_device_days);
  return sl_rows_finish (rows, error) ? g_steal_pointer (&days) : NULL;
}

static gboolean
add_days (SlReportRun *run, const SlReportPlace *place, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GArray) days = find_device_days (run, place, from_ms, to_ms, error);
  for (guint i = 0; days != NULL && i < days->len; i++)
    {
      const DeviceDay *one = &g_array_index (days, DeviceDay, i);
      g_autoptr (SlCashUp) cash_up
        = sl_cash_up_takings_of_day (run->engine, &one->replica, sl_report_day_ms (one->day, place->zone),
                                     sl_report_day_ms (one->day + 1, place->zone), error);
      if (cash_up == NULL)
        return FALSE;
      add_cash_up (run, place, one->day, one->name, cash_up);
    }
  return days != NULL;
}

/* sl_report_cash_up: what is open is as of this moment. */
gboolean
sl_report_cash_up (SlReportRun *run, GError **error)
{
  static const int by_day[] = { 1, 3, 4, 2, 0 };
  sl_report_set_columns (run->report, columns, G_N_ELEMENTS (columns));
  for (guint i = 0; i < run->places->len; i++)
    {
      const SlReportPlace *place = run->places->pdata[i];
      gint64 from_ms = sl_report_day_ms (run->report->from_day, place->zone);
      gint64 to_ms = sl_report_day_ms (run->report->to_day + 1, place->zone);
      if (!add_tills (run, place, from_ms, to_ms, error) || !add_days (run, place, from_ms, to_ms, error))
        return FALSE;
    }
  sl_report_sort (run->report, by_day);
  sl_report_note (run->report, N_ ("What was taken without a till stands by the device and its day."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}
