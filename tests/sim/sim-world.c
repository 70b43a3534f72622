/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-world"

#include "sim-hub.h"
#include "sim-wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/datetime.h"
#include "oplog/fence.h"
#include "oplog/older.h"
#include "oplog/prune.h"

/* Worlds last hours and not years, and their clocks are hours apart. */
#define FOLD_AGE_MS (5 * SL_HOUR_MS)
#define CLOCK_REACH_MS SL_HOUR_MS

const char *const sim_stat_names[SIM_STAT_ACTIONS] = {
  [SIM_STAT_WORLDS] = "worlds",
  [SIM_STAT_STEPS] = "steps",
  [SIM_STAT_DONE] = "commands done",
  [SIM_STAT_REFUSED] = "commands refused",
  [SIM_STAT_OPERATIONS] = "operations",
  [SIM_STAT_IMPORTS] = "imports",
  [SIM_STAT_HASH_COMPARES] = "hash compares",
  [SIM_STAT_VERIFIED] = "rebuilds compared",
  [SIM_STAT_CRASHES] = "crashes",
  [SIM_STAT_RESTORES] = "restores",
  [SIM_STAT_COPIES] = "copies",
  [SIM_STAT_CLONES] = "exact clones",
  [SIM_STAT_REVOCATIONS] = "revocations",
  [SIM_STAT_RECLAIMS] = "reclaims",
  [SIM_STAT_REBORN] = "reborn devices",
  [SIM_STAT_JOINED] = "joined devices",
  [SIM_STAT_PRUNED] = "operations folded",
  [SIM_STAT_SNAPSHOTS] = "snapshots loaded",
  [SIM_STAT_FULL_DISKS] = "full disks",
  [SIM_STAT_BEYOND_CUT] = "operations beyond a cut",
  [SIM_STAT_LOST_WITH_DISK] = "operations lost with a disk",
  [SIM_STAT_REQUESTS] = "requests over the network",
  [SIM_STAT_HUB_CRASHES] = "crashes of a hub",
  [SIM_STAT_HUB_LOSSES] = "hubs put back",
  [SIM_STAT_DEVICE_MINUTES] = "device minutes",
};

/* sim_random: SplitMix64 (Steele, Lea, Flood 2014). */
guint64
sim_random (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static gint64
clock_now_ms (SlWorld *world)
{
  SimClock *clock = (SimClock *) world;
  return clock->world->now_ms + clock->ahead_ms;
}

static void
clock_random_bytes (SlWorld *world, void *buffer, gsize length)
{
  guint8 *bytes = buffer;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (sim_random (&((SimClock *) world)->state) >> 56);
}

/* sim_violate: the first one counts. */
void
sim_violate (SimWorld *world, const char *format, ...)
{
  va_list args;
  if (world->violation != NULL)
    return;
  va_start (args, format);
  world->violation = g_strdup_vprintf (format, args);
  va_end (args);
  sim_tell (world, "VIOLATION: %s", world->violation);
}

/* sim_tell: a line of the trace, where there is one. */
void
sim_tell (SimWorld *world, const char *format, ...)
{
  va_list args;
  if (world->trace == NULL)
    return;
  g_string_append_printf (world->trace, "  %4u ", world->step);
  va_start (args, format);
  g_string_append_vprintf (world->trace, format, args);
  va_end (args);
  g_string_append_c (world->trace, '\n');
}

/* sim_name: see the header. */
const char *
sim_name (const SlId *id)
{
  static char names[8][SL_ID_TEXT_BYTES];
  static guint next;
  char *name = names[next++ % G_N_ELEMENTS (names)];
  sl_id_format (id, name);
  name[8] = '\0';
  return name;
}

/* sim_file: see the header. */
char *
sim_file (SimWorld *world, const char *kind)
{
  return g_strdup_printf ("%s/%s-%u", world->dir, kind, world->files++);
}

/* sim_log: of a device that runs. */
SlOplog *
sim_log (SimDevice *device)
{
  return sl_engine_get_log (device->engine);
}

/* sim_device_runs: whether it is there and its program runs. */
gboolean
sim_device_runs (const SimDevice *device)
{
  return !device->gone && device->engine != NULL;
}

/* sim_device_add: see the header. */
SimDevice *
sim_device_add (SimWorld *world)
{
  if (world->n_devices >= SIM_DEVICES_MAX)
    return NULL;
  SimDevice *device = &world->devices[world->n_devices];
  *device = (SimDevice){ .index = world->n_devices };
  device->clock = (SimClock){ { clock_now_ms, clock_random_bytes }, world, 0, sim_random (&world->state) };
  device->dir = g_strdup_printf ("%s/%u", world->dir, world->n_devices);
  sl_actor_init_owner (&device->owner);
  world->n_devices++;
  return device;
}

/* What is on the disk of the mark from now on. */
static void
keep_mark (SimDevice *device)
{
  g_autofree char *path = g_build_filename (device->dir, "mark", NULL);
  char *data = NULL;
  gsize length;
  g_clear_pointer (&device->mark, g_bytes_unref);
  if (g_file_get_contents (path, &data, &length, NULL))
    device->mark = g_bytes_new_take (data, length);
}

/* sim_device_open: starts its program; FALSE with a violation where it does not come up. */
gboolean
sim_device_open (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  device->engine = sl_engine_open (device->dir, &device->clock.base, &error);
  if (device->engine == NULL)
    {
      sim_violate (world, "device %u does not start: %s", device->index, error->message);
      return FALSE;
    }
  device->agent = sl_agent_new (device->engine, &device->clock.base);
  sl_oplog_set_rules_off (sim_log (device), world->rules_off | (device->forger ? SIM_RULES_OF_FORGERS : 0));
  sl_oplog_set_fold_age (sim_log (device), FOLD_AGE_MS, CLOCK_REACH_MS);
  if (device->is_old)
    sl_oplog_set_unknown_kinds (sim_log (device), &device->unknown_kinds);
  device->replica = *sl_oplog_get_replica (sim_log (device));
  keep_mark (device);
  return TRUE;
}

/* sim_upgraded: the next command applies what the older program did not know. */
void
sim_upgraded (SimWorld *world, SimDevice *device)
{
  GError *error = NULL;
  gboolean done = sl_oplog_begin (sim_log (device), &sl_actor_device, &error)
                  && sl_oplog_commit (sim_log (device), &error);
  (void) sim_came (world, "upgrade", done, NULL, error);
  sim_observe (world, device);
}

/* sim_device_close: its program ends in order. */
void
sim_device_close (SimWorld *world, SimDevice *device)
{
  g_clear_pointer (&device->agent, sl_agent_free);
  if (device->is_hub)
    device->engine = NULL;
  g_clear_pointer (&device->engine, sl_engine_close);
}

static SimDevice *
find_other (SimWorld *world, const SimDevice *device, gboolean hubs_too, guint32 r)
{
  SimDevice *found[SIM_DEVICES_MAX];
  guint n = 0;
  for (guint i = 0; i < world->n_devices; i++)
    if (&world->devices[i] != device && sim_device_runs (&world->devices[i])
        && (hubs_too || !world->devices[i].is_hub))
      found[n++] = &world->devices[i];
  return n > 0 ? found[r % n] : NULL;
}

/* sim_other: see the header. */
SimDevice *
sim_other (SimWorld *world, const SimDevice *device, guint32 r)
{
  return find_other (world, device, TRUE, r);
}

/* sim_other_desk: see the header. */
SimDevice *
sim_other_desk (SimWorld *world, const SimDevice *device, guint32 r)
{
  return find_other (world, device, FALSE, r);
}

/* sim_partner: see the header. */
SimDevice *
sim_partner (SimWorld *world, const SimDevice *device, guint32 r)
{
  SimDevice *hub = &world->devices[SIM_HUB];
  gboolean runs = hub->is_hub ? world->hub->store != NULL : sim_device_runs (hub);
  return r % 2 != 0 && hub != device && runs ? hub : sim_other (world, device, r / 2);
}

/* sim_has_old_programs: whether a failure may be one of a program that is too old. */
gboolean
sim_has_old_programs (SimWorld *world)
{
  gboolean old = FALSE;
  for (guint i = 0; i < world->n_devices; i++)
    old = old || world->devices[i].is_old;
  return old;
}

/* sim_came: see the header. */
gboolean
sim_came (SimWorld *world, const char *what, gboolean decided, SlRefusal *refusal, GError *failure)
{
  g_autoptr (GError) error = failure;
  gboolean done = decided && (refusal == NULL || refusal->code == SL_REFUSAL_NONE);
  if (done)
    world->stats[SIM_STAT_DONE]++;
  else if (decided)
    world->stats[SIM_STAT_REFUSED]++;
  else if (!g_error_matches (error, SL_ERROR, SL_ERROR_NOT_FOUND)
           && !g_error_matches (error, SL_ERROR, SL_ERROR_REVOKED)
           && !(g_error_matches (error, SL_ERROR, SL_ERROR_TOO_NEW) && sim_has_old_programs (world)) && !world->fault)
    sim_violate (world, "%s failed: %s", what, error->message);
  if (world->trace != NULL)
    sim_tell (world, "    %s: %s", what,
              done ? "done" : decided ? sl_refusal_name (refusal->code) : error->message);
  if (refusal != NULL)
    sl_refusal_clear (refusal);
  return done;
}

/* --- what everybody knows of a device afterwards --- */

static void
take_chain (SimWorld *world, SimDevice *device, gint64 ix, const SlId *replica, guint64 head)
{
  guint64 known = sim_oracle_known (world->oracle, replica);
  if (known >= head || world->cloned)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)),
                                            "SELECT pos, bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos",
                                            "ii", (ix << 40) | (gint64) known, (ix << 40) | (gint64) head);
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *bytes = sl_rows_blob (rows, 1, &length);
      (void) sim_oracle_take (world->oracle, replica, (guint64) sl_rows_int (rows, 0) & 0xffffffffff, bytes, length);
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (world, "device %u: its log cannot be read: %s", device->index, error->message);
}

/* What this device holds of its own chain is what it once answered for, and more. */
static void
check_own_chain (SimWorld *world, SimDevice *device, gint64 ix, guint64 head)
{
  if (head > device->acked_seq && device->is_old
      && sim_oracle_has_kind (world->oracle, &device->replica, device->acked_seq, &device->unknown_kinds))
    sim_violate (world, "device %u has written, and its program does not know what it had written before",
                 device->index);
  if (head < device->acked_seq)
    {
      sim_violate (world, "device %u has lost operations that it answered for: %" G_GUINT64_FORMAT
                   " of %" G_GUINT64_FORMAT,
                   device->index, head, device->acked_seq);
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows
      = sl_store_query (sl_oplog_get_store (sim_log (device)), "SELECT bytes FROM local_op WHERE pos = ?", "i",
                        (ix << 40) | (gint64) head);
  if (sl_rows_next (rows))
    {
      gsize length;
      const void *bytes = sl_rows_blob (rows, 0, &length);
      if (!world->cloned && !sim_oracle_take (world->oracle, &device->replica, head, bytes, length))
        sim_violate (world, "fork: device %u has written another operation %" G_GUINT64_FORMAT " of %s", device->index,
                     head, sim_name (&device->replica));
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (world, "device %u: its log cannot be read: %s", device->index, error->message);
  device->acked_seq = head;
}

static void
note_standing (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  SlOplog *log = sim_log (device);
  gboolean revoked = device->revoked, named;
  device->revoked = !sl_fence_is_revoked (log, &device->replica, &named, &error) /* loads what the next one needs */
                    || !sl_fence_check_standing (log, &error);
  if (device->revoked && !g_error_matches (error, SL_ERROR, SL_ERROR_REVOKED))
    sim_violate (world, "device %u: whether it is revoked cannot be told: %s", device->index, error->message);
  if (device->revoked && !revoked)
    sim_tell (world, "    device %u (%s) knows that it is no longer one", device->index, sim_name (&device->replica));
}

/* sim_observe: takes what a device has written and applied to the omniscient view. */
void
sim_observe (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  gint64 own_ix = 0;
  guint64 own_head = 0;
  if (!sim_device_runs (device) || world->violation != NULL || world->fault)
    return;
  const SlId *replica = sl_oplog_get_replica (sim_log (device));
  if (!sl_id_equal (replica, &device->replica))
    {
      sim_tell (world, "    device %u goes on as %s, was %s", device->index, sim_name (replica),
                sim_name (&device->replica));
      world->stats[SIM_STAT_REBORN]++;
      device->replica = *replica;
      device->acked_seq = device->turns_seq = 0;
      device->restored = FALSE;
    }
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)),
                                            "SELECT ix, replica, head_seq, applied_seq FROM local_chain ORDER BY "
                                            "ix",
                                            "");
  g_autoptr (GArray) heads = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  sim_oracle_unsee (world->oracle, device->index);
  while (sl_rows_next (rows))
    {
      SlId id;
      gint64 pair[2] = { sl_rows_int (rows, 0), sl_rows_int (rows, 2) };
      sl_rows_id (rows, 1, &id);
      g_array_append_vals (heads, pair, 2);
      g_array_append_val (ids, id);
      sim_oracle_see (world->oracle, device->index, &id, (guint64) sl_rows_int (rows, 3));
    }
  if (!sl_rows_finish (rows, &error))
    sim_violate (world, "device %u: its chains cannot be read: %s", device->index, error->message);
  for (guint i = 0; i < ids->len && world->violation == NULL; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      gint64 ix = g_array_index (heads, gint64, 2 * i), head = g_array_index (heads, gint64, 2 * i + 1);
      take_chain (world, device, ix, id, (guint64) head);
      if (sl_id_equal (id, &device->replica))
        {
          own_ix = ix;
          own_head = (guint64) head;
        }
    }
  if (own_ix != 0 && device->is_hub) /* a replica made anew begins with nothing; its log is checked elsewhere */
    device->acked_seq = own_head;
  else if (own_ix != 0 && !device->restored)
    check_own_chain (world, device, own_ix, own_head);
  note_standing (world, device);
}

/* sim_observe_anew: see the header. Sound devices hold the same log then. */
void
sim_observe_anew (SimWorld *world)
{
  sim_oracle_free (world->oracle);
  world->oracle = sim_oracle_new ();
  world->cloned = FALSE;
  for (guint i = 0; i < world->n_devices; i++)
    if (!world->devices[i].revoked)
      sim_observe (world, &world->devices[i]);
  world->cloned = TRUE;
}

/* --- the world --- */

static void
message_clear (gpointer data)
{
  g_free (((SimMessage *) data)->file);
}

/* sim_world_new: with n_devices of a studio that is founded; 0: with nothing. dir must exist; its content is the
 * world's. */
SimWorld *
sim_world_new (SimDisk *disk, const char *dir, guint n_devices, gboolean with_hub, guint64 seed)
{
  SimWorld *world = g_new0 (SimWorld, 1);
  world->disk = disk;
  world->dir = g_strdup (dir);
  world->now_ms = SIM_START_MS;
  world->state = seed;
  world->members = g_array_new (FALSE, FALSE, sizeof (SlId));
  world->sessions = g_array_new (FALSE, FALSE, sizeof (SlId));
  world->lots = g_array_new (FALSE, FALSE, sizeof (SlId));
  world->vouchers = g_array_new (FALSE, FALSE, sizeof (SimVoucher));
  world->bookings = g_array_new (FALSE, FALSE, sizeof (SlId));
  world->holds = g_array_new (FALSE, FALSE, sizeof (SimHold));
  world->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->cut_links = g_hash_table_new (g_direct_hash, g_direct_equal);
  world->messages = g_array_new (FALSE, FALSE, sizeof (SimMessage));
  g_array_set_clear_func (world->messages, message_clear);
  world->late = sim_wire_new ();
  world->invitations = g_ptr_array_new_with_free_func (g_free);
  world->oracle = sim_oracle_new ();
  if (n_devices > 0)
    (void) sim_template_clone (world, n_devices, with_hub);
  return world;
}

static void
clear_device (SimDevice *device)
{
  sim_device_close (NULL, device);
  sl_actor_clear (&device->owner);
  g_clear_pointer (&device->old_files, g_bytes_unref);
  g_clear_pointer (&device->mark, g_bytes_unref);
  g_free (device->backup);
  g_free (device->dir);
}

/* sim_world_free: its files go with it. */
void
sim_world_free (SimWorld *world)
{
  if (world == NULL)
    return;
  sim_disk_heal (world->disk);
  sim_hub_free (world);
  for (guint i = 0; i < world->n_devices; i++)
    {
      g_autofree char *dir = g_strdup (world->devices[i].dir);
      clear_device (&world->devices[i]);
      sim_disk_settle (world->disk, dir);
      sim_remove_tree (dir);
    }
  for (guint i = 0; i < world->messages->len; i++)
    (void) g_unlink (g_array_index (world->messages, SimMessage, i).file);
  for (guint i = 0; i < SIM_STICKS; i++)
    {
      if (world->sticks[i] != NULL)
        (void) g_unlink (world->sticks[i]);
      g_free (world->sticks[i]);
    }
  for (guint i = 0; i < world->invitations->len; i++)
    (void) g_unlink (world->invitations->pdata[i]);
  g_ptr_array_unref (world->invitations);
  g_array_unref (world->members);
  g_array_unref (world->sessions);
  g_array_unref (world->lots);
  g_array_unref (world->vouchers);
  g_array_unref (world->bookings);
  g_array_unref (world->holds);
  g_array_unref (world->messages);
  g_array_unref (world->late);
  g_hash_table_unref (world->told);
  g_hash_table_unref (world->cut_links);
  sim_oracle_free (world->oracle);
  if (world->trace != NULL)
    g_string_free (world->trace, TRUE);
  g_free (world->violation);
  g_free (world->dir);
  g_free (world);
}

/* At a hub there are no people. */
static SimDevice *
actor_of (SimWorld *world, const SimAction *action)
{
  if (world->hub == NULL)
    return &world->devices[action->device % world->n_devices];
  guint index = action->device % (world->n_devices - 1);
  return &world->devices[index < SIM_HUB ? index : index + 1];
}

/* sim_step: one action, then every check that its device can be asked for. */
void
sim_step (SimWorld *world, const SimAction *action)
{
  SimDevice *device = actor_of (world, action);
  const SimActionKind *kind = &sim_actions[action->what];
  gint64 done = world->stats[SIM_STAT_DONE];
  world->acted = FALSE;
  if (world->violation != NULL)
    return;
  world->step++;
  world->now_ms += action->wait_ms;
  world->stats[SIM_STAT_STEPS]++;
  world->stats[SIM_STAT_DEVICE_MINUTES] += action->wait_ms / SL_MINUTE_MS * world->n_devices;
  if (device->gone)
    return;
  sim_tell (world, "device %u (%s) %s", device->index, sim_name (&device->replica), kind->name);
  kind->run (world, device, action->r);
  world->stats[SIM_STAT_ACTIONS + action->what] += world->acted || world->stats[SIM_STAT_DONE] > done;
  sim_observe (world, device);
  sim_check (world, device);
}
