/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/demo.h"

#include "desk-fixture.h"
#include "engine/availability.h"
#include "engine/exchange.h"
#include "engine/invoice.h"
#include "engine/pass.h"
#include "engine/plan.h"
#include "engine/request.h"
#include "engine/schedule.h"
#include "engine/staff.h"
#include "engine/standing.h"
#include "expect.h"
#include "print/payment-code.h"

/* Whatever the hour, somebody must be able to check in: also just after midnight and when a class of the week is on. */
static const gint64 hours_of_day[] = { 0, 10, 17 };

typedef struct {
  SlTempDir *dir;
  char *path;
  SlFakeWorld world;
  SlDemo demo;
  SlEngine *engine;
} Filled;

static void
fill_at (Filled *filled, gint64 now_ms)
{
  filled->dir = sl_temp_dir_new ();
  filled->path = sl_temp_dir_file (filled->dir, "data");
  sl_fake_world_init (&filled->world, now_ms, 11);
  done (sl_demo_fill (filled->path, &filled->world.base, NULL, &filled->demo, &refusal, &failure));
  filled->engine = sl_engine_open (filled->path, &filled->world.base, NULL);
  g_assert_nonnull (filled->engine);
}

static void
fill (Filled *filled, gconstpointer data)
{
  fill_at (filled, MORNING + HOURS (1));
}

static void
empty (Filled *filled, gconstpointer data)
{
  sl_demo_clear (&filled->demo);
  sl_engine_close (filled->engine);
  sl_temp_dir_free (filled->dir);
  g_free (filled->path);
}

static void
somebody_can_check_in_at_any_hour (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hours_of_day); i++)
    {
      Filled filled = { 0 };
      fill_at (&filled, MORNING + DAYS (i) + HOURS (hours_of_day[i] - 6) + MINUTES (3 * i));
      g_autoptr (SlPass) pass = sl_pass_current (filled.engine, &filled.demo.pass_member, NULL);
      const SlCheckinRequest request = { .code = pass->code };
      g_autoptr (SlCheckinAnswer) answer = NULL;
      g_assert_true (sl_checkin (filled.engine, &request, &answer, NULL));
      g_assert_cmpstr (sl_refusal_name (answer->result), ==, "ok");
      g_assert_false (answer->late);
      empty (&filled, NULL);
    }
}

static void
everybody_can_act_with_the_pin_that_is_told (Filled *filled)
{
  g_assert_cmpuint (filled->demo.people->len, ==, filled->demo.staff);
  for (guint i = 0; i < filled->demo.people->len; i++)
    {
      const SlDemoStaff *person = &g_array_index (filled->demo.people, SlDemoStaff, i);
      g_auto (SlActor) actor = { 0 };
      done (sl_staff_authenticate (filled->engine, &person->id, person->pin, &actor, &refusal, &failure));
      g_assert_cmpstr (sl_role_name (actor.role), ==, person->role);
    }
}

static void
the_counts_are_what_is_there (Filled *filled, gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = sl_session_list (filled->engine, NULL, SL_TIME_MIN_MS, SL_TIME_MAX_MS, NULL);
  guint full = 0, past = 0, ahead = 0;
  g_assert_cmpuint (sessions->len, ==, filled->demo.sessions);
  g_assert_cmpuint (filled->demo.members, ==, 60);
  g_assert_cmpuint (filled->demo.bookings, >, 150);
  g_assert_cmpuint (filled->demo.checkins, >, 20);
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      SlSessionCounts counts;
      g_assert_true (sl_session_counts (filled->engine, &session->id, &counts, NULL));
      full += session->start_ms > filled->world.now_ms && counts.capacity > 1 && counts.free == 0;
      past += session->end_ms < filled->world.now_ms;
      ahead += session->start_ms > filled->world.now_ms;
      g_assert_cmpint (counts.confirmed + counts.held, <=, counts.capacity);
    }
  everybody_can_act_with_the_pin_that_is_told (filled);
  g_assert_cmpuint (full, >=, 1);
  g_assert_cmpuint (past, >=, 10);
  g_assert_cmpuint (ahead, >=, 20);
}

static void
what_else_there_is_can_be_seen (Filled *filled, gconstpointer data)
{
  SlActor owner;
  sl_actor_init_owner (&owner);
  g_autoptr (GPtrArray) blocks = sl_availability_list (filled->engine, NULL, NULL, NULL);
  g_autoptr (GPtrArray) plans = sl_plan_list (filled->engine, NULL);
  g_autoptr (GPtrArray) requests = NULL, standing = NULL;
  const SlRequestFilter open = { .open = TRUE };
  done (sl_request_list (filled->engine, &owner, &open, &requests, &refusal, &failure));
  done (sl_standing_list (filled->engine, &owner, NULL, FALSE, &standing, &refusal, &failure));
  g_assert_cmpuint (blocks->len, ==, filled->demo.availability);
  g_assert_cmpuint (plans->len, ==, filled->demo.plans);
  g_assert_cmpuint (requests->len, ==, 2);
  g_assert_cmpuint (standing->len, ==, 2);
  g_assert_cmpuint (filled->demo.memberships, ==, 6);
  g_assert_cmpuint (filled->demo.waiting, ==, 3);
}

static void
what_is_made_is_sound_and_nothing_is_due (Filled *filled)
{
  SlVerifyResult result = { 0 };
  SlDueCounts due;
  g_assert_true (sl_exchange_verify (filled->engine, &result, NULL));
  g_assert_cmpuint (result.problems->len, ==, 0);
  sl_verify_result_clear (&result);
  g_assert_true (sl_run_due (filled->engine, &due, NULL));
  g_assert_cmpint (due.holds_expired + due.no_shows + due.sessions_released + due.lots_expired, ==, 0);
}

static void
sound_and_nothing_due_and_not_made_twice (Filled *filled, gconstpointer data)
{
  g_auto (SlDemo) again = { 0 };
  what_is_made_is_sound_and_nothing_is_due (filled);
  refused ("already_initialised", sl_demo_fill (filled->path, &filled->world.base, NULL, &again, &refusal, &failure));
}

/* As a new device's first start asks for it. */
static void
somebodys_own_studio_with_the_demos_members (void)
{
  const SlStudioParams params = { .name = "Fynbos Fitness", .location_name = "Sea Point", .timezone = "Africa/Windhoek",
                                  .owner_name = "Busi Khoza", .owner_pin = "905173" };
  const SlStudioParams weak = { .name = "Fynbos Fitness", .location_name = "Sea Point", .timezone = "Africa/Windhoek",
                                .owner_name = "Busi Khoza", .owner_pin = "123456" };
  Filled filled = { .dir = sl_temp_dir_new () };
  g_auto (SlDemo) none = { 0 };

  filled.path = sl_temp_dir_file (filled.dir, "data");
  sl_fake_world_init (&filled.world, MORNING + HOURS (1), 11);
  refused ("pin_weak", sl_demo_fill (filled.path, &filled.world.base, &weak, &none, &refusal, &failure));
  g_assert_false (g_file_test (filled.path, G_FILE_TEST_EXISTS));
  done (sl_demo_fill (filled.path, &filled.world.base, &params, &filled.demo, &refusal, &failure));
  filled.engine = sl_engine_open (filled.path, &filled.world.base, NULL);
  g_assert_cmpstr (sl_engine_studio_name (filled.engine), ==, "Fynbos Fitness");
  g_assert_cmpstr (g_time_zone_get_identifier (sl_engine_time_zone (filled.engine)), ==, "Africa/Windhoek");
  g_assert_cmpuint (filled.demo.members, >=, 40);
  g_assert_null (g_array_index (filled.demo.people, SlDemoStaff, 0).pin);
  g_autoptr (SlStaff) owner = sl_staff_get (filled.engine, &filled.demo.founded.owner_id, NULL);
  g_assert_cmpstr (owner->name, ==, "Busi Khoza");
  what_is_made_is_sound_and_nothing_is_due (&filled);
  empty (&filled, NULL);
}

static void
a_code_to_pay_by_leads_nowhere (Filled *filled, gconstpointer data)
{
  g_auto (SlInvoiceDetails) details = { NULL };
  g_assert_true (sl_invoice_details_get (filled->engine, &details, NULL));
  g_autofree char *text = sl_payment_code_text (details.pay_link, NULL, 75000, "A7F3-000001", NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  g_assert_true (g_str_has_suffix (g_uri_get_host (uri), ".example"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/demo/somebody-can-check-in-at-any-hour", somebody_can_check_in_at_any_hour);
#define add(path, func) g_test_add (path, Filled, NULL, fill, func, empty)
  add ("/sl/demo/the-counts-and-pins-are-what-is-told", the_counts_are_what_is_there);
  add ("/sl/demo/it-has-a-queue-requests-standing-bookings-plans-and-times-of-instructors",
       what_else_there_is_can_be_seen);
  add ("/sl/demo/a-code-to-pay-by-leads-nowhere", a_code_to_pay_by_leads_nowhere);
  add ("/sl/demo/sound-with-nothing-due-and-already-initialised-the-second-time",
       sound_and_nothing_due_and_not_made_twice);
  g_test_add_func ("/sl/demo/somebodys-own-studio-with-the-demos-members", somebodys_own_studio_with_the_demos_members);
  return g_test_run ();
}
