/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* PINs of staff and members: what is too easy, and the lock-out that grows. */
#define SL_PIN_STAFF_MIN_DIGITS 6
#define SL_PIN_MEMBER_MIN_DIGITS 4
#define SL_PIN_MEMBER_MAX_DIGITS 6
#define SL_PIN_MAX_DIGITS 12           /* of staff: what a PIN pad shows in one row */
#define SL_PIN_FREE_TRIES 5            /* wrong ones in a row before the first lock-out */
#define SL_PIN_FIRST_LOCK_MS (60 * G_GINT64_CONSTANT (1000))        /* doubles with each further wrong one */
#define SL_PIN_LONGEST_LOCK_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

gboolean sl_pin_is_weak (const char *pin, int min_digits, int max_digits);
/* hash (nullable): none set. FALSE: failure. Refusals: pin_wrong, pin_locked (until_ms). Not inside a transaction. */
gboolean sl_pin_check (SlEngine *engine, const SlId *subject, const char *hash, const char *pin, SlRefusal *out_refusal,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of whom it is among several; out_which -1: of none. */
gboolean sl_pin_check_among (SlEngine *engine, const SlId *subject, const char *const *hashes, guint n_hashes,
                             const char *pin, int *out_which, SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Something else that was typed, already compared: counted and locked alike. */
gboolean sl_pin_check_answer (SlEngine *engine, const SlId *subject, gboolean right, SlRefusal *out_refusal,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_pin_unlock (SlEngine *engine, const SlId *subject,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT; /* inside a command that sets a new PIN */
