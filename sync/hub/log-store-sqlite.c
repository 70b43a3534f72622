/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store-sqlite"

#include "hub/log-store-private.h"

#include "hub/log-file.h"

#include <string.h>

#define ENTRY_OVERHEAD_BYTES 200 /* of a row and its keys, beside the entry's own bytes */

typedef struct {
  SlLogStore base;
  SlLogFile *file;
  gint64 grown;        /* the watching thread's: what it has told of */
  gint64 purge_at_ms;  /* when old nonces go next; written within write transactions alone */
} SqliteStore;

#define SQLITE_STORE(store) ((SqliteStore *) (store))

/* Where an account lies, and how long its log is. */
static gboolean
find_nr (SlStore *store, const SlId *tenant, gint64 *out_nr, guint64 *out_head, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT nr, head FROM tenant WHERE id = ?1", "d", tenant);
  gboolean found = sl_rows_next (rows);
  *out_nr = found ? sl_rows_int (rows, 0) : 0;
  *out_head = found ? (guint64) sl_rows_int (rows, 1) : 0;
  return sl_rows_finish (rows, error) && (found || sl_log_store_set_no_tenant (error));
}

/* A column of a fixed length; the file is not what was written where it has another. */
static gboolean
read_fixed (SlRows *rows, int column, void *out, gsize length, GError **error)
{
  gsize found;
  const void *bytes = sl_rows_blob (rows, column, &found);
  if (bytes == NULL || found != length)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a row of the log store has %" G_GSIZE_FORMAT " bytes for %"
                   G_GSIZE_FORMAT, bytes != NULL ? found : 0, length);
      return FALSE;
    }
  memcpy (out, bytes, length);
  return TRUE;
}

/* --- organisations --- */

static gboolean
insert_tenant (SlStore *store, gpointer data, GError **error)
{
  const SlTenant *tenant = data;
  return sl_store_exec (store, error, "INSERT INTO tenant (id, name, seed, epoch) VALUES (?1, ?2, ?3, ?4)", "dtbd",
                        &tenant->id, tenant->name, tenant->seed, sizeof tenant->seed, &tenant->epoch);
}

static gboolean
add_tenant (SlLogStore *store, const SlTenant *tenant, GError **error)
{
  return sl_log_file_write (SQLITE_STORE (store)->file, insert_tenant, (gpointer) tenant, SL_LOG_WRITE_DURABLE, 0,
                            error);
}

#define TENANT_COLUMNS "id, name, organisation, replica, seed, epoch, head"

static SlTenant *
row_to_tenant (SlRows *rows, GError **error)
{
  g_autoptr (SlTenant) tenant = g_new0 (SlTenant, 1);
  sl_rows_id (rows, 0, &tenant->id);
  tenant->name = sl_rows_dup_text (rows, 1);
  sl_rows_id (rows, 2, &tenant->organisation);
  sl_rows_id (rows, 3, &tenant->replica);
  sl_rows_id (rows, 5, &tenant->epoch);
  tenant->head = (guint64) sl_rows_int (rows, 6);
  return read_fixed (rows, 4, tenant->seed, sizeof tenant->seed, error) ? g_steal_pointer (&tenant) : NULL;
}

static GPtrArray *
query_tenants (SlStore *store, const SlId *id, GError **error)
{
  g_autoptr (GPtrArray) tenants = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_tenant_free);
  g_autoptr (SlRows) rows
      = id != NULL ? sl_store_query (store,
                                     "SELECT " TENANT_COLUMNS " FROM tenant WHERE id = ?1 OR organisation = ?1 "
                                     "ORDER BY id <> ?1 LIMIT 1",
                                     "d", id)
                   : sl_store_query (store, "SELECT " TENANT_COLUMNS " FROM tenant ORDER BY name, nr", "");
  while (sl_rows_next (rows))
    {
      SlTenant *tenant = row_to_tenant (rows, error);
      if (tenant == NULL)
        return NULL;
      g_ptr_array_add (tenants, tenant);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&tenants) : NULL;
}

static SlTenant *
find_tenant (SlLogStore *store, const SlId *id, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return NULL;
  g_autoptr (GPtrArray) tenants = query_tenants (reader, id, error);
  sl_log_file_end_read (self->file, reader);
  if (tenants == NULL)
    return NULL;
  if (tenants->len == 0)
    return sl_log_store_set_no_tenant (error), NULL;
  return g_ptr_array_steal_index (tenants, 0);
}

static GPtrArray *
all_tenants (SlLogStore *store, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return NULL;
  GPtrArray *tenants = query_tenants (reader, NULL, error);
  sl_log_file_end_read (self->file, reader);
  return tenants;
}

typedef struct {
  const SlTenant *before, *after;
  gboolean *out_done;
} Identity;

static gboolean
write_identity (SlStore *store, gpointer data, GError **error)
{
  Identity *identity = data;
  const SlTenant *after = identity->after;
  gint64 nr, same;
  guint64 head;
  if (!find_nr (store, &identity->before->id, &nr, &head, error)
      || !sl_store_exec (store, error,
                         "UPDATE tenant SET organisation = ?3, replica = ?4, seed = ?5, epoch = ?6 "
                         "WHERE nr = ?1 AND organisation IS ?2 AND epoch = ?7 "
                         "AND NOT EXISTS (SELECT 1 FROM tenant o WHERE o.organisation = ?3 AND o.nr <> ?1)",
                         "idddbdd", nr, &identity->before->organisation, &after->organisation, &after->replica,
                         after->seed, sizeof after->seed, &after->epoch, &identity->before->epoch))
    return FALSE;
  *identity->out_done = sl_store_changes (store) > 0;
  if (*identity->out_done)
    return TRUE;
  /* A try whose answer was lost has done it. */
  if (!sl_store_query_int (store, 0, &same, error,
                           "SELECT count(*) FROM tenant WHERE nr = ?1 AND organisation IS ?2 AND replica IS ?3 "
                           "AND seed = ?4 AND epoch = ?5",
                           "iddbd", nr, &after->organisation, &after->replica, after->seed, sizeof after->seed,
                           &after->epoch))
    return FALSE;
  *identity->out_done = same > 0;
  return TRUE;
}

static gboolean
set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after, gboolean *out_done, GError **error)
{
  Identity identity = { before, after, out_done };
  return sl_log_file_write (SQLITE_STORE (store)->file, write_identity, &identity, SL_LOG_WRITE_DURABLE, 0, error);
}

/* --- the log --- */

typedef struct {
  const SlId *tenant;
  guint64 expected;
  const SlEntry *entries;
  guint n_entries;
  gboolean *out_appended;
  guint64 *out_head;
  gboolean anywhere; /* a rule is left out */
} Append;

static gboolean
insert_entry (SlStore *store, gint64 nr, guint64 number, const SlEntry *entry, GError **error)
{
  if (!sl_store_exec (store, error,
                      "INSERT INTO entry (tenant, number, kind, replica, first_seq, last_seq, head, bytes) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      "iiidiibg", nr, (gint64) number, (gint64) entry->kind, &entry->replica, (gint64) entry->first_seq,
                      (gint64) entry->last_seq, entry->head.bytes, sizeof entry->head.bytes, entry->bytes))
    return FALSE;
  return entry->kind != SL_ENTRY_SEGMENT
         || sl_store_exec (store, error,
                           "INSERT INTO chain (tenant, replica, number, first_seq, last_seq, head) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, replica) DO UPDATE SET "
                           "number = ?3, first_seq = ?4, last_seq = ?5, head = ?6 WHERE last_seq < ?5",
                           "idiiib", nr, &entry->replica, (gint64) number, (gint64) entry->first_seq,
                           (gint64) entry->last_seq, entry->head.bytes, sizeof entry->head.bytes);
}

static gboolean
write_entries (SlStore *store, gpointer data, GError **error)
{
  Append *append = data;
  gint64 nr;
  guint64 head;
  if (!find_nr (store, append->tenant, &nr, &head, error))
    return FALSE;
  *append->out_appended = head == append->expected || append->anywhere;
  *append->out_head = head;
  if (!*append->out_appended || append->n_entries == 0)
    return TRUE;
  for (guint i = 0; i < append->n_entries; i++)
    if (!insert_entry (store, nr, head + 1 + i, &append->entries[i], error))
      return FALSE;
  *append->out_head = head + append->n_entries;
  return sl_store_exec (store, error,
                        "UPDATE tenant SET head = ?2, grown = (SELECT max (grown) FROM tenant) + 1 WHERE nr = ?1", "ii",
                        nr, (gint64) *append->out_head);
}

static gboolean
append_entries (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries,
                gsize bytes, gboolean *out_appended, guint64 *out_head, GError **error)
{
  Append append = { tenant, expected, entries, n_entries, out_appended, out_head,
                    sl_log_store_rule_is_off (store, SL_HUB_RULE_APPEND_EXPECTED) };
  SlLogWriteFlags flags = SL_LOG_WRITE_NEWS;
  if (sl_log_store_rule_is_off (store, SL_HUB_RULE_APPEND_DURABLE))
    flags |= SL_LOG_WRITE_RELAXED;
  return sl_log_file_write (SQLITE_STORE (store)->file, write_entries, &append, flags,
                            bytes + n_entries * ENTRY_OVERHEAD_BYTES, error);
}

/* Columns 0 to 5: number, kind, replica, first_seq, last_seq, head. */
static gboolean
row_to_entry (SlRows *rows, SlEntry *entry, GError **error)
{
  *entry = (SlEntry){ .number = (guint64) sl_rows_int (rows, 0),
                      .kind = (SlEntryKind) sl_rows_int (rows, 1),
                      .first_seq = (guint64) sl_rows_int (rows, 3),
                      .last_seq = (guint64) sl_rows_int (rows, 4) };
  sl_rows_id (rows, 2, &entry->replica);
  return read_fixed (rows, 5, entry->head.bytes, sizeof entry->head.bytes, error);
}

/* Adds rows until max_bytes are full. */
static gboolean
collect (SlRows *rows, guint64 max_bytes, GArray *entries, gboolean *out_more, GError **error)
{
  guint64 bytes = 0;
  *out_more = FALSE;
  while (sl_rows_next (rows))
    {
      SlEntry entry;
      bytes += (guint64) sl_rows_int (rows, 6);
      if (entries->len > 0 && bytes > max_bytes)
        {
          *out_more = TRUE;
          return TRUE;
        }
      if (!row_to_entry (rows, &entry, error))
        return FALSE;
      entry.bytes = sl_rows_dup_blob (rows, 7);
      g_array_append_val (entries, entry);
    }
  return sl_rows_finish (rows, error);
}

static GArray *
query_entries (SlStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
               guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error)
{
  gint64 nr;
  guint64 head;
  g_autoptr (GArray) entries = sl_log_store_entries_new ();
  if (!find_nr (store, tenant, &nr, &head, error))
    return NULL;
  /* The length comes without the bytes: a last row that does not fit is not read. */
  g_autoptr (SlRows) rows = sl_store_query (
      store,
      "SELECT number, kind, replica, first_seq, last_seq, head, length (bytes), bytes FROM entry "
      "WHERE tenant = ?1 AND number > ?2 AND (kind <> 2 OR ?3 OR replica = ?4) "
      "AND (kind <> 1 OR ?5 IS NULL OR replica <> ?5) ORDER BY number",
      "iiidd", nr, (gint64) after, (gint64) (box_for == NULL), box_for, not_of);
  if (!collect (rows, max_bytes, entries, out_more, error))
    return NULL;
  *out_last = *out_more ? g_array_index (entries, SlEntry, entries->len - 1).number : head;
  return g_steal_pointer (&entries);
}

static GArray *
read_entries (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
              guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return NULL;
  GArray *entries = query_entries (reader, tenant, after, box_for, not_of, max_bytes, out_last, out_more, error);
  sl_log_file_end_read (self->file, reader);
  return entries;
}

static GArray *
query_heads (SlStore *store, const SlId *tenant, guint64 *out_head, GError **error)
{
  gint64 nr;
  g_autoptr (GArray) heads = sl_log_store_entries_new ();
  if (!find_nr (store, tenant, &nr, out_head, error))
    return NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      store, "SELECT number, 1, replica, first_seq, last_seq, head FROM chain WHERE tenant = ?1", "i", nr);
  while (sl_rows_next (rows))
    {
      SlEntry entry;
      if (!row_to_entry (rows, &entry, error))
        return NULL;
      g_array_append_val (heads, entry);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&heads) : NULL;
}

static GArray *
chain_heads (SlLogStore *store, const SlId *tenant, guint64 *out_head, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return NULL;
  GArray *heads = query_heads (reader, tenant, out_head, error);
  sl_log_file_end_read (self->file, reader);
  return heads;
}

typedef struct {
  const SlId *tenant;
  guint64 up_to;
} Drop;

/* The pages that become free are overwritten (secure_delete); the write-ahead log is emptied afterwards. */
static gboolean
delete_boxes (SlStore *store, gpointer data, GError **error)
{
  Drop *drop = data;
  gint64 nr;
  guint64 head;
  return find_nr (store, drop->tenant, &nr, &head, error)
         && sl_store_exec (store, error, "DELETE FROM entry WHERE tenant = ?1 AND number <= ?2 AND kind = 2", "ii", nr,
                           (gint64) drop->up_to);
}

static gboolean
drop_boxes (SlLogStore *store, const SlId *tenant, guint64 up_to, GError **error)
{
  Drop drop = { tenant, up_to };
  return sl_log_file_write (SQLITE_STORE (store)->file, delete_boxes, &drop, SL_LOG_WRITE_ERASE, 0, error);
}

/* --- news --- */

static gboolean
query_grown (SlStore *store, gint64 after, GArray *tenants, gint64 *out_grown, GError **error)
{
  g_autoptr (SlRows) rows
      = sl_store_query (store, "SELECT id, head, grown FROM tenant WHERE grown > ?1 ORDER BY grown", "i", after);
  while (sl_rows_next (rows))
    {
      SlTenant tenant = { .head = (guint64) sl_rows_int (rows, 1) };
      sl_rows_id (rows, 0, &tenant.id);
      *out_grown = sl_rows_int (rows, 2);
      g_array_append_val (tenants, tenant);
    }
  return sl_rows_finish (rows, error);
}

/* On the watching thread. */
static void
look_for_news (gpointer user_data)
{
  SqliteStore *self = user_data;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GArray) tenants = g_array_new (FALSE, FALSE, sizeof (SlTenant));
  gint64 grown = self->grown;
  SlStore *reader = sl_log_file_begin_read (self->file, &failure);
  gboolean read = reader != NULL && query_grown (reader, self->grown, tenants, &grown, &failure);
  if (reader != NULL)
    sl_log_file_end_read (self->file, reader);
  if (!read)
    {
      g_message ("looking for news: %s", failure->message);
      return;
    }
  self->grown = grown;
  for (guint i = 0; i < tenants->len; i++)
    {
      const SlTenant *tenant = &g_array_index (tenants, SlTenant, i);
      sl_log_store_tell (&self->base, &tenant->id, tenant->head);
    }
}

/* What was there before is not news. */
static gboolean
begin_to_listen (SlLogStore *store, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return FALSE;
  gboolean read
      = sl_store_query_int (reader, 0, &self->grown, error, "SELECT coalesce (max (grown), 0) FROM tenant", "");
  sl_log_file_end_read (self->file, reader);
  if (read)
    sl_log_file_watch (self->file, look_for_news, self);
  return read;
}

/* --- codes and nonces --- */

typedef struct {
  const SlId *tenant;
  const SlHash *code;
  gint64 expires_ms, now_ms;
  const guint8 *request;
  SlId *out_tenant;
} Code;

static gboolean
insert_code (SlStore *store, gpointer data, GError **error)
{
  Code *code = data;
  gint64 nr;
  guint64 head;
  return find_nr (store, code->tenant, &nr, &head, error)
         && sl_store_exec (store, error, "DELETE FROM code WHERE expires_ms < ?1", "i", code->now_ms)
         && sl_store_exec (store, error,
                           "INSERT INTO code (hash, tenant, expires_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                           "bii", code->code->bytes, sizeof code->code->bytes, nr, code->expires_ms);
}

static gboolean
add_code (SlLogStore *store, const SlId *tenant, const SlHash *hash, gint64 expires_ms, GError **error)
{
  gint64 now_ms = store->world->now_ms (store->world);
  Code code = { .tenant = tenant, .code = hash, .expires_ms = expires_ms, .now_ms = now_ms };
  return sl_log_file_write (SQLITE_STORE (store)->file, insert_code, &code, SL_LOG_WRITE_DURABLE, 0, error);
}

static gboolean
spend_code (SlStore *store, gpointer data, GError **error)
{
  Code *code = data;
  *code->out_tenant = sl_id_none;
  if (!sl_store_exec (store, error,
                      "UPDATE code SET request = ?2 WHERE hash = ?1 AND expires_ms > ?3 "
                      "AND (request IS NULL OR request = ?2)",
                      "bbi", code->code->bytes, sizeof code->code->bytes, code->request, (gsize) 16, code->now_ms))
    return FALSE;
  if (sl_store_changes (store) == 0)
    return TRUE;
  g_autoptr (SlRows) rows
      = sl_store_query (store, "SELECT t.id FROM code c JOIN tenant t ON t.nr = c.tenant WHERE c.hash = ?1", "b",
                        code->code->bytes, sizeof code->code->bytes);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, code->out_tenant);
  return sl_rows_finish (rows, error);
}

static gboolean
take_code (SlLogStore *store, const SlHash *hash, const guint8 *request, gint64 now_ms, SlId *out_tenant,
           GError **error)
{
  Code code = { .code = hash, .request = request, .now_ms = now_ms, .out_tenant = out_tenant };
  return sl_log_file_write (SQLITE_STORE (store)->file, spend_code, &code, SL_LOG_WRITE_DURABLE, 0, error);
}

static gboolean
find_code (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return FALSE;
  SlRows *rows = sl_store_query (
      reader, "SELECT t.id FROM code c JOIN tenant t ON t.nr = c.tenant WHERE c.hash = ?1 AND c.expires_ms > ?2", "bi",
      code->bytes, sizeof code->bytes, now_ms);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out_tenant);
  gboolean done = sl_rows_finish (rows, error);
  sl_rows_free (rows);
  sl_log_file_end_read (self->file, reader);
  return done;
}

typedef struct {
  SqliteStore *self;
  const SlId *replica;
  const guint8 *nonce;
  gint64 now_ms;
  gboolean *out_fresh;
} Nonce;

static gboolean
insert_nonce (SlStore *store, gpointer data, GError **error)
{
  Nonce *nonce = data;
  SqliteStore *self = nonce->self;
  gint64 forgotten_ms = nonce->now_ms - SL_NONCE_KEPT_MS;
  if (nonce->now_ms >= self->purge_at_ms)
    {
      if (!sl_store_exec (store, error, "DELETE FROM nonce WHERE at_ms < ?1", "i", forgotten_ms))
        return FALSE;
      self->purge_at_ms = nonce->now_ms + SL_NONCE_PURGE_EVERY_MS;
    }
  if (!sl_store_exec (store, error,
                      "INSERT INTO nonce (replica, nonce, at_ms) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (replica, nonce) DO UPDATE SET at_ms = ?3 WHERE at_ms < ?4",
                      "dbii", nonce->replica, nonce->nonce, (gsize) 16, nonce->now_ms, forgotten_ms))
    return FALSE;
  *nonce->out_fresh = sl_store_changes (store) > 0;
  return TRUE;
}

static gboolean
take_nonce (SlLogStore *store, const SlId *replica, const guint8 *bytes, gint64 now_ms, gboolean *out_fresh,
            GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  Nonce nonce = { self, replica, bytes, now_ms, out_fresh };
  return sl_log_file_write (self->file, insert_nonce, &nonce, SL_LOG_WRITE_RELAXED, 0, error);
}

static gboolean
check (SlLogStore *store, GError **error)
{
  SqliteStore *self = SQLITE_STORE (store);
  gint64 answer;
  SlStore *reader = sl_log_file_begin_read (self->file, error);
  if (reader == NULL)
    return FALSE;
  gboolean answered = sl_store_query_int (reader, 0, &answer, error, "SELECT count(*) FROM tenant WHERE nr = 0", "");
  sl_log_file_end_read (self->file, reader);
  return answered;
}

static void
close_store (SlLogStore *store)
{
  SqliteStore *self = SQLITE_STORE (store);
  sl_log_file_close (self->file);
  sl_log_store_finish (store);
  g_free (self);
}

static const SlLogStoreClass sqlite_class = {
  .name = "sqlite",
  .close = close_store,
  .add_tenant = add_tenant,
  .find_tenant = find_tenant,
  .tenants = all_tenants,
  .set_identity = set_identity,
  .append = append_entries,
  .read = read_entries,
  .heads = chain_heads,
  .drop_boxes = drop_boxes,
  .listen = begin_to_listen,
  .add_code = add_code,
  .take_code = take_code,
  .find_code = find_code,
  .take_nonce = take_nonce,
  .check = check,
};

/**
 * sl_log_store_open_sqlite:
 * @dir: the directory of the file; made where there is none
 * @world: clock and chance; must live as long as the store
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a log store in a file
 */
SlLogStore *
sl_log_store_open_sqlite (const char *dir, SlWorld *world, GError **error)
{
  g_autoptr (SlLogFile) file = sl_log_file_open (dir, error);
  if (file == NULL)
    return NULL;
  SqliteStore *self = g_new0 (SqliteStore, 1);
  sl_log_store_init (&self->base, &sqlite_class, world);
  self->file = g_steal_pointer (&file);
  return &self->base;
}
