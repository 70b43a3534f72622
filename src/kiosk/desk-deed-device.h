/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* A device of the studio is taken away; apart from the other deeds, to which a device is this screen's own. On the
 * engine's thread. */
gboolean sl_desk_deed_revoke (SlEngine *engine, const SlActor *actor, const SlId *device, const char *reason,
                              SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
