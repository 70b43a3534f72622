/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-standing"

#include "engine/standing.h"

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/batch.h"
#include "engine/days.h"
#include "engine/location.h"
#include "engine/member-brief.h"
#include "engine/policy.h"
#include "engine/slots-private.h"

#define BOOKINGS_AT_ONCE 50 /* of one transaction: the desk's own commands get their turn between two */

/**
 * sl_standing_free:
 * @standing: (nullable) (transfer full): a standing booking
 */
void
sl_standing_free (SlStanding *standing)
{
  if (standing == NULL)
    return;
  g_free (standing->member_name);
  g_free (standing->service_name);
  g_free (standing->location_name);
  g_array_unref (standing->dates);
  g_free (standing);
}

/* --- reading --- */

#define COLUMNS \
  "SELECT n.id, n.member_id, n.service_id, n.location_id, n.device_id, n.weekday, n.minute, n.spots, n.from_ms, " \
  "n.until_ms, n.active, v.name, l.name FROM standing n LEFT JOIN service v ON v.id = n.service_id " \
  "JOIN location l ON l.id = n.location_id "

/* Nobody's who has been erased, and nothing that makes no sense. */
#define IS_SOUND \
  "n.created_hlc IS NOT NULL AND n.weekday BETWEEN 1 AND 7 AND n.minute BETWEEN 0 AND 1439 AND n.spots > 0 " \
  "AND n.from_ms IS NOT NULL AND n.until_ms IS NOT NULL " \
  "AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = n.member_id) "

static SlStanding *
read_row (SlRows *rows)
{
  SlStanding *standing = g_new0 (SlStanding, 1);
  sl_rows_id (rows, 0, &standing->id);
  sl_rows_id (rows, 1, &standing->member_id);
  sl_rows_id (rows, 2, &standing->service_id);
  sl_rows_id (rows, 3, &standing->location_id);
  sl_rows_id (rows, 4, &standing->device_id);
  standing->weekday = (int) sl_rows_int (rows, 5);
  standing->minute = (int) sl_rows_int (rows, 6);
  standing->spots = (int) MIN (sl_rows_int (rows, 7), SL_SPOTS_MAX);
  standing->from_ms = sl_rows_int (rows, 8);
  standing->until_ms = sl_rows_int (rows, 9);
  standing->active = sl_rows_int (rows, 10) != 0;
  standing->service_name = sl_rows_dup_text (rows, 11);
  standing->location_name = sl_rows_dup_text (rows, 12);
  standing->dates = g_array_new (FALSE, FALSE, sizeof (SlStandingDate));
  return standing;
}

/* Takes the rows. (transfer full) (element-type SlStanding): without their dates */
static GPtrArray *
collect (SlEngine *engine, SlRows *taken, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_standing_free);
  while (sl_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      SlStanding *standing = list->pdata[i];
      if (!sl_oplog_is_kept_here (engine->log, &standing->device_id, &standing->made_here, error))
        return NULL;
    }
  return g_steal_pointer (&list);
}

static SlStanding *
get_standing (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (GPtrArray) found =
      collect (engine, sl_store_query (engine->store, COLUMNS "WHERE n.id = ? AND " IS_SOUND, "d", id), error);
  if (found == NULL)
    return NULL;
  if (found->len > 0)
    return g_ptr_array_steal_index (found, 0);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such standing booking");
  return NULL;
}

/* --- what is due --- */

/* The bookings are made by whoever said that they should be: at the desk's word, so by the desk. */
static SlActor
maker_of (const SlActor *actor)
{
  return (SlActor){ .id = actor->id, .role = SL_ROLE_RECEPTIONIST };
}

/* Whom the member brings is not known by name: "Thandi +1". */
static gboolean
name_guests (SlEngine *engine, const SlStanding *standing, GPtrArray *out, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  if (!sl_member_brief_load (engine, &standing->member_id, &member, error))
    return FALSE;
  for (int i = 1; i < standing->spots; i++)
    g_ptr_array_add (out, g_strdup_printf ("%s +%d", member.first != NULL ? member.first : "", i));
  g_ptr_array_add (out, NULL);
  return TRUE;
}

/* All checks of a booking, in their order, emitting nothing and noting nothing: what cannot be booked is asked about
 * again and again. */
static gboolean
may_book (SlEngine *engine, const SlActor *maker, const SlStanding *standing, const SlId *session, SlRefusal *refusal,
          GError **error)
{
  g_auto (SlBookingCase) of = { 0 };
  g_auto (SlRoomPlan) room = { 0 };
  g_auto (SlPayPlan) pay = { 0 };
  return sl_booking_case_load (engine, maker, session, &standing->member_id, standing->spots, &of, error)
         && sl_booking_check_who_and_when (engine, &of, (guint) standing->spots - 1, TRUE, refusal, error)
         && sl_booking_check_room (engine, &of, NULL, &room, refusal, error)
         && sl_booking_check_paid (engine, &of, NULL, &pay, refusal, error);
}

typedef struct {
  SlId id;
  gboolean cancelled;
} Candidate;

/* Sessions of the service there that start at that moment, those that take place first. */
static gboolean
find_sessions (SlEngine *engine, const SlStanding *standing, gint64 start_ms, GArray *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT id, cancelled FROM session WHERE location_id = ? AND start_ms = ? AND service_id = ? "
      "AND created_hlc IS NOT NULL ORDER BY cancelled, id",
      "did", &standing->location_id, start_ms, &standing->service_id);
  while (sl_rows_next (rows))
    {
      Candidate one = { .cancelled = sl_rows_int (rows, 1) != 0 };
      sl_rows_id (rows, 0, &one.id);
      g_array_append_val (out, one);
    }
  return sl_rows_finish (rows, error);
}

/* A booking of the member in it that was made once, by this or by hand, is not made again, whatever became of it: what
 * somebody has cancelled stays cancelled. A hold that ran out or was let go was none. */
static gboolean
find_booked (SlEngine *engine, const SlStanding *standing, const SlId *session, SlStandingDate *date,
             gboolean *out_found, GError **error)
{
  g_autoptr (GArray) claims =
      sl_claims_of_member_in (engine, &standing->member_id, session, sl_engine_now_ms (engine), error);
  *out_found = FALSE;
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);
      gboolean live = sl_booking_status_is_live (claim->status);
      if (!live && !claim->confirmed)
        continue;
      if (!*out_found || live)
        {
          date->session_id = *session;
          date->booking_id = claim->booking_id;
          date->status = claim->status;
        }
      *out_found = TRUE;
    }
  return claims != NULL;
}

/* What has become of a date: booked, still to be booked (then with its session), or why not. */
static gboolean
look_at (SlEngine *engine, const SlActor *maker, const SlStanding *standing, gint64 start_ms, SlStandingDate *out,
         GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (Candidate));
  *out = (SlStandingDate){ .start_ms = start_ms };
  if (!find_sessions (engine, standing, start_ms, sessions, error))
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    {
      gboolean found;
      const Candidate *one = &g_array_index (sessions, Candidate, i);
      if (!one->cancelled && !find_booked (engine, standing, &one->id, out, &found, error))
        return FALSE;
      if (!one->cancelled && found)
        return TRUE;
    }
  out->no_session = sessions->len == 0;
  for (guint i = 0; i < sessions->len; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      const Candidate *one = &g_array_index (sessions, Candidate, i);
      gboolean may = may_book (engine, maker, standing, &one->id, &refusal, error);
      if (!may && refusal.code == SL_REFUSAL_NONE)
        return FALSE;
      if (may || i == 0)
        {
          out->session_id = one->id;
          out->code = refusal.code;
        }
      if (may)
        return TRUE;
    }
  return TRUE;
}

/* The starts that are due: ahead, within the policy's days and the standing's own dates. (element-type gint64) */
static GArray *
due_starts (SlEngine *engine, const SlStanding *standing, GError **error)
{
  gint64 days, now_ms = sl_engine_now_ms (engine);
  g_autoptr (GTimeZone) zone = sl_location_zone (engine, &standing->location_id, error);
  if (zone == NULL
      || !sl_policy_int (engine, &standing->location_id, &standing->service_id, SL_POLICY_STANDING_DAYS_AHEAD, &days,
                         error))
    return NULL;
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 today = sl_day_of (now_ms, zone);
  for (gint64 day = today; standing->active && day <= today + days; day++)
    {
      if (sl_weekday_of (day) != standing->weekday)
        continue;
      gint64 start_ms = sl_day_moment (day, standing->minute, zone);
      if (start_ms > now_ms && start_ms <= now_ms + days * SL_DAY_MS && start_ms >= standing->from_ms
          && start_ms < standing->until_ms)
        g_array_append_val (starts, start_ms);
    }
  return starts;
}

/* --- making --- */

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, reason);
  return FALSE;
}

static gboolean
check_params (const SlStandingParams *params, GError **error)
{
  if (params->weekday < 1 || params->weekday > SL_WEEKDAYS)
    return bad_input (error, "a weekday is mon, tue, wed, thu, fri, sat or sun");
  if (params->minute < 0 || params->minute >= SL_DAY_MINUTES)
    return bad_input (error, "the time is from 00:00 to 23:59");
  if (params->spots < 1 || params->spots > SL_SPOTS_MAX)
    return bad_input (error, "a standing booking has from 1 to 32 spots");
  if (params->until_day < SL_TIME_MIN_MS / SL_DAY_MS || params->until_day >= SL_TIME_MAX_MS / SL_DAY_MS - 1)
    return bad_input (error, "the last date is not between the years 2000 and 2099");
  return params->from_day == SL_NUMBER_NONE || params->from_day <= params->until_day
         || bad_input (error, "the last date is before the first");
}

/* The member has one for that hour already, whose dates these touch. */
static gboolean
check_not_standing (SlEngine *engine, const SlStanding *planned, SlRefusal *refusal, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT n.id FROM standing n WHERE n.member_id IN " SL_SQL_SAME_MEMBER ("?1")
      " AND n.service_id = ?2 AND n.location_id = ?3 AND n.weekday = ?4 AND n.minute = ?5 AND n.active = 1 "
      "AND n.from_ms < ?7 AND n.until_ms > ?6 ORDER BY n.id LIMIT 1",
      "dddiiii", &planned->member_id, &planned->service_id, &planned->location_id, (gint64) planned->weekday,
      (gint64) planned->minute, planned->from_ms, planned->until_ms);
  if (sl_rows_next (rows))
    {
      SlId other;
      char text[SL_ID_TEXT_BYTES];
      sl_rows_id (rows, 0, &other);
      sl_refuse (refusal, SL_REFUSAL_ALREADY_BOOKED);
      sl_refusal_set_text (refusal, "standing", sl_id_format (&other, text));
    }
  return sl_rows_finish (rows, error) && refusal->code == SL_REFUSAL_NONE;
}

/* Whoever may book the member there may have a standing booking made or ended. */
static gboolean
check_actor (SlEngine *engine, const SlActor *actor, const SlStanding *standing, SlBookingCase *of, SlRefusal *refusal,
             GError **error)
{
  SlSession *place = g_new0 (SlSession, 1);
  place->service_id = standing->service_id;
  place->location_id = standing->location_id;
  return sl_slot_case (engine, actor, place, &standing->member_id, standing->spots, of, error)
         && sl_booking_check_actor (engine, of, refusal, error);
}

static gboolean
plan_standing (SlEngine *engine, const SlStandingParams *params, SlStanding *out, GError **error)
{
  SlId where = sl_id_is_none (&params->location_id) ? engine->location : params->location_id;
  g_autoptr (SlLocation) location = sl_location_get (engine, &where, error);
  g_autoptr (GTimeZone) zone = location != NULL ? sl_location_zone (engine, &where, error) : NULL;
  if (zone == NULL)
    return FALSE;
  gint64 today = sl_day_of (sl_engine_now_ms (engine), zone);
  gint64 from_day = params->from_day == SL_NUMBER_NONE ? today : params->from_day;
  if (params->until_day < MAX (today, from_day))
    return bad_input (error, "the last date is in the past");
  *out = (SlStanding){ .member_id = params->member_id, .service_id = params->service_id, .location_id = where,
                       .device_id = *sl_oplog_get_replica (engine->log), .weekday = params->weekday,
                       .minute = params->minute, .spots = params->spots,
                       .from_ms = sl_day_moment (from_day, 0, zone),
                       .until_ms = sl_day_moment (params->until_day, SL_DAY_MINUTES, zone) };
  return TRUE;
}

static SlFields *
fields_of (const SlStanding *planned)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_STANDING);
  sl_fields_set_id (fields, "member_id", &planned->member_id);
  sl_fields_set_id (fields, "service_id", &planned->service_id);
  sl_fields_set_id (fields, "location_id", &planned->location_id);
  sl_fields_set_int (fields, "weekday", planned->weekday);
  sl_fields_set_int (fields, "minute", planned->minute);
  sl_fields_set_int (fields, "from_ms", planned->from_ms);
  sl_fields_set_int (fields, "until_ms", planned->until_ms);
  sl_fields_set_id (fields, "device_id", &planned->device_id);
  sl_fields_set_int (fields, "spots", planned->spots);
  sl_fields_set_int (fields, "active", 1);
  return fields;
}

/**
 * sl_standing_add:
 * @engine: the engine
 * @actor: who may book the member
 * @params: what; the time is the location's
 * @out_id: (out): the new standing booking; this device makes its bookings
 * @out_refusal: (out): not_allowed, member_blocked, member_erased, service_inactive, too_many_spots, already_booked
 * (standing: the one that is there)
 * @error: return location
 *
 * Books nothing by itself: run-due does, standing_days_ahead days before each date.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_standing_add (SlEngine *engine, const SlActor *actor, const SlStandingParams *params, SlId *out_id,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlStanding planned;
  g_auto (SlBookingCase) of = { 0 };
  if (!check_params (params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!plan_standing (engine, params, &planned, error))
    return sl_command_fail (engine);
  if (!check_actor (engine, actor, &planned, &of, out_refusal, error)
      || !sl_slot_offered (of.service, &planned.location_id, error)
      || !sl_booking_check_spots (engine, &of, (guint) planned.spots - 1, TRUE, out_refusal, error)
      || (!of.service->active && !sl_refuse (out_refusal, SL_REFUSAL_SERVICE_INACTIVE))
      || !sl_booking_check_member (engine, &of, out_refusal, error)
      || !check_not_standing (engine, &planned, out_refusal, error))
    return sl_booking_decline (engine, actor, "standing add", out_refusal, error);
  g_autoptr (SlFields) fields = fields_of (&planned);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_standing_end:
 * @engine: the engine
 * @actor: who may book the member
 * @id: the standing booking; one that has ended already stays so
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * What was booked by it stays booked.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_standing_end (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_auto (SlBookingCase) of = { 0 };
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlStanding) standing = get_standing (engine, id, error);
  if (standing == NULL)
    return sl_command_fail (engine);
  if (!check_actor (engine, actor, standing, &of, out_refusal, error))
    return sl_booking_decline (engine, actor, "standing end", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STANDING);
  sl_fields_set_int (fields, "active", 0);
  if (standing->active && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* --- listing --- */

static gboolean
fill (SlEngine *engine, const SlActor *maker, SlStanding *standing, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  g_autoptr (GArray) starts = due_starts (engine, standing, error);
  if (starts == NULL || !sl_member_brief_load (engine, &standing->member_id, &member, error))
    return FALSE;
  standing->member_name = sl_member_brief_full_name (&member);
  for (guint i = 0; i < starts->len; i++)
    {
      SlStandingDate date;
      if (!look_at (engine, maker, standing, g_array_index (starts, gint64, i), &date, error))
        return FALSE;
      g_array_append_val (standing->dates, date);
    }
  return TRUE;
}

/**
 * sl_standing_list:
 * @engine: the engine
 * @actor: who asks; members see their own
 * @member: (nullable): whose; %NULL: everybody's, which is for those who see all members
 * @ended: those that are over, too
 * @out: (out) (transfer full) (element-type SlStanding): by weekday and hour, each with what has become of its next
 * dates; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * What could not be booked is found by asking again, by the clock of the moment. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_standing_list (SlEngine *engine, const SlActor *actor, const SlId *member, gboolean ended, GPtrArray **out,
                  SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  gboolean own = member != NULL && actor->role == SL_ROLE_MEMBER
                 && (sl_id_equal (&actor->id, member) || sl_id_equal (&actor->id, &sl_actor_device));
  if (!own && !sl_actor_may (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "standing list", out_refusal);
  SlActor maker = maker_of (actor);
  g_autoptr (GPtrArray) list =
      collect (engine,
               sl_store_query (engine->store,
                               COLUMNS "WHERE (?1 IS NULL OR n.member_id IN " SL_SQL_SAME_MEMBER ("?1") ") "
                                       "AND (?2 <> 0 OR (n.active = 1 AND n.until_ms > ?3)) AND " IS_SOUND
                                       "ORDER BY n.weekday, n.minute, n.id",
                               "dii", member, (gint64) ended, sl_engine_now_ms (engine)),
               error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (!fill (engine, &maker, list->pdata[i], error))
      return FALSE;
  *out = g_steal_pointer (&list);
  return *out != NULL;
}

/* --- what falls due --- */

/* Makes one booking, in a transaction that is open. One that is refused after all is asked about again next time. */
static gboolean
book_date (SlEngine *engine, const SlActor *maker, const SlStanding *standing, const SlStandingDate *date,
           gint64 *inout_count, GError **error)
{
  g_autoptr (GPtrArray) guests = g_ptr_array_new_with_free_func (g_free);
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  if (!name_guests (engine, standing, guests, error))
    return FALSE;
  SlBookingRequest request = { .member_id = standing->member_id, .session_id = date->session_id,
                               .spots = standing->spots, .channel = SL_CHANNEL_DESK,
                               .guests = standing->spots > 1 ? (const char *const *) guests->pdata : NULL };
  if (!sl_booking_book (engine, maker, &request, &result, &refusal, error))
    return FALSE;
  *inout_count += refusal.code == SL_REFUSAL_NONE;
  return TRUE;
}

typedef struct {
  SlEngine *engine;
  SlActor maker;
  gboolean nested; /* inside a keyed command, whose transaction it is */
  guint open;      /* bookings of the transaction that is open */
} Run;

static gboolean
end_transaction (Run *run, GError **error)
{
  gboolean was_open = run->open > 0;
  run->open = 0;
  return run->nested || !was_open || sl_batch_commit (run->engine, error);
}

/* Looked at before a transaction is begun, so that a run without anything to do takes no lock, and again inside. */
static gboolean
work_on (Run *run, const SlStanding *standing, gint64 start_ms, gint64 *inout_count, GError **error)
{
  SlStandingDate date;
  if (!look_at (run->engine, &run->maker, standing, start_ms, &date, error))
    return FALSE;
  if (!sl_id_is_none (&date.booking_id) || date.code != SL_REFUSAL_NONE || date.no_session)
    return TRUE;
  if (run->open == 0 && !run->nested)
    {
      if (!sl_batch_begin (run->engine, &run->maker, error))
        return FALSE;
      run->open = 1;
      if (!look_at (run->engine, &run->maker, standing, start_ms, &date, error))
        return FALSE;
      if (!sl_id_is_none (&date.booking_id) || date.code != SL_REFUSAL_NONE || date.no_session)
        return TRUE;
    }
  run->open++;
  return book_date (run->engine, &run->maker, standing, &date, inout_count, error)
         && (run->open <= BOOKINGS_AT_ONCE || end_transaction (run, error));
}

static gboolean
work_through (Run *run, GPtrArray *list, gint64 *inout_count, GError **error)
{
  for (guint i = 0; i < list->len; i++)
    {
      const SlStanding *standing = list->pdata[i];
      g_autoptr (GArray) starts = standing->made_here ? due_starts (run->engine, standing, error) : NULL;
      if (standing->made_here && starts == NULL)
        return FALSE;
      for (guint j = 0; starts != NULL && j < starts->len; j++)
        if (!work_on (run, standing, g_array_index (starts, gint64, j), inout_count, error))
          return FALSE;
    }
  return TRUE;
}

/**
 * sl_standing_run_due:
 * @engine: the engine; may be inside a keyed command of the actor
 * @actor: who runs it
 * @inout_count: (inout): how many bookings were made is added
 * @error: return location
 *
 * Makes the bookings of standing bookings that this device makes: those within standing_days_ahead days of which there
 * is none yet. Late or twice, it makes each once; what a person has cancelled is not made again. What cannot be booked
 * writes nothing.
 *
 * Returns: %FALSE on failure; what was committed before stays
 */
gboolean
sl_standing_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_count, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && inout_count != NULL, FALSE);

  gint64 made = 0;
  Run run = { .engine = engine, .maker = maker_of (actor), .nested = engine->depth > 0 };
  g_autoptr (GPtrArray) list = collect (
      engine,
      sl_store_query (engine->store,
                      COLUMNS "WHERE n.active = 1 AND n.until_ms > ? AND " IS_SOUND "ORDER BY n.created_hlc, n.id", "i",
                      sl_engine_now_ms (engine)),
      error);
  if (list == NULL)
    return FALSE;
  if (!work_through (&run, list, &made, error))
    {
      if (run.open > 0 && !run.nested)
        sl_batch_abandon (engine);
      return FALSE;
    }
  *inout_count += made;
  return end_transaction (&run, error);
}
