/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-main"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>

#include "cli/cli.h"
#include "client/client.h"
#include "core/crypto.h"

#define EXIT_STORAGE 6   /* an answer that nobody can read is as lost as one that the disk refused */

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

static gboolean
write_all (FILE *stream, const GString *text)
{
  return fwrite (text->str, 1, text->len, stream) == text->len && fflush (stream) == 0;
}

/* What a command lacks is fetched by the agent of its data directory, where one runs. */
static gboolean
is_there (gpointer user_data, const char *data_dir)
{
  return sl_client_agent_listens (data_dir);
}

static gboolean
fetch (gpointer user_data, const char *data_dir, const SlAsk *ask, gint64 timeout_ms)
{
  gboolean given = FALSE;
  g_autoptr (GError) error = NULL;
  if (!sl_client_fetch (data_dir, ask, 1, timeout_ms, &given, &error))
    g_debug ("asking for what others hold: %s", error->message);
  return error == NULL && given;
}

static const SlCliFetcher fetcher = { is_there, fetch, NULL };

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "");
  g_autofree char *locale_dir = find_locale_dir ();
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  g_autoptr (GError) error = NULL;
  if (!sl_crypto_init (&error))
    {
      fprintf (stderr, "studioloop: %s\n", error->message);
      return EXIT_STORAGE;
    }
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) err = g_string_new (NULL);
  int status = sl_cli_main_asking (argc, (const char * const *) argv, sl_world_system (), &fetcher, out, err);
  (void) write_all (stderr, err);   /* nowhere to say so */
  if (!write_all (stdout, out))
    {
      fprintf (stderr, "studioloop: the answer could not be written: %s\n", g_strerror (errno));
      return EXIT_STORAGE;
    }
  return status;
}
