/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-schedule"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "core/datetime.h"
#include "engine/location.h"
#include "engine/recurrence.h"
#include "engine/roster.h"
#include "engine/schedule.h"
#include "engine/service.h"

/* --- services --- */

#define SERVICE_OPTIONS \
  { "credits", SL_CLI_INT, FALSE, N_ ("H"), N_ ("what it costs in hundredths of a credit; 0: free") }, \
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("drop-in price; without it there is no drop-in sale") }, \
  { "mode", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("who may book it: self, instructor, staff or mixed") }, \
  { "reserve", SL_CLI_INT, FALSE, N_ ("N"), N_ ("spots kept for walk-ins") }, \
  { "difficulty", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("beginner, intermediate, advanced or all_levels") }, \
  { "colour", SL_CLI_TEXT, FALSE, N_ ("#RRGGBB"), N_ ("its colour on screens") }, \
  { "description", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what members read about it") }

static const SlCliOption service_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it; need not be unique") },
  { "kind", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("class or one_to_one") },
  { "type", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("yoga, pilates, hiit, strength, cardio, dance, …") },
  { "duration", SL_CLI_INT, TRUE, N_ ("MIN"), N_ ("minutes") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in; a class needs it") },
  SERVICE_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlCliOption service_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it; need not be unique") },
  { "kind", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("class or one_to_one") },
  { "type", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("yoga, pilates, hiit, strength, cardio, dance, …") },
  { "duration", SL_CLI_INT, FALSE, N_ ("MIN"), N_ ("minutes; sessions made before keep theirs") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in; sessions made before keep theirs") },
  SERVICE_OPTIONS,
  { "no-price", SL_CLI_FLAG, FALSE, NULL, N_ ("no drop-in sale any more") },
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still offered") },
  SL_CLI_OPTIONS_END
};

static const SlColumn service_list_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "type", N_ ("Type"), SL_SHOW_TEXT, NULL },
  { "duration", N_ ("Minutes"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn service_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "type", N_ ("Type"), SL_SHOW_TEXT, NULL },
  { "difficulty", N_ ("Difficulty"), SL_SHOW_TEXT, NULL },
  { "duration", N_ ("Minutes"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "reserve", N_ ("Kept for walk-ins"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "mode", N_ ("Booked by"), SL_SHOW_TEXT, NULL },
  { "colour", N_ ("Colour"), SL_SHOW_TEXT, NULL },
  { "description", N_ ("Description"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
service_to_json (const SlService *service)
{
  json_t *price = service->price_cents == SL_NUMBER_NONE ? json_null () : json_integer (service->price_cents);
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:s, s:I, s:o, s:o, s:o}",
                    "id", sl_json_id (&service->id),
                    "name", sl_json_text (service->name), "kind", sl_json_text (service->kind),
                    "type", sl_json_text (service->type),
                    "difficulty", sl_json_text (service->difficulty), "duration", (json_int_t) service->duration_min,
                    "capacity", (json_int_t) service->capacity, "credits", (json_int_t) service->credits_hundredths,
                    "price", price,
                    "mode", sl_booking_mode_name (service->mode), "reserve", (json_int_t) service->reserve,
                    "colour", sl_json_text (service->colour), "description", sl_json_text (service->description),
                    "active", sl_json_bool (service->active));
}

static gboolean
answer_service (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlService) service = sl_service_get (cli->engine, id, error);
  if (service == NULL)
    return FALSE;
  cli->answer = service_to_json (service);
  return TRUE;
}

static gboolean
read_service_params (const SlCliCall *call, SlServiceParams *out, GError **error)
{
  const char *active = sl_cli_text (call, "active");
  if (active != NULL && !g_str_equal (active, "yes") && !g_str_equal (active, "no"))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--active: yes or no");
      return FALSE;
    }
  sl_service_params_init (out);
  out->name = sl_cli_text (call, "name");
  out->kind = sl_cli_text (call, "kind");
  out->type = sl_cli_text (call, "type");
  out->difficulty = sl_cli_text (call, "difficulty");
  out->mode = sl_cli_text (call, "mode");
  out->colour = sl_cli_text (call, "colour");
  out->description = sl_cli_text (call, "description");
  out->duration_min = sl_cli_int (call, "duration", SL_NUMBER_NONE);
  out->capacity = sl_cli_int (call, "capacity", SL_NUMBER_NONE);
  out->credits_hundredths = sl_cli_int (call, "credits", SL_NUMBER_NONE);
  out->price_cents = sl_cli_int (call, "price", SL_NUMBER_NONE);
  out->reserve = sl_cli_int (call, "reserve", SL_NUMBER_NONE);
  out->no_price = sl_cli_has (call, "no-price");
  out->active = active == NULL ? 0 : g_str_equal (active, "yes") ? 1 : -1;
  return TRUE;
}

static gboolean
run_service_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlServiceParams params;
  SlId id;
  return read_service_params (call, &params, error) &&
         sl_service_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) &&
         answer_service (cli, &id, error);
}

static gboolean
run_service_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlServiceParams params;
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SERVICE, &id, error) && read_service_params (call, &params, error) &&
         sl_service_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) &&
         answer_service (cli, &id, error);
}

static gboolean
run_service_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) services = sl_service_list (cli->engine, error);
  if (services == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < services->len; i++)
    json_array_append_new (items, service_to_json (g_ptr_array_index (services, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- sessions --- */

#define SESSION_OPTIONS \
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who gives it") }, \
  { "room", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("in which room") }, \
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (this device's location)") }, \
  { "notes", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what staff should know") }

static const SlCliOption session_add_options[] = {
  { "service", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("what is given") },
  { "start", SL_CLI_TEXT, TRUE, N_ ("TIME"), N_ ("when it starts") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in (the service's)") },
  SESSION_OPTIONS,
  { "rrule", SL_CLI_TEXT, FALSE, N_ ("RULE"), N_ ("how it repeats, by RFC 5545: FREQ=WEEKLY;COUNT=10") },
  { "until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("no occurrence after this moment") },
  { "draft", SL_CLI_FLAG, FALSE, NULL, N_ ("do not publish it yet") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption session_edit_options[] = {
  { "service", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("what is given") },
  { "start", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("when it starts") },
  SESSION_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlColumn session_list_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "service_name", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "room_name", N_ ("Room"), SL_SHOW_TEXT, NULL },
  { "instructor_name", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "state", N_ ("State"), SL_SHOW_TEXT, NULL },
  { "confirmed", N_ ("Booked"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "free", N_ ("Free"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn session_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "service_name", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "end", N_ ("End"), SL_SHOW_TIME, NULL },
  { "location_name", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "room_name", N_ ("Room"), SL_SHOW_TEXT, NULL },
  { "instructor_name", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "state", N_ ("State"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "confirmed", N_ ("Booked"), SL_SHOW_TEXT, NULL },
  { "held", N_ ("Held"), SL_SHOW_TEXT, NULL },
  { "waitlisted", N_ ("Waiting"), SL_SHOW_TEXT, NULL },
  { "free", N_ ("Free"), SL_SHOW_TEXT, NULL },
  { "rights", N_ ("Free on this device"), SL_SHOW_TEXT, NULL },
  { "overrides", N_ ("Beside the capacity"), SL_SHOW_TEXT, NULL },
  { "in_without_spot", N_ ("In without a spot"), SL_SHOW_TEXT, NULL },
  { "due", N_ ("To be tidied up"), SL_SHOW_TEXT, NULL },
  { "notes", N_ ("Notes"), SL_SHOW_TEXT, NULL },
  { "released", N_ ("Bookings cancelled"), SL_SHOW_TEXT, NULL },
  { "ids", N_ ("Occurrences"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* Times in the zone of the place where the session is. (transfer full), NULL on failure */
static json_t *
session_to_json (SlCli *cli, const SlSession *session, GError **error)
{
  SlSessionCounts counts;
  g_autoptr (GTimeZone) zone = sl_location_zone (cli->engine, &session->location_id, error);
  if (zone == NULL || !sl_session_counts (cli->engine, &session->id, &counts, error))
    return NULL;
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s,"
                    " s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
                    "id", sl_json_id (&session->id), "service", sl_json_id (&session->service_id),
                    "service_name", sl_json_text (session->service_name),
                    "location", sl_json_id (&session->location_id),
                    "location_name", sl_json_text (session->location_name), "room", sl_json_id (&session->room_id),
                    "room_name", sl_json_text (session->room_name), "instructor", sl_json_id (&session->instructor_id),
                    "instructor_name", sl_json_text (session->instructor_name),
                    "start", sl_json_time (cli, session->start_ms, zone),
                    "end", sl_json_time (cli, session->end_ms, zone), "state", sl_session_state_name (session->state),
                    "capacity", (json_int_t) counts.capacity, "confirmed", (json_int_t) counts.confirmed,
                    "held", (json_int_t) counts.held, "waitlisted", (json_int_t) counts.waitlisted,
                    "free", (json_int_t) counts.free,
                    "rights", (json_int_t) counts.rights, "due", (json_int_t) counts.due,
                    "overrides", (json_int_t) counts.override_spots,
                    "in_without_spot", (json_int_t) counts.in_without_spot, "notes", sl_json_text (session->notes));
}

static gboolean
answer_session (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlSession) session = sl_session_get (cli->engine, id, error);
  return session != NULL && (cli->answer = session_to_json (cli, session, error)) != NULL;
}

/* The ids that a session's options name; they live as long as this does. */
typedef struct { SlId service, location, instructor, room; } SessionIds;

static const SlId *
if_given (const SlCliCall *call, const char *option, const SlId *id)
{
  return sl_cli_has (call, option) ? id : NULL;
}

/* An empty value clears the field: only where the engine's edit is told so. */
static gboolean
read_clearable_id (SlCli *cli, const char *option, SlThing thing, SlId *out, GError **error)
{
  const char *text = sl_cli_text (cli->call, option);
  *out = sl_id_none;
  return text == NULL || *text == '\0' || sl_cli_option_id (cli, option, thing, out, error);
}

static gboolean
read_session_params (SlCli *cli, SessionIds *ids, SlSessionParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  sl_session_params_init (out);
  if (!sl_cli_option_id (cli, "service", SL_THING_SERVICE, &ids->service, error) ||
      !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &ids->location, error) ||
      !read_clearable_id (cli, "instructor", SL_THING_STAFF, &ids->instructor, error) ||
      !read_clearable_id (cli, "room", SL_THING_ROOM, &ids->room, error) ||
      !sl_cli_option_time (cli, "start", SL_NUMBER_NONE, &out->start_ms, error))
    return FALSE;
  out->service = if_given (call, "service", &ids->service);
  out->location = if_given (call, "location", &ids->location);
  out->instructor = if_given (call, "instructor", &ids->instructor);
  out->room = if_given (call, "room", &ids->room);
  out->capacity = sl_cli_int (call, "capacity", SL_NUMBER_NONE);
  out->notes = sl_cli_text (call, "notes");
  out->draft = sl_cli_has (call, "draft");
  return TRUE;
}

static gboolean
run_session_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SessionIds ids;
  SlSessionParams params;
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) && read_session_params (cli, &ids, &params, error) &&
         sl_session_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) &&
         answer_session (cli, &id, error);
}

static const SlCliOption session_list_options[] = {
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("starting at this moment or later") },
  { "to", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("starting before this moment") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only at this location") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_session_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId location;
  gint64 from_ms, to_ms;
  if (!sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error) ||
      !sl_cli_option_time (cli, "from", SL_TIME_MIN_MS, &from_ms, error) ||
      !sl_cli_option_time (cli, "to", SL_TIME_MAX_MS, &to_ms, error))
    return FALSE;
  g_autoptr (GPtrArray) sessions = sl_session_list (cli->engine, sl_id_is_none (&location) ? NULL : &location, from_ms,
                                                    to_ms, error);
  if (sessions == NULL)
    return FALSE;
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < sessions->len; i++)
    {
      json_t *item = session_to_json (cli, g_ptr_array_index (sessions, i), error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

static gboolean
run_session_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) && answer_session (cli, &id, error);
}

static gboolean
run_session_publish (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) &&
         sl_session_publish (cli->engine, &cli->actor, &id, &cli->refusal, error) && answer_session (cli, &id, error);
}

static const SlCliOption session_cancel_options[] = {
  { "reason", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_session_cancel (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  guint released = 0;
  if (!sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) ||
      !sl_session_cancel (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &released, &cli->refusal,
                          error) ||
      !answer_session (cli, &id, error))
    return FALSE;
  if (cli->answer != NULL)
    json_object_set_new (cli->answer, "released", sl_json_count (released));
  return TRUE;
}

static gboolean
run_session_complete (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) &&
         sl_session_complete (cli->engine, &cli->actor, &id, &cli->refusal, error) && answer_session (cli, &id, error);
}

static gboolean
run_session_capacity (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  gint64 capacity;
  return sl_cli_argument_int (call, 1, "N", &capacity, error) &&
         sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) &&
         sl_session_set_capacity (cli->engine, &cli->actor, &id, capacity, &cli->refusal, error) &&
         answer_session (cli, &id, error);
}

/* --- rosters --- */

static const SlCliOption roster_options[] = {
  { "all", SL_CLI_FLAG, FALSE, NULL, N_ ("also bookings that were cancelled or expired") },
  SL_CLI_OPTIONS_END
};

static const SlColumn roster_columns[] = {
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "late", N_ ("Late"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("Spots"), SL_SHOW_TEXT, NULL },
  { "checked_in", N_ ("Checked in"), SL_SHOW_TIME, NULL },
  { "guests", N_ ("Guests"), SL_SHOW_TEXT, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
roster_item_to_json (SlCli *cli, const SlRosterItem *item)
{
  return json_pack ("{s:o, s:o, s:o, s:s, s:o, s:o, s:i, s:i, s:o, s:o, s:o}",
                    "booking", sl_json_id (&item->booking_id),
                    "member", sl_json_id (&item->member_id), "name", sl_json_text (item->member_name),
                    "status", sl_booking_status_name (item->status), "late", sl_json_bool (item->late),
                    "override", sl_json_bool (item->override), "spots", item->spots, "spots_in", item->spots_in,
                    "guests", sl_json_texts (item->guests), "checked_in", sl_json_time (cli, item->checked_in_ms, NULL),
                    "expires", sl_json_time (cli, item->expires_ms, NULL));
}

static gboolean
run_roster (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (GPtrArray) roster = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error) ||
      !sl_roster_list (cli->engine, &cli->actor, &id, sl_cli_has (call, "all"), &roster, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < roster->len; i++)
    json_array_append_new (items, roster_item_to_json (cli, g_ptr_array_index (roster, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- adding sessions --- */

static json_t *
ids_to_json (GArray *ids)
{
  json_t *array = json_array ();
  for (guint i = 0; i < ids->len; i++)
    json_array_append_new (array, sl_json_id (&g_array_index (ids, SlId, i)));
  return array;
}

/* One session, or one for each occurrence of a rule. */
static gboolean
add_sessions (SlCli *cli, const SlSessionParams *params, GArray **out_ids, GError **error)
{
  const char *rrule = sl_cli_text (cli->call, "rrule");
  gint64 until_ms;
  if (!sl_cli_option_time (cli, "until", 0, &until_ms, error))
    return FALSE;
  if (rrule != NULL)
    return sl_session_add_by_rule (cli->engine, &cli->actor, params, rrule, until_ms, out_ids, &cli->refusal, error);
  if (until_ms != 0)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--until: only with --rrule");
      return FALSE;
    }
  SlId id;
  if (!sl_session_add (cli->engine, &cli->actor, params, &id, &cli->refusal, error))
    return FALSE;
  *out_ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (*out_ids, id);
  return TRUE;
}

static gboolean
run_session_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SessionIds named;
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  if (!read_session_params (cli, &named, &params, error) || !add_sessions (cli, &params, &ids, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!answer_session (cli, &g_array_index (ids, SlId, 0), error))
    return FALSE;
  json_object_set_new (cli->answer, "ids", ids_to_json (ids));
  return TRUE;
}

const SlCliCommand sl_cli_schedule_commands[] = {
  { "service add", N_ ("add a class or a one-to-one session that can be scheduled"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_service_add,
    service_add_options, service_columns },
  { "service list", N_ ("list the services"), NULL, NULL, SL_CLI_IN_STUDIO, run_service_list, NULL,
    service_list_columns },
  { "service edit", N_ ("change a service; what is not named stays"), NULL, "ID", SL_CLI_IN_STUDIO, run_service_edit,
    service_edit_options, service_columns },
  { "session add", N_ ("add a session to the schedule and publish it"),
    N_ ("A rule (daily, weekly or monthly) adds one session for each occurrence, all or none, at the same local\n"
        "time."), NULL,
    SL_CLI_IN_STUDIO, run_session_add, session_add_options, session_columns, "rrule" },
  { "session list", N_ ("list the sessions"), NULL, NULL, SL_CLI_IN_STUDIO, run_session_list, session_list_options,
    session_list_columns },
  { "session show", N_ ("show a session and its spots"), NULL, "ID", SL_CLI_IN_STUDIO, run_session_show, NULL,
    session_columns },
  { "session edit", N_ ("change a session; what is not named stays"), N_ ("An empty instructor or room clears it."),
    "ID",
    SL_CLI_IN_STUDIO, run_session_edit, session_edit_options, session_columns },
  { "session publish", N_ ("open a draft for booking"), NULL, "ID", SL_CLI_IN_STUDIO, run_session_publish, NULL,
    session_columns },
  { "session cancel", N_ ("cancel a session; its bookings are cancelled with everything back"), NULL, "ID",
    SL_CLI_IN_STUDIO,
    run_session_cancel, session_cancel_options, session_columns },
  { "session complete", N_ ("end a session"), NULL, "ID", SL_CLI_IN_STUDIO, run_session_complete, NULL,
    session_columns },
  { "session capacity", N_ ("change how many fit in"), NULL, "ID N", SL_CLI_IN_STUDIO, run_session_capacity, NULL,
    session_columns },
  { "roster", N_ ("list who is expected in a session, who is in and who did not come"), NULL, "SESSION",
    SL_CLI_IN_STUDIO, run_roster,
    roster_options, roster_columns },
  { NULL }
};
