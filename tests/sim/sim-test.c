/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-test"

#include "sim-test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A test program's own state; the product has no globals. */
static SimDisk *disk;
static char *dir;
static volatile guint64 seed_at_work;

/* Only what a signal handler may call. */
static void
tell_seed (int signal_number)
{
  char text[64] = "# the program died in the world of seed ";
  char digits[24];
  gsize length = strlen (text), n = 0;
  for (guint64 seed = seed_at_work; n == 0 || seed > 0; seed /= 10)
    digits[n++] = (char) ('0' + seed % 10);
  while (n > 0)
    text[length++] = digits[--n];
  text[length++] = '\n';
  if (write (STDOUT_FILENO, text, length) < 0)
    _exit (1);
  (void) signal (signal_number, SIG_DFL);
  (void) raise (signal_number);
}

/* sim_test_begin: once per program. */
void
sim_test_begin (void)
{
  const char *base = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();
  dir = g_build_filename (base, "sl-sim-XXXXXX", NULL);
  if (g_mkdtemp (dir) == NULL)
    g_error ("no directory in %s", base);
  g_setenv ("TMPDIR", dir, TRUE); /* the rebuilds of verify, too */
  (void) signal (SIGABRT, tell_seed);
  (void) signal (SIGSEGV, tell_seed);
  (void) signal (SIGTRAP, tell_seed);
  sim_log_begin ();
  sim_world_init_random ();
  disk = sim_disk_new ();
}

/* sim_test_end: removes the directory. */
void
sim_test_end (void)
{
  sim_templates_free ();
  g_clear_pointer (&disk, sim_disk_free);
  sim_remove_tree (dir);
  g_clear_pointer (&dir, g_free);
}

/* sim_test_run: see the header. */
char *
sim_test_run (guint64 seed, const SimOptions *options, gint64 *inout_stats)
{
  seed_at_work = seed;
  return sim_run_seed (disk, dir, seed, options, inout_stats);
}

/* sim_test_explain: the shortest world that fails like that one. */
char *
sim_test_explain (guint64 seed, const SimOptions *options)
{
  return sim_explain (dir, seed, options);
}

/* sim_test_fingerprint: of all that a world says. */
guint64
sim_test_fingerprint (guint64 seed, const SimOptions *options)
{
  seed_at_work = seed;
  return sim_fingerprint (disk, dir, seed, options);
}
