/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/audit.h"

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/incident.h"
#include "engine/member.h"
#include "expect.h"
#include "oplog/trail.h"

/* Who did what, from the log itself. */

#define EDITS 300 /* more than lie between two marks */

static SlAuditPage *
read_audit (Desk *desk, const SlAuditFilter *filter)
{
  SlAuditPage *page = NULL;
  done (sl_audit_read (desk->engine, &desk->owner, filter, &page, &refusal, &failure));
  return page;
}

static void
edit (Desk *desk, const SlId *member, const char *permission, const char *notes)
{
  SlMemberParams params = { .permission = permission, .notes = notes };
  done (sl_member_edit (desk->engine, &desk->owner, member, &params, FALSE, &refusal, &failure));
}

static const SlAuditChange *
find (const SlAuditItem *item, const char *field)
{
  for (guint i = 0; i < item->changes->len; i++)
    if (g_str_equal (((SlAuditChange *) item->changes->pdata[i])->field, field))
      return item->changes->pdata[i];
  g_error ("%s says nothing of %s", item->kind, field);
}

/* before, after; NULL: nothing */
static void
assert_change (const SlAuditItem *item, const char *field, const char *before, const char *after)
{
  const SlAuditChange *change = find (item, field);
  g_assert_true (change->before_known);
  g_assert_cmpstr (change->before, ==, before);
  g_assert_cmpstr (change->after, ==, after);
}

static void
an_edit_shows_what_stood_there_before (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlAuditFilter filter = { .entity = &member };
  edit (desk, &member, "vip", "left knee");
  desk->world.now_ms += HOURS (1);
  edit (desk, &member, "restricted", "both knees");
  g_autoptr (SlAuditPage) page = read_audit (desk, &filter);
  g_assert_cmpuint (page->items->len, ==, 3);
  const SlAuditItem *last = page->items->pdata[0], *first = page->items->pdata[1], *made = page->items->pdata[2];
  g_assert_cmpstr (last->kind, ==, "member.edit");
  g_assert_cmpint (last->at_ms, ==, MORNING + HOURS (1));
  g_assert_true (sl_id_equal (&last->actor, &sl_actor_owner));
  g_assert_true (sl_id_equal (&last->replica, sl_oplog_get_replica (desk->engine->log)));
  assert_change (last, "permission", "vip", "restricted");
  assert_change (last, "notes", "left knee", "both knees"); /* opened for who may see the member */
  assert_change (first, "notes", NULL, "left knee");
  assert_change (made, "first", NULL, "Thandi");
  g_assert_null (page->place);
  g_assert_false (page->pruned);
}

/* Two desks edit one field apart. Before the later one stood what the earlier one wrote, though its author had not
 * heard of it; and both desks tell the same. */
static void
before_is_by_the_order_of_the_merge (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId member = desk_member (desk, "Thandi");
  SlAuditFilter filter = { .entity = &member, .kind = "member.edit" };
  edit (desk, &member, "vip", NULL);
  desk_join (&other, desk, "Other");
  desk->world.now_ms += HOURS (1);
  other.world.now_ms = desk->world.now_ms + HOURS (1);
  edit (&other, &member, "standard", NULL);   /* later, and written first */
  edit (desk, &member, "restricted", NULL);
  desk_carry_log (&other, desk);
  desk_carry_log (desk, &other);
  Desk *both[] = { desk, &other };
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SlAuditPage) page = read_audit (both[i], &filter);
      g_assert_cmpuint (page->items->len, ==, 3);
      assert_change (page->items->pdata[0], "permission", "restricted", "standard");
      assert_change (page->items->pdata[1], "permission", "vip", "restricted");
    }
  desk_close (&other, NULL);
}

static void
what_was_personal_of_erased_members_shows_as_erased (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), incident;
  SlAuditFilter filter = { .member = &member };
  SlIncidentParams params = { .kind = "injury", .text = "a finger", .member = &member };
  guint released;
  edit (desk, &member, "vip", "left knee");
  done (sl_incident_add (desk->engine, &desk->owner, &params, &incident, &refusal, &failure));
  g_autoptr (SlAuditPage) before = read_audit (desk, &filter);
  g_assert_cmpstr (((SlAuditItem *) before->items->pdata[0])->kind, ==, "incident.add");
  assert_change (before->items->pdata[0], "text", NULL, "a finger");
  done (sl_member_erase (desk->engine, &desk->owner, &member, NULL, &released, &refusal, &failure));
  g_autoptr (SlAuditPage) page = read_audit (desk, &filter);
  g_assert_cmpuint (page->items->len, ==, before->items->len + 1);
  assert_change (page->items->pdata[2], "notes", NULL, "(erased)");
  assert_change (page->items->pdata[2], "permission", "standard", "vip"); /* not personal */
  for (guint i = 0; i < page->items->len; i++)
    for (guint j = 0; j < ((SlAuditItem *) page->items->pdata[i])->changes->len; j++)
      {
        const SlAuditChange *change = ((SlAuditItem *) page->items->pdata[i])->changes->pdata[j];
        g_assert_true (change->after == NULL || strstr (change->after, "finger") == NULL);
        g_assert_cmpstr (change->after, !=, "Thandi");
      }
}

/* Pages follow one another without a gap or a double, whatever their size, over several devices. */
static void
pages_hold_everything_once (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId member = desk_member (desk, "Thandi");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *place = NULL;
  gint64 applied, last_ms = G_MAXINT64;
  desk_join (&other, desk, "Other");
  for (guint i = 0; i < 300; i++)
    {
      other.world.now_ms = desk->world.now_ms += MINUTES (1);
      edit (i % 3 ? desk : &other, &member, i % 2 ? "vip" : "standard", NULL);
    }
  desk_carry_log (&other, desk);
  do
    {
      SlAuditFilter filter = { .place = place, .limit = 37 };
      g_autoptr (SlAuditPage) page = read_audit (desk, &filter);
      for (guint i = 0; i < page->items->len; i++)
        {
          const SlAuditItem *item = page->items->pdata[i];
          char text[SL_ID_TEXT_BYTES];
          g_assert_true (g_hash_table_add (seen, g_strdup_printf ("%s %" G_GUINT64_FORMAT,
                                                                  sl_id_format (&item->replica, text), item->seq)));
          g_assert_cmpint (item->at_ms, <=, last_ms);
          last_ms = item->at_ms;
        }
      g_free (place);
      place = g_strdup (page->place);
  } while (place != NULL);
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &applied, NULL,
                                     "SELECT sum (applied_seq) FROM local_chain", ""));
  g_assert_cmpint (g_hash_table_size (seen), ==, applied);
  desk_close (&other, NULL);
}

static void
since_and_until_bound_it (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  for (guint i = 0; i < 600; i++) /* more than two marks */
    {
      desk->world.now_ms += MINUTES (1);
      edit (desk, &member, i % 2 ? "vip" : "standard", NULL);
    }
  SlAuditFilter filter = { .entity = &member, .since_ms = MORNING + MINUTES (100),
                           .until_ms = MORNING + MINUTES (110) };
  g_autoptr (SlAuditPage) page = read_audit (desk, &filter);
  g_assert_cmpuint (page->items->len, ==, 10);
  g_assert_cmpint (((SlAuditItem *) page->items->pdata[0])->at_ms, ==, MORNING + MINUTES (109));
  g_assert_cmpint (((SlAuditItem *) page->items->pdata[9])->at_ms, ==, MORNING + MINUTES (100));
  assert_change (page->items->pdata[9], "permission", "standard", "vip");
}

/* By the actor, and by who approved. */
static void
staff_find_what_they_did_and_approved (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 1);
  g_auto (SlActor) reception = { 0 };
  g_auto (SlActor) manager = { 0 };
  SlBookingRequest request = { .member_id = desk_member (desk, "Other"), .session_id = session, .spots = 1,
                               .override_reason = "a friend" };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_MANAGER, &manager);
  (void) desk_book (desk, &member, &session);
  reception.approver = g_new (SlActor, 1);
  *reception.approver = (SlActor){ .id = manager.id, .role = SL_ROLE_MANAGER };
  g_auto (SlRefusal) refused_for = { 0 };
  g_assert_cmpstr (desk_try_request (desk, &reception, &request, &refused_for), ==, "ok");
  SlAuditFilter of_manager = { .staff = &manager.id, .kind = "book" };
  g_autoptr (SlAuditPage) page = read_audit (desk, &of_manager);
  g_assert_cmpuint (page->items->len, ==, 1);
  const SlAuditItem *item = page->items->pdata[0];
  g_assert_true (sl_id_equal (&item->actor, &reception.id));
  g_assert_true (sl_id_equal (&item->approver, &manager.id));
}

static void
refused_commands_are_told_by_option (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 1);
  SlAuditFilter filter = { 0 };
  g_autoptr (GPtrArray) list = NULL, before = NULL;
  (void) desk_book (desk, &member, &session);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "already_booked");
  done (sl_audit_refused (desk->engine, &desk->owner, &filter, 0, &list, &refusal, &failure));
  g_assert_cmpuint (list->len, ==, 1);
  const SlRefusedCommand *one = list->pdata[0];
  g_assert_cmpstr (one->code, ==, "already_booked");
  g_assert_cmpint (one->at_ms, ==, MORNING);
  done (sl_audit_refused (desk->engine, &desk->owner, &filter, one->id, &before, &refusal, &failure));
  g_assert_cmpuint (before->len, ==, 0);
}

static void
refusals_and_bad_input (Desk *desk, gconstpointer data)
{
  static const char *const places[] = { "x", "", "5,1", "5,99.1", "5,1.x", "-1" };
  const SlRole others[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlAuditFilter all = { 0 };
  SlId nobody = { { 1 } };
  SlAuditPage *page = NULL;
  GPtrArray *list = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_auto (SlActor) actor = { 0 };
      desk_staff (desk, others[i], &actor);
      refused ("not_allowed", sl_audit_read (desk->engine, &actor, &all, &page, &refusal, &failure));
      refused ("not_allowed", sl_audit_refused (desk->engine, &actor, &all, 0, &list, &refusal, &failure));
    }
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      SlAuditFilter filter = { .place = places[i] };
      fails (SL_ERROR_BAD_INPUT, sl_audit_read (desk->engine, &desk->owner, &filter, &page, &refusal, &failure));
    }
  SlAuditFilter of_nobody = { .member = &nobody };
  fails (SL_ERROR_NOT_FOUND, sl_audit_read (desk->engine, &desk->owner, &of_nobody, &page, &refusal, &failure));
}

/* A desk with years behind it answers from the last mark in its own chain, too, not from the chain's beginning. */
static void
the_latest_is_told_without_reading_all (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  g_autoptr (GError) error = NULL;
  g_auto (SlTrailItem) item = { 0 };
  gboolean found;
  for (guint i = 0; i < EDITS; i++)
    edit (desk, &member, i % 2 == 0 ? "vip" : "restricted", NULL);
  g_assert_true (sl_store_begin_read (desk->engine->store, &error));
  SlTrail *trail = sl_trail_open (desk->engine->log, NULL, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_true (sl_trail_previous (trail, &item, &found, &error));
  g_assert_true (found);
  g_assert_cmpstr (item.kind, ==, "member.edit");
  g_assert_cmpint (sl_trail_read (trail), <, EDITS);
  sl_trail_close (trail);
  sl_store_end_read (desk->engine->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/audit/an-edit-shows-what-stood-there-before", an_edit_shows_what_stood_there_before);
  desk_test ("/sl/audit/before-is-by-the-order-of-the-merge", before_is_by_the_order_of_the_merge);
  desk_test ("/sl/audit/what-was-personal-of-erased-members-shows-as-erased",
             what_was_personal_of_erased_members_shows_as_erased);
  desk_test ("/sl/audit/pages-hold-everything-once", pages_hold_everything_once);
  desk_test ("/sl/audit/since-and-until-bound-it", since_and_until_bound_it);
  desk_test ("/sl/audit/staff-find-what-they-did-and-approved", staff_find_what_they_did_and_approved);
  desk_test ("/sl/audit/refused-commands-are-told-by-option", refused_commands_are_told_by_option);
  desk_test ("/sl/audit/the-latest-is-told-without-reading-all", the_latest_is_told_without_reading_all);
  desk_test ("/sl/audit/refusals-and-bad-input", refusals_and_bad_input);
  return g_test_run ();
}
