/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <libical/ical.h>

/* A rule as it was written, and the days that it means. Inside the recurrence files only. */

#define SL_RULE_TEXT_MAX_BYTES 8000 /* a rule has some 300 at most; each exception 17 more */

/* A date or a moment that EXDATE or RDATE names. */
typedef struct {
  gboolean whole_day; /* value: days since 1970, whatever the hour; else UTC ms */
  gint64 value;
} SlRuleDate;

typedef struct {
  struct icalrecurrencetype rule;
  gint64 end_ms;           /* UNTIL as a moment; G_MAXINT64 without one */
  GArray *except, *extra;  /* (element-type SlRuleDate) */
  char *text;              /* as it is kept: RRULE, EXDATE and RDATE, a line each, in capitals */
} SlRule;
void sl_rule_clear (SlRule *rule);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlRule, sl_rule_clear)

gboolean sl_rule_read (const char *text, GTimeZone *zone, SlRule *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The days of a rule, one after the other. */
typedef struct {
  struct icalrecurrencetype rule; /* with what DTSTART gives it spelled out */
  gint64 first_day, last_day;     /* local dates since 1970: DTSTART's, and the last one looked at */
  gint64 step;                    /* the next period */
  GArray *days;                   /* (element-type gint64) of the period that is being given out */
  guint next;
} SlRuleWalk;
void sl_rule_walk_init (SlRuleWalk *walk, const struct icalrecurrencetype *rule, gint64 first_day, gint64 last_day);
void sl_rule_walk_clear (SlRuleWalk *walk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlRuleWalk, sl_rule_walk_clear)
gboolean sl_rule_walk_next (SlRuleWalk *walk, gint64 *out_day);
