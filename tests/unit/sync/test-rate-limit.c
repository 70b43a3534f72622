/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/message.h"

#define START_MS G_GINT64_CONSTANT (1893499200000)
#define MINUTE_MS 60000

static guint
take_at (SlRateLimit *limit, const char *key, gint64 now_ms, guint tries)
{
  guint taken = 0;
  for (guint i = 0; i < tries; i++)
    taken += sl_rate_limit_take (limit, key, now_ms, NULL);
  return taken;
}

static void
so_many_at_once_and_no_more (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (60, MINUTE_MS);
  g_assert_cmpuint (take_at (limit, "a", START_MS, 100), ==, 60);
  g_assert_cmpuint (take_at (limit, "b", START_MS, 100), ==, 60); /* each for itself */
}

static void
one_more_after_the_time_that_it_says (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (60, MINUTE_MS);
  gint64 retry_ms = 1;
  g_assert_true (sl_rate_limit_take (limit, "a", START_MS, &retry_ms));
  g_assert_cmpint (retry_ms, ==, 0);
  take_at (limit, "a", START_MS, 59);
  g_assert_false (sl_rate_limit_take (limit, "a", START_MS, &retry_ms));
  g_assert_cmpint (retry_ms, ==, 1000);
  g_assert_false (sl_rate_limit_take (limit, "a", START_MS + 999, &retry_ms));
  g_assert_cmpint (retry_ms, ==, 1);
  g_assert_true (sl_rate_limit_take (limit, "a", START_MS + 1000, NULL));
  g_assert_false (sl_rate_limit_take (limit, "a", START_MS + 1000, NULL));
}

static void
a_quiet_time_gives_no_more_than_all (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (100, 60 * MINUTE_MS);
  g_assert_cmpuint (take_at (limit, "a", START_MS, 200), ==, 100);
  g_assert_cmpuint (take_at (limit, "a", START_MS + 1000 * MINUTE_MS, 200), ==, 100);
}

static void
rates_that_do_not_divide_are_not_rounded (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (7, 1000);
  guint taken = take_at (limit, "a", START_MS, 20) - 7;
  for (gint64 ms = 1; ms <= 100000; ms++)
    taken += sl_rate_limit_take (limit, "a", START_MS + ms, NULL);
  g_assert_cmpuint (taken, ==, 700);
}

static void
a_clock_that_goes_back_locks_nobody_out (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (60, MINUTE_MS);
  gint64 retry_ms = 0;
  take_at (limit, "a", START_MS, 60);
  g_assert_false (sl_rate_limit_take (limit, "a", START_MS - 1000 * MINUTE_MS, &retry_ms));
  g_assert_cmpint (retry_ms, ==, 1000);
  g_assert_true (sl_rate_limit_take (limit, "a", START_MS - 1000 * MINUTE_MS + 1000, NULL));
  g_assert_true (sl_rate_limit_take (limit, "b", -1, NULL));
  g_assert_true (sl_rate_limit_take (limit, "b", G_MAXINT64, NULL));
}

static void
many_keys_drive_out_the_one_used_least_lately (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (1, MINUTE_MS);
  char key[16];
  g_assert_true (sl_rate_limit_take (limit, "first", START_MS, NULL));
  g_assert_true (sl_rate_limit_take (limit, "second", START_MS, NULL));
  for (guint i = 0; i < 16383; i++)
    {
      g_assert_false (sl_rate_limit_take (limit, "second", START_MS, NULL)); /* used all the while */
      g_snprintf (key, sizeof key, "%u", i);
      g_assert_true (sl_rate_limit_take (limit, key, START_MS, NULL));
    }
  g_assert_false (sl_rate_limit_take (limit, "second", START_MS, NULL));
  g_assert_true (sl_rate_limit_take (limit, "first", START_MS, NULL));
}

static gpointer
take_many (gpointer limit)
{
  return GUINT_TO_POINTER (take_at (limit, "a", START_MS, 5000));
}

static void
two_threads_share_one_limit (void)
{
  g_autoptr (SlRateLimit) limit = sl_rate_limit_new (6000, MINUTE_MS);
  GThread *one = g_thread_new ("one", take_many, limit);
  guint taken = take_at (limit, "a", START_MS, 5000);
  taken += GPOINTER_TO_UINT (g_thread_join (one));
  g_assert_cmpuint (taken, ==, 6000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/rate-limit/so-many-at-once-and-no-more", so_many_at_once_and_no_more);
  g_test_add_func ("/sl/rate-limit/one-more-after-the-time-that-it-says", one_more_after_the_time_that_it_says);
  g_test_add_func ("/sl/rate-limit/a-quiet-time-gives-no-more-than-all", a_quiet_time_gives_no_more_than_all);
  g_test_add_func ("/sl/rate-limit/rates-that-do-not-divide-are-not-rounded",
                   rates_that_do_not_divide_are_not_rounded);
  g_test_add_func ("/sl/rate-limit/a-clock-that-goes-back-locks-nobody-out", a_clock_that_goes_back_locks_nobody_out);
  g_test_add_func ("/sl/rate-limit/many-keys-drive-out-the-one-used-least-lately",
                   many_keys_drive_out_the_one_used_least_lately);
  g_test_add_func ("/sl/rate-limit/two-threads-share-one-limit", two_threads_share_one_limit);
  return g_test_run ();
}
