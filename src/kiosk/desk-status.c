/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-status"

#include "desk-status.h"

#include "date-words.h"
#include "printer-look.h"
#include "text-fill.h"

#include "core/text.h"
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

static gboolean
read_printers (SlEngine *engine, SlPrinterLook *look, SlDeskStatus *status, GError **error)
{
  g_autoptr (GPtrArray) printers = sl_printer_list (engine, error);

  if (printers != NULL)
    status->printer = sl_printer_look_see (look, printers, sl_engine_now_ms (engine));
  return printers != NULL;
}

static gboolean
read_network (SlEngine *engine, SlDeskStatus *status, GError **error)
{
  g_auto (SlSyncHealth) health = { 0 };
  SlSyncStanding standing;

  if (!sl_sync_health_read (engine, &health, error) || !sl_sync_standing_read (engine, &standing, error))
    return FALSE;
  status->paired = health.paired;
  status->online = health.online;
  status->neighbours = health.neighbours;
  status->contact_ms = health.contact_ms;
  status->refused = health.refused != NULL;
  /* Where only the hub has heard of it, nobody else may come to tell. */
  status->revoked = standing.own_revoked || g_strcmp0 (health.refused, "device_revoked") == 0;
  status->others_revoked = standing.others_revoked;
  status->clock_wrong = health.clock_wrong;
  return TRUE;
}

/**
 * sl_desk_status_read_door:
 * @engine: the engine, on its thread
 * @dir: the data directory
 * @status: (out): what members and whoever signs in should know of it is set
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_desk_status_read_door (SlEngine *engine, const char *dir, SlDeskStatus *status, GError **error)
{
  SlClockState clock;

  g_return_val_if_fail (engine != NULL && dir != NULL && status != NULL, FALSE);
  if (!read_network (engine, status, error) || !sl_clock_show (engine, &clock, error))
    return FALSE;
  status->clock_doubtful = clock.doubt != SL_CLOCK_TRUSTED;
  return read_disk (dir, status, error);
}

static gboolean
read_pending (SlEngine *engine, SlDeskStatus *status, GError **error)
{
  SlSyncStatus sync;

  if (!sl_exchange_sync_status (engine, &sync, error))
    return FALSE;
  status->pending = sync.pending;
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
  SlPrinterLook *look;
  gboolean count;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->dir);
  sl_printer_look_unref (wanted->look);
  g_free (wanted);
}

static gboolean
read_status (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
             GError **error)
{
  const Wanted *wanted = request;
  g_autofree SlDeskStatus *status = g_new0 (SlDeskStatus, 1);

  if (!sl_desk_status_read_door (engine, wanted->dir, status, error) || !read_pending (engine, status, error)
      || !read_prints (engine, status, error) || !read_printers (engine, wanted->look, status, error)
      || (wanted->count && !read_attention (engine, actor, status, error)))
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
  SlDoor *door = sl_desk_get_door (desk);
  Wanted *wanted = g_new0 (Wanted, 1);
  const SlDeskJob job = { .work = read_status, .request = wanted, .free_request = wanted_free, .free_result = g_free,
                          .done = done };

  *wanted = (Wanted) { g_strdup (sl_door_get_data_dir (door)), sl_printer_look_of (door), count };
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

static char *
count_words (const char *sentence, guint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

  return sl_text_fill (sentence, "n", number, NULL);
}

static void
add_count (SlDeskPage *page, const char *sentence, guint64 n, gboolean wrong)
{
  g_autofree char *words = count_words (sentence, n);

  if (n > 0)
    sl_desk_page_add_state (page, words, wrong);
}

/* What waits is told with it; else, that whoever asks for paper will wait. */
static void
show_printers (const SlDeskStatus *status, SlDeskPage *page)
{
  if (status->printer_off)
    /* Translators: {n} is how many receipts and the like wait for the printer */
    add_count (page, _("Printer off, {n} waiting"), status->prints_waiting, TRUE);
  else if (status->printer == SL_PRINTER_MISSING)
    sl_desk_page_add_state (page, _("Printer missing"), TRUE);
  else if (status->printer == SL_PRINTER_NOT_READY)
    /* Translators: it is there and does not print: no paper, or its cover is open */
    sl_desk_page_add_state (page, _("Printer not ready"), TRUE);
  add_count (page, g_dngettext (GETTEXT_PACKAGE, "{n} print to look at", "{n} prints to look at",
                                (gulong) status->prints_uncertain), status->prints_uncertain, TRUE);
}

/* (transfer full) (nullable): the mains */
static char *
power_words (SlPower *power)
{
  gint64 left_s = 0;

  if (!sl_power_is_on_battery (power, &left_s))
    return NULL;
  if (left_s <= 0)
    return g_strdup (_("On battery"));
  return count_words (_("On battery, about {n} min"), (guint64) MAX (left_s / 60, 1));
}

/* The hub, or that there is none; or why it is no use to wait for it. */
static void
show_network (const SlDeskStatus *status, gint64 now_ms, SlDeskPage *page)
{
  g_autofree char *network = sl_desk_status_network (status, now_ms);

  if (!status->revoked)
    {
      sl_desk_page_add_state (page, network, sl_desk_status_network_is_wrong (status));
      return;
    }
  /* Translators: it was taken away from the studio; nothing that is done at it counts any more */
  sl_desk_page_add_state (page, _("This device was revoked"), TRUE);
  /* Translators: what to do at a device that was revoked */
  sl_desk_page_add_state (page, _("Use another desk"), TRUE);
}

/**
 * sl_desk_status_show:
 * @status: how things stand
 * @power: (nullable): the battery
 * @now_ms: the time of the moment
 * @page: where it is shown, empty
 *
 * Puts it into words, the most pressing first: there may not be room for all of them at once.
 */
void
sl_desk_status_show (const SlDeskStatus *status, SlPower *power, gint64 now_ms, SlDeskPage *page)
{
  gboolean network_is_wrong = sl_desk_status_network_is_wrong (status);
  g_autofree char *battery = power != NULL ? power_words (power) : NULL;

  show_network (status, now_ms, page);
  if (status->disk_low)
    sl_desk_page_add_state (page, _("Disk nearly full"), TRUE);
  if (battery != NULL)
    sl_desk_page_add_state (page, battery, TRUE);
  if (status->clock_wrong || status->clock_doubtful)
    sl_desk_page_add_state (page, _("Clock not certain"), TRUE);
  if (status->camera_missing)
    sl_desk_page_add_state (page, _("Camera missing"), TRUE);
  if (status->scanner_missing)
    sl_desk_page_add_state (page, _("Scanner missing"), TRUE);
  show_printers (status, page);
  if (status->others_revoked > 0)
    sl_desk_page_add_state (page, g_dngettext (GETTEXT_PACKAGE, "Another desk was revoked", "Other desks were revoked",
                                               status->others_revoked), TRUE);
  /* With a hub, what waits is on its way to somebody; without, there is nobody to send it to. */
  if (status->paired)
    add_count (page, g_dngettext (GETTEXT_PACKAGE, "{n} change waiting", "{n} changes waiting",
                                  (gulong) status->pending), status->pending, network_is_wrong);
}

/* (transfer full) (nullable): beside the network, what members and whoever signs in should know first: in that order */
static char *
pressing_words (const SlDeskStatus *status, SlPower *power)
{
  if (status->disk_low)
    return g_strdup (_("Disk nearly full"));
  if (sl_power_is_on_battery (power, &(gint64) { 0 }))
    return power_words (power);
  if (status->clock_wrong || status->clock_doubtful)
    return g_strdup (_("Clock not certain"));
  return status->camera_missing ? g_strdup (_("Camera missing")) : NULL;
}

/**
 * sl_desk_status_line:
 * @status: how things stand
 * @power: the battery
 * @now_ms: the time of the moment
 * @out_wrong: (out): whether that is not as it should be
 *
 * For who is not of the staff, or not signed in yet: calm, and in one line.
 *
 * Returns: (transfer full): how the network is, and what else is the most pressing
 */
char *
sl_desk_status_line (const SlDeskStatus *status, SlPower *power, gint64 now_ms, gboolean *out_wrong)
{
  g_autofree char *network = NULL, *pressing = NULL;

  g_return_val_if_fail (status != NULL && power != NULL && out_wrong != NULL, NULL);
  *out_wrong = TRUE;
  if (status->revoked)
    return g_strdup (_("This device was revoked"));
  network = sl_desk_status_network (status, now_ms);
  pressing = pressing_words (status, power);
  *out_wrong = pressing != NULL || sl_desk_status_network_is_wrong (status);
  return sl_text_join (" · ", network, pressing != NULL ? pressing : "", NULL);
}
