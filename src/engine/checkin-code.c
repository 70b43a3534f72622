/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-code"

#include "engine/checkin-code.h"

#include "engine/pass.h"

static gboolean
refuse_bad_code (SlRefusal *refusal, const char *reason)
{
  sl_refuse (refusal, SL_REFUSAL_BAD_CODE);
  sl_refusal_set_text (refusal, "reason", reason);
  return FALSE;
}

/* sl_checkin_refuse_expired: the code's own life is over. */
gboolean
sl_checkin_refuse_expired (SlRefusal *refusal, gint64 expired_ms)
{
  sl_refuse (refusal, SL_REFUSAL_EXPIRED_CODE);
  sl_refusal_set_int (refusal, "expired_ms", expired_ms);
  return FALSE;
}

/**
 * sl_checkin_prove_code:
 * @text: what was scanned or typed: any bytes up to a NUL
 * @out_code: (out caller-allocates): the code, proved to be ours, when not refused
 * @refusal: (out caller-allocates): bad_code (reason: shape, alphabet, version, kind, unknown_key, signature),
 * foreign_code
 *
 * Form, organisation, key and signature, in this order. Engine thread only.
 *
 * Returns: %FALSE: refused, or with @error storage failed
 */
gboolean
sl_checkin_prove_code (SlEngine *engine, const char *text, SlCode *out_code, SlRefusal *refusal, GError **error)
{
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  SlCodeProblem problem = sl_code_parse (text, out_code);
  gboolean found;

  if (problem != SL_CODE_OK)
    return refuse_bad_code (refusal, sl_code_problem_name (problem));
  if (!sl_code_is_of (out_code, sl_oplog_get_organisation (engine->log)))
    return sl_refuse (refusal, SL_REFUSAL_FOREIGN_CODE);
  if (!sl_oplog_issuing_public (engine->log, out_code->key_id, public_key, &found, error))
    return FALSE;
  if (!found)
    return refuse_bad_code (refusal, "unknown_key");
  return sl_code_verify (out_code, public_key) || refuse_bad_code (refusal, "signature");
}

/**
 * sl_checkin_refuse_kind:
 * @code: a genuine code
 * @refusal: (out caller-allocates): wrong_code_kind (kind: what it is)
 *
 * A code that is of no use where it was shown.
 *
 * Returns: %FALSE
 */
gboolean
sl_checkin_refuse_kind (const SlCode *code, SlRefusal *refusal)
{
  static const char *const kinds[] = {
    [SL_CODE_MEMBER_PASS] = "member_pass", [SL_CODE_BOOKING] = "booking", [SL_CODE_GUEST] = "guest",
    [SL_CODE_STAFF_BADGE] = "staff_badge", [SL_CODE_DEVICE_PAIRING] = "device_pairing",
  };

  sl_refuse (refusal, SL_REFUSAL_WRONG_CODE_KIND);
  if (code->kind < G_N_ELEMENTS (kinds))
    sl_refusal_set_text (refusal, "kind", kinds[code->kind]);
  return FALSE;
}

/**
 * sl_checkin_read_code:
 * @text: what was scanned or typed: any bytes up to a NUL
 * @out_code: (out caller-allocates): the code, proved to be ours, when not refused or refused for its kind
 * @refusal: (out caller-allocates): those of sl_checkin_prove_code(), wrong_code_kind (kind)
 *
 * The first check at the door, in its order: form, organisation, key, signature, and whether a code of that kind lets
 * anybody in. Whether it still counts is for the two checks below. Engine thread only.
 *
 * Returns: %FALSE: refused, or with @error storage failed
 */
gboolean
sl_checkin_read_code (SlEngine *engine, const char *text, SlCode *out_code, SlRefusal *refusal, GError **error)
{
  if (!sl_checkin_prove_code (engine, text, out_code, refusal, error))
    return FALSE;
  return out_code->kind == SL_CODE_MEMBER_PASS || out_code->kind == SL_CODE_BOOKING || out_code->kind == SL_CODE_GUEST
         || sl_checkin_refuse_kind (out_code, refusal);
}

/* A pass that is not on record here was issued at a device that was cut off; one that is newer on record revokes it all
 * the same. */
static gboolean
is_outdated (SlEngine *engine, const SlCode *code, gboolean *out_outdated, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlPass *current = sl_pass_current (engine, &code->subject_id, &failure);

  *out_outdated = current != NULL && current->issued_ms > code->issued_ms;
  g_clear_pointer (&current, sl_pass_free);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * sl_checkin_check_pass:
 * @code: a genuine member pass
 * @refusal: (out caller-allocates): revoked_code, expired_code (expired_ms)
 *
 * A newer pass revokes the older ones; one that is not on record here yet counts by its signature. It ends at its
 * expiry time itself.
 *
 * Returns: %TRUE: it counts; %FALSE: refused, or with @error storage failed
 */
gboolean
sl_checkin_check_pass (SlEngine *engine, const SlCode *code, gint64 now_ms, SlRefusal *refusal, GError **error)
{
  SlPassStanding standing;
  gboolean revoked;

  if (!sl_pass_standing (engine, &code->subject_id, code->serial, code->issued_ms, &standing, error))
    return FALSE;
  revoked = standing == SL_PASS_REVOKED;
  if (standing == SL_PASS_UNKNOWN && !is_outdated (engine, code, &revoked, error))
    return FALSE;
  if (revoked)
    return sl_refuse (refusal, SL_REFUSAL_REVOKED_CODE);
  return now_ms < code->expires_ms || sl_checkin_refuse_expired (refusal, code->expires_ms);
}

/**
 * sl_checkin_check_booking_code:
 * @code: a genuine booking or guest code
 * @session_known: whether the record of its session is here
 * @session_end_ms: when that session ends
 * @refusal: (out caller-allocates): expired_code (expired_ms)
 *
 * Good until the session's end. Where the session is known its record decides, so that a moved session keeps its codes
 * good; else the time in the code.
 *
 * Returns: %TRUE: it counts
 */
gboolean
sl_checkin_check_booking_code (const SlCode *code, gboolean session_known, gint64 session_end_ms, gint64 now_ms,
                               SlRefusal *refusal)
{
  gint64 expires_ms = session_known ? session_end_ms : code->expires_ms;

  return now_ms < expires_ms || sl_checkin_refuse_expired (refusal, expires_ms);
}
