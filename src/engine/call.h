/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/engine.h"
#include "engine/refusal.h"

/* Who at the members' side waits for somebody of reception, at whichever device of the place. An operation each, so
 * that every desk hears of it, and in no state: nobody waits for long. */

#define SL_CALL_MINUTES 30 /* then they have gone, or have been seen to */
#define SL_CALLS_MAX 5     /* of the last ones: more is a queue, and stands there */

typedef struct {
  SlId id;
  gint64 at_ms;
  SlRefusalCode why;       /* what the door had said to them */
  SlId member_id;          /* none: it is not known who */
  char *who;               /* (nullable) "Thandi N." */
} SlCall;
void sl_call_free (SlCall *call);

/* member_id (nullable): who it is. Who calls again is one person still. */
gboolean sl_call_add (SlEngine *engine, const SlActor *actor, SlRefusalCode why, const SlId *member_id, SlId *out_id,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type SlCall): the last one first */
GPtrArray *sl_call_list (SlEngine *engine, GError **error);
gboolean sl_call_take (SlEngine *engine, const SlActor *actor, const SlId *id,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
