/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-recurrence"

#include "engine/recurrence.h"

#include "core/datetime.h"
#include "engine/batch.h"
#include "engine/days.h"
#include "engine/location.h"
#include "engine/recurrence-rule.h"
#include "engine/schedule-private.h"

/* A rule being expanded. */
typedef struct {
  const SlRule *rule;
  GTimeZone *zone;
  gint64 start_ms, end_ms, until_ms; /* end: of the rule's own instances; until: of further dates too */
  gint64 first_day, time_of_day_ms;
  GArray *starts;                    /* (element-type gint64) */
} Expansion;

static gboolean
bad_rule (GError **error, const char *what)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "rrule: %s", what);
  return FALSE;
}

static gboolean
too_many (GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "rrule: more than %d sessions", SL_RECURRENCE_MAX);
  return FALSE;
}

/* The first session may lie in the second of two hours that the clock shows twice, so its moment is taken as it is. */
static gint64
start_on (const Expansion *to, gint64 day)
{
  return day == to->first_day ? to->start_ms : sl_time_from_local (day * SL_DAY_MS + to->time_of_day_ms, to->zone);
}

static gboolean
is_excepted (const Expansion *to, gint64 ms)
{
  for (guint i = 0; i < to->rule->except->len; i++)
    {
      const SlRuleDate *date = &g_array_index (to->rule->except, SlRuleDate, i);
      if (date->value == (date->whole_day ? sl_day_of (ms, to->zone) : ms))
        return TRUE;
    }
  return FALSE;
}

/* The rule's own instances. COUNT counts those that an exception takes away, too. */
static gboolean
add_instances (Expansion *to, GError **error)
{
  g_auto (SlRuleWalk) walk = { 0 };
  gint64 day, end_ms = MIN (to->end_ms, SL_TIME_MAX_MS - 1);
  int count = to->rule->rule.count, counted = 0;
  sl_rule_walk_init (&walk, &to->rule->rule, to->first_day, sl_day_of (end_ms, to->zone));
  while ((count == 0 || counted < count) && sl_rule_walk_next (&walk, &day))
    {
      gint64 ms = start_on (to, day);
      if (ms > end_ms)
        break;
      counted++;
      if (is_excepted (to, ms))
        continue;
      if (to->starts->len == SL_RECURRENCE_MAX)
        return too_many (error);
      g_array_append_val (to->starts, ms);
    }
  return to->end_ms != G_MAXINT64 || counted == count || counted == 0
         || bad_rule (error, "COUNT reaches beyond the year 2099");
}

/* Of one rule there is one session on a date: devices that expand it apart make the same ones by it. */
static gboolean
add_date (Expansion *to, const SlRuleDate *date, GError **error)
{
  gint64 ms = date->whole_day ? start_on (to, date->value) : date->value;
  if (ms < to->start_ms)
    return bad_rule (error, "an RDATE lies before the first start");
  if (ms > to->until_ms || is_excepted (to, ms))
    return TRUE;
  for (guint i = 0; i < to->starts->len; i++)
    {
      gint64 other = g_array_index (to->starts, gint64, i);
      if (other == ms)
        return TRUE;
      if (sl_day_of (other, to->zone) == sl_day_of (ms, to->zone))
        return bad_rule (error, "an RDATE falls on the date of another session of the rule");
    }
  if (to->starts->len == SL_RECURRENCE_MAX)
    return too_many (error);
  g_array_append_val (to->starts, ms);
  return TRUE;
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;
  return (one > other) - (one < other);
}

static GArray *
expand (const SlRule *rule, gint64 start_ms, gint64 until_ms, GTimeZone *zone, GError **error)
{
  gint64 until = until_ms != 0 ? until_ms : G_MAXINT64, local_ms = sl_time_to_local (start_ms, zone);
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  Expansion to = { .rule = rule, .zone = zone, .start_ms = start_ms, .end_ms = MIN (rule->end_ms, until),
                   .until_ms = until, .first_day = sl_day_of (start_ms, zone), .starts = starts };
  to.time_of_day_ms = local_ms - to.first_day * SL_DAY_MS;
  if (to.end_ms == G_MAXINT64 && rule->rule.count == 0)
    {
      (void) bad_rule (error, "it never ends: give COUNT or UNTIL in it, or --until");
      return NULL;
    }
  if (!add_instances (&to, error))
    return NULL;
  for (guint i = 0; i < rule->extra->len; i++)
    if (!add_date (&to, &g_array_index (rule->extra, SlRuleDate, i), error))
      return NULL;
  if (starts->len == 0)
    {
      (void) bad_rule (error, "no session before its end");
      return NULL;
    }
  g_array_sort (starts, compare_starts);
  return g_steal_pointer (&starts);
}

/**
 * sl_recurrence_expand:
 * @rrule: a rule of RFC 5545, such as "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", in any case, with or without "RRULE:"; EXDATE
 * and RDATE properties may stand beside it, on lines of their own or after a blank
 * @start_ms: the first start, which the rule is counted from, UTC ms
 * @until_ms: no start after it, UTC ms; 0: the rule has an end of its own
 * @zone: whose days and hours the rule speaks of
 * @error: return location
 *
 * Follows RFC 5545 sections 3.3.10 and 3.8.5. A start that the rule does not match, which the RFC leaves undefined, is
 * no instance: what the rule says comes after it. Pure but for libical's parser, which may be called from one thread at
 * a time.
 *
 * Returns: (transfer full) (element-type gint64): the starts in their order; %NULL with %SL_ERROR_BAD_INPUT for what is
 *   no such rule, has no end, has no start at all or more than %SL_RECURRENCE_MAX
 */
GArray *
sl_recurrence_expand (const char *rrule, gint64 start_ms, gint64 until_ms, GTimeZone *zone, GError **error)
{
  g_return_val_if_fail (rrule != NULL && zone != NULL, NULL);

  g_auto (SlRule) rule = { 0 };
  return sl_rule_read (rrule, zone, &rule, error) ? expand (&rule, start_ms, until_ms, zone, error) : NULL;
}

static gboolean
add_all (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, SlSessionRule *rule, GArray *starts,
         GArray *ids, SlRefusal *out_refusal, GError **error)
{
  for (guint i = 0; i < starts->len; i++)
    {
      SlSessionParams one = *params;
      SlId id;
      one.start_ms = g_array_index (starts, gint64, i);
      if (!sl_session_add_one (engine, actor, &one, rule, &id, out_refusal, error))
        return FALSE;
      if (out_refusal->code != SL_REFUSAL_NONE)
        return TRUE;
      g_array_append_val (ids, id);
    }
  return TRUE;
}

/**
 * sl_session_add_by_rule:
 * @params: of each session; start_ms is the first's
 * @rrule: as for sl_recurrence_expand(), in the location's zone
 * @until_ms: as for sl_recurrence_expand()
 * @out_ids: (out) (transfer full) (element-type SlId): the sessions in their order; %NULL when refused
 * @out_refusal: (out): the first refusal: nothing is added then
 *
 * Adds the rule and a session for each occurrence, in one transaction. Engine thread, not inside a keyed command.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for the rule, or those of sl_session_add(); nothing was added
 */
gboolean
sl_session_add_by_rule (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, const char *rrule,
                        gint64 until_ms, GArray **out_ids, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && rrule != NULL, FALSE);
  g_return_val_if_fail (out_ids != NULL && out_refusal != NULL, FALSE);

  SlId here;
  *out_ids = NULL;
  sl_engine_get_location (engine, &here);
  const SlId *where = params->location != NULL ? params->location : &here;
  g_autoptr (GTimeZone) zone = sl_location_zone (engine, where, error);
  g_autoptr (SlLocation) place = zone != NULL ? sl_location_get (engine, where, error) : NULL;
  if (place == NULL)
    return FALSE;
  g_auto (SlRule) read = { 0 };
  if (params->service == NULL || params->start_ms == SL_NUMBER_NONE)
    return bad_rule (error, "service and start are needed");
  g_autoptr (GArray) starts =
      sl_rule_read (rrule, zone, &read, error) ? expand (&read, params->start_ms, until_ms, zone, error) : NULL;
  if (starts == NULL || !sl_batch_begin (engine, actor, error))
    return FALSE;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  SlSessionRule rule = { .rrule = read.text, .zone_name = place->timezone, .zone = zone, .start_ms = params->start_ms,
                         .until_ms = until_ms };
  gboolean decided = add_all (engine, actor, params, &rule, starts, ids, out_refusal, error);
  if (!decided || out_refusal->code != SL_REFUSAL_NONE)
    {
      sl_batch_abandon (engine);
      return decided;
    }
  if (!sl_batch_commit (engine, error))
    return FALSE;
  *out_ids = g_steal_pointer (&ids);
  return TRUE;
}
