/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-controls"

#include "hub/rules-off.h"
#include "sim-test.h"

/* Negative controls: with one rule left out of the real code on every device, the ordinary checks find a violation. A
 * rule whose absence nobody notices is not tested, or not needed. */

#define SEEDS_MAX 1000

static const struct {
  const char *name; /* says what goes wrong without it */
  guint rule; /* SlRule, SlHubRule */
  SimFocus focus;
  guint length; /* of its worlds, at most: short ones are soon done */
  guint from;   /* the seed to begin with, where one is known; all others come after it */
  gboolean business; /* everything is sold; else worlds are about bookings */
} controls[] = {
  { "spends-that-nothing-justifies-wait", SL_RULE_HOLD_UNJUSTIFIED, SIM_FOCUS_FORGERS, 18, 5 },
  { "only-its-keeper-confirms-or-moves-a-claim", SL_RULE_ONLY_KEEPER, SIM_FOCUS_FORGERS, 18, 174 },
  { "what-lies-beyond-a-cut-is-not-applied", SL_RULE_FENCE, SIM_FOCUS_FENCES, 18, 2 },
  { "what-the-author-of-a-standing-operation-had-seen-stands", SL_RULE_SEEN_EXTENDS, SIM_FOCUS_FENCES, 18, 54 },
  { "taking-over-waits-for-everybody", SL_RULE_RECLAIM_WAITS, SIM_FOCUS_FENCES, 40, 34 },
  { "taking-over-waits-for-the-whole-chain", SL_RULE_RECLAIM_COMPLETE, SIM_FOCUS_FENCES, 30, 680 },
  { "an-old-backup-or-copy-is-a-new-device", SL_RULE_REBIRTH, SIM_FOCUS_COPIES, 18, 66 },
  { "only-admitted-devices-count", SL_RULE_ADMISSION, SIM_FOCUS_FORGERS, 60, 337 },
  { "which-duplicate-is-kept-never-changes", SL_RULE_DUPLICATE_ORDER, SIM_FOCUS_CLAIMS, 18, 468 },
  { "claims-of-cancelled-sessions-are-given-back", SL_RULE_CANCELLED_FREED, SIM_FOCUS_CLAIMS, 18, 20 },
  { "of-two-histories-one-counts", SL_RULE_FORK_FOLLOW, SIM_FOCUS_CLONES, 18, 60 },
  { "who-was-cloned-goes-on-as-a-new-device", SL_RULE_FORK_REBIRTH, SIM_FOCUS_CLONES, 18, 85 },
  { "a-program-older-than-its-log-writes-nothing", SL_RULE_ROLLED_BACK, SIM_FOCUS_LOGS, 18, 417 },
  { "only-what-everybody-has-is-folded", SL_RULE_PRUNE_WAITS, SIM_FOCUS_LOGS, 18, 26 },
  { "a-place-is-offered-to-the-first-in-line", SL_RULE_OFFER_TURN, SIM_FOCUS_QUEUES, 120, 3 },
  { "only-its-keeper-pays-what-a-claim-owes", SL_RULE_SETTLE_KEEPER, SIM_FOCUS_QUEUES, 120, 6 },
  { "a-correction-reaches-what-came-before-it", SL_RULE_CORRECT_APPLIED, SIM_FOCUS_LOGS, 18, 40 },
  { "what-a-hub-says-it-holds-is-on-its-disk", SL_HUB_RULE_APPEND_DURABLE, SIM_FOCUS_HUBS, 18, 1 },
  { "a-hub-that-was-overtaken-looks-again", SL_HUB_RULE_APPEND_EXPECTED, SIM_FOCUS_HUBS, 18, 23 },
  { "a-hub-that-lost-entries-goes-on-as-another-device", SL_HUB_RULE_EPOCH, SIM_FOCUS_HUBS, 18, 15 },
  { "what-was-sent-is-held-where-the-answer-says-so", SL_RULE_ACK_VECTOR, SIM_FOCUS_HUBS, 18, 22 },
  { "what-nobody-paid-is-not-given-back", SL_RULE_HOLD_UNJUSTIFIED, SIM_FOCUS_FORGERS, 18, 1, TRUE },
  { "a-payment-may-be-given-back-once", SL_RULE_PAID_ONCE, SIM_FOCUS_MONEY, 40, 49, TRUE },
};

static void
test_control (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  gboolean of_hubs = controls[index].focus == SIM_FOCUS_HUBS;
  SimOptions with_rule = { .focus = controls[index].focus,
                           .length_max = controls[index].length,
                           .hub = of_hubs ? SIM_HUB_ALWAYS : SIM_HUB_NEVER,
                           .bookings_only = !controls[index].business,
                           .by_files = !of_hubs }; /* what merging rests on does not depend on the way */
  SimOptions without = with_rule;
  without.rules_off = G_GUINT64_CONSTANT (1) << controls[index].rule;
  for (guint64 n = 0; n < SEEDS_MAX; n++)
    {
      guint64 seed = (controls[index].from - 1 + n) % SEEDS_MAX + 1;
      g_autofree char *violation = sim_test_run (seed, &without, NULL);
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
