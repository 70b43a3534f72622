/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-keep"

#include "oplog/snapshot-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "oplog/incoming.h"

/* The snapshot that this log rests on, and what is remembered of others'. It lies in the database, so that it changes
 * in one transaction with the log and a backup holds both. */

#define PART_BYTES (256 * 1024) /* of one row */
#define PART_BITS 24
#define HEARD_MAX 32 /* statements of others that are remembered, the latest */

static GBytes *
pack_vector (const SlSnapshotInfo *info)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  sl_cbor_begin_array (writer, 2 * info->chains->len);
  for (guint i = 0; i < info->chains->len; i++)
    {
      const SlSnapshotChain *chain = &g_array_index (info->chains, SlSnapshotChain, i);
      sl_cbor_put_id (writer, &chain->replica);
      sl_cbor_put_int (writer, (gint64) chain->applied_seq);
    }
  return sl_cbor_writer_finish (writer);
}

static GHashTable *
unpack_vector (const void *data, gsize length)
{
  g_autoptr (GHashTable) vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  SlCborReader reader;
  gsize items;
  sl_cbor_reader_init (&reader, data, length);
  if (!sl_cbor_get_array (&reader, 0, 2 * SL_SNAPSHOT_CHAINS_MAX, &items))
    return NULL;
  for (gsize i = 0; i + 1 < items; i += 2)
    {
      SlId id;
      gint64 seq;
      if (!sl_cbor_get_id (&reader, &id) || !sl_cbor_get_int (&reader, 0, SL_SEQ_MAX, &seq))
        return NULL;
      guint64 applied = (guint64) seq;
      g_hash_table_insert (vector, sl_id_copy (&id), g_memdup2 (&applied, sizeof applied));
    }
  return g_steal_pointer (&vector);
}

static gboolean
note (SlOplog *log, const SlSnapshotInfo *info, SlSnapshotOrigin origin, const char *problem, gint64 *out_id,
      GError **error)
{
  g_autoptr (GBytes) vector = pack_vector (info);
  SlHash statement;
  sl_snapshot_statement (&info->state, &info->merge, &statement);
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_snapshot (digest, signer, created_ms, received_ms, state, vector, origin, "
                        "problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET origin = min "
                        "(origin, excluded.origin), problem = excluded.problem",
                        "bdiibgit", info->digest.bytes, (gsize) SL_HASH_BYTES, &info->signer, info->created_ms,
                        log->world->now_ms (log->world), statement.bytes, (gsize) SL_HASH_BYTES, vector,
                        (gint64) origin, problem)
         && sl_store_query_int (log->store, 0, out_id, error, "SELECT id FROM local_snapshot WHERE digest = ?", "b",
                                info->digest.bytes, (gsize) SL_HASH_BYTES);
}

/* sl_snapshot_hear: remembers what somebody's snapshot vouches for, to be checked when the log is verified. Another
 * release's can be right and look different: it is not compared. */
gboolean
sl_snapshot_hear (SlOplog *log, const SlSnapshotInfo *info, const char *problem, GError **error)
{
  gint64 id, schema;
  if (!sl_store_query_int (log->store, 0, &schema, error, "PRAGMA user_version", ""))
    return FALSE;
  if (problem == NULL && (info->schema != schema || info->parked > 0))
    return TRUE;
  return note (log, info, SL_SNAPSHOT_HEARD, problem, &id, error)
         && sl_store_exec (log->store, error,
                           "DELETE FROM local_snapshot WHERE origin = 3 AND id NOT IN (SELECT id FROM local_snapshot "
                           "WHERE origin = 3 ORDER BY id DESC LIMIT ?)",
                           "i", (gint64) HEARD_MAX);
}

static gboolean
store_parts (SlOplog *log, SlSnapshotSource *source, gint64 id, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (PART_BYTES);
  if (!source->rewind (source, error))
    return FALSE;
  for (gint64 number = 0;; number++)
    {
      gsize length = 0;
      for (gssize got = 1; got > 0 && length < PART_BYTES; length += (gsize) MAX (got, 0))
        if ((got = source->read (source, buffer + length, PART_BYTES - length, error)) < 0)
          return FALSE;
      if (length == 0)
        return TRUE;
      if (!sl_store_exec (log->store, error, "INSERT INTO local_snapshot_part (pos, bytes) VALUES (?, ?)", "ib",
                          id << PART_BITS | number, buffer, length))
        return FALSE;
    }
}

/* sl_snapshot_keep: from now on this log rests on it, in place of the one before. Inside a transaction. */
gboolean
sl_snapshot_keep (SlOplog *log, SlSnapshotSource *source, const SlSnapshotInfo *info, SlSnapshotOrigin origin,
                  GError **error)
{
  gint64 id;
  return sl_store_exec (log->store, error, "DELETE FROM local_snapshot_part", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_snapshot WHERE origin <> 3", "")
         && note (log, info, origin, NULL, &id, error) && store_parts (log, source, id, error);
}

/* The kept one; 0: none. */
static gboolean
find_kept (SlOplog *log, gint64 *out_id, GError **error)
{
  return sl_store_query_int (log->store, 0, out_id, error,
                             "SELECT id FROM local_snapshot WHERE origin <> 3 ORDER BY id DESC LIMIT 1", "");
}

static gboolean
is_pruned (SlOplog *log)
{
  for (guint i = 0; i < log->chains->len; i++)
    if (((SlChain *) log->chains->pdata[i])->pruned_seq > 0)
      return TRUE;
  return FALSE;
}

/* sl_snapshot_base_load: where log is folded, puts the rows and cuts of its kept snapshot into the emptied tables of
 * into (log itself, or a scratch one). CORRUPT where it is gone or damaged. */
gboolean
sl_snapshot_base_load (SlOplog *log, SlOplog *into, GError **error)
{
  gint64 id;
  g_autoptr (GError) failure = NULL;
  if (!is_pruned (log))
    return TRUE;
  if (!find_kept (log, &id, error))
    return FALSE;
  g_auto (SlSnapshotKept) kept = { { NULL } };
  g_auto (SlSnapshotInfo) info = { 0 };
  sl_snapshot_kept_init (&kept, log->store, id);
  if (id != 0 && sl_snapshot_parse (&kept.base, NULL, NULL, &info, &failure)
      && sl_snapshot_load (into, &kept.base, &info, TRUE, &failure))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the snapshot that this log rests on: %s",
               failure != NULL ? failure->message : "it is gone");
  return FALSE;
}

/* sl_snapshot_base_is_current: whether the snapshot that log rests on is of this schema; so is none. */
gboolean
sl_snapshot_base_is_current (SlOplog *log, gboolean *out, GError **error)
{
  gint64 id, schema;
  *out = TRUE;
  if (!is_pruned (log))
    return TRUE;
  if (!find_kept (log, &id, error) || !sl_store_query_int (log->store, 0, &schema, error, "PRAGMA user_version", ""))
    return FALSE;
  g_auto (SlSnapshotKept) kept = { { NULL } };
  g_auto (SlSnapshotInfo) info = { 0 };
  sl_snapshot_kept_init (&kept, log->store, id);
  if (!sl_snapshot_parse (&kept.base, NULL, NULL, &info, error))
    return FALSE;
  *out = info.schema == schema;
  return TRUE;
}

/* Whether it holds operations of which this log has neither the bytes nor the effects. */
static gboolean
is_wanted (SlOplog *log, const SlSnapshotInfo *info)
{
  for (guint i = 0; i < info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (info->chains, SlSnapshotChain, i);
      const SlChain *chain = sl_chain_find (log, &what->replica);
      if (what->applied_seq > (chain != NULL ? chain->head_seq : 0))
        return TRUE;
    }
  return FALSE;
}

/* sl_snapshot_take: loads what source holds where this log lacks it, and applies on top what it has beyond; else only
 * remembers what it vouches for. A snapshot that lies is remembered as such, and is BAD_INPUT: roll back. */
gboolean
sl_snapshot_take (SlOplog *log, SlSnapshotSource *source, gboolean *out_loaded, GError **error)
{
  g_auto (SlSnapshotInfo) info = { 0 };
  *out_loaded = FALSE;
  if (!sl_snapshot_parse (source, NULL, NULL, &info, error))
    return FALSE;
  if (!is_wanted (log, &info))
    return sl_id_equal (&info.signer, &log->identity.replica) || sl_snapshot_hear (log, &info, NULL, error);
  if (!sl_snapshot_fits (log, &info, error) || !sl_tables_clear (log, error)
      || !sl_snapshot_load (log, source, &info, FALSE, error)
      || !sl_snapshot_keep (log, source, &info, SL_SNAPSHOT_BASE, error))
    return FALSE;
  *out_loaded = TRUE;
  sl_corrections_forget (log); /* the rows are others now */
  /* What the resolver has to look at is not known one by one. */
  return sl_erasures_note (log, error)
         && sl_store_exec (log->store, error,
                        "INSERT INTO local_meta (key, value) VALUES ('touched_all', 1) ON CONFLICT (key) DO UPDATE SET "
                        "value = excluded.value",
                        "")
         && sl_apply_held (log, error) && sl_parked_take_due (log, error);
}

static gboolean
take_in_transaction (SlOplog *log, SlSnapshotSource *source, gboolean bare, gboolean *out_loaded, GError **error)
{
  if (bare ? !sl_oplog_begin_bare (log, error) : !sl_oplog_begin_to_receive (log, error))
    return FALSE;
  if (sl_snapshot_take (log, source, out_loaded, error) && sl_oplog_commit (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}

/* What it said is remembered under its signer's name. One that was not even signed is nobody's. */
static gboolean
remember_lie (SlOplog *log, SlSnapshotSource *source, const char *problem, SlId *out_signer, GError **error)
{
  g_auto (SlSnapshotInfo) info = { 0 };
  if (!sl_snapshot_parse (source, NULL, NULL, &info, NULL))
    return TRUE;
  *out_signer = info.signer;
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  if (sl_snapshot_hear (log, &info, problem, error) && sl_oplog_commit (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}

/* sl_snapshot_take_alone: see the header. *out_signer: where it fails: whose it is, none where nobody signed it. */
gboolean
sl_snapshot_take_alone (SlOplog *log, SlSnapshotSource *source, gboolean bare, gboolean *out_loaded, SlId *out_signer,
                        GError **error)
{
  g_autoptr (GError) failure = NULL;
  *out_signer = sl_id_none;
  sl_store_set_bulk (log->store, TRUE);
  gboolean taken = take_in_transaction (log, source, bare, out_loaded, &failure);
  sl_store_set_bulk (log->store, FALSE);
  if (taken)
    return TRUE;
  if (!bare && g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT)
      && !remember_lie (log, source, failure->message, out_signer, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* sl_snapshot_base_open: to forward the snapshot that this log rests on. */
gboolean
sl_snapshot_base_open (SlOplog *log, SlSnapshotKept *out, gboolean *out_found, GError **error)
{
  gint64 id = 0;
  if (is_pruned (log) && !find_kept (log, &id, error))
    return FALSE;
  *out_found = id != 0;
  sl_snapshot_kept_init (out, log->store, id);
  return TRUE;
}

/* --- verify --- */

static void
add_problem (GPtrArray *problems, const SlId *signer, gint64 created_ms, const char *what)
{
  char text[SL_ID_TEXT_BYTES];
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (created_ms / 1000);
  g_autofree char *day = at != NULL ? g_date_time_format_iso8601 (at) : NULL;
  g_ptr_array_add (problems, g_strdup_printf ("the snapshot of device %s of %s %s", sl_id_format (signer, text),
                                              day != NULL ? day : "?", what));
}

/* Whether the operations up to vector are all here, so that the state can be made again. */
static gboolean
covers (SlOplog *log, GHashTable *vector)
{
  GHashTableIter iter;
  gpointer replica, seq;
  g_hash_table_iter_init (&iter, vector);
  while (g_hash_table_iter_next (&iter, &replica, &seq))
    {
      const SlChain *chain = sl_chain_find (log, replica);
      if (*(guint64 *) seq > 0 && (chain == NULL || chain->pruned_seq > 0 || chain->head_seq < *(guint64 *) seq))
        return FALSE;
    }
  return TRUE;
}

/* Another device's snapshot against the log itself: the state at its vector, made again. */
static gboolean
check_heard (SlOplog *log, const SlId *signer, gint64 created_ms, GHashTable *vector, const SlHash *statement,
             GPtrArray *problems, GError **error)
{
  g_auto (SlScratch) scratch = { NULL };
  SlHash state, merge, rebuilt;
  gboolean parked;
  if (!covers (log, vector))
    return TRUE;
  if (!sl_scratch_build (log, vector, FALSE, &scratch, error)
      || !sl_snapshot_has_parked (scratch.log, &parked, error)
      || !sl_snapshot_merge_hash (scratch.log, &merge, error))
    return FALSE;
  sl_state_sum_to_hash (&scratch.log->sum, &state);
  sl_snapshot_statement (&state, &merge, &rebuilt);
  if (!parked && !sl_hash_equal (&rebuilt, statement))
    add_problem (problems, signer, created_ms, "lies: the log makes another state");
  return TRUE;
}

static gboolean
check_kept (SlOplog *log, gint64 id, GPtrArray *problems, GError **error)
{
  g_auto (SlSnapshotKept) kept = { { NULL } };
  g_auto (SlSnapshotInfo) info = { 0 };
  g_autoptr (GError) failure = NULL;
  sl_snapshot_kept_init (&kept, log->store, id);
  if (id != 0 && sl_snapshot_parse (&kept.base, NULL, NULL, &info, &failure))
    return TRUE;
  if (failure != NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_ptr_array_add (problems, g_strdup_printf ("the snapshot that this log rests on: %s",
                                              failure != NULL ? failure->message : "it is gone"));
  return TRUE;
}

/* sl_snapshot_verify: what is wrong with the kept one, and with what others vouched for, as far as the log can tell. */
gboolean
sl_snapshot_verify (SlOplog *log, GPtrArray *problems, GError **error)
{
  gint64 kept;
  if (is_pruned (log) && (!find_kept (log, &kept, error) || !check_kept (log, kept, problems, error)))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT signer, created_ms, state, vector, problem FROM local_snapshot WHERE origin = 3 ORDER BY id",
      "");
  while (sl_rows_next (rows))
    {
      gsize state_length, vector_length;
      SlId signer;
      SlHash statement;
      const void *bytes = sl_rows_blob (rows, 2, &state_length), *packed = sl_rows_blob (rows, 3, &vector_length);
      g_autoptr (GHashTable) vector = unpack_vector (packed, vector_length);
      sl_rows_id (rows, 0, &signer);
      memcpy (statement.bytes, bytes, SL_HASH_BYTES); /* the table checks its length */
      if (!sl_rows_is_null (rows, 4))
        add_problem (problems, &signer, sl_rows_int (rows, 1), sl_rows_text (rows, 4));
      else if (vector != NULL
               && !check_heard (log, &signer, sl_rows_int (rows, 1), vector, &statement, problems, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}
