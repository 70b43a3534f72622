/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-sale"

#include "oplog/money.h"
#include "oplog/rights-cache.h"

#include <string.h>

#include "core/datetime.h"

/* Sales, what was taken for them, what became of that and what was given back: README.md "Money". */

#define NAME_MAX_BYTES 240
#define WORD_MAX 32
#define REFERENCE_MAX 256
#define SEALED_NOTE_MAX 8192
#define VAT_PERMILLE_MAX 1000
#define STATUS_PAID "paid"
#define STATUS_PENDING "pending"
#define METHOD_ACCOUNT "account"
#define METHOD_VOUCHER "voucher"

/**
 * sl_vat_included:
 * @amount_cents: with VAT in it; may be below zero
 * @vat_permille: the rate, 150 for 15 %; 0 or more
 *
 * Any thread.
 *
 * Returns: the VAT in it, in cents, halves away from zero, so that what is given back is what was taken
 */
gint64
sl_vat_included (gint64 amount_cents, gint64 vat_permille)
{
  g_return_val_if_fail (ABS (amount_cents) <= SL_MONEY_MAX_CENTS && vat_permille >= 0
                          && vat_permille <= VAT_PERMILLE_MAX,
                        0);

  gint64 whole = 1000 + vat_permille;
  gint64 vat = (2 * ABS (amount_cents) * vat_permille + whole) / (2 * whole);
  return amount_cents < 0 ? -vat : vat;
}

/**
 * sl_money_part:
 * @of: 0 or more
 * @part: 0 to @whole
 * @whole: above 0
 *
 * By doubling and adding, since the product of two amounts does not fit 63 bits. Any thread.
 *
 * Returns: @of × @part ÷ @whole, rounded down
 */
gint64
sl_money_part (gint64 of, gint64 part, gint64 whole)
{
  gint64 result = 0, rest = 0;
  g_return_val_if_fail (of >= 0 && part >= 0 && part <= whole && whole > 0 && whole <= SL_MONEY_MAX_CENTS, 0);

  for (int bit = 62; bit >= 0; bit--)
    {
      rest = 2 * rest + (((of >> bit) & 1) != 0 ? part : 0);
      result = 2 * result + rest / whole;
      rest %= whole;
    }
  return result;
}

static gint64
behind_ms (SlOplog *log)
{
  return sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world);
}

static gboolean
get_behind (SlCborReader *body, gint64 *out)
{
  return sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, out);
}

/* Three capitals: ISO 4217. */
static gboolean
is_currency (const char *text)
{
  return text != NULL && strlen (text) == 3 && g_ascii_isupper (text[0]) && g_ascii_isupper (text[1])
         && g_ascii_isupper (text[2]);
}

/**
 * sl_oplog_next_receipt:
 * @log: inside a transaction
 * @out_receipt: (out): the next number of this device's own series; without a gap, since it is used in the transaction
 * in which it is taken
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_next_receipt (SlOplog *log, gint64 *out_receipt, GError **error)
{
  const SlId *replica = sl_oplog_get_replica (log);
  gboolean read = sl_store_query_int (log->store, 0, out_receipt, error,
                                      "SELECT max (coalesce ((SELECT max (receipt) FROM sale WHERE replica = ?1), 0), "
                                      "coalesce ((SELECT max (receipt) FROM payment WHERE replica = ?1), 0), "
                                      "coalesce ((SELECT max (receipt) FROM refund WHERE replica = ?1), 0))",
                                      "d", replica);
  (*out_receipt)++;
  return read;
}

/* What a number stands on: a sale with what was taken at once, what was taken for it later, what was given back. */
#define SQL_DOCUMENTS \
  "SELECT replica, receipt FROM sale UNION ALL SELECT replica, receipt FROM refund UNION ALL " \
  "SELECT p.replica, p.receipt FROM payment p WHERE NOT EXISTS " \
  "(SELECT 1 FROM sale s WHERE s.id = p.sale_id AND s.replica = p.replica AND s.hlc = p.hlc)"

/* sl_receipts_check: a sentence for each device whose series has a gap or a number twice: the first of them. */
gboolean
sl_receipts_check (SlOplog *log, GPtrArray *problems, GError **error)
{
  SlId series = sl_id_none;
  gint64 next = 1;
  gboolean sound = TRUE;
  char text[SL_ID_TEXT_BYTES];
  g_autoptr (SlRows) rows
    = sl_store_query (log->store, "SELECT replica, receipt FROM (" SQL_DOCUMENTS ") ORDER BY replica, receipt", "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      gint64 receipt = sl_rows_int (rows, 1);
      sl_rows_id (rows, 0, &replica);
      if (!sl_id_equal (&replica, &series))
        {
          series = replica;
          next = 1;
          sound = TRUE;
        }
      if (sound && receipt != next)
        g_ptr_array_add (problems,
                         g_strdup_printf ("device %s: receipt %" G_GINT64_FORMAT " is %s", sl_id_format (&series, text),
                                          receipt < next ? receipt : next, receipt < next ? "there twice" : "missing"));
      sound = sound && receipt == next;
      next = receipt + 1;
    }
  return sl_rows_finish (rows, error);
}

/* --- lines --- */

static gsize
line_length (const SlSaleLine *line)
{
  if (line->from_ms != 0 || line->until_ms != 0)
    return 8;
  return line->quantity != 1 ? 6 : 5;
}

static void
put_line (SlCborWriter *body, const SlSaleLine *line)
{
  gsize length = line_length (line);
  sl_cbor_begin_array (body, length);
  sl_cbor_put_int (body, line->what);
  sl_cbor_put_id (body, &line->thing_id);
  sl_cbor_put_text (body, line->name);
  sl_cbor_put_int (body, line->unit_cents);
  sl_cbor_put_int (body, line->vat_permille);
  if (length > 5)
    sl_cbor_put_int (body, line->quantity);
  if (length > 6)
    {
      sl_cbor_put_int (body, line->from_ms);
      sl_cbor_put_int (body, line->until_ms);
    }
}

typedef struct {
  gint64 what, quantity, unit, permille, from_ms, until_ms, amount, vat;
  SlId thing;
  char *name;
} Line;

typedef struct {
  char *method, *status, *reference;
  gint64 amount, tendered;
  SlId voucher;
} Taking;

typedef struct {
  char *currency;
  gint64 receipt, behind, total, vat;
  SlId location, member, till;
  GArray *lines, *takings;
} Sale;

static void
line_clear (gpointer line)
{
  g_free (((Line *) line)->name);
}

static void
taking_clear (gpointer data)
{
  Taking *taking = data;
  g_free (taking->method);
  g_free (taking->status);
  g_free (taking->reference);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taking, taking_clear)

static void
sale_clear (Sale *sale)
{
  g_free (sale->currency);
  g_clear_pointer (&sale->lines, g_array_unref);
  g_clear_pointer (&sale->takings, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sale, sale_clear)

/* [what, thing or null, name, price of one, VAT in thousandths, quantity (1), from (0), until (0)] */
static gboolean
get_line (SlCborReader *body, Line *out)
{
  gsize length;
  out->quantity = 1;
  return sl_cbor_get_array (body, 5, 8, &length) && length != 7 && sl_cbor_get_int (body, 1, G_MAXUINT8, &out->what)
         && sl_cbor_get_id_or_null (body, &out->thing) && sl_cbor_get_text (body, NAME_MAX_BYTES, &out->name)
         && out->name != NULL
         && sl_cbor_get_int (body, -SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX, SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX,
                             &out->unit)
         && sl_cbor_get_int (body, 0, VAT_PERMILLE_MAX, &out->permille)
         && (length < 6 || sl_cbor_get_int (body, 1, SL_QUANTITY_MAX, &out->quantity))
         && (length < 7
             || (sl_cbor_get_int (body, 0, G_MAXINT64, &out->from_ms)
                 && sl_cbor_get_int (body, 0, G_MAXINT64, &out->until_ms)));
}

static gboolean
get_lines (SlCborReader *body, Sale *sale)
{
  gsize length;
  if (!sl_cbor_get_array (body, 1, SL_SALE_LINES_MAX, &length))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      Line line = { 0 };
      gboolean read = get_line (body, &line);
      line.amount = read ? line.quantity * line.unit : 0;
      line.vat = read ? sl_vat_included (line.amount, line.permille) : 0;
      g_array_append_val (sale->lines, line);
      if (!read || ABS (sale->total + line.amount) > SL_MONEY_MAX_CENTS)
        return FALSE;
      sale->total += line.amount;
      sale->vat += line.vat;
    }
  return sale->total >= 0;
}

/* --- takings --- */

static gsize
taking_length (const SlTaking *taking)
{
  if (!sl_id_is_none (&taking->voucher_id))
    return 6;
  if (taking->tendered_cents != 0)
    return 5;
  return taking->reference != NULL ? 4 : 3;
}

static void
put_taking (SlCborWriter *body, const SlTaking *taking)
{
  gsize length = taking_length (taking);
  sl_cbor_begin_array (body, length);
  sl_cbor_put_text (body, taking->method);
  sl_cbor_put_int (body, taking->amount_cents);
  sl_cbor_put_text (body, taking->status);
  if (length > 3)
    sl_cbor_put_text (body, taking->reference);
  if (length > 4)
    sl_cbor_put_int (body, taking->tendered_cents);
  if (length > 5)
    sl_cbor_put_id (body, &taking->voucher_id);
}

/* [method, amount, status, reference or null, cash handed over (0), voucher] */
static gboolean
get_taking (SlCborReader *body, Taking *out)
{
  gsize length;
  return sl_cbor_get_array (body, 3, 6, &length) && sl_cbor_get_text (body, WORD_MAX, &out->method)
         && out->method != NULL && sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &out->amount)
         && sl_cbor_get_text (body, WORD_MAX, &out->status) && out->status != NULL
         && (length < 4 || sl_cbor_get_text (body, REFERENCE_MAX, &out->reference))
         && (length < 5 || sl_cbor_get_int (body, 0, SL_MONEY_MAX_CENTS, &out->tendered))
         && (length < 6 || sl_cbor_get_id (body, &out->voucher));
}

/* Together no more than the sale, each voucher once. */
static gboolean
get_takings (SlCborReader *body, Sale *sale)
{
  gsize length;
  gint64 sum = 0;
  if (!sl_cbor_get_array (body, 0, SL_SALE_TAKINGS_MAX, &length))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      Taking taking = { 0 };
      gboolean read = get_taking (body, &taking);
      g_array_append_val (sale->takings, taking);
      sum += taking.amount;
      if (!read || sum > sale->total)
        return FALSE;
      for (guint k = 0; k < i && !sl_id_is_none (&taking.voucher); k++)
        if (sl_id_equal (&g_array_index (sale->takings, Taking, k).voucher, &taking.voucher))
          return FALSE;
    }
  return TRUE;
}

/* --- payments --- */

typedef struct {
  SlId id, sale, member, location, till;
  const char *currency;
  gint64 receipt, at_ms;
} PaymentPlace;

/* Paid at once, or owed by an account: what was taken may be given back from now on, by who took it. Pending: from the
 * first word that it was paid, which may have come before. */
static gboolean
mint_payment (SlOplog *log, const PaymentPlace *place, const Taking *taking, const SlId *taker, GError **error)
{
  gint64 said_paid = 0;
  gboolean counts = g_str_equal (taking->status, STATUS_PAID) || g_str_equal (taking->method, METHOD_ACCOUNT);
  if (!counts
      && !sl_store_query_int (log->store, 0, &said_paid, error,
                              "SELECT count (*) FROM payment_outcome WHERE payment_id = ? AND outcome = ?", "di",
                              &place->id, (gint64) SL_OUTCOME_PAID))
    return FALSE;
  return (!counts && said_paid == 0) || sl_money_right_add (log, &place->id, taker, taking->amount, error);
}

static gboolean
insert_payment (SlOplog *log, const SlOperation *operation, const PaymentPlace *place, const Taking *taking,
                GError **error)
{
  const SlValue values[] = {
    { .type = 'd', .id = &place->id },
    { .type = 'd', .id = &place->sale },
    { .type = 'd', .id = &place->member },
    { .type = 'd', .id = &place->location },
    { .type = 'd', .id = &place->till },
    { .type = 'd', .id = &taking->voucher },
    { .type = 'i', .integer = taking->amount },
    { .type = 't', .text = place->currency },
    { .type = 't', .text = taking->method },
    { .type = 't', .text = taking->status },
    { .type = 't', .text = taking->reference },
    { .type = taking->tendered != 0 ? 'i' : 'n', .integer = taking->tendered },
    { .type = 'i', .integer = place->receipt },
    { .type = 'i', .integer = place->at_ms },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO payment (id, sale_id, member_id, location_id, till_id, voucher_id, "
                               "amount_cents, currency, method, status, reference, tendered_cents, receipt, at_ms, "
                               "hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values))
         && mint_payment (log, place, taking, &operation->replica, error)
         && (sl_id_is_none (&taking->voucher)
             || sl_money_right_add (log, &taking->voucher, &operation->replica, -taking->amount, error));
}

static gboolean
voucher_covers (SlOplog *log, const SlOperation *operation, const Taking *taking, gboolean *inout, GError **error)
{
  return sl_id_is_none (&taking->voucher)
         || sl_rights_cover (log, operation, SL_RIGHTS_MONEY, &taking->voucher, taking->amount, inout, error);
}

/* --- sales --- */

/**
 * sl_op_sale:
 * @log: inside a transaction
 * @params: what is sold and what was paid of it at once
 * @out_id: (out caller-allocates): the sale's id
 * @out_payments: (out caller-allocates) (nullable): an id for each taking
 * @error: return location
 *
 * The caller has checked amounts, methods and that vouchers are held here.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_sale (SlOplog *log, const SlSaleParts *params, SlId *out_id, SlId *out_payments, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (params->n_lines > 0 && params->n_lines <= SL_SALE_LINES_MAX, FALSE);
  g_return_val_if_fail (params->n_takings <= SL_SALE_TAKINGS_MAX && is_currency (params->currency), FALSE);
  sl_cbor_begin_array (body, 8);
  sl_cbor_put_text (body, params->currency);
  sl_cbor_put_int (body, params->receipt);
  sl_cbor_put_int (body, behind_ms (log));
  sl_cbor_put_id (body, &params->location_id);
  sl_cbor_put_id (body, &params->member_id);
  sl_cbor_put_id (body, &params->till_id);
  sl_cbor_begin_array (body, params->n_lines);
  for (guint i = 0; i < params->n_lines; i++)
    put_line (body, &params->lines[i]);
  sl_cbor_begin_array (body, params->n_takings);
  for (guint i = 0; i < params->n_takings; i++)
    put_taking (body, &params->takings[i]);
  if (!sl_oplog_emit (log, SL_KIND_SALE, NULL, body, out_id, error))
    return FALSE;
  for (guint i = 0; i < params->n_takings && out_payments != NULL; i++)
    sl_id_derive (sl_oplog_get_replica (log), log->own->head_seq, 1 + i, &out_payments[i]);
  return TRUE;
}

static gboolean
get_sale (SlCborReader *body, Sale *out)
{
  gsize length;
  out->lines = g_array_new (FALSE, TRUE, sizeof (Line));
  out->takings = g_array_new (FALSE, TRUE, sizeof (Taking));
  g_array_set_clear_func (out->lines, line_clear);
  g_array_set_clear_func (out->takings, taking_clear);
  return sl_cbor_get_array (body, 8, 8, &length) && sl_cbor_get_text (body, WORD_MAX, &out->currency)
         && is_currency (out->currency) && sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &out->receipt)
         && get_behind (body, &out->behind) && sl_cbor_get_id_or_null (body, &out->location)
         && sl_cbor_get_id_or_null (body, &out->member) && sl_cbor_get_id_or_null (body, &out->till)
         && get_lines (body, out) && get_takings (body, out) && sl_cbor_at_end (body);
}

static gboolean
insert_sale (SlOplog *log, const SlOperation *operation, const Sale *sale, const SlId *id, GError **error)
{
  const SlValue values[] = {
    { .type = 'd', .id = id },
    { .type = 'd', .id = &sale->member },
    { .type = 'd', .id = &sale->location },
    { .type = 'd', .id = &sale->till },
    { .type = 't', .text = sale->currency },
    { .type = 'i', .integer = sale->receipt },
    { .type = 'i', .integer = sale->total },
    { .type = 'i', .integer = sale->vat },
    { .type = 'i', .integer = sl_apply_wall_ms (operation, sale->behind) },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO sale (id, member_id, location_id, till_id, currency, receipt, total_cents, "
                               "vat_cents, at_ms, hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values));
}

static gboolean
insert_line (SlOplog *log, const SlId *sale, guint number, const Line *line, GError **error)
{
  const SlValue values[] = {
    { .type = 'd', .id = sale },
    { .type = 'i', .integer = number },
    { .type = 'i', .integer = line->what },
    { .type = 'd', .id = &line->thing },
    { .type = 't', .text = line->name },
    { .type = 'i', .integer = line->quantity },
    { .type = 'i', .integer = line->unit },
    { .type = 'i', .integer = line->permille },
    { .type = 'i', .integer = line->amount },
    { .type = 'i', .integer = line->vat },
    { .type = line->from_ms != 0 ? 'i' : 'n', .integer = line->from_ms },
    { .type = line->until_ms != 0 ? 'i' : 'n', .integer = line->until_ms },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO sale_line (sale_id, line, what, thing_id, name, quantity, unit_cents, "
                               "vat_permille, amount_cents, vat_cents, from_ms, until_ms) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values));
}

/* sl_apply_sale: [currency, receipt, clock behind, location, member, till, lines, takings]: total and VAT are reckoned
 * here and not believed. What is taken by a voucher is its author's. */
gboolean
sl_apply_sale (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (Sale) sale = { 0 };
  gboolean covered = TRUE;
  SlId id;
  if (!sl_id_is_none (&operation->entity) || !get_sale (body, &sale))
    return sl_malformed (operation, error);
  for (guint i = 0; i < sale.takings->len; i++)
    if (!voucher_covers (log, operation, &g_array_index (sale.takings, Taking, i), &covered, error))
      return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  if (!insert_sale (log, operation, &sale, &id, error))
    return FALSE;
  for (guint i = 0; i < sale.lines->len; i++)
    if (!insert_line (log, &id, i, &g_array_index (sale.lines, Line, i), error))
      return FALSE;
  PaymentPlace place = { .sale = id, .member = sale.member, .location = sale.location, .till = sale.till,
                         .currency = sale.currency, .receipt = sale.receipt,
                         .at_ms = sl_apply_wall_ms (operation, sale.behind) };
  for (guint i = 0; i < sale.takings->len; i++)
    {
      sl_apply_made_id (operation, 1 + i, &place.id);
      if (!insert_payment (log, operation, &place, &g_array_index (sale.takings, Taking, i), error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_op_payment_take:
 * @log: inside a transaction
 * @parts: how much for which sale, and how
 * @out_id: (out caller-allocates): the payment's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_payment_take (SlOplog *log, const SlPaymentParts *parts, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (is_currency (parts->currency) && parts->taking.amount_cents > 0, FALSE);
  sl_cbor_begin_array (body, 7);
  sl_cbor_put_text (body, parts->currency);
  sl_cbor_put_int (body, parts->receipt);
  sl_cbor_put_int (body, behind_ms (log));
  sl_cbor_put_id (body, &parts->location_id);
  sl_cbor_put_id (body, &parts->member_id);
  sl_cbor_put_id (body, &parts->till_id);
  put_taking (body, &parts->taking);
  return sl_oplog_emit (log, SL_KIND_PAYMENT_TAKE, &parts->sale_id, body, out_id, error);
}

/* sl_apply_payment_take: entity: the sale, or none; [currency, receipt, clock behind, location, member, till,
 * taking]. */
gboolean
sl_apply_payment_take (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (Taking) taking = { 0 };
  g_autofree char *currency = NULL;
  PaymentPlace place = { .sale = operation->entity };
  gsize length;
  gint64 behind;
  gboolean covered = TRUE;
  if (!sl_cbor_get_array (body, 7, 7, &length) || !sl_cbor_get_text (body, WORD_MAX, &currency)
      || !is_currency (currency) || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &place.receipt)
      || !get_behind (body, &behind) || !sl_cbor_get_id_or_null (body, &place.location)
      || !sl_cbor_get_id_or_null (body, &place.member) || !sl_cbor_get_id_or_null (body, &place.till)
      || !get_taking (body, &taking) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!voucher_covers (log, operation, &taking, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &place.id);
  place.currency = currency;
  place.at_ms = sl_apply_wall_ms (operation, behind);
  return insert_payment (log, operation, &place, &taking, error);
}
