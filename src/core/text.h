/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Text from people: trimmed, NFC, valid UTF-8, no control characters, at most max_bytes. NULL and BAD_INPUT (naming
 * field) otherwise. */
char *sl_text_clean (const char *field, const char *raw, gsize max_bytes, GError **error);
/* For searching: case folded, diacritics removed, blanks collapsed. */
char *sl_text_fold (const char *text);
/* Phone to E.164; national numbers (leading 0) get country_code ("27"). NULL and BAD_INPUT when it cannot be one. */
char *sl_phone_normalise (const char *raw, const char *country_code, GError **error);
void sl_text_append_grouped (GString *out, guint64 number, const char *group); /* digits in groups of three */
/* "R1 150.00"-style amounts: cents to text with the currency's usual sign. */
char *sl_money_format (gint64 cents, const char *currency);
char *sl_credits_format (gint64 hundredths);
