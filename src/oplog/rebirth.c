/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rebirth"

#include "oplog/oplog-private.h"

#include <string.h>

/* A copied or restored directory goes on as a new device without rights: src/oplog/README.md "Identity". The new
 * identity is written first, so that a power cut in between leaves either the old device or one that finishes this at
 * its next command. */

/* sl_rebirth_needed: whether this directory may not go on as the device that it says. */
gboolean
sl_rebirth_needed (SlOplog *log)
{
  return log->is_copy || (log->own == NULL && log->identity.has_predecessor);
}

static gboolean
copy_device_fields (SlOplog *log, const SlId *from, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_DEVICE);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT name, location_id FROM device WHERE id = ?", "d", from);
  if (sl_rows_next (rows))
    {
      SlId location;
      sl_rows_id (rows, 1, &location);
      sl_fields_set_text (fields, "name", sl_rows_text (rows, 0));
      sl_fields_set_id (fields, "location_id", &location);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  return sl_fields_is_empty (fields) || sl_op_edit (log, &log->identity.replica, fields, error);
}

static gboolean
emit_first (SlOplog *log, GError **error)
{
  SlIdentity *identity = &log->identity;
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  guint8 signature[SL_SIGNATURE_BYTES];
  SlHash message;
  sl_rebirth_message (&identity->organisation, &identity->replica, identity->key.public_key, &message);
  sl_sign (&identity->predecessor_key, message.bytes, SL_HASH_BYTES, signature);
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_bytes (body, identity->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_id (body, &identity->predecessor);
  sl_cbor_put_bytes (body, signature, SL_SIGNATURE_BYTES);
  return sl_oplog_emit (log, SL_KIND_DEVICE_REBIRTH, NULL, body, NULL, error);
}

/* sl_rebirth: inside a transaction, before its first operation. */
gboolean
sl_rebirth (SlOplog *log, GError **error)
{
  const char *dir = sl_store_get_dir (log->store);
  if (log->is_copy && log->own != NULL)
    {
      if (!sl_identity_succeed (&log->identity, log->world, dir, error))
        return FALSE;
      if (!sl_oplog_adopt (log, error))
        return FALSE;
    }
  log->is_copy = FALSE;
  log->own = NULL;
  if (!sl_keyring_rewrap (log, &log->identity.predecessor_key, error))
    return FALSE;
  SlChain *own = sl_chain_add (log, &log->identity.replica);
  if (own == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "the new device's chain could not be begun");
      return FALSE;
    }
  own->has_key = TRUE;
  memcpy (own->public_key, log->identity.key.public_key, SL_SIGN_PUBLIC_BYTES);
  own->predecessor = log->identity.predecessor;
  return emit_first (log, error) && copy_device_fields (log, &log->identity.predecessor, error);
}
