/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-check"

#include "sim-hub.h"
#include "sim-wire.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/run-due.h"
#include "oplog/fence.h"
#include "oplog/money.h"

/* The checks after every step, and the end of a world. */

#define HEAL_ROUNDS_MAX 24
#define HEAL_PAUSE_MS (61 * SL_MINUTE_MS) /* what the hub and agents put off they have done by then */
#define HEAL_PAUSES 4 /* somebody whom nobody let in is never heard of at the hub */
#define BOOKS_EVERY 3 /* steps: books are the dearest of what is looked at */
#define HEAL_LATER_MS (25 * SL_HOUR_MS)  /* past the life of an invitation */
#define HEAL_MONTHS_MS (66 * SL_DAY_MS)  /* past the third try, and the days of grace */

struct _SimHolding {
  SlId replica;
  gboolean valid;
  GArray *sessions, *lots; /* of gint64, in the world's order */
  GArray *money;           /* of gint64: of payments and vouchers, in the order of their first mention */
};

static gboolean
read_holding (SimWorld *world, SimDevice *device, SimHolding *out, GError **error)
{
  SlOplog *log = sim_log (device);
  for (guint i = 0; i < world->sessions->len; i++)
    {
      gint64 free_spots;
      if (!sl_rights_free (log, &g_array_index (world->sessions, SlId, i), &out->replica, &free_spots, error))
        return FALSE;
      g_array_append_val (out->sessions, free_spots);
    }
  for (guint i = 0; i < world->lots->len; i++)
    {
      gint64 free_hundredths;
      if (!sl_lot_free (log, &g_array_index (world->lots, SlId, i), &out->replica, &free_hundredths, error))
        return FALSE;
      g_array_append_val (out->lots, free_hundredths);
    }
  const GArray *things = sim_oracle_money (world->oracle);
  for (guint i = 0; i < things->len; i++)
    {
      gint64 cents;
      if (!sl_money_held (log, &g_array_index (things, SlId, i), &out->replica, &cents, error))
        return FALSE;
      g_array_append_val (out->money, cents);
    }
  return TRUE;
}

/* sim_holding_new: what a device may spend now. */
SimHolding *
sim_holding_new (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  SimHolding *holding = g_new0 (SimHolding, 1);
  holding->sessions = g_array_new (FALSE, FALSE, sizeof (gint64));
  holding->lots = g_array_new (FALSE, FALSE, sizeof (gint64));
  holding->money = g_array_new (FALSE, FALSE, sizeof (gint64));
  holding->replica = *sl_oplog_get_replica (sim_log (device));
  /* Who was taken away can spend nothing: it may go back behind what took it away. */
  holding->valid = read_holding (world, device, holding, &error) && !device->revoked;
  if (error != NULL)
    sim_violate (world, "device %u: what it holds cannot be read: %s", device->index, error->message);
  return holding;
}

/* sim_holding_free: see the header. */
void
sim_holding_free (SimHolding *holding)
{
  g_array_unref (holding->sessions);
  g_array_unref (holding->lots);
  g_array_unref (holding->money);
  g_free (holding);
}

static void
compare (SimWorld *world, SimDevice *device, const char *what, const GArray *ids, const GArray *before,
         const GArray *now)
{
  for (guint i = 0; i < before->len; i++)
    if (g_array_index (now, gint64, i) < g_array_index (before, gint64, i))
      sim_violate (world,
                   "the lemma: %s %s: device %u could spend %" G_GINT64_FORMAT
                   ", and after hearing others only %" G_GINT64_FORMAT,
                   what, sim_name (&g_array_index (ids, SlId, i)), device->index, g_array_index (before, gint64, i),
                   g_array_index (now, gint64, i));
}

/* sim_holding_check_grown: nobody's operation lessens what a device may spend. */
void
sim_holding_check_grown (SimWorld *world, SimDevice *device, const SimHolding *before)
{
  if (world->cloned) /* what rested on a history that does not count goes */
    return;
  if (!before->valid || device->revoked || device->forger || !sl_id_equal (&device->replica, &before->replica))
    return;
  SimHolding *now = sim_holding_new (world, device);
  if (now->valid)
    {
      compare (world, device, "session", world->sessions, before->sessions, now->sessions);
      compare (world, device, "lot", world->lots, before->lots, now->lots);
      compare (world, device, "money", sim_oracle_money (world->oracle), before->money, now->money);
    }
  sim_holding_free (now);
}

/* In its own view, too, no more is taken than there is, but for debts that somebody named. */
static void
check_view (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  SlOplog *log = sim_log (device);
  for (guint i = 0; i < world->sessions->len && error == NULL; i++)
    {
      const SlId *session = &g_array_index (world->sessions, SlId, i);
      SlSessionCount count;
      gint64 burned, known;
      if (!sl_rights_count (log, session, &count, &error)
          || !sl_store_query_int (sl_oplog_get_store (log), 0, &burned, &error,
                                  "SELECT sum (burned) FROM session_right WHERE session_id = ?", "d", session)
          || !sl_store_query_int (sl_oplog_get_store (log), 0, &known, &error,
                                  "SELECT count (*) FROM session WHERE id = ? AND created_hlc IS NOT NULL", "d",
                                  session))
        sim_violate (world, "device %u: %s", device->index, error->message);
      else if (known != 0 && count.confirmed + count.unconfirmed > count.capacity + burned)
        sim_violate (world,
                     "OVERBOOKED: session %s: device %u counts %" G_GINT64_FORMAT " spots taken of %" G_GINT64_FORMAT,
                     sim_name (session), device->index, count.confirmed + count.unconfirmed, count.capacity);
    }
}

/* Nor has any other device spent what it does not hold, in the order in which its operations came here. */
static gboolean
check_spent (SimWorld *world, SimDevice *device, const SlId *replica, GError **error)
{
  SlOplog *log = sim_log (device);
  gint64 free_here, burned;
  SlId root;
  if (!sl_fence_root (log, replica, &root, error))
    return FALSE;
  for (guint i = 0; i < world->sessions->len && sl_id_equal (&root, replica); i++)
    {
      const SlId *session = &g_array_index (world->sessions, SlId, i);
      if (!sl_rights_free (log, session, replica, &free_here, error))
        return FALSE;
      if (free_here >= 0)
        continue;
      if (!sl_store_query_int (sl_oplog_get_store (log), 0, &burned, error,
                               "SELECT sum (burned) FROM session_right WHERE session_id = ?", "d", session))
        return FALSE;
      if (-free_here > burned)
        sim_violate (world, "session %s: device %u has applied that %s uses %" G_GINT64_FORMAT " spots too many",
                     sim_name (session), device->index, sim_name (replica), -free_here - burned);
    }
  for (guint i = 0; i < world->lots->len && sl_id_equal (&root, replica); i++)
    {
      const SlId *lot = &g_array_index (world->lots, SlId, i);
      if (!sl_lot_free (log, lot, replica, &free_here, error))
        return FALSE;
      if (free_here < 0)
        sim_violate (world, "lot %s: device %u has applied that %s spends %" G_GINT64_FORMAT " more than it holds",
                     sim_name (lot), device->index, sim_name (replica), -free_here);
    }
  return TRUE;
}

/* The same of money, of those who still are themselves. */
static gboolean
check_money_spent (SimWorld *world, SimDevice *device, GError **error)
{
  SlOplog *log = sim_log (device);
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (log),
                                            "SELECT thing_id, replica, cents FROM money_right WHERE cents < 0", "");
  while (sl_rows_next (rows))
    {
      SlId thing, replica, root;
      gint64 held;
      sl_rows_id (rows, 0, &thing);
      sl_rows_id (rows, 1, &replica);
      if (!sl_fence_root (log, &replica, &root, error) || !sl_money_held (log, &thing, &root, &held, error))
        return FALSE;
      if (held < 0)
        sim_violate (world, "money %s: device %u has applied that %s gives %" G_GINT64_FORMAT " more than it holds",
                     sim_name (&thing), device->index, sim_name (&replica), -held);
    }
  return sl_rows_finish (rows, error);
}

static void
check_all_spent (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (sim_log (device), &error);
  for (guint i = 0; chains != NULL && error == NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->applied_seq > 0 && !check_spent (world, device, &chain->replica, &error))
        break;
    }
  if (error == NULL)
    (void) check_money_spent (world, device, &error);
  if (error != NULL)
    sim_violate (world, "device %u: what others hold cannot be read: %s", device->index, error->message);
}

/* Of those who wait at this device and whom the spots fit, the first in line was offered them: asked of offers that it
 * has just made, since whoever is handed over later may have joined before. */
static void
check_turns (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT o.id, w.id FROM claim o JOIN claim q ON q.id = o.booking_id AND q.type = ?2 "
      "JOIN claim w ON w.session_id = o.session_id AND w.type = ?2 AND w.release_why = 0 AND w.created_hlc IS NOT NULL "
      "WHERE o.type = ?3 AND o.creator = ?1 AND o.created_seq > ?4 AND coalesce (w.keeper, w.creator) = ?1 "
      "AND w.spots <= o.spots "
      "AND (w.created_hlc, w.creator, w.created_seq) < (q.created_hlc, q.creator, q.created_seq) "
      "AND NOT EXISTS (SELECT 1 FROM member m WHERE m.id = w.member_id AND m.status IN ('inactive', 'banned')) "
      "AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = w.member_id)",
      "diii", &device->replica, (gint64) SL_CLAIM_WAITING, (gint64) SL_CLAIM_OFFER, (gint64) device->turns_seq);
  while (sl_rows_next (rows))
    {
      SlId offer, waiting;
      sl_rows_id (rows, 0, &offer);
      sl_rows_id (rows, 1, &waiting);
      sim_violate (world, "out of turn: device %u made offer %s, and %s was before it", device->index,
                   sim_name (&offer), sim_name (&waiting));
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (world, "device %u: who waits cannot be read: %s", device->index, error->message);
  device->turns_seq = device->acked_seq;
}

/* Who is booked here or waits here is not booked here once more. */
static void
check_once (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT session_id, member_id FROM claim WHERE creator = ?1 AND created_hlc IS NOT NULL AND release_why = 0 AND "
      "(confirm_hlc IS NOT NULL OR type = ?2) GROUP BY session_id, member_id "
      "HAVING count (DISTINCT coalesce (booking_id, id)) > 1",
      "di", &device->replica, (gint64) SL_CLAIM_WAITING);
  while (sl_rows_next (rows))
    {
      SlId session, member;
      sl_rows_id (rows, 0, &session);
      sl_rows_id (rows, 1, &member);
      sim_violate (world, "twice: device %u has booked member %s twice in session %s", device->index,
                   sim_name (&member), sim_name (&session));
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (world, "device %u: who is booked cannot be read: %s", device->index, error->message);
}

/* sim_check: after a step of device. */
void
sim_check (SimWorld *world, SimDevice *device)
{
  if (world->violation != NULL)
    return;
  sim_oracle_touch (world->oracle);
  if (!world->cloned)
    sim_oracle_check (world);
  if (!sim_device_runs (device) || world->violation != NULL)
    return;
  if (device->is_hub && device->acked_seq < sim_oracle_known (world->oracle, &device->replica))
    return; /* its other program has written since, and it takes that before it writes itself */
  if (!world->cloned)
    sim_oracle_check_device (world, device);
  if (device->forger)
    return;
  check_view (world, device);
  check_all_spent (world, device);
  check_turns (world, device);
  check_once (world, device);
  if (!device->is_old && world->step % BOOKS_EVERY == 0) /* an older program knows nothing of refunds, or of vouchers */
    sim_books_check_ledger (world, device);
}

/* sim_check_verify: its chains, hashes, rights, and its tables against a rebuild from the log. */
void
sim_check_verify (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  world->stats[SIM_STAT_VERIFIED]++;
  if (!sl_oplog_verify (sim_log (device), &result, &error))
    sim_violate (world, "device %u cannot be verified: %s", device->index, error->message);
  else if (result.problems->len > 0)
    sim_violate (world, "device %u does not verify: %s", device->index, (const char *) result.problems->pdata[0]);
}

/* --- the end --- */

static gboolean
is_sound (const SimDevice *device)
{
  return sim_device_runs (device) && !device->revoked && !device->forger;
}

static void
run_due_everywhere (SimWorld *world)
{
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      SimDevice *device = &world->devices[i];
      SlDueCounts counts;
      GError *error = NULL;
      if (device->is_hub)
        (void) sim_hub_work (world, 0);
      if (!sim_device_runs (device) || device->is_hub)
        continue;
      gboolean done = sl_run_due (device->engine, &counts, &error);
      if (sim_came (world, "run_due", done, NULL, error))
        world->stats[SIM_STAT_RECLAIMS] += counts.reclaimed;
      sim_observe (world, device);
      sim_check (world, device);
    }
}

/* Whether one has stored what another has not. */
static gboolean
has_news (SimWorld *world, SimDevice *from, SimDevice *to)
{
  g_autoptr (GError) error = NULL;
  gboolean news = world->cloned; /* of other histories the numbers say nothing */
  if (news)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (from)),
                                            "SELECT replica, head_seq FROM local_chain WHERE head_seq > 0", "");
  while (sl_rows_next (rows) && !news)
    {
      SlId id;
      gint64 known = 0;
      sl_rows_id (rows, 0, &id);
      if (!sl_store_query_int (sl_oplog_get_store (sim_log (to)), 0, &known, &error,
                               "SELECT head_seq FROM local_chain WHERE replica = ?", "d", &id))
        break;
      news = sl_rows_int (rows, 1) > known;
    }
  if (error != NULL || (!news && !sl_rows_finish (rows, &error)))
    sim_violate (world, "device %u: %s", from->index, error->message);
  return news;
}

/* Over the network both hear one another. Who does not know the other yet, or is it, gives a file. */
static void
meet (SimWorld *world, SimDevice *from, SimDevice *to)
{
  guint64 chance = sim_random (&world->state);
  if (world->heals_by_files || sl_id_equal (&from->replica, &to->replica)
      || !sim_wire_exchange (world, from, to, chance, NULL))
    (void) sim_give (world, from, to);
}

/* Who is not paired with the hub, or not let in there yet, meets a desk, and is told of the hub there. */
static void
meet_hub (SimWorld *world, SimDevice *device)
{
  SimDevice *desk = NULL;
  if (sim_wire_exchange (world, device, &world->devices[SIM_HUB], sim_random (&world->state), NULL))
    return;
  for (guint i = 0; i < world->n_devices && desk == NULL; i++)
    if (&world->devices[i] != device && !world->devices[i].is_hub && is_sound (&world->devices[i]))
      desk = &world->devices[i];
  if (desk == NULL || world->violation != NULL)
    return;
  (void) sim_give (world, device, desk);
  if (world->violation == NULL)
    (void) sim_give (world, desk, device);
  if (world->violation == NULL && !sim_hub_knows (device))
    (void) sim_hub_link_like (world, device, desk);
}

/* Who hears everybody and tells everybody: the hub, or the first sound one, or where each believes that another has
 * taken it away any. */
static SimDevice *
find_teller (SimWorld *world)
{
  if (world->hub != NULL)
    return &world->devices[SIM_HUB];
  for (guint i = 0; i < world->n_devices; i++)
    if (is_sound (&world->devices[i]))
      return &world->devices[i];
  for (guint i = 0; i < world->n_devices; i++)
    if (sim_device_runs (&world->devices[i]))
      return &world->devices[i];
  return NULL;
}

/* Whether it lacks what the teller has, or the other way round. */
static gboolean
lacks_something (SimWorld *world, SimDevice *device)
{
  SimDevice *teller = find_teller (world);
  return sim_device_runs (device) && device != teller
         && (!sim_device_runs (teller) || has_news (world, device, teller) || has_news (world, teller, device));
}

/* Of other histories of a machine that was cloned the numbers say nothing: there the hub is given the time. */
static gboolean
is_meshed (SimWorld *world)
{
  if (world->cloned)
    return world->hub == NULL;
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    if (is_sound (&world->devices[i]) && lacks_something (world, &world->devices[i]))
      return FALSE;
  return TRUE;
}

/* Everybody tells the hub, it takes that to heart, and tells everybody. */
static void
mesh_by_hub (SimWorld *world)
{
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    if (lacks_something (world, &world->devices[i]))
      meet_hub (world, &world->devices[i]);
  (void) sim_hub_work (world, 0);
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    if (lacks_something (world, &world->devices[i]))
      meet_hub (world, &world->devices[i]);
}

/* Everybody tells the first one, and it tells everybody: what somebody knows all do then. */
static void
mesh (SimWorld *world)
{
  SimDevice *hub = find_teller (world);
  if (world->hub != NULL)
    {
      mesh_by_hub (world);
      return;
    }
  for (guint i = 0; i < 2 * world->n_devices && hub != NULL && world->violation == NULL; i++)
    {
      SimDevice *device = &world->devices[i % world->n_devices];
      SimDevice *from = i < world->n_devices ? device : hub, *to = i < world->n_devices ? hub : device;
      if (device != hub && sim_device_runs (device) && has_news (world, from, to))
        meet (world, from, to);
    }
}

/* How much has been said, as far as anybody knows. */
static gint64
count_said (SimWorld *world)
{
  gint64 total = 0, said;
  g_autoptr (GError) error = NULL;
  if (!world->cloned)
    return sim_oracle_operations (world->oracle);
  for (guint i = 0; i < world->n_devices; i++)
    {
      if (!sim_device_runs (&world->devices[i]))
        continue;
      if (!sl_store_query_int (sl_oplog_get_store (sim_log (&world->devices[i])), 0, &said, &error,
                               "SELECT (SELECT sum (head_seq) FROM local_chain) + (SELECT count (*) FROM local_branch)",
                               ""))
        sim_violate (world, "device %u: %s", i, error->message);
      else
        total += said;
    }
  return total;
}

/* What agents put off they have done after a pause: at a hub always, between desks where something is left. */
static void
settle (SimWorld *world)
{
  gboolean news = TRUE;
  guint round = 0;
  do
    {
      gint64 before = count_said (world);
      if (round > 0 && (world->hub != NULL || !news))
        world->now_ms += HEAL_PAUSE_MS;
      mesh (world);
      run_due_everywhere (world);
      news = count_said (world) != before;
      if (++round > HEAL_ROUNDS_MAX)
        sim_violate (world, "the devices do not settle: %d rounds and there is still something to say",
                     HEAL_ROUNDS_MAX);
  } while (world->violation == NULL && (news || (round < HEAL_PAUSES && !is_meshed (world))));
  mesh (world);
}

static char *
describe_vector (SimWorld *world, SimDevice *device, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT replica, applied_seq FROM local_chain WHERE applied_seq > 0 ORDER BY replica", "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_ptr_array_add (parts, g_strdup_printf ("%s:%d", sim_name (&id), (int) sl_rows_int (rows, 1)));
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" ", (char **) parts->pdata);
}

/* Whoever has applied more than a cut, and is not waited for, is ahead until the cut is final: for ever where somebody
 * who is waited for has forged something and can acknowledge nothing. */
static gboolean
is_ahead (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) fences = world->forged ? sl_fence_list (sim_log (device), &error) : NULL;
  for (guint i = 0; fences != NULL && i < fences->len; i++)
    {
      const SlFenceInfo *fence = fences->pdata[i];
      gint64 applied = 0;
      if (!sl_store_query_int (sl_oplog_get_store (sim_log (device)), 0, &applied, &error,
                               "SELECT applied_seq FROM local_chain WHERE replica = ?", "d", &fence->replica))
        break;
      if (!fence->final && applied > (gint64) fence->cut)
        return TRUE;
    }
  if (error != NULL)
    sim_violate (world, "device %u: %s", device->index, error->message);
  return FALSE;
}

static void
compare_all (SimWorld *world)
{
  g_autofree char *first_vector = NULL, *first_books = NULL;
  guint first = 0;
  SlHash first_hash;
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      SimDevice *device = &world->devices[i];
      g_autoptr (GError) error = NULL;
      SlHash hash;
      if (!is_sound (device) || is_ahead (world, device))
        continue;
      g_autofree char *vector = describe_vector (world, device, &error);
      if (vector == NULL || !sl_oplog_state_hash (sim_log (device), &hash, &error))
        {
          sim_violate (world, "device %u: %s", i, error->message);
          return;
        }
      if (first_vector == NULL)
        {
          first_vector = g_steal_pointer (&vector);
          first_books = sim_books_describe (world, device);
          first_hash = hash;
          first = i;
          continue;
        }
      world->stats[SIM_STAT_HASH_COMPARES]++;
      if (!g_str_equal (vector, first_vector))
        sim_violate (world, "not settled: device %u has applied %s and device %u %s", first, first_vector, i, vector);
      else if (!sl_hash_equal (&hash, &first_hash))
        sim_violate (world, "divergence: devices %u and %u have applied the same and are in different states", first,
                     i);
      g_autofree char *books = sim_books_describe (world, device);
      if (!g_str_equal (books, first_books))
        sim_violate (world, "books: device %u has %s and device %u %s", first, first_books, i, books);
    }
}

/* What was copied, cloned or put back goes on, unless people have taken it away. */
static void
check_goes_on (SimWorld *world, SimDevice *device)
{
  if (sim_device_runs (device) && device->revoked && !sim_oracle_is_taken_away (world->oracle, &device->replica))
    sim_violate (world, "device %u no longer belongs to the studio, and nobody has taken it away", device->index);
}

static void
check_ends (SimWorld *world, gboolean verify)
{
  gboolean told = FALSE;
  if (world->cloned)
    sim_observe_anew (world);
  guint verified = sim_random (&world->state) % MAX (world->n_devices, 1);
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      SimDevice *device = &world->devices[i];
      check_goes_on (world, device);
      if (!is_sound (device) || is_ahead (world, device))
        continue;
      sim_oracle_check_end (world, device);
      sim_books_check_ledger (world, device);
      if (world->violation == NULL && (i == verified || !told))
        sim_check_conflicts (world, device);
      told = TRUE;
      if ((verify || sim_oracle_has_corrections (world->oracle)) && i == verified && world->violation == NULL)
        sim_check_verify (world, device);
    }
}

/* Its clock is right, its program the last one. */
static void
repair (SimWorld *world, SimDevice *device)
{
  device->clock.ahead_ms = 0;
  if (!device->is_old)
    return;
  device->is_old = FALSE;
  if (!sim_device_runs (device))
    return;
  sim_device_close (world, device);
  if (sim_device_open (world, device))
    sim_upgraded (world, device);
}

/* sim_heal: everything works again, everybody hears everybody, and what is due is done. */
void
sim_heal (SimWorld *world)
{
  world->healing = TRUE;
  sim_oracle_touch (world->oracle);
  world->step++;
  sim_tell (world, "healing");
  g_hash_table_remove_all (world->cut_links);
  for (guint i = 0; i < world->n_devices; i++)
    repair (world, &world->devices[i]);
  if (world->hub != NULL)
    sim_hub_check_acked (world);
  settle (world);
  compare_all (world);
  if (world->violation == NULL)
    check_ends (world, FALSE);
  world->now_ms += world->months ? HEAL_MONTHS_MS : HEAL_LATER_MS;
  sim_tell (world, world->months ? "two months later" : "a day later");
  settle (world);
  compare_all (world);
}

/* sim_check_end: of a healed world. */
void
sim_check_end (SimWorld *world)
{
  if (world->violation == NULL)
    check_ends (world, sim_random (&world->state) % 8 == 0);
  if (world->violation == NULL && world->hub != NULL)
    sim_hub_check_serves (world);
}
