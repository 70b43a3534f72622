/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/shape-bin.h"

/* One member, as reception sees them. Actions: "member.back", "member.check-in", "member.book", "member.sell",
 * "member.more", and those of the rows that are put into its tabs. */
#define SL_TYPE_MEMBER_FILE (sl_member_file_get_type ())
G_DECLARE_FINAL_TYPE (SlMemberFile, sl_member_file, SL, MEMBER_FILE, SlShapeBin)

typedef enum {
  SL_MEMBER_TAB_BOOKINGS,
  SL_MEMBER_TAB_MONEY,
  SL_MEMBER_TAB_NOTES,
  SL_MEMBER_TAB_HEALTH,
  SL_MEMBER_TAB_PROGRAMS,
  SL_MEMBER_TAB_LAST
} SlMemberTab;

typedef struct {
  const char *name;
  const char *states;  /* (nullable): what stands out: blocked, payment due */
  const char *contact; /* (nullable) */
  const char *credits;
  const char *next;    /* the next booking, or that there is none */
  const char *plan;    /* (nullable) */
} SlMemberHead;

GtkWidget *sl_member_file_new (void);
void sl_member_file_set_head (SlMemberFile *self, const SlMemberHead *head);
void sl_member_file_clear_tab (SlMemberFile *self, SlMemberTab tab);
void sl_member_file_add (SlMemberFile *self, SlMemberTab tab, GtkWidget *row);
void sl_member_file_set_tab_visible (SlMemberFile *self, SlMemberTab tab, gboolean visible);
void sl_member_file_show_tab (SlMemberFile *self, SlMemberTab tab);
