/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-deed.h"

#include "form.h"
#include "widgets/sheet.h"

/* Asks before something is done, in a sheet over a page: what was filled in stays until it is done, and why it was not
 * is said where it was asked. */

/* What is to be done, from what was filled in. NULL with *out_missing (transfer full): what is not filled in yet. */
typedef SlDeskDeed *(*SlDeskMakeDeed) (SlForm *form, const SlId *id, gpointer data, char **out_missing);

typedef struct {
  const char *title;
  SlForm *form;          /* (transfer floating) */
  const char *label;     /* what the button does, as a verb */
  const char *style;     /* "main" or "danger" */
  SlDeskMakeDeed make;
  SlId id;               /* for make */
  gpointer data;         /* (nullable) (transfer full): for make */
  GDestroyNotify free_data;
} SlDeskQuestion;

void sl_desk_ask (SlDesk *desk, GtkWidget *page, const SlDeskQuestion *question);
SlSheet *sl_desk_ask_open (SlDesk *desk, GtkWidget *page, const char *title, GtkWidget *child);
SlSheet *sl_desk_ask_show (SlDesk *desk, GtkWidget *page, const char *title, GtkWidget *child);
void sl_desk_ask_close (GtkWidget *page);
gboolean sl_desk_ask_is_open (GtkWidget *page);
gboolean sl_desk_ask_read_id (GVariant *target, SlId *out); /* of an action of a row; target (nullable) */
void sl_desk_ask_do (SlDesk *desk, GtkWidget *page, SlDeskDeed *deed);
void sl_desk_ask_note (SlDesk *desk, GtkWidget *page, const char *words, const SlId *member, const SlId *session);
void sl_desk_ask_reason (SlDesk *desk, GtkWidget *page, const char *title, const char *words, const char *label,
                         SlDeskDeedKind kind, const SlId *id);
char *sl_desk_ask_words (const SlRefusal *refusal, const GError *error);
