/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-write"

#include "oplog/snapshot-private.h"

#include <string.h>

/* What a snapshot says, record by record: src/oplog/README.md "Snapshots and pruning". Nothing is signed that the rows
 * do not bear out: their sum is computed on the way and must be the running one. */

typedef struct {
  SlOplog *log, *state;
  SlSnapshotOut *out;
  SlCborWriter *batch; /* items of the record that is being filled */
  SlSnapshotRecord kind;
  gsize batch_bytes;
  SlSnapshotInfo *info;
  SlStateSum sum;
} Writing;

/* sl_snapshot_message: what its signer signs. */
void
sl_snapshot_message (const SlId *organisation, const SlId *signer, const SlHash *digest, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop snapshot v1");
  sl_hasher_add (&hasher, organisation->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, signer->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, digest->bytes, SL_HASH_BYTES);
  sl_hasher_finish (&hasher, out);
}

static gboolean
flush (Writing *self, GError **error)
{
  g_autoptr (SlCborWriter) record = sl_cbor_writer_new ();
  if (self->batch_bytes == 0)
    return TRUE;
  g_autoptr (GBytes) items = sl_cbor_writer_finish (self->batch);
  self->batch_bytes = 0;
  sl_cbor_begin_array (record, 2);
  sl_cbor_put_int (record, self->kind);
  sl_cbor_put_bytes (record, g_bytes_get_data (items, NULL), g_bytes_get_size (items));
  return sl_snapshot_out_put (self->out, record, error);
}

/* The writer to put the items of one more thing of kind into; about bytes long. */
static SlCborWriter *
one_more (Writing *self, SlSnapshotRecord kind, gsize bytes, GError **error)
{
  if ((self->kind != kind || self->batch_bytes + bytes > SL_SNAPSHOT_BATCH_BYTES) && !flush (self, error))
    return NULL;
  self->kind = kind;
  self->batch_bytes += bytes;
  return self->batch;
}

static gboolean
write_header (Writing *self, GError **error)
{
  g_autoptr (SlCborWriter) record = sl_cbor_writer_new ();
  SlSnapshotInfo *info = self->info;
  if (!sl_store_query_int (self->state->store, 0, &info->schema, error, "PRAGMA user_version", ""))
    return FALSE;
  info->organisation = self->log->identity.organisation;
  info->signer = self->log->identity.replica;
  info->created_ms = self->log->world->now_ms (self->log->world);
  sl_cbor_begin_array (record, 7);
  sl_cbor_put_int (record, SL_SNAPSHOT_HEADER);
  sl_cbor_put_int (record, SL_SNAPSHOT_VERSION);
  sl_cbor_put_id (record, &info->organisation);
  sl_cbor_put_id (record, &info->signer);
  sl_cbor_put_bytes (record, self->log->identity.key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_int (record, info->created_ms);
  sl_cbor_put_int (record, info->schema);
  return sl_snapshot_out_put (self->out, record, error);
}

/* --- rows --- */

static void
put_value (SlCborWriter *writer, sqlite3_value *value)
{
  switch (sqlite3_value_type (value))
    {
    case SQLITE_INTEGER:
      sl_cbor_put_int (writer, sqlite3_value_int64 (value));
      break;
    case SQLITE_TEXT:
      sl_cbor_put_text (writer, (const char *) sqlite3_value_text (value));
      break;
    case SQLITE_BLOB:
      sl_cbor_put_bytes (writer, sqlite3_value_blob (value), (gsize) sqlite3_value_bytes (value));
      break;
    default:
      sl_cbor_put_null (writer);
    }
}

static gsize
row_bytes (sqlite3_stmt *stmt)
{
  gsize bytes = 0;
  for (int i = 0; i < sqlite3_column_count (stmt); i++)
    bytes += 9 + (sqlite3_column_type (stmt, i) == SQLITE_INTEGER ? 0 : (gsize) sqlite3_column_bytes (stmt, i));
  return bytes;
}

static gboolean
write_row (Writing *self, const char *table, sqlite3_stmt *stmt, GError **error)
{
  SlCborWriter *writer = one_more (self, SL_SNAPSHOT_ROWS, row_bytes (stmt), error);
  if (writer == NULL)
    return FALSE;
  for (int i = 0; i < sqlite3_column_count (stmt); i++)
    put_value (writer, sqlite3_column_value (stmt, i));
  sl_state_sum_add_row (&self->sum, table, stmt);
  self->info->rows++;
  return TRUE;
}

/* By primary key, else by all columns: the same order on every device. */
static char *
table_query (Writing *self, const char *table, GError **error)
{
  g_autoptr (GString) keys = g_string_new (NULL);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (SlRows) rows =
      sl_store_query (self->state->store, "SELECT name, pk FROM pragma_table_info (?) ORDER BY cid", "t", table);
  while (sl_rows_next (rows))
    {
      g_string_append_printf (all, "%s\"%s\"", all->len > 0 ? ", " : "", sl_rows_text (rows, 0));
      if (sl_rows_int (rows, 1) > 0)
        g_string_append_printf (keys, "%s\"%s\"", keys->len > 0 ? ", " : "", sl_rows_text (rows, 0));
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  return g_strdup_printf ("SELECT %s FROM \"%s\" ORDER BY %s", all->str, table, keys->len > 0 ? keys->str : all->str);
}

static gboolean
write_table (Writing *self, const char *table, GError **error)
{
  g_autoptr (SlCborWriter) record = sl_cbor_writer_new ();
  g_autofree char *sql = table_query (self, table, error);
  sqlite3 *db = sl_store_get_db (self->state->store);
  sqlite3_stmt *stmt = NULL;
  if (sql == NULL || !flush (self, error))
    return FALSE;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK)
    {
      sl_cbor_begin_array (record, 2 + (gsize) sqlite3_column_count (stmt));
      sl_cbor_put_int (record, SL_SNAPSHOT_TABLE);
      sl_cbor_put_text (record, table);
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        sl_cbor_put_text (record, sqlite3_column_name (stmt, i));
    }
  gboolean written = rc == SQLITE_OK && sl_snapshot_out_put (self->out, record, error);
  while (written && (rc = sqlite3_step (stmt)) == SQLITE_ROW)
    written = write_row (self, table, stmt, error);
  if (rc != SQLITE_DONE && rc != SQLITE_ROW && rc != SQLITE_OK)
    {
      g_set_error (error, SL_ERROR, rc == SQLITE_CORRUPT ? SL_ERROR_CORRUPT : SL_ERROR_STORAGE, "reading %s: %s", table,
                   sqlite3_errmsg (db));
      written = FALSE;
    }
  (void) sqlite3_finalize (stmt);
  return written;
}

static gboolean
write_tables (Writing *self, GError **error)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (self->state->store, error);
  if (tables == NULL)
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    if (!write_table (self, tables->pdata[i], error))
      return FALSE;
  if (sl_state_sum_equal (&self->sum, &self->state->sum))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT,
               "the running state hash is not that of the rows: nothing to vouch for");
  return FALSE;
}

/* --- chains --- */

static gboolean
write_chain_record (Writing *self, const SlChain *chain, const SlSnapshotChain *what, GError **error)
{
  g_autoptr (SlCborWriter) record = sl_cbor_writer_new ();
  g_autoptr (GBytes) first = NULL;
  if (!flush (self, error) || (chain->head_seq > 0 && !sl_chain_read_operation (self->log, chain, 1, &first, error)))
    return FALSE;
  sl_cbor_begin_array (record, 8);
  sl_cbor_put_int (record, SL_SNAPSHOT_CHAIN);
  sl_cbor_put_id (record, &what->replica);
  sl_cbor_put_int (record, (gint64) what->applied_seq);
  sl_cbor_put_bytes (record, what->applied_hash.bytes, SL_HASH_BYTES);
  sl_cbor_put_int (record, what->applied_hlc);
  sl_cbor_put_int (record, (gint64) what->head_seq);
  sl_cbor_put_bytes (record, what->head_hash.bytes, SL_HASH_BYTES);
  if (first != NULL)
    sl_cbor_put_bytes (record, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  else
    sl_cbor_put_null (record);
  return sl_snapshot_out_put (self->out, record, error);
}

static gboolean
write_refs (Writing *self, SlChain *at, GError **error)
{
  for (guint i = SL_REF_FIRST; i < at->refs->len; i++)
    {
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_REFS, 1 + SL_ID_BYTES, error);
      if (writer == NULL)
        return FALSE;
      sl_cbor_put_id (writer, &g_array_index (at->refs, SlId, i));
    }
  return TRUE;
}

/* The last signature at or before the cut, and those after it: all that anybody needs who goes on from there. */
static gboolean
write_heads (Writing *self, const SlChain *chain, guint64 applied_seq, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->log->store,
      "SELECT seq, hash, signature FROM local_head WHERE ix = ?1 AND seq >= coalesce ((SELECT max (seq) FROM local_head"
      " WHERE ix = ?1 AND seq <= ?2), 0) ORDER BY seq",
      "ii", chain->ix, (gint64) applied_seq);
  while (sl_rows_next (rows))
    {
      gsize hash_length, signature_length;
      const void *hash = sl_rows_blob (rows, 1, &hash_length), *signature = sl_rows_blob (rows, 2, &signature_length);
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_HEADS, 9 + 34 + 66, error);
      if (writer == NULL)
        return FALSE;
      sl_cbor_put_int (writer, sl_rows_int (rows, 0));
      sl_cbor_put_bytes (writer, hash, hash_length);
      sl_cbor_put_bytes (writer, signature, signature_length);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
write_operations (Writing *self, const SlChain *chain, guint64 applied_seq, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (self->log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, applied_seq), SL_OP_POS (chain->ix, chain->head_seq));
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *bytes = sl_rows_blob (rows, 0, &length);
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_OPERATIONS, 5 + length, error);
      if (writer == NULL)
        return FALSE;
      sl_cbor_put_bytes (writer, bytes, length);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
write_parked (Writing *self, const SlChain *chain, const SlChain *at, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->state->store, "SELECT pos, kind, hlc, actor FROM local_parked WHERE pos > ? AND pos < ? ORDER BY pos", "ii",
      SL_OP_POS (at->ix, 0), SL_OP_POS (at->ix + 1, 0));
  while (sl_rows_next (rows))
    {
      g_autoptr (GBytes) bytes = NULL;
      SlId actor;
      guint64 seq = (guint64) (sl_rows_int (rows, 0) - SL_OP_POS (at->ix, 0));
      if (!sl_chain_read_operation (self->log, chain, seq, &bytes, error))
        return FALSE;
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_PARKED, 64 + g_bytes_get_size (bytes), error);
      if (writer == NULL)
        return FALSE;
      sl_rows_id (rows, 3, &actor);
      sl_cbor_put_int (writer, (gint64) seq);
      sl_cbor_put_int (writer, sl_rows_int (rows, 1));
      sl_cbor_put_int (writer, sl_rows_int (rows, 2));
      sl_cbor_put_id (writer, &actor);
      sl_cbor_put_bytes (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  return sl_rows_finish (rows, error);
}

static gboolean
write_fields (Writing *self, const SlChain *at, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->state->store,
                                            "SELECT pos, entity, id, hlc, fields FROM local_parked_field WHERE pos > ? "
                                            "AND pos < ? ORDER BY pos, entity, id",
                                            "ii", SL_OP_POS (at->ix, 0), SL_OP_POS (at->ix + 1, 0));
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *fields = sl_rows_blob (rows, 4, &length);
      SlId id;
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_FIELDS, 64 + length, error);
      if (writer == NULL)
        return FALSE;
      sl_rows_id (rows, 2, &id);
      sl_cbor_put_int (writer, sl_rows_int (rows, 0) - SL_OP_POS (at->ix, 0));
      sl_cbor_put_int (writer, sl_rows_int (rows, 1));
      sl_cbor_put_id (writer, &id);
      sl_cbor_put_int (writer, sl_rows_int (rows, 3));
      sl_cbor_put_bytes (writer, fields, length);
    }
  return sl_rows_finish (rows, error);
}

/* What the operation had seen that the chain waits at comes again with it. */
static gboolean
write_seen (Writing *self, const SlChain *at, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (self->state->store,
                      "SELECT c.replica, s.seq, s.total FROM local_seen s JOIN local_chain c ON c.ix = s.of_ix"
                      " WHERE s.ix = ? AND s.seq <= ? ORDER BY c.replica, s.seq",
                      "ii", at->ix, (gint64) at->applied_seq);
  while (sl_rows_next (rows))
    {
      SlId of;
      SlCborWriter *writer = one_more (self, SL_SNAPSHOT_SEEN, 36, error);
      if (writer == NULL)
        return FALSE;
      sl_rows_id (rows, 0, &of);
      sl_cbor_put_id (writer, &of);
      sl_cbor_put_int (writer, sl_rows_int (rows, 1));
      sl_cbor_put_int (writer, sl_rows_int (rows, 2));
    }
  return sl_rows_finish (rows, error);
}

static gboolean
write_chain (Writing *self, const SlChain *chain, GError **error)
{
  SlChain *at = sl_chain_find (self->state, &chain->replica);
  SlSnapshotChain what = { .replica = chain->replica, .head_seq = chain->head_seq, .head_hash = chain->head_hash };
  if (at != NULL)
    {
      what.applied_seq = at->applied_seq;
      what.applied_hlc = at->applied_hlc;
      if (!sl_chain_load_refs (self->state, at, error))
        return FALSE;
      what.refs = at->refs->len;
    }
  if (!sl_chain_hash_at (self->log, chain, what.applied_seq, &what.applied_hash, error))
    return FALSE;
  if (chain == self->log->own && at == chain && chain->applied_seq != chain->head_seq)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND,
                   "this device's own operations wait: there is no snapshot to make");
      return FALSE;
    }
  g_array_append_val (self->info->chains, what);
  self->info->operations += what.applied_seq;
  return write_chain_record (self, chain, &what, error) && (at == NULL || write_refs (self, at, error))
         && write_heads (self, chain, what.applied_seq, error)
         && (SL_RULE_IS_OFF (self->log, SL_RULE_SNAPSHOT_PENDING)
             || write_operations (self, chain, what.applied_seq, error))
         && (at == NULL
             || (write_parked (self, chain, at, error) && write_fields (self, at, error)
                 && write_seen (self, at, error)))
         && flush (self, error);
}

static int
compare_chains (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (&(*(SlChain *const *) a)->replica, &(*(SlChain *const *) b)->replica);
}

static gboolean
write_chains (Writing *self, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (self->log->chains, NULL, NULL);
  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_chains);
  for (guint i = 0; i < sorted->len; i++)
    if (!write_chain (self, sorted->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
write_end (Writing *self, GError **error)
{
  g_autoptr (SlCborWriter) record = sl_cbor_writer_new ();
  guint8 signature[SL_SIGNATURE_BYTES];
  SlSnapshotInfo *info = self->info;
  SlHash message;
  sl_state_sum_to_hash (&self->sum, &info->state);
  if (!sl_snapshot_merge_hash (self->state, &info->merge, error))
    return FALSE;
  sl_cbor_begin_array (record, 4);
  sl_cbor_put_int (record, SL_SNAPSHOT_END);
  sl_cbor_put_int (record, (gint64) info->rows);
  sl_cbor_put_bytes (record, info->state.bytes, SL_HASH_BYTES);
  sl_cbor_put_bytes (record, info->merge.bytes, SL_HASH_BYTES);
  if (!sl_snapshot_out_put (self->out, record, error))
    return FALSE;
  sl_snapshot_out_digest (self->out, &info->digest);
  sl_snapshot_message (&info->organisation, &info->signer, &info->digest, &message);
  sl_sign (&self->log->identity.key, message.bytes, SL_HASH_BYTES, signature);
  sl_cbor_begin_array (record, 2);
  sl_cbor_put_int (record, SL_SNAPSHOT_SIGNATURE);
  sl_cbor_put_bytes (record, signature, SL_SIGNATURE_BYTES);
  return sl_snapshot_out_put (self->out, record, error) && sl_snapshot_out_finish (self->out, &info->bytes, error);
}

/* sl_snapshot_write: see the header. Our own head is signed; both logs are read from one state. out: clear with
 * sl_snapshot_info_clear(). */
gboolean
sl_snapshot_write (SlOplog *log, SlOplog *state, SlSnapshotWriteFunc write, gpointer user_data, SlSnapshotInfo *out,
                   GError **error)
{
  g_autoptr (SlSnapshotOut) stream = sl_snapshot_out_new (write, user_data);
  g_autoptr (SlCborWriter) batch = sl_cbor_writer_new ();
  Writing self = { .log = log, .state = state, .out = stream, .batch = batch, .info = out };
  *out = (SlSnapshotInfo){ .chains = g_array_new (FALSE, FALSE, sizeof (SlSnapshotChain)) };
  return write_header (&self, error) && write_tables (&self, error) && write_chains (&self, error)
         && write_end (&self, error);
}

/**
 * sl_snapshot_info_clear:
 * @info: (nullable): what was filled
 */
void
sl_snapshot_info_clear (SlSnapshotInfo *info)
{
  if (info != NULL)
    g_clear_pointer (&info->chains, g_array_unref);
}
