/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-spend"

#include "merge-world.h"
#include "oplog/fence-private.h"
#include "oplog/money.h"

/* The lemma that everything rests on: no operation of another device lessens what this one may spend. */

struct _MergeSpend {
  SlId replica;
  gboolean stands;
  GArray *amounts;    /* of gint64: sessions, lots, payments, days of things, in the world's order */
  GHashTable *claims; /* of SlId: that it decides about */
  GArray *applied;    /* of Applied */
};

/* What it has applied of a chain. */
typedef struct {
  SlId replica;
  guint64 seq;
  SlHash hash; /* at that number */
} Applied;

static void
add (MergeWorld *world, MergeDevice *device, MergeSpend *spend, gboolean read, gint64 amount, GError *failure)
{
  g_autoptr (GError) error = failure;
  if (!read)
    merge_violate (world, "device %u cannot count: %s", device->index, error->message);
  g_array_append_val (spend->amounts, amount);
}

static void
read_amounts (MergeWorld *world, MergeDevice *device, MergeSpend *spend)
{
  SlOplog *log = device->d.log;
  for (guint i = 0; i < world->sessions->len; i++)
    {
      GError *error = NULL;
      gint64 amount = 0;
      gboolean read
          = sl_rights_free (log, &g_array_index (world->sessions, SlId, i), &spend->replica, &amount, &error);
      add (world, device, spend, read, amount, error);
    }
  for (guint i = 0; i < world->lots->len; i++)
    {
      GError *error = NULL;
      gint64 amount = 0;
      gboolean read = sl_lot_free (log, &g_array_index (world->lots, SlId, i), &spend->replica, &amount, &error);
      add (world, device, spend, read, amount, error);
    }
  for (guint i = 0; i < world->payments->len; i++)
    {
      GError *error = NULL;
      gint64 amount = 0;
      gboolean read
          = sl_money_held (log, &g_array_index (world->payments, SlId, i), &spend->replica, &amount, &error);
      add (world, device, spend, read, amount, error);
    }
  for (guint i = 0; i < world->things->len * MERGE_DAYS; i++)
    {
      GError *error = NULL;
      SlId holder;
      gboolean read = sl_day_holder (log, &g_array_index (world->things, SlId, i / MERGE_DAYS),
                                     MERGE_DAY + i % MERGE_DAYS, &holder, &error);
      add (world, device, spend, read, sl_id_equal (&holder, &spend->replica), error);
    }
}

static void
read_claims (MergeWorld *world, MergeDevice *device, MergeSpend *spend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      device->d.store, "SELECT id, coalesce (keeper, creator) FROM claim WHERE created_hlc IS NOT NULL", "");
  while (error == NULL && sl_rows_next (rows))
    {
      SlId id, keeper;
      gboolean kept = FALSE;
      sl_rows_id (rows, 0, &id);
      sl_rows_id (rows, 1, &keeper);
      if (sl_oplog_is_kept_here (device->d.log, &keeper, &kept, &error) && kept)
        g_hash_table_add (spend->claims, sl_id_copy (&id));
    }
  if (error != NULL || !sl_rows_finish (rows, &error))
    merge_violate (world, "device %u cannot tell what it keeps: %s", device->index, error->message);
}

static void
read_applied (MergeWorld *world, MergeDevice *device, MergeSpend *spend)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; world->has_clones && i < device->d.log->chains->len; i++)
    {
      const SlChain *chain = device->d.log->chains->pdata[i];
      Applied one = { .replica = chain->replica, .seq = chain->applied_seq };
      if (one.seq > chain->pruned_seq && !sl_chain_hash_at (device->d.log, chain, one.seq, &one.hash, &error))
        merge_violate (world, "device %u cannot tell what it has applied: %s", device->index, error->message);
      g_array_append_val (spend->applied, one);
    }
}

/* Whether it is still a device, and the one that it was: else nothing is its own any more. */
static gboolean
stands (MergeWorld *world, MergeDevice *device)
{
  g_autoptr (GError) error = NULL;
  gboolean revoked = FALSE;
  if (!sl_fence_is_revoked (device->d.log, sl_oplog_get_replica (device->d.log), &revoked, &error))
    merge_violate (world, "device %u cannot tell whether it is revoked: %s", device->index, error->message);
  return !revoked && sl_fence_check_standing (device->d.log, NULL);
}

/* merge_spend_new: (transfer full): what device may spend now. */
MergeSpend *
merge_spend_new (MergeWorld *world, MergeDevice *device)
{
  MergeSpend *spend = g_new0 (MergeSpend, 1);
  spend->replica = *sl_oplog_get_replica (device->d.log);
  spend->amounts = g_array_new (FALSE, FALSE, sizeof (gint64));
  spend->claims = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  spend->applied = g_array_new (FALSE, TRUE, sizeof (Applied));
  spend->stands = stands (world, device);
  read_applied (world, device, spend);
  read_amounts (world, device, spend);
  read_claims (world, device, spend);
  return spend;
}

/* merge_spend_free: see the header. */
void
merge_spend_free (MergeSpend *spend)
{
  g_array_unref (spend->amounts);
  g_hash_table_unref (spend->claims);
  g_array_unref (spend->applied);
  g_free (spend);
}

static void
violate (MergeWorld *world, MergeDevice *device, guint at, gint64 before, gint64 now)
{
  const struct {
    const char *name;
    const GArray *ids;
    guint each;
  } sorts[] = { { "session", world->sessions, 1 },
                { "lot", world->lots, 1 },
                { "payment", world->payments, 1 },
                { "day", world->things, MERGE_DAYS } };
  guint sort = 0;
  for (; at >= sorts[sort].ids->len * sorts[sort].each; sort++)
    at -= sorts[sort].ids->len * sorts[sort].each;
  merge_violate (world,
                 "the lemma: of %s %s device %u could spend %d and, having heard others, only %d", sorts[sort].name,
                 merge_name (&g_array_index (sorts[sort].ids, SlId, at / sorts[sort].each)), device->index,
                 (int) before, (int) now);
}

/* The one exception (src/oplog/README.md "Fences"): of whom a revocation's author had not heard, nobody waits for, and
 * what a revoked device gave it beyond the final cut is gone. */
static gboolean
was_not_waited_for (MergeWorld *world, MergeDevice *device)
{
  g_autoptr (GError) error = NULL;
  gboolean counted = TRUE;
  if (!sl_fences_load (device->d.log, &error))
    merge_violate (world, "device %u cannot tell who is revoked: %s", device->index, error->message);
  for (guint i = 0; error == NULL && counted && i < device->d.log->fences->len; i++)
    {
      const SlFence *fence = device->d.log->fences->pdata[i];
      if (fence->final
          && !sl_fence_is_counted (device->d.log, fence, sl_oplog_get_replica (device->d.log), &counted, &error))
        merge_violate (world, "device %u cannot tell whether it counts: %s", device->index, error->message);
    }
  return !counted;
}

/* The other one (there, "Forks"): of an exact clone another history counts than the one that this device had applied,
 * and what was given in that is gone. */
static gboolean
lost_a_history (MergeWorld *world, MergeDevice *device, const MergeSpend *before)
{
  for (guint i = 0; i < before->applied->len; i++)
    {
      g_autoptr (GError) error = NULL;
      const Applied *one = &g_array_index (before->applied, Applied, i);
      const SlChain *chain = sl_chain_find (device->d.log, &one->replica);
      SlHash hash = one->hash;
      if (chain == NULL || chain->applied_seq < one->seq)
        return TRUE;
      if (one->seq > chain->pruned_seq && !sl_chain_hash_at (device->d.log, chain, one->seq, &hash, &error))
        merge_violate (world, "device %u cannot tell what it has applied: %s", device->index, error->message);
      if (!sl_hash_equal (&hash, &one->hash))
        return TRUE;
    }
  return FALSE;
}

/* merge_spend_check: what device could spend before it heard others it may still spend. */
void
merge_spend_check (MergeWorld *world, MergeDevice *device, const MergeSpend *before)
{
  GHashTableIter iter;
  gpointer claim;
  if (!before->stands || world->violation != NULL)
    return;
  MergeSpend *now = merge_spend_new (world, device);
  if (now->stands && sl_id_equal (&now->replica, &before->replica) && world->violation == NULL
      && !was_not_waited_for (world, device) && !lost_a_history (world, device, before))
    {
      world->checks += before->amounts->len;
      for (guint i = 0; i < before->amounts->len; i++)
        if (g_array_index (now->amounts, gint64, i) < g_array_index (before->amounts, gint64, i))
          violate (world, device, i, g_array_index (before->amounts, gint64, i),
                   g_array_index (now->amounts, gint64, i));
      g_hash_table_iter_init (&iter, before->claims);
      while (g_hash_table_iter_next (&iter, &claim, NULL))
        if (!g_hash_table_contains (now->claims, claim))
          merge_violate (world, "the lemma: device %u kept claim %s and, having heard others, does not", device->index,
                         merge_name (claim));
    }
  merge_spend_free (now);
}
