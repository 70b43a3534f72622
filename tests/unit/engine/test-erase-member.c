/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk-fixture.h"
#include "engine/clock.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/sale.h"
#include "expect.h"

/* A member who asked to be forgotten. */

static const char *
try_erase (Desk *desk, const SlActor *actor, const SlId *member, const char *reason, guint *out_released)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_member_erase (desk->engine, actor, member, reason, out_released, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}

static void
erase (Desk *desk, const SlId *member)
{
  guint released;
  g_assert_cmpstr (try_erase (desk, &desk->owner, member, "asked for it in writing", &released), ==, "ok");
}

static guint
found (Desk *desk, const char *search)
{
  g_autoptr (GPtrArray) members = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_member_list (desk->engine, &desk->owner, search, 0, &members, &refusal, &error));
  g_assert_no_error (error);
  return members->len;
}

static void
nobody_finds_or_reads_them (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (found (desk, "thandi"), ==, 1);
  erase (desk, &thandi);
  g_assert_cmpuint (found (desk, "thandi"), ==, 0);
  g_assert_cmpuint (found (desk, NULL), ==, 1);
  g_autoptr (SlMember) member = sl_member_get (desk->engine, &thandi, &error);
  g_assert_no_error (error);
  g_assert_true (member->erased);
  g_assert_cmpstr (member->status, ==, "erased");
  g_assert_null (member->first);
  g_assert_null (member->last);
  g_assert_null (member->phone);
  g_autoptr (SlMember) other = sl_member_get (desk->engine, &sipho, &error);
  g_assert_cmpstr (other->first, ==, "Sipho");
}

static void
only_managers_and_owners_erase (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlId thandi = desk_member (desk, "Thandi");
  guint released;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_auto (SlActor) actor = { 0 };
      desk_staff (desk, roles[i], &actor);
      g_assert_cmpstr (try_erase (desk, &actor, &thandi, "asked for it", &released), ==, "not_allowed");
    }
  g_auto (SlActor) manager = { 0 };
  desk_staff (desk, SL_ROLE_MANAGER, &manager);
  g_assert_cmpstr (try_erase (desk, &manager, &thandi, "asked for it", &released), ==, "ok");
  g_assert_cmpstr (try_erase (desk, &manager, &thandi, "asked again", &released), ==, "member_erased");
}

static void
nobody_need_say_why (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  guint released;
  g_assert_cmpstr (try_erase (desk, &desk->owner, &thandi, NULL, &released), ==, "ok");
  g_assert_cmpstr (try_erase (desk, &desk->owner, &sipho, "  ", &released), ==, "ok");
  g_assert_cmpuint (found (desk, NULL), ==, 0);
}

static void
what_they_booked_ahead_is_given_back (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  SlId past = desk_free_class (desk, MORNING + HOURS (1), 5), soon = desk_free_class (desk, MORNING + HOURS (4), 5);
  SlId later = desk_free_class (desk, MORNING + DAYS (1), 5);
  SlId attended = desk_book (desk, &thandi, &past), held;
  g_autofree char *pass = desk_pass (desk, &thandi);
  guint released;
  desk->world.now_ms = MORNING + HOURS (1) - MINUTES (5);
  g_assert_cmpstr (desk_scan_result (desk, pass), ==, "ok");
  desk->world.now_ms = MORNING + HOURS (3);
  SlId booked = desk_book (desk, &thandi, &soon);
  g_assert_cmpstr (desk_try_hold (desk, &thandi, &later, &held), ==, "ok");
  g_assert_cmpstr (try_erase (desk, &desk->owner, &thandi, "asked for it", &released), ==, "ok");
  g_assert_cmpuint (released, ==, 2);
  g_assert_cmpstr (desk_status (desk, &booked), ==, "cancelled");
  g_assert_cmpstr (desk_status (desk, &held), ==, "cancelled");
  g_assert_cmpstr (desk_status (desk, &attended), ==, "completed"); /* who came stays counted */
  g_assert_cmpint (desk_free_spots (desk, &soon), ==, 5);
  g_assert_cmpint (desk_free_spots (desk, &later), ==, 5);
}

static void
later_commands_say_so (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (1), 5), hold;
  const SlMemberParams params = { .notes = "a note" };
  g_autofree char *pass = desk_pass (desk, &thandi);
  g_autoptr (GError) error = NULL;
  gint64 balance;
  SlId credits = desk_credits (desk, &thandi, 500, 30);
  g_assert_false (sl_id_is_none (&credits));
  erase (desk, &thandi);
  g_assert_cmpstr (desk_try_book (desk, &thandi, &session), ==, "member_erased");
  g_assert_cmpstr (desk_try_hold (desk, &thandi, &session, &hold), ==, "member_erased");
  desk->world.now_ms = MORNING + MINUTES (50);
  g_assert_cmpstr (desk_scan_result (desk, pass), ==, "member_erased");
  for (guint i = 0; i < 5; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (SlPass) issued = NULL;
      gboolean decided =
          i == 0   ? sl_member_edit (desk->engine, &desk->owner, &thandi, &params, FALSE, &refusal, &error)
          : i == 1 ? sl_member_block (desk->engine, &desk->owner, &thandi, "loud", &refusal, &error)
          : i == 2 ? sl_member_unblock (desk->engine, &desk->owner, &thandi, "calm", &refusal, &error)
          : i == 3 ? sl_pass_issue (desk->engine, &desk->owner, &thandi, &issued, &refusal, &error)
                   : sl_credits_adjust (desk->engine, &desk->owner, &thandi, 100, "gift", &balance, &refusal, &error);
      g_assert_no_error (error);
      g_assert_true (decided);
      g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "member_erased");
    }
  g_assert_cmpint (desk_balance (desk, &thandi), ==, 500); /* the accounts stay right */
}

/* --- from the schema itself: what somebody adds later is asked for before anybody thinks of it --- */

typedef struct {
  char *table, *column, *parent; /* parent: (nullable): the column names a member through a row of this table */
} Link;

static void
link_free (gpointer data)
{
  Link *link = data;
  g_free (link->table);
  g_free (link->column);
  g_free (link->parent);
  g_free (link);
}

#define REPLICATED "m.type = 'table' AND substr (m.name, 1, 6) <> 'local_'"
/* Bytes that are no sealed words: ids, and what is signed or counted. */
#define IS_SEALED \
  "c.type = 'BLOB' AND c.pk = 0 AND c.name NOT LIKE '%!_id' ESCAPE '!' AND c.name NOT LIKE '%replica' " \
  "AND c.name NOT LIKE '%actor' AND c.name NOT LIKE '%!_hash' ESCAPE '!' " \
  "AND c.name NOT IN ('id', 'clocks', 'creator', 'keeper', 'merged_into')"

/* Which replicated tables name members, or rows of those that do. (element-type Link) */
static GPtrArray *
read_links (Desk *desk)
{
  GPtrArray *links = g_ptr_array_new_with_free_func (link_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      desk->engine->store,
      "WITH own (name) AS (SELECT m.name FROM sqlite_master m JOIN pragma_table_info (m.name) c "
      "WHERE " REPLICATED " AND c.name = 'member_id'), named (tbl, col, parent) AS ("
      "SELECT m.name, c.name, CASE c.name WHEN 'member_id' THEN NULL WHEN 'booking_id' THEN 'claim' "
      "ELSE replace (c.name, '_id', '') END FROM sqlite_master m JOIN pragma_table_info (m.name) c "
      "WHERE " REPLICATED " AND m.name <> 'erased') "
      "SELECT tbl, col, parent FROM named WHERE col = 'member_id' "
      "OR (tbl NOT IN own AND parent IN own AND col LIKE '%!_id' ESCAPE '!')",
      "");
  while (sl_rows_next (rows))
    {
      Link *link = g_new0 (Link, 1);
      link->table = sl_rows_dup_text (rows, 0);
      link->column = sl_rows_dup_text (rows, 1);
      link->parent = sl_rows_dup_text (rows, 2);
      g_ptr_array_add (links, link);
    }
  g_assert_true (sl_rows_finish (rows, &error));
  return links;
}

/* A row that names it in column, with something in every column that must have it, and in all that are sealed. */
static void
insert_sealed_row (Desk *desk, const char *table, const char *column, const SlId *names, const SlId *id)
{
  g_autoptr (GString) columns = g_string_new (NULL), values = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      desk->engine->store,
      "SELECT c.name, CASE WHEN c.name = ?2 THEN '?1' WHEN c.name = 'id' THEN '?2' "
      "WHEN " IS_SEALED " THEN 'randomblob (77)' WHEN c.type = 'BLOB' THEN 'randomblob (16)' "
      "WHEN c.type = 'TEXT' THEN quote ('x') ELSE '1' END FROM pragma_table_info (?1) c "
      "WHERE (c.\"notnull\" AND c.dflt_value IS NULL) OR c.pk > 0 OR c.name = ?2 OR (" IS_SEALED ")",
      "tt", table, column);
  while (sl_rows_next (rows))
    {
      g_string_append_printf (columns, "%s\"%s\"", columns->len > 0 ? ", " : "", sl_rows_text (rows, 0));
      g_string_append_printf (values, "%s%s", values->len > 0 ? ", " : "", sl_rows_text (rows, 1));
    }
  g_assert_true (sl_rows_finish (rows, &error));
  g_autofree char *sql = g_strdup_printf ("INSERT INTO \"%s\" (%s) SELECT %s FROM (SELECT ?1, ?2)", table,
                                          columns->str, values->str);
  g_assert_true (sl_store_begin (desk->engine->store, &error));
  gboolean done = sl_store_exec (desk->engine->store, &error, sql, "dd", names, id);
  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_true (sl_store_commit (desk->engine->store, &error));
}

/* How many sealed fields of the table hold anything. */
static gint64
sealed_left (Desk *desk, const char *table, guint *out_columns)
{
  gint64 left = 0, some;
  g_autoptr (SlRows) rows = sl_store_query (
      desk->engine->store, "SELECT c.name FROM pragma_table_info (?) c WHERE " IS_SEALED, "t", table);
  *out_columns = 0;
  while (sl_rows_next (rows))
    {
      const char *column = sl_rows_text (rows, 0);
      g_autofree char *sql
          = g_strdup_printf ("SELECT count (*) FROM \"%s\" WHERE length (\"%s\") = 77", table, column);
      g_assert_true (sl_store_query_int (desk->engine->store, -1, &some, NULL, sql, ""));
      if (some > 0)
        g_test_message ("%s.%s: %" G_GINT64_FORMAT, table, column, some);
      left += some;
      (*out_columns)++;
    }
  return left;
}

/* Everything that can be there first; whatever comes later is tests/unit/oplog/test-erase.c's. */
static void
whatever_is_sealed_in_any_table_goes (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  g_autoptr (GPtrArray) links = read_links (desk);
  guint columns, all = 0;
  g_assert_cmpuint (links->len, >=, 10);
  for (guint i = 0; i < links->len; i++)
    {
      const Link *link = links->pdata[i];
      SlId parent, row;
      sl_id_derive (&thandi, i, 0, &parent);
      sl_id_derive (&thandi, i, 1, &row);
      if (link->parent != NULL)
        insert_sealed_row (desk, link->parent, "member_id", &thandi, &parent);
      insert_sealed_row (desk, link->table, link->column, link->parent != NULL ? &parent : &thandi, &row);
      g_assert_cmpint (sealed_left (desk, link->table, &columns) > 0, ==, columns > 0);
      all += columns;
    }
  g_assert_cmpuint (all, >=, 8);
  g_assert_true (sl_store_begin (desk->engine->store, NULL)); /* as an operation of anybody does */
  g_assert_true (sl_store_exec (desk->engine->store, NULL,
                                "INSERT INTO erased (member_id, hlc, replica, seq) VALUES (?1, 1, ?1, 1)", "d",
                                &thandi));
  g_assert_true (sl_store_commit (desk->engine->store, NULL));
  for (guint i = 0; i < links->len; i++)
    if (sealed_left (desk, ((Link *) links->pdata[i])->table, &columns) != 0)
      g_test_fail_printf ("sealed words about an erased member stay in %s", ((Link *) links->pdata[i])->table);
}

/* A kiosk, an agent: nobody asks it for anything, and a second later it knows nobody's name any more. */
static void
an_idle_process_drops_them_from_memory (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (SlEngine) idle = sl_engine_open (desk->dir->path, &desk->world.base, &error);
  g_assert_no_error (error);
  g_assert_true (sl_member_list (idle, &desk->owner, "thandi", 0, &members, &refusal, &error));
  g_assert_cmpuint (members->len, ==, 1);
  sl_engine_settle (idle);
  g_assert_nonnull (idle->member_index); /* for the next search */
  erase (desk, &thandi);
  sl_engine_settle (idle);
  sl_engine_settle (desk->engine);
  g_assert_null (idle->member_index);
  g_assert_null (desk->engine->member_index);
  g_assert_false (sl_oplog_has_member_key (idle->log, &thandi));
  g_clear_pointer (&members, g_ptr_array_unref);
  g_assert_true (sl_member_list (idle, &desk->owner, "thandi", 0, &members, &refusal, &error));
  g_assert_cmpuint (members->len, ==, 0);
}

/* Booked at the other desk before it heard: whoever keeps the spot gives it back. */
static void
what_another_desk_booked_meanwhile_is_given_back (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  desk_join (&other, desk, "other");
  SlId session = desk_free_class (&other, MORNING + HOURS (5), 3);
  SlId booking = desk_book (&other, &thandi, &session), stays = desk_book (&other, &sipho, &session);
  erase (desk, &thandi);
  desk_carry_log (&other, desk);
  desk_carry_log (desk, &other);
  g_assert_cmpstr (desk_status (&other, &booking), ==, "confirmed");
  SlDueCounts counts = desk_run_due (desk);
  g_assert_cmpint (counts.erased_members, ==, 0); /* not this desk's to give */
  counts = desk_run_due (&other);
  g_assert_cmpint (counts.erased_members, ==, 1);
  g_assert_cmpstr (desk_status (&other, &booking), ==, "cancelled");
  g_assert_cmpstr (desk_status (&other, &stays), ==, "confirmed");
  counts = desk_run_due (&other);
  g_assert_cmpint (counts.erased_members, ==, 0);
  desk_close (&other, NULL);
}

/* --- the clock --- */

static void
a_clock_that_went_back_is_not_trusted (Desk *desk, gconstpointer data)
{
  SlClockState state;
  SlClockConfirmed confirmed;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  (void) desk_member (desk, "Thandi");
  g_assert_true (sl_clock_show (desk->engine, &state, &error));
  g_assert_cmpint (state.doubt, ==, SL_CLOCK_TRUSTED);
  desk->world.now_ms -= HOURS (2);
  g_assert_true (sl_clock_show (desk->engine, &state, &error));
  g_assert_cmpstr (sl_clock_doubt_name (state.doubt), ==, "behind");
  g_assert_cmpint (state.ahead_ms, >=, HOURS (2));
  SlId sipho = desk_member (desk, "Sipho"); /* it refuses nothing */
  g_assert_false (sl_id_is_none (&sipho));
  g_assert_true (sl_clock_confirm (desk->engine, &desk->owner, 0, 0, &confirmed, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (confirmed.offset_ms, >=, HOURS (2));
  g_assert_cmpuint (confirmed.operations, >, 0);
  g_assert_true (sl_clock_show (desk->engine, &state, &error));
  g_assert_cmpstr (sl_clock_doubt_name (state.doubt), ==, "trusted");
  g_assert_cmpint (state.confirmed_ms, ==, desk->world.now_ms);
  g_autoptr (SlMember) member = sl_member_get (desk->engine, &sipho, &error);
  g_assert_cmpint (member->created_ms, <=, desk->world.now_ms); /* times shown follow */
}

static void
a_clock_that_is_right_needs_no_correction (Desk *desk, gconstpointer data)
{
  SlClockConfirmed confirmed;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  (void) desk_member (desk, "Thandi");
  gint64 before = desk_operations (desk);
  desk->world.now_ms -= MINUTES (2); /* as far as clocks of a studio may differ */
  g_assert_true (sl_clock_confirm (desk->engine, &desk->owner, 0, 0, &confirmed, &refusal, &error));
  g_assert_cmpint (confirmed.offset_ms, ==, 0);
  g_assert_cmpint (desk_operations (desk), ==, before);
  g_auto (SlActor) receptionist = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &receptionist);
  g_assert_true (sl_clock_confirm (desk->engine, &receptionist, 0, 0, &confirmed, &refusal, &error));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "not_allowed");
}

static void
a_clock_that_nobody_set_cannot_be_confirmed (Desk *desk, gconstpointer data)
{
  SlClockState state;
  SlClockConfirmed confirmed;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  desk->world.now_ms = 5000; /* 1970 */
  g_assert_true (sl_clock_show (desk->engine, &state, &error));
  g_assert_cmpstr (sl_clock_doubt_name (state.doubt), ==, "impossible");
  (void) desk_member (desk, "Thandi"); /* stamped above the last one all the same */
  g_assert_false (sl_clock_confirm (desk->engine, &desk->owner, 0, 0, &confirmed, &refusal, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  desk->world.now_ms = MORNING;
  g_assert_false (sl_clock_confirm (desk->engine, &desk->owner, -1, 0, &confirmed, &refusal, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/erase-member/nobody-finds-or-reads-them", nobody_finds_or_reads_them);
  desk_test ("/sl/erase-member/only-managers-and-owners-erase", only_managers_and_owners_erase);
  desk_test ("/sl/erase-member/nobody-need-say-why", nobody_need_say_why);
  desk_test ("/sl/erase-member/what-they-booked-ahead-is-given-back", what_they_booked_ahead_is_given_back);
  desk_test ("/sl/erase-member/member-erased-is-what-later-commands-say", later_commands_say_so);
  desk_test ("/sl/erase-member/whatever-is-sealed-in-any-table-goes", whatever_is_sealed_in_any_table_goes);
  desk_test ("/sl/erase-member/an-idle-process-drops-them-from-memory", an_idle_process_drops_them_from_memory);
  desk_test ("/sl/erase-member/what-another-desk-booked-meanwhile-is-given-back",
             what_another_desk_booked_meanwhile_is_given_back);
  desk_test ("/sl/clock/one-that-went-back-is-not-trusted", a_clock_that_went_back_is_not_trusted);
  desk_test ("/sl/clock/one-that-is-right-needs-no-correction", a_clock_that_is_right_needs_no_correction);
  desk_test ("/sl/clock/one-that-nobody-set-cannot-be-confirmed", a_clock_that_nobody_set_cannot_be_confirmed);
  return g_test_run ();
}
