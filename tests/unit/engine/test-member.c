/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/member.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/batch.h"
#include "engine/engine-private.h"
#include "engine/schedule.h"
#include "expect.h"

static SlId
add (Desk *desk, const char *first, const char *last, const char *phone)
{
  SlMemberParams params = { .first = first, .last = last, .phone = phone };
  SlId id = sl_id_none;
  done (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  return id;
}

/* The names found, in their order, one after the other. */
static char *
found (Desk *desk, const char *search)
{
  GPtrArray *members = NULL;
  GString *names = g_string_new (NULL);
  done (sl_member_list (desk->engine, &desk->owner, search, 0, &members, &refusal, &failure));
  for (guint i = 0; i < members->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? "," : "", ((SlMember *) members->pdata[i])->first);
  g_ptr_array_unref (members);
  return g_string_free (names, FALSE);
}

#define assert_found(search, wanted) \
  G_STMT_START \
  { \
    g_autofree char *names = found (desk, search); \
    g_assert_cmpstr (names, ==, wanted); \
  } \
  G_STMT_END

static void
is_shown_as_entered (Desk *desk, gconstpointer data)
{
  SlMemberParams params = { .first = " Zoë ",
                            .last = "=cmd()",
                            .phone = "082 123-4567",
                            .email = "zoe@example.com",
                            .birth_date = "1990-02-28",
                            .notes = "left knee",
                            .emergency = "Sam 0839998888",
                            .permission = "vip",
                            .language = "af-ZA",
                            .pin = "4829",
                            .home_location = &desk->location,
                            .marketing = 1 };
  SlId id;
  SlMember *member = NULL;
  done (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  desk_credits (desk, &id, 500, 30);
  done (sl_member_show (desk->engine, &desk->owner, &id, &member, &refusal, &failure));
  g_assert_cmpstr (member->first, ==, "Zoë");
  g_assert_cmpstr (member->last, ==, "=cmd()");
  g_assert_cmpstr (member->phone, ==, "+27821234567");
  g_assert_cmpstr (member->email, ==, "zoe@example.com");
  g_assert_cmpstr (member->birth_date, ==, "1990-02-28");
  g_assert_cmpstr (member->notes, ==, "left knee");
  g_assert_cmpstr (member->emergency, ==, "Sam 0839998888");
  g_assert_cmpstr (member->permission, ==, "vip");
  g_assert_cmpstr (member->language, ==, "af-ZA");
  g_assert_cmpstr (member->status, ==, "active");
  g_assert_true (member->has_pin && member->marketing && sl_id_equal (&member->home_location_id, &desk->location));
  g_assert_cmpint (member->created_ms, ==, MORNING);
  g_assert_cmpint (member->credits_hundredths, ==, 500);
  sl_member_free (member);
}

static void
plain_text_is_not_in_the_rows (Desk *desk, gconstpointer data)
{
  static const char *const columns[] = { "first", "last", "phone", "status_reason" };
  SlId id = add (desk, "Thandiwe", "Nkosi-Brown", "0821234567");
  done (sl_member_block (desk->engine, &desk->owner, &id, "Thandiwe threw a dumbbell", &refusal, &failure));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "SELECT instr (%s, CAST ('Thandiwe' AS BLOB)) + instr (%s, CAST ('Nkosi' AS BLOB)) + "
        "instr (%s, CAST ('821234567' AS BLOB)) FROM member",
        columns[i], columns[i], columns[i]);
      gint64 at = -1;
      g_assert_true (sl_store_query_int (desk->engine->store, -1, &at, NULL, sql, ""));
      g_assert_cmpint (at, ==, 0);
    }
}

static void
an_edit_keeps_what_it_does_not_name (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Thandi", "Nkosi", "0821234567");
  done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams){ .last = "Dube", .email = "t@example.com" },
                        FALSE, &refusal, &failure));
  done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams) { .phone = "" }, FALSE, &refusal, &failure));
  g_autoptr (SlMember) member = sl_member_get (desk->engine, &id, NULL);
  g_assert_cmpstr (member->first, ==, "Thandi");
  g_assert_cmpstr (member->last, ==, "Dube");
  g_assert_cmpstr (member->email, ==, "t@example.com");
  g_assert_null (member->phone);
  gint64 operations = desk_operations (desk);
  done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams) { 0 }, FALSE, &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

static void
possible_duplicate_by_phone_unless_anyway (Desk *desk, gconstpointer data)
{
  SlId first = add (desk, "Thandi", "Nkosi", "082 123 4567"), second = add (desk, "Sipho", "Dube", "0831112222"), id;
  SlMemberParams params = { .first = "T", .last = "N", .phone = "+27 82 123 4567" };
  char text[SL_ID_TEXT_BYTES];
  g_auto (SlRefusal) told = { 0 };
  g_assert_true (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &told, NULL));
  g_assert_cmpstr (sl_refusal_name (told.code), ==, "possible_duplicate");
  g_assert_cmpstr (sl_refusal_get_text (&told, "member"), ==, sl_id_format (&first, text));
  refused ("possible_duplicate",
           sl_member_edit (desk->engine, &desk->owner, &second, &(SlMemberParams){ .phone = "0821234567" }, FALSE,
                           &refusal, &failure));
  done (sl_member_edit (desk->engine, &desk->owner, &first, &(SlMemberParams){ .phone = "0821234567" }, FALSE, &refusal,
                        &failure));
  done (sl_member_add (desk->engine, &desk->owner, &params, TRUE, &id, &refusal, &failure));
  g_autoptr (GArray) ids = sl_member_ids_by_phone (desk->engine, "(082) 123-4567", NULL);
  g_assert_cmpuint (ids->len, ==, 2);
  g_autoptr (GArray) none = sl_member_ids_by_phone (desk->engine, "not a number", NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
search_folds_names_and_takes_parts_of_phones (Desk *desk, gconstpointer data)
{
  add (desk, "Zoë", "van der Merwe", "0821234567");
  add (desk, "Thandi", "O'Brien", "0831112222");
  add (desk, "Anna", "Merwede", NULL);
  assert_found (NULL, "Anna,Thandi,Zoë");
  assert_found ("  ", "Anna,Thandi,Zoë");
  assert_found ("ZOE", "Zoë");
  assert_found ("merwe", "Anna,Zoë");
  assert_found ("merwe zo", "Zoë");
  assert_found ("brien", "Thandi");
  assert_found ("rien", "");
  assert_found ("082 123 4567", "Zoë");
  assert_found ("+2783", "Thandi");
  assert_found ("12", "");
  assert_found ("nobody", "");
}

static void
search_follows_every_writer (Desk *desk, gconstpointer data)
{
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, NULL);
  SlId id = add (desk, "Thandi", "Nkosi", NULL), theirs;
  assert_found ("thandi", "Thandi");
  done (sl_member_edit (other, &desk->owner, &id, &(SlMemberParams) { .first = "Lerato" }, FALSE, &refusal, &failure));
  done (sl_member_add (other, &desk->owner, &(SlMemberParams){ .first = "Sam", .last = "X" }, FALSE, &theirs, &refusal,
                       &failure));
  assert_found ("thandi", "");
  assert_found ("lerato", "Lerato");
  assert_found ("sam", "Sam");
}

static void
search_forgets_what_is_taken_back (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Thandi", "Nkosi", NULL), taken_back;
  SlMemberParams params = { .first = "Sam", .last = "X", .phone = "0821234567" };
  g_autoptr (GError) problem = NULL;
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sl_batch_begin (desk->engine, &desk->owner, &problem));
      done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams){ .first = "Lerato" }, FALSE, &refusal,
                            &failure));
      done (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &taken_back, &refusal, &failure));
      assert_found (NULL, "Lerato,Sam");
      sl_batch_abandon (desk->engine);
      assert_found (NULL, "Thandi");
    }
}

/* What is written next takes the number of what was taken back. */
static void
search_finds_what_comes_after_what_was_taken_back (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) problem = NULL;
  SlId id = add (desk, "Thandi", "Nkosi", NULL);
  assert_found (NULL, "Thandi");
  g_assert_true (sl_batch_begin (desk->engine, &desk->owner, &problem));
  add (desk, "Sam", "X", NULL);
  assert_found (NULL, "Sam,Thandi");
  sl_batch_abandon (desk->engine);
  done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams){ .first = "Lerato" }, FALSE, &refusal,
                        &failure));
  assert_found ("lerato", "Lerato");
}

/* More than one slice of them. */
#define MANY 700

static void
add_many (Desk *desk)
{
  g_autoptr (GError) problem = NULL;
  g_assert_true (sl_batch_begin (desk->engine, &desk->owner, &problem));
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *last = g_strdup_printf ("Number %u", i);
      add (desk, "Thandi", last, NULL);
    }
  g_assert_true (sl_batch_commit (desk->engine, &problem));
}

static void
names_are_opened_ahead_while_others_write (Desk *desk, gconstpointer data)
{
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, NULL);
  g_autoptr (GError) problem = NULL;
  gboolean is_done;
  guint released;
  add_many (desk);
  SlId renamed = add (desk, "Lerato", "Nkosi", NULL), erased = add (desk, "Sam", "X", NULL), added;
  g_clear_pointer (&desk->engine, sl_engine_close);
  desk->engine = sl_engine_open (desk->dir->path, &desk->world.base, NULL);
  g_assert_true (sl_engine_warm (desk->engine, &is_done, &problem));
  g_assert_false (is_done);
  done (sl_member_edit (other, &desk->owner, &renamed, &(SlMemberParams){ .first = "Naledi" }, FALSE, &refusal,
                        &failure));
  done (sl_member_erase (other, &desk->owner, &erased, "asked", &released, &refusal, &failure));
  done (sl_member_add (other, &desk->owner, &(SlMemberParams){ .first = "Zola", .last = "Y" }, FALSE, &added, &refusal,
                       &failure));
  for (guint slices = 1; !is_done; slices++)
    {
      g_assert_cmpuint (slices, <, MANY);
      g_assert_true (sl_engine_warm (desk->engine, &is_done, &problem));
    }
  assert_found ("lerato", "");
  assert_found ("naledi", "Naledi");
  assert_found ("sam", "");
  assert_found ("zola", "Zola");
  assert_found ("thandi number 699", "Thandi");
}

static void
search_finds_what_a_batch_has_added (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) problem = NULL;
  assert_found (NULL, "");
  g_assert_true (sl_batch_begin (desk->engine, &desk->owner, &problem));
  add (desk, "Thandi", "Nkosi", "0821234567");
  assert_found ("thandi", "Thandi");
  add (desk, "Lerato", "Nkosi", NULL);
  g_assert_true (sl_batch_commit (desk->engine, &problem));
  assert_found ("nkosi", "Lerato,Thandi");
  g_autoptr (GArray) ids = sl_member_ids_by_phone (desk->engine, "0821234567", &problem);
  g_assert_cmpuint (ids->len, ==, 1);
}

static void
not_allowed_to_see_or_change (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Thandi", "Nkosi", NULL), none;
  SlActor instructor, finance, device;
  GPtrArray *members = NULL;
  SlMember *member = NULL;
  SlMemberParams params = { .first = "A", .last = "B" };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  sl_actor_init_device (&device);
  refused ("not_allowed", sl_member_add (desk->engine, &finance, &params, FALSE, &none, &refusal, &failure));
  refused ("not_allowed", sl_member_edit (desk->engine, &instructor, &id, &params, FALSE, &refusal, &failure));
  refused ("not_allowed", sl_member_block (desk->engine, &finance, &id, "x", &refusal, &failure));
  refused ("not_allowed", sl_member_list (desk->engine, &device, NULL, 0, &members, &refusal, &failure));
  refused ("not_allowed", sl_member_show (desk->engine, &instructor, &id, &member, &refusal, &failure));
  done (sl_member_show (desk->engine, &finance, &id, &member, &refusal, &failure));
  sl_member_free (member);
}

static void
instructors_see_their_own_members (Desk *desk, gconstpointer data)
{
  SlId thandi = add (desk, "Thandi", "Nkosi", NULL), service = desk_service (desk, 0, 5, 60), session;
  SlActor instructor;
  SlSessionParams params;
  GPtrArray *members = NULL;
  SlMember *member = NULL;
  add (desk, "Sipho", "Dube", NULL);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.service = &service;
  params.instructor = &instructor.id;
  params.start_ms = MORNING + HOURS (2);
  done (sl_session_add (desk->engine, &desk->owner, &params, &session, &refusal, &failure));
  desk_book (desk, &thandi, &session);
  for (guint late = 0; late < 2; late++)
    {
      desk->world.now_ms = late ? params.start_ms + DAYS (90) : MORNING;
      done (sl_member_list (desk->engine, &instructor, NULL, 0, &members, &refusal, &failure));
      g_assert_cmpuint (members->len, ==, late ? 0 : 1);
      g_clear_pointer (&members, g_ptr_array_unref);
    }
  desk->world.now_ms = MORNING;
  done (sl_member_show (desk->engine, &instructor, &thandi, &member, &refusal, &failure));
  sl_member_free (member);
}

static void
blocking_needs_a_reason_and_shows_it (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "Thandi", "Nkosi", NULL);
  refused ("reason_required", sl_member_block (desk->engine, &desk->owner, &id, "  ", &refusal, &failure));
  refused ("reason_required", sl_member_unblock (desk->engine, &desk->owner, &id, NULL, &refusal, &failure));
  done (sl_member_block (desk->engine, &desk->owner, &id, "threw a dumbbell", &refusal, &failure));
  g_autoptr (SlMember) blocked = sl_member_get (desk->engine, &id, NULL);
  g_assert_cmpstr (blocked->status, ==, "banned");
  g_assert_cmpstr (blocked->status_reason, ==, "threw a dumbbell");
  done (sl_member_unblock (desk->engine, &desk->owner, &id, "said sorry", &refusal, &failure));
  g_autoptr (SlMember) active = sl_member_get (desk->engine, &id, NULL);
  g_assert_cmpstr (active->status, ==, "active");
}

static void
pin_weak_for_members (Desk *desk, gconstpointer data)
{
  SlMemberParams params = { .first = "A", .last = "B", .pin = "1234" };
  SlId id;
  refused ("pin_weak", sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  params.pin = "4829163";
  refused ("pin_weak", sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  params.pin = "48291";
  done (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  done (sl_member_edit (desk->engine, &desk->owner, &id, &(SlMemberParams) { .pin = "" }, FALSE, &refusal, &failure));
  refused ("pin_wrong", sl_member_check_pin (desk->engine, &id, "48291", &refusal, &failure));
}

static void
bad_input_names_the_field (Desk *desk, gconstpointer data)
{
  static const SlMemberParams wrong[] = {
    { .first = "", .last = "B" },
    { .first = "A", .last = " " },
    { .first = "A" },
    { .first = "A\x01", .last = "B" },
    { .first = "\xc3\x28", .last = "B" },
    { .first = "\xe2\x80\x8b", .last = "B" },
    { .first = "A", .last = "B", .phone = "12" },
    { .first = "A", .last = "B", .phone = "call me" },
    { .first = "A", .last = "B", .email = "nobody" },
    { .first = "A", .last = "B", .email = "a@b@c" },
    { .first = "A", .last = "B", .birth_date = "1990-02-30" },
    { .first = "A", .last = "B", .birth_date = "90-02-03" },
    { .first = "A", .last = "B", .birth_date = "2098-01-01" },
    { .first = "A", .last = "B", .permission = "king" },
    { .first = "A", .last = "B", .language = "af_ZA" },
  };
  g_autofree char *long_name = g_strnfill (121, 'x');
  SlId id, nowhere = { { 9 } };
  SlMemberParams params = { .first = long_name, .last = "B" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    fails (SL_ERROR_BAD_INPUT, sl_member_add (desk->engine, &desk->owner, &wrong[i], FALSE, &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  params = (SlMemberParams) { .first = "A", .last = "B", .home_location = &nowhere };
  fails (SL_ERROR_NOT_FOUND, sl_member_add (desk->engine, &desk->owner, &params, FALSE, &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_member_edit (desk->engine, &desk->owner, &nowhere, &wrong[2], FALSE, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_member_block (desk->engine, &desk->owner, &nowhere, "x", &refusal, &failure));
  assert_found (NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/member/is-shown-as-entered", is_shown_as_entered);
  desk_test ("/sl/member/plain-text-is-not-in-the-rows", plain_text_is_not_in_the_rows);
  desk_test ("/sl/member/an-edit-keeps-what-it-does-not-name", an_edit_keeps_what_it_does_not_name);
  desk_test ("/sl/member/possible-duplicate-by-phone-unless-anyway", possible_duplicate_by_phone_unless_anyway);
  desk_test ("/sl/member/search-folds-names-and-takes-parts-of-phones", search_folds_names_and_takes_parts_of_phones);
  desk_test ("/sl/member/search-follows-every-writer", search_follows_every_writer);
  desk_test ("/sl/member/search-forgets-what-is-taken-back", search_forgets_what_is_taken_back);
  desk_test ("/sl/member/search-finds-what-comes-after-what-was-taken-back",
             search_finds_what_comes_after_what_was_taken_back);
  desk_test ("/sl/member/search-finds-what-a-batch-has-added", search_finds_what_a_batch_has_added);
  desk_test ("/sl/member/names-are-opened-ahead-while-others-write", names_are_opened_ahead_while_others_write);
  desk_test ("/sl/member/not-allowed-to-see-or-change", not_allowed_to_see_or_change);
  desk_test ("/sl/member/instructors-see-their-own-members", instructors_see_their_own_members);
  desk_test ("/sl/member/blocking-needs-a-reason-and-shows-it", blocking_needs_a_reason_and_shows_it);
  desk_test ("/sl/member/pin-weak-for-members", pin_weak_for_members);
  desk_test ("/sl/member/bad-input-names-the-field", bad_input_names_the_field);
  return g_test_run ();
}
