/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-pair"

#include "hub-fixture.h"

#include <string.h>

#include "../engine/desk-fixture.h"
#include "core/error.h"
#include "oplog/prune.h"

typedef struct {
  HubWorld world;
  SlId tenant;
  HubDevice a;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_world_open (&fixture->world, 4);
  g_assert_true (sl_hub_add_tenant (fixture->world.hub, "Fynbos", &fixture->tenant, NULL));
  hub_device_init (&fixture->a, &fixture->world);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_close (&fixture->a);
  hub_world_close (&fixture->world);
}

static SlSyncAnswer *
pair (Fixture *fixture, const char *code, const char *request, const char *from)
{
  g_autofree char *text = g_strdup_printf ("{\"code\":\"%s\",\"request\":\"%s\",\"name\":\"Door\"}", code, request);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (SlSyncRequest) asked = sl_sync_request_new ("POST", "/v1/pair", body);
  return sl_hub_handle (fixture->world.hub, asked, from);
}

static void
assert_pair (Fixture *fixture, const char *code, const char *request, const char *expected)
{
  static guint count;
  g_autofree char *from = g_strdup_printf ("192.0.2.%u", ++count);
  g_autoptr (SlSyncAnswer) answer = pair (fixture, code, request, from);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, expected);
}

#define REQUEST_A "000102030405060708090a0b0c0d0e0f"
#define REQUEST_B "ff0102030405060708090a0b0c0d0e0f"

static void
a_code_is_easy_to_type (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_autofree char *other = hub_world_code (&fixture->world, &fixture->tenant);
  (void) data;
  g_assert_cmpuint (strlen (code), ==, 14);
  g_assert_cmpint (code[4], ==, '-');
  g_assert_cmpint (code[9], ==, '-');
  g_assert_cmpuint (strspn (code, "-23456789ABCDEFGHJKMNPQRSTVWXYZ"), ==, 14);
  g_assert_cmpstr (code, !=, other);
}

static void
a_code_is_good_once (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autofree char *founding = hub_world_code (&fixture->world, &fixture->tenant);
  assert_pair (fixture, founding, REQUEST_A, "not_founded");
  hub_device_found (&fixture->a); /* of an account of its own */
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->a.tenant);
  g_autofree char *lower = g_ascii_strdown (code, -1);
  assert_pair (fixture, "ABCD-EFGH-JKMN", REQUEST_A, "code_invalid");
  assert_pair (fixture, "0OIL", REQUEST_A, "code_invalid");
  assert_pair (fixture, code, "short", "bad_request");
  assert_pair (fixture, lower, REQUEST_A, "ok");
  assert_pair (fixture, code, REQUEST_B, "code_invalid");
}

static void
a_code_is_good_for_ten_minutes (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_found (&fixture->a);
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->a.tenant);
  fixture->world.world.now_ms += SL_HUB_CODE_LIFETIME_MS + 1;
  assert_pair (fixture, code, REQUEST_A, "code_invalid");
}

/* The answer was lost: the same invitation comes again, and no second one stays open. */
static void
asking_again_gives_the_same (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_found (&fixture->a);
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->a.tenant);
  g_autoptr (SlSyncAnswer) first = pair (fixture, code, REQUEST_A, "192.0.2.1");
  g_autoptr (SlSyncAnswer) second = pair (fixture, code, REQUEST_A, "192.0.2.1");
  g_assert_true (g_bytes_equal (first->body, second->body));
  g_assert_cmpuint (hub_world_metric (&fixture->world, "paired_total"), ==, 1);
  hub_world_restart (&fixture->world, FALSE);
  assert_pair (fixture, code, REQUEST_A, "ok");
}

static SlSyncCode
check_first (Fixture *fixture, const char *code, const char *from)
{
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/found", NULL);
  if (code != NULL)
    g_hash_table_insert (request->headers, g_strdup ("studioloop-code"), g_strdup (code));
  g_autoptr (SlSyncAnswer) answer = sl_hub_check_first (fixture->world.hub, request, from);
  return answer != NULL ? answer->code : SL_SYNC_OK;
}

/* Before a studio is sent the hub says whether it would be taken; the code is spent by what is sent. */
static void
a_founding_code_is_looked_at_first (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_assert_cmpint (check_first (fixture, NULL, "192.0.2.7"), ==, SL_SYNC_CODE_INVALID);
  g_assert_cmpint (check_first (fixture, "ABCD-EFGH-JKMN", "192.0.2.7"), ==, SL_SYNC_CODE_INVALID);
  g_assert_cmpint (check_first (fixture, code, "192.0.2.8"), ==, SL_SYNC_OK);
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->a);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (&fixture->a, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  g_assert_cmpint (check_first (fixture, code, "192.0.2.8"), ==, SL_SYNC_OK); /* the same once more */
  for (guint i = 0; i < SL_HUB_UNKNOWN_PER_HOUR; i++)
    (void) check_first (fixture, "ABCD-EFGH-JKMN", "192.0.2.7");
  g_assert_cmpint (check_first (fixture, code, "192.0.2.7"), ==, SL_SYNC_TOO_MANY);
  fixture->world.world.now_ms += SL_HUB_CODE_LIFETIME_MS;
  g_assert_cmpint (check_first (fixture, code, "192.0.2.9"), ==, SL_SYNC_CODE_INVALID);
}

static void
founding_again_gives_the_same (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->a);
  g_autoptr (SlSyncAnswer) first = hub_device_found_with (&fixture->a, invitation, code);
  SlId replica = fixture->a.hub_replica;
  g_assert_cmpint (first->code, ==, SL_SYNC_OK);
  hub_world_restart (&fixture->world, TRUE);
  g_autoptr (SlSyncAnswer) second = hub_device_found_with (&fixture->a, invitation, code);
  g_assert_cmpint (second->code, ==, SL_SYNC_OK);
  g_assert_true (sl_id_equal (&replica, &fixture->a.hub_replica));
  hub_device_sync (&fixture->a);
  g_assert_true (sl_engine_has_hub (fixture->a.engine));
}

static SlSyncCode
found_as (Fixture *fixture, GBytes *invitation, const char *code, const char *request_text)
{
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/found", invitation);
  g_hash_table_insert (request->headers, g_strdup ("studioloop-code"), g_strdup (code));
  g_hash_table_insert (request->headers, g_strdup ("studioloop-request"), g_strdup (request_text));
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  return answer->code;
}

/* Who was killed before the answer came writes another invitation, and asks under the same number. */
static void
founding_again_by_another_invitation (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_autoptr (GBytes) first = hub_device_invitation (&fixture->a);
  g_autoptr (GBytes) second = hub_device_invitation (&fixture->a);
  g_assert_cmpint (found_as (fixture, first, code, "short"), ==, SL_SYNC_BAD_REQUEST);
  g_assert_cmpint (found_as (fixture, first, code, REQUEST_A), ==, SL_SYNC_OK);
  g_assert_cmpint (found_as (fixture, second, code, REQUEST_B), ==, SL_SYNC_CODE_INVALID);
  g_assert_cmpint (found_as (fixture, second, code, REQUEST_A), ==, SL_SYNC_OK);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "founded_total"), ==, 1);
}

/* The hub's own operations did not reach the store: nobody was told, and it is done again. */
static void
founding_that_broke_off_is_done_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  gboolean done;
  (void) data;
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_autoptr (SlTenant) before = hub_world_row (&fixture->world, &fixture->tenant);
  SlTenant after = *before;
  SlSignKey key;
  after.organisation = fixture->a.organisation;
  sl_id_random (&fixture->world.world.base, &after.epoch);
  sl_sign_key_new (&fixture->world.world.base, &key);
  memcpy (after.seed, key.secret_key, sizeof after.seed);
  sl_replica_from_key (key.public_key, &after.replica);
  g_assert_true (sl_log_store_set_identity (fixture->world.store, before, &after, &done, &failure));
  g_assert_true (done);
  hub_world_work (&fixture->world);
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->a);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (&fixture->a, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  hub_device_sync (&fixture->a);
  g_assert_true (sl_engine_has_hub (fixture->a.engine));
}

static void
founds_only_by_an_invitation (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->tenant);
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("{}\n{}\n", 6);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (&fixture->a, rubbish, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "bad_request");
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->a);
  g_autoptr (SlSyncAnswer) spent = hub_device_found_with (&fixture->a, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (spent->code), ==, "code_invalid");
  g_autofree char *fresh = hub_world_code (&fixture->world, &fixture->tenant);
  fixture->world.world.now_ms += G_GINT64_CONSTANT (25) * 60 * 60 * 1000;
  g_autofree char *later = hub_world_code (&fixture->world, &fixture->tenant);
  g_autoptr (SlSyncAnswer) old = hub_device_found_with (&fixture->a, invitation, later);
  g_assert_cmpstr (sl_sync_code_name (old->code), ==, "bad_request");
  g_assert_cmpuint (hub_world_metric (&fixture->world, "founded_total"), ==, 0);
}

static void
nobody_guesses_codes_all_day (Fixture *fixture, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < SL_HUB_UNKNOWN_PER_HOUR; i++)
    {
      g_autoptr (SlSyncAnswer) answer = pair (fixture, "ABCD-EFGH-JKMN", REQUEST_A, "192.0.2.7");
      g_assert_cmpint (answer->code, ==, SL_SYNC_CODE_INVALID);
    }
  g_autoptr (SlSyncAnswer) many = pair (fixture, "ABCD-EFGH-JKMN", REQUEST_A, "192.0.2.7");
  g_assert_cmpstr (sl_sync_code_name (many->code), ==, "too_many");
  g_assert_cmpint (sl_sync_answer_retry_after_ms (many), >, 0);
  g_autoptr (SlSyncAnswer) other = pair (fixture, "ABCD-EFGH-JKMN", REQUEST_A, "192.0.2.8");
  g_assert_cmpint (other->code, ==, SL_SYNC_CODE_INVALID);
}

/* A device that joined by a stick is one once the hub has heard who invited it. */
static void
meets_a_device_that_joined_elsewhere (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  HubHow how = { .with_key = TRUE, .from_nothing = TRUE };
  (void) data;
  hub_device_found (&fixture->a);
  hub_device_join (&b, &fixture->a);
  hub_device_add_member (&b, "Zanele");
  g_autoptr (SlTenant) before = hub_world_row (&fixture->world, &fixture->a.tenant);
  g_assert_cmpint (hub_device_refused (&b, &how), ==, SL_SYNC_UNKNOWN_DEVICE);
  g_autoptr (SlTenant) after = hub_world_row (&fixture->world, &fixture->a.tenant);
  g_assert_cmpuint (before->head, ==, after->head);
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  hub_device_sync (&fixture->a);
  g_assert_cmpuint (hub_device_seq (&fixture->a, &b.replica), ==, hub_device_seq (&b, &b.replica));
  g_assert_cmpuint (hub_world_metric (&fixture->world, "devices_met_total"), ==, 1);
  hub_device_close (&b);
}

/* The same, where it brings what its inviter wrote itself. */
static void
meets_a_device_with_its_admission (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  HubHow how = { .with_key = TRUE, .from_nothing = TRUE, .all = TRUE };
  (void) data;
  hub_device_found (&fixture->a);
  hub_device_join (&b, &fixture->a);
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&b, &how);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  hub_device_take (&b, answer);
  hub_device_sync (&b);
  g_assert_true (sl_engine_has_hub (b.engine));
  hub_device_close (&b);
}

/* A studio that has run for long has folded its first operations into a snapshot: the hub's log begins with it. */
static void
takes_a_studio_that_has_folded (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  SlPruneResult folded;
  (void) data;
  for (guint i = 0; i < 30; i++)
    hub_device_add_member (&fixture->a, "Thandi");
  fixture->world.world.now_ms += DAYS (60);
  hub_device_add_member (&fixture->a, "Sipho");
  g_assert_true (sl_oplog_prune (sl_engine_get_log (fixture->a.engine), 1, &folded, NULL));
  g_assert_cmpuint (folded.operations, >=, 30);
  hub_device_found (&fixture->a);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_world_restart (&fixture->world, TRUE);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_add_member (&b, "Lerato");
  hub_device_sync (&b);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  g_assert_true (hub_devices_equal (&fixture->a, &b));
  g_assert_cmpuint (hub_device_members (&b), ==, 32);
  b.cursor = 0; /* all again: it has the snapshot, and does not need it */
  hub_device_sync (&b);
  g_assert_true (hub_devices_equal (&fixture->a, &b));
  hub_device_close (&b);
}

#define hub_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/hub-pair/a-code-is-easy-to-type", a_code_is_easy_to_type);
  hub_test ("/sl/hub-pair/a-code-is-good-once", a_code_is_good_once);
  hub_test ("/sl/hub-pair/a-code-is-good-for-ten-minutes", a_code_is_good_for_ten_minutes);
  hub_test ("/sl/hub-pair/asking-again-gives-the-same", asking_again_gives_the_same);
  hub_test ("/sl/hub-pair/a-founding-code-is-looked-at-first", a_founding_code_is_looked_at_first);
  hub_test ("/sl/hub-pair/founding-again-gives-the-same", founding_again_gives_the_same);
  hub_test ("/sl/hub-pair/founding-again-by-another-invitation-is-one-founding", founding_again_by_another_invitation);
  hub_test ("/sl/hub-pair/founding-that-broke-off-is-done-again", founding_that_broke_off_is_done_again);
  hub_test ("/sl/hub-pair/founds-only-by-an-invitation", founds_only_by_an_invitation);
  hub_test ("/sl/hub-pair/takes-a-studio-that-has-folded", takes_a_studio_that_has_folded);
  hub_test ("/sl/hub-pair/nobody-guesses-codes-all-day", nobody_guesses_codes_all_day);
  hub_test ("/sl/hub-pair/meets-a-device-that-joined-elsewhere", meets_a_device_that_joined_elsewhere);
  hub_test ("/sl/hub-pair/meets-a-device-with-its-admission", meets_a_device_with_its_admission);
  return g_test_run ();
}
