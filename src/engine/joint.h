/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* A command that is made of other commands: all of them or none, in a transaction of its own or inside a keyed command.
 * Inside the engine room only.
 *
 *   if (!sl_joint_begin (&joint, engine, actor, "slot book", error)) return FALSE;
 *   … checks, then sl_…() of other files: where one says no or fails:
 *     return sl_joint_decline (&joint, refusal, error);
 *   return sl_joint_commit (&joint, error); */
typedef struct {
  SlEngine *engine;
  const SlActor *actor;
  const char *command;
  gboolean own;    /* the transaction is this command's */
  gint64 emitted;  /* operations before it */
} SlJoint;
gboolean sl_joint_begin (SlJoint *out, SlEngine *engine, const SlActor *actor, const char *command,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_joint_commit (SlJoint *joint, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_joint_decline (SlJoint *joint, const SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
