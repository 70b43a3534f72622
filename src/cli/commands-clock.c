/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-clock"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/clock.h"

static const SlColumn clock_columns[] = {
  { "now", N_ ("It says"), SL_SHOW_TIME, NULL },
  { "trusted", N_ ("Trusted"), SL_SHOW_TEXT, NULL },
  { "doubt", N_ ("Why not"), SL_SHOW_TEXT, NULL },
  { "highest", N_ ("Highest time seen"), SL_SHOW_TIME, NULL },
  { "ahead_ms", N_ ("Stamps ahead of it, ms"), SL_SHOW_TEXT, NULL },
  { "confirmed", N_ ("Last confirmed"), SL_SHOW_TIME, NULL },
  { "corrected_ms", N_ ("Corrected by, ms"), SL_SHOW_TEXT, NULL },
  { "operations", N_ ("Operations corrected"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
state_to_json (SlCli *cli, GError **error)
{
  SlClockState state;
  if (!sl_clock_show (cli->engine, &state, error))
    return NULL;
  const char *doubt = state.doubt != SL_CLOCK_TRUSTED ? sl_clock_doubt_name (state.doubt) : NULL;
  return json_pack ("{s:o, s:o, s:o, s:o, s:I, s:o}", "now", sl_json_time (cli, state.now_ms, NULL), "trusted",
                    sl_json_bool (state.doubt == SL_CLOCK_TRUSTED), "doubt", sl_json_text (doubt), "highest",
                    sl_json_time (cli, state.highest_ms, NULL), "ahead_ms", (json_int_t) MAX (state.ahead_ms, 0),
                    "confirmed", sl_json_time (cli, state.confirmed_ms, NULL));
}

static gboolean
run_clock_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  return (cli->answer = state_to_json (cli, error)) != NULL;
}

static const SlCliOption confirm_options[] = {
  { "offset", SL_CLI_INT, FALSE, N_ ("SECONDS"), N_ ("how far it was ahead (as far as the last stamp is ahead now)") },
  { "since", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("since when, by the wrong clock") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_clock_confirm (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlClockConfirmed confirmed;
  gint64 since_ms, offset_s = sl_cli_int (call, "offset", 0);
  if (sl_cli_has (call, "offset") && (offset_s <= 0 || offset_s > G_MAXINT64 / 1000))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--offset: seconds, above zero");
      return FALSE;
    }
  if (!sl_cli_option_time (cli, "since", 0, &since_ms, error)
      || !sl_clock_confirm (cli->engine, &cli->actor, offset_s * 1000, since_ms, &confirmed, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if ((cli->answer = state_to_json (cli, error)) == NULL)
    return FALSE;
  json_object_set_new (cli->answer, "corrected_ms", json_integer (confirmed.offset_ms));
  json_object_set_new (cli->answer, "from",
                       confirmed.offset_ms > 0 ? sl_json_count (confirmed.from_seq) : json_null ());
  json_object_set_new (cli->answer, "operations", sl_json_count (confirmed.operations));
  return TRUE;
}

const SlCliCommand sl_cli_clock_commands[] = {
  { "clock show", N_ ("show what is known of this device's clock"),
    N_ ("A clock that is not trusted refuses nothing: behind says less than it has said before, impossible was never\n"
        "set."),
    NULL, SL_CLI_AROUND, run_clock_show, NULL, clock_columns },
  { "clock confirm", N_ ("say that this device's clock is right now"),
    N_ ("Set the clock first. Where this device's stamps are more than two minutes ahead of it, they are corrected on\n"
        "every device, and it goes on at the right time."),
    NULL, SL_CLI_IN_STUDIO, run_clock_confirm, confirm_options, clock_columns },
  { NULL }
};
