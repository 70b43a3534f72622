/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-program"

#include "hub/program.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/small-file.h"
#include "engine/refusal.h"

#define EXIT_DONE 0
#define EXIT_USAGE 2            /* the others stand in the engine's table of codes */
#define SECRET_MAX_BYTES 4096
#define SECRET_MIN_BYTES 16     /* what can be guessed masks nothing */
#define DEFAULT_REPLICAS "/var/lib/studioloop-hub/replicas"

/* Which options a command takes, besides those of all. */
enum { SERVE = 1, ORG = 2, URL = 4, PNG = 8, REASON = 16 };

typedef struct {
  const char *words;
  const char *argument;         /* (nullable): one, required */
  const char *summary;
  guint takes, needs;
  SlProgramRun run;
} Command;

static const Command commands[] = {
  { "serve", NULL, N_ ("serve devices until SIGTERM"), SERVE, 0, sl_program_serve },
  { "org add", "NAME", N_ ("an account for a studio, and the code that takes it there"), URL, 0, sl_program_org_add },
  { "org list", NULL, N_ ("the accounts"), 0, 0, sl_program_org_list },
  { "pairing-code", NULL, N_ ("a code for one more device, good once and for 10 minutes"), ORG | URL | PNG, ORG,
    sl_program_pairing_code },
  { "device list", NULL, N_ ("the devices of a studio"), ORG, ORG, sl_program_device_list },
  { "device revoke", "REPLICA", N_ ("take a lost device away for good"), ORG | REASON, ORG | REASON,
    sl_program_device_revoke },
};

static void
options_clear (SlProgramOptions *options)
{
  g_free (options->store);
  g_free (options->replicas);
  g_free (options->secret);
  g_free (options->listen);
  g_free (options->tls_cert);
  g_free (options->tls_key);
  g_free (options->log);
  g_strfreev (options->proxies);
  g_strfreev (options->metrics_for);
  g_free (options->notify);
  g_strfreev (options->notify_channels);
  g_free (options->org);
  g_free (options->url);
  g_free (options->png);
  g_free (options->reason);
}

/* --- words --- */

static GOptionContext *
option_context_new (SlProgramOptions *o)
{
  const GOptionEntry all[] = {
    { "store", 0, 0, G_OPTION_ARG_STRING, &o->store, N_ ("sqlite:DIR or postgresql://…"), N_ ("WHERE") },
    { "replicas", 0, 0, G_OPTION_ARG_FILENAME, &o->replicas, N_ ("for replicas, which can be made again"), N_ ("DIR") },
    { "secret", 0, 0, G_OPTION_ARG_FILENAME, &o->secret, N_ ("masks the keys in the store"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, N_ ("one JSON object on standard output, errors too"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &o->version, N_ ("the program's version"), NULL },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &o->listen, N_ ("serve: where; port 0: any"), N_ ("HOST:PORT") },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &o->tls_cert, N_ ("serve: certificates, PEM"), N_ ("FILE") },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &o->tls_key, N_ ("serve: the first one's key, PEM"), N_ ("FILE") },
    { "behind-proxy", 0, 0, G_OPTION_ARG_NONE, &o->behind_proxy,
      N_ ("serve: believe X-Forwarded-For of this machine's proxy"), NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->proxies, N_ ("serve: and of this one (may be repeated)"),
      N_ ("ADDRESS") },
    { "metrics-for", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->metrics_for,
      N_ ("serve: who sees /metrics, besides this machine (may be repeated)"), N_ ("ADDRESS") },
    { "notify", 0, 0, G_OPTION_ARG_FILENAME, &o->notify,
      N_ ("serve: tells members what is due, a message on its standard input at a time (nobody is told)"),
      N_ ("PROGRAM") },
    { "notify-channel", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->notify_channels,
      N_ ("serve: that it can send by (all; may be repeated)"), N_ ("WORD") },
    { "connections", 0, 0, G_OPTION_ARG_INT, &o->connections, N_ ("serve: at most so many"), N_ ("N") },
    { "connections-per-address", 0, 0, G_OPTION_ARG_INT, &o->connections_per_address, N_ ("serve: at most so many"),
      N_ ("N") },
    { "workers", 0, 0, G_OPTION_ARG_INT, &o->workers, N_ ("serve: requests handled at a time"), N_ ("N") },
    { "log", 0, 0, G_OPTION_ARG_STRING, &o->log, N_ ("serve: debug, info, warning or error"), N_ ("LEVEL") },
    { "org", 0, 0, G_OPTION_ARG_STRING, &o->org, N_ ("the account, or its studio"), N_ ("ID") },
    { "url", 0, 0, G_OPTION_ARG_STRING, &o->url, N_ ("where devices find this hub ($STUDIOLOOP_HUB_URL)"), N_ ("URL") },
    { "png", 0, 0, G_OPTION_ARG_FILENAME, &o->png, N_ ("pairing-code: the QR code as a picture"), N_ ("FILE") },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &o->reason, N_ ("device revoke: why"), N_ ("TEXT") },
    G_OPTION_ENTRY_NULL
  };
  GOptionContext *context = g_option_context_new (N_ ("COMMAND"));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, all, GETTEXT_PACKAGE);
  GString *words = g_string_new (_("Commands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (words, "  %-14s %-8s %s\n", commands[i].words,
                            commands[i].argument != NULL ? commands[i].argument : "", _(commands[i].summary));
  g_option_context_set_summary (context, words->str);
  g_option_context_set_description (context, _("Exit status: 0 done, 2 wrong words, 3 refused by a rule, 4 no such "
                                               "thing, 5 bad input,\n6 storage, 7 network."));
  g_string_free (words, TRUE);
  return context;
}

static guint
given (const SlProgramOptions *o)
{
  gboolean serve = o->listen != NULL || o->tls_cert != NULL || o->tls_key != NULL || o->log != NULL ||
                   o->behind_proxy || o->proxies != NULL || o->metrics_for != NULL || o->connections != 0 ||
                   o->connections_per_address != 0 || o->workers != 0 || o->notify != NULL ||
                   o->notify_channels != NULL;
  return (serve ? SERVE : 0) | (o->org != NULL ? ORG : 0) | (o->url != NULL ? URL : 0) | (o->png != NULL ? PNG : 0) |
         (o->reason != NULL ? REASON : 0);
}

/* NULL with a sentence: these are no words of ours. Takes the command's own words off argv. */
static const Command *
find_command (int argc, char **argv, const SlProgramOptions *options, const char **out_wrong, int *out_taken)
{
  *out_wrong = argc > 1 ? N_ ("there is no such command") : N_ ("what is to be done?");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (GStrv) words = g_strsplit (commands[i].words, " ", 0);
      int n = g_strv_length (words), same = 0;
      while (same < n && same + 1 < argc && g_str_equal (argv[same + 1], words[same]))
        same++;
      if (same < n)
        continue;
      *out_taken = n;
      guint said = given (options);
      if (argc - 1 - n < (commands[i].argument != NULL))
        *out_wrong = N_ ("something is missing behind the command");
      else if (argc - 1 - n > (commands[i].argument != NULL))
        *out_wrong = N_ ("there is a word too many");
      else if ((said & ~commands[i].takes) != 0)
        *out_wrong = N_ ("the command does not know one of the options");
      else if ((said & commands[i].needs) != commands[i].needs)
        *out_wrong = (commands[i].needs & ~said & ORG) ? N_ ("--org is missing") : N_ ("--reason is missing");
      else
        return &commands[i];
      return NULL;
    }
  return NULL;
}

/* --- the store --- */

static char *
default_replicas (const char *store)
{
  return g_str_has_prefix (store, "sqlite:") ? g_build_filename (store + strlen ("sqlite:"), "replicas", NULL)
                                             : g_strdup (DEFAULT_REPLICAS);
}

/* --secret, else systemd's credential of that name, else none. */
static gboolean
take_secret (SlProgram *program, GError **error)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = g_strdup (program->options.secret);
  if (path == NULL && credentials != NULL)
    {
      path = g_build_filename (credentials, "hub-secret", NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        g_clear_pointer (&path, g_free);
    }
  if (path == NULL)
    return TRUE;
  gsize length;
  g_autofree char *secret = sl_small_file_read (path, SECRET_MAX_BYTES, &length, error);
  if (secret == NULL)
    return FALSE;
  if (length < SECRET_MIN_BYTES)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: a secret has at least %d bytes", path, SECRET_MIN_BYTES);
      return FALSE;
    }
  sl_hub_set_secret (program->hub, secret, length);
  explicit_bzero (secret, length);
  return TRUE;
}

/**
 * sl_program_open:
 *
 * Opens the store and the hub on it.
 *
 * Returns: %FALSE with the store's errors
 */
gboolean
sl_program_open (SlProgram *program, GError **error)
{
  const char *where = program->options.store != NULL ? program->options.store : SL_PROGRAM_STORE;
  program->store = sl_log_store_open (where, program->world, error);
  if (program->store == NULL)
    return FALSE;
  if (program->options.replicas == NULL)
    program->options.replicas = default_replicas (where);
  program->hub = sl_hub_new (program->store, program->options.replicas, program->world, error);
  return program->hub != NULL && take_secret (program, error);
}

/* --- answers --- */

static json_t *
error_to_json (const GError *error, int *out_status)
{
  SlErrorCode code = SL_ERROR_STORAGE;
  if (error->domain == SL_ERROR)
    code = error->code;
  else if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
           g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    code = SL_ERROR_BAD_INPUT;
  const SlCodeInfo *info = sl_error_info (code);
  *out_status = info->exit_status;
  g_autofree char *reason = g_utf8_make_valid (error->message, -1);
  return json_pack ("{s{ss,ss,ss,ss}}", "error", "code", info->code, "message", info->message, "hint", info->hint,
                    "reason", reason);
}

static int
print_json (const json_t *answer, int status)
{
  char *text = json_dumps (answer, JSON_COMPACT);
  gboolean written = text != NULL && puts (text) >= 0 && fflush (stdout) == 0;
  free (text);
  return written ? status : sl_error_info (SL_ERROR_STORAGE)->exit_status;
}

static int
run_command (const Command *command, SlProgram *program)
{
  g_autoptr (GError) error = NULL;
  int status = EXIT_DONE;
  g_autoptr (json_t) failed = NULL;
  if (!command->run (program, &error))
    failed = error_to_json (error, &status);
  if (program->options.json && (failed != NULL || program->answer != NULL))
    return print_json (failed != NULL ? failed : program->answer, status);
  if (failed != NULL)
    {
      const json_t *said = json_object_get (failed, "error");
      fprintf (stderr, "studioloop-hub: %s\n  %s\n", _(json_string_value (json_object_get (said, "message"))),
               json_string_value (json_object_get (said, "reason")));
    }
  else if (program->answer != NULL)
    sl_program_show (program->answer);
  if (fflush (stdout) == 0)
    return status;
  fprintf (stderr, _("studioloop-hub: the answer could not be written: %s\n"), g_strerror (errno));
  return sl_error_info (SL_ERROR_STORAGE)->exit_status;
}

static int
say_wrong (GOptionContext *context, const char *what)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
  fprintf (stderr, "studioloop-hub: %s\n%s", what, help);
  return EXIT_USAGE;
}

/**
 * sl_program_main:
 * @argv: the words, changed on the way
 *
 * Runs one command.
 *
 * Returns: the exit status
 */
int
sl_program_main (int argc, char **argv, SlWorld *world)
{
  SlProgram program = { .world = world };
  g_autoptr (GOptionContext) context = option_context_new (&program.options);
  g_autoptr (GError) error = NULL;
  const char *wrong = NULL;
  int taken = 0, status;
  if (!g_option_context_parse (context, &argc, &argv, &error))
    status = say_wrong (context, error->message);
  else if (program.options.version)
    status = puts ("studioloop-hub " SL_VERSION) >= 0 ? EXIT_DONE : sl_error_info (SL_ERROR_STORAGE)->exit_status;
  else
    {
      const Command *command = find_command (argc, argv, &program.options, &wrong, &taken);
      program.words = argv + 1 + taken;
      status = command != NULL ? run_command (command, &program) : say_wrong (context, _(wrong));
    }
  g_clear_pointer (&program.answer, json_decref);
  g_clear_pointer (&program.hub, sl_hub_free);
  g_clear_pointer (&program.store, sl_log_store_close);
  options_clear (&program.options);
  return status;
}
