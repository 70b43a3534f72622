/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-main"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>

#include "core/crypto.h"
#include "hub/program.h"

#define EXIT_STORAGE 6

/* Uninstalled, the catalogues lie beside the program in the build directory. */
static char *
find_locale_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *built = here != NULL ? g_build_filename (here, "..", "..", "po", NULL) : NULL;
  if (built != NULL && g_file_test (built, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&built);
  return g_strdup (SL_LOCALE_DIR);
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "");
  g_autofree char *locale_dir = find_locale_dir ();
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_autoptr (GError) error = NULL;
  if (!sl_crypto_init (&error))
    {
      fprintf (stderr, "studioloop-hub: %s\n", error->message);
      return EXIT_STORAGE;
    }
  return sl_program_main (argc, argv, sl_world_system ());
}
