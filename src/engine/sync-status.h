/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* How this device and its hub get on, as the agent last noted it: for screens and the command line. Nothing here is
 * part of the state that devices share. */
#define SL_ONLINE_MS (60 * 1000) /* a hub that has answered within this time is there */

typedef struct {
  gboolean paired;        /* with a hub */
  gboolean online;        /* it answered within SL_ONLINE_MS */
  guint neighbours;       /* other devices of the studio that did, on the LAN */
  char *url;              /* (nullable): the hub's */
  SlId hub, epoch;        /* its device; none: not known */
  gint64 contact_ms;      /* when it last answered; 0: never */
  gint64 neighbour_ms;    /* when another device last did; 0: never */
  char *refused;          /* (nullable): what it said instead, last: sync/README.md "Codes" */
  gint64 refused_ms;
  gboolean has_offset;
  gint64 offset_ms;       /* its clock less this device's */
  gboolean clock_wrong;   /* by more than stamps may be ahead */
} SlSyncHealth;
void sl_sync_health_clear (SlSyncHealth *health);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSyncHealth, sl_sync_health_clear)
gboolean sl_sync_health_read (SlEngine *engine, SlSyncHealth *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which devices were taken away from the studio, as far as this one has heard. */
#define SL_SYNC_REVOKED_TOLD_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000)) /* so long one that was taken over is news */
typedef struct {
  gboolean own_revoked; /* this device belongs to the studio no more: what it writes does not count */
  guint others_revoked; /* of people: lately, or what they held is still frozen */
} SlSyncStanding;
gboolean sl_sync_standing_read (SlEngine *engine, SlSyncStanding *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The agent's. Without a sync of its own: what a power cut takes is noted again. */
typedef struct {
  SlId neighbour;         /* none: of the hub */
  gboolean answered;
  const char *refused;    /* (nullable): the hub's code; NULL where it answered: it no longer refuses */
  gboolean has_offset;
  gint64 offset_ms;
} SlSyncContact;
gboolean sl_sync_contact_note (SlEngine *engine, const SlSyncContact *contact,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether another device has answered on the LAN within SL_ONLINE_MS. */
gboolean sl_sync_is_near (SlEngine *engine, const SlId *device, gboolean *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The hub has confirmed the clock, or found it to be wrong: what has to be corrected is, once it is right. */
gboolean sl_sync_clock_judge (SlEngine *engine, gint64 offset_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
