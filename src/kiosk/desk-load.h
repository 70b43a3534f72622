/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* What a page shows, read one at a time: what changes while it is being read has it read once more. */
typedef struct {
  gboolean is_running, is_stale;
} SlDeskLoad;

gboolean sl_desk_load_begin (SlDeskLoad *self, SlDesk *desk, GtkWidget *page);
gboolean sl_desk_load_end (SlDeskLoad *self);
