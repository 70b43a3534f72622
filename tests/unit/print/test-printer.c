/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/printer.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "core/error.h"
#include "temp-dir.h"

/* Real sockets and a thread that is the printer. */

#define JOB_BYTES (3 * 1024 * 1024) /* more than the kernel takes for a reader that does not read */
#define QUICK { .connect_ms = 1000, .answer_ms = 150, .stall_ms = 900 }

typedef enum {
  ANSWERS,         /* ESC/POS as it is */
  ANSWERS_NO_COUNT, /* … without a count of cuts, or the question in turn */
  SILENT,          /* takes everything, says nothing */
  OUT_OF_PAPER,
  RUNS_OUT,        /* of paper, in the midst */
  STALLS,          /* takes nothing */
  DIES,            /* in the midst */
  HANGS_UP,        /* at once */
  CUTS_NOT,        /* answers, and loses what it takes */
} Manner;

typedef struct {
  Manner manner;
  GSocket *listener;
  GThread *thread;
  GCancellable *stop;
  guint16 port;
  gint64 cuts;
  GByteArray *taken;   /* all but questions */
} Printer;

typedef struct { const char *bytes; gsize length; } Question;
static const Question status_question = { "\x10\x04", 3 }, in_turn = { "\x1dr\x01", 3 };
static const Question count = { "\x1dg2\0\xb2\0", 6 };

static gboolean
begins_with (const guint8 *data, gsize length, Question question, gsize known)
{
  return length >= known && memcmp (data, question.bytes, known) == 0;
}

static void
answer (GSocket *peer, const void *data, gsize length)
{
  (void) g_socket_send (peer, data, length, NULL, NULL);
}

static guint8
status_byte (Printer *printer, guint8 n)
{
  gboolean out = printer->manner == OUT_OF_PAPER || (printer->manner == RUNS_OUT && printer->taken->len > 1000);
  return out && n == 4 ? 0x72 : out && n == 2 ? 0x32 : 0x12;
}

/* One thing that was sent; how many bytes of it. 0: more has to come. */
static gsize
obey (Printer *printer, GSocket *peer, const guint8 *data, gsize length)
{
  gboolean speaks = printer->manner != SILENT && printer->manner != DIES;
  if (begins_with (data, length, status_question, 2))
    {
      if (length < status_question.length)
        return 0;
      guint8 byte = status_byte (printer, data[2]);
      if (speaks)
        answer (peer, &byte, 1);
      return status_question.length;
    }
  if (begins_with (data, length, in_turn, in_turn.length))
    {
      if (printer->manner == ANSWERS || printer->manner == CUTS_NOT)
        answer (peer, "\0", 1);
      return in_turn.length;
    }
  if (begins_with (data, length, count, count.length))
    {
      g_autofree char *text = g_strdup_printf ("_%" G_GINT64_FORMAT, printer->cuts);
      if (printer->manner != ANSWERS_NO_COUNT && speaks)
        answer (peer, text, strlen (text) + 1);
      return count.length;
    }
  if (length < 6 && (data[0] == 0x10 || data[0] == 0x1d))
    return 0;
  if (length >= 4 && memcmp (data, "\x1dVB", 4) == 0 && printer->manner != CUTS_NOT)
    printer->cuts++;
  g_byte_array_append (printer->taken, data, 1);
  return 1;
}

static void
serve (Printer *printer, GSocket *peer)
{
  g_autoptr (GByteArray) held = g_byte_array_new ();
  guint8 buffer[8192];
  gssize got;
  while ((got = g_socket_receive (peer, (char *) buffer, sizeof buffer, printer->stop, NULL)) > 0)
    {
      gsize used = 0, step;
      g_byte_array_append (held, buffer, (guint) got);
      while (used < held->len && (step = obey (printer, peer, held->data + used, held->len - used)) > 0)
        used += step;
      g_byte_array_remove_range (held, 0, (guint) used);
      if (printer->manner == DIES && printer->taken->len > 1000)
        return;
    }
  while (held->len > 0) /* what ended in something like a question's beginning */
    {
      printer->cuts += held->len == 4 && memcmp (held->data, "\x1dVB", 4) == 0;
      g_byte_array_append (printer->taken, held->data, 1);
      g_byte_array_remove_index (held, 0);
    }
}

static gpointer
run_printer (gpointer data)
{
  Printer *printer = data;
  GSocket *peer;
  while ((peer = g_socket_accept (printer->listener, printer->stop, NULL)) != NULL)
    {
      if (printer->manner == STALLS)
        {
          GPollFD fd;
          if (g_cancellable_make_pollfd (printer->stop, &fd))
            (void) g_poll (&fd, 1, -1);
          g_cancellable_release_fd (printer->stop);
        }
      else if (printer->manner != HANGS_UP)
        serve (printer, peer);
      (void) g_socket_close (peer, NULL);
      g_object_unref (peer);
    }
  return NULL;
}

static void
printer_start (Printer *printer, Manner manner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  *printer = (Printer){ .manner = manner, .stop = g_cancellable_new (), .taken = g_byte_array_new (), .cuts = 41 };
  printer->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_set_option (printer->listener, SOL_SOCKET, SO_RCVBUF, 4096, &error));
  g_assert_true (g_socket_bind (printer->listener, address, TRUE, &error));
  g_assert_true (g_socket_listen (printer->listener, &error));
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (printer->listener, &error);
  printer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  printer->thread = g_thread_new ("printer", run_printer, printer);
}

static void
printer_stop (Printer *printer)
{
  g_cancellable_cancel (printer->stop);
  g_thread_join (printer->thread);
  g_object_unref (printer->listener);
  g_object_unref (printer->stop);
  g_byte_array_unref (printer->taken);
}

typedef struct {
  guint begun;
  gint64 counter;
  gboolean refuse;
} Begin;

static gboolean
begin (gpointer data, gint64 counter)
{
  Begin *begin = data;
  begin->begun++;
  begin->counter = counter;
  return !begin->refuse;
}

static GBytes *
job_bytes (gsize length)
{
  guint8 *data = g_malloc (length);
  memset (data, 'x', length);
  memcpy (data + length - 4, "\x1dVB", 4);
  return g_bytes_new_take (data, length);
}

static SlSendEnd
send_to (const char *target, SlPaper paper, gsize length, Begin *out_begin, char **out_problem)
{
  SlPrinterPlace place = { target, paper, TRUE, FALSE, "receipt-1", QUICK };
  g_autoptr (GBytes) bytes = job_bytes (length);
  return sl_printer_send (&place, bytes, begin, out_begin, out_problem);
}

static void
assert_send (Manner manner, gsize length, SlSendEnd end, guint begun, const char *problem)
{
  Printer printer;
  Begin job = { 0 };
  g_autofree char *said = NULL;
  printer_start (&printer, manner);
  g_autofree char *target = g_strdup_printf ("tcp:127.0.0.1:%u", printer.port);
  SlSendEnd got = send_to (target, SL_PAPER_ROLL_80, length, &job, &said);
  printer_stop (&printer);
  g_assert_cmpint (got, ==, end);
  g_assert_cmpuint (job.begun, ==, begun);
  g_assert_cmpstr (said, ==, problem);
}

static void
a_printer_that_answers_says_when_it_is_done (void)
{
  Printer printer;
  Begin job = { 0 };
  g_autofree char *problem = NULL;
  printer_start (&printer, ANSWERS);
  g_autofree char *target = g_strdup_printf ("tcp:127.0.0.1:%u", printer.port);
  g_assert_cmpint (send_to (target, SL_PAPER_ROLL_80, 100000, &job, &problem), ==, SL_SEND_DONE);
  g_assert_cmpint (job.counter, ==, 41);
  g_assert_null (problem);
  SlPrinterPlace place = { target, SL_PAPER_ROLL_80, TRUE, FALSE, "receipt-1", QUICK };
  SlSendEnd end;
  g_assert_true (sl_printer_ask (&place, 41, &end));
  g_assert_cmpint (end, ==, SL_SEND_DONE);
  g_assert_true (sl_printer_ask (&place, 42, &end));
  g_assert_cmpint (end, ==, SL_SEND_NOT_BEGUN);
  place.shared = TRUE;
  g_assert_true (sl_printer_ask (&place, 41, &end));
  g_assert_cmpint (end, ==, SL_SEND_CUT_OFF);
  g_assert_true (sl_printer_ask (&place, SL_SEND_NO_COUNTER, &end));
  g_assert_cmpint (end, ==, SL_SEND_CUT_OFF);
  printer_stop (&printer);
  g_assert_false (sl_printer_ask (&place, 41, &end)); /* gone: asked again later */
}

static void
printers_that_say_less_are_believed (void)
{
  assert_send (ANSWERS_NO_COUNT, 100000, SL_SEND_DONE, 1, NULL);
  assert_send (SILENT, JOB_BYTES, SL_SEND_DONE, 1, NULL);
}

static void
without_paper_nothing_is_sent (void)
{
  assert_send (OUT_OF_PAPER, 100000, SL_SEND_NOT_BEGUN, 0, "it is out of paper");
}

static SlPrinterSeen
look_at (Manner manner)
{
  Printer printer;
  printer_start (&printer, manner);
  g_autofree char *target = g_strdup_printf ("tcp:127.0.0.1:%u", printer.port);
  SlPrinterPlace place = { .target = target, .paper = SL_PAPER_ROLL_80, .times = QUICK };
  SlPrinterSeen seen = sl_printer_look (&place);
  printer_stop (&printer);
  g_assert_cmpuint (printer.cuts, ==, 41);
  g_assert_cmpint (sl_printer_look (&place), ==, SL_PRINTER_MISSING); /* switched off */
  return seen;
}

static void
a_look_tells_and_prints_nothing (void)
{
  g_assert_cmpint (look_at (ANSWERS), ==, SL_PRINTER_READY);
  g_assert_cmpint (look_at (SILENT), ==, SL_PRINTER_READY);
  g_assert_cmpint (look_at (OUT_OF_PAPER), ==, SL_PRINTER_NOT_READY);
  g_assert_cmpint (look_at (HANGS_UP), ==, SL_PRINTER_MISSING);
}

static void
paper_that_ends_midway_is_told (void)
{
  assert_send (RUNS_OUT, 100000, SL_SEND_CUT_OFF, 1, "it is out of paper");
}

static void
a_stalled_printer_holds_nobody_up (void)
{
  assert_send (STALLS, JOB_BYTES, SL_SEND_CUT_OFF, 1, "it takes nothing any more");
}

static void
a_printer_that_dies_midway_is_no_success (void)
{
  assert_send (DIES, JOB_BYTES, SL_SEND_CUT_OFF, 1, "it hung up");
}

static void
a_printer_that_hangs_up_has_nothing (void)
{
  assert_send (HANGS_UP, 100000, SL_SEND_NOT_BEGUN, 0, "it hung up");
}

static void
a_job_without_its_cut_is_not_done (void)
{
  assert_send (CUTS_NOT, 100000, SL_SEND_CUT_OFF, 1, "it took all and did not cut");
}

static void
nobody_there_is_told_at_once (void)
{
  Printer printer;
  Begin job = { 0 };
  g_autofree char *problem = NULL, *away = NULL;
  printer_start (&printer, ANSWERS);
  g_autofree char *target = g_strdup_printf ("tcp:127.0.0.1:%u", printer.port);
  printer_stop (&printer);
  g_assert_cmpint (send_to (target, SL_PAPER_ROLL_80, 100, &job, &problem), ==, SL_SEND_NOT_BEGUN);
  g_assert_true (g_str_has_prefix (problem, "nobody answers at its address: "));
  g_assert_cmpint (send_to ("/dev/there-is-none", SL_PAPER_ROLL_80, 100, &job, &away), ==, SL_SEND_NOT_BEGUN);
  g_assert_cmpstr (away, ==, "it is not plugged in, or switched off");
  g_assert_cmpuint (job.begun, ==, 0);
}

static void
what_may_not_begin_is_not_sent (void)
{
  Printer printer;
  Begin job = { .refuse = TRUE };
  g_autofree char *problem = NULL;
  printer_start (&printer, ANSWERS);
  g_autofree char *target = g_strdup_printf ("tcp:127.0.0.1:%u", printer.port);
  g_assert_cmpint (send_to (target, SL_PAPER_ROLL_80, 100, &job, &problem), ==, SL_SEND_NOT_BEGUN);
  g_assert_cmpint (send_to (target, SL_PAPER_A4, 100, &job, &problem), ==, SL_SEND_NOT_BEGUN);
  guint taken = printer.taken->len;
  printer_stop (&printer);
  g_assert_cmpuint (taken, ==, 0);
}

/* A pseudo-terminal is the nearest thing to a printer's device file that every machine has. */
static gpointer
read_device (gpointer data)
{
  GByteArray *got = g_byte_array_new ();
  guint8 buffer[4096];
  gssize length;
  while (got->len < 20000 && (length = read (GPOINTER_TO_INT (data), buffer, sizeof buffer)) > 0)
    g_byte_array_append (got, buffer, (guint) length);
  return got;
}

static void
devices_take_every_byte_as_it_is (void)
{
  Begin job = { 0 };
  g_autofree char *problem = NULL;
  int master = posix_openpt (O_RDWR | O_NOCTTY);
  g_assert_cmpint (master, >=, 0);
  g_assert_true (grantpt (master) == 0 && unlockpt (master) == 0);
  int keep = open (ptsname (master), O_RDWR | O_NOCTTY); /* so that its end is not the printer's */
  struct termios raw;
  g_assert_cmpint (tcgetattr (keep, &raw), ==, 0);
  cfmakeraw (&raw);
  g_assert_cmpint (tcsetattr (keep, TCSANOW, &raw), ==, 0);
  GThread *reader = g_thread_new ("device", read_device, GINT_TO_POINTER (master));
  guint8 all[20000];
  for (guint i = 0; i < sizeof all; i++)
    all[i] = (guint8) i;
  g_autoptr (GBytes) bytes = g_bytes_new (all, sizeof all);
  SlPrinterPlace place = { ptsname (master), SL_PAPER_A4, FALSE, FALSE, "receipt-1", QUICK };
  g_assert_cmpint (sl_printer_send (&place, bytes, begin, &job, &problem), ==, SL_SEND_DONE);
  g_autoptr (GByteArray) got = g_thread_join (reader);
  g_assert_cmpmem (got->data, got->len, all, sizeof all);
  close (keep);
  close (master);
}

static void
directories_hold_each_job_once (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  Begin job = { 0 };
  SlSendEnd end;
  g_autofree char *target = g_strconcat ("dir:", dir->path, NULL), *problem = NULL, *missing = NULL;
  SlPrinterPlace place = { target, SL_PAPER_ROLL_80, TRUE, FALSE, "receipt-1", QUICK };
  g_assert_true (sl_printer_ask (&place, SL_SEND_NO_COUNTER, &end));
  g_assert_cmpint (end, ==, SL_SEND_NOT_BEGUN);
  g_assert_cmpint (send_to (target, SL_PAPER_ROLL_80, 100, &job, &problem), ==, SL_SEND_DONE);
  g_assert_true (sl_printer_ask (&place, SL_SEND_NO_COUNTER, &end));
  g_assert_cmpint (end, ==, SL_SEND_DONE);
  g_autofree char *path = sl_temp_dir_file (dir, "receipt-1.escpos");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (send_to ("dir:/there/is/none", SL_PAPER_ROLL_80, 100, &job, &missing), ==, SL_SEND_NOT_BEGUN);
  g_assert_cmpstr (missing, ==, "its directory is not there");
  place.target = "dir:/there/is/none";
  g_assert_false (sl_printer_ask (&place, SL_SEND_NO_COUNTER, &end));
}

static void
places_are_named_in_one_way (void)
{
  static const char *const good[]
    = { "tcp:printer", "tcp:10.0.0.7:9100", "tcp:[::1]:9100", "dir:/tmp/a", "/dev/usb/lp0" };
  static const char *const bad[] = { "", "printer", "tcp:", "dir:", "dir:relative", "/", "tcp:host:port", "http://a" };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sl_printer_target_check (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (sl_printer_target_check (bad[i], &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/printer/one-that-answers-says-when-it-is-done", a_printer_that_answers_says_when_it_is_done);
  g_test_add_func ("/sl/printer/those-that-say-less-are-believed", printers_that_say_less_are_believed);
  g_test_add_func ("/sl/printer/without-paper-nothing-is-sent", without_paper_nothing_is_sent);
  g_test_add_func ("/sl/printer/a-look-tells-and-prints-nothing", a_look_tells_and_prints_nothing);
  g_test_add_func ("/sl/printer/paper-that-ends-midway-is-told", paper_that_ends_midway_is_told);
  g_test_add_func ("/sl/printer/one-that-stalls-holds-nobody-up", a_stalled_printer_holds_nobody_up);
  g_test_add_func ("/sl/printer/one-that-dies-midway-is-no-success", a_printer_that_dies_midway_is_no_success);
  g_test_add_func ("/sl/printer/one-that-hangs-up-has-nothing", a_printer_that_hangs_up_has_nothing);
  g_test_add_func ("/sl/printer/a-job-without-its-cut-is-not-done", a_job_without_its_cut_is_not_done);
  g_test_add_func ("/sl/printer/nobody-there-is-told-at-once", nobody_there_is_told_at_once);
  g_test_add_func ("/sl/printer/what-may-not-begin-is-not-sent", what_may_not_begin_is_not_sent);
  g_test_add_func ("/sl/printer/devices-take-every-byte-as-it-is", devices_take_every_byte_as_it_is);
  g_test_add_func ("/sl/printer/directories-hold-each-job-once", directories_hold_each_job_once);
  g_test_add_func ("/sl/printer/places-are-named-in-one-way", places_are_named_in_one_way);
  return g_test_run ();
}
