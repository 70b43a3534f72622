/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/device.h"
#include "engine/notification-send.h"
#include "hub/log-store.h"
#include "protocol/message.h"

/* The hub without its sockets: sync/README.md "The hub". Every function may be called from any thread; the simulation
 * calls them from one. */
typedef struct _SlHub SlHub;

#define SL_HUB_REQUESTS_PER_MINUTE 60   /* of one device; event streams are counted apart */
#define SL_HUB_STREAMS_PER_MINUTE 60    /* begun by one device: a link that comes and goes */
#define SL_HUB_UNKNOWN_PER_HOUR 100     /* of one address, of all whom nobody knows yet: pairing, wrong signatures */
#define SL_HUB_CODE_LIFETIME_MS (10 * 60 * 1000)

/* replicas: a directory for the rebuildable replicas, one per organisation; made where it is missing. store: not taken
 * over. */
SlHub *sl_hub_new (SlLogStore *store, const char *replicas, SlWorld *world, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_hub_free (SlHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlHub, sl_hub_free)
/* Seeds of device keys lie masked in the store from now on, and are read so. Before anything else; the same in all
 * processes on one store, from its first organisation on. */
void sl_hub_set_secret (SlHub *hub, const void *secret, gsize length);

/* from: for limits of unknown askers, an address. Never NULL. Waits for the store, and for the replica where rights,
 * pairing or an unknown device ask for it. */
SlSyncAnswer *sl_hub_handle (SlHub *hub, const SlSyncRequest *request, const char *from);
/* For POST /v1/found, by its headers, before its body is taken: NULL where somebody has that code; else the answer. */
SlSyncAnswer *sl_hub_check_first (SlHub *hub, const SlSyncRequest *request, const char *from);
/* For GET /v1/events: whose news it is, once the request was found good: NULL; else the answer to give. */
SlSyncAnswer *sl_hub_check_events (SlHub *hub, const SlSyncRequest *request, const char *from, SlId *out_tenant,
                                   SlId *out_replica, guint64 *out_head);

/* Brings the replica of tenant up to its log, and does what is due of the hub: quarantine, rights, offers, fences.
 * NULL: all of them, those without news no more than once a minute. Not for an HTTP thread. */
gboolean sl_hub_work (SlHub *hub, const SlId *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tells the members of a studio what is to be told them now, each once: by sender, which runs while nobody waits for
 * it. Ends early where it says: later, and where goes_on says no. A studio that was not taken yet has nobody. */
typedef struct {
  /* organisation: whose; zone: of its times */
  SlSenderAnswer (*send) (gpointer user_data, const SlId *organisation, GTimeZone *zone, const SlMessage *message);
  gboolean (*goes_on) (gpointer user_data);
  gpointer user_data;
  SlSendParams params;
} SlHubSender;
gboolean sl_hub_notify (SlHub *hub, const SlId *tenant, const SlHubSender *sender, SlSendCounts *out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- for people at the hub; tenant: of the account or of the organisation. NOT_FOUND --- */
gboolean sl_hub_add_tenant (SlHub *hub, const char *name, SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlTenant) (transfer full), without their seeds */
GPtrArray *sl_hub_tenants (SlHub *hub, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For people to type: groups of four. Founds where no studio has been taken there yet, else pairs. */
gboolean sl_hub_pairing_code (SlHub *hub, const SlId *tenant, char **out_code, gint64 *out_expires_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlDevice) (transfer full): engine/device.h. NO_STUDIO: none has been taken there yet */
GPtrArray *sl_hub_devices (SlHub *hub, const SlId *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An operation of the hub's device. NOT_FOUND; HUB_REFUSED: its message says why */
gboolean sl_hub_revoke (SlHub *hub, const SlId *tenant, const SlId *replica, const char *reason,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counters in Prometheus' text format, without personal data. (transfer full) */
char *sl_hub_metrics (SlHub *hub);
