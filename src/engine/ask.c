/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-ask"

#include "engine/ask.h"

#include "engine/claim-queries.h"
#include "engine/credits-private.h"
#include "engine/days.h"
#include "engine/device.h"
#include "engine/placement-private.h"
#include "engine/rights.h"
#include "engine/schedule.h"
#include "engine/trust.h"
#include "engine/waitlist.h"
#include "oplog/fence.h"
#include "oplog/money.h"

/* Whoever holds something decides alone about it: asking changes nothing, and granting is its holder's ordinary
 * move. */

/**
 * sl_ask_equal:
 *
 * Returns: whether both are for the same, and as much of it
 */
gboolean
sl_ask_equal (const SlAsk *a, const SlAsk *b)
{
  return a->kind == b->kind && sl_id_equal (&a->id, &b->id) && a->amount == b->amount;
}

/**
 * sl_engine_set_can_ask:
 * @engine: the engine
 * @can_ask: whether whoever runs commands can ask other devices, and will run them again
 */
void
sl_engine_set_can_ask (SlEngine *engine, gboolean can_ask)
{
  g_return_if_fail (engine != NULL);

  engine->can_ask = can_ask;
}

/* --- what a refusal wants --- */

static gboolean
fill (const SlRefusal *refusal, SlAskKind kind, const char *key, gint64 amount, SlAsk *out)
{
  const char *text = sl_refusal_get_text (refusal, key);

  *out = (SlAsk){ .kind = kind, .amount = amount };
  return text != NULL && amount > 0 && sl_id_parse (text, &out->id);
}

static gboolean
fill_day (const SlRefusal *refusal, SlAsk *out)
{
  const char *date = sl_refusal_get_text (refusal, "date");
  gint64 day = date != NULL ? sl_day_parse (date, NULL) : -1;

  return fill (refusal, SL_ASK_DAY, "instructor", day, out) || fill (refusal, SL_ASK_DAY, "room", day, out);
}

/**
 * sl_ask_from_refusal:
 * @refusal: why a command was refused
 * @out: (out): what would have to come to this device
 *
 * Any thread.
 *
 * Returns: %FALSE where nothing that another device holds would help
 */
gboolean
sl_ask_from_refusal (const SlRefusal *refusal, SlAsk *out)
{
  gint64 missing;

  g_return_val_if_fail (refusal != NULL && out != NULL, FALSE);

  switch (refusal->code)
    {
    case SL_REFUSAL_SPOTS_ELSEWHERE:
      return fill (refusal, SL_ASK_SPOTS, "session", sl_refusal_get_int (refusal, "missing", 0), out);
    case SL_REFUSAL_CREDITS_ELSEWHERE:
    case SL_REFUSAL_TRUST_USED:
      if (fill (refusal, SL_ASK_BOOKING, "booking", 1, out)) /* what its keeper gives back would pay */
        return TRUE;
      missing = sl_refusal_get_int (refusal, "needed_hundredths", 0)
                - sl_refusal_get_int (refusal, "held_hundredths", 0);
      return fill (refusal, SL_ASK_CREDITS, "member", missing, out);
    case SL_REFUSAL_NO_RIGHTS:
      missing = sl_refusal_get_int (refusal, "missing_cents", 0);
      return fill (refusal, SL_ASK_BOOKING, "booking", 1, out) || fill_day (refusal, out)
             || fill (refusal, SL_ASK_MONEY, "payment", missing, out)
             || fill (refusal, SL_ASK_MONEY, "voucher", missing, out);
    default:
      return FALSE;
    }
}

/* --- granting --- */

typedef struct {
  SlEngine *engine;
  SlPlaces *places;
  const SlEnrolled *asker;
  gint64 now_ms;
} Grant;

/* Holds and offers past their end are gone, and what they held is there to be given. */
static gboolean
free_lapsed (Grant *self, const SlId *session, gint64 missing, GError **error)
{
  g_autoptr (GArray) lapsed
      = missing > 0 ? sl_claims_lapsed_in (self->engine, session, self->now_ms, error) : NULL;

  for (guint i = 0; lapsed != NULL && i < lapsed->len && missing > 0; i++)
    {
      const SlLapsedClaim *claim = &g_array_index (lapsed, SlLapsedClaim, i);
      gboolean here;

      if (!sl_oplog_is_kept_here (self->engine->log, &claim->keeper, &here, error)
          || (here && !sl_op_release (self->engine->log, &claim->id, SL_RELEASE_EXPIRED, 100, NULL, error)))
        return FALSE;
      missing -= here ? claim->spots : 0;
    }
  return missing <= 0 || lapsed != NULL;
}

/* What is kept for walk-ins. Who stands at the session's location gives them spots, too. */
static gboolean
kept_back (Grant *self, const SlSession *session, gint64 *out, GError **error)
{
  const SlId *own = sl_oplog_get_replica (self->engine->log);
  SlDoorNeed need;

  *out = 0;
  if (self->places->hub == NULL
      || (!self->asker->is_hub && sl_id_equal (&self->asker->location_id, &session->location_id)))
    return TRUE;
  if (!sl_places_door_need (self->places, &session->id, &session->location_id, &session->service_id, &need, error))
    return FALSE;
  if (need.door != NULL && !sl_id_equal (&need.door->id, &self->asker->id))
    *out = sl_id_equal (&need.door->id, own) ? need.reserve : need.missing;
  return TRUE;
}

/* Its own debt is what an asker is paid first. */
static gboolean
spare_for (Grant *self, const SlId *session, gint64 *out, GError **error)
{
  gint64 held, owed;

  if (!sl_rights_spare (self->engine, session, &held, out, error)
      || !sl_rights_free (self->engine->log, session, &self->asker->id, &owed, error))
    return FALSE;
  *out += held > 0 ? MAX (-owed, 0) : 0;
  return TRUE;
}

static gboolean
grant_spots (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlSession) session = sl_session_find (self->engine, &ask->id, &failure);
  gint64 spare, kept, unpromised, wanted;
  SlSessionCount count;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (session == NULL || session->cancelled || !session->published || self->now_ms >= session->end_ms)
    return TRUE;
  wanted = MIN (ask->amount, SL_SPOTS_MAX);
  if (!kept_back (self, session, &kept, error) || !spare_for (self, &ask->id, &spare, error)
      || !free_lapsed (self, &ask->id, wanted + kept - spare, error)
      || !spare_for (self, &ask->id, &spare, error) || !sl_rights_count (self->engine->log, &ask->id, &count, error))
    return FALSE;
  unpromised = count.capacity - count.confirmed - count.unconfirmed;
  if (!sl_waitlist_take_promised (self->engine, &ask->id, &unpromised, error))
    return FALSE;
  wanted = MIN (wanted, MIN (spare - kept, unpromised));
  if (wanted <= 0)
    return TRUE;
  *out_given = wanted;
  return sl_op_session_move (self->engine->log, &ask->id, &self->asker->id, (int) wanted, error);
}

/* Of the lots that count where the asker stands, or of the others. */
static gboolean
give_lots (Grant *self, GArray *lots, gboolean there, gint64 wanted, gint64 *inout_given, GError **error)
{
  for (guint i = 0; i < lots->len && *inout_given < wanted; i++)
    {
      const SlLot *lot = &g_array_index (lots, SlLot, i);
      gboolean counts;
      gint64 held;

      if (!sl_lot_counts_at (self->engine, lot, &self->asker->location_id, &counts, error)
          || !sl_lot_free (self->engine->log, &lot->id, sl_oplog_get_replica (self->engine->log), &held, error))
        return FALSE;
      held = MIN (held, wanted - *inout_given);
      if (counts != there || held <= 0)
        continue;
      *inout_given += held;
      if (!sl_op_lot_move (self->engine->log, &lot->id, &self->asker->id, held, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
grant_credits (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  g_autoptr (GArray) lots = sl_credits_valid_lots (self->engine, &ask->id, self->now_ms, error);
  gint64 held = 0, owed;

  if (lots == NULL || !sl_trust_owed_here (self->engine, &ask->id, &owed, error))
    return FALSE;
  for (guint i = 0; i < lots->len; i++)
    {
      gint64 of_lot;

      if (!sl_lot_free (self->engine->log, &g_array_index (lots, SlLot, i).id,
                        sl_oplog_get_replica (self->engine->log), &of_lot, error))
        return FALSE;
      held += MAX (of_lot, 0);
    }
  held = MIN (held - owed, ask->amount);
  return give_lots (self, lots, TRUE, held, out_given, error) && give_lots (self, lots, FALSE, held, out_given, error);
}

/* As rights move does: with its spots and credits; never what is on trust, nor from a device that owes spots. */
static gboolean
grant_booking (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  gint64 held, spare;
  gboolean found, here;
  SlClaim claim;

  if (!sl_claim_find_booking (self->engine, &ask->id, self->now_ms, &claim, &found, error))
    return FALSE;
  if (!found || !sl_booking_status_is_live (claim.status) || claim.status == SL_BOOKING_COMPLETED || claim.on_trust)
    return TRUE;
  if (!sl_oplog_is_kept_here (self->engine->log, &claim.keeper, &here, error)
      || !sl_rights_spare (self->engine, &claim.session_id, &held, &spare, error))
    return FALSE;
  if (!here || held < 0)
    return TRUE;
  *out_given = 1;
  return sl_op_claim_move (self->engine->log, &claim.id, &self->asker->id, error);
}

static gboolean
grant_day (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  SlId holder;

  if (!sl_day_holder (self->engine->log, &ask->id, ask->amount, &holder, error))
    return FALSE;
  if (!sl_id_equal (&holder, sl_oplog_get_replica (self->engine->log)))
    return TRUE;
  *out_given = ask->amount;
  return sl_op_day_move (self->engine->log, &ask->id, ask->amount, &self->asker->id, error);
}

/* What may be given back of a payment, or taken from a voucher: whoever it stands before has the use of it. */
static gboolean
grant_money (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  gint64 held;

  if (!sl_money_held (self->engine->log, &ask->id, sl_oplog_get_replica (self->engine->log), &held, error))
    return FALSE;
  if (held <= 0)
    return TRUE;
  *out_given = MIN (held, ask->amount);
  return sl_op_money_move (self->engine->log, &ask->id, &self->asker->id, *out_given, error);
}

static gboolean
grant (Grant *self, const SlAsk *ask, gint64 *out_given, GError **error)
{
  *out_given = 0;
  if (self->asker == NULL || ask->amount <= 0 || sl_id_is_none (&ask->id))
    return TRUE;
  switch (ask->kind)
    {
    case SL_ASK_SPOTS:
      return grant_spots (self, ask, out_given, error);
    case SL_ASK_CREDITS:
      return grant_credits (self, ask, out_given, error);
    case SL_ASK_BOOKING:
      return grant_booking (self, ask, out_given, error);
    case SL_ASK_DAY:
      return ask->amount > SL_ASK_DAY_MAX || grant_day (self, ask, out_given, error);
    case SL_ASK_MONEY:
      return grant_money (self, ask, out_given, error);
    case SL_ASK_LAST:
    default: /* a later program's: it gets nothing */
      return TRUE;
    }
}

/**
 * sl_ask_grant:
 * @engine: the engine, not inside a command
 * @asker: a device's id, as it has proved
 * @inout_asks: (array length=n_asks) (inout): what it asks for; as it came, unchecked. Amounts become what was given
 * @n_asks: how many; at most %SL_ASKS_MAX of them are looked at
 * @error: return location
 *
 * Spots: of sessions that are open, what is spare after the debts of others, less what those who wait are promised and
 * what is kept for walk-ins. Credits: whole lots in the order of spending, those first that count where the asker
 * stands, less what bookings on trust kept here owe. Bookings: as sl_rights_move_booking(). Money: what is
 * held. Only admitted devices that
 * were not revoked get anything. One transaction; engine thread only.
 *
 * Returns: %FALSE on failure: nothing was given
 */
gboolean
sl_ask_grant (SlEngine *engine, const SlId *asker, SlAsk *inout_asks, guint n_asks, GError **error)
{
  g_auto (SlActor) actor = { 0 };
  Grant self = { .engine = engine };
  gint64 given[SL_ASKS_MAX] = { 0 };

  g_return_val_if_fail (engine != NULL && asker != NULL && (inout_asks != NULL || n_asks == 0), FALSE);

  sl_actor_init_device (&actor);
  if (n_asks == 0)
    return TRUE;
  if (!sl_command_begin (engine, &actor, error))
    return FALSE;
  g_autoptr (SlPlaces) places = sl_places_new (engine, error);
  if (places == NULL)
    return sl_command_fail (engine);
  self.places = places;
  self.now_ms = sl_engine_now_ms (engine);
  self.asker = sl_places_find (places, asker);
  if (self.asker != NULL && (!self.asker->sound || sl_id_equal (asker, sl_oplog_get_replica (engine->log))))
    self.asker = NULL;
  for (guint i = 0; i < MIN (n_asks, SL_ASKS_MAX); i++)
    if (!grant (&self, &inout_asks[i], &given[i], error))
      return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  for (guint i = 0; i < n_asks; i++)
    inout_asks[i].amount = i < SL_ASKS_MAX ? given[i] : 0;
  return TRUE;
}

/* --- who has it --- */

typedef struct {
  SlId id;
  gint64 held;
} Holder;

static int
compare_richest (gconstpointer a, gconstpointer b)
{
  const Holder *one = a, *other = b;

  if (one->held != other->held)
    return one->held > other->held ? -1 : 1;
  return sl_id_compare (&one->id, &other->id);
}

/* The one device that keeps a booking or plans a day, or whoever goes on for it. */
static gboolean
sole_holder (SlEngine *engine, const SlAsk *ask, SlId *out, GError **error)
{
  gboolean found = TRUE;
  SlClaim claim;
  SlId holder;

  if (ask->kind == SL_ASK_DAY ? !sl_day_holder (engine->log, &ask->id, ask->amount, &holder, error)
                              : !sl_claim_find_booking (engine, &ask->id, sl_engine_now_ms (engine), &claim, &found,
                                                        error))
    return FALSE;
  if (found && ask->kind == SL_ASK_BOOKING)
    holder = claim.keeper;
  *out = sl_id_none;
  return !found || sl_id_is_none (&holder) || sl_fence_root (engine->log, &holder, out, error);
}

static gboolean
count_held (SlEngine *engine, const SlAsk *ask, GArray *lots, const SlId *device, gint64 *out, GError **error)
{
  *out = 0;
  if (ask->kind == SL_ASK_SPOTS)
    return sl_rights_free (engine->log, &ask->id, device, out, error);
  if (ask->kind == SL_ASK_MONEY)
    return sl_money_held (engine->log, &ask->id, device, out, error);
  for (guint i = 0; i < lots->len; i++)
    {
      gint64 held;

      if (!sl_lot_free (engine->log, &g_array_index (lots, SlLot, i).id, device, &held, error))
        return FALSE;
      *out += MAX (held, 0);
    }
  return TRUE;
}

/**
 * sl_ask_holders:
 * @engine: the engine
 * @ask: what is wanted
 * @error: return location
 *
 * As far as is known here. Takes no lock. Engine thread only.
 *
 * Returns: (transfer full) (element-type SlId): devices of the studio that hold some of it, richest first, without this
 * one and hubs; %NULL on failure
 */
GArray *
sl_ask_holders (SlEngine *engine, const SlAsk *ask, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (GArray) holders = g_array_new (FALSE, FALSE, sizeof (Holder));
  g_autoptr (GArray) enrolled = NULL, lots = NULL;
  gboolean counted;
  SlId sole;

  g_return_val_if_fail (engine != NULL && ask != NULL, NULL);

  counted = ask->kind == SL_ASK_SPOTS || ask->kind == SL_ASK_CREDITS || ask->kind == SL_ASK_MONEY;
  if (!counted && ask->kind != SL_ASK_BOOKING && ask->kind != SL_ASK_DAY)
    return g_steal_pointer (&ids);
  if (!counted && !sole_holder (engine, ask, &sole, error))
    return NULL;
  if (ask->kind == SL_ASK_CREDITS
      && (lots = sl_credits_valid_lots (engine, &ask->id, sl_engine_now_ms (engine), error)) == NULL)
    return NULL;
  enrolled = sl_device_enrolled (engine, error);
  for (guint i = 0; enrolled != NULL && i < enrolled->len; i++)
    {
      const SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, i);
      Holder holder = { .id = one->id };

      if (!one->sound || one->is_hub || sl_id_equal (&one->id, sl_oplog_get_replica (engine->log)))
        continue;
      if (!counted)
        holder.held = sl_id_equal (&sole, &one->id) ? 1 : 0;
      else if (!count_held (engine, ask, lots, &one->id, &holder.held, error))
        return NULL;
      if (holder.held > 0)
        g_array_append_val (holders, holder);
    }
  if (enrolled == NULL)
    return NULL;
  g_array_sort (holders, compare_richest);
  for (guint i = 0; i < holders->len; i++)
    g_array_append_val (ids, g_array_index (holders, Holder, i).id);
  return g_steal_pointer (&ids);
}
