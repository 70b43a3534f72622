/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-proof"

#include "engine/member-proof.h"

#include <string.h>

#include "core/text.h"
#include "engine/checkin-code.h"
#include "engine/engine-private.h"
#include "engine/member-brief.h"
#include "engine/member-private.h"
#include "engine/member.h"
#include "engine/pin.h"

/* Wrong tries at numbers that nobody has are counted too, on so many counters: whatever is typed, the table of wrong
 * tries stays small. */
#define STRANGERS 4096

/* For whom wrong tries are counted. A number that several members share has one counter, so that one of them coming in
 * does not lock out another; a PIN and a birth date have one each, so that who knows one cannot wipe off the guesses at
 * the other. */
static void
find_subject (const char *phone, GArray *members, gboolean by_birth_date, SlId *out)
{
  g_autofree char *e164 = sl_phone_normalise (phone, SL_MEMBER_COUNTRY_CODE, NULL);
  const char *number = e164 != NULL ? e164 : phone;

  if (members->len > 0)
    {
      *out = g_array_index (members, SlId, 0);
      for (guint i = 1; i < members->len; i++)
        if (sl_id_compare (&g_array_index (members, SlId, i), out) < 0)
          *out = g_array_index (members, SlId, i);
    }
  else
    {
      SlId whole;
      guint16 counter;

      sl_id_from_parts ("studioloop number of nobody", number, strlen (number), NULL, 0, &whole);
      counter = (guint16) ((whole.bytes[0] << 8 | whole.bytes[1]) % STRANGERS);
      sl_id_from_parts ("studioloop counter of strangers", &counter, sizeof counter, NULL, 0, out);
    }
  if (by_birth_date)
    {
      SlId member = *out;

      sl_id_from_parts ("studioloop tries at a birth date", member.bytes, SL_ID_BYTES, NULL, 0, out);
    }
}

/* A sealed column of each member; NULL where there is none, or no key to it here. */
static GPtrArray *
read_column (SlEngine *engine, GArray *members, const char *column, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < members->len; i++)
    {
      const SlId *id = &g_array_index (members, SlId, i);
      g_autoptr (SlRows) rows = sl_store_query (engine->store, sql, "d", id);
      char *text = NULL;
      gsize length;

      if (sl_rows_next (rows))
        {
          const void *sealed = sl_rows_blob (rows, 0, &length);

          text = sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
        }
      g_ptr_array_add (texts, text);
      if (!sl_rows_finish (rows, error))
        return NULL;
    }
  return g_steal_pointer (&texts);
}

static gboolean
prove_by_pin (SlEngine *engine, const SlId *subject, GArray *members, const char *pin, int *out_which,
              SlRefusal *refusal, GError **error)
{
  g_autoptr (GPtrArray) hashes = read_column (engine, members, "pin_hash", "SELECT pin_hash FROM member WHERE id = ?",
                                              error);
  g_autoptr (GPtrArray) set = g_ptr_array_new ();
  int which;

  if (hashes == NULL)
    return FALSE;
  for (guint i = 0; i < hashes->len; i++)
    if (hashes->pdata[i] != NULL)
      g_ptr_array_add (set, hashes->pdata[i]);
  if (!sl_pin_check_among (engine, subject, (const char *const *) set->pdata, set->len, pin, &which, refusal, error))
    return FALSE;
  for (guint i = 0; which >= 0 && i < hashes->len; i++)
    if (hashes->pdata[i] == set->pdata[which])
      *out_which = (int) i;
  return TRUE;
}

/* Twins with one number and no PIN cannot be told apart: the first by id is it, and staff can say otherwise. */
static gboolean
prove_by_birth_date (SlEngine *engine, const SlId *subject, GArray *members, const char *birth_date, int *out_which,
                     SlRefusal *refusal, GError **error)
{
  g_autoptr (GPtrArray) dates = read_column (engine, members, "birth_date",
                                             "SELECT birth_date FROM member WHERE id = ?", error);
  int which = -1;

  if (dates == NULL)
    return FALSE;
  for (guint i = 0; i < dates->len && which < 0; i++)
    if (g_strcmp0 (dates->pdata[i], birth_date) == 0)
      which = (int) i;
  if (!sl_pin_check_answer (engine, subject, which >= 0, refusal, error))
    return FALSE;
  *out_which = refusal->code == SL_REFUSAL_NONE ? which : -1;
  return TRUE;
}

/**
 * sl_member_prove:
 * @engine: an engine outside of any transaction: a PIN takes its time, and wrong tries count whatever becomes of the
 * command
 * @phone: a number, in whatever way it is written
 * @pin: (nullable): the member's PIN as typed
 * @birth_date: (nullable): or the member's birth date, YYYY-MM-DD
 * @out_id: (out): who it is; none where refused
 * @out_refusal: (out caller-allocates): pin_wrong, pin_locked (until_ms)
 *
 * A number that nobody has, a member without a PIN or a birth date, and a wrong one are answered alike, after the same
 * time, and are counted alike.
 *
 * Returns: %FALSE with @error: storage failed
 */
gboolean
sl_member_prove (SlEngine *engine, const char *phone, const char *pin, const char *birth_date, SlId *out_id,
                 SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GArray) members = NULL;
  gboolean by_birth_date = pin == NULL && birth_date != NULL;
  int which = -1;
  SlId subject;

  g_return_val_if_fail (engine != NULL && phone != NULL && out_id != NULL && out_refusal != NULL, FALSE);

  *out_id = sl_id_none;
  members = sl_member_ids_by_phone (engine, phone, error);
  if (members == NULL)
    return FALSE;
  find_subject (phone, members, by_birth_date, &subject);
  if (by_birth_date ? !prove_by_birth_date (engine, &subject, members, birth_date, &which, out_refusal, error)
                    : !prove_by_pin (engine, &subject, members, pin, &which, out_refusal, error))
    return FALSE;
  if (which >= 0)
    *out_id = g_array_index (members, SlId, which);
  return TRUE;
}

/**
 * sl_member_prove_pass:
 * @engine: an engine
 * @text: what was read, whatever it is
 * @out_id: (out): who it is; none where refused
 * @out_refusal: (out caller-allocates): bad_code (reason), foreign_code, wrong_code_kind (kind), revoked_code,
 * expired_code (expired_ms); not_allowed: a member whom this device has not heard of, or who is gone
 *
 * Whose pass it is, where nobody wants to come in by it. Takes no lock.
 *
 * Returns: %FALSE with @error: storage failed
 */
gboolean
sl_member_prove_pass (SlEngine *engine, const char *text, SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  SlCode code;

  g_return_val_if_fail (engine != NULL && text != NULL && out_id != NULL && out_refusal != NULL, FALSE);

  *out_id = sl_id_none;
  if (!sl_checkin_prove_code (engine, text, &code, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE;
  if (code.kind != SL_CODE_MEMBER_PASS)
    {
      sl_checkin_refuse_kind (&code, out_refusal);
      return TRUE;
    }
  if (!sl_checkin_check_pass (engine, &code, sl_engine_now_ms (engine), out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE;
  if (!sl_member_brief_load (engine, &code.subject_id, &member, error))
    return FALSE;
  if (!member.known || member.erased)
    sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
  else
    *out_id = member.id;
  return TRUE;
}
