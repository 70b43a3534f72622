/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roles"

#include "engine/actor.h"

#include "oplog/oplog.h"

/* What each role may do: README.md "Roles". The only place that says so; screens ask here. Beside it stand, with the
 * rules concerned: booking by members and instructors goes by the service's mode; managers manage the staff of their
 * own locations, below owners. */
#define NONE SL_SCOPE_NONE
#define OWN SL_SCOPE_OWN
#define APPROVED SL_SCOPE_APPROVED
#define ALL SL_SCOPE_ALL
static const SlScope matrix[SL_ACTION_LAST][SL_ROLE_LAST] = {
  /*                              member  instr.  recept.   finance manager owner */
  [SL_ACTION_VIEW_OWN]          = { OWN,  OWN,    OWN,      OWN,    OWN,    OWN },
  [SL_ACTION_BOOK_SELF]         = { ALL,  NONE,   NONE,     NONE,   NONE,   ALL },
  [SL_ACTION_BOOK_FOR_MEMBER]   = { NONE, ALL,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_CANCEL_OWN]        = { ALL,  OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_CANCEL_ANY]        = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_REFUND_MORE]       = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_MEMBERS]      = { NONE, OWN,    ALL,      ALL,    ALL,    ALL },
  [SL_ACTION_EDIT_MEMBER]       = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_EDIT_MEMBER_FINANCE] = { NONE, NONE, NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_ERASE_MEMBER]      = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_EXPORT_MEMBER]     = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_EDIT_CATALOGUE]    = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_TAKE_PAYMENT]      = { OWN,  NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_REFUND_MONEY]      = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_REFUND_OVER_LIMIT] = { NONE, NONE,   APPROVED, NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_REPORT_TODAY] = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_REPORTS_STAFF] = { NONE, OWN,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_VIEW_REPORTS_FINANCE] = { NONE, NONE, NONE,    ALL,    ALL,    ALL },
  [SL_ACTION_VIEW_REPORTS]      = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_CHANGE_SCHEDULE]   = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_EDIT_LOCATION]     = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_CREATE_LOCATION]   = { NONE, NONE,   NONE,     NONE,   NONE,   ALL },
  [SL_ACTION_OVERRIDE_LATE]     = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_OVERRIDE_CAPACITY] = { NONE, NONE,   APPROVED, NONE,   ALL,    ALL },
  [SL_ACTION_WAIVE_FEE]         = { NONE, NONE,   APPROVED, NONE,   ALL,    ALL },
  [SL_ACTION_MANAGE_STAFF]      = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_MANAGE_DEVICES]    = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_CHECK_IN]          = { ALL,  ALL,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_SETTLE_CONFLICTS]  = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  /* Training says much about a body: it is between the member and who trains them, and those who answer for both. */
  [SL_ACTION_VIEW_PROGRAMS]     = { OWN,  OWN,    NONE,     NONE,   ALL,    ALL },
  [SL_ACTION_WRITE_PROGRAMS]    = { NONE, OWN,    NONE,     NONE,   ALL,    ALL },
  /* Whoever is on the floor writes down what happened there; the desk sees to it that something is done. */
  [SL_ACTION_REPORT_INCIDENTS]  = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_CLOSE_INCIDENTS]   = { NONE, NONE,   ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_WRITE_NOTES]       = { NONE, OWN,    ALL,      NONE,   ALL,    ALL },
  [SL_ACTION_SEND_NOTIFICATIONS] = { OWN, NONE,   ALL,      NONE,   ALL,    ALL },
  /* It shows what everybody did and everything about everybody. */
  [SL_ACTION_VIEW_AUDIT]        = { NONE, NONE,   NONE,     NONE,   ALL,    ALL },
  /* Whoever has the phrase and a backup has everything. */
  [SL_ACTION_RENEW_RECOVERY]    = { NONE, NONE,   NONE,     NONE,   NONE,   ALL },
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
  if (actor == NULL)
    return;
  g_clear_pointer (&actor->locations, g_array_unref);
  sl_actor_clear (actor->approver);
  g_clear_pointer (&actor->approver, g_free);
}

/**
 * sl_actor_copy:
 * @actor: an actor
 * @out: (out caller-allocates): the same, which sl_actor_clear() frees
 *
 * For another thread, or for longer than @actor lives. An approver is copied too.
 */
void
sl_actor_copy (const SlActor *actor, SlActor *out)
{
  g_return_if_fail (actor != NULL && out != NULL);

  *out = (SlActor) { .id = actor->id, .role = actor->role };
  if (actor->locations != NULL)
    {
      out->locations = g_array_sized_new (FALSE, FALSE, sizeof (SlId), actor->locations->len);
      g_array_append_vals (out->locations, actor->locations->data, actor->locations->len);
    }
  if (actor->approver != NULL)
    {
      out->approver = g_new (SlActor, 1);
      sl_actor_copy (actor->approver, out->approver);
    }
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
 * sl_actor_approved_by:
 * @actor: who
 * @action: what
 * @location: (nullable): where it would happen; %NULL or none: nowhere in particular
 *
 * Whose PIN makes up for what the actor's role lacks: somebody's who may do this alone, and there. Everybody else's,
 * the actor's own included, makes up for nothing. Any thread.
 *
 * Returns: (nullable) (transfer none): the approver; %NULL where there is none, or none is needed
 */
const SlActor *
sl_actor_approved_by (const SlActor *actor, SlAction action, const SlId *location)
{
  const SlActor *approver = actor->approver;

  if (approver == NULL || sl_actor_scope (actor, action) != SL_SCOPE_APPROVED || !acts_at (actor, location))
    return NULL;
  return sl_actor_scope (approver, action) == SL_SCOPE_ALL && acts_at (approver, location) ? approver : NULL;
}

/**
 * sl_actor_may_with_own:
 * @actor: who
 * @action: what
 * @location: (nullable): where it would happen; %NULL or none: nowhere in particular
 * @own: whether the session, member or booking is the actor's own
 * @refusal: (out): filled where the answer is no: not_allowed (role), or approval_required (role, approver_role)
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
  if (sl_actor_approved_by (actor, action, location) != NULL)
    return TRUE;
  sl_refuse (refusal, here && scope == SL_SCOPE_APPROVED ? SL_REFUSAL_APPROVAL_REQUIRED : SL_REFUSAL_NOT_ALLOWED);
  sl_refusal_set_text (refusal, "role", sl_role_name (actor->role));
  if (refusal->code == SL_REFUSAL_APPROVAL_REQUIRED && actor->approver != NULL)
    sl_refusal_set_text (refusal, "approver_role", sl_role_name (actor->approver->role));
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
 * sl_actor_word:
 * @id: whose
 *
 * Returns: (transfer none) (nullable): what stands for those who act without a record of their own; %NULL: it is the id
 * of a staff member or a member
 */
const char *
sl_actor_word (const SlId *id)
{
  return sl_id_equal (id, &sl_actor_owner) ? "owner" : sl_id_equal (id, &sl_actor_device) ? "device" : NULL;
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
