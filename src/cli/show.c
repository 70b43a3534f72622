/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-show"

#include "cli/show.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/text.h"

#define GAP "  "   /* between two columns */

/**
 * sl_show_append_safe:
 * @text: UTF-8
 *
 * Appends @text as a terminal may see it: control characters, which a code in a picture can hold, are written out.
 */
void
sl_show_append_safe (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_printf (out, "\\u{%x}", c);
      else
        g_string_append_unichar (out, c);
    }
}

/* "2026-03-01T07:00:00+02:00" is read as 2026-03-01 07:00. */
static void
append_time (GString *out, const char *rfc3339)
{
  gsize length = strlen (rfc3339);
  if (length < 19 || rfc3339[10] != 'T')
    {
      sl_show_append_safe (out, rfc3339);
      return;
    }
  g_string_append_printf (out, "%.10s %.*s", rfc3339, strncmp (rfc3339 + 17, "00", 2) == 0 ? 5 : 8, rfc3339 + 11);
}

static void append_value (GString *out, const json_t *value, SlShow show, const char *currency);

static void
append_list (GString *out, const json_t *list, SlShow show, const char *currency)
{
  gsize i;
  json_t *value;
  json_array_foreach (list, i, value)
    {
      g_string_append (out, i > 0 ? ", " : "");
      append_value (out, value, show, currency);
    }
}

static void
append_number (GString *out, gint64 number, SlShow show, const char *currency)
{
  g_autofree char *text = NULL;
  if (show == SL_SHOW_MONEY)
    text = sl_money_format (number, currency);
  else if (show == SL_SHOW_CREDITS)
    text = sl_credits_format (number);
  else
    text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_string_append (out, text);
}

static void
append_object (GString *out, const json_t *object, const char *currency)
{
  const char *key;
  json_t *value;
  gboolean first = TRUE;
  json_object_foreach ((json_t *) object, key, value)
    {
      g_string_append_printf (out, "%s%s ", first ? "" : ", ", key);
      append_value (out, value, SL_SHOW_TEXT, currency);
      first = FALSE;
    }
}

static void
append_value (GString *out, const json_t *value, SlShow show, const char *currency)
{
  switch (json_typeof (value))
    {
    case JSON_STRING:
      if (show == SL_SHOW_TIME)
        append_time (out, json_string_value (value));
      else if (show == SL_SHOW_WORDS)
        sl_show_append_safe (out, _(json_string_value (value)));
      else
        sl_show_append_safe (out, json_string_value (value));
      break;
    case JSON_INTEGER: append_number (out, json_integer_value (value), show, currency); break;
    case JSON_TRUE: g_string_append (out, _("yes")); break;
    case JSON_FALSE: g_string_append (out, _("no")); break;
    case JSON_ARRAY: append_list (out, value, show, currency); break;
    case JSON_OBJECT: append_object (out, value, currency); break;
    case JSON_NULL: g_string_append (out, "–"); break;
    case JSON_REAL: g_assert_not_reached ();   /* no floating point anywhere near an answer */
    }
}

/* How many cells of a terminal a text takes. */
static guint
text_width (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
append_padded (GString *out, const char *text, guint width, gboolean right)
{
  guint own = text_width (text), blanks = width > own ? width - own : 0;
  if (!right)
    g_string_append (out, text);
  for (guint i = 0; i < blanks; i++)
    g_string_append_c (out, ' ');
  if (right)
    g_string_append (out, text);
}

/* What stands in a column: numbers stand to the right. */
typedef enum { KIND_NOTHING, KIND_NUMBER, KIND_TEXT } Kind;

/* The cells of one line: text per column. */
static char **
make_cells (const SlColumn *columns, guint n_columns, const json_t *item, const char *currency, Kind *kinds)
{
  char **cells = g_new0 (char *, n_columns + 1);
  for (guint c = 0; c < n_columns; c++)
    {
      const json_t *value = json_object_get (item, columns[c].key);
      g_autoptr (GString) text = g_string_new (NULL);
      if (value != NULL)
        append_value (text, value, columns[c].show, currency);
      if (value != NULL && !json_is_null (value))
        kinds[c] = json_is_integer (value) && kinds[c] != KIND_TEXT ? KIND_NUMBER : KIND_TEXT;
      cells[c] = g_strdup (text->str);
    }
  return cells;
}

static void
append_line (GString *out, char **cells, guint n_columns, const guint *widths, const gboolean *right,
             const char *indent)
{
  gsize start = out->len;
  g_string_append (out, indent);
  for (guint c = 0; c < n_columns; c++)
    {
      g_string_append (out, c > 0 ? GAP : "");
      append_padded (out, cells[c], widths[c], right[c]);
    }
  while (out->len > start && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

/**
 * sl_show_append_table:
 * @lines: (element-type GStrv): @n_columns cells each, UTF-8 of any kind; the titles first
 * @n_columns: how many
 * @right: (array length=n_columns): whether a column stands to the right
 * @indent: before each line
 *
 * Appends a table, each column as wide as its widest cell.
 */
void
sl_show_append_table (GPtrArray *lines, guint n_columns, const gboolean *right, const char *indent, GString *out)
{
  g_return_if_fail (lines != NULL && right != NULL && indent != NULL && out != NULL);

  g_autofree guint *widths = g_new0 (guint, n_columns);
  for (guint l = 0; l < lines->len; l++)
    for (guint c = 0; c < n_columns; c++)
      {
        char **cell = &((char **) g_ptr_array_index (lines, l))[c];
        g_autoptr (GString) safe = g_string_new (NULL);
        sl_show_append_safe (safe, *cell);
        g_free (*cell);
        *cell = g_strdup (safe->str);
        widths[c] = MAX (widths[c], text_width (*cell));
      }
  for (guint l = 0; l < lines->len; l++)
    append_line (out, g_ptr_array_index (lines, l), n_columns, widths, right, indent);
}

/* A table with a line of titles, or a word where there is nothing to list. */
static void
append_items (GString *out, const SlColumn *columns, const json_t *items, const char *currency, const char *indent)
{
  if (json_array_size (items) == 0)
    {
      g_string_append_printf (out, "%s%s\n", indent, _("None."));
      return;
    }
  guint n = 0;
  while (columns[n].key != NULL)
    n++;
  g_autofree Kind *kinds = g_new0 (Kind, n);
  g_autofree gboolean *right = g_new0 (gboolean, n);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  char **titles = g_new0 (char *, n + 1);
  for (guint c = 0; c < n; c++)
    titles[c] = g_strdup (_(columns[c].title));
  g_ptr_array_add (lines, titles);
  gsize i;
  json_t *item;
  json_array_foreach (items, i, item)
    g_ptr_array_add (lines, make_cells (columns, n, item, currency, kinds));
  for (guint c = 0; c < n; c++)
    right[c] = kinds[c] == KIND_NUMBER;
  sl_show_append_table (lines, n, right, indent, out);
}

static gboolean
says_something (const json_t *value)
{
  return value != NULL && !json_is_null (value) && !(json_is_array (value) && json_array_size (value) == 0) &&
         !(json_is_object (value) && json_object_size (value) == 0);
}

/* One field a line; what is empty is left out. */
static void
append_fields (GString *out, const SlColumn *columns, const json_t *answer, const char *currency)
{
  guint width = 0;
  for (const SlColumn *c = columns; c->key != NULL; c++)
    if (c->show != SL_SHOW_ITEMS && says_something (json_object_get (answer, c->key)))
      width = MAX (width, text_width (_(c->title)));
  for (const SlColumn *c = columns; c->key != NULL; c++)
    {
      const json_t *value = json_object_get (answer, c->key);
      if (c->show == SL_SHOW_ITEMS && value != NULL)
        {
          g_string_append_printf (out, "%s\n", _(c->title));
          append_items (out, c->items, value, currency, "  ");
        }
      if (c->show == SL_SHOW_ITEMS || !says_something (value))
        continue;
      append_padded (out, _(c->title), width, FALSE);
      g_string_append (out, GAP);
      append_value (out, value, c->show, currency);
      g_string_append_c (out, '\n');
    }
}

/* What a command without columns answers: its keys as they are. */
static void
append_plain (GString *out, const json_t *answer, const char *currency)
{
  const char *key;
  json_t *value;
  guint width = 0;
  json_object_foreach ((json_t *) answer, key, value)
    width = MAX (width, text_width (key));
  json_object_foreach ((json_t *) answer, key, value)
    {
      append_padded (out, key, width, FALSE);
      g_string_append (out, GAP);
      append_value (out, value, SL_SHOW_TEXT, currency);
      g_string_append_c (out, '\n');
    }
}

/**
 * sl_show_answer:
 * @columns: (nullable): what to show and how; %NULL: every key as it is
 * @answer: the JSON object; its "items", where it has some, become a table
 * @currency: (nullable): for amounts of money
 *
 * Appends an answer as people read it, in the language of the process.
 */
void
sl_show_answer (const SlColumn *columns, const json_t *answer, const char *currency, GString *out)
{
  g_return_if_fail (json_is_object (answer) && out != NULL);
  const json_t *items = json_object_get (answer, "items");
  if (columns != NULL && json_is_array (items))
    append_items (out, columns, items, currency, "");
  else if (columns != NULL)
    append_fields (out, columns, answer, currency);
  else
    append_plain (out, answer, currency);
}

/**
 * sl_show_error:
 * @error: the JSON object of an error
 *
 * Appends an error as people read it: what, what to do, and its details.
 */
void
sl_show_error (const json_t *error, GString *err)
{
  g_return_if_fail (json_is_object (error) && err != NULL);
  const char *message = json_string_value (json_object_get (error, "message"));
  const char *hint = json_string_value (json_object_get (error, "hint"));
  g_string_append (err, "studioloop: ");
  sl_show_append_safe (err, message != NULL && *message != '\0' ? _(message) : "");
  g_string_append_c (err, '\n');
  if (hint != NULL && *hint != '\0')
    {
      sl_show_append_safe (err, _(hint));
      g_string_append_c (err, '\n');
    }
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *) error, key, value)
    {
      if (g_str_equal (key, "code") || g_str_equal (key, "message") || g_str_equal (key, "hint"))
        continue;
      g_string_append_printf (err, "  %s: ", key);
      append_value (err, value, json_is_string (value) ? SL_SHOW_TIME : SL_SHOW_TEXT, NULL);
      g_string_append_c (err, '\n');
    }
}
