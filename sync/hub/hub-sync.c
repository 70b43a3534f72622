/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-sync"

#include "hub/hub-private.h"

/* One exchange: takes what came, gives what is new. */

/* A body must be of the one who signed the request, and of that studio. */
static SlSyncAnswer *
check_body (const SlHubCall *call, const SlHubBody *body)
{
  if (!sl_id_equal (&body->header.organisation, &call->organisation))
    return sl_sync_answer_new_error (SL_SYNC_FOREIGN_ORGANISATION, "the body is of another studio", 0);
  if (!sl_id_equal (&body->header.by, &call->claimed.replica))
    return sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, "the body is of another device", 0);
  if (sl_sync_version_choose (body->item.version_lowest, body->item.version) == 0)
    return sl_sync_answer_new_error (SL_SYNC_WRONG_VERSION, "no version in common", 0);
  return NULL;
}

/* After what it brought was taken. A stranger may turn out to be a device; what a revoked one wrote is kept for people
 * to review, and it gets nothing. */
static SlSyncAnswer *
check_standing (SlHubCall *call)
{
  SlHubTenant *tenant = call->tenant;
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, &call->claimed.replica);
  gboolean admitted = chain != NULL && chain->admitted;
  gboolean revoked = chain != NULL && chain->revoked;
  g_mutex_unlock (&tenant->lock);
  if (revoked)
    return sl_sync_answer_new_error (SL_SYNC_DEVICE_REVOKED, "this device no longer belongs to the studio", 0);
  if (admitted)
    return NULL;
  return sl_sync_answer_new_error (SL_SYNC_UNKNOWN_DEVICE, "nobody has admitted this device, as far as is known", 0);
}

/* Who has just come in is admitted once the replica has applied it. */
static gboolean
look_at_standing (SlHubCall *call, GError **error)
{
  SlHubTenant *tenant = call->tenant;
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, &call->claimed.replica);
  gboolean known = chain != NULL && chain->admitted;
  g_mutex_unlock (&tenant->lock);
  if (known)
    return TRUE;
  if (!sl_hub_replica_lock (tenant, error))
    return FALSE;
  gboolean done = sl_hub_replica_catch_up (tenant, error);
  g_mutex_unlock (&tenant->replica_lock);
  return done;
}

/* To such devices spots may go. */
static void
note_heard (SlHubCall *call)
{
  g_mutex_lock (&call->tenant->lock);
  SlHubChain *chain = sl_hub_tenant_chain (call->tenant, &call->claimed.replica);
  if (chain != NULL)
    chain->heard_ms = call->now_ms;
  g_mutex_unlock (&call->tenant->lock);
}

/* sl_hub_call_identify: who the hub is for this call, from now on. */
void
sl_hub_call_identify (SlHubCall *call)
{
  SlHubTenant *tenant = call->tenant;
  g_mutex_lock (&tenant->lock);
  if (tenant->row != NULL)
    {
      call->epoch = tenant->row->epoch;
      call->hub_replica = tenant->row->replica;
      call->hub_key = tenant->key;
    }
  g_mutex_unlock (&tenant->lock);
}

static SlSyncAnswer *
exchange (SlHubCall *call, SlHubBody *body, gboolean with_rights, GError **error)
{
  g_autoptr (GArray) asks = NULL;
  if (!sl_hub_take (call, body, error) || !look_at_standing (call, error))
    return NULL;
  SlSyncAnswer *refused = check_standing (call);
  if (refused != NULL)
    return refused;
  note_heard (call);
  if (with_rights && body->item.asks != NULL && body->item.asks->len > 0)
    {
      asks = g_array_copy (body->item.asks);
      if (!sl_hub_grant (call, &body->item.request, asks, error))
        return NULL;
    }
  sl_hub_call_identify (call); /* a new epoch may have begun */
  g_autoptr (GBytes) stream = sl_hub_answer_stream (call, body, asks, error);
  return stream != NULL ? sl_sync_answer_new (SL_SYNC_STREAM_TYPE, stream) : NULL;
}

/**
 * sl_hub_sync:
 * @call: a request whose signature holds
 * @with_rights: whether asks in it are for the hub's device to answer
 * @error: return location: the hub's own
 *
 * What is acknowledged is in the log.
 *
 * Returns: (transfer full): the answer; %NULL on failure
 */
SlSyncAnswer *
sl_hub_sync (SlHubCall *call, gboolean with_rights, GError **error)
{
  g_auto (SlHubBody) body = { 0 };
  g_autofree char *message = NULL;
  if (g_bytes_get_size (call->request->body) > SL_SYNC_BODY_MAX_BYTES)
    return sl_sync_answer_new_error (SL_SYNC_TOO_LARGE, "send less in one request", 0);
  SlSyncCode code = sl_hub_body_read (call->request->body, &body, &message);
  if (code != SL_SYNC_OK)
    return sl_sync_answer_new_error (code, message, 0);
  SlSyncAnswer *refused = check_body (call, &body);
  return refused != NULL ? refused : exchange (call, &body, with_rights, error);
}
