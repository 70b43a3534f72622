/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/package.h"
#include "expect.h"

static gint64
count (Desk *desk, const char *sql)
{
  gint64 number = -1;
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &number, NULL, sql, ""));
  return number;
}

static gint64
packages (Desk *desk)
{
  g_autoptr (GPtrArray) all = sl_package_list (desk->engine, NULL);
  return all->len;
}

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
begin_keyed (Desk *desk, const char *key, const char *words, const char *wanted)
{
  g_auto (SlAnswer) answer = { 0 };
  done (sl_keyed_begin (desk->engine, &desk->owner, key, words, &answer, &refusal, &failure));
  g_autofree char *text = answer.answer != NULL
                            ? g_strndup (g_bytes_get_data (answer.answer, NULL), g_bytes_get_size (answer.answer))
                            : NULL;
  g_assert_cmpstr (text, ==, wanted);
}

static void
add_package (Desk *desk)
{
  SlId id;
  done (sl_package_add (desk->engine, &desk->owner, "Ten", 1000, 90000, 30, &id, &refusal, &failure));
}

static void
finish_keyed (Desk *desk, int exit_status, const char *text)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) answer = bytes (text);
  g_assert_true (sl_keyed_finish (desk->engine, exit_status, answer, &failure));
  g_assert_no_error (failure);
}

static void
a_key_gives_its_first_answer_again (Desk *desk, gconstpointer data)
{
  begin_keyed (desk, "k", "package add", NULL);
  add_package (desk);
  add_package (desk);
  finish_keyed (desk, 0, "made");
  begin_keyed (desk, "k", "package add", "made");
  g_assert_cmpint (packages (desk), ==, 2);
  desk->world.now_ms += SL_ANSWER_KEPT_MS - 1;
  begin_keyed (desk, "k", "package add", "made");
  desk->world.now_ms -= DAYS (30); /* a clock that went back forgets nothing */
  begin_keyed (desk, "k", "package add", "made");
  desk->world.now_ms += DAYS (30) + 1;
  begin_keyed (desk, "k", "package add", NULL);
  sl_keyed_abandon (desk->engine);
}

static const char *
try_keyed (Desk *desk, const char *key, const char *words)
{
  g_auto (SlAnswer) answer = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_keyed_begin (desk->engine, &desk->owner, key, words, &answer, &refusal, &failure));
  g_assert_no_error (failure);
  if (refusal.code == SL_REFUSAL_NONE && answer.answer == NULL)
    sl_keyed_abandon (desk->engine);
  return sl_refusal_name (refusal.code);
}

static void
show_in_answer (Desk *desk, const char *key, const SlId *member)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlMember) shown = NULL;
  g_autoptr (GError) failure = NULL;
  begin_keyed (desk, key, "member show", NULL);
  g_assert_true (sl_member_show (desk->engine, &desk->owner, member, &shown, &refusal, &failure));
  finish_keyed (desk, 0, shown->first);
  begin_keyed (desk, key, "member show", shown->first);
}

/* Of all that a key's answer told of somebody nothing is left, and nothing is done a second time. */
static void
an_answer_goes_with_whom_it_told_of (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  guint released;
  show_in_answer (desk, "t", &thandi);
  show_in_answer (desk, "s", &sipho);
  begin_keyed (desk, "e", "member erase", NULL);
  g_autoptr (SlMember) before = sl_member_get (desk->engine, &thandi, &failure);
  g_assert_true (sl_member_erase (desk->engine, &desk->owner, &thandi, NULL, &released, &refusal, &failure));
  finish_keyed (desk, 0, "erased");
  begin_keyed (desk, "e", "member erase", "erased"); /* what says nothing of them any more stays */
  begin_keyed (desk, "s", "member show", "Sipho");
  g_assert_cmpstr (try_keyed (desk, "t", "member show"), ==, "member_erased");
  g_assert_cmpstr (try_keyed (desk, "t", "member show of another"), ==, "member_erased");
  g_assert_cmpstr (try_keyed (desk, "s", "member show of another"), ==, "key_reused");
}

static void
key_reused_with_other_words (Desk *desk, gconstpointer data)
{
  g_auto (SlAnswer) answer = { 0 };
  SlActor other = { .id = { { 7 } }, .role = SL_ROLE_OWNER };
  begin_keyed (desk, "k", "package add", NULL);
  finish_keyed (desk, 0, "nothing");
  refused ("key_reused", sl_keyed_begin (desk->engine, &desk->owner, "k", "package sell", &answer, &refusal, &failure));
  g_assert_null (answer.answer);
  done (
    sl_keyed_begin (desk->engine, &other, "k", "package sell", &answer, &refusal, &failure)); /* a key is its actor's */
  g_assert_null (answer.answer);
  sl_keyed_abandon (desk->engine);
  add_package (desk); /* nothing is left open */
}

static void
a_refusal_is_kept_under_its_key (Desk *desk, gconstpointer data)
{
  SlActor finance = { .id = { { 7 } }, .role = SL_ROLE_FINANCE };
  g_auto (SlAnswer) answer = { 0 };
  SlId id;
  done (sl_keyed_begin (desk->engine, &finance, "k", "package add", &answer, &refusal, &failure));
  refused ("not_allowed", sl_package_add (desk->engine, &finance, "Ten", 1000, 90000, 30, &id, &refusal, &failure));
  finish_keyed (desk, 3, "no");
  finance.role = SL_ROLE_OWNER;
  done (sl_keyed_begin (desk->engine, &finance, "k", "package add", &answer, &refusal, &failure));
  g_assert_cmpint (answer.exit_status, ==, 3);
  g_assert_cmpmem (g_bytes_get_data (answer.answer, NULL), g_bytes_get_size (answer.answer), "no", 2);
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_refusal WHERE code = 'not_allowed'"), ==, 1);
}

static void
a_failure_leaves_nothing_of_a_keyed_command (Desk *desk, gconstpointer data)
{
  SlId nowhere = { { 9 } };
  gint64 operations = desk_operations (desk);
  begin_keyed (desk, "k", "two things", NULL);
  add_package (desk);
  fails (SL_ERROR_NOT_FOUND,
         sl_location_edit (desk->engine, &desk->owner, &nowhere, "X", NULL, NULL, &refusal, &failure));
  sl_keyed_abandon (desk->engine);
  g_assert_cmpint (packages (desk), ==, 0);
  g_assert_cmpint (desk_operations (desk), ==, operations);
  begin_keyed (desk, "k", "two things", NULL); /* it runs again */
  sl_keyed_abandon (desk->engine);
  sl_keyed_abandon (desk->engine);
}

static void
old_answers_go (Desk *desk, gconstpointer data)
{
  begin_keyed (desk, "one", "words", NULL);
  finish_keyed (desk, 0, "1");
  desk->world.now_ms += SL_ANSWER_KEPT_MS;
  begin_keyed (desk, "two", "words", NULL);
  finish_keyed (desk, 0, "2");
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_answer"), ==, 1);
}

static void
refuse_once (Desk *desk)
{
  SlActor finance = { .id = { { 7 } }, .role = SL_ROLE_FINANCE };
  SlId id;
  refused ("not_allowed", sl_package_add (desk->engine, &finance, "Ten", 1000, 90000, 30, &id, &refusal, &failure));
}

static void
a_refusal_is_noted_and_writes_no_operation (Desk *desk, gconstpointer data)
{
  gint64 operations = desk_operations (desk);
  refuse_once (desk);
  g_assert_cmpint (desk_operations (desk), ==, operations);
  g_assert_cmpint (count (desk,
                          "SELECT count (*) FROM local_refusal WHERE code = 'not_allowed' AND command = 'package add' "
                          "AND at_ms = 1772424000000 AND detail = 'role=finance' AND length (actor) = 16"),
                   ==, 1);
  add_package (desk);
}

static void
notes_are_kept_for_90_days (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  refuse_once (desk);
  desk->world.now_ms += DAYS (90);
  g_assert_true (sl_engine_idle (desk->engine, &failure));
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_refusal"), ==, 1);
  desk->world.now_ms += 1;
  g_assert_true (sl_engine_idle (desk->engine, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_refusal"), ==, 0);
}

static void
notes_are_at_most_100000 (Desk *desk, gconstpointer data)
{
  g_assert_true (sl_store_begin (desk->engine->store, NULL));
  g_assert_true (sl_store_exec (desk->engine->store, NULL,
                                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
                                "INSERT INTO local_refusal (at_ms, command, code) SELECT ?, 'x', 'bad_code' FROM n",
                                "i", MORNING));
  g_assert_true (sl_store_commit (desk->engine->store, NULL));
  refuse_once (desk);
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_refusal"), ==, 100000);
  g_assert_cmpint (count (desk, "SELECT count (*) FROM local_refusal WHERE code = 'not_allowed'"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/command/a-key-gives-its-first-answer-again", a_key_gives_its_first_answer_again);
  desk_test ("/sl/command/key-reused-with-other-words", key_reused_with_other_words);
  desk_test ("/sl/command/member-erased-of-an-answer-that-told-of-them", an_answer_goes_with_whom_it_told_of);
  desk_test ("/sl/command/a-refusal-is-kept-under-its-key", a_refusal_is_kept_under_its_key);
  desk_test ("/sl/command/a-failure-leaves-nothing-of-a-keyed-command", a_failure_leaves_nothing_of_a_keyed_command);
  desk_test ("/sl/command/old-answers-go", old_answers_go);
  desk_test ("/sl/command/a-refusal-is-noted-and-writes-no-operation", a_refusal_is_noted_and_writes_no_operation);
  desk_test ("/sl/command/notes-are-kept-for-90-days", notes_are_kept_for_90_days);
  desk_test ("/sl/command/notes-are-at-most-100000", notes_are_at_most_100000);
  return g_test_run ();
}
