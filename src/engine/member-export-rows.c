/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-export"

#include "engine/member-export-private.h"

#include <string.h>

#include "engine/member-merge.h"

/* The rows about a member as they are kept. Which tables those are is read from the schema: each replicated one with a
 * column that names a member, and each that names a row of such a one. Columns are told by how they are called: _ms are
 * times, _cents money, _hundredths credits, hlc stamps; bytes of the length of an id are ids, others are sealed. */

/* Names that people know better than the table's. Others stand under their own. */
static const struct { const char *table, *part; } names[] = {
  { "member", "records" },
  { "pass", "passes" },
  { "claim", "claims" },
  { "checkin", "visits" },
  { "lot", "credit_lots" },
  { "lot_burn", "credits_taken" },
  { "claim_spend", "credits_spent" },
  { "payment", "payments" },
  { "payment_outcome", "payment_outcomes" },
  { "refund", "refunds" },
  { "sale", "sales" },
  { "sale_line", "sale_lines" },
  { "voucher", "vouchers" },
  { "voucher_void", "vouchers_voided" },
  { "membership", "membership_terms" },
  { "request", "requests" },
  { "standing", "standing_bookings" },
};

/* What names rows of which table, where the column is not called after it. */
static const struct { const char *column, *table; } parents[] = {
  { "booking_id", "claim" }, { "from_lot_id", "lot" },
};

/* Who may spend or give back what is a matter of devices; the rows that it follows from are told. */
static const char *const left_out[] = { "lot_right", "money_right", "session_right" };
/* Bookkeeping of the columns themselves. */
static const char *const columns_left_out[] = { "clocks", "pin_hash" };

typedef struct {
  char *name;
  GPtrArray *columns;  /* (element-type utf8) */
  SlExportPart *part;  /* (nullable) */
  GByteArray *ids;     /* of the rows told so far */
  GHashTable *seen;    /* (element-type utf8): those rows themselves */
} Table;

static void
table_free (gpointer data)
{
  Table *table = data;
  g_free (table->name);
  g_ptr_array_unref (table->columns);
  g_byte_array_unref (table->ids);
  g_hash_table_unref (table->seen);
  g_free (table);
}

static gboolean
is_among (const char *name, const char *const *list, guint n)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (name, list[i]))
      return TRUE;
  return FALSE;
}

static gboolean
read_columns (SlEngine *engine, Table *table, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (engine->store, "SELECT name FROM pragma_table_info (?) ORDER BY cid", "t", table->name);
  while (sl_rows_next (rows))
    g_ptr_array_add (table->columns, sl_rows_dup_text (rows, 0));
  return sl_rows_finish (rows, error);
}

/* Every replicated table. (element-type Table) */
static GPtrArray *
read_schema (SlEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (table_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT name FROM sqlite_master WHERE type = 'table' "
                                            "AND substr (name, 1, 6) <> 'local_' AND substr (name, 1, 7) <> 'sqlite_' "
                                            "ORDER BY name",
                                            "");
  while (sl_rows_next (rows))
    {
      if (is_among (sl_rows_text (rows, 0), left_out, G_N_ELEMENTS (left_out)))
        continue;
      Table *table = g_new0 (Table, 1);
      table->name = sl_rows_dup_text (rows, 0);
      table->columns = g_ptr_array_new_with_free_func (g_free);
      table->ids = g_byte_array_new ();
      table->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_ptr_array_add (tables, table);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < tables->len; i++)
    if (!read_columns (engine, tables->pdata[i], error))
      return NULL;
  return g_steal_pointer (&tables);
}

static gboolean
names_member (const Table *table, const char *column)
{
  return g_str_equal (table->name, "member")
             ? g_str_equal (column, "id")
             : g_str_equal (column, "member_id") || g_str_has_suffix (column, "_member_id");
}

static const Table *
find_table (GPtrArray *tables, const char *name)
{
  for (guint i = 0; i < tables->len; i++)
    if (g_str_equal (((Table *) tables->pdata[i])->name, name))
      return tables->pdata[i];
  return NULL;
}

/* (nullable): the table whose rows a column names. */
static const Table *
parent_of (GPtrArray *tables, const char *column)
{
  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    if (g_str_equal (column, parents[i].column))
      return find_table (tables, parents[i].table);
  if (!g_str_has_suffix (column, "_id"))
    return NULL;
  g_autofree char *name = g_strndup (column, strlen (column) - 3);
  return find_table (tables, name);
}

/* --- one row --- */

/* What numbers stand for. */
static const struct { const char *table, *column, *words[6]; } words[] = {
  { "claim", "type", { NULL, "hold", "booking", "offer", "override", "waiting" } },
  { "claim", "channel", { NULL, "kiosk", "desk", "instructor", "phone", "marketplace" } },
  { "lot_burn", "kind", { NULL, "adjust", "expire", "transfer" } },
  { "payment_outcome", "outcome", { NULL, "failed", "paid", "disputed", "dispute_over" } },
};

/* (nullable) */
static const char *
word_of (const Table *table, const char *column, gint64 number)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].table, table->name) && g_str_equal (words[i].column, column) && number >= 0
        && number < (gint64) G_N_ELEMENTS (words[i].words))
      return words[i].words[number];
  return NULL;
}

static gboolean
has_column (const Table *table, const char *name)
{
  return g_ptr_array_find_with_equal_func (table->columns, name, g_str_equal, NULL);
}

/* A column's name without its unit, unless another column is called so. (transfer full) */
static char *
fact_name (const Table *table, const char *column)
{
  static const char *const units[] = { "_ms", "_cents", "_hundredths", "_hlc", "_id" };
  if (g_str_equal (column, "hlc"))
    return g_strdup ("written");
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (column, units[i]))
      {
        g_autofree char *base = g_strndup (column, strlen (column) - strlen (units[i]));
        guint same = has_column (table, base) ? 1 : 0;
        for (guint j = 0; j < G_N_ELEMENTS (units); j++)
          {
            g_autofree char *other = g_strconcat (base, units[j], NULL);
            same += j != i && has_column (table, other) ? 1 : 0;
          }
        return same == 0 ? g_steal_pointer (&base) : g_strdup (column);
      }
  return g_strdup (column);
}

/* (nullable) what people call a thing. */
static char *
name_of (SlEngine *engine, const SlId *id)
{
  static const char *const queries[] = {
    "SELECT name FROM service WHERE id = ?",  "SELECT name FROM location WHERE id = ?",
    "SELECT name FROM room WHERE id = ?",     "SELECT name FROM staff WHERE id = ?",
    "SELECT name FROM plan WHERE id = ?",     "SELECT name FROM package WHERE id = ?",
    "SELECT name FROM device WHERE id = ?",
    "SELECT v.name FROM session s JOIN service v ON v.id = s.service_id WHERE s.id = ?",
  };
  if (sl_id_equal (id, &sl_actor_owner) || sl_id_equal (id, &sl_actor_device))
    return g_strdup (sl_id_equal (id, &sl_actor_owner) ? "owner" : "device");
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (SlRows) rows = sl_store_query (engine->store, queries[i], "d", id);
      char *name = sl_rows_next (rows) ? sl_rows_dup_text (rows, 0) : NULL;
      if (!sl_rows_finish (rows, NULL))
        g_clear_pointer (&name, g_free);
      if (name != NULL)
        return name;
    }
  return NULL;
}

static void
add_id (SlMemberExporting *self, GPtrArray *item, const Table *table, const char *column, const SlId *id)
{
  g_autofree char *base = fact_name (table, column), *named = g_strconcat (base, "_name", NULL);
  g_autofree char *name = sl_id_is_none (id) || g_str_equal (base, "id") ? NULL : name_of (self->engine, id);
  sl_export_add_id_fact (item, base, id);
  if (name != NULL)
    sl_export_add_text_fact (item, named, name);
}

/* Sealed for the member that the row hangs on: a field of their own row, a note, or names of guests. */
static void
add_sealed (SlMemberExporting *self, GPtrArray *item, const Table *table, const char *column, const SlId *member,
            const void *sealed, gsize length)
{
  SlOplog *log = self->engine->log;
  g_autofree char *text = g_str_equal (table->name, "member")
                              ? sl_oplog_unseal_field (log, member, column, sealed, length)
                              : sl_oplog_unseal_note (log, member, sealed, length);
  g_autoptr (GPtrArray) guests = text == NULL || g_str_equal (column, "guests")
                                     ? sl_oplog_unseal_guests (log, member, sealed, length)
                                     : NULL;
  if (guests != NULL)
    {
      g_autoptr (GString) list = g_string_new (NULL);
      for (guint i = 0; i < guests->len; i++)
        g_string_append_printf (list, "%s%s", i > 0 ? "; " : "", (char *) guests->pdata[i]);
      sl_export_add_text_fact (item, column, list->str);
    }
  else
    sl_export_add_text_fact (item, column, text);
}

static void
add_number (GPtrArray *item, const Table *table, const char *column, gint64 number)
{
  g_autofree char *name = fact_name (table, column);
  if (g_str_has_suffix (column, "_ms"))
    sl_export_add_time_fact (item, name, number);
  else if (g_str_equal (column, "hlc") || g_str_has_suffix (column, "_hlc"))
    sl_export_add_time_fact (item, name, sl_hlc_to_ms (number));
  else if (word_of (table, column, number) != NULL)
    sl_export_add_text_fact (item, name, word_of (table, column, number));
  else
    sl_export_add_number_fact (item, name,
                               g_str_has_suffix (column, "_cents")        ? SL_FACT_CENTS
                               : g_str_has_suffix (column, "_hundredths") ? SL_FACT_CREDITS
                                                                          : SL_FACT_COUNT,
                               number);
}

/* rows: the table's columns, each behind its type. */
static void
add_column (SlMemberExporting *self, GPtrArray *item, const Table *table, guint place, const SlId *member, SlRows *rows)
{
  const char *column = table->columns->pdata[place], *type = sl_rows_text (rows, 2 * (int) place);
  int value = 2 * (int) place + 1;
  gsize length;
  if (g_str_equal (column, "pin_hash") && g_str_equal (table->name, "member"))
    sl_export_add_number_fact (item, "has_pin", SL_FACT_YES_NO, !sl_rows_is_null (rows, value));
  if (is_among (column, columns_left_out, G_N_ELEMENTS (columns_left_out)))
    return;
  if (sl_rows_is_null (rows, value))
    {
      g_autofree char *name = fact_name (table, column);
      sl_export_add_text_fact (item, name, NULL);
    }
  else if (g_str_equal (type, "integer"))
    add_number (item, table, column, sl_rows_int (rows, value));
  else if (g_str_equal (type, "text"))
    sl_export_add_text_fact (item, column, sl_rows_text (rows, value));
  else
    {
      const void *data = sl_rows_blob (rows, value, &length);
      SlId id;
      if (length != SL_ID_BYTES)
        {
          add_sealed (self, item, table, column, member, data, length);
          return;
        }
      memcpy (id.bytes, data, SL_ID_BYTES);
      add_id (self, item, table, column, &id);
    }
}

/* --- one table --- */

/* Ids come as one run of bytes: an index on the column is used where there is one, else the table is read once. */
#define IDS \
  "WITH RECURSIVE ids (n, id) AS (SELECT 1, substr (?1, 1, 16) " \
  "UNION ALL SELECT n + 16, substr (?1, n + 16, 16) FROM ids WHERE n + 16 < length (?1)) "

static char *
select_by (const Table *table, const char *column)
{
  g_autoptr (GString) sql = g_string_new (IDS "SELECT ");
  for (guint i = 0; i < table->columns->len; i++)
    {
      const char *name = table->columns->pdata[i];
      g_string_append_printf (sql, "%stypeof (\"%s\"), \"%s\"", i > 0 ? ", " : "", name, name);
    }
  g_string_append_printf (sql, " FROM \"%s\" WHERE \"%s\" IN (SELECT id FROM ids)", table->name, column);
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static const char *
part_name (const Table *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (table->name, names[i].table))
      return names[i].part;
  return table->name;
}

/* What tells a row from others; rows that two columns lead to are told once. */
static char *
row_key (const Table *table, SlRows *rows)
{
  g_autoptr (GString) key = g_string_new (NULL);
  for (guint i = 0; i < table->columns->len; i++)
    {
      gsize length;
      const char *type = sl_rows_text (rows, 2 * (int) i);
      g_string_append_c (key, '/');
      if (g_str_equal (type, "blob"))
        {
          const guint8 *data = sl_rows_blob (rows, 2 * (int) i + 1, &length);
          g_autofree char *text = g_base64_encode (data, length);
          g_string_append (key, text);
        }
      else if (g_str_equal (type, "integer"))
        g_string_append_printf (key, "%" G_GINT64_FORMAT, sl_rows_int (rows, 2 * (int) i + 1));
      else if (g_str_equal (type, "text"))
        g_string_append (key, sl_rows_text (rows, 2 * (int) i + 1));
    }
  return g_string_free (g_steal_pointer (&key), FALSE);
}

/* Somebody else's, whatever of this member's it names: credits that were given away. */
static gboolean
is_of_another (SlMemberExporting *self, const Table *table, SlRows *rows)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      SlId id;
      gboolean theirs = FALSE;
      if (!names_member (table, table->columns->pdata[i]))
        continue;
      sl_rows_id (rows, 2 * (int) i + 1, &id);
      for (guint j = 0; j < self->records->len; j++)
        theirs = theirs || sl_id_equal (&id, &g_array_index (self->records, SlId, j));
      if (!theirs && !sl_id_is_none (&id))
        return TRUE;
    }
  return FALSE;
}

static void
note_row (SlMemberExporting *self, Table *table, const SlId *member, SlRows *rows)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (g_str_equal (table->columns->pdata[i], "id"))
      {
        SlId id;
        sl_rows_id (rows, 2 * (int) i + 1, &id);
        g_byte_array_append (table->ids, id.bytes, SL_ID_BYTES);
        g_hash_table_add (self->about, sl_id_copy (&id));
        g_hash_table_insert (self->members, sl_id_copy (&id), sl_id_copy (member));
      }
}

/* Rows whose column at place names one of ids. */
static gboolean
add_rows_by (SlMemberExporting *self, Table *table, guint place, const GByteArray *ids, gboolean *inout_found,
             GError **error)
{
  g_autofree char *sql = select_by (table, table->columns->pdata[place]);
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, sql, "b", ids->data, (gsize) ids->len);
  while (sl_rows_next (rows))
    {
      SlId by;
      sl_rows_id (rows, 2 * (int) place + 1, &by);
      const SlId *member = g_hash_table_lookup (self->members, &by);
      if (is_of_another (self, table, rows) || !g_hash_table_add (table->seen, row_key (table, rows)))
        continue;
      if (table->part == NULL)
        table->part = sl_export_add_part (self->data, part_name (table));
      GPtrArray *item = sl_export_add_item (table->part);
      for (guint i = 0; i < table->columns->len; i++)
        add_column (self, item, table, i, member, rows);
      note_row (self, table, member, rows);
      *inout_found = TRUE;
    }
  return sl_rows_finish (rows, error);
}

/* A part for each table that names members, also where there is nothing in it: that is told too. */
static gboolean
add_tables_of_members (SlMemberExporting *self, GPtrArray *tables, GError **error)
{
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  gboolean found;
  g_byte_array_append (ids, (const guint8 *) self->records->data, self->records->len * SL_ID_BYTES);
  for (guint i = 0; i < tables->len; i++)
    {
      Table *table = tables->pdata[i];
      for (guint j = 0; j < table->columns->len; j++)
        if (names_member (table, table->columns->pdata[j]))
          {
            if (table->part == NULL)
              table->part = sl_export_add_part (self->data, part_name (table));
            if (!add_rows_by (self, table, j, ids, &found, error))
              return FALSE;
          }
    }
  return TRUE;
}

static gboolean
add_rows_of_rows (SlMemberExporting *self, GPtrArray *tables, gboolean *out_found, GError **error)
{
  *out_found = FALSE;
  for (guint i = 0; i < tables->len; i++)
    {
      Table *table = tables->pdata[i];
      for (guint j = 0; j < table->columns->len; j++)
        {
          const Table *parent = parent_of (tables, table->columns->pdata[j]);
          if (parent != NULL && parent->ids->len > 0 && !g_str_equal (parent->name, "member")
              && !add_rows_by (self, table, j, parent->ids, out_found, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* sl_member_export_rows: see the header. Rows that name the member first, then those that name such rows, until there
 * are no more. */
gboolean
sl_member_export_rows (SlMemberExporting *self, GError **error)
{
  g_autoptr (GPtrArray) tables = read_schema (self->engine, error);
  gboolean found = TRUE;
  for (guint i = 0; i < self->records->len; i++)
    {
      const SlId *id = &g_array_index (self->records, SlId, i);
      g_hash_table_add (self->about, sl_id_copy (id));
      g_hash_table_insert (self->members, sl_id_copy (id), sl_id_copy (id));
    }
  if (tables == NULL || !add_tables_of_members (self, tables, error))
    return FALSE;
  while (found)
    if (!add_rows_of_rows (self, tables, &found, error))
      return FALSE;
  return TRUE;
}
