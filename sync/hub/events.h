/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "core/id.h"
#include "hub/server.h"

/* Devices that listen for news: one stream each, asleep until the log of their organisation grows. What a slow one has
 * not been told yet is replaced, never queued: only the newest head matters. */
typedef struct _SlEvents SlEvents;

SlEvents *sl_events_new (const SlServerLimits *limits, SlServerMetrics *metrics);
void sl_events_free (SlEvents *events);

/* FALSE: there are as many as there may be. */
gboolean sl_events_have_room (SlEvents *events);
/* (transfer full): the answer that is the stream; it ends when the response is destroyed. NULL: no memory */
struct MHD_Response *sl_events_add (SlEvents *events, struct MHD_Connection *connection, const SlId *tenant,
                                    const SlId *replica, guint64 head);
guint sl_events_tell (SlEvents *events, const SlId *tenant, guint64 head); /* how many were told */
void sl_events_tick (SlEvents *events);   /* comments and ends that are due */
void sl_events_close_all (SlEvents *events);
guint sl_events_count (SlEvents *events);
GArray *sl_events_tenants (SlEvents *events); /* of SlId */
