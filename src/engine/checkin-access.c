/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-access"

#include "core/datetime.h"
#include "engine/checkin-private.h"
#include "engine/hours.h"
#include "engine/id-list.h"
#include "engine/membership.h"
#include "engine/policy.h"

/* Whose membership ended longer ago no longer comes in by it, and knows: the door speaks of bookings then. */
#define LAPSED_KEPT_MS (90 * SL_DAY_MS)

/* What one membership is worth at the door, the worst first. */
typedef enum { STANDING_NONE, STANDING_INACTIVE, STANDING_DUE, STANDING_CLOSED, STANDING_OPEN } Standing;

/* The best of a member's memberships that an entry may depend on. */
typedef struct {
  Standing standing;
  char *hours_text; /* (nullable): with STANDING_CLOSED: the plan's */
} Access;

static void
access_clear (Access *access)
{
  g_clear_pointer (&access->hours_text, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Access, access_clear)

static Standing
judge (const SlMembership *membership, gint64 now_ms)
{
  if (membership->until_ms != 0 && membership->until_ms + LAPSED_KEPT_MS < now_ms)
    return STANDING_NONE;
  switch (membership->status)
    {
    case SL_MEMBERSHIP_ACTIVE:
      return STANDING_OPEN;
    case SL_MEMBERSHIP_PAYMENT_DUE:
      return STANDING_DUE;
    case SL_MEMBERSHIP_NOT_STARTED:
    case SL_MEMBERSHIP_FROZEN:
    case SL_MEMBERSHIP_CANCELLED:
    case SL_MEMBERSHIP_EXPIRED:
    case SL_MEMBERSHIP_LAST:
    default:
      return STANDING_INACTIVE;
    }
}

/* Takes a better one; of two as good the first. */
static gboolean
take_better (SlDoor *door, const SlMembership *membership, Access *access, GError **error)
{
  Standing standing = judge (membership, door->now_ms);
  const char *text = membership->access_hours;

  if (standing == STANDING_OPEN && text != NULL && *text != '\0')
    {
      g_autoptr (SlHours) hours = sl_hours_parse (text, error);

      if (hours == NULL)
        return FALSE;
      if (!sl_hours_open_at (hours, door->now_ms, door->zone))
        standing = STANDING_CLOSED;
    }
  if (standing <= access->standing)
    return TRUE;
  access->standing = standing;
  g_free (access->hours_text);
  access->hours_text = standing == STANDING_CLOSED ? g_strdup (text) : NULL;
  return TRUE;
}

/* service_id (nullable): plans without end of visits that cover it; NULL: plans that open the gym. */
static gboolean
find_access (SlDoor *door, const SlId *service_id, Access *access, GError **error)
{
  g_autoptr (GPtrArray) list = sl_membership_list (door->engine, &door->member_id, door->now_ms, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlMembership *one = list->pdata[i];
      gboolean counts = service_id != NULL ? one->unlimited && sl_id_list_has (one->services, service_id)
                                           : one->open_gym;

      if (counts && !take_better (door, one, access, error))
        return FALSE;
    }
  return list != NULL;
}

/* A booking that took neither credits nor money though its service asks for some was made by a plan. */
static gboolean
was_paid_by_plan (SlDoor *door, gboolean *out_by_plan, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      door->engine->store,
      "SELECT v.credits_hundredths > 0 OR v.price_cents > 0 FROM service v CROSS JOIN claim c ON c.id = ?2 "
      "WHERE v.id = ?1 AND c.owed_hundredths IS NULL",
      "dd", &door->claim.service_id, &door->claim.id);

  *out_by_plan = sl_rows_next (rows) && sl_rows_int (rows, 0) != 0;
  return sl_rows_finish (rows, error);
}

static gboolean
take_standing (SlDoor *door, Access *access)
{
  switch (access->standing)
    {
    case STANDING_INACTIVE:
      return sl_refuse (&door->refusal, SL_REFUSAL_MEMBERSHIP_INACTIVE);
    case STANDING_DUE:
      return sl_refuse (&door->refusal, SL_REFUSAL_PAYMENT_DUE);
    case STANDING_CLOSED:
      door->plan_hours = g_steal_pointer (&access->hours_text);
      return TRUE;
    case STANDING_NONE:
    case STANDING_OPEN:
    default:
      return TRUE;
    }
}

/**
 * sl_door_check_membership:
 * @door: with the booking that was found, or with what speaks against one in door->finding
 *
 * Check 3, where the entry depends on a membership: a booking that a plan without end of visits has paid for, and the
 * open gym where there is no booking here today; for the latter it sets door->open_gym. Of several memberships the best
 * counts. Refusals: membership_inactive, payment_due. A plan's hours are kept for check 4.
 *
 * Returns: %TRUE: none that speaks against it
 */
gboolean
sl_door_check_membership (SlDoor *door, GError **error)
{
  g_auto (Access) access = { 0 };
  gboolean by_plan;

  if (sl_id_is_none (&door->member_id) || !door->member.known)
    return TRUE;
  if (door->has_claim && door->finding.code == SL_REFUSAL_NONE)
    {
      const SlClaim *claim = &door->claim;

      if (!claim->confirmed || claim->price_cents >= 0 || claim->credits_hundredths != 0)
        return TRUE;
      if (!find_access (door, &claim->service_id, &access, error))
        return FALSE;
      if (access.standing == STANDING_NONE || access.standing == STANDING_OPEN)
        return TRUE;
      return was_paid_by_plan (door, &by_plan, error) && (!by_plan || take_standing (door, &access));
    }
  /* Who names a session comes for that, and who has several to choose from is booked. */
  if (!sl_id_is_none (&door->session_id) || door->finding.code == SL_REFUSAL_CHOOSE_SESSION)
    return TRUE;
  if (!find_access (door, NULL, &access, error))
    return FALSE;
  door->open_gym = access.standing == STANDING_OPEN || access.standing == STANDING_CLOSED;
  if (door->open_gym)
    door->has_claim = FALSE; /* what was found is cancelled, or elsewhere */
  /* What there is to say of a booking helps more than that a plan would not have let them in. */
  return (!door->open_gym && door->finding.code != SL_REFUSAL_NO_BOOKING) || take_standing (door, &access);
}

/**
 * sl_door_check_hours:
 * @door: with the plan's hours where they speak against the entry
 *
 * Check 4: the location's access hours, then the plan's. Refusal: outside_access_hours, with the hours in the answer.
 *
 * Returns: %TRUE: now is inside
 */
gboolean
sl_door_check_hours (SlDoor *door, GError **error)
{
  g_autofree char *text = sl_policy_text (door->engine, &door->location_id, NULL, SL_POLICY_ACCESS_HOURS, error);
  g_autoptr (SlHours) hours = NULL;

  if (text == NULL)
    return FALSE;
  hours = sl_hours_parse (text, error);
  if (hours == NULL)
    return FALSE;
  door->answer->hours_of_place = !sl_hours_open_at (hours, door->now_ms, door->zone);
  if (door->answer->hours_of_place)
    door->answer->hours_text = g_steal_pointer (&text);
  else if (door->plan_hours != NULL)
    door->answer->hours_text = g_steal_pointer (&door->plan_hours);
  else
    return TRUE;
  return sl_refuse (&door->refusal, SL_REFUSAL_OUTSIDE_ACCESS_HOURS);
}

/**
 * sl_door_check_not_inside:
 * @door: with a member who comes in by a plan
 *
 * Check 6 for the open gym: an entry here that stands, has not left and is not older than open_gym_minutes. It looks
 * at who came in here lately, not at the member's years. Refusal: already_checked_in.
 *
 * Returns: %TRUE: not inside
 */
gboolean
sl_door_check_not_inside (SlDoor *door, GError **error)
{
  gint64 minutes, at_ms;
  SlId replica;

  if (!sl_policy_int (door->engine, &door->location_id, NULL, SL_POLICY_OPEN_GYM_MINUTES, &minutes, error))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      door->engine->store,
      "SELECT at_ms, replica FROM checkin WHERE location_id = ?2 AND at_ms > ?3 "
      "AND member_id IN " SL_SQL_SAME_MEMBER ("?1") " AND booking_id IS NULL "
      "AND undone = 0 AND hlc IS NOT NULL AND left_hlc IS NULL ORDER BY at_ms LIMIT 1",
      "ddi", &door->member_id, &door->location_id, door->now_ms - minutes * SL_MINUTE_MS);
  if (!sl_rows_next (rows))
    return sl_rows_finish (rows, error);
  at_ms = sl_rows_int (rows, 0);
  sl_rows_id (rows, 1, &replica);
  return sl_rows_finish (rows, error) && sl_door_refuse_already_in (door, at_ms, &replica, error);
}
