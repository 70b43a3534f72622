/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* Asking for what was sold ahead of its payment: src/engine/README.md "Plans". Inside a command. */

/* A pending payment of so much, by a way of paying that is no debt. */
gboolean sl_dunning_ask (SlEngine *engine, const SlId *sale, const SlId *member, const char *collect,
                         gint64 amount_cents, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Tries of a sale that nobody has said anything of: there are so many, and where write they have failed now. */
gboolean sl_dunning_write_off (SlEngine *engine, const SlId *sale, gboolean write, gint64 *inout_count,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
