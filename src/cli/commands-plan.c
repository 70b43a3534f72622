/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-plan"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/membership.h"
#include "engine/plan.h"

/* --- plans --- */

#define PLAN_OPTIONS \
  { "joining", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what joining costs, once") }, \
  { "credits", SL_CLI_INT, FALSE, N_ ("H"), N_ ("hundredths of a credit a month, of a plan of credits") }, \
  { "service", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("what it covers (everything)") }, \
  { "access-hours", SL_CLI_TEXT, FALSE, N_ ("HOURS"), N_ ("when: Mon-Fri 09:00-16:00; empty: always") }, \
  { "open-gym", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it lets in without a booking") }

static const SlCliOption plan_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it") },
  { "kind", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("unlimited or credits") },
  { "period", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("monthly or annual") },
  { "price", SL_CLI_INT, TRUE, N_ ("CENTS"), N_ ("what a period costs") },
  PLAN_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlCliOption plan_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it") },
  { "kind", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("unlimited or credits") },
  { "period", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("monthly or annual") },
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what a period costs") },
  PLAN_OPTIONS,
  { "all-services", SL_CLI_FLAG, FALSE, NULL, N_ ("let it cover everything") },
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still sold") },
  SL_CLI_OPTIONS_END
};

static const SlColumn plan_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "period", N_ ("Period"), SL_SHOW_TEXT, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "joining", N_ ("Joining fee"), SL_SHOW_MONEY, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "services", N_ ("Services"), SL_SHOW_TEXT, NULL },
  { "access_hours", N_ ("Access hours"), SL_SHOW_TEXT, NULL },
  { "open_gym", N_ ("Open gym"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
plan_to_json (const SlPlan *plan)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "id", sl_json_id (&plan->id),
                    "name", sl_json_text (plan->name), "kind", sl_json_text (plan->kind),
                    "period", sl_json_text (plan->period), "price", (json_int_t) plan->price_cents,
                    "joining", (json_int_t) plan->joining_cents, "credits", (json_int_t) plan->credits_hundredths,
                    "services", sl_json_ids (plan->services), "access_hours", sl_json_text (plan->access_hours),
                    "open_gym", sl_json_bool (plan->open_gym), "active", sl_json_bool (plan->active));
}

static gboolean
answer_plan (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPlan) plan = sl_plan_get (cli->engine, id, error);
  if (plan == NULL)
    return FALSE;
  cli->answer = plan_to_json (plan);
  return TRUE;
}

/* out: points into services. */
static gboolean
read_plan_params (SlCli *cli, GArray *services, SlPlanParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  sl_plan_params_init (out);
  out->name = sl_cli_text (call, "name");
  out->kind = sl_cli_text (call, "kind");
  out->period = sl_cli_text (call, "period");
  out->price_cents = sl_cli_int (call, "price", SL_NUMBER_NONE);
  out->joining_cents = sl_cli_int (call, "joining", SL_NUMBER_NONE);
  out->credits_hundredths = sl_cli_int (call, "credits", SL_NUMBER_NONE);
  out->access_hours = sl_cli_text (call, "access-hours");
  out->services = services->len > 0 ? (const SlId *) (gconstpointer) services->data : NULL;
  out->n_services = services->len;
  out->all_services = sl_cli_has (call, "all-services");
  if (out->all_services && out->n_services > 0)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--all-services: not together with --service");
      return FALSE;
    }
  return sl_cli_yes_or_no (call, "open-gym", &out->open_gym, error) &&
         sl_cli_yes_or_no (call, "active", &out->active, error);
}

static gboolean
run_plan_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPlanParams params;
  SlId id;
  g_autoptr (GArray) services = sl_cli_option_ids (cli, "service", SL_THING_SERVICE, error);
  return services != NULL && read_plan_params (cli, services, &params, error) &&
         sl_plan_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) && answer_plan (cli, &id, error);
}

static gboolean
run_plan_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPlanParams params;
  SlId id;
  g_autoptr (GArray) services = sl_cli_option_ids (cli, "service", SL_THING_SERVICE, error);
  return services != NULL && sl_cli_argument_id (cli, 0, SL_THING_PLAN, &id, error) &&
         read_plan_params (cli, services, &params, error) &&
         sl_plan_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) && answer_plan (cli, &id, error);
}

static gboolean
run_plan_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) plans = sl_plan_list (cli->engine, error);
  if (plans == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < plans->len; i++)
    json_array_append_new (items, plan_to_json (plans->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- memberships --- */

static const SlColumn membership_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "plan_name", N_ ("Plan"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "from", N_ ("From"), SL_SHOW_TIME, NULL },
  { "until", N_ ("Until"), SL_SHOW_TIME, NULL },
  { "frozen_from", N_ ("Frozen from"), SL_SHOW_TIME, NULL },
  { "frozen_until", N_ ("Frozen until"), SL_SHOW_TIME, NULL },
  { "paid_until", N_ ("Paid until"), SL_SHOW_TIME, NULL },
  { "stops", N_ ("Rests unless paid by"), SL_SHOW_TIME, NULL },
  { "collect", N_ ("Collected by"), SL_SHOW_TEXT, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "cancelled", N_ ("Cancelled"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
membership_to_json (SlCli *cli, const SlMembership *membership)
{
  gint64 price = membership->price_cents != SL_NUMBER_NONE ? membership->price_cents : membership->plan_price_cents;
  return json_pack ("{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "id",
                    sl_json_id (&membership->id),
                    "member", sl_json_id (&membership->member_id), "plan", sl_json_id (&membership->plan_id),
                    "plan_name", sl_json_text (membership->plan_name),
                    "status", sl_membership_status_name (membership->status),
                    "from", sl_json_time (cli, membership->from_ms, NULL),
                    "until", sl_json_time (cli, membership->until_ms, NULL),
                    "frozen_from", sl_json_time (cli, membership->frozen_from_ms, NULL),
                    "frozen_until", sl_json_time (cli, membership->frozen_until_ms, NULL),
                    "paid_until", sl_json_time (cli, membership->paid_until_ms, NULL),
                    "cancelled", sl_json_bool (membership->cancelled), "collect", sl_json_text (membership->collect),
                    "price", (json_int_t) price,
                    "stops", sl_json_time (cli, sl_membership_stops_ms (membership), NULL),
                    "device", sl_json_id (&membership->device_id));
}

static gboolean
answer_membership (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlMembership) membership = sl_membership_get (cli->engine, id, error);
  if (membership == NULL)
    return FALSE;
  cli->answer = membership_to_json (cli, membership);
  return TRUE;
}

static const SlCliOption start_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("whose") },
  { "plan", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("of which plan") },
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("from when (now)") },
  { "until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("until when (without an end)") },
  { "paid-until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("until when it is paid (nothing will be due)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_start (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlMembershipParams params = { 0 };
  SlId id;
  return sl_cli_option_id (cli, "member", SL_THING_MEMBER, &params.member_id, error) &&
         sl_cli_option_id (cli, "plan", SL_THING_PLAN, &params.plan_id, error) &&
         sl_cli_option_time (cli, "from", 0, &params.from_ms, error) &&
         sl_cli_option_time (cli, "until", 0, &params.until_ms, error) &&
         sl_cli_option_time (cli, "paid-until", 0, &params.paid_until_ms, error) &&
         sl_membership_start (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) &&
         answer_membership (cli, &id, error);
}

static const SlCliOption freeze_options[] = {
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("from when (now)") },
  { "until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("until when (until further notice)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_freeze (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  gint64 from_ms, until_ms;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error) &&
         sl_cli_option_time (cli, "from", 0, &from_ms, error) &&
         sl_cli_option_time (cli, "until", 0, &until_ms, error) &&
         sl_membership_freeze (cli->engine, &cli->actor, &id, from_ms, until_ms, &cli->refusal, error) &&
         answer_membership (cli, &id, error);
}

static gboolean
run_membership_unfreeze (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error) &&
         sl_membership_unfreeze (cli->engine, &cli->actor, &id, &cli->refusal, error) &&
         answer_membership (cli, &id, error);
}

static const SlCliOption cancel_options[] = {
  { "at", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("its end (now); until then it goes on") },
  { "when-paid-up", SL_CLI_FLAG, FALSE, NULL, N_ ("it ends where what is paid ends") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_cancel (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  gint64 at_ms;
  gboolean later = sl_cli_has (call, "when-paid-up");
  if (later && sl_cli_has (call, "at"))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--when-paid-up: not together with --at");
      return FALSE;
    }
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error) &&
         sl_cli_option_time (cli, "at", 0, &at_ms, error) &&
         (later ? sl_membership_cancel_when_paid_up (cli->engine, &cli->actor, &id, &cli->refusal, error)
                : sl_membership_cancel (cli->engine, &cli->actor, &id, at_ms, &cli->refusal, error)) &&
         answer_membership (cli, &id, error);
}

static const SlCliOption edit_options[] = {
  { "collect", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("how what comes is paid: account, eft, card, online or desk") },
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what a period costs this member") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error) &&
         sl_membership_edit (cli->engine, &cli->actor, &id, sl_cli_text (call, "collect"),
                             sl_cli_int (call, "price", SL_NUMBER_NONE), &cli->refusal, error) &&
         answer_membership (cli, &id, error);
}

static const SlCliOption paid_options[] = {
  { "until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("until when (nothing will be due)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_paid (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  gint64 until_ms;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error) &&
         sl_cli_option_time (cli, "until", 0, &until_ms, error) &&
         sl_membership_paid (cli->engine, &cli->actor, &id, until_ms, &cli->refusal, error) &&
         answer_membership (cli, &id, error);
}

static gboolean
run_membership_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error) ||
      !sl_membership_show (cli->engine, &cli->actor, &member, &list, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, membership_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_plan_commands[] = {
  { "plan add", N_ ("add a plan that members can have"), NULL, NULL, SL_CLI_IN_STUDIO, run_plan_add, plan_add_options,
    plan_columns },
  { "plan edit", N_ ("change a plan; what is not named stays"),
    N_ ("Memberships follow their plan: what it covers is asked at the moment."), "ID", SL_CLI_IN_STUDIO,
    run_plan_edit, plan_edit_options, plan_columns },
  { "plan list", N_ ("list the plans"), NULL, NULL, SL_CLI_IN_STUDIO, run_plan_list, NULL, plan_columns },
  { "membership start", N_ ("give a member a plan"), N_ ("An unlimited one pays for what it covers."), NULL,
    SL_CLI_IN_STUDIO, run_membership_start, start_options, membership_columns },
  { "membership freeze", N_ ("let a membership rest"), NULL, "ID", SL_CLI_IN_STUDIO, run_membership_freeze,
    freeze_options, membership_columns },
  { "membership unfreeze", N_ ("let a frozen membership go on"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_membership_unfreeze, NULL, membership_columns },
  { "membership cancel", N_ ("end a membership"), NULL, "ID", SL_CLI_IN_STUDIO, run_membership_cancel, cancel_options,
    membership_columns },
  { "membership edit", N_ ("change how a membership's periods to come are paid"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_membership_edit, edit_options, membership_columns },
  { "membership paid", N_ ("say until when a membership is paid"), NULL, "ID", SL_CLI_IN_STUDIO, run_membership_paid,
    paid_options, membership_columns },
  { "membership show", N_ ("show a member's memberships"), NULL, "MEMBER", SL_CLI_IN_STUDIO, run_membership_show, NULL,
    membership_columns },
  { NULL }
};
