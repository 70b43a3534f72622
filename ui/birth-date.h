/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A birth date as people type it: eight digits, day first, which a field groups by itself; or as the engine keeps it,
 * YYYY-MM-DD. */
#define SL_BIRTH_DATE_DIGITS 8      /* DDMMYYYY */
#define SL_BIRTH_DATE_TEXT_BYTES 11 /* YYYY-MM-DD */

gboolean sl_birth_date_of_digits (const char *digits, char out[SL_BIRTH_DATE_TEXT_BYTES]);
gboolean sl_birth_date_read (const char *text, gint64 now_ms, char **out_date, char **out_wrong);
char *sl_birth_date_show (const char *date);     /* date (nullable); "31/05/1990" */
void sl_birth_date_group_in (GtkEditable *field); /* while somebody types */
