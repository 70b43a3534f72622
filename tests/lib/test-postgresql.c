/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-postgresql"

#include "test-postgresql.h"

#include <gio/gio.h>
#include <string.h>

struct _SlTestPostgresql
{
  GSubprocess *keeper;
  GOutputStream *commands; /* the keeper's */
  GDataInputStream *answers;
  char *folder;
};

/* What stands behind "ok". */
static char *
read_answer (SlTestPostgresql *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (self->answers, NULL, NULL, &error);
  g_assert_no_error (error);
  if (line == NULL || !g_str_has_prefix (line, "ok"))
    g_error ("the keeper of PostgreSQL says: %s", line != NULL ? line : "nothing");
  return g_strdup (g_strstrip (line + strlen ("ok")));
}

static char *
ask (SlTestPostgresql *self, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  g_output_stream_write_all (self->commands, line, strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
  return read_answer (self);
}

static void
tell (SlTestPostgresql *self, const char *command)
{
  g_autofree char *answer = ask (self, command);
}

/**
 * sl_test_postgresql_new:
 *
 * Returns: (transfer full): a running server
 */
SlTestPostgresql *
sl_test_postgresql_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  SlTestPostgresql *self = g_new0 (SlTestPostgresql, 1);
  g_subprocess_launcher_unsetenv (launcher, "LD_PRELOAD");
  self->keeper = g_subprocess_launcher_spawn (launcher, &error, "/usr/bin/python3", SL_TEST_POSTGRESQL_PY, NULL);
  g_assert_no_error (error);
  self->commands = g_subprocess_get_stdin_pipe (self->keeper);
  self->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->keeper));
  self->folder = read_answer (self);
  return self;
}

/**
 * sl_test_postgresql_free:
 * @server: (nullable) (transfer full): a server; it ends and its files go before this returns
 */
void
sl_test_postgresql_free (SlTestPostgresql *server)
{
  g_autoptr (GError) error = NULL;
  if (server == NULL)
    return;
  g_output_stream_close (server->commands, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait (server->keeper, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (server->answers);
  g_object_unref (server->keeper);
  g_free (server->folder);
  g_free (server);
}

/**
 * sl_test_postgresql_folder:
 * @server: a server
 *
 * Returns: (transfer none): its directory
 */
const char *
sl_test_postgresql_folder (SlTestPostgresql *server)
{
  return server->folder;
}

/**
 * sl_test_postgresql_database:
 * @server: a running server
 * @name: letters; new
 *
 * Returns: (transfer full): the URI of a new database, which stays good over restarts
 */
char *
sl_test_postgresql_database (SlTestPostgresql *server, const char *name)
{
  g_autofree char *command = g_strconcat ("database ", name, NULL);
  return ask (server, command);
}

/**
 * sl_test_postgresql_start:
 * @server: a server that was stopped or killed; returns when it answers
 */
void
sl_test_postgresql_start (SlTestPostgresql *server)
{
  tell (server, "start");
}

/**
 * sl_test_postgresql_stop:
 * @server: a server; its connections are cut, what is under way is rolled back
 */
void
sl_test_postgresql_stop (SlTestPostgresql *server)
{
  tell (server, "stop");
}

/**
 * sl_test_postgresql_restart:
 * @server: a server
 */
void
sl_test_postgresql_restart (SlTestPostgresql *server)
{
  tell (server, "restart");
}

/**
 * sl_test_postgresql_kill:
 * @server: a server; all its processes get SIGKILL, the next start has to recover
 */
void
sl_test_postgresql_kill (SlTestPostgresql *server)
{
  tell (server, "kill");
}
