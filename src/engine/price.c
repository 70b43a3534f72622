/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-price"

#include "engine/price.h"

#include "engine/engine-private.h"
#include "engine/hours.h"
#include "engine/location.h"
#include "engine/membership.h"
#include "engine/policy.h"

static gboolean
is_peak (SlEngine *engine, const SlPriceCase *of, gboolean *out, GError **error)
{
  *out = FALSE;
  if (of->service->peak_price_cents == SL_NUMBER_NONE)
    return TRUE;
  g_autofree char *text
    = sl_policy_text (engine, &of->location_id, &of->service->id, SL_POLICY_PEAK_HOURS, error);
  g_autoptr (SlHours) hours = text != NULL ? sl_hours_parse (text, error) : NULL;
  g_autoptr (GTimeZone) zone = hours != NULL ? sl_location_zone (engine, &of->location_id, error) : NULL;
  if (zone == NULL)
    return FALSE;
  *out = sl_hours_open_at (hours, of->start_ms, zone);
  return TRUE;
}

/* Whether the member price is theirs: they have a membership that runs. */
static gboolean
is_member (SlEngine *engine, const SlPriceCase *of, gboolean *out, GError **error)
{
  g_autoptr (SlMembership) membership = NULL;
  *out = FALSE;
  if (of->service->member_price_cents == SL_NUMBER_NONE || sl_id_is_none (&of->member_id))
    return TRUE;
  if (!sl_membership_current (engine, &of->member_id, of->now_ms, &membership, error))
    return FALSE;
  *out = membership != NULL && membership->status == SL_MEMBERSHIP_ACTIVE;
  return TRUE;
}

/**
 * sl_price_of_spots:
 * @engine: the engine
 * @of: which service, where and when, and for whom
 * @spots: how many are paid for, 0 or more
 * @with_member: one of them is the member's own
 * @out_cents: (out): what they cost together; %SL_NUMBER_NONE: they are not sold for money
 * @error: return location
 *
 * Peak or not by the session's start. The member's own spot costs the member price where there is one and their
 * membership runs; everybody else's the drop-in price.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_price_of_spots (SlEngine *engine, const SlPriceCase *of, gint64 spots, gboolean with_member, gint64 *out_cents,
                   GError **error)
{
  g_return_val_if_fail (engine != NULL && of != NULL && spots >= 0 && out_cents != NULL, FALSE);

  gboolean peak, member;
  if (!is_peak (engine, of, &peak, error) || !is_member (engine, of, &member, error))
    return FALSE;
  gint64 drop_in = peak ? of->service->peak_price_cents : of->service->price_cents;
  gint64 own = member && with_member && spots > 0 ? of->service->member_price_cents : drop_in;
  gboolean unsold = own == SL_NUMBER_NONE || (drop_in == SL_NUMBER_NONE && spots > 1);
  *out_cents = unsold ? SL_NUMBER_NONE : spots == 0 ? 0 : own + (spots - 1) * drop_in;
  return TRUE;
}
