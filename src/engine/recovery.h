/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* The recovery phrase: src/engine/README.md "Recovery". It opens backups where the device that made them is gone. */

/* A new one: the owner's alone. What was backed up before still opens by the one before. out_phrase: (transfer full)
 * (nullable): NULL where refused; wipe it. Refusals: not_allowed. */
gboolean sl_recovery_renew (SlEngine *engine, const SlActor *actor, char **out_phrase, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By what an owner types where nobody is signed in. Refusals: pin_wrong, pin_locked. */
gboolean sl_recovery_renew_by_pin (SlEngine *engine, const char *pin, char **out_phrase, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the phrase that this device has shown on its screen is still to be written down, as far as anybody said. */
gboolean sl_recovery_is_unconfirmed (SlEngine *engine, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_recovery_confirm (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
