/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-people"

#include "engine/report-private.h"

#include "core/text.h"
#include "engine/member-private.h"
#include "engine/policy.h"

/* Who comes and who has stopped coming. A visit is a day on which somebody was there: to a session, or without one. */

#define AHEAD_DAYS 400    /* how far ahead a booking says that somebody means to come: every series ends before */
#define RETENTION_MONTHS 3

/* --- members at risk --- */

static const SlReportColumn at_risk_columns[] = {
  { "member", N_ ("Member"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "phone", N_ ("Phone"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "last", N_ ("Last visit"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
  { "days", N_ ("Days since"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "visits", N_ ("Visits before"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "next", N_ ("Next booking"), SL_REPORT_TIME, FALSE, 0, 0, 0 },
};

typedef struct {
  GArray *days;    /* (element-type gint64): of visits, in no order, some twice */
  gint64 last_day;
  gint64 next_ms;  /* of a booking ahead; SL_NUMBER_NONE */
} Habit;

typedef struct {
  gint64 now_ms;
  GHashTable *habits; /* SlId → Habit */
} Habits;

static void
habit_free (gpointer data)
{
  Habit *habit = data;
  g_array_unref (habit->days);
  g_free (habit);
}

static Habit *
habit_of (Habits *habits, const SlId *member)
{
  Habit *habit = g_hash_table_lookup (habits->habits, member);
  if (habit == NULL)
    {
      habit = g_new0 (Habit, 1);
      habit->days = g_array_new (FALSE, FALSE, sizeof (gint64));
      habit->last_day = habit->next_ms = SL_NUMBER_NONE;
      g_hash_table_insert (habits->habits, sl_id_copy (member), habit);
    }
  return habit;
}

static void
note_visit (const SlReportPlace *place, const SlId *member, gint64 day, gint64 at_ms, gpointer data)
{
  if (sl_id_is_none (member))
    return;
  Habit *habit = habit_of (data, member);
  g_array_append_val (habit->days, day);
  habit->last_day = MAX (habit->last_day, day);
}

static void
note_session (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  Habits *habits = data;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      if (claim->stands && claim->bits_in != 0)
        note_visit (session->place, &claim->member_id, session->day, session->start_ms, habits);
      if (!claim->stands || claim->status != SL_BOOKING_CONFIRMED || session->start_ms <= habits->now_ms)
        continue;
      Habit *habit = habit_of (habits, &claim->member_id);
      if (habit->next_ms == SL_NUMBER_NONE || session->start_ms < habit->next_ms)
        habit->next_ms = session->start_ms;
    }
  for (guint i = 0; walk_ins != NULL && i < walk_ins->len; i++)
    note_visit (session->place, &g_array_index (walk_ins, SlReportWalkIn, i).member_id, session->day, session->start_ms,
                habits);
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return x < y ? -1 : x > y;
}

/* A visit in each of so many weeks that end with the day of the last one. */
static gboolean
was_weekly (Habit *habit, gint64 weeks, gint64 *out_visits)
{
  guint64 seen = 0;
  gint64 before = SL_NUMBER_NONE;
  *out_visits = 0;
  g_array_sort (habit->days, compare_days);
  for (guint i = 0; i < habit->days->len; i++)
    {
      gint64 day = g_array_index (habit->days, gint64, i), week = (habit->last_day - day) / 7;
      if (day == before || week >= weeks)
        continue;
      before = day;
      seen |= G_GUINT64_CONSTANT (1) << week;
      ++*out_visits;
    }
  return seen == (G_GUINT64_CONSTANT (1) << weeks) - 1;
}

/* Who is away, banned or erased is not asked to come back. */
static gboolean
add_at_risk (SlReportRun *run, const SlId *id, const Habit *habit, gint64 visits, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMember) member = sl_member_find_record (run->engine, id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (member == NULL || member->erased || g_strcmp0 (member->status, "active") != 0)
    return TRUE;
  g_autofree char *name = member->first != NULL && member->last != NULL
                            ? g_strconcat (member->first, " ", member->last, NULL)
                            : g_strdup (member->first != NULL ? member->first : member->last);
  SlReportRow *row = sl_report_add_row (run->report, id);
  sl_report_put_text (row, 0, name);
  sl_report_put_text (row, 1, member->phone);
  sl_report_put (row, 2, habit->last_day);
  sl_report_put (row, 3, run->today - habit->last_day);
  sl_report_put (row, 4, visits);
  sl_report_put (row, 5, habit->next_ms);
  return TRUE;
}

/* sl_report_at_risk: the days are those of the last visit; who was there last comes first. */
gboolean
sl_report_at_risk (SlReportRun *run, GError **error)
{
  static const int by_last[] = { -3, 1, 0 };
  g_autoptr (GHashTable) known = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, habit_free);
  Habits habits = { run->now_ms, known };
  gint64 days, weeks, visits;
  GHashTableIter iter;
  gpointer key, value;
  sl_report_set_columns (run->report, at_risk_columns, G_N_ELEMENTS (at_risk_columns));
  if (!sl_policy_int (run->engine, run->params->location, NULL, SL_POLICY_AT_RISK_DAYS, &days, error)
      || !sl_policy_int (run->engine, run->params->location, NULL, SL_POLICY_AT_RISK_WEEKS, &weeks, error))
    return FALSE;
  gint64 from_day = MIN (run->report->from_day, run->today) - 7 * weeks;
  if (!sl_report_scan (run, from_day, run->today + AHEAD_DAYS, note_session, &habits, error)
      || !sl_report_entries (run, from_day, run->today, note_visit, &habits, error))
    return FALSE;
  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Habit *habit = value;
      if (habit->last_day >= run->report->from_day && habit->last_day <= run->report->to_day
          && habit->last_day <= run->today - days && was_weekly (habit, weeks, &visits)
          && !add_at_risk (run, key, habit, visits, error))
        return FALSE;
    }
  sl_report_sort (run->report, by_last);
  sl_report_note (run->report, N_ ("Came every week and then stayed away; the policies at_risk_days and at_risk_weeks "
                                   "say for how long."));
  sl_report_finish (run->report, FALSE);
  return TRUE;
}

/* --- retention --- */

#define AFTER(name, title, name_permille, title_permille, n) \
  { name, title, SL_REPORT_COUNT, FALSE, 0, 0, 0 }, \
  { name_permille, title_permille, SL_REPORT_PERCENT, FALSE, n, 1, 0 }

static const SlReportColumn retention_columns[] = {
  { "month", N_ ("Month"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "members", N_ ("Members who came"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  AFTER ("after_1", N_ ("A month later"), "after_1_permille", N_ ("of them %"), 2),
  AFTER ("after_2", N_ ("Two months later"), "after_2_permille", N_ ("of them %"), 4),
  AFTER ("after_3", N_ ("Three months later"), "after_3_permille", N_ ("of them %"), 6),
};

typedef struct {
  gint64 day;          /* its first */
  GHashTable *members; /* SlIds of those who came */
} Month;

static void
month_free (gpointer data)
{
  Month *month = data;
  g_hash_table_unref (month->members);
  g_free (month);
}

/* Of a month that begins so many after the first one. */
static void
note_month (const SlReportPlace *place, const SlId *member, gint64 day, gint64 at_ms, gpointer data)
{
  GPtrArray *months = data;
  if (sl_id_is_none (member))
    return;
  for (guint i = months->len; i > 0; i--)
    {
      Month *month = months->pdata[i - 1];
      if (day < month->day)
        continue;
      if (!g_hash_table_contains (month->members, member))
        g_hash_table_add (month->members, sl_id_copy (member));
      return;
    }
}

static gint64
count_both (GHashTable *these, GHashTable *those)
{
  gint64 both = 0;
  GHashTableIter iter;
  gpointer member;
  g_hash_table_iter_init (&iter, these);
  while (g_hash_table_iter_next (&iter, &member, NULL))
    both += g_hash_table_contains (those, member);
  return both;
}

static void
add_month (SlReportRun *run, GPtrArray *months, guint number)
{
  const Month *month = months->pdata[number];
  SlReportRow *row = sl_report_add_row (run->report, NULL);
  g_autofree char *day = sl_report_day_text (month->day);
  day[7] = '\0'; /* the month alone */
  sl_report_put_text (row, 0, day);
  sl_report_put (row, 1, g_hash_table_size (month->members));
  for (guint after = 1; after <= RETENTION_MONTHS && number + after < months->len; after++)
    {
      const Month *later = months->pdata[number + after];
      if (sl_report_next_month (later->day) <= run->today)
        sl_report_put (row, 2 * after, count_both (month->members, later->members));
    }
}

/* sl_report_retention: of those who came in a month, how many came in each of the three after it; of months that are
 * not over nothing is said. */
gboolean
sl_report_retention (SlReportRun *run, GError **error)
{
  g_autoptr (GPtrArray) months = g_ptr_array_new_with_free_func (month_free);
  gint64 first = sl_report_month_start (run->report->from_day), day = first;
  guint shown = 0;
  sl_report_set_columns (run->report, retention_columns, G_N_ELEMENTS (retention_columns));
  for (guint after = 0; after <= RETENTION_MONTHS; day = sl_report_next_month (day))
    {
      Month *month = g_new0 (Month, 1);
      month->day = day;
      month->members = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
      g_ptr_array_add (months, month);
      if (sl_report_next_month (day) <= run->report->to_day)
        shown++;
      else
        after++;
    }
  if (!sl_report_visits (run, first, MIN (day - 1, run->today), note_month, months, error))
    return FALSE;
  for (guint i = 0; i <= shown && ((const Month *) months->pdata[i])->day <= run->today; i++)
    add_month (run, months, i);
  sl_report_finish (run->report, FALSE);
  return TRUE;
}
