/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "trace-vfs.h"

#define ALL_TYPES "SELECT ?1, ?2, ?3, ?4, ?5, ?6"

static void
each_letter_binds_its_type (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  SlId id = { { 1, 2, 3 } }, got;
  g_autoptr (GBytes) bytes = g_bytes_new ("\0\1", 2);
  gsize length;
  g_autoptr (SlRows) rows = sl_store_query (store, ALL_TYPES, "itdbgn", G_MININT64, "Zoë", &id, "ab", (gsize) 2, bytes);
  g_assert_true (sl_rows_next (rows));
  g_assert_cmpint (sl_rows_int (rows, 0), ==, G_MININT64);
  g_assert_cmpstr (sl_rows_text (rows, 1), ==, "Zoë");
  sl_rows_id (rows, 2, &got);
  g_assert_true (sl_id_equal (&id, &got));
  const void *blob = sl_rows_blob (rows, 3, &length);
  g_assert_cmpmem (blob, length, "ab", 2);
  g_autoptr (GBytes) copy = sl_rows_dup_blob (rows, 4);
  g_assert_true (g_bytes_equal (copy, bytes));
  g_assert_true (sl_rows_is_null (rows, 5));
  g_assert_false (sl_rows_next (rows));
  g_assert_true (sl_rows_finish (rows, NULL));
}

static void
null_and_none_bind_null (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  SlId got = { { 9 } };
  gsize length = 9;
  g_autoptr (SlRows) rows = sl_store_query (store, ALL_TYPES, "tddbgn", NULL, NULL, &sl_id_none, NULL, (gsize) 0, NULL);
  g_assert_true (sl_rows_next (rows));
  for (int i = 0; i < 6; i++)
    g_assert_true (sl_rows_is_null (rows, i));
  g_assert_null (sl_rows_text (rows, 0));
  g_assert_null (sl_rows_dup_text (rows, 0));
  g_assert_null (sl_rows_blob (rows, 3, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (sl_rows_dup_blob (rows, 3));
  g_assert_cmpint (sl_rows_int (rows, 0), ==, 0);
  sl_rows_id (rows, 1, &got);
  g_assert_true (sl_id_is_none (&got));
  g_assert_true (sl_rows_finish (rows, NULL));
}

static void
values_of_an_array_bind_like_letters (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  SlId id = { { 1, 2, 3 } }, got;
  g_autoptr (GBytes) bytes = g_bytes_new ("ab", 2);
  const SlValue values[] = { { 'i', { .integer = -5 } }, { 't', { .text = "Zoë" } }, { 'd', { .id = &id } },
                             { 'g', { .bytes = bytes } }, { 'n', { .integer = 9 } }, { 't', { .text = NULL } },
                             { 'd', { .id = &sl_id_none } }, { 'g', { .bytes = NULL } } };
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (
      store, NULL, "CREATE TABLE any (a ANY, b ANY, c ANY, d ANY, e ANY, f ANY, g ANY, h ANY) STRICT", ""));
  g_assert_true (sl_store_exec_values (store, NULL, "INSERT INTO any VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", values,
                                       G_N_ELEMENTS (values)));
  g_assert_true (sl_store_commit (store, NULL));
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT * FROM any", "");
  g_assert_true (sl_rows_next (rows));
  g_assert_cmpint (sl_rows_int (rows, 0), ==, -5);
  g_assert_cmpstr (sl_rows_text (rows, 1), ==, "Zoë");
  sl_rows_id (rows, 2, &got);
  g_assert_true (sl_id_equal (&id, &got));
  g_autoptr (GBytes) copy = sl_rows_dup_blob (rows, 3);
  g_assert_true (g_bytes_equal (copy, bytes));
  for (int i = 4; i < 8; i++)
    g_assert_true (sl_rows_is_null (rows, i));
  g_assert_true (sl_rows_finish (rows, NULL));
}

static void
no_bytes_are_not_null (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  gsize length;
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT ?1, ?2, ?3", "bgt", "", (gsize) 0, empty, "");
  g_assert_true (sl_rows_next (rows));
  for (int i = 0; i < 3; i++)
    g_assert_false (sl_rows_is_null (rows, i));
  g_assert_nonnull (sl_rows_blob (rows, 0, &length));
  g_assert_cmpuint (length, ==, 0);
  g_autoptr (GBytes) copy = sl_rows_dup_blob (rows, 1);
  g_assert_cmpuint (g_bytes_get_size (copy), ==, 0);
  g_assert_cmpstr (sl_rows_text (rows, 2), ==, "");
  g_assert_true (sl_rows_finish (rows, NULL));
}

static void
arguments_of_a_query_may_go_before_its_rows (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  char *text = g_strdup ("gone");
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT ?1 UNION ALL SELECT ?1", "t", text);
  memset (text, 'x', 4);
  g_free (text);
  g_assert_true (sl_rows_next (rows));
  g_assert_cmpstr (sl_rows_text (rows, 0), ==, "gone");
  g_assert_true (sl_rows_next (rows));
  g_assert_cmpstr (sl_rows_text (rows, 0), ==, "gone");
  g_assert_true (sl_rows_finish (rows, NULL));
}

static void
the_same_text_can_be_open_many_times (void)
{
  static const char sql[] = "WITH n (i) AS (VALUES (1), (2), (3)) SELECT i * ?1 FROM n";
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  gint64 sum = 0;
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (SlRows) outer = sl_store_query (store, sql, "i", G_GINT64_CONSTANT (100));
      while (sl_rows_next (outer))
        {
          g_autoptr (SlRows) inner = sl_store_query (store, sql, "i", G_GINT64_CONSTANT (1));
          while (sl_rows_next (inner))
            sum += sl_rows_int (outer, 0) + sl_rows_int (inner, 0);
          g_assert_true (sl_rows_finish (inner, NULL));
        }
      g_assert_true (sl_rows_finish (outer, NULL));
    }
  g_assert_cmpint (sum, ==, 3 * (3 * 600 + 3 * 6));
}

static void
rows_left_unread_do_not_stand_in_the_way (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  fixture_commit (store, 2);
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT id FROM note ORDER BY id", "");
  g_assert_true (sl_rows_next (rows));
  g_assert_true (sl_rows_finish (rows, NULL));
  g_assert_false (sl_rows_next (rows));
  fixture_commit (store, 3);
  {
    g_autoptr (SlRows) unread = sl_store_query (store, "SELECT id FROM note ORDER BY id", "");
    g_assert_true (sl_rows_next (unread));
  }
  fixture_commit (store, 4);
  g_assert_cmpint (fixture_count (store), ==, 4);
}

static void
old_arguments_do_not_come_back (void)
{
  static const char sql[] = "INSERT INTO note (id, text) VALUES (?1, ?2)";
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, sql, "it", G_GINT64_CONSTANT (1), "one"));
  g_assert_cmpint (sl_store_changes (store), ==, 1);
  g_assert_true (sl_store_exec (store, NULL, sql, "in", G_GINT64_CONSTANT (2)));
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpint (fixture_int (store, "SELECT text IS NULL FROM note WHERE id = 2"), ==, 1);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, "UPDATE note SET text = 'x'", ""));
  g_assert_cmpint (sl_store_changes (store), ==, 2);
  sl_store_rollback (store);
}

static void
a_failed_statement_can_be_used_again (void)
{
  static const char sql[] = "INSERT INTO note (id, text) VALUES (?1, ?2)";
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, sql, "it", G_GINT64_CONSTANT (1), "one"));
  g_assert_false (sl_store_exec (store, &error, sql, "it", G_GINT64_CONSTANT (1), "again"));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
  /* the transaction is still there */
  g_assert_true (sl_store_exec (store, NULL, sql, "it", G_GINT64_CONSTANT (2), "two"));
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpint (fixture_count (store), ==, 2);
}

static void
an_id_that_is_none_is_corrupt (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  SlId id = { { 7 } };
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT x'0102' UNION ALL SELECT x'03'", "");
  g_assert_true (sl_rows_next (rows));
  sl_rows_id (rows, 0, &id);
  g_assert_true (sl_id_is_none (&id));
  g_assert_false (sl_rows_next (rows));
  g_assert_false (sl_rows_finish (rows, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
}

static void
a_failure_is_told_at_the_end (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  gint64 value;
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT 1 FROM no_such_table", "");
  g_assert_false (sl_rows_next (rows));
  g_assert_false (sl_rows_finish (rows, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
  g_clear_error (&error);
  g_autoptr (SlRows) later
      = sl_store_query (store, "SELECT abs(i) FROM (SELECT 1 AS i UNION ALL SELECT -9223372036854775807 - 1)", "");
  g_assert_true (sl_rows_next (later));
  g_assert_false (sl_rows_next (later));
  g_assert_false (sl_rows_finish (later, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (sl_store_query_int (store, 0, &value, &error, "SELECT nonsense", ""));
  g_assert_nonnull (error);
}

static void
one_integer_or_the_fallback (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  gint64 value;
  fixture_commit (store, 5);
  g_assert_true (
      sl_store_query_int (store, 42, &value, NULL, "SELECT id FROM note WHERE id > ?1", "i", G_GINT64_CONSTANT (3)));
  g_assert_cmpint (value, ==, 5);
  g_assert_true (
      sl_store_query_int (store, 42, &value, NULL, "SELECT id FROM note WHERE id > ?1", "i", G_GINT64_CONSTANT (7)));
  g_assert_cmpint (value, ==, 42);
  g_assert_true (sl_store_query_int (store, 42, &value, NULL, "SELECT max(id) FROM note WHERE id > 7", ""));
  g_assert_cmpint (value, ==, 0);
}

static void
a_script_stops_at_what_fails (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec_script (
      store, "INSERT INTO note VALUES (1, 'a;b'); -- one\nINSERT INTO note VALUES (2, 'c')\n", NULL));
  g_assert_false (sl_store_exec_script (
      store, "INSERT INTO note VALUES (3, 'd'); INSERT INTO nowhere VALUES (1); DELETE FROM note", &error));
  g_assert_nonnull (error);
  g_assert_cmpint (fixture_count (store), ==, 3);
  sl_store_rollback (store);
  g_assert_cmpint (fixture_count (store), ==, 0);
}

static void
more_texts_than_the_cache_holds_still_work (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  for (int i = 0; i < 2000; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %d", i);
      g_assert_cmpint (fixture_int (store, sql), ==, i);
    }
  g_assert_cmpuint (g_hash_table_size (store->statements), <=, 512);
}

/* Bugs of a caller, each in a process of its own. */
static void
in_subprocess (const char *path, const char *complaint)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (complaint);
}

static void
wrong_number_of_arguments (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT ?1, ?2", "i", G_GINT64_CONSTANT (1));
}

static void
write_without_transaction (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_assert_true (sl_store_exec (store, NULL, "INSERT INTO note (id) VALUES (1)", ""));
}

static void
transaction_by_hand (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, "COMMIT", ""));
}

static void
begin_with_open_rows (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlRows) rows = sl_store_query (store, "SELECT 1 UNION ALL SELECT 2", "");
  g_assert_true (sl_rows_next (rows));
  g_assert_true (sl_store_begin (store, NULL));
}

static void
bugs_of_callers_are_asserted (void)
{
  in_subprocess ("/sl/store-rows/subprocess/wrong-number-of-arguments", "*bind_parameter_count*");
  in_subprocess ("/sl/store-rows/subprocess/write-without-transaction", "*stmt_readonly*");
  in_subprocess ("/sl/store-rows/subprocess/transaction-by-hand", "*autocommit*");
  in_subprocess ("/sl/store-rows/subprocess/begin-with-open-rows", "*open_rows*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-rows/" path, func)
  ADD ("each-letter-binds-its-type", each_letter_binds_its_type);
  ADD ("null-and-none-bind-null", null_and_none_bind_null);
  ADD ("values-of-an-array-bind-like-letters", values_of_an_array_bind_like_letters);
  ADD ("no-bytes-are-not-null", no_bytes_are_not_null);
  ADD ("arguments-of-a-query-may-go-before-its-rows", arguments_of_a_query_may_go_before_its_rows);
  ADD ("the-same-text-can-be-open-many-times", the_same_text_can_be_open_many_times);
  ADD ("rows-left-unread-do-not-stand-in-the-way", rows_left_unread_do_not_stand_in_the_way);
  ADD ("old-arguments-do-not-come-back", old_arguments_do_not_come_back);
  ADD ("a-failed-statement-can-be-used-again", a_failed_statement_can_be_used_again);
  ADD ("an-id-that-is-none-is-corrupt", an_id_that_is_none_is_corrupt);
  ADD ("a-failure-is-told-at-the-end", a_failure_is_told_at_the_end);
  ADD ("one-integer-or-the-fallback", one_integer_or_the_fallback);
  ADD ("a-script-stops-at-what-fails", a_script_stops_at_what_fails);
  ADD ("more-texts-than-the-cache-holds-still-work", more_texts_than_the_cache_holds_still_work);
  ADD ("bugs-of-callers-are-asserted", bugs_of_callers_are_asserted);
  ADD ("subprocess/wrong-number-of-arguments", wrong_number_of_arguments);
  ADD ("subprocess/write-without-transaction", write_without_transaction);
  ADD ("subprocess/transaction-by-hand", transaction_by_hand);
  ADD ("subprocess/begin-with-open-rows", begin_with_open_rows);
  return g_test_run ();
}
