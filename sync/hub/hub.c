/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub"

#include "hub/hub.h"

#include <errno.h>
#include <string.h>

#include "core/error.h"
#include "hub/hub-private.h"

#define MINUTE_MS (60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define BUSY_AFTER_S 5 /* when to come again where the store does not answer */
#define REPLICA_WAIT_MS (10 * 1000) /* longer than a batch or a grant takes; an agent gives up after 30 s of silence */
#define DUE_AFTER_MS MINUTE_MS
#define CLOSE_AFTER_MS (10 * MINUTE_MS) /* without news */

/**
 * sl_hub_new:
 * @store: where the logs are; must outlive the hub
 * @replicas: a directory for what can be made again
 * @world: clock and random; must outlive the hub
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the hub
 */
SlHub *
sl_hub_new (SlLogStore *store, const char *replicas, SlWorld *world, GError **error)
{
  g_return_val_if_fail (store != NULL && replicas != NULL && world != NULL, NULL);
  if (!sl_crypto_init (error))
    return NULL;
  if (g_mkdir_with_parents (replicas, 0700) != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", replicas, g_strerror (errno));
      return NULL;
    }
  SlHub *hub = g_new0 (SlHub, 1);
  hub->store = store;
  hub->replicas = g_strdup (replicas);
  hub->world = world;
  g_mutex_init (&hub->lock);
  hub->tenants = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, sl_hub_tenant_free);
  hub->organisations = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  hub->requests = sl_rate_limit_new (SL_HUB_REQUESTS_PER_MINUTE, MINUTE_MS);
  hub->streams = sl_rate_limit_new (SL_HUB_STREAMS_PER_MINUTE, MINUTE_MS);
  hub->unknown = sl_rate_limit_new (SL_HUB_UNKNOWN_PER_HOUR, HOUR_MS);
  hub->nonces = sl_nonces_new (world->now_ms (world));
  hub->asked = sl_asked_new ();
  hub->replica_wait_ms = REPLICA_WAIT_MS;
  return hub;
}

/**
 * sl_hub_free:
 * @hub: (nullable) (transfer full): a hub that nobody uses any more
 */
void
sl_hub_free (SlHub *hub)
{
  if (hub == NULL)
    return;
  g_hash_table_unref (hub->organisations);
  g_hash_table_unref (hub->tenants);
  sl_rate_limit_free (hub->requests);
  sl_rate_limit_free (hub->streams);
  sl_rate_limit_free (hub->unknown);
  sl_nonces_free (hub->nonces);
  sl_asked_free (hub->asked);
  g_mutex_clear (&hub->lock);
  explicit_bzero (&hub->secret, sizeof hub->secret);
  g_free (hub->replicas);
  g_free (hub);
}

/**
 * sl_hub_set_secret:
 * @hub: a hub that has done nothing yet
 * @secret: what only this hub's processes know
 * @length: bytes
 *
 * Masks the seeds of device keys in the store: who reads the store alone has no device of any studio.
 */
void
sl_hub_set_secret (SlHub *hub, const void *secret, gsize length)
{
  SlHasher hasher;
  g_return_if_fail (hub != NULL && secret != NULL && length > 0);
  sl_hasher_init (&hasher, "studioloop hub secret v1");
  sl_hasher_add_sized (&hasher, secret, length);
  sl_hasher_finish (&hasher, &hub->secret);
  hub->has_secret = TRUE;
}

/* --- who asks --- */

/* NULL: they may go on. */
static SlSyncAnswer *
limit (SlRateLimit *rate, const char *key, gint64 now_ms)
{
  gint64 retry_ms = 0;
  if (sl_rate_limit_take (rate, key, now_ms, &retry_ms))
    return NULL;
  return sl_sync_answer_new_error (SL_SYNC_TOO_MANY, "too many requests", MAX (retry_ms + 999, 1000) / 1000);
}

/* The same, of whom nobody knows: code says why, unless they have been too many. */
static SlSyncAnswer *
refuse_unknown (SlHubCall *call, SlSyncCode code, const char *message)
{
  SlSyncAnswer *many = limit (call->hub->unknown, call->from, call->now_ms);
  return many != NULL ? many : sl_sync_answer_new_error (code, message, 0);
}

static gboolean
find_tenant (SlHubCall *call, gboolean *out_founded, GError **error)
{
  *out_founded = FALSE;
  if (!sl_hub_tenant_find (call->hub, &call->claimed.organisation, &call->tenant, error))
    return FALSE;
  if (call->tenant == NULL)
    return TRUE;
  g_mutex_lock (&call->tenant->lock);
  gboolean loaded = sl_hub_tenant_load (call->tenant, error);
  *out_founded = loaded && sl_hub_is_founded (call->tenant->row);
  if (*out_founded)
    {
      call->organisation = call->tenant->row->organisation;
      call->epoch = call->tenant->row->epoch;
      call->hub_replica = call->tenant->row->replica;
      call->hub_key = call->tenant->key;
    }
  g_mutex_unlock (&call->tenant->lock);
  return loaded;
}

/* Whose key it must be. A device of which the log has something and the replica has not told yet is looked up. */
static gboolean
find_key (SlHubCall *call, guint8 out_key[SL_SIGN_PUBLIC_BYTES], gboolean *out_found, GError **error)
{
  SlHubTenant *tenant = call->tenant;
  gboolean done = TRUE, in_log = TRUE;
  *out_found = FALSE;
  for (guint i = 0; done && !*out_found && in_log && i < 2; i++)
    {
      if (i > 0)
        {
          if (!sl_hub_replica_lock (tenant, error))
            return FALSE;
          done = sl_hub_replica_catch_up (tenant, error);
          g_mutex_unlock (&tenant->replica_lock);
        }
      g_mutex_lock (&tenant->lock);
      if (sl_hub_tenant_chain (tenant, &call->claimed.replica) == NULL)
        done = done && sl_hub_tenant_refresh (tenant, error);
      const SlHubChain *chain = sl_hub_tenant_chain (tenant, &call->claimed.replica);
      in_log = chain != NULL;
      *out_found = in_log && chain->has_key;
      if (*out_found)
        memcpy (out_key, chain->public_key, SL_SIGN_PUBLIC_BYTES);
      g_mutex_unlock (&tenant->lock);
    }
  if (!done || *out_found || !call->claimed.has_key)
    return done;
  call->stranger = *out_found = TRUE;
  memcpy (out_key, call->claimed.public_key, SL_SIGN_PUBLIC_BYTES);
  return TRUE;
}

static SlSyncAnswer *
check_replay (SlHubCall *call, GError **error)
{
  gboolean fresh = TRUE;
  SlSyncCode code = sl_nonces_take (call->hub->nonces, &call->claimed, call->now_ms);
  if (code == SL_SYNC_OK
      && !sl_log_store_take_nonce (call->hub->store, &call->claimed.replica, call->claimed.nonce, call->now_ms, &fresh,
                                   error))
    return NULL;
  if (code == SL_SYNC_OK && !fresh)
    code = SL_SYNC_REPLAYED;
  return code == SL_SYNC_OK ? NULL : sl_sync_answer_new_error (code, "this request has come before", 0);
}

static SlSyncAnswer *
check_rate (SlHubCall *call, SlRateLimit *rate)
{
  char replica[SL_ID_TEXT_BYTES], tenant[SL_ID_TEXT_BYTES];
  if (call->stranger)
    return limit (call->hub->unknown, call->from, call->now_ms);
  g_autofree char *key = g_strconcat (sl_id_format (&call->tenant->id, tenant), "/",
                                      sl_id_format (&call->claimed.replica, replica), NULL);
  return limit (rate, key, call->now_ms);
}

/* NULL: good, or a failure. */
static SlSyncAnswer *
authenticate (SlHubCall *call, SlRateLimit *rate, GError **error)
{
  g_autoptr (GError) failure = NULL;
  guint8 key[SL_SIGN_PUBLIC_BYTES];
  gboolean found;
  SlSyncCode code = sl_sync_request_read (call->request, &call->claimed);
  if (code != SL_SYNC_OK)
    return refuse_unknown (call, code, "the request is not signed as it must be");
  if (!find_tenant (call, &found, error))
    return NULL;
  if (!found)
    return refuse_unknown (call, SL_SYNC_FOREIGN_ORGANISATION, "this hub does not know the studio");
  if (!find_key (call, key, &found, error))
    return NULL;
  if (!found)
    return refuse_unknown (call, SL_SYNC_UNKNOWN_DEVICE, "nobody has admitted this device, as far as is known here");
  code = sl_sync_request_check (call->request, &call->claimed, key, call->now_ms);
  if (code == SL_SYNC_CLOCK_SKEW)
    return sl_sync_answer_new_error (code, "the clocks are too far apart", 0);
  if (code != SL_SYNC_OK)
    return refuse_unknown (call, code, "the signature does not hold");
  SlSyncAnswer *refused = check_rate (call, rate);
  if (refused == NULL)
    refused = check_replay (call, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return refused;
}

/* --- answers --- */

static void
sign_with_key (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

/* With the key of the studio's hub, where it is known which one is asked. */
static void
sign (SlHubCall *call, SlSyncAnswer *answer)
{
  SlSyncSigner signer = { .replica = call->hub_replica, .sign = sign_with_key, .user_data = &call->hub_key };
  if (sl_id_is_none (&call->hub_replica))
    return;
  memcpy (signer.public_key, call->hub_key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_sync_sign_answer (answer, call->request, &signer, call->now_ms);
}

/* Our own trouble; what it is stays here. */
static SlSyncAnswer *
answer_failure (const GError *failure)
{
  switch (failure != NULL && failure->domain == SL_ERROR ? failure->code : SL_ERROR_LAST)
    {
    case SL_ERROR_BUSY:
      return sl_sync_answer_new_error (SL_SYNC_BUSY, "try again in a moment", BUSY_AFTER_S);
    case SL_ERROR_NO_STUDIO:
      return sl_sync_answer_new_error (SL_SYNC_NOT_FOUNDED, "no studio has been taken there yet", 0);
    default:
      return sl_sync_answer_new_error (SL_SYNC_STORAGE, "the hub cannot store or read", 0);
    }
}

static SlSyncAnswer *
finish (SlHubCall *call, SlSyncAnswer *answer, GError *failure)
{
  if (answer == NULL)
    {
      g_warning ("%s: %s", call->request->path, failure != NULL ? failure->message : "no answer");
      answer = answer_failure (failure);
    }
  sign (call, answer);
  sl_sign_key_clear (&call->hub_key);
  return answer;
}

typedef struct {
  const char *path, *method;
  gboolean is_signed;
} Path;

static const Path paths[] = {
  { "/v1/sync", "POST", TRUE },  { "/v1/rights", "POST", TRUE }, { "/v1/snapshot", "GET", TRUE },
  { "/v1/pair", "POST", FALSE }, { "/v1/found", "POST", FALSE },
};

static const Path *
find_path (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_str_equal (paths[i].path, path))
      return &paths[i];
  return NULL;
}

/* A snapshot is for devices of the studio only. */
static SlSyncAnswer *
give_snapshot (SlHubCall *call, GError **error)
{
  g_mutex_lock (&call->tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (call->tenant, &call->claimed.replica);
  gboolean may = chain != NULL && chain->admitted && !chain->revoked;
  gboolean revoked = chain != NULL && chain->revoked;
  g_mutex_unlock (&call->tenant->lock);
  if (may)
    return sl_hub_snapshot (call, error);
  return sl_sync_answer_new_error (revoked ? SL_SYNC_DEVICE_REVOKED : SL_SYNC_UNKNOWN_DEVICE,
                                   "only devices of the studio may have it", 0);
}

static SlSyncAnswer *
dispatch (SlHubCall *call, const Path *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlSyncAnswer *refused = path->is_signed ? authenticate (call, call->hub->requests, &failure)
                                          : limit (call->hub->unknown, call->from, call->now_ms);
  if (refused != NULL || failure != NULL)
    {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      return refused;
    }
  if (g_str_equal (path->path, "/v1/pair"))
    return sl_hub_pair (call, error);
  if (g_str_equal (path->path, "/v1/found"))
    return sl_hub_found (call, error);
  if (g_str_equal (path->path, "/v1/snapshot"))
    return give_snapshot (call, error);
  return sl_hub_sync (call, g_str_equal (path->path, "/v1/rights"), error);
}

/**
 * sl_hub_handle:
 * @hub: a hub
 * @request: from anybody
 * @from: the asker's address, for the limits of whom nobody knows
 *
 * Any thread. Waits for the store; for the replica where rights, pairing or an unknown device ask for it.
 *
 * Returns: (transfer full): the answer, signed where it is known whose hub is asked
 */
SlSyncAnswer *
sl_hub_handle (SlHub *hub, const SlSyncRequest *request, const char *from)
{
  g_return_val_if_fail (hub != NULL && request != NULL && from != NULL, NULL);
  g_autoptr (GError) failure = NULL;
  SlHubCall call = { .hub = hub, .request = request, .from = from, .now_ms = hub->world->now_ms (hub->world) };
  const Path *path = find_path (request->path);
  if (path == NULL)
    return sl_sync_answer_new_error (SL_SYNC_NOT_FOUND, "there is no such path", 0);
  if (!g_str_equal (path->method, request->method))
    return sl_sync_answer_new_error (SL_SYNC_WRONG_METHOD, "not with this method", 0);
  SlSyncAnswer *answer = dispatch (&call, path, &failure);
  return finish (&call, answer, failure);
}

/**
 * sl_hub_check_first:
 * @hub: a hub
 * @request: for POST /v1/found, without its body
 * @from: as in sl_hub_handle()
 *
 * Any thread. Spends nothing. A studio's log may have gigabytes: nobody without a code has the hub take that.
 *
 * Returns: (transfer full) (nullable): %NULL: the body may come; else the answer to give
 */
SlSyncAnswer *
sl_hub_check_first (SlHub *hub, const SlSyncRequest *request, const char *from)
{
  g_return_val_if_fail (hub != NULL && request != NULL && from != NULL, NULL);
  g_autoptr (GError) failure = NULL;
  SlHubCall call = { .hub = hub, .request = request, .from = from, .now_ms = hub->world->now_ms (hub->world) };
  SlSyncAnswer *refused = limit (hub->unknown, from, call.now_ms);
  if (refused == NULL)
    refused = sl_hub_found_check (&call, &failure);
  return refused == NULL && failure == NULL ? NULL : finish (&call, refused, failure);
}

/**
 * sl_hub_check_events:
 * @hub: a hub
 * @request: for GET /v1/events
 * @from: as in sl_hub_handle()
 * @out_tenant: (out): of whose log the asker may hear
 * @out_replica: (out): the asker
 * @out_head: (out): where that log ends now
 *
 * Any thread. Counted apart from other requests.
 *
 * Returns: (transfer full) (nullable): %NULL: the request is good; else the answer to give
 */
SlSyncAnswer *
sl_hub_check_events (SlHub *hub, const SlSyncRequest *request, const char *from, SlId *out_tenant, SlId *out_replica,
                     guint64 *out_head)
{
  g_return_val_if_fail (hub != NULL && request != NULL && from != NULL, NULL);
  g_autoptr (GError) failure = NULL;
  SlHubCall call = { .hub = hub, .request = request, .from = from, .now_ms = hub->world->now_ms (hub->world) };
  SlSyncAnswer *refused = authenticate (&call, hub->streams, &failure);
  if (refused != NULL || failure != NULL)
    return finish (&call, refused, failure);
  g_mutex_lock (&call.tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (call.tenant, &call.claimed.replica);
  gboolean admitted = chain != NULL && chain->admitted, revoked = chain != NULL && chain->revoked;
  gboolean done = sl_hub_tenant_refresh (call.tenant, &failure);
  *out_tenant = call.tenant->id;
  *out_replica = call.claimed.replica;
  *out_head = call.tenant->head;
  g_mutex_unlock (&call.tenant->lock);
  if (done && admitted && !revoked)
    {
      sl_sign_key_clear (&call.hub_key);
      return NULL;
    }
  if (done)
    refused = sl_sync_answer_new_error (revoked ? SL_SYNC_DEVICE_REVOKED : SL_SYNC_UNKNOWN_DEVICE,
                                        "only devices of the studio may hear of it", 0);
  return finish (&call, refused, failure);
}

/* --- work --- */

static gboolean
work_on (SlHubTenant *tenant, const SlTenant *row, gboolean always, GError **error)
{
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world);
  gboolean done = TRUE;
  g_mutex_lock (&tenant->replica_lock);
  gboolean has_news = tenant->worked_head != row->head || !sl_id_equal (&tenant->worked_epoch, &row->epoch);
  if (has_news)
    tenant->news_ms = now_ms;
  if (always || has_news || ABS (now_ms - tenant->due_ms) >= DUE_AFTER_MS)
    done = sl_hub_replica_upkeep (tenant, error);
  if (ABS (now_ms - tenant->news_ms) >= CLOSE_AFTER_MS)
    sl_hub_replica_close (tenant); /* files and memory are for studios that are open */
  g_mutex_unlock (&tenant->replica_lock);
  if (!done)
    sl_hub_count (tenant->hub, SL_HUB_WORK_FAILED, 1);
  return done;
}

/* One that fails does not hold up the others; its failure is told at the end. */
static gboolean
work_on_all (SlHub *hub, GError **error)
{
  g_autoptr (GPtrArray) rows = sl_log_store_tenants (hub->store, error);
  g_autoptr (GError) first = NULL;
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      const SlTenant *row = rows->pdata[i];
      SlHubTenant *tenant;
      if (!sl_hub_is_founded (row) || row->head == 0)
        continue;
      if (sl_hub_tenant_find (hub, &row->id, &tenant, &failure) && tenant != NULL)
        (void) work_on (tenant, row, FALSE, &failure);
      if (failure != NULL)
        g_warning ("working on an organisation: %s", failure->message);
      if (failure != NULL && first == NULL)
        first = g_steal_pointer (&failure);
    }
  if (rows != NULL && first == NULL)
    return TRUE;
  if (first != NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/**
 * sl_hub_work:
 * @hub: a hub
 * @tenant: (nullable): of an account or its organisation; %NULL: all that have news, and all once a minute
 * @error: return location: the first of all failures
 *
 * Any thread, several at a time; may take seconds.
 *
 * Returns: %FALSE on failure: what could be done is done
 */
gboolean
sl_hub_work (SlHub *hub, const SlId *tenant, GError **error)
{
  g_return_val_if_fail (hub != NULL, FALSE);
  SlHubTenant *found;
  if (tenant == NULL || sl_id_is_none (tenant))
    return work_on_all (hub, error);
  g_autoptr (SlTenant) row = sl_log_store_find_tenant (hub->store, tenant, error);
  if (row == NULL || !sl_hub_tenant_find (hub, tenant, &found, error) || found == NULL)
    return FALSE;
  return !sl_hub_is_founded (row) || row->head == 0 || work_on (found, row, TRUE, error);
}
