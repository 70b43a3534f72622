/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* As much of a member as the door and the roster need: one row, no credits counted. Inside the engine room only. */
typedef struct {
  SlId id;            /* of the record that they go by now: that of another one where they were merged into it */
  gboolean known;     /* the member's record has arrived here */
  gboolean active;    /* not banned, inactive or erased */
  gboolean erased;
  char *first, *last; /* (nullable): not known, or no key here */
} SlMemberBrief;
void sl_member_brief_clear (SlMemberBrief *brief);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlMemberBrief, sl_member_brief_clear)

gboolean sl_member_brief_load (SlEngine *engine, const SlId *member_id, SlMemberBrief *out, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *sl_member_brief_full_name (const SlMemberBrief *brief);  /* (nullable) "Thandi Nkosi" */
char *sl_member_brief_short_name (const SlMemberBrief *brief); /* (nullable) "Thandi N." */
