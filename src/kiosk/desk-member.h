/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/member.h"

#include <gtk/gtk.h>

/* The page of one member, which loads itself while it is shown. */
GtkWidget *sl_desk_member_new (SlDesk *desk);
void sl_desk_member_show (GtkWidget *page, const SlId *member);

/* Questions that other sections ask, too. */
void sl_desk_member_ask_details (SlDesk *desk, GtkWidget *page, const SlMember *member);
void sl_desk_ask_payment (SlDesk *desk, GtkWidget *page, const SlId *membership);
