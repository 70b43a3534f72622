/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-recurrence"

#include "engine/recurrence.h"

#include <libical/ical.h>
#include <string.h>

#include "core/datetime.h"
#include "engine/batch.h"
#include "engine/location.h"
#include "engine/schedule-private.h"

#define RULE_MAX_BYTES 1024   /* the longest sensible rule names every weekday, month and day: some 300 */
/* libical looks at every step of the rule; a rule that never matches (30 February) ends at the last year it knows. */

typedef struct icalrecurrencetype Rule;
typedef struct icaltimetype LocalTime;   /* floating: what the clock on the wall says */

static gboolean
bad_rule (const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "rrule: %s", what);
  return FALSE;
}

static gboolean
parse_rule (const char *text, Rule *out, GError **error)
{
  if (strlen (text) > RULE_MAX_BYTES || !g_str_is_ascii (text) || strpbrk (text, "\r\n") != NULL)
    return bad_rule ("not a rule of RFC 5545", error);
  icalerror_set_errors_are_fatal (0);
  *out = icalrecurrencetype_from_string (text);
  if (out->freq == ICAL_NO_RECURRENCE)
    return bad_rule ("not a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", error);
  if (out->freq != ICAL_DAILY_RECURRENCE && out->freq != ICAL_WEEKLY_RECURRENCE && out->freq != ICAL_MONTHLY_RECURRENCE)
    return bad_rule ("FREQ must be DAILY, WEEKLY or MONTHLY", error);
  if (strcasestr (text, "BYHOUR") != NULL || strcasestr (text, "BYMINUTE") != NULL ||
      strcasestr (text, "BYSECOND") != NULL)
    return bad_rule ("the time of day is the first session's", error);
  return TRUE;
}

static LocalTime
to_local (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  LocalTime time = icaltime_null_time ();
  g_date_time_get_ymd (local, &time.year, &time.month, &time.day);
  time.hour = g_date_time_get_hour (local);
  time.minute = g_date_time_get_minute (local);
  time.second = g_date_time_get_second (local);
  return time;
}

/* A time that the clock change leaves out is read as GLib reads it: an hour later. */
static gint64
from_local (LocalTime time, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = g_date_time_new (zone, time.year, time.month, time.day, time.hour, time.minute,
                                                 time.second);
  return local != NULL ? g_date_time_to_unix (local) * 1000 : G_MAXINT64;
}

/* The rule's own UNTIL, which may be in UTC, as a moment; G_MAXINT64 without one. */
static gint64
rule_end (Rule *rule, GTimeZone *zone)
{
  if (icaltime_is_null_time (rule->until))
    return G_MAXINT64;
  LocalTime until = rule->until;
  if (icaltime_is_date (until))   /* the whole of that day */
    {
      until.is_date = 0;
      until.hour = 23;
      until.minute = until.second = 59;
    }
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  return from_local (until, icaltime_is_utc (until) ? utc : zone);
}

/**
 * sl_recurrence_expand:
 * @rrule: a rule of RFC 5545, such as "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"
 * @start_ms: the first start, which the rule is counted from, UTC ms
 * @until_ms: no start after it, UTC ms; 0: the rule has an end of its own
 * @zone: whose days and hours the rule speaks of
 *
 * Pure but for libical's parser, which may be called from one thread at a time.
 *
 * Returns: (transfer full) (element-type gint64): the starts in their order; %NULL with %SL_ERROR_BAD_INPUT for what
 * is no such
 *   rule, has no end, has no start at all or more than %SL_RECURRENCE_MAX
 */
GArray *
sl_recurrence_expand (const char *rrule, gint64 start_ms, gint64 until_ms, GTimeZone *zone, GError **error)
{
  g_return_val_if_fail (rrule != NULL && zone != NULL, NULL);

  Rule rule;
  if (!parse_rule (rrule, &rule, error))
    return NULL;
  gint64 end_ms = MIN (rule_end (&rule, zone), until_ms != 0 ? until_ms : G_MAXINT64);
  if (end_ms == G_MAXINT64 && rule.count == 0)
    {
      (void) bad_rule ("it never ends: give COUNT or UNTIL in it, or --until", error);
      return NULL;
    }
  rule.until = icaltime_null_time ();   /* compared here, as a moment: libical knows nothing of the zone */
  icalrecur_iterator *iterator = icalrecur_iterator_new (rule, to_local (start_ms, zone));
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean too_many = FALSE;
  for (LocalTime next; iterator != NULL && !too_many &&
       !icaltime_is_null_time (next = icalrecur_iterator_next (iterator)); )
    {
      gint64 ms = from_local (next, zone);
      if (ms > end_ms)
        break;
      too_many = starts->len == SL_RECURRENCE_MAX;
      g_array_append_val (starts, ms);
    }
  if (iterator != NULL)
    icalrecur_iterator_free (iterator);
  if (starts->len > 0 && !too_many)
    return g_steal_pointer (&starts);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               too_many ? "rrule: more than %d sessions" : "rrule: no session before its end", SL_RECURRENCE_MAX);
  return NULL;
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
                        gint64 until_ms,
                        GArray **out_ids, SlRefusal *out_refusal, GError **error)
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
  g_autoptr (GArray) starts = sl_recurrence_expand (rrule, params->start_ms, until_ms, zone, error);
  if (starts == NULL || !sl_batch_begin (engine, actor, error))
    return FALSE;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  SlSessionRule rule = { .rrule = rrule, .zone_name = place->timezone, .zone = zone, .start_ms = params->start_ms,
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
