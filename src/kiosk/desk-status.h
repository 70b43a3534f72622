/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-page.h"
#include "desk.h"
#include "power.h"

#include "print/printer.h"

/* How things stand: connection, clock, disk, printer, what needs attention. */
#define SL_DESK_DISK_LOW_BYTES (G_GINT64_CONSTANT (500) * 1024 * 1024) /* weeks of a busy studio, and its backups */

typedef struct {
  gboolean paired, online, clock_wrong, clock_doubtful, disk_low;
  gboolean refused;        /* the hub says no */
  gboolean revoked;        /* this device is none of the studio's any more */
  guint others_revoked;    /* other desks, lately */
  guint neighbours;        /* other desks in reach without it */
  gint64 contact_ms;       /* of the hub; 0: never */
  guint64 pending;         /* changes that nobody else holds yet */
  SlPrinterSeen printer;  /* of those that are set up, the worst */
  gboolean printer_off;    /* it did not take what waits */
  gboolean camera_missing, scanner_missing; /* wanted and not there: the engine does not know of them */
  guint prints_waiting, prints_uncertain;
  gboolean counted;        /* what people should look at: only where it was asked for */
  guint attention;
  gint64 count_us;         /* that it took to count them: everything of the last months is looked at */
} SlDeskStatus;

void sl_desk_status_read (SlDesk *desk, gboolean count, GObject *owner, SlDeskDone done); /* result: SlDeskStatus */
void sl_desk_status_show (const SlDeskStatus *status, SlPower *power, gint64 now_ms, SlDeskPage *page);
char *sl_desk_status_network (const SlDeskStatus *status, gint64 now_ms);
gboolean sl_desk_status_network_is_wrong (const SlDeskStatus *status);

/* For the door: what members and whoever signs in should know, by itself, on the engine's thread; and in one line. */
gboolean sl_desk_status_read_door (SlEngine *engine, const char *dir, SlDeskStatus *status,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_desk_status_line (const SlDeskStatus *status, SlPower *power, gint64 now_ms, gboolean *out_wrong);
