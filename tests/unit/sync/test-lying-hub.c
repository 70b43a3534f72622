/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-lying-hub"

#include "hub-fixture.h"

#include <string.h>

#include "../engine/desk-fixture.h"
#include "agent/agent.h"
#include "engine/attention.h"
#include "engine/sync-status.h"
#include "oplog/oplog-private.h"

/* A hub that lies to an agent: its real answers are changed on their way, and signed again with the hub's own key. Each
 * lie is noticed, named, and harms nobody; when the hub is honest again everything is as it would have been. */

#define FROM "192.0.2.9"
#define ROUNDS_MAX 25

/* What is changed in an answer; all zero: nothing. */
typedef struct {
  const SlId *organisation; /* of the whole stream */
  gboolean withhold;        /* no operations at all */
  guint64 forget;           /* of the asker's own chain the last so many are not there */
  gboolean new_epoch;       /* another one in each answer */
  guint64 skip;             /* the cursor is so far ahead */
  SlSegment *forged;        /* (nullable): one segment more */
  gint64 give;              /* above 0: says that so much was given of each ask */
} Lie;

typedef struct {
  HubWorld world;
  HubDevice a, b;
  Desk desk;                /* b, for what people do at it */
  SlAgent *agent;           /* b's */
  Lie lie;
  SlSyncAnswer *instead;    /* (nullable): of another request, as it was signed */
  SlSyncAnswer *last;       /* (nullable): the latest answer as it was sent */
  guint requests;
  guint64 pushed_bytes;
} Fixture;

/* --- the hub's answers --- */

static void
sign_as_hub (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

static void
hub_key (Fixture *fixture, SlSignKey *out, SlId *out_replica)
{
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &fixture->a.tenant);
  g_assert_true (sl_sign_key_from_seed (row->seed, out));
  *out_replica = row->replica;
}

static SlHash
hash_at (Fixture *fixture, const SlId *replica, guint64 seq)
{
  SlOplog *log = sl_engine_get_log (fixture->b.engine);
  g_autoptr (GError) failure = NULL;
  SlHash hash;
  g_assert_true (sl_chain_hash_at (log, sl_chain_find (log, replica), seq, &hash, &failure));
  g_assert_no_error (failure);
  return hash;
}

static void
change_header (Fixture *fixture, SlStreamHeader *header)
{
  if (fixture->lie.organisation != NULL)
    header->organisation = *fixture->lie.organisation;
  for (guint i = 0; i < header->vector->len; i++)
    {
      SlVectorEntry *entry = &g_array_index (header->vector, SlVectorEntry, i);
      if (fixture->lie.forget == 0 || !sl_id_equal (&entry->replica, &fixture->b.replica))
        continue;
      entry->seq -= MIN (fixture->lie.forget, entry->seq - 1);
      entry->hash = hash_at (fixture, &entry->replica, entry->seq);
    }
}

static GBytes *
change_exchange (Fixture *fixture, GBytes *bytes)
{
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_exchange_item_decode (bytes, TRUE, &item, &failure));
  g_assert_no_error (failure);
  if (fixture->lie.new_epoch)
    sl_id_random (&fixture->world.world.base, &item.epoch);
  item.cursor += fixture->lie.skip;
  for (guint i = 0; fixture->lie.give > 0 && item.asks != NULL && i < item.asks->len; i++)
    g_array_index (item.asks, SlAsk, i).amount = fixture->lie.give;
  return sl_exchange_item_encode (&item, TRUE);
}

static void
copy_item (Fixture *fixture, SlStreamItem *item, SlStreamWriter *writer)
{
  g_autoptr (GError) failure = NULL;
  gboolean done = TRUE;
  if (item->type == SL_ITEM_HEADER)
    {
      change_header (fixture, &item->header);
      done = sl_stream_writer_header (writer, &item->header, &failure);
    }
  else if (item->type == SL_ITEM_EXCHANGE)
    {
      g_autoptr (GBytes) changed = change_exchange (fixture, item->exchange);
      done = sl_stream_writer_item (writer, changed, &failure);
    }
  else if (item->type == SL_ITEM_SEGMENT && !fixture->lie.withhold)
    done = sl_stream_writer_segment (writer, &item->segment, &failure);
  else if (item->type == SL_ITEM_BOX)
    done = sl_stream_writer_box (writer, &item->box_for, item->box, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
}

static GBytes *
change_body (Fixture *fixture, GBytes *body)
{
  SlStreamBytes source = { .stream = body };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  for (gboolean ended = FALSE; !ended;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      ended = item.type == SL_ITEM_END;
      if (!ended)
        copy_item (fixture, &item, writer);
    }
  g_assert_true (fixture->lie.forged == NULL || sl_stream_writer_segment (writer, fixture->lie.forged, NULL));
  g_assert_true (sl_stream_writer_finish (writer, NULL));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static SlSyncAnswer *
sign_answer (Fixture *fixture, const SlSyncRequest *request, GBytes *body)
{
  g_auto (SlSignKey) key = { 0 };
  SlSyncAnswer *answer = sl_sync_answer_new (SL_SYNC_STREAM_TYPE, body);
  SlSyncSigner signer = { .sign = sign_as_hub, .user_data = &key };
  hub_key (fixture, &key, &signer.replica);
  memcpy (signer.public_key, key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_sync_sign_answer (answer, request, &signer, fixture->world.world.now_ms);
  return answer;
}

static SlSyncAnswer *
copy_answer (const SlSyncAnswer *answer)
{
  SlSyncAnswer *copy = sl_sync_answer_new (SL_SYNC_STREAM_TYPE, answer->body);
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, answer->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_replace (copy->headers, g_strdup (name), g_strdup (value));
  return copy;
}

static gboolean
send_to_liar (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  static const Lie honest;
  Fixture *fixture = user_data;
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (fixture->world.hub, request, FROM);
  fixture->requests++;
  fixture->pushed_bytes += g_bytes_get_size (request->body);
  fixture->world.world.now_ms += 1500; /* within the limit of requests */
  if (fixture->instead != NULL)
    *out_answer = copy_answer (fixture->instead);
  else if (answer->code != SL_SYNC_OK || memcmp (&fixture->lie, &honest, sizeof honest) == 0)
    *out_answer = g_steal_pointer (&answer);
  else
    {
      g_autoptr (GBytes) body = change_body (fixture, answer->body);
      *out_answer = sign_answer (fixture, request, body);
    }
  g_clear_pointer (&fixture->last, sl_sync_answer_free);
  fixture->last = copy_answer (*out_answer);
  return TRUE;
}

/* --- the studio --- */

static const char *
ask (Fixture *fixture, const GArray *asks, SlAgentResult *out)
{
  SlTransport transport = { .send = send_to_liar, .user_data = fixture };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_agent_exchange (fixture->agent, &transport, asks, out, &failure));
  g_assert_no_error (failure);
  return sl_sync_code_name (out->refused);
}

static const char *
ask_once (Fixture *fixture)
{
  g_auto (SlAgentResult) result = { 0 };
  return ask (fixture, NULL, &result);
}

/* Until there is no more. */
static void
settle (Fixture *fixture)
{
  gboolean more = TRUE;
  for (guint i = 0; more; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_assert_cmpuint (i, <, ROUNDS_MAX);
      g_assert_cmpstr (ask (fixture, NULL, &result), ==, "ok");
      more = result.more;
    }
}

/* The hub is honest again: all is as if it had been so all the time. */
static void
assert_unharmed (Fixture *fixture)
{
  gboolean news;
  g_autoptr (GError) failure = NULL;
  fixture->lie = (Lie){ 0 };
  g_clear_pointer (&fixture->instead, sl_sync_answer_free);
  for (guint i = 0; i < 3; i++)
    {
      fixture->world.world.now_ms += HOURS (1) + MINUTES (1);
      hub_world_work (&fixture->world);
      settle (fixture);
      hub_device_sync (&fixture->a);
    }
  g_assert_true (hub_devices_equal (&fixture->a, &fixture->b));
  g_assert_true (sl_agent_has_news (fixture->agent, &news, &failure));
  g_assert_no_error (failure);
  g_assert_false (news);
  g_auto (SlVerifyResult) found = { 0 };
  g_assert_true (sl_oplog_verify (sl_engine_get_log (fixture->b.engine), &found, &failure));
  g_assert_no_error (failure);
  g_assert_cmpuint (found.problems->len, ==, 0);
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  (void) data;
  memset (fixture, 0, sizeof *fixture);
  hub_world_open (&fixture->world, 11);
  hub_device_init (&fixture->a, &fixture->world);
  hub_device_found (&fixture->a);
  hub_device_sync (&fixture->a);
  hub_device_pair (&fixture->b, &fixture->world, &fixture->a.tenant);
  fixture->agent = sl_agent_new (fixture->b.engine, &fixture->world.world.base);
  SlHubLink link = { .url = (char *) "https://hub.example", .account = fixture->a.tenant,
                     .replica = fixture->b.hub_replica, .epoch = fixture->b.epoch, .cursor = fixture->b.cursor };
  memcpy (link.public_key, fixture->b.hub_key, SL_SIGN_PUBLIC_BYTES);
  g_assert_true (sl_agent_set_hub (fixture->agent, &link, &failure));
  g_assert_no_error (failure);
  fixture->desk.engine = fixture->b.engine;
  fixture->desk.owner = fixture->b.owner;
  sl_engine_get_location (fixture->b.engine, &fixture->desk.location);
  settle (fixture);
  hub_device_sync (&fixture->a);
  settle (fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_clear_pointer (&fixture->instead, sl_sync_answer_free);
  g_clear_pointer (&fixture->last, sl_sync_answer_free);
  sl_agent_free (fixture->agent);
  hub_device_close (&fixture->a);
  hub_device_close (&fixture->b);
  hub_world_close (&fixture->world);
}

static char *
refused (Fixture *fixture)
{
  g_auto (SlSyncHealth) health = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_sync_health_read (fixture->b.engine, &health, &failure));
  g_assert_no_error (failure);
  return g_strdup (health.refused);
}

/* That is what sync status and the screens show. */
static void
assert_named (Fixture *fixture, const char *code)
{
  g_autofree char *named = refused (fixture);
  g_assert_cmpstr (named, ==, code);
}

static gboolean
needs_attention (Fixture *fixture, SlAttentionKind kind)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_attention_list (fixture->b.engine, &fixture->b.owner, &items, &refusal, &failure));
  g_assert_no_error (failure);
  for (guint i = 0; i < items->len; i++)
    if (((const SlAttentionItem *) items->pdata[i])->kind == kind)
      return TRUE;
  return FALSE;
}

static SlHash
state (Fixture *fixture)
{
  SlHash hash;
  g_assert_true (sl_oplog_state_hash (sl_engine_get_log (fixture->b.engine), &hash, NULL));
  return hash;
}

static void
assert_state (Fixture *fixture, const SlHash *before)
{
  SlHash now = state (fixture);
  g_assert_true (sl_hash_equal (&now, before));
}

/* One operation, signed with the hub's key, in the chain of whom it says, behind the operation with number after. */
static void
forge (Fixture *fixture, const SlId *as, guint64 after, guint64 kind, const SlId *entity, SlCborWriter *content,
       SlSegment *out)
{
  g_auto (SlSignKey) key = { 0 };
  g_autoptr (GArray) refs = sl_refs_new ();
  g_autoptr (GBytes) body = sl_cbor_writer_finish (content);
  SlId hub;
  hub_key (fixture, &key, &hub);
  SlOperation operation = { .replica = *as, .kind = kind, .hlc = 256, .actor = sl_actor_device,
                            .body = g_bytes_get_data (body, NULL), .body_length = g_bytes_get_size (body) };
  if (entity != NULL)
    operation.entity = *entity;
  *out = (SlSegment){ .replica = *as, .first_seq = after + 1, .previous = hash_at (fixture, as, after),
                      .is_signed = TRUE,
                      .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };
  GBytes *bytes = sl_operation_encode (&operation, 0, refs);
  g_ptr_array_add (out->operations, bytes);
  sl_chain_next (as, after + 1, &out->previous, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &out->head);
  sl_head_sign (&key, &fixture->b.organisation, as, after + 1, &out->head, out->signature);
}

static SlCborWriter *
empty_content (void)
{
  SlCborWriter *content = sl_cbor_writer_new ();
  sl_cbor_begin_array (content, 0);
  return content;
}

/* --- other studios --- */

static void
another_studio (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId other;
  SlHash before = state (fixture);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  sl_id_random (&fixture->world.world.base, &other);
  fixture->lie.organisation = &other;
  g_assert_cmpstr (ask_once (fixture), ==, "foreign_organisation");
  assert_named (fixture, "foreign_organisation");
  assert_state (fixture, &before);
  assert_unharmed (fixture);
}

/* Soundly signed where it comes from, in an answer that is sound otherwise. */
static void
operations_of_another_studio (Fixture *fixture, gconstpointer data)
{
  (void) data;
  HubDevice other;
  HubHow all = { .from_nothing = TRUE };
  hub_device_init (&other, &fixture->world);
  hub_device_found (&other);
  hub_device_add_member (&other, "Somebody else's");
  g_autoptr (GBytes) theirs = hub_device_body (&other, &all);
  SlStreamBytes source = { .stream = theirs };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  g_auto (SlStreamItem) item = { 0 };
  do
    {
      sl_stream_item_clear (&item);
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
    }
  while (item.type != SL_ITEM_SEGMENT);
  SlHash before = state (fixture);
  fixture->lie.forged = &item.segment;
  g_auto (SlAgentResult) result = { 0 };
  ask (fixture, NULL, &result);
  g_assert_cmpuint (result.quarantined + result.waiting, >, 0);
  g_assert_cmpuint (hub_device_seq (&fixture->b, &other.replica), ==, 0);
  assert_state (fixture, &before);
  assert_unharmed (fixture);
  hub_device_close (&other);
}

static void
operations_in_the_name_of_others (Fixture *fixture, gconstpointer data)
{
  (void) data;
  const SlId *names[] = { &fixture->a.replica, &fixture->b.replica };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (SlSegment) forged = { 0 };
      g_auto (SlAgentResult) result = { 0 };
      g_autoptr (SlCborWriter) content = empty_content ();
      guint64 seq = hub_device_seq (&fixture->b, names[i]);
      forge (fixture, names[i], seq, SL_KIND_DEVICE_SEEN, NULL, content, &forged);
      SlHash before = state (fixture);
      fixture->lie.forged = &forged;
      ask (fixture, NULL, &result);
      g_assert_cmpuint (result.quarantined + result.waiting, >, 0);
      g_assert_cmpuint (hub_device_seq (&fixture->b, names[i]), ==, seq);
      assert_state (fixture, &before);
      fixture->lie.forged = NULL;
    }
  assert_unharmed (fixture);
}

/* --- a shorter past --- */

static void
a_shorter_past (Fixture *fixture, gconstpointer data)
{
  (void) data;
  gboolean news;
  for (guint i = 0; i < 4; i++)
    hub_device_add_member (&fixture->b, "Sipho");
  settle (fixture);
  fixture->lie.forget = 3;
  g_test_expect_message ("sl-agent", G_LOG_LEVEL_WARNING, "*and says now that it holds*");
  g_assert_cmpstr (ask_once (fixture), ==, "ok");
  g_test_assert_expected_messages ();
  g_assert_true (sl_agent_has_news (fixture->agent, &news, NULL));
  g_assert_true (news); /* it counts as not sent, and goes again */
  assert_unharmed (fixture);
}

/* It keeps to itself what others wrote, and says that it has given it. */
static void
what_it_withholds (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  fixture->lie.withhold = TRUE;
  settle (fixture);
  g_assert_cmpuint (hub_device_members (&fixture->b), ==, 0);
  hub_device_add_member (&fixture->b, "Sipho"); /* nothing stops people here */
  settle (fixture);
  assert_unharmed (fixture);
  g_assert_cmpuint (hub_device_members (&fixture->b), ==, 2);
}

static void
a_cursor_beyond_the_end (Fixture *fixture, gconstpointer data)
{
  (void) data;
  fixture->lie.skip = 1000;
  fixture->lie.withhold = TRUE;
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  g_assert_cmpstr (ask_once (fixture), ==, "ok");
  assert_unharmed (fixture);
  g_assert_cmpuint (hub_device_members (&fixture->b), ==, 1);
}

/* The hub's own device writes its history anew. */
static void
another_history_of_its_own (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_auto (SlSegment) forged = { 0 };
  g_autoptr (SlCborWriter) content = empty_content ();
  const SlId *hub = &fixture->b.hub_replica;
  guint64 seq = hub_device_seq (&fixture->b, hub);
  g_assert_cmpuint (seq, >, 2);
  forge (fixture, hub, seq - 1, SL_KIND_DEVICE_SEEN, NULL, content, &forged);
  fixture->lie.forged = &forged;
  g_assert_cmpstr (ask_once (fixture), ==, "ok");
  fixture->lie.forged = NULL;
  g_assert_true (sl_agent_upkeep (fixture->agent, NULL));
  g_assert_true (needs_attention (fixture, SL_ATTENTION_FORK));
  hub_device_add_member (&fixture->b, "Sipho"); /* people go on */
  g_assert_cmpuint (hub_device_members (&fixture->b), ==, 1);
}

/* --- rights --- */

static void
rights_that_it_does_not_hold (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId session = desk_free_class (&fixture->desk, fixture->world.world.now_ms + HOURS (40), 2);
  SlId members[3];
  g_auto (SlSegment) forged = { 0 };
  g_autoptr (SlCborWriter) content = sl_cbor_writer_new ();
  for (guint i = 0; i < 3; i++)
    members[i] = hub_device_add_member (&fixture->b, "Sipho");
  settle (fixture);
  sl_cbor_begin_array (content, 2);
  sl_cbor_put_id (content, &fixture->b.replica);
  sl_cbor_put_int (content, 5);
  forge (fixture, &fixture->b.hub_replica, hub_device_seq (&fixture->b, &fixture->b.hub_replica),
         SL_KIND_SESSION_MOVE, &session, content, &forged);
  fixture->lie.forged = &forged;
  g_auto (SlAgentResult) result = { 0 };
  ask (fixture, NULL, &result);
  g_assert_cmpuint (result.waiting + result.quarantined, >, 0);
  g_assert_true (needs_attention (fixture, SL_ATTENTION_NO_RIGHTS));
  fixture->lie.forged = NULL;
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  settle (fixture);
  g_assert_cmpuint (hub_device_members (&fixture->b), ==, 4); /* what others wrote goes on */
  desk_book (&fixture->desk, &members[0], &session);
  desk_book (&fixture->desk, &members[1], &session);
  g_assert_cmpstr (desk_try_book (&fixture->desk, &members[2], &session), ==, "class_full");
}

/* "Given", and nothing came with it. */
static void
rights_that_are_only_said (Fixture *fixture, gconstpointer data)
{
  (void) data;
  Desk there = { .engine = fixture->a.engine, .owner = fixture->a.owner };
  sl_engine_get_location (there.engine, &there.location);
  SlId session = desk_free_class (&there, fixture->world.world.now_ms + HOURS (40), 2);
  SlId member = hub_device_add_member (&fixture->b, "Sipho");
  hub_device_sync (&fixture->a);
  settle (fixture);
  SlAsk wanted = { .kind = SL_ASK_SPOTS, .id = session, .amount = 2 };
  g_autoptr (GArray) asks = g_array_new (FALSE, FALSE, sizeof (SlAsk));
  g_array_append_val (asks, wanted);
  fixture->lie = (Lie){ .withhold = TRUE, .give = 2 };
  g_auto (SlAgentResult) result = { 0 };
  g_assert_cmpstr (ask (fixture, asks, &result), ==, "ok");
  g_assert_nonnull (result.answers);
  g_assert_cmpstr (desk_try_book (&fixture->desk, &member, &session), ==, "spots_elsewhere");
  assert_unharmed (fixture);
}

/* --- epochs --- */

/* It is believed and answered with everything, and not again and again: that would cost what mobile data costs. */
static void
a_new_epoch_each_time (Fixture *fixture, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < 50; i++)
    hub_device_add_member (&fixture->b, "Sipho");
  settle (fixture);
  fixture->lie.new_epoch = TRUE;
  g_test_expect_message ("sl-agent", G_LOG_LEVEL_MESSAGE, "the hub's log has begun anew");
  g_test_expect_message ("sl-agent", G_LOG_LEVEL_WARNING, "*begun anew*again*");
  settle (fixture);
  fixture->requests = 0;
  fixture->pushed_bytes = 0;
  for (guint i = 0; i < 10; i++)
    {
      g_test_expect_message ("sl-agent", G_LOG_LEVEL_WARNING, "*begun anew*again*");
      settle (fixture);
    }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (fixture->requests, ==, 10);
  g_assert_cmpuint (fixture->pushed_bytes, <, 10 * 1024);
  assert_unharmed (fixture);
}

/* --- answers in place of others --- */

static void
an_old_answer (Fixture *fixture, gconstpointer data)
{
  (void) data;
  settle (fixture);
  fixture->instead = copy_answer (fixture->last);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  SlHash before = state (fixture);
  g_assert_cmpstr (ask_once (fixture), ==, "bad_signature");
  assert_named (fixture, "bad_signature");
  assert_state (fixture, &before);
  assert_unharmed (fixture);
  assert_named (fixture, NULL);
}

static void
an_answer_for_another_device (Fixture *fixture, gconstpointer data)
{
  (void) data;
  HubHow how = { .with_key = TRUE, .want_keys = TRUE };
  hub_device_add_member (&fixture->b, "Sipho");
  settle (fixture);
  fixture->instead = hub_device_ask (&fixture->a, &how);
  SlHash before = state (fixture);
  g_assert_cmpstr (ask_once (fixture), ==, "bad_signature");
  assert_named (fixture, "bad_signature");
  assert_state (fixture, &before);
  assert_unharmed (fixture);
}

#define lying_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  lying_test ("/sl/lying-hub/another-studio", another_studio);
  lying_test ("/sl/lying-hub/operations-of-another-studio", operations_of_another_studio);
  lying_test ("/sl/lying-hub/operations-in-the-name-of-others", operations_in_the_name_of_others);
  lying_test ("/sl/lying-hub/a-shorter-past", a_shorter_past);
  lying_test ("/sl/lying-hub/what-it-withholds", what_it_withholds);
  lying_test ("/sl/lying-hub/a-cursor-beyond-the-end", a_cursor_beyond_the_end);
  lying_test ("/sl/lying-hub/another-history-of-its-own", another_history_of_its_own);
  lying_test ("/sl/lying-hub/rights-that-it-does-not-hold", rights_that_it_does_not_hold);
  lying_test ("/sl/lying-hub/rights-that-are-only-said", rights_that_are_only_said);
  lying_test ("/sl/lying-hub/a-new-epoch-each-time", a_new_epoch_each_time);
  lying_test ("/sl/lying-hub/an-old-answer", an_old_answer);
  lying_test ("/sl/lying-hub/an-answer-for-another-device", an_answer_for_another_device);
  return g_test_run ();
}
