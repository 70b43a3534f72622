/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/board.h"

/* One session on the board. */
#define SL_TYPE_BOARD_ROW (sl_board_row_get_type ())
G_DECLARE_FINAL_TYPE (SlBoardRow, sl_board_row, SL, BOARD_ROW, GtkBox)

GtkWidget *sl_board_row_new (const SlBoardSession *session, const char *day, gint64 now_ms, GTimeZone *zone);
