/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store"

#include "hub/log-store-private.h"

#include <sodium.h>
#include <string.h>

/**
 * sl_log_store_init:
 * @store: the beginning of an implementation's own structure, zeroed
 * @klass: its functions
 * @world: clock and chance; must live as long as the store
 */
void
sl_log_store_init (SlLogStore *store, const SlLogStoreClass *klass, SlWorld *world)
{
  store->klass = klass;
  store->world = world;
  g_mutex_init (&store->told_mutex);
  store->told = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
}

/**
 * sl_log_store_finish:
 * @store: what sl_log_store_init() was called on; nothing uses it any more
 */
void
sl_log_store_finish (SlLogStore *store)
{
  g_hash_table_unref (store->told);
  g_mutex_clear (&store->told_mutex);
}

/**
 * sl_log_store_entries_new:
 *
 * Returns: (transfer full) (element-type SlEntry): an array that clears what it holds
 */
GArray *
sl_log_store_entries_new (void)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (SlEntry));
  g_array_set_clear_func (entries, (GDestroyNotify) sl_entry_clear);
  return entries;
}

/**
 * sl_log_store_set_no_tenant:
 * @error: return location
 *
 * Returns: %FALSE, with %SL_ERROR_NOT_FOUND
 */
gboolean
sl_log_store_set_no_tenant (GError **error)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "this hub has no such organisation");
  return FALSE;
}

/* Whether a caller should hear it: what comes from a server tells also of what was told here already. */
static gboolean
is_new (SlLogStore *store, const SlId *tenant, guint64 head)
{
  gboolean is_new = TRUE;
  g_mutex_lock (&store->told_mutex);
  guint64 *told = g_hash_table_lookup (store->told, tenant);
  if (sl_id_is_none (tenant))
    g_hash_table_remove_all (store->told); /* whatever it is now, it may also be less than before */
  else if (told == NULL)
    g_hash_table_insert (store->told, sl_id_copy (tenant), g_memdup2 (&head, sizeof head));
  else if (*told < head)
    *told = head;
  else
    is_new = FALSE;
  g_mutex_unlock (&store->told_mutex);
  return is_new;
}

/**
 * sl_log_store_tell:
 * @store: a store
 * @tenant: whose log has grown; none: any may have
 * @head: its last entry
 *
 * Calls who waits for news. Any thread, without a lock of the implementation's held.
 */
void
sl_log_store_tell (SlLogStore *store, const SlId *tenant, guint64 head)
{
  if (store->news != NULL && is_new (store, tenant, head))
    store->news (tenant, head, store->news_data);
}

/**
 * sl_log_store_open:
 * @where: `sqlite:DIR` or `postgresql://…`
 * @world: clock and chance; must live as long as the store
 * @error: return location
 *
 * Opens the store and makes what is missing of its schema; several processes may do so at once. Blocks. Any thread.
 *
 * Returns: (transfer full) (nullable): the store; %NULL with %SL_ERROR_BAD_INPUT (not such a place), %SL_ERROR_BUSY
 *   (the server does not answer), %SL_ERROR_TOO_NEW, %SL_ERROR_READ_ONLY, %SL_ERROR_CORRUPT (a database of something
 *   else), %SL_ERROR_DISK_FULL, %SL_ERROR_STORAGE
 */
SlLogStore *
sl_log_store_open (const char *where, SlWorld *world, GError **error)
{
  g_return_val_if_fail (where != NULL && world != NULL, NULL);

  if (g_str_has_prefix (where, "sqlite:") && where[strlen ("sqlite:")] != '\0')
    return sl_log_store_open_sqlite (where + strlen ("sqlite:"), world, error);
  if (g_str_has_prefix (where, "postgresql://") || g_str_has_prefix (where, "postgres://"))
    return sl_log_store_open_postgresql (where, world, error);
  /* It is not repeated: it may hold a password. */
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a store is sqlite:DIRECTORY or postgresql://…");
  return NULL;
}

/**
 * sl_log_store_close:
 * @store: (nullable) (transfer full): a store in which no call is under way
 *
 * Blocks until the thread that brings news has ended; so never from the function that is told.
 */
void
sl_log_store_close (SlLogStore *store)
{
  if (store != NULL)
    store->klass->close (store);
}

/**
 * sl_log_store_set_rules_off:
 * @store: a store that no other thread uses yet
 * @bits: rules that it, and a hub over it, leave out: rules-off.h
 *
 * For negative controls.
 */
void
sl_log_store_set_rules_off (SlLogStore *store, guint64 bits)
{
  store->rules_off = bits;
}

/**
 * sl_log_store_rule_is_off:
 * @store: a store
 * @rule: a rule
 *
 * Returns: whether it is to be left out
 */
gboolean
sl_log_store_rule_is_off (SlLogStore *store, SlHubRule rule)
{
  return (store->rules_off >> rule & 1) != 0;
}

/**
 * sl_log_store_name:
 * @store: a store
 *
 * Returns: (transfer none): which implementation it is, for people and metrics
 */
const char *
sl_log_store_name (SlLogStore *store)
{
  return store->klass->name;
}

/**
 * sl_tenant_free:
 * @tenant: (nullable) (transfer full): an organisation's account
 */
void
sl_tenant_free (SlTenant *tenant)
{
  if (tenant == NULL)
    return;
  g_free (tenant->name);
  sodium_memzero (tenant->seed, sizeof tenant->seed);
  g_free (tenant);
}

/**
 * sl_entry_clear:
 * @entry: an entry; its bytes are let go
 */
void
sl_entry_clear (SlEntry *entry)
{
  g_clear_pointer (&entry->bytes, g_bytes_unref);
}

/**
 * sl_log_store_add_tenant:
 * @store: a store
 * @name: what people call it; 1 to %SL_TENANT_NAME_MAX_BYTES bytes of UTF-8
 * @out_id: (out caller-allocates): the new account
 * @error: return location
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT for the name, or a failure
 */
gboolean
sl_log_store_add_tenant (SlLogStore *store, const char *name, SlId *out_id, GError **error)
{
  gsize length = strlen (name);
  if (length == 0 || length > SL_TENANT_NAME_MAX_BYTES || !g_utf8_validate_len (name, length, NULL))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an organisation's name is 1 to %d bytes of UTF-8",
                   SL_TENANT_NAME_MAX_BYTES);
      return FALSE;
    }
  SlTenant tenant = { .name = (char *) name };
  sl_id_random (store->world, &tenant.id);
  sl_id_random (store->world, &tenant.epoch);
  if (!store->klass->add_tenant (store, &tenant, error))
    return FALSE;
  *out_id = tenant.id;
  return TRUE;
}

/**
 * sl_log_store_find_tenant:
 * @store: a store
 * @id: an account, or an organisation
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what the store holds of it now; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlTenant *
sl_log_store_find_tenant (SlLogStore *store, const SlId *id, GError **error)
{
  if (sl_id_is_none (id))
    return sl_log_store_set_no_tenant (error), NULL;
  return store->klass->find_tenant (store, id, error);
}

/**
 * sl_log_store_tenants:
 * @store: a store
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlTenant) (nullable): all of them, in the order of their names
 */
GPtrArray *
sl_log_store_tenants (SlLogStore *store, GError **error)
{
  return store->klass->tenants (store, error);
}

/**
 * sl_log_store_set_identity:
 * @store: a store
 * @before: as it was read
 * @after: with the new organisation, replica, seed and epoch
 * @out_done: (out): whether it was so changed, now or by an earlier try of the same
 * @error: return location
 *
 * Changes an account where organisation and epoch are still those of @before, and no other account has the new
 * organisation.
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND or a failure
 */
gboolean
sl_log_store_set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after, gboolean *out_done,
                           GError **error)
{
  *out_done = FALSE;
  if (sl_id_is_none (&after->epoch))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an account without an epoch");
      return FALSE;
    }
  return store->klass->set_identity (store, before, after, out_done, error);
}

static gboolean
check_entry (const SlEntry *entry, gsize *bytes, GError **error)
{
  gsize length = entry->bytes != NULL ? g_bytes_get_size (entry->bytes) : 0;
  const char *problem = NULL;
  if (length == 0 || length > SL_ENTRY_MAX_BYTES)
    problem = "its size";
  else if (entry->kind < SL_ENTRY_SEGMENT || entry->kind > SL_ENTRY_PIECE)
    problem = "its kind";
  else if (sl_id_is_none (&entry->replica))
    problem = "it is of no device";
  else if (entry->last_seq > G_MAXINT64 || entry->first_seq > entry->last_seq)
    problem = "its numbers";
  *bytes += length;
  if (problem == NULL)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "not an entry for a log: %s", problem);
  return FALSE;
}

/**
 * sl_log_store_append:
 * @store: a store
 * @tenant: an account
 * @expected: the number of what its last entry is believed to be; 0: it is empty
 * @entries: (array length=n_entries): what to append; their numbers are not read
 * @n_entries: at most %SL_APPEND_MAX_ENTRIES
 * @out_appended: (out): %FALSE: the log ends elsewhere, nothing was appended
 * @out_head: (out): where it ends now
 * @error: return location
 *
 * Appends all or nothing, and returns when it is on the disk. Blocks. Any thread.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT (beyond the limits), %SL_ERROR_NOT_FOUND, %SL_ERROR_BUSY (it may have
 *   happened or not), or a failure
 */
gboolean
sl_log_store_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries,
                     gboolean *out_appended, guint64 *out_head, GError **error)
{
  gsize bytes = 0;
  gboolean fits = n_entries <= SL_APPEND_MAX_ENTRIES && expected <= G_MAXINT64 - SL_APPEND_MAX_ENTRIES;
  for (guint i = 0; fits && i < n_entries; i++)
    {
      if (!check_entry (&entries[i], &bytes, error))
        return FALSE;
      fits = bytes <= SL_APPEND_MAX_BYTES;
    }
  if (!fits)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "too much for one append to a log");
      return FALSE;
    }
  *out_appended = FALSE;
  *out_head = 0;
  if (!store->klass->append (store, tenant, expected, entries, n_entries, bytes, out_appended, out_head, error))
    return FALSE;
  if (*out_appended && n_entries > 0)
    sl_log_store_tell (store, tenant, *out_head);
  return TRUE;
}

/**
 * sl_log_store_read:
 * @store: a store
 * @tenant: an account
 * @after: the number of the last entry that the asker knows; 0: none
 * @box_for: (nullable): only boxes for this device; none: no boxes; %NULL: all
 * @not_of: (nullable): no segments of this device
 * @max_bytes: how many bytes of entries are wanted; the first comes even so
 * @out_last: (out): what to ask behind next
 * @out_more: (out): whether that will give more
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlEntry) (nullable): entries in their order, of one state of the log; %NULL
 *   with %SL_ERROR_NOT_FOUND or a failure
 */
GArray *
sl_log_store_read (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
                   guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error)
{
  guint64 from = MIN (after, (guint64) G_MAXINT64); /* it comes from outside; no log is that long */
  guint64 bytes = MIN (max_bytes, (guint64) G_MAXINT32);
  return store->klass->read (store, tenant, from, box_for, not_of, bytes, out_last, out_more, error);
}

/**
 * sl_log_store_heads:
 * @store: a store
 * @tenant: an account
 * @out_head: (out): the number of the log's last entry
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlEntry) (nullable): of each device the segment that goes furthest, without
 *   its bytes, in no order; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
GArray *
sl_log_store_heads (SlLogStore *store, const SlId *tenant, guint64 *out_head, GError **error)
{
  return store->klass->heads (store, tenant, out_head, error);
}

/**
 * sl_log_store_drop_boxes:
 * @store: a store
 * @tenant: an account
 * @up_to: the number of the last entry that is looked at
 * @error: return location
 *
 * Takes boxes out of the log, and out of the database's files. Their numbers stay unused. Blocks for longer than the
 * other calls.
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND, %SL_ERROR_BUSY (a file may still hold them: again later), or a failure
 */
gboolean
sl_log_store_drop_boxes (SlLogStore *store, const SlId *tenant, guint64 up_to, GError **error)
{
  return store->klass->drop_boxes (store, tenant, MIN (up_to, (guint64) G_MAXINT64), error);
}

/**
 * sl_log_store_set_news:
 * @store: a store that no other thread uses yet
 * @func: (scope notified): called on any thread when a log has grown
 * @user_data: for @func; must live as long as the store
 *
 * Begins to tell. Where others' news cannot be heard for now (a server that is away), that is tried again, and told as
 * news of any tenant then.
 */
void
sl_log_store_set_news (SlLogStore *store, SlLogNewsFunc func, gpointer user_data)
{
  g_return_if_fail (store->news == NULL && func != NULL);

  g_autoptr (GError) failure = NULL;
  store->news = func;
  store->news_data = user_data;
  if (!store->klass->listen (store, &failure))
    g_message ("news of other processes come late: %s", failure->message);
}

/**
 * sl_log_store_add_code:
 * @store: a store
 * @tenant: an account
 * @code: the hash of a pairing code
 * @expires_ms: until when it is good, UTC milliseconds
 * @error: return location
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND or a failure
 */
gboolean
sl_log_store_add_code (SlLogStore *store, const SlId *tenant, const SlHash *code, gint64 expires_ms, GError **error)
{
  return store->klass->add_code (store, tenant, code, expires_ms, error);
}

/**
 * sl_log_store_take_code:
 * @store: a store
 * @code: the hash of what somebody typed
 * @request: which request it is for
 * @now_ms: now, UTC milliseconds
 * @out_tenant: (out caller-allocates): whose code it is; none where it is not good
 * @error: return location
 *
 * Spends a code. The same request may take it again until its time is over.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_log_store_take_code (SlLogStore *store, const SlHash *code, const guint8 request[16], gint64 now_ms,
                        SlId *out_tenant, GError **error)
{
  *out_tenant = sl_id_none;
  return store->klass->take_code (store, code, request, now_ms, out_tenant, error);
}

/**
 * sl_log_store_find_code:
 * @store: a store
 * @code: the hash of what somebody typed
 * @now_ms: now, UTC milliseconds
 * @out_tenant: (out caller-allocates): whose code it is, spent or not; none where nobody's, or its time is over
 * @error: return location
 *
 * Spends nothing: for who has to decide whether to listen at all.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_log_store_find_code (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant, GError **error)
{
  *out_tenant = sl_id_none;
  return store->klass->find_code (store, code, now_ms, out_tenant, error);
}

/**
 * sl_log_store_take_nonce:
 * @store: a store
 * @replica: whose request it is in
 * @nonce: 16 bytes
 * @now_ms: now, UTC milliseconds
 * @out_fresh: (out): %FALSE: it has come before, within %SL_NONCE_KEPT_MS
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_log_store_take_nonce (SlLogStore *store, const SlId *replica, const guint8 nonce[16], gint64 now_ms,
                         gboolean *out_fresh, GError **error)
{
  *out_fresh = FALSE;
  if (sl_id_is_none (replica))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a nonce of no device");
      return FALSE;
    }
  return store->klass->take_nonce (store, replica, nonce, now_ms, out_fresh, error);
}

/**
 * sl_log_store_check:
 * @store: a store
 * @error: return location
 *
 * Returns: whether it answers; %FALSE with the failure
 */
gboolean
sl_log_store_check (SlLogStore *store, GError **error)
{
  return store->klass->check (store, error);
}
