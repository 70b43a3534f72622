/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What stands between a place that scrolls up and down and what it holds: a scrolled window asks its child how tall it
 * is without saying how wide, and boxes of text look for the answer by breaking every text at one width after the
 * other, each time that anything changes. This one says how tall its child is at its natural width. */
#define SL_TYPE_TALL_BIN (sl_tall_bin_get_type ())
G_DECLARE_FINAL_TYPE (SlTallBin, sl_tall_bin, SL, TALL_BIN, GtkWidget)

GtkWidget *sl_tall_bin_new (GtkWidget *child);
