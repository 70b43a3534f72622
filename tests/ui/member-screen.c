/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-screen"

#include "member-screen.h"

#include "core/crypto.h"
#include "engine/member.h"
#include "language.h"
#include "stage.h"
#include "widget-search.h"

#include <string.h>

void
member_screen_init (int *argc, char ***argv)
{
  g_assert_true (sl_crypto_init (NULL));
  stage_open (argc, argv);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
}

static void
on_done (SlMemberSide *side, MemberScreen *screen)
{
  screen->done++;
}

static void
on_failed (SlMemberSide *side, const GError *error, MemberScreen *screen)
{
  screen->failed++;
}

static void
on_answered (SlMemberSide *side, int tone, MemberScreen *screen)
{
  screen->answered++;
}

void
member_screen_open (MemberScreen *screen, gconstpointer data)
{
  desk_open (&screen->desk, NULL);
  sl_language_use ("en");
  screen->door = sl_door_new (screen->desk.dir->path, &screen->desk.world.base);
  while (sl_door_get_state (screen->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  screen->side = sl_member_side_new (screen->door, &screen->desk.world.base);
  g_signal_connect (screen->side, "done", G_CALLBACK (on_done), screen);
  g_signal_connect (screen->side, "failed", G_CALLBACK (on_failed), screen);
  g_signal_connect (screen->side, "answered", G_CALLBACK (on_answered), screen);
  screen->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (screen->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (screen->window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (screen->window), sl_member_side_get_widget (screen->side));
  gtk_window_present (GTK_WINDOW (screen->window));
}

void
member_screen_close (MemberScreen *screen, gconstpointer data)
{
  sl_member_side_reset (screen->side);
  gtk_window_destroy (GTK_WINDOW (screen->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (screen->side);
  sl_door_close (screen->door);
  g_assert_finalize_object (screen->door);
  desk_close (&screen->desk, NULL);
}

static gboolean
is_button (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_BUTTON (widget) && widget_search (widget, SEARCH_VISIBLE, widget_says_part, text) != NULL;
}

GtkWidget *
member_find (GtkWidget *widget, GType type, const char *text)
{
  return widget_search (widget, SEARCH_VISIBLE, type == GTK_TYPE_BUTTON ? is_button : widget_says_part, text);
}

static gboolean
is_named_with (GtkWidget *widget, gconstpointer text)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
  char *name;
  gboolean is_so;

  if (!gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  /* What it is instead of nothing. */
  name = gtk_test_accessible_check_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, "");
  is_so = name != NULL && strstr (name, text) != NULL;
  g_free (name);
  return is_so;
}

gboolean
member_has_name_with (GtkWidget *widget, const char *text)
{
  return widget_search (widget, SEARCH_VISIBLE, is_named_with, text) != NULL;
}

gboolean
member_shows (MemberScreen *screen, const char *text)
{
  return member_find (screen->window, GTK_TYPE_LABEL, text) != NULL;
}

typedef gboolean (*IsSo) (MemberScreen *screen, const char *text);

static void
wait_until (MemberScreen *screen, IsSo is_so, const char *text)
{
  stage_wait (screen->window, (StageIsSo) is_so, screen, text);
}

void
member_wait (MemberScreen *screen, const char *text)
{
  wait_until (screen, member_shows, text);
}

static gboolean
is_gone (MemberScreen *screen, const char *text)
{
  return !member_shows (screen, text);
}

void
member_wait_gone (MemberScreen *screen, const char *text)
{
  wait_until (screen, is_gone, text);
}

static gboolean
is_done (MemberScreen *screen, const char *text)
{
  return screen->done > 0;
}

void
member_wait_done (MemberScreen *screen)
{
  wait_until (screen, is_done, "the check-in page");
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
can_tap (MemberScreen *screen, const char *text)
{
  GtkWidget *button = member_find (screen->window, GTK_TYPE_BUTTON, text);

  return button != NULL && gtk_widget_is_sensitive (button);
}

void
member_tap (MemberScreen *screen, const char *text)
{
  GtkWidget *button;

  wait_until (screen, can_tap, text);
  button = member_find (screen->window, GTK_TYPE_BUTTON, text);
  if (GTK_IS_TOGGLE_BUTTON (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  else
    g_signal_emit_by_name (button, "clicked");
}

void
member_type (MemberScreen *screen, const char *digits)
{
  for (; *digits != '\0'; digits++)
    {
      const char key[2] = { *digits, '\0' };

      member_tap (screen, key);
    }
}

void
member_identify (MemberScreen *screen, const char *pin)
{
  member_wait (screen, "Your phone number");
  member_type (screen, MEMBER_PHONE);
  member_tap (screen, "Next");
  member_type (screen, pin);
  member_tap (screen, "OK");
}

SlId
member_add (MemberScreen *screen)
{
  SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .phone = MEMBER_PHONE, .pin = MEMBER_PIN,
                            .birth_date = "1990-04-27" };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlId id;

  g_assert_true (sl_member_add (screen->desk.engine, &screen->desk.owner, &params, FALSE, &id, &refusal, &error));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return id;
}
