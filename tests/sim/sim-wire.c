/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-wire"

#include "sim-hub.h"
#include "sim-wire.h"

#include <string.h>

#include "core/datetime.h"

/* The network: what agents, hubs and neighbours say to one another, as the bytes that sockets would carry. Requests and
 * answers get lost, are cut short, come twice, or late. */

#define ROUNDS_MAX 12       /* of one exchange: each is a request and its answer */
#define LATE_MAX 8          /* requests that are still on their way somewhere */
#define ROUND_TRIP_MAX_MS 400

/* What becomes of one request. */
typedef enum {
  FATE_FINE,
  FATE_LOST,         /* it never gets there */
  FATE_LATE,         /* not now */
  FATE_TWICE,        /* the network, or a proxy, says it again at once */
  FATE_TWICE_LATER,  /* … and later */
  FATE_SHORT,        /* the rest is missing */
  FATE_ANSWER_LOST,  /* it was taken, and nobody hears so */
  FATE_ANSWER_SHORT,
} Fate;

typedef struct {
  SimWorld *world;
  SimDevice *from, *to;
  guint64 chance;
  guint program;     /* which of the hub's */
  gboolean spoiled;  /* something became of a request or its answer */
} Line;

static Fate
choose_fate (Line *line)
{
  static const Fate fates[] = { FATE_LOST, FATE_LATE, FATE_TWICE, FATE_TWICE_LATER, FATE_SHORT, FATE_ANSWER_LOST,
                                FATE_ANSWER_SHORT };
  guint64 chance = sim_random (&line->chance);
  if (line->world->healing || chance % 3 != 0)
    return FATE_FINE;
  return fates[(chance >> 8) % G_N_ELEMENTS (fates)];
}

static GBytes *
cut_body (Line *line, GBytes *body)
{
  gsize length = g_bytes_get_size (body);
  return g_bytes_new_from_bytes (body, 0, length > 0 ? sim_random (&line->chance) % length : 0);
}

static GHashTable *
carry_headers (GHashTable *headers)
{
  GHashTable *arrived = sl_sync_headers_new ();
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!sl_sync_headers_add (arrived, name, value))
      g_error ("the header %s would not be taken again", (const char *) name);
  return arrived;
}

static SlSyncRequest *
carry_request (Line *line, const SlSyncRequest *request, gboolean cut_short)
{
  g_autoptr (GBytes) body = cut_short ? cut_body (line, request->body) : g_bytes_ref (request->body);
  SlSyncRequest *arrived = sl_sync_request_new (request->method, request->path, body);
  g_hash_table_unref (arrived->headers);
  arrived->headers = carry_headers (request->headers);
  return arrived;
}

/* (transfer full) (nullable): NULL: whoever it was for is not there, or its program has ended meanwhile. */
static SlSyncAnswer *
hand_over (SimWorld *world, SimDevice *to, guint program, const SlSyncRequest *request)
{
  world->stats[SIM_STAT_REQUESTS]++;
  if (to->is_hub)
    return sim_hub_handle (world, program, request);
  return sim_device_runs (to) ? sl_agent_answer (to->agent, request) : NULL;
}

static void
late_clear (gpointer data)
{
  sl_sync_request_free (((SimLate *) data)->request);
}

/* sim_wire_new: requests that are on their way; none. */
GArray *
sim_wire_new (void)
{
  GArray *late = g_array_new (FALSE, FALSE, sizeof (SimLate));
  g_array_set_clear_func (late, late_clear);
  return late;
}

static void
keep_for_later (Line *line, const SlSyncRequest *request)
{
  SimLate late = { .to = line->to->index };
  if (line->world->late->len >= LATE_MAX)
    return;
  late.request = carry_request (line, request, FALSE);
  g_array_append_val (line->world->late, late);
}

static SlSyncAnswer *
carry_answer (Line *line, const SlSyncAnswer *answer, gboolean cut_short)
{
  g_autoptr (GBytes) body = cut_short ? cut_body (line, answer->body) : g_bytes_ref (answer->body);
  return sl_sync_answer_new_received (answer->status, carry_headers (answer->headers), body);
}

static gboolean
set_offline (Line *line, GError **error)
{
  line->spoiled = TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "no answer came");
  return FALSE;
}

/* An SlTransport's. */
static gboolean
send_over (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  Line *line = user_data;
  SimWorld *world = line->world;
  Fate fate = choose_fate (line);
  if (sim_is_cut (world, line->from->index, line->to->index))
    fate = FATE_LOST;
  line->spoiled = line->spoiled || fate != FATE_FINE;
  if (fate == FATE_LATE || fate == FATE_TWICE_LATER)
    keep_for_later (line, request);
  if (fate == FATE_LOST || fate == FATE_LATE)
    return set_offline (line, error);
  g_autoptr (SlSyncRequest) arrived = carry_request (line, request, fate == FATE_SHORT);
  g_autoptr (SlSyncAnswer) answer = hand_over (world, line->to, line->program, arrived);
  world->now_ms += world->healing ? 0 : sim_random (&line->chance) % ROUND_TRIP_MAX_MS;
  if (answer != NULL && fate == FATE_TWICE)
    {
      g_autoptr (SlSyncAnswer) again = hand_over (world, line->to, line->to->is_hub ? 1 - line->program : 0, arrived);
      if (answer->code == SL_SYNC_OK && (again == NULL || again->code == SL_SYNC_OK) && !world->fault)
        sim_violate (world, "device %u has taken a request twice", line->to->index);
    }
  if (answer == NULL || fate == FATE_ANSWER_LOST || sim_is_cut (world, line->to->index, line->from->index))
    return set_offline (line, error);
  *out_answer = carry_answer (line, answer, fate == FATE_ANSWER_SHORT);
  return TRUE;
}

/* A refusal that something explains. */
static gboolean
is_explained (SimWorld *world, const Line *line, SlSyncCode code)
{
  switch (code)
    {
    case SL_SYNC_OK:
    case SL_SYNC_UNKNOWN_DEVICE:
    case SL_SYNC_DEVICE_REVOKED:
    case SL_SYNC_TOO_MANY:
      return TRUE;
    case SL_SYNC_BAD_SIGNATURE: /* of a copy, or of what was put back: it signs as whom it will go on as */
      return line->spoiled || world->fault || world->cloned || line->from->restored || line->to->restored
             || (line->to->is_hub && world->hub->odd); /* it goes on under a new key, which not everybody knows yet */
    case SL_SYNC_STORAGE: /* a program that is older than its own log takes nothing */
      return line->spoiled || world->fault || world->cloned || line->to->is_old;
    default:
      return line->spoiled || world->fault || world->cloned || (line->to->is_hub && sim_hub_is_odd (world));
    }
}

/* Operations that nobody takes are those beyond a cut, of forgers, and other histories of what was copied. What rests
 * on rights that have not come yet waits. */
static gboolean
may_be_quarantined (SimWorld *world)
{
  const gint64 *stats = world->stats;
  return world->cloned || world->forged || world->fault || (world->hub != NULL && sim_hub_is_odd (world))
         || stats[SIM_STAT_REVOCATIONS] > 0 || stats[SIM_STAT_REBORN] > 0 || stats[SIM_STAT_RESTORES] > 0
         || stats[SIM_STAT_COPIES] > 0;
}

static gboolean
exchange_once (Line *line, const GArray *asks, SlAgentResult *out)
{
  SimWorld *world = line->world;
  SlTransport transport = { send_over, line };
  GError *error = NULL;
  line->spoiled = FALSE;
  gboolean done = line->to->is_hub
                      ? sl_agent_exchange (line->from->agent, &transport, asks, out, &error)
                      : sl_agent_exchange_peer (line->from->agent, &line->to->replica, &transport, asks, out, &error);
  if (!done && line->spoiled && g_error_matches (error, SL_ERROR, SL_ERROR_OFFLINE))
    {
      sim_tell (world, "    no answer");
      g_clear_error (&error);
      return FALSE;
    }
  if (!sim_came (world, "exchange", done, NULL, error))
    return FALSE;
  if (!is_explained (world, line, out->refused))
    sim_violate (world, "device %u is refused by device %u: %s", line->from->index, line->to->index,
                 sl_sync_code_name (out->refused));
  if (out->quarantined > 0 && out->waiting == 0 && !may_be_quarantined (world))
    sim_violate (world, "device %u does not take %u things of device %u", line->from->index, out->quarantined,
                 line->to->index);
  sim_tell (world, "    %s: %" G_GUINT64_FORMAT " there, %" G_GUINT64_FORMAT " here%s",
            sl_sync_code_name (out->refused), out->pushed, out->pulled, out->more ? ", and more" : "");
  return out->refused == SL_SYNC_OK;
}

static gboolean
exchange (Line *line, const GArray *asks)
{
  SimWorld *world = line->world;
  SimDevice *from = line->from, *to = line->to, *asker_before = world->hub != NULL ? world->hub->asker : NULL;
  gboolean done = TRUE, more = TRUE;
  SimHolding *mine = world->fault ? NULL : sim_holding_new (world, from);
  SimHolding *theirs = world->fault || asks != NULL || to->is_hub ? NULL : sim_holding_new (world, to);
  if (to->is_hub)
    world->hub->asker = from;
  for (guint round = 0; round < ROUNDS_MAX && done && more && world->violation == NULL; round++)
    {
      g_auto (SlAgentResult) result = { 0 };
      done = exchange_once (line, round == 0 ? asks : NULL, &result);
      more = result.more;
    }
  if (to->is_hub)
    world->hub->asker = asker_before;
  if (done && more && world->healing)
    sim_violate (world, "device %u and device %u do not come to an end", from->index, to->index);
  sim_wire_check (world, from, mine);
  sim_wire_check (world, to, theirs);
  return done && world->violation == NULL;
}

/* sim_wire_exchange: see the header. */
gboolean
sim_wire_exchange (SimWorld *world, SimDevice *from, SimDevice *to, guint64 chance, const GArray *asks)
{
  Line line = { .world = world, .from = from, .to = to, .chance = chance, .program = chance >> 40 & 3 ? 0 : 1 };
  return exchange (&line, asks);
}

/* sim_wire_race: see the header. */
void
sim_wire_race (SimWorld *world)
{
  SimDevice *racer = &world->devices[world->hub->racing % world->n_devices];
  Line line = { .world = world, .from = racer, .to = &world->devices[SIM_HUB], .chance = world->step,
                .program = 1 - world->hub->program };
  if (racer->is_hub || racer == world->hub->asker || !sim_device_runs (racer))
    return;
  sim_tell (world, "      device %u is quicker", racer->index);
  (void) exchange (&line, NULL);
}

/* sim_wire_check: see the header. */
void
sim_wire_check (SimWorld *world, SimDevice *device, SimHolding *before)
{
  if (device->is_hub)
    sim_hub_look (world);
  sim_observe (world, device);
  if (before != NULL && sim_device_runs (device))
    sim_holding_check_grown (world, device, before);
  if (before != NULL)
    sim_holding_free (before);
  if (!world->fault && (!device->is_hub || sim_device_runs (device)))
    sim_check (world, device);
}

/* sim_wire_deliver: see the header. */
void
sim_wire_deliver (SimWorld *world, guint32 r)
{
  if (world->late->len == 0)
    return;
  SimLate *late = &g_array_index (world->late, SimLate, r % world->late->len);
  SimDevice *to = &world->devices[late->to];
  if (sim_device_runs (to) || to->is_hub)
    {
      gboolean gives = g_str_equal (late->request->path, "/v1/rights"); /* what it gives it has itself decided to */
      SimHolding *before = to->is_hub || gives ? NULL : sim_holding_new (world, to);
      g_autoptr (SlSyncAnswer) answer = hand_over (world, to, r >> 8 & 1, late->request);
      sim_tell (world, "    an old request to device %u: %s", to->index,
                answer != NULL ? sl_sync_code_name (answer->code) : "nobody is there");
      world->acted = TRUE;
      sim_wire_check (world, to, before);
    }
  if (r >> 16 & 1)
    g_array_remove_index (world->late, r % world->late->len);
}
