/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/clock.h"
#include "core/crypto.h"
#include "core/id.h"
#include "store/store.h"

/* The log of one data directory: signed chains of operations, and the only code that writes replicated tables.
 * Formats and rules: src/oplog/README.md. A log belongs to the thread of its store. */
typedef struct _SlOplog SlOplog;

#define SL_SEGMENT_MAX_OPERATIONS 500 /* between two signed heads, at most, when this device signs */

SlOplog *sl_oplog_open (SlStore *store, SlWorld *world, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_oplog_close (SlOplog *log); /* does not close the store */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlOplog, sl_oplog_close)
SlStore *sl_oplog_get_store (SlOplog *log);
SlWorld *sl_oplog_get_world (SlOplog *log);
const SlId *sl_oplog_get_replica (SlOplog *log); /* this device */
const SlId *sl_oplog_get_organisation (SlOplog *log);
gboolean sl_oplog_seal_identity (SlOplog *log, gboolean sealed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_oplog_sync_mark (SlOplog *log); /* about once a second in programs that stay */

/* Who did it, besides staff and members by their ids. */
extern const SlId sl_actor_device; /* the device by itself: run-due, a member at the kiosk */
extern const SlId sl_actor_owner;  /* whoever may write the data directory: the command line without --staff */

/* A command: begin, read, check, emit, commit. Emitting applies at once, inside the transaction. */
gboolean sl_oplog_begin (SlOplog *log, const SlId *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_commit (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* returns after the sync */
void sl_oplog_rollback (SlOplog *log);
void sl_oplog_set_key (SlOplog *log,
                       const SlHash *key); /* (nullable): goes into the next operation of this transaction */
void sl_oplog_set_approver (SlOplog *log, const SlId *approver); /* goes into all further ones of this transaction */
gint64 sl_oplog_stamp (SlOplog *log);      /* hlc that the next operation will carry */
gint64 sl_oplog_emitted (SlOplog *log);    /* operations emitted in this transaction */

/* --- reference entities: fields, last writer wins per field --- */
typedef enum {
  SL_ENTITY_ORGANISATION,
  SL_ENTITY_LOCATION,
  SL_ENTITY_ROOM,
  SL_ENTITY_STAFF,
  SL_ENTITY_MEMBER,
  SL_ENTITY_SERVICE,
  SL_ENTITY_PACKAGE,
  SL_ENTITY_SESSION,
  SL_ENTITY_DEVICE,
  SL_ENTITY_POLICY,
  SL_ENTITY_AVAILABILITY,
  SL_ENTITY_REQUEST,
  SL_ENTITY_STANDING,
  SL_ENTITY_PLAN,
  SL_ENTITY_MEMBERSHIP,
  SL_ENTITY_RENEWAL,        /* of a package, for a member */
  SL_ENTITY_RENEWAL_CHARGE, /* a sale of it; written once */
  SL_ENTITY_PROGRAM,
  SL_ENTITY_TEMPLATE,
  SL_ENTITY_LAST
} SlEntity;

/* Values for fields by column name ("name", "start_ms", …: see the table of fields in reference.c). Personal fields are
 * given in plain text and sealed on the way. A NULL text or none id clears the field. */
typedef struct _SlFields SlFields;
SlFields *sl_fields_new (SlEntity entity);
void sl_fields_free (SlFields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlFields, sl_fields_free)
void sl_fields_set_about (SlFields *fields, const SlId *member); /* of a thing about a member: sealed with their key */
void sl_fields_set_int (SlFields *fields, const char *column, gint64 value);
void sl_fields_set_null (SlFields *fields, const char *column);
void sl_fields_set_text (SlFields *fields, const char *column,
                         const char *text); /* also sealed fields, in plain text */
void sl_fields_set_id (SlFields *fields, const char *column, const SlId *id);
void sl_fields_set_bytes (SlFields *fields, const char *column, GBytes *bytes);
gboolean sl_fields_is_empty (SlFields *fields);

gboolean sl_op_create (SlOplog *log, SlFields *fields, SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* When one of the fields was last written, UTC ms, by the row's column clocks; 0: never. */
gint64 sl_fields_written_ms (SlEntity entity, const void *clocks, gsize length, const char *const *columns);
gboolean sl_op_edit (SlOplog *log, const SlId *id, SlFields *fields, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- sessions: rights are minted by the creation --- */
gboolean sl_op_session_create (SlOplog *log, SlFields *fields, int capacity, SlId *out_id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_session_capacity (SlOplog *log, const SlId *session, int difference,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_session_cancel (SlOplog *log, const SlId *session, const char *reason,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_session_move (SlOplog *log, const SlId *session, const SlId *to, int spots,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sessions that repeat: an occurrence is the same one whoever makes it, and its spots are those of the rule's device.
 */
typedef struct {
  const char *rrule, *zone; /* RFC 5545, IANA */
  gint64 start_ms, until_ms /* 0: the rule ends by itself */, length_ms;
  int capacity;
  const SlFields *fields; /* of each session, without its times */
} SlRecurrenceParams;
gboolean sl_op_recurrence_create (SlOplog *log, const SlRecurrenceParams *params, SlId *out_id,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_occurrence_id (const SlId *rule, gint64 day, SlId *out);
gboolean sl_op_session_occurrence (SlOplog *log, const SlId *rule, gint64 day, gint64 start_ms, SlId *out_id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The days of an instructor or a room are planned by one device each: its maker, until it passes one on. */
#define SL_DAY_MAX 73048 /* days since 1970: the end of 2169, beyond any time that is taken */
gboolean sl_day_holder (SlOplog *log, const SlId *thing, gint64 day, SlId *out, /* none: not known here */
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_day_move (SlOplog *log, const SlId *thing, gint64 day, const SlId *to,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- claims --- */
typedef enum {
  SL_CLAIM_HOLD = 1,
  SL_CLAIM_BOOKING = 2,
  SL_CLAIM_OFFER = 3,
  SL_CLAIM_OVERRIDE = 4, /* beside the capacity */
  SL_CLAIM_WAITING = 5   /* a place in the queue; like an override it uses no right */
} SlClaimType;
typedef enum {
  SL_CHANNEL_KIOSK = 1,
  SL_CHANNEL_DESK = 2,
  SL_CHANNEL_INSTRUCTOR = 3,
  SL_CHANNEL_PHONE = 4,
  SL_CHANNEL_MARKETPLACE = 5
} SlChannel;
typedef enum { /* reasons of release, a bit each: a claim may be released for several */
               SL_RELEASE_CANCELLED = 1,
               SL_RELEASE_LATE_CANCELLED = 2,
               SL_RELEASE_EXPIRED = 4,
               SL_RELEASE_DUPLICATE = 8,
               SL_RELEASE_SESSION_CANCELLED = 16,
               SL_RELEASE_NO_SHOW = 32,
               SL_RELEASE_LET_GO = 64,
               SL_RELEASE_RESCHEDULED = 128,
               SL_RELEASE_OFFERED = 256 /* a place in the queue, which an offer takes on */
} SlReleaseWhy;
typedef struct {
  SlId lot_id;
  gint64 amount_hundredths;
} SlSpend;
typedef struct {
  SlId session_id, member_id;
  SlId booking_id; /* none: the claim is its own booking */
  SlClaimType type;
  SlChannel channel;
  int spots;
  gint64 held_until_ms;      /* holds and offers */
  const char *const *guests; /* (nullable): names */
  const char *note;          /* (nullable): also an override's reason */
} SlClaimParams;
typedef struct {
  gint64 price_cents;    /* what it was sold at; -1: paid by credits or free */
  const SlSpend *spends; /* in the order of spending */
  guint n_spends;
} SlConfirmParams;
#define SL_SPOTS_MAX 32  /* spots of one claim: a bit each in released_spots */
#define SL_SPENDS_MAX 64 /* lots that one booking may draw on: crumbs of years of half credits */
gboolean sl_op_book (SlOplog *log, const SlClaimParams *claim, const SlConfirmParams *confirm, SlId *out_claim,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_claim (SlOplog *log, const SlClaimParams *claim, SlId *out_claim,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_confirm (SlOplog *log, const SlId *claim, const SlConfirmParams *confirm,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_release (SlOplog *log, const SlId *claim, SlReleaseWhy why, int refund_percent, const char *reason,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_release_duplicate (SlOplog *log, const SlId *claim, const SlId *kept,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_release_spots (SlOplog *log, const SlId *claim, guint32 spot_bits,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_op_claim_move (SlOplog *log, const SlId *claim, const SlId *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A place in the queue of a session; its type, times and override are not looked at. */
gboolean sl_op_waitlist_join (SlOplog *log, const SlClaimParams *claim, SlId *out_claim,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Credits that others hold: a confirmed claim without spends owes them, until its keeper settles. */
gboolean sl_op_claim_trust (SlOplog *log, const SlId *claim, gint64 owed_hundredths,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_claim_settle (SlOplog *log, const SlId *claim, const SlSpend *spends, guint n_spends,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- attendance --- */
typedef enum {
  SL_CHECKIN_FLAG_NONE,
  SL_CHECKIN_FLAG_UNKNOWN_MEMBER,
  SL_CHECKIN_FLAG_UNKNOWN_BOOKING,
  SL_CHECKIN_FLAG_OVERRIDE,
  SL_CHECKIN_FLAG_OPEN_GYM /* by a plan, without a session */
} SlCheckinFlag;
typedef struct {
  SlId booking_id;            /* none: entry without a booking */
  SlId session_id, member_id; /* only where the booking does not tell */
  SlId location_id;           /* only without a session */
  guint32 spot_bits;          /* who of the booking came; 0: all */
  gboolean late;
  SlCheckinFlag flag;
  const char *reason; /* (nullable): an override's */
} SlCheckinParams;
gboolean sl_op_checkin (SlOplog *log, const SlCheckinParams *params, SlId *out_id,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_checkin_undo (SlOplog *log, const SlId *checkin, const char *reason,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_checkin_leave (SlOplog *log, const SlId *checkin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- credits and money --- */
typedef struct {
  SlId member_id, package_id, sale_id;
  gint64 credits_hundredths;
  gint64 expires_ms; /* 0: never */
  const char *reason;
} SlLotParams;
gboolean sl_op_lot_create (SlOplog *log, const SlLotParams *params, SlId *out_id,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_lot_move (SlOplog *log, const SlId *lot, const SlId *to, gint64 amount_hundredths,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef enum { SL_BURN_ADJUST = 1, SL_BURN_EXPIRE = 2, SL_BURN_TRANSFER = 3 } SlBurnKind;
/* Credits of one member given to another, with the lot's end; what package it was of is told too. */
typedef struct {
  SlId lot_id, to_member_id, package_id;
  gint64 amount_hundredths, expires_ms; /* 0: never */
  const char *reason;                   /* (nullable) sealed under the giver's key */
} SlTransferParams;
gboolean sl_op_lot_transfer (SlOplog *log, const SlTransferParams *params, SlId *out_lot,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_lot_burn (SlOplog *log, const SlId *lot, SlBurnKind kind, gint64 amount_hundredths, const char *reason,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* --- erasing and clocks --- */
gboolean sl_op_member_erase (SlOplog *log, const SlId *member, const char *reason,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_is_erased (SlOplog *log, const SlId *member, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many members are erased; opened keys of theirs go from memory. */
gboolean sl_oplog_count_erased (SlOplog *log, gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_scrub (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_clock_correct (SlOplog *log, guint64 from_seq, gint64 offset_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef struct {
  gint64 stamp_ms;     /* of this device's last operation; 0: none */
  gint64 confirmed_ms; /* what the clock said when somebody last confirmed it; 0: never */
  gint64 max_ahead_ms; /* by how much stamps may be ahead of a clock that is right */
} SlStampState;
gboolean sl_oplog_stamp_state (SlOplog *log, SlStampState *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_note_confirmed (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* inside a transaction */
gboolean sl_oplog_find_stretch (SlOplog *log, gint64 offset_ms, gint64 since_ms, guint64 *out_from_seq,
                                guint64 *out_operations, GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define SL_CLOCK_OFFSET_MAX_MS (G_GINT64_CONSTANT (100) * 366 * 24 * 3600 * 1000) /* as far as times reach */

/* --- passes --- */
gboolean sl_op_pass_issue (SlOplog *log, const SlId *member, gint64 issued_ms, gint64 expires_ms, SlId *out_id,
                           guint32 *out_serial, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- what a device may spend (src/oplog/README.md "Rights") --- */
gboolean sl_rights_free (SlOplog *log, const SlId *session, const SlId *replica, gint64 *out_spots,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef struct {
  SlId replica;
  gint64 spots; /* above zero */
} SlRightsDebt;
gboolean sl_rights_debts (SlOplog *log, const SlId *session, GArray **out, /* of SlRightsDebt */
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether this device decides about claims of keeper: it is that device, or goes on for it. */
gboolean sl_oplog_is_kept_here (SlOplog *log, const SlId *keeper, gboolean *out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same in SQL: the devices whose claims those of the one at param ("?1") are. */
#define SL_SQL_HEIRS(param) \
  "(WITH RECURSIVE heir (id) AS (VALUES (" param ") UNION SELECT r.replica FROM reclaim r JOIN heir h ON r.successor " \
  "= h.id) SELECT id FROM heir)"
/* The records of one person, in SQL: the member at param ("?1"), whom they were merged into, and all who were merged
 * into any of these. Two look-ups by index where nobody was. */
#define SL_SQL_SAME_MEMBER(param) \
  "(WITH RECURSIVE same (id) AS (VALUES (" param ") " \
  "UNION SELECT m.merged_into FROM same CROSS JOIN member m ON m.id = same.id WHERE m.merged_into IS NOT NULL " \
  "UNION SELECT m.id FROM same CROSS JOIN member m ON m.merged_into = same.id) SELECT id FROM same)"
/* Over all devices: capacity, and live spots of claims (confirmed, unconfirmed; overrides apart). */
typedef struct {
  gint64 capacity, confirmed, unconfirmed, override_spots;
} SlSessionCount;
gboolean sl_rights_count (SlOplog *log, const SlId *session, SlSessionCount *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_lot_free (SlOplog *log, const SlId *lot, const SlId *replica, gint64 *out_hundredths,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_lot_left (SlOplog *log, const SlId *lot, gint64 *out_hundredths,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT; /* over all devices */
/* What a release at percent gives back of the spend at place (0 is the first), with cumulative rounding up: the parts
 * sum to the rounded whole. before: what the places before it spent. */
gint64 sl_refund_part (gint64 before_hundredths, gint64 amount_hundredths, int percent);

/* --- keys and sealed text --- */
char *sl_oplog_unseal_field (SlOplog *log, const SlId *member, const char *column, const void *sealed,
                             gsize length); /* (nullable): no key, or not ours */
char *sl_oplog_unseal_note (SlOplog *log, const SlId *member, const void *sealed,
                            gsize length); /* (nullable) reasons, notes */
GPtrArray *sl_oplog_unseal_guests (SlOplog *log, const SlId *member, const void *sealed,
                                   gsize length); /* (nullable) names */
gboolean sl_oplog_has_member_key (SlOplog *log, const SlId *member);
/* From now on it is noted in used (nullable, element-type SlId, a set) whose keys are used; gives what was there
 * before. */
GHashTable *sl_oplog_watch_keys (SlOplog *log, GHashTable *used);
gboolean sl_oplog_hash_member_key (SlOplog *log, const SlId *member, SlHasher *hasher, gboolean *out_found,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_load_member_keys (SlOplog *log, const SlId *after, guint count, SlId *out_last,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_pepper (SlOplog *log, SlSealKey *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_oplog_issuing_key (SlOplog *log, SlSignKey *out,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT; /* to sign codes with */
gboolean sl_oplog_issuing_public (SlOplog *log, const guint8 key_id[4], guint8 out_public[SL_SIGN_PUBLIC_BYTES],
                                  gboolean *out_found, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- a data directory's beginning and its replacement --- */
typedef struct {
  const char *name, *currency, *location_name, *timezone, *device_name;
} SlFoundParams;
/* Makes the identity, the founding operations (organisation, location, device, issuing key) in an empty store. */
SlOplog *sl_oplog_found (SlStore *store, SlWorld *world, const SlFoundParams *params, SlId *out_location,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Written invitation for one more device (a secret: whoever holds it can join once within its 24 h). */
gboolean sl_oplog_invite (SlOplog *log, const SlId *actor, const char *file, const SlId *location,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes an empty store a device of the invitation's organisation. BAD_INPUT: not an invitation, expired (*out_expired)
 */
SlOplog *sl_oplog_join (SlStore *store, SlWorld *world, const char *file, const char *device_name,
                        gboolean *out_invalid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- exchange by file: JSON lines, src/oplog/README.md --- */
typedef struct {
  guint64 operations;
} SlExportResult;
gboolean sl_oplog_export (SlOplog *log, const char *file, GHashTable *since, gboolean personal, SlExportResult *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* since (nullable): SlId* → guint64* */
typedef struct {
  SlId replica;
  guint64 seq;
  const char *reason;
} SlQuarantined;
typedef struct {
  guint64 operations, new_operations, waiting;
  GArray *quarantined; /* of SlQuarantined */
} SlImportResult;
void sl_import_result_clear (SlImportResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlImportResult, sl_import_result_clear)
gboolean sl_oplog_import (SlOplog *log, const char *file, SlImportResult *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- checks --- */
gboolean sl_oplog_state_hash (SlOplog *log, SlHash *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT; /* scans the replicated rows */
typedef struct {
  SlId replica;
  guint64 head_seq, applied_seq;
  gboolean own, admitted;
} SlChainInfo;
GArray *sl_oplog_chains (SlOplog *log, GError **error); /* (element-type SlChainInfo) */
typedef struct {
  guint64 operations;
  GPtrArray *problems; /* of utf8 */
  GArray *quarantined; /* of SlQuarantined: what other devices wrote and does not count here; no fault of this log's */
} SlVerifyResult;
void sl_verify_result_clear (SlVerifyResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlVerifyResult, sl_verify_result_clear)
gboolean sl_oplog_verify (SlOplog *log, SlVerifyResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- backup and restore: sealed to the recovery phrase and this device --- */
char *sl_oplog_new_recovery_phrase (SlOplog *log,
                                    GError **error); /* (transfer full) shown once; only its public half is kept */
gboolean sl_oplog_backup (SlOplog *log, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sets the old database aside and goes on as a new device without rights. phrase (nullable): needed where the backup is
 * not this device's. */
typedef struct {
  char *aside;        /* where the old files are */
  SlId replica, was;  /* this device's id from now on; the one whose backup it is */
  SlId replaced;      /* none, or the device whose directory it was, where that is not was: revoked now */
  gint64 made_ms;     /* when the backup was made */
  guint64 operations; /* in the backup */
  gboolean is_read;   /* what lay there could be read, so that missing is known */
  guint64 missing;    /* operations that lay there and are not in the log now; exchange brings those that others hold */
  char *missing_file; /* (nullable): they are in this export */
} SlRestoreResult;
void sl_restore_result_clear (SlRestoreResult *result);
gboolean sl_oplog_restore (const char *dir, SlWorld *world, const char *file, const char *phrase, SlRestoreResult *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
