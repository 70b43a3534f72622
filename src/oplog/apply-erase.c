/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-erase"

#include "oplog/erased-list.h"

/* Erasing a member: final, and wins over all else. Every device destroys the key that the member's data is sealed with
 * and takes it from nobody again; what is sealed goes from the rows, whatever came first
 * (data/migrations/007-erase.sql). The operations stay as they were signed: nobody can open them any more.
 * src/oplog/README.md "Erasing". */

#define SEALED_REASON_MAX 8192

/**
 * sl_op_member_erase:
 * @log: inside a transaction
 * @member: whose data
 * @reason: (nullable): for people; it outlives the member's key, so it is sealed under the organisation's
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_member_erase (SlOplog *log, const SlId *member, const char *reason, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) sealed = sl_seal_note (log, &sl_id_none, reason, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  sl_cbor_begin_array (body, 1);
  if (sealed == NULL)
    sl_cbor_put_null (body);
  else
    sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return sl_oplog_emit (log, SL_KIND_MEMBER_ERASE, member, body, NULL, error);
}

/* sl_apply_member_erase: entity: the member; [reason]; of several the earliest is told. */
gboolean
sl_apply_member_erase (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, blob_length = 0;
  const guint8 *blob = NULL;
  SlCborItem item;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || (sl_cbor_peek (body) == SL_CBOR_NULL ? !sl_cbor_next (body, &item)
                                              : !sl_cbor_get_bytes (body, SEALED_REASON_MAX, &blob, &blob_length))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO erased (member_id, hlc, replica, seq, actor, reason) VALUES (?, ?, ?, ?, ?, ?)"
                        " ON CONFLICT (member_id) DO UPDATE SET hlc = excluded.hlc, replica = excluded.replica,"
                        " seq = excluded.seq, actor = excluded.actor, reason = excluded.reason"
                        " WHERE (excluded.hlc, excluded.replica, excluded.seq) < (hlc, replica, seq)",
                        "dididb", &operation->entity, operation->hlc, &operation->replica, (gint64) operation->seq,
                        &operation->actor, blob, blob_length)
         && sl_erasures_note (log, error);
}

/* sl_erasures_note: looks whether somebody was erased since the last time: opened keys in memory go, and what was
 * deleted is to be cleaned out of the files. */
gboolean
sl_erasures_note (SlOplog *log, GError **error)
{
  gint64 erased, scrub;
  if (!sl_store_query_int (log->store, 0, &erased, error, "SELECT count (*) FROM erased", ""))
    return FALSE;
  if (erased == log->erased)
    return TRUE;
  g_hash_table_remove_all (log->member_keys);
  log->erased = erased;
  if (!sl_store_query_int (log->store, 0, &scrub, error, "SELECT value FROM local_meta WHERE key = 'scrub'", ""))
    return FALSE;
  log->scrub_due = scrub != 0;
  return TRUE;
}

/**
 * sl_oplog_count_erased:
 * @log: a log, not inside a transaction
 * @out: (out): how many members are erased
 * @error: return location
 *
 * Drops from memory the opened keys of those who were erased by other processes, too.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_count_erased (SlOplog *log, gint64 *out, GError **error)
{
  g_return_val_if_fail (log != NULL && out != NULL, FALSE);

  if (!sl_erasures_note (log, error))
    return FALSE;
  *out = log->erased;
  return TRUE;
}

/* Run after each write of a row that may say something sealed about the member; nothing to look for as long as nobody
 * was ever erased. What else is sealed is written seldom and has triggers. */
static gboolean
absorb (SlOplog *log, const char *sql, const SlId *id, GError **error)
{
  return log->erased == 0 || sl_store_exec (log->store, error, sql, "d", id);
}

/* sl_erase_absorb_member: erasing wins over what was just written into the member's row. */
gboolean
sl_erase_absorb_member (SlOplog *log, const SlId *member, GError **error)
{
  return absorb (log,
                 "UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, "
                 "notes = NULL, emergency = NULL, pin_hash = NULL, status_reason = NULL, parq = NULL, "
                 "invoice_to = NULL "
                 "WHERE id = ?1 AND EXISTS (SELECT 1 FROM erased WHERE member_id = ?1)",
                 member, error);
}

/* sl_erase_absorb_claim: over a claim's row, whose member may have become known only now: check-ins of the booking hang
 * on that too. */
gboolean
sl_erase_absorb_claim (SlOplog *log, const SlId *claim, GError **error)
{
  return absorb (log,
                 "UPDATE claim SET guests = NULL, note = NULL, release_reason = NULL WHERE id = ? "
                 "AND (guests IS NOT NULL OR note IS NOT NULL OR release_reason IS NOT NULL) "
                 "AND EXISTS (SELECT 1 FROM erased e WHERE e.member_id = claim.member_id)",
                 claim, error)
         && absorb (log,
                    "UPDATE checkin SET reason = NULL, undo_reason = NULL WHERE booking_id = ?1 "
                    "AND (reason IS NOT NULL OR undo_reason IS NOT NULL) "
                    "AND EXISTS (SELECT 1 FROM claim c JOIN erased e ON e.member_id = c.member_id WHERE c.id = ?1)",
                    claim, error);
}

/* sl_erase_absorb_checkin: over a check-in's row. */
gboolean
sl_erase_absorb_checkin (SlOplog *log, const SlId *checkin, GError **error)
{
  return absorb (log,
                 "UPDATE checkin SET reason = NULL, undo_reason = NULL WHERE id = ? "
                 "AND (reason IS NOT NULL OR undo_reason IS NOT NULL) "
                 "AND (EXISTS (SELECT 1 FROM erased e WHERE e.member_id = checkin.member_id) "
                 "OR EXISTS (SELECT 1 FROM claim c JOIN erased e ON e.member_id = c.member_id "
                 "WHERE c.id = checkin.booking_id))",
                 checkin, error);
}

/**
 * sl_oplog_is_erased:
 * @log: a log
 * @member: whom
 * @out: (out): whether an applied operation erases the member
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_is_erased (SlOplog *log, const SlId *member, gboolean *out, GError **error)
{
  gint64 count;
  if (!sl_store_query_int (log->store, 0, &count, error, "SELECT count (*) FROM erased WHERE member_id = ?", "d",
                           member))
    return FALSE;
  *out = count > 0;
  return TRUE;
}

/* --- the bytes on the disk --- */

/**
 * sl_oplog_scrub:
 * @log: a log, no transaction open and no rows
 * @error: return location
 *
 * After somebody was erased: SQLite has overwritten the key's row in the database; here the write-ahead log's file,
 * which still holds it, is emptied too, what restores have set aside loses the key, and whom to forget is written down
 * beside the database, for the day on which a backup takes its place. Where a reader is in the way it is tried again
 * later, by any process. Costs nothing where nothing is due.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_scrub (SlOplog *log, GError **error)
{
  if (!log->scrub_due)
    return TRUE;
  g_autoptr (GArray) ids = sl_erased_list_of (log->store, error);
  if (ids == NULL || !sl_erased_list_add (sl_store_get_dir (log->store), ids, error)
      || !sl_aside_purge (log, ids, error) || !sl_store_checkpoint (log->store, error))
    return FALSE;
  if (sl_store_wal_bytes (log->store) > 0)
    return TRUE; /* somebody is reading */
  if (!sl_store_begin_relaxed (log->store, error))
    return FALSE;
  if (!sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = 'scrub'", ""))
    {
      sl_store_rollback (log->store);
      return FALSE;
    }
  log->scrub_due = FALSE;
  return sl_store_commit (log->store, error);
}
