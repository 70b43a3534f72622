/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-pay"

#include "desk-pay.h"

#include "text-fill.h"
#include "widgets/sheet.h"

#include "core/text.h"
#include "engine/invoice.h"
#include "engine/print-queue.h"
#include "engine/receipt.h"
#include "print/payment-code.h"
#include "scan/code-picture.h"

#include <glib/gi18n-lib.h>

/**
 * sl_desk_pay_new:
 * @view: where it was put together, after "pay"
 * @anyway: the same slip again is knowingly given
 *
 * Returns: (transfer full): how somebody pays; for any thread
 */
SlDeskPay *
sl_desk_pay_new (SlPayView *view, gboolean anyway)
{
  SlDeskPay *pay = g_new0 (SlDeskPay, 1);
  gboolean part;
  const GArray *parts = sl_pay_view_get_parts (view, &part);

  pay->texts = g_ptr_array_new_with_free_func (g_free);
  pay->params = (SlSaleParams) { .amount_cents = SL_NUMBER_NONE, .pays = pay->pays, .part = part, .anyway = anyway };
  for (guint i = 0; parts != NULL && i < parts->len && i < SL_SALE_TAKINGS_MAX; i++)
    {
      const SlPayPart *one = &g_array_index (parts, SlPayPart, i);
      char *reference = g_strdup (one->reference);

      if (reference != NULL)
        g_ptr_array_add (pay->texts, reference);
      pay->pays[pay->params.n_pays++]
        = (SlPay) { .method = sl_pay_way_method (one->way), .amount_cents = one->amount_cents,
                    .tendered_cents = one->tendered_cents, .pending = one->pending,
                    .reference = one->way != SL_PAY_VOUCHER ? reference : NULL,
                    .voucher_code = one->way == SL_PAY_VOUCHER ? reference : NULL };
    }
  return pay;
}

/**
 * sl_desk_pay_free:
 * @pay: (nullable) (transfer full): how somebody pays
 */
void
sl_desk_pay_free (SlDeskPay *pay)
{
  if (pay == NULL)
    return;
  g_ptr_array_unref (pay->texts);
  g_free (pay);
}

/**
 * sl_desk_paid_clear:
 * @paid: to be emptied; the struct itself is the caller's
 */
void
sl_desk_paid_clear (SlDeskPaid *paid)
{
  g_clear_pointer (&paid->receipt, g_free);
  g_clear_pointer (&paid->pending_method, g_free);
  g_clear_pointer (&paid->pay_code, g_free);
}

/* Where the studio has a link to pay by: a code for this sale. Without one, and where the amount is more than a code
 * is made for, they scan the sticker on the counter: what is sold is written down already. */
static gboolean
make_pay_code (SlEngine *engine, SlDeskPaid *paid, GError **error)
{
  g_auto (SlInvoiceDetails) details = { NULL };

  if (!sl_invoice_details_get (engine, &details, error))
    return FALSE;
  if (details.pay_link == NULL || paid->pending_cents > SL_PAYMENT_CODE_MAX_CENTS)
    return TRUE;
  paid->pay_code = sl_payment_code_text (details.pay_link, NULL, paid->pending_cents, paid->receipt, error);
  return paid->pay_code != NULL;
}

/**
 * sl_desk_paid_load:
 * @engine: the engine, on its thread
 * @sale: what was sold a moment ago
 * @out: (out caller-allocates): sl_desk_paid_clear() it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_desk_paid_load (SlEngine *engine, const SlId *sale, SlDeskPaid *out, GError **error)
{
  g_autoptr (SlSaleRecord) record = sl_sale_get (engine, sale, error);

  *out = (SlDeskPaid) { .sale_id = *sale };
  if (record == NULL)
    return FALSE;
  out->receipt = sl_invoice_number (&record->replica, record->receipt);
  out->total_cents = record->total_cents;
  out->due_cents = record->due_cents;
  for (guint i = 0; i < record->payments->len; i++)
    {
      const SlPayment *payment = record->payments->pdata[i];

      if (payment->tendered_cents > payment->amount_cents)
        out->change_cents += payment->tendered_cents - payment->amount_cents;
      if (payment->status != SL_PAYMENT_PENDING || g_str_equal (payment->method, "account"))
        continue;
      out->pending_id = payment->id;
      out->pending_cents = payment->amount_cents;
      g_free (out->pending_method);
      out->pending_method = g_strdup (payment->method);
    }
  return g_strcmp0 (out->pending_method, "qr") != 0 || make_pay_code (engine, out, error);
}

/**
 * sl_desk_paid_show:
 * @paid: what came of a sale
 * @currency: ISO 4217 code of the studio
 * @view: where it is shown
 * @done: headline, and what they take along
 *
 * Shows it: change to give back, and what nobody has seen yet, first of all the code to pay it by.
 */
void
sl_desk_paid_show (const SlDeskPaid *paid, const char *currency, SlDoneView *view, SlDone *done)
{
  g_autofree char *change = NULL, *waits = NULL;
  g_autoptr (GdkTexture) code = paid->pay_code != NULL ? sl_desk_code_texture (paid->pay_code) : NULL;

  if (paid->change_cents > 0)
    done->change = change = sl_money_format (paid->change_cents, currency);
  if (!sl_id_is_none (&paid->pending_id))
    {
      g_autofree char *amount = sl_money_format (paid->pending_cents, currency);

      /* Translators: money by {method} (SnapScan, EFT) that nobody has seen come in yet */
      done->waits = waits = sl_text_fill (_("{amount} by {method} has not been seen yet"), "amount", amount, "method",
                                          sl_pay_method_words (paid->pending_method), NULL);
    }
  done->receipt = paid->receipt;
  if (code != NULL)
    {
      done->pay_code = code;
      done->pay_note = _("They read this with their telephone to pay.");
    }
  sl_done_view_show (view, done);
}

/* --- where a code leads to --- */

static gboolean
find_link (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *refusal,
           GError **error)
{
  g_auto (SlInvoiceDetails) details = { NULL };

  if (!sl_invoice_details_get (engine, &details, error))
    return FALSE;
  *out_result = GINT_TO_POINTER (details.pay_link != NULL);
  return TRUE;
}

static void
on_link (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    sl_pay_view_set_code_max (SL_PAY_VIEW (owner), result != NULL ? SL_PAYMENT_CODE_MAX_CENTS : 0);
}

static void
on_map (GtkWidget *view, SlDesk *desk)
{
  if (sl_desk_get_staff (desk) != NULL)
    sl_desk_run (desk, G_OBJECT (view), &(SlDeskJob) { .work = find_link, .done = on_link });
}

/**
 * sl_desk_pay_watch:
 * @desk: the desk
 * @view: where somebody pays
 *
 * Keeps it told whether a code can be shown to pay by.
 */
void
sl_desk_pay_watch (SlDesk *desk, SlPayView *view)
{
  g_return_if_fail (SL_IS_DESK (desk) && SL_IS_PAY_VIEW (view));
  g_signal_connect_object (view, "map", G_CALLBACK (on_map), desk, 0);
}

/* --- refusals --- */

typedef struct {
  SlDesk *desk;
  GtkWidget *view; /* weak */
  SlSheet *sheet;  /* weak */
  SlDeskPayAgain again;
  gpointer page;
  gint64 left_cents;
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *asked = data;

  g_clear_weak_pointer (&asked->view);
  g_clear_weak_pointer (&asked->sheet);
  g_object_unref (asked->desk);
  g_free (asked);
}

static void
on_other_slip (GtkButton *button, Asked *asked)
{
  sl_sheet_close (asked->sheet);
  if (asked->view != NULL)
    asked->again (asked->page, TRUE);
}

static void
on_use_what_is_left (GtkButton *button, Asked *asked)
{
  sl_sheet_close (asked->sheet);
  if (asked->view != NULL)
    sl_pay_view_limit_voucher (SL_PAY_VIEW (asked->view), asked->left_cents);
}

static void
on_open_till (GtkButton *button, Asked *asked)
{
  sl_sheet_close (asked->sheet);
  sl_desk_open (asked->desk, SL_DESK_TILL, NULL);
}

static void
ask (const Asked *what, const char *title, const char *text, const char *quiet, const char *action, GCallback callback)
{
  SlSheet *sheet = sl_sheet_new (title);
  Asked *asked = g_memdup2 (what, sizeof *what);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *button;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  sl_sheet_set_child (sheet, label);
  sl_sheet_add_action (sheet, quiet, "", NULL, NULL);
  button = sl_sheet_add_action (sheet, action, "main", NULL, NULL);
  g_signal_handlers_disconnect_matched (button, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, sheet);
  asked->view = NULL;
  asked->sheet = NULL;
  g_set_weak_pointer (&asked->view, what->view);
  g_set_weak_pointer (&asked->sheet, sheet);
  g_object_ref (asked->desk);
  g_signal_connect_data (button, "clicked", callback, asked, asked_free, 0);
  sl_sheet_present (sheet, what->view);
}

/**
 * sl_desk_pay_refused:
 * @desk: the desk
 * @view: where it was put together: what was typed is still there
 * @refusal: why it was not sold
 * @again: does it once more
 * @page: for @again; lives at least as long as @view
 *
 * Offers the way on where the money was what it was refused for.
 *
 * Returns: %FALSE: it was something else
 */
gboolean
sl_desk_pay_refused (SlDesk *desk, SlPayView *view, const SlRefusal *refusal, SlDeskPayAgain again, gpointer page)
{
  Asked asked = { .desk = desk, .view = GTK_WIDGET (view), .again = again, .page = page };

  asked.left_cents = sl_refusal_get_int (refusal, "left_cents", 0);
  if (refusal->code == SL_REFUSAL_POSSIBLE_DUPLICATE)
    {
      const char *reference = sl_refusal_get_text (refusal, "reference");
      g_autofree char *text
        = sl_text_fill (_("{reference} was written down a short while ago. If it is the same slip, it is paid "
                          "already."),
                        "reference", reference != NULL ? reference : "", NULL);

      ask (&asked, _("Is this another payment?"), text, _("Look again"), _("Yes, another payment"),
           G_CALLBACK (on_other_slip));
      return TRUE;
    }
  if (refusal->code == SL_REFUSAL_TILL_CLOSED)
    {
      ask (&asked, _("The till is closed"), _("Cash goes into an open till. What was typed here stays."),
           _("Pay another way"), _("Open the till"), G_CALLBACK (on_open_till));
      return TRUE;
    }
  if (refusal->code != SL_REFUSAL_VOUCHER_INVALID || asked.left_cents <= 0)
    return FALSE;
  g_autofree char *left = sl_money_format (asked.left_cents, sl_desk_get_currency (desk));
  g_autofree char *title = sl_text_fill (_("{amount} is left on this voucher"), "amount", left, NULL);
  g_autofree char *action = sl_text_fill (_("Use {amount}"), "amount", left, NULL);
  ask (&asked, title, _("The rest is paid another way."), _("Pay another way"), action,
       G_CALLBACK (on_use_what_is_left));
  return TRUE;
}

/* --- shared jobs --- */

typedef struct {
  SlId id;
  gboolean flag;
} Asking;

static Asking *
asking_new (const SlId *id, gboolean flag)
{
  Asking *asking = g_new0 (Asking, 1);

  *asking = (Asking) { .id = *id, .flag = flag };
  return asking;
}

static gboolean
print_receipt (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *refusal,
               GError **error)
{
  const Asking *asking = request;
  g_autoptr (SlReceipt) receipt = NULL;
  SlPrintRequest print = { .kind = SL_PRINT_RECEIPT, .subject_id = asking->id, .copy = asking->flag };
  SlId job;

  if (!sl_receipt_document (engine, actor, &asking->id, &receipt, refusal, error))
    return FALSE;
  if (receipt == NULL)
    return TRUE;
  print.member_id = receipt->member_id;
  if (!sl_print_queue_add (engine, &print, &job, error))
    return FALSE;
  *out_result = GINT_TO_POINTER (sl_id_is_none (&job) ? FALSE : TRUE);
  return TRUE;
}

static void
on_printing (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDesk *desk = g_object_get_data (owner, "sl-desk");

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (desk, refusal, error);
  else if (result != NULL)
    sl_desk_say (desk, SL_DESK_TONE_DONE, _("The receipt is on its way to the printer."));
  else
    sl_desk_say (desk, SL_DESK_TONE_ATTENTION, _("This desk has no printer for receipts. Settings add one."));
}

/**
 * sl_desk_pay_print:
 * @desk: the desk
 * @owner: the page whose button it was
 * @sale: whose receipt; a refund has one, too
 * @again: it was printed before: this one says that it is a copy
 *
 * Puts it into the queue of the printer, and says so.
 */
void
sl_desk_pay_print (SlDesk *desk, GObject *owner, const SlId *sale, gboolean again)
{
  g_object_set_data_full (owner, "sl-desk", g_object_ref (desk), g_object_unref);
  sl_desk_run (desk, owner, &(SlDeskJob) { .work = print_receipt, .request = asking_new (sale, again),
               .free_request = g_free, .done = on_printing });
}

static gboolean
settle_payment (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *refusal,
                GError **error)
{
  const Asking *asking = request;

  *out_result = GINT_TO_POINTER (asking->flag);
  return sl_payment_settle (engine, actor, &asking->id, asking->flag ? SL_OUTCOME_PAID : SL_OUTCOME_FAILED, NULL,
                            refusal, error);
}

static void
on_settled (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDesk *desk = g_object_get_data (owner, "sl-desk");

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (desk, refusal, error);
  else if (SL_IS_DONE_VIEW (owner))
    sl_done_view_set_seen (SL_DONE_VIEW (owner), result != NULL
                           ? _("✓ The money has come.")
                           : _("It did not come. It is still owed: take it another way under Sell, Still to pay."));
}

/**
 * sl_desk_pay_settle:
 * @desk: the desk
 * @view: what shows it as not seen yet
 * @payment: which
 * @has_come: somebody has seen it; else it will not come
 */
void
sl_desk_pay_settle (SlDesk *desk, SlDoneView *view, const SlId *payment, gboolean has_come)
{
  g_object_set_data_full (G_OBJECT (view), "sl-desk", g_object_ref (desk), g_object_unref);
  sl_desk_run (desk, G_OBJECT (view), &(SlDeskJob) { .work = settle_payment,
               .request = asking_new (payment, has_come), .free_request = g_free, .writes = TRUE,
               .done = on_settled });
}

/**
 * sl_desk_code_texture:
 * @text: what the code says
 *
 * Returns: (transfer full) (nullable): its picture; %NULL where the text is too long for one
 */
GdkTexture *
sl_desk_code_texture (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) picture = sl_code_picture (text, SL_CODE_PICTURE_MODULE_PX, &error);

  if (picture == NULL)
    {
      g_warning ("A code could not be drawn: %s", error->message);
      return NULL;
    }
  return gdk_texture_new_for_pixbuf (picture);
}
