/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-reports"

#include "section-screen.h"

#include "engine/print-queue.h"
#include "engine/report.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "expect.h"
#include "kiosk/desk-reports.h"
#include "kiosk/out-folder.h"
#include "page-look.h"
#include "reports-page.h"
#include "widget-search.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* The manager's page: answers in words, and the reports behind them. */

#define TODAY (MORNING + DAYS (35) + HOURS (4)) /* Monday the 6th of April, 10:00 */

static SlId
add_service (Desk *desk, const char *name, gint64 capacity)
{
  SlServiceParams params;
  SlId id = sl_id_none;

  sl_service_params_init (&params);
  params.name = name;
  params.kind = "class";
  params.type = "yoga";
  params.mode = "mixed";
  params.duration_min = 60;
  params.capacity = capacity;
  params.credits_hundredths = 0;
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
come (Desk *desk, const SlId *member, const SlId *session, gint64 at_ms)
{
  SlId booking;

  desk->world.now_ms = at_ms - HOURS (1);
  booking = desk_book (desk, member, session);
  desk->world.now_ms = at_ms;
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, NULL), ==, "ok");
}

static void
sell (Desk *desk, const SlId *member, const char *name, gint64 cents)
{
  const SlSaleParams params = { .member_id = *member, .method = "card", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };

  done (sl_sale_other (desk->engine, &desk->owner, &params, name, cents, 1, &sale, &refusal, &failure));
}

/* Five weeks: Thandi comes every Monday; Zoë came on the first four of them and not since. On the sixth there are four
 * people by ten, of whom two are in Spin, for which somebody waited. */
static void
live (Screen *screen)
{
  Desk *desk = &screen->desk;
  SlId barre = add_service (desk, "Barre", 10), spin = add_service (desk, "Spin", 2), session;
  SlId thandi = desk_member (desk, "Thandi"), zoe = desk_member (desk, "Zoë"), pieter = desk_member (desk, "Pieter");
  SlId aisha = desk_member (desk, "Aisha"), bongani = desk_member (desk, "Bongani");
  SlBookingRequest waits = { .member_id = bongani, .spots = 1, .join_waitlist = TRUE };

  for (int week = 0; week < 5; week++)
    {
      session = desk_session (desk, &barre, MORNING + DAYS (7 * week) + HOURS (2));
      come (desk, &thandi, &session, MORNING + DAYS (7 * week) + HOURS (2));
      if (week < 4)
        come (desk, &zoe, &session, MORNING + DAYS (7 * week) + HOURS (2));
    }
  sell (desk, &thandi, "Water", 30000);
  desk->world.now_ms = TODAY - HOURS (4);
  session = desk_session (desk, &barre, TODAY - HOURS (2));
  come (desk, &thandi, &session, TODAY - HOURS (2));
  come (desk, &bongani, &session, TODAY - HOURS (2));
  waits.session_id = desk_session (desk, &spin, TODAY - MINUTES (15));
  come (desk, &pieter, &waits.session_id, TODAY - MINUTES (15));
  come (desk, &aisha, &waits.session_id, TODAY - MINUTES (15));
  desk->world.now_ms = TODAY - HOURS (1);
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &waits, NULL), ==, "ok");
  desk->world.now_ms = TODAY;
  sell (desk, &thandi, "Mat", 90000);
}

/* --- the studio that the cases share --- */

/* Made once, for all that only look or open: a studio takes longer to found than a report to read. */
static Screen lived;

typedef struct {
  const char *path;
  void (*run) (Screen *screen);
} Case;

static void
run_case (gconstpointer data)
{
  if (lived.door == NULL)
    {
      screen_open (&lived, NULL);
      live (&lived);
    }
  lived.place = SL_DESK_PLACE_LAST;
  g_clear_pointer (&lived.said, g_free);
  ((const Case *) data)->run (&lived);
}

/* Nobody new has to sign in where somebody of that role is there. */
static void
show_as (Screen *screen, SlRole role)
{
  const SlDeskStaff *staff = sl_desk_get_staff (screen->reception);

  if (staff == NULL || staff->role != role)
    screen_sign_in (screen, role);
  screen_show (screen, sl_desk_reports_new);
}

/* --- the engine, held up --- */

typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean reached, open;
  gboolean answered; /* of the desk's thread */
} Gate;

static gboolean
wait_at_gate (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
              GError **error)
{
  Gate *gate = request;

  g_mutex_lock (&gate->mutex);
  gate->reached = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  *out_result = gate;
  return TRUE;
}

static void
on_gate (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  ((Gate *) result)->answered = TRUE;
}

static void
send_gate (Screen *screen, Gate *gate)
{
  sl_desk_run (screen->reception, NULL, &(SlDeskJob) { .work = wait_at_gate, .request = gate, .apart = TRUE,
               .done = on_gate });
}

/* Without the main loop: what the engine has answered meanwhile waits there. */
static void
await_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  while (!gate->reached)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->open = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->mutex);
}

static void
tap_at_once (Screen *screen, const char *text)
{
  GtkWidget *button = screen_button (screen, text);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

/* --- answers --- */

static void
test_answers (Screen *screen)
{
  show_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "2 people");
  screen_wait (screen, "Spin 2");
  screen_wait (screen, "2 more than usual");
  screen_wait (screen, "4 people by now; a usual Monday has 1.8.");
  screen_wait (screen, "R900.00");
  screen_wait (screen, "R600.00 more than last week by this day.");
  screen_wait (screen, "1 runs empty, 1 overflows");
  screen_wait (screen, "Barre: 18.0 % of its seats taken. Spin: 1 waited for a place.");
  screen_wait (screen, "1 member");
  screen_wait (screen, "Zoë Nkosi came every week, and not for 14 days.");
  screen_wait (screen, "Nothing");
  screen_tap (screen, "Needs attention");
  g_assert_cmpint (screen->place, ==, SL_DESK_ATTENTION);
}

static void
test_new_studio (Screen *screen, gconstpointer data)
{
  show_as (screen, SL_ROLE_OWNER);
  screen_wait (screen, "No one is checked in at this moment.");
  screen_wait (screen, "There is no usual Monday to go by yet.");
  screen_wait (screen, "R0.00");
  screen_wait (screen, "No classes");
  screen_wait (screen, "Whoever came every week still comes.");
}

/* --- the reports behind them --- */

static void
test_at_risk (Screen *screen)
{
  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Members we are losing");
  screen_wait (screen, "Mon 23 March");
  screen_wait (screen, "Last 90 days");
  screen_tap (screen, "Zoë Nkosi");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  screen_tap (screen, "Back");
  screen_wait (screen, "All reports");
}

static void
test_money (Screen *screen)
{
  show_as (screen, SL_ROLE_FINANCE);
  screen_tap (screen, "Money this week");
  screen_wait (screen, "Mon 6 April · Sea Point");
  screen_wait (screen, "R900.00");
  screen_tap (screen, "Last month");
  screen_wait (screen, "Sun 1 March – Tue 31 March");
  screen_wait (screen, "Mon 30 March");
  screen_wait (screen, "R300.00");
  screen_tap (screen, "This year");
  screen_wait (screen, "R1\u00a0200.00");
  screen_tap (screen, "By day");
  screen_tap (screen, "By month");
  screen_wait (screen, "April 2026");
  screen_wait (screen, "March 2026");
  screen_tap (screen, "This month");
  screen_wait_gone (screen, "March 2026");
  screen_wait (screen, "April 2026");
}

static void
test_usual (Screen *screen)
{
  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Today against usual");
  screen_wait (screen, "Mon 9 March");
  g_assert_null (screen_button (screen, "This week")); /* it is of this moment */
}

static void
test_today (Screen *screen)
{
  show_as (screen, SL_ROLE_RECEPTIONIST);
  screen_tap (screen, "Here now");
  screen_wait (screen, "Barre");
  g_assert_nonnull (screen_find (screen, "Spin"));
}

static void
test_members_visits (Screen *screen)
{
  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "A member's visits");
  screen_type (screen, "Name or phone number", "Tha");
  screen_wait_gone (screen, "Aisha Nkosi");
  screen_tap (screen, "Thandi Nkosi");
  screen_wait (screen, "Thandi Nkosi · ");
  screen_wait (screen, "Barre");
  screen_tap (screen, "By class");
  screen_tap (screen, "By instructor");
  screen_wait (screen, "By instructor");
}

static void
test_every_report (Screen *screen)
{
  show_as (screen, SL_ROLE_OWNER);
  for (guint i = 0; i < SL_REPORT_MEMBER; i++)
    {
      screen_wait (screen, "All reports");
      screen_tap (screen, sl_report_title (i));
      screen_wait (screen, "as of 10:00");
      screen_tap (screen, "Back");
    }
}

static void
need_gardens (Screen *screen)
{
  static gboolean is_there;

  if (!is_there)
    (void) desk_other_location (&screen->desk, "Gardens");
  is_there = TRUE;
}

static void
test_locations (Screen *screen)
{
  need_gardens (screen);
  show_as (screen, SL_ROLE_OWNER);
  screen_tap (screen, "Utilisation");
  screen_tap (screen, "Sea Point");
  screen_wait (screen, "Of which location?");
  screen_tap (screen, "Gardens");
  screen_wait (screen, "There is nothing in it for these days.");
  screen_tap (screen, "Gardens");
  screen_tap (screen, "All locations");
  screen_wait (screen, "08:00");
}

/* --- who --- */

static void
test_roles (Screen *screen)
{
  show_as (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "2 people");
  g_assert_nonnull (screen_button (screen, "Today's sessions"));
  g_assert_false (screen_shows (screen, "Money this week"));
  g_assert_null (screen_button (screen, "Revenue"));
  show_as (screen, SL_ROLE_FINANCE);
  screen_wait (screen, "R900.00");
  g_assert_nonnull (screen_button (screen, "Cash-up"));
  g_assert_false (screen_shows (screen, "Here now"));
  g_assert_null (screen_button (screen, "Attendance"));
  show_as (screen, SL_ROLE_INSTRUCTOR);
  screen_tap (screen, "Instructors");
  screen_wait (screen, "Sipho");
}

static void
test_who_comes_next (Screen *screen)
{
  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Money this week");
  screen_wait (screen, "R900.00");
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  g_assert_false (screen_shows (screen, "R900.00"));
  screen_wait (screen, "2 people");
  g_assert_false (screen_shows (screen, "Money this week"));
}

/* --- while it is read --- */

static void
test_usable_meanwhile (Screen *screen)
{
  Gate gate = { .open = FALSE };

  show_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "R900.00");
  screen_wait (screen, "Nothing");
  send_gate (screen, &gate);
  screen_tap (screen, "Revenue");
  screen_wait (screen, "The report is being read. You can go on meanwhile.");
  screen_tap (screen, "Back");
  screen_wait (screen, "All reports");
  screen_tap (screen, "Credits");
  screen_wait (screen, "The report is being read. You can go on meanwhile.");
  open_gate (&gate);
  while (!gate.answered)
    g_main_context_iteration (NULL, TRUE);
  screen_wait (screen, "as of 10:00");
  g_assert_false (screen_shows (screen, "R900.00"));
}

static void
test_late_is_dropped (Screen *screen)
{
  Gate before = { .open = TRUE }, after = { .open = FALSE };

  show_as (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "R900.00");
  screen_wait (screen, "Nothing");
  tap_at_once (screen, "Revenue");
  send_gate (screen, &before);
  await_gate (&before); /* the figures are there, and nobody has seen them yet */
  send_gate (screen, &after); /* until they have come, the next ones are not read */
  tap_at_once (screen, "Back");
  tap_at_once (screen, "Members at risk");
  while (!before.answered)
    g_main_context_iteration (NULL, TRUE);
  look_settle (screen->window);
  g_assert_true (screen_shows (screen, "The report is being read. You can go on meanwhile."));
  g_assert_false (screen_shows (screen, "R1\u00a0200.00"));
  open_gate (&after);
  screen_wait (screen, "Zoë Nkosi");
  g_assert_false (screen_shows (screen, "R1\u00a0200.00"));
  while (!after.answered)
    g_main_context_iteration (NULL, TRUE);
}

/* --- paper --- */

static guint
count_jobs (Screen *screen)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (screen->desk.engine, TRUE, &failure);

  g_assert_no_error (failure);
  for (guint i = 0; i < jobs->len; i++)
    g_assert_cmpint (((const SlPrintJob *) jobs->pdata[i])->kind, ==, SL_PRINT_REPORT);
  return jobs->len;
}

static void
test_print (Screen *screen)
{
  g_autofree char *folder = sl_temp_dir_file (screen->desk.dir, "paper");
  g_autofree char *target = g_strconcat ("dir:", folder, NULL);
  const SlPrinter printer = { .name = "desk", .target = target, .paper = "80" };

  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Money this week");
  screen_wait (screen, "R900.00");
  g_assert_null (screen_button (screen, "Print")); /* there is no printer */
  done (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, &failure));
  screen_tap (screen, "This month");
  screen_tap (screen, "Print");
  screen_wait_said (screen, "The report is on its way to the printer.");
  g_assert_cmpuint (count_jobs (screen), ==, 1);
}

/* --- files --- */

#define REVENUE "revenue-day-2026-04-06-2026-04-06"

/* (transfer full): what stands in the file then */
static char *
save_as_csv (Screen *screen, const char *words, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  screen_tap (screen, "Save as CSV");
  screen_wait_said (screen, words);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* Onto a stick where there is one, else onto the device; nothing that is there is replaced. */
static void
test_saved_as_csv (Screen *screen)
{
  g_autoptr (SlTempDir) root = sl_temp_dir_new ();
  g_autofree char *stick = g_build_filename (root->path, "media", "stick", NULL);
  g_autofree char *exports = sl_temp_dir_file (screen->desk.dir, SL_OUT_FOLDER);
  g_autoptr (SlDevice) device = sl_device_new (screen->desk.dir->path, &(SlSettingsOptions) { 0 }, root->path);

  sl_desk_set_device (screen->reception, device);
  show_as (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Money this week");
  screen_wait (screen, "R900.00");
  g_assert_true (g_file_set_contents (exports, "", 0, NULL)); /* no folder can be made there */
  screen_tap (screen, "Save as CSV");
  screen_wait_said (screen, "cannot be written to. Nothing was saved.");
  g_assert_cmpint (g_unlink (exports), ==, 0);
  g_autofree char *text
    = save_as_csv (screen, "There is no USB stick. Saved on this device: ", exports, REVENUE ".csv");
  g_assert_nonnull (strstr (text, "revenue_cents"));
  g_assert_nonnull (strstr (text, "\r\n2026-04-06,"));

  g_assert_cmpint (g_mkdir_with_parents (stick, 0700), ==, 0);
  g_autofree char *first = save_as_csv (screen, "Saved on the USB stick: " REVENUE ".csv", stick, REVENUE ".csv");
  g_autofree char *next = save_as_csv (screen, "Saved on the USB stick: " REVENUE "-2.csv", stick, REVENUE "-2.csv");
  g_assert_cmpstr (first, ==, text);
  g_assert_cmpstr (next, ==, text);
  sl_device_close (device);
}

static void
test_full_is_said (void)
{
  const SlOutFolder stick = { (char *) "/media/stick", TRUE }, device = { (char *) "/data/exports", FALSE };
  g_autoptr (GError) full = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no");
  g_autoptr (GError) locked = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_ROFS, "no");
  g_autofree char *a = sl_out_folder_problem_words (&stick, full), *b = sl_out_folder_problem_words (&stick, locked);
  g_autofree char *c = sl_out_folder_problem_words (&device, full), *d = sl_out_folder_problem_words (&device, locked);

  g_assert_cmpstr (a, ==, "There is no room left on the USB stick. Nothing was saved.");
  g_assert_cmpstr (b, ==, "The USB stick cannot be written to. Nothing was saved.");
  g_assert_cmpstr (c, ==, "There is no room left on this device. Nothing was saved.");
  g_assert_cmpstr (d, ==, "/data/exports cannot be written to. Nothing was saved.");
}

/* --- a long one --- */

#define LONG_ROWS 300
#define WIDE_ROW 250 /* out of sight at first, and of fewer letters than the others */

static SlTableData *
long_table (void)
{
  SlTableData *table = sl_table_data_new ();

  sl_table_data_add_column (table, "Member", FALSE);
  sl_table_data_add_column (table, "Class", FALSE);
  sl_table_data_add_column (table, "Visits", TRUE);
  for (guint i = 0; i < LONG_ROWS; i++)
    {
      char **cells = sl_table_data_add_row (table, TRUE);

      cells[0] = g_strdup_printf ("Lili %u", i);
      cells[1] = g_strdup (i == WIDE_ROW ? "WWWWWWWWWWWWWWWW" : "illi illi illi illi");
      cells[2] = g_strdup_printf ("%u", 1000 + i);
    }
  return table;
}

static graphene_rect_t
bounds_of (Screen *screen, const char *text)
{
  GtkWidget *label;
  graphene_rect_t bounds;

  screen_wait (screen, text);
  label = screen_find (screen, text);
  g_assert_nonnull (label);
  g_assert_true (gtk_widget_compute_bounds (label, screen->window, &bounds));
  return bounds;
}

static void
scroll_to_row (Screen *screen, guint number)
{
  GtkWidget *list = widget_search_type (screen->window, GTK_TYPE_LIST_VIEW);
  GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));

  gtk_adjustment_set_value (down, gtk_adjustment_get_upper (down) * number / LONG_ROWS);
  look_settle (screen->window);
}

/* The heads stand over the cells, wherever it is scrolled to. Gives the width of the column of classes. */
static float
check_columns (Screen *screen)
{
  graphene_rect_t first, head, wide, figures, figure;

  scroll_to_row (screen, 0);
  first = bounds_of (screen, "Class");
  scroll_to_row (screen, WIDE_ROW);
  head = bounds_of (screen, "Class");
  wide = bounds_of (screen, "WWWWWWWWWWWWWWWW");
  figures = bounds_of (screen, "Visits");
  figure = bounds_of (screen, "1250");
  g_assert_true (graphene_rect_equal (&head, &first));
  g_assert_cmpfloat (wide.origin.x, ==, head.origin.x);
  g_assert_cmpfloat (wide.size.width, ==, head.size.width);
  g_assert_cmpfloat (figure.origin.x + figure.size.width, ==, figures.origin.x + figures.size.width);
  look_check (screen->window, "a long report");
  return head.size.width;
}

static void
test_long_table (void)
{
  Screen screen = { .window = gtk_window_new () };
  GtkWidget *page = sl_reports_page_new ();
  float width;

  gtk_window_set_default_size (GTK_WINDOW (screen.window), 1112, 664);
  gtk_window_set_child (GTK_WINDOW (screen.window), page);
  sl_reports_page_show_report (SL_REPORTS_PAGE (page), "Attendance");
  sl_reports_page_set_report (SL_REPORTS_PAGE (page), "", long_table (), "");
  gtk_window_present (GTK_WINDOW (screen.window));
  look_settle (screen.window);
  width = check_columns (&screen);
  look_set_text_size (150);
  look_settle (screen.window);
  g_assert_cmpfloat (check_columns (&screen), >, width * 1.3);
  look_set_text_size (100);
  gtk_window_destroy (GTK_WINDOW (screen.window));
}

/* --- how it looks --- */

static const char *
in_words (const char *text)
{
  return dgettext (GETTEXT_PACKAGE, text);
}

static void
fill_answers (Screen *screen)
{
  screen_wait (screen, "R900.00");
  screen_wait (screen, "18.0 %");
  screen_wait (screen, "Zoë Nkosi");
}

static void
fill_report (Screen *screen, SlReportName name, const char *until)
{
  screen_tap (screen, in_words (sl_report_title (name)));
  screen_wait (screen, until);
}

static void
fill_cash_up (Screen *screen)
{
  fill_report (screen, SL_REPORT_CASH_UP, "R900.00");
}

static void
fill_attendance (Screen *screen)
{
  fill_report (screen, SL_REPORT_ATTENDANCE, "Barre");
}

static void
fill_today (Screen *screen)
{
  fill_report (screen, SL_REPORT_TODAY, "Spin");
}

static void
test_looks (Screen *screen)
{
  const SlPrinter printer = { .name = "desk", .target = "dir:paper", .paper = "80" };

  need_gardens (screen);
  done (sl_printer_set (screen->desk.engine, &screen->desk.owner, &printer, &refusal, &failure));
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "reports", sl_desk_reports_new, fill_answers);
  screen_check_looks (screen, "reports-attendance", sl_desk_reports_new, fill_attendance);
  screen_check_looks (screen, "reports-cash-up", sl_desk_reports_new, fill_cash_up); /* the same table */
  screen_check_looks (screen, "reports-today", sl_desk_reports_new, fill_today);
}

/* The last ones change the studio: another place, a printer. */
static const Case cases[] = {
  { "/sl/desk-reports/answers-are-one-figure-and-a-line-of-why", test_answers },
  { "/sl/desk-reports/members-at-risk-open-at-a-tap", test_at_risk },
  { "/sl/desk-reports/usual-days-stand-below-today", test_usual },
  { "/sl/desk-reports/a-members-visits", test_members_visits },
  { "/sl/desk-reports/the-page-is-usable-while-it-reads", test_usable_meanwhile },
  { "/sl/desk-reports/what-comes-late-is-dropped", test_late_is_dropped },
  { "/sl/desk-reports/nobody-sees-the-figures-of-who-was-there-before", test_who_comes_next },
  { "/sl/desk-reports/sessions-of-today", test_today },
  { "/sl/desk-reports/each-role-sees-its-own", test_roles },
  { "/sl/desk-reports/money-of-the-days-that-are-chosen", test_money },
  { "/sl/desk-reports/every-report-opens", test_every_report },
  { "/sl/desk-reports/of-which-location", test_locations },
  { "/sl/desk-reports/saved-onto-a-stick-or-the-device", test_saved_as_csv },
  { "/sl/desk-reports/printed-through-the-queue", test_print },
  { "/sl/desk-reports/fits-every-screen", test_looks },
};

int
main (int argc, char *argv[])
{
  int status;

  screen_init (&argc, &argv);
  g_test_add ("/sl/desk-reports/a-new-studio-has-answers", Screen, NULL, screen_open, test_new_studio, screen_close);
  g_test_add_func ("/sl/desk-reports/a-full-stick-is-said", test_full_is_said);
  g_test_add_func ("/sl/desk-reports/a-long-one-keeps-its-columns", test_long_table);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], run_case);
  status = g_test_run ();
  if (lived.door != NULL)
    screen_close (&lived, NULL);
  return status;
}
