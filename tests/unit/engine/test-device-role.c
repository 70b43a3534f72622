/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-device-role"

#include "desk-fixture.h"

#include "engine/device.h"
#include "engine/location.h"
#include "expect.h"

static SlId
id_of (Desk *desk)
{
  SlId id;

  sl_engine_get_replica (desk->engine, &id);
  return id;
}

static void
assert_door (Desk *desk, const SlId *expected)
{
  SlId door;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_device_find_door (desk->engine, &desk->location, &door, &failure));
  g_assert_no_error (failure);
  g_assert_true (sl_id_equal (&door, expected));
}

static void
become_hub (Desk *desk)
{
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_device_become_hub (desk->engine, &failure));
  g_assert_no_error (failure);
}

static void
take_away (Desk *desk, const SlId *device)
{
  SlDevice *revoked = NULL;

  done (sl_device_revoke (desk->engine, &desk->owner, device, "stolen", &revoked, &refusal, &failure));
  sl_device_free (revoked);
}

static void
a_studio_alone_has_no_hub (Desk *desk, gconstpointer data)
{
  Desk other;
  SlId hub;

  desk_join (&other, desk, "Kiosk");
  desk_carry_log (&other, desk);
  g_assert_false (sl_engine_has_hub (desk->engine));
  g_assert_true (sl_device_find_hub (desk->engine, &hub, NULL));
  g_assert_true (sl_id_is_none (&hub));
  desk_close (&other, NULL);
}

static void
every_device_knows_the_hub_until_it_is_revoked (Desk *desk, gconstpointer data)
{
  Desk hub;
  SlId found, id;
  gint64 operations;

  desk_join (&hub, desk, "Hub");
  become_hub (&hub);
  operations = desk_operations (&hub);
  become_hub (&hub);
  g_assert_cmpint (desk_operations (&hub), ==, operations);
  g_assert_true (sl_engine_has_hub (hub.engine));
  g_assert_false (sl_engine_has_hub (desk->engine));
  desk_carry_log (&hub, desk);
  id = id_of (&hub);
  g_assert_true (sl_engine_has_hub (desk->engine));
  g_assert_true (sl_device_find_hub (desk->engine, &found, NULL));
  g_assert_true (sl_id_equal (&found, &id));
  take_away (desk, &id);
  g_assert_false (sl_engine_has_hub (desk->engine));
  desk_close (&hub, NULL);
}

static void
the_door_is_the_first_device_there_that_is_no_hub (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId id = id_of (desk);

  desk_join (&second, desk, "Second");
  desk_carry_log (&second, desk);
  assert_door (desk, &id);
  assert_door (&second, &id);
  become_hub (desk);
  desk_carry_log (desk, &second);
  id = id_of (&second);
  assert_door (desk, &id);
  assert_door (&second, &id);
  desk_close (&second, NULL);
}

static const char *
try_name (Desk *desk, const SlId *device)
{
  SlLocationParams params = { .door_device = device };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  if (!sl_location_edit_params (desk->engine, &desk->owner, &desk->location, &params, &refusal, &failure))
    return sl_error_info (failure->code)->code;
  return sl_refusal_name (refusal.code);
}

static void
people_name_another_and_the_next_follows_one_that_goes (Desk *desk, gconstpointer data)
{
  Desk second, third;
  const SlId stranger = { { 9 } };

  desk_join (&second, desk, "Second");
  desk_carry_log (&second, desk);
  desk_join (&third, desk, "Third");
  desk_carry_log (&third, desk);
  SlId first_id = id_of (desk), second_id = id_of (&second), third_id = id_of (&third);
  g_assert_cmpstr (try_name (desk, &stranger), ==, "not_found");
  g_assert_cmpstr (try_name (desk, &third_id), ==, "ok");
  desk_carry_log (desk, &second);
  assert_door (&second, &third_id);
  take_away (desk, &third_id);
  assert_door (desk, &first_id);
  g_assert_cmpstr (try_name (desk, &third_id), ==, "device_revoked");
  g_assert_cmpstr (try_name (desk, &second_id), ==, "ok");
  assert_door (desk, &second_id);
  g_assert_cmpstr (try_name (desk, &sl_id_none), ==, "ok");
  assert_door (desk, &first_id);
  become_hub (&second);
  desk_carry_log (&second, desk);
  g_assert_cmpstr (try_name (desk, &second_id), ==, "bad_input");
  desk_close (&second, NULL);
  desk_close (&third, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/device-role/a-studio-alone-has-no-hub", a_studio_alone_has_no_hub);
  desk_test ("/sl/device-role/every-device-knows-the-hub-until-it-is-revoked",
             every_device_knows_the_hub_until_it_is_revoked);
  desk_test ("/sl/device-role/the-door-is-the-first-device-there-that-is-no-hub",
             the_door_is_the_first_device_there_that_is_no_hub);
  desk_test ("/sl/device-role/people-name-another-and-the-next-follows-one-that-goes",
             people_name_another_and_the_next_follows_one_that_goes);
  return g_test_run ();
}
