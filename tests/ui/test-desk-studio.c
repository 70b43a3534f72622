/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-studio"

#include "section-screen.h"

#include "engine/location.h"
#include "engine/package.h"
#include "engine/pin.h"
#include "engine/plan.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "expect.h"
#include "kiosk/desk-schedule.h"
#include "kiosk/desk-sell.h"
#include "kiosk/desk-shell.h"
#include "kiosk/desk-studio.h"
#include "language.h"
#include "page-look.h"
#include "stage.h"
#include "studio-page.h"

#include <string.h>

/* What a studio is made of, as its manager makes it: by what they tap, type and read; and what the engine has then. */

#define NEW_PIN "571936"

static void
show (Screen *screen, SlRole role, const char *tab)
{
  screen_sign_in (screen, role);
  screen_show (screen, sl_desk_studio_new);
  screen_tap (screen, tab);
}

/* not_saved: and why is said at the form. */
static void
not_saved (Screen *screen, const char *why)
{
  screen_tap (screen, "Save");
  screen_wait (screen, why);
}

static void
type_package (Screen *screen, const char *name, const char *credits, const char *price, const char *days)
{
  screen_tap (screen, "New package");
  screen_type (screen, "Name", name);
  screen_type (screen, "Credits", credits);
  screen_type (screen, "Price", price);
  screen_type (screen, "Days that the credits are good for", days);
}

static void
type_pins (Screen *screen, const char *pin, const char *again)
{
  screen_type (screen, "PIN", pin);
  screen_type (screen, "The same PIN again", again);
}

/* add_person: whose PIN is SCREEN_PIN; here: at this place alone. */
static SlId
add_person (Screen *screen, const char *name, const char *role, gboolean here)
{
  SlStaffParams params = { .name = name, .role = role, .pin = SCREEN_PIN };
  SlId id;

  if (here)
    {
      params.locations = &screen->desk.location;
      params.n_locations = 1;
    }
  done (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, &failure));
  return id;
}

static SlService *
find_class (Screen *screen, const char *name)
{
  g_autoptr (GPtrArray) all = sl_service_list (screen->desk.engine, NULL);

  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (((SlService *) all->pdata[i])->name, name))
      return sl_service_get (screen->desk.engine, &((SlService *) all->pdata[i])->id, NULL);
  return NULL;
}

static SlStaff *
find_person (Screen *screen, const char *name)
{
  g_autoptr (GPtrArray) all = NULL;

  done (sl_staff_list (screen->desk.engine, &screen->desk.owner, &all, &refusal, &failure));
  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (((SlStaff *) all->pdata[i])->name, name))
      return sl_staff_get (screen->desk.engine, &((SlStaff *) all->pdata[i])->id, NULL);
  return NULL;
}

static gboolean
is_on (Screen *screen, const char *button)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (screen_button (screen, button)));
}

/* --- classes --- */

static void
test_class (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_MANAGER, "Classes");
  screen_wait (screen, "Nothing is taught here yet.");
  screen_tap (screen, "New kind of class");
  not_saved (screen, "It needs a name.");
  screen_type (screen, "Name", "Vinyasa");
  screen_type (screen, "Minutes", "an hour");
  not_saved (screen, "“Minutes”: type a whole number, 1 or more.");
  screen_type (screen, "Minutes", "45");
  screen_type (screen, "Places", "0");
  not_saved (screen, "“Places”: type a whole number, 1 or more.");
  screen_type (screen, "Places", "12");
  screen_type (screen, "Credits that a place takes", "some");
  not_saved (screen, "“Credits that a place takes”: type a number, such as 1 or 0.5.");
  screen_type (screen, "Credits that a place takes", "1,5");
  screen_type (screen, "Drop-in price (empty: none)", "R180");
  screen_type (screen, "Price for members (empty: the same)", "15O");
  not_saved (screen, "“Price for members (empty: the same)”: type an amount, such as 180 or 180.50.");
  screen_type (screen, "Price for members (empty: the same)", "150");
  not_saved (screen, "Choose a type.");
  g_assert_cmpstr (screen_typed (screen, "Name"), ==, "Vinyasa"); /* nothing is lost */
  screen_tap (screen, "Type: Yoga");
  screen_save (screen);
  screen_wait (screen, "Yoga · 45 min · 12 places · 1.5 credits");
  g_assert_false (screen_shows (screen, "Nothing is taught here yet."));

  g_autoptr (SlService) made = find_class (screen, "Vinyasa");
  g_assert_cmpstr (made->kind, ==, "class");
  g_assert_cmpstr (made->type, ==, "yoga");
  g_assert_cmpint (made->duration_min, ==, 45);
  g_assert_cmpint (made->capacity, ==, 12);
  g_assert_cmpint (made->credits_hundredths, ==, 150);
  g_assert_cmpint (made->price_cents, ==, 18000);
  g_assert_cmpint (made->member_price_cents, ==, 15000);

  screen_tap (screen, "Vinyasa");
  g_assert_cmpstr (screen_typed (screen, "Price for members (empty: the same)"), ==, "150.00");
  screen_type (screen, "Price for members (empty: the same)", "");
  screen_save (screen);
  g_autoptr (SlService) changed = find_class (screen, "Vinyasa");
  g_assert_cmpint (changed->member_price_cents, ==, SL_NUMBER_NONE);
  g_assert_cmpint (changed->price_cents, ==, 18000);
}

/* What another desk has changed meanwhile stays, as far as it was not changed here. */
static void
test_class_changed (Screen *screen, gconstpointer data)
{
  SlServiceParams params;

  screen_spin (screen, 8);
  g_autoptr (SlService) before = find_class (screen, "Spin");
  show (screen, SL_ROLE_MANAGER, "Classes");
  screen_tap (screen, "Spin");
  g_assert_cmpstr (screen_typed (screen, "Minutes"), ==, "45");
  g_assert_cmpstr (screen_typed (screen, "Drop-in price (empty: none)"), ==, "180.00");
  g_assert_true (is_on (screen, "Type: Cycling"));
  sl_service_params_init (&params);
  params.capacity = 20;
  done (sl_service_edit (screen->desk.engine, &screen->desk.owner, &before->id, &params, &refusal, &failure));
  screen_type (screen, "Name", "Spin 45");
  screen_type (screen, "Drop-in price (empty: none)", "");
  screen_save (screen);
  screen_wait (screen, "Spin 45");
  g_autoptr (SlService) after = find_class (screen, "Spin 45");
  g_assert_cmpint (after->capacity, ==, 20);
  g_assert_cmpint (after->duration_min, ==, 45);
  g_assert_cmpint (after->price_cents, ==, SL_NUMBER_NONE);
}

static void
test_out_of_use (Screen *screen, gconstpointer data)
{
  screen_spin (screen, 8);
  show (screen, SL_ROLE_MANAGER, "Classes");
  screen_tap (screen, "Spin");
  screen_tap (screen, "Take it out of use");
  screen_wait_said (screen, "Saved.");
  screen_wait (screen, "Out of use");
  g_autoptr (SlService) out = find_class (screen, "Spin");
  g_assert_false (out->active);
  screen_tap (screen, "Spin");
  screen_tap (screen, "Use it again");
  screen_wait_said (screen, "Saved.");
  screen_wait_gone (screen, "Out of use");
  g_autoptr (SlService) back = find_class (screen, "Spin");
  g_assert_true (back->active);
}

/* The engine's no, in words of the form; what was typed stays. */
static void
test_too_large (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_MANAGER, "Classes");
  screen_tap (screen, "New kind of class");
  screen_type (screen, "Name", "Marathon");
  screen_type (screen, "Minutes", "99999");
  screen_tap (screen, "Type: Cardio");
  not_saved (screen, "It cannot be saved like this");
  g_assert_cmpstr (screen_typed (screen, "Minutes"), ==, "99999");
  screen_type (screen, "Minutes", "240");
  screen_save (screen);
}

/* --- packages, plans, rooms --- */

static void
test_package (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_OWNER, "Packages");
  screen_wait (screen, "No packages are sold yet.");
  screen_tap (screen, "New package");
  screen_type (screen, "Name", "Ten classes");
  screen_type (screen, "Credits", "10");
  screen_type (screen, "Price", "12O0");
  not_saved (screen, "“Price”: type an amount, such as 180 or 180.50.");
  screen_type (screen, "Price", "1200");
  not_saved (screen, "“Days that the credits are good for”: type a whole number, 1 or more.");
  screen_type (screen, "Days that the credits are good for", "90");
  screen_save (screen);
  screen_wait (screen, "10 credits for 90 days");
  screen_tap (screen, "Ten classes");
  screen_type (screen, "Price", "1 150,50");
  screen_save (screen);

  g_autoptr (GPtrArray) all = sl_package_list (screen->desk.engine, NULL);
  const SlPackage *made = all->pdata[0];
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpint (made->credits_hundredths, ==, 1000);
  g_assert_cmpint (made->price_cents, ==, 115050);
  g_assert_cmpint (made->valid_days, ==, 90);
}

static SlPlan *
only_plan (Screen *screen)
{
  g_autoptr (GPtrArray) all = sl_plan_list (screen->desk.engine, NULL);

  g_assert_cmpuint (all->len, ==, 1);
  return sl_plan_get (screen->desk.engine, &((SlPlan *) all->pdata[0])->id, NULL);
}

static void
test_plan (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_MANAGER, "Plans");
  screen_wait (screen, "No plans are sold yet.");
  screen_tap (screen, "New plan");
  screen_type (screen, "Name", "Gold");
  g_assert_false (screen_shows (screen, "Credits each month")); /* one without limit counts none */
  screen_tap (screen, "How often it is paid: Every year");
  screen_type (screen, "Price", "9000");
  screen_save (screen);
  screen_wait (screen, "Every year · As many as they like");
  g_autoptr (SlPlan) gold = only_plan (screen);
  g_assert_cmpstr (gold->period, ==, "annual");
  g_assert_cmpstr (gold->kind, ==, "unlimited");
  g_assert_cmpint (gold->price_cents, ==, 900000);

  screen_tap (screen, "Gold");
  screen_tap (screen, "How many classes it pays for: So many credits each month");
  not_saved (screen, "“Credits each month”: type a number, such as 1 or 0.5.");
  screen_type (screen, "Credits each month", "8");
  screen_type (screen, "Joining fee (empty: none)", "150");
  screen_save (screen);
  screen_wait (screen, "Every year · 8 credits each month · R150.00 for joining");
  g_autoptr (SlPlan) counted = only_plan (screen);
  g_assert_cmpstr (counted->kind, ==, "credits");
  g_assert_cmpint (counted->credits_hundredths, ==, 800);
  g_assert_cmpint (counted->joining_cents, ==, 15000);

  screen_tap (screen, "Gold");
  screen_tap (screen, "How many classes it pays for: As many as they like");
  screen_type (screen, "Joining fee (empty: none)", "");
  screen_save (screen);
  g_autoptr (SlPlan) again = only_plan (screen);
  g_assert_cmpstr (again->kind, ==, "unlimited");
  g_assert_cmpint (again->credits_hundredths, ==, 0);
  g_assert_cmpint (again->joining_cents, ==, 0);
}

/* Of those that are given, and of no others. */
static void
test_plan_for_some (Screen *screen, gconstpointer data)
{
  SlServiceParams params;

  screen_spin (screen, 8);
  desk_service (&screen->desk, 100, 12, 60);
  g_autoptr (SlService) spin = find_class (screen, "Spin");
  SlId gone = desk_service (&screen->desk, 100, 12, 90);
  sl_service_params_init (&params);
  params.name = "Aerobics";
  params.active = -1;
  done (sl_service_edit (screen->desk.engine, &screen->desk.owner, &gone, &params, &refusal, &failure));

  show (screen, SL_ROLE_MANAGER, "Plans");
  screen_tap (screen, "New plan");
  screen_type (screen, "Name", "Gold");
  screen_type (screen, "Price", "900");
  g_assert_null (screen_button (screen, "It pays for: Spin"));
  screen_tap (screen, "Which classes it pays for: Only some");
  g_assert_null (screen_button (screen, "It pays for: Aerobics"));
  not_saved (screen, "Choose the classes that it pays for.");
  screen_tap (screen, "It pays for: Spin");
  screen_save (screen);
  screen_wait (screen, "Every month · As many as they like · for 1 kind of class only");
  g_autoptr (SlPlan) gold = only_plan (screen);
  g_assert_cmpuint (gold->services->len, ==, 1);
  g_assert_true (sl_id_equal (&g_array_index (gold->services, SlId, 0), &spin->id));

  screen_tap (screen, "Gold");
  g_assert_true (is_on (screen, "It pays for: Spin"));
  screen_tap (screen, "It pays for: Vinyasa");
  screen_save (screen);
  screen_wait (screen, "for 2 kinds of class only");
  screen_tap (screen, "Gold");
  screen_tap (screen, "It pays for: Spin");
  screen_save (screen);
  screen_wait (screen, "for 1 kind of class only");
  screen_tap (screen, "Gold");
  screen_tap (screen, "Which classes it pays for: All of them");
  screen_save (screen);
  screen_wait_gone (screen, "of class only");
  g_autoptr (SlPlan) again = only_plan (screen);
  g_assert_null (again->services);
}

static void
test_room (Screen *screen, gconstpointer data)
{
  SlId other = desk_other_location (&screen->desk, "Rosebank"), theirs;

  done (sl_room_add (screen->desk.engine, &screen->desk.owner, &other, "Upstairs", &theirs, &refusal, &failure));
  show (screen, SL_ROLE_MANAGER, "Rooms");
  screen_wait (screen, "There are no rooms yet."); /* elsewhere there are */
  screen_tap (screen, "New room");
  screen_type (screen, "Name", "Blue room");
  screen_save (screen);
  screen_tap (screen, "Blue room");
  screen_type (screen, "Name", "Green room");
  screen_save (screen);
  screen_tap (screen, "Green room");
  screen_tap (screen, "Take it out of use");
  screen_wait (screen, "Out of use");
  g_autoptr (GPtrArray) rooms = sl_room_list (screen->desk.engine, &screen->desk.location, NULL);
  g_assert_cmpuint (rooms->len, ==, 1);
  g_assert_cmpstr (((SlRoom *) rooms->pdata[0])->name, ==, "Green room");
  g_assert_false (((SlRoom *) rooms->pdata[0])->active);
}

/* --- staff --- */

static void
signs_in (Screen *screen, const char *name, const char *pin, const char *expected)
{
  g_autoptr (SlStaff) person = find_person (screen, name);
  g_auto (SlActor) actor = { 0 };

  g_assert_nonnull (person);
  refused (expected, sl_staff_authenticate (screen->desk.engine, &person->id, pin, &actor, &refusal, &failure));
}

static void
test_staff (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_MANAGER, "Staff");
  screen_tap (screen, "New person");
  screen_type (screen, "First and last name", "Zanele Dlamini");
  g_assert_null (screen_button (screen, "What they may do: Owner")); /* above a manager */
  not_saved (screen, "Choose what they may do.");
  screen_tap (screen, "What they may do: Reception");
  not_saved (screen, "Choose a PIN for them.");
  type_pins (screen, NEW_PIN, "571963");
  not_saved (screen, "The two PINs are not the same.");
  type_pins (screen, "123456", "123456");
  not_saved (screen, "The PIN is too short or one of the usual ones.");
  g_assert_cmpstr (screen_typed (screen, "First and last name"), ==, "Zanele Dlamini");
  type_pins (screen, NEW_PIN, NEW_PIN);
  /* Behind somebody's back it cannot be read. */
  g_assert_false (gtk_entry_get_visibility (GTK_ENTRY (screen_field (screen, "PIN"))));
  g_assert_false (gtk_entry_get_visibility (GTK_ENTRY (screen_field (screen, "The same PIN again"))));
  screen_save (screen);
  screen_wait (screen, "Zanele Dlamini");
  signs_in (screen, "Zanele Dlamini", NEW_PIN, "ok");
  g_autoptr (SlStaff) made = find_person (screen, "Zanele Dlamini");
  g_assert_cmpint (made->role, ==, SL_ROLE_RECEPTIONIST);
}

/* Whoever has forgotten theirs has locked it by trying. */
static void
test_new_pin (Screen *screen, gconstpointer data)
{
  add_person (screen, "Pieter Botha", "instructor", FALSE);
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    signs_in (screen, "Pieter Botha", "902107", "pin_wrong");
  signs_in (screen, "Pieter Botha", "902107", "pin_locked");
  show (screen, SL_ROLE_MANAGER, "Staff");
  screen_tap (screen, "Pieter Botha");
  g_assert_true (is_on (screen, "What they may do: Instructor"));
  screen_tap (screen, "What they may do: Reception");
  screen_type (screen, "New PIN (empty: as it is)", NEW_PIN);
  not_saved (screen, "The two PINs are not the same.");
  screen_type (screen, "The same PIN again", NEW_PIN);
  screen_save (screen);
  signs_in (screen, "Pieter Botha", NEW_PIN, "ok");

  /* Without one they keep theirs. */
  screen_tap (screen, "Pieter Botha");
  screen_type (screen, "First and last name", "Piet Botha");
  screen_save (screen);
  signs_in (screen, "Piet Botha", NEW_PIN, "ok");
  g_autoptr (SlStaff) changed = find_person (screen, "Piet Botha");
  g_assert_cmpint (changed->role, ==, SL_ROLE_RECEPTIONIST);
}

static void
test_leaves (Screen *screen, gconstpointer data)
{
  add_person (screen, "Pieter Botha", "instructor", FALSE);
  show (screen, SL_ROLE_MANAGER, "Staff");
  screen_tap (screen, "Pieter Botha");
  screen_tap (screen, "They no longer work here");
  screen_wait_said (screen, "Saved.");
  signs_in (screen, "Pieter Botha", SCREEN_PIN, "staff_inactive");
  screen_wait (screen, "Out of use");
  screen_tap (screen, "Pieter Botha");
  screen_tap (screen, "They work here again");
  screen_wait_said (screen, "Saved.");
  signs_in (screen, "Pieter Botha", SCREEN_PIN, "ok");

  /* Nobody does that to themselves. */
  screen_wait_gone (screen, "Out of use");
  screen_tap (screen, "Sipho");
  screen_wait (screen, "New PIN (empty: as it is)");
  g_assert_null (screen_button (screen, "They no longer work here"));
}

static void
test_above (Screen *screen, gconstpointer data)
{
  SlId id = add_person (screen, "Nomsa Dube", "owner", FALSE);

  show (screen, SL_ROLE_MANAGER, "Staff");
  screen_tap (screen, "Nomsa Dube");
  screen_wait (screen, "An owner has to change this");
  g_assert_null (screen_button (screen, "Save"));
  screen_tap (screen, "Close");
  screen_sign_in_as (screen, &id);
  screen_tap (screen, "New person");
  screen_wait (screen, "The same PIN again");
  g_assert_nonnull (screen_button (screen, "What they may do: Owner"));
}

/* A manager of one place: whoever they make works there alone. */
static void
test_one_place (Screen *screen, gconstpointer data)
{
  SlId id = add_person (screen, "Anja", "manager", TRUE);

  screen_sign_in_as (screen, &id);
  screen_show (screen, sl_desk_studio_new);
  screen_tap (screen, "Staff");
  screen_tap (screen, "New person");
  screen_type (screen, "First and last name", "Zanele");
  screen_tap (screen, "What they may do: Instructor");
  type_pins (screen, NEW_PIN, NEW_PIN);
  screen_save (screen);
  g_autoptr (SlStaff) made = find_person (screen, "Zanele");
  g_assert_cmpuint (made->locations->len, ==, 1);
  g_assert_true (sl_id_equal (&g_array_index (made->locations, SlId, 0), &screen->desk.location));
}

/* --- locations --- */

static void
test_location (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_OWNER, "Locations");
  screen_wait (screen, "This desk stands here · Africa/Johannesburg");
  screen_tap (screen, "New location");
  g_assert_cmpstr (screen_typed (screen, "Time zone, such as Africa/Johannesburg"), ==, "Africa/Johannesburg");
  screen_type (screen, "Name", "Windhoek");
  screen_type (screen, "Time zone, such as Africa/Johannesburg", "Windhoek");
  not_saved (screen, "There is no time zone of that name.");
  screen_type (screen, "Time zone, such as Africa/Johannesburg", "Africa/Windhoek");
  screen_type (screen, "Address (empty: none)", "3 Station Road");
  screen_save (screen);
  screen_wait (screen, "Africa/Windhoek · 3 Station Road");
  screen_tap (screen, "Windhoek");
  g_assert_null (screen_button (screen, "Take it out of use"));
  screen_type (screen, "Name", "Windhoek West");
  screen_type (screen, "Address (empty: none)", "");
  screen_save (screen);
  screen_wait (screen, "Windhoek West");
  g_assert_false (screen_shows (screen, "3 Station Road"));
  g_autoptr (GPtrArray) all = sl_location_list (screen->desk.engine, NULL);
  const SlLocation *made = all->pdata[1];
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (made->name, ==, "Windhoek West");
  g_assert_cmpstr (made->timezone, ==, "Africa/Windhoek");
  g_assert_null (made->address);
}

/* A manager looks after their own. */
static void
test_location_of_others (Screen *screen, gconstpointer data)
{
  SlId id = add_person (screen, "Anja", "manager", TRUE);

  desk_other_location (&screen->desk, "Rosebank");
  screen_sign_in_as (screen, &id);
  screen_show (screen, sl_desk_studio_new);
  screen_tap (screen, "Locations");
  screen_tap (screen, "Rosebank");
  screen_wait (screen, "Only an owner makes locations.");
  screen_tap (screen, "Close");
  screen_tap (screen, "New location");
  screen_wait (screen, "Only an owner makes locations.");
  g_assert_null (screen_button (screen, "Save"));
  screen_tap (screen, "Close");
  screen_tap (screen, "This desk stands here");
  screen_type (screen, "Name", "Green Point");
  screen_save (screen);
  g_autoptr (SlLocation) own = sl_location_get (screen->desk.engine, &screen->desk.location, NULL);
  g_assert_cmpstr (own->name, ==, "Green Point");
}

/* --- who may --- */

/* The section is not theirs; were it to be shown, the engine would still say no, and to the form. */
static void
test_not_allowed (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_RECEPTIONIST, "Packages");
  type_package (screen, "Ten classes", "10", "0", "90");
  not_saved (screen, "This is not allowed for this person here.");
  g_assert_cmpstr (screen_typed (screen, "Name"), ==, "Ten classes");
}

/* Somebody else at the desk: what was typed has gone with whoever typed it. */
static void
test_next_person (Screen *screen, gconstpointer data)
{
  show (screen, SL_ROLE_MANAGER, "Staff");
  screen_tap (screen, "New person");
  screen_type (screen, "PIN", NEW_PIN);
  screen_sign_in (screen, SL_ROLE_OWNER);
  screen_wait_gone (screen, "The same PIN again");
  screen_tap (screen, "New person");
  g_assert_cmpstr (screen_typed (screen, "PIN"), ==, "");
}

static void
leave (gpointer data)
{
}

static gboolean
has_section (gpointer owner, const char *name)
{
  return screen_button (owner, name) != NULL;
}

/* The whole of reception, with its rail. */
static void
present_reception (Screen *screen)
{
  GtkWidget *page = sl_desk_page_new ();

  if (screen->window != NULL)
    gtk_window_destroy (GTK_WINDOW (screen->window));
  sl_desk_shell_attach (screen->reception, SL_DESK_PAGE (page), leave, NULL);
  screen->window = stage_present (page, 1280, 800);
  stage_wait (screen->window, has_section, screen, g_dgettext (GETTEXT_PACKAGE, "Today"));
}

static void
test_who (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  present_reception (screen);
  g_assert_null (screen_button (screen, "Studio"));
  screen_sign_in (screen, SL_ROLE_INSTRUCTOR);
  g_assert_null (screen_button (screen, "Studio"));
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "Studio");
  screen_wait (screen, "Nothing is taught here yet.");
}

/* --- from the pages where something is missing --- */

static void
test_from_sell (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_sell_new);
  screen_wait (screen, "No packages are sold here yet. A manager makes them.");
  g_assert_null (screen_button (screen, "New package"));
  screen_sign_in (screen, SL_ROLE_MANAGER);
  present_reception (screen);
  screen_tap (screen, "Sell");
  screen_tap (screen, "New package");
  screen_wait (screen, "Rooms");
  type_package (screen, "Ten classes", "10", "1200", "90");
  screen_tap (screen, "Save");
  screen_wait (screen, "Saved.");
  screen_tap (screen, "Sell");
  screen_wait (screen, "10 credits for 90 days");
  g_assert_null (screen_button (screen, "New package"));
  screen_tap (screen, "Plans");
  screen_tap (screen, "New plan");
  screen_wait (screen, "A plan is a membership that is paid every month or every year.");
}

static void
test_from_schedule (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_schedule_new);
  screen_tap (screen, "New class");
  screen_wait_said (screen, "There is no kind of class to be given here yet. A manager makes them.");
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_tap (screen, "New class");
  screen_tap (screen, "New kind of class");
  g_assert_cmpint (screen->place, ==, SL_DESK_STUDIO);
  g_assert_false (screen_shows (screen, "New kind of class")); /* the question is closed */
}

/* --- a new studio, from nothing to a sale and a class --- */

static void
test_new_studio (Screen *screen, gconstpointer data)
{
  SlSaleParams sale = { .method = "cash", .amount_cents = SL_NUMBER_NONE };
  SlSessionParams params;
  g_auto (SlSale) sold = { 0 };
  SlId session, member = desk_member (&screen->desk, "Thandi");

  show (screen, SL_ROLE_MANAGER, "Classes");
  screen_tap (screen, "New kind of class");
  screen_type (screen, "Name", "Spin");
  screen_tap (screen, "Type: Cycling");
  screen_save (screen);
  screen_tap (screen, "Rooms");
  screen_tap (screen, "New room");
  screen_type (screen, "Name", "Bikes");
  screen_save (screen);
  screen_tap (screen, "Packages");
  type_package (screen, "Five rides", "5", "750", "60");
  screen_save (screen);

  g_autoptr (SlService) spin = find_class (screen, "Spin");
  g_autoptr (GPtrArray) packages = sl_package_list (screen->desk.engine, NULL);
  g_autoptr (GPtrArray) rooms = sl_room_list (screen->desk.engine, NULL, NULL);
  sl_session_params_init (&params);
  params.service = &spin->id;
  params.room = &((SlRoom *) rooms->pdata[0])->id;
  params.start_ms = MORNING + HOURS (2);
  done (sl_session_add (screen->desk.engine, &screen->desk.owner, &params, &session, &refusal, &failure));
  sale.member_id = member;
  sale.package_id = ((SlPackage *) packages->pdata[0])->id;
  done (sl_sale_package (screen->desk.engine, &screen->desk.owner, &sale, &sold, &refusal, &failure));
  desk_book (&screen->desk, &member, &session);
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 400);
}

/* --- how it looks --- */

static void
add_samples (Screen *screen)
{
  SlPlanParams plan;
  SlPackageParams package;
  SlId id, vinyasa;

  screen_spin (screen, 8);
  vinyasa = desk_service (&screen->desk, 100, 12, 60);
  screen_five_rides (screen);
  desk_other_location (&screen->desk, "Rosebank");
  sl_package_params_init (&package);
  package.name = "Introduction for new members: three weeks of anything";
  package.credits_hundredths = 100000;
  package.price_cents = 123456700;
  package.valid_days = 21;
  done (sl_package_create (screen->desk.engine, &screen->desk.owner, &package, &id, &refusal, &failure));
  package.active = -1;
  done (sl_package_edit (screen->desk.engine, &screen->desk.owner, &id, &package, &refusal, &failure));
  sl_plan_params_init (&plan);
  plan.name = "Gold";
  plan.kind = "credits";
  plan.period = "monthly";
  plan.price_cents = 89900;
  plan.joining_cents = 15000;
  plan.credits_hundredths = 800;
  plan.services = &vinyasa;
  plan.n_services = 1;
  done (sl_plan_add (screen->desk.engine, &screen->desk.owner, &plan, &id, &refusal, &failure));
  done (sl_room_add (screen->desk.engine, &screen->desk.owner, NULL, "Blue room", &id, &refusal, &failure));
  add_person (screen, "Johannes Hendrik van der Merwe-Oosthuizen", "instructor", FALSE);
}

/* check_whole: of the sheet that a row opens, all is in sight. */
static void
check_whole (Screen *screen, SlDeskPlace place, const char *row, const char *also)
{
  GtkWidget *scroller;
  GtkAdjustment *along;

  sl_desk_open (screen->reception, place, &sl_id_none);
  screen_tap (screen, row);
  if (also != NULL)
    screen_tap (screen, also);
  look_settle (screen->window);
  scroller = gtk_widget_get_ancestor (screen_field (screen, g_dgettext (GETTEXT_PACKAGE, "Name")),
                                      GTK_TYPE_SCROLLED_WINDOW);
  along = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  g_test_message ("%s: %.0f of %.0f", row, gtk_adjustment_get_page_size (along), gtk_adjustment_get_upper (along));
  g_assert_cmpfloat (gtk_adjustment_get_upper (along), <=, gtk_adjustment_get_page_size (along));
  screen_tap (screen, g_dgettext (GETTEXT_PACKAGE, "Leave it"));
}

/* On the smallest screen; Zulu has the longest words. */
static void
test_whole (Screen *screen, gconstpointer data)
{
  static const char *const languages[] = { "zu", "en" };

  add_samples (screen);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      sl_language_use (languages[i]);
      g_autofree char *some = g_strdup_printf ("%s: %s", g_dgettext (GETTEXT_PACKAGE, "Which classes it pays for"),
                                               g_dgettext (GETTEXT_PACKAGE, "Only some"));
      present_reception (screen);
      check_whole (screen, SL_DESK_STUDIO, "Spin", NULL);
      check_whole (screen, SL_DESK_STUDIO_PLANS, "Gold", some);
    }
}

typedef struct {
  const char *name;
  SlStudioKind kind;
  const char *row;   /* (nullable): whose sheet is open; "": a new one's */
  gboolean is_wrong; /* and says what is missing */
} View;

static const View views[] = {
  { "classes", SL_STUDIO_CLASSES, NULL, FALSE },
  { "packages", SL_STUDIO_PACKAGES, NULL, FALSE },
  { "plans", SL_STUDIO_PLANS, NULL, FALSE },
  { "rooms", SL_STUDIO_ROOMS, NULL, FALSE },
  { "staff", SL_STUDIO_STAFF, NULL, FALSE },
  { "class", SL_STUDIO_CLASSES, "Spin", FALSE },
  { "class-new", SL_STUDIO_CLASSES, "", TRUE },
  { "plan", SL_STUDIO_PLANS, "Gold", FALSE },
  { "location", SL_STUDIO_LOCATIONS, "Rosebank", FALSE },
  { "person", SL_STUDIO_STAFF, "Johannes", FALSE },
  { "person-new", SL_STUDIO_STAFF, "", TRUE },
};

static const View *view;

static const char *const samples[] = { "Spin", "Five rides", "Gold", "Blue room", "Johannes", "Rosebank" };

static void
fill (Screen *screen)
{
  sl_studio_page_show_kind (SL_STUDIO_PAGE (screen->section), view->kind);
  screen_wait (screen, samples[view->kind]);
  if (view->row != NULL && *view->row == '\0')
    screen_tap (screen, sl_studio_new_words (view->kind));
  else if (view->row != NULL)
    screen_tap (screen, view->row);
  look_settle (screen->window);
  if (view->is_wrong)
    screen_tap (screen, g_dgettext (GETTEXT_PACKAGE, "Save"));
}

static void
test_looks (Screen *screen, gconstpointer data)
{
  g_autofree char *name = NULL;

  view = data;
  name = g_strdup_printf ("studio-%s", view->name);
  add_samples (screen);
  screen_sign_in (screen, SL_ROLE_OWNER);
  screen_check_looks (screen, name, sl_desk_studio_new, fill);
}

static void
fill_empty (Screen *screen)
{
  sl_studio_page_show_kind (SL_STUDIO_PAGE (screen->section), view->kind);
  look_settle (screen->window);
}

/* Those of which most is said. */
static void
test_looks_empty (Screen *screen, gconstpointer data)
{
  static const SlStudioKind kinds[] = { SL_STUDIO_CLASSES, SL_STUDIO_ROOMS };

  screen_sign_in (screen, SL_ROLE_MANAGER);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("studio-no-%s", views[kinds[i]].name);

      view = &views[kinds[i]];
      screen_check_looks (screen, name, sl_desk_studio_new, fill_empty);
    }
}

static void
fill_sell (Screen *screen)
{
  screen_wait (screen, sl_studio_none_words (SL_STUDIO_PACKAGES));
}

static void
fill_schedule (Screen *screen)
{
  screen_tap (screen, g_dgettext (GETTEXT_PACKAGE, "New class"));
  screen_wait (screen, sl_studio_new_words (SL_STUDIO_CLASSES));
}

static void
test_looks_of_ways (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "studio-from-sell", sl_desk_sell_new, fill_sell);
  screen_check_looks (screen, "studio-from-schedule", sl_desk_schedule_new, fill_schedule);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add ("/sl/desk-studio/" path, Screen, NULL, screen_open, func, screen_close)
  TEST ("a-class-is-made", test_class);
  TEST ("a-class-is-changed-and-nothing-else", test_class_changed);
  TEST ("a-class-goes-out-of-use-and-back", test_out_of_use);
  TEST ("what-the-engine-cannot-take-is-said-at-the-form", test_too_large);
  TEST ("a-package-is-made-and-changed", test_package);
  TEST ("a-plan-is-made-and-changed", test_plan);
  TEST ("a-plan-is-for-some-classes-only", test_plan_for_some);
  TEST ("a-room-of-this-place-is-made-and-changed", test_room);
  TEST ("somebody-new-signs-in-with-their-pin", test_staff);
  TEST ("a-forgotten-pin-is-made-anew", test_new_pin);
  TEST ("somebody-leaves-and-comes-back", test_leaves);
  TEST ("nobody-changes-who-is-above-them", test_above);
  TEST ("a-manager-of-one-place-makes-staff-of-that-place", test_one_place);
  TEST ("a-location-is-made-and-changed", test_location);
  TEST ("a-manager-changes-their-own-location-alone", test_location_of_others);
  TEST ("not-allowed-is-said-at-the-form", test_not_allowed);
  TEST ("what-was-typed-goes-with-whoever-typed-it", test_next_person);
  TEST ("only-who-may-sees-it", test_who);
  TEST ("sell-leads-there", test_from_sell);
  TEST ("schedule-leads-there", test_from_schedule);
  TEST ("a-new-studio-comes-to-a-sale-and-a-class", test_new_studio);
  TEST ("all-of-a-sheet-is-in-sight", test_whole);
  TEST ("the-ways-there-fit-every-look", test_looks_of_ways);
  TEST ("empty-lists-fit-every-look", test_looks_empty);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/desk-studio/%s-fits-every-look", views[i].name);

      g_test_add (path, Screen, &views[i], screen_open, test_looks, screen_close);
    }
  return g_test_run ();
}
