/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-status"

#include "desk-status.h"

#include "date-words.h"
#include "text-fill.h"

#include "engine/attention.h"
#include "engine/clock.h"
#include "engine/exchange.h"
#include "engine/print-queue.h"
#include "engine/sync-status.h"

#include <glib/gi18n-lib.h>

#define MINUTE_MS (60 * G_GINT64_CONSTANT (1000))
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* On the engine's thread. */
static gboolean
read_disk (const char *dir, SlDeskStatus *status, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (dir);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, error);

  if (info == NULL)
    return FALSE;
  status->disk_low = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
                     < (guint64) SL_DESK_DISK_LOW_BYTES;
  return TRUE;
}

static gboolean
read_prints (SlEngine *engine, SlDeskStatus *status, GError **error)
{
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (engine, FALSE, error);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const SlPrintJob *job = g_ptr_array_index (jobs, i);

      gboolean waits = job->state == SL_PRINT_WAITING || job->state == SL_PRINT_SENDING;

      /* One that has just been asked for is no news; one that its printer did not take is, and all behind it. */
      status->printer_off |= waits && job->problem != NULL;
      status->prints_waiting += waits;
      status->prints_uncertain += job->state == SL_PRINT_UNCERTAIN || job->state == SL_PRINT_FAILED;
    }
  return jobs != NULL;
}

/**
 * sl_desk_status_read_network:
 * @engine: the engine, on its thread
 * @status: (out): only what is of the connection is set
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_desk_status_read_network (SlEngine *engine, SlDeskStatus *status, GError **error)
{
  g_auto (SlSyncHealth) health = { 0 };

  g_return_val_if_fail (engine != NULL && status != NULL, FALSE);
  if (!sl_sync_health_read (engine, &health, error))
    return FALSE;
  status->paired = health.paired;
  status->online = health.online;
  status->neighbours = health.neighbours;
  status->contact_ms = health.contact_ms;
  status->refused = health.refused != NULL;
  status->clock_wrong = health.clock_wrong;
  return TRUE;
}

static gboolean
read_sync (SlEngine *engine, SlDeskStatus *status, GError **error)
{
  SlSyncStatus sync;
  SlClockState clock;

  if (!sl_desk_status_read_network (engine, status, error) || !sl_exchange_sync_status (engine, &sync, error)
      || !sl_clock_show (engine, &clock, error))
    return FALSE;
  status->pending = sync.pending;
  status->clock_doubtful = clock.doubt != SL_CLOCK_TRUSTED;
  return TRUE;
}

static gboolean
read_attention (SlEngine *engine, const SlActor *actor, SlDeskStatus *status, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  gint64 began_us = g_get_monotonic_time ();

  if (!sl_attention_list (engine, actor, &items, &refusal, error))
    return FALSE;
  status->attention = items != NULL ? items->len : 0; /* not allowed: nothing that they could see to */
  status->count_us = g_get_monotonic_time () - began_us;
  status->counted = TRUE;
  return TRUE;
}

typedef struct {
  char *dir;
  gboolean count;
} Wanted;

static void
wanted_free (gpointer data)
{
  g_free (((Wanted *) data)->dir);
  g_free (data);
}

static gboolean
read_status (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
             GError **error)
{
  const Wanted *wanted = request;
  g_autofree SlDeskStatus *status = g_new0 (SlDeskStatus, 1);

  if (!read_sync (engine, status, error) || !read_disk (wanted->dir, status, error)
      || !read_prints (engine, status, error) || (wanted->count && !read_attention (engine, actor, status, error)))
    return FALSE;
  *out_result = g_steal_pointer (&status);
  return TRUE;
}

/**
 * sl_desk_status_read:
 * @desk: reception
 * @count: also what needs attention, which takes a hundred times as long in a large studio
 * @owner: whoever wants to know
 * @done: its result: #SlDeskStatus
 */
void
sl_desk_status_read (SlDesk *desk, gboolean count, GObject *owner, SlDeskDone done)
{
  Wanted *wanted = g_new0 (Wanted, 1);
  const SlDeskJob job = { .work = read_status, .request = wanted, .free_request = wanted_free, .free_result = g_free,
                          .done = done };

  *wanted = (Wanted) { g_strdup (sl_door_get_data_dir (sl_desk_get_door (desk))), count };
  sl_desk_run (desk, owner, &job);
}

/* For how long, in the largest unit that says it. */
static char *
span_words (gint64 ms)
{
  if (ms < HOUR_MS)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d minute", "%d minutes", (gulong) (ms / MINUTE_MS)),
                            (int) (ms / MINUTE_MS));
  if (ms < 2 * DAY_MS)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d hour", "%d hours", (gulong) (ms / HOUR_MS)),
                            (int) (ms / HOUR_MS));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) (ms / DAY_MS)),
                          (int) (ms / DAY_MS));
}

/**
 * sl_desk_status_network:
 * @status: how things stand
 * @now_ms: the time of the moment
 *
 * Returns: (transfer full): "Stand-alone", "Online", "Offline for 2 hours"
 */
char *
sl_desk_status_network (const SlDeskStatus *status, gint64 now_ms)
{
  g_autofree char *span = NULL;

  if (!status->paired)
    /* Translators: this device belongs to a studio that has no hub: it works by itself, and that is fine */
    return g_strdup (status->neighbours > 0 ? _("With the other desks") : _("Stand-alone"));
  if (status->refused)
    return g_strdup (_("The hub refuses this device"));
  if (status->online)
    return g_strdup (_("Online"));
  if (status->contact_ms == 0 || now_ms - status->contact_ms < MINUTE_MS)
    return g_strdup (_("Offline"));
  span = span_words (now_ms - status->contact_ms);
  /* Translators: {time} is a span: "2 hours" */
  return sl_text_fill (_("Offline for {time}"), "time", span, NULL);
}

/**
 * sl_desk_status_network_is_wrong:
 * @status: how things stand
 *
 * Returns: whether the words are not as they should be
 */
gboolean
sl_desk_status_network_is_wrong (const SlDeskStatus *status)
{
  return status->paired && (!status->online || status->refused);
}

static void
add_count (SlDeskPage *page, const char *sentence, guint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  g_autofree char *words = NULL;

  if (n == 0)
    return;
  words = sl_text_fill (sentence, "n", number, NULL);
  sl_desk_page_add_state (page, words, TRUE);
}

/**
 * sl_desk_status_show:
 * @status: how things stand
 * @now_ms: the time of the moment
 * @zone: of this place
 * @page: where it is shown
 *
 * Puts it into words, beside what is there.
 */
void
sl_desk_status_show (const SlDeskStatus *status, gint64 now_ms, GTimeZone *zone, SlDeskPage *page)
{
  g_autofree char *network = sl_desk_status_network (status, now_ms);

  sl_desk_page_add_state (page, network, sl_desk_status_network_is_wrong (status));
  if (status->paired && !status->online && status->pending > 0)
    add_count (page, g_dngettext (GETTEXT_PACKAGE, "{n} change waiting", "{n} changes waiting",
                                  (gulong) status->pending), status->pending);
  if (status->clock_wrong || status->clock_doubtful)
    sl_desk_page_add_state (page, _("Clock not certain"), TRUE);
  if (status->disk_low)
    sl_desk_page_add_state (page, _("Disk nearly full"), TRUE);
  if (status->printer_off)
    /* Translators: {n} is how many receipts and the like wait for the printer */
    add_count (page, _("Printer off, {n} waiting"), status->prints_waiting);
  add_count (page, g_dngettext (GETTEXT_PACKAGE, "{n} print to look at", "{n} prints to look at",
                                (gulong) status->prints_uncertain), status->prints_uncertain);
}

/**
 * sl_desk_status_show_power:
 * @power: the battery
 * @page: where it is shown
 *
 * Says so when this device runs on its battery.
 */
void
sl_desk_status_show_power (SlPower *power, SlDeskPage *page)
{
  g_autofree char *minutes = NULL, *words = NULL;
  gint64 left_s = 0;

  if (!sl_power_is_on_battery (power, &left_s))
    return;
  if (left_s <= 0)
    {
      sl_desk_page_add_state (page, _("On battery"), TRUE);
      return;
    }
  minutes = g_strdup_printf ("%" G_GINT64_FORMAT, MAX (left_s / 60, 1));
  words = sl_text_fill (_("On battery, about {n} min"), "n", minutes, NULL);
  sl_desk_page_add_state (page, words, TRUE);
}
