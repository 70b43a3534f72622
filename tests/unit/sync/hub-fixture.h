/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"
#include "engine/exchange.h"
#include "engine/member.h"
#include "engine/studio.h"
#include "core/cbor.h"
#include "fake-world.h"
#include "hub/hub.h"
#include "oplog/operation.h"
#include "oplog/segment.h"
#include "oplog/wire.h"
#include "temp-dir.h"

/* A hub on SQLite with real devices' directories, without sockets. Everything is asserted on the way. */
typedef struct {
  SlFakeWorld world;
  SlTempDir *dir;
  char *where, *replicas;
  SlLogStore *store;
  SlHub *hub;
} HubWorld;

typedef struct {
  HubWorld *world;
  SlTempDir *dir;
  SlEngine *engine;
  SlActor owner;
  SlId tenant, organisation, replica;
  guint8 hub_key[SL_SIGN_PUBLIC_BYTES]; /* as it was told */
  SlId hub_replica, epoch;
  guint64 cursor;
  GHashTable *hub_has;       /* SlId* → guint64*: by the last answer */
  gboolean more;
  GArray *given;             /* (nullable) of SlAsk */
  gint64 offset_ms;          /* its clock less the world's */
} HubDevice;

/* How a request is made; all zero: as a sound device would. */
typedef struct {
  gboolean all;              /* pushes what it has of everybody, not of itself only */
  gboolean from_nothing;     /* as if it did not know what the hub has */
  gboolean with_key, want_keys;
  guint64 max_bytes;
  const GArray *asks;        /* of SlAsk: to /v1/rights then … */
  const SlId *request;       /* (nullable): … under this number */
  GBytes *body;              /* instead of what it would push */
  const SlId *organisation;  /* in the signature instead of its tenant */
} HubHow;

#define HUB_MORNING G_GINT64_CONSTANT (1790000000000)

void hub_world_open (HubWorld *world, guint64 seed);
void hub_world_close (HubWorld *world);
void hub_world_restart (HubWorld *world, gboolean forget_replicas); /* another process on the same store */
void hub_world_work (HubWorld *world);
char *hub_world_code (HubWorld *world, const SlId *tenant);
guint64 hub_world_metric (HubWorld *world, const char *line); /* name with labels */

void hub_device_init (HubDevice *device, HubWorld *world);   /* a studio of its own */
void hub_device_found (HubDevice *device);                   /* taken by the hub, as an account of its own */
void hub_device_pair (HubDevice *device, HubWorld *world, const SlId *tenant);
void hub_device_join (HubDevice *device, HubDevice *inviter);  /* by a stick; the hub has not heard */
void hub_device_close (HubDevice *device);
SlSyncAnswer *hub_device_found_with (HubDevice *device, GBytes *invitation, const char *code);
GBytes *hub_device_invitation (HubDevice *device);
SlId hub_device_add_member (HubDevice *device, const char *name);
guint hub_device_members (HubDevice *device);
guint64 hub_device_seq (HubDevice *device, const SlId *replica);

GBytes *hub_device_body (HubDevice *device, const HubHow *how);
SlSyncAnswer *hub_device_ask (HubDevice *device, const HubHow *how); /* the answer as it comes */
void hub_device_sign (HubDevice *device, SlSyncRequest *request, const SlId *organisation);
void hub_device_take (HubDevice *device, const SlSyncAnswer *answer);
void hub_device_sync (HubDevice *device);                    /* until there is no more */
SlSyncCode hub_device_refused (HubDevice *device, const HubHow *how);
gboolean hub_devices_equal (HubDevice *a, HubDevice *b);

/* An operation that no program of ours would write, in a segment by the device's own key. */
typedef struct {
  guint64 kind;
  const SlId *entity;
  SlCborWriter *content;     /* the operation's body; emptied */
  guint64 skip;              /* leaves so many numbers out before it */
  guint64 back;              /* stands so many before the end of its chain, in place of others */
  gboolean is_unsigned, bad_signature;
  const SlId *as;            /* (nullable): in the chain of this device, with our key */
  guint count;               /* operations; 0: one */
} HubLie;
GBytes *hub_device_lie (HubDevice *device, const HubLie *lie);
GBytes *hub_device_wrap (HubDevice *device, const SlSegment *segment, const SlId *organisation, const SlId *box_for);
SlTenant *hub_world_row (HubWorld *world, const SlId *tenant);
SlHash hub_device_hash (HubDevice *device, guint64 seq);
