/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "sim.h"

/* hub/hub.h has a name of its own for something of the engine's: who needs both includes neither here. */
typedef struct _SlHub SlHub;
typedef struct _SlLogStore SlLogStore;

/* The hub of a world that has one: its programs, its disk, and what it has said (sim-hub.c, sim-store.c, sim-lies.c).
 * It stands in device SIM_HUB's place: that one's engine is the first program's replica, to be looked at only. */
#define SIM_HUB_PROGRAMS 2

/* What becomes of the next append to the log. */
typedef enum {
  SIM_APPEND_FINE,
  SIM_APPEND_RACE,        /* another program is quicker */
  SIM_APPEND_BUSY_BEFORE, /* the store does not answer, and it did not happen … */
  SIM_APPEND_BUSY_AFTER,  /* … or it did */
  SIM_APPEND_CRASH_AFTER, /* it happened, and nothing after it */
} SimAppend;

typedef enum {
  SIM_LIE_NONE,
  SIM_LIE_SHORTER_PAST,   /* it never had what it had */
  SIM_LIE_EPOCH,          /* another log */
  SIM_LIE_ORGANISATION,   /* another studio's stream */
  SIM_LIE_CHANGED,        /* operations that their devices never signed */
  SIM_LIE_MORE,           /* it holds what it never got */
  SIM_LIE_CURSOR,         /* there is nothing to read before the end */
  SIM_LIE_KINDS
} SimLie;

struct _SimHub {
  char *dir;
  SlLogStore *store;      /* (nullable): the machine is off */
  SlHub *programs[SIM_HUB_PROGRAMS];
  SlId tenant;
  GHashTable *acked;      /* SlId* → guint64*: what its answers said that it holds */
  GPtrArray *old_files;   /* (nullable) of SimFile: its disk as it was … */
  SlId old_replica;       /* … when it was this device */
  SimAppend append;
  guint racing;           /* of whom another program's quicker request comes */
  gboolean busy;          /* a request is under way: nobody looks at its replica */
  guint program;          /* at work */
  gboolean works[SIM_HUB_PROGRAMS]; /* inside a call: who comes then, by way of a race, gets no answer */
  SimDevice *asker;       /* (nullable) */
  gboolean odd;           /* it has lied, lost something, or been away: what it says may be anything */
  SimLie lie;
  guint lies_left;
};

/* A file below a directory. */
typedef struct {
  char *name;
  GBytes *bytes;
} SimFile;
GPtrArray *sim_files_read (const char *dir); /* of SimFile, all but reserves */
void sim_file_write (const char *dir, const SimFile *file);
void sim_files_write (const char *dir, const GPtrArray *files);

void sim_hub_new (SimWorld *world, const GPtrArray *files); /* files (nullable): of its disk; else it is empty */
void sim_hub_free (SimWorld *world);
gboolean sim_hub_start (SimWorld *world); /* FALSE with a violation */
void sim_hub_stop (SimWorld *world);
void sim_hub_look (SimWorld *world); /* what its replica is now */
SlSyncAnswer *sim_hub_handle (SimWorld *world, guint program, const SlSyncRequest *request); /* (nullable): no answer */
gboolean sim_hub_work (SimWorld *world, guint program);
void sim_hub_found (SimWorld *world, SimDevice *founder);     /* pairs it, or dies: templates are sound */
void sim_hub_pair (SimWorld *world, SimDevice *device);       /* its directory is empty; likewise */
gboolean sim_hub_link_like (SimWorld *world, SimDevice *device, SimDevice *like); /* somebody types its hub in */
gboolean sim_hub_is_odd (SimWorld *world);
SlId sim_hub_identity (SimWorld *world); /* as its store has it */
gboolean sim_hub_knows (SimDevice *device); /* it is paired with one */
void sim_hub_check_acked (SimWorld *world);
void sim_hub_write_unheard (SimWorld *world, guint program); /* lets somebody in who is not told */
void sim_hub_check_serves (SimWorld *world); /* at the end: it can still write, by each of its programs */

/* sim-store.c */
SlLogStore *sim_store_new (SimWorld *world, SlLogStore *real); /* real: taken over */

/* sim-lies.c */
SlSyncAnswer *sim_lie (SimWorld *world, const SlSyncRequest *request, SlSyncAnswer *answer); /* answer: taken over */
