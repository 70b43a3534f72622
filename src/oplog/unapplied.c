/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-unapplied"

#include <string.h>

#include "oplog/conflict.h"
#include "oplog/fork-private.h"

/* Operations that are stored here and not applied: of a kind that this program does not know, behind one that nothing
 * justifies yet, or beyond the cut of a revoked device. */

#define BOOKED_SESSION 0 /* the first two items of a booking's body */
#define BOOKED_MEMBER 1

/**
 * sl_unapplied_clear:
 * @unapplied: (nullable): what sl_unapplied_read() filled
 */
void
sl_unapplied_clear (SlUnapplied *unapplied)
{
  if (unapplied != NULL)
    g_clear_pointer (&unapplied->bytes, g_bytes_unref);
}

/* Takes the rows; adds their bytes and counts them. */
static gboolean
gather (SlRows *taken, GByteArray *bytes, gint64 *inout_left, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *data = sl_rows_blob (rows, 0, &length);
      if (data != NULL)
        g_byte_array_append (bytes, data, (guint) length);
      (*inout_left)--;
    }
  return sl_rows_finish (rows, error);
}

/* What a chain has still to say: nothing where its author is not admitted or wrote badly; of a revoked device only what
 * counts. */
static gboolean
will_apply_up_to (SlOplog *log, const SlChain *chain, guint64 *out, GError **error)
{
  gboolean admitted;
  guint64 limit;
  *out = chain->applied_seq;
  if (chain->stopped != NULL || chain->head_seq <= chain->applied_seq)
    return TRUE;
  if (!sl_chain_admitted (log, chain, &admitted, error) || !sl_fence_limit (log, chain, &limit, error))
    return FALSE;
  if (admitted)
    *out = MIN (chain->head_seq, limit);
  return TRUE;
}

/**
 * sl_unapplied_read:
 * @log: a log
 * @out: (out caller-allocates): clear with sl_unapplied_clear()
 * @error: return location
 *
 * What lies here and will be applied sometime: kinds of a later program, and chains that wait for what justifies an
 * operation. Whoever repairs anything waits for those that involve it.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_unapplied_read (SlOplog *log, SlUnapplied *out, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gint64 left = SL_UNAPPLIED_MAX + 1;
  *out = (SlUnapplied){ 0 };
  if (!sl_chains_load (log, error)
      || !gather (sl_store_query (log->store,
                                  "SELECT o.bytes FROM local_parked p CROSS JOIN local_op o ON o.pos = p.pos LIMIT ?",
                                  "i", left),
                  bytes, &left, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len && left > 0; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 up_to;
      if (!will_apply_up_to (log, chain, &up_to, error))
        return FALSE;
      if (up_to > chain->applied_seq
          && !gather (sl_store_query (log->store,
                                      "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ?",
                                      "iii", SL_OP_POS (chain->ix, chain->applied_seq), SL_OP_POS (chain->ix, up_to),
                                      left),
                      bytes, &left, error))
        return FALSE;
    }
  out->all = left > 0;
  out->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return TRUE;
}

/**
 * sl_unapplied_names:
 * @unapplied: what lies here
 * @id: a session, a claim, a member …
 *
 * An operation names what it is about, and what its body is about, by whole ids; so this holds for kinds that nobody
 * here knows, too.
 *
 * Returns: whether any of it may involve @id
 */
gboolean
sl_unapplied_names (const SlUnapplied *unapplied, const SlId *id)
{
  gsize length;
  const void *bytes = g_bytes_get_data (unapplied->bytes, &length);
  return !unapplied->all || (length > 0 && memmem (bytes, length, id->bytes, SL_ID_BYTES) != NULL);
}

/* sl_stored_operation_read: what people need of it; its number is set. */
void
sl_stored_operation_read (const SlOperation *operation, SlStoredOperation *out)
{
  SlCborReader body;
  gsize length;
  SlId ids[2] = { 0 };
  out->kind = operation->kind;
  out->at_ms = sl_hlc_to_ms (operation->hlc);
  if (operation->kind != SL_KIND_BOOK && operation->kind != SL_KIND_CLAIM)
    return;
  sl_cbor_reader_init (&body, operation->body, operation->body_length);
  if (!sl_cbor_get_array (&body, 2, G_MAXUINT16, &length) || !sl_cbor_get_id (&body, &ids[BOOKED_SESSION])
      || !sl_cbor_get_id (&body, &ids[BOOKED_MEMBER]))
    return;
  sl_apply_made_id (operation, 0, &out->made);
  out->session = ids[BOOKED_SESSION];
  out->member = ids[BOOKED_MEMBER];
}

/* The state of a chain's decoding just behind its number after. */
static gboolean
decode_up_to (SlOplog *log, SlChain *chain, guint64 after, GArray *refs, gint64 *inout_hlc, GError **error)
{
  for (guint64 seq = chain->applied_seq + 1; seq <= after; seq++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_auto (SlOperation) operation = { 0 };
      if (!sl_chain_read_operation (log, chain, seq, &bytes, error))
        return FALSE;
      if (sl_operation_decode (bytes, &chain->replica, seq, *inout_hlc, refs, &operation))
        *inout_hlc = operation.hlc;
    }
  return TRUE;
}

/**
 * sl_stored_operations:
 * @log: a log
 * @replica: whose
 * @after: behind this number, and behind what is applied
 * @max: how many at most
 * @error: return location
 *
 * Reads operations that are stored and not applied, for people who have to decide about them. What is malformed is left
 * out. Takes no lock.
 *
 * Returns: (transfer full) (nullable) (element-type SlStoredOperation): in their order
 */
GArray *
sl_stored_operations (SlOplog *log, const SlId *replica, guint64 after, guint max, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlStoredOperation));
  if (!sl_chains_load (log, error))
    return NULL;
  SlChain *chain = sl_chain_find (log, replica);
  if (chain == NULL)
    return g_steal_pointer (&list);
  if (!sl_chain_load_refs (log, chain, error))
    return NULL;
  g_autoptr (GArray) refs = g_array_copy (chain->refs);
  gint64 hlc = chain->applied_hlc;
  guint64 first = MAX (after, chain->applied_seq);
  if (!decode_up_to (log, chain, first, refs, &hlc, error))
    return NULL;
  for (guint64 seq = first + 1; seq <= chain->head_seq && list->len < max; seq++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_auto (SlOperation) operation = { 0 };
      SlStoredOperation one = { .seq = seq };
      if (!sl_chain_read_operation (log, chain, seq, &bytes, error))
        return NULL;
      if (!sl_operation_decode (bytes, replica, seq, hlc, refs, &operation))
        continue;
      hlc = operation.hlc;
      sl_stored_operation_read (&operation, &one);
      g_array_append_val (list, one);
    }
  return g_steal_pointer (&list);
}

/**
 * sl_chain_states:
 * @log: a log
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (nullable) (element-type SlChainState): every device whose operations are held here
 */
GArray *
sl_chain_states (SlOplog *log, GError **error)
{
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (SlChainState));
  if (!sl_chains_load (log, error))
    return NULL;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      SlChainState state = { .replica = chain->replica,
                             .head_seq = chain->head_seq,
                             .applied_seq = chain->applied_seq,
                             .last_ms = chain->applied_seq > 0 ? sl_hlc_to_ms (chain->applied_hlc) : 0,
                             .own = chain == log->own,
                             .stopped = chain->stopped != NULL };
      if (!sl_chain_admitted (log, chain, &state.admitted, error)
          || !will_apply_up_to (log, chain, &state.will_apply_seq, error))
        return NULL;
      g_array_append_val (states, state);
    }
  return g_steal_pointer (&states);
}
