/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-till-jobs"

#include "desk-till-jobs.h"

#include "birth-date.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "engine/invoice.h"
#include "engine/ledger.h"
#include "engine/refund.h"
#include "engine/till.h"

#include <string.h>

#define NUMBER_DIGITS_MAX 7 /* eight are a day */

/* "A7F3-000123", "123". FALSE: it is none. */
static gboolean
read_number (const char *text, SlTillWanted *out)
{
  const char *dash = strchr (text, '-'), *number = dash != NULL ? dash + 1 : text;
  gsize letters = dash != NULL ? (gsize) (dash - text) : 0;

  for (gsize i = 0; i < letters; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  if ((letters != 0 && letters != 4) || strspn (number, "0123456789") != strlen (number) || *number == '\0'
      || strlen (number) > NUMBER_DIGITS_MAX)
    return FALSE;
  out->series = letters > 0 ? g_strndup (text, letters) : NULL;
  out->receipt = g_ascii_strtoll (number, NULL, 10);
  return out->receipt > 0;
}

/* sl_till_wanted_new: text: as typed; a day as people write one, day first. */
SlTillWanted *
sl_till_wanted_new (const char *text, gint64 now_ms, GTimeZone *zone)
{
  g_autofree char *clean = g_strstrip (g_strdup (text)), *date = NULL, *wrong = NULL;
  SlTillWanted *wanted;

  if (*clean == '\0')
    return NULL;
  wanted = g_new0 (SlTillWanted, 1);
  if (read_number (clean, wanted) || !sl_birth_date_read (clean, now_ms, &date, &wrong))
    return wanted;
  g_autofree char *midnight = g_strconcat (date, "T00:00:00", NULL);
  g_autoptr (GDateTime) start = g_date_time_new_from_iso8601 (midnight, zone);
  g_autoptr (GDateTime) end = start != NULL ? g_date_time_add_days (start, 1) : NULL;
  if (end != NULL)
    {
      wanted->from_ms = g_date_time_to_unix (start) * 1000;
      wanted->until_ms = g_date_time_to_unix (end) * 1000;
    }
  return wanted;
}

/* sl_till_wanted_free: (transfer full) */
void
sl_till_wanted_free (gpointer wanted)
{
  g_free (((SlTillWanted *) wanted)->series);
  g_free (wanted);
}

static void
paper_free (gpointer data)
{
  SlTillPaper *paper = data;

  g_free (paper->number);
  g_free (paper->what);
  g_free (paper->who);
  g_free (paper);
}

/* sl_till_receipt_free: (transfer full) */
void
sl_till_receipt_free (gpointer data)
{
  SlTillReceipt *receipt = data;

  g_clear_pointer (&receipt->receipt, sl_receipt_free);
  g_clear_pointer (&receipt->sale, sl_sale_record_free);
  g_free (receipt);
}

/* sl_till_receipt_what: (transfer none) */
const char *
sl_till_receipt_what (const SlReceipt *receipt)
{
  const GPtrArray *lines = receipt->document->lines;

  return lines->len > 0 ? ((const SlDocumentLine *) lines->pdata[0])->description : "";
}

/* sl_till_day_free: (transfer full) */
void
sl_till_day_free (gpointer data)
{
  SlTillDay *day = data;

  g_clear_pointer (&day->cash_up, sl_cash_up_free);
  g_clear_pointer (&day->pending, g_ptr_array_unref);
  g_clear_pointer (&day->papers, g_ptr_array_unref);
  g_free (day);
}

/* The open till; without one the device's day. */
static gboolean
load_cash_up (SlEngine *engine, const SlActor *actor, SlTillDay *day, SlRefusal *refusal, GError **error)
{
  SlCashUpParams params = { .date = NULL };

  return sl_till_current (engine, &params.till_id, error)
         && sl_cash_up (engine, actor, &params, &day->cash_up, refusal, error);
}

/* "": nobody is named, or is known here. */
static char *
name_of (SlEngine *engine, const SlId *id)
{
  g_autoptr (SlMember) member = !sl_id_is_none (id) ? sl_member_find (engine, id, NULL) : NULL;

  if (member == NULL)
    return g_strdup ("");
  return sl_text_join (" ", member->first != NULL ? member->first : "", member->last != NULL ? member->last : "", NULL);
}

static gboolean
add_sale (SlEngine *engine, const SlId *id, SlTillDay *day, GError **error)
{
  g_autoptr (SlSaleRecord) sale = sl_sale_get (engine, id, error);
  const SlSaleLine *line;
  SlTillPaper *paper;

  if (sale == NULL)
    return FALSE;
  line = sale->lines->len > 0 ? &g_array_index (sale->lines, SlSaleLine, 0) : NULL;
  paper = g_new0 (SlTillPaper, 1);
  *paper = (SlTillPaper) { .id = *id, .at_ms = sale->at_ms, .cents = sale->total_cents,
                           .number = sl_invoice_number (&sale->replica, sale->receipt),
                           .what = g_strdup (line != NULL && line->name != NULL ? line->name : ""),
                           .who = name_of (engine, &sale->member_id) };
  g_ptr_array_add (day->papers, paper);
  return TRUE;
}

static gboolean
add_refund (SlEngine *engine, const SlActor *actor, const SlId *id, SlTillDay *day, SlRefusal *refusal,
            GError **error)
{
  g_autoptr (SlReceipt) receipt = NULL;
  const SlDocument *document;
  SlTillPaper *paper;

  if (!sl_receipt_document (engine, actor, id, &receipt, refusal, error))
    return FALSE;
  if (receipt == NULL)
    return TRUE;
  document = receipt->document;
  paper = g_new0 (SlTillPaper, 1);
  *paper = (SlTillPaper) { .id = *id, .at_ms = document->date_ms, .cents = -document->total_cents,
                           .number = g_strdup (document->number),
                           .what = g_strdup (sl_till_receipt_what (receipt)),
                           .who = name_of (engine, &receipt->member_id) };
  g_ptr_array_add (day->papers, paper);
  return TRUE;
}

/* What this device has sold and given back in that time, by the books. */
static gboolean
load_receipts (SlEngine *engine, const SlActor *actor, gint64 from_ms, gint64 until_ms, SlTillDay *day,
               SlRefusal *refusal, GError **error)
{
  g_autoptr (GArray) legs = NULL;
  SlId here, last = sl_id_none;
  gboolean done = sl_ledger_list (engine, from_ms, until_ms, &legs, error);

  sl_engine_get_location (engine, &here);
  for (guint i = done ? legs->len : 0; i > 0 && done && day->papers->len < SL_TILL_RECEIPTS_MAX; i--)
    {
      const SlLedgerLeg *leg = &g_array_index (legs, SlLedgerLeg, i - 1);

      if (sl_id_equal (&leg->id, &last) || !sl_id_equal (&leg->location_id, &here))
        continue;
      last = leg->id;
      if (leg->kind == SL_ENTRY_SALE)
        done = add_sale (engine, &leg->id, day, error);
      else if (leg->kind == SL_ENTRY_REFUND)
        done = add_refund (engine, actor, &leg->id, day, refusal, error);
    }
  return done;
}

static gboolean
find_receipts (SlEngine *engine, const SlActor *actor, const SlTillWanted *wanted, SlTillDay *day, SlRefusal *refusal,
               GError **error)
{
  g_autoptr (GArray) list = NULL;
  gboolean done = TRUE;

  day->is_found = TRUE;
  if (wanted->receipt == 0)
    return wanted->until_ms == 0
           || load_receipts (engine, actor, wanted->from_ms, wanted->until_ms, day, refusal, error);
  list = sl_receipt_find (engine, wanted->series, wanted->receipt, error);
  for (guint i = 0; list != NULL && done && i < list->len && i < SL_TILL_RECEIPTS_MAX; i++)
    {
      const SlReceiptFound *found = &g_array_index (list, SlReceiptFound, i);

      done = found->kind == SL_RECEIPT_REFUND ? add_refund (engine, actor, &found->id, day, refusal, error)
                                              : add_sale (engine, &found->id, day, error);
    }
  return list != NULL && done;
}

/* sl_till_load_day: a #SlDeskWork. */
gboolean
sl_till_load_day (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                  SlRefusal *out_refusal, GError **error)
{
  SlTillDay *day = g_new0 (SlTillDay, 1);
  gint64 now_ms;

  *out_result = day;
  day->papers = g_ptr_array_new_with_free_func (paper_free);
  if (!load_cash_up (engine, actor, day, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_payment_list (engine, actor, NULL, &day->pending, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  now_ms = sl_engine_now_ms (engine);
  return request != NULL ? find_receipts (engine, actor, request, day, out_refusal, error)
                         : load_receipts (engine, actor, sl_time_day_start (now_ms, sl_engine_time_zone (engine)),
                                          now_ms + 1, day, out_refusal, error);
}

/* sl_till_load_receipt: a #SlDeskWork. */
gboolean
sl_till_load_receipt (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                      SlRefusal *out_refusal, GError **error)
{
  SlTillReceipt *receipt = g_new0 (SlTillReceipt, 1);

  *out_result = receipt;
  if (!sl_receipt_document (engine, actor, request, &receipt->receipt, out_refusal, error))
    return FALSE;
  if (receipt->receipt == NULL || receipt->receipt->kind == SL_RECEIPT_REFUND)
    return TRUE;
  receipt->sale = sl_sale_get (engine, request, error);
  return receipt->sale != NULL;
}

/* sl_till_order_new: id, text (nullable). */
SlTillOrder *
sl_till_order_new (SlTillDeed deed, const SlId *id, gint64 cents, const char *text)
{
  SlTillOrder *order = g_new0 (SlTillOrder, 1);

  *order = (SlTillOrder) { .deed = deed, .id = id != NULL ? *id : sl_id_none, .cents = cents,
                           .text = g_strdup (text) };
  return order;
}

/* sl_till_order_free: (transfer full) */
void
sl_till_order_free (gpointer order)
{
  g_free (((SlTillOrder *) order)->text);
  g_free (order);
}

static gboolean
close_till (SlEngine *engine, const SlActor *actor, const SlTillOrder *order, SlTillDone *done, SlRefusal *refusal,
            GError **error)
{
  g_autoptr (SlTill) till = NULL;
  const char *note = order->text != NULL && *order->text != '\0' ? order->text : NULL;

  if (!sl_till_close (engine, actor, order->cents, note, &till, refusal, error))
    return FALSE;
  done->cents = till != NULL ? till->difference_cents : 0;
  return TRUE;
}

static gboolean
give_back (SlEngine *engine, const SlActor *actor, const SlTillOrder *order, SlTillDone *done, SlRefusal *refusal,
           GError **error)
{
  SlRefundParams params = { .payment_id = order->id, .amount_cents = order->cents, .reason = order->text };
  SlRefundResult result = { 0 };

  if (!sl_refund (engine, actor, &params, &result, refusal, error))
    return FALSE;
  done->cents = result.amount_cents;
  return TRUE;
}

/* sl_till_do: a #SlDeskWork. */
gboolean
sl_till_do (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
            GError **error)
{
  const SlTillOrder *order = request;
  SlTillDone *done = g_new0 (SlTillDone, 1);
  SlId id;

  *out_result = done;
  done->deed = order->deed;
  switch (order->deed)
    {
    case SL_TILL_OPEN:
      return sl_till_open (engine, actor, NULL, order->cents, &id, out_refusal, error);
    case SL_TILL_CASH:
      return sl_till_cash (engine, actor, order->cents, order->text, out_refusal, error);
    case SL_TILL_CLOSE:
      return close_till (engine, actor, order, done, out_refusal, error);
    case SL_TILL_REFUND:
      return give_back (engine, actor, order, done, out_refusal, error);
    default:
      return sl_payment_settle (engine, actor, &order->id, order->has_come ? SL_OUTCOME_PAID : SL_OUTCOME_FAILED, NULL,
                                out_refusal, error);
    }
}
