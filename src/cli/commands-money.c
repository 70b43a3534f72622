/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-money"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/credits.h"
#include "engine/package.h"
#include "engine/sale.h"

/* --- packages and sales --- */

static const SlCliOption package_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it") },
  { "credits", SL_CLI_INT, TRUE, N_ ("H"), N_ ("hundredths of a credit") },
  { "price", SL_CLI_INT, TRUE, N_ ("CENTS"), N_ ("what it costs") },
  { "days", SL_CLI_INT, TRUE, N_ ("N"), N_ ("how long its credits last") },
  SL_CLI_OPTIONS_END
};

static const SlColumn package_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "days", N_ ("Days"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
package_to_json (const SlPackage *package)
{
  return json_pack ("{s:o, s:o, s:I, s:I, s:I, s:o}", "id", sl_json_id (&package->id),
                    "name", sl_json_text (package->name),
                    "credits", (json_int_t) package->credits_hundredths, "price", (json_int_t) package->price_cents,
                    "days", (json_int_t) package->valid_days, "active", sl_json_bool (package->active));
}

static gboolean
run_package_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  if (!sl_package_add (cli->engine, &cli->actor, sl_cli_text (call, "name"), sl_cli_int (call, "credits", 0),
                       sl_cli_int (call, "price", 0), sl_cli_int (call, "days", 0), &id, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPackage) package = sl_package_get (cli->engine, &id, error);
  if (package == NULL)
    return FALSE;
  cli->answer = package_to_json (package);
  return TRUE;
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

static const SlCliOption sell_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("who buys") },
  { "package", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("what they buy") },
  { "method", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("cash, card, eft, qr, voucher or account") },
  { "amount", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what was taken (the price)") },
  { "reference", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("the terminal's or the bank's number") },
  SL_CLI_OPTIONS_END
};

static const SlColumn sell_columns[] = {
  { "receipt", N_ ("Receipt"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  { "vat", N_ ("VAT in it"), SL_SHOW_MONEY, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "payment", N_ ("Payment"), SL_SHOW_TEXT, NULL },
  { "lot", N_ ("Credits' lot"), SL_SHOW_TEXT, NULL },
  { "expires", N_ ("Credits expire"), SL_SHOW_TIME, NULL },
  { "balance", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static gboolean
run_sell (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlSaleParams params = { .method = sl_cli_text (call, "method"), .reference = sl_cli_text (call, "reference"),
                          .amount_cents = sl_cli_int (call, "amount", SL_NUMBER_NONE) };
  SlSale sale;
  gint64 balance;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &params.member_id, error) ||
      !sl_cli_option_id (cli, "package", SL_THING_PACKAGE, &params.package_id, error) ||
      !sl_sale_package (cli->engine, &cli->actor, &params, &sale, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_credits_balance (cli->engine, &params.member_id, &balance, error))
    return FALSE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:o, s:I}", "id", sl_json_id (&sale.payment_id),
                           "payment", sl_json_id (&sale.payment_id), "lot", sl_json_id (&sale.lot_id),
                           "receipt", (json_int_t) sale.receipt, "amount", (json_int_t) sale.amount_cents,
                           "vat", (json_int_t) sale.vat_cents, "status", sale.status,
                           "expires", sl_json_time (cli, sale.expires_ms, NULL), "balance", (json_int_t) balance);
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

const SlCliCommand sl_cli_money_commands[] = {
  { "package add", N_ ("add a package of credits that can be sold"), NULL, NULL, SL_CLI_IN_STUDIO, run_package_add,
    package_options,
    package_columns },
  { "package list", N_ ("list the packages"), NULL, NULL, SL_CLI_IN_STUDIO, run_package_list, NULL, package_columns },
  { "sell", N_ ("sell a package: the payment and its credits"), NULL, NULL, SL_CLI_IN_STUDIO, run_sell, sell_options,
    sell_columns },
  { "credits", N_ ("show a member's credits and how they came and went"), NULL, "MEMBER", SL_CLI_IN_STUDIO,
    run_credits, NULL,
    credits_columns },
  { "credits adjust", N_ ("add credits, or with a minus sign take them away"), NULL, "MEMBER H", SL_CLI_IN_STUDIO,
    run_credits_adjust,
    adjust_options, credits_columns },
  { NULL }
};
