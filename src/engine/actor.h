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

typedef struct _SlActor SlActor;
struct _SlActor
{
  SlId id;               /* staff member, member, sl_actor_owner or sl_actor_device */
  SlRole role;
  GArray *locations;     /* (nullable) (element-type SlId): where a staff member may act; NULL: everywhere */
  SlActor *approver;     /* (nullable): who has typed their PIN beside them, sl_staff_approve() */
};
void sl_actor_clear (SlActor *actor);
void sl_actor_copy (const SlActor *actor, SlActor *out); /* out: (out caller-allocates) */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlActor, sl_actor_clear)

void sl_actor_init_owner (SlActor *out);    /* the command line without --staff */
void sl_actor_init_device (SlActor *out);   /* the kiosk for a member at its screen, and run-due */

typedef enum {
  SL_ACTION_VIEW_OWN,               /* their own bookings and profile */
  SL_ACTION_BOOK_SELF,
  SL_ACTION_BOOK_FOR_MEMBER,
  SL_ACTION_CANCEL_OWN,
  SL_ACTION_CANCEL_ANY,
  SL_ACTION_REFUND_MORE,            /* give back more than the policy does */
  SL_ACTION_VIEW_MEMBERS,
  SL_ACTION_EDIT_MEMBER,            /* all but what is worth money */
  SL_ACTION_EDIT_MEMBER_FINANCE,    /* what a member has or owes: credits taken away, terms of a membership */
  SL_ACTION_ERASE_MEMBER,
  SL_ACTION_EXPORT_MEMBER,          /* all that is held about somebody else */
  SL_ACTION_EDIT_CATALOGUE,
  SL_ACTION_TAKE_PAYMENT,
  SL_ACTION_REFUND_MONEY,           /* up to the policy refund_limit_cents */
  SL_ACTION_REFUND_OVER_LIMIT,
  SL_ACTION_VIEW_REPORT_TODAY,
  SL_ACTION_VIEW_REPORTS_STAFF,     /* hours, pay and no-shows of an instructor */
  SL_ACTION_VIEW_REPORTS_FINANCE,
  SL_ACTION_VIEW_REPORTS,           /* all others */
  SL_ACTION_CHANGE_SCHEDULE,
  SL_ACTION_EDIT_LOCATION,
  SL_ACTION_CREATE_LOCATION,
  SL_ACTION_OVERRIDE_LATE,          /* late check-in, undo */
  SL_ACTION_OVERRIDE_CAPACITY,
  SL_ACTION_WAIVE_FEE,
  SL_ACTION_MANAGE_STAFF,
  SL_ACTION_MANAGE_DEVICES,
  SL_ACTION_CHECK_IN,
  SL_ACTION_SETTLE_CONFLICTS,
  SL_ACTION_VIEW_PROGRAMS,          /* what an instructor has worked out for a member, and what came of it */
  SL_ACTION_WRITE_PROGRAMS,
  SL_ACTION_REPORT_INCIDENTS,       /* and read them; own: about nobody, or one's own members */
  SL_ACTION_CLOSE_INCIDENTS,
  SL_ACTION_WRITE_NOTES,            /* and read them; own: on one's own members, to one's own sessions */
  SL_ACTION_SEND_NOTIFICATIONS,     /* and say what a member does not want to be told */
  SL_ACTION_VIEW_AUDIT,
  SL_ACTION_RENEW_RECOVERY,         /* the phrase that opens backups */
  SL_ACTION_LAST
} SlAction;
/* How far an action reaches. OWN: the actor's own sessions, members or bookings. APPROVED: with a manager's PIN at the
 * same screen. */
typedef enum { SL_SCOPE_NONE, SL_SCOPE_OWN, SL_SCOPE_APPROVED, SL_SCOPE_ALL } SlScope;
SlScope sl_actor_scope (const SlActor *actor, SlAction action);
/* As below, also where the reach is OWN and it is their own. */
gboolean sl_actor_may_with_own (const SlActor *actor, SlAction action, const SlId *location, gboolean own,
                                SlRefusal *refusal);
/* Who has approved this, where the actor's role alone is not enough; NULL: nobody, or nobody is needed. */
const SlActor *sl_actor_approved_by (const SlActor *actor, SlAction action, const SlId *location);
/* FALSE fills refusal with not_allowed, or approval_required. location (nullable): where it would happen. */
gboolean sl_actor_may (const SlActor *actor, SlAction action, const SlId *location, SlRefusal *refusal);
const char *sl_actor_word (const SlId *id); /* (nullable): "owner", "device": who has no record */
const char *sl_role_name (SlRole role);
gboolean sl_role_parse (const char *name, SlRole *out);
