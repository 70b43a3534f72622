/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-settings"

#include "kiosk/light.h"
#include "kiosk/settings.h"

#include "temp-dir.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  SlTempDir *dir;
  SlSettingsOptions options;
  SlSettings settings;
  GPtrArray *complaints;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = sl_temp_dir_new ();
  fixture->complaints = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sl_settings_clear (&fixture->settings);
  g_ptr_array_unref (fixture->complaints);
  sl_temp_dir_free (fixture->dir);
}

static void
load (Fixture *fixture, const char *text, gssize length)
{
  g_autofree char *path = sl_temp_dir_file (fixture->dir, SL_SETTINGS_FILE);

  if (text != NULL)
    g_assert_true (g_file_set_contents (path, text, length, NULL));
  sl_settings_load (fixture->dir->path, &fixture->options, &fixture->settings, fixture->complaints);
}

static void
assert_defaults (const SlSettings *settings)
{
  g_assert_cmpstr (settings->camera_source, ==, "/dev/video0");
  g_assert_true (settings->is_mirrored);
  g_assert_null (settings->scanner_source);
  g_assert_cmpstr (settings->language, ==, "en");
  g_assert_cmpint (settings->language_s, ==, 60);
  g_assert_true (settings->has_sounds);
  g_assert_cmpint (settings->theme, ==, SL_THEME_LIGHT);
  g_assert_cmpint (settings->text_percent, ==, 100);
  g_assert_false (settings->light.is_managed);
  g_assert_cmpint (settings->light.day_percent, ==, 100);
  g_assert_cmpint (settings->light.night_percent, ==, 60);
  g_assert_cmpint (settings->light.day_from_min, ==, 6 * 60);
  g_assert_cmpint (settings->light.night_from_min, ==, 19 * 60);
}

static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  load (fixture, NULL, 0);
  assert_defaults (&fixture->settings);
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_no_directory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = sl_temp_dir_file (fixture->dir, "not-there");

  sl_settings_load (missing, &fixture->options, &fixture->settings, fixture->complaints);
  assert_defaults (&fixture->settings);
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  load (fixture, "[camera]\nsource=rtsp://door/stream\n[scanner]\nsource=serial:/dev/ttyACM0\n"
                 "[ui]\nlanguage=af\nlanguage_s=5\nsounds=false\ntheme=dark\n", -1);
  g_assert_cmpstr (fixture->settings.camera_source, ==, "rtsp://door/stream");
  g_assert_false (fixture->settings.is_mirrored); /* a camera that looks at the street is no mirror */
  g_assert_cmpstr (fixture->settings.scanner_source, ==, "serial:/dev/ttyACM0");
  g_assert_cmpstr (fixture->settings.language, ==, "af");
  g_assert_cmpint (fixture->settings.language_s, ==, 5);
  g_assert_false (fixture->settings.has_sounds);
  g_assert_cmpint (fixture->settings.theme, ==, SL_THEME_DARK);
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_command_line (Fixture *fixture, gconstpointer data)
{
  fixture->options = (SlSettingsOptions) { "/pictures", "none", "en" };
  load (fixture, "[camera]\nsource=/dev/video3\nmirror=true\n[scanner]\nsource=serial:/dev/ttyACM0\n"
                 "[ui]\nlanguage=af\n", -1);
  g_assert_cmpstr (fixture->settings.camera_source, ==, "/pictures");
  g_assert_true (fixture->settings.is_mirrored);
  g_assert_null (fixture->settings.scanner_source);
  g_assert_cmpstr (fixture->settings.language, ==, "en");
}

static void
test_no_camera (Fixture *fixture, gconstpointer data)
{
  load (fixture, "[camera]\nsource=none\n", -1);
  g_assert_null (fixture->settings.camera_source);
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_shipped_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "device.ini", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) active = g_string_new (NULL);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  load (fixture, text, -1);
  assert_defaults (&fixture->settings);
  g_assert_cmpuint (fixture->complaints->len, ==, 0);

  /* With its lines put in force it is understood, too. */
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (active, "%s\n", lines[i][0] == '#' && lines[i][1] != ' ' ? lines[i] + 1 : lines[i]);
  sl_settings_clear (&fixture->settings);
  load (fixture, active->str, -1);
  g_assert_cmpstr (fixture->settings.scanner_source, ==, "serial:/dev/ttyACM0");
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_broken_values (Fixture *fixture, gconstpointer data)
{
  load (fixture, "[camera]\nmirror=perhaps\n[ui]\nlanguage=xx\nlanguage_s=0\nsounds=loud\ntheme=pink\n"
                 "text_percent=400\n[light]\nnight=3\nday_from=25:00\nnight_from=noon\n", -1);
  assert_defaults (&fixture->settings);
  g_assert_cmpuint (fixture->complaints->len, ==, 9);
}

static void
test_broken_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (SL_SETTINGS_MAX_BYTES + 1, '#');
  const struct { const char *text; gssize length; } files[] = {
    { "no group at all\n", -1 }, { "[camera\nsource=x", -1 }, { "[camera]\0source=x", 18 }, { "\xff\xfe[", 3 },
    { large, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_ptr_array_set_size (fixture->complaints, 0);
      sl_settings_clear (&fixture->settings);
      load (fixture, files[i].text, files[i].length);
      assert_defaults (&fixture->settings);
      g_assert_cmpuint (fixture->complaints->len, ==, 1);
    }
}

static void
save (Fixture *fixture, const char *group, const char *key, const char *value)
{
  g_autoptr (GKeyFile) changes = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_key_file_set_string (changes, group, key, value);
  g_assert_true (sl_settings_save (fixture->dir->path, changes, &error));
  g_assert_no_error (error);
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = sl_temp_dir_file (fixture->dir, SL_SETTINGS_FILE);
  g_autofree char *text = NULL;

  save (fixture, "ui", "theme", "dark"); /* without a file, too */
  load (fixture, "[ui]\nlanguage=af\ntheme=light\nlater=1\n[of a later program]\nx=y\n", -1);
  sl_settings_clear (&fixture->settings);
  save (fixture, "ui", "theme", "dark");
  load (fixture, NULL, 0);
  g_assert_cmpint (fixture->settings.theme, ==, SL_THEME_DARK);
  g_assert_cmpstr (fixture->settings.language, ==, "af");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "later=1"));
  g_assert_nonnull (strstr (text, "[of a later program]\nx=y"));
}

/* What could not be understood is not thrown away. */
static void
test_save_over_broken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *kept = sl_temp_dir_file (fixture->dir, SL_SETTINGS_FILE ".kept");
  g_autofree char *text = NULL;

  load (fixture, "no group at all\n", -1);
  sl_settings_clear (&fixture->settings);
  save (fixture, "ui", "theme", "dark");
  load (fixture, NULL, 0);
  g_assert_cmpint (fixture->settings.theme, ==, SL_THEME_DARK);
  g_assert_true (g_file_get_contents (kept, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "no group at all\n");
}

static void
test_changes_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GKeyFile) changes = g_key_file_new ();

  g_key_file_set_string (changes, "camera", "source", "/chosen");
  fixture->options = (SlSettingsOptions) { "/pictures", "serial:/dev/a", NULL, changes };
  load (fixture, "[camera]\nsource=/dev/video3\n[scanner]\nsource=serial:/dev/b\n", -1);
  g_assert_cmpstr (fixture->settings.camera_source, ==, "/chosen");
  g_assert_cmpstr (fixture->settings.scanner_source, ==, "serial:/dev/a");
}

static void
test_light (void)
{
  SlLight light = { TRUE, 90, 30, 6 * 60, 19 * 60 };

  g_assert_cmpint (sl_light_percent_at (&light, 6 * 60 - 1), ==, 30);
  g_assert_cmpint (sl_light_percent_at (&light, 6 * 60), ==, 90);
  g_assert_cmpint (sl_light_percent_at (&light, 19 * 60 - 1), ==, 90);
  g_assert_cmpint (sl_light_percent_at (&light, 19 * 60), ==, 30);
  light.day_from_min = 22 * 60; /* a night studio */
  light.night_from_min = 4 * 60;
  g_assert_cmpint (sl_light_percent_at (&light, 23 * 60), ==, 90);
  g_assert_cmpint (sl_light_percent_at (&light, 3 * 60), ==, 90);
  g_assert_cmpint (sl_light_percent_at (&light, 12 * 60), ==, 30);
  light.night_percent = 0;
  g_assert_cmpint (sl_light_percent_at (&light, 12 * 60), ==, SL_SETTINGS_LIGHT_MIN_PERCENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  TEST ("/sl/settings/without-a-file-the-defaults-hold", test_no_file);
  TEST ("/sl/settings/without-a-directory-the-defaults-hold", test_no_directory);
  TEST ("/sl/settings/file-is-read", test_file);
  TEST ("/sl/settings/command-line-goes-before-the-file", test_command_line);
  TEST ("/sl/settings/none-is-no-camera", test_no_camera);
  TEST ("/sl/settings/shipped-file-is-understood", test_shipped_file);
  TEST ("/sl/settings/broken-values-are-told-and-left-out", test_broken_values);
  TEST ("/sl/settings/broken-files-are-told-and-left-out", test_broken_files);
  TEST ("/sl/settings/what-is-saved-leaves-the-rest", test_save);
  TEST ("/sl/settings/broken-file-is-kept-when-another-is-saved", test_save_over_broken);
  TEST ("/sl/settings/choices-go-before-the-command-line", test_changes_first);
  g_test_add_func ("/sl/settings/light-has-days-and-nights", test_light);
  return g_test_run ();
}
