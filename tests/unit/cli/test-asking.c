/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-asking"

#include "cli/cli.h"

#include "../engine/desk-fixture.h"
#include "engine/device.h"

/* A command at one desk, whose sessions and credits another holds, and somebody who brings what it asks for. */

#define START (MORNING + DAYS (2))
#define WORDS_MAX 24

typedef struct {
  Desk *holder, second;
  gboolean there, gives;
  guint asked;
  int status;
  GString *out, *err; /* of the last command */
  SlCliFetcher fetcher;
} Pair;

static gboolean
is_there (gpointer user_data, const char *data_dir)
{
  Pair *pair = user_data;

  g_assert_cmpstr (data_dir, ==, pair->second.dir->path);
  return pair->there;
}

static gboolean
fetch (gpointer user_data, const char *data_dir, const SlAsk *ask, gint64 timeout_ms)
{
  Pair *pair = user_data;
  SlAsk wanted = *ask;
  SlId asker;

  pair->asked++;
  g_assert_cmpint (timeout_ms, >, 0);
  g_assert_cmpint (timeout_ms, <=, SL_CLI_FETCH_MS);
  if (!pair->gives)
    return FALSE;
  sl_engine_get_replica (pair->second.engine, &asker);
  g_assert_true (sl_ask_grant (pair->holder->engine, &asker, &wanted, 1, NULL));
  desk_carry_log (pair->holder, &pair->second);
  return wanted.amount > 0;
}

static void
pair_open (Pair *pair, Desk *desk)
{
  *pair = (Pair){ .holder = desk, .there = TRUE, .gives = TRUE, .fetcher = { is_there, fetch, pair } };
  pair->out = g_string_new (NULL);
  pair->err = g_string_new (NULL);
  desk_join (&pair->second, desk, "Second");
  g_assert_true (sl_device_become_hub (desk->engine, NULL));
  desk_carry_log (&pair->second, desk);
}

static void
pair_close (Pair *pair)
{
  desk_close (&pair->second, NULL);
  g_string_free (pair->out, TRUE);
  g_string_free (pair->err, TRUE);
}

static void
run (Pair *pair, const char *const *words)
{
  const char *argv[WORDS_MAX] = { "studioloop", "--json", "--data", pair->second.dir->path };
  int argc = 4;

  for (; words[argc - 4] != NULL; argc++)
    argv[argc] = words[argc - 4];
  g_string_truncate (pair->out, 0);
  g_string_truncate (pair->err, 0);
  pair->status = sl_cli_main_asking (argc, argv, &pair->second.world.base, &pair->fetcher, pair->out, pair->err);
}
#define run_words(pair, ...) run (pair, (const char *[]){ __VA_ARGS__, NULL })

static char *
text_of (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];

  return g_strdup (sl_id_format (id, text));
}

/* The status of what was booked, or the code of the refusal. */
static const char *
told (Pair *pair)
{
  g_autoptr (json_t) answer = json_loads (pair->out->str, 0, NULL);
  json_t *error = json_object_get (answer, "error");
  const char *text = json_string_value (error != NULL ? json_object_get (error, "code")
                                                      : json_object_get (answer, "status"));

  return g_intern_string (text);
}

/* A class of the first desk, for one credit of those that were sold there. */
static void
stock (Pair *pair, SlId *out_member, SlId *out_session, gint64 capacity)
{
  SlId service = desk_service (pair->holder, 100, capacity, 60);

  *out_member = desk_member (pair->holder, "Thandi");
  (void) desk_credits (pair->holder, out_member, 300, 60);
  *out_session = desk_session (pair->holder, &service, START);
  desk_carry_log (pair->holder, &pair->second);
}

static void
a_command_fetches_what_it_lacks_and_runs_again (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlId member_id, session_id;

  pair_open (&pair, desk);
  stock (&pair, &member_id, &session_id, 5);
  g_autofree char *member = text_of (&member_id), *session = text_of (&session_id);
  run_words (&pair, "book", "--member", member, "--session", session);
  g_assert_cmpstr (told (&pair), ==, "confirmed");
  g_assert_cmpint (pair.status, ==, 0);
  g_assert_cmpuint (pair.asked, ==, 2); /* the spot, then the credit */
  g_assert_cmpint (desk_balance (&pair.second, &member_id), ==, 200);
  pair_close (&pair);
}

static void
a_key_keeps_the_answer_of_the_last_run_alone (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlId member_id, session_id;

  pair_open (&pair, desk);
  stock (&pair, &member_id, &session_id, 5);
  g_autofree char *member = text_of (&member_id), *session = text_of (&session_id);
  run_words (&pair, "--key", "k", "book", "--member", member, "--session", session);
  g_assert_cmpstr (told (&pair), ==, "confirmed");
  g_autofree char *answer = g_strdup (pair.out->str);
  run_words (&pair, "--key", "k", "book", "--member", member, "--session", session);
  g_assert_cmpstr (pair.out->str, ==, answer);
  g_assert_cmpuint (pair.asked, ==, 2);
  g_assert_cmpint (desk_balance (&pair.second, &member_id), ==, 200);
  pair_close (&pair);
}

static void
where_nothing_comes_the_refusal_stands (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlId member_id, session_id;

  pair_open (&pair, desk);
  stock (&pair, &member_id, &session_id, 5);
  g_autofree char *member = text_of (&member_id), *session = text_of (&session_id);
  pair.gives = FALSE;
  run_words (&pair, "--key", "k", "book", "--member", member, "--session", session);
  g_assert_cmpstr (told (&pair), ==, "spots_elsewhere");
  g_assert_cmpint (pair.status, ==, 3);
  g_assert_cmpuint (pair.asked, ==, 1);
  run_words (&pair, "book", "--member", member, "--session", session, "--waitlist");
  g_assert_cmpstr (told (&pair), ==, "waitlisted");
  g_assert_cmpuint (pair.asked, ==, 2);
  pair_close (&pair);
}

static void
trust_is_for_what_cannot_be_fetched (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlId member_id, unused, service, mine, other;

  pair_open (&pair, desk);
  desk_policy (desk, "trust_visits", "1");
  stock (&pair, &member_id, &unused, 5);
  service = desk_service (&pair.second, 100, 5, 60);
  mine = desk_session (&pair.second, &service, START + DAYS (1));
  other = desk_session (&pair.second, &service, START + DAYS (2));
  g_autofree char *member = text_of (&member_id), *first = text_of (&mine), *second = text_of (&other);
  run_words (&pair, "book", "--member", member, "--session", first);
  g_assert_cmpstr (told (&pair), ==, "confirmed");
  g_assert_cmpint (desk_balance (&pair.second, &member_id), ==, 200);
  pair.gives = FALSE;
  run_words (&pair, "book", "--member", member, "--session", second);
  g_assert_cmpstr (told (&pair), ==, "confirmed");
  g_assert_cmpint (desk_balance (&pair.second, &member_id), ==, 200);
  g_assert_cmpuint (pair.asked, ==, 2);
  pair_close (&pair);
}

static void
nobody_is_asked_where_nobody_is_there_and_for_what_is_here (Desk *desk, gconstpointer data)
{
  Pair pair;
  SlId member_id, session_id, own_id;

  pair_open (&pair, desk);
  stock (&pair, &member_id, &session_id, 1);
  own_id = desk_free_class (&pair.second, START + DAYS (1), 1);
  g_autofree char *member = text_of (&member_id), *session = text_of (&session_id), *own = text_of (&own_id);
  run_words (&pair, "book", "--member", member, "--session", own);
  g_assert_cmpstr (told (&pair), ==, "confirmed");
  pair.there = FALSE;
  run_words (&pair, "book", "--member", member, "--session", session);
  g_assert_cmpstr (told (&pair), ==, "spots_elsewhere");
  g_assert_cmpuint (pair.asked, ==, 0);
  pair_close (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/asking/" name, func)
  ADD ("a-command-fetches-what-it-lacks-and-runs-again", a_command_fetches_what_it_lacks_and_runs_again);
  ADD ("a-key-keeps-the-answer-of-the-last-run-alone", a_key_keeps_the_answer_of_the_last_run_alone);
  ADD ("where-nothing-comes-the-refusal-stands", where_nothing_comes_the_refusal_stands);
  ADD ("trust-is-for-what-cannot-be-fetched", trust_is_for_what_cannot_be_fetched);
  ADD ("nobody-is-asked-where-nobody-is-there-and-for-what-is-here",
       nobody_is_asked_where_nobody_is_there_and_for_what_is_here);
  return g_test_run ();
}
