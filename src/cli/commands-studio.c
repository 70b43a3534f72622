/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-studio"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "engine/demo.h"
#include "engine/device.h"
#include "engine/location.h"
#include "engine/policy.h"
#include "engine/recovery.h"
#include "engine/studio.h"
#include "scan/code-picture.h"

/* --- init, demo --- */

static const SlCliOption init_options[] = {
  { "org", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("the studio's name") },
  { "location", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("the name of the place where this device stands") },
  { "timezone", SL_CLI_TEXT, TRUE, N_ ("TZ"), N_ ("its time zone, such as Africa/Johannesburg") },
  { "currency", SL_CLI_TEXT, FALSE, N_ ("CODE"), N_ ("three letters (ZAR)") },
  { "owner", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("the owner's name") },
  { "pin", SL_CLI_TEXT, TRUE, N_ ("PIN"), N_ ("the owner's PIN: 6 digits or more") },
  { "recovery-png", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the recovery phrase as a picture of a code, too") },
  SL_CLI_OPTIONS_END
};

static const SlColumn init_columns[] = {
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL },
  { "location", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "owner", N_ ("Owner"), SL_SHOW_TEXT, NULL },
  { "recovery", N_ ("Recovery phrase"), SL_SHOW_TEXT, NULL },
  { "recovery_png", N_ ("Picture of it"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
founded_to_json (const SlStudioFounded *founded)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "org", sl_json_id (&founded->organisation_id),
                    "location", sl_json_id (&founded->location_id), "replica", sl_json_id (&founded->replica_id),
                    "owner", sl_json_id (&founded->owner_id), "recovery", sl_json_text (founded->recovery_phrase));
}

/* The studio stands, and its phrase is shown now or never: a picture that cannot be written is no reason to hide it. */
static gboolean
write_phrase (const char *phrase, const char *file)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GdkPixbuf) picture = sl_code_picture (phrase, SL_CODE_PICTURE_MODULE_PX, &failure);
  g_autofree char *png = NULL;
  gsize length;
  if (picture != NULL && gdk_pixbuf_save_to_buffer (picture, &png, &length, "png", &failure, NULL)
      && sl_cli_write_private (file, png, length, &failure))
    return TRUE;
  g_warning ("the picture of the recovery phrase: %s", failure->message);
  return FALSE;
}

static gboolean
run_init (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *png = sl_cli_text (call, "recovery-png");
  const SlStudioParams params = {
    .name = sl_cli_text (call, "org"), .location_name = sl_cli_text (call, "location"),
    .timezone = sl_cli_text (call, "timezone"), .currency = sl_cli_text (call, "currency"),
    .owner_name = sl_cli_text (call, "owner"), .owner_pin = sl_cli_text (call, "pin"),
  };
  g_auto (SlStudioFounded) founded = { 0 };
  if (!sl_cli_check_output (png, error)
      || !sl_studio_init (cli->data_dir, cli->world, &params, &founded, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = founded_to_json (&founded);
  if (png != NULL)
    json_object_set_new (cli->answer, "recovery_png",
                         sl_json_text (write_phrase (founded.recovery_phrase, png) ? png : NULL));
  return TRUE;
}

static const SlCliOption renew_options[] = {
  { "recovery-png", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the recovery phrase as a picture of a code, too") },
  SL_CLI_OPTIONS_END
};

static const SlColumn renew_columns[] = {
  { "recovery", N_ ("Recovery phrase"), SL_SHOW_TEXT, NULL },
  { "recovery_png", N_ ("Picture of it"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_recovery_renew (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *png = sl_cli_text (call, "recovery-png");
  g_autofree char *phrase = NULL;
  if (!sl_cli_check_output (png, error)
      || !sl_recovery_renew (cli->engine, &cli->actor, &phrase, &cli->refusal, error))
    return FALSE;
  if (phrase == NULL)
    return TRUE;
  cli->answer = json_pack ("{s:o}", "recovery", sl_json_text (phrase));
  if (png != NULL)
    json_object_set_new (cli->answer, "recovery_png", sl_json_text (write_phrase (phrase, png) ? png : NULL));
  explicit_bzero (phrase, strlen (phrase));
  return TRUE;
}

static const SlColumn demo_staff_columns[] = {
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "role", N_ ("Role"), SL_SHOW_TEXT, NULL },
  { "pin", N_ ("PIN"), SL_SHOW_TEXT, NULL },
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn demo_columns[] = {
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL },
  { "locations", N_ ("Locations"), SL_SHOW_TEXT, NULL },
  { "rooms", N_ ("Rooms"), SL_SHOW_TEXT, NULL },
  { "services", N_ ("Services"), SL_SHOW_TEXT, NULL },
  { "staff", N_ ("Staff"), SL_SHOW_TEXT, NULL },
  { "members", N_ ("Members"), SL_SHOW_TEXT, NULL },
  { "packages", N_ ("Packages"), SL_SHOW_TEXT, NULL },
  { "sales", N_ ("Sales"), SL_SHOW_TEXT, NULL },
  { "sessions", N_ ("Sessions"), SL_SHOW_TEXT, NULL },
  { "bookings", N_ ("Bookings"), SL_SHOW_TEXT, NULL },
  { "checkins", N_ ("Check-ins"), SL_SHOW_TEXT, NULL },
  { "passes", N_ ("Passes"), SL_SHOW_TEXT, NULL },
  { "waiting", N_ ("Waiting"), SL_SHOW_TEXT, NULL },
  { "availability", N_ ("Times of instructors"), SL_SHOW_TEXT, NULL },
  { "requests", N_ ("Requests"), SL_SHOW_TEXT, NULL },
  { "standing", N_ ("Standing bookings"), SL_SHOW_TEXT, NULL },
  { "plans", N_ ("Plans"), SL_SHOW_TEXT, NULL },
  { "memberships", N_ ("Memberships"), SL_SHOW_TEXT, NULL },
  { "recovery", N_ ("Recovery phrase"), SL_SHOW_TEXT, NULL },
  { "pass_member", N_ ("Can check in now"), SL_SHOW_TEXT, NULL },
  { "people", N_ ("Staff and their PINs"), SL_SHOW_ITEMS, demo_staff_columns },
  SL_COLUMNS_END
};

static json_t *
demo_to_json (const SlDemo *demo)
{
  json_t *answer = founded_to_json (&demo->founded);
  const struct { const char *key; guint count; } counts[] = {
    { "locations", demo->locations }, { "rooms", demo->rooms }, { "services", demo->services },
    { "staff", demo->staff },
    { "members", demo->members }, { "packages", demo->packages }, { "sales", demo->sales },
    { "sessions", demo->sessions },
    { "bookings", demo->bookings }, { "checkins", demo->checkins }, { "passes", demo->passes },
    { "waiting", demo->waiting }, { "availability", demo->availability }, { "requests", demo->requests },
    { "standing", demo->standing }, { "plans", demo->plans }, { "memberships", demo->memberships },
  };
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_new (answer, counts[i].key, sl_json_count (counts[i].count));
  json_t *people = json_array ();
  for (guint i = 0; i < demo->people->len; i++)
    {
      const SlDemoStaff *person = &g_array_index (demo->people, SlDemoStaff, i);
      json_array_append_new (people, json_pack ("{s:o, s:s, s:s, s:s}", "id", sl_json_id (&person->id),
                                                "name", person->name,
                                                "role", person->role, "pin", person->pin));
    }
  json_object_set_new (answer, "pass_member", sl_json_id (&demo->pass_member));
  json_object_set_new (answer, "people", people);
  return answer;
}

static gboolean
run_demo (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_auto (SlDemo) demo = { 0 };
  if (!sl_demo_fill (cli->data_dir, cli->world, NULL, &demo, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = demo_to_json (&demo);
  return TRUE;
}

/* --- locations and rooms --- */

static const SlCliOption location_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it") },
  { "timezone", SL_CLI_TEXT, FALSE, N_ ("TZ"), N_ ("its time zone (this device's)") },
  { "address", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("where it is") },
  { "hours", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("when it is open: Mon-Fri 05:00-21:00; Sat,Sun 07:00-13:00") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption location_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it") },
  { "timezone", SL_CLI_TEXT, FALSE, N_ ("TZ"), N_ ("its time zone") },
  { "address", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("where it is") },
  { "hours", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("when it is open: Mon-Fri 05:00-21:00; Sat,Sun 07:00-13:00") },
  { "door-device", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("the device that has spots for walk-ins, or 'first'") },
  SL_CLI_OPTIONS_END
};

static const SlColumn location_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "timezone", N_ ("Time zone"), SL_SHOW_TEXT, NULL },
  { "address", N_ ("Address"), SL_SHOW_TEXT, NULL },
  { "hours", N_ ("Opening hours"), SL_SHOW_TEXT, NULL },
  { "door_device", N_ ("Door device"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* (nullable): failed. */
static json_t *
location_to_json (SlCli *cli, const SlLocation *location, GError **error)
{
  SlId door;
  if (!sl_device_find_door (cli->engine, &location->id, &door, error))
    return NULL;
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&location->id), "name",
                    sl_json_text (location->name), "timezone", sl_json_text (location->timezone), "address",
                    sl_json_text (location->address), "hours", sl_json_text (location->opening_hours), "door_device",
                    sl_json_id (&door));
}

static gboolean
answer_location (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlLocation) location = sl_location_get (cli->engine, id, error);
  if (location == NULL)
    return FALSE;
  cli->answer = location_to_json (cli, location, error);
  return cli->answer != NULL;
}

static gboolean
run_location_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  const char *here = g_time_zone_get_identifier (sl_engine_time_zone (cli->engine));
  const SlLocationParams params = { .name = sl_cli_text (call, "name"),
                                    .timezone = sl_cli_text_or (call, "timezone", here),
                                    .address = sl_cli_text (call, "address"),
                                    .opening_hours = sl_cli_text (call, "hours") };
  return sl_location_add_params (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) &&
         answer_location (cli, &id, error);
}

static gboolean
run_location_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id, door = sl_id_none;
  gboolean first = g_strcmp0 (sl_cli_text (call, "door-device"), "first") == 0;
  const SlLocationParams params = { .name = sl_cli_text (call, "name"), .timezone = sl_cli_text (call, "timezone"),
                                    .address = sl_cli_text (call, "address"),
                                    .opening_hours = sl_cli_text (call, "hours"),
                                    .door_device = sl_cli_has (call, "door-device") ? &door : NULL };
  return sl_cli_argument_id (cli, 0, SL_THING_LOCATION, &id, error) &&
         (first || sl_cli_option_id (cli, "door-device", SL_THING_REPLICA, &door, error)) &&
         sl_location_edit_params (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) &&
         answer_location (cli, &id, error);
}

static gboolean
run_location_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) locations = sl_location_list (cli->engine, error);
  if (locations == NULL)
    return FALSE;
  g_autoptr (json_t) items = json_array ();
  for (guint i = 0; i < locations->len; i++)
    {
      json_t *item = location_to_json (cli, g_ptr_array_index (locations, i), error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

static const SlCliOption room_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where it is (this device's location)") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption room_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it") },
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still used") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption room_list_options[] = {
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only the rooms of this location") },
  SL_CLI_OPTIONS_END
};

static const SlColumn room_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "location", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
room_to_json (const SlRoom *room)
{
  return json_pack ("{s:o, s:o, s:o, s:o}", "id", sl_json_id (&room->id), "name", sl_json_text (room->name),
                    "location", sl_json_id (&room->location_id), "active", sl_json_bool (room->active));
}

static gboolean
answer_room (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlRoom) room = sl_room_get (cli->engine, id, error);
  if (room == NULL)
    return FALSE;
  cli->answer = room_to_json (room);
  return TRUE;
}

static gboolean
run_room_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId location, id;
  return sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error) &&
         sl_room_add (cli->engine, &cli->actor, sl_id_is_none (&location) ? NULL : &location,
                      sl_cli_text (call, "name"), &id, &cli->refusal, error) &&
         answer_room (cli, &id, error);
}

static gboolean
run_room_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  const char *active = sl_cli_text (call, "active");
  if (active != NULL && !g_str_equal (active, "yes") && !g_str_equal (active, "no"))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--active: yes or no");
      return FALSE;
    }
  return sl_cli_argument_id (cli, 0, SL_THING_ROOM, &id, error) &&
         sl_room_edit (cli->engine, &cli->actor, &id, sl_cli_text (call, "name"),
                       active == NULL ? 0 : g_str_equal (active, "yes") ? 1 : -1, &cli->refusal, error) &&
         answer_room (cli, &id, error);
}

static gboolean
run_room_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId location;
  if (!sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error))
    return FALSE;
  g_autoptr (GPtrArray) rooms = sl_room_list (cli->engine, sl_id_is_none (&location) ? NULL : &location, error);
  if (rooms == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < rooms->len; i++)
    json_array_append_new (items, room_to_json (g_ptr_array_index (rooms, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- policies --- */

static const SlCliOption policy_options[] = {
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("at this location") },
  { "service", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("for this service") },
  SL_CLI_OPTIONS_END
};

static const SlColumn policy_columns[] = {
  { "key", N_ ("Policy"), SL_SHOW_TEXT, NULL },
  { "value", N_ ("Value"), SL_SHOW_TEXT, NULL },
  { "scope", N_ ("Set for"), SL_SHOW_TEXT, NULL },
  { "default", N_ ("Default"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

typedef struct { SlId location, service; } PolicyPlace;

static gboolean
read_place (SlCli *cli, PolicyPlace *out, GError **error)
{
  return sl_cli_option_id (cli, "location", SL_THING_LOCATION, &out->location, error) &&
         sl_cli_option_id (cli, "service", SL_THING_SERVICE, &out->service, error);
}

static const SlId *
or_null (const SlId *id)
{
  return sl_id_is_none (id) ? NULL : id;
}

static gboolean
read_policy (const SlCliCall *call, SlPolicy *out, GError **error)
{
  const char *name = sl_cli_argument (call, 0);
  if (sl_policy_parse (name, out))
    return TRUE;
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no policy is called '%s'; policy list names them", valid);
  return FALSE;
}

/* Numbers as numbers. (transfer full) */
static json_t *
value_to_json (SlPolicy policy, const char *value)
{
  gint64 number;
  gboolean is_number = sl_policy_kind (policy) == SL_POLICY_KIND_NUMBER &&
                       sl_cli_read_int ("value", value, &number, NULL);
  return is_number ? json_integer (number) : sl_json_text (value);
}

/* What counts at a place, and why. (transfer full) */
static json_t *
policy_to_json (SlCli *cli, const PolicyPlace *place, SlPolicy policy, GError **error)
{
  g_autofree char *value = NULL;
  SlPolicyScope scope;
  if (!sl_policy_look_up (cli->engine, or_null (&place->location), or_null (&place->service), policy, &value, &scope,
                          error))
    return NULL;
  return json_pack ("{s:s, s:o, s:s, s:o}", "key", sl_policy_name (policy), "value", value_to_json (policy, value),
                    "scope", sl_policy_scope_name (scope),
                    "default", value_to_json (policy, sl_policy_default (policy)));
}

static gboolean
run_policy_get (SlCli *cli, const SlCliCall *call, GError **error)
{
  PolicyPlace place;
  SlPolicy policy;
  return read_policy (call, &policy, error) && read_place (cli, &place, error) &&
         (cli->answer = policy_to_json (cli, &place, policy, error)) != NULL;
}

static gboolean
run_policy_set (SlCli *cli, const SlCliCall *call, GError **error)
{
  PolicyPlace place;
  SlPolicy policy;
  if (!read_policy (call, &policy, error) || !read_place (cli, &place, error))
    return FALSE;
  if (!sl_id_is_none (&place.location) && !sl_id_is_none (&place.service))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                           "a policy is set for a location or for a service, not for both");
      return FALSE;
    }
  const SlId *scope = !sl_id_is_none (&place.service) ? &place.service : &place.location;
  const char *value = sl_cli_argument (call, 1);
  if (!sl_policy_set (cli->engine, &cli->actor, scope, policy, g_str_equal (value, "default") ? NULL : value,
                      &cli->refusal, error))
    return FALSE;
  return cli->refusal.code != SL_REFUSAL_NONE || (cli->answer = policy_to_json (cli, &place, policy, error)) != NULL;
}

static gboolean
run_policy_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  PolicyPlace place;
  if (!read_place (cli, &place, error))
    return FALSE;
  g_autoptr (json_t) items = json_array ();
  for (SlPolicy policy = 0; policy < SL_POLICY_LAST; policy++)
    {
      json_t *item = policy_to_json (cli, &place, policy, error);
      if (item == NULL)
        return FALSE;
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:O}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_studio_commands[] = {
  { "init", N_ ("make a new, stand-alone studio on this device"),
    N_ ("The data directory is made where there is none; an existing one must be empty. The recovery phrase is shown\n"
        "this once: keep it apart from this device, it opens backups when the device is lost."),
    NULL, SL_CLI_FOUNDS, run_init, init_options, init_columns },
  { "demo", N_ ("fill a fresh data directory with a studio to try things with"),
    N_ ("People, packages, a week of classes around now with their bookings, and one class that is open for check-in.\n"
        "Everything is made by the same commands that a studio uses; the names are invented."),
    NULL, SL_CLI_FOUNDS, run_demo, NULL, demo_columns },
  { "recovery renew", N_ ("make a new recovery phrase"),
    N_ ("For an owner whose phrase was lost, or seen by somebody. Backups that are made from now on open by the new\n"
        "one; those that were made before, by the one before."),
    NULL, SL_CLI_IN_STUDIO, run_recovery_renew, renew_options, renew_columns },
  { "location add", N_ ("add a location"), NULL, NULL, SL_CLI_IN_STUDIO, run_location_add, location_add_options,
    location_columns },
  { "location list", N_ ("list the locations"), NULL, NULL, SL_CLI_IN_STUDIO, run_location_list, NULL,
    location_columns },
  { "location edit", N_ ("change a location; what is not named stays"), NULL, "ID", SL_CLI_IN_STUDIO, run_location_edit,
    location_edit_options, location_columns },
  { "room add", N_ ("add a room"), NULL, NULL, SL_CLI_IN_STUDIO, run_room_add, room_add_options, room_columns },
  { "room edit", N_ ("change a room; what is not named stays"), NULL, "ID", SL_CLI_IN_STUDIO, run_room_edit,
    room_edit_options, room_columns },
  { "room list", N_ ("list the rooms"), NULL, NULL, SL_CLI_IN_STUDIO, run_room_list, room_list_options, room_columns },
  { "policy get", N_ ("show what counts"),
    N_ ("The most specific value counts: the service's, else the location's, else the studio's, else the default."),
    "KEY",
    SL_CLI_IN_STUDIO, run_policy_get, policy_options, policy_columns },
  { "policy set", N_ ("set a number of the rules"),
    N_ ("For the studio, one location or one service. The value 'default' takes the setting back."), "KEY VALUE",
    SL_CLI_IN_STUDIO, run_policy_set, policy_options, policy_columns },
  { "policy list", N_ ("list all policies and what counts"), NULL, NULL, SL_CLI_IN_STUDIO, run_policy_list,
    policy_options,
    policy_columns },
  { NULL }
};
