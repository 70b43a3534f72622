/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Names and phones in memory, for searching: plain text is nowhere else. Follows every commit; built ahead
 * in slices, or by the first search. */
typedef struct _SlMemberIndex SlMemberIndex;
void sl_member_index_free (SlMemberIndex *index);
/* Ids whose name holds every word of search (each at the beginning of a word of the name), or whose phone holds its
 * digits; by folded name. search NULL or empty: all. (element-type SlId) (transfer full) */
GArray *sl_member_index_search (SlEngine *engine, const char *search, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Two members each who have one number. (element-type SlMemberPair) (transfer full) */
typedef struct {
  SlId one, other;
} SlMemberPair;
GArray *sl_member_index_shared_phones (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *sl_member_index_by_phone (SlEngine *engine, const char *e164, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens some names more, for programs that stay: until done, whenever nobody waits. */
gboolean sl_member_index_warm (SlEngine *engine, gboolean *out_done, GError **error) G_GNUC_WARN_UNUSED_RESULT;
