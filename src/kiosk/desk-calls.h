/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/call.h"

/* Who at the members' side waits for somebody of reception, at whichever device of the place (src/engine/call.h). What
 * is shown here is what the engine said last; "calls-changed" tells of another. */
void sl_desk_calls_look (SlDesk *desk);
void sl_desk_call (SlDesk *desk, SlRefusalCode why, const SlId *member);
GPtrArray *sl_desk_list_calls (SlDesk *desk); /* (transfer container) (element-type SlCall): the last one first */
void sl_desk_take_call (SlDesk *desk, const SlId *id);
char *sl_desk_calls_words (SlDesk *desk);     /* (nullable): that somebody waits; nothing of who */
