/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-exchange"

#include "engine/exchange.h"

#include <string.h>

#include "core/small-file.h"
#include "engine/device.h"
#include "engine/rights.h"
#include "engine/schedule.h"
#include "engine/engine-private.h"
#include "engine/ledger.h"

#define VECTOR_MAX_BYTES (4 * 1024 * 1024)   /* 60,000 devices: far beyond any studio's */
#define REPLICA_CHARS (SL_ID_TEXT_BYTES - 1)

/* TRUE: they may. FALSE: out_refusal says that they may not, and it is noted. */
static gboolean
may (SlEngine *engine, const SlActor *actor, const char *command, SlRefusal *out_refusal)
{
  if (sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return TRUE;
  (void) sl_query_refuse (engine, actor, command, out_refusal);
  return FALSE;
}

/**
 * sl_exchange_export:
 * @file: where to; what is there is replaced only by a whole file
 * @since: (nullable) (element-type SlId guint64): what the reader holds already
 * @personal: personal fields too, in their readable part
 * @out: (out): how many operations
 * @out_refusal: (out): not_allowed
 *
 * Writes the operations held, of every device: src/oplog/README.md "Export". Changes nothing. Engine thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_export (SlEngine *engine, const SlActor *actor, const char *file, GHashTable *since, gboolean personal,
                    SlExportResult *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out != NULL && out_refusal != NULL, FALSE);

  return !may (engine, actor, "oplog export", out_refusal) ||
         sl_oplog_export (engine->log, file, since, personal, out, error);
}

/* The next "replica": seq pair behind *at. */
static gboolean
take_pair (const char **at, GHashTable *vector)
{
  char text[SL_ID_TEXT_BYTES];
  SlId replica;
  const char *p = strchr (*at, '"');
  if (p == NULL || strlen (++p) < REPLICA_CHARS)
    return FALSE;
  memcpy (text, p, REPLICA_CHARS);
  text[REPLICA_CHARS] = '\0';
  p += REPLICA_CHARS;
  if (!sl_id_parse (text, &replica) || *p++ != '"')
    return FALSE;
  p += strspn (p, " \t\r\n");
  if (*p++ != ':')
    return FALSE;
  p += strspn (p, " \t\r\n");
  if (!g_ascii_isdigit (*p))
    return FALSE;
  guint64 *seq = g_new (guint64, 1);
  char *end;
  *seq = g_ascii_strtoull (p, &end, 10);
  g_hash_table_replace (vector, sl_id_copy (&replica), seq);
  *at = end + strspn (end, " \t\r\n");
  return TRUE;
}

/**
 * sl_exchange_read_vector:
 * @file: what `studioloop --json state-hash` printed, or its "vector" alone: {"replica": seq, …}
 *
 * Reads just that one object of names and whole numbers; what stands around it is skipped. Any thread.
 *
 * Returns: (transfer full) (element-type SlId guint64): the vector; %NULL with %SL_ERROR_BAD_INPUT
 */
GHashTable *
sl_exchange_read_vector (const char *file, GError **error)
{
  g_return_val_if_fail (file != NULL, NULL);

  gsize length;
  g_autofree char *text = sl_small_file_read (file, VECTOR_MAX_BYTES, &length, error);
  if (text == NULL)
    return NULL;
  const char *named = strstr (text, "\"vector\"");
  const char *at = strchr (named != NULL ? named : text, '{');
  g_autoptr (GHashTable) vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  gboolean sound = strlen (text) == length && at != NULL;
  if (sound)
    {
      at += 1 + strspn (at + 1, " \t\r\n");
      while (sound && *at != '}')
        {
          sound = take_pair (&at, vector) && (*at == ',' || *at == '}');
          at += sound && *at == ',';
        }
    }
  if (sound)
    return g_steal_pointer (&vector);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "not a vector as state-hash prints it");
  return NULL;
}

/**
 * sl_exchange_import:
 * @file: what an export wrote, in any order of lines
 * @out: (out): to be cleared with sl_import_result_clear()
 * @out_refusal: (out): not_allowed
 *
 * Takes operations of other devices. Writes only what it imports. Engine thread, not inside a command.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT names the line, and nothing of the file is kept then; of another
 * failure whole batches before it are
 */
gboolean
sl_exchange_import (SlEngine *engine, const SlActor *actor, const char *file, SlImportResult *out,
                    SlRefusal *out_refusal,
                    GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  return !may (engine, actor, "oplog import", out_refusal) || sl_oplog_import (engine->log, file, out, error);
}

/**
 * sl_exchange_sync_status:
 * @out: (out): how far exchange has come
 *
 * Takes no lock. Engine thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_sync_status (SlEngine *engine, SlSyncStatus *out, GError **error)
{
  SlSyncState state;
  g_return_val_if_fail (engine != NULL && out != NULL && engine->depth == 0, FALSE);

  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean done = sl_sync_state (engine->log, &state, error);
  sl_store_end_read (engine->store);
  if (done)
    *out = (SlSyncStatus) { *sl_oplog_get_organisation (engine->log), *sl_oplog_get_replica (engine->log), state.pushed,
                            state.pulled, state.pending, state.last_ms };
  return done;
}

/**
 * sl_exchange_sync_export:
 * @file: where to; what is there is replaced only by a whole file
 * @since: (nullable) (element-type SlId guint64): what the reader holds already
 * @out: (out): how much
 * @out_refusal: (out): not_allowed
 *
 * Writes the operations held, of every device, as segments: src/oplog/README.md "Segments". Engine thread, not inside a
 * command.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_sync_export (SlEngine *engine, const SlActor *actor, const char *file, GHashTable *since,
                         SlSyncWritten *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  return !may (engine, actor, "sync export", out_refusal) || sl_sync_export (engine->log, file, since, out, error);
}

/**
 * sl_exchange_sync_import:
 * @file: what a sync export wrote; several may come in any order
 * @out: (out): to be cleared with sl_import_result_clear()
 * @out_refusal: (out): not_allowed
 *
 * As sl_exchange_import(), of a file of segments.
 *
 * Returns: %FALSE on failure: of one with %SL_ERROR_BAD_INPUT nothing is kept, of another whole batches before it
 */
gboolean
sl_exchange_sync_import (SlEngine *engine, const SlActor *actor, const char *file, SlImportResult *out,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  return !may (engine, actor, "sync import", out_refusal) || sl_sync_import (engine->log, file, out, error);
}

/**
 * sl_exchange_state:
 * @out_hash: (out): of the rows of the replicated tables
 * @out_chains: (out) (transfer full) (element-type SlChainInfo): the chains, as of the same moment
 *
 * For comparing devices. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_state (SlEngine *engine, SlHash *out_hash, GArray **out_chains, GError **error)
{
  g_return_val_if_fail (engine != NULL && out_hash != NULL && out_chains != NULL && engine->depth == 0, FALSE);

  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean done = sl_oplog_state_hash (engine->log, out_hash, error) &&
    (*out_chains = sl_oplog_chains (engine->log, error)) != NULL;
  sl_store_end_read (engine->store);
  return done;
}

/**
 * sl_exchange_verify:
 * @out: (out): to be cleared with sl_verify_result_clear()
 *
 * Checks the file, the chains, rights and credits, the tables against the log, and the books. What is wrong is in @out,
 * not an error.
 *
 * Returns: %FALSE where the check itself could not be made
 */
gboolean
sl_exchange_verify (SlEngine *engine, SlVerifyResult *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL && engine->depth == 0, FALSE);

  return sl_oplog_verify (engine->log, out, error)
         && sl_ledger_check (engine, G_MININT64, G_MAXINT64, out->problems, error);
}

/**
 * sl_exchange_backup:
 * @file: where to; what is there is replaced only by a whole backup
 * @out_refusal: (out): not_allowed
 *
 * Writes a backup, sealed to the recovery phrase and this device. Engine thread, not inside a command.
 *
 * Returns: %FALSE on failure; what was there stays then
 */
gboolean
sl_exchange_backup (SlEngine *engine, const SlActor *actor, const char *file, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out_refusal != NULL && engine->depth == 0,
                        FALSE);

  return !may (engine, actor, "backup", out_refusal) || sl_oplog_backup (engine->log, file, error);
}

/**
 * sl_exchange_seal_device:
 * @engine: the engine, not inside a command
 * @actor: who
 * @sealed: whether the device's key shall lie under the machine's credential
 * @out_refusal: (out): not_allowed
 * @error: return location: READ_ONLY where this process was given no credential, BAD_INPUT where it is no secret
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_seal_device (SlEngine *engine, const SlActor *actor, gboolean sealed, SlRefusal *out_refusal,
                         GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_refusal != NULL && engine->depth == 0, FALSE);

  return !may (engine, actor, sealed ? "device seal" : "device unseal", out_refusal)
         || sl_oplog_seal_identity (engine->log, sealed, error);
}

/**
 * sl_exchange_restore:
 * @dir: the data directory; no engine of this process is open on it
 * @phrase: (nullable): the recovery phrase, where the backup was made by another device
 * @out: (out caller-allocates): what became of it; clear with sl_restore_result_clear()
 *
 * Reads @file before it touches anything, sets the old database aside and goes on as a new device without rights.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_exchange_restore (const char *dir, SlWorld *world, const char *file, const char *phrase, SlRestoreResult *out,
                     GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && file != NULL && out != NULL, FALSE);

  *out = (SlRestoreResult){ 0 };
  return sl_crypto_init (error) && sl_oplog_restore (dir, world, file, phrase, out, error);
}

/**
 * sl_right_free:
 * @right: (nullable) (transfer full): what sl_exchange_rights() gave
 */
void
sl_right_free (SlRight *right)
{
  if (right == NULL)
    return;
  g_free (right->name);
  g_free (right);
}

/* All devices, whoever asks: which there are is no secret among those who may ask for a session. */
static GPtrArray *
list_devices (SlEngine *engine, GError **error)
{
  SlActor owner;
  GPtrArray *devices = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  sl_actor_init_owner (&owner);
  return sl_device_list (engine, &owner, &devices, &refusal, error) ? devices : NULL;
}

/**
 * sl_exchange_rights:
 * @session: a session
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlRight): every admitted device; %NULL on failure
 */
GPtrArray *
sl_exchange_rights (SlEngine *engine, const SlId *session, GError **error)
{
  g_return_val_if_fail (engine != NULL && session != NULL, NULL);

  g_autoptr (GPtrArray) devices = list_devices (engine, error);
  if (devices == NULL)
    return NULL;
  g_autoptr (GPtrArray) rights = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_right_free);
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = g_ptr_array_index (devices, i);
      gint64 free_spots;
      if (!device->admitted || device->revoked)
        continue;
      if (!sl_rights_free (engine->log, session, &device->id, &free_spots, error))
        return NULL;
      SlRight *right = g_new (SlRight, 1);
      *right = (SlRight) { device->id, g_strdup (device->name), free_spots, device->own };
      g_ptr_array_add (rights, right);
    }
  return g_steal_pointer (&rights);
}

static gboolean
owes_spots (SlEngine *engine, const SlId *session, const SlId *replica, gboolean *out, GError **error)
{
  gint64 free_spots;
  if (!sl_rights_free (engine->log, session, replica, &free_spots, error))
    return FALSE;
  *out = free_spots < 0;
  return TRUE;
}

/* What this device can pass on: what others owe goes to them first. */
static gboolean
check_move (SlEngine *engine, const SlId *session_id, const SlId *to, gint64 spots, SlRefusal *out_refusal,
            GError **error)
{
  gint64 free_spots, spare;
  gboolean owes;
  g_autoptr (SlSession) session = sl_session_get (engine, session_id, error);
  if (session == NULL || !sl_rights_check_receiver (engine, to, out_refusal, error)
      || !sl_rights_spare (engine, session_id, &free_spots, &spare, error)
      || !owes_spots (engine, session_id, to, &owes, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (session->cancelled)
    sl_refuse (out_refusal, SL_REFUSAL_SESSION_CANCELLED);
  else if ((owes ? free_spots : spare) < spots)
    {
      sl_refuse (out_refusal, SL_REFUSAL_NO_RIGHTS);
      sl_refusal_set_int (out_refusal, "free", MAX (free_spots, 0));
      if (spare < free_spots)
        sl_refusal_set_int (out_refusal, "owed_to_others", CLAMP (free_spots - spare, 0, MAX (free_spots, 0)));
    }
  return TRUE;
}

/**
 * sl_exchange_move_rights:
 * @session: a session
 * @to: an admitted device
 * @spots: how many; at least 1
 * @out_refusal: (out): not_allowed; device_revoked; session_cancelled; no_rights (free: how many this device has;
 * owed_to_others: how many of them others must get first)
 *
 * Hands free spots that this device holds to another one. Engine thread.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND where @to is not admitted, %SL_ERROR_BAD_INPUT for a number that
 * cannot be
 */
gboolean
sl_exchange_move_rights (SlEngine *engine, const SlActor *actor, const SlId *session, const SlId *to, gint64 spots,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && session != NULL && to != NULL && out_refusal != NULL, FALSE);

  if (spots < 1 || sl_id_equal (to, sl_oplog_get_replica (engine->log)))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "spots: at least one, to another device");
      return FALSE;
    }
  if (!may (engine, actor, "rights move", out_refusal))
    return TRUE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_move (engine, session, to, spots, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "rights move", out_refusal, error);
  if (!sl_op_session_move (engine->log, session, to, (int) spots, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
