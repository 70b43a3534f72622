/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* A single visit paid by money instead of credits: the payment beside the booking. Inside the engine room only. */
gboolean sl_drop_in_pay (SlEngine *engine, const SlId *member_id, gint64 amount_cents, const char *method,
                         SlId *out_payment_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
