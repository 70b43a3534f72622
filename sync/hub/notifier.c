/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notifier"

#include "hub/notifier.h"

#include "sender/sender.h"

#define ROUND_MS (10 * 1000) /* how long news waits at most where nothing fails */
#define AT_ONCE 100          /* of one studio, before the next one has its turn */

/* How a studio's program does. */
typedef struct {
  guint failures;            /* in a row */
  gint64 next_us;
} Standing;

struct _SlNotifier {
  SlHub *hub;
  SlEventLog *log;
  char *program;
  char **channels;           /* (nullable) */
  GHashTable *standings;     /* SlId* → Standing*: the thread's own */
  GCancellable *cancellable; /* for the program that runs */
  GThread *thread;
  GMutex mutex;
  GCond cond;
  gboolean stopping, ended;  /* under mutex */
};

/**
 * sl_notifier_back_off_ms:
 * @failures: how often it has failed in a row, above 0
 *
 * Returns: how long to wait; any thread
 */
gint64
sl_notifier_back_off_ms (guint failures)
{
  gint64 wait_ms = SL_NOTIFIER_WAIT_FIRST_MS;
  for (guint i = 1; i < failures && wait_ms < SL_NOTIFIER_WAIT_MAX_MS; i++)
    wait_ms *= 2;
  return MIN (wait_ms, SL_NOTIFIER_WAIT_MAX_MS);
}

static gboolean
goes_on (gpointer user_data)
{
  SlNotifier *notifier = user_data;
  g_mutex_lock (&notifier->mutex);
  gboolean on = !notifier->stopping;
  g_mutex_unlock (&notifier->mutex);
  return on;
}

static SlSenderAnswer
send_by_program (gpointer user_data, const SlId *organisation, GTimeZone *zone, const SlMessage *message)
{
  SlNotifier *notifier = user_data;
  SlSenderProgram program = { .program = notifier->program, .organisation = *organisation, .zone = zone,
                              .cancellable = notifier->cancellable };
  SlSenderAnswer answer = sl_sender_program (&program, message);
  if (program.problem != NULL)
    sl_event_log_failure (notifier->log, "sender_not_started", program.problem);
  g_clear_error (&program.problem);
  return answer;
}

/* How many, and whose by the first digits of the id: nothing about a person. */
static void
say_counts (SlNotifier *notifier, const SlId *tenant, const SlSendCounts *counts)
{
  char text[SL_ID_TEXT_BYTES];
  if (counts->sent + counts->later + counts->given_up == 0)
    return;
  sl_id_format (tenant, text);
  text[8] = '\0';
  sl_event_log_write (notifier->log, SL_EVENT_INFO, "notified",
                      json_pack ("{ss,sI,sI,sI}", "org", text, "sent", (json_int_t) counts->sent, "later",
                                 (json_int_t) counts->later, "given_up", (json_int_t) counts->given_up));
}

static Standing *
standing_of (SlNotifier *notifier, const SlId *tenant)
{
  Standing *standing = g_hash_table_lookup (notifier->standings, tenant);
  if (standing == NULL)
    {
      standing = g_new0 (Standing, 1);
      g_hash_table_insert (notifier->standings, sl_id_copy (tenant), standing);
    }
  return standing;
}

/* One studio's turn: one that fails is left alone for a while, and keeps no other waiting. */
static void
notify (SlNotifier *notifier, const SlId *tenant)
{
  Standing *standing = standing_of (notifier, tenant);
  const SlHubSender sender = { .send = send_by_program, .goes_on = goes_on, .user_data = notifier,
                               .params = { .limit = AT_ONCE, .channels = (const char *const *) notifier->channels } };
  SlSendCounts counts;
  g_autoptr (GError) error = NULL;
  if (g_get_monotonic_time () < standing->next_us)
    return;
  gboolean done = sl_hub_notify (notifier->hub, tenant, &sender, &counts, &error);
  say_counts (notifier, tenant, &counts);
  if (!done)
    sl_event_log_failure (notifier->log, "notifying_failed", error);
  if (counts.sent > 0 || (done && counts.later == 0))
    standing->failures = 0;
  if (done && counts.later == 0)
    return;
  gint64 wait_ms = sl_notifier_back_off_ms (++standing->failures);
  standing->next_us = g_get_monotonic_time () + wait_ms * 1000;
  sl_event_log_write (notifier->log, SL_EVENT_WARNING, "notifying_waits",
                      json_pack ("{sI,si}", "wait_ms", (json_int_t) wait_ms, "failures", (int) standing->failures));
}

static void
go_round (SlNotifier *notifier)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tenants = sl_hub_tenants (notifier->hub, &error);
  if (tenants == NULL)
    sl_event_log_failure (notifier->log, "notifying_failed", error);
  for (guint i = 0; tenants != NULL && i < tenants->len && goes_on (notifier); i++)
    {
      const SlTenant *tenant = tenants->pdata[i];
      if (!sl_id_is_none (&tenant->organisation))
        notify (notifier, &tenant->id);
    }
}

static gpointer
work (gpointer user_data)
{
  SlNotifier *notifier = user_data;
  while (goes_on (notifier))
    {
      go_round (notifier);
      gint64 next_us = g_get_monotonic_time () + ROUND_MS * 1000;
      g_mutex_lock (&notifier->mutex);
      while (!notifier->stopping && g_cond_wait_until (&notifier->cond, &notifier->mutex, next_us))
        ;
      g_mutex_unlock (&notifier->mutex);
    }
  g_mutex_lock (&notifier->mutex);
  notifier->ended = TRUE;
  g_cond_broadcast (&notifier->cond);
  g_mutex_unlock (&notifier->mutex);
  return NULL;
}

/**
 * sl_notifier_new:
 * @hub: kept by reference, as @log
 * @log: what it does, without a word about a person
 * @program: run for each message
 * @channels: (nullable): that it can send by; %NULL: all
 *
 * Begins at once.
 *
 * Returns: (transfer full): to be ended with sl_notifier_stop()
 */
SlNotifier *
sl_notifier_new (SlHub *hub, SlEventLog *log, const char *program, const char *const *channels)
{
  SlNotifier *notifier = g_new0 (SlNotifier, 1);
  notifier->hub = hub;
  notifier->log = log;
  notifier->program = g_strdup (program);
  notifier->channels = g_strdupv ((char **) channels);
  notifier->standings = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  notifier->cancellable = g_cancellable_new ();
  g_mutex_init (&notifier->mutex);
  g_cond_init (&notifier->cond);
  notifier->thread = g_thread_new ("sl-notifier", work, notifier);
  return notifier;
}

/**
 * sl_notifier_stop:
 * @notifier: (nullable): to be stopped
 * @wait_ms: how long it may take
 *
 * Begins no message any more. A program that runs has half the time to end by itself; then it is ended, and its message
 * is tried again when a hub runs next.
 *
 * Returns: %FALSE when the thread still runs: the process should end
 */
gboolean
sl_notifier_stop (SlNotifier *notifier, gint64 wait_ms)
{
  if (notifier == NULL)
    return TRUE;
  gint64 begin_us = g_get_monotonic_time ();
  gint64 half_us = begin_us + wait_ms / 2 * 1000, end_us = begin_us + wait_ms * 1000;
  g_mutex_lock (&notifier->mutex);
  notifier->stopping = TRUE;
  g_cond_broadcast (&notifier->cond);
  while (!notifier->ended && g_cond_wait_until (&notifier->cond, &notifier->mutex, half_us))
    ;
  if (!notifier->ended)
    g_cancellable_cancel (notifier->cancellable);
  while (!notifier->ended && g_cond_wait_until (&notifier->cond, &notifier->mutex, end_us))
    ;
  gboolean ended = notifier->ended;
  g_mutex_unlock (&notifier->mutex);
  if (ended)
    g_thread_join (g_steal_pointer (&notifier->thread));
  return ended;
}

/**
 * sl_notifier_free:
 * @notifier: (nullable): stopped
 *
 * Frees it.
 */
void
sl_notifier_free (SlNotifier *notifier)
{
  if (notifier == NULL)
    return;
  g_assert (notifier->thread == NULL);
  g_free (notifier->program);
  g_strfreev (notifier->channels);
  g_hash_table_unref (notifier->standings);
  g_object_unref (notifier->cancellable);
  g_mutex_clear (&notifier->mutex);
  g_cond_clear (&notifier->cond);
  g_free (notifier);
}
