/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Several commands of one actor as one: all of them, or none. Inside a keyed command or another batch it is a part of
 * that one, which does not survive an abandoned part that had written something. */
gboolean sl_batch_begin (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_batch_commit (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_batch_abandon (SlEngine *engine);   /* after a failure, or where one that was refused undoes them all */
/* One of its commands has failed before it wrote anything, as the caller has made sure by sl_oplog_emitted(): the
 * others stand. */
void sl_batch_forgive (SlEngine *engine);
