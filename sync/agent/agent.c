/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent"

#include "agent/agent-private.h"

#include <string.h>

#include "core/datetime.h"
#include "core/error.h"
#include "engine/sync-status.h"
#include "oplog/rules-off.h"

/* Of operations in a request. On a line that breaks each time fewer are tried, so that something gets over. */
#define PUSH_BYTES_MIN (G_GUINT64_CONSTANT (16) * 1024)
#define PUSH_BYTES_FIRST (G_GUINT64_CONSTANT (256) * 1024)
#define PUSH_BYTES_MAX (G_GUINT64_CONSTANT (4) * 1024 * 1024)
/* A chain that somebody does not take is offered again after this time: what holds it up may have come. */
#define STUCK_MS (10 * SL_MINUTE_MS)
/* A log that begins anew more often than this is offered everything no sooner: that would cost whatever somebody's line
 * costs, without an end. Nothing is lost by it, since what the hub lacks it says with each answer. */
#define ANEW_MS (10 * SL_MINUTE_MS)
/* Asks after this time are a new request: who answered may have forgotten. */
#define ASKS_AGAIN_MS (SL_ASKED_KEPT_MS - SL_MINUTE_MS)
#define REQUESTS_PER_MINUTE 600 /* of one neighbour: an exchange for each command of its busiest minutes */
#define STRANGERS_PER_HOUR 20   /* devices that are not known yet: joined here by an invitation a moment ago */

/* sl_peer_new: somebody who has not been spoken to. */
SlPeer *
sl_peer_new (const SlId *replica, gboolean is_hub)
{
  SlPeer *self = g_new0 (SlPeer, 1);
  self->replica = *replica;
  self->is_hub = is_hub;
  self->push_bytes = PUSH_BYTES_FIRST;
  self->stuck = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  return self;
}

/* sl_peer_free: forgets them. */
void
sl_peer_free (SlPeer *peer)
{
  g_clear_pointer (&peer->since, g_hash_table_unref);
  g_clear_pointer (&peer->stuck, g_hash_table_unref);
  g_clear_pointer (&peer->asking, g_array_unref);
  g_free (peer);
}

/**
 * sl_agent_new:
 * @engine: (transfer none): must outlive the agent
 * @world: (transfer none): clock and chance of the engine
 *
 * Returns: (transfer full): an agent that has spoken to nobody yet; of the thread of its engine
 */
SlAgent *
sl_agent_new (SlEngine *engine, SlWorld *world)
{
  g_return_val_if_fail (engine != NULL && world != NULL, NULL);

  SlAgent *self = g_new0 (SlAgent, 1);
  self->engine = engine;
  self->world = world;
  self->log = sl_engine_get_log (engine);
  self->neighbours = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, (GDestroyNotify) sl_peer_free);
  self->asked = sl_asked_new ();
  self->nonces = sl_nonces_new (world->now_ms (world));
  self->requests = sl_rate_limit_new (REQUESTS_PER_MINUTE, SL_MINUTE_MS);
  self->strangers = sl_rate_limit_new (STRANGERS_PER_HOUR, SL_HOUR_MS);
  return self;
}

/**
 * sl_agent_free:
 * @agent: (nullable) (transfer full): an agent
 */
void
sl_agent_free (SlAgent *agent)
{
  if (agent == NULL)
    return;
  g_clear_pointer (&agent->hub, sl_peer_free);
  g_hash_table_unref (agent->neighbours);
  sl_nonces_free (agent->nonces);
  sl_asked_free (agent->asked);
  sl_rate_limit_free (agent->requests);
  sl_rate_limit_free (agent->strangers);
  g_free (agent);
}

/**
 * sl_agent_result_clear:
 * @result: (nullable): what an exchange filled, also one that is all zero
 */
void
sl_agent_result_clear (SlAgentResult *result)
{
  if (result != NULL)
    g_clear_pointer (&result->answers, g_array_unref);
}

static void
sign_with_device (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_oplog_sign (user_data, message, length, out_signature);
}

/* sl_agent_signer: this device signs, as whom it is now: a copy of it becomes another one. */
void
sl_agent_signer (SlAgent *agent, SlSyncSigner *out)
{
  *out = (SlSyncSigner){ .replica = *sl_oplog_get_replica (agent->log), .sign = sign_with_device,
                         .user_data = agent->log };
  memcpy (out->public_key, sl_oplog_get_public_key (agent->log), SL_SIGN_PUBLIC_BYTES);
}

/* --- one request and its answer --- */

typedef struct {
  SlPeer *peer;
  const SlTransport *transport;
  const SlSyncRequest *request;
  SlSyncAnswer *answer;
  gboolean is_signed;      /* the answer is theirs */
  gint64 sent_ms, received_ms;
} Call;

static void
call_clear (Call *call)
{
  g_clear_pointer (&call->answer, sl_sync_answer_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* offset_ms: how far the other side's clock is from ours, as far as it is known. Where ours was set back by years since
 * then, that leads before 1970, and the answer says how wrong it is. */
static void
sign (SlAgent *agent, SlSyncRequest *request, gint64 offset_ms, gboolean with_key)
{
  SlSyncSigner signer;
  sl_agent_signer (agent, &signer);
  sl_sync_sign_request (request, &signer, sl_oplog_get_organisation (agent->log), agent->world,
                        MAX (agent->world->now_ms (agent->world) + offset_ms, 0), with_key);
}

static void
hear (Call *call)
{
  gint64 theirs_ms;
  SlSyncCode code = sl_sync_answer_check (call->answer, call->request, call->peer->public_key, &theirs_ms);
  call->is_signed = code == SL_SYNC_OK;
  if (call->is_signed)
    sl_agent_clock_add (&call->peer->clock, call->sent_ms, call->received_ms, theirs_ms);
}

static gboolean
send_once (SlAgent *agent, Call *call, SlSyncRequest *request, gint64 offset_ms, gboolean with_key, GError **error)
{
  call_clear (call);
  sign (agent, request, offset_ms, with_key);
  call->request = request;
  call->sent_ms = agent->world->now_ms (agent->world);
  if (!call->transport->send (call->transport->user_data, request, &call->answer, error))
    return FALSE;
  call->received_ms = agent->world->now_ms (agent->world);
  hear (call);
  return TRUE;
}

/* A hub that goes on under a new key says its time under that one: good enough to ask once more, and for no more. */
static gboolean
time_said (const Call *call, gint64 *out_offset_ms)
{
  const char *text = g_hash_table_lookup (call->answer->headers, "studioloop-time");
  gint64 theirs_ms;
  if (!call->peer->is_hub || text == NULL || !g_ascii_string_to_signed (text, 10, 0, G_MAXINT64 / 2, &theirs_ms, NULL))
    return FALSE;
  *out_offset_ms = theirs_ms - call->received_ms;
  return TRUE;
}

/* Where the clocks are apart the answer says by how much: once more with that. */
static gboolean
send_request (SlAgent *agent, Call *call, SlSyncRequest *request, gboolean with_key, GError **error)
{
  gint64 offset_ms;
  (void) sl_agent_clock_offset (&call->peer->clock, &offset_ms);
  if (!send_once (agent, call, request, offset_ms, with_key, error))
    return FALSE;
  if (call->answer->code != SL_SYNC_CLOCK_SKEW
      || (call->is_signed ? !sl_agent_clock_offset (&call->peer->clock, &offset_ms) : !time_said (call, &offset_ms)))
    return TRUE;
  g_debug ("the other clock is %" G_GINT64_FORMAT " ms away: signing again", offset_ms);
  return send_once (agent, call, request, offset_ms, with_key, error);
}

/* --- what an answer says --- */

static void
note_progress (SlAgent *agent, SlPeer *peer, const SlPush *push, GHashTable *since, SlAgentResult *out)
{
  guint64 before = push->first ? 0 : peer->own_seq, now = sl_since_get (since, &push->own);
  if (peer->since != NULL && !push->nothing)
    {
      GHashTableIter iter;
      gpointer replica, seq;
      g_hash_table_iter_init (&iter, since);
      while (g_hash_table_iter_next (&iter, &replica, &seq))
        if (!push->own_only && !sl_id_equal (replica, &push->own))
          {
            guint64 had = sl_since_get (peer->since, replica);
            out->pushed += *(guint64 *) seq > had ? *(guint64 *) seq - had : 0;
          }
      before = MAX (before, sl_since_get (peer->since, &push->own));
    }
  if (now < before && !push->first)
    g_warning ("the other side held %" G_GUINT64_FORMAT " operations of this device and says now that it holds %"
               G_GUINT64_FORMAT, before, now);
  if (!push->nothing)
    out->pushed += now > before ? now - before : 0;
  peer->own_seq = now;
  if (!push->nothing)
    peer->own_replica = push->own;
}

/* Nobody's chain stands in the way of the others: one that did not get on is left out for a while. */
static gboolean
judge_stuck (SlAgent *agent, SlPeer *peer, const SlPush *push, const SlAgentResult *out, gboolean *out_more,
             GError **error)
{
  gint64 now_ms = agent->world->now_ms (agent->world);
  SlLack lack;
  if (g_hash_table_size (peer->stuck) > 0 && ABS (now_ms - peer->stuck_ms) > STUCK_MS)
    g_hash_table_remove_all (peer->stuck);
  if (!sl_agent_lack (agent, peer, &lack, error))
    return FALSE;
  if (!push->own_only && !push->nothing && out->pushed == 0 && lack.others)
    {
      if (g_hash_table_size (peer->stuck) == 0)
        peer->stuck_ms = now_ms;
      g_hash_table_add (peer->stuck, sl_id_copy (&lack.first));
      if (!sl_agent_lack (agent, peer, &lack, error))
        return FALSE;
    }
  gboolean full = sl_agent_full_is_due (agent, peer);
  *out_more = !push->nothing && ((lack.own && (out->pushed > 0 || push->first)) || (lack.others && full));
  if (!push->nothing && !lack.own && !lack.others && push->written.more && push->written.keys_up_to != 0)
    *out_more = TRUE; /* boxes of keys are left, and those that went are noted */
  if (full && !lack.others && !push->nothing)
    peer->full_ms = now_ms;
  return TRUE;
}

/* A new epoch: the log there begins anew, so everything is asked for and offered from the beginning. */
static gboolean
take_epoch (SlAgent *agent, SlPeer *peer, const SlExchangeItem *item)
{
  gint64 now_ms = agent->world->now_ms (agent->world);
  gboolean anew = !sl_id_is_none (&peer->epoch) && !sl_id_equal (&peer->epoch, &item->epoch);
  if (anew && peer->anew_ms != 0 && ABS (now_ms - peer->anew_ms) < ANEW_MS)
    {
      g_warning ("the hub's log has begun anew and so soon again: something is wrong with the hub");
      anew = FALSE;
    }
  else if (anew)
    {
      g_message ("the hub's log has begun anew");
      peer->own_replica = sl_id_none;
      peer->full_ms = 0;
      peer->anew_ms = now_ms;
    }
  peer->epoch = item->epoch;
  peer->cursor = item->cursor;
  return anew;
}

/* A negative control: takes what was sent for what was taken. */
static void
believe_sent (SlAgent *agent, const SlPush *push, GHashTable *since)
{
  g_autoptr (GArray) chains = sl_oplog_chains (agent->log, NULL);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->own || !push->own_only)
        g_hash_table_replace (since, sl_id_copy (&chain->replica),
                              g_memdup2 (&chain->head_seq, sizeof chain->head_seq));
    }
}

static gboolean
take_vector (SlAgent *agent, SlPeer *peer, const SlPush *push, const SlWireHead *head, const SlExchangeItem *item,
             SlAgentResult *out, GError **error)
{
  gboolean more;
  g_autoptr (GHashTable) since = sl_wire_since (agent->log, &head->header, error);
  if (since == NULL)
    return FALSE;
  if (sl_oplog_rule_is_off (agent->log, SL_RULE_ACK_VECTOR) && !push->nothing)
    believe_sent (agent, push, since);
  note_progress (agent, peer, push, since, out);
  g_clear_pointer (&peer->since, g_hash_table_unref);
  peer->since = g_steal_pointer (&since);
  gboolean anew = peer->is_hub && take_epoch (agent, peer, item);
  if (!judge_stuck (agent, peer, push, out, &more, error))
    return FALSE;
  out->more = anew || more || (item->flags & SL_EXCHANGE_MORE) != 0;
  out->cursor = item->cursor;
  return push->nothing || sl_wire_note_keys (agent->log, &peer->replica, push->written.keys_up_to, error);
}

static void
tell_quarantined (const SlImportResult *taken, SlAgentResult *out)
{
  char text[SL_ID_TEXT_BYTES];
  out->pulled = taken->new_operations;
  out->waiting = taken->waiting;
  out->quarantined = taken->quarantined->len;
  for (guint i = 0; i < MIN (taken->quarantined->len, 5); i++)
    {
      const SlQuarantined *one = &g_array_index (taken->quarantined, SlQuarantined, i);
      g_message ("not taken: %s of device %s from %" G_GUINT64_FORMAT, one->reason, sl_id_format (&one->replica, text),
                 one->seq);
    }
}

/* The hub may have lost data and gone on as another device: then the log that it sends shows that. */
static gboolean
check_heir (SlAgent *agent, Call *call, const SlId *by, gboolean *out, GError **error)
{
  SlDeviceStanding standing;
  gint64 theirs_ms;
  SlPeer *peer = call->peer;
  *out = FALSE;
  if (!peer->is_hub)
    return TRUE;
  if (!sl_oplog_device_standing (agent->log, by, &standing, error))
    return FALSE;
  if (!standing.known || !standing.admitted || standing.revoked
      || sl_sync_answer_check (call->answer, call->request, standing.public_key, &theirs_ms) != SL_SYNC_OK)
    return TRUE;
  if (!sl_agent_is_heir (agent, &peer->replica, by, out, error) || !*out)
    return *out == FALSE;
  g_message ("the hub goes on under a new key");
  peer->replica = *by;
  memcpy (peer->public_key, standing.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_agent_clock_reset (&peer->clock);
  sl_agent_clock_add (&peer->clock, call->sent_ms, call->received_ms, theirs_ms);
  return TRUE;
}

/* Reads the body through before anything of it is believed. FALSE: it is none. */
static gboolean
read_body (SlAgent *agent, const Call *call, SlWireHead *head, SlExchangeItem *item, SlAgentResult *out)
{
  g_autoptr (GError) failure = NULL;
  out->refused = SL_SYNC_BAD_REQUEST;
  if (!sl_wire_look (call->answer->body, SL_AGENT_UNPACKED_MAX_BYTES, head, &failure))
    {
      g_message ("what came is no answer: %s", failure->message);
      if (g_error_matches (failure, SL_ERROR, SL_ERROR_TOO_NEW))
        out->refused = SL_SYNC_WRONG_VERSION;
      return FALSE;
    }
  if (!sl_id_equal (&head->header.organisation, sl_oplog_get_organisation (agent->log)))
    {
      out->refused = SL_SYNC_FOREIGN_ORGANISATION;
      return FALSE;
    }
  if (head->exchange == NULL || !sl_exchange_item_decode (head->exchange, TRUE, item, &failure))
    return FALSE;
  out->refused = item->version >= SL_SYNC_VERSION_LOWEST && item->version <= SL_SYNC_VERSION ? SL_SYNC_OK
                                                                                              : SL_SYNC_WRONG_VERSION;
  return out->refused == SL_SYNC_OK;
}

/* What the answer brings is taken whatever became of what was pushed; operations vouch for themselves. */
static gboolean
take_answer (SlAgent *agent, Call *call, const SlPush *push, SlAgentResult *out, GError **error)
{
  g_auto (SlWireHead) head = { 0 };
  g_auto (SlExchangeItem) item = { 0 };
  g_auto (SlImportResult) taken = { 0 };
  if (!read_body (agent, call, &head, &item, out))
    return TRUE;
  gboolean theirs = call->is_signed && sl_id_equal (&head.header.by, &call->peer->replica);
  if (!theirs && (!call->peer->is_hub || sl_id_equal (&head.header.by, &call->peer->replica)))
    {
      out->refused = SL_SYNC_BAD_SIGNATURE;
      return TRUE;
    }
  if (!sl_wire_take (agent->log, call->answer->body, &taken, error))
    return FALSE;
  tell_quarantined (&taken, out);
  if (!theirs && !check_heir (agent, call, &head.header.by, &theirs, error))
    return FALSE;
  if (!theirs)
    {
      out->refused = SL_SYNC_BAD_SIGNATURE;
      return TRUE;
    }
  call->is_signed = TRUE;
  out->answers = g_steal_pointer (&item.asks);
  return take_vector (agent, call->peer, push, &head, &item, out, error);
}

static void
take_refusal (Call *call, SlAgentResult *out)
{
  out->refused = call->answer->code < SL_SYNC_CODE_LAST && call->answer->code != SL_SYNC_OK ? call->answer->code
                                                                                           : SL_SYNC_BUSY;
  out->retry_after_ms = sl_sync_answer_retry_after_ms (call->answer);
  if (out->refused == SL_SYNC_UNKNOWN_DEVICE) /* with the key and the whole chain next time */
    {
      call->peer->own_replica = sl_id_none;
      call->peer->own_seq = 0;
      g_clear_pointer (&call->peer->since, g_hash_table_unref);
    }
}

/* --- an exchange --- */

static gboolean
asks_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a != NULL && a->len == b->len;
  for (guint i = 0; equal && i < a->len; i++)
    equal = sl_ask_equal (&g_array_index (a, SlAsk, i), &g_array_index (b, SlAsk, i));
  return equal;
}

/* The same asks again, after no answer came: the same number, so that what was given is not given once more. */
static void
number_asks (SlAgent *agent, SlPeer *peer, const GArray *asks)
{
  gint64 now_ms = agent->world->now_ms (agent->world);
  if (asks == NULL || asks->len == 0
      || (asks_equal (peer->asking, asks) && ABS (now_ms - peer->asking_ms) < ASKS_AGAIN_MS))
    return;
  g_clear_pointer (&peer->asking, g_array_unref);
  peer->asking = g_array_copy ((GArray *) asks);
  peer->asking_ms = now_ms;
  sl_id_random (agent->world, &peer->asking_request);
}

/* An answer that could be read, and is theirs. */
static void
note_asked (SlPeer *peer, const Call *call, const SlAgentResult *out)
{
  if (call->is_signed && (call->answer->code != SL_SYNC_OK || out->refused == SL_SYNC_OK))
    g_clear_pointer (&peer->asking, g_array_unref);
}

static gboolean
post (SlAgent *agent, Call *call, const GArray *asks, gboolean nothing, SlPush *push, SlAgentResult *out,
      GError **error)
{
  SlPeer *peer = call->peer;
  number_asks (agent, peer, asks);
  g_autoptr (GBytes) body = sl_agent_write_push (agent, peer, asks, nothing, push, error);
  if (body == NULL)
    return FALSE;
  g_autoptr (SlSyncRequest) request
      = sl_sync_request_new ("POST", asks != NULL && asks->len > 0 ? "/v1/rights" : "/v1/sync", body);
  g_hash_table_replace (request->headers, g_strdup ("content-type"), g_strdup (SL_SYNC_STREAM_TYPE));
  if (!send_request (agent, call, request, push->first, error))
    {
      if (push->written.written.operations > 0)
        peer->push_bytes = MAX (peer->push_bytes / 2, PUSH_BYTES_MIN);
      return FALSE;
    }
  peer->push_bytes = MIN (peer->push_bytes * 2, PUSH_BYTES_MAX);
  gboolean done = TRUE;
  if (call->answer->code == SL_SYNC_OK)
    done = take_answer (agent, call, push, out, error);
  else
    take_refusal (call, out);
  call->request = NULL;
  if (done && asks != NULL && asks->len > 0)
    note_asked (peer, call, out);
  return done;
}

/* A refusal that may be about what was pushed: pulling does not wait for that. */
static gboolean
is_about_push (SlSyncCode code)
{
  return code == SL_SYNC_BAD_REQUEST || code == SL_SYNC_TOO_LARGE || code == SL_SYNC_TOO_SLOW
         || code == SL_SYNC_STORAGE;
}

static gboolean
note (SlAgent *agent, const Call *call, const SlAgentResult *out, GError **error)
{
  SlPeer *peer = call->peer;
  SlSyncContact contact = { .neighbour = peer->is_hub ? sl_id_none : peer->replica,
                            .answered = call->is_signed,
                            .refused = out->refused != SL_SYNC_OK ? sl_sync_code_name (out->refused) : NULL };
  contact.has_offset = call->is_signed && sl_agent_clock_offset (&peer->clock, &contact.offset_ms);
  if (peer->is_hub && call->is_signed && !sl_agent_save_hub (agent, peer, error))
    return FALSE;
  if (!sl_sync_contact_note (agent->engine, &contact, error))
    return FALSE;
  return !peer->is_hub || !contact.has_offset || sl_sync_clock_judge (agent->engine, contact.offset_ms, error);
}

static gboolean
exchange (SlAgent *agent, SlPeer *peer, const SlTransport *transport, const GArray *asks, SlAgentResult *out,
          GError **error)
{
  g_auto (Call) call = { .peer = peer, .transport = transport };
  SlPush push;
  *out = (SlAgentResult){ 0 };
  if (!post (agent, &call, asks, FALSE, &push, out, error))
    return FALSE;
  if (is_about_push (out->refused) && push.written.written.operations > 0)
    {
      SlSyncCode refused = out->refused;
      peer->push_bytes = MAX (peer->push_bytes / 4, PUSH_BYTES_MIN);
      if (!post (agent, &call, asks, TRUE, &push, out, error))
        return FALSE;
      if (out->refused == SL_SYNC_OK)
        out->refused = refused;
    }
  out->round_trip_ms = call.received_ms - call.sent_ms;
  (void) sl_agent_clock_offset (&peer->clock, &out->offset_ms);
  return note (agent, &call, out, error);
}

/**
 * sl_agent_exchange:
 * @agent: an agent
 * @hub: how to reach the hub
 * @asks: (nullable) (element-type SlAsk): at most %SL_EXCHANGE_ASKS_MAX rights to ask for
 * @out: (out caller-allocates): what came of it; clear with sl_agent_result_clear()
 * @error: return location
 *
 * One exchange with the hub, of one request; of two where it takes nothing of what was pushed, or its clock is another.
 * Whatever is interrupted is done again by the next one. Not inside a command.
 *
 * Returns: %FALSE with %SL_ERROR_OFFLINE where no answer came, %SL_ERROR_NOT_FOUND without a hub, or a failure of
 * storage; a hub that says no is %TRUE, with @out's refused
 */
gboolean
sl_agent_exchange (SlAgent *agent, const SlTransport *hub, const GArray *asks, SlAgentResult *out, GError **error)
{
  gboolean paired;
  g_return_val_if_fail (agent != NULL && hub != NULL && out != NULL, FALSE);
  g_return_val_if_fail (asks == NULL || asks->len <= SL_EXCHANGE_ASKS_MAX, FALSE);

  *out = (SlAgentResult){ 0 };
  if (!sl_agent_load_hub (agent, &paired, error))
    return FALSE;
  if (!paired)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "this studio is paired with no hub");
      return FALSE;
    }
  return exchange (agent, agent->hub, hub, asks, out, error);
}

static SlPeer *
find_neighbour (SlAgent *agent, const SlId *replica)
{
  SlPeer *peer = g_hash_table_lookup (agent->neighbours, replica);
  if (peer != NULL)
    return peer;
  peer = sl_peer_new (replica, FALSE);
  g_hash_table_insert (agent->neighbours, &peer->replica, peer);
  return peer;
}

/**
 * sl_agent_exchange_peer:
 * @agent: an agent
 * @peer: another device of the studio
 * @transport: how to reach it
 * @asks: (nullable) (element-type SlAsk): at most %SL_EXCHANGE_ASKS_MAX rights to ask for
 * @out: (out caller-allocates): what came of it; clear with sl_agent_result_clear()
 * @error: return location
 *
 * As sl_agent_exchange(). A device that this one does not know, or knows as revoked, is not spoken to.
 *
 * Returns: %FALSE with %SL_ERROR_OFFLINE where no answer came, or a failure of storage
 */
gboolean
sl_agent_exchange_peer (SlAgent *agent, const SlId *peer, const SlTransport *transport, const GArray *asks,
                        SlAgentResult *out, GError **error)
{
  SlDeviceStanding standing;
  g_return_val_if_fail (agent != NULL && peer != NULL && transport != NULL && out != NULL, FALSE);
  g_return_val_if_fail (asks == NULL || asks->len <= SL_EXCHANGE_ASKS_MAX, FALSE);

  *out = (SlAgentResult){ 0 };
  if (!sl_oplog_device_standing (agent->log, peer, &standing, error))
    return FALSE;
  if (!standing.known || standing.revoked)
    {
      out->refused = standing.revoked ? SL_SYNC_DEVICE_REVOKED : SL_SYNC_UNKNOWN_DEVICE;
      return TRUE;
    }
  SlPeer *neighbour = find_neighbour (agent, peer);
  memcpy (neighbour->public_key, standing.public_key, SL_SIGN_PUBLIC_BYTES);
  return exchange (agent, neighbour, transport, asks, out, error);
}

/**
 * sl_agent_has_news:
 * @agent: an agent
 * @out: (out): whether this device has written something that its hub, as far as it has said, does not hold
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_has_news (SlAgent *agent, gboolean *out, GError **error)
{
  gboolean paired;
  g_return_val_if_fail (agent != NULL && out != NULL, FALSE);

  *out = FALSE;
  if (!sl_agent_load_hub (agent, &paired, error))
    return FALSE;
  if (!paired)
    return TRUE;
  g_autoptr (GArray) chains = sl_oplog_chains (agent->log, error);
  if (chains == NULL)
    return FALSE;
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->own)
        *out = chain->head_seq > agent->hub->own_seq || !sl_id_equal (&chain->replica, &agent->hub->own_replica);
    }
  return TRUE;
}

/**
 * sl_agent_sign_for_hub:
 * @agent: an agent
 * @request: what to ask, without a body
 * @error: return location
 *
 * Signs as this device, by the hub's clock.
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND without a hub, or on failure
 */
gboolean
sl_agent_sign_for_hub (SlAgent *agent, SlSyncRequest *request, GError **error)
{
  gboolean paired;
  g_return_val_if_fail (agent != NULL && request != NULL, FALSE);

  if (!sl_agent_load_hub (agent, &paired, error))
    return FALSE;
  if (!paired)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "this studio is paired with no hub");
  else
    {
      gint64 offset_ms;
      (void) sl_agent_clock_offset (&agent->hub->clock, &offset_ms);
      sign (agent, request, offset_ms, FALSE);
    }
  return paired;
}
