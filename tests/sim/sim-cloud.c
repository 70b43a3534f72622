/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-cloud"

#include "sim-actions.h"
#include "sim-hub.h"
#include "sim-wire.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "core/datetime.h"
#include "engine/ask.h"
#include "engine/placement.h"
#include "engine/rights.h"

/* What agents and the hub do besides exchanging, and what goes wrong with a hub. */

/* Something that another device holds, or this one wants more of. */
static void
choose_ask (SimWorld *world, const guint32 r[3], SlAsk *out)
{
  out->kind = (SlAskKind) (1 + r[0] % (SL_ASK_LAST - 1));
  switch (out->kind)
    {
    case SL_ASK_SPOTS:
      out->id = *sim_pick_session (world, r[1]);
      out->amount = 1 + r[2] % 3;
      break;
    case SL_ASK_CREDITS:
      out->id = *sim_pick_member (world, r[1]);
      out->amount = 50 + 50 * (r[2] % 4);
      break;
    case SL_ASK_BOOKING:
      out->id = *sim_pick (world->bookings, r[1]);
      break;
    case SL_ASK_MONEY:
      out->id = *sim_pick (sim_oracle_money (world->oracle), r[1]);
      out->amount = r[2] % 2 ? 1000000 : 1 + r[2] % 30000;
      break;
    default:
      out->id = r[1] % 2 ? world->studio.instructor : world->studio.rooms[r[1] / 2 % 2];
      out->amount = world->now_ms / SL_DAY_MS + r[2] % 2;
    }
}

/* Having heard all that the other one has to say: what it asks for twice, since an answer got lost, comes once. */
static void
ask_again (SimWorld *world, SimDevice *device, SimDevice *other, guint64 chance, GArray *asks)
{
  const SlAsk *ask = &g_array_index (asks, SlAsk, 0);
  gint64 before, after;
  if (world->violation != NULL || !sim_wire_exchange (world, device, other, chance, NULL)
      || !sl_rights_free (sim_log (device), &ask->id, &device->replica, &before, NULL))
    return;
  if (sim_wire_exchange (world, device, other, chance + 1, asks) || world->violation != NULL
      || !sim_wire_exchange (world, device, other, chance + 2, asks)
      || !sl_rights_free (sim_log (device), &ask->id, &device->replica, &after, NULL))
    return;
  if (after - before > ask->amount)
    sim_violate (world, "device %u asked device %u for %" G_GINT64_FORMAT " spots, twice, and got %" G_GINT64_FORMAT,
                 device->index, other->index, ask->amount, after - before);
}

/* Asks the hub or a neighbour for rights, as a desk does inside a command. */
SIM_ACTION (ask)
{
  SlAsk ask = { 0 };
  SimDevice *other = sim_device_runs (device) ? sim_partner (world, device, r[0] / 8) : NULL;
  choose_ask (world, r, &ask);
  if (other == NULL || sl_id_is_none (&ask.id) || sl_id_equal (&device->replica, &other->replica))
    return;
  g_autoptr (GArray) asks = g_array_new (FALSE, FALSE, sizeof (SlAsk));
  g_array_append_val (asks, ask);
  sim_tell (world, "    device %u for %" G_GINT64_FORMAT " of kind %d, %s", other->index, ask.amount, ask.kind,
            sim_name (&ask.id));
  if (ask.kind == SL_ASK_SPOTS && r[0] / 64 % 2 == 0)
    ask_again (world, device, other, (guint64) r[1] << 32 | r[2], asks);
  else
    (void) sim_wire_exchange (world, device, other, (guint64) r[1] << 32 | r[2], asks);
  if (ask.kind == SL_ASK_MONEY && world->violation == NULL && r[0] / 64 % 4 != 0)
    {
      sim_observe (world, device);
      sim_spend_money (world, device, &ask.id, r);
    }
}

/* What an agent does once a minute; and where rights should lie is put to effect. */
SIM_ACTION (upkeep)
{
  SlPlacementCounts counts = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || device->agent == NULL)
    return;
  gboolean done = sl_agent_upkeep (device->agent, &error)
                  && (r[0] % 2 != 0 || sl_placement_run (device->engine, &counts, &error));
  if (sim_came (world, "upkeep", done, NULL, error) && r[0] % 2 == 0)
    sim_tell (world, "      spots to the hub %" G_GINT64_FORMAT ", to the door %" G_GINT64_FORMAT ", credits %"
              G_GINT64_FORMAT, counts.spots_to_hub, counts.spots_to_door, counts.credits_to_hub);
}

/* A device comes to know the hub of another one, or again. */
SIM_ACTION (pair)
{
  SimDevice *other = sim_device_runs (device) ? sim_other_desk (world, device, r[0]) : NULL;
  if (other != NULL)
    (void) sim_hub_link_like (world, device, other);
}

SIM_ACTION (hub_work)
{
  if (!sim_hub_work (world, r[0] % 4 == 0))
    return;
  world->acted = TRUE;
}

/* Something happens at the next append, while a device pushes or the hub works. */
SIM_ACTION (hub_append)
{
  static const SimAppend fates[] = { SIM_APPEND_RACE, SIM_APPEND_RACE, SIM_APPEND_BUSY_BEFORE, SIM_APPEND_BUSY_AFTER };
  SimHub *hub = world->hub;
  hub->append = fates[r[0] % G_N_ELEMENTS (fates)];
  hub->racing = r[1];
  hub->odd = hub->odd || hub->append != SIM_APPEND_RACE;
  world->acted = TRUE;
  if (r[2] % 3 == 0)
    (void) sim_hub_work (world, r[2] / 3 % 2);
  else if (sim_device_runs (device))
    (void) sim_wire_exchange (world, device, &world->devices[SIM_HUB], (guint64) r[1] << 32 | r[2], NULL);
  hub->append = SIM_APPEND_FINE;
}

static void
use_hub (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  if (r[1] % 3 == 0)
    (void) sim_hub_work (world, r[1] / 3 % 2);
  else if (sim_device_runs (device))
    (void) sim_wire_exchange (world, device, &world->devices[SIM_HUB], (guint64) r[1] << 32 | r[2], NULL);
}

/* The power of the hub's machine goes, also between what it publishes and what it commits. */
SIM_ACTION (hub_crash)
{
  static const SimLoss losses[] = { SIM_LOSE_UNSYNCED, SIM_TEAR_UNSYNCED, SIM_KEEP_UNSYNCED };
  SimHub *hub = world->hub;
  world->fault = TRUE;
  if (r[0] % 4 == 0)
    hub->append = SIM_APPEND_CRASH_AFTER;
  else
    sim_disk_cut_power (world->disk, hub->dir, r[0] / 4 % 24);
  use_hub (world, device, r);
  world->fault = FALSE;
  hub->append = SIM_APPEND_FINE;
  sim_hub_stop (world);
  sim_disk_restore_power (world->disk, hub->dir, losses[(r[0] >> 8) % G_N_ELEMENTS (losses)], r[2]);
  world->stats[SIM_STAT_HUB_CRASHES]++;
  world->acted = TRUE;
  if (sim_hub_start (world))
    sim_hub_check_acked (world);
}

/* Its disk is full for a while, or a write or sync fails. */
SIM_ACTION (hub_disk)
{
  static const int codes[] = { SQLITE_FULL, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC };
  int code = codes[(r[0] >> 8) % G_N_ELEMENTS (codes)];
  SimHub *hub = world->hub;
  world->fault = TRUE;
  sim_disk_fail (world->disk, hub->dir, r[0] % 16, code, code == SQLITE_FULL);
  use_hub (world, device, r);
  sim_disk_heal (world->disk);
  world->fault = FALSE;
  if (!sim_disk_has_failed (world->disk))
    return;
  world->stats[SIM_STAT_FULL_DISKS]++;
  world->acted = TRUE;
  if (code == SQLITE_FULL && r[2] % 2 == 0)
    return;
  sim_hub_stop (world);
  sim_disk_restore_power (world->disk, hub->dir, r[2] % 4 < 2 ? SIM_LOSE_UNSYNCED : SIM_KEEP_UNSYNCED, 0);
  if (sim_hub_start (world))
    sim_hub_check_acked (world);
}

static void
remove_replicas (SimHub *hub)
{
  for (guint i = 0; i < SIM_HUB_PROGRAMS; i++)
    {
      g_autofree char *replicas = g_strdup_printf ("%s/replicas-%u", hub->dir, i);
      sim_remove_tree (replicas);
    }
}

/* It is started again; now and then somebody has deleted its replicas, or set its clock. */
SIM_ACTION (hub_restart)
{
  static const gint64 ahead[] = { 0, 0, 90 * 1000, -90 * 1000, 20 * SL_MINUTE_MS };
  world->acted = TRUE;
  sim_hub_stop (world);
  if (r[0] % 3 == 0)
    remove_replicas (world->hub);
  if (r[1] % 3 == 0)
    world->devices[SIM_HUB].clock.ahead_ms = ahead[r[2] % G_N_ELEMENTS (ahead)];
  sim_disk_settle (world->disk, world->hub->dir);
  (void) sim_hub_start (world);
}

/* Somebody copies its disk … */
SIM_ACTION (hub_keep)
{
  world->acted = TRUE;
  world->hub->old_replica = sim_hub_identity (world);
  sim_hub_stop (world);
  g_clear_pointer (&world->hub->old_files, g_ptr_array_unref);
  world->hub->old_files = sim_files_read (world->hub->dir);
  (void) sim_hub_start (world);
}

/* … and puts the log back later: what it said since is gone, and lives at those who told it. With the replicas too it
 * cannot tell at first, and its device may write other operations under the numbers of those that are lost. What it
 * wrote last nobody may have heard: its replica alone has that. A copy from before an epoch is no use: its key was
 * given up since, and devices must be paired anew. */
SIM_ACTION (hub_put_back)
{
  SimHub *hub = world->hub;
  gboolean all = r[0] % 2 == 0;
  SlId now = sim_hub_identity (world);
  if (!sl_id_equal (&now, &hub->old_replica))
    return;
  if (hub->old_files == NULL || (all && (world->folded || world->forged)))
    return;
  world->acted = TRUE;
  if (r[2] % 2 == 0)
    sim_hub_write_unheard (world, r[2] / 2 % SIM_HUB_PROGRAMS);
  sim_hub_stop (world);
  g_autofree char *log = g_build_filename (hub->dir, "log", NULL);
  sim_remove_tree (all ? hub->dir : log);
  for (guint i = 0; i < hub->old_files->len; i++)
    {
      const SimFile *file = hub->old_files->pdata[i];
      if (all || g_str_has_prefix (file->name, "log/"))
        sim_file_write (hub->dir, file);
    }
  if (r[1] % 2 == 0 && all)
    remove_replicas (hub);
  sim_disk_settle (world->disk, hub->dir);
  g_hash_table_remove_all (hub->acked);
  hub->odd = TRUE;
  world->cloned = world->cloned || all;
  world->stats[SIM_STAT_HUB_LOSSES]++;
  sim_tell (world, "    %s", all ? "all of it" : "the log alone");
  (void) sim_hub_start (world);
}

/* Its next answers are lies. */
SIM_ACTION (hub_lie)
{
  world->hub->lie = (SimLie) (1 + r[0] % (SIM_LIE_KINDS - 1));
  world->hub->lies_left = 1 + r[1] % 3;
  world->hub->odd = world->acted = TRUE;
  if (sim_device_runs (device))
    (void) sim_wire_exchange (world, device, &world->devices[SIM_HUB], (guint64) r[1] << 32 | r[2], NULL);
}
