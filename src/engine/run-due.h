/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* What the clock has made due, on what this device keeps or holds: src/engine/README.md "What falls due". */
typedef struct {
  gint64 holds_expired;     /* "expired_holds" */
  gint64 sessions_released; /* "cancelled_sessions": claims of cancelled sessions given back in full */
  gint64 erased_members;    /* "erased_members": claims ahead of members whose data was erased, given back */
  gint64 no_shows;          /* "no_shows" */
  gint64 lots_expired;      /* "expired_credits": lots whose rest held here expired */
  gint64 duplicates;        /* "duplicates": bookings that gave way to another of the same member */
  gint64 debts_paid;        /* "debts_paid": spots passed to devices that owe some */
  gint64 offered;           /* "offered": spots offered to those who waited */
  gint64 queue_expired;     /* "expired_waiting": places in the queues of sessions that have begun */
  gint64 trust_settled;     /* "trust_settled": bookings on trust that were paid */
  gint64 trust_passed;      /* "trust_passed": bookings on trust whose keeper was given the member's credits */
  gint64 acknowledged;      /* "acknowledged": revocations of devices said to have been heard */
  gint64 reclaimed;         /* "reclaimed": devices that this one has taken over from */
  gint64 renewals;          /* "renewals": periods of memberships charged */
  gint64 renewal_tries;     /* "renewal_tries": payments asked for again, or written off as failed */
  gint64 plan_credits;      /* "plan_credits": months' credits granted, or taken back where granted twice */
  gint64 package_renewals;  /* "package_renewals": packages sold again by themselves */
  gint64 package_credits;   /* "package_credits": of those, credits that came with their payment */
  gint64 standing_booked;   /* "standing": bookings made of standing bookings */
} SlDueCounts;

/* Safe to call late, twice, anywhere; several transactions of at most SL_DUE_BATCH operations. */
#define SL_DUE_BATCH 200 /* operations of one transaction: the desk's own commands get a turn in between */
gboolean sl_run_due (SlEngine *engine, SlDueCounts *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
