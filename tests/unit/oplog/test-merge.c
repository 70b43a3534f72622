/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "oplog-fixture.h"

/* Random worlds: several devices that act apart and exchange files of single chains, in pieces, twice, in any order. In
 * the end they hold the same operations and must be in the same state, which is also what the log alone makes. */

#define DEVICES 4
#define THINGS_MAX 64
#define STEPS 60

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
  return sl_op_claim (device->log, &claim, &world->claims[world->n_claims++ % THINGS_MAX], error);
}

static gboolean
confirm (World *world, Device *device, GError **error)
{
  SlSpend spends[2] = { { *pick (world, world->lots, world->n_lots), 1 + below (world, 150) } };
  SlConfirmParams params = { .price_cents = below (world, 2) ? 15000 : -1,
                             .spends = spends,
                             .n_spends = below (world, 2) };
  return sl_op_confirm (device->log, pick (world, world->claims, world->n_claims), &params, error);
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
  SlId id;
  guint32 serial;
  switch (below (world, 4))
    {
    case 0:
      return sl_op_lot_move (device->log, pick (world, world->lots, world->n_lots),
                             sl_oplog_get_replica (world->devices[0].log), 5, error);
    case 1:
      return sl_op_lot_burn (device->log, pick (world, world->lots, world->n_lots), SL_BURN_ADJUST, 5, "gone", error);
    case 2:
      return sl_op_payment (device->log, &payment, &id, error);
    default:
      return sl_op_pass_issue (device->log, &payment.member_id, device->world.now_ms, device->world.now_ms + 1000, &id,
                               &serial, error);
    }
}

static void
act (World *world)
{
  Device *device = &world->devices[below (world, DEVICES)];
  static gboolean (*const others[]) (World *, Device *,
                                     GError **) = { edit_session, edit_status, change_session, hold,   confirm, confirm,
                                                    let_go,       let_go,      attend,         attend, credit };
  device->world.now_ms += (gint64) below (world, 90000) - 20000; /* clocks go back, too */
  switch (below (world, 12))
    {
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
      book (device, pick (world, world->sessions, world->n_sessions), pick (world, world->members, world->n_members),
            pick (world, world->lots, world->n_lots), 101, &world->claims[world->n_claims++ % THINGS_MAX]);
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
      for (guint p = 0; p < result.problems->len; p++) /* this world spends what it likes: only the merge is judged */
        if (strstr (result.problems->pdata[p], "than it held") == NULL)
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
