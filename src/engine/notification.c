/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification"

#include "engine/notification-private.h"

#include <string.h>

#include "core/crypto.h"
#include "core/datetime.h"
#include "engine/claim-queries.h"
#include "engine/member-merge.h"
#include "engine/policy.h"

/* marketing: only for those who agreed to it. */
static const struct {
  const char *name;
  gboolean marketing;
} kinds[] = {
  [SL_NOTIFICATION_BOOKING_CONFIRMED] = { "booking_confirmed", FALSE },
  [SL_NOTIFICATION_BOOKING_CANCELLED] = { "booking_cancelled", FALSE },
  [SL_NOTIFICATION_REMINDER_24H] = { "reminder_24h", FALSE },
  [SL_NOTIFICATION_REMINDER_1H] = { "reminder_1h", FALSE },
  [SL_NOTIFICATION_WAITLIST_JOINED] = { "waitlist_joined", FALSE },
  [SL_NOTIFICATION_SPOT_OFFERED] = { "spot_offered", FALSE },
  [SL_NOTIFICATION_OFFER_LAPSED] = { "offer_lapsed", FALSE },
  [SL_NOTIFICATION_SESSION_CHANGED] = { "session_changed", FALSE },
  [SL_NOTIFICATION_SESSION_CANCELLED] = { "session_cancelled", FALSE },
  [SL_NOTIFICATION_REQUEST_MADE] = { "request_made", FALSE },
  [SL_NOTIFICATION_REQUEST_ACCEPTED] = { "request_accepted", FALSE },
  [SL_NOTIFICATION_REQUEST_DECLINED] = { "request_declined", FALSE },
  [SL_NOTIFICATION_CHECKIN_RECEIPT] = { "checkin_receipt", FALSE },
  [SL_NOTIFICATION_NO_SHOW] = { "no_show", FALSE },
  [SL_NOTIFICATION_CREDITS_EXPIRING] = { "credits_expiring", FALSE },
  [SL_NOTIFICATION_CREDITS_LOW] = { "credits_low", TRUE },
  [SL_NOTIFICATION_WELCOME] = { "welcome", FALSE },
  [SL_NOTIFICATION_MEMBERSHIP_ENDING] = { "membership_ending", FALSE },
  [SL_NOTIFICATION_MEMBERSHIP_FROZEN] = { "membership_frozen", FALSE },
  [SL_NOTIFICATION_PAYMENT_RECEIPT] = { "payment_receipt", FALSE },
  [SL_NOTIFICATION_REFUND] = { "refund", FALSE },
  [SL_NOTIFICATION_PAYMENT_FAILED] = { "payment_failed", FALSE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == SL_NOTIFICATION_LAST);

/* A member's record, as far as telling them goes. */
typedef struct {
  SlId id;             /* the record that they go by */
  gboolean told;       /* it is known here, and not erased */
  gboolean marketing;  /* they agreed to it */
  const char *channel; /* (nullable) interned */
  const char *opt_out; /* (nullable) interned: kinds and channels that they do not want */
  SlId home_id;
} Person;

/**
 * sl_notification_kind_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its stable word for the outside
 */
const char *
sl_notification_kind_name (SlNotificationKind kind)
{
  g_return_val_if_fail (kind >= 0 && kind < SL_NOTIFICATION_LAST, NULL);

  return kinds[kind].name;
}

static gboolean
read_person (SlEngine *engine, const SlId *member, Person *out, GError **error)
{
  *out = (Person){ 0 };
  if (!sl_member_root (engine, member, &out->id, error))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT channel, marketing, home_location_id, opt_out FROM member m WHERE m.id = ?1 "
      "AND m.created_hlc IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id IN (?1, ?2))",
      "dd", &out->id, member);

  if (sl_rows_next (rows))
    {
      out->told = TRUE;
      out->channel = g_intern_string (sl_rows_text (rows, 0));
      out->marketing = sl_rows_int (rows, 1) != 0;
      sl_rows_id (rows, 2, &out->home_id);
      out->opt_out = g_intern_string (sl_rows_text (rows, 3));
    }
  return sl_rows_finish (rows, error);
}

static const Person *
find_person (SlNotifying *self, const SlId *member, GError **error)
{
  Person *person = g_hash_table_lookup (self->people, member);
  Person found;

  if (person != NULL)
    return person;
  if (!read_person (self->engine, member, &found, error))
    return NULL;
  person = g_memdup2 (&found, sizeof found);
  g_hash_table_insert (self->people, sl_id_copy (member), person);
  return person;
}

/* sl_notifying_home: (nullable): none: at home nowhere; NULL with error. */
const SlId *
sl_notifying_home (SlNotifying *self, const SlId *member, GError **error)
{
  const Person *person = find_person (self, member, error);

  return person != NULL ? &person->home_id : NULL;
}

/* Made on two devices it is one: nothing goes into it that they might not agree about. */
static void
derive_id (SlNotification *item)
{
  SlHasher hasher;
  SlHash hash;

  sl_hasher_init (&hasher, "notification");
  sl_hasher_add_sized (&hasher, kinds[item->kind].name, strlen (kinds[item->kind].name));
  sl_hasher_add (&hasher, item->subject_id.bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, item->member_id.bytes, SL_ID_BYTES);
  sl_hasher_add_u64 (&hasher, (guint64) item->due_ms);
  sl_hasher_finish (&hasher, &hash);
  memcpy (item->id.bytes, hash.bytes, SL_ID_BYTES);
}

/* sl_notifying_add: where it is due in the window and its member is to be told; once. */
gboolean
sl_notifying_add (SlNotifying *self, SlNotificationKind kind, const SlId *member, const SlId *subject, gint64 due_ms,
                  GError **error)
{
  const Person *person;
  SlNotification item = { .kind = kind, .subject_id = *subject, .due_ms = due_ms, .marketing = kinds[kind].marketing };

  if (due_ms < self->from_ms || due_ms >= self->to_ms)
    return TRUE;
  person = find_person (self, member, error);
  if (person == NULL)
    return FALSE;
  if (!person->told || (kinds[kind].marketing && !person->marketing)
      || sl_opt_out_has (person->opt_out, kinds[kind].name))
    return TRUE;
  item.member_id = person->id;
  item.channel = person->channel;
  if (kind == SL_NOTIFICATION_CREDITS_LOW || kind == SL_NOTIFICATION_WELCOME)
    item.subject_id = person->id;
  derive_id (&item);
  if (g_hash_table_add (self->ids, sl_id_copy (&item.id)))
    g_ptr_array_add (self->items, g_memdup2 (&item, sizeof item));
  return TRUE;
}

/* sl_notifying_widest: the highest number that a policy has anywhere. */
gboolean
sl_notifying_widest (SlEngine *engine, int policy, gint64 *out, GError **error)
{
  gint64 set, usual;

  if (!sl_policy_int (engine, NULL, NULL, (SlPolicy) policy, &usual, error)
      || !sl_store_query_int (engine->store, 0, &set, error,
                              "SELECT coalesce (max (CAST (value AS INTEGER)), 0) FROM policy WHERE key = ?", "t",
                              sl_policy_name ((SlPolicy) policy)))
    return FALSE;
  *out = MAX (set, usual);
  return TRUE;
}

static void
begin (SlNotifying *self, SlEngine *engine, gint64 from_ms, gint64 to_ms, const SlId *member)
{
  *self = (SlNotifying){ .engine = engine, .from_ms = from_ms, .to_ms = to_ms, .member = member,
                         .now_ms = sl_engine_now_ms (engine) };
  self->items = g_ptr_array_new_with_free_func (g_free);
  self->ids = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  self->people = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
}

static void
end (SlNotifying *self)
{
  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->ids);
  g_hash_table_unref (self->people);
}

/* Which of them somebody has sent, or given up. */
static gboolean
read_sent (SlNotifying *self, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SlNotification *item = self->items->pdata[i];
      g_autoptr (SlRows) rows = sl_store_query (
          self->engine->store, "SELECT outcome, channel, at_ms FROM notification_sent WHERE id = ?", "d", &item->id);
      if (sl_rows_next (rows))
        {
          item->sent = (int) sl_rows_int (rows, 0);
          item->sent_channel = g_intern_string (sl_rows_text (rows, 1));
          item->sent_ms = sl_rows_int (rows, 2);
        }
      if (!sl_rows_finish (rows, error))
        return FALSE;
    }
  return TRUE;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const SlNotification *one = *(SlNotification *const *) a, *other = *(SlNotification *const *) b;

  if (one->due_ms != other->due_ms)
    return one->due_ms < other->due_ms ? -1 : 1;
  if (one->kind != other->kind)
    return one->kind < other->kind ? -1 : 1;
  return sl_id_compare (&one->id, &other->id);
}

static gboolean
check_window (gint64 from_ms, gint64 to_ms, GError **error)
{
  if (from_ms <= to_ms && to_ms - from_ms <= SL_NOTIFICATIONS_DAYS_MAX * SL_DAY_MS)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the time asked for ends before it begins, or is more than %d days",
               SL_NOTIFICATIONS_DAYS_MAX);
  return FALSE;
}

/**
 * sl_notifications_list:
 * @actor: who asks; members see their own
 * @from_ms: due from here on, UTC ms …
 * @to_ms: … and before here; at most %SL_NOTIFICATIONS_DAYS_MAX days later
 * @member: (nullable): whose, in all their records; %NULL: everybody's, which is for those who see all members
 * @out: (out) (transfer full) (element-type SlNotification): by when they are due; %NULL when refused
 * @out_refusal: (out caller-allocates): not_allowed
 *
 * What members are to be told, each once by its id. Reminders and expiring credits are told ahead, by what is known
 * now; all else when it has come about. Takes no lock. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_BAD_INPUT or storage)
 */
gboolean
sl_notifications_list (SlEngine *engine, const SlActor *actor, gint64 from_ms, gint64 to_ms, const SlId *member,
                       GPtrArray **out, SlRefusal *out_refusal, GError **error)
{
  SlNotifying self;
  gboolean own, done;

  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  own = member != NULL && actor->role == SL_ROLE_MEMBER && sl_id_equal (&actor->id, member);
  if (!check_window (from_ms, to_ms, error))
    return FALSE;
  if (!own && !sl_actor_may (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "notifications", out_refusal);
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  begin (&self, engine, from_ms, to_ms, member);
  done = sl_notifying_add_claims (&self, error) && sl_notifying_add_credits (&self, error)
         && sl_notifying_add_requests (&self, error) && sl_notifying_add_entries (&self, error)
         && sl_notifying_add_members (&self, error) && sl_notifying_add_money (&self, error)
         && read_sent (&self, error);
  sl_store_end_read (engine->store);
  if (done)
    {
      g_ptr_array_sort (self.items, compare_items);
      *out = g_ptr_array_ref (self.items);
    }
  end (&self);
  return done;
}

/**
 * sl_notifications_count_cancelled:
 * @session: a session
 * @inout_people: goes up by the people who are told that it was cancelled: who was booked, held, offered a spot or
 * waited for one then
 *
 * May be asked inside a command. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_notifications_count_cancelled (SlEngine *engine, const SlId *session, gint64 *inout_people, GError **error)
{
  SlNotifying self;
  gboolean done;

  g_return_val_if_fail (engine != NULL && session != NULL && inout_people != NULL, FALSE);

  begin (&self, engine, SL_TIME_MIN_MS, SL_TIME_MAX_MS, NULL);
  done = sl_notifying_add_session (&self, session, error);
  for (guint i = 0; done && i < self.items->len; i++)
    *inout_people += ((SlNotification *) self.items->pdata[i])->kind == SL_NOTIFICATION_SESSION_CANCELLED ? 1 : 0;
  end (&self);
  return done;
}
