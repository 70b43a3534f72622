/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-erase"

#include "engine/member.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/claim-queries.h"
#include "engine/engine-private.h"
#include "engine/member-merge.h"
#include "engine/waitlist.h"

/* Erasing a member's data, for good and everywhere: README.md "Erasing". What they booked, paid and attended stays
 * under an id that nobody can read a name from; what they have booked ahead is given back, since nobody will come. */

#define REASON_MAX_BYTES 400

/**
 * sl_member_refuse_erased:
 * @member: whom a command is about
 * @refusal: (out): member_erased
 *
 * Returns: whether the member's data was erased, and the command is refused
 */
gboolean
sl_member_refuse_erased (const SlMember *member, SlRefusal *refusal)
{
  g_return_val_if_fail (member != NULL && refusal != NULL, FALSE);

  if (member->erased)
    sl_refuse (refusal, SL_REFUSAL_MEMBER_ERASED);
  return member->erased;
}

/* Holds and bookings of sessions that have not begun, with everything back: whoever is already in has come.
 * sessions: (element-type SlId): gets the session of each. */
static gboolean
give_back_ahead (SlEngine *engine, const SlId *member, GArray *sessions, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GArray) claims =
      sl_claims_of_member_between (engine, member, NULL, now_ms, SL_TIME_MAX_MS, now_ms, error);
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);
      if (claim->released || claim->start_ms <= now_ms || claim->bits_in != 0
          || claim->status == SL_BOOKING_EXPIRED)
        continue; /* what has run out is run-due's */
      if (!sl_op_release (engine->log, &claim->id, claim->confirmed ? SL_RELEASE_CANCELLED : SL_RELEASE_LET_GO, 100,
                          NULL, error))
        return FALSE;
      g_array_append_val (sessions, claim->session_id);
    }
  return claims != NULL;
}

/* What was given back is the queue's next. */
static gboolean
offer_again (SlEngine *engine, GArray *sessions, GError **error)
{
  gint64 offered = 0;
  for (guint i = 0; i < sessions->len; i++)
    if (!sl_waitlist_promote (engine, &g_array_index (sessions, SlId, i), sl_engine_now_ms (engine), &offered, error))
      return FALSE;
  return TRUE;
}

/* Every record of theirs. */
static gboolean
erase_all (SlEngine *engine, const SlId *id, const char *reason, GError **error)
{
  g_autoptr (GArray) same = sl_member_same (engine, id, error);
  for (guint i = 0; same != NULL && i < same->len; i++)
    if (!sl_op_member_erase (engine->log, &g_array_index (same, SlId, i), reason, error))
      return FALSE;
  return same != NULL;
}

/**
 * sl_member_erase:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @reason: (nullable): why; it is kept, so it should name nobody
 * @out_released: (out): bookings ahead that were given back
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Destroys the key to all that is personal about the member, here at once and on every other device when it hears of
 * it, in all records that were merged into one. Nothing brings it back, no backup either. Attendance, payments and
 * credits stay, without a name.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_member_erase (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason, guint *out_released,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_released != NULL && out_refusal != NULL,
                        FALSE);

  *out_released = 0;
  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, id, error);
  if (member == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_ERASE_MEMBER, &engine->location, out_refusal)
      || sl_member_refuse_erased (member, out_refusal))
    return sl_command_refuse (engine, actor, "member erase", out_refusal, error);
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (!give_back_ahead (engine, id, sessions, error)
      || !erase_all (engine, id, *clean != '\0' ? clean : NULL, error)
      || !offer_again (engine, sessions, error))
    return sl_command_fail (engine);
  *out_released = sessions->len;
  return sl_command_commit (engine, error);
}
