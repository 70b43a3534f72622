/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;
  char *name;
  SlRole role;
  GArray *locations;    /* (nullable) (element-type SlId): NULL: all */
  gboolean active;
} SlStaff;
void sl_staff_free (SlStaff *staff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStaff, sl_staff_free)

/* What to set; NULL: not named (add: name, role and pin must be). */
typedef struct {
  const char *name, *role, *pin;
  const SlId *locations; guint n_locations;   /* (nullable) where they may act */
  gboolean everywhere;                        /* edit: at all locations again */
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
gboolean sl_staff_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_staff, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlStaff *sl_staff_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;   /* NOT_FOUND */
/* Who acts: the staff member whose PIN it is. Refusals: pin_wrong, pin_locked (until_ms), staff_inactive. Not inside a
 * keyed command. */
gboolean sl_staff_authenticate (SlEngine *engine, const SlId *id, const char *pin, SlActor *out_actor,
                                SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
