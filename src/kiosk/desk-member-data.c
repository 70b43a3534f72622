/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-data"

#include "desk-member-data.h"

#include "core/datetime.h"
#include "engine/cancel.h"

static void
data_clear (gpointer data)
{
  SlDeskMemberData *self = data;

  g_clear_pointer (&self->member, sl_member_free);
  g_clear_pointer (&self->bookings, g_ptr_array_unref);
  g_clear_pointer (&self->credits, sl_credits_free);
  g_clear_pointer (&self->payments, g_ptr_array_unref);
  g_clear_pointer (&self->memberships, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->parq, sl_parq_free);
  g_clear_pointer (&self->programs, g_ptr_array_unref);
}

/**
 * sl_desk_member_data_ref:
 * @self: what was read of a member
 *
 * Returns: (transfer full): the same
 */
SlDeskMemberData *
sl_desk_member_data_ref (SlDeskMemberData *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * sl_desk_member_data_unref:
 * @self: (nullable) (transfer full): what was read of a member
 */
void
sl_desk_member_data_unref (SlDeskMemberData *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, data_clear);
}

static void
data_free (gpointer data)
{
  sl_desk_member_data_unref (data);
}

/* --- on the engine's thread --- */

static void
load_scopes (const SlActor *actor, SlDeskMemberData *data)
{
  data->may_edit = sl_actor_scope (actor, SL_ACTION_EDIT_MEMBER) == SL_SCOPE_ALL;
  data->may_finance = sl_actor_scope (actor, SL_ACTION_EDIT_MEMBER_FINANCE) == SL_SCOPE_ALL;
  data->may_check_in = sl_actor_scope (actor, SL_ACTION_CHECK_IN) == SL_SCOPE_ALL;
  data->may_book = sl_actor_scope (actor, SL_ACTION_BOOK_FOR_MEMBER) == SL_SCOPE_ALL;
  data->may_cancel = sl_actor_scope (actor, SL_ACTION_CANCEL_ANY) != SL_SCOPE_NONE;
  data->may_sell = sl_actor_scope (actor, SL_ACTION_TAKE_PAYMENT) == SL_SCOPE_ALL;
  data->may_refund = sl_actor_scope (actor, SL_ACTION_REFUND_MONEY) == SL_SCOPE_ALL;
  data->may_waive = sl_actor_scope (actor, SL_ACTION_WAIVE_FEE) != SL_SCOPE_NONE;
  data->may_note = sl_actor_scope (actor, SL_ACTION_WRITE_NOTES) != SL_SCOPE_NONE;
  data->may_tell = sl_actor_scope (actor, SL_ACTION_SEND_NOTIFICATIONS) == SL_SCOPE_ALL;
  data->may_train = sl_actor_scope (actor, SL_ACTION_WRITE_PROGRAMS) != SL_SCOPE_NONE;
}

/**
 * sl_desk_read_staff_name:
 * @engine: the engine
 * @staff: who did something
 * @out: (out) (transfer full) (nullable): their name; %NULL: nobody who is known here
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_desk_read_staff_name (SlEngine *engine, const SlId *staff, char **out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlStaff) found = sl_staff_get (engine, staff, &failure);

  *out = found != NULL ? g_steal_pointer (&found->name) : NULL;
  if (found == NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

static gboolean
load_name (SlEngine *engine, const SlId *staff, SlDeskMemberData *data, GError **error)
{
  char *name;

  if (g_hash_table_contains (data->names, staff))
    return TRUE;
  if (!sl_desk_read_staff_name (engine, staff, &name, error))
    return FALSE;
  if (name != NULL)
    g_hash_table_insert (data->names, sl_id_copy (staff), name);
  return TRUE;
}

/* Who wrote the notes and the progress, by name. */
static gboolean
load_names (SlEngine *engine, SlDeskMemberData *data, GError **error)
{
  data->names = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  for (guint i = 0; data->notes != NULL && i < data->notes->len; i++)
    if (!load_name (engine, &((const SlNote *) data->notes->pdata[i])->actor, data, error))
      return FALSE;
  for (guint i = 0; data->programs != NULL && i < data->programs->len; i++)
    {
      const SlProgram *program = data->programs->pdata[i];

      for (guint p = 0; program->progress != NULL && p < MIN (program->progress->len, SL_DESK_ENTRIES_MAX); p++)
        if (!load_name (engine, &((const SlProgress *) program->progress->pdata[p])->actor, data, error))
          return FALSE;
    }
  return TRUE;
}

/* The list has none. */
static gboolean
load_progress (SlEngine *engine, const SlActor *actor, SlDeskMemberData *data, GError **error)
{
  for (guint i = 0; data->programs != NULL && i < data->programs->len; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      SlProgram *listed = data->programs->pdata[i], *whole;

      if (!sl_program_show (engine, actor, &listed->id, &whole, &refusal, error))
        return FALSE;
      if (whole == NULL)
        continue; /* who may list it may see it */
      data->programs->pdata[i] = whole;
      sl_program_free (listed);
    }
  return TRUE;
}

/* Of what the member has, as much as the actor may see: a refusal of a part is no refusal of the page. */
static gboolean
load_parts (SlEngine *engine, const SlActor *actor, const SlId *id, SlDeskMemberData *data, GError **error)
{
  g_auto (SlRefusal) credits = { 0 }, payments = { 0 }, memberships = { 0 }, notes = { 0 }, parq = { 0 };
  g_auto (SlRefusal) programs = { 0 };

  return sl_credits_show (engine, actor, id, &data->credits, &credits, error)
         && sl_payment_list (engine, actor, id, &data->payments, &payments, error)
         && sl_membership_show (engine, actor, id, &data->memberships, &memberships, error)
         && sl_note_list (engine, actor, id, NULL, &data->notes, &notes, error)
         && sl_parq_show (engine, actor, id, &data->parq, &parq, error)
         && sl_program_list (engine, actor, id, TRUE, &data->programs, &programs, error)
         && load_progress (engine, actor, data, error) && load_names (engine, data, error);
}

static gboolean
load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const SlId *id = request;
  SlDeskMemberData *data = g_atomic_rc_box_new0 (SlDeskMemberData);
  gboolean done = sl_member_show (engine, actor, id, &data->member, out_refusal, error);

  if (done && data->member != NULL)
    {
      load_scopes (actor, data);
      sl_engine_get_location (engine, &data->location);
      data->bookings = sl_booking_list_of_member (engine, &data->member->id, SL_DESK_BOOKINGS_MAX, error);
      done = data->bookings != NULL && load_parts (engine, actor, &data->member->id, data, error);
    }
  if (!done || data->member == NULL)
    data_free (data);
  else
    *out_result = data;
  return done;
}

/* --- on the desk's thread --- */

/**
 * sl_desk_member_load:
 * @desk: reception
 * @owner: whoever wants to know
 * @member: whose
 * @done: its result: a #SlDeskMemberData
 *
 * Reads what the page of a member shows.
 */
void
sl_desk_member_load (SlDesk *desk, GObject *owner, const SlId *member, SlDeskDone done)
{
  g_return_if_fail (SL_IS_DESK (desk) && member != NULL);
  sl_desk_run (desk, owner, &(SlDeskJob) { .work = load, .request = sl_id_copy (member), .free_request = g_free,
               .free_result = data_free, .done = done });
}

/**
 * sl_desk_booking_is_ahead:
 * @booking: a booking
 * @now_ms: the moment
 *
 * Returns: whether the member is still expected, or waits
 */
gboolean
sl_desk_booking_is_ahead (const SlBookingView *booking, gint64 now_ms)
{
  return booking->end_ms > now_ms
         && (booking->status == SL_BOOKING_CONFIRMED || booking->status == SL_BOOKING_HELD
             || booking->status == SL_BOOKING_WAITLISTED || booking->status == SL_BOOKING_OFFERED);
}

/* --- giving one up --- */

typedef struct {
  SlId booking;
  gboolean with_sessions;
} GivingUpRequest;

static void
free_session_free (gpointer data)
{
  SlDeskFreeSession *free_session = data;

  sl_session_free (free_session->session);
  g_free (free_session);
}

static void
giving_up_free (gpointer data)
{
  SlDeskGivingUp *self = data;

  g_clear_pointer (&self->booking, sl_booking_view_free);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_free (self);
}

static gboolean
add_sessions (SlEngine *engine, const SlSession *from, gint64 now_ms, gboolean same_class, SlDeskGivingUp *self,
              GError **error)
{
  g_autoptr (GPtrArray) sessions = sl_session_list (engine, &from->location_id, now_ms,
                                                    now_ms + SL_DESK_MOVE_DAYS * SL_DAY_MS, error);

  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len && self->sessions->len < SL_DESK_MOVE_MAX; i++)
    {
      SlSession *session = g_ptr_array_index (sessions, i);
      gboolean same = sl_id_equal (&session->service_id, &from->service_id);
      SlSessionCounts counts;
      SlDeskFreeSession *free_session;

      if (session->state != SL_SESSION_PUBLISHED || same != same_class || sl_id_equal (&session->id, &from->id))
        continue;
      if (!sl_session_counts (engine, &session->id, &counts, error))
        return FALSE;
      if (counts.free < self->booking->spots)
        continue;
      free_session = g_new0 (SlDeskFreeSession, 1);
      free_session->session = sl_session_get (engine, &session->id, error);
      free_session->free = counts.free;
      if (free_session->session == NULL)
        {
          g_free (free_session);
          return FALSE;
        }
      g_ptr_array_add (self->sessions, free_session);
    }
  return TRUE;
}

static gboolean
load_giving_up (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
                GError **error)
{
  const GivingUpRequest *asked = request;
  SlDeskGivingUp *self = g_new0 (SlDeskGivingUp, 1);
  g_autoptr (SlSession) session = NULL;
  gint64 now_ms = sl_engine_now_ms (engine);
  gboolean done = sl_booking_show_to (engine, actor, &asked->booking, &self->booking, out_refusal, error);

  self->sessions = g_ptr_array_new_with_free_func (free_session_free);
  if (done && self->booking != NULL)
    {
      session = sl_session_get (engine, &self->booking->session_id, error);
      self->percent = session == NULL ? -1
        : sl_cancel_percent (engine, &session->location_id, &session->service_id, session->start_ms, now_ms, error);
      done = self->percent >= 0
             && (!asked->with_sessions
                 || (add_sessions (engine, session, now_ms, TRUE, self, error)
                     && add_sessions (engine, session, now_ms, FALSE, self, error)));
    }
  if (!done || self->booking == NULL)
    giving_up_free (self);
  else
    *out_result = self;
  return done;
}

/**
 * sl_desk_giving_up_load:
 * @desk: reception
 * @owner: whoever wants to know
 * @booking: what may be given up
 * @with_sessions: also where there is room instead
 * @done: its result: a #SlDeskGivingUp
 */
void
sl_desk_giving_up_load (SlDesk *desk, GObject *owner, const SlId *booking, gboolean with_sessions, SlDeskDone done)
{
  GivingUpRequest *request = g_new0 (GivingUpRequest, 1);

  *request = (GivingUpRequest) { *booking, with_sessions };
  sl_desk_run (desk, owner, &(SlDeskJob) { .work = load_giving_up, .request = request, .free_request = g_free,
               .free_result = giving_up_free, .done = done });
}
