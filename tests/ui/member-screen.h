/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"

#include "kiosk/member-side.h"

#include <adwaita.h>

/* The member's side on a screen of its own, with a real engine behind it: what a member taps, and what they read. Its
 * clock is the desk's, which stands still until a test moves it. */
typedef struct {
  Desk desk;         /* the same studio, from another process's side */
  SlDoor *door;
  SlMemberSide *side;
  GtkWidget *window;
  guint done, failed, answered; /* how often it has said so */
} MemberScreen;

#define MEMBER_PHONE "0825550331"
#define MEMBER_PIN "7351"

void member_screen_init (int *argc, char ***argv); /* as main() begins */
void member_screen_open (MemberScreen *screen, gconstpointer data);
void member_screen_close (MemberScreen *screen, gconstpointer data);
#define member_screen_test(path, func)                                                                                 \
  g_test_add (path, MemberScreen, NULL, member_screen_open, func, member_screen_close)

/* (nullable): a button by what it says, or a row by what it says first; or a label with that text in it. */
GtkWidget *member_find (GtkWidget *widget, GType type, const char *text);
/* Whether a screen reader would say something of a visible widget with that name: a row, a picture. */
gboolean member_has_name_with (GtkWidget *widget, const char *text);
gboolean member_shows (MemberScreen *screen, const char *text);
void member_wait (MemberScreen *screen, const char *text);      /* until it can be read */
void member_wait_gone (MemberScreen *screen, const char *text);
void member_wait_done (MemberScreen *screen);                   /* until the check-in page is back */
void member_tap (MemberScreen *screen, const char *text);       /* waits for the button */
void member_type (MemberScreen *screen, const char *digits);    /* on the number pad */
void member_identify (MemberScreen *screen, const char *pin);
SlId member_add (MemberScreen *screen);                         /* Thandi Nkosi, with a phone, a PIN and a birth date */
