/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-split"

#include <stdio.h>
#include <stdlib.h>

#include "unit/engine/split.h"

/* The split test as a figure: every way to share ten spots between two and three devices that cannot reach one another,
 * again with shares on their way, with a copied disk, with a restored backup. Of each way ten may be accepted and none
 * beyond. */

static gboolean
run_kind (SplitKind kind, guint devices, guint seeds)
{
  SplitCount count = { 0 };
  guint copied = kind == SPLIT_COPY || kind == SPLIT_RESTORE ? devices : 1; /* each of them in turn */

  for (guint seed = 1; seed <= seeds; seed++)
    for (guint which = 0; which < copied; which++)
      split_run (&(SplitCase){ .kind = kind, .devices = devices, .which = which, .seed = seed }, &count);
  printf ("split  %-16s  %u devices  n %" G_GUINT64_FORMAT " (%u ways, %u studios)  %" G_GUINT64_FORMAT
          " walk-ins  %" G_GUINT64_FORMAT " accepted of %" G_GUINT64_FORMAT "  %" G_GUINT64_FORMAT
          " overbooked | by copies %" G_GUINT64_FORMAT "  lost %" G_GUINT64_FORMAT
          "  states that differ %" G_GUINT64_FORMAT "\n",
          split_kind_name (kind), devices, count.ways, split_ways (devices), copied * seeds, count.walk_ins,
          count.accepted, count.ways * SPLIT_RIGHTS, count.overbooked, count.by_copies, count.lost, count.astray);
  (void) fflush (stdout);
  return count.overbooked == 0 && count.by_copies == 0 && count.lost == 0 && count.astray == 0 && count.unsold == 0;
}

int
main (int argc, char **argv)
{
  guint seeds = argc > 2 ? (guint) atoi (argv[2]) : 1;
  gboolean sound = TRUE;

  if (argc < 2 || seeds == 0)
    {
      (void) fprintf (stderr, "usage: bench-split DIR [STUDIOS]\n");
      return 2;
    }
  g_setenv ("TMPDIR", argv[1], TRUE); /* before anything asks for it */
  for (int kind = 0; kind < SPLIT_LAST; kind++)
    for (guint devices = 2; devices <= SPLIT_DEVICES_MAX; devices++)
      sound = run_kind (kind, devices, seeds) && sound;
  return sound ? 0 : 1;
}
