/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-schedule"

#include "section-screen.h"

#include "engine/location.h"
#include "engine/recurrence.h"
#include "engine/rights.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "kiosk/desk-schedule.h"
#include "page-look.h"
#include "stage.h"

#include <glib/gi18n-lib.h>

#define HEAD_PX 250 /* the line with the week, and the first day below it */

/* The schedule at reception: made, changed, cancelled by what somebody taps; what the engine has then. The week is that
 * of Monday 2 March 2026, and it is 06:00. */

static SlId
add_service (Screen *screen, const char *name, gint64 duration_min, gint64 capacity)
{
  SlServiceParams params;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.name = name;
  params.kind = "class";
  params.type = "yoga";
  params.mode = "mixed";
  params.duration_min = duration_min;
  params.capacity = capacity;
  params.credits_hundredths = 0;
  g_assert_true (sl_service_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  return id;
}

static SlId
add_instructor (Screen *screen, const char *name)
{
  SlStaffParams params = { .name = name, .role = "instructor", .pin = SCREEN_PIN };
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  return id;
}

static void
add_room (Screen *screen, const char *name)
{
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_room_add (screen->desk.engine, &screen->desk.owner, NULL, name, &id, &refusal, NULL));
}

static SlId
add_session (Screen *screen, const SlId *service, const SlId *instructor, gint64 start_ms, gboolean draft)
{
  SlSessionParams params;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  sl_session_params_init (&params);
  params.service = service;
  params.instructor = instructor;
  params.start_ms = start_ms;
  params.draft = draft;
  g_assert_true (sl_session_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

/* The first of three weeks. */
static SlId
add_series (Screen *screen, const SlId *service, gint64 start_ms)
{
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  sl_session_params_init (&params);
  params.service = service;
  params.start_ms = start_ms;
  g_assert_true (sl_session_add_by_rule (screen->desk.engine, &screen->desk.owner, &params, "FREQ=WEEKLY;COUNT=3", 0,
                                         &ids, &refusal, NULL));
  g_assert_cmpuint (ids->len, ==, 3);
  return g_array_index (ids, SlId, 0);
}

/* (element-type SlSession) */
static GPtrArray *
list (Screen *screen)
{
  GPtrArray *sessions = sl_session_list (screen->desk.engine, NULL, MORNING - DAYS (7), MORNING + DAYS (100), NULL);

  g_assert_nonnull (sessions);
  return sessions;
}

static SlSession *
get (Screen *screen, const SlId *id)
{
  SlSession *session = sl_session_get (screen->desk.engine, id, NULL);

  g_assert_nonnull (session);
  return session;
}

static gint64
places (Screen *screen, const SlId *id)
{
  SlSessionCounts counts;

  g_assert_true (sl_session_counts (screen->desk.engine, id, &counts, NULL));
  return counts.capacity;
}

static void
show (Screen *screen, SlRole role)
{
  screen_sign_in (screen, role);
  screen_show (screen, sl_desk_schedule_new);
  screen_wait (screen, "Mon 2 March – Sun 8 March");
}

static void
test_make (Screen *screen, gconstpointer data)
{
  SlId thabo;
  g_autoptr (GPtrArray) sessions = NULL;
  const SlSession *made;

  add_service (screen, "Pilates", 45, 8);
  add_service (screen, "Spin", 30, 20);
  thabo = add_instructor (screen, "Thabo");
  add_room (screen, "Studio 1");
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "New class, Wed 4 March 17:00");
  screen_tap (screen, "Save");
  screen_wait (screen, "Choose a class");
  screen_tap (screen, "Class: Pilates");
  screen_wait (screen, "17:00 – 17:45");
  screen_tap (screen, "Start: +5 min");
  screen_tap (screen, "Instructor: Thabo");
  screen_tap (screen, "Room: Studio 1");
  screen_tap (screen, "Places: +1");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Pilates, Wed 4 March 17:05 is in the schedule.");
  screen_wait (screen, "17:05");
  screen_wait (screen, "0/9");
  sessions = list (screen);
  g_assert_cmpuint (sessions->len, ==, 1);
  made = sessions->pdata[0];
  g_assert_cmpint (made->start_ms, ==, MORNING + DAYS (2) + HOURS (11) + MINUTES (5));
  g_assert_cmpint (made->end_ms - made->start_ms, ==, MINUTES (45));
  g_assert_true (sl_id_equal (&made->instructor_id, &thabo));
  g_assert_cmpstr (made->room_name, ==, "Studio 1");
  g_assert_true (made->published);
}

static void
test_make_weekly_drafts (Screen *screen, gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = NULL;

  add_service (screen, "Pilates", 45, 8);
  show (screen, SL_ROLE_OWNER);
  screen_tap (screen, "New class, Tue 3 March 08:00");
  screen_wait (screen, "Only once");
  screen_tap (screen, "How often: +4");
  screen_tap (screen, "How often: −1");
  screen_wait (screen, "Every week until Tue 24 March");
  screen_tap (screen, "Members can book it: Not yet: a draft");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "4 classes are in the schedule, the first: Pilates, Tue 3 March 08:00.");
  screen_wait (screen, "Draft");
  sessions = list (screen);
  g_assert_cmpuint (sessions->len, ==, 4);
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];

      g_assert_cmpint (session->start_ms, ==, MORNING + DAYS (1 + 7 * i) + HOURS (2));
      g_assert_cmpint (session->state, ==, SL_SESSION_DRAFT);
    }
}

static void
test_busy_instructor (Screen *screen, gconstpointer data)
{
  SlId spin = add_service (screen, "Spin", 60, 20), thabo = add_instructor (screen, "Thabo");
  g_autoptr (GPtrArray) sessions = NULL;

  add_service (screen, "Pilates", 45, 8);
  add_session (screen, &spin, &thabo, MORNING + DAYS (2) + HOURS (11), FALSE);
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "New class, Wed 4 March 16:00");
  screen_tap (screen, "Class: Pilates");
  screen_tap (screen, "Start: +1 h");
  screen_tap (screen, "Instructor: Thabo");
  screen_tap (screen, "Save");
  screen_wait (screen, "The instructor has another session at that time. (Spin · Wed 4 March 17:00)");
  screen_wait (screen, "17:00 – 17:45"); /* what was filled in is there yet */
  screen_tap (screen, "Start: +1 h");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Pilates, Wed 4 March 18:00 is in the schedule.");
  sessions = list (screen);
  g_assert_cmpuint (sessions->len, ==, 2);
}

/* An instructor's Wednesday was given to another device: one of them plans it, so that nobody is planned twice. */
static void
test_planned_elsewhere (Screen *screen, gconstpointer data)
{
  SlId thabo = add_instructor (screen, "Thabo"), elsewhere;
  gint64 wednesday = (MORNING + DAYS (2)) / SL_DAY_MS;
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (SlRefusal) refusal = { 0 };
  Desk other;

  desk_join (&other, &screen->desk, "Gym floor");
  desk_carry_log (&other, &screen->desk);
  sl_engine_get_replica (other.engine, &elsewhere);
  desk_close (&other, NULL);
  g_array_append_val (days, wednesday);
  g_assert_true (sl_rights_move_days (screen->desk.engine, &screen->desk.owner, &thabo, days, &elsewhere, &refusal,
                                      NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  add_service (screen, "Pilates", 45, 8);
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "New class, Wed 4 March 17:00");
  screen_tap (screen, "Instructor: Thabo");
  screen_tap (screen, "Save");
  screen_wait (screen, "Another device plans that day. Change it there.");
  screen_tap (screen, "Day: +1");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Pilates, Thu 5 March 17:00 is in the schedule.");
}

static void
test_edit (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), thabo = add_instructor (screen, "Thabo");
  SlId id = add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  g_autoptr (SlSession) after = NULL;

  add_room (screen, "Studio 1");
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Pilates");
  screen_wait (screen, "Pilates, 09:00");
  g_assert_null (screen_find (screen, "How often"));
  screen_tap (screen, "Day: +1");
  screen_wait (screen, "Thu 5 March");
  screen_tap (screen, "Start: −1 h");
  screen_tap (screen, "Instructor: Thabo");
  screen_tap (screen, "Places: +5");
  screen_save (screen);
  screen_wait (screen, "0/13");
  after = get (screen, &id);
  g_assert_cmpint (after->start_ms, ==, MORNING + DAYS (3) + HOURS (2));
  g_assert_true (sl_id_equal (&after->instructor_id, &thabo));
  g_assert_cmpint (places (screen, &id), ==, 13);
}

/* Who is in another class at the new time is said. */
static void
test_move_of_booked_member (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), spin = add_service (screen, "Spin", 45, 8);
  SlId id = add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  SlId other = add_session (screen, &spin, NULL, MORNING + DAYS (2) + HOURS (4), FALSE);
  SlId thandi = desk_member (&screen->desk, "Thandi");

  desk_book (&screen->desk, &thandi, &id);
  desk_book (&screen->desk, &thandi, &other);
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Start: +1 h");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Saved. 1 member is booked into another class at that time.");
}

static void
test_this_and_following (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);
  SlId first = add_series (screen, &pilates, MORNING + DAYS (2) + HOURS (3));
  g_autoptr (GPtrArray) sessions = NULL;

  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Later week");
  screen_wait (screen, "Mon 9 March – Sun 15 March");
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Start: +1 h");
  screen_tap (screen, "Save");
  screen_wait (screen, "This class repeats. Which ones are changed?");
  screen_tap (screen, "This one and the 1 that follows");
  screen_wait_said (screen, "2 classes are changed.");
  screen_wait (screen, "10:00");
  sessions = list (screen);
  g_assert_true (sl_id_equal (&((const SlSession *) sessions->pdata[0])->id, &first));
  for (guint i = 0; i < sessions->len; i++)
    g_assert_cmpint (((const SlSession *) sessions->pdata[i])->start_ms, ==,
                     MORNING + DAYS (2 + 7 * i) + HOURS (i == 0 ? 3 : 4));
}

static void
test_only_this_one (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);
  SlId first = add_series (screen, &pilates, MORNING + DAYS (2) + HOURS (3));
  g_autoptr (GPtrArray) sessions = NULL;

  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Places: +1");
  screen_tap (screen, "Save");
  screen_tap (screen, "Only this one");
  screen_wait_said (screen, "Saved.");
  sessions = list (screen);
  g_assert_cmpint (places (screen, &first), ==, 9);
  g_assert_cmpint (places (screen, &((const SlSession *) sessions->pdata[1])->id), ==, 8);
}

static void
test_cancel (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);
  SlId id = add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  SlId thandi = desk_member (&screen->desk, "Thandi"), sipho = desk_member (&screen->desk, "Sipho");
  SlId booking = desk_book (&screen->desk, &thandi, &id);
  g_autoptr (SlSession) after = NULL;

  desk_book (&screen->desk, &sipho, &id);
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Cancel the class");
  screen_wait (screen, "Cancel Pilates, 09:00?");
  screen_wait (screen, "2 bookings go with it, and everything comes back.");
  screen_tap (screen, "The instructor is ill");
  screen_wait_said (screen, "1 class is cancelled.");
  screen_wait (screen, "Cancelled");
  after = get (screen, &id);
  g_assert_true (after->cancelled);
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "cancelled");
  screen_tap (screen, "Pilates");
  screen_wait (screen, "It is cancelled, and cannot be changed any more.");
  g_assert_null (screen_button (screen, "Save"));
}

static void
test_cancel_following (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), thandi = desk_member (&screen->desk, "Thandi");
  g_autoptr (GPtrArray) sessions = NULL;

  desk_policy (&screen->desk, "booking_opens_hours", "720");
  add_series (screen, &pilates, MORNING + DAYS (2) + HOURS (3));
  sessions = list (screen);
  desk_book (&screen->desk, &thandi, &((const SlSession *) sessions->pdata[1])->id);
  g_clear_pointer (&sessions, g_ptr_array_unref);
  show (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Cancel the class");
  screen_wait (screen, "Nobody is booked.");
  screen_tap (screen, "This one and the 2 that follow");
  screen_wait (screen, "1 booking goes with it");
  screen_tap (screen, "Too few are coming");
  screen_wait_said (screen, "3 classes are cancelled.");
  sessions = list (screen);
  for (guint i = 0; i < sessions->len; i++)
    g_assert_true (((const SlSession *) sessions->pdata[i])->cancelled);
}

static void
test_publish (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);
  SlId id = add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), TRUE);
  g_autoptr (SlSession) after = NULL;

  show (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "Draft");
  screen_tap (screen, "Pilates");
  screen_tap (screen, "Open it for booking");
  screen_wait_said (screen, "Pilates, 09:00 can be booked now.");
  screen_wait_gone (screen, "Draft");
  after = get (screen, &id);
  g_assert_true (after->published);
}

static GtkDropTarget *
drop_target_of (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

      for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
        {
          g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

          if (GTK_IS_DROP_TARGET (controller))
            return GTK_DROP_TARGET (controller);
        }
    }
  return NULL;
}

static void
test_drag (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);
  SlId id = add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3) + MINUTES (30), FALSE);
  g_autofree char *text = sl_id_to_string (&id);
  g_autoptr (SlSession) after = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  show (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "Pilates");
  screen_wait (screen, "13:00"); /* the hours come one after the other */
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  g_signal_emit_by_name (drop_target_of (screen_button (screen, "New class, Fri 6 March 12:00")), "drop", &value, 1.0,
                         1.0, &taken);
  g_assert_true (taken);
  screen_wait_said (screen, "Saved.");
  screen_wait (screen, "12:30");
  after = get (screen, &id);
  g_assert_cmpint (after->start_ms, ==, MORNING + DAYS (4) + HOURS (6) + MINUTES (30));
}

/* Another desk, or the command line, adds one: it is there by itself. */
static void
test_live (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);

  show (screen, SL_ROLE_MANAGER);
  g_assert_false (screen_shows (screen, "Pilates"));
  add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  screen_wait (screen, "Pilates");
}

/* A class that another desk adds leaves all others where a finger may be. More of them than come at once. */
static void
test_others_stay (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), spin = add_service (screen, "Spin", 45, 8);
  g_autoptr (GtkWidget) before = NULL;

  for (int day = 0; day < 7; day++)
    for (int i = 0; i < 6; i++)
      add_session (screen, &spin, NULL, MORNING + DAYS (day) + HOURS (3) + MINUTES (5 * i), FALSE);
  add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  show (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "Pilates");
  before = g_object_ref (screen_button (screen, "Pilates"));
  add_session (screen, &spin, NULL, MORNING + DAYS (2) + HOURS (3) + MINUTES (2), FALSE);
  screen_wait (screen, "09:02 · 0/8");
  g_assert_true (screen_button (screen, "Pilates") == before);
}

/* A receptionist of another location may not, and is told so before and after. */
static void
test_may_not (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), elsewhere = desk_other_location (&screen->desk, "Gardens");
  SlStaffParams params = { .name = "Lerato", .role = "receptionist", .pin = SCREEN_PIN, .locations = &elsewhere,
                           .n_locations = 1 };
  SlId lerato;
  g_auto (SlRefusal) refusal = { 0 };

  add_session (screen, &pilates, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  g_assert_true (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &lerato, &refusal, NULL));
  screen_sign_in_as (screen, &lerato);
  screen_show (screen, sl_desk_schedule_new);
  screen_wait (screen, "Pilates");
  g_assert_null (screen_button (screen, "New class"));
  g_assert_null (screen_button (screen, "New class, Wed 4 March 17:00"));
  screen_tap (screen, "Pilates");
  screen_wait (screen, "This is not allowed for this person here.");
  g_assert_null (screen_button (screen, "Save"));
}

/* Somebody's right is taken away while their panel is open. */
static void
test_may_not_any_more (Screen *screen, gconstpointer data)
{
  SlId elsewhere = desk_other_location (&screen->desk, "Gardens");
  SlStaffParams params = { .locations = &elsewhere, .n_locations = 1 };
  SlId lerato;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) sessions = NULL;

  add_service (screen, "Pilates", 45, 8);
  show (screen, SL_ROLE_RECEPTIONIST);
  lerato = sl_desk_get_staff (screen->reception)->id;
  screen_tap (screen, "New class, Wed 4 March 17:00");
  screen_wait (screen, "17:00 – 17:45");
  g_assert_true (sl_staff_edit (screen->desk.engine, &screen->desk.owner, &lerato, &params, &refusal, NULL));
  screen_tap (screen, "Save");
  screen_wait (screen, "This is not allowed for this person here.");
  screen_wait (screen, "17:00 – 17:45");
  sessions = list (screen);
  g_assert_cmpuint (sessions->len, ==, 0);
}

static void
test_instructor_sees_own (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8), spin = add_service (screen, "Spin", 45, 8);
  SlId thabo = add_instructor (screen, "Thabo");

  add_instructor (screen, "Zanele");
  add_session (screen, &pilates, &thabo, MORNING + DAYS (2) + HOURS (3), FALSE);
  add_session (screen, &spin, NULL, MORNING + DAYS (2) + HOURS (3), FALSE);
  screen_sign_in_as (screen, &thabo);
  screen_show (screen, sl_desk_schedule_new);
  screen_wait (screen, "Your classes");
  screen_wait (screen, "Pilates");
  g_assert_false (screen_shows (screen, "Spin"));
  screen_tap (screen, "Pilates");
  screen_wait (screen, "Pilates, 09:00");
  g_assert_null (screen_button (screen, "Instructor: Zanele"));
}

static gboolean
is_at_the_top (gpointer owner, const char *day)
{
  Screen *screen = owner;
  GtkWidget *label = screen_find (screen, day);
  graphene_rect_t bounds;

  return label != NULL && gtk_widget_compute_bounds (label, screen->section, &bounds) && bounds.origin.y > 0
         && bounds.origin.y < HEAD_PX;
}

/* Large text makes a list of it, and on a Friday nobody plans the Monday before. */
static void
test_list_begins_with_today (Screen *screen, gconstpointer data)
{
  SlId pilates = add_service (screen, "Pilates", 45, 8);

  for (int hour = 0; hour < 5 * 24; hour += 4)
    add_session (screen, &pilates, NULL, MORNING + HOURS (hour), FALSE);
  screen->desk.world.now_ms += DAYS (4);
  look_set_text_size (150);
  show (screen, SL_ROLE_MANAGER);
  stage_wait (screen->window, is_at_the_top, screen, "Fri 6 March");
  look_set_text_size (100);
}

/* --- how it looks --- */

static void
fill_week (Screen *screen)
{
  SlId flow = add_service (screen, "Vinyasa Flow", 60, 12), mat = add_service (screen, "Reformer Pilates", 45, 8);
  SlId spin = add_service (screen, "Spin", 30, 20), thabo = add_instructor (screen, "Thabo Khumalo");
  SlId zanele = add_instructor (screen, "Zanele van der Westhuizen"), cancelled;
  SlId thandi = desk_member (&screen->desk, "Thandi");

  add_room (screen, "Studio 1");
  add_room (screen, "Reformer room");
  for (int day = 0; day < 6; day++)
    {
      SlId id = add_session (screen, &flow, &thabo, MORNING + DAYS (day) + HOURS (1), FALSE);

      desk_book (&screen->desk, &thandi, &id);
      add_session (screen, &mat, &zanele, MORNING + DAYS (day) + HOURS (1) + MINUTES (15), day == 3);
      add_session (screen, &spin, NULL, MORNING + DAYS (day) + HOURS (11) + MINUTES (30), FALSE);
    }
  cancelled = add_session (screen, &spin, &thabo, MORNING + DAYS (4) + HOURS (4), FALSE);
  desk_cancel_session (&screen->desk, &cancelled);
  add_series (screen, &flow, MORNING + DAYS (6) + HOURS (3));
}

static void
fill_page (Screen *screen)
{
  screen_wait (screen, "Vinyasa Flow");
}

static void
fill_new (Screen *screen)
{
  screen_wait (screen, "Vinyasa Flow");
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "New class"));
  screen_wait (screen, dgettext (GETTEXT_PACKAGE, "Only once"));
  screen_tap (screen, "Vinyasa Flow");
  screen_wait (screen, "–");
  screen_wait (screen, "12");
}

static void
fill_edit (Screen *screen)
{
  screen_wait (screen, "Vinyasa Flow");
  screen_tap (screen, "09:00");
  screen_wait (screen, "Vinyasa Flow, 09:00");
}

static void
fill_which (Screen *screen)
{
  fill_edit (screen);
  screen_tap (screen, "+5");
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "Save"));
  screen_wait (screen, dgettext (GETTEXT_PACKAGE, "Only this one"));
}

static void
fill_cancel (Screen *screen)
{
  fill_edit (screen);
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "Cancel the class"));
  screen_wait (screen, dgettext (GETTEXT_PACKAGE, "Only this one"));
}

static void
test_looks (Screen *screen, gconstpointer data)
{
  fill_week (screen);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "schedule", sl_desk_schedule_new, fill_page);
  screen_check_looks (screen, "schedule-new", sl_desk_schedule_new, fill_new);
  screen_check_looks (screen, "schedule-edit", sl_desk_schedule_new, fill_edit);
  screen_check_looks (screen, "schedule-which", sl_desk_schedule_new, fill_which);
  screen_check_looks (screen, "schedule-cancel", sl_desk_schedule_new, fill_cancel);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Screen, NULL, screen_open, func, screen_close)
  TEST ("/sl/desk-schedule/free-place-becomes-a-class", test_make);
  TEST ("/sl/desk-schedule/each-week-for-a-month-as-drafts", test_make_weekly_drafts);
  TEST ("/sl/desk-schedule/busy-instructor-is-said-and-all-kept", test_busy_instructor);
  TEST ("/sl/desk-schedule/day-that-another-device-plans", test_planned_elsewhere);
  TEST ("/sl/desk-schedule/changed-in-the-panel", test_edit);
  TEST ("/sl/desk-schedule/moved-onto-another-class-of-a-member", test_move_of_booked_member);
  TEST ("/sl/desk-schedule/this-and-following", test_this_and_following);
  TEST ("/sl/desk-schedule/only-this-one", test_only_this_one);
  TEST ("/sl/desk-schedule/cancelled-once-said-what-goes", test_cancel);
  TEST ("/sl/desk-schedule/cancelled-with-those-that-follow", test_cancel_following);
  TEST ("/sl/desk-schedule/draft-is-opened", test_publish);
  TEST ("/sl/desk-schedule/dragged-to-another-day", test_drag);
  TEST ("/sl/desk-schedule/what-another-desk-adds-is-there", test_live);
  TEST ("/sl/desk-schedule/others-stay-where-they-are", test_others_stay);
  TEST ("/sl/desk-schedule/receptionist-of-elsewhere-may-not", test_may_not);
  TEST ("/sl/desk-schedule/right-is-gone-while-the-panel-is-open", test_may_not_any_more);
  TEST ("/sl/desk-schedule/instructor-sees-their-own", test_instructor_sees_own);
  TEST ("/sl/desk-schedule/list-begins-with-today", test_list_begins_with_today);
  TEST ("/sl/desk-schedule/fits-every-screen", test_looks);
  return g_test_run ();
}
