/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-neighbours"

#include "agent/neighbours.h"

#include "core/error.h"

struct _SlNeighbours {
  GMutex lock;
  GHashTable *urls;        /* SlId* → GStrv */
  GHashTable *silent;      /* set of SlId*: of those */
};

/**
 * sl_neighbours_new:
 *
 * Returns: (transfer full): nobody yet
 */
SlNeighbours *
sl_neighbours_new (void)
{
  SlNeighbours *self = g_new0 (SlNeighbours, 1);
  g_mutex_init (&self->lock);
  self->urls = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, (GDestroyNotify) g_strfreev);
  self->silent = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  return self;
}

/**
 * sl_neighbours_free:
 * @neighbours: (nullable) (transfer full): that no other thread has any more
 */
void
sl_neighbours_free (SlNeighbours *neighbours)
{
  if (neighbours == NULL)
    return;
  g_hash_table_unref (neighbours->urls);
  g_hash_table_unref (neighbours->silent);
  g_mutex_clear (&neighbours->lock);
  g_free (neighbours);
}

/**
 * sl_neighbours_set:
 * @neighbours: who is there
 * @replica: one of them
 * @urls: (nullable): where; %NULL or empty: it has gone
 *
 * More than %SL_LAN_NEIGHBOURS_MAX are passed over. Who has moved counts as answering.
 */
void
sl_neighbours_set (SlNeighbours *neighbours, const SlId *replica, const char *const *urls)
{
  g_mutex_lock (&neighbours->lock);
  g_hash_table_remove (neighbours->silent, replica);
  if (urls == NULL || urls[0] == NULL)
    g_hash_table_remove (neighbours->urls, replica);
  else if (g_hash_table_contains (neighbours->urls, replica)
           || g_hash_table_size (neighbours->urls) < SL_LAN_NEIGHBOURS_MAX)
    g_hash_table_replace (neighbours->urls, sl_id_copy (replica), g_strdupv ((char **) urls));
  g_mutex_unlock (&neighbours->lock);
}

/**
 * sl_neighbours_list:
 * @neighbours: who is there
 *
 * Returns: (transfer full) (element-type SlId): in the order of their ids
 */
GArray *
sl_neighbours_list (SlNeighbours *neighbours)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (SlId));
  GHashTableIter iter;
  gpointer replica;
  g_mutex_lock (&neighbours->lock);
  g_hash_table_iter_init (&iter, neighbours->urls);
  while (g_hash_table_iter_next (&iter, &replica, NULL))
    g_array_append_vals (list, replica, 1);
  g_mutex_unlock (&neighbours->lock);
  g_array_sort (list, (GCompareFunc) sl_id_compare);
  return list;
}

/**
 * sl_neighbours_urls:
 * @neighbours: who is there
 * @replica: one of them, or not
 *
 * Returns: (transfer full): where it is reached; perhaps empty
 */
GStrv
sl_neighbours_urls (SlNeighbours *neighbours, const SlId *replica)
{
  g_mutex_lock (&neighbours->lock);
  GStrv found = g_hash_table_lookup (neighbours->urls, replica);
  GStrv copy = found != NULL ? g_strdupv (found) : g_new0 (char *, 1);
  g_mutex_unlock (&neighbours->lock);
  return copy;
}

/**
 * sl_neighbours_note:
 * @neighbours: who is there
 * @replica: one of them, or not
 * @answered: when it was asked last
 */
void
sl_neighbours_note (SlNeighbours *neighbours, const SlId *replica, gboolean answered)
{
  g_mutex_lock (&neighbours->lock);
  if (answered)
    g_hash_table_remove (neighbours->silent, replica);
  else if (g_hash_table_contains (neighbours->urls, replica))
    g_hash_table_add (neighbours->silent, sl_id_copy (replica));
  g_mutex_unlock (&neighbours->lock);
}

/**
 * sl_neighbours_is_silent:
 * @neighbours: who is there
 * @replica: one of them, or not
 *
 * Returns: whether it did not answer when it was asked last
 */
gboolean
sl_neighbours_is_silent (SlNeighbours *neighbours, const SlId *replica)
{
  g_mutex_lock (&neighbours->lock);
  gboolean silent = g_hash_table_contains (neighbours->silent, replica);
  g_mutex_unlock (&neighbours->lock);
  return silent;
}

struct _SlNeighbourLine {
  GStrv urls;
  guint tries;
  gint64 request_ms;
  SlCurl *curl;            /* (nullable): to urls[at] */
  guint at;
};

/**
 * sl_neighbour_line_new:
 * @urls: where one neighbour is reached, the best first
 * @request_ms: how long one request may take, at each address
 *
 * Returns: (transfer full): a line to it, of one thread
 */
SlNeighbourLine *
sl_neighbour_line_new (const char *const *urls, gint64 request_ms)
{
  SlNeighbourLine *self = g_new0 (SlNeighbourLine, 1);
  self->urls = g_strdupv ((char **) urls);
  self->request_ms = request_ms;
  self->tries = G_MAXUINT;
  return self;
}

/**
 * sl_neighbour_line_set_tries:
 * @line: a line
 * @tries: how many addresses one request may try, of those that there are
 */
void
sl_neighbour_line_set_tries (SlNeighbourLine *line, guint tries)
{
  line->tries = tries;
}

/**
 * sl_neighbour_line_free:
 * @line: (nullable) (transfer full): a line
 */
void
sl_neighbour_line_free (SlNeighbourLine *line)
{
  if (line == NULL)
    return;
  sl_curl_free (line->curl);
  g_strfreev (line->urls);
  g_free (line);
}

static gboolean
send_to_neighbour (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  SlNeighbourLine *self = user_data;
  guint count = g_strv_length (self->urls);
  for (guint tried = 0; tried < MIN (count, self->tries); tried++)
    {
      if (self->curl == NULL)
        {
          const SlCurlWhere where = { .url = self->urls[self->at % count] };
          self->curl = sl_curl_new (&where);
          sl_curl_set_connect (self->curl, SL_LAN_CONNECT_MS);
          sl_curl_set_limits (self->curl, self->request_ms, 0);
        }
      SlTransport transport = sl_curl_transport (self->curl);
      g_clear_error (error);
      if (transport.send (transport.user_data, request, out_answer, error))
        return TRUE;
      g_clear_pointer (&self->curl, sl_curl_free);
      self->at++;
    }
  if (count == 0)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "the neighbour has gone");
  return FALSE;
}

/**
 * sl_neighbour_line_transport:
 * @line: a line; must outlive the result
 *
 * Returns: what an agent sends over
 */
SlTransport
sl_neighbour_line_transport (SlNeighbourLine *line)
{
  return (SlTransport){ .send = send_to_neighbour, .user_data = line };
}
