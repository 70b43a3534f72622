/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-credits"

#include "engine/import-private.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/sale.h"

#define CREDITS_MAX_HUNDREDTHS G_GINT64_CONSTANT (100000000) /* a million credits: a slip of the finger beyond */
#define REASON_MAX_BYTES 400
#define OPENING_REASON "opening balance" /* as an adjustment's reason: kept sealed, shown to staff */

/* --- packages --- */

static const SlImportColumn package_columns[] = {
  { "name", SL_IMPORT_NEEDED }, { "credits", SL_IMPORT_NEEDED }, { "price", SL_IMPORT_NEEDED },
  { "days", SL_IMPORT_NEEDED }, { "locations", SL_IMPORT_READ }, { "per_member", SL_IMPORT_READ },
  { "new_only", SL_IMPORT_READ }, { "renews", SL_IMPORT_READ },  { "active", SL_IMPORT_READ },
  { "currency", SL_IMPORT_READ }, { "id", SL_IMPORT_FOR_EYES },
  { NULL },
};

static gboolean
load_names (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, FALSE, error);
}

/* One that is no longer sold does not come. */
static gboolean
take_package (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  int active;
  SlPackageParams params;
  sl_package_params_init (&params);
  params.name = sl_import_cell (run->import, row, "name");
  g_autoptr (GArray) locations = sl_import_find_list (run, row, "locations", SL_NAMED_LOCATION, error);
  if (locations == NULL || !sl_import_yes_or_no (run, row, "active", &active, error)
      || !sl_import_int (run, row, "credits", 0, &params.credits_hundredths, error)
      || !sl_import_int (run, row, "price", 0, &params.price_cents, error)
      || !sl_import_int (run, row, "days", 0, &params.valid_days, error)
      || !sl_import_int (run, row, "per_member", SL_NUMBER_NONE, &params.per_member, error)
      || !sl_import_yes_or_no (run, row, "new_only", &params.new_only, error)
      || !sl_import_yes_or_no (run, row, "renews", &params.renews, error))
    return FALSE;
  params.locations = (const SlId *) locations->data;
  params.n_locations = locations->len;
  const char *currency = sl_import_cell (run->import, row, "currency");
  run->skips = active < 0;
  if (currency != NULL && *currency != '\0' && !sl_sale_check_currency (run->engine, currency, refusal))
    return TRUE;
  return run->skips || sl_package_create (run->engine, run->actor, &params, &row->made, refusal, error);
}

const SlImportType sl_import_packages = {
  .word = "packages",
  .columns = package_columns,
  .action = SL_ACTION_EDIT_CATALOGUE,
  .load = load_names,
  .take = take_package,
};

/* --- credits --- */

static const SlImportColumn credit_columns[] = {
  { "member", SL_IMPORT_NEEDED }, { "credits", SL_IMPORT_NEEDED }, { "expires", SL_IMPORT_READ },
  { "reason", SL_IMPORT_READ },   { "first", SL_IMPORT_READ },     { "last", SL_IMPORT_READ },
  { "lot", SL_IMPORT_FOR_EYES },  { NULL },
};

static gboolean
load_members (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, TRUE, error);
}

static gboolean
check_lot (SlEngine *engine, const SlLotParams *lot, GError **error)
{
  const char *reason = NULL;
  if (lot->credits_hundredths < 1 || lot->credits_hundredths > CREDITS_MAX_HUNDREDTHS)
    reason = "credits: a number of hundredths from 1 to a million credits";
  else if (lot->expires_ms != 0 && lot->expires_ms <= sl_engine_now_ms (engine))
    reason = "expires: the credits have expired already";
  else if (lot->expires_ms > SL_TIME_MAX_MS)
    reason = "expires: not before the year 2100";
  if (reason != NULL)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, reason);
  return reason == NULL;
}

/* An opening balance: a lot that nothing was paid for here. Beside sl_credits_adjust() it may expire. */
static gboolean
open_lot (SlEngine *engine, const SlActor *actor, SlLotParams *lot, SlId *out_lot, SlRefusal *refusal, GError **error)
{
  g_autofree char *clean = sl_text_clean ("the reason", lot->reason, REASON_MAX_BYTES, error);
  if (clean == NULL || !check_lot (engine, lot, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  lot->reason = clean;
  g_autoptr (SlMember) member = sl_member_get (engine, &lot->member_id, error);
  if (member == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_REFUND_MORE, &engine->location, refusal))
    (void) sl_member_refuse_erased (member, refusal);
  if (refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "import", refusal, error);
  if (!sl_op_lot_create (engine->log, lot, out_lot, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
take_credits (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  const char *reason = sl_import_cell (run->import, row, "reason");
  SlLotParams lot = { .reason = reason != NULL ? reason : OPENING_REASON };
  return sl_import_find_member (run, row, &lot.member_id, error)
         && sl_import_int (run, row, "credits", 0, &lot.credits_hundredths, error)
         && sl_import_time (run, row, "expires", sl_engine_time_zone (run->engine), TRUE, &lot.expires_ms, error)
         && open_lot (run->engine, run->actor, &lot, &row->made, refusal, error);
}

const SlImportType sl_import_credits = {
  .word = "credits",
  .columns = credit_columns,
  .action = SL_ACTION_REFUND_MORE,
  .load = load_members,
  .take = take_credits,
};
