/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/package.h"

#include "desk-fixture.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/sale.h"
#include "expect.h"

/* Packages with limits, what they are good for, and credits that change hands or end. */

#define START (MORNING + DAYS (1))

static SlPackageParams
ten (void)
{
  SlPackageParams params;
  sl_package_params_init (&params);
  params.name = "Ten";
  params.credits_hundredths = 1000;
  params.price_cents = 90000;
  params.valid_days = 30;
  return params;
}

static SlId
create (Desk *desk, const SlPackageParams *params)
{
  SlId id;
  done (sl_package_create (desk->engine, &desk->owner, params, &id, &refusal, &failure));
  return id;
}

static const char *
try_sell (Desk *desk, const SlId *package, const SlId *member)
{
  const SlSaleParams params = { .member_id = *member, .package_id = *package, .method = "card",
                                .amount_cents = SL_NUMBER_NONE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlSale sale;
  g_assert_true (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}

static void
credits_are_spent_where_the_package_counts (Desk *desk, gconstpointer data)
{
  SlId elsewhere = desk_other_location (desk, "Claremont"), member = desk_member (desk, "Thandi");
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, START);
  SlPackageParams params = ten (), edit;
  params.locations = &elsewhere;
  params.n_locations = 1;
  SlId there = create (desk, &params);
  g_assert_cmpstr (try_sell (desk, &there, &member), ==, "ok"); /* sold here, for there */
  g_assert_cmpint (desk_balance (desk, &member), ==, 1000);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "not_covered");
  desk_credits (desk, &member, 50, 30);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "not_covered");
  desk_credits (desk, &member, 50, 30);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "ok");
  g_assert_cmpint (desk_balance (desk, &member), ==, 1000); /* what counts elsewhere alone is still there */
  SlId later = desk_session (desk, &service, START + HOURS (3));
  sl_package_params_init (&edit);
  edit.everywhere = TRUE;
  done (sl_package_edit (desk->engine, &desk->owner, &there, &edit, &refusal, &failure));
  g_assert_cmpstr (desk_try_book (desk, &member, &later), ==, "ok");
}

static void
limit_reached_after_so_many (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Thandi"), third = desk_member (desk, "T");
  SlId survivor;
  SlPackageParams params = ten ();
  params.per_member = 2;
  SlId package = create (desk, &params);
  g_assert_cmpstr (try_sell (desk, &package, &member), ==, "ok");
  g_assert_cmpstr (try_sell (desk, &package, &member), ==, "ok");
  g_assert_cmpstr (try_sell (desk, &package, &member), ==, "limit_reached");
  g_assert_cmpstr (try_sell (desk, &package, &other), ==, "ok");
  done (sl_member_merge (desk->engine, &desk->owner, &member, &other, &survivor, &refusal, &failure));
  g_assert_cmpstr (try_sell (desk, &package, &other), ==, "limit_reached");
  g_assert_cmpstr (try_sell (desk, &package, &third), ==, "ok");
}

static void
limit_reached_for_who_is_not_new (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), old = desk_member (desk, "Sipho"), given = desk_member (desk, "Lerato");
  SlPackageParams params = ten ();
  gint64 balance, to_balance;
  params.new_only = 1;
  SlId intro = create (desk, &params);
  desk_credits (desk, &old, 100, 30);
  g_assert_cmpstr (try_sell (desk, &intro, &old), ==, "limit_reached");
  done (sl_credits_transfer (desk->engine, &desk->owner, &old, &given, 100, "a present", &balance, &to_balance,
                             &refusal, &failure));
  g_assert_cmpstr (try_sell (desk, &intro, &given), ==, "ok"); /* has bought nothing */
  g_assert_cmpstr (try_sell (desk, &intro, &member), ==, "ok");
  g_assert_cmpstr (try_sell (desk, &intro, &member), ==, "limit_reached");
}

static void
what_is_edited_is_shown_and_no_longer_sold (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlPackageParams params = ten (), edit;
  g_autoptr (GError) error = NULL;
  params.renews = 1;
  SlId id = create (desk, &params);
  g_autoptr (SlPackage) before = sl_package_get (desk->engine, &id, &error);
  g_assert_true (before->renews && before->active && !before->new_only && before->locations == NULL);
  sl_package_params_init (&edit);
  edit.price_cents = 95000;
  edit.per_member = 3;
  edit.locations = &desk->location;
  edit.n_locations = 1;
  edit.renews = edit.active = -1;
  done (sl_package_edit (desk->engine, &desk->owner, &id, &edit, &refusal, &failure));
  g_autoptr (SlPackage) after = sl_package_get (desk->engine, &id, &error);
  g_assert_cmpint (after->price_cents, ==, 95000);
  g_assert_cmpint (after->credits_hundredths, ==, 1000);
  g_assert_cmpint (after->per_member, ==, 3);
  g_assert_cmpuint (after->locations->len, ==, 1);
  g_assert_false (after->renews || after->active);
  g_assert_cmpstr (try_sell (desk, &id, &member), ==, "wrong_state");
}

static void
refusals_and_bad_input (Desk *desk, gconstpointer data)
{
  SlPackageParams params = ten (), edit;
  SlId id = create (desk, &params), nowhere = { { 1 } };
  g_auto (SlActor) reception = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  sl_package_params_init (&edit);
  refused ("not_allowed", sl_package_create (desk->engine, &reception, &params, &id, &refusal, &failure));
  refused ("not_allowed", sl_package_edit (desk->engine, &reception, &id, &edit, &refusal, &failure));
  edit.per_member = -1;
  fails (SL_ERROR_BAD_INPUT, sl_package_edit (desk->engine, &desk->owner, &id, &edit, &refusal, &failure));
  sl_package_params_init (&edit);
  edit.name = " ";
  fails (SL_ERROR_BAD_INPUT, sl_package_edit (desk->engine, &desk->owner, &id, &edit, &refusal, &failure));
  sl_package_params_init (&edit);
  edit.locations = &nowhere;
  edit.n_locations = 1;
  fails (SL_ERROR_NOT_FOUND, sl_package_edit (desk->engine, &desk->owner, &id, &edit, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_package_edit (desk->engine, &desk->owner, &nowhere, &edit, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_package_create (desk->engine, &desk->owner, &edit, &id, &refusal, &failure));
}

static void
assert_entry (Desk *desk, const SlId *member, const char *kind, gint64 amount)
{
  g_autoptr (SlCredits) credits = NULL;
  gint64 sum = 0;
  gboolean found = FALSE;
  done (sl_credits_show (desk->engine, &desk->owner, member, &credits, &refusal, &failure));
  for (guint i = 0; i < credits->entries->len; i++)
    {
      const SlCreditEntry *entry = credits->entries->pdata[i];
      sum += entry->amount_hundredths;
      found = found || (g_str_equal (sl_entry_kind_name (entry->kind), kind) && entry->amount_hundredths == amount);
    }
  g_assert_true (found);
  g_assert_cmpint (sum, ==, credits->balance_hundredths);
}

static void
a_transfer_gives_what_ends_first_with_its_end (Desk *desk, gconstpointer data)
{
  SlId giver = desk_member (desk, "Thandi"), receiver = desk_member (desk, "Sipho");
  gint64 balance, to_balance;
  desk_credits (desk, &giver, 300, 60);
  desk_credits (desk, &giver, 50, 10);
  done (sl_credits_transfer (desk->engine, &desk->owner, &giver, &receiver, 150, "a present", &balance, &to_balance,
                             &refusal, &failure));
  g_assert_cmpint (balance, ==, 200);
  g_assert_cmpint (to_balance, ==, 150);
  g_autoptr (SlCredits) got = NULL;
  done (sl_credits_show (desk->engine, &desk->owner, &receiver, &got, &refusal, &failure));
  g_assert_cmpuint (got->lots->len, ==, 2);
  g_assert_cmpint (g_array_index (got->lots, SlCreditLot, 0).left_hundredths, ==, 50);
  g_assert_cmpint (g_array_index (got->lots, SlCreditLot, 0).expires_ms, ==, MORNING + DAYS (10));
  g_assert_cmpint (g_array_index (got->lots, SlCreditLot, 1).expires_ms, ==, MORNING + DAYS (60));
  assert_entry (desk, &giver, "transfer", -50);
  assert_entry (desk, &giver, "transfer", -100);
  assert_entry (desk, &receiver, "transfer", 100);
  desk->world.now_ms = MORNING + DAYS (10);
  assert_entry (desk, &receiver, "expire", -50);
}

static void
transfers_that_are_refused (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlId giver = desk_member (desk, "Thandi"), receiver = desk_member (desk, "Sipho"), gone = desk_member (desk, "G");
  gint64 balance, other;
  guint released;
  desk_credits (desk, &giver, 100, 30);
  done (sl_member_erase (desk->engine, &desk->owner, &gone, NULL, &released, &refusal, &failure));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_auto (SlActor) actor = { 0 };
      desk_staff (desk, roles[i], &actor);
      refused ("not_allowed", sl_credits_transfer (desk->engine, &actor, &giver, &receiver, 50, "r", &balance, &other,
                                                   &refusal, &failure));
    }
  refused ("reason_required", sl_credits_transfer (desk->engine, &desk->owner, &giver, &receiver, 50, " ", &balance,
                                                   &other, &refusal, &failure));
  refused ("member_erased", sl_credits_transfer (desk->engine, &desk->owner, &giver, &gone, 50, "r", &balance, &other,
                                                 &refusal, &failure));
  refused ("insufficient_credits", sl_credits_transfer (desk->engine, &desk->owner, &giver, &receiver, 101, "r",
                                                        &balance, &other, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_credits_transfer (desk->engine, &desk->owner, &giver, &giver, 50, "r", &balance, &other,
                                                  &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_credits_transfer (desk->engine, &desk->owner, &giver, &receiver, 0, "r", &balance,
                                                  &other, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &giver), ==, 100);
}

static guint
expiring (Desk *desk, const SlActor *actor, gint64 days)
{
  g_autoptr (GPtrArray) lots = NULL;
  done (sl_credits_expiring (desk->engine, actor, days, &lots, &refusal, &failure));
  return lots->len;
}

static void
what_ends_within_a_week_is_warned_of (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Sipho"), survivor;
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, START);
  g_autoptr (GPtrArray) lots = NULL;
  g_auto (SlActor) instructor = { 0 };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_credits (desk, &member, 100, 7);
  desk_credits (desk, &member, 100, 8);
  desk_credits (desk, &other, 100, 5);
  g_assert_cmpuint (expiring (desk, &desk->owner, SL_NUMBER_NONE), ==, 2);
  g_assert_cmpuint (expiring (desk, &desk->owner, 8), ==, 3);
  g_assert_cmpuint (expiring (desk, &instructor, 8), ==, 0);
  desk_policy (desk, "credits_warn_days", "6");
  g_assert_cmpuint (expiring (desk, &desk->owner, SL_NUMBER_NONE), ==, 1);
  desk_book (desk, &other, &session); /* nothing left of it */
  g_assert_cmpuint (expiring (desk, &desk->owner, SL_NUMBER_NONE), ==, 0);
  done (sl_member_merge (desk->engine, &desk->owner, &member, &other, &survivor, &refusal, &failure));
  done (sl_credits_expiring (desk->engine, &desk->owner, 7, &lots, &refusal, &failure));
  g_assert_cmpuint (lots->len, ==, 1);
  g_assert_cmpstr (((SlExpiringLot *) lots->pdata[0])->first, ==, "Sipho");
  fails (SL_ERROR_BAD_INPUT, sl_credits_expiring (desk->engine, &desk->owner, -1, &lots, &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/package/credits-are-spent-where-the-package-counts", credits_are_spent_where_the_package_counts);
  desk_test ("/sl/package/limit-reached-after-so-many", limit_reached_after_so_many);
  desk_test ("/sl/package/limit-reached-for-who-is-not-new", limit_reached_for_who_is_not_new);
  desk_test ("/sl/package/what-is-edited-is-shown-and-no-longer-sold", what_is_edited_is_shown_and_no_longer_sold);
  desk_test ("/sl/package/refusals-and-bad-input", refusals_and_bad_input);
  desk_test ("/sl/package/a-transfer-gives-what-ends-first-with-its-end",
             a_transfer_gives_what_ends_first_with_its_end);
  desk_test ("/sl/package/transfers-that-are-refused", transfers_that_are_refused);
  desk_test ("/sl/package/what-ends-within-a-week-is-warned-of", what_ends_within_a_week_is_warned_of);
  return g_test_run ();
}
