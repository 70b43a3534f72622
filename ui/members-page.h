/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/member.h"
#include "widgets/shape-bin.h"

/* Who is a member here: found as one types. Actions: "members.open" (a member's id), "members.new". Signal:
 * "search-changed" */
#define SL_TYPE_MEMBERS_PAGE (sl_members_page_get_type ())
G_DECLARE_FINAL_TYPE (SlMembersPage, sl_members_page, SL, MEMBERS_PAGE, SlShapeBin)

GtkWidget *sl_members_page_new (void);
const char *sl_members_page_get_search (SlMembersPage *self);
void sl_members_page_clear_search (SlMembersPage *self);
void sl_members_page_set_results (SlMembersPage *self, GPtrArray *members, gboolean more);
