/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rights-cache"

#include "oplog/rights-cache.h"

#include "oplog/fence.h"

/* Sessions and lots remembered at once: a bulk merge touches some thousands, and each takes about 200 bytes. */
#define REMEMBERED_MAX 16384

/* sl_claim_type_uses_spots: see the header. */
gboolean
sl_claim_type_uses_spots (gint64 type)
{
  return type != SL_CLAIM_OVERRIDE && type != SL_CLAIM_WAITING;
}

/* sl_live_spots: see the header. */
gint64
sl_live_spots (gint64 spots, gint64 released)
{
  guint32 all = spots >= SL_SPOTS_MAX ? G_MAXUINT32 : (1u << MAX (spots, 0)) - 1;
  return __builtin_popcount (all & ~(guint32) released);
}

static gint64 *
open_holding (GArray *holdings, const SlId *replica)
{
  for (guint i = 0; i < holdings->len; i++)
    if (sl_id_equal (&g_array_index (holdings, SlHolding, i).replica, replica))
      return &g_array_index (holdings, SlHolding, i).free;
  SlHolding one = { .replica = *replica };
  g_array_append_val (holdings, one);
  return &g_array_index (holdings, SlHolding, holdings->len - 1).free;
}

static gboolean
add_rights (SlRows *rights, GArray *holdings, GError **error)
{
  while (sl_rows_next (rights))
    {
      SlId replica;
      sl_rows_id (rights, 0, &replica);
      *open_holding (holdings, &replica) += sl_rows_int (rights, 1);
    }
  return sl_rows_finish (rights, error);
}

static gboolean
count_spots (SlOplog *log, const SlId *session, GArray *holdings, GError **error)
{
  g_autoptr (SlRows) rights =
      sl_store_query (log->store, "SELECT replica, spots FROM session_right WHERE session_id = ?", "d", session);
  if (!add_rights (rights, holdings, error))
    return FALSE;
  g_autoptr (SlRows) claims = sl_store_query (log->store,
                                              "SELECT " SL_SQL_KEEPER ", c.spots, c.released_spots FROM claim c WHERE "
                                              "c.session_id = ? AND c.release_why = 0 AND c.type NOT IN (?, ?)",
                                              "dii", session, (gint64) SL_CLAIM_OVERRIDE, (gint64) SL_CLAIM_WAITING);
  while (sl_rows_next (claims))
    {
      SlId keeper;
      sl_rows_id (claims, 0, &keeper);
      *open_holding (holdings, &keeper) -= sl_live_spots (sl_rows_int (claims, 1), sl_rows_int (claims, 2));
    }
  return sl_rows_finish (claims, error);
}

static gboolean
count_credits (SlOplog *log, const SlId *lot, GArray *holdings, GError **error)
{
  g_autoptr (SlRows) rights =
      sl_store_query (log->store, "SELECT replica, credits_hundredths FROM lot_right WHERE lot_id = ?", "d", lot);
  if (!add_rights (rights, holdings, error))
    return FALSE;
  g_autoptr (SlRows) spends =
      sl_store_query (log->store,
                      "SELECT " SL_SQL_KEEPER ", s.before_hundredths, s.amount_hundredths, "
                      "coalesce (c.release_percent, 0) FROM claim_spend s JOIN claim c ON c.id = s.claim_id "
                      "WHERE s.lot_id = ?",
                      "d", lot);
  while (sl_rows_next (spends))
    {
      gint64 amount = sl_rows_int (spends, 2);
      SlId keeper;
      sl_rows_id (spends, 0, &keeper);
      *open_holding (holdings, &keeper) -=
          amount - sl_refund_part (sl_rows_int (spends, 1), amount, (int) sl_rows_int (spends, 3));
    }
  return sl_rows_finish (spends, error);
}

static gboolean
count_money (SlOplog *log, const SlId *thing, GArray *holdings, GError **error)
{
  g_autoptr (SlRows) rights
    = sl_store_query (log->store, "SELECT replica, cents FROM money_right WHERE thing_id = ?", "d", thing);
  return add_rights (rights, holdings, error);
}

/* sl_rights_count_holdings: from the rows. */
GArray *
sl_rights_count_holdings (SlOplog *log, SlRightsKind kind, const SlId *thing, GError **error)
{
  g_autoptr (GArray) holdings = g_array_new (FALSE, FALSE, sizeof (SlHolding));
  gboolean counted = kind == SL_RIGHTS_SPOTS     ? count_spots (log, thing, holdings, error)
                     : kind == SL_RIGHTS_CREDITS ? count_credits (log, thing, holdings, error)
                                                 : count_money (log, thing, holdings, error);
  return counted ? g_steal_pointer (&holdings) : NULL;
}

/* (transfer none): remembered from now on. */
static GArray *
remember (SlOplog *log, SlRightsKind kind, const SlId *thing, GError **error)
{
  GArray *holdings = log->rights != NULL ? g_hash_table_lookup (log->rights, thing) : NULL;
  if (holdings != NULL)
    return holdings;
  holdings = sl_rights_count_holdings (log, kind, thing, error);
  if (holdings == NULL)
    return NULL;
  if (log->rights == NULL)
    log->rights = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, (GDestroyNotify) g_array_unref);
  if (g_hash_table_size (log->rights) >= REMEMBERED_MAX)
    g_hash_table_remove_all (log->rights);
  g_hash_table_insert (log->rights, sl_id_copy (thing), holdings);
  return holdings;
}

/* sl_rights_is_heir: see the header. */
gboolean
sl_rights_is_heir (SlOplog *log, const SlId *keeper, const SlId *replica, gboolean *out, GError **error)
{
  SlId root;
  *out = sl_id_equal (keeper, replica);
  if ((!sl_store_in_transaction (log->store) && !sl_chains_load (log, error)) || !sl_fences_load (log, error))
    return FALSE;
  if (log->fences->len == 0)
    return TRUE;
  if (!sl_fence_root (log, keeper, &root, error))
    return FALSE;
  *out = sl_id_equal (&root, replica);
  return TRUE;
}

static gboolean
sum_held (SlOplog *log, const GArray *holdings, const SlId *replica, gint64 *out, GError **error)
{
  *out = 0;
  for (guint i = 0; i < holdings->len; i++)
    {
      const SlHolding *one = &g_array_index (holdings, SlHolding, i);
      gboolean is_heir;
      if (!sl_rights_is_heir (log, &one->replica, replica, &is_heir, error))
        return FALSE;
      *out += is_heir ? one->free : 0;
    }
  return TRUE;
}

/* sl_rights_held: see the header. Outside a transaction another process may commit at any moment: counted each time. */
gboolean
sl_rights_held (SlOplog *log, SlRightsKind kind, const SlId *thing, const SlId *author, gint64 *out, GError **error)
{
  if (sl_store_in_transaction (log->store))
    {
      const GArray *holdings = remember (log, kind, thing, error);
      return holdings != NULL && sum_held (log, holdings, author, out, error);
    }
  g_autoptr (GArray) counted = sl_rights_count_holdings (log, kind, thing, error);
  return counted != NULL && sum_held (log, counted, author, out, error);
}

/* sl_rights_cover: see the header. */
gboolean
sl_rights_cover (SlOplog *log, const SlOperation *operation, SlRightsKind kind, const SlId *thing, gint64 amount,
                 gboolean *inout, GError **error)
{
  gint64 held;
  if (!*inout || amount <= 0 || SL_RULE_IS_OFF (log, SL_RULE_HOLD_UNJUSTIFIED))
    return TRUE;
  if (!sl_rights_held (log, kind, thing, &operation->replica, &held, error))
    return FALSE;
  *inout = held >= amount;
  return TRUE;
}

/* sl_rights_cache_add: replica has difference more of thing, where that is remembered. */
void
sl_rights_cache_add (SlOplog *log, const SlId *thing, const SlId *replica, gint64 difference)
{
  GArray *holdings = log->rights != NULL ? g_hash_table_lookup (log->rights, thing) : NULL;
  if (holdings != NULL && difference != 0)
    *open_holding (holdings, replica) += difference;
}

/* sl_rights_cache_drop: thing is counted anew when asked for. */
void
sl_rights_cache_drop (SlOplog *log, const SlId *thing)
{
  if (log->rights != NULL)
    g_hash_table_remove (log->rights, thing);
}

/* sl_rights_cache_is_empty: nothing that could become wrong. */
gboolean
sl_rights_cache_is_empty (SlOplog *log)
{
  return log->rights == NULL || g_hash_table_size (log->rights) == 0;
}

/* sl_rights_cache_forget: what is in the tables may be something else now. */
void
sl_rights_cache_forget (SlOplog *log)
{
  g_clear_pointer (&log->rights, g_hash_table_unref);
}
