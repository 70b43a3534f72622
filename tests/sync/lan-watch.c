/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lan-watch ORGANISATION REPLICA PORT: publishes a device, and says a line for each change of who is there:
 * "REPLICA URL …", without a URL where it went. "published" and "silent" say whether Avahi answers for it. */
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/lan.h"
#include "core/crypto.h"

typedef struct {
  SlLan *lan;
  gboolean published;
} Watch;

static void
on_changed (const SlNeighbour *neighbour, gpointer user_data)
{
  char id[SL_ID_TEXT_BYTES];
  g_autofree char *urls = g_strjoinv (" ", neighbour->urls);
  printf ("%s %s\n", sl_id_format (&neighbour->replica, id), urls);
  fflush (stdout);
}

static gboolean
on_tick (gpointer user_data)
{
  Watch *watch = user_data;
  gboolean published = sl_lan_is_published (watch->lan);
  if (published != watch->published)
    {
      puts (published ? "published" : "silent");
      fflush (stdout);
    }
  watch->published = published;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  SlId organisation, replica;
  if (argc != 4 || !sl_crypto_init (NULL) || !sl_id_parse (argv[1], &organisation) || !sl_id_parse (argv[2], &replica))
    return 2;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch watch = { sl_lan_new (&organisation, &replica, (guint16) atoi (argv[3]), NULL, on_changed, NULL), FALSE };
  g_timeout_add (20, on_tick, &watch);
  g_unix_signal_add (SIGTERM, on_end, loop);
  g_main_loop_run (loop);
  sl_lan_free (watch.lan);
  return 0;
}
