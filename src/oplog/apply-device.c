/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-device"

#include "oplog/oplog-private.h"

#include <string.h>

/* Devices: their first operations, invitations, and the organisation's issuing keys. */

typedef struct {
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  guint8 invitation[SL_SIGN_PUBLIC_BYTES];
  SlId predecessor;
  guint8 signature[SL_SIGNATURE_BYTES];
} First;

static gboolean
get_exactly (SlCborReader *body, gsize expected, guint8 *out)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_bytes (body, expected, &data, &length) || length != expected)
    return FALSE;
  memcpy (out, data, expected);
  return TRUE;
}

/* Found: [public key] · join: [public key, invitation, signature] · rebirth: [public key, predecessor, signature]. */
static gboolean
get_first (const SlOperation *operation, SlCborReader *body, First *out)
{
  gsize length, expected = operation->kind == SL_KIND_DEVICE_FOUND ? 1 : 3;
  SlId replica;
  if (operation->seq != 1 || !sl_id_is_none (&operation->entity)
      || !sl_cbor_get_array (body, expected, expected, &length)
      || !get_exactly (body, SL_SIGN_PUBLIC_BYTES, out->public_key))
    return FALSE;
  sl_replica_from_key (out->public_key, &replica);
  if (!sl_id_equal (&replica, &operation->replica))
    return FALSE;
  if (operation->kind == SL_KIND_DEVICE_JOIN && !get_exactly (body, SL_SIGN_PUBLIC_BYTES, out->invitation))
    return FALSE;
  if (operation->kind == SL_KIND_DEVICE_REBIRTH && !sl_cbor_get_id (body, &out->predecessor))
    return FALSE;
  return (operation->kind == SL_KIND_DEVICE_FOUND || get_exactly (body, SL_SIGNATURE_BYTES, out->signature))
         && sl_cbor_at_end (body);
}

static void
first_message (const char *domain, const SlId *organisation, const SlId *replica, const guint8 *public_key, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, domain);
  sl_hasher_add (&hasher, organisation->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, replica->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, public_key, SL_SIGN_PUBLIC_BYTES);
  sl_hasher_finish (&hasher, out);
}

/* sl_join_message: what an invitation's one-time key signs for the device that joins by it. */
void
sl_join_message (const SlId *organisation, const SlId *replica, const guint8 *public_key, SlHash *out)
{
  first_message ("studioloop join v1", organisation, replica, public_key, out);
}

/* sl_rebirth_message: what a device's old key signs for the device that goes on in its place. */
void
sl_rebirth_message (const SlId *organisation, const SlId *replica, const guint8 *public_key, SlHash *out)
{
  first_message ("studioloop rebirth v1", organisation, replica, public_key, out);
}

static gboolean
signature_holds (SlOplog *log, const SlOperation *operation, const First *first)
{
  SlHash message;
  SlId organisation;
  SlChain *old;
  switch (operation->kind)
    {
    case SL_KIND_DEVICE_FOUND:
      sl_organisation_from_key (first->public_key, &organisation);
      return sl_id_equal (&organisation, &log->identity.organisation);
    case SL_KIND_DEVICE_JOIN:
      sl_join_message (&log->identity.organisation, &operation->replica, first->public_key, &message);
      return sl_verify (first->invitation, message.bytes, SL_HASH_BYTES, first->signature);
    case SL_KIND_DEVICE_REBIRTH:
      old = sl_chain_find (log, &first->predecessor);
      sl_rebirth_message (&log->identity.organisation, &operation->replica, first->public_key, &message);
      return old != NULL && old->has_key && sl_verify (old->public_key, message.bytes, SL_HASH_BYTES, first->signature);
    default:
      return FALSE;
    }
}

/* sl_chain_take_first: learns from a chain's first operation whose key signs it and what admits it. FALSE: it is not a
 * proper first operation of this organisation, or goes on for a device that is not known (yet). */
gboolean
sl_chain_take_first (SlOplog *log, SlChain *chain, GBytes *bytes)
{
  g_autoptr (GArray) refs = sl_refs_new ();
  g_auto (SlOperation) operation = { 0 };
  First first = { 0 };
  SlCborReader body;
  if (!sl_operation_decode (bytes, &chain->replica, 1, 0, refs, &operation))
    return FALSE;
  sl_cbor_reader_init (&body, operation.body, operation.body_length);
  if (operation.kind < SL_KIND_DEVICE_FOUND || operation.kind > SL_KIND_DEVICE_REBIRTH
      || !get_first (&operation, &body, &first) || !signature_holds (log, &operation, &first))
    return FALSE;
  memcpy (chain->public_key, first.public_key, SL_SIGN_PUBLIC_BYTES);
  chain->has_key = TRUE;
  chain->has_invitation = operation.kind == SL_KIND_DEVICE_JOIN;
  memcpy (chain->invitation, first.invitation, SL_SIGN_PUBLIC_BYTES);
  chain->predecessor = first.predecessor;
  chain->dirty = TRUE;
  return TRUE;
}

/* sl_apply_device_first: device.found, device.join, device.rebirth. Their signatures were checked before the chain was
 * taken. */
gboolean
sl_apply_device_first (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  First first = { 0 };
  gboolean joined = operation->kind == SL_KIND_DEVICE_JOIN;
  if (!get_first (operation, body, &first))
    return sl_malformed (operation, error);
  if (operation->kind == SL_KIND_DEVICE_FOUND
      && !sl_store_exec (log->store, error,
                         "INSERT INTO organisation (id, created_hlc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET "
                         "created_hlc = excluded.created_hlc",
                         "di", &log->identity.organisation, operation->hlc))
    return FALSE;
  return sl_store_exec (
      log->store, error,
      "INSERT INTO device (id, created_hlc, public_key, invitation, predecessor) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET created_hlc = excluded.created_hlc, public_key = excluded.public_key, "
      "invitation = excluded.invitation,"
      " predecessor = excluded.predecessor",
      "dibbd", &operation->replica, operation->hlc, first.public_key, (gsize) SL_SIGN_PUBLIC_BYTES,
      joined ? first.invitation : NULL, (gsize) SL_SIGN_PUBLIC_BYTES, &first.predecessor);
}

/* sl_apply_device_admit: [invitation's public key, expires]. What joins by it applies from now on. */
gboolean
sl_apply_device_admit (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  guint8 invitation[SL_SIGN_PUBLIC_BYTES];
  gint64 expires_ms;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length)
      || !get_exactly (body, SL_SIGN_PUBLIC_BYTES, invitation) || !sl_cbor_get_int (body, 0, G_MAXINT64, &expires_ms)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (
      log->store, error,
      "INSERT INTO admission (invitation, replica, seq, expires_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", "bdii",
      invitation, (gsize) SL_SIGN_PUBLIC_BYTES, &operation->replica, (gint64) operation->seq, expires_ms);
}

/* sl_apply_issuing_key: [public key]: one more key that signs the organisation's codes. */
gboolean
sl_apply_issuing_key (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  SlId id;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !get_exactly (body, SL_SIGN_PUBLIC_BYTES, public_key) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_id_from_parts ("studioloop issuing key v1", public_key, SL_SIGN_PUBLIC_BYTES, NULL, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO issuing_key (id, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING", "db", &id,
                        public_key, (gsize) SL_SIGN_PUBLIC_BYTES);
}
