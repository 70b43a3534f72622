/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-check"

#include "sim.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/run-due.h"
#include "oplog/fence.h"

/* The checks after every step, and the end of a world. */

#define HEAL_ROUNDS_MAX 24
#define HEAL_LATER_MS (25 * SL_HOUR_MS) /* past the life of an invitation */

struct _SimHolding {
  SlId replica;
  gboolean valid;
  GArray *sessions, *lots; /* of gint64, in the world's order */
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
  if (error != NULL)
    sim_violate (world, "device %u: what others hold cannot be read: %s", device->index, error->message);
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
  if (!world->cloned)
    sim_oracle_check_device (world, device);
  if (device->forger)
    return;
  check_view (world, device);
  check_all_spent (world, device);
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
      if (!sim_device_runs (device))
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

/* Everybody tells the first one, and it tells everybody: what somebody knows all do then. */
static void
mesh (SimWorld *world)
{
  SimDevice *hub = NULL;
  for (guint i = 0; i < world->n_devices && hub == NULL; i++)
    if (is_sound (&world->devices[i]))
      hub = &world->devices[i];
  for (guint i = 0; i < world->n_devices && hub == NULL; i++)
    if (sim_device_runs (&world->devices[i])) /* each believes that another has taken it away */
      hub = &world->devices[i];
  for (guint i = 0; i < world->n_devices && hub != NULL && world->violation == NULL; i++)
    if (&world->devices[i] != hub && sim_device_runs (&world->devices[i])
        && has_news (world, &world->devices[i], hub))
      {
        (void) sim_give (world, &world->devices[i], hub);
      }
  for (guint i = 0; i < world->n_devices && hub != NULL && world->violation == NULL; i++)
    if (&world->devices[i] != hub && sim_device_runs (&world->devices[i])
        && has_news (world, hub, &world->devices[i]))
      {
        (void) sim_give (world, hub, &world->devices[i]);
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

static void
settle (SimWorld *world)
{
  gint64 before;
  guint round = 0;
  do
    {
      before = count_said (world);
      mesh (world);
      run_due_everywhere (world);
      if (++round > HEAL_ROUNDS_MAX)
        sim_violate (world, "the devices do not settle: %d rounds and there is still something to say",
                     HEAL_ROUNDS_MAX);
  } while (world->violation == NULL && count_said (world) != before);
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

static void
compare_all (SimWorld *world)
{
  g_autofree char *first_vector = NULL;
  guint first = 0;
  SlHash first_hash;
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      SimDevice *device = &world->devices[i];
      g_autoptr (GError) error = NULL;
      SlHash hash;
      if (!is_sound (device))
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
      if (!is_sound (device))
        continue;
      sim_oracle_check_end (world, device);
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
  if (device->unknown_kinds == 0)
    return;
  device->unknown_kinds = 0;
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
  settle (world);
  compare_all (world);
  if (world->violation == NULL)
    check_ends (world, FALSE);
  world->now_ms += HEAL_LATER_MS;
  sim_tell (world, "a day later");
  settle (world);
  compare_all (world);
}

/* sim_check_end: of a healed world. */
void
sim_check_end (SimWorld *world)
{
  if (world->violation == NULL)
    check_ends (world, sim_random (&world->state) % 8 == 0);
}
