/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"
#include "protocol/message.h"

/* The agent without sockets: what to say to a hub or a neighbour, and what to make of the answer. sync/README.md "The
 * agent". An agent belongs to the thread of its engine. */

/* Carries a request. FALSE with OFFLINE: no answer came. */
typedef struct {
  gboolean (*send) (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error);
  gpointer user_data;
} SlTransport;

typedef struct _SlAgent SlAgent;
SlAgent *sl_agent_new (SlEngine *engine, SlWorld *world); /* engine: not taken over */
void sl_agent_free (SlAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlAgent, sl_agent_free)

/* What became of an exchange. */
typedef struct {
  guint64 pushed, pulled;   /* operations that the other side holds now and did not before; that came new to us */
  guint64 waiting;          /* stored here and not applied yet */
  guint quarantined;        /* of what came: not taken */
  gboolean more;            /* ask again at once */
  SlSyncCode refused;       /* SL_SYNC_OK, or why the other side said no; what it said of its own log is taken */
  gint64 retry_after_ms;
  gint64 offset_ms;         /* the other side's clock less ours */
  gint64 round_trip_ms;
  guint64 cursor;
  GArray *answers;          /* (nullable) of SlAsk: what was given */
} SlAgentResult;
void sl_agent_result_clear (SlAgentResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlAgentResult, sl_agent_result_clear)

/* The hub this studio is paired with, as this device knows it: local, one row. */
#define SL_HUB_URL_MAX_BYTES 512
#define SL_HUB_CA_FILE "hub-ca.pem" /* in the data directory: the authority that alone vouches for this hub */
typedef struct {
  char *url;                /* without a slash at its end */
  SlId account;             /* the organisation's at the hub; none: not told */
  SlId replica;             /* the hub's device */
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  SlId epoch;               /* none: not heard yet */
  guint64 cursor;           /* where to begin in its log */
  char *pins;               /* (nullable): of its TLS keys, as libcurl takes them: sha256//…;sha256//… */
  gboolean own_ca;          /* SL_HUB_CA_FILE is there */
  gboolean plain;           /* http:// to another machine: somebody said so */
} SlHubLink;
void sl_hub_link_clear (SlHubLink *link);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlHubLink, sl_hub_link_clear)
gboolean sl_agent_hub (SlAgent *agent, SlHubLink *out, gboolean *out_paired, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Pairs, or pairs anew: from the beginning of its log. */
gboolean sl_agent_set_hub (SlAgent *agent, const SlHubLink *link, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether this device has written something that the hub is not known to hold. */
gboolean sl_agent_has_news (SlAgent *agent, gboolean *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One request to the hub: pushes, pulls, asks. FALSE: nothing came of it (OFFLINE; NOT_FOUND: not paired) or storage
 * failed here; a hub that says no is TRUE with refused. */
gboolean sl_agent_exchange (SlAgent *agent, const SlTransport *hub, const GArray *asks /* (nullable) of SlAsk */,
                            SlAgentResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a neighbour, who is known by its replica and answers by sl_agent_answer(). */
gboolean sl_agent_exchange_peer (SlAgent *agent, const SlId *peer, const SlTransport *transport, const GArray *asks,
                                 SlAgentResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A neighbour's request: POST /v1/sync and /v1/rights; GET /v1/events: 200 where it may listen. Never NULL. */
SlSyncAnswer *sl_agent_answer (SlAgent *agent, const SlSyncRequest *request);

/* GET /v1/events and the like: signs a request without a body as to the hub, with its clock. */
gboolean sl_agent_sign_for_hub (SlAgent *agent, SlSyncRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A command waits for rights of others: until it has used them they are not placed elsewhere again. Before asking. */
#define SL_AGENT_FETCHED_MS (15 * 1000)
gboolean sl_agent_note_fetch (SlAgent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Once a minute, and at once after an exchange that brought something: run-due, rights, checkpoint, folding. */
gboolean sl_agent_upkeep (SlAgent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;
