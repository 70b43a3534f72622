/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-resolver"

#include "engine/resolver.h"

#include "core/datetime.h"
#include "engine/claim-queries.h"
#include "engine/command.h"
#include "engine/member-merge.h"
#include "engine/run-due.h"
#include "oplog/conflict.h"
#include "oplog/fence.h"
#include "oplog/operation.h"
#include "oplog/rules-off.h"

/* Works from marks, not over the years: merging marks the sessions whose claims others have touched, whenever those
 * come. Each is decided again inside its transaction, by what never changes again, and only by the device that keeps
 * what gives way: so it may run late, twice and on every device at once. */

#define SESSIONS_AT_ONCE 200 /* looked at in one transaction: some milliseconds */

/* A claim that stands. */
typedef struct {
  SlId id, member_id, keeper;
  gboolean confirmed;
  gboolean waiting; /* a place in the queue */
  gint64 until_ms;  /* of a hold or an offer: its end */
  gint64 confirm_hlc, created_hlc;
  SlId confirm_replica, creator;
} Standing;

typedef struct {
  SlEngine *engine;
  gint64 now_ms;
  SlUnapplied unapplied;
  gint64 left;         /* operations that this transaction may still take */
  gboolean unfinished; /* the session at hand has more to do than fits */
  SlRepairs *repairs;
} Resolver;

/**
 * sl_resolver_is_kept_here:
 * @keeper: who keeps a claim, as its row says
 * @out: (out): whether this device acts for it
 *
 * What a fenced device keeps is frozen until somebody has taken over for ever.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_resolver_is_kept_here (SlEngine *engine, const SlId *keeper, gboolean *out, GError **error)
{
  SlId root = *keeper;
  gboolean revoked;

  g_return_val_if_fail (engine != NULL && keeper != NULL && out != NULL, FALSE);

  if (!sl_fence_is_revoked (engine->log, keeper, &revoked, error)
      || (revoked && !sl_fence_root (engine->log, keeper, &root, error)))
    return FALSE;
  *out = sl_id_equal (&root, sl_oplog_get_replica (engine->log));
  return TRUE;
}

static gboolean
may_act (Resolver *self, const Standing *claim, gboolean *out, GError **error)
{
  if (!sl_resolver_is_kept_here (self->engine, &claim->keeper, out, error))
    return FALSE;
  *out = *out || sl_oplog_rule_is_off (self->engine->log, SL_RULE_RESOLVER_KEEPER);
  return TRUE;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  const Standing *one = a, *other = b;
  int order = sl_id_compare (&one->member_id, &other->member_id);

  return order != 0 ? order : sl_id_compare (&one->id, &other->id);
}

/* A person's claims one after the other, also where they were made for records that have become one since. */
static gboolean
sort_by_person (Resolver *self, GArray *claims, GError **error)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < claims->len; i++)
    {
      Standing *claim = &g_array_index (claims, Standing, i);
      SlId root;

      if (!sl_member_root (self->engine, &claim->member_id, &root, error))
        return FALSE;
      changed = changed || !sl_id_equal (&root, &claim->member_id);
      claim->member_id = root;
    }
  if (changed)
    g_array_sort (claims, compare_members);
  return TRUE;
}

/* Claims that stand, a member's one after the other. One whose member did not come has stood to the end: of two, one is
 * forfeited. A hold that has lapsed and that nobody has tidied up yet is among them: see gives_way(). */
static GArray *
read_standing (Resolver *self, const SlId *session, GError **error)
{
  g_autoptr (GArray) claims = g_array_new (FALSE, FALSE, sizeof (Standing));
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT id, member_id, coalesce (keeper, creator), confirm_hlc, coalesce (confirm_replica, creator), "
      "created_hlc, creator, held_until_ms, spots, released_spots, type FROM claim "
      "WHERE session_id = ? AND (release_why & ~?) = 0 AND created_hlc IS NOT NULL ORDER BY member_id, id",
      "di", session, (gint64) SL_RELEASE_NO_SHOW);

  while (sl_rows_next (rows))
    {
      Standing claim = { .confirmed = !sl_rows_is_null (rows, 3), .confirm_hlc = sl_rows_int (rows, 3),
                         .created_hlc = sl_rows_int (rows, 5) };
      guint32 bits = sl_spots_mask ((int) sl_rows_int (rows, 8)) & ~(guint32) sl_rows_int (rows, 9);

      claim.waiting = sl_rows_int (rows, 10) == SL_CLAIM_WAITING;
      claim.until_ms = claim.confirmed || claim.waiting ? G_MAXINT64 : sl_rows_int (rows, 7);
      if (bits == 0)
        continue;
      sl_rows_id (rows, 0, &claim.id);
      sl_rows_id (rows, 1, &claim.member_id);
      sl_rows_id (rows, 2, &claim.keeper);
      sl_rows_id (rows, 4, &claim.confirm_replica);
      sl_rows_id (rows, 6, &claim.creator);
      g_array_append_val (claims, claim);
    }
  if (!sl_rows_finish (rows, error) || !sort_by_person (self, claims, error))
    return NULL;
  return g_steal_pointer (&claims);
}

static int
compare_stamps (gint64 a_hlc, const SlId *a, gint64 b_hlc, const SlId *b)
{
  return a_hlc != b_hlc ? (a_hlc < b_hlc ? -1 : 1) : sl_id_compare (a, b);
}

/* Which of two claims of one member comes before the other: confirmed before unconfirmed, a spot before a place in the
 * queue, then the earlier confirmation, then the earlier creation. */
static int
compare_claims (SlEngine *engine, const Standing *a, const Standing *b)
{
  int order = compare_stamps (a->created_hlc, &a->creator, b->created_hlc, &b->creator);

  if (!sl_oplog_rule_is_off (engine->log, SL_RULE_DUPLICATE_ORDER))
    {
      if (a->confirmed != b->confirmed)
        return a->confirmed ? -1 : 1;
      if (a->waiting != b->waiting)
        return a->waiting ? 1 : -1;
      if (a->confirmed && compare_stamps (a->confirm_hlc, &a->confirm_replica, b->confirm_hlc, &b->confirm_replica))
        return compare_stamps (a->confirm_hlc, &a->confirm_replica, b->confirm_hlc, &b->confirm_replica);
    }
  return order != 0 ? order : sl_id_compare (&a->id, &b->id);
}

static gboolean
must_wait (Resolver *self, const SlId *session, const Standing *claims, guint n_claims)
{
  gboolean named = sl_unapplied_names (&self->unapplied, session);

  if (sl_oplog_rule_is_off (self->engine->log, SL_RULE_RESOLVER_WAITS))
    return FALSE;
  for (guint i = 0; i < n_claims && !named; i++)
    named = sl_unapplied_names (&self->unapplied, &claims[i].id);
  return named;
}

/* A hold that has lapsed gives way, if at all, as it would have while it stood, so that it comes to the same however
 * late this is looked at; to it nothing gives way but what has lapsed too. A place in the queue gives way to what is
 * sure: a hold that may yet lapse is waited for. */
static gboolean
gives_way (Resolver *self, const Standing *claim, const Standing *first, gboolean *inout_wait)
{
  if (claim->waiting && !first->confirmed && !first->waiting)
    {
      *inout_wait = TRUE;
      return FALSE;
    }
  if ((first->waiting && !claim->waiting) || (first->until_ms <= self->now_ms && claim->until_ms > self->now_ms))
    return FALSE;
  return claim->until_ms > self->now_ms
         || (sl_hlc_to_ms (claim->created_hlc) < first->until_ms
             && sl_hlc_to_ms (first->created_hlc) < claim->until_ms);
}

/* What stands goes before what has lapsed, whatever the order says. */
static gboolean
goes_before (Resolver *self, const Standing *a, const Standing *b)
{
  gboolean a_lapsed = a->until_ms <= self->now_ms, b_lapsed = b->until_ms <= self->now_ms;

  return a_lapsed != b_lapsed ? b_lapsed : compare_claims (self->engine, a, b) < 0;
}

/* Of one member's claims all give way to the first in order, where this device keeps them. */
static gboolean
drop_duplicates (Resolver *self, const SlId *session, const Standing *claims, guint n_claims, gboolean *inout_wait,
                 GError **error)
{
  const Standing *first = &claims[0];

  for (guint i = 1; i < n_claims; i++)
    if (goes_before (self, &claims[i], first))
      first = &claims[i];
  if (must_wait (self, session, claims, n_claims))
    {
      *inout_wait = TRUE;
      return TRUE;
    }
  for (guint i = 0; i < n_claims; i++)
    {
      gboolean mine;

      if (&claims[i] == first || !gives_way (self, &claims[i], first, inout_wait))
        continue;
      if (!may_act (self, &claims[i], &mine, error))
        return FALSE;
      if (!mine)
        continue;
      if (!sl_op_release_duplicate (self->engine->log, &claims[i].id, &first->id, error))
        return FALSE;
      self->left--;
      self->repairs->duplicates++;
    }
  return TRUE;
}

/* One command that ran on two devices under one key is one command: where the earlier booking of it was given up by a
 * person, the later one goes as well. While both stand, the rule above decides. */
static gboolean
find_first_of_key (Resolver *self, const SlId *session, const Standing *claim, SlId *out_first, GError **error)
{
  const gint64 given_up = SL_RELEASE_CANCELLED | SL_RELEASE_LATE_CANCELLED | SL_RELEASE_LET_GO | SL_RELEASE_RESCHEDULED;
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT c.id FROM command_key mine CROSS JOIN command_key first ON first.key = mine.key "
      "AND first.replica <> mine.replica CROSS JOIN claim c ON c.id = first.made "
      "WHERE mine.made = ?1 AND mine.twice <> 0 AND (first.hlc, first.replica) < (mine.hlc, mine.replica) "
      "AND mine.hlc - first.hlc < ?2 AND c.session_id = ?3 AND c.member_id = ?4 AND (c.release_why & ?5) <> 0 "
      "AND (c.confirm_hlc IS NOT NULL OR ?6 = 0) ORDER BY first.hlc, first.replica LIMIT 1",
      "diddii", &claim->id, sl_hlc_from_ms (SL_ANSWER_KEPT_MS), session, &claim->member_id, given_up,
      (gint64) claim->confirmed);

  *out_first = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out_first);
  return sl_rows_finish (rows, error);
}

static gboolean
drop_second_of_key (Resolver *self, const SlId *session, const Standing *claim, gboolean *inout_wait, GError **error)
{
  gboolean mine;
  SlId first;

  if (!may_act (self, claim, &mine, error))
    return FALSE;
  if (!mine)
    return TRUE;
  if (!find_first_of_key (self, session, claim, &first, error))
    return FALSE;
  if (sl_id_is_none (&first))
    return TRUE;
  if (must_wait (self, session, claim, 1))
    {
      *inout_wait = TRUE;
      return TRUE;
    }
  self->left--;
  self->repairs->duplicates++;
  return sl_op_release_duplicate (self->engine->log, &claim->id, &first, error);
}

/* The studio's own cancellation gives everything back, also of claims learnt later. */
static gboolean
release_all (Resolver *self, GArray *claims, GError **error)
{
  if (sl_oplog_rule_is_off (self->engine->log, SL_RULE_CANCELLED_FREED))
    return TRUE;
  for (guint i = 0; i < claims->len; i++)
    {
      const Standing *claim = &g_array_index (claims, Standing, i);
      gboolean mine;

      if (!may_act (self, claim, &mine, error))
        return FALSE;
      if (!mine)
        continue;
      if (self->left <= 0)
        {
          self->unfinished = TRUE;
          return TRUE;
        }
      if (!sl_op_release (self->engine->log, &claim->id, SL_RELEASE_SESSION_CANCELLED, 100, NULL, error))
        return FALSE;
      self->left--;
      self->repairs->sessions_released++;
    }
  return TRUE;
}

static gboolean
resolve_claims (Resolver *self, const SlId *session, GArray *claims, gboolean *inout_wait, GError **error)
{
  const Standing *all = (const Standing *) claims->data;

  for (guint at = 0; at < claims->len;)
    {
      guint n = 1;

      while (at + n < claims->len && sl_id_equal (&all[at].member_id, &all[at + n].member_id))
        n++;
      if (n > 1 ? !drop_duplicates (self, session, &all[at], n, inout_wait, error)
                : !drop_second_of_key (self, session, &all[at], inout_wait, error))
        return FALSE;
      at += n;
    }
  return TRUE;
}

static gboolean
resolve_session (Resolver *self, const SlId *session, GError **error)
{
  g_autoptr (GArray) claims = read_standing (self, session, error);
  gboolean wait = FALSE;
  gint64 cancelled;

  if (claims == NULL
      || !sl_store_query_int (self->engine->store, 0, &cancelled, error, "SELECT cancelled FROM session WHERE id = ?",
                              "d", session)
      || !(cancelled != 0 ? release_all (self, claims, error) : resolve_claims (self, session, claims, &wait, error)))
    return FALSE;
  return wait || self->unfinished || sl_touched_done (self->engine->log, session, error);
}

/* A transaction's worth of marked sessions behind *inout_after. Nothing is decided by what was read before it began. */
static gboolean
resolve_some (SlEngine *engine, const SlActor *actor, SlId *inout_after, gboolean *out_more, SlRepairs *out,
              GError **error)
{
  SlRepairs repairs = { 0 };
  Resolver self = { .engine = engine, .left = SL_DUE_BATCH, .repairs = &repairs };
  g_autoptr (GArray) sessions = NULL;
  gboolean done;

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  self.now_ms = sl_engine_now_ms (engine);
  sessions = sl_touched_list (engine->log, inout_after, SESSIONS_AT_ONCE, error);
  done = sessions != NULL && sl_unapplied_read (engine->log, &self.unapplied, error);
  for (guint i = 0; done && i < sessions->len && self.left > 0; i++)
    {
      const SlId *session = &g_array_index (sessions, SlId, i);

      done = resolve_session (&self, session, error);
      if (!self.unfinished)
        *inout_after = *session;
    }
  sl_unapplied_clear (&self.unapplied);
  if (!done)
    return sl_command_fail (engine);
  *out_more = sessions->len > 0;
  if (!sl_command_commit (engine, error))
    return FALSE;
  out->duplicates += repairs.duplicates;
  out->sessions_released += repairs.sessions_released;
  return TRUE;
}

static gboolean
resolve_touched (SlEngine *engine, const SlActor *actor, SlRepairs *out, GError **error)
{
  SlId after = sl_id_none;
  gboolean more;

  if (!sl_touched_any (engine->log, &more, error))
    return FALSE;
  if (!more)
    return TRUE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_touched_spread (engine->log, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  while (more)
    if (!resolve_some (engine, actor, &after, &more, out, error))
      return FALSE;
  return TRUE;
}

/* --- debts --- */

typedef struct {
  SlId session_id, debtor;
} Debt;

/* Capacities lowered below what was taken, of sessions that are not over. */
static GArray *
find_debts (SlEngine *engine, GError **error)
{
  g_autoptr (GArray) debts = g_array_new (FALSE, FALSE, sizeof (Debt));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT r.session_id, r.replica FROM session_right r CROSS JOIN session s ON s.id = r.session_id "
      "WHERE r.burned > 0 AND s.end_ms > ? AND s.cancelled = 0",
      "i", sl_engine_now_ms (engine));

  while (sl_rows_next (rows))
    {
      Debt debt;

      sl_rows_id (rows, 0, &debt.session_id);
      sl_rows_id (rows, 1, &debt.debtor);
      g_array_append_val (debts, debt);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&debts) : NULL;
}

/* How many of this device's free spots go to the debtor: none to itself, and none to a device that somebody has taken
 * away: they would be frozen with the debt. */
static gboolean
judge_debt (SlEngine *engine, const Debt *debt, SlId *out_to, gint64 *out_spots, GError **error)
{
  const SlId *own = sl_oplog_get_replica (engine->log);
  gint64 owed, held;
  gboolean revoked;

  *out_spots = 0;
  if (!sl_fence_root (engine->log, &debt->debtor, out_to, error)
      || !sl_fence_is_revoked (engine->log, out_to, &revoked, error)
      || !sl_rights_free (engine->log, &debt->session_id, out_to, &owed, error)
      || !sl_rights_free (engine->log, &debt->session_id, own, &held, error))
    return FALSE;
  if (!revoked && owed < 0 && held > 0 && !sl_id_equal (out_to, own))
    *out_spots = MIN (-owed, held);
  return TRUE;
}

/**
 * sl_resolver_pay_debts:
 * @actor: the device itself, or whoever's keyed command this is
 * @inout_paid: goes up by the spots that were passed on
 *
 * Passes free spots to devices that owe some. After whatever frees spots, so that a second run finds nothing. Engine
 * thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_resolver_pay_debts (SlEngine *engine, const SlActor *actor, gint64 *inout_paid, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && inout_paid != NULL, FALSE);

  g_autoptr (GArray) debts = find_debts (engine, error);
  gint64 paid = 0;

  if (debts == NULL)
    return FALSE;
  if (debts->len == 0)
    return TRUE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  for (guint i = 0; i < debts->len; i++)
    {
      const Debt *debt = &g_array_index (debts, Debt, i);
      SlId to;
      gint64 spots;

      if (!judge_debt (engine, debt, &to, &spots, error)
          || (spots > 0 && !sl_op_session_move (engine->log, &debt->session_id, &to, (int) spots, error)))
        return sl_command_fail (engine);
      paid += spots;
    }
  if (!sl_command_commit (engine, error))
    return FALSE;
  *inout_paid += paid;
  return TRUE;
}

/**
 * sl_resolver_run:
 * @actor: the device itself, or whoever's keyed command this is
 * @out: (out caller-allocates): what was written
 *
 * Repairs what devices did apart from one another, where this device keeps what gives way or holds what is owed:
 * bookings of one member in one session, claims of cancelled sessions. It waits where an operation that
 * lies here unapplied may still have a say. Ordinary operations, in several transactions; safe to call late, twice,
 * anywhere: the second time nothing is written. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed; what was done before stays done
 */
gboolean
sl_resolver_run (SlEngine *engine, const SlActor *actor, SlRepairs *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL, FALSE);

  *out = (SlRepairs){ 0 };
  return resolve_touched (engine, actor, out, error);
}
