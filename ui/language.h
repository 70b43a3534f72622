/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The languages of the screens. Switching needs no restart: widgets built afterwards speak the new one. */
typedef struct {
  const char *code; /* ISO 639-1 */
  const char *name; /* in itself */
} SlLanguage;

const SlLanguage *sl_language_list (guint *out_n);
gboolean sl_language_is_known (const char *code);
void sl_language_init (const char *locale_dir);
void sl_language_use (const char *code);
const char *sl_language_current (void);
