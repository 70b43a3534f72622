/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/actor.h"

/* The matrix as the owner of a studio would write it down, apart from the one in the engine: a letter per role, in the
 * order member, instructor, receptionist, finance, manager, owner. "+": may, "o": their own, "p": with a manager's PIN,
 * ".": may not. */
static const struct { SlAction action; const char *who;
} wanted[] = {
  { SL_ACTION_VIEW_OWN, "oooooo" },
  { SL_ACTION_BOOK_SELF, "+....+" },
  { SL_ACTION_BOOK_FOR_MEMBER, ".++.++" },
  { SL_ACTION_CANCEL_OWN, "+o+.++" },
  { SL_ACTION_CANCEL_ANY, ".o+.++" },
  { SL_ACTION_REFUND_MORE, "....++" },
  { SL_ACTION_VIEW_MEMBERS, ".o++++" },
  { SL_ACTION_EDIT_MEMBER, "..+.++" },
  { SL_ACTION_EDIT_MEMBER_FINANCE, "....++" },
  { SL_ACTION_ERASE_MEMBER, "....++" },
  { SL_ACTION_EXPORT_MEMBER, "....++" },
  { SL_ACTION_EDIT_CATALOGUE, "....++" },
  { SL_ACTION_TAKE_PAYMENT, "o.+.++" },
  { SL_ACTION_REFUND_MONEY, "..+.++" },
  { SL_ACTION_REFUND_OVER_LIMIT, "..p.++" },
  { SL_ACTION_VIEW_REPORT_TODAY, "..+.++" },
  { SL_ACTION_VIEW_REPORTS_STAFF, ".o..++" },
  { SL_ACTION_VIEW_REPORTS_FINANCE, "...+++" },
  { SL_ACTION_VIEW_REPORTS, "....++" },
  { SL_ACTION_CHANGE_SCHEDULE, ".o+.++" },
  { SL_ACTION_EDIT_LOCATION, "....++" },
  { SL_ACTION_CREATE_LOCATION, ".....+" },
  { SL_ACTION_OVERRIDE_LATE, "..+.++" },
  { SL_ACTION_OVERRIDE_CAPACITY, "..p.++" },
  { SL_ACTION_WAIVE_FEE, "..p.++" },
  { SL_ACTION_MANAGE_STAFF, "....++" },
  { SL_ACTION_MANAGE_DEVICES, "....++" },
  { SL_ACTION_CHECK_IN, "+++.++" },
  { SL_ACTION_SETTLE_CONFLICTS, "....++" },
  { SL_ACTION_VIEW_PROGRAMS, "oo..++" },
  { SL_ACTION_WRITE_PROGRAMS, ".o..++" },
  { SL_ACTION_REPORT_INCIDENTS, ".o+.++" },
  { SL_ACTION_CLOSE_INCIDENTS, "..+.++" },
  { SL_ACTION_WRITE_NOTES, ".o+.++" },
  { SL_ACTION_SEND_NOTIFICATIONS, "o.+.++" },
  { SL_ACTION_VIEW_AUDIT, "....++" },
  { SL_ACTION_RENEW_RECOVERY, ".....+" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (wanted) == SL_ACTION_LAST);

static void
the_matrix_is_the_one_that_was_asked_for (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    for (guint role = 0; role < SL_ROLE_LAST; role++)
      {
        SlActor actor = { .role = role };
        char letter = wanted[i].who[role];
        g_auto (SlRefusal) refusal = { 0 };
        g_test_message ("action %u, %s: %c", wanted[i].action, sl_role_name (role), letter);
        g_assert_cmpint (sl_actor_may (&actor, wanted[i].action, NULL, &refusal), ==, letter == '+');
        g_assert_cmpstr (sl_refusal_name (refusal.code), ==,
                         letter == '+' ? "ok" : letter == 'p' ? "approval_required" : "not_allowed");
        sl_refusal_clear (&refusal);
        g_assert_cmpint (sl_actor_may_with_own (&actor, wanted[i].action, NULL, TRUE, &refusal), ==,
                         letter == '+' || letter == 'o');
      }
}

static void
staff_act_at_their_locations_and_owners_everywhere (void)
{
  SlId here = { { 1 } }, there = { { 2 } };
  g_auto (SlActor) actor = { .role = SL_ROLE_MANAGER, .locations = g_array_new (FALSE, FALSE, sizeof (SlId)) };
  g_auto (SlRefusal) refusal = { 0 };
  g_array_append_val (actor.locations, here);
  g_assert_true (sl_actor_may (&actor, SL_ACTION_TAKE_PAYMENT, &here, &refusal));
  g_assert_true (sl_actor_may (&actor, SL_ACTION_TAKE_PAYMENT, NULL, &refusal));
  g_assert_true (sl_actor_may (&actor, SL_ACTION_TAKE_PAYMENT, &sl_id_none, &refusal));
  g_assert_false (sl_actor_may (&actor, SL_ACTION_TAKE_PAYMENT, &there, &refusal));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "not_allowed");
  sl_refusal_clear (&refusal);
  actor.role = SL_ROLE_RECEPTIONIST;
  g_assert_false (sl_actor_may (&actor, SL_ACTION_OVERRIDE_CAPACITY, &there, &refusal));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "not_allowed"); /* no manager's PIN helps at another place */
  sl_refusal_clear (&refusal);
  actor.role = SL_ROLE_OWNER;
  g_assert_true (sl_actor_may (&actor, SL_ACTION_TAKE_PAYMENT, &there, &refusal));
}

static SlActor *
approver (SlRole role, const SlId *location)
{
  SlActor *actor = g_new0 (SlActor, 1);
  actor->role = role;
  actor->locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_vals (actor->locations, location, 1);
  return actor;
}

static const char *
asked (const SlActor *actor, SlAction action, const SlId *location)
{
  g_auto (SlRefusal) refusal = { 0 };
  return sl_actor_may (actor, action, location, &refusal) ? "ok" : sl_refusal_name (refusal.code);
}

/* By each role, here and elsewhere: only who may do it alone, and there, makes up for what the role lacks. */
static void
approval_required_until_somebody_who_may_stands_beside (void)
{
  SlId here = { { 1 } }, there = { { 2 } };
  for (guint role = 0; role < SL_ROLE_LAST; role++)
    for (guint place = 0; place < 2; place++)
      {
        gboolean enough = role == SL_ROLE_OWNER || (role == SL_ROLE_MANAGER && place == 0);
        g_auto (SlActor) actor = { .role = SL_ROLE_RECEPTIONIST, .locations = g_array_new (FALSE, FALSE, sizeof here) };
        g_array_append_val (actor.locations, here);
        g_assert_cmpstr (asked (&actor, SL_ACTION_OVERRIDE_CAPACITY, &here), ==, "approval_required");
        g_assert_null (sl_actor_approved_by (&actor, SL_ACTION_OVERRIDE_CAPACITY, &here));
        actor.approver = approver (role, place == 0 ? &here : &there);
        g_assert_cmpstr (asked (&actor, SL_ACTION_OVERRIDE_CAPACITY, &here), ==, enough ? "ok" : "approval_required");
        g_assert_true (sl_actor_approved_by (&actor, SL_ACTION_WAIVE_FEE, &here) == (enough ? actor.approver : NULL));
        g_assert_cmpstr (asked (&actor, SL_ACTION_OVERRIDE_CAPACITY, &there), ==, "not_allowed");
        g_assert_cmpstr (asked (&actor, SL_ACTION_REFUND_MORE, &here), ==, "not_allowed");
        g_assert_null (sl_actor_approved_by (&actor, SL_ACTION_TAKE_PAYMENT, &here)); /* nobody is needed */
      }
}

static void
role_names_go_both_ways (void)
{
  SlRole role;
  for (guint i = 0; i < SL_ROLE_LAST; i++)
    {
      g_assert_true (sl_role_parse (sl_role_name (i), &role));
      g_assert_cmpuint (role, ==, i);
    }
  g_assert_false (sl_role_parse ("emperor", &role));
  g_assert_false (sl_role_parse (NULL, &role));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/roles/the-matrix-is-the-one-that-was-asked-for", the_matrix_is_the_one_that_was_asked_for);
  g_test_add_func ("/sl/roles/staff-act-at-their-locations-and-owners-everywhere",
                   staff_act_at_their_locations_and_owners_everywhere);
  g_test_add_func ("/sl/roles/approval-required-until-somebody-who-may-stands-beside",
                   approval_required_until_somebody_who_may_stands_beside);
  g_test_add_func ("/sl/roles/names-go-both-ways", role_names_go_both_ways);
  return g_test_run ();
}
