/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-printer-device"

#include "print/printer.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/error.h"
#include "print/problem.h"
#include "print/wire.h"

#define DIRECTORY "dir:"
#define TCP "tcp:"
#define LOST_LOOKS 5           /* a printer that is ready and has not cut after so many looks has lost the job */

/**
 * sl_printer_target_check:
 * @target: where a printer is, as people name it
 * @error: %SL_ERROR_BAD_INPUT
 *
 * Returns: whether it names a place; whether there is a printer is another matter
 */
gboolean
sl_printer_target_check (const char *target, GError **error)
{
  g_return_val_if_fail (target != NULL, FALSE);

  if (g_str_has_prefix (target, "/") && target[1] != '\0')
    return TRUE;
  if (g_str_has_prefix (target, DIRECTORY) && g_path_is_absolute (target + strlen (DIRECTORY)))
    return TRUE;
  if (g_str_has_prefix (target, TCP) && target[strlen (TCP)] != '\0')
    {
      g_autoptr (GSocketConnectable) address = g_network_address_parse (target + strlen (TCP), 1, NULL);
      if (address != NULL)
        return TRUE;
    }
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                       "a printer is at tcp:HOST[:PORT], at a device like /dev/usb/lp0, or it is dir:/DIRECTORY");
  return FALSE;
}

static SlSendEnd
end_with (SlSendEnd end, char **out_problem, char *problem)
{
  g_free (*out_problem);
  *out_problem = problem;
  return end;
}

static char *
file_of (const SlPrinterPlace *place)
{
  g_autofree char *name
    = g_strdup_printf ("%s.%s", place->job_name, place->paper == SL_PAPER_A4 ? "pdf" : "escpos");
  return g_build_filename (place->target + strlen (DIRECTORY), name, NULL);
}

/* A file appears whole, under the job's name, or not at all. */
static SlSendEnd
write_file (const SlPrinterPlace *place, GBytes *bytes, SlSendBegin begin, gpointer data, char **out_problem)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = file_of (place);
  if (!g_file_test (place->target + strlen (DIRECTORY), G_FILE_TEST_IS_DIR))
    return end_with (SL_SEND_NOT_BEGUN, out_problem, g_strdup (N_ ("its directory is not there")));
  if (!begin (data, SL_SEND_NO_COUNTER))
    return SL_SEND_NOT_BEGUN;
  if (g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    return SL_SEND_DONE;
  const char *why = g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? N_ ("its directory is full")
                                                                              : N_ ("its directory takes nothing");
  return end_with (SL_SEND_NOT_BEGUN, out_problem, sl_print_problem_new (why, error->message));
}

/* Whether it ended: by its own word where it has one, else by what it took. */
static gboolean
finish (SlPrintWire *wire, SlReadiness readiness, gint64 counter, char **out_problem)
{
  if (readiness == SL_READY_SILENT)
    return sl_print_wire_drain (wire, out_problem);
  if (!sl_print_wire_settle (wire, out_problem))
    return FALSE;
  if (counter == SL_SEND_NO_COUNTER || sl_print_wire_cuts (wire) != counter)
    return TRUE;
  g_free (*out_problem);
  *out_problem = g_strdup (N_ ("it took all and did not cut"));
  return FALSE;
}

static SlSendEnd
send_over (SlPrintWire *wire, const SlPrinterPlace *place, GBytes *bytes, SlSendBegin begin, gpointer data,
           char **out_problem)
{
  gsize length;
  const guint8 *start = g_bytes_get_data (bytes, &length);
  SlReadiness readiness = place->paper == SL_PAPER_A4 ? SL_READY_SILENT : sl_print_wire_status (wire, out_problem);
  if (readiness == SL_NOT_READY || readiness == SL_GONE)
    return SL_SEND_NOT_BEGUN;
  gint64 counter = readiness == SL_READY && place->cut ? sl_print_wire_cuts (wire) : SL_SEND_NO_COUNTER;
  if (!begin (data, counter))
    return SL_SEND_NOT_BEGUN;
  if (sl_print_wire_write (wire, start, length, out_problem) && finish (wire, readiness, counter, out_problem))
    return end_with (SL_SEND_DONE, out_problem, NULL);
  return SL_SEND_CUT_OFF;
}

/**
 * sl_printer_send:
 * @place: the printer
 * @bytes: for it
 * @begin: called once it is ready, before its first byte
 * @data: for @begin
 * @out_problem: (out) (nullable): why it did not print, for people
 *
 * Sends a job and waits until the printer says that it is on paper, or, where it says nothing, until it has taken all
 * of it; each time no longer than @place says. Any thread that may wait.
 *
 * Returns: how it ended
 */
SlSendEnd
sl_printer_send (const SlPrinterPlace *place, GBytes *bytes, SlSendBegin begin, gpointer data, char **out_problem)
{
  g_return_val_if_fail (place != NULL && bytes != NULL && begin != NULL && out_problem != NULL, SL_SEND_NOT_BEGUN);

  *out_problem = NULL;
  if (g_str_has_prefix (place->target, DIRECTORY))
    return write_file (place, bytes, begin, data, out_problem);
  SlPrintWire wire;
  SlSendEnd end = SL_SEND_NOT_BEGUN;
  if (sl_print_wire_open (&wire, place, out_problem))
    end = send_over (&wire, place, bytes, begin, data, out_problem);
  sl_print_wire_close (&wire);
  return end;
}

/* Looks several times: a printer that was refilled goes on with what it holds. */
static SlSendEnd
compare_cuts (SlPrintWire *wire, const SlPrinterPlace *place, gint64 counter)
{
  for (int look = 0; look < LOST_LOOKS; look++)
    {
      gint64 now = sl_print_wire_cuts (wire);
      if (now == SL_SEND_NO_COUNTER)
        return SL_SEND_CUT_OFF;
      if (now != counter)
        return place->shared ? SL_SEND_CUT_OFF : SL_SEND_DONE;
      if (look + 1 < LOST_LOOKS)
        g_usleep ((gulong) place->times.answer_ms * 1000);
    }
  return SL_SEND_NOT_BEGUN;
}

/**
 * sl_printer_ask:
 * @place: the printer
 * @counter: what it had counted when the job began; %SL_SEND_NO_COUNTER: it did not say
 * @out_end: (out): %SL_SEND_DONE: it is printed; %SL_SEND_NOT_BEGUN: it was not, and will not be; %SL_SEND_CUT_OFF: it
 * cannot be told
 *
 * After whoever sent it has died. A file is there or not. A printer that counts its cuts has cut once more or not; one
 * that others use, too, may have cut for them.
 *
 * Returns: %FALSE: the printer is away or not ready: ask again later
 */
gboolean
sl_printer_ask (const SlPrinterPlace *place, gint64 counter, SlSendEnd *out_end)
{
  g_return_val_if_fail (place != NULL && out_end != NULL, FALSE);

  *out_end = SL_SEND_CUT_OFF;
  if (g_str_has_prefix (place->target, DIRECTORY))
    {
      g_autofree char *path = file_of (place);
      *out_end = g_file_test (path, G_FILE_TEST_EXISTS) ? SL_SEND_DONE : SL_SEND_NOT_BEGUN;
      return g_file_test (place->target + strlen (DIRECTORY), G_FILE_TEST_IS_DIR);
    }
  if (counter == SL_SEND_NO_COUNTER)
    return TRUE;
  SlPrintWire wire;
  g_autofree char *problem = NULL;
  gboolean reached
    = sl_print_wire_open (&wire, place, &problem) && sl_print_wire_status (&wire, &problem) == SL_READY;
  if (reached)
    *out_end = compare_cuts (&wire, place, counter);
  sl_print_wire_close (&wire);
  return reached;
}

/**
 * sl_printer_look:
 * @place: the printer
 *
 * Asks what a job would ask first, and sends none. Any thread that may wait. Not while somebody else prints there: see
 * sl_print_lock().
 *
 * Returns: whether somebody is there, and would print
 */
SlPrinterSeen
sl_printer_look (const SlPrinterPlace *place)
{
  g_return_val_if_fail (place != NULL, SL_PRINTER_MISSING);

  g_autofree char *problem = NULL;
  SlPrintWire wire;
  SlPrinterSeen state = SL_PRINTER_MISSING;
  if (g_str_has_prefix (place->target, DIRECTORY))
    return g_file_test (place->target + strlen (DIRECTORY), G_FILE_TEST_IS_DIR) ? SL_PRINTER_READY : state;
  if (sl_print_wire_open (&wire, place, &problem))
    {
      SlReadiness readiness = place->paper == SL_PAPER_A4 ? SL_READY_SILENT : sl_print_wire_status (&wire, &problem);
      state = readiness == SL_NOT_READY ? SL_PRINTER_NOT_READY : readiness == SL_GONE ? state : SL_PRINTER_READY;
    }
  sl_print_wire_close (&wire);
  return state;
}
