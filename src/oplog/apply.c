/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply"

#include "oplog/oplog-private.h"

/* What each kind is called, how it is applied, and what the items of its body are called where people read it. Every
 * apply function reads its whole body before it writes, so that a malformed operation changes nothing. */
typedef struct {
  const char *name;
  SlApplyFunc apply;
  const char *parts[12];
} Kind;

G_STATIC_ASSERT (SL_KIND_LAST <= 64 * G_N_ELEMENTS (((SlKindSet *) 0)->bits));

static const Kind kinds[SL_KIND_LAST] = {
  [SL_KIND_BOOK] = { "book",
                     sl_apply_book,
                     { "session", "member", "channel", "type", "price", "spends", "spots", "booking", "guests",
                       "note" } },
  [SL_KIND_CLAIM] = { "claim",
                      sl_apply_claim,
                      { "session", "member", "channel", "type", "held_until", "spots", "booking", "guests", "note" } },
  [SL_KIND_CONFIRM] = { "confirm", sl_apply_confirm, { "price", "spends" } },
  [SL_KIND_RELEASE] = { "release", sl_apply_release, { "why", "percent", "reason", "kept" } },
  [SL_KIND_CHECKIN] = { "checkin",
                        sl_apply_checkin,
                        { "clock_behind_ms", "late", "flag", "spots", "session", "member", "location", "reason" } },
  [SL_KIND_CHECKIN_UNDO] = { "checkin.undo", sl_apply_checkin_undo, { "reason" } },
  [SL_KIND_CLAIM_MOVE] = { "claim.move", sl_apply_claim_move, { "to", "hop", "spots", "credits" } },
  [SL_KIND_SESSION_MOVE] = { "session.move", sl_apply_session_move, { "to", "spots" } },
  [SL_KIND_MEMBER_CREATE] = { "member.create", sl_apply_reference, { NULL } },
  [SL_KIND_MEMBER_EDIT] = { "member.edit", sl_apply_reference, { NULL } },
  [SL_KIND_LOT_CREATE] = { "lot.create",
                           sl_apply_lot_create,
                           { "member", "credits", "expires", "package", "sale", "reason" } },
  [SL_KIND_LOT_MOVE] = { "lot.move", sl_apply_lot_move, { "to", "credits" } },
  [SL_KIND_SESSION_CREATE] = { "session.create", sl_apply_session_create, { "capacity", "fields" } },
  [SL_KIND_SESSION_EDIT] = { "session.edit", sl_apply_reference, { NULL } },
  [SL_KIND_SESSION_CAPACITY] = { "session.capacity", sl_apply_session_capacity, { "difference" } },
  [SL_KIND_SESSION_CANCEL] = { "session.cancel", sl_apply_session_cancel, { "reason" } },
  [SL_KIND_PASS_ISSUE] = { "pass.issue", sl_apply_pass_issue, { "issued", "expires" } },
  [SL_KIND_LOT_BURN] = { "lot.burn", sl_apply_lot_burn, { "kind", "credits", "reason" } },
  [SL_KIND_RELEASE_SPOTS] = { "release.spots", sl_apply_release_spots, { "spots" } },
  [SL_KIND_DEVICE_FOUND] = { "device.found", sl_apply_device_first, { "public_key" } },
  [SL_KIND_DEVICE_JOIN] = { "device.join", sl_apply_device_first, { "public_key", "invitation", "signature" } },
  [SL_KIND_DEVICE_REBIRTH] = { "device.rebirth", sl_apply_device_first, { "public_key", "predecessor", "signature" } },
  [SL_KIND_DEVICE_ADMIT] = { "device.admit", sl_apply_device_admit, { "invitation", "expires" } },
  [SL_KIND_DEVICE_EDIT] = { "device.edit", sl_apply_reference, { NULL } },
  [SL_KIND_ORGANISATION_EDIT] = { "organisation.edit", sl_apply_reference, { NULL } },
  [SL_KIND_LOCATION_CREATE] = { "location.create", sl_apply_reference, { NULL } },
  [SL_KIND_LOCATION_EDIT] = { "location.edit", sl_apply_reference, { NULL } },
  [SL_KIND_ROOM_CREATE] = { "room.create", sl_apply_reference, { NULL } },
  [SL_KIND_ROOM_EDIT] = { "room.edit", sl_apply_reference, { NULL } },
  [SL_KIND_STAFF_CREATE] = { "staff.create", sl_apply_reference, { NULL } },
  [SL_KIND_STAFF_EDIT] = { "staff.edit", sl_apply_reference, { NULL } },
  [SL_KIND_SERVICE_CREATE] = { "service.create", sl_apply_reference, { NULL } },
  [SL_KIND_SERVICE_EDIT] = { "service.edit", sl_apply_reference, { NULL } },
  [SL_KIND_PACKAGE_CREATE] = { "package.create", sl_apply_reference, { NULL } },
  [SL_KIND_PACKAGE_EDIT] = { "package.edit", sl_apply_reference, { NULL } },
  [SL_KIND_POLICY_EDIT] = { "policy.edit", sl_apply_reference, { NULL } },
  [SL_KIND_DEVICE_REVOKE] = { "device.revoke",
                              sl_apply_device_revoke,
                              { "cut", "hash", "reborn", "successor", "reason" } },
  [SL_KIND_DEVICE_SEEN] = { "device.seen", sl_apply_device_seen, { NULL } },
  [SL_KIND_DEVICE_FORK] = { "device.fork",
                            sl_apply_device_fork,
                            { "number", "hash", "signature", "other_number", "other_hash", "other_signature", "cut",
                              "successor" } },
  [SL_KIND_RIGHTS_RECLAIM] = { "rights.reclaim", sl_apply_rights_reclaim, { NULL } },
  [SL_KIND_CONFLICT_SETTLE] = { "conflict.settle", sl_apply_conflict_settle, { "conflict", "entities", "note" } },
  [SL_KIND_RECURRENCE_CREATE] = { "recurrence.create",
                                  sl_apply_recurrence_create,
                                  { "rule", "zone", "start", "until", "length", "capacity", "mints", "fields" } },
  [SL_KIND_SESSION_OCCURRENCE] = { "session.occurrence", sl_apply_session_occurrence, { "rule", "day", "start" } },
  [SL_KIND_DAY_MOVE] = { "day.move", sl_apply_day_move, { "day", "to", "hop" } },
  [SL_KIND_CLOCK_CORRECT] = { "clock.correct", sl_apply_clock_correct, { "from", "offset_ms" } },
  [SL_KIND_MEMBER_ERASE] = { "member.erase", sl_apply_member_erase, { "reason" } },
  [SL_KIND_MEMBER_EXPORT] = { "member.export", sl_apply_member_export, { NULL } },
  [SL_KIND_WAITLIST_JOIN] = { "waitlist.join",
                              sl_apply_waitlist_join,
                              { "session", "member", "channel", "spots", "booking", "guests", "note" } },
  [SL_KIND_CLAIM_TRUST] = { "claim.trust", sl_apply_claim_trust, { "credits" } },
  [SL_KIND_CLAIM_SETTLE] = { "claim.settle", sl_apply_claim_settle, { "spends" } },
  [SL_KIND_CHECKIN_LEAVE] = { "checkin.leave", sl_apply_checkin_leave, { "clock_behind_ms" } },
  [SL_KIND_LOT_TRANSFER] = { "lot.transfer",
                             sl_apply_lot_transfer,
                             { "member", "credits", "expires", "package", "reason" } },
  [SL_KIND_AVAILABILITY_CREATE] = { "availability.create", sl_apply_reference, { NULL } },
  [SL_KIND_AVAILABILITY_EDIT] = { "availability.edit", sl_apply_reference, { NULL } },
  [SL_KIND_REQUEST_CREATE] = { "request.create", sl_apply_reference, { NULL } },
  [SL_KIND_REQUEST_EDIT] = { "request.edit", sl_apply_reference, { NULL } },
  [SL_KIND_STANDING_CREATE] = { "standing.create", sl_apply_reference, { NULL } },
  [SL_KIND_STANDING_EDIT] = { "standing.edit", sl_apply_reference, { NULL } },
  [SL_KIND_PLAN_CREATE] = { "plan.create", sl_apply_reference, { NULL } },
  [SL_KIND_PLAN_EDIT] = { "plan.edit", sl_apply_reference, { NULL } },
  [SL_KIND_MEMBERSHIP_CREATE] = { "membership.create", sl_apply_reference, { NULL } },
  [SL_KIND_MEMBERSHIP_EDIT] = { "membership.edit", sl_apply_reference, { NULL } },
  [SL_KIND_SALE] = { "sale",
                     sl_apply_sale,
                     { "currency", "receipt", "clock_behind_ms", "location", "member", "till", "lines", "takings" } },
  [SL_KIND_PAYMENT_TAKE] = { "payment.take",
                             sl_apply_payment_take,
                             { "currency", "receipt", "clock_behind_ms", "location", "member", "till", "taking" } },
  [SL_KIND_PAYMENT_OUTCOME] = { "payment.outcome",
                                sl_apply_payment_outcome,
                                { "outcome", "clock_behind_ms", "reference" } },
  [SL_KIND_REFUND] = { "refund",
                       sl_apply_refund,
                       { "amount", "vat", "receipt", "clock_behind_ms", "location", "till", "method", "reason" } },
  [SL_KIND_MONEY_MOVE] = { "money.move", sl_apply_money_move, { "to", "amount" } },
  [SL_KIND_VOUCHER_ISSUE] = { "voucher.issue",
                              sl_apply_voucher_issue,
                              { "amount", "code_hash", "clock_behind_ms", "expires", "sale", "member" } },
  [SL_KIND_VOUCHER_VOID] = { "voucher.void", sl_apply_voucher_void, { "amount", "clock_behind_ms", "reason" } },
  [SL_KIND_TILL_OPEN] = { "till.open", sl_apply_till_open, { "location", "float", "clock_behind_ms", "name" } },
  [SL_KIND_TILL_CLOSE] = { "till.close", sl_apply_till_close, { "counted", "clock_behind_ms", "note" } },
  [SL_KIND_TILL_CASH] = { "till.cash", sl_apply_till_cash, { "difference", "clock_behind_ms", "reason" } },
  [SL_KIND_LOT_GRANT] = { "lot.grant", sl_apply_lot_grant, { "member", "credits", "expires", "from", "until" } },
  [SL_KIND_RENEWAL_CREATE] = { "renewal.create", sl_apply_reference, { NULL } },
  [SL_KIND_RENEWAL_EDIT] = { "renewal.edit", sl_apply_reference, { NULL } },
  [SL_KIND_RENEWAL_CHARGE] = { "renewal.charge", sl_apply_reference, { NULL } },
  [SL_KIND_PROGRAM_CREATE] = { "program.create", sl_apply_program_create, { "member", "fields" } },
  [SL_KIND_PROGRAM_EDIT] = { "program.edit", sl_apply_reference, { NULL } },
  [SL_KIND_PROGRAM_PROGRESS] = { "program.progress", sl_apply_progress, { "member", "clock_behind_ms", "entry" } },
  [SL_KIND_INCIDENT_ADD] = { "incident.add",
                             sl_apply_incident,
                             { "kind", "clock_behind_ms", "happened", "location", "member", "text" } },
  [SL_KIND_INCIDENT_CLOSE] = { "incident.close",
                               sl_apply_incident_close,
                               { "clock_behind_ms", "member", "resolution" } },
  [SL_KIND_NOTE_ADD] = { "note.add", sl_apply_note, { "clock_behind_ms", "member", "session", "text" } },
  [SL_KIND_NOTIFICATION_SENT] = { "notification.sent",
                                  sl_apply_notification_sent,
                                  { "clock_behind_ms", "member", "kind", "channel", "outcome" } },
  [SL_KIND_TEMPLATE_EDIT] = { "template.edit", sl_apply_reference, { NULL } },
  [SL_KIND_CALL] = { "call", sl_apply_call, { "clock_behind_ms", "location", "member", "why" } },
  [SL_KIND_CALL_TAKE] = { "call.take", sl_apply_call_take, { NULL } },
  [SL_KIND_ISSUING_KEY] = { "issuing_key", sl_apply_issuing_key, { "public_key" } },
};

static const Kind *
find_kind (guint64 kind)
{
  return kind < SL_KIND_LAST && kinds[kind].apply != NULL ? &kinds[kind] : NULL;
}

/* sl_kind_is_known: whether this program applies operations of the kind. */
gboolean
sl_kind_is_known (SlOplog *log, guint64 kind)
{
  return find_kind (kind) != NULL && !sl_kind_set_has (&log->kinds_unknown, kind)
         && (log->kinds_last == 0 || kind <= log->kinds_last);
}

/* sl_kind_name: (nullable): what people call a kind; NULL for one that a later program made. */
const char *
sl_kind_name (guint64 kind)
{
  return find_kind (kind) != NULL ? kinds[kind].name : NULL;
}

/* sl_kind_parts: (nullable): the names of the items of a kind's body, NULL-terminated; NULL where it is a map of
 * fields. */
const char *const *
sl_kind_parts (guint64 kind)
{
  return find_kind (kind) != NULL && kinds[kind].parts[0] != NULL ? kinds[kind].parts : NULL;
}

/* sl_malformed: gives FALSE and says which operation its author wrote badly. */
gboolean
sl_malformed (const SlOperation *operation, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  const char *name = sl_kind_name (operation->kind);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "operation %" G_GUINT64_FORMAT " of %s (%s) is malformed",
               operation->seq, sl_id_format (&operation->replica, text), name != NULL ? name : "unknown kind");
  return FALSE;
}

/* sl_apply_hold: before anything is written: what the operation spends is not justified by what is applied here. Its
 * chain waits at it (src/oplog/README.md "Rights"). Gives TRUE: it is no failure. */
gboolean
sl_apply_hold (SlOplog *log, const char *reason)
{
  log->hold = reason;
  return TRUE;
}

/* sl_apply_made_id: id of the index-th thing that the operation makes. */
void
sl_apply_made_id (const SlOperation *operation, guint index, SlId *out)
{
  sl_id_derive (&operation->replica, operation->seq, index, out);
}

/* sl_apply: the effects of one operation: a function of its bytes and of the set applied before, in whatever order;
 * never of this device's clock, policies or roles. A kind not known here is parked. BAD_INPUT: malformed, nothing
 * changed. */
gboolean
sl_apply (SlOplog *log, const SlOperation *operation, GBytes *bytes, GError **error)
{
  const Kind *kind = find_kind (operation->kind);
  SlCborReader reader;
  if (!sl_kind_is_known (log, operation->kind))
    return sl_park_operation (log, operation, error) && sl_fence_note_seen (log, operation, error);
  sl_cbor_reader_init (&reader, operation->body, operation->body_length);
  if (!kind->apply (log, operation, &reader, error))
    return FALSE;
  /* Held: what its author had seen counts all the same, since that may be what justifies it. */
  return sl_fence_note_seen (log, operation, error)
         && (log->hold != NULL
             || (sl_apply_noted (log, operation, error) && sl_trail_note (log, operation, error)));
}

static gboolean
stop_chain (SlOplog *log, SlChain *chain, guint64 seq, GBytes *bytes, GError **error)
{
  SlHash digest;
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop quarantine v1");
  sl_hasher_add (&hasher, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  sl_hasher_finish (&hasher, &digest);
  g_free (chain->stopped);
  chain->stopped = g_strdup ("malformed");
  chain->dirty = TRUE;
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_quarantine (replica, seq, reason, digest, bytes, received_ms) VALUES (?, ?, "
                        "'malformed', ?, ?, ?)"
                        " ON CONFLICT DO NOTHING",
                        "dibgi", &chain->replica, (gint64) seq, digest.bytes, (gsize) 16, bytes,
                        log->world->now_ms (log->world));
}

/* Decodes and applies the operation after the last applied one. What is malformed stops the chain there, for ever: its
 * author vouched for it. */
static gboolean
apply_next (SlOplog *log, SlChain *chain, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_auto (SlOperation) operation = { 0 };
  g_autoptr (GError) local_error = NULL;
  guint64 seq = chain->applied_seq + 1;

  guint refs_before = chain->refs->len;
  log->hold = NULL;
  if (!sl_chain_next_operation (log, chain, seq, &bytes, error))
    return FALSE;
  if (!sl_operation_decode (bytes, &chain->replica, seq, chain->applied_hlc, chain->refs, &operation))
    return stop_chain (log, chain, seq, bytes, error);
  if (!sl_correct_operation (log, &operation, error))
    return FALSE;
  if (!sl_apply (log, &operation, bytes, &local_error))
    {
      if (g_error_matches (local_error, SL_ERROR, SL_ERROR_BAD_INPUT))
        return stop_chain (log, chain, seq, bytes, error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (log->hold != NULL)
    {
      g_array_set_size (chain->refs, refs_before); /* it will be read again */
      return TRUE;
    }
  chain->applied_seq = seq;
  chain->applied_hlc = operation.signed_hlc;
  if (seq == chain->head_seq)
    chain->head_hlc = operation.signed_hlc;
  chain->dirty = TRUE;
  if (operation.kind == SL_KIND_CLOCK_CORRECT)
    sl_clock_recount (log, TRUE);
  else
    log->clock_hlc = MAX (log->clock_hlc, operation.hlc);
  return sl_trail_mark (log, chain, error);
}

/* sl_apply_chain: applies stored operations of an admitted chain, to number up_to at most. */
gboolean
sl_apply_chain (SlOplog *log, SlChain *chain, guint64 up_to, GError **error)
{
  gboolean admitted;
  guint64 limit = G_MAXUINT64;
  if (chain->applied_seq >= up_to || chain->stopped != NULL)
    return TRUE;
  if (!sl_chain_admitted (log, chain, &admitted, error))
    return FALSE;
  if (!admitted && !SL_RULE_IS_OFF (log, SL_RULE_ADMISSION))
    return TRUE;
  if (!sl_chain_load_refs (log, chain, error))
    return FALSE;
  while (chain->applied_seq < up_to && chain->stopped == NULL)
    {
      if (!sl_fence_limit (log, chain, &limit, error))
        return FALSE;
      if (chain->applied_seq >= limit)
        break;
      if (!apply_next (log, chain, error))
        return FALSE;
      if (log->hold != NULL)
        break;
    }
  chain->hold = log->hold;
  log->hold = NULL;
  return TRUE;
}
