/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-section-screen"

#include "section-screen.h"

#include "core/crypto.h"
#include "engine/package.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "language.h"
#include "look-walk.h"
#include "page-look.h"
#include "stage.h"
#include "widget-search.h"
#include "widgets/sheet.h"

#include <string.h>

/* What is left of the screens beside the rail. */
static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1112, 664 }, { 1720, 936 }, { 1016, 1640 } };

/* screen_init: as main() begins. */
void
screen_init (int *argc, char ***argv)
{
  look_init (argc, argv);
  g_assert_true (sl_crypto_init (NULL));
  stage_open (argc, argv);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static void wait_until (Screen *screen, gboolean (*is_so) (Screen *, const char *), const char *text);

static void
on_said (SlDesk *desk, int tone, const char *text, Screen *screen)
{
  g_free (screen->said);
  screen->said = g_strdup (text);
  g_test_message ("said: %s", text);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, Screen *screen)
{
  screen->place = place;
  screen->opened = *id;
}

static void
on_approval_wanted (SlDesk *desk, const char *why, Screen *screen)
{
  screen->asked = TRUE;
}

/* screen_open: a studio, its engine on a thread, and reception with nobody there. */
void
screen_open (Screen *screen, gconstpointer data)
{
  desk_open (&screen->desk, NULL);
  sl_language_use ("en");
  screen->door = sl_door_new (screen->desk.dir->path, &screen->desk.world.base);
  while (sl_door_get_state (screen->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  screen->reception = sl_desk_new (screen->door, &screen->desk.world.base);
  g_signal_connect (screen->reception, "said", G_CALLBACK (on_said), screen);
  g_signal_connect (screen->reception, "approval-wanted", G_CALLBACK (on_approval_wanted), screen);
  g_signal_connect (screen->reception, "opened", G_CALLBACK (on_opened), screen);
}

static void
drop_window (Screen *screen)
{
  if (screen->window != NULL)
    gtk_window_destroy (GTK_WINDOW (screen->window));
  screen->window = NULL;
}

void
screen_close (Screen *screen, gconstpointer data)
{
  drop_window (screen);
  g_signal_handlers_disconnect_by_data (screen->reception, screen);
  sl_door_close (screen->door);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&screen->reception);
  g_clear_object (&screen->door);
  g_clear_pointer (&screen->said, g_free);
  desk_close (&screen->desk, NULL);
}

static void
on_signed_in (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal->code), ==, "ok");
}

void
screen_sign_in_as (Screen *screen, const SlId *staff)
{
  sl_desk_sign_in (screen->reception, staff, SCREEN_PIN, NULL, on_signed_in);
  while (sl_desk_get_staff (screen->reception) == NULL
         || !sl_id_equal (&sl_desk_get_staff (screen->reception)->id, staff))
    g_main_context_iteration (NULL, TRUE);
}

/* screen_sign_in: somebody new of that role is there. */
void
screen_sign_in (Screen *screen, SlRole role)
{
  SlActor actor;

  desk_staff (&screen->desk, role, &actor);
  screen_sign_in_as (screen, &actor.id);
}

static gboolean
was_asked (Screen *screen, const char *text)
{
  return screen->asked;
}

void
screen_wait_asked (Screen *screen)
{
  wait_until (screen, was_asked, "a manager's PIN");
  screen->asked = FALSE;
}

/* screen_approve: somebody of that role stands beside, and types their PIN. */
void
screen_approve (Screen *screen, SlRole role)
{
  SlActor actor;

  screen_wait_asked (screen);
  desk_staff (&screen->desk, role, &actor);
  sl_desk_approve (screen->reception, &actor.id, SCREEN_PIN, G_OBJECT (screen->reception), on_signed_in);
}

static void
present (Screen *screen, GtkWidget *(*create) (SlDesk *desk), LookSize size)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  drop_window (screen);
  screen->section = create (screen->reception);
  gtk_widget_set_vexpand (screen->section, TRUE);
  gtk_box_append (GTK_BOX (content), screen->section);
  screen->window = stage_present (sl_sheet_host_new (content), sizes[size].width, sizes[size].height);
}

/* screen_show: the section, as on the smallest screen. */
void
screen_show (Screen *screen, GtkWidget *(*create) (SlDesk *desk))
{
  present (screen, create, LOOK_1280X800);
}

/* --- what is there --- */

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  char *problem = gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
                  ? gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name)
                  : g_strdup ("");
  gboolean named = problem == NULL;

  g_free (problem);
  return named;
}

static gboolean
is_button (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_can_target (widget)
         && (widget_search (widget, SEARCH_ON_TOP, widget_says, text) != NULL || is_named (widget, text));
}

static gboolean
is_button_about (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_can_target (widget) && gtk_widget_is_sensitive (widget)
         && widget_search (widget, SEARCH_ON_TOP, widget_says_part, text) != NULL;
}

static GtkWidget *
find (Screen *screen, WidgetMatches matches, const char *text)
{
  return widget_search (screen->window, SEARCH_ON_TOP, matches, text);
}

GtkWidget *
screen_find (Screen *screen, const char *text)
{
  return find (screen, widget_says, text);
}

GtkWidget *
screen_find_part (Screen *screen, const char *text)
{
  return find (screen, widget_says_part, text);
}

gboolean
screen_shows (Screen *screen, const char *text)
{
  return screen_find_part (screen, text) != NULL;
}

static void
wait_until (Screen *screen, gboolean (*is_so) (Screen *, const char *), const char *text)
{
  stage_wait (screen->window, (StageIsSo) is_so, screen, text);
}

void
screen_wait (Screen *screen, const char *text)
{
  wait_until (screen, screen_shows, text);
}

static gboolean
is_gone (Screen *screen, const char *text)
{
  return !screen_shows (screen, text);
}

void
screen_wait_gone (Screen *screen, const char *text)
{
  wait_until (screen, is_gone, text);
}

static gboolean
was_said (Screen *screen, const char *text)
{
  return screen->said != NULL && strstr (screen->said, text) != NULL;
}

void
screen_wait_said (Screen *screen, const char *text)
{
  wait_until (screen, was_said, text);
  g_clear_pointer (&screen->said, g_free);
}

GtkWidget *
screen_button (Screen *screen, const char *text)
{
  GtkWidget *button = find (screen, is_button, text);

  return button != NULL ? button : find (screen, is_button_about, text);
}

static gboolean
can_tap (Screen *screen, const char *text)
{
  GtkWidget *button = screen_button (screen, text);

  return button != NULL && gtk_widget_is_sensitive (button);
}

void
screen_tap (Screen *screen, const char *text)
{
  wait_until (screen, can_tap, text);
  g_signal_emit_by_name (screen_button (screen, text), "clicked");
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* screen_save: and it is. */
void
screen_save (Screen *screen)
{
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Saved.");
}

/* screen_field: the one under the label with that text. */
GtkWidget *
screen_field (Screen *screen, const char *label)
{
  GtkWidget *widget;

  screen_wait (screen, label);
  widget = screen_find (screen, label);
  g_assert_nonnull (widget);
  widget = gtk_widget_get_next_sibling (widget);
  g_assert_true (GTK_IS_ENTRY (widget));
  return widget;
}

void
screen_type (Screen *screen, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (screen_field (screen, field)), text);
}

const char *
screen_typed (Screen *screen, const char *field)
{
  return gtk_editable_get_text (GTK_EDITABLE (screen_field (screen, field)));
}

/* --- what there is to be sold --- */

/* screen_spin: a class for one credit or R180, an hour from now. */
SlId
screen_spin (Screen *screen, gint64 capacity)
{
  SlServiceParams params;
  SlId service;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.name = "Spin";
  params.kind = "class";
  params.type = "cycling";
  params.duration_min = 45;
  params.capacity = capacity;
  params.credits_hundredths = 100;
  params.price_cents = 18000;
  g_assert_true (sl_service_add (screen->desk.engine, &screen->desk.owner, &params, &service, &refusal, NULL));
  return desk_session (&screen->desk, &service, MORNING + HOURS (1));
}

/* screen_five_rides: a package for R750. */
SlId
screen_five_rides (Screen *screen)
{
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_package_add (screen->desk.engine, &screen->desk.owner, "Five rides", 500, 75000, 90, &id, &refusal,
                                 NULL));
  return id;
}

/* --- how it looks --- */

/* Nothing asks for more room than there is: a window would grow instead of cutting it off. */
static void
check_fits (Screen *screen, LookSize size, const char *where)
{
  GtkWidget *host = gtk_window_get_child (GTK_WINDOW (screen->window));

  if (gtk_widget_get_width (host) > sizes[size].width || gtk_widget_get_height (host) > sizes[size].height)
    look_fault ("%s: wants %d by %d", where, gtk_widget_get_width (host), gtk_widget_get_height (host));
}

typedef struct {
  Screen *screen;
  const char *name;
  GtkWidget *(*create) (SlDesk *desk);
  void (*fill) (Screen *screen);
} Sample;

static void
check_look (const Look *look, gpointer data)
{
  const Sample *sample = data;
  Screen *screen = sample->screen;
  g_autofree char *where = look_where (look, sample->name);

  present (screen, sample->create, look->size);
  sample->fill (screen);
  look_settle (screen->window);
  /* A page finds its shape at its first size, which may have been too wide for it until then. */
  gtk_window_set_default_size (GTK_WINDOW (screen->window), sizes[look->size].width, sizes[look->size].height);
  look_settle (screen->window);
  look_picture (screen->window, look, sample->name);
  check_fits (screen, look->size, where);
  look_check (screen->window, where);
}

void
screen_check_looks (Screen *screen, const char *name, GtkWidget *(*create) (SlDesk *desk),
                    void (*fill) (Screen *screen))
{
  Sample sample = { screen, name, create, fill };

  look_each (check_look, &sample);
}
