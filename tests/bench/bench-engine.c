/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-engine"

/* What the engine's commands and questions cost with five years behind them, beside a hundredth of that and beside raw
 * SQLite on the same disk. */

#include "bench-engine.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#include "core/crypto.h"
#include "engine/engine-private.h"
#include "engine/run-due.h"

#define SEED 20260302
#define MIB (1024.0 * 1024.0)
#define DEEDS 600
#define DEEDS_QUICK 60
#define READS 200
#define READS_QUICK 40
#define CROWD 1000
#define CROWD_QUICK 200

static const struct {
  const char *name;
  SlStudioSize size;
} sets[] = {
  { "small", { .members = 200, .sessions = 600, .bookings = 10000 } },
  { "large", { .members = 20000, .sessions = 60000, .bookings = 1000000 } },
};

/* sl_bench_must: a bench has nobody to tell: what fails ends it. error: where it is by then. */
void
sl_bench_must (gboolean done, const SlRefusal *refusal, GError **error)
{
  if (!done)
    g_error ("%s", error != NULL && *error != NULL ? (*error)->message : "failed");
  if (refusal != NULL && refusal->code != SL_REFUSAL_NONE)
    g_error ("refused: %s", sl_refusal_name (refusal->code));
}

/* sl_bench_now: to measure from. */
SlMoment
sl_bench_now (void)
{
  struct timespec busy;
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &busy);
  return (SlMoment){ g_get_monotonic_time (), busy.tv_sec * G_USEC_PER_SEC + busy.tv_nsec / 1000 };
}

/* sl_bench_since: how long it took, by both. */
SlMoment
sl_bench_since (SlMoment start)
{
  SlMoment now = sl_bench_now ();
  return (SlMoment){ now.wall_us - start.wall_us, now.busy_us - start.busy_us };
}

/* sl_bench_open: at the moment at which the studio opens. */
void
sl_bench_open (SlDesk *desk)
{
  g_autoptr (GError) error = NULL;
  desk->engine = sl_engine_open (desk->dir, &desk->world.base, &error);
  sl_bench_must (desk->engine != NULL, NULL, &error);
}

/* sl_bench_close: what it wrote is folded into its file. */
void
sl_bench_close (SlDesk *desk)
{
  g_autoptr (GError) error = NULL;
  sl_bench_must (sl_store_checkpoint (desk->engine->store, &error), NULL, &error);
  g_clear_pointer (&desk->engine, sl_engine_close);
}

/* sl_bench_number: one, of the first row. */
gint64
sl_bench_number (SlDesk *desk, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;
  sl_bench_must (sl_store_query_int (desk->engine->store, 0, &number, &error, sql, ""), NULL, &error);
  return number;
}

static void
tell_size (SlDesk *desk)
{
  g_autofree char *path = g_build_filename (desk->dir, SL_STORE_FILE, NULL);
  GStatBuf info;
  gint64 operations = sl_bench_number (desk, "SELECT count (*) FROM local_op");
  sl_bench_must (g_stat (path, &info) == 0, NULL, NULL);
  g_print ("%-5s %" G_GINT64_FORMAT " members, %" G_GINT64_FORMAT " sessions, %" G_GINT64_FORMAT
           " bookings, %" G_GINT64_FORMAT " check-ins, %" G_GINT64_FORMAT " lots: %" G_GINT64_FORMAT
           " operations, %.1f MiB, %.0f bytes "
           "an operation, %.0f a booking with all that belongs to it\n",
           desk->name, sl_bench_number (desk, "SELECT count (*) FROM member"),
           sl_bench_number (desk, "SELECT count (*) FROM session"),
           sl_bench_number (desk, "SELECT count (*) FROM claim"),
           sl_bench_number (desk, "SELECT count (*) FROM checkin"), sl_bench_number (desk, "SELECT count (*) FROM lot"),
           operations, info.st_size / MIB, (double) info.st_size / operations,
           (double) info.st_size / sl_bench_number (desk, "SELECT count (*) FROM claim"));
}

/* A data set that lies there from an earlier run is used as that one has left it. */
static void
desk_begin (SlDesk *desk, const char *place, guint set)
{
  *desk = (SlDesk){ .name = sets[set].name,
                    .dir = g_build_filename (place, sets[set].name, NULL),
                    .chance = g_rand_new_with_seed (SEED) };
  gboolean is_there = sl_store_exists (desk->dir);
  gint64 started_us = g_get_monotonic_time ();
  if (!is_there)
    sl_studio_data_make (desk->dir, &sets[set].size, SEED, &desk->made);
  if (!is_there)
    g_print ("%-5s made in %.1f s\n", desk->name, (double) (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC);
  sl_fake_world_init (&desk->world, SL_STUDIO_NOW_MS, SEED + set);
  sl_actor_init_owner (&desk->owner);
  for (guint i = 0; i < SL_DEED_LAST; i++)
    {
      desk->series[i] = sl_series_new ();
      desk->busy[i] = sl_series_new ();
    }
  sl_bench_open (desk);
  /* no id twice, also not of what an earlier run has left */
  sl_fake_world_init (&desk->world, SL_STUDIO_NOW_MS,
                      SEED + set + sl_bench_number (desk, "SELECT count (*) FROM local_op"));
  tell_size (desk);
}

static void
desk_end (SlDesk *desk)
{
  g_clear_pointer (&desk->engine, sl_engine_close);
  for (guint i = 0; i < SL_DEED_LAST; i++)
    {
      sl_series_free (desk->series[i]);
      sl_series_free (desk->busy[i]);
    }
  g_rand_free (desk->chance);
  sl_actor_clear (&desk->owner);
  g_free (desk->dir);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  (void) g_remove (path);
}

/* words (nullable): of the parts to run. */
static gboolean
is_asked (const char *const *words, const char *part)
{
  return words == NULL || words[0] == NULL || g_strv_contains (words, part);
}

static void
run (const char *place, const char *self, const char *program, gboolean quick, const char *const *parts)
{
  SlDesk desks[G_N_ELEMENTS (sets)];
  guint n_desks = quick ? 1 : G_N_ELEMENTS (sets);
  SlDesk *last = &desks[n_desks - 1];
  for (guint i = 0; i < n_desks; i++)
    desk_begin (&desks[i], place, i);
  for (guint i = 0; i < n_desks && is_asked (parts, "reads"); i++)
    sl_bench_reads (&desks[i], program, quick ? READS_QUICK : READS);
  for (guint i = 0; i < n_desks && is_asked (parts, "reports"); i++)
    sl_bench_reports (&desks[i], quick);
  if (is_asked (parts, "deeds"))
    sl_bench_deeds (desks, n_desks, place, quick ? DEEDS_QUICK : DEEDS);
  if (is_asked (parts, "sales"))
    sl_bench_sales (desks, n_desks, place, quick ? DEEDS_QUICK : DEEDS);
  sl_bench_close (last);
  if (is_asked (parts, "crowd"))
    sl_bench_crowd (last, self, quick ? CROWD_QUICK : CROWD);
  sl_bench_open (last);
  for (guint i = 0; i < n_desks && is_asked (parts, "checks"); i++)
    sl_bench_checks (&desks[i]);
  for (guint i = 0; i < n_desks; i++)
    desk_end (&desks[i]);
}

int
main (int argc, char **argv)
{
  gboolean quick = FALSE;
  g_autofree char *data = NULL, *program = NULL, *place = NULL, *self = NULL;
  const GOptionEntry entries[] = {
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "The small data set alone, and fewer of everything", NULL },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "Keep the data sets here, and use those that are", "DIR" },
    { "program", 0, 0, G_OPTION_ARG_FILENAME, &program, "The command line's program, to be started", "FILE" },
    { NULL }
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("DIR [reads|reports|deeds|sales|crowd|checks]…: a place on the disk to measure");
  g_autoptr (GError) error = NULL;
  sl_bench_must (sl_crypto_init (&error), NULL, &error);
  if (argc > 2 && g_str_equal (argv[1], "crowd"))
    return sl_bench_crowd_member (argv[2], argc - 3, argv + 3);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2 || program == NULL)
    {
      g_printerr ("%s\n",
                  error != NULL ? error->message : "bench-engine --program FILE [--quick] [--data DIR] DIR [PART]…");
      return 2;
    }
  self = g_file_read_link ("/proc/self/exe", &error);
  sl_bench_must (self != NULL, NULL, &error);
  place = data != NULL ? g_strdup (data) : g_build_filename (argv[1], "bench-engine-XXXXXX", NULL);
  sl_bench_must (data != NULL ? g_mkdir_with_parents (place, 0700) == 0 : g_mkdtemp (place) != NULL, NULL, NULL);
  run (place, self, program, quick, (const char *const *) argv + 2);
  if (data == NULL)
    remove_tree (place);
  return 0;
}
