/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "fake-world.h"
#include "oplog/oplog.h"
#include "studio-data.h"

/* A studio while its years pass. studio-data.c founds it and knows who and what there is, studio-days.c what happens.
 */
#define ROOMS_EACH 2 /* of a location; each has instructors of its own, so that nobody is planned twice */
#define BUSY_MAX 48  /* starts of a member's bookings that are remembered: more than a week can have */
#define CREDIT G_GINT64_CONSTANT (100)
#define DROP_IN_CENTS 18000
#define PACKAGE_CREDITS G_GINT64_CONSTANT (1000)
#define PACKAGE_DAYS 90
#define LONG_DAYS 3660 /* one sale in ten: its lots stay valid however long they have been used up */
#define KINDS 4        /* of classes */

typedef struct {
  SlId id, lot;
  gint64 lot_left, lot_expires_ms;
  gint64 busy_ms[BUSY_MAX];
  int join_day, leave_day;
  guint8 weight, home;
} SlPerson;

typedef struct {
  SlId id;
  gint64 start_ms;
  guint8 location, capacity, taken;
  gboolean cancelled;
  GArray *bookings; /* (element-type guint), as long as the session is ahead */
} SlClass;

typedef struct {
  SlId id;
  SlId lot; /* none: paid otherwise */
  guint person, class;
  gint64 lot_expires_ms;
  gboolean released;
} SlBooked;

typedef enum {
  DO_BOOK,
  DO_HOLD,
  DO_CONFIRM,
  DO_LAPSE,
  DO_CANCEL,
  DO_CHECK_IN,
  DO_NO_SHOW,
  DO_CANCEL_CLASS,
  DO_EXPIRE
} SlEventDeed;
typedef struct {
  gint64 at_ms;
  SlEventDeed deed;
  guint order, subject; /* a class of DO_BOOK, DO_HOLD and DO_CANCEL_CLASS, a person of DO_EXPIRE, else a booking */
  SlId lot;             /* of DO_EXPIRE */
  gint64 left;
} SlEvent;

typedef struct {
  SlFakeWorld world;
  SlEngine *engine;
  SlOplog *log;
  GRand *chance;
  const SlStudioSize *size;
  SlStudioMade *made;
  SlActor owner;
  SlId reception, locations[SL_STUDIO_LOCATIONS], rooms[SL_STUDIO_LOCATIONS][ROOMS_EACH];
  SlId instructors[SL_STUDIO_LOCATIONS][ROOMS_EACH][2]; /* of the morning, of the evening */
  SlId services[KINDS], packages[2];                    /* for 90 days; for long */
  GArray *people, *classes, *bookings;                  /* of SlPerson, SlClass, SlBooked */
  GArray *active;                                       /* of guint: persons who may come, as often as their weight */
  GPtrArray *days;                                      /* (element-type GArray of SlEvent): what happens on each */
  guint order, planned, past_classes, joined, skip;
  gint64 first_day_ms; /* midnight, UTC ms */
  int n_days;          /* behind, today included */
  gint64 receipt;
  gboolean in_transaction;
} SlStudioLife;

void sl_life_must (gboolean done, const SlRefusal *refusal, GError **error);
int sl_life_pick (SlStudioLife *studio, int below);
gboolean sl_life_percent (SlStudioLife *studio, double share);
void sl_life_begin (SlStudioLife *studio);
void sl_life_commit (SlStudioLife *studio);
void sl_life_plan (SlStudioLife *studio, gint64 at_ms, SlEventDeed deed, guint subject, const SlId *lot, gint64 left);
void sl_life_day (SlStudioLife *studio, int day);
