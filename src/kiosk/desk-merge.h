/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include <gtk/gtk.h>

/* Two records of one person become one, over any page of reception. Whose word it is the engine decides:
 * SL_ACTION_EDIT_MEMBER_FINANCE. */
#define SL_DESK_MERGE_FOUND 6 /* who is not among them types another letter */

void sl_desk_merge_ask (SlDesk *desk, GtkWidget *page, const SlId *member);
void sl_desk_merge_compare (SlDesk *desk, GtkWidget *page, const SlId *one, const SlId *other);
