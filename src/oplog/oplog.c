/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-oplog"

#include "core/datetime.h"
#include "oplog/oplog-private.h"
#include "oplog/prune.h"

#include <string.h>
#include <sys/stat.h>

static guint64
inode_of (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  struct stat status;
  return stat (path, &status) == 0 ? status.st_ino : 0;
}

static void
member_key_free (gpointer key)
{
  sl_seal_key_clear (key);
  g_free (key);
}

/* sl_oplog_new_bare: a log without identity, for founding, joining and rebuilding. */
SlOplog *
sl_oplog_new_bare (SlStore *store, SlWorld *world)
{
  SlOplog *log = g_new0 (SlOplog, 1);
  log->store = store;
  log->world = world;
  log->mark.fd = -1;
  log->chains_version = -1;
  log->actor = sl_actor_device;
  log->member_keys = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, member_key_free);
  log->place_version = -1;
  sl_oplog_set_fold_age (log, SL_FOLD_AGE_DAYS * SL_DAY_MS, SL_CLOCK_REACH_DAYS * SL_DAY_MS);
  log->database_path = g_build_filename (sl_store_get_dir (store), SL_STORE_FILE, NULL);
  log->database_inode = inode_of (sl_store_get_dir (store), SL_STORE_FILE);
  sl_state_sum_attach (log);
  return log;
}

/* The mark follows each commit, under the writer lock. */
static gboolean
write_mark (SlStore *store, gpointer user_data, GError **error)
{
  SlOplog *log = user_data;
  if (log->own == NULL || log->mark.fd < 0 || (log->emitted == 0 && !log->mark_lags) || log->is_copy)
    return TRUE;
  if (!sl_mark_write (&log->mark, log->own->head_seq, &log->own->head_hash, error))
    return FALSE;
  /* Where it begins, nobody could tell without a mark that its key was used; a mark that a power cut has lost once is
   * not to be lost for long. */
  if (log->mark_lags || log->own->head_seq == (guint64) log->emitted)
    sl_mark_sync (&log->mark);
  log->mark_lags = FALSE;
  return TRUE;
}

/* sl_oplog_adopt: the identity in memory is the directory's. */
gboolean
sl_oplog_adopt (SlOplog *log, GError **error)
{
  const char *dir = sl_store_get_dir (log->store);
  log->identity_inode = inode_of (dir, "identity");
  sl_store_set_after_commit (log->store, write_mark, log);
  return log->mark.fd >= 0 || sl_mark_open (&log->mark, dir, error);
}

/* What the mark said before the database was read: commits come before their marks, so a database read later is never
 * behind it. */
typedef struct {
  gboolean known;
  guint64 seq;
  SlHash hash;
} Marked;

/* Whether the mark says that this database is not the newest state of its device. A chain that goes on behind the mark
 * is a crash. */
static gboolean
is_behind_mark (SlOplog *log, const Marked *marked, gboolean *out, GError **error)
{
  SlHash ours;
  *out = FALSE;
  if (log->own == NULL || !marked->known)
    return TRUE;
  if (marked->seq > log->own->head_seq)
    {
      *out = TRUE;
      return TRUE;
    }
  if (marked->seq < log->own->pruned_seq)
    return TRUE; /* a mark that did not reach the disk: this chain goes on far behind it */
  if (!sl_chain_hash_at (log, log->own, marked->seq, &ours, error))
    return FALSE;
  *out = !sl_hash_equal (&ours, &marked->hash);
  return TRUE;
}

/* Whether an identity that goes on for another one, and is not in the database, has written before: the mark is no
 * longer about the chain of its predecessor. */
static gboolean
is_spent (SlOplog *log, const Marked *marked, gboolean *out, GError **error)
{
  const SlChain *old = sl_chain_find (log, &log->identity.predecessor);
  gboolean folded;
  SlHash hash;
  *out = log->own == NULL && log->identity.has_predecessor && (marked->known || log->identity.elsewhere);
  if (!*out || log->identity.elsewhere || old == NULL || marked->seq > old->head_seq)
    return TRUE;
  if (!sl_chain_hash_if_kept (log, old, marked->seq, &hash, &folded, error))
    return FALSE;
  *out = !folded && !sl_hash_equal (&hash, &marked->hash);
  return TRUE;
}

/* A mark that a power cut has lost is made good at once and not only by the next commit: before that nobody could tell
 * that the database was put back to before what the mark no longer says. Where it cannot be, the next commit does. */
static void
catch_mark_up (SlOplog *log)
{
  g_autoptr (GError) error = NULL;
  if (!log->mark_lags || log->is_copy)
    return;
  gboolean begun = sl_store_begin (log->store, &error); /* others write it under this lock as well */
  gboolean done = begun && sl_chains_load (log, &error) && write_mark (log->store, log, &error);
  if (begun)
    sl_store_rollback (log->store);
  if (!done)
    g_debug ("the mark stays behind: %s", error->message);
}

static gboolean
open_log (SlOplog *log, GError **error)
{
  gboolean behind;
  Marked marked = { 0 };
  if (!sl_identity_read (sl_store_get_dir (log->store), &log->identity, error) || !sl_oplog_adopt (log, error))
    return FALSE;
  marked.known = sl_mark_read (&log->mark, &marked.seq, &marked.hash);
  if (!sl_chains_load (log, error) || !is_behind_mark (log, &marked, &behind, error)
      || !is_spent (log, &marked, &log->is_spent, error) || !sl_parked_look (log, error))
    return FALSE;
  log->rebuild_due = TRUE; /* looked at once, by the first writer */
  log->is_copy = behind || log->identity.elsewhere;
  log->mark_lags = log->own != NULL && (!marked.known || marked.seq < log->own->head_seq);
  if (log->own == NULL && !log->identity.has_predecessor)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT,
                   "the database does not know this device: it belongs to another directory");
      return FALSE;
    }
  catch_mark_up (log);
  return TRUE;
}

/**
 * sl_oplog_open:
 * @store: an open store with a studio in it; must outlive the log
 * @world: clock and random; must outlive the log
 * @error: return location: NO_STUDIO, CORRUPT, STORAGE
 *
 * Opens the log for the store's thread. A directory that was copied or restored behind the program's back is noticed
 * here; it can be read, and becomes a new device without rights before its first write (src/oplog/README.md
 * "Identity").
 *
 * Returns: (transfer full) (nullable): the log
 */
SlOplog *
sl_oplog_open (SlStore *store, SlWorld *world, GError **error)
{
  g_autoptr (SlOplog) log = NULL;
  g_return_val_if_fail (store != NULL && world != NULL, NULL);
  log = sl_oplog_new_bare (store, world);
  return open_log (log, error) ? g_steal_pointer (&log) : NULL;
}

/**
 * sl_oplog_close:
 * @log: (nullable) (transfer full): the log
 */
void
sl_oplog_close (SlOplog *log)
{
  if (log == NULL)
    return;
  if (!log->scratch)
    sl_store_set_after_commit (log->store, NULL, NULL);
  g_autoptr (GError) failure = NULL;
  if (!sl_store_in_transaction (log->store) && !sl_oplog_scrub (log, &failure))
    g_debug ("what was erased may still be in the write-ahead log; the next to open it tries: %s", failure->message);
  sl_state_sum_detach (log);
  sl_chains_forget (log);
  sl_mark_close (&log->mark);
  sl_identity_clear (&log->identity);
  g_clear_pointer (&log->touched, g_hash_table_unref);
  g_clear_pointer (&log->pinned, g_hash_table_unref);
  g_hash_table_unref (log->member_keys);
  g_free (log->database_path);
  g_free (log);
}

/**
 * sl_oplog_get_store:
 * @log: a log
 *
 * Returns: (transfer none): its store
 */
SlStore *
sl_oplog_get_store (SlOplog *log)
{
  return log->store;
}

/**
 * sl_oplog_get_world:
 * @log: a log
 *
 * Returns: (transfer none): its clock and random
 */
SlWorld *
sl_oplog_get_world (SlOplog *log)
{
  return log->world;
}

/**
 * sl_oplog_get_replica:
 * @log: a log
 *
 * Returns: (transfer none): this device's id; changes when a copy becomes a new device
 */
const SlId *
sl_oplog_get_replica (SlOplog *log)
{
  return &log->identity.replica;
}

/**
 * sl_oplog_get_organisation:
 * @log: a log
 *
 * Returns: (transfer none): whose studio it is
 */
const SlId *
sl_oplog_get_organisation (SlOplog *log)
{
  return &log->identity.organisation;
}

/**
 * sl_oplog_sync_mark:
 * @log: a log
 *
 * For programs that stay: call about once a second while there are commits, so that the mark outside the database is on
 * disk too.
 */
void
sl_oplog_sync_mark (SlOplog *log)
{
  sl_mark_sync (&log->mark);
}

/* Another process may have become a new device, or restored a backup, since this one opened. */
static gboolean
check_place (SlOplog *log, GError **error)
{
  const char *dir = sl_store_get_dir (log->store);
  struct stat status;
  if (stat (log->database_path, &status) != 0 || status.st_ino != log->database_inode)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE,
                   "the database was replaced while it was open: start the program again");
      return FALSE;
    }
  if (log->follower || log->chains_version == log->place_version) /* nobody has committed since: nor become a device */
    return TRUE;
  log->place_version = log->chains_version;
  if (inode_of (dir, "identity") == log->identity_inode)
    return TRUE;
  sl_identity_clear (&log->identity);
  log->is_copy = FALSE;
  sl_chains_forget (log);
  if (!sl_identity_read (dir, &log->identity, error))
    return FALSE;
  log->identity_inode = inode_of (dir, "identity");
  return TRUE;
}

/* sl_oplog_begin_bare: the transaction alone. */
gboolean
sl_oplog_begin_bare (SlOplog *log, GError **error)
{
  if (!sl_store_begin (log->store, error))
    return FALSE;
  log->emitted = 0;
  log->floor_hlc = 0;
  log->has_key = FALSE;
  log->approver = sl_id_none;
  log->seen_told = FALSE;
  if (sl_chains_load (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}

/* Whether this process may write as the device that it is; a directory may become another one, a follower never does
 * by itself. */
static gboolean
be_somebody (SlOplog *log, GError **error)
{
  gboolean needed;
  if (log->follower)
    return sl_follower_check (log, error);
  return sl_rebirth_needed (log, &needed, error) && (!needed || sl_rebirth (log, error));
}

/**
 * sl_oplog_begin:
 * @log: a log, no transaction open
 * @actor: who gives the command
 * @error: return location: BUSY, READ_ONLY, STORAGE, DISK_FULL; TOO_NEW where a later program has written this chain
 *
 * Takes the writer lock and begins a transaction; read, check and emit after it.
 *
 * Returns: %FALSE on failure: nothing is open
 */
gboolean
sl_oplog_begin (SlOplog *log, const SlId *actor, GError **error)
{
  g_return_val_if_fail (actor != NULL && !sl_id_is_none (actor), FALSE);
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  log->actor = sl_actor_device;
  if (check_place (log, error) && sl_chains_load (log, error) && sl_oplog_rebuild_if_due (log, error)
      && be_somebody (log, error) && sl_version_check_own (log, error)
      && sl_parked_take_due (log, error))
    {
      log->actor = *actor;
      return TRUE;
    }
  sl_oplog_rollback (log);
  return FALSE;
}

/* sl_oplog_begin_to_receive: see the header. */
gboolean
sl_oplog_begin_to_receive (SlOplog *log, GError **error)
{
  if (!log->follower)
    return sl_oplog_begin (log, &sl_actor_device, error);
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  log->actor = sl_actor_device;
  if (check_place (log, error) && sl_oplog_rebuild_if_due (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}

/* A clock's correction has come after operations that it corrects. */
static gboolean
correct_if_due (SlOplog *log, GError **error)
{
  return !log->correct_due || SL_RULE_IS_OFF (log, SL_RULE_CORRECT_APPLIED) || sl_oplog_rebuild (log, error);
}

/**
 * sl_oplog_commit:
 * @log: inside a transaction
 * @error: return location
 *
 * What was emitted is on disk when this returns %TRUE: only then may anybody be told. Of a follower it stands in the
 * log that it follows as well; BUSY where that has grown meanwhile.
 *
 * Returns: %FALSE on failure: everything is rolled back
 */
gboolean
sl_oplog_commit (SlOplog *log, GError **error)
{
  if (correct_if_due (log, error) && (!log->follower || log->emitted == 0 || sl_chain_sign_head (log, error))
      && sl_chains_store (log, error)
      && sl_follower_publish (log, error) && sl_store_commit (log->store, error))
    {
      log->emitted = 0;
      return TRUE;
    }
  sl_oplog_rollback (log);
  return FALSE;
}

/**
 * sl_oplog_rollback:
 * @log: a log; also fine where nothing is open
 *
 * Takes back all since the transaction began.
 */
void
sl_oplog_rollback (SlOplog *log)
{
  if (sl_store_in_transaction (log->store))
    sl_store_rollback (log->store);
  log->emitted = 0;
  sl_chains_forget (log);
  g_hash_table_remove_all (log->member_keys); /* a key made in it is gone */
}

/**
 * sl_oplog_set_rules_off:
 * @log: a log
 * @bits: a bit per %SlRule to leave out; 0: none
 *
 * For negative controls in tests alone.
 */
void
sl_oplog_set_rules_off (SlOplog *log, guint64 bits)
{
  log->rules_off = bits;
}

/**
 * sl_oplog_rule_is_off:
 * @log: a log
 * @rule: which
 *
 * Returns: whether a test has left the rule out; in no program
 */
gboolean
sl_oplog_rule_is_off (SlOplog *log, SlRule rule)
{
  return SL_RULE_IS_OFF (log, rule);
}
