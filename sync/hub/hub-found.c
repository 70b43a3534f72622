/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-found"

#include "hub/hub-private.h"

#include <errno.h>
#include <string.h>

#include "core/error.h"
#include "engine/studio.h"

/* Taking a studio: the hub becomes one of its devices by an invitation that the studio has written, in a directory of
 * its own; then the log goes into the store, the hub's own operations last. As long as those are not there nobody has
 * been told anything, and it can be done again. */

#define DEVICE_NAME "Hub"
#define APPEND_BYTES (32 * 1024 * 1024)
#define APPEND_ENTRIES 10000

typedef struct {
  SlHubTenant *tenant;
  SlTenant after;
  SlSignKey key;
  GArray *entries;  /* of the studio */
  GArray *own;      /* of the hub's device, with its keys */
  guint64 cursor;
  GArray *base;     /* (nullable) of SlChainInfo: the account has this studio, and its log begins with a snapshot of
                       this: it is taken anew only where its hub cannot go on */
  SlId before;      /* that one */
  gboolean goes_on; /* and this one can */
} Founding;

static gboolean
sort_items (Founding *self, GBytes *stream, GError **error)
{
  SlStreamBytes source = { .stream = stream };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      if (!sl_stream_reader_next (reader, &item, error))
        return FALSE;
      if (item.type == SL_ITEM_END)
        return TRUE;
      if (item.type == SL_ITEM_SNAPSHOT)
        sl_hub_add_piece (self->entries, &self->after.replica, item.piece_number, item.piece);
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      gboolean is_own = sl_id_equal (&item.segment.replica, &self->after.replica);
      sl_hub_add_segment (is_own ? self->own : self->entries, SL_ENTRY_SEGMENT, &item.segment);
    }
}

/* How much of a chain is in the log, or in the snapshot with which it begins. */
static guint64
holds_up_to (SlHubTenant *tenant, const GArray *base, const SlId *replica)
{
  guint64 seq = 0;
  for (guint i = 0; i < base->len; i++)
    if (sl_id_equal (&g_array_index (base, SlChainInfo, i).replica, replica))
      seq = g_array_index (base, SlChainInfo, i).head_seq;
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, replica);
  seq = MAX (seq, chain != NULL ? chain->head_seq : 0);
  g_mutex_unlock (&tenant->lock);
  return seq;
}

/* Whether the hub's device of before still counts in the studio, and its log has all that is folded there. A hub that
 * was put back to before an epoch has given its key up since; to one that lost what every desk has folded no desk can
 * push that. What desks have written beyond comes to a hub that goes on from themselves. */
static gboolean
look_whether_it_goes_on (Founding *self, SlOplog *log, GError **error)
{
  SlDeviceStanding standing;
  if (!sl_oplog_device_standing (log, &self->before, &standing, error))
    return FALSE;
  self->goes_on = !standing.known || (standing.admitted && !standing.revoked);
  if (!standing.known || !self->goes_on) /* nobody has heard of it: the answer to this very invitation got lost */
    return TRUE;
  g_autoptr (GArray) folded = sl_hub_folded (log, error);
  for (guint i = 0; folded != NULL && i < folded->len; i++)
    {
      const SlChainInfo *info = &g_array_index (folded, SlChainInfo, i);
      self->goes_on = self->goes_on && holds_up_to (self->tenant, self->base, &info->replica) >= info->head_seq;
    }
  return folded != NULL;
}

static gboolean
read_log (Founding *self, const char *dir, GError **error)
{
  SlWireHow how = { .all_keys = TRUE };
  SlWireWritten written;
  guint8 seed[SL_SEED_BYTES];
  g_autoptr (SlEngine) engine = sl_engine_open (dir, self->tenant->hub->world, error);
  if (engine == NULL || (self->base != NULL && !look_whether_it_goes_on (self, sl_engine_get_log (engine), error)))
    return FALSE;
  if (self->goes_on)
    return TRUE;
  if (!sl_device_become_hub (engine, error))
    return FALSE;
  SlOplog *log = sl_engine_get_log (engine);
  sl_oplog_get_seed (log, seed);
  gboolean good = sl_sign_key_from_seed (seed, &self->key);
  g_assert (good); /* it is the log's own */
  memcpy (self->after.seed, seed, SL_SEED_BYTES);
  explicit_bzero (seed, sizeof seed);
  self->after.replica = *sl_oplog_get_replica (log);
  self->after.organisation = *sl_oplog_get_organisation (log);
  sl_hub_mask_seed (self->tenant->hub, &self->after.id, &self->after.epoch, self->after.seed);
  g_autoptr (GBytes) box = sl_oplog_keys_for (log, self->key.public_key, error);
  g_autoptr (GBytes) stream = box != NULL ? sl_wire_write (log, &how, &written, error) : NULL;
  if (stream == NULL)
    return FALSE;
  sl_hub_add_box (self->own, &self->after.replica, box); /* before its operations: those say that all is there */
  return sort_items (self, stream, error);
}

/* In parts that the store takes; those that the log has already from a try before stay as they are. */
static gboolean
append (Founding *self, GArray *entries, guint64 *inout_head, GError **error)
{
  SlLogStore *store = self->tenant->hub->store;
  for (guint from = 0; from < entries->len;)
    {
      gboolean done;
      gsize bytes = 0;
      guint n = 0;
      while (from + n < entries->len && n < APPEND_ENTRIES && (n == 0 || bytes < APPEND_BYTES))
        bytes += g_bytes_get_size (g_array_index (entries, SlEntry, from + n++).bytes);
      if (!sl_log_store_append (store, &self->tenant->id, *inout_head, &g_array_index (entries, SlEntry, from), n,
                                &done, inout_head, error))
        return FALSE;
      if (!done)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the studio is being taken by another process");
          return FALSE;
        }
      from += n;
    }
  return TRUE;
}

/* *out_taken FALSE: another account has this studio. */
static gboolean
store_studio (Founding *self, const SlTenant *before, gboolean *out_taken, GError **error)
{
  guint64 head = before->head;
  *out_taken = FALSE;
  if (!sl_log_store_set_identity (self->tenant->hub->store, before, &self->after, out_taken, error))
    return FALSE;
  if (!*out_taken)
    return TRUE;
  if (!append (self, self->entries, &head, error))
    return FALSE;
  self->cursor = head;
  return append (self, self->own, &head, error);
}

static gboolean
join (SlHubCall *call, Founding *self, const char *dir, SlRefusal *out_refusal, GError **error)
{
  SlId organisation, replica;
  gsize length;
  const char *data = g_bytes_get_data (call->request->body, &length);
  g_autofree char *file = g_build_filename (dir, "invitation", NULL);
  g_autofree char *joined = g_build_filename (dir, "joined", NULL);
  if (!g_file_set_contents_full (file, data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, error))
    return FALSE;
  return sl_studio_join (joined, call->hub->world, file, DEVICE_NAME, &organisation, &replica, out_refusal, error)
         && (out_refusal->code != SL_REFUSAL_NONE || read_log (self, joined, error));
}

static SlSyncAnswer *
answer_about (const SlTenant *row, const SlSignKey *key, guint64 cursor)
{
  json_t *about = sl_hub_about (row, key->public_key, cursor);
  char *text = json_dumps (about, JSON_COMPACT);
  json_decref (about);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  free (text);
  return sl_sync_answer_new ("application/json", body);
}

/* It has this studio. */
static SlSyncAnswer *
answer_as_before (SlHubCall *call)
{
  SlHubTenant *tenant = call->tenant;
  g_mutex_lock (&tenant->lock);
  SlSyncAnswer *answer = answer_about (tenant->row, &tenant->key, 0);
  call->hub_key = tenant->key;
  call->hub_replica = tenant->row->replica;
  g_mutex_unlock (&tenant->lock);
  return answer;
}

static SlSyncAnswer *
found_in (SlHubCall *call, Founding *self, const SlTenant *before, const char *dir, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean taken;
  sl_id_random (call->hub->world, &self->after.epoch);
  if (!join (call, self, dir, &refusal, &failure))
    {
      if (g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT))
        return sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, failure->message, 0);
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (refusal.code != SL_REFUSAL_NONE)
    return sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, "the invitation is not one, or is no longer good", 0);
  if (self->goes_on)
    return answer_as_before (call);
  if (!store_studio (self, before, &taken, error))
    return NULL;
  if (!taken)
    return sl_sync_answer_new_error (SL_SYNC_ALREADY_FOUNDED, "this studio, or another, has been taken already", 0);
  sl_hub_count (call->hub, SL_HUB_FOUNDED, 1);
  call->hub_key = self->key;
  call->hub_replica = self->after.replica;
  return answer_about (&self->after, &self->key, self->cursor);
}

static SlSyncAnswer *
found_anew (SlHubCall *call, const SlTenant *before, GArray *base, GError **error)
{
  Founding self = { .tenant = call->tenant, .after = *before, .base = base, .before = before->replica };
  SlId random;
  char text[SL_ID_TEXT_BYTES];
  sl_id_random (call->hub->world, &random);
  g_autofree char *name = g_strconcat ("found-", sl_id_format (&random, text), NULL);
  g_autofree char *parent = sl_hub_tenant_dir (call->tenant);
  g_autofree char *dir = g_build_filename (parent, name, NULL);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", dir, g_strerror (errno));
      return NULL;
    }
  self.entries = sl_hub_entries_new ();
  self.own = sl_hub_entries_new ();
  SlSyncAnswer *answer = found_in (call, &self, before, dir, error);
  g_array_unref (self.entries);
  g_array_unref (self.own);
  sl_sign_key_clear (&self.key);
  explicit_bzero (self.after.seed, sizeof self.after.seed);
  sl_hub_remove_dir (dir, 3);
  return answer;
}

/* Whether the hub's own first operations are in the log: then it was told. */
static gboolean
is_done (SlHubTenant *tenant)
{
  const SlHubChain *own
      = sl_hub_is_founded (tenant->row) ? sl_hub_tenant_chain (tenant, &tenant->row->replica) : NULL;
  return own != NULL && own->head_seq > 0;
}

static gboolean
is_of (const SlTenant *row, GBytes *invitation)
{
  gsize length;
  SlId organisation;
  json_t *line = sl_hub_first_line (invitation, &length);
  const char *text = json_string_value (json_object_get (line, "organisation"));
  gboolean same = text != NULL && sl_id_parse (text, &organisation) && sl_id_equal (&organisation, &row->organisation);
  json_decref (line);
  return same;
}

static SlSyncAnswer *
found_locked (SlHubCall *call, GError **error)
{
  SlHubTenant *tenant = call->tenant;
  SlSyncAnswer *answer = NULL;
  g_mutex_lock (&tenant->lock);
  gboolean loaded = sl_hub_tenant_load (tenant, error) && (!sl_hub_is_founded (tenant->row)
                                                           || sl_hub_tenant_refresh (tenant, error));
  gboolean done = loaded && is_done (tenant);
  gboolean again = done && is_of (tenant->row, call->request->body);
  if (done && !again)
    answer = sl_sync_answer_new_error (SL_SYNC_ALREADY_FOUNDED, "another studio has been taken there", 0);
  g_mutex_unlock (&tenant->lock);
  if (!loaded || answer != NULL)
    return answer;
  g_autoptr (GArray) base = NULL;
  if (again && (!sl_hub_replica_catch_up (tenant, error) || (base = sl_hub_replica_base (tenant, error)) == NULL))
    return NULL;
  g_autoptr (SlTenant) before = sl_log_store_find_tenant (call->hub->store, &tenant->id, error);
  if (before == NULL)
    return NULL;
  answer = found_anew (call, before, base, error);
  sl_hub_replica_close (tenant);
  g_mutex_lock (&tenant->lock);
  sl_hub_tenant_forget (tenant);
  g_mutex_unlock (&tenant->lock);
  return answer;
}

static SlSyncAnswer *
refuse_code (SlHubCall *call)
{
  sl_hub_count (call->hub, SL_HUB_CODES_REFUSED, 1);
  return sl_sync_answer_new_error (SL_SYNC_CODE_INVALID, "the code is unknown, used up or too old", 0);
}

static const char *
code_of (const SlHubCall *call)
{
  return g_hash_table_lookup (call->request->headers, "studioloop-code");
}

/* sl_hub_found_check: (transfer full) (nullable): refuses by the code alone; %NULL: it is somebody's, or a failure.
 * Whether it was spent by another request only the body tells. */
SlSyncAnswer *
sl_hub_found_check (SlHubCall *call, GError **error)
{
  SlHash code;
  SlId id = sl_id_none;
  if (sl_hub_code_hash (code_of (call), &code)
      && !sl_log_store_find_code (call->hub->store, &code, call->now_ms, &id, error))
    return NULL;
  return sl_id_is_none (&id) ? refuse_code (call) : NULL;
}

/**
 * sl_hub_found:
 * @call: anybody's request with a code
 * @error: return location
 *
 * Takes a studio for the account whose code it is. The same invitation again is answered again; and so is another one
 * of the same studio, but where the hub's device cannot go on: then it is taken anew, behind the log that is there.
 *
 * Returns: (transfer full): the answer; %NULL on failure
 */
SlSyncAnswer *
sl_hub_found (SlHubCall *call, GError **error)
{
  SlHash code;
  guint8 request[SL_ID_BYTES];
  SlId id = sl_id_none;
  gboolean good = sl_hub_code_hash (code_of (call), &code);
  const char *asked = g_hash_table_lookup (call->request->headers, "studioloop-request");
  if (asked != NULL && !sl_hub_request_parse (asked, request))
    return sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, "Studioloop-Request is 32 hexadecimal digits", 0);
  if (asked == NULL)
    sl_hub_request_of (call->request->body, request);
  if ((good && !sl_log_store_take_code (call->hub->store, &code, request, call->now_ms, &id, error))
      || (!sl_id_is_none (&id) && !sl_hub_tenant_find (call->hub, &id, &call->tenant, error)))
    return NULL;
  if (call->tenant == NULL)
    return refuse_code (call);
  g_mutex_lock (&call->tenant->replica_lock);
  SlSyncAnswer *answer = found_locked (call, error);
  g_mutex_unlock (&call->tenant->replica_lock);
  return answer;
}
