/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-crowd"

#include "bench-engine.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/datetime.h"
#include "engine/booking.h"
#include "engine/engine-private.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/waitlist.h"

#define PROCESSES 8
#define SPOTS 20
#define WORDS 4 /* of a process: session, which one it is, of how many members, whether they would wait */

/* --- one of the processes --- */

static GArray *
own_members (SlDesk *desk, guint number, guint members)
{
  g_autoptr (GError) error = NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  guint at = 0;
  g_autoptr (SlRows) rows =
      sl_store_query (desk->engine->store, "SELECT id FROM member ORDER BY id LIMIT ?", "i", (gint64) members);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      if (at++ % PROCESSES == number)
        g_array_append_val (ids, id);
    }
  sl_bench_must (sl_rows_finish (rows, &error), NULL, &error);
  return ids;
}

/* sl_bench_crowd_member: waits for the word to go, books its members one after the other and tells of each. */
int
sl_bench_crowd_member (const char *dir, int argc, char **argv)
{
  SlDesk desk = { .dir = (char *) dir };
  SlId session;
  char line[16];
  sl_bench_must (argc == WORDS && sl_id_parse (argv[0], &session), NULL, NULL);
  sl_fake_world_init (&desk.world, SL_STUDIO_NOW_MS, (guint64) atoi (argv[1]));
  sl_actor_init_owner (&desk.owner);
  sl_bench_open (&desk);
  g_autoptr (GArray) members = own_members (&desk, (guint) atoi (argv[1]), (guint) atoi (argv[2]));
  printf ("ready\n");
  fflush (stdout);
  (void) fgets (line, sizeof line, stdin);
  for (guint i = 0; i < members->len; i++)
    {
      SlBookingRequest request = { .session_id = session,
                                   .member_id = g_array_index (members, SlId, i),
                                   .spots = 1,
                                   .join_waitlist = *argv[3] == 'w' };
      g_auto (SlBookingResult) result = { 0 };
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) error = NULL;
      gint64 started_us = g_get_monotonic_time ();
      sl_bench_must (sl_booking_book (desk.engine, &desk.owner, &request, &result, &refusal, &error), NULL, &error);
      printf ("%s %" G_GINT64_FORMAT "\n",
              refusal.code == SL_REFUSAL_NONE ? sl_booking_status_name (result.status) : sl_refusal_name (refusal.code),
              g_get_monotonic_time () - started_us);
    }
  g_clear_pointer (&desk.engine, sl_engine_close);
  sl_actor_clear (&desk.owner);
  return 0;
}

/* --- all of them --- */

typedef struct {
  guint booked, waiting, full;
} Answers;

static void
add_sessions (SlDesk *desk, SlId out[2])
{
  SlServiceParams service;
  SlSessionParams session;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_service_params_init (&service);
  service.name = "Open day";
  service.kind = "class";
  service.type = "yoga";
  service.duration_min = 60;
  service.capacity = SPOTS;
  service.credits_hundredths = 0;
  sl_session_params_init (&session);
  session.service = &id;
  session.start_ms = SL_STUDIO_NOW_MS + 159 * SL_HOUR_MS; /* in an evening when nothing else is on */
  sl_bench_must (sl_service_add (desk->engine, &desk->owner, &service, &id, &refusal, &error), &refusal, &error);
  for (guint i = 0; i < 2; i++, session.start_ms += 2 * SL_HOUR_MS)
    sl_bench_must (sl_session_add (desk->engine, &desk->owner, &session, &out[i], &refusal, &error), &refusal, &error);
}

static GSubprocess *
start (SlDesk *desk, const char *self, const char *session, guint number, guint members, gboolean wait)
{
  g_autofree char *which = g_strdup_printf ("%u", number), *many = g_strdup_printf ("%u", members);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self,
                                           "crowd", desk->dir, session, which, many, wait ? "wait" : "go", NULL);
  sl_bench_must (process != NULL, NULL, &error);
  return process;
}

static void
take_word (GDataInputStream *from, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (from, NULL, NULL, &error);
  sl_bench_must (g_strcmp0 (line, word) == 0, NULL, &error);
}

static void
take_answers (GDataInputStream *from, SlSeries *waits, Answers *answers)
{
  char *line;
  while ((line = g_data_input_stream_read_line (from, NULL, NULL, NULL)) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (line, " ", 2);
      answers->booked += g_str_equal (words[0], "confirmed");
      answers->waiting += g_str_equal (words[0], "waitlisted");
      answers->full += g_str_equal (words[0], "class_full");
      sl_series_add (waits, g_ascii_strtoll (words[1], NULL, 10));
      g_free (line);
    }
}

/* In the order in which they came, each once. */
static guint
count_queue (SlDesk *desk, const SlId *session)
{
  g_autoptr (GPtrArray) queue = NULL;
  g_autoptr (GHashTable) members = g_hash_table_new (sl_id_hash, sl_id_equal);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_bench_must (sl_waitlist_list (desk->engine, &desk->owner, session, &queue, &refusal, &error), &refusal, &error);
  for (guint i = 0; i < queue->len; i++)
    {
      SlWaiting *one = queue->pdata[i];
      const SlWaiting *before = i > 0 ? queue->pdata[i - 1] : one;
      sl_bench_must (before->joined_ms <= one->joined_ms && g_hash_table_add (members, &one->member_id), NULL, NULL);
    }
  return queue->len;
}

static gint64
let_go (GSubprocess **processes, GDataInputStream **streams, SlSeries *waits, Answers *answers)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < PROCESSES; i++)
    take_word (streams[i], "ready");
  gint64 started_us = g_get_monotonic_time ();
  for (guint i = 0; i < PROCESSES; i++)
    sl_bench_must (g_output_stream_close (g_subprocess_get_stdin_pipe (processes[i]), NULL, &error), NULL, &error);
  for (guint i = 0; i < PROCESSES; i++)
    {
      take_answers (streams[i], waits, answers);
      sl_bench_must (g_subprocess_wait_check (processes[i], NULL, &error), NULL, &error);
      g_object_unref (streams[i]);
      g_object_unref (processes[i]);
    }
  return g_get_monotonic_time () - started_us;
}

static void
run_crowd (SlDesk *desk, const char *self, const SlId *session, guint members, gboolean wait)
{
  g_autoptr (SlSeries) waits = sl_series_new ();
  g_autoptr (GError) error = NULL;
  GSubprocess *processes[PROCESSES];
  GDataInputStream *streams[PROCESSES];
  Answers answers = { 0 };
  char text[SL_ID_TEXT_BYTES];
  SlSessionCounts counts;
  sl_id_format (session, text);
  for (guint i = 0; i < PROCESSES; i++)
    {
      processes[i] = start (desk, self, text, i, members, wait);
      streams[i] = g_data_input_stream_new (g_subprocess_get_stdout_pipe (processes[i]));
    }
  gint64 took_us = let_go (processes, streams, waits, &answers);
  sl_bench_open (desk);
  sl_bench_must (sl_session_counts (desk->engine, session, &counts, &error), NULL, &error);
  guint queue = count_queue (desk, session);
  sl_bench_close (desk);
  guint lost = members - answers.booked - answers.waiting - answers.full;
  g_autofree char *line = sl_series_to_string (waits);
  g_print (
      "%u members at once, %u processes [%-5s]  %s  | %u booked of %u spots, %u waitlisted in order, %u class_full, "
      "%u lost; all in %.2f s\n",
      members, PROCESSES, desk->name, line, answers.booked, SPOTS, queue, answers.full, lost,
      (double) took_us / G_USEC_PER_SEC);
  sl_bench_must (answers.booked == SPOTS && counts.confirmed == SPOTS && queue == answers.waiting && lost == 0
                     && (wait ? answers.full : answers.waiting) == 0,
                 NULL, NULL);
}

/* sl_bench_crowd: all at the same moment, from processes of their own, as kiosks and terminals would; once where they
 * go when it is full, once where they wait. */
void
sl_bench_crowd (SlDesk *desk, const char *self, guint members)
{
  SlId sessions[2];
  sl_bench_open (desk);
  add_sessions (desk, sessions);
  sl_bench_close (desk);
  run_crowd (desk, self, &sessions[0], members, FALSE);
  run_crowd (desk, self, &sessions[1], members, TRUE);
}
