/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-occupancy"

#include "engine/occupancy.h"

#include "core/datetime.h"
#include "engine/checkin-window.h"
#include "engine/location.h"
#include "engine/presence.h"
#include "engine/schedule.h"

/* A door opens a day before the start at most: the greatest value of checkin_opens_minutes. */
#define DOOR_OPENS_MAX_MS SL_DAY_MS

static void
session_free (SlOccupancySession *session)
{
  g_free (session->class_name);
  g_free (session->room_name);
  g_free (session);
}

/**
 * sl_occupancy_free:
 * @occupancy: (nullable) (transfer full): to be freed
 */
void
sl_occupancy_free (SlOccupancy *occupancy)
{
  if (occupancy == NULL)
    return;
  g_free (occupancy->location_name);
  g_ptr_array_unref (occupancy->sessions);
  g_free (occupancy);
}

static void
add_session (SlOccupancy *occupancy, const SlSession *session, int people)
{
  SlOccupancySession *line;

  if (people == 0)
    return;
  line = g_new0 (SlOccupancySession, 1);
  line->people = people;
  if (session != NULL)
    {
      line->session_id = session->id;
      line->class_name = g_strdup (session->service_name);
      line->room_name = g_strdup (session->room_name);
      line->start_ms = session->start_ms;
      line->end_ms = session->end_ms;
    }
  occupancy->people += people;
  g_ptr_array_add (occupancy->sessions, line);
}

static gboolean
count_session (SlEngine *engine, const SlSession *session, gint64 now_ms, int *out_people, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_session (engine, &session->id, now_ms, error);

  *out_people = 0;
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      int people;
      g_autoptr (GArray) present = sl_presence_of_claim (engine, &g_array_index (claims, SlClaim, i), &people, error);

      if (present == NULL)
        return FALSE;
      *out_people += people;
    }
  return claims != NULL;
}

/* Sessions whose door has opened and that are not over; where people check out, those of earlier today too. */
static gboolean
add_sessions (SlEngine *engine, const SlStay *stay, gint64 now_ms, SlOccupancy *occupancy, GError **error)
{
  gint64 from_ms = now_ms - SL_SESSION_LONGEST_MS - (stay->leaving_recorded ? 2 * SL_DAY_MS : 0);
  g_autoptr (GPtrArray) sessions = sl_session_list (engine, &occupancy->location_id, from_ms,
                                                    now_ms + DOOR_OPENS_MAX_MS, error);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      gint64 opens_ms, closes_ms;
      int people;

      if (!sl_checkin_window (engine, &session->location_id, &session->service_id, session->start_ms, &opens_ms,
                              &closes_ms, error))
        return FALSE;
      if (now_ms < opens_ms || now_ms >= sl_stay_until (stay, session->end_ms))
        continue;
      if (!count_session (engine, session, now_ms, &people, error))
        return FALSE;
      add_session (occupancy, session, people);
    }
  return sessions != NULL;
}

static gboolean
add_entries (SlEngine *engine, const SlStay *stay, gint64 now_ms, SlOccupancy *occupancy, GError **error)
{
  gint64 after_ms = now_ms - stay->open_gym_ms - (stay->leaving_recorded ? 2 * SL_DAY_MS : 0);
  g_autoptr (GArray) entries = sl_presence_of_entries (engine, &occupancy->location_id, NULL, after_ms, error);
  g_autoptr (GHashTable) people = g_hash_table_new (sl_id_hash, sl_id_equal);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      SlPresence *entry = &g_array_index (entries, SlPresence, i);

      if (now_ms < sl_stay_until (stay, entry->at_ms + stay->open_gym_ms))
        g_hash_table_add (people, &entry->who);
    }
  add_session (occupancy, NULL, (int) g_hash_table_size (people));
  return entries != NULL;
}

static gboolean
read_name (SlEngine *engine, SlOccupancy *occupancy, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT name FROM location WHERE id = ?", "d",
                                            &occupancy->location_id);

  if (sl_rows_next (rows))
    occupancy->location_name = sl_rows_dup_text (rows, 0);
  return sl_rows_finish (rows, error);
}

/**
 * sl_occupancy_count:
 * @actor: staff who may see bookings there; an instructor too: it is a number
 * @location_id: where; none: at this device's location
 * @out: (out) (transfer full): how many are checked in and not out; %NULL when refused
 * @out_refusal: (out caller-allocates): not_allowed
 *
 * By the clock of the moment. Who has not been said to have left counts until the session's end, in the open gym for
 * open_gym_minutes; where leaving is recorded until the end of that day. Its cost follows from the timetable of the
 * day, not from the years. Takes no lock. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage)
 */
gboolean
sl_occupancy_count (SlEngine *engine, const SlActor *actor, const SlId *location_id, SlOccupancy **out,
                    SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlOccupancy) occupancy = g_new0 (SlOccupancy, 1);
  g_auto (SlStay) stay = { 0 };
  gint64 now_ms;

  g_return_val_if_fail (engine != NULL && actor != NULL && location_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  *out = NULL;
  occupancy->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) session_free);
  occupancy->location_id = *location_id;
  if (sl_id_is_none (location_id))
    sl_engine_get_location (engine, &occupancy->location_id);
  if (!sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &occupancy->location_id, TRUE, out_refusal))
    return sl_query_refuse (engine, actor, "occupancy", out_refusal);
  now_ms = sl_engine_now_ms (engine);
  if (!sl_stay_load (engine, &occupancy->location_id, &stay, error) || !read_name (engine, occupancy, error)
      || !add_sessions (engine, &stay, now_ms, occupancy, error)
      || !add_entries (engine, &stay, now_ms, occupancy, error))
    return FALSE;
  *out = g_steal_pointer (&occupancy);
  return TRUE;
}
