/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-faults"

#include "sim-actions.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "core/datetime.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/studio.h"
#include "oplog/fence.h"
#include "oplog/money.h"
#include "oplog/oplog-private.h"
#include "oplog/prune.h"

/* What goes wrong with machines, and what people then do. */

#define SPOTS_BEYOND_ALL 99 /* no session has so many: nobody can ever give them to a forger */
#define CENTS_BEYOND_ALL (G_GINT64_CONSTANT (1) << 40)
#define FORGED_INVITATION "forged"
#define YEARS_TO_2099_MS (G_GINT64_CONSTANT (73) * 365 * SL_DAY_MS)

static char *
path_of (const SimDevice *device, const char *name)
{
  return g_build_filename (device->dir, name, NULL);
}

static void
write_bytes (const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                 G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_error ("%s", error->message);
}

/* A command that is under way when something happens: not a fault itself. */
static void
run_other (SimWorld *world, SimDevice *device, guint32 what, guint32 chance)
{
  static const char *const names[] = { "book", "hold", "confirm", "cancel", "check_in", "sell", "rights_move",
                                       "run_due", "exchange_in", "capacity", "session_cancel", "lot_move", "exchange",
                                       "exchange" };
  static const char *const of_business[] = { "sale", "refund", "sale_plan", "pay", "money_move", "till" };
  const char *name = names[what % G_N_ELEMENTS (names)];
  if (!world->bookings_only && what / G_N_ELEMENTS (names) % 3 == 0)
    name = of_business[what / G_N_ELEMENTS (names) / 3 % G_N_ELEMENTS (of_business)];
  guint64 state = chance;
  guint32 r[3];
  for (guint i = 0; i < G_N_ELEMENTS (r); i++)
    r[i] = (guint32) (sim_random (&state) >> 32);
  sim_tell (world, "    during %s", name);
  if (g_str_equal (name, "exchange_in"))
    {
      const char *stick = world->sticks[r[0] % SIM_STICKS];
      if (stick != NULL)
        (void) sim_import (world, device, stick, FALSE);
      return;
    }
  for (const SimActionKind *kind = sim_actions; kind->name != NULL; kind++)
    if (g_str_equal (kind->name, name))
      kind->run (world, device, r);
}

/* The mark beside the database is synced at leisure: the last ones may not be there. */
static void
maybe_lose_mark (SimDevice *device, gboolean lost)
{
  g_autofree char *path = path_of (device, "mark");
  if (lost && device->mark != NULL)
    write_bytes (path, device->mark);
}

/* The power goes while a command writes, or between two. */
SIM_ACTION (crash)
{
  static const SimLoss losses[] = { SIM_LOSE_UNSYNCED, SIM_TEAR_UNSYNCED, SIM_KEEP_UNSYNCED };
  if (!sim_device_runs (device))
    return;
  world->fault = TRUE;
  sim_disk_cut_power (world->disk, device->dir, r[0] % 16);
  run_other (world, device, r[1], r[2]);
  world->fault = FALSE;
  sim_device_close (world, device);
  sim_disk_restore_power (world->disk, device->dir, losses[(r[0] >> 8) % G_N_ELEMENTS (losses)], r[2]);
  maybe_lose_mark (device, (r[0] >> 16) % 2 == 0);
  world->stats[SIM_STAT_CRASHES]++;
  world->acted = TRUE;
  (void) sim_device_open (world, device);
}

/* The disk is full for a while, or a write or sync fails; after the latter the program ends and is started again. */
SIM_ACTION (disk_full)
{
  static const int codes[] = { SQLITE_FULL, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC };
  int code = codes[(r[0] >> 8) % G_N_ELEMENTS (codes)];
  if (!sim_device_runs (device))
    return;
  world->fault = TRUE;
  sim_disk_fail (world->disk, device->dir, r[0] % 8, code, code == SQLITE_FULL);
  run_other (world, device, r[1], r[2]);
  sim_disk_heal (world->disk);
  world->fault = FALSE;
  if (!sim_disk_has_failed (world->disk))
    return;
  world->stats[SIM_STAT_FULL_DISKS]++;
  world->acted = TRUE;
  if (code == SQLITE_FULL && r[2] % 2 == 0)
    return;
  sim_device_close (world, device);
  /* What a failed sync left behind may be there afterwards, or not. */
  sim_disk_restore_power (world->disk, device->dir, r[2] % 4 < 2 ? SIM_LOSE_UNSYNCED : SIM_KEEP_UNSYNCED, 0);
  (void) sim_device_open (world, device);
}

SIM_ACTION (restart)
{
  if (!sim_device_runs (device))
    return;
  world->acted = TRUE;
  sim_device_close (world, device);
  (void) sim_device_open (world, device);
}

SIM_ACTION (backup)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  g_autofree char *file = path_of (device, "backup");
  gboolean decided = sl_exchange_backup (device->engine, &device->owner, file, &refusal, &error);
  if (!sim_came (world, "backup", decided, &refusal, error))
    return;
  g_free (device->backup);
  device->backup = g_steal_pointer (&file);
}

SIM_ACTION (restore)
{
  SlRestoreResult restored = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || device->forger || device->backup == NULL)
    return;
  sim_device_close (world, device);
  gboolean done
      = sl_exchange_restore (device->dir, &device->clock.base, device->backup, NULL, &restored, &error);
  sl_restore_result_clear (&restored);
  sim_disk_settle (world->disk, device->dir);
  device->restored = !sim_came (world, "restore", done, NULL, error);
  if (!device->restored) /* it is another device already: what it answers for begins anew */
    device->acked_seq = device->turns_seq = 0;
  world->stats[SIM_STAT_RESTORES]++;
  (void) sim_device_open (world, device);
}

/* Somebody copies the database's file, without the program. */
SIM_ACTION (keep_files)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (device, SL_STORE_FILE);
  char *data = NULL;
  gsize length;
  if (!sim_device_runs (device))
    return;
  if (!sl_store_checkpoint (sl_oplog_get_store (sim_log (device)), &error)
      || !g_file_get_contents (path, &data, &length, &error))
    {
      sim_violate (world, "device %u: its file cannot be kept: %s", device->index, error->message);
      return;
    }
  g_clear_pointer (&device->old_files, g_bytes_unref);
  device->old_files = g_bytes_new_take (data, length);
  world->acted = TRUE;
}

/* … and puts it back later, behind the program's back. */
SIM_ACTION (put_back)
{
  static const char *const companions[] = { SL_STORE_FILE "-wal", SL_STORE_FILE "-shm" };
  g_autofree char *path = path_of (device, SL_STORE_FILE);
  if (!sim_device_runs (device) || device->forger || device->old_files == NULL)
    return;
  sim_device_close (world, device);
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *companion = path_of (device, companions[i]);
      (void) g_unlink (companion);
    }
  write_bytes (path, device->old_files);
  world->acted = TRUE;
  sim_disk_settle (world->disk, device->dir);
  device->restored = TRUE;
  world->stats[SIM_STAT_RESTORES]++;
  (void) sim_device_open (world, device);
}

static void
copy_file (const SimDevice *from, const SimDevice *to, const char *name)
{
  g_autofree char *source = path_of (from, name), *target = path_of (to, name);
  char *data = NULL;
  gsize length;
  if (!g_file_get_contents (source, &data, &length, NULL))
    return;
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, length);
  write_bytes (target, bytes);
}

/* The disk is copied into a second machine, and both go on. */
SIM_ACTION (copy_disk)
{
  static const char *const names[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", "identity", "mark" };
  if (!sim_device_runs (device) || device->forger || world->n_devices >= SIM_DEVICES_MAX - 2)
    return;
  sim_device_close (world, device);
  SimDevice *copy = sim_device_add (world);
  if (g_mkdir (copy->dir, 0700) != 0)
    g_error ("%s: %s", copy->dir, g_strerror (errno));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    copy_file (device, copy, names[i]);
  copy->clock.ahead_ms = device->clock.ahead_ms;
  copy->is_old = device->is_old;
  copy->unknown_kinds = device->unknown_kinds;
  copy->keeps_all = device->keeps_all;
  copy->restored = TRUE;
  sim_tell (world, "    into device %u", copy->index);
  world->stats[SIM_STAT_COPIES]++;
  world->acted = TRUE;
  if (sim_device_open (world, device) && sim_device_open (world, copy))
    sim_observe (world, copy);
}

/* A machine with the same files at the same place, down to the inode: it cannot tell that it is a second one. */
SIM_ACTION (clone)
{
  static const char *const names[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", "mark" };
  g_auto (SlIdentity) identity = { 0 };
  g_autoptr (GError) error = NULL;
  if (!sim_device_runs (device) || device->forger || world->n_devices >= SIM_DEVICES_MAX - 2 || world->folded
      || world->forged || device->restored)
    return;
  sim_device_close (world, device);
  SimDevice *twin = sim_device_add (world);
  if (g_mkdir (twin->dir, 0700) != 0)
    g_error ("%s: %s", twin->dir, g_strerror (errno));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    copy_file (device, twin, names[i]);
  if (!sl_identity_read (device->dir, &identity, &error))
    g_error ("%s", error->message);
  g_clear_pointer (&identity.place, g_free); /* the file names its own */
  if (!sl_identity_write (twin->dir, &identity, &error))
    g_error ("%s", error->message);
  twin->clock.ahead_ms = device->clock.ahead_ms;
  twin->is_old = device->is_old;
  twin->unknown_kinds = device->unknown_kinds;
  twin->keeps_all = device->keeps_all;
  twin->acked_seq = device->acked_seq;
  world->cloned = world->acted = TRUE;
  world->stats[SIM_STAT_CLONES]++;
  sim_tell (world, "    into device %u", twin->index);
  if (sim_device_open (world, device) && sim_device_open (world, twin))
    sim_observe (world, twin);
}

/* The machine is gone for good, with what nobody else has heard. */
SIM_ACTION (burn)
{
  guint left = 0;
  for (guint i = 0; i < world->n_devices; i++)
    left += sim_device_runs (&world->devices[i]) && !world->devices[i].revoked;
  if (!sim_device_runs (device) || left <= 2)
    return;
  sim_device_close (world, device);
  device->gone = TRUE;
  world->acted = TRUE;
}

static const SlId *
pick_revoked (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  const SimDevice *found[SIM_DEVICES_MAX];
  guint n = 0;
  for (guint i = 0; i < world->n_devices && r[1] % 3 != 0; i++)
    if (world->devices[i].gone)
      found[n++] = &world->devices[i];
  if (n > 0)
    return &found[r[0] % n]->replica;
  SimDevice *other = sim_other_desk (world, device, r[0]);
  return other != NULL ? &other->replica : NULL;
}

SIM_ACTION (revoke)
{
  SlDevice *revoked = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  guint left = 0;
  for (guint i = 0; i < world->n_devices; i++)
    left += sim_device_runs (&world->devices[i]) && !world->devices[i].revoked;
  const SlId *which = sim_device_runs (device) && left > 2 ? pick_revoked (world, device, r) : NULL;
  if (which == NULL)
    return;
  SlId replica = *which;
  gboolean decided
      = sl_device_revoke (device->engine, &device->owner, &replica, "stolen", &revoked, &refusal, &error);
  sl_device_free (revoked);
  if (!sim_came (world, "revoke", decided, &refusal, error))
    return;
  sim_tell (world, "      %s", sim_name (&replica));
  world->stats[SIM_STAT_REVOCATIONS]++;
}

/* Some claim that another device keeps. */
static gboolean
find_foreign_claim (SimDevice *device, guint32 r, SlId *out)
{
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT id FROM claim WHERE coalesce (keeper, creator) <> ? AND release_why = 0 AND created_hlc IS NOT NULL "
      "ORDER BY id LIMIT 1 OFFSET ? % max (1, (SELECT count (*) FROM claim))",
      "di", &device->replica, (gint64) r);
  gboolean found = sl_rows_next (rows);
  if (found)
    sl_rows_id (rows, 0, out);
  return found;
}

/* Gives back more of somebody's payment than anybody has ever paid. */
static gboolean
forge_refund (SlOplog *log, const SlId *payment, GError **error)
{
  SlId id;
  SlRefundParts parts = { .payment_id = *payment, .amount_cents = CENTS_BEYOND_ALL };
  return sl_oplog_next_receipt (log, &parts.receipt, error) && sl_op_payment_refund (log, &parts, &id, error);
}

/* Gives away spots or money that it does not hold, or a claim that another device keeps. */
static gboolean
write_forgery (SimWorld *world, SimDevice *device, const SlId *to, const guint32 r[3], GError **error)
{
  SlOplog *log = sim_log (device);
  const SlId *session = &g_array_index (world->sessions, SlId, r[1] % world->sessions->len);
  SlId claim, payment;
  if (!world->bookings_only && r[2] / 8 % 2 == 0 && sim_pick_row (device, r[1], "payment", &payment))
    return forge_refund (log, &payment, error);
  if (r[2] % 2 == 0 && find_foreign_claim (device, r[1], &claim))
    return sl_op_claim_move (log, &claim, to, error);
  return sl_op_session_move (log, session, to, SPOTS_BEYOND_ALL, error);
}

static void
distrust_head (SimWorld *world, SimDevice *device)
{
  const SlId *replica = sl_oplog_get_replica (sim_log (device));
  g_autoptr (GError) error = NULL;
  gint64 head;
  if (!sl_store_query_int (sl_oplog_get_store (sim_log (device)), 0, &head, &error,
                           "SELECT head_seq FROM local_chain WHERE replica = ?", "d", replica))
    sim_violate (world, "device %u: %s", device->index, error->message);
  else
    sim_oracle_distrust (world->oracle, replica, (guint64) head);
}

/* A program that is broken or wicked, at most one in a world: what it writes without a right to waits everywhere. */
SIM_ACTION (forge)
{
  SimDevice *to = sim_device_runs (device) ? sim_other (world, device, r[0]) : NULL;
  GError *error = NULL;
  if (to == NULL || world->forged || device->revoked || device->restored || world->cloned
      || sl_id_equal (&to->replica, &device->replica))
    return;
  sl_oplog_set_rules_off (sim_log (device), world->rules_off | SIM_RULES_OF_FORGERS);
  device->forger = TRUE;
  gboolean begun = sl_oplog_begin (sim_log (device), &sl_actor_owner, &error);
  gboolean done = begun && sl_fence_check_standing (sim_log (device), &error)
                  && write_forgery (world, device, &to->replica, r, &error)
                  && sl_oplog_commit (sim_log (device), &error);
  if (begun && !done)
    sl_oplog_rollback (sim_log (device));
  if (!sim_came (world, "forge", done, NULL, error))
    {
      sl_oplog_set_rules_off (sim_log (device), world->rules_off);
      device->forger = FALSE;
      return;
    }
  distrust_head (world, device);
  world->forged = TRUE;
  if (r[2] % 3 == 0)
    sim_do_invite (world, device, r); /* whom it lets in nobody else does */
}

SIM_ACTION (invite)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || world->n_devices >= SIM_DEVICES_MAX - 2)
    return;
  g_autofree char *file = sim_file (world, device->forger ? FORGED_INVITATION : "invitation");
  gboolean decided = sl_device_invite (device->engine, &device->owner, file, NULL, &refusal, &error);
  if (sim_came (world, "invite", decided, &refusal, error))
    g_ptr_array_add (world->invitations, g_steal_pointer (&file));
}

/* By the last invitation; now and then by one that was used already. */
SIM_ACTION (join)
{
  SlId organisation;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  guint n = world->invitations->len;
  if (n == 0 || world->n_devices >= SIM_DEVICES_MAX)
    return;
  const char *file = world->invitations->pdata[r[0] % 4 == 0 ? r[1] % n : n - 1];
  SimDevice *joiner = sim_device_add (world);
  gboolean decided = sl_studio_join (joiner->dir, &joiner->clock.base, file, "Kiosk", &organisation, &joiner->replica,
                                     &refusal, &error);
  if (!sim_came (world, "join", decided, &refusal, error))
    {
      joiner->gone = TRUE;
      return;
    }
  sim_tell (world, "    as device %u (%s) by %s", joiner->index, sim_name (&joiner->replica), strrchr (file, 0x2f) + 1);
  if (strstr (file, FORGED_INVITATION) != NULL) /* who invited it may not: nobody lets it in */
    {
      joiner->forger = TRUE;
      sim_oracle_distrust (world->oracle, &joiner->replica, 1);
    }
  world->stats[SIM_STAT_JOINED]++;
  if (sim_device_open (world, joiner))
    sim_observe (world, joiner);
}

/* Clocks go wrong, by hours or by decades, and right again. */
SIM_ACTION (clock)
{
  static const gint64 ahead[] = { 0, -SL_HOUR_MS, 3 * SL_HOUR_MS, 0, -30 * SL_MINUTE_MS, 90 * 1000, YEARS_TO_2099_MS };
  device->clock.ahead_ms = ahead[r[0] % G_N_ELEMENTS (ahead)];
  world->acted = TRUE;
  sim_tell (world, "    by %" G_GINT64_FORMAT " s", device->clock.ahead_ms / 1000);
  sim_do_sell (world, device, r); /* and somebody works on */
  sim_do_member_edit (world, device, r);
}

/* What everybody has acknowledged is folded into a snapshot, however little it is. */
SIM_ACTION (prune)
{
  SlPruneResult result = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  if (world->cloned)
    return;
  gboolean done = sl_oplog_prune (sim_log (device), 1, &result, &error);
  if (!sim_came (world, "prune", done, NULL, error))
    return;
  sim_tell (world, "      %" G_GUINT64_FORMAT " operations", result.operations);
  world->folded = world->folded || result.operations > 0;
  world->stats[SIM_STAT_PRUNED] += (gint64) result.operations;
  if (result.operations > 0 && device->keeps_all)
    sim_violate (world, "device %u in the hub's role has folded its log", device->index);
}

SIM_ACTION (verify)
{
  if (!sim_device_runs (device) || device->forger)
    return;
  world->acted = TRUE;
  sim_check_verify (world, device);
}
