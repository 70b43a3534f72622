/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

GtkWidget *sl_desk_reports_new (SlDesk *desk);
gboolean sl_desk_reports_is_for (const SlActor *actor); /* they may see one at least */
