/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-people"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/badge.h"
#include "engine/booking-view.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/no-show.h"
#include "engine/pass.h"
#include "engine/staff.h"
#include "scan/code-picture.h"

#define BOOKINGS_SHOWN 20   /* of a member: more than a person reads */

/* --- members --- */

#define MEMBER_OPTIONS \
  { "phone", SL_CLI_TEXT, FALSE, N_ ("PHONE"), N_ ("with country code, or a national number") }, \
  { "email", SL_CLI_TEXT, FALSE, N_ ("ADDRESS"), N_ ("e-mail") }, \
  { "permission", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("standard, vip or restricted") }, \
  { "birth-date", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("year, month and day: 1990-12-31") }, \
  { "emergency", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("whom to call in an emergency") }, \
  { "notes", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what staff should know") }, \
  { "invoice-to", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("whom invoices are for: name; address; VAT number") }, \
  { "language", SL_CLI_TEXT, FALSE, N_ ("TAG"), N_ ("preferred language: en, af, zu, xh or st") }, \
  { "home-location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where they mostly come") }, \
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whose own member they are; empty: nobody's") }, \
  { "channel", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("how they want to be told: whatsapp, sms, email or push") }, \
  { "marketing", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether they agreed to advertisements") }, \
  { "pin", SL_CLI_TEXT, FALSE, N_ ("PIN"), N_ ("their own PIN for the door: 4 to 6 digits") }, \
  { "anyway", SL_CLI_FLAG, FALSE, NULL, N_ ("although another member has this phone number") }, \
  SL_CLI_OPTIONS_END

static const SlCliOption member_add_options[] = {
  { "first", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("first name") },
  { "last", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("last name") },
  MEMBER_OPTIONS
};

static const SlCliOption member_edit_options[] = {
  { "first", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("first name") },
  { "last", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("last name") },
  { "status", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("active, or inactive: does not come at present") },
  MEMBER_OPTIONS
};

static const SlColumn member_list_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "first", N_ ("First name"), SL_SHOW_TEXT, NULL },
  { "last", N_ ("Last name"), SL_SHOW_TEXT, NULL },
  { "phone", N_ ("Phone"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static const SlColumn member_booking_columns[] = {
  { "id", N_ ("Booking"), SL_SHOW_TEXT, NULL },
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn member_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "first", N_ ("First name"), SL_SHOW_TEXT, NULL },
  { "last", N_ ("Last name"), SL_SHOW_TEXT, NULL },
  { "phone", N_ ("Phone"), SL_SHOW_TEXT, NULL },
  { "email", N_ ("E-mail"), SL_SHOW_TEXT, NULL },
  { "birth_date", N_ ("Birth date"), SL_SHOW_TEXT, NULL },
  { "emergency", N_ ("Emergency contact"), SL_SHOW_TEXT, NULL },
  { "notes", N_ ("Notes"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "status_reason", N_ ("Reason"), SL_SHOW_TEXT, NULL },
  { "permission", N_ ("Permission"), SL_SHOW_TEXT, NULL },
  { "language", N_ ("Language"), SL_SHOW_TEXT, NULL },
  { "home_location", N_ ("Home location"), SL_SHOW_TEXT, NULL },
  { "instructor", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "channel", N_ ("Told by"), SL_SHOW_TEXT, NULL },
  { "marketing", N_ ("Agreed to advertisements"), SL_SHOW_TEXT, NULL },
  { "has_pin", N_ ("Has a PIN"), SL_SHOW_TEXT, NULL },
  { "since", N_ ("Since"), SL_SHOW_TIME, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "merged", N_ ("Other records"), SL_SHOW_TEXT, NULL },
  { "released", N_ ("Bookings given back"), SL_SHOW_TEXT, NULL },
  { "no_shows", N_ ("Stayed away lately"), SL_SHOW_TEXT, NULL },
  { "no_show_pattern", N_ ("Stays away often"), SL_SHOW_TEXT, NULL },
  { "bookings", N_ ("Bookings"), SL_SHOW_ITEMS, member_booking_columns },
  SL_COLUMNS_END
};

static json_t *
member_to_json (const SlMember *member)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "id", sl_json_id (&member->id),
                    "first", sl_json_text (member->first),
                    "last", sl_json_text (member->last), "phone", sl_json_text (member->phone),
                    "email", sl_json_text (member->email),
                    "status", sl_json_text (member->status), "permission", sl_json_text (member->permission),
                    "credits", (json_int_t) member->credits_hundredths);
}

/* What a list leaves out. */
static json_t *
member_in_full (SlCli *cli, const SlMember *member)
{
  json_t *json = member_to_json (member);
  json_object_set_new (json, "status_reason", sl_json_text (member->status_reason));
  json_object_set_new (json, "birth_date", sl_json_text (member->birth_date));
  json_object_set_new (json, "emergency", sl_json_text (member->emergency));
  json_object_set_new (json, "notes", sl_json_text (member->notes));
  json_object_set_new (json, "invoice_to", sl_json_text (member->invoice_to));
  json_object_set_new (json, "language", sl_json_text (member->language));
  json_object_set_new (json, "home_location", sl_json_id (&member->home_location_id));
  json_object_set_new (json, "instructor", sl_json_id (&member->instructor_id));
  json_object_set_new (json, "channel", sl_json_text (member->channel));
  json_object_set_new (json, "marketing", sl_json_bool (member->marketing));
  json_object_set_new (json, "has_pin", sl_json_bool (member->has_pin));
  json_object_set_new (json, "since", sl_json_time (cli, member->created_ms, NULL));
  if (member->merged != NULL)
    json_object_set_new (json, "merged", sl_json_ids (member->merged));
  return json;
}

static gboolean
answer_member (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlMember) member = sl_member_get (cli->engine, id, error);
  if (member == NULL)
    return FALSE;
  cli->answer = member_in_full (cli, member);
  return TRUE;
}

typedef struct { SlId home, instructor; } MemberIds;

/* out: points into ids. */
static gboolean
read_member_params (SlCli *cli, SlMemberParams *out, MemberIds *ids, GError **error)
{
  const SlCliCall *call = cli->call;
  const char *instructor = sl_cli_text (call, "instructor");
  gboolean clears = instructor != NULL && *instructor == '\0';
  const char *marketing = sl_cli_text (call, "marketing");
  if (marketing != NULL && !g_str_equal (marketing, "yes") && !g_str_equal (marketing, "no"))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--marketing: yes or no");
      return FALSE;
    }
  ids->instructor = sl_id_none;
  if (!sl_cli_option_id (cli, "home-location", SL_THING_LOCATION, &ids->home, error) ||
      (!clears && !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &ids->instructor, error)))
    return FALSE;
  *out = (SlMemberParams) {
    .first = sl_cli_text (call, "first"), .last = sl_cli_text (call, "last"), .phone = sl_cli_text (call, "phone"),
    .email = sl_cli_text (call, "email"), .birth_date = sl_cli_text (call, "birth-date"),
    .notes = sl_cli_text (call, "notes"), .invoice_to = sl_cli_text (call, "invoice-to"),
    .emergency = sl_cli_text (call, "emergency"), .permission = sl_cli_text (call, "permission"),
    .language = sl_cli_text (call, "language"), .pin = sl_cli_text (call, "pin"),
    .channel = sl_cli_text (call, "channel"), .status = sl_cli_text (call, "status"),
    .home_location = sl_id_is_none (&ids->home) ? NULL : &ids->home,
    .instructor = instructor != NULL ? &ids->instructor : NULL,
    .marketing = marketing == NULL ? 0 : g_str_equal (marketing, "yes") ? 1 : -1,
  };
  return TRUE;
}

static gboolean
run_member_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlMemberParams params;
  MemberIds ids;
  SlId id;
  return read_member_params (cli, &params, &ids, error) &&
         sl_member_add (cli->engine, &cli->actor, &params, sl_cli_has (call, "anyway"), &id, &cli->refusal, error) &&
         answer_member (cli, &id, error);
}

static gboolean
run_member_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlMemberParams params;
  MemberIds ids;
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) && read_member_params (cli, &params, &ids, error) &&
         sl_member_edit (cli->engine, &cli->actor, &id, &params, sl_cli_has (call, "anyway"), &cli->refusal, error) &&
         answer_member (cli, &id, error);
}

static const SlCliOption member_list_options[] = {
  { "search", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("beginnings of names, or digits of the phone number") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_member_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) members = NULL;
  if (!sl_member_list (cli->engine, &cli->actor, sl_cli_text (call, "search"), 0, &members, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < members->len; i++)
    json_array_append_new (items, member_to_json (g_ptr_array_index (members, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
run_member_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (SlMember) member = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) ||
      !sl_member_show (cli->engine, &cli->actor, &id, &member, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (GPtrArray) bookings = sl_booking_list_of_member (cli->engine, &id, BOOKINGS_SHOWN, error);
  if (bookings == NULL)
    return FALSE;
  gint64 no_shows;
  gboolean pattern;
  if (!sl_no_show_count (cli->engine, &id, &no_shows, &pattern, error))
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < bookings->len; i++)
    {
      const SlBookingView *booking = g_ptr_array_index (bookings, i);
      json_array_append_new (items, json_pack ("{s:o, s:o, s:o, s:o, s:s}", "id", sl_json_id (&booking->id),
                                               "session", sl_json_id (&booking->session_id),
                                               "class", sl_json_text (booking->class_name),
                                               "start", sl_json_time (cli, booking->start_ms, NULL),
                                               "status", sl_booking_status_name (booking->status)));
    }
  cli->answer = member_in_full (cli, member);
  json_object_set_new (cli->answer, "no_shows", json_integer (no_shows));
  json_object_set_new (cli->answer, "no_show_pattern", sl_json_bool (pattern));
  json_object_set_new (cli->answer, "bookings", items);
  return TRUE;
}

static const SlCliOption reason_options[] = {
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption erase_options[] = {
  { "reason", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("why") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_member_block (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) &&
         sl_member_block (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &cli->refusal, error) &&
         answer_member (cli, &id, error);
}

static gboolean
run_member_unblock (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) &&
         sl_member_unblock (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &cli->refusal, error) &&
         answer_member (cli, &id, error);
}

static const SlCliOption merge_options[] = {
  { "into", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("the record that they go by from now on") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_member_merge (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id, into, survivor;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) &&
         sl_cli_option_id (cli, "into", SL_THING_MEMBER, &into, error) &&
         sl_member_merge (cli->engine, &cli->actor, &id, &into, &survivor, &cli->refusal, error) &&
         answer_member (cli, &survivor, error);
}

/* What is left of the member: an id and what the accounts need. */
static gboolean
run_member_erase (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  guint released;
  if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) ||
      !sl_member_erase (cli->engine, &cli->actor, &id, sl_cli_text (call, "reason"), &released, &cli->refusal, error) ||
      !answer_member (cli, &id, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    json_object_set_new (cli->answer, "released", sl_json_count (released));
  return TRUE;
}

/* --- passes and badges --- */

static const SlCliOption picture_options[] = {
  { "png", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the code as a picture") },
  { "svg", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the code as a drawing") },
  SL_CLI_OPTIONS_END
};

static const SlColumn pass_columns[] = {
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "staff", N_ ("Staff"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  { "expires", N_ ("Expires"), SL_SHOW_TIME, NULL },
  { "png", N_ ("Picture"), SL_SHOW_TEXT, NULL },
  { "svg", N_ ("Drawing"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* Asked before a code is issued: a new pass revokes the one before. */
static gboolean
check_pictures (const SlCliCall *call, GError **error)
{
  return sl_cli_check_output (sl_cli_text (call, "png"), error)
    && sl_cli_check_output (sl_cli_text (call, "svg"), error);
}

/* Writes the pictures that were asked for and adds them to the answer. */
static gboolean
save_pictures (SlCli *cli, const char *code, GError **error)
{
  const char *png = sl_cli_text (cli->call, "png"), *svg = sl_cli_text (cli->call, "svg");
  if ((png != NULL && !sl_code_picture_save_png (code, SL_CODE_PICTURE_MODULE_PX, png, error)) ||
      (svg != NULL && !sl_code_picture_save_svg (code, svg, error)))
    return FALSE;
  if (png != NULL)
    json_object_set_new (cli->answer, "png", sl_json_text (png));
  if (svg != NULL)
    json_object_set_new (cli->answer, "svg", sl_json_text (svg));
  return TRUE;
}

static gboolean
run_member_pass (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (SlPass) pass = NULL;
  if (!check_pictures (call, error) || !sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error) ||
      !sl_pass_issue (cli->engine, &cli->actor, &id, &pass, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o}", "member", sl_json_id (&id), "code", sl_json_text (pass->code),
                           "issued", sl_json_time (cli, pass->issued_ms, NULL),
                           "expires", sl_json_time (cli, pass->expires_ms, NULL));
  return save_pictures (cli, pass->code, error);
}

static gboolean
run_staff_badge (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autofree char *code = NULL;
  gint64 expires_ms;
  if (!check_pictures (call, error) || !sl_cli_argument_id (cli, 0, SL_THING_STAFF, &id, error) ||
      !sl_badge_issue (cli->engine, &cli->actor, &id, &code, &expires_ms, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = json_pack ("{s:o, s:o, s:o}", "staff", sl_json_id (&id), "code", sl_json_text (code),
                           "expires", sl_json_time (cli, expires_ms, NULL));
  return save_pictures (cli, code, error);
}

/* --- staff --- */

#define RATE_OPTIONS \
  { "rate-session", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what they are paid for a session") }, \
  { "rate-hour", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what they are paid for an hour of one") }, \
  { "rate-head", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what they are paid for each person who came") },

static const SlCliOption staff_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call them") },
  { "role", SL_CLI_TEXT, TRUE, N_ ("ROLE"), N_ ("owner, manager, finance, receptionist or instructor") },
  { "pin", SL_CLI_TEXT, TRUE, N_ ("PIN"), N_ ("their PIN: 6 digits or more") },
  { "location", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("where they may act (everywhere)") },
  RATE_OPTIONS
  SL_CLI_OPTIONS_END
};

static const SlCliOption staff_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call them") },
  { "role", SL_CLI_TEXT, FALSE, N_ ("ROLE"), N_ ("owner, manager, finance, receptionist or instructor") },
  { "location", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("where they may act, instead of before") },
  { "everywhere", SL_CLI_FLAG, FALSE, NULL, N_ ("let them act at all locations") },
  RATE_OPTIONS
  SL_CLI_OPTIONS_END
};

static const SlCliOption staff_pin_options[] = {
  { "pin", SL_CLI_TEXT, TRUE, N_ ("PIN"), N_ ("the new PIN: 6 digits or more") },
  SL_CLI_OPTIONS_END
};

static const SlColumn staff_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "role", N_ ("Role"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  { "locations", N_ ("Locations"), SL_SHOW_TEXT, NULL },
  { "rate_session", N_ ("Pay by session"), SL_SHOW_MONEY, NULL },
  { "rate_hour", N_ ("Pay by hour"), SL_SHOW_MONEY, NULL },
  { "rate_head", N_ ("Pay by head"), SL_SHOW_MONEY, NULL },
  SL_COLUMNS_END
};

static json_t *
rate_to_json (gint64 cents)
{
  return cents != SL_NUMBER_NONE ? json_integer (cents) : json_null ();
}

static json_t *
staff_to_json (const SlStaff *staff)
{
  json_t *locations = json_null ();
  if (staff->locations != NULL)
    {
      locations = json_array ();
      for (guint i = 0; i < staff->locations->len; i++)
        json_array_append_new (locations, sl_json_id (&g_array_index (staff->locations, SlId, i)));
    }
  return json_pack ("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&staff->id), "name",
                    sl_json_text (staff->name), "role", sl_role_name (staff->role), "active",
                    sl_json_bool (staff->active), "locations", locations, "rate_session",
                    rate_to_json (staff->rate_session_cents), "rate_hour", rate_to_json (staff->rate_hour_cents),
                    "rate_head", rate_to_json (staff->rate_head_cents));
}

static gboolean
answer_staff (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlStaff) staff = sl_staff_get (cli->engine, id, error);
  if (staff == NULL)
    return FALSE;
  cli->answer = staff_to_json (staff);
  return TRUE;
}

/* The locations that were named. (element-type SlId) */
static GArray *
read_locations (SlCli *cli, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  GPtrArray *texts = sl_cli_list (cli->call, "location");
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      SlId id;
      if (!sl_engine_resolve_id (cli->engine, SL_THING_LOCATION, g_ptr_array_index (texts, i), &id, error))
        return NULL;
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

static SlStaffRates
read_rates (const SlCliCall *call)
{
  return (SlStaffRates) { .session_cents = sl_cli_int (call, "rate-session", SL_NUMBER_NONE),
                          .hour_cents = sl_cli_int (call, "rate-hour", SL_NUMBER_NONE),
                          .head_cents = sl_cli_int (call, "rate-head", SL_NUMBER_NONE) };
}

static gboolean
run_staff_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GArray) locations = read_locations (cli, error);
  if (locations == NULL)
    return FALSE;
  const SlStaffRates rates = read_rates (call);
  const SlStaffParams params = {
    .rates = &rates,
    .name = sl_cli_text (call, "name"), .role = sl_cli_text (call, "role"), .pin = sl_cli_text (call, "pin"),
    .locations = locations->len > 0 ? (const SlId *) locations->data : NULL, .n_locations = locations->len,
  };
  SlId id;
  return sl_staff_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) && answer_staff (cli, &id, error);
}

static gboolean
run_staff_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (GArray) locations = read_locations (cli, error);
  if (locations == NULL || !sl_cli_argument_id (cli, 0, SL_THING_STAFF, &id, error))
    return FALSE;
  const SlStaffRates rates = read_rates (call);
  const SlStaffParams params = {
    .rates = &rates,
    .name = sl_cli_text (call, "name"), .role = sl_cli_text (call, "role"),
    .everywhere = sl_cli_has (call, "everywhere"),
    .locations = locations->len > 0 ? (const SlId *) locations->data : NULL, .n_locations = locations->len,
  };
  return sl_staff_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) && answer_staff (cli, &id, error);
}

static gboolean
run_staff_pin (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_STAFF, &id, error) &&
         sl_staff_set_pin (cli->engine, &cli->actor, &id, sl_cli_text (call, "pin"), &cli->refusal, error) &&
         answer_staff (cli, &id, error);
}

static gboolean
set_staff (SlCli *cli,
           gboolean (*set) (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                            GError **error),
           GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_STAFF, &id, error) &&
         set (cli->engine, &cli->actor, &id, &cli->refusal, error) && answer_staff (cli, &id, error);
}

static gboolean
run_staff_disable (SlCli *cli, const SlCliCall *call, GError **error)
{
  return set_staff (cli, sl_staff_disable, error);
}

static gboolean
run_staff_enable (SlCli *cli, const SlCliCall *call, GError **error)
{
  return set_staff (cli, sl_staff_enable, error);
}

static gboolean
run_staff_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) staff = NULL;
  if (!sl_staff_list (cli->engine, &cli->actor, &staff, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < staff->len; i++)
    json_array_append_new (items, staff_to_json (g_ptr_array_index (staff, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_people_commands[] = {
  { "member add", N_ ("add a member"), NULL, NULL, SL_CLI_IN_STUDIO, run_member_add, member_add_options,
    member_columns },
  { "member list", N_ ("list or search the members"), NULL, NULL, SL_CLI_IN_STUDIO, run_member_list,
    member_list_options,
    member_list_columns },
  { "member show", N_ ("show a member with credits and bookings"), NULL, "ID", SL_CLI_IN_STUDIO, run_member_show, NULL,
    member_columns },
  { "member edit", N_ ("change a member; what is not named stays"), N_ ("An empty value clears what it names."), "ID",
    SL_CLI_IN_STUDIO,
    run_member_edit, member_edit_options, member_columns },
  { "member block", N_ ("keep a member out"), NULL, "ID", SL_CLI_IN_STUDIO, run_member_block, reason_options,
    member_columns },
  { "member unblock", N_ ("let a member in again"), NULL, "ID", SL_CLI_IN_STUDIO, run_member_unblock, reason_options,
    member_columns },
  { "member merge", N_ ("make two records of one person one"),
    N_ ("Bookings, credits and passes of both are the member's; what the surviving record lacks is taken over.\n"
        "There is no way back."), "ID", SL_CLI_IN_STUDIO, run_member_merge, merge_options, member_columns },
  { "member erase", N_ ("erase a member's personal data for good, on every device"),
    N_ ("What was booked ahead is given back. Attendance, payments and credits stay, without a name; nothing brings\n"
        "the name back. The reason is kept, so it should name nobody."), "ID", SL_CLI_IN_STUDIO, run_member_erase,
    erase_options, member_columns },
  { "member pass", N_ ("issue a pass for the door; the one before is revoked"),
    N_ ("The picture holds the code alone, black on white, for a phone or a printed card."), "ID", SL_CLI_IN_STUDIO,
    run_member_pass,
    picture_options, pass_columns },
  { "staff add", N_ ("add a staff member"), NULL, NULL, SL_CLI_IN_STUDIO, run_staff_add, staff_add_options,
    staff_columns },
  { "staff list", N_ ("list the staff"), NULL, NULL, SL_CLI_IN_STUDIO, run_staff_list, NULL, staff_columns },
  { "staff edit", N_ ("change a staff member; what is not named stays"), NULL, "ID", SL_CLI_IN_STUDIO, run_staff_edit,
    staff_edit_options, staff_columns },
  { "staff pin", N_ ("give a staff member a new PIN"), NULL, "ID", SL_CLI_IN_STUDIO, run_staff_pin, staff_pin_options,
    staff_columns },
  { "staff badge", N_ ("print a badge's code: it picks the person on the PIN pad"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_staff_badge,
    picture_options, pass_columns },
  { "staff disable", N_ ("end what a staff member may do"), NULL, "ID", SL_CLI_IN_STUDIO, run_staff_disable, NULL,
    staff_columns },
  { "staff enable", N_ ("let a staff member act again, with the PIN they had"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_staff_enable, NULL, staff_columns },
  { NULL }
};
