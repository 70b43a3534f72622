/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Requests to the hub, at a pace at which it tells nobody off: SL_HUB_REQUESTS_PER_MINUTE of hub/hub.h is 60, of which
 * some stay for a `sync now` of another process and for signing anew by a corrected clock. What is written while the
 * pace holds an exchange back goes with it. */
#define SL_PACE_REQUESTS_PER_MINUTE 50

/* Any thread: all of a program's requests to the hub count. Times: of any clock that does not go back. */
typedef struct _SlPace SlPace;
SlPace *sl_pace_new (void);
void sl_pace_free (SlPace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPace, sl_pace_free)
gint64 sl_pace_take (SlPace *pace, gint64 now_ms);  /* 0: taken; else how long to wait */
void sl_pace_count (SlPace *pace, gint64 now_ms);   /* one that waits for nothing */
