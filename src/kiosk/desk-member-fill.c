/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-fill"

#include "desk-member-private.h"

#include "date-words.h"
#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

/* What a member's page says, of what was read last. */

static void
add (SlDeskMemberPage *self, SlMemberTab tab, GtkWidget *row)
{
  sl_member_file_add (self->page, tab, row);
}

static char *
day_of (SlDeskMemberPage *self, gint64 ms)
{
  return sl_date_words_day_from (ms, sl_desk_get_now_ms (self->desk), sl_desk_get_zone (self->desk));
}

static char *
when_of (SlDeskMemberPage *self, gint64 ms)
{
  return sl_record_words_when (ms, sl_desk_get_now_ms (self->desk), sl_desk_get_zone (self->desk));
}

static char *
money_of (SlDeskMemberPage *self, gint64 cents)
{
  return sl_money_format (cents, sl_desk_get_currency (self->desk));
}

/* --- head --- */

static const SlBookingView *
next_booking (SlDeskMemberPage *self)
{
  const SlBookingView *next = NULL;
  gint64 now_ms = sl_desk_get_now_ms (self->desk);

  for (guint i = 0; i < self->data->bookings->len; i++)
    {
      const SlBookingView *booking = g_ptr_array_index (self->data->bookings, i);

      if (sl_desk_booking_is_ahead (booking, now_ms) && (next == NULL || booking->start_ms < next->start_ms))
        next = booking;
    }
  return next;
}

static const SlMembership *
running_membership (SlDeskMemberPage *self)
{
  GPtrArray *memberships = self->data->memberships;

  for (guint i = 0; memberships != NULL && i < memberships->len; i++)
    {
      const SlMembership *membership = g_ptr_array_index (memberships, i);

      if (membership->status != SL_MEMBERSHIP_EXPIRED && membership->status != SL_MEMBERSHIP_CANCELLED)
        return membership;
    }
  return NULL;
}

static void
fill_head (SlDeskMemberPage *self)
{
  const SlMember *member = self->data->member;
  const SlBookingView *next = next_booking (self);
  const SlMembership *membership = running_membership (self);
  gboolean due = membership != NULL && membership->status == SL_MEMBERSHIP_PAYMENT_DUE;
  g_autofree char *name = sl_record_words_name (member);
  g_autofree char *credits = sl_record_words_credits (member->credits_hundredths);
  g_autofree char *states = sl_text_join (" · ", g_strcmp0 (member->status, "active") != 0
                                          ? sl_record_words_status (member->status) : "",
                                          due ? sl_record_words_membership (membership->status) : "",
                                          g_strcmp0 (member->permission, "vip") == 0 ? C_ ("member", "VIP") : "",
                                          g_strcmp0 (member->permission, "restricted") == 0
                                            ? C_ ("member", "Books at the desk only") : "", NULL);
  g_autofree char *contact = sl_text_join (" · ", member->phone != NULL ? member->phone : "",
                                           member->email != NULL ? member->email : "",
                                           member->status_reason != NULL ? member->status_reason : "", NULL);
  g_autofree char *when = next != NULL ? when_of (self, next->start_ms) : NULL;
  g_autofree char *words = next == NULL ? g_strdup (_("No booking ahead"))
    : sl_text_fill (_("Next: {class}, {when}"), "class", next->class_name != NULL ? next->class_name : "", "when", when,
                    NULL);

  sl_member_file_set_head (self->page, &(SlMemberHead) { .name = name, .states = states, .contact = contact,
                           .credits = credits, .next = words,
                           .plan = membership != NULL ? membership->plan_name : NULL });
}

/* --- bookings --- */

static char *
paid_with (SlDeskMemberPage *self, const SlBookingView *booking)
{
  if (booking->price_cents > 0)
    return money_of (self, booking->price_cents);
  if (booking->spent_hundredths > 0)
    return sl_record_words_credits (booking->spent_hundredths);
  return g_strdup ("");
}

static void
add_booking (SlDeskMemberPage *self, const SlBookingView *booking)
{
  g_autofree char *id = sl_id_to_string (&booking->id);
  g_autofree char *when = booking->start_ms > 0 ? when_of (self, booking->start_ms) : g_strdup ("");
  g_autofree char *n = g_strdup_printf ("%d", booking->spots);
  g_autofree char *spots = booking->spots > 1
    ? sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} person", "{n} people", (gulong) booking->spots), "n", n, NULL)
    : g_strdup ("");
  g_autofree char *position = g_strdup_printf ("%" G_GINT64_FORMAT, booking->position);
  g_autofree char *place = booking->position > 0
    ? sl_text_fill (_("number {n} in the queue"), "n", position, NULL) : g_strdup ("");
  g_autofree char *back = booking->refunded_hundredths > 0
    ? sl_record_words_credits (booking->refunded_hundredths) : NULL;
  g_autofree char *returned = back != NULL ? sl_text_fill (_("{credits} back"), "credits", back, NULL) : g_strdup ("");
  g_autofree char *detail = sl_text_join (" · ", when, spots, place, returned,
                                          booking->note != NULL ? booking->note : "", NULL);
  g_autofree char *figure = paid_with (self, booking);
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) {
    booking->class_name != NULL ? booking->class_name : _("A class that is not known here"), detail,
    sl_record_words_booking (booking->status), figure });

  if (sl_desk_booking_is_ahead (booking, sl_desk_get_now_ms (self->desk)) && self->data->may_cancel)
    {
      if (booking->status == SL_BOOKING_CONFIRMED && self->data->may_book)
        sl_list_row_add_button (row, C_ ("booking", "Move"), "", "member.move-booking", id);
      sl_list_row_add_button (row, _("Cancel it"), "danger", "member.cancel-booking", id);
    }
  if (booking->status == SL_BOOKING_CHECKED_IN && self->data->may_cancel)
    sl_list_row_add_button (row, _("Undo check-in"), "", "member.undo-check-in", id);
  add (self, SL_MEMBER_TAB_BOOKINGS, row);
}

static void
fill_bookings (SlDeskMemberPage *self)
{
  gint64 now_ms = sl_desk_get_now_ms (self->desk);
  GPtrArray *bookings = self->data->bookings;
  gboolean any = FALSE;

  sl_member_file_clear_tab (self->page, SL_MEMBER_TAB_BOOKINGS);
  for (guint i = bookings->len; i-- > 0;)
    if (sl_desk_booking_is_ahead (g_ptr_array_index (bookings, i), now_ms))
      {
        if (!any)
          add (self, SL_MEMBER_TAB_BOOKINGS, sl_list_heading_new (_("Ahead")));
        any = TRUE;
        add_booking (self, g_ptr_array_index (bookings, i));
      }
  any = FALSE;
  for (guint i = 0; i < bookings->len; i++)
    if (!sl_desk_booking_is_ahead (g_ptr_array_index (bookings, i), now_ms))
      {
        if (!any)
          /* Translators: a heading above past bookings */
          add (self, SL_MEMBER_TAB_BOOKINGS, sl_list_heading_new (_("Before")));
        any = TRUE;
        add_booking (self, g_ptr_array_index (bookings, i));
      }
  if (bookings->len == 0)
    add (self, SL_MEMBER_TAB_BOOKINGS, sl_list_note_new (_("No bookings yet.")));
}

/* --- credits and payments --- */

static char *
plan_detail (SlDeskMemberPage *self, const SlMembership *membership)
{
  g_autofree char *from = day_of (self, membership->from_ms);
  g_autofree char *until = membership->until_ms > 0 ? day_of (self, membership->until_ms) : NULL;
  g_autofree char *paid = membership->paid_until_ms > 0 ? day_of (self, membership->paid_until_ms) : NULL;
  g_autofree char *thaw = membership->frozen_until_ms > 0 ? day_of (self, membership->frozen_until_ms) : NULL;
  g_autofree char *since = sl_text_fill (_("since {day}"), "day", from, NULL);
  g_autofree char *ends = until != NULL ? sl_text_fill (_("ends {day}"), "day", until, NULL) : g_strdup ("");
  g_autofree char *is_paid = paid != NULL ? sl_text_fill (_("paid until {day}"), "day", paid, NULL) : g_strdup ("");
  g_autofree char *frozen = membership->status == SL_MEMBERSHIP_FROZEN && thaw != NULL
    ? sl_text_fill (_("frozen until {day}"), "day", thaw, NULL) : g_strdup ("");

  return sl_text_join (" · ", since, is_paid, frozen, ends, NULL);
}

static void
add_membership (SlDeskMemberPage *self, const SlMembership *membership)
{
  g_autofree char *id = sl_id_to_string (&membership->id);
  g_autofree char *detail = plan_detail (self, membership);
  gboolean over = membership->status == SL_MEMBERSHIP_EXPIRED || membership->status == SL_MEMBERSHIP_CANCELLED;
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) {
    membership->plan_name != NULL ? membership->plan_name : _("A plan that is not known here"), detail,
    sl_record_words_membership (membership->status), NULL });

  if (membership->status == SL_MEMBERSHIP_PAYMENT_DUE && self->data->may_sell)
    sl_list_row_add_button (row, _("Take the payment"), "main", "member.pay-plan", id);
  if (!over && self->data->may_finance)
    {
      if (membership->frozen_from_ms > 0)
        sl_list_row_add_button (row, C_ ("plan", "Unfreeze"), "", "member.unfreeze-plan", id);
      else
        sl_list_row_add_button (row, C_ ("plan", "Freeze"), "", "member.freeze-plan", id);
      if (!membership->cancelled)
        sl_list_row_add_button (row, C_ ("plan", "End it"), "danger", "member.end-plan", id);
    }
  add (self, SL_MEMBER_TAB_MONEY, row);
}

static void
add_payment (SlDeskMemberPage *self, const SlPayment *payment)
{
  g_autofree char *id = sl_id_to_string (&payment->id);
  g_autofree char *when = when_of (self, payment->at_ms);
  g_autofree char *figure = money_of (self, payment->amount_cents);
  g_autofree char *back = money_of (self, payment->refunded_cents);
  g_autofree char *returned = payment->refunded_cents > 0
    ? sl_text_fill (_("{money} given back."), "money", back, NULL) : g_strdup ("");
  g_autofree char *detail = sl_text_join (" · ", when, payment->reference != NULL ? payment->reference : "", returned,
                                          NULL);
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) { sl_record_words_method (payment->method), detail,
                                    sl_record_words_payment (payment->status), figure });

  if (payment->status == SL_PAYMENT_PENDING && self->data->may_sell)
    sl_list_row_add_button (row, _("It came in"), "", "member.payment-paid", id);
  if ((payment->status == SL_PAYMENT_PAID || payment->status == SL_PAYMENT_PART_REFUNDED)
      && payment->refundable_cents > 0 && self->data->may_refund)
    sl_list_row_add_button (row, _("Give back"), "", "member.refund", id);
  add (self, SL_MEMBER_TAB_MONEY, row);
}

static void
add_lots_and_entries (SlDeskMemberPage *self, const SlCredits *credits)
{
  add (self, SL_MEMBER_TAB_MONEY, sl_list_heading_new (_("Credits")));
  for (guint i = 0; i < credits->lots->len; i++)
    {
      const SlCreditLot *lot = &g_array_index (credits->lots, SlCreditLot, i);
      g_autofree char *left = sl_record_words_credits (lot->left_hundredths);
      g_autofree char *day = lot->expires_ms > 0 ? day_of (self, lot->expires_ms) : NULL;
      g_autofree char *until = day != NULL ? sl_text_fill (_("valid until {day}"), "day", day, NULL)
                                           : g_strdup (_("valid without an end"));

      add (self, SL_MEMBER_TAB_MONEY, sl_list_row_new (&(SlListRowWords) { left, until, NULL, NULL }));
    }
  for (guint i = credits->entries->len, n = 0; i-- > 0 && n < SL_DESK_ENTRIES_MAX; n++)
    {
      const SlCreditEntry *entry = g_ptr_array_index (credits->entries, i);
      g_autofree char *amount = sl_credits_format (entry->kind == SL_ENTRY_FORFEIT ? entry->forfeited_hundredths
                                                                                   : entry->amount_hundredths);
      g_autofree char *figure = g_strconcat (entry->kind != SL_ENTRY_FORFEIT && entry->amount_hundredths > 0 ? "+" : "",
                                             amount, NULL);
      g_autofree char *when = when_of (self, entry->at_ms);
      g_autofree char *detail = sl_text_join (" · ", when, entry->reason != NULL ? entry->reason : "", NULL);

      add (self, SL_MEMBER_TAB_MONEY,
           sl_list_row_new (&(SlListRowWords) { sl_record_words_entry (entry->kind), detail, NULL, figure }));
    }
  if (credits->entries->len == 0)
    add (self, SL_MEMBER_TAB_MONEY, sl_list_note_new (_("No credits yet.")));
}

static void
fill_money (SlDeskMemberPage *self)
{
  const SlDeskMemberData *data = self->data;

  sl_member_file_clear_tab (self->page, SL_MEMBER_TAB_MONEY);
  if (data->memberships != NULL && data->memberships->len > 0)
    {
      add (self, SL_MEMBER_TAB_MONEY, sl_list_heading_new (_("Plans")));
      for (guint i = 0; i < data->memberships->len; i++)
        add_membership (self, g_ptr_array_index (data->memberships, i));
    }
  if (data->payments != NULL && data->payments->len > 0)
    {
      add (self, SL_MEMBER_TAB_MONEY, sl_list_heading_new (_("Payments")));
      for (guint i = 0; i < data->payments->len && i < SL_DESK_ENTRIES_MAX; i++)
        add_payment (self, g_ptr_array_index (data->payments, i));
    }
  if (data->credits != NULL)
    add_lots_and_entries (self, data->credits);
}

/* --- notes --- */

static void
fill_notes (SlDeskMemberPage *self)
{
  const SlDeskMemberData *data = self->data;

  sl_member_file_clear_tab (self->page, SL_MEMBER_TAB_NOTES);
  sl_member_file_set_tab_visible (self->page, SL_MEMBER_TAB_NOTES, data->notes != NULL);
  if (data->may_note)
    {
      GtkWidget *button = sl_action_button_new (_("Write a note"), "main", "member.add-note", NULL);

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      add (self, SL_MEMBER_TAB_NOTES, button);
    }
  if (data->member->notes != NULL && *data->member->notes != '\0')
    add (self, SL_MEMBER_TAB_NOTES, sl_list_row_new (&(SlListRowWords) { data->member->notes, _("Always to be known"),
                                    NULL, NULL }));
  for (guint i = 0; data->notes != NULL && i < data->notes->len && i < SL_DESK_ENTRIES_MAX; i++)
    {
      const SlNote *note = g_ptr_array_index (data->notes, i);
      const char *who = g_hash_table_lookup (data->names, &note->actor);
      g_autofree char *when = when_of (self, note->at_ms);
      g_autofree char *detail = sl_text_join (" · ", who != NULL ? who : "", when, NULL);

      add (self, SL_MEMBER_TAB_NOTES, sl_list_row_new (&(SlListRowWords) { note->text != NULL ? note->text
                                      : _("Cannot be read on this device"), detail, NULL, NULL }));
    }
}

/* sl_desk_member_fill: shows what was read last; scrolled to where it was. */
void
sl_desk_member_fill (SlDeskMemberPage *self)
{
  fill_head (self);
  fill_bookings (self);
  fill_money (self);
  fill_notes (self);
  sl_desk_parq_fill (self);
  sl_desk_programs_fill (self);
}
