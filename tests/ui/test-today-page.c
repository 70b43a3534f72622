/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-today-page"

#include "look-walk.h"
#include "page-look.h"
#include "roster-row.h"
#include "stage.h"
#include "today-page.h"

#include "core/datetime.h"


/* The page of the day with made-up people, in each language, size and text size: all of it fits, all that can be tapped
 * is large enough and has a name. `--shots DIR` leaves a picture of each. */

#define DAY_MS (G_GINT64_CONSTANT (1772402400000)) /* Monday 2 March 2026, 00:00 in Johannesburg */
#define AT(hour, minute) (DAY_MS + (hour) * SL_HOUR_MS + (minute) * SL_MINUTE_MS)

/* What reception's frame leaves of the screens. */
static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1120, 680 }, { 1760, 960 }, { 1040, 1680 } };

static SlId
id_of (guint n)
{
  SlId id = sl_id_none;

  id.bytes[0] = (guint8) (n + 1);
  return id;
}

static void
add_person (SlTodaySession *session, guint n, const char *name, SlBookingStatus status, guint marks)
{
  SlTodayPerson *person = g_new0 (SlTodayPerson, 1);

  person->booking_id = person->member_id = id_of (n);
  person->booking_id.bytes[1] = session->id.bytes[0];
  person->name = g_strdup (name);
  person->status = status;
  person->spots = 1;
  person->spots_in = status == SL_BOOKING_CHECKED_IN;
  person->checked_in_ms = AT (6, 48);
  person->expires_ms = AT (7, 5);
  person->position = status == SL_BOOKING_WAITLISTED ? 2 : 0;
  person->came_late = n == 3;
  person->marks = marks;
  if (n == 1)
    {
      person->spots = 3;
      person->guests = g_strdup ("Annelise van der Westhuizen, Kagiso");
    }
  sl_today_session_add (session, person);
}

static SlTodaySession *
add_session (SlToday *today, guint n, const char *name, int hour, int capacity)
{
  SlTodaySession *session = sl_today_session_new ();

  session->id = id_of (100 + n);
  session->name = g_strdup (name);
  session->room = g_strdup (n == 3 ? NULL : "Studio 1");
  session->instructor = g_strdup (n == 2 ? "Siphesihle Ndlovu-Buthelezi" : "Lerato Mokoena");
  session->start_ms = AT (hour, 0);
  session->end_ms = AT (hour + 1, 0);
  session->capacity = capacity;
  session->begun = hour <= 7;
  session->over = hour < 7;
  session->may_check_in = session->may_undo = session->may_cancel = session->may_change = session->may_book = TRUE;
  session->may_note = TRUE;
  g_ptr_array_add (today->sessions, session);
  return session;
}

static void
add_note (SlTodaySession *session, const char *text, const char *about)
{
  SlTodayNote *note = g_new0 (SlTodayNote, 1);

  *note = (SlTodayNote) { .text = g_strdup (text), .who = g_strdup ("Siphesihle Ndlovu-Buthelezi"),
                          .about = g_strdup (about), .at_ms = AT (6, 40) };
  g_ptr_array_add (session->notes, note);
}

static SlToday *
sample (void)
{
  SlToday *today = sl_today_new ();
  SlTodaySession *session;

  today->day_ms = DAY_MS;
  today->now_ms = AT (7, 2);
  add_session (today, 0, "Sunrise Yoga", 6, 12)->booked = 9;
  session = add_session (today, 1, "Vinyasa Flow", 7, 8);
  session->booked = 8;
  add_person (session, 0, "Thandi Nkosi", SL_BOOKING_CONFIRMED, 0);
  add_person (session, 1, "Johannes Hendrik van der Merwe-Oosthuizen", SL_BOOKING_CONFIRMED, SL_TODAY_MARK_UNPAID);
  add_person (session, 2, "Zanele Dlamini", SL_BOOKING_CHECKED_IN, 0);
  add_person (session, 3, "Ayanda Mthembu", SL_BOOKING_CHECKED_IN, SL_TODAY_MARK_PARQ);
  add_person (session, 4, NULL, SL_BOOKING_CHECKED_IN, SL_TODAY_MARK_UNKNOWN);
  add_person (session, 5, "Pieter Botha", SL_BOOKING_NO_SHOW, 0);
  add_person (session, 6, "Naledi Mokoena", SL_BOOKING_HELD, 0);
  add_person (session, 7, "Fatima Jacobs", SL_BOOKING_OFFERED, 0);
  add_person (session, 8, "Musa Khumalo", SL_BOOKING_WAITLISTED, 0);
  add_note (session, "Slower today: three of them are here for the first time, and the heater of Studio 1 is broken.",
            NULL);
  add_note (session, NULL, "Thandi Nkosi");
  add_session (today, 2, "Reformer Pilates for beginners and returners", 9, 10)->booked = 4;
  add_session (today, 3, "One-to-one", 11, 1)->cancelled = TRUE;
  add_session (today, 4, "Strength", 17, 20)->draft = TRUE;
  return today;
}

static GtkWidget *
present (GtkWidget *page, LookSize size)
{
  return stage_present (page, sizes[size].width, sizes[size].height);
}

static void
check_page (const Look *look, gpointer data)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (SlToday) today = sample ();
  g_autofree char *where = look_where (look, "today");
  SlTodayPage *page = SL_TODAY_PAGE (sl_today_page_new ());
  GtkWidget *window;

  sl_today_page_set_today (page, today, zone);
  sl_today_page_show_undo (page, "Thandi N. · Vinyasa Flow · 07:00");
  window = present (GTK_WIDGET (page), look->size);
  look_picture (window, look, "today");
  look_check (window, where);
  if (gtk_widget_get_width (GTK_WIDGET (page)) != sizes[look->size].width
      || gtk_widget_get_height (GTK_WIDGET (page)) != sizes[look->size].height)
    look_fault ("%s: wants %d by %d", where, gtk_widget_get_width (GTK_WIDGET (page)),
                gtk_widget_get_height (GTK_WIDGET (page)));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_fits (void)
{
  look_each (check_page, NULL);
}

/* A tap that has begun must not end on somebody else. */
static void
test_rows_stay_with_their_people (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (SlToday) before = sample ();
  g_autoptr (SlToday) after = sample ();
  SlTodayPage *page = SL_TODAY_PAGE (sl_today_page_new ());
  SlTodaySession *session = after->sessions->pdata[1];
  GtkWidget *window, *list, *zanele;
  SlId booking;

  sl_today_page_set_today (page, before, zone);
  window = present (GTK_WIDGET (page), LOOK_1280X800);
  list = stage_find_class (window, "roster-list");
  zanele = gtk_widget_get_next_sibling (gtk_widget_get_next_sibling (gtk_widget_get_first_child (list)));
  booking = *sl_roster_row_get_booking (SL_ROSTER_ROW (zanele));
  g_ptr_array_remove_index (session->people, 0);
  sl_today_page_set_today (page, after, zone);
  g_assert_true (gtk_widget_get_next_sibling (gtk_widget_get_first_child (list)) == zanele);
  g_assert_true (sl_id_equal (sl_roster_row_get_booking (SL_ROSTER_ROW (zanele)), &booking));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Hundreds of people come while the page goes on: none is left out. */
static void
test_long_list_comes_whole (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (SlToday) today = sample ();
  SlTodayPage *page = SL_TODAY_PAGE (sl_today_page_new ());
  SlTodaySession *session = today->sessions->pdata[2];
  GtkWidget *window, *list;
  guint n = 0;

  for (guint i = 0; i < 200; i++)
    add_person (session, 20 + i, "Thandi Nkosi", SL_BOOKING_CONFIRMED, 0);
  sl_today_page_set_today (page, today, zone);
  window = present (GTK_WIDGET (page), LOOK_1280X800);
  list = stage_find_class (window, "roster-list");
  sl_today_page_select (page, &session->id);
  while (n < 200)
    {
      g_main_context_iteration (NULL, TRUE);
      n = 0;
      for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
        n++;
    }
  g_assert_cmpuint (n, ==, 200);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Late in the day what is over fills the list: the class that people come to is in sight all the same. */
static void
test_now_is_in_sight (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (SlToday) today = sl_today_new ();
  SlTodayPage *page = SL_TODAY_PAGE (sl_today_page_new ());
  GtkWidget *window, *list, *card;
  graphene_rect_t bounds;

  today->day_ms = DAY_MS;
  today->now_ms = AT (7, 2);
  for (guint i = 0; i < 12; i++)
    add_session (today, i, "Sunrise Yoga", (int) i / 2, 12);
  add_session (today, 12, "Vinyasa Flow", 7, 12);
  sl_today_page_set_today (page, today, zone);
  window = present (GTK_WIDGET (page), LOOK_1280X800);
  list = stage_find_class (window, "today-cards");
  card = gtk_widget_get_last_child (list);
  g_assert_true (gtk_widget_compute_bounds (card, GTK_WIDGET (page), &bounds));
  g_assert_cmpfloat (bounds.origin.y, >=, 0);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (GTK_WIDGET (page)));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  look_init (&argc, &argv);
  stage_open (&argc, &argv);

  g_test_add_func ("/sl/today-page/fits-every-screen-language-and-text-size", test_fits);
  g_test_add_func ("/sl/today-page/rows-stay-with-their-people", test_rows_stay_with_their_people);
  g_test_add_func ("/sl/today-page/a-long-list-comes-whole", test_long_list_comes_whole);
  g_test_add_func ("/sl/today-page/now-is-in-sight", test_now_is_in_sight);
  return g_test_run ();
}
