/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"
#include "engine/actor.h"

/* What a studio is made of, as its manager sees it: copied from the engine's answers, to be read on any thread. */
typedef enum {
  SL_STUDIO_CLASSES,
  SL_STUDIO_PACKAGES,
  SL_STUDIO_PLANS,
  SL_STUDIO_ROOMS,
  SL_STUDIO_STAFF,
  SL_STUDIO_LOCATIONS,
  SL_STUDIO_KIND_LAST
} SlStudioKind;

/* One class, package, plan, room, member of the staff or location; what is not of its kind is 0. */
typedef struct {
  SlId id;                     /* none: it is not made yet */
  char *name;
  gboolean active;             /* it is given, sold, used; they may sign in */
  gboolean may_change;         /* whoever has signed in */
  char *type;                  /* of a class (nullable): the engine's word */
  gint64 duration_min, places; /* of a class */
  gint64 credits_hundredths;   /* a class takes, a package holds, a plan gives each month */
  gint64 price_cents;          /* of a class: SL_NUMBER_NONE: it is not sold to who drops in */
  gint64 member_price_cents;   /* of a class; SL_NUMBER_NONE: as the price */
  gint64 valid_days;           /* of a package; 0: for ever */
  gboolean is_annual, is_unlimited;
  gint64 joining_cents;        /* of a plan */
  GArray *services;            /* of a plan (nullable) (element-type SlId): what it pays for; NULL: all there are */
  SlRole role;                 /* of the staff; SL_ROLE_MEMBER: none is chosen */
  char *pin;                   /* of the staff (nullable): a new one */
  char *timezone, *address;    /* of a location; address (nullable) */
  gboolean is_here;            /* of a location: this device stands there */
} SlStudioThing;
SlStudioThing *sl_studio_thing_new (void);
SlStudioThing *sl_studio_thing_copy (const SlStudioThing *thing);
void sl_studio_thing_free (SlStudioThing *thing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStudioThing, sl_studio_thing_free)
gboolean sl_studio_plan_names (const SlStudioThing *plan, const SlId *service);

/* What there is to choose from. */
typedef struct {
  guint roles;        /* of the staff: bits, 1 << #SlRole: those that whoever has signed in may give */
  GPtrArray *classes; /* of a plan (nullable) (element-type SlStudioThing): what it can be for */
  gboolean may_open;  /* of locations: whether whoever has signed in may make another one */
} SlStudioChoices;
