/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-door"

/* The door's way from a frame in memory to the decision on disk, and its commit beside a raw SQLite program's. */

#include "core/crypto.h"
#include "engine/booking.h"
#include "engine/checkin.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/pass.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/studio.h"
#include "fake-world.h"
#include "raw-sqlite.h"
#include "row-writes.h"
#include "scan/decoder.h"
#include "series.h"
#include "test-pictures.h"

#include <glib/gstdio.h>

#define MORNING_MS G_GINT64_CONSTANT (1772424000000) /* 2026-03-02T04:00:00Z */
#define FRAME_WIDTH_PX 1280
#define FRAME_HEIGHT_PX 720
#define CLASS_SPOTS 25       /* a large class of a small studio */
#define TURNS_MAX 8          /* frames that a person would wait for; the decoder takes its passes in turn */
#define ROW_BYTES 96         /* a row of ours with its index entry, rounded up in the peer's favour */
#define CHECKPOINT_EVERY 250 /* commits; between two measured ones, as the idle kiosk does */

typedef struct {
  SlFakeWorld world;
  char *dir;
  SlEngine *engine;
  SlActor owner;
  GPtrArray *codes;      /* a member's pass each */
  GArray *bookings;      /* and that member's booking, of SlId */
} Door;

/* A bench has nobody to tell: what fails ends it. */
static void
must (gboolean done, const SlRefusal *refusal, GError *error)
{
  if (!done)
    g_error ("%s", error != NULL ? error->message : "failed");
  if (refusal != NULL && refusal->code != SL_REFUSAL_NONE)
    g_error ("refused: %s", sl_refusal_name (refusal->code));
}

static void
found_studio (Door *door)
{
  SlStudioParams params = { .name = "Bench", .location_name = "Door", .timezone = "Africa/Johannesburg",
                            .owner_name = "Owner", .owner_pin = "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  must (sl_studio_init (door->dir, &door->world.base, &params, &founded, &refusal, &error), &refusal, error);
  door->engine = sl_engine_open (door->dir, &door->world.base, &error);
  must (door->engine != NULL, NULL, error);
  sl_actor_init_owner (&door->owner);
}

static void
add_service (Door *door, SlId *out_service)
{
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  sl_service_params_init (&params);
  params.name = "Vinyasa Flow";
  params.kind = "class";
  params.type = "yoga";
  params.duration_min = 60;
  params.capacity = CLASS_SPOTS;
  params.credits_hundredths = 0;
  must (sl_service_add (door->engine, &door->owner, &params, out_service, &refusal, &error), &refusal, error);
}

static void
add_session (Door *door, const SlId *service, SlId *out_session)
{
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  sl_session_params_init (&params);
  params.service = service;
  params.start_ms = MORNING_MS + 20 * 60 * 1000;
  must (sl_session_add (door->engine, &door->owner, &params, out_session, &refusal, &error), &refusal, error);
}

/* A member with a pass and a booking that is open for check-in now. */
static void
add_member (Door *door, guint number, const SlId *session)
{
  g_autofree char *last = g_strdup_printf ("Number %u", number);
  SlMemberParams params = { .first = "Thandi", .last = last };
  SlBookingRequest request = { .session_id = *session, .spots = 1 };
  g_auto (SlBookingResult) booked = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlPass) pass = NULL;
  g_autoptr (GError) error = NULL;

  must (sl_member_add (door->engine, &door->owner, &params, FALSE, &request.member_id, &refusal, &error), &refusal,
        error);
  must (sl_booking_book (door->engine, &door->owner, &request, &booked, &refusal, &error), &refusal, error);
  must (sl_pass_issue (door->engine, &door->owner, &request.member_id, &pass, &refusal, &error), &refusal, error);
  g_ptr_array_add (door->codes, g_strdup (pass->code));
  g_array_append_val (door->bookings, booked.booking_id);
}

static void
fill_studio (Door *door, guint members)
{
  SlId service, session;
  g_autoptr (GError) error = NULL;

  add_service (door, &service);
  for (guint i = 0; i < members; i++)
    {
      if (i % CLASS_SPOTS == 0)
        add_session (door, &service, &session);
      add_member (door, i, &session);
      if (i % CHECKPOINT_EVERY == 0)
        must (sl_engine_idle (door->engine, &error), NULL, error);
    }
}

/* By a member's pass, or by a tap on the roster where code is NULL. */
static void
check_in (Door *door, const char *code, guint number)
{
  SlCheckinRequest request = { .code = code };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (code == NULL)
    {
      request.booking_id = g_array_index (door->bookings, SlId, number);
      request.actor = &door->owner;
    }
  must (sl_checkin (door->engine, &request, &answer, &error), NULL, error);
  if (answer->result != SL_REFUSAL_NONE)
    g_error ("not let in: %s", sl_refusal_name (answer->result));
}

/* From a frame in memory to the decision on disk. A frame whose code no pass reads (few, and only of the hard
 * conditions) is left out and counted. */
static guint
measure_frames (Door *door, guint first, guint count, gboolean hard, SlSeries *series)
{
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  guint unread = 0;

  for (guint i = 0; i < count; i++)
    {
      const char *code = g_ptr_array_index (door->codes, first + i);
      guint condition = hard ? i % SL_TEST_PICTURE_CONDITIONS : 0;
      g_autofree guint8 *data = sl_test_picture_new (code, condition, i, FRAME_WIDTH_PX, FRAME_HEIGHT_PX);
      SlFrame frame = { data, FRAME_WIDTH_PX, FRAME_HEIGHT_PX, FRAME_WIDTH_PX };
      g_autoptr (GPtrArray) texts = NULL;
      gint64 started_us = g_get_monotonic_time ();

      for (guint turn = 0; turn < TURNS_MAX; turn++)
        {
          g_clear_pointer (&texts, g_ptr_array_unref);
          texts = sl_decoder_decode_pass (decoder, &frame, turn);
          if (texts->len > 0)
            break;
        }
      if (texts->len == 0)
        {
          unread++;
          continue;
        }
      check_in (door, g_ptr_array_index (texts, 0), first + i);
      sl_series_add (series, g_get_monotonic_time () - started_us);
    }
  return unread;
}

/* Check-ins and the peer's commits in turn, so that both meet the same disk. */
static void
measure_commits (Door *door, guint first, guint count, gboolean by_pass, SlRawSqlite *raw, SlSeries *ours,
                 SlSeries *theirs)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++)
    {
      gint64 started_us = g_get_monotonic_time ();

      check_in (door, by_pass ? g_ptr_array_index (door->codes, first + i) : NULL, first + i);
      sl_series_add (ours, g_get_monotonic_time () - started_us);
      sl_series_add (theirs, sl_raw_sqlite_commit (raw));
      if (i % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1)
        {
          must (sl_engine_idle (door->engine, &error), NULL, error);
          must (sl_store_checkpoint (door->engine->store, &error), NULL, error);
          sl_raw_sqlite_checkpoint (raw);
        }
    }
}

/* What one check-in writes. */
static SlRowWrites
count_writes (Door *door, const char *code)
{
  SlRowCount count;

  sl_row_count_begin (&count, sl_store_get_db (door->engine->store));
  check_in (door, code, 0);
  return sl_row_count_end (&count);
}

static gint64
file_bytes (Door *door)
{
  g_autofree char *path = g_build_filename (door->dir, SL_STORE_FILE, NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  must (sl_store_checkpoint (door->engine->store, &error), NULL, error);
  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

static gint64
one_number (Door *door, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;

  must (sl_store_query_int (door->engine->store, 0, &number, &error, sql, ""), NULL, error);
  return number;
}

static void
report (Door *door, guint members, guint frames, guint commits)
{
  g_autoptr (SlSeries) clean = sl_series_new ();
  g_autoptr (SlSeries) hard = sl_series_new ();
  guint next = 1, unread;
  SlRowWrites writes = count_writes (door, g_ptr_array_index (door->codes, 0));
  g_autofree char *beside = g_path_get_dirname (door->dir);
  g_autoptr (SlRawSqlite) raw = sl_raw_sqlite_open (beside, writes.rows - writes.updates, writes.updates, ROW_BYTES);
  g_autofree char *data_set = g_strdup_printf ("%u members booked, %" G_GINT64_FORMAT " operations", members,
                                               one_number (door, "SELECT count(*) FROM local_op"));
  g_autofree char *line = NULL;
  gint64 before_bytes, operations_before, operations, written_bytes;

  measure_frames (door, next, frames, FALSE, clean);
  next += frames;
  line = sl_series_to_string (clean);
  g_print ("frame to disk, clear pass   [%s; 1280x720]  %s  | aim p99 < 50 ms\n", data_set, line);
  g_clear_pointer (&line, g_free);

  unread = measure_frames (door, next, frames, TRUE, hard);
  next += frames;
  line = sl_series_to_string (hard);
  g_print ("frame to disk, hard set     [%s; 1280x720]  %s  | not read %u of %u; passes taken one after another\n",
           data_set, line, unread, frames);
  g_clear_pointer (&line, g_free);

  before_bytes = file_bytes (door);
  operations_before = one_number (door, "SELECT count(*) FROM local_op");
  written_bytes = one_number (door, "SELECT coalesce(sum(length(bytes)), 0) FROM local_op");
  for (guint i = 0; i < 2; i++)
    {
      gboolean by_pass = i == 1;
      g_autoptr (SlSeries) ours = sl_series_new (), theirs = sl_series_new ();
      g_autofree char *our_line = NULL, *their_line = NULL;

      measure_commits (door, next, commits / 2, by_pass, raw, ours, theirs);
      next += commits / 2;
      our_line = sl_series_to_string (ours);
      their_line = sl_series_to_string (theirs);
      g_print ("%s  [%s]  %s  | raw SQLite, %u rows (%u updated) and one sync: %s; ratio of rates %.2f, aim >= 0.60\n",
               by_pass ? "check-in by pass (rules, signature)" : "check-in from the roster (rules)   ", data_set,
               our_line, writes.rows, writes.updates, their_line,
               sl_series_get_rate (ours) / sl_series_get_rate (theirs));
    }

  operations = one_number (door, "SELECT count(*) FROM local_op") - operations_before;
  written_bytes = one_number (door, "SELECT coalesce(sum(length(bytes)), 0) FROM local_op") - written_bytes;
  g_print ("bytes per check-in          [%s]  n %" G_GINT64_FORMAT " operations  %.1f bytes in the log, "
           "%.1f bytes of file  | aim: 70 on the wire, 180 on disk\n",
           data_set, operations, (double) written_bytes / operations,
           (double) (file_bytes (door) - before_bytes) / operations);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  (void) g_remove (path);
}

int
main (int argc, char **argv)
{
  Door door = { 0 };
  int frames = 500, commits = 2000;
  const GOptionEntry entries[] = {
    { "frames", 0, 0, G_OPTION_ARG_INT, &frames, "Frames of each kind", "N" },
    { "commits", 0, 0, G_OPTION_ARG_INT, &commits, "Check-ins beside the raw program", "N" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DIR: a place on the disk to measure");
  g_autoptr (GError) error = NULL;
  g_autofree char *place = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || frames < 1 || commits < 1)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "bench-door [--frames N] [--commits N] DIR");
      return 2;
    }
  must (sl_crypto_init (&error), NULL, error);
  place = g_build_filename (argv[1], "bench-door-XXXXXX", NULL);
  must (g_mkdtemp (place) != NULL, NULL, NULL);
  door.dir = g_build_filename (place, "data", NULL);
  door.codes = g_ptr_array_new_with_free_func (g_free);
  door.bookings = g_array_new (FALSE, FALSE, sizeof (SlId));
  sl_fake_world_init (&door.world, MORNING_MS, 1);
  found_studio (&door);
  fill_studio (&door, 1 + 2 * frames + commits);
  report (&door, 1 + 2 * frames + commits, frames, commits);
  sl_engine_close (door.engine);
  sl_actor_clear (&door.owner);
  g_ptr_array_unref (door.codes);
  g_array_unref (door.bookings);
  remove_tree (place);
  g_free (door.dir);
  return 0;
}
