/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-page.h"
#include "desk.h"
#include "power.h"

/* How things stand: connection, clock, disk, printer, what needs attention. */
#define SL_DESK_DISK_LOW_BYTES (G_GINT64_CONSTANT (500) * 1024 * 1024) /* weeks of a busy studio, and its backups */

typedef struct {
  gboolean paired, online, clock_wrong, clock_doubtful, disk_low;
  gboolean refused;        /* the hub says no */
  guint neighbours;        /* other desks in reach without it */
  gint64 contact_ms;       /* of the hub; 0: never */
  guint64 pending;         /* changes that nobody else holds yet */
  gboolean printer_off;    /* it did not take what waits */
  guint prints_waiting, prints_uncertain;
  gboolean counted;        /* what people should look at: only where it was asked for */
  guint attention;
  gint64 count_us;         /* that it took to count them: everything of the last months is looked at */
} SlDeskStatus;

void sl_desk_status_read (SlDesk *desk, gboolean count, GObject *owner, SlDeskDone done); /* result: SlDeskStatus */
void sl_desk_status_show (const SlDeskStatus *status, gint64 now_ms, GTimeZone *zone, SlDeskPage *page);
void sl_desk_status_show_power (SlPower *power, SlDeskPage *page);
char *sl_desk_status_network (const SlDeskStatus *status, gint64 now_ms);
gboolean sl_desk_status_network_is_wrong (const SlDeskStatus *status);
/* For the door as well: by itself, on the engine's thread. */
gboolean sl_desk_status_read_network (SlEngine *engine, SlDeskStatus *status,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
