/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "temp-dir.h"
#include "trace-vfs.h"

/* The parts of a device that a test has in its hand. Its disk: while the gate before it is shut, the log is not
 * synced. */
typedef struct {
  SlTraceVfs *vfs; /* of all that is opened until disk_gate_clear() */
  gint synced;     /* how often the log was; atomic */
  GMutex lock;
  GCond cond;
  gboolean is_shut, is_waiting;
} DiskGate;

void disk_gate_init (DiskGate *gate);
void disk_gate_clear (DiskGate *gate);
void disk_gate_set (DiskGate *gate, gboolean is_shut);
gboolean disk_gate_is_waiting (DiskGate *gate); /* somebody before it */

/* Its camera, which looks at a folder: puts a picture of a code there, whole at once; drawn in another folder. */
void camera_hold_out (SlTempDir *camera, SlTempDir *drawn_in, const char *code);
