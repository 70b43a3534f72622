/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog-fixture.h"

/* An exact clone: two machines that hold the same files at the same place, down to the inode of the identity. They take
 * turns in one directory, whose files are written back in place. */
typedef struct {
  Device *device; /* whichever is in; closed while none is */
  SlTempDir *keep[2];
  SlFakeWorld world[2];
  int in; /* -1: none */
} Twins;

void twins_split (Twins *twins, Device *device); /* from now on device is both; none is in */
void twins_enter (Twins *twins, int which);
void twins_leave (Twins *twins);
void twins_clear (Twins *twins); /* not the device */
