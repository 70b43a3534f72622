/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/pass.h"

#include <gtk/gtk.h>

/* Members' passes at reception: who has none gets one, who lost theirs another. */

/* On the engine's thread, inside a batch or not. Refusals: those of sl_pass_issue(). *out_is_new (nullable): it was
 * made now. */
gboolean sl_desk_pass_give (SlEngine *engine, const SlActor *actor, const SlId *member, SlPass **out_pass,
                            gboolean *out_is_new, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What stands below one that somebody gets; in the language of the moment. */
const char *sl_desk_pass_note (void);

void sl_desk_pass_ask (SlDesk *desk, GtkWidget *page, const SlId *member, const char *name);
