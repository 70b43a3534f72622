/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-status"

#include "section-screen.h"

#include "engine/print-queue.h"
#include "engine/sale.h"
#include "kiosk/desk-shell.h"

/* The words at the edge of reception's page: how things stand. */

static void
on_left (gpointer user_data)
{
}

static GtkWidget *
reception_new (SlDesk *desk)
{
  GtkWidget *page = sl_desk_page_new ();

  sl_desk_shell_attach (desk, SL_DESK_PAGE (page), on_left, NULL);
  return page;
}

/* A printer that is off, and what is wanted of it; all of it from another process's side. */

static GBytes *
make (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer, GError **error)
{
  return g_bytes_new_static ("paper", 5);
}

static SlPrintEnd
print (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
       gboolean (*begin) (gpointer data, gint64 counter), gpointer data, char **out_problem)
{
  *out_problem = g_strdup ("it does not answer");
  return SL_PRINT_NOT_BEGUN;
}

static gboolean
ask (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end)
{
  return FALSE;
}

static void
add_printer (Screen *screen)
{
  const SlPrinter printer = { (char *) "desk", (char *) "tcp:printer", (char *) "80", TRUE, FALSE, FALSE, TRUE };
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

static void
want_prints (Screen *screen, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      SlId id;

      g_assert_true (sl_print_queue_add (screen->desk.engine, &(SlPrintRequest) { .kind = SL_PRINT_TEST }, &id, NULL));
      g_assert_false (sl_id_is_none (&id));
    }
}

static void
try_to_print (Screen *screen)
{
  SlPrintPort port = { make, print, ask };
  SlPrintCounts counts;

  g_assert_true (sl_print_queue_run (screen->desk.engine, &port, &counts, NULL));
}

static void
drop_prints (Screen *screen)
{
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (screen->desk.engine, FALSE, NULL);

  for (guint i = 0; i < jobs->len; i++)
    {
      const SlPrintJob *job = jobs->pdata[i];
      g_auto (SlRefusal) refusal = { 0 };

      g_assert_true (sl_print_queue_say (screen->desk.engine, &screen->desk.owner, &job->id, SL_PRINT_DROP, &refusal,
                                         NULL));
      g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
    }
}

static void
test_printer_off (Screen *screen, gconstpointer data)
{
  add_printer (screen);
  want_prints (screen, 1);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, reception_new);
  screen_wait (screen, "Stand-alone");
  g_assert_false (screen_shows (screen, "Printer off")); /* it has just been asked for */

  try_to_print (screen);
  screen_wait (screen, "Printer off, 1 waiting");
  want_prints (screen, 2);
  screen_wait (screen, "Printer off, 3 waiting");
  drop_prints (screen);
  screen_wait_gone (screen, "Printer off");
}

/* --- what needs attention, on the rail --- */

/* A transfer that another desk was promised nine days ago, and something that it does now. */
static void
promise (Screen *screen, const char *who)
{
  SlPay pay = { .method = "eft", .amount_cents = SL_NUMBER_NONE, .pending = TRUE };
  SlSaleParams params = { .member_id = desk_member (&screen->desk, who), .package_id = screen_five_rides (screen),
                          .pays = &pay, .n_pays = 1, .amount_cents = SL_NUMBER_NONE };
  SlSale sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_sale_package (screen->desk.engine, &screen->desk.owner, &params, &sale, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  screen->desk.world.now_ms += DAYS (9);
  desk_member (&screen->desk, "Zola");
}

static void
test_counts_what_needs_attention (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_show (screen, reception_new);
  g_assert_null (screen_find (screen, "1"));
  promise (screen, "Thandi");
  while (screen_find (screen, "1") == NULL)
    g_main_context_iteration (NULL, TRUE);
  promise (screen, "Sipho");
  promise (screen, "Lindiwe");
  while (screen_find (screen, "3") == NULL)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
  g_test_add ("/sl/desk-status/printer-that-is-off-is-said-with-what-waits", Screen, NULL, screen_open,
              test_printer_off, screen_close);
  g_test_add ("/sl/desk-status/what-needs-attention-is-counted-as-it-comes", Screen, NULL, screen_open,
              test_counts_what_needs_attention, screen_close);
  return g_test_run ();
}
