/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "device-parts.h"
#include "section-screen.h"

#include "kiosk/application.h"
#include "kiosk/door-window.h"

/* The whole application in the test's process: real engine, real camera pipeline, real pages; its clock stands still
 * at MORNING, and its disk can be held up. */
typedef struct {
  DiskGate disk;
  Screen screen; /* its window, its reception, and the same studio from another process's side */
  Desk *desk;    /* the screen's */
  SlTempDir *camera;
  SlApplication *application;
  SlDoorWindow *window;
} Kiosk;

void kiosk_init (int *argc, char ***argv); /* as main() begins */
void kiosk_open (Kiosk *kiosk, gconstpointer data);
void kiosk_close (Kiosk *kiosk, gconstpointer data);
void kiosk_start (Kiosk *kiosk, const char *settings); /* device.ini's, under [ui] */
#define kiosk_test(path, func) g_test_add (path, Kiosk, NULL, kiosk_open, func, kiosk_close)

GtkWidget *kiosk_find_class (Kiosk *kiosk, const char *css_class); /* (nullable) */
const char *kiosk_label (Kiosk *kiosk, const char *css_class);     /* what it says; "" where there is none */
void kiosk_wait_label (Kiosk *kiosk, const char *css_class, const char *text);
void kiosk_wait_network (Kiosk *kiosk, const char *text);
void kiosk_wait_page (Kiosk *kiosk, SlDoorShows page);
void kiosk_draw (Kiosk *kiosk, guint n_frames); /* the main loop runs, whatever the engine does */

char *kiosk_booked_pass (Kiosk *kiosk); /* Thandi's, for a class in ten minutes */
void kiosk_use_afrikaans (Kiosk *kiosk); /* by the button of the check-in page */
