/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/print-queue.h"

#include <string.h>

#include "core/error.h"
#include "desk-fixture.h"
#include "engine/member.h"

/* A printer of the test's own. */
typedef struct {
  SlPrintPort port;
  SlPrintEnd end, asked;
  gint64 counter;
  gboolean no_begin, cannot_make, out_of_reach;
  GString *paper;       /* what came out of it */
  guint made, asked_times;
  Desk *desk;           /* (nullable): whom to look at while it prints */
} FakePort;

static GBytes *
fake_make (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer, GError **error)
{
  FakePort *fake = (FakePort *) port;
  fake->made++;
  if (fake->cannot_make)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no font has it");
      return NULL;
    }
  return g_bytes_new (sl_print_kind_name (job->kind), strlen (sl_print_kind_name (job->kind)));
}

static SlPrintEnd
fake_print (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
            gboolean (*begin) (gpointer data, gint64 counter), gpointer data, char **out_problem)
{
  FakePort *fake = (FakePort *) port;
  if (fake->end != SL_PRINT_DONE)
    *out_problem = g_strdup ("it is out of paper");
  if (fake->no_begin)
    return SL_PRINT_NOT_BEGUN;
  g_assert_true (begin (data, fake->counter));
  if (fake->desk != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SlPrintJob) seen = sl_print_queue_get (fake->desk->engine, &job->id, &error);
      g_assert_no_error (error);
      g_assert_cmpint (seen->state, ==, SL_PRINT_SENDING);
    }
  if (fake->end == SL_PRINT_DONE)
    g_string_append_printf (fake->paper, "%s%s@%s ", sl_print_kind_name (job->kind), job->copy ? "-copy" : "",
                            printer->name);
  return fake->end;
}

static gboolean
fake_ask (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end)
{
  FakePort *fake = (FakePort *) port;
  fake->asked_times++;
  *out_end = fake->asked;
  return !fake->out_of_reach;
}

static void
fake_init (FakePort *fake)
{
  *fake = (FakePort){ .port = { fake_make, fake_print, fake_ask }, .counter = SL_NUMBER_NONE };
  fake->paper = g_string_new (NULL);
}

static void
fake_clear (FakePort *fake)
{
  g_string_free (fake->paper, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FakePort, fake_clear)

static void
set_printer (Desk *desk, const char *name, gboolean receipts)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlPrinter printer = { (char *) name, (char *) "tcp:printer", (char *) "80", TRUE, FALSE, FALSE, receipts };
  g_assert_true (sl_printer_set (desk->engine, &desk->owner, &printer, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
}

static SlId
add (Desk *desk, SlPrintRequest request)
{
  g_autoptr (GError) error = NULL;
  SlId id;
  g_assert_true (sl_print_queue_add (desk->engine, &request, &id, &error));
  g_assert_no_error (error);
  return id;
}

static SlId
some_id (guint8 byte)
{
  SlId id;
  memset (&id, byte, sizeof id);
  return id;
}

static SlPrintCounts
run (Desk *desk, FakePort *fake)
{
  g_autoptr (GError) error = NULL;
  SlPrintCounts counts;
  g_assert_true (sl_print_queue_run (desk->engine, &fake->port, &counts, &error));
  g_assert_no_error (error);
  return counts;
}

static const char *
state_of (Desk *desk, const SlId *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlPrintJob) job = sl_print_queue_get (desk->engine, id, &error);
  return job != NULL ? sl_print_state_name (job->state) : "gone";
}

static const char *
say (Desk *desk, const SlId *id, SlPrintWord word)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_true (sl_print_queue_say (desk->engine, &desk->owner, id, word, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}

static void
prints_in_order_and_once (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  fake.desk = desk;
  SlId sale = some_id (1);
  set_printer (desk, "desk", FALSE);
  SlId first = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale });
  SlId second = add (desk, (SlPrintRequest){ SL_PRINT_TEST, .subject_id = some_id (2) });
  SlId again = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale });
  g_assert_true (sl_id_equal (&first, &again));
  SlPrintCounts counts = run (desk, &fake);
  g_assert_cmpuint (counts.printed, ==, 2);
  g_assert_cmpuint (counts.waiting, ==, 0);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk test@desk ");
  g_assert_cmpstr (state_of (desk, &second), ==, "printed");
  again = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale });
  g_assert_true (sl_id_equal (&first, &again));
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk test@desk ");
  SlId copy = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale, .copy = TRUE });
  g_assert_false (sl_id_equal (&first, &copy));
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk test@desk receipt-copy@desk ");
}

static void
without_a_printer_nothing_is_noted (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  g_assert_true (sl_id_is_none (&id));
  SlPrintRequest named = { SL_PRINT_TEST, .printer = "office" };
  g_assert_false (sl_print_queue_add (desk->engine, &named, &id, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
a_printer_that_is_off_keeps_its_jobs (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  SlId behind = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (2) });
  fake.no_begin = TRUE;
  fake.end = SL_PRINT_NOT_BEGUN;
  for (int i = 0; i < 3; i++)
    {
      SlPrintCounts counts = run (desk, &fake);
      g_assert_cmpuint (counts.waiting, ==, 2);
      g_assert_cmpuint (fake.made, ==, i + 1); /* the one behind is not even made */
    }
  g_autoptr (SlPrintJob) job = sl_print_queue_get (desk->engine, &id, NULL);
  g_assert_cmpstr (job->problem, ==, "it is out of paper");
  g_assert_cmpstr (state_of (desk, &behind), ==, "waiting");
  fake.no_begin = FALSE;
  fake.end = SL_PRINT_DONE;
  g_assert_cmpuint (run (desk, &fake).printed, ==, 2);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk receipt@desk ");
}

static void
what_was_cut_off_asks_people_never_prints_twice (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  fake.end = SL_PRINT_CUT_OFF;
  SlPrintCounts counts = run (desk, &fake);
  g_assert_cmpuint (counts.uncertain, ==, 1);
  g_assert_cmpstr (state_of (desk, &id), ==, "uncertain");
  fake.end = SL_PRINT_DONE;
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "");
  g_assert_cmpuint (fake.made, ==, 1);
  g_assert_cmpstr (say (desk, &id, SL_PRINT_AGAIN), ==, "ok");
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk ");
  g_assert_cmpstr (say (desk, &id, SL_PRINT_CAME_OUT), ==, "wrong_state");
  g_assert_cmpstr (say (desk, &id, SL_PRINT_AGAIN), ==, "wrong_state");
  g_assert_cmpstr (say (desk, &id, SL_PRINT_DROP), ==, "wrong_state");
}

static void
people_can_say_that_it_came_out (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  fake.end = SL_PRINT_CUT_OFF;
  (void) run (desk, &fake);
  g_assert_cmpstr (say (desk, &id, SL_PRINT_CAME_OUT), ==, "ok");
  fake.end = SL_PRINT_DONE;
  (void) run (desk, &fake);
  g_assert_cmpstr (state_of (desk, &id), ==, "printed");
  g_assert_cmpstr (fake.paper->str, ==, "");
}

/* A process that was killed while it sent leaves what a printer that counts can settle. */
static void
leave_sending (Desk *desk, FakePort *fake, SlId *out_id)
{
  set_printer (desk, "desk", FALSE);
  *out_id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  fake->counter = 41;
  fake->end = SL_PRINT_CUT_OFF;
  (void) run (desk, fake);
  g_assert_cmpstr (state_of (desk, out_id), ==, "sending");
  fake->end = SL_PRINT_DONE;
}

static void
a_printer_that_counts_is_asked (Desk *desk, gconstpointer data)
{
  static const struct { SlPrintEnd asked; const char *state, *paper; } cases[] = {
    { SL_PRINT_DONE, "printed", "" },
    { SL_PRINT_NOT_BEGUN, "printed", "receipt@desk " }, /* at once, in the same run */
    { SL_PRINT_CUT_OFF, "uncertain", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (FakePort) fake = { 0 };
      SlId id;
      fake_init (&fake);
      leave_sending (desk, &fake, &id);
      fake.out_of_reach = TRUE;
      g_assert_cmpuint (run (desk, &fake).waiting, ==, 1);
      g_assert_cmpstr (state_of (desk, &id), ==, "sending");
      fake.out_of_reach = FALSE;
      fake.asked = cases[i].asked;
      (void) run (desk, &fake);
      g_assert_cmpstr (state_of (desk, &id), ==, cases[i].state);
      g_assert_cmpstr (fake.paper->str, ==, cases[i].paper);
      desk_close (desk, NULL);
      desk_open (desk, NULL);
    }
}

static void
what_cannot_be_made_has_failed (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1) });
  fake.cannot_make = TRUE;
  SlId next = add (desk, (SlPrintRequest){ SL_PRINT_TEST });
  g_assert_cmpuint (run (desk, &fake).failed, ==, 2);
  g_autoptr (SlPrintJob) job = sl_print_queue_get (desk->engine, &id, NULL);
  g_assert_cmpstr (job->problem, ==, "it could not be made: no font has it");
  g_assert_cmpstr (say (desk, &next, SL_PRINT_DROP), ==, "ok");
  fake.cannot_make = FALSE;
  g_assert_cmpstr (say (desk, &id, SL_PRINT_AGAIN), ==, "ok");
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk ");
}

static void
cancelled_jobs_make_way_and_come_back (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  SlId sale = some_id (1);
  SlId first = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale });
  g_assert_cmpstr (say (desk, &first, SL_PRINT_DROP), ==, "ok");
  SlId second = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = sale });
  g_assert_false (sl_id_equal (&first, &second));
  g_assert_cmpstr (say (desk, &first, SL_PRINT_AGAIN), ==, "wrong_state"); /* it would be printed twice */
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk ");
}

static void
erased_members_receipts_are_dropped (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  guint released;
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Sipho");
  SlId id = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (1), .member_id = member });
  SlId kept = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (2), .member_id = other });
  g_assert_true (sl_member_erase (desk->engine, &desk->owner, &member, "asked for it", &released, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (state_of (desk, &id), ==, "gone");
  SlId later = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (3), .member_id = member });
  g_assert_true (sl_id_is_none (&later));
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk ");
  g_assert_cmpstr (state_of (desk, &kept), ==, "printed");
}

static void
each_printer_has_its_own_queue (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  fake_init (&fake);
  set_printer (desk, "desk", FALSE);
  set_printer (desk, "office", FALSE);
  (void) add (desk, (SlPrintRequest){ SL_PRINT_TEST, .subject_id = some_id (1), .printer = "office" });
  (void) add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (2) });
  (void) run (desk, &fake);
  g_assert_cmpstr (fake.paper->str, ==, "receipt@desk test@office ");
  set_printer (desk, "office", TRUE); /* receipts from now on */
  (void) add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (3) });
  SlId never = add (desk, (SlPrintRequest){ SL_PRINT_RECEIPT, .subject_id = some_id (4) });
  g_assert_true (sl_printer_remove (desk->engine, &desk->owner, "office", &refusal, &error));
  g_assert_cmpstr (state_of (desk, &never), ==, "cancelled");
  g_autoptr (SlPrinter) left = sl_printer_get (desk->engine, NULL, &error);
  g_assert_cmpstr (left->name, ==, "desk");
  g_assert_false (sl_printer_remove (desk->engine, &desk->owner, "office", &refusal, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
printers_are_managed_by_whoever_manages_devices (Desk *desk, gconstpointer data)
{
  g_auto (SlRefusal) refusal = { 0 }, removed = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (SlActor) receptionist = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &receptionist);
  SlPrinter printer = { (char *) "desk", (char *) "tcp:printer", (char *) "80", TRUE, FALSE, FALSE, FALSE };
  g_assert_true (sl_printer_set (desk->engine, &receptionist, &printer, &refusal, &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "not_allowed");
  g_assert_true (sl_printer_remove (desk->engine, &receptionist, "desk", &removed, &error));
  g_assert_cmpstr (sl_refusal_name (removed.code), ==, "not_allowed");
  static const char *const names[] = { "", "Desk", "a/b", "..", "a b", "abcdefghijklmnopqrstuvwxyzabcdefg" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (SlRefusal) unused = { 0 };
      printer.name = (char *) names[i];
      g_assert_false (sl_printer_set (desk->engine, &desk->owner, &printer, &unused, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_clear_error (&error);
    }
}

static void
the_queue_is_no_part_of_the_shared_state (Desk *desk, gconstpointer data)
{
  g_auto (FakePort) fake = { 0 };
  fake_init (&fake);
  gint64 before = desk_operations (desk);
  set_printer (desk, "desk", FALSE);
  (void) add (desk, (SlPrintRequest){ SL_PRINT_TEST });
  (void) run (desk, &fake);
  g_assert_cmpint (desk_operations (desk), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/print-queue/prints-in-order-and-once", prints_in_order_and_once);
  desk_test ("/sl/print-queue/without-a-printer-nothing-is-noted", without_a_printer_nothing_is_noted);
  desk_test ("/sl/print-queue/a-printer-that-is-off-keeps-its-jobs", a_printer_that_is_off_keeps_its_jobs);
  desk_test ("/sl/print-queue/what-was-cut-off-asks-people", what_was_cut_off_asks_people_never_prints_twice);
  desk_test ("/sl/print-queue/people-can-say-that-it-came-out", people_can_say_that_it_came_out);
  desk_test ("/sl/print-queue/a-printer-that-counts-is-asked", a_printer_that_counts_is_asked);
  desk_test ("/sl/print-queue/what-cannot-be-made-has-failed", what_cannot_be_made_has_failed);
  desk_test ("/sl/print-queue/cancelled-jobs-make-way-and-come-back", cancelled_jobs_make_way_and_come_back);
  desk_test ("/sl/print-queue/erased-members-receipts-are-dropped", erased_members_receipts_are_dropped);
  desk_test ("/sl/print-queue/each-printer-has-its-own-queue", each_printer_has_its_own_queue);
  desk_test ("/sl/print-queue/not-allowed-to-manage-printers", printers_are_managed_by_whoever_manages_devices);
  desk_test ("/sl/print-queue/is-no-part-of-the-shared-state", the_queue_is_no_part_of_the_shared_state);
  return g_test_run ();
}
