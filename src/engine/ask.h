/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Asking another device for what it holds, and granting it: src/engine/README.md "Asking". Numbers are part of the wire
 * format (sync/README.md). */
typedef enum {
  SL_ASK_SPOTS = 1,   /* id: a session; amount: spots */
  SL_ASK_CREDITS = 2, /* id: a member; amount: hundredths */
  SL_ASK_BOOKING = 3, /* id: a booking, with its spots and credits; amount: 1 */
  SL_ASK_DAY = 4,     /* id: an instructor or room; amount: days since 1970 */
  SL_ASK_MONEY = 5,   /* id: a payment, to give it back, or a voucher; amount: cents */
  SL_ASK_LAST
} SlAskKind;
typedef struct {
  SlAskKind kind;
  SlId id;
  gint64 amount; /* wanted; in an answer: given */
} SlAsk;
#define SL_ASKS_MAX 64          /* looked at in one request; a command needs a handful */
#define SL_ASK_DAY_MAX 100000   /* days since 1970: as far as times reach */
gboolean sl_ask_equal (const SlAsk *a, const SlAsk *b);

/* What would have to come here for the command that was refused so; FALSE: nothing would help. */
gboolean sl_ask_from_refusal (const SlRefusal *refusal, SlAsk *out);
/* Moves what is asked for to asker, as far as this device holds it and may spare it, by ordinary operations in one
 * transaction. inout_asks' amounts become what was given: 0: nothing. Never a refusal: a device that may not have it
 * gets nothing. */
gboolean sl_ask_grant (SlEngine *engine, const SlId *asker, SlAsk *inout_asks, guint n_asks,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Who, besides a hub, holds most of what is asked for, richest first: (element-type SlId) (transfer full) */
GArray *sl_ask_holders (SlEngine *engine, const SlAsk *ask, GError **error);

/* While this is set, what others hold is refused (spots_elsewhere, credits_elsewhere) where the rules would else make
 * do without it: by trust, a place in the queue, an override. For whoever asks and then tries again. */
void sl_engine_set_can_ask (SlEngine *engine, gboolean can_ask);
