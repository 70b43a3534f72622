/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member-export.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/parq.h"

/* Everything that is held about a member, handed to them. */

static const char *
try_export (Desk *desk, const SlActor *actor, const SlId *member, SlMemberExport **out)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_member_export (desk->engine, actor, member, out, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}

static SlMemberExport *
export_of (Desk *desk, const SlId *member)
{
  SlMemberExport *data = NULL;
  g_assert_cmpstr (try_export (desk, &desk->owner, member, &data), ==, "ok");
  return data;
}

static gboolean
items_have (const GPtrArray *items, const char *text)
{
  for (guint i = 0; i < items->len; i++)
    {
      const GPtrArray *item = items->pdata[i];
      for (guint j = 0; j < item->len; j++)
        {
          const SlFact *fact = item->pdata[j];
          if ((fact->text != NULL && strstr (fact->text, text) != NULL)
              || (fact->items != NULL && items_have (fact->items, text)))
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
part_has (const SlMemberExport *data, const char *part, const char *text)
{
  const SlExportPart *found = sl_member_export_part (data, part);
  g_assert_nonnull (found);
  return items_have (found->items, text);
}

static gboolean
has_anywhere (const SlMemberExport *data, const char *text)
{
  for (guint i = 0; i < data->parts->len; i++)
    if (items_have (((SlExportPart *) data->parts->pdata[i])->items, text))
      return TRUE;
  return FALSE;
}

/* Columns with a unit stand under their names without it, where that is no other column. */
static gboolean
tells_column (const GPtrArray *item, const char *column)
{
  static const char *const units[] = { "_ms", "_cents", "_hundredths", "_hlc", "_id" };
  if (g_str_equal (column, "clocks") || sl_export_fact (item, column) != NULL)
    return TRUE;
  if (g_str_equal (column, "hlc") || g_str_equal (column, "pin_hash"))
    return sl_export_fact (item, column[0] == 'h' ? "written" : "has_pin") != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (column, units[i]))
      {
        g_autofree char *base = g_strndup (column, strlen (column) - strlen (units[i]));
        return sl_export_fact (item, base) != NULL;
      }
  return FALSE;
}

/* A row with the member in this column and something in every column that must have it. */
static void
insert_row (Desk *desk, const char *table, const char *column, const SlId *member)
{
  g_autoptr (GString) columns = g_string_new (column), values = g_string_new ("?");
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (desk->engine->store,
                                            "SELECT name, type FROM pragma_table_info (?) WHERE (\"notnull\" OR pk > 0)"
                                            " AND dflt_value IS NULL AND name <> ?",
                                            "tt", table, column);
  while (sl_rows_next (rows))
    {
      const char *type = sl_rows_text (rows, 1);
      g_string_append_printf (columns, ", \"%s\"", sl_rows_text (rows, 0));
      g_string_append (values, g_str_equal (type, "BLOB")   ? ", randomblob (16)"
                               : g_str_equal (type, "TEXT") ? ", 'x'"
                                                            : ", 1");
    }
  g_assert_true (sl_rows_finish (rows, &error));
  g_autofree char *sql = g_strdup_printf ("INSERT INTO \"%s\" (%s) VALUES (%s)", table, columns->str, values->str);
  g_assert_true (sl_store_begin (desk->engine->store, &error));
  g_assert_true (sl_store_exec (desk->engine->store, &error, sql, "d", member));
  g_assert_no_error (error);
  g_assert_true (sl_store_commit (desk->engine->store, &error));
}

/* Whichever part it is: one item more than before, that tells of each of the table's columns. */
static gboolean
tells_table (Desk *desk, const SlMemberExport *before, const SlMemberExport *after, const char *table)
{
  g_autoptr (GError) error = NULL;
  const GPtrArray *item = NULL;
  for (guint i = 0; i < after->parts->len; i++)
    {
      const SlExportPart *part = after->parts->pdata[i];
      const SlExportPart *earlier = sl_member_export_part (before, part->name);
      gboolean all = part->items->len > (earlier != NULL ? earlier->items->len : 0);
      g_autoptr (SlRows) rows =
          sl_store_query (desk->engine->store, "SELECT name FROM pragma_table_info (?)", "t", table);
      while (sl_rows_next (rows) && all)
        all = tells_column (part->items->pdata[part->items->len - 1], sl_rows_text (rows, 0));
      if (all)
        item = part->items->pdata[part->items->len - 1];
    }
  return item != NULL;
}

/* From the schema itself, so that a table which somebody adds is asked for here before anybody thinks of it. */
static void
every_table_that_names_a_member_is_told (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi");
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SlRows) rows = sl_store_query (desk->engine->store,
                                            "SELECT m.name, c.name FROM sqlite_master m "
                                            "JOIN pragma_table_info (m.name) c WHERE m.type = 'table' "
                                            "AND m.name NOT LIKE 'local\\_%' ESCAPE '\\' "
                                            "AND c.name LIKE '%member%' AND m.name <> 'erased'",
                                            "");
  while (sl_rows_next (rows))
    {
      g_ptr_array_add (tables, sl_rows_dup_text (rows, 0));
      g_ptr_array_add (columns, sl_rows_dup_text (rows, 1));
    }
  g_assert_true (sl_rows_finish (rows, NULL));
  g_assert_cmpuint (tables->len, >=, 8);
  for (guint i = 0; i < tables->len; i++)
    {
      g_autoptr (SlMemberExport) before = NULL, after = NULL;
      if (!g_str_has_suffix (columns->pdata[i], "member_id"))
        continue; /* a price for members, as it is called */
      before = export_of (desk, &thandi);
      insert_row (desk, tables->pdata[i], columns->pdata[i], &thandi);
      after = export_of (desk, &thandi);
      if (!tells_table (desk, before, after, tables->pdata[i]))
        g_test_fail_printf ("what table %s holds about a member is not told", (char *) tables->pdata[i]);
    }
}

static void
set_up_life (Desk *desk, SlId *out_member)
{
  const SlMemberParams more = { .email = "thandi@example.org", .birth_date = "1990-04-01", .notes = "a bad knee",
                                .emergency = "Sipho 082 123 4567" };
  const char *guests[] = { "Lindiwe Mokoena", NULL };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlCancelResult cancelled;
  SlId thandi = desk_member (desk, "Thandi"), other = desk_member (desk, "Sipho");
  SlId session = desk_free_class (desk, MORNING + HOURS (5), 5), early = desk_free_class (desk, MORNING + HOURS (1), 5);
  SlId given = desk_book_spots (desk, &thandi, &session, guests), attended = desk_book (desk, &thandi, &early);
  SlId others = desk_book (desk, &other, &session);
  g_assert_false (sl_id_is_none (&others));
  g_assert_true (sl_member_edit (desk->engine, &desk->owner, &thandi, &more, FALSE, &refusal, &error));
  g_assert_true (sl_parq_answer (desk->engine, &desk->owner, &thandi, "{\"heart\":\"no\"}", &refusal, &error));
  g_assert_no_error (error);
  (void) desk_credits (desk, &thandi, 1000, 30);
  g_autofree char *pass = desk_pass (desk, &thandi);
  desk->world.now_ms = MORNING + HOURS (1) - MINUTES (5);
  g_assert_cmpstr (desk_checkin_booking (desk, &attended, NULL), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &given, &cancelled), ==, "ok");
  *out_member = thandi;
}

static void
all_that_happened_is_told_in_plain_words (Desk *desk, gconstpointer data)
{
  SlId thandi;
  set_up_life (desk, &thandi);
  g_autoptr (SlMemberExport) told = export_of (desk, &thandi);
  g_assert_true (part_has (told, "profile", "Thandi"));
  g_assert_true (part_has (told, "profile", "thandi@example.org"));
  g_assert_true (part_has (told, "profile", "1990-04-01"));
  g_assert_true (part_has (told, "profile", "a bad knee"));
  g_assert_true (part_has (told, "profile", "Sipho 082 123 4567"));
  g_assert_true (part_has (told, "health", "heart"));
  g_assert_true (part_has (told, "bookings", "Lindiwe Mokoena"));
  g_assert_true (part_has (told, "bookings", "cancelled"));
  g_assert_true (part_has (told, "bookings", "checked_in"));
  g_assert_true (part_has (told, "credits", "purchase"));
  g_assert_true (part_has (told, "notifications", "booking_confirmed"));
  g_assert_true (part_has (told, "claims", "Lindiwe Mokoena"));
  g_assert_cmpuint (sl_member_export_part (told, "visits")->items->len, ==, 1);
  g_assert_cmpuint (sl_member_export_part (told, "passes")->items->len, ==, 1);
  g_assert_cmpuint (sl_member_export_part (told, "credit_lots")->items->len, ==, 1);
  g_assert_cmpuint (sl_member_export_part (told, "payments")->items->len, ==, 1);
  g_assert_cmpuint (sl_member_export_part (told, "bookings")->items->len, ==, 2);
}

static void
who_did_what_is_told_from_the_log (Desk *desk, gconstpointer data)
{
  SlId thandi;
  set_up_life (desk, &thandi);
  g_auto (SlActor) manager = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  desk_staff (desk, SL_ROLE_MANAGER, &manager);
  g_assert_true (sl_member_block (desk->engine, &manager, &thandi, "left the weights out", &refusal, &error));
  g_autoptr (SlMemberExport) told = NULL, again = NULL;
  g_assert_cmpstr (try_export (desk, &manager, &thandi, &told), ==, "ok");
  g_assert_true (part_has (told, "changes", "member.create"));
  g_assert_true (part_has (told, "changes", "left the weights out"));
  g_assert_true (part_has (told, "changes", "book"));
  g_assert_true (part_has (told, "changes", "checkin"));
  again = export_of (desk, &thandi);
  guint exports = 0;
  const SlExportPart *changes = sl_member_export_part (again, "changes");
  for (guint i = 0; i < changes->items->len; i++)
    exports += g_str_equal (sl_export_fact (changes->items->pdata[i], "kind")->text, "member.export");
  g_assert_cmpuint (exports, ==, 2); /* that it was handed out stands in the log too */
}

static void
nothing_is_told_of_others (Desk *desk, gconstpointer data)
{
  SlId thandi, sipho;
  set_up_life (desk, &thandi);
  sipho = desk_member (desk, "Siphokazi");
  g_autoptr (SlMemberExport) told = export_of (desk, &sipho);
  g_assert_true (has_anywhere (told, "Siphokazi"));
  g_assert_false (has_anywhere (told, "Thandi"));
  g_assert_false (has_anywhere (told, "Lindiwe"));
  g_assert_cmpuint (sl_member_export_part (told, "bookings")->items->len, ==, 0);
}

static void
records_that_were_merged_are_told_together (Desk *desk, gconstpointer data)
{
  SlId old, thandi = desk_member (desk, "Thandi"), survivor;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  set_up_life (desk, &old);
  g_assert_true (sl_member_merge (desk->engine, &desk->owner, &old, &thandi, &survivor, &refusal, &error));
  g_assert_no_error (error);
  g_autoptr (SlMemberExport) by_old = export_of (desk, &old), by_new = export_of (desk, &thandi);
  g_assert_true (sl_id_equal (&by_old->member_id, &thandi));
  g_assert_cmpuint (sl_member_export_part (by_new, "records")->items->len, ==, 2);
  g_assert_true (part_has (by_new, "records", "thandi@example.org"));
  g_assert_true (part_has (by_new, "records", "heart"));
  g_assert_cmpuint (sl_member_export_part (by_new, "bookings")->items->len, ==, 2);
  g_assert_cmpuint (sl_member_export_part (by_new, "payments")->items->len, ==, 1);
}

static void
managers_owners_and_oneself (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST, SL_ROLE_FINANCE };
  SlId thandi = desk_member (desk, "Thandi"), sipho = desk_member (desk, "Sipho");
  SlMemberExport *none = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_auto (SlActor) actor = { 0 };
      gint64 before = desk_operations (desk);
      desk_staff (desk, roles[i], &actor);
      g_assert_cmpstr (try_export (desk, &actor, &thandi, &none), ==, "not_allowed");
      g_assert_null (none);
      g_assert_cmpint (desk_operations (desk), ==, before + 1); /* the staff member; nothing was handed out */
    }
  SlActor oneself = { .id = thandi, .role = SL_ROLE_MEMBER };
  g_autoptr (SlMemberExport) own = NULL;
  g_assert_cmpstr (try_export (desk, &oneself, &thandi, &own), ==, "ok");
  g_assert_true (part_has (own, "profile", "Thandi"));
  g_assert_cmpstr (try_export (desk, &oneself, &sipho, &none), ==, "not_allowed");
}

static void
of_an_erased_member_nothing (Desk *desk, gconstpointer data)
{
  SlId thandi;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlMemberExport *none = NULL;
  guint released;
  set_up_life (desk, &thandi);
  g_assert_true (sl_member_erase (desk->engine, &desk->owner, &thandi, NULL, &released, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (try_export (desk, &desk->owner, &thandi, &none), ==, "member_erased");
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/member-export/every-table-that-names-a-member-is-told", every_table_that_names_a_member_is_told);
  desk_test ("/sl/member-export/all-that-happened-is-told-in-plain-words", all_that_happened_is_told_in_plain_words);
  desk_test ("/sl/member-export/who-did-what-is-told-from-the-log", who_did_what_is_told_from_the_log);
  desk_test ("/sl/member-export/nothing-is-told-of-others", nothing_is_told_of_others);
  desk_test ("/sl/member-export/records-that-were-merged-are-told-together",
             records_that_were_merged_are_told_together);
  desk_test ("/sl/member-export/not-allowed-but-to-managers-owners-and-oneself", managers_owners_and_oneself);
  desk_test ("/sl/member-export/member-erased-of-whom-nothing-is-left", of_an_erased_member_nothing);
  return g_test_run ();
}
