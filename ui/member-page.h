/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/shape-bin.h"

/* One step of the member's side: a headline, what it is about, buttons in reach of a hand, and how long it waits for a
 * touch. Signals: "back" · "finish": the member is done. A body of the style class "sides" stands side by side, upright
 * one below the other. */
#define SL_TYPE_MEMBER_PAGE (sl_member_page_get_type ())
G_DECLARE_FINAL_TYPE (SlMemberPage, sl_member_page, SL, MEMBER_PAGE, SlShapeBin)

#define SL_MEMBER_PAGE_LEFT_URGENT_S 10 /* from here on it is said louder */

GtkWidget *sl_member_page_new (const char *title);
void sl_member_page_set_body (SlMemberPage *self, GtkWidget *body);
GtkWidget *sl_member_page_add_action (SlMemberPage *self, const char *label, const char *style, GCallback callback,
                                      gpointer user_data);
void sl_member_page_say (SlMemberPage *self, const char *text);
void sl_member_page_set_left (SlMemberPage *self, int seconds);
void sl_member_page_set_place (SlMemberPage *self, const char *text);
void sl_member_page_set_state (SlMemberPage *self, const char *words, gboolean is_wrong);
void sl_member_page_set_back (SlMemberPage *self, gboolean can_go_back);
void sl_member_page_set_busy (SlMemberPage *self, gboolean is_busy);
