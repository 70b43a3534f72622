/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* It is done: what was sold or booked, the change, and a code to photograph. Where there is a code to pay by, it comes
 * first and alone: what was bought follows when the money was seen, or is not waited for.
 *
 * Signals: "print" · "seen": the money has come · "not-seen": it will not · "next" */
#define SL_TYPE_DONE_VIEW (sl_done_view_get_type ())
G_DECLARE_FINAL_TYPE (SlDoneView, sl_done_view, SL, DONE_VIEW, GtkBox)

typedef struct {
  const char *headline;     /* "Thandi is booked" */
  const char *detail;       /* (nullable) "Vinyasa · Today 07:00" */
  const char *receipt;      /* (nullable): without it nothing can be printed */
  const char *change;       /* (nullable): to give back */
  const char *waits;        /* (nullable): money that nobody has seen yet */
  GdkTexture *pay_code;     /* (nullable) */
  const char *pay_note;     /* (nullable): how that is used */
  GdkTexture *code;         /* (nullable): what they take along */
  const char *code_note;    /* (nullable): what the code is for */
  const char *next;         /* (nullable): another word for the button that goes on */
} SlDone;

GtkWidget *sl_done_view_new (void);
void sl_done_view_show (SlDoneView *self, const SlDone *done);
void sl_done_view_set_seen (SlDoneView *self, const char *text); /* what has become of the money */
