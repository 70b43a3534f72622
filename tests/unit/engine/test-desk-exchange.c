/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/exchange.h"

#include "desk-fixture.h"
#include "engine/badge.h"
#include "engine/batch.h"
#include "engine/member.h"
#include "engine/staff.h"
#include "expect.h"
#include "scan/code.h"

static GHashTable *
read_vector (Desk *desk, const char *text, GError **error)
{
  g_autofree char *file = sl_temp_dir_file (desk->dir, "vector");
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  return sl_exchange_read_vector (file, error);
}

#define ONE "11111111-1111-8111-8111-111111111111"
#define TWO "22222222-2222-8222-8222-222222222222"

static void
a_vector_is_read_as_state_hash_prints_it (Desk *desk, gconstpointer data)
{
  static const char * const texts[] = {
    "{\"" ONE "\":7,\"" TWO "\":9000000000}",
    "{\"hash\":\"ab\",\"vector\":{\"" ONE "\":7,\"" TWO "\":9000000000},\"unapplied\":{}}\n",
    "{\n  \"vector\" : {\n    \"" ONE "\" : 7,\n    \"" TWO "\" : 9000000000\n  }\n}\n",
  };
  SlId two;
  g_assert_true (sl_id_parse (TWO, &two));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GHashTable) vector = read_vector (desk, texts[i], NULL);
      g_assert_cmpuint (g_hash_table_size (vector), ==, 2);
      g_assert_cmpuint (*(guint64 *) g_hash_table_lookup (vector, &two), ==, G_GUINT64_CONSTANT (9000000000));
    }
  g_autoptr (GHashTable) nothing = read_vector (desk, "{}", NULL);
  g_assert_cmpuint (g_hash_table_size (nothing), ==, 0);
}

static void
bad_input_for_what_is_no_vector (Desk *desk, gconstpointer data)
{
  static const char * const texts[] = {
    "", "7", "[]", "{", "{\"" ONE "\"}", "{\"" ONE "\":}", "{\"" ONE "\":-7}", "{\"" ONE "\":7", "{\"x\":7}",
      "{\"" ONE "\":7;}",
    "{\"" ONE "\":\"7\"}", "{\"" ONE "\" 7}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_assert_null (read_vector (desk, texts[i], &failure));
      g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  fails (SL_ERROR_BAD_INPUT, sl_exchange_read_vector ("/nowhere/at/all", &failure) != NULL);
}

/* What was written while nobody knew of the second desk comes without a key for it. */
static void
personal_fields_wait_for_their_key (Desk *one, gconstpointer data)
{
  const SlMemberParams name = { .first = "Thandiwe" }, nothing = { .notes = "" }, plain = { .permission = "vip" };
  Desk two = { 0 };
  desk_join (&two, one, "two");
  SlId thandi = desk_member (one, "Thandi");
  desk_carry_log (one, &two);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SlMember) member = sl_member_get (two.engine, &thandi, NULL);
      g_assert_cmpstr (member->first, ==, i == 0 ? NULL : "Thandi");
      g_assert_cmpstr (member->permission, ==, i == 0 ? "standard" : "vip");
      if (i > 0)
        break;
      fails (SL_ERROR_NOT_FOUND, sl_member_edit (two.engine, &two.owner, &thandi, &name, TRUE, &refusal, &failure));
      fails (SL_ERROR_NOT_FOUND, sl_member_edit (two.engine, &two.owner, &thandi, &nothing, TRUE, &refusal, &failure));
      done (sl_member_edit (two.engine, &two.owner, &thandi, &plain, TRUE, &refusal, &failure));
      desk_carry_log (&two, one);
      desk_carry_log (one, &two);
    }
  done (sl_member_edit (two.engine, &two.owner, &thandi, &name, TRUE, &refusal, &failure));
  desk_carry_log (&two, one);
  g_autoptr (SlMember) edited = sl_member_get (one->engine, &thandi, NULL);
  g_assert_cmpstr (edited->first, ==, "Thandiwe");
  desk_close (&two, NULL);
}

static gint64
free_of (Desk *desk, const SlId *session, gboolean own)
{
  g_autoptr (GPtrArray) rights = sl_exchange_rights (desk->engine, session, NULL);
  gint64 sum = 0;
  for (guint i = 0; i < rights->len; i++)
    {
      const SlRight *right = rights->pdata[i];
      if (right->own == own)
        sum += right->free;
    }
  return sum;
}

static void
rights_move_to_another_device_and_are_spent_there (Desk *one, gconstpointer data)
{
  Desk two = { 0 };
  SlId session, member, to;
  member = desk_member (one, "Thandi");
  session = desk_free_class (one, MORNING + HOURS (5), 3);
  desk_join (&two, one, "two");
  desk_carry_log (&two, one);
  sl_engine_get_replica (two.engine, &to);
  g_assert_cmpstr (desk_try_book (&two, &member, &session), ==, "spots_elsewhere");

  done (sl_exchange_move_rights (one->engine, &one->owner, &session, &to, 2, &refusal, &failure));
  g_assert_cmpint (free_of (one, &session, TRUE), ==, 1);
  g_assert_cmpint (free_of (one, &session, FALSE), ==, 2);
  refused ("no_rights", sl_exchange_move_rights (one->engine, &one->owner, &session, &to, 2, &refusal, &failure));

  desk_carry_log (one, &two);
  g_assert_cmpint (free_of (&two, &session, TRUE), ==, 2);
  (void) desk_book (&two, &member, &session);
  g_assert_cmpint (free_of (&two, &session, TRUE), ==, 1);
  desk_close (&two, NULL);
}

static void
rights_go_only_where_they_can_be_spent (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (5), 3), here, nobody = { { 9 } };
  SlActor reception;
  sl_engine_get_replica (desk->engine, &here);
  fails (SL_ERROR_BAD_INPUT,
         sl_exchange_move_rights (desk->engine, &desk->owner, &session, &here, 1, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_exchange_move_rights (desk->engine, &desk->owner, &session, &nobody, 0, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_exchange_move_rights (desk->engine, &desk->owner, &session, &nobody, 1, &refusal, &failure));
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  refused ("not_allowed", sl_exchange_move_rights (desk->engine, &reception, &session, &nobody, 1, &refusal, &failure));
  sl_actor_clear (&reception);
}

static void
not_allowed_to_carry_the_log_away (Desk *desk, gconstpointer data)
{
  g_autofree char *file = sl_temp_dir_file (desk->dir, "log");
  SlActor reception;
  SlExportResult exported;
  SlImportResult imported;
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  refused ("not_allowed",
           sl_exchange_export (desk->engine, &reception, file, NULL, FALSE, &exported, &refusal, &failure));
  refused ("not_allowed", sl_exchange_import (desk->engine, &reception, file, &imported, &refusal, &failure));
  refused ("not_allowed", sl_exchange_backup (desk->engine, &reception, file, &refusal, &failure));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  sl_actor_clear (&reception);
}

static void
a_batch_is_all_or_nothing (Desk *desk, gconstpointer data)
{
  gint64 before = desk_operations (desk);
  g_assert_true (sl_batch_begin (desk->engine, &desk->owner, NULL));
  (void) desk_member (desk, "Ann");
  (void) desk_member (desk, "Ben");
  sl_batch_abandon (desk->engine);
  g_assert_cmpint (desk_operations (desk), ==, before);
  g_assert_true (sl_batch_begin (desk->engine, &desk->owner, NULL));
  (void) desk_member (desk, "Ann");
  (void) desk_member (desk, "Ben");
  g_assert_true (sl_batch_commit (desk->engine, NULL));
  g_assert_cmpint (desk_operations (desk), ==, before + 2);
}

static void
a_badge_names_its_person_and_opens_nothing (Desk *desk, gconstpointer data)
{
  SlActor reception;
  g_autofree char *code = NULL, *none = NULL;
  gint64 expires_ms, before = desk_operations (desk);
  SlCode read;
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  before = desk_operations (desk);
  done (sl_badge_issue (desk->engine, &desk->owner, &reception.id, &code, &expires_ms, &refusal, &failure));
  g_assert_cmpint (sl_code_parse (code, &read), ==, SL_CODE_OK);
  g_assert_cmpint (read.kind, ==, SL_CODE_STAFF_BADGE);
  g_assert_true (sl_id_equal (&read.subject_id, &reception.id));
  g_assert_cmpint (expires_ms, >, MORNING + DAYS (364));
  g_assert_cmpint (desk_operations (desk), ==, before);
  g_assert_cmpstr (desk_scan_result (desk, code), ==, "wrong_code_kind");
  refused ("not_allowed",
           sl_badge_issue (desk->engine, &reception, &reception.id, &none, &expires_ms, &refusal, &failure));
  done (sl_staff_disable (desk->engine, &desk->owner, &reception.id, &refusal, &failure));
  refused ("staff_inactive",
           sl_badge_issue (desk->engine, &desk->owner, &reception.id, &none, &expires_ms, &refusal, &failure));
  g_assert_null (none);
  sl_actor_clear (&reception);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/exchange/a-vector-is-read-as-state-hash-prints-it", a_vector_is_read_as_state_hash_prints_it);
  desk_test ("/sl/exchange/bad-input-for-what-is-no-vector", bad_input_for_what_is_no_vector);
  desk_test ("/sl/exchange/personal-fields-wait-for-their-key", personal_fields_wait_for_their_key);
  desk_test ("/sl/exchange/rights-move-to-another-device-and-are-spent-there",
             rights_move_to_another_device_and_are_spent_there);
  desk_test ("/sl/exchange/rights-go-only-where-they-can-be-spent", rights_go_only_where_they_can_be_spent);
  desk_test ("/sl/exchange/not-allowed-to-carry-the-log-away", not_allowed_to_carry_the_log_away);
  desk_test ("/sl/batch/all-or-nothing", a_batch_is_all_or_nothing);
  desk_test ("/sl/badge/names-its-person-and-opens-nothing", a_badge_names_its_person_and_opens_nothing);
  return g_test_run ();
}
