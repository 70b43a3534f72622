/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-conflicts"

#include <string.h>

#include "core/datetime.h"
#include "engine/attention.h"
#include "sim-oracle.h"

/* At the end of a world: every conflict has been repaired by an operation, or is in "Needs attention", or somebody has
 * dealt with it there. What the tables say has been compared with the oracle before: these are questions to them that
 * no query of the product asks in the same way. */

#define LATELY_MS (28 * SL_DAY_MS) /* longer ago, what needs attention is told no more */

typedef struct {
  SimWorld *world;
  SimDevice *device;
  GPtrArray *items; /* of SlAttentionItem */
} Conflicts;

static gboolean
names (const SlAttentionItem *item, const SlId *id)
{
  for (guint i = 0; i < item->subjects->len; i++)
    if (sl_id_equal (&g_array_index (item->subjects, SlAttentionSubject, i).id, id))
      return TRUE;
  return FALSE;
}

static gboolean
is_settled (Conflicts *self, SlAttentionKind kind, const SlId *one)
{
  gint64 found = 0;
  g_autoptr (GError) error = NULL;
  if (!sl_store_query_int (sl_oplog_get_store (sim_log (self->device)), 0, &found, &error,
                           "SELECT count (*) FROM settled WHERE kind = ? AND instr (entities, ?) > 0", "td",
                           sl_attention_name (kind), one))
    sim_violate (self->world, "device %u: %s", self->device->index, error->message);
  return found > 0;
}

/* other (nullable) */
static void
expect (Conflicts *self, SlAttentionKind kind, const SlId *one, const SlId *other)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SlAttentionItem *item = self->items->pdata[i];
      if (item->kind == kind && names (item, one) && (other == NULL || names (item, other)))
        return;
    }
  if (!is_settled (self, kind, one))
    sim_violate (self->world, "neither repaired nor in Needs attention: %s of %s%s%s on device %u",
                 sl_attention_name (kind), sim_name (one), other != NULL ? " and " : "",
                 other != NULL ? sim_name (other) : "", self->device->index);
}

/* Every row of the query, one or two ids, is to be told as kind. */
static void
expect_all (Conflicts *self, SlAttentionKind kind, SlRows *taken)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GError) error = NULL;
  while (sl_rows_next (rows))
    {
      SlId one, other;
      sl_rows_id (rows, 0, &one);
      sl_rows_id (rows, 1, &other);
      expect (self, kind, &one, &other);
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (self->world, "device %u: %s", self->device->index, error->message);
}

static gint64
count (Conflicts *self, const char *what, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 found = 0;
  if (!sl_store_query_int (sl_oplog_get_store (sim_log (self->device)), 0, &found, &error, sql, "i",
                           self->world->now_ms))
    sim_violate (self->world, "device %u: %s: %s", self->device->index, what, error->message);
  return found;
}

/* --- bookings --- */

/* Somebody is there who may act for a keeper. */
static gboolean
is_kept_by_sound (Conflicts *self, const OracleClaim *claim)
{
  SimOracle *oracle = self->world->oracle;
  const SlId *keeper = sim_oracle_id (oracle, ORACLE_CHAIN, sim_oracle_keeper (oracle, claim));
  for (guint i = 0; i < self->world->n_devices; i++)
    {
      const SimDevice *device = &self->world->devices[i];
      if (sim_device_runs (device) && !device->revoked && !device->forger && sl_id_equal (&device->replica, keeper))
        return TRUE;
    }
  return FALSE;
}

static gboolean
stands (Conflicts *self, const OracleClaim *claim)
{
  return claim->created && claim->confirmed && sim_oracle_live_spots (claim) > 0
         && !g_array_index (self->world->oracle->sessions, OracleSession, claim->session).cancelled
         && is_kept_by_sound (self, claim);
}

/* One member has one booking in a session, as far as there is somebody who may drop the other. */
static void
check_duplicates (Conflicts *self)
{
  const GArray *claims = self->world->oracle->claims;
  for (guint i = 0; i < self->world->n_devices; i++)
    if (self->world->devices[i].forger) /* what lies unapplied of it may be about them: the resolver waits */
      return;
  for (guint i = 0; i < claims->len; i++)
    for (guint j = i + 1; j < claims->len; j++)
      {
        const OracleClaim *a = &g_array_index (claims, OracleClaim, i), *b = &g_array_index (claims, OracleClaim, j);
        if (a->session == b->session && sl_id_equal (&a->member, &b->member) && stands (self, a) && stands (self, b))
          sim_violate (self->world, "member %s has two bookings in one session: nobody has dropped one of %s and %s",
                       sim_name (&a->member), sim_name (sim_oracle_id (self->world->oracle, ORACLE_CLAIM, i)),
                       sim_name (sim_oracle_id (self->world->oracle, ORACLE_CLAIM, j)));
      }
}

static void
check_bookings (Conflicts *self)
{
  SlStore *store = sl_oplog_get_store (sim_log (self->device));
  gint64 now_ms = self->world->now_ms;
  expect_all (self, SL_ATTENTION_OVERRIDE,
              sl_store_query (store,
                              "SELECT c.id, c.session_id FROM claim c JOIN session s ON s.id = c.session_id WHERE "
                              "c.type = ? AND c.release_why = 0 AND c.created_hlc IS NOT NULL AND s.cancelled = 0 AND "
                              "s.end_ms > ?",
                              "ii", (gint64) SL_CLAIM_OVERRIDE, now_ms));
  /* the one that was kept has been cancelled since */
  expect_all (self, SL_ATTENTION_DROPPED_DUPLICATE,
              sl_store_query (store,
                              "SELECT c.id, c.session_id FROM duplicate d JOIN claim c ON c.id = d.claim_id JOIN claim "
                              "k ON k.id = d.kept_id JOIN session s ON s.id = c.session_id WHERE c.release_why = ?1 "
                              "AND k.release_why = ?2 AND k.created_hlc IS NOT NULL AND c.confirm_hlc IS NOT NULL AND "
                              "s.cancelled = 0 AND s.end_ms > ?3 AND NOT EXISTS (SELECT 1 FROM claim l WHERE "
                              "l.session_id = c.session_id AND l.member_id = c.member_id AND l.release_why = 0 AND "
                              "l.created_hlc IS NOT NULL)"
                              " AND (SELECT count (*) FROM claim l WHERE l.session_id = c.session_id AND l.member_id = "
                              "c.member_id) = 2",
                              "iii", (gint64) SL_RELEASE_DUPLICATE, (gint64) SL_RELEASE_CANCELLED, now_ms));
  expect_all (self, SL_ATTENTION_ATTENDED_AFTER_CANCELLING,
              sl_store_query (store,
                              "SELECT c.id, c.session_id FROM claim c JOIN checkin k ON k.booking_id = c.id WHERE "
                              "c.created_hlc IS NOT NULL AND (c.release_why & ?) <> 0 AND k.undone = 0 AND k.at_ms IS "
                              "NOT NULL AND EXISTS (SELECT 1 FROM session s WHERE s.id = c.session_id AND s.start_ms "
                              "<= ? AND s.start_ms > ?) GROUP BY c.id HAVING max (k.flag = ?) = 0",
                              "iiii", (gint64) (SL_RELEASE_CANCELLED | SL_RELEASE_LATE_CANCELLED), now_ms,
                              now_ms - LATELY_MS, (gint64) SL_CHECKIN_FLAG_OVERRIDE));
  expect_all (self, SL_ATTENTION_ATTENDED_AND_NO_SHOW,
              sl_store_query (store,
                              "SELECT c.id, c.session_id FROM claim c JOIN checkin k ON k.booking_id = c.id WHERE "
                              "c.created_hlc IS NOT NULL AND c.release_why & ? AND k.undone = 0 AND k.at_ms IS NOT "
                              "NULL AND EXISTS (SELECT 1 FROM session s WHERE s.id = c.session_id AND s.start_ms > ?) "
                              "GROUP BY c.id HAVING max (k.flag = ?) = 0",
                              "iii", (gint64) SL_RELEASE_NO_SHOW, now_ms - LATELY_MS,
                              (gint64) SL_CHECKIN_FLAG_OVERRIDE));
}

/* --- the timetable --- */

/* How much of chain the author of operation number seq of another one had applied. */
static guint64
seen_by (const OracleChain *author, guint64 seq, guint chain)
{
  guint64 total = 0;
  for (guint i = 0; i < author->ops->len && i < seq; i++)
    {
      const OracleOp *op = author->ops->pdata[i];
      for (guint j = 0; op->seen != NULL && j < op->seen->len; j++)
        if (g_array_index (op->seen, OracleSeen, j).chain == chain)
          total += g_array_index (op->seen, OracleSeen, j).growth;
    }
  return total;
}

static void
check_capacity_pair (Conflicts *self, guint a, const OracleOp *one, guint b, const OracleOp *other)
{
  SimOracle *oracle = self->world->oracle;
  const SlId *session = sim_oracle_id (oracle, ORACLE_SESSION, one->entity);
  g_autoptr (GError) error = NULL;
  gint64 ahead = 0;
  if (one->entity != other->entity || seen_by (oracle->chains->pdata[a], one->seq, b) >= other->seq
      || seen_by (oracle->chains->pdata[b], other->seq, a) >= one->seq)
    return;
  if (!sl_store_query_int (sl_oplog_get_store (sim_log (self->device)), 0, &ahead, &error,
                           "SELECT count (*) FROM session WHERE id = ? AND cancelled = 0 AND end_ms > ?", "di", session,
                           self->world->now_ms))
    sim_violate (self->world, "device %u: %s", self->device->index, error->message);
  if (ahead > 0)
    expect (self, SL_ATTENTION_CAPACITY_CHANGED, session, NULL);
}

static void
check_capacities (Conflicts *self)
{
  SimOracle *oracle = self->world->oracle;
  for (guint a = 0; a < oracle->chains->len; a++)
    for (guint b = a + 1; b < oracle->chains->len; b++)
      {
        const OracleChain *one = oracle->chains->pdata[a], *other = oracle->chains->pdata[b];
        for (guint i = 0; i < one->ops->len && i < one->limit; i++)
          for (guint j = 0; j < other->ops->len && j < other->limit; j++)
            {
              const OracleOp *x = one->ops->pdata[i], *y = other->ops->pdata[j];
              if (x->kind == SL_KIND_SESSION_CAPACITY && y->kind == SL_KIND_SESSION_CAPACITY)
                check_capacity_pair (self, a, x, b, y);
            }
      }
}

static void
check_rooms (Conflicts *self)
{
  expect_all (self, SL_ATTENTION_ROOM_TWICE,
              sl_store_query (sl_oplog_get_store (sim_log (self->device)),
                              "SELECT b.id, b.room_id FROM session a JOIN session b ON b.room_id = a.room_id AND "
                              "(b.start_ms, b.id) > (a.start_ms, a.id) AND b.start_ms < a.end_ms WHERE a.cancelled = 0 "
                              "AND b.cancelled = 0 AND a.end_ms > ?1 AND b.end_ms > ?1 AND a.created_hlc IS NOT NULL "
                              "AND b.created_hlc IS NOT NULL",
                              "i", self->world->now_ms));
}

static void
check_debts (Conflicts *self)
{
  SimOracle *oracle = self->world->oracle;
  SlOplog *log = sim_log (self->device);
  for (guint i = 0; i < oracle->sessions->len; i++)
    for (guint j = 0; j < oracle->chains->len; j++)
      {
        const SlId *session = sim_oracle_id (oracle, ORACLE_SESSION, i);
        const SlId *replica = sim_oracle_id (oracle, ORACLE_CHAIN, j);
        g_autoptr (GError) error = NULL;
        gint64 ahead, held;
        if (!sl_store_query_int (sl_oplog_get_store (log), 0, &ahead, &error,
                                 "SELECT count (*) FROM session WHERE id = ? AND cancelled = 0 AND end_ms > ?", "di",
                                 session, self->world->now_ms)
            || (ahead > 0 && !sl_rights_free (log, session, replica, &held, &error)))
          sim_violate (self->world, "device %u: %s", self->device->index, error->message);
        else if (ahead > 0 && held < 0)
          expect (self, SL_ATTENTION_SPOTS_OWED, session, replica);
      }
}

/* --- money --- */

/* Sales of a period that somebody has paid, owes or is asked for, and has not got back. */
#define PERIODS_THAT_COUNT \
  "WITH gone AS (SELECT payment_id AS id FROM payment_outcome GROUP BY payment_id HAVING max (outcome = 1) = 1 " \
  "AND max (outcome = 2) = 0), back AS (SELECT p.sale_id, sum (r.amount_cents) AS cents FROM refund r JOIN payment p " \
  "ON p.id = r.payment_id GROUP BY p.sale_id), period AS (SELECT s.id, s.member_id, l.thing_id, m.plan_id, " \
  "l.from_ms, min (l.until_ms, coalesce (m.until_ms, l.until_ms)) AS until_ms FROM sale s JOIN sale_line l " \
  "ON l.sale_id = s.id AND l.what = 2 JOIN membership m ON m.id = l.thing_id WHERE s.total_cents > 0 AND " \
  "s.at_ms > ?1 - ?2 AND EXISTS " \
  "(SELECT 1 FROM payment p WHERE p.sale_id = s.id AND (p.method = 'account' OR p.status = 'paid' OR p.id NOT IN " \
  "(SELECT id FROM gone))) AND s.id NOT IN (SELECT sale_id FROM back WHERE cents >= s.total_cents)) "

/* Nobody pays twice for one time of a plan without somebody seeing it. */
static void
check_charges (Conflicts *self)
{
  SlStore *store = sl_oplog_get_store (sim_log (self->device));
  expect_all (self, SL_ATTENTION_CHARGED_TWICE,
              sl_store_query (store,
                              PERIODS_THAT_COUNT
                              "SELECT a.id, b.id FROM period a JOIN period b ON b.id > a.id AND a.from_ms < b.until_ms "
                              "AND b.from_ms < a.until_ms WHERE a.thing_id = b.thing_id OR (a.plan_id = b.plan_id AND "
                              "a.member_id = b.member_id AND a.from_ms < a.until_ms AND b.from_ms < b.until_ms)",
                              "ii", self->world->now_ms, (gint64) LATELY_MS));
}

/* --- devices --- */

static gboolean
is_told_of_device (Conflicts *self, const SlId *replica)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SlAttentionItem *item = self->items->pdata[i];
      if (item->kind >= SL_ATTENTION_REVOCATION_WAITS && names (item, replica))
        return TRUE;
    }
  for (guint kind = SL_ATTENTION_REVOCATION_WAITS; kind < SL_ATTENTION_LAST; kind++)
    if (is_settled (self, kind, replica))
      return TRUE;
  return FALSE;
}

/* What is stored here and not applied, and what is not taken over yet, is told. */
static void
check_devices (Conflicts *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (self->device)),
      "SELECT replica FROM local_chain WHERE head_seq > applied_seq UNION SELECT replica FROM revocation WHERE replica "
      "NOT IN (SELECT replica FROM reclaim) UNION SELECT replica FROM fork",
      "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      sl_rows_id (rows, 0, &replica);
      if (!sl_id_equal (&replica, &self->device->replica) && !is_told_of_device (self, &replica))
        sim_violate (self->world, "device %u: what is held of %s is not in Needs attention", self->device->index,
                     sim_name (&replica));
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (self->world, "device %u: %s", self->device->index, error->message);
}

/* --- erased members --- */

static void
check_erased (Conflicts *self)
{
  SimOracle *oracle = self->world->oracle;
  SlOplog *log = sim_log (self->device);
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = oracle->chains->pdata[i];
      for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          g_autoptr (GError) error = NULL;
          gboolean erased;
          if (op->kind != SL_KIND_MEMBER_ERASE)
            continue;
          if (!sl_oplog_is_erased (log, &op->member, &erased, &error))
            sim_violate (self->world, "device %u: %s", self->device->index, error->message);
          else if (!erased || sl_oplog_has_member_key (log, &op->member))
            sim_violate (self->world, "device %u: member %s was erased, and their key is still here",
                         self->device->index, sim_name (&op->member));
        }
    }
  if (count (self, "sealed",
             "SELECT count (*) FROM member m JOIN erased e ON e.member_id = m.id WHERE ? > 0 AND (m.first IS NOT NULL "
             "OR m.last IS NOT NULL OR m.phone IS NOT NULL)")
      > 0)
    sim_violate (self->world, "device %u keeps sealed fields of somebody who was erased", self->device->index);
}

/* Bookings ahead of somebody who was erased are given back by whoever keeps them. */
static void
check_erased_bookings (Conflicts *self)
{
  g_autoptr (GError) error = NULL;
  gint64 left = 0;
  if (!sl_store_query_int (sl_oplog_get_store (sim_log (self->device)), 0, &left, &error,
                           "SELECT count (*) FROM claim c JOIN erased e ON e.member_id = c.member_id JOIN session s ON "
                           "s.id = c.session_id WHERE s.start_ms > ? AND c.release_percent IS NULL AND c.created_hlc "
                           "IS NOT NULL AND coalesce (c.keeper, c.creator) = ? AND NOT EXISTS (SELECT 1 FROM checkin k "
                           "WHERE k.booking_id = c.id AND k.undone = 0)",
                           "id", self->world->now_ms, &self->device->replica))
    sim_violate (self->world, "device %u: %s", self->device->index, error->message);
  if (left > 0)
    sim_violate (self->world, "device %u still keeps a booking of somebody who was erased", self->device->index);
}

/* sim_check_conflicts: of a healed world, as device sees it. */
void
sim_check_conflicts (SimWorld *world, SimDevice *device)
{
  Conflicts self = { .world = world, .device = device };
  SlRefusal refusal = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  GError *error = NULL;
  gboolean decided = sl_attention_list (device->engine, &device->owner, &items, &refusal, &error);
  if (!sim_came (world, "attention", decided, &refusal, error) || items == NULL)
    return;
  self.items = items;
  sim_oracle_fold (world);
  check_duplicates (&self);
  check_bookings (&self);
  check_capacities (&self);
  check_rooms (&self);
  check_debts (&self);
  check_charges (&self);
  check_devices (&self);
  check_erased (&self);
  check_erased_bookings (&self);
}
