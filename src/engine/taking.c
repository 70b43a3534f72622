/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-taking"

#include "engine/taking.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/till.h"
#include "engine/voucher.h"

#define REFERENCE_MAX_BYTES 120
#define STATUS_PAID "paid"
#define STATUS_PENDING "pending"

/* A picture on a screen is paid when somebody has seen the money; what goes on account is owed until it is settled;
 * everything else is money that was taken. */
static const struct {
  const char *word, *status;
} methods[] = {
  { "cash", STATUS_PAID }, { "card", STATUS_PAID },      { "eft", STATUS_PAID },         { "qr", STATUS_PENDING },
  { "online", STATUS_PAID }, { "voucher", STATUS_PAID }, { "account", STATUS_PENDING },
};

static const char *
status_of_method (const char *method, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_strcmp0 (method, methods[i].word) == 0)
      return methods[i].status;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               "the method of payment is one of cash, card, eft, qr, online, voucher, account");
  return NULL;
}

/**
 * sl_taking_is_method:
 * @method: (nullable): a word
 * @error: return location
 *
 * Any thread.
 *
 * Returns: whether people can pay so; else %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_taking_is_method (const char *method, GError **error)
{
  return status_of_method (method, error) != NULL;
}

/**
 * sl_takings_clear:
 * @takings: to be emptied; the struct itself is the caller's
 */
void
sl_takings_clear (SlTakings *takings)
{
  g_clear_pointer (&takings->list, g_array_unref);
  g_clear_pointer (&takings->texts, g_ptr_array_unref);
}

static gboolean
refuse_amount (const SlTakingsRules *rules, gint64 paid_cents, SlRefusal *refusal)
{
  sl_refuse (refusal, SL_REFUSAL_AMOUNT_MISMATCH);
  sl_refusal_set_int (refusal, "price_cents", rules->total_cents);
  sl_refusal_set_int (refusal, "paid_cents", paid_cents);
  return FALSE;
}

/* (transfer none): kept with the takings; NULL with the error: not to be written down. */
static const char *
keep_reference (SlTakings *takings, const char *reference, GError **error)
{
  char *clean = sl_text_clean ("the reference", reference, REFERENCE_MAX_BYTES, error);
  if (clean != NULL)
    g_ptr_array_add (takings->texts, clean);
  return clean;
}

static gboolean
is_in (const SlTakings *takings, const SlTaking *taking)
{
  for (guint i = 0; i < takings->list->len; i++)
    {
      const SlTaking *one = &g_array_index (takings->list, SlTaking, i);
      if (g_strcmp0 (one->reference, taking->reference) == 0 && g_str_equal (one->method, taking->method))
        return TRUE;
    }
  return FALSE;
}

/* The same slip, a little while ago, on any device that is known of here, or in the same breath. */
static gboolean
check_slip (SlEngine *engine, const SlTaking *taking, const SlTakings *takings, SlRefusal *refusal, GError **error)
{
  SlId other = sl_id_none;
  char text[SL_ID_TEXT_BYTES];
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT id FROM payment WHERE reference = ? AND method = ? AND at_ms > ? ORDER BY at_ms DESC, id "
                      "LIMIT 1",
                      "tti", taking->reference, taking->method,
                      sl_engine_now_ms (engine) - SL_SLIP_DAYS * SL_DAY_MS);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &other);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (sl_id_is_none (&other) && !is_in (takings, taking))
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_POSSIBLE_DUPLICATE);
  if (!sl_id_is_none (&other))
    sl_refusal_set_text (refusal, "payment", sl_id_format (&other, text));
  sl_refusal_set_text (refusal, "reference", taking->reference);
  return FALSE;
}

static gboolean
check_cash (SlEngine *engine, const SlPay *pay, const SlTakingsRules *rules, SlTaking *taking, SlTakings *out,
            SlRefusal *refusal, GError **error)
{
  if (!sl_till_for_cash (engine, &out->till_id, refusal, error))
    return FALSE;
  if (pay->tendered_cents == 0)
    return TRUE;
  if (pay->tendered_cents < taking->amount_cents)
    return refuse_amount (rules, pay->tendered_cents, refusal);
  taking->tendered_cents = pay->tendered_cents;
  out->change_cents += pay->tendered_cents - taking->amount_cents;
  return TRUE;
}

/* (nullable) (transfer none): how much of the same voucher was taken already. */
static SlTaking *
same_voucher (const SlTakings *takings, const SlId *voucher)
{
  for (guint i = 0; i < takings->list->len; i++)
    {
      SlTaking *one = &g_array_index (takings->list, SlTaking, i);
      if (sl_id_equal (&one->voucher_id, voucher))
        return one;
    }
  return NULL;
}

/* A voucher that was named before pays for both together. */
static gboolean
check_voucher (SlEngine *engine, const SlPay *pay, SlTaking *taking, const SlTakings *takings, SlRefusal *refusal,
               GError **error)
{
  const char *code = pay->voucher_code != NULL ? pay->voucher_code : pay->reference;
  const SlTaking *before;
  taking->reference = NULL;
  if (!sl_voucher_check (engine, code, taking->amount_cents, &taking->voucher_id, refusal, error))
    return FALSE;
  before = same_voucher (takings, &taking->voucher_id);
  return before == NULL
         || sl_voucher_check (engine, code, before->amount_cents + taking->amount_cents, &taking->voucher_id, refusal,
                              error);
}

static void
add_taking (SlTakings *takings, const SlTaking *taking)
{
  SlTaking *before = sl_id_is_none (&taking->voucher_id) ? NULL : same_voucher (takings, &taking->voucher_id);
  takings->sum_cents += taking->amount_cents;
  takings->pending_cents += g_str_equal (taking->status, STATUS_PENDING) ? taking->amount_cents : 0;
  if (before != NULL)
    before->amount_cents += taking->amount_cents;
  else
    g_array_append_val (takings->list, *taking);
}

static gboolean
add_pay (SlEngine *engine, const SlPay *pay, const SlTakingsRules *rules, SlTakings *out, SlRefusal *refusal,
         GError **error)
{
  SlTaking taking = { .method = pay->method, .status = status_of_method (pay->method, error) };
  gint64 left = rules->total_cents - out->sum_cents;
  if (taking.status == NULL)
    return FALSE;
  taking.amount_cents = pay->amount_cents == SL_NUMBER_NONE ? left : pay->amount_cents;
  if (taking.amount_cents < 0 || taking.amount_cents > SL_MONEY_MAX_CENTS || pay->tendered_cents < 0
      || pay->tendered_cents > SL_MONEY_MAX_CENTS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an amount is not below 0, and not absurd");
      return FALSE;
    }
  if (taking.amount_cents > left)
    return refuse_amount (rules, out->sum_cents + taking.amount_cents, refusal);
  if (taking.amount_cents == 0)
    return TRUE;
  if (pay->pending)
    taking.status = STATUS_PENDING;
  gboolean is_voucher = g_str_equal (taking.method, "voucher");
  if (pay->reference != NULL && !is_voucher
      && ((taking.reference = keep_reference (out, pay->reference, error)) == NULL
          || (!rules->anyway && !check_slip (engine, &taking, out, refusal, error))))
    return FALSE;
  if ((is_voucher && !check_voucher (engine, pay, &taking, out, refusal, error))
      || (g_str_equal (taking.method, "cash")
          && !check_cash (engine, pay, rules, &taking, out, refusal, error)))
    return FALSE;
  add_taking (out, &taking);
  return TRUE;
}

/**
 * sl_takings_check:
 * @engine: the engine, inside a command
 * @pays: how it is paid, one after the other
 * @n_pays: of them, at most %SL_SALE_TAKINGS_MAX
 * @rules: what they have to come to
 * @out: (out caller-allocates): ready for the log; points into @pays
 * @refusal: (out): amount_mismatch, till_closed, voucher_invalid, no_rights, possible_duplicate
 * @error: return location
 *
 * Writes nothing.
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_takings_check (SlEngine *engine, const SlPay *pays, guint n_pays, const SlTakingsRules *rules, SlTakings *out,
                  SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0 && rules != NULL && out != NULL && refusal != NULL, FALSE);

  *out = (SlTakings){ .list = g_array_new (FALSE, FALSE, sizeof (SlTaking)),
                      .texts = g_ptr_array_new_with_free_func (g_free) };
  if (n_pays > SL_SALE_TAKINGS_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "paid in at most %d ways at once", SL_SALE_TAKINGS_MAX);
      return FALSE;
    }
  if (!sl_till_current (engine, &out->till_id, error))
    return FALSE;
  for (guint i = 0; i < n_pays; i++)
    if (!add_pay (engine, &pays[i], rules, out, refusal, error))
      return FALSE;
  return out->sum_cents == rules->total_cents || (rules->part && out->list->len > 0)
         || refuse_amount (rules, out->sum_cents, refusal);
}
