/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-help"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/cli.h"

#define LINE_CHARS 79     /* a terminal's */
#define TEXT_COLUMN 26   /* where explanations begin; a longer name stands on a line of its own */

static const SlCliOption global_options[] = {
  { "data", SL_CLI_TEXT, FALSE, N_ ("DIR"), N_ ("the data directory ($STUDIOLOOP_DATA, else /var/lib/studioloop)") },
  { "json", SL_CLI_FLAG, FALSE, NULL, N_ ("one JSON object on standard output, errors too") },
  { "staff", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who acts; without it, an owner") },
  { "pin", SL_CLI_TEXT, FALSE, N_ ("PIN"), N_ ("their PIN ($STUDIOLOOP_PIN); before the command's words") },
  { "approver", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who approves it beside them, with a PIN of their own") },
  { "approver-pin", SL_CLI_TEXT, FALSE, N_ ("PIN"), N_ ("the approver's PIN ($STUDIOLOOP_APPROVER_PIN)") },
  { "key", SL_CLI_TEXT, FALSE, N_ ("KEY"), N_ ("within 24 h the same key gives the same answer and changes nothing") },
  { "help", SL_CLI_FLAG, FALSE, NULL, N_ ("this text; with a command's words, theirs") },
  { "version", SL_CLI_FLAG, FALSE, NULL, N_ ("the program's version") },
  SL_CLI_OPTIONS_END
};

static void
append_row (GString *out, const char *left, const char *right)
{
  g_string_append_printf (out, "  %s", left);
  glong width = 2 + g_utf8_strlen (left, -1);
  if (width > TEXT_COLUMN - 2)
    {
      g_string_append_c (out, '\n');
      width = 0;
    }
  g_string_append_printf (out, "%*s%s\n", (int) (TEXT_COLUMN - width), "", right);
}

static void
append_options (GString *out, const SlCliOption *options)
{
  for (const SlCliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      g_autofree char *left = o->value != NULL ? g_strdup_printf ("--%s %s", o->name,
                                                                  _(o->value)) : g_strdup_printf ("--%s", o->name);
      g_autofree char *right = g_strconcat (_(o->help), o->type == SL_CLI_LIST ? _(" (may be repeated)") : "", NULL);
      append_row (out, left, right);
    }
}

/* One more word of a synopsis, on a new line where it would not fit. */
static void
append_word (GString *out, gsize *line_start, guint indent, const char *word)
{
  if (g_utf8_strlen (out->str + *line_start, -1) + 1 + g_utf8_strlen (word, -1) > LINE_CHARS)
    {
      g_string_append_c (out, '\n');
      *line_start = out->len;
      g_string_append_printf (out, "%*s", (int) indent, "");
    }
  else
    g_string_append_c (out, ' ');
  g_string_append (out, word);
}

static void
append_synopsis (GString *out, const SlCliCommand *command)
{
  gsize line_start = out->len;
  g_string_append_printf (out, "%sstudioloop %s", _("usage: "), command->words);
  guint indent = g_utf8_strlen (out->str + line_start, -1) + 1;
  if (command->arguments != NULL)
    append_word (out, &line_start, indent, command->arguments);
  for (const SlCliOption *o = command->options; o != NULL && o->name != NULL; o++)
    {
      g_autofree char *named = o->value != NULL ? g_strdup_printf ("--%s %s", o->name, _(o->value))
                                                : g_strdup_printf ("--%s", o->name);
      g_autofree char *word = g_strdup_printf (o->required ? "%s%s" : "[%s]%s", named, o->type == SL_CLI_LIST
                                               ? "…" : "");
      append_word (out, &line_start, indent, word);
    }
  g_string_append_c (out, '\n');
}

static gboolean
in_group (const SlCliCommand *command, const char *group)
{
  gsize length = strlen (group);
  return length == 0 || (g_str_has_prefix (command->words, group) &&
                         (command->words[length] == ' ' || command->words[length] == '\0'));
}

static void
append_commands (GString *out, const SlCliCommand * const *tables, const char *group)
{
  for (guint t = 0; tables[t] != NULL; t++)
    for (const SlCliCommand *c = tables[t]; c->words != NULL; c++)
      if (in_group (c, group))
        {
          g_autofree char *left = c->arguments != NULL ? g_strconcat (c->words, " ", c->arguments,
                                                                      NULL) : g_strdup (c->words);
          append_row (out, left, _(c->summary));
        }
}

/* The first words of all commands, in a paragraph: the whole list is longer than a screen. */
static void
append_first_words (GString *out, const SlCliCommand * const *tables)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize line_start = out->len;
  g_string_append_c (out, ' ');
  for (guint t = 0; tables[t] != NULL; t++)
    for (const SlCliCommand *c = tables[t]; c->words != NULL; c++)
      {
        g_autofree char *first = g_strndup (c->words, strcspn (c->words, " "));
        if (g_hash_table_add (seen, g_strdup (first)))
          append_word (out, &line_start, 2, first);
      }
  g_string_append_c (out, '\n');
}

/**
 * sl_help_usage:
 * @call: what was understood of the words before they went wrong
 *
 * Appends how a command is called, or which commands there are: what a person needs who mistyped.
 */
void
sl_help_usage (const SlCliCommand * const *tables, const SlCliCall *call, GString *out)
{
  if (call->command != NULL)
    {
      append_synopsis (out, call->command);
      g_string_append_printf (out, _("More: studioloop %s --help\n"), call->command->words);
      return;
    }
  g_string_append_printf (out, "%sstudioloop [--data DIR] [--json] [--staff ID --pin PIN] [--key KEY] %s …\n",
                          _("usage: "),
                          *call->group != '\0' ? call->group : _("COMMAND"));
  if (*call->group != '\0')
    append_commands (out, tables, call->group);
  else
    append_first_words (out, tables);
  g_string_append (out, _("More: studioloop --help\n"));
}

/**
 * sl_help_full:
 * @call: the words before --help
 *
 * Appends the help of one command, of a group of commands, or of the program.
 */
void
sl_help_full (const SlCliCommand * const *tables, const SlCliCall *call, GString *out)
{
  if (call->command == NULL)
    {
      g_string_append_printf (out, "%sstudioloop [--data DIR] [--json] [--staff ID --pin PIN] [--key KEY] %s …\n\n",
                              _("usage: "),
                              *call->group != '\0' ? call->group : _("COMMAND"));
      if (*call->group == '\0')
        g_string_append (out, _("The front desk of a fitness studio, from the command line: set it up, script it,\n"
                                "check it.\n\n"));
      g_string_append (out, _("Commands:\n"));
      append_commands (out, tables, call->group);
    }
  else
    {
      append_synopsis (out, call->command);
      g_string_append_printf (out, "\n%s\n", _(call->command->summary));
      if (call->command->description != NULL)
        g_string_append_printf (out, "\n%s\n", _(call->command->description));
      if (call->command->options != NULL)
        g_string_append_printf (out, "\n%s", _("Options:\n"));
      append_options (out, call->command->options);
    }
  g_string_append_printf (out, "\n%s", _("Options of the whole program:\n"));
  append_options (out, global_options);
  g_string_append_printf (out, "\n%s\n",
    _("Times are RFC 3339 (2026-03-01T07:00:00+02:00; without offset: local time), money is in cents, credits in\n"
      "hundredths, ids are UUIDs or 8 or more of their first characters.\n"
      "Exit status: 0 done, 2 wrong words, 3 refused by a rule, 4 no such thing, 5 bad input, 6 storage, 7 network."));
}
