/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Vouchers: money paid ahead, by whoever shows the code: src/engine/README.md "Money". */
#define SL_VOUCHER_CODE_CHARS 10 /* of Base32, in two groups: nobody guesses one in a lifetime at a desk */

typedef struct {
  SlId id, member_id /* none: nobody's */, sale_id /* none: given away */;
  gint64 amount_cents, left_cents /* at all devices, as known here */, held_cents /* of it here */;
  gint64 issued_ms, expires_ms /* 0: never */;
  gboolean expired; /* now */
} SlVoucher;

/* Inside a command: the code is one of a voucher with so much left, and here. Refusals: voucher_invalid (left_cents
 * where it is known), no_rights (voucher, device, missing_cents). FALSE: refused, or failed where nothing is. */
gboolean sl_voucher_check (SlEngine *engine, const char *code, gint64 amount_cents, SlId *out_id, SlRefusal *refusal,
                           GError **error);
/* Inside a command that has checked everything. */
/* The same for one that is known, whether it has expired or not. */
gboolean sl_voucher_check_left (SlEngine *engine, const SlId *id, gint64 amount_cents, SlRefusal *refusal,
                                GError **error);
gboolean sl_voucher_issue (SlEngine *engine, const SlId *sale, const SlId *member, gint64 amount_cents,
                           gint64 expires_ms, SlId *out_id, char **out_code,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By its code, or by its id. NOT_FOUND: no such voucher. Refusals: not_allowed. */
gboolean sl_voucher_show (SlEngine *engine, const SlActor *actor, const char *code, SlVoucher *out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_voucher_get (SlEngine *engine, const SlId *id, SlVoucher *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
