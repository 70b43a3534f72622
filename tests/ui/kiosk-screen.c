/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-kiosk-screen"

#include "kiosk-screen.h"

#include "core/crypto.h"
#include "kiosk/application-private.h"
#include "language.h"
#include "page-look.h"
#include "stage.h"

void
kiosk_init (int *argc, char ***argv)
{
  g_assert_true (sl_crypto_init (NULL));
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  g_test_init (argc, argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
}

GtkWidget *
kiosk_find_class (Kiosk *kiosk, const char *css_class)
{
  return stage_find_class (GTK_WIDGET (kiosk->window), css_class);
}

const char *
kiosk_label (Kiosk *kiosk, const char *css_class)
{
  GtkWidget *label = kiosk_find_class (kiosk, css_class);

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : "";
}

void
kiosk_wait_label (Kiosk *kiosk, const char *css_class, const char *text)
{
  while (!g_str_equal (kiosk_label (kiosk, css_class), text))
    g_main_context_iteration (NULL, TRUE);
}

/* How the network is comes first, whatever else there is to say. */
void
kiosk_wait_network (Kiosk *kiosk, const char *text)
{
  while (!g_str_has_prefix (kiosk_label (kiosk, "network-words"), text))
    g_main_context_iteration (NULL, TRUE);
}

void
kiosk_wait_page (Kiosk *kiosk, SlDoorShows page)
{
  while (sl_door_window_get_shown (kiosk->window) != page)
    g_main_context_iteration (NULL, TRUE);
}

void
kiosk_draw (Kiosk *kiosk, guint n_frames)
{
  look_draw (GTK_WIDGET (kiosk->window), n_frames);
}

void
kiosk_open (Kiosk *kiosk, gconstpointer data)
{
  disk_gate_init (&kiosk->disk);
  kiosk->camera = sl_temp_dir_new ();
  kiosk->desk = &kiosk->screen.desk;
  desk_open (kiosk->desk, NULL);
}

/* kiosk_start: on the desk's directory; its settings come from device.ini. */
void
kiosk_start (Kiosk *kiosk, const char *settings)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk->dir, "device.ini");
  g_autofree char *text = g_strdup_printf ("[camera]\nsource=%s\n[ui]\nsounds=false\n%s", kiosk->camera->path,
                                           settings);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("STUDIOLOOP_DATA", kiosk->desk->dir->path, TRUE);
  kiosk->application = sl_application_new (&kiosk->desk->world.base);
  g_assert_true (g_application_register (G_APPLICATION (kiosk->application), NULL, NULL));
  g_application_activate (G_APPLICATION (kiosk->application));
  kiosk->window = SL_DOOR_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (kiosk->application)));
  kiosk->screen.window = GTK_WIDGET (kiosk->window);
  kiosk->screen.reception = kiosk->application->desk;
  kiosk_wait_label (kiosk, "studio", "Fynbos Fitness · Sea Point");
}

void
kiosk_close (Kiosk *kiosk, gconstpointer data)
{
  disk_gate_set (&kiosk->disk, FALSE);
  if (kiosk->application != NULL)
    {
      GApplication *application = G_APPLICATION (kiosk->application);

      G_APPLICATION_GET_CLASS (application)->shutdown (application);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_finalize_object (application);
    }
  desk_close (kiosk->desk, NULL);
  sl_temp_dir_free (kiosk->camera);
  disk_gate_clear (&kiosk->disk);
}

/* kiosk_booked_pass: of a member who is booked into a class that starts in ten minutes. */
char *
kiosk_booked_pass (Kiosk *kiosk)
{
  SlId member = desk_member (kiosk->desk, "Thandi");
  SlId session = desk_free_class (kiosk->desk, MORNING + MINUTES (10), 8);

  desk_book (kiosk->desk, &member, &session);
  return desk_pass (kiosk->desk, &member);
}

/* kiosk_use_afrikaans: and the door says so. */
void
kiosk_use_afrikaans (Kiosk *kiosk)
{
  GtkWidget *english = gtk_widget_get_first_child (kiosk_find_class (kiosk, "languages"));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_next_sibling (english)), TRUE);
  kiosk_wait_network (kiosk, "Selfstandig");
}
