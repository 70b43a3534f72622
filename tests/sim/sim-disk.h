/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The simulated disk: databases lie in a directory in memory, and what was written to them and not synced is
 * remembered, so that a power cut can take it back. While it lives it is the process's default VFS. One thread. */
typedef struct _SimDisk SimDisk;

SimDisk *sim_disk_new (void);
void sim_disk_free (SimDisk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDisk, sim_disk_free)

/* Everything below dir counts as on the disk from here on; also when its files are gone or are others now. */
void sim_disk_settle (SimDisk *disk, const char *dir);

typedef enum {
  SIM_LOSE_UNSYNCED, /* nothing that was not synced is there */
  SIM_KEEP_UNSYNCED, /* all of it happens to be there */
  SIM_TEAR_UNSYNCED, /* any of the writes, as chance has it */
} SimLoss;
/* Of what lies below dir: the write or sync after `after` others does not happen, nor any after it. Close the
 * databases, then restore. */
void sim_disk_cut_power (SimDisk *disk, const char *dir, guint after);
gboolean sim_disk_power_is_out (SimDisk *disk);
/* chance: bits for tearing. Without a cut: what a sudden end leaves below dir. */
void sim_disk_restore_power (SimDisk *disk, const char *dir, SimLoss loss, guint64 chance);

/* Likewise: it fails with that code; with for_good also each one after it. */
void sim_disk_fail (SimDisk *disk, const char *dir, guint after, int sqlite_code, gboolean for_good);
gboolean sim_disk_has_failed (SimDisk *disk); /* since sim_disk_fail() */
void sim_disk_heal (SimDisk *disk);
