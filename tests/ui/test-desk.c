/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk"

#include "kiosk/desk-status.h"
#include "kiosk/desk.h"

#include "desk-fixture.h"

#include "core/crypto.h"

#include <locale.h>

/* Reception without its screen: who is there, what they may, and who stands beside them. */

#define PIN "482916" /* of all staff of the fixture */

typedef struct {
  Desk desk;
  SlDoor *door;
  SlDesk *reception;
  SlActor receptionist, manager;
  /* what came back last */
  GObject *owner;
  guint answers, changes, wanted, staff_changes;
  SlRefusalCode refusal;
  char *result, *said;
} Reception;

static Reception *now; /* callbacks carry no data of their own */

static void
on_answer (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  now->answers++;
  now->refusal = refusal->code;
  g_free (now->result);
  now->result = g_strdup (result);
}

static void
on_pin (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  now->answers++;
  now->refusal = refusal->code;
}

static void
on_said (SlDesk *desk, int tone, const char *text, Reception *self)
{
  g_free (self->said);
  self->said = g_strdup (text);
}

static void
wait_for_answers (Reception *self, guint n)
{
  while (self->answers < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Reception *self, gconstpointer data)
{
  now = self;
  desk_open (&self->desk, NULL);
  desk_staff (&self->desk, SL_ROLE_RECEPTIONIST, &self->receptionist);
  desk_staff (&self->desk, SL_ROLE_MANAGER, &self->manager);
  self->owner = g_object_new (G_TYPE_OBJECT, NULL);
  self->door = sl_door_new (self->desk.dir->path, &self->desk.world.base);
  while (sl_door_get_state (self->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  self->reception = sl_desk_new (self->door, &self->desk.world.base);
  g_signal_connect_swapped (self->reception, "changed", G_CALLBACK (g_atomic_int_inc), &self->changes);
  g_signal_connect_swapped (self->reception, "approval-wanted", G_CALLBACK (g_atomic_int_inc), &self->wanted);
  g_signal_connect_swapped (self->reception, "staff-changed", G_CALLBACK (g_atomic_int_inc), &self->staff_changes);
  g_signal_connect (self->reception, "said", G_CALLBACK (on_said), self);
}

static void
tear_down (Reception *self, gconstpointer data)
{
  sl_door_close (self->door);
  g_clear_object (&self->reception);
  g_clear_object (&self->door);
  g_clear_object (&self->owner);
  g_free (self->result);
  g_free (self->said);
  desk_close (&self->desk, NULL);
}

static void
sign_in (Reception *self, const SlActor *who, const char *pin)
{
  guint before = self->answers;

  sl_desk_sign_in (self->reception, &who->id, pin, self->owner, on_pin);
  wait_for_answers (self, before + 1);
}

/* Says who does it. */
static gboolean
say_role (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
          GError **error)
{
  *out_result = g_strdup_printf ("%s %s", sl_role_name (actor->role), (const char *) request);
  return TRUE;
}

/* What a receptionist may do only with a manager beside them. */
static gboolean
over_capacity (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
               GError **error)
{
  if (sl_actor_may (actor, SL_ACTION_OVERRIDE_CAPACITY, NULL, out_refusal))
    *out_result = g_strdup (sl_role_name (actor->role));
  return TRUE;
}

static void
run (Reception *self, SlDeskWork work, gboolean writes)
{
  const SlDeskJob job = { .work = work, .request = g_strdup ("there"), .free_request = g_free, .free_result = g_free,
                          .writes = writes, .done = on_answer };

  sl_desk_run (self->reception, self->owner, &job);
}

static void
nobody_may_do_anything (Reception *self, gconstpointer data)
{
  run (self, say_role, FALSE);
  wait_for_answers (self, 1);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_NOT_ALLOWED);
}

static void
pin_wrong (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, "000000");
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_PIN_WRONG);
  g_assert_null (sl_desk_get_staff (self->reception));
  sign_in (self, &self->receptionist, PIN);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_NONE);
  g_assert_cmpstr (sl_desk_get_staff (self->reception)->name, ==, "Sipho");
}

static void
pin_locked (Reception *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    sign_in (self, &self->receptionist, "000000");
  sign_in (self, &self->receptionist, PIN);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_PIN_LOCKED);
  g_assert_null (sl_desk_get_staff (self->reception));
}

static void
works_in_the_name_of_who_is_there (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, PIN);
  run (self, say_role, FALSE);
  wait_for_answers (self, 2);
  g_assert_cmpstr (self->result, ==, "receptionist there");
  g_assert_cmpuint (self->changes, ==, 0);
  sign_in (self, &self->manager, PIN); /* in their place */
  run (self, say_role, TRUE);
  wait_for_answers (self, 4);
  g_assert_cmpstr (self->result, ==, "manager there");
  g_assert_cmpuint (self->changes, >=, 1);
  g_assert_cmpuint (self->staff_changes, ==, 2);
  sl_desk_sign_out (self->reception);
  g_assert_null (sl_desk_get_staff (self->reception));
}

/* Refused for a receptionist alone: asked, and done with the manager beside. */
static void
approval_required (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, PIN);
  run (self, over_capacity, FALSE);
  while (self->wanted == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->answers, ==, 1); /* whoever asked waits */
  sl_desk_approve (self->reception, &self->manager.id, "000000", self->owner, on_pin);
  wait_for_answers (self, 2);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_PIN_WRONG);
  sl_desk_approve (self->reception, &self->manager.id, PIN, self->owner, on_pin);
  wait_for_answers (self, 4);
  g_assert_cmpstr (self->result, ==, "receptionist");
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_NONE);
}

static void
somebody_who_may_not_either_does_not_help (Reception *self, gconstpointer data)
{
  SlActor other = { 0 };

  desk_staff (&self->desk, SL_ROLE_RECEPTIONIST, &other);
  sign_in (self, &self->receptionist, PIN);
  run (self, over_capacity, FALSE);
  while (self->wanted == 0)
    g_main_context_iteration (NULL, TRUE);
  sl_desk_approve (self->reception, &other.id, PIN, self->owner, on_pin);
  wait_for_answers (self, 3);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_APPROVAL_REQUIRED);
  g_assert_null (self->result);
}

static void
not_now_leaves_it_undone (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, PIN);
  run (self, over_capacity, FALSE);
  while (self->wanted == 0)
    g_main_context_iteration (NULL, TRUE);
  sl_desk_refuse_approval (self->reception);
  g_assert_cmpuint (self->answers, ==, 2);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_APPROVAL_REQUIRED);
}

/* Let go at another device while they stand here. */
static void
staff_inactive (Reception *self, gconstpointer data)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  sign_in (self, &self->receptionist, PIN);
  g_assert_true (sl_staff_disable (self->desk.engine, &self->desk.owner, &self->receptionist.id, &refusal, &error));
  run (self, say_role, FALSE);
  wait_for_answers (self, 2);
  g_assert_cmpint (self->refusal, ==, SL_REFUSAL_STAFF_INACTIVE);
  g_assert_null (sl_desk_get_staff (self->reception));
}

static void
nobody_is_told_who_has_gone (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, PIN);
  run (self, say_role, FALSE);
  g_clear_object (&self->owner);
  self->owner = g_object_new (G_TYPE_OBJECT, NULL);
  run (self, say_role, FALSE);
  wait_for_answers (self, 2);
  g_assert_cmpuint (self->answers, ==, 2);
}

static void
refusals_are_said_where_nobody_else_does (Reception *self, gconstpointer data)
{
  const SlDeskJob job = { .work = over_capacity };

  sign_in (self, &self->receptionist, PIN);
  sl_desk_run (self->reception, NULL, &job);
  while (self->wanted == 0)
    g_main_context_iteration (NULL, TRUE);
  sl_desk_refuse_approval (self->reception);
  g_assert_nonnull (self->said);
  g_assert_true (g_str_has_prefix (self->said, sl_refusal_info (SL_REFUSAL_APPROVAL_REQUIRED)->message));
}

static void
on_people (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  GPtrArray *people = result;

  now->answers++;
  g_assert_cmpuint (people->len, ==, 2 + 1); /* and the founder */
}

static void
lists_who_works_here (Reception *self, gconstpointer data)
{
  sl_desk_load_people (self->reception, self->owner, on_people);
  wait_for_answers (self, 1);
}

static void
on_status (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  const SlDeskStatus *status = result;

  g_assert_no_error (error);
  g_assert_false (status->paired);
  g_assert_false (status->clock_wrong);
  g_assert_cmpuint (status->prints_waiting, ==, 0);
  now->answers++;
}

static void
reads_how_things_stand (Reception *self, gconstpointer data)
{
  sign_in (self, &self->receptionist, PIN);
  sl_desk_status_read (self->reception, TRUE, self->owner, on_status);
  wait_for_answers (self, 2);
}

static void
expect_network (SlDeskStatus status, const char *words)
{
  g_autofree char *said = sl_desk_status_network (&status, DAYS (100));

  g_assert_cmpstr (said, ==, words);
}

static void
says_how_the_network_is (void)
{
  expect_network ((SlDeskStatus) { 0 }, "Stand-alone");
  expect_network ((SlDeskStatus) { .neighbours = 1 }, "With the other desks");
  expect_network ((SlDeskStatus) { .paired = TRUE, .online = TRUE }, "Online");
  expect_network ((SlDeskStatus) { .paired = TRUE }, "Offline");
  expect_network ((SlDeskStatus) { .paired = TRUE, .contact_ms = DAYS (100) - MINUTES (1) }, "Offline for 1 minute");
  expect_network ((SlDeskStatus) { .paired = TRUE, .contact_ms = DAYS (100) - MINUTES (59) }, "Offline for 59 minutes");
  expect_network ((SlDeskStatus) { .paired = TRUE, .contact_ms = DAYS (99) }, "Offline for 24 hours");
  expect_network ((SlDeskStatus) { .paired = TRUE, .contact_ms = DAYS (97) }, "Offline for 3 days");
  expect_network ((SlDeskStatus) { .paired = TRUE, .online = TRUE, .refused = TRUE }, "The hub refuses this device");
}

#define reception_test(path, func) g_test_add ("/sl/desk/" path, Reception, NULL, set_up, func, tear_down)

/* What is done until something else has been. */
typedef struct {
  GMutex lock;
  GCond ended;
  gboolean has_ended;
} Meanwhile;

static gboolean
wait_for_other (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
                GError **error)
{
  Meanwhile *meanwhile = request;

  g_mutex_lock (&meanwhile->lock);
  while (!meanwhile->has_ended)
    g_cond_wait (&meanwhile->ended, &meanwhile->lock);
  g_mutex_unlock (&meanwhile->lock);
  return TRUE;
}

static gboolean
end_meanwhile (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
               GError **error)
{
  Meanwhile *meanwhile = request;

  g_mutex_lock (&meanwhile->lock);
  meanwhile->has_ended = TRUE;
  g_cond_signal (&meanwhile->ended);
  g_mutex_unlock (&meanwhile->lock);
  return TRUE;
}

/* A report of a year is read while somebody stands at the door. */
static void
what_takes_long_keeps_nobody_waiting (Reception *self, gconstpointer data)
{
  Meanwhile meanwhile = { 0 };
  guint before;

  g_mutex_init (&meanwhile.lock);
  g_cond_init (&meanwhile.ended);
  sign_in (self, &self->receptionist, PIN);
  before = self->answers;
  sl_desk_run (self->reception, self->owner, &(SlDeskJob) { .work = wait_for_other, .request = &meanwhile,
               .apart = TRUE, .done = on_answer });
  sl_desk_run (self->reception, self->owner, &(SlDeskJob) { .work = end_meanwhile, .request = &meanwhile,
               .done = on_answer });
  wait_for_answers (self, before + 2);
  /* Nor is it left undone where the door is closed before. */
  sl_desk_run (self->reception, self->owner, &(SlDeskJob) { .work = wait_for_other, .request = &meanwhile,
               .apart = TRUE, .done = on_answer });
  sl_door_close (self->door);
  wait_for_answers (self, before + 3);
  g_cond_clear (&meanwhile.ended);
  g_mutex_clear (&meanwhile.lock);
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  reception_test ("nobody-may-do-anything", nobody_may_do_anything);
  reception_test ("pin_wrong", pin_wrong);
  reception_test ("pin_locked", pin_locked);
  reception_test ("works-in-the-name-of-who-is-there", works_in_the_name_of_who_is_there);
  reception_test ("approval_required", approval_required);
  reception_test ("somebody-who-may-not-either-does-not-help", somebody_who_may_not_either_does_not_help);
  reception_test ("not-now-leaves-it-undone", not_now_leaves_it_undone);
  reception_test ("staff_inactive", staff_inactive);
  reception_test ("nobody-is-told-who-has-gone", nobody_is_told_who_has_gone);
  reception_test ("refusals-are-said-where-nobody-else-does", refusals_are_said_where_nobody_else_does);
  reception_test ("lists-who-works-here", lists_who_works_here);
  reception_test ("what-takes-long-keeps-nobody-waiting", what_takes_long_keeps_nobody_waiting);
  reception_test ("reads-how-things-stand", reads_how_things_stand);
  g_test_add_func ("/sl/desk/says-how-the-network-is", says_how_the_network_is);
  return g_test_run ();
}
