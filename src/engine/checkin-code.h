/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"
#include "scan/code.h"

/* What a code at the door is worth by itself. Inside the engine room only. */
gboolean sl_checkin_read_code (SlEngine *engine, const char *text, SlCode *out_code, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_checkin_prove_code (SlEngine *engine, const char *text, SlCode *out_code, SlRefusal *refusal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_checkin_refuse_kind (const SlCode *code, SlRefusal *refusal);
gboolean sl_checkin_refuse_expired (SlRefusal *refusal, gint64 expired_ms);
gboolean sl_checkin_check_pass (SlEngine *engine, const SlCode *code, gint64 now_ms, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_checkin_check_booking_code (const SlCode *code, gboolean session_known, gint64 session_end_ms,
                                        gint64 now_ms, SlRefusal *refusal) G_GNUC_WARN_UNUSED_RESULT;
