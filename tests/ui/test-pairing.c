/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-pairing"

#include "kiosk/pairing.h"

#include "temp-dir.h"

#include "core/crypto.h"

/* Pairing by itself, before hubs that never answer or are not there; with a real one: pairing.py. */

#define CODE "#D7WB-WXHK-NK4P"

typedef struct {
  SlTempDir *dir;
  char *data_dir;
  SlPairing *pairing;
  GSocketListener *silent; /* takes connections and says nothing */
  guint16 port;
  GSocketConnection *asked; /* (nullable) */
  guint n_done;
  SlPairShown shown;
  char *detail;
} Fixture;

static void
on_done (SlPairShown shown, const char *detail, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_done++;
  fixture->shown = shown;
  g_free (fixture->detail);
  fixture->detail = g_strdup (detail);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->asked = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = sl_temp_dir_new ();
  fixture->data_dir = sl_temp_dir_file (fixture->dir, "data");
  fixture->pairing = sl_pairing_new (fixture->data_dir, sl_world_system (), on_done, fixture);
  fixture->silent = g_socket_listener_new ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_assert_true (g_socket_listener_add_address (fixture->silent, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->pairing, sl_pairing_free);
  g_clear_object (&fixture->asked);
  g_socket_listener_close (fixture->silent);
  g_clear_object (&fixture->silent);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_autofree char *database = g_build_filename (fixture->data_dir, "studioloop.db", NULL);
  g_assert_false (g_file_test (database, G_FILE_TEST_EXISTS));
  sl_temp_dir_free (fixture->dir);
  g_free (fixture->data_dir);
  g_free (fixture->detail);
}

static void
wait_until_asked (Fixture *fixture)
{
  g_autofree char *text = g_strdup_printf ("http://127.0.0.1:%u" CODE, fixture->port);

  g_socket_listener_accept_async (fixture->silent, NULL, on_asked, fixture);
  g_assert_cmpint (sl_pairing_begin (fixture->pairing, text), ==, SL_PAIR_SHOWN_PAIRING);
  while (fixture->asked == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sl_pairing_is_running (fixture->pairing));
}

static void
test_other_codes (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *text; SlPairShown shown; } codes[] = {
    { "", SL_PAIR_SHOWN_FOREIGN }, { "WIFI:S:x;P:y;;", SL_PAIR_SHOWN_FOREIGN },
    { "https://hub.example", SL_PAIR_SHOWN_NO_CODE }, { "http://hub.example" CODE, SL_PAIR_SHOWN_PLAIN },
    { "SL2OFALATERFORMAT", SL_PAIR_SHOWN_STUDIO_CODE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_assert_cmpint (sl_pairing_begin (fixture->pairing, codes[i].text), ==, codes[i].shown);
      g_assert_false (sl_pairing_is_running (fixture->pairing));
    }
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strdup_printf ("http://127.0.0.1:%u" CODE, fixture->port);

  g_socket_listener_close (fixture->silent);
  for (guint i = 1; i <= 2; i++)
    {
      g_assert_cmpint (sl_pairing_begin (fixture->pairing, text), ==, SL_PAIR_SHOWN_PAIRING);
      while (fixture->n_done < i)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (fixture->shown, ==, SL_PAIR_SHOWN_OFFLINE);
      g_assert_nonnull (fixture->detail);
      g_assert_false (sl_pairing_is_running (fixture->pairing));
    }
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  wait_until_asked (fixture);
  sl_pairing_stop (fixture->pairing);
  while (fixture->n_done == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (fixture->shown, ==, SL_PAIR_SHOWN_WAITING);
  g_assert_false (sl_pairing_is_running (fixture->pairing));
}

static void
test_freed (Fixture *fixture, gconstpointer data)
{
  wait_until_asked (fixture);
  g_clear_pointer (&fixture->pairing, sl_pairing_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_done, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_assert_true (sl_crypto_init (NULL));
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  TEST ("/sl/pairing/asks-nobody-by-other-codes", test_other_codes);
  TEST ("/sl/pairing/says-that-nobody-answers-and-can-be-asked-again", test_nobody_there);
  TEST ("/sl/pairing/waits-no-longer-when-it-is-stopped", test_stopped);
  TEST ("/sl/pairing/ends-with-its-door-while-a-hub-says-nothing", test_freed);
#undef TEST
  return g_test_run ();
}
