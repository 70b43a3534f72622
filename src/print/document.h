/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What is handed to people on paper, as a value: no studio, no printer. src/print/README.md. */

#define SL_DOCUMENT_NONE G_MININT64           /* a number that does not apply: nothing is printed */

typedef enum {
  SL_DOCUMENT_TAX_INVOICE,
  SL_DOCUMENT_RECEIPT,     /* of a supplier who is not registered for VAT, or of money on account */
  SL_DOCUMENT_CREDIT_NOTE,
  SL_DOCUMENT_CASH_UP,
  SL_DOCUMENT_REPORT,      /* its title is the report's */
} SlDocumentKind;

typedef struct {
  char *name /* (nullable): nobody is named */;
  char *address /* (nullable): one line, or several */;
  char *vat_number /* (nullable) */;
  gboolean vendor;         /* says to be registered for VAT: then its number belongs on an invoice */
} SlDocumentParty;
/* Amounts hold VAT. */
typedef struct {
  char *description;
  gint64 quantity_hundredths /* SL_DOCUMENT_NONE */, unit_price_cents /* SL_DOCUMENT_NONE */, amount_cents;
  gint64 vat_permille /* SL_DOCUMENT_NONE: not said for this line */;
} SlDocumentLine;
typedef struct { gint64 vat_permille, net_cents, vat_cents; } SlDocumentVat;
typedef struct {
  char *method;            /* cash, card, eft, qr, online, voucher, account: shown in words; or words of your own */
  char *reference /* (nullable): the terminal's slip, the bank's */;
  gint64 amount_cents, given_cents /* SL_DOCUMENT_NONE */, change_cents /* SL_DOCUMENT_NONE */;
} SlDocumentPayment;
typedef struct { char *label, *value; } SlDocumentFact;

typedef enum {
  SL_COLUMN_TEXT,          /* sl_document_table_add_text() */
  SL_COLUMN_NUMBER,        /* the others take sl_document_table_add_number(): a plain count … */
  SL_COLUMN_HUNDREDTHS,    /* … credits, quantities … */
  SL_COLUMN_MONEY,         /* … cents of the document's currency … */
  SL_COLUMN_PERMILLE,      /* … shown as percent … */
  SL_COLUMN_TIME,          /* … UTC ms, shown as date and time in the document's zone … */
  SL_COLUMN_DATE,          /* … UTC ms, shown as a date there … */
  SL_COLUMN_MINUTES,       /* … a duration, shown as hours and minutes */
} SlColumnType;
typedef struct { char *head; SlColumnType type; } SlDocumentColumn;
typedef struct { char *text /* (nullable) */; gint64 number /* SL_DOCUMENT_NONE: empty */; } SlDocumentCell;
typedef struct {
  char *title /* (nullable) */;
  GPtrArray *columns;      /* (element-type SlDocumentColumn) */
  GArray *cells;           /* (element-type SlDocumentCell), row after row */
  GHashTable *totals;      /* numbers of the rows that are sums */
} SlDocumentTable;

typedef struct {
  SlDocumentKind kind;
  char *title /* (nullable): the kind's words */, *subtitle /* (nullable): a report's period, a cash-up's till */;
  char *currency;          /* ISO 4217 */
  GTimeZone *zone;
  gint64 date_ms;          /* of issue: also the PDF's creation date */
  char *number /* (nullable): "A7F3-000123" */;
  char *corrects /* (nullable): of a credit note: the invoice's number */, *reason /* (nullable) */;
  SlDocumentParty supplier, recipient;
  GPtrArray *facts;        /* (element-type SlDocumentFact): "Served by", "Till" … */
  GPtrArray *lines;        /* (element-type SlDocumentLine) */
  GPtrArray *vat;          /* (element-type SlDocumentVat), a rate each */
  GPtrArray *payments;     /* (element-type SlDocumentPayment) */
  gint64 total_cents /* SL_DOCUMENT_NONE */, due_cents /* SL_DOCUMENT_NONE or 0: nothing is said */;
  GPtrArray *tables;       /* (element-type SlDocumentTable) */
  GPtrArray *notes;        /* (element-type char) */
  char *qr_text /* (nullable) */, *qr_caption /* (nullable) */;
  gboolean copy;           /* printed once already: says so */
} SlDocument;

SlDocument *sl_document_new (SlDocumentKind kind, const char *currency, GTimeZone *zone, gint64 date_ms);
void sl_document_free (SlDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlDocument, sl_document_free)

void sl_document_set_title (SlDocument *document, const char *title, const char *subtitle /* (nullable) */);
void sl_document_set_number (SlDocument *document, const char *number);
void sl_document_set_corrects (SlDocument *document, const char *number, const char *reason /* (nullable) */);
void sl_document_set_supplier (SlDocument *document, const char *name, const char *address /* (nullable) */,
                               const char *vat_number /* (nullable) */);
void sl_document_set_recipient (SlDocument *document, const char *name, const char *address /* (nullable) */,
                                const char *vat_number /* (nullable) */);
void sl_document_add_fact (SlDocument *document, const char *label, const char *value);
void sl_document_add_line (SlDocument *document, const char *description, gint64 quantity_hundredths,
                           gint64 unit_price_cents, gint64 amount_cents, gint64 vat_permille);
void sl_document_add_vat (SlDocument *document, gint64 vat_permille, gint64 net_cents, gint64 vat_cents);
void sl_document_add_payment (SlDocument *document, const char *method, gint64 amount_cents, gint64 given_cents,
                              gint64 change_cents, const char *reference /* (nullable) */);
void sl_document_set_total (SlDocument *document, gint64 total_cents, gint64 due_cents);
void sl_document_add_note (SlDocument *document, const char *note);
void sl_document_set_qr (SlDocument *document, const char *text, const char *caption /* (nullable) */);

/* Adds a table at the end: owned by document. Columns first; then cells, row after row. */
SlDocumentTable *sl_document_add_table (SlDocument *document, const char *title /* (nullable) */);
void sl_document_table_add_column (SlDocumentTable *table, const char *head, SlColumnType type);
void sl_document_table_add_text (SlDocumentTable *table, const char *text /* (nullable): empty */);
void sl_document_table_add_number (SlDocumentTable *table, gint64 number /* SL_DOCUMENT_NONE: empty */);
void sl_document_table_mark_total (SlDocumentTable *table); /* the row of the last cell is a sum */
guint sl_document_table_n_rows (const SlDocumentTable *table);
char *sl_document_cell_text (const SlDocument *document, const SlDocumentTable *table, guint row, guint column);

/* How numbers are written on paper: "R 1 234,50". (transfer full) */
char *sl_document_money (gint64 cents, const char *currency);
char *sl_document_date (gint64 ms, GTimeZone *zone);
char *sl_document_time (gint64 ms, GTimeZone *zone);
char *sl_document_quantity (gint64 hundredths, const char *currency);
char *sl_document_percent (gint64 permille, const char *currency);
char *sl_document_title (const SlDocument *document);
const char *sl_document_method_words (const char *method);

/* What a document lacks to be what the VAT Act 89 of 1991 wants: of a tax invoice s 20(4) and, up to
 * SL_DOCUMENT_ABRIDGED_MAX_CENTS, (5); of a credit note s 21(3). 0: nothing; always 0 for other kinds. */
#define SL_DOCUMENT_ABRIDGED_MAX_CENTS 500000
typedef enum {
  SL_DOCUMENT_LACKS_SUPPLIER_NAME = 1 << 0,
  SL_DOCUMENT_LACKS_SUPPLIER_ADDRESS = 1 << 1,
  SL_DOCUMENT_LACKS_SUPPLIER_VAT_NUMBER = 1 << 2,
  SL_DOCUMENT_LACKS_RECIPIENT_NAME = 1 << 3,
  SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS = 1 << 4,
  SL_DOCUMENT_LACKS_RECIPIENT_VAT_NUMBER = 1 << 5,
  SL_DOCUMENT_LACKS_NUMBER = 1 << 6,
  SL_DOCUMENT_LACKS_DATE = 1 << 7,
  SL_DOCUMENT_LACKS_DESCRIPTION = 1 << 8,
  SL_DOCUMENT_LACKS_QUANTITY = 1 << 9,
  SL_DOCUMENT_LACKS_VALUE = 1 << 10,
  SL_DOCUMENT_LACKS_VAT_RATE = 1 << 11,
  SL_DOCUMENT_LACKS_VAT_AMOUNT = 1 << 12,
  SL_DOCUMENT_LACKS_TOTAL = 1 << 13,
  SL_DOCUMENT_LACKS_CORRECTED = 1 << 14,  /* a credit note: which invoice */
  SL_DOCUMENT_LACKS_REASON = 1 << 15,     /* a credit note: why */
  SL_DOCUMENT_LACKS_TITLE = 1 << 16,      /* a title of one's own without the words that the Act wants */
} SlDocumentLacks;
guint sl_document_lacks (const SlDocument *document);
/* What it lacks in words: (element-type utf8), translated. */
GPtrArray *sl_document_lacks_words (guint lacks);
/* FALSE and BAD_INPUT naming all that is lacking. */
gboolean sl_document_check (const SlDocument *document, GError **error);
