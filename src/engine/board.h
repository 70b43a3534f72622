/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* The next sessions at this device's location, for the door's page. */
typedef struct {
  SlId session_id;
  char *class_name, *room_name, *instructor_name; /* room, instructor (nullable) */
  gint64 start_ms, end_ms;
  int capacity, free, waitlisted;
} SlBoardSession;
void sl_board_session_free (SlBoardSession *session);

/* Sessions not yet over at now, soonest first, at most limit. (element-type SlBoardSession) (transfer full); NULL on
 * failure */
GPtrArray *sl_board_next (SlEngine *engine, guint limit, GError **error);
