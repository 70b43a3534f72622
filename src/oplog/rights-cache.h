/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog-private.h"

/* What each device holds free of a session's spots, a lot's credits, a payment or a voucher, kept in memory while
 * operations are applied, so that each of thousands need not count once more. Whatever writes the rows that it is
 * counted from says so here. */
typedef enum { SL_RIGHTS_SPOTS, SL_RIGHTS_CREDITS, SL_RIGHTS_MONEY } SlRightsKind;

typedef struct {
  SlId replica;
  gint64 free;
} SlHolding;

/* A claim's keeper: who got it last, else its author; one whose creation is not known yet is kept by whoever confirmed
 * it. */
#define SL_SQL_KEEPER "coalesce (c.keeper, c.creator, c.confirm_replica)"

/* (element-type SlHolding) (transfer full): of each device by itself, without those that it goes on for. */
GArray *sl_rights_count_holdings (SlOplog *log, SlRightsKind kind, const SlId *thing, GError **error);
/* Inside a transaction: what author may spend, with what it has taken over. */
gboolean sl_rights_held (SlOplog *log, SlRightsKind kind, const SlId *thing, const SlId *author, gint64 *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* While an operation is applied, before anything is written: *inout stays TRUE where its author holds amount of thing.
 * What others did can only add to that, so an operation that its author was entitled to is covered sooner or later. */
gboolean sl_rights_cover (SlOplog *log, const SlOperation *operation, SlRightsKind kind, const SlId *thing,
                          gint64 amount, gboolean *inout, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_rights_cache_add (SlOplog *log, const SlId *thing, const SlId *replica, gint64 difference);
void sl_rights_cache_drop (SlOplog *log, const SlId *thing);
gboolean sl_rights_cache_is_empty (SlOplog *log);
void sl_rights_cache_forget (SlOplog *log); /* after a rollback, another process's commit, tables that were cleared */

/* The only code that writes rights: apply-session.c, apply-credit.c, apply-voucher.c, apply-day.c. */
gboolean sl_session_right_add (SlOplog *log, const SlId *session, const SlId *replica, gint64 spots, gint64 burned,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_session_capacity_add (SlOplog *log, const SlId *session, const SlId *replica, gint64 difference,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_lot_right_add (SlOplog *log, const SlId *lot, const SlId *replica, gint64 amount_hundredths,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_money_right_add (SlOplog *log, const SlId *thing, const SlId *replica, gint64 cents,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_days_mint (SlOplog *log, const SlId *thing, const SlOperation *operation,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_rights_check (SlOplog *log, GPtrArray *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether claims of the type use spots of the session: overrides and places in the queue do not. */
gboolean sl_claim_type_uses_spots (gint64 type);
/* The live spots of a claim: of spots, those whose bits are not released. */
gint64 sl_live_spots (gint64 spots, gint64 released);
/* Whether keeper's claims are those of replica: it is that device, or one that it goes on for. */
gboolean sl_rights_is_heir (SlOplog *log, const SlId *keeper, const SlId *replica, gboolean *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
