/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-server-answer"

#include "hub/server-private.h"

#include <string.h>

#include "hub/address.h"

#define HEALTH_FRESH_US (G_USEC_PER_SEC)  /* however many balancers ask, the store is asked once a second */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* One round trip at a time: while a store hangs, whoever asks gets what was true before instead of another worker
 * hanging with it. */
static gboolean
check_store (SlServer *server, gboolean *out_known)
{
  g_mutex_lock (&server->mutex);
  gboolean fresh = server->checked_us != 0 && g_get_monotonic_time () - server->checked_us < HEALTH_FRESH_US;
  gboolean well = server->store_is_well;
  gboolean mine = !fresh && !server->checking;
  *out_known = fresh;
  if (mine)
    server->checking = TRUE;
  g_mutex_unlock (&server->mutex);
  if (!mine)
    return well;

  g_autoptr (GError) error = NULL;
  well = server->handler.check_store (server->handler.user_data, &error);
  if (!well)
    sl_event_log_failure (server->log, "store_failing", error);
  g_mutex_lock (&server->mutex);
  server->checking = FALSE;
  server->store_is_well = well;
  server->checked_us = g_get_monotonic_time ();
  g_mutex_unlock (&server->mutex);
  *out_known = TRUE;
  return well;
}

/**
 * sl_server_answer_health:
 *
 * Worker only: asks the store. A store that has not answered for a while is as bad as one that says no.
 *
 * Returns: (transfer full): 200 or 503
 */
SlSyncAnswer *
sl_server_answer_health (SlServer *server)
{
  gboolean known, well = check_store (server, &known);
  if (!well || !known)
    return sl_sync_answer_new_error (SL_SYNC_BUSY, "The store does not answer.", 5);
  static const char text[] = "{\"status\":\"ok\"}\n";
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  return sl_sync_answer_new ("application/json", body);
}

/**
 * sl_server_answer_metrics:
 * @asker: (nullable): who asks: how busy a hub is, is nobody's business but its operator's
 *
 * Worker only.
 *
 * Returns: (transfer full): the counters, or 404
 */
SlSyncAnswer *
sl_server_answer_metrics (SlServer *server, GInetAddress *asker)
{
  if (asker == NULL ||
      (!g_inet_address_get_is_loopback (asker) && !sl_address_in (server->config.metrics_for, asker)))
    return sl_sync_answer_new_error (SL_SYNC_NOT_FOUND, "There is no such path.", 0);
  SlServerGauges gauges;
  sl_server_gauges (server, &gauges);
  GString *text = g_string_new (NULL);
  sl_server_metrics_append (server->metrics, &gauges, text);
  g_autofree char *more = server->handler.metrics != NULL ? server->handler.metrics (server->handler.user_data) : NULL;
  if (more != NULL)
    g_string_append (text, more);
  g_autoptr (GBytes) body = g_string_free_to_bytes (text);
  return sl_sync_answer_new (METRICS_TYPE, body);
}

static void
unref_bytes (void *bytes)
{
  g_bytes_unref (bytes);
}

/**
 * sl_server_response_new:
 * @route: (nullable): of the request
 *
 * Returns: (transfer full) (nullable): @answer as the library sends it; %NULL where it has no memory
 */
struct MHD_Response *
sl_server_response_new (SlServer *server, const SlSyncAnswer *answer, const SlServerRoute *route)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (answer->body, &length);
  struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls (
    length, (void *) (length > 0 ? data : ""), unref_bytes, g_bytes_ref (answer->body));
  if (response == NULL)
    {
      g_bytes_unref (answer->body);
      return NULL;
    }
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, answer->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    (void) MHD_add_response_header (response, name, value);
  (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (route != NULL && (answer->code == SL_SYNC_WRONG_METHOD || answer->status == MHD_HTTP_NO_CONTENT))
    (void) MHD_add_response_header (response, MHD_HTTP_HEADER_ALLOW,
                                    route->kind == SL_ROUTE_HEALTH || route->kind == SL_ROUTE_METRICS
                                      ? "GET, HEAD, OPTIONS" : *route->method == 'G' ? "GET, OPTIONS"
                                                                                     : "POST, OPTIONS");
  g_mutex_lock (&server->mutex);
  gboolean stopping = server->stopping;
  g_mutex_unlock (&server->mutex);
  if (stopping)
    (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
  return response;
}
