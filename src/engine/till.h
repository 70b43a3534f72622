/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Tills: src/engine/README.md "Money". One is open at a device at a time; what was taken without one is the device's
 * day's. */
typedef struct {
  SlId id, replica, location_id, opened_by, closed_by /* none: open */;
  char *name;                       /* (nullable) */
  gint64 opened_ms, closed_ms;      /* closed 0: open */
  gint64 float_cents, counted_cents /* when closed */;
  gint64 cash_taken_cents, cash_refunded_cents, put_in_cents /* below zero: taken out */;
  gint64 expected_cents;            /* the float and what has come and gone since */
  gint64 difference_cents;          /* counted less expected; 0 while open */
  char *note;                       /* (nullable) */
} SlTill;
void sl_till_free (SlTill *till);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTill, sl_till_free)

/* Refusals: not_allowed; open: till_open (till); the others: till_closed. BAD_INPUT: an
 * amount below 0 or absurd. */
gboolean sl_till_open (SlEngine *engine, const SlActor *actor, const char *name, gint64 float_cents, SlId *out_id,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_till_cash (SlEngine *engine, const SlActor *actor, gint64 difference_cents, const char *reason,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* reason_required */
gboolean sl_till_close (SlEngine *engine, const SlActor *actor, gint64 counted_cents, const char *note,
                        SlTill **out_till, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* id (nullable): this device's open one, else its last. NOT_FOUND. */
gboolean sl_till_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlTill **out_till,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_till_get (SlEngine *engine, const SlId *id, SlTill **out,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT; /* for other queries; NOT_FOUND */

/* For the rules: this device's open till; none: it has none. */
gboolean sl_till_current (SlEngine *engine, SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for cash: FALSE with the refusal till_closed where one is demanded (policy till_needed), or the error. */
gboolean sl_till_for_cash (SlEngine *engine, SlId *out_id, SlRefusal *refusal, GError **error);
