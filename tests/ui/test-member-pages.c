/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-member-pages"

#include "member-screen.h"

#include "answer-view.h"
#include "checkin-page.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "kiosk/desk-status.h"
#include "look-walk.h"
#include "member-words.h"
#include "page-look.h"
#include "session-picker.h"
#include "widget-search.h"

#include <glib/gi18n-lib.h>

/* Every page of the member's side with long names, in each look: all of it fits, and all that can be tapped is large
 * enough and has a name. `--shots DIR` leaves a picture of each. */

static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1280, 800 }, { 1920, 1080 }, { 1080, 1920 } };

typedef struct Visit Visit;

/* Somebody at the screen, as it looks at the moment. */
struct Visit {
  MemberScreen *screen;
  const Look *look;
  void (*see_pages) (Visit *visit);
  guint n; /* which one it is */
};

/* In the language of the look. */
#define IN(text) g_dgettext (GETTEXT_PACKAGE, text)
#define LONG_CLASS "Restorative Yoga and Guided Meditation for Beginners"
#define LONG_ROOM "The Loft above the Old Post Office"

static void
collect_buttons (GtkWidget *widget, GPtrArray *buttons)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_BUTTON (widget))
    g_ptr_array_add (buttons, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_buttons (child, buttons);
}

/* A thumb means one of them. Those that scroll may be behind those that stay. */
static void
check_apart (GtkWidget *window, const char *where)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  collect_buttons (window, buttons);
  for (guint i = 0; i < buttons->len; i++)
    for (guint j = 0; j < i; j++)
      {
        GtkWidget *one = buttons->pdata[i], *other = buttons->pdata[j];
        graphene_rect_t a, b, both;

        if (gtk_widget_get_ancestor (one, GTK_TYPE_SCROLLED_WINDOW)
            != gtk_widget_get_ancestor (other, GTK_TYPE_SCROLLED_WINDOW))
          continue;
        g_assert_true (gtk_widget_compute_bounds (one, window, &a) && gtk_widget_compute_bounds (other, window, &b));
        if (graphene_rect_intersection (&a, &b, &both) && both.size.width > 1 && both.size.height > 1)
          look_fault ("%s: one button lies on another at %.0f %.0f", where, both.origin.x, both.origin.y);
      }
}

static void
see (Visit *visit, const char *page)
{
  GtkWidget *window = visit->screen->window;
  int width = sizes[visit->look->size].width, height = sizes[visit->look->size].height;
  g_autofree char *where = look_where (visit->look, page);

  look_settle (window);
  /* A page finds its shape when it is first laid out: one in between may have made this window wider for good. */
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  look_settle (window);
  look_picture (window, visit->look, page);
  if (gtk_widget_get_width (window) != width || gtk_widget_get_height (window) != height)
    look_fault ("%s: wants %d by %d", where, gtk_widget_get_width (window), gtk_widget_get_height (window));
  look_check (window, where);
  check_apart (window, where);
}

static GtkWidget *
find_class (GtkWidget *widget, const char *css_class)
{
  return widget_search (widget, SEARCH_VISIBLE, widget_has_class, css_class);
}

/* The pad's own, which says Next or OK. */
static void
tap_on (Visit *visit)
{
  g_signal_emit_by_name (find_class (find_class (visit->screen->window, "pin-pad"), "main"), "clicked");
}

/* --- what there is --- */

static SlId
long_service (MemberScreen *screen, const char *name, const char *type, gint64 credits_hundredths, gint64 capacity)
{
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };
  SlId id;

  sl_service_params_init (&params);
  params.name = name;
  params.kind = "class";
  params.type = type;
  params.mode = "mixed";
  params.duration_min = 60;
  params.capacity = capacity;
  params.credits_hundredths = credits_hundredths;
  g_assert_true (sl_service_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  return id;
}

static SlId
add_instructor (MemberScreen *screen, const char *name)
{
  SlStaffParams params = { .name = name, .role = "instructor", .pin = "482916" };
  g_auto (SlRefusal) refusal = { 0 };
  SlId id;

  g_assert_true (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  return id;
}

static SlId
add_session (MemberScreen *screen, const SlId *service, const SlId *instructor, const SlId *room, gint64 start_ms)
{
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };
  SlId id;

  sl_session_params_init (&params);
  params.service = service;
  params.instructor = instructor;
  params.room = room;
  params.start_ms = start_ms;
  g_assert_true (sl_session_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return id;
}

static void
wait_in_line (MemberScreen *screen, const SlId *member, const SlId *session)
{
  SlBookingRequest wait = { .member_id = *member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };

  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &wait, NULL), ==, "ok");
}

/* A week of classes with long names, and a member with one of each kind of booking and a pass. */
static void
fill (MemberScreen *screen)
{
  SlId member = member_add (screen), other = desk_member (&screen->desk, "Sipho");
  SlId yoga = long_service (screen, LONG_CLASS, "yoga", 150, 8);
  SlId spin = long_service (screen, "Spin", "cycling", 100, 20);
  SlId one = long_service (screen, "Reformer", "pilates", 0, 1), siphesihle, lerato, room, taken, full;
  g_autofree char *pass = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlCancelResult cancelled;

  siphesihle = add_instructor (screen, "Siphesihle Ndlovu-Buthelezi");
  lerato = add_instructor (screen, "Lerato Mokoena");
  g_assert_true (sl_room_add (screen->desk.engine, &screen->desk.owner, NULL, LONG_ROOM, &room, &refusal, NULL));
  desk_credits (&screen->desk, &member, 1000, 30);
  SlId soon = add_session (screen, &yoga, &siphesihle, &room, MORNING + MINUTES (10));
  SlId later = add_session (screen, &yoga, &siphesihle, &room, MORNING + HOURS (13));
  desk_book (&screen->desk, &member, &soon);
  desk_book (&screen->desk, &member, &later);
  full = add_session (screen, &one, &lerato, NULL, MORNING + HOURS (30));
  desk_book (&screen->desk, &other, &full);
  wait_in_line (screen, &member, &full);
  taken = add_session (screen, &one, &lerato, NULL, MORNING + HOURS (8));
  SlId booking = desk_book (&screen->desk, &other, &taken);
  wait_in_line (screen, &member, &taken);
  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, &cancelled), ==, "ok");
  for (int day = 0; day < 6; day++)
    add_session (screen, &spin, day % 2 ? &lerato : &siphesihle, NULL, MORNING + DAYS (day) + HOURS (4));
  pass = desk_pass (&screen->desk, &member);
}

/* --- the pages --- */

static void
see_identify (Visit *visit)
{
  MemberScreen *screen = visit->screen;
  g_autofree char *phone = g_strdup_printf ("278255503%02u", visit->n); /* a try at each: none locks */
  g_autoptr (GdkPixbuf) pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 640, 360);
  g_autoptr (GdkTexture) picture = NULL;

  gdk_pixbuf_fill (pixels, 0x5c7a99ff);
  picture = gdk_texture_new_for_pixbuf (pixels);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  sl_member_side_set_camera (screen->side, SL_CAMERA_SHOWN_LIVE);
  sl_member_side_set_picture (screen->side, picture, FALSE);
  see (visit, "00-phone-with-camera");
  sl_member_side_set_camera (screen->side, SL_CAMERA_SHOWN_NONE);
  see (visit, "01-phone-empty");
  member_type (screen, phone);
  see (visit, "02-phone");
  tap_on (visit);
  member_type (screen, "907");
  see (visit, "03-pin");
  member_type (screen, "4");
  tap_on (visit);
  member_wait (screen, IN ("That doesn't match"));
  see (visit, "04-pin-wrong");
  member_tap (screen, IN ("I have no PIN: use my birth date"));
  member_type (screen, "3102");
  see (visit, "05-birth-date");
  member_type (screen, "1990");
  tap_on (visit);
  see (visit, "06-no-such-day");
  sl_member_side_reset (screen->side);
}

static void
go_home (Visit *visit)
{
  MemberScreen *screen = visit->screen;

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_type (screen, MEMBER_PHONE);
  tap_on (visit);
  member_type (screen, MEMBER_PIN);
  tap_on (visit);
  member_wait (screen, "Thandi N.");
}

static void
see_booking (Visit *visit, const char *row, const char *page)
{
  member_tap (visit->screen, row);
  see (visit, page);
  member_tap (visit->screen, IN ("Back"));
  member_wait (visit->screen, "Thandi N.");
}

static void
see_home (Visit *visit)
{
  MemberScreen *screen = visit->screen;

  go_home (visit);
  see (visit, "10-home");
  member_tap (screen, LONG_CLASS);
  see (visit, "11-booking");
  member_tap (screen, IN ("Cancel the booking"));
  see (visit, "12-cancel");
  member_tap (screen, IN ("Keep the booking"));
  member_tap (screen, IN ("Back"));
  member_wait (screen, "Thandi N.");
  see_booking (visit, "06:30", "13-offered");
  member_tap (screen, IN ("My pass"));
  member_wait (screen, IN ("Take a photo of it with your phone"));
  see (visit, "15-pass");
  member_tap (screen, IN ("Back"));
  member_tap (screen, IN ("Health form"));
  member_wait (screen, IN ("Save the answers"));
  see (visit, "16-health");
  sl_member_side_reset (screen->side);
}

static void
see_sessions (Visit *visit)
{
  MemberScreen *screen = visit->screen;

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, IN ("Choose a class"));
  see (visit, "20-sessions");
  member_tap (screen, "Spin");
  see (visit, "21-session-unknown");
  member_tap (screen, IN ("Book it"));
  see (visit, "22-who");
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, IN ("Choose a class"));
  member_tap (screen, g_dpgettext2 (GETTEXT_PACKAGE, "class type", "Pilates"));
  member_tap (screen, IN ("Only with free spots"));
  see (visit, "23-nothing-like-that");
  sl_member_side_reset (screen->side);
}

static void
see_deeds (Visit *visit)
{
  static const SlMemberFacts facts = { LONG_CLASS, LONG_ROOM, MORNING + HOURS (30), 12, 150 };
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 60 * 60);
  GtkWidget *side = g_object_ref (gtk_window_get_child (GTK_WINDOW (visit->screen->window)));

  for (SlMemberDeed deed = 0; deed < SL_MEMBER_DEED_LAST; deed++)
    {
      g_autofree char *page = g_strdup_printf ("30-deed-%d", deed);
      g_auto (SlDoorWords) words = { 0 };
      GtkWidget *view = sl_answer_view_new ();

      sl_member_words (deed, &facts, MORNING, zone, &words);
      gtk_window_set_child (GTK_WINDOW (visit->screen->window), view);
      sl_answer_view_show (SL_ANSWER_VIEW (view), &words, NULL, zone);
      look_settle (visit->screen->window);
      see (visit, page);
    }
  gtk_window_set_child (GTK_WINDOW (visit->screen->window), side);
  g_object_unref (side);
}

/* As much as is ever said of it there. */
static void
tell_state (MemberScreen *screen)
{
  const SlDeskStatus status = { .paired = TRUE, .contact_ms = MORNING - HOURS (2), .camera_missing = TRUE };
  g_autoptr (SlPower) power = sl_power_new (G_BUS_TYPE_SESSION);
  gboolean is_wrong;
  g_autofree char *words = sl_desk_status_line (&status, power, MORNING, &is_wrong);

  sl_member_side_set_state (screen->side, words, is_wrong);
}

static void
see_look (const Look *look, gpointer data)
{
  Visit *visit = data;
  GtkWidget *window = visit->screen->window;
  int width = sizes[look->size].width;

  visit->look = look;
  visit->n++;
  tell_state (visit->screen);
  gtk_window_set_default_size (GTK_WINDOW (window), width, sizes[look->size].height);
  while (gtk_widget_get_width (window) != width)
    g_main_context_iteration (NULL, TRUE);
  visit->see_pages (visit);
}

static void
for_each_look (MemberScreen *screen, void (*see_pages) (Visit *visit))
{
  Visit visit = { .screen = screen, .see_pages = see_pages };

  look_each (see_look, &visit);
}

static void
test_identify (MemberScreen *screen, gconstpointer data)
{
  for_each_look (screen, see_identify);
}

static void
test_home (MemberScreen *screen, gconstpointer data)
{
  fill (screen);
  for_each_look (screen, see_home);
}

static void
test_sessions (MemberScreen *screen, gconstpointer data)
{
  fill (screen);
  for_each_look (screen, see_sessions);
}

static void
test_deeds (MemberScreen *screen, gconstpointer data)
{
  for_each_look (screen, see_deeds);
}

/* In the corner, in reception's words; what is told of the place later does not take them back. */
static void
test_network_words (void)
{
  SlDeskStatus status = { .paired = TRUE, .contact_ms = MORNING - HOURS (2) };
  SlCheckinPage *page = SL_CHECKIN_PAGE (g_object_ref_sink (sl_checkin_page_new ()));
  g_autofree char *offline = sl_desk_status_network (&status, MORNING);
  g_autofree char *online = NULL;

  sl_checkin_page_set_place (page, "Lotus & Iron", NULL, TRUE);
  g_assert_nonnull (member_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Offline"));
  g_assert_true (sl_desk_status_network_is_wrong (&status));
  sl_checkin_page_set_network (page, offline, TRUE);
  g_assert_nonnull (member_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Offline for 2 hours"));
  g_assert_nonnull (find_class (GTK_WIDGET (page), "wrong"));
  status.online = TRUE;
  online = sl_desk_status_network (&status, MORNING);
  g_assert_false (sl_desk_status_network_is_wrong (&status));
  sl_checkin_page_set_network (page, online, FALSE);
  sl_checkin_page_set_place (page, "Lotus & Iron", NULL, TRUE);
  g_assert_nonnull (member_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Online"));
  g_assert_null (find_class (GTK_WIDGET (page), "wrong"));
  g_assert_finalize_object (page);
}

int
main (int argc, char *argv[])
{
  look_init (&argc, &argv);
  member_screen_init (&argc, &argv);
  member_screen_test ("/sl/member-pages/who-it-is-fits-every-look", test_identify);
  member_screen_test ("/sl/member-pages/home-and-bookings-fit-every-look", test_home);
  member_screen_test ("/sl/member-pages/classes-fit-every-look", test_sessions);
  member_screen_test ("/sl/member-pages/what-was-done-fits-every-look", test_deeds);
  g_test_add_func ("/sl/member-pages/network-is-said-in-receptions-words", test_network_words);
  return g_test_run ();
}
