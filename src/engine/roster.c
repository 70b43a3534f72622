/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roster"

#include "engine/roster.h"

#include <string.h>

#include "core/text.h"
#include "engine/claim-queries.h"
#include "engine/member-brief.h"
#include "engine/parq.h"
#include "engine/schedule.h"

#define UNKNOWN_FLAGS (1u << SL_CHECKIN_FLAG_UNKNOWN_MEMBER | 1u << SL_CHECKIN_FLAG_UNKNOWN_BOOKING)

/**
 * sl_roster_item_free:
 * @item: (nullable) (transfer full): to be freed
 */
void
sl_roster_item_free (SlRosterItem *item)
{
  if (item == NULL)
    return;
  g_free (item->member_name);
  g_clear_pointer (&item->guests, g_ptr_array_unref);
  g_free (item);
}

static gboolean
read_name (SlEngine *engine, SlRosterItem *item, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };

  if (sl_id_is_none (&item->member_id))
    return TRUE;
  if (!sl_member_brief_load (engine, &item->member_id, &member, error))
    return FALSE;
  item->member_id = member.id;
  item->member_name = sl_member_brief_full_name (&member);
  return TRUE;
}

static gboolean
read_guests (SlEngine *engine, const SlClaim *claim, SlRosterItem *item, GError **error)
{
  g_autoptr (SlRows) rows = NULL;
  const void *sealed;
  gsize length;

  if (claim->spots < 2)
    return TRUE;
  rows = sl_store_query (engine->store, "SELECT guests FROM claim WHERE id = ?", "d", &claim->id);
  if (sl_rows_next (rows) && (sealed = sl_rows_blob (rows, 0, &length)) != NULL)
    item->guests = sl_oplog_unseal_guests (engine->log, &claim->member_id, sealed, length);
  return sl_rows_finish (rows, error);
}

/* Only of a class that asks for them, and of those who may still come in. */
static gboolean
read_parq (SlEngine *engine, const SlClaim *claim, SlRosterItem *item, GError **error)
{
  g_autoptr (SlMember) member = NULL;
  g_autoptr (GError) failure = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  gint64 asked;

  if (!sl_booking_status_is_live (claim->status) || sl_id_is_none (&item->member_id) || !claim->session_known)
    return TRUE;
  if (!sl_store_query_int (engine->store, 0, &asked, error, "SELECT parq FROM service WHERE id = ?", "d",
                           &claim->service_id))
    return FALSE;
  if (asked == 0)
    return TRUE;
  member = sl_member_find (engine, &item->member_id, &failure);
  item->needs_parq = member != NULL
                     && !sl_parq_check (engine, member, &claim->service_id, &claim->location_id,
                                        sl_engine_now_ms (engine), &refusal, &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static SlRosterItem *
item_of (SlEngine *engine, const SlClaim *claim, GError **error)
{
  SlRosterItem *item = g_new0 (SlRosterItem, 1);

  item->booking_id = claim->booking_id;
  item->member_id = claim->member_id;
  item->status = claim->status;
  item->late = claim->late;
  item->override = claim->type == SL_CLAIM_OVERRIDE;
  item->spots = __builtin_popcount (claim->spot_bits);
  item->spots_in = __builtin_popcount (claim->bits_in);
  item->checked_in_ms = claim->first_in_ms;
  item->owed_hundredths = claim->owed_hundredths;
  item->unknown = (claim->flags & UNKNOWN_FLAGS) != 0;
  item->expires_ms = claim->status == SL_BOOKING_HELD || claim->status == SL_BOOKING_OFFERED ? claim->held_until_ms : 0;
  if (read_name (engine, item, error) && read_guests (engine, claim, item, error)
      && read_parq (engine, claim, item, error))
    return item;
  sl_roster_item_free (item);
  return NULL;
}

static gboolean
is_expected (SlBookingStatus status)
{
  return sl_booking_status_is_live (status) || status == SL_BOOKING_NO_SHOW;
}

/* Of several claims of one booking only the standing one is a row; there may be two after a rebooking. */
static gboolean
add_bookings (SlEngine *engine, const SlId *session_id, gboolean with_gone, gint64 now_ms, GPtrArray *items,
              GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_session (engine, session_id, now_ms, error);

  if (claims == NULL)
    return FALSE;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);
      SlRosterItem *item;

      if (!with_gone && !is_expected (claim->status))
        continue;
      item = item_of (engine, claim, error);
      if (item == NULL)
        return FALSE;
      g_ptr_array_add (items, item);
    }
  return TRUE;
}

/* People in without a booking that we have heard of. */
static gboolean
add_strangers (SlEngine *engine, const SlSession *session, gint64 now_ms, GPtrArray *items, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT k.booking_id, k.member_id, k.at_ms, k.late FROM checkin k WHERE k.session_id = ? AND k.undone = 0 "
      "AND k.hlc IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.id = k.booking_id AND c.created_hlc IS NOT NULL) "
      "ORDER BY k.hlc, k.replica",
      "d", &session->id);
  guint first = items->len;

  while (sl_rows_next (rows))
    {
      SlRosterItem *item = g_new0 (SlRosterItem, 1);

      sl_rows_id (rows, 0, &item->booking_id);
      sl_rows_id (rows, 1, &item->member_id);
      item->checked_in_ms = sl_rows_int (rows, 2);
      item->late = sl_rows_int (rows, 3) != 0;
      item->status = now_ms >= session->end_ms ? SL_BOOKING_COMPLETED : SL_BOOKING_CHECKED_IN;
      item->spots = item->spots_in = 1;
      item->unknown = TRUE;
      g_ptr_array_add (items, item);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = first; i < items->len; i++)
    if (!read_name (engine, items->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* By name, as a person looks for one, whatever the process's language; nameless ones last, otherwise as they came. */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  const SlRosterItem *one = *(const SlRosterItem *const *) a;
  const SlRosterItem *other = *(const SlRosterItem *const *) b;
  g_autofree char *one_folded = NULL, *other_folded = NULL;

  if (one->member_name == NULL || other->member_name == NULL)
    return (one->member_name == NULL) - (other->member_name == NULL);
  one_folded = sl_text_fold (one->member_name);
  other_folded = sl_text_fold (other->member_name);
  return strcmp (one_folded, other_folded);
}

/**
 * sl_roster_list:
 * @actor: who asks: the desk for any session, an instructor for their own
 * @session_id: which session
 * @with_gone: also bookings that were cancelled or have expired
 * @out_items: (out) (transfer full) (element-type SlRosterItem): by name; %NULL when refused
 * @out_refusal: (out caller-allocates): not_allowed
 *
 * Who is expected, who is in, who did not come, by the clock of the moment; people in without a booking too. Takes no
 * lock. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage)
 */
gboolean
sl_roster_list (SlEngine *engine, const SlActor *actor, const SlId *session_id, gboolean with_gone,
                GPtrArray **out_items, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_roster_item_free);
  g_autoptr (SlSession) session = NULL;
  gint64 now_ms;

  g_return_val_if_fail (
      engine != NULL && actor != NULL && session_id != NULL && out_items != NULL && out_refusal != NULL, FALSE);

  *out_items = NULL;
  session = sl_session_get (engine, session_id, error);
  if (session == NULL)
    return FALSE;
  if (!sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &session->location_id,
                              sl_id_equal (&session->instructor_id, &actor->id), out_refusal))
    return TRUE;
  now_ms = sl_engine_now_ms (engine);
  if (!add_bookings (engine, session_id, with_gone, now_ms, items, error)
      || !add_strangers (engine, session, now_ms, items, error))
    return FALSE;
  g_ptr_array_sort (items, compare_names);
  *out_items = g_steal_pointer (&items);
  return TRUE;
}
