/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-history"

#include "oplog/history.h"

#include <stdlib.h>
#include <string.h>

#include "oplog/exchange.h"

/* Read from the operations themselves and not from the tables: those say how things stand, the log says who did what.
 * Any item of the length of an id that is one of those asked about makes an operation theirs, whatever its kind. */

static void
value_free (gpointer data)
{
  SlHistoryValue *value = data;
  g_free (value->name);
  g_free (value->value);
  g_free (value);
}

/**
 * sl_history_entry_free:
 * @entry: (nullable) (transfer full): an entry
 */
void
sl_history_entry_free (SlHistoryEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->kind);
  g_clear_pointer (&entry->values, g_ptr_array_unref);
  g_free (entry);
}

/* Containers nest at most SL_OPERATION_BODY_DEPTH_MAX deep, so a walk over all items in a row sees everything. */
static gboolean
body_names (const SlOperation *operation, GHashTable *about)
{
  SlCborReader reader;
  SlCborItem item;
  sl_cbor_reader_init (&reader, operation->body, operation->body_length);
  while (!sl_cbor_at_end (&reader) && sl_cbor_next (&reader, &item))
    if (item.type == SL_CBOR_BYTES && item.length == SL_ID_BYTES)
      {
        SlId id;
        memcpy (id.bytes, item.data, SL_ID_BYTES);
        if (g_hash_table_contains (about, &id))
          return TRUE;
      }
  return FALSE;
}

static gboolean
is_about (const SlOperation *operation, GHashTable *about)
{
  SlId made;
  sl_apply_made_id (operation, 0, &made);
  return g_hash_table_contains (about, &operation->entity) || g_hash_table_contains (about, &made)
         || g_hash_table_contains (about, &operation->actor) || body_names (operation, about);
}

static void
add_value (GPtrArray *values, const char *name, json_t *json)
{
  SlHistoryValue *value = g_new0 (SlHistoryValue, 1);
  gboolean plain = json_is_string (json) || json_is_null (json);
  char *dumped = plain ? NULL : json_dumps (json, JSON_COMPACT | JSON_ENCODE_ANY);
  value->name = g_strdup (name);
  value->value = g_strdup (dumped != NULL ? dumped : json_string_value (json));
  free (dumped);
  g_ptr_array_add (values, value);
}

/* sl_history_values: see the header. */
GPtrArray *
sl_history_values (SlOplog *log, const GArray *members, const SlOperation *operation)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (value_free);
  json_t *body = sl_export_body (log, members, operation), *item;
  const char *name;
  if (json_is_object (body))
    json_object_foreach (body, name, item)
      add_value (values, name, item);
  json_decref (body);
  return values;
}

static SlHistoryEntry *
entry_of (SlOplog *log, const GArray *members, const SlOperation *operation)
{
  SlHistoryEntry *entry = g_new0 (SlHistoryEntry, 1);
  const char *kind = sl_kind_name (operation->kind);
  entry->replica = operation->replica;
  entry->seq = operation->seq;
  entry->at_ms = sl_hlc_to_ms (operation->hlc);
  entry->kind = kind != NULL ? g_strdup (kind) : g_strdup_printf ("%" G_GUINT64_FORMAT, operation->kind);
  entry->entity = operation->entity;
  if (sl_id_is_none (&entry->entity))
    sl_apply_made_id (operation, 0, &entry->entity);
  entry->actor = operation->actor;
  entry->approver = operation->approver;
  entry->values = sl_history_values (log, members, operation);
  return entry;
}

/* What the chain had named where its bytes begin. (transfer full) */
static GArray *
refs_at_start (SlOplog *log, const SlChain *chain, GError **error)
{
  g_autoptr (GArray) refs = sl_refs_new ();
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT id FROM local_chain_ref WHERE ix = ? AND number < ? ORDER BY number", "ii",
                      chain->ix, (gint64) chain->pruned_refs);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (refs, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&refs) : NULL;
}

/* Applied operations only: the others have changed nothing here. */
static gboolean
read_chain (SlOplog *log, const SlChain *chain, GHashTable *about, const GArray *members, GPtrArray *out,
            GError **error)
{
  g_autoptr (GArray) refs = refs_at_start (log, chain, error);
  gint64 hlc = chain->pruned_hlc;
  if (refs == NULL)
    return FALSE;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, chain->pruned_seq), SL_OP_POS (chain->ix, chain->applied_seq));
  for (guint64 seq = chain->pruned_seq + 1; sl_rows_next (rows); seq++)
    {
      g_auto (SlOperation) operation = { 0 };
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 0);
      if (!sl_operation_decode (bytes, &chain->replica, seq, hlc, refs, &operation))
        break; /* such a chain ends there */
      hlc = operation.signed_hlc;
      if (!is_about (&operation, about))
        continue;
      if (!sl_correct_operation (log, &operation, error))
        return FALSE;
      g_ptr_array_add (out, entry_of (log, members, &operation));
    }
  return sl_rows_finish (rows, error);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const SlHistoryEntry *one = *(SlHistoryEntry *const *) a, *other = *(SlHistoryEntry *const *) b;
  if (one->at_ms != other->at_ms)
    return one->at_ms < other->at_ms ? -1 : 1;
  int by_device = memcmp (one->replica.bytes, other->replica.bytes, SL_ID_BYTES);
  return by_device != 0 ? by_device : one->seq < other->seq ? -1 : one->seq > other->seq;
}

/**
 * sl_oplog_history:
 * @log: a log
 * @about: (element-type SlId): a set: whom and what
 * @members: (element-type SlId): whose keys open notes and guests' names
 * @out_whole: (out): %FALSE: some of the log is folded away, and what it said is not told
 * @error: return location
 *
 * Reads the whole log once; takes no lock.
 *
 * Returns: (transfer full) (element-type SlHistoryEntry): applied operations that name one of @about, or were given by
 * one of them, the earliest first; %NULL on failure
 */
GPtrArray *
sl_oplog_history (SlOplog *log, GHashTable *about, const GArray *members, gboolean *out_whole, GError **error)
{
  g_return_val_if_fail (log != NULL && about != NULL && members != NULL && out_whole != NULL, NULL);

  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_history_entry_free);
  *out_whole = TRUE;
  if (!sl_store_begin_read (log->store, error))
    return NULL;
  gboolean done = sl_chains_load (log, error);
  for (guint i = 0; done && i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      *out_whole = *out_whole && chain->pruned_seq == 0;
      done = read_chain (log, chain, about, members, entries, error);
    }
  sl_store_end_read (log->store);
  g_ptr_array_sort (entries, compare_entries);
  return done ? g_steal_pointer (&entries) : NULL;
}

/**
 * sl_op_member_export:
 * @log: inside a transaction
 * @member: about whom something was handed out
 * @error: return location
 *
 * Changes nothing: that it was done, when and by whom stands in the log.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_member_export (SlOplog *log, const SlId *member, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 0);
  return sl_oplog_emit (log, SL_KIND_MEMBER_EXPORT, member, body, NULL, error);
}

/* sl_apply_member_export: entity: the member; []. */
gboolean
sl_apply_member_export (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 0, 0, &length) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return TRUE;
}
