/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/datetime.h"
#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/fence.h"

/* Three desks; the first has founded the studio and is the steward. */
typedef struct {
  Device a, b, c;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  device_join (&f->b, &f->a, &f->location, 2);
  device_join (&f->c, &f->a, &f->location, 3);
  device_give (&f->b, &f->a);
  device_give (&f->c, &f->a);
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

static void
move_spots (Device *from, const SlId *session, Device *to, int spots)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (from->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_session_move (from->log, session, id_of (to), spots, &error));
  g_assert_true (sl_oplog_commit (from->log, &error));
}

static void
take_away (Device *device, const SlId *other)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_device_revoke (device->log, other, FALSE, "stolen", &error));
  g_assert_no_error (error);
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static SlFenceDone
settle (Device *device)
{
  g_autoptr (GError) error = NULL;
  SlFenceDone done;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_device, &error));
  g_assert_true (sl_fence_settle (device->log, &done, &error));
  g_assert_no_error (error);
  g_assert_true (sl_oplog_commit (device->log, &error));
  return done;
}

static SlChainInfo
chain_of (Device *device, const SlId *replica)
{
  g_autoptr (GArray) chains = sl_oplog_chains (device->log, NULL);
  for (guint i = 0; i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, replica))
      return g_array_index (chains, SlChainInfo, i);
  g_assert_not_reached ();
}

static guint64
held_of (Device *device, const SlId *replica)
{
  SlChainInfo chain = chain_of (device, replica);
  return chain.head_seq - chain.applied_seq;
}

static gint64
free_of (Device *device, const SlId *session, const SlId *replica)
{
  gint64 spots;
  g_assert_true (sl_rights_free (device->log, session, replica, &spots, NULL));
  return spots;
}

static void
give (Device *from, Device *to)
{
  g_autofree char *path = device_path (from, "export");
  g_auto (SlImportResult) result = { 0 };
  device_export (from, path);
  device_import (to, path, &result);
}

static void
give_all (Device **devices, guint n)
{
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < n; i++)
      for (guint j = 0; j < n; j++)
        if (i != j)
          give (devices[i], devices[j]);
}

static void
test_holds_what_comes_later (Fixture *f, gconstpointer data)
{
  SlId member;
  SlId b = *id_of (&f->b);
  take_away (&f->a, &b);
  make_member (&f->b, "Late", &member);
  give (&f->b, &f->a);
  g_assert_cmpuint (held_of (&f->a, &b), ==, 1);
  assert_verified (&f->a);
  give (&f->a, &f->c);
  g_assert_cmpuint (held_of (&f->c, &b), ==, 1);
  assert_same_state (&f->a, &f->c);
}

static void
test_revocation_goes_first (Fixture *f, gconstpointer data)
{
  SlId member;
  SlId b = *id_of (&f->b);
  give (&f->a, &f->c);
  take_away (&f->c, &b);
  make_member (&f->b, "Late", &member);
  give (&f->b, &f->c);
  give (&f->c, &f->a); /* one file: the stolen device's operation lies before the revocation */
  g_assert_cmpuint (held_of (&f->a, &b), ==, 1);
}

static void
test_what_others_had_applied_stands (Fixture *f, gconstpointer data)
{
  SlId member;
  SlId b = *id_of (&f->b);
  make_member (&f->b, "Known to the third", &member);
  device_give (&f->b, &f->c);
  take_away (&f->a, &b);
  give (&f->b, &f->a);
  g_assert_cmpuint (held_of (&f->a, &b), ==, 1);
  give (&f->a, &f->c); /* in taking the revocation it says what it had applied */
  give (&f->c, &f->a);
  g_assert_cmpuint (held_of (&f->a, &b), ==, 0);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->a);
  assert_verified (&f->c);
}

static void
test_passes_on_once_all_have_acknowledged (Fixture *f, gconstpointer data)
{
  SlId claim;
  SlId b = *id_of (&f->b);
  move_spots (&f->a, &f->session, &f->b, 4);
  device_give (&f->a, &f->b);
  book (&f->b, &f->session, &f->member, NULL, 0, &claim);
  device_give (&f->b, &f->a);
  device_give (&f->a, &f->c);
  take_away (&f->a, &b);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 0);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 6);
  give (&f->a, &f->c);
  g_assert_cmpint (settle (&f->c).acknowledged, ==, 1);
  g_assert_cmpint (settle (&f->c).acknowledged, ==, 0);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 0);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 9); /* all but the one that was booked */
  release (&f->c, &claim, SL_RELEASE_CANCELLED, 100);
  give (&f->c, &f->a);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 10); /* the claim's keeper is who took over */
  give (&f->a, &f->c);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->a);
}

static void
test_spots_moved_to_it_later_pass_on_too (Fixture *f, gconstpointer data)
{
  SlId b = *id_of (&f->b);
  move_spots (&f->a, &f->session, &f->c, 3);
  device_give (&f->a, &f->c);
  move_spots (&f->c, &f->session, &f->b, 3); /* cut off, it does not know yet */
  take_away (&f->a, &b);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 0);
  give (&f->a, &f->c);
  (void) settle (&f->c);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 10);
}

static void
test_two_desks_replace_the_first (Fixture *f, gconstpointer data)
{
  SlId a = *id_of (&f->a);
  device_give (&f->a, &f->b);
  device_give (&f->a, &f->c);
  device_give (&f->c, &f->b);
  take_away (&f->b, &a); /* the founder burnt: who says so takes over */
  give (&f->b, &f->c);
  (void) settle (&f->c);
  give (&f->c, &f->b);
  g_assert_cmpint (settle (&f->b).reclaimed, ==, 1);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 10);
  SlId steward;
  g_assert_true (sl_fence_steward (f->b.log, &steward, NULL));
  g_assert_true (sl_id_equal (&steward, id_of (&f->b)));
}

static void
test_both_revoke_each_other (Fixture *f, gconstpointer data)
{
  Device *all[] = { &f->a, &f->b, &f->c };
  SlId b = *id_of (&f->b), c = *id_of (&f->c);
  give_all (all, 3);
  take_away (&f->b, &c);
  take_away (&f->c, &b);
  give (&f->b, &f->a);
  give (&f->c, &f->a);
  for (guint i = 0; i < 3; i++)
    {
      (void) settle (&f->a);
      give_all (all, 3);
    }
  gboolean revoked;
  g_assert_true (sl_fence_is_revoked (f->a.log, &c, &revoked, NULL)); /* whose word came first to the others */
  g_assert_true (revoked);
  g_assert_true (sl_fence_is_revoked (f->a.log, &b, &revoked, NULL));
  g_assert_false (revoked);
  g_assert_false (sl_fence_check_standing (f->c.log, NULL));
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->a);
}

static void
test_revoked_device_writes_no_more (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  take_away (&f->a, id_of (&f->b));
  give (&f->a, &f->b);
  g_assert_false (sl_fence_check_standing (f->b.log, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_REVOKED);
  give (&f->b, &f->a); /* what it has can still be read out */
}

static void
test_revoked_device_shows_what_counts (Fixture *f, gconstpointer data)
{
  SlId claim;
  SlId b = *id_of (&f->b);
  move_spots (&f->a, &f->session, &f->b, 4);
  device_give (&f->a, &f->b);
  take_away (&f->a, &b);
  book (&f->b, &f->session, &f->member, NULL, 0, &claim); /* nobody else ever hears of it in time */
  give (&f->a, &f->c);
  (void) settle (&f->c);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
  move_spots (&f->a, &f->session, &f->c, 10);
  give (&f->a, &f->b);
  give (&f->b, &f->a);
  g_assert_cmpuint (held_of (&f->b, &b), ==, 1);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

/* A fourth device joins and meets the second alone; the first never hears of it before it decides. */
static void
test_unheard_of_device_rebuilds (Fixture *f, gconstpointer data)
{
  Device d = { 0 };
  SlId b = *id_of (&f->b), from_b, own, claim;
  device_join (&d, &f->a, &f->location, 9);
  device_give (&d, &f->b);
  move_spots (&f->a, &f->session, &f->b, 4);
  device_give (&f->a, &f->b);
  take_away (&f->a, &b);
  make_member (&f->b, "Beyond", &from_b);
  move_spots (&f->b, &f->session, &d, 2);
  device_give (&f->b, &d);
  make_member (&d, "Own", &own);
  book (&d, &f->session, &f->member, NULL, 0, &claim); /* on spots that it should never have had */
  SlId was = *id_of (&d);
  give (&f->a, &f->c);
  (void) settle (&f->c);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 0); /* the invitation may still be used */
  f->a.world.now_ms += 25 * SL_HOUR_MS;
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
  give (&d, &f->a);
  g_assert_cmpuint (held_of (&f->a, &was), ==, 1); /* the booking alone: nothing justifies it */
  give (&f->a, &d);
  d.world.now_ms = f->a.world.now_ms;
  give (&d, &f->a); /* its next command makes it a new device */
  g_assert_false (sl_id_equal (&was, id_of (&d)));
  give (&f->a, &d);
  g_assert_cmpint (free_of (&d, &f->session, id_of (&d)), ==, 0);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 10);
  assert_same_state (&f->a, &d);
  assert_verified (&f->a);
  assert_verified (&d);
  device_clear (&d);
}

static void
test_taken_back_late (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SlFenceDone done;
  SlId b = *id_of (&f->b);
  take_away (&f->c, &b); /* the third says so, the steward takes over */
  g_assert_cmpint (settle (&f->c).reclaimed, ==, 0);
  give (&f->c, &f->a);
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_device, &error));
  g_assert_true (sl_fence_settle (f->a.log, &done, &error));
  g_assert_true (sl_oplog_commit (f->a.log, &error));
  give (&f->a, &f->c);
  (void) settle (&f->c);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
}

/* The founder and another desk revoke each other while apart, and the third is gone, by the founder's word: nobody else
 * is left to decide. Both must end in one studio. */
static void
test_nobody_left_to_decide (Fixture *f, gconstpointer data)
{
  Device *two[] = { &f->a, &f->b };
  Device *all[] = { &f->a, &f->b, &f->c };
  SlId a = *id_of (&f->a), b = *id_of (&f->b);
  give_all (all, 3);
  take_away (&f->a, &b);
  take_away (&f->a, id_of (&f->c));
  take_away (&f->b, &a);
  give_all (two, 2);
  g_assert_false (sl_fence_check_standing (f->b.log, NULL));
  g_assert_true (sl_fence_check_standing (f->a.log, NULL));
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 2);
  g_assert_cmpint (free_of (&f->a, &f->session, id_of (&f->a)), ==, 10);
  assert_verified (&f->a);
}

/* b takes everybody away and takes over, waiting for nobody, and the founder had taken b away before: c, who heard b
 * first, belongs again when it hears that. */
static void
test_taken_over_in_vain (Fixture *f, gconstpointer data)
{
  Device *all[] = { &f->a, &f->b, &f->c };
  SlId a = *id_of (&f->a), b = *id_of (&f->b);
  give_all (all, 3);
  take_away (&f->a, &b);
  take_away (&f->b, id_of (&f->c));
  take_away (&f->b, &a);
  g_assert_cmpint (settle (&f->b).reclaimed, ==, 2);
  give (&f->b, &f->c);
  g_assert_false (sl_fence_check_standing (f->c.log, NULL));
  give_all (all, 3);
  g_assert_true (sl_fence_check_standing (f->a.log, NULL));
  g_assert_false (sl_fence_check_standing (f->b.log, NULL));
  g_assert_true (sl_fence_check_standing (f->c.log, NULL));
  assert_verified (&f->c);
}

/* c passes on spots that only it had seen coming from a, which an older copy of a, going on as another device, revokes.
 */
static void
test_justified_by_what_only_its_author_saw (Fixture *f, gconstpointer data)
{
  SlId a = *id_of (&f->a);
  Device *two[] = { &f->b, &f->c };
  g_assert_cmpint (free_of (&f->a, &f->session, &a), ==, 10);
  give (&f->a, &f->b);
  give (&f->a, &f->c);
  give (&f->c, &f->b);
  move_spots (&f->a, &f->session, &f->c, 4); /* b has not heard of this */
  give (&f->a, &f->c);
  move_spots (&f->c, &f->session, &f->b, 3); /* its first words since: they say what it had seen, and spend it */
  take_away (&f->b, &a);
  give_all (two, 2);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 3);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->c)), ==, 1);
  assert_same_state (&f->b, &f->c);
  assert_verified (&f->b);
}

/* b names the founder to take over from c; then the founder goes as well, and b is to take over from it. */
static void
test_successor_is_succeeded (Fixture *f, gconstpointer data)
{
  SlId a = *id_of (&f->a);
  Device *all[] = { &f->a, &f->b, &f->c };
  give_all (all, 3);
  take_away (&f->b, id_of (&f->c));
  take_away (&f->b, &a);
  g_assert_cmpint (settle (&f->b).reclaimed, ==, 2);
  g_assert_cmpint (free_of (&f->b, &f->session, id_of (&f->b)), ==, 10);
}

/* b takes c away and is itself taken away before anybody else has heard of that: c belongs to the studio again. */
static void
test_taken_away_in_vain (Fixture *f, gconstpointer data)
{
  Device *all[] = { &f->a, &f->b, &f->c };
  SlId b = *id_of (&f->b);
  give_all (all, 3);
  take_away (&f->b, id_of (&f->c));
  give (&f->b, &f->c);
  g_assert_false (sl_fence_check_standing (f->c.log, NULL));
  take_away (&f->a, &b);
  give (&f->a, &f->c);
  g_assert_true (sl_fence_check_standing (f->c.log, NULL));
  (void) settle (&f->c);
  give (&f->c, &f->a);
  g_assert_cmpint (settle (&f->a).reclaimed, ==, 1);
  give (&f->a, &f->c);
  assert_same_state (&f->a, &f->c);
  assert_verified (&f->c);
}

/* It must not sell spots that are not going to count. */
static void
test_admitted_beyond_the_cut (Fixture *f, gconstpointer data)
{
  Device d = { 0 };
  g_autoptr (GError) error = NULL;
  device_join (&d, &f->b, &f->location, 4); /* by the word of b alone */
  g_assert_true (sl_fence_check_standing (d.log, NULL));
  take_away (&f->a, id_of (&f->b));
  give (&f->a, &d);
  g_assert_false (sl_fence_check_standing (d.log, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_REVOKED);
  device_clear (&d);
}

#define ADD(path, func) g_test_add ("/sl/fence/" path, Fixture, NULL, set_up, func, tear_down)
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("holds-what-comes-after-the-cut", test_holds_what_comes_later);
  ADD ("a-revocation-goes-before-what-the-stolen-device-wrote", test_revocation_goes_first);
  ADD ("what-others-had-applied-stands", test_what_others_had_applied_stands);
  ADD ("passes-on-once-all-have-acknowledged", test_passes_on_once_all_have_acknowledged);
  ADD ("spots-moved-to-it-later-pass-on-too", test_spots_moved_to_it_later_pass_on_too);
  ADD ("two-desks-replace-the-founder", test_two_desks_replace_the_first);
  ADD ("of-two-that-revoke-each-other-one-stays", test_both_revoke_each_other);
  ADD ("a-revoked-device-writes-no-more", test_revoked_device_writes_no_more);
  ADD ("a-revoked-device-shows-what-counts", test_revoked_device_shows_what_counts);
  ADD ("a-device-nobody-had-heard-of-rebuilds", test_unheard_of_device_rebuilds);
  ADD ("whoever-revokes-the-steward-takes-over", test_taken_back_late);
  ADD ("of-two-alone-that-revoke-each-other-the-founder-stays", test_nobody_left_to_decide);
  ADD ("who-was-taken-over-from-in-vain-belongs-again", test_taken_over_in_vain);
  ADD ("what-only-the-author-of-a-held-operation-saw-justifies-it", test_justified_by_what_only_its_author_saw);
  ADD ("who-was-taken-away-beyond-a-cut-comes-back", test_taken_away_in_vain);
  ADD ("who-was-admitted-beyond-the-cut-writes-no-more", test_admitted_beyond_the_cut);
  ADD ("a-successor-that-is-gone-is-succeeded", test_successor_is_succeeded);
  return g_test_run ();
}
