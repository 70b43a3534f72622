/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-booking-view"

#include "engine/booking-view.h"

#include "engine/attention-private.h"
#include "engine/member-brief.h"

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
  if (claim->type == SL_CLAIM_OFFER)
    add_event (view, "offered", claim->created_ms, &claim->creator);
  if (claim->confirmed)
    add_event (view, "confirmed", claim->confirm_ms, &claim->confirm_replica);
  if (claim->released)
    add_event (view, sl_booking_status_name (sl_booking_status (&released, claim->release_ms)), claim->release_ms,
               &claim->release_replica);
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

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const SlBookingEvent *one = *(const SlBookingEvent *const *) a;
  const SlBookingEvent *other = *(const SlBookingEvent *const *) b;

  return (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms);
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
  view->member_name = sl_member_brief_full_name (&member);
  return TRUE;
}

static SlBookingView *
view_of (SlEngine *engine, const SlClaim *claim, gint64 now_ms, GError **error)
{
  g_autoptr (SlBookingView) view = g_new0 (SlBookingView, 1);

  view->id = claim->booking_id;
  view->session_id = claim->session_id;
  view->member_id = claim->member_id;
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
  view->refunded_hundredths = claim->released ? sl_refund_part (0, claim->credits_hundredths, claim->release_percent)
                                              : 0;
  view->late = claim->late;
  view->override = claim->type == SL_CLAIM_OVERRIDE;
  view->events = g_ptr_array_new_with_free_func (g_free);
  view->attention = g_ptr_array_new ();
  add_claim_events (claim, view);
  if (!read_texts (engine, claim, view, error) || !add_checkin_events (engine, &claim->booking_id, view, error)
      || !sl_attention_of_booking (engine, claim, now_ms, view->attention, error))
    return NULL;
  g_ptr_array_sort (view->events, compare_events);
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
