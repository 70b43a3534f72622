/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-resolver"

#include "engine/resolver.h"

#include "desk-fixture.h"
#include "engine/command.h"
#include "engine/exchange.h"
#include "engine/schedule.h"
#include "expect.h"
#include "oplog/conflict.h"
#include "oplog/rules-off.h"

/* A studio with a second desk, a member that both know, and a class in which both hold spots. */
typedef struct {
  Desk *one, two;
  SlId member, session;
} Pair;

static void
hand_spots (Desk *from, Desk *to, const SlId *session, gint64 spots)
{
  SlId replica;

  sl_engine_get_replica (to->engine, &replica);
  done (sl_exchange_move_rights (from->engine, &from->owner, session, &replica, spots, &refusal, &failure));
}

static void
pair_open (Pair *pair, Desk *one)
{
  *pair = (Pair){ .one = one };
  pair->member = desk_member (one, "Thandi");
  pair->session = desk_free_class (one, MORNING + HOURS (30), 6);
  desk_join (&pair->two, one, "two");
  desk_carry_log (&pair->two, one);
  hand_spots (one, &pair->two, &pair->session, 3);
  desk_carry_log (one, &pair->two);
}

static void
exchange (Desk *a, Desk *b)
{
  desk_carry_log (a, b);
  desk_carry_log (b, a);
}

/* Until nobody has anything to repair; the number of rounds is bounded. */
static void
settle (Desk *a, Desk *b)
{
  for (guint round = 0; round < 4; round++)
    {
      exchange (a, b);
      (void) desk_run_due (a);
      (void) desk_run_due (b);
    }
  exchange (a, b);
}

static void
same_state (Desk *a, Desk *b)
{
  SlHash one, other;

  g_assert_true (sl_oplog_state_hash (sl_engine_get_log (a->engine), &one, NULL));
  g_assert_true (sl_oplog_state_hash (sl_engine_get_log (b->engine), &other, NULL));
  g_assert_true (sl_hash_equal (&one, &other));
}

static void
verified (Desk *desk)
{
  g_auto (SlVerifyResult) result = { 0 };

  g_assert_true (sl_oplog_verify (sl_engine_get_log (desk->engine), &result, NULL));
  for (guint i = 0; i < result.problems->len; i++)
    g_test_message ("%s", (const char *) result.problems->pdata[i]);
  g_assert_cmpuint (result.problems->len, ==, 0);
}

static void
the_later_of_two_bookings_gives_way_at_its_own_desk (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  pair.two.world.now_ms += MINUTES (5);
  SlId first = desk_book (one, &pair.member, &pair.session);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);

  exchange (one, &pair.two);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 0);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 1);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 0);
  exchange (one, &pair.two);
  for (guint i = 0; i < 2; i++)
    {
      Desk *desk = i == 0 ? one : &pair.two;
      gint64 before = desk_operations (desk);

      g_assert_cmpstr (desk_status (desk, &first), ==, "confirmed");
      g_assert_cmpstr (desk_status (desk, &second), ==, "cancelled");
      g_assert_cmpint (desk_free_spots (desk, &pair.session), ==, 5);
      (void) desk_run_due (desk);
      g_assert_cmpint (desk_operations (desk), ==, before);
    }
  same_state (one, &pair.two);
  verified (&pair.two);
  desk_close (&pair.two, NULL);
}

static void
everything_that_it_spent_comes_back_once (Desk *one, gconstpointer data)
{
  Desk two = { 0 };
  SlId member = desk_member (one, "Thandi"), service = desk_service (one, 100, 6, 60);
  SlId session = desk_session (one, &service, MORNING + HOURS (3));

  (void) desk_credits (one, &member, 500, 30);
  desk_join (&two, one, "two");
  desk_carry_log (&two, one);
  hand_spots (one, &two, &session, 3);
  desk_carry_log (one, &two);
  (void) desk_credits (&two, &member, 300, 60);
  two.world.now_ms += MINUTES (5);
  SlId first = desk_book (one, &member, &session), second = desk_book (&two, &member, &session);
  settle (one, &two);
  g_assert_cmpint (desk_refunded (one, &second), ==, 100);
  g_assert_cmpint (desk_refunded (one, &first), ==, 0);
  g_assert_cmpint (desk_balance (one, &member), ==, 700);
  /* Cancelled as well by somebody who had not heard of it: still once. */
  settle (one, &two);
  g_assert_cmpint (desk_balance (&two, &member), ==, 700);
  verified (one);
  desk_close (&two, NULL);
}

static void
a_confirmed_booking_stands_against_an_earlier_hold (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId hold;
  pair_open (&pair, one);
  g_assert_cmpstr (desk_try_hold (one, &pair.member, &pair.session, &hold), ==, "ok");
  pair.two.world.now_ms += MINUTES (2);
  SlId booked = desk_book (&pair.two, &pair.member, &pair.session);

  one->world.now_ms += MINUTES (3);
  exchange (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 0);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 1);
  settle (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &booked), ==, "confirmed");
  g_assert_cmpstr (desk_status (&pair.two, &hold), ==, "cancelled");
  desk_close (&pair.two, NULL);
}

static void
a_hold_past_its_end_is_no_rival (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId old, new;
  pair_open (&pair, one);
  g_assert_cmpstr (desk_try_hold (one, &pair.member, &pair.session, &old), ==, "ok");
  pair.two.world.now_ms += MINUTES (11);
  g_assert_cmpstr (desk_try_hold (&pair.two, &pair.member, &pair.session, &new), ==, "ok");
  desk_carry_log (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 0);
  g_assert_cmpstr (desk_try_confirm (&pair.two, &new), ==, "ok");
  desk_close (&pair.two, NULL);
}

static void
a_claim_that_arrives_weeks_late_is_found (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (5);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);

  for (guint day = 0; day < 40; day++)
    {
      one->world.now_ms += DAYS (1);
      (void) desk_run_due (one);
    }
  /* Nobody came; each desk has marked its own. */
  pair.two.world.now_ms = one->world.now_ms;
  (void) desk_run_due (&pair.two);
  g_assert_cmpstr (desk_status (&pair.two, &second), ==, "no_show");
  exchange (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 1);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 0);
  exchange (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &first), ==, "no_show");
  g_assert_cmpstr (desk_status (one, &second), ==, "cancelled");
  same_state (one, &pair.two);
  desk_close (&pair.two, NULL);
}

static void
of_three_bookings_on_three_desks_one_is_left (Desk *one, gconstpointer data)
{
  Pair pair;
  Desk three = { 0 };
  pair_open (&pair, one);
  desk_join (&three, one, "three");
  desk_carry_log (&three, one);
  hand_spots (one, &three, &pair.session, 1);
  desk_carry_log (one, &three);
  desk_carry_log (one, &pair.two);
  pair.two.world.now_ms += MINUTES (1);
  three.world.now_ms += MINUTES (2);
  SlId first = desk_book (one, &pair.member, &pair.session);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);
  SlId third = desk_book (&three, &pair.member, &pair.session);

  /* two and three meet first: the third gives way to the second, then the second to the first. */
  settle (&pair.two, &three);
  g_assert_cmpstr (desk_status (&pair.two, &third), ==, "cancelled");
  g_assert_cmpstr (desk_status (&pair.two, &second), ==, "confirmed");
  settle (one, &pair.two);
  settle (one, &three);
  settle (&pair.two, &three);
  g_assert_cmpstr (desk_status (&three, &first), ==, "confirmed");
  g_assert_cmpstr (desk_status (&three, &second), ==, "cancelled");
  g_assert_cmpstr (desk_status (&three, &third), ==, "cancelled");
  same_state (one, &three);
  same_state (one, &pair.two);
  desk_close (&three, NULL);
  desk_close (&pair.two, NULL);
}

static void
who_came_in_by_the_one_that_gave_way_is_in_by_the_other (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (1);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);
  g_autofree char *code = desk_booking_code (&pair.two, &second, 0);

  one->world.now_ms = pair.two.world.now_ms = MORNING + HOURS (30) - MINUTES (5);
  g_assert_cmpstr (desk_checkin_booking (&pair.two, &second, NULL), ==, "ok");
  settle (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &first), ==, "checked_in");
  g_assert_cmpstr (desk_status (one, &second), ==, "cancelled");
  g_assert_cmpstr (desk_scan_result (one, code), ==, "already_checked_in");
  one->world.now_ms = pair.two.world.now_ms = MORNING + HOURS (32);
  g_assert_cmpint (desk_run_due (one).no_shows, ==, 0);
  g_assert_cmpstr (desk_status (&pair.two, &first), ==, "completed");
  desk_close (&pair.two, NULL);
}

static void
the_code_of_the_one_that_gave_way_opens_for_the_other (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (1);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);
  g_autofree char *code = desk_booking_code (&pair.two, &second, 0);

  settle (one, &pair.two);
  one->world.now_ms = pair.two.world.now_ms = MORNING + HOURS (30) - MINUTES (5);
  g_assert_cmpstr (desk_scan_result (&pair.two, code), ==, "ok");
  g_assert_cmpstr (desk_status (&pair.two, &first), ==, "checked_in");
  desk_close (&pair.two, NULL);
}

static void
claims_of_a_cancelled_session_are_given_back_also_those_learnt_later (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId other = desk_member (one, "Lindiwe");
  pair_open (&pair, one);
  SlId mine = desk_book (one, &pair.member, &pair.session);
  SlId theirs = desk_book (&pair.two, &other, &pair.session);

  desk_cancel_session (one, &pair.session);
  g_assert_cmpstr (desk_status (one, &mine), ==, "cancelled");
  desk_carry_log (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).sessions_released, ==, 1);
  g_assert_cmpint (desk_run_due (&pair.two).sessions_released, ==, 0);
  exchange (one, &pair.two);
  g_assert_cmpint (desk_run_due (one).sessions_released, ==, 0);
  g_assert_cmpstr (desk_status (one, &theirs), ==, "cancelled");
  same_state (one, &pair.two);
  desk_close (&pair.two, NULL);
}

static SlId
book_keyed (Desk *desk, const char *key, const SlId *member, const SlId *session)
{
  g_auto (SlAnswer) answer = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GBytes) said = g_bytes_new_static ("{}", 2);
  SlId booking;

  g_assert_true (sl_keyed_begin (desk->engine, &desk->owner, key, "book", &answer, &refusal, NULL));
  g_assert_null (answer.answer);
  booking = desk_book (desk, member, session);
  g_assert_true (sl_keyed_finish (desk->engine, 0, said, NULL));
  return booking;
}

static void
one_key_on_two_desks_is_one_booking_even_when_the_first_was_cancelled (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = book_keyed (one, "k1", &pair.member, &pair.session);
  g_assert_cmpstr (desk_try_cancel (one, &one->owner, &first, NULL), ==, "ok");
  pair.two.world.now_ms += MINUTES (5);
  SlId second = book_keyed (&pair.two, "k1", &pair.member, &pair.session);

  settle (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &second), ==, "cancelled");
  same_state (one, &pair.two);
  verified (one);
  desk_close (&pair.two, NULL);
}

static void
one_key_with_other_words_drops_nobody (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId other = desk_member (one, "Lindiwe");
  pair_open (&pair, one);
  SlId first = book_keyed (one, "k1", &pair.member, &pair.session);
  g_assert_cmpstr (desk_try_cancel (one, &one->owner, &first, NULL), ==, "ok");
  pair.two.world.now_ms += MINUTES (5);
  SlId second = book_keyed (&pair.two, "k1", &other, &pair.session);

  settle (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &second), ==, "confirmed");
  desk_close (&pair.two, NULL);
}

static void
a_booking_made_again_without_the_key_stands (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = book_keyed (one, "k1", &pair.member, &pair.session);
  g_assert_cmpstr (desk_try_cancel (one, &one->owner, &first, NULL), ==, "ok");
  exchange (one, &pair.two);
  SlId again = desk_book (&pair.two, &pair.member, &pair.session);

  settle (one, &pair.two);
  g_assert_cmpstr (desk_status (one, &again), ==, "confirmed");
  desk_close (&pair.two, NULL);
}

static gint64
rights_of (Desk *desk, const SlId *session)
{
  SlSessionCounts counts;

  g_assert_true (sl_session_counts (desk->engine, session, &counts, NULL));
  return counts.rights;
}

static void
whoever_has_free_spots_pays_the_debt_of_a_lowered_capacity (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  for (guint i = 0; i < 3; i++)
    {
      SlId member = desk_member (one, "Guest");
      (void) desk_book (one, &member, &pair.session);
    }
  done (sl_session_set_capacity (one->engine, &one->owner, &pair.session, 4, &refusal, &failure));
  g_assert_cmpint (rights_of (one, &pair.session), ==, -2);
  exchange (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).debts_paid, ==, 2);
  g_assert_cmpint (desk_run_due (&pair.two).debts_paid, ==, 0);
  exchange (one, &pair.two);
  g_assert_cmpint (rights_of (one, &pair.session), ==, 0);
  g_assert_cmpint (rights_of (&pair.two, &pair.session), ==, 1);
  same_state (one, &pair.two);
  desk_close (&pair.two, NULL);
}

/* A lapsed hold's spot is owed to another desk, though a third one has spots enough. */
static void
a_spot_that_comes_back_is_owed_before_it_is_sold (Desk *one, gconstpointer data)
{
  Desk three = { 0 };
  Pair pair;
  SlId late = desk_member (one, "Late"), hold;
  pair_open (&pair, one); /* three spots each */
  desk_join (&three, one, "three");
  desk_carry_log (&three, one);
  hand_spots (one, &three, &pair.session, 2);
  g_assert_cmpstr (desk_try_hold (one, &pair.member, &pair.session, &hold), ==, "ok");
  for (guint i = 0; i < 3; i++)
    {
      SlId member = desk_member (&pair.two, "Guest");
      (void) desk_book (&pair.two, &member, &pair.session);
    }
  done (sl_session_set_capacity (pair.two.engine, &pair.two.owner, &pair.session, 5, &refusal, &failure));
  desk_carry_log (&pair.two, one);
  one->world.now_ms += HOURS (1);
  g_assert_cmpint (desk_free_spots (one, &pair.session), ==, 2);
  g_assert_cmpstr (desk_try_book (one, &late, &pair.session), ==, "spots_elsewhere");
  SlDueCounts due = desk_run_due (one);
  g_assert_cmpint (due.holds_expired, ==, 1);
  g_assert_cmpint (due.debts_paid, ==, 1);
  exchange (one, &three);
  g_assert_cmpstr (desk_try_book (&three, &late, &pair.session), ==, "ok");
  desk_close (&three, NULL);
  desk_close (&pair.two, NULL);
}

static void
a_device_that_has_taken_over_repairs_for_the_one_before (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (5);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);

  desk_carry_log (&pair.two, one);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 0);
  desk_take_away (one, &pair.two);
  one->world.now_ms += DAYS (2); /* the invitation, used or not, is over */
  for (guint i = 0; i < 3; i++)
    (void) desk_run_due (one);
  g_assert_cmpstr (desk_status (one, &first), ==, "no_show");
  g_assert_cmpstr (desk_status (one, &second), ==, "cancelled");
  desk_close (&pair.two, NULL);
}

/* As if a later program had written something about the session that this one does not know. */
static void
park_last_operation (Desk *desk)
{
  g_assert_true (sl_store_begin (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL));
  g_assert_true (sl_store_exec (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL,
                                "INSERT INTO local_parked (pos, kind, hlc, actor) SELECT max (pos), 1000, 1, "
                                "zeroblob (16) FROM local_op",
                                ""));
  g_assert_true (sl_store_commit (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL));
}

static void
take_parked_away (Desk *desk)
{
  g_assert_true (sl_store_begin (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL));
  g_assert_true (sl_store_exec (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL,
                                "DELETE FROM local_parked", ""));
  g_assert_true (sl_store_commit (sl_oplog_get_store (sl_engine_get_log (desk->engine)), NULL));
}

static void
it_waits_where_something_unapplied_may_have_a_say (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId other = desk_member (one, "Lindiwe");
  pair_open (&pair, one);
  SlId elsewhere = desk_free_class (one, MORNING + HOURS (60), 6);
  hand_spots (one, &pair.two, &elsewhere, 3);
  desk_carry_log (one, &pair.two);
  (void) desk_book (&pair.two, &other, &elsewhere);
  (void) desk_book (&pair.two, &pair.member, &pair.session);
  one->world.now_ms += MINUTES (5);
  SlId second = desk_book (one, &pair.member, &pair.session);
  SlId third = desk_book (one, &other, &elsewhere);
  desk_carry_log (&pair.two, one);
  park_last_operation (one); /* of the other desk: about the first session */
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 1);
  g_assert_cmpstr (desk_status (one, &second), ==, "confirmed");
  g_assert_cmpstr (desk_status (one, &third), ==, "cancelled");
  take_parked_away (one);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 1);
  g_assert_cmpstr (desk_status (one, &second), ==, "cancelled");
  desk_close (&pair.two, NULL);
}

/* Negative controls: what the rules are for. */
static void
without_the_keeper_rule_both_desks_write_the_release (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  (void) desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (5);
  (void) desk_book (&pair.two, &pair.member, &pair.session);
  exchange (one, &pair.two);
  sl_oplog_set_rules_off (sl_engine_get_log (one->engine), 1u << SL_RULE_RESOLVER_KEEPER);
  g_assert_cmpint (desk_run_due (one).duplicates, ==, 1);
  g_assert_cmpint (desk_run_due (&pair.two).duplicates, ==, 1);
  desk_close (&pair.two, NULL);
}

static void
many_at_once_go_in_several_transactions (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId service = desk_service (one, 0, SL_DUE_BATCH + 40, 60);
  SlId session = desk_session (one, &service, MORNING + HOURS (50)), last = sl_id_none;
  pair_open (&pair, one);
  hand_spots (one, &pair.two, &session, SL_DUE_BATCH + 10);
  desk_carry_log (one, &pair.two);
  for (guint i = 0; i < SL_DUE_BATCH + 10; i++)
    {
      SlId member = desk_member (&pair.two, "Guest");
      last = desk_book (&pair.two, &member, &session);
    }
  desk_cancel_session (one, &session);
  desk_carry_log (one, &pair.two);
  g_assert_cmpint (desk_run_due (&pair.two).sessions_released, ==, SL_DUE_BATCH + 10);
  g_assert_cmpstr (desk_status (&pair.two, &last), ==, "cancelled");
  g_assert_cmpint (desk_run_due (&pair.two).sessions_released, ==, 0);
  desk_close (&pair.two, NULL);
}

static void
an_id_is_found_in_what_lies_here_unapplied (void)
{
  static const guint8 raw[] = "0123456789abcdefXYZ";
  SlUnapplied some = { .bytes = g_bytes_new_static (raw, sizeof raw), .all = TRUE };
  SlId named, other = { { 7 } };

  memcpy (named.bytes, raw + 2, SL_ID_BYTES);
  g_assert_true (sl_unapplied_names (&some, &named));
  g_assert_false (sl_unapplied_names (&some, &other));
  some.all = FALSE; /* more than was read: anything may be in it */
  g_assert_true (sl_unapplied_names (&some, &other));
  sl_unapplied_clear (&some);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/resolver/the-later-of-two-bookings-gives-way-at-its-own-desk",
             the_later_of_two_bookings_gives_way_at_its_own_desk);
  desk_test ("/sl/resolver/everything-that-it-spent-comes-back-once", everything_that_it_spent_comes_back_once);
  desk_test ("/sl/resolver/a-confirmed-booking-stands-against-an-earlier-hold",
             a_confirmed_booking_stands_against_an_earlier_hold);
  desk_test ("/sl/resolver/a-hold-past-its-end-is-no-rival", a_hold_past_its_end_is_no_rival);
  desk_test ("/sl/resolver/a-claim-that-arrives-weeks-late-is-found", a_claim_that_arrives_weeks_late_is_found);
  desk_test ("/sl/resolver/of-three-bookings-on-three-desks-one-is-left", of_three_bookings_on_three_desks_one_is_left);
  desk_test ("/sl/resolver/who-came-in-by-the-one-that-gave-way-is-in-by-the-other",
             who_came_in_by_the_one_that_gave_way_is_in_by_the_other);
  desk_test ("/sl/resolver/the-code-of-the-one-that-gave-way-opens-for-the-other",
             the_code_of_the_one_that_gave_way_opens_for_the_other);
  desk_test ("/sl/resolver/claims-of-a-cancelled-session-are-given-back-also-those-learnt-later",
             claims_of_a_cancelled_session_are_given_back_also_those_learnt_later);
  desk_test ("/sl/resolver/one-key-on-two-desks-is-one-booking-even-when-the-first-was-cancelled",
             one_key_on_two_desks_is_one_booking_even_when_the_first_was_cancelled);
  desk_test ("/sl/resolver/one-key-with-other-words-drops-nobody", one_key_with_other_words_drops_nobody);
  desk_test ("/sl/resolver/a-booking-made-again-without-the-key-stands", a_booking_made_again_without_the_key_stands);
  desk_test ("/sl/resolver/whoever-has-free-spots-pays-the-debt-of-a-lowered-capacity",
             whoever_has_free_spots_pays_the_debt_of_a_lowered_capacity);
  desk_test ("/sl/resolver/a-spot-that-comes-back-is-owed-before-it-is-sold",
             a_spot_that_comes_back_is_owed_before_it_is_sold);
  desk_test ("/sl/resolver/a-device-that-has-taken-over-repairs-for-the-one-before",
             a_device_that_has_taken_over_repairs_for_the_one_before);
  desk_test ("/sl/resolver/it-waits-where-something-unapplied-may-have-a-say",
             it_waits_where_something_unapplied_may_have_a_say);
  desk_test ("/sl/resolver/without-the-keeper-rule-both-desks-write-the-release",
             without_the_keeper_rule_both_desks_write_the_release);
  desk_test ("/sl/resolver/many-at-once-go-in-several-transactions", many_at_once_go_in_several_transactions);
  g_test_add_func ("/sl/resolver/an-id-is-found-in-what-lies-here-unapplied",
                   an_id_is_found_in_what_lies_here_unapplied);
  return g_test_run ();
}
