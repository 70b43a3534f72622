/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Where rights lie when there is a hub: src/engine/README.md "Where rights lie". */
#define SL_PLACEMENT_DOOR_MS (G_GINT64_CONSTANT (30) * 60 * 1000) /* before the start all goes to the door device */
/* Before that nothing goes to the hub any more: clocks that differ by less would pass spots to and fro. */
#define SL_PLACEMENT_QUIET_MS (G_GINT64_CONSTANT (30) * 60 * 1000)
/* So long before booking opens spots go to the hub: a device that is off for some days is early enough, and sessions of
 * next year cost nothing yet. */
#define SL_PLACEMENT_AHEAD_MS (G_GINT64_CONSTANT (7) * 24 * 60 * 60 * 1000)

typedef struct {
  gint64 debts_paid;        /* spots passed to devices that owed some */
  gint64 spots_to_hub, spots_to_door;
  gint64 claims_to_door;    /* bookings, holds, offers and places in queues whose keeper the door device became */
  gint64 credits_to_hub;    /* hundredths */
} SlPlacementCounts;

/* Moves what this device holds and may spare to where it should lie. Safe to call late, twice, anywhere; run it after
 * run-due, and only where the hub was reached: what is moved is no longer here. */
gboolean sl_placement_run (SlEngine *engine, SlPlacementCounts *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same by somebody who can tell which devices can be reached: nothing is given to others. */
typedef gboolean (*SlReachFunc) (gpointer user_data, const SlId *device);
gboolean sl_placement_run_reaching (SlEngine *engine, SlReachFunc reaches, gpointer user_data, SlPlacementCounts *out,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
