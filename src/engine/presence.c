/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-presence"

#include "engine/presence.h"

#include "core/datetime.h"
#include "engine/location.h"
#include "engine/policy.h"

/**
 * sl_stay_clear:
 * @stay: to be emptied; the struct itself is the caller's
 */
void
sl_stay_clear (SlStay *stay)
{
  g_clear_pointer (&stay->zone, g_time_zone_unref);
}

/**
 * sl_stay_load:
 * @location_id: where
 * @out: (out caller-allocates): sl_stay_clear() it
 *
 * Engine thread only.
 *
 * Returns: %FALSE with @error: %SL_ERROR_NOT_FOUND for a location not heard of, or storage failed
 */
gboolean
sl_stay_load (SlEngine *engine, const SlId *location_id, SlStay *out, GError **error)
{
  g_autofree char *leaving = sl_policy_text (engine, location_id, NULL, SL_POLICY_RECORD_LEAVING, error);
  gint64 minutes;

  *out = (SlStay){ 0 };
  if (leaving == NULL || !sl_policy_int (engine, location_id, NULL, SL_POLICY_OPEN_GYM_MINUTES, &minutes, error))
    return FALSE;
  out->zone = sl_location_zone (engine, location_id, error);
  out->leaving_recorded = g_str_equal (leaving, "yes");
  out->open_gym_ms = minutes * SL_MINUTE_MS;
  return out->zone != NULL;
}

/**
 * sl_stay_until:
 * @usual_ms: the session's end, or the end of an entry's time, UTC ms
 *
 * Where people check out as well they count until they have, or until the end of that day there: whoever forgot it is
 * not there for ever.
 *
 * Returns: from when somebody who has not left no longer counts, UTC ms
 */
gint64
sl_stay_until (const SlStay *stay, gint64 usual_ms)
{
  return stay->leaving_recorded ? sl_time_next_day_start (usual_ms, stay->zone) : usual_ms;
}

/**
 * sl_presence_of_claim:
 * @claim: a booking
 * @out_people: (out): of its spots, how many are in and have not left; who has left is out, whatever else is recorded
 *
 * Engine thread only.
 *
 * Returns: (transfer full) (element-type SlPresence): its check-ins that nobody has left by; %NULL with @error
 */
GArray *
sl_presence_of_claim (SlEngine *engine, const SlClaim *claim, int *out_people, GError **error)
{
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (SlPresence));
  g_autoptr (GArray) ids = NULL;
  guint32 in = 0, out = 0;

  *out_people = 0;
  if (claim->bits_in == 0)
    return g_steal_pointer (&present);
  ids = sl_claim_checkins (engine, claim, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      SlPresence presence = { .checkin_id = g_array_index (ids, SlId, i), .who = claim->booking_id };
      g_autoptr (SlRows) rows = sl_store_query (
          engine->store, "SELECT spots, at_ms, left_hlc IS NOT NULL FROM checkin WHERE id = ?", "d",
          &presence.checkin_id);

      if (sl_rows_next (rows))
        {
          guint32 bits = (guint32) sl_rows_int (rows, 0);
          gboolean left = sl_rows_int (rows, 2) != 0;

          presence.at_ms = sl_rows_int (rows, 1);
          *(left ? &out : &in) |= bits != 0 ? bits : sl_spots_mask (claim->spots);
          if (!left)
            g_array_append_val (present, presence);
        }
      if (!sl_rows_finish (rows, error))
        return NULL;
    }
  *out_people = __builtin_popcount (in & ~out);
  return ids != NULL ? g_steal_pointer (&present) : NULL;
}

/**
 * sl_presence_of_entries:
 * @location_id: where
 * @member_id: (nullable): whose; %NULL: everybody's
 * @after_ms: who came in after here, UTC ms
 *
 * Who came without a session: to the open gym, or by a genuine code that names what is not known here. A record that
 * has found its booking meanwhile counts there. Looks at who came lately and not at anybody's years. Engine thread
 * only.
 *
 * Returns: (transfer full) (element-type SlPresence): as they came; %NULL with @error
 */
GArray *
sl_presence_of_entries (SlEngine *engine, const SlId *location_id, const SlId *member_id, gint64 after_ms,
                        GError **error)
{
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (SlPresence));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT k.id, coalesce (k.member_id, k.booking_id, k.id), k.at_ms FROM checkin k "
      "WHERE k.location_id = ?1 AND k.at_ms > ?2 "
      "AND (?3 IS NULL OR k.member_id IN " SL_SQL_SAME_MEMBER ("?3") ") AND k.undone = 0 "
      "AND k.hlc IS NOT NULL AND k.left_hlc IS NULL AND (k.booking_id IS NULL OR NOT EXISTS "
      "(SELECT 1 FROM claim c CROSS JOIN session s ON s.id = c.session_id WHERE c.id = k.booking_id "
      "AND c.created_hlc IS NOT NULL AND s.created_hlc IS NOT NULL)) ORDER BY k.at_ms, k.id",
      "did", location_id, after_ms, member_id != NULL ? member_id : &sl_id_none);

  while (sl_rows_next (rows))
    {
      SlPresence presence = { .at_ms = sl_rows_int (rows, 2) };

      sl_rows_id (rows, 0, &presence.checkin_id);
      sl_rows_id (rows, 1, &presence.who);
      g_array_append_val (present, presence);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&present) : NULL;
}
