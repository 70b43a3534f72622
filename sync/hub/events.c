/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-events"

#include "hub/events.h"

#include <string.h>

#define TEXT_MAX_BYTES 96    /* of one event: its words and a number of 20 digits */
#define BLOCK_BYTES 256      /* what the library asks for at a time: one event is always whole */
#define SPREAD_PARTS 4       /* streams end in the last quarter of their time, so that not all come back at once */

typedef struct {
  SlEvents *events;
  struct MHD_Connection *connection;
  SlId tenant, replica;
  GList in_all;              /* in events->all */
  GList in_tenant;           /* in the queue of its tenant */
  guint64 head;
  gboolean news;             /* head is to be told */
  gboolean comment, closing, asleep;
  gint64 comment_us, end_us; /* when the next comment, the end is due */
} Stream;

struct _SlEvents {
  const SlServerLimits *limits;
  SlServerMetrics *metrics;
  GMutex mutex;              /* taken before the library's own locks */
  GQueue all;
  GHashTable *tenants;       /* (element-type SlId GQueue) */
  GHashTable *heads;         /* (element-type SlId guint64): what was told last, also while nobody listened */
  GRand *rand;               /* only spreads load */
};

/**
 * sl_events_new:
 * @limits: kept by reference
 *
 * Returns: (transfer full): to be freed with sl_events_free() when no stream is left
 */
SlEvents *
sl_events_new (const SlServerLimits *limits, SlServerMetrics *metrics)
{
  SlEvents *events = g_new0 (SlEvents, 1);
  *events = (SlEvents) { .limits = limits, .metrics = metrics };
  g_mutex_init (&events->mutex);
  g_queue_init (&events->all);
  events->tenants = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  events->heads = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  events->rand = g_rand_new ();
  return events;
}

/**
 * sl_events_free:
 * @events: (nullable):
 *
 * There must be no stream left.
 */
void
sl_events_free (SlEvents *events)
{
  if (events == NULL)
    return;
  g_assert (events->all.length == 0);
  g_hash_table_unref (events->tenants);
  g_hash_table_unref (events->heads);
  g_rand_free (events->rand);
  g_mutex_clear (&events->mutex);
  g_free (events);
}

/* With the mutex. */
static void
wake (Stream *stream)
{
  if (!stream->asleep)
    return;
  stream->asleep = FALSE;
  MHD_resume_connection (stream->connection);
}

/* What is to be said now, or 0 bytes. With the mutex. */
static gsize
next_text (Stream *stream, char text[TEXT_MAX_BYTES])
{
  if (stream->news)
    {
      stream->news = FALSE;
      return g_snprintf (text, TEXT_MAX_BYTES, "event: news\ndata: %" G_GUINT64_FORMAT "\n\n", stream->head);
    }
  if (!stream->comment)
    return 0;
  stream->comment = FALSE;
  return g_snprintf (text, TEXT_MAX_BYTES, ":\n\n");
}

/* The library wants more of the stream. Whatever is said, the next comment is due a whole while later. */
static gssize
read_stream (void *user_data, uint64_t position, char *buffer, size_t max)
{
  Stream *stream = user_data;
  char text[TEXT_MAX_BYTES];
  g_mutex_lock (&stream->events->mutex);
  gssize given = 0;
  if (stream->closing)
    given = MHD_CONTENT_READER_END_OF_STREAM;
  else if (max >= TEXT_MAX_BYTES)
    given = next_text (stream, text);
  if (given == 0)
    {
      stream->asleep = TRUE;
      MHD_suspend_connection (stream->connection);
    }
  else if (given > 0)
    {
      memcpy (buffer, text, given);
      stream->comment_us = g_get_monotonic_time () + stream->events->limits->comment_ms * 1000;
    }
  g_mutex_unlock (&stream->events->mutex);
  return given;
}

/* The stream has ended, whoever ended it. */
static void
forget_stream (void *user_data)
{
  Stream *stream = user_data;
  SlEvents *events = stream->events;
  g_mutex_lock (&events->mutex);
  g_queue_unlink (&events->all, &stream->in_all);
  GQueue *of_tenant = g_hash_table_lookup (events->tenants, &stream->tenant);
  g_queue_unlink (of_tenant, &stream->in_tenant);
  if (of_tenant->length == 0)
    g_hash_table_remove (events->tenants, &stream->tenant);
  g_mutex_unlock (&events->mutex);
  g_free (stream);
}

/* A device that lost its line comes again before we notice: its oldest streams make room. With the mutex. */
static void
close_surplus (SlEvents *events, GQueue *of_tenant, const SlId *replica)
{
  guint count = 0;
  for (GList *at = of_tenant->tail; at != NULL; at = at->prev)
    {
      Stream *stream = at->data;
      if (stream->closing || !sl_id_equal (&stream->replica, replica) || ++count <= events->limits->streams_per_device)
        continue;
      stream->closing = TRUE;
      wake (stream);
    }
}

/**
 * sl_events_have_room:
 *
 * Returns: whether one more stream may begin; any thread
 */
gboolean
sl_events_have_room (SlEvents *events)
{
  return sl_events_count (events) < events->limits->streams;
}

/**
 * sl_events_add:
 * @connection: that the stream will be sent on
 * @tenant: whose news
 * @replica: who listens
 * @head: what the listener is told first, so that it knows at once whether it lags
 *
 * On the thread that serves @connection.
 *
 * Returns: (transfer full) (nullable): the response to queue; %NULL where the library has no memory
 */
struct MHD_Response *
sl_events_add (SlEvents *events, struct MHD_Connection *connection, const SlId *tenant, const SlId *replica,
               guint64 head)
{
  Stream *stream = g_new0 (Stream, 1);
  gint64 now_us = g_get_monotonic_time ();
  *stream = (Stream) { .events = events, .connection = connection, .tenant = *tenant, .replica = *replica,
                       .head = head, .news = TRUE };
  stream->in_all.data = stream->in_tenant.data = stream;
  stream->comment_us = now_us + events->limits->comment_ms * 1000;
  g_mutex_lock (&events->mutex);
  gint64 part_us = MAX (events->limits->stream_ms / SPREAD_PARTS, 1) * 1000;
  stream->end_us = now_us + (SPREAD_PARTS - 1) * part_us + (gint64) (g_rand_double (events->rand) * part_us);
  g_queue_push_tail_link (&events->all, &stream->in_all);
  GQueue *of_tenant = g_hash_table_lookup (events->tenants, tenant);
  if (of_tenant == NULL)
    {
      of_tenant = g_new0 (GQueue, 1);
      g_queue_init (of_tenant);
      g_hash_table_insert (events->tenants, sl_id_copy (tenant), of_tenant);
    }
  g_queue_push_tail_link (of_tenant, &stream->in_tenant);
  const guint64 *last = g_hash_table_lookup (events->heads, tenant);
  stream->head = MAX (head, last != NULL ? *last : 0);   /* the log may have grown since head was asked for */
  close_surplus (events, of_tenant, replica);
  g_mutex_unlock (&events->mutex);

  struct MHD_Response *response = MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, stream,
                                                                     forget_stream);
  if (response == NULL)
    forget_stream (stream);
  return response;
}

/**
 * sl_events_tell:
 * @head: how far the log of @tenant has grown; 0: unknown, but there may be news
 *
 * Wakes every stream of @tenant that does not know yet. Any thread.
 *
 * Returns: how many were woken
 */
guint
sl_events_tell (SlEvents *events, const SlId *tenant, guint64 head)
{
  guint told = 0;
  g_mutex_lock (&events->mutex);
  if (head != 0)
    g_hash_table_insert (events->heads, sl_id_copy (tenant), g_memdup2 (&head, sizeof head));
  GQueue *of_tenant = g_hash_table_lookup (events->tenants, tenant);
  for (GList *at = of_tenant != NULL ? of_tenant->head : NULL; at != NULL; at = at->next)
    {
      Stream *stream = at->data;
      if (head == stream->head)
        continue;
      /* Of two threads the later may come first. A log that lost its end may really be shorter. */
      stream->head = stream->news || head == 0 ? MAX (stream->head, head) : head;
      stream->news = TRUE;
      wake (stream);
      told++;
    }
  g_mutex_unlock (&events->mutex);
  sl_server_metrics_news (events->metrics, told);
  return told;
}

/**
 * sl_events_tick:
 *
 * Comments and ends that are due. One thread, now and then.
 */
void
sl_events_tick (SlEvents *events)
{
  gint64 now_us = g_get_monotonic_time ();
  g_mutex_lock (&events->mutex);
  for (GList *at = events->all.head; at != NULL; at = at->next)
    {
      Stream *stream = at->data;
      if (now_us >= stream->end_us)
        stream->closing = TRUE;
      else if (now_us >= stream->comment_us)
        stream->comment = TRUE;
      else
        continue;
      wake (stream);
    }
  g_mutex_unlock (&events->mutex);
}

/**
 * sl_events_close_all:
 *
 * Ends every stream in good order. Any thread.
 */
void
sl_events_close_all (SlEvents *events)
{
  g_mutex_lock (&events->mutex);
  for (GList *at = events->all.head; at != NULL; at = at->next)
    {
      Stream *stream = at->data;
      stream->closing = TRUE;
      wake (stream);
    }
  g_mutex_unlock (&events->mutex);
}

/**
 * sl_events_count:
 *
 * Returns: how many streams there are; any thread
 */
guint
sl_events_count (SlEvents *events)
{
  g_mutex_lock (&events->mutex);
  guint count = events->all.length;
  g_mutex_unlock (&events->mutex);
  return count;
}

/**
 * sl_events_tenants:
 *
 * Returns: (transfer full) (element-type SlId): of whom a device listens
 */
GArray *
sl_events_tenants (SlEvents *events)
{
  GArray *tenants = g_array_new (FALSE, FALSE, sizeof (SlId));
  GHashTableIter iter;
  gpointer id;
  g_mutex_lock (&events->mutex);
  g_hash_table_iter_init (&iter, events->tenants);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_val (tenants, *(const SlId *) id);
  g_mutex_unlock (&events->mutex);
  return tenants;
}
