/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/membership.h"

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/plan.h"
#include "engine/service.h"
#include "expect.h"

/* Plans and memberships, as far as bookings depend on them. */

#define START (MORNING + DAYS (1))

static SlId
plan (Desk *desk, const char *kind, const SlId *service, const char *hours)
{
  SlPlanParams params;
  SlId id;
  sl_plan_params_init (&params);
  params.name = "Everything";
  params.kind = kind;
  params.period = "monthly";
  params.price_cents = 120000;
  params.services = service;
  params.n_services = service != NULL ? 1 : 0;
  params.access_hours = hours;
  if (g_str_equal (kind, "credits"))
    params.credits_hundredths = 800;
  done (sl_plan_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlId
start (Desk *desk, const SlId *member, const SlId *of, gint64 from_ms, gint64 until_ms)
{
  const SlMembershipParams params = { .member_id = *member, .plan_id = *of, .from_ms = from_ms, .until_ms = until_ms };
  SlId id;
  done (sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static const char *
status_at (Desk *desk, const SlId *id, gint64 at_ms)
{
  g_autoptr (GError) error = NULL;
  desk->world.now_ms = at_ms;
  g_autoptr (SlMembership) membership = sl_membership_get (desk->engine, id, &error);
  g_assert_no_error (error);
  return sl_membership_status_name (membership->status);
}

static void
status_follows_the_clock (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId id = start (desk, &member, &all, MORNING + DAYS (1), MORNING + DAYS (30));
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, MORNING + DAYS (5), MORNING + DAYS (8), &refusal,
                              &failure));
  done (sl_membership_paid (desk->engine, &desk->owner, &id, MORNING + DAYS (20), &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (1) - 1), ==, "not_started");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (1)), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (5) - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (5)), ==, "frozen");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (8) - 1), ==, "frozen");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (8)), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (20) - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (20)), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (27) - 1), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (27)), ==, "frozen");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (30) - 1), ==, "frozen");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (30)), ==, "expired");
}

static void
cancelled_it_goes_on_until_its_end (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId id = start (desk, &member, &all, 0, MORNING + DAYS (30));
  done (sl_membership_cancel (desk->engine, &desk->owner, &id, MORNING + DAYS (40), &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (30) - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, MORNING + DAYS (30)), ==, "cancelled"); /* no later than it would have ended */
}

/* What a later billing writes beside the times. */
static void
set_word (Desk *desk, const SlId *id, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  sl_fields_set_text (fields, "status", word);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_edit (desk->engine->log, id, fields, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
}

static void
what_billing_has_found_counts_until_it_is_settled (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId id = start (desk, &member, &all, 0, 0);
  set_word (desk, &id, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, MORNING), ==, "payment_due");
  done (sl_membership_paid (desk->engine, &desk->owner, &id, 0, &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, MORNING), ==, "active");
  set_word (desk, &id, "frozen");
  g_assert_cmpstr (status_at (desk, &id, MORNING), ==, "frozen");
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, MORNING), ==, "active");
  set_word (desk, &id, "cancelled"); /* without an end: at once */
  g_assert_cmpstr (status_at (desk, &id, MORNING), ==, "cancelled");
}

static void
an_unlimited_plan_pays (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, START);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "insufficient_credits");
  start (desk, &member, &all, 0, 0);
  SlId booking = desk_book (desk, &member, &session);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "confirmed");
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpint (desk_refunded (desk, &booking), ==, 0);
}

static void
guests_are_paid_for_all_the_same (Desk *desk, gconstpointer data)
{
  static const char *const guests[] = { "Lerato", NULL };
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, START);
  start (desk, &member, &all, 0, 0);
  desk_credits (desk, &member, 150, 30);
  desk_book_spots (desk, &member, &session, guests);
  g_assert_cmpint (desk_balance (desk, &member), ==, 50);
}

static void
not_covered_where_the_plan_is_for_something_else (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Sipho");
  SlId yoga = desk_service (desk, 100, 5, 60), spinning = desk_service (desk, 100, 5, 60);
  SlId of_yoga = plan (desk, "unlimited", &yoga, NULL), of_credits = plan (desk, "credits", NULL, NULL);
  SlId yoga_session = desk_session (desk, &yoga, START);
  SlId spin_session = desk_session (desk, &spinning, START + HOURS (2));
  start (desk, &member, &of_yoga, 0, 0);
  start (desk, &other, &of_credits, 0, 0);
  g_assert_cmpstr (desk_try_book (desk, &member, &yoga_session), ==, "ok");
  g_assert_cmpstr (desk_try_book (desk, &member, &spin_session), ==, "not_covered");
  desk_credits (desk, &member, 50, 30);
  g_assert_cmpstr (desk_try_book (desk, &member, &spin_session), ==, "insufficient_credits");
  desk_credits (desk, &member, 50, 30);
  g_assert_cmpstr (desk_try_book (desk, &member, &spin_session), ==, "ok");
  g_assert_cmpstr (desk_try_book (desk, &other, &yoga_session), ==, "insufficient_credits");
}

static void
a_plan_pays_within_its_hours (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), off_peak = plan (desk, "unlimited", NULL, "Mon-Sun 09:00-16:00");
  SlId service = desk_service (desk, 100, 5, 60);
  SlId early = desk_session (desk, &service, START + HOURS (2));
  SlId late = desk_session (desk, &service, START + HOURS (4));
  start (desk, &member, &off_peak, 0, 0);
  g_assert_cmpstr (desk_try_book (desk, &member, &early), ==, "not_covered"); /* 08:00 */
  g_assert_cmpstr (desk_try_book (desk, &member, &late), ==, "ok");           /* 10:00 */
}

static void
a_plan_pays_for_what_starts_while_it_runs (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId service = desk_service (desk, 100, 5, 60);
  SlId first = desk_session (desk, &service, START), frozen = desk_session (desk, &service, START + DAYS (1));
  SlId last = desk_session (desk, &service, START + DAYS (2)), after = desk_session (desk, &service, START + DAYS (3));
  SlId id = start (desk, &member, &all, START, START + DAYS (3));
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, START + DAYS (1), START + DAYS (2), &refusal, &failure));
  g_assert_cmpstr (desk_try_book (desk, &member, &first), ==, "ok"); /* booked before it begins */
  g_assert_cmpstr (desk_try_book (desk, &member, &frozen), ==, "insufficient_credits");
  g_assert_cmpstr (desk_try_book (desk, &member, &after), ==, "insufficient_credits");
  done (sl_membership_paid (desk->engine, &desk->owner, &id, MORNING + HOURS (1), &refusal, &failure));
  desk->world.now_ms = START;
  g_assert_cmpstr (desk_try_book (desk, &member, &last), ==, "insufficient_credits"); /* a payment is due */
  done (sl_membership_paid (desk->engine, &desk->owner, &id, 0, &refusal, &failure));
  g_assert_cmpstr (desk_try_book (desk, &member, &last), ==, "ok");
}

static void
the_best_one_counts (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other_record = desk_member (desk, "Thandi"), survivor;
  SlId one = plan (desk, "unlimited", NULL, NULL), two = plan (desk, "unlimited", NULL, NULL);
  SlId running = start (desk, &member, &one, 0, 0);
  SlId over = start (desk, &other_record, &two, MORNING - DAYS (60), MORNING - DAYS (30));
  g_autoptr (SlMembership) of_other = NULL, of_both = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_membership_current (desk->engine, &other_record, MORNING, &of_other, &error));
  g_assert_true (sl_id_equal (&of_other->id, &over));
  done (sl_member_merge (desk->engine, &desk->owner, &member, &other_record, &survivor, &refusal, &failure));
  g_assert_true (sl_membership_current (desk->engine, &other_record, MORNING, &of_both, &error));
  g_assert_true (sl_id_equal (&of_both->id, &running));
}

static void
nobody_needs_a_plan (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 5);
  g_autoptr (SlMembership) none = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_membership_current (desk->engine, &member, MORNING, &none, &error));
  g_assert_null (none);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "ok");
}

static void
states_that_forbid_a_change (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL);
  SlId id = start (desk, &member, &all, 0, 0), another;
  SlMembershipParams again = { .member_id = member, .plan_id = all };
  SlPlanParams closed;
  refused ("wrong_state", sl_membership_start (desk->engine, &desk->owner, &again, &another, &refusal, &failure));
  refused ("wrong_state", sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, 0, 0, &refusal, &failure));
  refused ("wrong_state", sl_membership_freeze (desk->engine, &desk->owner, &id, 0, 0, &refusal, &failure));
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, desk->world.now_ms), ==, "active");
  done (sl_membership_cancel (desk->engine, &desk->owner, &id, 0, &refusal, &failure));
  g_assert_cmpstr (status_at (desk, &id, desk->world.now_ms), ==, "cancelled");
  refused ("wrong_state", sl_membership_cancel (desk->engine, &desk->owner, &id, 0, &refusal, &failure));
  refused ("wrong_state", sl_membership_paid (desk->engine, &desk->owner, &id, 0, &refusal, &failure));
  sl_plan_params_init (&closed);
  closed.active = -1;
  done (sl_plan_edit (desk->engine, &desk->owner, &all, &closed, &refusal, &failure));
  refused ("wrong_state", sl_membership_start (desk->engine, &desk->owner, &again, &another, &refusal, &failure));
}

static void
refusals_by_role_and_member (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlId member = desk_member (desk, "Thandi"), banned = desk_member (desk, "B"), gone = desk_member (desk, "G"), id;
  SlId all = plan (desk, "unlimited", NULL, NULL);
  SlMembershipParams params = { .member_id = member, .plan_id = all };
  SlPlanParams of_plan;
  guint released;
  sl_plan_params_init (&of_plan);
  of_plan.name = "P";
  of_plan.kind = "unlimited";
  of_plan.period = "annual";
  of_plan.price_cents = 1;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_auto (SlActor) actor = { 0 };
      desk_staff (desk, roles[i], &actor);
      refused ("not_allowed", sl_membership_start (desk->engine, &actor, &params, &id, &refusal, &failure));
      refused ("not_allowed", sl_plan_add (desk->engine, &actor, &of_plan, &id, &refusal, &failure));
      refused ("not_allowed", sl_plan_edit (desk->engine, &actor, &all, &of_plan, &refusal, &failure));
    }
  desk_block (desk, &banned);
  done (sl_member_erase (desk->engine, &desk->owner, &gone, NULL, &released, &refusal, &failure));
  params.member_id = banned;
  refused ("member_blocked", sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params.member_id = gone;
  refused ("member_erased", sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
}

static void
bad_input_is_named (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), all = plan (desk, "unlimited", NULL, NULL), id;
  SlMembershipParams params = { .member_id = member, .plan_id = all, .from_ms = START, .until_ms = START };
  SlPlanParams of_plan;
  sl_plan_params_init (&of_plan);
  fails (SL_ERROR_BAD_INPUT, sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_plan_add (desk->engine, &desk->owner, &of_plan, &id, &refusal, &failure));
  of_plan.name = "P";
  of_plan.kind = "weekly";
  of_plan.period = "monthly";
  of_plan.price_cents = 100;
  fails (SL_ERROR_BAD_INPUT, sl_plan_add (desk->engine, &desk->owner, &of_plan, &id, &refusal, &failure));
  of_plan.kind = "credits"; /* without saying how many */
  fails (SL_ERROR_BAD_INPUT, sl_plan_add (desk->engine, &desk->owner, &of_plan, &id, &refusal, &failure));
  of_plan.kind = "unlimited";
  of_plan.access_hours = "whenever";
  fails (SL_ERROR_BAD_INPUT, sl_plan_add (desk->engine, &desk->owner, &of_plan, &id, &refusal, &failure));
  of_plan.access_hours = NULL;
  of_plan.price_cents = -1;
  fails (SL_ERROR_BAD_INPUT, sl_plan_add (desk->engine, &desk->owner, &of_plan, &id, &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/membership/status-follows-the-clock", status_follows_the_clock);
  desk_test ("/sl/membership/cancelled-it-goes-on-until-its-end", cancelled_it_goes_on_until_its_end);
  desk_test ("/sl/membership/what-billing-has-found-counts-until-it-is-settled",
             what_billing_has_found_counts_until_it_is_settled);
  desk_test ("/sl/membership/an-unlimited-plan-pays", an_unlimited_plan_pays);
  desk_test ("/sl/membership/guests-are-paid-for-all-the-same", guests_are_paid_for_all_the_same);
  desk_test ("/sl/membership/not-covered-where-the-plan-is-for-something-else",
             not_covered_where_the_plan_is_for_something_else);
  desk_test ("/sl/membership/a-plan-pays-within-its-hours", a_plan_pays_within_its_hours);
  desk_test ("/sl/membership/a-plan-pays-for-what-starts-while-it-runs", a_plan_pays_for_what_starts_while_it_runs);
  desk_test ("/sl/membership/the-best-one-counts", the_best_one_counts);
  desk_test ("/sl/membership/nobody-needs-a-plan", nobody_needs_a_plan);
  desk_test ("/sl/membership/states-that-forbid-a-change", states_that_forbid_a_change);
  desk_test ("/sl/membership/refusals-by-role-and-member", refusals_by_role_and_member);
  desk_test ("/sl/membership/bad-input-is-named", bad_input_is_named);
  return g_test_run ();
}
