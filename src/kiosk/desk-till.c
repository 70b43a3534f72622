/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-till"

#include "desk-till.h"

#include "date-words.h"
#include "desk-pay.h"
#include "desk-till-jobs.h"
#include "text-fill.h"
#include "till-page.h"

#include "core/text.h"
#include "engine/invoice.h"

#include <glib/gi18n-lib.h>

/* Presents the till; lives as long as its page. */
typedef struct {
  SlTillPage *page;
  SlDesk *desk;
  gboolean is_busy;
} Till;

#define KEY "sl-desk-till"

static Till *
till_of (gpointer owner)
{
  return g_object_get_data (G_OBJECT (owner), KEY);
}

static void
till_free (gpointer data)
{
  g_object_unref (((Till *) data)->desk);
  g_free (data);
}

static char *
money (Till *self, gint64 cents)
{
  return sl_money_format (cents, sl_desk_get_currency (self->desk));
}

static gboolean
went_wrong (Till *self, const SlRefusal *refusal, const GError *error)
{
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    return FALSE;
  sl_desk_say_outcome (self->desk, refusal, error);
  return TRUE;
}

/* --- what there is --- */

static void
show_state (Till *self, const SlCashUp *cash_up)
{
  const SlTill *till = cash_up->till;
  SlTillState state = { .currency = sl_desk_get_currency (self->desk), .expected_cents = cash_up->expected_cents };
  g_autofree char *since = NULL;

  if (till != NULL)
    {
      GTimeZone *zone = sl_desk_get_zone (self->desk);
      g_autofree char *time = sl_date_words_time (till->opened_ms, zone);
      g_autofree char *day = sl_date_words_day_from (till->opened_ms, sl_desk_get_now_ms (self->desk), zone);

      state.since = since = g_strdup_printf ("%s %s", day, time);
      state.is_open = till->closed_ms == 0;
      state.float_cents = till->float_cents;
      state.taken_cents = till->cash_taken_cents;
      state.refunded_cents = till->cash_refunded_cents;
      state.put_in_cents = till->put_in_cents;
    }
  sl_till_page_set_state (self->page, &state);
}

static void
show_takings (Till *self, const SlCashUp *cash_up)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);
  gint64 total = 0;

  for (guint i = 0; i < SL_CASH_UP_METHODS; i++)
    {
      const SlCashUpRow *row = &cash_up->rows[i];
      gint64 cents = row->sales_cents + row->payments_cents - row->refunds_cents;
      g_autofree char *back = money (self, row->refunds_cents), *amount = money (self, cents);
      g_autofree char *detail = row->refunds == 0 ? NULL
                                : sl_text_fill (_("{amount} of it given back"), "amount", back, NULL);

      if (row->sales + row->payments + row->refunds == 0)
        continue;
      total += cents;
      g_ptr_array_add (items, sl_page_item_new (&sl_id_none, sl_pay_method_words (row->method), detail, amount));
    }
  g_autofree char *together = money (self, total);
  sl_till_page_set_takings (self->page, items, together);
}

static void
show_pending (Till *self, const GPtrArray *pending)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  for (guint i = 0; i < pending->len; i++)
    {
      const SlPayment *payment = pending->pdata[i];
      g_autofree char *amount = money (self, payment->amount_cents);
      g_autofree char *day = sl_date_words_day_from (payment->at_ms, sl_desk_get_now_ms (self->desk),
                                                     sl_desk_get_zone (self->desk));
      g_autofree char *time = sl_date_words_time (payment->at_ms, sl_desk_get_zone (self->desk));
      g_autofree char *when = g_strdup_printf ("%s %s", day, time);
      g_autofree char *detail = sl_text_join (" · ", when, payment->reference != NULL ? payment->reference : "", NULL);

      if (g_str_equal (payment->method, "account"))
        continue;
      g_ptr_array_add (items, sl_page_item_new (&payment->id, sl_pay_method_words (payment->method), detail, amount));
    }
  sl_till_page_set_pending (self->page, items);
}

static void
show_receipts (Till *self, const SlTillDay *day)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  for (guint i = 0; i < day->papers->len; i++)
    {
      const SlTillPaper *paper = day->papers->pdata[i];
      g_autofree char *amount = money (self, paper->cents);
      g_autofree char *hour = sl_date_words_time (paper->at_ms, sl_desk_get_zone (self->desk));
      g_autofree char *date = sl_date_words_date (paper->at_ms, sl_desk_get_zone (self->desk));
      g_autofree char *time = sl_text_join (" ", day->is_found ? date : "", hour, NULL);
      g_autofree char *title = sl_text_join (" · ", time, paper->what, NULL);
      g_autofree char *detail = sl_text_join (" · ", paper->who, paper->number, NULL);

      g_ptr_array_add (items, sl_page_item_new (&paper->id, title, detail, amount));
    }
  sl_till_page_set_receipts (self->page, items, day->is_found);
}

static void
on_day (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Till *self = till_of (owner);
  const SlTillDay *day = result;

  if (went_wrong (self, refusal, error))
    return;
  show_state (self, day->cash_up);
  show_takings (self, day->cash_up);
  show_pending (self, day->pending);
  show_receipts (self, day);
}

static void
load (Till *self)
{
  SlTillWanted *wanted = sl_till_wanted_new (sl_till_page_get_search (self->page), sl_desk_get_now_ms (self->desk),
                                             sl_desk_get_zone (self->desk));

  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_till_load_day, .request = wanted, .free_request = sl_till_wanted_free,
                              .free_result = sl_till_day_free, .done = on_day });
}

/* --- what is done --- */

static void
say_done (Till *self, const SlTillDone *done)
{
  g_autofree char *amount = money (self, ABS (done->cents)), *words = NULL;

  switch (done->deed)
    {
    case SL_TILL_OPEN:
      words = g_strdup (_("The till is open."));
      break;
    case SL_TILL_CASH:
      words = g_strdup (_("Written down."));
      break;
    case SL_TILL_CLOSE:
      if (done->cents == 0)
        words = g_strdup (_("The till is closed. It was right."));
      else if (done->cents < 0)
        words = sl_text_fill (_("The till is closed, {amount} short."), "amount", amount, NULL);
      else
        words = sl_text_fill (_("The till is closed, {amount} over."), "amount", amount, NULL);
      break;
    case SL_TILL_REFUND:
      words = sl_text_fill (_("{amount} was given back."), "amount", amount, NULL);
      break;
    default:
      words = g_strdup (_("Written down."));
    }
  sl_desk_say (self->desk, SL_DESK_TONE_DONE, words);
}

/* What was typed stays in its sheet where it was refused. */
static void
on_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Till *self = till_of (owner);

  self->is_busy = FALSE;
  if (went_wrong (self, refusal, error))
    return;
  sl_till_page_close_sheet (self->page);
  say_done (self, result);
}

static void
do_order (Till *self, SlTillOrder *order)
{
  if (self->is_busy)
    {
      sl_till_order_free (order);
      return;
    }
  self->is_busy = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_till_do, .request = order, .free_request = sl_till_order_free,
                              .free_result = g_free, .writes = TRUE, .done = on_done });
}

static void
on_open (SlTillPage *page, gint64 float_cents, Till *self)
{
  do_order (self, sl_till_order_new (SL_TILL_OPEN, NULL, float_cents, NULL));
}

static void
on_cash (SlTillPage *page, gint64 difference_cents, const char *reason, Till *self)
{
  do_order (self, sl_till_order_new (SL_TILL_CASH, NULL, difference_cents, reason));
}

static void
on_close (SlTillPage *page, gint64 counted_cents, const char *note, Till *self)
{
  do_order (self, sl_till_order_new (SL_TILL_CLOSE, NULL, counted_cents, note));
}

static void
on_refund (SlTillPage *page, const SlId *payment, gint64 cents, const char *reason, Till *self)
{
  do_order (self, sl_till_order_new (SL_TILL_REFUND, payment, cents, reason));
}

static void
on_settle (SlTillPage *page, const SlId *payment, gboolean has_come, Till *self)
{
  SlTillOrder *order = sl_till_order_new (SL_TILL_SETTLE, payment, 0, NULL);

  order->has_come = has_come;
  do_order (self, order);
}

static void
show_sale (Till *self, const SlSaleRecord *sale)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  for (guint i = 0; i < sale->payments->len; i++)
    {
      const SlPayment *payment = sale->payments->pdata[i];
      g_autofree char *left = money (self, payment->refundable_cents);
      SlPageItem *item;

      if (payment->refundable_cents <= 0 || g_str_equal (payment->method, "account"))
        continue;
      item = sl_page_item_new (&payment->id, sl_pay_method_words (payment->method), payment->reference, left);
      item->cents = payment->refundable_cents;
      g_ptr_array_add (items, item);
    }
  g_autofree char *number = sl_invoice_number (&sale->replica, sale->receipt);
  g_autofree char *amount = money (self, sale->total_cents);
  g_autofree char *words = sl_text_fill (_("Receipt {number}"), "number", number, NULL);
  g_autofree char *title = sl_text_join (" · ", words, amount, NULL);
  sl_till_page_show_receipt (self->page, &sale->id, title,
                             items->len > 0 ? _("Tap a payment to give money back:")
                                            : _("Nothing of it can be given back."),
                             items);
}

static void
show_refund (Till *self, const SlReceipt *receipt)
{
  const SlDocument *document = receipt->document;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *what = sl_document_title (document), *amount = money (self, document->total_cents);
  g_autofree char *title = sl_text_join (" · ", what, document->number, amount, NULL);
  g_autofree char *text = sl_text_join ("\n", sl_till_receipt_what (receipt),
                                        document->reason != NULL ? document->reason : "", NULL);

  sl_till_page_show_receipt (self->page, &receipt->id, title, text, none);
}

static void
on_receipt_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Till *self = till_of (owner);
  const SlTillReceipt *receipt = result;

  if (went_wrong (self, refusal, error))
    return;
  if (receipt->sale != NULL)
    show_sale (self, receipt->sale);
  else
    show_refund (self, receipt->receipt);
}

static void
on_receipt (SlTillPage *page, const SlId *id, Till *self)
{
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_till_load_receipt, .request = sl_id_copy (id), .free_request = g_free,
                              .free_result = sl_till_receipt_free, .done = on_receipt_loaded });
}

static void
on_print (SlTillPage *page, const SlId *receipt, Till *self)
{
  sl_desk_pay_print (self->desk, G_OBJECT (page), receipt, TRUE);
}

static void
on_search (SlTillPage *page, Till *self)
{
  load (self);
}

/* What somebody looked for is not for whoever comes next. */
static void
on_staff_changed (SlDesk *desk, GObject *page)
{
  if (sl_desk_get_staff (desk) == NULL)
    sl_till_page_clear_search (SL_TILL_PAGE (page));
}

static void
on_map (SlTillPage *page, Till *self)
{
  load (self);
}

static void
on_changed (SlDesk *desk, GObject *page)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    load (till_of (page));
}

/**
 * sl_desk_till_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): the section of the till
 */
GtkWidget *
sl_desk_till_new (SlDesk *desk)
{
  Till *self = g_new0 (Till, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->page = SL_TILL_PAGE (sl_till_page_new ());
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, till_free);
  g_signal_connect (self->page, "open", G_CALLBACK (on_open), self);
  g_signal_connect (self->page, "cash", G_CALLBACK (on_cash), self);
  g_signal_connect (self->page, "close", G_CALLBACK (on_close), self);
  g_signal_connect (self->page, "refund", G_CALLBACK (on_refund), self);
  g_signal_connect (self->page, "settle", G_CALLBACK (on_settle), self);
  g_signal_connect (self->page, "receipt", G_CALLBACK (on_receipt), self);
  g_signal_connect (self->page, "print", G_CALLBACK (on_print), self);
  g_signal_connect (self->page, "search", G_CALLBACK (on_search), self);
  g_signal_connect_object (desk, "staff-changed", G_CALLBACK (on_staff_changed), self->page, 0);
  g_signal_connect (self->page, "map", G_CALLBACK (on_map), self);
  g_signal_connect_object (desk, "changed", G_CALLBACK (on_changed), self->page, 0);
  return GTK_WIDGET (self->page);
}
