/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Settings for this device: for who may say what devices do. */
GtkWidget *sl_desk_settings_new (SlDesk *desk);
