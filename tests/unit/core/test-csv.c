/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/csv.h"

#include <string.h>

#include "core/error.h"
#include "temp-dir.h"

static SlCsv *
open_bytes (const char *data, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  return sl_csv_new (bytes, error);
}

/* All rows as "line:cell|cell", one after the other with blanks between them. */
static char *
read_all (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCsv) csv = open_bytes (text, strlen (text), &error);
  GString *all = g_string_new (NULL);
  SlCsvRow row;
  g_assert_no_error (error);
  while (sl_csv_next (csv, &row, &error))
    {
      g_string_append_printf (all, "%s%" G_GUINT64_FORMAT ":", all->len > 0 ? " " : "", row.line);
      for (guint i = 0; i < row.n_cells; i++)
        g_string_append_printf (all, "%s%s", i > 0 ? "|" : "", row.cells[i]);
    }
  g_assert_no_error (error);
  return g_string_free (all, FALSE);
}

#define assert_rows(text, wanted) \
  G_STMT_START \
  { \
    g_autofree char *rows = read_all (text); \
    g_assert_cmpstr (rows, ==, wanted); \
  } \
  G_STMT_END

/* The error that reading it to its end gives, which it must. */
static char *
error_of (const char *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCsv) csv = open_bytes (data, length, &error);
  SlCsvRow row;
  while (csv != NULL && sl_csv_next (csv, &row, &error))
    ;
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  return g_strdup (error->message);
}

#define assert_error(text, length, wanted) \
  G_STMT_START \
  { \
    g_autofree char *message = error_of (text, length); \
    g_assert_cmpstr (message, ==, wanted); \
  } \
  G_STMT_END

static void
lines_end_in_each_way (void)
{
  assert_rows ("a,b\nc,d\n", "1:a|b 2:c|d");
  assert_rows ("a,b\r\nc,d\r\n", "1:a|b 2:c|d");
  assert_rows ("a,b\rc,d", "1:a|b 2:c|d");
  assert_rows ("a,b\n\n\r\n\rc,d\n\n", "1:a|b 5:c|d");
  assert_rows ("a,\n,\n", "1:a| 2:|");
}

static void
the_separator_is_found_by_the_first_line (void)
{
  assert_rows ("a;b;c\n1,5;2;3\n", "1:a|b|c 2:1,5|2|3");
  assert_rows ("a\tb\n1,5\t2;3\n", "1:a|b 2:1,5|2;3");
  assert_rows ("\"a;b;c\",d\n1,2\n", "1:a;b;c|d 2:1|2");
  assert_rows ("alone\n1;2\n", "1:alone 2:1;2");
  assert_rows ("sep=;\r\na;b,c,d\r\n", "2:a|b,c,d");
  assert_rows ("sep=,\na;b;c\n", "2:a;b;c");
}

static void
quotes_hold_anything (void)
{
  assert_rows ("a,b\n\"x,\"\"y\"\"\",\"two\r\nlines\rmore\"\nc,d\n", "1:a|b 2:x,\"y\"|two\nlines\nmore 5:c|d");
  assert_rows ("a,b\n\"\",\"\"\"\"\n", "1:a|b 2:|\"");
  assert_rows ("a,b\n5\" tall,\"q\" ,\n", "1:a|b 2:5\" tall|q|");
}

static void
refuses_quotes_that_make_no_sense (void)
{
  const char open[] = "a,b\nc,d\n\"e,f\ng,h\n", behind[] = "a,b\n\"c\"d,e\n";
  assert_error (open, strlen (open), "line 3: a quote is not closed");
  assert_error (behind, strlen (behind), "line 2: text behind a closing quote");
}

static void
encodings_are_told_apart (void)
{
  g_autoptr (GError) error = NULL;
  SlCsvRow row;
  const char latin[] = "Zo\xeb,\x80 5,\x93q\x94\n", utf8[] = "\xef\xbb\xbfZo\xc3\xab,b\n";
  g_autoptr (SlCsv) old = open_bytes (latin, strlen (latin), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sl_csv_encoding (old), ==, "windows-1252");
  g_assert_true (sl_csv_next (old, &row, &error));
  g_assert_cmpstr (row.cells[0], ==, "Zoë");
  g_assert_cmpstr (row.cells[1], ==, "€ 5");
  g_assert_cmpstr (row.cells[2], ==, "“q”");
  g_autoptr (SlCsv) marked = open_bytes (utf8, strlen (utf8), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sl_csv_encoding (marked), ==, "utf-8");
  g_assert_true (sl_csv_next (marked, &row, &error));
  g_assert_cmpstr (row.cells[0], ==, "Zoë");
}

static void
refuses_what_is_no_text (void)
{
  const char utf16[] = "\xff\xfe" "a\0,\0b\0\n\0", nul[] = "a,b\r\nc\0d,e\n", none[] = "a,b\n\x81\n";
  const char broken[] = "\xef\xbb\xbf" "a,b\nc\n\xff\n";
  assert_error (utf16, sizeof utf16 - 1, "line 1: the file is in UTF-16: save it as CSV in UTF-8");
  assert_error (nul, sizeof nul - 1, "line 2: a NUL byte: this is no CSV file");
  assert_error (none, sizeof none - 1, "line 2: neither UTF-8 nor Windows-1252 text");
  assert_error (broken, sizeof broken - 1, "line 3: not valid UTF-8, as its mark says it is");
}

static char *
repeat (const char *head, char c, gsize times)
{
  gsize length = strlen (head);
  char *text = g_malloc (length + times + 1);
  memcpy (text, head, length);
  memset (text + length, c, times);
  text[length + times] = '\0';
  return text;
}

static void
limits_are_told_with_the_line (void)
{
  g_autofree char *wide = repeat ("a,b\n", ',', 100000);
  g_autofree char *long_row = repeat ("a,b\n", 'x', SL_CSV_ROW_MAX_BYTES + 1);
  g_autofree char *long_quote = repeat ("a,b\n\"", 'x', SL_CSV_ROW_MAX_BYTES + 1);
  g_autofree char *just = repeat ("a\n", 'x', SL_CSV_ROW_MAX_BYTES);
  assert_error (wide, strlen (wide), "line 2: more than 256 columns");
  assert_error (long_row, strlen (long_row), "line 2: longer than a row can be");
  assert_error (long_quote, strlen (long_quote), "line 2: longer than a row can be; is a quote not closed?");
  g_autofree char *read = read_all (just);
  g_assert_cmpuint (strlen (read), ==, strlen ("1:a 2:") + SL_CSV_ROW_MAX_BYTES);
}

static void
files_beyond_the_limit_are_not_read_to_their_end (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, "long.csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *text = repeat ("a,b\nc,d\n", 'x', SL_CSV_FILE_MAX_BYTES + 1);
  g_assert_true (g_file_set_contents (path, text, -1, &error));
  g_assert_null (sl_csv_open (path, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_cmpstr (error->message, ==, "line 3: longer than a row can be");
  g_clear_error (&error);
  while (lines->len <= SL_CSV_FILE_MAX_BYTES)
    g_string_append (lines, "a line of a file that has very many of them,and a second cell\r\n");
  g_assert_true (g_file_set_contents (path, lines->str, (gssize) lines->len, &error));
  g_assert_null (sl_csv_open (path, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (error->message, "larger than 64 MiB"));
}

static void
files_that_are_none_are_bad_input (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *missing = sl_temp_dir_file (dir, "missing.csv");
  g_autoptr (GError) error = NULL;
  g_assert_null (sl_csv_open (missing, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (sl_csv_open (dir->path, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
an_empty_file_has_no_rows (void)
{
  assert_rows ("", "");
  assert_rows ("\n\r\n\r", "");
  assert_rows ("\xef\xbb\xbf", "");
}

static void
no_cell_is_a_formula_and_each_comes_back (void)
{
  static const char *const texts[] = { "=1+1",   "+27821234567",  "-5",  "@SUM(A1)",     "\tx",         "\rx",
                                       "'=1",    "''+",           "'",   "plain",        "",            "O'Neil",
                                       "'s 2",   "a,b",           "-",   "say \"hi\"",   "two\nlines",  " blanks ",
                                       "a;b" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *guarded = sl_csv_guard (texts[i]);
      g_autofree char *back = sl_csv_unguard (guarded);
      g_assert_cmpstr (back, ==, texts[i]);
      g_assert_true (*guarded == '\0' || strchr ("=+-@\t\r", *guarded) == NULL);
    }
  g_autoptr (GString) out = g_string_new ("head,er\r\n");
  sl_csv_append_row (out, texts, G_N_ELEMENTS (texts));
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCsv) csv = open_bytes (out->str, out->len, &error);
  SlCsvRow row;
  g_assert_true (sl_csv_next (csv, &row, &error) && sl_csv_next (csv, &row, &error));
  g_assert_cmpuint (row.n_cells, ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < row.n_cells; i++)
    {
      g_autofree char *back = sl_csv_unguard (row.cells[i]);
      if (strchr (texts[i], '\r') == NULL) /* a line end within a cell comes back as a plain one */
        g_assert_cmpstr (back, ==, texts[i]);
    }
}

/* Bytes of all sorts: whatever comes of them, it ends, and cells are text. */
static void
any_bytes_come_to_an_end (void)
{
  static const char bytes[] = "aa,;\t\"\"\r\n'=\xc3\xab\xff\x81 \xef\xbb\xbf";
  g_autoptr (GRand) chance = g_rand_new_with_seed (4);
  for (guint round = 0; round < 20000; round++)
    {
      char data[48];
      gsize length = (gsize) g_rand_int_range (chance, 0, sizeof data);
      g_autoptr (GError) error = NULL;
      SlCsvRow row;
      guint64 last = 0;
      for (gsize i = 0; i < length; i++)
        data[i] = bytes[g_rand_int_range (chance, 0, sizeof bytes - 1)];
      g_autoptr (SlCsv) csv = open_bytes (data, length, &error);
      while (csv != NULL && sl_csv_next (csv, &row, &error))
        {
          g_assert_cmpuint (row.line, >, last);
          last = row.line;
          for (guint i = 0; i < row.n_cells; i++)
            g_assert_true (g_utf8_validate (row.cells[i], -1, NULL));
        }
      g_assert_true (error == NULL || g_str_has_prefix (error->message, "line "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/csv/lines-end-in-each-way", lines_end_in_each_way);
  g_test_add_func ("/sl/csv/the-separator-is-found-by-the-first-line", the_separator_is_found_by_the_first_line);
  g_test_add_func ("/sl/csv/quotes-hold-anything", quotes_hold_anything);
  g_test_add_func ("/sl/csv/refuses-quotes-that-make-no-sense", refuses_quotes_that_make_no_sense);
  g_test_add_func ("/sl/csv/encodings-are-told-apart", encodings_are_told_apart);
  g_test_add_func ("/sl/csv/refuses-what-is-no-text", refuses_what_is_no_text);
  g_test_add_func ("/sl/csv/limits-are-told-with-the-line", limits_are_told_with_the_line);
  g_test_add_func ("/sl/csv/files-beyond-the-limit-are-not-read-to-their-end",
                   files_beyond_the_limit_are_not_read_to_their_end);
  g_test_add_func ("/sl/csv/files-that-are-none-are-bad-input", files_that_are_none_are_bad_input);
  g_test_add_func ("/sl/csv/an-empty-file-has-no-rows", an_empty_file_has_no_rows);
  g_test_add_func ("/sl/csv/no-cell-is-a-formula-and-each-comes-back", no_cell_is_a_formula_and_each_comes_back);
  g_test_add_func ("/sl/csv/any-bytes-come-to-an-end", any_bytes_come_to_an_end);
  return g_test_run ();
}
