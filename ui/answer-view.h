/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "door-words.h"
#include "widgets/shape-bin.h"

/* One answer on the whole page. Signals: "done" when it has been shown long enough or was tapped away,
 * "session-chosen" (const SlId *session) in a choice, "action-chosen" (SlDoorAction, as int) where it offers ways on;
 * in both the answer then stays until the next one. */
#define SL_TYPE_ANSWER_VIEW (sl_answer_view_get_type ())
G_DECLARE_FINAL_TYPE (SlAnswerView, sl_answer_view, SL, ANSWER_VIEW, SlShapeBin)

#define SL_ANSWER_SHOWN_MS 5000
#define SL_OFFER_SHOWN_MS 12000    /* an answer that offers a way on; the next in line need not wait for it */
#define SL_QUESTION_SHOWN_MS 20000 /* time to read, decide and reach for the screen */
#define SL_ANSWER_CHOICES_MAX 6    /* large buttons that a page holds; nobody has more classes open at one moment */

GtkWidget *sl_answer_view_new (void);
void sl_answer_view_show (SlAnswerView *self, const SlDoorWords *words, GPtrArray *choices, GTimeZone *zone);
void sl_answer_view_clear (SlAnswerView *self);
