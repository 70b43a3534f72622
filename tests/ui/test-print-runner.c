/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-print-runner"

#include "kiosk/print-runner.h"

#include "desk-fixture.h"

#include "core/crypto.h"
#include "engine/print-queue.h"

#include <glib/gstdio.h>
#include <sys/socket.h>

/* The kiosk's own printing: a door, its runner, and a printer that is a directory or a socket. What another process
 * queues is seen by the door. */
typedef struct {
  Desk desk;
  SlTempDir *paper;
  SlDoor *door;
  SlPrintRunner *runner;
} Shop;

static void
open_door (Shop *shop)
{
  shop->door = sl_door_new (shop->desk.dir->path, &shop->desk.world.base);
  while (sl_door_get_state (shop->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  shop->runner = sl_print_runner_new (shop->door, &shop->desk.world.base);
}

static void
close_door (Shop *shop)
{
  g_clear_pointer (&shop->runner, sl_print_runner_free);
  sl_door_close (shop->door);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&shop->door);
}

static void
set_up (Shop *shop, gconstpointer data)
{
  desk_open (&shop->desk, NULL);
  shop->paper = sl_temp_dir_new ();
}

static void
tear_down (Shop *shop, gconstpointer data)
{
  if (shop->door != NULL)
    close_door (shop);
  desk_close (&shop->desk, NULL);
  sl_temp_dir_free (shop->paper);
}

static void
add_printer (Shop *shop, const char *target)
{
  SlPrinter printer = { .name = (char *) "desk", .target = (char *) target, .paper = (char *) "80", .cut = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_printer_set (shop->desk.engine, &shop->desk.owner, &printer, &refusal, &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
add_directory (Shop *shop)
{
  g_autofree char *target = g_strdup_printf ("dir:%s", shop->paper->path);

  add_printer (shop, target);
}

static void
queue (Shop *shop)
{
  SlPrintRequest request = { .kind = SL_PRINT_TEST };
  g_autoptr (GError) error = NULL;
  SlId id;

  g_assert_true (sl_print_queue_add (shop->desk.engine, &request, &id, &error));
  g_assert_false (sl_id_is_none (&id));
}

/* How many jobs are in that state, and have a problem where one is asked for. */
static guint
count (Shop *shop, SlPrintState state, gboolean with_problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (shop->desk.engine, TRUE, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < jobs->len; i++)
    {
      const SlPrintJob *job = jobs->pdata[i];

      n += job->state == state && (!with_problem || job->problem != NULL);
    }
  return n;
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Shop *shop, guint n, SlPrintState state, gboolean with_problem)
{
  guint waker = g_timeout_add (20, wake, NULL);

  while (count (shop, state, with_problem) != n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (waker);
}

static guint
papers (Shop *shop)
{
  g_autoptr (GDir) dir = g_dir_open (shop->paper->path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_prints (Shop *shop, gconstpointer data)
{
  add_directory (shop);
  open_door (shop);
  queue (shop);
  wait_for (shop, 1, SL_PRINT_PRINTED, FALSE);
  g_assert_cmpuint (papers (shop), ==, 1);
  queue (shop);
  wait_for (shop, 2, SL_PRINT_PRINTED, FALSE);
  g_assert_cmpuint (papers (shop), ==, 2);
}

static void
test_after_restart (Shop *shop, gconstpointer data)
{
  add_directory (shop);
  queue (shop);
  open_door (shop);
  wait_for (shop, 1, SL_PRINT_PRINTED, FALSE);
  close_door (shop);
  open_door (shop);
  queue (shop);
  wait_for (shop, 2, SL_PRINT_PRINTED, FALSE);
  g_assert_cmpuint (papers (shop), ==, 2); /* the first was not printed again */
}

static void
test_off_and_on (Shop *shop, gconstpointer data)
{
  add_directory (shop);
  g_assert_cmpint (g_rmdir (shop->paper->path), ==, 0);
  open_door (shop);
  queue (shop);
  wait_for (shop, 1, SL_PRINT_WAITING, TRUE);
  g_assert_cmpint (g_mkdir (shop->paper->path, 0700), ==, 0);
  queue (shop);
  wait_for (shop, 2, SL_PRINT_PRINTED, FALSE);
  g_assert_cmpuint (papers (shop), ==, 2);
}

static gboolean
look_at_studio (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  g_assert_cmpstr (sl_engine_studio_name (engine), ==, data);
  return TRUE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (sl_door_run_finish (SL_DOOR (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* A printer that is there, answers nothing and takes less than a page. */
static GSocket *
deaf_printer (char **out_target)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;

  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4096, NULL));
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  address = g_socket_get_local_address (socket, NULL);
  *out_target = g_strdup_printf ("tcp:127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  return g_steal_pointer (&socket);
}

static void
test_stalled_holds_up_nobody (Shop *shop, gconstpointer data)
{
  g_autofree char *target = NULL;
  g_autoptr (GSocket) printer = deaf_printer (&target);
  gboolean has_looked = FALSE;

  add_printer (shop, target);
  open_door (shop);
  queue (shop);
  wait_for (shop, 1, SL_PRINT_SENDING, FALSE);
  sl_door_run_async (shop->door, look_at_studio, (gpointer) "Fynbos Fitness", NULL, NULL, on_looked, &has_looked);
  while (!has_looked)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count (shop, SL_PRINT_PRINTED, FALSE), ==, 0);

  /* It ends although nothing moves. What came of the job nobody can say: it is not sent once more. */
  close_door (shop);
  g_assert_cmpuint (count (shop, SL_PRINT_UNCERTAIN, TRUE), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_assert_true (sl_crypto_init (NULL));
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add (path, Shop, NULL, set_up, func, tear_down)
  TEST ("/sl/print-runner/what-is-queued-is-printed-once", test_prints);
  TEST ("/sl/print-runner/queue-survives-a-restart", test_after_restart);
  TEST ("/sl/print-runner/printer-off-waits-and-goes-on", test_off_and_on);
  TEST ("/sl/print-runner/stalled-printer-holds-up-nobody", test_stalled_holds_up_nobody);
  return g_test_run ();
}
