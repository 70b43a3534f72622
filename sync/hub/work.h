/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/event-log.h"
#include "hub/hub.h"

/* What a hub does when nobody asks: brings replicas up to their logs when these have grown, and looks after all of them
 * now and then. On threads of its own. */
typedef struct _SlWork SlWork;

SlWork *sl_work_new (SlHub *hub, SlEventLog *log);
void sl_work_add (SlWork *work, const SlId *tenant); /* any thread; none: all of them */
guint64 sl_work_failures (SlWork *work);
/* FALSE: a thread is still at it after wait_ms: nothing that it uses may be freed. */
gboolean sl_work_stop (SlWork *work, gint64 wait_ms) G_GNUC_WARN_UNUSED_RESULT;
void sl_work_free (SlWork *work); /* stopped, and nobody adds any more */
