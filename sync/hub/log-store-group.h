/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Callers that wait for the same thing share one turn: whoever comes first does the work of all that wait by then, in
 * the order in which they came. lanes: how many turns may go on at once. */
typedef struct _SlLogGroup SlLogGroup;

typedef struct {
  gsize bytes; /* of what it writes: a turn takes only so much */
  /* the group's own */
  gboolean taken, done;
  GCond cond;
} SlLogJob;

typedef void (*SlLogGroupFunc) (SlLogJob **jobs, guint n_jobs, gpointer user_data);

#define SL_LOG_GROUP_JOBS 128
#define SL_LOG_GROUP_BYTES (8 * 1024 * 1024)

SlLogGroup *sl_log_group_new (guint lanes, SlLogGroupFunc func, gpointer user_data);
void sl_log_group_free (SlLogGroup *group);
void sl_log_group_run (SlLogGroup *group, SlLogJob *job);
