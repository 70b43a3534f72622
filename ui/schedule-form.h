/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schedule-data.h"

#include <gtk/gtk.h>

/* What a class is to be: which, when, who, where, how many. */
#define SL_TYPE_SCHEDULE_FORM (sl_schedule_form_get_type ())
G_DECLARE_FINAL_TYPE (SlScheduleForm, sl_schedule_form, SL, SCHEDULE_FORM, GtkBox)

#define SL_SCHEDULE_WEEKS_MAX 104 /* two years ahead; a studio plans by the term */

GtkWidget *sl_schedule_form_new (SlScheduleWeek *week, const SlScheduleSession *session, const SlSchedulePlan *plan);
void sl_schedule_form_read (SlScheduleForm *self, SlSchedulePlan *out);
