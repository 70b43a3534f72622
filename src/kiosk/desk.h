/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "device.h"
#include "door.h"

#include "engine/staff.h"

/* Reception: who has signed in, and what they have the engine do. All functions are for the thread that made it.
 *
 * Signals:
 * "staff-changed" · somebody has signed in, out, or in the place of another: sl_desk_get_staff()
 * "changed" · the studio's data may be others now, by this desk or another: what is shown is loaded again
 * "calls-changed" (gboolean anew) · others wait at the members' side than before (desk-calls.h); anew: one of them has
 *   called at another process, and has not been rung for here
 * "said" (SlDeskTone, const char *text) · a line for whoever stands there; gone by itself
 * "approval-wanted" (const char *why) · sl_desk_approve() or sl_desk_refuse_approval() goes on
 * "scanned" (const char *code) · something was held before the camera or a scanner: for whichever section is in sight
 * "opened" (SlDeskPlace, const SlId *id) · somebody wants to be there; id may be sl_id_none
 * "failed" (const GError *) · the disk failed: nothing more can be recorded by this process */
#define SL_TYPE_DESK (sl_desk_get_type ())
G_DECLARE_FINAL_TYPE (SlDesk, sl_desk, SL, DESK, GObject)

#define SL_DESK_IDLE_S 120 /* untouched, the desk locks itself */

typedef enum { SL_DESK_TONE_DONE, SL_DESK_TONE_ATTENTION, SL_DESK_TONE_REFUSED } SlDeskTone;

typedef enum {
  SL_DESK_TODAY,     /* id: a session to be picked */
  SL_DESK_WALK_IN,   /* id: a member who is known already */
  SL_DESK_WALK_IN_CLASS, /* the same section; id: the session that somebody comes for */
  SL_DESK_MEMBERS,   /* id: whose page */
  SL_DESK_SELL,      /* id: the member who buys, or the membership that is paid for; none: somebody at the counter */
  SL_DESK_TILL,
  SL_DESK_SCHEDULE,
  SL_DESK_ATTENTION,
  SL_DESK_REPORTS,
  SL_DESK_STUDIO,    /* its classes */
  SL_DESK_STUDIO_PACKAGES, SL_DESK_STUDIO_PLANS, /* the same section */
  SL_DESK_SETTINGS,
  SL_DESK_PLACE_LAST
} SlDeskPlace;

typedef struct {
  SlId id;
  char *name;
  SlRole role;
} SlDeskStaff;
void sl_desk_staff_free (SlDeskStaff *staff);

/* On the engine's thread: touches nothing but engine, actor and request. TRUE with a refusal, or with *out_result;
 * FALSE: failed. */
typedef gboolean (*SlDeskWork) (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                SlRefusal *out_refusal, GError **error);
/* On the desk's thread, and only while owner lives. result is NULL where refusal or error is not; both are the desk's,
 * the result too: g_steal it by taking a reference or a copy. refusal: never NULL, SL_REFUSAL_NONE where nothing was
 * refused. */
typedef void (*SlDeskDone) (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error);

/* One thing that the engine is to do. */
typedef struct {
  SlDeskWork work;
  gpointer request;            /* (nullable) (transfer full) */
  GDestroyNotify free_request; /* (nullable) */
  GDestroyNotify free_result;  /* (nullable) */
  gboolean writes;             /* "changed" is told when it is done */
  gboolean apart;              /* takes long: on an engine of its own, that the door need not wait for it */
  SlDeskDone done;             /* (nullable): refusals and failures are said by the desk then */
} SlDeskJob;

SlDesk *sl_desk_new (SlDoor *door, SlWorld *world);
void sl_desk_run (SlDesk *self, GObject *owner, const SlDeskJob *job);
void sl_desk_unref_array (gpointer array); /* free_result of a GPtrArray */

/* done: refusal pin_wrong, pin_locked (until_ms), staff_inactive; else they are in. */
void sl_desk_sign_in (SlDesk *self, const SlId *staff, const char *pin, GObject *owner, SlDeskDone done);
void sl_desk_sign_out (SlDesk *self);
const SlDeskStaff *sl_desk_get_staff (SlDesk *self);                          /* (nullable) */
void sl_desk_load_people (SlDesk *self, GObject *owner, SlDeskDone done);     /* result: GPtrArray of SlDeskStaff */
void sl_desk_read_badge (SlDesk *self, const char *code, GObject *owner, SlDeskDone done); /* result: SlDeskStaff */

void sl_desk_approve (SlDesk *self, const SlId *staff, const char *pin, GObject *owner, SlDeskDone done);
void sl_desk_refuse_approval (SlDesk *self);

char *sl_desk_pin_words (const SlRefusal *refusal, GTimeZone *zone);

void sl_desk_say (SlDesk *self, SlDeskTone tone, const char *text);
void sl_desk_say_outcome (SlDesk *self, const SlRefusal *refusal, const GError *error);
void sl_desk_open (SlDesk *self, SlDeskPlace place, const SlId *id);
void sl_desk_scan (SlDesk *self, const char *code);

SlDoor *sl_desk_get_door (SlDesk *self);         /* (transfer none) */
void sl_desk_set_device (SlDesk *self, SlDevice *device);
SlDevice *sl_desk_get_device (SlDesk *self);     /* (transfer none) (nullable): tests of other things have none */
gint64 sl_desk_get_now_ms (SlDesk *self);
GTimeZone *sl_desk_get_zone (SlDesk *self);      /* (transfer none): this device's location's */
const char *sl_desk_get_currency (SlDesk *self); /* "ZAR" */
