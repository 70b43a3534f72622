/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-kiosk"

#include "application.h"

#include <stdlib.h>

#include "core/crypto.h"
#include "language.h"

/* The catalogues of the build directory when the program runs from there, else those that are installed. */
static char *
find_locale_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = g_path_get_dirname (program != NULL ? program : "");
  g_autofree char *built = g_build_filename (here, "..", "..", "po", NULL);
  g_autofree char *probe = g_build_filename (built, "af", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);

  return g_file_test (probe, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&built) : g_strdup (SL_LOCALE_DIR);
}

/* Before any thread is started. */
static void
prepare_environment (void)
{
  /* This screen is drawn by the processor: GL would bring a hundred megabytes of Mesa and LLVM for a few labels. */
  (void) setenv ("GSK_RENDERER", "cairo", FALSE);
  (void) setenv ("GDK_DEBUG", "gl-disable", FALSE);
  /* No helper process for files that lie on this disk. */
  (void) setenv ("GIO_USE_VFS", "local", FALSE);
  /* GTK_DEBUG=interactive opens the inspector. */
  (void) unsetenv ("GTK_DEBUG");
}

int
main (int argc, char *argv[])
{
  g_autofree char *locale_dir = NULL;
  g_autoptr (SlApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  prepare_environment ();
  locale_dir = find_locale_dir ();
  sl_language_init (locale_dir);
  gtk_disable_setlocale ();
  g_set_application_name ("StudioLoop Front Desk");
  if (!sl_crypto_init (&error))
    {
      g_printerr ("studioloop-kiosk: %s\n", error->message);
      return SL_APPLICATION_EXIT_STORAGE;
    }
  application = sl_application_new (sl_world_system ());
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : sl_application_get_exit_status (application);
}
