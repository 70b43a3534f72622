/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Devices with two histories: exact clones, which only this can show. src/oplog/README.md "Forks". */

/* For people. */
typedef struct {
  SlId replica;
  guint64 first_seq; /* the first number that it has used twice; 0: its other history has not come here */
  guint64 others;    /* operations of histories that do not count, kept for review */
  gboolean fenced;   /* an operation tells everybody: what it holds is frozen, then passes on */
  gint64 at_ms;      /* when that was written; before: when it was found here */
} SlForkInfo;
GArray *sl_fork_list (SlOplog *log, GError **error); /* (element-type SlForkInfo) (transfer full) */
/* What does not count of replica, at most max, in the order of their numbers. (element-type SlStoredOperation of
 * conflict.h) (transfer full) */
GArray *sl_fork_operations (SlOplog *log, const SlId *replica, guint max, GError **error);
