/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-one-to-one"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/days.h"
#include "engine/location.h"
#include "engine/request.h"
#include "engine/slots.h"
#include "engine/standing.h"

/* --- words --- */

static gboolean
bad_option (const char *option, const char *reason, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--%s: %s", option, reason);
  return FALSE;
}

static gboolean
read_weekday (const SlCliCall *call, int *out, GError **error)
{
  return sl_weekday_parse (sl_cli_text (call, "weekday"), out)
         || bad_option ("weekday", "mon, tue, wed, thu, fri, sat or sun", error);
}

static gboolean
read_minute (const SlCliCall *call, const char *option, int *out, GError **error)
{
  if (sl_minute_parse (sl_cli_text (call, option), out, error))
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

/* A date; without the option: none. */
static gboolean
read_day (const SlCliCall *call, const char *option, gint64 *out, GError **error)
{
  *out = SL_NUMBER_NONE;
  if (!sl_cli_has (call, option))
    return TRUE;
  *out = sl_day_parse (sl_cli_text (call, option), error);
  if (*out >= 0)
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

/* A time without an offset is local to where the session is to be. */
static gboolean
read_time (SlCli *cli, const char *option, const char *text, const SlId *location, gint64 *out_ms, GError **error)
{
  g_autoptr (GTimeZone) zone = NULL;
  if (!sl_id_is_none (location) && (zone = sl_location_zone (cli->engine, location, error)) == NULL)
    return FALSE;
  if (sl_time_parse (text, zone != NULL ? zone : sl_engine_time_zone (cli->engine), out_ms, error))
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

static json_t *
day_to_json (gint64 day)
{
  g_autofree char *text = day == SL_NUMBER_NONE ? NULL : sl_day_format (day);
  return sl_json_text (text);
}

static json_t *
minute_to_json (int minute)
{
  g_autofree char *text = sl_minute_format (minute);
  return json_string (text);
}

static const SlId *
if_named (const SlId *id)
{
  return sl_id_is_none (id) ? NULL : id;
}

/* --- availability --- */

static const SlCliOption availability_add_options[] = {
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whose; without it: of whoever acts") },
  { "weekday", SL_CLI_TEXT, TRUE, N_ ("DAY"), N_ ("mon, tue, wed, thu, fri, sat or sun") },
  { "from", SL_CLI_TEXT, TRUE, N_ ("HH:MM"), N_ ("local time at which it begins") },
  { "to", SL_CLI_TEXT, TRUE, N_ ("HH:MM"), N_ ("local time at which it ends, at most 24:00") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (this device's location)") },
  { "valid-from", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("the first date on which it holds") },
  { "valid-until", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("the last date on which it holds") },
  { "staff-only", SL_CLI_FLAG, FALSE, NULL, N_ ("members do not book it themselves") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption availability_list_options[] = {
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this instructor's") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only at this location") },
  SL_CLI_OPTIONS_END
};

static const SlColumn availability_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "instructor_name", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "weekday", N_ ("Weekday"), SL_SHOW_TEXT, NULL },
  { "from", N_ ("From"), SL_SHOW_TEXT, NULL },
  { "to", N_ ("To"), SL_SHOW_TEXT, NULL },
  { "location_name", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "bookable", N_ ("Members book it"), SL_SHOW_TEXT, NULL },
  { "valid_from", N_ ("First date"), SL_SHOW_TEXT, NULL },
  { "valid_until", N_ ("Last date"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn id_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
answer_id (SlCli *cli, const SlId *id)
{
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o}", "id", sl_json_id (id));
  return TRUE;
}

static gboolean
run_availability_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlAvailabilityParams params;
  SlId staff, location, id;
  sl_availability_params_init (&params);
  if (!sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &staff, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error)
      || !read_weekday (call, &params.weekday, error) || !read_minute (call, "from", &params.from_minute, error)
      || !read_minute (call, "to", &params.to_minute, error) || !read_day (call, "valid-from", &params.from_day, error)
      || !read_day (call, "valid-until", &params.until_day, error))
    return FALSE;
  if (sl_id_is_none (&staff) && call->staff == NULL)
    return bad_option ("instructor", "whose it is", error);
  params.staff = sl_id_is_none (&staff) ? &cli->actor.id : &staff;
  params.location = if_named (&location);
  params.staff_only = sl_cli_has (call, "staff-only");
  return sl_availability_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) && answer_id (cli, &id);
}

static gboolean
run_availability_remove (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_AVAILABILITY, &id, error)
         && sl_availability_remove (cli->engine, &cli->actor, &id, &cli->refusal, error) && answer_id (cli, &id);
}

static gboolean
run_availability_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId staff, location;
  if (!sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &staff, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error))
    return FALSE;
  g_autoptr (GPtrArray) blocks = sl_availability_list (cli->engine, if_named (&staff), if_named (&location), error);
  if (blocks == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < blocks->len; i++)
    {
      const SlAvailability *block = blocks->pdata[i];
      json_array_append_new (
          items, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&block->id),
                            "instructor", sl_json_id (&block->staff_id), "instructor_name",
                            sl_json_text (block->staff_name), "location", sl_json_id (&block->location_id),
                            "location_name", sl_json_text (block->location_name), "weekday",
                            sl_weekday_name (block->weekday), "from", minute_to_json (block->from_minute), "to",
                            minute_to_json (block->to_minute), "bookable", sl_json_bool (block->bookable), "valid_from",
                            day_to_json (block->from_day), "valid_until", day_to_json (block->until_day)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- slots --- */

static const SlCliOption slots_options[] = {
  { "service", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("what is given, one to one") },
  { "date", SL_CLI_TEXT, TRUE, N_ ("DATE"), N_ ("on which local date") },
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this instructor's") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only at this location") },
  { "room", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only while this room is free") },
  { "members", SL_CLI_FLAG, FALSE, NULL, N_ ("only what members may book themselves") },
  SL_CLI_OPTIONS_END
};

static const SlColumn slots_columns[] = {
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "end", N_ ("End"), SL_SHOW_TIME, NULL },
  { "instructor_name", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "location_name", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "bookable", N_ ("Members book it"), SL_SHOW_TEXT, NULL },
  { "here", N_ ("Bookable on this device"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
slot_to_json (SlCli *cli, const SlSlot *slot, GError **error)
{
  g_autoptr (GTimeZone) zone = sl_location_zone (cli->engine, &slot->location_id, error);
  if (zone == NULL)
    return NULL;
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "start", sl_json_time (cli, slot->start_ms, zone),
                    "end", sl_json_time (cli, slot->end_ms, zone), "instructor", sl_json_id (&slot->instructor_id),
                    "instructor_name", sl_json_text (slot->instructor_name), "location",
                    sl_json_id (&slot->location_id), "location_name", sl_json_text (slot->location_name), "bookable",
                    sl_json_bool (slot->bookable), "here", sl_json_bool (slot->planned_here));
}

static gboolean
run_slots (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId service, instructor, location, room;
  SlSlotQuery query = { .for_members = sl_cli_has (call, "members") };
  g_autoptr (GPtrArray) slots = NULL;
  if (!sl_cli_option_id (cli, "service", SL_THING_SERVICE, &service, error)
      || !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &instructor, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error)
      || !sl_cli_option_id (cli, "room", SL_THING_ROOM, &room, error) || !read_day (call, "date", &query.day, error))
    return FALSE;
  query.service = &service;
  query.instructor = if_named (&instructor);
  query.location = if_named (&location);
  query.room = if_named (&room);
  if (!sl_slot_list (cli->engine, &cli->actor, &query, &slots, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < slots->len; i++)
    {
      json_t *item = slot_to_json (cli, slots->pdata[i], error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

#define PAY_OPTION \
  { "pay", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("take the drop-in price by cash, card, eft, qr, voucher or account") }

static const SlCliOption slot_book_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("for whom") },
  { "service", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("what is given, one to one") },
  { "start", SL_CLI_TEXT, TRUE, N_ ("TIME"), N_ ("when it starts") },
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who gives it (the service's own instructor)") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (the room's, else this device's location)") },
  { "room", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("in which room") },
  PAY_OPTION,
  { "note", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what staff should know") },
  SL_CLI_OPTIONS_END
};

static const SlColumn booked_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "session", N_ ("Session"), SL_SHOW_TEXT, NULL },
  { "spent", N_ ("Credits spent"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "payment", N_ ("Payment"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static void
answer_booked (SlCli *cli, const SlBookingResult *result)
{
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack (
        "{s:o, s:s, s:o, s:o, s:i, s:I, s:o, s:o, s:o}", "id", sl_json_id (&result->booking_id), "status",
        sl_booking_status_name (result->status), "session", sl_json_id (&result->session_id), "member",
        sl_json_id (&result->member_id), "spots", result->spots, "spent", (json_int_t) result->spent_hundredths,
        "price", result->price_cents < 0 ? json_null () : json_integer (result->price_cents), "payment",
        sl_json_id (&result->payment_id), "code", sl_json_text (result->code));
}

static gboolean
run_slot_book (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlSlotRequest request = { .payment_method = sl_cli_text (call, "pay"), .note = sl_cli_text (call, "note") };
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &request.member_id, error)
      || !sl_cli_option_id (cli, "service", SL_THING_SERVICE, &request.service_id, error)
      || !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &request.instructor_id, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &request.location_id, error)
      || !sl_cli_option_id (cli, "room", SL_THING_ROOM, &request.room_id, error)
      || !read_time (cli, "start", sl_cli_text (call, "start"), &request.location_id, &request.start_ms, error)
      || !sl_slot_book (cli->engine, &cli->actor, &request, &result, &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  return TRUE;
}

/* --- requests --- */

static const SlCliOption request_add_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("who would like to come") },
  { "service", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("what is given, one to one") },
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who gives it (the service's own instructor)") },
  { "time", SL_CLI_LIST, TRUE, N_ ("TIME"), N_ ("a start that would suit; up to ten") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (this device's location)") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption request_accept_options[] = {
  { "time", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("which of the times; needed where there are several") },
  { "room", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("in which room") },
  PAY_OPTION,
  SL_CLI_OPTIONS_END
};

static const SlCliOption request_list_options[] = {
  { "open", SL_CLI_FLAG, FALSE, NULL, N_ ("those that wait for an answer") },
  { "expired", SL_CLI_FLAG, FALSE, NULL, N_ ("those that nobody has answered in time") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this member's") },
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this instructor's") },
  SL_CLI_OPTIONS_END
};

static const SlColumn request_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "instructor_name", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "service_name", N_ ("Service"), SL_SHOW_TEXT, NULL },
  { "times", N_ ("Times"), SL_SHOW_TEXT, NULL },
  { "state", N_ ("State"), SL_SHOW_TEXT, NULL },
  { "expires", N_ ("Open until"), SL_SHOW_TIME, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
request_to_json (SlCli *cli, const SlRequest *request, GError **error)
{
  g_autoptr (GTimeZone) zone = sl_location_zone (cli->engine, &request->location_id, error);
  if (zone == NULL)
    return NULL;
  json_t *times = json_array ();
  for (guint i = 0; i < request->times->len; i++)
    json_array_append_new (times, sl_json_time (cli, g_array_index (request->times, gint64, i), zone));
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "id",
                    sl_json_id (&request->id), "member", sl_json_id (&request->member_id), "name",
                    sl_json_text (request->member_name), "instructor", sl_json_id (&request->instructor_id),
                    "instructor_name", sl_json_text (request->instructor_name), "service",
                    sl_json_id (&request->service_id), "service_name", sl_json_text (request->service_name),
                    "location", sl_json_id (&request->location_id), "location_name",
                    sl_json_text (request->location_name), "times", times, "state",
                    sl_request_state_name (request->state), "made", sl_json_time (cli, request->made_ms, zone),
                    "expires", sl_json_time (cli, request->expires_ms, zone), "session",
                    sl_json_id (&request->session_id), "booking", sl_json_id (&request->booking_id));
}

static gboolean
answer_request (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlRequest) request = sl_request_get (cli->engine, id, error);
  return request != NULL && (cli->answer = request_to_json (cli, request, error)) != NULL;
}

static gboolean
run_request_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlRequestParams params = { 0 };
  GPtrArray *texts = sl_cli_list (call, "time");
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  SlId id;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &params.member_id, error)
      || !sl_cli_option_id (cli, "service", SL_THING_SERVICE, &params.service_id, error)
      || !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &params.instructor_id, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &params.location_id, error))
    return FALSE;
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      gint64 ms;
      if (!read_time (cli, "time", texts->pdata[i], &params.location_id, &ms, error))
        return FALSE;
      g_array_append_val (times, ms);
    }
  params.times = (const gint64 *) times->data;
  params.n_times = times->len;
  return sl_request_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error)
         && answer_request (cli, &id, error);
}

static gboolean
run_request_accept (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id, room;
  gint64 time_ms = SL_NUMBER_NONE;
  g_auto (SlBookingResult) result = { 0 };
  if (!sl_cli_argument_id (cli, 0, SL_THING_REQUEST, &id, error)
      || !sl_cli_option_id (cli, "room", SL_THING_ROOM, &room, error))
    return FALSE;
  g_autoptr (SlRequest) request = sl_request_get (cli->engine, &id, error);
  if (request == NULL
      || (sl_cli_has (call, "time")
          && !read_time (cli, "time", sl_cli_text (call, "time"), &request->location_id, &time_ms, error))
      || !sl_request_accept (cli->engine, &cli->actor, &id, time_ms, &room, sl_cli_text (call, "pay"), &result,
                             &cli->refusal, error))
    return FALSE;
  answer_booked (cli, &result);
  if (cli->answer != NULL)
    json_object_set_new (cli->answer, "request", sl_json_id (&id));
  return TRUE;
}

static gboolean
run_request_decline (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_REQUEST, &id, error)
         && sl_request_decline (cli->engine, &cli->actor, &id, &cli->refusal, error)
         && answer_request (cli, &id, error);
}

static gboolean
run_request_withdraw (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_REQUEST, &id, error)
         && sl_request_withdraw (cli->engine, &cli->actor, &id, &cli->refusal, error)
         && answer_request (cli, &id, error);
}

static gboolean
run_request_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member, instructor;
  SlRequestFilter filter = { .open = sl_cli_has (call, "open"), .expired = sl_cli_has (call, "expired") };
  g_autoptr (GPtrArray) requests = NULL;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &instructor, error))
    return FALSE;
  filter.member = if_named (&member);
  filter.instructor = if_named (&instructor);
  if (!sl_request_list (cli->engine, &cli->actor, &filter, &requests, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < requests->len; i++)
    {
      json_t *item = request_to_json (cli, requests->pdata[i], error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

/* --- standing bookings --- */

static const SlCliOption standing_add_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("for whom") },
  { "service", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("into whose sessions") },
  { "weekday", SL_CLI_TEXT, TRUE, N_ ("DAY"), N_ ("mon, tue, wed, thu, fri, sat or sun") },
  { "time", SL_CLI_TEXT, TRUE, N_ ("HH:MM"), N_ ("local time at which they start") },
  { "until", SL_CLI_TEXT, TRUE, N_ ("DATE"), N_ ("the last date") },
  { "from", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("the first date (today)") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (this device's location)") },
  { "spots", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many spots, the member's own too (1)") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption standing_list_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this member's") },
  { "all", SL_CLI_FLAG, FALSE, NULL, N_ ("also those that are over") },
  SL_CLI_OPTIONS_END
};

static const SlColumn standing_date_columns[] = {
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Not booked"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn standing_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "service_name", N_ ("Service"), SL_SHOW_TEXT, NULL },
  { "weekday", N_ ("Weekday"), SL_SHOW_TEXT, NULL },
  { "time", N_ ("Time"), SL_SHOW_TEXT, NULL },
  { "from", N_ ("From"), SL_SHOW_TEXT, NULL },
  { "until", N_ ("Until"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("Spots"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  { "dates", N_ ("Next dates"), SL_SHOW_ITEMS, standing_date_columns },
  SL_COLUMNS_END
};

static gboolean
run_standing_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlStandingParams params = { .spots = (int) CLAMP (sl_cli_int (call, "spots", 1), 0, G_MAXINT) };
  SlId id;
  return sl_cli_option_id (cli, "member", SL_THING_MEMBER, &params.member_id, error)
         && sl_cli_option_id (cli, "service", SL_THING_SERVICE, &params.service_id, error)
         && sl_cli_option_id (cli, "location", SL_THING_LOCATION, &params.location_id, error)
         && read_weekday (call, &params.weekday, error) && read_minute (call, "time", &params.minute, error)
         && read_day (call, "from", &params.from_day, error) && read_day (call, "until", &params.until_day, error)
         && sl_standing_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) && answer_id (cli, &id);
}

static gboolean
run_standing_end (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_STANDING, &id, error)
         && sl_standing_end (cli->engine, &cli->actor, &id, &cli->refusal, error) && answer_id (cli, &id);
}

/* The code of what is in the way: not_found where nothing is planned at that time. */
static json_t *
date_to_json (SlCli *cli, const SlStandingDate *date, GTimeZone *zone)
{
  gboolean booked = !sl_id_is_none (&date->booking_id);
  const char *code = date->no_session                   ? sl_error_info (SL_ERROR_NOT_FOUND)->code
                     : date->code == SL_REFUSAL_NONE ? NULL
                                                      : sl_refusal_name (date->code);
  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "start", sl_json_time (cli, date->start_ms, zone), "session",
                    sl_json_id (&date->session_id), "booking", sl_json_id (&date->booking_id), "status",
                    sl_json_text (booked ? sl_booking_status_name (date->status) : NULL), "code",
                    sl_json_text (booked ? NULL : code));
}

static json_t *
standing_to_json (SlCli *cli, const SlStanding *standing, GError **error)
{
  g_autoptr (GTimeZone) zone = sl_location_zone (cli->engine, &standing->location_id, error);
  if (zone == NULL)
    return NULL;
  g_autofree char *from = sl_time_format (standing->from_ms, zone);
  g_autofree char *until = sl_time_format (standing->until_ms - 1, zone); /* the last date, not the midnight after it */
  from[strlen ("2026-03-02")] = until[strlen ("2026-03-02")] = '\0';
  json_t *dates = json_array ();
  for (guint i = 0; i < standing->dates->len; i++)
    json_array_append_new (dates, date_to_json (cli, &g_array_index (standing->dates, SlStandingDate, i), zone));
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:i, s:o, s:o, s:o, s:o}", "id",
                    sl_json_id (&standing->id), "member", sl_json_id (&standing->member_id), "name",
                    sl_json_text (standing->member_name), "service", sl_json_id (&standing->service_id),
                    "service_name", sl_json_text (standing->service_name), "location",
                    sl_json_id (&standing->location_id), "location_name", sl_json_text (standing->location_name),
                    "weekday", sl_weekday_name (standing->weekday), "time", minute_to_json (standing->minute), "from",
                    from, "until", until, "spots", standing->spots, "active", sl_json_bool (standing->active),
                    "device", sl_json_id (&standing->device_id), "here", sl_json_bool (standing->made_here), "dates",
                    dates);
}

static gboolean
run_standing_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_standing_list (cli->engine, &cli->actor, if_named (&member), sl_cli_has (call, "all"), &list,
                            &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < list->len; i++)
    {
      json_t *item = standing_to_json (cli, list->pdata[i], error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_one_to_one_commands[] = {
  { "availability add", N_ ("say when an instructor takes one-to-one sessions, each week"),
    N_ ("Local time of the location. What runs over midnight is two blocks."), NULL, SL_CLI_IN_STUDIO,
    run_availability_add, availability_add_options, id_columns },
  { "availability list", N_ ("list when instructors take one-to-one sessions"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_availability_list, availability_list_options, availability_columns },
  { "availability remove", N_ ("take a block out; what is booked in it stays booked"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_availability_remove, NULL, id_columns },
  { "slots", N_ ("list the free times of instructors on a date"), NULL, NULL, SL_CLI_IN_STUDIO, run_slots,
    slots_options, slots_columns },
  { "slot book", N_ ("book a free time of an instructor"),
    N_ ("Makes the session and the booking together, or neither."), NULL, SL_CLI_IN_STUDIO, run_slot_book,
    slot_book_options, booked_columns },
  { "request add", N_ ("propose times to an instructor for a member"), NULL, NULL, SL_CLI_IN_STUDIO, run_request_add,
    request_add_options, request_columns },
  { "request accept", N_ ("accept one of the times; that makes a confirmed booking"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_request_accept, request_accept_options, booked_columns },
  { "request decline", N_ ("decline a request"), NULL, "ID", SL_CLI_IN_STUDIO, run_request_decline, NULL,
    request_columns },
  { "request withdraw", N_ ("take a request back for the member"), NULL, "ID", SL_CLI_IN_STUDIO, run_request_withdraw,
    NULL, request_columns },
  { "request list", N_ ("list requests, the newest first"), NULL, NULL, SL_CLI_IN_STUDIO, run_request_list,
    request_list_options, request_columns },
  { "standing add", N_ ("book a member into a weekly session until a date"),
    N_ ("Made by run-due on this device, some days ahead of each date."), NULL, SL_CLI_IN_STUDIO, run_standing_add,
    standing_add_options, id_columns },
  { "standing list", N_ ("list standing bookings and what has become of their next dates"), NULL, NULL,
    SL_CLI_IN_STUDIO, run_standing_list, standing_list_options, standing_columns },
  { "standing end", N_ ("end a standing booking; what was booked stays booked"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_standing_end, NULL, id_columns },
  { NULL }
};
