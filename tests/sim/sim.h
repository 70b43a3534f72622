/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/agent.h"
#include "engine/actor.h"
#include "oplog/older.h"
#include "oplog/oplog.h"
#include "oplog/rules-off.h"
#include "sim-disk.h"

/* A simulated studio: many devices in one process, on a clock, a disk, a network and a chance of the world's own. The
 * code under test is the shipped one. What happens is a list of actions made from the seed up front, as data, so that
 * it can be replayed and shortened. tests/sim/README.md. */

#define SIM_DEVICES_FIRST 3 /* a world begins with so many devices … */
#define SIM_DEVICES_LAST 8  /* … to so many */
#define SIM_DEVICES_MAX 16  /* with those that join and that copies become */
#define SIM_STICKS 4
/* What a forger's program does not ask of itself. */
#define SIM_RULES_OF_FORGERS \
  (G_GUINT64_CONSTANT (1) << SL_RULE_HOLD_UNJUSTIFIED | G_GUINT64_CONSTANT (1) << SL_RULE_ONLY_KEEPER)
#define SIM_HUB 1 /* the hub, or the device at the second location that keeps the whole log; others mostly talk to it */
#define SIM_MESSAGES_MAX 24

#define SIM_START_MS G_GINT64_CONSTANT (1772424000000) /* a Monday, 06:00 in Johannesburg */

typedef struct _SimWorld SimWorld;
typedef struct _SimDevice SimDevice;
typedef struct _SimOracle SimOracle;
typedef struct _SimHub SimHub;

/* One thing that happens. What it means is found out when it does: numbers are taken modulo what there is. */
typedef struct {
  guint16 what; /* index into the table of actions */
  guint16 device;
  guint32 wait_ms; /* before it */
  guint32 r[3];
} SimAction;

typedef void (*SimActionFunc) (SimWorld *world, SimDevice *device, const guint32 r[3]);
typedef struct {
  const char *name;
  double weight;
  SimActionFunc run;
  gboolean of_hub;   /* only where there is one */
  gboolean of_agent; /* not where everything goes by files */
  gboolean of_business; /* not where everything is about bookings */
} SimActionKind;
extern const SimActionKind sim_actions[]; /* ends with a NULL name */

typedef struct {
  SlWorld base;
  SimWorld *world;
  gint64 ahead_ms; /* of the true time */
  guint64 state;
} SimClock;

struct _SimDevice {
  guint index;
  SimClock clock;
  char *dir;
  SlEngine *engine; /* (nullable): not running */
  SlAgent *agent;   /* beside the engine: what speaks to others over the network */
  SlActor owner;
  gboolean gone; /* the machine is no more */
  gboolean is_hub;    /* no desk: its engine is lent by world->hub (sim-hub.h), and nobody works there */
  gboolean keeps_all; /* in the hub's role: its log is never folded */
  SlId replica;
  guint64 turns_seq; /* own operations whose offers were looked at */
  guint64 acked_seq; /* own operations that a command has answered for */
  gboolean forger;    /* its program is broken or wicked: what it writes counts up to its first forgery */
  gboolean revoked;   /* as far as it knows: it writes no more */
  gboolean is_old;         /* its program is an older one */
  SlKindSet unknown_kinds; /* and does not know these */
  gboolean restored;  /* files were put back: the answers may be gone with the disk, once it is another device */
  char *backup;       /* (nullable): file */
  GBytes *old_files;  /* (nullable): a database as it was */
  GBytes *mark;       /* (nullable): what is on the disk of the mark, which is synced at leisure */
};

/* What is known to everybody from the beginning. */
typedef struct {
  SlId founder_location, second_location, pepper;
  SlId services[2]; /* free of charge; one credit */
  SlId one_to_one;  /* one credit, by the instructor */
  SlId instructor;  /* whose days belong to the founder */
  SlId rooms[2];    /* at either location; their days belong to the founder and to the hub */
  SlId package;
} SimStudio;

typedef struct {
  guint to;
  char *file;
  gboolean damaged; /* on the way */
} SimMessage;

typedef struct {
  SlId id;
  guint device;
} SimHold;

typedef struct {
  SlId id;
  char code[24];
} SimVoucher;

typedef enum {
  SIM_STAT_WORLDS,
  SIM_STAT_STEPS,
  SIM_STAT_DONE,
  SIM_STAT_REFUSED,
  SIM_STAT_OPERATIONS,
  SIM_STAT_IMPORTS,
  SIM_STAT_HASH_COMPARES,
  SIM_STAT_VERIFIED,
  SIM_STAT_CRASHES,
  SIM_STAT_RESTORES,
  SIM_STAT_COPIES,
  SIM_STAT_CLONES,
  SIM_STAT_REVOCATIONS,
  SIM_STAT_RECLAIMS,
  SIM_STAT_REBORN,
  SIM_STAT_JOINED,
  SIM_STAT_PRUNED,
  SIM_STAT_SNAPSHOTS,
  SIM_STAT_FULL_DISKS,
  SIM_STAT_BEYOND_CUT,
  SIM_STAT_LOST_WITH_DISK,
  SIM_STAT_REQUESTS,
  SIM_STAT_HUB_CRASHES,
  SIM_STAT_HUB_LOSSES,
  SIM_STAT_DEVICE_MINUTES,
  SIM_STAT_ACTIONS, /* from here on: how often each action did something */
  SIM_STAT_LAST = SIM_STAT_ACTIONS + 112
} SimStat;
extern const char *const sim_stat_names[SIM_STAT_ACTIONS];

struct _SimWorld {
  SimDisk *disk;
  char *dir;
  gint64 now_ms;
  guint64 state; /* of the world's own chance, for what actions do not say */
  guint64 rules_off;
  SimDevice devices[SIM_DEVICES_MAX];
  guint n_devices;
  SimStudio studio;
  GArray *members, *sessions, *lots; /* of SlId: made anywhere */
  GArray *vouchers;                  /* of SimVoucher: sold anywhere */
  GArray *bookings;                  /* of SlId: holds and bookings that a person was told of */
  GArray *holds;                     /* of SimHold: those of them that were holds */
  GHashTable *told;                  /* of utf8: what was sent or printed, by which device */
  GHashTable *cut_links;             /* from × SIM_DEVICES_MAX + to: messages do not get there */
  GArray *messages;                  /* of SimMessage: on their way */
  GArray *late;                      /* of SimLate: requests on their way (sim-wire.h) */
  char *sticks[SIM_STICKS];          /* (nullable): exports carried about */
  GPtrArray *invitations;            /* of utf8: files */
  guint files;                       /* numbers for names */
  SimOracle *oracle;
  SimHub *hub;        /* (nullable): sim-hub.h */
  gboolean acted;     /* this step has done something, as far as that is no command */
  gboolean folded;    /* some log is no longer whole */
  gboolean forged;    /* somebody has written what nothing justifies */
  gboolean cloned;    /* a machine was cloned exactly: what counts of it is known only when all is healed */
  gboolean fault;     /* this step may fail: a disk fault is under way */
  gboolean healing;
  gboolean bookings_only; /* see SimOptions */
  gboolean months;        /* healing takes months */
  gboolean by_files, heals_by_files; /* else by exchanges over the network */
  char *violation;    /* (nullable): the first one */
  GString *trace;     /* (nullable): what happened, for people */
  guint step;
  gint64 stats[SIM_STAT_LAST];
};

/* sim-world.c */
SimWorld *sim_world_new (SimDisk *disk, const char *dir, guint n_devices, gboolean with_hub, guint64 seed);
void sim_world_free (SimWorld *world);
void sim_step (SimWorld *world, const SimAction *action);
void sim_violate (SimWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void sim_tell (SimWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean sim_device_open (SimWorld *world, SimDevice *device);
void sim_upgraded (SimWorld *world, SimDevice *device);
void sim_device_close (SimWorld *world, SimDevice *device);
gboolean sim_device_runs (const SimDevice *device);
SimDevice *sim_device_add (SimWorld *world); /* (nullable): a place for one more, with an empty directory */
SimDevice *sim_partner (SimWorld *world, const SimDevice *device, guint32 r); /* (nullable): the hub, mostly */
gboolean sim_has_old_programs (SimWorld *world);
SimDevice *sim_other (SimWorld *world, const SimDevice *device, guint32 r); /* (nullable): another one that runs */
SimDevice *sim_other_desk (SimWorld *world, const SimDevice *device, guint32 r); /* (nullable): that is no hub */
char *sim_file (SimWorld *world, const char *kind); /* (transfer full): a new name */
SlOplog *sim_log (SimDevice *device);
guint64 sim_random (guint64 *state);
/* What came of a command; a failure that nothing explains is a violation. */
gboolean sim_came (SimWorld *world, const char *what, gboolean decided, SlRefusal *refusal, GError *failure);
void sim_observe (SimWorld *world, SimDevice *device);
void sim_observe_anew (SimWorld *world); /* forgets what it knew: of cloned machines other histories may count */
const char *sim_name (const SlId *id); /* a short one; until the next eight */

/* sim-template.c */
gboolean sim_template_clone (SimWorld *world, guint n_devices, gboolean with_hub);
void sim_templates_make (const char *dir); /* all of them, before processes share them */
void sim_templates_free (void);
void sim_world_init_random (void); /* before anything: libsodium's chance is the world's as well */
void sim_seed_random (guint64 seed);
void sim_remove_tree (const char *dir);

/* sim-transport.c */
gboolean sim_give (SimWorld *world, SimDevice *from, SimDevice *to); /* all that it lacks */
gboolean sim_import (SimWorld *world, SimDevice *device, const char *file, gboolean damaged);
gboolean sim_is_cut (SimWorld *world, guint from, guint to); /* messages do not get there */

/* sim-check.c */
typedef struct _SimHolding SimHolding; /* what a device may spend */
SimHolding *sim_holding_new (SimWorld *world, SimDevice *device);
void sim_holding_free (SimHolding *holding);
void sim_holding_check_grown (SimWorld *world, SimDevice *device, const SimHolding *before);
void sim_check (SimWorld *world, SimDevice *device);
void sim_check_verify (SimWorld *world, SimDevice *device);
void sim_check_end (SimWorld *world);
void sim_heal (SimWorld *world);

/* sim-conflicts.c */
void sim_check_conflicts (SimWorld *world, SimDevice *device);

/* sim-books.c */
const GArray *sim_oracle_money (SimOracle *oracle); /* of SlId: payments and vouchers */
char *sim_books_describe (SimWorld *world, SimDevice *device); /* accounts and memberships, as device has them */
void sim_books_check_ledger (SimWorld *world, SimDevice *device);

/* sim-oracle.c: what the operations of all devices together make, from their bytes alone */
SimOracle *sim_oracle_new (void);
void sim_oracle_free (SimOracle *oracle);
gboolean sim_oracle_take (SimOracle *oracle, const SlId *replica, guint64 seq, const void *bytes,
                          gsize length); /* FALSE: other bytes are known at that place */
void sim_oracle_see (SimOracle *oracle, guint device, const SlId *replica, guint64 applied);
void sim_oracle_unsee (SimOracle *oracle, guint device); /* an older database may know fewer chains */
guint64 sim_oracle_known (SimOracle *oracle, const SlId *replica);
gboolean sim_oracle_has_kind (SimOracle *oracle, const SlId *replica, guint64 up_to, const SlKindSet *kinds);
void sim_oracle_distrust (SimOracle *oracle, const SlId *replica, guint64 from);
gboolean sim_oracle_is_taken_away (SimOracle *oracle, const SlId *replica);
gboolean sim_oracle_has_corrections (SimOracle *oracle);
void sim_oracle_touch (SimOracle *oracle); /* who is sound may have changed */
void sim_oracle_fold (SimWorld *world);
void sim_oracle_check (SimWorld *world);
void sim_oracle_check_device (SimWorld *world, SimDevice *device);
void sim_oracle_check_end (SimWorld *world, SimDevice *device);
char *sim_oracle_trace (SimOracle *oracle);
void sim_oracle_hush (SimOracle *oracle); /* what is known now is no news for a trace */
gint64 sim_oracle_operations (SimOracle *oracle);

/* sim-run.c */
typedef enum {
  SIM_FOCUS_BY_SEED, /* two of twelve worlds are even, the others dwell on something */
  SIM_FOCUS_EVEN,
  SIM_FOCUS_FENCES, /* machines are lost, stolen, taken over from */
  SIM_FOCUS_COPIES, /* disks are copied, backups come back */
  SIM_FOCUS_JOINS,
  SIM_FOCUS_CLAIMS, /* everybody wants the same spots */
  SIM_FOCUS_CLONES, /* machines are cloned, down to the inode */
  SIM_FOCUS_FORGERS, /* a program is broken or wicked */
  SIM_FOCUS_LOGS,   /* logs are folded, programs older, clocks wrong */
  SIM_FOCUS_QUEUES, /* people wait, are offered places, owe credits */
  SIM_FOCUS_HUBS,   /* hubs crash, lose what they had, are overtaken and lie */
  SIM_FOCUS_MONEY,  /* everything is sold, given back, counted; months pass */
} SimFocus;

typedef enum { SIM_HUB_BY_SEED, SIM_HUB_NEVER, SIM_HUB_ALWAYS } SimWithHub; /* half of the worlds have one */

typedef struct {
  guint64 rules_off;
  SimFocus focus;
  SimWithHub hub;
  gboolean bookings_only; /* nothing is sold but packages, and nothing written down beside */
  gboolean by_files; /* no network: exchanges between desks are files, as are those that heal */
  guint length_max; /* of worlds; 0: any */
  gboolean trace;
} SimOptions;
GArray *sim_generate (guint64 seed, const SimOptions *options, guint *out_devices); /* of SimAction */
void sim_log_begin (void); /* what the programs log goes into the trace; what is critical ends the program */
char *sim_run_actions (SimDisk *disk, const char *dir, guint64 seed, guint n_devices, const GArray *actions,
                       const SimOptions *options, gint64 *inout_stats,
                       char **out_trace); /* (nullable): the violation */
char *sim_run_seed (SimDisk *disk, const char *dir, guint64 seed, const SimOptions *options, gint64 *inout_stats);
char *sim_explain (const char *dir, guint64 seed, const SimOptions *options); /* shortened, with its trace */
guint64 sim_fingerprint (SimDisk *disk, const char *dir, guint64 seed, const SimOptions *options);
