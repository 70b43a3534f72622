/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Who types a phone number, and shows by something else that it is theirs. Either pin or birth_date (YYYY-MM-DD) is
 * given. Refusals: pin_wrong, pin_locked (until_ms). Not inside a transaction. */
gboolean sl_member_prove (SlEngine *engine, const char *phone, const char *pin, const char *birth_date, SlId *out_id,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same by a member pass. Refusals: bad_code (reason), foreign_code, wrong_code_kind (kind), revoked_code,
 * expired_code (expired_ms); not_allowed: a member whom this device has not heard of, or who is gone. */
gboolean sl_member_prove_pass (SlEngine *engine, const char *text, SlId *out_id, SlRefusal *out_refusal,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
