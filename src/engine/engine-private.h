/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/oplog.h"

/* Inside the engine room only. */
struct _SlEngine {
  char *dir;
  SlStore *store;
  SlOplog *log;
  SlWorld *world;
  SlId location;            /* this device's */
  char *studio_name, *location_name, *currency;
  GTimeZone *zone;
  guint depth;              /* commands inside a keyed command share its transaction */
  struct _SlMemberIndex *member_index; /* (nullable): names and phones in memory, built on first search */
};

/* The frame of every command:
 *
 *   if (!sl_command_begin (engine, actor, error)) return FALSE;
 *   … read, check: return sl_command_refuse (engine, actor, "book", refusal, error);   (nothing may be emitted before)
 *   … sl_op_…(): on FALSE return sl_command_fail (engine);
 *   return sl_command_commit (engine, error);
 *
 * begin takes the writer lock; commit returns after the sync. refuse ends the transaction, writes the refusal note (without a sync of
 * its own) and returns TRUE: the command is decided. fail rolls back and returns FALSE. */
gboolean sl_command_begin (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_commit (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_refuse (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_command_fail (SlEngine *engine);
