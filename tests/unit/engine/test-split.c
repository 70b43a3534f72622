/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "split.h"

/* Ten spots, devices that cannot reach one another, eight people or more at each: ten get in, always. tests/bench/run
 * split prints the figures of the same test. */

static void
no_spot_is_sold_twice (gconstpointer data)
{
  const SplitCase *split = data;
  SplitCount count = { 0 };

  split_run (split, &count);
  g_test_message ("%s, %u devices, seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " ways, %" G_GUINT64_FORMAT
                  " walk-ins, %" G_GUINT64_FORMAT " accepted, %" G_GUINT64_FORMAT " overbooked",
                  split_kind_name (split->kind), split->devices, split->seed, count.ways, count.walk_ins,
                  count.accepted, count.overbooked);
  g_assert_cmpuint (count.ways, ==, split_ways (split->devices));
  g_assert_cmpuint (count.overbooked, ==, 0);
  g_assert_cmpuint (count.accepted, ==, count.ways * SPLIT_RIGHTS);
  g_assert_cmpuint (count.unsold, ==, 0);
  g_assert_cmpuint (count.by_copies, ==, 0);
  g_assert_cmpuint (count.lost, ==, 0);
  g_assert_cmpuint (count.astray, ==, 0);
}

/* Each kind once, another device copied or restored in each; with SL_TEST_LONG each device, in many orders. */
static void
add_kind (SplitKind kind, const char *name, guint seeds, gboolean each)
{
  for (guint devices = 2; devices <= SPLIT_DEVICES_MAX; devices++)
    for (guint seed = 1; seed <= seeds; seed++)
      for (guint which = 0; which < devices; which++)
        {
          SplitCase *split = g_new (SplitCase, 1);
          g_autofree char *path
              = g_strdup_printf ("/sl/split/%s/%u-devices/%u-of-them/%u", name, devices, which, seed);

          *split = (SplitCase){ .kind = kind, .devices = devices, .which = which, .seed = seed };
          if ((each && (kind == SPLIT_COPY || kind == SPLIT_RESTORE)) || which == (guint) kind % devices)
            g_test_add_data_func_full (path, split, no_spot_is_sold_twice, g_free);
          else
            g_free (split);
        }
}

int
main (int argc, char **argv)
{
  const char *seeds = g_getenv ("SL_TEST_SEEDS");
  gboolean each = g_getenv ("SL_TEST_LONG") != NULL;
  guint n = seeds != NULL ? (guint) atoi (seeds) : (each ? 5 : 1);

  if (g_access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE); /* thousands of commits, and what a disk does with them is not tested here */
  g_test_init (&argc, &argv, NULL);
  add_kind (SPLIT_APART, "shared-between-devices-that-are-cut-off", n, each);
  add_kind (SPLIT_IN_FLIGHT, "shares-that-are-still-on-their-way", n, each);
  add_kind (SPLIT_COPY, "a-copied-disk-sells-nothing", n, each);
  add_kind (SPLIT_RESTORE, "a-restored-backup-sells-nothing", n, each);
  return g_test_run ();
}
