/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Several commands of one actor as one: all of them, or none. Not inside a keyed command or another batch. */
gboolean sl_batch_begin (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_batch_commit (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_batch_abandon (SlEngine *engine);   /* after a failure, or where one that was refused undoes them all */
