/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-request"

#include "engine/request.h"

#include "core/datetime.h"
#include "engine/joint.h"
#include "engine/location.h"
#include "engine/member-brief.h"
#include "engine/member-private.h"
#include "engine/policy.h"
#include "engine/slots-private.h"
#include "engine/staff.h"

static const char *const state_names[] = {
  [SL_REQUEST_OPEN] = "open",           [SL_REQUEST_ACCEPTED] = "accepted", [SL_REQUEST_DECLINED] = "declined",
  [SL_REQUEST_WITHDRAWN] = "withdrawn", [SL_REQUEST_EXPIRED] = "expired",
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == SL_REQUEST_STATE_LAST);

/**
 * sl_request_state_name:
 * @state: a state
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_request_state_name (SlRequestState state)
{
  g_return_val_if_fail (state < SL_REQUEST_STATE_LAST, "");

  return state_names[state];
}

/**
 * sl_request_free:
 * @request: (nullable) (transfer full): a request
 */
void
sl_request_free (SlRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->member_name);
  g_free (request->instructor_name);
  g_free (request->service_name);
  g_free (request->location_name);
  g_array_unref (request->times);
  g_free (request);
}

/* --- reading --- */

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;
  return one < other ? -1 : one > other;
}

/* "1772424000000,1772427600000"; what another device wrote and is no number is left out. */
static GArray *
parse_times (const char *text)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", SL_REQUEST_TIMES_MAX + 1);
  for (guint i = 0; words[i] != NULL && i < SL_REQUEST_TIMES_MAX; i++)
    {
      gint64 ms;
      if (g_ascii_string_to_signed (words[i], 10, SL_TIME_MIN_MS, SL_TIME_MAX_MS, &ms, NULL))
        g_array_append_val (times, ms);
    }
  g_array_sort (times, compare_times);
  return times;
}

#define COLUMNS \
  "SELECT q.id, q.member_id, q.instructor_id, q.service_id, q.location_id, q.session_id, q.booking_id, q.times, " \
  "q.state, q.made_ms, t.name, v.name, l.name FROM request q LEFT JOIN staff t ON t.id = q.instructor_id " \
  "LEFT JOIN service v ON v.id = q.service_id LEFT JOIN location l ON l.id = q.location_id "

/* Nobody's who has been erased, and none of which only a part has arrived. */
#define IS_KNOWN \
  "q.created_hlc IS NOT NULL AND q.made_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = " \
  "q.member_id) "

/* What the row says; whether its time is over is decided when it has been read. What was accepted on one device and
 * withdrawn on another that did not know stays accepted: there is a booking. A word of a later program closes it. */
static SlRequest *
read_row (SlRows *rows)
{
  SlRequest *request = g_new0 (SlRequest, 1);
  const char *state = sl_rows_text (rows, 8);
  sl_rows_id (rows, 0, &request->id);
  sl_rows_id (rows, 1, &request->member_id);
  sl_rows_id (rows, 2, &request->instructor_id);
  sl_rows_id (rows, 3, &request->service_id);
  sl_rows_id (rows, 4, &request->location_id);
  sl_rows_id (rows, 5, &request->session_id);
  sl_rows_id (rows, 6, &request->booking_id);
  request->times = parse_times (sl_rows_text (rows, 7));
  request->made_ms = sl_rows_int (rows, 9);
  request->instructor_name = sl_rows_dup_text (rows, 10);
  request->service_name = sl_rows_dup_text (rows, 11);
  request->location_name = sl_rows_dup_text (rows, 12);
  request->state = SL_REQUEST_DECLINED;
  for (guint i = 0; i < SL_REQUEST_STATE_LAST; i++)
    if (g_strcmp0 (state, state_names[i]) == 0)
      request->state = i;
  if (!sl_id_is_none (&request->booking_id))
    request->state = SL_REQUEST_ACCEPTED;
  return request;
}

/* It is over request_hours after it was made, and at the last of its times at the latest. */
static gboolean
judge (SlEngine *engine, SlRequest *request, gint64 now_ms, GError **error)
{
  gint64 hours;
  if (!sl_policy_int (engine, &request->location_id, &request->service_id, SL_POLICY_REQUEST_HOURS, &hours, error))
    return FALSE;
  request->expires_ms = request->made_ms + hours * SL_HOUR_MS;
  if (request->times->len > 0)
    request->expires_ms =
        MIN (request->expires_ms, g_array_index (request->times, gint64, request->times->len - 1));
  if (request->state == SL_REQUEST_OPEN && now_ms >= request->expires_ms)
    request->state = SL_REQUEST_EXPIRED;
  return TRUE;
}

static gboolean
name_member (SlEngine *engine, SlRequest *request, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  if (!sl_member_brief_load (engine, &request->member_id, &member, error))
    return FALSE;
  request->member_name = sl_member_brief_full_name (&member);
  return TRUE;
}

/* Takes the rows. (transfer full) (element-type SlRequest) */
static GPtrArray *
collect (SlEngine *engine, SlRows *taken, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_request_free);
  while (sl_rows_next (rows))
    g_ptr_array_add (requests, read_row (rows));
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < requests->len; i++)
    if (!judge (engine, requests->pdata[i], now_ms, error) || !name_member (engine, requests->pdata[i], error))
      return NULL;
  return g_steal_pointer (&requests);
}

/**
 * sl_request_get:
 * @engine: the engine
 * @id: the request
 * @error: return location
 *
 * Returns: (transfer full): the request as of this moment; %NULL with %SL_ERROR_NOT_FOUND, also once the member is
 * erased, or a failure
 */
SlRequest *
sl_request_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (GPtrArray) found =
      collect (engine, sl_store_query (engine->store, COLUMNS "WHERE q.id = ? AND " IS_KNOWN, "d", id), error);
  if (found == NULL)
    return NULL;
  if (found->len > 0)
    return g_ptr_array_steal_index (found, 0);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such request");
  return NULL;
}

static void
keep_states (GPtrArray *requests, gboolean open, gboolean expired)
{
  for (guint i = 0; (open || expired) && i < requests->len;)
    {
      const SlRequest *request = requests->pdata[i];
      if ((open && request->state == SL_REQUEST_OPEN) || (expired && request->state == SL_REQUEST_EXPIRED))
        i++;
      else
        g_ptr_array_remove_index (requests, i);
    }
}

/* sl_request_expired_since: (transfer full): see the header. */
GPtrArray *
sl_request_expired_since (SlEngine *engine, gint64 since_ms, GError **error)
{
  GPtrArray *requests = collect (
      engine,
      sl_store_query (engine->store,
                      COLUMNS "WHERE q.state = 'open' AND q.made_ms >= ? AND " IS_KNOWN "ORDER BY q.made_ms, q.id", "i",
                      since_ms),
      error);
  if (requests != NULL)
    keep_states (requests, FALSE, TRUE);
  return requests;
}

/* Members see their own; instructors what is proposed to them. */
static gboolean
check_sees (SlEngine *engine, const SlActor *actor, const SlRequestFilter *filter, SlRefusal *refusal)
{
  if (actor->role != SL_ROLE_MEMBER)
    return sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, TRUE, refusal);
  gboolean own = filter->member != NULL
                 && (sl_id_equal (&actor->id, filter->member) || sl_id_equal (&actor->id, &sl_actor_device));
  return sl_actor_may_with_own (actor, SL_ACTION_VIEW_OWN, NULL, own, refusal);
}

/**
 * sl_request_list:
 * @engine: the engine
 * @actor: who asks; instructors see what is proposed to them, members their own
 * @filter: which
 * @out: (out) (transfer full) (element-type SlRequest): the newest first; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * By the clock of the moment. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_request_list (SlEngine *engine, const SlActor *actor, const SlRequestFilter *filter, GPtrArray **out,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && filter != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!check_sees (engine, actor, filter, out_refusal))
    return sl_query_refuse (engine, actor, "request list", out_refusal);
  gboolean only_own = actor->role != SL_ROLE_MEMBER && sl_actor_scope (actor, SL_ACTION_VIEW_MEMBERS) == SL_SCOPE_OWN;
  g_autoptr (GPtrArray) requests =
      collect (engine,
               sl_store_query (engine->store,
                               COLUMNS "WHERE (?1 IS NULL OR q.member_id IN " SL_SQL_SAME_MEMBER ("?1") ") "
                                       "AND (?2 IS NULL OR q.instructor_id = ?2) "
                                       "AND (?3 IS NULL OR q.instructor_id = ?3) AND (?4 = 0 OR q.state = 'open') "
                                       "AND " IS_KNOWN "ORDER BY q.made_ms DESC, q.id",
                               "dddi", filter->member, filter->instructor, only_own ? &actor->id : NULL,
                               (gint64) (filter->open || filter->expired)),
               error);
  if (requests == NULL)
    return FALSE;
  keep_states (requests, filter->open, filter->expired);
  *out = g_steal_pointer (&requests);
  return TRUE;
}

/* --- making --- */

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, reason);
  return FALSE;
}

/* In order, each once. */
static char *
format_times (const SlRequestParams *params, gint64 now_ms, GArray *out_times, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_array_append_vals (out_times, params->times, params->n_times);
  g_array_sort (out_times, compare_times);
  for (guint i = 0; i < out_times->len; i++)
    {
      gint64 ms = g_array_index (out_times, gint64, i);
      if (ms <= now_ms)
        {
          (void) bad_input (error, "a proposed time is in the past");
          return NULL;
        }
      if (i > 0 && ms == g_array_index (out_times, gint64, i - 1))
        {
          (void) bad_input (error, "a time is proposed twice");
          return NULL;
        }
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", ms);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Members propose where the service is led by instructors; elsewhere they book themselves, or the desk does. A VIP may
 * anywhere, who is restricted goes to the desk. */
static gboolean
check_requester (const SlBookingCase *of, SlRefusal *refusal)
{
  const char *why = NULL;
  SlBookingMode mode = of->service->mode;
  if (of->actor->role != SL_ROLE_MEMBER)
    return sl_actor_may (of->actor, SL_ACTION_BOOK_FOR_MEMBER, &of->session->location_id, refusal);
  if (!sl_actor_may (of->actor, SL_ACTION_BOOK_SELF, &of->session->location_id, refusal))
    return FALSE;
  if (!sl_id_equal (&of->actor->id, &of->member->id) && !sl_id_equal (&of->actor->id, &sl_actor_device))
    why = "another_member";
  else if (g_strcmp0 (of->member->permission, SL_MEMBER_RESTRICTED) == 0)
    why = "restricted";
  else if (mode != SL_MODE_INSTRUCTOR && mode != SL_MODE_MIXED
           && g_strcmp0 (of->member->permission, SL_MEMBER_VIP) != 0)
    why = "booking_mode";
  if (why == NULL)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_NOT_ALLOWED);
  sl_refusal_set_text (refusal, "why", why);
  return FALSE;
}

/* What is known before anybody has accepted: who asks, for whom, and that the times can be booked already. */
static gboolean
check_new (SlEngine *engine, SlBookingCase *of, GArray *times, SlRefusal *refusal, GError **error)
{
  if (!check_requester (of, refusal))
    return FALSE;
  g_autoptr (SlStaff) staff = sl_staff_get (engine, &of->session->instructor_id, error);
  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    return sl_refuse (refusal, SL_REFUSAL_STAFF_INACTIVE);
  if (!of->service->active)
    return sl_refuse (refusal, SL_REFUSAL_SERVICE_INACTIVE);
  for (guint i = 0; i < times->len; i++)
    {
      of->session->start_ms = g_array_index (times, gint64, i);
      if (!sl_booking_check_window (engine, of, refusal, error))
        return FALSE;
    }
  return sl_booking_check_member (engine, of, refusal, error);
}

static gboolean
load_new (SlEngine *engine, const SlActor *actor, const SlRequestParams *params, SlBookingCase *out, GError **error)
{
  SlId where = sl_id_is_none (&params->location_id) ? engine->location : params->location_id, instructor;
  g_autoptr (SlLocation) location = sl_location_get (engine, &where, error);
  g_autoptr (SlService) service = location != NULL ? sl_slot_service (engine, &params->service_id, error) : NULL;
  if (service == NULL || !sl_slot_offered (service, &where, error)
      || !sl_slot_instructor (service, &params->instructor_id, &instructor, error))
    return FALSE;
  SlSession *planned = g_new0 (SlSession, 1);
  planned->service_id = service->id;
  planned->location_id = where;
  planned->instructor_id = instructor;
  return sl_slot_case (engine, actor, planned, &params->member_id, 1, out, error);
}

static SlFields *
fields_of (const SlBookingCase *of, const char *times)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_REQUEST);
  sl_fields_set_id (fields, "member_id", &of->member->id);
  sl_fields_set_id (fields, "instructor_id", &of->session->instructor_id);
  sl_fields_set_id (fields, "service_id", &of->service->id);
  sl_fields_set_id (fields, "location_id", &of->session->location_id);
  sl_fields_set_text (fields, "times", times);
  sl_fields_set_text (fields, "state", state_names[SL_REQUEST_OPEN]);
  sl_fields_set_int (fields, "made_ms", of->now_ms);
  return fields;
}

/**
 * sl_request_add:
 * @engine: the engine
 * @actor: who asks, for themselves or for the member
 * @params: what; from one to %SL_REQUEST_TIMES_MAX times ahead
 * @out_id: (out): the new request
 * @out_refusal: (out): not_allowed (why), staff_inactive, service_inactive, booking_window_closed, member_blocked,
 * member_erased
 * @error: return location
 *
 * Takes nothing: times and credits are looked at when it is accepted.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT (a class, no instructor, a time that is past)
 */
gboolean
sl_request_add (SlEngine *engine, const SlActor *actor, const SlRequestParams *params, SlId *out_id,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (SlBookingCase) of = { 0 };
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (params->n_times < 1 || params->n_times > SL_REQUEST_TIMES_MAX)
    return bad_input (error, "a request proposes from 1 to 10 times");
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autofree char *text = format_times (params, sl_engine_now_ms (engine), times, error);
  if (text == NULL || !load_new (engine, actor, params, &of, error)
      || !check_new (engine, &of, times, out_refusal, error))
    return sl_booking_decline (engine, actor, "request add", out_refusal, error);
  g_autoptr (SlFields) fields = fields_of (&of, text);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* --- answering --- */

static gboolean
check_open (const SlRequest *request, SlRefusal *refusal)
{
  if (request->state == SL_REQUEST_OPEN)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_REQUEST_CLOSED);
  sl_refusal_set_text (refusal, "state", state_names[request->state]);
  if (request->state == SL_REQUEST_EXPIRED)
    sl_refusal_set_int (refusal, "expired_ms", request->expires_ms);
  return FALSE;
}

/* Instructors answer what is proposed to them, the desk for everybody. */
static gboolean
check_answers (const SlActor *actor, const SlRequest *request, SlRefusal *refusal)
{
  return sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &request->location_id,
                                sl_id_equal (&actor->id, &request->instructor_id), refusal);
}

static gboolean
choose_time (const SlRequest *request, gint64 wanted_ms, gint64 *out_ms, GError **error)
{
  if (wanted_ms == SL_NUMBER_NONE && request->times->len == 1)
    wanted_ms = g_array_index (request->times, gint64, 0);
  for (guint i = 0; i < request->times->len; i++)
    if (g_array_index (request->times, gint64, i) == wanted_ms)
      {
        *out_ms = wanted_ms;
        return TRUE;
      }
  return bad_input (error, wanted_ms == SL_NUMBER_NONE ? "several times are proposed: name one"
                                                       : "that time is not one of those proposed");
}

static gboolean
write_state (SlEngine *engine, const SlActor *actor, const SlId *id, SlRequestState state,
             const SlBookingResult *booked, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_REQUEST);
  sl_fields_set_text (fields, "state", state_names[state]);
  if (booked != NULL)
    {
      sl_fields_set_id (fields, "session_id", &booked->session_id);
      sl_fields_set_id (fields, "booking_id", &booked->booking_id);
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* Session, booking and request, inside the command's transaction. */
static gboolean
accept (SlEngine *engine, const SlActor *actor, const SlId *id, SlSlotRequest *slot, SlBookingResult *out,
        SlRefusal *refusal, GError **error)
{
  g_auto (SlSlotPlan) plan = { 0 };
  gint64 wanted_ms = slot->start_ms;
  g_autoptr (SlRequest) request = sl_request_get (engine, id, error);
  if (request == NULL || !check_answers (actor, request, refusal) || !check_open (request, refusal)
      || !choose_time (request, wanted_ms, &slot->start_ms, error))
    return FALSE;
  slot->member_id = request->member_id;
  slot->service_id = request->service_id;
  slot->instructor_id = request->instructor_id;
  slot->location_id = request->location_id;
  return sl_slot_plan_make (engine, actor, slot, FALSE, &plan, refusal, error)
         && sl_slot_plan_write (engine, actor, slot, &plan, out, refusal, error)
         && write_state (engine, actor, id, SL_REQUEST_ACCEPTED, out, error);
}

/**
 * sl_request_accept:
 * @engine: the engine; may be inside a keyed command of the actor
 * @actor: the instructor, or the desk
 * @id: the request
 * @time_ms: one of the times proposed; %SL_NUMBER_NONE: the only one
 * @room: (nullable): where; %NULL or none: no room is needed
 * @payment_method: (nullable): take the drop-in price by this; %NULL: credits
 * @out: (out caller-allocates): the confirmed booking, when not refused
 * @out_refusal: (out): not_allowed, request_closed (state, expired_ms), and those of sl_slot_book() but
 * outside_availability: whose time it is has just given it. The request stays open
 * @error: return location
 *
 * Session, booking and answer in one transaction.
 *
 * Returns: %TRUE when decided; %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT (not one of the times),
 * %SL_ERROR_BUSY
 */
gboolean
sl_request_accept (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 time_ms, const SlId *room,
                   const char *payment_method, SlBookingResult *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out != NULL && out_refusal != NULL, FALSE);

  SlJoint joint;
  g_auto (SlBookingResult) made = { 0 };
  SlSlotRequest slot = { .room_id = room != NULL ? *room : sl_id_none, .start_ms = time_ms,
                         .payment_method = payment_method };
  if (!sl_joint_begin (&joint, engine, actor, "request accept", error))
    return FALSE;
  if (!accept (engine, actor, id, &slot, &made, out_refusal, error))
    return sl_joint_decline (&joint, out_refusal, error);
  if (!sl_joint_commit (&joint, error))
    return FALSE;
  *out = made;
  made = (SlBookingResult){ 0 };
  return TRUE;
}

/* Who may take back what was asked for a member: whoever may ask it for them. */
static gboolean
check_withdraws (const SlActor *actor, const SlRequest *request, SlRefusal *refusal)
{
  gboolean own = sl_id_equal (&actor->id, &request->member_id) || sl_id_equal (&actor->id, &sl_actor_device);
  if (actor->role != SL_ROLE_MEMBER)
    return sl_actor_may (actor, SL_ACTION_BOOK_FOR_MEMBER, &request->location_id, refusal);
  if (own)
    return sl_actor_may (actor, SL_ACTION_BOOK_SELF, &request->location_id, refusal);
  sl_refuse (refusal, SL_REFUSAL_NOT_ALLOWED);
  sl_refusal_set_text (refusal, "why", "another_member");
  return FALSE;
}

static gboolean
close_request (SlEngine *engine, const SlActor *actor, const SlId *id, SlRequestState state, const char *command,
               SlRefusal *out_refusal, GError **error)
{
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlRequest) request = sl_request_get (engine, id, error);
  if (request == NULL)
    return sl_command_fail (engine);
  gboolean may = state == SL_REQUEST_DECLINED ? check_answers (actor, request, out_refusal)
                                              : check_withdraws (actor, request, out_refusal);
  if (!may || !check_open (request, out_refusal))
    return sl_command_refuse (engine, actor, command, out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_REQUEST);
  sl_fields_set_text (fields, "state", state_names[state]);
  if (!sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_request_decline:
 * @engine: the engine
 * @actor: the instructor, or the desk
 * @id: the request
 * @out_refusal: (out): not_allowed, request_closed (state, expired_ms)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_request_decline (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  return close_request (engine, actor, id, SL_REQUEST_DECLINED, "request decline", out_refusal, error);
}

/**
 * sl_request_withdraw:
 * @engine: the engine
 * @actor: the member, or staff for them
 * @id: the request
 * @out_refusal: (out): not_allowed, request_closed (state, expired_ms)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_request_withdraw (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  return close_request (engine, actor, id, SL_REQUEST_WITHDRAWN, "request withdraw", out_refusal, error);
}
