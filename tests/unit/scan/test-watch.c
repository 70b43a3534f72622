/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-watch"

#include "scan/watch.h"

#include <string.h>

#define WIDTH 320
#define HEIGHT 240
#define FRAME_MS 67

typedef struct {
  guint8 pixels[WIDTH * HEIGHT];
  SlFrame frame;
  SlWatch watch;
  gint64 now_ms;
  GRand *rand;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  memset (scene->pixels, 100, sizeof scene->pixels);
  scene->frame = (SlFrame){ scene->pixels, WIDTH, HEIGHT, WIDTH };
  scene->rand = g_rand_new_with_seed (5);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  g_rand_free (scene->rand);
}

/* Shows frames for a while. Returns: how many were wanted */
static guint
show (Scene *scene, gint64 ms)
{
  guint wanted = 0, turn;

  for (gint64 until_ms = scene->now_ms + ms; scene->now_ms < until_ms; scene->now_ms += FRAME_MS)
    wanted += sl_watch_wants (&scene->watch, &scene->frame, scene->now_ms, &turn);
  return wanted;
}

static void
test_still_scene_is_looked_at_seldom (Scene *scene, gconstpointer data)
{
  guint settling = show (scene, SL_WATCH_SETTLE_MS), still;

  g_assert_cmpuint (settling, ==, (SL_WATCH_SETTLE_MS + FRAME_MS - 1) / FRAME_MS);
  still = show (scene, 10000);
  g_assert_cmpuint (still, <=, 21);
  g_assert_cmpuint (still, >=, 17);
  g_assert_true (scene->watch.is_still);
}

static void
test_hand_wakes_it_at_once (Scene *scene, gconstpointer data)
{
  guint turn = 99;

  (void) show (scene, 10000);
  for (int y = 100; y < 160; y++)
    memset (scene->pixels + y * WIDTH + 100, 200, 60);
  g_assert_true (sl_watch_wants (&scene->watch, &scene->frame, scene->now_ms, &turn));
  g_assert_cmpuint (turn, ==, 0); /* the cheapest pass first */
  g_assert_cmpuint (show (scene, 1000), ==, 15);
}

static void
test_noise_does_not_wake_it (Scene *scene, gconstpointer data)
{
  guint wanted = 0;

  for (int i = 0; i < 100; i++)
    {
      for (guint k = 0; k < sizeof scene->pixels; k++)
        scene->pixels[k] = (guint8) (100 + g_rand_int_range (scene->rand, -12, 13));
      wanted += show (scene, FRAME_MS);
    }
  g_assert_true (scene->watch.is_still);
  g_assert_cmpuint (wanted, <, 50);
}

static void
test_each_pass_has_its_turn (Scene *scene, gconstpointer data)
{
  for (guint i = 0; i < 8; i++)
    {
      guint turn = 99;

      g_assert_true (sl_watch_wants (&scene->watch, &scene->frame, i, &turn));
      sl_watch_note (&scene->watch, turn, FALSE);
      g_assert_cmpuint (turn, ==, i);
    }
}

static void
test_pass_that_reads_comes_again (Scene *scene, gconstpointer data)
{
  guint turns[8];

  for (guint i = 0; i < 8; i++)
    {
      g_assert_true (sl_watch_wants (&scene->watch, &scene->frame, i, &turns[i]));
      sl_watch_note (&scene->watch, turns[i], turns[i] == 2);
    }
  g_assert_cmpuint (turns[2], ==, 2);
  g_assert_cmpuint (turns[3], ==, 2);
  g_assert_cmpuint (turns[4], ==, 3);
  g_assert_cmpuint (turns[5], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sl/watch/looks-seldom-at-a-still-scene", Scene, NULL, set_up, test_still_scene_is_looked_at_seldom,
              tear_down);
  g_test_add ("/sl/watch/a-hand-wakes-it-at-once", Scene, NULL, set_up, test_hand_wakes_it_at_once, tear_down);
  g_test_add ("/sl/watch/sensor-noise-does-not-wake-it", Scene, NULL, set_up, test_noise_does_not_wake_it, tear_down);
  g_test_add ("/sl/watch/each-pass-has-its-turn", Scene, NULL, set_up, test_each_pass_has_its_turn, tear_down);
  g_test_add ("/sl/watch/the-pass-that-reads-comes-again", Scene, NULL, set_up, test_pass_that_reads_comes_again,
              tear_down);
  return g_test_run ();
}
