/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-merge"

/* Two desks that were cut off merge what each has done: verified, logged, durable, beside SQLite that takes as many
 * plain rows and asks nothing. */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "core/crypto.h"
#include "fake-world.h"
#include "oplog/oplog.h"
#include "oplog/prune.h"
#include "oplog/sync-file.h"
#include "plain-merge.h"

#define START_MS G_GINT64_CONSTANT (1772409600000) /* 2026-03-02T00:00:00Z */
#define MEMBERS 1000
#define SESSIONS 400
#define LOTS 50
#define CAPACITY 80 /* half of it lies at each desk, and is enough for what it books */
#define LOT_CREDITS G_GINT64_CONSTANT (100000)
#define PLAIN_RUNS 5
#define LOCAL_COMMITS 4000 /* that are timed, ours and plain ones */
#define LOCAL_BATCH 1000   /* the others a transaction: they are not measured */
#define DAY_MS G_GINT64_CONSTANT (86400000)
#define SHARED_PERCENT 10 /* of the rows that each touches, both touch */

typedef struct {
  guint members, sessions, bookings, checkins;
} Work;
static const Work work_full = { 2000, 500, 12000, 5500 };

typedef struct {
  SlFakeWorld world;
  char *dir;
  SlStore *store;
  SlOplog *log;
  GArray *claims; /* of SlId, own */
  GRand *chance;
  guint half; /* 0 or 1: which rows it has for itself */
} Desk;

typedef struct {
  SlId location, members[MEMBERS], sessions[SESSIONS], lots[LOTS];
} Shared;

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
  desk->claims = g_array_new (FALSE, FALSE, sizeof (SlId));
  desk->chance = g_rand_new_with_seed ((guint32) seed);
}

static void
remove_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      (void) g_unlink (file);
    }
  (void) g_rmdir (path);
}

static void
desk_end (Desk *desk)
{
  sl_oplog_close (desk->log);
  sl_store_close (desk->store);
  g_array_unref (desk->claims);
  g_rand_free (desk->chance);
  remove_files (desk->dir);
  g_free (desk->dir);
}

static void
desk_join (Desk *desk, Desk *host, const SlId *location)
{
  g_autofree char *invitation = path_of (host, "invitation");
  g_autoptr (GError) error = NULL;
  gboolean invalid;
  must (sl_oplog_invite (host->log, &sl_actor_owner, invitation, location, &error), error);
  desk->log = sl_oplog_join (desk->store, &desk->world.base, invitation, "Desk", &invalid, &error);
  must (desk->log != NULL, error);
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

/* --- what they share --- */

static void
make_members (Desk *desk, Shared *shared)
{
  g_autoptr (GError) error = NULL;
  begin (desk);
  for (guint i = 0; i < MEMBERS; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
      g_autofree char *name = g_strdup_printf ("Member %u", i);
      sl_fields_set_text (fields, "first", name);
      sl_fields_set_text (fields, "status", "active");
      must (sl_op_create (desk->log, fields, &shared->members[i], &error), error);
    }
  commit (desk);
}

static void
make_sessions_and_lots (Desk *desk, Shared *shared)
{
  g_autoptr (GError) error = NULL;
  begin (desk);
  for (guint i = 0; i < SESSIONS; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
      sl_fields_set_id (fields, "location_id", &shared->location);
      sl_fields_set_int (fields, "start_ms", START_MS + (gint64) i * 3600000);
      sl_fields_set_int (fields, "published", 1);
      must (sl_op_session_create (desk->log, fields, CAPACITY, &shared->sessions[i], &error), error);
    }
  for (guint i = 0; i < LOTS; i++)
    {
      SlLotParams params = { .member_id = shared->members[i], .credits_hundredths = 2 * LOT_CREDITS };
      must (sl_op_lot_create (desk->log, &params, &shared->lots[i], &error), error);
    }
  commit (desk);
}

static void
give_half (Desk *from, Desk *to, const Shared *shared)
{
  g_autoptr (GError) error = NULL;
  begin (from);
  for (guint i = 0; i < SESSIONS; i++)
    must (sl_op_session_move (from->log, &shared->sessions[i], sl_oplog_get_replica (to->log), CAPACITY / 2, &error),
          error);
  for (guint i = 0; i < LOTS; i++)
    must (sl_op_lot_move (from->log, &shared->lots[i], sl_oplog_get_replica (to->log), LOT_CREDITS, &error), error);
  commit (from);
}

static void
carry (Desk *from, Desk *to)
{
  g_autofree char *path = path_of (from, "stick");
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  SlSyncWritten written;
  must (sl_sync_export (from->log, path, NULL, &written, &error), error);
  must (sl_sync_import (to->log, path, &result, &error), error);
  must (result.waiting == 0 && result.quarantined->len == 0, NULL);
}

/* --- what each does while cut off --- */

/* A tenth of what each touches is among the first tenth of the rows, which both touch; the rest in its own half. */
static guint
pick (Desk *desk, guint n)
{
  guint shared = n * SHARED_PERCENT / 100, own = (n - shared) / 2;
  if (g_rand_int_range (desk->chance, 0, 100) < SHARED_PERCENT)
    return (guint) g_rand_int_range (desk->chance, 0, (gint32) shared);
  return shared + desk->half * own + (guint) g_rand_int_range (desk->chance, 0, (gint32) own);
}

static void
edit_member (Desk *desk, const Shared *shared)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  g_autoptr (GError) error = NULL;
  switch (g_rand_int_range (desk->chance, 0, 3))
    {
    case 0:
      sl_fields_set_text (fields, "language", desk->half == 0 ? "af" : "zu");
      break;
    case 1:
      sl_fields_set_int (fields, "marketing", g_rand_int_range (desk->chance, 0, 2));
      break;
    default:
      sl_fields_set_text (fields, "phone", "+27825550444");
    }
  must (sl_op_edit (desk->log, &shared->members[pick (desk, MEMBERS)], fields, &error), error);
}

static void
edit_session (Desk *desk, const Shared *shared)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autoptr (GError) error = NULL;
  if (g_rand_boolean (desk->chance))
    sl_fields_set_text (fields, "notes", "bring a mat");
  else
    sl_fields_set_int (fields, "end_ms", START_MS + g_rand_int (desk->chance));
  must (sl_op_edit (desk->log, &shared->sessions[pick (desk, SESSIONS)], fields, &error), error);
}

/* paid: from a lot; the others are free. */
static void
book (Desk *desk, const Shared *shared, gboolean paid)
{
  SlSpend spend = { .lot_id = shared->lots[g_rand_int_range (desk->chance, 0, LOTS)], .amount_hundredths = 100 };
  SlClaimParams claim = { .session_id = shared->sessions[desk->claims->len % SESSIONS],
                          .member_id = shared->members[pick (desk, MEMBERS)],
                          .type = SL_CLAIM_BOOKING,
                          .channel = SL_CHANNEL_DESK,
                          .spots = 1 };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = paid ? 1 : 0 };
  g_autoptr (GError) error = NULL;
  SlId made;
  must (sl_op_book (desk->log, &claim, &confirm, &made, &error), error);
  g_array_append_val (desk->claims, made);
}

static void
check_in (Desk *desk, guint i)
{
  SlCheckinParams params = { .booking_id = g_array_index (desk->claims, SlId, i % desk->claims->len) };
  g_autoptr (GError) error = NULL;
  SlId made;
  must (sl_op_checkin (desk->log, &params, &made, &error), error);
}

static guint
total_of (const Work *work)
{
  return work->members + work->sessions + work->bookings + work->checkins;
}

/* All kinds in turn; the first so many each in a transaction of its own. Gives those a second. */
static double
do_work (Desk *desk, const Shared *shared, const Work *work, guint durable)
{
  Work done = { 0 };
  guint total = total_of (work);
  double rate = 0;
  gint64 start_us = g_get_monotonic_time ();
  for (guint i = 0; i < total; i++)
    {
      guint batch = i < durable ? 1 : LOCAL_BATCH;
      if (i % batch == 0)
        begin (desk);
      if (done.bookings * (guint64) total <= (guint64) i * work->bookings && done.bookings < work->bookings)
        book (desk, shared, done.bookings++ % 10 == 0);
      else if (done.checkins < work->checkins && done.checkins * (guint64) total <= (guint64) i * work->checkins)
        check_in (desk, done.checkins++);
      else if (done.members < work->members && done.members * (guint64) total <= (guint64) i * work->members)
        edit_member (desk, shared), done.members++;
      else if (done.sessions < work->sessions)
        edit_session (desk, shared), done.sessions++;
      else if (done.members < work->members)
        edit_member (desk, shared), done.members++;
      else if (done.checkins < work->checkins)
        check_in (desk, done.checkins++);
      else
        book (desk, shared, done.bookings++ % 10 == 0);
      if ((i + 1) % batch == 0 || i + 1 == total)
        commit (desk);
      if (i + 1 == durable)
        rate = durable / seconds_since (start_us);
    }
  return rate;
}

/* --- figures --- */

static gint64
file_bytes (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (desk, SL_STORE_FILE);
  GStatBuf info;
  must (sl_store_checkpoint (desk->store, &error), error);
  must (g_stat (path, &info) == 0, NULL);
  return info.st_size;
}

static GHashTable *
vector_of (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (desk->log, &error);
  GHashTable *vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  must (chains != NULL, error);
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      g_hash_table_insert (vector, sl_id_copy (&info->replica), g_memdup2 (&info->head_seq, sizeof info->head_seq));
    }
  return vector;
}

typedef struct {
  guint batch;
  guint64 operations;  /* new ones */
  double rate, cpu_us; /* operations a second; processor time of each */
  SlSyncWritten written;
  gint64 packed_bytes;
} Merged;

static double
cpu_us_now (void)
{
  struct rusage usage;
  must (getrusage (RUSAGE_SELF, &usage) == 0, NULL);
  return 1e6 * (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static Merged
merge (Desk *from, Desk *to, GHashTable *since, guint batch)
{
  Merged merged = { .batch = batch };
  g_autofree char *path = path_of (from, "stick");
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  GStatBuf info;
  must (sl_sync_export (from->log, path, since, &merged.written, &error), error);
  must (g_stat (path, &info) == 0, NULL);
  merged.packed_bytes = info.st_size;
  (void) file_bytes (to);
  gint64 start_us = g_get_monotonic_time ();
  double cpu_us = cpu_us_now ();
  must (sl_sync_take (to->log, path, batch, &result, &error), error);
  merged.operations = result.new_operations;
  merged.rate = (double) result.new_operations / seconds_since (start_us);
  merged.cpu_us = (cpu_us_now () - cpu_us) / (double) result.new_operations;
  if (result.waiting != 0 || result.quarantined->len != 0)
    g_error ("%" G_GUINT64_FORMAT " wait, %u quarantined (%s)", result.waiting, result.quarantined->len,
             result.quarantined->len > 0 ? g_array_index (result.quarantined, SlQuarantined, 0).reason : "");
  return merged;
}

/* Everybody has heard of everything, weeks ago: what may be folded is. Gives the bytes of the snapshot that is kept. */
static guint64
prune (Desk *desk, Desk *other, const Shared *shared)
{
  Desk *const desks[] = { desk, other };
  g_autoptr (GError) error = NULL;
  SlPruneResult result = { 0 };
  for (guint i = 0; i < 4; i++)
    {
      Desk *from = desks[i % 2], *to = desks[1 - i % 2];
      from->world.now_ms += 2 * SL_FOLD_AGE_DAYS * DAY_MS / (i < 2 ? 1 : 60);
      begin (from);
      edit_member (from, shared); /* carries what it has seen */
      commit (from);
      carry (from, to);
    }
  must (sl_oplog_prune (desk->log, 1, &result, &error), error);
  must (result.operations > 0, NULL);
  return result.snapshot_bytes;
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

/* The statements that make our tables of what is merged, with the indexes that the door and the desk look things up
 * by. */
static char *
tables_of (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (SlRows) rows =
      sl_store_query (desk->store,
                      "SELECT sql FROM sqlite_schema WHERE tbl_name IN ('member', 'session', 'claim', 'checkin') AND "
                      "type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC",
                      "");
  while (sl_rows_next (rows))
    g_string_append_printf (sql, "%s;", sl_rows_text (rows, 0));
  must (sl_rows_finish (rows, &error), error);
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static double
median_plain (const char *place, const Work *work, const char *tables)
{
  const SlPlainRows rows = { work->members, work->sessions, work->bookings, work->checkins };
  double rates[PLAIN_RUNS];
  for (guint i = 0; i < PLAIN_RUNS; i++)
    {
      double rate = sl_plain_merge_rate (place, &rows, tables, SL_STORE_CACHE_KIB);
      guint at = i;
      for (; at > 0 && rates[at - 1] > rate; at--)
        rates[at] = rates[at - 1];
      rates[at] = rate;
    }
  return rates[PLAIN_RUNS / 2];
}

/* Each operation on disk before the next, beside a plain row and its log row in a commit of their own. */
static void
tell_local (Desk *desk, const char *place, guint commits, double rate)
{
  g_autofree char *tables = tables_of (desk);
  double rows = sl_plain_commit_rate (place, commits, NULL, SL_STORE_CACHE_KIB);
  double same = sl_plain_commit_rate (place, commits, tables, SL_STORE_CACHE_KIB);
  g_print ("merge local    %u operations, each durable: %.0f/s | SQLite commits of a bare row and a log row: %.0f/s, "
           "ratio %.2f (aim >= 0.70) | of a row of our tables: %.0f/s, ratio %.2f\n",
           commits, rate, rows, rate / rows, same, rate / same);
}

static void
tell_merged (const char *how, double aim, const Merged *merged, double rows, double same)
{
  g_print ("merge %s     %" G_GUINT64_FORMAT " operations in batches of %u: %.0f/s, %.1f us of processor each | one "
           "SQLite transaction of bare rows and log rows: %.0f/s, ratio %.2f (aim >= %.2f) | of rows of our tables, "
           "with their indexes: %.0f/s, ratio %.2f\n",
           how, merged->operations, merged->batch, merged->rate, merged->cpu_us, rows, merged->rate / rows, aim,
           same, merged->rate / same);
}

static void
tell_bytes (const Merged *merged, guint total, gint64 with_log, gint64 pruned, guint64 snapshot)
{
  double operations = (double) merged->written.operations;
  g_print ("merge bytes    an operation: on the wire %.1f (aim <= 70), packed %.1f; on disk with the log %.1f (aim <= "
           "180); pruned %.1f (aim <= 95), of which the snapshot that is kept %.1f\n",
           (double) merged->written.bytes / operations, (double) merged->packed_bytes / operations,
           (double) with_log / total, (double) pruned / total, (double) snapshot / total);
}

static void
share (Desk *a, Desk *b, const char *place, Shared *shared)
{
  g_autoptr (GError) error = NULL;
  const SlFoundParams params = { .name = "Bench", .currency = "ZAR", .location_name = "Obs",
                                 .timezone = "Africa/Johannesburg", .device_name = "Desk" };
  desk_begin (a, place, "a", 1);
  desk_begin (b, place, "b", 2);
  a->log = sl_oplog_found (a->store, &a->world.base, &params, &shared->location, &error);
  must (a->log != NULL, error);
  make_members (a, shared);
  make_sessions_and_lots (a, shared);
  desk_join (b, a, &shared->location);
  carry (b, a);
  give_half (a, b, shared);
  carry (a, b);
}

static void
split_and_merge (const char *place, const Work *work, gboolean merge_only)
{
  Desk a = { .half = 0 }, b = { .half = 1 };
  g_autofree Shared *shared = g_new0 (Shared, 1);
  guint total = total_of (work), durable = merge_only ? 0 : MIN (total, LOCAL_COMMITS);
  share (&a, &b, place, shared);
  g_autoptr (GHashTable) since = vector_of (&a);
  gint64 before = file_bytes (&b);

  double local = do_work (&a, shared, work, durable);
  if (durable > 0)
    tell_local (&a, place, durable, local);
  (void) do_work (&b, shared, work, 0);
  Merged live = merge (&b, &a, since, 500), bulk = merge (&a, &b, since, 5000);
  g_autofree char *tables = tables_of (&a);
  double rows = median_plain (place, work, NULL), same = median_plain (place, work, tables);
  tell_merged ("live", 0.23, &live, rows, same);
  tell_merged ("bulk", 0.55, &bulk, rows, same);
  assert_same (&a, &b);
  gint64 with_log = file_bytes (&b) - before;
  guint64 snapshot = prune (&b, &a, shared);
  tell_bytes (&live, 2 * total, with_log, file_bytes (&b) - before, snapshot);
  desk_end (&a);
  desk_end (&b);
}

int
main (int argc, char **argv)
{
  Work work = work_full;
  const char *place = NULL;
  gboolean merge_only = FALSE;
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--quick"))
      work = (Work){ 200, 50, 1200, 550 };
    else if (g_str_equal (argv[i], "--merge-only"))
      merge_only = TRUE;
    else
      place = argv[i];
  g_autofree char *parent = g_strdup (place != NULL ? place : ".");
  g_autofree char *fresh = g_build_filename (parent, "bench-merge-XXXXXX", NULL);
  must (g_mkdtemp (fresh) != NULL, NULL);
  split_and_merge (fresh, &work, merge_only);
  (void) g_rmdir (fresh);
  return 0;
}
