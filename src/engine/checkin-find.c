/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-find"

#include "core/datetime.h"
#include "engine/checkin-private.h"

/* How far past midnight a session may begin whose door opens today: six times the default of 30 min. */
#define EARLIEST_DOOR_MS (3 * SL_HOUR_MS)

/**
 * sl_door_missing_bits:
 * @claim: a booking
 *
 * Returns: the spots that are asked for and not in yet
 */
guint32
sl_door_missing_bits (const SlDoor *door, const SlClaim *claim)
{
  /* What was cancelled has no spots left: whoever came all the same came by those that it had. */
  guint32 own = claim->spot_bits != 0 ? claim->spot_bits : sl_spots_mask (claim->spots);
  guint32 asked = door->asked_bits != 0 ? door->asked_bits & own : own;

  return asked & ~claim->bits_in;
}

/* A booking that somebody may come in by, or has, or should have. */
static gboolean
counts_at_door (const SlClaim *claim)
{
  if (claim->session_cancelled)
    return FALSE;
  return claim->status == SL_BOOKING_CONFIRMED || claim->status == SL_BOOKING_CHECKED_IN
         || claim->status == SL_BOOKING_COMPLETED || claim->status == SL_BOOKING_NO_SHOW;
}

/* It was the studio that cancelled, not the member. */
static gboolean
lost_its_session (const SlClaim *claim)
{
  const guint by_member = SL_RELEASE_CANCELLED | SL_RELEASE_LATE_CANCELLED | SL_RELEASE_RESCHEDULED
                          | SL_RELEASE_DUPLICATE;

  return claim->session_cancelled && claim->confirmed && (claim->release_why & by_member) == 0;
}

static gboolean
is_open (const SlDoor *door, const SlClaim *claim)
{
  return claim->status != SL_BOOKING_NO_SHOW && counts_at_door (claim) && sl_door_missing_bits (door, claim) != 0
         && door->now_ms >= claim->opens_ms && door->now_ms <= claim->closes_ms;
}

/* Today's by the local day, over midnight too, and what opens before midnight for the next day. */
static gboolean
is_today (const SlDoor *door, const SlClaim *claim)
{
  return claim->start_ms < door->day_end_ms || (door->now_ms >= claim->opens_ms && door->now_ms <= claim->closes_ms);
}

static gint64
distance (const SlDoor *door, const SlClaim *claim)
{
  return ABS (claim->start_ms - door->now_ms);
}

/* The nearest by its start; of two as near the later one, which may still be waited for. */
static void
keep_nearest (const SlDoor *door, const SlClaim **nearest, const SlClaim *claim)
{
  if (*nearest == NULL || distance (door, claim) <= distance (door, *nearest))
    *nearest = claim;
}

typedef struct {
  GPtrArray *open;          /* (element-type SlClaim): may come in now */
  const SlClaim *nearest;   /* of those that count */
  const SlClaim *cancelled; /* nearest of those whose session does not take place */
} Found;

static void
sort_out (const SlDoor *door, GArray *claims, gboolean here, Found *out)
{
  for (guint i = 0; i < claims->len; i++)
    {
      SlClaim *claim = &g_array_index (claims, SlClaim, i);
      gboolean chosen = sl_id_is_none (&door->session_id) || sl_id_equal (&door->session_id, &claim->session_id);

      if (!chosen || !is_today (door, claim) || here != sl_id_equal (&claim->location_id, &door->location_id))
        continue;
      if (is_open (door, claim))
        g_ptr_array_add (out->open, claim);
      if (counts_at_door (claim))
        keep_nearest (door, &out->nearest, claim);
      else if (lost_its_session (claim))
        keep_nearest (door, &out->cancelled, claim);
    }
}

static GArray *
claims_today (SlDoor *door, const SlId *location_id, GError **error)
{
  gint64 before_ms = MAX (door->day_end_ms, door->now_ms + EARLIEST_DOOR_MS);

  return sl_claims_of_member_between (door->engine, &door->member_id, location_id, door->day_start_ms, before_ms,
                                      door->now_ms, error);
}

static gboolean
take_claim (SlDoor *door, const SlClaim *claim)
{
  door->claim = *claim;
  door->has_claim = TRUE;
  return TRUE;
}

static gboolean
refuse_with (SlDoor *door, const SlClaim *claim, SlRefusalCode code)
{
  take_claim (door, claim);
  return sl_refuse (&door->refusal, code);
}

/* Nothing here is open: a booking elsewhere may be, else what is nearest here, else what is elsewhere. */
static gboolean
pick_closed (SlDoor *door, const Found *here, GError **error)
{
  g_autoptr (GArray) claims = claims_today (door, NULL, error);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  Found elsewhere = { .open = open };

  if (claims == NULL)
    return FALSE;
  sort_out (door, claims, FALSE, &elsewhere);
  if (open->len > 0)
    return refuse_with (door, open->pdata[0], SL_REFUSAL_OTHER_LOCATION);
  if (here->nearest != NULL)
    return take_claim (door, here->nearest);
  if (here->cancelled != NULL)
    return refuse_with (door, here->cancelled, SL_REFUSAL_SESSION_CANCELLED);
  if (elsewhere.nearest != NULL)
    return refuse_with (door, elsewhere.nearest, SL_REFUSAL_OTHER_LOCATION);
  return sl_refuse (&door->refusal, SL_REFUSAL_NO_BOOKING);
}

/**
 * sl_door_pick_booking:
 * @door: with the member known by name or by a genuine pass
 *
 * Check 5 for a member: of their bookings here today the one that is open for check-in; several: choose_session, with
 * the choices; else the nearest by its start, for the checks after this one to judge. Refusals: choose_session,
 * session_cancelled, other_location, no_booking.
 *
 * Returns: %TRUE: it is in door->claim
 */
gboolean
sl_door_pick_booking (SlDoor *door, GError **error)
{
  g_autoptr (GArray) claims = claims_today (door, &door->location_id, error);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  Found here = { .open = open };

  if (claims == NULL)
    return FALSE;
  sort_out (door, claims, TRUE, &here);
  if (open->len == 1)
    return take_claim (door, open->pdata[0]);
  if (open->len == 0)
    return pick_closed (door, &here, error);
  if (!sl_door_add_claim_choices (door, open, error))
    return FALSE;
  return sl_refuse (&door->refusal, SL_REFUSAL_CHOOSE_SESSION);
}

/* Whether the member is booked, or in, by another booking of that session: one visit is recorded once. */
static gboolean
is_there_otherwise (SlDoor *door, gboolean *out_otherwise, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_member_in (door->engine, &door->claim.member_id, &door->claim.session_id,
                                                      door->now_ms, error);

  *out_otherwise = FALSE;
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      const SlClaim *other = &g_array_index (claims, SlClaim, i);

      if (!sl_id_equal (&other->booking_id, &door->claim.booking_id) && sl_booking_status_is_live (other->status))
        *out_otherwise = TRUE;
    }
  return claims != NULL;
}

/* Staff with a reason record that somebody came whose booking was cancelled: a fact, which takes no spot back. One that
 * gave way to another booking is no visit of its own. */
static gboolean
check_came_after_all (SlDoor *door, GError **error)
{
  const SlClaim *claim = &door->claim;
  gboolean otherwise;

  if (door->reason == NULL || door->by_code || !claim->confirmed || claim->session_cancelled
      || (claim->release_why & SL_RELEASE_DUPLICATE) != 0
      || !sl_booking_may_become (claim->status, SL_BOOKING_CHECKED_IN))
    return sl_refuse (&door->refusal, SL_REFUSAL_NO_BOOKING);
  if (!is_there_otherwise (door, &otherwise, error))
    return FALSE;
  if (otherwise)
    return sl_refuse (&door->refusal, SL_REFUSAL_NO_BOOKING);
  door->after_all = sl_actor_may (door->actor, SL_ACTION_OVERRIDE_LATE, &claim->location_id, &door->refusal);
  return door->after_all;
}

/**
 * sl_door_check_named_booking:
 * @door: with the booking that was named in door->claim
 *
 * Check 5 for a booking code, a guest code or a booking by its id. Refusals: session_cancelled, no_booking,
 * other_location. A cancelled booking that staff name, with a reason, counts: door->after_all.
 *
 * Returns: %TRUE: it is a booking here
 */
gboolean
sl_door_check_named_booking (SlDoor *door, GError **error)
{
  const SlClaim *claim = &door->claim;

  if (!counts_at_door (claim) && lost_its_session (claim))
    return sl_refuse (&door->refusal, SL_REFUSAL_SESSION_CANCELLED);
  if (!counts_at_door (claim) && !check_came_after_all (door, error))
    return FALSE;
  if (door->asked_bits != 0 && (door->asked_bits & claim->spot_bits) == 0)
    return sl_refuse (&door->refusal, SL_REFUSAL_NO_BOOKING);
  if (!sl_id_equal (&claim->location_id, &door->location_id))
    return sl_refuse (&door->refusal, SL_REFUSAL_OTHER_LOCATION);
  return TRUE;
}

/**
 * sl_door_check_unknown_again:
 * @door: with a member or a booking that this device has not heard of
 *
 * Check 6 for them: the same code has been let in before, the member's today. Refusal: already_checked_in.
 *
 * Returns: %TRUE: not yet
 */
gboolean
sl_door_check_unknown_again (SlDoor *door, GError **error)
{
  g_autoptr (SlRows) rows = NULL;
  guint32 in = 0;
  gint64 at_ms = 0;
  SlId replica = sl_id_none;

  if (!sl_id_is_none (&door->unknown_booking_id))
    rows = sl_store_query (
        door->engine->store,
        "SELECT spots, at_ms, replica FROM checkin WHERE booking_id = ? AND undone = 0 AND hlc IS NOT NULL "
        "ORDER BY hlc, replica",
        "d", &door->unknown_booking_id);
  else
    rows = sl_store_query (
        door->engine->store,
        "SELECT spots, at_ms, replica FROM checkin WHERE member_id = ? AND booking_id IS NULL AND undone = 0 "
        "AND hlc IS NOT NULL AND location_id = ? AND at_ms >= ? AND at_ms < ? ORDER BY hlc, replica",
        "ddii", &door->member_id, &door->location_id, door->day_start_ms, door->day_end_ms);
  while (sl_rows_next (rows))
    {
      guint32 bits = (guint32) sl_rows_int (rows, 0);

      in |= bits != 0 ? bits : G_MAXUINT32;
      if (at_ms != 0)
        continue;
      at_ms = sl_rows_int (rows, 1);
      sl_rows_id (rows, 2, &replica);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  /* How many spots it has is not known: its code may come after a guest's, once. */
  if (((door->asked_bits != 0 ? door->asked_bits : G_MAXUINT32) & ~in) != 0)
    return TRUE;
  return sl_door_refuse_already_in (door, at_ms, &replica, error);
}
