/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog-fixture.h"

/* Random worlds for the properties of the merge: devices that write operations of every kind apart from one another and
 * hear of each other by single operations, pieces of files, whole files, twice, in any order. What happens is a list of
 * actions made from a seed, as data, so that it can be shortened. */

#define MERGE_DEVICES_MAX 8   /* to so many a world grows, with those that join and that copies are */
#define MERGE_DEVICES_JOIN 6  /* so many of them join */
#define MERGE_PILES 4         /* files that are read again later */
#define MERGE_NUMBERS 4       /* of an action */
#define MERGE_ROWS (SL_ENTITY_RENEWAL_CHARGE + 1 - SL_ENTITY_AVAILABILITY) /* entities of the booking engine */

typedef struct _MergeWorld MergeWorld;

typedef struct {
  Device d;
  guint index;
  gboolean gone;    /* the machine is no more */
  SlTempDir *kept;  /* (nullable): its files as they once were */
} MergeDevice;

/* One thing that happens; numbers are taken modulo what there is when it does. */
typedef struct {
  guint16 what; /* index into merge_kinds */
  guint16 device;
  guint32 r[MERGE_NUMBERS];
} MergeAction;

typedef enum { MERGE_CALM = 1, MERGE_STORM = 2 } MergeSort; /* of worlds: in a storm machines are lost and copied */
typedef struct {
  const char *name;
  guint weight; /* in how many of the actions, by comparison */
  guint sorts;
  void (*run) (MergeWorld *world, MergeDevice *device, const guint32 r[MERGE_NUMBERS]);
} MergeKind;
extern const MergeKind merge_commands[], merge_carriers[]; /* end with a NULL name */

typedef struct {
  guint64 rules_off;
  gboolean storm;
  gboolean singles; /* operations mostly arrive one by one */
} MergeOptions;

struct _MergeWorld {
  const MergeOptions *options;
  MergeDevice devices[MERGE_DEVICES_MAX];
  guint n_devices;
  SlId location;
  GArray *members, *sessions, *lots, *claims, *checkins, *rules, *things; /* of SlId: made anywhere */
  GArray *payments /* and vouchers */, *tills, *programs, *incidents;
  GArray *rows[MERGE_ROWS]; /* the same: availability and what comes after it */
  SlTempDir *dir;
  char *piles[MERGE_PILES]; /* (nullable) */
  guint files;
  gboolean has_clones;
  char *violation; /* (nullable): the first one */
  GString *trace;  /* (nullable) */
  gint64 checks, imports; /* how often something was compared, and read */
};

/* merge-world.c */
MergeWorld *merge_world_new (guint n_devices, guint64 seed, const MergeOptions *options, gboolean trace);
void merge_world_free (MergeWorld *world);
void merge_step (MergeWorld *world, const MergeAction *action);
void merge_heal (MergeWorld *world); /* everybody hears everything; then all states are compared */
void merge_violate (MergeWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void merge_tell (MergeWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
MergeDevice *merge_add_device (MergeWorld *world); /* (nullable): no more places */
gboolean merge_runs (const MergeDevice *device);
gboolean merge_opened (MergeWorld *world, MergeDevice *device); /* what follows device_open () */
void merge_check (MergeWorld *world, MergeDevice *device);
void merge_check_verify (MergeWorld *world, MergeDevice *device);
const char *merge_name (const SlId *id); /* short; until the next eight */

/* merge-commands.c */
gboolean merge_begin (MergeWorld *world, MergeDevice *device); /* FALSE: it may write nothing */
void merge_end (MergeWorld *world, MergeDevice *device, gboolean written, GError *error);
void merge_settle (MergeWorld *world, MergeDevice *device); /* what is due with revoked devices */

/* merge-carry.c */
char *merge_file (MergeWorld *world); /* (transfer full): a new name */
gboolean merge_take (MergeWorld *world, MergeDevice *to, const char *file, gboolean segments);
gboolean merge_give (MergeWorld *world, MergeDevice *from, MergeDevice *to, gboolean segments);

/* merge-spend.c */
typedef struct _MergeSpend MergeSpend; /* all that a device may spend */
MergeSpend *merge_spend_new (MergeWorld *world, MergeDevice *device);
void merge_spend_free (MergeSpend *spend);
void merge_spend_check (MergeWorld *world, MergeDevice *device, const MergeSpend *before);
#define MERGE_DAY 20515 /* the first of the days that are planned: in March 2026 */
#define MERGE_DAYS 3
