/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-peer-stream"

#include <string.h>

#include "agent/peer-private.h"

#define BLOCK_BYTES 256 /* the library reads so much at once; an event has some 40 */

struct _SlPeerStream {
  SlPeerServer *server;
  struct MHD_Connection *connection;
  SlId replica;
  gboolean news, beat, ended, suspended;
};

/* The library's callback: what there is to say. Nothing: the connection sleeps until it is woken. */
static ssize_t
read_stream (void *data, uint64_t position, char *buffer, size_t max)
{
  SlPeerStream *stream = data;
  SlPeerServer *server = stream->server;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  if (stream->ended)
    return MHD_CONTENT_READER_END_OF_STREAM;
  int written = 0;
  if (stream->news)
    written = g_snprintf (buffer, max, "event: news\ndata: %" G_GUINT64_FORMAT "\n\n", server->head);
  else if (stream->beat)
    written = g_snprintf (buffer, max, ":\n\n");
  if (written >= (int) max)
    return MHD_CONTENT_READER_END_WITH_ERROR; /* not with blocks of this size */
  stream->news = stream->beat = FALSE;
  if (written > 0)
    return written;
  stream->suspended = TRUE;
  MHD_suspend_connection (stream->connection);
  return 0;
}

static void
stream_free (void *data)
{
  SlPeerStream *stream = data;
  SlPeerServer *server = stream->server;
  g_mutex_lock (&server->mutex);
  if (g_hash_table_lookup (server->streams, &stream->replica) == stream)
    g_hash_table_remove (server->streams, &stream->replica);
  server->n_streams--;
  g_mutex_unlock (&server->mutex);
  g_free (stream);
}

static void
wake (SlPeerStream *stream)
{
  if (!stream->suspended)
    return;
  stream->suspended = FALSE;
  MHD_resume_connection (stream->connection);
}

/**
 * sl_peer_stream_open:
 * @server: the server
 * @connection: of the device that listens
 * @replica: that device; an older stream of it ends
 *
 * On the library's thread. The stream begins with where the log stands, where that is known.
 *
 * Returns: (transfer full) (nullable): the answer to queue; %NULL with %SL_PEER_STREAMS_MAX open
 */
struct MHD_Response *
sl_peer_stream_open (SlPeerServer *server, struct MHD_Connection *connection, const SlId *replica)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  SlPeerStream *older = g_hash_table_lookup (server->streams, replica);
  if (older != NULL)
    {
      g_hash_table_remove (server->streams, replica);
      older->ended = TRUE;
      wake (older);
    }
  if (server->n_streams >= SL_PEER_STREAMS_MAX || server->stopping)
    return NULL;
  SlPeerStream *stream = g_new0 (SlPeerStream, 1);
  stream->server = server;
  stream->connection = connection;
  stream->replica = *replica;
  stream->news = server->head > 0;
  stream->beat = TRUE; /* the asker sees at once that it is heard */
  struct MHD_Response *response
      = MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, stream, stream_free);
  if (response == NULL)
    {
      g_free (stream);
      return NULL;
    }
  server->n_streams++;
  g_hash_table_insert (server->streams, &stream->replica, stream);
  return response;
}

/**
 * sl_peer_streams_wake:
 * @server: the server, its mutex held
 * @beat: a comment only, so that both ends see that the other is there; else the news
 */
void
sl_peer_streams_wake (SlPeerServer *server, gboolean beat)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, server->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SlPeerStream *stream = value;
      *(beat ? &stream->beat : &stream->news) = TRUE;
      wake (stream);
    }
}

/**
 * sl_peer_streams_end:
 * @server: the server, its mutex held
 *
 * Lets every stream end by itself.
 */
void
sl_peer_streams_end (SlPeerServer *server)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, server->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SlPeerStream *stream = value;
      stream->ended = TRUE;
      wake (stream);
    }
}
