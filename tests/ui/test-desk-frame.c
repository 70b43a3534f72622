/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-frame"

#include "look-walk.h"
#include "page-look.h"
#include "section-screen.h"
#include "stage.h"

#include "kiosk/desk-shell.h"
#include "kiosk/desk-status.h"

#include <glib/gi18n-lib.h>

/* What stands around reception's sections: the PIN page, and the frame with all sections, where everything that can go
 * wrong has. In each look all of it fits, and no section has to be scrolled to. `--shots DIR` leaves pictures. */

static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1280, 800 }, { 1920, 1080 }, { 1080, 1920 } };

#define IN(text) g_dgettext (GETTEXT_PACKAGE, text)

static void
check_look (GtkWidget *window, const Look *look, const char *state)
{
  g_autofree char *where = look_where (look, state);
  GtkWidget *page = gtk_window_get_child (GTK_WINDOW (window));

  look_picture (window, look, state);
  look_check (window, where);
  if (gtk_widget_get_width (page) != sizes[look->size].width
      || gtk_widget_get_height (page) != sizes[look->size].height)
    look_fault ("%s: wants %d by %d", where, gtk_widget_get_width (page), gtk_widget_get_height (page));
}

/* --- the PIN page --- */

static void
add_people (SlPinPage *pin)
{
  static const struct { const char *name, *role; } people[] = {
    { "Lerato Mokoena", N_("Reception") }, { "Johannes Hendrik van der Merwe-Oosthuizen", N_("Manager") },
    { "Nomsa Dube", N_("Owner") }, { "Siphesihle Ndlovu-Buthelezi", N_("Instructor") },
    { "Zanele Dlamini", N_("Finance") }, { "Pieter Botha", N_("Instructor") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      const SlId id = { .bytes = { (guint8) (i + 1) } };

      sl_pin_page_add_person (pin, &id, people[i].name, IN (people[i].role));
    }
}

static void
check_pin (const Look *look, gpointer data)
{
  const SlId picked = { .bytes = { 2 } };
  SlPinPage *pin = SL_PIN_PAGE (sl_pin_page_new ());
  GtkWidget *window;

  sl_pin_page_set_question (pin, IN ("Who is at the desk?"), NULL, IN ("Back to check-in"));
  add_people (pin);
  window = stage_present (GTK_WIDGET (pin), sizes[look->size].width, sizes[look->size].height);
  check_look (window, look, "pin");

  sl_pin_page_pick (pin, &picked);
  sl_pin_page_set_waiting (pin, g_dngettext (GETTEXT_PACKAGE, "Somebody waits at the door",
                                               "{n} people wait at the door", 1));
  sl_pin_page_set_said (pin, IN ("The PIN could not be looked at. Try again."));
  look_settle (window);
  check_look (window, look, "pin-said");

  sl_pin_page_set_waiting (pin, NULL);
  sl_pin_page_set_said (pin, "");
  sl_pin_page_set_question (pin, IN ("A manager's PIN"), IN ("Goodwill"), IN ("Not now"));
  look_settle (window);
  check_look (window, look, "pin-asked");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_pin (void)
{
  look_each (check_pin, NULL);
}

/* --- the frame --- */

static void
leave (gpointer data)
{
}

static gboolean
has_states (gpointer owner, const char *text)
{
  return stage_find_class (owner, "chip") != NULL;
}

/* How things stand, the more of it the less room there is; the last is a device that may not be used any more. */
static const struct { const char *name; SlDeskStatus status; gboolean opened; } standings[] = {
  { "frame-one", { 0 }, FALSE },
  { "frame-three", { .paired = TRUE, .contact_ms = MORNING - HOURS (3), .pending = 12,
                     .printer = SL_PRINTER_MISSING }, FALSE },
  { "frame-opened", { .paired = TRUE, .contact_ms = MORNING - HOURS (3), .others_revoked = 2, .pending = 12,
                      .clock_wrong = TRUE, .disk_low = TRUE, .camera_missing = TRUE, .printer_off = TRUE,
                      .prints_waiting = 3, .prints_uncertain = 2 }, TRUE },
  { "frame-all", { .paired = TRUE, .contact_ms = MORNING - HOURS (3), .others_revoked = 2, .pending = 12,
                   .clock_wrong = TRUE, .disk_low = TRUE, .camera_missing = TRUE, .printer_off = TRUE,
                   .prints_waiting = 3, .prints_uncertain = 2 }, FALSE },
  { "frame-revoked", { .paired = TRUE, .revoked = TRUE, .pending = 12, .clock_wrong = TRUE, .disk_low = TRUE,
                       .camera_missing = TRUE, .scanner_missing = TRUE, .prints_uncertain = 2 }, FALSE },
};

/* Once what the shell has read itself stands there. */
static void
show_states (SlDeskPage *page, GtkWidget *window, guint i)
{
  GtkWidget *more = stage_find_class (window, "more");

  look_settle (window);
  sl_desk_page_clear_states (page);
  sl_desk_status_show (&standings[i].status, NULL, MORNING, page);
  sl_desk_page_set_badge (page, "attention", 12);
  look_settle (window);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (more), standings[i].opened);
  look_settle (window);
}

/* The rail scrolls, but nobody has to know that. */
static void
check_rail (GtkWidget *window, GtkWidget *widget, const char *where)
{
  graphene_rect_t bounds;

  if (gtk_widget_get_mapped (widget) && gtk_widget_has_css_class (widget, "desk-section"))
    {
      g_assert_true (gtk_widget_compute_bounds (widget, window, &bounds));
      if (bounds.origin.y + bounds.size.height > gtk_widget_get_height (window)
          || bounds.origin.x + bounds.size.width > gtk_widget_get_width (window))
        look_fault ("%s: a section is out of sight, at %.0f %.0f", where, bounds.origin.x, bounds.origin.y);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_rail (window, child, where);
}

static void
check_frame (const Look *look, gpointer data)
{
  Screen *screen = data;
  g_autofree char *where = look_where (look, "frame");
  SlDeskPage *page = SL_DESK_PAGE (sl_desk_page_new ());
  GtkWidget *window;

  sl_desk_shell_attach (screen->reception, page, leave, NULL);
  sl_desk_page_set_place (page, "Fynbos Fitness · Stellenbosch");
  sl_desk_page_set_person (page, "Nomsa Dube");
  window = stage_present (GTK_WIDGET (page), sizes[look->size].width, sizes[look->size].height);
  stage_wait (window, has_states, window, "how things stand");
  sl_desk_page_show_section (page, "attention");
  for (guint i = 0; i < G_N_ELEMENTS (standings); i++)
    {
      show_states (page, window, i);
      check_look (window, look, standings[i].name);
      if (!standings[i].opened)
        check_rail (window, window, where);
    }
  sl_desk_page_say (page, SL_DESK_SAYS_ATTENTION, IN ("The PIN could not be looked at. Try again."));
  look_settle (window);
  check_look (window, look, "frame-said");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_frame (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_OWNER);
  look_each (check_frame, screen);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
  g_test_add_func ("/sl/desk-frame/pin-page-fits-every-look", test_pin);
  g_test_add ("/sl/desk-frame/all-sections-and-states-fit-every-look", Screen, NULL, screen_open, test_frame,
              screen_close);
  return g_test_run ();
}
