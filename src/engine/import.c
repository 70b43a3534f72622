/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import"

#include "engine/import-private.h"

#include <string.h>

#include "core/csv.h"
#include "core/datetime.h"
#include "engine/batch.h"
#include "engine/command.h"

#define SHOWN_CHARS 40       /* of a wrong cell in a reason: enough to find it again */
#define UNKNOWN_SHOWN_MAX 8  /* unknown columns that a message names */
/* Rows that spoil the transaction when they are refused (a rule with a clash half-way) make it begin again. */
#define RESTARTS_MAX 100

static const SlImportType *const types[] = {
  [SL_IMPORT_MEMBERS] = &sl_import_members,   [SL_IMPORT_SCHEDULE] = &sl_import_schedule,
  [SL_IMPORT_PACKAGES] = &sl_import_packages, [SL_IMPORT_CREDITS] = &sl_import_credits,
  [SL_IMPORT_BOOKINGS] = &sl_import_bookings,
  [SL_IMPORT_PLANS] = &sl_import_plans,       [SL_IMPORT_MEMBERSHIPS] = &sl_import_memberships,
};
G_STATIC_ASSERT (G_N_ELEMENTS (types) == SL_IMPORT_LAST);

/**
 * sl_import_kind_name:
 * @kind: a kind of file
 *
 * Returns: (transfer none): its word on the command line
 */
const char *
sl_import_kind_name (SlImportKind kind)
{
  g_return_val_if_fail (kind < SL_IMPORT_LAST, "");

  return types[kind]->word;
}

/**
 * sl_import_kind_parse:
 * @name: a word
 * @out: (out): the kind
 *
 * Returns: %FALSE where there is no such kind
 */
gboolean
sl_import_kind_parse (const char *name, SlImportKind *out)
{
  g_return_val_if_fail (name != NULL && out != NULL, FALSE);

  for (guint i = 0; i < SL_IMPORT_LAST; i++)
    if (g_str_equal (name, types[i]->word))
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
bad_file (GError **error, guint64 line, const char *format, ...) G_GNUC_PRINTF (3, 4);
static gboolean
bad_file (GError **error, guint64 line, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "line %" G_GUINT64_FORMAT ": %s", line, reason);
  return FALSE;
}

/* --- the header --- */

/* "Birth Date", " birth_date" and "BIRTHDATE" are one. */
static char *
header_key (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GString *key = g_string_new (NULL);
  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (!g_unichar_isspace (c) && c != '_' && c != '-')
        g_string_append_unichar (key, c);
    }
  return g_string_free (key, FALSE);
}

/* A wrong cell as a message may show it. */
static char *
shown (const char *text)
{
  GString *out = g_string_new (NULL);
  guint chars = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (chars++ == SHOWN_CHARS)
        {
          g_string_append (out, "…");
          break;
        }
      gunichar c = g_utf8_get_char (at);
      g_string_append_unichar (out, g_unichar_isprint (c) ? c : 0xfffd);
    }
  return g_string_free (out, FALSE);
}

static int
find_column (const SlImport *import, const char *key)
{
  for (guint i = 0; i < import->n_columns; i++)
    {
      g_autofree char *known = header_key (import->type->columns[i].name);
      if (g_str_equal (known, key))
        return (int) i;
    }
  return -1;
}

static char *
list_columns (const SlImport *import, gboolean only_missing)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < import->n_columns; i++)
    {
      const SlImportColumn *column = &import->type->columns[i];
      gboolean missing = column->use == SL_IMPORT_NEEDED && import->place[i] < 0;
      if (only_missing ? missing : column->use != SL_IMPORT_FOR_EYES)
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", column->name);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* Takes one name of the header in. Unknown ones are gathered: people mend them all at once. */
static gboolean
take_name (SlImport *import, const SlCsvRow *header, guint i, GString *unknown, guint *n_unknown, GError **error)
{
  g_autofree char *unguarded = sl_csv_unguard (header->cells[i]);
  g_autofree char *key = header_key (unguarded);
  g_autofree char *name = shown (g_strstrip (unguarded));
  if (*key == '\0')
    return bad_file (error, header->line, "column %u has no name", i + 1);
  int column = find_column (import, key);
  if (column < 0)
    {
      if ((*n_unknown)++ < UNKNOWN_SHOWN_MAX)
        g_string_append_printf (unknown, "%s“%s”", unknown->len > 0 ? ", " : "", name);
      return TRUE;
    }
  if (import->place[column] >= 0)
    return bad_file (error, header->line, "the column “%s” is there twice", name);
  import->place[column] = (int) i;
  return TRUE;
}

static gboolean
read_header (SlImport *import, SlCsv *csv, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GString) unknown = g_string_new (NULL);
  SlCsvRow header;
  guint n_unknown = 0;
  if (!sl_csv_next (csv, &header, &failure))
    {
      if (failure == NULL)
        return bad_file (error, 1, "the file is empty");
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  import->width = header.n_cells;
  while (import->width > 0 && header.cells[import->width - 1][strspn (header.cells[import->width - 1], " \t")] == '\0')
    import->width--;   /* spreadsheets leave separators behind the last column */
  for (guint i = 0; i < import->width; i++)
    if (!take_name (import, &header, i, unknown, &n_unknown, error))
      return FALSE;
  g_autofree char *known = list_columns (import, FALSE);
  g_autofree char *missing = list_columns (import, TRUE);
  if (n_unknown > 0)
    return bad_file (error, header.line, "unknown columns: %s%s; there are: %s", unknown->str,
                     n_unknown > UNKNOWN_SHOWN_MAX ? " and more" : "", known);
  if (*missing != '\0')
    return bad_file (error, header.line, "missing columns: %s", missing);
  if (import->type->check_columns == NULL || import->type->check_columns (import, &failure))
    return TRUE;
  return bad_file (error, header.line, "%s", failure->message);
}

/* --- rows --- */

static void
refusal_free (gpointer data)
{
  SlImportRefusal *refusal = data;
  g_free (refusal->reason);
  g_free (refusal->details);
  g_free (refusal);
}

static SlImportRefusal *
add_refusal (GPtrArray *refused, guint64 line, const SlCodeInfo *info, const char *reason)
{
  SlImportRefusal *refusal = g_new0 (SlImportRefusal, 1);
  refusal->line = line;
  refusal->code = info->code;
  refusal->reason = g_strdup_printf ("%s: %s", info->code, reason);
  g_ptr_array_add (refused, refusal);
  return refusal;
}

/* sl_import_refuse_row: bad_input that needs no studio to be seen. */
void
sl_import_refuse_row (SlImport *import, SlImportRow *row, const char *reason)
{
  row->is_refused = TRUE;
  (void) add_refusal (import->refused, row->line, sl_error_info (SL_ERROR_BAD_INPUT), reason);
}

/* What a cell says: without its guard, blanks at its ends and line breaks. NULL: nothing. */
static const char *
keep_cell (SlImport *import, const char *raw)
{
  g_autofree char *text = sl_csv_unguard (raw);
  g_strdelimit (text, "\n", ' ');
  (void) g_strstrip (text);
  return *text != '\0' ? g_string_chunk_insert (import->texts, text) : NULL;
}

static void
row_free (gpointer data)
{
  SlImportRow *row = data;
  g_free (row->cells);
  g_free (row);
}

/* A row with nothing in it, as spreadsheets write below a table. */
static gboolean
is_blank (const SlCsvRow *row)
{
  for (guint i = 0; i < row->n_cells; i++)
    if (row->cells[i][strspn (row->cells[i], " \t\n")] != '\0')
      return FALSE;
  return TRUE;
}

static void
keep_row (SlImport *import, const SlCsvRow *from)
{
  SlImportRow *row = g_new0 (SlImportRow, 1);
  guint n_cells = from->n_cells;
  row->line = from->line;
  row->cells = g_new0 (const char *, import->n_columns);
  g_ptr_array_add (import->rows, row);
  while (n_cells > import->width && from->cells[n_cells - 1][strspn (from->cells[n_cells - 1], " \t\n")] == '\0')
    n_cells--;
  if (n_cells != import->width)
    {
      g_autofree char *reason = g_strdup_printf ("the row has %u cells, the header %u", n_cells, import->width);
      sl_import_refuse_row (import, row, reason);
      return;
    }
  for (guint i = 0; i < import->n_columns; i++)
    {
      const SlImportColumn *column = &import->type->columns[i];
      if (import->place[i] < 0 || column->use == SL_IMPORT_FOR_EYES)
        continue;
      row->cells[i] = keep_cell (import, from->cells[import->place[i]]);
      if (row->cells[i] != NULL || column->use != SL_IMPORT_NEEDED || row->is_refused)
        continue;
      g_autofree char *reason = g_strdup_printf ("%s is empty", column->name);
      sl_import_refuse_row (import, row, reason);
    }
}

static gboolean
read_rows (SlImport *import, SlCsv *csv, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlCsvRow row;
  while (sl_csv_next (csv, &row, &failure))
    {
      if (is_blank (&row))
        continue;
      if (import->rows->len == SL_IMPORT_ROWS_MAX)
        return bad_file (error, row.line, "more than %d rows: import it in parts", SL_IMPORT_ROWS_MAX);
      keep_row (import, &row);
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * sl_import_open:
 * @engine: the engine, outside of any command
 * @kind: what is in the file
 * @file: its path
 * @error: return location
 *
 * Reads the whole file, and does what takes long, such as hashing the PINs in it. Takes no lock.
 *
 * Returns: (transfer full): to be run; %NULL with %SL_ERROR_BAD_INPUT, naming the line, where the file is no CSV of
 *   that kind
 */
SlImport *
sl_import_open (SlEngine *engine, SlImportKind kind, const char *file, GError **error)
{
  g_return_val_if_fail (engine != NULL && kind < SL_IMPORT_LAST && file != NULL, NULL);

  g_autoptr (SlCsv) csv = sl_csv_open (file, error);
  if (csv == NULL)
    return NULL;
  g_autoptr (SlImport) import = g_new0 (SlImport, 1);
  import->kind = kind;
  import->type = types[kind];
  import->encoding = sl_csv_encoding (csv);
  import->texts = g_string_chunk_new (64 * 1024);
  import->rows = g_ptr_array_new_with_free_func (row_free);
  import->refused = g_ptr_array_new_with_free_func (refusal_free);
  for (; import->type->columns[import->n_columns].name != NULL; import->n_columns++)
    import->place[import->n_columns] = -1;
  g_assert (import->n_columns <= SL_IMPORT_COLUMNS_MAX);
  if (!read_header (import, csv, error) || !read_rows (import, csv, error)
      || (import->type->prepare != NULL && !import->type->prepare (engine, import, error)))
    return NULL;
  return g_steal_pointer (&import);
}

/**
 * sl_import_free:
 * @import: (nullable) (transfer full): a file that was read
 */
void
sl_import_free (SlImport *import)
{
  if (import == NULL)
    return;
  g_clear_pointer (&import->rows, g_ptr_array_unref);
  g_clear_pointer (&import->refused, g_ptr_array_unref);
  g_clear_pointer (&import->texts, g_string_chunk_free);
  g_free (import);
}

/* --- cells --- */

static int
column_of (const SlImport *import, const char *name)
{
  for (guint i = 0; i < import->n_columns; i++)
    if (g_str_equal (import->type->columns[i].name, name))
      return (int) i;
  g_assert_not_reached ();
}

/* sl_import_has: whether the file has the column. */
gboolean
sl_import_has (const SlImport *import, const char *column)
{
  return import->place[column_of (import, column)] >= 0;
}

/* sl_import_cell: NULL where it is empty, or the file has no such column. */
const char *
sl_import_cell (const SlImport *import, const SlImportRow *row, const char *column)
{
  return row->cells[column_of (import, column)];
}

static gboolean
bad_cell (GError **error, const char *column, const char *cell, const char *wanted)
{
  g_autofree char *text = shown (cell);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: “%s” is not %s", column, text, wanted);
  return FALSE;
}

/* sl_import_int: see the header. */
gboolean
sl_import_int (const SlImportRun *run, const SlImportRow *row, const char *column, gint64 fallback, gint64 *out,
               GError **error)
{
  const char *cell = sl_import_cell (run->import, row, column);
  *out = fallback;
  return cell == NULL || g_ascii_string_to_signed (cell, 10, G_MININT64 + 1, G_MAXINT64, out, NULL)
         || bad_cell (error, column, cell, "a whole number");
}

/* sl_import_yes_or_no: see the header. */
gboolean
sl_import_yes_or_no (const SlImportRun *run, const SlImportRow *row, const char *column, int *out, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, column);
  *out = 0;
  if (cell == NULL)
    return TRUE;
  if (g_ascii_strcasecmp (cell, "yes") == 0 || g_ascii_strcasecmp (cell, "true") == 0 || g_str_equal (cell, "1"))
    *out = 1;
  else if (g_ascii_strcasecmp (cell, "no") == 0 || g_ascii_strcasecmp (cell, "false") == 0 || g_str_equal (cell, "0"))
    *out = -1;
  return *out != 0 || bad_cell (error, column, cell, "yes or no");
}

/* sl_import_time: see the header. */
gboolean
sl_import_time (const SlImportRun *run, const SlImportRow *row, const char *column, GTimeZone *zone, gboolean day_end,
                gint64 *out_ms, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, column);
  *out_ms = 0;
  if (cell == NULL)
    return TRUE;
  gboolean is_date = strlen (cell) == strlen ("2026-03-01");
  g_autofree char *moment = is_date && day_end ? g_strconcat (cell, "T00:00", NULL) : g_strdup (cell);
  if (!sl_time_parse (moment, zone, out_ms, NULL))
    return bad_cell (error, column, cell,
                     day_end ? "a date or a time such as 2026-03-01 or 2026-03-01T07:00"
                             : "a time such as 2026-03-01T07:00");
  if (is_date && day_end)
    *out_ms = sl_time_next_day_start (*out_ms, zone);
  return TRUE;
}

/* --- running --- */

/* The row of the same file that made what the refusal names. */
static guint64
line_that_made (GHashTable *made, const SlRefusal *refusal)
{
  static const char *const keys[] = { "member", "session", "membership" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = sl_refusal_get_text (refusal, keys[i]);
      SlId id;
      const SlImportRow *row = text != NULL && sl_id_parse (text, &id) ? g_hash_table_lookup (made, &id) : NULL;
      if (row != NULL)
        return row->line;
    }
  return 0;
}

static gboolean
is_of_the_row (const GError *error)
{
  return g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT) || g_error_matches (error, SL_ERROR, SL_ERROR_NOT_FOUND)
         || g_error_matches (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID);
}

/* One row. FALSE: the whole import fails. */
static gboolean
take_row (SlImportRun *run, SlImportRow *row, GHashTable *made, SlImportAnswer *out, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  run->skips = FALSE;
  row->made = sl_id_none;
  if (!run->import->type->take (run, row, &refusal, &failure))
    {
      if (!is_of_the_row (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      row->is_refused = TRUE;
      (void) add_refusal (out->refused, row->line, sl_error_info (failure->code), failure->message);
      return TRUE;
    }
  if (refusal.code != SL_REFUSAL_NONE)
    {
      const SlCodeInfo *info = sl_refusal_info (refusal.code);
      guint64 other = line_that_made (made, &refusal);
      g_autofree char *place = other > 0 ? g_strdup_printf (" (line %" G_GUINT64_FORMAT ")", other) : NULL;
      g_autofree char *reason = g_strconcat (info->message, place, NULL);
      row->is_refused = TRUE;
      SlImportRefusal *told = add_refusal (out->refused, row->line, info, reason);
      told->other_line = other;
      /* What a row of this file made is nowhere yet. */
      told->details = other == 0 ? sl_refusal_format_details (&refusal) : NULL;
      return TRUE;
    }
  if (!sl_id_is_none (&row->made))
    g_hash_table_insert (made, &row->made, row);
  out->accepted += run->skips ? 0 : 1;
  out->skipped += run->skips ? 1 : 0;
  return TRUE;
}

/* All rows that nothing is known against, from the beginning of a transaction. *out_spoilt: a row that was refused had
 * written before it was: all has to begin again without it. */
static gboolean
take_rows (SlImportRun *run, SlImportAnswer *out, gboolean *out_spoilt, GError **error)
{
  g_autoptr (GHashTable) made = g_hash_table_new (sl_id_hash, sl_id_equal);
  GPtrArray *rows = run->import->rows;
  out->accepted = out->skipped = 0;
  *out_spoilt = FALSE;
  g_clear_pointer (&run->names, sl_import_names_free);
  if (run->import->type->load != NULL && !run->import->type->load (run, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      SlImportRow *row = g_ptr_array_index (rows, i);
      gint64 emitted = sl_oplog_emitted (run->engine->log);
      if (row->is_refused)
        continue;
      if (!take_row (run, row, made, out, error))
        return FALSE;
      if (row->is_refused && sl_oplog_emitted (run->engine->log) != emitted)
        {
          *out_spoilt = TRUE;
          return TRUE;
        }
      if (row->is_refused)
        sl_batch_forgive (run->engine);
    }
  return TRUE;
}

static gboolean
take_all (SlImportRun *run, SlImportAnswer *out, GError **error)
{
  gboolean spoilt;
  for (guint restarts = 0; ; restarts++)
    {
      if (!take_rows (run, out, &spoilt, error))
        return FALSE;
      if (!spoilt)
        return TRUE;
      if (restarts == RESTARTS_MAX)
        break;
      if (!sl_keyed_restart (run->engine, run->actor, error))
        return FALSE;
    }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "more than %d rules clash with the schedule", RESTARTS_MAX);
  return FALSE;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const SlImportRefusal *one = *(SlImportRefusal *const *) a, *other = *(SlImportRefusal *const *) b;
  return (one->line > other->line) - (one->line < other->line);
}

/* Commits, or takes everything back. keyed: the transaction is a keyed command's, which keeps its answer. */
static gboolean
end_run (SlImportRun *run, gboolean keyed, SlImportAnswer *out, GError **error)
{
  out->written = out->refused->len == 0 && (run->flags & SL_IMPORT_DRY_RUN) == 0;
  if (out->refused->len > 0 && (run->flags & SL_IMPORT_DRY_RUN) == 0)
    out->accepted = 0;
  if (out->written)
    return keyed || sl_batch_commit (run->engine, error);
  if (keyed)
    return sl_keyed_restart (run->engine, run->actor, error);
  sl_batch_abandon (run->engine);
  return TRUE;
}

static gboolean
run_inside (SlImportRun *run, SlImportAnswer *out, GError **error)
{
  run->engine->notes_nothing = TRUE;   /* the answer names every row */
  gboolean taken = take_all (run, out, error);
  run->engine->notes_nothing = FALSE;
  g_clear_pointer (&run->names, sl_import_names_free);
  if (taken)
    for (guint i = 0; i < run->import->refused->len; i++)
      {
        const SlImportRefusal *known = run->import->refused->pdata[i];
        SlImportRefusal *copy = g_new0 (SlImportRefusal, 1);
        *copy = (SlImportRefusal) { .line = known->line, .code = known->code, .reason = g_strdup (known->reason) };
        g_ptr_array_add (out->refused, copy);
      }
  g_ptr_array_sort (out->refused, compare_lines);
  return taken;
}

/**
 * sl_import_run:
 * @engine: the engine
 * @actor: who imports
 * @import: what was read; to be run once
 * @flags: how
 * @out: (out caller-allocates): what came of it; sl_import_answer_clear() it
 * @out_refusal: (out): not_allowed; nothing was looked at then
 * @error: return location
 *
 * Runs every row as the command that it stands for, by the same rules, in one transaction; where one is refused all are
 * taken back. A dry run does the same and takes it back always, so it says exactly what would happen, of rows that meet
 * others of the same file too. Inside a keyed command it is that command's transaction.
 *
 * Returns: %FALSE on failure; nothing was written
 */
gboolean
sl_import_run (SlEngine *engine, const SlActor *actor, SlImport *import, SlImportFlags flags, SlImportAnswer *out,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && import != NULL && out != NULL && out_refusal != NULL, FALSE);

  SlImportRun run = { .engine = engine, .actor = actor, .import = import, .flags = flags };
  gboolean keyed = engine->depth > 0;
  *out = (SlImportAnswer) { .encoding = import->encoding,
                            .refused = g_ptr_array_new_with_free_func (refusal_free) };
  if (!sl_actor_may_with_own (actor, import->type->action, &engine->location, import->type->own_will_do, out_refusal))
    return sl_query_refuse (engine, actor, "import", out_refusal);
  if (!keyed && !sl_batch_begin (engine, actor, error))
    return FALSE;
  if (run_inside (&run, out, error))
    return end_run (&run, keyed, out, error);
  if (!keyed && engine->keyed_words != NULL)
    sl_batch_abandon (engine);
  return FALSE;
}

/**
 * sl_import_answer_clear:
 * @answer: (nullable): an answer, also one that is all zero
 *
 * Frees what it holds.
 */
void
sl_import_answer_clear (SlImportAnswer *answer)
{
  if (answer != NULL)
    g_clear_pointer (&answer->refused, g_ptr_array_unref);
}
