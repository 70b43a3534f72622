/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "application.h"
#include "desk-status.h"
#include "desk.h"
#include "device.h"
#include "door-window.h"
#include "door.h"
#include "first-start.h"
#include "intake.h"
#include "member-side.h"
#include "pairing.h"
#include "print-runner.h"

/* Inside the application only: application.c has its start and its end, the other files a purpose each. What is made
 * once is added; what new pages have to be told is filled, after each change of the language again. */

struct _SlApplication {
  AdwApplication parent_instance;

  SlWorld *world;
  gint64 created_us; /* monotonic */
  /* the command line */
  char *data_dir, *camera_source, *scanner_source, *language;
  gboolean is_windowed;

  SlDevice *device;       /* (nullable): not activated yet, as below */
  SlDoor *door;
  SlIntake *intake;       /* the device's */
  char *home_language;    /* to return to */
  SlPairing *pairing;
  SlPrintRunner *print_runner;
  SlPairShown pair_shown; /* how pairing goes, where there is no studio yet */
  gboolean is_joining;    /* and that is what is wanted there */
  SlFirstStart *first_start;
  gboolean knows_phrase;  /* whether its phrase is on paper was asked for */
  gboolean first_start_is_done; /* all was answered; the door is about to open */
  SlDoorWindow *window;
  SlDesk *desk;
  gboolean is_at_desk;    /* the screen is reception's, until somebody gives it back */

  GPtrArray *board;       /* (nullable): not known */
  gboolean is_loading_board, is_board_stale;
  gint64 shown_minute;    /* since 1970 */
  SlDeskStatus network;   /* only what is of the connection */
  gboolean knows_network;
  guint network_ticks;
  guint codes_waiting;
  SlMemberSide *member_side;
  char *asked_code;       /* (nullable): of the question or the ways on that are shown, as below */
  SlCheckinAnswer *asked;
  gboolean is_unusable;   /* the disk failed in the middle of a commit */
  gboolean was_ready;
  guint tick_id, language_id, terminate_id, interrupt_id;
};

/* application-answer.c: a code, and what is said to it */
void sl_application_fill_answer (SlApplication *self);
void sl_application_ask (SlApplication *self, const char *code, const SlId *session_id);
void sl_application_show_failure (SlApplication *self, const GError *error);
void sl_application_forget_asked (SlApplication *self);

/* application-calls.c: who waits for reception */
void sl_application_add_calls (SlApplication *self);
void sl_application_ring (SlApplication *self, SlRefusalCode why, const SlId *member);

/* application-first.c: where there is no studio yet */
void sl_application_add_pairing (SlApplication *self);
void sl_application_add_first_start (SlApplication *self);
void sl_application_fill_first (SlApplication *self);
gboolean sl_application_has_no_studio (SlApplication *self);
void sl_application_end_first (SlApplication *self);
gboolean sl_application_first_handle_code (SlApplication *self, const char *code);

/* application-language.c: which language the pages speak */
void sl_application_fill_language (SlApplication *self);
void sl_application_set_language (SlApplication *self, const char *code);
void sl_application_keep_language (SlApplication *self);

/* application-member.c: the member's side */
void sl_application_add_member_side (SlApplication *self);
void sl_application_fill_member_side (SlApplication *self);

/* application-screen.c: who has the screen */
void sl_application_add_screen (SlApplication *self);
void sl_application_fill_pages (SlApplication *self);
void sl_application_show_rest (SlApplication *self);
SlCameraShown sl_application_camera_shown (SlApplication *self);

/* application-start.c: what the check-in page says while nobody is there */
void sl_application_add_start (SlApplication *self);
void sl_application_fill_start (SlApplication *self);
void sl_application_show_now (SlApplication *self);
void sl_application_load_board (SlApplication *self);
void sl_application_load_network (SlApplication *self);
