/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-tenant"

#include "hub/hub-private.h"

#include <string.h>

#include "core/error.h"

/* What a hub remembers of an organisation's log, so that most requests need one append and one read: where each chain
 * ends, and whose key signs it. All of it can be forgotten at any time. */

#define ROW_READ_MS 5000 /* another process may have begun a new epoch: noticed within this */
#define REFRESH_BYTES (16 * 1024 * 1024)

static void
chain_free (gpointer chain)
{
  g_free (chain);
}

static guint
hash_hash (gconstpointer data)
{
  guint value;
  memcpy (&value, ((const SlHash *) data)->bytes, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return sl_hash_equal (a, b);
}

static SlHubTenant *
tenant_new (SlHub *hub, const SlId *id)
{
  SlHubTenant *tenant = g_new0 (SlHubTenant, 1);
  tenant->hub = hub;
  tenant->id = *id;
  g_mutex_init (&tenant->lock);
  g_mutex_init (&tenant->replica_lock);
  tenant->chains = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, chain_free);
  tenant->taken = g_hash_table_new_full (hash_hash, hash_equal, g_free, NULL);
  tenant->invitations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sl_hub_invitation_free);
  return tenant;
}

/* sl_hub_tenant_free: when nobody uses it any more. */
void
sl_hub_tenant_free (gpointer data)
{
  SlHubTenant *tenant = data;
  sl_hub_replica_close (tenant);
  sl_sign_key_clear (&tenant->key);
  g_clear_pointer (&tenant->row, sl_tenant_free);
  g_hash_table_unref (tenant->chains);
  g_hash_table_unref (tenant->taken);
  g_hash_table_unref (tenant->invitations);
  g_mutex_clear (&tenant->lock);
  g_mutex_clear (&tenant->replica_lock);
  g_free (tenant);
}

/* sl_hub_is_founded: whether a studio has been taken there. */
gboolean
sl_hub_is_founded (const SlTenant *row)
{
  return row != NULL && !sl_id_is_none (&row->organisation);
}

/**
 * sl_hub_tenant_find:
 * @hub: a hub
 * @id: of an account, or of its organisation
 * @out: (out) (transfer none) (nullable): lives as long as the hub; %NULL: there is none
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_tenant_find (SlHub *hub, const SlId *id, SlHubTenant **out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_mutex_lock (&hub->lock);
  *out = g_hash_table_lookup (hub->tenants, id);
  if (*out == NULL)
    *out = g_hash_table_lookup (hub->organisations, id);
  g_mutex_unlock (&hub->lock);
  if (*out != NULL || sl_id_is_none (id))
    return TRUE;
  g_autoptr (SlTenant) row = sl_log_store_find_tenant (hub->store, id, &failure);
  if (row == NULL && g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    return TRUE;
  if (row == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_mutex_lock (&hub->lock);
  *out = g_hash_table_lookup (hub->tenants, &row->id);
  if (*out == NULL)
    {
      *out = tenant_new (hub, &row->id);
      g_hash_table_insert (hub->tenants, &(*out)->id, *out);
    }
  if (sl_hub_is_founded (row))
    g_hash_table_replace (hub->organisations, sl_id_copy (&row->organisation), *out);
  g_mutex_unlock (&hub->lock);
  return TRUE;
}

/* sl_hub_mask_seed: the same again takes it off. A mask is used for one seed only: each epoch has its own. */
void
sl_hub_mask_seed (SlHub *hub, const SlId *tenant, const SlId *epoch, guint8 inout_seed[SL_SEED_BYTES])
{
  SlHasher hasher;
  SlHash mask;
  if (!hub->has_secret)
    return;
  sl_hasher_init (&hasher, "studioloop hub seed v1");
  sl_hasher_add (&hasher, hub->secret.bytes, SL_HASH_BYTES);
  sl_hasher_add (&hasher, tenant->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, epoch->bytes, SL_ID_BYTES);
  sl_hasher_finish (&hasher, &mask);
  for (guint i = 0; i < SL_SEED_BYTES; i++)
    inout_seed[i] ^= mask.bytes[i];
}

static gboolean
take_key (SlHubTenant *tenant, const SlTenant *row, GError **error)
{
  guint8 seed[SL_SEED_BYTES];
  SlId replica;
  memcpy (seed, row->seed, SL_SEED_BYTES);
  sl_hub_mask_seed (tenant->hub, &row->id, &row->epoch, seed);
  gboolean good = sl_sign_key_from_seed (seed, &tenant->key);
  explicit_bzero (seed, sizeof seed);
  if (good)
    sl_replica_from_key (tenant->key.public_key, &replica);
  if (good && sl_id_equal (&replica, &row->replica))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the key of an organisation's device does not fit: another secret?");
  return FALSE;
}

/* sl_hub_tenant_forget: all is read again by the next who asks. */
void
sl_hub_tenant_forget (SlHubTenant *tenant)
{
  g_hash_table_remove_all (tenant->chains);
  tenant->head = 0;
  tenant->row_ms = 0;
  g_clear_pointer (&tenant->row, sl_tenant_free);
}

static gboolean
load_heads (SlHubTenant *tenant, const SlId *replica, GError **error)
{
  g_autoptr (GArray) heads = sl_log_store_heads (tenant->hub->store, &tenant->id, &tenant->head, error);
  SlHubChain *own = sl_hub_tenant_add_chain (tenant, replica);
  own->has_key = own->admitted = TRUE;
  memcpy (own->public_key, tenant->key.public_key, SL_SIGN_PUBLIC_BYTES);
  for (guint i = 0; heads != NULL && i < heads->len; i++)
    {
      const SlEntry *entry = &g_array_index (heads, SlEntry, i);
      SlHubChain *chain = sl_hub_tenant_add_chain (tenant, &entry->replica);
      chain->head_seq = entry->last_seq;
      chain->head_hash = entry->head;
    }
  return heads != NULL;
}

/* sl_hub_tenant_load: the row, and the heads where nothing is remembered yet. The row is read again now and then. */
gboolean
sl_hub_tenant_load (SlHubTenant *tenant, GError **error)
{
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world);
  if (sl_hub_is_founded (tenant->row) && ABS (now_ms - tenant->row_ms) < ROW_READ_MS)
    return TRUE;
  g_autoptr (SlTenant) row = sl_log_store_find_tenant (tenant->hub->store, &tenant->id, error);
  if (row == NULL)
    return FALSE;
  gboolean same = tenant->row != NULL && sl_id_equal (&row->epoch, &tenant->row->epoch)
                  && sl_id_equal (&row->organisation, &tenant->row->organisation);
  if (!same)
    {
      sl_hub_tenant_forget (tenant);
      if (sl_hub_is_founded (row) && (!take_key (tenant, row, error) || !load_heads (tenant, &row->replica, error)))
        return FALSE;
      g_mutex_lock (&tenant->hub->lock);
      if (sl_hub_is_founded (row))
        g_hash_table_replace (tenant->hub->organisations, sl_id_copy (&row->organisation), tenant);
      g_mutex_unlock (&tenant->hub->lock);
    }
  g_clear_pointer (&tenant->row, sl_tenant_free);
  tenant->row = g_steal_pointer (&row);
  tenant->row_ms = now_ms;
  return TRUE;
}

/* sl_hub_tenant_chain: (nullable): what is remembered of a device. */
SlHubChain *
sl_hub_tenant_chain (SlHubTenant *tenant, const SlId *replica)
{
  return g_hash_table_lookup (tenant->chains, replica);
}

/* sl_hub_tenant_add_chain: what is remembered of a device, from now on. */
SlHubChain *
sl_hub_tenant_add_chain (SlHubTenant *tenant, const SlId *replica)
{
  SlHubChain *chain = sl_hub_tenant_chain (tenant, replica);
  if (chain != NULL)
    return chain;
  chain = g_new0 (SlHubChain, 1);
  chain->replica = *replica;
  g_hash_table_insert (tenant->chains, &chain->replica, chain);
  return chain;
}

static void
note_entry (SlHubTenant *tenant, const SlEntry *entry)
{
  if (entry->kind != SL_ENTRY_SEGMENT && entry->kind != SL_ENTRY_ASIDE)
    return;
  SlHubChain *chain = sl_hub_tenant_add_chain (tenant, &entry->replica);
  if (entry->kind == SL_ENTRY_ASIDE)
    chain->forked = TRUE;
  else if (entry->last_seq > chain->head_seq)
    {
      chain->head_seq = entry->last_seq;
      chain->head_hash = entry->head;
    }
}

/* sl_hub_tenant_refresh: takes in what other processes have appended. Where the log is shorter than it was, or another
 * one, all is read again. */
gboolean
sl_hub_tenant_refresh (SlHubTenant *tenant, GError **error)
{
  gboolean more = TRUE;
  if (!sl_hub_tenant_load (tenant, error))
    return FALSE;
  while (more)
    {
      guint64 last;
      g_autoptr (GArray) entries = sl_log_store_read (tenant->hub->store, &tenant->id, tenant->head, &sl_id_none, NULL,
                                                      REFRESH_BYTES, &last, &more, error);
      if (entries == NULL)
        return FALSE;
      if (last < tenant->head)
        {
          g_hash_table_remove_all (tenant->chains);
          return load_heads (tenant, &tenant->row->replica, error);
        }
      for (guint i = 0; i < entries->len; i++)
        note_entry (tenant, &g_array_index (entries, SlEntry, i));
      tenant->head = last;
    }
  return TRUE;
}

/**
 * sl_hub_tenant_append:
 * @tenant: locked
 * @entries: (element-type SlEntry): what goes behind the log as it is remembered
 * @out_done: (out): %FALSE: it had grown; what has come is remembered now
 * @error: return location. After BUSY nobody knows whether they were appended: what is remembered is what the next
 * sl_hub_tenant_refresh() finds
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_tenant_append (SlHubTenant *tenant, GArray *entries, gboolean *out_done, GError **error)
{
  guint64 head;
  if (!sl_log_store_append (tenant->hub->store, &tenant->id, tenant->head, (const SlEntry *) entries->data,
                            entries->len, out_done, &head, error))
    {
      gboolean refreshed = sl_hub_tenant_refresh (tenant, NULL);
      g_debug ("after a failed append the log could %sbe read", refreshed ? "" : "not ");
      return FALSE;
    }
  if (!*out_done)
    {
      sl_hub_count (tenant->hub, SL_HUB_APPEND_LOST, 1);
      return sl_hub_tenant_refresh (tenant, error);
    }
  for (guint i = 0; i < entries->len; i++)
    note_entry (tenant, &g_array_index (entries, SlEntry, i));
  tenant->head = head;
  return TRUE;
}

/* sl_hub_tenant_dir: (transfer full): where its replica lies. */
char *
sl_hub_tenant_dir (SlHubTenant *tenant)
{
  char text[SL_ID_TEXT_BYTES];
  return g_build_filename (tenant->hub->replicas, sl_id_format (&tenant->id, text), NULL);
}

static void
clear_entry (gpointer entry)
{
  sl_entry_clear (entry);
}

/* sl_hub_entries_new: (element-type SlEntry) */
GArray *
sl_hub_entries_new (void)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (SlEntry));
  g_array_set_clear_func (entries, clear_entry);
  return entries;
}

/* sl_hub_add_segment: as an entry. */
void
sl_hub_add_segment (GArray *entries, SlEntryKind kind, const SlSegment *segment)
{
  SlEntry entry = { .kind = kind,
                    .replica = segment->replica,
                    .first_seq = segment->first_seq,
                    .last_seq = segment->first_seq + segment->operations->len - 1,
                    .head = segment->head,
                    .bytes = sl_segment_encode (segment) };
  g_array_append_val (entries, entry);
}

/* sl_hub_add_box: as an entry: the item that sl_stream_writer_box() writes. */
void
sl_hub_add_box (GArray *entries, const SlId *box_for, GBytes *box)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_int (body, SL_ITEM_BOX);
  sl_cbor_put_id (body, box_for);
  sl_cbor_put_bytes (body, g_bytes_get_data (box, NULL), g_bytes_get_size (box));
  SlEntry entry = { .kind = SL_ENTRY_BOX, .replica = *box_for, .bytes = sl_cbor_writer_finish (body) };
  g_array_append_val (entries, entry);
}

/* sl_hub_add_piece: as an entry: the item that sl_stream_writer_piece() writes. */
void
sl_hub_add_piece (GArray *entries, const SlId *from, guint number, GBytes *piece)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_int (body, SL_ITEM_SNAPSHOT);
  sl_cbor_put_int (body, number);
  sl_cbor_put_bytes (body, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
  SlEntry entry = { .kind = SL_ENTRY_PIECE,
                    .replica = *from,
                    .first_seq = number,
                    .last_seq = number,
                    .bytes = sl_cbor_writer_finish (body) };
  g_array_append_val (entries, entry);
}
