/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-metrics"

#include "hub/hub-private.h"

/* Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/. Labels are fixed words: their
 * number is bounded, and no organisation, device or person is in them. */

typedef struct {
  const char *name, *label, *help; /* label (nullable); help only at the first of a name */
} Counter;

static const Counter counters[SL_HUB_COUNTER_LAST] = {
  [SL_HUB_SEGMENTS_TAKEN] = { "segments_total", "result=\"taken\"", "Segments that came in, by what became of them" },
  [SL_HUB_OPERATIONS_TAKEN] = { "operations_total", NULL, "Operations taken into logs" },
  [SL_HUB_SEGMENTS_REPEATED] = { "segments_total", "result=\"repeated\"", NULL },
  [SL_HUB_BOXES_TAKEN] = { "boxes_total", "result=\"taken\"", "Boxes of keys that came in" },
  [SL_HUB_BOXES_REFUSED] = { "boxes_total", "result=\"refused\"", NULL },
  [SL_HUB_APPEND_LOST] = { "appends_lost_total", NULL, "Appends made again since another process was quicker" },
  [SL_HUB_SEGMENT_UNSIGNED] = { "segments_total", "result=\"unsigned\"", NULL },
  [SL_HUB_SEGMENT_BAD_SIGNATURE] = { "segments_total", "result=\"bad_signature\"", NULL },
  [SL_HUB_SEGMENT_UNKNOWN_DEVICE] = { "segments_total", "result=\"unknown_device\"", NULL },
  [SL_HUB_SEGMENT_GAP] = { "segments_total", "result=\"gap\"", NULL },
  [SL_HUB_SEGMENT_FORK] = { "segments_total", "result=\"fork\"", NULL },
  [SL_HUB_SEGMENT_REVOKED] = { "segments_total", "result=\"revoked\"", NULL },
  [SL_HUB_SEGMENT_REVIEW_FULL] = { "segments_total", "result=\"review_full\"", NULL },
  [SL_HUB_QUARANTINED_BAD_SIGNATURE]
  = { "quarantined_total", "reason=\"bad_signature\"", "Operations that the replica took and set aside" },
  [SL_HUB_QUARANTINED_FORK] = { "quarantined_total", "reason=\"fork\"", NULL },
  [SL_HUB_QUARANTINED_MALFORMED] = { "quarantined_total", "reason=\"malformed\"", NULL },
  [SL_HUB_QUARANTINED_REVOKED] = { "quarantined_total", "reason=\"revoked\"", NULL },
  [SL_HUB_QUARANTINED_NO_RIGHTS] = { "quarantined_total", "reason=\"no_rights\"", NULL },
  [SL_HUB_QUARANTINED_OTHER] = { "quarantined_total", "reason=\"other\"", NULL },
  [SL_HUB_STRANGERS_TAKEN] = { "devices_met_total", NULL, "Devices whose first operations came in" },
  [SL_HUB_PAIRED] = { "paired_total", NULL, "Invitations given for pairing codes" },
  [SL_HUB_FOUNDED] = { "founded_total", NULL, "Studios taken" },
  [SL_HUB_CODES_REFUSED] = { "codes_refused_total", NULL, "Codes that were unknown, spent or too old" },
  [SL_HUB_ASKS] = { "asks_total", "result=\"asked\"", "Rights asked for and given" },
  [SL_HUB_ASKS_GRANTED] = { "asks_total", "result=\"given\"", NULL },
  [SL_HUB_EPOCHS] = { "epochs_total", NULL, "Times that entries of a log had been lost" },
  [SL_HUB_REFILLS]
  = { "refills_total", NULL, "Devices that lacked something, and were sent a log from its beginning" },
  [SL_HUB_SNAPSHOTS] = { "snapshots_total", NULL, "Snapshots made" },
  [SL_HUB_REPLICAS_REBUILT] = { "replicas_rebuilt_total", NULL, "Replicas made again from their logs" },
  [SL_HUB_WORK_FAILED] = { "work_failed_total", NULL, "Times that a replica could not be brought up to its log" },
  [SL_HUB_NOTIFICATIONS_SENT]
  = { "notifications_total", "result=\"sent\"", "Tries to tell members something, by what became of them" },
  [SL_HUB_NOTIFICATIONS_LATER] = { "notifications_total", "result=\"later\"", NULL },
  [SL_HUB_NOTIFICATIONS_GIVEN_UP] = { "notifications_total", "result=\"given_up\"", NULL },
};

/* sl_hub_count: any thread. */
void
sl_hub_count (SlHub *hub, SlHubCounter counter, guint64 by)
{
  (void) __atomic_add_fetch (&hub->counters[counter], by, __ATOMIC_RELAXED);
}

/* sl_hub_counted: any thread. */
guint64
sl_hub_counted (SlHub *hub, SlHubCounter counter)
{
  return __atomic_load_n (&hub->counters[counter], __ATOMIC_RELAXED);
}

static void
append_family (SlHub *hub, const Counter *family, GString *text)
{
  g_string_append_printf (text, "# HELP studioloop_hub_%s %s\n# TYPE studioloop_hub_%s counter\n", family->name,
                          family->help, family->name);
  for (guint i = 0; i < SL_HUB_COUNTER_LAST; i++)
    if (g_str_equal (counters[i].name, family->name))
      g_string_append_printf (text, "studioloop_hub_%s%s%s%s %" G_GUINT64_FORMAT "\n", family->name,
                              counters[i].label != NULL ? "{" : "", counters[i].label != NULL ? counters[i].label : "",
                              counters[i].label != NULL ? "}" : "", sl_hub_counted (hub, i));
}

/**
 * sl_hub_metrics:
 * @hub: a hub
 *
 * Counters of this process since it began, in Prometheus' text format. Any thread.
 *
 * Returns: (transfer full): the text
 */
char *
sl_hub_metrics (SlHub *hub)
{
  g_return_val_if_fail (hub != NULL, NULL);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < SL_HUB_COUNTER_LAST; i++)
    if (counters[i].help != NULL)
      append_family (hub, &counters[i], text);
  return g_string_free (text, FALSE);
}
