/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-parked"

#include "oplog/fence.h"
#include "oplog/incoming.h"
#include "oplog/older.h"

/* What a later program wrote: src/oplog/README.md "Versions". An operation of an unknown kind is kept with its stamp
 * and author, an unknown field with its edit's: both are applied after the upgrade without reading the chain again.
 * Every kind commutes with what its chain has done since, so later is as good as in its place. */


static SlChain *
chain_at (SlOplog *log, gint64 pos)
{
  for (guint i = 0; i < log->chains->len; i++)
    if (((SlChain *) log->chains->pdata[i])->ix == pos >> 40)
      return log->chains->pdata[i];
  return NULL;
}

static guint64
seq_at (gint64 pos)
{
  return (guint64) (pos & SL_SEQ_MAX);
}

/* sl_park_operation: of a kind that this program does not know. Its seen has been told already. */
gboolean
sl_park_operation (SlOplog *log, const SlOperation *operation, GError **error)
{
  const SlChain *chain = sl_chain_find (log, &operation->replica);
  return sl_store_exec (
      log->store, error, "INSERT INTO local_parked (pos, kind, hlc, actor) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      "iiid", SL_OP_POS (chain->ix, operation->seq), (gint64) operation->kind, operation->signed_hlc,
      &operation->actor);
}

/* sl_park_fields: the part of an edit, written at stamp, whose field numbers this program does not know; the rest of it
 * is applied. */
gboolean
sl_park_fields (SlOplog *log, SlEntity entity, const SlId *id, const SlStamp *stamp, GBytes *fields, GError **error)
{
  const SlChain *chain = sl_chain_find (log, &stamp->replica);
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_parked_field (pos, entity, id, hlc, fields) VALUES (?, ?, ?, ?, ?) ON "
                        "CONFLICT (pos, entity, id) DO UPDATE SET fields = excluded.fields",
                        "iidig", SL_OP_POS (chain->ix, stamp->seq), (gint64) entity, id, stamp->hlc, fields);
}

/* sl_field_is_known: whether this program has a column for it. log (nullable). */
gboolean
sl_field_is_known (SlOplog *log, SlEntity entity, gint64 number)
{
  gboolean sealed;
  guint limit = log != NULL ? log->fields_known[entity] : 0;
  return sl_reference_column (entity, number, &sealed) != NULL && (limit == 0 || number <= limit);
}

/* How much this program knows: grows with every kind and field that is added, so an upgrade shows. */
static gint64
vocabulary (SlOplog *log)
{
  gint64 words = 0;
  for (guint kind = 1; kind < SL_KIND_LAST; kind++)
    words += sl_kind_is_known (log, kind) ? 1 : 0;
  for (guint entity = 0; entity < SL_ENTITY_LAST; entity++)
    for (gint64 number = 1; sl_field_is_known (log, entity, number); number++)
      words++;
  return words;
}

/* sl_parked_look: whether anything waits that this program may know. Cheap: once when the log is opened. */
gboolean
sl_parked_look (SlOplog *log, GError **error)
{
  gint64 known, parked;
  if (!sl_store_query_int (log->store, 0, &parked, error,
                           "SELECT EXISTS (SELECT 1 FROM local_parked) OR EXISTS (SELECT 1 FROM local_parked_field)",
                           "")
      || !sl_store_query_int (log->store, 0, &known, error, "SELECT value FROM local_meta WHERE key = 'kinds'", ""))
    return FALSE;
  log->parked_due = parked > 0 && known != vocabulary (log);
  return TRUE;
}

typedef struct {
  gint64 pos, hlc;
  guint64 kind;
  SlId actor;
} Parked;

static GArray *
read_parked (SlOplog *log, GError **error)
{
  g_autoptr (GArray) parked = g_array_new (FALSE, FALSE, sizeof (Parked));
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT pos, kind, hlc, actor FROM local_parked ORDER BY pos", "");
  while (sl_rows_next (rows))
    {
      Parked one = { .pos = sl_rows_int (rows, 0),
                     .kind = (guint64) sl_rows_int (rows, 1),
                     .hlc = sl_rows_int (rows, 2) };
      sl_rows_id (rows, 3, &one.actor);
      if (sl_kind_is_known (log, one.kind))
        g_array_append_val (parked, one);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&parked) : NULL;
}

/* Its author wrote it badly: this program would not have gone on behind it. What was applied since goes again, from the
 * log. Where it is folded into a snapshot, it stays out. */
static gboolean
stop_at (SlOplog *log, const SlChain *chain, const Parked *parked, gboolean *out_rebuild, GError **error)
{
  *out_rebuild = *out_rebuild || seq_at (parked->pos) > chain->pruned_seq;
  return sl_store_exec (log->store, error, "DELETE FROM local_parked WHERE pos = ?", "i", parked->pos);
}

static gboolean
apply_parked (SlOplog *log, const Parked *parked, gboolean *inout_rebuild, gboolean *out_applied, GError **error)
{
  SlChain *chain = chain_at (log, parked->pos);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) failure = NULL;
  g_auto (SlOperation) operation = { 0 };
  guint64 seq = seq_at (parked->pos);
  *out_applied = FALSE;
  if (chain == NULL || !sl_chain_read_operation (log, chain, seq, &bytes, error))
    return chain == NULL;
  if (!sl_operation_decode_again (bytes, &chain->replica, seq, parked->hlc, &parked->actor, &operation))
    return stop_at (log, chain, parked, inout_rebuild, error);
  if (!sl_correct_operation (log, &operation, error))
    return FALSE;
  log->hold = NULL;
  gboolean applied = sl_apply (log, &operation, bytes, &failure);
  gboolean held = log->hold != NULL;
  log->hold = NULL;
  if (!applied && g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT))
    return stop_at (log, chain, parked, inout_rebuild, error);
  if (!applied)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  *out_applied = !held;
  log->clock_hlc = MAX (log->clock_hlc, operation.hlc);
  return held || sl_store_exec (log->store, error, "DELETE FROM local_parked WHERE pos = ?", "i", parked->pos);
}

/* What one gives may justify another: until nothing moves. */
static gboolean
apply_operations (SlOplog *log, gboolean *out_rebuild, guint *out_left, GError **error)
{
  guint moved;
  do
    {
      g_autoptr (GArray) parked = read_parked (log, error);
      moved = 0;
      if (parked == NULL)
        return FALSE;
      for (guint i = 0; i < parked->len; i++)
        {
          gboolean applied;
          if (!apply_parked (log, &g_array_index (parked, Parked, i), out_rebuild, &applied, error))
            return FALSE;
          moved += applied ? 1 : 0;
        }
      *out_left = parked->len - moved;
      if (moved > 0 && !sl_apply_held (log, error))
        return FALSE;
  } while (moved > 0);
  return TRUE;
}

typedef struct {
  gint64 pos, hlc;
  SlEntity entity;
  SlId id;
  GBytes *fields;
} ParkedFields;

static void
parked_fields_clear (gpointer data)
{
  g_bytes_unref (((ParkedFields *) data)->fields);
}

static GArray *
read_parked_fields (SlOplog *log, GError **error)
{
  g_autoptr (GArray) parked = g_array_new (FALSE, FALSE, sizeof (ParkedFields));
  g_array_set_clear_func (parked, parked_fields_clear);
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT pos, entity, id, hlc, fields FROM local_parked_field ORDER BY pos", "");
  while (sl_rows_next (rows))
    {
      ParkedFields one = { .pos = sl_rows_int (rows, 0), .hlc = sl_rows_int (rows, 3) };
      gint64 entity = sl_rows_int (rows, 1);
      if (entity < 0 || entity >= SL_ENTITY_LAST || sl_rows_is_null (rows, 4))
        continue; /* a thing that only the later program has */
      one.entity = (SlEntity) entity;
      sl_rows_id (rows, 2, &one.id);
      one.fields = sl_rows_dup_blob (rows, 4);
      g_array_append_val (parked, one);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&parked) : NULL;
}

/* The same merge once more with what was left out: the last writer wins per field, whenever it is read. */
static gboolean
apply_fields (SlOplog *log, GError **error)
{
  g_autoptr (GArray) parked = read_parked_fields (log, error);
  for (guint i = 0; parked != NULL && i < parked->len; i++)
    {
      const ParkedFields *one = &g_array_index (parked, ParkedFields, i);
      SlChain *chain = chain_at (log, one->pos);
      SlCborReader reader;
      gsize length;
      const void *data = g_bytes_get_data (one->fields, &length);
      g_autoptr (GError) failure = NULL;
      if (chain == NULL)
        continue;
      SlOperation operation = { .replica = chain->replica, .seq = seq_at (one->pos), .hlc = one->hlc };
      if (!sl_store_exec (log->store, error, "DELETE FROM local_parked_field WHERE pos = ? AND entity = ? AND id = ?",
                          "iid", one->pos, (gint64) one->entity, &one->id))
        return FALSE;
      sl_cbor_reader_init (&reader, data, length);
      if (sl_reference_merge (log, one->entity, &one->id, &operation, FALSE, &reader, &failure)
          || g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT)) /* badly written: it stays out */
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return parked != NULL;
}

/* sl_parked_take_due: after an upgrade: what this program knows now. Inside a transaction. */
gboolean
sl_parked_take_due (SlOplog *log, GError **error)
{
  gboolean rebuild = FALSE;
  guint left;
  if (!log->parked_due)
    return TRUE;
  log->parked_due = FALSE; /* nothing of what follows comes back here */
  if (!apply_fields (log, error) || !apply_operations (log, &rebuild, &left, error)
      || (rebuild && !sl_oplog_rebuild (log, error)) || !sl_fence_after_import (log, error))
    return FALSE;
  log->parked_due = left > 0; /* what nothing justifies yet is tried again */
  return left > 0
         || sl_store_exec (log->store, error,
                           "INSERT INTO local_meta (key, value) VALUES ('kinds', ?) ON CONFLICT (key) DO UPDATE SET "
                           "value = excluded.value",
                           "i", vocabulary (log));
}

#define OWN_KIND_BITS 16

/* sl_version_check_own: TOO_NEW where our own chain holds a kind that this program does not know: it cannot tell what
 * this device has spent. Inside a transaction, before anything is written. */
gboolean
sl_version_check_own (SlOplog *log, GError **error)
{
  gint64 value;
  if (log->own == NULL || SL_RULE_IS_OFF (log, SL_RULE_ROLLED_BACK))
    return TRUE;
  if (log->own_kind_version != log->chains_version || log->own_kind == 0 || log->own_kind_ix != log->own->ix)
    {
      if (!sl_store_query_int (log->store, 0, &value, error, "SELECT value FROM local_meta WHERE key = 'own_kind'", ""))
        return FALSE;
      log->own_kind = value >> OWN_KIND_BITS == log->own->ix ? (guint64) value & ((1 << OWN_KIND_BITS) - 1) : 0;
      log->own_kind_version = log->chains_version;
      log->own_kind_ix = log->own->ix;
    }
  if (log->own_kind == 0 || sl_kind_is_known (log, log->own_kind))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW,
               "a later release has written here (operations of kind %u): this release can read, and must be upgraded "
               "before it writes",
               (guint) log->own_kind);
  return FALSE;
}

/* The kinds in the order in which programs have learnt them, which is that of their numbers but for two. */
static guint64
learnt_as (guint64 kind)
{
  return kind == SL_KIND_WAITLIST_JOIN || kind == SL_KIND_CHECKIN_LEAVE ? SL_KIND_CLAIM_TRUST : kind;
}

/* sl_version_note_own: remembers the latest kind of our own chain, in the transaction that writes it. */
gboolean
sl_version_note_own (SlOplog *log, guint64 kind, GError **error)
{
  if (sl_kind_set_has (&log->kinds_unknown, kind) || (log->kinds_last != 0 && kind > log->kinds_last))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW,
                   "this release cannot do that: it does not know operations of kind %u", (guint) kind);
      return FALSE;
    }
  kind = learnt_as (kind);
  if (log->own_kind_ix == log->own->ix && kind <= log->own_kind)
    return TRUE;
  log->own_kind = kind;
  log->own_kind_ix = log->own->ix;
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_meta (key, value) VALUES ('own_kind', ?) ON CONFLICT (key) DO UPDATE SET "
                        "value = excluded.value",
                        "i", log->own->ix << OWN_KIND_BITS | (gint64) kind);
}

/**
 * sl_oplog_set_unknown_kinds:
 * @log: a log, no transaction open
 * @kinds: (nullable): what it shall treat as a later program's; %NULL: nothing
 *
 * For tests of mixed versions alone.
 */
void
sl_oplog_set_unknown_kinds (SlOplog *log, const SlKindSet *kinds)
{
  log->kinds_unknown = kinds != NULL ? *kinds : (SlKindSet){ 0 };
  log->parked_due = TRUE;
}

/**
 * sl_oplog_set_known_kinds:
 * @log: a log, no transaction open
 * @last_kind: kinds after it are a later program's
 *
 * For tests of mixed versions alone.
 */
void
sl_oplog_set_known_kinds (SlOplog *log, guint last_kind)
{
  log->kinds_last = last_kind;
  log->parked_due = TRUE;
}

/**
 * sl_oplog_set_known_fields:
 * @log: a log, no transaction open
 * @entity: whose fields
 * @last_field: fields after this number are a later program's; 0: all are known
 *
 * For tests of mixed versions alone.
 */
void
sl_oplog_set_known_fields (SlOplog *log, SlEntity entity, guint last_field)
{
  g_return_if_fail (entity < SL_ENTITY_LAST);
  log->fields_known[entity] = (guint8) last_field;
  log->parked_due = TRUE;
}
