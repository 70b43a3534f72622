/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-sim"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim-test.h"

/* The short run: many small worlds, each judged after every step and when it has healed. With SL_TEST_LONG more. */

#define WORLDS 30        /* of one case */
#define WORLDS_LONG 1000 /* with SL_TEST_LONG, and as long as they come */
#define STRIDE 1400      /* from one case's first seed to the next's: room for the long run */
#define CASES 10         /* of one program */
#define LENGTH 14        /* actions of one, at most */

static guint64 first_seed; /* of this program's part */

static void
test_worlds (gconstpointer data)
{
  guint64 from = first_seed + GPOINTER_TO_UINT (data) * STRIDE;
  guint64 worlds = g_getenv ("SL_TEST_LONG") != NULL ? WORLDS_LONG : WORLDS;
  SimOptions options = { .length_max = g_getenv ("SL_TEST_LONG") != NULL ? 0 : LENGTH };
  gint64 stats[SIM_STAT_LAST] = { 0 };
  for (guint64 seed = from; seed < from + worlds; seed++)
    {
      g_autofree char *violation = sim_test_run (seed, &options, stats);
      if (violation == NULL)
        continue;
      g_autofree char *told = sim_test_explain (seed, &options);
      g_auto (GStrv) lines = g_strsplit (told, "\n", -1);
      for (char **line = lines; *line != NULL; line++)
        g_test_message ("%s", *line);
      g_test_fail_printf ("seed %" G_GUINT64_FORMAT ": %s", seed, violation);
      return;
    }
  g_test_message ("%" G_GINT64_FORMAT " steps, %" G_GINT64_FORMAT " operations, %" G_GINT64_FORMAT " simulated hours",
                  stats[SIM_STAT_STEPS], stats[SIM_STAT_OPERATIONS], stats[SIM_STAT_DEVICE_MINUTES] / 60);
  g_assert_cmpint (stats[SIM_STAT_WORLDS], ==, (gint64) worlds);
  g_assert_cmpint (stats[SIM_STAT_OPERATIONS], >, 0);
}

/* The same seed does the same, whatever ran before it. */
static void
test_replays (void)
{
  SimOptions options = { 0 };
  for (guint64 seed = first_seed; seed < first_seed + 12; seed++)
    {
      guint64 once = sim_test_fingerprint (seed, &options);
      g_free (sim_test_run (seed + 1, &options, NULL));
      g_assert_cmpuint (sim_test_fingerprint (seed, &options), ==, once);
    }
}

int
main (int argc, char **argv)
{
  first_seed = argc > 1 && g_str_has_prefix (argv[1], "--from=") ? g_ascii_strtoull (argv[1] + 7, NULL, 10) : 1;
  if (argc > 1 && g_str_has_prefix (argv[1], "--from="))
    {
      argv[1] = argv[0];
      argv++;
      argc--;
    }
  g_test_init (&argc, &argv, NULL);
  sim_test_begin ();
  for (guint i = 0; i < CASES; i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/sim/worlds-stay-sound-and-heal/%" G_GUINT64_FORMAT,
                                               first_seed + i * STRIDE);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_worlds);
    }
  g_test_add_func ("/sl/sim/a-seed-replays-exactly", test_replays);
  int status = g_test_run ();
  sim_test_end ();
  return status;
}
