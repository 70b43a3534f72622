/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/camera-card.h"

/* A number pad for who has no code: a phone number, then a PIN or a birth date. What was typed is wiped when it goes.
 * Signal "entered" (const char *phone, const char *pin, const char *birth_date): one of the last two, the other %NULL;
 * birth_date YYYY-MM-DD. The strings live until the handlers return. */
#define SL_TYPE_PHONE_PAD (sl_phone_pad_get_type ())
G_DECLARE_FINAL_TYPE (SlPhonePad, sl_phone_pad, SL, PHONE_PAD, GtkBox)

#define SL_PHONE_PAD_DIGITS_MIN 9  /* national numbers have ten; a country code makes more */
#define SL_PHONE_PAD_DIGITS_MAX 15 /* E.164 */
#define SL_PHONE_PAD_PIN_MIN 4
#define SL_PHONE_PAD_PIN_MAX 6

GtkWidget *sl_phone_pad_new (void);
void sl_phone_pad_try_again (SlPhonePad *self, const char *why);
void sl_phone_pad_set_camera (SlPhonePad *self, SlCameraShown shown);
void sl_phone_pad_set_picture (SlPhonePad *self, GdkTexture *texture, gboolean mirrored);
