/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-csv"

#include "core/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

#define READ_BYTES (256 * 1024)
#define SEPARATORS ",;\t"
#define FORMULA_STARTS "=+-@\t\r" /* what spreadsheets take for the beginning of a formula, or skip before one */
#define UTF8_BOM "\xef\xbb\xbf"

struct _SlCsv {
  char *text;           /* UTF-8, length bytes */
  gsize length, at;
  guint64 line;         /* of at */
  char separator;
  gboolean is_utf8;
  GString *row;         /* the cells of the row, each with its NUL */
  GArray *starts;       /* (element-type gsize): where each cell begins in row */
  GPtrArray *cells;     /* the same as pointers */
};

static gboolean
bad_input (GError **error, guint64 line, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "line %" G_GUINT64_FORMAT ": %s", line, reason);
  return FALSE;
}

/* --- what the file is --- */

/* The line that a place in the text is on. A CR with its LF is one end. */
static guint64
line_of (const char *text, gsize place)
{
  guint64 line = 1;
  for (gsize i = 0; i < place; i++)
    line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
  return line;
}

/* What 0x80 to 0x9f are in Windows-1252; 0: nothing. The rest of it is Latin-1. Source: Unicode's table CP1252.TXT. */
static const guint16 windows_1252[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
  0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
  0x0178,
};

static gboolean
decode_windows_1252 (SlCsv *csv, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (csv->length + csv->length / 8 + 1);
  for (gsize i = 0; i < csv->length; i++)
    {
      guchar byte = (guchar) csv->text[i];
      gunichar c = byte >= 0x80 && byte <= 0x9f ? windows_1252[byte - 0x80] : byte;
      if (c == 0)
        return bad_input (error, line_of (csv->text, i), "neither UTF-8 nor Windows-1252 text");
      if (c < 0x80)
        g_string_append_c (text, (char) c);
      else
        g_string_append_unichar (text, c);
    }
  g_free (csv->text);
  csv->length = text->len;
  csv->text = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

/* Puts the text into UTF-8, after the marks that files begin with. */
static gboolean
decode (SlCsv *csv, GError **error)
{
  const char *nul;
  if (csv->length >= 2 && (memcmp (csv->text, "\xff\xfe", 2) == 0 || memcmp (csv->text, "\xfe\xff", 2) == 0))
    return bad_input (error, 1, "the file is in UTF-16: save it as CSV in UTF-8");
  nul = memchr (csv->text, '\0', csv->length);
  if (nul != NULL)
    return bad_input (error, line_of (csv->text, (gsize) (nul - csv->text)), "a NUL byte: this is no CSV file");
  csv->is_utf8 = TRUE;
  if (csv->length >= 3 && memcmp (csv->text, UTF8_BOM, 3) == 0)
    csv->at = 3;
  const char *end;
  if (g_utf8_validate_len (csv->text, csv->length, &end))
    return TRUE;
  if (csv->at > 0)
    return bad_input (error, line_of (csv->text, (gsize) (end - csv->text)), "not valid UTF-8, as its mark says it is");
  csv->is_utf8 = FALSE;
  return decode_windows_1252 (csv, error);
}

/* "sep=;" as the first line is a spreadsheet's way of saying so; else what stands oftenest in the first line. */
static void
find_separator (SlCsv *csv)
{
  guint counts[G_N_ELEMENTS (SEPARATORS)] = { 0 };
  const char *text = csv->text + csv->at;
  gboolean quoted = FALSE;
  csv->separator = SEPARATORS[0];
  if (g_ascii_strncasecmp (text, "sep=", 4) == 0 && text[4] != '\0' && strchr (SEPARATORS, text[4]) != NULL
      && strchr ("\r\n", text[5]) != NULL)
    {
      csv->separator = text[4];
      csv->at += 5;
      return;
    }
  for (; *text != '\0' && (quoted || (*text != '\n' && *text != '\r')); text++)
    {
      const char *found = quoted ? NULL : strchr (SEPARATORS, *text);
      if (*text == '"')
        quoted = !quoted;
      else if (found != NULL)
        counts[found - SEPARATORS]++;
    }
  guint best = 0;
  for (guint i = 1; i < strlen (SEPARATORS); i++)
    if (counts[i] > counts[best])
      best = i;
  csv->separator = SEPARATORS[best];
}

/**
 * sl_csv_new:
 * @bytes: the whole file
 * @error: return location
 *
 * Finds out what it is: its encoding, and its separator by the first line.
 *
 * Returns: (transfer full): to be read row by row; %NULL with %SL_ERROR_BAD_INPUT, whose message names the line
 */
SlCsv *
sl_csv_new (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  g_autoptr (SlCsv) csv = g_new0 (SlCsv, 1);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  csv->text = g_malloc (length + 1);
  if (length > 0)
    memcpy (csv->text, data, length);
  csv->text[length] = '\0';
  csv->length = length;
  csv->line = 1;
  csv->row = g_string_new (NULL);
  csv->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  csv->cells = g_ptr_array_new ();
  if (!decode (csv, error))
    return NULL;
  find_separator (csv);
  return g_steal_pointer (&csv);
}

/* A file that is too large: a row that is too long is the likelier mistake, and it has a place. */
static gboolean
too_large (const GByteArray *data, GError **error)
{
  guint64 line = 1;
  guint from = 0;
  for (guint i = 0; i < data->len; i++)
    {
      if (i - from > SL_CSV_ROW_MAX_BYTES)
        return bad_input (error, line, "longer than a row can be");
      if (data->data[i] != '\n' && data->data[i] != '\r')
        continue;
      line += data->data[i] == '\n' || i + 1 == data->len || data->data[i + 1] != '\n';
      from = i + 1;
    }
  return bad_input (error, line, "the file is larger than 64 MiB: import it in parts");
}

static gboolean
read_all (int fd, GByteArray *out, GError **error)
{
  while (out->len <= SL_CSV_FILE_MAX_BYTES)
    {
      guint before = out->len;
      g_byte_array_set_size (out, before + READ_BYTES);
      gssize got = read (fd, out->data + before, READ_BYTES);
      g_byte_array_set_size (out, before + (guint) MAX (got, 0));
      if (got == 0)
        return TRUE;
      if (got < 0 && errno != EINTR)
        {
          int failure = errno;
          g_set_error (error, SL_ERROR, failure == EISDIR ? SL_ERROR_BAD_INPUT : SL_ERROR_STORAGE,
                       "the file cannot be read: %s", g_strerror (failure));
          return FALSE;
        }
    }
  return too_large (out, error);
}

/**
 * sl_csv_open:
 * @path: the file
 * @error: return location
 *
 * Reads the file and closes it.
 *
 * Returns: (transfer full): to be read row by row; %NULL with %SL_ERROR_BAD_INPUT where there is no such file or it is
 *   none, %SL_ERROR_STORAGE where the disk fails
 */
SlCsv *
sl_csv_open (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (GByteArray) data = g_byte_array_new ();
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the file cannot be opened: %s", g_strerror (errno));
      return NULL;
    }
  gboolean read_whole = read_all (fd, data, error);
  (void) close (fd);
  if (!read_whole)
    return NULL;
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&data));
  return sl_csv_new (bytes, error);
}

/**
 * sl_csv_free:
 * @csv: (nullable) (transfer full): a file that was read
 */
void
sl_csv_free (SlCsv *csv)
{
  if (csv == NULL)
    return;
  g_free (csv->text);
  if (csv->row != NULL)
    g_string_free (csv->row, TRUE);
  g_clear_pointer (&csv->starts, g_array_unref);
  g_clear_pointer (&csv->cells, g_ptr_array_unref);
  g_free (csv);
}

/**
 * sl_csv_encoding:
 * @csv: a file
 *
 * Returns: (transfer none): what it was read as: "utf-8" or "windows-1252"
 */
const char *
sl_csv_encoding (SlCsv *csv)
{
  g_return_val_if_fail (csv != NULL, NULL);

  return csv->is_utf8 ? "utf-8" : "windows-1252";
}

/* --- rows --- */

static char
peek (const SlCsv *csv)
{
  return csv->text[csv->at]; /* the text ends with a NUL, and holds none */
}

/* Steps over the end of a line. FALSE: there is none here. */
static gboolean
take_line_end (SlCsv *csv)
{
  if (peek (csv) != '\r' && peek (csv) != '\n')
    return FALSE;
  csv->at += peek (csv) == '\r' && csv->text[csv->at + 1] == '\n' ? 2 : 1;
  csv->line++;
  return TRUE;
}

static gboolean
is_at_cell_end (const SlCsv *csv)
{
  char c = peek (csv);
  return c == '\0' || c == '\r' || c == '\n' || c == csv->separator;
}

/* The rest of a cell after its opening quote. Line ends in it become plain ones. */
static gboolean
take_quoted (SlCsv *csv, gsize row_start, guint64 line, GError **error)
{
  while (TRUE)
    {
      gsize run = strcspn (csv->text + csv->at, "\"\r\n");
      g_string_append_len (csv->row, csv->text + csv->at, (gssize) run);
      csv->at += run;
      if (csv->at - row_start > SL_CSV_ROW_MAX_BYTES)
        return bad_input (error, line, "longer than a row can be; is a quote not closed?");
      if (peek (csv) == '\0')
        return bad_input (error, line, "a quote is not closed");
      if (take_line_end (csv))
        {
          g_string_append_c (csv->row, '\n');
          continue;
        }
      csv->at++;
      if (peek (csv) != '"')
        break;
      g_string_append_c (csv->row, '"');
      csv->at++;
    }
  while (csv->separator != '\t' ? peek (csv) == ' ' || peek (csv) == '\t' : peek (csv) == ' ')
    csv->at++;
  return is_at_cell_end (csv) || bad_input (error, line, "text behind a closing quote");
}

static gboolean
take_cell (SlCsv *csv, gsize row_start, guint64 line, GError **error)
{
  gsize start = csv->row->len;
  if (csv->starts->len == SL_CSV_COLUMNS_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "line %" G_GUINT64_FORMAT ": more than %d columns", line,
                   SL_CSV_COLUMNS_MAX);
      return FALSE;
    }
  g_array_append_val (csv->starts, start);
  if (peek (csv) == '"')
    {
      csv->at++;
      if (!take_quoted (csv, row_start, line, error))
        return FALSE;
    }
  else
    {
      const char ends[] = { csv->separator, '\r', '\n', '\0' };
      gsize run = strcspn (csv->text + csv->at, ends);
      g_string_append_len (csv->row, csv->text + csv->at, (gssize) run);
      csv->at += run;
    }
  if (csv->at - row_start > SL_CSV_ROW_MAX_BYTES)
    return bad_input (error, line, "longer than a row can be");
  g_string_append_c (csv->row, '\0');
  return TRUE;
}

static gboolean
take_row (SlCsv *csv, SlCsvRow *out, GError **error)
{
  gsize row_start = csv->at;
  guint64 line = csv->line;
  g_string_truncate (csv->row, 0);
  g_array_set_size (csv->starts, 0);
  while (TRUE)
    {
      if (!take_cell (csv, row_start, line, error))
        return FALSE;
      if (peek (csv) != csv->separator)
        break;
      csv->at++;
    }
  (void) take_line_end (csv);
  g_ptr_array_set_size (csv->cells, 0);
  for (guint i = 0; i < csv->starts->len; i++)
    g_ptr_array_add (csv->cells, csv->row->str + g_array_index (csv->starts, gsize, i));
  *out = (SlCsvRow) { .line = line, .n_cells = csv->cells->len, .cells = (const char *const *) csv->cells->pdata };
  return TRUE;
}

/**
 * sl_csv_next:
 * @csv: a file
 * @out: (out caller-allocates): the next row; its cells are valid until the next call
 * @error: return location
 *
 * Lines with nothing on them are passed over.
 *
 * Returns: %FALSE at the end; %FALSE with %SL_ERROR_BAD_INPUT, whose message begins with the line, for a quote that is
 *   not closed or has text behind it, a row that is too long or has too many cells; nothing more can be read then
 */
gboolean
sl_csv_next (SlCsv *csv, SlCsvRow *out, GError **error)
{
  g_return_val_if_fail (csv != NULL && out != NULL, FALSE);

  while (take_line_end (csv))
    ;
  return peek (csv) != '\0' && take_row (csv, out, error);
}

/* --- writing --- */

/* Whether a spreadsheet would take it for a formula, with or without apostrophes before it. */
static gboolean
is_dangerous (const char *text)
{
  const char *first = text + strspn (text, "'");
  return *first != '\0' && strchr (FORMULA_STARTS, *first) != NULL;
}

/**
 * sl_csv_guard:
 * @text: what a cell says
 *
 * Cells that begin with =, +, -, @, a tab or a CR get an apostrophe before them, as do those that have one already, so
 * that sl_csv_unguard() gives the same text again. Source of the list: OWASP, "CSV Injection".
 *
 * Returns: (transfer full): what stands in the file
 */
char *
sl_csv_guard (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return is_dangerous (text) ? g_strconcat ("'", text, NULL) : g_strdup (text);
}

/**
 * sl_csv_unguard:
 * @cell: what stands in the file
 *
 * Returns: (transfer full): what the cell says: without the apostrophe that sl_csv_guard() has put there
 */
char *
sl_csv_unguard (const char *cell)
{
  g_return_val_if_fail (cell != NULL, NULL);

  return g_strdup (*cell == '\'' && is_dangerous (cell) ? cell + 1 : cell);
}

static void
append_cell (GString *out, const char *text)
{
  g_autofree char *cell = sl_csv_guard (text);
  gsize length = strlen (cell);
  gboolean plain = strpbrk (cell, SEPARATORS "\"\r\n") == NULL && *cell != ' '
                   && (length == 0 || cell[length - 1] != ' ');
  if (plain)
    {
      g_string_append_len (out, cell, (gssize) length);
      return;
    }
  g_string_append_c (out, '"');
  for (const char *at = cell; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *at);
    }
  g_string_append_c (out, '"');
}

/**
 * sl_csv_append_row:
 * @out: what is written so far
 * @cells: (array length=n_cells): each nullable, UTF-8
 * @n_cells: how many
 *
 * Appends a row as RFC 4180 has it: commas, quotes where they are needed, CRLF. Each cell is guarded.
 */
void
sl_csv_append_row (GString *out, const char *const *cells, guint n_cells)
{
  g_return_if_fail (out != NULL && (cells != NULL || n_cells == 0));

  for (guint i = 0; i < n_cells; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_cell (out, cells[i] != NULL ? cells[i] : "");
    }
  g_string_append (out, "\r\n");
}
