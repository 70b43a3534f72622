/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-undo"

#include "core/text.h"
#include "engine/booking-policy.h"
#include "engine/checkin.h"
#include "engine/presence.h"

#define REASON_MAX_BYTES 500 /* a few sentences */

static gboolean
check_undoable (const SlActor *actor, const SlClaim *claim, const char *reason, SlRefusal *refusal)
{
  if (!sl_actor_may (actor, SL_ACTION_OVERRIDE_LATE, &claim->location_id, refusal))
    return FALSE;
  if (*reason == '\0')
    return sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
  if (claim->status == SL_BOOKING_CHECKED_IN && sl_booking_may_become (claim->status, SL_BOOKING_CONFIRMED))
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_NOT_UNDOABLE);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

static gboolean
undo_all (SlEngine *engine, const SlClaim *claim, const char *reason, GError **error)
{
  g_autoptr (GArray) ids = sl_claim_checkins (engine, claim, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!sl_op_checkin_undo (engine->log, &g_array_index (ids, SlId, i), reason, error))
      return FALSE;
  return ids != NULL;
}

/**
 * sl_checkin_undo:
 * @actor: staff who may override
 * @booking_id: a booking that is checked in
 * @reason: (nullable): why; must say something
 * @out_status: (out): what it is then: confirmed, or what the clock has made of that
 * @out_refusal: (out caller-allocates): not_allowed, reason_required, not_undoable (status)
 *
 * Takes back every check-in of the booking that stands, each by its own id: one that another device makes meanwhile is
 * not touched. Possible until the session's end. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_checkin_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                 SlBookingStatus *out_status, SlRefusal *out_refusal, GError **error)
{
  g_autofree char *clean = NULL;
  gint64 now_ms;
  SlClaim claim;

  g_return_val_if_fail (
      engine != NULL && actor != NULL && booking_id != NULL && out_status != NULL && out_refusal != NULL, FALSE);

  clean = sl_text_clean ("reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error)
      || !check_undoable (actor, &claim, clean, out_refusal))
    return sl_booking_decline (engine, actor, "undo", out_refusal, error);
  if (!undo_all (engine, &claim, clean, error) || !sl_claim_get_booking (engine, booking_id, now_ms, &claim, error))
    return sl_command_fail (engine);
  *out_status = claim.status;
  return sl_command_commit (engine, error);
}

/* What is looked at of an entry. */
typedef struct {
  SlId location_id;
  gint64 at_ms;
  gboolean stands, has_booking;
} Entry;

static gboolean
read_entry (SlEngine *engine, const SlId *checkin_id, Entry *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT location_id, at_ms, undone = 0, booking_id IS NOT NULL FROM checkin WHERE id = ? AND hlc IS NOT NULL",
      "d", checkin_id);
  gboolean found = sl_rows_next (rows);
  char text[SL_ID_TEXT_BYTES];

  if (found)
    {
      *out = (Entry){ .at_ms = sl_rows_int (rows, 1),
                      .stands = sl_rows_int (rows, 2) != 0,
                      .has_booking = sl_rows_int (rows, 3) != 0 };
      sl_rows_id (rows, 0, &out->location_id);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no check-in %s", sl_id_format (checkin_id, text));
  return found;
}

static gboolean
check_entry (SlEngine *engine, const SlActor *actor, const Entry *entry, const char *reason, SlRefusal *refusal,
             GError **error)
{
  g_auto (SlStay) stay = { 0 };

  if (!sl_actor_may (actor, SL_ACTION_OVERRIDE_LATE, &entry->location_id, refusal))
    return FALSE;
  if (*reason == '\0')
    return sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
  if (!entry->stands || entry->has_booking || sl_id_is_none (&entry->location_id))
    return sl_refuse (refusal, SL_REFUSAL_NOT_UNDOABLE);
  if (!sl_stay_load (engine, &entry->location_id, &stay, error))
    return FALSE;
  return sl_engine_now_ms (engine) < entry->at_ms + stay.open_gym_ms || sl_refuse (refusal, SL_REFUSAL_NOT_UNDOABLE);
}

/**
 * sl_checkin_undo_entry:
 * @actor: staff who may override
 * @checkin_id: an entry to the open gym, or of a member whom this device had not heard of
 * @reason: (nullable): why; must say something
 * @out_refusal: (out caller-allocates): not_allowed, reason_required, not_undoable: undone already, over, or of a
 * booking, which is undone by its own id
 *
 * Takes back that somebody came without a booking. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_checkin_undo_entry (SlEngine *engine, const SlActor *actor, const SlId *checkin_id, const char *reason,
                       SlRefusal *out_refusal, GError **error)
{
  g_autofree char *clean = NULL;
  Entry entry;

  g_return_val_if_fail (engine != NULL && actor != NULL && checkin_id != NULL && out_refusal != NULL, FALSE);

  clean = sl_text_clean ("reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!read_entry (engine, checkin_id, &entry, error)
      || !check_entry (engine, actor, &entry, clean, out_refusal, error))
    return sl_booking_decline (engine, actor, "undo", out_refusal, error);
  if (!sl_op_checkin_undo (engine->log, checkin_id, clean, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
