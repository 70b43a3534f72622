/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-scanner"

#include "scan/scanner-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/input.h>
#include <pty.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/error.h"
#include "scan/lines.h"

#define GIVE_UP_S 60 /* only a hanging scanner gets here */

typedef struct {
  GMainLoop *loop;
  GPtrArray *lines; /* (element-type utf8) "(none)" for what is no text */
  SlScannerState state;
  guint states;
  char *reason;
  gboolean gave_up;
  SlScanner *to_free; /* (nullable) by the next line */
} Told;

static void
told_init (Told *told)
{
  *told = (Told){ .loop = g_main_loop_new (NULL, FALSE), .lines = g_ptr_array_new_with_free_func (g_free) };
}

static void
told_clear (Told *told)
{
  g_main_loop_unref (told->loop);
  g_ptr_array_unref (told->lines);
  g_free (told->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static void
on_state (SlScanner *scanner, SlScannerState state, const char *reason, gpointer user_data)
{
  Told *told = user_data;

  told->state = state;
  told->states++;
  g_free (told->reason);
  told->reason = g_strdup (reason);
  g_main_loop_quit (told->loop);
}

static void
on_line (SlScanner *scanner, const char *text, gint64 read_us, gpointer user_data)
{
  Told *told = user_data;

  g_ptr_array_add (told->lines, g_strdup (text != NULL ? text : "(none)"));
  g_clear_pointer (&told->to_free, sl_scanner_free);
  g_main_loop_quit (told->loop);
}

static const SlScannerCallbacks callbacks = { on_state, on_line };

static gboolean
on_give_up (gpointer user_data)
{
  Told *told = user_data;

  told->gave_up = TRUE;
  g_main_loop_quit (told->loop);
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Told *told)
{
  guint guard = g_timeout_add_seconds (GIVE_UP_S, on_give_up, told);

  g_main_loop_run (told->loop);
  g_source_remove (guard);
  g_assert_false (told->gave_up);
}

static const char *
next_line (Told *told)
{
  guint before = told->lines->len;

  while (told->lines->len == before)
    wait_for (told);
  return g_ptr_array_index (told->lines, before);
}

static void
send (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
}

/* A line whose other end we hold, as a scanner behind a symbolic link that can be pulled. */
static int
plug_in (const char *link)
{
  int master = -1, slave = -1;
  char name[64];

  g_assert_cmpint (openpty (&master, &slave, name, NULL, NULL), ==, 0);
  g_assert_cmpint (symlink (name, link), ==, 0);
  g_assert_cmpint (close (slave), ==, 0);
  return master;
}

static void
test_serial_lines (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sl-scanner-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "scanner", NULL);
  g_autofree char *source = g_strdup_printf ("serial:%s,115200", link);
  g_autofree char *too_long = g_strnfill (SL_CODE_MAX_BYTES + 100, 'A');
  g_autofree char *longest = g_strnfill (SL_CODE_MAX_BYTES, 'B');
  int master = plug_in (link);
  g_auto (Told) told = { 0 };
  g_autoptr (SlScanner) scanner = NULL;
  g_autoptr (GError) error = NULL;

  told_init (&told);
  scanner = sl_scanner_new (source, &callbacks, &told, &error);
  g_assert_no_error (error);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_RUNNING);

  send (master, "SL1A");
  send (master, "BC\r\n");
  g_assert_cmpstr (next_line (&told), ==, "SL1ABC");
  send (master, "\r\n\r\nsecond\rthird\n");
  g_assert_cmpstr (next_line (&told), ==, "second");
  if (told.lines->len < 3)
    (void) next_line (&told);
  g_assert_cmpstr (g_ptr_array_index (told.lines, 2), ==, "third");

  send (master, longest);
  send (master, "\n");
  g_assert_cmpstr (next_line (&told), ==, longest);
  send (master, too_long);
  send (master, "\nafter\n");
  g_assert_cmpstr (next_line (&told), ==, "(none)");
  if (told.lines->len < 6)
    (void) next_line (&told);
  g_assert_cmpstr (g_ptr_array_index (told.lines, 5), ==, "after");
  send (master, "\x1b[A\x07x\xff\n");
  g_assert_cmpstr (next_line (&told), ==, "(none)"); /* not UTF-8 */
  send (master, "\x08y\n");
  g_assert_cmpstr (next_line (&told), ==, "y");

  g_assert_cmpint (close (master), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_comes_back (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sl-scanner-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "scanner", NULL);
  g_autofree char *source = g_strdup_printf ("serial:%s", link);
  g_auto (Told) told = { 0 };
  g_autoptr (SlScanner) scanner = NULL;
  g_autoptr (GError) error = NULL;
  int master;

  told_init (&told);
  scanner = sl_scanner_new (source, &callbacks, &told, &error);
  g_assert_no_error (error);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_MISSING);
  g_assert_nonnull (strstr (told.reason, link));

  master = plug_in (link);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_RUNNING);
  send (master, "half of a co");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (close (master), ==, 0);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_MISSING);

  master = plug_in (link);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_RUNNING);
  g_assert_cmpuint (told.states, ==, 4); /* each change is told once, however often it was tried */
  send (master, "whole\n");
  g_assert_cmpstr (next_line (&told), ==, "whole");
  g_assert_cmpint (close (master), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
put_key (int fd, guint16 code, gint32 value)
{
  struct input_event event = { .type = EV_KEY, .code = code, .value = value };
  struct input_event sync = { .type = EV_SYN, .code = SYN_REPORT };

  g_assert_cmpint (write (fd, &event, sizeof event), ==, sizeof event);
  g_assert_cmpint (write (fd, &sync, sizeof sync), ==, sizeof sync);
}

static void
type_key (int fd, guint16 code)
{
  put_key (fd, code, 1);
  put_key (fd, code, 2); /* a repeat */
  put_key (fd, code, 0);
}

static void
test_keys (void)
{
  int ends[2];
  g_auto (Told) told = { 0 };
  g_autoptr (SlScanner) scanner = NULL;
  struct input_event lost = { .type = EV_SYN, .code = SYN_DROPPED };

  told_init (&told);
  g_assert_cmpint (pipe (ends), ==, 0);
  scanner = sl_scanner_new_for_fd (ends[0], TRUE, &callbacks, &told);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_RUNNING);

  put_key (ends[1], KEY_LEFTSHIFT, 1);
  type_key (ends[1], KEY_S);
  type_key (ends[1], KEY_L);
  put_key (ends[1], KEY_LEFTSHIFT, 0);
  type_key (ends[1], KEY_1);
  type_key (ends[1], KEY_0);
  type_key (ends[1], KEY_Z);
  put_key (ends[1], KEY_RIGHTSHIFT, 1);
  type_key (ends[1], KEY_SEMICOLON);
  put_key (ends[1], KEY_RIGHTSHIFT, 0);
  type_key (ends[1], KEY_SLASH);
  type_key (ends[1], KEY_F4);
  type_key (ends[1], KEY_BACKSPACE);
  put_key (ends[1], KEY_LEFTALT, 1);
  type_key (ends[1], KEY_X);
  put_key (ends[1], KEY_LEFTALT, 0);
  type_key (ends[1], KEY_ENTER);
  g_assert_cmpstr (next_line (&told), ==, "SL10z:/");

  type_key (ends[1], KEY_A);
  g_assert_cmpint (write (ends[1], &lost, sizeof lost), ==, sizeof lost);
  type_key (ends[1], KEY_B);
  type_key (ends[1], KEY_ENTER);
  type_key (ends[1], KEY_C);
  type_key (ends[1], KEY_KPENTER);
  g_assert_cmpstr (next_line (&told), ==, "c");

  g_assert_cmpint (close (ends[1]), ==, 0);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_MISSING);
}

static void
test_device_that_cannot_be_grabbed_is_not_read (void)
{
  g_auto (Told) told = { 0 };
  g_autoptr (SlScanner) scanner = NULL;
  g_autoptr (GError) error = NULL;

  told_init (&told);
  scanner = sl_scanner_new ("evdev:/dev/null", &callbacks, &told, &error);
  g_assert_no_error (error);
  wait_for (&told);
  g_assert_cmpint (told.state, ==, SL_SCANNER_MISSING);
}

static void
test_callback_may_free_it (void)
{
  int ends[2];
  g_auto (Told) told = { 0 };

  told_init (&told);
  g_assert_cmpint (pipe (ends), ==, 0);
  told.to_free = sl_scanner_new_for_fd (ends[0], FALSE, &callbacks, &told);
  send (ends[1], "one\ntwo\n");
  g_assert_cmpstr (next_line (&told), ==, "one");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (told.lines->len, ==, 1);
  g_assert_cmpint (close (ends[1]), ==, 0);
}

static void
test_refuses_settings (void)
{
  static const char *const bad[] = {
    "", "serial:", "serial:ttyACM0", "serial:/dev/ttyS0,300", "evdev:event0", "/dev/ttyACM0"
  };
  g_auto (Told) told = { 0 };

  told_init (&told);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sl_scanner_new (bad[i], &callbacks, &told, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/scanner/reads-lines-of-a-serial-scanner", test_serial_lines);
  g_test_add_func ("/sl/scanner/comes-back-when-plugged-in-again", test_comes_back);
  g_test_add_func ("/sl/scanner/reads-key-events", test_keys);
  g_test_add_func ("/sl/scanner/does-not-read-what-it-cannot-grab", test_device_that_cannot_be_grabbed_is_not_read);
  g_test_add_func ("/sl/scanner/may-be-freed-by-its-callback", test_callback_may_free_it);
  g_test_add_func ("/sl/scanner/refuses-settings-that-make-no-sense", test_refuses_settings);
  return g_test_run ();
}
