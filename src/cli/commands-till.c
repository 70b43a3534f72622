/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-till"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/cash-up.h"
#include "engine/print-queue.h"

/* The till: opened, counted, closed; its cash-up. */

static const SlColumn taking_columns[] = {
  { "method", N_ ("How"), SL_SHOW_TEXT, NULL },
  { "count", N_ ("Payments"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Taken"), SL_SHOW_MONEY, NULL },
  { "refunded", N_ ("Given back"), SL_SHOW_MONEY, NULL },
  { "net", N_ ("Left"), SL_SHOW_MONEY, NULL },
  { "pending_amount", N_ ("Not seen yet"), SL_SHOW_MONEY, NULL },
  SL_COLUMNS_END
};

static const SlColumn till_columns[] = {
  { "opened", N_ ("Opened"), SL_SHOW_TIME, NULL },
  { "closed", N_ ("Closed"), SL_SHOW_TIME, NULL },
  { "float", N_ ("Float"), SL_SHOW_MONEY, NULL },
  { "cash", N_ ("Cash taken"), SL_SHOW_MONEY, NULL },
  { "refunded", N_ ("Cash given back"), SL_SHOW_MONEY, NULL },
  { "put_in", N_ ("Put in (taken out)"), SL_SHOW_MONEY, NULL },
  { "expected", N_ ("Expected"), SL_SHOW_MONEY, NULL },
  { "counted", N_ ("Counted"), SL_SHOW_MONEY, NULL },
  { "difference", N_ ("Difference"), SL_SHOW_MONEY, NULL },
  { "pending_amount", N_ ("Not seen yet"), SL_SHOW_MONEY, NULL },
  { "vouchers_sold", N_ ("Vouchers sold"), SL_SHOW_MONEY, NULL },
  { "vouchers_used", N_ ("Vouchers used"), SL_SHOW_MONEY, NULL },
  { "account_given", N_ ("Put on account"), SL_SHOW_MONEY, NULL },
  { "account_paid", N_ ("Paid of what was on account"), SL_SHOW_MONEY, NULL },
  { "vat", N_ ("VAT in what was sold"), SL_SHOW_MONEY, NULL },
  { "print", N_ ("Print job"), SL_SHOW_TEXT, NULL },
  { "id", N_ ("Till"), SL_SHOW_TEXT, NULL },
  { "takings", N_ ("Takings"), SL_SHOW_ITEMS, taking_columns },
  SL_COLUMNS_END
};

static json_t *
till_to_json (SlCli *cli, const SlTill *till)
{
  json_t *answer
    = json_pack ("{s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o}", "id", sl_json_id (&till->id), "name",
                 sl_json_text (till->name), "location", sl_json_id (&till->location_id), "state",
                 till->closed_ms == 0 ? "open" : "closed", "opened", sl_json_time (cli, till->opened_ms, NULL),
                 "closed", sl_json_time (cli, till->closed_ms, NULL), "float", (json_int_t) till->float_cents, "cash",
                 (json_int_t) till->cash_taken_cents, "refunded", (json_int_t) till->cash_refunded_cents, "put_in",
                 (json_int_t) till->put_in_cents, "expected", (json_int_t) till->expected_cents, "note",
                 sl_json_text (till->note));
  if (till->closed_ms != 0)
    {
      json_object_set_new (answer, "counted", json_integer (till->counted_cents));
      json_object_set_new (answer, "difference", json_integer (till->difference_cents));
    }
  return answer;
}

/* In which ways money came and went; those in which none did are left out. */
static json_t *
takings_to_json (const SlCashUp *cash_up, gint64 *out_pending_cents)
{
  json_t *items = json_array ();
  *out_pending_cents = 0;
  for (guint i = 0; i < SL_CASH_UP_METHODS; i++)
    {
      const SlCashUpRow *row = &cash_up->rows[i];
      gint64 taken_cents = row->sales_cents + row->payments_cents;
      *out_pending_cents += row->pending_cents;
      if (row->sales + row->payments + row->refunds + row->pending > 0)
        json_array_append_new (items, json_pack ("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "method", row->method,
                                                 "count", (json_int_t) (row->sales + row->payments), "amount",
                                                 (json_int_t) taken_cents, "refunds", (json_int_t) row->refunds,
                                                 "refunded", (json_int_t) row->refunds_cents, "net",
                                                 (json_int_t) (taken_cents - row->refunds_cents), "pending",
                                                 (json_int_t) row->pending, "pending_amount",
                                                 (json_int_t) row->pending_cents));
    }
  return items;
}

/* Of a till: its cash, and all that was taken while it was open. */
static gboolean
answer_cash_up (SlCli *cli, const SlTill *till, GError **error)
{
  const SlCashUpParams params = { .till_id = till->id };
  g_autoptr (SlCashUp) cash_up = NULL;
  gint64 pending_cents;
  if (!sl_cash_up (cli->engine, &cli->actor, &params, &cash_up, &cli->refusal, error))
    return FALSE;
  if (cash_up == NULL)
    return TRUE;
  cli->answer = till_to_json (cli, till);
  json_object_set_new (cli->answer, "takings", takings_to_json (cash_up, &pending_cents));
  json_object_set_new (cli->answer, "pending_amount", json_integer (pending_cents));
  json_object_set_new (cli->answer, "vouchers_sold", json_integer (cash_up->vouchers_sold_cents));
  json_object_set_new (cli->answer, "vouchers_used", json_integer (cash_up->vouchers_used_cents));
  json_object_set_new (cli->answer, "account_given", json_integer (cash_up->account_given_cents));
  json_object_set_new (cli->answer, "account_paid", json_integer (cash_up->account_paid_cents));
  json_object_set_new (cli->answer, "vat", json_integer (cash_up->vat_cents));
  return TRUE;
}

static gboolean
put_into_queue (SlCli *cli, const SlCliCall *call, const SlTill *till, GError **error)
{
  const SlPrintRequest request
    = { .kind = SL_PRINT_CASH_UP, .subject_id = till->id, .copy = sl_cli_has (call, "copy") };
  SlId job;
  g_autoptr (SlPrinter) printer = sl_printer_get (cli->engine, NULL, error);
  if (printer == NULL || !sl_print_queue_add (cli->engine, &request, &job, error))
    return FALSE;
  json_object_set_new (cli->answer, "print", sl_json_id (&job));
  return TRUE;
}

static gboolean
answer_till (SlCli *cli, const SlId *id, GError **error)
{
  g_autoptr (SlTill) till = NULL;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_till_show (cli->engine, &cli->actor, id, &till, &cli->refusal, error))
    return FALSE;
  return till == NULL || answer_cash_up (cli, till, error);
}

static const SlCliOption till_open_options[] = {
  { "float", SL_CLI_INT, TRUE, N_ ("CENTS"), N_ ("the cash that is in it") },
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_till_open (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_till_open (cli->engine, &cli->actor, sl_cli_text (call, "name"), sl_cli_int (call, "float", 0), &id,
                       &cli->refusal, error)
         && answer_till (cli, &id, error);
}

static const SlCliOption till_cash_options[] = {
  { "reason", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what for") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_till_cash (SlCli *cli, const SlCliCall *call, GError **error)
{
  gint64 cents;
  return sl_cli_argument_int (call, 0, "cents", &cents, error)
         && sl_till_cash (cli->engine, &cli->actor, cents, sl_cli_text (call, "reason"), &cli->refusal, error)
         && answer_till (cli, NULL, error);
}

static const SlCliOption till_close_options[] = {
  { "count", SL_CLI_INT, TRUE, N_ ("CENTS"), N_ ("the cash that was counted") },
  { "note", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("about the difference") },
  { "print", SL_CLI_FLAG, FALSE, NULL, N_ ("put the cash-up into the printer's queue; once") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_till_close (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlTill) till = NULL;
  g_autoptr (SlPrinter) printer = sl_cli_has (call, "print") ? sl_printer_get (cli->engine, NULL, error) : NULL;
  if ((sl_cli_has (call, "print") && printer == NULL)
      || !sl_till_close (cli->engine, &cli->actor, sl_cli_int (call, "count", 0), sl_cli_text (call, "note"), &till,
                         &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  return answer_cash_up (cli, till, error)
         && (printer == NULL || cli->answer == NULL || put_into_queue (cli, call, till, error));
}

static const SlCliOption till_show_options[] = {
  { "till", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("which (the open one, else the last)") },
  { "print", SL_CLI_FLAG, FALSE, NULL, N_ ("put its cash-up into the printer's queue, once; it must be closed") },
  { "copy", SL_CLI_FLAG, FALSE, NULL, N_ ("once more, and it says so") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_till_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlTill) till = NULL;
  SlId id;
  if (!sl_cli_option_id (cli, "till", SL_THING_TILL, &id, error)
      || !sl_till_show (cli->engine, &cli->actor, sl_id_is_none (&id) ? NULL : &id, &till, &cli->refusal, error))
    return FALSE;
  if (till == NULL)
    return TRUE;
  if (sl_cli_has (call, "print") && till->closed_ms == 0)
    {
      (void) sl_refuse (&cli->refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (&cli->refusal, "status", "open");
      return TRUE;
    }
  return answer_cash_up (cli, till, error)
         && (!sl_cli_has (call, "print") || cli->answer == NULL || put_into_queue (cli, call, till, error));
}

const SlCliCommand sl_cli_till_commands[] = {
  { "till open", N_ ("open this device's till"), NULL, NULL, SL_CLI_IN_STUDIO, run_till_open, till_open_options,
    till_columns },
  { "till cash", N_ ("put cash into the till, or with a minus sign take it out"), NULL, "CENTS", SL_CLI_IN_STUDIO,
    run_till_cash, till_cash_options, till_columns },
  { "till close", N_ ("count and close this device's till"), NULL, NULL, SL_CLI_IN_STUDIO, run_till_close,
    till_close_options, till_columns },
  { "till show", N_ ("show this device's till, and what was taken while it was open"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_till_show, till_show_options, till_columns },
  { NULL }
};
