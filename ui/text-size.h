/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How large the texts of all pages are: the style sheet says sizes in pixels, and this is what makes them larger. */
#define SL_TEXT_SIZE_MIN_PERCENT 100 /* as the pages were drawn, for an arm's length */
#define SL_TEXT_SIZE_MAX_PERCENT 150 /* up to here each page fits its screen */

void sl_text_size_use (int percent);
int sl_text_size_get (void);
char *sl_text_size_make_style (const char *style, int percent); /* for its test */
