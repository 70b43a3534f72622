/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"

#define NOW_MS G_GINT64_CONSTANT (1772341200000)

static void
follows_the_wall_clock (void)
{
  gint64 tick = sl_hlc_next (0, NOW_MS);
  g_assert_cmpint (tick, ==, NOW_MS << SL_HLC_COUNTER_BITS);
  g_assert_cmpint (sl_hlc_to_ms (tick), ==, NOW_MS);
  g_assert_cmpint (sl_hlc_from_ms (NOW_MS), ==, tick);
  g_assert_cmpint (sl_hlc_to_ms (sl_hlc_next (tick, NOW_MS + 5)), ==, NOW_MS + 5);
}

static void
rises_while_the_wall_clock_stands_or_goes_back (void)
{
  gint64 tick = sl_hlc_next (0, NOW_MS);
  g_assert_cmpint (sl_hlc_next (tick, NOW_MS), ==, tick + 1);
  g_assert_cmpint (sl_hlc_next (tick, NOW_MS - 3600000), ==, tick + 1);
  g_assert_cmpint (sl_hlc_next (tick, -1), ==, tick + 1);
}

static void
runs_over_into_the_milliseconds (void)
{
  gint64 tick = sl_hlc_next (0, NOW_MS);
  for (int i = 0; i < 1000; i++)
    {
      gint64 next = sl_hlc_next (tick, NOW_MS);
      g_assert_cmpint (next, >, tick);
      tick = next;
    }
  g_assert_cmpint (sl_hlc_to_ms (tick), ==, NOW_MS + (1000 >> SL_HLC_COUNTER_BITS));
}

static void
holds_any_wall_clock (void)
{
  g_assert_cmpint (sl_hlc_next (0, G_MAXINT64), >, 0);
  g_assert_cmpint (sl_hlc_next (7, G_MININT64), ==, 8);
  g_assert_cmpint (sl_hlc_from_ms (G_MININT64), <, 0);
}

static void
asks_the_system_anew_each_time (void)
{
  SlWorld *world = sl_world_system ();
  gint64 before = g_get_real_time () / 1000;
  gint64 now = world->now_ms (world);
  g_assert_cmpint (now, >=, before);
  g_assert_cmpint (now, <=, g_get_real_time () / 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/clock/follows-the-wall-clock", follows_the_wall_clock);
  g_test_add_func ("/sl/clock/rises-while-the-wall-clock-stands-or-goes-back",
                   rises_while_the_wall_clock_stands_or_goes_back);
  g_test_add_func ("/sl/clock/runs-over-into-the-milliseconds", runs_over_into_the_milliseconds);
  g_test_add_func ("/sl/clock/holds-any-wall-clock", holds_any_wall_clock);
  g_test_add_func ("/sl/clock/asks-the-system-anew-each-time", asks_the_system_anew_each_time);
  return g_test_run ();
}
