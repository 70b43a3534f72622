/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/staff.h"

#include "desk-fixture.h"
#include "engine/pin.h"
#include "expect.h"

static SlId
add (Desk *desk, const char *name, const char *role, const SlId *location)
{
  SlStaffParams params = {
    .name = name, .role = role, .pin = "482916", .locations = location, .n_locations = location != NULL
  };
  SlId id = sl_id_none;
  done (sl_staff_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
act_as (Desk *desk, const SlId *id, SlActor *out)
{
  done (sl_staff_authenticate (desk->engine, id, "482916", out, &refusal, &failure));
}

static void
they_act_with_their_pin_at_their_locations (Desk *desk, gconstpointer data)
{
  SlId other = desk_other_location (desk, "Rosebank"), id = add (desk, "Sipho", "manager", &other);
  g_auto (SlActor) actor = { 0 }, refused_actor = { 0 };
  act_as (desk, &id, &actor);
  g_assert_true (sl_id_equal (&actor.id, &id));
  g_assert_cmpint (actor.role, ==, SL_ROLE_MANAGER);
  g_assert_cmpuint (actor.locations->len, ==, 1);
  refused ("pin_wrong", sl_staff_authenticate (desk->engine, &id, "739154", &refused_actor, &refusal, &failure));
  refused ("pin_wrong", sl_staff_authenticate (desk->engine, &id, NULL, &refused_actor, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_staff_authenticate (desk->engine, &other, "482916", &refused_actor, &refusal, &failure));
}

static void
lock_out (Desk *desk, const SlId *id)
{
  g_auto (SlActor) actor = { 0 };
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_staff_authenticate (desk->engine, id, "902107", &actor, &refusal, &failure));
  refused ("pin_locked", sl_staff_authenticate (desk->engine, id, "902107", &actor, &refusal, &failure));
}

static void
pin_locked_after_five_wrong_ones (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Sipho", "manager", NULL);
  g_auto (SlActor) actor = { 0 };
  lock_out (desk, &id);
  refused ("pin_locked", sl_staff_authenticate (desk->engine, &id, "482916", &actor, &refusal, &failure));
  done (sl_staff_set_pin (desk->engine, &desk->owner, &id, "571936", &refusal, &failure));
  done (sl_staff_authenticate (desk->engine, &id, "571936", &actor, &refusal, &failure));
}

/* As a PIN that is set alone. */
static void
a_pin_among_other_changes_ends_a_lock_out (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Sipho", "manager", NULL);
  g_auto (SlActor) actor = { 0 };
  lock_out (desk, &id);
  done (sl_staff_edit (desk->engine, &desk->owner, &id, &(SlStaffParams){ .name = "Sipho N" }, &refusal, &failure));
  refused ("pin_locked", sl_staff_authenticate (desk->engine, &id, "482916", &actor, &refusal, &failure));
  done (sl_staff_edit (desk->engine, &desk->owner, &id, &(SlStaffParams){ .name = "Sipho", .pin = "571936" }, &refusal,
                       &failure));
  done (sl_staff_authenticate (desk->engine, &id, "571936", &actor, &refusal, &failure));
}

static void
pin_weak_for_adding_and_changing (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Sipho", "manager", NULL), none;
  SlStaffParams params = { .name = "Weak", .role = "instructor", .pin = "111111" };
  g_auto (SlActor) actor = { 0 };
  refused ("pin_weak", sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  params.pin = NULL;
  refused ("pin_weak", sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  refused ("pin_weak", sl_staff_set_pin (desk->engine, &desk->owner, &id, "48291", &refusal, &failure));
  refused ("pin_weak",
           sl_staff_edit (desk->engine, &desk->owner, &id, &(SlStaffParams){ .pin = "654321" }, &refusal, &failure));
  act_as (desk, &id, &actor);
}

static void
staff_inactive_once_disabled (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Sipho", "manager", NULL);
  g_auto (SlActor) actor = { 0 };
  done (sl_staff_disable (desk->engine, &desk->owner, &id, &refusal, &failure));
  done (sl_staff_disable (desk->engine, &desk->owner, &id, &refusal, &failure));
  refused ("staff_inactive", sl_staff_authenticate (desk->engine, &id, "482916", &actor, &refusal, &failure));
  g_autoptr (SlStaff) staff = sl_staff_get (desk->engine, &id, NULL);
  g_assert_false (staff->active);
  done (sl_staff_enable (desk->engine, &desk->owner, &id, &refusal, &failure));
  act_as (desk, &id, &actor); /* with the PIN that they had */
}

static void
not_allowed_to_manage_whom_they_may_not (Desk *desk, gconstpointer data)
{
  SlId other = desk_other_location (desk, "Rosebank"), here = desk->location;
  SlId manager_id = add (desk, "Manager", "manager", &here),
       reception_id = add (desk, "Reception", "receptionist", &here);
  SlId there = add (desk, "There", "instructor", &other), owner = add (desk, "Owner", "owner", NULL), none;
  g_auto (SlActor) manager = { 0 }, reception = { 0 };
  SlStaffParams fresh = { .name = "New", .role = "instructor", .pin = "571936", .locations = &here, .n_locations = 1 };
  act_as (desk, &manager_id, &manager);
  act_as (desk, &reception_id, &reception);
  done (sl_staff_add (desk->engine, &manager, &fresh, &none, &refusal, &failure));
  refused ("not_allowed", sl_staff_add (desk->engine, &reception, &fresh, &none, &refusal, &failure));
  fresh.role = "owner";
  refused ("not_allowed", sl_staff_add (desk->engine, &manager, &fresh, &none, &refusal, &failure));
  fresh.role = "instructor";
  fresh.locations = &other;
  refused ("not_allowed", sl_staff_add (desk->engine, &manager, &fresh, &none, &refusal, &failure));
  fresh.n_locations = 0; /* everywhere is more than their own location */
  refused ("not_allowed", sl_staff_add (desk->engine, &manager, &fresh, &none, &refusal, &failure));
  refused ("not_allowed", sl_staff_disable (desk->engine, &manager, &owner, &refusal, &failure));
  refused ("not_allowed", sl_staff_enable (desk->engine, &manager, &owner, &refusal, &failure));
  refused ("not_allowed", sl_staff_set_pin (desk->engine, &manager, &there, "571936", &refusal, &failure));
  refused ("not_allowed", sl_staff_edit (desk->engine, &manager, &reception_id, &(SlStaffParams){ .role = "owner" },
                                         &refusal, &failure));
  refused ("not_allowed", sl_staff_edit (desk->engine, &manager, &reception_id, &(SlStaffParams){ .everywhere = TRUE },
                                         &refusal, &failure));
  refused ("not_allowed", sl_staff_set_pin (desk->engine, &reception, &manager_id, "571936", &refusal, &failure));
  done (sl_staff_set_pin (desk->engine, &reception, &reception_id, "571936", &refusal, &failure)); /* their own */
}

static void
an_edit_keeps_what_it_does_not_name (Desk *desk, gconstpointer data)
{
  SlId here = desk->location, id = add (desk, "Sipho", "instructor", &here);
  g_auto (SlActor) actor = { 0 };
  done (
    sl_staff_edit (desk->engine, &desk->owner, &id, &(SlStaffParams){ .name = " Sipho  Ndlovu " }, &refusal, &failure));
  g_autoptr (SlStaff) named = sl_staff_get (desk->engine, &id, NULL);
  g_assert_cmpstr (named->name, ==, "Sipho  Ndlovu");
  g_assert_cmpint (named->role, ==, SL_ROLE_INSTRUCTOR);
  g_assert_cmpuint (named->locations->len, ==, 1);
  done (sl_staff_edit (desk->engine, &desk->owner, &id, &(SlStaffParams){ .role = "manager", .everywhere = TRUE },
                       &refusal, &failure));
  g_autoptr (SlStaff) moved = sl_staff_get (desk->engine, &id, NULL);
  g_assert_cmpint (moved->role, ==, SL_ROLE_MANAGER);
  g_assert_null (moved->locations);
  act_as (desk, &id, &actor);
}

static void
bad_input_and_not_found (Desk *desk, gconstpointer data)
{
  SlId none, nowhere = { { 9 } };
  SlStaffParams params = { .name = "X", .role = "emperor", .pin = "482916" };
  fails (SL_ERROR_BAD_INPUT, sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  params.role = "member";
  fails (SL_ERROR_BAD_INPUT, sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  params = (SlStaffParams) { .name = "  ", .role = "manager", .pin = "482916" };
  fails (SL_ERROR_BAD_INPUT, sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  params = (SlStaffParams) { .name = "X", .role = "manager", .pin = "482916", .locations = &nowhere, .n_locations = 1 };
  fails (SL_ERROR_NOT_FOUND, sl_staff_add (desk->engine, &desk->owner, &params, &none, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_staff_disable (desk->engine, &desk->owner, &nowhere, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_staff_set_pin (desk->engine, &desk->owner, &nowhere, "482916", &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_staff_edit (desk->engine, &desk->owner, &nowhere, &(SlStaffParams){ .name = "Y" }, &refusal, &failure));
}

static void
they_are_listed_by_name_to_staff_only (Desk *desk, gconstpointer data)
{
  SlActor device;
  GPtrArray *listed = NULL;
  add (desk, "Zanele", "instructor", NULL);
  add (desk, "Anja", "instructor", NULL);
  sl_actor_init_device (&device);
  refused ("not_allowed", sl_staff_list (desk->engine, &device, &listed, &refusal, &failure));
  g_assert_null (listed);
  done (sl_staff_list (desk->engine, &desk->owner, &listed, &refusal, &failure));
  g_assert_cmpuint (listed->len, ==, 3);
  g_assert_cmpstr (((SlStaff *) listed->pdata[0])->name, ==, "Anja");
  g_assert_cmpstr (((SlStaff *) listed->pdata[2])->name, ==, "Zanele");
  g_ptr_array_unref (listed);
}

/* As the commands decide, without one. */
static void
screens_know_whom_they_may_manage (Desk *desk, gconstpointer data)
{
  SlId here = desk->location, other = desk_other_location (desk, "Rosebank");
  SlId manager_id = add (desk, "Manager", "manager", &here);
  g_autoptr (GArray) there = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_auto (SlActor) manager = { 0 }, reception = { .role = SL_ROLE_RECEPTIONIST };
  act_as (desk, &manager_id, &manager);
  g_array_append_val (there, other);
  g_assert_true (sl_staff_may_manage (&manager, SL_ROLE_MANAGER, manager.locations));
  g_assert_false (sl_staff_may_manage (&manager, SL_ROLE_OWNER, manager.locations));
  g_assert_false (sl_staff_may_manage (&manager, SL_ROLE_INSTRUCTOR, there));
  g_assert_false (sl_staff_may_manage (&manager, SL_ROLE_INSTRUCTOR, NULL));
  g_assert_false (sl_staff_may_manage (&reception, SL_ROLE_INSTRUCTOR, NULL));
  g_assert_true (sl_staff_may_manage (&desk->owner, SL_ROLE_OWNER, NULL));
}

/* Beside a receptionist: the PIN and its lock are the approver's, and nothing is left of one who failed. */
static void
pin_wrong_pin_locked_and_staff_inactive_of_an_approver (Desk *desk, gconstpointer data)
{
  SlId manager = add (desk, "Manager", "manager", NULL), gone = add (desk, "Gone", "manager", NULL);
  SlId reception_id = add (desk, "Reception", "receptionist", NULL), nobody = { { 9 } };
  g_auto (SlActor) reception = { 0 };
  act_as (desk, &reception_id, &reception);
  done (sl_staff_disable (desk->engine, &desk->owner, &gone, &refusal, &failure));
  refused ("staff_inactive", sl_staff_approve (desk->engine, &reception, &gone, "482916", &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_staff_approve (desk->engine, &reception, &nobody, "482916", &refusal, &failure));
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_staff_approve (desk->engine, &reception, &manager, "902107", &refusal, &failure));
  g_assert_null (reception.approver);
  done (sl_staff_approve (desk->engine, &reception, &manager, "482916", &refusal, &failure));
  g_assert_true (sl_id_equal (&reception.approver->id, &manager));
  g_assert_cmpint (reception.approver->role, ==, SL_ROLE_MANAGER);
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_staff_approve (desk->engine, &reception, &manager, NULL, &refusal, &failure));
  refused ("pin_locked", sl_staff_approve (desk->engine, &reception, &manager, "902107", &refusal, &failure));
  refused ("pin_locked", sl_staff_approve (desk->engine, &reception, &manager, "482916", &refusal, &failure));
  g_assert_null (reception.approver); /* nor of whoever approved before */
  done (sl_staff_approve (desk->engine, &reception, &reception_id, "482916", &refusal, &failure)); /* is no manager */
  g_assert_cmpint (reception.approver->role, ==, SL_ROLE_RECEPTIONIST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/staff/they-act-with-their-pin-at-their-locations", they_act_with_their_pin_at_their_locations);
  desk_test ("/sl/staff/pin-locked-after-five-wrong-ones", pin_locked_after_five_wrong_ones);
  desk_test ("/sl/staff/a-pin-among-other-changes-ends-a-lock-out", a_pin_among_other_changes_ends_a_lock_out);
  desk_test ("/sl/staff/screens-know-whom-they-may-manage", screens_know_whom_they_may_manage);
  desk_test ("/sl/staff/pin-weak-for-adding-and-changing", pin_weak_for_adding_and_changing);
  desk_test ("/sl/staff/staff-inactive-once-disabled", staff_inactive_once_disabled);
  desk_test ("/sl/staff/not-allowed-to-manage-whom-they-may-not", not_allowed_to_manage_whom_they_may_not);
  desk_test ("/sl/staff/an-edit-keeps-what-it-does-not-name", an_edit_keeps_what_it_does_not_name);
  desk_test ("/sl/staff/bad-input-and-not-found", bad_input_and_not_found);
  desk_test ("/sl/staff/they-are-listed-by-name-to-staff-only", they_are_listed_by_name_to_staff_only);
  desk_test ("/sl/staff/pin-wrong-pin-locked-and-staff-inactive-of-an-approver",
             pin_wrong_pin_locked_and_staff_inactive_of_an_approver);
  return g_test_run ();
}
