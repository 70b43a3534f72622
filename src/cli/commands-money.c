/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-money"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/credits.h"
#include "engine/package.h"

/* --- packages --- */

#define PACKAGE_OPTIONS \
  { "location", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("where its credits may be spent (everywhere)") }, \
  { "per-member", SL_CLI_INT, FALSE, N_ ("N"), N_ ("at most so many for each member; 0: any number") }, \
  { "new-only", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("for members who have bought nothing yet") }, \
  { "renews", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is bought again by itself") }

static const SlCliOption package_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it") },
  { "credits", SL_CLI_INT, TRUE, N_ ("H"), N_ ("hundredths of a credit") },
  { "price", SL_CLI_INT, TRUE, N_ ("CENTS"), N_ ("what it costs") },
  { "days", SL_CLI_INT, TRUE, N_ ("N"), N_ ("how long its credits last") },
  PACKAGE_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlCliOption package_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it") },
  { "credits", SL_CLI_INT, FALSE, N_ ("H"), N_ ("hundredths of a credit") },
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what it costs") },
  { "days", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how long its credits last") },
  PACKAGE_OPTIONS,
  { "everywhere", SL_CLI_FLAG, FALSE, NULL, N_ ("let its credits be spent at all locations") },
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still sold") },
  SL_CLI_OPTIONS_END
};

static const SlColumn package_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "days", N_ ("Days"), SL_SHOW_TEXT, NULL },
  { "locations", N_ ("Locations"), SL_SHOW_TEXT, NULL },
  { "per_member", N_ ("For each member"), SL_SHOW_TEXT, NULL },
  { "new_only", N_ ("New members only"), SL_SHOW_TEXT, NULL },
  { "renews", N_ ("Renews"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
package_to_json (const SlPackage *package)
{
  return json_pack ("{s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&package->id),
                    "name", sl_json_text (package->name),
                    "credits", (json_int_t) package->credits_hundredths, "price", (json_int_t) package->price_cents,
                    "days", (json_int_t) package->valid_days, "locations", sl_json_ids (package->locations),
                    "per_member", package->per_member != 0 ? json_integer (package->per_member) : json_null (),
                    "new_only", sl_json_bool (package->new_only), "renews", sl_json_bool (package->renews),
                    "active", sl_json_bool (package->active));
}

static gboolean
answer_package (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPackage) package = sl_package_get (cli->engine, id, error);
  if (package == NULL)
    return FALSE;
  cli->answer = package_to_json (package);
  return TRUE;
}

/* out: points into locations. */
static gboolean
read_package_params (SlCli *cli, GArray *locations, SlPackageParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  sl_package_params_init (out);
  out->name = sl_cli_text (call, "name");
  out->credits_hundredths = sl_cli_int (call, "credits", SL_NUMBER_NONE);
  out->price_cents = sl_cli_int (call, "price", SL_NUMBER_NONE);
  out->valid_days = sl_cli_int (call, "days", SL_NUMBER_NONE);
  out->per_member = sl_cli_int (call, "per-member", SL_NUMBER_NONE);
  out->locations = locations->len > 0 ? (const SlId *) (gconstpointer) locations->data : NULL;
  out->n_locations = locations->len;
  out->everywhere = sl_cli_has (call, "everywhere");
  if (out->everywhere && out->n_locations > 0)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--everywhere: not together with --location");
      return FALSE;
    }
  return sl_cli_yes_or_no (call, "new-only", &out->new_only, error) &&
         sl_cli_yes_or_no (call, "renews", &out->renews, error) &&
         sl_cli_yes_or_no (call, "active", &out->active, error);
}

static gboolean
run_package_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPackageParams params;
  SlId id;
  g_autoptr (GArray) locations = sl_cli_option_ids (cli, "location", SL_THING_LOCATION, error);
  return locations != NULL && read_package_params (cli, locations, &params, error) &&
         sl_package_create (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) &&
         answer_package (cli, &id, error);
}

static gboolean
run_package_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPackageParams params;
  SlId id;
  g_autoptr (GArray) locations = sl_cli_option_ids (cli, "location", SL_THING_LOCATION, error);
  return locations != NULL && sl_cli_argument_id (cli, 0, SL_THING_PACKAGE, &id, error) &&
         read_package_params (cli, locations, &params, error) &&
         sl_package_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) &&
         answer_package (cli, &id, error);
}

static gboolean
run_package_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) packages = sl_package_list (cli->engine, error);
  if (packages == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < packages->len; i++)
    json_array_append_new (items, package_to_json (g_ptr_array_index (packages, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- credits --- */

static const SlColumn lot_columns[] = {
  { "id", N_ ("Lot"), SL_SHOW_TEXT, NULL },
  { "left", N_ ("Left"), SL_SHOW_CREDITS, NULL },
  { "expires", N_ ("Expires"), SL_SHOW_TIME, NULL },
  SL_COLUMNS_END
};

static const SlColumn entry_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "forfeited", N_ ("Lost"), SL_SHOW_CREDITS, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "reason", N_ ("Reason"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn credits_columns[] = {
  { "balance", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "lots", N_ ("Lots"), SL_SHOW_ITEMS, lot_columns },
  { "entries", N_ ("Entries"), SL_SHOW_ITEMS, entry_columns },
  SL_COLUMNS_END
};

static json_t *
lots_to_json (SlCli *cli, GArray *lots)
{
  json_t *array = json_array ();
  for (guint i = 0; i < lots->len; i++)
    {
      const SlCreditLot *lot = &g_array_index (lots, SlCreditLot, i);
      json_array_append_new (array, json_pack ("{s:o, s:I, s:o}", "id", sl_json_id (&lot->id),
                                               "left", (json_int_t) lot->left_hundredths,
                                               "expires", sl_json_time (cli, lot->expires_ms, NULL)));
    }
  return array;
}

static json_t *
entries_to_json (SlCli *cli, GPtrArray *entries)
{
  json_t *array = json_array ();
  for (guint i = 0; i < entries->len; i++)
    {
      const SlCreditEntry *entry = g_ptr_array_index (entries, i);
      json_t *item = json_pack ("{s:s, s:I, s:o, s:o, s:o, s:o}", "kind", sl_entry_kind_name (entry->kind),
                                "amount", (json_int_t) entry->amount_hundredths,
                                "at", sl_json_time (cli, entry->at_ms, NULL),
                                "booking", sl_json_id (&entry->booking_id), "lot", sl_json_id (&entry->lot_id),
                                "reason", sl_json_text (entry->reason));
      if (entry->forfeited_hundredths != 0)
        json_object_set_new (item, "forfeited", json_integer (entry->forfeited_hundredths));
      json_array_append_new (array, item);
    }
  return array;
}

static gboolean
run_credits (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  g_autoptr (SlCredits) credits = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error) ||
      !sl_credits_show (cli->engine, &cli->actor, &member, &credits, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:I, s:o, s:o}", "member", sl_json_id (&member),
                             "balance", (json_int_t) credits->balance_hundredths,
                             "lots", lots_to_json (cli, credits->lots),
                             "entries", entries_to_json (cli, credits->entries));
  return TRUE;
}

static const SlCliOption adjust_options[] = {
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_credits_adjust (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  gint64 amount, balance;
  if (!sl_cli_argument_int (call, 1, "H", &amount, error) || !sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member,
                                                                                  error) ||
      !sl_credits_adjust (cli->engine, &cli->actor, &member, amount, sl_cli_text (call, "reason"), &balance,
                          &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:I, s:I}", "member", sl_json_id (&member), "amount", (json_int_t) amount,
                             "balance", (json_int_t) balance);
  return TRUE;
}

static const SlCliOption transfer_options[] = {
  { "to", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("who gets them") },
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

static const SlColumn transfer_columns[] = {
  { "amount", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "balance", N_ ("Left"), SL_SHOW_CREDITS, NULL },
  { "to_balance", N_ ("The receiver's"), SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static gboolean
run_credits_transfer (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member, to;
  gint64 amount, balance, to_balance;
  if (!sl_cli_argument_int (call, 1, "H", &amount, error) ||
      !sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error) ||
      !sl_cli_option_id (cli, "to", SL_THING_MEMBER, &to, error) ||
      !sl_credits_transfer (cli->engine, &cli->actor, &member, &to, amount, sl_cli_text (call, "reason"), &balance,
                            &to_balance, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o, s:I, s:I, s:I}", "member", sl_json_id (&member), "to", sl_json_id (&to),
                             "amount", (json_int_t) amount, "balance", (json_int_t) balance,
                             "to_balance", (json_int_t) to_balance);
  return TRUE;
}

static const SlCliOption expiring_options[] = {
  { "days", SL_CLI_INT, FALSE, N_ ("N"), N_ ("within so many days (the policy credits_warn_days)") },
  SL_CLI_OPTIONS_END
};

static const SlColumn expiring_columns[] = {
  { "expires", N_ ("Expires"), SL_SHOW_TIME, NULL },
  { "left", N_ ("Left"), SL_SHOW_CREDITS, NULL },
  { "first", N_ ("First name"), SL_SHOW_TEXT, NULL },
  { "last", N_ ("Last name"), SL_SHOW_TEXT, NULL },
  { "phone", N_ ("Phone"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_credits_expiring (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) lots = NULL;
  if (!sl_credits_expiring (cli->engine, &cli->actor, sl_cli_int (call, "days", SL_NUMBER_NONE), &lots, &cli->refusal,
                            error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < lots->len; i++)
    {
      const SlExpiringLot *lot = lots->pdata[i];
      json_array_append_new (items, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "lot", sl_json_id (&lot->lot_id),
                                               "member", sl_json_id (&lot->member_id),
                                               "first", sl_json_text (lot->first), "last", sl_json_text (lot->last),
                                               "phone", sl_json_text (lot->phone),
                                               "left", (json_int_t) lot->left_hundredths,
                                               "expires", sl_json_time (cli, lot->expires_ms, NULL)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_money_commands[] = {
  { "package add", N_ ("add a package of credits that can be sold"), NULL, NULL, SL_CLI_IN_STUDIO, run_package_add,
    package_add_options, package_columns },
  { "package edit", N_ ("change a package; what is not named stays"),
    N_ ("What was sold keeps its credits and its end. Where they may be spent goes by the package as it is."), "ID",
    SL_CLI_IN_STUDIO, run_package_edit, package_edit_options, package_columns },
  { "package list", N_ ("list the packages"), NULL, NULL, SL_CLI_IN_STUDIO, run_package_list, NULL, package_columns },
  { "credits", N_ ("show a member's credits and how they came and went"), NULL, "MEMBER", SL_CLI_IN_STUDIO,
    run_credits, NULL,
    credits_columns },
  { "credits adjust", N_ ("add credits, or with a minus sign take them away"), NULL, "MEMBER H", SL_CLI_IN_STUDIO,
    run_credits_adjust,
    adjust_options, credits_columns },
  { "credits transfer", N_ ("give credits of one member to another"),
    N_ ("Those that would be spent first, with their end."), "MEMBER H", SL_CLI_IN_STUDIO, run_credits_transfer,
    transfer_options, transfer_columns },
  { "credits expiring", N_ ("list credits that expire soon"), NULL, NULL, SL_CLI_IN_STUDIO, run_credits_expiring,
    expiring_options, expiring_columns },
  { NULL }
};
