/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/call.h"

#include "desk-fixture.h"
#include "engine/member.h"

static SlId
call (Desk *desk, SlRefusalCode why, const SlId *member)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlActor) device = { 0 };
  SlId id;
  sl_actor_init_device (&device);
  g_assert_true (sl_call_add (desk->engine, &device, why, member, &id, &error));
  g_assert_no_error (error);
  return id;
}

static GPtrArray *
list (SlEngine *engine)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *calls = sl_call_list (engine, &error);
  g_assert_no_error (error);
  return calls;
}

static void
test_other_process (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, &error);
  g_assert_no_error (error);
  SlId member = desk_member (desk, "Thandi");
  gint64 version = sl_engine_data_version (other);
  SlId id = call (desk, SL_REFUSAL_PAYMENT_DUE, &member);

  /* It is told as every commit is. */
  g_assert_cmpint (sl_engine_data_version (other), !=, version);
  g_autoptr (GPtrArray) calls = list (other);
  g_assert_cmpuint (calls->len, ==, 1);
  const SlCall *seen = calls->pdata[0];
  g_assert_true (sl_id_equal (&seen->id, &id));
  g_assert_true (sl_id_equal (&seen->member_id, &member));
  g_assert_cmpint (seen->why, ==, SL_REFUSAL_PAYMENT_DUE);
  g_assert_cmpint (seen->at_ms, ==, MORNING);
  g_assert_cmpstr (seen->who, ==, "Thandi N.");

  /* Once for all. */
  g_assert_true (sl_call_take (other, &desk->owner, &id, &error));
  g_autoptr (GPtrArray) left = list (desk->engine);
  g_assert_cmpuint (left->len, ==, 0);
  gint64 operations = desk_operations (desk);
  g_assert_true (sl_call_take (desk->engine, &desk->owner, &id, &error));
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

static void
test_once (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  call (desk, SL_REFUSAL_TOO_LATE, &member);
  desk->world.now_ms++;
  SlId last = call (desk, SL_REFUSAL_PAYMENT_DUE, &member);
  desk->world.now_ms++;
  call (desk, SL_REFUSAL_WRONG_CODE_KIND, NULL);
  call (desk, SL_REFUSAL_WRONG_CODE_KIND, NULL);
  g_autoptr (GPtrArray) calls = list (desk->engine);
  g_assert_cmpuint (calls->len, ==, 2);
  g_assert_null (((const SlCall *) calls->pdata[0])->who);
  g_assert_true (sl_id_equal (&((const SlCall *) calls->pdata[1])->id, &last));
}

static void
test_most (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Sipho");
  call (desk, SL_REFUSAL_TOO_LATE, &first);
  for (guint i = 0; i < SL_CALLS_MAX; i++)
    {
      SlId member = desk_member (desk, "Thandi");
      desk->world.now_ms++;
      call (desk, SL_REFUSAL_TOO_LATE, &member);
    }
  g_autoptr (GPtrArray) calls = list (desk->engine);
  g_assert_cmpuint (calls->len, ==, SL_CALLS_MAX);
  for (guint i = 0; i < calls->len; i++)
    g_assert_cmpstr (((const SlCall *) calls->pdata[i])->who, ==, "Thandi N.");
}

static void
test_expires (Desk *desk, gconstpointer data)
{
  call (desk, SL_REFUSAL_TOO_LATE, NULL);
  desk->world.now_ms += MINUTES (SL_CALL_MINUTES);
  g_autoptr (GPtrArray) still = list (desk->engine);
  g_assert_cmpuint (still->len, ==, 1);
  desk->world.now_ms += 1;
  g_autoptr (GPtrArray) gone = list (desk->engine);
  g_assert_cmpuint (gone->len, ==, 0);

  /* Of tomorrow: a clock was put back. */
  desk->world.now_ms += DAYS (1);
  call (desk, SL_REFUSAL_TOO_LATE, NULL);
  desk->world.now_ms -= DAYS (1);
  g_autoptr (GPtrArray) early = list (desk->engine);
  g_assert_cmpuint (early->len, ==, 0);
}

static void
test_erased (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlId member = desk_member (desk, "Thandi");
  call (desk, SL_REFUSAL_TOO_LATE, &member);
  guint released;
  g_assert_true (
    sl_member_erase (desk->engine, &desk->owner, &member, "She asked for it", &released, &refusal, &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  g_autoptr (GPtrArray) calls = list (desk->engine);
  g_assert_cmpuint (calls->len, ==, 0);
}

static guint
count (Desk *desk)
{
  g_autoptr (GPtrArray) calls = list (desk->engine);
  return calls->len;
}

static void
test_other_device (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Desk other = { 0 }, away = { 0 };
  desk_join (&other, desk, "reception");
  SlId place = desk_other_location (desk, "Kalk Bay");
  desk_join_at (&away, desk, "elsewhere", &place);
  desk_carry_log (&away, desk); /* so that they get keys for names */
  desk_carry_log (&other, desk);
  SlId member = desk_member (desk, "Thandi");
  SlId id = call (desk, SL_REFUSAL_PAYMENT_DUE, &member);
  desk_carry_log (desk, &other);
  desk_carry_log (desk, &away);

  g_autoptr (GPtrArray) calls = list (other.engine);
  g_assert_cmpuint (calls->len, ==, 1);
  const SlCall *seen = calls->pdata[0];
  g_assert_true (sl_id_equal (&seen->id, &id));
  g_assert_cmpint (seen->why, ==, SL_REFUSAL_PAYMENT_DUE);
  g_assert_cmpint (seen->at_ms, ==, MORNING);
  g_assert_cmpstr (seen->who, ==, "Thandi N.");
  g_assert_cmpuint (count (&away), ==, 0);

  /* Who sees to them does so for all. */
  g_assert_true (sl_call_take (other.engine, &other.owner, &id, &error));
  g_assert_cmpuint (count (&other), ==, 0);
  g_assert_cmpuint (count (desk), ==, 1);
  desk_carry_log (&other, desk);
  g_assert_cmpuint (count (desk), ==, 0);
  desk_close (&other, NULL);
  desk_close (&away, NULL);
}

/* Days later, from a stick: nobody stands there any more. */
static void
test_comes_late (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  desk_join (&other, desk, "reception");
  call (desk, SL_REFUSAL_TOO_LATE, NULL);
  other.world.now_ms += MINUTES (SL_CALL_MINUTES) + 1;
  desk_carry_log (desk, &other);
  g_assert_cmpuint (count (&other), ==, 0);
  other.world.now_ms = desk->world.now_ms; /* nor when its clock is put right */
  g_assert_cmpuint (count (&other), ==, 0);
  desk_close (&other, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/call/other-process-is-told-and-takes-it-for-all", test_other_process);
  desk_test ("/sl/call/other-device-of-the-place-is-told-and-takes-it-for-all", test_other_device);
  desk_test ("/sl/call/nobody-waits-who-called-long-ago", test_comes_late);
  desk_test ("/sl/call/who-calls-again-waits-once", test_once);
  desk_test ("/sl/call/more-than-the-most-drop-the-first", test_most);
  desk_test ("/sl/call/ends-after-its-minutes-and-by-no-clock-that-was-put-back", test_expires);
  desk_test ("/sl/call/erased-member-waits-no-more", test_erased);
  return g_test_run ();
}
