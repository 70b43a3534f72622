/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-booking"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/booking-view.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"

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
  { "spent", N_ ("Credits spent"), SL_SHOW_CREDITS, NULL },
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

static void
answer_booked (SlCli *cli, const SlBookingResult *result)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return;
  cli->answer = json_pack ("{s:o, s:s, s:o, s:o, s:i, s:o, s:I, s:o, s:o, s:o, s:o, s:n}",
                           "id", sl_json_id (&result->booking_id),
                           "status", sl_booking_status_name (result->status),
                           "session", sl_json_id (&result->session_id),
                           "member", sl_json_id (&result->member_id), "spots", result->spots,
                           "expires", sl_json_time (cli, result->expires_ms, NULL),
                           "spent", (json_int_t) result->spent_hundredths,
                           "price", price_to_json (result->price_cents), "payment", sl_json_id (&result->payment_id),
                           "override", sl_json_bool (result->override), "code", sl_json_text (result->code),
                           "position");
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
    .note = sl_cli_text (call, "note"),
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
      !sl_booking_cancel (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &result, &cli->refusal, error))
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

static gboolean
run_undo (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SlBookingStatus status;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error) ||
      !sl_checkin_undo (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &status, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:s, s:i}", "id", sl_json_id (&id), "status", sl_booking_status_name (status),
                             "refunded", 0);
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

static gboolean
run_booking_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &id, error))
    return FALSE;
  g_autoptr (SlBookingView) booking = sl_booking_show (cli->engine, &id, error);
  if (booking == NULL)
    return FALSE;
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
  json_object_set_new (answer, "price", price_to_json (booking->price_cents));
  json_object_set_new (answer, "note", sl_json_text (booking->note));
  json_object_set_new (answer, "attention", sl_json_texts (booking->attention));
  json_object_set_new (answer, "events", events_to_json (cli, booking->events));
  cli->answer = answer;
  return TRUE;
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
  { "undo", N_ ("take back that somebody of a booking came"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_undo,
    undo_options, cancel_columns },
  { "booking show", N_ ("show a booking and what happened to it"), NULL, "BOOKING", SL_CLI_IN_STUDIO, run_booking_show,
    NULL,
    booking_columns },
  { NULL }
};
