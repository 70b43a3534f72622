/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/conflict.h"
#include "oplog/fence-private.h"
#include "oplog/fork.h"
#include "oplog/incoming.h"

/* A device of which two histories are known, or of which somebody has said so. */
typedef struct {
  SlId replica;
  guint64 first_seq;   /* the first number that is known to be there twice; 0: none */
  gboolean has_branch; /* operations of another history are here: first_seq is where it begins */
  gboolean has_proof;  /* two signed heads are here */
  gboolean fenced;     /* an applied operation says so */
  gboolean has_target; /* a revocation by people, or a final cut, names the history that counts */
  guint64 target_seq;
  SlHash target_hash;
  gboolean astray; /* that history has not come here yet */
} SlFork;

/* One signed history's operation that does not count. */
typedef struct {
  SlHash hash, previous;
  guint64 seq;
  GBytes *bytes;   /* (nullable): not read */
  gboolean stored; /* in local_branch already */
  gboolean vouched;
} SlBranchNode;

/* fork.c */
gboolean sl_forks_load (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_forks_forget (SlOplog *log);
SlFork *sl_fork_find (SlOplog *log, const SlId *replica); /* (nullable); after sl_forks_load() */
gboolean sl_fork_is_known (SlOplog *log, const SlId *replica, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In sl_fence_settle(): tells everybody. */
gboolean sl_fork_settle (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where fence's device is cut for ever, once all is here: its own cut, or the end of the history that counts. */
guint64 sl_fork_final_cut (SlOplog *log, const SlFence *fence);
gboolean sl_fork_is_astray (SlOplog *log, const SlId *replica);
/* Adds sentences to problems (of utf8). */
gboolean sl_fork_check (SlOplog *log, GPtrArray *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What a reader that has up to since of replica needs: it may have another history from the first difference on. */
guint64 sl_fork_since (SlOplog *log, const SlId *replica, guint64 since);

/* unapplied.c */
void sl_stored_operation_read (const SlOperation *operation, SlStoredOperation *out);

/* fork-branch.c */
GHashTable *sl_branch_load (SlOplog *log, const SlId *replica, GError **error); /* SlHash* → SlBranchNode* */
gboolean sl_branch_insert (SlOplog *log, const SlId *replica, const SlBranchNode *node,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_branch_store_head (SlOplog *log, const SlId *replica, const SlIncomingHead *head,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After the branches of a chain have grown: keeps the proof, where there is one. out_new: it is a new one. */
gboolean sl_fork_note (SlOplog *log, SlChain *chain, gboolean *out_new, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts the history that counts into each chain's place, and rebuilds the tables where another was applied. */
gboolean sl_fork_follow (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The branches of replica as signed segments. (element-type SlSegment) (transfer full) */
GPtrArray *sl_fork_segments (SlOplog *log, const SlId *replica, GError **error);

/* fork-take.c */
gboolean sl_fork_take_segment (SlOplog *log, SlIncoming *incoming, SlChain *chain, const SlSegment *segment,
                               const GArray *hashes, gboolean *out_taken, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of single operations: takes those of other histories that are vouched for out of chain's places and heads. */
gboolean sl_fork_take_candidates (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, SlChain *known,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fork_note_and_tell (SlOplog *log, SlIncoming *incoming, SlChain *chain, gboolean has_grown,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
