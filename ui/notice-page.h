/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/shape-bin.h"

/* A calm full page for staff, while the door cannot be opened. */
#define SL_TYPE_NOTICE_PAGE (sl_notice_page_get_type ())
G_DECLARE_FINAL_TYPE (SlNoticePage, sl_notice_page, SL, NOTICE_PAGE, SlShapeBin)

GtkWidget *sl_notice_page_new (void);
void sl_notice_page_set_error (SlNoticePage *self, const GError *error, const char *data_dir);
