/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"

#include "kiosk/desk.h"

#include <adwaita.h>

/* A section of reception on a screen of its own, with a real engine behind it, for tests that look for what a
 * receptionist reads and tap what they would. */
typedef struct {
  Desk desk;              /* the same studio, from another process's side */
  SlDoor *door;
  SlDesk *reception;
  GtkWidget *window, *section;
  char *said;             /* (nullable): the last line */
  gboolean asked;         /* for somebody who may allow it */
  SlDeskPlace place;      /* the last that was opened, and with what */
  SlId opened;
} Screen;

#define SCREEN_PIN "482916" /* of everybody who signs in */

void screen_init (int *argc, char ***argv);
void screen_open (Screen *screen, gconstpointer data);
void screen_close (Screen *screen, gconstpointer data);
void screen_sign_in (Screen *screen, SlRole role);                  /* somebody new */
void screen_sign_in_as (Screen *screen, const SlId *staff);
void screen_wait_asked (Screen *screen);            /* for somebody who may allow it */
void screen_approve (Screen *screen, SlRole role);  /* waits for that, and they do */
void screen_show (Screen *screen, GtkWidget *(*create) (SlDesk *desk));

GtkWidget *screen_find (Screen *screen, const char *text);        /* (nullable): a mapped label with just this text */
GtkWidget *screen_find_part (Screen *screen, const char *text);   /* (nullable): one that has this in it */
gboolean screen_shows (Screen *screen, const char *text);         /* in any mapped label */
void screen_wait (Screen *screen, const char *text);              /* until it is shown */
void screen_wait_gone (Screen *screen, const char *text);
void screen_wait_said (Screen *screen, const char *text);
/* By its text or its name; else by a part of its text, if it can be tapped. (nullable) */
GtkWidget *screen_button (Screen *screen, const char *text);
void screen_tap (Screen *screen, const char *text);               /* waits for the button */
void screen_save (Screen *screen);                                /* taps "Save", and "Saved." is said */
GtkWidget *screen_field (Screen *screen, const char *label);
void screen_type (Screen *screen, const char *field, const char *text);
const char *screen_typed (Screen *screen, const char *field);

SlId screen_spin (Screen *screen, gint64 capacity);
SlId screen_five_rides (Screen *screen);

/* In each look (look-walk.h): targets, names, nothing clipped; `--shots DIR` leaves pictures. fill: called with the
 * section in the language of the moment, makes it what is to be looked at. */
void screen_check_looks (Screen *screen, const char *name, GtkWidget *(*create) (SlDesk *desk),
                         void (*fill) (Screen *screen));
