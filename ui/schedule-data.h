/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"
#include "engine/schedule.h"

/* What the page of the schedule shows: copied from the engine's answers, to be read on any thread. */

typedef struct {
  SlId id, service_id, room_id, instructor_id; /* none where there is none */
  char *name, *room, *instructor;              /* (nullable) */
  gint64 start_ms, end_ms;
  gint64 day;                                  /* the local date, since 1970 */
  int minute;                                  /* of that day, on the wall */
  gint64 capacity, booked, waiting;
  SlSessionState state;
  gboolean may_change;                         /* whoever has signed in */
} SlScheduleSession;
void sl_schedule_session_free (SlScheduleSession *session);
gboolean sl_schedule_session_is_open (const SlScheduleSession *session);

/* A class, a room or an instructor that can be chosen; what follows the name is a class's. */
typedef struct {
  SlId id;
  char *name;
  gint64 duration_min, capacity;
  SlId instructor_id; /* who gives it as a rule; none: nobody */
} SlScheduleChoice;
void sl_schedule_choice_free (SlScheduleChoice *choice);

/* One week at this device's location. Changed by nobody once it is shown. */
typedef struct {
  gint64 first_day, today, now_ms;          /* local dates, since 1970; the first is a Monday */
  int minute;                               /* of today, on the wall */
  gboolean own;                             /* an instructor's own sessions only */
  gboolean may_add;
  GPtrArray *sessions;                      /* (element-type SlScheduleSession): by start */
  GPtrArray *services, *rooms, *instructors; /* (element-type SlScheduleChoice) */
} SlScheduleWeek;
SlScheduleWeek *sl_schedule_week_new (void);
SlScheduleWeek *sl_schedule_week_ref (SlScheduleWeek *week);
void sl_schedule_week_unref (SlScheduleWeek *week);
gboolean sl_schedule_week_equal (const SlScheduleWeek *a, const SlScheduleWeek *b);

/* What a class is to be. */
typedef struct {
  SlId service_id, room_id, instructor_id; /* none: not chosen, no room, nobody */
  gint64 day;
  int minute;
  gint64 capacity;
  int weeks;      /* so many weeks more; 0: only once */
  gboolean draft;
} SlSchedulePlan;
