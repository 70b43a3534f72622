/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/parse.h"

#include <string.h>

#include "cli/cli.h"

static gboolean
run_nothing (SlCli *cli, const SlCliCall *call, GError **error)
{
  return TRUE;
}

static const SlCliOption options[] = {
  { "name", SL_CLI_TEXT, TRUE, "NAME", "" },
  { "count", SL_CLI_INT, FALSE, "N", "" },
  { "guest", SL_CLI_LIST, FALSE, "NAME", "" },
  { "anyway", SL_CLI_FLAG, FALSE, NULL, "" },
  { "pin", SL_CLI_TEXT, FALSE, "PIN", "" },
  SL_CLI_OPTIONS_END
};

static const SlCliCommand commands[] = {
  { "thing add", "", NULL, NULL, SL_CLI_ALONE, run_nothing, options },
  { "thing", "", NULL, "ID", SL_CLI_ALONE, run_nothing },
  { "thing adjust", "", NULL, "ID N", SL_CLI_ALONE, run_nothing },
  { "read", "", NULL, "FILE…", SL_CLI_ALONE, run_nothing },
  { "group list", "", NULL, "[WHAT]", SL_CLI_ALONE, run_nothing },
  { NULL }
};
static const SlCliCommand * const tables[] = { commands, NULL };

#define WORDS_MAX 16

/* Parses "program" and the words up to NULL; the call's strings are the words themselves. */
static gboolean
parse (SlCliCall *out, GError **error, const char * const *words)
{
  const char *argv[WORDS_MAX] = { "studioloop" };
  int argc = 1;
  for (; words[argc - 1] != NULL; argc++)
    argv[argc] = words[argc - 1];
  return sl_cli_parse (tables, argc, argv, out, error);
}

#define understood(call, ...) \
  g_auto (SlCliCall) call = { 0 }; \
  G_STMT_START \
  { \
    g_autoptr (GError) failure = NULL; \
    gboolean read = parse (&call, &failure, (const char *[]) { __VA_ARGS__, NULL }); \
    g_assert_no_error (failure); \
    g_assert_true (read); \
  } \
  G_STMT_END

#define misunderstood(domain, code, part, ...) \
  G_STMT_START \
  { \
    g_auto (SlCliCall) call = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    g_assert_false (parse (&call, &failure, (const char *[]) { __VA_ARGS__, NULL })); \
    g_assert_error (failure, domain, (int) code); \
    g_assert_nonnull (strstr (failure->message, part)); \
  } \
  G_STMT_END
#define wrong_words(part, ...) misunderstood (SL_CLI_ERROR, SL_CLI_ERROR_USAGE, part, __VA_ARGS__)
#define bad_input(part, ...) misunderstood (SL_ERROR, SL_ERROR_BAD_INPUT, part, __VA_ARGS__)

static void
takes_words_options_and_arguments (void)
{
  understood (call, "thing", "add", "--name", "Ann", "--count=7", "--guest", "B", "--guest", "C", "--anyway");
  g_assert_cmpstr (call.command->words, ==, "thing add");
  g_assert_cmpstr (sl_cli_text (&call, "name"), ==, "Ann");
  g_assert_cmpint (sl_cli_int (&call, "count", 0), ==, 7);
  g_assert_cmpuint (sl_cli_list (&call, "guest")->len, ==, 2);
  g_assert_true (sl_cli_has (&call, "anyway"));
  g_assert_false (sl_cli_has (&call, "pin"));
  g_assert_cmpint (sl_cli_int (&call, "other", 5), ==, 5);
}

static void
the_longest_command_wins (void)
{
  understood (plain, "thing", "1234");
  g_assert_cmpstr (plain.command->words, ==, "thing");
  g_assert_cmpstr (sl_cli_argument (&plain, 0), ==, "1234");
  understood (adjust, "thing", "adjust", "1234", "-50");
  gint64 amount = 0;
  g_assert_cmpstr (adjust.command->words, ==, "thing adjust");
  g_assert_true (sl_cli_argument_int (&adjust, 1, "N", &amount, NULL));
  g_assert_cmpint (amount, ==, -50);
}

static void
options_of_the_program_stand_anywhere (void)
{
  understood (before, "--json", "--data", "/d", "thing", "add", "--name", "A");
  understood (between, "thing", "--json", "add", "--data", "/d", "--name", "A");
  understood (after, "thing", "add", "--name", "A", "--json", "--data=/d");
  const SlCliCall *calls[] = { &before, &between, &after };
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_assert_true (calls[i]->json);
      g_assert_cmpstr (calls[i]->data, ==, "/d");
      g_assert_cmpstr (calls[i]->command->words, ==, "thing add");
    }
}

static void
a_pin_behind_the_words_is_the_commands_own (void)
{
  understood (call, "--staff", "S", "--pin", "111", "thing", "add", "--name", "A", "--pin", "222");
  g_assert_cmpstr (call.pin, ==, "111");
  g_assert_cmpstr (sl_cli_text (&call, "pin"), ==, "222");
  understood (acting, "thing", "1234", "--staff", "S", "--pin", "111");
  g_assert_cmpstr (acting.pin, ==, "111");
}

static void
values_may_look_like_anything (void)
{
  understood (call, "thing", "add", "--name", "--json", "--guest", "-2+3", "--guest", "");
  g_assert_cmpstr (sl_cli_text (&call, "name"), ==, "--json");
  g_assert_false (call.json);
  g_assert_cmpstr (g_ptr_array_index (sl_cli_list (&call, "guest"), 1), ==, "");
  understood (files, "read", "--", "--odd name", "-");
  g_assert_cmpuint (files.arguments->len, ==, 2);
  g_assert_cmpstr (sl_cli_argument (&files, 0), ==, "--odd name");
}

static void
wrong_words_are_named (void)
{
  wrong_words ("to be done", NULL);
  wrong_words ("dance", "dance");
  wrong_words ("one more word", "group");
  wrong_words ("group", "group", "dance");
  wrong_words ("--name", "thing", "add");
  wrong_words ("--name", "thing", "add", "--name");
  wrong_words ("--nmae", "thing", "add", "--nmae", "A");
  wrong_words ("twice", "thing", "add", "--name", "A", "--name", "B");
  wrong_words ("twice", "--data", "a", "--data", "b", "thing", "x");
  wrong_words ("no value", "thing", "add", "--name", "A", "--anyway=yes");
  wrong_words ("no value", "--json=1", "thing", "x");
  wrong_words ("-x", "thing", "-x");
  wrong_words ("one word too many", "thing", "a", "b");
  wrong_words ("one word too many", "group", "list", "a", "b");
  wrong_words ("one word too many", "thing", "1234", "add");
  wrong_words ("FILE", "read");
  wrong_words ("--pin", "--pin", "1", "thing", "x");
  wrong_words ("'\357\277\275'", "\xff");
}

static void
json_is_heard_also_behind_a_mistake (void)
{
  g_auto (SlCliCall) call = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_false (parse (&call, &failure, (const char *[]) { "thing", "add", "--nmae", "A", "--json", NULL }));
  g_assert_true (call.json);
}

static void
bad_input_where_a_number_is_none (void)
{
  static const char * const numbers[] = { "", "x", "1.5", "0x10", " 1", "1 ", "+1", "--1", "9223372036854775808",
                                          "-9223372036854775808", /* what stands for none inside */
                                          "\xff" };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    bad_input ("count", "thing", "add", "--name", "A", "--count", numbers[i]);
  understood (call, "thing", "add", "--name", "A", "--count", "-9223372036854775807");
  g_assert_cmpint (sl_cli_int (&call, "count", 0), ==, G_MININT64 + 1);
}

static void
a_word_without_end_is_refused (void)
{
  g_autofree char *endless = g_strnfill (SL_CLI_WORD_MAX_BYTES + 1, 'a');
  wrong_words ("longer than", "thing", endless);
}

static void
help_needs_nothing_else (void)
{
  understood (bare, "--help");
  g_assert_true (bare.help);
  understood (group, "group", "--help");
  g_assert_cmpstr (group.group, ==, "group");
  understood (command, "thing", "add", "-h");
  g_assert_cmpstr (command.command->words, ==, "thing add");
}

static char *
canonical (const char * const *words)
{
  g_auto (SlCliCall) call = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean read = parse (&call, &failure, words);
  g_assert_no_error (failure);
  g_assert_true (read);
  return sl_cli_canonical (&call);
}

static void
the_same_words_have_one_canonical_text (void)
{
  g_autofree char *one = canonical ((const char *[]) { "thing", "add", "--name", "A", "--count", "1", NULL });
  g_autofree char *turned = canonical ((const char *[]) { "--json", "thing", "add", "--count=1", "--name=A", NULL });
  g_autofree char *other = canonical ((const char *[]) { "thing", "add", "--name", "A", "--count", "2", NULL });
  g_autofree char *glued = canonical ((const char *[]) { "thing", "add", "--name", "A-5:count1:1", NULL });
  g_assert_cmpstr (one, ==, turned);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpstr (one, !=, glued);
  g_autofree char *guest = canonical ((const char *[]) { "thing", "add", "--name", "A", "--guest", "B", NULL });
  g_autofree char *pin = canonical ((const char *[]) { "thing", "add", "--name", "A", "--pin", "B", NULL });
  g_assert_cmpstr (guest, !=, pin);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/cli/parse/takes-words-options-and-arguments", takes_words_options_and_arguments);
  g_test_add_func ("/sl/cli/parse/the-longest-command-wins", the_longest_command_wins);
  g_test_add_func ("/sl/cli/parse/options-of-the-program-stand-anywhere", options_of_the_program_stand_anywhere);
  g_test_add_func ("/sl/cli/parse/a-pin-behind-the-words-is-the-commands-own",
                   a_pin_behind_the_words_is_the_commands_own);
  g_test_add_func ("/sl/cli/parse/values-may-look-like-anything", values_may_look_like_anything);
  g_test_add_func ("/sl/cli/parse/wrong-words-are-named", wrong_words_are_named);
  g_test_add_func ("/sl/cli/parse/json-is-heard-also-behind-a-mistake", json_is_heard_also_behind_a_mistake);
  g_test_add_func ("/sl/cli/parse/bad-input-where-a-number-is-none", bad_input_where_a_number_is_none);
  g_test_add_func ("/sl/cli/parse/a-word-without-end-is-refused", a_word_without_end_is_refused);
  g_test_add_func ("/sl/cli/parse/help-needs-nothing-else", help_needs_nothing_else);
  g_test_add_func ("/sl/cli/parse/the-same-words-have-one-canonical-text", the_same_words_have_one_canonical_text);
  return g_test_run ();
}
