/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "engine/engine-follower.h"
#include "hub/hub-metrics.h"
#include "hub/hub.h"
#include "oplog/segment.h"

/* Inside the hub only. Two locks for each organisation: replica_lock over its engine, lock over what is remembered of
 * its log; the first is never taken by whoever holds the second. */

/* What a body may unpack to: operations compress tenfold at most, what is beyond is made up. */
#define SL_HUB_UNPACKED_MAX_BYTES (128 * 1024 * 1024)
#define SL_HUB_TRIES 16 /* to append while other processes do; each loser has seen a winner */
/* What a device that was taken away may still leave for people to review, beyond where it was cut off. */
#define SL_HUB_REVIEW_MAX 10000
#define SL_HUB_TAKEN_REMEMBERED 4096 /* so that a request that comes again does not grow the log by its keys */
#define SL_HUB_ASIDES_MAX 200 /* segments of other histories of one device: who holds its key can sign any number */
#define SL_HUB_HEARD_MS (10 * 60 * 1000) /* who asked so lately can be reached: spots near their start go to it */
#define SL_HUB_REFILL_AFTER_MS (60 * 60 * 1000) /* how often a device that lacks something is sent all from the start */

/* One device's chain as it stands in the log: of two histories the one that came first. */
typedef struct {
  SlId replica;
  guint64 head_seq;
  SlHash head_hash;
  gboolean has_key, admitted, revoked, forked;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  guint64 cut; /* revoked: up to here it counts, as far as the replica has heard */
  gint64 refilled_ms;
  gint64 heard_ms;     /* when it last asked this process for something; 0: not yet */
  guint asides;        /* segments of other histories that were taken since this process began */
} SlHubChain;

typedef struct {
  SlHub *hub;
  SlId id;                /* of the account */
  GMutex lock;            /* over what follows */
  SlTenant *row;          /* (nullable) */
  gint64 row_ms;          /* when it was read */
  SlSignKey key;          /* of the hub's device */
  GHashTable *chains;     /* SlId* → SlHubChain* */
  guint64 head;           /* the log as remembered here ends at this number */
  GHashTable *taken;      /* SlHash*: boxes and other histories that were taken lately */
  GMutex replica_lock;    /* over what follows */
  SlEngine *engine;       /* (nullable) */
  SlId engine_epoch;
  guint64 position;       /* of the log, up to where the replica has taken it */
  gboolean overtaken;     /* what was to be published was not, since the log had grown */
  gint64 due_ms, news_ms; /* when run-due was last done; when work last found news */
  guint64 worked_head;    /* up to where, and of which epoch */
  SlId worked_epoch;
  gint64 epoch_ms;        /* when a device last made us begin a new epoch by its word alone */
  GHashTable *invitations; /* utf8 → Invitation*: hub-pair.c */
} SlHubTenant;

struct _SlHub {
  SlLogStore *store;
  char *replicas;
  SlWorld *world;
  gboolean has_secret;
  SlHash secret;
  GMutex lock;            /* over the two tables */
  GHashTable *tenants;    /* SlId* → SlHubTenant*, by account */
  GHashTable *organisations; /* SlId* → SlHubTenant* (not owned) */
  SlRateLimit *requests, *streams, *unknown;
  SlNonces *nonces;
  SlAsked *asked;
  guint64 counters[SL_HUB_COUNTER_LAST];
  gint64 replica_wait_ms; /* a request's, for a replica that is at something else */
};

/* A request on its way through. */
typedef struct {
  SlHub *hub;
  const SlSyncRequest *request;
  const char *from;
  gint64 now_ms;
  SlSyncClaimed claimed;
  SlHubTenant *tenant;
  SlId organisation, epoch, hub_replica; /* as they were when the request came */
  SlSignKey hub_key;
  gboolean stranger;      /* signed by a key of which nobody knows whose it is */
} SlHubCall;

/* hub-tenant.c */
gboolean sl_hub_tenant_find (SlHub *hub, const SlId *id, SlHubTenant **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_hub_tenant_free (gpointer tenant);
gboolean sl_hub_tenant_load (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;    /* locked */
gboolean sl_hub_tenant_refresh (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* locked */
void sl_hub_tenant_forget (SlHubTenant *tenant);                                                /* locked */
SlHubChain *sl_hub_tenant_chain (SlHubTenant *tenant, const SlId *replica);                     /* locked */
SlHubChain *sl_hub_tenant_add_chain (SlHubTenant *tenant, const SlId *replica);                 /* locked */
/* Locked. Appends behind what is remembered; *out_done FALSE: the log had grown, and is remembered now. */
gboolean sl_hub_tenant_append (SlHubTenant *tenant, GArray *entries, gboolean *out_done,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_hub_mask_seed (SlHub *hub, const SlId *tenant, const SlId *epoch, guint8 inout_seed[SL_SEED_BYTES]);
gboolean sl_hub_is_founded (const SlTenant *row);
char *sl_hub_tenant_dir (SlHubTenant *tenant);
GArray *sl_hub_entries_new (void);
void sl_hub_add_segment (GArray *entries, SlEntryKind kind, const SlSegment *segment);
void sl_hub_add_piece (GArray *entries, const SlId *from, guint number, GBytes *piece);
void sl_hub_add_box (GArray *entries, const SlId *box_for, GBytes *box);

/* hub-replica.c: replica_lock, for requests of devices: BUSY. g_mutex_unlock() it. What follows: under it */
gboolean sl_hub_replica_lock (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_hub_replica_open (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_hub_replica_catch_up (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *sl_hub_replica_base (SlHubTenant *tenant, GError **error);
GArray *sl_hub_folded (SlOplog *log, GError **error);
void sl_hub_replica_close (SlHubTenant *tenant);
void sl_hub_remove_dir (const char *path, guint depth);
/* Runs func, and again after the news where the log had grown before what it wrote could be published. */
typedef gboolean (*SlHubReplicaFunc) (SlHubTenant *tenant, gpointer user_data, GError **error);
gboolean sl_hub_replica_do (SlHubTenant *tenant, SlHubReplicaFunc func, gpointer user_data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_hub_replica_upkeep (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* hub-take.c: what a body brings */
typedef struct {
  SlStreamHeader header;
  SlExchangeItem item;
  GPtrArray *segments;    /* of SlSegment */
  GPtrArray *boxes;       /* of SlStreamItem */
} SlHubBody;
void sl_hub_body_clear (SlHubBody *body);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlHubBody, sl_hub_body_clear)
SlSyncCode sl_hub_body_read (GBytes *bytes, SlHubBody *out, char **out_message);
gboolean sl_hub_take (SlHubCall *call, SlHubBody *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* hub-answer.c */
GBytes *sl_hub_answer_stream (SlHubCall *call, const SlHubBody *body, GArray *asks, GError **error);

/* hub-sync.c */
void sl_hub_call_identify (SlHubCall *call);
/* The paths, each with its answer. failure: the hub's own, for the caller to put into words. (transfer full) */
SlSyncAnswer *sl_hub_sync (SlHubCall *call, gboolean with_rights, GError **error);
/* (nullable): the code is somebody's */
SlSyncAnswer *sl_hub_found_check (SlHubCall *call, GError **error);
SlSyncAnswer *sl_hub_found (SlHubCall *call, GError **error);
SlSyncAnswer *sl_hub_pair (SlHubCall *call, GError **error);
SlSyncAnswer *sl_hub_snapshot (SlHubCall *call, GError **error);

/* hub-code.c */
gboolean sl_hub_code_hash (const char *typed, SlHash *out);
#define SL_HUB_LINE_MAX_BYTES 4096 /* of an invitation: its first line */
json_t *sl_hub_first_line (GBytes *file, gsize *out_length);
json_t *sl_hub_about (const SlTenant *about, const guint8 key[SL_SIGN_PUBLIC_BYTES], guint64 cursor);
void sl_hub_request_of (GBytes *body, guint8 out[SL_ID_BYTES]);
gboolean sl_hub_request_parse (const char *text, guint8 out[SL_ID_BYTES]) G_GNUC_WARN_UNUSED_RESULT;
/* hub-pair.c */
void sl_hub_invitation_free (gpointer invitation);
/* hub-rights.c */
/* request: see SlExchangeItem */
gboolean sl_hub_grant (SlHubCall *call, const SlId *request, GArray *inout_asks,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* hub-snapshot.c */
/* under replica_lock */
gboolean sl_hub_snapshot_upkeep (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* hub-epoch.c: under replica_lock */
gboolean sl_hub_epoch_next (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_hub_epoch_old_seed (SlHubTenant *tenant, guint8 out_seed[SL_SEED_BYTES],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_hub_epoch_doubt (SlHubTenant *tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
