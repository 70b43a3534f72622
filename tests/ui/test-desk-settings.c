/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-settings"

#include "section-screen.h"

#include "page-look.h"
#include "stage.h"

#include "engine/invoice.h"
#include "engine/print-queue.h"
#include "kiosk/desk-settings.h"
#include "kiosk/print-runner.h"
#include "scan/code-picture.h"
#include "settings-page.h"
#include "text-size.h"

#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <unistd.h>

/* The settings of this device, as a manager uses them: a real engine, a camera that is a folder of pictures, a scanner
 * that is a pseudo-terminal, a printer that is a folder, and the kernel's directories in one of the test's. */
typedef struct {
  Screen screen;
  SlTempDir *camera, *root, *paper;
  SlDevice *device;
  SlPrintRunner *runner;
  char *scanner_link;
  int scanner; /* what it sends is written here */
  gboolean has_left;
} Place;

static void
write_file (const char *root, const char *path, const char *text)
{
  g_autofree char *file = g_build_filename (root, path, NULL);
  g_autofree char *dir = g_path_get_dirname (file);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static char *
read_file (const char *root, const char *path)
{
  g_autofree char *file = g_build_filename (root, path, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  return text;
}

static void
on_left (SlDevice *device, Place *place)
{
  place->has_left = TRUE;
}

static void
set_up (Place *place, gconstpointer data)
{
  const SlSettingsOptions options = { 0 };
  g_autofree char *text = NULL;
  char name[64];
  int slave;

  screen_open (&place->screen, NULL);
  place->camera = sl_temp_dir_new ();
  place->root = sl_temp_dir_new ();
  place->paper = sl_temp_dir_new ();
  place->scanner_link = g_build_filename (place->root->path, "scanner", NULL);
  g_assert_cmpint (openpty (&place->scanner, &slave, name, NULL, NULL), ==, 0);
  g_assert_cmpint (symlink (name, place->scanner_link), ==, 0);
  g_assert_cmpint (close (slave), ==, 0);
  write_file (place->root->path, "sys/class/video4linux/video0/name", "Front camera\n");
  write_file (place->root->path, "sys/class/video4linux/video0/index", "0\n");
  write_file (place->root->path, "sys/class/video4linux/video1/name", "Front camera\n");
  write_file (place->root->path, "sys/class/video4linux/video1/index", "1\n");
  text = g_strdup_printf ("[camera]\nsource=%s\n[scanner]\nsource=serial:%s\n[ui]\nsound_sink=fakesink\n[other]\nx=1\n",
                          place->camera->path, place->scanner_link);
  write_file (place->screen.desk.dir->path, SL_SETTINGS_FILE, text);
  place->device = sl_device_new (place->screen.desk.dir->path, &options, place->root->path);
  g_signal_connect (place->device, "left", G_CALLBACK (on_left), place);
  sl_desk_set_device (place->screen.reception, place->device);
  place->runner = sl_print_runner_new (place->screen.door, &place->screen.desk.world.base);
}

static void
tear_down (Place *place, gconstpointer data)
{
  sl_print_runner_free (place->runner);
  sl_device_close (place->device);
  screen_close (&place->screen, NULL);
  g_clear_object (&place->device);
  sl_text_size_use (SL_TEXT_SIZE_MIN_PERCENT);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_cmpint (close (place->scanner), ==, 0);
  g_free (place->scanner_link);
  sl_temp_dir_free (place->camera);
  sl_temp_dir_free (place->root);
  sl_temp_dir_free (place->paper);
}

static void
show (Place *place)
{
  screen_sign_in (&place->screen, SL_ROLE_MANAGER);
  screen_show (&place->screen, sl_desk_settings_new);
}

/* What the file says. */
static char *
written (Place *place, const char *group, const char *key)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = sl_temp_dir_file (place->screen.desk.dir, SL_SETTINGS_FILE);

  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  return g_key_file_get_string (file, group, key, NULL);
}

/* Choices hold when they are told by the device. */
static void
on_settings (SlDevice *device, gboolean *changed)
{
  *changed = TRUE;
}

static void
choose (Place *place, const char *name)
{
  gboolean changed = FALSE;
  gulong id = g_signal_connect (place->device, "changed", G_CALLBACK (on_settings), &changed);

  screen_tap (&place->screen, name);
  while (!changed)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (place->device, id);
}

/* Puts a picture of a code before the camera, whole at once; each under a name of its own. */
static void
hold_out (Place *place, const char *name, const char *code)
{
  g_autofree char *drawn = sl_temp_dir_file (place->screen.desk.dir, "code.png");
  g_autofree char *shown = sl_temp_dir_file (place->camera, name);

  g_assert_true (sl_code_picture_save_png (code, 8, drawn, NULL));
  g_assert_cmpint (g_rename (drawn, shown), ==, 0);
}

static void
test_camera (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  show (place);
  screen_wait (screen, "Hold any code before it.");
  g_assert_true (screen_shows (screen, "Front camera · /dev/video0"));
  g_assert_false (screen_shows (screen, "/dev/video1")); /* of the same camera, without pictures */
  hold_out (place, "1.png", pass);
  screen_wait (screen, "✓ Read: a member's pass");
  hold_out (place, "2.png", "https://example.org");
  screen_wait (screen, "“https://example.org”");

  choose (place, "Which camera reads the codes: No camera");
  screen_wait (screen, "Codes are read by the scanner alone.");
  g_assert_cmpint (sl_intake_get_camera (sl_device_get_intake (place->device)), ==, SL_INTAKE_CAMERA_NONE);
  g_autofree char *source = written (place, "camera", "source"), *other = written (place, "other", "x");
  g_assert_cmpstr (source, ==, "none");
  g_assert_cmpstr (other, ==, "1"); /* what the program does not know is kept */

  choose (place, "Which camera reads the codes: Front camera · /dev/video0");
  g_assert_cmpint (sl_intake_get_camera (sl_device_get_intake (place->device)), !=, SL_INTAKE_CAMERA_NONE);
  g_assert_cmpstr (sl_device_get_settings (place->device)->camera_source, ==, "/dev/video0");
  choose (place, "Show its picture like a mirror: No");
  g_assert_false (sl_device_get_settings (place->device)->is_mirrored);
}

static void
test_scanner (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  show (place);
  screen_tap (screen, "Scanner");
  screen_wait (screen, "Scan something.");
  g_assert_cmpint (write (place->scanner, "6001240100016\r", 14), ==, 14);
  screen_wait (screen, "✓ Read: a code of another kind, “6001240100016”");
  choose (place, "Which scanner is used: No scanner");
  g_assert_null (sl_device_get_settings (place->device)->scanner_source);
  g_autofree char *source = written (place, "scanner", "source");
  g_assert_cmpstr (source, ==, "none");
}

static void
test_scanner_missing (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  write_file (place->root->path, "dev/ttyACM7", "");
  write_file (place->root->path, "dev/input/by-id/usb-Some_Scanner-event-kbd", "");
  show (place);
  screen_tap (screen, "Scanner");
  screen_wait (screen, "Some Scanner");
  choose (place, "Which scanner is used: /dev/ttyACM7");
  screen_wait (screen, "The scanner is not there.");
}

/* By the queue: what is in the folder may still be being written. */
static gboolean
is_printed (Place *place)
{
  g_autoptr (GPtrArray) all = sl_print_queue_list (place->screen.desk.engine, TRUE, NULL);

  return all->len > 0 && ((const SlPrintJob *) all->pdata[0])->state == SL_PRINT_PRINTED;
}

static void
test_printer (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;
  g_autofree char *target = g_strdup_printf ("dir:%s", place->paper->path);

  show (place);
  screen_tap (screen, "Printer");
  screen_wait (screen, "This desk has no printer.");
  g_assert_null (screen_button (screen, "Print a test page"));
  screen_type (screen, "Where the printer for receipts is", "over there");
  screen_tap (screen, "Use this printer");
  screen_wait_said (screen, "That is no place of a printer");
  g_assert_cmpstr (screen_typed (screen, "Where the printer for receipts is"), ==, "over there");
  screen_type (screen, "Where the printer for receipts is", target);
  screen_tap (screen, "Paper: Roll, 58 mm");
  screen_tap (screen, "Use this printer");
  screen_wait_said (screen, "Receipts go to this printer.");
  screen_tap (screen, "Print a test page");
  screen_wait_said (screen, "A test page is on its way");
  screen_wait (screen, "✓ All is printed.");
  while (!is_printed (place))
    g_main_context_iteration (NULL, TRUE);

  /* The folder is gone: it is said, and the page waits. */
  g_autofree char *away = g_strconcat (place->paper->path, ".away", NULL);
  g_assert_cmpint (g_rename (place->paper->path, away), ==, 0);
  screen_tap (screen, "Print a test page");
  screen_wait (screen, "! 1 waiting: the printer does not print");
  g_assert_cmpint (g_rename (away, place->paper->path), ==, 0);
  screen_tap (screen, "Use no printer");
  screen_wait_said (screen, "This desk prints nothing from now on.");
  screen_wait (screen, "This desk has no printer.");
}

static void
test_sounds (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  show (place);
  screen_tap (screen, "Sounds");
  choose (place, "Answers at the door are heard: No");
  g_assert_false (sl_device_get_settings (place->device)->has_sounds);
  screen_tap (screen, "Welcome");
  screen_tap (screen, "Please see reception");
  screen_tap (screen, "Refused");
  choose (place, "Answers at the door are heard: Yes");
  g_assert_true (sl_device_get_settings (place->device)->has_sounds);
}

static void
test_looks_of_all (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;
  int before;

  show (place);
  screen_tap (screen, "Screen");
  screen_wait (screen, "Size of all text");
  before = gtk_widget_get_height (screen_find (screen, "Settings for this device"));
  choose (place, "Size of all text: 150 %");
  while (gtk_widget_get_height (screen_find (screen, "Settings for this device")) < before * 14 / 10)
    g_main_context_iteration (NULL, TRUE);
  choose (place, "Colours: Dark");
  g_assert_true (adw_style_manager_get_dark (adw_style_manager_get_default ()));
  choose (place, "The door speaks: Afrikaans");
  g_autofree char *size = written (place, "ui", "text_percent"), *theme = written (place, "ui", "theme");
  g_autofree char *language = written (place, "ui", "language");
  g_assert_cmpstr (size, ==, "150");
  g_assert_cmpstr (theme, ==, "dark");
  g_assert_cmpstr (language, ==, "af");
}

/* The file is a directory: nothing can be written, by whoever. */
static void
test_not_written (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;
  g_autofree char *path = sl_temp_dir_file (screen->desk.dir, SL_SETTINGS_FILE);

  show (place);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  screen_tap (screen, "Screen");
  choose (place, "Size of all text: 125 %");
  screen_wait_said (screen, "could not be written down");
  g_assert_cmpint (sl_device_get_settings (place->device)->text_percent, ==, 125);
  g_assert_cmpint (g_rmdir (path), ==, 0);

  /* The next time there is room, what was chosen before is written with it. */
  choose (place, "Colours: Dark");
  g_autofree char *size = written (place, "ui", "text_percent");
  g_assert_cmpstr (size, ==, "125");
}

/* The device looks for a backlight as it starts. */
static void
renew_device (Place *place)
{
  sl_device_close (place->device);
  g_object_unref (place->device);
  place->device = sl_device_new (place->screen.desk.dir->path, &(SlSettingsOptions) { 0 }, place->root->path);
  sl_desk_set_device (place->screen.reception, place->device);
}

static void
test_light (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;
  const char *backlight = "sys/class/backlight/panel/brightness";

  write_file (place->root->path, "sys/class/backlight/panel/max_brightness", "1000\n");
  write_file (place->root->path, backlight, "777\n");
  renew_device (place);
  sl_device_set_minute (place->device, 12 * 60);
  show (place);
  screen_tap (screen, "Brightness");
  g_assert_null (screen_button (screen, "By day: 80 %"));
  g_autofree char *untouched = read_file (place->root->path, backlight);
  g_assert_cmpstr (untouched, ==, "777\n");
  choose (place, "Follows the time of day: Yes");
  choose (place, "By day: 80 %");
  g_autofree char *day = read_file (place->root->path, backlight);
  g_assert_cmpstr (day, ==, "800");
  choose (place, "By night: 40 %");
  choose (place, "The night begins at: 18:00");
  sl_device_set_minute (place->device, 17 * 60 + 59);
  g_autofree char *still = read_file (place->root->path, backlight);
  g_assert_cmpstr (still, ==, "800");
  sl_device_set_minute (place->device, 18 * 60);
  g_autofree char *night = read_file (place->root->path, backlight);
  g_assert_cmpstr (night, ==, "400");

  /* Written by hand, darker than anybody can read: the program does not go there. */
  sl_device_choose (place->device, "light", "night", "1");
  g_autofree char *dark = read_file (place->root->path, backlight);
  g_assert_cmpint (atoi (dark), >=, 1000 * SL_SETTINGS_LIGHT_MIN_PERCENT / 100);
}

static gboolean
is_as_bright (gpointer place, const char *text)
{
  g_autofree char *now = read_file (((Place *) place)->root->path, "sys/class/backlight/panel/brightness");

  return g_str_equal (now, text);
}

static void
wait_light (Place *place, const char *text)
{
  stage_wait (place->screen.window, is_as_bright, place, text);
}

static void
test_light_tried (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  write_file (place->root->path, "sys/class/backlight/panel/max_brightness", "1000\n");
  write_file (place->root->path, "sys/class/backlight/panel/brightness", "777\n");
  renew_device (place);
  sl_device_set_minute (place->device, 12 * 60);
  show (place);
  screen_tap (screen, "Brightness");
  choose (place, "Follows the time of day: Yes");
  choose (place, "By day: 80 %");
  choose (place, "By night: 40 %");
  screen_tap (screen, "By night: Try it");
  screen_wait_said (screen, "As bright as by night. It goes back by itself.");
  wait_light (place, "400");
  sl_device_set_minute (place->device, 12 * 60 + 1); /* the hour does not end it */
  wait_light (place, "400");
  wait_light (place, "800");

  /* Whoever chooses another meanwhile sees that. */
  sl_device_set_minute (place->device, 22 * 60);
  wait_light (place, "400");
  screen_tap (screen, "By day: Try it");
  wait_light (place, "800");
  choose (place, "By night: 20 %");
  wait_light (place, "200");

  /* It has gone meanwhile: said, and nothing waited for. */
  g_autofree char *brightness = g_build_filename (place->root->path, "sys/class/backlight/panel/max_brightness", NULL);
  g_assert_cmpint (g_remove (brightness), ==, 0);
  screen_tap (screen, "By day: Try it");
  screen_wait (screen, "! The brightness could not be set:");
}

static void
test_sample (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  show (place);
  screen_tap (screen, "Screen");
  screen_wait (screen, "The door speaks");
  g_assert_false (screen_shows (screen, "Hold your pass here"));
  screen_tap (screen, "The door speaks: Show a sample");
  screen_wait (screen, "Hold your pass here");
  screen_wait (screen, "Mon 2 March · 06:00 · R1\u00a0250.50");
  choose (place, "The door speaks: Afrikaans");
  screen_wait (screen, "Hou jou pas hier");
  screen_wait (screen, "Ma 2 Maart · 06:00 · R1\u00a0250.50");
  g_assert_true (screen_shows (screen, "The door speaks")); /* reception keeps its own */
}

static void
test_no_light (Place *place, gconstpointer data)
{
  show (place);
  screen_tap (&place->screen, "Brightness");
  screen_wait (&place->screen, "The brightness of this screen cannot be set from here");
  g_assert_null (screen_button (&place->screen, "Follows the time of day: Yes"));
}

static char *
pay_link (Screen *screen)
{
  g_auto (SlInvoiceDetails) details = { NULL };

  g_assert_true (sl_invoice_details_get (screen->desk.engine, &details, NULL));
  return g_steal_pointer (&details.pay_link);
}

static void
test_pay_link (Place *place, gconstpointer data)
{
  static const char *const good = "https://pos.snapscan.io/qr/x?id={reference}&amount={cents}";
  Screen *screen = &place->screen;
  g_autofree char *none = NULL, *set = NULL, *gone = NULL;

  show (place);
  screen_tap (screen, "Payments");
  screen_type (screen, "Link to pay by, at every desk of the studio", "https://pos.snapscan.io/qr/x");
  screen_tap (screen, "Use this link");
  screen_wait_said (screen, "That is no link to pay by");
  none = pay_link (screen);
  g_assert_null (none);
  screen_type (screen, "Link to pay by, at every desk of the studio", good);
  screen_tap (screen, "Use this link");
  screen_wait_said (screen, "Codes to pay by lead to this link.");
  set = pay_link (screen);
  g_assert_cmpstr (set, ==, good);

  /* It stands there for whoever comes next, and goes when they take it away. */
  screen_show (screen, sl_desk_settings_new);
  screen_wait (screen, "Link to pay by, at every desk of the studio");
  while (*screen_typed (screen, "Link to pay by, at every desk of the studio") == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (screen_typed (screen, "Link to pay by, at every desk of the studio"), ==, good);
  screen_type (screen, "Link to pay by, at every desk of the studio", "");
  screen_tap (screen, "Use this link");
  screen_wait_said (screen, "No codes to pay by are shown from now on.");
  gone = pay_link (screen);
  g_assert_null (gone);
}

static void
test_leave (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  show (place);
  screen_tap (screen, "Leave");
  screen_tap (screen, "Leave the desk program");
  screen_wait_asked (screen);
  g_assert_false (place->has_left);
  sl_desk_refuse_approval (screen->reception);
  screen_wait_said (screen, "A manager has to approve this.");
  g_assert_false (place->has_left);

  /* Not everybody's PIN opens the way out. */
  screen->asked = FALSE;
  screen_tap (screen, "Leave the desk program");
  screen_approve (screen, SL_ROLE_RECEPTIONIST);
  screen_wait_said (screen, "A manager has to approve this.");
  g_assert_false (place->has_left);
  screen->asked = FALSE;
  screen_tap (screen, "Leave the desk program");
  screen_approve (screen, SL_ROLE_MANAGER);
  while (!place->has_left)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_not_for_reception (Place *place, gconstpointer data)
{
  Screen *screen = &place->screen;

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_settings_new);
  screen_tap (screen, "Sounds");
  screen_tap (screen, "Answers at the door are heard: No");
  screen_wait_said (screen, "");
  g_assert_true (sl_device_get_settings (place->device)->has_sounds);
}

static const char *shown_tab;

static void
fill (Screen *screen)
{
  sl_settings_page_show_tab (SL_SETTINGS_PAGE (screen->section), shown_tab);
  g_signal_emit_by_name (screen->section, "sample-wanted"); /* on one of them it is seen */
  look_settle (screen->window);
}

static void
test_looks (Place *place, gconstpointer data)
{
  static const char *const tabs[] = { "camera", "scanner", "printer", "payments", "sounds", "screen", "light",
                                      "leave" };

  write_file (place->root->path, "dev/ttyACM0", "");
  write_file (place->root->path, "dev/input/by-id/usb-Honeywell_Voyager_1450g-event-kbd", "");
  write_file (place->root->path, "sys/class/backlight/panel/max_brightness", "1000\n");
  write_file (place->root->path, "sys/class/backlight/panel/brightness", "1000\n");
  hold_out (place, "1.png", "hello");
  renew_device (place);
  while (sl_intake_get_camera (sl_device_get_intake (place->device)) != SL_INTAKE_CAMERA_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  screen_sign_in (&place->screen, SL_ROLE_MANAGER);
  sl_device_choose (place->device, "light", "managed", "true");
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_autofree char *name = g_strdup_printf ("settings-%s", tabs[i]);

      shown_tab = tabs[i];
      screen_check_looks (&place->screen, name, sl_desk_settings_new, fill);
    }
}

static void
test_style (void)
{
  g_autofree char *larger = sl_text_size_make_style ("@define-color a #fff;\n/* font-size: 9px; { */\n"
                                                     "a, b > c { color: @a; font-size: 20px; }\n.d { margin: 2px; }\n"
                                                     "e { font-size: 30px }", 150);

  g_assert_cmpstr (larger, ==, "a, b > c { font-size: 30px; }\ne { font-size: 45px; }\n");
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Place, NULL, set_up, func, tear_down)
  TEST ("/sl/desk-settings/camera-is-tried-and-chosen", test_camera);
  TEST ("/sl/desk-settings/scanner-is-tried-and-chosen", test_scanner);
  TEST ("/sl/desk-settings/missing-scanner-is-said", test_scanner_missing);
  TEST ("/sl/desk-settings/printer-is-set-and-prints-a-page", test_printer);
  TEST ("/sl/desk-settings/sounds-are-heard-and-turned-off", test_sounds);
  TEST ("/sl/desk-settings/text-colours-and-language-hold-at-once", test_looks_of_all);
  TEST ("/sl/desk-settings/what-cannot-be-written-is-said-and-kept", test_not_written);
  TEST ("/sl/desk-settings/light-follows-the-hour-and-is-never-black", test_light);
  TEST ("/sl/desk-settings/brightness-is-tried-and-goes-back", test_light_tried);
  TEST ("/sl/desk-settings/language-shows-a-sample-of-itself", test_sample);
  TEST ("/sl/desk-settings/screen-without-light-says-so", test_no_light);
  TEST ("/sl/desk-settings/link-to-pay-by-is-set", test_pay_link);
  TEST ("/sl/desk-settings/leaving-takes-a-managers-pin", test_leave);
  TEST ("/sl/desk-settings/reception-may-not-change-them", test_not_for_reception);
  TEST ("/sl/desk-settings/fits-every-screen", test_looks);
  g_test_add_func ("/sl/desk-settings/only-sizes-of-text-are-made-larger", test_style);
  return g_test_run ();
}
