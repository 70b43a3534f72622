/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-reads"

#include "bench-engine.h"

#include <gio/gio.h>

#include "core/datetime.h"
#include "engine/audit.h"
#include "engine/board.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/notification.h"
#include "engine/run-due.h"
#include "engine/schedule.h"

#define SHOWN 20 /* members that a screen lists, sessions of a board */
#define COLD_STARTS 15
#define PROCESSES 7 /* in which a first search is made */
#define AUDITS 5

typedef struct {
  SlSeries *wall, *busy;
} Times;

static void
times_add (Times *times, SlMoment took)
{
  if (times->wall == NULL)
    *times = (Times){ sl_series_new (), sl_series_new () };
  sl_series_add (times->wall, took.wall_us);
  sl_series_add (times->busy, took.busy_us);
}

/* Takes the times. What a process that was started has used of the processor is not known: 0. */
static void
tell (SlDesk *desk, const char *what, Times *times, const char *aim)
{
  g_autofree char *line = sl_series_to_string (times->wall);
  g_autofree char *busy = g_strdup_printf ("; processor p50 %.2f ms  p99 %.2f ms", sl_series_get_ms (times->busy, 0.5),
                                           sl_series_get_ms (times->busy, 0.99));
  g_print ("%-34s [%-5s]  %s%s  | %s\n", what, desk->name, line, sl_series_get_ms (times->busy, 1) > 0 ? busy : "",
           aim);
  g_clear_pointer (&times->wall, sl_series_free);
  g_clear_pointer (&times->busy, sl_series_free);
}

static void
board (SlDesk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = sl_board_next (desk->engine, SHOWN, &error);
  sl_bench_must (lines != NULL && lines->len == SHOWN, NULL, &error);
}

/* What reception sees: every session of the day, at every location, with its counts. */
static void
today (SlDesk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions =
      sl_session_list (desk->engine, NULL, desk->world.now_ms, desk->world.now_ms + SL_DAY_MS, &error);
  sl_bench_must (sessions != NULL && sessions->len > 0, NULL, &error);
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      SlSessionCounts counts;
      sl_bench_must (sl_session_counts (desk->engine, &session->id, &counts, &error), NULL, &error);
    }
}

static void
measure_boards (SlDesk *desk, guint count)
{
  Times next = { 0 }, all = { 0 };
  for (guint i = 0; i < count; i++)
    {
      SlMoment started = sl_bench_now ();
      board (desk);
      times_add (&next, sl_bench_since (started));
      started = sl_bench_now ();
      today (desk);
      times_add (&all, sl_bench_since (started));
    }
  tell (desk, "board, the next 20 here", &next, "aim < 20 ms");
  tell (desk, "today everywhere, with live counts", &all, "aim < 20 ms");
}

static SlMoment
search (SlDesk *desk, const char *text)
{
  g_autoptr (GPtrArray) members = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlMoment started = sl_bench_now ();
  sl_bench_must (sl_member_list (desk->engine, &desk->owner, text, SHOWN, &members, &refusal, &error), &refusal,
                 &error);
  return sl_bench_since (started);
}

/* Each key of what people type; where somebody writes meanwhile, another process has committed before each. */
static void
measure_typing (SlDesk *desk, SlEngine *other, const char *what)
{
  static const char *const typed[] = {
    "thandi nko", "muller", "van wyk", "zoe", "0820001", "nkosi tha", "o'con", "xaba"
  };
  Times series = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    for (glong length = 1; length <= g_utf8_strlen (typed[i], -1); length++)
      {
        g_autofree char *text = g_utf8_substring (typed[i], 0, length);
        g_autoptr (GError) error = NULL;
        if (other != NULL)
          {
            g_auto (SlRefusal) refusal = { .code = SL_REFUSAL_CLASS_FULL };
            sl_bench_must (sl_command_note (other, &desk->owner, "bench", &refusal, &error), NULL, &error);
          }
        times_add (&series, search (desk, text));
      }
  tell (desk, what, &series, "aim < 10 ms");
}

/* In slices, as a program that stays does when nobody waits. */
static void
warm (SlDesk *desk, Times *slices)
{
  gboolean done = FALSE;
  g_autoptr (GError) error = NULL;
  while (!done)
    {
      SlMoment started = sl_bench_now ();
      sl_bench_must (sl_engine_warm (desk->engine, &done, &error), NULL, &error);
      times_add (slices, sl_bench_since (started));
    }
}

static void
measure_search (SlDesk *desk)
{
  Times cold = { 0 }, slices = { 0 }, first = { 0 };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < PROCESSES; i++)
    {
      sl_bench_close (desk);
      sl_bench_open (desk);
      times_add (&cold, search (desk, "t"));
      sl_bench_close (desk);
      sl_bench_open (desk);
      warm (desk, &slices);
      times_add (&first, search (desk, "t"));
    }
  tell (desk, "search, first of a cold process", &cold, "a command line that ends after it");
  tell (desk, "names opened ahead, each slice", &slices, "in programs that stay, when nobody waits");
  tell (desk, "search, first in a program", &first, "aim < 10 ms");
  measure_typing (desk, NULL, "search, each key");
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir, &desk->world.base, &error);
  sl_bench_must (other != NULL, NULL, &error);
  measure_typing (desk, other, "search, each key after a commit");
}

static SlMoment
start (const char *program, const char *const *words)
{
  gint64 started_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL, *complained = NULL;
  int status = -1;
  sl_bench_must (
      g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, &complained, &status, &error),
      NULL, &error);
  if (status != 0)
    g_error ("%s: %s%s", program, said, complained);
  return (SlMoment){ g_get_monotonic_time () - started_us, 0 };
}

static void
measure_starts (SlDesk *desk, const char *program)
{
  const char *const sessions[] = { program,  "--data",           desk->dir, "--json",           "session", "list",
                                   "--from", "2026-03-02T00:00", "--to",    "2026-03-03T00:00", NULL };
  const char *const members[] = {
    program, "--data", desk->dir, "--json", "member", "list", "--search", "zoe mul", NULL
  };
  Times listing = { 0 }, searching = { 0 };
  for (guint i = 0; i < COLD_STARTS; i++)
    {
      times_add (&listing, start (program, sessions));
      times_add (&searching, start (program, members));
    }
  tell (desk, "process: session list of a day", &listing, "aim < 500 ms");
  tell (desk, "process: member list --search", &searching, "aim < 500 ms");
}

static void
measure_due (SlDesk *desk)
{
  Times again = { 0 };
  g_autoptr (GError) error = NULL;
  SlDueCounts counts;
  for (guint i = 0; i < 20; i++)
    {
      SlMoment started = sl_bench_now ();
      sl_bench_must (sl_run_due (desk->engine, &counts, &error), NULL, &error);
      times_add (&again, sl_bench_since (started));
    }
  tell (desk, "run-due with nothing due", &again, "every minute at the door");
}

static void
measure_notifications (SlDesk *desk)
{
  Times times = { 0 };
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GPtrArray) list = NULL;
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) error = NULL;
      gint64 now_ms = sl_engine_now_ms (desk->engine);
      SlMoment started = sl_bench_now ();
      sl_bench_must (sl_notifications_list (desk->engine, &desk->owner, now_ms - 5 * SL_MINUTE_MS, now_ms, NULL, &list,
                                            &refusal, &error),
                     &refusal, &error);
      times_add (&times, sl_bench_since (started));
    }
  tell (desk, "what members are to be told of five minutes", &times, "every minute at the hub");
}

static SlMoment
audit (SlDesk *desk, const SlAuditFilter *filter)
{
  g_autoptr (SlAuditPage) page = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlMoment started = sl_bench_now ();
  sl_bench_must (sl_audit_read (desk->engine, &desk->owner, filter, &page, &refusal, &error), &refusal, &error);
  return sl_bench_since (started);
}

/* The newest page, one of a year ago, and one that nothing fits: it looks at as many operations as a page may. */
static void
measure_audit (SlDesk *desk)
{
  Times newest = { 0 }, old = { 0 }, vain = { 0 };
  const SlAuditFilter last = { .limit = SL_AUDIT_PAGE };
  const SlAuditFilter year_ago = { .limit = SL_AUDIT_PAGE, .until_ms = desk->world.now_ms - 365 * SL_DAY_MS };
  const SlAuditFilter nothing = { .kind = "voucher.issue" };
  for (guint i = 0; i < AUDITS; i++)
    {
      times_add (&newest, audit (desk, &last));
      times_add (&old, audit (desk, &year_ago));
      times_add (&vain, audit (desk, &nothing));
    }
  tell (desk, "audit, the newest hundred", &newest, "aim < 1 s");
  tell (desk, "audit, a hundred of a year ago", &old, "aim < 1 s");
  tell (desk, "audit, a page that finds nothing", &vain, "aim < 1 s");
}

/* sl_bench_reads: with nothing else going on. */
void
sl_bench_reads (SlDesk *desk, const char *program, guint count)
{
  measure_starts (desk, program);
  measure_boards (desk, count);
  measure_search (desk);
  measure_due (desk);
  measure_notifications (desk);
}

/* sl_bench_checks: what looks at everything. */
void
sl_bench_checks (SlDesk *desk)
{
  g_auto (SlVerifyResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  SlHash hash;
  gint64 started_us = g_get_monotonic_time ();
  sl_bench_must (sl_oplog_state_hash (desk->engine->log, &hash, &error), NULL, &error);
  g_print ("%-34s [%-5s]  %.2f s\n", "state-hash", desk->name,
           (double) (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC);
  started_us = g_get_monotonic_time ();
  sl_bench_must (sl_oplog_verify (desk->engine->log, &result, &error), NULL, &error);
  g_print ("%-34s [%-5s]  %.2f s  %" G_GUINT64_FORMAT " operations, %u problems\n", "verify", desk->name,
           (double) (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC, result.operations, result.problems->len);
  measure_audit (desk);
}
