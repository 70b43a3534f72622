/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-badge"

#include "engine/badge.h"

#include "engine/checkin-code.h"
#include "engine/engine-private.h"

static gint64
months_later (gint64 ms, int months)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) then = g_date_time_add_months (now, months);
  return g_date_time_to_unix (then) * 1000;
}

/**
 * sl_badge_issue:
 * @staff: whose badge
 * @out_code: (out) (transfer full): the code's text; %NULL when refused
 * @out_expires_ms: (out): the end of its life, UTC ms
 * @out_refusal: (out): not_allowed, staff_inactive
 *
 * Signs a badge for a staff member. Nothing is written: it says who, and the PIN is still asked for. Engine thread.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, or the issuing key is not on this device
 */
gboolean
sl_badge_issue (SlEngine *engine, const SlActor *actor, const SlId *staff, char **out_code, gint64 *out_expires_ms,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && staff != NULL, FALSE);
  g_return_val_if_fail (out_code != NULL && out_expires_ms != NULL && out_refusal != NULL, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  *out_code = NULL;
  *out_expires_ms = months_later (now_ms, SL_BADGE_MONTHS);
  g_autoptr (SlStaff) person = sl_staff_get (engine, staff, error);
  if (person == NULL)
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_STAFF, &engine->location, out_refusal) ||
      (!person->active && !sl_refuse (out_refusal, SL_REFUSAL_STAFF_INACTIVE)))
    return sl_query_refuse (engine, actor, "staff badge", out_refusal);
  g_auto (SlSignKey) key = { 0 };
  if (!sl_oplog_issuing_key (engine->log, &key, error))
    return FALSE;
  SlCode code = { .kind = SL_CODE_STAFF_BADGE, .subject_id = *staff, .issued_ms = now_ms,
                  .expires_ms = *out_expires_ms };
  sl_code_set_organisation (&code, sl_oplog_get_organisation (engine->log));
  *out_code = sl_code_encode (&code, &key);
  return TRUE;
}

/**
 * sl_badge_holder:
 * @code: a code that has been proved to be ours
 * @now_ms: the moment by which it is judged, UTC ms
 * @out_staff: (out) (transfer full): whose badge it is; %NULL when refused
 * @out_refusal: (out caller-allocates): wrong_code_kind (kind), expired_code (expired_ms), staff_inactive
 *
 * Engine thread only.
 *
 * Returns: %TRUE: it picks @out_staff; %FALSE: refused, or with @error failed: %SL_ERROR_NOT_FOUND for somebody whom
 * this device has not heard of, who has no PIN here
 */
gboolean
sl_badge_holder (SlEngine *engine, const SlCode *code, gint64 now_ms, SlStaff **out_staff, SlRefusal *out_refusal,
                 GError **error)
{
  g_return_val_if_fail (engine != NULL && code != NULL && out_staff != NULL && out_refusal != NULL, FALSE);

  *out_staff = NULL;
  if (code->kind != SL_CODE_STAFF_BADGE)
    return sl_checkin_refuse_kind (code, out_refusal);
  if (now_ms >= code->expires_ms)
    return sl_checkin_refuse_expired (out_refusal, code->expires_ms);
  g_autoptr (SlStaff) staff = sl_staff_get (engine, &code->subject_id, error);
  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    return sl_refuse (out_refusal, SL_REFUSAL_STAFF_INACTIVE);
  *out_staff = g_steal_pointer (&staff);
  return TRUE;
}

/**
 * sl_badge_read:
 * @text: what was scanned: any bytes up to a NUL
 * @out_staff: (out) (transfer full): whose badge it is, to be picked on the PIN pad; %NULL when refused
 * @out_refusal: (out caller-allocates): bad_code (reason), foreign_code, wrong_code_kind (kind), expired_code
 * (expired_ms), staff_inactive
 *
 * Says who, and nothing else: the PIN is still asked for. Takes no lock and writes nothing. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE on failure: %SL_ERROR_NOT_FOUND, or storage
 */
gboolean
sl_badge_read (SlEngine *engine, const char *text, SlStaff **out_staff, SlRefusal *out_refusal, GError **error)
{
  SlCode code;

  g_return_val_if_fail (engine != NULL && text != NULL && out_staff != NULL && out_refusal != NULL, FALSE);

  *out_staff = NULL;
  if (sl_checkin_prove_code (engine, text, &code, out_refusal, error)
      && sl_badge_holder (engine, &code, sl_engine_now_ms (engine), out_staff, out_refusal, error))
    return TRUE;
  return out_refusal->code != SL_REFUSAL_NONE;
}
