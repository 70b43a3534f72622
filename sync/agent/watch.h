/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Tells when anybody has committed in a data directory: a few milliseconds after its mark or its write-ahead log was
 * written. */
#define SL_WATCH_DEBOUNCE_MS 5 /* what a desk writes in one go is one piece of news */
#define SL_WATCH_LATE_MS 2000  /* a commit shows when its bytes are on the disk: so long after it is looked for */
#define SL_WATCH_POLL_MS 1000  /* where the system gives no notice */

typedef struct _SlWatch SlWatch;
/* TRUE: there was something new; FALSE: nothing yet, look again. */
typedef gboolean (*SlWatchFunc) (gpointer user_data);
SlWatch *sl_watch_new (const char *data_dir, GMainContext *context, SlWatchFunc changed, gpointer user_data);
void sl_watch_free (SlWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlWatch, sl_watch_free)
