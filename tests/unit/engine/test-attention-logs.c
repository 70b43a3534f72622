/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-attention-logs"

#include "engine/attention.h"

#include "desk-fixture.h"
#include "engine/exchange.h"
#include "engine/location.h"
#include "engine/service.h"
#include "expect.h"

/* What needs attention because logs came in part, and what takes a second desk and money. */

/* The words of what a desk's owner is told, in their order, with a blank between. */
static const char *
words (Desk *desk)
{
  GPtrArray *list = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  done (sl_attention_list (desk->engine, &desk->owner, &list, &refusal, &failure));
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            sl_attention_name (((SlAttentionItem *) list->pdata[i])->kind));
  g_ptr_array_unref (list);
  return g_intern_string (text->str);
}

static void
leave_out (GHashTable *since, Desk *desk, guint64 up_to)
{
  SlId replica;

  sl_engine_get_replica (desk->engine, &replica);
  g_hash_table_replace (since, sl_id_copy (&replica), g_memdup2 (&up_to, sizeof up_to));
}

/* What from holds of others than left_out, up to their operation up_to. */
static void
carry_without (Desk *from, Desk *to, Desk *left_out, guint64 up_to)
{
  g_autofree char *file = sl_temp_dir_file (from->dir, "part.log");
  g_autoptr (GHashTable) since = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  SlExportResult exported;
  g_auto (SlImportResult) imported = { 0 };

  leave_out (since, left_out, up_to);
  g_assert_true (sl_oplog_export (sl_engine_get_log (from->engine), file, since, FALSE, &exported, NULL));
  g_assert_true (sl_oplog_import (sl_engine_get_log (to->engine), file, &imported, NULL));
}

static void
a_desk_whose_invitation_has_not_been_heard_of (Desk *one, gconstpointer data)
{
  Desk two = { 0 }, three = { 0 };

  desk_join (&two, one, "two");
  desk_join (&three, &two, "three");
  (void) desk_member (&three, "Sipho");
  carry_without (&three, one, &two, G_MAXINT32);
  g_assert_cmpstr (words (one), ==, "not_admitted");
  desk_carry_log (&two, one);
  g_assert_cmpstr (words (one), ==, "");
  desk_close (&two, NULL);
  desk_close (&three, NULL);
}

static void
a_booking_by_spots_that_nobody_here_has_heard_of (Desk *one, gconstpointer data)
{
  Desk two = { 0 }, three = { 0 };
  SlId member = desk_member (one, "Thandi"), session = desk_free_class (one, MORNING + HOURS (30), 6), replica;

  desk_join (&two, one, "two");
  desk_join (&three, one, "three");
  desk_carry_log (&two, one);
  desk_carry_log (&three, one);
  sl_engine_get_replica (two.engine, &replica);
  done (sl_exchange_move_rights (one->engine, &one->owner, &session, &replica, 2, &refusal, &failure));
  desk_carry_log (one, &two);
  sl_engine_get_replica (three.engine, &replica);
  done (sl_exchange_move_rights (two.engine, &two.owner, &session, &replica, 1, &refusal, &failure));
  desk_carry_log (&two, &three);
  SlId booking = desk_book (&three, &member, &session);
  carry_without (&three, one, &two, G_MAXINT32);
  g_assert_cmpstr (words (one), ==, "no_rights");
  desk_carry_log (&two, one);
  g_assert_cmpstr (words (one), ==, "");
  g_assert_cmpstr (desk_status (one, &booking), ==, "confirmed");
  desk_close (&two, NULL);
  desk_close (&three, NULL);
}

static void
operations_whose_predecessors_have_not_come_for_a_day (Desk *one, gconstpointer data)
{
  Desk two = { 0 };

  desk_join (&two, one, "two");
  desk_carry_log (&two, one);
  gint64 known = desk_operations (&two);
  (void) desk_member (&two, "Sipho");
  (void) desk_member (&two, "Lerato");
  carry_without (&two, one, &two, (guint64) known + 1);
  g_assert_cmpstr (words (one), ==, "");
  one->world.now_ms += HOURS (25);
  g_assert_cmpstr (words (one), ==, "waiting_long");
  desk_carry_log (&two, one);
  g_assert_cmpstr (words (one), ==, "");
  desk_close (&two, NULL);
}

static SlId
paid_class (Desk *desk)
{
  SlServiceParams params;
  SlId service;

  sl_service_params_init (&params);
  params.name = "Pilates";
  params.kind = "class";
  params.type = "pilates";
  params.mode = "mixed";
  params.duration_min = 60;
  params.capacity = 6;
  params.credits_hundredths = 100;
  params.price_cents = 15000;
  done (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, &failure));
  return desk_session (desk, &service, MORNING + HOURS (30));
}

static void
a_booking_that_was_paid_at_two_desks (Desk *one, gconstpointer data)
{
  Desk two = { 0 };
  SlId member = desk_member (one, "Thandi"), session = paid_class (one), replica;
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1, .payment_method = "cash" };
  g_auto (SlRefusal) ignored = { 0 };

  desk_join (&two, one, "two");
  desk_carry_log (&two, one);
  sl_engine_get_replica (two.engine, &replica);
  done (sl_exchange_move_rights (one->engine, &one->owner, &session, &replica, 2, &refusal, &failure));
  desk_carry_log (one, &two);
  g_assert_cmpstr (desk_try_request (one, &one->owner, &request, &ignored), ==, "ok");
  two.world.now_ms += MINUTES (5);
  g_assert_cmpstr (desk_try_request (&two, &two.owner, &request, &ignored), ==, "ok");
  one->world.now_ms = two.world.now_ms;
  for (guint round = 0; round < 2; round++)
    {
      desk_carry_log (one, &two);
      desk_carry_log (&two, one);
      (void) desk_run_due (one);
      (void) desk_run_due (&two);
    }
  desk_carry_log (&two, one);
  g_assert_cmpstr (words (one), ==, "paid_twice");
  g_assert_cmpstr (words (&two), ==, "paid_twice");
  desk_close (&two, NULL);
}

/* As a program of another release, or a device whose days somebody else held, would have written it. */
static void
plan_in_room (Desk *desk, const SlId *room, gint64 start_ms)
{
  SlOplog *log = sl_engine_get_log (desk->engine);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlId id;

  sl_fields_set_id (fields, "location_id", &desk->location);
  sl_fields_set_id (fields, "room_id", room);
  sl_fields_set_int (fields, "start_ms", start_ms);
  sl_fields_set_int (fields, "end_ms", start_ms + HOURS (1));
  sl_fields_set_int (fields, "published", 1);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (sl_op_session_create (log, fields, 4, &id, NULL));
  g_assert_true (sl_oplog_commit (log, NULL));
}

static void
a_room_planned_twice_at_once (Desk *desk, gconstpointer data)
{
  SlId room;

  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio A", &room, &refusal, &failure));
  plan_in_room (desk, &room, MORNING + HOURS (30));
  plan_in_room (desk, &room, MORNING + HOURS (31)); /* one follows the other */
  g_assert_cmpstr (words (desk), ==, "");
  plan_in_room (desk, &room, MORNING + HOURS (31) + MINUTES (30));
  g_assert_cmpstr (words (desk), ==, "room_twice");
  desk->world.now_ms = MORNING + HOURS (33);
  g_assert_cmpstr (words (desk), ==, "");
}

static void
somebody_let_in_whom_nothing_here_knows (Desk *one, gconstpointer data)
{
  Desk two = { 0 };

  desk_join (&two, one, "two");
  desk_carry_log (&two, one);
  SlId member = desk_member (&two, "Sipho"), session = desk_free_class (&two, MORNING + MINUTES (20), 4);
  SlId booking = desk_book (&two, &member, &session);
  g_autofree char *code = desk_booking_code (&two, &booking, 0);
  g_assert_cmpstr (desk_scan_result (one, code), ==, "ok");
  g_assert_cmpstr (words (one), ==, "unknown_booking");
  desk_carry_log (&two, one);
  g_assert_cmpstr (words (one), ==, "");
  desk_close (&two, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/attention/a-desk-whose-invitation-has-not-been-heard-of",
             a_desk_whose_invitation_has_not_been_heard_of);
  desk_test ("/sl/attention/a-booking-by-spots-that-nobody-here-has-heard-of",
             a_booking_by_spots_that_nobody_here_has_heard_of);
  desk_test ("/sl/attention/operations-whose-predecessors-have-not-come-for-a-day",
             operations_whose_predecessors_have_not_come_for_a_day);
  desk_test ("/sl/attention/a-booking-that-was-paid-at-two-desks", a_booking_that_was_paid_at_two_desks);
  desk_test ("/sl/attention/a-room-planned-twice-at-once", a_room_planned_twice_at_once);
  desk_test ("/sl/attention/somebody-let-in-whom-nothing-here-knows", somebody_let_in_whom_nothing_here_knows);
  return g_test_run ();
}
