/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-recovery"

#include "engine/recovery.h"

#include <string.h>

#include "engine/engine-private.h"
#include "engine/recovery-private.h"
#include "engine/staff.h"

#define UNCONFIRMED "phrase_unconfirmed" /* in local_meta, of this device only */

static gboolean
forget_unconfirmed (SlStore *store, GError **error)
{
  return sl_store_exec (store, error, "DELETE FROM local_meta WHERE key = ?", "t", UNCONFIRMED);
}

/* asks: a screen shows it, and asks whether it is on paper. */
static gboolean
renew (SlEngine *engine, const SlActor *actor, gboolean asks, char **out_phrase, SlRefusal *out_refusal,
       GError **error)
{
  g_autofree char *phrase = NULL;
  *out_phrase = NULL;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_RENEW_RECOVERY, NULL, out_refusal))
    return sl_command_refuse (engine, actor, "recovery renew", out_refusal, error);
  phrase = sl_oplog_new_recovery_phrase (engine->log, error);
  if (phrase == NULL
      || !(asks ? sl_recovery_mark_unconfirmed (engine->store, error) : forget_unconfirmed (engine->store, error)))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    {
      explicit_bzero (phrase, strlen (phrase));
      return FALSE;
    }
  *out_phrase = g_steal_pointer (&phrase);
  return TRUE;
}

/**
 * sl_recovery_renew:
 * @engine: the engine
 * @actor: who
 * @out_phrase: (out) (transfer full) (nullable): the new phrase, to be shown once; %NULL where it is refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Makes another recovery phrase. Backups are sealed to it from here on, at other devices as soon as they hear of it.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_recovery_renew (SlEngine *engine, const SlActor *actor, char **out_phrase, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_phrase != NULL && out_refusal != NULL, FALSE);

  return renew (engine, actor, FALSE, out_phrase, out_refusal, error);
}

/* Who of the owners has this PIN. A studio has one or two. */
static gboolean
find_owner (SlEngine *engine, const char *pin, SlActor *out, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) staff = NULL;
  SlActor owner;
  sl_actor_init_owner (&owner);
  if (!sl_staff_list (engine, &owner, &staff, out_refusal, error))
    return FALSE;
  sl_refuse (out_refusal, SL_REFUSAL_PIN_WRONG);
  for (guint i = 0; i < staff->len && out_refusal->code != SL_REFUSAL_NONE; i++)
    {
      const SlStaff *one = staff->pdata[i];
      if (one->role != SL_ROLE_OWNER || !one->active)
        continue;
      sl_refusal_clear (out_refusal);
      *out_refusal = (SlRefusal){ 0 };
      if (!sl_staff_authenticate (engine, &one->id, pin, out, out_refusal, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_recovery_renew_by_pin:
 * @engine: the engine, outside of any command
 * @pin: as typed
 * @out_phrase: (out) (transfer full) (nullable): as of sl_recovery_renew()
 * @out_refusal: (out): pin_wrong, pin_locked (until_ms)
 * @error: return location
 *
 * For a screen, which asks then whether it was written down: sl_recovery_confirm().
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_recovery_renew_by_pin (SlEngine *engine, const char *pin, char **out_phrase, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && pin != NULL && out_phrase != NULL && out_refusal != NULL, FALSE);

  g_auto (SlActor) owner = { 0 };
  *out_phrase = NULL;
  if (!find_owner (engine, pin, &owner, out_refusal, error))
    return FALSE;
  return out_refusal->code != SL_REFUSAL_NONE || renew (engine, &owner, TRUE, out_phrase, out_refusal, error);
}

/* sl_recovery_mark_unconfirmed: see the header. */
gboolean
sl_recovery_mark_unconfirmed (SlStore *store, GError **error)
{
  return sl_store_exec (store, error,
                        "INSERT INTO local_meta (key, value) VALUES (?, 1) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        "t", UNCONFIRMED);
}

/**
 * sl_recovery_is_unconfirmed:
 * @engine: the engine
 * @out: (out): whether nobody has said yet that the phrase is on paper
 * @error: return location
 *
 * Of the device that founded the studio and asks for it; others and the command line ask nobody.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_recovery_is_unconfirmed (SlEngine *engine, gboolean *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  gint64 value;
  if (!sl_store_query_int (engine->store, 0, &value, error, "SELECT value FROM local_meta WHERE key = ?", "t",
                           UNCONFIRMED))
    return FALSE;
  *out = value != 0;
  return TRUE;
}

/**
 * sl_recovery_confirm:
 * @engine: the engine, outside of any command
 * @error: return location
 *
 * Somebody has the phrase on paper.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_recovery_confirm (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, FALSE);

  if (!sl_store_begin (engine->store, error))
    return FALSE;
  if (forget_unconfirmed (engine->store, error) && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}
