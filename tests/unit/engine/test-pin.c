/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/pin.h"

#include "desk-fixture.h"
#include "engine/member.h"
#include "expect.h"

static void
weak_ones_are_found (void)
{
  const char *const weak[] = { "",       "12345",  "123456", "654321", "111111",        "000000",
                               "121212", "123123", "112233", "777888", "135791",        "890123",
                               "159753", "abcdef", "12345a", "48 916", "4829161234567", "٤٨٢٩١٦" };
  const char *const strong[] = { "482916", "739154", "571936", "830562", "294713", "902107", "48291637" };
  for (guint i = 0; i < G_N_ELEMENTS (weak); i++)
    g_assert_true (sl_pin_is_weak (weak[i], SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS));
  for (guint i = 0; i < G_N_ELEMENTS (strong); i++)
    g_assert_false (sl_pin_is_weak (strong[i], SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS));
  g_assert_true (sl_pin_is_weak (NULL, SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS));
  g_assert_true (sl_pin_is_weak ("1234", SL_PIN_MEMBER_MIN_DIGITS, SL_PIN_MEMBER_MAX_DIGITS));
  g_assert_false (sl_pin_is_weak ("4829", SL_PIN_MEMBER_MIN_DIGITS, SL_PIN_MEMBER_MAX_DIGITS));
  g_assert_true (sl_pin_is_weak ("4829163", SL_PIN_MEMBER_MIN_DIGITS, SL_PIN_MEMBER_MAX_DIGITS));
}

static SlId
member_with_pin (Desk *desk, const char *pin)
{
  SlId id = desk_member (desk, "Thandi");
  SlMemberParams params = { .pin = pin };
  done (sl_member_edit (desk->engine, &desk->owner, &id, &params, FALSE, &refusal, &failure));
  return id;
}

/* One wrong PIN. */
static gint64
tries_left (Desk *desk, const SlId *member)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_true (sl_member_check_pin (desk->engine, member, "9130", &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "pin_wrong");
  return sl_refusal_get_int (&refusal, "tries_left", -1);
}

static void
pin_wrong_says_how_many_tries_are_left (Desk *desk, gconstpointer data)
{
  SlId member = member_with_pin (desk, "4829");
  for (guint round = 0; round < 2; round++)
    {
      for (gint64 left = SL_PIN_FREE_TRIES - 1; left > 0; left--)
        g_assert_cmpint (tries_left (desk, &member), ==, left);
      done (sl_member_check_pin (desk->engine, &member, "4829", &refusal, &failure));
    }
}

static gint64
locked_until (Desk *desk, const SlId *member, const char *pin)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_true (sl_member_check_pin (desk->engine, member, pin, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "pin_locked");
  return sl_refusal_get_int (&refusal, "until_ms", 0);
}

static void
pin_wrong_until_a_right_one_comes (Desk *desk, gconstpointer data)
{
  SlId member = member_with_pin (desk, "4829"), without = desk_member (desk, "Sipho");
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
        refused ("pin_wrong", sl_member_check_pin (desk->engine, &member, i % 2 ? "9130" : "", &refusal, &failure));
      done (sl_member_check_pin (desk->engine, &member, "4829", &refusal, &failure));
    }
  refused ("pin_wrong", sl_member_check_pin (desk->engine, &without, "4829", &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_member_check_pin (desk->engine, &desk->location, "4829", &refusal, &failure));
}

static void
pin_locked_for_twice_as_long_each_time (Desk *desk, gconstpointer data)
{
  SlId member = member_with_pin (desk, "4829"), other = member_with_pin (desk, "5731");
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_member_check_pin (desk->engine, &member, "9130", &refusal, &failure));
  gint64 until_ms = locked_until (desk, &member, "9130");
  g_assert_cmpint (until_ms, ==, desk->world.now_ms + SL_PIN_FIRST_LOCK_MS);
  g_assert_cmpint (locked_until (desk, &member, "4829"), ==, until_ms); /* the right one, too */
  done (sl_member_check_pin (desk->engine, &other, "5731", &refusal, &failure));
  gint64 lock_ms = SL_PIN_FIRST_LOCK_MS;
  for (guint i = 0; i < 14; i++)
    {
      desk->world.now_ms = until_ms;
      lock_ms = MIN (2 * lock_ms, SL_PIN_LONGEST_LOCK_MS);
      until_ms = locked_until (desk, &member, "9130");
      g_assert_cmpint (until_ms - desk->world.now_ms, ==, lock_ms);
    }
  g_assert_cmpint (lock_ms, ==, SL_PIN_LONGEST_LOCK_MS);
  desk->world.now_ms = until_ms;
  done (sl_member_check_pin (desk->engine, &member, "4829", &refusal, &failure));
  refused ("pin_wrong", sl_member_check_pin (desk->engine, &member, "9130", &refusal, &failure));
}

static void
a_lock_survives_the_program_and_a_new_pin_ends_it (Desk *desk, gconstpointer data)
{
  SlId member = member_with_pin (desk, "4829");
  SlMemberParams params = { .pin = "7351" };
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_member_check_pin (desk->engine, &member, "9130", &refusal, &failure));
  locked_until (desk, &member, "9130");
  sl_engine_close (desk->engine);
  desk->engine = sl_engine_open (desk->dir->path, &desk->world.base, NULL);
  locked_until (desk, &member, "4829");
  done (sl_member_edit (desk->engine, &desk->owner, &member, &params, FALSE, &refusal, &failure));
  done (sl_member_check_pin (desk->engine, &member, "7351", &refusal, &failure));
}

static void
a_clock_that_goes_back_locks_nobody_for_years (Desk *desk, gconstpointer data)
{
  SlId member = member_with_pin (desk, "4829");
  desk->world.now_ms += DAYS (3650);
  for (guint i = 1; i < SL_PIN_FREE_TRIES; i++)
    refused ("pin_wrong", sl_member_check_pin (desk->engine, &member, "9130", &refusal, &failure));
  locked_until (desk, &member, "9130");
  desk->world.now_ms -= DAYS (3650);
  done (sl_member_check_pin (desk->engine, &member, "4829", &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/pin/weak-ones-are-found", weak_ones_are_found);
  desk_test ("/sl/pin/pin-wrong-until-a-right-one-comes", pin_wrong_until_a_right_one_comes);
  desk_test ("/sl/pin/pin-wrong-says-how-many-tries-are-left", pin_wrong_says_how_many_tries_are_left);
  desk_test ("/sl/pin/pin-locked-for-twice-as-long-each-time", pin_locked_for_twice_as_long_each_time);
  desk_test ("/sl/pin/a-lock-survives-the-program-and-a-new-pin-ends-it",
             a_lock_survives_the_program_and_a_new_pin_ends_it);
  desk_test ("/sl/pin/a-clock-that-goes-back-locks-nobody-for-years", a_clock_that_goes_back_locks_nobody_for_years);
  return g_test_run ();
}
