/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-printing"

#include "printing/printing.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "engine/cash-up.h"
#include "engine/print-report.h"
#include "engine/receipt.h"

typedef struct {
  SlPrintPort port;
  SlPrinterTimes times;
} Port;

static SlDocument *
test_document (SlEngine *engine)
{
  SlDocument *document = sl_document_new (SL_DOCUMENT_REPORT, sl_engine_currency (engine),
                                          sl_engine_time_zone (engine), sl_engine_now_ms (engine));
  const char *studio = sl_engine_studio_name (engine);
  sl_document_set_title (document, _("Test page"), NULL);
  sl_document_set_supplier (document, studio != NULL ? studio : "", NULL, NULL);
  sl_document_add_note (document, "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789");
  sl_document_add_note (document, "Šš Ŋŋ ê ë ï ô û á é ŉ ḓ ḽ ṋ ṱ ṅ — R 1 234,50");
  sl_document_set_qr (document, "https://www.gov.za", NULL);
  return document;
}

static gboolean
pays_cash (const SlDocument *document)
{
  for (guint i = 0; i < document->payments->len; i++)
    if (g_str_equal (((SlDocumentPayment *) document->payments->pdata[i])->method, "cash"))
      return TRUE;
  return FALSE;
}

/* By the device's own right: whoever asked for it was let. */
static SlDocument *
receipt_document (SlEngine *engine, const SlId *id, GError **error)
{
  g_auto (SlActor) actor = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlReceipt) receipt = NULL;
  sl_actor_init_owner (&actor);
  if (!sl_receipt_document (engine, &actor, id, &receipt, &refusal, error))
    return NULL;
  g_return_val_if_fail (receipt != NULL, NULL);
  return g_steal_pointer (&receipt->document);
}

static SlDocument *
cash_up_document (SlEngine *engine, const SlId *till, GError **error)
{
  g_autoptr (SlCashUp) cash_up = sl_cash_up_of_till (engine, till, error);
  return cash_up != NULL ? sl_cash_up_to_document (engine, cash_up, error) : NULL;
}

static const char *
translate (const char *text)
{
  return dgettext (GETTEXT_PACKAGE, text);
}

static SlDocument *
make_document (SlEngine *engine, const SlPrintJob *job, GError **error)
{
  switch (job->kind)
    {
    case SL_PRINT_RECEIPT:
      return receipt_document (engine, &job->subject_id, error);
    case SL_PRINT_CASH_UP:
      return cash_up_document (engine, &job->subject_id, error);
    case SL_PRINT_REPORT:
      return sl_print_report_document (engine, job, translate, error);
    default:
      return test_document (engine);
    }
}

static GBytes *
make (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer, GError **error)
{
  SlPaper paper = SL_PAPER_ROLL_80;
  (void) sl_paper_parse (printer->paper, &paper);
  if (job->kind == SL_PRINT_DRAWER)
    return sl_escpos_drawer ();
  g_autoptr (SlDocument) document = make_document (engine, job, error);
  if (document == NULL)
    return NULL;
  document->copy = job->copy;
  SlEscPosOptions options = { .cut = printer->cut, .drawer = printer->drawer && !job->copy && pays_cash (document) };
  return paper == SL_PAPER_A4 ? sl_document_to_pdf (document, paper, error)
                              : sl_document_to_escpos (document, paper, &options, error);
}

/* What is not cut tells nothing by its cuts: the drawer's kick. */
static void
place_of (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, char **out_name, SlPrinterPlace *out)
{
  char id[SL_ID_TEXT_BYTES];
  *out_name = g_strdup_printf ("%s-%s", sl_print_kind_name (job->kind), sl_id_format (&job->id, id));
  *out = (SlPrinterPlace){ .target = printer->target,
                           .paper = SL_PAPER_ROLL_80,
                           .cut = printer->cut && job->kind != SL_PRINT_DRAWER,
                           .shared = printer->shared,
                           .job_name = *out_name,
                           .times = ((Port *) port)->times };
  (void) sl_paper_parse (printer->paper, &out->paper);
}

static SlPrintEnd
end_of (SlSendEnd end)
{
  return end == SL_SEND_DONE ? SL_PRINT_DONE : end == SL_SEND_NOT_BEGUN ? SL_PRINT_NOT_BEGUN : SL_PRINT_CUT_OFF;
}

typedef struct {
  gboolean (*begin) (gpointer data, gint64 counter);
  gpointer data;
} Beginning;

static gboolean
begin (gpointer data, gint64 counter)
{
  Beginning *beginning = data;
  return beginning->begin (beginning->data, counter == SL_SEND_NO_COUNTER ? SL_NUMBER_NONE : counter);
}

static SlPrintEnd
send_job (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
          gboolean (*begin_job) (gpointer data, gint64 counter), gpointer data, char **out_problem)
{
  g_autofree char *name = NULL;
  SlPrinterPlace place;
  Beginning beginning = { begin_job, data };
  place_of (port, printer, job, &name, &place);
  return end_of (sl_printer_send (&place, bytes, begin, &beginning, out_problem));
}

static gboolean
ask_printer (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end)
{
  g_autofree char *name = NULL;
  SlPrinterPlace place;
  SlSendEnd end;
  place_of (port, printer, job, &name, &place);
  gint64 counter = job->counter == SL_NUMBER_NONE ? SL_SEND_NO_COUNTER : job->counter;
  if (!sl_printer_ask (&place, counter, &end))
    return FALSE;
  *out_end = end_of (end);
  return TRUE;
}

/**
 * sl_printing_run:
 * @engine: the engine, not inside a command
 * @times: how long a printer is waited for
 * @out: (out): what came of it
 * @error: of the store
 *
 * Prints what waits: sl_print_queue_run() with the documents of this studio and its printers. May take minutes; any
 * thread that may wait, with an engine of its own.
 *
 * Returns: %FALSE on failure; a printer that does not print is none
 */
gboolean
sl_printing_run (SlEngine *engine, const SlPrinterTimes *times, SlPrintCounts *out, GError **error)
{
  Port port = { { make, send_job, ask_printer }, *times };
  return sl_print_queue_run (engine, &port.port, out, error);
}

/**
 * sl_printing_look:
 * @dir: the data directory
 * @printers: (element-type SlPrinter): this device's
 * @times: how long each is waited for
 *
 * Looks whether they would print, before anybody waits for paper. One that is printing is well. Any thread that may
 * wait; no engine.
 *
 * Returns: how the worst of them is
 */
SlPrinterSeen
sl_printing_look (const char *dir, const GPtrArray *printers, const SlPrinterTimes *times)
{
  SlPrinterSeen worst = SL_PRINTER_READY;

  g_return_val_if_fail (dir != NULL && printers != NULL && times != NULL, worst);
  for (guint i = 0; i < printers->len; i++)
    {
      const SlPrinter *printer = printers->pdata[i];
      SlPrinterPlace place = { .target = printer->target, .paper = SL_PAPER_ROLL_80, .times = *times };
      int lock = sl_print_lock (dir, printer->name, NULL);
      if (lock < 0)
        continue;
      (void) sl_paper_parse (printer->paper, &place.paper);
      worst = MAX (worst, sl_printer_look (&place));
      (void) g_close (lock, NULL);
    }
  return worst;
}
