/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include "engine/till.h"

static SlId
open_till (Desk *desk, gint64 float_cents)
{
  SlId id;
  done (sl_till_open (desk->engine, &desk->owner, "Front", float_cents, &id, &refusal, &failure));
  return id;
}

static void
tells_what_was_expected_and_the_difference (Desk *desk, gconstpointer data)
{
  g_autoptr (SlTill) till = NULL;
  SlId id = open_till (desk, 50000);
  SlSale sale = money_sell (desk, 11500, "cash");
  money_sell (desk, 70000, "card");
  money_refund (desk, &sale.payment_id, 1500);
  done (sl_till_cash (desk->engine, &desk->owner, -30000, "bank", &refusal, &failure));
  done (sl_till_cash (desk->engine, &desk->owner, 500, "coins", &refusal, &failure));
  done (sl_till_close (desk->engine, &desk->owner, 30400, "a hundred short", &till, &refusal, &failure));
  g_assert_true (sl_id_equal (&till->id, &id));
  g_assert_cmpint (till->cash_taken_cents, ==, 11500);
  g_assert_cmpint (till->cash_refunded_cents, ==, 1500);
  g_assert_cmpint (till->put_in_cents, ==, -29500);
  g_assert_cmpint (till->expected_cents, ==, 30500);
  g_assert_cmpint (till->difference_cents, ==, -100);
  g_autoptr (SlTill) last = NULL;
  done (sl_till_show (desk->engine, &desk->owner, NULL, &last, &refusal, &failure));
  g_assert_cmpint (last->difference_cents, ==, -100);
  money_verify (desk);
}

static void
till_open_when_it_is_opened_twice (Desk *desk, gconstpointer data)
{
  g_autoptr (SlTill) till = NULL;
  SlId id = open_till (desk, 0), again;
  refused ("till_open", sl_till_open (desk->engine, &desk->owner, NULL, 0, &again, &refusal, &failure));
  done (sl_till_close (desk->engine, &desk->owner, 0, NULL, &till, &refusal, &failure));
  again = open_till (desk, 0);
  g_assert_false (sl_id_equal (&id, &again));
}

static void
till_closed_for_cash_where_one_is_needed (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("cash");
  g_autoptr (SlTill) till = NULL;
  SlSale sale = money_sell (desk, 100, "cash");
  refused ("till_closed", sl_till_cash (desk->engine, &desk->owner, 100, "coins", &refusal, &failure));
  refused ("till_closed", sl_till_close (desk->engine, &desk->owner, 100, NULL, &till, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_till_show (desk->engine, &desk->owner, NULL, &till, &refusal, &failure));
  desk_policy (desk, "till_needed", "yes");
  refused ("till_closed",
           sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
  money_sell (desk, 100, "card");
  open_till (desk, 0);
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
}

static void
reason_required_for_cash_put_in_or_taken_out (Desk *desk, gconstpointer data)
{
  open_till (desk, 0);
  refused ("reason_required", sl_till_cash (desk->engine, &desk->owner, 100, NULL, &refusal, &failure));
  refused ("reason_required", sl_till_cash (desk->engine, &desk->owner, -100, "", &refusal, &failure));
}

static void
absurd_amounts_are_bad_input (Desk *desk, gconstpointer data)
{
  const gint64 absurd[] = { SL_MONEY_MAX_CENTS + 1, G_MAXINT64, G_MININT64, -SL_MONEY_MAX_CENTS - 1 };
  g_autoptr (SlTill) till = NULL;
  SlId id;
  fails (SL_ERROR_BAD_INPUT, sl_till_open (desk->engine, &desk->owner, NULL, -1, &id, &refusal, &failure));
  open_till (desk, 0);
  fails (SL_ERROR_BAD_INPUT, sl_till_cash (desk->engine, &desk->owner, 0, "none", &refusal, &failure));
  for (guint i = 0; i < G_N_ELEMENTS (absurd); i++)
    {
      fails (SL_ERROR_BAD_INPUT, sl_till_cash (desk->engine, &desk->owner, absurd[i], "x", &refusal, &failure));
      fails (SL_ERROR_BAD_INPUT,
             sl_till_close (desk->engine, &desk->owner, absurd[i], NULL, &till, &refusal, &failure));
    }
}

static void
not_allowed_for_who_takes_no_money (Desk *desk, gconstpointer data)
{
  g_autoptr (SlTill) till = NULL;
  SlActor finance;
  SlId id;
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  refused ("not_allowed", sl_till_open (desk->engine, &finance, NULL, 0, &id, &refusal, &failure));
  open_till (desk, 0);
  refused ("not_allowed", sl_till_cash (desk->engine, &finance, 1, "x", &refusal, &failure));
  refused ("not_allowed", sl_till_close (desk->engine, &finance, 1, NULL, &till, &refusal, &failure));
  refused ("not_allowed", sl_till_show (desk->engine, &finance, NULL, &till, &refusal, &failure));
}

static void
each_device_has_its_own (Desk *desk, gconstpointer data)
{
  Desk second;
  g_autoptr (SlTill) till = NULL;
  SlId id = open_till (desk, 0);
  money_second_desk (&second, desk);
  g_autoptr (SlTill) theirs = NULL;
  done (sl_till_show (second.engine, &second.owner, &id, &theirs, &refusal, &failure));
  refused ("till_closed", sl_till_close (second.engine, &second.owner, 0, NULL, &till, &refusal, &failure));
  open_till (&second, 100);
  desk_close (&second, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/till/" name, func)
  ADD ("tells-what-was-expected-and-the-difference", tells_what_was_expected_and_the_difference);
  ADD ("till-open-when-it-is-opened-twice", till_open_when_it_is_opened_twice);
  ADD ("till-closed-for-cash-where-one-is-needed", till_closed_for_cash_where_one_is_needed);
  ADD ("reason-required-for-cash-put-in-or-taken-out", reason_required_for_cash_put_in_or_taken_out);
  ADD ("absurd-amounts-are-bad-input", absurd_amounts_are_bad_input);
  ADD ("not-allowed-for-who-takes-no-money", not_allowed_for_who_takes_no_money);
  ADD ("each-device-has-its-own", each_device_has_its_own);
  return g_test_run ();
}
