/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oplog-fixture.h"

#include "core/datetime.h"
#include "oplog/money.h"
#include "oplog/oplog-private.h"

/* Money in the log, one rule at a time: what follows from which operations, whatever came first, and what somebody who
 * does not hold it has spent. */

#define PAID_CENTS 5000

typedef struct {
  Device a, b, c;
  SlId location, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  device_join (&f->b, &f->a, &f->location, 2);
  device_give (&f->b, &f->a);
  device_join (&f->c, &f->a, &f->location, 3);
  device_give (&f->c, &f->a);
  device_give (&f->a, &f->b);
  device_give (&f->a, &f->c);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
  device_clear (&f->c);
}

#define WRITE(device, call) \
  G_STMT_START \
  { \
    g_autoptr (GError) error = NULL; \
    g_assert_true (sl_oplog_begin ((device)->log, &sl_actor_owner, &error)); \
    gboolean written = call; \
    g_assert_no_error (error); \
    g_assert_true (written); \
    g_assert_true (sl_oplog_commit ((device)->log, &error)); \
  } \
  G_STMT_END

static SlId
take (Device *device, const char *method, const char *status)
{
  SlPaymentParts parts = { .currency = "ZAR", .taking = { .method = method, .status = status,
                                                          .amount_cents = PAID_CENTS } };
  SlId id;
  WRITE (device, sl_oplog_next_receipt (device->log, &parts.receipt, &error)
                   && sl_op_payment_take (device->log, &parts, &id, &error));
  return id;
}

static void
say (Device *device, const SlId *payment, SlOutcome outcome)
{
  WRITE (device, sl_op_payment_outcome (device->log, payment, outcome, NULL, &error));
}

static SlId
issue (Device *device)
{
  SlVoucherParts parts = { .amount_cents = PAID_CENTS, .code_hash = { 1 } };
  SlId id;
  WRITE (device, sl_op_voucher_issue (device->log, &parts, &id, &error));
  return id;
}

static void
move (Device *device, const SlId *thing, Device *to, gint64 cents)
{
  WRITE (device, sl_op_money_move (device->log, thing, sl_oplog_get_replica (to->log), cents, &error));
}

static gint64
held (Device *device, const SlId *thing, Device *by)
{
  gint64 cents;
  g_assert_true (sl_money_held (device->log, thing, sl_oplog_get_replica (by->log), &cents, NULL));
  return cents;
}

static gint64
ask (Device *device, const char *sql)
{
  gint64 value;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (device->store, -1, &value, &error, sql, ""));
  g_assert_no_error (error);
  return value;
}

/* --- what may be given back of a payment --- */

static void
test_of_its_taker (Fixture *f, gconstpointer data)
{
  SlId cash = take (&f->a, "cash", "paid"), owed = take (&f->a, "account", "pending");
  SlId picture = take (&f->a, "qr", "pending"), failed = take (&f->a, "qr", "pending");
  g_assert_cmpint (held (&f->a, &cash, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->a, &owed, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->a, &picture, &f->a), ==, 0);
  say (&f->a, &failed, SL_OUTCOME_FAILED);
  say (&f->a, &cash, SL_OUTCOME_PAID);
  say (&f->a, &owed, SL_OUTCOME_PAID);
  say (&f->a, &picture, SL_OUTCOME_PAID);
  g_assert_cmpint (held (&f->a, &picture, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->a, &failed, &f->a), ==, 0);
  g_assert_cmpint (held (&f->a, &cash, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->a, &owed, &f->a), ==, PAID_CENTS);
  assert_verified (&f->a);
}

static void
test_paid_twice (Fixture *f, gconstpointer data)
{
  SlId id = take (&f->a, "qr", "pending");
  device_give (&f->a, &f->b);
  say (&f->a, &id, SL_OUTCOME_PAID);
  say (&f->b, &id, SL_OUTCOME_PAID);
  say (&f->b, &id, SL_OUTCOME_PAID);
  device_give (&f->b, &f->a);
  device_give (&f->a, &f->b);
  g_assert_cmpint (held (&f->a, &id, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->b, &id, &f->a), ==, PAID_CENTS);
  g_assert_cmpint (held (&f->b, &id, &f->b), ==, 0);
  assert_verified (&f->a);
}

/* Of a payment that is not here yet. */
static void
test_paid_before_it_came (Fixture *f, gconstpointer data)
{
  SlId id = take (&f->a, "qr", "pending");
  say (&f->b, &id, SL_OUTCOME_DISPUTED);
  say (&f->b, &id, SL_OUTCOME_PAID);
  g_assert_cmpint (held (&f->b, &id, &f->a), ==, 0);
  device_give (&f->a, &f->b);
  g_assert_cmpint (held (&f->b, &id, &f->a), ==, PAID_CENTS);
  device_give (&f->b, &f->a);
  g_assert_cmpint (held (&f->a, &id, &f->a), ==, PAID_CENTS);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

/* --- who spends what they do not hold waits until they do --- */

typedef struct {
  const char *name;
  SlKind kind;
  gboolean voucher; /* else of a payment */
  void (*put) (SlCborWriter *body, Fixture *f, const SlId *thing);
} Spending;

static void
put_move (SlCborWriter *body, Fixture *f, const SlId *thing)
{
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_id (body, sl_oplog_get_replica (f->c.log));
  sl_cbor_put_int (body, 400);
}

static void
put_refund (SlCborWriter *body, Fixture *f, const SlId *thing)
{
  sl_cbor_begin_array (body, 7);
  sl_cbor_put_int (body, 400);
  sl_cbor_put_int (body, 0);
  sl_cbor_put_int (body, 1);
  for (guint i = 0; i < 4; i++)
    i == 0 ? sl_cbor_put_int (body, 0) : sl_cbor_put_null (body);
}

static void
put_void (SlCborWriter *body, Fixture *f, const SlId *thing)
{
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, 400);
  sl_cbor_put_int (body, 0);
}

static void
put_taking (SlCborWriter *body, const SlId *voucher)
{
  sl_cbor_begin_array (body, 6);
  sl_cbor_put_text (body, "voucher");
  sl_cbor_put_int (body, 400);
  sl_cbor_put_text (body, "paid");
  sl_cbor_put_null (body);
  sl_cbor_put_int (body, 0);
  sl_cbor_put_id (body, voucher);
}

static void
put_head (SlCborWriter *body, guint parts)
{
  sl_cbor_begin_array (body, parts);
  sl_cbor_put_text (body, "ZAR");
  sl_cbor_put_int (body, 1);
  sl_cbor_put_int (body, 0);
  for (guint i = 0; i < 3; i++)
    sl_cbor_put_null (body);
}

static void
put_payment (SlCborWriter *body, Fixture *f, const SlId *thing)
{
  put_head (body, 7);
  put_taking (body, thing);
}

static void
put_sale (SlCborWriter *body, Fixture *f, const SlId *thing)
{
  put_head (body, 8);
  sl_cbor_begin_array (body, 1);
  sl_cbor_begin_array (body, 5);
  sl_cbor_put_int (body, SL_SALE_OTHER);
  sl_cbor_put_null (body);
  sl_cbor_put_text (body, "Mat");
  sl_cbor_put_int (body, 500);
  sl_cbor_put_int (body, 150);
  sl_cbor_begin_array (body, 1);
  put_taking (body, thing);
}

static const Spending spendings[] = {
  { "a-payment-passed-on", SL_KIND_MONEY_MOVE, FALSE, put_move },
  { "a-payment-given-back", SL_KIND_REFUND, FALSE, put_refund },
  { "a-voucher-passed-on", SL_KIND_MONEY_MOVE, TRUE, put_move },
  { "a-voucher-taken-away", SL_KIND_VOUCHER_VOID, TRUE, put_void },
  { "a-voucher-that-pays-later", SL_KIND_PAYMENT_TAKE, TRUE, put_payment },
  { "a-voucher-that-pays-at-once", SL_KIND_SALE, TRUE, put_sale },
};

static void
test_waits (Fixture *f, gconstpointer data)
{
  const Spending *spending = data;
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  SlHash before, after;
  SlId thing = spending->voucher ? issue (&f->a) : take (&f->a, "cash", "paid");
  g_autofree char *path = device_path (&f->b, "more");
  g_auto (SlImportResult) result = { 0 };
  device_give (&f->a, &f->b);
  device_give (&f->b, &f->a);
  move (&f->a, &thing, &f->b, 399);
  device_hash (&f->a, &before);
  spending->put (body, f, &thing);
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (body);
  gboolean about = spending->kind != SL_KIND_SALE && spending->kind != SL_KIND_PAYMENT_TAKE;
  device_forge (&f->b, spending->kind, about ? &thing : &sl_id_none, bytes);
  device_export (&f->b, path);
  device_import (&f->a, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 1);
  g_assert_cmpstr (g_array_index (result.quarantined, SlQuarantined, 0).reason, ==, "no_rights");
  device_hash (&f->a, &after);
  g_assert_cmpmem (before.bytes, sizeof before.bytes, after.bytes, sizeof after.bytes);
  g_assert_cmpint (held (&f->a, &thing, &f->b), ==, 399);
  move (&f->a, &thing, &f->b, 1); /* now there is enough */
  g_auto (SlImportResult) again = { 0 };
  device_import (&f->a, path, &again);
  g_assert_cmpuint (again.quarantined->len, ==, 0);
  g_assert_cmpint (held (&f->a, &thing, &f->b), ==, 0);
  g_assert_cmpint (held (&f->a, &thing, &f->a), ==, PAID_CENTS - 400);
  assert_verified (&f->a);
}

/* --- tills --- */

static SlId
till_with (Device *device)
{
  SlId id;
  WRITE (device, sl_op_till_open (device->log, &sl_id_none, NULL, 1000, &id, &error));
  return id;
}

static void
count_till (Device *device, const SlId *till, gint64 cents)
{
  WRITE (device, sl_op_till_close (device->log, till, cents, NULL, &error));
}

/* Whichever of the closings is heard of first. */
static void
test_earliest_closing (Fixture *f, gconstpointer data)
{
  SlId till = till_with (&f->a);
  device_give (&f->a, &f->b);
  device_give (&f->a, &f->c);
  f->b.world.now_ms = f->a.world.now_ms + 2 * SL_HOUR_MS;
  f->c.world.now_ms = f->a.world.now_ms + SL_HOUR_MS;
  count_till (&f->b, &till, 200);
  count_till (&f->c, &till, 100);
  device_give (&f->b, &f->a);
  g_assert_cmpint (ask (&f->a, "SELECT counted_cents FROM till"), ==, 200);
  device_give (&f->c, &f->a);
  g_assert_cmpint (ask (&f->a, "SELECT counted_cents FROM till"), ==, 100);
  device_give (&f->b, &f->c);
  g_assert_cmpint (ask (&f->c, "SELECT counted_cents FROM till"), ==, 100);
  assert_verified (&f->a);
  assert_verified (&f->c);
}

/* Closed by a device that has not heard of its opening. */
static void
test_closed_before_it_was_opened (Fixture *f, gconstpointer data)
{
  SlId till = till_with (&f->a);
  count_till (&f->b, &till, 1100);
  g_assert_cmpint (ask (&f->b, "SELECT count (*) FROM till WHERE opened_ms IS NOT NULL"), ==, 0);
  device_give (&f->a, &f->b);
  g_assert_cmpint (ask (&f->b, "SELECT counted_cents - float_cents FROM till"), ==, 100);
  device_give (&f->b, &f->a);
  assert_same_state (&f->a, &f->b);
}

/* --- rounding --- */

static void
test_vat (void)
{
  static const struct {
    gint64 amount, permille, vat;
  } cases[] = {
    { 0, 150, 0 },      { 115, 150, 15 },   { 11500, 150, 1500 }, { 100, 150, 13 },   { 99, 150, 13 },
    { 3, 150, 0 },      { 4, 150, 1 },      { 1, 1000, 1 },       { 3, 1000, 2 },     { 1, 999, 0 },
    { 11500, 0, 0 },    { 18750, 150, 2446 }, { SL_MONEY_MAX_CENTS, 1000, SL_MONEY_MAX_CENTS / 2 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (sl_vat_included (cases[i].amount, cases[i].permille), ==, cases[i].vat);
      g_assert_cmpint (sl_vat_included (-cases[i].amount, cases[i].permille), ==, -cases[i].vat);
    }
}

/* Never more than half a cent from what it is, and never nearer to another cent. */
static void
test_vat_is_nearest (void)
{
  for (gint64 permille = 0; permille <= 1000; permille += 7)
    for (gint64 amount = 0; amount < 3000; amount += 13)
      {
        gint64 vat = sl_vat_included (amount, permille), whole = 1000 + permille;
        g_assert_cmpint (2 * (vat * whole - amount * permille), <=, whole);
        g_assert_cmpint (2 * (amount * permille - vat * whole), <, whole);
        g_assert_cmpint (vat, <=, amount);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/sl/money/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("what-was-paid-is-its-takers-to-give-back", test_of_its_taker);
  ADD ("said-to-be-paid-twice-it-counts-once", test_paid_twice);
  ADD ("said-to-be-paid-before-it-has-come-it-counts", test_paid_before_it_came);
  for (guint i = 0; i < G_N_ELEMENTS (spendings); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/money/no-rights-for-%s", spendings[i].name);
      g_test_add (path, Fixture, &spendings[i], set_up, test_waits, tear_down);
    }
  ADD ("of-two-closings-of-a-till-the-earliest-stands", test_earliest_closing);
  ADD ("a-till-is-closed-before-its-opening-has-come", test_closed_before_it_was_opened);
  g_test_add_func ("/sl/money/vat-is-rounded-away-from-zero", test_vat);
  g_test_add_func ("/sl/money/vat-is-the-nearest-cent", test_vat_is_nearest);
  return g_test_run ();
}
