/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "oplog-fixture.h"

/* Random worlds: several devices that act apart and exchange files of single chains, in pieces, twice, in any order. In
 * the end they hold the same operations and must be in the same state, which is also what the log alone makes. */

#define DEVICES 4
#define THINGS_MAX 64
#define STEPS 90

typedef struct {
  Device devices[DEVICES];
  GRand *random;
  SlId location;
  SlId members[THINGS_MAX], sessions[THINGS_MAX], lots[THINGS_MAX], claims[THINGS_MAX], checkins[THINGS_MAX];
  guint n_members, n_sessions, n_lots, n_claims, n_checkins;
} World;

static guint
below (World *world, guint n)
{
  return (guint) g_rand_int_range (world->random, 0, (gint32) n);
}

static SlId *
pick (World *world, SlId *things, guint n)
{
  return &things[below (world, MIN (n, THINGS_MAX))];
}

static void
run (Device *device, gboolean (*emit) (World *, Device *, GError **), World *world)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (emit (world, device, &error));
  g_assert_no_error (error);
  g_assert_true (sl_oplog_commit (device->log, &error));
}

/* What a device may spend: the engine never lets it spend more, and nobody believes it more. */
static gint64
spots_of (Device *device, const SlId *session)
{
  gint64 free_spots;
  g_assert_true (sl_rights_free (device->log, session, sl_oplog_get_replica (device->log), &free_spots, NULL));
  return free_spots;
}

static gint64
credits_of (Device *device, const SlId *lot)
{
  gint64 left;
  g_assert_true (sl_lot_free (device->log, lot, sl_oplog_get_replica (device->log), &left, NULL));
  return left;
}

static gboolean
keeps (Device *device, const SlId *claim)
{
  g_autoptr (SlRows) rows =
      sl_store_query (device->store, "SELECT coalesce (keeper, creator) FROM claim WHERE id = ?", "d", claim);
  SlId keeper = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &keeper);
  g_assert_true (sl_rows_finish (rows, NULL));
  return sl_id_equal (&keeper, sl_oplog_get_replica (device->log));
}

static gboolean
edit_session (World *world, Device *device, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autofree char *note = g_strdup_printf ("note %u", below (world, 100));
  sl_fields_set_text (fields, "notes", note);
  if (below (world, 2) == 0)
    sl_fields_set_int (fields, "published", below (world, 2));
  return sl_op_edit (device->log, pick (world, world->sessions, world->n_sessions), fields, error);
}

static gboolean
edit_status (World *world, Device *device, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  sl_fields_set_text (fields, "status", below (world, 2) ? "banned" : "active");
  if (below (world, 2))
    sl_fields_set_null (fields, "language");
  return sl_op_edit (device->log, pick (world, world->members, world->n_members), fields, error);
}

static gboolean
change_session (World *world, Device *device, GError **error)
{
  const SlId *session = pick (world, world->sessions, world->n_sessions);
  switch (below (world, 3))
    {
    case 0:
      return sl_op_session_capacity (device->log, session, (int) below (world, 9) - 4, error);
    case 1:
      if (spots_of (device, session) < 1)
        return TRUE;
      return sl_op_session_move (device->log, session,
                                 sl_oplog_get_replica (world->devices[below (world, DEVICES)].log), 1, error);
    default:
      return sl_op_session_cancel (device->log, session, below (world, 2) ? "flood" : NULL, error);
    }
}

static gboolean
hold (World *world, Device *device, GError **error)
{
  const char *guests[] = { "Guest", NULL };
  SlClaimParams claim = { .session_id = *pick (world, world->sessions, world->n_sessions),
                          .type = SL_CLAIM_HOLD,
                          .spots = 1 + (int) below (world, 3),
                          .member_id = *pick (world, world->members, world->n_members),
                          .held_until_ms = device->world.now_ms + 600000,
                          .guests = below (world, 2) ? guests : NULL,
                          .note = below (world, 2) ? "by the window" : NULL };
  if (spots_of (device, &claim.session_id) < claim.spots)
    return TRUE;
  return sl_op_claim (device->log, &claim, &world->claims[world->n_claims++ % THINGS_MAX], error);
}

static gboolean
confirm (World *world, Device *device, GError **error)
{
  SlSpend spends[2] = { { *pick (world, world->lots, world->n_lots), 1 + below (world, 150) } };
  SlConfirmParams params = { .price_cents = below (world, 2) ? 15000 : -1,
                             .spends = spends,
                             .n_spends = below (world, 2) };
  const SlId *claim = pick (world, world->claims, world->n_claims);
  if (!keeps (device, claim)
      || (params.n_spends > 0 && credits_of (device, &spends[0].lot_id) < spends[0].amount_hundredths))
    return TRUE;
  return sl_op_confirm (device->log, claim, &params, error);
}

static gboolean
let_go (World *world, Device *device, GError **error)
{
  const SlId *claim = pick (world, world->claims, world->n_claims);
  if (below (world, 4) == 0)
    return sl_op_release_spots (device->log, claim, 1u << below (world, 3), error);
  return sl_op_release (device->log, claim, 1 << below (world, 6), (int) below (world, 3) * 50,
                        below (world, 2) ? "ill" : NULL, error);
}

static gboolean
attend (World *world, Device *device, GError **error)
{
  SlCheckinParams params = { .booking_id = *pick (world, world->claims, world->n_claims), .late = below (world, 2) };
  if (world->n_checkins > 0 && below (world, 3) == 0)
    return sl_op_checkin_undo (device->log, pick (world, world->checkins, world->n_checkins), "mistake", error);
  return sl_op_checkin (device->log, &params, &world->checkins[world->n_checkins++ % THINGS_MAX], error);
}

static gboolean
credit (World *world, Device *device, GError **error)
{
  SlPaymentParams payment = { .member_id = *pick (world, world->members, world->n_members),
                              .amount_cents = 100,
                              .currency = "ZAR",
                              .method = "cash",
                              .status = "paid",
                              .receipt = 1 };
  const SlId *lot = pick (world, world->lots, world->n_lots);
  SlId id;
  guint32 serial;
  switch (below (world, 4))
    {
    case 0:
      return credits_of (device, lot) < 5
             || sl_op_lot_move (device->log, lot, sl_oplog_get_replica (world->devices[below (world, DEVICES)].log), 5,
                                error);
    case 1:
      return credits_of (device, lot) < 5 || sl_op_lot_burn (device->log, lot, SL_BURN_ADJUST, 5, "gone", error);
    case 2:
      return sl_op_payment (device->log, &payment, &id, error);
    default:
      return sl_op_pass_issue (device->log, &payment.member_id, device->world.now_ms, device->world.now_ms + 1000, &id,
                               &serial, error);
    }
}

static gboolean
erase (World *world, Device *device, GError **error)
{
  return below (world, 3) > 0
         || sl_op_member_erase (device->log, pick (world, world->members, world->n_members), "asked for it", error);
}

/* The clock runs ahead for some commands and is set right by so much, or a little less. */
static void
run_ahead (World *world)
{
  Device *device = &world->devices[below (world, DEVICES)];
  g_autoptr (GError) error = NULL;
  gint64 ahead_ms = 600000 + (gint64) below (world, 10000000);
  guint64 from_seq, count;
  device->world.now_ms += ahead_ms;
  for (guint i = below (world, 4); i < 5; i++)
    run (device, i % 2 == 0 ? edit_session : attend, world);
  device->world.now_ms -= ahead_ms;
  if (below (world, 2) == 0)
    run (device, edit_status, world);
  ahead_ms -= below (world, 2) * 300000;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_oplog_find_stretch (device->log, ahead_ms, 0, &from_seq, &count, &error));
  g_assert_true (sl_op_clock_correct (device->log, from_seq, ahead_ms, &error));
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static void
book_if_held (World *world, Device *device)
{
  const SlId *session = pick (world, world->sessions, world->n_sessions);
  const SlId *lot = pick (world, world->lots, world->n_lots);
  if (spots_of (device, session) >= 1 && credits_of (device, lot) >= 101)
    book (device, session, pick (world, world->members, world->n_members), lot, 101,
          &world->claims[world->n_claims++ % THINGS_MAX]);
}

static void
act (World *world)
{
  Device *device = &world->devices[below (world, DEVICES)];
  static gboolean (*const others[]) (World *, Device *,
                                     GError **) = { edit_session, edit_status, change_session, hold,   confirm, confirm,
                                                    let_go,       let_go,      attend,         attend, credit,  erase };
  device->world.now_ms += (gint64) below (world, 90000) - 20000; /* clocks go back, too */
  switch (below (world, 14))
    {
    case 13:
      run_ahead (world);
      break;
    case 0:
      make_member (device, "Naledi", &world->members[world->n_members++ % THINGS_MAX]);
      break;
    case 1:
      make_session (device, &world->location, (int) below (world, 12),
                    &world->sessions[world->n_sessions++ % THINGS_MAX]);
      break;
    case 2:
      make_lot (device, pick (world, world->members, world->n_members), 1000,
                &world->lots[world->n_lots++ % THINGS_MAX]);
      break;
    case 3:
      book_if_held (world, device);
      break;
    default:
      run (device, others[below (world, G_N_ELEMENTS (others))], world);
    }
}

/* One device's export cut down to some of its lines, so that chains arrive one without the other and with holes. */
static void
give_part (World *world)
{
  Device *from = &world->devices[below (world, DEVICES)], *to = &world->devices[below (world, DEVICES)];
  g_autofree char *path = device_path (from, "part");
  g_auto (SlImportResult) result = { 0 };
  char text[SL_ID_TEXT_BYTES];
  if (from == to)
    return;
  device_export (from, path);
  g_auto (GStrv) lines = read_lines (path);
  guint how = below (world, 3);
  sl_id_format (sl_oplog_get_replica (world->devices[below (world, DEVICES)].log), text);
  g_autoptr (GString) part = g_string_new (NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    if (how == 0 || (how == 1 && strstr (lines[i], text) != NULL) || (how == 2 && below (world, 4) > 0))
      g_string_append_printf (part, "%s\n", lines[i]);
  g_assert_true (g_file_set_contents (path, part->str, -1, NULL));
  device_import (to, path, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
}

/* What is kept in memory between operations is what the rows say. */
static void
count_rights (World *world)
{
  Device *device = &world->devices[below (world, DEVICES)];
  gint64 spots[THINGS_MAX], credits[THINGS_MAX];
  guint n_sessions = MIN (world->n_sessions, THINGS_MAX), n_lots = MIN (world->n_lots, THINGS_MAX);
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, NULL));
  for (guint i = 0; i < n_sessions; i++)
    spots[i] = spots_of (device, &world->sessions[i]);
  for (guint i = 0; i < n_lots; i++)
    credits[i] = credits_of (device, &world->lots[i]);
  g_assert_true (sl_oplog_commit (device->log, NULL));
  for (guint i = 0; i < n_sessions; i++)
    g_assert_cmpint (spots_of (device, &world->sessions[i]), ==, spots[i]);
  for (guint i = 0; i < n_lots; i++)
    g_assert_cmpint (credits_of (device, &world->lots[i]), ==, credits[i]);
}

static void
live (guint32 seed)
{
  World world = { .random = g_rand_new_with_seed (seed) };
  device_found_seeded (&world.devices[0], &world.location, seed + 100);
  make_member (&world.devices[0], "Thandi", &world.members[world.n_members++]);
  make_session (&world.devices[0], &world.location, 8, &world.sessions[world.n_sessions++]);
  make_lot (&world.devices[0], &world.members[0], 5000, &world.lots[world.n_lots++]);
  book (&world.devices[0], &world.sessions[0], &world.members[0], &world.lots[0], 100, &world.claims[world.n_claims++]);
  for (guint i = 1; i < DEVICES; i++) /* each by another device's invitation */
    device_join (&world.devices[i], &world.devices[i - 1], &world.location, seed * 1000 + i);
  for (guint step = 0; step < STEPS; step++)
    {
      if (below (&world, 4) == 0)
        give_part (&world);
      else if (below (&world, 4) == 0)
        count_rights (&world);
      else if (below (&world, 12) == 0)
        {
          Device *device = &world.devices[below (&world, DEVICES)];
          device_close (device);
          device_open (device);
        }
      else
        act (&world);
    }
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < DEVICES; i++)
      for (guint j = 0; j < DEVICES; j++)
        if (i != j)
          device_give (&world.devices[i], &world.devices[j]);
  for (guint i = 1; i < DEVICES; i++)
    assert_same_state (&world.devices[0], &world.devices[i]);
  for (guint i = 0; i < DEVICES; i++)
    {
      g_auto (SlVerifyResult) result = { 0 };
      g_assert_true (sl_oplog_verify (world.devices[i].log, &result, NULL));
      for (guint p = 0; p < result.problems->len; p++)
        g_error ("seed %u: %s", seed, (const char *) result.problems->pdata[p]);
      device_clear (&world.devices[i]);
    }
  g_rand_free (world.random);
}

static void
test_random_worlds (void)
{
  const char *wish = g_getenv ("SL_TEST_SEEDS");
  guint seeds = wish != NULL ? (guint) atoi (wish) : 6;
  for (guint seed = 1; seed <= seeds; seed++)
    {
      g_test_message ("seed %u", seed);
      live (seed);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/merge/random-worlds-end-in-one-state", test_random_worlds);
  return g_test_run ();
}
