/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fake-world.h"
#include "temp-dir.h"

/* A Monday, 06:00 in Johannesburg. */
#define MORNING G_GINT64_CONSTANT (1772424000000)
#define WORDS_MAX 24

typedef struct {
  SlTempDir *dir;
  char *data;
  SlFakeWorld world;
  int status;
  GString *out, *err; /* of the last command */
} Shell;

static void
shell_open (Shell *shell, gconstpointer data)
{
  shell->dir = sl_temp_dir_new ();
  shell->data = sl_temp_dir_file (shell->dir, "data");
  shell->out = g_string_new (NULL);
  shell->err = g_string_new (NULL);
  sl_fake_world_init (&shell->world, MORNING, 7);
}

static void
shell_close (Shell *shell, gconstpointer data)
{
  sl_temp_dir_free (shell->dir);
  g_free (shell->data);
  g_string_free (shell->out, TRUE);
  g_string_free (shell->err, TRUE);
}

static void
run (Shell *shell, const char *const *words)
{
  const char *argv[WORDS_MAX] = { "studioloop", "--data", shell->data };
  int argc = 3;
  for (; words[argc - 3] != NULL; argc++)
    argv[argc] = words[argc - 3];
  g_string_truncate (shell->out, 0);
  g_string_truncate (shell->err, 0);
  shell->status = sl_cli_main (argc, argv, &shell->world.base, shell->out, shell->err);
}
#define run_words(shell, ...) run (shell, (const char *[]){ __VA_ARGS__, NULL })

#define init_words                                                                                                     \
  "init", "--org", "Fynbos", "--location", "Sea Point", "--timezone", "Africa/Johannesburg", "--owner", "Nomsa",       \
      "--pin", "739154"

/* The text under a key of the last JSON answer, "error.code" for one inside. */
static char *
told (Shell *shell, const char *path)
{
  g_auto (GStrv) keys = g_strsplit (path, ".", 0);
  g_autoptr (json_t) answer = json_loads (shell->out->str, 0, NULL);
  json_t *value = answer;
  g_assert_true (json_is_object (answer));
  for (guint i = 0; keys[i] != NULL; i++)
    value = json_object_get (value, keys[i]);
  return g_strdup (json_string_value (value));
}

static void
assert_code (Shell *shell, const char *code, int status)
{
  g_autofree char *text = told (shell, "error.code");
  g_assert_cmpstr (text, ==, code);
  g_assert_cmpint (shell->status, ==, status);
  g_assert_cmpstr (shell->err->str, ==, "");
}

static void
json_is_one_line_on_standard_output (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", init_words);
  g_assert_cmpint (shell->status, ==, 0);
  g_assert_cmpstr (shell->err->str, ==, "");
  g_assert_true (g_str_has_suffix (shell->out->str, "}\n"));
  g_assert_true (strchr (shell->out->str, '\n') == shell->out->str + shell->out->len - 1);
  run_words (shell, "--json", "member", "show", "00000000-0000-8000-8000-000000000000");
  assert_code (shell, "not_found", 4);
  run_words (shell, "--json", init_words);
  assert_code (shell, "already_initialised", 3);
}

static void
people_read_answers_here_and_errors_there (Shell *shell, gconstpointer data)
{
  run_words (shell, init_words);
  g_assert_nonnull (strstr (shell->out->str, "Recovery phrase"));
  g_assert_cmpstr (shell->err->str, ==, "");
  run_words (shell, "member", "show", "00000000");
  g_assert_cmpint (shell->status, ==, 4);
  g_assert_cmpstr (shell->out->str, ==, "");
  g_assert_nonnull (strstr (shell->err->str, "There is no such thing."));
}

static void
wrong_words_say_nothing_on_standard_output (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", "dance");
  g_assert_cmpint (shell->status, ==, 2);
  g_assert_cmpstr (shell->out->str, ==, "");
  g_assert_nonnull (strstr (shell->err->str, "usage: "));
  run_words (shell, "--json", "checkin");
  g_assert_cmpint (shell->status, ==, 2);
  run_words (shell, "--json", "checkin", "--phone", "1");
  g_assert_cmpint (shell->status, ==, 2);
  run_words (shell, "--json", "checkin", "--code", "a", "--member", "b");
  g_assert_cmpint (shell->status, ==, 2);
}

static void
each_command_has_a_help_of_its_own (Shell *shell, gconstpointer data)
{
  run_words (shell, "--help");
  g_auto (GStrv) lines = g_strsplit (shell->out->str, "\n", 0);
  guint n = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], "  member ");
  g_assert_cmpuint (n, >=, 7);
  run_words (shell, "member", "add", "--help");
  g_assert_cmpint (shell->status, ==, 0);
  g_assert_nonnull (strstr (shell->out->str, "--first NAME"));
  run_words (shell, "--version");
  g_assert_true (g_str_has_prefix (shell->out->str, "studioloop "));
}

static void
a_key_brings_a_founding_back_once_more (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", "--key", "k", init_words);
  g_assert_cmpint (shell->status, ==, 0);
  g_autofree char *first = g_strdup (shell->out->str);
  run_words (shell, "--json", "--key", "k", init_words);
  g_assert_cmpstr (shell->out->str, ==, first);
  g_assert_cmpint (shell->status, ==, 0);
  run_words (shell, "--json", "--key", "other", init_words);
  assert_code (shell, "already_initialised", 3);
  run_words (shell, "--json", "--key", "k", "member", "list");
  assert_code (shell, "key_reused", 3);
  run_words (shell, "--json", "--key", "", "member", "list");
  assert_code (shell, "bad_input", 5);
}

static void
a_key_works_around_commands_with_transactions_of_their_own (Shell *shell, gconstpointer data)
{
  g_autofree char *file = sl_temp_dir_file (shell->dir, "log");
  run_words (shell, "--json", init_words);
  run_words (shell, "--json", "--key", "k", "oplog", "export", file);
  g_assert_cmpint (shell->status, ==, 0);
  g_autofree char *first = g_strdup (shell->out->str);
  run_words (shell, "--json", "member", "add", "--first", "A", "--last", "B");
  run_words (shell, "--json", "--key", "k", "oplog", "export", file);
  g_assert_cmpstr (shell->out->str, ==, first);
  run_words (shell, "--json", "--key", "due", "run-due");
  g_assert_cmpint (shell->status, ==, 0);
}

static void
a_kept_answer_lies_sealed (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", init_words);
  run_words (shell, "--json", "--key", "k", "member", "add", "--first", "Nolwazizwane", "--last", "B");
  g_assert_nonnull (strstr (shell->out->str, "Nolwazizwane"));
  static const char *const files[] = { "studioloop.db", "studioloop.db-wal" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (shell->data, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length;
      if (g_file_get_contents (path, &bytes, &length, NULL))
        g_assert_null (memmem (bytes, length, "Nolwazizwane", strlen ("Nolwazizwane")));
    }
}

static void
input_files_are_named_with_their_line (Shell *shell, gconstpointer data)
{
  g_autofree char *file = sl_temp_dir_file (shell->dir, "log");
  run_words (shell, "--json", init_words);
  g_assert_true (g_file_set_contents (file, "\n{not json\n", -1, NULL));
  run_words (shell, "--json", "oplog", "import", file);
  assert_code (shell, "bad_input", 5);
  g_autofree char *named = told (shell, "error.file");
  g_assert_cmpstr (named, ==, file);
  g_assert_nonnull (strstr (shell->out->str, "\"line\":"));
  g_autofree char *missing = sl_temp_dir_file (shell->dir, "missing");
  run_words (shell, "--json", "oplog", "import", missing);
  assert_code (shell, "bad_input", 5);
}

static void
bad_input_where_an_output_is_no_ordinary_file (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", init_words);
  run_words (shell, "--json", "member", "add", "--first", "A", "--last", "B");
  g_autofree char *member = told (shell, "id");
  g_autofree char *lost = g_build_filename (shell->dir->path, "no", "such", "place", NULL);
  const char *outputs[] = { lost, "/dev/null", shell->dir->path, "" };
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      run_words (shell, "--json", "oplog", "export", outputs[i]);
      assert_code (shell, "bad_input", 5);
      run_words (shell, "--json", "backup", outputs[i]);
      assert_code (shell, "bad_input", 5);
      run_words (shell, "--json", "device", "invite", outputs[i]);
      assert_code (shell, "bad_input", 5);
      run_words (shell, "--json", "member", "pass", member, "--png", outputs[i]);
      assert_code (shell, "bad_input", 5);
    }
  GStatBuf status;
  g_assert_cmpint (g_stat ("/dev/null", &status), ==, 0);
  g_assert_true (S_ISCHR (status.st_mode));
}

static void
staff_act_with_their_pin_alone (Shell *shell, gconstpointer data)
{
  run_words (shell, "--json", init_words);
  g_autofree char *owner = told (shell, "owner");
  run_words (shell, "--json", "--staff", owner, "--pin", "739154", "staff", "add", "--name", "R", "--role",
             "receptionist", "--pin", "482916");
  g_assert_cmpint (shell->status, ==, 0);
  g_autofree char *reception = told (shell, "id");
  run_words (shell, "--json", "--staff", reception, "staff", "list");
  assert_code (shell, "pin_wrong", 3);
  run_words (shell, "--json", "--staff", reception, "--pin", "482916", "service", "add", "--name", "S", "--kind",
             "class", "--type", "yoga", "--duration", "60", "--capacity", "9", "--credits", "0");
  assert_code (shell, "not_allowed", 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(path, func) g_test_add (path, Shell, NULL, shell_open, func, shell_close)
  add ("/sl/cli/json-is-one-line-on-standard-output", json_is_one_line_on_standard_output);
  add ("/sl/cli/people-read-answers-here-and-errors-there", people_read_answers_here_and_errors_there);
  add ("/sl/cli/wrong-words-say-nothing-on-standard-output", wrong_words_say_nothing_on_standard_output);
  add ("/sl/cli/each-command-has-a-help-of-its-own", each_command_has_a_help_of_its_own);
  add ("/sl/cli/a-key-brings-a-founding-back-once-more", a_key_brings_a_founding_back_once_more);
  add ("/sl/cli/a-key-works-around-commands-with-transactions-of-their-own",
       a_key_works_around_commands_with_transactions_of_their_own);
  add ("/sl/cli/a-kept-answer-lies-sealed", a_kept_answer_lies_sealed);
  add ("/sl/cli/input-files-are-named-with-their-line", input_files_are_named_with_their_line);
  add ("/sl/cli/bad-input-where-an-output-is-no-ordinary-file", bad_input_where_an_output_is_no_ordinary_file);
  add ("/sl/cli/staff-act-with-their-pin-alone", staff_act_with_their_pin_alone);
  return g_test_run ();
}
