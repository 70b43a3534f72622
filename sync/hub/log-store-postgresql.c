/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store-postgresql"

#include "hub/log-store-private.h"

#include "hub/log-store-group.h"
#include "hub/pg-listener.h"
#include "hub/pg-pool.h"
#include "hub/pg-schema.h"

#include <stdlib.h>
#include <string.h>

#define CHANNEL "hub_news"
#define ENTRY_OVERHEAD_BYTES 200 /* of a row and its keys, beside the entry's own bytes */
/* Transactions of appends at once: while one waits for the disk the next is put together. The server lets those that
 * wait at the same time share a sync. */
#define APPEND_LANES 4
/* For the connection that listens, now and then: of a process that died between its append and its news nobody told. */
#define MISSED_NEWS "SELECT id || ' ' || head FROM hub_tenant WHERE head > 0"
#define READ_PAGE "1000" /* rows of one read */
#define ERASE_TIMEOUT_MS (5 * 60 * 1000)

typedef struct {
  SlLogStore base;
  char *uri;
  SlPgPool *pool;
  SlLogGroup *appends;
  SlPgListener *listener;
  GMutex mutex;
  gint64 purge_at_ms; /* under it: when old nonces go next */
} PgStore;

#define PG_STORE(store) ((PgStore *) (store))

#define TENANT_COLUMNS "id, name, organisation, replica, seed, epoch, head"
#define ENTRY_COLUMNS "number, kind, replica, first_seq, last_seq, head"

static const SlPgStatement statements[] = {
  { "add_tenant",
    "INSERT INTO hub_tenant (id, name, seed, epoch) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING" },
  { "find_tenant", "SELECT " TENANT_COLUMNS " FROM hub_tenant WHERE id = $1 OR organisation = $1 "
                   "ORDER BY id <> $1 LIMIT 1" },
  { "tenants", "SELECT " TENANT_COLUMNS " FROM hub_tenant ORDER BY name COLLATE \"C\", id" },
  { "set_identity",
    "UPDATE hub_tenant t SET organisation = $3, replica = $4, seed = $5, epoch = $6 "
    "WHERE id = $1 AND organisation IS NOT DISTINCT FROM $2::uuid AND epoch = $7 "
    "AND NOT EXISTS (SELECT 1 FROM hub_tenant o WHERE o.organisation = $3 AND o.id <> $1) RETURNING 1" },
  { "has_identity", "SELECT organisation IS NOT DISTINCT FROM $2::uuid AND replica IS NOT DISTINCT FROM $3::uuid "
                    "AND seed = $4 AND epoch = $5 FROM hub_tenant WHERE id = $1" },
  { "head", "SELECT head FROM hub_tenant WHERE id = $1" },
  /* Who loses against another append waits for it at the tenant's row, and then looks at the head anew. */
  { "append",
    "WITH moved AS (UPDATE hub_tenant SET head = head + $3 WHERE id = $1 AND head = $2 RETURNING head), "
    "stored AS (INSERT INTO hub_entry (tenant, " ENTRY_COLUMNS ", bytes) "
    "SELECT $1, $2 + n, e.kind, e.replica, e.first_seq, e.last_seq, e.head, e.bytes FROM moved, "
    "unnest ($4::int8[], $5::uuid[], $6::int8[], $7::int8[], $8::bytea[], $9::bytea[]) WITH ORDINALITY "
    "AS e (kind, replica, first_seq, last_seq, head, bytes, n)) SELECT head FROM moved" },
  /* Most appends are of one entry: without arrays, which cost as much as the row. */
  { "append_one",
    "WITH moved AS (UPDATE hub_tenant SET head = head + 1 WHERE id = $1 AND head = $2 RETURNING head) "
    "INSERT INTO hub_entry (tenant, " ENTRY_COLUMNS ", bytes) "
    "SELECT $1, head, $3::int8, $4::uuid, $5::int8, $6::int8, $7::bytea, $8::bytea FROM moved RETURNING number" },
  { "notify", "SELECT pg_notify ('" CHANNEL "', $1)" },
  /* Lengths are known without the bytes; of a row that does not fit any more only its being there is told. */
  { "read",
    "SELECT t.head, e.number, e.kind, e.replica, e.first_seq, e.last_seq, e.head, "
    "CASE WHEN e.fits THEN e.bytes END FROM hub_tenant t LEFT JOIN LATERAL "
    "(SELECT *, place <= " READ_PAGE " AND (place = 1 OR total <= $6::int8) AS fits FROM "
    "(SELECT *, row_number () OVER w AS place, sum (octet_length (bytes)) OVER w AS total FROM "
    "(SELECT " ENTRY_COLUMNS ", bytes FROM hub_entry WHERE tenant = $1 AND number > $2::int8 "
    "AND (kind <> 2 OR $3::int8 <> 0 OR replica = $4::uuid) "
    "AND (kind <> 1 OR $5::uuid IS NULL OR replica <> $5::uuid) ORDER BY number LIMIT " READ_PAGE " + 1) page "
    "WINDOW w AS (ORDER BY number ROWS UNBOUNDED PRECEDING)) counted "
    "WHERE place <= 2 OR total - octet_length (bytes) <= $6::int8) e ON true WHERE t.id = $1 ORDER BY e.number" },
  /* From each replica's first in the index to the next replica's. */
  { "heads",
    "WITH RECURSIVE chain AS ((SELECT " ENTRY_COLUMNS " FROM hub_entry WHERE tenant = $1 AND kind = 1 "
    "ORDER BY replica, last_seq DESC, number LIMIT 1) UNION ALL "
    "SELECT next.* FROM chain, LATERAL (SELECT " ENTRY_COLUMNS " FROM hub_entry e WHERE e.tenant = $1 AND e.kind = 1 "
    "AND e.replica > chain.replica ORDER BY replica, last_seq DESC, number LIMIT 1) next) "
    "SELECT t.head, c.* FROM hub_tenant t LEFT JOIN chain c ON true WHERE t.id = $1" },
  { "drop_boxes", "WITH t AS (SELECT id FROM hub_tenant WHERE id = $1), "
                  "d AS (DELETE FROM hub_entry WHERE tenant = $1 AND kind = 2 AND number <= $2) "
                  "SELECT part FROM t, generate_series (0, 15) part "
                  "WHERE satisfies_hash_partition ('hub_entry'::regclass, 16, part, $1)" },
  { "add_code", "WITH t AS (SELECT id FROM hub_tenant WHERE id = $1), "
                "d AS (DELETE FROM hub_code WHERE expires_ms < $4 AND hash <> $2), "
                "i AS (INSERT INTO hub_code (hash, tenant, expires_ms) SELECT $2, id, $3 FROM t "
                "ON CONFLICT (hash) DO NOTHING) SELECT count (*) FROM t" },
  { "take_code", "UPDATE hub_code SET request = $2 WHERE hash = $1 AND expires_ms > $3 "
                 "AND (request IS NULL OR request = $2) RETURNING tenant" },
  { "find_code", "SELECT tenant FROM hub_code WHERE hash = $1 AND expires_ms > $2" },
  { "take_nonce", "INSERT INTO hub_nonce AS n (replica, nonce, at_ms) VALUES ($1, $2, $3) "
                  "ON CONFLICT (replica, nonce) DO UPDATE SET at_ms = $3 WHERE n.at_ms < $4 RETURNING 1" },
  { "purge_nonces", "DELETE FROM hub_nonce WHERE at_ms < $1" },
  { "check", "SELECT version FROM hub_schema LIMIT 1" },
};

/* --- organisations --- */

static gboolean
add_tenant (SlLogStore *store, const SlTenant *tenant, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, &tenant->id);
  sl_pg_add_bytes (&params, tenant->name, strlen (tenant->name));
  sl_pg_add_bytes (&params, tenant->seed, sizeof tenant->seed);
  sl_pg_add_id (&params, &tenant->epoch);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "add_tenant", &params, error);
  return result != NULL;
}

static SlTenant *
row_to_tenant (const PGresult *result, int row, GError **error)
{
  g_autoptr (SlTenant) tenant = g_new0 (SlTenant, 1);
  sl_pg_id (result, row, 0, &tenant->id);
  tenant->name = g_strndup (PQgetvalue (result, row, 1), (gsize) PQgetlength (result, row, 1));
  sl_pg_id (result, row, 2, &tenant->organisation);
  sl_pg_id (result, row, 3, &tenant->replica);
  sl_pg_id (result, row, 5, &tenant->epoch);
  tenant->head = (guint64) sl_pg_int (result, row, 6);
  return sl_pg_fixed (result, row, 4, tenant->seed, sizeof tenant->seed, error) ? g_steal_pointer (&tenant) : NULL;
}

static SlTenant *
find_tenant (SlLogStore *store, const SlId *id, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, id);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "find_tenant", &params, error);
  if (result == NULL)
    return NULL;
  if (PQntuples (result) == 0)
    return sl_log_store_set_no_tenant (error), NULL;
  return row_to_tenant (result, 0, error);
}

static GPtrArray *
all_tenants (SlLogStore *store, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  g_autoptr (GPtrArray) tenants = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_tenant_free);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "tenants", &params, error);
  for (int row = 0; row < PQntuples (result); row++)
    {
      SlTenant *tenant = row_to_tenant (result, row, error);
      if (tenant == NULL)
        return NULL;
      g_ptr_array_add (tenants, tenant);
    }
  return result != NULL ? g_steal_pointer (&tenants) : NULL;
}

/* A try whose answer was lost may have done it. */
static gboolean
has_identity (PgStore *self, const SlTenant *after, const SlId *id, gboolean *out_has, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, id);
  sl_pg_add_id (&params, &after->organisation);
  sl_pg_add_id (&params, &after->replica);
  sl_pg_add_bytes (&params, after->seed, sizeof after->seed);
  sl_pg_add_id (&params, &after->epoch);
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "has_identity", &params, error);
  if (result == NULL)
    return FALSE;
  *out_has = PQntuples (result) > 0 && sl_pg_int (result, 0, 0) != 0;
  return PQntuples (result) > 0 || sl_log_store_set_no_tenant (error);
}

static gboolean
set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after, gboolean *out_done, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, &before->id);
  sl_pg_add_id (&params, &before->organisation);
  sl_pg_add_id (&params, &after->organisation);
  sl_pg_add_id (&params, &after->replica);
  sl_pg_add_bytes (&params, after->seed, sizeof after->seed);
  sl_pg_add_id (&params, &after->epoch);
  sl_pg_add_id (&params, &before->epoch);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "set_identity", &params, error);
  if (result == NULL)
    return FALSE;
  *out_done = PQntuples (result) > 0;
  return *out_done || has_identity (PG_STORE (store), after, &before->id, out_done, error);
}

/* --- appending --- */

typedef struct {
  SlLogJob job;
  const SlId *tenant;
  guint64 expected;
  const SlEntry *entries;
  guint n_entries;
  guint turn;     /* its place among those that came at once */
  gboolean appended;
  guint64 head;
  GError *error;
} Append;

static void
add_entries (SlPgParams *params, const SlEntry *entries, guint n)
{
  gsize bytes = 0;
  for (guint i = 0; i < n; i++)
    bytes += g_bytes_get_size (entries[i].bytes);
  sl_pg_add_array (params, SL_PG_INT8, n, n * sizeof (gint64));
  for (guint i = 0; i < n; i++)
    sl_pg_add_element_int (params, entries[i].kind);
  sl_pg_add_array (params, SL_PG_UUID, n, n * (gsize) SL_ID_BYTES);
  for (guint i = 0; i < n; i++)
    sl_pg_add_element (params, entries[i].replica.bytes, SL_ID_BYTES);
  sl_pg_add_array (params, SL_PG_INT8, n, n * sizeof (gint64));
  for (guint i = 0; i < n; i++)
    sl_pg_add_element_int (params, (gint64) entries[i].first_seq);
  sl_pg_add_array (params, SL_PG_INT8, n, n * sizeof (gint64));
  for (guint i = 0; i < n; i++)
    sl_pg_add_element_int (params, (gint64) entries[i].last_seq);
  sl_pg_add_array (params, SL_PG_BYTEA, n, n * (gsize) SL_HASH_BYTES);
  for (guint i = 0; i < n; i++)
    sl_pg_add_element (params, entries[i].head.bytes, SL_HASH_BYTES);
  sl_pg_add_array (params, SL_PG_BYTEA, n, bytes);
  for (guint i = 0; i < n; i++)
    {
      gsize length;
      const void *data = g_bytes_get_data (entries[i].bytes, &length);
      sl_pg_add_element (params, data, length);
    }
}

static void
add_one (SlPgParams *params, const SlEntry *entry)
{
  gsize length;
  const void *data = g_bytes_get_data (entry->bytes, &length);
  sl_pg_add_int (params, entry->kind);
  sl_pg_add_bytes (params, entry->replica.bytes, SL_ID_BYTES);
  sl_pg_add_int (params, (gint64) entry->first_seq);
  sl_pg_add_int (params, (gint64) entry->last_seq);
  sl_pg_add_bytes (params, entry->head.bytes, SL_HASH_BYTES);
  sl_pg_add_bytes (params, data, length);
}

static void
add_append (SlPgParams *params, const Append *append, gboolean alone)
{
  sl_pg_add_id (params, append->tenant);
  sl_pg_add_int (params, (gint64) append->expected);
  if (alone)
    {
      add_one (params, append->entries);
      return;
    }
  sl_pg_add_int (params, append->n_entries);
  add_entries (params, append->entries, append->n_entries);
}

/* Every process takes the tenants' rows in the same order, so that none waits for another in a circle. Of one tenant
 * those who came first go first. */
static int
compare_appends (gconstpointer a, gconstpointer b)
{
  const Append *x = *(const Append *const *) a, *y = *(const Append *const *) b;
  int order = sl_id_compare (x->tenant, y->tenant);
  return order != 0 ? order : (x->turn > y->turn) - (x->turn < y->turn);
}

typedef struct {
  Append **appends; /* in their order */
  guint n_appends;
  const char *statement;
  const SlPgParams *params;
} Turn;

static void
take_result (Append *append, const PGresult *result)
{
  append->appended = PQntuples (result) > 0;
  append->head = append->appended ? (guint64) sl_pg_int (result, 0, 0) : 0;
}

static gboolean
run_appends (SlPg *pg, gpointer data, GError **error)
{
  Turn *turn = data;
  if (turn->n_appends == 1) /* a transaction of its own, without more words */
    {
      g_autoptr (PGresult) result = sl_pg_run (pg, turn->statement, turn->params, error);
      if (result != NULL)
        take_result (turn->appends[0], result);
      return result != NULL;
    }
  g_autoptr (GPtrArray) results
      = sl_pg_run_together (pg, turn->statement, turn->params, turn->n_appends, error);
  if (results == NULL)
    return FALSE;
  for (guint i = 0; i < turn->n_appends; i++)
    take_result (turn->appends[i], results->pdata[i]);
  return TRUE;
}

static void
append_together (PgStore *self, Append **appends, guint n_appends)
{
  g_autoptr (GError) failure = NULL;
  SlPgParams *params = g_new0 (SlPgParams, n_appends);
  gboolean alone = TRUE; /* each with one entry */
  for (guint i = 0; i < n_appends; i++)
    alone = alone && appends[i]->n_entries == 1;
  for (guint i = 0; i < n_appends; i++)
    add_append (&params[i], appends[i], alone);
  Turn turn = { appends, n_appends, alone ? "append_one" : "append", params };
  gboolean done = sl_pg_pool_run (self->pool, run_appends, &turn, &failure);
  for (guint i = 0; i < n_appends; i++)
    {
      sl_pg_params_clear (&params[i]);
      if (!done)
        appends[i]->error = g_error_copy (failure);
    }
  g_free (params);
}

/* On the thread whose turn it is. */
static void
take_turn (SlLogJob **jobs, guint n_jobs, gpointer user_data)
{
  PgStore *self = user_data;
  Append *appends[SL_LOG_GROUP_JOBS];
  for (guint i = 0; i < n_jobs; i++)
    {
      appends[i] = (Append *) jobs[i];
      appends[i]->turn = i;
    }
  qsort (appends, n_jobs, sizeof *appends, compare_appends);
  append_together (self, appends, n_jobs);
  gboolean failed = n_jobs > 1 && appends[0]->error != NULL && appends[0]->error->code != SL_ERROR_BUSY;
  for (guint i = 0; failed && i < n_jobs; i++) /* one that cannot be written must not keep the others from it */
    {
      g_clear_error (&appends[i]->error);
      append_together (self, &appends[i], 1);
    }
}

static gboolean
query_head (PgStore *self, const SlId *tenant, guint64 *out_head, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, tenant);
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "head", &params, error);
  if (result == NULL)
    return FALSE;
  if (PQntuples (result) == 0)
    return sl_log_store_set_no_tenant (error);
  *out_head = (guint64) sl_pg_int (result, 0, 0);
  return TRUE;
}

/* Not within the append's transaction: one that notifies holds a lock of the whole database until it is on the disk,
 * and appends would go one behind the other. What gets lost is looked for later. */
static void
tell_others (PgStore *self, const SlId *tenant, guint64 head)
{
  char id[SL_ID_TEXT_BYTES];
  g_autofree char *payload = g_strdup_printf ("%s %" G_GUINT64_FORMAT, sl_id_format (tenant, id), head);
  if (self->listener != NULL)
    {
      sl_pg_listener_say (self->listener, id, payload);
      return;
    }
  g_auto (SlPgParams) params = { 0 };
  g_autoptr (GError) failure = NULL;
  sl_pg_add_bytes (&params, payload, strlen (payload));
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "notify", &params, &failure);
  if (result == NULL)
    g_debug ("others were not told: %s", failure->message);
}

static gboolean
append_entries (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries,
                gsize bytes, gboolean *out_appended, guint64 *out_head, GError **error)
{
  PgStore *self = PG_STORE (store);
  Append append = { .job = { .bytes = bytes + n_entries * ENTRY_OVERHEAD_BYTES }, .tenant = tenant,
                    .expected = expected, .entries = entries, .n_entries = n_entries };
  if (n_entries > 0)
    {
      sl_log_group_run (self->appends, &append.job);
      if (append.error != NULL)
        {
          g_propagate_error (error, append.error);
          return FALSE;
        }
      *out_appended = append.appended;
      *out_head = append.head;
      if (append.appended)
        {
          tell_others (self, tenant, append.head);
          return TRUE;
        }
    }
  /* The statement that lost saw the head of before it waited: asked again. */
  if (!query_head (self, tenant, out_head, error))
    return FALSE;
  if (n_entries == 0)
    *out_appended = *out_head == expected;
  return TRUE;
}

/* --- reading --- */

/* Columns 1 to 6: number, kind, replica, first_seq, last_seq, head. */
static gboolean
row_to_entry (const PGresult *result, int row, SlEntry *entry, GError **error)
{
  *entry = (SlEntry){ .number = (guint64) sl_pg_int (result, row, 1),
                      .kind = (SlEntryKind) sl_pg_int (result, row, 2),
                      .first_seq = (guint64) sl_pg_int (result, row, 4),
                      .last_seq = (guint64) sl_pg_int (result, row, 5) };
  sl_pg_id (result, row, 3, &entry->replica);
  return sl_pg_fixed (result, row, 6, entry->head.bytes, sizeof entry->head.bytes, error);
}

static gboolean
collect (const PGresult *result, GArray *entries, gboolean *out_more, GError **error)
{
  *out_more = FALSE;
  for (int row = 0; row < PQntuples (result) && !PQgetisnull (result, row, 1); row++)
    {
      SlEntry entry;
      if (PQgetisnull (result, row, 7))
        {
          *out_more = TRUE;
          break;
        }
      if (!row_to_entry (result, row, &entry, error))
        return FALSE;
      entry.bytes = g_bytes_new (PQgetvalue (result, row, 7), (gsize) PQgetlength (result, row, 7));
      g_array_append_val (entries, entry);
    }
  return TRUE;
}

static GArray *
read_entries (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
              guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  g_autoptr (GArray) entries = sl_log_store_entries_new ();
  sl_pg_add_id (&params, tenant);
  sl_pg_add_int (&params, (gint64) after);
  sl_pg_add_int (&params, box_for == NULL);
  sl_pg_add_id (&params, box_for);
  sl_pg_add_id (&params, not_of);
  sl_pg_add_int (&params, (gint64) max_bytes);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "read", &params, error);
  if (result == NULL)
    return NULL;
  if (PQntuples (result) == 0)
    return sl_log_store_set_no_tenant (error), NULL;
  if (!collect (result, entries, out_more, error))
    return NULL;
  *out_last = *out_more ? g_array_index (entries, SlEntry, entries->len - 1).number
                        : (guint64) sl_pg_int (result, 0, 0);
  return g_steal_pointer (&entries);
}

static GArray *
chain_heads (SlLogStore *store, const SlId *tenant, guint64 *out_head, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  g_autoptr (GArray) heads = sl_log_store_entries_new ();
  sl_pg_add_id (&params, tenant);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "heads", &params, error);
  if (result == NULL)
    return NULL;
  if (PQntuples (result) == 0)
    return sl_log_store_set_no_tenant (error), NULL;
  *out_head = (guint64) sl_pg_int (result, 0, 0);
  for (int row = 0; row < PQntuples (result) && !PQgetisnull (result, row, 1); row++)
    {
      SlEntry entry;
      if (!row_to_entry (result, row, &entry, error))
        return NULL;
      g_array_append_val (heads, entry);
    }
  return g_steal_pointer (&heads);
}

/* Deleted rows stay in the table's file until it is written anew: a table of a sixteenth of all boxes, which nobody can
 * use for that moment. What the write-ahead log and backups of the server hold is its operator's to let expire. */
static gboolean
rewrite_boxes (PgStore *self, int part, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("VACUUM (FULL) hub_box_%d", part);
  g_autoptr (SlPg) pg = sl_pg_connect (self->uri, ERASE_TIMEOUT_MS, NULL, 0, error);
  g_autoptr (PGresult) result = pg != NULL ? sl_pg_exec (pg, sql, error) : NULL;
  return result != NULL;
}

static gboolean
drop_boxes (SlLogStore *store, const SlId *tenant, guint64 up_to, GError **error)
{
  PgStore *self = PG_STORE (store);
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, tenant);
  sl_pg_add_int (&params, (gint64) up_to);
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "drop_boxes", &params, error);
  if (result == NULL)
    return FALSE;
  if (PQntuples (result) == 0)
    return sl_log_store_set_no_tenant (error);
  return rewrite_boxes (self, (int) sl_pg_int (result, 0, 0), error);
}

/* --- news --- */

/* On the listener's thread. "uuid head"; the server's other users may say something else there. */
static void
take_news (const char *payload, gpointer user_data)
{
  PgStore *self = user_data;
  SlId tenant;
  guint64 head;
  g_auto (GStrv) words = payload != NULL ? g_strsplit (payload, " ", 2) : NULL;
  if (payload == NULL)
    sl_log_store_tell (&self->base, &sl_id_none, 0);
  else if (g_strv_length (words) == 2 && sl_id_parse (words[0], &tenant)
           && g_ascii_string_to_unsigned (words[1], 10, 1, G_MAXINT64, &head, NULL))
    sl_log_store_tell (&self->base, &tenant, head);
}

static gboolean
begin_to_listen (SlLogStore *store, GError **error)
{
  PgStore *self = PG_STORE (store);
  self->listener = sl_pg_listener_new (self->uri, CHANNEL, MISSED_NEWS, take_news, self, error);
  return self->listener != NULL;
}

/* --- codes and nonces --- */

static gboolean
add_code (SlLogStore *store, const SlId *tenant, const SlHash *code, gint64 expires_ms, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_id (&params, tenant);
  sl_pg_add_bytes (&params, code->bytes, sizeof code->bytes);
  sl_pg_add_int (&params, expires_ms);
  sl_pg_add_int (&params, store->world->now_ms (store->world));
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "add_code", &params, error);
  if (result == NULL)
    return FALSE;
  return sl_pg_int (result, 0, 0) > 0 || sl_log_store_set_no_tenant (error);
}

static gboolean
take_code (SlLogStore *store, const SlHash *code, const guint8 *request, gint64 now_ms, SlId *out_tenant,
           GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_bytes (&params, code->bytes, sizeof code->bytes);
  sl_pg_add_bytes (&params, request, 16);
  sl_pg_add_int (&params, now_ms);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "take_code", &params, error);
  if (result != NULL && PQntuples (result) > 0)
    sl_pg_id (result, 0, 0, out_tenant);
  return result != NULL;
}

static gboolean
find_code (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_bytes (&params, code->bytes, sizeof code->bytes);
  sl_pg_add_int (&params, now_ms);
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "find_code", &params, error);
  if (result != NULL && PQntuples (result) > 0)
    sl_pg_id (result, 0, 0, out_tenant);
  return result != NULL;
}

static gboolean
is_time_to_purge (PgStore *self, gint64 now_ms)
{
  g_mutex_lock (&self->mutex);
  gboolean is_time = now_ms >= self->purge_at_ms;
  if (is_time)
    self->purge_at_ms = now_ms + SL_NONCE_PURGE_EVERY_MS;
  g_mutex_unlock (&self->mutex);
  return is_time;
}

static gboolean
purge_nonces (PgStore *self, gint64 forgotten_ms, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  sl_pg_add_int (&params, forgotten_ms);
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "purge_nonces", &params, error);
  return result != NULL;
}

/* The table is unlogged: its commits wait for no disk. */
static gboolean
take_nonce (SlLogStore *store, const SlId *replica, const guint8 *nonce, gint64 now_ms, gboolean *out_fresh,
            GError **error)
{
  PgStore *self = PG_STORE (store);
  g_auto (SlPgParams) params = { 0 };
  gint64 forgotten_ms = now_ms - SL_NONCE_KEPT_MS;
  if (is_time_to_purge (self, now_ms) && !purge_nonces (self, forgotten_ms, error))
    return FALSE;
  sl_pg_add_id (&params, replica);
  sl_pg_add_bytes (&params, nonce, 16);
  sl_pg_add_int (&params, now_ms);
  sl_pg_add_int (&params, forgotten_ms);
  g_autoptr (PGresult) result = sl_pg_pool_query (self->pool, "take_nonce", &params, error);
  *out_fresh = result != NULL && PQntuples (result) > 0;
  return result != NULL;
}

static gboolean
check (SlLogStore *store, GError **error)
{
  g_auto (SlPgParams) params = { 0 };
  g_autoptr (PGresult) result = sl_pg_pool_query (PG_STORE (store)->pool, "check", &params, error);
  return result != NULL;
}

static void
close_store (SlLogStore *store)
{
  PgStore *self = PG_STORE (store);
  sl_pg_listener_free (self->listener);
  sl_log_group_free (self->appends);
  sl_pg_pool_free (self->pool);
  sl_log_store_finish (store);
  g_mutex_clear (&self->mutex);
  g_free (self->uri);
  g_free (self);
}

static const SlLogStoreClass postgresql_class = {
  .name = "postgresql",
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
 * sl_log_store_open_postgresql:
 * @uri: libpq's connection URI; several hosts, and every option of libpq, may stand in it
 * @world: clock and chance; must live as long as the store
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a log store on that server, with its schema up to date
 */
SlLogStore *
sl_log_store_open_postgresql (const char *uri, SlWorld *world, GError **error)
{
  if (!sl_pg_schema_migrate (uri, error))
    return NULL;
  PgStore *self = g_new0 (PgStore, 1);
  sl_log_store_init (&self->base, &postgresql_class, world);
  g_mutex_init (&self->mutex);
  self->uri = g_strdup (uri);
  self->pool = sl_pg_pool_new (uri, statements, G_N_ELEMENTS (statements));
  self->appends = sl_log_group_new (APPEND_LANES, take_turn, self);
  return &self->base;
}
