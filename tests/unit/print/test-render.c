/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/render.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/error.h"
#include "sample-document.h"
#include "temp-dir.h"

/* What somebody finds who searches or copies the page: pdftotext reads it as a viewer does. */
static char *
text_of (GBytes *pdf)
{
  SlTempDir *dir = sl_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir->path, "a.pdf", NULL);
  const char *const words[] = { "pdftotext", "-raw", path, "-", NULL };
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  int status = -1;
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (pdf, NULL), (gssize) g_bytes_get_size (pdf), &error));
  g_assert_true (g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status,
                               &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  sl_temp_dir_free (dir);
  return text;
}

static GBytes *
render (const SlDocument *document, SlPaper paper)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = sl_document_to_pdf (document, paper, &error);
  g_assert_no_error (error);
  return pdf;
}

static char *
rendered_text (const SlDocument *document, SlPaper paper)
{
  g_autoptr (GBytes) pdf = render (document, paper);
  return text_of (pdf);
}

static void
assert_has (const char *text, const char *words)
{
  if (strstr (text, words) == NULL)
    g_error ("'%s' is not in:\n%s", words, text);
}

/* Blanks and line breaks away: where a long word was broken does not matter, that all of it is there does. */
static char *
squeezed (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isspace (g_utf8_get_char (at)) && *at != '-' && g_utf8_get_char (at) != 0x2010)
      g_string_append_unichar (out, g_utf8_get_char (at));
  return g_string_free (out, FALSE);
}

static guint
count (GBytes *pdf, const char *words)
{
  guint n = 0;
  gsize length = g_bytes_get_size (pdf), size = strlen (words);
  const char *data = g_bytes_get_data (pdf, NULL);
  for (gsize i = 0; i + size <= length; i++)
    n += memcmp (data + i, words, size) == 0;
  return n;
}

static guint
count_pages (GBytes *pdf)
{
  return count (pdf, "/Type /Page %");
}

static void
an_invoice_says_all_that_the_act_wants (void)
{
  g_autoptr (SlDocument) document = sample_invoice (2);
  g_assert_cmpuint (sl_document_lacks (document), ==, 0);
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_autofree char *text = rendered_text (document, paper);
      static const char *const words[]
        = { "Tax invoice", "Studio Loop", "12 Long Street", "Cape Town, 8001", "4123456789", "Tshepišo Mokoena",
            "3 Loop Street", "A7F3-000123", "2 March 2026", "Ten classes", "R 230,00", "15 %", "R 60,00", "R 460,00",
            "R 400,00", "Cash", "Given", "R 510,00", "Change", "R 50,00", "Paid in full", "Zoë van der Merwe" };
      g_autofree char *plain = g_strdelimit (g_strdup (text), "\n", ' ');
      g_auto (GStrv) parts = g_strsplit (plain, "\xc2\xa0", -1);
      g_autofree char *joined = g_strjoinv (" ", parts);
      for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        assert_has (joined, words[i]);
    }
}

static void
the_same_document_makes_the_same_bytes (void)
{
  g_autoptr (SlDocument) invoice = sample_invoice (2);
  g_autoptr (SlDocument) again = sample_invoice (2);
  g_autoptr (SlDocument) report = sample_report (200, 4);
  sl_document_set_qr (invoice, "https://pay.example/1", "Scan to pay");
  sl_document_set_qr (again, "https://pay.example/1", "Scan to pay");
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_autoptr (GBytes) first = render (invoice, paper);
      g_autoptr (GBytes) between = render (report, paper);
      g_autoptr (GBytes) second = render (again, paper);
      g_assert_true (g_bytes_equal (first, second));
      g_assert_cmpuint (count (first, "20260302100000"), ==, 1);
    }
}

static void
letters_of_all_languages_are_there (void)
{
  static const char *const names[]
    = { "Tšhepo Mošoeu", "Ngcobo kaMkhize", "Riëtte Brönn-Crôus", "ŉ Wêreld", "Ṱanganedzani Ḓavhana ḽiṋwe ṅwana",
        "Σωκράτης", "Юлия", "محمد", "אבי", "देवी", "Nguyễn Thị Ánh" };
  g_autoptr (SlDocument) document = sample_invoice (1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    sl_document_add_line (document, names[i], 100, 0, 0, 150);
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_autofree char *text = rendered_text (document, paper);
      g_autofree char *all = squeezed (text);
      for (guint i = 0; i < 7; i++) /* those written from the left, letter by letter */
        {
          g_autofree char *name = squeezed (names[i]);
          assert_has (all, name);
        }
    }
}

static void
long_texts_are_wrapped_never_clipped (void)
{
  g_autofree char *endless = g_strnfill (700, 'W');
  g_autofree char *name = g_strconcat (endless, "END", NULL);
  g_autoptr (SlDocument) document = sample_invoice (1);
  sl_document_set_supplier (document, name, name, name);
  sl_document_set_recipient (document, name, name, name);
  sl_document_set_number (document, name);
  sl_document_add_fact (document, name, name);
  sl_document_add_line (document, name, 100, G_MAXINT64, G_MAXINT64, 150);
  sl_document_add_payment (document, name, G_MAXINT64, SL_DOCUMENT_NONE, SL_DOCUMENT_NONE, name);
  sl_document_add_note (document, name);
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_autofree char *text = rendered_text (document, paper);
      g_autofree char *all = squeezed (text);
      guint found = 0;
      for (const char *at = strstr (all, name); at != NULL; at = strstr (at + 1, name))
        found++;
      /* fact and payment stand beside other words: there their lines mix; the end of each is on the page nonetheless */
      g_assert_cmpuint (found, >=, 3);
      guint ends = 0;
      for (const char *at = strstr (all, "END"); at != NULL; at = strstr (at + 1, "END"))
        ends++;
      g_assert_cmpuint (ends, >=, 12);
      assert_has (all, "R92233720368547758,07");
    }
}

static void
long_documents_take_pages_with_heads_and_numbers (void)
{
  g_autoptr (SlDocument) report = sample_report (150, 4);
  g_autoptr (SlDocument) invoice = sample_invoice (64);
  g_autoptr (GBytes) pdf = render (report, SL_PAPER_A4);
  g_autofree char *text = text_of (pdf);
  guint pages = count_pages (pdf), heads = 0;
  g_assert_cmpuint (pages, >, 2);
  for (const char *at = strstr (text, "Class Revenue"); at != NULL; at = strstr (at + 1, "Class Revenue"))
    heads++;
  g_assert_cmpuint (heads, ==, pages);
  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *name = g_strdup_printf ("Class%u", i);
      assert_has (text, name);
    }
  for (guint page = 1; page <= pages; page++)
    {
      g_autofree char *number = g_strdup_printf ("Page %u of %u", page, pages);
      assert_has (text, number);
    }
  g_autoptr (GBytes) long_invoice = render (invoice, SL_PAPER_A4);
  g_autofree char *words = text_of (long_invoice);
  g_assert_cmpuint (count_pages (long_invoice), >, 1);
  assert_has (words, "Tax invoice A7F3-000123");
}

static void
wide_tables_are_set_across (void)
{
  g_autoptr (SlDocument) narrow = sample_report (3, 4);
  g_autoptr (SlDocument) wide = sample_report (3, 9);
  g_autoptr (SlDocument) absurd = sample_report (3, 60);
  g_autoptr (GBytes) upright = render (narrow, SL_PAPER_A4);
  g_autoptr (GBytes) across = render (wide, SL_PAPER_A4);
  g_autoptr (GBytes) many = render (absurd, SL_PAPER_A4);
  g_assert_cmpuint (count (upright, "[ 0 0 595.276 841.89 ]"), ==, 1);
  g_assert_cmpuint (count (across, "[ 0 0 841.89 595.276 ]"), ==, 1);
  g_assert_cmpuint (count_pages (many), >, 0);
}

static void
a_roll_is_as_long_as_it_takes (void)
{
  g_autoptr (SlDocument) document = sample_report (2000, 2);
  g_autoptr (GBytes) pdf = render (document, SL_PAPER_ROLL_80);
  g_autofree char *text = text_of (pdf);
  assert_has (text, "Class0 ");
  assert_has (text, "Class1999");
  g_assert_cmpuint (count_pages (pdf), >, 5);
}

static void
what_does_not_fit_into_a_code_is_said (void)
{
  g_autofree char *much = g_strnfill (5000, 'x');
  g_autoptr (SlDocument) document = sample_invoice (1);
  sl_document_set_qr (document, much, NULL);
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_document_to_pdf (document, paper, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

/* Fonts are the process's: each of these runs in one of its own. */
static void
without_fonts (const char *config_dirs, const char *child)
{
  SlTempDir *dir = sl_temp_dir_new ();
  g_autofree char *config = g_build_filename (dir->path, "fonts.conf", NULL);
  g_autofree char *text = g_strdup_printf ("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n"
                                           "<fontconfig>%s<cachedir>%s/cache</cachedir></fontconfig>\n",
                                           config_dirs, dir->path);
  g_assert_true (g_file_set_contents (config, text, -1, NULL));
  g_setenv ("FONTCONFIG_FILE", config, TRUE);
  g_test_trap_subprocess (child, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_unsetenv ("FONTCONFIG_FILE");
  sl_temp_dir_free (dir);
  g_test_trap_assert_passed ();
}

static void
no_fonts_child (void)
{
  g_autoptr (SlDocument) document = sample_invoice (1);
  g_autoptr (GError) error = NULL;
  g_assert_null (sl_document_to_pdf (document, SL_PAPER_A4, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  assert_has (error->message, "no fonts");
  assert_has (error->message, "fonts-inter");
  g_clear_error (&error);
  g_assert_null (sl_document_to_escpos (document, SL_PAPER_ROLL_80, &(SlEscPosOptions){ TRUE, TRUE }, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
a_machine_without_fonts_says_so (void)
{
  without_fonts ("", "/sl/render/a-machine-without-fonts-says-so/subprocess/no-fonts");
}

static void
one_font_child (void)
{
  g_autoptr (SlDocument) document = sample_invoice (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) fine = render (document, SL_PAPER_A4);
  sl_document_add_note (document, "王小明");
  for (SlPaper paper = SL_PAPER_A4; paper <= SL_PAPER_ROLL_58; paper++)
    {
      g_assert_null (sl_document_to_pdf (document, paper, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
      assert_has (error->message, "王");
      assert_has (error->message, "U+738B");
      assert_has (error->message, "fonts-noto");
      g_clear_error (&error);
    }
}

static void
a_letter_without_a_font_is_named_never_a_box (void)
{
  without_fonts ("<dir>/usr/share/fonts/opentype/inter</dir>",
                 "/sl/render/a-letter-without-a-font-is-named-never-a-box/subprocess/one-font");
}

static void
a_file_is_written_whole_or_not_at_all (void)
{
  g_autoptr (SlDocument) document = sample_invoice (1);
  g_autoptr (GError) error = NULL;
  SlTempDir *dir = sl_temp_dir_new ();
  g_autofree char *path = g_build_filename (dir->path, "a.pdf", NULL);
  g_autofree char *nowhere = g_build_filename (dir->path, "no", "a.pdf", NULL);
  g_assert_true (sl_document_save_pdf (document, SL_PAPER_A4, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (sl_document_save_pdf (document, SL_PAPER_A4, nowhere, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_remove (path);
  sl_temp_dir_free (dir);
}

static void
paper_has_words (void)
{
  SlPaper paper;
  g_assert_true (sl_paper_parse ("A4", &paper) && paper == SL_PAPER_A4);
  g_assert_true (sl_paper_parse ("80", &paper) && paper == SL_PAPER_ROLL_80);
  g_assert_true (sl_paper_parse ("58", &paper) && paper == SL_PAPER_ROLL_58);
  g_assert_false (sl_paper_parse ("letter", &paper));
  g_assert_cmpstr (sl_paper_word (SL_PAPER_ROLL_58), ==, "58");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/render/an-invoice-says-all-that-the-act-wants", an_invoice_says_all_that_the_act_wants);
  g_test_add_func ("/sl/render/the-same-document-makes-the-same-bytes", the_same_document_makes_the_same_bytes);
  g_test_add_func ("/sl/render/letters-of-all-languages-are-there", letters_of_all_languages_are_there);
  g_test_add_func ("/sl/render/long-texts-are-wrapped-never-clipped", long_texts_are_wrapped_never_clipped);
  g_test_add_func ("/sl/render/long-documents-take-pages-with-heads-and-numbers",
                   long_documents_take_pages_with_heads_and_numbers);
  g_test_add_func ("/sl/render/wide-tables-are-set-across", wide_tables_are_set_across);
  g_test_add_func ("/sl/render/a-roll-is-as-long-as-it-takes", a_roll_is_as_long_as_it_takes);
  g_test_add_func ("/sl/render/what-does-not-fit-into-a-code-is-said", what_does_not_fit_into_a_code_is_said);
  g_test_add_func ("/sl/render/a-machine-without-fonts-says-so", a_machine_without_fonts_says_so);
  g_test_add_func ("/sl/render/a-letter-without-a-font-is-named-never-a-box",
                   a_letter_without_a_font_is_named_never_a_box);
  g_test_add_func ("/sl/render/a-file-is-written-whole-or-not-at-all", a_file_is_written_whole_or_not_at_all);
  g_test_add_func ("/sl/render/paper-has-words", paper_has_words);
  g_test_add_func ("/sl/render/a-machine-without-fonts-says-so/subprocess/no-fonts", no_fonts_child);
  g_test_add_func ("/sl/render/a-letter-without-a-font-is-named-never-a-box/subprocess/one-font", one_font_child);
  return g_test_run ();
}
