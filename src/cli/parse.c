/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-parse"

#include "cli/parse.h"

#include <string.h>

#include "cli/cli.h"

G_DEFINE_QUARK (sl-cli-error-quark, sl_cli_error)

/* Where in the words the parser stands. */
typedef struct {
  const SlCliCommand * const *tables;
  const char * const *argv;
  int argc, at;
  gboolean options_ended;       /* after "--" */
  SlCliCall *call;
} Parser;

static gboolean G_GNUC_PRINTF (2, 3)
wrong (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, valid);
  return FALSE;
}

/* Is group a command, the beginning of one, or neither? */
static gboolean
find_words (const SlCliCommand * const *tables, const char *group, const SlCliCommand **out_command)
{
  gsize length = strlen (group);
  gboolean begins = FALSE;
  *out_command = NULL;
  for (guint t = 0; tables[t] != NULL; t++)
    for (const SlCliCommand *c = tables[t]; c->words != NULL; c++)
      {
        if (g_str_equal (c->words, group))
          *out_command = c;
        else if (g_str_has_prefix (c->words, group) && c->words[length] == ' ')
          begins = TRUE;
      }
  return begins || *out_command != NULL;
}

static gboolean
looks_like_option (const Parser *parser, const char *word)
{
  return !parser->options_ended && word[0] == '-' && word[1] != '\0' && !g_ascii_isdigit (word[1]);
}

static const SlCliOption *
find_option (const SlCliCommand *command, const char *name, gsize length)
{
  if (command == NULL || command->options == NULL)
    return NULL;
  for (const SlCliOption *o = command->options; o->name != NULL; o++)
    if (strlen (o->name) == length && strncmp (o->name, name, length) == 0)
      return o;
  return NULL;
}

/* The value of an option: behind its "=", or the next word, whatever that is: scripts hand on what people typed. */
static const char *
take_value (Parser *parser, const char *name, gsize length, GError **error)
{
  if (name[length] == '=')
    return name + length + 1;
  if (parser->at >= parser->argc)
    {
      (void) wrong (error, "--%.*s needs a value", (int) length, name);
      return NULL;
    }
  return parser->argv[parser->at++];
}

static gboolean
take_global (Parser *parser, const char *name, gsize length, gboolean *out_taken, GError **error)
{
  SlCliCall *call = parser->call;
  struct { const char *name; const char **value; gboolean *flag; } globals[] = {
    { "data", &call->data, NULL }, { "staff", &call->staff, NULL }, { "pin", &call->pin, NULL },
    { "approver", &call->approver, NULL }, { "approver-pin", &call->approver_pin, NULL }, { "key", &call->key, NULL },
    { "json", NULL, &call->json }, { "help", NULL, &call->help }, { "version", NULL, &call->version },
  };
  *out_taken = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    {
      if (strlen (globals[i].name) != length || strncmp (globals[i].name, name, length) != 0)
        continue;
      *out_taken = TRUE;
      if (globals[i].flag != NULL)
        {
          if (name[length] == '=')
            return wrong (error, "--%s takes no value", globals[i].name);
          *globals[i].flag = TRUE;
          return TRUE;
        }
      const char *value = take_value (parser, name, length, error);
      if (value == NULL)
        return FALSE;
      if (*globals[i].value != NULL)
        return wrong (error, "--%s is given twice", globals[i].name);
      *globals[i].value = value;
      return TRUE;
    }
  return TRUE;
}

static gboolean
keep_value (SlCliCall *call, const SlCliOption *option, const char *value, GError **error)
{
  GPtrArray *values = g_hash_table_lookup (call->values, option->name);
  if (values == NULL)
    {
      values = g_ptr_array_new ();
      g_hash_table_insert (call->values, (gpointer) option->name, values);
    }
  else if (option->type != SL_CLI_LIST)
    return wrong (error, "--%s is given twice", option->name);
  g_ptr_array_add (values, (gpointer) value);
  return TRUE;
}

/* --json without a file, or with "-" for it, is the whole program's also where a command takes one. */
static gboolean
is_programs_own (Parser *parser, const SlCliOption *option, const char *name, gsize length)
{
  const char *value = name[length] == '=' ? name + length + 1
                      : parser->at < parser->argc ? parser->argv[parser->at]
                                                  : "--";
  if (option == NULL || !g_str_equal (option->name, "json") || value[0] != '-')
    return FALSE;
  parser->at += name[length] != '=' && g_str_equal (value, "-");
  return TRUE;
}

/* One word that begins with a dash: the command's own options come before those of the whole program. */
static gboolean
take_option (Parser *parser, const char *word, GError **error)
{
  if (g_str_equal (word, "-h"))
    {
      parser->call->help = TRUE;
      return TRUE;
    }
  if (word[1] != '-')
    return wrong (error, "unknown option '%s'", word);
  if (word[2] == '\0')
    {
      parser->options_ended = TRUE;
      return TRUE;
    }
  const char *name = word + 2;
  gsize length = strcspn (name, "=");
  const SlCliOption *option = find_option (parser->call->command, name, length);
  if (is_programs_own (parser, option, name, length))
    {
      parser->call->json = TRUE;
      return TRUE;
    }
  if (option == NULL)
    {
      gboolean taken;
      if (!take_global (parser, name, length, &taken, error))
        return FALSE;
      return taken || wrong (error, "unknown option '--%.*s'", (int) length, name);
    }
  if (option->type == SL_CLI_FLAG)
    return name[length] == '=' ? wrong (error, "--%s takes no value", option->name)
                               : keep_value (parser->call, option, "", error);
  const char *value = take_value (parser, name, length, error);
  return value != NULL && keep_value (parser->call, option, value, error);
}

/* A plain word: the next word of the command where one goes on with it, else an argument. */
static gboolean
take_word (Parser *parser, const char *word, GError **error)
{
  SlCliCall *call = parser->call;
  if (!parser->options_ended && call->arguments->len == 0 && g_hash_table_size (call->values) == 0)
    {
      g_autofree char *longer = *call->group != '\0' ? g_strconcat (call->group, " ", word, NULL) : g_strdup (word);
      const SlCliCommand *command;
      if (strlen (word) < 32 && find_words (parser->tables, longer, &command))
        {
          call->command = command;
          g_free (call->group);
          call->group = g_steal_pointer (&longer);
          return TRUE;
        }
    }
  if (call->command == NULL)
    return wrong (error, *call->group != '\0' ? "'%s' has no command '%s'" : "%sunknown command '%s'", call->group,
                  word);
  g_ptr_array_add (call->arguments, (gpointer) word);
  return TRUE;
}

/* The arguments that a command wants: "ID [NOTE]", "FILE…". */
static gboolean
check_arguments (const SlCliCall *call, GError **error)
{
  g_auto (GStrv) wanted = g_strsplit (call->command->arguments != NULL ? call->command->arguments : "", " ", 0);
  guint n_wanted = g_strv_length (wanted), n_required = 0;
  gboolean repeats = n_wanted > 0 && g_str_has_suffix (wanted[n_wanted - 1], "…");
  for (guint i = 0; i < n_wanted; i++)
    n_required += wanted[i][0] != '[';
  if (call->arguments->len < n_required)
    return wrong (error, "%s is missing", wanted[call->arguments->len]);
  if (call->arguments->len > n_wanted && !repeats)
    return wrong (error, "'%s' is one word too many", sl_cli_argument (call, n_wanted));
  return TRUE;
}

/* The words first, then what they say: a number that is none is data, not a wrong word. */
static gboolean
check_options (const SlCliCall *call, GError **error)
{
  const SlCliOption *options = call->command->options;
  for (const SlCliOption *o = options; o != NULL && o->name != NULL; o++)
    if (o->required && !sl_cli_has (call, o->name))
      return wrong (error, "--%s is missing", o->name);
  if (call->pin != NULL && call->staff == NULL)
    return wrong (error, "--pin without --staff: whose is it?");
  if (call->approver_pin != NULL && call->approver == NULL)
    return wrong (error, "--approver-pin without --approver: whose is it?");
  if (call->command->check != NULL && !call->command->check (call, error))
    return FALSE;
  for (const SlCliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      gint64 number;
      if (o->type == SL_CLI_INT && sl_cli_has (call, o->name) &&
          !sl_cli_read_int (o->name, sl_cli_text (call, o->name), &number, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_cli_parse:
 * @tables: (array zero-terminated=1): the commands
 * @argv: the words, the program's name first; they must outlive @out
 * @out: (out caller-allocates): what was said; to be cleared also after an error: the usage of what was understood is
 * shown
 *
 * Reads the words of a command line. Options of the whole program may stand before or after the command's words, an
 * option that a
 * command has itself (--pin) belongs to it when it stands after them. Unknown words, missing and repeated options are
 * %SL_CLI_ERROR_USAGE, a value that is no whole number where one is wanted is %SL_ERROR_BAD_INPUT. Words are not
 * checked for UTF-8: paths need not be.
 *
 * Returns: %TRUE when the words are right, or ask for help or the version
 */
gboolean
sl_cli_parse (const SlCliCommand * const *tables, int argc, const char * const *argv, SlCliCall *out, GError **error)
{
  g_return_val_if_fail (tables != NULL && argv != NULL && out != NULL, FALSE);
  *out = (SlCliCall) { .group = g_strdup (""), .arguments = g_ptr_array_new (),
    .values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref) };
  Parser parser = { .tables = tables, .argv = argv, .argc = argc, .at = 1, .call = out };
  while (parser.at < argc)
    {
      const char *word = argv[parser.at++];
      if (strlen (word) > SL_CLI_WORD_MAX_BYTES)
        return wrong (error, "a word is longer than %d bytes", SL_CLI_WORD_MAX_BYTES);
      if (looks_like_option (&parser, word) ? !take_option (&parser, word, error) : !take_word (&parser, word, error))
        {
          /* What stands behind the mistake still tells how the answer is wanted. */
          for (; parser.at < argc; parser.at++)
            out->json = out->json || g_str_equal (argv[parser.at], "--json");
          return FALSE;
        }
    }
  if (out->help || out->version)
    return TRUE;
  if (out->command == NULL)
    return wrong (error, *out->group != '\0' ? "'%s' needs one more word" : "%swhat is to be done?", out->group);
  return check_arguments (out, error) && check_options (out, error);
}

/**
 * sl_cli_call_clear:
 * @call: what sl_cli_parse() filled, or all zero
 *
 * Frees what a call holds.
 */
void
sl_cli_call_clear (SlCliCall *call)
{
  g_clear_pointer (&call->group, g_free);
  g_clear_pointer (&call->arguments, g_ptr_array_unref);
  g_clear_pointer (&call->values, g_hash_table_unref);
}

static void
append_sized (GString *text, const char *word)
{
  g_string_append_printf (text, "%" G_GSIZE_FORMAT ":", strlen (word));
  g_string_append (text, word);
}

/**
 * sl_cli_canonical:
 *
 * The command and all that was said to it in one text: the same for the same words in whatever order the options came.
 * What the
 * answer looks like (--json), where it happens (--data) and who asks (--staff) is not in it; who approves is: the same
 * command, approved, is another one than the one that was refused for want of it.
 *
 * Returns: (transfer full): not always UTF-8
 */
char *
sl_cli_canonical (const SlCliCall *call)
{
  g_return_val_if_fail (call != NULL && call->command != NULL, NULL);
  GString *text = g_string_new (NULL);
  append_sized (text, call->command->words);
  if (call->approver != NULL)
    {
      g_string_append (text, "--approver");
      append_sized (text, call->approver);
    }
  for (const SlCliOption *o = call->command->options; o != NULL && o->name != NULL; o++)
    {
      GPtrArray *values = g_hash_table_lookup (call->values, o->name);
      for (guint i = 0; values != NULL && i < values->len; i++)
        {
          g_string_append_c (text, '-');
          append_sized (text, o->name);
          append_sized (text, g_ptr_array_index (values, i));
        }
    }
  for (guint i = 0; i < call->arguments->len; i++)
    append_sized (text, g_ptr_array_index (call->arguments, i));
  return g_string_free (text, FALSE);
}

/**
 * sl_cli_has:
 *
 * Returns: whether the option was given
 */
gboolean
sl_cli_has (const SlCliCall *call, const char *option)
{
  return g_hash_table_contains (call->values, option);
}

/**
 * sl_cli_list:
 *
 * Returns: (nullable) (transfer none) (element-type utf8): the values of an option that may be repeated; %NULL when
 * not given
 */
GPtrArray *
sl_cli_list (const SlCliCall *call, const char *option)
{
  return g_hash_table_lookup (call->values, option);
}

/**
 * sl_cli_text:
 *
 * Returns: (nullable) (transfer none): the value of an option, %NULL when not given; not always UTF-8
 */
const char *
sl_cli_text (const SlCliCall *call, const char *option)
{
  GPtrArray *values = sl_cli_list (call, option);
  return values != NULL ? g_ptr_array_index (values, 0) : NULL;
}

/**
 * sl_cli_text_or:
 *
 * Returns: (nullable) (transfer none): the value of an option, @fallback when not given
 */
const char *
sl_cli_text_or (const SlCliCall *call, const char *option, const char *fallback)
{
  const char *text = sl_cli_text (call, option);
  return text != NULL ? text : fallback;
}

/**
 * sl_cli_int:
 *
 * Returns: the value of an option of type %SL_CLI_INT, which was checked when it was read; @fallback when not given
 */
gint64
sl_cli_int (const SlCliCall *call, const char *option, gint64 fallback)
{
  const char *text = sl_cli_text (call, option);
  gint64 number;
  return text != NULL && sl_cli_read_int (option, text, &number, NULL) ? number : fallback;
}

/**
 * sl_cli_argument:
 *
 * Returns: (nullable) (transfer none): the word at @place behind the command's words, %NULL when there are fewer
 */
const char *
sl_cli_argument (const SlCliCall *call, guint place)
{
  return place < call->arguments->len ? g_ptr_array_index (call->arguments, place) : NULL;
}

/**
 * sl_cli_read_int:
 * @field: what the number is, for the message
 * @text: what was given
 *
 * A whole number in decimal digits, perhaps with a minus sign; nothing before, nothing behind, within 64 bits but for
 * the lowest, which the engine reads as "not named": an amount that is refused would else be taken as all there is.
 *
 * Returns: %TRUE, or %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_cli_read_int (const char *field, const char *text, gint64 *out, GError **error)
{
  const char *digits = text + (*text == '-');
  if (g_ascii_isdigit (*digits) && g_ascii_string_to_signed (text, 10, SL_NUMBER_NONE + 1, G_MAXINT64, out, NULL))
    return TRUE;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  if (g_utf8_strlen (valid, -1) > SL_CLI_QUOTE_CHARS)
    *g_utf8_offset_to_pointer (valid, SL_CLI_QUOTE_CHARS) = '\0';
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: '%s' is no whole number", field, valid);
  return FALSE;
}

/**
 * sl_cli_argument_int:
 * @place: which argument
 * @field: what the number is, for the message
 *
 * The same for an argument that must be there.
 *
 * Returns: %TRUE, or %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_cli_argument_int (const SlCliCall *call, guint place, const char *field, gint64 *out, GError **error)
{
  const char *text = sl_cli_argument (call, place);
  g_return_val_if_fail (text != NULL, FALSE);
  return sl_cli_read_int (field, text, out, error);
}
