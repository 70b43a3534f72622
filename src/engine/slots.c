/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-slots"

#include "engine/slots-private.h"

#include "core/datetime.h"
#include "engine/days.h"
#include "engine/location.h"
#include "engine/policy.h"
#include "engine/rights.h"

#define NEAR_DAY_MS (26 * SL_HOUR_MS) /* a local day begins and ends within so much of the same day of UTC */

/**
 * sl_slot_free:
 * @slot: (nullable) (transfer full): a slot
 */
void
sl_slot_free (SlSlot *slot)
{
  if (slot == NULL)
    return;
  g_free (slot->instructor_name);
  g_free (slot->location_name);
  g_free (slot);
}

/* sl_slot_service: (transfer full): see the header. */
SlService *
sl_slot_service (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (SlService) service = sl_service_get (engine, id, error);
  if (service == NULL)
    return NULL;
  if (g_strcmp0 (service->kind, "one_to_one") == 0)
    return g_steal_pointer (&service);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the service is a class: its sessions are on the timetable");
  return NULL;
}

/* --- what is taken --- */

/* Somebody had booked it, and nobody has it any more. A planned session that nobody has booked yet is an offer, and
 * takes its time. */
#define IS_VACATED \
  "v.kind = 'one_to_one' AND s.start_ms > ?3 AND EXISTS (SELECT 1 FROM claim c WHERE c.session_id = s.id) " \
  "AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.session_id = s.id AND c.release_why = 0)"

static gboolean
read_taken (SlEngine *engine, gint64 from_ms, gint64 to_ms, GArray *taken, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT s.id, s.location_id, s.instructor_id, s.room_id, s.start_ms, s.end_ms, " IS_VACATED
      " FROM location l CROSS JOIN session s ON s.location_id = l.id LEFT JOIN service v ON v.id = s.service_id "
      "WHERE s.start_ms >= ?1 AND s.start_ms < ?2 AND s.cancelled = 0 ORDER BY s.start_ms, s.id",
      "iii", from_ms - SL_SESSION_LONGEST_MS, to_ms, sl_engine_now_ms (engine));
  while (sl_rows_next (rows))
    {
      SlTaken one = { .start_ms = sl_rows_int (rows, 4), .end_ms = sl_rows_int (rows, 5) };
      if (one.end_ms <= from_ms)
        continue;
      sl_rows_id (rows, 0, &one.id);
      sl_rows_id (rows, 1, &one.location_id);
      sl_rows_id (rows, 2, &one.instructor_id);
      sl_rows_id (rows, 3, &one.room_id);
      one.vacated = sl_rows_int (rows, 6) != 0;
      g_array_append_val (taken, one);
    }
  return sl_rows_finish (rows, error);
}

/* sl_slot_taken: (transfer full): see the header; by start. Of a session whose spots are not all here, another device
 * may be selling one: it is not vacated. */
GArray *
sl_slot_taken (SlEngine *engine, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SlTaken));
  if (!read_taken (engine, from_ms, to_ms, taken, error))
    return NULL;
  for (guint i = 0; i < taken->len; i++)
    {
      SlTaken *one = &g_array_index (taken, SlTaken, i);
      SlSessionCount count;
      gint64 held;
      if (!one->vacated)
        continue;
      if (!sl_rights_count (engine->log, &one->id, &count, error)
          || !sl_rights_free (engine->log, &one->id, sl_oplog_get_replica (engine->log), &held, error))
        return NULL;
      one->vacated = held == count.capacity;
    }
  return g_steal_pointer (&taken);
}

/* sl_slot_conflict: (nullable) (transfer none): see the header. Half-open: one session may follow another at once. */
const SlTaken *
sl_slot_conflict (GArray *taken, const SlSession *planned, gint64 buffer_ms, SlRefusalCode *out_code)
{
  for (guint i = 0; i < taken->len; i++)
    {
      const SlTaken *one = &g_array_index (taken, SlTaken, i);
      gboolean same_instructor = sl_id_equal (&one->instructor_id, &planned->instructor_id);
      gboolean same_room = !sl_id_is_none (&planned->room_id) && sl_id_equal (&one->room_id, &planned->room_id);
      gint64 apart_ms =
          same_instructor && !sl_id_equal (&one->location_id, &planned->location_id) ? buffer_ms : 0;
      if (one->vacated || (!same_instructor && !same_room) || one->start_ms >= planned->end_ms + apart_ms
          || one->end_ms + apart_ms <= planned->start_ms)
        continue;
      *out_code = same_instructor ? SL_REFUSAL_INSTRUCTOR_BUSY : SL_REFUSAL_ROOM_BUSY;
      return one;
    }
  return NULL;
}

/* --- blocks on a date --- */

static gboolean
holds_on (const SlAvailability *block, gint64 day)
{
  return day >= 0 && block->weekday == sl_weekday_of (day)
         && (block->from_day == SL_NUMBER_NONE || block->from_day <= day)
         && (block->until_day == SL_NUMBER_NONE || block->until_day >= day);
}

typedef struct {
  gint64 start_ms, end_ms;
  gboolean bookable;
} Span;

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *one = a, *other = b;
  return one->start_ms < other->start_ms ? -1 : one->start_ms > other->start_ms;
}

/* Blocks on the local date of a moment and on those beside it, which it may reach over midnight. */
static GArray *
spans_near (GPtrArray *blocks, gint64 ms, GTimeZone *zone)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (Span));
  gint64 today = sl_day_of (ms, zone);
  for (guint i = 0; i < blocks->len; i++)
    for (gint64 day = today - 1; day <= today + 1; day++)
      {
        const SlAvailability *block = blocks->pdata[i];
        Span span = { .bookable = block->bookable };
        if (!holds_on (block, day))
          continue;
        span.start_ms = sl_day_moment (day, block->from_minute, zone);
        span.end_ms = sl_day_moment (day, block->to_minute, zone);
        g_array_append_val (spans, span);
      }
  g_array_sort (spans, compare_spans);
  return spans;
}

/* sl_slot_cover: see the header. */
gboolean
sl_slot_cover (SlEngine *engine, const SlSession *planned, SlSlotCover *out, GError **error)
{
  gint64 slot_min, reached_ms = planned->start_ms;
  gboolean members_may = FALSE;
  g_autoptr (GTimeZone) zone = sl_location_zone (engine, &planned->location_id, error);
  g_autoptr (GPtrArray) blocks =
      zone != NULL ? sl_availability_list (engine, &planned->instructor_id, &planned->location_id, error) : NULL;
  if (blocks == NULL
      || !sl_policy_int (engine, &planned->location_id, &planned->service_id, SL_POLICY_SLOT_MINUTES, &slot_min, error))
    return FALSE;
  *out = (SlSlotCover){ 0 };
  g_autoptr (GArray) spans = spans_near (blocks, planned->start_ms, zone);
  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      if (span->start_ms <= reached_ms && span->end_ms > reached_ms)
        reached_ms = span->end_ms;
      if (span->start_ms > planned->start_ms || span->end_ms < planned->end_ms)
        continue;
      members_may = members_may || span->bookable;
      out->for_staff = TRUE;
      out->a_slot = out->a_slot
                    || (span->bookable && (planned->start_ms - span->start_ms) % (slot_min * SL_MINUTE_MS) == 0);
    }
  out->within = reached_ms >= planned->end_ms;
  out->for_staff = out->for_staff && !members_may;
  return TRUE;
}

/* --- the slots of a date --- */

typedef struct {
  SlEngine *engine;
  const SlSlotQuery *query;
  const SlService *service;
  GArray *taken;    /* (element-type SlTaken) */
  GPtrArray *slots; /* (element-type SlSlot) */
  gint64 now_ms;
} Search;

static void
add_slot (Search *self, const SlAvailability *block, const SlSession *planned, gboolean planned_here)
{
  SlSlot *slot = g_new0 (SlSlot, 1);
  slot->instructor_id = planned->instructor_id;
  slot->location_id = planned->location_id;
  slot->instructor_name = g_strdup (block->staff_name);
  slot->location_name = g_strdup (block->location_name);
  slot->start_ms = planned->start_ms;
  slot->end_ms = planned->end_ms;
  slot->bookable = block->bookable;
  slot->planned_here = planned_here;
  g_ptr_array_add (self->slots, slot);
}

/* Cuts a block into slots from its beginning on, by the clock that runs on evenly: on the days on which clocks are put
 * forward or back it has fewer or more of them. */
static gboolean
cut_block (Search *self, const SlAvailability *block, GTimeZone *zone, GError **error)
{
  SlSession planned = { .service_id = self->service->id, .location_id = block->location_id,
                        .instructor_id = block->staff_id,
                        .room_id = self->query->room != NULL ? *self->query->room : sl_id_none };
  gint64 slot_min, buffer_min, opens_hours;
  gint64 from_ms = sl_day_moment (self->query->day, block->from_minute, zone);
  gint64 to_ms = sl_day_moment (self->query->day, block->to_minute, zone);
  g_auto (SlRefusal) elsewhere = { 0 };
  if (!sl_policy_int (self->engine, &block->location_id, &self->service->id, SL_POLICY_SLOT_MINUTES, &slot_min, error)
      || !sl_policy_int (self->engine, &block->location_id, &self->service->id, SL_POLICY_BUFFER_MINUTES, &buffer_min,
                         error)
      || !sl_policy_int (self->engine, &block->location_id, &self->service->id, SL_POLICY_BOOKING_OPENS_HOURS,
                         &opens_hours, error)
      || !sl_days_check (self->engine, SL_DAYS_OF_INSTRUCTOR, &block->staff_id, &block->location_id, from_ms, to_ms,
                         &elsewhere, error)
      || !sl_days_check (self->engine, SL_DAYS_OF_ROOM, &planned.room_id, &block->location_id, from_ms, to_ms,
                         &elsewhere, error))
    return FALSE;
  gint64 length_ms = self->service->duration_min * SL_MINUTE_MS;
  for (gint64 start_ms = from_ms; start_ms + length_ms <= to_ms; start_ms += slot_min * SL_MINUTE_MS)
    {
      SlRefusalCode code;
      planned.start_ms = start_ms;
      planned.end_ms = start_ms + length_ms;
      if (start_ms > self->now_ms && start_ms - opens_hours * SL_HOUR_MS <= self->now_ms
          && sl_slot_conflict (self->taken, &planned, buffer_min * SL_MINUTE_MS, &code) == NULL)
        add_slot (self, block, &planned, elsewhere.code == SL_REFUSAL_NONE);
    }
  return TRUE;
}

static int
compare_slots (gconstpointer a, gconstpointer b)
{
  const SlSlot *one = *(const SlSlot *const *) a, *other = *(const SlSlot *const *) b;
  if (one->start_ms != other->start_ms)
    return one->start_ms < other->start_ms ? -1 : 1;
  int by_name = g_strcmp0 (one->instructor_name, other->instructor_name);
  int by_instructor = by_name != 0 ? by_name : sl_id_compare (&one->instructor_id, &other->instructor_id);
  return by_instructor != 0 ? by_instructor : sl_id_compare (&one->location_id, &other->location_id);
}

/* Of blocks that overlap because two devices added them apart, each slot comes once. */
static void
sort_slots (GPtrArray *slots)
{
  g_ptr_array_sort (slots, compare_slots);
  for (guint i = 1; i < slots->len;)
    {
      SlSlot *before = slots->pdata[i - 1], *slot = slots->pdata[i];
      if (compare_slots (&before, &slot) != 0)
        {
          i++;
          continue;
        }
      before->bookable = before->bookable || slot->bookable;
      g_ptr_array_remove_index (slots, i);
    }
}

static gboolean
collect_slots (Search *self, GError **error)
{
  g_autoptr (GPtrArray) blocks =
      sl_availability_list (self->engine, self->query->instructor, self->query->location, error);
  if (blocks == NULL)
    return FALSE;
  for (guint i = 0; i < blocks->len; i++)
    {
      const SlAvailability *block = blocks->pdata[i];
      if (!holds_on (block, self->query->day) || (self->query->for_members && !block->bookable)
          || !sl_service_is_offered_at (self->service, &block->location_id))
        continue;
      g_autoptr (GTimeZone) zone = sl_location_zone (self->engine, &block->location_id, error);
      if (zone == NULL || !cut_block (self, block, zone, error))
        return FALSE;
    }
  sort_slots (self->slots);
  return TRUE;
}

/* A room is at one place. */
static gboolean
place_of_room (SlEngine *engine, SlSlotQuery *query, SlId *out_location, GError **error)
{
  if (query->room == NULL)
    return TRUE;
  g_autoptr (SlRoom) room = sl_room_get (engine, query->room, error);
  if (room == NULL)
    return FALSE;
  *out_location = room->location_id;
  if (query->location == NULL || sl_id_equal (query->location, out_location))
    {
      query->location = out_location;
      return TRUE;
    }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the room is at another location");
  return FALSE;
}

/**
 * sl_slot_list:
 * @engine: the engine
 * @actor: who asks; members see what they may book themselves
 * @query: what is wanted
 * @out_slots: (out) (transfer full) (element-type SlSlot): free ones ahead, inside the booking window, by start; %NULL
 * when refused
 * @out_refusal: (out): service_inactive
 * @error: return location
 *
 * The instructors' blocks of that date less what is taken, cut every slot_minutes where the service's length fits; at
 * another location than a session before or after, with buffer_minutes between. Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT (a class, a date outside the years 2000 to 2099)
 */
gboolean
sl_slot_list (SlEngine *engine, const SlActor *actor, const SlSlotQuery *query, GPtrArray **out_slots,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && query != NULL && out_slots != NULL && out_refusal != NULL,
                        FALSE);

  SlSlotQuery wanted = *query;
  SlId location;
  *out_slots = NULL;
  wanted.for_members = query->for_members || actor->role == SL_ROLE_MEMBER;
  g_autoptr (SlService) service = sl_slot_service (engine, query->service, error);
  if (service == NULL || !place_of_room (engine, &wanted, &location, error))
    return FALSE;
  if (!service->active)
    {
      sl_refuse (out_refusal, SL_REFUSAL_SERVICE_INACTIVE);
      return sl_query_refuse (engine, actor, "slots", out_refusal);
    }
  if (query->day < SL_TIME_MIN_MS / SL_DAY_MS || query->day >= SL_TIME_MAX_MS / SL_DAY_MS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the date is not between the years 2000 and 2099");
      return FALSE;
    }
  gint64 utc_ms = query->day * SL_DAY_MS;
  g_autoptr (GArray) taken = sl_slot_taken (engine, utc_ms - NEAR_DAY_MS - SL_DAY_MS,
                                            utc_ms + NEAR_DAY_MS + 2 * SL_DAY_MS, error);
  g_autoptr (GPtrArray) slots = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_slot_free);
  Search search = { engine, &wanted, service, taken, slots, sl_engine_now_ms (engine) };
  if (taken == NULL || !collect_slots (&search, error))
    return FALSE;
  *out_slots = g_steal_pointer (&slots);
  return TRUE;
}
