/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-epoch"

#include "hub/hub-private.h"

#include <string.h>

#include "core/error.h"
#include "hub/rules-off.h"

/* A log that has lost entries (an old backup, a standby that lagged) goes on as another epoch, and the hub as another
 * device: what it had written in the lost part it does not know, so its old id may write nothing more. Order: the old
 * key goes into the log, sealed for the new device; the row changes; the new device's first operations follow,
 * whichever process is the first to open a replica. So a crash at any point, or two processes at once, come to the
 * same. */

#define SCAN_BYTES (16 * 1024 * 1024)
#define DOUBT_AFTER_MS (10 * 60 * 1000) /* by a cursor alone, which anybody can make up: no more often */

static void
box_seed (SlHubTenant *tenant, const SlSignKey *next, GArray *entries)
{
  SlId replica;
  sl_replica_from_key (next->public_key, &replica);
  g_autoptr (GBytes) box = sl_box_seal (next->public_key, tenant->key.secret_key, SL_SEED_BYTES);
  g_assert (box != NULL); /* the key is one that was just made */
  sl_hub_add_box (entries, &replica, box);
}

/* Locked. */
static gboolean
append_seed (SlHubTenant *tenant, const SlSignKey *next, GError **error)
{
  g_autoptr (GArray) entries = sl_hub_entries_new ();
  gboolean done = FALSE;
  box_seed (tenant, next, entries);
  for (guint i = 0; !done && i < SL_HUB_TRIES; i++)
    if (!sl_hub_tenant_append (tenant, entries, &done, error))
      return FALSE;
  if (!done)
    g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log grows too fast");
  return done;
}

/* Locked. */
static gboolean
change_row (SlHubTenant *tenant, GError **error)
{
  g_auto (SlSignKey) next = { { 0 } };
  gboolean done;
  if (!sl_hub_tenant_refresh (tenant, error))
    return FALSE;
  SlTenant after = *tenant->row;
  sl_sign_key_new (tenant->hub->world, &next);
  sl_id_random (tenant->hub->world, &after.epoch);
  sl_replica_from_key (next.public_key, &after.replica);
  memcpy (after.seed, next.secret_key, SL_SEED_BYTES);
  sl_hub_mask_seed (tenant->hub, &after.id, &after.epoch, after.seed);
  if (!append_seed (tenant, &next, error))
    return FALSE;
  gboolean set = sl_log_store_set_identity (tenant->hub->store, tenant->row, &after, &done, error);
  explicit_bzero (after.seed, sizeof after.seed);
  if (set && done)
    sl_hub_count (tenant->hub, SL_HUB_EPOCHS, 1);
  tenant->row_ms = 0; /* ours, or that of a process that was quicker */
  sl_hub_tenant_forget (tenant);
  return set && sl_hub_tenant_load (tenant, error);
}

/**
 * sl_hub_epoch_next:
 * @tenant: its replica_lock held
 * @error: return location
 *
 * Begins a new epoch: entries were lost.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_epoch_next (SlHubTenant *tenant, GError **error)
{
  if (sl_log_store_rule_is_off (tenant->hub->store, SL_HUB_RULE_EPOCH))
    return TRUE;
  g_message ("entries of a log were lost: a new epoch begins");
  sl_hub_replica_close (tenant);
  g_mutex_lock (&tenant->lock);
  gboolean done = sl_hub_tenant_load (tenant, error) && change_row (tenant, error);
  g_mutex_unlock (&tenant->lock);
  return done;
}

/* sl_hub_epoch_doubt: replica_lock held: a device has read more than there is. */
gboolean
sl_hub_epoch_doubt (SlHubTenant *tenant, GError **error)
{
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world);
  if (tenant->epoch_ms != 0 && ABS (now_ms - tenant->epoch_ms) < DOUBT_AFTER_MS)
    return TRUE;
  tenant->epoch_ms = now_ms;
  return sl_hub_epoch_next (tenant, error);
}

static gboolean
open_seed_box (const SlSignKey *key, const SlEntry *entry, guint8 out_seed[SL_SEED_BYTES])
{
  SlCborReader reader;
  gsize length, count;
  gint64 type;
  const guint8 *data;
  SlId replica;
  sl_cbor_reader_init (&reader, g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes));
  if (!sl_cbor_get_array (&reader, 3, 3, &count) || !sl_cbor_get_int (&reader, SL_ITEM_BOX, SL_ITEM_BOX, &type)
      || !sl_cbor_get_id (&reader, &replica) || !sl_cbor_get_bytes (&reader, SL_ENTRY_MAX_BYTES, &data, &length))
    return FALSE;
  g_autoptr (GBytes) plain = sl_box_open (key, data, length);
  if (plain == NULL || g_bytes_get_size (plain) != SL_SEED_BYTES)
    return FALSE;
  memcpy (out_seed, g_bytes_get_data (plain, NULL), SL_SEED_BYTES);
  return TRUE;
}

/* Read backwards would be shorter; this happens once in the life of an epoch. */
static gboolean
scan (SlHubTenant *tenant, const SlSignKey *key, const SlId *replica, guint8 out_seed[SL_SEED_BYTES],
      gboolean *out_found, GError **error)
{
  guint64 at = 0;
  gboolean more = TRUE;
  *out_found = FALSE;
  while (more && !*out_found)
    {
      g_autoptr (GArray) entries
          = sl_log_store_read (tenant->hub->store, &tenant->id, at, replica, NULL, SCAN_BYTES, &at, &more, error);
      if (entries == NULL)
        return FALSE;
      for (guint i = 0; i < entries->len && !*out_found; i++)
        {
          const SlEntry *entry = &g_array_index (entries, SlEntry, i);
          *out_found = entry->kind == SL_ENTRY_BOX && open_seed_box (key, entry, out_seed);
        }
    }
  return TRUE;
}

/**
 * sl_hub_epoch_old_seed:
 * @tenant: its replica_lock held; its row names a device that has written nothing yet
 * @out_seed: (out): of the device that it goes on for: a secret
 * @error: return location: CORRUPT where the log does not hold it
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_epoch_old_seed (SlHubTenant *tenant, guint8 out_seed[SL_SEED_BYTES], GError **error)
{
  gboolean found;
  g_mutex_lock (&tenant->lock);
  g_auto (SlSignKey) key = tenant->key;
  SlId replica = tenant->row->replica;
  g_mutex_unlock (&tenant->lock);
  if (!scan (tenant, &key, &replica, out_seed, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the hub's device has written nothing, and nobody vouches for it");
  return found;
}
