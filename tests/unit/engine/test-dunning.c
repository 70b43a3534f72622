/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/attention.h"
#include "engine/refund.h"

/* What becomes of a membership whose payment does not come: every edge of its status, to the millisecond. */

static SlId
collected (Desk *desk, const char *collect, SlId *out_member)
{
  SlId plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  *out_member = desk_member (desk, "Thandi");
  return sell (desk, out_member, &plan, "cash", collect);
}

static void
tries_then_grace_then_frozen (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  g_assert_cmpint (due, ==, local (desk, "2026-04-02T00:00"));
  g_assert_cmpstr (status_at (desk, &id, due - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (9) - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (9)), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (16) - 1), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (16)), ==, "frozen");
}

static void
at_the_desk_grace_begins_at_once (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, NULL, &member);
  gint64 due = paid_until (desk, &id);
  g_assert_cmpstr (status_at (desk, &id, due - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, due), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (7) - 1), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (7)), ==, "frozen");
}

static void
on_account_it_goes_on (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "account", &member);
  g_assert_cmpstr (status_at (desk, &id, paid_until (desk, &id) + DAYS (300)), ==, "active");
}

static void
policies_say_how_long (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  desk_policy (desk, "dunning_tries", "2");
  desk_policy (desk, "dunning_days", "5");
  desk_policy (desk, "grace_days", "0");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (10) - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, due + DAYS (10)), ==, "frozen");
}

/* Three tries, each when its time has come, the one before it given up; then nothing more is asked for. */
static void
run_due_tries_three_times (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "card", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due - 1;
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
  desk->world.now_ms = due;
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
  desk->world.now_ms = due + DAYS (3) - 1;
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 0);
  desk->world.now_ms = due + DAYS (3);
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 2);
  desk->world.now_ms = due + DAYS (6);
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 2);
  desk->world.now_ms = due + DAYS (9);
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 1);
  desk->world.now_ms = due + DAYS (60);
  gint64 operations = desk_operations (desk);
  desk_run_due (desk);
  g_assert_cmpint (desk_operations (desk), ==, operations);
  g_autoptr (GPtrArray) list = payments_of (desk, &member);
  g_assert_cmpuint (list->len, ==, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (((const SlPayment *) list->pdata[i])->status, ==, SL_PAYMENT_FAILED);
  g_assert_cmpstr (status_now (desk, &id), ==, "frozen");
}

static void
when_all_were_said_to_have_failed_grace_begins (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  for (guint i = 0; i < 3; i++)
    {
      desk->world.now_ms = due + DAYS (3 * i);
      desk_run_due (desk);
      desk->world.now_ms += HOURS (1);
      g_assert_cmpstr (status_now (desk, &id), ==, "active");
      settle_last (desk, &member, SL_OUTCOME_FAILED);
    }
  gint64 failed = due + DAYS (6) + HOURS (1);
  g_assert_cmpstr (status_at (desk, &id, failed - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, failed), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, failed + DAYS (7) - 1), ==, "payment_due");
  g_assert_cmpstr (status_at (desk, &id, failed + DAYS (7)), ==, "frozen");
}

static void
a_late_payment_opens_it_at_once (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due;
  desk_run_due (desk);
  desk->world.now_ms = due + DAYS (20);
  g_assert_cmpstr (status_now (desk, &id), ==, "frozen");
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-05-02T00:00"));
}

/* Frozen all the month that was asked for: the days that are paid are days to come. */
static void
paid_after_its_time_it_counts_from_then_on (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due;
  desk_run_due (desk);
  desk->world.now_ms = local (desk, "2026-06-10T09:30");
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-07-10T00:00"));
  desk->world.now_ms = local (desk, "2026-07-10T00:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-08-10T00:00"));
}

/* The desk takes what was asked for in vain, once. */
static void
the_desk_takes_what_is_due (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due;
  desk_run_due (desk);
  desk->world.now_ms = due + DAYS (10);
  g_assert_cmpstr (status_now (desk, &id), ==, "payment_due");
  g_assert_cmpstr (pay_membership (desk, &id, "cash"), ==, "ok");
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 0);
  g_autoptr (GPtrArray) list = payments_of (desk, &member);
  g_assert_cmpuint (list->len, ==, 3);
  const SlPayment *cash = list->pdata[0], *eft = list->pdata[1];
  g_assert_true (sl_id_equal (&cash->sale_id, &eft->sale_id));
  g_assert_cmpint (eft->status, ==, SL_PAYMENT_FAILED);
}

static void
money_given_back_takes_the_time_back (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, NULL, &member);
  g_autoptr (GPtrArray) list = payments_of (desk, &member);
  const SlPayment *payment = list->pdata[0];
  SlRefundParams params = { .payment_id = payment->id, .amount_cents = 1, .reason = "moved away" };
  SlRefundResult result;
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  params.amount_cents = SL_NUMBER_NONE;
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  g_assert_cmpstr (status_now (desk, &id), ==, "payment_due");
}

static void
pending_from_the_first_day (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlId id = sell (desk, &member, &plan, "qr", NULL);
  g_assert_cmpstr (status_now (desk, &id), ==, "payment_due");
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
}

/* The door by what is due; staff may override. */
static void
booked_ahead_while_somebody_collects (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  SlId service = desk_service (desk, 100, 5, 60);
  gint64 due = paid_until (desk, &id);
  desk_policy (desk, "booking_opens_hours", "2000");
  SlId session = desk_session (desk, &service, due + DAYS (30));
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "ok");
  SlId other, at_desk = collected (desk, NULL, &other);
  SlId later = desk_session (desk, &service, due + DAYS (31));
  (void) at_desk;
  g_assert_cmpstr (desk_try_book (desk, &other, &later), ==, "insufficient_credits");
}

static void
members_hear_of_it (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  g_autoptr (GError) error = NULL;
  desk->world.now_ms = due;
  desk_run_due (desk);
  desk->world.now_ms = due + DAYS (1);
  settle_last (desk, &member, SL_OUTCOME_FAILED);
  g_autoptr (GArray) events = sl_membership_events (desk->engine, NULL, due, due + DAYS (30), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  const SlMembershipEvent *stopped = &g_array_index (events, SlMembershipEvent, 0);
  const SlMembershipEvent *failed = &g_array_index (events, SlMembershipEvent, 1);
  g_assert_cmpint (stopped->kind, ==, SL_MEMBERSHIP_STOPPED);
  g_assert_cmpint (stopped->at_ms, ==, due + DAYS (16));
  g_assert_cmpint (failed->kind, ==, SL_MEMBERSHIP_PAYMENT_FAILED);
  g_assert_cmpint (failed->at_ms, ==, due + DAYS (1));
  SlId other, ending = collected (desk, NULL, &other);
  gint64 end = paid_until (desk, &ending);
  g_autoptr (GArray) ends = sl_membership_events (desk->engine, &other, end, end + 1, &error);
  g_assert_cmpuint (ends->len, ==, 1);
  g_assert_cmpint (g_array_index (ends, SlMembershipEvent, 0).kind, ==, SL_MEMBERSHIP_ENDING);
}

static const char *
attention (Desk *desk)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GString) words = g_string_new (NULL);
  done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? " " : "",
                            sl_attention_name (((const SlAttentionItem *) items->pdata[i])->kind));
  return g_intern_string (words->str);
}

static void
staff_see_what_does_not_come (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "eft", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due;
  desk_run_due (desk);
  g_assert_cmpstr (attention (desk), ==, "");
  settle_last (desk, &member, SL_OUTCOME_FAILED);
  g_assert_cmpstr (attention (desk), ==, "payment_failed");
  desk->world.now_ms = due + DAYS (9);
  g_assert_cmpstr (attention (desk), ==, "membership_unpaid payment_failed");
  g_assert_cmpstr (pay_membership (desk, &id, "cash"), ==, "ok");
  g_assert_cmpstr (attention (desk), ==, "");
}

static void
staff_see_what_is_owed_long (Desk *desk, gconstpointer data)
{
  SlId member, id = collected (desk, "account", &member);
  gint64 due = paid_until (desk, &id);
  desk->world.now_ms = due;
  desk_run_due (desk);
  desk->world.now_ms = due + DAYS (30) - 1;
  g_assert_cmpstr (attention (desk), ==, "");
  desk->world.now_ms++;
  g_assert_cmpstr (attention (desk), ==, "payment_pending");
}

/* Sold apart at two desks: both stand, and people decide which is given back. */
static void
charged_twice_is_for_people (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member, id = collected (desk, NULL, &member);
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  second.world.now_ms = desk->world.now_ms = MORNING + HOURS (1);
  g_assert_cmpstr (pay_membership (desk, &id, "cash"), ==, "ok");
  g_assert_cmpstr (pay_membership (&second, &id, "cash"), ==, "ok");
  g_assert_cmpstr (attention (desk), ==, "");
  desk_carry_log (&second, desk);
  g_assert_cmpstr (attention (desk), ==, "charged_twice");
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-05-02T00:00"));
  g_autoptr (GPtrArray) list = payments_of (&second, &member);
  SlRefundParams params = { .payment_id = ((const SlPayment *) list->pdata[0])->id, .amount_cents = SL_NUMBER_NONE,
                            .reason = "twice" };
  SlRefundResult result;
  done (sl_refund (second.engine, &second.owner, &params, &result, &refusal, &failure));
  desk_carry_log (&second, desk);
  g_assert_cmpstr (attention (desk), ==, "");
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-05-02T00:00"));
  desk_close (&second, NULL);
}

/* The same plan, sold to the same member at two desks: until one is given back, or ends before the other begins. */
static void
sold_twice_is_for_people (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), other = plan_of (desk, "unlimited", "annual", 0, 0);
  SlId member = desk_member (desk, "Thandi"), somebody = desk_member (desk, "Sipho");
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  SlId one = sell (desk, &member, &month, "cash", NULL);
  sell (&second, &member, &other, "cash", NULL);
  sell (&second, &somebody, &month, "cash", NULL);
  desk_carry_log (&second, desk);
  g_assert_cmpstr (attention (desk), ==, ""); /* another plan, somebody else */
  second.world.now_ms = desk->world.now_ms += HOURS (1);
  SlId twice = sell (&second, &member, &month, "cash", NULL);
  desk_carry_log (&second, desk);
  g_assert_cmpstr (attention (desk), ==, "charged_twice");
  g_autoptr (GPtrArray) list = payments_of (&second, &member);
  SlRefundParams params = { .payment_id = ((const SlPayment *) list->pdata[0])->id, .amount_cents = SL_NUMBER_NONE,
                            .reason = "twice" };
  SlRefundResult result;
  done (sl_refund (second.engine, &second.owner, &params, &result, &refusal, &failure));
  done (sl_membership_cancel (second.engine, &second.owner, &twice, 0, &refusal, &failure));
  desk_carry_log (&second, desk);
  g_assert_cmpstr (attention (desk), ==, "");
  desk->world.now_ms += HOURS (1);
  done (sl_membership_cancel (desk->engine, &desk->owner, &one, 0, &refusal, &failure));
  sell (desk, &member, &month, "cash", NULL);
  g_assert_cmpstr (attention (desk), ==, "");
  desk_close (&second, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/dunning/tries-then-grace-then-frozen", tries_then_grace_then_frozen);
  desk_test ("/sl/dunning/at-the-desk-grace-begins-at-once", at_the_desk_grace_begins_at_once);
  desk_test ("/sl/dunning/on-account-it-goes-on", on_account_it_goes_on);
  desk_test ("/sl/dunning/policies-say-how-long", policies_say_how_long);
  desk_test ("/sl/dunning/run-due-tries-three-times", run_due_tries_three_times);
  desk_test ("/sl/dunning/when-all-were-said-to-have-failed-grace-begins",
             when_all_were_said_to_have_failed_grace_begins);
  desk_test ("/sl/dunning/a-late-payment-opens-it-at-once", a_late_payment_opens_it_at_once);
  desk_test ("/sl/dunning/paid-after-its-time-it-counts-from-then-on", paid_after_its_time_it_counts_from_then_on);
  desk_test ("/sl/dunning/the-desk-takes-what-is-due", the_desk_takes_what_is_due);
  desk_test ("/sl/dunning/money-given-back-takes-the-time-back", money_given_back_takes_the_time_back);
  desk_test ("/sl/dunning/pending-from-the-first-day", pending_from_the_first_day);
  desk_test ("/sl/dunning/booked-ahead-while-somebody-collects", booked_ahead_while_somebody_collects);
  desk_test ("/sl/dunning/members-hear-of-it", members_hear_of_it);
  desk_test ("/sl/dunning/staff-see-what-does-not-come", staff_see_what_does_not_come);
  desk_test ("/sl/dunning/staff-see-what-is-owed-long", staff_see_what_is_owed_long);
  desk_test ("/sl/dunning/charged-twice-is-for-people", charged_twice_is_for_people);
  desk_test ("/sl/dunning/sold-twice-is-for-people", sold_twice_is_for_people);
  return g_test_run ();
}
