/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "core/error.h"
#include "core/id.h"

/* Why a rule said no: a value, not a failure. Codes and texts: src/engine/README.md, table in refusal.c. */
typedef enum {
  SL_REFUSAL_NONE, /* "ok" */
  /* booking */
  SL_REFUSAL_NOT_ALLOWED,
  SL_REFUSAL_SESSION_NOT_OPEN,
  SL_REFUSAL_SESSION_CANCELLED,
  SL_REFUSAL_BOOKING_WINDOW_CLOSED,
  SL_REFUSAL_MEMBER_BLOCKED,
  SL_REFUSAL_PARQ_NEEDED,
  SL_REFUSAL_ALREADY_BOOKED,
  SL_REFUSAL_MEMBER_BUSY,
  SL_REFUSAL_RATE_LIMITED,
  SL_REFUSAL_CLASS_FULL,
  SL_REFUSAL_SPOTS_ELSEWHERE,
  SL_REFUSAL_INSUFFICIENT_CREDITS,
  SL_REFUSAL_CREDITS_ELSEWHERE,
  SL_REFUSAL_TRUST_USED,
  /* check-in */
  SL_REFUSAL_BAD_CODE,
  SL_REFUSAL_FOREIGN_CODE,
  SL_REFUSAL_WRONG_CODE_KIND,
  SL_REFUSAL_REVOKED_CODE,
  SL_REFUSAL_EXPIRED_CODE,
  SL_REFUSAL_MEMBERSHIP_INACTIVE,
  SL_REFUSAL_PAYMENT_DUE,
  SL_REFUSAL_OUTSIDE_ACCESS_HOURS,
  SL_REFUSAL_NO_BOOKING,
  SL_REFUSAL_OTHER_LOCATION,
  SL_REFUSAL_CHOOSE_SESSION,
  SL_REFUSAL_ALREADY_CHECKED_IN,
  SL_REFUSAL_TOO_EARLY,
  SL_REFUSAL_TOO_LATE,
  /* other commands */
  SL_REFUSAL_PIN_WRONG,
  SL_REFUSAL_PIN_LOCKED,
  SL_REFUSAL_PIN_WEAK,
  SL_REFUSAL_STAFF_INACTIVE,
  SL_REFUSAL_APPROVAL_REQUIRED,
  SL_REFUSAL_REASON_REQUIRED,
  SL_REFUSAL_MEMBER_ERASED,
  SL_REFUSAL_SERVICE_INACTIVE,
  SL_REFUSAL_TOO_MANY_SPOTS,
  SL_REFUSAL_GUEST_NAMES_NEEDED,
  SL_REFUSAL_NOT_COVERED,
  SL_REFUSAL_HOLD_EXPIRED,
  SL_REFUSAL_OFFER_LAPSED,
  SL_REFUSAL_NOT_OFFERED,
  SL_REFUSAL_NOT_WAITLISTED,
  SL_REFUSAL_WRONG_STATE,
  SL_REFUSAL_NOT_UNDOABLE,
  SL_REFUSAL_CANCEL_CLOSED,
  SL_REFUSAL_INSTRUCTOR_BUSY,
  SL_REFUSAL_ROOM_BUSY,
  SL_REFUSAL_OUTSIDE_AVAILABILITY,
  SL_REFUSAL_REQUEST_CLOSED,
  SL_REFUSAL_NOT_CHECKED_IN,
  SL_REFUSAL_TILL_CLOSED,
  SL_REFUSAL_TILL_OPEN,
  SL_REFUSAL_REFUND_OVER_LIMIT,
  SL_REFUSAL_REFUND_OVER_PAYMENT,
  SL_REFUSAL_AMOUNT_MISMATCH,
  SL_REFUSAL_WRONG_CURRENCY,
  SL_REFUSAL_VOUCHER_INVALID,
  SL_REFUSAL_LIMIT_REACHED,
  SL_REFUSAL_NO_RIGHTS,
  SL_REFUSAL_KEY_REUSED,
  SL_REFUSAL_ALREADY_INITIALISED,
  SL_REFUSAL_INVITATION_INVALID,
  SL_REFUSAL_DEVICE_REVOKED,
  SL_REFUSAL_LEASE_EXPIRED,
  SL_REFUSAL_POSSIBLE_DUPLICATE,
  SL_REFUSAL_LAST
} SlRefusalCode;

typedef struct {
  SlRefusalCode code;
  GVariantDict *details; /* (nullable): stable keys, values x (ms, counts, cents), s or b; times end in _ms */
} SlRefusal;

void sl_refusal_clear (SlRefusal *refusal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlRefusal, sl_refusal_clear)
/* Fills refusal and gives FALSE, so that a rule reads: return sl_refuse (out, SL_REFUSAL_CLASS_FULL); */
gboolean sl_refuse (SlRefusal *refusal, SlRefusalCode code);
void sl_refusal_set_int (SlRefusal *refusal, const char *key, gint64 value);
void sl_refusal_set_text (SlRefusal *refusal, const char *key, const char *value);
gint64 sl_refusal_get_int (const SlRefusal *refusal, const char *key, gint64 fallback);
const char *sl_refusal_get_text (const SlRefusal *refusal, const char *key); /* (nullable) */
char *sl_refusal_format_details (const SlRefusal *refusal);  /* (nullable) (transfer full): "key=value key=value" */
GVariant *sl_refusal_dup_details (const SlRefusal *refusal); /* (nullable) (transfer full): a{sv}, sorted by key */

/* The one table of codes: refusals and failures, with their exit status and text. */
typedef struct { const char *code; int exit_status; const char *message; const char *hint; } SlCodeInfo;
const SlCodeInfo *sl_refusal_info (SlRefusalCode code);
const SlCodeInfo *sl_error_info (SlErrorCode code);
const char *sl_refusal_name (SlRefusalCode code);
