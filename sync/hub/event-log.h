/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/clock.h"

/* What a server says of itself: one JSON object a line, for machines that collect logs. Nothing in it is about a
 * person: no names, no addresses, no codes, no keys; of an organisation the first 8 digits of its id. */
typedef struct _SlEventLog SlEventLog;

typedef enum { SL_EVENT_DEBUG, SL_EVENT_INFO, SL_EVENT_WARNING, SL_EVENT_ERROR } SlEventLevel;

#define SL_EVENT_TEXT_MAX_BYTES 1000 /* of one value: a line stays well below the 4096 bytes that a pipe takes whole */

SlEventLog *sl_event_log_new (int fd, SlEventLevel lowest, SlWorld *world);
void sl_event_log_free (SlEventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlEventLog, sl_event_log_free)
gboolean sl_event_log_wants (const SlEventLog *log, SlEventLevel level);
/* fields: (nullable) (transfer full): an object; its members follow time, level and event */
void sl_event_log_write (SlEventLog *log, SlEventLevel level, const char *event, json_t *fields);
void sl_event_log_failure (SlEventLog *log, const char *event, const GError *error);
