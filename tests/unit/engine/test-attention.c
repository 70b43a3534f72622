/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-attention"

#include "engine/attention.h"

#include "desk-fixture.h"
#include "engine/command.h"
#include "engine/exchange.h"
#include "engine/member.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/staff.h"
#include "engine/studio.h"
#include "expect.h"

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
exchange (Desk *a, Desk *b)
{
  a->world.now_ms = b->world.now_ms = MAX (a->world.now_ms, b->world.now_ms);
  desk_carry_log (a, b);
  desk_carry_log (b, a);
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
pair_close (Pair *pair)
{
  desk_close (&pair->two, NULL);
}

static void
settle_down (Desk *a, Desk *b)
{
  for (guint round = 0; round < 3; round++)
    {
      exchange (a, b);
      (void) desk_run_due (a);
      (void) desk_run_due (b);
    }
  exchange (a, b);
}

static GPtrArray *
list (Desk *desk, const SlActor *actor)
{
  GPtrArray *items = NULL;

  done (sl_attention_list (desk->engine, actor, &items, &refusal, &failure));
  return items;
}

/* The words of what a desk's owner is told, in their order, with a blank between. */
static const char *
words (Desk *desk)
{
  g_autoptr (GPtrArray) items = list (desk, &desk->owner);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            sl_attention_name (((SlAttentionItem *) items->pdata[i])->kind));
  return g_intern_string (text->str);
}

/* What booking show says. */
static const char *
words_of_booking (Desk *desk, const SlId *booking)
{
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, booking, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < view->attention->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (const char *) view->attention->pdata[i]);
  return g_intern_string (text->str);
}

static void
settle_first (Desk *desk)
{
  g_autoptr (GPtrArray) items = list (desk, &desk->owner);
  const SlAttentionItem *item = items->pdata[0];
  g_autofree char *text = sl_id_to_string (&item->id);
  SlId id;

  done (sl_attention_settle (desk->engine, &desk->owner, text, "spoken to", &id, &refusal, &failure));
  g_assert_true (sl_id_equal (&id, &item->id));
}

static void
nothing_in_a_studio_of_one_desk (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 4);

  (void) desk_book (desk, &member, &session);
  g_assert_cmpstr (words (desk), ==, "");
}

static void
whoever_was_dropped_as_a_duplicate_and_has_no_booking_left (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId first = desk_book (one, &pair.member, &pair.session);
  pair.two.world.now_ms += MINUTES (5);
  SlId second = desk_book (&pair.two, &pair.member, &pair.session);

  desk_carry_log (one, &pair.two);
  g_assert_cmpstr (words_of_booking (&pair.two, &first), ==, "booked_twice");
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "");
  g_assert_cmpstr (desk_try_cancel (one, &one->owner, &first, NULL), ==, "ok");
  exchange (one, &pair.two);
  for (guint i = 0; i < 2; i++)
    {
      Desk *desk = i == 0 ? one : &pair.two;
      g_autoptr (GPtrArray) items = list (desk, &desk->owner);
      const SlAttentionItem *item;

      g_assert_cmpuint (items->len, ==, 1);
      item = items->pdata[0];
      g_assert_cmpstr (sl_attention_name (item->kind), ==, "dropped_duplicate");
      g_assert_true (sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, 0).id, &second));
      g_assert_true (sl_id_equal (&item->member_id, &pair.member));
      g_assert_cmpint (item->at_ms, ==, MORNING + HOURS (30));
      g_assert_cmpstr (words_of_booking (desk, &second), ==, "dropped_duplicate");
    }
  /* Booked again, there is nothing left to do. */
  (void) desk_book (&pair.two, &pair.member, &pair.session);
  g_assert_cmpstr (words (&pair.two), ==, "");
  g_assert_cmpstr (words_of_booking (&pair.two, &second), ==, "");
  pair_close (&pair);
}

static void
came_in_here_and_cancelled_there (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  SlId booking = desk_book (one, &pair.member, &pair.session);

  exchange (one, &pair.two);
  one->world.now_ms = pair.two.world.now_ms = MORNING + HOURS (30) - MINUTES (10);
  g_assert_cmpstr (desk_try_cancel (&pair.two, &pair.two.owner, &booking, NULL), ==, "ok");
  g_assert_cmpstr (desk_checkin_booking (one, &booking, NULL), ==, "ok");
  g_assert_cmpstr (words (one), ==, "");
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "attended_after_cancelling");
  g_assert_cmpstr (words (&pair.two), ==, "attended_after_cancelling");
  g_assert_cmpstr (words_of_booking (one, &booking), ==, "attended_after_cancelling");
  {
    g_autoptr (GPtrArray) items = list (&pair.two, &pair.two.owner);
    g_assert_cmpstr (((SlAttentionItem *) items->pdata[0])->member, ==, "Thandi N.");
  }
  /* It waits for a person for a quarter, then it has been left as it is. */
  one->world.now_ms += DAYS (90);
  g_assert_cmpstr (words (one), ==, "attended_after_cancelling device_silent");
  one->world.now_ms += DAYS (5);
  g_assert_cmpstr (words (one), ==, "device_silent");
  pair_close (&pair);
}

static void
came_in_here_and_marked_absent_there (Desk *one, gconstpointer data)
{
  Pair pair;
  SlId member = desk_member (one, "Lindiwe");
  pair_open (&pair, one);
  SlId booking = desk_book (&pair.two, &member, &pair.session);

  exchange (one, &pair.two);
  one->world.now_ms = MORNING + HOURS (30);
  g_assert_cmpstr (desk_checkin_booking (one, &booking, NULL), ==, "ok");
  pair.two.world.now_ms = MORNING + HOURS (32);
  g_assert_cmpint (desk_run_due (&pair.two).no_shows, ==, 1);
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "attended_and_no_show");
  g_assert_cmpstr (words_of_booking (&pair.two, &booking), ==, "attended_and_no_show");
  settle_first (one);
  g_assert_cmpstr (words (one), ==, "");
  g_assert_cmpstr (words (&pair.two), ==, "attended_and_no_show");
  exchange (one, &pair.two);
  g_assert_cmpstr (words (&pair.two), ==, "");
  g_assert_cmpstr (words_of_booking (&pair.two, &booking), ==, "");
  pair_close (&pair);
}

static void
what_staff_enter_against_an_absence_is_their_decision (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 4);
  SlId booking = desk_book (desk, &member, &session);

  desk->world.now_ms = MORNING + HOURS (2) + MINUTES (30);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, "was in the other room"), ==, "ok");
  g_assert_cmpstr (words (desk), ==, "");
}

/* Whoever came after all is in without a spot, which may have gone to somebody else. */
static void
who_came_after_all_is_counted_beside_the_capacity (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 1);
  SlId booking = desk_book (desk, &member, &session);
  SlSessionCounts counts;

  desk->world.now_ms = MORNING + HOURS (2) + MINUTES (30);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  g_assert_true (sl_session_counts (desk->engine, &session, &counts, NULL));
  g_assert_cmpint (counts.in_without_spot, ==, 0);
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, "was in the other room"), ==, "ok");
  g_assert_true (sl_session_counts (desk->engine, &session, &counts, NULL));
  g_assert_cmpint (counts.in_without_spot, ==, 1);
  g_assert_cmpint (counts.confirmed, ==, 0);
  g_assert_cmpint (counts.free, ==, 1);
}

static void
a_booking_beside_the_capacity_until_the_session_ends (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Lindiwe");
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1);
  SlBookingRequest request = { .member_id = other, .session_id = session, .spots = 1, .override_reason = "VIP" };

  (void) desk_book (desk, &member, &session);
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &request, NULL), ==, "ok");
  g_assert_cmpstr (words (desk), ==, "override");
  desk->world.now_ms = MORNING + HOURS (3) - 1;
  g_assert_cmpstr (words (desk), ==, "override");
  desk->world.now_ms = MORNING + HOURS (3);
  g_assert_cmpstr (words (desk), ==, "");
}

static gboolean
sell_keyed (Desk *desk, const char *key, const SlId *member)
{
  g_auto (SlAnswer) answer = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GBytes) said = g_bytes_new_static ("{}", 2);

  g_assert_true (sl_keyed_begin (desk->engine, &desk->owner, key, "sell", &answer, &refusal, NULL));
  (void) desk_credits (desk, member, 500, 30);
  return sl_keyed_finish (desk->engine, 0, said, NULL);
}

static SlId
add_member_keyed (Desk *desk, const char *key, const char *phone)
{
  SlMemberParams params = { .first = "Sipho", .last = "Dlamini", .phone = phone };
  g_auto (SlAnswer) answer = { 0 };
  g_auto (SlRefusal) of_key = { 0 };
  g_autoptr (GBytes) said = g_bytes_new_static ("{}", 2);
  SlId id;

  if (key != NULL)
    g_assert_true (sl_keyed_begin (desk->engine, &desk->owner, key, "add", &answer, &of_key, NULL));
  done (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure));
  if (key != NULL)
    g_assert_true (sl_keyed_finish (desk->engine, 0, said, NULL));
  return id;
}

static void
one_key_that_made_two_things_on_two_desks (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  (void) add_member_keyed (one, "k1", NULL);
  (void) add_member_keyed (&pair.two, "k1", NULL);
  (void) add_member_keyed (one, "other", NULL);
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "key_used_twice");
  g_assert_cmpstr (words (&pair.two), ==, "key_used_twice");
  /* A day later a key is a new one. */
  pair.two.world.now_ms += HOURS (25);
  (void) add_member_keyed (&pair.two, "other", NULL);
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "key_used_twice");
  settle_first (&pair.two);
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

static void
one_key_that_sold_twice (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  g_assert_true (sell_keyed (one, "k1", &pair.member));
  g_assert_true (sell_keyed (&pair.two, "k1", &pair.member));
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "key_used_twice");
  pair_close (&pair);
}

static void
one_phone_given_on_two_desks_apart (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  (void) add_member_keyed (one, NULL, "082 555 0101");
  SlId other = add_member_keyed (&pair.two, NULL, "+27825550101");
  g_assert_cmpstr (words (one), ==, "");
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "same_phone");
  g_assert_cmpstr (words (&pair.two), ==, "same_phone");
  desk_block (one, &other);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

static void
a_phone_given_twice_knowingly_is_nobodys_conflict (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  (void) add_member_keyed (one, NULL, "082 555 0101");
  (void) add_member_keyed (one, NULL, "082 555 0101"); /* --anyway: a parent and a child */
  exchange (one, &pair.two);
  (void) add_member_keyed (&pair.two, NULL, "082 555 0101");
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

/* A session with an instructor, an hour long. */
static void
teach (Desk *desk, const SlId *service, const SlId *instructor, gint64 start_ms)
{
  SlSessionParams params;
  SlId id;

  sl_session_params_init (&params);
  params.service = service;
  params.instructor = instructor;
  params.start_ms = start_ms;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
}

/* As a program of another release, or a device whose days somebody else held, would have written it. */
static void
plan_past_the_rules (Desk *desk, const SlId *instructor, gint64 start_ms)
{
  SlOplog *log = sl_engine_get_log (desk->engine);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlId id;

  sl_fields_set_id (fields, "location_id", &desk->location);
  sl_fields_set_id (fields, "instructor_id", instructor);
  sl_fields_set_int (fields, "start_ms", start_ms);
  sl_fields_set_int (fields, "end_ms", start_ms + HOURS (1));
  sl_fields_set_int (fields, "published", 1);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (sl_op_session_create (log, fields, 4, &id, NULL));
  g_assert_true (sl_oplog_commit (log, NULL));
}

static void
an_instructor_planned_twice_at_once (Desk *desk, gconstpointer data)
{
  SlActor instructor;
  SlId service = desk_service (desk, 0, 6, 60);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  teach (desk, &service, &instructor.id, MORNING + HOURS (30));
  plan_past_the_rules (desk, &instructor.id, MORNING + HOURS (31)); /* one follows the other */
  g_assert_cmpstr (words (desk), ==, "");
  plan_past_the_rules (desk, &instructor.id, MORNING + HOURS (30) + MINUTES (30));
  g_assert_cmpstr (words (desk), ==, "instructor_twice instructor_twice");
  desk->world.now_ms = MORNING + HOURS (33);
  g_assert_cmpstr (words (desk), ==, "");
  sl_actor_clear (&instructor);
}

static void
a_capacity_changed_on_two_desks_apart (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  done (sl_session_set_capacity (one->engine, &one->owner, &pair.session, 8, &refusal, &failure));
  exchange (one, &pair.two);
  done (sl_session_set_capacity (pair.two.engine, &pair.two.owner, &pair.session, 9, &refusal, &failure));
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, ""); /* each knew of the other's */
  done (sl_session_set_capacity (one->engine, &one->owner, &pair.session, 10, &refusal, &failure));
  done (sl_session_set_capacity (pair.two.engine, &pair.two.owner, &pair.session, 10, &refusal, &failure));
  exchange (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "capacity_changed");
  g_assert_cmpstr (words (&pair.two), ==, "capacity_changed");
  g_assert_cmpint (desk_free_spots (one, &pair.session), ==, 11);
  pair_close (&pair);
}

static void
spots_that_are_owed_until_they_are_paid (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  for (guint i = 0; i < 3; i++)
    {
      SlId member = desk_member (one, "Guest");
      (void) desk_book (one, &member, &pair.session);
    }
  done (sl_session_set_capacity (one->engine, &one->owner, &pair.session, 4, &refusal, &failure));
  g_assert_cmpstr (words (one), ==, "spots_owed");
  settle_down (one, &pair.two);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

static void
credits_that_came_back_to_a_lot_that_had_expired (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 6, 60);
  SlId session = desk_session (desk, &service, MORNING + HOURS (72)), booking;

  (void) desk_credits (desk, &member, 500, 1);
  booking = desk_book (desk, &member, &session);
  desk->world.now_ms += HOURS (30);
  (void) desk_run_due (desk);
  g_assert_cmpstr (words (desk), ==, "");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  g_assert_cmpstr (words (desk), ==, "refund_expired");
  {
    g_autoptr (GPtrArray) items = list (desk, &desk->owner);
    g_assert_cmpint (((SlAttentionItem *) items->pdata[0])->count, ==, 100);
  }
}

/* What is beyond the cut is told as revoked. */
static void
carry_revoked (Desk *from, Desk *to)
{
  g_autofree char *file = sl_temp_dir_file (from->dir, "revoked.log");
  SlExportResult exported;
  g_auto (SlImportResult) imported = { 0 };

  g_assert_true (sl_oplog_export (sl_engine_get_log (from->engine), file, NULL, FALSE, &exported, NULL));
  g_assert_true (sl_oplog_import (sl_engine_get_log (to->engine), file, &imported, NULL));
  g_assert_cmpuint (imported.quarantined->len, ==, 1);
  g_assert_cmpstr (g_array_index (imported.quarantined, SlQuarantined, 0).reason, ==, "revoked");
}

static void
what_a_revoked_desk_wrote_later_is_held_for_review (Desk *one, gconstpointer data)
{
  Pair pair;
  Desk three = { 0 };
  pair_open (&pair, one);
  desk_join (&three, one, "three");
  desk_carry_log (&three, one);
  desk_carry_log (&pair.two, one);
  desk_take_away (one, &pair.two);
  {
    g_autoptr (GPtrArray) items = list (one, &one->owner);
    const SlAttentionItem *item = items->pdata[0];
    gboolean three_is_named = FALSE;
    SlId replica;

    sl_engine_get_replica (three.engine, &replica);
    g_assert_cmpstr (sl_attention_name (item->kind), ==, "revocation_waits");
    g_assert_cmpstr (item->reason, ==, "stolen");
    g_assert_cmpstr (item->device, ==, "two");
    for (guint i = 0; i < item->subjects->len; i++)
      {
        const SlAttentionSubject *subject = &g_array_index (item->subjects, SlAttentionSubject, i);
        three_is_named |= g_str_equal (subject->role, "waiting_for") && sl_id_equal (&subject->id, &replica);
      }
    g_assert_true (three_is_named);
  }
  SlId booking = desk_book (&pair.two, &pair.member, &pair.session);
  carry_revoked (&pair.two, one);
  {
    g_autoptr (GPtrArray) items = list (one, &one->owner);
    gboolean named = FALSE;

    for (guint i = 0; i < items->len; i++)
      {
        const SlAttentionItem *item = items->pdata[i];
        if (item->kind != SL_ATTENTION_HELD_FOR_REVIEW)
          continue;
        g_assert_cmpint (item->count, ==, 1);
        g_assert_cmpstr (item->member, ==, "Thandi N.");
        for (guint j = 0; j < item->subjects->len; j++)
          named |= sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, j).id, &booking);
      }
    g_assert_true (named);
  }
  desk_close (&three, NULL);
  pair_close (&pair);
}

/* It goes on from a backup under a new name, which does not count either: people see what it wrote all the same. */
static void
what_a_revoked_desk_writes_under_a_new_name_is_held_for_review (Desk *one, gconstpointer data)
{
  Pair pair;
  SlRestoreResult restored = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean named = FALSE;
  pair_open (&pair, one);
  g_autofree char *file = sl_temp_dir_file (pair.two.dir, "two.backup");
  g_autofree char *log = sl_temp_dir_file (pair.two.dir, "two.log");
  g_assert_true (sl_exchange_backup (pair.two.engine, &pair.two.owner, file, &refusal, &error));
  desk_take_away (one, &pair.two);
  g_clear_pointer (&pair.two.engine, sl_engine_close);
  g_assert_true (sl_exchange_restore (pair.two.dir->path, &pair.two.world.base, file, NULL, &restored, &error));
  sl_restore_result_clear (&restored);
  pair.two.engine = sl_engine_open (pair.two.dir->path, &pair.two.world.base, &error);
  g_assert_no_error (error);
  SlExportResult exported;
  g_auto (SlImportResult) imported = { 0 };
  g_assert_true (sl_oplog_export (sl_engine_get_log (pair.two.engine), log, NULL, FALSE, &exported, NULL));
  g_assert_true (sl_oplog_import (sl_engine_get_log (one->engine), log, &imported, NULL));
  g_autoptr (GPtrArray) items = list (one, &one->owner);
  for (guint i = 0; i < items->len; i++)
    {
      const SlAttentionItem *item = items->pdata[i];
      for (guint j = 0; j < item->subjects->len && item->kind == SL_ATTENTION_HELD_FOR_REVIEW; j++)
        named |= sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, j).id, &restored.replica);
    }
  g_assert_true (named);
  pair_close (&pair);
}

static void
a_desk_not_heard_of_for_thirty_days (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  one->world.now_ms += DAYS (29);
  g_assert_cmpstr (words (one), ==, "");
  one->world.now_ms += DAYS (1);
  g_assert_cmpstr (words (one), ==, "device_silent");
  pair.two.world.now_ms = one->world.now_ms;
  (void) desk_member (&pair.two, "Lindiwe");
  desk_carry_log (&pair.two, one);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

static void
a_clock_that_was_far_ahead (Desk *one, gconstpointer data)
{
  Pair pair;
  pair_open (&pair, one);
  pair.two.world.now_ms += MINUTES (1);
  (void) desk_member (&pair.two, "Soon");
  desk_carry_log (&pair.two, one);
  g_assert_cmpstr (words (one), ==, "");
  pair.two.world.now_ms += DAYS (26000); /* 2097 */
  (void) desk_member (&pair.two, "Later");
  desk_carry_log (&pair.two, one);
  g_assert_cmpstr (words (one), ==, "clock_ahead");
  settle_first (one);
  g_assert_cmpstr (words (one), ==, "");
  pair_close (&pair);
}

static void
one_invitation_used_twice (Desk *one, gconstpointer data)
{
  Desk two = { 0 }, three = { 0 };
  g_autofree char *invitation = sl_temp_dir_file (one->dir, "invitation");
  SlId organisation, replica;
  desk_join (&two, one, "two");
  three.dir = sl_temp_dir_new ();
  sl_fake_world_init (&three.world, one->world.now_ms, 77);
  done (sl_studio_join (three.dir->path, &three.world.base, invitation, "three", &organisation, &replica, &refusal,
                        &failure));
  three.engine = sl_engine_open (three.dir->path, &three.world.base, NULL);
  desk_carry_log (&two, one);
  desk_carry_log (&three, one);
  g_assert_cmpstr (words (one), ==, "invitation_twice");
  desk_close (&two, NULL);
  desk_close (&three, NULL);
}

static void
settling_twice_is_one_and_words_are_checked (Desk *one, gconstpointer data)
{
  Pair pair;
  g_autofree char *text = NULL;
  SlActor reception;
  SlId id;
  pair_open (&pair, one);
  desk_staff (one, SL_ROLE_RECEPTIONIST, &reception);
  (void) add_member_keyed (one, NULL, "082 555 0101");
  (void) add_member_keyed (&pair.two, NULL, "+27825550101");
  exchange (one, &pair.two);
  {
    g_autoptr (GPtrArray) items = list (one, &reception);
    g_assert_cmpuint (items->len, ==, 1);
    text = sl_id_to_string (&((SlAttentionItem *) items->pdata[0])->id);
  }
  refused ("not_allowed", sl_attention_settle (one->engine, &reception, text, "ok", &id, &refusal, &failure));
  refused ("reason_required", sl_attention_settle (one->engine, &one->owner, text, " ", &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_attention_settle (one->engine, &one->owner, "12", "ok", &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_attention_settle (one->engine, &one->owner, "ffffffff-0000", "ok", &id, &refusal, &failure));
  done (sl_attention_settle (one->engine, &one->owner, text, "twins", &id, &refusal, &failure));
  done (sl_attention_settle (pair.two.engine, &pair.two.owner, text, "twins", &id, &refusal, &failure));
  gint64 before = desk_operations (one);
  done (sl_attention_settle (one->engine, &one->owner, text, "again", &id, &refusal, &failure));
  g_assert_cmpint (desk_operations (one), ==, before);
  exchange (one, &pair.two);
  SlHash a, b;
  g_assert_true (sl_oplog_state_hash (sl_engine_get_log (one->engine), &a, NULL));
  g_assert_true (sl_oplog_state_hash (sl_engine_get_log (pair.two.engine), &b, NULL));
  g_assert_true (sl_hash_equal (&a, &b));
  sl_actor_clear (&reception);
  pair_close (&pair);
}

static void
devices_are_for_those_who_manage_them (Desk *one, gconstpointer data)
{
  Pair pair;
  SlActor reception, instructor;
  GPtrArray *items = NULL;
  pair_open (&pair, one);
  desk_staff (one, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (one, SL_ROLE_INSTRUCTOR, &instructor);
  one->world.now_ms += DAYS (31);
  g_assert_cmpstr (words (one), ==, "device_silent");
  {
    g_autoptr (GPtrArray) seen = list (one, &reception);
    g_assert_cmpuint (seen->len, ==, 0);
  }
  refused ("not_allowed", sl_attention_list (one->engine, &instructor, &items, &refusal, &failure));
  g_assert_null (items);
  sl_actor_clear (&reception);
  sl_actor_clear (&instructor);
  pair_close (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/attention/nothing-in-a-studio-of-one-desk", nothing_in_a_studio_of_one_desk);
  desk_test ("/sl/attention/whoever-was-dropped-as-a-duplicate-and-has-no-booking-left",
             whoever_was_dropped_as_a_duplicate_and_has_no_booking_left);
  desk_test ("/sl/attention/came-in-here-and-cancelled-there", came_in_here_and_cancelled_there);
  desk_test ("/sl/attention/came-in-here-and-marked-absent-there", came_in_here_and_marked_absent_there);
  desk_test ("/sl/attention/what-staff-enter-against-an-absence-is-their-decision",
             what_staff_enter_against_an_absence_is_their_decision);
  desk_test ("/sl/attention/who-came-after-all-is-counted-beside-the-capacity",
             who_came_after_all_is_counted_beside_the_capacity);
  desk_test ("/sl/attention/a-booking-beside-the-capacity-until-the-session-ends",
             a_booking_beside_the_capacity_until_the_session_ends);
  desk_test ("/sl/attention/one-key-that-made-two-things-on-two-desks", one_key_that_made_two_things_on_two_desks);
  desk_test ("/sl/attention/one-key-that-sold-twice", one_key_that_sold_twice);
  desk_test ("/sl/attention/one-phone-given-on-two-desks-apart", one_phone_given_on_two_desks_apart);
  desk_test ("/sl/attention/a-phone-given-twice-knowingly-is-nobodys-conflict",
             a_phone_given_twice_knowingly_is_nobodys_conflict);
  desk_test ("/sl/attention/an-instructor-planned-twice-at-once", an_instructor_planned_twice_at_once);
  desk_test ("/sl/attention/a-capacity-changed-on-two-desks-apart", a_capacity_changed_on_two_desks_apart);
  desk_test ("/sl/attention/spots-that-are-owed-until-they-are-paid", spots_that_are_owed_until_they_are_paid);
  desk_test ("/sl/attention/credits-that-came-back-to-a-lot-that-had-expired",
             credits_that_came_back_to_a_lot_that_had_expired);
  desk_test ("/sl/attention/what-a-revoked-desk-wrote-later-is-held-for-review",
             what_a_revoked_desk_wrote_later_is_held_for_review);
  desk_test ("/sl/attention/what-a-revoked-desk-writes-under-a-new-name-is-held-for-review",
             what_a_revoked_desk_writes_under_a_new_name_is_held_for_review);
  desk_test ("/sl/attention/a-desk-not-heard-of-for-thirty-days", a_desk_not_heard_of_for_thirty_days);
  desk_test ("/sl/attention/a-clock-that-was-far-ahead", a_clock_that_was_far_ahead);
  desk_test ("/sl/attention/one-invitation-used-twice", one_invitation_used_twice);
  desk_test ("/sl/attention/settling-twice-is-one-and-words-are-checked", settling_twice_is_one_and_words_are_checked);
  desk_test ("/sl/attention/devices-are-for-those-who-manage-them", devices_are_for_those_who_manage_them);
  return g_test_run ();
}
