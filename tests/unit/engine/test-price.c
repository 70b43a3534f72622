/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include "engine/engine-private.h"
#include "engine/membership.h"
#include "engine/plan.h"
#include "engine/price.h"
#include "engine/service.h"
#include "oplog/money.h"

static SlId
priced_service (Desk *desk, gint64 price, gint64 member, gint64 peak)
{
  SlServiceParams params;
  SlId id;
  sl_service_params_init (&params);
  params.name = "Reformer";
  params.kind = "class";
  params.type = "pilates";
  params.mode = "mixed";
  params.duration_min = 60;
  params.capacity = 9;
  params.credits_hundredths = 0;
  params.price_cents = price;
  params.member_price_cents = member;
  params.peak_price_cents = peak;
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static gint64
price_at (Desk *desk, const SlId *service, const SlId *member, gint64 start_ms, gint64 spots, gboolean own)
{
  g_autoptr (SlService) known = sl_service_get (desk->engine, service, NULL);
  SlPriceCase of = { .service = known, .location_id = desk->location, .start_ms = start_ms,
                     .now_ms = desk->world.now_ms };
  gint64 cents;
  if (member != NULL)
    of.member_id = *member;
  g_assert_true (sl_price_of_spots (desk->engine, &of, spots, own, &cents, NULL));
  return cents;
}

static SlId
start_membership (Desk *desk, const SlId *member)
{
  SlPlanParams plan;
  SlMembershipParams params = { .member_id = *member };
  SlId id;
  sl_plan_params_init (&plan);
  plan.name = "Credits";
  plan.kind = "credits";
  plan.period = "monthly";
  plan.price_cents = 40000;
  plan.credits_hundredths = 100;
  done (sl_plan_add (desk->engine, &desk->owner, &plan, &params.plan_id, &refusal, &failure));
  done (sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
peak_is_judged_by_the_start (Desk *desk, gconstpointer data)
{
  SlId service = priced_service (desk, 15000, SL_NUMBER_NONE, 20000);
  g_assert_cmpint (price_at (desk, &service, NULL, MORNING + HOURS (11), 1, TRUE), ==, 15000);
  desk_policy (desk, "peak_hours", "Mon-Fri 17:00-19:00");
  g_assert_cmpint (price_at (desk, &service, NULL, MORNING + HOURS (11), 1, TRUE), ==, 20000); /* 17:00 */
  g_assert_cmpint (price_at (desk, &service, NULL, MORNING + HOURS (11) - 1, 1, TRUE), ==, 15000);
  g_assert_cmpint (price_at (desk, &service, NULL, MORNING + HOURS (13), 1, TRUE), ==, 15000);
  g_assert_cmpint (price_at (desk, &service, NULL, MORNING + DAYS (5) + HOURS (11), 1, TRUE), ==, 15000);
}

/* Clocks go forward between the two: 17:00 stays 17:00. */
static void
peak_keeps_to_the_wall_across_a_change_of_clocks (void)
{
  Desk desk = { 0 };
  desk_open_in (&desk, "Europe/Berlin", G_GINT64_CONSTANT (1774594800000)); /* Friday 27 March 2026, 08:00 */
  SlId service = priced_service (&desk, 15000, SL_NUMBER_NONE, 20000);
  desk_policy (&desk, "peak_hours", "Mon-Sun 17:00-18:00");
  gint64 friday = desk.world.now_ms + HOURS (9);
  g_assert_cmpint (price_at (&desk, &service, NULL, friday, 1, TRUE), ==, 20000);
  g_assert_cmpint (price_at (&desk, &service, NULL, friday + DAYS (3), 1, TRUE), ==, 15000); /* 18:00 by now */
  g_assert_cmpint (price_at (&desk, &service, NULL, friday + DAYS (3) - HOURS (1), 1, TRUE), ==, 20000);
  desk_close (&desk, NULL);
}

static void
members_pay_their_price_for_themselves (Desk *desk, gconstpointer data)
{
  SlId service = priced_service (desk, 15000, 9000, SL_NUMBER_NONE), member = desk_member (desk, "One");
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 1, TRUE), ==, 15000);
  SlId membership = start_membership (desk, &member);
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 1, TRUE), ==, 9000);
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 3, TRUE), ==, 39000);  /* two guests */
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 2, FALSE), ==, 30000); /* guests alone */
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 0, FALSE), ==, 0);
  done (sl_membership_freeze (desk->engine, &desk->owner, &membership, 0, 0, &refusal, &failure));
  g_assert_cmpint (price_at (desk, &service, &member, MORNING + DAYS (1), 1, TRUE), ==, 15000);
}

/* Free otherwise, so that nobody books a peak class for nothing. */
static void
insufficient_credits_where_only_the_peak_costs_something (Desk *desk, gconstpointer data)
{
  SlId service = priced_service (desk, SL_NUMBER_NONE, SL_NUMBER_NONE, 20000), member = desk_member (desk, "One");
  SlId calm = desk_session (desk, &service, MORNING + DAYS (1));
  SlId peak = desk_session (desk, &service, MORNING + DAYS (1) + HOURS (11));
  desk_policy (desk, "peak_hours", "Mon-Fri 17:00-19:00");
  g_assert_cmpstr (desk_try_book (desk, &member, &calm), ==, "ok");
  g_assert_cmpstr (desk_try_book (desk, &member, &peak), ==, "insufficient_credits");
}

static void
the_price_stays_with_the_booking (Desk *desk, gconstpointer data)
{
  SlId service = priced_service (desk, 15000, SL_NUMBER_NONE, SL_NUMBER_NONE), member = desk_member (desk, "One");
  SlId session = desk_session (desk, &service, MORNING + DAYS (1));
  g_auto (SlSale) voucher = money_voucher (desk, 15000);
  g_autofree char *by_voucher = g_strconcat ("voucher:", voucher.voucher_code, NULL);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1, .payment_method = by_voucher };
  SlServiceParams dearer;
  g_auto (SlBookingResult) made = { 0 };
  g_auto (SlRefusal) none = { 0 };
  done (sl_booking_book (desk->engine, &desk->owner, &request, &made, &refusal, &failure));
  sl_service_params_init (&dearer);
  dearer.price_cents = 99000;
  done (sl_service_edit (desk->engine, &desk->owner, &service, &dearer, &refusal, &failure));
  g_autoptr (SlPayment) payment = money_payment (desk, &made.payment_id);
  g_assert_cmpint (payment->amount_cents, ==, 15000);
  g_assert_cmpstr (payment->method, ==, "voucher");
  g_autoptr (SlSaleRecord) sale = money_sale (desk, &payment->sale_id);
  g_assert_cmpint (sale->vat_cents, ==, 1957);
  g_assert_true (sl_id_equal (&g_array_index (sale->lines, SlSaleLine, 0).thing_id, &made.booking_id));
  SlId other = desk_member (desk, "Two");
  request.member_id = other;
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &request, &none), ==, "voucher_invalid");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/price/peak-is-judged-by-the-start", peak_is_judged_by_the_start);
  g_test_add_func ("/sl/price/peak-keeps-to-the-wall-across-a-change-of-clocks",
                   peak_keeps_to_the_wall_across_a_change_of_clocks);
  desk_test ("/sl/price/members-pay-their-price-for-themselves", members_pay_their_price_for_themselves);
  desk_test ("/sl/price/insufficient-credits-where-only-the-peak-costs-something",
             insufficient_credits_where_only_the_peak_costs_something);
  desk_test ("/sl/price/the-price-stays-with-the-booking", the_price_stays_with_the_booking);
  return g_test_run ();
}
