/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/member-merge.h"

#include "desk-fixture.h"
#include "engine/attention.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/resolver.h"
#include "expect.h"
#include "oplog/oplog.h"

/* Two records of one person. */

#define START (MORNING + DAYS (1))

static void
merge (Desk *desk, const SlId *id, const SlId *into)
{
  SlId survivor;
  done (sl_member_merge (desk->engine, &desk->owner, id, into, &survivor, &refusal, &failure));
}

static SlMember *
get (Desk *desk, const SlId *id)
{
  g_autoptr (GError) error = NULL;
  SlMember *member = sl_member_get (desk->engine, id, &error);
  g_assert_no_error (error);
  return member;
}

static SlId
person (Desk *desk, const SlMemberParams *params)
{
  SlId id;
  done (sl_member_add (desk->engine, &desk->owner, params, TRUE, &id, &refusal, &failure));
  return id;
}

static GPtrArray *
search (Desk *desk, const char *text)
{
  GPtrArray *members = NULL;
  done (sl_member_list (desk->engine, &desk->owner, text, 0, &members, &refusal, &failure));
  return members;
}

static void
assert_root (Desk *desk, const SlId *id, const SlId *wanted)
{
  SlId root;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_member_root (desk->engine, id, &root, &error));
  g_assert_no_error (error);
  g_assert_true (sl_id_equal (&root, wanted));
}

/* What a device elsewhere could have written: one record into another, whatever stands already. */
static void
point (Desk *desk, const SlId *id, const SlId *into)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  sl_fields_set_id (fields, "merged_into", into);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_edit (desk->engine->log, id, fields, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
}

static void
what_the_survivor_lacks_is_taken_over (Desk *desk, gconstpointer data)
{
  const SlMemberParams old = { .first = "Thandi", .last = "Nkosi", .phone = "0821234567", .email = "t@example.org",
                               .birth_date = "1990-02-03", .notes = "left knee", .permission = "vip",
                               .channel = "sms" };
  const SlMemberParams new = { .first = "Thandeka", .last = "Nkosi", .email = "thandeka@example.org",
                               .notes = "comes late" };
  SlId from = person (desk, &old), into = person (desk, &new);
  merge (desk, &from, &into);
  g_autoptr (SlMember) member = get (desk, &into);
  g_assert_cmpstr (member->first, ==, "Thandeka");
  g_assert_cmpstr (member->phone, ==, "+27821234567");
  g_assert_cmpstr (member->email, ==, "thandeka@example.org");
  g_assert_cmpstr (member->birth_date, ==, "1990-02-03");
  g_assert_cmpstr (member->notes, ==, "comes late · left knee");
  g_assert_cmpstr (member->permission, ==, "vip");
  g_assert_cmpstr (member->channel, ==, "sms");
  g_assert_cmpuint (member->merged->len, ==, 1);
  g_autoptr (SlMember) by_old = get (desk, &from);
  g_assert_true (sl_id_equal (&by_old->id, &into));
}

static void
lists_and_searches_show_one (Desk *desk, gconstpointer data)
{
  const SlMemberParams old = { .first = "Thandi", .last = "Maiden", .phone = "0821234567" };
  SlId from = person (desk, &old), into = desk_member (desk, "Thandi");
  merge (desk, &from, &into);
  g_autoptr (GPtrArray) all = search (desk, NULL), by_old_name = search (desk, "maiden");
  g_autoptr (GPtrArray) by_phone = search (desk, "0821234567");
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpuint (by_old_name->len, ==, 1);
  g_assert_cmpuint (by_phone->len, ==, 1);
  g_assert_true (sl_id_equal (&((SlMember *) by_old_name->pdata[0])->id, &into));
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = sl_member_ids_by_phone (desk->engine, "082 123 4567", &error);
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_true (sl_id_equal (&g_array_index (ids, SlId, 0), &into));
}

static void
credits_of_both_are_spent (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  SlId service = desk_service (desk, 300, 5, 60), session = desk_session (desk, &service, START);
  desk_credits (desk, &from, 200, 30);
  desk_credits (desk, &into, 200, 60);
  g_assert_cmpstr (desk_try_book (desk, &into, &session), ==, "insufficient_credits");
  merge (desk, &from, &into);
  g_assert_cmpint (desk_balance (desk, &into), ==, 400);
  g_assert_cmpint (desk_balance (desk, &from), ==, 400);
  SlId booking = desk_book (desk, &into, &session);
  g_assert_cmpint (desk_balance (desk, &into), ==, 100);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  g_autoptr (SlCredits) credits = NULL;
  done (sl_credits_show (desk->engine, &desk->owner, &from, &credits, &refusal, &failure));
  g_assert_cmpint (credits->balance_hundredths, ==, 400);
  g_assert_cmpuint (credits->lots->len, ==, 2);
}

static void
bookings_of_both_count (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  SlId session = desk_free_class (desk, START, 5), beside = desk_free_class (desk, START + MINUTES (30), 5);
  SlId booking = desk_book (desk, &from, &session);
  g_autoptr (GError) error = NULL;
  merge (desk, &from, &into);
  g_assert_cmpstr (desk_try_book (desk, &into, &session), ==, "already_booked");
  g_assert_cmpstr (desk_try_book (desk, &into, &beside), ==, "member_busy");
  g_autoptr (GPtrArray) bookings = sl_booking_list_of_member (desk->engine, &into, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bookings->len, ==, 1);
  g_assert_true (sl_id_equal (&((SlBookingView *) bookings->pdata[0])->id, &booking));
}

static void
either_pass_opens_the_door_until_a_new_one_is_issued (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandeka");
  SlId one = desk_free_class (desk, MORNING + MINUTES (10), 5), two = desk_free_class (desk, MORNING + HOURS (2), 5);
  g_autofree char *old_pass = desk_pass (desk, &from), *own_pass = desk_pass (desk, &into);
  desk_book (desk, &into, &one);
  desk_book (desk, &from, &two);
  merge (desk, &from, &into);
  g_autoptr (SlCheckinAnswer) by_old = desk_scan (desk, old_pass);
  g_assert_cmpstr (sl_refusal_name (by_old->result), ==, "ok");
  g_assert_true (sl_id_equal (&by_old->member_id, &into));
  g_assert_cmpstr (desk_scan_result (desk, own_pass), ==, "already_checked_in");
  desk->world.now_ms = MORNING + HOURS (2);
  g_assert_cmpstr (desk_scan_result (desk, own_pass), ==, "ok");
  g_autofree char *new_pass = desk_pass (desk, &from);
  g_assert_cmpstr (desk_scan_result (desk, old_pass), ==, "revoked_code");
  g_assert_cmpstr (desk_scan_result (desk, own_pass), ==, "revoked_code");
  g_assert_cmpstr (desk_scan_result (desk, new_pass), ==, "already_checked_in");
}

static void
a_ban_counts_for_both (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  SlId session = desk_free_class (desk, START, 5);
  desk_block (desk, &from);
  merge (desk, &from, &into);
  g_assert_cmpstr (desk_try_book (desk, &into, &session), ==, "member_blocked");
}

static void
one_of_two_bookings_of_a_session_gives_way (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, START);
  desk_credits (desk, &from, 100, 30);
  desk_credits (desk, &into, 100, 30);
  SlId first = desk_book (desk, &from, &session), second = desk_book (desk, &into, &session);
  merge (desk, &from, &into);
  g_assert_cmpint (desk_run_due (desk).duplicates, ==, 1);
  g_assert_cmpstr (desk_status (desk, &first), ==, "confirmed");
  g_assert_cmpstr (desk_status (desk, &second), ==, "cancelled");
  g_assert_cmpint (desk_balance (desk, &into), ==, 100);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 4);
  g_assert_cmpint (desk_run_due (desk).duplicates, ==, 0);
}

static void
chains_are_followed_to_the_end_and_circles_end_at_the_smallest (Desk *desk, gconstpointer data)
{
  SlId a = desk_member (desk, "A"), b = desk_member (desk, "B"), c = desk_member (desk, "C");
  SlId d = desk_member (desk, "D");
  const SlId *smallest = sl_id_compare (&a, &b) < 0 ? &a : &b;
  merge (desk, &a, &b);
  merge (desk, &a, &c); /* by the one that A goes by: B */
  assert_root (desk, &a, &c);
  assert_root (desk, &b, &c);
  point (desk, &c, &a); /* a circle of three */
  const SlId *least = sl_id_compare (smallest, &c) < 0 ? smallest : &c;
  assert_root (desk, &a, least);
  assert_root (desk, &b, least);
  assert_root (desk, &c, least);
  point (desk, &d, &c);
  assert_root (desk, &d, least);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) same = sl_member_same (desk->engine, &d, &error);
  g_assert_cmpuint (same->len, ==, 4);
  g_assert_true (sl_id_equal (&g_array_index (same, SlId, 0), least));
  g_autoptr (GPtrArray) all = search (desk, NULL);
  g_assert_cmpuint (all->len, ==, 1);
}

static void
refusals_by_name (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi"), gone = desk_member (desk, "Gone");
  SlId survivor, nobody = { { 1 } };
  guint released;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_auto (SlActor) actor = { 0 };
      desk_staff (desk, roles[i], &actor);
      refused ("not_allowed",
               sl_member_merge (desk->engine, &actor, &from, &into, &survivor, &refusal, &failure));
    }
  done (sl_member_erase (desk->engine, &desk->owner, &gone, NULL, &released, &refusal, &failure));
  refused ("member_erased",
           sl_member_merge (desk->engine, &desk->owner, &from, &gone, &survivor, &refusal, &failure));
  refused ("member_erased",
           sl_member_merge (desk->engine, &desk->owner, &gone, &into, &survivor, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_member_merge (desk->engine, &desk->owner, &from, &from, &survivor, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_member_merge (desk->engine, &desk->owner, &from, &nobody, &survivor, &refusal, &failure));
  merge (desk, &from, &into);
  refused ("wrong_state",
           sl_member_merge (desk->engine, &desk->owner, &from, &into, &survivor, &refusal, &failure));
  refused ("wrong_state",
           sl_member_merge (desk->engine, &desk->owner, &into, &from, &survivor, &refusal, &failure));
}

static void
erasing_one_erases_all (Desk *desk, gconstpointer data)
{
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  guint released;
  gboolean erased;
  g_autoptr (GError) error = NULL;
  merge (desk, &from, &into);
  done (sl_member_erase (desk->engine, &desk->owner, &from, NULL, &released, &refusal, &failure));
  g_assert_true (sl_oplog_is_erased (desk->engine->log, &from, &erased, &error));
  g_assert_true (erased);
  g_assert_true (sl_oplog_is_erased (desk->engine->log, &into, &erased, &error));
  g_assert_true (erased);
  g_autoptr (GPtrArray) all = search (desk, NULL);
  g_assert_cmpuint (all->len, ==, 0);
}

static void
who_was_erased_elsewhere_is_erased_in_all_records (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  const SlMemberParams old = { .first = "Thandi", .last = "Nkosi", .phone = "0821234567" };
  SlId from = person (desk, &old), into = desk_member (desk, "Thandi");
  guint released;
  gboolean erased;
  g_autoptr (GError) error = NULL;
  desk_join (&second, desk, "second");
  done (sl_member_erase (desk->engine, &desk->owner, &from, NULL, &released, &refusal, &failure));
  merge (&second, &from, &into);
  desk_carry_log (desk, &second);
  g_autoptr (SlMember) shown = get (&second, &into); /* at once, before anything has tidied up */
  g_assert_true (shown->erased);
  g_assert_null (shown->phone);
  desk_run_due (&second);
  g_assert_true (sl_oplog_is_erased (second.engine->log, &into, &erased, &error));
  g_assert_true (erased);
  desk_close (&second, NULL);
}

static void
merged_on_one_device_they_are_one_on_the_other (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId from = desk_member (desk, "Thandi"), into = desk_member (desk, "Thandi");
  SlId session = desk_free_class (desk, START, 5);
  desk_credits (desk, &from, 200, 30);
  SlId booking = desk_book (desk, &from, &session);
  desk_join (&second, desk, "second");
  merge (&second, &from, &into);
  SlId other = desk_book (desk, &into, &session); /* not heard of it yet */
  desk_carry_log (&second, desk);
  g_assert_cmpint (desk_balance (desk, &into), ==, 200);
  g_assert_cmpint (desk_run_due (desk).duplicates, ==, 1);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "confirmed");
  g_assert_cmpstr (desk_status (desk, &other), ==, "cancelled");
  desk_close (&second, NULL);
}

static void
the_same_number_needs_nobody_any_more (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  const SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .phone = "0821234567" };
  desk_join (&second, desk, "second");
  SlId one = person (desk, &params), other = person (&second, &params);
  desk_carry_log (&second, desk);
  for (guint merged = 0; merged < 2; merged++)
    {
      g_autoptr (GPtrArray) items = NULL;
      guint told = 0;
      done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
      for (guint i = 0; i < items->len; i++)
        if (((SlAttentionItem *) items->pdata[i])->kind == SL_ATTENTION_SAME_PHONE)
          told++;
      g_assert_cmpuint (told, ==, merged ? 0 : 1);
      if (!merged)
        merge (desk, &one, &other);
    }
  desk_close (&second, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/member-merge/what-the-survivor-lacks-is-taken-over", what_the_survivor_lacks_is_taken_over);
  desk_test ("/sl/member-merge/lists-and-searches-show-one", lists_and_searches_show_one);
  desk_test ("/sl/member-merge/credits-of-both-are-spent", credits_of_both_are_spent);
  desk_test ("/sl/member-merge/bookings-of-both-count", bookings_of_both_count);
  desk_test ("/sl/member-merge/either-pass-opens-the-door-until-a-new-one-is-issued",
             either_pass_opens_the_door_until_a_new_one_is_issued);
  desk_test ("/sl/member-merge/a-ban-counts-for-both", a_ban_counts_for_both);
  desk_test ("/sl/member-merge/one-of-two-bookings-of-a-session-gives-way",
             one_of_two_bookings_of_a_session_gives_way);
  desk_test ("/sl/member-merge/chains-are-followed-and-circles-end-at-the-smallest",
             chains_are_followed_to_the_end_and_circles_end_at_the_smallest);
  desk_test ("/sl/member-merge/refusals-by-name", refusals_by_name);
  desk_test ("/sl/member-merge/erasing-one-erases-all", erasing_one_erases_all);
  desk_test ("/sl/member-merge/who-was-erased-elsewhere-is-erased-in-all-records",
             who_was_erased_elsewhere_is_erased_in_all_records);
  desk_test ("/sl/member-merge/merged-on-one-device-they-are-one-on-the-other",
             merged_on_one_device_they_are_one_on_the_other);
  desk_test ("/sl/member-merge/the-same-number-needs-nobody-any-more", the_same_number_needs_nobody_any_more);
  return g_test_run ();
}
