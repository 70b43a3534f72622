/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-load"

#include "oplog/snapshot-private.h"

#include <string.h>

/* Taking a snapshot in place of the operations that it folds. All of it happens inside the caller's transaction, which
 * a lie rolls back: rows that do not sum up to the hash that was vouched for, chains that their own devices have not
 * signed, a signer whom nobody admitted. */

typedef struct {
  SlOplog *log;
  const SlSnapshotInfo *info;
  gboolean is_base; /* our own kept one: chains and operations are here already */
  GHashTable *tables;
  GPtrArray *indexes; /* of utf8: the statements that make them again */
  sqlite3_stmt *insert;
  SlChain *chain;
  SlSnapshotChain what;
  guint64 head_before, seq;
  SlHash hash;                   /* h (seq), going forward from the cut */
  GPtrArray *firsts, *firsts_of; /* first operations, and the chains whose they are */
  GArray *heads;                 /* of PendingHead */
} Loading;

typedef struct {
  SlChain *chain;
  guint64 seq;
  SlHash hash;
  guint8 signature[SL_SIGNATURE_BYTES];
} PendingHead;

static void
loading_clear (Loading *self)
{
  (void) sqlite3_finalize (self->insert);
  g_clear_pointer (&self->tables, g_hash_table_unref);
  g_clear_pointer (&self->indexes, g_ptr_array_unref);
  g_clear_pointer (&self->firsts, g_ptr_array_unref);
  g_clear_pointer (&self->firsts_of, g_ptr_array_unref);
  g_clear_pointer (&self->heads, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loading, loading_clear)

static gboolean lie (const Loading *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);
static gboolean
lie (const Loading *self, GError **error, const char *format, ...)
{
  va_list args;
  char text[SL_ID_TEXT_BYTES];
  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the snapshot of device %s lies: %s",
               sl_id_format (&self->info->signer, text), what);
  return FALSE;
}

/* --- rows --- */

static gboolean
check_columns (Loading *self, const char *table, const char *const *columns, guint n_columns, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SlRows) rows = sl_store_query (self->log->store, "SELECT name FROM pragma_table_info (?)", "t", table);
  while (sl_rows_next (rows))
    g_hash_table_add (known, sl_rows_dup_text (rows, 0));
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < n_columns; i++)
    if (!g_hash_table_remove (known, columns[i])) /* unknown, or twice */
      return lie (self, error, "table %s has no column %s", table, columns[i]);
  return TRUE;
}

static gboolean
on_table (gpointer data, const char *name, const char *const *columns, guint n_columns, GError **error)
{
  Loading *self = data;
  sqlite3 *db = sl_store_get_db (self->log->store);
  (void) sqlite3_finalize (self->insert);
  self->insert = NULL;
  if (!g_hash_table_remove (self->tables, name))
    return lie (self, error, "there is no table %s, or it comes twice", name);
  if (!check_columns (self, name, columns, n_columns, error))
    return FALSE;
  g_autoptr (GString) sql = g_string_new (NULL);
  g_string_append_printf (sql, "INSERT INTO \"%s\" (", name);
  for (guint i = 0; i < n_columns; i++)
    g_string_append_printf (sql, "%s\"%s\"", i > 0 ? ", " : "", columns[i]);
  g_string_append (sql, ") VALUES (?");
  for (guint i = 1; i < n_columns; i++)
    g_string_append (sql, ", ?");
  g_string_append_c (sql, ')');
  if (sqlite3_prepare_v2 (db, sql->str, -1, &self->insert, NULL) == SQLITE_OK)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "loading %s: %s", name, sqlite3_errmsg (db));
  return FALSE;
}

static int
bind_value (sqlite3_stmt *stmt, int place, const SlCborItem *value)
{
  static const char empty[] = "";
  switch (value->type)
    {
    case SL_CBOR_INT:
      return sqlite3_bind_int64 (stmt, place, value->integer);
    case SL_CBOR_TEXT:
      return sqlite3_bind_text64 (stmt, place, value->length > 0 ? (const char *) value->data : empty, value->length,
                                  SQLITE_STATIC, SQLITE_UTF8);
    case SL_CBOR_BYTES:
      return sqlite3_bind_blob64 (stmt, place, value->length > 0 ? (const void *) value->data : empty, value->length,
                                  SQLITE_STATIC);
    default:
      return sqlite3_bind_null (stmt, place);
    }
}

static gboolean
on_row (gpointer data, const SlCborItem *values, guint n_values, GError **error)
{
  Loading *self = data;
  int rc = SQLITE_OK;
  for (guint i = 0; i < n_values && rc == SQLITE_OK; i++)
    rc = bind_value (self->insert, (int) i + 1, &values[i]);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (self->insert);
  (void) sqlite3_reset (self->insert);
  if (rc == SQLITE_DONE)
    return TRUE;
  if ((rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_MISMATCH)
    return lie (self, error, "a row does not fit its table");
  g_set_error (error, SL_ERROR, (rc & 0xff) == SQLITE_FULL ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE,
               "loading a snapshot: %s", sqlite3_errmsg (sl_store_get_db (self->log->store)));
  return FALSE;
}

/* Rows come by primary key: the table itself is written from its beginning to its end. Its other indexes are made at
 * the end, sorted, which is several times quicker than row by row. */
static gboolean
drop_indexes (Loading *self, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SlRows) rows = sl_store_query (
      self->log->store,
      "SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid", "");
  self->indexes = g_ptr_array_new_with_free_func (g_free);
  while (sl_rows_next (rows))
    if (g_hash_table_contains (self->tables, sl_rows_text (rows, 2)))
      {
        g_ptr_array_add (names, sl_rows_dup_text (rows, 0));
        g_ptr_array_add (self->indexes, sl_rows_dup_text (rows, 1));
      }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *sql = g_strdup_printf ("DROP INDEX \"%s\"", (const char *) names->pdata[i]);
      if (!sl_store_exec (self->log->store, error, sql, ""))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_indexes (Loading *self, GError **error)
{
  (void) sqlite3_finalize (self->insert);
  self->insert = NULL;
  for (guint i = 0; i < self->indexes->len; i++)
    if (!sl_store_exec (self->log->store, error, self->indexes->pdata[i], ""))
      return FALSE;
  return TRUE;
}

/* --- chains --- */

static gboolean
end_chain (Loading *self, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  if (self->chain == NULL || self->is_base)
    return TRUE;
  if (self->seq != self->what.head_seq || !sl_hash_equal (&self->hash, &self->what.head_hash))
    return lie (self, error, "the operations of %s do not lead to its head", sl_id_format (&self->what.replica, text));
  return TRUE;
}

static SlChain *
open_chain (Loading *self, const SlId *replica, GError **error)
{
  SlChain *chain = sl_chain_find (self->log, replica);
  if (chain == NULL)
    chain = sl_chain_add (self->log, replica);
  if (chain == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "a chain could not be begun");
  return chain;
}

static gboolean
cut_chain (Loading *self, SlChain *chain, const SlSnapshotChain *what, GBytes *first, GError **error)
{
  if (first != NULL && !chain->has_key)
    {
      g_ptr_array_add (self->firsts, g_bytes_ref (first));
      g_ptr_array_add (self->firsts_of, chain);
    }
  chain->pruned_seq = what->applied_seq;
  chain->pruned_hash = what->applied_hash;
  chain->pruned_hlc = what->applied_hlc;
  return sl_store_exec (self->log->store, error, "DELETE FROM local_op WHERE pos > ? AND pos <= ?", "ii",
                        SL_OP_POS (chain->ix, 0), SL_OP_POS (chain->ix, what->applied_seq))
         && (first == NULL || what->applied_seq == 0
             || sl_store_exec (self->log->store, error, "INSERT INTO local_op (pos, bytes) VALUES (?, ?)", "ig",
                               SL_OP_POS (chain->ix, 1), first));
}

static gboolean
on_chain (gpointer data, const SlSnapshotChain *what, GBytes *first, GError **error)
{
  Loading *self = data;
  SlChain *chain;
  if (!end_chain (self, error) || (chain = open_chain (self, &what->replica, error)) == NULL)
    return FALSE;
  self->chain = chain;
  self->what = *what;
  self->seq = what->applied_seq;
  self->hash = what->applied_hash;
  self->head_before = chain->head_seq;
  chain->applied_seq = what->applied_seq;
  chain->applied_hlc = what->applied_hlc;
  chain->dirty = TRUE;
  self->log->clock_hlc = MAX (self->log->clock_hlc, what->applied_hlc);
  g_clear_pointer (&chain->refs, g_array_unref);
  chain->refs = sl_refs_new ();
  chain->refs_stored = SL_REF_FIRST;
  if (chain->head_seq < what->applied_seq)
    {
      chain->head_seq = what->applied_seq;
      chain->head_hash = what->applied_hash;
      chain->head_hlc = MAX (chain->head_hlc, what->applied_hlc);
    }
  return self->is_base || cut_chain (self, chain, what, first, error);
}

static gboolean
on_ref (gpointer data, const SlId *id, GError **error)
{
  Loading *self = data;
  g_array_append_val (self->chain->refs, *id);
  return TRUE;
}

static gboolean
on_head (gpointer data, guint64 seq, const SlHash *hash, const guint8 *signature, GError **error)
{
  Loading *self = data;
  PendingHead head = { .chain = self->chain, .seq = seq, .hash = *hash };
  memcpy (head.signature, signature, SL_SIGNATURE_BYTES);
  g_array_append_val (self->heads, head);
  return TRUE;
}

static gboolean
on_operation (gpointer data, guint64 seq, GBytes *bytes, GError **error)
{
  Loading *self = data;
  SlHash previous = self->hash;
  char text[SL_ID_TEXT_BYTES];
  self->seq = seq;
  if (self->is_base)
    return TRUE;
  sl_chain_next (&self->what.replica, seq, &previous, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                 &self->hash);
  if (seq == self->head_before && !sl_hash_equal (&self->hash, &self->chain->head_hash))
    return lie (self, error, "its chain of %s is another than the one here (fork)",
                sl_id_format (&self->what.replica, text));
  return seq <= self->chain->head_seq || sl_chain_append (self->log, self->chain, bytes, &self->hash, error);
}

static gboolean
on_parked (gpointer data, guint64 seq, gint64 kind, gint64 hlc, const SlId *actor, GBytes *bytes, GError **error)
{
  Loading *self = data;
  gint64 pos = SL_OP_POS (self->chain->ix, seq);
  return sl_store_exec (self->log->store, error,
                        "INSERT INTO local_op (pos, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", "ig", pos, bytes)
         && sl_store_exec (self->log->store, error,
                           "INSERT OR REPLACE INTO local_parked (pos, kind, hlc, actor) VALUES (?, ?, ?, ?)", "iiid",
                           pos, kind, hlc, actor);
}

static gboolean
on_fields (gpointer data, guint64 seq, gint64 entity, const SlId *id, gint64 hlc, GBytes *fields, GError **error)
{
  Loading *self = data;
  return sl_store_exec (self->log->store, error,
                        "INSERT OR REPLACE INTO local_parked_field (pos, entity, id, hlc, fields) VALUES (?, ?, ?, ?, "
                        "?)",
                        "iidig", SL_OP_POS (self->chain->ix, seq), entity, id, hlc, fields);
}

static gboolean
on_seen (gpointer data, const SlId *of, guint64 seq, guint64 total, GError **error)
{
  Loading *self = data;
  const SlChain *seen = open_chain (self, of, error);
  return seen != NULL
         && sl_store_exec (self->log->store, error,
                           "INSERT OR REPLACE INTO local_seen (of_ix, ix, seq, total) VALUES (?, ?, ?, ?)", "iiii",
                           seen->ix, self->chain->ix, (gint64) seq, (gint64) total);
}

/* --- what must hold of all of it --- */

/* Who the chains belong to. One may go on for another that comes later: until nothing moves. */
static gboolean
take_firsts (Loading *self, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  for (guint taken = 1; taken > 0;)
    {
      taken = 0;
      for (guint i = 0; i < self->firsts->len; i++)
        {
          SlChain *chain = self->firsts_of->pdata[i];
          if (!chain->has_key && sl_chain_take_first (self->log, chain, self->firsts->pdata[i]))
            taken++;
        }
    }
  for (guint i = 0; i < self->firsts_of->len; i++)
    {
      const SlChain *chain = self->firsts_of->pdata[i];
      if (!chain->has_key)
        return lie (self, error, "the first operation of %s does not show who it is (unknown_device)",
                    sl_id_format (&chain->replica, text));
    }
  return TRUE;
}

/* Each device has signed its own chain to where the snapshot says that it goes. */
static gboolean
check_heads (Loading *self, GError **error)
{
  SlOplog *log = self->log;
  char text[SL_ID_TEXT_BYTES];
  g_autoptr (GHashTable) vouched = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < self->heads->len; i++)
    {
      const PendingHead *head = &g_array_index (self->heads, PendingHead, i);
      if (!sl_head_verify (head->chain->public_key, &log->identity.organisation, &head->chain->replica, head->seq,
                           &head->hash, head->signature))
        return lie (self, error, "the signature of %s at operation %" G_GUINT64_FORMAT " does not hold (bad_signature)",
                    sl_id_format (&head->chain->replica, text), head->seq);
      if (!sl_chain_store_head (log, head->chain, head->seq, &head->hash, head->signature, error))
        return FALSE;
      for (guint j = 0; j < self->info->chains->len; j++)
        {
          const SlSnapshotChain *what = &g_array_index (self->info->chains, SlSnapshotChain, j);
          if (what->head_seq == head->seq && sl_id_equal (&what->replica, &head->chain->replica)
              && sl_hash_equal (&what->head_hash, &head->hash))
            g_hash_table_add (vouched, head->chain);
        }
    }
  for (guint i = 0; i < self->info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (self->info->chains, SlSnapshotChain, i);
      if (what->head_seq > 0 && !g_hash_table_contains (vouched, sl_chain_find (log, &what->replica)))
        return lie (self, error, "%s has not signed its chain", sl_id_format (&what->replica, text));
    }
  return TRUE;
}

/* Only what an admitted device wrote is in the rows, and only an admitted device vouches for them. */
static gboolean
check_admissions (Loading *self, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  for (guint i = 0; i < self->info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (self->info->chains, SlSnapshotChain, i);
      const SlChain *chain = sl_chain_find (self->log, &what->replica);
      gboolean admitted;
      if (!sl_chain_admitted (self->log, chain, &admitted, error))
        return FALSE;
      if (!admitted && what->applied_seq > 0)
        return lie (self, error, "it holds operations of %s, which nobody admitted",
                    sl_id_format (&what->replica, text));
    }
  const SlChain *signer = sl_chain_find (self->log, &self->info->signer);
  gboolean admitted = FALSE;
  if (signer != NULL && !sl_chain_admitted (self->log, signer, &admitted, error))
    return FALSE;
  return admitted || lie (self, error, "nobody admitted its device (unknown_device)");
}

static gboolean
check_sum (Loading *self, GError **error)
{
  SlHash state, merge;
  sl_state_sum_to_hash (&self->log->sum, &state);
  if (!sl_hash_equal (&state, &self->info->state))
    return lie (self, error, "its rows are not the state that it states");
  return sl_snapshot_merge_hash (self->log, &merge, error)
         && (sl_hash_equal (&merge, &self->info->merge)
             || lie (self, error, "what it says of the chains is not what it states"));
}

static gboolean
store_cuts (Loading *self, GError **error)
{
  for (guint i = 0; i < self->info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (self->info->chains, SlSnapshotChain, i);
      SlChain *chain = sl_chain_find (self->log, &what->replica);
      chain->pruned_refs = chain->refs->len;
      if (!sl_store_exec (self->log->store, error,
                          "INSERT OR REPLACE INTO local_pruned (ix, seq, hash, hlc, refs) VALUES (?, ?, ?, ?, ?)",
                          "iibii", chain->ix, (gint64) chain->pruned_seq, chain->pruned_hash.bytes,
                          (gsize) SL_HASH_BYTES, chain->pruned_hlc, (gint64) chain->pruned_refs))
        return FALSE;
    }
  return TRUE;
}

static gboolean
begin_loading (Loading *self, GError **error)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (self->log->store, error);
  if (tables == NULL)
    return FALSE;
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < tables->len; i++)
    g_hash_table_add (self->tables, g_strdup (tables->pdata[i]));
  self->firsts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->firsts_of = g_ptr_array_new ();
  self->heads = g_array_new (FALSE, FALSE, sizeof (PendingHead));
  return drop_indexes (self, error);
}

/* sl_snapshot_load: into log, whose replicated tables the caller has emptied. info: of sl_snapshot_parse(). is_base:
 * the one that this log rests on itself. What is stored beyond the cuts is applied by the caller. BAD_INPUT: it lies.
 */
gboolean
sl_snapshot_load (SlOplog *log, SlSnapshotSource *source, const SlSnapshotInfo *info, gboolean is_base, GError **error)
{
  static const SlSnapshotVisitor visitor = { .table = on_table,
                                             .row = on_row,
                                             .chain = on_chain,
                                             .ref = on_ref,
                                             .head = on_head,
                                             .operation = on_operation,
                                             .parked = on_parked,
                                             .fields = on_fields,
                                             .seen = on_seen };
  g_auto (Loading) self = { .log = log, .info = info, .is_base = is_base };
  g_auto (SlSnapshotInfo) again = { 0 };
  gint64 schema;
  g_return_val_if_fail (sl_store_in_transaction (log->store), FALSE);
  if (!begin_loading (&self, error) || !sl_store_query_int (log->store, 0, &schema, error, "PRAGMA user_version", ""))
    return FALSE;
  if (!sl_snapshot_parse (source, &visitor, &self, &again, error) || !end_chain (&self, error)
      || !make_indexes (&self, error))
    return FALSE;
  if (!sl_hash_equal (&again.digest, &info->digest))
    return lie (&self, error, "it changed while it was read");
  sl_fences_forget (log);
  if (!sl_erasures_note (log, error)) /* what is applied from here on must not bring back what is erased */
    return FALSE;
  log->parked_due = TRUE;
  if (info->schema == schema && !check_sum (&self, error))
    return FALSE;
  return is_base
         || (take_firsts (&self, error) && check_heads (&self, error) && check_admissions (&self, error)
             && store_cuts (&self, error));
}

/* --- whether it may be loaded here at all --- */

static gboolean
does_not_fit (const SlSnapshotInfo *info, const SlId *replica, const char *why, GError **error)
{
  char signer[SL_ID_TEXT_BYTES], text[SL_ID_TEXT_BYTES];
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the snapshot of device %s does not fit this log: %s %s",
               sl_id_format (&info->signer, signer), sl_id_format (replica, text), why);
  return FALSE;
}

/* Where both have operation seq, it is the same. Where its hash is folded away here, later ones tell. */
static gboolean
same_at (SlOplog *log, const SlChain *chain, guint64 seq, const SlHash *hash, gboolean *out, GError **error)
{
  SlHash ours;
  gboolean folded;
  *out = TRUE;
  if (seq == 0 || seq > chain->head_seq)
    return TRUE;
  if (!sl_chain_hash_if_kept (log, chain, seq, &ours, &folded, error))
    return FALSE;
  *out = folded || sl_hash_equal (&ours, hash);
  return TRUE;
}

static const SlSnapshotChain *
find_in (const SlSnapshotInfo *info, const SlId *replica)
{
  for (guint i = 0; i < info->chains->len; i++)
    if (sl_id_equal (&g_array_index (info->chains, SlSnapshotChain, i).replica, replica))
      return &g_array_index (info->chains, SlSnapshotChain, i);
  return NULL;
}

static gboolean
check_signer (SlOplog *log, const SlSnapshotInfo *info, GError **error)
{
  const SlChain *signer = sl_chain_find (log, &info->signer);
  const SlSnapshotChain *what = find_in (info, &info->signer);
  gboolean admitted = FALSE;
  guint64 limit = G_MAXUINT64;
  if (signer != NULL
      && (!sl_chain_admitted (log, signer, &admitted, error) || !sl_fence_limit (log, signer, &limit, error)))
    return FALSE;
  if (!admitted)
    return does_not_fit (info, &info->signer, "is not known here (unknown_device)", error);
  if (what == NULL || what->applied_seq > limit)
    return does_not_fit (info, &info->signer, "was revoked before it made it", error);
  return TRUE;
}

/* sl_snapshot_fits: made by a device that is known here, from this schema, and of the same chains, at least as far as
 * what this log itself is folded from. An empty log takes any (its invitation says whom to trust). BAD_INPUT: not. */
gboolean
sl_snapshot_fits (SlOplog *log, const SlSnapshotInfo *info, GError **error)
{
  gint64 schema;
  if (!sl_store_query_int (log->store, 0, &schema, error, "PRAGMA user_version", ""))
    return FALSE;
  if (info->schema != schema)
    {
      g_set_error (error, SL_ERROR, info->schema > schema ? SL_ERROR_TOO_NEW : SL_ERROR_BAD_INPUT,
                   "the snapshot was made by %s release", info->schema > schema ? "a later" : "an earlier");
      return FALSE;
    }
  if (!sl_id_equal (&info->organisation, &log->identity.organisation))
    return does_not_fit (info, &info->organisation, "is another organisation (foreign_organisation)", error);
  if (log->chains->len > 0 && !check_signer (log, info, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const SlSnapshotChain *what = find_in (info, &chain->replica);
      gboolean applied_same, head_same;
      if (chain->pruned_seq > (what != NULL ? what->applied_seq : 0))
        return does_not_fit (info, &chain->replica, "is folded further here", error);
      if (what == NULL)
        continue;
      if (!same_at (log, chain, what->applied_seq, &what->applied_hash, &applied_same, error)
          || !same_at (log, chain, what->head_seq, &what->head_hash, &head_same, error))
        return FALSE;
      if (!applied_same || !head_same)
        return does_not_fit (info, &chain->replica, "has another history there (fork)", error);
    }
  return TRUE;
}
