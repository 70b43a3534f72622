/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/import.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/batch.h"
#include "engine/command.h"
#include "engine/credits.h"
#include "engine/export-csv.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/plan.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "expect.h"

/* What an import of this text came to: "accepted skipped; line code, line code". */
static char *
import_by (Desk *desk, const SlActor *actor, SlImportKind kind, SlImportFlags flags, const char *text)
{
  g_autofree char *path = sl_temp_dir_file (desk->dir, "import.csv");
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlImportAnswer) answer = { 0 };
  g_assert_true (g_file_set_contents (path, text, -1, &error));
  g_autoptr (SlImport) import = sl_import_open (desk->engine, kind, path, &error);
  if (import == NULL)
    return g_strdup (error->message);
  gboolean run = sl_import_run (desk->engine, actor, import, flags, &answer, &refusal, &error);
  g_assert_no_error (error);
  g_assert_true (run);
  if (refusal.code != SL_REFUSAL_NONE)
    return g_strdup (sl_refusal_name (refusal.code));
  GString *told = g_string_new (NULL);
  g_string_printf (told, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT ";", answer.accepted, answer.skipped);
  for (guint i = 0; i < answer.refused->len; i++)
    {
      const SlImportRefusal *one = answer.refused->pdata[i];
      g_string_append_printf (told, "%s %" G_GUINT64_FORMAT " %s", i > 0 ? "," : "", one->line, one->code);
    }
  return g_string_free (told, FALSE);
}

#define assert_imported(actor, kind, flags, text, wanted) \
  G_STMT_START \
  { \
    g_autofree char *told = import_by (desk, actor, SL_IMPORT_##kind, flags, text); \
    g_assert_cmpstr (told, ==, wanted); \
  } \
  G_STMT_END

static GPtrArray *
members (Desk *desk)
{
  GPtrArray *list = NULL;
  done (sl_member_list (desk->engine, &desk->owner, NULL, 0, &list, &refusal, &failure));
  return list;
}

static void
assert_member_count (Desk *desk, guint wanted)
{
  g_autoptr (GPtrArray) list = members (desk);
  g_assert_cmpuint (list->len, ==, wanted);
}

static void
members_come_with_all_that_is_said_of_them (Desk *desk, gconstpointer data)
{
  assert_imported (&desk->owner, MEMBERS, 0,
                   "First; LAST ;phone;E-mail;Birth Date;permission;status;status_reason;notes;emergency;language;"
                   "marketing;home location;pin\r\n"
                   "Zoë;Nkosi;082 123-4567;zoe@x.example;1990-02-28;VIP;;;\"left\nknee\";Sam;af-ZA;yes;sea point;"
                   "4829\r\n"
                   "'=cmd();Botha;'+27831112222;;;;Banned;fights;;;;no;;\r\n",
                   "2 0;");
  g_autoptr (GPtrArray) list = members (desk);
  const SlMember *formula = list->pdata[0], *zoe = list->pdata[1];
  g_assert_cmpstr (zoe->phone, ==, "+27821234567");
  g_assert_cmpstr (zoe->notes, ==, "left knee");
  g_assert_cmpstr (zoe->permission, ==, "vip");
  g_assert_true (zoe->has_pin && zoe->marketing);
  g_assert_true (sl_id_equal (&zoe->home_location_id, &desk->location));
  done (sl_member_check_pin (desk->engine, &zoe->id, "4829", &refusal, &failure));
  g_assert_cmpstr (formula->first, ==, "=cmd()");
  g_assert_cmpstr (formula->phone, ==, "+27831112222");
  g_assert_cmpstr (formula->status, ==, "banned");
  g_assert_cmpstr (formula->status_reason, ==, "fights");
}

#define BAD_MEMBERS \
  "first,last,phone,birth_date,status,pin\n" \
  "A,One,0820000001,,,\n" \
  "B,Two,0820000001,,,\n" \
  "C,Three,12,,,\n" \
  ",Four,,,,\n" \
  "E,Five,,30.1.1990,,\n" \
  "F,Six,,,banned,\n" \
  "G,Seven,,,,1234\n" \
  "H,Eight\n" \
  "I,Nine,,,,,extra\n" \
  "J,Ten,0820000010,,,,\n"
#define BAD_MEMBERS_REFUSED \
  " 3 possible_duplicate, 4 bad_input, 5 bad_input, 6 bad_input, 7 reason_required, 8 pin_weak, 9 bad_input, " \
  "10 bad_input"

static void
every_bad_row_is_named_and_nothing_is_written (Desk *desk, gconstpointer data)
{
  gint64 before = desk_operations (desk);
  assert_imported (&desk->owner, MEMBERS, 0, BAD_MEMBERS, "0 0;" BAD_MEMBERS_REFUSED);
  assert_imported (&desk->owner, MEMBERS, SL_IMPORT_DRY_RUN, BAD_MEMBERS, "2 0;" BAD_MEMBERS_REFUSED);
  assert_imported (&desk->owner, MEMBERS, SL_IMPORT_DRY_RUN, "first,last\nA,B\n", "1 0;");
  g_assert_cmpint (desk_operations (desk), ==, before);
  assert_member_count (desk, 0);
  desk_member (desk, "Thandi");   /* and the desk goes on */
  assert_member_count (desk, 1);
}

static void
possible_duplicate_unless_anyway (Desk *desk, gconstpointer data)
{
  const char *text = "first,last,phone\nA,One,0820000001\nB,Two,+27820000001\n";
  assert_imported (&desk->owner, MEMBERS, 0, text, "0 0; 3 possible_duplicate");
  assert_imported (&desk->owner, MEMBERS, SL_IMPORT_ANYWAY, text, "2 0;");
  assert_imported (&desk->owner, MEMBERS, 0, "first,last,phone\nC,D,(082) 000 0001\n", "0 0; 2 possible_duplicate");
}

static void
columns_are_checked_before_any_row (Desk *desk, gconstpointer data)
{
  assert_imported (&desk->owner, MEMBERS, 0, "", "line 1: the file is empty");
  assert_imported (&desk->owner, MEMBERS, 0, "\r\n\r\n", "line 1: the file is empty");
  assert_imported (&desk->owner, PACKAGES, 0, "\nname,colour,price,shoe size\nA\n",
                   "line 2: unknown columns: “colour”, “shoe size”; there are: name, credits, price, days, "
                   "locations, per_member, new_only, renews, active, currency");
  assert_imported (&desk->owner, MEMBERS, 0, "phone\n082\n", "line 1: missing columns: first, last");
  assert_imported (&desk->owner, MEMBERS, 0, "first,last,First \nA,B,C\n",
                   "line 1: the column “First” is there twice");
  assert_imported (&desk->owner, MEMBERS, 0, "first,,last\nA,B,C\n", "line 1: column 2 has no name");
  assert_imported (&desk->owner, BOOKINGS, 0, "member,service\n082,Yoga\n",
                   "line 1: missing columns: session, or service and start");
  assert_imported (&desk->owner, MEMBERS, 0, "first,last,,\nA,B,,\n,,,\n", "1 0;");
}

static void
not_allowed_without_the_right_to_do_it_by_hand (Desk *desk, gconstpointer data)
{
  g_auto (SlActor) reception = { 0 }, finance = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  assert_imported (&finance, MEMBERS, 0, "first,last\nA,B\n", "not_allowed");
  assert_imported (&finance, SCHEDULE, 0, "service,start\nA,B\n", "not_allowed");
  assert_imported (&finance, BOOKINGS, 0, "member,session\nA,B\n", "not_allowed");
  assert_imported (&reception, PACKAGES, 0, "name,credits,price,days\nA,100,0,30\n", "not_allowed");
  assert_imported (&reception, CREDITS, 0, "member,credits\nA,100\n", "not_allowed");
  assert_imported (&reception, MEMBERS, 0, "first,last\nA,B\n", "1 0;");
}

static void
packages_and_credits_come (Desk *desk, gconstpointer data)
{
  assert_imported (&desk->owner, PACKAGES, 0,
                   "name,credits,price,days,active\nTen,1000,95000,60,yes\nOld,500,1,30,no\n", "1 1;");
  assert_imported (&desk->owner, PACKAGES, 0, "name,credits,price,days\nTen,10.5,95000,60\nNo,0,1,30\nX,1,,2\n",
                   "0 0; 2 bad_input, 3 bad_input, 4 bad_input");
  assert_imported (&desk->owner, MEMBERS, SL_IMPORT_ANYWAY,
                   "first,last,phone,email\nAnna,Botha,0820000001,\nBo,Botha,0820000001,\nCleo,Smit,,cleo@x.example\n",
                   "3 0;");
  assert_imported (&desk->owner, CREDITS, 0,
                   "member,credits,expires,reason,first,last\n"
                   "0820000001,500,2026-12-31,from the old system,anna,BOTHA\n"
                   "+27820000001,300,,,Bo,Botha\n"
                   "Cleo@X.example,250,2026-06-01T12:00,,,\n",
                   "3 0;");
  g_autoptr (GPtrArray) list = members (desk);
  const gint64 wanted[] = { 500, 300, 250 };
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (desk_balance (desk, &((SlMember *) list->pdata[i])->id), ==, wanted[i]);
  SlCredits *credits = NULL;
  done (sl_credits_show (desk->engine, &desk->owner, &((SlMember *) list->pdata[0])->id, &credits, &refusal, &failure));
  g_autofree char *expires = sl_time_format (g_array_index (credits->lots, SlCreditLot, 0).expires_ms,
                                             sl_engine_time_zone (desk->engine));
  g_assert_cmpstr (expires, ==, "2027-01-01T00:00:00+02:00"); /* its whole last day */
  g_assert_cmpstr (((SlCreditEntry *) credits->entries->pdata[0])->reason, ==, "from the old system");
  sl_credits_free (credits);
  assert_imported (&desk->owner, CREDITS, 0,
                   "member,credits,expires\n0820000001,500,\n0829999999,1,\nnobody,1,\ncleo@x.example,-1,\n"
                   "cleo@x.example,1,2020-01-01\ncleo@x.example,1,soon\n",
                   "0 0; 2 ambiguous_id, 3 not_found, 4 bad_input, 5 bad_input, 6 bad_input, 7 bad_input");
}

static GPtrArray *
sessions (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list = sl_session_list (desk->engine, NULL, SL_TIME_MIN_MS, SL_TIME_MAX_MS, &error);
  g_assert_no_error (error);
  return list;
}

static void
a_schedule_comes_with_its_rules_or_not_at_all (Desk *desk, gconstpointer data)
{
  SlId room;
  (void) desk_service (desk, 0, 10, 60);
  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio 1", &room, &refusal, &failure));
  g_autoptr (GPtrArray) services = sl_service_list (desk->engine, NULL);
  g_autofree char *clash = NULL, *good = NULL;
  const char *name = ((SlService *) services->pdata[0])->name;
  /* The rule of line 3 clashes on its third date with line 2; line 4 would clash only with what line 3 wrote before. */
  clash = g_strdup_printf ("service,start,room,rrule,until,capacity,state\n"
                           "%1$s,2026-03-16T07:00,studio 1,,,,\n"
                           "%1$s,2026-03-02T07:30,Studio 1,FREQ=WEEKLY,2026-03-30,,\n"
                           "%1$s,2026-03-02T07:00,Studio 1,,,,\n"
                           "nothing,2026-03-03T07:00,,,,,\n"
                           "%1$s,tomorrow,,,,,\n"
                           "%1$s,2026-03-03T07:00,,,2026-03-30,,\n"
                           "%1$s,2026-03-03T07:00,,FREQ=YEARLY,,,\n"
                           "%1$s,2026-03-03T07:00,,,,-1,\n"
                           "%1$s,2026-03-03T07:00,,,,,asleep\n",
                           name);
  assert_imported (&desk->owner, SCHEDULE, 0, clash,
                   "0 0; 3 room_busy, 5 not_found, 6 bad_input, 7 bad_input, 8 bad_input, 9 bad_input, 10 bad_input");
  g_autoptr (GPtrArray) none = sessions (desk);
  g_assert_cmpuint (none->len, ==, 0);
  good = g_strdup_printf ("service,start,room,rrule,until,capacity,state\n"
                          "%1$s,2026-03-02T07:00,Studio 1,FREQ=WEEKLY,2026-03-30,7,\n"
                          "%1$s,2026-03-03T07:00:00+01:00,,,,,draft\n"
                          "%1$s,2026-03-03T07:00,,,,,cancelled\n",
                          name);
  assert_imported (&desk->owner, SCHEDULE, 0, good, "2 1;");
  g_autoptr (GPtrArray) list = sessions (desk);
  g_assert_cmpuint (list->len, ==, 6);
  g_assert_cmpint (((SlSession *) list->pdata[0])->start_ms, ==, MORNING + HOURS (1));
  g_assert_cmpint (((SlSession *) list->pdata[1])->state, ==, SL_SESSION_DRAFT);
  g_assert_cmpint (((SlSession *) list->pdata[1])->start_ms, ==, MORNING + HOURS (26));
  g_assert_cmpint (desk_free_spots (desk, &((SlSession *) list->pdata[0])->id), ==, 7);
}

static void
bookings_come_without_touching_credits_unless_they_say_so (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 3, 60);
  SlId soon = desk_session (desk, &service, MORNING + HOURS (4));
  SlId far = desk_session (desk, &service, MORNING + DAYS (30));
  g_autoptr (GPtrArray) services = sl_service_list (desk->engine, NULL);
  g_autofree char *session = sl_id_to_string (&soon);
  const char *name = ((SlService *) services->pdata[0])->name;
  assert_imported (&desk->owner, MEMBERS, 0,
                   "first,last,phone\nA,One,0820000001\nB,Two,0820000002\nC,Three,0820000003\n", "3 0;");
  assert_imported (&desk->owner, CREDITS, 0, "member,credits\n0820000001,300\n0820000002,300\n", "2 0;");
  g_autofree char *text =
    g_strdup_printf ("member,session,service,start,guests,credits,status\n"
                     "0820000001,%1$s,,,,,\n"
                     "0820000002,,%2$s,2026-04-01T06:00,Ann Botha; Bo Smit,yes,confirmed\n"
                     "0820000003,%1$s,,,,,no_show\n",
                     session, name);
  assert_imported (&desk->owner, BOOKINGS, 0, text, "2 1;");
  g_autoptr (GPtrArray) list = members (desk);
  g_assert_cmpint (desk_balance (desk, &((SlMember *) list->pdata[0])->id), ==, 300);
  g_assert_cmpint (desk_balance (desk, &((SlMember *) list->pdata[1])->id), ==, 0);
  g_assert_cmpint (desk_free_spots (desk, &soon), ==, 2);
  g_assert_cmpint (desk_free_spots (desk, &far), ==, 0);
  g_autofree char *bad =
    g_strdup_printf ("member,session,service,start,spots,guests,credits,status\n"
                     "0820000001,%1$s,,,,,,\n"                        /* already */
                     "0820000003,,%2$s,2026-04-01T06:00,,,,\n"         /* full */
                     "0820000003,%1$s,,,2,,,\n"                       /* without the guest's name */
                     "0820000003,%1$s,,,,,yes,\n"                     /* without credits */
                     "0820000003,,%2$s,2026-04-02T06:00,,,,\n"         /* no such session */
                     "0820000003,,,,,,,\n"
                     "0820000003,%1$s,,,,,,asleep\n"
                     "0820000003,%1$s,,,33,,,\n",
                     session, name);
  assert_imported (&desk->owner, BOOKINGS, SL_IMPORT_DRY_RUN, bad,
                   "0 0; 2 already_booked, 3 class_full, 4 guest_names_needed, 5 insufficient_credits, 6 not_found, "
                   "7 bad_input, 8 bad_input, 9 bad_input");
  g_auto (SlActor) reception = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  g_autofree char *free_one = g_strdup_printf ("member,session\n0820000003,%s\n", session);
  assert_imported (&reception, BOOKINGS, 0, free_one, "0 0; 2 approval_required");
}

static void
a_key_keeps_the_answer_with_what_was_written (Desk *desk, gconstpointer data)
{
  for (guint round = 0; round < 4; round++)
    {
      gboolean bad = round < 2, first = round % 2 == 0;
      const char *text = bad ? BAD_MEMBERS : "first,last,phone\nA,B,0820000001\n";
      g_autoptr (GBytes) words = g_bytes_new_static ("answer", 6);
      g_auto (SlAnswer) before = { 0 };
      done (sl_keyed_begin (desk->engine, &desk->owner, bad ? "bad" : "good", text, &before, &refusal, &failure));
      g_assert_true ((before.answer == NULL) == first);
      if (!first)
        continue;
      g_autofree char *path = sl_temp_dir_file (desk->dir, "import.csv");
      g_auto (SlRefusal) refusal = { 0 };
      g_auto (SlImportAnswer) answer = { 0 };
      g_autoptr (GError) error = NULL;
      g_assert_true (g_file_set_contents (path, text, -1, &error));
      g_autoptr (SlImport) import = sl_import_open (desk->engine, SL_IMPORT_MEMBERS, path, &error);
      g_assert_true (sl_import_run (desk->engine, &desk->owner, import, 0, &answer, &refusal, &error));
      g_assert_true (sl_keyed_finish (desk->engine, 0, words, &error));
      g_assert_cmpuint (answer.refused->len, ==, bad ? 8 : 0);
      assert_member_count (desk, bad ? 0 : 1);
    }
  assert_member_count (desk, 1);
}

/* What is exported comes back in another studio as it was. */
static char *
exported (Desk *desk, SlExportKind kind)
{
  g_autofree char *path = sl_temp_dir_file (desk->dir, "export.csv");
  guint64 rows;
  char *text = NULL;
  done (sl_export_csv (desk->engine, &desk->owner, kind, path, &rows, &refusal, &failure));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
what_is_exported_comes_back_as_it_was (Desk *desk, gconstpointer data)
{
  Desk other;
  desk_open_seeded (&other, 99);
  assert_imported (&desk->owner, MEMBERS, SL_IMPORT_ANYWAY,
                   "first,last,phone,email,birth_date,permission,status,status_reason,notes,language,marketing\n"
                   "=1+1,'@x,0820000001,,1990-01-02,vip,banned,-fights-,\"a, \"\"b\"\"\",af,yes\n"
                   "Zoë,\"O'Neil; 2\",0820000001,zoe@x.example,,,inactive,,+,,no\n",
                   "2 0;");
  assert_imported (&desk->owner, CREDITS, 0, "member,credits,expires,first,last\n0820000001,150,2026-12-31,=1+1,'@x\n",
                   "1 0;");
  g_autofree char *people = exported (desk, SL_EXPORT_MEMBERS), *credits = exported (desk, SL_EXPORT_CREDITS);
  g_autofree char *told = import_by (&other, &other.owner, SL_IMPORT_MEMBERS, SL_IMPORT_ANYWAY, people);
  g_assert_cmpstr (told, ==, "2 0;");
  g_autofree char *lots = import_by (&other, &other.owner, SL_IMPORT_CREDITS, 0, credits);
  g_assert_cmpstr (lots, ==, "1 0;");
  g_autoptr (GPtrArray) here = members (desk), there = members (&other);
  for (guint i = 0; i < 2; i++)
    {
      const SlMember *a = here->pdata[i], *b = there->pdata[i];
      g_assert_cmpstr (a->first, ==, b->first);
      g_assert_cmpstr (a->last, ==, b->last);
      g_assert_cmpstr (a->phone, ==, b->phone);
      g_assert_cmpstr (a->email, ==, b->email);
      g_assert_cmpstr (a->notes, ==, b->notes);
      g_assert_cmpstr (a->status, ==, b->status);
      g_assert_cmpstr (a->status_reason, ==, b->status_reason);
      g_assert_cmpstr (a->permission, ==, b->permission);
      g_assert_cmpint (a->marketing, ==, b->marketing);
      g_assert_cmpint (a->credits_hundredths, ==, b->credits_hundredths);
    }
  g_assert_nonnull (strstr (people, "'=1+1,'@x,'+27820000001"));
  desk_close (&other, NULL);
}

static const char *
try_export (Desk *desk, const SlActor *actor, SlExportKind kind)
{
  g_autofree char *path = sl_temp_dir_file (desk->dir, "export.csv");
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  guint64 rows;
  g_assert_true (sl_export_csv (desk->engine, actor, kind, path, &rows, &refusal, &error));
  return sl_refusal_name (refusal.code);
}

static void
not_allowed_to_export_what_one_may_not_see (Desk *desk, gconstpointer data)
{
  g_auto (SlActor) instructor = { 0 }, reception = { 0 }, finance = { 0 };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  g_assert_cmpstr (try_export (desk, &instructor, SL_EXPORT_CREDITS), ==, "not_allowed");
  g_assert_cmpstr (try_export (desk, &instructor, SL_EXPORT_BOOKINGS), ==, "not_allowed");
  g_assert_cmpstr (try_export (desk, &instructor, SL_EXPORT_SCHEDULE), ==, "ok");
  g_assert_cmpstr (try_export (desk, &instructor, SL_EXPORT_MEMBERS), ==, "ok"); /* their own */
  g_assert_cmpstr (try_export (desk, &reception, SL_EXPORT_BOOKINGS), ==, "ok");
  g_assert_cmpstr (try_export (desk, &reception, SL_EXPORT_PAYMENTS), ==, "not_allowed");
  g_assert_cmpstr (try_export (desk, &finance, SL_EXPORT_PAYMENTS), ==, "ok");
}

/* --- plans and memberships --- */

#define PLANS_TEXT \
  "name,kind,period,price,joining,credits,services,access_hours,open_gym,active,currency\n" \
  "All,unlimited,monthly,90000,5000,,Yoga,Mon-Fri 06:00-20:00,yes,,ZAR\n" \
  "Eight,credits,annual,60000,,800,,,,no,\n"
#define BAD_PLANS \
  "name,kind,period,price,credits,services,access_hours,currency\n" \
  "A,some,monthly,1,,,,\n" \
  "B,unlimited,weekly,1,,,,\n" \
  "C,unlimited,monthly,-1,,,,\n" \
  "D,credits,monthly,1,,,,\n" \
  "E,unlimited,monthly,1,,Boxing,,\n" \
  "F,unlimited,monthly,1,,,at noon,\n" \
  "G,unlimited,monthly,1,,,,USD\n" \
  "H,unlimited,monthly,1,,,,\n"

static void
plans_come_whether_they_are_sold_or_not (Desk *desk, gconstpointer data)
{
  SlId yoga = desk_service (desk, 0, 5, 60);
  g_autoptr (SlService) service = NULL;
  g_autoptr (GError) error = NULL;
  SlServiceParams rename;
  sl_service_params_init (&rename);
  rename.name = "Yoga";
  done (sl_service_edit (desk->engine, &desk->owner, &yoga, &rename, &refusal, &failure));
  assert_imported (&desk->owner, PLANS, SL_IMPORT_DRY_RUN, PLANS_TEXT, "2 0;");
  assert_imported (&desk->owner, PLANS, 0, PLANS_TEXT, "2 0;");
  g_autoptr (GPtrArray) plans = sl_plan_list (desk->engine, &error);
  g_assert_cmpuint (plans->len, ==, 2);
  const SlPlan *all = plans->pdata[0], *eight = plans->pdata[1];
  g_assert_cmpstr (all->name, ==, "All");
  g_assert_cmpint (all->joining_cents, ==, 5000);
  g_assert_cmpstr (all->access_hours, ==, "Mon-Fri 06:00-20:00");
  g_assert_true (all->open_gym && all->active && all->services->len == 1);
  g_assert_cmpint (eight->credits_hundredths, ==, 800);
  g_assert_true (!eight->active && eight->services == NULL);
}

static void
bad_plans_are_named_and_none_is_written (Desk *desk, gconstpointer data)
{
  gint64 before = desk_operations (desk);
  const char *wrong = "2 bad_input, 3 bad_input, 4 bad_input, 5 bad_input, 6 not_found, 7 bad_input, "
                        "8 wrong_currency";
  g_autofree char *for_real = g_strconcat ("0 0; ", wrong, NULL), *dry = g_strconcat ("1 0; ", wrong, NULL);
  assert_imported (&desk->owner, PLANS, 0, BAD_PLANS, for_real);
  assert_imported (&desk->owner, PLANS, SL_IMPORT_DRY_RUN, BAD_PLANS, dry);
  g_assert_cmpint (desk_operations (desk), ==, before);
  assert_imported (&desk->owner, PLANS, 0, "name,kind\nA,unlimited\n", "line 1: missing columns: period, price");
}

static gint64
local (Desk *desk, const char *text)
{
  gint64 ms;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_time_parse (text, sl_engine_time_zone (desk->engine), &ms, &error));
  return ms;
}

static GPtrArray *
memberships_of (Desk *desk, const char *phone)
{
  g_autoptr (GPtrArray) list = members (desk);
  GPtrArray *found = NULL;
  for (guint i = 0; i < list->len && found == NULL; i++)
    {
      const SlMember *member = list->pdata[i];
      if (g_strcmp0 (member->phone, phone) == 0)
        done (sl_membership_show (desk->engine, &desk->owner, &member->id, &found, &refusal, &failure));
    }
  g_assert_nonnull (found);
  return found;
}

#define PEOPLE "first,last,phone,status,status_reason\nA,One,0820000001,,\nB,Two,0820000002,,\n" \
               "C,Three,0820000003,,\nD,Four,0820000004,banned,fights\n"
#define MEMBERSHIPS_TEXT \
  "member,plan,from,until,status,frozen_from,frozen_until,due,collect,price,first,last,id\n" \
  "082 000 0001,all,2026-01-15,,active,,,2026-03-14,eft,85000,A,One,x\n" \
  "0820000002,All,2026-01-01,2026-12-31,frozen,2026-02-20,2026-03-20,2026-04-30,,,,,\n" \
  "0820000003,Eight,2025-01-01,,active,2025-03-01,2025-04-01,2026-06-30,account,,,,\n" \
  "0820000004,All,2026-01-01,,active,,,,,,,,\n" \
  "0820000001,All,2024-01-01,2024-12-31,cancelled,,,,,,,,\n" \
  "0820000001,Nothing,2024-01-01,2024-12-31,expired,,,,,,,,\n"

static void
memberships_come_as_they_stand (Desk *desk, gconstpointer data)
{
  desk_service (desk, 0, 5, 60);
  assert_imported (&desk->owner, MEMBERS, 0, PEOPLE, "4 0;");
  assert_imported (&desk->owner, PLANS, 0,
                   "name,kind,period,price,credits,active\nAll,unlimited,monthly,90000,,\n"
                   "Eight,credits,annual,60000,800,no\n",
                   "2 0;");
  assert_imported (&desk->owner, MEMBERSHIPS, SL_IMPORT_DRY_RUN, MEMBERSHIPS_TEXT, "4 2;");
  assert_imported (&desk->owner, MEMBERSHIPS, 0, MEMBERSHIPS_TEXT, "4 2;");
  g_autoptr (GPtrArray) one = memberships_of (desk, "+27820000001"), two = memberships_of (desk, "+27820000002");
  g_autoptr (GPtrArray) three = memberships_of (desk, "+27820000003"), four = memberships_of (desk, "+27820000004");
  const SlMembership *first = one->pdata[0], *frozen = two->pdata[0], *rested = three->pdata[0];
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpstr (first->collect, ==, "eft");
  g_assert_cmpint (first->price_cents, ==, 85000);
  g_assert_cmpint (first->from_ms, ==, local (desk, "2026-01-15T00:00"));
  g_assert_cmpint (first->paid_until_ms, ==, local (desk, "2026-03-15T00:00"));
  g_assert_cmpint (frozen->status, ==, SL_MEMBERSHIP_FROZEN);
  g_assert_cmpint (frozen->paid_until_ms, ==, local (desk, "2026-05-01T00:00"));
  g_assert_cmpint (frozen->until_ms, ==, local (desk, "2027-01-01T00:00"));
  g_assert_cmpint (rested->frozen_from_ms, ==, 0); /* over: what it added is in what is paid */
  g_assert_cmpint (rested->paid_until_ms, ==, local (desk, "2026-07-01T00:00"));
  g_assert_cmpstr (rested->collect, ==, "account");
  g_assert_cmpuint (four->len, ==, 1);
  g_assert_cmpint (((const SlMembership *) four->pdata[0])->paid_until_ms, ==, 0);
}

#define BAD_MEMBERSHIPS \
  "member,plan,from,until,status,frozen_from,frozen_until,due,collect,price\n" \
  "0820000009,All,,,,,,,,\n" \
  "0820000001,Some,,,,,,,,\n" \
  "0820000001,All,soon,,,,,,,\n" \
  "0820000001,All,2026-03-01,2026-02-01,,,,,,\n" \
  "0820000001,All,,,resting,,,,,\n" \
  "0820000001,All,,,,,,,cheque,\n" \
  "0820000001,All,,,,,,,,-5\n" \
  "0820000001,All,,,,2026-05-01,2026-04-01,,,\n" \
  "0820000001,All,,,,,,,,\n" \
  "0820000001,All,,,,,,,,\n"

static void
bad_memberships_are_named_and_none_is_written (Desk *desk, gconstpointer data)
{
  const char *wrong = "2 not_found, 3 not_found, 4 bad_input, 5 bad_input, 6 bad_input, 7 bad_input, 8 bad_input, "
                        "9 bad_input, 11 wrong_state";
  g_autofree char *for_real = g_strconcat ("0 0; ", wrong, NULL), *dry = g_strconcat ("1 0; ", wrong, NULL);
  SlActor reception = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  assert_imported (&desk->owner, MEMBERS, 0, PEOPLE, "4 0;");
  assert_imported (&desk->owner, PLANS, 0, "name,kind,period,price\nAll,unlimited,monthly,90000\n", "1 0;");
  gint64 before = desk_operations (desk);
  assert_imported (&desk->owner, MEMBERSHIPS, 0, BAD_MEMBERSHIPS, for_real);
  assert_imported (&desk->owner, MEMBERSHIPS, SL_IMPORT_DRY_RUN, BAD_MEMBERSHIPS, dry);
  assert_imported (&reception, MEMBERSHIPS, 0, MEMBERSHIPS_TEXT, "not_allowed");
  assert_imported (&reception, PLANS, 0, PLANS_TEXT, "not_allowed");
  g_assert_cmpint (desk_operations (desk), ==, before);
  sl_actor_clear (&reception);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/import/members-come-with-all-that-is-said-of-them", members_come_with_all_that_is_said_of_them);
  desk_test ("/sl/import/every-bad-row-is-named-and-nothing-is-written", every_bad_row_is_named_and_nothing_is_written);
  desk_test ("/sl/import/possible-duplicate-unless-anyway", possible_duplicate_unless_anyway);
  desk_test ("/sl/import/columns-are-checked-before-any-row", columns_are_checked_before_any_row);
  desk_test ("/sl/import/not-allowed-without-the-right-to-do-it-by-hand",
             not_allowed_without_the_right_to_do_it_by_hand);
  desk_test ("/sl/import/packages-and-credits-come", packages_and_credits_come);
  desk_test ("/sl/import/a-schedule-comes-with-its-rules-or-not-at-all", a_schedule_comes_with_its_rules_or_not_at_all);
  desk_test ("/sl/import/bookings-come-without-touching-credits-unless-they-say-so",
             bookings_come_without_touching_credits_unless_they_say_so);
  desk_test ("/sl/import/a-key-keeps-the-answer-with-what-was-written", a_key_keeps_the_answer_with_what_was_written);
  desk_test ("/sl/export/what-is-exported-comes-back-as-it-was", what_is_exported_comes_back_as_it_was);
  desk_test ("/sl/export/not-allowed-to-export-what-one-may-not-see", not_allowed_to_export_what_one_may_not_see);
  desk_test ("/sl/import/plans-come-whether-they-are-sold-or-not", plans_come_whether_they_are_sold_or_not);
  desk_test ("/sl/import/bad-plans-are-named-and-none-is-written", bad_plans_are_named_and_none_is_written);
  desk_test ("/sl/import/memberships-come-as-they-stand", memberships_come_as_they_stand);
  desk_test ("/sl/import/bad-memberships-are-named-and-none-is-written", bad_memberships_are_named_and_none_is_written);
  return g_test_run ();
}
