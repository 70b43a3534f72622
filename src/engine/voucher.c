/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-voucher"

#include "engine/voucher.h"

#include <string.h>

#include "core/base32.h"
#include "engine/engine-private.h"
#include "oplog/money.h"

#define CODE_GROUP 5
#define CODE_BYTES 7 /* 11 characters of Base32, of which 10 are used */

/* Upper case, without what people write between the groups; what Base32 does not have is read as what it looks like. */
static char *
normalise (const char *code)
{
  GString *plain = g_string_new (NULL);
  for (const char *c = code; *c != '\0' && plain->len <= SL_VOUCHER_CODE_CHARS; c++)
    {
      char upper = g_ascii_toupper (*c);
      if (upper == '-' || upper == ' ')
        continue;
      g_string_append_c (plain, upper == '0' ? 'O' : upper == '1' ? 'I' : upper == '8' ? 'B' : upper);
    }
  return g_string_free (plain, FALSE);
}

static void
hash_code (SlEngine *engine, const char *code, guint8 out[SL_VOUCHER_HASH_BYTES])
{
  g_autofree char *plain = normalise (code);
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop voucher v1");
  sl_hasher_add (&hasher, sl_oplog_get_organisation (engine->log)->bytes, sizeof (SlId));
  sl_hasher_add_sized (&hasher, plain, strlen (plain));
  sl_hasher_finish (&hasher, &hash);
  memcpy (out, hash.bytes, SL_VOUCHER_HASH_BYTES);
}

static gboolean
count_left (SlEngine *engine, const SlId *id, gint64 *out_left, gint64 *out_held, SlId *out_richest, GError **error)
{
  g_autoptr (GArray) holders = NULL;
  const SlId *here = sl_oplog_get_replica (engine->log);
  *out_left = 0;
  *out_richest = sl_id_none;
  if (!sl_money_list_holders (engine->log, id, &holders, error)
      || !sl_money_held (engine->log, id, here, out_held, error))
    return FALSE;
  for (guint i = 0; i < holders->len; i++)
    {
      const SlMoneyHolder *one = &g_array_index (holders, SlMoneyHolder, i);
      *out_left += one->cents;
      if (sl_id_is_none (out_richest) && !sl_id_equal (&one->replica, here))
        *out_richest = one->replica;
    }
  return TRUE;
}

#define COLUMNS "SELECT id, member_id, sale_id, amount_cents, at_ms, expires_ms FROM voucher "

static gboolean
read_voucher (SlEngine *engine, SlRows *rows, SlVoucher *out, gboolean *out_found, GError **error)
{
  SlId richest;
  *out = (SlVoucher){ 0 };
  *out_found = sl_rows_next (rows);
  if (*out_found)
    {
      sl_rows_id (rows, 0, &out->id);
      sl_rows_id (rows, 1, &out->member_id);
      sl_rows_id (rows, 2, &out->sale_id);
      out->amount_cents = sl_rows_int (rows, 3);
      out->issued_ms = sl_rows_int (rows, 4);
      out->expires_ms = sl_rows_int (rows, 5);
      out->expired = out->expires_ms != 0 && sl_engine_now_ms (engine) >= out->expires_ms;
    }
  return sl_rows_finish (rows, error)
         && (!*out_found || count_left (engine, &out->id, &out->left_cents, &out->held_cents, &richest, error));
}

/* Of two with one code, made by a device and its copy, that which has more left. */
static gboolean
find_by_code (SlEngine *engine, const char *code, SlVoucher *out, gboolean *out_found, GError **error)
{
  guint8 hash[SL_VOUCHER_HASH_BYTES];
  *out_found = FALSE;
  if (code == NULL || *code == '\0')
    return TRUE;
  hash_code (engine, code, hash);
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            COLUMNS "v WHERE code_hash = ? ORDER BY (SELECT sum (cents) FROM "
                                                    "money_right WHERE thing_id = v.id) DESC, id LIMIT 1",
                                            "b", hash, (gsize) SL_VOUCHER_HASH_BYTES);
  return read_voucher (engine, rows, out, out_found, error);
}

/**
 * sl_voucher_check:
 * @engine: the engine, inside a command
 * @code: (nullable): as somebody typed it
 * @amount_cents: to be taken from it
 * @out_id: (out caller-allocates): the voucher
 * @refusal: (out): voucher_invalid (left_cents), no_rights (voucher, device, missing_cents)
 * @error: return location
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_voucher_check (SlEngine *engine, const char *code, gint64 amount_cents, SlId *out_id, SlRefusal *refusal,
                  GError **error)
{
  g_return_val_if_fail (engine != NULL && out_id != NULL && refusal != NULL, FALSE);

  SlVoucher voucher;
  gboolean found;
  if (!find_by_code (engine, code, &voucher, &found, error))
    return FALSE;
  if (!found || voucher.expired || voucher.left_cents < amount_cents)
    {
      sl_refuse (refusal, SL_REFUSAL_VOUCHER_INVALID);
      if (found)
        sl_refusal_set_int (refusal, "left_cents", voucher.expired ? 0 : voucher.left_cents);
      return FALSE;
    }
  *out_id = voucher.id;
  return sl_voucher_check_left (engine, &voucher.id, amount_cents, refusal, error);
}

/**
 * sl_voucher_check_left:
 * @engine: the engine, inside a command
 * @id: a voucher
 * @amount_cents: to be taken from it
 * @refusal: (out): voucher_invalid (left_cents), no_rights (voucher, device, missing_cents)
 * @error: return location
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_voucher_check_left (SlEngine *engine, const SlId *id, gint64 amount_cents, SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && refusal != NULL, FALSE);

  gint64 left, held;
  SlId richest;
  char text[SL_ID_TEXT_BYTES];
  if (!count_left (engine, id, &left, &held, &richest, error))
    return FALSE;
  if (held >= amount_cents)
    return TRUE;
  sl_refuse (refusal, left < amount_cents ? SL_REFUSAL_VOUCHER_INVALID : SL_REFUSAL_NO_RIGHTS);
  if (refusal->code == SL_REFUSAL_VOUCHER_INVALID)
    {
      sl_refusal_set_int (refusal, "left_cents", left);
      return FALSE;
    }
  sl_refusal_set_text (refusal, "voucher", sl_id_format (id, text));
  sl_refusal_set_text (refusal, "device", sl_id_format (&richest, text));
  sl_refusal_set_int (refusal, "missing_cents", amount_cents - held);
  return FALSE;
}

/**
 * sl_voucher_issue:
 * @engine: the engine, inside a command that has checked everything
 * @sale: (nullable): what sold it
 * @member: (nullable): whose
 * @amount_cents: above 0
 * @expires_ms: UTC; 0: never
 * @out_id: (out caller-allocates): the voucher
 * @out_code: (out) (transfer full): for the paper; it is kept nowhere
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_voucher_issue (SlEngine *engine, const SlId *sale, const SlId *member, gint64 amount_cents, gint64 expires_ms,
                  SlId *out_id, char **out_code, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0 && out_id != NULL && out_code != NULL, FALSE);

  guint8 random[CODE_BYTES];
  SlVoucherParts parts = { .sale_id = sale != NULL ? *sale : sl_id_none,
                           .member_id = member != NULL ? *member : sl_id_none, .amount_cents = amount_cents,
                           .expires_ms = expires_ms };
  engine->world->random_bytes (engine->world, random, sizeof random);
  g_autofree char *text = sl_base32_encode (random, sizeof random);
  g_autofree char *code = g_strdup_printf ("%.*s-%.*s", CODE_GROUP, text, CODE_GROUP, text + CODE_GROUP);
  hash_code (engine, code, parts.code_hash);
  if (!sl_op_voucher_issue (engine->log, &parts, out_id, error))
    return FALSE;
  *out_code = g_steal_pointer (&code);
  return TRUE;
}

static gboolean
no_voucher (GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such voucher");
  return FALSE;
}

/**
 * sl_voucher_get:
 * @engine: the engine
 * @id: the voucher
 * @out: (out caller-allocates): as it stands now
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_voucher_get (SlEngine *engine, const SlId *id, SlVoucher *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out != NULL, FALSE);

  gboolean found;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", id);
  return read_voucher (engine, rows, out, &found, error) && (found || no_voucher (error));
}

/**
 * sl_voucher_show:
 * @engine: the engine
 * @actor: who asks
 * @code: as somebody typed it
 * @out: (out caller-allocates): as it stands now
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_voucher_show (SlEngine *engine, const SlActor *actor, const char *code, SlVoucher *out, SlRefusal *out_refusal,
                 GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && code != NULL && out != NULL && out_refusal != NULL, FALSE);

  gboolean found;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "voucher show", out_refusal);
  return find_by_code (engine, code, out, &found, error) && (found || no_voucher (error));
}
