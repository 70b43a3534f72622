/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-studio"

#include "core/datetime.h"
#include "engine/attention-private.h"
#include "engine/member-index.h"
#include "engine/member-merge.h"
#include "engine/member-private.h"
#include "engine/parq.h"
#include "engine/request.h"
#include "oplog/conflict.h"
#include "oplog/fence.h"

/* The timetable, credits and members. */

/* How long a lot that has expired is looked at: run-due goes back as far for it. */
#define LOTS_KEPT_MS (62 * SL_DAY_MS)

/* --- taken twice --- */

typedef struct {
  SlId session, taker;
  gint64 end_ms;
} Taken;

typedef struct {
  SlAttentionKind kind;
  const char *role;
  GHashTable *last; /* SlId* (taker) → Taken*: of those that have begun, the one that ends last */
} Sweep;

/* Sessions come by their start, so only the one that ends last can still be going on. Half-open: one may follow the
 * other at once. */
static gboolean
take (SlAttention *self, Sweep *sweep, const Taken *next, gint64 start_ms, GError **error)
{
  Taken *last = g_hash_table_lookup (sweep->last, &next->taker);

  if (sl_id_is_none (&next->taker))
    return TRUE;
  if (last != NULL && last->end_ms > start_ms)
    {
      SlAttentionItem *item = sl_attention_item_new (sweep->kind, start_ms);

      sl_attention_item_decide (item, "session", &last->session);
      sl_attention_item_decide (item, "session", &next->session);
      sl_attention_item_decide (item, sweep->role, &next->taker);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  if (last == NULL || next->end_ms > last->end_ms)
    {
      Taken *kept = g_memdup2 (next, sizeof *next);
      g_hash_table_replace (sweep->last, &kept->taker, kept);
    }
  return TRUE;
}

static gboolean
sweep_sessions (SlAttention *self, Sweep *instructors, Sweep *rooms, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT s.id, s.instructor_id, s.room_id, s.start_ms, s.end_ms FROM location l CROSS JOIN session s "
      "ON s.location_id = l.id WHERE s.start_ms >= ? AND s.end_ms > ? AND s.cancelled = 0 ORDER BY s.start_ms, s.id",
      "ii", self->now_ms - SL_SESSION_LONGEST_MS, self->now_ms);

  while (sl_rows_next (rows))
    {
      Taken by_instructor = { .end_ms = sl_rows_int (rows, 4) }, by_room = { .end_ms = sl_rows_int (rows, 4) };

      sl_rows_id (rows, 0, &by_instructor.session);
      by_room.session = by_instructor.session;
      sl_rows_id (rows, 1, &by_instructor.taker);
      sl_rows_id (rows, 2, &by_room.taker);
      if (!take (self, instructors, &by_instructor, sl_rows_int (rows, 3), error)
          || !take (self, rooms, &by_room, sl_rows_int (rows, 3), error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_planned_twice (SlAttention *self, GError **error)
{
  g_autoptr (GHashTable) of_instructors = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, g_free);
  g_autoptr (GHashTable) of_rooms = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, g_free);
  Sweep instructors = { SL_ATTENTION_INSTRUCTOR_TWICE, "staff", of_instructors };
  Sweep rooms = { SL_ATTENTION_ROOM_TWICE, "room", of_rooms };

  return sweep_sessions (self, &instructors, &rooms, error);
}

/* --- capacity --- */

typedef struct {
  SlId session;
  gint64 start_ms;
  SlPlace place;
} Change;

static gboolean
read_changes (SlAttention *self, GArray *changes, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT h.session_id, s.start_ms, h.replica, h.seq FROM capacity_change h CROSS JOIN session s "
      "ON s.id = h.session_id WHERE s.end_ms > ? AND s.cancelled = 0 ORDER BY h.session_id, h.replica, h.seq",
      "i", self->now_ms);

  while (sl_rows_next (rows))
    {
      Change change = { .start_ms = sl_rows_int (rows, 1), .place.seq = (guint64) sl_rows_int (rows, 3) };

      sl_rows_id (rows, 0, &change.session);
      sl_rows_id (rows, 2, &change.place.replica);
      g_array_append_val (changes, change);
    }
  return sl_rows_finish (rows, error);
}

/* The place of an operation, as an id that people never see: a conflict of other operations is another one. */
static void
place_id (const SlPlace *place, SlId *out)
{
  sl_id_derive (&place->replica, place->seq, 0, out);
}

static gboolean
add_changed_apart (SlAttention *self, GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));

  if (!read_changes (self, changes, error))
    return FALSE;
  for (guint i = 0; i < changes->len; i++)
    for (guint j = i + 1; j < changes->len; j++)
      {
        const Change *a = &g_array_index (changes, Change, i), *b = &g_array_index (changes, Change, j);
        SlAttentionItem *item;
        gboolean apart;
        SlId one, other;

        if (!sl_id_equal (&a->session, &b->session))
          break;
        if (!sl_places_are_apart (self->engine->log, &a->place, &b->place, &apart, error))
          return FALSE;
        if (!apart)
          continue;
        item = sl_attention_item_new (SL_ATTENTION_CAPACITY_CHANGED, a->start_ms);
        place_id (&a->place, &one);
        place_id (&b->place, &other);
        sl_attention_item_decide (item, "session", &a->session);
        sl_attention_item_decide (item, "operation", &one);
        sl_attention_item_decide (item, "operation", &other);
        sl_attention_item_tell (item, "replica", &a->place.replica);
        sl_attention_item_tell (item, "replica", &b->place.replica);
        if (!sl_attention_add (self, item, error))
          return FALSE;
      }
  return TRUE;
}

typedef struct {
  SlId session, replica;
  gint64 start_ms;
} Debtor;

static gboolean
read_debtors (SlAttention *self, GArray *debtors, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT r.session_id, r.replica, s.start_ms FROM session_right r CROSS JOIN session s ON s.id = r.session_id "
      "WHERE r.burned > 0 AND s.end_ms > ? AND s.cancelled = 0",
      "i", self->now_ms);

  while (sl_rows_next (rows))
    {
      Debtor debtor = { .start_ms = sl_rows_int (rows, 2) };

      sl_rows_id (rows, 0, &debtor.session);
      sl_rows_id (rows, 1, &debtor.replica);
      g_array_append_val (debtors, debtor);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_debts (SlAttention *self, GError **error)
{
  g_autoptr (GArray) debtors = g_array_new (FALSE, FALSE, sizeof (Debtor));

  if (!read_debtors (self, debtors, error))
    return FALSE;
  for (guint i = 0; i < debtors->len; i++)
    {
      const Debtor *debtor = &g_array_index (debtors, Debtor, i);
      SlAttentionItem *item;
      gint64 held;
      SlId root;

      if (!sl_fence_root (self->engine->log, &debtor->replica, &root, error)
          || !sl_rights_free (self->engine->log, &debtor->session, &root, &held, error))
        return FALSE;
      /* What a device has taken over is its own debt: told once, for the one that is not a predecessor. */
      if (held >= 0 || (!sl_id_equal (&root, &debtor->replica) && i > 0
                        && sl_id_equal (&g_array_index (debtors, Debtor, i - 1).session, &debtor->session)))
        continue;
      item = sl_attention_item_new (SL_ATTENTION_SPOTS_OWED, debtor->start_ms);
      sl_attention_item_decide (item, "session", &debtor->session);
      sl_attention_item_decide (item, "replica", &root);
      item->count = -held;
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return TRUE;
}

/* --- credits --- */

static gboolean
add_expired_refunds (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT coalesce (c.booking_id, c.id), l.id, l.member_id, c.release_hlc, "
      "sum (((p.before_hundredths + p.amount_hundredths) * c.release_percent + 99) / 100 "
      "- (p.before_hundredths * c.release_percent + 99) / 100) FROM lot l CROSS JOIN claim_spend p ON p.lot_id = l.id "
      "CROSS JOIN claim c ON c.id = p.claim_id WHERE l.expires_ms > ? AND l.expires_ms <= ? "
      "AND c.release_percent > 0 AND c.release_hlc >= l.expires_ms << ? GROUP BY l.id, c.id",
      "iii", self->now_ms - LOTS_KEPT_MS, self->now_ms, (gint64) SL_HLC_COUNTER_BITS);

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item =
          sl_attention_item_new (SL_ATTENTION_REFUND_EXPIRED, sl_hlc_to_ms (sl_rows_int (rows, 3)));
      SlId booking, lot, member;

      sl_rows_id (rows, 0, &booking);
      sl_rows_id (rows, 1, &lot);
      sl_rows_id (rows, 2, &member);
      sl_attention_item_decide (item, "booking", &booking);
      sl_attention_item_decide (item, "lot", &lot);
      sl_attention_item_tell (item, "member", &member);
      item->count = sl_rows_int (rows, 4); /* sl_refund_part(), of both parts where credits were owed */
      if (item->count == 0)
        sl_attention_item_free (item);
      else if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* --- members --- */

static gboolean
is_active (SlAttention *self, const SlId *member, gboolean *out, GError **error)
{
  gint64 active;

  if (!sl_store_query_int (self->engine->store, 0, &active, error, "SELECT status = ? FROM member WHERE id = ?", "td",
                           SL_MEMBER_ACTIVE, member))
    return FALSE;
  *out = active != 0;
  return TRUE;
}

/* A number that one desk gave to two members, it gave knowingly (a parent and a child): told are those that two devices
 * gave without knowing of one another. */
static gboolean
add_pair (SlAttention *self, const SlMemberPair *pair, GError **error)
{
  SlPlace one, other;
  SlAttentionItem *item;
  gint64 since_hlc;
  gboolean told;

  if (!sl_member_is_same (self->engine, &pair->one, &pair->other, &told, error))
    return FALSE;
  if (told) /* one person by now */
    return TRUE;
  if (!is_active (self, &pair->one, &told, error) || (told && !is_active (self, &pair->other, &told, error)))
    return FALSE;
  if (!told)
    return TRUE;
  if (!sl_member_phone_place (self->engine->log, &pair->one, &one, error)
      || !sl_member_phone_place (self->engine->log, &pair->other, &other, error)
      || !sl_places_are_apart (self->engine->log, &one, &other, &told, error)
      || !sl_store_query_int (self->engine->store, 0, &since_hlc, error,
                              "SELECT max (created_hlc) FROM member WHERE id IN (?, ?)", "dd", &pair->one,
                              &pair->other))
    return FALSE;
  if (!told)
    return TRUE;
  item = sl_attention_item_new (SL_ATTENTION_SAME_PHONE, sl_hlc_to_ms (since_hlc));
  sl_attention_item_decide (item, "member", &pair->one);
  sl_attention_item_decide (item, "member", &pair->other);
  return sl_attention_add (self, item, error);
}

static gboolean
add_shared_phones (SlAttention *self, GError **error)
{
  g_autoptr (GArray) pairs = sl_member_index_shared_phones (self->engine, error);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    if (!add_pair (self, &g_array_index (pairs, SlMemberPair, i), error))
      return FALSE;
  return pairs != NULL;
}

/* --- requests --- */

static gboolean
add_expired_requests (SlAttention *self, GError **error)
{
  g_autoptr (GPtrArray) requests =
      sl_request_expired_since (self->engine, self->now_ms - SL_ATTENTION_KEPT_DAYS * SL_DAY_MS, error);

  for (guint i = 0; requests != NULL && i < requests->len; i++)
    {
      const SlRequest *request = requests->pdata[i];
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_REQUEST_EXPIRED, request->expires_ms);

      sl_attention_item_decide (item, "request", &request->id);
      sl_attention_item_tell (item, "member", &request->member_id);
      sl_attention_item_tell (item, "staff", &request->instructor_id);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return requests != NULL;
}

/* --- health forms --- */

#define FORM_WARN_MS (14 * SL_DAY_MS) /* so long before one ends; from then on, too */

typedef struct {
  SlId booking, member, service, location;
  gint64 answered_ms;
} Visit;

/* What is booked ahead of services that ask for the form, of members who have answered it, the soonest first. */
#define VISITS \
  "SELECT coalesce (c.booking_id, c.id), c.member_id, s.service_id, s.location_id, m.parq_ms FROM location l " \
  "CROSS JOIN session s ON s.location_id = l.id JOIN service v ON v.id = s.service_id AND v.parq <> 0 " \
  "CROSS JOIN claim c ON c.session_id = s.id JOIN member m ON m.id = c.member_id WHERE s.start_ms > ? " \
  "AND s.cancelled = 0 AND c.confirm_hlc IS NOT NULL AND c.release_percent IS NULL AND c.created_hlc IS NOT NULL " \
  "AND m.parq_ms IS NOT NULL ORDER BY s.start_ms, c.id"

/* The first visit of each. (element-type Visit) */
static GArray *
first_visits (SlAttention *self, GError **error)
{
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, VISITS, "i", self->now_ms);
  while (sl_rows_next (rows))
    {
      Visit visit = { .answered_ms = sl_rows_int (rows, 4) };
      SlId *const ids[] = { &visit.booking, &visit.member, &visit.service, &visit.location };
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        sl_rows_id (rows, (int) i, ids[i]);
      if (g_hash_table_add (seen, sl_id_copy (&visit.member)))
        g_array_append_val (visits, visit);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&visits) : NULL;
}

/* Whose records were merged goes by the newer answers. */
static gboolean
add_form (SlAttention *self, const Visit *visit, GError **error)
{
  gint64 until_ms;
  if (!sl_parq_valid_until (self->engine, visit->answered_ms, &visit->location, &visit->service, &until_ms, error))
    return FALSE;
  if (until_ms > self->now_ms + FORM_WARN_MS)
    return TRUE;
  g_autoptr (SlMember) member = sl_member_get (self->engine, &visit->member, error);
  if (member == NULL
      || (!member->erased && member->parq_ms != visit->answered_ms
          && !sl_parq_valid_until (self->engine, member->parq_ms, &visit->location, &visit->service, &until_ms,
                                   error)))
    return FALSE;
  if (member->erased || until_ms > self->now_ms + FORM_WARN_MS)
    return TRUE;
  SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PARQ_EXPIRING, until_ms);
  sl_attention_item_decide (item, "member", &member->id);
  sl_attention_item_decide (item, "booking", &visit->booking);
  return sl_attention_add (self, item, error);
}

static gboolean
add_forms (SlAttention *self, GError **error)
{
  g_autoptr (GArray) visits = first_visits (self, error);
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    if (!add_form (self, &g_array_index (visits, Visit, i), error))
      return FALSE;
  return visits != NULL;
}

/* sl_attention_of_studio: what is about the timetable, credits or members. */
gboolean
sl_attention_of_studio (SlAttention *self, GError **error)
{
  return add_planned_twice (self, error) && add_changed_apart (self, error) && add_debts (self, error)
         && add_expired_refunds (self, error) && add_shared_phones (self, error)
         && add_expired_requests (self, error) && add_forms (self, error);
}
