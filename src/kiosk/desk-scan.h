/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "door-words.h"
#include "engine/member.h"

#include <gtk/gtk.h>

/* What is held up at reception: whose pass, or whose booking, and what is said where it is nobody's. */

/* On the engine's thread. *out_member: NULL where refused, or where nobody here has it. Refusals: bad_code,
 * foreign_code, wrong_code_kind, revoked_code, expired_code; those of sl_member_show(). */
gboolean sl_desk_scan_find (SlEngine *engine, const SlActor *actor, const char *text, SlMember **out_member,
                            SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sl_desk_scan_say_outcome (SlDesk *desk, const SlRefusal *refusal, const GError *error);
void sl_desk_scan_play (SlDesk *desk, SlTone tone);
void sl_desk_scan_play_outcome (SlDesk *desk, const SlRefusal *refusal, const GError *error);

/* member is only read. */
typedef void (*SlDeskScanned) (GObject *page, const SlMember *member);
void sl_desk_scan_watch (SlDesk *desk, GtkWidget *page, SlDeskScanned scanned);
