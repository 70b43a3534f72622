/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "protocol/message.h"

#define START_MS G_GINT64_CONSTANT (1893499200000)
#define SECOND_MS 1000
#define FLOOD (1024 * 1024) /* as many as are remembered */

static SlSyncClaimed
request (guint device, guint number, gint64 created_ms)
{
  SlSyncClaimed claimed = { .created_ms = created_ms };
  memcpy (claimed.replica.bytes, &device, sizeof device);
  memcpy (claimed.nonce, &number, sizeof number);
  return claimed;
}

static SlSyncCode
take (SlNonces *nonces, guint device, guint number, gint64 created_ms, gint64 now_ms)
{
  SlSyncClaimed claimed = request (device, number, created_ms);
  return sl_nonces_take (nonces, &claimed, now_ms);
}

static void
a_nonce_is_good_once (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS);
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_REPLAYED);
  g_assert_cmpint (take (nonces, 1, 2, START_MS, START_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 2, 1, START_MS, START_MS), ==, SL_SYNC_OK); /* of another device */
}

/* Whatever the asker's clock said within the window, while the window would take it again. */
static void
it_is_known_as_long_as_the_window_takes_it (void)
{
  for (gint64 offset_ms = -SL_SYNC_WINDOW_MS; offset_ms <= SL_SYNC_WINDOW_MS; offset_ms += SECOND_MS)
    {
      g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS - SL_SYNC_WINDOW_MS);
      gint64 created_ms = START_MS + offset_ms;
      g_assert_cmpint (take (nonces, 1, 1, created_ms, START_MS), ==, SL_SYNC_OK);
      for (gint64 now_ms = START_MS; now_ms <= created_ms + SL_SYNC_WINDOW_MS; now_ms += SECOND_MS)
        {
          g_assert_cmpint (take (nonces, 2, (guint) (now_ms / SECOND_MS), now_ms, now_ms), ==, SL_SYNC_OK);
          g_assert_cmpint (take (nonces, 1, 1, created_ms, now_ms), ==, SL_SYNC_REPLAYED);
        }
    }
}

static void
what_was_made_before_the_start_may_be_a_replay (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS + 999);
  g_assert_cmpint (take (nonces, 1, 1, START_MS - SECOND_MS, START_MS + 999), ==, SL_SYNC_CLOCK_SKEW);
  g_assert_cmpint (take (nonces, 1, 2, START_MS, START_MS + 999), ==, SL_SYNC_OK);
}

static void
a_clock_that_goes_back_lets_no_replay_through (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS);
  gint64 later_ms = START_MS + 60 * SL_SYNC_WINDOW_MS;
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 2, later_ms, later_ms), ==, SL_SYNC_OK); /* the first one is forgotten now */
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_CLOCK_SKEW);
  g_assert_cmpint (take (nonces, 1, 2, later_ms, START_MS), ==, SL_SYNC_REPLAYED);
}

static void
a_wrong_hour_does_not_shut_others_out_after (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS);
  gint64 wrong_ms = START_MS + G_GINT64_CONSTANT (86400000) * 36500;
  gint64 now_ms = START_MS + 60 * SECOND_MS;
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 2, wrong_ms, wrong_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 3, now_ms, now_ms), ==, SL_SYNC_OK);
}

static void
a_clock_that_was_wrong_from_the_start_shuts_nobody_out (void)
{
  gint64 wrong_ms = START_MS + G_GINT64_CONSTANT (86400000) * 36500;
  gint64 later_ms = wrong_ms + 3 * SL_SYNC_WINDOW_MS;
  g_autoptr (SlNonces) nonces = sl_nonces_new (wrong_ms);
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_REPLAYED);
  g_assert_cmpint (take (nonces, 1, 2, START_MS - SECOND_MS, START_MS), ==, SL_SYNC_CLOCK_SKEW);
  /* also where it has let go what was made by its wrong clock */
  g_assert_cmpint (take (nonces, 1, 3, wrong_ms, wrong_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 4, later_ms, later_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 5, START_MS, START_MS), ==, SL_SYNC_OK);
}

static void
a_flood_forgets_nothing_that_it_would_take_again (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS);
  gint64 now_ms = START_MS + 30 * SECOND_MS;
  g_assert_cmpint (take (nonces, 1, 1, START_MS, START_MS), ==, SL_SYNC_OK);
  for (guint i = 0; i < FLOOD - 1; i++)
    g_assert_cmpint (take (nonces, 2, i, now_ms, now_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (take (nonces, 1, 1, START_MS, now_ms), ==, SL_SYNC_CLOCK_SKEW); /* full: the oldest part goes */
  g_assert_cmpint (take (nonces, 1, 3, START_MS + 9 * SECOND_MS, now_ms), ==, SL_SYNC_CLOCK_SKEW);
  g_assert_cmpint (take (nonces, 2, 0, now_ms, now_ms), ==, SL_SYNC_REPLAYED);
  g_assert_cmpint (take (nonces, 2, FLOOD, now_ms, now_ms), ==, SL_SYNC_OK);
  /* full again, with one generation only: it goes as a whole, and nothing of it is taken again */
  g_assert_cmpint (take (nonces, 2, 0, now_ms, now_ms), ==, SL_SYNC_CLOCK_SKEW);
  g_assert_cmpint (take (nonces, 2, 1, now_ms + 10 * SECOND_MS, now_ms), ==, SL_SYNC_OK);
}

static gpointer
take_many (gpointer data)
{
  SlNonces *nonces = data;
  guint taken = 0;
  for (guint i = 0; i < 10000; i++)
    taken += take (nonces, 1, i, START_MS, START_MS) == SL_SYNC_OK;
  return GUINT_TO_POINTER (taken);
}

static void
two_threads_take_each_nonce_once (void)
{
  g_autoptr (SlNonces) nonces = sl_nonces_new (START_MS);
  GThread *one = g_thread_new ("one", take_many, nonces);
  guint taken = GPOINTER_TO_UINT (take_many (nonces));
  taken += GPOINTER_TO_UINT (g_thread_join (one));
  g_assert_cmpuint (taken, ==, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/nonce/is-good-once", a_nonce_is_good_once);
  g_test_add_func ("/sl/nonce/is-known-as-long-as-the-window-takes-it", it_is_known_as_long_as_the_window_takes_it);
  g_test_add_func ("/sl/nonce/what-was-made-before-the-start-may-be-a-replay",
                   what_was_made_before_the_start_may_be_a_replay);
  g_test_add_func ("/sl/nonce/a-clock-that-goes-back-lets-no-replay-through",
                   a_clock_that_goes_back_lets_no_replay_through);
  g_test_add_func ("/sl/nonce/a-wrong-hour-does-not-shut-others-out-after",
                   a_wrong_hour_does_not_shut_others_out_after);
  g_test_add_func ("/sl/nonce/a-clock-that-was-wrong-from-the-start-shuts-nobody-out",
                   a_clock_that_was_wrong_from_the_start_shuts_nobody_out);
  g_test_add_func ("/sl/nonce/a-flood-forgets-nothing-that-it-would-take-again",
                   a_flood_forgets_nothing_that_it_would_take_again);
  g_test_add_func ("/sl/nonce/two-threads-take-each-once", two_threads_take_each_nonce_once);
  return g_test_run ();
}
