/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-crowd"

#include "hub-crowd.h"

#include <jansson.h>
#include <string.h>

#include "oplog/oplog-private.h"
#include "oplog/wire.h"

#define LATER_MS (24 * 60 * 60 * 1000)
#define STAMP_STEP 3000        /* of the log's clock: some ms between two operations */
#define SEALED_BYTES 52        /* a name of a dozen letters, sealed */
#define ANSWER_MAX_BYTES (64 * 1024 * 1024)

static void
must (gboolean done, const GError *error)
{
  if (!done || error != NULL)
    g_error ("%s", error != NULL ? error->message : "failed");
}

/* --- chains without a database --- */

typedef struct {
  SlSegment segment;
  CrowdDevice *device;
  GArray *refs;
} Chain;

static void
chain_begin (Chain *chain, CrowdDevice *device)
{
  *chain = (Chain){ .device = device, .refs = sl_refs_new () };
  chain->segment = (SlSegment){ .replica = device->replica,
                                .first_seq = device->seq + 1,
                                .previous = device->head,
                                .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                                .is_signed = TRUE };
}

static void
chain_add (Chain *chain, SlKind kind, SlCborWriter *body)
{
  CrowdDevice *device = chain->device;
  g_autoptr (GBytes) content = sl_cbor_writer_finish (body);
  gboolean first = device->seq == 0;
  SlOperation operation = { .replica = device->replica,
                            .seq = device->seq + 1,
                            .kind = kind,
                            .hlc = first ? g_get_real_time () / 1000 * 256 : STAMP_STEP,
                            .actor = sl_actor_device,
                            .body = g_bytes_get_data (content, NULL),
                            .body_length = g_bytes_get_size (content) };
  GBytes *bytes = sl_operation_encode (&operation, 0, chain->refs);
  SlHash previous = device->head;
  device->seq++;
  sl_chain_next (&device->replica, device->seq, &previous, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                 &device->head);
  g_ptr_array_add (chain->segment.operations, bytes);
}

static GBytes *
chain_end (Chain *chain)
{
  CrowdDevice *device = chain->device;
  chain->segment.head = device->head;
  sl_head_sign (&device->key, &device->studio->organisation, &device->replica, device->seq, &device->head,
                chain->segment.signature);
  GBytes *item = sl_segment_encode (&chain->segment);
  sl_segment_clear (&chain->segment);
  g_array_unref (chain->refs);
  return item;
}

GBytes *
crowd_write_segment (CrowdDevice *device, GRand *chance)
{
  Chain chain;
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  chain_begin (&chain, device);
  for (guint i = 0; i < CROWD_OPERATIONS; i++)
    {
      guint32 sealed[SEALED_BYTES / sizeof (guint32)];
      for (guint j = 0; j < G_N_ELEMENTS (sealed); j++)
        sealed[j] = g_rand_int (chance);
      sl_cbor_begin_map (body, 2);
      sl_cbor_put_int (body, 1); /* its first field, whose words nobody here can read */
      sl_cbor_put_bytes (body, sealed, sizeof sealed);
      sl_cbor_put_int (body, 9);
      sl_cbor_put_text (body, "active");
      chain_add (&chain, SL_KIND_MEMBER_CREATE, body);
    }
  return chain_end (&chain);
}

/* --- joining --- */

static CrowdDevice *
device_new (CrowdStudio *studio)
{
  CrowdDevice *device = g_new0 (CrowdDevice, 1);
  device->studio = studio;
  sl_sign_key_new (sl_world_system (), &device->key);
  sl_replica_from_key (device->key.public_key, &device->replica);
  sl_chain_start (&studio->organisation, &device->replica, &device->head);
  return device;
}

static void
device_clear (CrowdDevice *device)
{
  sl_sign_key_clear (&device->key);
  g_clear_pointer (&device->vector, g_array_unref);
}

static void
device_free (gpointer device)
{
  device_clear (device);
  g_free (device);
}

/* The founder's word that whoever holds this key may join, and the first operation of one who does. */
static GBytes *
admit (Chain *founder, CrowdDevice *device)
{
  g_auto (SlSignKey) invitation = { 0 };
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  guint8 signature[SL_SIGNATURE_BYTES];
  SlHash message;
  Chain own;
  sl_sign_key_new (sl_world_system (), &invitation);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_bytes (body, invitation.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_int (body, g_get_real_time () / 1000 + LATER_MS);
  chain_add (founder, SL_KIND_DEVICE_ADMIT, body);
  sl_join_message (&device->studio->organisation, &device->replica, device->key.public_key, &message);
  sl_sign (&invitation, message.bytes, SL_HASH_BYTES, signature);
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_bytes (body, device->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_bytes (body, invitation.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_bytes (body, signature, SL_SIGNATURE_BYTES);
  chain_begin (&own, device);
  chain_add (&own, SL_KIND_DEVICE_JOIN, body);
  return chain_end (&own);
}

/* --- bodies --- */

static GBytes *
write_body (CrowdDevice *device, GBytes *const *items, guint n_items)
{
  SlExchangeItem exchange = { .cursor = device->cursor,
                              .epoch = device->studio->epoch,
                              .version_lowest = SL_SYNC_VERSION_LOWEST,
                              .version = SL_SYNC_VERSION };
  g_autoptr (GBytes) item = sl_exchange_item_encode (&exchange, FALSE);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  g_auto (SlStreamHeader) header = { .organisation = device->studio->organisation,
                                     .by = device->replica,
                                     .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  SlVectorEntry own = { .replica = device->replica, .seq = device->seq, .hash = device->head };
  g_array_append_val (header.vector, own);
  for (guint i = 0; device->vector != NULL && i < device->vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (device->vector, SlVectorEntry, i);
      if (!sl_id_equal (&entry->replica, &device->replica))
        g_array_append_vals (header.vector, entry, 1);
    }
  gboolean written = sl_stream_writer_header (writer, &header, NULL) && sl_stream_writer_item (writer, item, NULL);
  for (guint i = 0; written && i < n_items; i++)
    written = sl_stream_writer_item (writer, items[i], NULL);
  must (written && sl_stream_writer_finish (writer, NULL), NULL);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
crowd_write_push (CrowdDevice *device, GBytes *segment)
{
  return write_body (device, &segment, segment != NULL ? 1 : 0);
}

GBytes *
crowd_write_joins (Crowd *crowd, CrowdStudio *studio, guint n_devices)
{
  Chain founder;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  chain_begin (&founder, &studio->founder);
  g_ptr_array_add (items, NULL);
  for (guint i = 0; i < n_devices; i++)
    {
      CrowdDevice *device = device_new (studio);
      g_ptr_array_add (studio->devices, device);
      g_ptr_array_add (items, admit (&founder, device));
    }
  items->pdata[0] = chain_end (&founder);
  return write_body (&studio->founder, (GBytes *const *) items->pdata, items->len);
}

/* --- requests --- */

static void
sign_as_device (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  const CrowdDevice *device = user_data;
  sl_sign (&device->key, message, length, out_signature);
}

static SlSyncRequest *
sign_request (CrowdDevice *device, const char *method, const char *path, GBytes *body)
{
  SlWorld *world = sl_world_system ();
  SlSyncRequest *request = sl_sync_request_new (method, path, body);
  SlSyncSigner signer = { .replica = device->replica, .sign = sign_as_device, .user_data = device };
  memcpy (signer.public_key, device->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_sync_sign_request (request, &signer, &device->studio->organisation, world, world->now_ms (world), FALSE);
  return request;
}

GBytes *
crowd_write_request (CrowdDevice *device, const char *method, const char *path, GBytes *body)
{
  g_autoptr (SlSyncRequest) request = sign_request (device, method, path, body);
  g_autoptr (GString) text = g_string_sized_new (8192);
  GHashTableIter iter;
  gpointer name, value;
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);
  g_string_append_printf (text, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path);
  if (body != NULL)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\nContent-Type: " SL_SYNC_STREAM_TYPE "\r\n",
                            length);
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%s: %s\r\n", (char *) name, (char *) value);
  g_string_append (text, "\r\n");
  g_string_append_len (text, data, (gssize) length);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

gboolean
crowd_take_answer (CrowdDevice *device, GBytes *answer)
{
  g_auto (SlWireHead) head = { 0 };
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sl_wire_look (answer, ANSWER_MAX_BYTES, &head, &error)
      || !sl_exchange_item_decode (head.exchange, TRUE, &item, &error))
    g_error ("an answer cannot be read: %s", error->message);
  device->cursor = item.cursor;
  if (!sl_id_equal (&device->studio->epoch, &item.epoch)) /* with the first one only: others read it */
    device->studio->epoch = item.epoch;
  g_clear_pointer (&device->vector, g_array_unref);
  device->vector = g_array_ref (head.header.vector);
  for (guint i = 0; i < device->vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (device->vector, SlVectorEntry, i);
      if (sl_id_equal (&entry->replica, &device->replica))
        return entry->seq == device->seq && sl_hash_equal (&entry->hash, &device->head);
    }
  return FALSE;
}

/* --- founding --- */

/* Where the founder's chain ends. */
static void
take_chain (CrowdDevice *founder, SlOplog *log)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlWireHead) head = { 0 };
  SlWireHow how = { .own_only = TRUE };
  SlWireWritten written;
  guint8 seed[SL_SEED_BYTES];
  g_autoptr (GBytes) stream = sl_wire_write (log, &how, &written, &error);
  must (stream != NULL && sl_wire_look (stream, ANSWER_MAX_BYTES, &head, &error), error);
  sl_oplog_get_seed (log, seed);
  must (sl_sign_key_from_seed (seed, &founder->key), NULL);
  founder->replica = *sl_oplog_get_replica (log);
  for (guint i = 0; i < head.header.vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (head.header.vector, SlVectorEntry, i);
      if (!sl_id_equal (&entry->replica, &founder->replica))
        continue;
      founder->seq = entry->seq;
      founder->head = entry->hash;
    }
}

static GBytes *
found_at_home (CrowdStudio *studio, const char *dir)
{
  static const SlFoundParams params = { "Fynbos Fitness", "ZAR", "Sea Point", "Africa/Johannesburg", "Desk" };
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (dir, "invitation", NULL);
  char *contents;
  gsize length;
  SlId location;
  SlStore *store = sl_store_open (dir, SL_STORE_CREATE, &error);
  must (store != NULL, error);
  SlOplog *log = sl_oplog_found (store, sl_world_system (), &params, &location, &error);
  must (log != NULL && sl_oplog_invite (log, &sl_actor_owner, file, &location, &error)
        && g_file_get_contents (file, &contents, &length, &error), error);
  studio->organisation = *sl_oplog_get_organisation (log);
  studio->founder.studio = studio;
  take_chain (&studio->founder, log);
  sl_oplog_close (log);
  sl_store_close (store);
  return g_bytes_new_take (contents, length);
}

static void
found_at_hub (CrowdStudio *studio, SlHub *hub, GBytes *invitation, const char *from)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  gint64 expires_ms;
  SlId tenant;
  must (sl_hub_add_tenant (hub, "Fynbos", &tenant, &error)
        && sl_hub_pairing_code (hub, &tenant, &code, &expires_ms, &error), error);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/found", invitation);
  g_hash_table_insert (request->headers, g_strdup ("studioloop-code"), g_strdup (code));
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (hub, request, from);
  if (answer->code != SL_SYNC_OK)
    g_error ("founding: %s", sl_sync_code_name (answer->code));
}

static void
exchange (CrowdDevice *device, SlHub *hub, GBytes *body)
{
  g_autoptr (SlSyncRequest) request = sign_request (device, "POST", "/v1/sync", body);
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (hub, request, "192.0.2.1");
  if (answer->code != SL_SYNC_OK || !crowd_take_answer (device, answer->body))
    g_error ("a first exchange: %s", sl_sync_code_name (answer->code));
}

static void
studio_free (gpointer data)
{
  CrowdStudio *studio = data;
  device_clear (&studio->founder);
  g_ptr_array_unref (studio->devices);
  g_free (studio);
}

static void
add_studio (Crowd *crowd, SlHub *hub, const char *place, guint n_devices)
{
  g_autoptr (GError) error = NULL;
  CrowdStudio *studio = g_new0 (CrowdStudio, 1);
  g_autofree char *name = g_strdup_printf ("founder-%u", crowd->studios->len);
  g_autofree char *dir = g_build_filename (place, name, NULL);
  g_autofree char *from = g_strdup_printf ("192.0.2.%u", crowd->studios->len);
  studio->devices = g_ptr_array_new_with_free_func (device_free);
  g_ptr_array_add (crowd->studios, studio);
  must (g_mkdir_with_parents (dir, 0700) == 0, NULL);
  g_autoptr (GBytes) invitation = found_at_home (studio, dir);
  found_at_hub (studio, hub, invitation, from);
  g_autoptr (GBytes) joins = crowd_write_joins (crowd, studio, n_devices);
  exchange (&studio->founder, hub, joins);
}

Crowd *
crowd_new (const char *store, const char *replicas, const char *place, guint n_studios, guint n_devices)
{
  g_autoptr (GError) error = NULL;
  Crowd *crowd = g_new0 (Crowd, 1);
  crowd->studios = g_ptr_array_new_with_free_func (studio_free);
  crowd->chance = g_rand_new_with_seed (1);
  SlLogStore *log_store = sl_log_store_open (store, sl_world_system (), &error);
  must (log_store != NULL, error);
  SlHub *hub = sl_hub_new (log_store, replicas, sl_world_system (), &error);
  must (hub != NULL, error);
  for (guint i = 0; i < n_studios; i++)
    add_studio (crowd, hub, place, n_devices);
  must (sl_hub_work (hub, NULL, &error), error);
  sl_hub_free (hub);
  sl_log_store_close (log_store);
  return crowd;
}

void
crowd_free (Crowd *crowd)
{
  g_ptr_array_unref (crowd->studios);
  g_rand_free (crowd->chance);
  g_free (crowd);
}
