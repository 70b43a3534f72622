/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-replaced"

#include "oplog/replaced.h"

#include <string.h>

#include "oplog/erased-list.h"
#include "oplog/exchange.h"
#include "oplog/fence.h"

/* What people read where the revoked device is listed. */
#define REASON "A backup was restored in its place."

/* How far the backup's log goes. (element-type SlId guint64) (nullable): it cannot be read */
static GHashTable *
read_vector (const char *staged)
{
  g_autoptr (GHashTable) vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  g_autoptr (SlStore) store = sl_store_open (staged, SL_STORE_OPEN, NULL);
  if (store == NULL)
    return NULL;
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT replica, head_seq FROM local_chain", "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      guint64 seq = (guint64) sl_rows_int (rows, 1);
      sl_rows_id (rows, 0, &replica);
      g_hash_table_insert (vector, g_memdup2 (&replica, sizeof replica), g_memdup2 (&seq, sizeof seq));
    }
  return sl_rows_finish (rows, NULL) ? g_steal_pointer (&vector) : NULL;
}

static guint64
count_missing (SlOplog *log, GHashTable *vector)
{
  guint64 missing = 0;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const guint64 *held = g_hash_table_lookup (vector, &chain->replica);
      missing += chain->head_seq - MIN (chain->head_seq, held != NULL ? *held : 0);
    }
  return missing;
}

/* Whether one goes on for the other, over any number of restores. */
static gboolean
goes_on_for (SlOplog *log, const SlId *replica, const SlId *predecessor)
{
  const SlChain *chain = sl_chain_find (log, replica);
  for (guint hops = 0; chain != NULL && hops <= log->chains->len; hops++)
    {
      if (sl_id_equal (&chain->replica, predecessor))
        return TRUE;
      chain = sl_chain_find (log, &chain->predecessor);
    }
  return FALSE;
}

/* For the backup's key: only whoever restores it can open the keys of members in it. */
static gboolean
write_missing (SlOplog *log, const SlIdentity *backup, const char *staged, const char *file, SlReplaced *out)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GHashTable) vector = read_vector (staged);
  SlExportFor reader = { .id = backup->replica };
  guint64 written;
  memcpy (reader.public_key, backup->key.public_key, SL_SIGN_PUBLIC_BYTES);
  if (vector == NULL || !sl_chains_load (log, &failure)
      || !sl_export_to (log, file, vector, FALSE, &reader, NULL, &written, &failure))
    {
      g_info ("the log that lay there cannot be read: %s", failure != NULL ? failure->message : "the backup's own");
      return FALSE;
    }
  out->missing = count_missing (log, vector);
  out->other = !goes_on_for (log, &out->replica, &backup->replica)
               && !goes_on_for (log, &backup->replica, &out->replica);
  return TRUE;
}

/* sl_replaced_clear: frees what a look filled. */
void
sl_replaced_clear (SlReplaced *replaced)
{
  g_clear_pointer (&replaced->erased, g_array_unref);
}

/* sl_replaced_look: see the header. */
void
sl_replaced_look (const char *dir, SlWorld *world, const SlIdentity *backup, const char *staged, const char *file,
                  SlReplaced *out)
{
  g_auto (SlIdentity) here = { 0 };
  *out = (SlReplaced){ 0 };
  if (!sl_identity_exists (dir) || !sl_identity_read (dir, &here, NULL)
      || !sl_id_equal (&here.organisation, &backup->organisation))
    return;
  out->replica = here.replica;
  out->other = !sl_id_equal (&here.replica, &backup->replica)
               && !(here.has_predecessor && sl_id_equal (&here.predecessor, &backup->replica))
               && !(backup->has_predecessor && sl_id_equal (&backup->predecessor, &here.replica));
  g_autoptr (SlStore) store = sl_store_exists (dir) ? sl_store_open (dir, SL_STORE_OPEN, NULL) : NULL;
  if (store == NULL || !sl_store_quick_check (store, NULL))
    return;
  out->erased = sl_erased_list_of (store, NULL);
  SlOplog *log = sl_oplog_open (store, world, NULL);
  if (log == NULL)
    return;
  out->is_read = write_missing (log, backup, staged, file, out);
  out->replica = log->identity.replica; /* a copy has become a device of its own to say what it holds */
  sl_oplog_close (log);
}

/* sl_replaced_settle: see the header. */
gboolean
sl_replaced_settle (SlOplog *log, const char *file, SlReplaced *inout, GError **error)
{
  g_auto (SlImportResult) taken = { 0 };
  gboolean revoked;
  if (inout->other && inout->missing > 0)
    {
      if (!sl_import_from (log, file, NULL, &taken, error))
        return FALSE;
      inout->missing -= MIN (inout->missing, taken.new_operations);
    }
  if (sl_id_is_none (&inout->replica) || sl_id_equal (&inout->replica, &log->identity.predecessor))
    return TRUE; /* its own old one is revoked with its first operation */
  if (!sl_oplog_begin (log, &sl_actor_owner, error))
    return FALSE;
  if (sl_fence_is_revoked (log, &inout->replica, &revoked, error)
      && (revoked || sl_op_device_revoke (log, &inout->replica, !inout->other, inout->other ? REASON : NULL, error)))
    return sl_oplog_commit (log, error);
  sl_oplog_rollback (log);
  return FALSE;
}
