/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-sell"

#include "section-screen.h"

#include "engine/invoice.h"
#include "engine/member.h"
#include "engine/pass.h"
#include "engine/membership.h"
#include "engine/payment.h"
#include "engine/plan.h"
#include "engine/print-queue.h"
#include "engine/sale.h"
#include "engine/till.h"
#include "kiosk/desk-sell.h"
#include "kiosk/desk-till.h"
#include "kiosk/desk-walk-in.h"

#include <string.h>

/* The sections that take money, with a real engine: what the receptionist taps and reads, and what was recorded. */

static void
open_desk (Screen *screen, gconstpointer data)
{
  screen_open (screen, data);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
}

static SlMember *
find_member (Screen *screen, const char *name)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_member_list (screen->desk.engine, &screen->desk.owner, name, 0, &list, &refusal, NULL));
  g_assert_cmpuint (list->len, ==, 1);
  return g_ptr_array_steal_index (list, 0);
}

static GPtrArray *
payments_of (Screen *screen, const SlId *member)
{
  GPtrArray *list = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_payment_list (screen->desk.engine, &screen->desk.owner, member, &list, &refusal, NULL));
  return list;
}

static void
type_name (Screen *screen, const char *name)
{
  screen_type (screen, "Name, phone number, or scan a pass", name);
}

/* The code that stands on the screen until the money has come. */
static void
show_code (Screen *screen, const char *amount)
{
  g_autofree char *button = g_strdup_printf ("Show the code for %s", amount);

  screen_tap (screen, "QR code");
  screen_tap (screen, button);
  screen_wait (screen, "They read this with their telephone to pay.");
}

static void
see_money (Screen *screen)
{
  screen_tap (screen, "Money seen");
  screen_wait (screen, "The money has come.");
}

/* --- walk-in --- */

static void
choose_spin (Screen *screen, const char *who)
{
  type_name (screen, who);
  screen_tap (screen, who);
  screen_tap (screen, "Spin");
}

static void
test_cash_with_change (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 9), member = desk_member (&screen->desk, "Thandi");
  g_autoptr (GPtrArray) payments = NULL;

  screen_show (screen, sl_desk_walk_in_new);
  type_name (screen, "tha");
  screen_tap (screen, "Thandi");
  screen_tap (screen, "Spin");
  screen_wait (screen, "R180.00");
  screen_tap (screen, "R200");
  screen_wait (screen, "Change R20.00");
  screen_tap (screen, "Take R180.00");
  screen_wait (screen, "is booked");
  screen_wait (screen, "Change to give back");
  screen_wait (screen, "R20.00");
  screen_wait (screen, "Their pass");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 8);
  payments = payments_of (screen, &member);
  g_assert_cmpuint (payments->len, ==, 1);
  g_assert_cmpint (((SlPayment *) payments->pdata[0])->amount_cents, ==, 18000);
  g_assert_cmpint (((SlPayment *) payments->pdata[0])->tendered_cents, ==, 20000);
  screen_tap (screen, "Next person");
  g_assert_cmpstr (screen_typed (screen, "Name, phone number, or scan a pass"), ==, "");
}

static void
test_new_member_and_pack (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 9);
  g_autoptr (SlMember) member = NULL;

  screen_five_rides (screen);
  screen_show (screen, sl_desk_walk_in_new);
  screen_type (screen, "First name", "Lerato");
  screen_type (screen, "Last name", "Mokoena");
  screen_type (screen, "Phone number", "082 555 0147");
  screen_type (screen, "Date of birth, if they like: day, month, year", "31021990");
  screen_tap (screen, "New member, go on");
  screen_wait_said (screen, "There is no 31/02/1990.");
  screen_type (screen, "Date of birth, if they like: day, month, year", "28021990");
  screen_tap (screen, "New member, go on");
  screen_tap (screen, "Spin");
  screen_tap (screen, "Five rides");
  screen_tap (screen, "Card");
  screen_type (screen, "Slip number", "7741");
  /* Back and forth: nothing is lost. */
  screen_tap (screen, "Back");
  screen_tap (screen, "Back");
  g_assert_cmpstr (screen_typed (screen, "First name"), ==, "Lerato");
  screen_tap (screen, "3 · How paid");
  g_assert_cmpstr (screen_typed (screen, "Slip number"), ==, "7741");
  screen_tap (screen, "Take R750.00");
  screen_wait (screen, "Lerato Mokoena is booked");
  member = find_member (screen, "Lerato");
  g_assert_cmpstr (member->phone, ==, "+27825550147");
  g_assert_cmpstr (member->birth_date, ==, "1990-02-28");
  g_assert_cmpint (desk_balance (&screen->desk, &member->id), ==, 400);
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 8);
}

static void
test_possible_duplicate (Screen *screen, gconstpointer data)
{
  SlMemberParams params = { .first = "Lerato", .last = "Mokoena", .phone = "0825550147" };
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlMember) member = NULL;

  screen_spin (screen, 9);
  g_assert_true (sl_member_add (screen->desk.engine, &screen->desk.owner, &params, FALSE, &id, &refusal, NULL));
  screen_show (screen, sl_desk_walk_in_new);
  screen_type (screen, "First name", "Lera");
  screen_type (screen, "Last name", "Mok");
  screen_type (screen, "Phone number", "082 555 0147");
  screen_tap (screen, "New member, go on");
  screen_wait (screen, "This number is Lerato Mokoena's already");
  screen_tap (screen, "Yes, it is Lerato Mokoena");
  screen_tap (screen, "Spin");
  screen_wait (screen, "Lerato Mokoena · Spin");
  member = find_member (screen, "Mok");
}

static void
pay_by_slip (Screen *screen, const char *who, const char *slip)
{
  choose_spin (screen, who);
  screen_tap (screen, "Card");
  screen_type (screen, "Slip number", slip);
  screen_tap (screen, "Take R180.00");
}

static void
test_slip_twice (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 9);

  desk_member (&screen->desk, "Thandi");
  desk_member (&screen->desk, "Sibongile");
  screen_show (screen, sl_desk_walk_in_new);
  pay_by_slip (screen, "Thandi", "7741");
  screen_wait (screen, "is booked");
  screen_tap (screen, "Next person");
  pay_by_slip (screen, "Sibongile", "7741");
  screen_wait (screen, "Is this another payment?");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 8);
  screen_tap (screen, "Look again");
  g_assert_cmpstr (screen_typed (screen, "Slip number"), ==, "7741");
  screen_tap (screen, "Take R180.00");
  screen_tap (screen, "Yes, another payment");
  screen_wait (screen, "Sibongile");
  screen_wait (screen, "is booked");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 7);
}

static void
test_fills_up_while_paying (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 1), member = desk_member (&screen->desk, "Thandi");
  SlId other = desk_member (&screen->desk, "Sibongile");
  SlBookingRequest request = { .member_id = other, .session_id = session, .spots = 1, .payment_method = "cash" };
  g_autoptr (GPtrArray) payments = NULL;

  screen_five_rides (screen);
  screen_show (screen, sl_desk_walk_in_new);
  choose_spin (screen, "Thandi");
  screen_tap (screen, "Five rides");
  screen_tap (screen, "Card");
  screen_type (screen, "Slip number", "9001");
  /* Another desk gives the last place away meanwhile. */
  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &request, NULL), ==, "ok");
  screen_tap (screen, "Take R750.00");
  screen_wait (screen, "The class has just filled up");
  payments = payments_of (screen, &member);
  g_assert_cmpuint (payments->len, ==, 0);
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 0);
  screen_tap (screen, "Join the waitlist");
  screen_wait (screen, "The waitlist");
  screen_tap (screen, "Join the waitlist");
  screen_wait (screen, "is number 1 on the waitlist");
}

/* --- selling --- */

static void
choose_thandi (Screen *screen)
{
  screen_tap (screen, "Choose a member");
  type_name (screen, "Thandi");
  screen_tap (screen, "Thandi Nkosi");
  screen_wait (screen, "At the counter");
}

static void
choose_five_rides (Screen *screen)
{
  choose_thandi (screen);
  screen_tap (screen, "Five rides");
}

static void
owes_nothing (Screen *screen)
{
  screen_tap (screen, "Next sale");
  choose_thandi (screen);
  screen_tap (screen, "Still to pay");
  screen_wait (screen, "They owe nothing.");
}

static void
test_part_and_rest (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autoptr (GPtrArray) payments = NULL;

  screen_five_rides (screen);
  screen_show (screen, sl_desk_sell_new);
  screen_tap (screen, "Five rides");
  screen_wait_said (screen, "Whose is it?");
  type_name (screen, "Thandi");
  screen_tap (screen, "Thandi Nkosi");
  screen_tap (screen, "Card");
  screen_type (screen, "Slip number", "5150");
  screen_type (screen, "Amount, if only a part", "500");
  screen_tap (screen, "Take R500.00, R250.00 another way");
  screen_wait (screen, "R250.00");
  screen_tap (screen, "The rest later");
  screen_wait (screen, "Sold");
  screen_wait (screen, "R250.00 is still to be paid");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 500);
  screen_tap (screen, "Next sale");

  /* Another day. */
  choose_thandi (screen);
  screen_tap (screen, "Still to pay");
  screen_tap (screen, "R250.00");
  screen_tap (screen, "R200");
  screen_tap (screen, "R100");
  screen_wait (screen, "Change R50.00");
  screen_tap (screen, "Take R250.00");
  screen_wait (screen, "Sold");
  payments = payments_of (screen, &member);
  g_assert_cmpuint (payments->len, ==, 2);
  owes_nothing (screen);
}

static void
test_voucher_and_counter (Screen *screen, gconstpointer data)
{
  GtkWidget *label;
  g_autofree char *code = NULL;

  screen_show (screen, sl_desk_sell_new);
  screen_tap (screen, "Voucher");
  screen_type (screen, "Price of one", "100");
  screen_tap (screen, "Take R100.00");
  screen_wait (screen, "The voucher: ");
  label = screen_find_part (screen, "The voucher: ");
  code = g_strdup (gtk_label_get_text (GTK_LABEL (label)) + strlen ("The voucher: "));
  *strchr (code, '.') = '\0';
  screen_tap (screen, "Next sale");

  /* More than there is on it: what is left is offered, and the rest paid in cash. */
  screen_tap (screen, "Anything else");
  screen_type (screen, "What it is", "Towel");
  screen_type (screen, "Price of one", "65.50");
  screen_tap (screen, "+");
  screen_wait (screen, "R131.00");
  screen_tap (screen, "Voucher");
  screen_type (screen, "Code of the voucher", code);
  screen_tap (screen, "Take R131.00");
  screen_wait (screen, "R100.00 is left on this voucher");
  screen_tap (screen, "Use R100.00");
  screen_wait (screen, "R31.00");
  screen_tap (screen, "R50");
  screen_tap (screen, "Take R31.00");
  screen_wait (screen, "R19.00");
  screen_wait (screen, "Sold");
}

static void
set_pay_link (Screen *screen)
{
  SlInvoiceDetails details = { .pay_link = (char *) "https://pos.snapscan.io/qr/x?id={reference}&amount={cents}" };
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_invoice_details_edit (screen->desk.engine, &screen->desk.owner, &details, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
test_code_on_the_screen (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autoptr (GPtrArray) before = NULL, after = NULL;

  screen_five_rides (screen);
  set_pay_link (screen);
  screen_show (screen, sl_desk_sell_new);
  choose_five_rides (screen);
  show_code (screen, "R750.00");
  screen_wait (screen, "R750.00 by QR code has not been seen yet");
  before = payments_of (screen, &member);
  g_assert_cmpint (((SlPayment *) before->pdata[0])->status, ==, SL_PAYMENT_PENDING);
  see_money (screen);
  after = payments_of (screen, &member);
  g_assert_cmpint (((SlPayment *) after->pdata[0])->status, ==, SL_PAYMENT_PAID);
  screen_wait (screen, "Their pass");
  g_assert_false (screen_shows (screen, "They read this with their telephone to pay."));
}

/* A voucher's code is shown once: whoever pays for it by a code sees that first and loses nothing. */
static void
test_pay_code_then_voucher (Screen *screen, gconstpointer data)
{
  set_pay_link (screen);
  screen_show (screen, sl_desk_sell_new);
  screen_tap (screen, "Voucher");
  screen_type (screen, "Price of one", "100");
  show_code (screen, "R100.00");
  g_assert_false (screen_shows (screen, "The voucher: "));
  g_assert_null (screen_button (screen, "Next sale"));
  screen_tap (screen, "Go on without it");
  screen_wait (screen, "The voucher: ");
  g_assert_false (screen_shows (screen, "They read this with their telephone to pay."));
  screen_wait (screen, "R100.00 by QR code has not been seen yet");
  screen_tap (screen, "It did not come");
  screen_wait (screen, "It did not come. It is still owed");
  screen_wait (screen, "The voucher: ");
  screen_tap (screen, "Next sale");
}

static void
test_pay_code_then_pass (Screen *screen, gconstpointer data)
{
  set_pay_link (screen);
  screen_spin (screen, 9);
  desk_member (&screen->desk, "Thandi");
  screen_show (screen, sl_desk_walk_in_new);
  type_name (screen, "tha");
  screen_tap (screen, "Thandi");
  screen_tap (screen, "Spin");
  show_code (screen, "R180.00");
  g_assert_false (screen_shows (screen, "Their pass"));
  see_money (screen);
  screen_wait (screen, "Their pass");
}

/* Without a link there is no code; the money is taken all the same. */
static void
test_no_pay_link (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autoptr (GPtrArray) payments = NULL;

  screen_five_rides (screen);
  screen_show (screen, sl_desk_sell_new);
  choose_five_rides (screen);
  screen_tap (screen, "QR code");
  screen_wait (screen, "No link to pay by is set");
  g_assert_null (screen_button (screen, "Show the code for R750.00"));
  screen_tap (screen, "Wait for R750.00");
  screen_wait (screen, "R750.00 by QR code has not been seen yet");
  screen_wait (screen, "Their pass");
  payments = payments_of (screen, &member);
  g_assert_cmpint (((SlPayment *) payments->pdata[0])->status, ==, SL_PAYMENT_PENDING);
}

/* Who buys what is used at the door leaves with what opens it; who has that already, with what they have. */
static void
test_sale_gives_a_pass (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autoptr (SlPass) first = NULL, second = NULL;

  screen_five_rides (screen);
  screen_show (screen, sl_desk_sell_new);
  for (int i = 0; i < 2; i++)
    {
      choose_five_rides (screen);
      screen_tap (screen, "Card");
      screen_tap (screen, "Take R750.00");
      screen_wait (screen, "Sold");
      g_assert_true (screen_shows (screen, "Their pass") == (i == 0));
      (void) (i == 0 ? (first = sl_pass_current (screen->desk.engine, &member, NULL))
                     : (second = sl_pass_current (screen->desk.engine, &member, NULL)));
      screen_tap (screen, i == 0 ? "Next sale" : "Print receipt");
    }
  g_assert_nonnull (first);
  g_assert_cmpstr (first->code, ==, second->code);
}

/* --- plans --- */

/* Thandi's, paid until yesterday. */
static SlId
due_plan (Screen *screen, const SlId *member)
{
  SlPlanParams plan;
  SlMembershipParams terms = { .member_id = *member, .from_ms = MORNING - DAYS (31),
                               .paid_until_ms = MORNING - DAYS (1) };
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };

  sl_plan_params_init (&plan);
  plan.name = "Unlimited";
  plan.kind = "unlimited";
  plan.period = "monthly";
  plan.price_cents = 90000;
  g_assert_true (sl_plan_add (screen->desk.engine, &screen->desk.owner, &plan, &terms.plan_id, &refusal, NULL));
  g_assert_true (sl_membership_start (screen->desk.engine, &screen->desk.owner, &terms, &id, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

static gint64
paid_until_ms (Screen *screen, const SlId *membership)
{
  g_autoptr (SlMembership) found = sl_membership_get (screen->desk.engine, membership, NULL);

  g_assert_nonnull (found);
  return found->paid_until_ms;
}

/* As anything else that is sold: with change, and with a code to pay by. */
static void
test_plan_is_paid (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), membership = due_plan (screen, &member);
  gint64 before_ms = paid_until_ms (screen, &membership), paid_ms;

  set_pay_link (screen);
  screen_show (screen, sl_desk_sell_new);
  sl_desk_open (screen->reception, SL_DESK_SELL, &membership);
  screen_wait (screen, "Thandi Nkosi");
  screen_wait (screen, "paid until Sun 1 March");
  screen_tap (screen, "R200");
  for (int i = 0; i < 4; i++)
    screen_tap (screen, "R200");
  screen_wait (screen, "Change R100.00");
  screen_tap (screen, "Take R900.00");
  screen_wait (screen, "Change to give back");
  screen_wait (screen, "R100.00");
  screen_wait (screen, "Their pass");
  paid_ms = paid_until_ms (screen, &membership);
  g_assert_cmpint (paid_ms, >, before_ms);
  screen_tap (screen, "Next sale");

  /* The next month ahead of its time. */
  sl_desk_open (screen->reception, SL_DESK_SELL, &membership);
  screen_wait (screen, "paid until Wed 1 April");
  show_code (screen, "R900.00");
  g_assert_cmpint (paid_until_ms (screen, &membership), ==, paid_ms);
  see_money (screen);
  g_assert_cmpint (paid_until_ms (screen, &membership), >, paid_ms);
}

/* Whoever is there to buy something else finds it among what is still to pay, while it is. */
static void
test_plan_is_still_to_pay (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");

  due_plan (screen, &member);
  screen_show (screen, sl_desk_sell_new);
  choose_thandi (screen);
  screen_tap (screen, "Still to pay");
  screen_tap (screen, "Unlimited");
  screen_tap (screen, "Card");
  screen_tap (screen, "Take R900.00");
  screen_wait (screen, "Sold");
  owes_nothing (screen);
}

static void
test_cash_needs_a_till (Screen *screen, gconstpointer data)
{
  desk_policy (&screen->desk, "till_needed", "yes");
  screen_show (screen, sl_desk_sell_new);
  screen_tap (screen, "Anything else");
  screen_type (screen, "What it is", "Water");
  screen_type (screen, "Price of one", "20");
  screen_tap (screen, "Take R20.00");
  screen_wait (screen, "The till is closed");
  screen_tap (screen, "Pay another way");
  g_assert_cmpstr (screen_typed (screen, "What it is"), ==, "Water");
  screen_tap (screen, "Card");
  screen_tap (screen, "Take R20.00");
  screen_wait (screen, "Sold");
}

/* --- the till --- */

static void
sell_towel (Screen *screen, gint64 cents, const char *method)
{
  SlSaleParams params = { .method = method, .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_sale_other (screen->desk.engine, &screen->desk.owner, &params, "Towel", cents, 1, &sale, &refusal,
                                &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
test_till_closes_with_a_difference (Screen *screen, gconstpointer data)
{
  SlTill *till = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  screen_show (screen, sl_desk_till_new);
  screen_tap (screen, "Open the till");
  screen_type (screen, "Cash in it now, the float", "500");
  screen_tap (screen, "Open it");
  screen_wait (screen, "The till is open since Today 06:00");
  sell_towel (screen, 12000, "cash");
  sell_towel (screen, 8000, "card");
  screen_tap (screen, "Cash out");
  screen_type (screen, "Amount", "50");
  screen_type (screen, "What for", "Milk");
  screen_tap (screen, "Take it out");
  screen_wait (screen, "R570.00");
  screen_wait (screen, "Together R200.00");
  screen_tap (screen, "Count and close");
  screen_wait (screen, "There should be R570.00 in it.");
  screen_type (screen, "Cash counted", "560");
  screen_wait (screen, "R10.00 short: there should be R570.00.");
  screen_tap (screen, "Close it with the difference");
  screen_wait_said (screen, "The till is closed, R10.00 short.");
  screen_wait (screen, "The till is closed");
  g_assert_true (sl_till_show (screen->desk.engine, &screen->desk.owner, NULL, &till, &refusal, NULL));
  g_assert_cmpint (till->difference_cents, ==, -1000);
  g_assert_cmpint (till->counted_cents, ==, 56000);
  sl_till_free (till);
}

static void
test_refund_over_the_limit (Screen *screen, gconstpointer data)
{
  sell_towel (screen, 90000, "card");
  screen_show (screen, sl_desk_till_new);
  screen_tap (screen, "Towel");
  screen_wait (screen, "Tap a payment to give money back:");
  screen_tap (screen, "Card");
  screen_wait (screen, "Say why");
  screen_type (screen, "Amount", "9000");
  screen_wait (screen, "At most R900.00 of it can be given back.");
  screen_type (screen, "Amount", "900");
  screen_type (screen, "Why", "Bought twice");
  screen_tap (screen, "Give R900.00 back");
  screen_approve (screen, SL_ROLE_MANAGER);
  screen_wait_said (screen, "R900.00 was given back.");
  screen_wait (screen, "R900.00 of it given back");
  screen_tap (screen, "Towel");
  screen_wait (screen, "Nothing of it can be given back.");
}

static void
test_print_again (Screen *screen, gconstpointer data)
{
  SlPrinter printer = { .name = (char *) "till", .target = (char *) "file:/dev/null", .paper = (char *) "80mm",
                        .receipts = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  sell_towel (screen, 5000, "cash");
  screen_show (screen, sl_desk_till_new);
  screen_tap (screen, "Towel");
  screen_tap (screen, "Print it again");
  screen_wait_said (screen, "This desk has no printer");
  g_assert_true (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, &error));
  g_assert_no_error (error);
  screen_tap (screen, "Towel");
  screen_tap (screen, "Print it again");
  screen_wait_said (screen, "on its way to the printer");
  jobs = sl_print_queue_list (screen->desk.engine, TRUE, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_true (((SlPrintJob *) jobs->pdata[0])->copy);
}

/* A receipt of another day: by what stands on it, or by that day. */
static void
test_older_receipt (Screen *screen, gconstpointer data)
{
  static const char *const search = "An older receipt: its number, or day, month, year";
  g_autoptr (GPtrArray) payments = NULL;
  GtkWidget *label;
  g_autofree char *number = NULL, *lower = NULL;

  sell_towel (screen, 5000, "card");
  screen->desk.world.now_ms += DAYS (3);
  sell_towel (screen, 7000, "cash");
  screen_show (screen, sl_desk_till_new);
  screen_wait (screen, "R70.00");
  g_assert_null (screen_button (screen, "R50.00"));

  screen_type (screen, search, "02/03/2026");
  screen_wait (screen, "Receipts that were found");
  screen_wait (screen, "2 March 2026 06:00 · Towel");
  g_assert_null (screen_button (screen, "R70.00"));
  label = screen_find_part (screen, "-000001");
  number = g_strdup (gtk_label_get_text (GTK_LABEL (label)));
  screen_type (screen, search, "");
  screen_wait (screen, "Receipts of today");
  screen_wait_gone (screen, "2 March 2026");

  lower = g_ascii_strdown (number, -1);
  screen_type (screen, search, lower);
  screen_wait (screen, "2 March 2026 06:00 · Towel");
  screen_type (screen, search, "2");
  screen_wait (screen, "5 March 2026 06:00 · Towel");
  screen_type (screen, search, "0000-1");
  screen_wait (screen, "There is no such receipt.");
  screen_type (screen, search, "towel");
  screen_wait (screen, "There is no such receipt.");

  /* Printed again, and given back. */
  screen_type (screen, search, "1");
  screen_tap (screen, "2 March 2026 06:00 · Towel");
  screen_wait (screen, "Print it again");
  screen_tap (screen, "Card");
  screen_type (screen, "Why", "Torn");
  screen_tap (screen, "Give R50.00 back");
  screen_wait_said (screen, "R50.00 was given back.");
  screen_wait (screen, "2 March 2026 06:00 · Towel");
}

/* By its number, and among those of its day. */
static void
test_credit_note (Screen *screen, gconstpointer data)
{
  static const char *const search = "An older receipt: its number, or day, month, year";
  SlPrinter printer = { .name = (char *) "till", .target = (char *) "file:/dev/null", .paper = (char *) "80mm",
                        .receipts = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) jobs = NULL;

  g_assert_true (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, NULL));
  sell_towel (screen, 5000, "card");
  screen_show (screen, sl_desk_till_new);
  screen_tap (screen, "Towel");
  screen_tap (screen, "Card");
  screen_type (screen, "Amount", "20");
  screen_type (screen, "Why", "Torn");
  screen_tap (screen, "Give R20.00 back");
  screen_wait (screen, "06:00 · Given back on ");
  screen_wait (screen, "-R20.00");
  screen_type (screen, search, "2");
  screen_wait (screen, "Receipts that were found");
  screen_wait_gone (screen, "Towel");
  screen_tap (screen, "2 March 2026 06:00 · Given back on ");
  screen_wait (screen, "Credit note · ");
  screen_wait (screen, "-000002 · R20.00");
  screen_wait (screen, "Torn");
  g_assert_false (screen_shows (screen, "Nothing of it can be given back."));
  screen_tap (screen, "Print it again");
  screen_wait_said (screen, "on its way to the printer");
  jobs = sl_print_queue_list (screen->desk.engine, TRUE, NULL);
  g_assert_cmpuint (jobs->len, ==, 2); /* the first when it was given */
  g_assert_false (((SlPrintJob *) jobs->pdata[0])->copy);
  g_assert_true (((SlPrintJob *) jobs->pdata[1])->copy);
}

/* More than a code is made for is sold all the same, and said before: nothing is refused once it is written. */
static void
test_too_much_for_a_code (Screen *screen, gconstpointer data)
{
  set_pay_link (screen);
  screen_show (screen, sl_desk_sell_new);
  for (int i = 0; i < 2; i++)
    {
      screen_tap (screen, "Anything else");
      screen_type (screen, "What it is", "The studio's bus");
      screen_type (screen, "Price of one", "1200000");
      screen_tap (screen, "QR code");
      screen_wait (screen, "This desk shows a code for R1\u00a0000\u00a0000.00 at most.");
      g_assert_null (screen_button (screen, "Show the code for"));
      if (i == 1)
        {
          screen_type (screen, "Amount, if only a part", "200000");
          screen_wait (screen, "The code comes next.");
          screen_tap (screen, "Take R200\u00a0000.00, R1\u00a0000\u00a0000.00 another way");
          screen_tap (screen, "Show the code for R1\u00a0000\u00a0000.00");
          screen_wait (screen, "They read this with their telephone to pay.");
          return;
        }
      screen_tap (screen, "Wait for R1\u00a0200\u00a0000.00");
      screen_wait (screen, "Sold");
      screen_wait (screen, "R1\u00a0200\u00a0000.00 by QR code has not been seen yet");
      screen_tap (screen, "Next sale");
    }
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Screen, NULL, open_desk, func, screen_close)
  TEST ("/sl/desk/walk-in/cash-with-change", test_cash_with_change);
  TEST ("/sl/desk/walk-in/a-new-member-buys-a-pack-and-is-booked", test_new_member_and_pack);
  TEST ("/sl/desk/walk-in/a-known-number-is-asked-about", test_possible_duplicate);
  TEST ("/sl/desk/walk-in/the-same-slip-is-asked-about-once", test_slip_twice);
  TEST ("/sl/desk/walk-in/a-class-fills-up-while-they-pay", test_fills_up_while_paying);
  TEST ("/sl/desk/sell/a-part-now-and-the-rest-later", test_part_and_rest);
  TEST ("/sl/desk/sell/a-voucher-pays-a-part", test_voucher_and_counter);
  TEST ("/sl/desk/sell/a-code-on-the-screen-until-the-money-is-seen", test_code_on_the_screen);
  TEST ("/sl/desk/sell/pay-code-first-then-the-voucher", test_pay_code_then_voucher);
  TEST ("/sl/desk/walk-in/pay-code-first-then-the-pass", test_pay_code_then_pass);
  TEST ("/sl/desk/sell/without-a-link-it-says-so", test_no_pay_link);
  TEST ("/sl/desk/sell/who-has-no-pass-gets-one", test_sale_gives_a_pass);
  TEST ("/sl/desk/sell/a-plan-is-paid-like-anything-else", test_plan_is_paid);
  TEST ("/sl/desk/sell/a-plan-that-is-due-is-still-to-pay", test_plan_is_still_to_pay);
  TEST ("/sl/desk/sell/till-closed", test_cash_needs_a_till);
  TEST ("/sl/desk/till/closes-with-a-difference", test_till_closes_with_a_difference);
  TEST ("/sl/desk/till/refund-over-limit", test_refund_over_the_limit);
  TEST ("/sl/desk/till/prints-again", test_print_again);
  TEST ("/sl/desk/till/an-older-receipt-is-found", test_older_receipt);
  TEST ("/sl/desk/till/a-credit-note-is-found-and-printed-again", test_credit_note);
  TEST ("/sl/desk/sell/too-much-for-a-code-is-sold-without-one", test_too_much_for_a_code);
#undef TEST
  return g_test_run ();
}
