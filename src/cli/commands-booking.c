/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-booking"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/booking-view.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/no-show.h"
#include "engine/reschedule.h"
#include "engine/waitlist.h"

/* --- holding and booking --- */

static const SlCliOption hold_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("for whom") },
  { "session", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("into which session") },
  { "spots", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many spots, the member's own too (1)") },
  { "guest", SL_CLI_LIST, FALSE, N_ ("NAME"), N_ ("the name of somebody they bring") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption book_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("for whom") },
  { "session", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("into which session") },
  { "spots", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many spots, the member's own too (1)") },
  { "guest", SL_CLI_LIST, FALSE, N_ ("NAME"), N_ ("the name of somebody they bring") },
  { "pay", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("take the drop-in price by cash, card, eft, qr, voucher or account") },
  { "override", SL_CLI_TEXT, FALSE, N_ ("REASON"), N_ ("book beside the capacity when there is no room") },
  { "waitlist", SL_CLI_FLAG, FALSE, NULL, N_ ("join the queue when there is no room") },
  { "note", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what staff should know") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption confirm_options[] = {
  { "pay", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("take the drop-in price by cash, card, eft, qr, voucher or account") },
  SL_CLI_OPTIONS_END
};

static const SlColumn booked_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("Spots"), SL_SHOW_TEXT, NULL },
  { "expires", N_ ("Held until"), SL_SHOW_TIME, NULL },
  { "position", N_ ("Place in the queue"), SL_SHOW_TEXT, NULL },
  { "spent", N_ ("Credits spent"), SL_SHOW_CREDITS, NULL },
  { "owed", N_ ("Credits owed"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "payment", N_ ("Payment"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
price_to_json (gint64 price_cents)
{
  return price_cents < 0 ? json_null () : json_integer (price_cents);
}

static json_t *
count_or_null (gint64 count)
{
  return count == 0 ? json_null () : json_integer (count);
}

static json_t *
booked_to_json (SlCli *cli, const SlBookingResult *result)
{
  return json_pack ("{s:o, s:s, s:o, s:o, s:i, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
                    "id", sl_json_id (&result->booking_id),
                    "status", sl_booking_status_name (result->status),
                    "session", sl_json_id (&result->session_id),
                    "member", sl_json_id (&result->member_id), "spots", result->spots,
                    "expires", sl_json_time (cli, result->expires_ms, NULL),
                    "spent", (json_int_t) result->spent_hundredths,
                    "price", price_to_json (result->price_cents), "payment", sl_json_id (&result->payment_id),
                    "override", sl_json_bool (result->override), "code", sl_json_text (result->code),
                    "position", count_or_null (result->position),
                    "owed", count_or_null (result->owed_hundredths));
}

static void
answer_booked (SlCli *cli, const SlBookingResult *result)
{
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = booked_to_json (cli, result);
}

/* guests: (out) NULL-terminated, of the request's lifetime */
static gboolean
read_request (SlCli *cli, SlBookingRequest *out, GPtrArray *guests, GError **error)
{
  const SlCliCall *call = cli->call;
  gint64 spots = sl_cli_int (call, "spots", 1);
  if (spots < 1)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--spots: at least 1");
      return FALSE;
    }
  GPtrArray *names = sl_cli_list (call, "guest");
  for (guint i = 0; names != NULL && i < names->len; i++)
    g_ptr_array_add (guests, g_ptr_array_index (names, i));
  g_ptr_array_add (guests, NULL);
  *out = (SlBookingRequest) {
    .spots = (int) MIN (spots, G_MAXINT), .guests = names != NULL ? (const char * const *) guests->pdata : NULL,
    .override_reason = sl_cli_text (call, "override"), .payment_method = sl_cli_text (call, "pay"),
    .note = sl_cli_text (call, "note"), .join_waitlist = sl_cli_has (call, "waitlist"),
  };
  return sl_cli_option_id (cli, "member", SL_THING_MEMBER, &out->member_id, error) &&
         sl_cli_option_id (cli, "session", SL_THING_SESSION, &out->session_id, error);
}

static gboolean
run_hold (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) guests = g_ptr_array_new ();
  SlBookingRequest request;
  g_auto (SlBookingResult) result = { 0 };
  if (!read_request (cli, &request, guests, error) ||
      !sl_booking_hold (cli->engine, &cli->actor, &request, &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

static gboolean
run_book (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) guests = g_ptr_array_new ();
  SlBookingRequest request;
  g_auto (SlBookingResult) result = { 0 };
  if (!read_request (cli, &request, guests, error) ||
      !sl_booking_book (cli->engine, &cli->actor, &request, &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

static gboolean
run_confirm (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_booking_confirm (cli->engine, &cli->actor, &id, sl_cli_text (call, "pay"), &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

static gboolean
run_release (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_booking_release (cli->engine, &cli->actor, &id, &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

/* --- taking back --- */

static const SlCliOption cancel_options[] = {
  { "reason", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("why") },
  { "waive", SL_CLI_FLAG, FALSE, NULL, N_ ("give everything back, whatever the policy says") },
  SL_CLI_OPTIONS_END
};

static const SlColumn cancel_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "percent", N_ ("Percent back"), SL_SHOW_TEXT, NULL },
  { "refunded", N_ ("Credits back"), SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static gboolean
run_cancel (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SlCancelResult result;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !(sl_cli_has (call, "waive") ? sl_booking_cancel_waived : sl_booking_cancel) (
        cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &result, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:s, s:i, s:I}", "id", sl_json_id (&result.booking_id),
                             "status", sl_booking_status_name (result.status), "percent", result.percent,
                             "refunded", (json_int_t) result.refunded_hundredths);
  return TRUE;
}

static const SlCliOption undo_options[] = {
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

/* Somebody came without a booking: the check-in's own id says who. */
static gboolean
undo_entry (SlCli *cli, const SlId *id, const char *reason, GError **error)
{
  if (!sl_checkin_undo_entry (cli->engine, &cli->actor, id, reason, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:n, s:i}", "id", sl_json_id (id), "status", "refunded", 0);
  return TRUE;
}

static gboolean
run_undo (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SlBookingStatus status;
  g_autoptr (GError) no_booking = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, &no_booking))
    {
      if (g_error_matches (no_booking, SL_ERROR, SL_ERROR_NOT_FOUND) &&
          sl_cli_argument_id (cli, 0, SL_THING_CHECKIN, &id, NULL))
        return undo_entry (cli, &id, sl_cli_text (call, "reason"), error);
      g_propagate_error (error, g_steal_pointer (&no_booking));
      return FALSE;
    }
  if (!sl_booking_undo (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &status, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:s, s:i}", "id", sl_json_id (&id), "status", sl_booking_status_name (status),
                             "refunded", 0);
  return TRUE;
}

static const SlCliOption reschedule_options[] = {
  { "to", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("the session that they come to instead") },
  { "pay", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("take the drop-in price by cash, card, eft, qr, voucher or account") },
  SL_CLI_OPTIONS_END
};

static const SlColumn reschedule_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "was", N_ ("Instead of"), SL_SHOW_TEXT, NULL },
  { "percent", N_ ("Percent back"), SL_SHOW_TEXT, NULL },
  { "refunded", N_ ("Credits back"), SL_SHOW_CREDITS, NULL },
  { "spent", N_ ("Credits spent"), SL_SHOW_CREDITS, NULL },
  { "owed", N_ ("Credits owed"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_reschedule (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id, to;
  g_auto (SlBookingResult) made = { 0 };
  SlRescheduleResult result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_cli_option_id (cli, "to", SL_THING_SESSION, &to, error) ||
      !sl_booking_reschedule (cli->engine, &cli->actor, &id, &to, sl_cli_text (call, "pay"), &result, &cli->refusal,
                              error))
    return FALSE;
  made = result.made;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = booked_to_json (cli, &made);
  json_object_set_new (cli->answer, "was", sl_json_id (&result.was));
  json_object_set_new (cli->answer, "percent", json_integer (result.percent));
  json_object_set_new (cli->answer, "refunded", json_integer (result.refunded_hundredths));
  return TRUE;
}

static gboolean
run_no_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_no_show_mark (cli->engine, &cli->actor, &id, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:s, s:i}", "id", sl_json_id (&id), "status", "no_show", "refunded", 0);
  return TRUE;
}

/* --- the queue --- */

static const SlColumn waiting_columns[] = {
  { "position", N_ ("Place in the queue"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("Spots"), SL_SHOW_TEXT, NULL },
  { "since", N_ ("Since"), SL_SHOW_TIME, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};
static const SlColumn waitlist_columns[] = {
  { "items", N_ ("Waiting"), SL_SHOW_ITEMS, waiting_columns },
  SL_COLUMNS_END
};

static gboolean
run_waitlist_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) queue = NULL;
  SlId id;
  if (!sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) ||
      !sl_waitlist_list (cli->engine, &cli->actor, &id, &queue, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < queue->len; i++)
    {
      const SlWaiting *waiting = g_ptr_array_index (queue, i);
      json_array_append_new (items, json_pack ("{s:i, s:o, s:o, s:o, s:i, s:o}", "position", (int) i + 1,
                                               "booking", sl_json_id (&waiting->booking_id),
                                               "member", sl_json_id (&waiting->member_id),
                                               "name", sl_json_text (waiting->member_name), "spots", waiting->spots,
                                               "since", sl_json_time (cli, waiting->joined_ms, NULL)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
run_waitlist_leave (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_waitlist_leave (cli->engine, &cli->actor, &id, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:s}", "id", sl_json_id (&id), "status", "cancelled");
  return TRUE;
}

static gboolean
run_offer_accept (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_offer_accept (cli->engine, &cli->actor, &id, sl_cli_text (call, "pay"), &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

static gboolean
run_offer_decline (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_offer_decline (cli->engine, &cli->actor, &id, &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

/* --- showing --- */

static const SlColumn event_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn booking_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "late", N_ ("Late"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("Spots"), SL_SHOW_TEXT, NULL },
  { "guests", N_ ("Guests"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  { "guest_codes", N_ ("Guests' codes"), SL_SHOW_TEXT, NULL },
  { "spent", N_ ("Credits spent"), SL_SHOW_CREDITS, NULL },
  { "refunded", N_ ("Credits back"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "note", N_ ("Note"), SL_SHOW_TEXT, NULL },
  { "attention", N_ ("Needs attention"), SL_SHOW_TEXT, NULL },
  { "events", N_ ("What happened"), SL_SHOW_ITEMS, event_columns },
  SL_COLUMNS_END
};

static json_t *
events_to_json (SlCli *cli, GPtrArray *events)
{
  json_t *array = json_array ();
  for (guint i = 0; i < events->len; i++)
    {
      const SlBookingEvent *event = g_ptr_array_index (events, i);
      json_array_append_new (array, json_pack ("{s:s, s:o, s:o}", "kind", event->kind,
                                               "at", sl_json_time (cli, event->at_ms, NULL),
                                               "replica", sl_json_id (&event->replica)));
    }
  return array;
}

static const char *
channel_name (SlChannel channel)
{
  static const char * const names[] = {
    [SL_CHANNEL_KIOSK] = "kiosk", [SL_CHANNEL_DESK] = "desk", [SL_CHANNEL_INSTRUCTOR] = "instructor",
    [SL_CHANNEL_PHONE] = "phone", [SL_CHANNEL_MARKETPLACE] = "marketplace",
  };
  return channel < G_N_ELEMENTS (names) ? names[channel] : NULL;
}

/* The codes that the door takes for a booking that can still be entered: its own, and each guest's, as in an order of
 * names; null where a spot was given back. Both are made anew each time, and all that were ever made stay good. */
static gboolean
add_codes (SlCli *cli, const SlBookingView *booking, json_t *answer, GError **error)
{
  gboolean open = booking->status == SL_BOOKING_CONFIRMED || booking->status == SL_BOOKING_CHECKED_IN;
  g_autofree char *own = NULL;
  json_t *guests = json_array ();

  json_object_set_new (answer, "guest_codes", guests);
  if (open && !sl_booking_code (cli->engine, &booking->id, 0, &own, error))
    return FALSE;
  json_object_set_new (answer, "code", sl_json_text (own));
  for (int spot = 1; open && spot < booking->spots; spot++)
    {
      g_autofree char *text = NULL;
      g_autoptr (GError) gone = NULL;

      if (!sl_booking_code (cli->engine, &booking->id, (guint) spot, &text, &gone)
          && !g_error_matches (gone, SL_ERROR, SL_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&gone));
          return FALSE;
        }
      json_array_append_new (guests, sl_json_text (text));
    }
  return TRUE;
}

static gboolean
run_booking_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (SlBookingView) booking = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_booking_show_to (cli->engine, &cli->actor, &id, &booking, &cli->refusal, error))
    return FALSE;
  if (booking == NULL)
    return TRUE;
  json_t *answer = json_pack ("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&booking->id),
                              "status", sl_booking_status_name (booking->status),
                              "session", sl_json_id (&booking->session_id),
                              "class", sl_json_text (booking->class_name),
                              "start", sl_json_time (cli, booking->start_ms, NULL),
                              "end", sl_json_time (cli, booking->end_ms, NULL),
                              "member", sl_json_id (&booking->member_id),
                              "name", sl_json_text (booking->member_name));
  json_object_set_new (answer, "spots", json_integer (booking->spots));
  json_object_set_new (answer, "guests", sl_json_texts (booking->guests));
  json_object_set_new (answer, "late", sl_json_bool (booking->late));
  json_object_set_new (answer, "override", sl_json_bool (booking->override));
  json_object_set_new (answer, "channel", sl_json_text (channel_name (booking->channel)));
  json_object_set_new (answer, "made_by", sl_json_id (&booking->made_by));
  json_object_set_new (answer, "created", sl_json_time (cli, booking->created_ms, NULL));
  json_object_set_new (answer, "expires", sl_json_time (cli, booking->expires_ms, NULL));
  json_object_set_new (answer, "spent", json_integer (booking->spent_hundredths));
  json_object_set_new (answer, "refunded", json_integer (booking->refunded_hundredths));
  json_object_set_new (answer, "owed", count_or_null (booking->owed_hundredths));
  json_object_set_new (answer, "position", count_or_null (booking->position));
  json_object_set_new (answer, "price", price_to_json (booking->price_cents));
  json_object_set_new (answer, "note", sl_json_text (booking->note));
  json_object_set_new (answer, "attention", sl_json_texts (booking->attention));
  json_object_set_new (answer, "events", events_to_json (cli, booking->events));
  cli->answer = answer;
  return add_codes (cli, booking, answer, error);
}

const SlCliCommand sl_cli_booking_commands[] = {
  { "hold", N_ ("hold a spot for some minutes"), N_ ("A hold's id is the booking's id."), NULL, SL_CLI_IN_STUDIO,
    run_hold, hold_options,
    booked_columns },
  { "confirm", N_ ("make a held spot a booking and take its credits"), NULL, "HOLD", SL_CLI_IN_STUDIO, run_confirm,
    confirm_options,
    booked_columns },
  { "release", N_ ("let a held spot go"), NULL, "HOLD", SL_CLI_IN_STUDIO, run_release, NULL, booked_columns },
  { "book", N_ ("book a member into a session"), N_ ("Holds and confirms in one step."), NULL, SL_CLI_IN_STUDIO,
    run_book, book_options,
    booked_columns },
  { "cancel", N_ ("cancel a booking; the policy says what comes back"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_cancel,
    cancel_options,
    cancel_columns },
  { "reschedule", N_ ("move a booking to another session"),
    N_ ("Cancels and books as one: both happen, or neither."), "BOOKING", SL_CLI_IN_STUDIO, run_reschedule,
    reschedule_options, reschedule_columns },
  { "no-show", N_ ("mark that nobody of a booking came"), N_ ("From the start on; their place can be given away."),
    "BOOKING", SL_CLI_IN_STUDIO, run_no_show, NULL, cancel_columns },
  { "offer accept", N_ ("take up a spot that was offered"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_offer_accept,
    confirm_options, booked_columns },
  { "offer decline", N_ ("give an offered spot to the next in line"), NULL, "BOOKING", SL_CLI_IN_STUDIO,
    run_offer_decline, NULL, booked_columns },
  { "waitlist list", N_ ("list who waits for a session"), NULL, "SESSION", SL_CLI_IN_STUDIO, run_waitlist_list, NULL,
    waitlist_columns },
  { "waitlist leave", N_ ("leave the queue of a session"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_waitlist_leave, NULL,
    cancel_columns },
  { "undo", N_ ("take back that somebody of a booking came, or stayed away"), NULL, "BOOKING",
    SL_CLI_IN_STUDIO, run_undo,
    undo_options, cancel_columns },
  { "booking show", N_ ("show a booking and what happened to it"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_booking_show,
    NULL,
    booking_columns },
  { NULL }
};
