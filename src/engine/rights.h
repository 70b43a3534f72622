/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Who may give away what: spots, claims, days (src/oplog/README.md "Rights"). Lists and moves of spots: exchange.h. */

/* Free rights of a session held here, and what is left of them after the debts of other devices are paid. */
gboolean sl_rights_spare (SlEngine *engine, const SlId *session, gint64 *out_free, gint64 *out_spare,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refuses what cannot get rights: NOT_FOUND where nobody has the id, refusal device_revoked. */
gboolean sl_rights_check_receiver (SlEngine *engine, const SlId *to, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, device_revoked, no_rights (keeper), wrong_state (status). */
gboolean sl_rights_move_booking (SlEngine *engine, const SlActor *actor, const SlId *booking, const SlId *to,
                                 SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* thing: a payment, to give it back, or a voucher. Refusals: not_allowed, device_revoked, no_rights (held_cents). */
gboolean sl_rights_move_money (SlEngine *engine, const SlActor *actor, const SlId *thing, gint64 amount_cents,
                               const SlId *to, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* days: (element-type gint64), since 1970. Refusals: not_allowed, device_revoked, no_rights (date, holder). */
gboolean sl_rights_move_days (SlEngine *engine, const SlActor *actor, const SlId *who, GArray *days, const SlId *to,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
