/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-code"

#include "code.h"

#include <string.h>

#include "core/base32.h"

#define CODE_PREFIX "SL1"
#define CODE_PREFIX_CHARS 3
#define CODE_BYTES (SL_CODE_PAYLOAD_BYTES + SL_SIGNATURE_BYTES)
#define SIGNATURE_DOMAIN "studioloop code v1"
#define KEY_ID_DOMAIN "studioloop code key v1"

/* Offsets into the payload: the table in README.md. */
enum {
  AT_KIND = 0,
  AT_KEY_ID = 1,
  AT_ORGANISATION = 5,
  AT_SUBJECT = 13,
  AT_SERIAL = 29,
  AT_ISSUED = 33,
  AT_EXPIRES = 37,
  AT_SPOT = 41,
};
G_STATIC_ASSERT (AT_SPOT + 1 == SL_CODE_PAYLOAD_BYTES);
G_STATIC_ASSERT (CODE_PREFIX_CHARS + (CODE_BYTES * 8 + 4) / 5 == SL_CODE_TEXT_CHARS);

static const char * const problem_names[] = {
  [SL_CODE_OK] = "ok",
  [SL_CODE_BAD_SHAPE] = "shape",
  [SL_CODE_BAD_ALPHABET] = "alphabet",
  [SL_CODE_BAD_VERSION] = "version",
  [SL_CODE_BAD_KIND] = "kind",
};
G_STATIC_ASSERT (G_N_ELEMENTS (problem_names) == SL_CODE_PROBLEM_LAST);

static void
put_u32 (guint8 *at, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  memcpy (at, &big_endian, sizeof big_endian);
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 big_endian;

  memcpy (&big_endian, at, sizeof big_endian);
  return GUINT32_FROM_BE (big_endian);
}

static gboolean
is_known_kind (int kind)
{
  return kind >= SL_CODE_MEMBER_PASS && kind <= SL_CODE_DEVICE_PAIRING;
}

static gboolean
fits_seconds (gint64 ms)
{
  return ms >= 0 && ms / 1000 <= G_MAXUINT32;
}

/* What is signed: the domain, then the payload, so that no other signature of the same key can stand here. */
static void
signed_message (const guint8 payload[SL_CODE_PAYLOAD_BYTES],
                guint8 out[sizeof SIGNATURE_DOMAIN - 1 + SL_CODE_PAYLOAD_BYTES])
{
  memcpy (out, SIGNATURE_DOMAIN, sizeof SIGNATURE_DOMAIN - 1);
  memcpy (out + sizeof SIGNATURE_DOMAIN - 1, payload, SL_CODE_PAYLOAD_BYTES);
}

static void
read_payload (const guint8 *bytes, SlCode *out_code)
{
  memset (out_code, 0, sizeof *out_code);
  out_code->kind = (SlCodeKind) bytes[AT_KIND];
  memcpy (out_code->key_id, bytes + AT_KEY_ID, SL_CODE_KEY_ID_BYTES);
  memcpy (out_code->organisation, bytes + AT_ORGANISATION, SL_CODE_ORGANISATION_BYTES);
  memcpy (out_code->subject_id.bytes, bytes + AT_SUBJECT, SL_ID_BYTES);
  out_code->serial = get_u32 (bytes + AT_SERIAL);
  out_code->issued_ms = (gint64) get_u32 (bytes + AT_ISSUED) * 1000;
  out_code->expires_ms = (gint64) get_u32 (bytes + AT_EXPIRES) * 1000;
  out_code->spot = bytes[AT_SPOT];
  memcpy (out_code->payload, bytes, SL_CODE_PAYLOAD_BYTES);
  memcpy (out_code->signature, bytes + SL_CODE_PAYLOAD_BYTES, SL_SIGNATURE_BYTES);
}

/**
 * sl_code_encode:
 * @code: what the code says; its key_id, payload and signature are not looked at
 * @key: the organisation's issuing key
 *
 * Writes and signs a code. Times are cut to whole seconds; a time outside 1970 to 2106 or an unknown kind is a bug.
 * Any thread.
 *
 * Returns: (transfer full): %SL_CODE_TEXT_CHARS characters of A–Z and 1–7, for a QR code or a wedge scanner
 */
char *
sl_code_encode (const SlCode *code, const SlSignKey *key)
{
  guint8 bytes[CODE_BYTES] = { 0 };
  guint8 message[sizeof SIGNATURE_DOMAIN - 1 + SL_CODE_PAYLOAD_BYTES];
  g_autofree char *base32 = NULL;

  g_return_val_if_fail (code != NULL && key != NULL, NULL);
  g_return_val_if_fail (is_known_kind (code->kind), NULL);
  g_return_val_if_fail (fits_seconds (code->issued_ms) && fits_seconds (code->expires_ms), NULL);

  bytes[AT_KIND] = (guint8) code->kind;
  sl_code_key_id (key->public_key, bytes + AT_KEY_ID);
  memcpy (bytes + AT_ORGANISATION, code->organisation, SL_CODE_ORGANISATION_BYTES);
  memcpy (bytes + AT_SUBJECT, code->subject_id.bytes, SL_ID_BYTES);
  put_u32 (bytes + AT_SERIAL, code->serial);
  put_u32 (bytes + AT_ISSUED, (guint32) (code->issued_ms / 1000));
  put_u32 (bytes + AT_EXPIRES, (guint32) (code->expires_ms / 1000));
  bytes[AT_SPOT] = code->spot;
  signed_message (bytes, message);
  sl_sign (key, message, sizeof message, bytes + SL_CODE_PAYLOAD_BYTES);

  base32 = sl_base32_encode (bytes, sizeof bytes);
  return g_strconcat (CODE_PREFIX, base32, NULL);
}

/**
 * sl_code_parse:
 * @text: (nullable): what a scanner or a person handed over: any bytes up to a NUL
 * @out_code: (out caller-allocates): filled only when the answer is %SL_CODE_OK
 *
 * Reads a code's text. White space and line ends around it, which scanners add, and lower case are let pass. Nothing is
 * verified: see sl_code_verify(). Every code has exactly one upper-case text (unused bits must be zero). Any thread.
 *
 * Returns: the first problem, in the order shape of the prefix, version, length, alphabet, kind
 */
SlCodeProblem
sl_code_parse (const char *text, SlCode *out_code)
{
  g_autofree char *trimmed = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length = 0;

  g_return_val_if_fail (out_code != NULL, SL_CODE_BAD_SHAPE);

  if (text == NULL || strnlen (text, SL_CODE_MAX_BYTES + 1) > SL_CODE_MAX_BYTES)
    return SL_CODE_BAD_SHAPE;
  trimmed = g_strstrip (g_strdup (text));
  if (g_ascii_strncasecmp (trimmed, CODE_PREFIX, CODE_PREFIX_CHARS - 1) != 0 || !g_ascii_isdigit (trimmed[2]))
    return SL_CODE_BAD_SHAPE;
  if (trimmed[2] != CODE_PREFIX[2])
    return SL_CODE_BAD_VERSION;
  if (strlen (trimmed) != SL_CODE_TEXT_CHARS)
    return SL_CODE_BAD_SHAPE;
  bytes = sl_base32_decode (trimmed + CODE_PREFIX_CHARS, &length);
  if (bytes == NULL || length != CODE_BYTES)
    return SL_CODE_BAD_ALPHABET;
  if (!is_known_kind (bytes[AT_KIND]))
    return SL_CODE_BAD_KIND;

  read_payload (bytes, out_code);
  return SL_CODE_OK;
}

/**
 * sl_code_verify:
 * @code: as sl_code_parse() gave it
 * @public_key: the issuing key that the organisation's keys hold under @code's key_id
 *
 * Whether the key signed the code. Expiry and revocation are the engine's to judge. Any thread.
 *
 * Returns: %FALSE also where the code names another key
 */
gboolean
sl_code_verify (const SlCode *code, const guint8 public_key[SL_SIGN_PUBLIC_BYTES])
{
  guint8 message[sizeof SIGNATURE_DOMAIN - 1 + SL_CODE_PAYLOAD_BYTES];
  guint8 key_id[SL_CODE_KEY_ID_BYTES];

  g_return_val_if_fail (code != NULL && public_key != NULL, FALSE);

  sl_code_key_id (public_key, key_id);
  if (memcmp (key_id, code->payload + AT_KEY_ID, sizeof key_id) != 0)
    return FALSE;
  signed_message (code->payload, message);
  return sl_verify (public_key, message, sizeof message, code->signature);
}

/**
 * sl_code_key_id:
 * @public_key: an issuing key
 * @out_key_id: (out caller-allocates): the first bytes of its BLAKE2b-256 in a domain of its own
 *
 * The short name under which codes refer to a key. Two keys may share one (by chance one pair in 2³²): whoever looks a
 * key up tries all that match. Any thread.
 */
void
sl_code_key_id (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], guint8 out_key_id[SL_CODE_KEY_ID_BYTES])
{
  SlHasher hasher;
  SlHash hash;

  g_return_if_fail (public_key != NULL && out_key_id != NULL);

  sl_hasher_init (&hasher, KEY_ID_DOMAIN);
  sl_hasher_add (&hasher, public_key, SL_SIGN_PUBLIC_BYTES);
  sl_hasher_finish (&hasher, &hash);
  memcpy (out_key_id, hash.bytes, SL_CODE_KEY_ID_BYTES);
}

/**
 * sl_code_set_organisation:
 * @code: a code to be encoded
 * @organisation_id: the whole id, of which the code carries the first bytes
 */
void
sl_code_set_organisation (SlCode *code, const SlId *organisation_id)
{
  g_return_if_fail (code != NULL && organisation_id != NULL);

  memcpy (code->organisation, organisation_id->bytes, SL_CODE_ORGANISATION_BYTES);
}

/**
 * sl_code_is_of:
 * @code: as sl_code_parse() gave it
 * @organisation_id: an organisation
 *
 * Whether the code says that it is the organisation's; only sl_code_verify() proves it.
 *
 * Returns: %TRUE when the code's part of the id is the same
 */
gboolean
sl_code_is_of (const SlCode *code, const SlId *organisation_id)
{
  g_return_val_if_fail (code != NULL && organisation_id != NULL, FALSE);

  return memcmp (code->organisation, organisation_id->bytes, SL_CODE_ORGANISATION_BYTES) == 0;
}

/**
 * sl_code_problem_name:
 * @problem: an answer of sl_code_parse()
 *
 * Returns: (transfer none): its stable name, as in the reason of bad_code: "shape", "alphabet", "version", "kind"; "ok"
 */
const char *
sl_code_problem_name (SlCodeProblem problem)
{
  g_return_val_if_fail (problem >= 0 && problem < SL_CODE_PROBLEM_LAST, NULL);

  return problem_names[problem];
}
