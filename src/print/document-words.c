/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-document"

#include "print/document.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/datetime.h"
#include "core/text.h"

#define NO_BREAK "\xc2\xa0" /* U+00A0: an amount stays on one line */

/* How a currency's amounts are written on paper at home. South Africa writes a blank between thousands and a comma
 * before the cents (Unicode CLDR, en-ZA and af). */
typedef struct { const char *currency, *sign, *group, *point; } MoneyStyle;
static const MoneyStyle money_styles[] = {
  { "ZAR", "R" NO_BREAK, NO_BREAK, "," }, { "NAD", "N$" NO_BREAK, NO_BREAK, "," },
  { "BWP", "P" NO_BREAK, ",", "." },      { "USD", "$", ",", "." },
  { "GBP", "£", ",", "." },               { "EUR", "€" NO_BREAK, NO_BREAK, "," },
};

static MoneyStyle
find_style (const char *currency)
{
  for (guint i = 0; i < G_N_ELEMENTS (money_styles); i++)
    if (g_str_equal (currency, money_styles[i].currency))
      return money_styles[i];
  return (MoneyStyle){ currency, NULL, NO_BREAK, "." };
}

static guint64
magnitude (gint64 number)
{
  return number < 0 ? -(guint64) number : (guint64) number;
}

/**
 * sl_document_money:
 * @cents: an amount
 * @currency: its ISO 4217 code
 *
 * Returns: (transfer full): "R 1 234,50", "-R 0,50", "$1,234.50"; blanks in it do not break lines
 */
char *
sl_document_money (gint64 cents, const char *currency)
{
  g_return_val_if_fail (currency != NULL, NULL);

  MoneyStyle style = find_style (currency);
  GString *out = g_string_new (cents < 0 ? "-" : NULL);
  if (style.sign != NULL)
    g_string_append (out, style.sign);
  else
    g_string_append_printf (out, "%s" NO_BREAK, currency);
  sl_text_append_grouped (out, magnitude (cents) / 100, style.group);
  g_string_append_printf (out, "%s%02u", style.point, (guint) (magnitude (cents) % 100));
  return g_string_free (out, FALSE);
}

/* "2", "1 234,5": no more decimals than it needs. */
static char *
write_hundredths (gint64 hundredths, const char *currency)
{
  MoneyStyle style = find_style (currency);
  guint rest = (guint) (magnitude (hundredths) % 100);
  GString *out = g_string_new (hundredths < 0 ? "-" : NULL);
  sl_text_append_grouped (out, magnitude (hundredths) / 100, style.group);
  if (rest != 0)
    g_string_append_printf (out, rest % 10 == 0 ? "%s%u" : "%s%02u", style.point, rest % 10 == 0 ? rest / 10 : rest);
  return g_string_free (out, FALSE);
}

/**
 * sl_document_quantity:
 * @hundredths: an amount of things, 100 is one
 * @currency: whose home decides how numbers are written
 *
 * Returns: (transfer full): "2", "1 234,5"
 */
char *
sl_document_quantity (gint64 hundredths, const char *currency)
{
  g_return_val_if_fail (currency != NULL, NULL);

  return write_hundredths (hundredths, currency);
}

/**
 * sl_document_percent:
 * @permille: thousandths
 * @currency: whose home decides how numbers are written
 *
 * Returns: (transfer full): "15 %", "83,5 %"; the blank does not break lines
 */
char *
sl_document_percent (gint64 permille, const char *currency)
{
  g_return_val_if_fail (currency != NULL, NULL);

  MoneyStyle style = find_style (currency);
  GString *out = g_string_new (permille < 0 ? "-" : NULL);
  sl_text_append_grouped (out, magnitude (permille) / 10, style.group);
  if (permille % 10 != 0)
    g_string_append_printf (out, "%s%u", style.point, (guint) (magnitude (permille) % 10));
  g_string_append (out, NO_BREAK "%");
  return g_string_free (out, FALSE);
}

/**
 * sl_document_date:
 * @ms: UTC ms
 * @zone: where it is read
 *
 * Returns: (transfer full): "1 March 2026" in the language's months
 */
char *
sl_document_date (gint64 ms, GTimeZone *zone)
{
  /* Translators: a date on an invoice, in g_date_time_format()'s letters: 1 March 2026 */
  return sl_time_format_local (ms, zone, _ ("%-d %B %Y"));
}

/**
 * sl_document_time:
 * @ms: UTC ms
 * @zone: where it is read
 *
 * Returns: (transfer full): "1 March 2026, 07:00"
 */
char *
sl_document_time (gint64 ms, GTimeZone *zone)
{
  /* Translators: date and time on an invoice, in g_date_time_format()'s letters: 1 March 2026, 07:00 */
  return sl_time_format_local (ms, zone, _ ("%-d %B %Y, %H:%M"));
}

/* Hours beyond a day stay hours: they are pay, not a time of day. */
static char *
write_minutes (gint64 minutes)
{
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ":%02u", minutes < 0 ? "-" : "", magnitude (minutes) / 60,
                          (guint) (magnitude (minutes) % 60));
}

/**
 * sl_document_cell_text:
 * @document: a document
 * @table: one of its tables
 * @row: from 0
 * @column: from 0
 *
 * A cell as it stands on paper, by its column's type.
 *
 * Returns: (transfer full): "" where it is empty
 */
char *
sl_document_cell_text (const SlDocument *document, const SlDocumentTable *table, guint row, guint column)
{
  g_return_val_if_fail (document != NULL && table != NULL && column < table->columns->len, NULL);

  guint place = row * table->columns->len + column;
  if (place >= table->cells->len)
    return g_strdup ("");
  const SlDocumentCell *cell = &g_array_index (table->cells, SlDocumentCell, place);
  if (cell->text != NULL || cell->number == SL_DOCUMENT_NONE)
    return g_strdup (cell->text != NULL ? cell->text : "");
  switch (((SlDocumentColumn *) table->columns->pdata[column])->type)
    {
    case SL_COLUMN_MONEY:
      return sl_document_money (cell->number, document->currency);
    case SL_COLUMN_PERMILLE:
      return sl_document_percent (cell->number, document->currency);
    case SL_COLUMN_HUNDREDTHS:
      return write_hundredths (cell->number, document->currency);
    case SL_COLUMN_TIME:
      return sl_time_format_local (cell->number, document->zone, "%Y-%m-%d" NO_BREAK "%H:%M");
    case SL_COLUMN_DATE:
      return sl_time_format_local (cell->number, document->zone, "%Y-%m-%d");
    case SL_COLUMN_MINUTES:
      return write_minutes (cell->number);
    case SL_COLUMN_TEXT:
    case SL_COLUMN_NUMBER:
    default:
      {
        GString *out = g_string_new (cell->number < 0 ? "-" : NULL);
        sl_text_append_grouped (out, magnitude (cell->number), find_style (document->currency).group);
        return g_string_free (out, FALSE);
      }
    }
}

/* The words that the Act wants, also where the document speaks another language: who checks the books may not read
 * it. */
static char *
with_english (const char *words, const char *english)
{
  return g_str_equal (words, english) ? g_strdup (words) : g_strdup_printf ("%s / %s", words, english);
}

/**
 * sl_document_title:
 * @document: a document
 *
 * Returns: (transfer full): its own title, or its kind's in the language of the day
 */
char *
sl_document_title (const SlDocument *document)
{
  g_return_val_if_fail (document != NULL, NULL);

  if (document->title != NULL)
    return g_strdup (document->title);
  switch (document->kind)
    {
    case SL_DOCUMENT_TAX_INVOICE:
      return with_english (_ ("Tax invoice"), "Tax invoice");
    case SL_DOCUMENT_CREDIT_NOTE:
      return with_english (_ ("Credit note"), "Credit note");
    case SL_DOCUMENT_RECEIPT:
      return g_strdup (_ ("Receipt"));
    case SL_DOCUMENT_CASH_UP:
      return g_strdup (_ ("Cash-up"));
    case SL_DOCUMENT_REPORT:
    default:
      return g_strdup (_ ("Report"));
    }
}

/**
 * sl_document_method_words:
 * @method: a method's token
 *
 * Returns: (transfer none): what people call it; words that are no token stay
 */
const char *
sl_document_method_words (const char *method)
{
  static const struct { const char *token, *words; } methods[] = {
    { "cash", N_ ("Cash") },         { "card", N_ ("Card") },           { "eft", N_ ("EFT") },
    { "qr", N_ ("QR payment") },     { "voucher", N_ ("Voucher") },     { "account", N_ ("On account") },
    { "online", N_ ("Card online") },
  };

  g_return_val_if_fail (method != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (method, methods[i].token))
      return _ (methods[i].words);
  return method;
}
