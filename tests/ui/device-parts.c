/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device-parts"

#include "device-parts.h"

#include "scan/code-picture.h"

#include <glib/gstdio.h>

#define MODULE_PX 8

static void
on_disk (SlTraceOp op, SlTraceFile file, gboolean after, gpointer user_data)
{
  DiskGate *gate = user_data;

  if (op != SL_TRACE_SYNC || file != SL_TRACE_WAL)
    return;
  if (after)
    {
      g_atomic_int_inc (&gate->synced);
      return;
    }
  g_mutex_lock (&gate->lock);
  gate->is_waiting = gate->is_shut;
  while (gate->is_shut)
    g_cond_wait (&gate->cond, &gate->lock);
  gate->is_waiting = FALSE;
  g_mutex_unlock (&gate->lock);
}

void
disk_gate_init (DiskGate *gate)
{
  gate->vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  sl_trace_vfs_set_hook (gate->vfs, on_disk, gate);
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->cond);
}

void
disk_gate_clear (DiskGate *gate)
{
  sl_trace_vfs_free (gate->vfs);
  g_cond_clear (&gate->cond);
  g_mutex_clear (&gate->lock);
}

void
disk_gate_set (DiskGate *gate, gboolean is_shut)
{
  g_mutex_lock (&gate->lock);
  gate->is_shut = is_shut;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

gboolean
disk_gate_is_waiting (DiskGate *gate)
{
  gboolean is_waiting;

  g_mutex_lock (&gate->lock);
  is_waiting = gate->is_waiting;
  g_mutex_unlock (&gate->lock);
  return is_waiting;
}

void
camera_hold_out (SlTempDir *camera, SlTempDir *drawn_in, const char *code)
{
  g_autofree char *drawn = sl_temp_dir_file (drawn_in, "code.png");
  g_autofree char *shown = sl_temp_dir_file (camera, "code.png");

  g_assert_true (sl_code_picture_save_png (code, MODULE_PX, drawn, NULL));
  g_assert_cmpint (g_rename (drawn, shown), ==, 0);
}
