/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-signature"

#include <sodium.h>
#include <string.h>

#include "oplog/operation.h"
#include "protocol/message.h"
#include "protocol/signature-private.h"

/* Signatures are read by making the one text that we would have written from the few values in it, and comparing: what
 * is spelled in any other way, with other components or in another order, is malformed. */
#define REQUEST_COMPONENTS "(\"@method\" \"@path\" \"content-digest\" \"studioloop-org\")"
#define ANSWER_COMPONENTS "(\"@status\" \"content-digest\" \"studioloop-time\")"
#define BOUND_ANSWER_COMPONENTS \
  "(\"@status\" \"content-digest\" \"studioloop-time\" \"signature\";req;key=\"sl\")"
#define LABEL "sl="
#define BASE64 sodium_base64_VARIANT_ORIGINAL
#define TIME_DIGITS_MAX 13  /* of seconds or milliseconds until the year 2286; more is nonsense */

static char *
encode_base64 (const void *data, gsize length)
{
  gsize size = sodium_base64_encoded_len (length, BASE64);
  char *text = g_malloc (size);
  return sodium_bin2base64 (text, size, data, length, BASE64);
}

/* Exactly length bytes in their one spelling of base64. libsodium takes some bytes above 127 for letters, so what
 * it read is written again. */
static gboolean
decode_base64 (const char *text, gsize text_length, void *out, gsize length)
{
  gsize decoded;
  if (text_length != sodium_base64_encoded_len (length, BASE64) - 1
      || sodium_base642bin (out, length, text, text_length, NULL, &decoded, NULL, BASE64) != 0 || decoded != length)
    return FALSE;
  g_autofree char *again = encode_base64 (out, length);
  return memcmp (again, text, text_length) == 0;
}

/* A number of at most TIME_DIGITS_MAX digits without a leading zero. */
static gboolean
read_number (const char **inout_text, gint64 *out)
{
  const char *text = *inout_text;
  gint64 value = 0;
  gsize digits = 0;
  while (digits <= TIME_DIGITS_MAX && g_ascii_isdigit (text[digits]))
    value = value * 10 + (text[digits++] - '0');
  if (digits == 0 || digits > TIME_DIGITS_MAX || (text[0] == '0' && digits > 1))
    return FALSE;
  *inout_text += digits;
  *out = value;
  return TRUE;
}

static gboolean
read_literal (const char **inout_text, const char *literal)
{
  gsize length = strlen (literal);
  if (strncmp (*inout_text, literal, length) != 0)
    return FALSE;
  *inout_text += length;
  return TRUE;
}

static gboolean
read_id (const char **inout_text, SlId *out)
{
  char text[SL_ID_TEXT_BYTES], again[SL_ID_TEXT_BYTES];
  gsize length = strnlen (*inout_text, SL_ID_TEXT_BYTES - 1);
  memcpy (text, *inout_text, length);
  text[length] = '\0';
  if (!sl_id_parse (text, out) || sl_id_is_none (out) || strcmp (sl_id_format (out, again), text) != 0)
    return FALSE;
  *inout_text += length;
  return TRUE;
}

/* `sl=:base64:`, whole. */
static gboolean
read_signature (const char *text, guint8 out[SL_SIGNATURE_BYTES])
{
  gsize length = strlen (text);
  gsize encoded = sodium_base64_encoded_len (SL_SIGNATURE_BYTES, BASE64) - 1;
  return length == strlen (LABEL) + encoded + 2 && read_literal (&text, LABEL ":") && text[encoded] == ':'
         && decode_base64 (text, encoded, out, SL_SIGNATURE_BYTES);
}

/**
 * sl_signature_base_add:
 * @base: the signature base so far
 * @component: the component's identifier with quotes and parameters
 * @value: its value, without line breaks
 *
 * RFC 9421 section 2.5.
 */
void
sl_signature_base_add (GString *base, const char *component, const char *value)
{
  g_string_append (base, component);
  g_string_append (base, ": ");
  g_string_append (base, value);
  g_string_append_c (base, '\n');
}

/**
 * sl_signature_base_finish:
 * @base: the signature base with all components
 * @parameters: the components' list with the signature's parameters, as Signature-Input has it behind the label
 *
 * RFC 9421 section 2.3.
 */
void
sl_signature_base_finish (GString *base, const char *parameters)
{
  g_string_append (base, "\"@signature-params\": ");
  g_string_append (base, parameters);
}

/**
 * sl_content_digest:
 * @body: a body, which may be empty
 *
 * Returns: (transfer full): the value of its Content-Digest (RFC 9530) by SHA-256
 */
char *
sl_content_digest (GBytes *body)
{
  guint8 hash[crypto_hash_sha256_BYTES];
  gsize size;
  const void *data = g_bytes_get_data (body, &size);
  (void) crypto_hash_sha256 (hash, data, size); /* cannot fail: libsodium has no error here */
  g_autofree char *encoded = encode_base64 (hash, sizeof hash);
  return g_strdup_printf ("sha-256=:%s:", encoded);
}

static void
put_header (GHashTable *headers, const char *name, char *value /* (transfer full) */)
{
  g_hash_table_insert (headers, g_strdup (name), value);
}

static const char *
header (GHashTable *headers, const char *name)
{
  return g_hash_table_lookup (headers, name);
}

/* The digest that came must be that of the body that came. */
static gboolean
digest_fits (GHashTable *headers, GBytes *body)
{
  g_autofree char *digest = sl_content_digest (body);
  return g_strcmp0 (header (headers, "content-digest"), digest) == 0;
}

static char *
request_parameters (gint64 created_s, const SlId *replica, const guint8 nonce[SL_SYNC_NONCE_BYTES])
{
  char id[SL_ID_TEXT_BYTES];
  g_autofree char *encoded = encode_base64 (nonce, SL_SYNC_NONCE_BYTES);
  return g_strdup_printf (REQUEST_COMPONENTS ";created=%" G_GINT64_FORMAT ";keyid=\"%s\";nonce=\"%s\";alg=\"ed25519\"",
                          created_s, sl_id_format (replica, id), encoded);
}

static GString *
request_base (const SlSyncRequest *request, const char *parameters)
{
  GString *base = g_string_new (NULL);
  sl_signature_base_add (base, "\"@method\"", request->method);
  sl_signature_base_add (base, "\"@path\"", request->path);
  sl_signature_base_add (base, "\"content-digest\"", header (request->headers, "content-digest"));
  sl_signature_base_add (base, "\"studioloop-org\"", header (request->headers, "studioloop-org"));
  sl_signature_base_finish (base, parameters);
  return base;
}

static void
put_signature (GHashTable *headers, const SlSyncSigner *signer, const GString *base, const char *parameters)
{
  guint8 signature[SL_SIGNATURE_BYTES];
  signer->sign (signer->user_data, base->str, base->len, signature);
  g_autofree char *encoded = encode_base64 (signature, sizeof signature);
  put_header (headers, "signature-input", g_strconcat (LABEL, parameters, NULL));
  put_header (headers, "signature", g_strdup_printf (LABEL ":%s:", encoded));
}

/**
 * sl_sync_sign_request:
 * @request: a request with its body; signing again replaces what was there
 * @signer: the device that asks
 * @organisation: of which studio it is
 * @world: where the nonce comes from
 * @now_ms: the asker's clock, corrected by what it knows of the answerer's
 * @with_key: whether the device's public key goes too, for an answerer that may not know it
 *
 * Puts the headers that sync/README.md "Signatures" names.
 */
void
sl_sync_sign_request (SlSyncRequest *request, const SlSyncSigner *signer, const SlId *organisation, SlWorld *world,
                      gint64 now_ms, gboolean with_key)
{
  guint8 nonce[SL_SYNC_NONCE_BYTES];
  g_return_if_fail (request != NULL && signer != NULL && organisation != NULL && now_ms >= 0);
  put_header (request->headers, "content-digest", sl_content_digest (request->body));
  put_header (request->headers, "studioloop-org", sl_id_to_string (organisation));
  if (with_key)
    put_header (request->headers, "studioloop-key", encode_base64 (signer->public_key, SL_SIGN_PUBLIC_BYTES));
  else
    g_hash_table_remove (request->headers, "studioloop-key");
  world->random_bytes (world, nonce, sizeof nonce);
  g_autofree char *parameters = request_parameters (now_ms / 1000, &signer->replica, nonce);
  g_autoptr (GString) base = request_base (request, parameters);
  put_signature (request->headers, signer, base, parameters);
}

static gboolean
read_parameters (const char *text, SlSyncClaimed *out)
{
  gint64 created_s;
  if (!read_literal (&text, LABEL REQUEST_COMPONENTS ";created=") || !read_number (&text, &created_s)
      || created_s > G_MAXINT64 / 1000 || !read_literal (&text, ";keyid=\"") || !read_id (&text, &out->replica)
      || !read_literal (&text, "\";nonce=\""))
    return FALSE;
  gsize encoded = sodium_base64_encoded_len (SL_SYNC_NONCE_BYTES, BASE64) - 1;
  if (strnlen (text, encoded) < encoded || !decode_base64 (text, encoded, out->nonce, SL_SYNC_NONCE_BYTES))
    return FALSE;
  text += encoded;
  out->created_ms = created_s * 1000;
  return strcmp (text, "\";alg=\"ed25519\"") == 0;
}

/* Our paths are plain: no escapes, no query, nothing that a proxy could read in another way. */
static gboolean
is_path (const char *path)
{
  gsize length = strnlen (path, SL_SYNC_PATH_MAX_BYTES + 1);
  if (length > SL_SYNC_PATH_MAX_BYTES || path[0] != '/')
    return FALSE;
  for (const char *at = path; *at != '\0'; at++)
    if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at) && *at != '/' && *at != '-')
      return FALSE;
  return TRUE;
}

/* The key that came with a request, and that it is the replica's own. */
static SlSyncCode
read_key (const SlSyncRequest *request, SlSyncClaimed *out)
{
  const char *text = header (request->headers, "studioloop-key");
  SlId owner;
  out->has_key = text != NULL;
  if (text == NULL)
    return SL_SYNC_OK;
  if (!decode_base64 (text, strlen (text), out->public_key, SL_SIGN_PUBLIC_BYTES))
    return SL_SYNC_BAD_REQUEST;
  sl_replica_from_key (out->public_key, &owner);
  return sl_id_equal (&owner, &out->replica) ? SL_SYNC_OK : SL_SYNC_BAD_SIGNATURE;
}

/**
 * sl_sync_request_read:
 * @request: a request from anywhere; its headers by sl_sync_headers_add()
 * @out: (out): what it says of itself; valid with %SL_SYNC_OK only
 *
 * Reads the one form that sl_sync_sign_request() writes. The body is held against its digest here; whether the device
 * signed it sl_sync_request_check() tells. Any thread.
 *
 * Returns: %SL_SYNC_OK; %SL_SYNC_UNSIGNED without signature headers; %SL_SYNC_BAD_REQUEST for any other form;
 *   %SL_SYNC_BAD_SIGNATURE where the body is not of the digest or the key not of the device
 */
SlSyncCode
sl_sync_request_read (const SlSyncRequest *request, SlSyncClaimed *out)
{
  g_return_val_if_fail (request != NULL && out != NULL, SL_SYNC_BAD_REQUEST);
  const char *input = header (request->headers, "signature-input");
  const char *signature = header (request->headers, "signature");
  const char *organisation = header (request->headers, "studioloop-org");
  guint8 bytes[SL_SIGNATURE_BYTES];
  memset (out, 0, sizeof *out);
  if (strcmp (request->method, "GET") != 0 && strcmp (request->method, "POST") != 0)
    return SL_SYNC_BAD_REQUEST;
  if (!is_path (request->path))
    return SL_SYNC_BAD_REQUEST;
  if (input == NULL || signature == NULL)
    return SL_SYNC_UNSIGNED;
  if (organisation == NULL || header (request->headers, "content-digest") == NULL
      || !read_id (&organisation, &out->organisation) || *organisation != '\0')
    return SL_SYNC_BAD_REQUEST;
  if (!read_parameters (input, out) || !read_signature (signature, bytes))
    return SL_SYNC_BAD_REQUEST;
  SlSyncCode key = read_key (request, out);
  if (key != SL_SYNC_OK)
    return key;
  return digest_fits (request->headers, request->body) ? SL_SYNC_OK : SL_SYNC_BAD_SIGNATURE;
}

/**
 * sl_sync_request_check:
 * @request: a request that sl_sync_request_read() found well-formed
 * @claimed: what that gave
 * @public_key: the key of the device that @claimed names, as the answerer knows it or as the request brought it
 * @now_ms: the answerer's clock
 *
 * Whether the device signed it, and lately. Its nonce is sl_nonces_take()'s. Any thread.
 *
 * Returns: %SL_SYNC_OK, %SL_SYNC_BAD_SIGNATURE, or %SL_SYNC_CLOCK_SKEW where it is signed well and its time is further
 *   than %SL_SYNC_WINDOW_MS from @now_ms
 */
SlSyncCode
sl_sync_request_check (const SlSyncRequest *request, const SlSyncClaimed *claimed,
                       const guint8 public_key[SL_SIGN_PUBLIC_BYTES], gint64 now_ms)
{
  g_return_val_if_fail (request != NULL && claimed != NULL && public_key != NULL, SL_SYNC_BAD_SIGNATURE);
  const char *input = header (request->headers, "signature-input");
  const char *text = header (request->headers, "signature");
  guint8 signature[SL_SIGNATURE_BYTES];
  if (input == NULL || text == NULL || !g_str_has_prefix (input, LABEL) || !read_signature (text, signature)
      || header (request->headers, "content-digest") == NULL || header (request->headers, "studioloop-org") == NULL)
    return SL_SYNC_BAD_SIGNATURE;
  g_autofree char *parameters
      = request_parameters (claimed->created_ms / 1000, &claimed->replica, claimed->nonce);
  if (strcmp (input + strlen (LABEL), parameters) != 0)
    return SL_SYNC_BAD_SIGNATURE;
  g_autoptr (GString) base = request_base (request, parameters);
  if (!sl_verify (public_key, base->str, base->len, signature))
    return SL_SYNC_BAD_SIGNATURE;
  gint64 apart_ms = claimed->created_ms - now_ms;
  return ABS (apart_ms) <= SL_SYNC_WINDOW_MS ? SL_SYNC_OK : SL_SYNC_CLOCK_SKEW;
}

/* What a request's signature lends to the answer; NULL: it has none that could be bound to. */
static const char *
bound_signature (const SlSyncRequest *request)
{
  const char *signature = header (request->headers, "signature");
  guint8 bytes[SL_SIGNATURE_BYTES];
  return signature != NULL && read_signature (signature, bytes) ? signature + strlen (LABEL) : NULL;
}

static char *
answer_parameters (const char *bound, const SlId *replica)
{
  char id[SL_ID_TEXT_BYTES];
  return g_strdup_printf ("%s;keyid=\"%s\";alg=\"ed25519\"",
                          bound != NULL ? BOUND_ANSWER_COMPONENTS : ANSWER_COMPONENTS, sl_id_format (replica, id));
}

static GString *
answer_base (const SlSyncAnswer *answer, const char *bound, const char *parameters)
{
  GString *base = g_string_new (NULL);
  g_autofree char *status = g_strdup_printf ("%d", answer->status);
  sl_signature_base_add (base, "\"@status\"", status);
  sl_signature_base_add (base, "\"content-digest\"", header (answer->headers, "content-digest"));
  sl_signature_base_add (base, "\"studioloop-time\"", header (answer->headers, "studioloop-time"));
  if (bound != NULL)
    sl_signature_base_add (base, "\"signature\";req;key=\"sl\"", bound);
  sl_signature_base_finish (base, parameters);
  return base;
}

/**
 * sl_sync_sign_answer:
 * @answer: an answer with its body; signing again replaces what was there
 * @request: what it answers; bound into the signature where the request is signed itself
 * @signer: who answers
 * @now_ms: the answerer's clock; goes as Studioloop-Time
 */
void
sl_sync_sign_answer (SlSyncAnswer *answer, const SlSyncRequest *request, const SlSyncSigner *signer, gint64 now_ms)
{
  g_return_if_fail (answer != NULL && request != NULL && signer != NULL);
  const char *bound = bound_signature (request);
  put_header (answer->headers, "content-digest", sl_content_digest (answer->body));
  put_header (answer->headers, "studioloop-time", g_strdup_printf ("%" G_GINT64_FORMAT, MAX (now_ms, 0)));
  g_autofree char *parameters = answer_parameters (bound, &signer->replica);
  g_autoptr (GString) base = answer_base (answer, bound, parameters);
  put_signature (answer->headers, signer, base, parameters);
}

/**
 * sl_sync_answer_check:
 * @answer: an answer from anywhere; its headers by sl_sync_headers_add()
 * @request: what it should answer, as it was signed and sent
 * @public_key: of the one who was asked
 * @out_time_ms: (out) (optional): the answerer's clock, with %SL_SYNC_OK
 *
 * Whether this is the answer of the one who was asked to this very request. An error is checked the same way: only a
 * signed `clock_skew` may correct a clock. Any thread.
 *
 * Returns: %SL_SYNC_OK, whatever the answer's own code is; %SL_SYNC_UNSIGNED; %SL_SYNC_BAD_SIGNATURE
 */
SlSyncCode
sl_sync_answer_check (const SlSyncAnswer *answer, const SlSyncRequest *request,
                      const guint8 public_key[SL_SIGN_PUBLIC_BYTES], gint64 *out_time_ms)
{
  g_return_val_if_fail (answer != NULL && request != NULL && public_key != NULL, SL_SYNC_BAD_SIGNATURE);
  const char *input = header (answer->headers, "signature-input");
  const char *text = header (answer->headers, "signature");
  const char *time = header (answer->headers, "studioloop-time");
  const char *bound = bound_signature (request);
  guint8 signature[SL_SIGNATURE_BYTES];
  SlId replica;
  gint64 time_ms;
  if (input == NULL || text == NULL)
    return SL_SYNC_UNSIGNED;
  sl_replica_from_key (public_key, &replica);
  g_autofree char *parameters = answer_parameters (bound, &replica);
  if (!read_literal (&input, LABEL) || strcmp (input, parameters) != 0 || !read_signature (text, signature))
    return SL_SYNC_BAD_SIGNATURE;
  const char *at = time;
  if (time == NULL || !read_number (&at, &time_ms) || *at != '\0' || !digest_fits (answer->headers, answer->body))
    return SL_SYNC_BAD_SIGNATURE;
  g_autoptr (GString) base = answer_base (answer, bound, parameters);
  if (!sl_verify (public_key, base->str, base->len, signature))
    return SL_SYNC_BAD_SIGNATURE;
  if (out_time_ms != NULL)
    *out_time_ms = time_ms;
  return SL_SYNC_OK;
}
