/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Members from a file: found on a stick or this device, looked at, and taken in as a whole. */
GtkWidget *sl_desk_import_button_new (SlDesk *desk, GtkWidget *page);
