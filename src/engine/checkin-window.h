/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* When the door is open for a session, and how late somebody is. Inside the engine room only. */
gboolean sl_checkin_window (SlEngine *engine, const SlId *location_id, const SlId *service_id, gint64 start_ms,
                            gint64 *out_opens_ms, gint64 *out_closes_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_checkin_is_late (gint64 start_ms, gint64 at_ms, int *out_late_min);
