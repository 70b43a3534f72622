/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/event-log.h"
#include "hub/hub.h"

/* Tells members what is to be told them, by a program, on a thread of its own. */
typedef struct _SlNotifier SlNotifier;

#define SL_NOTIFIER_WAIT_FIRST_MS (5 * 1000)       /* of one studio, after its program has failed once; doubled … */
#define SL_NOTIFIER_WAIT_MAX_MS (10 * 60 * 1000)   /* … up to this, until it takes something again */

/* program: run for each message, src/sender/sender.h; channels (nullable): that it can send by. Both are copied. */
SlNotifier *sl_notifier_new (SlHub *hub, SlEventLog *log, const char *program, const char *const *channels);
/* FALSE: the thread is still at it after wait_ms. A program that runs may end by itself for half that time. */
gboolean sl_notifier_stop (SlNotifier *notifier, gint64 wait_ms) G_GNUC_WARN_UNUSED_RESULT;
void sl_notifier_free (SlNotifier *notifier); /* (nullable) stopped */
/* How long is waited after so many failures in a row. */
gint64 sl_notifier_back_off_ms (guint failures);
