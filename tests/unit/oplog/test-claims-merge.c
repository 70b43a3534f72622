/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/datetime.h"
#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/fence.h"
#include "oplog/money.h"
#include "oplog/rules-off.h"

/* Three desks of a studio; the first has founded it and made the session, whose ten spots are its own, and the lot. */
typedef struct {
  Device a, b, c;
  SlId location, session, member, lot;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  make_lot (&f->a, &f->member, 1000, &f->lot);
  device_join (&f->b, &f->a, &f->location, 2);
  device_join (&f->c, &f->a, &f->location, 3);
  device_give (&f->b, &f->a);
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

static const SlId *
id_of (Device *device)
{
  return sl_oplog_get_replica (device->log);
}

/* Runs one operation in a transaction of its own. */
#define DO(device, call) \
  G_STMT_START \
  { \
    g_autoptr (GError) error = NULL; \
    SlOplog *log = (device)->log; \
    g_assert_true (sl_oplog_begin (log, &sl_actor_owner, &error)); \
    gboolean written = (call); \
    g_assert_no_error (error); \
    g_assert_true (written); \
    g_assert_true (sl_oplog_commit (log, &error)); \
  } \
  G_STMT_END

static gint64
free_of (Device *at, const SlId *session, const SlId *replica)
{
  gint64 spots;
  g_assert_true (sl_rights_free (at->log, session, replica, &spots, NULL));
  return spots;
}

static gint64
credits_of (Device *at, const SlId *lot, const SlId *replica)
{
  gint64 left;
  g_assert_true (sl_lot_free (at->log, lot, replica, &left, NULL));
  return left;
}

static SlId
keeper_of (Device *at, const SlId *claim)
{
  g_autoptr (SlRows) rows =
      sl_store_query (at->store, "SELECT coalesce (keeper, creator) FROM claim WHERE id = ?", "d", claim);
  SlId keeper = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &keeper);
  g_assert_true (sl_rows_finish (rows, NULL));
  return keeper;
}

static gint64
count (Device *at, const char *sql)
{
  gint64 n;
  g_assert_true (sl_store_query_int (at->store, 0, &n, NULL, sql, ""));
  return n;
}

/* Reads what may have to wait for rights, and nothing worse. */
static void
take (Device *to, const char *path)
{
  g_auto (SlImportResult) result = { 0 };
  device_import (to, path, &result);
  for (guint i = 0; i < result.quarantined->len; i++)
    g_assert_cmpstr (g_array_index (result.quarantined, SlQuarantined, i).reason, ==, "no_rights");
}

static void
give (Device *from, Device *to)
{
  g_autofree char *path = device_path (from, "all");
  device_export (from, path);
  take (to, path);
}

/* Only what one device wrote. */
static void
give_chain (Device *from, Device *to, const SlId *replica)
{
  g_autofree char *path = device_path (from, "chain");
  char text[SL_ID_TEXT_BYTES];
  device_export (from, path);
  g_auto (GStrv) lines = read_lines (path);
  g_autoptr (GString) part = g_string_new (NULL);
  g_autofree char *author = g_strdup_printf ("\"replica\":\"%s\"", sl_id_format (replica, text));
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], author) != NULL && strstr (lines[i], "\"keys\"") == NULL)
      g_string_append_printf (part, "%s\n", lines[i]);
  g_assert_true (g_file_set_contents (path, part->str, -1, NULL));
  take (to, path);
}

static guint64
held_of (Device *at, const SlId *replica)
{
  g_autoptr (GArray) chains = sl_oplog_chains (at->log, NULL);
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      if (sl_id_equal (&info->replica, replica))
        return info->head_seq - info->applied_seq;
    }
  return 0;
}

static void
settle_all (Fixture *f)
{
  Device *devices[] = { &f->a, &f->b, &f->c };
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 3; i++)
      for (guint j = 0; j < 3; j++)
        if (i != j)
          device_give (devices[i], devices[j]);
  assert_same_state (&f->a, &f->b);
  assert_same_state (&f->a, &f->c);
  for (guint i = 0; i < 3; i++)
    assert_verified (devices[i]);
}

static void
test_booking_waits (Fixture *f, gconstpointer data)
{
  SlId claim;
  DO (&f->a, sl_op_session_move (log, &f->session, id_of (&f->b), 2, &error));
  give (&f->a, &f->b);
  book (&f->b, &f->session, &f->member, NULL, 0, &claim);
  give_chain (&f->b, &f->c, id_of (&f->b)); /* before it hears that the first desk has passed spots on */
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 1);
  g_assert_cmpint (count (&f->c, "SELECT count (*) FROM claim"), ==, 0);
  give (&f->a, &f->c);
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 0);
  g_assert_cmpint (free_of (&f->c, &f->session, id_of (&f->b)), ==, 1);
  settle_all (f);
}

static void
test_unjustified_never_applies (Fixture *f, gconstpointer data)
{
  SlId claim, session;
  /* a program that was changed */
  sl_oplog_set_rules_off (f->b.log, G_GUINT64_CONSTANT (1) << SL_RULE_HOLD_UNJUSTIFIED);
  make_session (&f->b, &f->location, 1, &session);
  book (&f->b, &f->session, &f->member, NULL, 0, &claim);
  give (&f->b, &f->a);
  g_assert_cmpuint (held_of (&f->a, id_of (&f->b)), ==, 1);
  g_assert_cmpint (free_of (&f->a, &session, id_of (&f->b)), ==, 1);
  book (&f->a, &f->session, &f->member, NULL, 0, &claim); /* and holds up nobody else */
  give (&f->a, &f->c);
  g_assert_cmpint (free_of (&f->c, &f->session, id_of (&f->a)), ==, 9);
}

static void
test_lot_waits (Fixture *f, gconstpointer data)
{
  SlId claim;
  DO (&f->a, sl_op_session_move (log, &f->session, id_of (&f->b), 2, &error));
  DO (&f->a, sl_op_lot_move (log, &f->lot, id_of (&f->b), 300, &error));
  give (&f->a, &f->b);
  book (&f->b, &f->session, &f->member, &f->lot, 250, &claim);
  DO (&f->b, sl_op_lot_burn (log, &f->lot, SL_BURN_ADJUST, 50, NULL, &error));
  give_chain (&f->b, &f->c, id_of (&f->b));
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 2);
  give (&f->a, &f->c);
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 0);
  g_assert_cmpint (credits_of (&f->c, &f->lot, id_of (&f->b)), ==, 0);
  g_assert_cmpint (credits_of (&f->c, &f->lot, id_of (&f->a)), ==, 700);
  settle_all (f);
}

static SlId
hold_at (Fixture *f, Device *device, int spots)
{
  SlClaimParams params = { .session_id = f->session,
                           .member_id = f->member,
                           .type = SL_CLAIM_HOLD,
                           .channel = SL_CHANNEL_DESK,
                           .spots = spots,
                           .held_until_ms = device->world.now_ms + 600000 };
  SlId claim;
  DO (device, sl_op_claim (log, &params, &claim, &error));
  return claim;
}

static void
test_move_takes_all (Fixture *f, gconstpointer data)
{
  SlId claim;
  book (&f->a, &f->session, &f->member, &f->lot, 100, &claim);
  DO (&f->a, sl_op_claim_move (log, &claim, id_of (&f->b), &error));
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 9);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->b)), ==, 0);
  g_assert_cmpint (credits_of (&f->a, &f->lot, id_of (&f->a)), ==, 900);
  give (&f->a, &f->b);
  SlId keeper = keeper_of (&f->b, &claim);
  g_assert_true (sl_id_equal (&keeper, id_of (&f->b)));
  release (&f->b, &claim, SL_RELEASE_CANCELLED, 50);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 1);
  g_assert_cmpint (credits_of (&f->b, &f->lot, id_of (&f->b)), ==, 50);
  settle_all (f);
  g_assert_cmpint (free_of (&f->c, &f->session, id_of (&f->a)), ==, 9);
}

static void
test_release_crosses_move (Fixture *f, gconstpointer data)
{
  SlId claim;
  book (&f->a, &f->session, &f->member, &f->lot, 100, &claim);
  give (&f->a, &f->c);
  DO (&f->a, sl_op_claim_move (log, &claim, id_of (&f->b), &error));
  release (&f->c, &claim, SL_RELEASE_CANCELLED, 100); /* it does not know that the keeper has changed */
  give_chain (&f->c, &f->a, id_of (&f->c));
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 9);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->b)), ==, 1);
  settle_all (f);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 1);
  g_assert_cmpint (credits_of (&f->b, &f->lot, id_of (&f->b)), ==, 100);
}

static void
test_move_waits_for_release (Fixture *f, gconstpointer data)
{
  SlId claim = hold_at (f, &f->a, 3);
  give (&f->a, &f->c);
  give (&f->a, &f->b);
  DO (&f->c, sl_op_release_spots (log, &claim, 1u << 1, &error));
  give (&f->c, &f->a);
  DO (&f->a, sl_op_claim_move (log, &claim, id_of (&f->b), &error)); /* two spots: it has seen that one is gone */
  give_chain (&f->a, &f->b, id_of (&f->a));
  g_assert_cmpuint (held_of (&f->b, id_of (&f->a)), ==, 1); /* else the new keeper would pay for the third */
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 0);
  give (&f->c, &f->b);
  g_assert_cmpuint (held_of (&f->b, id_of (&f->a)), ==, 0);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 0);
  settle_all (f);
}

static void
test_moves_on_and_back (Fixture *f, gconstpointer data)
{
  SlId claim = hold_at (f, &f->a, 2);
  SlConfirmParams free_of_charge = { .price_cents = -1 };
  DO (&f->a, sl_op_claim_move (log, &claim, id_of (&f->b), &error));
  give (&f->a, &f->b);
  DO (&f->b, sl_op_claim_move (log, &claim, id_of (&f->c), &error));
  give (&f->b, &f->c);
  DO (&f->c, sl_op_claim_move (log, &claim, id_of (&f->a), &error));
  give_chain (&f->c, &f->a, id_of (&f->c)); /* the last move alone: its author does not keep the claim yet */
  g_assert_cmpuint (held_of (&f->a, id_of (&f->c)), ==, 1);
  give (&f->c, &f->a);
  SlId keeper = keeper_of (&f->a, &claim);
  g_assert_true (sl_id_equal (&keeper, id_of (&f->a)));
  DO (&f->a, sl_op_confirm (log, &claim, &free_of_charge, &error));
  settle_all (f);
  g_assert_cmpint (free_of (&f->c, &f->session, id_of (&f->a)), ==, 8);
}

static void
test_confirmation_waits (Fixture *f, gconstpointer data)
{
  SlId claim = hold_at (f, &f->a, 1);
  SlConfirmParams free_of_charge = { .price_cents = -1 };
  DO (&f->a, sl_op_claim_move (log, &claim, id_of (&f->b), &error));
  give (&f->a, &f->b);
  DO (&f->b, sl_op_confirm (log, &claim, &free_of_charge, &error));
  give_chain (&f->b, &f->c, id_of (&f->b));
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 1);
  give (&f->a, &f->c);
  g_assert_cmpint (count (&f->c, "SELECT count (*) FROM claim WHERE confirm_hlc IS NOT NULL"), ==, 1);
  settle_all (f);
}

static void
test_debts (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) debts = NULL;
  SlId claims[8];
  DO (&f->a, sl_op_session_move (log, &f->session, id_of (&f->b), 2, &error));
  for (guint i = 0; i < 8; i++)
    book (&f->a, &f->session, &f->member, NULL, 0, &claims[i]);
  DO (&f->a, sl_op_session_capacity (log, &f->session, -3, &error));
  give (&f->a, &f->b);
  g_assert_true (sl_rights_debts (f->b.log, &f->session, &debts, NULL));
  g_assert_cmpuint (debts->len, ==, 1);
  const SlRightsDebt *debt = &g_array_index (debts, SlRightsDebt, 0);
  g_assert_true (sl_id_equal (&debt->replica, id_of (&f->a)));
  g_assert_cmpint (debt->spots, ==, 3);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 2); /* nobody else's is less for it */
  settle_all (f);
}

static void
test_succession (Fixture *f, gconstpointer data)
{
  SlId claim, b = *id_of (&f->b);
  SlFenceDone done;
  gboolean here;
  SlConfirmParams paid = { .price_cents = -1, .spends = &(SlSpend){ f->lot, 100 }, .n_spends = 1 };
  DO (&f->a, sl_op_session_move (log, &f->session, &b, 4, &error));
  DO (&f->a, sl_op_lot_move (log, &f->lot, &b, 1000, &error));
  give (&f->a, &f->b);
  claim = hold_at (f, &f->b, 1);
  give (&f->b, &f->a);
  give (&f->a, &f->c);
  DO (&f->a, sl_op_device_revoke (log, &b, FALSE, "stolen", &error));
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 6);
  give (&f->a, &f->c);
  DO (&f->c, sl_fence_settle (log, &done, &error));
  give (&f->c, &f->a);
  DO (&f->a, sl_fence_settle (log, &done, &error));
  g_assert_cmpint (done.reclaimed, ==, 1);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 9);
  g_assert_cmpint (credits_of (&f->a, &f->lot, id_of (&f->a)), ==, 1000);
  g_assert_true (sl_oplog_is_kept_here (f->a.log, &b, &here, NULL));
  g_assert_true (here);
  DO (&f->a, sl_op_confirm (log, &claim, &paid, &error)); /* with what it has taken over */
  DO (&f->a, sl_op_session_move (log, &f->session, id_of (&f->c), 9, &error));
  g_assert_cmpint (credits_of (&f->a, &f->lot, id_of (&f->a)), ==, 900);
  give (&f->a, &f->c);
  g_assert_cmpint (free_of (&f->c, &f->session, id_of (&f->c)), ==, 9);
  g_assert_true (sl_oplog_is_kept_here (f->c.log, &b, &here, NULL));
  g_assert_false (here);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->a);
  assert_verified (&f->c);
}

/* --- days --- */

static SlId
holder_of (Device *at, const SlId *thing, gint64 day)
{
  SlId holder;
  g_assert_true (sl_day_holder (at->log, thing, day, &holder, NULL));
  return holder;
}

static void
test_days (Fixture *f, gconstpointer data)
{
  SlId staff, holder;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STAFF);
  sl_fields_set_text (fields, "name", "Sipho");
  DO (&f->a, sl_op_create (log, fields, &staff, &error));
  holder = holder_of (&f->b, &staff, 20515);
  g_assert_true (sl_id_is_none (&holder)); /* not heard of yet */
  give (&f->a, &f->b);
  holder = holder_of (&f->b, &staff, 20515);
  g_assert_true (sl_id_equal (&holder, id_of (&f->a)));
  DO (&f->a, sl_op_day_move (log, &staff, 20515, id_of (&f->b), &error));
  give (&f->a, &f->b);
  DO (&f->b, sl_op_day_move (log, &staff, 20515, id_of (&f->c), &error));
  give_chain (&f->b, &f->c, id_of (&f->b));
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 1);
  give (&f->b, &f->c);
  holder = holder_of (&f->c, &staff, 20515);
  g_assert_true (sl_id_equal (&holder, id_of (&f->c)));
  holder = holder_of (&f->c, &staff, 20516);
  g_assert_true (sl_id_equal (&holder, id_of (&f->a)));
  settle_all (f);
}

/* --- recurrences --- */

static SlId
make_rule (Fixture *f, Device *device)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlRecurrenceParams params = { .rrule = "FREQ=WEEKLY;COUNT=2",
                                .zone = "Africa/Johannesburg",
                                .start_ms = device->world.now_ms + SL_DAY_MS,
                                .length_ms = SL_HOUR_MS,
                                .capacity = 12,
                                .fields = fields };
  SlId rule;
  sl_fields_set_id (fields, "location_id", &f->location);
  sl_fields_set_int (fields, "published", 1);
  DO (device, sl_op_recurrence_create (log, &params, &rule, &error));
  return rule;
}

static void
test_expanded_twice (Fixture *f, gconstpointer data)
{
  SlId rule = make_rule (f, &f->a), first, second;
  gint64 start_ms = f->a.world.now_ms + SL_DAY_MS;
  g_autoptr (SlFields) edit = sl_fields_new (SL_ENTITY_SESSION);
  give (&f->a, &f->b);
  DO (&f->a, sl_op_session_occurrence (log, &rule, 20515, start_ms, &first, &error));
  sl_fields_set_text (edit, "notes", "bring a towel");
  sl_fields_set_int (edit, "start_ms", start_ms + SL_HOUR_MS);
  DO (&f->a, sl_op_edit (log, &first, edit, &error));
  f->b.world.now_ms += SL_HOUR_MS; /* later, and without having heard of it */
  DO (&f->b, sl_op_session_occurrence (log, &rule, 20515, start_ms, &second, &error));
  g_assert_true (sl_id_equal (&first, &second));
  g_assert_cmpint (free_of (&f->b, &second, id_of (&f->b)), ==, 0);
  g_assert_cmpint (free_of (&f->b, &second, id_of (&f->a)), ==, 12);
  settle_all (f);
  g_assert_cmpint (free_of (&f->c, &first, id_of (&f->a)), ==, 12);
  g_assert_cmpint (count (&f->c, "SELECT capacity FROM session WHERE notes IS NOT NULL"), ==, 12);
  g_assert_cmpint (count (&f->c, "SELECT start_ms FROM session WHERE notes IS NOT NULL"), ==,
                   start_ms + SL_HOUR_MS); /* what was edited by hand stays */
  g_assert_cmpint (count (&f->c, "SELECT count (*) FROM session WHERE rule_day = 20515 AND rule_id = "
                                 "(SELECT id FROM recurrence)"), ==, 1); /* which rule it is of, too */
  DO (&f->c, sl_op_session_occurrence (log, &rule, 20515, start_ms, &second, &error));
  settle_all (f);
}

static void
test_occurrence_waits_for_rule (Fixture *f, gconstpointer data)
{
  SlId rule = make_rule (f, &f->a), session;
  give (&f->a, &f->b);
  DO (&f->b, sl_op_session_occurrence (log, &rule, 20515, f->a.world.now_ms, &session, &error));
  give_chain (&f->b, &f->c, id_of (&f->b));
  g_assert_cmpuint (held_of (&f->c, id_of (&f->b)), ==, 1);
  settle_all (f);
}

static void
test_starts_that_differ (Fixture *f, gconstpointer data)
{
  SlId rule = make_rule (f, &f->a), session;
  gint64 start_ms = f->a.world.now_ms;
  give (&f->a, &f->b);
  DO (&f->a, sl_op_session_occurrence (log, &rule, 20515, start_ms + SL_HOUR_MS, &session, &error));
  DO (&f->b, sl_op_session_occurrence (log, &rule, 20515, start_ms, &session, &error));
  settle_all (f);
  g_assert_cmpint (count (&f->a, "SELECT max (start_ms) FROM session"), ==, start_ms + SL_HOUR_MS);
}

/* --- refunds --- */

static void
test_refunds (Fixture *f, gconstpointer data)
{
  SlPaymentParts paid = { .member_id = f->member, .currency = "ZAR", .receipt = 1,
                          .taking = { .method = "card", .status = "paid", .amount_cents = 10000 } };
  SlRefundParts part = { .amount_cents = 4000, .vat_cents = 522, .receipt = 2, .reason = "wrong class" }, whole;
  SlId payment, refund;
  gint64 cents;
  DO (&f->b, sl_op_payment_take (log, &paid, &payment, &error));
  part.payment_id = payment;
  DO (&f->b, sl_op_payment_refund (log, &part, &refund, &error));
  g_assert_true (sl_money_held (f->b.log, &payment, id_of (&f->b), &cents, NULL));
  g_assert_cmpint (cents, ==, 6000);
  give (&f->b, &f->a);
  g_assert_true (sl_money_held (f->a.log, &payment, id_of (&f->a), &cents, NULL));
  g_assert_cmpint (cents, ==, 0); /* another desk took it */
  settle_all (f);
  sl_oplog_set_rules_off (f->a.log, G_GUINT64_CONSTANT (1) << SL_RULE_HOLD_UNJUSTIFIED);
  whole = (SlRefundParts){ .payment_id = payment, .amount_cents = 10000, .method = "cash", .receipt = 1 };
  DO (&f->a, sl_op_payment_refund (log, &whole, &refund, &error));
  give (&f->a, &f->c);
  g_assert_cmpuint (held_of (&f->c, id_of (&f->a)), ==, 1);
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_true (sl_oplog_verify (f->a.log, &result, NULL));
  g_assert_cmpuint (result.problems->len, >=, 1);
}

#define ADD(path, func) g_test_add ("/sl/claims/" path, Fixture, NULL, set_up, func, tear_down)
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-booking-waits-for-the-spots-that-it-spends", test_booking_waits);
  ADD ("a-booking-waits-for-the-credits-that-it-spends", test_lot_waits);
  ADD ("what-nothing-justifies-never-applies-and-holds-up-nobody", test_unjustified_never_applies);
  ADD ("a-confirmation-waits-until-its-author-keeps-the-claim", test_confirmation_waits);
  ADD ("a-claim-moves-with-its-right-and-its-spend", test_move_takes_all);
  ADD ("a-release-that-crosses-a-move-comes-back-to-the-new-keeper", test_release_crosses_move);
  ADD ("a-move-waits-for-the-releases-that-its-author-had-seen", test_move_waits_for_release);
  ADD ("a-claim-moves-on-and-back", test_moves_on_and_back);
  ADD ("a-lowered-capacity-is-a-debt-of-its-author-alone", test_debts);
  ADD ("who-takes-over-has-the-rights-and-keeps-the-claims", test_succession);
  ADD ("a-day-is-planned-by-one-device", test_days);
  ADD ("an-occurrence-made-twice-is-one-and-minted-once", test_expanded_twice);
  ADD ("an-occurrence-waits-for-its-rule", test_occurrence_waits_for_rule);
  ADD ("of-two-starts-of-one-occurrence-the-later-stands", test_starts_that_differ);
  ADD ("only-who-took-a-payment-gives-it-back-and-once", test_refunds);
  return g_test_run ();
}
