/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* What devices did apart from one another: marks for the resolver, keys used twice, conflicts that people have dealt
 * with, operations that lie here unapplied. src/oplog/README.md "Conflicts". */

/* --- sessions whose claims others have touched --- */
gboolean sl_touched_any (SlOplog *log, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At most max of them behind after (none: from the first), in their order. (element-type SlId) (transfer full) */
GArray *sl_touched_list (SlOplog *log, const SlId *after, guint max, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Inside a transaction: looked at, nothing is left to do. */
gboolean sl_touched_done (SlOplog *log, const SlId *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Inside a transaction: every session that may need looking at, where rows came otherwise than one by one. */
gboolean sl_touched_everything (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_touched_spread (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* makes rows of that mark */

/* --- what lies here and is not applied --- */
#define SL_UNAPPLIED_MAX 5000 /* operations read; with more, everything is taken to be involved */
typedef struct {
  GBytes *bytes; /* of all of them, one after the other */
  gboolean all;  /* FALSE: there are more than were read */
} SlUnapplied;
void sl_unapplied_clear (SlUnapplied *unapplied);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlUnapplied, sl_unapplied_clear)
gboolean sl_unapplied_read (SlOplog *log, SlUnapplied *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_unapplied_names (const SlUnapplied *unapplied, const SlId *id);

/* An operation stored and not applied, as far as people need it. */
typedef struct {
  guint64 seq;
  guint64 kind;
  gint64 at_ms;
  SlId made, session, member; /* of a booking; else none */
} SlStoredOperation;
/* Operations of replica behind number after, at most max. (element-type SlStoredOperation) (transfer full) */
GArray *sl_stored_operations (SlOplog *log, const SlId *replica, guint64 after, guint max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is held of each device's chain, and how far it goes. */
typedef struct {
  SlId replica;
  guint64 head_seq, applied_seq;
  guint64 will_apply_seq; /* what lies here up to this number is to be applied once it can be */
  gint64 last_ms;         /* its stamp of the last applied operation; 0: none */
  gboolean own, admitted, stopped;
} SlChainState;
GArray *sl_chain_states (SlOplog *log, GError **error); /* (element-type SlChainState) (transfer full) */

/* --- apart or knowingly --- */
typedef struct {
  SlId replica;
  guint64 seq; /* 0: none known */
} SlPlace;
/* Whether the authors of two operations did not know of one another's. */
gboolean sl_places_are_apart (SlOplog *log, const SlPlace *a, const SlPlace *b, gboolean *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The operation whose value a member's phone is. */
gboolean sl_member_phone_place (SlOplog *log, const SlId *member, SlPlace *out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- conflicts that a person has dealt with --- */
#define SL_CONFLICT_ENTITIES_MAX 64
#define SL_CONFLICT_NOTE_MAX_BYTES 500 /* a few sentences */
void sl_conflict_id (const char *kind, const SlId *entities, guint n_entities, SlId *out);
gboolean sl_op_conflict_settle (SlOplog *log, const char *kind, const SlId *entities, guint n_entities,
                                const char *note, GError **error) G_GNUC_WARN_UNUSED_RESULT;
