/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Keys on the screen: shown when a finger touches a field, put away when it leaves, when "Done" is pressed, or when
 * somebody types on real keys. The field's input purpose picks the keys. */
#define SL_TYPE_KEYBOARD (sl_keyboard_get_type ())
G_DECLARE_FINAL_TYPE (SlKeyboard, sl_keyboard, SL, KEYBOARD, GtkBox)

GtkWidget *sl_keyboard_new (void);
void sl_keyboard_watch (SlKeyboard *self, GtkWindow *window);
