/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cbor.h"

#include <string.h>

/* Writer and reader both keep a list of the open arrays and maps, to know where an item stands: as a key its bytes must
 * come after those of the key before it. */

/* RFC 8949 section 4.2.1: keys in the bytewise order of their encodings. */
static inline gboolean
sl_cbor_key_follows (const guint8 *key, gsize key_length, const guint8 *before, gsize before_length)
{
  int order = memcmp (key, before, MIN (key_length, before_length));
  return order > 0 || (order == 0 && key_length > before_length);
}
