/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-notify"

#include "core/datetime.h"
#include "engine/notification-send.h"
#include "hub-fixture.h"
#include "hub/notifier.h"

/* What a hub tells members: each thing once, whatever fails in between. Who delivers is the test. */

typedef struct {
  HubWorld world;
  HubDevice desk;
  SlSenderAnswer answer;
  GPtrArray *texts;     /* (element-type utf8): what was delivered, "whatsapp +27…" */
  GHashTable *ids;      /* (element-type utf8): of notifications that were tried */
  gboolean stops;       /* after the next message */
  gboolean desk_writes; /* while a message is delivered */
} Place;

static void
place_open (Place *place, gconstpointer data)
{
  *place = (Place){ .answer = SL_SENDER_TAKEN, .texts = g_ptr_array_new_with_free_func (g_free),
                    .ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  hub_world_open (&place->world, 7);
  hub_device_init (&place->desk, &place->world);
  hub_device_found (&place->desk);
  hub_device_sync (&place->desk);
}

static void
place_close (Place *place, gconstpointer data)
{
  hub_device_close (&place->desk);
  hub_world_close (&place->world);
  g_ptr_array_unref (place->texts);
  g_hash_table_unref (place->ids);
}

/* Each is told that they are welcome. */
static void
add_member (Place *place, const char *first, const char *phone)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlMemberParams params = { .first = first, .last = "Botha", .phone = phone };
  SlId id;
  g_assert_true (sl_member_add (place->desk.engine, &place->desk.owner, &params, TRUE, &id, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
}

static SlSenderAnswer
deliver (gpointer user_data, const SlId *organisation, GTimeZone *zone, const SlMessage *message)
{
  Place *place = user_data;
  char text[SL_ID_TEXT_BYTES];
  g_assert_true (sl_id_equal (organisation, &place->desk.organisation));
  g_assert_nonnull (zone);
  g_hash_table_add (place->ids, g_strdup (sl_id_format (&message->id, text)));
  if (place->desk_writes)
    {
      add_member (place, "Late", NULL);
      hub_device_sync (&place->desk);
    }
  if (place->answer == SL_SENDER_TAKEN)
    g_ptr_array_add (place->texts, g_strdup_printf ("%s %s", message->channel, message->to));
  return place->answer;
}

static gboolean
goes_on (gpointer user_data)
{
  Place *place = user_data;
  return !place->stops;
}

static SlSendCounts
notify (Place *place)
{
  const SlHubSender sender = { .send = deliver, .goes_on = goes_on, .user_data = place };
  SlSendCounts counts;
  g_autoptr (GError) failure = NULL;
  gboolean done = sl_hub_notify (place->world.hub, &place->desk.tenant, &sender, &counts, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  return counts;
}

static gint64
sent_as_the_desk_knows (Place *place)
{
  gint64 n;
  g_autoptr (GError) failure = NULL;
  hub_device_sync (&place->desk);
  g_assert_true (sl_store_query_int (sl_oplog_get_store (sl_engine_get_log (place->desk.engine)), 0, &n, &failure,
                                     "SELECT count(*) FROM notification_sent WHERE outcome = 1", ""));
  return n;
}

static void
each_is_told_once (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  place->world.world.now_ms++;
  add_member (place, "Sipho", "0825550102");
  hub_device_sync (&place->desk);
  g_assert_cmpint (notify (place).sent, ==, 2);
  g_assert_cmpint (notify (place).sent, ==, 0);
  g_assert_cmpuint (place->texts->len, ==, 2);
  g_assert_cmpstr (place->texts->pdata[0], ==, "whatsapp +27825550101");
  g_assert_cmpint (sent_as_the_desk_knows (place), ==, 2);
  hub_world_restart (&place->world, TRUE); /* its tables are made anew from the log */
  g_assert_cmpint (notify (place).sent, ==, 0);
  g_assert_cmpuint (place->texts->len, ==, 2);
}

static void
what_is_counted (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  hub_device_sync (&place->desk);
  notify (place);
  g_assert_cmpuint (hub_world_metric (&place->world, "notifications_total{result=\"sent\"}"), ==, 1);
  g_assert_cmpuint (hub_world_metric (&place->world, "notifications_total{result=\"later\"}"), ==, 0);
  g_assert_cmpuint (hub_world_metric (&place->world, "notifications_total{result=\"given_up\"}"), ==, 0);
}

/* One that is not taken ends the round: whoever delivers cannot be reached. It is tried again in its time. */
static void
what_fails_is_tried_later (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  place->world.world.now_ms++;
  add_member (place, "Sipho", "0825550102");
  hub_device_sync (&place->desk);
  place->answer = SL_SENDER_LATER;
  g_assert_cmpint (notify (place).later, ==, 1);
  g_assert_cmpuint (g_hash_table_size (place->ids), ==, 1);
  place->answer = SL_SENDER_TAKEN;
  g_assert_cmpint (notify (place).sent, ==, 1); /* the other one */
  g_assert_cmpuint (g_hash_table_size (place->ids), ==, 2);
  place->world.world.now_ms += 2 * SL_MINUTE_MS;
  g_assert_cmpint (notify (place).sent, ==, 1);
  g_assert_cmpuint (g_hash_table_size (place->ids), ==, 2); /* under the same id */
  g_assert_cmpint (sent_as_the_desk_knows (place), ==, 2);
}

static void
an_address_that_will_never_do_is_given_up (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  hub_device_sync (&place->desk);
  place->answer = SL_SENDER_NOT_THERE;
  g_assert_cmpint (notify (place).given_up, ==, 1);
  g_assert_cmpint (notify (place).given_up, ==, 0);
  g_assert_cmpint (sent_as_the_desk_knows (place), ==, 0);
}

static void
who_has_no_address_waits_for_one (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", NULL);
  hub_device_sync (&place->desk);
  g_assert_cmpint (notify (place).unreachable, ==, 1);
  g_assert_cmpuint (g_hash_table_size (place->ids), ==, 0);
}

static void
stopping_begins_nothing_more (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  hub_device_sync (&place->desk);
  place->stops = TRUE;
  g_assert_cmpint (notify (place).sent, ==, 0);
  place->stops = FALSE;
  g_assert_cmpint (notify (place).sent, ==, 1);
}

/* Devices are served meanwhile, and what they write is in the log before the word that it was sent. */
static void
the_log_grows_while_it_is_delivered (Place *place, gconstpointer data)
{
  add_member (place, "Thandi", "0825550101");
  place->world.world.now_ms++;
  add_member (place, "Sipho", "0825550102");
  hub_device_sync (&place->desk);
  place->desk_writes = TRUE;
  g_assert_cmpint (notify (place).sent, ==, 2);
  place->desk_writes = FALSE;
  g_assert_cmpint (notify (place).sent, ==, 0);
  g_assert_cmpint (sent_as_the_desk_knows (place), ==, 2);
}

/* What a desk has sent is not sent by the hub. */
static void
what_a_desk_has_sent_is_sent (Place *place, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  const SlSendParams params = { 0 };
  add_member (place, "Thandi", "0825550101");
  g_assert_true (
    sl_notifications_collect (place->desk.engine, &place->desk.owner, &params, &items, &refusal, &failure));
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_true (sl_notifications_note_sent (place->desk.engine, &place->desk.owner,
                                             &((const SlNotification *) items->pdata[0])->id, "sms", SL_SENT_SENT,
                                             &refusal, &failure));
  hub_device_sync (&place->desk);
  g_assert_cmpint (notify (place).sent, ==, 0);
}

static void
accounts_without_a_studio (Place *place, gconstpointer data)
{
  const SlHubSender sender = { .send = deliver, .goes_on = goes_on, .user_data = place };
  SlSendCounts counts;
  SlId empty, nobody = { { 1 } };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_hub_add_tenant (place->world.hub, "Empty", &empty, &failure));
  g_assert_true (sl_hub_notify (place->world.hub, &empty, &sender, &counts, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (counts.sent, ==, 0);
  g_assert_false (sl_hub_notify (place->world.hub, &nobody, &sender, &counts, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
waits_grow_and_end (void)
{
  g_assert_cmpint (sl_notifier_back_off_ms (1), ==, SL_NOTIFIER_WAIT_FIRST_MS);
  g_assert_cmpint (sl_notifier_back_off_ms (2), ==, 2 * SL_NOTIFIER_WAIT_FIRST_MS);
  for (guint n = 1; n < 40; n++)
    g_assert_cmpint (sl_notifier_back_off_ms (n + 1), >=, sl_notifier_back_off_ms (n));
  g_assert_cmpint (sl_notifier_back_off_ms (G_MAXUINT), ==, SL_NOTIFIER_WAIT_MAX_MS);
}

#define place_test(path, func) g_test_add (path, Place, NULL, place_open, func, place_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  place_test ("/sl/hub-notify/each-is-told-once", each_is_told_once);
  place_test ("/sl/hub-notify/what-is-counted-says-what-became-of-it", what_is_counted);
  place_test ("/sl/hub-notify/what-fails-is-tried-later", what_fails_is_tried_later);
  place_test ("/sl/hub-notify/an-address-that-will-never-do-is-given-up", an_address_that_will_never_do_is_given_up);
  place_test ("/sl/hub-notify/who-has-no-address-waits-for-one", who_has_no_address_waits_for_one);
  place_test ("/sl/hub-notify/stopping-begins-nothing-more", stopping_begins_nothing_more);
  place_test ("/sl/hub-notify/the-log-grows-while-it-is-delivered", the_log_grows_while_it_is_delivered);
  place_test ("/sl/hub-notify/what-a-desk-has-sent-is-sent", what_a_desk_has_sent_is_sent);
  place_test ("/sl/hub-notify/accounts-without-a-studio-have-nobody-to-tell", accounts_without_a_studio);
  g_test_add_func ("/sl/hub-notify/waits-grow-and-end", waits_grow_and_end);
  return g_test_run ();
}
