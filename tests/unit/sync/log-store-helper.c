/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store-helper"

#include "log-store-fixture.h"

#include <stdlib.h>

#define THREADS 4

/* log-store-helper WHERE TENANT FIRST-DEVICE ENTRIES: a process that appends beside the test's own. */
int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  FixtureWriter writers[THREADS];
  GThread *threads[THREADS];
  SlId tenant;

  g_assert_cmpint (argc, ==, 5);
  g_assert_true (sl_id_parse (argv[2], &tenant));
  g_assert_true (sl_crypto_init (NULL));
  g_autoptr (SlLogStore) store = sl_log_store_open (argv[1], sl_world_system (), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < THREADS; i++)
    {
      writers[i] = (FixtureWriter){ .store = store,
                                    .tenant = tenant,
                                    .device = (guint8) (atoi (argv[3]) + (int) i),
                                    .n_entries = (guint) atoi (argv[4]) };
      threads[i] = g_thread_new ("writer", fixture_write, &writers[i]);
    }
  for (guint i = 0; i < THREADS; i++)
    (void) g_thread_join (threads[i]);
  return 0;
}
