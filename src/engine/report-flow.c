/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-flow"

#include "engine/report-private.h"

#include "engine/credits-private.h"

/* What became of holds, offers and credits. */

/* Lots are those of the place where the device stands that made them. */
#define LOT_PLACE "(SELECT d.location_id FROM device d WHERE d.id = l.replica)"

/* By the index of their ends, but in the order of their ids (LIMIT: lest SQLite let it go): what belongs to lots lies
 * in that order, too, and is read from end to end. */
#define EXPIRED_IDS "(SELECT id FROM lot WHERE expires_ms >= ? AND expires_ms < ? ORDER BY id LIMIT -1) x "
/* What SL_SQL_LOT_LEFT says before anything was spent; and what expiry wrote off, which ran out all the same. */
#define LOT_RIGHTS "coalesce ((SELECT sum (r.credits_hundredths) FROM lot_right r WHERE r.lot_id = l.id), 0)"
#define LOT_WRITTEN_OFF "SELECT lot_id, amount_hundredths FROM lot_burn WHERE kind = 2"
/* Of which claims something came back, and how much: an index alone (claim_given_back). */
#define GIVEN_BACK "SELECT id, release_percent FROM claim WHERE release_percent > 0 ORDER BY id"

static gboolean
is_of_places (SlReportRun *run, const SlId *place)
{
  if (run->everywhere)
    return TRUE;
  for (guint i = 0; i < run->places->len; i++)
    if (sl_id_equal (&((const SlReportPlace *) run->places->pdata[i])->id, place))
      return TRUE;
  return FALSE;
}

typedef struct {
  SlId id;
  gint64 expires_ms, left_hundredths;
} Lot;

static int
compare_lots (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (&((const Lot *) a)->id, &((const Lot *) b)->id);
}

static gboolean
add_written_off (SlReportRun *run, GArray *lots, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (run->engine->store, LOT_WRITTEN_OFF, "");
  while (sl_rows_next (rows))
    {
      Lot lot;
      guint at;
      sl_rows_id (rows, 0, &lot.id);
      if (g_array_binary_search (lots, &lot, compare_lots, &at))
        g_array_index (lots, Lot, at).left_hundredths += sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

/* (transfer full) (element-type Lot): those that expire in the span, nothing of them spent yet; by id. */
static GArray *
load_expired (SlReportRun *run, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GArray) lots = g_array_new (FALSE, FALSE, sizeof (Lot));
  g_autoptr (SlRows) rows = sl_store_query (run->engine->store,
                                            "SELECT l.id, l.expires_ms, " LOT_RIGHTS ", " LOT_PLACE " FROM " EXPIRED_IDS
                                            "CROSS JOIN lot l ON l.id = x.id",
                                            "ii", from_ms, to_ms);
  while (sl_rows_next (rows))
    {
      SlId place;
      Lot lot = { .expires_ms = sl_rows_int (rows, 1), .left_hundredths = sl_rows_int (rows, 2) };
      sl_rows_id (rows, 0, &lot.id);
      sl_rows_id (rows, 3, &place);
      if (is_of_places (run, &place))
        g_array_append_val (lots, lot);
    }
  if (!sl_rows_finish (rows, error) || !add_written_off (run, lots, error))
    return NULL;
  return g_steal_pointer (&lots);
}

/* Ten spends a lot, and of few claims something came back: those are looked up in memory. */
static gboolean
take_spent (SlReportRun *run, GArray *lots, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (SlReportNumbers) given_back = sl_report_numbers_load (run, GIVEN_BACK, error);
  if (given_back == NULL)
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (run->engine->store,
                                            "SELECT s.lot_id, s.claim_id, s.before_hundredths, s.amount_hundredths "
                                            "FROM " EXPIRED_IDS "CROSS JOIN claim_spend s ON s.lot_id = x.id",
                                            "ii", from_ms, to_ms);
  Lot *lot = (Lot *) lots->data, *end = lot + lots->len;
  while (sl_rows_next (rows))
    {
      SlId id, claim;
      guint32 percent;
      sl_rows_id (rows, 0, &id);
      sl_rows_id (rows, 1, &claim);
      while (lot < end && sl_id_compare (&lot->id, &id) < 0)
        lot++;
      if (lot == end || !sl_id_equal (&lot->id, &id)) /* of a place that nobody asked for */
        continue;
      lot->left_hundredths -= sl_rows_int (rows, 3);
      if (sl_report_numbers_at (given_back, sl_report_numbers_find (given_back, &claim), &claim, &percent))
        lot->left_hundredths += sl_refund_part (sl_rows_int (rows, 2), sl_rows_int (rows, 3), (int) percent);
    }
  return sl_rows_finish (rows, error);
}

/* What ran out on these days: what is left of a lot that has expired, written off already or not. */
typedef void (*ExpiredFunc) (gint64 day, gint64 hundredths, gpointer data);
static gboolean
for_each_expired (SlReportRun *run, ExpiredFunc func, gpointer data, GError **error)
{
  GTimeZone *zone = run->report->zone;
  gint64 from_ms = sl_report_day_ms (run->report->from_day, zone);
  gint64 to_ms = MIN (sl_report_day_ms (run->report->to_day + 1, zone), run->now_ms + 1);
  g_autoptr (GArray) lots = load_expired (run, from_ms, to_ms, error);
  if (lots == NULL || !take_spent (run, lots, from_ms, to_ms, error))
    return FALSE;
  for (guint i = 0; i < lots->len; i++)
    {
      const Lot *lot = &g_array_index (lots, Lot, i);
      if (lot->left_hundredths != 0)
        func (sl_report_local_day (lot->expires_ms, zone), lot->left_hundredths, data);
    }
  return TRUE;
}

/* --- credits --- */

typedef struct {
  gint64 sold, given, spent, forfeited, taken, expired;
} Flow;

typedef struct {
  SlReportRun *run;
  GHashTable *flows; /* day (gint64) → Flow */
} Flows;

#define CREDITS(name, title) { name, title, SL_REPORT_HUNDREDTHS, TRUE, 0, 0, 0 }
#define FLOWS \
  CREDITS ("sold", N_ ("Sold")), CREDITS ("given", N_ ("Given")), CREDITS ("spent", N_ ("Spent")), \
    CREDITS ("forfeited", N_ ("of that forfeited")), CREDITS ("taken", N_ ("Taken away")), \
    CREDITS ("expired", N_ ("Expired"))
static const SlReportColumn credits_day_columns[] = { { "day", N_ ("Day"), SL_REPORT_DATE, FALSE, 0, 0, 0 }, FLOWS };
static const SlReportColumn credits_month_columns[] = { { "month", N_ ("Month"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
                                                        FLOWS };

static Flow *
flow_of (Flows *flows, gint64 day)
{
  gint64 key = g_str_equal (flows->run->report->by, "month") ? sl_report_month_start (day) : day;
  Flow *flow = g_hash_table_lookup (flows->flows, &key);
  if (flow == NULL)
    {
      flow = g_new0 (Flow, 1);
      g_hash_table_insert (flows->flows, g_memdup2 (&key, sizeof key), flow);
    }
  return flow;
}

static gboolean
is_of_days (SlReportRun *run, gint64 day)
{
  return day >= run->report->from_day && day <= run->report->to_day;
}

/* A transfer from member to member neither sells nor gives. */
static gboolean
count_lots (Flows *flows, GError **error)
{
  SlReportRun *run = flows->run;
  GTimeZone *zone = run->report->zone;
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT l.hlc, l.credits_hundredths, coalesce (l.package_id, l.sale_id, l.membership_id) IS NOT NULL, " LOT_PLACE
    " FROM lot l WHERE l.from_lot_id IS NULL AND l.hlc >= ? AND l.hlc < ?",
    "ii", sl_hlc_from_ms (sl_report_day_ms (run->report->from_day, zone)),
    sl_hlc_from_ms (sl_report_day_ms (run->report->to_day + 1, zone)));
  while (sl_rows_next (rows))
    {
      SlId place;
      sl_rows_id (rows, 3, &place);
      if (!is_of_places (run, &place))
        continue;
      Flow *flow = flow_of (flows, sl_report_local_day (sl_hlc_to_ms (sl_rows_int (rows, 0)), zone));
      *(sl_rows_int (rows, 2) != 0 ? &flow->sold : &flow->given) += sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
count_taken (Flows *flows, GError **error)
{
  SlReportRun *run = flows->run;
  GTimeZone *zone = run->report->zone;
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT b.hlc, b.amount_hundredths, " LOT_PLACE " FROM lot_burn b CROSS JOIN lot l ON l.id = b.lot_id "
    "WHERE b.kind = 1 AND b.hlc >= ? AND b.hlc < ?",
    "ii", sl_hlc_from_ms (sl_report_day_ms (run->report->from_day, zone)),
    sl_hlc_from_ms (sl_report_day_ms (run->report->to_day + 1, zone)));
  while (sl_rows_next (rows))
    {
      SlId place;
      sl_rows_id (rows, 2, &place);
      if (is_of_places (run, &place))
        flow_of (flows, sl_report_local_day (sl_hlc_to_ms (sl_rows_int (rows, 0)), zone))->taken
          += sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

static void
count_expired (gint64 day, gint64 hundredths, gpointer data)
{
  Flows *flows = data;
  if (is_of_days (flows->run, day))
    flow_of (flows, day)->expired += hundredths;
}

/* On the day of the session, whenever it was booked; of what was given back nothing is spent. */
static void
count_spent (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  Flows *flows = data;
  for (guint i = 0; i < claims->len && !session->cancelled; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      gint64 spent = claim->credits_hundredths;
      if (claim->released)
        spent -= sl_refund_part (0, spent, claim->release_percent);
      if (spent == 0)
        continue;
      Flow *flow = flow_of (flows, session->day);
      flow->spent += spent;
      flow->forfeited += claim->bits_in == 0 && (claim->released || claim->status == SL_BOOKING_NO_SHOW) ? spent : 0;
    }
}

/* sl_report_credits: sold, given and expired where the device stands that made them; spent where the session is. */
gboolean
sl_report_credits (SlReportRun *run, GError **error)
{
  static const int by_day[] = { 1, 0 };
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  Flows flows = { run, known };
  GHashTableIter iter;
  gpointer key, value;
  if (g_str_equal (run->report->by, "month"))
    sl_report_set_columns (run->report, credits_month_columns, G_N_ELEMENTS (credits_month_columns));
  else
    sl_report_set_columns (run->report, credits_day_columns, G_N_ELEMENTS (credits_day_columns));
  if (!count_lots (&flows, error) || !count_taken (&flows, error)
      || !for_each_expired (run, count_expired, &flows, error)
      || !sl_report_scan (run, run->report->from_day, run->report->to_day, count_spent, &flows, error))
    return FALSE;
  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Flow *flow = value;
      SlReportRow *row = sl_report_add_row (run->report, NULL);
      sl_report_put (row, 0, *(const gint64 *) key);
      sl_report_put (row, 1, flow->sold);
      sl_report_put (row, 2, flow->given);
      sl_report_put (row, 3, flow->spent);
      sl_report_put (row, 4, flow->forfeited);
      sl_report_put (row, 5, flow->taken);
      sl_report_put (row, 6, flow->expired);
    }
  sl_report_sort (run->report, by_day);
  sl_report_note (run->report, N_ ("Credits are spent on the day of the session, whenever it was booked."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}

/* --- the funnel --- */

static const SlReportColumn funnel_columns[] = {
  { "step", N_ ("Step"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
  { "count", N_ ("Count"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "of", N_ ("Out of"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "permille", N_ ("%"), SL_REPORT_PERCENT, FALSE, 1, 2, 0 },
  { "credits", N_ ("Credits"), SL_REPORT_HUNDREDTHS, FALSE, 0, 0, 0 },
};

typedef struct {
  SlReportRun *run;
  gint64 holds, holds_confirmed, holds_open, holds_lapsed, holds_let_go;
  gint64 direct, waited, waited_offered;
  gint64 offers, offers_taken, offers_open, offers_lapsed, offers_declined;
  gint64 lots_expired, credits_expired;
} Funnel;

static gboolean
is_open (const SlReportClaim *claim, gint64 now_ms, gint64 start_ms)
{
  return !claim->released && now_ms < claim->held_until_ms
         && (claim->type != SL_CLAIM_OFFER || now_ms < start_ms);
}

static void
count_steps (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  Funnel *funnel = data;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      gboolean offer = claim->type == SL_CLAIM_OFFER, hold = claim->type == SL_CLAIM_HOLD;
      gboolean open = is_open (claim, funnel->run->now_ms, session->start_ms) && !session->cancelled;
      gboolean lapsed = !claim->released || (claim->release_why & SL_RELEASE_EXPIRED) != 0;
      if (claim->type == SL_CLAIM_BOOKING || claim->type == SL_CLAIM_OVERRIDE)
        funnel->direct++;
      funnel->waited += claim->type == SL_CLAIM_WAITING;
      funnel->waited_offered += claim->type == SL_CLAIM_WAITING && (claim->release_why & SL_RELEASE_OFFERED) != 0;
      if (!offer && !hold)
        continue;
      *(offer ? &funnel->offers : &funnel->holds) += 1;
      gint64 *what = claim->confirmed ? (offer ? &funnel->offers_taken : &funnel->holds_confirmed)
                     : open           ? (offer ? &funnel->offers_open : &funnel->holds_open)
                     : lapsed         ? (offer ? &funnel->offers_lapsed : &funnel->holds_lapsed)
                                      : (offer ? &funnel->offers_declined : &funnel->holds_let_go);
      *what += 1;
    }
}

static void
count_lapsed_credits (gint64 day, gint64 hundredths, gpointer data)
{
  Funnel *funnel = data;
  if (!is_of_days (funnel->run, day))
    return;
  funnel->lots_expired++;
  funnel->credits_expired += hundredths;
}

/* of: SL_NUMBER_NONE: it is a step of nothing. */
static SlReportRow *
add_step (SlReportRun *run, const char *word, gint64 count, gint64 of)
{
  SlReportRow *row = sl_report_add_row (run->report, NULL);
  sl_report_put_word (row, 0, word, run->report->rows->len);
  sl_report_put (row, 1, count);
  sl_report_put (row, 2, of);
  return row;
}

/* sl_report_funnel: of the sessions of these days, and of the credits that ran out on them. */
gboolean
sl_report_funnel (SlReportRun *run, GError **error)
{
  Funnel funnel = { .run = run };
  sl_report_set_columns (run->report, funnel_columns, G_N_ELEMENTS (funnel_columns));
  if (!sl_report_scan_claims (run, run->report->from_day, run->report->to_day, count_steps, &funnel, error)
      || !for_each_expired (run, count_lapsed_credits, &funnel, error))
    return FALSE;
  (void) add_step (run, "holds", funnel.holds, SL_NUMBER_NONE);
  (void) add_step (run, "holds_confirmed", funnel.holds_confirmed, funnel.holds);
  (void) add_step (run, "holds_open", funnel.holds_open, funnel.holds);
  (void) add_step (run, "holds_lapsed", funnel.holds_lapsed, funnel.holds);
  (void) add_step (run, "holds_let_go", funnel.holds_let_go, funnel.holds);
  (void) add_step (run, "booked_at_once", funnel.direct, SL_NUMBER_NONE);
  (void) add_step (run, "waited", funnel.waited, SL_NUMBER_NONE);
  (void) add_step (run, "waited_offered", funnel.waited_offered, funnel.waited);
  (void) add_step (run, "offers", funnel.offers, SL_NUMBER_NONE);
  (void) add_step (run, "offers_taken", funnel.offers_taken, funnel.offers);
  (void) add_step (run, "offers_open", funnel.offers_open, funnel.offers);
  (void) add_step (run, "offers_lapsed", funnel.offers_lapsed, funnel.offers);
  (void) add_step (run, "offers_declined", funnel.offers_declined, funnel.offers);
  sl_report_put (add_step (run, "lots_expired", funnel.lots_expired, SL_NUMBER_NONE), 4, funnel.credits_expired);
  sl_report_note (run->report, N_ ("Counted on the day of the session, credits on the day on which they ran out."));
  sl_report_finish (run->report, FALSE);
  return TRUE;
}
