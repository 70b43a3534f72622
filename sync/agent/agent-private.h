/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/agent.h"
#include "oplog/wire.h"

/* Inside the agent's core only. */

/* How the other side's clock stands to ours, from the latest answers: the one that was on its way least says most. */
#define SL_AGENT_SAMPLES 8
typedef struct {
  struct { gint64 offset_ms, round_trip_ms; } samples[SL_AGENT_SAMPLES];
  guint count, next;
} SlAgentClock;
void sl_agent_clock_reset (SlAgentClock *clock);
void sl_agent_clock_add (SlAgentClock *clock, gint64 sent_ms, gint64 received_ms, gint64 theirs_ms);
gboolean sl_agent_clock_offset (const SlAgentClock *clock, gint64 *out_ms);

/* The hub or a neighbour. What is kept of the hub is read before each exchange and written after it, since another
 * thread or process may exchange too; of neighbours nothing is. */
typedef struct {
  SlId replica;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  gboolean is_hub;
  SlId row_replica;      /* of the row that the next lines were read from */
  SlId epoch;
  guint64 cursor;
  SlId own_replica;      /* of whose operations it holds own_seq; none: it has not said */
  guint64 own_seq;
  gint64 full_ms;        /* when it last lacked nothing of others that we hold */
  gint64 anew_ms;        /* when its log last began anew; 0: not in this process */
  GHashTable *since;     /* (nullable) SlId* → guint64*: what it holds, as it said in this process */
  GHashTable *stuck;     /* of SlId: chains that it does not take from us, until the next time */
  gint64 stuck_ms;
  GArray *asking;        /* (nullable) of SlAsk: what was asked for last, and no answer came */
  SlId asking_request;   /* under this number … */
  gint64 asking_ms;      /* … at this time */
  guint64 push_bytes;    /* of operations in a request: fewer on a bad line */
  SlAgentClock clock;
} SlPeer;
SlPeer *sl_peer_new (const SlId *replica, gboolean is_hub);
void sl_peer_free (SlPeer *peer);

struct _SlAgent {
  SlEngine *engine;
  SlWorld *world;
  SlOplog *log;
  SlPeer *hub;             /* (nullable) */
  GHashTable *neighbours;  /* SlId* → SlPeer* */
  SlNonces *nonces;
  SlAsked *asked;
  SlRateLimit *requests, *strangers;
};

/* agent-hub.c: the rows about the hub. */
gboolean sl_agent_load_hub (SlAgent *agent, gboolean *out_paired, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_agent_save_hub (SlAgent *agent, const SlPeer *peer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same hub under a new key: its device went on as another one, and the log shows it. FALSE in *out: it is not. */
gboolean sl_agent_is_heir (SlAgent *agent, const SlId *was, const SlId *now, gboolean *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* agent-push.c: what a request carries. */
typedef struct {
  gboolean nothing;        /* only asks and pulls */
  gboolean own_only;
  gboolean first;          /* it may not know this device, and this device may lack keys */
  SlId own;                /* this device, as it was then */
  SlWireWritten written;
} SlPush;
GBytes *sl_agent_write_push (SlAgent *agent, SlPeer *peer, const GArray *asks, gboolean nothing, SlPush *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the other side lacks of what is held here, but for chains that it does not take. */
typedef struct {
  gboolean own, others;
  SlId first;              /* of the others */
} SlLack;
gboolean sl_agent_lack (SlAgent *agent, const SlPeer *peer, SlLack *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_agent_full_is_due (SlAgent *agent, const SlPeer *peer);
guint64 sl_since_get (GHashTable *since, const SlId *replica); /* since: (nullable) */

void sl_agent_signer (SlAgent *agent, SlSyncSigner *out);
#define SL_AGENT_UNPACKED_MAX_BYTES (G_GUINT64_CONSTANT (128) << 20) /* of an answer: what asks for less gets less */
