/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* The schedule, a week at a time: for whoever may change it. */
GtkWidget *sl_desk_schedule_new (SlDesk *desk);
