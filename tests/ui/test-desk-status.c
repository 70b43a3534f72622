/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-status"

#include "section-screen.h"

#include "page-look.h"
#include "stage.h"

#include "engine/print-queue.h"
#include "engine/sale.h"
#include "kiosk/desk-shell.h"
#include "kiosk/desk-status.h"
#include "kiosk/printer-look.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

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
add_printer (Screen *screen, const char *target)
{
  const SlPrinter printer = { (char *) "desk", (char *) target, (char *) "80", TRUE, FALSE, FALSE, TRUE };
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
  add_printer (screen, "tcp:printer");
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

/* Nobody has wanted anything of it yet. */
static void
test_printer_missing (Screen *screen, gconstpointer data)
{
  g_autofree char *paper = sl_temp_dir_file (screen->desk.dir, "paper");
  g_autofree char *target = g_strconcat ("dir:", paper, NULL);

  add_printer (screen, target);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, reception_new);
  screen_wait (screen, "Printer missing");

  g_assert_cmpint (g_mkdir (paper, 0700), ==, 0); /* it is plugged in */
  screen->desk.world.now_ms += SL_PRINTER_LOOK_AGAIN_MS;
  screen_wait_gone (screen, "Printer missing");
  g_assert_false (screen_shows (screen, "Printer"));
}

/* --- devices that were taken away --- */

static void
test_other_desk_revoked (Screen *screen, gconstpointer data)
{
  Desk other, third;

  desk_join (&other, &screen->desk, "Gym floor");
  desk_join (&third, &screen->desk, "Office");
  desk_carry_log (&other, &screen->desk);
  desk_carry_log (&third, &screen->desk);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, reception_new);
  screen_wait (screen, "Stand-alone");
  g_assert_false (screen_shows (screen, "revoked"));
  desk_take_away (&screen->desk, &other);
  screen_wait (screen, "Another desk was revoked");
  desk_close (&other, NULL);
  desk_close (&third, NULL);
}

static void
test_this_desk_revoked (Screen *screen, gconstpointer data)
{
  Desk other;

  desk_join (&other, &screen->desk, "Gym floor");
  desk_carry_log (&other, &screen->desk);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, reception_new);
  screen_wait (screen, "Stand-alone");
  desk_carry_log (&screen->desk, &other);
  desk_take_away (&other, &screen->desk);
  desk_carry_log (&other, &screen->desk);
  screen_wait (screen, "This device was revoked");
  screen_wait (screen, "Use another desk");
  g_assert_false (screen_shows (screen, "Stand-alone"));
  desk_close (&other, NULL);
}

/* --- what waits for others --- */

static GtkWidget *
frame_new (SlDesk *desk)
{
  GtkWidget *page = sl_desk_page_new ();

  sl_desk_page_set_locked (SL_DESK_PAGE (page), FALSE);
  return page;
}

static void
show_states (Screen *screen, SlDeskStatus status)
{
  SlDeskPage *page = SL_DESK_PAGE (screen->section);

  sl_desk_page_clear_states (page);
  sl_desk_status_show (&status, NULL, DAYS (100), page);
}

static void
test_changes_waiting (Screen *screen, gconstpointer data)
{
  screen_show (screen, frame_new);
  show_states (screen, (SlDeskStatus) { .paired = TRUE, .online = TRUE, .pending = 1 });
  screen_wait (screen, "1 change waiting");
  g_assert_false (gtk_widget_has_css_class (screen_find (screen, "1 change waiting"), "wrong"));
  show_states (screen, (SlDeskStatus) { .paired = TRUE, .pending = 12 });
  screen_wait (screen, "12 changes waiting");
  g_assert_true (gtk_widget_has_css_class (screen_find (screen, "12 changes waiting"), "wrong"));
  show_states (screen, (SlDeskStatus) { .pending = 12 });
  screen_wait (screen, "Stand-alone");
  g_assert_false (screen_shows (screen, "waiting")); /* for nobody */
}

/* --- all at once --- */

static const SlDeskStatus all_wrong = { .paired = TRUE, .refused = TRUE, .others_revoked = 2, .pending = 12,
                                        .clock_wrong = TRUE, .disk_low = TRUE, .camera_missing = TRUE,
                                        .scanner_missing = TRUE, .printer = SL_PRINTER_NOT_READY,
                                        .prints_uncertain = 2 };

/* In how many lines the words in sight stand. */
static guint
lines_of (Screen *screen)
{
  GtkWidget *box = stage_find_class (screen->window, "desk-states");
  float above = -1;
  guint lines = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      if (!gtk_widget_get_mapped (child) || !gtk_widget_has_css_class (child, "chip"))
        continue;
      g_assert_true (gtk_widget_compute_bounds (child, box, &bounds));
      lines += bounds.origin.y > above;
      above = MAX (above, bounds.origin.y);
    }
  return lines;
}

/* Large letters, and no room for all of it: the head stays low, the worst in sight, and the rest a tap away. */
static void
test_two_lines (Screen *screen, gconstpointer data)
{
  look_set_text_size (150);
  screen_show (screen, frame_new);
  show_states (screen, all_wrong);
  screen_wait (screen, "The hub refuses this device");
  look_settle (screen->window);
  g_assert_cmpuint (lines_of (screen), ==, 2);
  g_assert_true (screen_shows (screen, "Disk nearly full"));
  g_assert_false (screen_shows (screen, "12 changes waiting"));
  screen_tap (screen, "Show all 9");
  look_settle (screen->window);
  g_assert_cmpuint (lines_of (screen), >, 2);
  g_assert_true (screen_shows (screen, "12 changes waiting"));
  g_assert_true (screen_shows (screen, "2 prints to look at"));

  show_states (screen, all_wrong); /* read again: it stays open */
  look_settle (screen->window);
  g_assert_true (screen_shows (screen, "12 changes waiting"));
  sl_desk_page_set_locked (SL_DESK_PAGE (screen->section), TRUE);
  sl_desk_page_set_locked (SL_DESK_PAGE (screen->section), FALSE); /* for who comes next it is not */
  look_settle (screen->window);
  g_assert_false (screen_shows (screen, "12 changes waiting"));
  show_states (screen, (SlDeskStatus) { .disk_low = TRUE });
  look_settle (screen->window);
  g_assert_cmpuint (lines_of (screen), ==, 1);
  g_assert_false (screen_shows (screen, "Show all"));
  look_set_text_size (100);
}

/* --- in one line, for members and whoever is about to sign in --- */

static void
expect_line (SlDeskStatus status, const char *words, gboolean wrong)
{
  g_autoptr (SlPower) power = sl_power_new (G_BUS_TYPE_SESSION);
  gboolean is_wrong = !wrong;
  g_autofree char *line = sl_desk_status_line (&status, power, DAYS (100), &is_wrong);

  g_assert_cmpstr (line, ==, words);
  g_assert_cmpint (is_wrong, ==, wrong);
}

static void
test_line (void)
{
  expect_line ((SlDeskStatus) { 0 }, "Stand-alone", FALSE);
  expect_line ((SlDeskStatus) { .paired = TRUE, .online = TRUE }, "Online", FALSE);
  expect_line ((SlDeskStatus) { .paired = TRUE, .contact_ms = DAYS (99) }, "Offline for 24 hours", TRUE);
  expect_line ((SlDeskStatus) { .camera_missing = TRUE }, "Stand-alone · Camera missing", TRUE);
  expect_line ((SlDeskStatus) { .clock_doubtful = TRUE, .camera_missing = TRUE }, "Stand-alone · Clock not certain",
               TRUE);
  expect_line ((SlDeskStatus) { .clock_wrong = TRUE, .disk_low = TRUE }, "Stand-alone · Disk nearly full", TRUE);
  expect_line ((SlDeskStatus) { .paired = TRUE, .online = TRUE, .pending = 3, .prints_uncertain = 1 }, "Online",
               FALSE); /* that is for staff */
  expect_line ((SlDeskStatus) { .paired = TRUE, .refused = TRUE, .revoked = TRUE, .camera_missing = TRUE },
               "This device was revoked", TRUE);
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
  g_test_add ("/sl/desk-status/printer-that-is-missing-is-said-before-it-is-wanted", Screen, NULL, screen_open,
              test_printer_missing, screen_close);
  g_test_add ("/sl/desk-status/another-desk-that-was-revoked-is-said", Screen, NULL, screen_open,
              test_other_desk_revoked, screen_close);
  g_test_add ("/sl/desk-status/desk-that-was-revoked-says-what-to-do", Screen, NULL, screen_open,
              test_this_desk_revoked, screen_close);
  g_test_add ("/sl/desk-status/changes-that-wait-are-said-wherever-there-is-a-hub", Screen, NULL, screen_open,
              test_changes_waiting, screen_close);
  g_test_add ("/sl/desk-status/head-stays-low-with-the-worst-in-sight", Screen, NULL, screen_open, test_two_lines,
              screen_close);
  g_test_add_func ("/sl/desk-status/members-read-the-most-pressing-in-one-line", test_line);
  g_test_add ("/sl/desk-status/what-needs-attention-is-counted-as-it-comes", Screen, NULL, screen_open,
              test_counts_what_needs_attention, screen_close);
  return g_test_run ();
}
