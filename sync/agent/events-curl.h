/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/transport-curl.h"

/* Listens to GET /v1/events on a thread of its own and tells it on a context's. It connects when it is told to: whoever
 * owns it signs the request and knows how long to wait. */
#define SL_EVENTS_SILENCE_S 60 /* a hub says something every 25 s; what is silent for longer is no longer there */

typedef enum {
  SL_EVENTS_OPEN,          /* the hub listens to us: what comes now is heard */
  SL_EVENTS_NEWS,          /* its log has grown to head */
  SL_EVENTS_ALIVE,         /* nothing is new, and it is there */
  SL_EVENTS_CLOSED         /* it ended, or never began: connect again, later */
} SlEventsKind;
typedef void (*SlEventsFunc) (SlEventsKind kind, guint64 head, gpointer user_data);

typedef struct _SlEvents SlEvents;
SlEvents *sl_events_new (const SlCurlWhere *where, GMainContext *context, SlEventsFunc func, gpointer user_data);
void sl_events_free (SlEvents *events); /* on the context's thread; waits for its own, a second at most */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlEvents, sl_events_free)
/* Microseconds of a clock that does not go back, for silence; NULL: g_get_monotonic_time(). On the listener's thread,
 * before it is first told to connect. */
typedef gint64 (*SlEventsClock) (gpointer user_data);
void sl_events_set_clock (SlEvents *events, SlEventsClock now_us, gpointer user_data);
void sl_events_connect (SlEvents *events, SlSyncRequest *request /* (transfer full): signed */);

/* One line of an event stream, without its break; for tests. TRUE: it ended an event: *out_head. */
typedef struct { gboolean is_news; guint64 head; gboolean has_head; } SlEventLine;
gboolean sl_event_line (SlEventLine *state, const char *line, guint64 *out_head);
