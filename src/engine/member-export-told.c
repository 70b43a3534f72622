/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-export"

#include "engine/member-export-private.h"

#include "core/datetime.h"
#include "engine/booking-view.h"
#include "engine/credits.h"
#include "engine/membership.h"
#include "engine/notification.h"
#include "engine/staff.h"
#include "oplog/history.h"

/* What follows from the rows, as people are told it everywhere else. */

static void
add_booking (GPtrArray *item, const SlBookingView *view)
{
  sl_export_add_id_fact (item, "id", &view->id);
  sl_export_add_id_fact (item, "session", &view->session_id);
  sl_export_add_text_fact (item, "class", view->class_name);
  sl_export_add_time_fact (item, "start", view->start_ms);
  sl_export_add_time_fact (item, "end", view->end_ms);
  sl_export_add_text_fact (item, "status", sl_booking_status_name (view->status));
  sl_export_add_number_fact (item, "spots", SL_FACT_COUNT, view->spots);
  sl_export_add_time_fact (item, "made", view->created_ms);
  sl_export_add_number_fact (item, "price", SL_FACT_CENTS,
                             view->price_cents >= 0 ? view->price_cents : SL_NUMBER_NONE);
  sl_export_add_number_fact (item, "credits_spent", SL_FACT_CREDITS, view->spent_hundredths);
  sl_export_add_number_fact (item, "credits_returned", SL_FACT_CREDITS, view->refunded_hundredths);
  sl_export_add_text_fact (item, "note", view->note);
  GPtrArray *guests = sl_export_add_items_fact (item, "guests");
  for (guint i = 0; view->guests != NULL && i < view->guests->len; i++)
    {
      GPtrArray *guest = sl_export_new_item ();
      sl_export_add_text_fact (guest, "name", view->guests->pdata[i]);
      g_ptr_array_add (guests, guest);
    }
  GPtrArray *events = sl_export_add_items_fact (item, "events");
  for (guint i = 0; i < view->events->len; i++)
    {
      const SlBookingEvent *event = view->events->pdata[i];
      GPtrArray *told = sl_export_new_item ();
      sl_export_add_text_fact (told, "kind", event->kind);
      sl_export_add_time_fact (told, "at", event->at_ms);
      sl_export_add_id_fact (told, "replica", &event->replica);
      g_ptr_array_add (events, told);
    }
}

/* sl_member_export_bookings: those in a queue too, the latest session first. */
gboolean
sl_member_export_bookings (SlMemberExporting *self, GError **error)
{
  g_autoptr (GPtrArray) views = sl_booking_list_of_member (self->engine, &self->data->member_id, G_MAXINT32, error);
  if (views == NULL)
    return FALSE;
  SlExportPart *part = sl_export_add_part (self->data, "bookings");
  for (guint i = 0; i < views->len; i++)
    add_booking (sl_export_add_item (part), views->pdata[i]);
  return TRUE;
}

/* sl_member_export_credits: the balance, and the ledger that it is the sum of. */
gboolean
sl_member_export_credits (SlMemberExporting *self, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlCredits) credits = NULL;
  if (!sl_credits_show (self->engine, &self->whole, &self->data->member_id, &credits, &refusal, error))
    return FALSE;
  g_return_val_if_fail (credits != NULL, FALSE);
  SlExportPart *part = sl_export_add_part (self->data, "credits");
  GPtrArray *item = sl_export_add_item (part);
  part->is_one = TRUE;
  sl_export_add_number_fact (item, "balance", SL_FACT_CREDITS, credits->balance_hundredths);
  GPtrArray *entries = sl_export_add_items_fact (item, "entries");
  for (guint i = 0; i < credits->entries->len; i++)
    {
      const SlCreditEntry *entry = credits->entries->pdata[i];
      GPtrArray *told = sl_export_new_item ();
      sl_export_add_text_fact (told, "kind", sl_entry_kind_name (entry->kind));
      sl_export_add_number_fact (told, "amount", SL_FACT_CREDITS, entry->amount_hundredths);
      sl_export_add_time_fact (told, "at", entry->at_ms);
      sl_export_add_id_fact (told, "lot", &entry->lot_id);
      sl_export_add_id_fact (told, "booking", &entry->booking_id);
      sl_export_add_text_fact (told, "reason", entry->reason);
      g_ptr_array_add (entries, told);
    }
  return TRUE;
}

/* sl_member_export_memberships: as they stand now. */
gboolean
sl_member_export_memberships (SlMemberExporting *self, GError **error)
{
  g_autoptr (GPtrArray) list =
      sl_membership_list (self->engine, &self->data->member_id, self->data->made_ms, error);
  if (list == NULL)
    return FALSE;
  SlExportPart *part = sl_export_add_part (self->data, "memberships");
  for (guint i = 0; i < list->len; i++)
    {
      const SlMembership *membership = list->pdata[i];
      GPtrArray *item = sl_export_add_item (part);
      sl_export_add_id_fact (item, "id", &membership->id);
      sl_export_add_id_fact (item, "plan", &membership->plan_id);
      sl_export_add_text_fact (item, "plan_name", membership->plan_name);
      sl_export_add_text_fact (item, "status", sl_membership_status_name (membership->status));
      sl_export_add_time_fact (item, "from", membership->from_ms);
      sl_export_add_time_fact (item, "until", membership->until_ms);
      sl_export_add_time_fact (item, "frozen_from", membership->frozen_from_ms);
      sl_export_add_time_fact (item, "frozen_until", membership->frozen_until_ms);
      sl_export_add_time_fact (item, "due", membership->paid_until_ms);
    }
  return TRUE;
}

/* Since when there is anything to tell them. */
static gint64
first_ms (const SlMemberExport *data)
{
  const SlExportPart *profile = sl_member_export_part (data, "profile");
  const SlFact *since = sl_export_fact (profile->items->pdata[0], "since");
  return since->is_none ? data->made_ms : MIN (since->number, data->made_ms);
}

/* sl_member_export_notifications: what has fallen due since they came, in steps that the queue allows. */
gboolean
sl_member_export_notifications (SlMemberExporting *self, GError **error)
{
  const gint64 step_ms = SL_NOTIFICATIONS_DAYS_MAX * SL_DAY_MS;
  gint64 end_ms = self->data->made_ms;
  SlExportPart *part = sl_export_add_part (self->data, "notifications");
  for (gint64 from_ms = first_ms (self->data); from_ms < end_ms; from_ms += step_ms)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GPtrArray) list = NULL;
      if (!sl_notifications_list (self->engine, &self->whole, from_ms, MIN (from_ms + step_ms, end_ms),
                                  &self->data->member_id, &list, &refusal, error))
        return FALSE;
      for (guint i = 0; list != NULL && i < list->len; i++)
        {
          const SlNotification *told = list->pdata[i];
          GPtrArray *item = sl_export_add_item (part);
          sl_export_add_text_fact (item, "kind", sl_notification_kind_name (told->kind));
          sl_export_add_time_fact (item, "due", told->due_ms);
          sl_export_add_text_fact (item, "channel", told->channel);
          sl_export_add_number_fact (item, "marketing", SL_FACT_YES_NO, told->marketing);
          sl_export_add_id_fact (item, "subject", &told->subject_id);
        }
    }
  return TRUE;
}

/* Staff by their name; the studio's own words for the rest. */
static gboolean
add_actor (SlMemberExporting *self, GPtrArray *item, const SlId *actor, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, "SELECT name FROM staff WHERE id = ?", "d", actor);
  const char *name = sl_rows_next (rows) ? sl_rows_text (rows, 0) : NULL;
  sl_export_add_text_fact (item, "by",
                           name != NULL                                         ? name
                           : sl_id_equal (actor, &sl_actor_owner)               ? "owner"
                           : sl_id_equal (actor, &sl_actor_device)              ? "device"
                           : g_hash_table_contains (self->about, actor)         ? "member"
                                                                                : NULL);
  return sl_rows_finish (rows, error);
}

static gboolean
add_change (SlMemberExporting *self, GPtrArray *item, const SlHistoryEntry *entry, GError **error)
{
  sl_export_add_time_fact (item, "at", entry->at_ms);
  sl_export_add_text_fact (item, "kind", entry->kind);
  sl_export_add_id_fact (item, "about", &entry->entity);
  if (!add_actor (self, item, &entry->actor, error))
    return FALSE;
  sl_export_add_id_fact (item, "approver", &entry->approver);
  sl_export_add_id_fact (item, "replica", &entry->replica);
  sl_export_add_number_fact (item, "seq", SL_FACT_COUNT, (gint64) entry->seq);
  GPtrArray *values = sl_export_add_items_fact (item, "values");
  for (guint i = 0; i < entry->values->len; i++)
    {
      const SlHistoryValue *value = entry->values->pdata[i];
      if (g_str_equal (value->name, "pin_hash"))
        continue; /* a secret, and nothing about them */
      GPtrArray *told = sl_export_new_item ();
      sl_export_add_text_fact (told, "field", value->name);
      sl_export_add_text_fact (told, "value", value->value);
      g_ptr_array_add (values, told);
    }
  return TRUE;
}

/* sl_member_export_changes: from the log: what was done to them, by them, and to whatever is theirs; behind the rows,
 * which say what that is. */
gboolean
sl_member_export_changes (SlMemberExporting *self, GError **error)
{
  gboolean whole;
  g_autoptr (GPtrArray) entries =
      sl_oplog_history (self->engine->log, self->about, self->records, &whole, error);
  if (entries == NULL)
    return FALSE;
  SlExportPart *scope = sl_export_add_part (self->data, "changes_told");
  scope->is_one = TRUE;
  sl_export_add_number_fact (sl_export_add_item (scope), "whole_log", SL_FACT_YES_NO, whole);
  SlExportPart *part = sl_export_add_part (self->data, "changes");
  for (guint i = 0; i < entries->len; i++)
    if (!add_change (self, sl_export_add_item (part), entries->pdata[i], error))
      return FALSE;
  return TRUE;
}
