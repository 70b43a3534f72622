/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/small-file.h"

#include <glib/gstdio.h>

#include "temp-dir.h"

#define MOST 10

static void
assert_refused (const char *path)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_assert_null (sl_small_file_read (path, MOST, &length, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
is_read_whole_up_to_its_most (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, "small");
  static const gsize lengths[] = { 0, 1, MOST };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gsize length = 99;
      g_assert_true (g_file_set_contents (path, "a\0cdefghij", (gssize) lengths[i], NULL));
      g_autofree char *text = sl_small_file_read (path, MOST, &length, NULL);
      g_assert_cmpmem (text, length, "a\0cdefghij", lengths[i]);
      g_assert_cmpint (text[length], ==, '\0');
    }
  g_assert_true (g_file_set_contents (path, "a\0cdefghijk", MOST + 1, NULL));
  assert_refused (path);
}

static void
what_has_no_end_is_given_up (void)
{
  assert_refused ("/dev/zero");
}

static void
what_is_not_there_or_no_file_is_bad_input (void)
{
  assert_refused ("");
  assert_refused ("/nowhere/at all");
  assert_refused ("/");
}

static void
a_line_without_an_end_is_cut (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, "lines");
  g_autoptr (GString) line = g_string_new ("before");
  g_assert_true (g_file_set_contents (path, "one\n\nt\0o", 8, NULL));
  FILE *file = fopen (path, "re");
  static const struct { const char *text; gsize length; } lines[] = { { "one\n", 4 }, { "\n", 1 }, { "t\0o", 3 } };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_assert_true (sl_line_read (file, MOST, line));
      g_assert_cmpmem (line->str, line->len, lines[i].text, lines[i].length);
    }
  g_assert_false (sl_line_read (file, MOST, line));
  (void) fclose (file);
  file = fopen ("/dev/zero", "re");
  g_assert_true (sl_line_read (file, MOST, line));
  g_assert_cmpuint (line->len, ==, MOST + 1);
  (void) fclose (file);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/small-file/is-read-whole-up-to-its-most", is_read_whole_up_to_its_most);
  g_test_add_func ("/sl/small-file/what-has-no-end-is-given-up", what_has_no_end_is_given_up);
  g_test_add_func ("/sl/small-file/what-is-not-there-or-no-file-is-bad-input",
                   what_is_not_there_or_no_file_is_bad_input);
  g_test_add_func ("/sl/small-file/a-line-without-an-end-is-cut", a_line_without_an_end_is_cut);
  return g_test_run ();
}
