/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-attention"

#include "plan-fixture.h"
#include "section-screen.h"

#include "engine/attention.h"
#include "engine/command.h"
#include "engine/exchange.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/payment.h"
#include "engine/print-queue.h"
#include "engine/sale.h"
#include "engine/service.h"
#include "kiosk/desk-attention.h"
#include "kiosk/desk-merge.h"
#include "language.h"
#include "oplog/fence.h"
#include "oplog/money.h"
#include "store/store.h"

#include <glib/gi18n-lib.h>

/* What needs attention at reception, and how one tap settles it. */

static SlId
add_member (Desk *desk, const char *first, const char *phone)
{
  SlMemberParams params = { .first = first, .last = "Nkosi", .phone = phone };
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

/* Two desks that do not hear one another write down one person each. */
static void
same_phone (Screen *screen, SlId *out_one, SlId *out_other)
{
  Desk other;

  desk_join (&other, &screen->desk, "Gym floor");
  *out_one = add_member (&screen->desk, "Thandi", "082 555 0101");
  *out_other = add_member (&other, "Thandeka", "+27825550101");
  desk_carry_log (&screen->desk, &other);
  desk_carry_log (&other, &screen->desk);
  desk_close (&other, NULL);
}

/* Ten credits, with a transfer that was promised nine days ago. */
static SlId
pending_payment (Screen *screen)
{
  SlPay pay = { .method = "eft", .amount_cents = SL_NUMBER_NONE, .pending = TRUE };
  SlSaleParams params = { .member_id = add_member (&screen->desk, "Sipho", NULL), .pays = &pay, .n_pays = 1,
                          .amount_cents = SL_NUMBER_NONE };
  SlSale sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_package_add (screen->desk.engine, &screen->desk.owner, "Pack", 1000, 90000, 30, &params.package_id,
                                 &refusal, &failure));
  g_assert_true (sl_sale_package (screen->desk.engine, &screen->desk.owner, &params, &sale, &refusal, &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  screen->desk.world.now_ms += DAYS (9);
  return sale.payment_id;
}

static SlPaymentStatus
status_of (Screen *screen, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlPayment) payment = sl_payment_get (screen->desk.engine, id, &failure);

  g_assert_no_error (failure);
  return payment->status;
}

static void
look_as (Screen *screen, SlRole role)
{
  screen_sign_in (screen, role);
  screen_show (screen, sl_desk_attention_new);
}

static void
test_nothing (Screen *screen, gconstpointer data)
{
  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "Nothing needs attention");
}

static void
test_payment_comes_in (Screen *screen, gconstpointer data)
{
  SlId payment = pending_payment (screen);

  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "1 thing needs attention");
  screen_wait (screen, sl_attention_message (SL_ATTENTION_PAYMENT_PENDING));
  g_assert_null (screen_button (screen, "Settled")); /* for managers */
  screen_tap (screen, "It came in");
  screen_wait_said (screen, "Noted.");
  screen_wait (screen, "Nothing needs attention");
  g_assert_cmpint (status_of (screen, &payment), ==, SL_PAYMENT_PAID);
}

static void
test_payment_does_not_come (Screen *screen, gconstpointer data)
{
  SlId payment = pending_payment (screen);

  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_tap (screen, "It did not come");
  screen_wait_said (screen, "Noted.");
  g_assert_cmpint (status_of (screen, &payment), ==, SL_PAYMENT_FAILED);
}

static void
test_two_records_become_one (Screen *screen, gconstpointer data)
{
  SlId one, other, root;
  g_autoptr (GError) failure = NULL;

  same_phone (screen, &one, &other);
  look_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Compare");
  screen_wait (screen, "One person, or two?");
  screen_wait (screen, "Thandi Nkosi");
  screen_wait (screen, "Thandeka Nkosi");
  screen_tap (screen, "Keep Thandeka Nkosi");
  screen_wait_said (screen, "The two records are one member now.");
  screen_wait (screen, "Nothing needs attention");
  g_assert_true (sl_member_root (screen->desk.engine, &one, &root, &failure));
  g_assert_true (sl_id_equal (&root, &other));
}

/* From any page, whatever their numbers are. */
static GtkWidget *
any_page_new (SlDesk *desk)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (page), gtk_label_new ("A page"));
  return page;
}

static void
test_other_record_is_found (Screen *screen, gconstpointer data)
{
  SlId one = add_member (&screen->desk, "Thandi", "082 555 0101"), other = add_member (&screen->desk, "Thandeka", NULL);
  SlId root;
  g_autoptr (GError) failure = NULL;

  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_show (screen, any_page_new);
  screen_wait (screen, "A page");
  sl_desk_merge_ask (screen->reception, screen->section, &one);
  screen_type (screen, "Name or phone number", "Thand");
  screen_wait (screen, "Thandeka Nkosi");
  g_assert_null (screen_find (screen, "Thandi Nkosi")); /* nobody is their own other record */
  screen_tap (screen, "Thandeka Nkosi");
  screen_wait (screen, "One person, or two?");
  screen_tap (screen, "Keep Thandi Nkosi");
  screen_wait_said (screen, "The two records are one member now.");
  g_assert_true (sl_member_root (screen->desk.engine, &other, &root, &failure));
  g_assert_true (sl_id_equal (&root, &one));
}

static void
fill_other_record (Screen *screen)
{
  SlId member = *(const SlId *) g_object_get_data (G_OBJECT (screen->reception), "test-member");

  sl_desk_merge_ask (screen->reception, screen->section, &member);
  screen_type (screen, dgettext (GETTEXT_PACKAGE, "Name or phone number"), "Thand");
  screen_wait (screen, "Thandeka Nkosi");
}

static void
test_settles_with_a_reason (Screen *screen, gconstpointer data)
{
  SlId one, other;

  same_phone (screen, &one, &other);
  look_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Open member");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  screen_tap (screen, "Settled");
  screen_wait (screen, "Is this settled?");
  screen_type (screen, "Or in other words", "Mother and daughter");
  screen_tap (screen, "Settled");
  screen_wait_said (screen, "Settled. It is no longer listed.");
  screen_wait (screen, "Nothing needs attention");
}

/* --- paper --- */

static GBytes *
make_paper (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer, GError **error)
{
  if (job->kind != SL_PRINT_REPORT)
    return g_bytes_new_static ("paper", 5);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "it cannot be made");
  return NULL;
}

static SlPrintEnd
cut_off (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
         gboolean (*begin) (gpointer data, gint64 counter), gpointer data, char **out_problem)
{
  g_assert_true (begin (data, SL_NUMBER_NONE));
  *out_problem = g_strdup ("it hung up");
  return SL_PRINT_CUT_OFF;
}

static gboolean
ask_printer (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end)
{
  return FALSE;
}

/* What was cut off in the midst, or of a report that cannot be made. */
static SlId
print_badly (Screen *screen, SlPrintKind kind)
{
  const SlPrinter printer = { (char *) "desk", (char *) "dir:/", (char *) "80", TRUE, FALSE, FALSE, TRUE };
  SlPrintPort port = { make_paper, cut_off, ask_printer };
  SlPrintCounts counts;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, NULL));
  g_assert_true (sl_print_queue_add (screen->desk.engine, &(SlPrintRequest) { .kind = kind, .words = "x" }, &id, NULL));
  g_assert_true (sl_print_queue_run (screen->desk.engine, &port, &counts, NULL));
  return id;
}

static SlPrintState
print_state (Screen *screen, const SlId *id)
{
  SlPrintJob *job = sl_print_queue_get (screen->desk.engine, id, NULL);
  SlPrintState state = job->state;

  sl_print_job_free (job);
  return state;
}

static void
see_it_settled (Screen *screen, const SlId *print, SlPrintState as)
{
  screen_wait (screen, "Nothing needs attention");
  g_assert_cmpint (print_state (screen, print), ==, as);
}

static void
test_print_came_out (Screen *screen, gconstpointer data)
{
  SlId print = print_badly (screen, SL_PRINT_TEST);

  look_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "Look at the paper, and say whether it came out.");
  g_assert_null (screen_button (screen, "Settled")); /* that would leave it in the queue */
  screen_tap (screen, "It came out");
  screen_wait_said (screen, "Noted.");
  see_it_settled (screen, &print, SL_PRINT_PRINTED);
}

static void
test_print_again (Screen *screen, gconstpointer data)
{
  SlId print = print_badly (screen, SL_PRINT_TEST);

  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_tap (screen, "Print again");
  see_it_settled (screen, &print, SL_PRINT_WAITING);
}

static void
test_print_failed (Screen *screen, gconstpointer data)
{
  SlId print = print_badly (screen, SL_PRINT_REPORT);

  g_assert_cmpint (print_state (screen, &print), ==, SL_PRINT_FAILED);
  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "Something could not be printed.");
  screen_wait (screen, "it could not be made: it cannot be made");
  g_assert_null (screen_button (screen, "It came out"));
  screen_tap (screen, "Do not print");
  see_it_settled (screen, &print, SL_PRINT_CANCELLED);
}

/* Why, in the language of whoever stands there, though it was written down in English. */
static void
test_print_problem_words (Screen *screen, gconstpointer data)
{
  (void) print_badly (screen, SL_PRINT_TEST);
  sl_language_use ("af");
  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "dit het die verbinding verbreek");
  g_assert_false (screen_shows (screen, "it hung up"));
  sl_language_use ("en");
}

/* --- one tap --- */

static void
test_credits_again (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 6, 60), booking;
  SlId session = desk_session (&screen->desk, &service, MORNING + HOURS (72));

  (void) desk_credits (&screen->desk, &member, 500, 1);
  booking = desk_book (&screen->desk, &member, &session);
  screen->desk.world.now_ms += HOURS (30);
  (void) desk_run_due (&screen->desk);
  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, NULL), ==, "ok");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 0);
  look_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Give 1 credit again");
  screen_wait_said (screen, "The credits were put right.");
  screen_wait (screen, "Nothing needs attention"); /* nobody gives it twice */
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 100);
}

static void
test_one_too_many (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), other = desk_member (&screen->desk, "Lindiwe");
  SlId session = desk_free_class (&screen->desk, MORNING + DAYS (2), 1);
  SlBookingRequest request = { .member_id = other, .session_id = session, .spots = 1, .override_reason = "VIP" };

  (void) desk_book (&screen->desk, &member, &session);
  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &request, NULL), ==, "ok");
  look_as (screen, SL_ROLE_RECEPTIONIST);
  screen_tap (screen, "Open class");
  g_assert_cmpint (screen->place, ==, SL_DESK_TODAY);
  g_assert_true (sl_id_equal (&screen->opened, &session));
  g_assert_null (screen_button (screen, "There is room")); /* a manager's word */
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "There is room");
  screen_wait_said (screen, "Settled. It is no longer listed.");
  screen_wait (screen, "Nothing needs attention");
}

/* A command that went to two desks while the first did not answer. */
static void
sell_under_key (Desk *desk, const char *key, const SlId *member, const SlId *package)
{
  SlPay pay = { .method = "cash", .amount_cents = SL_NUMBER_NONE };
  SlSaleParams params = { .member_id = *member, .package_id = *package, .pays = &pay, .n_pays = 1,
                          .amount_cents = SL_NUMBER_NONE };
  SlSale sale = { 0 };
  g_auto (SlAnswer) answer = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GBytes) said = g_bytes_new_static ("{}", 2);

  g_assert_true (sl_keyed_begin (desk->engine, &desk->owner, key, "sell", &answer, &refusal, NULL));
  g_assert_true (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  g_assert_true (sl_keyed_finish (desk->engine, 0, said, NULL));
}

static void
test_sold_twice (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), package = screen_five_rides (screen);
  Desk other;

  desk_join (&other, &screen->desk, "Gym floor");
  sell_under_key (&screen->desk, "k1", &member, &package);
  sell_under_key (&other, "k1", &member, &package);
  desk_carry_log (&other, &screen->desk);
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 1000);
  look_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Give one of them back");
  screen_wait (screen, "Give the money back?");
  screen_type (screen, "Reason", "The same was sold twice");
  screen_tap (screen, "Give back");
  screen_wait_said (screen, "R750.00 given back.");
  screen_wait (screen, "Nothing needs attention");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 500);
  desk_close (&other, NULL);
}

static void
give_back (Screen *screen, const char *button, const char *said)
{
  screen_tap (screen, button);
  screen_wait (screen, "Give the money back?");
  screen_type (screen, "Reason", "Twice");
  screen_tap (screen, "Give back");
  screen_wait_said (screen, said);
  screen_wait (screen, "Nothing needs attention");
}

/* One member, booked and paid for at two desks that did not hear one another; the second one's is dropped. */
static void
test_booking_paid_twice (Screen *screen, gconstpointer data)
{
  Desk *here = &screen->desk, other;
  SlId member = desk_member (here, "Thandi"), session = screen_spin (screen, 9), replica;
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1, .payment_method = "cash" };

  desk_join (&other, here, "Gym floor");
  desk_carry_log (&other, here);
  sl_engine_get_replica (other.engine, &replica);
  done (sl_exchange_move_rights (here->engine, &here->owner, &session, &replica, 2, &refusal, &failure));
  desk_carry_log (here, &other);
  g_assert_cmpstr (desk_try_request (&other, &other.owner, &request, NULL), ==, "ok");
  here->world.now_ms = other.world.now_ms += MINUTES (5);
  g_assert_cmpstr (desk_try_request (here, &here->owner, &request, NULL), ==, "ok");
  for (guint round = 0; round < 2; round++)
    {
      desk_carry_log (&other, here);
      (void) desk_run_due (here);
      desk_carry_log (here, &other);
      (void) desk_run_due (&other);
    }
  look_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "A double booking was dropped that had been paid with money.");
  give_back (screen, "Give back", "R180.00 given back.");
  g_assert_cmpint (desk_free_spots (here, &session), ==, 8); /* they are booked still, once */
  desk_close (&other, NULL);
}

static void
test_plan_sold_twice (Screen *screen, gconstpointer data)
{
  Desk *here = &screen->desk, other;
  SlId plan = plan_of (here, "unlimited", "monthly", 0, 0), member = desk_member (here, "Thandi");

  desk_join (&other, here, "Gym floor");
  desk_carry_log (here, &other);
  sell (&other, &member, &plan, "cash", NULL);
  here->world.now_ms = other.world.now_ms += HOURS (1);
  sell (here, &member, &plan, "cash", NULL);
  desk_carry_log (&other, here);
  look_as (screen, SL_ROLE_MANAGER);
  give_back (screen, "Give one of them back", "R1 200.00 given back.");
  desk_close (&other, NULL);
}

static void
test_credits_granted_twice (Screen *screen, gconstpointer data)
{
  Desk *here = &screen->desk;
  SlOplog *log = sl_engine_get_log (here->engine);
  SlId plan = plan_of (here, "credits", "monthly", 0, 800), member = desk_member (here, "Thandi");
  SlId service = desk_service (here, 800, 5, 60), first = desk_session (here, &service, MORNING + DAYS (1));
  SlId second = desk_session (here, &service, MORNING + DAYS (2)), lot;
  const SlGrantParts again = { .membership_id = sell (here, &member, &plan, "cash", NULL), .member_id = member,
                               .from_ms = MORNING, .until_ms = MORNING + DAYS (31), .credits_hundredths = 800,
                               .expires_ms = MORNING + DAYS (31) };

  here->world.now_ms += HOURS (1);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (sl_op_lot_grant (log, &again, &lot, NULL)); /* as a copy would */
  g_assert_true (sl_oplog_commit (log, NULL));
  (void) desk_book (here, &member, &first);
  (void) desk_book (here, &member, &second);
  desk_credits (here, &member, 1000, 30);
  (void) desk_run_due (here);
  look_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Take 8 credits back");
  screen_wait_said (screen, "The credits were put right.");
  screen_wait (screen, "Nothing needs attention"); /* nobody takes it twice */
  g_assert_cmpint (desk_balance (here, &member), ==, 200);
}

static void
copy_file (const Desk *from, const Desk *to, const char *name)
{
  g_autofree char *source = sl_temp_dir_file (from->dir, name), *copy = sl_temp_dir_file (to->dir, name), *bytes;
  gsize length;

  if (!g_file_get_contents (source, &bytes, &length, NULL))
    return; /* a -wal that is not there */
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) length, NULL));
}

static gboolean
is_revoked (Desk *desk, const SlId *replica)
{
  gboolean revoked;

  g_assert_true (sl_fence_is_revoked (sl_engine_get_log (desk->engine), replica, &revoked, NULL));
  return revoked;
}

static void
test_copied_desk_is_revoked (Screen *screen, gconstpointer data)
{
  static const char *const files[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", "identity", "mark" };
  Desk *here = &screen->desk, other, copy = { .dir = sl_temp_dir_new () };
  SlId original, copied;

  desk_join (&other, here, "Gym floor");
  desk_carry_log (&other, here);
  g_clear_pointer (&other.engine, sl_engine_close);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    copy_file (&other, &copy, files[i]);
  desk_open_engine (&other);
  sl_fake_world_init (&copy.world, here->world.now_ms, 77);
  desk_open_engine (&copy);
  (void) desk_member (&copy, "Lerato");
  desk_carry_log (&copy, here);
  sl_engine_get_replica (other.engine, &original);
  sl_engine_get_replica (copy.engine, &copied);
  g_assert_false (sl_id_equal (&original, &copied));
  look_as (screen, SL_ROLE_OWNER);
  screen_wait (screen, sl_attention_message (SL_ATTENTION_DEVICE_COPIED));
  screen_tap (screen, "Revoke the copy");
  screen_wait (screen, "Revoke this device?");
  screen_type (screen, "Reason", "The backup was started");
  screen_tap (screen, "Revoke");
  screen_wait_said (screen, "The device was revoked.");
  screen_wait_gone (screen, sl_attention_message (SL_ATTENTION_DEVICE_COPIED));
  g_assert_true (is_revoked (here, &copied));
  g_assert_false (is_revoked (here, &original));
  desk_close (&copy, NULL);
  desk_close (&other, NULL);
}

static void
test_silent_desk_is_revoked (Screen *screen, gconstpointer data)
{
  Desk other;

  desk_join (&other, &screen->desk, "Gym floor");
  (void) desk_member (&other, "Lindiwe");
  desk_carry_log (&other, &screen->desk);
  screen->desk.world.now_ms += DAYS (31);
  look_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "A device has not been heard of for 30 days.");
  screen_tap (screen, "Revoke");
  screen_wait (screen, "Revoke this device?");
  screen_type (screen, "Reason", "Fell into the pool");
  screen_tap (screen, "Revoke");
  screen_wait_said (screen, "The device was revoked.");
  screen_wait_gone (screen, "A device has not been heard of for 30 days.");
  desk_close (&other, NULL);
}

static void
fill (Screen *screen)
{
  screen_wait (screen, "5");
}

static void
fill_compare (Screen *screen)
{
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "Compare"));
  screen_wait (screen, "Thandeka Nkosi");
}

static void
test_looks (Screen *screen, gconstpointer data)
{
  SlId one, other;

  same_phone (screen, &one, &other);
  pending_payment (screen);
  print_badly (screen, SL_PRINT_TEST);
  print_badly (screen, SL_PRINT_REPORT);
  {
    SlId session = desk_free_class (&screen->desk, screen->desk.world.now_ms + DAYS (2), 1);
    SlBookingRequest request = { .member_id = one, .session_id = session, .spots = 1, .override_reason = "VIP" };

    (void) desk_book (&screen->desk, &other, &session);
    g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &request, NULL), ==, "ok");
  }
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "attention", sl_desk_attention_new, fill);
  screen_check_looks (screen, "attention-compare", sl_desk_attention_new, fill_compare);
  g_object_set_data (G_OBJECT (screen->reception), "test-member", &one);
  screen_check_looks (screen, "attention-other-record", any_page_new, fill_other_record);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Screen, NULL, screen_open, func, screen_close)
  TEST ("/sl/desk-attention/nothing-is-said-to-be-nothing", test_nothing);
  TEST ("/sl/desk-attention/payment-that-came-is-noted-with-one-tap", test_payment_comes_in);
  TEST ("/sl/desk-attention/payment-that-did-not-come-has-failed", test_payment_does_not_come);
  TEST ("/sl/desk-attention/two-records-become-one", test_two_records_become_one);
  TEST ("/sl/desk-attention/other-record-is-found-from-any-page", test_other_record_is_found);
  TEST ("/sl/desk-attention/settled-with-a-reason", test_settles_with_a_reason);
  TEST ("/sl/desk-attention/print-that-came-out-is-done", test_print_came_out);
  TEST ("/sl/desk-attention/print-that-did-not-is-printed-again", test_print_again);
  TEST ("/sl/desk-attention/print-that-cannot-be-made-is-dropped", test_print_failed);
  TEST ("/sl/desk-attention/why-it-was-not-printed-is-said-in-their-language", test_print_problem_words);
  TEST ("/sl/desk-attention/credits-that-came-too-late-are-given-again-once", test_credits_again);
  TEST ("/sl/desk-attention/one-too-many-fits-or-the-class-is-opened", test_one_too_many);
  TEST ("/sl/desk-attention/what-was-sold-twice-is-given-back", test_sold_twice);
  TEST ("/sl/desk-attention/booking-paid-twice-is-given-back-once", test_booking_paid_twice);
  TEST ("/sl/desk-attention/plan-sold-twice-is-given-back-once", test_plan_sold_twice);
  TEST ("/sl/desk-attention/credits-granted-twice-are-taken-back-once", test_credits_granted_twice);
  TEST ("/sl/desk-attention/copied-desk-is-revoked-and-not-the-original", test_copied_desk_is_revoked);
  TEST ("/sl/desk-attention/desk-that-is-silent-is-revoked", test_silent_desk_is_revoked);
  TEST ("/sl/desk-attention/fits-every-screen", test_looks);
  return g_test_run ();
}
