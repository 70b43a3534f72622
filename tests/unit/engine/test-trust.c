/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-trust"

#include "desk-fixture.h"

#include "engine/attention.h"
#include "engine/credits.h"
#include "engine/reschedule.h"
#include "engine/rights.h"

#define START (MORNING + DAYS (3))

/* A member whose credits were sold at the first desk, and a second one with places of its own. */
typedef struct { Desk *one; Desk two; SlId member, service; } Pair;

static void
pair_open (Pair *pair, Desk *desk, gint64 credits, const char *trust)
{
  pair->one = desk;
  pair->member = desk_member (desk, "Thandi");
  pair->service = desk_service (desk, 100, 5, 60);
  if (trust != NULL)
    desk_policy (desk, "trust_visits", trust);
  desk_credits (desk, &pair->member, credits, 60);
  desk_join (&pair->two, desk, "Second desk");
}

static SlId
session_at_two (Pair *pair, gint64 start_ms)
{
  return desk_session (&pair->two, &pair->service, start_ms);
}

static void
carry_both (Pair *pair)
{
  desk_carry_log (&pair->two, pair->one);
  desk_carry_log (pair->one, &pair->two);
}

static guint
attention_count (Desk *desk, const char *word)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  guint count = 0;

  g_assert_true (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  for (guint i = 0; i < items->len; i++)
    count += g_str_equal (sl_attention_name (((SlAttentionItem *) items->pdata[i])->kind), word) ? 1 : 0;
  return count;
}

static void
refuses_where_the_studio_does_not_trust (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 300, NULL);
  SlId session = session_at_two (&pair, START);
  g_assert_cmpstr (desk_try_book (&pair.two, &pair.member, &session), ==, "credits_elsewhere");
  desk_close (&pair.two, NULL);
}

static const char *
try_reschedule (Desk *desk, const SlId *booking, const SlId *to)
{
  SlRescheduleResult result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (
      sl_booking_reschedule (desk->engine, &desk->owner, booking, to, NULL, &result, &refusal, &failure));
  g_assert_no_error (failure);
  sl_booking_result_clear (&result.made);
  return sl_refusal_name (refusal.code);
}

/* What the old booking gives back goes to the desk that keeps it: the member has it, and this desk does not. */
static void
reschedules_elsewhere_with_what_comes_back_there (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 100, NULL);
  SlId from = desk_session (desk, &pair.service, START), old = desk_book (desk, &pair.member, &from);
  SlId to = session_at_two (&pair, START + DAYS (1));
  carry_both (&pair);
  g_assert_cmpstr (try_reschedule (&pair.two, &old, &to), ==, "credits_elsewhere");
  g_assert_cmpstr (desk_status (&pair.two, &old), ==, "confirmed");

  desk_policy (desk, "trust_visits", "1");
  carry_both (&pair);
  g_assert_cmpstr (try_reschedule (&pair.two, &old, &to), ==, "ok");
  carry_both (&pair);
  g_assert_cmpint (desk_balance (desk, &pair.member), ==, 100);
  g_assert_cmpint (desk_run_due (desk).trust_passed, ==, 1);
  carry_both (&pair);
  g_assert_cmpint (desk_run_due (&pair.two).trust_settled, ==, 1);
  g_assert_cmpint (desk_balance (&pair.two, &pair.member), ==, 0);
  desk_close (&pair.two, NULL);
}

static void
trusts_one_visit_and_settles_it (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlDueCounts due;

  pair_open (&pair, desk, 300, "1");
  SlId first = session_at_two (&pair, START), second = session_at_two (&pair, START + DAYS (1));
  SlId booking = desk_book (&pair.two, &pair.member, &first);
  g_assert_cmpstr (desk_try_book (&pair.two, &pair.member, &second), ==, "trust_used");
  g_autoptr (SlBookingView) owed = sl_booking_show (pair.two.engine, &booking, NULL);
  g_assert_cmpint (owed->owed_hundredths, ==, 100);
  g_assert_cmpint (desk_balance (&pair.two, &pair.member), ==, 300);

  g_assert_cmpint (desk_run_due (&pair.two).trust_settled, ==, 0);
  carry_both (&pair);
  due = desk_run_due (desk);
  g_assert_cmpint (due.trust_passed, ==, 1);
  g_assert_cmpint (desk_run_due (desk).trust_passed, ==, 0);
  carry_both (&pair);
  g_assert_cmpint (desk_run_due (&pair.two).trust_settled, ==, 1);
  g_assert_cmpint (desk_run_due (&pair.two).trust_settled, ==, 0);
  g_autoptr (SlBookingView) paid = sl_booking_show (pair.two.engine, &booking, NULL);
  g_assert_cmpint (paid->owed_hundredths, ==, 0);
  g_assert_cmpint (paid->spent_hundredths, ==, 100);
  carry_both (&pair);
  g_assert_cmpint (desk_balance (desk, &pair.member), ==, 200);
  g_assert_cmpstr (desk_try_book (&pair.two, &pair.member, &second), ==, "ok");
  desk_close (&pair.two, NULL);
}

static void
gives_back_of_a_settled_visit_what_the_policy_says (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 300, "1");
  SlId session = session_at_two (&pair, START), booking = desk_book (&pair.two, &pair.member, &session);
  carry_both (&pair);
  (void) desk_run_due (desk);
  carry_both (&pair);
  (void) desk_run_due (&pair.two);
  pair.two.world.now_ms = START - HOURS (13);
  g_assert_cmpstr (desk_try_cancel (&pair.two, &pair.two.owner, &booking, NULL), ==, "ok");
  g_assert_cmpint (desk_balance (&pair.two, &pair.member), ==, 250);
  desk_close (&pair.two, NULL);
}

static void
owes_nothing_for_what_was_given_back_in_full (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 100, "1");
  SlId session = session_at_two (&pair, START), booking = desk_book (&pair.two, &pair.member, &session);
  g_assert_cmpstr (desk_try_cancel (&pair.two, &pair.two.owner, &booking, NULL), ==, "ok");
  carry_both (&pair);
  g_assert_cmpint (desk_run_due (desk).trust_passed, ==, 0);
  SlId again = session_at_two (&pair, START + DAYS (1));
  g_assert_cmpstr (desk_try_book (&pair.two, &pair.member, &again), ==, "ok");
  desk_close (&pair.two, NULL);
}

static void
tells_of_a_visit_that_nobody_has_paid (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 100, "1");
  SlId session = session_at_two (&pair, START), here = desk_session (desk, &pair.service, START + DAYS (1));
  (void) desk_book (&pair.two, &pair.member, &session);
  (void) desk_book (desk, &pair.member, &here); /* the same credits, sold elsewhere */
  carry_both (&pair);
  (void) desk_run_due (desk);
  g_assert_cmpuint (attention_count (desk, "credits_owed"), ==, 0);
  desk->world.now_ms = START + HOURS (1);
  g_assert_cmpuint (attention_count (desk, "credits_owed"), ==, 1);
  desk_close (&pair.two, NULL);
}

static const char *
try_move (Pair *pair, const SlId *booking)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_rights_move_booking (pair->two.engine, &pair->two.owner, booking,
                                         sl_oplog_get_replica (sl_engine_get_log (pair->one->engine)), &refusal,
                                         &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

/* A device whose program does not know settlements could spend the credits again that go along. */
static void
stays_with_its_keeper_owed_or_settled (Desk *desk, gconstpointer data)
{
  Pair pair;

  pair_open (&pair, desk, 300, "1");
  SlId session = session_at_two (&pair, START);
  SlId booking = desk_book (&pair.two, &pair.member, &session);
  g_assert_cmpstr (try_move (&pair, &booking), ==, "wrong_state");
  carry_both (&pair);
  (void) desk_run_due (desk);
  carry_both (&pair);
  g_assert_cmpint (desk_run_due (&pair.two).trust_settled, ==, 1);
  g_assert_cmpstr (try_move (&pair, &booking), ==, "wrong_state");
  desk_close (&pair.two, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/trust/refuses-where-the-studio-does-not-trust-with-credits-elsewhere",
             refuses_where_the_studio_does_not_trust);
  desk_test ("/sl/trust/reschedules-elsewhere-with-what-comes-back-there",
             reschedules_elsewhere_with_what_comes_back_there);
  desk_test ("/sl/trust/trusts-one-visit-then-trust-used-and-settles-it", trusts_one_visit_and_settles_it);
  desk_test ("/sl/trust/gives-back-of-a-settled-visit-what-the-policy-says",
             gives_back_of_a_settled_visit_what_the_policy_says);
  desk_test ("/sl/trust/owes-nothing-for-what-was-given-back-in-full", owes_nothing_for_what_was_given_back_in_full);
  desk_test ("/sl/trust/tells-of-a-visit-that-nobody-has-paid", tells_of_a_visit_that_nobody_has_paid);
  desk_test ("/sl/trust/stays-with-its-keeper-owed-or-settled", stays_with_its_keeper_owed_or_settled);
  return g_test_run ();
}
