/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-hub"

#include <glib/gi18n-lib.h>

#include "agent/pair.h"
#include "cli/values.h"
#include "core/error.h"
#include "engine/staff.h"
#include "scan/picture.h"

/* The studio's place in the cloud. */

static const SlCliOption pair_options[] = {
  { "image", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("by a picture of the code that the hub has drawn") },
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call this device (the machine's name)") },
  { "ca", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("certificates of the authorities that may vouch for the hub, PEM") },
  { "pin", SL_CLI_TEXT, FALSE, N_ ("sha256//HASH"),
    N_ ("the hub's TLS key by its hash; two with ; between. Without --ca it alone counts") },
  { "insecure-http", SL_CLI_FLAG, FALSE, NULL,
    N_ ("take http:// to another machine: whoever listens on the way sees what is not sealed") },
  { "again", SL_CLI_FLAG, FALSE, NULL, N_ ("where the studio has a hub already: this one from now on") },
  SL_CLI_OPTIONS_END
};

static const SlColumn pair_columns[] = {
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL },
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "hub", N_ ("Hub"), SL_SHOW_TEXT, NULL },
  { "founded", N_ ("Taken to the hub"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* The studio in the data directory, where there is one: it is opened here, since joining needs none. */
static gboolean
open_studio (SlCli *cli, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (cli->engine == NULL)
    cli->engine = sl_engine_open (cli->data_dir, cli->world, &failure);
  if (cli->engine == NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_NO_STUDIO))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return cli->engine == NULL || sl_cli_find_actor (cli, error);
}

static gboolean
check_pair_words (const SlCliCall *call, GError **error)
{
  if (sl_cli_has (call, "image") != (call->arguments->len > 0))
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE,
                       "URL and CODE, URL#CODE or --image FILE: one of them is needed");
  return FALSE;
}

static gboolean
bad_text (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

/* Of the codes in a picture the one to pair by. What lies beside it does not matter, but two of them leave it open. */
static gboolean
take_picture (const char *file, char **out_url, char **out_code, GError **error)
{
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  g_autoptr (GPtrArray) texts = sl_scan_file (decoder, file, error);
  SlPairText nearest = SL_PAIR_TEXT_LAST;
  if (texts == NULL)
    return FALSE;
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *url = NULL, *code = NULL;
      SlPairText parsed = sl_pair_text_parse (g_ptr_array_index (texts, i), &url, &code);
      nearest = MIN (nearest, parsed);
      if (url != NULL && *out_url != NULL)
        return bad_text (error, "more than one pairing code in the picture");
      if (url != NULL)
        {
          *out_url = g_steal_pointer (&url);
          *out_code = g_steal_pointer (&code);
        }
    }
  if (*out_url != NULL)
    return TRUE;
  return bad_text (error, texts->len == 0 ? "no code was found in the picture" : sl_pair_text_problem (nearest));
}

/* By a picture, by one text as the hub's picture says it, or by address and code apart. */
static gboolean
take_hub (SlCli *cli, const SlCliCall *call, char **out_url, char **out_code, GError **error)
{
  if (sl_cli_has (call, "image"))
    {
      cli->file = sl_cli_text (call, "image");
      if (!take_picture (cli->file, out_url, out_code, error))
        return FALSE;
      cli->file = NULL;   /* it was read: what goes wrong from here on is not its fault */
      return TRUE;
    }
  if (call->arguments->len == 2)
    {
      *out_url = g_strdup (sl_cli_argument (call, 0));
      *out_code = g_strdup (sl_cli_argument (call, 1));
      return TRUE;
    }
  SlPairText parsed = sl_pair_text_parse (sl_cli_argument (call, 0), out_url, out_code);
  return *out_url != NULL || bad_text (error, sl_pair_text_problem (parsed));
}

static gboolean
run_pair (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPaired paired;
  g_autofree char *url = NULL, *code = NULL;
  if (!take_hub (cli, call, &url, &code, error))
    return FALSE;
  const SlPairParams params = { .url = url,
                                .code = code,
                                .name = sl_cli_text (call, "name"),
                                .ca_file = sl_cli_text (call, "ca"),
                                .pins = sl_cli_text (call, "pin"),
                                .plain = sl_cli_has (call, "insecure-http"),
                                .again = sl_cli_has (call, "again") };
  if (!open_studio (cli, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->file = params.ca_file;
  gboolean founds = cli->engine != NULL;
  if (founds ? !sl_pair_found (cli->engine, cli->world, &cli->actor, cli->data_dir, &params, &paired, &cli->refusal,
                               error)
             : !sl_pair_join (cli->data_dir, cli->world, &params, &paired, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o, s:s, s:o, s:o}", "org", sl_json_id (&paired.organisation), "replica",
                             sl_json_id (&paired.replica), "hub", params.url, "hub_replica", sl_json_id (&paired.hub),
                             "founded", sl_json_bool (founds));
  return TRUE;
}

const SlCliCommand sl_cli_hub_commands[] = {
  { "pair", N_ ("pair with a hub, by a code that it has given"),
    N_ ("An empty data directory becomes a device of the studio that the code is for. A studio that has no hub yet is\n"
        "taken to the hub, by a founding code. Codes are good once and for ten minutes. Where a hub has moved, or\n"
       "another one takes its place: --again, at each desk; then take the old one's device away (device revoke).\n"
       "Address and code may also come as one word, URL#CODE, or as the picture that the hub has drawn of it: --image."
       ),
    "[URL] [CODE]", SL_CLI_FOUNDS, run_pair, pair_options, pair_columns, .check = check_pair_words },
  { NULL }
};
