/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-document"

#include "print/document.h"

#include <glib/gi18n-lib.h>

#include "core/datetime.h"
#include "core/error.h"

static gboolean
is_empty (const char *text)
{
  return text == NULL || *text == '\0';
}

static guint
party_lacks (const SlDocument *document)
{
  const SlDocumentParty *supplier = &document->supplier, *recipient = &document->recipient;
  /* A credit note names whoever it is for, however little it is about: s 21(3)(a)(iii). */
  gboolean large = document->total_cents > SL_DOCUMENT_ABRIDGED_MAX_CENTS
                   || document->total_cents < -SL_DOCUMENT_ABRIDGED_MAX_CENTS;
  gboolean full = document->kind == SL_DOCUMENT_CREDIT_NOTE || large;
  guint lacks = 0;
  if (is_empty (supplier->name))
    lacks |= SL_DOCUMENT_LACKS_SUPPLIER_NAME;
  if (is_empty (supplier->address))
    lacks |= SL_DOCUMENT_LACKS_SUPPLIER_ADDRESS;
  if (is_empty (supplier->vat_number))
    lacks |= SL_DOCUMENT_LACKS_SUPPLIER_VAT_NUMBER;
  if (full && is_empty (recipient->name))
    lacks |= SL_DOCUMENT_LACKS_RECIPIENT_NAME;
  if (full && is_empty (recipient->address))
    lacks |= SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS;
  if (full && recipient->vendor && is_empty (recipient->vat_number))
    lacks |= SL_DOCUMENT_LACKS_RECIPIENT_VAT_NUMBER;
  return lacks;
}

/* A line's rate stands among the document's, or is the only one. */
static gboolean
says_rate (const SlDocument *document, const SlDocumentLine *line)
{
  if (line->vat_permille == SL_DOCUMENT_NONE)
    return document->vat->len == 1;
  for (guint i = 0; i < document->vat->len; i++)
    if (((SlDocumentVat *) document->vat->pdata[i])->vat_permille == line->vat_permille)
      return TRUE;
  return FALSE;
}

static guint
amounts_lack (const SlDocument *document)
{
  gint64 lines_cents = 0, vat_cents = 0;
  guint lacks = document->lines->len == 0 ? SL_DOCUMENT_LACKS_DESCRIPTION : 0;
  for (guint i = 0; i < document->lines->len; i++)
    {
      const SlDocumentLine *line = document->lines->pdata[i];
      lines_cents += line->amount_cents;
      if (is_empty (line->description))
        lacks |= SL_DOCUMENT_LACKS_DESCRIPTION;
      if (line->quantity_hundredths == SL_DOCUMENT_NONE || line->quantity_hundredths == 0)
        lacks |= SL_DOCUMENT_LACKS_QUANTITY;
      if (!says_rate (document, line))
        lacks |= SL_DOCUMENT_LACKS_VAT_RATE;
    }
  for (guint i = 0; i < document->vat->len; i++)
    {
      const SlDocumentVat *vat = document->vat->pdata[i];
      vat_cents += vat->net_cents + vat->vat_cents;
    }
  if (document->vat->len == 0)
    lacks |= SL_DOCUMENT_LACKS_VAT_RATE | SL_DOCUMENT_LACKS_VAT_AMOUNT;
  if (document->total_cents == SL_DOCUMENT_NONE)
    return lacks | SL_DOCUMENT_LACKS_TOTAL;
  if (lines_cents != document->total_cents)
    lacks |= SL_DOCUMENT_LACKS_VALUE;
  if (document->vat->len > 0 && vat_cents != document->total_cents)
    lacks |= SL_DOCUMENT_LACKS_VAT_AMOUNT;
  return lacks;
}

static gboolean
title_names_kind (const SlDocument *document)
{
  const char *words = document->kind == SL_DOCUMENT_TAX_INVOICE ? "tax invoice" : "credit note";
  if (document->title == NULL)
    return TRUE;
  g_autofree char *folded = g_utf8_casefold (document->title, -1);
  return g_strstr_len (folded, -1, words) != NULL;
}

/**
 * sl_document_lacks:
 * @document: a document
 *
 * What is missing for it to be a valid tax invoice by the VAT Act 89 of 1991, s 20(4): the words, the supplier's name,
 * address and VAT number, the recipient's name, address and — of a vendor — VAT number, a serial number and the date, a
 * description and the quantity of each thing, value, tax and total. Up to %SL_DOCUMENT_ABRIDGED_MAX_CENTS the recipient
 * need not be named: s 20(5). Of a credit note, s 21(3)(a), also which invoice it corrects and why.
 *
 * Returns: flags of #SlDocumentLacks; 0: nothing, also for documents that the Act says nothing of
 */
guint
sl_document_lacks (const SlDocument *document)
{
  g_return_val_if_fail (document != NULL, 0);

  if (document->kind != SL_DOCUMENT_TAX_INVOICE && document->kind != SL_DOCUMENT_CREDIT_NOTE)
    return 0;
  guint lacks = party_lacks (document) | amounts_lack (document);
  if (!title_names_kind (document))
    lacks |= SL_DOCUMENT_LACKS_TITLE;
  if (is_empty (document->number))
    lacks |= SL_DOCUMENT_LACKS_NUMBER;
  if (document->date_ms < SL_TIME_MIN_MS || document->date_ms > SL_TIME_MAX_MS)
    lacks |= SL_DOCUMENT_LACKS_DATE;
  if (document->kind == SL_DOCUMENT_CREDIT_NOTE && is_empty (document->corrects))
    lacks |= SL_DOCUMENT_LACKS_CORRECTED;
  if (document->kind == SL_DOCUMENT_CREDIT_NOTE && is_empty (document->reason))
    lacks |= SL_DOCUMENT_LACKS_REASON;
  return lacks;
}

/**
 * sl_document_lacks_words:
 * @lacks: flags of #SlDocumentLacks
 *
 * Returns: (transfer full) (element-type utf8): what each of them is, for people; the texts are static
 */
GPtrArray *
sl_document_lacks_words (guint lacks)
{
  static const struct { SlDocumentLacks flag; const char *words; } things[] = {
    { SL_DOCUMENT_LACKS_TITLE, N_ ("the words “tax invoice” or “credit note”") },
    { SL_DOCUMENT_LACKS_SUPPLIER_NAME, N_ ("the studio's name") },
    { SL_DOCUMENT_LACKS_SUPPLIER_ADDRESS, N_ ("the studio's address") },
    { SL_DOCUMENT_LACKS_SUPPLIER_VAT_NUMBER, N_ ("the studio's VAT number") },
    { SL_DOCUMENT_LACKS_RECIPIENT_NAME, N_ ("the customer's name") },
    { SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS, N_ ("the customer's address") },
    { SL_DOCUMENT_LACKS_RECIPIENT_VAT_NUMBER, N_ ("the customer's VAT number") },
    { SL_DOCUMENT_LACKS_NUMBER, N_ ("a serial number") },
    { SL_DOCUMENT_LACKS_DATE, N_ ("the date") },
    { SL_DOCUMENT_LACKS_DESCRIPTION, N_ ("what was sold") },
    { SL_DOCUMENT_LACKS_QUANTITY, N_ ("the quantity") },
    { SL_DOCUMENT_LACKS_VALUE, N_ ("amounts that make up the total") },
    { SL_DOCUMENT_LACKS_VAT_RATE, N_ ("the VAT rate") },
    { SL_DOCUMENT_LACKS_VAT_AMOUNT, N_ ("the amount of VAT") },
    { SL_DOCUMENT_LACKS_TOTAL, N_ ("the total") },
    { SL_DOCUMENT_LACKS_CORRECTED, N_ ("the invoice that is corrected") },
    { SL_DOCUMENT_LACKS_REASON, N_ ("the reason for the correction") },
  };

  GPtrArray *words = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    if ((lacks & things[i].flag) != 0)
      g_ptr_array_add (words, (gpointer) _ (things[i].words));
  return words;
}

/**
 * sl_document_check:
 * @document: a document
 * @error: %SL_ERROR_BAD_INPUT naming all that sl_document_lacks() finds
 *
 * Returns: whether it lacks nothing
 */
gboolean
sl_document_check (const SlDocument *document, GError **error)
{
  g_return_val_if_fail (document != NULL, FALSE);

  g_autoptr (GPtrArray) words = sl_document_lacks_words (sl_document_lacks (document));
  if (words->len == 0)
    return TRUE;
  g_ptr_array_add (words, NULL);
  g_autofree char *list = g_strjoinv (", ", (char **) words->pdata);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the document is not valid by the VAT Act: it lacks %s", list);
  return FALSE;
}
