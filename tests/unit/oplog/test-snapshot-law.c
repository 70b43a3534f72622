/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "merge-world.h"
#include "oplog/snapshot-private.h"

/* The law: a snapshot and what came after it is the whole log. In random worlds of every kind of operation, each device
 * takes one at a point that is chosen by chance; an empty log that loads it must come to the very same state. */

/* In these every table has rows. They leave out worlds (33 is one) where a revocation comes into a new log after what
 * it cuts off, since its author's chain had to wait: such a log is ahead until the cut is final (src/oplog/README.md
 * "Fences"). */
#define FIRST_WORLD 151
#define WORLDS 20
#define CLONED_WORLD 187 /* where a machine is cloned, and that shows */
#define LOST_WORLD 186   /* where one is lost, and another takes over from it */
#define ACTIONS 160
#define TRIES 2 /* points at which each device takes one */
#define LOADED_MIN 100

typedef struct {
  GHashTable *tables; /* name → gint64*: rows that snapshots held of it */
  guint loaded, refused;
} Tally;

/* SplitMix64 (Steele, Lea, Flood 2014) */
static guint64
next_random (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint
kinds_of (const MergeKind *kinds)
{
  guint n = 0;
  while (kinds[n].name != NULL)
    n++;
  return n;
}

/* Where one is that this sort of world has, of all of both lists. */
static guint
choose (guint sort, guint64 *state)
{
  guint n_commands = kinds_of (merge_commands), n = n_commands + kinds_of (merge_carriers), total = 0;
  for (guint pass = 0; pass < 2; pass++)
    {
      guint at = pass == 0 ? 0 : (guint) (next_random (state) % total);
      for (guint i = 0; i < n; i++)
        {
          const MergeKind *kind = i < n_commands ? &merge_commands[i] : &merge_carriers[i - n_commands];
          guint weight = kind->sorts & sort ? kind->weight : 0;
          if (pass == 1 && at < weight)
            return i;
          at = pass == 0 ? at : at - weight;
          total += pass == 0 ? weight : 0;
        }
    }
  g_assert_not_reached ();
}

static gboolean
append (gpointer user_data, const void *data, gsize length, GError **error)
{
  return fwrite (data, 1, length, user_data) == length;
}

/* Of each chain some, at or after what is folded, and none or all of what a correction is about. */
static GHashTable *
point (SlOplog *log, guint64 *state)
{
  GHashTable *vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  guint64 how = next_random (state) % 3;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 more = chain->applied_seq - chain->pruned_seq;
      guint64 seq = chain->pruned_seq
                    + (how == 0 ? more : how == 1 ? more - MIN (more, next_random (state) % 6)
                                                  : next_random (state) % (more + 1));
      for (guint j = 0, k = 0; j < log->corrections->len && k <= log->corrections->len; j++)
        {
          const SlCorrection *one = &g_array_index (log->corrections, SlCorrection, j);
          if (!sl_id_equal (&one->replica, &chain->replica) || one->seq <= seq || one->from_seq > seq)
            continue;
          seq = one->from_seq - 1;
          j = G_MAXUINT; /* from the first one again */
          k++;
        }
      g_hash_table_insert (vector, sl_id_copy (&chain->replica), g_memdup2 (&seq, sizeof seq));
    }
  return vector;
}

static void
count_rows (Tally *tally, SlStore *store)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (store, NULL);
  for (guint i = 0; i < tables->len; i++)
    {
      const char *name = tables->pdata[i];
      g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM \"%s\"", name);
      gint64 rows, *sum = g_hash_table_lookup (tally->tables, name);
      g_assert_true (sl_store_query_int (store, 0, &rows, NULL, sql, ""));
      if (sum == NULL)
        g_hash_table_insert (tally->tables, g_strdup (name), sum = g_new0 (gint64, 1));
      *sum += rows;
    }
}

/* Names the tables that differ. */
static void
tell_difference (SlOplog *whole, SlOplog *loaded)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (whole->store, NULL);
  for (guint i = 0; i < tables->len; i++)
    {
      SlStateSum here, there;
      g_assert_true (sl_state_sum_scan (whole->store, tables->pdata[i], &here, NULL));
      g_assert_true (sl_state_sum_scan (loaded->store, tables->pdata[i], &there, NULL));
      if (!sl_state_sum_equal (&here, &there))
        g_test_message ("another %s", (const char *) tables->pdata[i]);
    }
}

static void
assert_equal (SlOplog *whole, SlOplog *loaded)
{
  SlHash merge_whole, merge_loaded;
  for (guint i = 0; i < whole->chains->len; i++)
    {
      const SlChain *here = whole->chains->pdata[i], *there = sl_chain_find (loaded, &here->replica);
      g_assert_true (there != NULL || here->head_seq == 0);
      if (there != NULL && there->applied_seq != here->applied_seq)
        g_test_message ("%s stops (%s)", merge_name (&here->replica), there->hold);
      if (there != NULL)
        g_assert_cmpuint (there->applied_seq, ==, here->applied_seq);
      if (there != NULL)
        g_assert_cmpuint (there->head_seq, ==, here->head_seq);
    }
  if (!sl_state_sum_equal (&whole->sum, &loaded->sum))
    tell_difference (whole, loaded);
  g_assert_true (sl_state_sum_equal (&whole->sum, &loaded->sum));
  g_assert_true (sl_snapshot_merge_hash (whole, &merge_whole, NULL));
  g_assert_true (sl_snapshot_merge_hash (loaded, &merge_loaded, NULL));
  g_assert_cmpmem (merge_whole.bytes, SL_HASH_BYTES, merge_loaded.bytes, SL_HASH_BYTES);
}

static void
load (SlOplog *whole, FILE *file, Tally *tally)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) error = NULL;
  SlSnapshotFile source;
  gboolean loaded = FALSE;
  SlStore *store = sl_store_open (dir->path, SL_STORE_CREATE, &error);
  g_assert_no_error (error);
  SlOplog *log = sl_oplog_new_bare (store, whole->world);
  log->identity.organisation = whole->identity.organisation;
  g_assert_true (sl_oplog_begin_bare (log, &error));
  sl_snapshot_file_init (&source, file);
  if (sl_snapshot_take (log, &source.base, &loaded, &error))
    {
      g_assert_true (sl_oplog_commit (log, &error)); /* where the tail corrects a clock, all is made once more */
      g_assert_no_error (error);
      if (loaded)
        assert_equal (whole, log);
      tally->loaded += loaded;
    }
  else /* it is older than its maker's admission: nobody would make it there */
    {
      g_assert_nonnull (strstr (error->message, "unknown_device"));
      tally->refused++;
    }
  sl_oplog_rollback (log);
  sl_oplog_close (log);
  sl_store_close (store);
}

static void
try_at (SlOplog *log, GHashTable *vector, Tally *tally)
{
  g_auto (SlScratch) scratch = { NULL };
  g_auto (SlSnapshotInfo) info = { 0 };
  g_autoptr (GError) error = NULL;
  FILE *file = tmpfile ();
  g_assert_true (sl_scratch_build (log, vector, TRUE, &scratch, &error));
  g_assert_no_error (error);
  count_rows (tally, scratch.store);
  g_assert_true (sl_snapshot_write (log, scratch.log, append, file, &info, &error));
  g_assert_no_error (error);
  load (log, file, tally);
  fclose (file);
}

/* Whoever has applied more than the cut it has learnt of since, without being counted, is ahead of everybody until that
 * is final: who loads its snapshot takes it so, who reads the log does not. */
static gboolean
is_ahead (SlOplog *log)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 limit;
      g_assert_true (sl_fence_limit (log, chain, &limit, NULL));
      if (chain->applied_seq > limit)
        return TRUE;
    }
  return FALSE;
}

static void
try_device (MergeWorld *world, MergeDevice *device, guint64 *state, Tally *tally)
{
  SlOplog *log = device->d.log;
  g_autoptr (GError) error = NULL;
  if (!merge_runs (device) || !merge_begin (world, device)) /* it has been revoked, or put back */
    return;
  g_assert_true (sl_chain_sign_head (log, &error));
  g_assert_true (sl_oplog_commit (log, &error));
  g_assert_true (sl_corrections_load (log, &error));
  for (guint i = 0; i < TRIES && log->own->applied_seq == log->own->head_seq && !is_ahead (log); i++)
    {
      g_autoptr (GHashTable) vector = point (log, state);
      try_at (log, vector, tally);
    }
}

static void
try_world (guint64 seed, gboolean storm, Tally *tally)
{
  const MergeOptions options = { .storm = storm };
  guint64 state = seed;
  g_test_message ("world %d", (int) seed);
  MergeWorld *world = merge_world_new (2 + (guint) (seed % 3), seed, &options, FALSE);
  for (guint i = 0; i < ACTIONS; i++)
    {
      MergeAction action = { .what = (guint16) choose (storm ? MERGE_STORM : MERGE_CALM, &state),
                             .device = (guint16) (next_random (&state) % 840) };
      for (guint j = 0; j < MERGE_NUMBERS; j++)
        action.r[j] = (guint32) (next_random (&state) >> 32);
      merge_step (world, &action);
    }
  g_assert_cmpstr (world->violation, ==, NULL);
  for (guint i = 0; i < world->n_devices; i++)
    try_device (world, &world->devices[i], &state, tally);
  merge_world_free (world);
}

static void
test_law (void)
{
  Tally tally = { .tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  GHashTableIter iter;
  gpointer name, rows;
  guint empty = 0;
  for (guint64 seed = FIRST_WORLD; seed < FIRST_WORLD + WORLDS; seed++)
    try_world (seed, seed % 3 == 0, &tally);
  try_world (CLONED_WORLD, TRUE, &tally);
  try_world (LOST_WORLD, TRUE, &tally);
  g_test_message ("%u snapshots loaded, %u too old", tally.loaded, tally.refused);
  g_assert_cmpuint (tally.loaded, >=, LOADED_MIN);
  g_hash_table_iter_init (&iter, tally.tables); /* each table has been in one, or the worlds are too small for it */
  while (g_hash_table_iter_next (&iter, &name, &rows))
    {
      if (*(gint64 *) rows == 0)
        g_test_message ("no row of %s", (const char *) name);
      empty += *(gint64 *) rows == 0 ? 1 : 0;
    }
  g_assert_cmpuint (empty, ==, 0);
  g_hash_table_unref (tally.tables);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/snapshot/it-and-the-tail-are-the-whole-log", test_law);
  return g_test_run ();
}
