/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roles"

#include "engine/actor.h"

#include "oplog/oplog.h"

/* What each role may do: README.md "Roles". The only place that says so; screens ask here. Beside it stand, with the
 * rules concerned: booking by members and instructors goes by the service's mode; reception sees today's reports;
 * managers manage the staff of their own locations, below owners. */
#define NONE SL_SCOPE_NONE
#define OWN SL_SCOPE_OWN
#define APPROVED SL_SCOPE_APPROVED
#define ALL SL_SCOPE_ALL
static const SlScope matrix[SL_ACTION_LAST][SL_ROLE_LAST] = {
  /*                              member  instr.  recept.   finance manager owner */
  [SL_ACTION_BOOK_SELF]         = { ALL,  NONE,   NONE,     NONE,   NONE,   ALL },
  [SL_ACTION_BOOK_FOR_MEMBER]   = { NONE, ALL,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_CANCEL_OWN]        = { ALL,  OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_CANCEL_ANY]        = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_REFUND_MORE]       = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_MEMBERS]      = { NONE, OWN,    ALL,      ALL,    ALL,    ALL },
  [SL_ACTION_EDIT_MEMBER]       = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_ERASE_MEMBER]      = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_EDIT_CATALOGUE]    = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_TAKE_PAYMENT]      = { OWN,  NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_REFUND_MONEY]      = { NONE, NONE,   APPROVED, NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_REPORTS]      = { NONE, OWN,    OWN,      ALL,    ALL,    ALL },
  [SL_ACTION_CHANGE_SCHEDULE]   = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_EDIT_LOCATION]     = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_CREATE_LOCATION]   = { NONE, NONE,   NONE,     NONE,   NONE,   ALL },
  [SL_ACTION_OVERRIDE_LATE]     = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_OVERRIDE_CAPACITY] = { NONE, NONE,   APPROVED, NONE,   ALL,    ALL },
  [SL_ACTION_MANAGE_STAFF]      = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_MANAGE_DEVICES]    = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_CHECK_IN]          = { ALL,  ALL,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_SETTLE_CONFLICTS]  = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
};
#undef NONE
#undef OWN
#undef APPROVED
#undef ALL

static const char *const role_names[] = {
  [SL_ROLE_MEMBER] = "member", [SL_ROLE_INSTRUCTOR] = "instructor", [SL_ROLE_RECEPTIONIST] = "receptionist",
  [SL_ROLE_FINANCE] = "finance", [SL_ROLE_MANAGER] = "manager", [SL_ROLE_OWNER] = "owner",
};
G_STATIC_ASSERT (G_N_ELEMENTS (role_names) == SL_ROLE_LAST);

/**
 * sl_actor_clear:
 * @actor: (nullable): an actor, also one that is all zero
 *
 * Frees what it holds.
 */
void
sl_actor_clear (SlActor *actor)
{
  if (actor != NULL)
    g_clear_pointer (&actor->locations, g_array_unref);
}

/**
 * sl_actor_init_owner:
 * @out: (out caller-allocates): sl_actor_clear() it
 *
 * Whoever may write the data directory: acts as an owner, everywhere.
 */
void
sl_actor_init_owner (SlActor *out)
{
  g_return_if_fail (out != NULL);

  *out = (SlActor) { .id = sl_actor_owner, .role = SL_ROLE_OWNER };
}

/**
 * sl_actor_init_device:
 * @out: (out caller-allocates): sl_actor_clear() it
 *
 * The device by itself: for a member at its screen, and for what the clock makes due. It may what a member may.
 */
void
sl_actor_init_device (SlActor *out)
{
  g_return_if_fail (out != NULL);

  *out = (SlActor) { .id = sl_actor_device, .role = SL_ROLE_MEMBER };
}

/**
 * sl_actor_scope:
 * @actor: who
 * @action: what
 *
 * Returns: how far the actor's role reaches, before any location is looked at
 */
SlScope
sl_actor_scope (const SlActor *actor, SlAction action)
{
  g_return_val_if_fail (actor != NULL && actor->role < SL_ROLE_LAST, SL_SCOPE_NONE);
  g_return_val_if_fail (action < SL_ACTION_LAST, SL_SCOPE_NONE);

  return matrix[action][actor->role];
}

/* Owners act everywhere, also where somebody has written locations to them. */
static gboolean
acts_at (const SlActor *actor, const SlId *location)
{
  if (location == NULL || sl_id_is_none (location) || actor->locations == NULL || actor->role == SL_ROLE_OWNER)
    return TRUE;
  for (guint i = 0; i < actor->locations->len; i++)
    if (sl_id_equal (&g_array_index (actor->locations, SlId, i), location))
      return TRUE;
  return FALSE;
}

/**
 * sl_actor_may_with_own:
 * @actor: who
 * @action: what
 * @location: (nullable): where it would happen; %NULL or none: nowhere in particular
 * @own: whether the session, member or booking is the actor's own
 * @refusal: (out): filled where the answer is no: not_allowed (role), or approval_required
 *
 * The one check of permissions. Any thread.
 *
 * Returns: whether the actor may
 */
gboolean
sl_actor_may_with_own (const SlActor *actor, SlAction action, const SlId *location, gboolean own, SlRefusal *refusal)
{
  g_return_val_if_fail (refusal != NULL, FALSE);

  SlScope scope = sl_actor_scope (actor, action);
  gboolean here = acts_at (actor, location);
  if (here && (scope == SL_SCOPE_ALL || (scope == SL_SCOPE_OWN && own)))
    return TRUE;
  sl_refuse (refusal, here && scope == SL_SCOPE_APPROVED ? SL_REFUSAL_APPROVAL_REQUIRED : SL_REFUSAL_NOT_ALLOWED);
  sl_refusal_set_text (refusal, "role", sl_role_name (actor->role));
  return FALSE;
}

/**
 * sl_actor_may:
 * @actor: who
 * @action: what
 * @location: (nullable): where it would happen; %NULL or none: nowhere in particular
 * @refusal: (out): filled where the answer is no
 *
 * Returns: whether the actor may do this to anything there, not only to what is their own
 */
gboolean
sl_actor_may (const SlActor *actor, SlAction action, const SlId *location, SlRefusal *refusal)
{
  return sl_actor_may_with_own (actor, action, location, FALSE, refusal);
}

/**
 * sl_role_name:
 * @role: a role
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_role_name (SlRole role)
{
  g_return_val_if_fail (role < SL_ROLE_LAST, "");

  return role_names[role];
}

/**
 * sl_role_parse:
 * @name: (nullable): an outside name
 * @out: (out): the role
 *
 * Returns: %FALSE where there is no such role
 */
gboolean
sl_role_parse (const char *name, SlRole *out)
{
  g_return_val_if_fail (out != NULL, FALSE);

  for (guint i = 0; i < SL_ROLE_LAST; i++)
    if (g_strcmp0 (name, role_names[i]) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}
