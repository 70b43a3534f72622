/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Who gives a command. Roles and what they may do: src/engine/README.md, one table in roles.c. */
typedef enum {
  SL_ROLE_MEMBER,
  SL_ROLE_INSTRUCTOR,
  SL_ROLE_RECEPTIONIST,
  SL_ROLE_FINANCE,
  SL_ROLE_MANAGER,
  SL_ROLE_OWNER,
  SL_ROLE_LAST
} SlRole;

typedef struct {
  SlId id;               /* staff member, member, sl_actor_owner or sl_actor_device */
  SlRole role;
  GArray *locations;     /* (nullable) (element-type SlId): where a staff member may act; NULL: everywhere */
} SlActor;
void sl_actor_clear (SlActor *actor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlActor, sl_actor_clear)

void sl_actor_init_owner (SlActor *out);    /* the command line without --staff */
void sl_actor_init_device (SlActor *out);   /* the kiosk for a member at its screen, and run-due */

typedef enum {
  SL_ACTION_BOOK_SELF,
  SL_ACTION_BOOK_FOR_MEMBER,
  SL_ACTION_CANCEL_OWN,
  SL_ACTION_CANCEL_ANY,
  SL_ACTION_REFUND_MORE,
  SL_ACTION_VIEW_MEMBERS,
  SL_ACTION_EDIT_MEMBER,
  SL_ACTION_ERASE_MEMBER,
  SL_ACTION_EDIT_CATALOGUE,
  SL_ACTION_TAKE_PAYMENT,
  SL_ACTION_REFUND_MONEY,
  SL_ACTION_VIEW_REPORTS,
  SL_ACTION_CHANGE_SCHEDULE,
  SL_ACTION_EDIT_LOCATION,
  SL_ACTION_CREATE_LOCATION,
  SL_ACTION_OVERRIDE_LATE,
  SL_ACTION_OVERRIDE_CAPACITY,
  SL_ACTION_MANAGE_STAFF,
  SL_ACTION_MANAGE_DEVICES,
  SL_ACTION_CHECK_IN,
  SL_ACTION_SETTLE_CONFLICTS,
  SL_ACTION_LAST
} SlAction;
/* How far an action reaches. OWN: the actor's own sessions, members or bookings. APPROVED: with a manager's PIN at the
 * same screen. */
typedef enum { SL_SCOPE_NONE, SL_SCOPE_OWN, SL_SCOPE_APPROVED, SL_SCOPE_ALL } SlScope;
SlScope sl_actor_scope (const SlActor *actor, SlAction action);
/* As below, also where the reach is OWN and it is their own. */
gboolean sl_actor_may_with_own (const SlActor *actor, SlAction action, const SlId *location, gboolean own,
                                SlRefusal *refusal);
/* FALSE fills refusal with not_allowed, or approval_required. location (nullable): where it would happen. */
gboolean sl_actor_may (const SlActor *actor, SlAction action, const SlId *location, SlRefusal *refusal);
const char *sl_role_name (SlRole role);
gboolean sl_role_parse (const char *name, SlRole *out);
