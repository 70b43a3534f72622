/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-booking-view"

#include "engine/booking-view.h"

#include "engine/attention-private.h"
#include "engine/engine-private.h"
#include "core/datetime.h"
#include "engine/member-brief.h"
#include "engine/waitlist.h"
#include "engine/member.h"

/**
 * sl_booking_view_free:
 * @view: (nullable) (transfer full): to be freed
 */
void
sl_booking_view_free (SlBookingView *view)
{
  if (view == NULL)
    return;
  g_free (view->member_name);
  g_free (view->class_name);
  g_free (view->note);
  g_clear_pointer (&view->guests, g_ptr_array_unref);
  g_clear_pointer (&view->events, g_ptr_array_unref);
  g_clear_pointer (&view->attention, g_ptr_array_unref);
  g_free (view);
}

static void
add_event (SlBookingView *view, const char *kind, gint64 at_ms, const SlId *replica)
{
  SlBookingEvent *event = g_new0 (SlBookingEvent, 1);

  event->kind = kind;
  event->at_ms = at_ms;
  event->replica = *replica;
  g_ptr_array_add (view->events, event);
}

/* What became of the claim itself. One that was booked in one step was never held. */
static void
add_claim_events (const SlClaim *claim, SlBookingView *view)
{
  SlBookingFacts released = { .released = TRUE, .release_why = claim->release_why };

  if (claim->type == SL_CLAIM_HOLD)
    add_event (view, "held", claim->created_ms, &claim->creator);
  if (claim->type == SL_CLAIM_WAITING)
    add_event (view, "waitlisted", claim->created_ms, &claim->creator);
  if (claim->type == SL_CLAIM_OFFER)
    add_event (view, "offered", claim->created_ms, &claim->creator);
  if (claim->confirmed)
    add_event (view, "confirmed", claim->confirm_ms, &claim->confirm_replica);
  if (claim->released)
    add_event (view, sl_booking_status_name (sl_booking_status (&released, claim->release_ms)), claim->release_ms,
               &claim->release_replica);
}

/* What was before the claim that stands now: the place in the queue that an offer has taken on, and what was released
 * before people came after all. */
static gboolean
add_earlier_events (SlEngine *engine, const SlClaim *claim, SlBookingView *view, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT type, created_hlc, creator, confirm_hlc, coalesce (confirm_replica, creator), release_why, release_hlc, "
      "release_replica, coalesce (credits_hundredths, 0) + coalesce (settled_hundredths, 0), "
      "coalesce (release_percent, 0) FROM claim WHERE (id = ?1 OR booking_id = ?1) AND id <> ?2 "
      "AND created_hlc IS NOT NULL ORDER BY created_hlc, creator",
      "dd", &claim->booking_id, &claim->id);

  while (sl_rows_next (rows))
    {
      SlClaim other = { .type = (SlClaimType) sl_rows_int (rows, 0), .confirmed = !sl_rows_is_null (rows, 3),
                        .released = !sl_rows_is_null (rows, 6), .release_why = (guint) sl_rows_int (rows, 5) };

      other.created_ms = sl_hlc_to_ms (sl_rows_int (rows, 1));
      sl_rows_id (rows, 2, &other.creator);
      other.confirm_ms = sl_hlc_to_ms (sl_rows_int (rows, 3));
      sl_rows_id (rows, 4, &other.confirm_replica);
      other.release_ms = sl_hlc_to_ms (sl_rows_int (rows, 6));
      sl_rows_id (rows, 7, &other.release_replica);
      view->spent_hundredths += sl_rows_int (rows, 8);
      view->refunded_hundredths += sl_refund_part (0, sl_rows_int (rows, 8), (int) sl_rows_int (rows, 9));
      if (other.release_why == SL_RELEASE_OFFERED)
        other.released = FALSE; /* the offer itself is told */
      add_claim_events (&other, view);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_checkin_events (SlEngine *engine, const SlId *booking_id, SlBookingView *view, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT at_ms, replica, undone, undo_hlc, undo_replica FROM checkin WHERE booking_id = ? "
      "AND hlc IS NOT NULL ORDER BY hlc, replica",
      "d", booking_id);

  while (sl_rows_next (rows))
    {
      SlId replica;

      sl_rows_id (rows, 1, &replica);
      add_event (view, "checked_in", sl_rows_int (rows, 0), &replica);
      if (sl_rows_int (rows, 2) == 0)
        continue;
      sl_rows_id (rows, 4, &replica);
      add_event (view, "checkin_undone", sl_hlc_to_ms (sl_rows_int (rows, 3)), &replica);
    }
  return sl_rows_finish (rows, error);
}

/* What happened at one moment stays in the order in which it was added. */
static void
sort_events (GPtrArray *events)
{
  for (guint i = 1; i < events->len; i++)
    for (guint j = i; j > 0; j--)
      {
        SlBookingEvent *later = events->pdata[j], *earlier = events->pdata[j - 1];

        if (earlier->at_ms <= later->at_ms)
          break;
        events->pdata[j - 1] = later;
        events->pdata[j] = earlier;
      }
}

/* The sealed parts of the row, and the name of the class. */
static gboolean
read_texts (SlEngine *engine, const SlClaim *claim, SlBookingView *view, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT c.guests, c.note, v.name FROM claim c LEFT JOIN session s ON s.id = c.session_id "
      "LEFT JOIN service v ON v.id = s.service_id WHERE c.id = ?",
      "d", &claim->id);

  if (sl_rows_next (rows))
    {
      gsize length;
      const void *sealed = sl_rows_blob (rows, 0, &length);

      view->guests = sealed != NULL ? sl_oplog_unseal_guests (engine->log, &claim->member_id, sealed, length) : NULL;
      sealed = sl_rows_blob (rows, 1, &length);
      view->note = sealed != NULL ? sl_oplog_unseal_note (engine->log, &claim->member_id, sealed, length) : NULL;
      view->class_name = sl_rows_dup_text (rows, 2);
    }
  if (!sl_rows_finish (rows, error) || !sl_member_brief_load (engine, &claim->member_id, &member, error))
    return FALSE;
  view->member_id = member.id;
  view->member_name = sl_member_brief_full_name (&member);
  return TRUE;
}

static SlBookingView *
view_of (SlEngine *engine, const SlClaim *claim, gint64 now_ms, GError **error)
{
  g_autoptr (SlBookingView) view = g_new0 (SlBookingView, 1);

  view->id = claim->booking_id;
  view->session_id = claim->session_id;
  view->start_ms = claim->start_ms;
  view->end_ms = claim->end_ms;
  view->status = claim->status;
  view->spots = __builtin_popcount (claim->spot_bits);
  view->channel = claim->channel;
  view->made_by = claim->made_by;
  view->created_ms = claim->created_ms;
  view->expires_ms = claim->status == SL_BOOKING_HELD || claim->status == SL_BOOKING_OFFERED ? claim->held_until_ms : 0;
  view->price_cents = claim->price_cents;
  view->spent_hundredths = claim->credits_hundredths;
  view->owed_hundredths = claim->owed_hundredths;
  view->refunded_hundredths = claim->released ? sl_refund_part (0, claim->credits_hundredths, claim->release_percent)
                                              : 0;
  view->late = claim->late;
  view->override = claim->type == SL_CLAIM_OVERRIDE;
  view->events = g_ptr_array_new_with_free_func (g_free);
  view->attention = g_ptr_array_new ();
  if (claim->status == SL_BOOKING_WAITLISTED
      && !sl_waitlist_position (engine, &claim->session_id, &claim->booking_id, &view->position, error))
    return NULL;
  if (!add_earlier_events (engine, claim, view, error))
    return NULL;
  add_claim_events (claim, view);
  if (!read_texts (engine, claim, view, error)
      || !add_checkin_events (engine, &claim->booking_id, view, error)
      || !sl_attention_of_booking (engine, claim, now_ms, view->attention, error))
    return NULL;
  sort_events (view->events);
  return g_steal_pointer (&view);
}

/**
 * sl_booking_show:
 * @booking_id: a booking, or a hold
 * @error: %SL_ERROR_NOT_FOUND: no such booking; or storage
 *
 * One booking with all that happened to it, judged by the clock of the moment. Takes no lock. Engine thread only.
 *
 * Returns: (transfer full): %NULL with @error
 */
SlBookingView *
sl_booking_show (SlEngine *engine, const SlId *booking_id, GError **error)
{
  gint64 now_ms;
  SlClaim claim;

  g_return_val_if_fail (engine != NULL && booking_id != NULL, NULL);

  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error))
    return NULL;
  return view_of (engine, &claim, now_ms, error);
}

/* Instructors see the bookings of their own sessions, and those of their own members. */
static gboolean
may_see (SlEngine *engine, const SlActor *actor, const SlClaim *claim, SlRefusal *refusal, GError **error)
{
  if (actor->role == SL_ROLE_INSTRUCTOR && sl_id_equal (&actor->id, &claim->instructor_id))
    return sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &claim->location_id, TRUE, refusal);
  return sl_member_may_view (engine, actor, &claim->member_id, &claim->location_id, refusal, error);
}

/**
 * sl_booking_show_to:
 * @actor: who wants to know: members of their own, instructors of their own sessions and members
 * @booking_id: a booking, or a hold
 * @out_view: (out) (transfer full): as sl_booking_show(); %NULL when refused
 * @out_refusal: (out): not_allowed
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: %FALSE with @error: %SL_ERROR_NOT_FOUND: no such booking; or storage
 */
gboolean
sl_booking_show_to (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlBookingView **out_view,
                    SlRefusal *out_refusal, GError **error)
{
  gint64 now_ms;
  SlClaim claim;

  g_return_val_if_fail (
      engine != NULL && actor != NULL && booking_id != NULL && out_view != NULL && out_refusal != NULL, FALSE);

  *out_view = NULL;
  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error))
    return FALSE;
  if (!may_see (engine, actor, &claim, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE && sl_query_refuse (engine, actor, "booking show", out_refusal);
  *out_view = view_of (engine, &claim, now_ms, error);
  return *out_view != NULL;
}

/**
 * sl_booking_list_of_member:
 * @member_id: whose
 * @limit: at most so many
 *
 * A member's bookings in whatever state, those of the latest sessions first. Takes no lock. Engine thread only.
 *
 * Returns: (transfer full) (element-type SlBookingView): %NULL with @error when storage failed
 */
GPtrArray *
sl_booking_list_of_member (SlEngine *engine, const SlId *member_id, guint limit, GError **error)
{
  g_autoptr (GPtrArray) views = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_booking_view_free);
  g_autoptr (GArray) claims = NULL;
  gint64 now_ms;

  g_return_val_if_fail (engine != NULL && member_id != NULL, NULL);

  now_ms = sl_engine_now_ms (engine);
  claims = sl_claims_of_member_latest (engine, member_id, limit, now_ms, error);
  if (claims == NULL)
    return NULL;
  for (guint i = 0; i < claims->len; i++)
    {
      SlBookingView *view = view_of (engine, &g_array_index (claims, SlClaim, i), now_ms, error);

      if (view == NULL)
        return NULL;
      g_ptr_array_add (views, view);
    }
  return g_steal_pointer (&views);
}
