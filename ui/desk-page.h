/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pin-page.h"
#include "widgets/shape-bin.h"

/* Reception's frame: who and where, how things stand, the sections, and the line that says what was done. Nobody signed
 * in: the PIN page, and nothing else.
 * Signals: "section-wanted" (const char *name) · "lock-wanted": by the person's button */
#define SL_TYPE_DESK_PAGE (sl_desk_page_get_type ())
G_DECLARE_FINAL_TYPE (SlDeskPage, sl_desk_page, SL, DESK_PAGE, SlShapeBin)

typedef enum { SL_DESK_SAYS_DONE, SL_DESK_SAYS_ATTENTION, SL_DESK_SAYS_REFUSED } SlDeskSays;

#define SL_DESK_SAID_MS 6000 /* long enough to read two sentences */

GtkWidget *sl_desk_page_new (void);
SlPinPage *sl_desk_page_get_pin (SlDeskPage *self);
void sl_desk_page_add_section (SlDeskPage *self, const char *name, const char *title, const char *icon,
                               GtkWidget *section);
void sl_desk_page_show_section (SlDeskPage *self, const char *name);
const char *sl_desk_page_get_section (SlDeskPage *self);
void sl_desk_page_set_section_visible (SlDeskPage *self, const char *name, gboolean visible);
void sl_desk_page_set_badge (SlDeskPage *self, const char *name, guint count);
void sl_desk_page_set_locked (SlDeskPage *self, gboolean locked);
void sl_desk_page_close_sheets (SlDeskPage *self);
void sl_desk_page_set_place (SlDeskPage *self, const char *place);
void sl_desk_page_set_clock (SlDeskPage *self, const char *time);
void sl_desk_page_set_person (SlDeskPage *self, const char *name);
void sl_desk_page_clear_states (SlDeskPage *self);
void sl_desk_page_add_state (SlDeskPage *self, const char *words, gboolean wrong);
void sl_desk_page_say (SlDeskPage *self, SlDeskSays tone, const char *text);
