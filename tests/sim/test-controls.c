/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-controls"

#include "sim-test.h"

/* Negative controls: with one rule left out of the real code on every device, the ordinary checks find a violation. A
 * rule whose absence nobody notices is not tested, or not needed. */

#define SEEDS_MAX 1000
#define LENGTH 18 /* actions of one world, at most: short ones are soon done */

static const struct {
  const char *name; /* says what goes wrong without it */
  SlRule rule;
  SimFocus focus;
} controls[] = {
  { "spends-that-nothing-justifies-wait", SL_RULE_HOLD_UNJUSTIFIED, SIM_FOCUS_FORGERS },
  { "only-its-keeper-confirms-or-moves-a-claim", SL_RULE_ONLY_KEEPER, SIM_FOCUS_FORGERS },
  { "what-lies-beyond-a-cut-is-not-applied", SL_RULE_FENCE, SIM_FOCUS_FENCES },
  { "what-the-author-of-a-standing-operation-had-seen-stands", SL_RULE_SEEN_EXTENDS, SIM_FOCUS_FENCES },
  { "who-has-applied-more-than-a-cut-says-so", SL_RULE_WITNESS, SIM_FOCUS_FENCES },
  { "taking-over-waits-for-everybody", SL_RULE_RECLAIM_WAITS, SIM_FOCUS_FENCES },
  { "taking-over-waits-for-the-whole-chain", SL_RULE_RECLAIM_COMPLETE, SIM_FOCUS_FENCES },
  { "an-old-backup-or-copy-is-a-new-device", SL_RULE_REBIRTH, SIM_FOCUS_COPIES },
  { "only-admitted-devices-count", SL_RULE_ADMISSION, SIM_FOCUS_JOINS },
  { "only-its-keeper-drops-a-duplicate", SL_RULE_RESOLVER_KEEPER, SIM_FOCUS_CLAIMS },
  { "which-duplicate-is-kept-never-changes", SL_RULE_DUPLICATE_ORDER, SIM_FOCUS_CLAIMS },
  { "repairs-wait-for-what-is-not-applied", SL_RULE_RESOLVER_WAITS, SIM_FOCUS_CLAIMS },
  { "of-two-histories-one-counts", SL_RULE_FORK_FOLLOW, SIM_FOCUS_CLONES },
  { "who-was-cloned-goes-on-as-a-new-device", SL_RULE_FORK_REBIRTH, SIM_FOCUS_CLONES },
  { "a-program-older-than-its-log-writes-nothing", SL_RULE_ROLLED_BACK, SIM_FOCUS_LOGS },
  { "a-snapshot-carries-what-is-not-applied", SL_RULE_SNAPSHOT_PENDING, SIM_FOCUS_LOGS },
  { "only-what-everybody-has-is-folded", SL_RULE_PRUNE_WAITS, SIM_FOCUS_LOGS },
  { "a-correction-reaches-what-came-before-it", SL_RULE_CORRECT_APPLIED, SIM_FOCUS_LOGS },
};

static void
test_control (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  SimOptions options = { .rules_off = G_GUINT64_CONSTANT (1) << controls[index].rule,
                         .focus = controls[index].focus,
                         .length_max = LENGTH };
  for (guint64 seed = 1; seed <= SEEDS_MAX; seed++)
    {
      g_autofree char *violation = sim_test_run (seed, &options, NULL);
      SimOptions with_rule = { .focus = options.focus, .length_max = LENGTH };
      if (violation == NULL)
        continue;
      g_autofree char *otherwise = sim_test_run (seed, &with_rule, NULL);
      if (otherwise != NULL) /* it is not the rule */
        continue;
      g_test_message ("seed %" G_GUINT64_FORMAT ": %s", seed, violation);
      return;
    }
  g_test_fail_printf ("nothing noticed in %d worlds", SEEDS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sim_test_begin ();
  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/sim/controls/%s", controls[i].name);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_control);
    }
  int status = g_test_run ();
  sim_test_end ();
  return status;
}
