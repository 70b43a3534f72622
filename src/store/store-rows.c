/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <stdarg.h>
#include <string.h>

/* The statements of the program are constants, some hundreds; beyond this a text is prepared anew each time. */
#define STATEMENTS_MAX 512

/* A prepared text. The cached one of a text is lent to one user at a time; others get one of their own. */
typedef struct {
  sqlite3_stmt *stmt;
  const char *sql; /* of a cached one: the table's key */
  gboolean cached, lent;
} Statement;

struct _SlRows
{
  SlStore *store;
  Statement *statement; /* NULL: at the end, or failed */
  gboolean has_row;
  GError *error;
};

static void
statement_free (gpointer data)
{
  Statement *statement = data;
  sqlite3_finalize (statement->stmt);
  g_free (statement);
}

static void
set_statement_error (SlStore *store, GError **error, const char *sql)
{
  g_autofree char *doing = g_strdup_printf ("running “%.60s”", sql);
  sl_store_set_sqlite_error (store, error, doing);
}

static sqlite3_stmt *
prepare (SlStore *store, const char *sql, const char **out_tail, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v3 (store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, out_tail) != SQLITE_OK)
    {
      set_statement_error (store, error, sql);
      return NULL;
    }
  return stmt;
}

static SlStatementPlace *
place_of (SlStore *store, const char *sql)
{
  gsize address = GPOINTER_TO_SIZE (sql);
  return &store->places[(address ^ address >> 10) & (SL_STORE_PLACES - 1)];
}

/* Most texts are constants and come again from the same place; what lies there may be another text by now. */
static Statement *
find_statement (SlStore *store, const char *sql)
{
  SlStatementPlace *place = place_of (store, sql);
  if (place->at == sql && strcmp (((Statement *) place->statement)->sql, sql) == 0)
    return place->statement;
  Statement *statement = g_hash_table_lookup (store->statements, sql);
  if (statement != NULL)
    *place = (SlStatementPlace) { sql, statement };
  return statement;
}

static Statement *
borrow_statement (SlStore *store, const char *sql, GError **error)
{
  Statement *statement = find_statement (store, sql);
  if (statement != NULL && !statement->lent)
    {
      statement->lent = TRUE;
      return statement;
    }
  const char *tail;
  sqlite3_stmt *stmt = prepare (store, sql, &tail, error);
  if (stmt == NULL)
    return NULL;
  g_assert (*(tail + strspn (tail, " \t\n;")) == '\0'); /* one statement a call */
  gboolean cached = statement == NULL && g_hash_table_size (store->statements) < STATEMENTS_MAX;
  statement = g_new0 (Statement, 1);
  statement->stmt = stmt;
  statement->lent = TRUE;
  statement->cached = cached;
  if (cached)
    {
      char *key = g_strdup (sql);
      statement->sql = key;
      g_hash_table_insert (store->statements, key, statement);
    }
  return statement;
}

static void
return_statement (Statement *statement)
{
  (void) sqlite3_reset (statement->stmt); /* repeats the error of the last step, which was told there */
  (void) sqlite3_clear_bindings (statement->stmt);
  statement->lent = FALSE;
  if (!statement->cached)
    statement_free (statement);
}

static int
bind_blob (sqlite3_stmt *stmt, int index, const void *data, gsize length, sqlite3_destructor_type lifetime)
{
  if (length == 0)
    return sqlite3_bind_zeroblob (stmt, index, 0); /* SQLite would take a NULL pointer for null */
  return sqlite3_bind_blob64 (stmt, index, data, length, lifetime);
}

static int
bind_value (sqlite3_stmt *stmt, int index, const SlValue *value, sqlite3_destructor_type lifetime)
{
  switch (value->type)
    {
    case 'i':
      return sqlite3_bind_int64 (stmt, index, value->integer);
    case 't':
      if (value->text == NULL)
        break;
      return sqlite3_bind_text64 (stmt, index, value->text, strlen (value->text), lifetime, SQLITE_UTF8);
    case 'd':
      if (value->id == NULL || sl_id_is_none (value->id))
        break;
      return bind_blob (stmt, index, value->id->bytes, SL_ID_BYTES, lifetime);
    case 'g':
      if (value->bytes == NULL)
        break;
      return bind_blob (stmt, index, g_bytes_get_data (value->bytes, NULL), g_bytes_get_size (value->bytes), lifetime);
    case 'n':
      break;
    default:
      g_assert_not_reached ();
    }
  return sqlite3_bind_null (stmt, index);
}

/* Takes the arguments of one letter. */
static int
bind_one (sqlite3_stmt *stmt, int index, char type, va_list *args, sqlite3_destructor_type lifetime)
{
  SlValue value = { .type = type };
  if (type == 'b')
    {
      const void *data = va_arg (*args, const void *);
      gsize length = va_arg (*args, gsize);
      return data == NULL ? sqlite3_bind_null (stmt, index) : bind_blob (stmt, index, data, length, lifetime);
    }
  if (type == 'i')
    value.integer = va_arg (*args, gint64);
  else if (type == 't')
    value.text = va_arg (*args, const char *);
  else if (type == 'd')
    value.id = va_arg (*args, const SlId *);
  else if (type == 'g')
    value.bytes = va_arg (*args, GBytes *);
  return bind_value (stmt, index, &value, lifetime);
}

/* Binds one argument per letter. Too many or too few for the statement is a bug of the caller. */
static gboolean
bind_all (SlStore *store, sqlite3_stmt *stmt, const char *types, va_list *args, sqlite3_destructor_type lifetime,
          GError **error)
{
  g_assert (strlen (types) == (gsize) sqlite3_bind_parameter_count (stmt));
  for (int i = 0; types[i] != '\0'; i++)
    if (bind_one (stmt, i + 1, types[i], args, lifetime) != SQLITE_OK)
      {
        set_statement_error (store, error, sqlite3_sql (stmt));
        return FALSE;
      }
  return TRUE;
}

/* Writes belong in a transaction of the store, and only the store begins and ends those. */
static void
assert_may_run (SlStore *store, sqlite3_stmt *stmt)
{
  g_assert (store->writing || sqlite3_stmt_readonly (stmt));
}

static gboolean
step_to_end (SlStore *store, sqlite3_stmt *stmt, GError **error)
{
  int autocommit = sqlite3_get_autocommit (store->db);
  int rc;
  do
    rc = sqlite3_step (stmt);
  while (rc == SQLITE_ROW);
  if (rc != SQLITE_DONE)
    {
      set_statement_error (store, error, sqlite3_sql (stmt));
      return FALSE;
    }
  g_assert (sqlite3_get_autocommit (store->db) == autocommit);
  return TRUE;
}

/* One statement, from here to the end of its last row, with the arguments as they are. */
static gboolean
exec_valist (SlStore *store, const char *sql, const char *types, va_list *args, GError **error)
{
  if (!sl_store_check (store, error))
    return FALSE;
  Statement *statement = borrow_statement (store, sql, error);
  if (statement == NULL)
    return FALSE;
  assert_may_run (store, statement->stmt);
  gboolean done = bind_all (store, statement->stmt, types, args, SQLITE_STATIC, error)
                  && step_to_end (store, statement->stmt, error);
  return_statement (statement);
  return done;
}

static SlRows *
query_valist (SlStore *store, const char *sql, const char *types, va_list *args)
{
  SlRows *rows = g_new0 (SlRows, 1);
  rows->store = store;
  if (!sl_store_check (store, &rows->error))
    return rows;
  rows->statement = borrow_statement (store, sql, &rows->error);
  if (rows->statement == NULL)
    return rows;
  assert_may_run (store, rows->statement->stmt);
  store->open_rows++;
  /* The arguments may be gone when the rows are read, so SQLite keeps copies. */
  if (!bind_all (store, rows->statement->stmt, types, args, SQLITE_TRANSIENT, &rows->error))
    {
      store->open_rows--;
      return_statement (g_steal_pointer (&rows->statement));
    }
  return rows;
}

static void
end_rows (SlRows *rows)
{
  rows->has_row = FALSE;
  if (rows->statement == NULL)
    return;
  rows->store->open_rows--;
  return_statement (g_steal_pointer (&rows->statement));
}

static sqlite3_stmt *
row_of (SlRows *rows, int column)
{
  g_assert (rows->has_row);
  g_assert (column >= 0 && column < sqlite3_column_count (rows->statement->stmt));
  return rows->statement->stmt;
}

/**
 * sl_store_forget_statements:
 * @store: a store without open rows
 *
 * Gives back the prepared statements, so that the connection can be closed.
 */
void
sl_store_forget_statements (SlStore *store)
{
  memset (store->places, 0, SL_STORE_PLACES * sizeof *store->places);
  g_hash_table_remove_all (store->statements);
}

/**
 * sl_store_run:
 * @store: a store
 * @sql: statements of the store itself: transactions and pragmas
 * @error: return location
 *
 * Runs them without the guards and the cache: pragmas act when they are prepared.
 *
 * Returns: %FALSE with the failure of the first that failed
 */
gboolean
sl_store_run (SlStore *store, const char *sql, GError **error)
{
  if (sqlite3_exec (store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_statement_error (store, error, sql);
  return FALSE;
}

/**
 * sl_store_statements_new:
 *
 * Returns: (transfer full): an empty table of prepared statements for a new store
 */
GHashTable *
sl_store_statements_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, statement_free);
}

/**
 * sl_store_exec_script:
 * @store: a store, in a write transaction
 * @sql: any number of statements without parameters
 * @error: return location
 *
 * For schema steps and test data; not cached.
 *
 * Returns: %FALSE at the first statement that failed; those before it stand until the transaction is rolled back
 */
gboolean
sl_store_exec_script (SlStore *store, const char *sql, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_return_val_if_fail (sql != NULL, FALSE);

  if (!sl_store_check (store, error))
    return FALSE;
  while (*sql != '\0')
    {
      sqlite3_stmt *prepared = NULL;
      if (sqlite3_prepare_v2 (store->db, sql, -1, &prepared, &sql) != SQLITE_OK)
        {
          set_statement_error (store, error, sql);
          return FALSE;
        }
      g_autoptr (sqlite3_stmt) stmt = prepared;
      if (stmt == NULL) /* a comment, or blanks at the end */
        continue;
      assert_may_run (store, stmt);
      if (!step_to_end (store, stmt, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_store_exec:
 * @store: a store
 * @error: return location
 * @sql: one statement, a constant of the program; what it gives as rows is passed over
 * @types: a letter per parameter, see the header
 * @...: the arguments, each of exactly the letter's type: an int where the letter says gint64 is a bug that no compiler
 *   sees
 *
 * What writes must stand in a write transaction (asserted). Store's thread.
 *
 * Returns: %FALSE on failure. After %SL_ERROR_DISK_FULL or %SL_ERROR_STORAGE the transaction may be gone: roll back
 */
gboolean
sl_store_exec (SlStore *store, GError **error, const char *sql, const char *types, ...)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_return_val_if_fail (sql != NULL && types != NULL, FALSE);

  va_list args;
  va_start (args, types);
  gboolean done = exec_valist (store, sql, types, &args, error);
  va_end (args);
  return done;
}

/**
 * sl_store_exec_values:
 * @store: a store
 * @error: return location
 * @sql: one statement, put together from constants of the program
 * @values: (array length=n_values): its parameters in order
 * @n_values: as many as the statement has
 *
 * As sl_store_exec(), for statements whose columns are chosen while running.
 *
 * Returns: %FALSE on failure, as sl_store_exec()
 */
gboolean
sl_store_exec_values (SlStore *store, GError **error, const char *sql, const SlValue *values, guint n_values)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_return_val_if_fail (sql != NULL, FALSE);

  if (!sl_store_check (store, error))
    return FALSE;
  Statement *statement = borrow_statement (store, sql, error);
  if (statement == NULL)
    return FALSE;
  assert_may_run (store, statement->stmt);
  g_assert (n_values == (guint) sqlite3_bind_parameter_count (statement->stmt));
  int rc = SQLITE_OK;
  for (guint i = 0; i < n_values && rc == SQLITE_OK; i++)
    rc = bind_value (statement->stmt, (int) i + 1, &values[i], SQLITE_STATIC);
  if (rc != SQLITE_OK)
    set_statement_error (store, error, sql);
  gboolean done = rc == SQLITE_OK && step_to_end (store, statement->stmt, error);
  return_statement (statement);
  return done;
}

/**
 * sl_store_changes:
 * @store: a store
 *
 * Returns: the rows that the last sl_store_exec() inserted, changed or deleted
 */
gint64
sl_store_changes (SlStore *store)
{
  g_return_val_if_fail (store != NULL, 0);
  return sqlite3_changes64 (store->db);
}

/**
 * sl_store_query:
 * @store: a store; must outlive the rows
 * @sql: one statement, a constant of the program
 * @types: a letter per parameter, see the header
 * @...: the arguments as in sl_store_exec(); copied
 *
 * The same text may be queried again while its rows are open. No write transaction begins while rows are open
 * (asserted): read them to their end or finish them first. Store's thread.
 *
 * Returns: (transfer full): the rows, never %NULL; a failure is told by sl_rows_finish()
 */
SlRows *
sl_store_query (SlStore *store, const char *sql, const char *types, ...)
{
  g_return_val_if_fail (store != NULL, NULL);
  g_return_val_if_fail (sql != NULL && types != NULL, NULL);

  va_list args;
  va_start (args, types);
  SlRows *rows = query_valist (store, sql, types, &args);
  va_end (args);
  return rows;
}

/**
 * sl_rows_next:
 * @rows: rows of a query
 *
 * Returns: %TRUE on the next row; %FALSE after the last and on failure
 */
gboolean
sl_rows_next (SlRows *rows)
{
  g_return_val_if_fail (rows != NULL, FALSE);

  if (rows->statement == NULL || rows->error != NULL)
    return FALSE;
  int rc = sqlite3_step (rows->statement->stmt);
  rows->has_row = rc == SQLITE_ROW;
  if (rows->has_row)
    return TRUE;
  if (rc != SQLITE_DONE)
    set_statement_error (rows->store, &rows->error, sqlite3_sql (rows->statement->stmt));
  end_rows (rows);
  return FALSE;
}

/**
 * sl_rows_finish:
 * @rows: rows of a query, read to their end or not
 * @error: return location
 *
 * Ends the reading; @rows has no more rows and only waits to be freed.
 *
 * Returns: %FALSE when the rows did not all come: what was read is not the answer
 */
gboolean
sl_rows_finish (SlRows *rows, GError **error)
{
  g_return_val_if_fail (rows != NULL, FALSE);

  end_rows (rows);
  if (rows->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (rows->error));
  return FALSE;
}

/**
 * sl_rows_free:
 * @rows: (nullable) (transfer full): rows of a query
 */
void
sl_rows_free (SlRows *rows)
{
  if (rows == NULL)
    return;
  end_rows (rows);
  g_clear_error (&rows->error);
  g_free (rows);
}

/**
 * sl_rows_int:
 * @rows: rows that stand on a row
 * @column: counted from 0
 *
 * Returns: the integer; 0 for null
 */
gint64
sl_rows_int (SlRows *rows, int column)
{
  return sqlite3_column_int64 (row_of (rows, column), column);
}

/**
 * sl_rows_is_null:
 * @rows: rows that stand on a row
 * @column: counted from 0
 *
 * Returns: whether it is null
 */
gboolean
sl_rows_is_null (SlRows *rows, int column)
{
  return sqlite3_column_type (row_of (rows, column), column) == SQLITE_NULL;
}

/**
 * sl_rows_text:
 * @rows: rows that stand on a row
 * @column: counted from 0
 *
 * Returns: (transfer none) (nullable): the text, until the next row; %NULL for null
 */
const char *
sl_rows_text (SlRows *rows, int column)
{
  return (const char *) sqlite3_column_text (row_of (rows, column), column);
}

/**
 * sl_rows_dup_text:
 * @rows: rows that stand on a row
 * @column: counted from 0
 *
 * Returns: (transfer full) (nullable): a copy of the text; %NULL for null
 */
char *
sl_rows_dup_text (SlRows *rows, int column)
{
  return g_strdup (sl_rows_text (rows, column));
}

/**
 * sl_rows_blob:
 * @rows: rows that stand on a row
 * @column: counted from 0
 * @out_length: (out): number of bytes; 0 for null
 *
 * Returns: (transfer none) (nullable): the bytes, until the next row; %NULL for null only
 */
const void *
sl_rows_blob (SlRows *rows, int column, gsize *out_length)
{
  sqlite3_stmt *stmt = row_of (rows, column);
  const void *data = sqlite3_column_blob (stmt, column); /* before the length: it may convert */
  *out_length = (gsize) sqlite3_column_bytes (stmt, column);
  if (data == NULL && sqlite3_column_type (stmt, column) != SQLITE_NULL)
    return ""; /* SQLite gives NULL for no bytes too */
  return data;
}

/**
 * sl_rows_dup_blob:
 * @rows: rows that stand on a row
 * @column: counted from 0
 *
 * Returns: (transfer full) (nullable): a copy of the bytes; %NULL for null only
 */
GBytes *
sl_rows_dup_blob (SlRows *rows, int column)
{
  gsize length;
  const void *data = sl_rows_blob (rows, column, &length);
  return data != NULL ? g_bytes_new (data, length) : NULL;
}

/**
 * sl_rows_id:
 * @rows: rows that stand on a row
 * @column: counted from 0
 * @out: (out): the id; #sl_id_none for null
 *
 * A value that is neither null nor 16 bytes makes the rows fail with %SL_ERROR_CORRUPT.
 */
void
sl_rows_id (SlRows *rows, int column, SlId *out)
{
  gsize length;
  const void *data = sl_rows_blob (rows, column, &length);
  *out = sl_id_none;
  if (data == NULL)
    return;
  if (length == SL_ID_BYTES)
    memcpy (out->bytes, data, SL_ID_BYTES);
  else if (rows->error == NULL)
    g_set_error (&rows->error, SL_ERROR, SL_ERROR_CORRUPT,
                 "column %d of “%.60s” holds no id but %" G_GSIZE_FORMAT " bytes", column,
                 sqlite3_sql (rows->statement->stmt), length);
}

/**
 * sl_store_query_int:
 * @store: a store
 * @fallback: the answer where there is no row
 * @out: (out): the first column of the first row; 0 for null
 * @error: return location
 * @sql: one statement, a constant of the program
 * @types: a letter per parameter, see the header
 * @...: the arguments as in sl_store_exec()
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_store_query_int (SlStore *store, gint64 fallback, gint64 *out, GError **error, const char *sql, const char *types,
                    ...)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_return_val_if_fail (out != NULL, FALSE);
  g_return_val_if_fail (sql != NULL && types != NULL, FALSE);

  va_list args;
  va_start (args, types);
  g_autoptr (SlRows) rows = query_valist (store, sql, types, &args);
  va_end (args);
  *out = sl_rows_next (rows) ? sl_rows_int (rows, 0) : fallback;
  return sl_rows_finish (rows, error);
}
