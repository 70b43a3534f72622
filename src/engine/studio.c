/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio"

#include "engine/studio.h"

#include <string.h>

#include "core/datetime.h"
#include "core/text.h"
#include "engine/data-dir.h"
#include "engine/engine-private.h"
#include "engine/pin.h"
#include "engine/recovery-private.h"

#define NAME_MAX_BYTES 120
#define DEVICE_NAME_FIRST "Front desk"

/**
 * sl_studio_founded_clear:
 * @founded: (nullable): what was founded, also one that is all zero
 *
 * Frees what it holds; the recovery phrase is wiped.
 */
void
sl_studio_founded_clear (SlStudioFounded *founded)
{
  if (founded == NULL || founded->recovery_phrase == NULL)
    return;
  explicit_bzero (founded->recovery_phrase, strlen (founded->recovery_phrase));
  g_clear_pointer (&founded->recovery_phrase, g_free);
}

/* What people typed, cleaned. */
typedef struct { char *name, *location, *owner; const char *currency; } Clean;

static void
clean_clear (Clean *clean)
{
  g_free (clean->name);
  g_free (clean->location);
  g_free (clean->owner);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clean, clean_clear)

static gboolean
clean_name (const char *field, const char *raw, char **out, GError **error)
{
  *out = sl_text_clean (field, raw != NULL ? raw : "", NAME_MAX_BYTES, error);
  if (*out == NULL)
    return FALSE;
  if (**out != '\0')
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
  return FALSE;
}

/* ISO 4217: three capital letters. */
static gboolean
check_currency (const char *currency, GError **error)
{
  if (strlen (currency) == 3 && strspn (currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the currency is three capital letters, such as ZAR");
  return FALSE;
}

static gboolean
check_params (const SlStudioParams *params, Clean *out, GError **error)
{
  g_autoptr (GTimeZone) zone = NULL;
  out->currency = params->currency != NULL ? params->currency : SL_CURRENCY_DEFAULT;
  if (!clean_name ("the studio's name", params->name, &out->name, error)
      || !clean_name ("the location's name", params->location_name, &out->location, error)
      || !clean_name ("the owner's name", params->owner_name, &out->owner, error)
      || !check_currency (out->currency, error))
    return FALSE;
  zone = sl_time_zone_new (params->timezone != NULL ? params->timezone : "", error);
  return zone != NULL;
}

/* The owner, and the phrase that opens backups where this machine is gone. */
static gboolean
add_owner (SlOplog *log, SlStore *store, SlWorld *world, const SlStudioParams *params, const Clean *clean,
           SlStudioFounded *out, GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  if (!sl_oplog_pepper (log, &pepper, error))
    return FALSE;
  g_autofree char *hash = sl_pin_hash (world, params->owner_pin, &pepper);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STAFF);
  sl_fields_set_text (fields, "name", clean->owner);
  sl_fields_set_text (fields, "role", sl_role_name (SL_ROLE_OWNER));
  sl_fields_set_text (fields, "pin_hash", hash);
  sl_fields_set_int (fields, "active", 1);
  if (!sl_oplog_begin (log, &sl_actor_owner, error))
    return FALSE;
  if (!sl_op_create (log, fields, &out->owner_id, error)
      || !(out->recovery_phrase = sl_oplog_new_recovery_phrase (log, error))
      || (params->confirms_phrase && !sl_recovery_mark_unconfirmed (store, error)))
    {
      sl_oplog_rollback (log);
      return FALSE;
    }
  return sl_oplog_commit (log, error);
}

static gboolean
found (const char *work, SlWorld *world, const SlStudioParams *params, const Clean *clean, SlStudioFounded *out,
       GError **error)
{
  SlFoundParams found_params = { .name = clean->name, .currency = clean->currency, .location_name = clean->location,
                                 .timezone = params->timezone, .device_name = DEVICE_NAME_FIRST };
  g_autoptr (SlStore) store = sl_store_open (work, SL_STORE_CREATE, error);
  if (store == NULL)
    return FALSE;
  g_autoptr (SlOplog) log = sl_oplog_found (store, world, &found_params, &out->location_id, error);
  if (log == NULL || !add_owner (log, store, world, params, clean, out, error))
    return FALSE;
  out->organisation_id = *sl_oplog_get_organisation (log);
  out->replica_id = *sl_oplog_get_replica (log);
  return sl_store_checkpoint (store, error);
}

/**
 * sl_studio_init:
 * @dir: the data directory; made (0700, with missing parents) where it is missing
 * @world: clock and chance
 * @params: what it is called and whose it is
 * @out_founded: (out caller-allocates): the new ids and the recovery phrase, which is shown once and kept nowhere
 * @out_refusal: (out): already_initialised, pin_weak
 * @error: return location
 *
 * Founds a new, stand-alone studio. Whatever happens in between, a power cut too, afterwards there is a whole studio or
 * none.
 *
 * Returns: %FALSE on failure, %SL_ERROR_BAD_INPUT for a name, zone or currency that is none; nothing stays behind then,
 * nor when refused
 */
gboolean
sl_studio_init (const char *dir, SlWorld *world, const SlStudioParams *params, SlStudioFounded *out_founded,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && params != NULL && out_founded != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (Clean) clean = { 0 };
  g_auto (SlDataDir) data_dir = { 0 };
  gboolean occupied;
  *out_founded = (SlStudioFounded) { 0 };
  if (!sl_crypto_init (error) || !check_params (params, &clean, error))
    return FALSE;
  if (sl_pin_is_weak (params->owner_pin, SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS))
    {
      sl_refuse (out_refusal, SL_REFUSAL_PIN_WEAK);
      return TRUE;
    }
  if (!sl_data_dir_begin (dir, &data_dir, &occupied, error))
    return FALSE;
  if (occupied)
    {
      sl_refuse (out_refusal, SL_REFUSAL_ALREADY_INITIALISED);
      return TRUE;
    }
  if (found (data_dir.work, world, params, &clean, out_founded, error) && sl_data_dir_finish (&data_dir, error))
    return TRUE;
  sl_studio_founded_clear (out_founded);
  return FALSE;
}

static gboolean
join (const char *work, SlWorld *world, const char *file, const char *device_name, SlId *out_organisation,
      SlId *out_replica, gboolean *out_invalid, GError **error)
{
  g_autoptr (SlStore) store = sl_store_open (work, SL_STORE_CREATE, error);
  if (store == NULL)
    return FALSE;
  g_autoptr (SlOplog) log = sl_oplog_join (store, world, file, device_name, out_invalid, error);
  if (log == NULL)
    return FALSE;
  *out_organisation = *sl_oplog_get_organisation (log);
  *out_replica = *sl_oplog_get_replica (log);
  return sl_store_checkpoint (store, error);
}

/**
 * sl_studio_join:
 * @dir: the data directory; made where it is missing; the invitation may lie in it
 * @world: clock and chance
 * @invitation_file: what a device of the studio has written
 * @device_name: (nullable): what this device is to be called; %NULL: the machine's name
 * @out_organisation: (out): whose studio it is
 * @out_replica: (out): this device
 * @out_refusal: (out): already_initialised, invitation_invalid
 * @error: return location
 *
 * Makes a directory a device of the invitation's studio, with no network.
 *
 * Returns: %FALSE on failure; nothing stays behind then, nor when refused
 */
gboolean
sl_studio_join (const char *dir, SlWorld *world, const char *invitation_file, const char *device_name,
                SlId *out_organisation, SlId *out_replica, SlRefusal *out_refusal, GError **error)
{
  return sl_studio_join_with (dir, world, invitation_file, device_name, NULL, NULL, out_organisation, out_replica,
                              out_refusal, error);
}

/**
 * sl_studio_join_with:
 * @dir: the data directory; made where it is missing; the invitation may lie in it
 * @world: clock and chance
 * @invitation_file: what a device of the studio has written
 * @device_name: (nullable): what this device is to be called; %NULL: the machine's name
 * @func: (nullable): what else belongs to the device from its beginning. It is called while the device lies whole in a
 * working directory; files that it leaves there come along
 * @user_data: for @func
 * @out_organisation: (out): whose studio it is
 * @out_replica: (out): this device
 * @out_refusal: (out): already_initialised, invitation_invalid
 * @error: return location
 *
 * As sl_studio_join(); whatever happens in between, afterwards there is a device with what @func did, or none.
 *
 * Returns: %FALSE on failure, of @func too; nothing stays behind then, nor when refused
 */
gboolean
sl_studio_join_with (const char *dir, SlWorld *world, const char *invitation_file, const char *device_name,
                     SlStudioJoinedFunc func, gpointer user_data, SlId *out_organisation, SlId *out_replica,
                     SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && invitation_file != NULL, FALSE);
  g_return_val_if_fail (out_organisation != NULL && out_replica != NULL && out_refusal != NULL, FALSE);

  g_auto (SlDataDir) data_dir = { 0 };
  g_autofree char *name = NULL;
  g_autoptr (GError) failure = NULL;
  gboolean occupied, invalid = FALSE;
  if (!sl_crypto_init (error)
      || !clean_name ("the device's name", device_name != NULL ? device_name : g_get_host_name (), &name, error)
      || !sl_data_dir_begin (dir, &data_dir, &occupied, error))
    return FALSE;
  if (occupied)
    {
      sl_refuse (out_refusal, SL_REFUSAL_ALREADY_INITIALISED);
      return TRUE;
    }
  if (join (data_dir.work, world, invitation_file, name, out_organisation, out_replica, &invalid, &failure)
      && (func == NULL || func (data_dir.work, user_data, &failure)) && sl_data_dir_finish (&data_dir, &failure))
    return TRUE;
  if (!invalid)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  sl_refuse (out_refusal, SL_REFUSAL_INVITATION_INVALID);
  return TRUE;
}
