/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pango/pangocairo.h>

/* Inside the print room only: fonts, and what to say where they are missing. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PangoContext, g_object_unref)

/* NULL and NOT_FOUND: this machine has no fonts at all. One unit is a point, whatever it is drawn on. */
PangoContext *sl_fonts_context (GError **error);
PangoFontDescription *sl_fonts_describe (double size, PangoWeight weight);
/* FALSE and NOT_FOUND where no font has one of its letters: a box on paper tells nobody what is wrong. */
gboolean sl_fonts_check (PangoLayout *layout, GError **error);
