/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim"

#include "sim.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* tests/sim/run: many worlds, for as long as there is time; a seed that fails is told with its shortest world. */

#define BATCH 200 /* worlds of one process: one that dies costs no more */
#define FAILURES_MAX 32

typedef struct {
  guint64 seeds, from, replay;
  double hours;
  int jobs;
  gboolean replays;
  SimOptions options;
} Wanted;

/* What the working processes tell, in memory that they share with the first one. */
typedef struct {
  gint64 stats[SIM_STAT_LAST];
  guint64 next, failures;
  guint64 current[64]; /* per job: the seed at work */
  guint64 failed[FAILURES_MAX];
} Shared;

static gboolean
parse (int argc, char **argv, Wanted *out)
{
  gint64 seeds = 0, from = 1, replay = -1, off = 0;
  int focus = 0, hub = 0;
  g_autoptr (GError) error = NULL;
  *out = (Wanted){ .jobs = 1 };
  const GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_INT64, &seeds, "worlds to run", "N" },
    { "hours", 0, 0, G_OPTION_ARG_DOUBLE, &out->hours, "or as many as fit", "H" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &out->jobs, "processes at once", "N" },
    { "from", 0, 0, G_OPTION_ARG_INT64, &from, "the first seed", "SEED" },
    { "replay", 0, 0, G_OPTION_ARG_INT64, &replay, "one world, told, shortened if it fails", "SEED" },
    { "rules-off", 0, 0, G_OPTION_ARG_INT64, &off, "negative control: bits of rules left out", "BITS" },
    { "focus", 0, 0, G_OPTION_ARG_INT, &focus, "what worlds dwell on: see sim.h", "NUMBER" },
    { "hub", 0, 0, G_OPTION_ARG_INT, &hub, "1: in no world, 2: in each", "NUMBER" },
    { "length", 0, 0, G_OPTION_ARG_INT, &out->options.length_max, "most actions of a world", "N" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- simulated studios");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  out->seeds = (guint64) MAX (seeds, 0);
  out->from = (guint64) MAX (from, 0);
  out->replays = replay >= 0;
  out->replay = (guint64) MAX (replay, 0);
  out->options.rules_off = (guint64) off;
  out->options.focus = (SimFocus) CLAMP (focus, 0, (int) SIM_FOCUS_MONEY);
  out->options.hub = (SimWithHub) CLAMP (hub, 0, (int) SIM_HUB_ALWAYS);
  out->jobs = CLAMP (out->jobs, 1, 64);
  if (out->seeds == 0 && out->hours <= 0)
    out->seeds = 1000;
  return TRUE;
}

static gboolean
is_over (const Wanted *wanted, guint64 seed, gint64 began_us)
{
  return (wanted->seeds > 0 && seed >= wanted->from + wanted->seeds)
         || (wanted->hours > 0 && (double) (g_get_monotonic_time () - began_us) >= wanted->hours * 3600e6);
}

/* One process's share: BATCH worlds. */
static void
work (const Wanted *wanted, Shared *shared, const char *dir, guint job, gint64 began_us)
{
  g_autofree char *own = g_strdup_printf ("%s/job-%d", dir, (int) getpid ());
  SimDisk *disk = sim_disk_new ();
  (void) g_mkdir (own, 0700);
  for (guint i = 0; i < BATCH; i++)
    {
      gint64 stats[SIM_STAT_LAST] = { 0 };
      guint64 seed = __atomic_fetch_add (&shared->next, 1, __ATOMIC_RELAXED);
      if (is_over (wanted, seed, began_us))
        break;
      shared->current[job] = seed;
      g_autofree char *violation = sim_run_seed (disk, own, seed, &wanted->options, stats);
      for (guint j = 0; j < SIM_STAT_LAST; j++)
        __atomic_fetch_add (&shared->stats[j], stats[j], __ATOMIC_RELAXED);
      if (violation == NULL)
        continue;
      guint64 which = __atomic_fetch_add (&shared->failures, 1, __ATOMIC_RELAXED);
      if (which < FAILURES_MAX)
        shared->failed[which] = seed;
      g_print ("seed %" G_GUINT64_FORMAT ": %s\n", seed, violation);
    }
  shared->current[job] = 0;
  sim_remove_tree (own);
  fflush (stdout);
  _exit (0);
}

static void
run_all (const Wanted *wanted, Shared *shared, const char *dir, gint64 began_us)
{
  pid_t pids[64] = { 0 };
  gboolean busy = TRUE;
  while (busy)
    {
      int status;
      busy = FALSE;
      for (int job = 0; job < wanted->jobs; job++)
        {
          if (pids[job] == 0 && !is_over (wanted, shared->next, began_us) && shared->failures < FAILURES_MAX)
            {
              pids[job] = fork ();
              if (pids[job] == 0)
                work (wanted, shared, dir, (guint) job, began_us);
            }
          busy = busy || pids[job] != 0;
        }
      pid_t ended = busy ? wait (&status) : 0;
      for (int job = 0; job < wanted->jobs; job++)
        {
          if (pids[job] == 0 || pids[job] != ended)
            continue;
          pids[job] = 0;
          if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
            continue;
          g_print ("seed %" G_GUINT64_FORMAT ": the program died\n", shared->current[job]);
          if (shared->failures < FAILURES_MAX)
            shared->failed[shared->failures] = shared->current[job];
          shared->failures++;
        }
    }
}

static void
report (const Wanted *wanted, const Shared *shared, gint64 began_us)
{
  double seconds = (double) (g_get_monotonic_time () - began_us) / 1e6;
  for (guint i = 0; i < SIM_STAT_ACTIONS; i++)
    if (i == SIM_STAT_DEVICE_MINUTES)
      g_print ("%-28s %12" G_GINT64_FORMAT "\n", "simulated device hours", shared->stats[i] / 60);
    else
      g_print ("%-28s %12" G_GINT64_FORMAT "\n", sim_stat_names[i], shared->stats[i]);
  for (guint i = 0; sim_actions[i].name != NULL; i++)
    g_print ("  %-26s %12" G_GINT64_FORMAT "\n", sim_actions[i].name, shared->stats[SIM_STAT_ACTIONS + i]);
  g_print ("%-28s %12.0f\n%-28s %12.0f\n", "seconds", seconds, "steps a second and job",
           (double) shared->stats[SIM_STAT_STEPS] / seconds / wanted->jobs);
  g_print ("%-28s %12" G_GUINT64_FORMAT "\n", "violations", shared->failures);
}

int
main (int argc, char **argv)
{
  Wanted wanted;
  if (!parse (argc, argv, &wanted))
    return 2;
  const char *base = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();
  g_autofree char *dir = g_build_filename (base, "sl-sim-XXXXXX", NULL);
  if (g_mkdtemp (dir) == NULL)
    return 2;
  g_setenv ("TMPDIR", dir, TRUE); /* the rebuilds of verify, too */
  sim_log_begin ();
  sim_world_init_random ();
  gint64 began_us = g_get_monotonic_time ();
  int status = 0;
  if (wanted.replays)
    {
      g_autofree char *told = sim_explain (dir, wanted.replay, &wanted.options);
      g_print ("%s", told);
    }
  else
    {
      Shared *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      g_assert (shared != MAP_FAILED);
      shared->next = wanted.from;
      sim_templates_make (dir);
      run_all (&wanted, shared, dir, began_us);
      report (&wanted, shared, began_us);
      for (guint i = 0; i < MIN (shared->failures, FAILURES_MAX); i++)
        {
          g_autofree char *told = i == 0 ? sim_explain (dir, shared->failed[i], &wanted.options) : NULL;
          g_print ("%s", told != NULL ? told : "");
        }
      status = shared->failures > 0 ? 1 : 0;
    }
  sim_templates_free ();
  sim_remove_tree (dir);
  return status;
}
