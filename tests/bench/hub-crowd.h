/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/hub.h"
#include "oplog/segment.h"

/* Many studios at one hub, each with several devices whose keys are here, so that their pushes can be written without a
 * database: members are created, as a desk does, 50 in a segment. What fails ends the program. */
#define CROWD_OPERATIONS 50 /* of one push */

typedef struct _CrowdStudio CrowdStudio;

typedef struct {
  CrowdStudio *studio;
  SlSignKey key;
  SlId replica;
  guint64 seq;       /* where its chain ends, with what has been pushed */
  SlHash head;
  guint64 cursor;    /* in the hub's log */
  GArray *vector;    /* (nullable) of SlVectorEntry: what it holds of others */
  guint asked;       /* requests in this run: a hub answers some 60 at once */
} CrowdDevice;

struct _CrowdStudio {
  SlId organisation, epoch;
  CrowdDevice founder;
  GPtrArray *devices; /* of CrowdDevice, without the founder */
};

typedef struct {
  GPtrArray *studios; /* of CrowdStudio */
  GRand *chance;
} Crowd;

/* Founds studios at the hub of this store, and lets devices join each. place: for what is thrown away. */
Crowd *crowd_new (const char *store, const char *replicas, const char *place, guint n_studios, guint n_devices);
void crowd_free (Crowd *crowd);

/* A body of the founder's that admits so many more devices and holds their first operations. */
GBytes *crowd_write_joins (Crowd *crowd, CrowdStudio *studio, guint n_devices);
/* A segment of the device's next operations: an item. */
GBytes *crowd_write_segment (CrowdDevice *device, GRand *chance);
/* A body with it (nullable: only pulls). */
GBytes *crowd_write_push (CrowdDevice *device, GBytes *segment);
/* A signed request, headers and body as they go over the wire. */
GBytes *crowd_write_request (CrowdDevice *device, const char *method, const char *path, GBytes *body);
/* What the hub said: the device holds all of it now. FALSE: the hub does not hold what the device pushed. */
gboolean crowd_take_answer (CrowdDevice *device, GBytes *answer);
