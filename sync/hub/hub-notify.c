/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-notify"

#include "hub/hub-private.h"

#include "core/error.h"

/* What members are told, by the hub's device: the queue is the engine's (src/engine/README.md "Notifications"), and
 * that something was sent is an operation of this device. Programs run while the replica is free for others. */

typedef struct {
  SlHubTenant *tenant;
  const SlHubSender *sender;
  SlActor actor;
  GPtrArray *items;        /* (element-type SlNotification) */
  const SlNotification *item;
  SlOutgoing outgoing;
  SlSenderAnswer answer;
  SlSendCounts *counts;
  GTimeZone *zone;
  SlId organisation;
} Round;

static gboolean
collect (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  Round *round = user_data;
  g_auto (SlRefusal) refusal = { 0 };
  g_clear_pointer (&round->items, g_ptr_array_unref);
  g_clear_pointer (&round->zone, g_time_zone_unref);
  round->zone = g_time_zone_ref (sl_engine_time_zone (tenant->engine));
  round->organisation = *sl_oplog_get_organisation (sl_engine_get_log (tenant->engine));
  return sl_notifications_collect (tenant->engine, &round->actor, &round->sender->params, &round->items, &refusal,
                                   error);
}

static gboolean
begin (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  Round *round = user_data;
  sl_outgoing_clear (&round->outgoing);
  return sl_outgoing_begin (tenant->engine, round->item, &round->sender->params, &round->outgoing, error);
}

static gboolean
end (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  Round *round = user_data;
  return sl_outgoing_end (tenant->engine, &round->actor, &round->outgoing, round->answer, round->counts, error);
}

/* Under the replica's lock, which is free again afterwards. */
static gboolean
do_locked (Round *round, SlHubReplicaFunc func, GError **error)
{
  g_mutex_lock (&round->tenant->replica_lock);
  gboolean done = sl_hub_replica_do (round->tenant, func, round, error);
  g_mutex_unlock (&round->tenant->replica_lock);
  return done;
}

static SlSenderAnswer
send_by (gpointer user_data, const SlMessage *message)
{
  Round *round = user_data;
  return round->sender->send (round->sender->user_data, &round->organisation, round->zone, message);
}

static gboolean
send_all (Round *round, GError **error)
{
  for (guint i = 0; i < round->items->len; i++)
    {
      if (!round->sender->goes_on (round->sender->user_data))
        return TRUE;
      round->item = round->items->pdata[i];
      if (!do_locked (round, begin, error))
        return FALSE;
      round->answer = sl_outgoing_send (&round->outgoing, send_by, round);
      if (!do_locked (round, end, error))
        return FALSE;
      if (round->answer == SL_SENDER_LATER)
        return TRUE;
    }
  return TRUE;
}

/**
 * sl_hub_notify:
 * @hub: a hub
 * @tenant: an account
 * @sender: who delivers
 * @out: (out caller-allocates): how many of each, also on failure
 * @error: return location: NOT_FOUND, or the store's
 *
 * Not for an HTTP thread; one thread at a time for each tenant. What was taken is said in the log before the next one
 * is begun: who ends this process in between sends one message once more, under the same id.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_notify (SlHub *hub, const SlId *tenant, const SlHubSender *sender, SlSendCounts *out, GError **error)
{
  g_return_val_if_fail (hub != NULL && tenant != NULL && sender != NULL && out != NULL, FALSE);

  Round round = { .sender = sender, .counts = out };
  g_autoptr (GError) failure = NULL;
  *out = (SlSendCounts){ 0 };
  if (!sl_hub_tenant_find (hub, tenant, &round.tenant, error))
    return FALSE;
  if (round.tenant == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such organisation");
      return FALSE;
    }
  sl_actor_init_owner (&round.actor);
  round.actor.id = sl_actor_device; /* nobody stands at the hub: it is the device's doing */
  gboolean done = do_locked (&round, collect, &failure);
  if (done && round.items != NULL)
    done = send_all (&round, &failure);
  if (!done && g_error_matches (failure, SL_ERROR, SL_ERROR_NO_STUDIO))
    done = TRUE;
  else if (!done)
    g_propagate_error (error, g_steal_pointer (&failure));
  sl_hub_count (hub, SL_HUB_NOTIFICATIONS_SENT, (guint64) out->sent);
  sl_hub_count (hub, SL_HUB_NOTIFICATIONS_LATER, (guint64) out->later);
  sl_hub_count (hub, SL_HUB_NOTIFICATIONS_GIVEN_UP, (guint64) out->given_up);
  sl_outgoing_clear (&round.outgoing);
  g_clear_pointer (&round.items, g_ptr_array_unref);
  g_clear_pointer (&round.zone, g_time_zone_unref);
  sl_actor_clear (&round.actor);
  return done;
}
