/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-ask.h"
#include "desk-member-data.h"

#include "member-file.h"

/* Inside the presenter of a member's page. */
typedef struct {
  SlDesk *desk;
  SlMemberFile *page;          /* holds this */
  GSimpleActionGroup *actions;
  SlId id;                     /* none: nobody is shown */
  SlDeskMemberData *data;      /* (nullable): not read yet */
  gboolean loads, again;       /* one load at a time */
} SlDeskMemberPage;

void sl_desk_member_fill (SlDeskMemberPage *self);                /* desk-member-fill.c */
void sl_desk_member_add_actions (SlDeskMemberPage *self);         /* desk-member-actions.c */
void sl_desk_member_enable_actions (SlDeskMemberPage *self);
void sl_desk_member_add_money_actions (SlDeskMemberPage *self);   /* desk-member-money.c */

void sl_desk_parq_ask (SlDeskMemberPage *self);                   /* desk-member-parq.c */
void sl_desk_parq_fill (SlDeskMemberPage *self);

void sl_desk_messages_ask (SlDeskMemberPage *self);               /* desk-member-messages.c */

void sl_desk_programs_ask (SlDeskMemberPage *self, const char *target); /* desk-member-programs.c */
void sl_desk_programs_fill (SlDeskMemberPage *self);
