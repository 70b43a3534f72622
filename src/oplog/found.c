/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-found"

#include "oplog/oplog-private.h"

#include <sodium.h>
#include <string.h>

#define VAT_PERMILLE_DEFAULT 150 /* South Africa's standard rate */

static gboolean
add_random_key (SlOplog *log, SlKeyringKind kind, GError **error)
{
  g_auto (SlSealKey) key = { 0 };
  gboolean is_new;
  sl_seal_key_new (log->world, &key);
  return sl_keyring_add (log, kind, &log->identity.organisation, key.bytes, &is_new, error);
}

static gboolean
add_issuing_key (SlOplog *log, GError **error)
{
  g_auto (SlSignKey) key = { 0 };
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  SlId id;
  gboolean is_new;
  sl_sign_key_new (log->world, &key);
  sl_id_from_parts ("studioloop issuing key v1", key.public_key, SL_SIGN_PUBLIC_BYTES, NULL, 0, &id);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_bytes (body, key.public_key, SL_SIGN_PUBLIC_BYTES);
  return sl_keyring_add (log, SL_KEYRING_ISSUING, &id, key.secret_key, &is_new, error) /* its first half is the seed */
         && sl_oplog_emit (log, SL_KIND_ISSUING_KEY, NULL, body, NULL, error);
}

static gboolean
emit_founding (SlOplog *log, const SlFoundParams *params, SlId *out_location, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (SlFields) organisation = sl_fields_new (SL_ENTITY_ORGANISATION);
  g_autoptr (SlFields) location = sl_fields_new (SL_ENTITY_LOCATION);
  g_autoptr (SlFields) device = sl_fields_new (SL_ENTITY_DEVICE);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_bytes (body, log->identity.key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_fields_set_text (organisation, "name", params->name);
  sl_fields_set_text (organisation, "currency", params->currency);
  sl_fields_set_int (organisation, "vat_permille", VAT_PERMILLE_DEFAULT);
  sl_fields_set_text (location, "name", params->location_name);
  sl_fields_set_text (location, "timezone", params->timezone);
  if (!sl_oplog_emit (log, SL_KIND_DEVICE_FOUND, NULL, body, NULL, error)
      || !sl_op_edit (log, &log->identity.organisation, organisation, error)
      || !sl_op_create (log, location, out_location, error))
    return FALSE;
  sl_fields_set_text (device, "name", params->device_name);
  sl_fields_set_id (device, "location_id", out_location);
  return sl_op_edit (log, &log->identity.replica, device, error) && add_random_key (log, SL_KEYRING_PEPPER, error)
         && add_random_key (log, SL_KEYRING_NOTES, error) && add_issuing_key (log, error);
}

static gboolean
found (SlOplog *log, const SlFoundParams *params, SlId *out_location, GError **error)
{
  sl_sign_key_new (log->world, &log->identity.key);
  sl_replica_from_key (log->identity.key.public_key, &log->identity.replica);
  sl_organisation_from_key (log->identity.key.public_key, &log->identity.organisation);
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  log->actor = sl_actor_owner;
  SlChain *own = sl_chain_add (log, &log->identity.replica);
  if (own != NULL)
    {
      own->has_key = TRUE;
      memcpy (own->public_key, log->identity.key.public_key, SL_SIGN_PUBLIC_BYTES);
    }
  if (own == NULL || !emit_founding (log, params, out_location, error)
      || !sl_identity_write (sl_store_get_dir (log->store), &log->identity, error) || !sl_oplog_adopt (log, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "the new studio's log could not be begun");
      sl_oplog_rollback (log);
      return FALSE;
    }
  return sl_oplog_commit (log, error);
}

/**
 * sl_oplog_found:
 * @store: a new, empty store
 * @world: clock and random
 * @params: what the studio and this device are called
 * @out_location: (out caller-allocates): the first location's id
 * @error: return location
 *
 * Makes this device's identity and the first operations of a new organisation. On failure the directory may hold an
 * identity file without a studio: the caller cleans up what it has made.
 *
 * Returns: (transfer full) (nullable): the log
 */
SlOplog *
sl_oplog_found (SlStore *store, SlWorld *world, const SlFoundParams *params, SlId *out_location, GError **error)
{
  g_autoptr (SlOplog) log = sl_oplog_new_bare (store, world);
  return found (log, params, out_location, error) ? g_steal_pointer (&log) : NULL;
}
