/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cbor.h"
#include "core/error.h"
#include "oplog/clocks.h"
#include "oplog/older.h"
#include "oplog/oplog.h"
#include "oplog/operation.h"
#include "oplog/rules-off.h"
#include "oplog/wire.h"

/* Inside the oplog room only. */

/* One device's chain, as this database holds it. Read at the start of a transaction, written back at its commit. */
typedef struct {
  gint64 ix;
  SlId replica;
  gboolean has_key;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  gboolean has_invitation;
  guint8 invitation[SL_SIGN_PUBLIC_BYTES];
  SlId predecessor;
  guint64 head_seq, applied_seq, seen_seq;
  SlHash head_hash;
  guint64 pruned_seq; /* bytes up to here are folded into the snapshot that is kept; 0: all are here */
  SlHash pruned_hash; /* h (pruned_seq) */
  gint64 pruned_hlc;
  guint pruned_refs; /* ids named up to there */
  gint64 head_hlc, applied_hlc;
  char *stopped;     /* (nullable): why nothing more is taken */
  const char *hold;  /* (nullable): why its next stored operation is not applied yet, as of the last attempt */
  GArray *refs;      /* (nullable) of SlId: read when needed */
  guint refs_stored; /* how many of them are in the table */
  GPtrArray *recent; /* (nullable) of GBytes: stored and not applied yet, as far as they are in memory */
  guint64 recent_first; /* number of the first of them */
  gboolean revokes; /* what was appended and not applied yet may revoke somebody: it goes first */
  gboolean dirty;
} SlChain;

/* Who this device is: DIR/identity, outside the database. */
typedef struct {
  SlId organisation, replica;
  SlSignKey key;
  gboolean has_predecessor; /* it goes on for another device, whose key signs its first operation */
  SlId predecessor;
  SlSignKey predecessor_key;
  gboolean predecessor_lives; /* this is a copy that was found at another place: the original may go on */
  GArray *also_gone;  /* (nullable) of SlId: it went on as these before, until its database was put back */
  char *place;        /* machine, file system and inode it was written for */
  gboolean elsewhere; /* it is read at another place: a copy */
  gboolean sealed;    /* its seeds lie under the machine's secret: device-secret.h */
} SlIdentity;
void sl_identity_clear (SlIdentity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlIdentity, sl_identity_clear)
gboolean sl_identity_exists (const char *dir);
gboolean sl_identity_read (const char *dir, SlIdentity *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_identity_write (const char *dir, SlIdentity *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* DIR/mark: how far this device's chain had come. */
typedef struct {
  int fd;
  gboolean unsynced;
} SlMark;
gboolean sl_mark_open (SlMark *mark, const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_mark_close (SlMark *mark);
gboolean sl_mark_read (SlMark *mark, guint64 *out_seq, SlHash *out_hash); /* FALSE: none, or torn */
gboolean sl_mark_write (SlMark *mark, guint64 seq, const SlHash *hash, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_mark_sync (SlMark *mark);
gboolean sl_mark_clear (SlMark *mark, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* on disk: none */

typedef struct {
  guint64 limbs[4];
} SlStateSum; /* 256 bits, low limb first */

/* A stretch of a device's stamps that its clock ran ahead for: operations from_seq to seq − 1. */
typedef struct {
  SlId replica;
  guint64 seq, from_seq;
  gint64 offset_ms;
} SlCorrection;

/* Stamps of others pull ours along by no more than this, and no clock that is right is behind its stamps by more: a
 * device with a clock in 2099 must not take everyone there. */
#define SL_CLOCK_AHEAD_MAX_MS (G_GINT64_CONSTANT (2) * 60 * 1000)

struct _SlOplog {
  SlStore *store;
  SlWorld *world;
  SlIdentity identity;
  SlMark mark;
  gboolean follower;   /* its truth lies in another log: follower.c */
  SlPublishFunc publish; /* (nullable) of a follower: writes into that log */
  gpointer publish_data;
  gboolean scratch;    /* a rebuild for verify: no identity, no mark */
  gboolean is_copy;    /* this directory is a copy or an old backup: become a new device before the first write */
  gboolean mark_lags;  /* a power cut has lost the latest mark: the next commit of any kind writes it again */
  gboolean is_spent;   /* the identity wrote something that the database, put back since, does not hold */
  gboolean rebuild_due; /* the tables may lack what old operations say */
  gboolean parked_due; /* operations may wait for a kind that this program knows now */
  SlKindSet kinds_unknown; /* treated as a later program's: tests of mixed versions */
  guint kinds_last;      /* kinds after it are a later program's too; 0: all that there are are known */
  guint8 fields_known[SL_ENTITY_LAST]; /* fields beyond this number are treated so; 0: none */
  gint64 own_kind_version; /* chains_version at which own_kind was read */
  gint64 own_kind_ix;
  guint64 own_kind; /* the latest kind that the chain own_kind_ix, ours, holds */
  guint64 identity_inode, database_inode; /* of the files that were read: another process may have replaced them */
  GPtrArray *chains;                      /* of SlChain, by ix */
  char *database_path;
  gint64 place_version;  /* chains_version at which the identity was looked at */
  gint64 chains_version; /* data_version that they were read at; -1: read again */
  SlChain *own;          /* (nullable) in chains */
  SlId actor;
  gboolean has_key;
  guint8 key[SL_KEY_BYTES];
  SlId approver;  /* none: nobody */
  gint64 emitted; /* operations of this transaction */
  SlHash emitted_before; /* what our chain ended with before the first of them */
  gboolean in_command;
  gboolean seen_told; /* this transaction's first operation has carried what was merged before */
  gint64 clock_hlc;   /* highest stamp of all chains */
  gint64 correcting_hlc; /* while a correction of our own stamps is written: what our last one was ahead by */
  gint64 fold_age_ms, clock_reach_ms; /* prune.h */
  gint64 floor_hlc;   /* the next operation's stamp is above it: an edit wins over what its author saw */
  SlStateSum sum;     /* of all rows, as of this transaction */
  gboolean sum_dirty;
  GArray *corrections;  /* (nullable) of SlCorrection: of clocks that were ahead; read when needed */
  gboolean correct_due; /* one has come after what it corrects was applied */
  const char *hold;   /* (nullable): set by an apply function that may not apply its operation yet */
  guint64 rules_off;  /* SL_RULE_… */
  GPtrArray *fences;  /* (nullable) of SlFence: revoked devices; read when needed */
  GPtrArray *forks;   /* (nullable) of SlFork: devices with two histories; read when needed, forgotten with fences */
  GHashTable *pinned; /* (nullable) SlId* → guint64*: while the tables are rebuilt, up to where each chain is applied */
  GHashTable *touched; /* (nullable) of SlId: sessions that are marked: conflict.c */
  GHashTable *rights; /* (nullable) SlId* → GArray*: see rights-cache.h */
  gint64 erased;       /* members known as erased when member_keys was last looked through */
  gboolean scrub_due;  /* what was deleted may still be in the write-ahead log's file */
  GHashTable *member_keys; /* SlId* → SlSealKey*: opened keys, dropped with the log */
  GHashTable *keys_used;   /* (nullable) SlId*, a set: sl_oplog_watch_keys() */
};

/* chain.c */
gboolean sl_chains_load (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chains_store (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_chains_forget (SlOplog *log);
SlChain *sl_chain_find (SlOplog *log, const SlId *replica); /* (nullable) */
SlChain *sl_chain_add (SlOplog *log, const SlId *replica);
gboolean sl_chain_load_refs (SlOplog *log, SlChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_append (SlOplog *log, SlChain *chain, GBytes *bytes, const SlHash *hash,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_append_all (SlOplog *log, SlChain *chain, GBytes *const *bytes, const SlHash *hashes, guint n,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_read_operation (SlOplog *log, const SlChain *chain, guint64 seq, GBytes **out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_next_operation (SlOplog *log, SlChain *chain, guint64 seq, GBytes **out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_hash_at (SlOplog *log, const SlChain *chain, guint64 seq, SlHash *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_hash_if_kept (SlOplog *log, const SlChain *chain, guint64 seq, SlHash *out, gboolean *out_folded,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_sign_head (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_store_head (SlOplog *log, SlChain *chain, guint64 seq, const SlHash *hash, const guint8 *signature,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_admitted (SlOplog *log, const SlChain *chain, gboolean *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_chain_is_founder (SlOplog *log, const SlChain *chain);
gboolean sl_chain_take_first (SlOplog *log, SlChain *chain,
                              GBytes *bytes); /* reads who the chain belongs to; FALSE: not a proper first operation */
#define SL_OP_POS(ix, seq) (((ix) << 40) | (gint64) (seq))

/* How far a wall clock may be from a stamp: one that was in 2099, and another that begins in 1970 after a night without
 * power. Whatever is written relative to a stamp stays within. */
#define SL_CLOCKS_APART_MAX_MS (G_GINT64_CONSTANT (200) * 366 * 24 * 60 * 60 * 1000)

/* emit.c */
gboolean sl_oplog_emit (SlOplog *log, SlKind kind, const SlId *entity, SlCborWriter *body, SlId *out_made,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_oplog_next_id (SlOplog *log, SlId *out); /* the id that the next operation's making will get */

/* apply.c: the only code that writes replicated tables, with the apply-*.c files */
typedef gboolean (*SlApplyFunc) (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply (SlOplog *log, const SlOperation *operation, GBytes *bytes,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT; /* BAD_INPUT: malformed */
gboolean sl_apply_chain (SlOplog *log, SlChain *chain, guint64 up_to,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT; /* stored ones, while admitted */
const char *sl_kind_name (guint64 kind);         /* (nullable): not known */
const char *const *sl_kind_parts (guint64 kind); /* (nullable): names of its body's items, for people */
gboolean sl_apply_hold (SlOplog *log, const char *reason);              /* gives TRUE */
gboolean sl_malformed (const SlOperation *operation, GError **error); /* gives FALSE */
void sl_apply_made_id (const SlOperation *operation, guint index, SlId *out);
gboolean sl_apply_reference (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_session_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_session_capacity (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_session_cancel (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_session_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_book (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_claim (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_confirm (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_waitlist_join (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_claim_trust (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_claim_settle (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_checkin_leave (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_lot_transfer (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_release (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_release_spots (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_claim_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_day_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_recurrence_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_session_occurrence (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_checkin (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_checkin_undo (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_lot_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_lot_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_lot_burn (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_sale (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_receipts_check (SlOplog *log, GPtrArray *problems, GError **error);
gboolean sl_apply_payment_take (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_payment_outcome (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_refund (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_money_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_voucher_issue (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_voucher_void (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_till_open (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_till_close (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_till_cash (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_lot_grant (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_pass_issue (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_device_first (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_device_admit (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_issuing_key (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
/* apply-around.c */
gboolean sl_apply_program_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_progress (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_incident (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_incident_close (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_note (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_notification_sent (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_call (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_call_take (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);

gboolean sl_kind_is_known (SlOplog *log, guint64 kind);

/* parked.c: src/oplog/README.md "Versions" */
gboolean sl_park_operation (SlOplog *log, const SlOperation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_park_fields (SlOplog *log, SlEntity entity, const SlId *id, const SlStamp *stamp, GBytes *fields,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_field_is_known (SlOplog *log, SlEntity entity, gint64 number);
gboolean sl_parked_look (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_parked_take_due (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_version_check_own (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_version_note_own (SlOplog *log, guint64 kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* history.c: what reading the log backwards needs, written as operations are applied */
gboolean sl_trail_note (SlOplog *log, const SlOperation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_trail_mark (SlOplog *log, const SlChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* conflict.c */
gboolean sl_apply_noted (SlOplog *log, const SlOperation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_apply_conflict_settle (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
/* apply-clock.c: src/oplog/README.md "Time" */
gboolean sl_corrections_load (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_corrections_forget (SlOplog *log);
gboolean sl_corrections_settled (SlOplog *log, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_corrected_hlc (SlOplog *log, const SlId *replica, guint64 seq, gint64 signed_hlc);
gboolean sl_correct_operation (SlOplog *log, SlOperation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_clock_recount (SlOplog *log, gboolean with_own);
gint64 sl_apply_wall_ms (const SlOperation *operation, gint64 behind_ms);
gint64 sl_apply_moment_ms (const SlOperation *operation, gint64 difference_ms);
gboolean sl_apply_clock_correct (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);

/* apply-erase.c: src/oplog/README.md "Erasing" */
gboolean sl_erasures_note (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_erase_absorb_member (SlOplog *log, const SlId *member, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_erase_absorb_claim (SlOplog *log, const SlId *claim, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_erase_absorb_checkin (SlOplog *log, const SlId *checkin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_apply_member_export (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_member_erase (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);

/* reference.c */
SlEntity sl_entity_of_kind (guint64 kind); /* SL_ENTITY_LAST: none */
gboolean sl_reference_is_create (guint64 kind);
/* Writes fields as a map and reads it back into the row; used for sessions too, whose creation also mints. */
gboolean sl_fields_put (SlOplog *log, const SlFields *fields, const SlId *id, SlCborWriter *writer,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_reference_merge (SlOplog *log, SlEntity entity, const SlId *id, const SlOperation *operation,
                             gboolean creates, SlCborReader *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_reference_merge_at (SlOplog *log, SlEntity entity, const SlId *id, const SlOperation *operation,
                                const SlStamp *stamp, gboolean creates, SlCborReader *body,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_reference_is_sound (SlEntity entity, const guint8 *data, gsize length);
const char *sl_reference_column (SlEntity entity, gint64 number, gboolean *out_sealed); /* (nullable) */
gboolean sl_reference_is_created (guint64 kind); /* whether things of the kind have a creation with fields */
gboolean sl_reference_is_note (SlEntity entity, gint64 number);

/* keyring.c */
typedef enum {
  SL_KEYRING_MEMBER = 1,
  SL_KEYRING_PEPPER = 2,
  SL_KEYRING_ISSUING = 3,
  SL_KEYRING_NOTES = 4
} SlKeyringKind;
gboolean sl_keyring_add (SlOplog *log, SlKeyringKind kind, const SlId *id, const guint8 key[SL_SEAL_KEY_BYTES],
                         gboolean *out_new, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_keyring_get (SlOplog *log, SlKeyringKind kind, const SlId *id, SlSealKey *out, gboolean *out_found,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef struct {
  gint64 after, up_to;  /* by their local numbers */
  const SlId *not_from; /* (nullable): but for those that this device brought */
} SlKeyringPart;
/* Keys in one box for one device; NULL with no error where there are none. part (nullable): all. */
GBytes *sl_keyring_bundle (SlOplog *log, const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const SlKeyringPart *part,
                           GError **error);
gboolean sl_keyring_open_bundle (SlOplog *log, const SlSignKey *key, const void *sealed, gsize length,
                                 const SlId *from, gboolean *out_opened, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_keyring_rewrap (SlOplog *log, const SlSignKey *old_key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_keyring_check_member (SlOplog *log, const SlId *member, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *sl_seal_field (SlOplog *log, const SlId *member, guint8 number, const char *text, GError **error);
GBytes *sl_seal_note (SlOplog *log, const SlId *member, const char *text,
                      GError **error); /* NULL text: NULL without error */
GBytes *sl_seal_guests (SlOplog *log, const SlId *member, const char *const *names, GError **error);

/* state-sum.c */
void sl_state_sum_attach (SlOplog *log);
void sl_state_sum_detach (SlOplog *log);
gboolean sl_state_sum_load (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_state_sum_store (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_state_sum_scan (SlStore *store, const char *only_table, SlStateSum *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_state_sum_add_row (SlStateSum *sum, const char *table, sqlite3_stmt *stmt);
void sl_state_sum_to_hash (const SlStateSum *sum, SlHash *out);
gboolean sl_state_sum_equal (const SlStateSum *a, const SlStateSum *b);
GPtrArray *sl_replicated_tables (SlStore *store, GError **error); /* (element-type utf8) (transfer full) */

/* fence.c, fence-due.c, apply-fence.c: src/oplog/README.md "Fences" */
gboolean sl_fences_load (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_fences_forget (SlOplog *log);
gboolean sl_fence_limit (SlOplog *log, const SlChain *chain, guint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fence_note_seen (SlOplog *log, const SlOperation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_fence_missing (SlOplog *log, GArray *inout_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_apply_device_revoke (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_device_seen (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_device_fork (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);
gboolean sl_apply_rights_reclaim (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error);

/* rebuild.c */
gboolean sl_oplog_rebuild (SlOplog *log, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* inside a transaction: the replicated tables once more from the log */
gboolean sl_tables_clear (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_rebuild_if_due (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* found.c, rebirth.c */
gboolean sl_rebirth_begin (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* the identity is taken already */
gboolean sl_rebirth_needed (SlOplog *log, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_rebirth (SlOplog *log,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT; /* inside a transaction, before its first operation */
gboolean sl_identity_start_over (SlIdentity *identity, SlWorld *world, const char *dir,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_identity_succeed (SlIdentity *identity, SlWorld *world, const char *dir,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_rebirth_message (const SlId *organisation, const SlId *replica, const guint8 *public_key, SlHash *out);
void sl_join_message (const SlId *organisation, const SlId *replica, const guint8 *public_key, SlHash *out);
SlOplog *sl_oplog_new_bare (SlStore *store, SlWorld *world); /* no identity yet */
SlOplog *sl_oplog_new_scratch (SlStore *store, SlWorld *world, const SlId *organisation, GError **error);
gboolean sl_oplog_adopt (SlOplog *log, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* a bare log's identity is written: open the mark */
gboolean sl_oplog_begin_bare (SlOplog *log,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT; /* without the checks of identity */
/* As sl_oplog_begin(), to take what others wrote: a follower need not have read its own device's operations. */
gboolean sl_oplog_begin_to_receive (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* follower.c */
gboolean sl_follower_check (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_follower_publish (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_follower_tell (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
