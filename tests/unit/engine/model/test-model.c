/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-model"

#include "world.h"

#include <string.h>

#include <glib/gstdio.h>
#include <unistd.h>

#include "core/datetime.h"

/* Random commands, given to the engine and to a small model of the rules, which has to give the same answers and come
 * to the same state. A world that fails is made shorter, and told with its seed. SL_TEST_SEED=7: that world alone;
 * SL_TEST_WORLDS=5000: so many; SL_TEST_LONG=1: many, longer ones. */

#define WORLDS 192
#define WORLDS_LONG 4000
#define COMMANDS 64
#define COMMANDS_LONG 100
#define WORLDS_OF_STUDIO 32 /* two in a year, one after the other */
#define VERIFIED_OF 16 /* the log is verified after one world of so many, with all that came before it */
#define FIRST_YEAR 2026

static const char *const zones[]
    = { "Europe/London", "America/New_York", "Africa/Johannesburg", "Australia/Lord_Howe" };

static const char *
zone_of (guint64 seed)
{
  return zones[seed / WORLDS_OF_STUDIO % G_N_ELEMENTS (zones)];
}

/* Some hours before or after the clocks change in spring or in autumn, where they do. */
static gint64
start_of (guint64 seed)
{
  guint64 slot = seed % WORLDS_OF_STUDIO;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GTimeZone) zone = sl_time_zone_new (zone_of (seed), &failure);
  g_autoptr (GDateTime) from = g_date_time_new_utc (FIRST_YEAR + (int) slot / 2, slot % 2 ? 7 : 1, 10, 6, 0, 0);
  gint64 start = g_date_time_to_unix (from);
  gint32 first = g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, start));

  g_assert_no_error (failure);
  for (gint64 hour = 0; hour < 170 * 24; hour++)
    {
      gint64 at = start + hour * 3600;

      if (g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, at)) == first)
        continue;
      start = at;
      break;
    }
  return (start - (gint64) (seed * 7919 % 40) * 3600) * 1000;
}

/* (nullable) (transfer full): the first difference. */
static char *
run_world (Studio *studio, const GArray *commands, guint64 seed, gboolean verify, char **out_trace)
{
  g_autoptr (World) world = NULL;
  char *difference;

  studio->clock.now_ms = MAX (start_of (seed), studio->clock.now_ms + SL_DAY_MS);
  world = world_new (studio, out_trace != NULL);
  for (guint i = 0; i < commands->len && world->difference == NULL; i++)
    world_give (world, &g_array_index (commands, Command, i));
  if (world->difference == NULL)
    world_compare_deeply (world);
  if (world->difference == NULL && verify)
    world_verify (world);
  difference = g_steal_pointer (&world->difference);
  if (out_trace != NULL)
    *out_trace = g_strdup (world->trace->str);
  world_tidy (world);
  return difference;
}

/* How often each thing was answered: told in a verbose run, and what the worlds are worth. */
static void
add_answers (GHashTable *seen, const char *trace)
{
  g_auto (GStrv) lines = g_strsplit (trace, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *arrow = strstr (lines[i], " -> ");
      g_auto (GStrv) words = g_strsplit (arrow != NULL ? arrow + strlen (" -> ") : "", " ", 2);

      if (words[0] != NULL)
        g_hash_table_insert (seen, g_strdup (words[0]),
                             GINT_TO_POINTER (1 + GPOINTER_TO_INT (g_hash_table_lookup (seen, words[0]))));
    }
}

static void
tell_ways (const guint *ways)
{
  for (guint from = 0; from < M_STATUS_LAST; from++)
    for (guint to = 0; to < M_STATUS_LAST; to++)
      if (from != to && ways[from * M_STATUS_LAST + to] > 0)
        g_test_message ("%s to %s: %u times", model_status_name (from), model_status_name (to),
                        ways[from * M_STATUS_LAST + to]);
}

static void
tell_answers (GHashTable *seen)
{
  GHashTableIter iter;
  gpointer code, count;

  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &code, &count))
    g_test_message ("%s: %d times", (char *) code, GPOINTER_TO_INT (count));
}

static char *
run_alone (const GArray *commands, guint64 seed, char **out_trace)
{
  g_autoptr (Studio) studio = studio_new (seed + 1, zone_of (seed), start_of (seed) - SL_DAY_MS);

  return run_world (studio, commands, seed, TRUE, out_trace);
}

/* Takes out what is not needed for it to differ: halves, then less, then one by one. */
static void
shrink (GArray *commands, guint64 seed)
{
  for (guint size = MAX (commands->len / 2, 1);; size = MAX (size / 2, 1))
    {
      gboolean shorter = FALSE;

      for (guint at = 0; at < commands->len;)
        {
          guint n = MIN (size, commands->len - at);
          g_autoptr (GArray) rest = g_array_copy (commands);
          g_autofree char *difference = NULL;

          g_array_remove_range (rest, at, n);
          difference = run_alone (rest, seed, NULL);
          if (difference == NULL)
            {
              at += n;
              continue;
            }
          g_array_remove_range (commands, at, n);
          shorter = TRUE;
        }
      if (size == 1 && !shorter)
        return;
    }
}

static void
tell (guint64 seed, guint length, const char *before)
{
  g_autoptr (GArray) commands = world_commands (seed, length);
  g_autofree char *difference = run_alone (commands, seed, NULL), *shortest = NULL, *trace = NULL;

  if (difference == NULL)
    {
      g_printerr ("# seed %" G_GUINT64_FORMAT " differs only after the worlds before it: %s\n", seed, before);
      return;
    }
  shrink (commands, seed);
  shortest = run_alone (commands, seed, &trace);
  g_printerr ("# seed %" G_GUINT64_FORMAT ", %u commands of %u:\n%s# %s\n", seed, commands->len, length, trace,
              shortest);
}

static void
test_model (void)
{
  const char *one = g_getenv ("SL_TEST_SEED"), *worlds = g_getenv ("SL_TEST_WORLDS");
  gboolean many = g_getenv ("SL_TEST_LONG") != NULL;
  guint64 from = one != NULL ? g_ascii_strtoull (one, NULL, 10) : 0;
  guint64 n = worlds != NULL ? g_ascii_strtoull (worlds, NULL, 10) : one != NULL ? 1 : many ? WORLDS_LONG : WORLDS;
  guint length = many ? COMMANDS_LONG : COMMANDS;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (Studio) studio = NULL;
  guint found = 0, ways[M_STATUS_LAST * M_STATUS_LAST] = { 0 };

  for (guint64 seed = from; seed < from + n && found < 5; seed++)
    {
      g_autoptr (GArray) commands = world_commands (seed, length);
      g_autofree char *difference = NULL, *trace = NULL;

      if (studio == NULL || seed % WORLDS_OF_STUDIO == 0)
        {
          g_clear_pointer (&studio, studio_free);
          studio = studio_new (seed + 1, zone_of (seed), start_of (seed) - SL_DAY_MS);
        }
      studio->ways = ways;
      difference = run_world (studio, commands, seed, many || seed % VERIFIED_OF == VERIFIED_OF - 1, &trace);
      add_answers (seen, trace);
      if (one != NULL)
        g_test_message ("%s", trace);
      if (difference == NULL)
        continue;
      found++;
      tell (seed, length, difference);
      g_clear_pointer (&studio, studio_free); /* what differs once may differ for ever */
    }
  tell_answers (seen);
  tell_ways (ways);
  g_assert_cmpuint (found, ==, 0);
}

/* Thousands of transactions, of which nothing is learnt on a disk. */
#define IN_MEMORY "/dev/shm"

int
main (int argc, char **argv)
{
  if (g_getenv ("TMPDIR") == NULL && g_access (IN_MEMORY, W_OK) == 0)
    g_setenv ("TMPDIR", IN_MEMORY, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/model/answers-and-states-are-the-engine-s", test_model);
  return g_test_run ();
}
