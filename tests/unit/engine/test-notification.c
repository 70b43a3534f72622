/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-notification"

#include "one-to-one.h"

#include "door-fixture.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/notification-private.h"
#include "engine/waitlist.h"

#define CLASS (MORNING + DAYS (3))

static GPtrArray *
listed (Desk *desk, gint64 from_ms, gint64 to_ms, const SlId *member)
{
  GPtrArray *list = NULL;

  done (sl_notifications_list (desk->engine, &desk->owner, from_ms, to_ms, member, &list, &refusal, &failure));
  /* Everybody is welcomed, and thanked for what they pay: test-notification-send.c. */
  for (guint i = list->len; i > 0; i--)
    {
      SlNotificationKind kind = ((SlNotification *) list->pdata[i - 1])->kind;
      if (kind == SL_NOTIFICATION_WELCOME || kind == SL_NOTIFICATION_PAYMENT_RECEIPT)
        g_ptr_array_remove_index (list, i - 1);
    }
  return list;
}

/* The kinds, "booking_confirmed reminder_24h"; member (nullable): everybody's. */
static char *
kinds_between (Desk *desk, gint64 from_ms, gint64 to_ms, const SlId *member)
{
  g_autoptr (GPtrArray) list = listed (desk, from_ms, to_ms, member);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            sl_notification_kind_name (((SlNotification *) list->pdata[i])->kind));
  return g_string_free (text, FALSE);
}
#define assert_told(desk, from_ms, to_ms, member, wanted) \
  G_STMT_START \
  { \
    g_autofree char *told = kinds_between (desk, from_ms, to_ms, member); \
    g_assert_cmpstr (told, ==, wanted); \
  } \
  G_STMT_END
/* All days of a test up to now. */
#define assert_told_so_far(desk, member, wanted) \
  assert_told (desk, MORNING - DAYS (1), (desk)->world.now_ms + 1, member, wanted)

static SlBookingResult
waits (Desk *desk, const SlId *member, const SlId *session)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  SlBookingResult result = { 0 };

  done (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_cmpint (result.status, ==, SL_BOOKING_WAITLISTED);
  return result;
}

static void
tells_of_a_booking_and_its_cancellation_once (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 5), member = desk_member (desk, "Thandi"), booking;

  booking = desk_book (desk, &member, &session);
  assert_told_so_far (desk, &member, "booking_confirmed");
  desk->world.now_ms += HOURS (1);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  assert_told_so_far (desk, &member, "booking_confirmed booking_cancelled");
  assert_told (desk, MORNING + MINUTES (30), desk->world.now_ms + 1, &member, "booking_cancelled");

  g_autoptr (GPtrArray) list = listed (desk, MORNING, desk->world.now_ms + 1, NULL);
  const SlNotification *first = list->pdata[0];
  g_assert_true (sl_id_equal (&first->subject_id, &booking));
  g_assert_true (sl_id_equal (&first->member_id, &member));
  g_assert_cmpint (first->due_ms, ==, MORNING);
  g_assert_false (first->marketing);
}

static void
reminds_a_day_and_an_hour_before_whoever_is_booked_by_then (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 5);
  SlId early = desk_member (desk, "Early"), late = desk_member (desk, "Late");
  SlId booking = desk_book (desk, &early, &session);

  assert_told (desk, CLASS - DAYS (1), CLASS, NULL, "reminder_24h reminder_1h");
  assert_told (desk, CLASS - DAYS (1), CLASS - HOURS (1), NULL, "reminder_24h");
  assert_told (desk, CLASS - DAYS (1) + 1, CLASS - HOURS (1) + 1, NULL, "reminder_1h");
  desk->world.now_ms = CLASS - HOURS (20);
  desk_book (desk, &late, &session);
  assert_told (desk, CLASS - DAYS (1), CLASS, &late, "booking_confirmed reminder_1h");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  assert_told (desk, CLASS - DAYS (1), CLASS, &early, "reminder_24h booking_cancelled");
}

static void
tells_those_in_the_queue_of_offers_and_that_they_lapsed (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 1), one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  SlId booking = desk_book (desk, &one, &session);
  g_auto (SlBookingResult) place = waits (desk, &two, &session);

  assert_told_so_far (desk, &two, "waitlist_joined");
  desk->world.now_ms += HOURS (1);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  assert_told_so_far (desk, &two, "waitlist_joined spot_offered");
  desk->world.now_ms += MINUTES (30) - 1;
  assert_told_so_far (desk, &two, "waitlist_joined spot_offered");
  desk->world.now_ms++;
  assert_told_so_far (desk, &two, "waitlist_joined spot_offered offer_lapsed");
  desk_run_due (desk);
  assert_told_so_far (desk, &two, "waitlist_joined spot_offered offer_lapsed");
  g_autoptr (GPtrArray) list = listed (desk, desk->world.now_ms, desk->world.now_ms + 1, &two);
  g_assert_true (sl_id_equal (&((SlNotification *) list->pdata[0])->subject_id, &place.booking_id));
}

static void
tells_everybody_concerned_that_a_session_is_cancelled (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 3), members[7], gone, hold;
  static const char *const names[] = { "Booked", "Held", "Offered", "Waiting", "Left", "Lapsed", "Third" };
  gint64 people = 0;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    members[i] = desk_member (desk, names[i]);
  g_assert_cmpstr (desk_try_hold (desk, &members[5], &session, NULL), ==, "ok");
  desk->world.now_ms += MINUTES (10);
  desk_run_due (desk);
  desk_book (desk, &members[0], &session);
  gone = desk_book (desk, &members[4], &session);
  desk_book (desk, &members[6], &session);
  g_auto (SlBookingResult) offered = waits (desk, &members[2], &session);
  g_auto (SlBookingResult) waiting = waits (desk, &members[3], &session);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &gone, NULL), ==, "ok"); /* the first in line is offered it */
  desk_policy (desk, "hold_minutes", "30");
  done (sl_session_set_capacity (desk->engine, &desk->owner, &session, 5, &refusal, &failure)); /* and the next */
  g_assert_cmpstr (desk_try_hold (desk, &members[1], &session, &hold), ==, "ok");
  desk->world.now_ms += MINUTES (1);
  desk_cancel_session (desk, &session);

  assert_told (desk, desk->world.now_ms, desk->world.now_ms + 1, NULL,
               "session_cancelled session_cancelled session_cancelled session_cancelled session_cancelled");
  assert_told (desk, desk->world.now_ms, desk->world.now_ms + 1, &members[4], "");
  assert_told (desk, desk->world.now_ms, desk->world.now_ms + 1, &members[5], "");
  g_assert_true (sl_notifications_count_cancelled (desk->engine, &session, &people, NULL));
  g_assert_cmpint (people, ==, 5);
  assert_told (desk, CLASS - DAYS (1), CLASS, NULL, ""); /* nobody is reminded of it */
}

static void
tells_who_was_absent_that_the_session_was_cancelled_after_all (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (1), 3), member = desk_member (desk, "Thandi");

  desk_book (desk, &member, &session);
  desk->world.now_ms = MORNING + HOURS (1) + MINUTES (20);
  desk_run_due (desk);
  desk->world.now_ms += MINUTES (1);
  desk_cancel_session (desk, &session);
  assert_told (desk, desk->world.now_ms, desk->world.now_ms + 1, &member, "session_cancelled");
}

static void
edit_start (Desk *desk, const SlId *session, gint64 start_ms)
{
  SlSessionParams params;

  sl_session_params_init (&params);
  params.start_ms = start_ms;
  done (sl_session_edit (desk->engine, &desk->owner, session, &params, &refusal, &failure));
}

static void
tells_who_is_booked_when_a_session_is_moved (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 5), before = desk_member (desk, "Before");
  SlId after = desk_member (desk, "After");

  desk_book (desk, &before, &session);
  desk->world.now_ms += HOURS (1);
  edit_start (desk, &session, CLASS + HOURS (2));
  desk->world.now_ms += HOURS (1);
  desk_book (desk, &after, &session);
  assert_told_so_far (desk, &before, "booking_confirmed session_changed");
  assert_told_so_far (desk, &after, "booking_confirmed");
  assert_told (desk, CLASS + HOURS (1), CLASS + HOURS (1) + 1, &before, "reminder_1h"); /* of the new time */
}

static void
tells_of_check_in_and_of_absence (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (1), 5), came = desk_member (desk, "Came");
  SlId stayed = desk_member (desk, "Stayed"), in = desk_book (desk, &came, &session);

  desk_book (desk, &stayed, &session);
  desk->world.now_ms = MORNING + HOURS (1);
  g_assert_cmpstr (desk_checkin_booking (desk, &in, NULL), ==, "ok");
  assert_told_so_far (desk, &came, "booking_confirmed checkin_receipt");
  desk->world.now_ms = MORNING + HOURS (1) + MINUTES (15);
  assert_told_so_far (desk, &stayed, "booking_confirmed");
  desk->world.now_ms++;
  assert_told_so_far (desk, &stayed, "booking_confirmed no_show");
  desk_run_due (desk);
  assert_told_so_far (desk, &stayed, "booking_confirmed no_show");
  assert_told_so_far (desk, &came, "booking_confirmed checkin_receipt");
}

static void
tells_of_requests_and_their_answers (Desk *desk, gconstpointer data)
{
  SlId service = lesson (desk, "instructor", 60, 0), member = desk_member (desk, "Thandi");
  SlId yes = sl_id_none, no = sl_id_none;
  gint64 times[] = { CLASS };
  SlActor tutor;
  SlRequestParams params = { .member_id = member, .service_id = service, .times = times, .n_times = 1 };

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  params.instructor_id = tutor.id;
  done (sl_request_add (desk->engine, &desk->owner, &params, &yes, &refusal, &failure));
  assert_told_so_far (desk, &member, "request_made");
  desk->world.now_ms += HOURS (1);
  done (sl_request_add (desk->engine, &desk->owner, &params, &no, &refusal, &failure));
  desk->world.now_ms += HOURS (1);
  done (sl_request_decline (desk->engine, &desk->owner, &no, &refusal, &failure));
  assert_told_so_far (desk, &member, "request_made request_made request_declined");
  desk->world.now_ms += HOURS (1);
  {
    g_auto (SlBookingResult) booked = { 0 };

    done (sl_request_accept (desk->engine, &desk->owner, &yes, CLASS, NULL, NULL, &booked, &refusal, &failure));
  }
  {
    g_autofree char *told = kinds_between (desk, desk->world.now_ms, desk->world.now_ms + 1, &member);

    g_assert_nonnull (strstr (told, "request_accepted"));
    g_assert_nonnull (strstr (told, "booking_confirmed"));
  }
}

static void
warns_of_credits_that_expire_while_some_are_left (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 300, 5, 60), session, lot;

  lot = desk_credits (desk, &member, 300, 10);
  assert_told (desk, MORNING + DAYS (3), MORNING + DAYS (3) + 1, NULL, "credits_expiring");
  assert_told (desk, MORNING, MORNING + DAYS (3), NULL, "");
  g_autoptr (GPtrArray) list = listed (desk, MORNING, MORNING + DAYS (9), NULL);
  g_assert_true (sl_id_equal (&((SlNotification *) list->pdata[0])->subject_id, &lot));
  desk_policy (desk, "credits_warn_days", "2");
  assert_told (desk, MORNING, MORNING + DAYS (8), NULL, "");
  assert_told (desk, MORNING + DAYS (8), MORNING + DAYS (8) + 1, NULL, "credits_expiring");
  session = desk_session (desk, &service, CLASS);
  desk_book (desk, &member, &session);
  assert_told (desk, MORNING + DAYS (8), MORNING + DAYS (8) + 1, NULL, "");
}

static SlId
add_member (Desk *desk, const char *first, gboolean marketing, const char *channel)
{
  SlMemberParams params = { .first = first, .last = "Nkosi", .marketing = marketing ? 1 : 0, .channel = channel };
  SlId id = sl_id_none;

  done (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure));
  return id;
}

static void
tells_of_low_credits_once_and_only_who_agreed_to_marketing (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 9, 60), members[2];

  members[0] = add_member (desk, "Agreed", TRUE, "sms");
  members[1] = add_member (desk, "Refused", FALSE, NULL);
  for (guint i = 0; i < 2; i++)
    desk_credits (desk, &members[i], 250, 60);
  for (gint64 n = 0; n < 2; n++)
    {
      SlId session = desk_session (desk, &service, CLASS + HOURS (n * 2));

      desk->world.now_ms += HOURS (1);
      for (guint i = 0; i < 2; i++)
        desk_book (desk, &members[i], &session);
    }
  g_autoptr (GPtrArray) list = listed (desk, MORNING, desk->world.now_ms + 1, &members[0]);
  g_assert_cmpuint (list->len, ==, 3);
  const SlNotification *low = NULL;
  for (guint i = 0; i < list->len; i++)
    {
      const SlNotification *item = list->pdata[i];

      g_assert_cmpstr (item->channel, ==, "sms");
      if (item->marketing)
        low = item;
    }
  g_assert_nonnull (low);
  g_assert_cmpint (low->kind, ==, SL_NOTIFICATION_CREDITS_LOW);
  g_assert_cmpint (low->due_ms, ==, MORNING + HOURS (2)); /* 150 were not low yet, 50 are */
  assert_told_so_far (desk, &members[1], "booking_confirmed booking_confirmed");
}

static void
never_tells_whoever_was_erased_and_tells_merged_members_once (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 5), other = desk_free_class (desk, CLASS + HOURS (3), 5);
  SlId gone = desk_member (desk, "Gone"), twice = desk_member (desk, "Twice"), twin = desk_member (desk, "Twin"), into;
  guint released;

  desk_book (desk, &gone, &session);
  desk_book (desk, &twice, &session);
  desk_book (desk, &twin, &other);
  done (sl_member_merge (desk->engine, &desk->owner, &twin, &twice, &into, &refusal, &failure));
  done (sl_member_erase (desk->engine, &desk->owner, &gone, NULL, &released, &refusal, &failure));
  assert_told_so_far (desk, NULL, "booking_confirmed booking_confirmed");
  g_autoptr (GPtrArray) list = listed (desk, MORNING, desk->world.now_ms + 1, &twin); /* asked for by either record */
  g_assert_cmpuint (list->len, ==, 2);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (sl_id_equal (&((SlNotification *) list->pdata[i])->member_id, &twice));
  desk_cancel_session (desk, &session);
  assert_told (desk, MORNING, desk->world.now_ms + 1, &gone, "");
}

static void
another_device_derives_the_same_ids (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, CLASS, 1), one = desk_member (desk, "One"), two = desk_member (desk, "Two");

  desk_credits (desk, &one, 300, 9);
  desk_book (desk, &one, &session);
  g_auto (SlBookingResult) place = waits (desk, &two, &session);
  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  desk_cancel_session (&second, &session);
  desk_carry_log (&second, desk);
  desk->world.now_ms = second.world.now_ms = MORNING + HOURS (1);
  g_autoptr (GPtrArray) here = listed (desk, MORNING, MORNING + DAYS (4), NULL);
  g_autoptr (GPtrArray) there = listed (&second, MORNING, MORNING + DAYS (4), NULL);
  g_assert_cmpuint (here->len, ==, 5); /* booked, waiting, both cancelled, credits that expire */
  g_assert_cmpuint (there->len, ==, here->len);
  for (guint i = 0; i < here->len; i++)
    g_assert_true (sl_id_equal (&((SlNotification *) here->pdata[i])->id, &((SlNotification *) there->pdata[i])->id));
  desk_run_due (desk); /* what is written of it now changes nothing */
  g_autoptr (GPtrArray) again = listed (desk, MORNING, MORNING + DAYS (4), NULL);
  g_assert_cmpuint (again->len, ==, here->len);
  desk_close (&second, NULL);
}

static void
is_for_staff_and_for_members_their_own (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, CLASS, 5), one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  SlActor self = { .id = one, .role = SL_ROLE_MEMBER };
  g_autoptr (GPtrArray) own = NULL, none = NULL;

  desk_book (desk, &one, &session);
  done (sl_notifications_list (desk->engine, &self, MORNING, MORNING + HOURS (1), &one, &own, &refusal, &failure));
  g_assert_cmpuint (own->len, ==, 2);
  refused ("not_allowed",
           sl_notifications_list (desk->engine, &self, MORNING, MORNING + HOURS (1), &two, &none, &refusal, &failure));
  refused ("not_allowed",
           sl_notifications_list (desk->engine, &self, MORNING, MORNING + HOURS (1), NULL, &none, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_notifications_list (desk->engine, &desk->owner, MORNING, MORNING - 1, NULL, &none,
                                                    &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_notifications_list (desk->engine, &desk->owner, MORNING, MORNING + DAYS (SL_NOTIFICATIONS_DAYS_MAX) + 1,
                                NULL, &none, &refusal, &failure));
}

/* "nnn": nothing for each parameter, which are numbered from ?1 on. */
static char *
nothing_for (const char *query)
{
  char *types = g_strdup ("");

  for (const char *at = query; (at = strchr (at, '?')) != NULL; at++)
    if (g_ascii_digit_value (at[1]) > (int) strlen (types))
      {
        g_free (types);
        types = g_strnfill ((gsize) g_ascii_digit_value (at[1]), 'n');
      }
  return types;
}

/* How SQLite answers each query: a table that grows with the years is entered by an index. */
static void
assert_bounded (Desk *desk, const char *query)
{
  g_autofree char *sql = g_strconcat ("EXPLAIN QUERY PLAN ", query, NULL);
  g_autoptr (GError) failure = NULL;
  g_autofree char *types = nothing_for (query);
  g_autoptr (SlRows) rows = sl_store_query (desk->engine->store, sql, types);
  static const char *const small[] = { "SCAN l", "SCAN same" }; /* locations; the records of one person */

  while (sl_rows_next (rows))
    {
      const char *step = sl_rows_text (rows, 3);
      gboolean fine = !g_str_has_prefix (step, "SCAN") || strstr (step, "CONSTANT ROW") != NULL;

      for (guint i = 0; i < G_N_ELEMENTS (small); i++)
        fine = fine || g_str_equal (step, small[i]);
      if (!fine)
        g_error ("%s\n%s", step, query);
    }
  g_assert_true (sl_rows_finish (rows, &failure));
}

static void
looks_at_no_year_but_the_time_asked_for (Desk *desk, gconstpointer data)
{
  for (guint i = 0; sl_notification_claim_queries[i] != NULL; i++)
    assert_bounded (desk, sl_notification_claim_queries[i]);
  for (guint i = 0; sl_notification_other_queries[i] != NULL; i++)
    assert_bounded (desk, sl_notification_other_queries[i]);
  for (guint i = 0; sl_notification_money_queries[i] != NULL; i++)
    assert_bounded (desk, sl_notification_money_queries[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/notification/tells-of-a-booking-and-its-cancellation-once",
             tells_of_a_booking_and_its_cancellation_once);
  desk_test ("/sl/notification/reminds-a-day-and-an-hour-before-whoever-is-booked-by-then",
             reminds_a_day_and_an_hour_before_whoever_is_booked_by_then);
  desk_test ("/sl/notification/tells-those-in-the-queue-of-offers-and-that-they-lapsed",
             tells_those_in_the_queue_of_offers_and_that_they_lapsed);
  desk_test ("/sl/notification/tells-everybody-concerned-that-a-session-is-cancelled",
             tells_everybody_concerned_that_a_session_is_cancelled);
  desk_test ("/sl/notification/tells-who-was-absent-that-the-session-was-cancelled-after-all",
             tells_who_was_absent_that_the_session_was_cancelled_after_all);
  desk_test ("/sl/notification/tells-who-is-booked-when-a-session-is-moved",
             tells_who_is_booked_when_a_session_is_moved);
  desk_test ("/sl/notification/tells-of-check-in-and-of-absence", tells_of_check_in_and_of_absence);
  desk_test ("/sl/notification/tells-of-requests-and-their-answers", tells_of_requests_and_their_answers);
  desk_test ("/sl/notification/warns-of-credits-that-expire-while-some-are-left",
             warns_of_credits_that_expire_while_some_are_left);
  desk_test ("/sl/notification/tells-of-low-credits-once-and-only-who-agreed-to-marketing",
             tells_of_low_credits_once_and_only_who_agreed_to_marketing);
  desk_test ("/sl/notification/never-tells-whoever-was-erased-and-tells-merged-members-once",
             never_tells_whoever_was_erased_and_tells_merged_members_once);
  desk_test ("/sl/notification/another-device-derives-the-same-ids", another_device_derives_the_same_ids);
  desk_test ("/sl/notification/is-for-staff-and-for-members-their-own", is_for_staff_and_for_members_their_own);
  desk_test ("/sl/notification/looks-at-no-year-but-the-time-asked-for", looks_at_no_year_but_the_time_asked_for);
  return g_test_run ();
}
