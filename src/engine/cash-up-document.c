/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cash-up-document"

#include "engine/cash-up.h"

#include <glib/gi18n-lib.h>

#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/staff.h"

/* A cash-up on paper: what the till should hold and holds, and what was taken in which way. */

/* (nullable): of the command line's owner there is none, nor of somebody whose record has not come here. */
static char *
name_of (SlEngine *engine, const SlId *id)
{
  g_autoptr (SlStaff) staff = sl_id_is_none (id) ? NULL : sl_staff_get (engine, id, NULL);
  return staff != NULL ? g_strdup (staff->name) : NULL;
}

static void
add_moment (SlDocument *document, const char *label, gint64 ms, const char *name)
{
  g_autofree char *when = sl_document_time (ms, document->zone);
  g_autofree char *both = name != NULL ? g_strdup_printf ("%s, %s", when, name) : g_strdup (when);
  sl_document_add_fact (document, label, both);
}

static void
add_figure (SlDocumentTable *table, const char *label, gint64 cents)
{
  sl_document_table_add_text (table, label);
  sl_document_table_add_number (table, cents);
}

static void
add_cash (SlDocument *document, const SlCashUp *cash_up)
{
  const SlTill *till = cash_up->till;
  const SlCashUpRow *cash = &cash_up->rows[0];
  SlDocumentTable *table = sl_document_add_table (document, _ ("Cash"));
  sl_document_table_add_column (table, "", SL_COLUMN_TEXT);
  sl_document_table_add_column (table, _ ("Amount"), SL_COLUMN_MONEY);
  if (till != NULL)
    add_figure (table, _ ("Float"), till->float_cents);
  add_figure (table, _ ("Cash taken"), cash->sales_cents + cash->payments_cents);
  add_figure (table, _ ("Cash given back"), -cash->refunds_cents);
  if (till != NULL)
    add_figure (table, _ ("Put in (taken out)"), cash_up->put_in_cents);
  add_figure (table, _ ("Expected"), cash_up->expected_cents);
  sl_document_table_mark_total (table);
  if (till == NULL || till->closed_ms == 0)
    return;
  add_figure (table, _ ("Counted"), till->counted_cents);
  add_figure (table, _ ("Difference"), till->difference_cents);
  sl_document_table_mark_total (table);
}

static void
add_methods (SlDocument *document, const SlCashUp *cash_up)
{
  gint64 taken_cents = 0, refunded_cents = 0;
  SlDocumentTable *table = sl_document_add_table (document, _ ("Takings"));
  sl_document_table_add_column (table, _ ("How"), SL_COLUMN_TEXT);
  sl_document_table_add_column (table, _ ("Taken"), SL_COLUMN_MONEY);
  sl_document_table_add_column (table, _ ("Given back"), SL_COLUMN_MONEY);
  for (guint i = 0; i < SL_CASH_UP_METHODS; i++)
    {
      const SlCashUpRow *row = &cash_up->rows[i];
      if (row->sales + row->payments + row->refunds == 0)
        continue;
      taken_cents += row->sales_cents + row->payments_cents;
      refunded_cents += row->refunds_cents;
      sl_document_table_add_text (table, sl_document_method_words (row->method));
      sl_document_table_add_number (table, row->sales_cents + row->payments_cents);
      sl_document_table_add_number (table, row->refunds_cents);
    }
  sl_document_table_add_text (table, _ ("Total"));
  sl_document_table_add_number (table, taken_cents);
  sl_document_table_add_number (table, refunded_cents);
  sl_document_table_mark_total (table);
}

static void
add_rest (SlDocument *document, const SlCashUp *cash_up)
{
  gint64 pending_cents = 0;
  for (guint i = 0; i < SL_CASH_UP_METHODS; i++)
    pending_cents += cash_up->rows[i].pending_cents;
  const struct {
    const char *label;
    gint64 cents;
  } figures[] = { { _ ("Not seen yet"), pending_cents },
                  { _ ("Vouchers sold"), cash_up->vouchers_sold_cents },
                  { _ ("Vouchers used"), cash_up->vouchers_used_cents },
                  { _ ("Put on account"), cash_up->account_given_cents },
                  { _ ("Paid of what was on account"), cash_up->account_paid_cents },
                  { _ ("VAT in what was sold"), cash_up->vat_cents } };
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (figures[i].cents != 0)
      {
        g_autofree char *money = sl_document_money (figures[i].cents, document->currency);
        sl_document_add_fact (document, figures[i].label, money);
      }
}

/**
 * sl_cash_up_to_document:
 * @engine: the engine
 * @cash_up: a till's figures, or a day's without one
 * @error: return location
 *
 * Returns: (transfer full) (nullable): as it is printed; %NULL on failure
 */
SlDocument *
sl_cash_up_to_document (SlEngine *engine, const SlCashUp *cash_up, GError **error)
{
  g_return_val_if_fail (engine != NULL && cash_up != NULL, NULL);

  const SlTill *till = cash_up->till;
  const char *studio = sl_engine_studio_name (engine);
  g_autoptr (GTimeZone) zone
    = sl_location_zone (engine, till != NULL && !sl_id_is_none (&till->location_id) ? &till->location_id
                                                                                    : &engine->location, error);
  if (zone == NULL)
    return NULL;
  SlDocument *document
    = sl_document_new (SL_DOCUMENT_CASH_UP, sl_engine_currency (engine), zone, sl_engine_now_ms (engine));
  if (studio != NULL)
    sl_document_set_supplier (document, studio, NULL, NULL);
  if (till != NULL)
    {
      g_autofree char *opened_by = name_of (engine, &till->opened_by);
      g_autofree char *closed_by = name_of (engine, &till->closed_by);
      if (till->name != NULL)
        sl_document_add_fact (document, _ ("Till"), till->name);
      add_moment (document, _ ("Opened"), till->opened_ms, opened_by);
      if (till->closed_ms != 0)
        add_moment (document, _ ("Closed"), till->closed_ms, closed_by);
    }
  add_rest (document, cash_up);
  add_cash (document, cash_up);
  add_methods (document, cash_up);
  if (till != NULL && till->note != NULL)
    sl_document_add_note (document, till->note);
  return document;
}
