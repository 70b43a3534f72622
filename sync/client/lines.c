/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-client-lines"

#include "client/client.h"

#include <jansson.h>
#include <string.h>

#include "client/socket.h"
#include "core/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define TIMEOUT_MAX_MS (G_GINT64_CONSTANT (10) * 60 * 1000) /* nobody at a desk waits longer */

static char *
to_line (json_t *object)
{
  char *text = json_dumps (object, JSON_COMPACT);
  char *line = g_strconcat (text != NULL ? text : "{}", "\n", NULL);
  free (text);
  return line;
}

static json_t *
from_line (const char *line)
{
  gsize length = strlen (line);
  return length <= SL_CLIENT_LINE_MAX_BYTES ? json_loadb (line, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

/**
 * sl_client_request_write:
 * @request: what is asked
 *
 * Returns: (transfer full): its line
 */
char *
sl_client_request_write (const SlClientRequest *request)
{
  g_autoptr (json_t) object = json_object ();
  json_t *asks = json_array ();
  json_object_set_new (object, "do", json_string (request->sync ? "sync" : "fetch"));
  json_object_set_new (object, "timeout_ms", json_integer (request->timeout_ms));
  for (guint i = 0; i < request->n_asks; i++)
    {
      char id[SL_ID_TEXT_BYTES];
      json_array_append_new (asks, json_pack ("[i, s, I]", (int) request->asks[i].kind,
                                              sl_id_format (&request->asks[i].id, id),
                                              (json_int_t) request->asks[i].amount));
    }
  json_object_set_new (object, "asks", asks);
  return to_line (object);
}

static gboolean
read_ask (json_t *item, SlAsk *out)
{
  const char *id = json_string_value (json_array_get (item, 1));
  json_t *kind = json_array_get (item, 0), *amount = json_array_get (item, 2);
  if (id == NULL || !sl_id_parse (id, &out->id) || !json_is_integer (kind) || !json_is_integer (amount))
    return FALSE;
  out->kind = (SlAskKind) json_integer_value (kind);
  out->amount = json_integer_value (amount);
  return json_integer_value (kind) > 0 && json_integer_value (kind) < SL_ASK_LAST && out->amount >= 0;
}

/**
 * sl_client_request_read:
 * @line: what came
 * @out: (out caller-allocates): what it asks
 *
 * Returns: %FALSE where it is no request
 */
gboolean
sl_client_request_read (const char *line, SlClientRequest *out)
{
  g_autoptr (json_t) object = from_line (line);
  const char *what = json_string_value (json_object_get (object, "do"));
  json_t *asks = json_object_get (object, "asks");
  *out = (SlClientRequest){ .sync = g_strcmp0 (what, "sync") == 0, .n_asks = (guint) json_array_size (asks) };
  out->timeout_ms = json_integer_value (json_object_get (object, "timeout_ms"));
  if ((!out->sync && g_strcmp0 (what, "fetch") != 0) || json_array_size (asks) > SL_CLIENT_ASKS_MAX
      || out->timeout_ms <= 0 || out->timeout_ms > TIMEOUT_MAX_MS)
    return FALSE;
  for (guint i = 0; i < out->n_asks; i++)
    if (!read_ask (json_array_get (asks, i), &out->asks[i]))
      return FALSE;
  return TRUE;
}

/**
 * sl_client_reply_write:
 * @reply: what came of it
 *
 * Returns: (transfer full): its line
 */
char *
sl_client_reply_write (const SlClientReply *reply)
{
  g_autofree char *message = g_utf8_make_valid (reply->message, -1);
  g_autoptr (json_t) object
      = json_pack ("{s:I, s:I, s:b, s:i, s:s}", "pushed", (json_int_t) reply->pushed, "pulled",
                   (json_int_t) reply->pulled, "given", (int) reply->given, "error", reply->error, "message", message);
  return to_line (object);
}

/**
 * sl_client_reply_read:
 * @line: what came
 * @out: (out caller-allocates): what it says
 *
 * Returns: %FALSE where it is no reply
 */
gboolean
sl_client_reply_read (const char *line, SlClientReply *out)
{
  g_autoptr (json_t) object = from_line (line);
  json_t *failure = json_object_get (object, "error");
  const char *message = json_string_value (json_object_get (object, "message"));
  *out = (SlClientReply){ .error = (int) json_integer_value (failure) };
  if (!json_is_integer (failure) || json_integer_value (failure) < -1 || json_integer_value (failure) >= SL_ERROR_LAST)
    return FALSE;
  out->pushed = (guint64) json_integer_value (json_object_get (object, "pushed"));
  out->pulled = (guint64) json_integer_value (json_object_get (object, "pulled"));
  out->given = json_is_true (json_object_get (object, "given"));
  g_strlcpy (out->message, message != NULL ? message : "", sizeof out->message);
  return TRUE;
}
