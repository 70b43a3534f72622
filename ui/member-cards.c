/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-cards"

#include "member-cards.h"

#include "date-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define SEPARATOR " · "
#define PASS_SIDE_PX 400 /* read by a phone from arm's length */

/**
 * sl_member_booking_free:
 * @booking: (nullable) (transfer full): to be freed
 */
void
sl_member_booking_free (SlMemberBooking *booking)
{
  if (booking == NULL)
    return;
  g_free (booking->class_name);
  g_free (booking->room_name);
  g_free (booking->instructor_name);
  g_free (booking->location_name);
  g_free (booking);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static GtkLabel *
add_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (text));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));
  return label;
}

static GtkWidget *
new_card (void)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  gtk_widget_add_css_class (card, "card");
  gtk_widget_set_valign (card, GTK_ALIGN_START);
  return card;
}

static char *
when_words (gint64 start_ms, gint64 now_ms, GTimeZone *zone)
{
  g_autofree char *day = sl_date_words_day_from (start_ms, now_ms, zone);
  g_autofree char *time = sl_date_words_time (start_ms, zone);

  return start_ms != 0 ? sl_text_join (SEPARATOR, day, time, NULL) : g_strdup ("");
}

/**
 * sl_offer_card_new:
 * @offer: a session
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer floating): what, when, where, with whom, how many places, and what it takes
 */
GtkWidget *
sl_offer_card_new (const SlSessionOffer *offer, gint64 now_ms, GTimeZone *zone)
{
  GtkWidget *card = new_card ();
  g_autofree char *when = when_words (offer->start_ms, now_ms, zone);
  g_autofree char *where = sl_text_join (SEPARATOR, or_empty (offer->room_name), or_empty (offer->instructor_name),
                                         NULL);
  g_autofree char *spots = sl_session_offer_free_words (offer);
  g_autofree char *cost = sl_session_offer_cost_words (offer->credits_hundredths);
  g_autofree char *terms = sl_text_join (SEPARATOR, spots, cost, NULL);

  add_label (card, when, "member-when");
  if (*where != '\0')
    add_label (card, where, "body");
  add_label (card, terms, "body");
  return card;
}

/**
 * sl_booking_state_words:
 * @booking: a member's booking
 * @zone: the studio's zone
 *
 * Returns: (transfer full): how it stands
 */
char *
sl_booking_state_words (const SlMemberBooking *booking, GTimeZone *zone)
{
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, booking->position);
  g_autofree char *until = sl_date_words_time (booking->expires_ms, zone);

  switch (booking->status)
    {
    case SL_BOOKING_WAITLISTED:
      return booking->position > 0 ? sl_text_fill (_("Waitlist: number {n}"), "n", count, NULL)
                                   : g_strdup (_("On the waitlist"));
    case SL_BOOKING_OFFERED:
      return sl_text_fill (_("A spot is free for you until {time}"), "time", until, NULL);
    case SL_BOOKING_CHECKED_IN:
      return g_strdup (_("You are in"));
    case SL_BOOKING_HELD:
      return sl_text_fill (_("Held until {time}"), "time", until, NULL);
    case SL_BOOKING_CONFIRMED:
    case SL_BOOKING_COMPLETED:
    case SL_BOOKING_CANCELLED:
    case SL_BOOKING_LATE_CANCELLED:
    case SL_BOOKING_EXPIRED:
    case SL_BOOKING_NO_SHOW:
    case SL_BOOKING_STATUS_LAST:
    default:
      return g_strdup (C_("a booking", "Booked"));
    }
}

/**
 * sl_booking_back_words:
 * @booking: a member's booking
 *
 * Returns: (transfer full): what comes back when it is cancelled now
 */
char *
sl_booking_back_words (const SlMemberBooking *booking)
{
  g_autofree char *back = sl_session_offer_cost_words (booking->back_hundredths);

  if (booking->spent_hundredths == 0)
    return g_strdup (_("It took no credits, so none come back."));
  if (booking->back_hundredths == 0)
    return g_strdup (_("It is too late for credits to come back."));
  /* Translators: {credits} is "1 credit" or "2.5 credits" */
  return sl_text_fill (_("You get {credits} back."), "credits", back, NULL);
}

/**
 * sl_booking_card_new:
 * @booking: a member's booking
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer floating): when, where, and how it stands
 */
GtkWidget *
sl_booking_card_new (const SlMemberBooking *booking, gint64 now_ms, GTimeZone *zone)
{
  GtkWidget *card = new_card ();
  g_autofree char *when = when_words (booking->start_ms, now_ms, zone);
  g_autofree char *where = sl_text_join (SEPARATOR, or_empty (booking->location_name), or_empty (booking->room_name),
                                         or_empty (booking->instructor_name), NULL);
  g_autofree char *state = sl_booking_state_words (booking, zone);

  add_label (card, when, "member-when");
  if (*where != '\0')
    add_label (card, where, "body");
  add_label (card, state, "body");
  return card;
}

static GtkWidget *
new_booking_row (const SlMemberBooking *booking, gint64 now_ms, GTimeZone *zone)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *when = when_words (booking->start_ms, now_ms, zone);
  g_autofree char *state = sl_booking_state_words (booking, zone);
  g_autofree char *spoken = sl_text_join (", ", or_empty (booking->class_name), when, state, NULL);

  gtk_widget_set_hexpand (words, TRUE);
  add_label (words, or_empty (booking->class_name), "board-class");
  add_label (words, when, "board-where");
  add_label (words, state, "board-free");
  gtk_box_append (GTK_BOX (box), words);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "row");
  if (booking->status == SL_BOOKING_OFFERED)
    gtk_widget_add_css_class (button, "selected");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "booking-id", sl_id_copy (&booking->booking_id), g_free);
  return button;
}

/**
 * sl_booking_rows_new:
 * @bookings: (element-type SlMemberBooking): in the order of the list
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 * @callback: for "clicked" of each row
 * @user_data: for @callback
 *
 * Returns: (transfer floating): a row for each, or words that there are none
 */
GtkWidget *
sl_booking_rows_new (GPtrArray *bookings, gint64 now_ms, GTimeZone *zone, GCallback callback, gpointer user_data)
{
  GtkWidget *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  for (guint i = 0; i < bookings->len; i++)
    {
      GtkWidget *row = new_booking_row (bookings->pdata[i], now_ms, zone);

      g_signal_connect (row, "clicked", callback, user_data);
      gtk_box_append (GTK_BOX (rows), row);
    }
  if (bookings->len == 0)
    add_label (rows, _("You have no bookings ahead."), "body");
  return rows;
}

/**
 * sl_pass_card_new:
 * @code: a picture of it, black on white
 * @expires_ms: until when it opens the door, UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer floating): the code, and how it comes onto a phone
 */
GtkWidget *
sl_pass_card_new (GdkTexture *code, gint64 expires_ms, GTimeZone *zone)
{
  GtkWidget *sides = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *card = new_card ();
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (code));
  g_autofree char *day = sl_date_words_date (expires_ms, zone);
  g_autofree char *until = sl_text_fill (_("It opens the door until {day}."), "day", day, NULL);

  gtk_widget_set_size_request (picture, PASS_SIDE_PX, PASS_SIDE_PX);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Your pass"), -1);
  gtk_widget_add_css_class (card, "pass-code"); /* white in the dark, too: readers want it so */
  gtk_widget_set_halign (card, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (card), picture);
  gtk_widget_add_css_class (sides, "sides");
  gtk_widget_add_css_class (sides, "member-sides");
  gtk_widget_set_hexpand (words, TRUE);
  add_label (words, _("Take a photo of it with your phone"), "title");
  add_label (words, until, "body");
  gtk_box_append (GTK_BOX (sides), card);
  gtk_box_append (GTK_BOX (sides), words);
  return sides;
}

/**
 * sl_words_card_new:
 * @text: what is to be read
 *
 * Returns: (transfer floating): it, on a card
 */
GtkWidget *
sl_words_card_new (const char *text)
{
  GtkWidget *card = new_card ();

  add_label (card, text, "member-when");
  return card;
}
