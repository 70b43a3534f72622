/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-around"

#include "engine/around.h"

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/member-merge.h"

/* sl_around_may: see the header. */
gboolean
sl_around_may (SlEngine *engine, const SlActor *actor, SlAction action, const SlId *member, const SlId *location,
               gboolean *out_allowed, SlRefusal *out_refusal, GError **error)
{
  gboolean own = sl_id_is_none (member) && actor->role != SL_ROLE_MEMBER;

  *out_allowed = FALSE;
  if (!sl_id_is_none (member) && sl_actor_scope (actor, action) == SL_SCOPE_OWN)
    {
      gboolean known = actor->role == SL_ROLE_MEMBER ? sl_member_is_same (engine, &actor->id, member, &own, error)
                                                     : sl_member_is_own (engine, &actor->id, member, &own, error);
      if (!known)
        return FALSE;
    }
  *out_allowed = sl_actor_may_with_own (actor, action, location, own, out_refusal);
  return TRUE;
}

/* sl_around_text: see the header. */
char *
sl_around_text (const char *field, const char *text, gsize max_bytes, GError **error)
{
  g_autofree char *clean = sl_text_clean (field, text, max_bytes, error);

  if (clean == NULL)
    return NULL;
  if (*clean != '\0')
    return g_steal_pointer (&clean);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
  return NULL;
}
