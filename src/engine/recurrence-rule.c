/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-recurrence-rule"

#include "engine/recurrence-rule.h"

#include <string.h>

#include "core/datetime.h"
#include "core/error.h"
#include "engine/days.h"

/* Rules as people and calendars write them: RFC 5545 sections 3.3.10 (RRULE) and 3.8.5 (EXDATE, RDATE). libical reads
 * the rule; what it lets pass, and what has no meaning for a class, is told here. */

#define DATES_MAX 400          /* exceptions and further dates: a date a week for eight years */
#define NUMBER_MAX_DIGITS 5    /* of COUNT and INTERVAL: libical takes longer ones modulo 2^32 */

/* sl_rule_clear: frees what a rule holds. */
void
sl_rule_clear (SlRule *rule)
{
  g_clear_pointer (&rule->except, g_array_unref);
  g_clear_pointer (&rule->extra, g_array_unref);
  g_clear_pointer (&rule->text, g_free);
}

static gboolean
bad_rule (GError **error, const char *what, const char *where)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "rrule: %s%s%.60s", what, where != NULL ? ": " : "",
               where != NULL ? where : "");
  return FALSE;
}

static guint
length_of (const short *list, guint size)
{
  guint n = 0;
  while (n < size && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
    n++;
  return n;
}
#define LENGTH(list) length_of (list, G_N_ELEMENTS (list))

static gboolean
all_within (const short *list, guint size, int max)
{
  for (guint i = 0; i < length_of (list, size); i++)
    if (list[i] == 0 || ABS (list[i]) > max)
      return FALSE;
  return TRUE;
}
#define WITHIN(list, max) all_within (list, G_N_ELEMENTS (list), max)

static gboolean
has_numbered_days (const struct icalrecurrencetype *rule)
{
  for (guint i = 0; i < LENGTH (rule->by_day); i++)
    if (icalrecurrencetype_day_position (rule->by_day[i]) != 0)
      return TRUE;
  return FALSE;
}

/* Each part at most once, COUNT and INTERVAL as plain numbers. */
static gboolean
check_parts (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *value = strchr (parts[i], '=');
      if (value == NULL && *parts[i] == '\0')
        continue;
      if (value == NULL)
        return bad_rule (error, "a part is written NAME=VALUE", parts[i]);
      gsize name = (gsize) (value - parts[i]);
      for (guint j = 0; j < i; j++)
        if (strncmp (parts[i], parts[j], name + 1) == 0)
          return bad_rule (error, "a part comes twice", parts[i]);
      gboolean counts = g_str_has_prefix (parts[i], "COUNT=") || g_str_has_prefix (parts[i], "INTERVAL=");
      if (counts && (strspn (value + 1, "0123456789") != strlen (value + 1) || strlen (value + 1) > NUMBER_MAX_DIGITS))
        return bad_rule (error, "COUNT and INTERVAL are numbers from 1", parts[i]);
      if (g_str_has_prefix (parts[i], "BYHOUR=") || g_str_has_prefix (parts[i], "BYMINUTE=")
          || g_str_has_prefix (parts[i], "BYSECOND="))
        return bad_rule (error, "the time of day is the first session's", parts[i]);
      if (g_str_has_prefix (parts[i], "RSCALE=") || g_str_has_prefix (parts[i], "SKIP="))
        return bad_rule (error, "only the usual calendar is known", parts[i]);
    }
  return TRUE;
}

/* What RFC 5545 section 3.3.10 forbids and libical lets pass. */
static gboolean
check_sense (const struct icalrecurrencetype *rule, GError **error)
{
  gboolean yearly = rule->freq == ICAL_YEARLY_RECURRENCE, monthly = rule->freq == ICAL_MONTHLY_RECURRENCE;
  if (!yearly && !monthly && rule->freq != ICAL_DAILY_RECURRENCE && rule->freq != ICAL_WEEKLY_RECURRENCE)
    return bad_rule (error, "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY", NULL);
  for (guint i = 0; i < LENGTH (rule->by_month); i++)
    if (rule->by_month[i] < 1 || rule->by_month[i] > 12)
      return bad_rule (error, "BYMONTH is from 1 to 12", NULL);
  if (!WITHIN (rule->by_month_day, 31) || !WITHIN (rule->by_year_day, 366) || !WITHIN (rule->by_week_no, 53)
      || !WITHIN (rule->by_set_pos, 366))
    return bad_rule (error, "a number is outside its range", NULL);
  if (has_numbered_days (rule) && ((!yearly && !monthly) || LENGTH (rule->by_week_no) > 0))
    return bad_rule (error, "numbered weekdays such as 2MO go with MONTHLY, or YEARLY without BYWEEKNO", NULL);
  if (LENGTH (rule->by_month_day) > 0 && rule->freq == ICAL_WEEKLY_RECURRENCE)
    return bad_rule (error, "BYMONTHDAY does not go with WEEKLY", NULL);
  if (!yearly && (LENGTH (rule->by_year_day) > 0 || LENGTH (rule->by_week_no) > 0))
    return bad_rule (error, "BYYEARDAY and BYWEEKNO go with YEARLY only", NULL);
  if (LENGTH (rule->by_set_pos) > 0 && LENGTH (rule->by_day) + LENGTH (rule->by_month_day) + LENGTH (rule->by_month)
                                           + LENGTH (rule->by_year_day) + LENGTH (rule->by_week_no) == 0)
    return bad_rule (error, "BYSETPOS needs another BY part", NULL);
  return TRUE;
}

/* UNTIL as a moment. A date is the whole of that day, a time without Z the location's. */
static gboolean
read_until (SlRule *rule, GTimeZone *zone, GError **error)
{
  struct icaltimetype until = rule->rule.until;
  rule->end_ms = G_MAXINT64;
  if (icaltime_is_null_time (until))
    return TRUE;
  g_autoptr (GDateTime) read =
      g_date_time_new_utc (until.year, until.month, until.day, until.hour, until.minute, until.second);
  if (read == NULL)
    return bad_rule (error, "UNTIL is no date of the calendar", NULL);
  gint64 local_ms = g_date_time_to_unix (read) * 1000;
  if (icaltime_is_date (until))
    local_ms += SL_DAY_MS - 1;
  rule->end_ms = icaltime_is_utc (until) ? local_ms : sl_time_from_local (local_ms, zone);
  return TRUE;
}

static gboolean
read_rrule (SlRule *rule, const char *text, GTimeZone *zone, GError **error)
{
  if (rule->rule.freq != ICAL_NO_RECURRENCE)
    return bad_rule (error, "there is more than one", text);
  if (!check_parts (text, error))
    return FALSE;
  rule->rule = icalrecurrencetype_from_string (text);
  if (rule->rule.freq == ICAL_NO_RECURRENCE)
    return bad_rule (error, "not a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", NULL);
  return check_sense (&rule->rule, error) && read_until (rule, zone, error);
}

/* "20260302", "20260302T070000Z": to the form that all other times have. NULL where it is none of these. */
static char *
extended_form (const char *basic)
{
  gsize date = strspn (basic, "0123456789");
  if (date != 8)
    return NULL;
  if (basic[8] == '\0')
    return g_strdup_printf ("%.4s-%.2s-%.2s", basic, basic + 4, basic + 6);
  gsize time = basic[8] == 'T' ? strspn (basic + 9, "0123456789") : 0;
  const char *rest = basic + 9 + time;
  if ((time != 4 && time != 6) || (*rest != '\0' && !g_str_equal (rest, "Z")))
    return NULL;
  return g_strdup_printf ("%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", basic, basic + 4, basic + 6, basic + 9, basic + 11,
                          time == 6 ? basic + 13 : "00", rest);
}

static gboolean
read_date (const char *text, GTimeZone *zone, SlRuleDate *out, GError **error)
{
  g_autofree char *basic = extended_form (text);
  const char *extended = basic != NULL ? basic : text;
  out->whole_day = strlen (extended) == strlen ("YYYY-MM-DD");
  if (!out->whole_day)
    return sl_time_parse (extended, zone, &out->value, error);
  out->value = sl_day_parse (extended, error);
  return out->value >= 0;
}

/* The zone that "TZID=America/New_York" names in a property's parameters, or zone. (transfer full) */
static GTimeZone *
zone_of (const char *parameters, GTimeZone *zone, GError **error)
{
  g_auto (GStrv) all = g_strsplit (parameters, ";", -1);
  for (guint i = 0; all[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (all[i], "TZID=", 5) == 0)
        return sl_time_zone_new (all[i] + 5, error);
      if (*all[i] != '\0' && g_ascii_strcasecmp (all[i], "VALUE=DATE") != 0
          && g_ascii_strcasecmp (all[i], "VALUE=DATE-TIME") != 0)
        {
          (void) bad_rule (error, "this parameter of a date is not known", all[i]);
          return NULL;
        }
    }
  return g_time_zone_ref (zone);
}

/* "EXDATE;TZID=…:20260302T070000,…": parameters and dates of one property. */
static gboolean
read_dates (GArray *into, const char *parameters, const char *values, GTimeZone *zone, GError **error)
{
  g_autoptr (GTimeZone) own = zone_of (parameters, zone, error);
  if (own == NULL)
    return FALSE;
  if (*values == '\0')
    return bad_rule (error, "an EXDATE or RDATE names no date", NULL);
  g_autofree char *upper = g_ascii_strup (values, -1);
  g_auto (GStrv) all = g_strsplit (upper, ",", -1);
  for (guint i = 0; all[i] != NULL; i++)
    {
      SlRuleDate date;
      if (!read_date (all[i], own, &date, error))
        {
          g_prefix_error (error, "rrule: ");
          return FALSE;
        }
      if (into->len == DATES_MAX)
        return bad_rule (error, "more than 400 dates", NULL);
      g_array_append_val (into, date);
    }
  return TRUE;
}

static gboolean
starts_property (const char *word)
{
  static const char *const names[] = { "RRULE:", "EXDATE:", "EXDATE;", "RDATE:", "RDATE;", "FREQ=",
                                       "DTSTART:", "DTSTART;", "EXRULE:", "EXRULE;" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (word, names[i], strlen (names[i])) == 0)
      return TRUE;
  return FALSE;
}

/* Properties stand on lines of their own or have blanks between them; whatever else comes after a blank goes on with
 * what was before, as folded lines do. (transfer full) */
static GPtrArray *
split (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  g_autoptr (GPtrArray) properties = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      if (properties->len == 0 || starts_property (words[i]))
        {
          g_ptr_array_add (properties, g_strdup (words[i]));
          continue;
        }
      char *before = properties->pdata[properties->len - 1];
      properties->pdata[properties->len - 1] = g_strconcat (before, words[i], NULL);
      g_free (before);
    }
  return g_steal_pointer (&properties);
}

static gboolean
read_property (SlRule *rule, const char *property, GTimeZone *zone, GString *text, GError **error)
{
  const char *values = strchr (property, ':');
  gsize name = strcspn (property, ":;");
  gboolean except = g_ascii_strncasecmp (property, "EXDATE", MAX (name, 6)) == 0;
  if (values != NULL && (except || g_ascii_strncasecmp (property, "RDATE", MAX (name, 5)) == 0))
    {
      g_autofree char *parameters = g_strndup (property + name, (gsize) (values - property) - name);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", property);
      return read_dates (except ? rule->except : rule->extra, parameters, values + 1, zone, error);
    }
  if (values != NULL && g_ascii_strncasecmp (property, "RRULE:", 6) != 0)
    return bad_rule (error, "only RRULE, EXDATE and RDATE are known here", property);
  g_autofree char *upper = g_ascii_strup (values != NULL ? values + 1 : property, -1);
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", upper);
  return read_rrule (rule, upper, zone, error);
}

/* sl_rule_read: a rule, with or without "RRULE:", and EXDATE and RDATE properties, in any case. zone: whose dates and
 * times it speaks of where it does not say so. out: (out caller-allocates), also on failure to be cleared. FALSE with
 * BAD_INPUT and the place. */
gboolean
sl_rule_read (const char *text, GTimeZone *zone, SlRule *out, GError **error)
{
  *out = (SlRule) { .end_ms = G_MAXINT64,
                    .except = g_array_new (FALSE, FALSE, sizeof (SlRuleDate)),
                    .extra = g_array_new (FALSE, FALSE, sizeof (SlRuleDate)) };
  icalrecurrencetype_clear (&out->rule);
  if (strlen (text) > SL_RULE_TEXT_MAX_BYTES)
    return bad_rule (error, "longer than 8000 bytes", NULL);
  if (!g_str_is_ascii (text))
    return bad_rule (error, "not a rule of RFC 5545", NULL);
  icalerror_set_errors_are_fatal (0);
  g_autoptr (GPtrArray) properties = split (text);
  g_autoptr (GString) kept = g_string_new (NULL);
  for (guint i = 0; i < properties->len; i++)
    if (!read_property (out, properties->pdata[i], zone, kept, error))
      return FALSE;
  if (out->rule.freq == ICAL_NO_RECURRENCE)
    return bad_rule (error, "not a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", NULL);
  out->text = g_string_free (g_steal_pointer (&kept), FALSE);
  return TRUE;
}
