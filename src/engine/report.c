/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report"

#include "engine/report-private.h"

#include "engine/location.h"
#include "engine/member-brief.h"
#include "engine/member-merge.h"

#define DAY_TEXT_BYTES 11 /* 2026-03-01 and its end */

/* Which days where nobody names some. */
typedef enum {
  DAYS_NONE,      /* of this moment: none may be named */
  DAYS_TODAY,
  DAYS_LAST_30,   /* up to today */
  DAYS_MONTH,     /* from the first of this month to today */
  DAYS_YEAR,      /* a year up to today */
  DAYS_QUARTER,   /* the last 90 days */
  DAYS_SIX_MONTHS /* the six months before this one */
} UsualDays;

static const struct {
  const char *word, *title;
  SlAction action;
  UsualDays days;
  const char *ways[5];
  gboolean (*make) (SlReportRun *run, GError **error);
} reports[] = {
  [SL_REPORT_TODAY] = { "today", N_ ("Today's sessions"), SL_ACTION_VIEW_REPORT_TODAY, DAYS_NONE, { NULL },
                        sl_report_today },
  [SL_REPORT_USUAL] = { "usual", N_ ("Today against usual"), SL_ACTION_VIEW_REPORTS, DAYS_NONE, { NULL },
                        sl_report_usual },
  [SL_REPORT_ATTENDANCE] = { "attendance", N_ ("Attendance"), SL_ACTION_VIEW_REPORTS, DAYS_LAST_30,
                             { "class", "member", "slot", NULL }, sl_report_attendance },
  [SL_REPORT_UTILISATION] = { "utilisation", N_ ("Utilisation"), SL_ACTION_VIEW_REPORTS, DAYS_LAST_30,
                              { "hour", "weekday", "slot", "class", NULL }, sl_report_utilisation },
  [SL_REPORT_REVENUE] = { "revenue", N_ ("Revenue"), SL_ACTION_VIEW_REPORTS_FINANCE, DAYS_MONTH,
                          { "day", "month", "method", "class", NULL }, sl_report_revenue },
  [SL_REPORT_CREDITS] = { "credits", N_ ("Credits"), SL_ACTION_VIEW_REPORTS_FINANCE, DAYS_MONTH,
                          { "day", "month", NULL }, sl_report_credits },
  [SL_REPORT_INSTRUCTORS] = { "instructors", N_ ("Instructors"), SL_ACTION_VIEW_REPORTS_STAFF, DAYS_MONTH, { NULL },
                              sl_report_instructors },
  [SL_REPORT_POPULAR] = { "popular", N_ ("Popular classes"), SL_ACTION_VIEW_REPORTS, DAYS_LAST_30, { NULL },
                          sl_report_popular },
  [SL_REPORT_AT_RISK] = { "at-risk", N_ ("Members at risk"), SL_ACTION_VIEW_REPORTS, DAYS_QUARTER, { NULL },
                          sl_report_at_risk },
  [SL_REPORT_RETENTION] = { "retention", N_ ("Retention"), SL_ACTION_VIEW_REPORTS, DAYS_SIX_MONTHS, { NULL },
                            sl_report_retention },
  [SL_REPORT_LOCATIONS] = { "locations", N_ ("Locations side by side"), SL_ACTION_VIEW_REPORTS, DAYS_MONTH, { NULL },
                            sl_report_locations },
  [SL_REPORT_FUNNEL] = { "funnel", N_ ("From hold to booking"), SL_ACTION_VIEW_REPORTS, DAYS_LAST_30, { NULL },
                         sl_report_funnel },
  [SL_REPORT_CASH_UP] = { "cash-up", N_ ("Cash-up"), SL_ACTION_VIEW_REPORTS_FINANCE, DAYS_TODAY, { NULL },
                          sl_report_cash_up },
  [SL_REPORT_MEMBER] = { "member", N_ ("A member's visits"), SL_ACTION_VIEW_REPORTS, DAYS_YEAR,
                         { "class", "slot", "instructor", NULL }, sl_report_member },
};
G_STATIC_ASSERT (G_N_ELEMENTS (reports) == SL_REPORT_LAST);

/**
 * sl_report_word:
 * @name: a report
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_report_word (SlReportName name)
{
  g_return_val_if_fail (name < SL_REPORT_LAST, "");

  return reports[name].word;
}

/**
 * sl_report_title:
 * @name: a report
 *
 * Returns: (transfer none): what people call it, in English
 */
const char *
sl_report_title (SlReportName name)
{
  g_return_val_if_fail (name < SL_REPORT_LAST, "");

  return reports[name].title;
}

/**
 * sl_report_parse:
 * @word: a word from outside
 * @out: (out): the report
 *
 * Returns: %FALSE where there is no such report
 */
gboolean
sl_report_parse (const char *word, SlReportName *out)
{
  g_return_val_if_fail (word != NULL && out != NULL, FALSE);

  for (guint i = 0; i < SL_REPORT_LAST; i++)
    if (g_str_equal (word, reports[i].word))
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sl_report_ways:
 * @name: a report
 *
 * Returns: (transfer none): what its rows may be, the usual first; empty where there is one way only
 */
const char *const *
sl_report_ways (SlReportName name)
{
  g_return_val_if_fail (name < SL_REPORT_LAST, NULL);

  return reports[name].ways;
}

/**
 * sl_report_is_for:
 * @name: a report
 * @actor: who might look at it
 *
 * For lists of what there is: sl_report_run() decides. Any thread.
 *
 * Returns: whether their role sees it anywhere, be it of their own
 */
gboolean
sl_report_is_for (SlReportName name, const SlActor *actor)
{
  g_return_val_if_fail (name < SL_REPORT_LAST && actor != NULL, FALSE);

  SlScope scope = sl_actor_scope (actor, reports[name].action);
  return scope == SL_SCOPE_ALL || scope == SL_SCOPE_OWN;
}

/**
 * sl_report_may_be_of:
 * @name: a report
 * @actor: who might look at it
 * @location: where
 *
 * For a choice of locations: sl_report_run() decides. Any thread.
 *
 * Returns: whether they may see it of that location
 */
gboolean
sl_report_may_be_of (SlReportName name, const SlActor *actor, const SlId *location)
{
  g_return_val_if_fail (name < SL_REPORT_LAST && actor != NULL && location != NULL, FALSE);

  g_auto (SlRefusal) refusal = { 0 };
  return sl_actor_may_with_own (actor, reports[name].action, location, TRUE, &refusal);
}

/**
 * sl_report_takes_days:
 * @name: a report
 *
 * Returns: whether it is of days that somebody may name; else it is of this moment
 */
gboolean
sl_report_takes_days (SlReportName name)
{
  g_return_val_if_fail (name < SL_REPORT_LAST, FALSE);

  return reports[name].days != DAYS_NONE;
}

/* --- days --- */

/* sl_report_local_day: since 1970, by the clock on the wall there. */
gint64
sl_report_local_day (gint64 ms, GTimeZone *zone)
{
  gint64 local_ms = sl_time_to_local (ms, zone);
  return local_ms >= 0 ? local_ms / SL_DAY_MS : (local_ms - SL_DAY_MS + 1) / SL_DAY_MS;
}

/* sl_report_day_ms: UTC ms. */
gint64
sl_report_day_ms (gint64 day, GTimeZone *zone)
{
  return sl_time_from_local (day * SL_DAY_MS, zone);
}

static void
date_of_day (gint64 day, GDate *out)
{
  g_date_clear (out, 1);
  g_date_set_julian (out, (guint32) (day + 719163)); /* GDate counts from the first of January of year 1 */
}

static gint64
day_of_date (const GDate *date)
{
  return (gint64) g_date_get_julian (date) - 719163;
}

/* sl_report_month_start: see the header. */
gint64
sl_report_month_start (gint64 day)
{
  GDate date;
  date_of_day (day, &date);
  g_date_set_day (&date, 1);
  return day_of_date (&date);
}

/* sl_report_next_month: the first of the month after. */
gint64
sl_report_next_month (gint64 day)
{
  GDate date;
  date_of_day (sl_report_month_start (day), &date);
  g_date_add_months (&date, 1);
  return day_of_date (&date);
}

/* sl_report_weekday: the first day of 1970 was a Thursday. */
int
sl_report_weekday (gint64 day)
{
  return (int) ((day % 7 + 7 + 3) % 7);
}

/**
 * sl_report_day_text:
 * @day: a date: days since 1970
 *
 * Returns: (transfer full): "2026-03-01"
 */
char *
sl_report_day_text (gint64 day)
{
  GDate date;
  char text[DAY_TEXT_BYTES];
  date_of_day (day, &date);
  g_snprintf (text, sizeof text, "%04u-%02u-%02u", (guint) g_date_get_year (&date) % 10000,
              (guint) g_date_get_month (&date) % 100, (guint) g_date_get_day (&date) % 100);
  return g_strdup (text);
}

/* A date as 2026-03-01, in the years that times may be in. */
static gboolean
parse_day (const char *option, const char *text, gint64 *out, GError **error)
{
  g_autofree char *midnight = g_strconcat (text, "T00:00Z", NULL);
  gint64 ms;
  if (strlen (text) != DAY_TEXT_BYTES - 1 || !sl_time_parse (midnight, NULL, &ms, NULL))
    {
      g_autofree char *shown = g_utf8_make_valid (text, (gssize) strnlen (text, 40));
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "%s: “%s” is not a date like 2026-03-01 in the years 1990 to 2099", option, shown);
      return FALSE;
    }
  *out = ms / SL_DAY_MS;
  return TRUE;
}

static void
usual_days (SlReportRun *run, gint64 *out_from, gint64 *out_to)
{
  gint64 month = sl_report_month_start (run->today);
  *out_to = run->today;
  switch (reports[run->params->name].days)
    {
    case DAYS_NONE:
      *out_from = *out_to = SL_NUMBER_NONE;
      break;
    case DAYS_TODAY:
      *out_from = run->today;
      break;
    case DAYS_LAST_30:
      *out_from = run->today - 29;
      break;
    case DAYS_MONTH:
      *out_from = month;
      break;
    case DAYS_YEAR:
      *out_from = run->today - 364;
      break;
    case DAYS_QUARTER:
      *out_from = run->today - 89;
      break;
    case DAYS_SIX_MONTHS:
      *out_to = *out_from = month;
      for (int i = 0; i < 6; i++)
        *out_from = sl_report_month_start (*out_from - 1);
      *out_to = month - 1;
      break;
    }
}

static gboolean
find_days (SlReportRun *run, GError **error)
{
  const SlReportParams *params = run->params;
  SlReport *report = run->report;
  usual_days (run, &report->from_day, &report->to_day);
  if (report->from_day == SL_NUMBER_NONE && (params->from != NULL || params->to != NULL))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is of this moment and takes no dates",
                   reports[params->name].word);
      return FALSE;
    }
  if ((params->to != NULL && !parse_day ("to", params->to, &report->to_day, error))
      || (params->from != NULL && !parse_day ("from", params->from, &report->from_day, error)))
    return FALSE;
  /* A last day that lies before the usual first one: that day alone. */
  if (params->from == NULL && params->to != NULL && report->from_day > report->to_day)
    report->from_day = report->to_day;
  if (params->to == NULL && params->from != NULL && report->from_day > report->to_day)
    report->to_day = report->from_day;
  if (report->from_day <= report->to_day)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the first day (%s) comes after the last (%s)", params->from,
               params->to);
  return FALSE;
}

static gboolean
find_way (SlReportRun *run, GError **error)
{
  const char *const *ways = reports[run->params->name].ways;
  run->report->by = ways[0];
  if (run->params->by == NULL)
    return TRUE;
  for (guint i = 0; ways[i] != NULL; i++)
    if (g_str_equal (ways[i], run->params->by))
      {
        run->report->by = ways[i];
        return TRUE;
      }
  g_autofree char *known = g_strjoinv (", ", (char **) ways);
  if (ways[0] == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s cannot be split", reports[run->params->name].word);
  else
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is split by one of %s", reports[run->params->name].word,
                 known);
  return FALSE;
}

/* --- who may see it, and where --- */

static void
place_free (gpointer data)
{
  SlReportPlace *place = data;
  g_free (place->name);
  g_time_zone_unref (place->zone);
  g_free (place);
}

static gboolean
add_place (SlReportRun *run, const SlLocation *location, GError **error)
{
  GTimeZone *zone = sl_location_zone (run->engine, &location->id, error);
  if (zone == NULL)
    return FALSE;
  SlReportPlace *place = g_new0 (SlReportPlace, 1);
  place->id = location->id;
  place->name = g_strdup (location->name);
  place->zone = zone;
  g_ptr_array_add (run->places, place);
  return TRUE;
}

static gboolean
may_at (SlReportRun *run, const SlId *location, SlRefusal *refusal)
{
  return sl_actor_may_with_own (run->actor, reports[run->params->name].action, location, TRUE, refusal);
}

/* The location that is asked about, or all at which the actor may see the report. */
static gboolean
find_places (SlReportRun *run, SlRefusal *refusal, GError **error)
{
  const SlId *wanted = run->params->location;
  g_autoptr (GPtrArray) locations = sl_location_list (run->engine, error);
  if (locations == NULL || !may_at (run, NULL, refusal))
    return FALSE;
  run->own = sl_actor_scope (run->actor, reports[run->params->name].action) == SL_SCOPE_OWN;
  for (guint i = 0; i < locations->len; i++)
    {
      const SlLocation *location = locations->pdata[i];
      g_auto (SlRefusal) elsewhere = { 0 };
      if (wanted != NULL && !sl_id_equal (&location->id, wanted))
        continue;
      if (may_at (run, &location->id, wanted != NULL ? refusal : &elsewhere))
        {
          if (!add_place (run, location, error))
            return FALSE;
        }
      else if (wanted != NULL)
        return FALSE;
    }
  run->everywhere = wanted == NULL && run->places->len == locations->len;
  if (run->places->len > 0)
    return TRUE;
  if (wanted == NULL)
    return sl_refuse (refusal, SL_REFUSAL_NOT_ALLOWED);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such location");
  return FALSE;
}

/* --- names --- */

static gboolean
load_names (SlReportRun *run, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (run->engine->store,
                      "SELECT id, name FROM service WHERE name IS NOT NULL UNION ALL SELECT id, name FROM room WHERE "
                      "name IS NOT NULL UNION ALL SELECT id, name FROM staff WHERE name IS NOT NULL",
                      "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_hash_table_insert (run->names, sl_id_copy (&id), sl_rows_dup_text (rows, 1));
    }
  return sl_rows_finish (rows, error);
}

/* Who was merged into whom, to the end; and which claims others gave way to. Both are few. */
static gboolean
load_same (SlReportRun *run, GError **error)
{
  SlId id, root;
  g_autoptr (SlRows) merged
    = sl_store_query (run->engine->store, "SELECT id FROM member WHERE merged_into IS NOT NULL", "");
  while (sl_rows_next (merged))
    {
      sl_rows_id (merged, 0, &id);
      if (!sl_member_root (run->engine, &id, &root, error))
        return FALSE;
      g_hash_table_insert (run->roots, sl_id_copy (&id), sl_id_copy (&root));
    }
  if (!sl_rows_finish (merged, error))
    return FALSE;
  g_autoptr (SlRows) kept = sl_store_query (run->engine->store, "SELECT kept_id FROM duplicate", "");
  while (sl_rows_next (kept))
    {
      sl_rows_id (kept, 0, &id);
      g_hash_table_add (run->kept, sl_id_copy (&id));
    }
  return sl_rows_finish (kept, error);
}

/* sl_report_name_of: of services, rooms and staff. */
const char *
sl_report_name_of (SlReportRun *run, const SlId *id)
{
  return g_hash_table_lookup (run->names, id);
}

/* sl_report_root: the record that a member goes by now. */
void
sl_report_root (SlReportRun *run, const SlId *member, SlId *out)
{
  const SlId *root = g_hash_table_lookup (run->roots, member);
  *out = root != NULL ? *root : *member;
}

/* sl_report_member_name: (nullable) where nobody knows it here. */
gboolean
sl_report_member_name (SlReportRun *run, const SlId *member, char **out_name, gboolean *out_erased, GError **error)
{
  g_auto (SlMemberBrief) brief = { 0 };
  *out_name = NULL;
  *out_erased = FALSE;
  if (!sl_member_brief_load (run->engine, member, &brief, error))
    return FALSE;
  *out_erased = brief.erased;
  if (!brief.erased)
    *out_name = sl_member_brief_full_name (&brief);
  return TRUE;
}

/* --- the whole --- */

static gboolean
make (SlReportRun *run, GError **error)
{
  if (!sl_store_begin_read (run->engine->store, error))
    return FALSE;
  gboolean made = load_names (run, error) && load_same (run, error) && reports[run->params->name].make (run, error);
  sl_store_end_read (run->engine->store);
  return made;
}

static gboolean
prepare (SlReportRun *run, SlRefusal *refusal, GError **error)
{
  if (!find_way (run, error) || !find_days (run, error) || !find_places (run, refusal, error))
    return FALSE;
  const SlReportPlace *only = run->places->pdata[0];
  if (run->params->location != NULL)
    {
      run->report->place = g_strdup (only->name);
      g_clear_pointer (&run->report->zone, g_time_zone_unref);
      run->report->zone = g_time_zone_ref (only->zone);
    }
  return TRUE;
}

static void
run_clear (SlReportRun *run)
{
  g_clear_pointer (&run->places, g_ptr_array_unref);
  g_clear_pointer (&run->names, g_hash_table_unref);
  g_clear_pointer (&run->roots, g_hash_table_unref);
  g_clear_pointer (&run->kept, g_hash_table_unref);
  g_clear_pointer (&run->report, sl_report_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlReportRun, run_clear)

static SlReport *
report_new (SlReportRun *run)
{
  SlReport *report = g_new0 (SlReport, 1);
  report->name = run->params->name;
  report->zone = g_time_zone_ref (sl_engine_time_zone (run->engine));
  report->currency = g_strdup (sl_engine_currency (run->engine));
  report->rows = g_ptr_array_new ();
  report->notes = g_ptr_array_new ();
  return report;
}

/* The day here, or where it is asked about. */
static gboolean
find_today (SlReportRun *run, GError **error)
{
  g_autoptr (GTimeZone) zone = run->params->location != NULL
                                 ? sl_location_zone (run->engine, run->params->location, error)
                                 : g_time_zone_ref (sl_engine_time_zone (run->engine));
  run->now_ms = sl_engine_now_ms (run->engine);
  run->today = zone != NULL ? sl_report_local_day (run->now_ms, zone) : 0;
  return zone != NULL;
}

/**
 * sl_report_run:
 * @engine: the engine
 * @actor: who wants to know
 * @params: what, of which days, where
 * @out: (out) (transfer full): as of this moment; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Days are local ones, of each location by its own clock. Without a location it is of all at which the actor may see
 * it. Takes no lock; all of it is of one moment. Engine thread only.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for dates and for what it cannot be split by, %SL_ERROR_NOT_FOUND for
 * a location or a member
 */
gboolean
sl_report_run (SlEngine *engine, const SlActor *actor, const SlReportParams *params, SlReport **out,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && params->name < SL_REPORT_LAST, FALSE);
  g_return_val_if_fail (out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (params->name != SL_REPORT_MEMBER || params->member != NULL, FALSE);

  g_auto (SlReportRun) run = { .engine = engine, .actor = actor, .params = params };
  g_autoptr (GError) failure = NULL;
  *out = NULL;
  run.places = g_ptr_array_new_with_free_func (place_free);
  run.names = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  run.roots = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  run.kept = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  run.report = report_new (&run);
  if (!find_today (&run, error))
    return FALSE;
  if (!prepare (&run, out_refusal, &failure))
    {
      if (failure == NULL)
        return sl_query_refuse (engine, actor, "report", out_refusal);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!make (&run, error))
    return FALSE;
  *out = g_steal_pointer (&run.report);
  return TRUE;
}
