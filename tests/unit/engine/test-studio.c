/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/studio.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk-fixture.h"
#include "engine/device.h"
#include "engine/location.h"
#include "engine/staff.h"
#include "expect.h"
#include "store/store.h"

typedef struct {
  SlTempDir *place;
  SlFakeWorld world;
  char *dir;
  SlStudioParams params;
} Ground;

static void
ground_up (Ground *ground, gconstpointer data)
{
  ground->place = sl_temp_dir_new ();
  ground->dir = sl_temp_dir_file (ground->place, "srv/studio/data");
  sl_fake_world_init (&ground->world, MORNING, 3);
  ground->params =
    (SlStudioParams){ "Fynbos Fitness", "Sea Point", "Africa/Johannesburg", NULL, "Nomsa Dube", "739154" };
}

static void
ground_down (Ground *ground, gconstpointer data)
{
  g_clear_pointer (&ground->dir, g_free);
  g_clear_pointer (&ground->place, sl_temp_dir_free);
}

static void
assert_mode (const char *path, guint mode)
{
  struct stat info;
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, mode);
}

static gboolean
is_there (Ground *ground, const char *name)
{
  g_autofree char *path = sl_temp_dir_file (ground->place, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
a_studio_is_made_with_its_directory_and_its_owner (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlActor) actor = { 0 };
  g_autofree char *parent = sl_temp_dir_file (ground->place, "srv/studio");
  done (sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  g_assert_cmpuint (strlen (founded.recovery_phrase), >, 24);
  assert_mode (ground->dir, 0700);
  assert_mode (parent, 0700);
  g_autoptr (SlEngine) engine = sl_engine_open (ground->dir, &ground->world.base, NULL);
  SlId id;
  g_assert_cmpstr (sl_engine_studio_name (engine), ==, "Fynbos Fitness");
  g_assert_cmpstr (sl_engine_location_name (engine), ==, "Sea Point");
  g_assert_cmpstr (sl_engine_currency (engine), ==, "ZAR");
  g_assert_cmpstr (g_time_zone_get_identifier (sl_engine_time_zone (engine)), ==, "Africa/Johannesburg");
  g_assert_false (sl_engine_has_hub (engine));
  sl_engine_get_location (engine, &id);
  g_assert_true (sl_id_equal (&id, &founded.location_id));
  sl_engine_get_replica (engine, &id);
  g_assert_true (sl_id_equal (&id, &founded.replica_id));
  sl_engine_get_organisation (engine, &id);
  g_assert_true (sl_id_equal (&id, &founded.organisation_id));
  done (sl_staff_authenticate (engine, &founded.owner_id, "739154", &actor, &refusal, &failure));
  g_assert_cmpint (actor.role, ==, SL_ROLE_OWNER);
  g_autofree char *left = g_build_filename (ground->dir, "founding", NULL);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
}

static void
already_initialised_where_a_studio_is (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 }, again = { 0 };
  g_autofree char *identity = g_build_filename (ground->dir, "identity", NULL);
  g_autofree char *before = NULL, *after = NULL;
  done (sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  g_assert_true (g_file_get_contents (identity, &before, NULL, NULL));
  refused ("already_initialised",
           sl_studio_init (ground->dir, &ground->world.base, &ground->params, &again, &refusal, &failure));
  SlId organisation, replica;
  refused ("already_initialised", sl_studio_join (ground->dir, &ground->world.base, "/nowhere", "Desk 2", &organisation,
                                                  &replica, &refusal, &failure));
  g_assert_true (g_file_get_contents (identity, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (g_unlink (identity), ==, 0); /* damaged: still nothing to write over */
  refused ("already_initialised",
           sl_studio_init (ground->dir, &ground->world.base, &ground->params, &again, &refusal, &failure));
}

static void
other_files_in_the_directory_stay (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 };
  g_autofree char *note = g_build_filename (ground->dir, "invitation", NULL);
  g_assert_cmpint (g_mkdir_with_parents (ground->dir, 0755), ==, 0);
  g_assert_true (g_file_set_contents (note, "x", 1, NULL));
  done (sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  assert_mode (ground->dir, 0700);
}

static void
pin_weak_makes_nothing (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 };
  ground->params.owner_pin = "123456";
  refused ("pin_weak",
           sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  ground->params.owner_pin = NULL;
  refused ("pin_weak",
           sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  g_assert_false (is_there (ground, "srv"));
}

static void
bad_input_makes_nothing (Ground *ground, gconstpointer data)
{
  SlStudioParams wrong[] = { ground->params, ground->params, ground->params,
                             ground->params, ground->params, ground->params };
  g_auto (SlStudioFounded) founded = { 0 };
  wrong[0].timezone = "Mars/Olympus";
  wrong[1].name = " ";
  wrong[2].location_name = "a\nb";
  wrong[3].owner_name = NULL;
  wrong[4].currency = "rand";
  wrong[5].name = "\xff";
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fails (SL_ERROR_BAD_INPUT,
           sl_studio_init (ground->dir, &ground->world.base, &wrong[i], &founded, &refusal, &failure));
  g_assert_false (is_there (ground, "srv"));
}

static void
a_failure_leaves_nothing_half_made (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 };
  g_autofree char *file = sl_temp_dir_file (ground->place, "file");
  g_autofree char *below = sl_temp_dir_file (ground->place, "file/data");
  SlId organisation, replica;
  g_assert_true (g_file_set_contents (file, "hello", -1, NULL));
  fails (SL_ERROR_BAD_INPUT,
         sl_studio_init (below, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_studio_init (file, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  refused ("invitation_invalid",
           sl_studio_join (ground->dir, &ground->world.base, file, NULL, &organisation, &replica, &refusal, &failure));
  g_assert_false (is_there (ground, "srv"));
}

/* What a power cut may leave: the working directory, and a part of what was being moved up. */
static void
an_unfinished_founding_is_begun_again (Ground *ground, gconstpointer data)
{
  g_auto (SlStudioFounded) founded = { 0 };
  g_autofree char *work = g_build_filename (ground->dir, "founding", NULL);
  g_autofree char *half = g_build_filename (work, "identity", NULL);
  g_autofree char *stray = g_build_filename (work, "stray", NULL);
  g_autofree char *moved = g_build_filename (ground->dir, SL_STORE_FILE, NULL);
  g_autofree char *wal = g_strconcat (moved, "-wal", NULL);
  char start[10] = { 0 };
  g_autoptr (GError) problem = NULL;
  g_assert_cmpint (g_mkdir_with_parents (work, 0700), ==, 0);
  g_assert_true (g_file_set_contents (half, "half", -1, NULL));
  g_assert_true (g_file_set_contents (stray, "half", -1, NULL));
  g_assert_true (g_file_set_contents (moved, "half", -1, NULL));
  g_assert_true (g_file_set_contents (wal, "an old log", -1, NULL));
  done (sl_studio_init (ground->dir, &ground->world.base, &ground->params, &founded, &refusal, &failure));
  g_autoptr (SlEngine) engine = sl_engine_open (ground->dir, &ground->world.base, &problem);
  g_assert_no_error (problem);
  g_assert_cmpstr (sl_engine_studio_name (engine), ==, "Fynbos Fitness");
  g_assert_false (is_there (ground, "srv/studio/data/stray"));
  FILE *file = fopen (wal, "r");
  if (file != NULL)
    {
      g_assert_cmpstr (fgets (start, sizeof start, file), !=,
                       "an old lo"); /* it would be replayed into the new database */
      fclose (file);
    }
}

static void
no_studio_where_there_is_none (Ground *ground, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  g_assert_null (sl_engine_open (ground->dir, &ground->world.base, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NO_STUDIO);
  g_assert_false (is_there (ground, "srv"));
  g_clear_error (&failure);
  g_assert_cmpint (g_mkdir_with_parents (ground->dir, 0700), ==, 0);
  g_assert_null (sl_engine_open (ground->dir, &ground->world.base, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NO_STUDIO);
}

static void
a_second_device_joins_by_file_and_sees_the_studio (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlActor reception;
  g_autofree char *file = sl_temp_dir_file (desk->dir, "refused");
  g_autoptr (GPtrArray) devices = NULL;
  desk_join (&second, desk, "Door");
  g_assert_cmpstr (sl_engine_studio_name (second.engine), ==, "Fynbos Fitness");
  g_assert_cmpstr (sl_engine_location_name (second.engine), ==, "Sea Point");
  done (sl_device_list (second.engine, &second.owner, &devices, &refusal, &failure));
  g_assert_cmpuint (devices->len, ==, 2);
  guint own = 0;
  for (guint i = 0; i < devices->len; i++)
    own += ((SlDevice *) devices->pdata[i])->own ? 1 : 0;
  g_assert_cmpuint (own, ==, 1);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  refused ("not_allowed", sl_device_invite (desk->engine, &reception, file, NULL, &refusal, &failure));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  fails (SL_ERROR_NOT_FOUND, sl_device_invite (desk->engine, &desk->owner, file, &(SlId){ { 9 } }, &refusal, &failure));
  desk_close (&second, NULL);
}

static void
names_follow_what_others_write (Desk *desk, gconstpointer data)
{
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, NULL);
  GTimeZone *zone = sl_engine_time_zone (other);
  gint64 version = sl_engine_data_version (other);
  done (sl_location_edit (desk->engine, &desk->owner, &desk->location, "Green Point", "Africa/Windhoek", NULL, &refusal,
                          &failure));
  g_assert_cmpint (sl_engine_data_version (other), !=, version);
  g_assert_cmpstr (sl_engine_location_name (desk->engine), ==, "Green Point");
  g_assert_cmpstr (sl_engine_location_name (other), ==, "Green Point");
  g_assert_cmpstr (g_time_zone_get_identifier (sl_engine_time_zone (other)), ==, "Africa/Windhoek");
  g_assert_cmpstr (g_time_zone_get_identifier (zone), ==, "Africa/Johannesburg"); /* whoever holds one may keep it */
}

#define ground_test(path, func) g_test_add (path, Ground, NULL, ground_up, func, ground_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ground_test ("/sl/studio/a-studio-is-made-with-its-directory-and-its-owner",
               a_studio_is_made_with_its_directory_and_its_owner);
  ground_test ("/sl/studio/already-initialised-where-a-studio-is", already_initialised_where_a_studio_is);
  ground_test ("/sl/studio/other-files-in-the-directory-stay", other_files_in_the_directory_stay);
  ground_test ("/sl/studio/pin-weak-makes-nothing", pin_weak_makes_nothing);
  ground_test ("/sl/studio/bad-input-makes-nothing", bad_input_makes_nothing);
  ground_test ("/sl/studio/a-failure-leaves-nothing-half-made", a_failure_leaves_nothing_half_made);
  ground_test ("/sl/studio/an-unfinished-founding-is-begun-again", an_unfinished_founding_is_begun_again);
  ground_test ("/sl/studio/no-studio-where-there-is-none", no_studio_where_there_is_none);
  desk_test ("/sl/studio/a-second-device-joins-by-file-and-sees-the-studio",
             a_second_device_joins_by_file_and_sees_the_studio);
  desk_test ("/sl/studio/names-follow-what-others-write", names_follow_what_others_write);
  return g_test_run ();
}
