/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Reception's section for members: who is found, and the page of one. */
#define SL_DESK_MEMBERS_SHOWN 40 /* more than anybody reads: another letter is faster */

GtkWidget *sl_desk_members_new (SlDesk *desk);
