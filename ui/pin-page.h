/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"
#include "widgets/shape-bin.h"

/* Who is there, and their PIN: to sign in, to switch, or to allow what somebody else may not do alone.
 * Signals: "entered" (const SlId *person, const char *pin) · "left": not today */
#define SL_TYPE_PIN_PAGE (sl_pin_page_get_type ())
G_DECLARE_FINAL_TYPE (SlPinPage, sl_pin_page, SL, PIN_PAGE, SlShapeBin)

#define SL_PIN_PAGE_DIGITS_MAX 12

GtkWidget *sl_pin_page_new (void);
void sl_pin_page_set_question (SlPinPage *self, const char *title, const char *why, const char *leave);
void sl_pin_page_set_waiting (SlPinPage *self, const char *text); /* (nullable) */
void sl_pin_page_clear_people (SlPinPage *self);
void sl_pin_page_add_person (SlPinPage *self, const SlId *id, const char *name, const char *role);
void sl_pin_page_pick (SlPinPage *self, const SlId *id);
void sl_pin_page_set_state (SlPinPage *self, const char *words, gboolean wrong);
void sl_pin_page_set_busy (SlPinPage *self, gboolean busy);
void sl_pin_page_set_said (SlPinPage *self, const char *text);
void sl_pin_page_clear (SlPinPage *self);
