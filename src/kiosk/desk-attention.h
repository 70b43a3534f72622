/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Reception's section for what people should look at. */
#define SL_DESK_ATTENTION_MAX 60 /* more at once is a matter for the command line */

GtkWidget *sl_desk_attention_new (SlDesk *desk);
