/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk-fixture.h"
#include "engine/location.h"
#include "engine/package.h"
#include "engine/policy.h"
#include "engine/resolve.h"
#include "engine/service.h"
#include "expect.h"

/* Services, packages, locations, rooms, policies, and finding them by their ids. */

static SlServiceParams
a_service (void)
{
  SlServiceParams params;
  sl_service_params_init (&params);
  params.name = "Vinyasa";
  params.kind = "class";
  params.type = "yoga";
  params.duration_min = 60;
  return params;
}

static void
a_service_has_defaults_and_keeps_what_is_not_named (Desk *desk, gconstpointer data)
{
  SlServiceParams params = a_service ();
  SlId id;
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  sl_service_params_init (&params);
  params.price_cents = 15000;
  params.difficulty = "all levels";
  params.colour = "#1a7f64";
  done (sl_service_edit (desk->engine, &desk->owner, &id, &params, &refusal, &failure));
  g_autoptr (SlService) service = sl_service_get (desk->engine, &id, NULL);
  g_assert_cmpstr (service->name, ==, "Vinyasa");
  g_assert_cmpstr (service->difficulty, ==, "all_levels");
  g_assert_cmpstr (sl_booking_mode_name (service->mode), ==, "mixed");
  g_assert_cmpint (service->capacity, ==, 10);
  g_assert_cmpint (service->credits_hundredths, ==, 0);
  g_assert_cmpint (service->price_cents, ==, 15000);
  g_assert_true (service->active);
  sl_service_params_init (&params);
  params.no_price = TRUE;
  params.active = -1;
  done (sl_service_edit (desk->engine, &desk->owner, &id, &params, &refusal, &failure));
  g_autoptr (SlService) closed = sl_service_get (desk->engine, &id, NULL);
  g_assert_cmpint (closed->price_cents, ==, SL_NUMBER_NONE);
  g_assert_false (closed->active);
  params = a_service ();
  params.kind = "one_to_one";
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  g_autoptr (SlService) personal = sl_service_get (desk->engine, &id, NULL);
  g_assert_cmpint (personal->capacity, ==, 1);
  g_autoptr (GPtrArray) all = sl_service_list (desk->engine, NULL);
  g_assert_cmpuint (all->len, ==, 2);
}

static void
bad_input_for_services (Desk *desk, gconstpointer data)
{
  SlServiceParams wrong[9];
  SlId id;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    wrong[i] = a_service ();
  wrong[0].name = " ";
  wrong[1].kind = "party";
  wrong[2].type = "chess";
  wrong[3].duration_min = 0;
  wrong[4].capacity = -1;
  wrong[5].credits_hundredths = -1;
  wrong[6].mode = "anybody";
  wrong[7].colour = "green";
  wrong[8].duration_min = SL_NUMBER_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fails (SL_ERROR_BAD_INPUT, sl_service_add (desk->engine, &desk->owner, &wrong[i], &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_service_edit (desk->engine, &desk->owner, &desk->location, &wrong[8], &refusal, &failure));
}

static void
bad_input_for_packages (Desk *desk, gconstpointer data)
{
  SlId id;
  fails (SL_ERROR_BAD_INPUT, sl_package_add (desk->engine, &desk->owner, "", 100, 100, 30, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_package_add (desk->engine, &desk->owner, "P", 0, 100, 30, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_package_add (desk->engine, &desk->owner, "P", 100, -1, 30, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_package_add (desk->engine, &desk->owner, "P", 100, 100, 0, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_package_add (desk->engine, &desk->owner, "P", G_MAXINT64, 100, 30, &id, &refusal, &failure));
  done (sl_package_add (desk->engine, &desk->owner, "P", 1050, 95000, 60, &id, &refusal, &failure));
  g_autoptr (SlPackage) package = sl_package_get (desk->engine, &id, NULL);
  g_assert_cmpstr (package->name, ==, "P");
  g_assert_cmpint (package->credits_hundredths, ==, 1050);
  g_assert_cmpint (package->price_cents, ==, 95000);
  g_assert_cmpint (package->valid_days, ==, 60);
  g_assert_true (package->active);
}

static void
not_allowed_for_reception (Desk *desk, gconstpointer data)
{
  SlServiceParams service = a_service ();
  SlActor reception, manager;
  SlId id, made;
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_MANAGER, &manager);
  done (sl_service_add (desk->engine, &manager, &service, &made, &refusal, &failure));
  refused ("not_allowed", sl_service_add (desk->engine, &reception, &service, &id, &refusal, &failure));
  refused ("not_allowed", sl_service_edit (desk->engine, &reception, &made, &service, &refusal, &failure));
  refused ("not_allowed", sl_package_add (desk->engine, &reception, "P", 100, 100, 30, &id, &refusal, &failure));
  refused ("not_allowed", sl_location_add (desk->engine, &manager, "L", "UTC", NULL, &id, &refusal, &failure));
  refused ("not_allowed",
           sl_location_edit (desk->engine, &reception, &desk->location, "L", NULL, NULL, &refusal, &failure));
  refused ("not_allowed", sl_room_add (desk->engine, &reception, NULL, "R", &id, &refusal, &failure));
  refused ("not_allowed",
           sl_policy_set (desk->engine, &reception, NULL, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
}

static void
locations_and_rooms (Desk *desk, gconstpointer data)
{
  SlId other, room;
  done (sl_location_add (desk->engine, &desk->owner, "Rosebank", "Africa/Johannesburg", "1 Oxford Rd", &other, &refusal,
                         &failure));
  done (sl_location_edit (desk->engine, &desk->owner, &other, "Rosebank Mall", NULL, "", &refusal, &failure));
  g_autoptr (SlLocation) location = sl_location_get (desk->engine, &other, NULL);
  g_assert_cmpstr (location->name, ==, "Rosebank Mall");
  g_assert_cmpstr (location->timezone, ==, "Africa/Johannesburg");
  g_assert_null (location->address);
  g_autoptr (GPtrArray) locations = sl_location_list (desk->engine, NULL);
  g_assert_cmpuint (locations->len, ==, 2);
  done (sl_room_add (desk->engine, &desk->owner, &other, "Studio 1", &room, &refusal, &failure));
  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio 2", &room, &refusal, &failure));
  g_autoptr (GPtrArray) rooms = sl_room_list (desk->engine, &other, NULL);
  g_assert_cmpuint (rooms->len, ==, 1);
  g_autoptr (GPtrArray) all = sl_room_list (desk->engine, NULL, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_autoptr (SlRoom) got = sl_room_get (desk->engine, &room, NULL);
  g_assert_true (sl_id_equal (&got->location_id, &desk->location));
  fails (SL_ERROR_BAD_INPUT,
         sl_location_add (desk->engine, &desk->owner, "X", "Mars/Olympus", NULL, &other, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_room_add (desk->engine, &desk->owner, NULL, "", &room, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_room_add (desk->engine, &desk->owner, &room, "X", &other, &refusal, &failure));
  g_autoptr (GTimeZone) unknown = sl_location_zone (desk->engine, &room, NULL);
  g_assert_cmpstr (g_time_zone_get_identifier (unknown), ==, "UTC");
}

static gint64
hold_minutes (Desk *desk, const SlId *location, const SlId *service)
{
  gint64 minutes = -1;
  g_assert_true (sl_policy_int (desk->engine, location, service, SL_POLICY_HOLD_MINUTES, &minutes, NULL));
  return minutes;
}

static void
set_hold_minutes (Desk *desk, const SlId *scope, const char *value)
{
  done (sl_policy_set (desk->engine, &desk->owner, scope, SL_POLICY_HOLD_MINUTES, value, &refusal, &failure));
}

static void
the_most_specific_policy_counts (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), other = desk_other_location (desk, "Rosebank");
  g_assert_cmpint (hold_minutes (desk, &desk->location, &service), ==, 10);
  set_hold_minutes (desk, NULL, "20");
  set_hold_minutes (desk, &desk->location, "30");
  set_hold_minutes (desk, &service, "40");
  g_assert_cmpint (hold_minutes (desk, NULL, NULL), ==, 20);
  g_assert_cmpint (hold_minutes (desk, &other, NULL), ==, 20);
  g_assert_cmpint (hold_minutes (desk, &desk->location, NULL), ==, 30);
  g_assert_cmpint (hold_minutes (desk, &desk->location, &service), ==, 40);
  set_hold_minutes (desk, &service, NULL);
  g_assert_cmpint (hold_minutes (desk, &desk->location, &service), ==, 30);
  set_hold_minutes (desk, &sl_id_none, "25");
  g_assert_cmpint (hold_minutes (desk, NULL, NULL), ==, 25);
}

static void
cancel_tiers_are_read_longest_first (Desk *desk, gconstpointer data)
{
  g_autoptr (GArray) standard = sl_policy_cancel_tiers (desk->engine, NULL, NULL, NULL);
  g_assert_cmpuint (standard->len, ==, 2);
  g_assert_cmpint (g_array_index (standard, SlCancelTier, 0).from_hours, ==, 24);
  g_assert_cmpint (g_array_index (standard, SlCancelTier, 0).percent, ==, 100);
  g_assert_cmpint (g_array_index (standard, SlCancelTier, 1).from_hours, ==, 12);
  desk_policy (desk, "cancel_tiers", "2:100");
  g_autoptr (GArray) one = sl_policy_cancel_tiers (desk->engine, NULL, NULL, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  desk_policy (desk, "cancel_tiers", "none");
  g_autoptr (GArray) none = sl_policy_cancel_tiers (desk->engine, NULL, NULL, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
bad_input_for_policies (Desk *desk, gconstpointer data)
{
  static const struct { SlPolicy policy; const char *value;
  } wrong[] = {
    { SL_POLICY_HOLD_MINUTES, "0" },
    { SL_POLICY_HOLD_MINUTES, "ten" },
    { SL_POLICY_HOLD_MINUTES, "" },
    { SL_POLICY_HOLD_MINUTES, "1.5" },
    { SL_POLICY_CANCEL_TIERS, "24" },
    { SL_POLICY_CANCEL_TIERS, "24:101" },
    { SL_POLICY_CANCEL_TIERS, "24:50 12:100" },
    { SL_POLICY_CANCEL_TIERS, "24:50 24:100" },
    { SL_POLICY_ACCESS_HOURS, "sometimes" },
  };
  SlPolicy policy;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fails (SL_ERROR_BAD_INPUT,
           sl_policy_set (desk->engine, &desk->owner, NULL, wrong[i].policy, wrong[i].value, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_policy_set (desk->engine, &desk->owner, &(SlId){ { 9 } }, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  g_assert_false (sl_policy_parse ("colour_of_the_door", &policy));
  for (guint i = 0; i < SL_POLICY_LAST; i++)
    {
      g_autofree char *standard = sl_policy_text (desk->engine, NULL, NULL, i, NULL);
      g_assert_true (sl_policy_parse (sl_policy_name (i), &policy) && policy == i);
      done (sl_policy_set (desk->engine, &desk->owner, NULL, i, standard, &refusal,
                           &failure)); /* defaults are values, too */
    }
}

static void
resolves (Desk *desk, SlThing thing, const char *text, const SlId *wanted)
{
  SlId id;
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_engine_resolve_id (desk->engine, thing, text, &id, &failure));
  g_assert_no_error (failure);
  g_assert_true (sl_id_equal (&id, wanted));
}

static void
ids_are_found_by_a_prefix_of_eight (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (1), 5);
  SlId booking = desk_book (desk, &member, &session), lot = desk_credits (desk, &member, 100, 30), replica;
  const struct { SlThing thing; const SlId *id;
  } things[] = {
    { SL_THING_MEMBER, &member }, { SL_THING_SESSION, &session },         { SL_THING_BOOKING, &booking },
    { SL_THING_LOT, &lot },       { SL_THING_LOCATION, &desk->location }, { SL_THING_REPLICA, &replica },
  };
  sl_engine_get_replica (desk->engine, &replica);
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    {
      g_autofree char *text = sl_id_to_string (things[i].id);
      resolves (desk, things[i].thing, text, things[i].id);
      text[13] = '\0';
      resolves (desk, things[i].thing, text, things[i].id);
      text[8] = '\0';
      resolves (desk, things[i].thing, text, things[i].id);
    }
}

static void
not_found_and_bad_input_for_ids (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), id;
  g_autofree char *text = sl_id_to_string (&member);
  static const char *const wrong[] = { "", "1234567", "thandi", "'; DROP TABLE member; --",
                                       "\xff\xff\xff\xff\xff\xff\xff\xff" };
  fails (SL_ERROR_NOT_FOUND, sl_engine_resolve_id (desk->engine, SL_THING_SESSION, text, &id, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_engine_resolve_id (desk->engine, SL_THING_MEMBER, "00000000", &id, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_engine_resolve_id (desk->engine, SL_THING_MEMBER, "00000000-0000-8000-8000-000000000000", &id, &failure));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fails (SL_ERROR_BAD_INPUT, sl_engine_resolve_id (desk->engine, SL_THING_MEMBER, wrong[i], &id, &failure));
}

/* Ids that begin alike: about one in four thousand million pairs does, so these are chosen. */
static void
ambiguous_id_when_two_begin_alike (Desk *desk, gconstpointer data)
{
  SlId first = { { 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x80 } }, second = first, id;
  second.bytes[5] = 0x46;
  SlOplog *log = sl_engine_get_log (desk->engine);
  const SlId *both[] = { &first, &second };
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STAFF);
      sl_fields_set_text (fields, "name", "Thandi");
      g_assert_true (sl_op_edit (log, both[i], fields, NULL));
    }
  g_assert_true (sl_oplog_commit (log, NULL));
  fails (SL_ERROR_AMBIGUOUS_ID, sl_engine_resolve_id (desk->engine, SL_THING_STAFF, "abcdef01", &id, &failure));
  fails (SL_ERROR_AMBIGUOUS_ID, sl_engine_resolve_id (desk->engine, SL_THING_STAFF, "abcdef01-23", &id, &failure));
  resolves (desk, SL_THING_STAFF, "abcdef01-2345", &first);
  resolves (desk, SL_THING_STAFF, "abcdef01-2346", &second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/service/has-defaults-and-keeps-what-is-not-named",
             a_service_has_defaults_and_keeps_what_is_not_named);
  desk_test ("/sl/service/bad-input", bad_input_for_services);
  desk_test ("/sl/package/bad-input", bad_input_for_packages);
  desk_test ("/sl/catalogue/not-allowed-for-reception", not_allowed_for_reception);
  desk_test ("/sl/location/locations-and-rooms", locations_and_rooms);
  desk_test ("/sl/policy/the-most-specific-one-counts", the_most_specific_policy_counts);
  desk_test ("/sl/policy/cancel-tiers-are-read-longest-first", cancel_tiers_are_read_longest_first);
  desk_test ("/sl/policy/bad-input", bad_input_for_policies);
  desk_test ("/sl/resolve/ids-are-found-by-a-prefix-of-eight", ids_are_found_by_a_prefix_of_eight);
  desk_test ("/sl/resolve/not-found-and-bad-input", not_found_and_bad_input_for_ids);
  desk_test ("/sl/resolve/ambiguous-id-when-two-begin-alike", ambiguous_id_when_two_begin_alike);
  return g_test_run ();
}
