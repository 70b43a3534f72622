/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member"

#include "engine/member.h"

#include <string.h>

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/member-index.h"
#include "engine/member-merge.h"
#include "engine/member-private.h"
#include "engine/pin.h"
#include "engine/staff.h"

#define NAME_MAX_BYTES 120
#define EMAIL_MAX_BYTES 254      /* RFC 5321 section 4.5.3.1.3, less the angle brackets */
#define EMERGENCY_MAX_BYTES 400
#define INVOICE_TO_MAX_BYTES 400
#define REASON_MAX_BYTES 400
#define LANGUAGE_MAX_BYTES 35    /* RFC 5646 section 4.4.1 */

static const char *const channels[] = { "whatsapp", "sms", "email", "push", NULL };
static const char *const permissions[] = { SL_MEMBER_STANDARD, SL_MEMBER_VIP, SL_MEMBER_RESTRICTED, NULL };
static const char *const statuses[] = { SL_MEMBER_ACTIVE, SL_MEMBER_INACTIVE, SL_MEMBER_BANNED, NULL };

/* What was named, read and checked before the writer lock is taken. */
typedef struct {
  SlFields *fields;
  char *phone;             /* (nullable) E.164, where one was named */
  gboolean weak_pin, sets_pin;
} Prepared;

static void
prepared_clear (Prepared *prepared)
{
  g_clear_pointer (&prepared->fields, sl_fields_free);
  g_clear_pointer (&prepared->phone, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prepared, prepared_clear)

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

/* NULL: not named; "": cleared, unless it is needed. */
static gboolean
set_text (SlFields *fields, const char *column, const char *field, const char *raw, gsize max_bytes, gboolean needed,
          GError **error)
{
  if (raw == NULL)
    return TRUE;
  g_autofree char *clean = sl_text_clean (field, raw, max_bytes, error);
  if (clean == NULL)
    return FALSE;
  if (needed && *clean == '\0')
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
      return FALSE;
    }
  sl_fields_set_text (fields, column, *clean != '\0' ? clean : NULL);
  return TRUE;
}

static gboolean
set_phone (Prepared *out, const char *raw, GError **error)
{
  if (raw == NULL)
    return TRUE;
  g_autofree char *clean = sl_text_clean ("the phone number", raw, NAME_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  if (*clean != '\0' && !(out->phone = sl_phone_normalise (clean, SL_MEMBER_COUNTRY_CODE, error)))
    return FALSE;
  sl_fields_set_text (out->fields, "phone", out->phone);
  return TRUE;
}

/* Only what makes sending hopeless is refused: one @ with something on both sides, no blanks. */
static gboolean
set_email (SlFields *fields, const char *raw, GError **error)
{
  if (raw != NULL && *raw != '\0')
    {
      const char *at = strchr (raw, '@');
      if (at == NULL || at == raw || at[1] == '\0' || strchr (at + 1, '@') != NULL || strpbrk (raw, " \t,;<>") != NULL)
        return bad_input (error, "the e-mail address is none");
    }
  return set_text (fields, "email", "the e-mail address", raw, EMAIL_MAX_BYTES, FALSE, error);
}

/**
 * sl_member_is_birth_date:
 * @text: what was typed
 *
 * Returns: whether it is a day that somebody may be born on, written YYYY-MM-DD
 */
gboolean
sl_member_is_birth_date (const char *text)
{
  gint64 year, month, day;

  g_return_val_if_fail (text != NULL, FALSE);

  g_auto (GStrv) parts = g_strsplit (text, "-", 4);
  return strlen (text) == strlen ("YYYY-MM-DD") && g_strv_length (parts) == 3
         && g_ascii_string_to_signed (parts[0], 10, 1850, 2099, &year, NULL)
         && g_ascii_string_to_signed (parts[1], 10, 1, 12, &month, NULL)
         && g_ascii_string_to_signed (parts[2], 10, 1, 31, &day, NULL)
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
}

static gboolean
set_birth_date (SlEngine *engine, SlFields *fields, const char *raw, GError **error)
{
  if (raw == NULL)
    return TRUE;
  if (*raw != '\0' && !sl_member_is_birth_date (raw))
    return bad_input (error, "the birth date is written YYYY-MM-DD");
  /* Today by the zone that is furthest ahead; dates written like this sort as texts. */
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (sl_engine_now_ms (engine) / 1000);
  g_autoptr (GDateTime) ahead = g_date_time_add_hours (now, 14);
  g_autofree char *today = g_date_time_format (ahead, "%Y-%m-%d");
  if (strcmp (raw, today) > 0)
    return bad_input (error, "the birth date is in the future");
  sl_fields_set_text (fields, "birth_date", *raw != '\0' ? raw : NULL);
  return TRUE;
}

static gboolean
set_words (SlFields *fields, const SlMemberParams *params, GError **error)
{
  if (params->permission != NULL)
    {
      if (!g_strv_contains (permissions, params->permission))
        return bad_input (error, "the permission is one of standard, vip, restricted");
      sl_fields_set_text (fields, "permission", params->permission);
    }
  if (params->language != NULL)
    {
      if (strlen (params->language) > LANGUAGE_MAX_BYTES
          || strspn (params->language, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
               != strlen (params->language))
        return bad_input (error, "the language is a tag such as en or af-ZA");
      sl_fields_set_text (fields, "language", *params->language != '\0' ? params->language : NULL);
    }
  if (params->channel != NULL)
    {
      if (*params->channel != '\0' && !g_strv_contains (channels, params->channel))
        return bad_input (error, "the channel is one of whatsapp, sms, email, push");
      sl_fields_set_text (fields, "channel", *params->channel != '\0' ? params->channel : NULL);
    }
  if (params->marketing != 0)
    sl_fields_set_int (fields, "marketing", params->marketing > 0);
  if (params->home_location != NULL)
    sl_fields_set_id (fields, "home_location_id", params->home_location);
  if (params->instructor != NULL)
    sl_fields_set_id (fields, "instructor_id", params->instructor);
  return TRUE;
}

/* The status of somebody new. */
static gboolean
set_status_field (SlFields *fields, const SlMemberParams *params, GError **error)
{
  const char *status = params->status != NULL && *params->status != '\0' ? params->status : SL_MEMBER_ACTIVE;
  if (!g_strv_contains (statuses, status))
    return bad_input (error, "the status is one of active, inactive, banned");
  sl_fields_set_text (fields, "status", status);
  return set_text (fields, "status_reason", "the reason of the status", params->status_reason, REASON_MAX_BYTES, FALSE,
                   error);
}

/* Of somebody who is known: a ban comes and goes with a reason, by other commands. */
static gboolean
edit_status_field (SlFields *fields, const char *status, GError **error)
{
  if (status == NULL)
    return TRUE;
  if (g_strcmp0 (status, SL_MEMBER_ACTIVE) != 0 && g_strcmp0 (status, SL_MEMBER_INACTIVE) != 0)
    return bad_input (error, "the status is one of active, inactive");
  sl_fields_set_text (fields, "status", status);
  return TRUE;
}

/* Argon2id takes its time: before the writer lock. */
static gboolean
set_pin (SlEngine *engine, Prepared *out, const char *pin, GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  if (pin == NULL)
    return TRUE;
  out->sets_pin = TRUE;
  out->weak_pin = *pin != '\0' && sl_pin_is_weak (pin, SL_PIN_MEMBER_MIN_DIGITS, SL_PIN_MEMBER_MAX_DIGITS);
  if (*pin == '\0')
    sl_fields_set_null (out->fields, "pin_hash");
  if (*pin == '\0' || out->weak_pin)
    return TRUE;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  g_autofree char *hash = sl_pin_hash (engine->world, pin, &pepper);
  sl_fields_set_text (out->fields, "pin_hash", hash);
  return TRUE;
}

/* That what is named exists. */
static gboolean
check_named (SlEngine *engine, const SlMemberParams *params, GError **error)
{
  if (params->home_location != NULL && !sl_id_is_none (params->home_location))
    {
      g_autoptr (SlLocation) home = sl_location_get (engine, params->home_location, error);
      if (home == NULL)
        return FALSE;
    }
  if (params->instructor != NULL && !sl_id_is_none (params->instructor))
    {
      g_autoptr (SlStaff) instructor = sl_staff_get (engine, params->instructor, error);
      if (instructor == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
prepare (SlEngine *engine, const SlMemberParams *params, Prepared *out, GError **error)
{
  out->fields = sl_fields_new (SL_ENTITY_MEMBER);
  return check_named (engine, params, error)
         && set_text (out->fields, "first", "the first name", params->first, NAME_MAX_BYTES, TRUE, error)
         && set_text (out->fields, "last", "the last name", params->last, NAME_MAX_BYTES, TRUE, error)
         && set_phone (out, params->phone, error) && set_email (out->fields, params->email, error)
         && set_birth_date (engine, out->fields, params->birth_date, error)
         && set_text (out->fields, "notes", "the notes", params->notes, SL_MEMBER_NOTES_MAX_BYTES, FALSE, error)
         && set_text (out->fields, "emergency", "the emergency contact", params->emergency, EMERGENCY_MAX_BYTES, FALSE,
                      error)
         && set_text (out->fields, "invoice_to", "whom invoices are for", params->invoice_to, INVOICE_TO_MAX_BYTES,
                      FALSE, error)
         && set_words (out->fields, params, error) && set_pin (engine, out, params->pin, error);
}

/* Somebody else with the same number is probably the same person. */
static gboolean
check_duplicate (SlEngine *engine, const char *phone, const SlId *self, SlRefusal *out_refusal, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  if (phone == NULL)
    return TRUE;
  g_autoptr (GArray) ids = sl_member_index_by_phone (engine, phone, error);
  if (ids == NULL || !sl_member_fold_merged (engine, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      const SlId *other = &g_array_index (ids, SlId, i);
      if (self != NULL && sl_id_equal (self, other))
        continue;
      sl_refuse (out_refusal, SL_REFUSAL_POSSIBLE_DUPLICATE);
      sl_refusal_set_text (out_refusal, "member", sl_id_format (other, text));
      return TRUE;
    }
  return TRUE;
}

/* The rules of both commands. self (nullable): who is edited. FALSE on failure. */
static gboolean
check (SlEngine *engine, const SlActor *actor, const Prepared *prepared, const SlMember *self, gboolean anyway,
       SlRefusal *out_refusal, GError **error)
{
  if (!sl_actor_may (actor, SL_ACTION_EDIT_MEMBER, &engine->location, out_refusal)
      || (self != NULL && sl_member_refuse_erased (self, out_refusal)))
    return TRUE;
  if (prepared->weak_pin)
    {
      sl_refuse (out_refusal, SL_REFUSAL_PIN_WEAK);
      return TRUE;
    }
  return anyway || check_duplicate (engine, prepared->phone, self != NULL ? &self->id : NULL, out_refusal, error);
}

/**
 * sl_member_add:
 * @engine: the engine
 * @actor: who
 * @params: first and last name have to be named
 * @anyway: also where another member has the same phone number
 * @out_id: (out): the new member
 * @out_refusal: (out): not_allowed, pin_weak, reason_required (banned without one), possible_duplicate (member)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT naming the field, %SL_ERROR_NOT_FOUND for the home location
 */
gboolean
sl_member_add (SlEngine *engine, const SlActor *actor, const SlMemberParams *params, gboolean anyway, SlId *out_id,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (Prepared) prepared = { 0 };
  if (params->first == NULL || params->last == NULL)
    return bad_input (error, "a member needs a first and a last name");
  if (!prepare (engine, params, &prepared, error) || !set_status_field (prepared.fields, params, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check (engine, actor, &prepared, NULL, anyway, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code == SL_REFUSAL_NONE && g_strcmp0 (params->status, SL_MEMBER_BANNED) == 0
      && (params->status_reason == NULL || *params->status_reason == '\0'))
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "member add", out_refusal, error);
  if (params->permission == NULL)
    sl_fields_set_text (prepared.fields, "permission", SL_MEMBER_STANDARD);
  if (params->pin_hash != NULL)
    sl_fields_set_text (prepared.fields, "pin_hash", params->pin_hash);
  if (!sl_op_create (engine->log, prepared.fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_member_edit:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @params: what is not named stays as it is
 * @anyway: also where another member has the new phone number
 * @out_refusal: (out): not_allowed, member_erased, wrong_state (status: who is banned is unblocked, not edited),
 * pin_weak, possible_duplicate (member)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, also where the key to the member's data has not come here;
 * %SL_ERROR_BAD_INPUT
 */
gboolean
sl_member_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlMemberParams *params, gboolean anyway,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_auto (Prepared) prepared = { 0 };
  if (!prepare (engine, params, &prepared, error) || !edit_status_field (prepared.fields, params->status, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, id, error);
  if (member == NULL || !check (engine, actor, &prepared, member, anyway, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code == SL_REFUSAL_NONE && params->status != NULL
      && g_strcmp0 (member->status, SL_MEMBER_BANNED) == 0)
    {
      sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (out_refusal, "status", member->status);
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "member edit", out_refusal, error);
  if (prepared.sets_pin && !sl_pin_unlock (engine, &member->id, error))
    return sl_command_fail (engine);
  if (!sl_fields_is_empty (prepared.fields) && !sl_op_edit (engine->log, &member->id, prepared.fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
set_status (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id, const char *status,
            const char *reason, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, id, error);
  if (member == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER, &engine->location, out_refusal)
      && !sl_member_refuse_erased (member, out_refusal) && *clean == '\0')
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, command, out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  sl_fields_set_text (fields, "status", status);
  sl_fields_set_text (fields, "status_reason", clean);
  if (!sl_op_edit (engine->log, &member->id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_member_block:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @reason: (nullable): why; kept sealed, shown to staff
 * @out_refusal: (out): not_allowed, member_erased, reason_required
 * @error: return location
 *
 * A banned member is not admitted and cannot book. Bookings that stand stay.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_member_block (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason, SlRefusal *out_refusal,
                 GError **error)
{
  return set_status (engine, actor, "member block", id, SL_MEMBER_BANNED, reason, out_refusal, error);
}

/**
 * sl_member_unblock:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @reason: (nullable): why
 * @out_refusal: (out): not_allowed, member_erased, reason_required
 * @error: return location
 *
 * The member is active again.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_member_unblock (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason, SlRefusal *out_refusal,
                   GError **error)
{
  return set_status (engine, actor, "member unblock", id, SL_MEMBER_ACTIVE, reason, out_refusal, error);
}
