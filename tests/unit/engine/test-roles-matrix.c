/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/member.h"
#include "engine/package.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "expect.h"
#include "role-deeds.h"

/* Every cell of the matrix of roles, driven through the functions by which the door and the desk do it: by each role,
 * where they act and where they do not, on what is their own and on what is not. A row is one thing to do and a letter
 * per role in the order member, instructor, receptionist, finance, manager, owner. "+": may; "o": with their own
 * (themselves, their own sessions and members); "p": with a manager's PIN; ".": may not. What differs is named cell by
 * cell. */

#define MANY 10000 /* places: as many as a session may have */

/* --- the world of a cell --- */

static SlId
session_of (Desk *desk, const char *mode, const SlId *instructor, gint64 price_cents, gint64 start_ms)
{
  SlServiceParams params;
  SlSessionParams session;
  SlId service, id;
  sl_service_params_init (&params);
  params.name = mode;
  params.kind = "class";
  params.type = "yoga";
  params.mode = mode;
  params.duration_min = 60;
  params.capacity = MANY;
  params.credits_hundredths = 0;
  params.price_cents = price_cents;
  done (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, &failure));
  sl_session_params_init (&session);
  session.service = &service;
  session.start_ms = start_ms;
  session.instructor = instructor;
  done (sl_session_add (desk->engine, &desk->owner, &session, &id, &refusal, &failure));
  return id;
}

static SlId
colleague (Desk *desk, const char *name)
{
  SlStaffParams params = { .name = name, .role = "instructor", .pin = "482916", .locations = &desk->location,
                           .n_locations = 1 };
  SlId id;
  done (sl_staff_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
act_at (SlActor *actor, const SlId *location)
{
  actor->locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_vals (actor->locations, location, 1);
}

/* Somebody of the role, with what is theirs or a stranger's. */
static void
begin_cell (Cell *cell, SlRole role, gboolean here, gboolean own, const SlId sessions[2])
{
  cell->own = own;
  cell->member = desk_member (cell->desk, "Thandi");
  cell->session = sessions[own];
  cell->actor = (SlActor) { .id = cell->staff, .role = role };
  if (role == SL_ROLE_MEMBER)
    cell->actor.id = own ? cell->member : desk_member (cell->desk, "Other");
  else
    act_at (&cell->actor, here ? &cell->desk->location : &cell->elsewhere);
}

static const char *
wanted (char letter, SlRole role, gboolean here, gboolean own, gboolean approved)
{
  gboolean everywhere = role == SL_ROLE_OWNER || role == SL_ROLE_MEMBER;
  if (letter == '.' || (!here && !everywhere))
    return "not_allowed";
  if (letter == 'o')
    return own ? "ok" : "not_allowed";
  return letter == '+' || approved ? "ok" : "approval_required";
}

static void
try_cell (Cell *cell, const Row *row, SlRole role, gboolean here, gboolean own, const SlId sessions[2])
{
  for (guint approved = 0; approved <= (row->who[role] == 'p'); approved++)
    {
      const char *want = wanted (row->who[role], role, here, own, approved);
      begin_cell (cell, role, here, own, sessions);
      if (approved)
        {
          cell->actor.approver = g_new (SlActor, 1);
          *cell->actor.approver = (SlActor) { .id = cell->colleague, .role = SL_ROLE_MANAGER };
          act_at (cell->actor.approver, &cell->desk->location);
        }
      const char *got = row->try (cell);
      if (g_strcmp0 (got, want) != 0)
        {
          g_test_message ("%s, by %s %s, %s%s: %s, should be %s", row->what, sl_role_name (role),
                          here ? "here" : "of another location", own ? "own" : "others'",
                          approved ? ", with a manager's PIN" : "", got, want);
          g_test_fail ();
        }
      sl_actor_clear (&cell->actor);
    }
}

static void
every_cell (Desk *desk, gconstpointer data)
{
  gint64 start_ms = MORNING + DAYS (6);
  Cell cell = { .desk = desk,
                .elsewhere = desk_other_location (desk, "Claremont"),
                .staff = colleague (desk, "Sipho"),
                .colleague = colleague (desk, "Anja") };
  const SlId sessions[2] = { session_of (desk, "mixed", &cell.colleague, SL_NUMBER_NONE, start_ms),
                             session_of (desk, "mixed", &cell.staff, SL_NUMBER_NONE, start_ms) };
  cell.priced = session_of (desk, "mixed", NULL, 15000, start_ms);
  cell.by_members = session_of (desk, "self", NULL, SL_NUMBER_NONE, start_ms);
  cell.by_instructors = session_of (desk, "instructor", NULL, SL_NUMBER_NONE, start_ms);
  cell.by_staff = session_of (desk, "staff", NULL, SL_NUMBER_NONE, start_ms);
  done (sl_package_add (desk->engine, &desk->owner, "Ten", 1000, 90000, 30, &cell.package, &refusal, &failure));
  for (const Row *row = data; row->what != NULL; row++)
    for (SlRole role = 0; role < SL_ROLE_LAST; role++)
      for (guint here = 0; here < 2; here++)
        for (guint own = role > SL_ROLE_INSTRUCTOR; own < 2; own++) /* the others have nothing of their own */
          try_cell (&cell, row, role, here, own, sessions);
}

/* Beside the matrix: everybody sets their own PIN, wherever they act, and staff know their colleagues' names. */
static void
everybody_sets_their_own_pin_and_knows_their_colleagues (Desk *desk, gconstpointer data)
{
  Cell cell = { .desk = desk, .own = TRUE, .staff = colleague (desk, "Sipho"), .colleague = colleague (desk, "Anja") };
  for (SlRole role = SL_ROLE_INSTRUCTOR; role < SL_ROLE_LAST; role++)
    {
      cell.actor = (SlActor) { .id = cell.staff, .role = role };
      g_assert_cmpstr (role_set_own_pin (&cell), ==, "ok");
      g_assert_cmpstr (role_list_staff (&cell), ==, "ok");
    }
  cell.actor = (SlActor) { .id = desk_member (desk, "Thandi"), .role = SL_ROLE_MEMBER };
  g_assert_cmpstr (role_set_own_pin (&cell), ==, "not_allowed");
  g_assert_cmpstr (role_list_staff (&cell), ==, "not_allowed");
}

/* Assigned to them, or booked with them within the last 90 days. */
static void
an_instructors_members_are_assigned_or_were_booked_lately (Desk *desk, gconstpointer data)
{
  Cell cell = { .desk = desk, .own = TRUE, .staff = colleague (desk, "Sipho"), .member = desk_member (desk, "Thandi") };
  SlId assigned = desk_member (desk, "Lerato");
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  cell.actor = (SlActor) { .id = cell.staff, .role = SL_ROLE_INSTRUCTOR };
  cell.session = session_of (desk, "mixed", &cell.staff, SL_NUMBER_NONE, MORNING + HOURS (2));
  g_assert_cmpstr (role_list_members (&cell), ==, "ok");
  desk->world.now_ms = MORNING + HOURS (2) + DAYS (90) - 1;
  g_assert_cmpstr (role_ask_for (&cell, &cell.member), ==, "ok");
  desk->world.now_ms += 1;
  g_assert_cmpstr (role_ask_for (&cell, &cell.member), ==, "not_allowed");
  desk_policy (desk, "own_member_days", "91");
  g_assert_cmpstr (role_ask_for (&cell, &cell.member), ==, "ok");
  g_assert_cmpstr (role_ask_for (&cell, &assigned), ==, "not_allowed");
  sl_fields_set_id (fields, "instructor_id", &cell.staff);
  g_assert_true (sl_oplog_begin (sl_engine_get_log (desk->engine), &sl_actor_owner, NULL));
  g_assert_true (sl_op_edit (sl_engine_get_log (desk->engine), &assigned, fields, NULL));
  g_assert_true (sl_oplog_commit (sl_engine_get_log (desk->engine), NULL));
  g_assert_cmpstr (role_ask_for (&cell, &assigned), ==, "ok");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sl/roles/matrix/seeing", Desk, role_seeing, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/booking", Desk, role_booking, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/money", Desk, role_money, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/members", Desk, role_members, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/reports", Desk, role_reports, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/offering", Desk, role_offering, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/door", Desk, role_door, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/staff-and-devices", Desk, role_staff_and_devices, desk_open, every_cell, desk_close);
  g_test_add ("/sl/roles/matrix/programs-incidents-and-notes", Desk, role_around, desk_open, every_cell, desk_close);
  desk_test ("/sl/roles/everybody-sets-their-own-pin-and-knows-their-colleagues",
             everybody_sets_their_own_pin_and_knows_their_colleagues);
  desk_test ("/sl/roles/an-instructors-members-are-assigned-or-were-booked-lately",
             an_instructors_members_are_assigned_or_were_booked_lately);
  return g_test_run ();
}
