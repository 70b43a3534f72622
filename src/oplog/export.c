/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-export"

#include "oplog/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/datetime.h"
#include "oplog/fork-private.h"
#include "oplog/snapshot-exchange.h"

/* The log as JSON lines: src/oplog/README.md "Exchange by file". People and scripts read the other fields; only raw and
 * its place, the signed heads and the boxes of keys are read back. */

static char *
hex_of (const guint8 *data, gsize length)
{
  char *text = g_malloc (2 * length + 1);
  for (gsize i = 0; i < length; i++)
    g_snprintf (text + 2 * i, 3, "%02x", data[i]);
  text[2 * length] = '\0';
  return text;
}

static json_t *
id_json (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  return sl_id_is_none (id) ? json_null () : json_string (sl_id_format (id, text));
}

static json_t *
base64_json (const void *data, gsize length)
{
  g_autofree char *text = g_base64_encode (data, length);
  return json_string (text);
}

typedef struct {
  SlOplog *log;
  gboolean personal;
  const GArray *members; /* (nullable) of SlId: whose keys open notes */
} Readable;

static json_t *read_item (const Readable *how, SlCborReader *reader, guint depth);

static json_t *
read_container (const Readable *how, SlCborReader *reader, const SlCborItem *head, guint depth)
{
  json_t *json = head->type == SL_CBOR_ARRAY ? json_array () : json_object ();
  for (gsize i = 0; i < head->length && !reader->failed; i++)
    if (head->type == SL_CBOR_ARRAY)
      json_array_append_new (json, read_item (how, reader, depth + 1));
    else
      {
        SlCborItem key;
        if (!sl_cbor_next (reader, &key))
          break;
        g_autofree char *name = key.type == SL_CBOR_INT ? g_strdup_printf ("%" G_GINT64_FORMAT, key.integer)
                                                        : g_strndup ((const char *) key.data, key.length);
        json_object_set_new (json, name, read_item (how, reader, depth + 1));
      }
  return json;
}

/* A note, or names of guests, of one of the members told about. (nullable) */
static json_t *
read_sealed (const Readable *how, const SlCborItem *item)
{
  for (guint i = 0; how->members != NULL && i < how->members->len; i++)
    {
      const SlId *member = &g_array_index (how->members, SlId, i);
      g_autoptr (GPtrArray) guests = sl_oplog_unseal_guests (how->log, member, item->data, item->length);
      g_autofree char *text = sl_oplog_unseal_note (how->log, member, item->data, item->length);
      json_t *names = guests != NULL ? json_array () : NULL;
      for (guint j = 0; guests != NULL && j < guests->len; j++)
        json_array_append_new (names, json_string (guests->pdata[j]));
      if (names != NULL || text != NULL)
        return names != NULL ? names : json_string (text);
    }
  return NULL;
}

/* Any item for people: ids as UUIDs, other bytes by their length: they are keys, signatures or sealed. */
static json_t *
read_item (const Readable *how, SlCborReader *reader, guint depth)
{
  SlCborItem item;
  if (depth > SL_CBOR_DEPTH_MAX || !sl_cbor_next (reader, &item))
    return json_null ();
  switch (item.type)
    {
    case SL_CBOR_INT:
      return json_integer (item.integer);
    case SL_CBOR_BOOL:
      return json_boolean (item.integer);
    case SL_CBOR_NULL:
      return json_null ();
    case SL_CBOR_TEXT:
      return json_stringn ((const char *) item.data, item.length);
    case SL_CBOR_BYTES:
      if (item.length == SL_ID_BYTES)
        {
          SlId id;
          memcpy (id.bytes, item.data, SL_ID_BYTES);
          return id_json (&id);
        }
      else
        {
          json_t *plain = read_sealed (how, &item);
          g_autofree char *text = g_strdup_printf ("(%" G_GSIZE_FORMAT " bytes)", item.length);
          return plain != NULL ? plain : json_string (text);
        }
    default:
      return read_container (how, reader, &item, depth);
    }
}

static json_t *
read_fields (const Readable *how, const SlOperation *operation, SlCborReader *reader)
{
  /* of sessions: what those of a rule have in common */
  SlEntity entity = operation->kind == SL_KIND_RECURRENCE_CREATE ? SL_ENTITY_SESSION
                                                                 : sl_entity_of_kind (operation->kind);
  json_t *json = json_object ();
  SlId id = operation->entity;
  gsize pairs = 0;
  if (sl_id_is_none (&id))
    sl_apply_made_id (operation, 0, &id);
  if (!sl_cbor_get_map (reader, G_MAXUINT16, &pairs))
    return json;
  for (gsize i = 0; i < pairs && !reader->failed; i++)
    {
      gint64 number;
      gboolean sealed = FALSE;
      if (!sl_cbor_get_int (reader, 0, G_MAXINT64, &number))
        break;
      const char *column = sl_reference_column (entity, number, &sealed);
      g_autofree char *name = column != NULL ? g_strdup (column) : g_strdup_printf ("%" G_GINT64_FORMAT, number);
      SlCborReader ahead = *reader;
      SlCborItem item;
      json_t *value = read_item (how, reader, 0);
      if (sealed && sl_cbor_next (&ahead, &item) && item.type == SL_CBOR_BYTES)
        {
          g_autofree char *plain =
              how->personal ? sl_oplog_unseal_field (how->log, &id, column, item.data, item.length) : NULL;
          json_decref (value);
          value = plain != NULL ? json_string (plain) : json_string ("(sealed)");
        }
      json_object_set_new (json, name, value);
    }
  return json;
}

static json_t *
read_body (const Readable *how, const SlOperation *operation)
{
  const char *const *parts = sl_kind_parts (operation->kind);
  SlCborReader reader;
  gsize length = 0;
  sl_cbor_reader_init (&reader, operation->body, operation->body_length);
  if (sl_entity_of_kind (operation->kind) != SL_ENTITY_LAST && operation->kind != SL_KIND_SESSION_CREATE
      && operation->kind != SL_KIND_PROGRAM_CREATE)
    return read_fields (how, operation, &reader);
  if (parts == NULL || !sl_cbor_get_array (&reader, 0, G_MAXUINT16, &length))
    {
      sl_cbor_reader_init (&reader, operation->body, operation->body_length);
      return read_item (how, &reader, 0);
    }
  json_t *json = json_object ();
  for (gsize i = 0; i < length && !reader.failed && parts[i] != NULL; i++)
    json_object_set_new (json, parts[i],
                         g_str_equal (parts[i], "fields") ? read_fields (how, operation, &reader)
                                                          : read_item (how, &reader, 0));
  return json;
}

/* sl_export_body: as an export of the log shows it; notes about these members (of SlId) in plain text. (transfer
 * full) */
json_t *
sl_export_body (SlOplog *log, const GArray *members, const SlOperation *operation)
{
  Readable how = { .log = log, .personal = TRUE, .members = members };
  return read_body (&how, operation);
}

static json_t *
operation_json (const Readable *how, const SlOperation *operation, GBytes *bytes, const SlHash *hash)
{
  const char *kind = sl_kind_name (operation->kind);
  g_autofree char *hash_text = hex_of (hash->bytes, SL_HASH_BYTES);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *at = sl_time_format (sl_hlc_to_ms (operation->hlc), utc);
  json_t *json = json_object ();
  SlId made;
  sl_apply_made_id (operation, 0, &made);
  json_object_set_new (json, "type", json_string ("operation"));
  json_object_set_new (json, "replica", id_json (&operation->replica));
  json_object_set_new (json, "seq", json_integer ((json_int_t) operation->seq));
  json_object_set_new (json, "kind", kind != NULL ? json_string (kind) : json_integer ((json_int_t) operation->kind));
  json_object_set_new (json, "entity", id_json (sl_id_is_none (&operation->entity) ? &made : &operation->entity));
  json_object_set_new (json, "at", json_string (at));
  json_object_set_new (json, "hlc", json_integer (operation->hlc));
  json_object_set_new (json, "actor",
                       sl_id_equal (&operation->actor, &sl_actor_device)  ? json_string ("device")
                       : sl_id_equal (&operation->actor, &sl_actor_owner) ? json_string ("owner")
                                                                          : id_json (&operation->actor));
  if (!sl_id_is_none (&operation->approver))
    json_object_set_new (json, "approver", id_json (&operation->approver));
  json_object_set_new (json, "body", read_body (how, operation));
  if (operation->seen != NULL)
    {
      json_t *seen = json_object ();
      for (guint i = 0; i < operation->seen->len; i++)
        {
          const SlSeen *one = &g_array_index (operation->seen, SlSeen, i);
          char text[SL_ID_TEXT_BYTES];
          json_object_set_new (seen, sl_id_format (&one->replica, text), json_integer ((json_int_t) one->growth));
        }
      json_object_set_new (json, "seen", seen);
    }
  json_object_set_new (json, "hash", json_string (hash_text));
  json_object_set_new (json, "raw", base64_json (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  return json;
}

static gboolean
write_line (FILE *out, json_t *json, GError **error)
{
  gboolean written = json_dumpf (json, out, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0 && fputc ('\n', out) != EOF;
  json_decref (json);
  if (!written)
    g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "writing the export: %s",
                 g_strerror (errno));
  return written;
}

/* The ids that a chain had named where its folded part ends. */
static gboolean
read_refs_at_cut (SlOplog *log, const SlChain *chain, GArray **out, GError **error)
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
  *out = g_steal_pointer (&refs);
  return sl_rows_finish (rows, error);
}

static gboolean
write_piece (gpointer user_data, guint number, const void *data, gsize length, GError **error)
{
  return write_line (user_data,
                     json_pack ("{s:s, s:i, s:o}", "type", "snapshot", "part", (int) number, "data",
                                base64_json (data, length)),
                     error);
}

/* The chain is read from its beginning (where it is folded, from there), since stamps and ids follow from what is
 * before; only what is newer than since is written. */
static gboolean
export_chain (const Readable *how, const SlChain *chain, guint64 since, FILE *out, guint64 *count, GError **error)
{
  SlOplog *log = how->log;
  g_autoptr (GArray) refs = NULL;
  SlHash hash = chain->pruned_hash;
  gint64 hlc = chain->pruned_hlc;
  if (chain->pruned_seq == 0)
    sl_chain_start (&log->identity.organisation, &chain->replica, &hash);
  if (!read_refs_at_cut (log, chain, &refs, error))
    return FALSE;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, chain->pruned_seq), SL_OP_POS (chain->ix, chain->head_seq));
  for (guint64 seq = chain->pruned_seq + 1; sl_rows_next (rows); seq++)
    {
      g_auto (SlOperation) operation = { 0 };
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 0);
      SlHash previous = hash;
      sl_chain_next (&chain->replica, seq, &previous, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &hash);
      if (sl_operation_decode (bytes, &chain->replica, seq, hlc, refs, &operation))
        hlc = operation.hlc;
      else
        operation = (SlOperation){ .replica = chain->replica,
                                   .seq = seq,
                                   .kind = 0,
                                   .hlc = hlc,
                                   .body = (const guint8 *) "\xf6",
                                   .body_length = 1 };
      if (seq <= since)
        continue;
      if (!write_line (out, operation_json (how, &operation, bytes, &hash), error))
        return FALSE;
      (*count)++;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
export_heads (SlOplog *log, const SlChain *chain, guint64 since, FILE *out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT seq, hash, signature FROM local_head WHERE ix = ? AND seq > ? ORDER BY seq",
                      "ii", chain->ix, (gint64) since);
  while (sl_rows_next (rows))
    {
      gsize length;
      const guint8 *hash = sl_rows_blob (rows, 1, &length);
      g_autofree char *hash_text = hex_of (hash, length);
      const guint8 *signature = sl_rows_blob (rows, 2, &length);
      json_t *json = json_pack ("{s:s, s:o, s:I, s:s, s:o}", "type", "head", "replica", id_json (&chain->replica),
                                "seq", (json_int_t) sl_rows_int (rows, 0), "hash", hash_text, "signature",
                                base64_json (signature, length));
      if (!write_line (out, json, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* What of a cloned device does not count here, a segment a line; whatever the reader has. */
static gboolean
export_branches (SlOplog *log, const SlChain *chain, FILE *out, GError **error)
{
  gboolean forked;
  if (!sl_fork_is_known (log, &chain->replica, &forked, error) || !forked)
    return !forked;
  g_autoptr (GPtrArray) segments = sl_fork_segments (log, &chain->replica, error);
  for (guint i = 0; segments != NULL && i < segments->len; i++)
    {
      const SlSegment *segment = segments->pdata[i];
      g_autoptr (GBytes) item = sl_segment_encode (segment);
      json_t *json = json_pack ("{s:s, s:o, s:I, s:i, s:o}", "type", "branch", "replica", id_json (&chain->replica),
                                "seq", (json_int_t) segment->first_seq, "operations", (int) segment->operations->len,
                                "segment", base64_json (g_bytes_get_data (item, NULL), g_bytes_get_size (item)));
      if (!write_line (out, json, error))
        return FALSE;
    }
  return segments != NULL;
}

/* sl_export_keys: a box of all keys for the owner of public_key. */
static gboolean
export_keys (SlOplog *log, const SlId *to, const guint8 *public_key, FILE *out, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) box = sl_keyring_bundle (log, public_key, NULL, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  return box == NULL
         || write_line (out,
                        json_pack ("{s:s, s:o, s:o}", "type", "keys", "for", id_json (to), "sealed",
                                   base64_json (g_bytes_get_data (box, NULL), g_bytes_get_size (box))),
                        error);
}

static guint64
since_of (GHashTable *since, const SlId *replica)
{
  const guint64 *seq = since != NULL ? g_hash_table_lookup (since, replica) : NULL;
  return seq != NULL ? *seq : 0;
}

static gboolean
write_log (SlOplog *log, FILE *out, GHashTable *since, gboolean personal, const SlExportFor *guest, guint64 *count,
           GError **error)
{
  Readable how = { .log = log, .personal = personal };
  json_t *first =
      json_pack ("{s:s, s:i, s:o, s:o}", "type", "studioloop-log", "version", SL_EXCHANGE_VERSION, "organisation",
                 id_json (&log->identity.organisation), "by", id_json (&log->identity.replica));
  g_autoptr (GHashTable) cut = NULL;
  if (!write_line (out, first, error)
      || !sl_snapshot_give (log, since, guest != NULL ? SL_SNAPSHOT_INVITE_OPERATIONS : 0, write_piece, out, &cut,
                            error))
    return FALSE;
  for (guint i = 0; i < log->chains->len && cut != NULL; i++) /* but for other histories, which are in no snapshot */
    if (!export_branches (log, log->chains->pdata[i], out, error))
      return FALSE;
  for (guint i = 0; i < log->chains->len && cut == NULL; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      guint64 from = sl_fork_since (log, &chain->replica, since_of (since, &chain->replica));
      gboolean admitted, revoked;
      if (!export_chain (&how, chain, from, out, count, error) || !export_heads (log, chain, from, out, error)
          || !export_branches (log, chain, out, error)
          || !sl_chain_admitted (log, chain, &admitted, error)
          || !sl_fence_is_revoked (log, &chain->replica, &revoked, error))
        return FALSE;
      if (chain != log->own && admitted && !revoked && chain->has_key && guest == NULL
          && !export_keys (log, &chain->replica, chain->public_key, out, error))
        return FALSE;
    }
  return guest == NULL || export_keys (log, &guest->id, guest->public_key, out, error);
}

/* sl_export_sign: our own head is signed first, so that all of our chain can be taken elsewhere. A directory that
 * cannot be written, or that a later program has written, exports what was signed before. */
gboolean
sl_export_sign (SlOplog *log, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  if (log->follower) /* what it wrote is published, and signed for that */
    return sl_chains_load (log, error);
  if (sl_oplog_begin (log, &sl_actor_device, &local_error) && sl_chain_sign_head (log, &local_error)
      && sl_oplog_commit (log, &local_error))
    return TRUE;
  sl_oplog_rollback (log);
  if (g_error_matches (local_error, SL_ERROR, SL_ERROR_READ_ONLY)
      || g_error_matches (local_error, SL_ERROR, SL_ERROR_TOO_NEW))
    return sl_chains_load (log, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* sl_export_file: signs our head, then lets write fill a temporary file beside file in a read snapshot, syncs, renames:
 * never half an export under its name. */
gboolean
sl_export_file (SlOplog *log, const char *file, SlExportWriteFunc write, gpointer user_data, GError **error)
{
  g_autofree char *temporary = g_strconcat (file, ".new", NULL);
  g_autoptr (GError) local_error = NULL;
  if (!sl_export_sign (log, error) || !sl_store_begin_read (log->store, error))
    return FALSE;
  (void) unlink (temporary);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FILE *out = fd >= 0 ? fdopen (fd, "w") : NULL;
  gboolean written = out != NULL && sl_chains_load (log, &local_error) && write (log, out, user_data, &local_error);
  sl_store_end_read (log->store);
  if (written && (fflush (out) != 0 || fsync (fileno (out)) != 0 || rename (temporary, file) != 0))
    written = FALSE;
  if (!written && local_error == NULL)
    g_set_error (&local_error, SL_ERROR,
                 errno == ENOSPC                     ? SL_ERROR_DISK_FULL
                 : errno == EROFS || errno == EACCES ? SL_ERROR_READ_ONLY
                                                     : SL_ERROR_STORAGE,
                 "writing %s: %s", file, g_strerror (errno));
  if (out != NULL)
    (void) fclose (out);
  if (written)
    return TRUE;
  (void) unlink (temporary);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

typedef struct {
  GHashTable *since;
  gboolean personal;
  const SlExportFor *guest;
  json_t *preface;
  guint64 *count;
} JsonExport;

static gboolean
write_json (SlOplog *log, FILE *out, gpointer user_data, GError **error)
{
  JsonExport *export = user_data;
  return (export->preface == NULL || write_line (out, json_incref (export->preface), error))
         && write_log (log, out, export->since, export->personal, export->guest, export->count, error);
}

/* sl_export_to: the log as JSON lines. */
gboolean
sl_export_to (SlOplog *log, const char *file, GHashTable *since, gboolean personal, const SlExportFor *guest,
              json_t *preface, guint64 *out_count, GError **error)
{
  JsonExport export = {
    .since = since, .personal = personal, .guest = guest, .preface = preface, .count = out_count
  };
  *out_count = 0;
  gboolean written = sl_export_file (log, file, write_json, &export, error);
  json_decref (preface);
  return written;
}

/**
 * sl_oplog_export:
 * @log: a log
 * @file: where to; replaced in one step
 * @since: (nullable) (element-type SlId guint64): what the reader has already
 * @personal: whether sealed fields are written in plain text too
 * @out: (out caller-allocates): how much was written
 * @error: return location
 *
 * Returns: %FALSE on failure: @file is as it was
 */
gboolean
sl_oplog_export (SlOplog *log, const char *file, GHashTable *since, gboolean personal, SlExportResult *out,
                 GError **error)
{
  return sl_export_to (log, file, since, personal, NULL, NULL, &out->operations, error);
}
