/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-claim"

#include "oplog/claim-state.h"

/* Claims hold spots; bookings do not. Their parts (creation, confirmation, releases) are sets or minima, so that they
 * fold to the same row in every order. */

#define HELD_DIFFERENCE_MAX SL_CLOCKS_APART_MAX_MS
#define CHANNEL_MAX 255
#define SEALED_NAMES_MAX 16384
#define SEALED_NOTE_MAX 8192
#define AMOUNT_MAX (G_GINT64_CONSTANT (1) << 50)

typedef struct {
  SlId session, member, booking;
  gint64 channel, type, spots, held_until_ms;
  GBytes *guests, *note;
} ClaimPart;

static void
claim_part_clear (ClaimPart *part)
{
  g_clear_pointer (&part->guests, g_bytes_unref);
  g_clear_pointer (&part->note, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ClaimPart, claim_part_clear)

typedef struct {
  gint64 price_cents; /* -1: none */
  SlSpend spends[SL_SPENDS_MAX];
  guint n_spends;
  gint64 total_hundredths;
} ConfirmPart;

/* --- writing bodies --- */

static void
put_blob (SlCborWriter *body, GBytes *bytes)
{
  if (bytes == NULL)
    sl_cbor_put_null (body);
  else
    sl_cbor_put_bytes (body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
put_confirm (SlCborWriter *body, const SlConfirmParams *confirm)
{
  if (confirm->price_cents < 0)
    sl_cbor_put_null (body);
  else
    sl_cbor_put_int (body, confirm->price_cents);
  sl_cbor_begin_array (body, 2 * confirm->n_spends);
  for (guint i = 0; i < confirm->n_spends; i++)
    {
      sl_cbor_put_id (body, &confirm->spends[i].lot_id);
      sl_cbor_put_int (body, confirm->spends[i].amount_hundredths);
    }
}

/* What is at its usual value at the end of the array is left out: most bookings are one spot with no guests and no
 * note. */
static gboolean
put_claim (SlOplog *log, SlCborWriter *body, const SlClaimParams *claim, const SlConfirmParams *confirm, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) guests = NULL, note = NULL;
  guint tail;
  if (claim->guests != NULL && claim->guests[0] != NULL)
    guests = sl_seal_guests (log, &claim->member_id, claim->guests, &local_error);
  if (local_error == NULL)
    note = sl_seal_note (log, &claim->member_id, claim->note, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  tail = note != NULL ? 4 : guests != NULL ? 3 : !sl_id_is_none (&claim->booking_id) ? 2 : claim->spots != 1 ? 1 : 0;
  gboolean waits = claim->type == SL_CLAIM_WAITING;
  sl_cbor_begin_array (body, (waits ? 3 : confirm != NULL ? 6 : 5) + tail);
  sl_cbor_put_id (body, &claim->session_id);
  sl_cbor_put_id (body, &claim->member_id);
  sl_cbor_put_int (body, claim->channel);
  if (!waits)
    sl_cbor_put_int (body, claim->type);
  if (confirm != NULL)
    put_confirm (body, confirm);
  else if (!waits)
    sl_cbor_put_int (body, claim->held_until_ms - sl_hlc_to_ms (sl_oplog_stamp (log)));
  if (tail > 0)
    sl_cbor_put_int (body, claim->spots);
  if (tail > 1)
    sl_cbor_put_id (body, &claim->booking_id);
  if (tail > 2)
    put_blob (body, guests);
  if (tail > 3)
    put_blob (body, note);
  return TRUE;
}

static gboolean
claim_is_sound (const SlClaimParams *claim)
{
  return claim->spots >= 1 && claim->spots <= SL_SPOTS_MAX && !sl_id_is_none (&claim->session_id)
         && !sl_id_is_none (&claim->member_id);
}

/**
 * sl_op_book:
 * @log: inside a transaction
 * @claim: what to hold
 * @confirm: what it costs
 * @out_claim: (out caller-allocates): the claim's id, the booking's too where it made one
 * @error: return location
 *
 * Claims and confirms in one operation. The caller has checked that this device has the rights, spots and credits.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_book (SlOplog *log, const SlClaimParams *claim, const SlConfirmParams *confirm, SlId *out_claim, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (claim_is_sound (claim) && confirm->n_spends <= SL_SPENDS_MAX, FALSE);
  return put_claim (log, body, claim, confirm, error)
         && sl_oplog_emit (log, SL_KIND_BOOK, NULL, body, out_claim, error);
}

/**
 * sl_op_claim:
 * @log: inside a transaction
 * @claim: a hold or an offer, until its held_until_ms
 * @out_claim: (out caller-allocates): its id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_claim (SlOplog *log, const SlClaimParams *claim, SlId *out_claim, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (claim_is_sound (claim), FALSE);
  return put_claim (log, body, claim, NULL, error) && sl_oplog_emit (log, SL_KIND_CLAIM, NULL, body, out_claim, error);
}

/**
 * sl_op_waitlist_join:
 * @log: inside a transaction
 * @claim: who waits for how many spots of which session
 * @out_claim: (out caller-allocates): its id, the booking's that may come of it
 * @error: return location
 *
 * A place in the queue is a claim without rights: an offer or a release ends it.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_waitlist_join (SlOplog *log, const SlClaimParams *claim, SlId *out_claim, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  SlClaimParams waiting = *claim;
  g_return_val_if_fail (claim_is_sound (claim), FALSE);
  waiting.type = SL_CLAIM_WAITING;
  return put_claim (log, body, &waiting, NULL, error)
         && sl_oplog_emit (log, SL_KIND_WAITLIST_JOIN, NULL, body, out_claim, error);
}

/**
 * sl_op_confirm:
 * @log: inside a transaction
 * @claim: kept by this device
 * @confirm: what it costs
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_confirm (SlOplog *log, const SlId *claim, const SlConfirmParams *confirm, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (confirm->n_spends <= SL_SPENDS_MAX, FALSE);
  sl_cbor_begin_array (body, 2);
  put_confirm (body, confirm);
  return sl_oplog_emit (log, SL_KIND_CONFIRM, claim, body, NULL, error);
}

static gboolean
member_of_claim (SlOplog *log, const SlId *claim, SlId *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT member_id FROM claim WHERE id = ?", "d", claim);
  *out = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out);
  return sl_rows_finish (rows, error);
}

/**
 * sl_op_release:
 * @log: inside a transaction
 * @claim: any device's
 * @why: what for
 * @refund_percent: 0 to 100, of what it spent
 * @reason: (nullable): for people; sealed
 * @error: return location
 *
 * Final. The spots and credits go back to the claim's keeper, when it learns of it.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_release (SlOplog *log, const SlId *claim, SlReleaseWhy why, int refund_percent, const char *reason,
               GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) local_error = NULL;
  SlId member;
  g_return_val_if_fail (refund_percent >= 0 && refund_percent <= 100, FALSE);
  if (!member_of_claim (log, claim, &member, error))
    return FALSE;
  g_autoptr (GBytes) sealed = sl_seal_note (log, &member, reason, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  sl_cbor_begin_array (body, sealed != NULL ? 3 : 2);
  sl_cbor_put_int (body, why);
  sl_cbor_put_int (body, refund_percent);
  if (sealed != NULL)
    put_blob (body, sealed);
  /* A lapsed hold that is tidied up on the way is not what a keyed command is about. */
  gboolean keyed = log->has_key;
  log->has_key = keyed && why != SL_RELEASE_EXPIRED;
  gboolean emitted = sl_oplog_emit (log, SL_KIND_RELEASE, claim, body, NULL, error);
  log->has_key = keyed && why == SL_RELEASE_EXPIRED;
  return emitted;
}

/**
 * sl_op_release_duplicate:
 * @log: inside a transaction
 * @claim: kept by this device
 * @kept: the one that stands instead, of the same member in the same session
 * @error: return location
 *
 * Everything that it spent comes back.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_release_duplicate (SlOplog *log, const SlId *claim, const SlId *kept, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 4);
  sl_cbor_put_int (body, SL_RELEASE_DUPLICATE);
  sl_cbor_put_int (body, 100);
  sl_cbor_put_null (body);
  sl_cbor_put_id (body, kept);
  return sl_oplog_emit (log, SL_KIND_RELEASE, claim, body, NULL, error);
}

/**
 * sl_op_release_spots:
 * @log: inside a transaction
 * @claim: any device's
 * @spot_bits: the spots to let go, a bit each
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_release_spots (SlOplog *log, const SlId *claim, guint32 spot_bits, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (spot_bits != 0, FALSE);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_int (body, spot_bits);
  return sl_oplog_emit (log, SL_KIND_RELEASE_SPOTS, claim, body, NULL, error);
}

/* --- reading bodies --- */

static gboolean
get_blob (SlCborReader *body, gsize max, GBytes **out)
{
  const guint8 *data;
  gsize length;
  SlCborItem item;
  if (sl_cbor_peek (body) == SL_CBOR_NULL)
    return sl_cbor_next (body, &item);
  if (!sl_cbor_get_bytes (body, max, &data, &length))
    return FALSE;
  *out = g_bytes_new (data, length);
  return TRUE;
}

static gboolean
get_confirm (SlCborReader *body, ConfirmPart *out)
{
  gsize length;
  SlCborItem item;
  out->price_cents = -1;
  if (sl_cbor_peek (body) == SL_CBOR_NULL ? !sl_cbor_next (body, &item)
                                          : !sl_cbor_get_int (body, 0, AMOUNT_MAX, &out->price_cents))
    return FALSE;
  if (!sl_cbor_get_array (body, 0, 2 * SL_SPENDS_MAX, &length) || length % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < length; i += 2)
    {
      SlSpend *spend = &out->spends[out->n_spends++];
      if (!sl_cbor_get_id (body, &spend->lot_id) || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &spend->amount_hundredths))
        return FALSE;
      for (guint j = 0; j + 1 < out->n_spends; j++)
        if (sl_id_equal (&out->spends[j].lot_id, &spend->lot_id))
          return FALSE;
      out->total_hundredths += spend->amount_hundredths;
    }
  return TRUE;
}

static gboolean
get_claim_tail (SlCborReader *body, gsize items, ClaimPart *out)
{
  out->spots = 1;
  return (items < 1 || sl_cbor_get_int (body, 1, SL_SPOTS_MAX, &out->spots))
         && (items < 2 || sl_cbor_get_id_or_null (body, &out->booking))
         && (items < 3 || get_blob (body, SEALED_NAMES_MAX, &out->guests))
         && (items < 4 || get_blob (body, SEALED_NOTE_MAX, &out->note)) && sl_cbor_at_end (body);
}

static gboolean
get_claim (const SlOperation *operation, SlCborReader *body, ClaimPart *out, ConfirmPart *confirm)
{
  gsize length, head = confirm != NULL ? 6 : 5;
  gint64 difference = 0;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, head, head + 4, &length)
      || !sl_cbor_get_id (body, &out->session) || !sl_cbor_get_id (body, &out->member)
      || !sl_cbor_get_int (body, 0, CHANNEL_MAX, &out->channel)
      || !sl_cbor_get_int (body, SL_CLAIM_HOLD, SL_CLAIM_OVERRIDE, &out->type))
    return FALSE;
  if (confirm != NULL ? !get_confirm (body, confirm)
                      : !sl_cbor_get_int (body, -HELD_DIFFERENCE_MAX, HELD_DIFFERENCE_MAX, &difference))
    return FALSE;
  if (confirm == NULL)
    out->held_until_ms = sl_apply_moment_ms (operation, difference);
  return get_claim_tail (body, length - head, out);
}

/* --- folding --- */

/* What the author of an operation would spend is its own, as far as is known here. */
static gboolean
spends_are_covered (SlOplog *log, const SlOperation *operation, const ConfirmPart *confirm, gboolean *inout,
                    GError **error)
{
  for (guint i = 0; *inout && i < confirm->n_spends; i++)
    if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &confirm->spends[i].lot_id,
                          confirm->spends[i].amount_hundredths, inout, error))
      return FALSE;
  return TRUE;
}

static gboolean
claim_is_covered (SlOplog *log, const SlOperation *operation, const ClaimPart *claim, gboolean *inout, GError **error)
{
  return !sl_claim_type_uses_spots (claim->type)
         || sl_rights_cover (log, operation, SL_RIGHTS_SPOTS, &claim->session, claim->spots, inout, error);
}

/* A new claim, whole; *out_written FALSE: something of it came before. */
static gboolean
insert_claim (SlOplog *log, const SlOperation *operation, const SlId *id, const ClaimPart *part,
              const ConfirmPart *confirm, gboolean *out_written, GError **error)
{
  const SlId *booking = sl_id_equal (&part->booking, id) ? &sl_id_none : &part->booking;
  gboolean priced = confirm != NULL && confirm->price_cents >= 0;
  const SlValue values[] = {
    { .type = 'd', .id = id },
    { .type = 'd', .id = &part->session },
    { .type = 'd', .id = &part->member },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = booking },
    { .type = 'i', .integer = part->type },
    { .type = 'i', .integer = part->spots },
    { .type = part->held_until_ms != 0 ? 'i' : 'n', .integer = part->held_until_ms },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'i', .integer = (gint64) operation->seq },
    { .type = 'i', .integer = part->channel },
    { .type = 'd', .id = &operation->actor },
    { .type = 'g', .bytes = part->guests },
    { .type = 'g', .bytes = part->note },
    { .type = confirm != NULL ? 'i' : 'n', .integer = operation->hlc },
    { .type = priced ? 'i' : 'n', .integer = priced ? confirm->price_cents : 0 },
    { .type = confirm != NULL ? 'i' : 'n', .integer = confirm != NULL ? confirm->total_hundredths : 0 },
  };
  if (!sl_store_exec_values (
          log->store, error,
          "INSERT INTO claim (id, session_id, member_id, creator, booking_id, type, spots, held_until_ms, "
          "created_hlc, created_seq, channel, actor, guests, note, confirm_hlc, price_cents, credits_hundredths)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
          values, G_N_ELEMENTS (values)))
    return FALSE;
  *out_written = sl_store_changes (log->store) > 0;
  if (*out_written && sl_claim_type_uses_spots (part->type))
    sl_rights_cache_add (log, &part->session, &operation->replica, -part->spots);
  return !*out_written || sl_erase_absorb_claim (log, id, error);
}

/* The creation of a claim of which a release, say, came before. */
static gboolean
complete_claim (SlOplog *log, const SlOperation *operation, const SlId *id, const ClaimPart *part, GError **error)
{
  const SlId *booking = sl_id_equal (&part->booking, id) ? &sl_id_none : &part->booking;
  const SlValue values[] = {
    { .type = 'd', .id = id },
    { .type = 'd', .id = &part->session },
    { .type = 'd', .id = &part->member },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = booking },
    { .type = 'i', .integer = part->type },
    { .type = 'i', .integer = part->spots },
    { .type = part->held_until_ms != 0 ? 'i' : 'n', .integer = part->held_until_ms },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'i', .integer = (gint64) operation->seq },
    { .type = 'i', .integer = part->channel },
    { .type = 'd', .id = &operation->actor },
    { .type = 'g', .bytes = part->guests },
    { .type = 'g', .bytes = part->note },
  };
  if (!sl_store_exec_values (
          log->store, error,
          "UPDATE claim SET session_id = ?2, member_id = ?3, creator = ?4, booking_id = ?5, type = ?6, spots = ?7, "
          "held_until_ms = ?8, created_hlc = ?9, created_seq = ?10, channel = ?11, actor = ?12, guests = ?13, note = "
          "?14, keeper = nullif (keeper, ?4), confirm_replica = nullif (confirm_replica, ?4) WHERE id = ?1",
          values, G_N_ELEMENTS (values)))
    return FALSE;
  sl_rights_cache_drop (log, &part->session);
  return sl_erase_absorb_claim (log, id, error) && sl_claim_forget_lots (log, id, error);
}

static gboolean
write_spends (SlOplog *log, const SlOperation *operation, const SlId *claim, const ConfirmPart *part, GError **error)
{
  gint64 before = 0;
  for (guint i = 0; i < part->n_spends; i++)
    {
      const SlSpend *spend = &part->spends[i];
      if (!sl_store_exec (
              log->store, error,
              "INSERT INTO claim_spend (lot_id, claim_id, part, before_hundredths, amount_hundredths) "
              "VALUES (?, ?, 0, ?, ?)",
              "ddii", &spend->lot_id, claim, before, spend->amount_hundredths))
        return FALSE;
      sl_rights_cache_add (log, &spend->lot_id, &operation->replica, -spend->amount_hundredths);
      before += spend->amount_hundredths;
    }
  return TRUE;
}

/* Whether a confirmation by operation stands against the one known: the earlier by (stamp, replica). */
static gboolean
confirmation_wins (const SlOperation *operation, const SlClaimState *state)
{
  if (!state->confirmed)
    return TRUE;
  if (operation->hlc != state->confirm_hlc)
    return operation->hlc < state->confirm_hlc;
  return sl_id_compare (&operation->replica, &state->confirm_replica) < 0;
}

static gboolean
write_confirmation (SlOplog *log, const SlOperation *operation, const SlId *claim, const SlClaimState *state,
                    const ConfirmPart *part, GError **error)
{
  if (!confirmation_wins (operation, state))
    return TRUE;
  const SlValue values[] = {
    { .type = 'd', .id = claim },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = part->price_cents >= 0 ? 'i' : 'n', .integer = part->price_cents },
    { .type = 'i', .integer = part->total_hundredths },
  };
  return sl_claim_forget_lots (log, claim, error)
         && sl_store_exec_values (
             log->store, error,
             "INSERT INTO claim (id, confirm_hlc, confirm_replica, price_cents, credits_hundredths) "
             "VALUES (?, ?, ?, ?, ?)"
             " ON CONFLICT (id) DO UPDATE SET confirm_hlc = excluded.confirm_hlc, confirm_replica = "
             "nullif (excluded.confirm_replica, creator),"
             " price_cents = excluded.price_cents, credits_hundredths = excluded.credits_hundredths",
             values, G_N_ELEMENTS (values))
         && sl_store_exec (log->store, error, "DELETE FROM claim_spend WHERE claim_id = ? AND part = 0", "d", claim)
         && write_spends (log, operation, claim, part, error) && sl_claim_forget_lots (log, claim, error);
}

/* sl_apply_book: [session, member, channel, type, price, spends, spots, booking, guests, note], the last four where not
 * usual. Waits until its author is known to hold the spots and the credits. */
gboolean
sl_apply_book (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (ClaimPart) claim = { 0 };
  ConfirmPart confirm = { 0 };
  SlClaimState state;
  SlId id;
  gboolean covered = TRUE, written;
  if (!get_claim (operation, body, &claim, &confirm))
    return sl_malformed (operation, error);
  if (!claim_is_covered (log, operation, &claim, &covered, error)
      || !spends_are_covered (log, operation, &confirm, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  if (!insert_claim (log, operation, &id, &claim, &confirm, &written, error))
    return FALSE;
  if (written)
    return write_spends (log, operation, &id, &confirm, error);
  return complete_claim (log, operation, &id, &claim, error) && sl_claim_state_read (log, &id, &state, error)
         && write_confirmation (log, operation, &id, &state, &confirm, error);
}

/* sl_apply_claim: [session, member, channel, type, held until, spots, booking, guests, note], the last four where not
 * usual. */
gboolean
sl_apply_claim (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (ClaimPart) claim = { 0 };
  SlId id;
  gboolean covered = TRUE, written;
  if (!get_claim (operation, body, &claim, NULL))
    return sl_malformed (operation, error);
  if (!claim_is_covered (log, operation, &claim, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  return insert_claim (log, operation, &id, &claim, NULL, &written, error)
         && (written || complete_claim (log, operation, &id, &claim, error));
}

/* sl_apply_waitlist_join: [session, member, channel, spots, booking, guests, note], the last four where not usual. */
gboolean
sl_apply_waitlist_join (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (ClaimPart) claim = { .type = SL_CLAIM_WAITING };
  SlId id;
  gsize length;
  gboolean written;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 7, &length)
      || !sl_cbor_get_id (body, &claim.session) || !sl_cbor_get_id (body, &claim.member)
      || !sl_cbor_get_int (body, 0, CHANNEL_MAX, &claim.channel) || !get_claim_tail (body, length - 3, &claim))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return insert_claim (log, operation, &id, &claim, NULL, &written, error)
         && (written || complete_claim (log, operation, &id, &claim, error));
}

/* sl_apply_confirm: [price, spends]: only its keeper's counts. */
gboolean
sl_apply_confirm (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  ConfirmPart confirm = { 0 };
  SlClaimState state;
  gsize length;
  gboolean covered = TRUE;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length) || !get_confirm (body, &confirm)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_claim_state_read (log, &operation->entity, &state, error)
      || !sl_claim_state_is_authors (log, operation, &state, &covered, error)
      || !spends_are_covered (log, operation, &confirm, &covered, error))
    return FALSE;
  return covered ? write_confirmation (log, operation, &operation->entity, &state, &confirm, error)
                 : sl_apply_hold (log, "no_rights");
}

/* Which one was kept instead: a set. */
static gboolean
write_duplicate (SlOplog *log, const SlId *claim, const SlId *kept, GError **error)
{
  return sl_id_is_none (kept)
         || sl_store_exec (log->store, error,
                           "INSERT INTO duplicate (claim_id, kept_id) VALUES (?, ?) ON CONFLICT DO NOTHING", "dd",
                           claim, kept);
}

/* sl_apply_release: [why, percent, reason, kept]: the highest percentage once, every why, and who was first.
 * Anybody's: it gives back to the keeper. */
gboolean
sl_apply_release (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 why, percent;
  SlClaimState before;
  g_autoptr (GBytes) reason = NULL;
  SlId kept = sl_id_none;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 4, &length)
      || !sl_cbor_get_int (body, 1, G_MAXINT32, &why) || !sl_cbor_get_int (body, 0, 100, &percent)
      || (length > 2 && !get_blob (body, SEALED_NOTE_MAX, &reason))
      || (length > 3 && !sl_cbor_get_id_or_null (body, &kept)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!write_duplicate (log, &operation->entity, &kept, error)
      || !sl_claim_before_change (log, &operation->entity, &before, error)
      || !sl_store_exec (
          log->store, error,
          "INSERT INTO claim (id, release_percent, release_why, release_hlc, release_replica, release_reason) VALUES "
          "(?, ?, ?, ?, ?, ?)"
          " ON CONFLICT (id) DO UPDATE SET release_percent = max (coalesce (release_percent, 0), "
          "excluded.release_percent),"
          " release_why = release_why | excluded.release_why,"
          " release_reason = CASE WHEN release_hlc IS NULL OR (excluded.release_hlc, excluded.release_replica) < "
          "(release_hlc, release_replica)"
          "   THEN excluded.release_reason ELSE release_reason END,"
          " release_replica = CASE WHEN release_hlc IS NULL OR (excluded.release_hlc, excluded.release_replica) < "
          "(release_hlc, release_replica)"
          "   THEN excluded.release_replica ELSE release_replica END,"
          " release_hlc = min (coalesce (release_hlc, excluded.release_hlc), excluded.release_hlc)",
          "diiidg", &operation->entity, percent, why, operation->hlc, &operation->replica, reason)
      || !sl_erase_absorb_claim (log, &operation->entity, error))
    return FALSE;
  SlClaimState after = before;
  after.why |= why;
  after.percent = MAX (after.percent, percent);
  return sl_claim_after_change (log, &operation->entity, &before, &after, error);
}

/* sl_apply_release_spots: [bits]: a set. */
gboolean
sl_apply_release_spots (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 bits;
  SlClaimState before;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !sl_cbor_get_int (body, 1, G_MAXUINT32, &bits) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_claim_before_change (log, &operation->entity, &before, error)
      || !sl_store_exec (log->store, error,
                         "INSERT INTO claim (id, released_spots) VALUES (?, ?)"
                         " ON CONFLICT (id) DO UPDATE SET released_spots = released_spots | excluded.released_spots",
                         "di", &operation->entity, bits))
    return FALSE;
  SlClaimState after = before;
  after.released_spots |= bits;
  return sl_claim_after_change (log, &operation->entity, &before, &after, error);
}
