/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-scratch"

#include "oplog/snapshot-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "oplog/fence-private.h"
#include "oplog/incoming.h"

/* The tables once more, from the log alone, in a directory that goes away: to compare with, and to read the state as of
 * an earlier point from. */

/* sl_scratch_clear: takes it all away. */
void
sl_scratch_clear (SlScratch *scratch)
{
  if (scratch == NULL)
    return;
  if (scratch->log != NULL)
    sl_oplog_rollback (scratch->log);
  g_clear_pointer (&scratch->log, sl_oplog_close);
  g_clear_pointer (&scratch->store, sl_store_close);
  if (scratch->dir == NULL)
    return;
  g_autoptr (GDir) listing = g_dir_open (scratch->dir, 0, NULL);
  for (const char *name = listing != NULL ? g_dir_read_name (listing) : NULL; name != NULL;
       name = g_dir_read_name (listing))
    {
      g_autofree char *path = g_build_filename (scratch->dir, name, NULL);
      (void) g_unlink (path);
    }
  (void) g_rmdir (scratch->dir);
  g_clear_pointer (&scratch->dir, g_free);
}

static gboolean
add_chain (const SlChain *from, SlOplog *scratch, GError **error)
{
  SlChain *to = sl_chain_add (scratch, &from->replica);
  if (to == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "the rebuild could not be begun");
      return FALSE;
    }
  to->has_key = from->has_key;
  memcpy (to->public_key, from->public_key, SL_SIGN_PUBLIC_BYTES);
  to->has_invitation = from->has_invitation;
  memcpy (to->invitation, from->invitation, SL_SIGN_PUBLIC_BYTES);
  to->predecessor = from->predecessor;
  return TRUE;
}

static gboolean
copy_operations (SlOplog *log, const SlChain *from, guint64 up_to, SlOplog *scratch, GError **error)
{
  SlChain *to = sl_chain_find (scratch, &from->replica);
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (from->ix, to->head_seq), SL_OP_POS (from->ix, up_to));
  while (sl_rows_next (rows))
    {
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 0);
      if (!sl_chain_append (scratch, to, bytes, &from->head_hash, error)) /* no hash is looked at in here */
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* Corrections of clocks that are part of the state that is built: its operations are read with them from the start. */
static gboolean
copy_corrections (SlOplog *log, GHashTable *vector, SlOplog *scratch, GError **error)
{
  if (!sl_corrections_load (log, error))
    return FALSE;
  scratch->corrections = g_array_new (FALSE, FALSE, sizeof (SlCorrection));
  for (guint i = 0; i < log->corrections->len; i++)
    {
      const SlCorrection *one = &g_array_index (log->corrections, SlCorrection, i);
      const guint64 *wish = vector != NULL ? g_hash_table_lookup (vector, &one->replica) : NULL;
      if (vector == NULL || (wish != NULL && one->seq <= *wish))
        g_array_append_val (scratch->corrections, *one);
    }
  return TRUE;
}

/* Whether more counts of a revoked device than its cut says may not be known yet; once it is taken over from, it is. */
static gboolean
pin_final (SlOplog *log, SlOplog *scratch, GError **error)
{
  if (!sl_fences_load (log, error))
    return FALSE;
  scratch->pinned = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      if (fence->final)
        g_hash_table_insert (scratch->pinned, sl_id_copy (&fence->replica), g_memdup2 (&fence->cut, sizeof fence->cut));
    }
  return TRUE;
}

static gboolean
fill (SlOplog *log, GHashTable *vector, gboolean from_base, SlOplog *scratch, GError **error)
{
  if (!sl_oplog_begin_bare (scratch, error) || !copy_corrections (log, vector, scratch, error)
      || !pin_final (log, scratch, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    if (!add_chain (log->chains->pdata[i], scratch, error))
      return FALSE;
  if (from_base && !sl_snapshot_base_load (log, scratch, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const guint64 *wish = vector != NULL ? g_hash_table_lookup (vector, &chain->replica) : NULL;
      guint64 up_to = vector == NULL ? chain->applied_seq : wish != NULL ? MIN (*wish, chain->applied_seq) : 0;
      if (!copy_operations (log, chain, up_to, scratch, error))
        return FALSE;
    }
  return sl_apply_held (scratch, error) && sl_parked_take_due (scratch, error);
}

/* sl_scratch_build: see the header. from_base: where log is folded, from its kept snapshot on. The scratch log stays
 * inside its transaction, which is never committed. */
gboolean
sl_scratch_build (SlOplog *log, GHashTable *vector, gboolean from_base, SlScratch *out, GError **error)
{
  *out = (SlScratch){ .dir = g_dir_make_tmp ("studioloop-rebuild-XXXXXX", error) };
  if (out->dir == NULL || (out->store = sl_store_open (out->dir, SL_STORE_CREATE, error)) == NULL)
    return FALSE;
  sl_store_set_bulk (out->store, TRUE);
  out->log = sl_oplog_new_bare (out->store, log->world);
  out->log->scratch = TRUE;
  out->log->identity.organisation = log->identity.organisation;
  out->log->rules_off = log->rules_off;
  out->log->kinds_unknown = log->kinds_unknown;
  out->log->kinds_last = log->kinds_last;
  memcpy (out->log->fields_known, log->fields_known, sizeof log->fields_known);
  return fill (log, vector, from_base, out->log, error);
}
