/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-attention"

#include "section-screen.h"

#include "engine/attention.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/payment.h"
#include "kiosk/desk-attention.h"

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
test_nothing (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_attention_new);
  screen_wait (screen, "Nothing needs attention");
}

static void
test_payment_comes_in (Screen *screen, gconstpointer data)
{
  SlId payment = pending_payment (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_attention_new);
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

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_attention_new);
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
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_show (screen, sl_desk_attention_new);
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

static void
test_settles_with_a_reason (Screen *screen, gconstpointer data)
{
  SlId one, other;

  same_phone (screen, &one, &other);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_show (screen, sl_desk_attention_new);
  screen_tap (screen, "Open member");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  screen_tap (screen, "Settled");
  screen_wait (screen, "Is this settled?");
  screen_type (screen, "Or in other words", "Mother and daughter");
  screen_tap (screen, "Settled");
  screen_wait_said (screen, "Settled. It is no longer listed.");
  screen_wait (screen, "Nothing needs attention");
}

static void
fill (Screen *screen)
{
  screen_wait (screen, "2");
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
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "attention", sl_desk_attention_new, fill);
  screen_check_looks (screen, "attention-compare", sl_desk_attention_new, fill_compare);
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
  TEST ("/sl/desk-attention/settled-with-a-reason", test_settles_with_a_reason);
  TEST ("/sl/desk-attention/fits-every-screen", test_looks);
  return g_test_run ();
}
