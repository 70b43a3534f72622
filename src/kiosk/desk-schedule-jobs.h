/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "schedule-data.h"

/* What the schedule has the engine do. All run on the engine's thread. */

/* request: int *, from this week on; result: SlScheduleWeek */
gboolean sl_schedule_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error);

typedef struct {
  SlId session;
  gboolean counts; /* also the bookings, which takes longer */
} SlScheduleLookWanted;
typedef struct {
  SlScheduleSession *session;
  guint following;                    /* of its rule, after it, that would change with it */
  guint bookings, bookings_following; /* of it; of those that follow */
} SlScheduleLook;
void sl_schedule_look_free (gpointer look);
gboolean sl_schedule_look (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error);

typedef enum {
  SL_SCHEDULE_START = 1 << 0,
  SL_SCHEDULE_INSTRUCTOR = 1 << 1,
  SL_SCHEDULE_ROOM = 1 << 2,
  SL_SCHEDULE_PLACES = 1 << 3,
} SlScheduleField;
guint sl_schedule_fields_changed (const SlSchedulePlan *from, const SlSchedulePlan *to);

/* A class that is made, or changed. instructor_busy and room_busy come with "class" and "start_ms" of the other one. */
typedef struct {
  SlId session;       /* none: a new one, of all of the plan */
  SlSchedulePlan plan;
  guint fields;       /* of SlScheduleField: what is changed */
  gboolean following; /* also of those that follow */
} SlScheduleSave;
typedef struct {
  char *name;         /* (nullable) */
  gint64 start_ms;    /* of the first */
  guint sessions;     /* that were made or changed */
  guint clashes;      /* members who are booked elsewhere at that time now */
} SlScheduleSaved;
void sl_schedule_saved_free (gpointer saved);
gboolean sl_schedule_save (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error);

typedef struct {
  SlId session;
  gboolean following;
  char *reason;       /* (nullable) */
} SlScheduleCancel;
void sl_schedule_cancel_free (gpointer cancel);
/* result: guint *, classes that were cancelled */
gboolean sl_schedule_cancel (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                             SlRefusal *out_refusal, GError **error);

/* request: SlId *; no result */
gboolean sl_schedule_publish (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                              SlRefusal *out_refusal, GError **error);
