/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "fake-world.h"
#include "model.h"
#include "temp-dir.h"

/* The model and the engine side by side, given the same commands. What each answers is one line of text; whatever
 * differs, then or in the state after it, is the world's difference.
 *
 * A world is a list of commands made from a seed. Their numbers are taken modulo what there is when they are given, so
 * that a list stays meaningful when some of it is taken out. */

#define COMMAND_NUMBERS 7
typedef struct {
  guint16 kind; /* index into command_kinds */
  guint32 r[COMMAND_NUMBERS];
} Command;

/* A studio may serve many worlds, one after the other in time: founding one takes as long as a world. */
typedef struct {
  SlTempDir *dir;
  SlFakeWorld clock;
  SlEngine *engine;
  GTimeZone *zone;
  SlId locations[MODEL_LOCATIONS];
  SlId instructor, others; /* staff: one who teaches; and an id for all else */
  guint *ways;             /* (nullable): how often bookings went from one state to another: M_STATUS_LAST² */
} Studio;
Studio *studio_new (guint64 seed, const char *zone, gint64 now);
void studio_free (Studio *studio);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Studio, studio_free)

typedef struct {
  Studio *studio;
  SlEngine *engine; /* the studio's */
  Model *model;
  GArray *members, *services, *sessions, *packages, *lots, *bookings; /* of SlId: the numbers' ids */
  GPtrArray *passes;         /* (element-type GPtrArray of utf8): each member's */
  GArray *statuses;          /* of ModelStatus: what each booking was before the last command */
  GArray *rights;            /* of gint64: what each session had free before it */
  int session, member; /* what the command at hand is about, or MODEL_NONE */
  guint steps;
  char *what;                /* (nullable): the command at hand, for people */
  char *answer;              /* (nullable): what the engine said to it */
  char *difference;          /* (nullable): the first one */
  GString *trace;            /* (nullable) */
} World;
World *world_new (Studio *studio, gboolean trace);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* world-steps.c */
typedef struct {
  const char *name;
  guint weight;
  void (*give) (World *world, const guint32 r[COMMAND_NUMBERS]);
  ModelStatus wanted; /* what it does something to */
} CommandKind;
extern const CommandKind command_kinds[]; /* ends with a NULL name */
void world_give (World *world, const Command *command);
void world_tidy (World *world); /* for the next world in the same studio */
GArray *world_commands (guint64 seed, guint length); /* (element-type Command) */

/* world.c */
void world_differ (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void world_note (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3); /* what the command is */
int world_find (GArray *ids, const SlId *id);
void world_actor (World *world, const ModelActor *actor, SlActor *out);
/* What the engine answered, as a line. ok: (transfer full): what it says when it was done. */
char *world_refusal (World *world, SlRefusal *refusal);
char *world_answer (World *world, gboolean decided, SlRefusal *refusal, GError *failure, char *ok);
/* Both lines (transfer full); TRUE: both said ok. */
gboolean world_agree (World *world, char *model, char *engine);

void world_settle (World *world, gint64 at); /* runs what is due */

/* world-compare.c */
void world_compare (World *world, gboolean all); /* else what the command at hand is about */
void world_compare_deeply (World *world);        /* all, and each booking by itself */
void world_verify (World *world);                /* of the whole studio: takes as long as some worlds */
