/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* RFC 4648 section 6, upper case, no padding. Decoding also takes lower case; it refuses any other character,
 * impossible lengths and non-zero trailing bits, so each byte string has one spelling per case. */
char *sl_base32_encode (const void *data, gsize length);
guint8 *sl_base32_decode (const char *text, gsize *out_length); /* (nullable): NULL when not Base32 */
