/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-read"

#include "oplog/snapshot-private.h"

#include <errno.h>
#include <string.h>

#include "oplog/incoming.h"

/* Reading a snapshot: every byte is somebody else's. Records come in one order only; whatever is out of place, too long
 * or of another type ends it. The signature stands at the end, so nothing is believed before all has been read. */

typedef struct {
  const SlSnapshotVisitor *visitor;
  gpointer data;
  SlSnapshotInfo *info;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  gint64 last_record;
  guint n_columns; /* of the table that is open */
  guint64 rows, next_seq;
  SlCborItem values[SL_SNAPSHOT_COLUMNS_MAX];
  gboolean ended;
} Reading;

static gboolean
wrong (const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the snapshot is damaged: %s", what);
  return FALSE;
}

static gboolean
get_exactly (SlCborReader *record, guint8 *out, gsize expected)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_bytes (record, expected, &data, &length) || length != expected)
    return FALSE;
  memcpy (out, data, expected);
  return TRUE;
}

static gboolean
read_header (Reading *self, SlCborReader *record, gsize length, GError **error)
{
  gint64 version;
  SlId expected;
  if (length < 2 || !sl_cbor_get_int (record, 1, G_MAXINT32, &version))
    return wrong ("its header", error);
  if (version > SL_SNAPSHOT_VERSION)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "the snapshot was made by a later release");
      return FALSE;
    }
  if (length != 7 || !sl_cbor_get_id (record, &self->info->organisation)
      || !sl_cbor_get_id (record, &self->info->signer) || !get_exactly (record, self->public_key, SL_SIGN_PUBLIC_BYTES)
      || !sl_cbor_get_int (record, 0, G_MAXINT64, &self->info->created_ms)
      || !sl_cbor_get_int (record, 1, G_MAXINT32, &self->info->schema))
    return wrong ("its header", error);
  sl_replica_from_key (self->public_key, &expected);
  return sl_id_equal (&expected, &self->info->signer) || wrong ("its signer's key is another device's", error);
}

static gboolean
is_name (const char *name)
{
  return name != NULL && *name != '\0' && strspn (name, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen (name);
}

static gboolean
read_table (Reading *self, SlCborReader *record, gsize length, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  if (length < 3 || length > 2 + SL_SNAPSHOT_COLUMNS_MAX || !sl_cbor_get_text (record, SL_SNAPSHOT_NAME_MAX, &name)
      || !is_name (name))
    return wrong ("the name of a table", error);
  for (gsize i = 2; i < length; i++)
    {
      char *column = NULL;
      gboolean read = sl_cbor_get_text (record, SL_SNAPSHOT_NAME_MAX, &column);
      g_ptr_array_add (columns, column);
      if (!read || !is_name (column))
        return wrong ("the name of a column", error);
    }
  self->n_columns = columns->len;
  return self->visitor->table == NULL
         || self->visitor->table (self->data, name, (const char *const *) columns->pdata, columns->len, error);
}

static gboolean
read_row (Reading *self, SlCborReader *items, GError **error)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      SlCborItem *value = &self->values[i];
      if (!sl_cbor_next (items, value)
          || (value->type != SL_CBOR_INT && value->type != SL_CBOR_BYTES && value->type != SL_CBOR_TEXT
              && value->type != SL_CBOR_NULL))
        return wrong ("a row", error);
    }
  self->rows++;
  return self->visitor->row == NULL || self->visitor->row (self->data, self->values, self->n_columns, error);
}

static const SlSnapshotChain *
open_chain (Reading *self)
{
  return &g_array_index (self->info->chains, SlSnapshotChain, self->info->chains->len - 1);
}

static gboolean
read_chain (Reading *self, SlCborReader *record, gsize length, GError **error)
{
  SlSnapshotChain chain;
  gint64 applied, head;
  g_autoptr (GBytes) first = NULL;
  SlCborItem item;
  if (length != 8 || self->info->chains->len >= SL_SNAPSHOT_CHAINS_MAX || !sl_cbor_get_id (record, &chain.replica)
      || !sl_cbor_get_int (record, 0, SL_SEQ_MAX, &applied)
      || !get_exactly (record, chain.applied_hash.bytes, SL_HASH_BYTES)
      || !sl_cbor_get_int (record, 0, SL_HLC_MAX, &chain.applied_hlc)
      || !sl_cbor_get_int (record, applied, SL_SEQ_MAX, &head)
      || !get_exactly (record, chain.head_hash.bytes, SL_HASH_BYTES) || !sl_cbor_next (record, &item)
      || (head > 0 ? item.type != SL_CBOR_BYTES || item.length > SL_OPERATION_MAX_BYTES : item.type != SL_CBOR_NULL))
    return wrong ("a chain", error);
  chain.applied_seq = (guint64) applied;
  chain.refs = SL_REF_FIRST;
  chain.head_seq = (guint64) head;
  if (self->info->chains->len > 0 && sl_id_compare (&open_chain (self)->replica, &chain.replica) >= 0)
    return wrong ("a chain is out of order", error);
  if (item.type == SL_CBOR_BYTES)
    first = g_bytes_new (item.data, item.length);
  g_array_append_val (self->info->chains, chain);
  self->info->operations += chain.applied_seq;
  self->next_seq = chain.applied_seq + 1;
  return self->visitor->chain == NULL || self->visitor->chain (self->data, &chain, first, error);
}

static gboolean
read_ref (Reading *self, SlCborReader *items, GError **error)
{
  SlId id;
  if (!sl_cbor_get_id (items, &id))
    return wrong ("a name of a chain", error);
  g_array_index (self->info->chains, SlSnapshotChain, self->info->chains->len - 1).refs++;
  return self->visitor->ref == NULL || self->visitor->ref (self->data, &id, error);
}

static gboolean
read_head (Reading *self, SlCborReader *items, GError **error)
{
  gint64 seq;
  SlHash hash;
  guint8 signature[SL_SIGNATURE_BYTES];
  if (!sl_cbor_get_int (items, 1, (gint64) open_chain (self)->head_seq, &seq)
      || !get_exactly (items, hash.bytes, SL_HASH_BYTES) || !get_exactly (items, signature, SL_SIGNATURE_BYTES))
    return wrong ("a signed head", error);
  return self->visitor->head == NULL || self->visitor->head (self->data, (guint64) seq, &hash, signature, error);
}

static gboolean
read_operation (Reading *self, SlCborReader *items, GError **error)
{
  const guint8 *data;
  gsize length;
  if (self->next_seq > open_chain (self)->head_seq
      || !sl_cbor_get_bytes (items, SL_OPERATION_MAX_BYTES, &data, &length))
    return wrong ("an operation", error);
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  guint64 seq = self->next_seq++;
  return self->visitor->operation == NULL || self->visitor->operation (self->data, seq, bytes, error);
}

static gboolean
read_parked (Reading *self, SlCborReader *items, GError **error)
{
  gint64 seq, kind, hlc;
  SlId actor;
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_int (items, 1, (gint64) open_chain (self)->applied_seq, &seq)
      || !sl_cbor_get_int (items, 1, G_MAXUINT32, &kind) || !sl_cbor_get_int (items, 1, SL_HLC_MAX, &hlc)
      || !sl_cbor_get_id (items, &actor) || !sl_cbor_get_bytes (items, SL_OPERATION_MAX_BYTES, &data, &length))
    return wrong ("a parked operation", error);
  self->info->parked++;
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  return self->visitor->parked == NULL
         || self->visitor->parked (self->data, (guint64) seq, kind, hlc, &actor, bytes, error);
}

static gboolean
read_fields (Reading *self, SlCborReader *items, GError **error)
{
  gint64 seq, entity, hlc;
  SlId id;
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_int (items, 1, (gint64) open_chain (self)->applied_seq, &seq)
      || !sl_cbor_get_int (items, 0, G_MAXINT32, &entity) || !sl_cbor_get_id (items, &id)
      || !sl_cbor_get_int (items, 1, SL_HLC_MAX, &hlc)
      || !sl_cbor_get_bytes (items, SL_OPERATION_MAX_BYTES, &data, &length))
    return wrong ("parked fields", error);
  self->info->parked++;
  g_autoptr (GBytes) fields = g_bytes_new (data, length);
  return self->visitor->fields == NULL
         || self->visitor->fields (self->data, (guint64) seq, entity, &id, hlc, fields, error);
}

static gboolean
read_seen (Reading *self, SlCborReader *items, GError **error)
{
  SlId of;
  gint64 seq, total;
  if (!sl_cbor_get_id (items, &of) || !sl_cbor_get_int (items, 1, (gint64) open_chain (self)->applied_seq, &seq)
      || !sl_cbor_get_int (items, 1, SL_SEQ_MAX, &total))
    return wrong ("what a chain had seen", error);
  return self->visitor->seen == NULL || self->visitor->seen (self->data, &of, (guint64) seq, (guint64) total, error);
}

typedef gboolean (*ItemFunc) (Reading *self, SlCborReader *items, GError **error);

/* A record of many. Which may follow which: tables with their rows, then chains with what is theirs. */
static gboolean
read_many (Reading *self, SlCborReader *record, gsize length, SlSnapshotRecord kind, GError **error)
{
  static const ItemFunc funcs[] = {
    [SL_SNAPSHOT_ROWS] = read_row,      [SL_SNAPSHOT_REFS] = read_ref,
    [SL_SNAPSHOT_HEADS] = read_head,    [SL_SNAPSHOT_OPERATIONS] = read_operation,
    [SL_SNAPSHOT_PARKED] = read_parked, [SL_SNAPSHOT_FIELDS] = read_fields,
    [SL_SNAPSHOT_SEEN] = read_seen,
  };
  const guint8 *data;
  gsize bytes;
  SlCborReader items;
  gboolean in_place = kind == SL_SNAPSHOT_ROWS ? self->n_columns > 0 && self->info->chains->len == 0
                                               : self->info->chains->len > 0 && self->last_record <= (gint64) kind;
  if (length != 2 || !in_place || !sl_cbor_get_bytes (record, SL_SNAPSHOT_RECORD_MAX_BYTES, &data, &bytes))
    return wrong ("a record is out of place", error);
  sl_cbor_reader_init (&items, data, bytes);
  while (!sl_cbor_at_end (&items))
    if (items.failed || !funcs[kind](self, &items, error))
      return items.failed && (error == NULL || *error == NULL) ? wrong ("a record", error) : FALSE;
  return TRUE;
}

static gboolean
read_end (Reading *self, SlCborReader *record, gsize length, GError **error)
{
  gint64 rows;
  if (length != 4 || !sl_cbor_get_int (record, 0, G_MAXINT64, &rows)
      || !get_exactly (record, self->info->state.bytes, SL_HASH_BYTES)
      || !get_exactly (record, self->info->merge.bytes, SL_HASH_BYTES) || (guint64) rows != self->rows)
    return wrong ("its end", error);
  self->info->rows = self->rows;
  return TRUE;
}

static gboolean
read_signature (Reading *self, SlCborReader *record, gsize length, const SlHash *digest, GError **error)
{
  guint8 signature[SL_SIGNATURE_BYTES];
  SlHash message;
  if (length != 2 || !get_exactly (record, signature, SL_SIGNATURE_BYTES))
    return wrong ("its signature", error);
  self->info->digest = *digest;
  self->ended = TRUE;
  sl_snapshot_message (&self->info->organisation, &self->info->signer, digest, &message);
  if (sl_verify (self->public_key, message.bytes, SL_HASH_BYTES, signature))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the snapshot's signature does not hold (bad_signature)");
  return FALSE;
}

static gboolean
read_record (Reading *self, SlCborReader *record, const SlHash *digest, GError **error)
{
  gsize length;
  gint64 kind;
  if (self->ended || !sl_cbor_get_array (record, 2, 2 + SL_SNAPSHOT_COLUMNS_MAX, &length)
      || !sl_cbor_get_int (record, SL_SNAPSHOT_HEADER, SL_SNAPSHOT_SIGNATURE, &kind))
    return wrong ("a record", error);
  /* Tables come before chains, the end after both. */
  gboolean in_place = kind == SL_SNAPSHOT_HEADER      ? self->last_record == 0
                      : kind == SL_SNAPSHOT_SIGNATURE ? self->last_record == SL_SNAPSHOT_END
                      : kind == SL_SNAPSHOT_TABLE     ? self->info->chains->len == 0
                                                      : self->last_record != SL_SNAPSHOT_END;
  if (!in_place || (kind != SL_SNAPSHOT_HEADER && self->last_record == 0))
    return wrong ("a record is out of place", error);
  gboolean read = kind == SL_SNAPSHOT_HEADER      ? read_header (self, record, length, error)
                  : kind == SL_SNAPSHOT_TABLE     ? read_table (self, record, length, error)
                  : kind == SL_SNAPSHOT_CHAIN     ? read_chain (self, record, length, error)
                  : kind == SL_SNAPSHOT_END       ? read_end (self, record, length, error)
                  : kind == SL_SNAPSHOT_SIGNATURE ? read_signature (self, record, length, digest, error)
                                                  : read_many (self, record, length, (SlSnapshotRecord) kind, error);
  self->last_record = kind;
  return read && (sl_cbor_at_end (record) || wrong ("a record is too long", error));
}

static gssize
read_source (gpointer user_data, void *data, gsize length, GError **error)
{
  SlSnapshotSource *source = user_data;
  return source->read (source, data, length, error);
}

/* sl_snapshot_parse: see the header. out: clear with sl_snapshot_info_clear(). */
gboolean
sl_snapshot_parse (SlSnapshotSource *source, const SlSnapshotVisitor *visitor, gpointer data, SlSnapshotInfo *out,
                   GError **error)
{
  static const SlSnapshotVisitor nobody = { NULL };
  Reading self = { .visitor = visitor != NULL ? visitor : &nobody, .data = data, .info = out };
  *out = (SlSnapshotInfo){ .chains = g_array_new (FALSE, FALSE, sizeof (SlSnapshotChain)) };
  if (!source->rewind (source, error))
    return FALSE;
  g_autoptr (SlSnapshotIn) in = sl_snapshot_in_new (read_source, source);
  for (;;)
    {
      SlCborReader record;
      SlHash digest;
      gboolean end;
      if (!sl_snapshot_in_next (in, &record, &end, error))
        return FALSE;
      if (end)
        return self.ended || wrong ("it ends too early", error);
      sl_snapshot_in_digest (in, &digest);
      if (!read_record (&self, &record, &digest, error))
        return FALSE;
    }
}

/* --- sources --- */

static gssize
file_read (SlSnapshotSource *source, void *data, gsize length, GError **error)
{
  FILE *file = ((SlSnapshotFile *) source)->file;
  gsize got = fread (data, 1, length, file);
  if (got > 0 || !ferror (file))
    return (gssize) got;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "reading a snapshot: %s", g_strerror (errno));
  return -1;
}

static gboolean
file_rewind (SlSnapshotSource *source, GError **error)
{
  if (fseek (((SlSnapshotFile *) source)->file, 0, SEEK_SET) == 0)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "reading a snapshot: %s", g_strerror (errno));
  return FALSE;
}

/* sl_snapshot_file_init: file stays its owner's. */
void
sl_snapshot_file_init (SlSnapshotFile *source, FILE *file)
{
  *source = (SlSnapshotFile){ .base = { .read = file_read, .rewind = file_rewind }, .file = file };
}

#define PART_BITS 24

static gboolean
next_part (SlSnapshotKept *self, GError **error)
{
  g_clear_pointer (&self->part, g_bytes_unref);
  self->offset = 0;
  g_autoptr (SlRows) rows =
      sl_store_query (self->store, "SELECT bytes FROM local_snapshot_part WHERE pos = ?", "i", self->pos);
  if (sl_rows_next (rows))
    self->part = sl_rows_dup_blob (rows, 0);
  self->pos++;
  return sl_rows_finish (rows, error);
}

static gssize
kept_read (SlSnapshotSource *source, void *data, gsize length, GError **error)
{
  SlSnapshotKept *self = (SlSnapshotKept *) source;
  if ((self->part == NULL || self->offset == g_bytes_get_size (self->part)) && !next_part (self, error))
    return -1;
  if (self->part == NULL)
    return 0;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (self->part, &size);
  gsize take = MIN (length, size - self->offset);
  memcpy (data, bytes + self->offset, take);
  self->offset += take;
  return (gssize) take;
}

static gboolean
kept_rewind (SlSnapshotSource *source, GError **error)
{
  SlSnapshotKept *self = (SlSnapshotKept *) source;
  g_clear_pointer (&self->part, g_bytes_unref);
  self->pos = self->first;
  return TRUE;
}

/* sl_snapshot_kept_init: the parts of snapshot id in store. */
void
sl_snapshot_kept_init (SlSnapshotKept *source, SlStore *store, gint64 id)
{
  *source = (SlSnapshotKept){ .base = { .read = kept_read, .rewind = kept_rewind },
                              .store = store,
                              .first = id << PART_BITS };
  source->pos = source->first;
}

/* sl_snapshot_kept_clear: at any point. */
void
sl_snapshot_kept_clear (SlSnapshotKept *source)
{
  if (source != NULL)
    g_clear_pointer (&source->part, g_bytes_unref);
}
