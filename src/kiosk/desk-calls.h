/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

/* Who at the members' side wants somebody of reception. This process remembers them until somebody takes them on;
 * nothing is written down. */
typedef struct {
  guint number;      /* tells one from another */
  gint64 at_ms;
  SlRefusalCode why; /* what the door had said to them */
  char *who;         /* (nullable) "Thandi N.": it is not known who */
  SlId member;       /* none: as above */
} SlDeskCall;

#define SL_DESK_CALLS_MAX 5      /* of the last ones: more is a queue, and stands there */
#define SL_DESK_CALL_MINUTES 30  /* then they have gone, or have been seen to */

void sl_desk_call (SlDesk *desk, SlRefusalCode why, const char *who, const SlId *member);
GPtrArray *sl_desk_list_calls (SlDesk *desk); /* (transfer container) (element-type SlDeskCall): the last one first */
void sl_desk_take_call (SlDesk *desk, guint number);
