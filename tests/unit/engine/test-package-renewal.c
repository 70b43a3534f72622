/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/attention.h"
#include "engine/engine-private.h"
#include "engine/ledger.h"
#include "engine/package-renewal.h"
#include "engine/refund.h"
#include "oplog/money.h"

/* Packages that are bought again by themselves: never twice, never left out, whenever run-due comes. */

#define YEARS 5
#define CREDITS 1000
#define VALID_DAYS 30
#define PACKAGE_CENTS 90000

static SlId
package_of (Desk *desk, gint64 per_member)
{
  SlPackageParams params;
  SlId id;
  sl_package_params_init (&params);
  params.name = "Ten";
  params.credits_hundredths = CREDITS;
  params.price_cents = PACKAGE_CENTS;
  params.valid_days = VALID_DAYS;
  params.per_member = per_member;
  params.renews = 1;
  done (sl_package_create (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlSale
buy (Desk *desk, const SlId *member, const SlId *package, const char *collect)
{
  SlSaleParams params = { .member_id = *member, .package_id = *package, .method = "cash", .collect = collect,
                          .amount_cents = SL_NUMBER_NONE };
  SlSale sale = { 0 };
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  return sale;
}

static SlPackageRenewal *
renewal_of (Desk *desk, const SlId *id)
{
  g_autoptr (GError) error = NULL;
  SlPackageRenewal *renewal = sl_package_renewal_get (desk->engine, id, &error);
  g_assert_no_error (error);
  return renewal;
}

static const char *
state_of (Desk *desk, const SlId *id)
{
  g_autoptr (SlPackageRenewal) renewal = renewal_of (desk, id);
  return sl_package_renewal_state_name (renewal->state);
}

static gint64
cycle_of (Desk *desk, const SlId *id)
{
  g_autoptr (SlPackageRenewal) renewal = renewal_of (desk, id);
  return renewal->cycle;
}

static gint64
count (Desk *desk, const char *sql)
{
  gint64 n;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &n, &error, sql, ""));
  g_assert_no_error (error);
  return n;
}

/* What needs attention, in the order of the words. */
static char *
attention (Desk *desk)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GString) words = g_string_new (NULL);
  done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  for (guint kind = 0; kind < SL_ATTENTION_LAST; kind++)
    for (guint i = 0; i < items->len; i++)
      if (((const SlAttentionItem *) items->pdata[i])->kind == kind)
        g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", sl_attention_name (kind));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
assert_attention (Desk *desk, const char *expected)
{
  g_autofree char *words = attention (desk);
  g_assert_cmpstr (words, ==, expected);
}

static void
assert_quiet (Desk *desk)
{
  gint64 before = desk_operations (desk);
  desk_run_due (desk);
  g_assert_cmpint (desk_operations (desk), ==, before);
}

static const char *
try_stop (Desk *desk, const SlActor *actor, const SlId *id)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_package_renewal_stop (desk->engine, actor, id, &refusal, &error));
  return sl_refusal_name (refusal.code);
}

static const char *
try_start (Desk *desk, const SlActor *actor, const SlId *sale, SlId *out_id)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_package_renewal_start (desk->engine, actor, sale, "account", out_id, &refusal, &error));
  return sl_refusal_name (refusal.code);
}

/* Books classes that take all the credits there are. */
static void
use_up (Desk *desk, const SlId *member)
{
  SlId service = desk_service (desk, CREDITS, 5, 60);
  SlId session = desk_session (desk, &service, desk->world.now_ms + HOURS (3));
  desk_book (desk, member, &session);
  g_assert_cmpint (desk_balance (desk, member), ==, 0);
}

/* Of one who never comes the credits run out every thirty days; each time they are there again, once. */
static void
five_years (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  SlSale account = buy (desk, &thandi, &package, "account"), eft = buy (desk, &sipho, &package, "eft");
  gint64 end = MORNING + DAYS (YEARS * 365);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  for (; desk->world.now_ms <= end; desk->world.now_ms += DAYS (1))
    {
      desk_run_due (desk);
      g_autoptr (GPtrArray) pending = payments_of (desk, NULL);
      for (guint i = 0; i < pending->len; i++)
        settle (desk, &((const SlPayment *) pending->pdata[i])->id, SL_OUTCOME_PAID);
      g_assert_cmpint (desk_balance (desk, &thandi), ==, CREDITS);
      g_assert_cmpint (desk_balance (desk, &sipho), ==, CREDITS);
      assert_quiet (desk);
    }
  g_assert_cmpint (cycle_of (desk, &account.renewal_id), ==, YEARS * 365 / VALID_DAYS);
  g_assert_cmpint (cycle_of (desk, &eft.renewal_id), ==, YEARS * 365 / VALID_DAYS);
  g_assert_cmpint (count (desk, "SELECT count(*) FROM lot"), ==, 2 * (1 + YEARS * 365 / VALID_DAYS));
  g_assert_cmpint (count (desk, "SELECT count(*) FROM renewal_charge"), ==,
                   count (desk, "SELECT count(DISTINCT hex (renewal_id) || cycle) FROM renewal_charge"));
  g_assert_true (sl_ledger_check (desk->engine, 0, end + 1, problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
used_up_it_is_bought_again (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "account");
  assert_quiet (desk);
  use_up (desk, &member);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  g_assert_cmpint (desk_balance (desk, &member), ==, CREDITS);
  assert_quiet (desk);
  g_assert_cmpstr (state_of (desk, &sale.renewal_id), ==, "running");
  g_autoptr (GPtrArray) list = payments_of (desk, &member);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpint (((const SlPayment *) list->pdata[0])->amount_cents, ==, PACKAGE_CENTS);
}

/* Weeks without power cost one package, whoever runs it and however often. */
static void
late_and_twice (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "account");
  desk->world.now_ms += DAYS (200);
  g_autoptr (GError) error = NULL;
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, &error);
  g_assert_no_error (error);
  SlDueCounts counts;
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  g_assert_true (sl_run_due (other, &counts, &error));
  g_assert_cmpint (counts.package_renewals, ==, 0);
  g_assert_cmpint (cycle_of (desk, &sale.renewal_id), ==, 1);
  assert_quiet (desk);
}

static void
nobody_who_did_not_want_it (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi"), id;
  SlSale sale = buy (desk, &member, &package, NULL);
  g_assert_true (sl_id_is_none (&sale.renewal_id));
  use_up (desk, &member);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  g_assert_cmpstr (try_start (desk, &desk->owner, &sale.sale_id, &id), ==, "ok");
  g_assert_cmpstr (try_start (desk, &desk->owner, &sale.sale_id, &id), ==, "wrong_state");
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
}

static void
stopped_it_is_over (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi"), again;
  SlSale sale = buy (desk, &member, &package, "account");
  g_assert_cmpstr (try_stop (desk, &desk->owner, &sale.renewal_id), ==, "ok");
  g_assert_cmpstr (try_stop (desk, &desk->owner, &sale.renewal_id), ==, "wrong_state");
  g_assert_cmpstr (state_of (desk, &sale.renewal_id), ==, "stopped");
  g_assert_cmpint (desk_balance (desk, &member), ==, CREDITS);
  desk->world.now_ms += DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  g_assert_cmpstr (try_start (desk, &desk->owner, &sale.sale_id, &again), ==, "ok");
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
}

/* What does not come is asked for as often as plans are, then people are told. Paid, the credits come. */
static void
asked_for_and_not_paid (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "eft"), paid = { 0 };
  desk->world.now_ms += DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpstr (state_of (desk, &sale.renewal_id), ==, "asked");
  assert_attention (desk, "");
  desk->world.now_ms += DAYS (3);
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 2); /* one has failed, one is new */
  assert_quiet (desk);
  assert_attention (desk, "payment_failed");
  desk->world.now_ms += DAYS (3);
  desk_run_due (desk);
  desk->world.now_ms += DAYS (3);
  g_assert_cmpstr (state_of (desk, &sale.renewal_id), ==, "unpaid");
  desk_run_due (desk);
  assert_attention (desk, "payment_failed payment_failed payment_failed package_unpaid");
  desk->world.now_ms += DAYS (100);
  assert_quiet (desk);
  g_autoptr (SlPackageRenewal) renewal = renewal_of (desk, &sale.renewal_id);
  SlSaleParams cash = { .method = "cash", .amount_cents = SL_NUMBER_NONE };
  done (sl_payment_take (desk->engine, &desk->owner, &renewal->sale_id, &cash, &paid, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &member), ==, CREDITS);
  assert_attention (desk, "");
  assert_quiet (desk);
  desk->world.now_ms += DAYS (VALID_DAYS) - 1;
  assert_quiet (desk);
  desk->world.now_ms += 1;
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
}

/* Stopped while it is waited for: nobody asks again, and whoever pays all the same has the credits. */
static void
stopped_while_asked_for (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "card");
  desk->world.now_ms += DAYS (VALID_DAYS);
  desk_run_due (desk);
  g_assert_cmpstr (try_stop (desk, &desk->owner, &sale.renewal_id), ==, "ok");
  desk->world.now_ms += DAYS (20);
  assert_quiet (desk);
  assert_attention (desk, "payment_pending");
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpint (desk_balance (desk, &member), ==, CREDITS);
  desk->world.now_ms += DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
}

/* Nobody is charged anew for what was just given back to them. */
static void
given_back_it_ends (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "account");
  SlRefundParams params = { .payment_id = sale.payment_id, .amount_cents = PACKAGE_CENTS, .reason = "moved away" };
  SlRefundResult refund = { 0 };
  done (sl_refund (desk->engine, &desk->owner, &params, &refund, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  g_assert_cmpstr (state_of (desk, &sale.renewal_id), ==, "ended");
}

/* A blocked member, a package that is not sold any more or does not renew any more, and one that may be bought only so
 * often. */
static void
who_may_not_buy_is_sold_nothing (Desk *desk, gconstpointer data)
{
  SlId twice = package_of (desk, 2), other = package_of (desk, 0);
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  SlPackageParams edit;
  SlSale limited = buy (desk, &thandi, &twice, "account"), blocked = buy (desk, &sipho, &other, "account");
  desk_block (desk, &sipho);
  desk->world.now_ms += DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  g_assert_cmpint (cycle_of (desk, &blocked.renewal_id), ==, 0);
  desk->world.now_ms += DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  g_assert_cmpint (cycle_of (desk, &limited.renewal_id), ==, 1);
  sl_package_params_init (&edit);
  edit.per_member = 0;
  edit.renews = -1;
  done (sl_package_edit (desk->engine, &desk->owner, &twice, &edit, &refusal, &failure));
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  edit.renews = 1;
  edit.active = -1;
  done (sl_package_edit (desk->engine, &desk->owner, &twice, &edit, &refusal, &failure));
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  edit.active = 1;
  done (sl_package_edit (desk->engine, &desk->owner, &twice, &edit, &refusal, &failure));
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
}

static void
what_cannot_renew_is_refused (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), package, id;
  SlActor instructor = { 0 };
  g_auto (SlRefusal) refusal_of_sale = { 0 };
  g_autoptr (GError) error = NULL;
  SlSale sale = { 0 };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  done (sl_package_add (desk->engine, &desk->owner, "Once", CREDITS, PACKAGE_CENTS, VALID_DAYS, &package, &refusal,
                        &failure));
  SlSaleParams params = { .member_id = member, .package_id = package, .method = "cash", .collect = "account",
                          .amount_cents = SL_NUMBER_NONE };
  g_assert_true (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal_of_sale, &error));
  g_assert_cmpint (refusal_of_sale.code, ==, SL_REFUSAL_WRONG_STATE);
  params.collect = "barter";
  g_assert_false (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal_of_sale, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  sale = buy (desk, &member, &package, NULL);
  g_assert_cmpstr (try_start (desk, &desk->owner, &sale.sale_id, &id), ==, "wrong_state");
  g_assert_cmpstr (try_start (desk, &instructor, &sale.sale_id, &id), ==, "not_allowed");
  SlId renews = package_of (desk, 0);
  sale = buy (desk, &member, &renews, "account");
  g_assert_cmpstr (try_stop (desk, &instructor, &sale.renewal_id), ==, "not_allowed");
  g_assert_false (sl_package_renewal_start (desk->engine, &desk->owner, &member, "account", &id, &refusal_of_sale,
                                            &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  sl_actor_clear (&instructor);
}

/* Only the device that sold it sells it again. A word that it is wanted no more may be said anywhere. */
static void
other_devices_leave_it_alone (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "eft");
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  second.world.now_ms = desk->world.now_ms = MORNING + DAYS (VALID_DAYS);
  g_assert_cmpint (desk_run_due (&second).package_renewals, ==, 0);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  desk_carry_log (desk, &second);
  second.world.now_ms += HOURS (1);
  settle_last (&second, &member, SL_OUTCOME_PAID); /* its credits are the first one's to give */
  g_assert_cmpint (desk_balance (&second, &member), ==, 0);
  desk_carry_log (&second, desk);
  g_assert_cmpint (desk_run_due (desk).package_credits, ==, 1);
  g_assert_cmpint (desk_balance (desk, &member), ==, CREDITS);
  g_assert_cmpstr (try_stop (&second, &second.owner, &sale.renewal_id), ==, "ok");
  desk_carry_log (&second, desk);
  second.world.now_ms = desk->world.now_ms = MORNING + DAYS (3 * VALID_DAYS);
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 0);
  desk_close (&second, NULL);
}

/* As a copy does that has not yet heard that another goes on for it: one counts on both, and people look at it. */
static void
charged_twice_is_for_people (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId package = package_of (desk, 0), member = desk_member (desk, "Thandi");
  SlSale sale = buy (desk, &member, &package, "account");
  g_autoptr (GError) error = NULL;
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  second.world.now_ms = desk->world.now_ms = MORNING + DAYS (VALID_DAYS);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_RENEWAL);
  sl_fields_set_id (fields, "device_id", sl_oplog_get_replica (second.engine->log));
  g_assert_true (sl_command_begin (second.engine, &second.owner, &error));
  g_assert_true (sl_op_edit (second.engine->log, &sale.renewal_id, fields, &error));
  g_assert_true (sl_command_commit (second.engine, &error));
  g_assert_cmpint (desk_run_due (desk).package_renewals, ==, 1);
  second.world.now_ms += HOURS (1);
  g_assert_cmpint (desk_run_due (&second).package_renewals, ==, 1);
  desk->world.now_ms = second.world.now_ms;
  desk_carry_log (desk, &second);
  desk_carry_log (&second, desk);
  assert_attention (desk, "charged_twice");
  g_autoptr (SlPackageRenewal) one = renewal_of (desk, &sale.renewal_id);
  g_autoptr (SlPackageRenewal) other = renewal_of (&second, &sale.renewal_id);
  g_assert_true (sl_id_equal (&one->sale_id, &other->sale_id));
  assert_quiet (desk);
  assert_quiet (&second);
  desk_close (&second, NULL);
}

static void
lists_tell_what_goes_on (Desk *desk, gconstpointer data)
{
  SlId package = package_of (desk, 0), thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  SlSale one = buy (desk, &thandi, &package, "account");
  g_autoptr (GPtrArray) all = NULL, hers = NULL, his = NULL;
  buy (desk, &sipho, &package, "eft");
  g_assert_cmpstr (try_stop (desk, &desk->owner, &one.renewal_id), ==, "ok");
  done (sl_package_renewal_list (desk->engine, &desk->owner, NULL, &all, &refusal, &failure));
  done (sl_package_renewal_list (desk->engine, &desk->owner, &thandi, &hers, &refusal, &failure));
  done (sl_package_renewal_list (desk->engine, &desk->owner, &sipho, &his, &refusal, &failure));
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpuint (hers->len, ==, 1);
  g_assert_cmpuint (his->len, ==, 1);
  g_assert_cmpstr (((const SlPackageRenewal *) his->pdata[0])->collect, ==, "eft");
  g_assert_cmpint (((const SlPackageRenewal *) hers->pdata[0])->state, ==, SL_PACKAGE_RENEWAL_STOPPED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/package-renewal/five-years-of-credits-that-run-out", five_years);
  desk_test ("/sl/package-renewal/used-up-it-is-bought-again", used_up_it_is_bought_again);
  desk_test ("/sl/package-renewal/weeks-without-power-cost-one", late_and_twice);
  desk_test ("/sl/package-renewal/nobody-is-sold-what-they-did-not-agree-to", nobody_who_did_not_want_it);
  desk_test ("/sl/package-renewal/stopped-it-is-over", stopped_it_is_over);
  desk_test ("/sl/package-renewal/asked-for-as-often-as-plans-are", asked_for_and_not_paid);
  desk_test ("/sl/package-renewal/stopped-while-asked-for", stopped_while_asked_for);
  desk_test ("/sl/package-renewal/given-back-it-ends", given_back_it_ends);
  desk_test ("/sl/package-renewal/who-may-not-buy-is-sold-nothing", who_may_not_buy_is_sold_nothing);
  desk_test ("/sl/package-renewal/what-cannot-renew-is-refused", what_cannot_renew_is_refused);
  desk_test ("/sl/package-renewal/other-devices-leave-it-alone", other_devices_leave_it_alone);
  desk_test ("/sl/package-renewal/charged-twice-is-for-people", charged_twice_is_for_people);
  desk_test ("/sl/package-renewal/lists-tell-what-goes-on", lists_tell_what_goes_on);
  return g_test_run ();
}
