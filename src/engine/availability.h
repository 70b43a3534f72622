/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* When an instructor takes one-to-one sessions: blocks of the week at a location, in its local time.
 * src/engine/README.md "One-to-one". */

#define SL_WEEKDAYS 7 /* 1 is Monday, as ISO 8601 counts */
#define SL_DAY_MINUTES (24 * 60)

typedef struct {
  SlId id, staff_id, location_id;
  char *staff_name, *location_name;    /* (nullable) */
  int weekday, from_minute, to_minute; /* minutes of the local day; to: at most SL_DAY_MINUTES */
  gboolean bookable;                   /* by members themselves */
  gint64 from_day, until_day;          /* days since 1970, both included; SL_NUMBER_NONE: open */
} SlAvailability;
void sl_availability_free (SlAvailability *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlAvailability, sl_availability_free)

typedef struct {
  const SlId *staff;
  const SlId *location; /* (nullable): this device's */
  int weekday, from_minute, to_minute;
  gboolean staff_only;        /* members do not book it themselves */
  gint64 from_day, until_day; /* SL_NUMBER_NONE: open */
} SlAvailabilityParams;
void sl_availability_params_init (SlAvailabilityParams *params);

/* Refusals: not_allowed, staff_inactive. */
gboolean sl_availability_add (SlEngine *engine, const SlActor *actor, const SlAvailabilityParams *params, SlId *out_id,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_availability_remove (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlAvailability): those in force, by instructor, weekday and hour; each filter (nullable). */
GPtrArray *sl_availability_list (SlEngine *engine, const SlId *staff, const SlId *location,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *sl_weekday_name (int weekday);                                     /* "mon" … */
gboolean sl_weekday_parse (const char *text, int *out_weekday);                /* "mon", "Monday" or "1" */
char *sl_minute_format (int minute);                                           /* "07:30"; the day's end is "24:00" */
gboolean sl_minute_parse (const char *text, int *out_minute, GError **error);  /* "00:00" to "24:00"; BAD_INPUT */
int sl_weekday_of (gint64 day);                                                /* of a day since 1970 */
gint64 sl_day_moment (gint64 day, int minute, GTimeZone *zone);                /* UTC ms */
