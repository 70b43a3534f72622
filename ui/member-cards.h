/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/booking-state.h"
#include "session-picker.h"

/* A member's own booking, place in a queue, or offer. */
typedef struct {
  SlId booking_id, session_id;
  char *class_name, *room_name, *instructor_name; /* (nullable) */
  char *location_name;                            /* (nullable): where it is not this place */
  gint64 start_ms, end_ms;
  SlBookingStatus status;
  gint64 position;                                /* in the queue; 0: does not wait */
  gint64 expires_ms;                              /* until when an offer stands; else 0 */
  gint64 spent_hundredths, back_hundredths;       /* credits taken; what cancelling now gives back */
} SlMemberBooking;
void sl_member_booking_free (SlMemberBooking *booking);

/* All are (transfer floating). What they are told is only read. */
GtkWidget *sl_offer_card_new (const SlSessionOffer *offer, gint64 now_ms, GTimeZone *zone);
GtkWidget *sl_booking_card_new (const SlMemberBooking *booking, gint64 now_ms, GTimeZone *zone);
/* callback (GtkButton *, user_data) is called for a booking; its id is the button's data "booking-id" (SlId *) */
GtkWidget *sl_booking_rows_new (GPtrArray *bookings, gint64 now_ms, GTimeZone *zone, GCallback callback,
                                gpointer user_data);
GtkWidget *sl_pass_card_new (GdkTexture *code, gint64 expires_ms, GTimeZone *zone);
GtkWidget *sl_words_card_new (const char *text);

char *sl_booking_state_words (const SlMemberBooking *booking, GTimeZone *zone);
char *sl_booking_back_words (const SlMemberBooking *booking);
