/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-package-renewal"

#include "engine/package-renewal.h"

#include "core/datetime.h"
#include "engine/credits-private.h"
#include "engine/dunning.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/membership-private.h"
#include "engine/payment.h"
#include "engine/resolver.h"
#include "engine/sale.h"

/* One device sells it again. What is due is judged by what was sold, paid and spent, and again inside the transaction
 * that writes it, so a run may come late, twice or in two programs at once. */

#define COLUMNS \
  "SELECT r.id, r.member_id, r.package_id, r.device_id, p.name, r.collect, coalesce (r.active, 0), r.created_hlc " \
  "FROM renewal r LEFT JOIN package p ON p.id = r.package_id "

/* Credits of any of its sales that the clock still lets be spent. */
#define HAS_CREDITS(renewal, now) \
  "EXISTS (SELECT 1 FROM renewal_charge c CROSS JOIN lot l ON l.sale_id = c.sale_id WHERE c.renewal_id = " renewal \
  " AND (l.expires_ms IS NULL OR l.expires_ms > " now ") AND " SL_SQL_LOT_LEFT " > 0)"
/* A sale of it whose credits have not come. */
#define HAS_OPEN(renewal) \
  "EXISTS (SELECT 1 FROM renewal_charge c WHERE c.renewal_id = " renewal " AND NOT EXISTS (SELECT 1 FROM lot l " \
  "WHERE l.sale_id = c.sale_id))"

static const char *const state_names[] = {
  [SL_PACKAGE_RENEWAL_RUNNING] = "running", [SL_PACKAGE_RENEWAL_ASKED] = "asked",
  [SL_PACKAGE_RENEWAL_UNPAID] = "unpaid",   [SL_PACKAGE_RENEWAL_ENDED] = "ended",
  [SL_PACKAGE_RENEWAL_STOPPED] = "stopped",
};

/**
 * sl_package_renewal_state_name:
 * @state: where it stands
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_package_renewal_state_name (SlPackageRenewalState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), "");

  return state_names[state];
}

/**
 * sl_package_renewal_free:
 * @renewal: (nullable) (transfer full): a renewal
 */
void
sl_package_renewal_free (SlPackageRenewal *renewal)
{
  if (renewal == NULL)
    return;
  g_free (renewal->package_name);
  g_free (renewal);
}

/* --- reading --- */

static SlPackageRenewal *
read_row (SlRows *rows)
{
  SlPackageRenewal *renewal = g_new0 (SlPackageRenewal, 1);
  SlId *const ids[] = { &renewal->id, &renewal->member_id, &renewal->package_id, &renewal->device_id };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    sl_rows_id (rows, (int) i, ids[i]);
  renewal->package_name = sl_rows_dup_text (rows, 4);
  renewal->collect = g_intern_string (sl_rows_text (rows, 5));
  renewal->state = sl_rows_int (rows, 6) != 0 ? SL_PACKAGE_RENEWAL_RUNNING : SL_PACKAGE_RENEWAL_STOPPED;
  renewal->made_ms = sl_hlc_to_ms (sl_rows_int (rows, 7));
  return renewal;
}

/* Of two sales of one cycle the earlier counts, on every device. */
static gboolean
read_last (SlEngine *engine, SlPackageRenewal *renewal, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT c.sale_id, c.cycle, EXISTS (SELECT 1 FROM lot l "
                                            "WHERE l.sale_id = c.sale_id) FROM renewal_charge c JOIN sale s "
                                            "ON s.id = c.sale_id WHERE c.renewal_id = ? "
                                            "ORDER BY c.cycle DESC, c.created_hlc, c.id LIMIT 1",
                                            "d", &renewal->id);
  renewal->sale_id = sl_id_none;
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &renewal->sale_id);
      renewal->cycle = sl_rows_int (rows, 1);
      renewal->has_lot = sl_rows_int (rows, 2) != 0;
    }
  return sl_rows_finish (rows, error);
}

/* Whether the time of the last try is over. */
static gboolean
is_try_over (const SlPackageRenewal *renewal, const SlDunning *dunning, gint64 now_ms)
{
  return now_ms >= renewal->asked_ms + dunning->tries_ms / dunning->tries;
}

static gboolean
judge (SlEngine *engine, SlPackageRenewal *renewal, const SlDunning *dunning, GError **error)
{
  if (!read_last (engine, renewal, error))
    return FALSE;
  if (sl_id_is_none (&renewal->sale_id))
    return TRUE;
  g_autoptr (SlSaleRecord) sale = sl_sale_get (engine, &renewal->sale_id, error);
  if (sale == NULL)
    return FALSE;
  gboolean given_back = sale->total_cents > 0 && sale->refunded_cents >= sale->total_cents;
  renewal->due_cents = sale->due_cents;
  renewal->granted = !given_back && sale->paid_cents + sale->owed_cents >= sale->total_cents;
  for (guint i = 0; i < sale->payments->len; i++)
    {
      const SlPayment *payment = sale->payments->pdata[i];
      if (g_strcmp0 (payment->method, SL_COLLECT_ACCOUNT) == 0)
        continue;
      renewal->asked++;
      renewal->asked_ms = MAX (renewal->asked_ms, payment->at_ms);
    }
  if (renewal->state == SL_PACKAGE_RENEWAL_STOPPED)
    return TRUE;
  if (given_back)
    renewal->state = SL_PACKAGE_RENEWAL_ENDED;
  else if (!renewal->granted && renewal->cycle > 0)
    renewal->state = renewal->asked >= dunning->tries
                         && (sale->pending_cents == 0 || is_try_over (renewal, dunning, sl_engine_now_ms (engine)))
                       ? SL_PACKAGE_RENEWAL_UNPAID
                       : SL_PACKAGE_RENEWAL_ASKED;
  return TRUE;
}

/* (transfer full) (element-type SlPackageRenewal): takes the rows; NULL on failure. */
static GPtrArray *
read_all (SlEngine *engine, SlRows *taken, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_package_renewal_free);
  SlDunning dunning;
  while (sl_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  if (!sl_rows_finish (rows, error) || !sl_dunning_read (engine, &dunning, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    if (!judge (engine, list->pdata[i], &dunning, error))
      return NULL;
  return g_steal_pointer (&list);
}

/**
 * sl_package_renewal_get:
 * @engine: the engine
 * @id: the renewal
 * @error: return location
 *
 * Returns: (transfer full): as it stands now; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlPackageRenewal *
sl_package_renewal_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (GPtrArray) list
    = read_all (engine, sl_store_query (engine->store, COLUMNS "WHERE r.id = ? AND r.created_hlc IS NOT NULL", "d", id),
                error);
  if (list != NULL && list->len == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such renewal of a package");
  return list != NULL && list->len > 0 ? g_ptr_array_steal_index (list, 0) : NULL;
}

/**
 * sl_package_renewal_list:
 * @engine: the engine
 * @actor: who asks
 * @member: (nullable): whose, by any of their records; %NULL: everybody's that were not stopped
 * @out: (out) (transfer full) (element-type SlPackageRenewal): the latest first
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_package_renewal_list (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "renewal list", out_refusal);
  *out = read_all (engine,
                   sl_store_query (engine->store,
                                   COLUMNS "WHERE r.created_hlc IS NOT NULL AND CASE WHEN ?1 IS NULL "
                                           "THEN coalesce (r.active, 0) <> 0 ELSE r.member_id IN "
                                           SL_SQL_SAME_MEMBER ("?1") " END ORDER BY r.created_hlc DESC, r.id",
                                   "d", member),
                   error);
  return *out != NULL;
}

/* sl_package_renewal_list_open: see the header. */
GPtrArray *
sl_package_renewal_list_open (SlEngine *engine, GError **error)
{
  return read_all (engine,
                   sl_store_query (engine->store,
                                   COLUMNS "WHERE r.created_hlc IS NOT NULL AND coalesce (r.active, 0) <> 0 AND "
                                   HAS_OPEN ("r.id") " ORDER BY r.id",
                                   ""),
                   error);
}

/* --- wanting it, and not any more --- */

/* sl_package_renewal_check: see the header. */
gboolean
sl_package_renewal_check (const SlPackage *package, SlRefusal *refusal)
{
  if (package->renews)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", "does_not_renew");
  return FALSE;
}

static gboolean
write_charge (SlEngine *engine, const SlId *renewal, const SlId *sale, gint64 cycle, GError **error)
{
  SlId id;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_RENEWAL_CHARGE);
  sl_fields_set_id (fields, "renewal_id", renewal);
  sl_fields_set_id (fields, "sale_id", sale);
  sl_fields_set_int (fields, "cycle", cycle);
  return sl_op_create (engine->log, fields, &id, error);
}

/* sl_package_renewal_write: see the header. It is this device's from now on. */
gboolean
sl_package_renewal_write (SlEngine *engine, const SlId *member, const SlId *package, const SlId *sale,
                          const char *collect, SlId *out_id, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_RENEWAL);
  sl_fields_set_id (fields, "member_id", member);
  sl_fields_set_id (fields, "package_id", package);
  sl_fields_set_id (fields, "device_id", sl_oplog_get_replica (engine->log));
  sl_fields_set_text (fields, "collect", collect);
  sl_fields_set_int (fields, "active", 1);
  return sl_op_create (engine->log, fields, out_id, error) && write_charge (engine, out_id, sale, 0, error);
}

static gboolean
refuse_state (SlRefusal *refusal, const char *status)
{
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", status);
  return FALSE;
}

/* A sale of a package: whose and of which; and whether it is one of a renewal that goes on. */
static gboolean
read_sold (SlEngine *engine, const SlId *sale, SlId *out_member, SlId *out_package, gboolean *out_renews,
           GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT s.member_id, l.thing_id, EXISTS (SELECT 1 FROM renewal_charge c JOIN renewal r ON r.id = c.renewal_id "
    "WHERE c.sale_id = s.id AND coalesce (r.active, 0) <> 0) FROM sale s LEFT JOIN sale_line l ON l.sale_id = s.id "
    "AND l.what = 1 WHERE s.id = ? ORDER BY l.line LIMIT 1",
    "d", sale);
  *out_member = *out_package = sl_id_none;
  gboolean found = sl_rows_next (rows);
  if (found)
    {
      sl_rows_id (rows, 0, out_member);
      sl_rows_id (rows, 1, out_package);
      *out_renews = sl_rows_int (rows, 2) != 0;
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such sale");
  return found;
}

/* FALSE: refused, or failed. */
static gboolean
check_start (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *package, gboolean renews,
             SlRefusal *refusal, GError **error)
{
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, refusal))
    return FALSE;
  if (sl_id_is_none (package) || sl_id_is_none (member))
    return refuse_state (refusal, "no_package");
  if (renews)
    return refuse_state (refusal, "renews");
  g_autoptr (SlPackage) thing = sl_package_get (engine, package, error);
  g_autoptr (SlMember) buyer = thing != NULL ? sl_member_get (engine, member, error) : NULL;
  return buyer != NULL && sl_sale_check_buyer (buyer, refusal) && sl_package_renewal_check (thing, refusal);
}

/**
 * sl_package_renewal_start:
 * @engine: the engine
 * @actor: who; whoever may take payments
 * @sale: that sold the package
 * @collect: account, eft, card, online: how what comes is paid
 * @out_id: (out): the renewal, which is this device's from now on
 * @out_refusal: (out): not_allowed, wrong_state (status: no_package, renews already, does_not_renew), member_erased,
 * member_blocked
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_package_renewal_start (SlEngine *engine, const SlActor *actor, const SlId *sale, const char *collect, SlId *out_id,
                          SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && sale != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlId member, package;
  gboolean renews = FALSE;
  *out_id = sl_id_none;
  if (!sl_membership_is_collect (collect, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!read_sold (engine, sale, &member, &package, &renews, error))
    return sl_command_fail (engine);
  if (!check_start (engine, actor, &member, &package, renews, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE
             ? sl_command_refuse (engine, actor, "renewal start", out_refusal, error)
             : sl_command_fail (engine);
  if (!sl_package_renewal_write (engine, &member, &package, sale, collect, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_package_renewal_stop:
 * @engine: the engine
 * @actor: who; whoever may take payments
 * @id: the renewal
 * @out_refusal: (out): not_allowed, wrong_state (status: stopped)
 * @error: return location
 *
 * At any device. Credits that were bought stay; what is asked for and has not come is asked for no more, and whoever
 * pays it all the same gets the credits.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_package_renewal_stop (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                         GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_RENEWAL);
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlPackageRenewal) renewal = sl_package_renewal_get (engine, id, error);
  if (renewal == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal)
      && renewal->state == SL_PACKAGE_RENEWAL_STOPPED)
    refuse_state (out_refusal, sl_package_renewal_state_name (renewal->state));
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "renewal stop", out_refusal, error);
  sl_fields_set_int (fields, "active", 0);
  if (!sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* --- what falls due --- */

typedef struct {
  SlEngine *engine;
  SlDunning dunning;
  gint64 now_ms;
  gboolean write; /* else it is only looked whether there is something to do */
  gboolean found;
  SlPackageRenewals done;
} Run;

static gboolean
grant (Run *run, const SlPackageRenewal *renewal, GError **error)
{
  SlId lot;
  gint64 expires_ms;
  run->found = TRUE;
  run->done.granted++;
  if (!run->write)
    return TRUE;
  g_autoptr (SlPackage) package = sl_package_get (run->engine, &renewal->package_id, error);
  return package != NULL
         && sl_sale_write_lot (run->engine, &renewal->member_id, package, &renewal->sale_id, &lot, &expires_ms, error);
}

static gboolean
try_again (Run *run, const SlPackageRenewal *renewal, GError **error)
{
  gint64 written_off = 0;
  if (!is_try_over (renewal, &run->dunning, run->now_ms))
    return TRUE;
  if (!sl_dunning_write_off (run->engine, &renewal->sale_id, run->write, &written_off, error))
    return FALSE;
  gboolean again = renewal->asked < run->dunning.tries && renewal->due_cents > 0;
  run->done.tried += written_off + (again ? 1 : 0);
  run->found = run->found || written_off > 0 || again;
  return !again || !run->write
         || sl_dunning_ask (run->engine, &renewal->sale_id, &renewal->member_id, renewal->collect, renewal->due_cents,
                            error);
}

/* Whoever may not buy, or not any more of it, is sold nothing. */
static gboolean
is_due (Run *run, const SlPackageRenewal *renewal, const SlPackage *package, gboolean *out_due, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  gint64 has;
  *out_due = FALSE;
  if (!sl_store_query_int (run->engine->store, 0, &has, error, "SELECT " HAS_CREDITS ("?1", "?2"), "di", &renewal->id,
                           run->now_ms))
    return FALSE;
  if (has || !package->active || !package->renews)
    return TRUE;
  g_autoptr (SlMember) member = sl_member_get (run->engine, &renewal->member_id, error);
  if (member == NULL)
    return FALSE;
  *out_due = sl_sale_check_buyer (member, &refusal)
             && sl_package_check_limits (run->engine, package, &member->id, &refusal, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return *out_due || refusal.code != SL_REFUSAL_NONE;
}

/* A debt where it goes on account, with its credits; else the first try. */
static gboolean
charge (Run *run, const SlPackageRenewal *renewal, GError **error)
{
  gboolean due;
  SlSale sale = { 0 };
  g_autoptr (SlPackage) package = sl_package_get (run->engine, &renewal->package_id, error);
  if (package == NULL || !is_due (run, renewal, package, &due, error))
    return FALSE;
  if (!due)
    return TRUE;
  run->found = TRUE;
  run->done.charged++;
  if (!run->write)
    return TRUE;
  SlSaleLine line = { .what = SL_SALE_PACKAGE, .thing_id = package->id, .name = package->name, .quantity = 1,
                      .unit_cents = package->price_cents };
  SlTaking taking = { .method = renewal->collect, .status = "pending", .amount_cents = package->price_cents };
  g_auto (SlTakings) takings = { .list = g_array_new (FALSE, FALSE, sizeof taking),
                                 .sum_cents = package->price_cents, .pending_cents = package->price_cents };
  if (taking.amount_cents > 0)
    g_array_append_val (takings.list, taking);
  gboolean at_once = taking.amount_cents == 0 || g_str_equal (renewal->collect, SL_COLLECT_ACCOUNT);
  return sl_sale_write (run->engine, &renewal->member_id, &line, 1, &takings, &sale, error)
         && write_charge (run->engine, &renewal->id, &sale.sale_id, renewal->cycle + 1, error)
         && (!at_once
             || sl_sale_write_lot (run->engine, &renewal->member_id, package, &sale.sale_id, &sale.lot_id,
                                   &sale.expires_ms, error));
}

/* One step of one renewal. */
static gboolean
step (Run *run, const SlId *id, GError **error)
{
  run->now_ms = sl_engine_now_ms (run->engine);
  g_autoptr (SlPackageRenewal) renewal = sl_package_renewal_get (run->engine, id, error);
  if (renewal == NULL)
    return FALSE;
  if (sl_id_is_none (&renewal->sale_id))
    return TRUE;
  if (renewal->granted && !renewal->has_lot && renewal->cycle > 0)
    return grant (run, renewal, error);
  switch (renewal->state)
    {
    case SL_PACKAGE_RENEWAL_RUNNING:
      return !renewal->granted || charge (run, renewal, error);
    case SL_PACKAGE_RENEWAL_ASKED:
    case SL_PACKAGE_RENEWAL_UNPAID:
      return try_again (run, renewal, error);
    default:
      return TRUE;
    }
}

/* sl_package_renewal_grant_paid: see the header. */
gboolean
sl_package_renewal_grant_paid (SlEngine *engine, const SlId *sale, GError **error)
{
  Run run = { .engine = engine, .write = TRUE };
  SlId id = sl_id_none;
  gboolean own = FALSE;
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT renewal_id FROM renewal_charge WHERE sale_id = ? AND cycle > 0",
                                            "d", sale);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &id);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (sl_id_is_none (&id))
    return TRUE;
  g_autoptr (SlPackageRenewal) renewal = sl_package_renewal_get (engine, &id, error);
  if (renewal == NULL || !sl_resolver_is_kept_here (engine, &renewal->device_id, &own, error))
    return FALSE;
  return !own || !renewal->granted || renewal->has_lot || !sl_id_equal (&renewal->sale_id, sale)
         || grant (&run, renewal, error);
}

/* Those of which something may be due: without credits, or with a sale whose credits have not come. */
#define CANDIDATES \
  "SELECT r.id, r.device_id FROM renewal r WHERE r.created_hlc IS NOT NULL AND r.device_id IS NOT NULL AND (" \
  HAS_OPEN ("r.id") " OR (coalesce (r.active, 0) <> 0 AND NOT " HAS_CREDITS ("r.id", "?1") ")) ORDER BY r.id"

static GArray *
candidates (SlEngine *engine, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (engine->store, CANDIDATES, "i", sl_engine_now_ms (engine));
  while (sl_rows_next (rows))
    {
      SlId id, device;
      gboolean own;
      sl_rows_id (rows, 0, &id);
      sl_rows_id (rows, 1, &device);
      if (!sl_resolver_is_kept_here (engine, &device, &own, error))
        return NULL;
      if (own)
        g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * sl_package_renewal_run_due:
 * @engine: the engine
 * @actor: the device itself, or whoever's keyed command this is
 * @out: (out caller-allocates): what was written
 * @error: return location
 *
 * Sells packages again whose credits are used up or over, asks again for what has not come, and gives the credits of
 * what has: of this device's renewals and of those that it has taken over. Each is looked at without the lock, and
 * decided again in a transaction of its own. Safe to call late, twice, anywhere. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed; what was done before stays done
 */
gboolean
sl_package_renewal_run_due (SlEngine *engine, const SlActor *actor, SlPackageRenewals *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL, FALSE);

  Run run = { .engine = engine };
  *out = (SlPackageRenewals){ 0 };
  g_autoptr (GArray) ids = candidates (engine, error);
  if (ids == NULL || !sl_dunning_read (engine, &run.dunning, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      Run look = run;
      if (!step (&look, id, error))
        return FALSE;
      if (!look.found)
        continue;
      if (!sl_command_begin (engine, actor, error))
        return FALSE;
      run.write = TRUE;
      if (!step (&run, id, error))
        return sl_command_fail (engine);
      run.write = FALSE;
      if (!sl_command_commit (engine, error))
        return FALSE;
    }
  *out = run.done;
  return TRUE;
}
