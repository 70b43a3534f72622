/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-first-start"

#include "kiosk/first-start.h"

#include "device-parts.h"
#include "look-walk.h"
#include "page-look.h"
#include "section-screen.h"

#include "core/error.h"
#include "engine/exchange.h"
#include "kiosk/application.h"
#include "kiosk/door-window.h"
#include "language.h"
#include "widget-search.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* A device without a studio: the whole application in this process, and who sets it up taps and types what they read.
 * Its disk can be held up or full. */

#define OWNER "Busi Khoza"
#define OWNER_PIN "905173"
#define NO_PLACE "/sys/studioloop" /* where nobody can write, root neither */
#define FRAMES_MEANWHILE 10

typedef struct {
  DiskGate disk;
  SlTempDir *dir, *camera;
  char *data;
  SlFakeWorld world;
  SlApplication *application;
  Screen screen;       /* only its window: what is there, tapped and typed */
} Device;

static void
set_up (Device *device, gconstpointer data)
{
  disk_gate_init (&device->disk);
  device->dir = sl_temp_dir_new ();
  device->camera = sl_temp_dir_new ();
  device->data = sl_temp_dir_file (device->dir, "data");
  sl_fake_world_init (&device->world, MORNING, 7);
  sl_language_use ("en");
}

static void
quit (gpointer application)
{
  g_application_quit (application);
}

static void
stop (Device *device)
{
  GApplication *application = G_APPLICATION (device->application);

  if (application == NULL)
    return;
  device->application = NULL;
  device->screen.window = NULL;
  /* Run, it ends as it does on a device. */
  g_idle_add_once (quit, application);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (application);
}

static void
tear_down (Device *device, gconstpointer data)
{
  disk_gate_set (&device->disk, FALSE);
  stop (device);
  g_free (device->data);
  sl_temp_dir_free (device->camera);
  sl_temp_dir_free (device->dir);
  disk_gate_clear (&device->disk);
  sl_language_use ("en");
}

/* Starts the application as it comes from its box; its camera looks at a folder of pictures. */
static void
start (Device *device)
{
  g_autofree char *ini = g_build_filename (device->data, "device.ini", NULL);
  g_autofree char *text = g_strdup_printf ("[camera]\nsource=%s\n[ui]\nsounds=false\n", device->camera->path);

  if (g_str_has_prefix (device->data, device->dir->path) && g_mkdir_with_parents (device->data, 0700) == 0)
    g_assert_true (g_file_set_contents (ini, text, -1, NULL));
  g_setenv ("STUDIOLOOP_DATA", device->data, TRUE);
  device->application = sl_application_new (&device->world.base);
  g_assert_true (g_application_register (G_APPLICATION (device->application), NULL, NULL));
  g_application_activate (G_APPLICATION (device->application));
  device->screen.window = GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (device->application)));
  screen_wait (&device->screen, "Set up a new studio");
}

static gboolean
has_file (Device *device, const char *name)
{
  g_autofree char *path = g_build_filename (device->data, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static SlDoorShows
shown_page (Device *device)
{
  return sl_door_window_get_shown (SL_DOOR_WINDOW (device->screen.window));
}

/* Answers the questions of the first steps, up to the one before the studio is made. */
static void
answer (Device *device)
{
  Screen *screen = &device->screen;

  screen_tap (screen, "Set up a new studio");
  screen_type (screen, "The studio's name", "Fynbos Fitness");
  screen_type (screen, "The name of this place, such as its part of town", "Sea Point");
  screen_tap (screen, "Next");
  screen_type (screen, "The owner's name", OWNER);
  screen_type (screen, "PIN", OWNER_PIN);
  screen_type (screen, "The same PIN again", OWNER_PIN);
  screen_tap (screen, "Next");
  screen_wait (screen, "How do you want to begin?");
}

static void
start_and_answer (Device *device)
{
  start (device);
  answer (device);
}

/* Up to the phrase that is to be written down. */
static void
make_studio (Device *device)
{
  start_and_answer (device);
  screen_tap (&device->screen, "Set up the studio");
  screen_wait (&device->screen, "Write this down");
}

static void
collect_phrase (GtkWidget *widget, GString *phrase)
{
  if (gtk_widget_has_css_class (widget, "first-phrase"))
    g_string_append (phrase, gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_phrase (child, phrase);
}

/* The door opens behind it as soon as there is a studio: the phrase stays all the same. */
static void
wait_for_door_behind (Device *device)
{
  while (widget_search (device->screen.window, SEARCH_ALL, widget_says, "Fynbos Fitness · Sea Point") == NULL)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (shown_page (device), ==, SL_DOOR_SHOWS_FIRST);
}

/* From the phrase to the check-in page. (transfer full): the phrase, as somebody writes it down. */
static char *
finish (Device *device)
{
  Screen *screen = &device->screen;
  GString *phrase = g_string_new (NULL);

  screen_wait (screen, "Write this down");
  wait_for_door_behind (device);
  collect_phrase (screen->window, phrase);
  screen_tap (screen, "I have written it down");
  screen_tap (screen, "Go on without a test");
  screen_tap (screen, "Go on without a printer");
  screen_wait (screen, "The door is open");
  screen_tap (screen, "Show the check-in page");
  screen_wait (screen, "Fynbos Fitness · Sea Point");
  while (shown_page (device) != SL_DOOR_SHOWS_START)
    g_main_context_iteration (NULL, TRUE);
  return g_string_free (phrase, FALSE);
}

/* At the desk, by the name and the PIN that were just chosen. */
static void
sign_in (Device *device)
{
  Screen *screen = &device->screen;

  screen_tap (screen, "Reception");
  screen_tap (screen, OWNER);
  for (const char *digit = OWNER_PIN; *digit != '\0'; digit++)
    {
      const char text[] = { *digit, '\0' };

      screen_tap (screen, text);
    }
  screen_tap (screen, "OK");
  screen_wait_gone (screen, "Who is at the desk?");
  screen_wait (screen, "Walk-in");
}

static void
restores_by (Device *device, const char *phrase)
{
  g_autofree char *file = sl_temp_dir_file (device->dir, "backup"), *other = sl_temp_dir_file (device->dir, "other");
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlRestoreResult restored = { 0 };
  SlActor owner;
  SlEngine *engine = sl_engine_open (device->data, &device->world.base, &error);

  g_assert_no_error (error);
  sl_actor_init_owner (&owner);
  g_assert_true (sl_exchange_backup (engine, &owner, file, &refusal, &error));
  sl_engine_close (engine);
  g_assert_true (sl_oplog_restore (other, &device->world.base, file, phrase, &restored, &error));
  g_assert_no_error (error);
  sl_restore_result_clear (&restored);
}

static void
test_new_studio (Device *device, gconstpointer data)
{
  start_and_answer (device);
  /* Nothing was written so far. */
  g_assert_false (has_file (device, "studioloop.db"));
  g_assert_false (has_file (device, "founding"));
  screen_tap (&device->screen, "Set up the studio");
  g_autofree char *phrase = finish (device);
  sign_in (device);
  stop (device);
  restores_by (device, phrase);
}

/* Starts it again where there is a studio already. */
static void
start_again (Device *device)
{
  device->application = sl_application_new (&device->world.base);
  g_assert_true (g_application_register (G_APPLICATION (device->application), NULL, NULL));
  g_application_activate (G_APPLICATION (device->application));
  device->screen.window = GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (device->application)));
}

/* The power fails while the phrase is shown: it is lost, and a new one can be had. */
static void
test_phrase_lost (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  make_studio (device);
  stop (device);

  start_again (device);
  screen_wait (screen, "Is the recovery phrase written down?");
  screen_tap (screen, "Make a new phrase");
  screen_wait (screen, "Type the owner's PIN.");
  screen_type (screen, "The owner's PIN", "318642");
  screen_tap (screen, "Make a new phrase");
  screen_wait (screen, "The PIN is wrong.");
  screen_type (screen, "The owner's PIN", OWNER_PIN);
  screen_tap (screen, "Make a new phrase");
  g_autofree char *phrase = finish (device);
  stop (device);
  restores_by (device, phrase);

  /* It is on paper: nobody asks again. */
  start_again (device);
  screen_wait (screen, "Fynbos Fitness · Sea Point");
  g_assert_cmpint (shown_page (device), ==, SL_DOOR_SHOWS_START);
}

/* Whoever is there may not be the owner: the door opens, and the next start asks again. */
static void
test_phrase_later (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  make_studio (device);
  stop (device);
  for (int i = 0; i < 2; i++)
    {
      start_again (device);
      screen_wait (screen, "Is the recovery phrase written down?");
      screen_tap (screen, "Not now");
      while (shown_page (device) != SL_DOOR_SHOWS_START)
        g_main_context_iteration (NULL, TRUE);
      stop (device);
    }
}

static void
test_camera (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  make_studio (device);
  screen_tap (screen, "I have written it down");
  screen_wait (screen, "Nothing read yet");
  camera_hold_out (device->camera, device->dir, "Rooibos tea 40 bags");
  screen_wait (screen, "It works. This was read:");
  screen_wait (screen, "Rooibos tea 40 bags");
  screen_tap (screen, "Next");
  screen_tap (screen, "Go on without a printer");
  screen_tap (screen, "Show the check-in page");
  screen_wait (screen, "Fynbos Fitness · Sea Point");
}

/* A folder takes the paper's place. */
static gboolean
has_paper (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) != NULL;
}

static void
test_printer (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;
  g_autofree char *folder = sl_temp_dir_file (device->dir, "paper"), *place = g_strconcat ("dir:", folder, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  make_studio (device);
  wait_for_door_behind (device);
  screen_tap (screen, "I have written it down");
  screen_tap (screen, "Go on without a test");
  screen_tap (screen, "Print a test page");
  screen_wait (screen, "Say where the printer is, or go on without one.");
  screen_type (screen, "Where the printer for receipts is", "somewhere");
  screen_tap (screen, "Print a test page");
  screen_wait (screen, "That is no place of a printer");
  screen_type (screen, "Where the printer for receipts is", place);
  screen_tap (screen, "Print a test page");
  screen_wait (screen, "A test page is on its way to the printer.");
  while (!has_paper (folder))
    g_main_context_iteration (NULL, TRUE);
  screen_tap (screen, "Next");
  screen_wait (screen, "The door is open");
  screen_wait (screen, "“Several, from a file”");
  g_assert_false (screen_shows (screen, "A printer for receipts is set up under Settings"));
  screen_tap (screen, "Show the check-in page");
  sign_in (device);
}

static void
test_samples (Device *device, gconstpointer data)
{
  start_and_answer (device);
  screen_tap (&device->screen, "Try with sample members");
  screen_wait (&device->screen, "Chosen");
  screen_tap (&device->screen, "Set up the studio");
  g_free (finish (device));
  screen_wait (&device->screen, "Vinyasa Flow");
  sign_in (device);
}

static void
test_second_pin (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  start (device);
  screen_tap (screen, "Set up a new studio");
  screen_tap (screen, "Next");
  screen_wait (screen, "Give the studio a name.");
  screen_type (screen, "The studio's name", "Fynbos Fitness");
  screen_type (screen, "The name of this place, such as its part of town", "Sea Point");
  screen_tap (screen, "Next");
  screen_type (screen, "The owner's name", OWNER);
  screen_type (screen, "PIN", "90517");
  screen_tap (screen, "Next");
  screen_wait (screen, "The PIN needs six digits or more.");
  screen_type (screen, "PIN", "123456");
  screen_tap (screen, "Next");
  screen_wait (screen, "That PIN is one of the first that anybody would try.");
  screen_type (screen, "PIN", OWNER_PIN);
  screen_type (screen, "The same PIN again", "905137");
  screen_tap (screen, "Next");
  screen_wait (screen, "The two PINs are not the same.");
  g_assert_cmpstr (screen_typed (screen, "PIN"), ==, OWNER_PIN);
  g_assert_false (has_file (device, "studioloop.db"));
  screen_type (screen, "The same PIN again", OWNER_PIN);
  screen_tap (screen, "Next");
  screen_wait (screen, "How do you want to begin?");
}

static void
test_back_keeps (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  start_and_answer (device);
  screen_tap (screen, "Back");
  screen_wait (screen, "The owner's name");
  g_assert_cmpstr (screen_typed (screen, "The owner's name"), ==, OWNER);
  g_assert_cmpstr (screen_typed (screen, "PIN"), ==, OWNER_PIN);
  g_assert_cmpstr (screen_typed (screen, "The same PIN again"), ==, OWNER_PIN);
  screen_tap (screen, "Back");
  g_assert_cmpstr (screen_typed (screen, "The studio's name"), ==, "Fynbos Fitness");
  screen_tap (screen, "Time zone: Johannesburg");
  screen_type (screen, "Search for a city", "windh");
  screen_wait_gone (screen, "Gaborone");
  screen_tap (screen, "Windhoek");
  screen_wait (screen, "Time zone: Windhoek");
  screen_tap (screen, "Back");

  /* Another language changes the words, not what was typed. */
  screen_tap (screen, "Afrikaans");
  screen_tap (screen, "Stel ’n nuwe studio op");
  g_assert_cmpstr (screen_typed (screen, "Die studio se naam"), ==, "Fynbos Fitness");
  screen_wait (screen, "Tydsone: Windhoek");
  screen_tap (screen, "Volgende");
  screen_tap (screen, "Volgende");
  screen_tap (screen, "Stel die studio op");
  screen_tap (screen, "Ek het dit neergeskryf");
  screen_tap (screen, "Gaan aan sonder ’n toets");
  screen_tap (screen, "Gaan aan sonder ’n drukker");
  screen_tap (screen, "Wys die inklokbladsy");
  screen_wait (screen, "Fynbos Fitness · Sea Point");
  stop (device);
  /* The language was chosen for good. */
  g_autofree char *ini = g_build_filename (device->data, "device.ini", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (ini, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "language=af"));
  SlEngine *engine = sl_engine_open (device->data, &device->world.base, NULL);
  g_assert_cmpstr (g_time_zone_get_identifier (sl_engine_time_zone (engine)), ==, "Africa/Windhoek");
  sl_engine_close (engine);
}

static void
test_join (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  start (device);
  screen_tap (screen, "Join a studio");
  screen_wait (screen, "Waiting for a code");
  g_assert_cmpint (shown_page (device), ==, SL_DOOR_SHOWS_PAIR);
  screen_tap (screen, "Back");
  screen_wait (screen, "Set up a new studio");
}

/* A hub that is not there is asked: the code was taken without a tap. */
static void
test_join_by_code (Device *device, gconstpointer data)
{
  start (device);
  camera_hold_out (device->camera, device->dir, "http://127.0.0.1:1#D7WB-WXHK-NK4P");
  screen_wait (&device->screen, "The hub can't be reached");
  g_assert_cmpint (shown_page (device), ==, SL_DOOR_SHOWS_PAIR);
}

static void
test_full_disk (Device *device, gconstpointer data)
{
  Screen *screen = &device->screen;

  start_and_answer (device);
  sl_trace_vfs_fail (device->disk.vfs, SL_TRACE_WRITE, SL_TRACE_ANY_FILE, 3, SQLITE_FULL, ENOSPC, TRUE);
  screen_tap (screen, "Set up the studio");
  screen_wait (screen, "The disk is full.");
  screen_wait (screen, "Nothing was set up");
  g_assert_false (has_file (device, "studioloop.db"));
  g_assert_false (has_file (device, "founding"));
  g_assert_false (has_file (device, "identity"));

  sl_trace_vfs_heal (device->disk.vfs);
  screen_tap (screen, "Try again");
  g_free (finish (device));
  sign_in (device);
}

static void
test_read_only (Device *device, gconstpointer data)
{
  if (g_access (NO_PLACE, F_OK) == 0 || g_mkdir (NO_PLACE, 0700) == 0)
    {
      g_test_skip (NO_PLACE " can be written here");
      return;
    }
  g_free (device->data);
  device->data = g_strdup (NO_PLACE);
  start_and_answer (device);
  screen_tap (&device->screen, "Set up the studio");
  screen_wait (&device->screen, NO_PLACE " can't be written.");
  screen_tap (&device->screen, "Try again");
  screen_wait (&device->screen, NO_PLACE " can't be written.");
  screen_tap (&device->screen, "Back");
  screen_wait (&device->screen, "How do you want to begin?");
}

/* What a power cut has left of an earlier try. */
static void
test_half_a_studio (Device *device, gconstpointer data)
{
  g_autofree char *work = g_build_filename (device->data, "founding", NULL);
  g_autofree char *half = g_build_filename (work, "identity", NULL);

  g_assert_cmpint (g_mkdir_with_parents (work, 0700), ==, 0);
  g_assert_true (g_file_set_contents (half, "half", -1, NULL));
  make_studio (device);
  g_free (finish (device));
  g_assert_false (has_file (device, "founding"));
}

static void
test_page_lives (Device *device, gconstpointer data)
{
  start_and_answer (device);
  disk_gate_set (&device->disk, TRUE);
  screen_tap (&device->screen, "Set up the studio");
  while (!disk_gate_is_waiting (&device->disk))
    g_main_context_iteration (NULL, TRUE);
  look_draw (device->screen.window, FRAMES_MEANWHILE);
  g_assert_nonnull (screen_find (&device->screen, "Setting up"));
  g_assert_true (disk_gate_is_waiting (&device->disk));
  disk_gate_set (&device->disk, FALSE);
  g_free (finish (device));
}

/* --- how it looks --- */

static const char *const step_names[] = {
  [SL_FIRST_WELCOME] = "welcome", [SL_FIRST_STUDIO] = "studio", [SL_FIRST_ZONE] = "zone", [SL_FIRST_OWNER] = "owner",
  [SL_FIRST_BEGIN] = "begin",     [SL_FIRST_MAKING] = "making", [SL_FIRST_FAILED] = "failed",
  [SL_FIRST_LOST] = "lost",       [SL_FIRST_PHRASE] = "phrase",   [SL_FIRST_CAMERA] = "camera",
  [SL_FIRST_PRINTER] = "printer", [SL_FIRST_DONE] = "done",
};
G_STATIC_ASSERT (G_N_ELEMENTS (step_names) == SL_FIRST_LAST);

static void
fill_draft (SlFirstDraft *draft)
{
  sl_first_draft_init (draft, "America/Argentina/Buenos_Aires");
  g_free (draft->studio);
  draft->studio = g_strdup ("Fynbos Fitness");
  g_free (draft->owner);
  draft->owner = g_strdup (OWNER);
  g_free (draft->pin);
  draft->pin = g_strdup (OWNER_PIN);
}

/* Without actions all buttons would be out of use. */
static void
add_actions (GtkWidget *window)
{
  static const char *const named[] = { "language", "new", "join", "zones", "zone", "begin", NULL };
  static const char *const plain[] = { "next", "again", "renew", "later", "print", "no-printer", NULL };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (guint i = 0; named[i] != NULL; i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (named[i], G_VARIANT_TYPE_STRING);

      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  for (guint i = 0; plain[i] != NULL; i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (plain[i], NULL);

      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (window, SL_FIRST_START_ACTIONS, G_ACTION_GROUP (group));
}

static void
check_step (const Look *look, gpointer data)
{
  static const int sizes[LOOK_SIZES][2] = { { 1280, 800 }, { 1920, 1080 }, { 1080, 1920 } };
  SlFirstStep step = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = g_error_new (SL_ERROR, SL_ERROR_READ_ONLY, "making /var/lib/studioloop: Read-only file "
                                          "system");
  g_autoptr (GPtrArray) zones = g_ptr_array_new ();
  g_autofree char *where = look_where (look, step_names[step]);
  const SlFirstFacts facts = { "/var/lib/studioloop", zones, "ABCD-EF23-GH45-JKLM-NPQR-STUV-WXYZ-2345", error,
                               step == SL_FIRST_WELCOME ? SL_CAMERA_SHOWN_MISSING : SL_CAMERA_SHOWN_STARTING,
                               "https://shop.example/rooibos?pack=40", look->percent == 150 };
  GtkWidget *window = gtk_window_new ();
  SlFirstDraft draft;

  add_actions (window);
  fill_draft (&draft);
  draft.wants_samples = look->percent == 150;
  g_ptr_array_add (zones, (gpointer) "Africa/Johannesburg");
  g_ptr_array_add (zones, (gpointer) "America/Argentina/Buenos_Aires");
  SlFirstPage page = sl_first_start_page_new (step, &draft, &facts);
  if (step == SL_FIRST_OWNER)
    sl_member_page_say (page.page, "The two PINs are not the same. Type the second one again, or both.");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), sizes[look->size][0], sizes[look->size][1]);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page.page));
  gtk_window_present (GTK_WINDOW (window));
  while (gtk_widget_get_width (GTK_WIDGET (page.page)) == 0)
    g_main_context_iteration (NULL, TRUE);
  look_settle (window);
  gtk_window_set_default_size (GTK_WINDOW (window), sizes[look->size][0], sizes[look->size][1]);
  look_settle (window);
  look_check (window, where);
  look_picture (window, look, step_names[step]);
  g_assert_cmpint (gtk_widget_get_width (window), ==, sizes[look->size][0]);
  g_assert_cmpint (gtk_widget_get_height (window), ==, sizes[look->size][1]);
  gtk_window_destroy (GTK_WINDOW (window));
  sl_first_draft_clear (&draft);
}

static void
test_looks (gconstpointer step)
{
  look_each (check_step, (gpointer) step);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
  for (int step = 0; step < SL_FIRST_LAST; step++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/first-start/fits-every-screen/%s", step_names[step]);

      g_test_add_data_func (path, GINT_TO_POINTER (step), test_looks);
    }
#define TEST(path, func) g_test_add ("/sl/first-start/" path, Device, NULL, set_up, func, tear_down)
  TEST ("new-studio-is-opened-by-its-owner-and-restored-by-its-phrase", test_new_studio);
  TEST ("phrase-that-was-never-written-down-is-made-anew", test_phrase_lost);
  TEST ("phrase-can-be-made-later", test_phrase_later);
  TEST ("camera-test-says-what-it-read", test_camera);
  TEST ("printer-test-puts-a-page-on-paper", test_printer);
  TEST ("sample-members-come-with-the-owners-own-pin", test_samples);
  TEST ("wrong-second-pin-is-said-and-nothing-is-written", test_second_pin);
  TEST ("back-and-another-language-keep-what-was-typed", test_back_keeps);
  TEST ("join-reaches-pairing-and-back", test_join);
  TEST ("code-before-the-camera-pairs-without-a-tap", test_join_by_code);
  TEST ("full-disk-is-said-and-tried-again", test_full_disk);
  TEST ("read-only-directory-is-said", test_read_only);
  TEST ("half-a-studio-of-a-power-cut-is-no-studio", test_half_a_studio);
  TEST ("page-lives-while-the-studio-is-made", test_page_lives);
  return g_test_run ();
}
