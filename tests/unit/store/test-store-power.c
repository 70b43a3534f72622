/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "trace-vfs.h"

#define NOTES_PER_COMMIT 3 /* a transaction writes so many, so half of one can be told */
#define COMMITS 6
#define RELAXED_FIRST_ID 500 /* the notes of relaxed commits, one after each durable one */
#define CHECKPOINT_AFTER 3

typedef struct {
  SlTraceVfs *disk;
  guint synced_when_told;
} Told;

static void
a_commit_returns_after_its_sync (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  sl_trace_vfs_reset_counts (disk);
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 2, "a");
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), ==, 0);
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_WAL), ==, 1);
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), ==, 1); /* one, and no more */
}

static gboolean
note_syncs (SlStore *store, gpointer user_data, GError **error)
{
  Told *told = user_data;
  told->synced_when_told = sl_trace_vfs_count (told->disk, SL_TRACE_SYNC, SL_TRACE_WAL);
  return TRUE;
}

static void
the_hook_runs_after_the_sync (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  Told told = { disk, 0 };
  sl_store_set_after_commit (store, note_syncs, &told);
  sl_trace_vfs_reset_counts (disk);
  fixture_commit (store, 1);
  g_assert_cmpuint (told.synced_when_told, ==, 1);
}

/* The gate that other tests hold a sync with: the commit does not return while it is shut. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean reached, open;
} Gate;

static void
wait_at_gate (SlTraceOp op, SlTraceFile file, gboolean after, gpointer user_data)
{
  Gate *gate = user_data;
  if (op != SL_TRACE_SYNC || after)
    return;
  g_mutex_lock (&gate->mutex);
  gate->reached = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

typedef struct {
  SlTempDir *dir;
  int committed;
} Commit;

static gpointer
commit_in_thread (gpointer data)
{
  Commit *commit = data;
  SlStore *store = fixture_open (commit->dir, SL_STORE_OPEN);
  fixture_commit (store, 1);
  g_atomic_int_set (&commit->committed, TRUE);
  sl_store_close (store);
  return NULL;
}

static void
a_commit_waits_for_the_disk (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  SlStore *reader = fixture_create (dir);
  Gate gate = { 0 };
  Commit commit = { dir, FALSE };
  sl_trace_vfs_set_hook (disk, wait_at_gate, &gate);
  GThread *thread = g_thread_new ("commit", commit_in_thread, &commit);
  g_mutex_lock (&gate.mutex);
  while (!gate.reached)
    g_cond_wait (&gate.cond, &gate.mutex);
  g_assert_false (g_atomic_int_get (&commit.committed));
  g_assert_cmpint (fixture_count (reader), ==, 0); /* nobody sees what is not on the disk */
  gate.open = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  g_thread_join (thread);
  g_assert_cmpint (fixture_count (reader), ==, 1);
  sl_store_close (reader);
}

static void
commit_relaxed (SlStore *store, gint64 id)
{
  g_assert_true (sl_store_begin_relaxed (store, NULL));
  fixture_add (store, id, "relaxed");
  g_assert_true (sl_store_commit (store, NULL));
}

static void
a_relaxed_commit_does_not_sync_and_durable_ones_still_do (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  sl_trace_vfs_reset_counts (disk);
  for (gint64 id = 10; id < 20; id++)
    commit_relaxed (store, id);
  g_assert_true (sl_store_begin_relaxed (store, NULL));
  sl_store_rollback (store);
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), ==, 0);
  g_assert_cmpint (fixture_int (store, "PRAGMA synchronous"), ==, 2);
  fixture_commit (store, 2);
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_WAL), ==, 1);
}

static void
a_relaxed_commit_comes_to_the_disk_with_the_next_durable_one (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_REMEMBER);
  SlStore *store = fixture_create (dir);
  fixture_commit (store, 1);
  commit_relaxed (store, 2);
  fixture_commit (store, 3);
  commit_relaxed (store, 4);
  sl_trace_vfs_cut_power (disk, 0);
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 5, "lost");
  g_assert_false (sl_store_commit (store, NULL));
  sl_store_close (store);
  sl_trace_vfs_restore_power (disk, SL_TRACE_LOSE_UNSYNCED, NULL);
  g_autoptr (SlStore) again = fixture_open (dir, SL_STORE_OPEN);
  g_assert_cmpint (fixture_int (again, "SELECT group_concat(id, '') FROM note"), ==, 123);
}

/* Some commits with a checkpoint and a relaxed commit between them, until the power goes. How many were
 * acknowledged. */
static gint64
run_until_cut (SlTempDir *dir)
{
  gint64 acknowledged = 0;
  g_autoptr (SlStore) store = fixture_open (dir, SL_STORE_OPEN);
  g_autofree char *text = g_strnfill (1500, 'x'); /* some pages a transaction */
  for (gint64 commit = 0; commit < COMMITS; commit++)
    {
      gboolean fine = sl_store_begin (store, NULL);
      for (gint64 i = 0; fine && i < NOTES_PER_COMMIT; i++)
        fine = sl_store_exec (store, NULL, "INSERT INTO note (id, text) VALUES (?1, ?2)", "it",
                              commit * NOTES_PER_COMMIT + i, text);
      if (!fine || !sl_store_commit (store, NULL))
        break;
      acknowledged++;
      if (!sl_store_begin_relaxed (store, NULL)
          || !sl_store_exec (store, NULL, "INSERT INTO note (id) VALUES (?1)", "i", (gint64) RELAXED_FIRST_ID + commit)
          || !sl_store_commit (store, NULL))
        break;
      if (commit == CHECKPOINT_AFTER && !sl_store_checkpoint (store, NULL))
        break;
    }
  sl_store_rollback (store);
  return acknowledged;
}

static void
assert_nothing_lost (SlTempDir *dir, gint64 acknowledged)
{
  g_autoptr (SlStore) store = fixture_open (dir, SL_STORE_OPEN);
  g_autoptr (GPtrArray) problems = sl_store_integrity_problems (store, NULL);
  g_assert_nonnull (problems);
  g_assert_cmpuint (problems->len, ==, 0);
  gint64 count = fixture_int (store, "SELECT count(*) FROM note WHERE id < 500");
  gint64 relaxed = fixture_count (store) - count;
  g_assert_cmpint (count % NOTES_PER_COMMIT, ==, 0);                  /* no half transaction */
  g_assert_cmpint (count / NOTES_PER_COMMIT, >=, acknowledged);       /* nothing that was told */
  g_assert_cmpint (count / NOTES_PER_COMMIT, <=, acknowledged + 1);   /* at most the one under way */
  g_assert_cmpint (fixture_int (store, "SELECT ifnull(max(id), -1) FROM note WHERE id < 500"), ==, count - 1);
  /* Relaxed commits come to the disk in their order: those before a durable one with it, those after it or not. */
  g_assert_cmpint (relaxed, >=, acknowledged - 1);
  g_assert_cmpint (relaxed, <=, count / NOTES_PER_COMMIT);
  g_assert_cmpint (fixture_int (store, "SELECT ifnull(max(id) - 499, 0) FROM note WHERE id >= 500"), ==, relaxed);
  fixture_commit (store, 1000);
}

static void
a_power_cut_at_any_moment_loses_no_commit (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260301);
  guint variants = g_getenv ("SL_TEST_LONG") != NULL ? 20 : 3, cuts = 0;
  gboolean cut = TRUE;
  for (guint after = 0; cut; after++)
    for (guint variant = 0; variant < variants; variant++)
      {
        g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
        g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_REMEMBER);
        sl_store_close (fixture_create (dir));
        sl_trace_vfs_cut_power (disk, after);
        gint64 acknowledged = run_until_cut (dir);
        cut = sl_trace_vfs_power_is_out (disk);
        cuts += cut;
        SlTraceLoss loss = variant == 0   ? SL_TRACE_LOSE_UNSYNCED
                           : variant == 1 ? SL_TRACE_KEEP_UNSYNCED
                                          : SL_TRACE_TEAR_UNSYNCED;
        sl_trace_vfs_restore_power (disk, loss, rand);
        assert_nothing_lost (dir, acknowledged);
      }
  g_assert_cmpuint (cuts, >, variants * 30);
}

/* The negative control: the same, were a commit told before its sync. */
static void
the_disk_of_these_tests_does_lose_what_is_not_synced (void)
{
  guint lost = 0;
  for (guint after = 0; after < 60; after++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_REMEMBER);
      SlStore *store = fixture_create (dir);
      fixture_commit (store, 1000);
      sl_trace_vfs_cut_power (disk, after);
      gint64 told = 0;
      for (gint64 id = 0; id < 20; id++)
        {
          gboolean fine = sl_store_begin_relaxed (store, NULL);
          fine = fine && sl_store_exec (store, NULL, "INSERT INTO note (id) VALUES (?1)", "i", id);
          if (!fine || !sl_store_commit (store, NULL))
            break;
          told++;
        }
      sl_store_close (store);
      sl_trace_vfs_restore_power (disk, SL_TRACE_LOSE_UNSYNCED, NULL);
      g_autoptr (SlStore) again = fixture_open (dir, SL_STORE_OPEN);
      lost += fixture_count (again) - 1 < told;
    }
  g_assert_cmpuint (lost, >, 20);
}

static void
a_power_cut_at_the_making_leaves_nothing_half (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gboolean is_long = g_getenv ("SL_TEST_LONG") != NULL;
  guint variants = is_long ? 20 : 3;
  /* Each step of the schema adds moments and makes each try dearer. Every so many of them do, at others in each
   * variant; the first ones, where the directory is made, all. */
  guint all_until = is_long ? G_MAXUINT : 12, stride = 31, offset = 10;
  gboolean cut = TRUE;
  for (guint after = 0; cut; after += after < all_until ? 1 : stride)
    for (guint variant = 0; variant < variants; variant++)
      {
        g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
        g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_REMEMBER);
        sl_trace_vfs_cut_power (disk, after < all_until ? after : after + variant * offset);
        SlStore *made = sl_store_open (dir->path, SL_STORE_CREATE, NULL);
        gboolean told = made != NULL;
        sl_store_close (made);
        cut = sl_trace_vfs_power_is_out (disk);
        sl_trace_vfs_restore_power (disk, variant == 0 ? SL_TRACE_LOSE_UNSYNCED : SL_TRACE_TEAR_UNSYNCED, rand);
        g_autoptr (GError) error = NULL;
        SlStore *found = sl_store_open (dir->path, SL_STORE_OPEN, &error);
        if (found == NULL)
          {
            g_assert_false (told);
            g_assert_error (error, SL_ERROR, SL_ERROR_NO_STUDIO);
          }
        sl_store_close (found);
        g_clear_error (&error);
        g_autoptr (SlStore) store = sl_store_open (dir->path, SL_STORE_CREATE, &error);
        g_assert_no_error (error);
        g_assert_true (sl_store_quick_check (store, NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-power/" path, func)
  ADD ("a-commit-returns-after-its-sync", a_commit_returns_after_its_sync);
  ADD ("the-hook-runs-after-the-sync", the_hook_runs_after_the_sync);
  ADD ("a-commit-waits-for-the-disk", a_commit_waits_for_the_disk);
  ADD ("a-relaxed-commit-does-not-sync-and-durable-ones-still-do",
       a_relaxed_commit_does_not_sync_and_durable_ones_still_do);
  ADD ("a-relaxed-commit-comes-to-the-disk-with-the-next-durable-one",
       a_relaxed_commit_comes_to_the_disk_with_the_next_durable_one);
  ADD ("a-power-cut-at-any-moment-loses-no-commit", a_power_cut_at_any_moment_loses_no_commit);
  ADD ("the-disk-of-these-tests-does-lose-what-is-not-synced", the_disk_of_these_tests_does_lose_what_is_not_synced);
  ADD ("a-power-cut-at-the-making-leaves-nothing-half", a_power_cut_at_the_making_leaves_nothing_half);
  return g_test_run ();
}
