/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/oplog.h"

#define SL_CURRENCY_DEFAULT "ZAR"

/* When something read from the store is of: another one after every commit of anybody and every write of our own. */
typedef struct { gint64 data_version, own_changes; } SlEngineStamp;

/* Inside the engine room only. */
struct _SlEngine {
  char *dir;
  SlStore *store;
  SlOplog *log;
  SlWorld *world;
  SlId location;            /* this device's */
  SlId hub;                 /* none: the studio stands alone */
  const char *studio_name, *location_name, *currency; /* (nullable) interned */
  GTimeZone *zone;          /* the last one of zones */
  GPtrArray *zones;         /* (element-type GTimeZone): all that were given out: whoever holds one may keep it */
  SlEngineStamp loaded;     /* when the lines above were read */
  SlEngineStamp settled;    /* when it was last looked whether somebody was erased … */
  gint64 erased;            /* … and how many were then */
  guint depth;              /* commands inside a keyed command share its transaction */
  guint64 transaction;      /* counts those that commands have begun */
  SlHash keyed_key;         /* of the keyed command that is open */
  GBytes *keyed_words;      /* (nullable): NULL: no keyed command is open */
  GHashTable *keyed_used;   /* (nullable) (element-type SlId): a set: whose data was opened in it */
  SlId keyed_actor;
  gboolean keyed_failed;    /* one of its commands failed: only sl_keyed_abandon() is left */
  gboolean can_ask;         /* sl_engine_set_can_ask() */
  gboolean notes_nothing;   /* whoever runs the batch tells the refusals itself */
  struct _SlMemberIndex *member_index; /* (nullable): names and phones in memory, built on first search */
};

/* The frame of every command:
 *
 *   if (!sl_command_begin (engine, actor, error)) return FALSE;
 *   … read, check: return sl_command_refuse (engine, actor, "book", refusal, error);   (nothing may be emitted before)
 *   … sl_op_…(): on FALSE return sl_command_fail (engine);
 *   return sl_command_commit (engine, error);
 *
 * begin takes the writer lock; commit returns after the sync. refuse ends the transaction, writes the refusal note
 * (without a sync of its own) and returns TRUE: the command is decided. fail rolls back and returns FALSE. */
gboolean sl_command_begin (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_commit (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_refuse (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_fail (SlEngine *engine);
gboolean sl_command_open_log (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes a refusal of something that needed no transaction. */
gboolean sl_command_note (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes a refused query where that can be done, and gives TRUE: the query is decided. Queries answer where nothing can
 * be written. */
gboolean sl_query_refuse (SlEngine *engine, const SlActor *actor, const char *query, const SlRefusal *refusal);
gboolean sl_command_trim_notes (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* sl_actor_may() inside a command: where an approver makes the difference, the operations that follow say who. */
gboolean sl_command_may (SlEngine *engine, const SlActor *actor, SlAction action, const SlId *location,
                         SlRefusal *refusal);

SlEngineStamp sl_engine_stamp (SlEngine *engine);
gboolean sl_engine_stamp_equal (const SlEngineStamp *a, const SlEngineStamp *b);
