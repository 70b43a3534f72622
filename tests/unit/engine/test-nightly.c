/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/nightly.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/exchange.h"
#include "engine/member.h"

/* What a device does for itself once a day. The desk begins at six in the morning. */

static void
look (Desk *desk, SlNightly *out)
{
  g_autoptr (GError) error = NULL;
  gboolean done = sl_nightly_if_due (desk->engine, &error);
  g_assert_no_error (error);
  g_assert_true (done && sl_nightly_read (desk->engine, out, &error));
}

/* At so many hours behind the first morning. */
static SlNightly
at (Desk *desk, gint64 hours)
{
  SlNightly got;
  desk->world.now_ms = MORNING + HOURS (hours);
  look (desk, &got);
  return got;
}

static char *
backups_of (Desk *desk)
{
  return g_build_filename (desk->dir->path, SL_NIGHTLY_DIR, NULL);
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* Names, the oldest first; whatever lies there. */
static GPtrArray *
backups (Desk *desk)
{
  g_autofree char *dir = backups_of (desk);
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; open != NULL && (name = g_dir_read_name (open)) != NULL;)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  return names;
}

static guint
count (Desk *desk)
{
  g_autoptr (GPtrArray) names = backups (desk);
  return names->len;
}

static void
checks_and_backs_up_once_a_night (Desk *desk, gconstpointer data)
{
  g_assert_cmpint (at (desk, 0).verified_ms, ==, 0); /* the studio is open */
  g_assert_cmpint (at (desk, 18).verified_ms, ==, 0); /* midnight: others are at it still */
  SlNightly night = at (desk, 21);
  g_assert_cmpint (night.verified_ms, ==, MORNING + HOURS (21));
  g_assert_cmpint (night.backup_ms, ==, MORNING + HOURS (21));
  g_assert_cmpint (night.problems, ==, 0);
  g_assert_false (night.backup_failed);
  g_assert_cmpuint (count (desk), ==, 1);
  g_assert_cmpint (at (desk, 22).verified_ms, ==, MORNING + HOURS (21));
  g_assert_cmpint (at (desk, 30).verified_ms, ==, MORNING + HOURS (21));
  g_assert_cmpint (at (desk, 45).verified_ms, ==, MORNING + HOURS (45));
  g_assert_cmpuint (count (desk), ==, 2);
}

static void
a_device_that_is_off_at_night_does_it_by_day (Desk *desk, gconstpointer data)
{
  g_assert_cmpint (at (desk, 4).verified_ms, ==, 0);
  g_assert_cmpint (at (desk, 28).verified_ms, ==, 0); /* it may still be left on */
  g_assert_cmpint (at (desk, 47).verified_ms, ==, 0);
  g_assert_cmpint (at (desk, 48).verified_ms, ==, MORNING + HOURS (48));
}

static void
a_clock_that_was_set_back_hinders_nothing_for_long (Desk *desk, gconstpointer data)
{
  g_assert_cmpint (at (desk, 21 + 24 * 365).verified_ms, >, 0);
  (void) at (desk, 0);
  g_assert_cmpint (at (desk, 21).verified_ms, ==, MORNING + HOURS (21));
}

static void
seven_are_kept (Desk *desk, gconstpointer data)
{
  g_autofree char *dir = backups_of (desk), *others = g_build_filename (dir, "holiday.jpg", NULL);
  g_autofree char *left = g_build_filename (dir, "studioloop-20260101T000000Z.backup.plain", NULL);
  (void) at (desk, 21);
  g_autoptr (GPtrArray) first = backups (desk);
  g_assert_true (g_file_set_contents (others, "x", 1, NULL));
  g_assert_true (g_file_set_contents (left, "x", 1, NULL)); /* a plug was pulled while it was written */
  for (gint64 night = 1; night < 9; night++)
    (void) at (desk, 21 + 24 * night);
  g_autoptr (GPtrArray) names = backups (desk);
  g_assert_cmpuint (names->len, ==, SL_NIGHTLY_KEPT + 1);
  g_assert_cmpstr (names->pdata[0], ==, "holiday.jpg"); /* not ours to remove */
  g_assert_cmpstr (names->pdata[1], !=, first->pdata[0]);
  g_autofree char *file = g_build_filename (dir, names->pdata[1], NULL);
  GStatBuf about;
  g_assert_cmpint (g_stat (file, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
}

static void
what_is_not_sound_pushes_out_no_good_backup (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  g_autoptr (GError) error = NULL;
  (void) at (desk, 21);
  g_assert_true (sl_store_begin_relaxed (desk->engine->store, &error));
  g_assert_true (sl_store_exec (desk->engine->store, &error, "UPDATE member SET status = 'banned' WHERE id = ?", "d",
                                &thandi)); /* a bit that fell over */
  g_assert_true (sl_store_commit (desk->engine->store, &error));
  g_test_expect_message ("sl-nightly", G_LOG_LEVEL_WARNING, "*not sound*");
  SlNightly got = at (desk, 45);
  g_test_assert_expected_messages ();
  g_assert_cmpint (got.verified_ms, ==, MORNING + HOURS (45));
  g_assert_cmpint (got.problems, >, 0);
  g_assert_cmpint (got.backup_ms, ==, MORNING + HOURS (21));
  g_assert_cmpuint (count (desk), ==, 1);
}

static void
one_that_cannot_be_written_is_told_until_the_next_can (Desk *desk, gconstpointer data)
{
  g_autofree char *dir = backups_of (desk);
  g_assert_true (g_file_set_contents (dir, "", 0, NULL)); /* in its place */
  g_test_expect_message ("sl-nightly", G_LOG_LEVEL_WARNING, "the daily backup*");
  SlNightly night = at (desk, 21);
  g_test_assert_expected_messages ();
  g_assert_true (night.backup_failed);
  g_assert_cmpint (night.backup_ms, ==, 0);
  g_assert_cmpint (night.verified_ms, >, 0);
  g_assert_cmpint (g_unlink (dir), ==, 0);
  night = at (desk, 45);
  g_assert_false (night.backup_failed);
  g_assert_cmpint (night.backup_ms, ==, MORNING + HOURS (45));
}

static void
no_backup_outlasts_an_erasure (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  guint released;
  (void) at (desk, 21);
  (void) at (desk, 45);
  g_autoptr (GPtrArray) before = backups (desk);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_true (sl_member_erase (desk->engine, &desk->owner, &thandi, "asked for it", &released, &refusal, &error));
  SlNightly noon = at (desk, 54); /* by day: it does not wait for the night */
  g_assert_cmpint (noon.backup_ms, ==, MORNING + HOURS (54));
  g_autoptr (GPtrArray) after = backups (desk);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpstr (after->pdata[0], !=, before->pdata[1]);
  g_assert_cmpint (at (desk, 55).backup_ms, ==, MORNING + HOURS (54));
}

static void
a_desk_goes_on_from_its_nightly_backup (Desk *desk, gconstpointer data)
{
  (void) desk_member (desk, "Thandi");
  (void) at (desk, 21);
  SlRestoreResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = backups_of (desk);
  g_autoptr (GPtrArray) names = backups (desk);
  g_autofree char *file = g_build_filename (dir, names->pdata[0], NULL);
  g_clear_pointer (&desk->engine, sl_engine_close);
  gboolean done = sl_exchange_restore (desk->dir->path, &desk->world.base, file, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_true (done);
  sl_restore_result_clear (&result);
  desk->engine = sl_engine_open (desk->dir->path, &desk->world.base, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) members = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_true (sl_member_list (desk->engine, &desk->owner, "Thandi", 0, &members, &refusal, &error));
  g_assert_cmpuint (members->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/nightly/checks-and-backs-up-once-a-night", checks_and_backs_up_once_a_night);
  desk_test ("/sl/nightly/a-device-that-is-off-at-night-does-it-by-day", a_device_that_is_off_at_night_does_it_by_day);
  desk_test ("/sl/nightly/a-clock-that-was-set-back-hinders-nothing-for-long",
             a_clock_that_was_set_back_hinders_nothing_for_long);
  desk_test ("/sl/nightly/seven-are-kept", seven_are_kept);
  desk_test ("/sl/nightly/what-is-not-sound-pushes-out-no-good-backup", what_is_not_sound_pushes_out_no_good_backup);
  desk_test ("/sl/nightly/one-that-cannot-be-written-is-told-until-the-next-can",
             one_that_cannot_be_written_is_told_until_the_next_can);
  desk_test ("/sl/nightly/no-backup-outlasts-an-erasure", no_backup_outlasts_an_erasure);
  desk_test ("/sl/nightly/a-desk-goes-on-from-its-nightly-backup", a_desk_goes_on_from_its_nightly_backup);
  return g_test_run ();
}
