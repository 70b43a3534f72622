/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-document"

#include "print/document.h"

#include <string.h>

/* Text as it can be set: valid UTF-8, line breaks, and no other control character. */
static char *
take_text (const char *text)
{
  if (text == NULL)
    return NULL;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (c == '\n' || !g_unichar_iscntrl (c))
        g_string_append_unichar (out, c);
      else if (c == '\t')
        g_string_append_c (out, ' ');
    }
  return g_string_free (out, FALSE);
}

static void
replace_text (char **place, const char *text)
{
  g_free (*place);
  *place = take_text (text);
}

static void
line_free (SlDocumentLine *line)
{
  g_free (line->description);
  g_free (line);
}

static void
payment_free (SlDocumentPayment *payment)
{
  g_free (payment->method);
  g_free (payment->reference);
  g_free (payment);
}

static void
fact_free (SlDocumentFact *fact)
{
  g_free (fact->label);
  g_free (fact->value);
  g_free (fact);
}

static void
column_free (SlDocumentColumn *column)
{
  g_free (column->head);
  g_free (column);
}

static void
cell_clear (SlDocumentCell *cell)
{
  g_free (cell->text);
}

static void
table_free (SlDocumentTable *table)
{
  g_free (table->title);
  g_ptr_array_unref (table->columns);
  g_array_unref (table->cells);
  g_hash_table_unref (table->totals);
  g_free (table);
}

static void
party_clear (SlDocumentParty *party)
{
  g_free (party->name);
  g_free (party->address);
  g_free (party->vat_number);
}

/**
 * sl_document_new:
 * @kind: what it is
 * @currency: of all its amounts, ISO 4217
 * @zone: in which its times are shown
 * @date_ms: UTC ms of issue; also a PDF's creation date, so that the same document makes the same file
 *
 * An empty document. All texts that are given to it are copied; what is not UTF-8 in them or no letter is left out,
 * line breaks stay. A document belongs to one thread at a time.
 *
 * Returns: (transfer full): to be filled
 */
SlDocument *
sl_document_new (SlDocumentKind kind, const char *currency, GTimeZone *zone, gint64 date_ms)
{
  g_return_val_if_fail (currency != NULL && zone != NULL, NULL);

  SlDocument *document = g_new0 (SlDocument, 1);
  document->kind = kind;
  document->currency = take_text (currency);
  document->zone = g_time_zone_ref (zone);
  document->date_ms = date_ms;
  document->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) fact_free);
  document->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  document->vat = g_ptr_array_new_with_free_func (g_free);
  document->payments = g_ptr_array_new_with_free_func ((GDestroyNotify) payment_free);
  document->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) table_free);
  document->notes = g_ptr_array_new_with_free_func (g_free);
  document->total_cents = document->due_cents = SL_DOCUMENT_NONE;
  return document;
}

/**
 * sl_document_free:
 * @document: (nullable) (transfer full): a document
 */
void
sl_document_free (SlDocument *document)
{
  if (document == NULL)
    return;
  g_free (document->title);
  g_free (document->subtitle);
  g_free (document->currency);
  g_time_zone_unref (document->zone);
  g_free (document->number);
  g_free (document->corrects);
  g_free (document->reason);
  party_clear (&document->supplier);
  party_clear (&document->recipient);
  g_ptr_array_unref (document->facts);
  g_ptr_array_unref (document->lines);
  g_ptr_array_unref (document->vat);
  g_ptr_array_unref (document->payments);
  g_ptr_array_unref (document->tables);
  g_ptr_array_unref (document->notes);
  g_free (document->qr_text);
  g_free (document->qr_caption);
  g_free (document);
}

/**
 * sl_document_set_title:
 * @document: a document
 * @title: in place of its kind's words
 * @subtitle: (nullable): what stands below it: a report's period, a cash-up's till
 */
void
sl_document_set_title (SlDocument *document, const char *title, const char *subtitle)
{
  g_return_if_fail (document != NULL && title != NULL);

  replace_text (&document->title, title);
  replace_text (&document->subtitle, subtitle);
}

/**
 * sl_document_set_number:
 * @document: a document
 * @number: its serial number, as it is shown
 */
void
sl_document_set_number (SlDocument *document, const char *number)
{
  g_return_if_fail (document != NULL && number != NULL);

  replace_text (&document->number, number);
}

/**
 * sl_document_set_corrects:
 * @document: a credit note
 * @number: of the invoice that it corrects
 * @reason: (nullable): why; the Act wants one
 */
void
sl_document_set_corrects (SlDocument *document, const char *number, const char *reason)
{
  g_return_if_fail (document != NULL && number != NULL);

  replace_text (&document->corrects, number);
  replace_text (&document->reason, reason);
}

static void
set_party (SlDocumentParty *party, const char *name, const char *address, const char *vat_number)
{
  replace_text (&party->name, name);
  replace_text (&party->address, address);
  replace_text (&party->vat_number, vat_number);
  party->vendor = vat_number != NULL && *vat_number != '\0';
}

/**
 * sl_document_set_supplier:
 * @document: a document
 * @name: the studio's
 * @address: (nullable): one line, or several
 * @vat_number: (nullable): none: not registered for VAT
 */
void
sl_document_set_supplier (SlDocument *document, const char *name, const char *address, const char *vat_number)
{
  g_return_if_fail (document != NULL && name != NULL);

  set_party (&document->supplier, name, address, vat_number);
}

/**
 * sl_document_set_recipient:
 * @document: a document
 * @name: whoever pays
 * @address: (nullable): one line, or several
 * @vat_number: (nullable): none: no vendor, as most people are. For a vendor whose number is not known set
 * recipient.vendor afterwards: then the number is found to be lacking.
 */
void
sl_document_set_recipient (SlDocument *document, const char *name, const char *address, const char *vat_number)
{
  g_return_if_fail (document != NULL && name != NULL);

  set_party (&document->recipient, name, address, vat_number);
}

/**
 * sl_document_add_fact:
 * @document: a document
 * @label: translated: "Served by"
 * @value: what is said of it
 *
 * Adds to the short list beside number and date.
 */
void
sl_document_add_fact (SlDocument *document, const char *label, const char *value)
{
  g_return_if_fail (document != NULL && label != NULL && value != NULL);

  SlDocumentFact *fact = g_new0 (SlDocumentFact, 1);
  fact->label = take_text (label);
  fact->value = take_text (value);
  g_ptr_array_add (document->facts, fact);
}

/**
 * sl_document_add_line:
 * @document: a document
 * @description: what was sold
 * @quantity_hundredths: how many, 100 is one; %SL_DOCUMENT_NONE: not said
 * @unit_price_cents: of one, with VAT; %SL_DOCUMENT_NONE: not said
 * @amount_cents: of all, with VAT; below zero for a discount
 * @vat_permille: the rate; %SL_DOCUMENT_NONE: not said
 */
void
sl_document_add_line (SlDocument *document, const char *description, gint64 quantity_hundredths,
                      gint64 unit_price_cents, gint64 amount_cents, gint64 vat_permille)
{
  g_return_if_fail (document != NULL && description != NULL);

  SlDocumentLine *line = g_new0 (SlDocumentLine, 1);
  line->description = take_text (description);
  line->quantity_hundredths = quantity_hundredths;
  line->unit_price_cents = unit_price_cents;
  line->amount_cents = amount_cents;
  line->vat_permille = vat_permille;
  g_ptr_array_add (document->lines, line);
}

/**
 * sl_document_add_vat:
 * @document: a document
 * @vat_permille: a rate that some of its lines have
 * @net_cents: their amounts without VAT
 * @vat_cents: the VAT in them
 */
void
sl_document_add_vat (SlDocument *document, gint64 vat_permille, gint64 net_cents, gint64 vat_cents)
{
  g_return_if_fail (document != NULL);

  SlDocumentVat *vat = g_new0 (SlDocumentVat, 1);
  vat->vat_permille = vat_permille;
  vat->net_cents = net_cents;
  vat->vat_cents = vat_cents;
  g_ptr_array_add (document->vat, vat);
}

/**
 * sl_document_add_payment:
 * @document: a document
 * @method: a method's token, or words of one's own
 * @amount_cents: what it paid
 * @given_cents: cash as handed over; %SL_DOCUMENT_NONE: not said
 * @change_cents: of it; %SL_DOCUMENT_NONE: not said
 * @reference: (nullable): the terminal's slip, the bank's
 */
void
sl_document_add_payment (SlDocument *document, const char *method, gint64 amount_cents, gint64 given_cents,
                         gint64 change_cents, const char *reference)
{
  g_return_if_fail (document != NULL && method != NULL);

  SlDocumentPayment *payment = g_new0 (SlDocumentPayment, 1);
  payment->method = take_text (method);
  payment->reference = take_text (reference);
  payment->amount_cents = amount_cents;
  payment->given_cents = given_cents;
  payment->change_cents = change_cents;
  g_ptr_array_add (document->payments, payment);
}

/**
 * sl_document_set_total:
 * @document: a document
 * @total_cents: of all lines, with VAT
 * @due_cents: what is still to be paid; 0: nothing, which an invoice says; %SL_DOCUMENT_NONE: not said
 */
void
sl_document_set_total (SlDocument *document, gint64 total_cents, gint64 due_cents)
{
  g_return_if_fail (document != NULL);

  document->total_cents = total_cents;
  document->due_cents = due_cents;
}

/**
 * sl_document_add_note:
 * @document: a document
 * @note: a paragraph at its end
 */
void
sl_document_add_note (SlDocument *document, const char *note)
{
  g_return_if_fail (document != NULL && note != NULL);

  g_ptr_array_add (document->notes, take_text (note));
}

/**
 * sl_document_set_qr:
 * @document: a document
 * @text: what the code says
 * @caption: (nullable): what people are to do with it
 */
void
sl_document_set_qr (SlDocument *document, const char *text, const char *caption)
{
  g_return_if_fail (document != NULL && text != NULL && *text != '\0');

  g_free (document->qr_text);
  document->qr_text = g_strdup (text);
  replace_text (&document->qr_caption, caption);
}

/**
 * sl_document_add_table:
 * @document: a document
 * @title: (nullable): stands above it
 *
 * Returns: (transfer none): a table at the document's end: columns first, then cells, row after row
 */
SlDocumentTable *
sl_document_add_table (SlDocument *document, const char *title)
{
  g_return_val_if_fail (document != NULL, NULL);

  SlDocumentTable *table = g_new0 (SlDocumentTable, 1);
  table->title = take_text (title);
  table->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) column_free);
  table->cells = g_array_new (FALSE, TRUE, sizeof (SlDocumentCell));
  g_array_set_clear_func (table->cells, (GDestroyNotify) cell_clear);
  table->totals = g_hash_table_new (NULL, NULL);
  g_ptr_array_add (document->tables, table);
  return table;
}

/**
 * sl_document_table_add_column:
 * @table: a table without cells
 * @head: translated
 * @type: of its cells
 */
void
sl_document_table_add_column (SlDocumentTable *table, const char *head, SlColumnType type)
{
  g_return_if_fail (table != NULL && head != NULL && table->cells->len == 0);

  SlDocumentColumn *column = g_new0 (SlDocumentColumn, 1);
  column->head = take_text (head);
  column->type = type;
  g_ptr_array_add (table->columns, column);
}

/**
 * sl_document_table_add_text:
 * @table: a table with columns
 * @text: (nullable): the next cell; in a column of numbers it stands in place of one ("Total")
 */
void
sl_document_table_add_text (SlDocumentTable *table, const char *text)
{
  g_return_if_fail (table != NULL && table->columns->len > 0);

  SlDocumentCell cell = { take_text (text), SL_DOCUMENT_NONE };
  g_array_append_val (table->cells, cell);
}

/**
 * sl_document_table_add_number:
 * @table: a table with columns
 * @number: the next cell, in its column's unit; %SL_DOCUMENT_NONE: empty
 */
void
sl_document_table_add_number (SlDocumentTable *table, gint64 number)
{
  g_return_if_fail (table != NULL && table->columns->len > 0);

  SlDocumentCell cell = { NULL, number };
  g_array_append_val (table->cells, cell);
}

/**
 * sl_document_table_mark_total:
 * @table: a table with cells
 *
 * The row of the cell that was added last is a sum: it is set apart from the others.
 */
void
sl_document_table_mark_total (SlDocumentTable *table)
{
  g_return_if_fail (table != NULL && table->cells->len > 0);

  g_hash_table_add (table->totals, GUINT_TO_POINTER ((table->cells->len - 1) / table->columns->len));
}

/**
 * sl_document_table_n_rows:
 * @table: a table
 *
 * Returns: its rows; one that lacks cells counts, and they are empty
 */
guint
sl_document_table_n_rows (const SlDocumentTable *table)
{
  g_return_val_if_fail (table != NULL, 0);

  return table->columns->len == 0 ? 0 : (table->cells->len + table->columns->len - 1) / table->columns->len;
}
