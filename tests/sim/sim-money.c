/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-money"

#include "sim-actions.h"

#include "core/datetime.h"
#include "engine/membership.h"
#include "engine/package-renewal.h"
#include "engine/package.h"
#include "engine/payment.h"
#include "engine/plan.h"
#include "engine/refund.h"
#include "engine/renewal.h"
#include "engine/rights.h"
#include "engine/run-due.h"
#include "engine/sale.h"
#include "engine/till.h"
#include "oplog/money.h"

/* What is sold at a desk, and how it is paid, given back and counted. */

#define SLIPS 40         /* so many numbers that one comes twice now and then */
#define VOUCHERS_MAX 8
#define SALES_MAX 60     /* of one world: each is looked at after every step */
#define LATER_DAYS_MAX 40

/* --- ways of paying --- */

/* What a way of paying points to. */
typedef struct {
  SlSaleParams params;
  char *reference;
} Paying;

static void
paying_clear (Paying *paying)
{
  g_free (paying->reference);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Paying, paying_clear)

static void
choose_way (SimWorld *world, guint32 r, Paying *out)
{
  static const char *const methods[] = { "cash", "qr", "card", "eft", "qr", "account", "online", "voucher" };
  *out = (Paying){ .params = { .amount_cents = SL_NUMBER_NONE, .method = methods[r % G_N_ELEMENTS (methods)] } };
  r /= G_N_ELEMENTS (methods);
  if (g_str_equal (out->params.method, "voucher"))
    {
      if (world->vouchers->len > 0)
        out->params.voucher_code = g_array_index (world->vouchers, SimVoucher, r % world->vouchers->len).code;
      else
        out->params.method = "cash";
    }
  if (g_str_equal (out->params.method, "cash") && r % 2 == 0)
    out->params.tendered_cents = 1000000;
  if (!g_str_equal (out->params.method, "cash") && out->params.voucher_code == NULL && r % 2 == 0)
    out->reference = g_strdup_printf ("slip %u", r / 2 % SLIPS);
  out->params.reference = out->reference;
}

static gboolean
is_full (SimDevice *device)
{
  gint64 sales;
  return !sim_device_runs (device)
         || !sl_store_query_int (sl_oplog_get_store (sim_log (device)), 0, &sales, NULL, "SELECT count (*) FROM sale",
                                 "")
         || sales >= SALES_MAX;
}

static gboolean
sold (SimWorld *world, const char *what, gboolean decided, const SlSale *sale, SlRefusal *refusal, GError *error)
{
  gboolean done = sim_came (world, what, decided, refusal, error);
  if (done)
    sim_tell (world, "      %s: %" G_GINT64_FORMAT " cents, due %" G_GINT64_FORMAT, sim_name (&sale->sale_id),
              sale->amount_cents, sale->due_cents);
  return done;
}

/* --- selling --- */

/* Something else over the counter, in one way, in two, or a part of it. */
static void
sell_other (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  g_auto (Paying) paying = { 0 };
  g_auto (SlSale) sale = { 0 };
  gint64 price = 1 + r[1] % 50000, quantity = 1 + r[1] / 50000 % 3;
  const SlPay pays[] = { { .method = "cash", .amount_cents = price * quantity / 3 + 1 },
                         { .method = r[2] % 2 ? "card" : "qr", .amount_cents = SL_NUMBER_NONE } };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  choose_way (world, r[2], &paying);
  if (r[0] % 2 == 0)
    paying.params.member_id = *sim_pick_member (world, r[0] / 2);
  if (r[2] % 5 == 0)
    {
      paying.params.method = NULL;
      paying.params.voucher_code = NULL;
      paying.params.reference = NULL;
      paying.params.tendered_cents = 0;
      paying.params.pays = pays;
      paying.params.n_pays = G_N_ELEMENTS (pays);
    }
  else if (r[2] % 5 == 1)
    {
      paying.params.part = TRUE;
      paying.params.amount_cents = (price * quantity + 1) / 2;
      paying.params.tendered_cents = 0;
    }
  gboolean decided = sl_sale_other (device->engine, &device->owner, &paying.params, "Mat", price, quantity, &sale,
                                    &refusal, &error);
  (void) sold (world, "sale", decided, &sale, &refusal, error);
}

static void
sell_voucher (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SlSaleParams params = { .amount_cents = SL_NUMBER_NONE, .method = r[2] % 2 ? "cash" : "card" };
  g_auto (SlSale) sale = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_sale_voucher (device->engine, &device->owner, &params, 10000 + r[1] % 50000, &sale, &refusal,
                                      &error);
  if (!sold (world, "voucher", decided, &sale, &refusal, error))
    return;
  SimVoucher voucher = { .id = sale.voucher_id };
  (void) g_strlcpy (voucher.code, sale.voucher_code, sizeof voucher.code);
  g_array_append_val (world->vouchers, voucher);
}

static void
sell_package (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  g_auto (Paying) paying = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  choose_way (world, r[2], &paying);
  paying.params.member_id = *sim_pick_member (world, r[1]);
  paying.params.package_id = world->studio.package;
  gboolean decided
    = sl_sale_package (device->engine, &device->owner, &paying.params, &sale, &refusal, &error);
  sim_note (world, sold (world, "package", decided, &sale, &refusal, error), world->lots, &sale.lot_id);
}

SIM_ACTION (sale)
{
  if (is_full (device))
    return;
  if (r[0] % 8 < 3 && world->vouchers->len < VOUCHERS_MAX)
    sell_voucher (world, device, r);
  else if (r[0] % 8 < 5 && world->lots->len < 16)
    sell_package (world, device, r);
  else
    sell_other (world, device, r);
}

static gboolean
add_plan (SimWorld *world, SimDevice *device, guint32 r, SlId *out)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlPlanParams params;
  sl_plan_params_init (&params);
  params.name = r % 2 ? "Four a month" : "A year";
  params.kind = r % 2 ? "credits" : "unlimited";
  params.period = r % 8 == 0 ? "annual" : "monthly";
  params.price_cents = 60000;
  params.joining_cents = r % 3 ? 0 : 10000;
  params.credits_hundredths = r % 2 ? 400 : SL_NUMBER_NONE;
  gboolean decided = sl_plan_add (device->engine, &device->owner, &params, out, &refusal, &error);
  return sim_came (world, "plan", decided, &refusal, error);
}

static void
note_granted (SimWorld *world, SimDevice *device, const SlId *membership)
{
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)),
                                            "SELECT id FROM lot WHERE membership_id = ?", "d", membership);
  while (sl_rows_next (rows) && world->lots->len < 24)
    {
      SlId lot;
      gboolean known = FALSE;
      sl_rows_id (rows, 0, &lot);
      for (guint i = 0; i < world->lots->len; i++)
        known = known || sl_id_equal (&g_array_index (world->lots, SlId, i), &lot);
      sim_note (world, !known, world->lots, &lot);
    }
}

/* A package that renews by itself, which one sale in a way that collects agrees to. */
static gboolean
pick_renewing (SimWorld *world, SimDevice *device, SlId *out)
{
  SlPackageParams params;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (sim_pick_row (device, 0, "(SELECT id FROM package WHERE renews = 1)", out))
    return TRUE;
  sl_package_params_init (&params);
  params.name = "Five again";
  params.credits_hundredths = 500;
  params.price_cents = 40000;
  params.valid_days = 30;
  params.renews = 1;
  gboolean decided = sl_package_create (device->engine, &device->owner, &params, out, &refusal, &error);
  return sim_came (world, "package_add", decided, &refusal, error);
}

static void
sell_renewing (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  static const char *const collects[] = { "account", "eft", "card", "eft" };
  g_auto (Paying) paying = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  choose_way (world, r[2], &paying);
  paying.params.member_id = *sim_pick_member (world, r[0]);
  paying.params.collect = collects[r[1] % G_N_ELEMENTS (collects)];
  if (!pick_renewing (world, device, &paying.params.package_id))
    return;
  gboolean decided = sl_sale_package (device->engine, &device->owner, &paying.params, &sale, &refusal, &error);
  if (sold (world, "sale_renewing", decided, &sale, &refusal, error) && !sl_id_is_none (&sale.lot_id))
    sim_note (world, world->lots->len < 24, world->lots, &sale.lot_id);
}

/* A membership, from now or from some days ago; how the next periods are paid. */
SIM_ACTION (sale_plan)
{
  static const char *const collects[] = { NULL, "account", "eft", "card", "eft" };
  SlPlanSaleParams params = { .price_cents = r[1] % 4 == 0 ? 45000 : SL_NUMBER_NONE,
                              .collect = collects[r[1] / 4 % G_N_ELEMENTS (collects)] };
  g_auto (Paying) paying = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (is_full (device))
    return;
  if (r[0] / 8 % 5 == 0)
    {
      sell_renewing (world, device, r);
      return;
    }
  choose_way (world, r[2], &paying);
  params.pay = paying.params;
  params.pay.member_id = *sim_pick_member (world, r[0]);
  if (r[1] / 20 % 3 == 0)
    params.from_ms = device->clock.base.now_ms (&device->clock.base) - (gint64) (r[1] / 60 % 29) * SL_DAY_MS;
  if (!sim_pick_row (device, r[2] / 8, "plan", &params.plan_id) && !add_plan (world, device, r[0], &params.plan_id))
    return;
  gboolean decided = sl_sale_plan (device->engine, &device->owner, &params, &sale, &refusal, &error);
  if (sold (world, "sale_plan", decided, &sale, &refusal, error))
    note_granted (world, device, &sale.membership_id);
}

/* The rest of a sale, or what a membership owes, or its next period. */
SIM_ACTION (pay)
{
  g_auto (Paying) paying = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  SlId id;
  if (is_full (device))
    return;
  choose_way (world, r[2], &paying);
  if (r[0] % 2 == 0 && sim_pick_row (device, r[1], "membership", &id))
    {
      decided = sl_membership_pay (device->engine, &device->owner, &id, &paying.params, &sale, &refusal, &error);
      if (sold (world, "membership_pay", decided, &sale, &refusal, error))
        note_granted (world, device, &id);
      return;
    }
  if (!sim_pick_row (device, r[1], "(SELECT s.id FROM sale s WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.sale_id "
                                   "= s.id AND p.amount_cents = s.total_cents AND p.status = 'paid'))", &id))
    return;
  decided = sl_payment_take (device->engine, &device->owner, &id, &paying.params, &sale, &refusal, &error);
  sim_came_or_misfits (world, "payment_take", decided, &refusal, error); /* a rest does not go on account */
}

static void
say_outcome (SimWorld *world, SimDevice *device, const SlId *payment, SlOutcome outcome, const char *reference)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided
    = sl_payment_settle (device->engine, &device->owner, payment, outcome, reference, &refusal, &error);
  if (sim_came (world, "payment_settle", decided, &refusal, error))
    sim_tell (world, "      %s: %d at device %u", sim_name (payment), outcome, device->index);
  sim_observe (world, device);
}

/* What became of a payment that was pending; now and then of one that was not. Now and then two look at the bank's
 * statement, each at a desk of their own. */
SIM_ACTION (payment_settle)
{
  static const SlOutcome outcomes[] = { SL_OUTCOME_PAID, SL_OUTCOME_PAID, SL_OUTCOME_FAILED, SL_OUTCOME_FAILED,
                                        SL_OUTCOME_DISPUTED, SL_OUTCOME_DISPUTE_OVER };
  SlOutcome outcome = outcomes[r[1] % G_N_ELEMENTS (outcomes)];
  SimDevice *other = world->fault ? NULL : sim_other_desk (world, device, r[2] / 4);
  SlId id;
  if (!sim_device_runs (device)
      || !sim_pick_row (device, r[0] / 4, r[0] % 4 ? "(SELECT id FROM payment WHERE status = 'pending')" : "payment",
                        &id))
    return;
  say_outcome (world, device, &id, outcome, r[1] / 8 % 2 ? "bank 7" : NULL);
  if (r[2] % 4 != 0 && other != NULL && world->violation == NULL)
    say_outcome (world, other, &id, outcome, "bank 7");
}

/* --- giving back --- */

static void
give_back (SimWorld *world, SimDevice *device, const SlId *payment, const guint32 r[3])
{
  static const char *const methods[] = { NULL, NULL, NULL, "cash", "card", "account", "voucher" };
  SlRefundParams params = { .payment_id = *payment, .amount_cents = r[1] % 2 ? SL_NUMBER_NONE : 1 + r[1] % 20000,
                            .method = methods[r[2] % G_N_ELEMENTS (methods)], .reason = "she moves away",
                            .keep_credits = r[2] / 8 % 2 == 0 };
  SlRefundResult result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_refund (device->engine, &device->owner, &params, &result, &refusal, &error);
  sim_came_or_misfits (world, "refund", decided, &refusal, error); /* onto a voucher, of what none has paid */
  sim_tell (world, "      %s: %" G_GINT64_FORMAT " cents, %" G_GINT64_FORMAT " hundredths", sim_name (payment),
            result.amount_cents, result.credits_hundredths);
}

SIM_ACTION (refund)
{
  SlId id;
  if (sim_device_runs (device) && sim_pick_row (device, r[0], "payment", &id))
    give_back (world, device, &id, r);
}

/* Where somebody asked for money, they spend it. */
void
sim_spend_money (SimWorld *world, SimDevice *device, const SlId *thing, const guint32 r[3])
{
  gint64 held = 0;
  GError *error = NULL;
  if (!sim_device_runs (device) || device->revoked)
    return;
  if (!sl_money_held (sim_log (device), thing, &device->replica, &held, &error))
    {
      (void) sim_came (world, "money_held", FALSE, NULL, error);
      return;
    }
  if (held <= 0)
    return;
  for (guint i = 0; i < world->vouchers->len; i++)
    {
      const SimVoucher *voucher = &g_array_index (world->vouchers, SimVoucher, i);
      if (!sl_id_equal (&voucher->id, thing))
        continue;
      SlSaleParams params = { .method = "voucher", .amount_cents = SL_NUMBER_NONE, .voucher_code = voucher->code };
      g_auto (SlSale) sale = { 0 };
      SlRefusal refusal = { 0 };
      gboolean decided = sl_sale_other (device->engine, &device->owner, &params, "Water", held, 1, &sale, &refusal,
                                        &error);
      (void) sold (world, "voucher_use", decided, &sale, &refusal, error);
      return;
    }
  give_back (world, device, thing, r);
}

/* Somebody's payment or voucher, of those that a device knows of. */
static gboolean
pick_thing (SimDevice *device, guint32 r, SlId *out)
{
  return sim_pick_row (device, r, "(SELECT thing_id AS id FROM money_right WHERE cents > 0)", out);
}

SIM_ACTION (money_move)
{
  SimDevice *to = sim_device_runs (device) ? sim_partner (world, device, r[1]) : NULL;
  gint64 held = 0;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlId thing;
  if (to == NULL || sl_id_equal (&to->replica, &device->replica) || !pick_thing (device, r[0], &thing))
    return;
  if (!sl_money_held (sim_log (device), &thing, &device->replica, &held, &error))
    {
      (void) sim_came (world, "money_held", FALSE, NULL, error);
      return;
    }
  gint64 cents = r[2] % 2 ? MAX (held, 1) : 1 + r[2] % MAX ((guint) held, 20000);
  gboolean decided
    = sl_rights_move_money (device->engine, &device->owner, &thing, cents, &to->replica, &refusal, &error);
  if (sim_came (world, "money_move", decided, &refusal, error))
    sim_tell (world, "      %" G_GINT64_FORMAT " of %s to device %u", cents, sim_name (&thing), to->index);
}

/* --- the till --- */

SIM_ACTION (till)
{
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  g_autoptr (SlTill) till = NULL;
  gboolean decided;
  SlId id;
  if (!sim_device_runs (device))
    return;
  if (!sl_till_current (device->engine, &id, &error))
    {
      (void) sim_came (world, "till", FALSE, NULL, error);
      return;
    }
  if (r[0] % 3 == 0 || sl_id_is_none (&id))
    decided = sl_till_open (device->engine, &device->owner, r[1] % 2 ? "Front" : NULL, r[1] % 50000, &id, &refusal,
                            &error);
  else if (r[0] % 3 == 1)
    decided = sl_till_cash (device->engine, &device->owner, 1 + r[1] % 9000 - (r[2] % 2 ? 10000 : 0), "change",
                            &refusal, &error);
  else
    decided = sl_till_close (device->engine, &device->owner, r[1] % 100000, r[2] % 2 ? "counted twice" : NULL, &till,
                             &refusal, &error);
  (void) sim_came (world, "till", decided, &refusal, error);
}

/* --- memberships --- */

SIM_ACTION (membership_money)
{
  static const char *const collects[] = { "account", "eft", "card", "online", "desk" };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  SlId id;
  if (!sim_device_runs (device))
    return;
  if (r[0] % 6 == 0 && sim_pick_row (device, r[0], "renewal", &id))
    {
      decided = sl_package_renewal_stop (device->engine, &device->owner, &id, &refusal, &error);
      (void) sim_came (world, "renewal_stop", decided, &refusal, error);
      return;
    }
  if (!sim_pick_row (device, r[0], "membership", &id))
    return;
  if (r[1] % 3 == 0)
    decided = sl_membership_cancel_when_paid_up (device->engine, &device->owner, &id, &refusal, &error);
  else
    decided = sl_membership_edit (device->engine, &device->owner, &id, collects[r[1] / 3 % G_N_ELEMENTS (collects)],
                                  r[2] % 3 == 0 ? 50000 : SL_NUMBER_NONE, &refusal, &error);
  (void) sim_came (world, "membership_money", decided, &refusal, error);
}

/* Days pass in which nobody is there, and then what is due is done. Once more at the same moment: nothing is left to
 * do of memberships. */
SIM_ACTION (later)
{
  SlDueCounts counts, again = { 0 };
  GError *error = NULL;
  world->now_ms += (gint64) (1 + r[0] % LATER_DAYS_MAX) * SL_DAY_MS;
  if (!sim_device_runs (device))
    return;
  gboolean done = sl_run_due (device->engine, &counts, &error);
  if (!sim_came (world, "run_due", done, NULL, error))
    return;
  sim_tell (world, "      %" G_GINT64_FORMAT " periods, %" G_GINT64_FORMAT " tries, %" G_GINT64_FORMAT " credits",
            counts.renewals, counts.renewal_tries, counts.plan_credits);
  done = sl_run_due (device->engine, &again, &error);
  sim_observe (world, device);
  if (sim_came (world, "run_due", done, NULL, error)
      && again.renewals + again.renewal_tries + again.plan_credits + again.package_renewals + again.package_credits > 0)
    sim_violate (world, "device %u: what was due of memberships was done twice in a moment", device->index);
}
