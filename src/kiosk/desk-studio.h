/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* What the studio is made of: classes, packages, plans, rooms, staff. For who may change the catalogue. */
GtkWidget *sl_desk_studio_new (SlDesk *desk);
gboolean sl_desk_studio_is_for_staff (SlDesk *desk); /* whoever has signed in */
