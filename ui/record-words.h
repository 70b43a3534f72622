/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking-view.h"
#include "engine/credits.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/payment.h"

/* What the desk says of a member, their bookings and their money, in the language of the moment. */
char *sl_record_words_name (const SlMember *member);
char *sl_record_words_credits (gint64 hundredths); /* "2.5 credits" */
const char *sl_record_words_status (const char *status);
const char *sl_record_words_booking (SlBookingStatus status);
const char *sl_record_words_membership (SlMembershipStatus status);
const char *sl_record_words_payment (SlPaymentStatus status);
const char *sl_record_words_method (const char *method);
const char *sl_record_words_role (SlRole role); /* of the staff */
const char *sl_record_words_entry (SlEntryKind kind);
char *sl_record_words_when (gint64 ms, gint64 now_ms, GTimeZone *zone); /* "Today 07:00" */
