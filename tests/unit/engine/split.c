/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-split"

#include "split.h"

#include <glib/gstdio.h>
#include <string.h>

#include "desk-fixture.h"
#include "engine/exchange.h"
#include "engine/schedule.h"

/* All ways are sessions of one studio, an hour apart, so that one cut and one exchange serve them all. */

#define WAYS_MAX 66
#define DESKS_MAX (SPLIT_DEVICES_MAX + 1) /* with a copy */
#define WALK_INS_MAX 32                   /* who ever ask for one session at one desk */
#define EXCHANGE_ROUNDS_MAX 12

typedef struct {
  SlId id;
  guint share[SPLIT_DEVICES_MAX];
} Way;

typedef struct {
  Desk desk;
  SlId people[WALK_INS_MAX];
  gboolean met[WALK_INS_MAX];
  guint tried[WAYS_MAX]; /* who has asked so far, in the order of people */
  gboolean is_copy;
} Counter;

/* A log on its way: of one device, or of all that it holds. */
typedef struct {
  guint to;
  char *file;
} Letter;

typedef struct {
  const SplitCase *split;
  SplitCount *count;
  Counter counters[DESKS_MAX];
  guint n_desks;
  Way ways[WAYS_MAX];
  guint n_ways;
  GArray *bookings; /* of SlId: accepted */
  guint64 accepted_of[WAYS_MAX];
  GPtrArray *letters; /* of Letter */
  GRand *random;
  guint files;
} Split;

/* split_kind_name: for people. */
const char *
split_kind_name (SplitKind kind)
{
  static const char *const names[SPLIT_LAST] = { "apart", "moves in flight", "copied disk", "restored backup" };

  return names[kind];
}

/* split_ways: how many ways there are to share the rights. */
guint
split_ways (guint devices)
{
  return devices == 2 ? SPLIT_RIGHTS + 1 : (SPLIT_RIGHTS + 1) * (SPLIT_RIGHTS + 2) / 2;
}

static void
free_letter (gpointer data)
{
  Letter *letter = data;

  g_free (letter->file);
  g_free (letter);
}

static guint
below (Split *split, guint n)
{
  return (guint) g_rand_int_range (split->random, 0, (gint32) n);
}

static void
shuffle (Split *split, guint *numbers, guint n)
{
  for (guint i = n; i > 1; i--)
    {
      guint j = below (split, i), kept = numbers[i - 1];

      numbers[i - 1] = numbers[j];
      numbers[j] = kept;
    }
}

/* --- exchange by file --- */

static char *
new_file (Split *split, guint from)
{
  g_autofree char *name = g_strdup_printf ("split-%u", split->files++);

  return sl_temp_dir_file (split->counters[from].desk.dir, name);
}

static void
take (Split *split, guint to, const char *file, gboolean segments)
{
  Desk *desk = &split->counters[to].desk;
  g_auto (SlImportResult) imported = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean taken = segments ? sl_exchange_sync_import (desk->engine, &desk->owner, file, &imported, &refusal, &failure)
                            : sl_exchange_import (desk->engine, &desk->owner, file, &imported, &refusal, &failure);

  g_assert_no_error (failure);
  g_assert_true (taken);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  for (guint i = 0; i < imported.quarantined->len; i++)
    {
      const char *reason = g_array_index (imported.quarantined, SlQuarantined, i).reason;

      /* It waits for what came to its author by a file that is still on its way, or lies beyond a cut. */
      g_assert_true (g_str_equal (reason, "no_rights") || g_str_equal (reason, "revoked"));
    }
}

/* since (nullable). The lines or the segments of one log, as chance has it. */
static char *
write_log (Split *split, guint from, GHashTable *since, gboolean *out_segments)
{
  Desk *desk = &split->counters[from].desk;
  char *file = new_file (split, from);
  SlExportResult lines;
  SlSyncWritten written;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean done;

  *out_segments = below (split, 2) == 1;
  done = *out_segments
             ? sl_exchange_sync_export (desk->engine, &desk->owner, file, since, &written, &refusal, &failure)
             : sl_exchange_export (desk->engine, &desk->owner, file, since, FALSE, &lines, &refusal, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  return file;
}

static void
give (Split *split, guint from, guint to)
{
  gboolean segments;
  g_autofree char *file = write_log (split, from, NULL, &segments);

  take (split, to, file, segments);
  g_assert_cmpint (g_remove (file), ==, 0);
}

/* Only its own chain: what it rests on may come later. */
static void
post_own (Split *split, guint from, guint to)
{
  Desk *desk = &split->counters[from].desk;
  g_autoptr (GHashTable) since = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  Letter *letter = g_new0 (Letter, 1);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (desk->engine), &failure);
  SlExportResult written;

  g_assert_no_error (failure);
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      guint64 *seq = g_new (guint64, 1);

      *seq = chain->own ? 0 : chain->head_seq;
      g_hash_table_insert (since, sl_id_copy (&chain->replica), seq);
    }
  letter->to = to;
  letter->file = new_file (split, from);
  g_assert_true (
      sl_oplog_export (sl_engine_get_log (desk->engine), letter->file, since, FALSE, &written, &failure));
  g_assert_no_error (failure);
  g_ptr_array_add (split->letters, letter);
}

static void
deliver_one (Split *split)
{
  guint i = below (split, split->letters->len);
  const Letter *letter = split->letters->pdata[i];

  take (split, letter->to, letter->file, FALSE);
  g_ptr_array_remove_index_fast (split->letters, i);
}

static gboolean
all_agree (Split *split)
{
  SlHash first, other;

  for (guint i = 0; i < split->n_desks; i++)
    {
      g_autoptr (GError) failure = NULL;

      g_assert_true (sl_oplog_state_hash (sl_engine_get_log (split->counters[i].desk.engine), i == 0 ? &first : &other,
                                          &failure));
      if (i > 0 && memcmp (first.bytes, other.bytes, SL_HASH_BYTES) != 0)
        return FALSE;
    }
  return TRUE;
}

/* Every pair once, in any order, until nothing changes any more; what falls due meanwhile is done. */
static void
exchange (Split *split, gboolean run_due)
{
  guint pairs[DESKS_MAX * DESKS_MAX], n_pairs = split->n_desks * split->n_desks;
  gboolean settled = FALSE;

  for (guint round = 0; round < EXCHANGE_ROUNDS_MAX && !settled; round++)
    {
      gint64 before = 0, after = 0;

      for (guint i = 0; i < split->n_desks; i++)
        before += desk_operations (&split->counters[i].desk);
      for (guint i = 0; i < n_pairs; i++)
        pairs[i] = i;
      shuffle (split, pairs, n_pairs);
      for (guint i = 0; i < n_pairs; i++)
        if (pairs[i] / split->n_desks != pairs[i] % split->n_desks)
          give (split, pairs[i] / split->n_desks, pairs[i] % split->n_desks);
      for (guint i = 0; i < split->n_desks; i++)
        {
          if (run_due)
            (void) desk_run_due (&split->counters[i].desk);
          after += desk_operations (&split->counters[i].desk);
        }
      settled = before == after && all_agree (split);
    }
}

/* --- the studio --- */

static void
move_rights (Split *split, guint from, guint to, const Way *way, guint spots)
{
  Desk *desk = &split->counters[from].desk;
  SlId receiver;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  if (spots == 0 || from == to)
    return;
  sl_engine_get_replica (split->counters[to].desk.engine, &receiver);
  g_assert_true (
      sl_exchange_move_rights (desk->engine, &desk->owner, &way->id, &receiver, spots, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
make_sessions (Split *split)
{
  Desk *founder = &split->counters[0].desk;
  SlId service = desk_service (founder, 0, SPLIT_RIGHTS, 60);

  for (guint first = 0; first <= SPLIT_RIGHTS; first++)
    for (guint second = 0; second <= SPLIT_RIGHTS - first; second++)
      {
        guint rest = SPLIT_RIGHTS - first - second;

        if (split->split->devices == 2 && rest > 0)
          continue;
        split->ways[split->n_ways] = (Way){ .share = { first, second, rest } };
        split->ways[split->n_ways].id
            = desk_session (founder, &service, MORNING + HOURS (2 + (gint64) split->n_ways));
        split->n_ways++;
      }
  g_assert_cmpuint (split->n_ways, ==, split_ways (split->split->devices));
}

static void
open_studio (Split *split)
{
  static const char *const names[] = { "", "Second desk", "Third desk" };

  split->n_desks = split->split->devices;
  desk_open_seeded (&split->counters[0].desk, 100 + split->split->seed);
  for (guint i = 1; i < split->n_desks; i++)
    desk_join (&split->counters[i].desk, &split->counters[0].desk, names[i]);
  make_sessions (split);
  exchange (split, FALSE);
}

/* Straight from the founder, and everybody has heard of it. */
static void
share_at_once (Split *split)
{
  for (guint i = 0; i < split->n_ways; i++)
    for (guint to = 1; to < split->n_desks; to++)
      move_rights (split, 0, to, &split->ways[i], split->ways[i].share[to]);
  exchange (split, FALSE);
}

/* By way of the second device, which passes on what is others', some of it back where it came from. Each has heard only
 * of what it does itself; the files are on their way. */
static void
share_by_post (Split *split)
{
  for (guint i = 0; i < split->n_ways; i++)
    move_rights (split, 0, 1, &split->ways[i], SPLIT_RIGHTS);
  post_own (split, 0, 1);
  for (guint to = 2; to < split->n_desks; to++)
    post_own (split, 0, to);
  take (split, 1, ((Letter *) split->letters->pdata[0])->file, FALSE);
  for (guint i = 0; i < split->n_ways; i++)
    for (guint to = 0; to < split->n_desks; to++)
      move_rights (split, 1, to, &split->ways[i], split->ways[i].share[to]);
  for (guint to = 0; to < split->n_desks; to++)
    if (to != 1)
      post_own (split, 1, to);
}

/* --- walk-ins --- */

/* Somebody new comes to the desk and asks for a spot. */
static gboolean
walk_in (Split *split, guint at, guint way)
{
  Counter *counter = &split->counters[at];
  guint person = counter->tried[way]++;
  SlBookingRequest request = { .session_id = split->ways[way].id, .spots = 1 };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_cmpuint (person, <, WALK_INS_MAX);
  if (!counter->met[person])
    counter->people[person] = desk_member (&counter->desk, "Walk-in");
  counter->met[person] = TRUE;
  request.member_id = counter->people[person];
  g_assert_true (
      sl_booking_book (counter->desk.engine, &counter->desk.owner, &request, &result, &refusal, &failure));
  g_assert_no_error (failure);
  split->count->walk_ins++;
  if (refusal.code != SL_REFUSAL_NONE)
    {
      g_assert_true (refusal.code == SL_REFUSAL_SPOTS_ELSEWHERE || refusal.code == SL_REFUSAL_CLASS_FULL);
      return FALSE;
    }
  g_assert_cmpint (result.status, ==, SL_BOOKING_CONFIRMED);
  g_array_append_val (split->bookings, result.booking_id);
  split->accepted_of[way]++;
  split->count->accepted++;
  split->count->by_copies += counter->is_copy;
  return TRUE;
}

/* Until it refuses one, and at least so many of those who come first. */
static void
sell (Split *split, guint at, guint way)
{
  guint least = split->counters[at].tried[way] == 0 ? SPLIT_WALK_INS : 1;
  gboolean accepted = TRUE;

  for (guint n = 0; accepted || n < least; n++)
    accepted = walk_in (split, at, way);
}

/* All devices and sessions in any order; the post comes in between. */
static void
sell_everywhere (Split *split)
{
  guint visits[DESKS_MAX * WAYS_MAX], n = split->n_desks * split->n_ways;

  for (guint i = 0; i < n; i++)
    visits[i] = i;
  shuffle (split, visits, n);
  for (guint i = 0; i < n; i++)
    {
      sell (split, visits[i] / split->n_ways, visits[i] % split->n_ways);
      if (split->letters->len > 0 && below (split, n / 4) == 0)
        deliver_one (split);
    }
}

/* --- copies and backups --- */

static void
copy_disk (Split *split)
{
  Counter *copy = &split->counters[split->n_desks];
  Desk *desk = &split->counters[split->split->which].desk;
  g_autoptr (GError) failure = NULL;
  int status;

  copy->desk.dir = sl_temp_dir_new ();
  g_autofree char *from = g_strconcat (desk->dir->path, "/.", NULL);
  const char *argv[] = { "cp", "-a", from, copy->desk.dir->path, NULL };
  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (status, ==, 0);
  sl_fake_world_init (&copy->desk.world, desk->world.now_ms, 7777);
  copy->desk.engine = sl_engine_open (copy->desk.dir->path, &copy->desk.world.base, &failure);
  g_assert_no_error (failure);
  sl_actor_init_owner (&copy->desk.owner);
  copy->is_copy = TRUE;
  split->n_desks++;
}

static char *
back_up (Split *split)
{
  Desk *desk = &split->counters[split->split->which].desk;
  char *file = sl_temp_dir_file (desk->dir, "split.backup");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_exchange_backup (desk->engine, &desk->owner, file, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return file;
}

/* Its sales have reached another device by then: what nobody else has is gone with a disk. */
static void
restore (Split *split, const char *backup)
{
  guint which = split->split->which;
  Counter *counter = &split->counters[which];
  SlRestoreResult restored = { 0 };
  g_autoptr (GError) failure = NULL;

  give (split, which, (which + 1 + below (split, split->n_desks - 1)) % split->n_desks);
  g_clear_pointer (&counter->desk.engine, sl_engine_close);
  g_assert_true (
      sl_exchange_restore (counter->desk.dir->path, &counter->desk.world.base, backup, NULL, &restored, &failure));
  g_assert_no_error (failure);
  sl_restore_result_clear (&restored);
  counter->desk.engine = sl_engine_open (counter->desk.dir->path, &counter->desk.world.base, &failure);
  g_assert_no_error (failure);
  counter->is_copy = TRUE;
  memset (counter->tried, 0, sizeof counter->tried);
  memset (counter->met, 0, sizeof counter->met); /* the backup does not know them */
}

/* --- the end --- */

static void
count_bookings (Split *split, Desk *desk)
{
  for (guint i = 0; i < split->bookings->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (SlBookingView) view
          = sl_booking_show (desk->engine, &g_array_index (split->bookings, SlId, i), &failure);

      if (view == NULL || view->status != SL_BOOKING_CONFIRMED)
        split->count->lost++;
    }
}

static void
count_spots (Split *split)
{
  for (guint way = 0; way < split->n_ways; way++)
    {
      gint64 most = (gint64) split->accepted_of[way];

      for (guint i = 0; i < split->n_desks; i++)
        {
          SlSessionCounts counts;
          g_autoptr (GError) failure = NULL;

          g_assert_true (
              sl_session_counts (split->counters[i].desk.engine, &split->ways[way].id, &counts, &failure));
          g_assert_cmpint (counts.capacity, ==, SPLIT_RIGHTS);
          most = MAX (most, counts.confirmed + counts.held);
        }
      split->count->overbooked += (guint64) MAX (most - SPLIT_RIGHTS, 0);
      split->count->unsold += (guint64) MAX (SPLIT_RIGHTS - (gint64) split->accepted_of[way], 0);
    }
}

static void
count_all (Split *split)
{
  split->count->ways += split->n_ways;
  split->count->astray += all_agree (split) ? 0 : 1;
  count_spots (split);
  for (guint i = 0; i < split->n_desks; i++)
    {
      Desk *desk = &split->counters[i].desk;
      g_auto (SlVerifyResult) verified = { 0 };
      g_autoptr (GError) failure = NULL;

      count_bookings (split, desk);
      g_assert_true (sl_exchange_verify (desk->engine, &verified, &failure));
      for (guint p = 0; p < verified.problems->len; p++)
        g_message ("device %u: %s", i, (const char *) verified.problems->pdata[p]);
      split->count->astray += verified.problems->len > 0;
      desk_close (desk, NULL);
    }
}

/**
 * split_run:
 * @split: what happens
 * @inout_count: what came of it is added here
 *
 * Makes a studio, sells every session in it, compares what all devices hold in the end. A command that fails, or is
 * refused for another reason than that there is no spot, ends the program. Writes under the directory for temporary
 * files and leaves nothing there.
 */
void
split_run (const SplitCase *split_case, SplitCount *inout_count)
{
  Split split = { .split = split_case, .count = inout_count };
  g_autofree char *backup = NULL;
  gboolean reborn = split_case->kind == SPLIT_COPY || split_case->kind == SPLIT_RESTORE;

  g_assert_true (split_case->devices >= 2 && split_case->devices <= SPLIT_DEVICES_MAX
                 && split_case->which < split_case->devices);
  split.random = g_rand_new_with_seed ((guint32) split_case->seed);
  split.bookings = g_array_new (FALSE, FALSE, sizeof (SlId));
  split.letters = g_ptr_array_new_with_free_func (free_letter);
  open_studio (&split);
  if (split_case->kind == SPLIT_IN_FLIGHT)
    share_by_post (&split);
  else
    share_at_once (&split);
  if (split_case->kind == SPLIT_COPY)
    copy_disk (&split);
  if (split_case->kind == SPLIT_RESTORE)
    backup = back_up (&split);
  sell_everywhere (&split);
  while (split.letters->len > 0)
    deliver_one (&split);
  if (split_case->kind == SPLIT_RESTORE)
    restore (&split, backup);
  if (split_case->kind == SPLIT_IN_FLIGHT || split_case->kind == SPLIT_RESTORE)
    sell_everywhere (&split);
  exchange (&split, reborn);
  sell_everywhere (&split);
  exchange (&split, reborn);
  count_all (&split);
  g_ptr_array_unref (split.letters);
  g_array_unref (split.bookings);
  g_rand_free (split.random);
}
