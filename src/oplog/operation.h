/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cbor.h"
#include "core/crypto.h"
#include "core/id.h"

/* The bytes of one operation: src/oplog/README.md "Bytes". Numbers of kinds are for ever: a new layout of a body is a
 * new kind. 13, 23 and 51 were others' before the first release. */
typedef enum {
  SL_KIND_BOOK = 1,
  SL_KIND_CLAIM = 2,
  SL_KIND_CONFIRM = 3,
  SL_KIND_RELEASE = 4,
  SL_KIND_CHECKIN = 5,
  SL_KIND_CHECKIN_UNDO = 6,
  SL_KIND_CLAIM_MOVE = 7,
  SL_KIND_SESSION_MOVE = 8,
  SL_KIND_MEMBER_CREATE = 9,
  SL_KIND_MEMBER_EDIT = 10,
  SL_KIND_LOT_CREATE = 11,
  SL_KIND_LOT_MOVE = 12,
  SL_KIND_WAITLIST_JOIN = 14,
  SL_KIND_CHECKIN_LEAVE = 15,
  SL_KIND_SESSION_CREATE = 16,
  SL_KIND_SESSION_EDIT = 17,
  SL_KIND_SESSION_CAPACITY = 18,
  SL_KIND_SESSION_CANCEL = 19,
  SL_KIND_PASS_ISSUE = 20,
  SL_KIND_LOT_BURN = 21,
  SL_KIND_RELEASE_SPOTS = 22,
  SL_KIND_DEVICE_FOUND = 24,
  SL_KIND_DEVICE_JOIN = 25,
  SL_KIND_DEVICE_REBIRTH = 26,
  SL_KIND_DEVICE_ADMIT = 27,
  SL_KIND_DEVICE_EDIT = 28,
  SL_KIND_ORGANISATION_EDIT = 29,
  SL_KIND_LOCATION_CREATE = 30,
  SL_KIND_LOCATION_EDIT = 31,
  SL_KIND_ROOM_CREATE = 32,
  SL_KIND_ROOM_EDIT = 33,
  SL_KIND_STAFF_CREATE = 34,
  SL_KIND_STAFF_EDIT = 35,
  SL_KIND_SERVICE_CREATE = 36,
  SL_KIND_SERVICE_EDIT = 37,
  SL_KIND_PACKAGE_CREATE = 38,
  SL_KIND_PACKAGE_EDIT = 39,
  SL_KIND_POLICY_EDIT = 40,
  SL_KIND_ISSUING_KEY = 41,
  SL_KIND_DEVICE_REVOKE = 42,
  SL_KIND_DEVICE_SEEN = 43,
  SL_KIND_RIGHTS_RECLAIM = 44,
  SL_KIND_DEVICE_FORK = 45,
  SL_KIND_CLOCK_CORRECT = 46,
  SL_KIND_MEMBER_ERASE = 47,
  SL_KIND_RECURRENCE_CREATE = 48,
  SL_KIND_SESSION_OCCURRENCE = 49,
  SL_KIND_DAY_MOVE = 50,
  SL_KIND_CONFLICT_SETTLE = 52,
  SL_KIND_CLAIM_TRUST = 53,
  SL_KIND_CLAIM_SETTLE = 54,
  SL_KIND_LOT_TRANSFER = 55,
  SL_KIND_AVAILABILITY_CREATE = 56,
  SL_KIND_AVAILABILITY_EDIT = 57,
  SL_KIND_REQUEST_CREATE = 58,
  SL_KIND_REQUEST_EDIT = 59,
  SL_KIND_STANDING_CREATE = 60,
  SL_KIND_STANDING_EDIT = 61,
  SL_KIND_PLAN_CREATE = 62,
  SL_KIND_PLAN_EDIT = 63,
  SL_KIND_MEMBERSHIP_CREATE = 64,
  SL_KIND_MEMBERSHIP_EDIT = 65,
  SL_KIND_SALE = 66,
  SL_KIND_PAYMENT_TAKE = 67,
  SL_KIND_PAYMENT_OUTCOME = 68,
  SL_KIND_REFUND = 69,
  SL_KIND_MONEY_MOVE = 70,
  SL_KIND_VOUCHER_ISSUE = 71,
  SL_KIND_VOUCHER_VOID = 72,
  SL_KIND_TILL_OPEN = 73,
  SL_KIND_TILL_CLOSE = 74,
  SL_KIND_TILL_CASH = 75,
  SL_KIND_LOT_GRANT = 76,
  SL_KIND_RENEWAL_CREATE = 77,
  SL_KIND_RENEWAL_EDIT = 78,
  SL_KIND_RENEWAL_CHARGE = 79,
  SL_KIND_PROGRAM_CREATE = 80,
  SL_KIND_PROGRAM_EDIT = 81,
  SL_KIND_PROGRAM_PROGRESS = 82,
  SL_KIND_INCIDENT_ADD = 83,
  SL_KIND_INCIDENT_CLOSE = 84,
  SL_KIND_NOTE_ADD = 85,
  SL_KIND_NOTIFICATION_SENT = 86,
  SL_KIND_TEMPLATE_EDIT = 87,
  SL_KIND_CALL = 88,
  SL_KIND_CALL_TAKE = 89,
  SL_KIND_MEMBER_EXPORT = 90,
  SL_KIND_LAST
} SlKind;

#define SL_OPERATION_MAX_BYTES 65536 /* one operation; a longer one is malformed */
#define SL_OPERATION_SEEN_MAX 256    /* devices named in one operation's seen */
#define SL_OPERATION_BODY_DEPTH_MAX 6
#define SL_KEY_BYTES 16 /* a keyed command's key, hashed */
#define SL_HLC_MAX (G_GINT64_CONSTANT (1) << 61)

/* The ids that a chain names by number. The first two are the same in every chain. */
#define SL_REF_DEVICE 0
#define SL_REF_OWNER 1
#define SL_REF_FIRST 2

typedef struct {
  SlId replica;
  guint64 growth;
} SlSeen;

typedef struct {
  SlId replica; /* its place: which chain, which number */
  guint64 seq;
  guint64 kind;
  SlId entity; /* none: what it makes takes its id from the place */
  gint64 hlc;        /* as it is read: signed_hlc less the corrections of its device's clock */
  gint64 signed_hlc; /* as it stands in the chain */
  SlId actor;
  const guint8 *body; /* one CBOR item, inside the operation's bytes */
  gsize body_length;
  GArray *seen; /* (nullable) of SlSeen */
  gboolean has_key;
  guint8 key[SL_KEY_BYTES];
  SlId approver; /* who approved it beside the actor; none: nobody was needed */
} SlOperation;
void sl_operation_clear (SlOperation *operation);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlOperation, sl_operation_clear)

GArray *sl_refs_new (void); /* of SlId, with the first two in place */
GBytes *sl_operation_encode (const SlOperation *operation, gint64 previous_hlc, GArray *refs) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_operation_peek_difference (GBytes *bytes, gint64 *out) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_operation_decode (GBytes *bytes, const SlId *replica, guint64 seq, gint64 previous_hlc, GArray *refs,
                              SlOperation *out) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_operation_decode_again (GBytes *bytes, const SlId *replica, guint64 seq, gint64 hlc, const SlId *actor,
                                    SlOperation *out) G_GNUC_WARN_UNUSED_RESULT;

/* Hashes and signatures of a chain. */
void sl_replica_from_key (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], SlId *out);
void sl_organisation_from_key (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], SlId *out);
void sl_chain_start (const SlId *organisation, const SlId *replica, SlHash *out);
void sl_chain_next (const SlId *replica, guint64 seq, const SlHash *previous, const void *bytes, gsize length,
                    SlHash *out);
void sl_head_sign (const SlSignKey *key, const SlId *organisation, const SlId *replica, guint64 seq, const SlHash *hash,
                   guint8 out[SL_SIGNATURE_BYTES]);
gboolean sl_head_verify (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const SlId *organisation, const SlId *replica,
                         guint64 seq, const SlHash *hash, const guint8 signature[SL_SIGNATURE_BYTES]);
