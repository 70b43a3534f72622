/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"
#include "oplog/wire.h"

/* The engine of a replica that may be thrown away and made again: src/oplog/README.md "Followers". */
SlEngine *sl_engine_open_follower (const char *dir, SlWorld *world, const SlId *organisation,
                                   const guint8 seed[SL_SEED_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
