/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-rights"

#include "hub/hub-private.h"

typedef struct {
  const SlId *asker;
  GArray *wanted, *given;
} Grant;

/* Asked again from the start where the log had grown. */
static gboolean
grant (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  Grant *self = user_data;
  g_array_set_size (self->given, 0);
  g_array_append_vals (self->given, self->wanted->data, self->wanted->len);
  return sl_ask_grant (tenant->engine, self->asker, (SlAsk *) self->given->data, self->given->len, error);
}

/* Another process may have answered it: then what it gave stands in the log, and comes with the answer as well. */
static gboolean
is_answered_elsewhere (SlHubCall *call, const SlId *request, gboolean *out, GError **error)
{
  gboolean fresh = TRUE;
  if (!sl_id_is_none (request)
      && !sl_log_store_take_nonce (call->hub->store, &call->claimed.replica, request->bytes, call->now_ms, &fresh,
                                   error))
    return FALSE;
  *out = !fresh;
  return TRUE;
}

static void
take_amounts (GArray *asks, const GArray *given)
{
  for (guint i = 0; i < asks->len; i++)
    g_array_index (asks, SlAsk, i).amount = given != NULL ? g_array_index (given, SlAsk, i).amount : 0;
}

/* Under the replica's lock, so that one that comes twice at once is given to once. */
static gboolean
grant_once (SlHubCall *call, const SlId *request, Grant *self, GError **error)
{
  gboolean elsewhere;
  g_autoptr (GArray) before
      = sl_asked_find (call->hub->asked, self->asker, request, self->wanted, call->now_ms);
  if (before == NULL && !is_answered_elsewhere (call, request, &elsewhere, error))
    return FALSE;
  if (before != NULL || elsewhere)
    {
      take_amounts (self->given, before);
      return TRUE;
    }
  if (!sl_hub_replica_do (call->tenant, grant, self, error))
    return FALSE;
  sl_asked_note (call->hub->asked, self->asker, request, self->wanted, self->given, call->now_ms);
  return TRUE;
}

/**
 * sl_hub_grant:
 * @call: a request of a device of the studio
 * @request: its number, or none
 * @inout_asks: (element-type SlAsk): what it asks for; what it was given
 * @error: return location
 *
 * What the hub's device holds and can spare goes to the asker, by operations that are in the log when this returns. One
 * that comes again gets the same answer, and nothing more: from another process of the hub the operations alone.
 *
 * Returns: %FALSE on failure: nothing was given
 */
gboolean
sl_hub_grant (SlHubCall *call, const SlId *request, GArray *inout_asks, GError **error)
{
  g_autoptr (GArray) wanted = g_array_copy (inout_asks);
  Grant self = { .asker = &call->claimed.replica, .wanted = wanted, .given = inout_asks };
  SlHubTenant *tenant = call->tenant;
  if (!sl_hub_replica_lock (tenant, error))
    return FALSE;
  gboolean done = grant_once (call, request, &self, error);
  g_mutex_unlock (&tenant->replica_lock);
  sl_hub_count (call->hub, SL_HUB_ASKS, wanted->len);
  for (guint i = 0; done && i < inout_asks->len; i++)
    sl_hub_count (call->hub, SL_HUB_ASKS_GRANTED, g_array_index (inout_asks, SlAsk, i).amount > 0);
  return done;
}
