/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-sell"

#include "desk-fixture.h"

#include "core/crypto.h"
#include "engine/invoice.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/payment.h"
#include "engine/print-queue.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/till.h"
#include "kiosk/desk-sell.h"
#include "kiosk/desk-till.h"
#include "kiosk/desk-walk-in.h"
#include "kiosk/desk.h"
#include "kiosk/door.h"
#include "language.h"
#include "widgets/sheet.h"

#include <adwaita.h>
#include <string.h>

/* The sections that take money, with a real engine: what the receptionist taps and reads, and what was recorded. */

#define PIN "482916" /* of everybody who desk_staff() takes on */

typedef struct {
  Desk desk;
  SlDoor *door;
  SlDesk *at;
  SlActor receptionist;
  GtkWidget *page, *window;
  char *said;
} Hall;

/* --- finding and tapping --- */

static gboolean
says (GtkWidget *widget, const char *text, gboolean whole)
{
  const char *label = GTK_IS_LABEL (widget) ? gtk_label_get_label (GTK_LABEL (widget)) : NULL;

  if (label != NULL && gtk_widget_get_mapped (widget)
      && (whole ? g_str_equal (label, text) : strstr (label, text) != NULL))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text, whole))
      return TRUE;
  return FALSE;
}

/* The last one: what lies on top comes last. */
static GtkWidget *
find_button (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_BUTTON (widget) && gtk_widget_is_sensitive (widget) && says (widget, text, FALSE))
    return widget;
  for (GtkWidget *child = gtk_widget_get_last_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_prev_sibling (child))
    found = find_button (child, text);
  return found;
}

static GtkWidget *
find_entry (GtkWidget *widget, const char *label)
{
  GtkWidget *first = gtk_widget_get_first_child (widget), *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_LABEL (first) && g_str_equal (gtk_label_get_label (GTK_LABEL (first)), label)
      && GTK_IS_ENTRY (gtk_widget_get_next_sibling (first)))
    return gtk_widget_get_next_sibling (first);
  for (GtkWidget *child = gtk_widget_get_last_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_prev_sibling (child))
    found = find_entry (child, label);
  return found;
}

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
tap (Hall *hall, const char *text)
{
  GtkWidget *button;

  while ((button = find_button (hall->window, text)) == NULL)
    turn ();
  g_signal_emit_by_name (button, "clicked");
}

static void
type (Hall *hall, const char *label, const char *text)
{
  GtkWidget *entry;

  while ((entry = find_entry (hall->window, label)) == NULL)
    turn ();
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static const char *
typed (Hall *hall, const char *label)
{
  GtkWidget *entry;

  while ((entry = find_entry (hall->window, label)) == NULL)
    turn ();
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

static void
wait_for (Hall *hall, const char *text)
{
  while (!says (hall->window, text, FALSE))
    turn ();
}

static void
wait_until_said (Hall *hall, const char *text)
{
  while (hall->said == NULL || strstr (hall->said, text) == NULL)
    turn ();
}

static const char *
label_with (GtkWidget *widget, const char *text)
{
  const char *found = NULL;

  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return gtk_label_get_label (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = label_with (child, text);
  return found;
}

/* --- the hall --- */

static void
on_said (SlDesk *at, int tone, const char *text, Hall *hall)
{
  g_free (hall->said);
  hall->said = g_strdup (text);
}

static void
on_signed_in (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal->code), ==, "ok");
}

static void
set_up (Hall *hall, gconstpointer data)
{
  desk_open (&hall->desk, NULL);
  desk_staff (&hall->desk, SL_ROLE_RECEPTIONIST, &hall->receptionist);
}

static void
close_window (Hall *hall)
{
  if (hall->window != NULL)
    gtk_window_destroy (GTK_WINDOW (hall->window));
  hall->window = NULL;
}

static void
show (Hall *hall, GtkWidget *(*make) (SlDesk *desk))
{
  if (hall->door == NULL)
    {
      hall->door = sl_door_new (hall->desk.dir->path, &hall->desk.world.base);
      while (sl_door_get_state (hall->door) != SL_DOOR_OPEN)
        turn ();
      hall->at = sl_desk_new (hall->door, &hall->desk.world.base);
      g_signal_connect (hall->at, "said", G_CALLBACK (on_said), hall);
      sl_desk_sign_in (hall->at, &hall->receptionist.id, PIN, NULL, on_signed_in);
      while (sl_desk_get_staff (hall->at) == NULL)
        turn ();
    }
  close_window (hall);
  hall->page = make (hall->at);
  hall->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (hall->window), 1120, 680);
  gtk_window_set_child (GTK_WINDOW (hall->window), sl_sheet_host_new (hall->page));
  gtk_window_present (GTK_WINDOW (hall->window));
  while (!gtk_widget_get_mapped (hall->page))
    turn ();
}

static void
tear_down (Hall *hall, gconstpointer data)
{
  close_window (hall);
  if (hall->at != NULL)
    {
      /* What was asked for last keeps it until it is answered. */
      g_object_add_weak_pointer (G_OBJECT (hall->at), (gpointer *) &hall->at);
      g_object_unref (hall->at);
      while (hall->at != NULL)
        turn ();
    }
  if (hall->door != NULL)
    {
      sl_door_close (hall->door);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_object_unref (hall->door);
    }
  g_free (hall->said);
  sl_actor_clear (&hall->receptionist);
  desk_close (&hall->desk, NULL);
}

/* A class for one credit or R180, an hour from now. */
static SlId
spin (Hall *hall, gint64 capacity)
{
  SlServiceParams params;
  SlId service;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.name = "Spin";
  params.kind = "class";
  params.type = "cycling";
  params.duration_min = 45;
  params.capacity = capacity;
  params.credits_hundredths = 100;
  params.price_cents = 18000;
  g_assert_true (sl_service_add (hall->desk.engine, &hall->desk.owner, &params, &service, &refusal, NULL));
  return desk_session (&hall->desk, &service, MORNING + HOURS (1));
}

static void
five_rides (Hall *hall)
{
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_package_add (hall->desk.engine, &hall->desk.owner, "Five rides", 500, 75000, 90, &id, &refusal,
                                 NULL));
}

static SlMember *
find_member (Hall *hall, const char *name)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_member_list (hall->desk.engine, &hall->desk.owner, name, 0, &list, &refusal, NULL));
  g_assert_cmpuint (list->len, ==, 1);
  return g_ptr_array_steal_index (list, 0);
}

static GPtrArray *
payments_of (Hall *hall, const SlId *member)
{
  GPtrArray *list = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_payment_list (hall->desk.engine, &hall->desk.owner, member, &list, &refusal, NULL));
  return list;
}

/* --- walk-in --- */

static void
test_cash_with_change (Hall *hall, gconstpointer data)
{
  SlId session = spin (hall, 9), member = desk_member (&hall->desk, "Thandi");
  g_autoptr (GPtrArray) payments = NULL;

  show (hall, sl_desk_walk_in_new);
  type (hall, "Name, phone number, or scan a pass", "tha");
  tap (hall, "Thandi");
  tap (hall, "Spin");
  wait_for (hall, "R180.00");
  tap (hall, "R200");
  wait_for (hall, "Change R20.00");
  tap (hall, "Take R180.00");
  wait_for (hall, "is booked");
  wait_for (hall, "Change to give back");
  wait_for (hall, "R20.00");
  wait_for (hall, "Their pass");
  g_assert_cmpint (desk_free_spots (&hall->desk, &session), ==, 8);
  payments = payments_of (hall, &member);
  g_assert_cmpuint (payments->len, ==, 1);
  g_assert_cmpint (((SlPayment *) payments->pdata[0])->amount_cents, ==, 18000);
  g_assert_cmpint (((SlPayment *) payments->pdata[0])->tendered_cents, ==, 20000);
  tap (hall, "Next person");
  g_assert_cmpstr (typed (hall, "Name, phone number, or scan a pass"), ==, "");
}

static void
test_new_member_and_pack (Hall *hall, gconstpointer data)
{
  SlId session = spin (hall, 9);
  g_autoptr (SlMember) member = NULL;

  five_rides (hall);
  show (hall, sl_desk_walk_in_new);
  type (hall, "First name", "Lerato");
  type (hall, "Last name", "Mokoena");
  type (hall, "Phone number", "082 555 0147");
  tap (hall, "New member, go on");
  tap (hall, "Spin");
  tap (hall, "Five rides");
  tap (hall, "Card");
  type (hall, "Slip number", "7741");
  /* Back and forth: nothing is lost. */
  tap (hall, "Back");
  tap (hall, "Back");
  g_assert_cmpstr (typed (hall, "First name"), ==, "Lerato");
  tap (hall, "3 · How paid");
  g_assert_cmpstr (typed (hall, "Slip number"), ==, "7741");
  tap (hall, "Take R750.00");
  wait_for (hall, "Lerato Mokoena is booked");
  member = find_member (hall, "Lerato");
  g_assert_cmpstr (member->phone, ==, "+27825550147");
  g_assert_cmpint (desk_balance (&hall->desk, &member->id), ==, 400);
  g_assert_cmpint (desk_free_spots (&hall->desk, &session), ==, 8);
}

static void
test_possible_duplicate (Hall *hall, gconstpointer data)
{
  SlMemberParams params = { .first = "Lerato", .last = "Mokoena", .phone = "0825550147" };
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlMember) member = NULL;

  spin (hall, 9);
  g_assert_true (sl_member_add (hall->desk.engine, &hall->desk.owner, &params, FALSE, &id, &refusal, NULL));
  show (hall, sl_desk_walk_in_new);
  type (hall, "First name", "Lera");
  type (hall, "Last name", "Mok");
  type (hall, "Phone number", "082 555 0147");
  tap (hall, "New member, go on");
  wait_for (hall, "This number is Lerato Mokoena's already");
  tap (hall, "Yes, it is Lerato Mokoena");
  tap (hall, "Spin");
  wait_for (hall, "Lerato Mokoena · Spin");
  member = find_member (hall, "Mok");
}

static void
pay_by_slip (Hall *hall, const char *who, const char *slip)
{
  type (hall, "Name, phone number, or scan a pass", who);
  tap (hall, who);
  tap (hall, "Spin");
  tap (hall, "Card");
  type (hall, "Slip number", slip);
  tap (hall, "Take R180.00");
}

static void
test_slip_twice (Hall *hall, gconstpointer data)
{
  SlId session = spin (hall, 9);

  desk_member (&hall->desk, "Thandi");
  desk_member (&hall->desk, "Sibongile");
  show (hall, sl_desk_walk_in_new);
  pay_by_slip (hall, "Thandi", "7741");
  wait_for (hall, "is booked");
  tap (hall, "Next person");
  pay_by_slip (hall, "Sibongile", "7741");
  wait_for (hall, "Is this another payment?");
  g_assert_cmpint (desk_free_spots (&hall->desk, &session), ==, 8);
  tap (hall, "Look again");
  g_assert_cmpstr (typed (hall, "Slip number"), ==, "7741");
  tap (hall, "Take R180.00");
  tap (hall, "Yes, another payment");
  wait_for (hall, "Sibongile");
  wait_for (hall, "is booked");
  g_assert_cmpint (desk_free_spots (&hall->desk, &session), ==, 7);
}

static void
test_fills_up_while_paying (Hall *hall, gconstpointer data)
{
  SlId session = spin (hall, 1), member = desk_member (&hall->desk, "Thandi");
  SlId other = desk_member (&hall->desk, "Sibongile");
  SlBookingRequest request = { .member_id = other, .session_id = session, .spots = 1, .payment_method = "cash" };
  g_autoptr (GPtrArray) payments = NULL;

  five_rides (hall);
  show (hall, sl_desk_walk_in_new);
  type (hall, "Name, phone number, or scan a pass", "Thandi");
  tap (hall, "Thandi");
  tap (hall, "Spin");
  tap (hall, "Five rides");
  tap (hall, "Card");
  type (hall, "Slip number", "9001");
  /* Another desk gives the last place away meanwhile. */
  g_assert_cmpstr (desk_try_request (&hall->desk, &hall->desk.owner, &request, NULL), ==, "ok");
  tap (hall, "Take R750.00");
  wait_for (hall, "The class has just filled up");
  payments = payments_of (hall, &member);
  g_assert_cmpuint (payments->len, ==, 0);
  g_assert_cmpint (desk_balance (&hall->desk, &member), ==, 0);
  tap (hall, "Join the waitlist");
  wait_for (hall, "The waitlist");
  tap (hall, "Join the waitlist");
  wait_for (hall, "is number 1 on the waitlist");
}

/* --- selling --- */

static void
choose_thandi (Hall *hall)
{
  tap (hall, "Choose a member");
  type (hall, "Name, phone number, or scan a pass", "Thandi");
  tap (hall, "Thandi Nkosi");
  wait_for (hall, "At the counter");
}

static void
test_part_and_rest (Hall *hall, gconstpointer data)
{
  SlId member = desk_member (&hall->desk, "Thandi");
  g_autoptr (GPtrArray) payments = NULL;

  five_rides (hall);
  show (hall, sl_desk_sell_new);
  tap (hall, "Five rides");
  wait_until_said (hall, "Whose is it?");
  type (hall, "Name, phone number, or scan a pass", "Thandi");
  tap (hall, "Thandi Nkosi");
  tap (hall, "Card");
  type (hall, "Slip number", "5150");
  type (hall, "Amount, if only a part", "500");
  tap (hall, "Take R500.00, R250.00 another way");
  wait_for (hall, "R250.00");
  tap (hall, "The rest later");
  wait_for (hall, "Sold");
  wait_for (hall, "R250.00 is still to be paid");
  g_assert_cmpint (desk_balance (&hall->desk, &member), ==, 500);
  tap (hall, "Next sale");

  /* Another day. */
  choose_thandi (hall);
  tap (hall, "Still to pay");
  tap (hall, "R250.00");
  tap (hall, "R200");
  tap (hall, "R100");
  wait_for (hall, "Change R50.00");
  tap (hall, "Take R250.00");
  wait_for (hall, "Sold");
  payments = payments_of (hall, &member);
  g_assert_cmpuint (payments->len, ==, 2);
  tap (hall, "Next sale");
  choose_thandi (hall);
  tap (hall, "Still to pay");
  wait_for (hall, "They owe nothing.");
}

static void
test_voucher_and_counter (Hall *hall, gconstpointer data)
{
  GtkWidget *label;
  g_autofree char *code = NULL;

  show (hall, sl_desk_sell_new);
  tap (hall, "Voucher");
  type (hall, "Price of one", "100");
  tap (hall, "Take R100.00");
  wait_for (hall, "The voucher: ");
  label = gtk_widget_get_first_child (hall->window);
  code = g_strdup (label_with (label, "The voucher: ") + strlen ("The voucher: "));
  *strchr (code, '.') = '\0';
  tap (hall, "Next sale");

  /* More than there is on it: what is left is offered, and the rest paid in cash. */
  tap (hall, "Anything else");
  type (hall, "What it is", "Towel");
  type (hall, "Price of one", "65.50");
  tap (hall, "+");
  wait_for (hall, "R131.00");
  tap (hall, "Voucher");
  type (hall, "Code of the voucher", code);
  tap (hall, "Take R131.00");
  wait_for (hall, "R100.00 is left on this voucher");
  tap (hall, "Use R100.00");
  wait_for (hall, "R31.00");
  tap (hall, "R50");
  tap (hall, "Take R31.00");
  wait_for (hall, "R19.00");
  wait_for (hall, "Sold");
}

static void
test_code_on_the_screen (Hall *hall, gconstpointer data)
{
  SlInvoiceDetails details = { .pay_link = (char *) "https://pos.snapscan.io/qr/x?id={reference}&amount={cents}" };
  SlId member = desk_member (&hall->desk, "Thandi");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) before = NULL, after = NULL;

  five_rides (hall);
  g_assert_true (sl_invoice_details_edit (hall->desk.engine, &hall->desk.owner, &details, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  show (hall, sl_desk_sell_new);
  choose_thandi (hall);
  tap (hall, "Five rides");
  tap (hall, "QR code");
  tap (hall, "Show the code for R750.00");
  wait_for (hall, "R750.00 by QR code has not been seen yet");
  wait_for (hall, "They read this with their telephone to pay.");
  before = payments_of (hall, &member);
  g_assert_cmpint (((SlPayment *) before->pdata[0])->status, ==, SL_PAYMENT_PENDING);
  tap (hall, "Money seen");
  wait_for (hall, "The money has come.");
  after = payments_of (hall, &member);
  g_assert_cmpint (((SlPayment *) after->pdata[0])->status, ==, SL_PAYMENT_PAID);
}

static void
test_cash_needs_a_till (Hall *hall, gconstpointer data)
{
  desk_policy (&hall->desk, "till_needed", "yes");
  show (hall, sl_desk_sell_new);
  tap (hall, "Anything else");
  type (hall, "What it is", "Water");
  type (hall, "Price of one", "20");
  tap (hall, "Take R20.00");
  wait_for (hall, "The till is closed");
  tap (hall, "Pay another way");
  g_assert_cmpstr (typed (hall, "What it is"), ==, "Water");
  tap (hall, "Card");
  tap (hall, "Take R20.00");
  wait_for (hall, "Sold");
}

/* --- the till --- */

static void
sell_towel (Hall *hall, gint64 cents, const char *method)
{
  SlSaleParams params = { .method = method, .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_sale_other (hall->desk.engine, &hall->desk.owner, &params, "Towel", cents, 1, &sale, &refusal,
                                &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
test_till_closes_with_a_difference (Hall *hall, gconstpointer data)
{
  SlTill *till = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  show (hall, sl_desk_till_new);
  tap (hall, "Open the till");
  type (hall, "Cash in it now, the float", "500");
  tap (hall, "Open it");
  wait_for (hall, "The till is open since Today 06:00");
  sell_towel (hall, 12000, "cash");
  sell_towel (hall, 8000, "card");
  tap (hall, "Cash out");
  type (hall, "Amount", "50");
  type (hall, "What for", "Milk");
  tap (hall, "Take it out");
  wait_for (hall, "R570.00");
  wait_for (hall, "Together R200.00");
  tap (hall, "Count and close");
  wait_for (hall, "There should be R570.00 in it.");
  type (hall, "Cash counted", "560");
  wait_for (hall, "R10.00 short: there should be R570.00.");
  tap (hall, "Close it with the difference");
  wait_until_said (hall, "The till is closed, R10.00 short.");
  wait_for (hall, "The till is closed");
  g_assert_true (sl_till_show (hall->desk.engine, &hall->desk.owner, NULL, &till, &refusal, NULL));
  g_assert_cmpint (till->difference_cents, ==, -1000);
  g_assert_cmpint (till->counted_cents, ==, 56000);
  sl_till_free (till);
}

static void
on_approval_wanted (SlDesk *at, const char *why, SlId *manager)
{
  sl_desk_approve (at, manager, PIN, G_OBJECT (at), on_signed_in);
}

static void
test_refund_over_the_limit (Hall *hall, gconstpointer data)
{
  SlStaffParams params = { .name = "Nomsa", .role = "manager", .pin = PIN };
  SlId manager;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) none = NULL;

  g_assert_true (sl_staff_add (hall->desk.engine, &hall->desk.owner, &params, &manager, &refusal, NULL));
  sell_towel (hall, 90000, "card");
  show (hall, sl_desk_till_new);
  g_signal_connect (hall->at, "approval-wanted", G_CALLBACK (on_approval_wanted), &manager);
  tap (hall, "Towel");
  wait_for (hall, "Tap a payment to give money back:");
  tap (hall, "Card");
  wait_for (hall, "Say why");
  type (hall, "Amount", "9000");
  wait_for (hall, "At most R900.00 of it can be given back.");
  type (hall, "Amount", "900");
  type (hall, "Why", "Bought twice");
  tap (hall, "Give R900.00 back");
  wait_until_said (hall, "R900.00 was given back.");
  wait_for (hall, "R900.00 of it given back");
  tap (hall, "Towel");
  wait_for (hall, "Nothing of it can be given back.");
}

static void
test_print_again (Hall *hall, gconstpointer data)
{
  SlPrinter printer = { .name = (char *) "till", .target = (char *) "file:/dev/null", .paper = (char *) "80mm",
                        .receipts = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = NULL;

  sell_towel (hall, 5000, "cash");
  show (hall, sl_desk_till_new);
  tap (hall, "Towel");
  tap (hall, "Print it again");
  wait_until_said (hall, "This desk has no printer");
  g_assert_true (sl_printer_set (hall->desk.engine, &hall->desk.owner, &printer, &refusal, &error));
  g_assert_no_error (error);
  tap (hall, "Towel");
  tap (hall, "Print it again");
  wait_until_said (hall, "on its way to the printer");
  jobs = sl_print_queue_list (hall->desk.engine, TRUE, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_true (((SlPrintJob *) jobs->pdata[0])->copy);
}

int
main (int argc, char *argv[])
{
  g_assert_true (sl_crypto_init (NULL));
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
#define TEST(path, func) g_test_add (path, Hall, NULL, set_up, func, tear_down)
  TEST ("/sl/desk/walk-in/cash-with-change", test_cash_with_change);
  TEST ("/sl/desk/walk-in/a-new-member-buys-a-pack-and-is-booked", test_new_member_and_pack);
  TEST ("/sl/desk/walk-in/a-known-number-is-asked-about", test_possible_duplicate);
  TEST ("/sl/desk/walk-in/the-same-slip-is-asked-about-once", test_slip_twice);
  TEST ("/sl/desk/walk-in/a-class-fills-up-while-they-pay", test_fills_up_while_paying);
  TEST ("/sl/desk/sell/a-part-now-and-the-rest-later", test_part_and_rest);
  TEST ("/sl/desk/sell/a-voucher-pays-a-part", test_voucher_and_counter);
  TEST ("/sl/desk/sell/a-code-on-the-screen-until-the-money-is-seen", test_code_on_the_screen);
  TEST ("/sl/desk/sell/till-closed", test_cash_needs_a_till);
  TEST ("/sl/desk/till/closes-with-a-difference", test_till_closes_with_a_difference);
  TEST ("/sl/desk/till/refund-over-limit", test_refund_over_the_limit);
  TEST ("/sl/desk/till/prints-again", test_print_again);
#undef TEST
  return g_test_run ();
}
