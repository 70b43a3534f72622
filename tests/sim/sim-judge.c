/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-judge"

#include <string.h>

#include "sim-oracle.h"

/* Whether what the operations of all devices make is right, and every device's tables say the same. */

static OracleChain *
chain_at (SimOracle *oracle, guint index)
{
  return oracle->chains->pdata[index];
}

static OracleClaim *
claim_at (SimOracle *oracle, guint index)
{
  return &g_array_index (oracle->claims, OracleClaim, index);
}

typedef struct {
  gint64 free[ORACLE_CHAINS_MAX], low[ORACLE_CHAINS_MAX];
  gint64 live;
} Spots;

static void
count_spots (SimOracle *oracle, guint session, Spots *out)
{
  const OracleSession *state = &g_array_index (oracle->sessions, OracleSession, session);
  *out = (Spots){ 0 };
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      out->free[sim_oracle_root (oracle, i)] += state->held[i];
      out->low[sim_oracle_root (oracle, i)] += state->low[i];
    }
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *claim = claim_at (oracle, i);
      if (!claim->created || claim->session != session || claim->type == SL_CLAIM_OVERRIDE
          || claim->type == SL_CLAIM_WAITING)
        continue;
      out->free[sim_oracle_keeper (oracle, claim)] -= sim_oracle_live_spots (claim);
      out->live += sim_oracle_live_spots (claim);
    }
}

static void
check_session (SimWorld *world, guint session)
{
  SimOracle *oracle = world->oracle;
  const OracleSession *state = &g_array_index (oracle->sessions, OracleSession, session);
  const char *name = sim_name (sim_oracle_id (oracle, ORACLE_SESSION, session));
  Spots spots;
  gint64 due = 0;
  count_spots (oracle, session, &spots);
  for (guint i = 0; i < oracle->chains->len && state->created; i++)
    {
      if (spots.free[i] >= 0)
        continue;
      due += MIN (-spots.free[i], spots.low[i]);
      if (-spots.free[i] > spots.low[i])
        sim_violate (world, "OVERBOOKED: session %s: device %s has used %" G_GINT64_FORMAT " spots more than it had",
                     name, sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, i)), -spots.free[i] - spots.low[i]);
    }
  if (state->created && spots.live > state->capacity + due)
    sim_violate (world,
                 "OVERBOOKED: session %s: %" G_GINT64_FORMAT " spots taken of %" G_GINT64_FORMAT
                 ", debts %" G_GINT64_FORMAT,
                 name, spots.live, state->capacity, due);
}

/* Odd hundredths round up, once over the whole. */
static gint64
spent_of (const OracleClaim *claim, const OracleSpend *spends, guint place)
{
  gint64 before = 0, amount = spends[place].amount, percent = claim->released ? claim->percent : 0;
  for (guint i = 0; i < place; i++)
    before += spends[i].amount;
  return amount - ((before + amount) * percent + 99) / 100 + (before * percent + 99) / 100;
}

/* What a claim uses of a lot: of its confirmation, and of the settlement of what it owed. */
static gint64
used_of (const OracleClaim *claim, guint lot)
{
  gint64 used = 0;
  for (guint j = 0; claim->confirmed && j < claim->n_spends; j++)
    used += claim->spends[j].lot == lot ? spent_of (claim, claim->spends, j) : 0;
  for (guint j = 0; j < claim->n_settled; j++)
    used += claim->settled[j].lot == lot ? spent_of (claim, claim->settled, j) : 0;
  return used;
}

static gint64
count_credits (SimOracle *oracle, guint lot, gint64 free[ORACLE_CHAINS_MAX])
{
  const OracleLot *state = &g_array_index (oracle->lots, OracleLot, lot);
  gint64 used = 0;
  memset (free, 0, sizeof (gint64) * ORACLE_CHAINS_MAX);
  for (guint i = 0; i < oracle->chains->len; i++)
    free[sim_oracle_root (oracle, i)] += state->held[i];
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *claim = claim_at (oracle, i);
      gint64 mine = used_of (claim, lot);
      if (mine == 0)
        continue;
      free[sim_oracle_keeper (oracle, claim)] -= mine;
      used += mine;
    }
  return used;
}

static void
check_lot (SimWorld *world, guint lot)
{
  SimOracle *oracle = world->oracle;
  const OracleLot *state = &g_array_index (oracle->lots, OracleLot, lot);
  const char *name = sim_name (sim_oracle_id (oracle, ORACLE_LOT, lot));
  gint64 free[ORACLE_CHAINS_MAX], total = 0;
  gint64 used = count_credits (oracle, lot, free);
  for (guint i = 0; i < oracle->chains->len && state->created; i++)
    {
      total += free[i];
      if (free[i] < 0)
        sim_violate (world, "lot %s: device %s has spent %" G_GINT64_FORMAT " more than it had", name,
                     sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, i)), -free[i]);
    }
  if (state->created && total + used + state->burned != state->minted)
    sim_violate (world, "lot %s: credits are not conserved: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, name,
                 total + used + state->burned, state->minted);
}

static gboolean
is_offered (SimOracle *oracle, guint waiting)
{
  for (guint i = 0; i < oracle->claims->len; i++)
    if (claim_at (oracle, i)->created && claim_at (oracle, i)->type == SL_CLAIM_OFFER
        && claim_at (oracle, i)->booking == waiting + 1)
      return TRUE;
  return FALSE;
}

/* Who waits waits, or was offered a place, or the place in the queue ended for a reason that somebody gave. What is
 * owed is paid once, and is what was owed. */
static void
check_claim (SimWorld *world, guint index)
{
  SimOracle *oracle = world->oracle;
  const OracleClaim *claim = claim_at (oracle, index);
  const char *name = sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, index));
  gint64 settled = 0;
  if (claim->created && claim->type == SL_CLAIM_WAITING && (claim->why & SL_RELEASE_OFFERED) != 0
      && !is_offered (oracle, index))
    sim_violate (world, "the place %s in a queue is gone for an offer that there is not", name);
  if (claim->created && claim->type != SL_CLAIM_WAITING && (claim->why & SL_RELEASE_OFFERED) != 0)
    sim_violate (world, "claim %s was taken on by an offer, and nobody waited", name);
  for (guint i = 0; i < claim->n_settled; i++)
    settled += claim->settled[i].amount;
  if (claim->settlements > 1)
    sim_violate (world, "booking %s on trust was paid %u times", name, claim->settlements);
  if (claim->settlements > 0 && settled != claim->owed)
    sim_violate (world, "booking %s on trust owed %" G_GINT64_FORMAT " and was paid %" G_GINT64_FORMAT, name,
                 claim->owed, settled);
}

/* sim_oracle_check: of all that stands: spots taken, lots, credits, queues, debts. */
void
sim_oracle_check (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  sim_oracle_fold (world);
  for (guint i = 0; i < oracle->sessions->len; i++)
    check_session (world, i);
  for (guint i = 0; i < oracle->lots->len; i++)
    check_lot (world, i);
  for (guint i = 0; i < oracle->claims->len; i++)
    check_claim (world, i);
  sim_books_check (world);
}

static void
check_believed (SimWorld *world, SimDevice *device, const char *what, const SlId *id, gint64 believed, gint64 truth,
                gint64 low)
{
  if (believed > truth)
    sim_violate (world,
                 "%s %s: device %u believes that it may spend %" G_GINT64_FORMAT ", the truth is %" G_GINT64_FORMAT
                 ": somebody else took it away",
                 what, sim_name (id), device->index, believed, truth);
  if (believed < -low)
    sim_violate (world, "%s %s: device %u has %" G_GINT64_FORMAT " left", what, sim_name (id), device->index, believed);
}

/* sim_oracle_check_device: what it believes that it may spend is never more than the truth. */
void
sim_oracle_check_device (SimWorld *world, SimDevice *device)
{
  SimOracle *oracle = world->oracle;
  guint own = sim_oracle_index (oracle, ORACLE_CHAIN, &device->replica);
  sim_oracle_fold (world);
  const OracleChain *chain = chain_at (oracle, own);
  if (!chain->admitted || chain->revoked || chain->limit < chain->ops->len || device->revoked || device->restored)
    return;
  SlOplog *log = sim_log (device);
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < oracle->sessions->len; i++)
    {
      const SlId *id = sim_oracle_id (oracle, ORACLE_SESSION, i);
      gint64 believed;
      Spots spots;
      count_spots (oracle, i, &spots);
      if (!sl_rights_free (log, id, &device->replica, &believed, &error))
        sim_violate (world, "device %u: %s", device->index, error->message);
      else
        check_believed (world, device, "session", id, believed, spots.free[own], spots.low[own]);
    }
  for (guint i = 0; i < oracle->lots->len && error == NULL; i++)
    {
      const SlId *id = sim_oracle_id (oracle, ORACLE_LOT, i);
      gint64 believed, free[ORACLE_CHAINS_MAX];
      (void) count_credits (oracle, i, free);
      if (!sl_lot_free (log, id, &device->replica, &believed, &error))
        sim_violate (world, "device %u: %s", device->index, error->message);
      else
        check_believed (world, device, "lot", id, believed, free[own], 0);
    }
  sim_books_check_device (world, device, own);
}

/* --- at the end --- */

static void
check_claim_row (SimWorld *world, SimDevice *device, SlRows *rows)
{
  SimOracle *oracle = world->oracle;
  SlId id, keeper;
  sl_rows_id (rows, 0, &id);
  sl_rows_id (rows, 1, &keeper);
  const OracleClaim *claim = claim_at (oracle, sim_oracle_index (oracle, ORACLE_CLAIM, &id));
  guint keeps = claim->created || claim->hop > 0 ? claim->keeper : claim->confirm_chain;
  const SlId *expected = sim_oracle_id (oracle, ORACLE_CHAIN, keeps);
  if ((sl_rows_int (rows, 2) != 0) != claim->confirmed || (guint) sl_rows_int (rows, 3) != claim->why
      || (claim->confirmed && sl_rows_int (rows, 7) != claim->confirm_hlc)
      || (claim->created && sl_rows_int (rows, 8) != claim->created_hlc)
      || sl_rows_int (rows, 4) != (claim->released ? claim->percent : 0)
      || (guint32) sl_rows_int (rows, 5) != claim->released_spots
      || (sl_rows_int (rows, 6) != 0) != claim->created || sl_rows_int (rows, 9) != claim->owed
      || sl_rows_int (rows, 10) != (claim->settlements > 0 ? claim->settle_hlc : 0)
      || ((claim->created || claim->confirmed || claim->hop > 0) && !sl_id_equal (&keeper, expected)))
    sim_violate (world, "device %u: claim %s is not what the operations make", device->index, sim_name (&id));
}

static gboolean
check_claims (SimWorld *world, SimDevice *device, GError **error)
{
  SimOracle *oracle = world->oracle;
  guint found = 0, expected = 0;
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT id, coalesce (keeper, creator, confirm_replica), confirm_hlc IS NOT NULL, release_why, coalesce "
      "(release_percent, 0), released_spots, created_hlc IS NOT NULL, confirm_hlc, created_hlc, coalesce "
      "(owed_hundredths, 0), coalesce (settle_hlc, 0) FROM claim",
      "");
  for (; sl_rows_next (rows); found++)
    check_claim_row (world, device, rows);
  sim_oracle_fold (world);
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *claim = claim_at (oracle, i);
      expected += claim->created || claim->confirmed || claim->released || claim->released_spots != 0 || claim->hop > 0;
    }
  if (found != expected)
    sim_violate (world, "device %u knows %u claims of %u", device->index, found, expected);
  return sl_rows_finish (rows, error);
}

static gboolean
check_counters (SimWorld *world, SimDevice *device, GError **error)
{
  SimOracle *oracle = world->oracle;
  SlStore *store = sl_oplog_get_store (sim_log (device));
  for (guint i = 0; i < oracle->sessions->len; i++)
    {
      const OracleSession *state = &g_array_index (oracle->sessions, OracleSession, i);
      const SlId *id = sim_oracle_id (oracle, ORACLE_SESSION, i);
      gint64 capacity, cancelled;
      if (!sl_store_query_int (store, 0, &capacity, error, "SELECT capacity FROM session WHERE id = ?", "d", id)
          || !sl_store_query_int (store, 0, &cancelled, error, "SELECT cancelled FROM session WHERE id = ?", "d", id))
        return FALSE;
      if (capacity != state->capacity || (cancelled != 0) != state->cancelled)
        sim_violate (world, "device %u: session %s is not what the operations make", device->index, sim_name (id));
    }
  for (guint i = 0; i < oracle->checkins->len; i++)
    {
      const OracleCheckin *state = &g_array_index (oracle->checkins, OracleCheckin, i);
      const SlId *id = sim_oracle_id (oracle, ORACLE_CHECKIN, i);
      gint64 stands, left_hlc;
      if (!sl_store_query_int (store, 0, &left_hlc, error, "SELECT left_hlc FROM checkin WHERE id = ?", "d", id)
          || !sl_store_query_int (store, 0, &stands, error,
                               "SELECT count (*) FROM checkin WHERE id = ? AND undone = 0 AND at_ms IS NOT NULL", "d",
                               id))
        return FALSE;
      if (left_hlc != state->left_hlc)
        sim_violate (world, "device %u: when the people of check-in %s left is not what the operations say",
                     device->index, sim_name (id));
      if ((stands != 0) != (state->made && !state->undone))
        sim_violate (world, "device %u: check-in %s is lost", device->index, sim_name (id));
    }
  return TRUE;
}

/* Another booking of the member in that session, which was not given up only for a third one. */
static gboolean
has_other_confirmed (SimOracle *oracle, guint index)
{
  const OracleClaim *claim = claim_at (oracle, index);
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *other = claim_at (oracle, i);
      if (i != index && other->created && other->confirmed && other->why != SL_RELEASE_DUPLICATE
          && other->session == claim->session && sl_id_equal (&other->member, &claim->member))
        return TRUE;
    }
  return FALSE;
}

/* What a person was told stands, or was taken back for a reason that somebody gave. */
static void
check_promises (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *claim = claim_at (oracle, i);
      const char *name = sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, i));
      if (!claim->created || !claim->confirmed || !claim->released)
        continue;
      if (claim->why == SL_RELEASE_EXPIRED)
        sim_violate (world, "booking %s was promised and has lapsed", name);
      if (claim->why == SL_RELEASE_DUPLICATE && !has_other_confirmed (oracle, i))
        sim_violate (world, "booking %s was promised and dropped, and there is no other that was kept", name);
      if (claim->why & SL_RELEASE_SESSION_CANCELLED
          && !g_array_index (oracle->sessions, OracleSession, claim->session).cancelled)
        sim_violate (world, "booking %s was dropped for a cancelled session that is not cancelled", name);
    }
}

/* A cancelled session's claims are given back, by whoever keeps them. */
static void
check_cancelled (SimWorld *world, SimDevice *device)
{
  SimOracle *oracle = world->oracle;
  for (guint i = 0; i < oracle->claims->len; i++)
    {
      const OracleClaim *claim = claim_at (oracle, i);
      if (!claim->created || sim_oracle_live_spots (claim) == 0
          || !g_array_index (oracle->sessions, OracleSession, claim->session).cancelled)
        continue;
      if (sl_id_equal (sim_oracle_id (oracle, ORACLE_CHAIN, sim_oracle_keeper (oracle, claim)), &device->replica))
        sim_violate (world, "claim %s is still live in a cancelled session, and its keeper is there",
                     sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, i)));
    }
}

static void
count_lost (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      guint64 held = 0;
      if (chain->limit >= chain->ops->len)
        continue;
      for (guint j = 0; j < world->n_devices; j++)
        if (!world->devices[j].gone)
          held = MAX (held, oracle->applied[j][i]);
      world->stats[chain->ops->len > held ? SIM_STAT_LOST_WITH_DISK : SIM_STAT_BEYOND_CUT]
          += (gint64) (chain->ops->len - chain->limit);
    }
}

/* sim_oracle_check_end: a healed device's tables against the operations of all; all of a sound device are there. */
void
sim_oracle_check_end (SimWorld *world, SimDevice *device)
{
  SimOracle *oracle = world->oracle;
  g_autoptr (GError) error = NULL;
  sim_oracle_fold (world);
  for (guint i = 0; i < world->n_devices; i++)
    {
      const SimDevice *other = &world->devices[i];
      if (!sim_device_runs (other) || other->revoked || other->restored || other->forger)
        continue;
      guint index = sim_oracle_index (oracle, ORACLE_CHAIN, &other->replica);
      const OracleChain *chain = chain_at (oracle, index);
      if (chain->admitted && !chain->revoked && !chain->doubted
          && oracle->applied[device->index][index] != chain->ops->len)
        sim_violate (world, "device %u has not got what device %u answered for: %" G_GUINT64_FORMAT " of %u",
                     device->index, i, oracle->applied[device->index][index], chain->ops->len);
    }
  for (guint i = 0; i < oracle->chains->len; i++)
    if (oracle->applied[device->index][i] > chain_at (oracle, i)->limit)
      sim_violate (world, "device %u has applied %" G_GUINT64_FORMAT " operations of %s, and only %"
                   G_GUINT64_FORMAT " stand",
                   device->index, oracle->applied[device->index][i], sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, i)),
                   chain_at (oracle, i)->limit);
  if (world->violation == NULL && (!check_claims (world, device, &error) || !sim_books_check_end (world, device, &error)
                                    || !check_counters (world, device, &error)))
    sim_violate (world, "device %u: %s", device->index, error->message);
  check_cancelled (world, device);
  if (device == NULL || world->violation != NULL)
    return;
  check_promises (world);
  count_lost (world);
}
