/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Member passes: the code on a member's phone. Issuing one revokes the one before. */
typedef struct { SlId id, member_id; guint32 serial; gint64 issued_ms, expires_ms; char *code; } SlPass;
void sl_pass_free (SlPass *pass);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPass, sl_pass_free)

gboolean sl_pass_issue (SlEngine *engine, const SlActor *actor, const SlId *member, SlPass **out_pass,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlPass *sl_pass_current (SlEngine *engine, const SlId *member,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): NULL without error: none issued */

typedef enum {
  SL_PASS_CURRENT,
  SL_PASS_REVOKED,
  SL_PASS_UNKNOWN
} SlPassStanding; /* UNKNOWN: not heard of; decide by the signature */
gboolean sl_pass_standing (SlEngine *engine, const SlId *member, guint32 serial, gint64 issued_ms,
                           SlPassStanding *out_standing, GError **error) G_GNUC_WARN_UNUSED_RESULT;
