/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim.h"

/* What the test programs share: a directory in memory, a disk, and a word about the seed when the program dies. */
void sim_test_begin (void);
void sim_test_end (void);
char *sim_test_run (guint64 seed, const SimOptions *options, gint64 *inout_stats); /* (nullable): the violation */
char *sim_test_explain (guint64 seed, const SimOptions *options);
guint64 sim_test_fingerprint (guint64 seed, const SimOptions *options);
