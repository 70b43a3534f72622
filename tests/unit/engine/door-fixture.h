/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"
#include "oplog/oplog.h"

/* For the tests of the door: a session that starts at START, and when its door opens and closes. */
#define START (MORNING + HOURS (5))
#define OPENS (START - MINUTES (30))
#define CLOSES (START + MINUTES (15))
#define assert_result(expression, code) g_assert_cmpstr (expression, ==, code)

/* A member with a pass and a booking of the session that starts at START. */
typedef struct {
  SlId member, session, booking;
  char *pass;
} Booked;

static inline void
booked_clear (Booked *booked)
{
  g_clear_pointer (&booked->pass, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Booked, booked_clear)

static inline Booked
book_one (Desk *desk)
{
  Booked booked = { .member = desk_member (desk, "Thandi"), .session = desk_free_class (desk, START, 9) };

  booked.booking = desk_book (desk, &booked.member, &booked.session);
  booked.pass = desk_pass (desk, &booked.member);
  return booked;
}

/* A plan, and a member who has it: written as the log has it. hours (nullable): always. status: what it is now. */
static inline SlId
door_create (Desk *desk, SlFields *taken)
{
  g_autoptr (SlFields) fields = taken;
  SlOplog *log = sl_engine_get_log (desk->engine);
  g_autoptr (GError) failure = NULL;
  SlId id;

  g_assert_true (sl_oplog_begin (log, &desk->owner.id, &failure));
  g_assert_true (sl_op_create (log, fields, &id, &failure));
  g_assert_true (sl_oplog_commit (log, &failure));
  g_assert_no_error (failure);
  return id;
}

static inline SlId
door_plan (Desk *desk, const char *kind, gboolean open_gym, const char *hours)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_PLAN);

  sl_fields_set_text (fields, "name", "Gym");
  sl_fields_set_text (fields, "kind", kind);
  sl_fields_set_text (fields, "period", "monthly");
  sl_fields_set_int (fields, "price_cents", 60000);
  sl_fields_set_int (fields, "open_gym", open_gym);
  sl_fields_set_int (fields, "active", 1);
  if (hours != NULL)
    sl_fields_set_text (fields, "access_hours", hours);
  return door_create (desk, fields);
}

static inline SlId
door_membership (Desk *desk, const SlId *member, const SlId *plan, const char *status, gint64 from_ms, gint64 until_ms)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);

  if (g_str_equal (status, "frozen"))
    sl_fields_set_int (fields, "frozen_from_ms", from_ms);
  if ((g_str_equal (status, "cancelled") || g_str_equal (status, "expired"))
      && (until_ms == 0 || until_ms > desk->world.now_ms))
    until_ms = desk->world.now_ms;
  sl_fields_set_id (fields, "member_id", member);
  sl_fields_set_id (fields, "plan_id", plan);
  sl_fields_set_text (fields, "status", status);
  sl_fields_set_int (fields, "from_ms", from_ms);
  sl_fields_set_int (fields, "until_ms", until_ms);
  return door_create (desk, fields);
}

static inline void
door_edit (Desk *desk, SlFields *taken, const SlId *id)
{
  g_autoptr (SlFields) fields = taken;
  SlOplog *log = sl_engine_get_log (desk->engine);
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_oplog_begin (log, &desk->owner.id, &failure));
  g_assert_true (sl_op_edit (log, id, fields, &failure));
  g_assert_true (sl_oplog_commit (log, &failure));
  g_assert_no_error (failure);
}
