/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;
  char *name;
  SlRole role;
  GArray *locations;    /* (nullable) (element-type SlId): NULL: all */
  gboolean active;
  gint64 rate_session_cents, rate_hour_cents, rate_head_cents; /* SL_NUMBER_NONE: not set, or not for this actor */
} SlStaff;
void sl_staff_free (SlStaff *staff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStaff, sl_staff_free)

/* What a session, an hour of one, and each person who came to it are paid: cents; 0: nothing; SL_NUMBER_NONE: not
 * named. */
#define SL_STAFF_RATE_MAX_CENTS (100 * 1000 * 100) /* of one session: a slip of the finger beyond */
typedef struct {
  gint64 session_cents, hour_cents, head_cents;
} SlStaffRates;

/* What to set; NULL: not named (add: name, role and pin must be). */
typedef struct {
  const char *name, *role, *pin;
  const SlId *locations; guint n_locations;   /* (nullable) where they may act */
  gboolean everywhere;                        /* edit: at all locations again */
  const SlStaffRates *rates;
} SlStaffParams;

/* Refusals: not_allowed, pin_weak. */
gboolean sl_staff_add (SlEngine *engine, const SlActor *actor, const SlStaffParams *params, SlId *out_id,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_staff_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlStaffParams *params,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_staff_set_pin (SlEngine *engine, const SlActor *actor, const SlId *id, const char *pin,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_staff_disable (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_staff_enable (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* locations (nullable) (element-type SlId): where those act; NULL: everywhere. */
gboolean sl_staff_may_manage (const SlActor *actor, SlRole role, const GArray *locations);
gboolean sl_staff_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_staff, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlStaff *sl_staff_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;   /* NOT_FOUND */
/* Who acts: the staff member whose PIN it is. Refusals: pin_wrong, pin_locked (until_ms), staff_inactive. Not inside a
 * keyed command. */
gboolean sl_staff_authenticate (SlEngine *engine, const SlId *id, const char *pin, SlActor *out_actor,
                                SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Somebody else's PIN at the same screen, for what the actor's role may not do alone. Refusals as above. */
gboolean sl_staff_approve (SlEngine *engine, SlActor *actor, const SlId *id, const char *pin, SlRefusal *out_refusal,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
