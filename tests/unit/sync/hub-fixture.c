/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-fixture"

#include "hub-fixture.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FROM "192.0.2.1"
#define ROUNDS_MAX 50

/* --- the hub --- */

static void
open_hub (HubWorld *world)
{
  g_autoptr (GError) failure = NULL;
  world->store = sl_log_store_open (world->where, &world->world.base, &failure);
  g_assert_no_error (failure);
  world->hub = sl_hub_new (world->store, world->replicas, &world->world.base, &failure);
  g_assert_no_error (failure);
}

void
hub_world_open (HubWorld *world, guint64 seed)
{
  *world = (HubWorld){ .dir = sl_temp_dir_new () };
  g_autofree char *log = sl_temp_dir_file (world->dir, "log");
  sl_fake_world_init (&world->world, HUB_MORNING, seed);
  world->where = g_strconcat ("sqlite:", log, NULL);
  world->replicas = sl_temp_dir_file (world->dir, "replicas");
  open_hub (world);
}

void
hub_world_close (HubWorld *world)
{
  sl_hub_free (world->hub);
  sl_log_store_close (world->store);
  g_free (world->where);
  g_free (world->replicas);
  sl_temp_dir_free (world->dir);
}

void
hub_world_restart (HubWorld *world, gboolean forget_replicas)
{
  static guint count;
  g_clear_pointer (&world->hub, sl_hub_free);
  g_clear_pointer (&world->store, sl_log_store_close);
  if (forget_replicas)
    {
      g_autofree char *name = g_strdup_printf ("replicas-%u", ++count);
      g_free (world->replicas);
      world->replicas = sl_temp_dir_file (world->dir, name);
    }
  open_hub (world);
}

void
hub_world_work (HubWorld *world)
{
  g_autoptr (GError) failure = NULL;
  gboolean done = sl_hub_work (world->hub, NULL, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
}

char *
hub_world_code (HubWorld *world, const SlId *tenant)
{
  g_autoptr (GError) failure = NULL;
  char *code = NULL;
  gint64 expires_ms;
  gboolean done = sl_hub_pairing_code (world->hub, tenant, &code, &expires_ms, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpint (expires_ms, ==, world->world.now_ms + SL_HUB_CODE_LIFETIME_MS);
  return code;
}

guint64
hub_world_metric (HubWorld *world, const char *line)
{
  g_autofree char *text = sl_hub_metrics (world->hub);
  g_autofree char *key = g_strdup_printf ("\nstudioloop_hub_%s ", line);
  const char *at = strstr (text, key);
  g_assert_nonnull (at);
  return g_ascii_strtoull (at + strlen (key), NULL, 10);
}

/* --- devices --- */

static void
open_device (HubDevice *device)
{
  g_autoptr (GError) failure = NULL;
  device->engine = sl_engine_open (device->dir->path, &device->world->world.base, &failure);
  g_assert_no_error (failure);
  sl_actor_init_owner (&device->owner);
  sl_engine_get_organisation (device->engine, &device->organisation);
  sl_engine_get_replica (device->engine, &device->replica);
}

static void
begin_device (HubDevice *device, HubWorld *world)
{
  *device = (HubDevice){ .world = world, .dir = sl_temp_dir_new () };
  device->hub_has = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
}

void
hub_device_init (HubDevice *device, HubWorld *world)
{
  SlStudioParams params = { "Fynbos Fitness", "Sea Point", "Africa/Johannesburg", NULL, "Nomsa Dube", "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  begin_device (device, world);
  gboolean done = sl_studio_init (device->dir->path, &world->world.base, &params, &founded, &refusal, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  open_device (device);
}

void
hub_device_close (HubDevice *device)
{
  sl_engine_close (device->engine);
  g_hash_table_unref (device->hub_has);
  g_clear_pointer (&device->given, g_array_unref);
  sl_temp_dir_free (device->dir);
}

GBytes *
hub_device_invitation (HubDevice *device)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *file = sl_temp_dir_file (dir, "invitation");
  char *contents;
  gsize length;
  gboolean done = sl_device_invite (device->engine, &device->owner, file, NULL, &refusal, &failure)
                  && g_file_get_contents (file, &contents, &length, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return g_bytes_new_take (contents, length);
}

static void
join_by (HubDevice *device, HubWorld *world, GBytes *invitation)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlId organisation, replica;
  begin_device (device, world);
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *file = sl_temp_dir_file (dir, "invitation");
  gboolean done = g_file_set_contents (file, g_bytes_get_data (invitation, NULL),
                                       (gssize) g_bytes_get_size (invitation), &failure)
                  && sl_studio_join (device->dir->path, &world->world.base, file, "Door", &organisation, &replica,
                                     &refusal, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  open_device (device);
}

static void
take_id (json_t *about, const char *name, SlId *out)
{
  g_assert_true (sl_id_parse (json_string_value (json_object_get (about, name)), out));
}

static void
learn_hub (HubDevice *device, json_t *about)
{
  gsize length;
  SlId organisation, from_key;
  g_autofree guint8 *key = g_base64_decode (json_string_value (json_object_get (about, "key")), &length);
  g_assert_cmpuint (length, ==, SL_SIGN_PUBLIC_BYTES);
  memcpy (device->hub_key, key, length);
  take_id (about, "org", &device->tenant);
  take_id (about, "organisation", &organisation);
  take_id (about, "replica", &device->hub_replica);
  take_id (about, "epoch", &device->epoch);
  g_assert_true (sl_id_equal (&organisation, &device->organisation));
  sl_replica_from_key (key, &from_key);
  g_assert_true (sl_id_equal (&from_key, &device->hub_replica));
  device->cursor = (guint64) json_integer_value (json_object_get (about, "cursor"));
}

SlSyncAnswer *
hub_device_found_with (HubDevice *device, GBytes *invitation, const char *code)
{
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/found", invitation);
  g_hash_table_insert (request->headers, g_strdup ("studioloop-code"), g_strdup (code));
  SlSyncAnswer *answer = sl_hub_handle (device->world->hub, request, FROM);
  if (answer->code != SL_SYNC_OK)
    return answer;
  json_t *about = json_loadb (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body), 0, NULL);
  g_assert_nonnull (about);
  learn_hub (device, about);
  json_decref (about);
  g_assert_cmpint (sl_sync_answer_check (answer, request, device->hub_key, NULL), ==, SL_SYNC_OK);
  return answer;
}

void
hub_device_found (HubDevice *device)
{
  g_autoptr (GError) failure = NULL;
  SlId tenant;
  gboolean added = sl_hub_add_tenant (device->world->hub, "Fynbos", &tenant, &failure);
  g_assert_no_error (failure);
  g_assert_true (added);
  g_autofree char *code = hub_world_code (device->world, &tenant);
  g_autoptr (GBytes) invitation = hub_device_invitation (device);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (device, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  g_assert_true (sl_id_equal (&device->tenant, &tenant));
}

void
hub_device_pair (HubDevice *device, HubWorld *world, const SlId *tenant)
{
  SlId random;
  g_autofree char *code = hub_world_code (world, tenant);
  g_autoptr (GString) text = g_string_new (NULL);
  sl_id_random (&world->world.base, &random);
  g_string_append_printf (text, "{\"code\":\"%s\",\"name\":\"Door\",\"request\":\"", code);
  for (guint i = 0; i < SL_ID_BYTES; i++)
    g_string_append_printf (text, "%02x", random.bytes[i]);
  g_string_append (text, "\"}");
  g_autoptr (GBytes) body = g_bytes_new (text->str, text->len);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/pair", body);
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (world->hub, request, FROM);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  join_by (device, world, answer->body);
  const char *data = g_bytes_get_data (answer->body, NULL);
  const char *end = memchr (data, '\n', g_bytes_get_size (answer->body));
  g_assert_nonnull (end);
  json_t *line = json_loadb (data, (gsize) (end - data), 0, NULL);
  learn_hub (device, json_object_get (line, "hub"));
  json_decref (line);
  g_assert_cmpint (sl_sync_answer_check (answer, request, device->hub_key, NULL), ==, SL_SYNC_OK);
}

void
hub_device_join (HubDevice *device, HubDevice *inviter)
{
  g_autoptr (GBytes) invitation = hub_device_invitation (inviter);
  join_by (device, inviter->world, invitation);
  device->tenant = inviter->tenant;
  device->hub_replica = inviter->hub_replica;
  device->epoch = inviter->epoch;
  memcpy (device->hub_key, inviter->hub_key, SL_SIGN_PUBLIC_BYTES);
}

SlId
hub_device_add_member (HubDevice *device, const char *name)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlMemberParams params = { .first = name, .last = "Botha" };
  SlId id;
  gboolean done = sl_member_add (device->engine, &device->owner, &params, TRUE, &id, &refusal, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

/* Whose names it can read. */
guint
hub_device_members (HubDevice *device)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) members = NULL;
  gboolean done = sl_member_list (device->engine, &device->owner, "Botha", 0, &members, &refusal, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  return members->len;
}

guint64
hub_device_seq (HubDevice *device, const SlId *replica)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (device->engine), &failure);
  g_assert_no_error (failure);
  for (guint i = 0; i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, replica))
      return g_array_index (chains, SlChainInfo, i).applied_seq;
  return 0;
}

/* --- exchanges --- */

static GBytes *
exchange_item (HubDevice *device, const HubHow *how)
{
  SlExchangeItem item = { .cursor = device->cursor,
                          .epoch = device->epoch,
                          .flags = how->want_keys ? SL_EXCHANGE_WANT_KEYS : 0,
                          .max_bytes = how->max_bytes,
                          .asks = (GArray *) how->asks,
                          .request = how->request != NULL ? *how->request : sl_id_none,
                          .version_lowest = SL_SYNC_VERSION_LOWEST,
                          .version = SL_SYNC_VERSION };
  return sl_exchange_item_encode (&item, FALSE);
}

GBytes *
hub_device_body (HubDevice *device, const HubHow *how)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) exchange = exchange_item (device, how);
  SlWireHow wire = { .since = how->from_nothing ? NULL : device->hub_has,
                     .own_only = !how->all,
                     .exchange = exchange,
                     .all_keys = how->all };
  SlWireWritten written;
  GBytes *body = sl_wire_write (sl_engine_get_log (device->engine), &wire, &written, &failure);
  g_assert_no_error (failure);
  return body;
}

static void
sign_as_device (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_oplog_sign (user_data, message, length, out_signature);
}

static void
sign_request (HubDevice *device, SlSyncRequest *request, const SlId *organisation, gboolean with_key)
{
  SlOplog *log = sl_engine_get_log (device->engine);
  SlSyncSigner signer = { .replica = *sl_oplog_get_replica (log), .sign = sign_as_device, .user_data = log };
  memcpy (signer.public_key, sl_oplog_get_public_key (log), SL_SIGN_PUBLIC_BYTES);
  sl_sync_sign_request (request, &signer, organisation, &device->world->world.base,
                        device->world->world.now_ms + device->offset_ms, with_key);
}

void
hub_device_sign (HubDevice *device, SlSyncRequest *request, const SlId *organisation)
{
  sign_request (device, request, organisation, FALSE);
}

static SlSyncRequest *
make_request (HubDevice *device, const HubHow *how)
{
  g_autoptr (GBytes) body = how->body != NULL ? g_bytes_ref (how->body) : hub_device_body (device, how);
  SlSyncRequest *request = sl_sync_request_new ("POST", how->asks != NULL ? "/v1/rights" : "/v1/sync", body);
  sign_request (device, request, how->organisation != NULL ? how->organisation : &device->tenant, how->with_key);
  return request;
}

SlSyncAnswer *
hub_device_ask (HubDevice *device, const HubHow *how)
{
  g_autoptr (SlSyncRequest) request = make_request (device, how);
  SlSyncAnswer *answer = sl_hub_handle (device->world->hub, request, FROM);
  gint64 time_ms;
  g_assert_nonnull (answer);
  if (answer->code == SL_SYNC_OK)
    {
      /* whoever the hub is now: a new epoch has a new key, which the studio's log vouches for */
      g_auto (SlWireHead) head = { 0 };
      g_autoptr (GError) failure = NULL;
      g_assert_true (sl_wire_look (answer->body, G_MAXUINT32, &head, &failure));
      if (sl_id_equal (&head.header.by, &device->hub_replica))
        g_assert_cmpint (sl_sync_answer_check (answer, request, device->hub_key, &time_ms), ==, SL_SYNC_OK);
    }
  return answer;
}

void
hub_device_take (HubDevice *device, const SlSyncAnswer *answer)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlWireHead) head = { 0 };
  g_auto (SlExchangeItem) item = { 0 };
  g_auto (SlImportResult) result = { 0 };
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  gboolean done = sl_wire_look (answer->body, G_MAXUINT32, &head, &failure)
                  && sl_exchange_item_decode (head.exchange, TRUE, &item, &failure)
                  && sl_wire_take (sl_engine_get_log (device->engine), answer->body, &result, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  SlDeviceStanding standing;
  g_assert_true (sl_oplog_device_standing (sl_engine_get_log (device->engine), &head.header.by, &standing, &failure));
  if (standing.admitted && !standing.revoked)
    {
      device->hub_replica = head.header.by;
      memcpy (device->hub_key, standing.public_key, sizeof standing.public_key);
    }
  device->epoch = item.epoch;
  device->cursor = item.cursor;
  device->more = (item.flags & SL_EXCHANGE_MORE) != 0;
  g_clear_pointer (&device->given, g_array_unref);
  device->given = item.asks != NULL ? g_array_ref (item.asks) : NULL;
  g_hash_table_remove_all (device->hub_has);
  for (guint i = 0; i < head.header.vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (head.header.vector, SlVectorEntry, i);
      g_hash_table_replace (device->hub_has, sl_id_copy (&entry->replica), g_memdup2 (&entry->seq, sizeof entry->seq));
    }
}

void
hub_device_sync (HubDevice *device)
{
  HubHow how = { .with_key = TRUE };
  guint rounds = 0;
  do
    {
      g_autoptr (SlSyncAnswer) answer = hub_device_ask (device, &how);
      hub_device_take (device, answer);
      device->world->world.now_ms += 1000; /* within the limit of requests */
      g_assert_cmpuint (++rounds, <, ROUNDS_MAX);
    }
  while (device->more);
}

SlSyncCode
hub_device_refused (HubDevice *device, const HubHow *how)
{
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (device, how);
  return answer->code;
}

gboolean
hub_devices_equal (HubDevice *a, HubDevice *b)
{
  g_autoptr (GError) failure = NULL;
  SlHash ours, theirs;
  gboolean done = sl_oplog_state_hash (sl_engine_get_log (a->engine), &ours, &failure)
                  && sl_oplog_state_hash (sl_engine_get_log (b->engine), &theirs, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  return sl_hash_equal (&ours, &theirs);
}

/* --- lies --- */

SlTenant *
hub_world_row (HubWorld *world, const SlId *tenant)
{
  g_autoptr (GError) failure = NULL;
  SlTenant *row = sl_log_store_find_tenant (world->store, tenant, &failure);
  g_assert_no_error (failure);
  return row;
}

/* h (seq) of its own chain. */
SlHash
hub_device_hash (HubDevice *device, guint64 seq)
{
  HubHow how = { .from_nothing = TRUE };
  g_autoptr (GBytes) body = hub_device_body (device, &how);
  SlStreamBytes source = { .stream = body };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  SlHash hash;
  sl_chain_start (&device->organisation, &device->replica, &hash);
  for (guint64 at = 0; at < seq;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      g_assert_cmpint (item.type, !=, SL_ITEM_END);
      for (guint i = 0; item.type == SL_ITEM_SEGMENT && i < item.segment.operations->len && at < seq; i++)
        {
          gsize length;
          const void *data = g_bytes_get_data (item.segment.operations->pdata[i], &length);
          SlHash previous = hash;
          sl_chain_next (&device->replica, ++at, &previous, data, length, &hash);
        }
    }
  return hash;
}

/* segment (nullable): in a stream of the device's; box_for (nullable): with a box for somebody. */
GBytes *
hub_device_wrap (HubDevice *device, const SlSegment *segment, const SlId *organisation, const SlId *box_for)
{
  HubHow how = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  g_auto (SlStreamHeader) header = { .organisation = organisation != NULL ? *organisation : device->organisation,
                                     .by = device->replica,
                                     .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  g_autoptr (GBytes) exchange = exchange_item (device, &how);
  g_autoptr (GBytes) box = g_bytes_new_static ("not to be opened by anybody", 27);
  g_assert_true (sl_stream_writer_header (writer, &header, NULL));
  g_assert_true (sl_stream_writer_item (writer, exchange, NULL));
  g_assert_true (segment == NULL || sl_stream_writer_segment (writer, segment, NULL));
  g_assert_true (box_for == NULL || sl_stream_writer_box (writer, box_for, box, NULL));
  g_assert_true (sl_stream_writer_finish (writer, NULL));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
hub_device_lie (HubDevice *device, const HubLie *lie)
{
  guint8 seed[SL_SEED_BYTES];
  g_auto (SlSignKey) key = { 0 };
  g_autoptr (GArray) refs = sl_refs_new ();
  g_autoptr (GBytes) content = sl_cbor_writer_finish (lie->content);
  guint64 before = hub_device_seq (device, &device->replica) - lie->back;
  SlOperation operation = { .replica = lie->as != NULL ? *lie->as : device->replica,
                            .kind = lie->kind,
                            .hlc = 256,
                            .actor = sl_actor_device,
                            .body = g_bytes_get_data (content, NULL),
                            .body_length = g_bytes_get_size (content) };
  if (lie->entity != NULL)
    operation.entity = *lie->entity;
  sl_oplog_get_seed (sl_engine_get_log (device->engine), seed);
  g_assert_true (sl_sign_key_from_seed (seed, &key));
  g_auto (SlSegment) segment = { .replica = operation.replica,
                                 .first_seq = before + lie->skip + 1,
                                 .previous = hub_device_hash (device, before),
                                 .is_signed = !lie->is_unsigned,
                                 .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };
  segment.head = segment.previous;
  for (guint i = 0; i < MAX (lie->count, 1); i++)
    {
      SlHash previous = segment.head;
      GBytes *bytes = sl_operation_encode (&operation, 0, refs);
      g_ptr_array_add (segment.operations, bytes);
      sl_chain_next (&segment.replica, segment.first_seq + i, &previous, g_bytes_get_data (bytes, NULL),
                     g_bytes_get_size (bytes), &segment.head);
    }
  sl_head_sign (&key, &device->organisation, &segment.replica, segment.first_seq + segment.operations->len - 1,
                &segment.head, segment.signature);
  segment.signature[0] ^= lie->bad_signature ? 1 : 0;
  return hub_device_wrap (device, &segment, NULL, NULL);
}
