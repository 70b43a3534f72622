/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-voucher"

#include "oplog/fence.h"
#include "oplog/money.h"
#include "oplog/rights-cache.h"

#include <string.h>

#include "core/datetime.h"

/* Vouchers, and who holds what of them and of payments: README.md "Money". */

#define SEALED_NOTE_MAX 8192

/* sl_money_right_add: to what replica may give back of a payment, or take from a voucher. */
gboolean
sl_money_right_add (SlOplog *log, const SlId *thing, const SlId *replica, gint64 cents, GError **error)
{
  sl_rights_cache_add (log, thing, replica, cents);
  return sl_store_exec (log->store, error,
                        "INSERT INTO money_right (thing_id, replica, cents) VALUES (?, ?, ?)"
                        " ON CONFLICT DO UPDATE SET cents = cents + excluded.cents",
                        "ddi", thing, replica, cents);
}

/**
 * sl_money_held:
 * @log: a log
 * @thing: a payment or a voucher
 * @replica: whose
 * @out_cents: (out): what it may still give back or take, with what it has taken over; 0: not known here either
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_money_held (SlOplog *log, const SlId *thing, const SlId *replica, gint64 *out_cents, GError **error)
{
  return sl_rights_held (log, SL_RIGHTS_MONEY, thing, replica, out_cents, error);
}

static int
compare_richest_first (gconstpointer a, gconstpointer b)
{
  const SlMoneyHolder *one = a, *other = b;
  if (one->cents != other->cents)
    return one->cents > other->cents ? -1 : 1;
  return sl_id_compare (&one->replica, &other->replica);
}

/**
 * sl_money_list_holders:
 * @log: a log
 * @thing: a payment or a voucher
 * @out: (out) (transfer full) (element-type SlMoneyHolder): who holds something of it, the richest first
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_money_list_holders (SlOplog *log, const SlId *thing, GArray **out, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlMoneyHolder));
  g_autoptr (GArray) holdings = sl_rights_count_holdings (log, SL_RIGHTS_MONEY, thing, error);
  if (holdings == NULL || (!sl_store_in_transaction (log->store) && !sl_chains_load (log, error)))
    return FALSE;
  for (guint i = 0; i < holdings->len; i++)
    {
      const SlHolding *one = &g_array_index (holdings, SlHolding, i);
      SlMoneyHolder holder = { .cents = one->free };
      guint at = 0;
      if (!sl_fence_root (log, &one->replica, &holder.replica, error))
        return FALSE;
      while (at < list->len && !sl_id_equal (&g_array_index (list, SlMoneyHolder, at).replica, &holder.replica))
        at++;
      if (at < list->len)
        g_array_index (list, SlMoneyHolder, at).cents += holder.cents;
      else
        g_array_append_val (list, holder);
    }
  for (guint i = list->len; i > 0; i--)
    if (g_array_index (list, SlMoneyHolder, i - 1).cents == 0)
      g_array_remove_index (list, i - 1);
  g_array_sort (list, compare_richest_first);
  *out = g_steal_pointer (&list);
  return TRUE;
}

/**
 * sl_op_money_move:
 * @log: inside a transaction
 * @thing: a payment or a voucher
 * @to: the device that shall hold it
 * @amount_cents: of this device's; the caller has checked that it has it
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_money_move (SlOplog *log, const SlId *thing, const SlId *to, gint64 amount_cents, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (amount_cents > 0, FALSE);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_id (body, to);
  sl_cbor_put_int (body, amount_cents);
  return sl_oplog_emit (log, SL_KIND_MONEY_MOVE, thing, body, NULL, error);
}

/* sl_apply_money_move: entity: the payment or the voucher; [to, cents]: of its author's. */
gboolean
sl_apply_money_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId to;
  gint64 amount;
  gboolean covered = TRUE;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &amount) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_MONEY, &operation->entity, amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  return sl_money_right_add (log, &operation->entity, &operation->replica, -amount, error)
         && sl_money_right_add (log, &operation->entity, &to, amount, error);
}

/**
 * sl_op_voucher_issue:
 * @log: inside a transaction
 * @parts: how much, until when, and a hash of its code
 * @out_id: (out caller-allocates): the voucher's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_voucher_issue (SlOplog *log, const SlVoucherParts *parts, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (parts->amount_cents > 0 && parts->expires_ms >= 0, FALSE);
  sl_cbor_begin_array (body, 6);
  sl_cbor_put_int (body, parts->amount_cents);
  sl_cbor_put_bytes (body, parts->code_hash, SL_VOUCHER_HASH_BYTES);
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
  sl_cbor_put_int (body, parts->expires_ms);
  sl_cbor_put_id (body, &parts->sale_id);
  sl_cbor_put_id (body, &parts->member_id);
  return sl_oplog_emit (log, SL_KIND_VOUCHER_ISSUE, NULL, body, out_id, error);
}

/* sl_apply_voucher_issue: [cents, hash of its code, clock behind, expires (0: never), sale, member]: its author's. */
gboolean
sl_apply_voucher_issue (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, hash_length;
  gint64 amount, behind_ms, expires_ms;
  const guint8 *hash;
  SlId id, sale, member;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 6, 6, &length)
      || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &amount)
      || !sl_cbor_get_bytes (body, SL_VOUCHER_HASH_BYTES, &hash, &hash_length) || hash_length != SL_VOUCHER_HASH_BYTES
      || !sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, &behind_ms)
      || !sl_cbor_get_int (body, 0, G_MAXINT64, &expires_ms) || !sl_cbor_get_id_or_null (body, &sale)
      || !sl_cbor_get_id_or_null (body, &member) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  g_autoptr (GBytes) code_hash = g_bytes_new (hash, hash_length);
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &sale },
    { .type = 'd', .id = &member },
    { .type = 'i', .integer = amount },
    { .type = expires_ms > 0 ? 'i' : 'n', .integer = expires_ms },
    { .type = 'g', .bytes = code_hash },
    { .type = 'i', .integer = sl_apply_wall_ms (operation, behind_ms) },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO voucher (id, sale_id, member_id, amount_cents, expires_ms, code_hash, "
                               "at_ms, hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values))
         && sl_money_right_add (log, &id, &operation->replica, amount, error);
}

/* Whose it is, if anybody's: none where it is not known here. */
static gboolean
read_owner (SlOplog *log, const SlId *voucher, SlId *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT member_id FROM voucher WHERE id = ?", "d", voucher);
  *out = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out);
  return sl_rows_finish (rows, error);
}

/**
 * sl_op_voucher_void:
 * @log: inside a transaction
 * @voucher: which
 * @amount_cents: of what this device holds of it; the caller has checked that it has it
 * @reason: (nullable): for people; sealed with the key of the member whose it is, else the organisation's
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_voucher_void (SlOplog *log, const SlId *voucher, gint64 amount_cents, const char *reason, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) sealed = NULL;
  SlId member;
  g_return_val_if_fail (amount_cents > 0, FALSE);
  if (!read_owner (log, voucher, &member, error)
      || (reason != NULL && (sealed = sl_seal_note (log, &member, reason, error)) == NULL))
    return FALSE;
  sl_cbor_begin_array (body, reason != NULL ? 3 : 2);
  sl_cbor_put_int (body, amount_cents);
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
  if (sealed != NULL)
    sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return sl_oplog_emit (log, SL_KIND_VOUCHER_VOID, voucher, body, NULL, error);
}

/* sl_apply_voucher_void: entity: the voucher; [cents, clock behind, reason]: of its author's. */
gboolean
sl_apply_voucher_void (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 amount, behind_ms;
  gboolean covered = TRUE;
  const guint8 *reason = NULL;
  gsize reason_length = 0;
  SlId id;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 3, &length)
      || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &amount)
      || !sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, &behind_ms)
      || (length > 2 && !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &reason, &reason_length)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_MONEY, &operation->entity, amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  return sl_money_right_add (log, &operation->entity, &operation->replica, -amount, error)
         && sl_store_exec (log->store, error,
                           "INSERT INTO voucher_void (id, voucher_id, amount_cents, reason, at_ms, hlc, replica, "
                           "actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                           "ddibiidd", &id, &operation->entity, amount, reason, reason_length,
                           sl_apply_wall_ms (operation, behind_ms), operation->hlc, &operation->replica,
                           &operation->actor);
}
