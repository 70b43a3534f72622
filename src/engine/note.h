/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What staff write down about a member, or to a session, with who and when. Nobody changes one: another follows it. */
typedef struct {
  SlId id;
  SlId member_id, session_id; /* none: none */
  gint64 at_ms;
  SlId actor;
  char *text;                 /* (nullable): NULL where this device has no key, or the member was erased */
} SlNote;
void sl_note_free (SlNote *note);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlNote, sl_note_free)

/* member or session or both. Refusals: not_allowed, member_erased. */
gboolean sl_note_add (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *session,
                      const char *text, SlId *out_id, SlRefusal *out_refusal,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define SL_NOTES_MAX 500 /* of one answer */
/* One of member and session, or both: notes on that member to that session. (element-type SlNote): the latest first. */
gboolean sl_note_list (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *session,
                       GPtrArray **out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
