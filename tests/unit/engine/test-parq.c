/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/parq.h"

#include "desk-fixture.h"
#include "engine/attention.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "expect.h"

/* The health questions. */

#define ANSWERS "{\"heart\":\"no\",\"joints\":\"left knee\"}"

static SlId
strict_class (Desk *desk, gint64 start_ms)
{
  SlId service = desk_service (desk, 0, 5, 60), session;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SERVICE);
  g_autoptr (GError) error = NULL;
  sl_fields_set_int (fields, "parq", 1);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_edit (desk->engine->log, &service, fields, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
  session = desk_session (desk, &service, start_ms);
  return session;
}

static void
answer (Desk *desk, const SlId *member)
{
  done (sl_parq_answer (desk->engine, &desk->owner, member, ANSWERS, &refusal, &failure));
}

static SlParq *
show (Desk *desk, const SlId *member)
{
  SlParq *parq = NULL;
  done (sl_parq_show (desk->engine, &desk->owner, member, &parq, &refusal, &failure));
  return parq;
}

static void
needed_where_the_service_asks_for_it (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlId strict = strict_class (desk, MORNING + DAYS (1)), free_one = desk_free_class (desk, MORNING + DAYS (2), 5), hold;
  g_assert_cmpstr (desk_try_book (desk, &member, &strict), ==, "parq_needed");
  g_assert_cmpstr (desk_try_hold (desk, &member, &strict, &hold), ==, "parq_needed");
  g_assert_cmpstr (desk_try_book (desk, &member, &free_one), ==, "ok");
  answer (desk, &member);
  g_assert_cmpstr (desk_try_book (desk, &member, &strict), ==, "ok");
}

static void
answers_count_for_a_year (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  answer (desk, &member);
  g_autoptr (SlParq) parq = show (desk, &member);
  g_assert_cmpstr (parq->answers, ==, ANSWERS);
  g_assert_cmpint (parq->answered_ms, ==, MORNING);
  g_assert_cmpint (parq->valid_until_ms, ==, MORNING + DAYS (365));
  g_assert_true (parq->valid);
  desk->world.now_ms = MORNING + DAYS (365) - 1;
  SlId session = strict_class (desk, desk->world.now_ms + HOURS (2));
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "ok");
  desk->world.now_ms = MORNING + DAYS (365);
  SlId later = strict_class (desk, desk->world.now_ms + HOURS (6));
  g_assert_cmpstr (desk_try_book (desk, &member, &later), ==, "parq_needed");
  g_autoptr (SlParq) over = show (desk, &member);
  g_assert_false (over->valid);
  desk_policy (desk, "parq_months", "24");
  g_assert_cmpstr (desk_try_book (desk, &member, &later), ==, "ok");
}

static void
members_answer_for_themselves_alone (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  SlActor herself = { .id = thandi, .role = SL_ROLE_MEMBER };
  g_auto (SlActor) device = { 0 };
  sl_actor_init_device (&device);
  refused ("not_allowed", sl_parq_answer (desk->engine, &herself, &sipho, ANSWERS, &refusal, &failure));
  done (sl_parq_answer (desk->engine, &herself, &thandi, ANSWERS, &refusal, &failure));
  done (sl_parq_answer (desk->engine, &device, &sipho, ANSWERS, &refusal, &failure));
  g_autoptr (SlParq) parq = show (desk, &sipho);
  g_assert_true (parq->valid);
}

static void
erased_with_the_member (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  guint released;
  answer (desk, &member);
  done (sl_member_erase (desk->engine, &desk->owner, &member, NULL, &released, &refusal, &failure));
  g_autoptr (SlParq) parq = show (desk, &member);
  g_assert_null (parq->answers);
  g_assert_cmpint (parq->answered_ms, ==, 0);
  refused ("member_erased",
           sl_parq_answer (desk->engine, &desk->owner, &member, ANSWERS, &refusal, &failure));
}

static void
refusals_and_bad_input (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlParq *parq = NULL;
  g_autofree char *long_text = g_strnfill (SL_PARQ_MAX_BYTES + 1, 'x');
  g_auto (SlActor) instructor = { 0 };
  g_auto (SlActor) finance = { 0 };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  refused ("not_allowed", sl_parq_answer (desk->engine, &instructor, &member, ANSWERS, &refusal, &failure));
  refused ("not_allowed", sl_parq_answer (desk->engine, &finance, &member, ANSWERS, &refusal, &failure));
  refused ("not_allowed", sl_parq_show (desk->engine, &instructor, &member, &parq, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_parq_answer (desk->engine, &desk->owner, &member, "", &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_parq_answer (desk->engine, &desk->owner, &member, long_text, &refusal, &failure));
}

/* What needs attention of health forms: whose booking each names. */
static guint
warned_of (Desk *desk, const SlId *booking)
{
  g_autoptr (GPtrArray) items = NULL;
  guint n = 0;
  done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  for (guint i = 0; i < items->len; i++)
    {
      const SlAttentionItem *item = items->pdata[i];
      if (item->kind != SL_ATTENTION_PARQ_EXPIRING)
        continue;
      g_assert_cmpuint (item->subjects->len, ==, 2);
      g_assert_true (sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, 1).id, booking));
      n++;
    }
  return n;
}

/* Two weeks before it ends, and after it has, of who is booked for what asks for it; once, for the next visit. */
static void
who_is_booked_is_warned_of_before_a_form_ends (Desk *desk, gconstpointer data)
{
  gint64 end_ms = MORNING + DAYS (365);
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Sipho");
  answer (desk, &member);
  answer (desk, &other);
  desk_policy (desk, "booking_opens_hours", "720");
  desk->world.now_ms = end_ms - DAYS (20);
  SlId first = strict_class (desk, end_ms - DAYS (3)), second = strict_class (desk, end_ms - DAYS (2));
  SlId free_one = desk_free_class (desk, end_ms - DAYS (4), 5);
  SlId booking = desk_book (desk, &member, &first), next = desk_book (desk, &member, &second);
  desk_book (desk, &other, &free_one);
  g_assert_cmpuint (warned_of (desk, &booking), ==, 0);
  desk->world.now_ms = end_ms - DAYS (14) - 1;
  g_assert_cmpuint (warned_of (desk, &booking), ==, 0);
  desk->world.now_ms++;
  g_assert_cmpuint (warned_of (desk, &booking), ==, 1);
  desk->world.now_ms = end_ms - DAYS (2) - HOURS (1); /* that visit is over */
  g_assert_cmpuint (warned_of (desk, &next), ==, 1);
  answer (desk, &member);
  g_assert_cmpuint (warned_of (desk, &next), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/parq/needed-where-the-service-asks-for-it", needed_where_the_service_asks_for_it);
  desk_test ("/sl/parq/answers-count-for-a-year", answers_count_for_a_year);
  desk_test ("/sl/parq/members-answer-for-themselves-alone", members_answer_for_themselves_alone);
  desk_test ("/sl/parq/who-is-booked-is-warned-of-before-a-form-ends", who_is_booked_is_warned_of_before_a_form_ends);
  desk_test ("/sl/parq/erased-with-the-member", erased_with_the_member);
  desk_test ("/sl/parq/refusals-and-bad-input", refusals_and_bad_input);
  return g_test_run ();
}
