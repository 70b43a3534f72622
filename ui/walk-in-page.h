/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "done-view.h"
#include "page-item.h"
#include "pay-view.h"
#include "widgets/shape-bin.h"

#include "core/id.h"

/* Somebody walks in: who, what, how it is paid, done. Going back loses nothing.
 *
 * Signals: "search" (text) · "member" (const SlId *) · "new-member" (first, last, phone, birth date,
 * gboolean anyway)
 * "session" (const SlId *, gboolean waits) · "offer" (guint) · "only-sell": no class · "start-again" */
#define SL_TYPE_WALK_IN_PAGE (sl_walk_in_page_get_type ())
G_DECLARE_FINAL_TYPE (SlWalkInPage, sl_walk_in_page, SL, WALK_IN_PAGE, SlShapeBin)

typedef enum { SL_WALK_IN_WHO, SL_WALK_IN_WHAT, SL_WALK_IN_PAY, SL_WALK_IN_DONE, SL_WALK_IN_STEP_LAST } SlWalkInStep;

GtkWidget *sl_walk_in_page_new (void);
void sl_walk_in_page_show_step (SlWalkInPage *self, SlWalkInStep step);
SlWalkInStep sl_walk_in_page_get_step (SlWalkInPage *self);
void sl_walk_in_page_set_people (SlWalkInPage *self, GPtrArray *items, const char *nobody);
void sl_walk_in_page_set_duplicate (SlWalkInPage *self, const SlId *id, const char *name);
void sl_walk_in_page_set_person (SlWalkInPage *self, const char *name);   /* (nullable) */
void sl_walk_in_page_set_sessions (SlWalkInPage *self, GPtrArray *items);
void sl_walk_in_page_set_summary (SlWalkInPage *self, const char *summary);
void sl_walk_in_page_set_chosen (SlWalkInPage *self, const char *summary);
void sl_walk_in_page_set_offers (SlWalkInPage *self, GPtrArray *items, guint chosen);
void sl_walk_in_page_clear (SlWalkInPage *self);
SlPayView *sl_walk_in_page_get_pay (SlWalkInPage *self);   /* (transfer none) */
SlDoneView *sl_walk_in_page_get_done (SlWalkInPage *self); /* (transfer none) */
