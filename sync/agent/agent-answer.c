/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-answer"

#include "agent/agent-private.h"

#include <string.h>

#include "core/error.h"

/* A neighbour's request, answered from this replica: sync/README.md "Neighbours". */

#define RETRY_AFTER_S 2                             /* somebody else writes: seconds at most */
#define STRANGER_BODY_MAX_BYTES (256 * 1024)        /* of a device that is not known yet: its first operations */

typedef struct {
  SlSyncClaimed claimed;
  SlDeviceStanding standing;
  gint64 now_ms;
} Asker;

/* Whose it is: of a device whose first operation has not come yet only its own key can say. */
static SlSyncCode
find_asker (SlAgent *agent, const SlSyncRequest *request, Asker *out)
{
  g_autoptr (GError) failure = NULL;
  SlSyncCode code = sl_sync_request_read (request, &out->claimed);
  if (code != SL_SYNC_OK)
    return code;
  if (!sl_id_equal (&out->claimed.organisation, sl_oplog_get_organisation (agent->log)))
    return SL_SYNC_FOREIGN_ORGANISATION;
  if (!sl_oplog_device_standing (agent->log, &out->claimed.replica, &out->standing, &failure))
    {
      g_warning ("looking a neighbour up: %s", failure->message);
      return SL_SYNC_STORAGE;
    }
  if (!out->standing.known && !out->claimed.has_key)
    return SL_SYNC_UNKNOWN_DEVICE;
  return sl_sync_request_check (request, &out->claimed,
                                out->standing.known ? out->standing.public_key : out->claimed.public_key, out->now_ms);
}

static SlSyncCode
check_limits (SlAgent *agent, const SlSyncRequest *request, const Asker *asker, gint64 *out_retry_ms)
{
  char text[SL_ID_TEXT_BYTES];
  if (g_bytes_get_size (request->body) > SL_SYNC_BODY_MAX_BYTES)
    return SL_SYNC_TOO_LARGE;
  if (!sl_rate_limit_take (agent->requests, sl_id_format (&asker->claimed.replica, text), asker->now_ms, out_retry_ms))
    return SL_SYNC_TOO_MANY;
  if (asker->standing.revoked)
    return SL_SYNC_DEVICE_REVOKED;
  return sl_nonces_take (agent->nonces, &asker->claimed, asker->now_ms);
}

/* A device that has joined by an invitation which is known here comes with its first operation. Only while there is
 * such an invitation, and only so much and so often, is anything of a stranger kept. */
static SlSyncCode
check_stranger (SlAgent *agent, const SlSyncRequest *request, const Asker *asker, gint64 *out_retry_ms)
{
  gint64 open;
  if (asker->standing.admitted)
    return SL_SYNC_OK;
  if (!sl_store_query_int (sl_oplog_get_store (agent->log), 0, &open, NULL,
                           "SELECT EXISTS (SELECT 1 FROM admission WHERE expires_ms >= ?)", "i", asker->now_ms)
      || !open || g_bytes_get_size (request->body) > STRANGER_BODY_MAX_BYTES)
    return SL_SYNC_UNKNOWN_DEVICE;
  return sl_rate_limit_take (agent->strangers, "", asker->now_ms, out_retry_ms) ? SL_SYNC_OK : SL_SYNC_TOO_MANY;
}

static SlSyncCode
read_request (SlAgent *agent, const SlSyncRequest *request, const Asker *asker, SlWireHead *head, SlExchangeItem *item)
{
  g_autoptr (GError) failure = NULL;
  if (!sl_wire_look (request->body, SL_AGENT_UNPACKED_MAX_BYTES, head, &failure))
    return g_error_matches (failure, SL_ERROR, SL_ERROR_TOO_NEW) ? SL_SYNC_WRONG_VERSION : SL_SYNC_BAD_REQUEST;
  if (!sl_id_equal (&head->header.organisation, sl_oplog_get_organisation (agent->log)))
    return SL_SYNC_FOREIGN_ORGANISATION;
  if (!sl_id_equal (&head->header.by, &asker->claimed.replica) || head->exchange == NULL
      || !sl_exchange_item_decode (head->exchange, FALSE, item, NULL))
    return SL_SYNC_BAD_REQUEST;
  return sl_sync_version_choose (item->version_lowest, item->version) != 0 ? SL_SYNC_OK : SL_SYNC_WRONG_VERSION;
}

static SlSyncCode
code_of (const GError *failure)
{
  g_warning ("a neighbour's request: %s", failure->message);
  if (g_error_matches (failure, SL_ERROR, SL_ERROR_BUSY))
    return SL_SYNC_BUSY;
  return g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT) ? SL_SYNC_BAD_REQUEST : SL_SYNC_STORAGE;
}

/* Takes what the asker brings, and looks again who it is. */
static SlSyncCode
take_push (SlAgent *agent, const SlSyncRequest *request, const SlWireHead *head, Asker *asker)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlImportResult) taken = { 0 };
  if (head->operations > 0 && !sl_wire_take (agent->log, request->body, &taken, &failure))
    return code_of (failure);
  if (!sl_oplog_device_standing (agent->log, &asker->claimed.replica, &asker->standing, &failure))
    return code_of (failure);
  if (asker->standing.revoked)
    return SL_SYNC_DEVICE_REVOKED;
  return asker->standing.known && asker->standing.admitted ? SL_SYNC_OK : SL_SYNC_UNKNOWN_DEVICE;
}

static gboolean
grant (SlAgent *agent, const Asker *asker, SlExchangeItem *item, GError **error)
{
  const SlId *replica = &asker->claimed.replica;
  if (item->asks == NULL)
    return TRUE;
  GArray *before = sl_asked_find (agent->asked, replica, &item->request, item->asks, asker->now_ms);
  if (before != NULL)
    {
      g_array_unref (item->asks);
      item->asks = before;
      return TRUE;
    }
  g_autoptr (GArray) wanted = g_array_copy (item->asks);
  if (!sl_ask_grant (agent->engine, replica, (SlAsk *) item->asks->data, item->asks->len, error))
    return FALSE;
  sl_asked_note (agent->asked, replica, &item->request, wanted, item->asks, asker->now_ms);
  return TRUE;
}

static GBytes *
write_answer (SlAgent *agent, const Asker *asker, const SlWireHead *head, const SlExchangeItem *asked, GError **error)
{
  SlWireWritten written;
  guint64 max_bytes = asked->max_bytes == 0 ? SL_SYNC_ANSWER_MAX_BYTES : asked->max_bytes;
  SlExchangeItem item = { .time_ms = agent->world->now_ms (agent->world),
                          .asks = asked->asks,
                          .version = sl_sync_version_choose (asked->version_lowest, asked->version) };
  item.version_lowest = item.version;
  g_autoptr (GHashTable) since = sl_wire_since (agent->log, &head->header, error);
  if (since == NULL)
    return NULL;
  SlWireHow how = { .since = since,
                    .reader = &asker->claimed.replica,
                    .max_bytes = MIN (max_bytes, (guint64) SL_SYNC_ANSWER_MAX_BYTES),
                    .via = &asker->claimed.replica,
                    .all_keys = (asked->flags & SL_EXCHANGE_WANT_KEYS) != 0 };
  g_autoptr (GBytes) plain = sl_exchange_item_encode (&item, TRUE);
  how.exchange = plain;
  g_autoptr (GBytes) body = sl_wire_write (agent->log, &how, &written, error);
  if (body == NULL || !written.more)
    return g_steal_pointer (&body);
  /* The item stands before what tells whether there is more. */
  item.flags = SL_EXCHANGE_MORE;
  g_autoptr (GBytes) more = sl_exchange_item_encode (&item, TRUE);
  how.exchange = more;
  return sl_wire_write (agent->log, &how, &written, error);
}

typedef enum { PATH_SYNC, PATH_RIGHTS, PATH_EVENTS } Path;

static SlSyncAnswer *
answer (SlAgent *agent, const SlSyncRequest *request, Asker *asker, Path path, gint64 *out_retry_ms,
        SlSyncCode *out_code)
{
  g_auto (SlWireHead) head = { 0 };
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) body = NULL;
  *out_code = find_asker (agent, request, asker);
  if (*out_code == SL_SYNC_OK)
    *out_code = check_limits (agent, request, asker, out_retry_ms);
  if (*out_code == SL_SYNC_OK && path == PATH_EVENTS)
    {
      *out_code = asker->standing.admitted ? SL_SYNC_OK : SL_SYNC_UNKNOWN_DEVICE;
      return *out_code == SL_SYNC_OK ? sl_sync_answer_new ("text/event-stream", NULL) : NULL;
    }
  if (*out_code == SL_SYNC_OK)
    *out_code = check_stranger (agent, request, asker, out_retry_ms);
  if (*out_code == SL_SYNC_OK)
    *out_code = read_request (agent, request, asker, &head, &item);
  if (*out_code == SL_SYNC_OK)
    *out_code = take_push (agent, request, &head, asker);
  if (*out_code != SL_SYNC_OK)
    return NULL;
  if (path != PATH_RIGHTS)
    g_clear_pointer (&item.asks, g_array_unref);
  if (!grant (agent, asker, &item, &failure)
      || (body = write_answer (agent, asker, &head, &item, &failure)) == NULL)
    {
      *out_code = code_of (failure);
      return NULL;
    }
  return sl_sync_answer_new (SL_SYNC_STREAM_TYPE, body);
}

/* What may be asked of a device: FALSE with the code. */
static gboolean
is_for_us (const SlSyncRequest *request, Path *out_path, SlSyncCode *out_code)
{
  static const struct { const char *path, *method; } paths[] = {
    [PATH_SYNC] = { "/v1/sync", "POST" },
    [PATH_RIGHTS] = { "/v1/rights", "POST" },
    [PATH_EVENTS] = { "/v1/events", "GET" },
  };
  *out_code = SL_SYNC_NOT_FOUND;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_str_equal (request->path, paths[i].path))
      {
        *out_path = (Path) i;
        *out_code = g_str_equal (request->method, paths[i].method) ? SL_SYNC_OK : SL_SYNC_WRONG_METHOD;
      }
  return *out_code == SL_SYNC_OK;
}

/**
 * sl_agent_answer:
 * @agent: an agent
 * @request: what another device asks of this one: POST /v1/sync or /v1/rights, GET /v1/events
 *
 * Takes what it pushes and answers with what it lacks; its vector says what that is, and no cursor. Only devices of the
 * same studio that are admitted and not revoked get anything. For /v1/events it only says whether they may listen.
 * Every answer is signed. Not inside a command.
 *
 * Returns: (transfer full): the answer
 */
SlSyncAnswer *
sl_agent_answer (SlAgent *agent, const SlSyncRequest *request)
{
  g_return_val_if_fail (agent != NULL && request != NULL, NULL);

  Asker asker = { .now_ms = agent->world->now_ms (agent->world) };
  SlSyncSigner signer;
  SlSyncCode code;
  Path path = PATH_SYNC;
  gint64 retry_ms = 0;
  SlSyncAnswer *out = is_for_us (request, &path, &code) ? answer (agent, request, &asker, path, &retry_ms, &code)
                                                        : NULL;
  if (out == NULL)
    {
      gint64 retry_s = code == SL_SYNC_TOO_MANY ? (retry_ms + 999) / 1000 : code == SL_SYNC_BUSY ? RETRY_AFTER_S : 0;
      out = sl_sync_answer_new_error (code, sl_sync_code_name (code), retry_s);
    }
  sl_agent_signer (agent, &signer);
  sl_sync_sign_answer (out, request, &signer, agent->world->now_ms (agent->world));
  return out;
}
