/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-today-page"

#include "language.h"
#include "page-look.h"
#include "roster-row.h"
#include "today-page.h"

#include "core/datetime.h"

#include <adwaita.h>
#include <string.h>

/* The page of the day with made-up people, in each language, size and text size: all of it fits, all that can be tapped
 * is large enough and has a name. `--shots DIR` leaves a picture of each. */

#define DAY_MS (G_GINT64_CONSTANT (1772402400000)) /* Monday 2 March 2026, 00:00 in Johannesburg */
#define AT(hour, minute) (DAY_MS + (hour) * SL_HOUR_MS + (minute) * SL_MINUTE_MS)
#define TARGET_PX 48

static char *shots_dir; /* (nullable) */

typedef struct {
  const char *name;
  int width, height;
} Size;

/* What reception's frame leaves of 1920×1080, 1280×800 and 1080×1920. */
static const Size sizes[] = { { "1760x960", 1760, 960 }, { "1120x680", 1120, 680 }, { "1040x1680", 1040, 1680 } };

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
  g_ptr_array_add (today->sessions, session);
  return session;
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
  add_session (today, 2, "Reformer Pilates for beginners and returners", 9, 10)->booked = 4;
  add_session (today, 3, "One-to-one", 11, 1)->cancelled = TRUE;
  add_session (today, 4, "Strength", 17, 20)->draft = TRUE;
  return today;
}

static void
enlarge (GtkWidget *widget, double scale)
{
  g_autoptr (PangoAttrList) larger = pango_attr_list_new ();

  pango_attr_list_insert (larger, pango_attr_scale_new (scale));
  if (GTK_IS_LABEL (widget))
    gtk_label_set_attributes (GTK_LABEL (widget), larger);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    enlarge (child, scale);
}

static GtkWidget *
present (GtkWidget *page, const Size *size, double scale)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), size->width, size->height);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  while (gtk_widget_get_width (page) == 0)
    g_main_context_iteration (NULL, TRUE);
  look_settle (window);
  enlarge (page, scale);
  look_settle (window);
  return window;
}

static void
shoot (GtkWidget *window, const char *state, const Size *size, const char *theme)
{
  g_autofree char *name = g_strdup_printf ("today-%s-%s-%s-%s", size->name, theme, state, sl_language_current ());

  look_shoot (window, shots_dir, name);
}

/* Inside the page from left to right, and upright too, but for what scrolls. */
static void
assert_inside (GtkWidget *page, GtkWidget *widget, const char *what)
{
  gboolean scrolls = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW) != NULL;
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, page, &bounds));
  if (bounds.origin.x < -1 || bounds.origin.x + bounds.size.width > gtk_widget_get_width (page) + 1
      || (!scrolls && bounds.origin.y + bounds.size.height > gtk_widget_get_height (page) + 1))
    g_error ("%s stands out: %.0f %.0f %.0f×%.0f", what, bounds.origin.x, bounds.origin.y, bounds.size.width,
             bounds.size.height);
}

static void
assert_label_whole (GtkWidget *page, GtkWidget *label)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  const char *text = gtk_label_get_label (GTK_LABEL (label));
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (pango_layout_is_ellipsized (layout) || width > gtk_widget_get_width (label) + 1
      || height > gtk_widget_get_height (label) + 1)
    g_error ("cut off: %s (%d×%d in %d×%d)", text, width, height, gtk_widget_get_width (label),
             gtk_widget_get_height (label));
  assert_inside (page, label, text);
}

static gboolean
has_words (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && *gtk_label_get_label (GTK_LABEL (widget)) != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_words (child))
      return TRUE;
  return FALSE;
}

static void
assert_button_good (GtkWidget *page, GtkWidget *button)
{
  g_assert_cmpint (gtk_widget_get_allocated_width (button), >=, TARGET_PX);
  g_assert_cmpint (gtk_widget_get_allocated_height (button), >=, TARGET_PX);
  assert_inside (page, button, "a button");
  if (!has_words (button))
    g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL));
}

static void
walk (GtkWidget *page, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    assert_label_whole (page, widget);
  if (GTK_IS_BUTTON (widget))
    assert_button_good (page, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    walk (page, child);
}

static GtkWidget *
find_class (GtkWidget *widget, const char *css_class)
{
  if (gtk_widget_has_css_class (widget, css_class))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_class (child, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
check_page (const Size *size, const char *theme, double scale)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  g_autoptr (SlToday) today = sample ();
  SlTodayPage *page = SL_TODAY_PAGE (sl_today_page_new ());
  GtkWidget *window;

  sl_today_page_set_today (page, today, zone);
  sl_today_page_show_undo (page, "Thandi N. · Vinyasa Flow · 07:00");
  window = present (GTK_WIDGET (page), size, scale);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (page)), ==, size->width);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (page)), ==, size->height);
  walk (GTK_WIDGET (page), GTK_WIDGET (page));
  shoot (window, scale > 1 ? "large" : "normal", size, theme);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_fits (void)
{
  static const char *const languages[] = { "en", "af" };
  AdwStyleManager *style = adw_style_manager_get_default ();

  for (guint dark = 0; dark < (shots_dir != NULL ? 2 : 1); dark++)
    {
      adw_style_manager_set_color_scheme (style, dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
        for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
          {
            sl_language_use (languages[l]);
            check_page (&sizes[s], dark ? "dark" : "light", 1);
            check_page (&sizes[s], dark ? "dark" : "light", 1.5);
          }
    }
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  sl_language_use ("en");
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
  window = present (GTK_WIDGET (page), &sizes[1], 1);
  list = find_class (window, "roster-list");
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
  window = present (GTK_WIDGET (page), &sizes[1], 1);
  list = find_class (window, "roster-list");
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

static void
take_shots_option (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionEntry entries[] = { { "shots", 0, 0, G_OPTION_ARG_FILENAME, &shots_dir, NULL, NULL }, { NULL } };

  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_assert_true (g_option_context_parse (context, argc, argv, NULL));
  if (shots_dir != NULL)
    g_assert_cmpint (g_mkdir_with_parents (shots_dir, 0755), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  take_shots_option (&argc, &argv);
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  gtk_test_init (&argc, &argv, NULL);
  g_autoptr (AdwApplication) application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE,
                                                         "resource-base-path", "/za/studioloop/kiosk", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  g_test_add_func ("/sl/today-page/fits-every-screen-language-and-text-size", test_fits);
  g_test_add_func ("/sl/today-page/rows-stay-with-their-people", test_rows_stay_with_their_people);
  g_test_add_func ("/sl/today-page/a-long-list-comes-whole", test_long_list_comes_whole);
  status = g_test_run ();
  g_free (shots_dir);
  return status;
}
