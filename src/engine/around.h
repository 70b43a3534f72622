/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/member.h"

/* What programs, incidents and notes share. Inside the engine room only. */

#define SL_AROUND_TEXT_MAX_BYTES 4000 /* of one text: a field of the log, less its sealing */

/* Whether the actor may do this about the member (none: about nobody, which is anybody's own): *out_allowed, and the
 * refusal where not. */
gboolean sl_around_may (SlEngine *engine, const SlActor *actor, SlAction action, const SlId *member,
                        const SlId *location, gboolean *out_allowed, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): cleaned; NULL with BAD_INPUT where it is empty or too long. field: "the note" */
char *sl_around_text (const char *field, const char *text, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
