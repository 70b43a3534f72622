/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-ledger"

#include "engine/ledger.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/cash-up.h"
#include "engine/engine-private.h"
#include "engine/package.h"
#include "engine/payment.h"
#include "engine/refund.h"
#include "engine/report.h"
#include "engine/sale.h"
#include "engine/voucher.h"
#include "expect.h"

/* Every figure below was reckoned by hand: R1 150,00 with 15 % VAT holds R150,00 of it. */

#define ALWAYS G_MININT64, G_MAXINT64
#define STEPS 60 /* of a random world */
#define STEP_MINUTES 97
#define MINUTES_A_DAY (24 * 60)
#define OUTCOMES_END (SL_OUTCOME_DISPUTE_OVER + 1)

static SlId
add_package (Desk *desk, gint64 price_cents)
{
  SlPackageParams params;
  SlId id;
  sl_package_params_init (&params);
  params.name = "Ten";
  params.credits_hundredths = 1000;
  params.price_cents = price_cents;
  params.valid_days = 30;
  done (sl_package_create (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlSaleParams
by (const char *method)
{
  return (SlSaleParams){ .method = method, .amount_cents = SL_NUMBER_NONE };
}

static void
sell_other (Desk *desk, SlSaleParams params, gint64 price_cents, SlSale *out)
{
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price_cents, 1, out, &refusal, &failure));
}

static void
sell_package (Desk *desk, const SlId *package, const SlId *member, SlSaleParams params, SlSale *out)
{
  params.package_id = *package;
  params.member_id = *member;
  done (sl_sale_package (desk->engine, &desk->owner, &params, out, &refusal, &failure));
}

static const char *
give_back (Desk *desk, const SlId *payment, gint64 cents)
{
  const SlRefundParams params = { .payment_id = *payment, .amount_cents = cents, .reason = "did not fit" };
  SlRefundResult result;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static gint64
balance (Desk *desk, SlAccount account)
{
  g_autoptr (GError) failure = NULL;
  gint64 cents[SL_ACCOUNT_LAST], all = 0;
  gboolean summed = sl_ledger_sum (desk->engine, ALWAYS, NULL, cents, &failure);
  g_assert_no_error (failure);
  g_assert_true (summed);
  for (guint i = 0; i < SL_ACCOUNT_LAST; i++)
    all += cents[i];
  g_assert_cmpint (all, ==, 0);
  return cents[account];
}

static char *
problems_of (Desk *desk)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  gboolean checked = sl_ledger_check (desk->engine, ALWAYS, problems, &failure);
  g_assert_no_error (failure);
  g_assert_true (checked);
  g_ptr_array_add (problems, NULL);
  return g_strjoinv ("\n", (char **) problems->pdata);
}

static void
assert_sound (Desk *desk)
{
  g_autofree char *problems = problems_of (desk);
  g_assert_cmpstr (problems, ==, "");
}

static void
a_sale_is_revenue_vat_and_money (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), package = add_package (desk, 115000);
  g_auto (SlSale) cash = { 0 }, card = { 0 };
  sell_package (desk, &package, &member, by ("cash"), &cash);
  sell_other (desk, by ("card"), 1150, &card);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CASH), ==, 115000);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CARD), ==, 1150);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_PACKAGES), ==, -100000);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_OTHER), ==, -1000);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VAT), ==, -15150);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 0);
  assert_sound (desk);
}

static void
what_is_not_paid_is_receivable (Desk *desk, gconstpointer data)
{
  SlSaleParams part = by ("cash");
  g_auto (SlSale) parted = { 0 }, owed = { 0 }, shown = { 0 }, more = { 0 };
  part.part = TRUE;
  part.amount_cents = 400;
  sell_other (desk, part, 1150, &parted);
  sell_other (desk, by ("account"), 2300, &owed);
  sell_other (desk, by ("qr"), 4600, &shown);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 750 + 2300 + 4600);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_QR), ==, 0);
  assert_sound (desk);
  SlSaleParams rest = by ("eft");
  done (sl_payment_settle (desk->engine, &desk->owner, &shown.payment_id, SL_OUTCOME_PAID, NULL, &refusal, &failure));
  done (sl_payment_take (desk->engine, &desk->owner, &owed.sale_id, &rest, &more, &refusal, &failure));
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 750);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_QR), ==, 4600);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_EFT), ==, 2300);
  assert_sound (desk);
}

static void
what_failed_is_owed_still (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) shown = { 0 };
  sell_other (desk, by ("qr"), 4600, &shown);
  done (sl_payment_settle (desk->engine, &desk->owner, &shown.payment_id, SL_OUTCOME_FAILED, NULL, &refusal,
                           &failure));
  g_assert_cmpint (balance (desk, SL_ACCOUNT_QR), ==, 0);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 4600);
  assert_sound (desk);
}

static void
what_is_given_back_takes_its_vat_along (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sale = { 0 }, owed = { 0 };
  sell_other (desk, by ("cash"), 1150, &sale);
  g_assert_cmpstr (give_back (desk, &sale.payment_id, 575), ==, "ok");
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CASH), ==, 575);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VAT), ==, -75);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_REFUNDS), ==, 500);
  sell_other (desk, by ("account"), 2300, &owed);
  g_assert_cmpstr (give_back (desk, &owed.payment_id, 2300), ==, "ok"); /* a debt that is let go */
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 0);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_REFUNDS), ==, 2500);
  assert_sound (desk);
}

static void
a_voucher_is_a_debt_until_it_is_used (Desk *desk, gconstpointer data)
{
  SlSaleParams sold = by ("card"), used = by ("voucher");
  g_auto (SlSale) voucher = { 0 }, mat = { 0 }, back = { 0 };
  done (sl_sale_voucher (desk->engine, &desk->owner, &sold, 5000, &voucher, &refusal, &failure));
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VOUCHERS), ==, -5000);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VAT), ==, 0);
  used.voucher_code = voucher.voucher_code;
  sell_other (desk, used, 2300, &mat);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VOUCHERS), ==, -2700);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VAT), ==, -300);
  assert_sound (desk);
  g_assert_cmpstr (give_back (desk, &mat.payment_id, 2300), ==, "ok"); /* onto the voucher */
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VOUCHERS), ==, -5000);
  g_assert_cmpstr (give_back (desk, &voucher.payment_id, 5000), ==, "ok"); /* and it is none any more */
  g_assert_cmpint (balance (desk, SL_ACCOUNT_VOUCHERS), ==, 0);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CARD), ==, 0);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_REFUNDS) + balance (desk, SL_ACCOUNT_VOIDED), ==, 2000);
  assert_sound (desk);
}

/* Float 50000, taken 11500, put in 1000, given back 2000: 60500 expected, 60300 counted. */
static void
a_till_is_counted (Desk *desk, gconstpointer data)
{
  SlId till;
  g_autoptr (SlTill) closed = NULL;
  g_autoptr (SlCashUp) cash_up = NULL;
  g_auto (SlSale) sale = { 0 }, card = { 0 }, shown = { 0 };
  done (sl_till_open (desk->engine, &desk->owner, NULL, 50000, &till, &refusal, &failure));
  sell_other (desk, by ("cash"), 11500, &sale);
  sell_other (desk, by ("card"), 2300, &card);
  sell_other (desk, by ("qr"), 4600, &shown);
  g_assert_cmpstr (give_back (desk, &sale.payment_id, 2000), ==, "ok");
  done (sl_till_cash (desk->engine, &desk->owner, 1000, "change", &refusal, &failure));
  done (sl_till_close (desk->engine, &desk->owner, 60300, NULL, &closed, &refusal, &failure));
  const SlCashUpParams of_till = { .till_id = till };
  done (sl_cash_up (desk->engine, &desk->owner, &of_till, &cash_up, &refusal, &failure));
  g_assert_cmpint (cash_up->expected_cents, ==, 60500);
  g_assert_cmpint (cash_up->till->difference_cents, ==, -200);
  g_assert_cmpstr (cash_up->rows[0].method, ==, "cash");
  g_assert_cmpint (cash_up->rows[0].sales, ==, 1);
  g_assert_cmpint (cash_up->rows[0].sales_cents, ==, 11500);
  g_assert_cmpint (cash_up->rows[0].refunds_cents, ==, 2000);
  g_assert_cmpint (cash_up->rows[1].sales_cents, ==, 2300);
  g_assert_cmpint (cash_up->rows[3].pending_cents, ==, 4600);
  g_assert_cmpint (cash_up->rows[3].sales, ==, 0);
  g_assert_cmpint (cash_up->vat_cents, ==, 1500 + 300 + 600 - 260);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CASH), ==, 10300);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_CASH_DIFFERENCE), ==, 200);
  assert_sound (desk);
}

static void
a_day_without_a_till_has_a_cash_up (Desk *desk, gconstpointer data)
{
  const SlCashUpParams today = { .date = NULL }, other = { .date = "2026-03-01" }, wrong = { .date = "soon" };
  const SlCashUpParams nobody = { .replica = { { 7 } } };
  SlSaleParams part = by ("account"), rest = by ("eft");
  g_autoptr (SlCashUp) day = NULL, before = NULL, none = NULL;
  g_auto (SlSale) owed = { 0 }, paid = { 0 };
  sell_other (desk, part, 2300, &owed);
  done (sl_payment_take (desk->engine, &desk->owner, &owed.sale_id, &rest, &paid, &refusal, &failure));
  done (sl_cash_up (desk->engine, &desk->owner, &today, &day, &refusal, &failure));
  g_assert_cmpint (day->rows[2].payments_cents, ==, 2300);
  g_assert_cmpint (day->rows[2].sales, ==, 0);
  g_assert_cmpint (day->account_given_cents, ==, 2300);
  g_assert_cmpint (day->account_paid_cents, ==, 2300);
  g_assert_null (day->till);
  done (sl_cash_up (desk->engine, &desk->owner, &other, &before, &refusal, &failure));
  g_assert_cmpint (before->rows[2].payments, ==, 0);
  fails (SL_ERROR_BAD_INPUT, sl_cash_up (desk->engine, &desk->owner, &wrong, &none, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_cash_up (desk->engine, &desk->owner, &nobody, &none, &refusal, &failure));
}

static void
instructors_see_no_cash_up (Desk *desk, gconstpointer data)
{
  g_auto (SlActor) instructor = { 0 };
  const SlCashUpParams today = { .date = NULL };
  g_autoptr (SlCashUp) day = NULL;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  refused ("not_allowed", sl_cash_up (desk->engine, &instructor, &today, &day, &refusal, &failure));
}

static void
legs_of_an_entry_stand_together (Desk *desk, gconstpointer data)
{
  g_autoptr (GArray) legs = NULL;
  g_autoptr (GError) failure = NULL;
  g_auto (SlSale) sale = { 0 };
  sell_other (desk, by ("cash"), 1150, &sale);
  gboolean listed = sl_ledger_list (desk->engine, MORNING, MORNING + DAYS (1), &legs, &failure);
  g_assert_no_error (failure);
  g_assert_true (listed);
  g_assert_cmpuint (legs->len, ==, 5);
  for (guint i = 0; i < legs->len; i++)
    {
      const SlLedgerLeg *leg = &g_array_index (legs, SlLedgerLeg, i);
      g_assert_cmpint (leg->kind, ==, i < 3 ? SL_ENTRY_SALE : SL_ENTRY_PAYMENT);
      g_assert_true (sl_id_equal (&leg->sale_id, &sale.sale_id));
      g_assert_true (sl_id_equal (&leg->location_id, &desk->location));
    }
  g_clear_pointer (&legs, g_array_unref);
  g_assert_true (sl_ledger_list (desk->engine, MORNING - DAYS (9), MORNING - DAYS (8), &legs, NULL));
  g_assert_cmpuint (legs->len, ==, 0);
}

/* What nobody writes by a command is written into the tables. */
static void
whatever_does_not_agree_is_found (Desk *desk, gconstpointer data)
{
  static const struct { const char *sql, *found; } lies[] = {
    { "UPDATE sale SET total_cents = total_cents + 1", "is out by 1 cents" },
    { "UPDATE sale SET vat_cents = vat_cents - 1", "is out by 1 cents" },
    { "UPDATE sale_line SET quantity = 2", "not its quantity times its price" },
    { "UPDATE sale_line SET vat_permille = 0", "not what its rate makes" },
    { "UPDATE payment SET amount_cents = 500", "more was given back than was paid" },
    { "UPDATE payment SET receipt = 9", "receipts have gaps" },
    { "UPDATE refund SET receipt = 1", "number twice" },
    { "UPDATE refund SET receipt = 5", "receipts have gaps: 3 up to number 5" },
    { "UPDATE voucher SET amount_cents = 9000", "worth more than they were sold for" },
    { "UPDATE payment SET voucher_id = (SELECT id FROM voucher), amount_cents = 6000", "than it was good for" },
  };
  SlSaleParams sold = by ("card");
  g_auto (SlSale) sale = { 0 }, voucher = { 0 };
  sell_other (desk, by ("cash"), 1150, &sale);
  done (sl_sale_voucher (desk->engine, &desk->owner, &sold, 5000, &voucher, &refusal, &failure));
  g_assert_cmpstr (give_back (desk, &sale.payment_id, 575), ==, "ok");
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GError) failure = NULL;
      assert_sound (desk);
      g_assert_true (sl_store_begin (desk->engine->store, &failure));
      gboolean told = sl_store_exec (desk->engine->store, &failure, lies[i].sql, "");
      g_assert_no_error (failure);
      g_assert_true (told);
      g_autofree char *problems = problems_of (desk);
      if (strstr (problems, lies[i].found) == NULL)
        g_error ("%s: “%s” is not in “%s”", lies[i].sql, lies[i].found, problems);
      sl_store_rollback (desk->engine->store);
    }
}

/* --- two devices that hear of one another in any order --- */

typedef struct {
  Desk *desks[2];
  GRand *rand;
  GArray *payments, *sales; /* of SlId */
  GPtrArray *codes;         /* of vouchers */
  SlId member, package;
} Two;

static void
keep (GArray *ids, const SlId *id)
{
  if (!sl_id_is_none (id))
    g_array_append_val (ids, *id);
}

static const SlId *
pick (Two *two, GArray *ids)
{
  return ids->len > 0 ? &g_array_index (ids, SlId, (guint) g_rand_int_range (two->rand, 0, (gint32) ids->len)) : NULL;
}

/* Refused, not known here: both are answers. */
static void
came (gboolean decided, GError *const *failure)
{
  if (!decided)
    g_assert_error (*failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
sell_something (Two *two, Desk *desk)
{
  static const char *const methods[] = { "cash", "card", "eft", "qr", "online", "account", "voucher" };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_auto (SlSale) sale = { 0 };
  gint64 price = g_rand_int_range (two->rand, 1, 20000);
  const char *method = methods[g_rand_int_range (two->rand, 0, G_N_ELEMENTS (methods))];
  SlPay pays[2] = { { .method = "cash", .amount_cents = price / 3 },
                    { .method = method, .amount_cents = SL_NUMBER_NONE } };
  SlSaleParams params = { .pays = pays, .n_pays = 2, .part = g_rand_boolean (two->rand) };
  if (two->codes->len > 0)
    pays[1].voucher_code = two->codes->pdata[g_rand_int_range (two->rand, 0, (gint32) two->codes->len)];
  if (params.part)
    params.n_pays = 1;
  switch (g_rand_int_range (two->rand, 0, 4))
    {
    case 0:
      params.pays = NULL;
      params.part = FALSE; /* no voucher is sold before it is paid */
      params.method = "card";
      params.amount_cents = SL_NUMBER_NONE;
      came (sl_sale_voucher (desk->engine, &desk->owner, &params, price, &sale, &refusal, &failure), &failure);
      break;
    case 1:
      params.pays = NULL;
      params.method = "cash";
      params.amount_cents = SL_NUMBER_NONE;
      params.member_id = two->member;
      params.package_id = two->package;
      came (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure), &failure);
      break;
    default:
      came (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price,
                           g_rand_int_range (two->rand, 1, 4), &sale, &refusal, &failure), &failure);
    }
  keep (two->payments, &sale.payment_id);
  keep (two->sales, &sale.sale_id);
  if (sale.voucher_code != NULL)
    g_ptr_array_add (two->codes, g_strdup (sale.voucher_code));
}

static void
do_till (Two *two, Desk *desk)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlTill) till = NULL;
  SlId id;
  gboolean decided;
  switch (g_rand_int_range (two->rand, 0, 3))
    {
    case 0:
      decided = sl_till_open (desk->engine, &desk->owner, NULL, 10000, &id, &refusal, &failure);
      break;
    case 1:
      decided = sl_till_cash (desk->engine, &desk->owner, -500, "milk", &refusal, &failure);
      break;
    default:
      decided = sl_till_close (desk->engine, &desk->owner, g_rand_int_range (two->rand, 0, 90000), NULL, &till,
                               &refusal, &failure);
    }
  came (decided, &failure);
}

static void
do_something (Two *two, Desk *desk)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_auto (SlSale) sale = { 0 };
  const SlId *payment = pick (two, two->payments), *sold = pick (two, two->sales);
  SlSaleParams rest = by ("card");
  SlRefundParams back = { .amount_cents = g_rand_boolean (two->rand) ? SL_NUMBER_NONE : 100, .reason = "no" };
  SlRefundResult result;
  switch (g_rand_int_range (two->rand, 0, 8))
    {
    case 0:
      if (payment != NULL)
        came (sl_payment_settle (desk->engine, &desk->owner, payment,
                                 (SlOutcome) g_rand_int_range (two->rand, SL_OUTCOME_FAILED, OUTCOMES_END),
                                 NULL, &refusal, &failure), &failure);
      break;
    case 1:
      if (sold != NULL)
        came (sl_payment_take (desk->engine, &desk->owner, sold, &rest, &sale, &refusal, &failure), &failure);
      keep (two->payments, &sale.payment_id);
      break;
    case 2:
    case 3:
      if (payment == NULL)
        break;
      back.payment_id = *payment;
      came (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure), &failure);
      break;
    case 4:
      do_till (two, desk);
      break;
    default:
      sell_something (two, desk);
    }
}

/* --- what people are told of it, reckoned another way --- */

static gint64
column_sum (const SlReport *report, const char *name)
{
  gint64 sum = 0;
  guint column = 0;
  while (column < report->n_columns && !g_str_equal (report->columns[column].name, name))
    column++;
  g_assert_cmpuint (column, <, report->n_columns);
  for (guint i = 0; i < report->rows->len; i++)
    sum += ((const SlReportRow *) report->rows->pdata[i])->cells[column].number;
  return sum;
}

static SlReport *
revenue_by (Desk *desk, const char *by, const char *from, const char *to)
{
  SlReport *report = NULL;
  const SlReportParams params = { .name = SL_REPORT_REVENUE, .by = by, .from = from, .to = to };
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  return report;
}

/* Of the books in these days: what was sold and given back without VAT, VAT, and by account what came in and went out
 * by people's hands: not what a till is found to have, or is put into it. */
typedef struct {
  gint64 net_cents, vat_cents, moved_cents[SL_ACCOUNT_LAST];
} Books;

static Books
books_of (Desk *desk, gint64 from_day, gint64 to_day)
{
  Books books = { 0 };
  g_autoptr (GArray) legs = NULL;
  gint64 midnight_ms = MORNING - HOURS (6);
  g_assert_true (
    sl_ledger_list (desk->engine, midnight_ms + DAYS (from_day), midnight_ms + DAYS (to_day + 1), &legs, NULL));
  for (guint i = 0; i < legs->len; i++)
    {
      const SlLedgerLeg *leg = &g_array_index (legs, SlLedgerLeg, i);
      if (leg->kind == SL_ENTRY_PAYMENT || leg->kind == SL_ENTRY_REFUND)
        books.moved_cents[leg->account] += leg->cents;
      if (leg->account == SL_ACCOUNT_VAT)
        books.vat_cents -= leg->cents;
      else if ((leg->kind == SL_ENTRY_SALE && leg->account != SL_ACCOUNT_RECEIVABLE)
               || leg->account == SL_ACCOUNT_REFUNDS)
        books.net_cents -= leg->cents;
    }
  return books;
}

static void
assert_methods (Desk *desk, const Books *books, const char *from, const char *to)
{
  static const struct {
    const char *method;
    SlAccount account;
  } of[] = { { "cash", SL_ACCOUNT_CASH }, { "card", SL_ACCOUNT_CARD },     { "eft", SL_ACCOUNT_EFT },
             { "qr", SL_ACCOUNT_QR },     { "online", SL_ACCOUNT_ONLINE }, { "voucher", SL_ACCOUNT_VOUCHERS } };
  g_autoptr (SlReport) report = revenue_by (desk, "method", from, to);
  for (guint i = 0; i < G_N_ELEMENTS (of); i++)
    {
      gint64 told = 0;
      for (guint k = 0; k < report->rows->len; k++)
        {
          const SlReportRow *row = report->rows->pdata[k];
          if (g_str_equal (row->cells[0].text, of[i].method))
            told += row->cells[2].number - row->cells[3].number;
        }
      g_assert_cmpint (told, ==, books->moved_cents[of[i].account]);
    }
}

/* Of some days, both included, counted from the first of the test. */
static void
assert_report_agrees (Desk *desk, gint64 from_day, gint64 to_day)
{
  static const char *const ways[] = { "day", "month", "class" };
  g_autofree char *from = g_strdup_printf ("2026-03-%02d", (int) (2 + from_day));
  g_autofree char *to = g_strdup_printf ("2026-03-%02d", (int) (2 + to_day));
  const Books books = books_of (desk, from_day, to_day);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (SlReport) report = revenue_by (desk, ways[i], from, to);
      g_assert_cmpint (column_sum (report, "vat_cents"), ==, books.vat_cents);
      g_assert_cmpint (column_sum (report, "net_cents") + column_sum (report, "vouchers_cents"), ==, books.net_cents);
      g_assert_cmpint (column_sum (report, "sold_cents") - column_sum (report, "refunded_cents"), ==,
                       column_sum (report, "net_cents") + column_sum (report, "vat_cents"));
    }
  assert_methods (desk, &books, from, to);
}

static void
assert_reports_agree (Two *two, Desk *desk, gint64 last_day)
{
  gint64 from = g_rand_int_range (two->rand, 0, (gint32) last_day + 1);
  assert_report_agrees (desk, from, g_rand_int_range (two->rand, (gint32) from, (gint32) last_day + 1));
  assert_report_agrees (desk, 0, last_day);
}

/* The word that it was paid is still on its way. */
static void
a_dispute_says_that_it_was_paid (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) shown = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCashUp) day = NULL;
  const SlCashUpParams today = { .date = NULL };
  sell_other (desk, by ("qr"), 4600, &shown);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (
    sl_op_payment_outcome (desk->engine->log, &shown.payment_id, SL_OUTCOME_DISPUTED, NULL, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
  g_assert_cmpint (balance (desk, SL_ACCOUNT_QR), ==, 4600);
  assert_report_agrees (desk, 0, 0);
  g_autoptr (SlReport) report = revenue_by (desk, "method", "2026-03-02", "2026-03-02");
  g_assert_cmpint (column_sum (report, "taken_cents"), ==, 4600);
  g_assert_cmpint (column_sum (report, "pending_cents"), ==, 0);
  done (sl_cash_up (desk->engine, &desk->owner, &today, &day, &refusal, &failure));
  g_assert_cmpint (day->rows[3].sales_cents, ==, 4600);
  g_assert_cmpint (day->rows[3].pending_cents, ==, 0);
  /* Nor has the word come that it was in dispute: it is over. */
  g_auto (SlSale) over = { 0 };
  sell_other (desk, by ("qr"), 2300, &over);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (
    sl_op_payment_outcome (desk->engine->log, &over.payment_id, SL_OUTCOME_DISPUTE_OVER, NULL, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
  g_assert_cmpint (balance (desk, SL_ACCOUNT_QR), ==, 6900);
  g_assert_cmpint (balance (desk, SL_ACCOUNT_RECEIVABLE), ==, 0);
  assert_report_agrees (desk, 0, 0);
  assert_sound (desk);
}

static void
random_worlds_agree_on_every_cent (void)
{
  for (guint seed = 1; seed <= 8; seed++)
    {
      Desk one = { 0 }, other = { 0 };
      gint64 first[SL_ACCOUNT_LAST], second[SL_ACCOUNT_LAST];
      Two two = { .desks = { &one, &other }, .rand = g_rand_new_with_seed (seed),
                  .payments = g_array_new (FALSE, FALSE, sizeof (SlId)),
                  .sales = g_array_new (FALSE, FALSE, sizeof (SlId)),
                  .codes = g_ptr_array_new_with_free_func (g_free) };
      desk_open_seeded (&one, seed);
      two.member = desk_member (&one, "Thandi");
      two.package = add_package (&one, 90000);
      desk_join (&other, &one, "Second");
      for (guint step = 0; step < STEPS; step++)
        {
          Desk *desk = two.desks[g_rand_int_range (two.rand, 0, 2)];
          one.world.now_ms = other.world.now_ms = MORNING + MINUTES (step * STEP_MINUTES);
          do_something (&two, desk);
          if (g_rand_int_range (two.rand, 0, 4) == 0)
            desk_carry_log (desk, desk == &one ? &other : &one);
          assert_sound (&one);
          assert_sound (&other);
          if (step % 10 == 9)
            assert_reports_agree (&two, desk, step * STEP_MINUTES / MINUTES_A_DAY + 1);
        }
      desk_carry_log (&one, &other);
      desk_carry_log (&other, &one);
      g_assert_true (sl_ledger_sum (one.engine, ALWAYS, NULL, first, NULL));
      g_assert_true (sl_ledger_sum (other.engine, ALWAYS, NULL, second, NULL));
      g_assert_cmpmem (first, sizeof first, second, sizeof second);
      for (gint64 day = 0; day <= STEPS * STEP_MINUTES / MINUTES_A_DAY; day++)
        assert_report_agrees (&other, day, day);
      g_assert_cmpuint (two.sales->len, >, 5);
      assert_sound (&other);
      desk_close (&other, NULL);
      desk_close (&one, NULL);
      g_array_unref (two.payments);
      g_array_unref (two.sales);
      g_ptr_array_unref (two.codes);
      g_rand_free (two.rand);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/ledger/a-sale-is-revenue-vat-and-money", a_sale_is_revenue_vat_and_money);
  desk_test ("/sl/ledger/what-is-not-paid-is-receivable", what_is_not_paid_is_receivable);
  desk_test ("/sl/ledger/what-failed-is-owed-still", what_failed_is_owed_still);
  desk_test ("/sl/ledger/what-is-given-back-takes-its-vat-along", what_is_given_back_takes_its_vat_along);
  desk_test ("/sl/ledger/a-voucher-is-a-debt-until-it-is-used", a_voucher_is_a_debt_until_it_is_used);
  desk_test ("/sl/ledger/a-till-is-counted", a_till_is_counted);
  desk_test ("/sl/ledger/a-day-without-a-till-has-a-cash-up", a_day_without_a_till_has_a_cash_up);
  desk_test ("/sl/ledger/instructors-see-no-cash-up", instructors_see_no_cash_up);
  desk_test ("/sl/ledger/legs-of-an-entry-stand-together", legs_of_an_entry_stand_together);
  desk_test ("/sl/ledger/whatever-does-not-agree-is-found", whatever_does_not_agree_is_found);
  desk_test ("/sl/ledger/a-dispute-says-that-it-was-paid", a_dispute_says_that_it_was_paid);
  g_test_add_func ("/sl/ledger/random-worlds-and-their-reports-agree-on-every-cent", random_worlds_agree_on_every_cent);
  return g_test_run ();
}
