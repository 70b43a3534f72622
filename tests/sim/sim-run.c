/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-run"

#include "sim.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/datetime.h"

/* One world from its seed, and the shortest one that fails in the same way. */

#define SHRINK_ATTEMPTS_MAX 1500
#define MESSAGE_MAX 4096
#define KEY_CHARACTERS 14 /* of a violation: what sort it is */

/* How much more often what a world dwells on happens in it. */
static const struct {
  SimFocus focus;
  const char *action;
  double times;
} dwellings[] = {
  { SIM_FOCUS_FENCES, "revoke", 16 },      { SIM_FOCUS_FENCES, "burn", 6 },     { SIM_FOCUS_FENCES, "run_due", 4 },
  { SIM_FOCUS_FENCES, "rights_move", 4 }, { SIM_FOCUS_FENCES, "lot_move", 2 }, { SIM_FOCUS_FENCES, "cut", 3 },
  { SIM_FOCUS_COPIES, "backup", 4 },      { SIM_FOCUS_COPIES, "restore", 5 },  { SIM_FOCUS_COPIES, "keep_files", 5 },
  { SIM_FOCUS_COPIES, "put_back", 6 },    { SIM_FOCUS_COPIES, "copy_disk", 6 }, { SIM_FOCUS_COPIES, "crash", 2 },
  { SIM_FOCUS_JOINS, "invite", 8 },       { SIM_FOCUS_JOINS, "join", 10 },     { SIM_FOCUS_JOINS, "revoke", 3 },
  { SIM_FOCUS_JOINS, "copy_disk", 2 },    { SIM_FOCUS_JOINS, "burn", 2 },      { SIM_FOCUS_CLAIMS, "book", 3 },
  { SIM_FOCUS_CLAIMS, "hold", 3 },        { SIM_FOCUS_CLAIMS, "confirm", 4 },  { SIM_FOCUS_CLAIMS, "cancel", 4 },
  { SIM_FOCUS_CLAIMS, "capacity", 3 },    { SIM_FOCUS_CLAIMS, "rights_move", 2 },
  { SIM_FOCUS_CLAIMS, "wait", 3 },        { SIM_FOCUS_CLAIMS, "accept", 3 },
  { SIM_FOCUS_CLAIMS, "reschedule", 3 },  { SIM_FOCUS_CLAIMS, "policy", 3 },
  { SIM_FOCUS_CLAIMS, "session_cancel", 3 }, { SIM_FOCUS_CLAIMS, "claim_move", 4 },
  { SIM_FOCUS_FORGERS, "forge", 40 },     { SIM_FOCUS_FORGERS, "claim_move", 2 },
  { SIM_FOCUS_FORGERS, "invite", 12 },    { SIM_FOCUS_FORGERS, "join", 20 },
  { SIM_FOCUS_CLONES, "clone", 30 },      { SIM_FOCUS_CLONES, "book", 2 },     { SIM_FOCUS_CLONES, "run_due", 2 },
  { SIM_FOCUS_LOGS, "prune", 6 },         { SIM_FOCUS_LOGS, "snapshot", 8 },   { SIM_FOCUS_LOGS, "version", 10 },
  { SIM_FOCUS_LOGS, "clock", 8 },         { SIM_FOCUS_LOGS, "clock_confirm", 8 }, { SIM_FOCUS_LOGS, "member_erase", 5 },
  { SIM_FOCUS_LOGS, "member_edit", 3 },   { SIM_FOCUS_LOGS, "recurrence", 8 },
  { SIM_FOCUS_QUEUES, "wait", 5 },        { SIM_FOCUS_QUEUES, "accept", 7 },   { SIM_FOCUS_QUEUES, "decline", 4 },
  { SIM_FOCUS_QUEUES, "cancel", 4 },      { SIM_FOCUS_QUEUES, "run_due", 5 },  { SIM_FOCUS_QUEUES, "policy", 8 },
  { SIM_FOCUS_QUEUES, "book", 3 },        { SIM_FOCUS_QUEUES, "lot_move", 3 }, { SIM_FOCUS_QUEUES, "transfer", 5 },
  { SIM_FOCUS_QUEUES, "capacity", 3 },    { SIM_FOCUS_QUEUES, "reschedule", 4 }, { SIM_FOCUS_QUEUES, "no_show", 4 },
  { SIM_FOCUS_QUEUES, "slot", 4 },        { SIM_FOCUS_QUEUES, "request", 3 },  { SIM_FOCUS_QUEUES, "answer", 4 },
  { SIM_FOCUS_QUEUES, "standing", 4 },    { SIM_FOCUS_QUEUES, "membership_change", 4 },
  { SIM_FOCUS_LOGS, "expand", 12 }, { SIM_FOCUS_LOGS, "refund", 3 },
  { SIM_FOCUS_HUBS, "hub_append", 8 },    { SIM_FOCUS_HUBS, "hub_crash", 8 },  { SIM_FOCUS_HUBS, "hub_keep", 6 },
  { SIM_FOCUS_HUBS, "hub_put_back", 10 }, { SIM_FOCUS_HUBS, "hub_disk", 4 },   { SIM_FOCUS_HUBS, "hub_lie", 6 },
  { SIM_FOCUS_HUBS, "hub_work", 3 },      { SIM_FOCUS_HUBS, "hub_restart", 4 }, { SIM_FOCUS_HUBS, "ask", 5 },
  { SIM_FOCUS_HUBS, "upkeep", 5 },        { SIM_FOCUS_HUBS, "clock", 2 },
  { SIM_FOCUS_MONEY, "sale", 12 },        { SIM_FOCUS_MONEY, "sale_plan", 15 }, { SIM_FOCUS_MONEY, "pay", 12 },
  { SIM_FOCUS_MONEY, "payment_settle", 20 }, { SIM_FOCUS_MONEY, "money_move", 8 }, { SIM_FOCUS_MONEY, "till", 10 },
  { SIM_FOCUS_MONEY, "membership_money", 12 }, { SIM_FOCUS_MONEY, "membership_change", 6 },
  { SIM_FOCUS_MONEY, "later", 160 },      { SIM_FOCUS_MONEY, "refund", 25 },    { SIM_FOCUS_MONEY, "ask", 8 },
  { SIM_FOCUS_MONEY, "run_due", 2 },      { SIM_FOCUS_MONEY, "member_merge", 2 },
  { SIM_FOCUS_MONEY, "exchange", 1.5 },
  { SIM_FOCUS_MONEY, "notify", 2 },       { SIM_FOCUS_MONEY, "look", 2 },       { SIM_FOCUS_MONEY, "print", 3 },
};

/* What the actions of a world are chosen by. */
typedef struct {
  SimFocus focus;
  gboolean with_hub, by_files, bookings_only;
} Dwelling;

static double
weight_of (const SimActionKind *kind, const Dwelling *dwelling)
{
  if ((kind->of_hub && !dwelling->with_hub) || (kind->of_agent && dwelling->by_files)
      || (kind->of_business && dwelling->bookings_only))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (dwellings); i++)
    if (dwellings[i].focus == dwelling->focus && g_str_equal (dwellings[i].action, kind->name))
      return kind->weight * dwellings[i].times;
  return kind->weight;
}

static double
total_weight (const Dwelling *dwelling)
{
  double total = 0;
  for (const SimActionKind *kind = sim_actions; kind->name != NULL; kind++)
    total += weight_of (kind, dwelling);
  return total;
}

static guint16
choose (guint64 *state, const Dwelling *dwelling, double total)
{
  double at = (double) (sim_random (state) >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53) * total;
  guint16 index = 0;
  for (; sim_actions[index + 1].name != NULL && at >= weight_of (&sim_actions[index], dwelling); index++)
    at -= weight_of (&sim_actions[index], dwelling);
  return index;
}

static SimFocus
focus_of (guint64 seed, gboolean with_hub, const SimOptions *options)
{
  static const SimFocus by_seed[] = { SIM_FOCUS_EVEN,   SIM_FOCUS_FENCES, SIM_FOCUS_EVEN,  SIM_FOCUS_COPIES,
                                      SIM_FOCUS_QUEUES, SIM_FOCUS_JOINS,  SIM_FOCUS_CLAIMS, SIM_FOCUS_CLONES,
                                      SIM_FOCUS_LOGS,   SIM_FOCUS_FORGERS, SIM_FOCUS_MONEY, SIM_FOCUS_MONEY };
  if (options->focus != SIM_FOCUS_BY_SEED)
    return options->focus;
  SimFocus focus = by_seed[seed % G_N_ELEMENTS (by_seed)];
  return focus == SIM_FOCUS_EVEN && with_hub ? SIM_FOCUS_HUBS : focus;
}

/* Each focus has worlds with a hub and without. */
static gboolean
has_hub (guint64 seed, const SimOptions *options)
{
  return options->hub == SIM_HUB_ALWAYS || (options->hub == SIM_HUB_BY_SEED && seed / 10 % 2 != 0);
}

static guint
choose_length (guint64 *state, guint max)
{
  static const guint lengths[] = { 12, 12, 12, 18, 18, 30, 30, 60, 120 };
  guint length = lengths[sim_random (state) % G_N_ELEMENTS (lengths)];
  return max > 0 ? MIN (length, max) : length;
}

/* sim_generate: what happens in the world of a seed; (transfer full). */
GArray *
sim_generate (guint64 seed, const SimOptions *options, guint *out_devices)
{
  static const guint devices[] = { 3, 3, 3, 3, 4, 4, 5, 6, 8 };
  guint64 state = seed * G_GUINT64_CONSTANT (0x2545f4914f6cdd1d) + 1;
  GArray *actions = g_array_new (FALSE, TRUE, sizeof (SimAction));
  gboolean with_hub = has_hub (seed, options);
  Dwelling dwelling = { focus_of (seed, with_hub, options), with_hub, options->by_files, options->bookings_only };
  double total = total_weight (&dwelling);
  *out_devices = devices[sim_random (&state) % G_N_ELEMENTS (devices)];
  guint length = choose_length (&state, options->length_max);
  for (guint i = 0; i < length; i++)
    {
      SimAction action = { .what = choose (&state, &dwelling, total), .device = (guint16) (sim_random (&state) % 840) };
      guint64 chance = sim_random (&state);
      /* mostly moments, now and then minutes or an hour */
      action.wait_ms = (guint32) (chance % ((chance >> 32 & 15) == 0  ? SL_HOUR_MS
                                            : (chance >> 32 & 3) == 0 ? 5 * SL_MINUTE_MS
                                                                      : 40 * 1000));
      for (guint j = 0; j < G_N_ELEMENTS (action.r); j++)
        action.r[j] = (guint32) (sim_random (&state) >> 32);
      g_array_append_val (actions, action);
    }
  return actions;
}

static SimWorld *at_work; /* of the test program alone; the product has no globals */

static void
log_to_trace (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    g_printerr ("%s: %s\n", domain, message);
  else if (at_work != NULL && at_work->trace != NULL)
    sim_tell (at_work, "    # %s: %s", domain, message);
}

/* Warnings are about what others do, and others do everything here. */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0;
}

/* sim_log_begin: see the header; after g_test_init (), where there is one. */
void
sim_log_begin (void)
{
  (void) g_log_set_default_handler (log_to_trace, NULL);
  (void) g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_log_set_fatal_handler (is_fatal, NULL);
}

/* sim_run_actions: (transfer full) (nullable): what is wrong. */
char *
sim_run_actions (SimDisk *disk, const char *dir, guint64 seed, guint n_devices, const GArray *actions,
                 const SimOptions *options, gint64 *inout_stats, char **out_trace)
{
  sim_seed_random (seed);
  SimWorld *world = sim_world_new (disk, dir, n_devices, has_hub (seed, options), seed);
  world->rules_off = options->rules_off;
  world->by_files = options->by_files;
  world->bookings_only = options->bookings_only;
  world->months = focus_of (seed, world->hub != NULL, options) == SIM_FOCUS_MONEY;
  world->heals_by_files = options->by_files || seed % 4 == 3;
  at_work = world;
  if (options->trace)
    world->trace = g_string_new (NULL);
  for (guint i = 0; i < world->n_devices; i++)
    {
      if (!world->devices[i].is_hub)
        sl_oplog_set_rules_off (sim_log (&world->devices[i]), options->rules_off);
      sim_observe (world, &world->devices[i]);
    }
  sim_oracle_hush (world->oracle);
  gint64 before = sim_oracle_operations (world->oracle);
  for (guint i = 0; i < actions->len; i++)
    sim_step (world, &g_array_index (actions, SimAction, i));
  if (world->violation == NULL)
    sim_heal (world);
  sim_check_end (world);
  world->stats[SIM_STAT_WORLDS] = 1;
  world->stats[SIM_STAT_OPERATIONS] = sim_oracle_operations (world->oracle) - before;
  for (guint i = 0; inout_stats != NULL && i < SIM_STAT_LAST; i++)
    inout_stats[i] += world->stats[i];
  if (out_trace != NULL)
    {
      g_autofree char *operations = sim_oracle_trace (world->oracle);
      *out_trace = g_strdup_printf ("what happened\n%soperations\n%s", world->trace != NULL ? world->trace->str : "",
                                    operations);
    }
  char *violation = g_steal_pointer (&world->violation);
  sim_world_free (world);
  at_work = NULL;
  return violation;
}

/* sim_run_seed: (transfer full) (nullable): what is wrong. */
char *
sim_run_seed (SimDisk *disk, const char *dir, guint64 seed, const SimOptions *options, gint64 *inout_stats)
{
  guint n_devices;
  g_autoptr (GArray) actions = sim_generate (seed, options, &n_devices);
  return sim_run_actions (disk, dir, seed, n_devices, actions, options, inout_stats, NULL);
}

/* sim_fingerprint: of everything that a world says of itself: the same again for the same seed. */
guint64
sim_fingerprint (SimDisk *disk, const char *dir, guint64 seed, const SimOptions *options)
{
  guint n_devices;
  SimOptions traced = *options;
  g_autofree char *trace = NULL;
  g_autoptr (GArray) actions = sim_generate (seed, options, &n_devices);
  traced.trace = TRUE;
  g_free (sim_run_actions (disk, dir, seed, n_devices, actions, &traced, NULL, &trace));
  SlHasher hasher;
  SlHash hash;
  guint64 print;
  sl_hasher_init (&hasher, "studioloop simulation v1");
  sl_hasher_add_sized (&hasher, trace, strlen (trace));
  sl_hasher_finish (&hasher, &hash);
  memcpy (&print, hash.bytes, sizeof print);
  return print;
}

/* --- shortening --- */

typedef struct {
  const char *dir;
  guint64 seed;
  guint n_devices;
  const SimOptions *options;
  guint attempts;
} Shrink;

static void
run_in_child (const Shrink *shrink, const GArray *actions, gboolean trace, int fd)
{
  g_autofree char *dir = g_strdup_printf ("%s/try-%d", shrink->dir, (int) getpid ());
  g_autofree char *told = NULL;
  SimOptions options = *shrink->options;
  SimDisk *disk = sim_disk_new ();
  options.trace = trace;
  (void) g_mkdir (dir, 0700);
  g_autofree char *violation
      = sim_run_actions (disk, dir, shrink->seed, shrink->n_devices, actions, &options, NULL, trace ? &told : NULL);
  g_autofree char *all = g_strdup_printf ("%s\n%s", violation != NULL ? violation : "", told != NULL ? told : "");
  for (gsize done = 0, length = strlen (all); done < length;)
    {
      gssize n = write (fd, all + done, length - done);
      if (n <= 0)
        break;
      done += (gsize) n;
    }
  sim_remove_tree (dir);
  _exit (0);
}

/* In a process of its own, so that an assertion is a violation too. (transfer full): the violation on the first line */
static char *
attempt (Shrink *shrink, const GArray *actions, gboolean trace)
{
  int ends[2], status;
  GString *told = g_string_new (NULL);
  char buffer[MESSAGE_MAX];
  gssize n;
  shrink->attempts++;
  if (pipe (ends) != 0)
    g_error ("no pipe");
  pid_t child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      run_in_child (shrink, actions, trace, ends[1]);
    }
  close (ends[1]);
  while ((n = read (ends[0], buffer, sizeof buffer)) > 0)
    g_string_append_len (told, buffer, n);
  close (ends[0]);
  g_autofree char *dir = g_strdup_printf ("%s/try-%d", shrink->dir, (int) child);
  if (waitpid (child, &status, 0) == child && WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return g_string_free (told, FALSE);
  sim_remove_tree (dir);
  g_string_printf (told, "the program died (%s %d)\n", WIFSIGNALED (status) ? "signal" : "exit",
                   WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
  return g_string_free (told, FALSE);
}

static gboolean
fails_alike (Shrink *shrink, const GArray *actions, const char *key)
{
  g_autofree char *told = attempt (shrink, actions, FALSE);
  return *key != '\n' && *key != '\0' && strncmp (told, key, KEY_CHARACTERS) == 0;
}

static GArray *
without (const GArray *actions, guint from, guint n)
{
  GArray *left = g_array_new (FALSE, TRUE, sizeof (SimAction));
  if (from > 0)
    g_array_append_vals (left, actions->data, from);
  if (from + n < actions->len)
    g_array_append_vals (left, &g_array_index (actions, SimAction, from + n), actions->len - from - n);
  return left;
}

/* Halves first, then ever smaller pieces, until none can be left out. */
static GArray *
shorten (Shrink *shrink, GArray *actions, const char *key)
{
  guint size = MAX (actions->len / 2, 1);
  while (actions->len > 0 && shrink->attempts < SHRINK_ATTEMPTS_MAX)
    {
      gboolean shorter = FALSE;
      for (guint from = 0; from < actions->len && shrink->attempts < SHRINK_ATTEMPTS_MAX;)
        {
          g_autoptr (GArray) fewer = without (actions, from, size);
          if (fails_alike (shrink, fewer, key))
            {
              g_array_unref (actions);
              actions = g_steal_pointer (&fewer);
              shorter = TRUE;
            }
          else
            from += size;
        }
      if (size == 1 && !shorter)
        break;
      size = shorter ? size : MAX (size / 2, 1);
    }
  return actions;
}

static void
describe_actions (const GArray *actions, guint n_devices, GString *out)
{
  g_string_append_printf (out, "%u devices, %u actions\n", n_devices, actions->len);
  for (guint i = 0; i < actions->len; i++)
    {
      const SimAction *action = &g_array_index (actions, SimAction, i);
      g_string_append_printf (out, "  { %s, device %u, +%u ms, %u, %u, %u }\n", sim_actions[action->what].name,
                              action->device, action->wait_ms, action->r[0], action->r[1], action->r[2]);
    }
}

/* sim_explain: (transfer full): what is wrong with a seed, its fewest actions, and what they do. No database is open;
 * dir exists. */
char *
sim_explain (const char *dir, guint64 seed, const SimOptions *options)
{
  Shrink shrink = { .dir = dir, .seed = seed, .options = options };
  GArray *actions = sim_generate (seed, options, &shrink.n_devices);
  GString *out = g_string_new (NULL);
  g_autofree char *first = attempt (&shrink, actions, FALSE);
  g_autofree char *key = g_strndup (first, KEY_CHARACTERS);
  g_string_append_printf (out, "seed %" G_GUINT64_FORMAT ": %s", seed, *first != '\n' ? first : "clean\n");
  if (*first != '\n')
    actions = shorten (&shrink, actions, key);
  g_autofree char *told = attempt (&shrink, actions, TRUE);
  describe_actions (actions, shrink.n_devices, out);
  g_string_append (out, told);
  g_array_unref (actions);
  return g_string_free (out, FALSE);
}
