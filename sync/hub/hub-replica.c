/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-replica"

#include "hub/hub-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/datetime.h"
#include "core/error.h"
#include "engine/placement.h"
#include "engine/run-due.h"
#include "oplog/fence.h"
#include "oplog/fork.h"
#include "oplog/prune.h"

/* The hub's device in a studio: an engine over a database that holds nothing but what the log says, and can be thrown
 * away. Its own operations stand in the log before they are committed here. */

#define BATCH_BYTES (16 * 1024 * 1024)
#define ACKNOWLEDGED_KEY "hub_acknowledged_ms" /* when the hub last said what it has of others */
#define LOCK_POLL_US 1000
#define ACKNOWLEDGE_MIN 100 /* operations: two who acknowledge each other come to rest */
#define POSITION_KEY "hub_position"  /* in local_meta: up to which entry the log is taken */
#define ERASURES_KEY "hub_erasures"  /* and how many members were erased when keys were last sealed anew */

/**
 * sl_hub_replica_lock:
 * @tenant: an organisation
 * @error: return location: BUSY
 *
 * Takes replica_lock for a device's request, which waits a while for what else the replica is at. One that is made
 * again from a million operations is at it for minutes: what asks meanwhile comes again later, and does not hold up the
 * threads that serve others.
 *
 * Returns: %FALSE: it is not taken
 */
gboolean
sl_hub_replica_lock (SlHubTenant *tenant, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + tenant->hub->replica_wait_ms * 1000;
  while (!g_mutex_trylock (&tenant->replica_lock))
    {
      if (g_get_monotonic_time () >= until_us)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the hub's device is busy with the studio's log");
          return FALSE;
        }
      g_usleep (LOCK_POLL_US);
    }
  return TRUE;
}

/* --- opening --- */

static char *
engine_dir (SlHubTenant *tenant, const SlId *epoch)
{
  char text[SL_ID_TEXT_BYTES];
  g_autofree char *dir = sl_hub_tenant_dir (tenant);
  return g_build_filename (dir, sl_id_format (epoch, text), NULL);
}

/* sl_hub_remove_dir: with the files in it, two levels deep, as replicas and their scratch directories are. */
void
sl_hub_remove_dir (const char *path, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      if (depth > 0 && g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        sl_hub_remove_dir (child, depth - 1);
      else
        (void) unlink (child);
    }
  (void) rmdir (path);
}

/* Replicas of epochs that are over. */
static void
remove_others (SlHubTenant *tenant, const SlId *epoch)
{
  char text[SL_ID_TEXT_BYTES];
  const char *name;
  g_autofree char *path = sl_hub_tenant_dir (tenant);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  sl_id_format (epoch, text);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (!g_str_equal (name, text))
      {
        g_autofree char *child = g_build_filename (path, name, NULL);
        sl_hub_remove_dir (child, 2);
      }
}

/* sl_hub_replica_close: what is not kept in the log is not lost by it. */
void
sl_hub_replica_close (SlHubTenant *tenant)
{
  g_clear_pointer (&tenant->engine, sl_engine_close);
  tenant->engine_epoch = sl_id_none;
  tenant->position = 0;
}

static gboolean
store_meta (SlHubTenant *tenant, const char *key, gint64 value, GError **error)
{
  return sl_store_exec (sl_oplog_get_store (sl_engine_get_log (tenant->engine)), error,
                        "INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
                        "excluded.value",
                        "ti", key, value);
}

static gboolean
read_meta (SlHubTenant *tenant, const char *key, gint64 *out, GError **error)
{
  return sl_store_query_int (sl_oplog_get_store (sl_engine_get_log (tenant->engine)), 0, out, error,
                             "SELECT value FROM local_meta WHERE key = ?", "t", key);
}

/* Without waiting for the disk: an older position only makes it take some entries once more. */
static gboolean
write_meta (SlHubTenant *tenant, const char *key, gint64 value, GError **error)
{
  SlStore *store = sl_oplog_get_store (sl_engine_get_log (tenant->engine));
  if (!sl_store_begin_relaxed (store, error))
    return FALSE;
  if (store_meta (tenant, key, value, error) && sl_store_commit (store, error))
    return TRUE;
  sl_store_rollback (store);
  return FALSE;
}

/* Where the replica's own chain is not where the log has it, something is still to be taken: what it wrote now would
 * give numbers a second time. */
static gboolean
follows_log (SlHubTenant *tenant, const SlSegment *first)
{
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, &first->replica);
  guint64 seq = chain != NULL ? chain->head_seq : 0;
  return first->first_seq == seq + 1 && (seq == 0 || sl_hash_equal (&first->previous, &chain->head_hash));
}

static gboolean
publish (SlOplog *log, GPtrArray *segments, gpointer user_data, GError **error)
{
  SlHubTenant *tenant = user_data;
  g_autoptr (GArray) entries = sl_hub_entries_new ();
  gboolean done = FALSE, appended = TRUE;
  guint64 head = 0;
  (void) log;
  for (guint i = 0; i < segments->len; i++)
    sl_hub_add_segment (entries, SL_ENTRY_SEGMENT, segments->pdata[i]);
  g_mutex_lock (&tenant->lock);
  if (tenant->head < tenant->position)
    appended = sl_hub_tenant_refresh (tenant, error);
  if (appended && segments->len > 0 && tenant->head == tenant->position && follows_log (tenant, segments->pdata[0]))
    appended = sl_hub_tenant_append (tenant, entries, &done, error);
  head = tenant->head;
  g_mutex_unlock (&tenant->lock);
  if (!appended)
    return FALSE;
  tenant->overtaken = !done;
  if (!done)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log has grown");
      return FALSE;
    }
  tenant->position = head;
  return store_meta (tenant, POSITION_KEY, (gint64) head, error); /* within the transaction that wrote them */
}

static gboolean
read_position (SlHubTenant *tenant, GError **error)
{
  gint64 position;
  if (!read_meta (tenant, POSITION_KEY, &position, error))
    return FALSE;
  tenant->position = (guint64) MAX (position, 0);
  return TRUE;
}

static gboolean
open_engine (SlHubTenant *tenant, const char *dir, const SlId *organisation, const guint8 *seed, GError **error)
{
  if (!sl_store_exists (dir))
    sl_hub_count (tenant->hub, SL_HUB_REPLICAS_REBUILT, 1);
  tenant->engine = sl_engine_open_follower (dir, tenant->hub->world, organisation, seed, error);
  if (tenant->engine == NULL)
    return FALSE;
  SlOplog *log = sl_engine_get_log (tenant->engine);
  sl_oplog_set_publish (log, publish, tenant);
  return sl_oplog_set_keep_all (log, TRUE, error) && read_position (tenant, error);
}

/* --- taking the log --- */

static void
count_quarantined (SlHub *hub, const SlImportResult *result)
{
  static const struct { const char *reason; SlHubCounter counter; } reasons[] = {
    { "bad_signature", SL_HUB_QUARANTINED_BAD_SIGNATURE }, { "fork", SL_HUB_QUARANTINED_FORK },
    { "malformed", SL_HUB_QUARANTINED_MALFORMED },         { "revoked", SL_HUB_QUARANTINED_REVOKED },
    { "no_rights", SL_HUB_QUARANTINED_NO_RIGHTS },
  };
  for (guint i = 0; result->quarantined != NULL && i < result->quarantined->len; i++)
    {
      SlHubCounter counter = SL_HUB_QUARANTINED_OTHER;
      for (guint j = 0; j < G_N_ELEMENTS (reasons); j++)
        if (g_strcmp0 (g_array_index (result->quarantined, SlQuarantined, i).reason, reasons[j].reason) == 0)
          counter = reasons[j].counter;
      sl_hub_count (hub, counter, 1);
    }
}

/* The entries as a stream of the hub's own: it says how far the log has each chain, our own too. */
static GBytes *
to_stream (SlHubTenant *tenant, GArray *entries, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  SlOplog *log = sl_engine_get_log (tenant->engine);
  g_auto (SlStreamHeader) header = { .organisation = *sl_oplog_get_organisation (log),
                                     .by = *sl_oplog_get_replica (log),
                                     .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  if (!sl_stream_writer_header (writer, &header, error))
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    if (!sl_stream_writer_item (writer, g_array_index (entries, SlEntry, i).bytes, error))
      return NULL;
  if (!sl_stream_writer_finish (writer, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* As many as a batch has; of a snapshot all pieces, since it is taken whole or not at all. */
static GArray *
read_entries (SlHubTenant *tenant, guint64 *out_last, gboolean *out_more, GError **error)
{
  const SlId *replica = sl_oplog_get_replica (sl_engine_get_log (tenant->engine));
  for (guint64 max_bytes = BATCH_BYTES;; max_bytes *= 4)
    {
      g_autoptr (GArray) entries = sl_log_store_read (tenant->hub->store, &tenant->id, tenant->position, replica, NULL,
                                                      max_bytes, out_last, out_more, error);
      if (entries == NULL || entries->len == 0 || !*out_more
          || g_array_index (entries, SlEntry, entries->len - 1).kind != SL_ENTRY_PIECE)
        return g_steal_pointer (&entries);
    }
}

static gboolean
take_entries (SlHubTenant *tenant, gboolean *out_more, GError **error)
{
  g_auto (SlImportResult) result = { 0 };
  SlOplog *log = sl_engine_get_log (tenant->engine);
  guint64 last, before = tenant->position;
  g_autoptr (GArray) entries = read_entries (tenant, &last, out_more, error);
  if (entries == NULL)
    return FALSE;
  if (last == before && entries->len == 0)
    return TRUE;
  g_autoptr (GBytes) stream = to_stream (tenant, entries, error);
  if (stream == NULL)
    return FALSE;
  tenant->position = last; /* what is written while they are applied goes behind them */
  if (!sl_wire_take (log, stream, &result, error))
    {
      tenant->position = before;
      return FALSE;
    }
  count_quarantined (tenant->hub, &result);
  tenant->position = MAX (tenant->position, last);
  return write_meta (tenant, POSITION_KEY, (gint64) tenant->position, error);
}

/* The position is the one that was committed: what was published by a transaction that failed comes with the log. */
static gboolean
take_all (SlHubTenant *tenant, GError **error)
{
  gboolean more = TRUE;
  if (!read_position (tenant, error))
    return FALSE;
  while (more)
    if (!take_entries (tenant, &more, error))
      return FALSE;
  return TRUE;
}

/* The row names a new device whose first operation the one before it has still to sign. */
static gboolean
succeed (SlHubTenant *tenant, const char *dir, const SlId *organisation, const guint8 *seed, GError **error)
{
  guint8 old_seed[SL_SEED_BYTES];
  gboolean done = FALSE;
  if (!sl_hub_epoch_old_seed (tenant, old_seed, error))
    return FALSE;
  gboolean opened = open_engine (tenant, dir, organisation, old_seed, error);
  explicit_bzero (old_seed, sizeof old_seed);
  for (guint i = 1; opened && !done; i++)
    {
      g_autoptr (GError) failure = NULL;
      if (!take_all (tenant, error))
        opened = FALSE;
      else if (!(done = sl_oplog_follower_succeed (sl_engine_get_log (tenant->engine), seed, &failure))
               && (i >= SL_HUB_TRIES || !g_error_matches (failure, SL_ERROR, SL_ERROR_BUSY)))
        {
          opened = FALSE;
          g_propagate_error (error, g_steal_pointer (&failure));
        }
    }
  sl_hub_replica_close (tenant);
  return opened;
}

/**
 * sl_hub_replica_open:
 * @tenant: its replica_lock held
 * @error: return location: NO_STUDIO where none has been taken there yet
 *
 * Opens the replica of the epoch that holds now. One that is damaged is made again from the log.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_replica_open (SlHubTenant *tenant, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_mutex_lock (&tenant->lock);
  gboolean loaded = sl_hub_tenant_load (tenant, error);
  gboolean founded = loaded && sl_hub_is_founded (tenant->row);
  SlId epoch = founded ? tenant->row->epoch : sl_id_none;
  SlId organisation = founded ? tenant->row->organisation : sl_id_none;
  const SlHubChain *own = founded ? sl_hub_tenant_chain (tenant, &tenant->row->replica) : NULL;
  gboolean is_new = tenant->head > 0 && (own == NULL || own->head_seq == 0);
  guint8 seed[SL_SEED_BYTES];
  memcpy (seed, tenant->key.secret_key, SL_SEED_BYTES); /* its first half */
  g_mutex_unlock (&tenant->lock);
  if (loaded && !founded)
    g_set_error (error, SL_ERROR, SL_ERROR_NO_STUDIO, "no studio has been taken there yet");
  if (!founded || (tenant->engine != NULL && sl_id_equal (&epoch, &tenant->engine_epoch)))
    {
      explicit_bzero (seed, sizeof seed);
      return founded;
    }
  sl_hub_replica_close (tenant);
  g_autofree char *dir = engine_dir (tenant, &epoch);
  gboolean opened = (!is_new || succeed (tenant, dir, &organisation, seed, &failure))
                    && open_engine (tenant, dir, &organisation, seed, &failure);
  if (!opened && g_error_matches (failure, SL_ERROR, SL_ERROR_CORRUPT))
    {
      g_warning ("a replica is damaged and is made again: %s", failure->message);
      sl_hub_replica_close (tenant);
      sl_hub_remove_dir (dir, 2);
      g_clear_error (&failure);
      opened = open_engine (tenant, dir, &organisation, seed, &failure);
    }
  explicit_bzero (seed, sizeof seed);
  if (opened)
    {
      tenant->engine_epoch = epoch;
      remove_others (tenant, &epoch);
      return TRUE;
    }
  sl_hub_replica_close (tenant);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
is_forked (const GArray *forks, const SlId *replica)
{
  for (guint i = 0; i < forks->len; i++)
    if (sl_id_equal (&g_array_index (forks, SlForkInfo, i).replica, replica))
      return TRUE;
  return FALSE;
}

/* Devices, as the replica has applied what they did. */
static gboolean
note_standings (SlHubTenant *tenant, GError **error)
{
  SlOplog *log = sl_engine_get_log (tenant->engine);
  g_autoptr (GArray) chains = sl_oplog_chains (log, error);
  g_autoptr (GPtrArray) fences = chains != NULL ? sl_fence_list (log, error) : NULL;
  g_autoptr (GArray) forks = fences != NULL ? sl_fork_list (log, error) : NULL;
  gboolean done = forks != NULL;
  for (guint i = 0; done && i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      SlDeviceStanding standing;
      done = sl_oplog_device_standing (log, &info->replica, &standing, error);
      if (!done || !standing.known)
        continue;
      g_mutex_lock (&tenant->lock);
      SlHubChain *chain = sl_hub_tenant_add_chain (tenant, &info->replica);
      chain->has_key = TRUE;
      memcpy (chain->public_key, standing.public_key, SL_SIGN_PUBLIC_BYTES);
      chain->admitted = standing.admitted && info->applied_seq > 0;
      chain->revoked = standing.revoked;
      for (guint j = 0; j < fences->len; j++)
        if (sl_id_equal (&((SlFenceInfo *) fences->pdata[j])->replica, &info->replica))
          chain->cut = ((SlFenceInfo *) fences->pdata[j])->cut;
      chain->forked = chain->forked || is_forked (forks, &info->replica);
      g_mutex_unlock (&tenant->lock);
    }
  return done;
}

/* Of a device with two histories the replica may follow the longer one. */
static gboolean
is_ahead_of_log (SlHubTenant *tenant, gboolean *out, GError **error)
{
  SlOplog *log = sl_engine_get_log (tenant->engine);
  g_autoptr (GArray) chains = sl_oplog_chains (log, error);
  g_autoptr (GArray) forks = chains != NULL ? sl_fork_list (log, error) : NULL;
  *out = FALSE;
  if (forks == NULL)
    return FALSE;
  g_mutex_lock (&tenant->lock);
  gboolean done = sl_hub_tenant_refresh (tenant, error);
  *out = done && tenant->position > tenant->head;
  for (guint i = 0; done && i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      const SlHubChain *chain = sl_hub_tenant_chain (tenant, &info->replica);
      *out = *out || (info->head_seq > (chain != NULL ? chain->head_seq : 0) && !is_forked (forks, &info->replica));
    }
  g_mutex_unlock (&tenant->lock);
  return done;
}

/* Whether this replica holds operations of the hub's own device under numbers that the log has given to others: the log
 * lost them, and another process wrote on before this one looked. It could never publish anything again. */
static gboolean
has_another_past (SlHubTenant *tenant, gboolean *out, GError **error)
{
  SlOplog *log = sl_engine_get_log (tenant->engine);
  const SlId *own = sl_oplog_get_replica (log);
  g_autoptr (GArray) chains = sl_oplog_chains (log, error);
  gboolean held;
  *out = FALSE;
  if (chains == NULL)
    return FALSE;
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, own);
  SlHubChain end = chain != NULL && tenant->head == tenant->position ? *chain : (SlHubChain){ .head_seq = 0 };
  g_mutex_unlock (&tenant->lock);
  if (end.head_seq == 0)
    return TRUE;
  g_autoptr (GArray) forks = sl_fork_list (log, error);
  if (forks == NULL || !sl_oplog_holds (log, own, end.head_seq, &end.head_hash, &held, error))
    return FALSE;
  *out = !held || is_forked (forks, own); /* the other past may be held as a branch */
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      *out = *out || (info->own && info->head_seq != end.head_seq);
    }
  return TRUE;
}

/**
 * sl_hub_replica_catch_up:
 * @tenant: its replica_lock held
 * @error: return location
 *
 * Takes what the log has that the replica has not. Where the replica has what the log has not, or of its own device
 * something else, entries were lost: a new epoch begins.
 *
 * Returns: %FALSE on failure: what was taken stays
 */
gboolean
sl_hub_replica_catch_up (SlHubTenant *tenant, GError **error)
{
  gboolean ahead;
  SlId location;
  if (!sl_hub_replica_open (tenant, error) || !is_ahead_of_log (tenant, &ahead, error))
    return FALSE;
  if (ahead && (!sl_hub_epoch_next (tenant, error) || !sl_hub_replica_open (tenant, error)))
    return FALSE;
  if (!take_all (tenant, error) || !has_another_past (tenant, &ahead, error))
    return FALSE;
  if (ahead
      && (!sl_hub_epoch_next (tenant, error) || !sl_hub_replica_open (tenant, error) || !take_all (tenant, error)))
    return FALSE;
  sl_engine_get_location (tenant->engine, &location); /* the engine reads again what it remembers by name */
  return note_standings (tenant, error);
}

/**
 * sl_hub_replica_base:
 * @tenant: its replica_lock held, its replica open
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlChainInfo): how much of each chain is folded into the snapshot with which
 * the log begins; of most studios nothing
 */
GArray *
sl_hub_replica_base (SlHubTenant *tenant, GError **error)
{
  return sl_hub_folded (sl_engine_get_log (tenant->engine), error);
}

/* sl_hub_folded: (transfer full) (element-type SlChainInfo): how much of each chain is folded in a log. */
GArray *
sl_hub_folded (SlOplog *log, GError **error)
{
  g_autoptr (GArray) base = g_array_new (FALSE, TRUE, sizeof (SlChainInfo));
  g_autoptr (SlRows) rows
      = sl_store_query (sl_oplog_get_store (log),
                        "SELECT c.replica, p.seq FROM local_pruned p JOIN local_chain c ON c.ix = p.ix", "");
  while (sl_rows_next (rows))
    {
      SlChainInfo info = { .head_seq = (guint64) sl_rows_int (rows, 1) };
      sl_rows_id (rows, 0, &info.replica);
      g_array_append_val (base, info);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&base) : NULL;
}

/**
 * sl_hub_replica_do:
 * @tenant: its replica_lock held
 * @func: reads or writes by the engine of @tenant, which is up to the log; called again where what it wrote could not
 * be published since the log had grown, and nothing of it was done
 * @user_data: for @func
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_replica_do (SlHubTenant *tenant, SlHubReplicaFunc func, gpointer user_data, GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) failure = NULL;
      if (!sl_hub_replica_catch_up (tenant, error))
        return FALSE;
      tenant->overtaken = FALSE;
      if (func (tenant, user_data, &failure))
        return TRUE;
      if (i < SL_HUB_TRIES && tenant->overtaken && g_error_matches (failure, SL_ERROR, SL_ERROR_BUSY))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
}

/* --- upkeep --- */

/* Everybody's keys once more, without those that were destroyed: also for the hub itself, or a replica that is made
 * again would have none. */
static gboolean
seal_again (SlHubTenant *tenant, guint64 *out_up_to, GError **error)
{
  SlOplog *log = sl_engine_get_log (tenant->engine);
  g_autoptr (GArray) entries = sl_hub_entries_new ();
  gboolean done = FALSE;
  GHashTableIter iter;
  SlHubChain *chain;
  g_mutex_lock (&tenant->lock);
  *out_up_to = tenant->head;
  g_hash_table_iter_init (&iter, tenant->chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (GBytes) box = NULL;
      if (!chain->has_key || !chain->admitted || chain->revoked)
        continue;
      box = sl_oplog_keys_for (log, chain->public_key, &failure);
      if (box != NULL)
        sl_hub_add_box (entries, &chain->replica, box);
      if (failure != NULL)
        g_warning ("keys of a device could not be sealed again: %s", failure->message);
    }
  gboolean is_up = *out_up_to == tenant->position, appended = TRUE;
  if (is_up && entries->len > 0)
    appended = sl_hub_tenant_append (tenant, entries, &done, error);
  g_mutex_unlock (&tenant->lock);
  tenant->overtaken = appended && !done && (!is_up || entries->len > 0);
  if (tenant->overtaken)
    g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log has grown");
  return appended && !tenant->overtaken;
}

/* Boxes from before an erasure hold a key that nobody may have any more. */
static gboolean
forget_erased (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  gint64 erased, handled;
  guint64 up_to;
  (void) user_data;
  if (!sl_oplog_erasures (sl_engine_get_log (tenant->engine), &erased, error)
      || !read_meta (tenant, ERASURES_KEY, &handled, error))
    return FALSE;
  return erased <= handled
         || (seal_again (tenant, &up_to, error)
             && sl_log_store_drop_boxes (tenant->hub->store, &tenant->id, up_to, error)
             && write_meta (tenant, ERASURES_KEY, erased, error));
}

static gboolean
run_due (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  SlDueCounts counts;
  (void) user_data;
  return sl_run_due (tenant->engine, &counts, error);
}

/* Once a day, where there is something to be said: or nobody in the studio could fold its log. */
static gboolean
acknowledge (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world), before_ms;
  (void) user_data;
  if (!read_meta (tenant, ACKNOWLEDGED_KEY, &before_ms, error))
    return FALSE;
  return ABS (now_ms - before_ms) < SL_DAY_MS
         || (sl_oplog_acknowledge (sl_engine_get_log (tenant->engine), ACKNOWLEDGE_MIN, error)
             && write_meta (tenant, ACKNOWLEDGED_KEY, now_ms, error));
}

static gboolean
is_heard (gpointer user_data, const SlId *device)
{
  SlHubTenant *tenant = user_data;
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world);
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, device);
  gboolean heard = chain != NULL && chain->heard_ms > 0 && now_ms - chain->heard_ms <= SL_HUB_HEARD_MS;
  g_mutex_unlock (&tenant->lock);
  return heard || sl_id_equal (device, sl_oplog_get_replica (sl_engine_get_log (tenant->engine)));
}

/* src/engine/README.md "Where rights lie": a kiosk that is off gets nothing that nobody could fetch from it. */
static gboolean
place_rights (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  SlPlacementCounts counts;
  (void) user_data;
  return sl_placement_run_reaching (tenant->engine, is_heard, tenant, &counts, error);
}

/**
 * sl_hub_replica_upkeep:
 * @tenant: its replica_lock held
 * @error: return location
 *
 * Brings the replica up to the log, and does what is due of the hub's device.
 *
 * Returns: %FALSE on failure: it is tried again by the next call
 */
gboolean
sl_hub_replica_upkeep (SlHubTenant *tenant, GError **error)
{
  if (!sl_hub_replica_do (tenant, run_due, NULL, error) || !sl_hub_replica_do (tenant, place_rights, NULL, error)
      || !sl_hub_replica_do (tenant, forget_erased, NULL, error)
      || !sl_hub_replica_do (tenant, acknowledge, NULL, error)
      || !sl_hub_snapshot_upkeep (tenant, error) || !sl_engine_idle (tenant->engine, error))
    return FALSE;
  tenant->due_ms = tenant->hub->world->now_ms (tenant->hub->world);
  tenant->worked_head = tenant->position;
  tenant->worked_epoch = tenant->engine_epoch;
  return TRUE;
}
