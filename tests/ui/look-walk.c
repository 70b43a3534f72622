/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-look-walk"

#include "look-walk.h"

#include "language.h"
#include "page-look.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

/* SL_TEST_LOOKS=all: each language, light and dark, on each screen, at each size of text. Else English on each screen,
 * and every language where room is scarcest: large text on the smallest screen; on the narrowest one those with the
 * longest words. A dark page is laid out as a light one. */
#define LOOKS_VARIABLE "SL_TEST_LOOKS"
#define SHOTS_VARIABLE "SL_TEST_SHOTS" /* where `--shots DIR` does not say it */

static const char *const size_names[LOOK_SIZES] = { "1280x800", "1920x1080", "1080x1920" };
static const int percents[] = { 100, 150 };
static const char *const longest[] = { "af", "zu", NULL };

static char *shots_dir; /* (nullable) */

static const char *
field_of (const GLogField *fields, gsize n, const char *key)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, key))
      return fields[i].value;
  return "";
}

/* What our own code warns of is about files and devices. All else that is complained of fails the test. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  gboolean is_ours = g_str_has_prefix (field_of (fields, n, "GLIB_DOMAIN"), "sl-");

  if ((level & G_LOG_LEVEL_CRITICAL) != 0 || ((level & G_LOG_LEVEL_WARNING) != 0 && !is_ours))
    look_fault ("%s", field_of (fields, n, "MESSAGE"));
  return g_log_writer_default (level, fields, n, user_data);
}

/* look_init: as main() begins. */
void
look_init (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionEntry entries[] = { { "shots", 0, 0, G_OPTION_ARG_FILENAME, &shots_dir, NULL, NULL }, { NULL } };

  g_log_set_writer_func (write_log, NULL, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_assert_true (g_option_context_parse (context, argc, argv, NULL));
  if (shots_dir == NULL)
    shots_dir = g_strdup (g_getenv (SHOTS_VARIABLE));
}

static gboolean
is_wanted (const Look *look, gboolean all, gboolean is_first_language)
{
  if (all)
    return TRUE;
  if (look->is_dark)
    return FALSE;
  if (look->percent == 100)
    return is_first_language;
  return look->size == LOOK_1280X800 || (look->size == LOOK_1080X1920 && g_strv_contains (longest, look->language));
}

static void
look_so (const Look *look, LookFunc check, gpointer data)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                                                     : ADW_COLOR_SCHEME_FORCE_LIGHT);
  sl_language_use (look->language);
  look_set_text_size (look->percent);
  check (look, data);
}

/* look_each: calls check with each look in use. Afterwards all is as it was: English, light, text as drawn. */
void
look_each (LookFunc check, gpointer data)
{
  gboolean all = g_strcmp0 (g_getenv (LOOKS_VARIABLE), "all") == 0;
  guint n;
  const SlLanguage *languages = sl_language_list (&n);
  Look look = { 0 };

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  for (guint d = 0; d < 2; d++)
    for (guint p = 0; p < G_N_ELEMENTS (percents); p++)
      for (guint l = 0; l < n; l++)
        for (guint s = 0; s < LOOK_SIZES; s++)
          {
            look = (Look) { languages[l].code, s, percents[p], d == 1 };
            /* Each page once in each language, and English on each screen. */
            look.is_pictured = all || (l == 0 ? look.percent == 100 : s == LOOK_1280X800);
            if (is_wanted (&look, all, l == 0))
              look_so (&look, check, data);
          }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  look_set_text_size (100);
  sl_language_use (languages[0].code);
}

/* look_where: names the look of a page, "pin 1280x800 150 % zu". */
char *
look_where (const Look *look, const char *state)
{
  return g_strdup_printf ("%s %s %d %% %s", state, size_names[look->size], look->percent, look->language);
}

/* look_picture: leaves PROGRAM/LANGUAGE/STATE-SIZE-PERCENT.png, dark or not, if pictures are asked for. */
void
look_picture (GtkWidget *window, const Look *look, const char *state)
{
  const char *program = g_get_prgname ();
  g_autofree char *dir = NULL, *name = NULL;

  if (shots_dir == NULL || !look->is_pictured)
    return;
  if (g_str_has_prefix (program, "test-"))
    program += strlen ("test-");
  dir = g_build_filename (shots_dir, program, look->language, NULL);
  name = g_strdup_printf ("%s-%s-%d%s", state, size_names[look->size], look->percent, look->is_dark ? "-dark" : "");
  g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
  look_shoot (window, dir, name);
}
