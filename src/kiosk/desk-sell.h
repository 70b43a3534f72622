/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

GtkWidget *sl_desk_sell_new (SlDesk *desk);
