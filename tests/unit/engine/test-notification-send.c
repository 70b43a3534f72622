/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notification-send.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/plan.h"
#include "engine/template.h"
#include "expect.h"

/* The words in which members are told, and how each is told once. */

/* A sender that keeps what it gets, and answers as it was told to. */
typedef struct {
  GPtrArray *texts;    /* "channel to: text" */
  SlSenderAnswer answer;
  const char *refuses; /* (nullable): a channel by which nobody is there */
} Post;

static SlSenderAnswer
take (gpointer user_data, const SlMessage *message)
{
  Post *post = user_data;
  g_ptr_array_add (post->texts,
                   g_strdup_printf ("%s %s: %s", message->channel, message->to, message->text));
  return g_strcmp0 (message->channel, post->refuses) == 0 ? SL_SENDER_NOT_THERE : post->answer;
}

static void
post_open (Post *post, SlSenderAnswer answer)
{
  *post = (Post){ .texts = g_ptr_array_new_with_free_func (g_free), .answer = answer };
}

static SlSendCounts
send_out (Desk *desk, Post *post)
{
  SlSendParams params = { 0 };
  SlSendCounts counts;
  done (sl_notifications_send (desk->engine, &desk->owner, &params, take, post, &counts, &refusal, &failure));
  return counts;
}

static SlId
reachable (Desk *desk, const char *first, const char *language)
{
  SlMemberParams params = { .first = first, .last = "Dube", .phone = "082 555 0101", .email = "t@example.org",
                            .language = language };
  SlId id;
  done (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure));
  return id;
}

/* Every kind in every language, with what it needs and nothing that it does not have. */
static void
standard_words_are_whole (Desk *desk, gconstpointer data)
{
  g_autoptr (GPtrArray) list = sl_template_list (desk->engine, NULL);
  g_assert_cmpuint (list->len, ==, SL_NOTIFICATION_LAST * 5);
  for (guint i = 0; i < list->len; i++)
    {
      const SlTemplate *one = list->pdata[i];
      g_autoptr (GError) error = NULL;
      g_test_message ("%s %s", one->language, sl_notification_kind_name (one->kind));
      g_assert_true (sl_template_check (one->kind, one->subject, one->text, &error));
      g_assert_no_error (error);
      g_assert_false (one->own);
      g_assert_nonnull (strstr (one->text, "{studio}"));
      g_assert_cmpuint (strlen (one->text), <=, SL_TEMPLATE_TEXT_MAX_BYTES);
    }
  for (guint i = 0; sl_template_languages[i] != NULL; i++)
    for (guint month = 0; month < 12; month++)
      {
        g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
        g_autofree char *date = sl_template_date (sl_template_languages[i], MORNING + DAYS (30 * month), utc);
        g_auto (GStrv) parts = g_strsplit (date, " ", -1);
        g_assert_cmpuint (g_strv_length (parts), ==, 3);
      }
}

static void
set_words (Desk *desk, const char *channel, const char *subject, const char *text)
{
  done (sl_template_set (desk->engine, &desk->owner, SL_NOTIFICATION_WELCOME, "en", channel, subject, text, &refusal,
                         &failure));
}

static void
a_studio_has_words_of_its_own (Desk *desk, gconstpointer data)
{
  set_words (desk, NULL, NULL, "Hi {first}!");
  set_words (desk, "sms", "Short", "Yo {first}");
  g_autoptr (SlTemplate) usual = sl_template_get (desk->engine, SL_NOTIFICATION_WELCOME, "en-ZA", "email", NULL);
  g_autoptr (SlTemplate) short_one = sl_template_get (desk->engine, SL_NOTIFICATION_WELCOME, "en", "sms", NULL);
  g_autoptr (SlTemplate) other = sl_template_get (desk->engine, SL_NOTIFICATION_WELCOME, "af", "sms", NULL);
  g_assert_cmpstr (usual->text, ==, "Hi {first}!");
  g_assert_cmpstr (usual->subject, ==, "Welcome to {studio}"); /* the standard one */
  g_assert_cmpstr (short_one->text, ==, "Yo {first}");
  g_assert_cmpstr (short_one->subject, ==, "Short");
  g_assert_true (usual->own && short_one->own && !other->own);
  set_words (desk, "sms", NULL, NULL);
  g_autoptr (SlTemplate) again = sl_template_get (desk->engine, SL_NOTIFICATION_WELCOME, "en", "sms", NULL);
  g_assert_cmpstr (again->text, ==, "Hi {first}!");
  g_autoptr (SlTemplate) unknown = sl_template_get (desk->engine, SL_NOTIFICATION_WELCOME, "fr", NULL, NULL);
  g_assert_cmpstr (unknown->language, ==, "en");
}

static void
bad_words_name_what_is_wrong (Desk *desk, gconstpointer data)
{
  static const struct {
    const char *subject, *text, *says;
  } bad[] = { { NULL, "{class} {time} {colour} {shoe}", "reminder_1h has no {colour}, {shoe}" },
              { "{amount}", "{class} {time}", "reminder_1h has no {amount}" },
              { NULL, "See you {first}", "reminder_1h needs {class}, {time}" },
              { NULL, "{class} at {time", "a brace stands alone: placeholders are {first}" },
              { NULL, "{class} {time} }", "a brace stands alone: placeholders are {first}" },
              { NULL, "{class} {time} {}", "a brace stands alone: placeholders are {first}" },
              { NULL, " ", "the text is empty" } };
  g_auto (SlActor) reception = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) error = NULL;
      g_assert_false (sl_template_set (desk->engine, &desk->owner, SL_NOTIFICATION_REMINDER_1H, "en", NULL,
                                       bad[i].subject, bad[i].text, &refusal, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_cmpstr (error->message, ==, bad[i].says);
    }
  fails (SL_ERROR_BAD_INPUT, sl_template_set (desk->engine, &desk->owner, SL_NOTIFICATION_WELCOME, "fr", NULL, NULL,
                                              "Salut", &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_template_set (desk->engine, &desk->owner, SL_NOTIFICATION_WELCOME, "en", "fax", NULL,
                                              "Hi", &refusal, &failure));
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  refused ("not_allowed", sl_template_set (desk->engine, &reception, SL_NOTIFICATION_WELCOME, "en", NULL, NULL, "Hi",
                                           &refusal, &failure));
}

/* What is filled in is not read again. */
static void
members_are_told_in_their_language_and_once (Desk *desk, gconstpointer data)
{
  SlId member = reachable (desk, "{class}", "af-ZA"), session = desk_free_class (desk, MORNING + DAYS (2), 5);
  Post post;
  post_open (&post, SL_SENDER_TAKEN);
  (void) desk_book (desk, &member, &session);
  SlSendCounts counts = send_out (desk, &post);
  g_assert_cmpint (counts.sent, ==, 2); /* welcome, too */
  g_assert_nonnull (strstr (post.texts->pdata[0], "whatsapp +27825550101: Hallo {class}, "));
  g_assert_nonnull (strstr (post.texts->pdata[0], "Woensdag 4 Maart om 06:00")); /* as the clock there has it */
  counts = send_out (desk, &post);
  g_assert_cmpint (counts.sent, ==, 0);
  g_assert_cmpuint (post.texts->len, ==, 2);
  g_ptr_array_unref (post.texts);
}

/* What one device has sent no other sends again, once it has heard of it. */
static void
sent_on_one_device_is_sent_on_all (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId member = reachable (desk, "Thandi", NULL);
  Post post;
  gint64 rows;
  post_open (&post, SL_SENDER_TAKEN);
  (void) member;
  desk_join (&other, desk, "Other");
  other.world.now_ms = desk->world.now_ms;
  g_assert_cmpint (send_out (desk, &post).sent, ==, 1);
  desk_carry_log (desk, &other);
  g_assert_cmpint (send_out (&other, &post).sent, ==, 0);
  g_assert_true (sl_store_query_int (other.engine->store, 0, &rows, NULL, "SELECT count (*) FROM notification_sent",
                                     ""));
  g_assert_cmpint (rows, ==, 1);
  desk_close (&other, NULL);
  g_ptr_array_unref (post.texts);
}

/* A minute, four, sixteen; then it is given up, and told as such. */
static void
tried_again_later_and_given_up_in_the_end (Desk *desk, gconstpointer data)
{
  SlId member = reachable (desk, "Thandi", NULL);
  SlSendCounts counts = { 0 };
  Post post;
  g_autoptr (GPtrArray) list = NULL;
  guint tries = 0;
  post_open (&post, SL_SENDER_LATER);
  g_assert_cmpint (send_out (desk, &post).later, ==, 1);
  g_assert_cmpint (send_out (desk, &post).later, ==, 0); /* not so soon */
  g_assert_cmpuint (post.texts->len, ==, 1);
  desk->world.now_ms += MINUTES (1);
  g_assert_cmpint (send_out (desk, &post).later, ==, 1);
  desk->world.now_ms += MINUTES (3);
  g_assert_cmpint (send_out (desk, &post).later, ==, 0);
  for (tries = 2; counts.given_up == 0 && tries < 20; tries++)
    {
      desk->world.now_ms += HOURS (4);
      counts = send_out (desk, &post);
    }
  g_assert_cmpuint (tries, ==, SL_SEND_TRIES);
  done (sl_notifications_list (desk->engine, &desk->owner, MORNING, MORNING + HOURS (1), &member, &list, &refusal,
                               &failure));
  g_assert_cmpint (((SlNotification *) list->pdata[0])->sent, ==, SL_SENT_GIVEN_UP);
  g_ptr_array_unref (post.texts);
}

static void
channels_in_their_order_without_what_is_not_wanted (Desk *desk, gconstpointer data)
{
  static const char *const no[] = { "whatsapp", "reminder_1h", NULL }, *const yes[] = { "whatsapp", NULL },
                    *const bad[] = { "pigeon", NULL };
  SlId member = reachable (desk, "Thandi", NULL), session = desk_free_class (desk, MORNING + HOURS (3), 5);
  g_autofree char *all = NULL, *rest = NULL, *none = NULL;
  g_auto (SlActor) finance = { 0 };
  Post post;
  post_open (&post, SL_SENDER_TAKEN);
  (void) desk_book (desk, &member, &session);
  done (sl_notifications_opt_out (desk->engine, &desk->owner, &member, no, NULL, &all, &refusal, &failure));
  g_assert_cmpstr (all, ==, "reminder_1h whatsapp");
  post.refuses = "sms";
  g_assert_cmpint (send_out (desk, &post).sent, ==, 2);
  g_assert_cmpuint (post.texts->len, ==, 4); /* by SMS nobody was there: then by e-mail */
  g_assert_nonnull (strstr (post.texts->pdata[0], "sms +27"));
  g_assert_nonnull (strstr (post.texts->pdata[1], "email t@example.org"));
  desk->world.now_ms = MORNING + HOURS (2) + MINUTES (1);
  g_assert_cmpint (send_out (desk, &post).sent, ==, 0); /* the reminder is not wanted */
  done (sl_notifications_opt_out (desk->engine, &desk->owner, &member, NULL, yes, &rest, &refusal, &failure));
  g_assert_cmpstr (rest, ==, "reminder_1h");
  fails (SL_ERROR_BAD_INPUT,
         sl_notifications_opt_out (desk->engine, &desk->owner, &member, bad, NULL, &none, &refusal, &failure));
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  refused ("not_allowed",
           sl_notifications_opt_out (desk->engine, &finance, &member, no, NULL, &none, &refusal, &failure));
  g_ptr_array_unref (post.texts);
}

static void
what_is_stale_or_has_no_address_is_not_sent (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (3), 5);
  Post post;
  post_open (&post, SL_SENDER_TAKEN);
  g_assert_cmpint (send_out (desk, &post).unreachable, ==, 1);
  SlMemberParams params = { .email = "t@example.org" };
  done (sl_member_edit (desk->engine, &desk->owner, &member, &params, FALSE, &refusal, &failure));
  (void) desk_book (desk, &member, &session);
  desk->world.now_ms = MORNING + HOURS (3) + MINUTES (1); /* the class has begun: no reminder */
  g_assert_cmpint (send_out (desk, &post).sent, ==, 2);
  desk->world.now_ms = MORNING + DAYS (3);
  g_assert_cmpint (send_out (desk, &post).sent, ==, 0); /* the absence was due more than two days ago */
  g_ptr_array_unref (post.texts);
}

static void
money_and_memberships_are_told (Desk *desk, gconstpointer data)
{
  SlId member = reachable (desk, "Thandi", NULL), plan, membership;
  SlPlanParams params;
  Post post;
  g_autoptr (GString) all = g_string_new (NULL);
  post_open (&post, SL_SENDER_TAKEN);
  sl_plan_params_init (&params);
  params.name = "Gold";
  params.kind = "unlimited";
  params.period = "monthly";
  params.price_cents = 0;
  done (sl_plan_add (desk->engine, &desk->owner, &params, &plan, &refusal, &failure));
  SlMembershipParams start = { .member_id = member, .plan_id = plan, .until_ms = MORNING + DAYS (10) };
  done (sl_membership_start (desk->engine, &desk->owner, &start, &membership, &refusal, &failure));
  (void) desk_credits (desk, &member, 1000, 30);
  g_assert_cmpint (send_out (desk, &post).sent, ==, 2); /* welcome, receipt */
  desk->world.now_ms = MORNING + DAYS (3) + MINUTES (1);
  done (sl_membership_freeze (desk->engine, &desk->owner, &membership, 0, 0, &refusal, &failure));
  g_assert_cmpint (send_out (desk, &post).sent, ==, 2); /* it ends in a week; it rests */
  for (guint i = 0; i < post.texts->len; i++)
    g_string_append_printf (all, "%s\n", (const char *) post.texts->pdata[i]);
  g_assert_nonnull (strstr (all->str, "we have received R"));
  g_assert_nonnull (strstr (all->str, "Gold ends on Thursday 12 March"));
  g_assert_nonnull (strstr (all->str, "Gold is frozen"));
  g_ptr_array_unref (post.texts);
}

static void
noting_and_refusals (Desk *desk, gconstpointer data)
{
  SlId member = reachable (desk, "Thandi", NULL), nobody = { { 1 } };
  SlSendParams params = { 0 };
  SlSendCounts counts;
  Post post;
  g_auto (SlActor) instructor = { 0 };
  g_autoptr (GPtrArray) list = NULL, after = NULL;
  post_open (&post, SL_SENDER_TAKEN);
  done (sl_notifications_list (desk->engine, &desk->owner, MORNING, MORNING + HOURS (1), &member, &list, &refusal,
                               &failure));
  const SlId *id = &((SlNotification *) list->pdata[0])->id;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  refused ("not_allowed", sl_notifications_send (desk->engine, &instructor, &params, take, &post, &counts, &refusal,
                                                 &failure));
  refused ("not_allowed", sl_notifications_note_sent (desk->engine, &instructor, id, "sms", SL_SENT_SENT, &refusal,
                                                      &failure));
  fails (SL_ERROR_NOT_FOUND, sl_notifications_note_sent (desk->engine, &desk->owner, &nobody, "sms", SL_SENT_SENT,
                                                         &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_notifications_note_sent (desk->engine, &desk->owner, id, "fax", SL_SENT_SENT, &refusal,
                                                         &failure));
  done (sl_notifications_note_sent (desk->engine, &desk->owner, id, "sms", SL_SENT_SENT, &refusal, &failure));
  done (sl_notifications_list (desk->engine, &desk->owner, MORNING, MORNING + HOURS (1), &member, &after, &refusal,
                               &failure));
  g_assert_cmpstr (((SlNotification *) after->pdata[0])->sent_channel, ==, "sms");
  g_assert_cmpint (send_out (desk, &post).sent, ==, 0);
  g_ptr_array_unref (post.texts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/template/standard-words-are-whole", standard_words_are_whole);
  desk_test ("/sl/template/a-studio-has-words-of-its-own", a_studio_has_words_of_its_own);
  desk_test ("/sl/template/bad-words-name-what-is-wrong", bad_words_name_what_is_wrong);
  desk_test ("/sl/notification-send/members-are-told-in-their-language-and-once",
             members_are_told_in_their_language_and_once);
  desk_test ("/sl/notification-send/sent-on-one-device-is-sent-on-all", sent_on_one_device_is_sent_on_all);
  desk_test ("/sl/notification-send/tried-again-later-and-given-up-in-the-end",
             tried_again_later_and_given_up_in_the_end);
  desk_test ("/sl/notification-send/channels-in-their-order-without-what-is-not-wanted",
             channels_in_their_order_without_what_is_not_wanted);
  desk_test ("/sl/notification-send/what-is-stale-or-has-no-address-is-not-sent",
             what_is_stale_or_has_no_address_is_not_sent);
  desk_test ("/sl/notification-send/money-and-memberships-are-told", money_and_memberships_are_told);
  desk_test ("/sl/notification-send/noting-and-refusals", noting_and_refusals);
  return g_test_run ();
}
