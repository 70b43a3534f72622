/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-deeds"

#include "bench-engine.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "core/datetime.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/pass.h"
#include "engine/print-queue.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "row-writes.h"

#define ROW_BYTES 96 /* a row of ours with its index entry, rounded up in the peer's favour */
#define CHECKPOINT_EVERY 250
#define BOOK_FROM_DAYS 3 /* where few have booked yet: in both sets alike */
#define GIFT_HUNDREDTHS G_GINT64_CONSTANT (10000)
#define TRIES_MAX 200
#define COUNTED 5
#define DOOR_BEFORE_MS (10 * SL_MINUTE_MS)

static const char *const deed_names[SL_DEED_LAST] = { "book", "cancel", "check in from the roster",
                                                      "check in by pass", "sell, with its receipt" };

/* The members, sessions and bookings of one desk that the deeds are done with. */
typedef struct {
  SlDesk *desk;
  GArray *members;     /* (element-type SlId): with credits */
  GPtrArray *sessions; /* (element-type SlSession): ahead */
  GArray *booked;      /* (element-type SlId): bookings that are to be cancelled */
  GPtrArray *door;     /* (element-type SlSession): that open one after the other */
  guint at_session, at_booking;
  SlId package;
  gint64 at_sale; /* no slip comes twice, also not in another run on the same data */
  GArray *expected; /* (nullable) (element-type Expected): of the session at the door */
} Work;
typedef struct {
  SlId booking, member;
} Expected;

static GArray *
read_ids (SlDesk *desk, const char *sql, gint64 number)
{
  g_autoptr (GError) error = NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (desk->engine->store, sql, "i", number);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  sl_bench_must (sl_rows_finish (rows, &error), NULL, &error);
  return ids;
}

static void
shuffle (SlDesk *desk, GArray *ids)
{
  for (guint i = ids->len; i > 1; i--)
    {
      guint other = (guint) g_rand_int_range (desk->chance, 0, (gint32) i);
      SlId one = g_array_index (ids, SlId, i - 1);
      g_array_index (ids, SlId, i - 1) = g_array_index (ids, SlId, other);
      g_array_index (ids, SlId, other) = one;
    }
}

/* Members who have come lately, so that each has a history, with credits enough. */
static void
work_begin (Work *work, SlDesk *desk, guint count)
{
  g_autoptr (GError) error = NULL;
  gint64 now_ms = desk->world.now_ms;
  SlId here;
  *work = (Work){ .desk = desk, .booked = g_array_new (FALSE, FALSE, sizeof (SlId)) };
  work->members = read_ids (desk, "SELECT member_id FROM lot WHERE expires_ms > ? GROUP BY 1 ORDER BY 1", now_ms);
  shuffle (desk, work->members);
  g_array_set_size (work->members, MIN (work->members->len, count));
  for (guint i = 0; i < work->members->len; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      gint64 balance;
      sl_bench_must (sl_credits_adjust (desk->engine, &desk->owner, &g_array_index (work->members, SlId, i),
                                        GIFT_HUNDREDTHS, "for the bench", &balance, &refusal, &error),
                     &refusal, &error);
    }
  work->sessions =
      sl_session_list (desk->engine, NULL, now_ms + BOOK_FROM_DAYS * SL_DAY_MS, now_ms + 7 * SL_DAY_MS, &error);
  sl_bench_must (work->sessions != NULL, NULL, &error);
  sl_engine_get_location (desk->engine, &here);
  work->door = sl_session_list (desk->engine, &here, now_ms, now_ms + 7 * SL_DAY_MS, &error);
  sl_bench_must (work->door != NULL, NULL, &error);
}

static void
work_end (Work *work)
{
  g_array_unref (work->members);
  g_ptr_array_unref (work->sessions);
  g_array_unref (work->booked);
  g_ptr_array_unref (work->door);
  g_clear_pointer (&work->expected, g_array_unref);
}

/* A printer, so that each sale notes that its receipt is wanted; nothing is printed. */
static void
prepare_sales (Work *work)
{
  SlDesk *desk = work->desk;
  const SlPrinter printer = { .name = (char *) "bench", .target = (char *) "/dev/null", .paper = (char *) "80" };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_bench_must (sl_printer_set (desk->engine, &desk->owner, &printer, &refusal, &error), &refusal, &error);
  g_autoptr (GArray) packages = read_ids (desk, "SELECT id FROM package WHERE price_cents > ? ORDER BY price_cents", 0);
  sl_bench_must (packages->len > 0, NULL, NULL);
  work->package = g_array_index (packages, SlId, 0);
  work->at_sale = sl_bench_number (desk, "SELECT count (*) FROM payment");
}

/* A booking that is accepted; those that are refused (full, busy) are not what is measured. */
static gboolean
book (Work *work, SlMoment *out)
{
  SlDesk *desk = work->desk;
  for (guint i = 0; i < TRIES_MAX; i++)
    {
      const SlSession *session =
          work->sessions->pdata[g_rand_int_range (desk->chance, 0, (gint32) work->sessions->len)];
      SlBookingRequest request = { .session_id = session->id, .spots = 1 };
      g_auto (SlBookingResult) result = { 0 };
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) error = NULL;
      request.member_id =
          g_array_index (work->members, SlId, g_rand_int_range (desk->chance, 0, (gint32) work->members->len));
      SlMoment started = sl_bench_now ();
      sl_bench_must (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &error), NULL, &error);
      *out = sl_bench_since (started);
      if (refusal.code != SL_REFUSAL_NONE)
        continue;
      g_array_append_val (work->booked, result.booking_id);
      return TRUE;
    }
  return FALSE;
}

static gboolean
cancel (Work *work, SlMoment *out)
{
  SlCancelResult result;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  if (work->at_booking >= work->booked->len)
    return FALSE;
  const SlId *id = &g_array_index (work->booked, SlId, work->at_booking++);
  SlMoment started = sl_bench_now ();
  sl_bench_must (sl_booking_cancel (work->desk->engine, &work->desk->owner, id, NULL, &result, &refusal, &error),
                 &refusal, &error);
  *out = sl_bench_since (started);
  return TRUE;
}

/* Ten classes by card, with its slip's number: sale, payment, credits, receipt number, and the receipt's print job. */
static gboolean
sell (Work *work, SlMoment *out)
{
  SlDesk *desk = work->desk;
  g_autofree char *slip = g_strdup_printf ("slip-%" G_GINT64_FORMAT, ++work->at_sale);
  SlSaleParams params = { .package_id = work->package, .method = "card", .amount_cents = SL_NUMBER_NONE,
                          .reference = slip };
  g_auto (SlSale) sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  params.member_id =
      g_array_index (work->members, SlId, g_rand_int_range (desk->chance, 0, (gint32) work->members->len));
  SlMoment started = sl_bench_now ();
  sl_bench_must (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &error), &refusal, &error);
  *out = sl_bench_since (started);
  return TRUE;
}

static GArray *
read_expected (SlDesk *desk, const SlId *session)
{
  g_autoptr (GError) error = NULL;
  GArray *expected = g_array_new (FALSE, FALSE, sizeof (Expected));
  g_autoptr (SlRows) rows =
      sl_store_query (desk->engine->store,
                      "SELECT id, member_id FROM claim c WHERE session_id = ? AND release_why = 0 AND "
                      "confirm_hlc IS NOT NULL AND NOT EXISTS (SELECT 1 FROM checkin k WHERE "
                      "k.booking_id = c.id)",
                      "d", session);
  while (sl_rows_next (rows))
    {
      Expected one;
      sl_rows_id (rows, 0, &one.booking);
      sl_rows_id (rows, 1, &one.member);
      g_array_append_val (expected, one);
    }
  sl_bench_must (sl_rows_finish (rows, &error), NULL, &error);
  return expected;
}

/* Who comes next: the clock goes from session to session of this location. Those with passes come to every other. */
static gboolean
next_expected (Work *work, gboolean by_pass, Expected *out)
{
  SlDesk *desk = work->desk;
  while (work->expected == NULL || work->expected->len == 0)
    {
      if (work->at_session >= work->door->len)
        return FALSE;
      gboolean is_for_passes = work->at_session % 2 == 1;
      const SlSession *session = work->door->pdata[work->at_session++];
      if (session->cancelled || is_for_passes != by_pass)
        continue;
      desk->world.now_ms = MAX (desk->world.now_ms, session->start_ms - DOOR_BEFORE_MS);
      g_clear_pointer (&work->expected, g_array_unref);
      work->expected = read_expected (desk, &session->id);
    }
  *out = g_array_index (work->expected, Expected, work->expected->len - 1);
  g_array_set_size (work->expected, work->expected->len - 1);
  return TRUE;
}

static char *
code_of (SlDesk *desk, const SlId *member)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlPass) pass = sl_pass_current (desk->engine, member, &error);
  if (pass == NULL)
    sl_bench_must (sl_pass_issue (desk->engine, &desk->owner, member, &pass, &refusal, &error), &refusal, &error);
  return g_steal_pointer (&pass->code);
}

/* Whoever has booked two sessions that are open now is asked which: not what is measured. */
static gboolean
check_in (Work *work, gboolean by_pass, SlMoment *out)
{
  SlDesk *desk = work->desk;
  Expected who;
  while (next_expected (work, by_pass, &who))
    {
      g_autofree char *code = by_pass ? code_of (desk, &who.member) : NULL;
      SlCheckinRequest request = { .code = code };
      g_autoptr (SlCheckinAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;
      if (!by_pass)
        {
          request.booking_id = who.booking;
          request.actor = &desk->owner;
        }
      SlMoment started = sl_bench_now ();
      sl_bench_must (sl_checkin (desk->engine, &request, &answer, &error), NULL, &error);
      *out = sl_bench_since (started);
      if (answer->result == SL_REFUSAL_NONE)
        return TRUE;
    }
  return FALSE;
}

static gboolean
do_deed (Work *work, SlDeed deed, SlMoment *out)
{
  switch (deed)
    {
    case SL_DEED_BOOK:
      return book (work, out);
    case SL_DEED_CANCEL:
      return cancel (work, out);
    case SL_DEED_SELL:
      return sell (work, out);
    default:
      return check_in (work, deed == SL_DEED_BY_PASS, out);
    }
}

/* What one deed writes at least: with some come notes of refusals, codes that are issued, or a signed head. */
static SlRowWrites
count_deed (Work *work, SlDeed deed)
{
  SlRowWrites least = { .rows = G_MAXUINT };
  for (guint i = 0; i < COUNTED; i++)
    {
      SlMoment ignored;
      SlRowCount count;
      sl_row_count_begin (&count, sl_store_get_db (work->desk->engine->store));
      gboolean done = do_deed (work, deed, &ignored);
      SlRowWrites writes = sl_row_count_end (&count);
      if (done && writes.rows < least.rows)
        least = writes;
    }
  sl_bench_must (least.rows != G_MAXUINT, NULL, NULL);
  return least;
}

static void
fold (Work *works, guint n_works, SlRawSqlite *raw)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < n_works; i++)
    sl_bench_must (sl_store_checkpoint (works[i].desk->engine->store, &error), NULL, &error);
  sl_raw_sqlite_checkpoint (raw);
}

static void
tell (Work *works, guint n_works, SlDeed deed, SlRowWrites writes, SlSeries *theirs)
{
  SlDesk *last = works[n_works - 1].desk;
  g_autofree char *their_line = sl_series_to_string (theirs);
  for (guint i = 0; i < n_works; i++)
    {
      g_autofree char *line = sl_series_to_string (works[i].desk->series[deed]);
      g_print (
          "%-26s [%-5s]  %s  | raw SQLite, %u rows (%u updated) and one sync: %s; ratio of rates %.2f, "
          "of medians %.2f, aim >= 0.50\n",
          deed_names[deed], works[i].desk->name, line, writes.rows, writes.updates, their_line,
          sl_series_get_rate (works[i].desk->series[deed]) / sl_series_get_rate (theirs),
          sl_series_get_ms (theirs, 0.5) / sl_series_get_ms (works[i].desk->series[deed], 0.5));
    }
  if (n_works > 1)
    g_print ("%-26s median large : small %.2f, aim < 1.50; of the processor's time %.2f (%.3f : %.3f ms)\n",
             deed_names[deed],
             sl_series_get_ms (last->series[deed], 0.5) / sl_series_get_ms (works[0].desk->series[deed], 0.5),
             sl_series_get_ms (last->busy[deed], 0.5) / sl_series_get_ms (works[0].desk->busy[deed], 0.5),
             sl_series_get_ms (last->busy[deed], 0.5), sl_series_get_ms (works[0].desk->busy[deed], 0.5));
}

/* To the morning at which all begins. */
static void
rewind_work (Work *work)
{
  work->at_session = 0;
  work->desk->world.now_ms = SL_STUDIO_NOW_MS;
  g_clear_pointer (&work->expected, g_array_unref);
}

static void
measure (Work *works, guint n_works, SlDeed deed, const char *place, guint count)
{
  g_autofree char *raw_dir = g_strdup_printf ("%s/raw-%u", place, deed);
  g_autofree char *raw_file = g_build_filename (raw_dir, "raw.db", NULL);
  g_autoptr (SlSeries) theirs = sl_series_new ();
  for (guint i = 0; i < n_works; i++)
    rewind_work (&works[i]);
  SlRowWrites writes = count_deed (&works[n_works - 1], deed);
  (void) g_unlink (raw_file);
  sl_bench_must (g_mkdir_with_parents (raw_dir, 0700) == 0, NULL, NULL);
  g_autoptr (SlRawSqlite) raw = sl_raw_sqlite_open (raw_dir, writes.rows - writes.updates, writes.updates, ROW_BYTES);
  for (guint i = 0; i < count; i++)
    {
      for (guint at = 0; at < n_works; at++)
        {
          SlMoment took;
          if (!do_deed (&works[at], deed, &took))
            continue;
          sl_series_add (works[at].desk->series[deed], took.wall_us);
          sl_series_add (works[at].desk->busy[deed], took.busy_us);
        }
      sl_series_add (theirs, sl_raw_sqlite_commit (raw));
      if (i % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1)
        fold (works, n_works, raw);
    }
  tell (works, n_works, deed, writes, theirs);
}

static void
works_end (Work *works, guint n_works)
{
  for (guint i = 0; i < n_works; i++)
    {
      rewind_work (&works[i]);
      work_end (&works[i]);
    }
}

/* sl_bench_deeds: desks in turn, so that all meet the same disk; the last one is the largest. */
void
sl_bench_deeds (SlDesk *desks, guint n_desks, const char *place, guint count)
{
  Work *works = g_newa0 (Work, n_desks);
  for (guint i = 0; i < n_desks; i++)
    work_begin (&works[i], &desks[i], count);
  measure (works, n_desks, SL_DEED_BOOK, place, count);
  measure (works, n_desks, SL_DEED_CANCEL, place, count / 2);
  measure (works, n_desks, SL_DEED_CHECK_IN, place, count / 2);
  measure (works, n_desks, SL_DEED_BY_PASS, place, count / 2);
  works_end (works, n_desks);
}

/* sl_bench_sales: the same of a sale, whose receipt waits for a printer from the same moment on. */
void
sl_bench_sales (SlDesk *desks, guint n_desks, const char *place, guint count)
{
  Work *works = g_newa0 (Work, n_desks);
  for (guint i = 0; i < n_desks; i++)
    {
      work_begin (&works[i], &desks[i], count);
      prepare_sales (&works[i]);
    }
  measure (works, n_desks, SL_DEED_SELL, place, count);
  works_end (works, n_desks);
}
