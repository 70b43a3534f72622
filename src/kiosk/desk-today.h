/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Reception's home: the sessions of a day and who comes to them; an instructor's own. */
GtkWidget *sl_desk_today_new (SlDesk *desk);
