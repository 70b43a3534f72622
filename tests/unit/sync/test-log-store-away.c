/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-log-store-away"

#include "fake-world.h"
#include "log-store-fixture.h"
#include "test-postgresql.h"

#include "core/error.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

/* A PostgreSQL that stops, dies, comes back, or was made by another release. */

#define WAIT_US (G_GINT64_CONSTANT (120) * G_USEC_PER_SEC)
#define THREADS 6

typedef struct {
  SlTestPostgresql *server;
  SlFakeWorld world;
} Suite;

static SlLogStore *
open_at (Suite *suite, const char *uri)
{
  g_autoptr (GError) error = NULL;
  SlLogStore *store = sl_log_store_open (uri, &suite->world.base, &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static void
exec (const char *uri, const char *sql)
{
  PGconn *conn = PQconnectdb (uri);
  PGresult *result = PQexec (conn, sql);
  g_assert_cmpstr (PQresultErrorMessage (result), ==, "");
  PQclear (result);
  PQfinish (conn);
}

typedef struct {
  SlId tenant;
  FixtureWriter writers[THREADS];
  GThread *threads[THREADS];
} Load;

static void
load_start (Load *load, SlLogStore *store, guint n_each)
{
  load->tenant = fixture_tenant (store, "One");
  for (guint i = 0; i < THREADS; i++)
    {
      load->writers[i] = (FixtureWriter){ store, load->tenant, (guint8) (i + 1), n_each, 0, 0 };
      load->threads[i] = g_thread_new ("writer", fixture_write, &load->writers[i]);
    }
}

static guint
load_appended (Load *load)
{
  guint appended = 0;
  for (guint i = 0; i < THREADS; i++)
    appended += (guint) g_atomic_int_get (&load->writers[i].appended);
  return appended;
}

static void
load_wait_for (Load *load, guint appended)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  while (load_appended (load) < appended)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (1000);
    }
}

/* How often the writers found the server away. */
static guint
load_finish (Load *load)
{
  guint busy = 0;
  for (guint i = 0; i < THREADS; i++)
    {
      (void) g_thread_join (load->threads[i]);
      busy += load->writers[i].busy;
    }
  return busy;
}

static void
loses_nothing_when_the_server_is_killed (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "killed");
  g_autoptr (SlLogStore) store = open_at (suite, uri);
  Load load;
  load_start (&load, store, 60);
  for (guint i = 1; i <= 3; i++)
    {
      load_wait_for (&load, i * 60);
      sl_test_postgresql_kill (suite->server);
      sl_test_postgresql_start (suite->server);
    }
  guint busy = load_finish (&load);
  g_test_message ("found away %u times", busy);
  fixture_check_log (store, &load.tenant, THREADS, 60);
}

static void
goes_on_when_the_server_was_restarted (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "restarted");
  g_autoptr (SlLogStore) store = open_at (suite, uri);
  Load load;
  load_start (&load, store, 60);
  for (guint i = 1; i <= 3; i++)
    {
      load_wait_for (&load, i * 60);
      sl_test_postgresql_restart (suite->server);
    }
  (void) load_finish (&load);
  fixture_check_log (store, &load.tenant, THREADS, 60);
}

static void
says_busy_while_the_server_is_away (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "away");
  g_autoptr (SlLogStore) store = open_at (suite, uri);
  g_autoptr (GError) error = NULL;
  SlId tenant = fixture_tenant (store, "One");
  SlEntry entry = fixture_entry (1, 1, 100);
  gboolean appended, fresh;
  guint64 head;
  guint8 nonce[16] = { 1 };
  sl_test_postgresql_stop (suite->server);
  g_assert_false (sl_log_store_append (store, &tenant, 0, &entry, 1, &appended, &head, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (sl_log_store_find_tenant (store, &tenant, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (sl_log_store_take_nonce (store, &tenant, nonce, FIXTURE_NOW_MS, &fresh, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  g_assert_false (fresh);
  g_clear_error (&error);
  g_assert_false (sl_log_store_check (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (sl_log_store_open (uri, &suite->world.base, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  sl_test_postgresql_start (suite->server);
  g_assert_true (sl_log_store_check (store, NULL));
  fixture_append (store, &tenant, 0, &entry, 1);
  sl_entry_clear (&entry);
}

/* Connections that were fine when they were put aside: nobody should notice. */
static void
does_not_mind_connections_that_were_cut (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "cut");
  g_autofree char *other = sl_test_postgresql_database (suite->server, "cutter");
  g_autoptr (SlLogStore) store = open_at (suite, uri);
  SlId tenant = fixture_tenant (store, "One");
  SlEntry entry = fixture_entry (1, 1, 100);
  for (guint64 i = 0; i < 3; i++)
    {
      exec (other, "SELECT pg_terminate_backend (pid, 60000) FROM pg_stat_activity WHERE datname = 'cut'");
      fixture_append (store, &tenant, i, &entry, 1);
    }
  sl_entry_clear (&entry);
}

typedef struct {
  GMutex mutex;
  GCond cond;
  guint n_any;
  SlId tenant;
  guint64 head;
} Ear;

static void
hear (const SlId *tenant, guint64 head, gpointer user_data)
{
  Ear *ear = user_data;
  g_mutex_lock (&ear->mutex);
  if (sl_id_is_none (tenant))
    ear->n_any++;
  else if (sl_id_equal (tenant, &ear->tenant))
    ear->head = head;
  g_cond_signal (&ear->cond);
  g_mutex_unlock (&ear->mutex);
}

static void
wait_to_hear (Ear *ear, guint n_any, guint64 head)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  g_mutex_lock (&ear->mutex);
  while (ear->n_any < n_any || ear->head < head)
    if (!g_cond_wait_until (&ear->cond, &ear->mutex, end_us))
      g_error ("no news");
  g_mutex_unlock (&ear->mutex);
}

static void
tells_that_anything_may_be_new_after_a_pause (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "news");
  SlLogStore *store = open_at (suite, uri);
  g_autoptr (SlLogStore) other = open_at (suite, uri);
  SlId tenant = fixture_tenant (store, "One");
  SlEntry entry = fixture_entry (1, 1, 100);
  Ear ear = { .tenant = tenant };
  sl_log_store_set_news (store, hear, &ear);
  wait_to_hear (&ear, 1, 0);
  fixture_append (other, &tenant, 0, &entry, 1);
  wait_to_hear (&ear, 1, 1);
  sl_test_postgresql_restart (suite->server);
  wait_to_hear (&ear, 2, 1);
  fixture_append (other, &tenant, 1, &entry, 1);
  wait_to_hear (&ear, 2, 2);
  exec (uri, "NOTIFY hub_news, 'what is this'; NOTIFY hub_news; NOTIFY hub_news, 'x -1'");
  fixture_append (other, &tenant, 2, &entry, 1);
  wait_to_hear (&ear, 2, 3);
  sl_log_store_close (store);
  sl_entry_clear (&entry);
}

static void
refuses_a_database_of_a_later_release (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "later");
  g_autoptr (GError) error = NULL;
  sl_log_store_close (open_at (suite, uri));
  sl_log_store_close (open_at (suite, uri));
  exec (uri, "INSERT INTO hub_schema (version) VALUES (1000)");
  g_assert_null (sl_log_store_open (uri, &suite->world.base, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
}

/* The server may be set to acknowledge before the disk has it; not for us. */
static void
waits_for_the_disk_whatever_the_server_is_set_to (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  g_autofree char *uri = sl_test_postgresql_database (suite->server, "lax");
  exec (uri, "ALTER DATABASE lax SET synchronous_commit = off");
  g_autoptr (SlLogStore) store = open_at (suite, uri);
  SlEntry entry = fixture_entry (1, 1, 100);
  SlId tenant = fixture_tenant (store, "One");
  for (guint64 i = 0; i < 20; i++)
    fixture_append (store, &tenant, i, &entry, 1);
  sl_test_postgresql_kill (suite->server); /* what only lay in its memory is gone */
  sl_test_postgresql_start (suite->server);
  g_autoptr (SlTenant) found = sl_log_store_find_tenant (store, &tenant, NULL);
  g_assert_cmpuint (found->head, ==, 20);
  sl_entry_clear (&entry);
}

static void
keeps_passwords_out_of_errors (gconstpointer data)
{
  Suite *suite = (Suite *) data;
  const char *bad[] = { "postgresql://hub:secret@127.0.0.1:1/hub", "postgresql://hub:secret@/hub?host=/nowhere",
                        "postgresql://hub:secret@/hub?nonsense=1" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_log_store_open (bad[i], &suite->world.base, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  g_autoptr (SlTestPostgresql) server = sl_test_postgresql_new ();
  Suite suite = { .server = server };
  sl_fake_world_init (&suite.world, FIXTURE_NOW_MS, 1);
  g_test_add_data_func ("/sl/log-store-away/loses-nothing-when-the-server-is-killed", &suite,
                        loses_nothing_when_the_server_is_killed);
  g_test_add_data_func ("/sl/log-store-away/goes-on-when-the-server-was-restarted", &suite,
                        goes_on_when_the_server_was_restarted);
  g_test_add_data_func ("/sl/log-store-away/says-busy-while-the-server-is-away", &suite,
                        says_busy_while_the_server_is_away);
  g_test_add_data_func ("/sl/log-store-away/does-not-mind-connections-that-were-cut", &suite,
                        does_not_mind_connections_that_were_cut);
  g_test_add_data_func ("/sl/log-store-away/tells-that-anything-may-be-new-after-a-pause", &suite,
                        tells_that_anything_may_be_new_after_a_pause);
  g_test_add_data_func ("/sl/log-store-away/too-new-refuses-a-database-of-a-later-release", &suite,
                        refuses_a_database_of_a_later_release);
  g_test_add_data_func ("/sl/log-store-away/waits-for-the-disk-whatever-the-server-is-set-to", &suite,
                        waits_for_the_disk_whatever_the_server_is_set_to);
  g_test_add_data_func ("/sl/log-store-away/keeps-passwords-out-of-errors", &suite, keeps_passwords_out_of_errors);
  return g_test_run ();
}
