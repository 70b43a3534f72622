/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification-words"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/booking.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/notification-send.h"
#include "engine/schedule.h"
#include "engine/template.h"

/* From a notification to the words that a member reads: filled in when it is sent, in the member's language, with times
 * as the clock on the location's wall has them. */

#define TIME_FORMAT "%H:%M"

typedef struct {
  SlEngine *engine;
  const char *language;
  GHashTable *values;
  gboolean gone; /* what it is about is not there any more */
} Words;

/**
 * sl_message_free:
 * @message: (nullable) (transfer full): a message
 */
void
sl_message_free (SlMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->to);
  g_free (message->subject);
  g_free (message->text);
  g_free (message->code);
  g_free (message);
}

/* Takes the value. */
static void
say (Words *words, const char *name, char *value)
{
  if (value != NULL)
    g_hash_table_insert (words->values, (char *) name, value);
}

static void
say_moment (Words *words, gint64 at_ms, GTimeZone *zone)
{
  say (words, "date", sl_template_date (words->language, at_ms, zone));
  say (words, "time", sl_time_format_local (at_ms, zone, TIME_FORMAT));
}

/* until_ms: 0: none. */
static gboolean
say_session (Words *words, const SlId *id, gint64 until_ms, GError **error)
{
  g_autoptr (SlSession) session = sl_session_find (words->engine, id, error);
  if (session == NULL)
    {
      words->gone = TRUE;
      return *error == NULL;
    }
  g_autoptr (GTimeZone) zone = sl_location_zone (words->engine, &session->location_id, error);
  if (zone == NULL)
    return FALSE;
  say (words, "class", g_strdup (session->service_name));
  say (words, "instructor", g_strdup (session->instructor_name));
  say (words, "place", session->room_name != NULL
                           ? g_strdup_printf ("%s, %s", session->location_name, session->room_name)
                           : g_strdup (session->location_name));
  say_moment (words, session->start_ms, zone);
  if (until_ms != 0)
    say (words, "until", sl_time_format_local (until_ms, zone, TIME_FORMAT));
  return TRUE;
}

/* An entry to the open gym is about no session. */
static gboolean
say_entry (Words *words, const SlId *checkin, GError **error)
{
  SlId location = sl_id_none;
  gint64 at_ms = 0;
  g_autoptr (SlRows) rows = sl_store_query (words->engine->store, "SELECT location_id, at_ms FROM checkin WHERE id = ?",
                                            "d", checkin);
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &location);
      at_ms = sl_rows_int (rows, 1);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  words->gone = at_ms == 0;
  if (sl_id_is_none (&location))
    return TRUE;
  g_autoptr (SlLocation) place = sl_location_get (words->engine, &location, error);
  g_autoptr (GTimeZone) zone = place != NULL ? sl_location_zone (words->engine, &location, error) : NULL;
  if (zone == NULL)
    return FALSE;
  say (words, "class", sl_template_word (words->language, "open_gym"));
  say (words, "place", g_strdup (place->name));
  say_moment (words, at_ms, zone);
  return TRUE;
}

static gboolean
say_booking (Words *words, const SlId *booking, GError **error)
{
  SlId session = sl_id_none;
  gint64 until_ms = 0;
  g_autoptr (SlRows) rows = sl_store_query (
      words->engine->store, "SELECT session_id, (SELECT max (o.held_until_ms) FROM claim o WHERE o.booking_id = ?1 "
      "AND o.type = 3) FROM claim WHERE id = ?1", "d", booking);
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &session);
      until_ms = sl_rows_int (rows, 1);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  return sl_id_is_none (&session) ? say_entry (words, booking, error) : say_session (words, &session, until_ms, error);
}

static gboolean
say_request (Words *words, const SlId *request, GError **error)
{
  SlId booking = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (
      words->engine->store, "SELECT q.booking_id, s.name, i.name FROM request q LEFT JOIN service s ON s.id = "
      "q.service_id LEFT JOIN staff i ON i.id = q.instructor_id WHERE q.id = ?", "d", request);
  words->gone = !sl_rows_next (rows);
  if (!words->gone)
    {
      sl_rows_id (rows, 0, &booking);
      say (words, "class", sl_rows_dup_text (rows, 1));
      say (words, "instructor", sl_rows_dup_text (rows, 2));
    }
  return sl_rows_finish (rows, error) && (sl_id_is_none (&booking) || say_booking (words, &booking, error));
}

static gboolean
say_lot (Words *words, const SlId *lot, GError **error)
{
  gint64 left, expires_ms;
  if (!sl_lot_left (words->engine->log, lot, &left, error)
      || !sl_store_query_int (words->engine->store, 0, &expires_ms, error, "SELECT expires_ms FROM lot WHERE id = ?",
                              "d", lot))
    return FALSE;
  words->gone = left <= 0 || expires_ms == 0;
  say (words, "credits", sl_credits_format (left));
  say (words, "expires", sl_template_date (words->language, expires_ms, words->engine->zone));
  return TRUE;
}

static gboolean
say_balance (Words *words, const SlId *member, GError **error)
{
  gint64 left;
  if (!sl_credits_balance (words->engine, member, &left, error))
    return FALSE;
  say (words, "credits", sl_credits_format (left));
  return TRUE;
}

static gboolean
say_membership (Words *words, const SlId *id, GError **error)
{
  g_autoptr (SlMembership) membership = sl_membership_get (words->engine, id, error);
  if (membership == NULL)
    return FALSE;
  say (words, "plan", g_strdup (membership->plan_name));
  if (membership->until_ms != 0)
    say (words, "until", sl_template_date (words->language, membership->until_ms, words->engine->zone));
  return TRUE;
}

static gboolean
say_money (Words *words, const char *sql, const SlId *id, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (words->engine->store, sql, "d", id);
  words->gone = !sl_rows_next (rows);
  if (!words->gone)
    {
      say (words, "amount", sl_money_format (sl_rows_int (rows, 0), sl_rows_text (rows, 1)));
      say (words, "receipt", g_strdup_printf ("%" G_GINT64_FORMAT, sl_rows_int (rows, 2)));
      say (words, "date", sl_template_date (words->language, sl_rows_int (rows, 3), words->engine->zone));
    }
  return sl_rows_finish (rows, error);
}

static gboolean
say_subject (Words *words, const SlNotification *item, GError **error)
{
  switch (item->kind)
    {
    case SL_NOTIFICATION_SESSION_CHANGED:
    case SL_NOTIFICATION_SESSION_CANCELLED:
      return say_session (words, &item->subject_id, 0, error);
    case SL_NOTIFICATION_REQUEST_MADE:
    case SL_NOTIFICATION_REQUEST_ACCEPTED:
    case SL_NOTIFICATION_REQUEST_DECLINED:
      return say_request (words, &item->subject_id, error);
    case SL_NOTIFICATION_CREDITS_EXPIRING:
      return say_lot (words, &item->subject_id, error);
    case SL_NOTIFICATION_CREDITS_LOW:
      return say_balance (words, &item->member_id, error);
    case SL_NOTIFICATION_WELCOME:
      return TRUE;
    case SL_NOTIFICATION_MEMBERSHIP_ENDING:
    case SL_NOTIFICATION_MEMBERSHIP_FROZEN:
      return say_membership (words, &item->subject_id, error);
    case SL_NOTIFICATION_PAYMENT_RECEIPT:
    case SL_NOTIFICATION_PAYMENT_FAILED:
      return say_money (words, "SELECT amount_cents, currency, receipt, at_ms FROM payment WHERE id = ?",
                        &item->subject_id, error);
    case SL_NOTIFICATION_REFUND:
      return say_money (words, "SELECT r.amount_cents, p.currency, r.receipt, r.at_ms FROM refund r "
                        "CROSS JOIN payment p ON p.id = r.payment_id WHERE r.id = ?", &item->subject_id, error);
    default:
      return say_booking (words, &item->subject_id, error);
    }
}

/* (nullable) */
static char *
address_of (const SlMember *member, const char *channel)
{
  char text[SL_ID_TEXT_BYTES];
  if (g_str_equal (channel, "email"))
    return g_strdup (member->email);
  if (g_str_equal (channel, "push"))
    return g_strdup (sl_id_format (&member->id, text));
  return g_strdup (member->phone);
}

static gboolean
write_words (Words *words, SlMessage *message, GError **error)
{
  g_autoptr (SlTemplate) template
      = sl_template_get (words->engine, message->kind, words->language, message->channel, error);
  if (template == NULL)
    return FALSE;
  message->subject = sl_template_fill (template->subject, words->values);
  message->text = sl_template_fill (template->text, words->values);
  return TRUE;
}

/**
 * sl_message_new:
 * @engine: the engine
 * @item: what is to be told
 * @channel: how
 * @error: return location
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: (transfer full) (nullable): the message; %NULL without error where what it is about is gone, or the member
 * has no address for that channel; %NULL with error on failure
 */
SlMessage *
sl_message_new (SlEngine *engine, const SlNotification *item, const char *channel, GError **error)
{
  g_return_val_if_fail (engine != NULL && item != NULL && channel != NULL, NULL);

  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMember) member = sl_member_get (engine, &item->member_id, error);
  if (member == NULL)
    return NULL;
  g_autoptr (SlMessage) message = g_new0 (SlMessage, 1);
  message->to = address_of (member, channel);
  if (message->to == NULL)
    return NULL;
  Words words = { .engine = engine, .language = sl_template_language (member->language),
                  .values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free) };
  g_autoptr (GHashTable) values = words.values;
  message->id = item->id;
  message->kind = item->kind;
  message->member_id = member->id;
  message->channel = g_intern_string (channel);
  message->language = words.language;
  message->marketing = item->marketing;
  message->due_ms = item->due_ms;
  say (&words, "first", g_strdup (member->first));
  say (&words, "studio", g_strdup (sl_engine_studio_name (engine)));
  if (!say_subject (&words, item, &failure) || (!words.gone && !write_words (&words, message, &failure))
      || (item->kind == SL_NOTIFICATION_BOOKING_CONFIRMED && !words.gone
          && !sl_booking_code (engine, &item->subject_id, 0, &message->code, &failure)))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return words.gone ? NULL : g_steal_pointer (&message);
}
