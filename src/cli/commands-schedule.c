/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-schedule"

#include <glib/gi18n-lib.h>

#include <string.h>

#include "cli/values.h"
#include "core/datetime.h"
#include "engine/command.h"
#include "engine/location.h"
#include "engine/notification.h"
#include "engine/recurrence.h"
#include "engine/roster.h"
#include "engine/schedule.h"
#include "engine/series.h"

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
  { "except", SL_CLI_LIST, FALSE, N_ ("DATE"), N_ ("no occurrence on this date, or at this moment") },
  { "draft", SL_CLI_FLAG, FALSE, NULL, N_ ("do not publish it yet") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption session_edit_options[] = {
  { "service", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("what is given") },
  { "start", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("when it starts") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in") },
  SESSION_OPTIONS,
  { "following", SL_CLI_FLAG, FALSE, NULL, N_ ("also those of its rule that come after it") },
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

static const SlColumn clash_columns[] = {
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "booking", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "other_booking", N_ ("Other booking"), SL_SHOW_TEXT, NULL },
  { "other_session", N_ ("Other session"), SL_SHOW_TEXT, NULL },
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
  { "rule", N_ ("Rule"), SL_SHOW_TEXT, NULL },
  { "released", N_ ("Bookings cancelled"), SL_SHOW_TEXT, NULL },
  { "notified", N_ ("Members to be told"), SL_SHOW_TEXT, NULL },
  { "ids", N_ ("Occurrences"), SL_SHOW_TEXT, NULL },
  { "starts", N_ ("Starts"), SL_SHOW_TEXT, NULL },
  { "clashes", N_ ("Members who are booked elsewhere at that time"), SL_SHOW_ITEMS, clash_columns },
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
                    " s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
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
                    "in_without_spot", (json_int_t) counts.in_without_spot, "notes", sl_json_text (session->notes),
                    "rule", sl_json_id (&session->rule_id));
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

/* A time without offset is local to the session's place. Without the option: the fallback. */
static gboolean
read_time_at (SlCli *cli, const char *option, const SlId *place, gint64 fallback_ms, gint64 *out_ms, GError **error)
{
  const char *text = sl_cli_text (cli->call, option);
  if (text == NULL || sl_id_is_none (place))
    return sl_cli_option_time (cli, option, fallback_ms, out_ms, error);
  g_autoptr (GTimeZone) zone = sl_location_zone (cli->engine, place, error);
  if (zone == NULL)
    return FALSE;
  if (sl_time_parse (text, zone, out_ms, error))
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

/* place: (nullable): of the session that is changed; a new one's is named, or this device's. */
static gboolean
read_session_params (SlCli *cli, const SlId *place, SessionIds *ids, SlSessionParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  sl_session_params_init (out);
  if (!sl_cli_option_id (cli, "service", SL_THING_SERVICE, &ids->service, error) ||
      !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &ids->location, error) ||
      !read_clearable_id (cli, "instructor", SL_THING_STAFF, &ids->instructor, error) ||
      !read_clearable_id (cli, "room", SL_THING_ROOM, &ids->room, error) ||
      !read_time_at (cli, "start", place != NULL ? place : &ids->location, SL_NUMBER_NONE, &out->start_ms, error))
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

/* (transfer full) */
static json_t *
ids_to_json (GArray *ids)
{
  json_t *array = json_array ();
  for (guint i = 0; i < ids->len; i++)
    json_array_append_new (array, sl_json_id (&g_array_index (ids, SlId, i)));
  return array;
}

/* Who of the sessions is booked into another one at their new times. */
static gboolean
add_clashes (SlCli *cli, GArray *sessions, GError **error)
{
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < sessions->len; i++)
    {
      g_autoptr (GArray) clashes = sl_session_clashes (cli->engine, &g_array_index (sessions, SlId, i), error);
      if (clashes == NULL)
        return FALSE;
      for (guint j = 0; j < clashes->len; j++)
        {
          const SlSessionClash *clash = &g_array_index (clashes, SlSessionClash, j);
          json_array_append_new (items, json_pack ("{s:o, s:o, s:o, s:o}", "booking", sl_json_id (&clash->booking_id),
                                                   "member", sl_json_id (&clash->member_id), "other_booking",
                                                   sl_json_id (&clash->other_booking_id), "other_session",
                                                   sl_json_id (&clash->other_session_id)));
        }
    }
  json_object_set (cli->answer, "clashes", items);
  return TRUE;
}

/* The session's answer, and which ones were changed with it. */
static gboolean
answer_changed (SlCli *cli, const SlId *id, GArray *ids, GError **error)
{
  if (!answer_session (cli, id, error))
    return FALSE;
  if (cli->answer != NULL)
    json_object_set_new (cli->answer, "ids", ids_to_json (ids));
  return TRUE;
}

static gboolean
run_session_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SessionIds named;
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error))
    return FALSE;
  g_autoptr (SlSession) before = sl_session_get (cli->engine, &id, error);
  if (before == NULL || !read_session_params (cli, &before->location_id, &named, &params, error))
    return FALSE;
  if (sl_cli_has (call, "following"))
    {
      if (!sl_session_edit_following (cli->engine, &cli->actor, &id, &params, &ids, &cli->refusal, error))
        return FALSE;
    }
  else
    {
      if (!sl_session_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error))
        return FALSE;
      ids = g_array_new (FALSE, FALSE, sizeof (SlId));
      g_array_append_val (ids, id);
    }
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  return answer_changed (cli, &id, ids, error) && add_clashes (cli, ids, error);
}

static const SlCliOption session_list_options[] = {
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("starting at this moment or later") },
  { "to", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("starting before this moment") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only at this location") },
  { "rule", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only what this rule has made") },
  SL_CLI_OPTIONS_END
};

/* (transfer full) (element-type SlSession): of the place, or of the rule, that start in time. */
static GPtrArray *
list_sessions (SlCli *cli, gint64 from_ms, gint64 to_ms, GError **error)
{
  SlId location, rule;
  const char *text = sl_cli_text (cli->call, "rule");
  if (!sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error))
    return NULL;
  if (text == NULL)
    return sl_session_list (cli->engine, sl_id_is_none (&location) ? NULL : &location, from_ms, to_ms, error);
  if (!sl_id_parse (text, &rule))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--rule: not an id");
      return NULL;
    }
  g_autoptr (GPtrArray) of_rule = sl_session_list_rule (cli->engine, &rule, 0, error);
  for (guint i = of_rule != NULL ? of_rule->len : 0; i > 0; i--)
    {
      const SlSession *session = of_rule->pdata[i - 1];
      if (session->start_ms < from_ms || session->start_ms >= to_ms ||
          (!sl_id_is_none (&location) && !sl_id_equal (&location, &session->location_id)))
        g_ptr_array_remove_index (of_rule, i - 1);
    }
  return g_steal_pointer (&of_rule);
}

static gboolean
run_session_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  gint64 from_ms, to_ms;
  if (!sl_cli_option_time (cli, "from", SL_TIME_MIN_MS, &from_ms, error) ||
      !sl_cli_option_time (cli, "to", SL_TIME_MAX_MS, &to_ms, error))
    return FALSE;
  g_autoptr (GPtrArray) sessions = list_sessions (cli, from_ms, to_ms, error);
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
  { "following", SL_CLI_FLAG, FALSE, NULL, N_ ("also those of its rule that come after it") },
  SL_CLI_OPTIONS_END
};

/* How many bookings were let go here, and how many people are told of it. */
static gboolean
add_told (SlCli *cli, GArray *ids, guint released, GError **error)
{
  gint64 people = 0;
  for (guint i = 0; i < ids->len; i++)
    if (!sl_notifications_count_cancelled (cli->engine, &g_array_index (ids, SlId, i), &people, error))
      return FALSE;
  json_object_set_new (cli->answer, "released", sl_json_count (released));
  json_object_set_new (cli->answer, "notified", json_integer (people));
  return TRUE;
}

static gboolean
run_session_cancel (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  guint released = 0;
  g_autoptr (GArray) ids = NULL;
  const char *reason = sl_cli_text (call, "reason");
  if (!sl_cli_argument_id (cli, 0, SL_THING_SESSION, &id, error))
    return FALSE;
  if (sl_cli_has (call, "following"))
    {
      if (!sl_session_cancel_following (cli->engine, &cli->actor, &id, reason, &ids, &released, &cli->refusal, error))
        return FALSE;
    }
  else
    {
      if (!sl_session_cancel (cli->engine, &cli->actor, &id, reason, &released, &cli->refusal, error))
        return FALSE;
      ids = g_array_new (FALSE, FALSE, sizeof (SlId));
      g_array_append_val (ids, id);
    }
  return answer_changed (cli, &id, ids, error) && (cli->answer == NULL || add_told (cli, ids, released, error));
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

/* The rule as one text: what --except takes out stands beside it as the RFC writes it. (transfer full) */
static char *
read_rule (const SlCliCall *call, GError **error)
{
  GPtrArray *except = sl_cli_list (call, "except");
  GString *rule = g_string_new (sl_cli_text (call, "rrule"));
  for (guint i = 0; except != NULL && i < except->len; i++)
    {
      const char *date = except->pdata[i];
      if (strpbrk (date, " \t\r\n;") != NULL)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--except: not a date: %.40s", date);
          g_string_free (rule, TRUE);
          return NULL;
        }
      g_string_append_printf (rule, "\nEXDATE:%s", date);
    }
  return g_string_free (rule, FALSE);
}

/* One session, or one for each occurrence of a rule. */
static gboolean
add_sessions (SlCli *cli, const SlSessionParams *params, GArray **out_ids, GError **error)
{
  const char *rrule = sl_cli_text (cli->call, "rrule");
  const SlId *place = params->location != NULL ? params->location : &sl_id_none;
  gint64 until_ms;
  if (!read_time_at (cli, "until", place, 0, &until_ms, error))
    return FALSE;
  if (rrule != NULL)
    {
      g_autofree char *rule = read_rule (cli->call, error);
      if (rule == NULL || !sl_session_add_by_rule (cli->engine, &cli->actor, params, rule, until_ms, out_ids,
                                                   &cli->refusal, error))
        return FALSE;
      /* Some were written before one was refused; with a key the refusal is kept all the same. */
      return cli->refusal.code == SL_REFUSAL_NONE || cli->call->key == NULL ||
             sl_keyed_restart (cli->engine, &cli->actor, error);
    }
  if (until_ms != 0 || sl_cli_has (cli->call, "except"))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--until and --except: only with --rrule");
      return FALSE;
    }
  SlId id;
  if (!sl_session_add (cli->engine, &cli->actor, params, &id, &cli->refusal, error))
    return FALSE;
  *out_ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (*out_ids, id);
  return TRUE;
}

/* When each of them starts. */
static gboolean
add_starts (SlCli *cli, GArray *ids, GError **error)
{
  g_autoptr (json_t) starts = json_array ();
  g_autoptr (GTimeZone) zone = NULL;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (SlSession) session = sl_session_get (cli->engine, &g_array_index (ids, SlId, i), error);
      if (session == NULL)
        return FALSE;
      if (zone == NULL && (zone = sl_location_zone (cli->engine, &session->location_id, error)) == NULL)
        return FALSE;
      json_array_append_new (starts, sl_json_time (cli, session->start_ms, zone));
    }
  json_object_set (cli->answer, "starts", starts);
  return TRUE;
}

static gboolean
run_session_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SessionIds named;
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  if (!read_session_params (cli, NULL, &named, &params, error) || !add_sessions (cli, &params, &ids, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  return answer_changed (cli, &g_array_index (ids, SlId, 0), ids, error) && add_starts (cli, ids, error);
}

const SlCliCommand sl_cli_schedule_commands[] = {
  { "session add", N_ ("add a session to the schedule and publish it"),
    N_ ("A rule adds one session for each occurrence, all or none, at the same local time. RRULE, EXDATE and RDATE\n"
        "may stand in it, on lines of their own."), NULL,
    SL_CLI_IN_STUDIO, run_session_add, session_add_options, session_columns },
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
