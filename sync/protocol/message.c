/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-message"

#include "protocol/message.h"

#include <jansson.h>
#include <string.h>

#define HTTP_OK 200
#define RETRY_AFTER_MAX_S (24 * 60 * 60) /* a longer wait is a mistake or malice */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static const struct {
  const char *name;
  int status;
} codes[] = {
  [SL_SYNC_OK] = { "ok", HTTP_OK },
  [SL_SYNC_BAD_REQUEST] = { "bad_request", 400 },
  [SL_SYNC_UNSIGNED] = { "unsigned", 401 },
  [SL_SYNC_BAD_SIGNATURE] = { "bad_signature", 401 },
  [SL_SYNC_CLOCK_SKEW] = { "clock_skew", 401 },
  [SL_SYNC_REPLAYED] = { "replayed", 409 },
  [SL_SYNC_UNKNOWN_DEVICE] = { "unknown_device", 403 },
  [SL_SYNC_DEVICE_REVOKED] = { "device_revoked", 403 },
  [SL_SYNC_FOREIGN_ORGANISATION] = { "foreign_organisation", 403 },
  [SL_SYNC_CODE_INVALID] = { "code_invalid", 403 },
  [SL_SYNC_ALREADY_FOUNDED] = { "already_founded", 409 },
  [SL_SYNC_NOT_FOUNDED] = { "not_founded", 409 },
  [SL_SYNC_NOT_FOUND] = { "not_found", 404 },
  [SL_SYNC_WRONG_METHOD] = { "wrong_method", 405 },
  [SL_SYNC_TOO_LARGE] = { "too_large", 413 },
  [SL_SYNC_TOO_SLOW] = { "too_slow", 408 },
  [SL_SYNC_TOO_MANY] = { "too_many", 429 },
  [SL_SYNC_WRONG_VERSION] = { "wrong_version", 426 },
  [SL_SYNC_BUSY] = { "busy", 503 },
  [SL_SYNC_STORAGE] = { "storage", 507 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (codes) == SL_SYNC_CODE_LAST);

/* What the protocol reads; every other header, a proxy's say, is passed over. */
static const char *const known_headers[]
    = { "content-digest",  "content-type",   "retry-after",    "signature",      "signature-input",
        "studioloop-code", "studioloop-key", "studioloop-org", "studioloop-request", "studioloop-time" };

/**
 * sl_sync_code_name:
 * @code: a code, not %SL_SYNC_CODE_LAST
 *
 * Returns: (transfer none): its stable name on the wire and in logs and metrics
 */
const char *
sl_sync_code_name (SlSyncCode code)
{
  g_return_val_if_fail (code < SL_SYNC_CODE_LAST, NULL);
  return codes[code].name;
}

/**
 * sl_sync_code_status:
 * @code: a code, not %SL_SYNC_CODE_LAST
 *
 * Returns: the HTTP status (RFC 9110) that goes with it
 */
int
sl_sync_code_status (SlSyncCode code)
{
  g_return_val_if_fail (code < SL_SYNC_CODE_LAST, 0);
  return codes[code].status;
}

/**
 * sl_sync_code_from_name:
 * @name: (nullable): a name from outside
 *
 * Returns: its code; %SL_SYNC_CODE_LAST for one that this version does not know
 */
SlSyncCode
sl_sync_code_from_name (const char *name)
{
  guint code = 0;
  while (code < SL_SYNC_CODE_LAST && g_strcmp0 (name, codes[code].name) != 0)
    code++;
  return code;
}

/**
 * sl_sync_headers_new:
 *
 * Returns: (transfer full): no headers; owns what is put in
 */
GHashTable *
sl_sync_headers_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Visible ASCII and blanks (RFC 9110 section 5.5 less what only old senders use): no CR or LF gets into a header. */
static gboolean
is_header_value (const char *value)
{
  gsize length = 0;
  while (length <= SL_SYNC_HEADER_MAX_BYTES && value[length] >= ' ' && value[length] <= '~')
    length++;
  return value[length] == '\0' && length <= SL_SYNC_HEADER_MAX_BYTES;
}

/**
 * sl_sync_headers_add:
 * @headers: from sl_sync_headers_new()
 * @name: (nullable): of a header that came in, in any case
 * @value: (nullable): its value
 *
 * Takes a header of the protocol; passes over any other, however long, so that the memory is bounded.
 *
 * Returns: %FALSE when a header of the protocol comes for the second time, is longer than %SL_SYNC_HEADER_MAX_BYTES or
 *   holds anything but visible ASCII and blanks: the request is malformed
 */
gboolean
sl_sync_headers_add (GHashTable *headers, const char *name, const char *value)
{
  g_return_val_if_fail (headers != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (known_headers); i++)
    {
      if (name == NULL || g_ascii_strcasecmp (name, known_headers[i]) != 0)
        continue;
      if (value == NULL || !is_header_value (value) || g_hash_table_contains (headers, known_headers[i]))
        return FALSE;
      g_hash_table_insert (headers, g_strdup (known_headers[i]), g_strdup (value));
      return TRUE;
    }
  return TRUE;
}

/**
 * sl_sync_request_new:
 * @method: (nullable): as it came; what is none of ours sl_sync_request_read() refuses
 * @path: (nullable): likewise
 * @body: (nullable): %NULL: empty
 *
 * Returns: (transfer full): a request without headers
 */
SlSyncRequest *
sl_sync_request_new (const char *method, const char *path, GBytes *body)
{
  SlSyncRequest *request = g_new0 (SlSyncRequest, 1);
  request->method = g_strdup (method != NULL ? method : "");
  request->path = g_strdup (path != NULL ? path : "");
  request->headers = sl_sync_headers_new ();
  request->body = body != NULL ? g_bytes_ref (body) : g_bytes_new (NULL, 0);
  return request;
}

/**
 * sl_sync_request_free:
 * @request: (nullable) (transfer full): a request
 */
void
sl_sync_request_free (SlSyncRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->method);
  g_free (request->path);
  g_hash_table_unref (request->headers);
  g_bytes_unref (request->body);
  g_free (request);
}

static SlSyncAnswer *
answer_new (int status, SlSyncCode code, GHashTable *headers, GBytes *body)
{
  SlSyncAnswer *answer = g_new0 (SlSyncAnswer, 1);
  answer->status = status;
  answer->code = code;
  answer->headers = headers != NULL ? g_hash_table_ref (headers) : sl_sync_headers_new ();
  answer->body = body != NULL ? g_bytes_ref (body) : g_bytes_new (NULL, 0);
  return answer;
}

static void
put_header (GHashTable *headers, const char *name, const char *value)
{
  g_hash_table_insert (headers, g_strdup (name), g_strdup (value));
}

/**
 * sl_sync_answer_new:
 * @type: the media type of @body, a constant
 * @body: (nullable): %NULL: empty
 *
 * Returns: (transfer full): an answer with status 200, not signed yet
 */
SlSyncAnswer *
sl_sync_answer_new (const char *type, GBytes *body)
{
  g_return_val_if_fail (type != NULL && is_header_value (type), NULL);
  SlSyncAnswer *answer = answer_new (HTTP_OK, SL_SYNC_OK, NULL, body);
  put_header (answer->headers, "content-type", type);
  return answer;
}

/**
 * sl_sync_answer_new_error:
 * @code: why not; not %SL_SYNC_OK
 * @message: (nullable): for people who read logs: English, no personal data, no secrets
 * @retry_after_s: when to come again, in seconds; 0: not said
 *
 * Returns: (transfer full): an answer with the code's status and `{"error":{"code":…,"message":…}}`, not signed yet
 */
SlSyncAnswer *
sl_sync_answer_new_error (SlSyncCode code, const char *message, gint64 retry_after_s)
{
  g_return_val_if_fail (code > SL_SYNC_OK && code < SL_SYNC_CODE_LAST, NULL);
  gsize length = message != NULL ? strnlen (message, SL_SYNC_MESSAGE_MAX_BYTES) : 0;
  g_autofree char *valid = g_utf8_make_valid (message != NULL ? message : "", length);
  g_autoptr (json_t) root
      = json_pack ("{s:{s:s,s:s}}", "error", "code", sl_sync_code_name (code), "message", valid);
  g_assert (root != NULL);
  char *text = json_dumps (root, JSON_COMPACT);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  free (text);
  SlSyncAnswer *answer = answer_new (sl_sync_code_status (code), code, NULL, body);
  put_header (answer->headers, "content-type", "application/json");
  if (retry_after_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, MIN (retry_after_s, RETRY_AFTER_MAX_S));
      put_header (answer->headers, "retry-after", seconds);
    }
  return answer;
}

/* The error object of an answer's body; NULL: there is none. */
static json_t *
load_error (const SlSyncAnswer *answer)
{
  gsize size;
  const char *data = g_bytes_get_data (answer->body, &size);
  if (size == 0 || size > SL_SYNC_JSON_MAX_BYTES)
    return NULL;
  g_autoptr (json_t) root = json_loadb (data, size, JSON_REJECT_DUPLICATES, NULL);
  return json_incref (json_object_get (root, "error")); /* NULL goes through both */
}

/* Something between us and the answerer speaks by statuses alone. */
static SlSyncCode
code_from_status (int status)
{
  switch (status)
    {
    case 404:
      return SL_SYNC_NOT_FOUND;
    case 405:
      return SL_SYNC_WRONG_METHOD;
    case 408:
      return SL_SYNC_TOO_SLOW;
    case 413:
      return SL_SYNC_TOO_LARGE;
    case 429:
      return SL_SYNC_TOO_MANY;
    default:
      return status >= 500 ? SL_SYNC_BUSY : SL_SYNC_BAD_REQUEST;
    }
}

/**
 * sl_sync_answer_new_received:
 * @status: the HTTP status that came
 * @headers: headers that came, by sl_sync_headers_add()
 * @body: (nullable): what came
 *
 * An error's code is the one that its body names, if that code has this status; else what the status says by itself: a
 * proxy's page is `busy` from 500 on. Nothing of it is to be believed before sl_sync_answer_check().
 *
 * Returns: (transfer full): the answer
 */
SlSyncAnswer *
sl_sync_answer_new_received (int status, GHashTable *headers, GBytes *body)
{
  g_return_val_if_fail (headers != NULL, NULL);
  SlSyncAnswer *answer = answer_new (status, SL_SYNC_OK, headers, body);
  if (status >= 200 && status < 300)
    return answer;
  g_autoptr (json_t) error = load_error (answer);
  answer->code = sl_sync_code_from_name (json_string_value (json_object_get (error, "code")));
  if (answer->code == SL_SYNC_CODE_LAST || sl_sync_code_status (answer->code) != status)
    answer->code = code_from_status (status);
  return answer;
}

/**
 * sl_sync_answer_dup_message:
 * @answer: an answer
 *
 * Returns: (transfer full) (nullable): what an error's body says for people, at most %SL_SYNC_MESSAGE_MAX_BYTES of it
 *   without control characters; %NULL: nothing
 */
char *
sl_sync_answer_dup_message (const SlSyncAnswer *answer)
{
  g_return_val_if_fail (answer != NULL, NULL);
  g_autoptr (json_t) error = load_error (answer);
  const char *message = json_string_value (json_object_get (error, "message"));
  if (message == NULL || *message == '\0')
    return NULL;
  char *valid = g_utf8_make_valid (message, strnlen (message, SL_SYNC_MESSAGE_MAX_BYTES));
  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return valid;
}

/**
 * sl_sync_answer_retry_after_ms:
 * @answer: an answer
 *
 * The header is not signed: whoever carries the answer may have put it there, so it is never more than a day.
 *
 * Returns: milliseconds to wait before the next try; 0: the answer does not say
 */
gint64
sl_sync_answer_retry_after_ms (const SlSyncAnswer *answer)
{
  g_return_val_if_fail (answer != NULL, 0);
  const char *text = g_hash_table_lookup (answer->headers, "retry-after");
  guint64 seconds;
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &seconds, NULL))
    return 0;
  return (gint64) MIN (seconds, RETRY_AFTER_MAX_S) * 1000;
}

/**
 * sl_sync_answer_free:
 * @answer: (nullable) (transfer full): an answer
 */
void
sl_sync_answer_free (SlSyncAnswer *answer)
{
  if (answer == NULL)
    return;
  g_hash_table_unref (answer->headers);
  g_bytes_unref (answer->body);
  g_free (answer);
}

/**
 * sl_sync_version_choose:
 * @lowest: of the other side's range
 * @highest: of the other side's range
 *
 * Returns: the highest version that both sides speak; 0: none
 */
guint
sl_sync_version_choose (guint lowest, guint highest)
{
  guint chosen = MIN (highest, SL_SYNC_VERSION);
  return chosen >= MAX (lowest, SL_SYNC_VERSION_LOWEST) ? chosen : 0;
}
