/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-bookings"

#include "core/datetime.h"
#include "engine/attention-private.h"
#include "engine/claim-queries.h"
#include "engine/command.h"
#include "oplog/conflict.h"
#include "oplog/money.h"
#include "oplog/operation.h"

/* Bookings, check-ins and commands that were made apart. */

#define GIVEN_UP (SL_RELEASE_CANCELLED | SL_RELEASE_LATE_CANCELLED | SL_RELEASE_RESCHEDULED)
#define OVERRIDDEN (1u << SL_CHECKIN_FLAG_OVERRIDE)

static gint64
kept_since (const SlAttention *self)
{
  return self->now_ms - SL_ATTENTION_KEPT_DAYS * SL_DAY_MS;
}

/* --- dropped as a duplicate --- */

/* Dropped bookings that somebody had been told of, whose member has none in that session any more, though nobody meant
 * to give up both. One command that ran twice under one key was given up with the first of the two. */
static GArray *
find_left_without (SlAttention *self, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT DISTINCT c.id FROM duplicate d CROSS JOIN claim c ON c.id = d.claim_id "
      "CROSS JOIN session s ON s.id = c.session_id CROSS JOIN claim k ON k.id = d.kept_id "
      "WHERE s.end_ms > ?1 AND s.cancelled = 0 AND c.confirm_hlc IS NOT NULL AND k.created_hlc IS NOT NULL "
      "AND (c.release_why & ?2) = 0 AND k.release_percent IS NOT NULL AND (k.release_why & ?3) = 0 "
      "AND NOT EXISTS (SELECT 1 FROM claim l WHERE l.session_id = c.session_id AND l.member_id = c.member_id "
      "AND l.release_percent IS NULL AND l.created_hlc IS NOT NULL) "
      "AND NOT EXISTS (SELECT 1 FROM command_key a CROSS JOIN command_key b ON b.key = a.key AND b.made = k.id "
      "WHERE a.made = c.id AND a.twice <> 0) ORDER BY c.id",
      "iii", self->now_ms, (gint64) (GIVEN_UP | SL_RELEASE_LET_GO),
      (gint64) (SL_RELEASE_NO_SHOW | SL_RELEASE_SESSION_CANCELLED));

  while (sl_rows_next (rows))
    {
      SlId id;

      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

static gboolean
was_told (const SlAttention *self, SlAttentionKind kind, const SlClaim *claim)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SlAttentionItem *item = self->items->pdata[i];

      if (item->kind == kind && sl_id_equal (&item->member_id, &claim->member_id)
          && sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, 1).id, &claim->session_id))
        return TRUE;
    }
  return FALSE;
}

static SlAttentionItem *
item_of_claim (SlAttentionKind kind, const SlClaim *claim)
{
  SlAttentionItem *item = sl_attention_item_new (kind, claim->session_known ? claim->start_ms : claim->created_ms);

  sl_attention_item_decide (item, "booking", &claim->booking_id);
  sl_attention_item_tell (item, "session", &claim->session_id);
  sl_attention_item_tell (item, "member", &claim->member_id);
  return item;
}

static gboolean
add_left_without (SlAttention *self, GError **error)
{
  g_autoptr (GArray) ids = find_left_without (self, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      SlClaim claim;
      gboolean found;
      SlId kept;

      if (!sl_claim_find_by_id (self->engine, &g_array_index (ids, SlId, i), self->now_ms, &claim, &found, error)
          || !sl_claim_find_kept (self->engine, &claim.id, &kept, error))
        return FALSE;
      if (!found || was_told (self, SL_ATTENTION_DROPPED_DUPLICATE, &claim))
        continue;
      SlAttentionItem *item = item_of_claim (SL_ATTENTION_DROPPED_DUPLICATE, &claim);
      sl_attention_item_tell (item, "kept", &kept);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return ids != NULL;
}

static gboolean
add_paid_twice (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT coalesce (c.booking_id, c.id), c.session_id, c.member_id, c.price_cents, c.release_hlc, d.kept_id, "
      "(SELECT s.id FROM sale s CROSS JOIN sale_line l ON l.sale_id = s.id WHERE s.member_id = c.member_id "
      "AND l.what = ?2 AND l.thing_id = coalesce (c.booking_id, c.id) ORDER BY s.id LIMIT 1) "
      "FROM duplicate d CROSS JOIN claim c ON c.id = d.claim_id WHERE c.price_cents > 0 AND c.release_hlc > ?1 "
      "GROUP BY c.id",
      "ii", sl_hlc_from_ms (kept_since (self)), (gint64) SL_SALE_DROP_IN);

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PAID_TWICE, sl_hlc_to_ms (sl_rows_int (rows, 4)));
      static const char *const roles[] = { "booking", "session", "member" };
      SlId id;

      for (int i = 0; i < 3; i++)
        {
          sl_rows_id (rows, i, &id);
          (i == 0 ? sl_attention_item_decide : sl_attention_item_tell) (item, roles[i], &id);
        }
      sl_rows_id (rows, 5, &id);
      sl_attention_item_tell (item, "kept", &id);
      sl_rows_id (rows, 6, &id);
      if (!sl_id_is_none (&id))
        sl_attention_item_tell (item, "sale", &id);
      item->count = sl_rows_int (rows, 3);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* --- came after all --- */

/* Claims of the days kept that were given up or marked absent, and of which somebody may have come in. */
static GArray *
find_perhaps_attended (SlAttention *self, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT c.id FROM location l CROSS JOIN session s ON s.location_id = l.id CROSS JOIN claim c "
      "ON c.session_id = s.id WHERE s.start_ms >= ?1 AND s.start_ms <= ?2 AND (c.release_why & ?3) <> 0 "
      "AND c.created_hlc IS NOT NULL AND (EXISTS (SELECT 1 FROM checkin k "
      "WHERE k.booking_id = coalesce (c.booking_id, c.id) AND k.undone = 0) "
      "OR EXISTS (SELECT 1 FROM duplicate d WHERE d.kept_id = c.id))",
      "iii", kept_since (self), self->now_ms + SL_DAY_MS, (gint64) (GIVEN_UP | SL_RELEASE_NO_SHOW));

  while (sl_rows_next (rows))
    {
      SlId id;

      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/* What staff entered themselves against a cancellation or an absence was their decision. */
static gboolean
came_after (const SlClaim *claim, guint why)
{
  return claim->bits_in != 0 && claim->released && (claim->release_why & why) != 0 && (claim->flags & OVERRIDDEN) == 0;
}

static gboolean
add_attended (SlAttention *self, GError **error)
{
  g_autoptr (GArray) ids = find_perhaps_attended (self, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      SlClaim claim;
      gboolean found;

      if (!sl_claim_find_by_id (self->engine, &g_array_index (ids, SlId, i), self->now_ms, &claim, &found, error))
        return FALSE;
      if (found && came_after (&claim, GIVEN_UP)
          && !sl_attention_add (self, item_of_claim (SL_ATTENTION_ATTENDED_AFTER_CANCELLING, &claim), error))
        return FALSE;
      if (found && came_after (&claim, SL_RELEASE_NO_SHOW)
          && !sl_attention_add (self, item_of_claim (SL_ATTENTION_ATTENDED_AND_NO_SHOW, &claim), error))
        return FALSE;
    }
  return ids != NULL;
}

/* --- beside the capacity --- */

static gboolean
add_overrides (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT coalesce (c.booking_id, c.id), c.session_id, c.member_id, s.start_ms, c.spots FROM claim c "
      "CROSS JOIN session s ON s.id = c.session_id WHERE c.type = 4 AND c.release_percent IS NULL "
      "AND c.created_hlc IS NOT NULL AND s.end_ms > ? AND s.cancelled = 0",
      "i", self->now_ms);

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_OVERRIDE, sl_rows_int (rows, 3));
      SlId booking, session, member;

      sl_rows_id (rows, 0, &booking);
      sl_rows_id (rows, 1, &session);
      sl_rows_id (rows, 2, &member);
      sl_attention_item_decide (item, "booking", &booking);
      sl_attention_item_tell (item, "session", &session);
      sl_attention_item_tell (item, "member", &member);
      item->count = sl_rows_int (rows, 4);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* --- on trust --- */

/* Once the session is over nobody's credits have come for it. */
static gboolean
add_credits_owed (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT coalesce (c.booking_id, c.id), c.session_id, c.member_id, s.end_ms, c.owed_hundredths "
      "FROM claim c INDEXED BY claim_owed CROSS JOIN session s ON s.id = c.session_id "
      "WHERE c.owed_hundredths IS NOT NULL AND c.settle_hlc IS NULL AND coalesce (c.release_percent, 0) < 100 "
      "AND c.created_hlc IS NOT NULL AND s.end_ms <= ? AND s.cancelled = 0",
      "i", self->now_ms);

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_CREDITS_OWED, sl_rows_int (rows, 3));
      SlId booking, session, member;

      sl_rows_id (rows, 0, &booking);
      sl_rows_id (rows, 1, &session);
      sl_rows_id (rows, 2, &member);
      sl_attention_item_decide (item, "booking", &booking);
      sl_attention_item_tell (item, "session", &session);
      sl_attention_item_tell (item, "member", &member);
      item->count = sl_rows_int (rows, 4);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* --- let in before the record came --- */

typedef struct {
  SlId checkin, booking, member, location;
  gint64 at_ms;
  gboolean has_come; /* the record that was missing */
} Stranger;

static GArray *
find_strangers (SlAttention *self, SlCheckinFlag flag, const char *sql, GError **error)
{
  g_autoptr (GArray) strangers = g_array_new (FALSE, FALSE, sizeof (Stranger));
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, sql, "ii", kept_since (self), (gint64) flag);

  while (sl_rows_next (rows))
    {
      Stranger one = { .at_ms = sl_rows_int (rows, 4), .has_come = sl_rows_int (rows, 5) != 0 };

      sl_rows_id (rows, 0, &one.checkin);
      sl_rows_id (rows, 1, &one.booking);
      sl_rows_id (rows, 2, &one.member);
      sl_rows_id (rows, 3, &one.location);
      g_array_append_val (strangers, one);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&strangers) : NULL;
}

/* A pass says who came and not for what. Whoever had a booking that was open then, and is not in by it, came for that:
 * people say so, before or after it has become an absence. */
static gboolean
find_missed (SlAttention *self, Stranger *one, gboolean *out_found, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_member_between (self->engine, &one->member, &one->location,
                                                           one->at_ms - SL_DAY_MS, one->at_ms + SL_DAY_MS,
                                                           self->now_ms, error);

  *out_found = FALSE;
  for (guint i = 0; claims != NULL && !*out_found && i < claims->len; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);

      if (claim->bits_in != 0 || one->at_ms < claim->opens_ms || one->at_ms > claim->closes_ms
          || (claim->status != SL_BOOKING_CONFIRMED && claim->status != SL_BOOKING_NO_SHOW))
        continue;
      one->booking = claim->booking_id;
      *out_found = TRUE;
    }
  return claims != NULL;
}

/* Those whose record has come meanwhile are confirmed by it, but for a booking that they are not in by. */
static gboolean
add_unknown (SlAttention *self, SlAttentionKind kind, SlCheckinFlag flag, const char *sql, GError **error)
{
  g_autoptr (GArray) strangers = find_strangers (self, flag, sql, error);

  for (guint i = 0; strangers != NULL && i < strangers->len; i++)
    {
      Stranger *one = &g_array_index (strangers, Stranger, i);
      gboolean missed;

      if (one->has_come && !find_missed (self, one, &missed, error))
        return FALSE;
      if (one->has_come && !missed)
        continue;
      SlAttentionItem *item = sl_attention_item_new (kind, one->at_ms);
      sl_attention_item_decide (item, "checkin", &one->checkin);
      sl_attention_item_tell (item, "booking", &one->booking);
      sl_attention_item_tell (item, "member", &one->member);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return strangers != NULL;
}

#define STRANGERS "SELECT k.id, k.booking_id, k.member_id, k.location_id, k.at_ms, "
#define FROM_STRANGERS "FROM checkin k WHERE k.flag IN (1, 2) AND k.undone = 0 AND k.at_ms > ?1 AND k.flag = ?2"

static gboolean
add_strangers (SlAttention *self, GError **error)
{
  return add_unknown (self, SL_ATTENTION_UNKNOWN_MEMBER, SL_CHECKIN_FLAG_UNKNOWN_MEMBER,
                      STRANGERS "EXISTS (SELECT 1 FROM member m WHERE m.id = k.member_id AND m.created_hlc "
                                "IS NOT NULL) " FROM_STRANGERS,
                      error)
         && add_unknown (self, SL_ATTENTION_UNKNOWN_BOOKING, SL_CHECKIN_FLAG_UNKNOWN_BOOKING,
                         STRANGERS "0 " FROM_STRANGERS " AND NOT EXISTS (SELECT 1 FROM claim c "
                                   "WHERE c.id = k.booking_id AND c.created_hlc IS NOT NULL)",
                         error);
}

/* --- one key, two devices --- */

typedef struct {
  guint8 key[SL_KEY_BYTES];
  SlId replica, made;
  gint64 kind, hlc;
} KeyUse;

static const char *
role_of_kind (gint64 kind)
{
  switch (kind)
    {
    case SL_KIND_BOOK:
    case SL_KIND_CLAIM:
      return "booking";
    case SL_KIND_SALE:
    case SL_KIND_PAYMENT_TAKE:
      return "payment";
    case SL_KIND_LOT_CREATE:
      return "lot";
    case SL_KIND_MEMBER_CREATE:
      return "member";
    case SL_KIND_SESSION_CREATE:
      return "session";
    default:
      return "thing";
    }
}

/* Two bookings of one member in one session are the resolver's. */
static gboolean
are_one_booking (SlAttention *self, const KeyUse *a, const KeyUse *b, gboolean *out, GError **error)
{
  gint64 same;

  if (!sl_store_query_int (self->engine->store, 0, &same, error,
                           "SELECT EXISTS (SELECT 1 FROM claim a CROSS JOIN claim b ON b.id = ? "
                           "WHERE a.id = ? AND a.session_id = b.session_id AND a.member_id = b.member_id)",
                           "dd", &a->made, &b->made))
    return FALSE;
  *out = same != 0;
  return TRUE;
}

static gboolean
add_key_pair (SlAttention *self, const KeyUse *a, const KeyUse *b, GError **error)
{
  gboolean same = sl_id_equal (&a->made, &b->made) || sl_id_equal (&a->replica, &b->replica)
                  || ABS (a->hlc - b->hlc) >= sl_hlc_from_ms (SL_ANSWER_KEPT_MS);
  SlAttentionItem *item;

  if (!same && !are_one_booking (self, a, b, &same, error))
    return FALSE;
  if (same)
    return TRUE;
  item = sl_attention_item_new (SL_ATTENTION_KEY_USED_TWICE, sl_hlc_to_ms (MAX (a->hlc, b->hlc)));
  sl_attention_item_decide (item, role_of_kind (a->kind), &a->made);
  sl_attention_item_decide (item, role_of_kind (b->kind), &b->made);
  sl_attention_item_tell (item, "replica", &a->replica);
  sl_attention_item_tell (item, "replica", &b->replica);
  return sl_attention_add (self, item, error);
}

static gboolean
read_key_uses (SlAttention *self, GArray *uses, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT key, replica, made, kind, hlc FROM command_key WHERE twice <> 0 AND hlc > ? ORDER BY key, hlc, replica",
      "i", sl_hlc_from_ms (kept_since (self)));

  while (sl_rows_next (rows))
    {
      KeyUse use = { .kind = sl_rows_int (rows, 3), .hlc = sl_rows_int (rows, 4) };
      gsize length;
      const void *key = sl_rows_blob (rows, 0, &length);

      memcpy (use.key, key, MIN (length, sizeof use.key));
      sl_rows_id (rows, 1, &use.replica);
      sl_rows_id (rows, 2, &use.made);
      g_array_append_val (uses, use);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_keys (SlAttention *self, GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, FALSE, sizeof (KeyUse));

  if (!read_key_uses (self, uses, error))
    return FALSE;
  for (guint i = 0; i < uses->len; i++)
    for (guint j = i + 1; j < uses->len; j++)
      {
        const KeyUse *a = &g_array_index (uses, KeyUse, i), *b = &g_array_index (uses, KeyUse, j);

        if (memcmp (a->key, b->key, sizeof a->key) != 0)
          break;
        if (!add_key_pair (self, a, b, error))
          return FALSE;
      }
  return TRUE;
}

/* sl_attention_of_bookings: what is about a booking, a visit or a command. */
gboolean
sl_attention_of_bookings (SlAttention *self, GError **error)
{
  return add_left_without (self, error) && add_attended (self, error) && add_overrides (self, error)
         && add_credits_owed (self, error)
         && add_paid_twice (self, error) && add_strangers (self, error) && add_keys (self, error);
}

static gboolean
add_word (SlAttention *self, SlAttentionKind kind, const SlId *booking_id, GPtrArray *words, GError **error)
{
  gboolean settled;

  if (!sl_attention_is_settled (self->engine, kind, booking_id, &settled, error))
    return FALSE;
  if (!settled)
    g_ptr_array_add (words, (gpointer) sl_attention_name (kind));
  return TRUE;
}

/**
 * sl_attention_of_booking:
 * @claim: a booking
 * @now_ms: the moment at which it was judged, UTC ms
 * @words: (element-type utf8): gets the words of what needs attention about it, without what has been settled
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_attention_of_booking (SlEngine *engine, const SlClaim *claim, gint64 now_ms, GPtrArray *words, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_attention_item_free);
  SlAttention self = { engine, now_ms, items };
  g_autoptr (GArray) same = sl_claims_of_member_in (engine, &claim->member_id, &claim->session_id, now_ms, error);
  guint live = 0;

  for (guint i = 0; same != NULL && i < same->len; i++)
    live += sl_booking_status_is_live (g_array_index (same, SlClaim, i).status) ? 1 : 0;
  if (live > 1 && sl_booking_status_is_live (claim->status))
    g_ptr_array_add (words, (gpointer) "booked_twice"); /* until the keeper of one of them has dropped it */
  if (same == NULL
      || (came_after (claim, GIVEN_UP)
          && !add_word (&self, SL_ATTENTION_ATTENDED_AFTER_CANCELLING, &claim->booking_id, words, error))
      || (came_after (claim, SL_RELEASE_NO_SHOW)
          && !add_word (&self, SL_ATTENTION_ATTENDED_AND_NO_SHOW, &claim->booking_id, words, error)))
    return FALSE;
  if (claim->flags & (1u << SL_CHECKIN_FLAG_UNKNOWN_MEMBER))
    g_ptr_array_add (words, (gpointer) sl_attention_name (SL_ATTENTION_UNKNOWN_MEMBER));
  if (claim->flags & (1u << SL_CHECKIN_FLAG_UNKNOWN_BOOKING))
    g_ptr_array_add (words, (gpointer) sl_attention_name (SL_ATTENTION_UNKNOWN_BOOKING));
  if (claim->type == SL_CLAIM_OVERRIDE && !claim->released && claim->session_known && claim->end_ms > now_ms
      && !claim->session_cancelled && !add_word (&self, SL_ATTENTION_OVERRIDE, &claim->booking_id, words, error))
    return FALSE;
  if ((claim->release_why & SL_RELEASE_DUPLICATE) == 0)
    return TRUE;
  if (claim->price_cents > 0 && !add_word (&self, SL_ATTENTION_PAID_TWICE, &claim->booking_id, words, error))
    return FALSE;
  if (!add_left_without (&self, error))
    return FALSE;
  if (was_told (&self, SL_ATTENTION_DROPPED_DUPLICATE, claim))
    g_ptr_array_add (words, (gpointer) sl_attention_name (SL_ATTENTION_DROPPED_DUPLICATE));
  return TRUE;
}
