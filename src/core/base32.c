/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-base32"

#include "core/base32.h"

#include <string.h>

#define BITS_PER_CHARACTER 5

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static int
character_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a';
  if (c >= '2' && c <= '7')
    return c - '2' + 26;
  return -1;
}

/**
 * sl_base32_encode:
 * @data: (array length=length) (nullable): the bytes; may be %NULL when @length is 0
 * @length: their number
 *
 * RFC 4648 section 6 in upper case, without padding. Any thread.
 *
 * Returns: (transfer full): the text; empty for no bytes
 */
char *
sl_base32_encode (const void *data, gsize length)
{
  g_return_val_if_fail (data != NULL || length == 0, NULL);

  const guint8 *bytes = data;
  GString *text = g_string_sized_new (length * 8 / BITS_PER_CHARACTER + 2);
  guint bits = 0, n_bits = 0;
  for (gsize i = 0; i < length; i++)
    {
      bits = (bits << 8) | bytes[i];
      n_bits += 8;
      while (n_bits >= BITS_PER_CHARACTER)
        {
          n_bits -= BITS_PER_CHARACTER;
          g_string_append_c (text, alphabet[(bits >> n_bits) & 31]);
        }
      bits &= (1u << n_bits) - 1;
    }
  if (n_bits > 0)
    g_string_append_c (text, alphabet[(bits << (BITS_PER_CHARACTER - n_bits)) & 31]);
  return g_string_free (text, FALSE);
}

/**
 * sl_base32_decode:
 * @text: text from outside
 * @out_length: (out): number of bytes; 0 when refused
 *
 * The inverse of sl_base32_encode(), also for lower case. Refuses padding, blanks and any other character, lengths that
 * no encoder makes, and left-over bits that are not zero: two texts of one case never mean the same bytes. Any thread.
 *
 * Returns: (transfer full) (nullable): the bytes with a zero after them (never %NULL for empty text), or %NULL when
 *   @text is not Base32
 */
guint8 *
sl_base32_decode (const char *text, gsize *out_length)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (out_length != NULL, NULL);

  *out_length = 0;
  gsize text_length = strlen (text);
  gsize used = 0;
  guint bits = 0, n_bits = 0;
  g_autofree guint8 *bytes = g_malloc0 (text_length * BITS_PER_CHARACTER / 8 + 1);
  for (gsize i = 0; i < text_length; i++)
    {
      int value = character_value (text[i]);
      if (value < 0)
        return NULL;
      bits = (bits << BITS_PER_CHARACTER) | (guint) value;
      n_bits += BITS_PER_CHARACTER;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          bytes[used++] = (guint8) (bits >> n_bits);
        }
      bits &= (1u << n_bits) - 1;
    }
  /* A whole unused character, or used bits in the last one: not something that we would have written. */
  if (n_bits >= BITS_PER_CHARACTER || bits != 0)
    return NULL;
  *out_length = used;
  return g_steal_pointer (&bytes);
}
