/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-renewal"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/package-renewal.h"

static const SlColumn renewal_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "package_name", N_ ("Package"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "collect", N_ ("Collected by"), SL_SHOW_TEXT, NULL },
  { "cycle", N_ ("Renewed"), SL_SHOW_TEXT, NULL },
  { "due", N_ ("Still to pay"), SL_SHOW_MONEY, NULL },
  { "sale", N_ ("Last sale"), SL_SHOW_TEXT, NULL },
  { "from", N_ ("From"), SL_SHOW_TIME, NULL },
  SL_COLUMNS_END
};

static json_t *
renewal_to_json (SlCli *cli, const SlPackageRenewal *renewal)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:s, s:s, s:I, s:I, s:o, s:o, s:o}", "id", sl_json_id (&renewal->id),
                    "member", sl_json_id (&renewal->member_id), "package", sl_json_id (&renewal->package_id),
                    "package_name", sl_json_text (renewal->package_name),
                    "status", sl_package_renewal_state_name (renewal->state), "collect", renewal->collect,
                    "cycle", (json_int_t) renewal->cycle, "due", (json_int_t) renewal->due_cents,
                    "sale", sl_json_id (&renewal->sale_id), "from", sl_json_time (cli, renewal->made_ms, NULL),
                    "device", sl_json_id (&renewal->device_id));
}

static gboolean
answer_renewal (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPackageRenewal) renewal = sl_package_renewal_get (cli->engine, id, error);
  if (renewal == NULL)
    return FALSE;
  cli->answer = renewal_to_json (cli, renewal);
  return TRUE;
}

static const SlCliOption list_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whose (all that go on)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_renewal_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_package_renewal_list (cli->engine, &cli->actor, sl_id_is_none (&member) ? NULL : &member, &list,
                                   &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, renewal_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static const SlCliOption start_options[] = {
  { "collect", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("how what comes is paid: account, eft, card or online") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_renewal_start (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId sale, id;
  return sl_cli_argument_id (cli, 0, SL_THING_SALE, &sale, error)
         && sl_package_renewal_start (cli->engine, &cli->actor, &sale, sl_cli_text (call, "collect"), &id,
                                      &cli->refusal, error)
         && answer_renewal (cli, &id, error);
}

static gboolean
run_renewal_stop (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_RENEWAL, &id, error)
         && sl_package_renewal_stop (cli->engine, &cli->actor, &id, &cli->refusal, error)
         && answer_renewal (cli, &id, error);
}

const SlCliCommand sl_cli_renewal_commands[] = {
  { "renewal list", N_ ("list the packages that members buy again by themselves"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_renewal_list, list_options, renewal_columns },
  { "renewal start", N_ ("let a package that was sold be bought again by itself"),
    N_ ("When its credits are used up or over. The package has to be one that renews."), "SALE", SL_CLI_IN_STUDIO,
    run_renewal_start, start_options, renewal_columns },
  { "renewal stop", N_ ("stop buying a package again"), N_ ("What was bought stays."), "ID", SL_CLI_IN_STUDIO,
    run_renewal_stop, NULL, renewal_columns },
  { NULL }
};
