/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-emit"

#include "oplog/oplog-private.h"

#include <string.h>

#include "core/datetime.h"

/* sl_oplog_next_id: the id of what the next operation makes first. */
void
sl_oplog_next_id (SlOplog *log, SlId *out)
{
  sl_id_derive (&log->own->replica, log->own->head_seq + 1, 0, out);
}

/**
 * sl_oplog_stamp:
 * @log: inside a transaction
 *
 * Returns: the stamp that the next operation will carry: above this chain's last and, within two minutes of this clock,
 * above every stamp applied here; an edit's above the fields that it writes, whatever their stamps are. A correction
 * of this device's own clock goes on from what its last stamp should have been
 */
gint64
sl_oplog_stamp (SlOplog *log)
{
  gint64 now_ms = log->world->now_ms (log->world);
  gint64 others = MIN (log->clock_hlc, sl_hlc_from_ms (now_ms + SL_CLOCK_AHEAD_MAX_MS));
  gint64 last = MAX (log->own->head_hlc - log->correcting_hlc, 0);
  return sl_hlc_next (MAX (MAX (last, others), log->floor_hlc), now_ms);
}

/**
 * sl_oplog_emitted:
 * @log: a log
 *
 * Returns: operations emitted since the transaction began
 */
gint64
sl_oplog_emitted (SlOplog *log)
{
  return log->emitted;
}

/**
 * sl_oplog_set_key:
 * @log: inside a transaction
 * @key: (nullable): a keyed command's key, hashed with its actor
 *
 * The next operation carries the key, so that two devices that ran the command with one key can be told.
 */
void
sl_oplog_set_key (SlOplog *log, const SlHash *key)
{
  log->has_key = key != NULL;
  if (key != NULL)
    memcpy (log->key, key->bytes, SL_KEY_BYTES);
}

/**
 * sl_oplog_set_approver:
 * @log: inside a transaction
 * @approver: who has approved, with a PIN of their own, what the actor may not do alone
 *
 * The further operations of the transaction carry the name, signed with all else.
 */
void
sl_oplog_set_approver (SlOplog *log, const SlId *approver)
{
  g_return_if_fail (approver != NULL && sl_store_in_transaction (log->store));

  log->approver = *approver;
}

/* What was applied from others since our chain last said so. Causality stands in the log itself. */
static GArray *
collect_seen (SlOplog *log)
{
  GArray *seen = NULL;
  if (log->seen_told)
    return NULL;
  log->seen_told = TRUE;
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      if (chain == log->own || chain->applied_seq <= chain->seen_seq
          || (seen != NULL && seen->len >= SL_OPERATION_SEEN_MAX))
        continue;
      SlSeen one = { .replica = chain->replica, .growth = chain->applied_seq - chain->seen_seq };
      if (seen == NULL)
        seen = g_array_new (FALSE, FALSE, sizeof (SlSeen));
      g_array_append_val (seen, one);
      chain->seen_seq = chain->applied_seq;
      chain->dirty = TRUE;
    }
  return seen;
}

/* sl_oplog_emit: builds an operation, appends it to our chain, applies it. body is emptied. A malformed one is a bug of
 * ours. */
gboolean
sl_oplog_emit (SlOplog *log, SlKind kind, const SlId *entity, SlCborWriter *body, SlId *out_made, GError **error)
{
  SlChain *own = log->own;
  g_autoptr (GBytes) item = sl_cbor_writer_finish (body);
  g_auto (SlOperation) operation = { .kind = kind, .has_key = log->has_key };
  SlHash hash;

  g_return_val_if_fail (sl_store_in_transaction (log->store), FALSE);
  if (!sl_version_note_own (log, kind, error) || !sl_chain_load_refs (log, own, error))
    return FALSE;
  operation.replica = own->replica;
  operation.seq = own->head_seq + 1;
  operation.entity = entity != NULL ? *entity : sl_id_none;
  operation.hlc = operation.signed_hlc = sl_oplog_stamp (log);
  operation.actor = log->actor;
  operation.body = g_bytes_get_data (item, &operation.body_length);
  operation.seen = collect_seen (log);
  operation.approver = log->approver;
  memcpy (operation.key, log->key, SL_KEY_BYTES);

  g_autoptr (GBytes) bytes = sl_operation_encode (&operation, own->head_hlc, own->refs);
  if (g_bytes_get_size (bytes) > SL_OPERATION_MAX_BYTES)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "too much text for one entry");
      return FALSE;
    }
  sl_chain_next (&own->replica, operation.seq, &own->head_hash, g_bytes_get_data (bytes, NULL),
                 g_bytes_get_size (bytes), &hash);
  const SlHash before = own->head_hash;
  gboolean in_step = own->applied_seq == own->head_seq;
  if (!sl_chain_append (log, own, bytes, &hash, error))
    return FALSE;
  own->head_hlc = operation.hlc;
  if (own->head_seq % SL_SEGMENT_MAX_OPERATIONS == 0 && !sl_chain_sign_head (log, error))
    return FALSE; /* so that no part of it is longer than one segment */
  log->has_key = FALSE;
  log->floor_hlc = 0;
  if (log->emitted++ == 0)
    log->emitted_before = before;
  if (out_made != NULL)
    sl_apply_made_id (&operation, 0, out_made);
  if (!in_step)
    return TRUE; /* not admitted yet, as far as we know: it is held here as everywhere */
  if (!sl_apply (log, &operation, bytes, error))
    {
      g_assert (error == NULL || !g_error_matches (*error, SL_ERROR, SL_ERROR_BAD_INPUT));
      return FALSE;
    }
  g_assert (log->hold == NULL); /* the engine has checked what this device may spend */
  own->applied_seq = operation.seq;
  own->applied_hlc = operation.hlc;
  log->clock_hlc = MAX (log->clock_hlc, operation.hlc);
  return sl_trail_mark (log, own, error);
}
