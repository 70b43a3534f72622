/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rebirth"

#include "oplog/fork-private.h"

#include <string.h>

/* A copied or restored directory goes on as a new device without rights: src/oplog/README.md "Identity". The new
 * identity is written first, so that a power cut in between leaves either the old device or one that finishes this at
 * its next command. */

/* Some of our own chain does not count: it rested on what turned out to lie beyond a final cut. */
static gboolean
has_fallen (SlOplog *log, gboolean *out, GError **error)
{
  guint64 limit;
  *out = FALSE;
  if (log->own == NULL || log->own->applied_seq == log->own->head_seq)
    return TRUE;
  if (!sl_fences_load (log, error) || !sl_forks_load (log, error))
    return FALSE;
  /* Nothing was taken back: it is not admitted yet, as far as is known. */
  if (log->fences->len == 0 && log->forks->len == 0)
    return TRUE;
  if (!sl_fence_limit (log, log->own, &limit, error))
    return FALSE;
  return limit != G_MAXUINT64 || sl_chain_admitted (log, log->own, out, error);
}

/* Another goes on under our name, or for us: this was cloned, or restored somewhere else. Where people have taken the
 * device away, nothing of it goes on by itself. */
static gboolean
has_double (SlOplog *log, gboolean *out, GError **error)
{
  *out = FALSE;
  if (log->own == NULL || SL_RULE_IS_OFF (log, SL_RULE_FORK_REBIRTH))
    return TRUE;
  if (!sl_fences_load (log, error) || !sl_forks_load (log, error))
    return FALSE;
  const SlFence *fence = sl_fence_find (log, &log->own->replica);
  *out = sl_fork_find (log, &log->own->replica) != NULL || (fence != NULL && fence->revocations->len > 0);
  for (guint i = 0; *out && fence != NULL && i < fence->revocations->len; i++)
    *out = g_array_index (fence->revocations, SlRevocation, i).reborn;
  return TRUE;
}

/* sl_rebirth_needed: whether this directory may not go on as the device that it says. */
gboolean
sl_rebirth_needed (SlOplog *log, gboolean *out, GError **error)
{
  *out = FALSE;
  if (SL_RULE_IS_OFF (log, SL_RULE_REBIRTH))
    return TRUE;
  if (log->is_copy || (log->own == NULL && log->identity.has_predecessor))
    {
      *out = TRUE;
      return TRUE;
    }
  if (!has_double (log, out, error) || (!*out && !has_fallen (log, out, error)))
    return FALSE;
  log->is_copy = *out;
  return TRUE;
}

static gboolean
copy_device_fields (SlOplog *log, const SlId *from, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_DEVICE);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT name, location_id, role FROM device WHERE id = ?", "d",
                                            from);
  if (sl_rows_next (rows))
    {
      SlId location;
      sl_rows_id (rows, 1, &location);
      sl_fields_set_text (fields, "name", sl_rows_text (rows, 0));
      sl_fields_set_id (fields, "location_id", &location);
      if (!sl_rows_is_null (rows, 2))
        sl_fields_set_text (fields, "role", sl_rows_text (rows, 2));
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

/* What was restored or put back in its place is gone. A copy's original may live on: people decide. */
static gboolean
revoke_old (SlOplog *log, GError **error)
{
  gboolean revoked;
  if (log->identity.predecessor_lives)
    return TRUE;
  if (!sl_fence_is_revoked (log, &log->identity.predecessor, &revoked, error))
    return FALSE;
  return revoked || sl_op_device_revoke (log, &log->identity.predecessor, TRUE, NULL, error);
}

/* What it went on as before its database was put back; others may know of it. */
static gboolean
revoke_also_gone (SlOplog *log, GError **error)
{
  const GArray *gone = log->identity.also_gone;
  for (guint i = 0; gone != NULL && i < gone->len; i++)
    {
      const SlId *replica = &g_array_index (gone, SlId, i);
      gboolean revoked;
      if (!sl_fence_is_revoked (log, replica, &revoked, error)
          || (!revoked && !sl_op_device_revoke (log, replica, TRUE, NULL, error)))
        return FALSE;
    }
  return TRUE;
}

/* A key of its own, written before anything is signed with it. */
static gboolean
take_identity (SlOplog *log, GError **error)
{
  const char *dir = sl_store_get_dir (log->store);
  if (log->own != NULL ? !log->is_copy : !log->is_spent)
    return TRUE; /* a power cut came between writing it and using it */
  gboolean written = log->own != NULL ? sl_identity_succeed (&log->identity, log->world, dir, error)
                                      : sl_identity_start_over (&log->identity, log->world, dir, error);
  return written && sl_oplog_adopt (log, error) && sl_mark_clear (&log->mark, error);
}

/* What the old device had written last may stand under no signature yet; nobody else would take it then. */
static gboolean
sign_old (SlOplog *log, GError **error)
{
  SlIdentity *identity = &log->identity;
  SlChain *old = sl_chain_find (log, &identity->predecessor);
  guint8 signature[SL_SIGNATURE_BYTES];
  if (old == NULL || old->head_seq == 0)
    return TRUE;
  sl_head_sign (&identity->predecessor_key, &identity->organisation, &old->replica, old->head_seq, &old->head_hash,
                signature);
  return sl_chain_store_head (log, old, old->head_seq, &old->head_hash, signature, error);
}

/* Of two histories each must be signed to its end, or the end of this one could never leave this directory. */
static gboolean
sign_double (SlOplog *log, GError **error)
{
  const SlIdentity *identity = &log->identity;
  SlChain *old = sl_chain_find (log, &identity->predecessor);
  guint8 signature[SL_SIGNATURE_BYTES];
  gboolean is_double;
  if (old == NULL || old->head_seq == 0)
    return TRUE;
  if (!sl_fork_is_known (log, &old->replica, &is_double, error) || !is_double)
    return !is_double;
  sl_head_sign (&identity->predecessor_key, &identity->organisation, &old->replica, old->head_seq, &old->head_hash,
                signature);
  return sl_chain_store_head (log, old, old->head_seq, &old->head_hash, signature, error);
}

/* sl_rebirth: inside a transaction, before its first operation. */
gboolean
sl_rebirth (SlOplog *log, GError **error)
{
  return take_identity (log, error) && sl_rebirth_begin (log, error);
}

/* sl_rebirth_begin: see the header. */
gboolean
sl_rebirth_begin (SlOplog *log, GError **error)
{
  log->is_copy = log->is_spent = FALSE;
  log->own = NULL;
  if (!sl_keyring_rewrap (log, &log->identity.predecessor_key, error) || !sign_double (log, error))
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
  for (guint i = 0; i < log->chains->len; i++)
    ((SlChain *) log->chains->pdata[i])->seen_seq = 0; /* the new chain has said nothing yet */
  return sign_old (log, error) && emit_first (log, error)
         && copy_device_fields (log, &log->identity.predecessor, error) && revoke_old (log, error)
         && revoke_also_gone (log, error);
}
