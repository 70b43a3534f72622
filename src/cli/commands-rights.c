/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-rights"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/days.h"
#include "engine/exchange.h"
#include "engine/rights.h"

/* Who may give away what: a session's spots, a booking, the days of an instructor or a room, money. */

static const SlColumn rights_columns[] = {
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "free", N_ ("Free spots"), SL_SHOW_TEXT, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "date", N_ ("Date"), SL_SHOW_TEXT, NULL },
  { "cents", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  SL_COLUMNS_END
};

static gboolean
answer_rights (SlCli *cli, const SlId *session, GError **error)
{
  g_autoptr (GPtrArray) rights = sl_exchange_rights (cli->engine, session, error);
  if (rights == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < rights->len; i++)
    {
      const SlRight *right = g_ptr_array_index (rights, i);
      json_array_append_new (items, json_pack ("{s:o, s:o, s:I, s:o}", "replica", sl_json_id (&right->replica),
                                               "name", sl_json_text (right->name), "free", (json_int_t) right->free,
                                               "own", sl_json_bool (right->own)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
run_rights_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId session;
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &session, error) && answer_rights (cli, &session, error);
}

static const SlCliOption rights_move_options[] = {
  { "to", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("the device that gets it") },
  { "spots", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many free spots of SESSION") },
  { "booking", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("a booking that this device keeps, with its spots and its credits") },
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("days of this instructor, with --day") },
  { "room", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("days of this room, with --day") },
  { "payment", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("what may be given back of this payment, with --cents") },
  { "voucher", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("what is left on this voucher, with --cents") },
  { "cents", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how much of it") },
  { "day", SL_CLI_LIST, FALSE, N_ ("DATE"), N_ ("a day that the other device shall plan: 2026-03-02") },
  SL_CLI_OPTIONS_END
};

static gboolean
check_move_words (const SlCliCall *call, GError **error)
{
  gboolean session = sl_cli_argument (call, 0) != NULL;
  gboolean days = sl_cli_has (call, "instructor") || sl_cli_has (call, "room");
  gboolean money = sl_cli_has (call, "payment") || sl_cli_has (call, "voucher");
  guint n = session + sl_cli_has (call, "booking") + sl_cli_has (call, "instructor") + sl_cli_has (call, "room")
            + sl_cli_has (call, "payment") + sl_cli_has (call, "voucher");
  const char *wrong = NULL;
  if (n != 1)
    wrong = "one of SESSION, --booking, --instructor, --room, --payment and --voucher is needed";
  else if (session != sl_cli_has (call, "spots"))
    wrong = "SESSION and --spots go together";
  else if (days != sl_cli_has (call, "day"))
    wrong = "--instructor or --room and --day go together";
  else if (money != sl_cli_has (call, "cents"))
    wrong = "--payment or --voucher and --cents go together";
  if (wrong != NULL)
    g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, wrong);
  return wrong == NULL;
}

static gboolean
move_booking (SlCli *cli, const SlId *to, GError **error)
{
  SlId booking;
  if (!sl_cli_option_id (cli, "booking", SL_THING_BOOKING, &booking, error)
      || !sl_rights_move_booking (cli->engine, &cli->actor, &booking, to, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:[{s:o, s:o}]}", "items", "booking", sl_json_id (&booking), "replica", sl_json_id (to));
  return TRUE;
}

static gboolean
move_money (SlCli *cli, const SlCliCall *call, const SlId *to, GError **error)
{
  gboolean voucher = sl_cli_has (call, "voucher");
  const char *name = voucher ? "voucher" : "payment";
  gint64 cents = sl_cli_int (call, "cents", 0);
  SlId thing;
  if (!sl_cli_option_id (cli, name, voucher ? SL_THING_VOUCHER : SL_THING_PAYMENT, &thing, error)
      || !sl_rights_move_money (cli->engine, &cli->actor, &thing, cents, to, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:[{s:o, s:o, s:I}]}", "items", name, sl_json_id (&thing), "replica", sl_json_id (to),
                             "cents", (json_int_t) cents);
  return TRUE;
}

static GArray *
read_days (const SlCliCall *call, GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (gint64));
  GPtrArray *texts = sl_cli_list (call, "day");
  for (guint i = 0; i < texts->len; i++)
    {
      gint64 day = sl_day_parse (texts->pdata[i], error);
      if (day < 0)
        return NULL;
      g_array_append_val (days, day);
    }
  return g_steal_pointer (&days);
}

static gboolean
move_days (SlCli *cli, const SlCliCall *call, const SlId *to, GError **error)
{
  gboolean room = sl_cli_has (call, "room");
  SlId who;
  g_autoptr (GArray) days = read_days (call, error);
  if (days == NULL
      || !sl_cli_option_id (cli, room ? "room" : "instructor", room ? SL_THING_ROOM : SL_THING_STAFF, &who, error)
      || !sl_rights_move_days (cli->engine, &cli->actor, &who, days, to, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < days->len; i++)
    {
      g_autofree char *date = sl_day_format (g_array_index (days, gint64, i));
      json_array_append_new (items, json_pack ("{s:s, s:o}", "date", date, "replica", sl_json_id (to)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
run_rights_move (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId session, to;
  if (!sl_cli_option_id (cli, "to", SL_THING_REPLICA, &to, error))
    return FALSE;
  if (sl_cli_has (call, "booking"))
    return move_booking (cli, &to, error);
  if (sl_cli_has (call, "cents"))
    return move_money (cli, call, &to, error);
  if (sl_cli_has (call, "day"))
    return move_days (cli, call, &to, error);
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &session, error) &&
         sl_exchange_move_rights (cli->engine, &cli->actor, &session, &to, sl_cli_int (call, "spots", 0),
                                  &cli->refusal, error) &&
         (cli->refusal.code != SL_REFUSAL_NONE || answer_rights (cli, &session, error));
}

const SlCliCommand sl_cli_rights_commands[] = {
  { "rights list", N_ ("list which device may give away how many free spots"), NULL, "SESSION", SL_CLI_IN_STUDIO,
    run_rights_list, NULL,
    rights_columns },
  { "rights move", N_ ("move free spots, a booking, days or money that are this device's to another one"),
    N_ ("What is moved counts there when the other device has heard of it. Spots that a third device owes go to that\n"
        "one first. With a booking go its spots and credits: what is given back later is the other device's. Whoever\n"
        "plans an instructor's or a room's day adds and changes the sessions on it. Of a payment it is what may be\n"
        "given back that is moved, of a voucher what is left on it."),
    "[SESSION]", SL_CLI_IN_STUDIO, run_rights_move, rights_move_options, rights_columns, NULL, check_move_words },
  { NULL }
};
