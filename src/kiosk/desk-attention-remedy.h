/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/attention.h"

#include <gtk/gtk.h>

/* What one tap does about what needs attention, where one thing is obvious: each is a command of the engine, which
 * decides. */
void sl_desk_remedy_add_actions (SlDesk *desk, GtkWidget *page);
/* Whether whatever the item is about is settled by them alone, so that "Settled" would leave it as it is. */
gboolean sl_desk_remedy_add_buttons (SlDesk *desk, GtkWidget *row, const SlAttentionItem *item);
const SlId *sl_desk_remedy_subject (const SlAttentionItem *item, const char *role, guint nth); /* (nullable) */
