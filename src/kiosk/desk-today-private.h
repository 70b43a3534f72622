/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-load.h"

#include "today-page.h"
#include "widgets/sheet.h"

/* The files of the day's presenter share this; it lives as long as its page. */

#define SL_TODAY_UNDO_MS 12000 /* long enough to see that it was the wrong one */
#define SL_TODAY_TICK_S 20     /* the clock alone makes people late */

typedef struct {
  SlDesk *desk;
  SlTodayPage *page; /* holds this */
  int day;           /* from today on; −1: yesterday */
  SlId wanted;       /* a session whose day is to be shown, wherever it is; none */
  SlDeskLoad load;
  guint tick_id, undo_id;
  GArray *undo;      /* (nullable) (element-type SlId): bookings whose check-in can be taken back at a tap */
} SlDeskToday;

SlDeskToday *sl_desk_today_of (GObject *page);

/* desk-today-load.c: on the engine's thread. request: SlTodayWanted *; result: SlToday */
typedef struct {
  int day;      /* from today on */
  SlId session; /* none; else its day instead, if it is known */
} SlTodayWanted;
gboolean sl_desk_today_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                             SlRefusal *out_refusal, GError **error);
/* request: what is searched for; result: GPtrArray of SlTodayMember */
gboolean sl_desk_today_search (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                               SlRefusal *out_refusal, GError **error);

/* desk-today-door.c: coming in. */
void sl_desk_today_check_in (SlDeskToday *self, const SlId *booking, const char *override_reason);
void sl_desk_today_check_in_code (SlDeskToday *self, const char *code, const SlId *session, const SlId *book);
void sl_desk_today_check_in_all (SlDeskToday *self);
void sl_desk_today_undo (SlDeskToday *self);
void sl_desk_today_forget_undo (SlDeskToday *self);

/* desk-today-calls.c: who waits for reception. */
void sl_desk_today_show_calls (SlDeskToday *self);
void sl_desk_today_add_call_actions (SlDeskToday *self);

/* desk-today-person.c: what else can be done with somebody. */
typedef enum {
  SL_DEED_NO_SHOW, SL_DEED_UNDO, SL_DEED_LEAVE, SL_DEED_ACCEPT, SL_DEED_DECLINE, SL_DEED_CANCEL, SL_DEED_WAIVE,
  SL_DEED_MOVE,
} SlDeedKind;
void sl_desk_today_do (SlDeskToday *self, SlDeedKind kind, const SlId *booking, const SlId *to_session,
                       const char *name, const char *reason);
void sl_desk_today_tick (SlDeskToday *self, const SlId *booking);
void sl_desk_today_pick (SlDeskToday *self, const SlId *booking);
void sl_desk_today_ask_late (SlDeskToday *self, const SlId *booking, const char *name, gint64 closed_ms);

/* desk-today-move.c: sheets that look before they ask. */
void sl_desk_today_ask_cancel (SlDeskToday *self, const SlId *booking, const char *name);
void sl_desk_today_ask_move (SlDeskToday *self, const SlId *booking, const char *name);

/* desk-today-session.c: what can be done with a session. */
void sl_desk_today_change_session (SlDeskToday *self);
void sl_desk_today_write_note (SlDeskToday *self);

/* desk-today-sheet.c: what the sheets are made of. */
typedef struct {
  SlDeskToday *today;
  SlSheet *sheet;
  SlId id, other;   /* a booking or a session; what it is moved to */
  char *name;
  gint64 number;
} SlTodayAsked;
typedef void (*SlTodayAnswered) (SlTodayAsked *asked, const char *answer);
SlTodayAsked *sl_today_ask (SlDeskToday *self, const char *title, const char *detail, const SlId *id,
                            const char *name);
GtkWidget *sl_today_asked_box (SlTodayAsked *asked);
GtkWidget *sl_today_asked_add (SlTodayAsked *asked, const char *label, const char *style, const SlId *other,
                               SlTodayAnswered answered);
GtkWidget *sl_today_asked_add_row (SlTodayAsked *asked, const char *label, const char *detail, const SlId *other,
                                   SlTodayAnswered answered);
void sl_today_asked_show (SlTodayAsked *asked, const char *close_label);
