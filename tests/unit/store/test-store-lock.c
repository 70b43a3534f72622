/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define LONG_MS 60000 /* never waited for */

static SlStoreLock *
make_lock (SlTempDir *dir)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE);
  SlStoreLock *lock = sl_store_lock_new (path, &error);
  g_assert_no_error (error);
  return lock;
}

static void
acquire (SlStoreLock *lock)
{
  g_autoptr (GError) error = NULL;
  gboolean taken = sl_store_lock_acquire (lock, LONG_MS, &error);
  g_assert_no_error (error);
  g_assert_true (taken);
}

static void
assert_busy (SlStoreLock *lock, gint64 wait_ms)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sl_store_lock_acquire (lock, wait_ms, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
}

/* Until somebody waits for the lock: the kernel lists those behind the holder with an arrow (proc(5), /proc/locks). */
static void
wait_for_waiter (SlTempDir *dir)
{
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE);
  struct stat info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_autofree char *pattern = g_strdup_printf ("*-> FLOCK *:%" G_GUINT64_FORMAT " 0 EOF\n*", (guint64) info.st_ino);
  for (;;)
    {
      g_autofree char *locks = NULL;
      g_assert_true (g_file_get_contents ("/proc/locks", &locks, NULL, NULL));
      if (g_pattern_match_simple (pattern, locks))
        return;
      g_thread_yield ();
    }
}

static void
two_locks_of_one_process_exclude_one_another (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) a = make_lock (dir), b = make_lock (dir);
  acquire (a);
  assert_busy (b, 0);
  sl_store_lock_release (a);
  acquire (b);
  assert_busy (a, 0);
  sl_store_lock_release (b);
  acquire (a);
}

typedef struct {
  SlStoreLock *lock;
  GAsyncQueue *events;
} Contender;

static gpointer
contend (gpointer data)
{
  Contender *contender = data;
  acquire (contender->lock);
  g_async_queue_push (contender->events, (gpointer) "waiter");
  sl_store_lock_release (contender->lock);
  return NULL;
}

static void
who_waits_comes_before_who_asks_again (void)
{
  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      g_autoptr (SlStoreLock) mine = make_lock (dir), theirs = make_lock (dir);
      g_autoptr (GAsyncQueue) events = g_async_queue_new ();
      Contender contender = { theirs, events };
      acquire (mine);
      GThread *thread = g_thread_new ("contender", contend, &contender);
      wait_for_waiter (dir);
      sl_store_lock_release (mine);
      acquire (mine); /* at once, while the waiter is still being woken */
      g_async_queue_push (events, (gpointer) "again");
      sl_store_lock_release (mine);
      g_thread_join (thread);
      g_assert_cmpstr (g_async_queue_pop (events), ==, "waiter");
      g_assert_cmpstr (g_async_queue_pop (events), ==, "again");
    }
}

static void
the_holder_sees_that_somebody_waits (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) mine = make_lock (dir), theirs = make_lock (dir);
  g_autoptr (GAsyncQueue) events = g_async_queue_new ();
  Contender contender = { theirs, events };
  acquire (mine);
  g_assert_false (sl_store_lock_is_awaited (mine));
  GThread *thread = g_thread_new ("contender", contend, &contender);
  wait_for_waiter (dir);
  g_assert_true (sl_store_lock_is_awaited (mine));
  sl_store_lock_release (mine);
  g_thread_join (thread);
  acquire (mine);
  g_assert_false (sl_store_lock_is_awaited (mine));
}

static void
who_gave_up_does_not_keep_the_lock (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) a = make_lock (dir), b = make_lock (dir);
  for (guint round = 0; round < 20; round++)
    {
      acquire (a);
      assert_busy (b, 1);
      sl_store_lock_release (a);
      acquire (a); /* behind the thread that b's wait has left, which lets go by itself */
      sl_store_lock_release (a);
      acquire (b);
      sl_store_lock_release (b);
    }
}

static void
freeing_lets_go (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) b = make_lock (dir);
  SlStoreLock *a = make_lock (dir);
  acquire (a);
  sl_store_lock_free (a);
  acquire (b);
}

static void
a_removed_lock_file_locks_out_nobody_for_long (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) a = make_lock (dir);
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE);
  g_assert_cmpint (g_unlink (path), ==, 0);
  acquire (a); /* on a new file, which those who come later find too */
  g_autoptr (SlStoreLock) b = make_lock (dir);
  assert_busy (b, 0);
}

static void
another_process_is_waited_for_and_its_death_lets_go (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autofree char *program = fixture_helper_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) holder = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                                     &error, program, "hold", dir->path, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (holder));
  g_autofree char *line = g_data_input_stream_read_line (said, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "held");
  g_autoptr (SlStoreLock) lock = make_lock (dir);
  assert_busy (lock, 0);
  g_subprocess_force_exit (holder);
  fixture_commit (store, 1);
  g_assert_true (g_subprocess_wait (holder, NULL, NULL));
}

static void
waiting_ends_under_a_clock_that_stands_still (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStoreLock) lock = make_lock (dir);
  g_autofree char *program = fixture_helper_path ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE), *said = NULL;
  g_autofree char *busy = g_strdup_printf ("%d\n", SL_ERROR_BUSY);
  g_autoptr (GError) error = NULL;
  acquire (lock);
  /* What a killed faketime left behind under the same process number would keep this one from starting. */
  const char *start = "rm -f /dev/shm/sem.faketime_sem_$$ /dev/shm/faketime_shm_$$; exec faketime -f \"$@\"";
  g_autoptr (GSubprocess) faked
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "/bin/sh", "-c",
                          start, "sh", "2026-03-01 07:00:00", program, "lock", path, "20", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (faked, NULL, NULL, &said, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (said, ==, busy);
}

/* Two processes that commit and move the log at the same time, and a reader that goes on all the while. */
static void
two_processes_lose_nothing (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autofree char *program = fixture_helper_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) a
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "fill", dir->path, "1000", "400", NULL);
  g_assert_no_error (error);
  g_autoptr (GSubprocess) b
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "fill", dir->path, "2000", "400", NULL);
  g_assert_no_error (error);
  gint64 seen = 0;
  for (gint64 i = 0; i < 200; i++)
    {
      fixture_commit (store, i);
      gint64 count = fixture_count (store);
      g_assert_cmpint (count, >, seen);
      seen = count;
    }
  g_assert_true (g_subprocess_wait_check (a, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (b, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fixture_count (store), ==, 1000);
  g_assert_cmpint (
      fixture_int (store,
                   "SELECT count(*) FROM note WHERE id BETWEEN 1000 AND 1399 OR id BETWEEN 2000 AND 2399 OR id < 200"),
      ==, 1000);
  g_autoptr (GPtrArray) problems = sl_store_integrity_problems (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-lock/" path, func)
  ADD ("two-locks-of-one-process-exclude-one-another", two_locks_of_one_process_exclude_one_another);
  ADD ("who-waits-comes-before-who-asks-again", who_waits_comes_before_who_asks_again);
  ADD ("the-holder-sees-that-somebody-waits", the_holder_sees_that_somebody_waits);
  ADD ("who-gave-up-does-not-keep-the-lock", who_gave_up_does_not_keep_the_lock);
  ADD ("freeing-lets-go", freeing_lets_go);
  ADD ("a-removed-lock-file-locks-out-nobody-for-long", a_removed_lock_file_locks_out_nobody_for_long);
  ADD ("another-process-is-waited-for-and-its-death-lets-go", another_process_is_waited_for_and_its_death_lets_go);
  ADD ("waiting-ends-under-a-clock-that-stands-still", waiting_ends_under_a_clock_that_stands_still);
  ADD ("two-processes-lose-nothing", two_processes_lose_nothing);
  return g_test_run ();
}
