/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-page.h"
#include "desk.h"

/* Keeps reception's frame: its sections, who is there, approvals, the lock, how things stand. Lives as long as the
 * page. */
typedef void (*SlDeskLeft) (gpointer user_data); /* somebody wants the members' side back */

#define SL_DESK_PIN_IDLE_S 60 /* an untouched PIN page gives the screen back to members */

void sl_desk_shell_attach (SlDesk *desk, SlDeskPage *page, SlDeskLeft left, gpointer user_data);
void sl_desk_shell_enter (SlDeskPage *page);
gint64 sl_desk_shell_get_touched_us (SlDeskPage *page); /* from then on the desk counts until it locks itself */
void sl_desk_shell_set_devices (SlDeskPage *page, gboolean camera_missing, gboolean scanner_missing);
