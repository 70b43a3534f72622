/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-join"

/* A new device in a studio with years behind it: from the whole log, and from a snapshot. What it ends with is
 * compared every time. */

#include <glib/gstdio.h>
#include <time.h>

#include "core/crypto.h"
#include "core/datetime.h"
#include "fake-world.h"
#include "oplog/oplog.h"
#include "oplog/prune.h"
#include "oplog/sync-file.h"

#define START_MS G_GINT64_CONSTANT (1772409600000) /* 2026-03-02T00:00:00Z */
#define OPERATIONS 1000000
#define OPERATIONS_QUICK 40000 /* above what travels as a snapshot */
#define PER_COMMIT 5000
#define PER_MEMBER 200 /* operations: a member of four years */
#define PER_SESSION 40 /* of them some 24 are bookings */
#define CAPACITY 40
#define PER_LOT 500
#define LOT_CREDITS G_GINT64_CONSTANT (100000)
#define MIB (1024.0 * 1024.0)

typedef struct {
  SlFakeWorld world;
  char *dir;
  SlStore *store;
  SlOplog *log;
} Desk;

typedef struct {
  SlId location;
  GArray *members, *sessions, *lots; /* of SlId */
  GArray *claims;                    /* of SlId: who comes next */
  GRand *chance;
} Studio;

static void
must (gboolean done, GError *error)
{
  if (!done || error != NULL)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

static char *
path_of (const Desk *desk, const char *name)
{
  return g_build_filename (desk->dir, name, NULL);
}

static void
desk_begin (Desk *desk, const char *place, const char *name, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  must (sl_crypto_init (&error), error);
  sl_fake_world_init (&desk->world, START_MS, seed);
  desk->dir = g_build_filename (place, name, NULL);
  must (g_mkdir_with_parents (desk->dir, 0700) == 0, NULL);
  desk->store = sl_store_open (desk->dir, SL_STORE_CREATE, &error);
  must (desk->store != NULL, error);
}

static void
desk_end (Desk *desk)
{
  sl_oplog_close (desk->log);
  sl_store_close (desk->store);
  g_free (desk->dir);
}

static void
begin (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  must (sl_oplog_begin (desk->log, &sl_actor_owner, &error), error);
}

static void
commit (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  must (sl_oplog_commit (desk->log, &error), error);
  desk->world.now_ms += 50;
}

static double
file_mib (const char *path)
{
  GStatBuf info;
  must (g_stat (path, &info) == 0, NULL);
  return (double) info.st_size / MIB;
}

static double
database_mib (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (desk, SL_STORE_FILE);
  must (sl_store_checkpoint (desk->store, &error), error);
  return file_mib (path);
}

static void
assert_same (Desk *a, Desk *b)
{
  g_autoptr (GError) error = NULL;
  SlHash of_a, of_b;
  must (sl_oplog_state_hash (a->log, &of_a, &error), error);
  must (sl_oplog_state_hash (b->log, &of_b, &error), error);
  must (sl_hash_equal (&of_a, &of_b), NULL);
}

/* --- the years --- */

static const SlId *
any (const Studio *studio, const GArray *ids)
{
  return &g_array_index (ids, SlId, g_rand_int_range (studio->chance, 0, (gint32) ids->len));
}

static void
make_things (Desk *desk, Studio *studio, guint operations)
{
  g_autoptr (GError) error = NULL;
  SlId id;
  begin (desk);
  for (guint i = 0; i < operations / PER_MEMBER; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
      g_autofree char *name = g_strdup_printf ("Member %u", i);
      sl_fields_set_text (fields, "first", name);
      sl_fields_set_text (fields, "status", "active");
      must (sl_op_create (desk->log, fields, &id, &error), error);
      g_array_append_val (studio->members, id);
    }
  for (guint i = 0; i < operations / PER_SESSION; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
      sl_fields_set_id (fields, "location_id", &studio->location);
      sl_fields_set_int (fields, "start_ms", START_MS + (gint64) i * 3600000);
      sl_fields_set_int (fields, "published", 1);
      must (sl_op_session_create (desk->log, fields, CAPACITY, &id, &error), error);
      g_array_append_val (studio->sessions, id);
    }
  for (guint i = 0; i < MAX (operations / PER_LOT, 10); i++)
    {
      SlLotParams params = { .member_id = *any (studio, studio->members), .credits_hundredths = LOT_CREDITS };
      must (sl_op_lot_create (desk->log, &params, &id, &error), error);
      g_array_append_val (studio->lots, id);
    }
  commit (desk);
}

/* One of ten from a lot. */
static void
book (Desk *desk, Studio *studio, guint n)
{
  SlSpend spend = { .lot_id = g_array_index (studio->lots, SlId, (n / 10) % studio->lots->len),
                    .amount_hundredths = 100 };
  SlClaimParams claim = { .session_id = g_array_index (studio->sessions, SlId, n % studio->sessions->len),
                          .member_id = *any (studio, studio->members),
                          .type = SL_CLAIM_BOOKING,
                          .channel = SL_CHANNEL_DESK,
                          .spots = 1 };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = n % 10 == 0 ? 1 : 0 };
  g_autoptr (GError) error = NULL;
  SlId made;
  must (sl_op_book (desk->log, &claim, &confirm, &made, &error), error);
  g_array_append_val (studio->claims, made);
}

static void
check_in (Desk *desk, Studio *studio, guint n)
{
  SlCheckinParams params = { .booking_id = g_array_index (studio->claims, SlId, n % studio->claims->len) };
  g_autoptr (GError) error = NULL;
  SlId made;
  must (sl_op_checkin (desk->log, &params, &made, &error), error);
}

static void
edit (Desk *desk, Studio *studio, gboolean member)
{
  g_autoptr (SlFields) fields = sl_fields_new (member ? SL_ENTITY_MEMBER : SL_ENTITY_SESSION);
  g_autoptr (GError) error = NULL;
  if (member)
    sl_fields_set_int (fields, "marketing", g_rand_int_range (studio->chance, 0, 2));
  else
    sl_fields_set_text (fields, "notes", "bring a mat");
  must (sl_op_edit (desk->log, any (studio, member ? studio->members : studio->sessions), fields, &error), error);
}

/* Of forty operations 24 book, 11 check in, 4 edit a member and 1 a session. */
static void
live (Desk *desk, Studio *studio, guint operations)
{
  guint booked = 0, came = 0;
  for (guint i = 0; i < operations; i++)
    {
      guint at = i % 40;
      if (i % PER_COMMIT == 0)
        begin (desk);
      if (at == 39)
        edit (desk, studio, FALSE);
      else if (at % 10 == 9)
        edit (desk, studio, TRUE);
      else if (at == 38 || at % 10 % 3 != 2)
        book (desk, studio, booked++);
      else
        check_in (desk, studio, came++);
      if ((i + 1) % PER_COMMIT == 0 || i + 1 == operations)
        commit (desk);
    }
}

/* --- who comes in --- */

static void
invite (Desk *host, const char *path, const SlId *location)
{
  g_autoptr (GError) error = NULL;
  must (sl_oplog_invite (host->log, &sl_actor_owner, path, location, &error), error);
}

static void
join (Desk *desk, const char *path)
{
  g_autoptr (GError) error = NULL;
  gboolean invalid;
  desk->log = sl_oplog_join (desk->store, &desk->world.base, path, "Desk", &invalid, &error);
  must (desk->log != NULL, error);
}

static guint64
carry (Desk *from, Desk *to, double *out_write, double *out_take, double *out_mib)
{
  g_autofree char *path = path_of (from, "stick");
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  SlSyncWritten written;
  gint64 start_us = g_get_monotonic_time ();
  must (sl_sync_export (from->log, path, NULL, &written, &error), error);
  *out_write = seconds_since (start_us);
  *out_mib = file_mib (path);
  start_us = g_get_monotonic_time ();
  must (sl_sync_import (to->log, path, &result, &error), error);
  *out_take = seconds_since (start_us);
  must (result.waiting == 0 && result.quarantined->len == 0, NULL);
  return result.new_operations;
}

/* It says that it has all, so that the host may fold. */
static void
acknowledge (Desk *desk, Desk *host, const Studio *studio)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  g_autoptr (GError) error = NULL;
  double unused;
  begin (desk);
  sl_fields_set_text (fields, "language", "af");
  must (sl_op_edit (desk->log, any (studio, studio->members), fields, &error), error);
  commit (desk);
  (void) carry (desk, host, &unused, &unused, &unused);
}

static void
by_whole_log (Desk *host, Desk *guest)
{
  double write, take, mib;
  guint64 count = carry (host, guest, &write, &take, &mib);
  g_print ("join log       %" G_GUINT64_FORMAT " operations, %.1f MiB written in %.1f s | joined in %.1f s (%.0f/s), "
           "database %.0f MiB\n",
           count, mib, write, take, (double) count / take, database_mib (guest));
  assert_same (host, guest);
}

/* what: how the host's log is. */
static void
by_snapshot (Desk *host, const char *place, const char *name, guint64 seed, const Studio *studio, const char *what)
{
  Desk guest = { .dir = NULL };
  double unused;
  g_autofree char *path = path_of (host, "invitation");
  desk_begin (&guest, place, name, seed);
  guest.world.now_ms = host->world.now_ms;
  gint64 start_us = g_get_monotonic_time ();
  invite (host, path, &studio->location);
  double write = seconds_since (start_us), mib = file_mib (path);
  clock_t before = clock ();
  start_us = g_get_monotonic_time ();
  join (&guest, path);
  double take = seconds_since (start_us), busy = (double) (clock () - before) / CLOCKS_PER_SEC;
  g_print ("join snapshot  host's log %s: %.1f MiB written in %.1f s | joined in %.1f s (%.1f s of processor), "
           "database %.0f MiB\n",
           what, mib, write, take, busy, database_mib (&guest));
  (void) carry (&guest, host, &unused, &unused, &unused);
  assert_same (host, &guest);
  acknowledge (&guest, host, studio);
  desk_end (&guest);
}

static void
fold (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  SlPruneResult result;
  double before = database_mib (desk);
  gint64 start_us = g_get_monotonic_time ();
  must (sl_oplog_prune (desk->log, 1, &result, &error), error);
  g_print ("join fold      %" G_GUINT64_FORMAT " operations in %.1f s, snapshot %.1f MiB | database %.0f MiB, before "
           "%.0f MiB\n",
           result.operations, seconds_since (start_us), (double) result.snapshot_bytes / MIB, database_mib (desk),
           before);
}

static void
run (const char *place, guint operations)
{
  Desk host = { .dir = NULL }, guest = { .dir = NULL };
  Studio studio = { .chance = g_rand_new_with_seed (1) };
  g_autoptr (GError) error = NULL;
  const SlFoundParams params = { .name = "Bench", .currency = "ZAR", .location_name = "Obs",
                                 .timezone = "Africa/Johannesburg", .device_name = "Desk" };
  double unused;
  GArray **lists[] = { &studio.members, &studio.sessions, &studio.lots, &studio.claims };
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    *lists[i] = g_array_new (FALSE, FALSE, sizeof (SlId));
  desk_begin (&host, place, "host", 1);
  host.log = sl_oplog_found (host.store, &host.world.base, &params, &studio.location, &error);
  must (host.log != NULL, error);
  desk_begin (&guest, place, "guest", 2);
  g_autofree char *invitation = path_of (&host, "invitation");
  invite (&host, invitation, &studio.location);
  join (&guest, invitation);
  (void) carry (&guest, &host, &unused, &unused, &unused);
  gint64 start_us = g_get_monotonic_time ();
  make_things (&host, &studio, operations);
  live (&host, &studio, operations);
  g_print ("join studio    %u operations by one desk in %.1f s, database %.0f MiB\n", operations,
           seconds_since (start_us), database_mib (&host));
  by_whole_log (&host, &guest);
  host.world.now_ms += (SL_FOLD_AGE_DAYS + 1) * SL_DAY_MS;
  guest.world.now_ms = host.world.now_ms;
  acknowledge (&guest, &host, &studio);
  by_snapshot (&host, place, "third", 3, &studio, "whole");
  (void) carry (&host, &guest, &unused, &unused, &unused);
  acknowledge (&guest, &host, &studio);
  fold (&host);
  by_snapshot (&host, place, "fourth", 4, &studio, "folded");
  desk_end (&host);
  desk_end (&guest);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_array_unref (*lists[i]);
  g_rand_free (studio.chance);
}

int
main (int argc, char **argv)
{
  guint operations = OPERATIONS;
  const char *place = ".";
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--quick"))
      operations = OPERATIONS_QUICK;
    else
      place = argv[i];
  g_autofree char *fresh = g_build_filename (place, "bench-join-XXXXXX", NULL);
  must (g_mkdtemp (fresh) != NULL, NULL);
  run (fresh, operations);
  return 0;
}
