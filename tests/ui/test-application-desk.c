/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-application-desk"

#include "kiosk/application.h"

#include "kiosk-screen.h"

#include "engine/call.h"
#include "engine/sale.h"
#include "kiosk/application-private.h"
#include "kiosk/desk-shell.h"
#include "stage.h"
#include "widget-search.h"
#include "widgets/sheet.h"

#include <string.h>

/* Reception on the door's screen: who is called there, who has it and how long, and what they hear. */

/* --- what is heard --- */

#define WAVE_HEADER_BYTES 44

/* Where all that is played ends up. */
static void
start_with_sound (Kiosk *kiosk)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk->dir, "heard.raw");
  g_autofree char *settings = g_strdup_printf (
    "sounds=true\nsound_sink=audio/x-raw,format=S16LE ! filesink buffer-mode=unbuffered location=%s\n", path);

  kiosk_start (kiosk, settings);
}

static gboolean
hears (Kiosk *kiosk, const char *sound)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk->dir, "heard.raw"), *data = NULL;
  g_autofree char *name = g_strdup_printf ("/za/studioloop/kiosk/sounds/%s.wav", sound);
  g_autoptr (GBytes) wave = g_resources_lookup_data (name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length, wave_length;
  const char *played = g_bytes_get_data (wave, &wave_length);

  return g_file_get_contents (path, &data, &length, NULL) && length == wave_length - WAVE_HEADER_BYTES
         && memcmp (data, played + WAVE_HEADER_BYTES, length) == 0;
}

static void
wait_for_sound (Kiosk *kiosk, const char *sound)
{
  while (!hears (kiosk, sound))
    {
      (void) g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

/* Whether it stands anywhere there, in sight or not. */
static gboolean
says (GtkWidget *widget, const char *part)
{
  return widget_search (widget, SEARCH_ALL, widget_says_part, part) != NULL;
}

static void
wait_for_words (Kiosk *kiosk, const char *part)
{
  while (!says (GTK_WIDGET (kiosk->window), part))
    g_main_context_iteration (NULL, TRUE);
}

static void
go_to_reception (Kiosk *kiosk)
{
  g_signal_emit_by_name (sl_door_window_get_start (kiosk->window), "reception-wanted");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_DESK);
}

static GtkWidget *
pin_page (Kiosk *kiosk)
{
  return GTK_WIDGET (sl_desk_page_get_pin (sl_door_window_get_desk (kiosk->window)));
}

static void
call_elsewhere (Kiosk *kiosk, const SlId *member)
{
  SlId id;

  g_assert_true (sl_call_add (kiosk->desk->engine, &kiosk->desk->owner, SL_REFUSAL_TOO_LATE, member, &id, NULL));
}

static void
test_bell (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (kiosk->desk, "Thandi");

  start_with_sound (kiosk);
  g_signal_emit_by_name (kiosk->application->member_side, "called", SL_REFUSAL_TOO_LATE, "Thandi N.", &member);
  wait_for_sound (kiosk, "bell");

  /* Reception is locked: that somebody waits is for anybody to read, who it is is not. */
  go_to_reception (kiosk);
  wait_for_words (kiosk, "Somebody waits at the door");
  g_assert_true (gtk_widget_get_mapped (pin_page (kiosk)));
  g_assert_false (says (pin_page (kiosk), "Thandi"));
}

static void
test_sent_to_reception (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (kiosk->desk, "Sipho");
  g_autofree char *barred = desk_pass (kiosk->desk, &member);
  desk_block (kiosk->desk, &member);
  kiosk_start (kiosk, "");
  sl_application_handle_code (kiosk->application, barred);
  kiosk_wait_label (kiosk, "answer-headline", "Please see reception");
  wait_for_words (kiosk, "Somebody waits at the door");
  g_autoptr (GPtrArray) calls = sl_call_list (kiosk->desk->engine, NULL);
  g_assert_cmpuint (calls->len, ==, 1);
  g_assert_cmpstr (((const SlCall *) calls->pdata[0])->who, ==, "Sipho N.");
}

static void
test_bell_of_another_process (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *heard = sl_temp_dir_file (kiosk->desk->dir, "heard.raw");
  SlId thandi = desk_member (kiosk->desk, "Thandi"), sipho = desk_member (kiosk->desk, "Sipho");

  /* Nobody is at the desk here: it is written there, and no member hears a bell. */
  start_with_sound (kiosk);
  call_elsewhere (kiosk, &thandi);
  wait_for_words (kiosk, "Somebody waits at the door");
  kiosk_draw (kiosk, 30); /* a bell would be heard meanwhile */
  g_assert_false (g_file_test (heard, G_FILE_TEST_EXISTS));

  go_to_reception (kiosk);
  call_elsewhere (kiosk, &sipho);
  wait_for_words (kiosk, "2 people wait at the door");
  wait_for_sound (kiosk, "bell");

  /* Half an hour later they have gone. */
  kiosk->desk->world.now_ms += MINUTES (SL_CALL_MINUTES + 1);
  while (says (GTK_WIDGET (kiosk->window), "people wait at the door"))
    g_main_context_iteration (NULL, TRUE);
}

/* --- who has the screen of reception --- */

/* Somebody new of that role is at the desk, with that section before them. */
static SlId
work_at_desk (Kiosk *kiosk, SlRole role, const char *section)
{
  SlActor actor;

  desk_staff (kiosk->desk, role, &actor);
  go_to_reception (kiosk);
  screen_sign_in_as (&kiosk->screen, &actor.id);
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", section);
  return actor.id;
}

/* A finger on the middle of it meets it, and nothing above it. */
static gboolean
can_be_touched (Kiosk *kiosk, GtkWidget *widget)
{
  GtkWidget *window = GTK_WIDGET (kiosk->window), *at;
  graphene_rect_t bounds;

  if (widget == NULL || !gtk_widget_compute_bounds (widget, window, &bounds))
    return FALSE;
  at = gtk_widget_pick (window, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + bounds.size.height / 2,
                        GTK_PICK_DEFAULT);
  return at != NULL && (at == widget || gtk_widget_is_ancestor (at, widget));
}

static gboolean
can_touch_button (Kiosk *kiosk, const char *text)
{
  GtkWidget *button = screen_button (&kiosk->screen, text);

  return button != NULL && gtk_widget_is_sensitive (button) && can_be_touched (kiosk, button);
}

/* Once a finger can press it, one does. */
static void
press (Kiosk *kiosk, const char *text)
{
  while (!can_touch_button (kiosk, text))
    g_main_context_iteration (NULL, TRUE);
  g_signal_emit_by_name (screen_button (&kiosk->screen, text), "clicked");
}

/* Its pad is there to be typed on. */
static void
wait_for_pad (Kiosk *kiosk)
{
  while (!gtk_widget_get_mapped (pin_page (kiosk)) || !can_touch_button (kiosk, "5"))
    g_main_context_iteration (NULL, TRUE);
}

/* In each section, whoever locks or leaves the desk leaves nothing open, and nothing that was written. */
static void
test_lock_closes_sheets (Kiosk *kiosk, gconstpointer data)
{
  static const struct { const char *section, *button, *field; } sheets[] = {
    { "members", "New member", "First name" },
    { "today", "Write a note", "Note" },
    { "till", "Open the till", "Cash in it now, the float" },
  };
  SlId receptionist;

  desk_free_class (kiosk->desk, MORNING + MINUTES (10), 8);
  kiosk_start (kiosk, "");
  receptionist = work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, sheets[0].section);
  for (guint i = 0; i < G_N_ELEMENTS (sheets); i++)
    {
      g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", sheets[i].section);
      press (kiosk, sheets[i].button);
      screen_type (&kiosk->screen, sheets[i].field, "5");
      g_assert_false (can_touch_button (kiosk, sheets[i].button));
      sl_desk_sign_out (kiosk->application->desk);
      g_assert_null (kiosk_find_class (kiosk, "sheet"));
      wait_for_pad (kiosk);
      screen_sign_in_as (&kiosk->screen, &receptionist);
      press (kiosk, sheets[i].button);
      g_assert_cmpstr (screen_typed (&kiosk->screen, sheets[i].field), ==, "");
      sl_desk_sign_out (kiosk->application->desk);
      screen_sign_in_as (&kiosk->screen, &receptionist);
    }
  sl_desk_sign_out (kiosk->application->desk);
  g_signal_emit_by_name (pin_page (kiosk), "left");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_START);
  g_assert_null (kiosk_find_class (kiosk, "sheet"));
}

/* An answer that comes after the lock asks nobody anything. */
static void
test_late_sheet (Kiosk *kiosk, gconstpointer data)
{
  SlId receptionist;
  SlSheet *sheet;
  GtkWidget *focus;

  kiosk_start (kiosk, "");
  sheet = sl_sheet_new ("Thandi Nkosi");
  sl_sheet_set_child (sheet, gtk_entry_new ());
  receptionist = work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  while (!can_touch_button (kiosk, "New member"))
    g_main_context_iteration (NULL, TRUE);
  sl_desk_sign_out (kiosk->application->desk);
  wait_for_pad (kiosk);
  sl_sheet_present (sheet, stage_find_class (GTK_WIDGET (sl_door_window_get_desk (kiosk->window)), "desk-content"));
  kiosk_draw (kiosk, 2);
  g_assert_false (screen_shows (&kiosk->screen, "Thandi Nkosi"));
  focus = gtk_window_get_focus (GTK_WINDOW (kiosk->window));
  g_assert_true (focus == NULL || gtk_widget_get_mapped (focus));
  wait_for_pad (kiosk);
  screen_sign_in_as (&kiosk->screen, &receptionist);
  g_assert_null (kiosk_find_class (kiosk, "sheet"));
  while (!can_touch_button (kiosk, "New member"))
    g_main_context_iteration (NULL, TRUE);
}

/* A refund above the limit, in the sheet that asks how much. */
static void
ask_for_refund (Kiosk *kiosk)
{
  SlSaleParams params = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_sale_other (kiosk->desk->engine, &kiosk->desk->owner, &params, "Towel", 90000, 1, &sale, &refusal,
                                NULL));
  kiosk_start (kiosk, "");
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "till");
  press (kiosk, "Towel");
  press (kiosk, "Card");
  screen_type (&kiosk->screen, "Amount", "900");
  screen_type (&kiosk->screen, "Why", "Bought twice");
  press (kiosk, "Give R900.00 back");
}

static void
test_approval_over_a_sheet (Kiosk *kiosk, gconstpointer data)
{
  SlActor manager;

  desk_staff (kiosk->desk, SL_ROLE_MANAGER, &manager);
  ask_for_refund (kiosk);
  wait_for_pad (kiosk);
  g_assert_true (says (pin_page (kiosk), "A manager's PIN"));

  /* Not now: all that was typed is there again. */
  press (kiosk, "Not now");
  while (!can_touch_button (kiosk, "Give R900.00 back"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (screen_typed (&kiosk->screen, "Amount"), ==, "900");
  g_assert_cmpstr (screen_typed (&kiosk->screen, "Why"), ==, "Bought twice");

  press (kiosk, "Give R900.00 back");
  wait_for_pad (kiosk);
  g_signal_emit_by_name (pin_page (kiosk), "entered", &manager.id, SCREEN_PIN);
  wait_for_words (kiosk, "R900.00 was given back.");
  while (kiosk_find_class (kiosk, "sheet") != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The real pointer, on its middle. */
static void
click (Kiosk *kiosk, GtkWidget *widget)
{
  graphene_rect_t bounds;
  g_autofree char *x = NULL, *y = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (kiosk->window), &bounds));
  x = g_strdup_printf ("%.0f", bounds.origin.x + bounds.size.width / 2);
  y = g_strdup_printf ("%.0f", bounds.origin.y + bounds.size.height / 2);
  char *words[] = { (char *) "xdotool", (char *) "mousemove", x, y, (char *) "click", (char *) "1", NULL };
  g_spawn_sync (NULL, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
click_is_noticed (Kiosk *kiosk, GtkWidget *widget)
{
  SlDeskPage *desk = sl_door_window_get_desk (kiosk->window);
  gint64 before_us = sl_desk_shell_get_touched_us (desk);

  click (kiosk, widget);
  while (sl_desk_shell_get_touched_us (desk) == before_us)
    g_main_context_iteration (NULL, TRUE);
}

/* Whoever writes in a sheet is there, on whatever they write. */
static void
test_sheets_and_keys_are_noticed (Kiosk *kiosk, gconstpointer data)
{
  GtkWidget *key;

  kiosk_start (kiosk, "");
  while (!gtk_window_is_fullscreen (GTK_WINDOW (kiosk->window)))
    g_main_context_iteration (NULL, TRUE);
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  press (kiosk, "New member");
  while (!can_be_touched (kiosk, screen_field (&kiosk->screen, "First name")))
    g_main_context_iteration (NULL, TRUE);
  click_is_noticed (kiosk, screen_field (&kiosk->screen, "First name"));
  while (!can_be_touched (kiosk, key = screen_button (&kiosk->screen, "Q")))
    g_main_context_iteration (NULL, TRUE);
  click_is_noticed (kiosk, key);
  while (!g_str_equal (screen_typed (&kiosk->screen, "First name"), "Q"))
    g_main_context_iteration (NULL, TRUE);
}

/* Whoever holds up a code at reception hears what became of it, as at the door. */
static void
test_codes_are_heard_at_the_desk (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = kiosk_booked_pass (kiosk);

  start_with_sound (kiosk);
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "ok");
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "walk-in");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal");

  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "today");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "ok");
  press (kiosk, "Write a note");
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "members");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "attention"); /* what is asked comes first */

  sl_desk_sign_out (kiosk->application->desk);
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal"); /* no badge */
}

/* Whoever has the desk when the door's language is due keeps all that is on it. */
static void
lapse (Kiosk *kiosk)
{
  GSource *source = g_main_context_find_source_by_id (NULL, kiosk->application->language_id);

  g_assert_nonnull (source);
  g_source_ref (source);
  g_source_set_ready_time (source, 0);
  while (!g_source_is_destroyed (source) && g_source_get_ready_time (source) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (source);
  kiosk_draw (kiosk, 2);
}

static void
test_language_waits_for_reception (Kiosk *kiosk, gconstpointer data)
{
  SlCheckinPage *before;
  GtkWidget *desk;

  kiosk_start (kiosk, "language_s=600\n");
  before = sl_door_window_get_start (kiosk->window);
  kiosk_use_afrikaans (kiosk);
  /* The old page may say it already; whoever goes to reception has the new one before them. */
  while (sl_door_window_get_start (kiosk->window) == before)
    g_main_context_iteration (NULL, TRUE);
  kiosk_wait_network (kiosk, "Selfstandig");
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  press (kiosk, "Nuwe lid");
  screen_type (&kiosk->screen, "Voornaam", "Lerato");
  desk = GTK_WIDGET (sl_door_window_get_desk (kiosk->window));
  lapse (kiosk);
  g_assert_true (desk == GTK_WIDGET (sl_door_window_get_desk (kiosk->window)));
  g_assert_cmpstr (screen_typed (&kiosk->screen, "Voornaam"), ==, "Lerato");

  /* Nor at its PIN page, to which they come back. */
  sl_desk_sign_out (kiosk->application->desk);
  wait_for_pad (kiosk);
  lapse (kiosk);
  g_assert_true (desk == GTK_WIDGET (sl_door_window_get_desk (kiosk->window)));
  g_signal_emit_by_name (pin_page (kiosk), "left");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_START);
  lapse (kiosk);
  kiosk_wait_network (kiosk, "Stand-alone");
}

int
main (int argc, char *argv[])
{
  kiosk_init (&argc, &argv);
  kiosk_test ("/sl/application/who-asks-for-reception-rings-and-the-locked-desk-says-so-without-a-name", test_bell);
  kiosk_test ("/sl/application/who-is-sent-to-reception-is-told-there", test_sent_to_reception);
  kiosk_test ("/sl/application/call-of-another-process-rings-where-reception-is", test_bell_of_another_process);
  kiosk_test ("/sl/application/what-is-open-at-the-desk-goes-with-who-locks-it", test_lock_closes_sheets);
  kiosk_test ("/sl/application/what-comes-late-is-not-seen-on-a-locked-desk", test_late_sheet);
  kiosk_test ("/sl/application/managers-pin-is-asked-for-above-the-question-it-is-for", test_approval_over_a_sheet);
  kiosk_test ("/sl/application/fingers-on-sheets-and-keys-keep-the-desk-open", test_sheets_and_keys_are_noticed);
  kiosk_test ("/sl/application/codes-are-heard-at-the-desk-as-at-the-door", test_codes_are_heard_at_the_desk);
  kiosk_test ("/sl/application/language-waits-until-reception-is-left", test_language_waits_for_reception);
  return g_test_run ();
}
