/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-id"

#include "core/id.h"

#include <string.h>

#include "core/crypto.h"

#define ID_HEX_DIGITS (2 * SL_ID_BYTES)
#define PREFIX_HEX_DIGITS_MIN 8 /* the documented shortest prefix of the command line; also the first group of a UUID */
#define DERIVE_DOMAIN "studioloop id v1"

const SlId sl_id_none = { { 0 } };

/* RFC 9562 section 5.8: version 8 in the upper half of byte 6, variant 10 in the top bits of byte 8. */
static void
mark_version_8 (SlId *id)
{
  id->bytes[6] = (guint8) ((id->bytes[6] & 0x0f) | 0x80);
  id->bytes[8] = (guint8) ((id->bytes[8] & 0x3f) | 0x80);
}

static void
finish_id (SlHasher *hasher, SlId *out)
{
  SlHash hash;
  sl_hasher_finish (hasher, &hash);
  memcpy (out->bytes, hash.bytes, SL_ID_BYTES);
  mark_version_8 (out);
}

/* The text form has a dash before these hex digits. */
static gboolean
dash_before_digit (guint digit)
{
  return digit == 8 || digit == 12 || digit == 16 || digit == 20;
}

/* Reads hex digits with a UUID's dashes into the nibbles of bytes, up to the end of text. -1: not the start of a
 * UUID. */
static int
read_digits (const char *text, guint8 bytes[SL_ID_BYTES])
{
  guint digits = 0;
  memset (bytes, 0, SL_ID_BYTES);
  for (const char *at = text; *at != '\0'; at++)
    {
      if (dash_before_digit (digits) && *at == '-' && at[-1] != '-')
        continue;
      if (dash_before_digit (digits) && at[-1] != '-')
        return -1;
      int value = g_ascii_xdigit_value (*at);
      if (value < 0 || digits == ID_HEX_DIGITS)
        return -1;
      bytes[digits / 2] |= (guint8) (digits % 2 == 0 ? value << 4 : value);
      digits++;
    }
  return (int) digits;
}

/**
 * sl_id_is_none:
 * @id: an id
 *
 * Returns: %TRUE for #sl_id_none, which names no thing
 */
gboolean
sl_id_is_none (const SlId *id)
{
  return sl_id_equal (id, &sl_id_none);
}

/**
 * sl_id_equal:
 * @a: an #SlId
 * @b: an #SlId
 *
 * A #GEqualFunc.
 *
 * Returns: whether both are the same id
 */
gboolean
sl_id_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SlId)) == 0;
}

/**
 * sl_id_hash:
 * @id: an #SlId
 *
 * A #GHashFunc. Ids are random or hashed already, so a few of their bytes will do.
 *
 * Returns: the hash
 */
guint
sl_id_hash (gconstpointer id)
{
  const SlId *self = id;
  guint32 head, tail;
  memcpy (&head, self->bytes, sizeof head);
  memcpy (&tail, self->bytes + SL_ID_BYTES - sizeof tail, sizeof tail);
  return head ^ tail;
}

/**
 * sl_id_compare:
 * @a: an #SlId
 * @b: an #SlId
 *
 * A #GCompareFunc: the order of the bytes, which is also the order of the texts and of SQLite's blobs.
 *
 * Returns: negative, zero or positive
 */
int
sl_id_compare (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SlId));
}

/**
 * sl_id_copy:
 * @id: an id
 *
 * Returns: (transfer full): a copy for g_free()
 */
SlId *
sl_id_copy (const SlId *id)
{
  return g_memdup2 (id, sizeof *id);
}

/**
 * sl_id_random:
 * @world: where chance comes from
 * @out: (out): a new id
 *
 * 122 random bits. For things that no operation makes (a device, an organisation at its birth); all else is derived.
 */
void
sl_id_random (SlWorld *world, SlId *out)
{
  world->random_bytes (world, out->bytes, SL_ID_BYTES);
  mark_version_8 (out);
}

/**
 * sl_id_derive:
 * @replica: the device whose operation makes the thing
 * @seq: the operation's number in that device's chain
 * @index: which of the things that this operation makes
 * @out: (out): its id
 *
 * The first 16 bytes of BLAKE2b-256 (u64 length of domain ‖ "studioloop id v1" ‖ replica ‖ u64 seq ‖ u64 index),
 * numbers big-endian, then the bits of UUID version 8. Never change: every device derives the same ids from the log.
 */
void
sl_id_derive (const SlId *replica, guint64 seq, guint index, SlId *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, DERIVE_DOMAIN);
  sl_hasher_add (&hasher, replica->bytes, SL_ID_BYTES);
  sl_hasher_add_u64 (&hasher, seq);
  sl_hasher_add_u64 (&hasher, index);
  finish_id (&hasher, out);
}

/**
 * sl_id_from_parts:
 * @domain: what kind of id this is; a constant of the program, with its version
 * @a: (array length=a_len) (nullable): first part
 * @a_len: its bytes
 * @b: (array length=b_len) (nullable): second part
 * @b_len: its bytes
 * @out: (out): the id
 *
 * An id that follows from facts, so that two devices that make the same thing make it once. Domain and parts are hashed
 * with their lengths; else as sl_id_derive().
 */
void
sl_id_from_parts (const char *domain, const void *a, gsize a_len, const void *b, gsize b_len, SlId *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, domain);
  sl_hasher_add_sized (&hasher, a, a_len);
  sl_hasher_add_sized (&hasher, b, b_len);
  finish_id (&hasher, out);
}

/**
 * sl_id_format:
 * @id: an id
 * @text: (out caller-allocates): room for the text
 *
 * Returns: (transfer none): @text, holding the lower-case UUID
 */
const char *
sl_id_format (const SlId *id, char text[SL_ID_TEXT_BYTES])
{
  static const char hex[] = "0123456789abcdef";
  char *at = text;
  for (guint digit = 0; digit < ID_HEX_DIGITS; digit++)
    {
      if (dash_before_digit (digit))
        *at++ = '-';
      guint8 byte = id->bytes[digit / 2];
      *at++ = hex[digit % 2 == 0 ? byte >> 4 : byte & 0x0f];
    }
  *at = '\0';
  return text;
}

/**
 * sl_id_to_string:
 * @id: an id
 *
 * Returns: (transfer full): the lower-case UUID
 */
char *
sl_id_to_string (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  return g_strdup (sl_id_format (id, text));
}

/**
 * sl_id_parse:
 * @text: text from outside
 * @out: (out): the id; #sl_id_none when refused
 *
 * Reads a whole UUID with its dashes, in either case. The all-zero UUID names no thing and is refused.
 *
 * Returns: whether @text is an id
 */
gboolean
sl_id_parse (const char *text, SlId *out)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (out != NULL, FALSE);

  SlId id;
  *out = sl_id_none;
  if (strlen (text) != SL_ID_TEXT_BYTES - 1 || read_digits (text, id.bytes) != ID_HEX_DIGITS)
    return FALSE;
  *out = id;
  return !sl_id_is_none (out);
}

/**
 * sl_id_parse_prefix:
 * @text: text from outside
 * @out_low: (out): the first id that begins so
 * @out_high: (out): the last one
 *
 * Reads the beginning of a UUID, at least 8 hex digits in either case, dashes where a UUID has them (one may end the
 * text). The ids that it can mean are the inclusive range of the two results in the order of sl_id_compare(); a whole
 * UUID gives a range of one.
 *
 * Returns: whether @text can be the beginning of an id
 */
gboolean
sl_id_parse_prefix (const char *text, SlId *out_low, SlId *out_high)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (out_low != NULL && out_high != NULL, FALSE);

  *out_low = *out_high = sl_id_none;
  SlId low;
  int digits = read_digits (text, low.bytes);
  if (digits < PREFIX_HEX_DIGITS_MIN)
    return FALSE;
  *out_low = *out_high = low;
  for (int digit = digits; digit < ID_HEX_DIGITS; digit++)
    out_high->bytes[digit / 2] |= digit % 2 == 0 ? 0xf0 : 0x0f;
  return TRUE;
}
