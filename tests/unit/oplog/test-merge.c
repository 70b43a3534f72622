/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-merge"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "merge-world.h"
#include "oplog/oplog-private.h"

/* The properties of the merge, over random worlds: whatever devices write apart from one another, in whatever order and
 * pieces they hear of it, they end in one state, which is what the log alone makes; and nothing that a device hears
 * lessens what it may spend. A world that fails is made shorter, and told with its seed. SL_TEST_SEED=7: that world
 * alone; SL_TEST_SEEDS=100: so many of each sort; SL_TEST_LONG=1: many, longer ones. */

#define SHRINK_ATTEMPTS_MAX 400
#define ACTIONS 70
#define ACTIONS_LONG 160
#define WORLD_CPU_S 60 /* a hundred times what a world takes: one that takes more never ends */
#define WITH_APPROVER 0 /* in the place of a kind that there is not */
#define KEY_CHARACTERS 11 /* of a violation: what sort it is */

typedef struct {
  guint64 seed;
  guint n_devices;
  MergeOptions options;
  const char *dir; /* files of the worlds that are tried */
  guint8 *kinds; /* by kind: whether a world held such an operation; shared between processes */
  guint attempts;
} Trial;

static guint64
next_random (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

static guint
total_weight (const MergeKind *kinds, guint sort)
{
  guint total = 0;
  for (; kinds->name != NULL; kinds++)
    total += kinds->sorts & sort ? kinds->weight : 0;
  return total;
}

static guint
kinds_of (const MergeKind *kinds)
{
  guint n = 0;
  while (kinds[n].name != NULL)
    n++;
  return n;
}

static guint
choose (const MergeKind *kinds, guint sort, guint64 chance)
{
  guint at = (guint) (chance % total_weight (kinds, sort)), i = 0;
  for (;; i++)
    {
      guint weight = kinds[i].sorts & sort ? kinds[i].weight : 0;
      if (at < weight)
        return i;
      at -= weight;
    }
}

static const char *
kind_name (guint what)
{
  guint n = kinds_of (merge_commands);
  return what < n ? merge_commands[what].name : merge_carriers[what - n].name;
}

/* What happens in the world of a seed. */
static GArray *
generate (Trial *trial)
{
  guint64 state = trial->seed * 2 + trial->options.storm;
  GArray *actions = g_array_new (FALSE, TRUE, sizeof (MergeAction));
  guint sort = trial->options.storm ? MERGE_STORM : MERGE_CALM, n_commands = kinds_of (merge_commands);
  guint length = g_getenv ("SL_TEST_LONG") != NULL ? ACTIONS_LONG : ACTIONS;
  length /= 1 + (guint) (next_random (&state) % 3);
  trial->n_devices = 2 + (guint) (next_random (&state) % 4);
  for (guint i = 0; i < length; i++)
    {
      gboolean carries = next_random (&state) % 5 < 2;
      guint64 chance = next_random (&state);
      MergeAction action = { .device = (guint16) (next_random (&state) % 840) };
      action.what = (guint16) (carries ? n_commands + choose (merge_carriers, sort, chance)
                                       : choose (merge_commands, sort, chance));
      if (carries && trial->options.singles && chance >> 32 & 1)
        action.what = (guint16) (n_commands + 1); /* "next" */
      for (guint j = 0; j < MERGE_NUMBERS; j++)
        action.r[j] = (guint32) (next_random (&state) >> 32);
      g_array_append_val (actions, action);
    }
  return actions;
}

/* Which kinds of operations the logs of a world hold. */
static void
note_kinds (MergeWorld *world, guint8 *inout)
{
  for (guint i = 0; i < world->n_devices; i++)
    {
      g_autofree char *file = merge_file (world), *text = NULL;
      if (!merge_runs (&world->devices[i]))
        continue;
      device_export (&world->devices[i].d, file);
      g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
      for (guint64 kind = 1; kind < SL_KIND_LAST; kind++)
        {
          g_autofree char *word = g_strdup_printf ("\"kind\":\"%s\"", sl_kind_name (kind));
          if (inout[kind] == 0 && strstr (text, word) != NULL)
            inout[kind] = 1;
        }
      if (strstr (text, "\"approver\":") != NULL)
        inout[WITH_APPROVER] = 1;
    }
}

/* (transfer full) (nullable): what is wrong with a world. */
static char *
live (const Trial *trial, const GArray *actions, char **out_trace)
{
  MergeWorld *world = merge_world_new (trial->n_devices, trial->seed, &trial->options, out_trace != NULL);
  for (guint i = 0; i < actions->len; i++)
    merge_step (world, &g_array_index (actions, MergeAction, i));
  merge_heal (world);
  if (world->violation == NULL)
    note_kinds (world, trial->kinds);
  char *violation = g_steal_pointer (&world->violation);
  if (out_trace != NULL)
    *out_trace = g_string_free (g_steal_pointer (&world->trace), FALSE);
  merge_world_free (world);
  return violation;
}

/* --- each world in a process of its own, so that an assertion is found and made shorter too --- */

static void
remove_tree (const char *dir)
{
  const char *argv[] = { "rm", "-rf", dir, NULL };
  (void) g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

static void
write_all (int fd, const char *text)
{
  for (gsize done = 0, length = strlen (text); done < length;)
    {
      gssize n = write (fd, text + done, length - done);
      if (n <= 0)
        return;
      done += (gsize) n;
    }
}

/* Only this process of the test has asked where temporary files go by then: the parent never does. */
static void
live_in_child (const Trial *trial, const GArray *actions, gboolean trace, const char *dir, int fd)
{
  g_autofree char *told = NULL;
  (void) setrlimit (RLIMIT_CPU, &(struct rlimit){ WORLD_CPU_S, WORLD_CPU_S });
  (void) dup2 (fd, STDERR_FILENO);
  (void) dup2 (fd, STDOUT_FILENO);
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_setenv ("TMPDIR", dir, TRUE);
  g_autofree char *violation = live (trial, actions, trace ? &told : NULL);
  if (violation != NULL)
    {
      write_all (fd, violation);
      write_all (fd, "\n");
    }
  if (told != NULL)
    write_all (fd, told);
  _exit (violation != NULL ? 1 : 0);
}

/* (transfer full) (nullable): what is wrong, and with trace what happened. */
static char *
attempt (Trial *trial, const GArray *actions, gboolean trace)
{
  int ends[2], status;
  char buffer[4096];
  gssize n;
  GString *told = g_string_new (NULL);
  g_autofree char *dir = g_strdup_printf ("%s/world-%u", trial->dir, trial->attempts++);
  g_assert_cmpint (pipe (ends), ==, 0);
  (void) fflush (NULL);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (ends[0]);
      live_in_child (trial, actions, trace, dir, ends[1]);
    }
  close (ends[1]);
  while ((n = read (ends[0], buffer, sizeof buffer)) > 0)
    g_string_append_len (told, buffer, n);
  close (ends[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  remove_tree (dir);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0 && told->len == 0) /* no warning, nothing of a sanitizer's */
    return g_string_free (told, TRUE);
  if (!WIFEXITED (status) || WEXITSTATUS (status) > 1)
    g_string_prepend (told, "the program died: ");
  return g_string_free (told, FALSE);
}

static gboolean
fails_alike (Trial *trial, const GArray *actions, const char *key)
{
  g_autofree char *told = attempt (trial, actions, FALSE);
  return told != NULL && strncmp (told, key, strlen (key)) == 0;
}

static GArray *
without (const GArray *actions, guint from, guint n)
{
  GArray *left = g_array_new (FALSE, TRUE, sizeof (MergeAction));
  n = MIN (n, actions->len - from);
  if (from > 0)
    g_array_append_vals (left, actions->data, from);
  if (from + n < actions->len)
    g_array_append_vals (left, &g_array_index (actions, MergeAction, from + n), actions->len - from - n);
  return left;
}

/* Halves first, then ever smaller pieces, until none can be left out. */
static GArray *
fewer_actions (Trial *trial, GArray *actions, const char *key)
{
  guint size = MAX (actions->len / 2, 1);
  while (actions->len > 0 && trial->attempts < SHRINK_ATTEMPTS_MAX)
    {
      gboolean shorter = FALSE;
      for (guint from = 0; from < actions->len && trial->attempts < SHRINK_ATTEMPTS_MAX;)
        {
          g_autoptr (GArray) fewer = without (actions, from, size);
          if (fails_alike (trial, fewer, key))
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
fewer_devices (Trial *trial, const GArray *actions, const char *key)
{
  guint n = trial->n_devices;
  for (guint fewer = 2; fewer < n; fewer++)
    {
      trial->n_devices = fewer;
      if (fails_alike (trial, actions, key))
        return;
    }
  trial->n_devices = n;
}

/* Tells a world that fails, as short as it can be made. */
static void
explain (Trial *trial, GArray *actions, const char *wrong)
{
  g_autofree char *key = g_strndup (wrong, KEY_CHARACTERS);
  GString *out = g_string_new (NULL);
  actions = g_array_ref (actions);
  fewer_devices (trial, actions, key);
  actions = fewer_actions (trial, actions, key);
  fewer_devices (trial, actions, key);
  g_autofree char *told = attempt (trial, actions, TRUE);
  g_string_append_printf (out, "seed %" G_GUINT64_FORMAT "%s: %s\n%u devices, %u actions\n", trial->seed,
                          trial->options.storm ? " (storm)" : "", wrong, trial->n_devices, actions->len);
  for (guint i = 0; i < actions->len; i++)
    {
      const MergeAction *action = &g_array_index (actions, MergeAction, i);
      g_string_append_printf (out, "  { %s, %u, %u, %u, %u, %u }\n", kind_name (action->what), action->device,
                              action->r[0], action->r[1], action->r[2], action->r[3]);
    }
  g_string_append (out, told);
  g_array_unref (actions);
  g_printerr ("%s\n", out->str);
  g_string_free (out, TRUE);
}

/* --- the tests --- */

static guint
count_of_seeds (guint quick, guint many)
{
  const char *wish = g_getenv ("SL_TEST_SEEDS");
  return wish != NULL ? (guint) atoi (wish) : g_getenv ("SL_TEST_LONG") != NULL ? many : quick;
}

/* Somewhere that is not a disk, if there is such a place: what a disk does is not tested here. */
static char *
make_dir (void)
{
  char *dir = g_build_filename (g_access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", "sl-merge-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (dir));
  return dir;
}

/* Until one fails; out_kinds (of SL_KIND_LAST): which operations they held. expected (nullable): only what begins so is
 * a failure. */
static gboolean
run_worlds (const MergeOptions *options, guint64 from, guint64 to, const char *expected, guint8 *out_kinds)
{
  g_autofree char *dir = make_dir ();
  gboolean sound = TRUE;
  guint8 *kinds = mmap (NULL, SL_KIND_LAST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (kinds != MAP_FAILED);
  for (guint64 seed = from; seed <= to && sound; seed++)
    {
      Trial trial = { .seed = seed, .options = *options, .dir = dir, .kinds = kinds };
      g_autoptr (GArray) actions = generate (&trial);
      g_autofree char *wrong = attempt (&trial, actions, FALSE);
      sound = wrong == NULL || (expected != NULL && !g_str_has_prefix (wrong, expected));
      if (!sound)
        g_test_message ("seed %" G_GUINT64_FORMAT ": %s", seed, wrong);
      if (!sound && expected == NULL)
        explain (&trial, actions, wrong);
    }
  remove_tree (dir);
  memcpy (out_kinds, kinds, SL_KIND_LAST);
  (void) munmap (kinds, SL_KIND_LAST);
  return sound;
}

/* Those that every log begins with are there as well; taking over and clones need a storm. */
static gboolean
is_expected (guint64 kind, gboolean storm)
{
  return sl_kind_name (kind) != NULL
         && (storm
             || (kind != SL_KIND_DEVICE_REBIRTH && kind != SL_KIND_DEVICE_REVOKE && kind != SL_KIND_RIGHTS_RECLAIM
                 && kind != SL_KIND_DEVICE_FORK));
}

#define WORLDS_OF_EVERY_KIND 250 /* so many hold every kind of operation */

static void
run_property (const MergeOptions *options, guint quick, guint many)
{
  const char *one = g_getenv ("SL_TEST_SEED");
  guint64 from = one != NULL ? g_ascii_strtoull (one, NULL, 10) : 1;
  guint64 to = one != NULL ? from : count_of_seeds (quick, many);
  guint8 kinds[SL_KIND_LAST];
  if (!run_worlds (options, from, to, NULL, kinds))
    g_test_fail ();
  if (!g_test_failed () && to - from + 1 >= WORLDS_OF_EVERY_KIND && kinds[WITH_APPROVER] == 0)
    g_test_fail_printf ("nobody stood beside in any world");
  for (guint64 kind = 1; kind < SL_KIND_LAST && !g_test_failed () && to - from + 1 >= WORLDS_OF_EVERY_KIND; kind++)
    if (is_expected (kind, options->storm) && kinds[kind] == 0)
      g_test_fail_printf ("no world held an operation %s", sl_kind_name (kind));
}

static void
test_calm (void)
{
  run_property (&(MergeOptions){ 0 }, 5, 1000);
}

static void
test_storm (void)
{
  run_property (&(MergeOptions){ .storm = TRUE }, 5, 1000);
}

static void
test_singles (void)
{
  run_property (&(MergeOptions){ .singles = TRUE }, 4, 1000);
}

/* The check of the lemma sees what it is there for: where anybody may move anybody's claim, somebody loses one. */
static void
test_control (void)
{
  MergeOptions options = { .rules_off = G_GUINT64_CONSTANT (1) << SL_RULE_ONLY_KEEPER };
  guint8 kinds[SL_KIND_LAST];
  g_assert_false (run_worlds (&options, 1, 100, "the lemma", kinds));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/merge/random-worlds-end-in-one-state", test_calm);
  g_test_add_func ("/sl/merge/so-do-worlds-where-machines-are-lost-and-copied", test_storm);
  g_test_add_func ("/sl/merge/no-single-operation-lessens-what-another-may-spend", test_singles);
  g_test_add_func ("/sl/merge/the-lemma-needs-that-only-keepers-move-claims", test_control);
  return g_test_run ();
}
