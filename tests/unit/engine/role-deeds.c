/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-role-deeds"

#include "role-deeds.h"

#include <glib/gstdio.h>

#include "engine/availability.h"
#include "engine/booking-view.h"
#include "engine/credits.h"
#include "engine/device.h"
#include "engine/export-csv.h"
#include "engine/location.h"
#include "engine/member-export.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/no-show.h"
#include "engine/occupancy.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/policy.h"
#include "engine/recovery.h"
#include "engine/reschedule.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/waitlist.h"
#include "expect.h"

/* What a command of the engine answers the actor. */
#define answer(call) \
  G_STMT_START \
  { \
    g_auto (SlRefusal) refusal = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    gboolean decided = call; \
    g_assert_no_error (failure); \
    g_assert_true (decided); \
    return sl_refusal_name (refusal.code); \
  } \
  G_STMT_END

/* Whatever it answers, it does not fail. */
#define done_or_refused(call) \
  G_STMT_START \
  { \
    g_auto (SlRefusal) refusal = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    g_assert_true (call); \
    g_assert_no_error (failure); \
  } \
  G_STMT_END

/* --- seeing --- */

static const char *
show_booking (Cell *cell)
{
  SlId booking = desk_book (cell->desk, &cell->member, &cell->session);
  g_autoptr (SlBookingView) view = NULL;
  answer (sl_booking_show_to (cell->desk->engine, &cell->actor, &booking, &view, &refusal, &failure));
}

static const char *
show_profile (Cell *cell)
{
  g_autoptr (SlMember) shown = NULL;
  desk_book (cell->desk, &cell->member, &cell->session);
  answer (sl_member_show (cell->desk->engine, &cell->actor, &cell->member, &shown, &refusal, &failure));
}

static const char *
show_credits (Cell *cell)
{
  g_autoptr (SlCredits) credits = NULL;
  desk_book (cell->desk, &cell->member, &cell->session);
  answer (sl_credits_show (cell->desk->engine, &cell->actor, &cell->member, &credits, &refusal, &failure));
}

static const char *
list_roster (Cell *cell)
{
  g_autoptr (GPtrArray) items = NULL;
  answer (sl_roster_list (cell->desk->engine, &cell->actor, &cell->session, FALSE, &items, &refusal, &failure));
}

/* role_ask_for: see the header. */
const char *
role_ask_for (Cell *cell, const SlId *member)
{
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (SlMember) shown = NULL;
  gboolean listed = FALSE;
  done_or_refused (sl_member_list (cell->desk->engine, &cell->actor, NULL, 0, &members, &refusal, &failure));
  done_or_refused (sl_member_show (cell->desk->engine, &cell->actor, member, &shown, &refusal, &failure));
  for (guint i = 0; members != NULL && i < members->len; i++)
    listed = listed || sl_id_equal (&((SlMember *) members->pdata[i])->id, member);
  if (cell->actor.role != SL_ROLE_MEMBER) /* they see themselves, and no list */
    g_assert_cmpint (listed, ==, shown != NULL);
  return listed ? "ok" : "not_allowed";
}

/* role_list_members: see the header. */
const char *
role_list_members (Cell *cell)
{
  desk_book (cell->desk, &cell->member, &cell->session);
  return role_ask_for (cell, &cell->member);
}

/* role_list_staff: see the header. */
const char *
role_list_staff (Cell *cell)
{
  g_autoptr (GPtrArray) staff = NULL;
  answer (sl_staff_list (cell->desk->engine, &cell->actor, &staff, &refusal, &failure));
}

static const char *
list_queue (Cell *cell)
{
  g_autoptr (GPtrArray) items = NULL;
  answer (sl_waitlist_list (cell->desk->engine, &cell->actor, &cell->session, &items, &refusal, &failure));
}

static const char *
count_occupancy (Cell *cell)
{
  g_autoptr (SlOccupancy) occupancy = NULL;
  answer (sl_occupancy_count (cell->desk->engine, &cell->actor, &sl_id_none, &occupancy, &refusal, &failure));
}

static const char *
export_rows (Cell *cell, SlExportKind kind)
{
  g_autofree char *file = sl_temp_dir_file (cell->desk->dir, "rows.csv");
  guint64 rows;
  (void) g_unlink (file);
  answer (sl_export_csv (cell->desk->engine, &cell->actor, kind, file, &rows, &refusal, &failure));
}

static const char *
export_members (Cell *cell)
{
  return export_rows (cell, SL_EXPORT_MEMBERS);
}

static const char *
export_payments (Cell *cell)
{
  return export_rows (cell, SL_EXPORT_PAYMENTS);
}

/* --- booking and giving back --- */

static const char *
book_into (Cell *cell, const SlId *session, const char *payment_method, const char *override_reason)
{
  SlBookingRequest request = { .member_id = cell->member,
                               .session_id = *session,
                               .spots = 1,
                               .payment_method = payment_method,
                               .override_reason = override_reason };
  return desk_try_request (cell->desk, &cell->actor, &request, NULL);
}

static const char *
book (Cell *cell)
{
  return book_into (cell, &cell->session, NULL, NULL);
}

static const char *
book_where_members_book (Cell *cell)
{
  return book_into (cell, &cell->by_members, NULL, NULL);
}

static const char *
book_where_instructors_book (Cell *cell)
{
  return book_into (cell, &cell->by_instructors, NULL, NULL);
}

static const char *
book_where_staff_book (Cell *cell)
{
  return book_into (cell, &cell->by_staff, NULL, NULL);
}

static const char *
book_and_pay (Cell *cell)
{
  return book_into (cell, &cell->priced, "card", NULL);
}

static const char *
book_over_capacity (Cell *cell)
{
  SlId full = desk_free_class (cell->desk, cell->desk->world.now_ms + HOURS (1), 1);
  SlId first = desk_member (cell->desk, "First");
  desk_book (cell->desk, &first, &full);
  return book_into (cell, &full, NULL, "her birthday");
}

static const char *
cancel_booking (Cell *cell)
{
  SlId booking = desk_book (cell->desk, &cell->member, &cell->session);
  return desk_try_cancel (cell->desk, &cell->actor, &booking, NULL);
}

/* From their session to one that all may book. */
static const char *
reschedule (Cell *cell)
{
  SlId booking = desk_book (cell->desk, &cell->member, &cell->session);
  SlId later = desk_free_class (cell->desk, MORNING + DAYS (6) + HOURS (2), 5);
  SlRescheduleResult result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_booking_reschedule (cell->desk->engine, &cell->actor, &booking, &later, NULL, &result, &refusal,
                                        &failure));
  sl_booking_result_clear (&result.made);
  return sl_refusal_name (refusal.code);
}

static const char *
give_back_more (Cell *cell)
{
  gint64 balance;
  answer (sl_credits_adjust (cell->desk->engine, &cell->actor, &cell->member, 100, "the boiler", &balance, &refusal,
                             &failure));
}

static const char *
take_credits_away (Cell *cell)
{
  gint64 balance;
  desk_credits (cell->desk, &cell->member, 100, 30);
  answer (sl_credits_adjust (cell->desk->engine, &cell->actor, &cell->member, -100, "sold twice", &balance, &refusal,
                             &failure));
}

static const char *
sell (Cell *cell)
{
  SlSaleParams params = { .member_id = cell->member, .package_id = cell->package, .method = "cash",
                          .amount_cents = SL_NUMBER_NONE };
  SlSale sale;
  answer (sl_sale_package (cell->desk->engine, &cell->actor, &params, &sale, &refusal, &failure));
}

/* --- members --- */

static const char *
edit_member (Cell *cell)
{
  SlMemberParams params = { .email = "thandi@example.org" };
  answer (sl_member_edit (cell->desk->engine, &cell->actor, &cell->member, &params, FALSE, &refusal, &failure));
}

static const char *
issue_pass (Cell *cell)
{
  g_autoptr (SlPass) pass = NULL;
  answer (sl_pass_issue (cell->desk->engine, &cell->actor, &cell->member, &pass, &refusal, &failure));
}

static const char *
erase_member (Cell *cell)
{
  guint released;
  answer (sl_member_erase (cell->desk->engine, &cell->actor, &cell->member, NULL, &released, &refusal, &failure));
}

static const char *
export_member (Cell *cell)
{
  g_autoptr (SlMemberExport) data = NULL;
  answer (sl_member_export (cell->desk->engine, &cell->actor, &cell->member, &data, &refusal, &failure));
}

static const char *
merge_members (Cell *cell)
{
  SlId other = desk_member (cell->desk, "Thandi"), survivor;
  answer (sl_member_merge (cell->desk->engine, &cell->actor, &other, &cell->member, &survivor, &refusal, &failure));
}

/* --- what is offered, and when --- */

static const char *
add_service (Cell *cell)
{
  SlServiceParams params;
  SlId id;
  sl_service_params_init (&params);
  params.name = "Spin";
  params.kind = "class";
  params.type = "cycling";
  params.duration_min = 45;
  params.capacity = 5;
  params.credits_hundredths = 0;
  answer (sl_service_add (cell->desk->engine, &cell->actor, &params, &id, &refusal, &failure));
}

static const char *
add_package (Cell *cell)
{
  SlId id;
  answer (sl_package_add (cell->desk->engine, &cell->actor, "Ten", 1000, 90000, 30, &id, &refusal, &failure));
}

static const char *
set_policy (Cell *cell)
{
  answer (sl_policy_set (cell->desk->engine, &cell->actor, &cell->desk->location, SL_POLICY_HOLD_MINUTES, "12",
                         &refusal, &failure));
}

static const char *
set_policy_of_all (Cell *cell)
{
  answer (sl_policy_set (cell->desk->engine, &cell->actor, NULL, SL_POLICY_HOLD_MINUTES, "12", &refusal, &failure));
}

/* A day further each time, or the instructor would be busy. */
static const char *
add_session (Cell *cell)
{
  static const gint64 first_day = 30;
  gint64 made = desk_operations (cell->desk);
  SlSessionParams params;
  SlId service = desk_service (cell->desk, 0, 5, 60), id;
  sl_session_params_init (&params);
  params.service = &service;
  params.start_ms = MORNING + DAYS (first_day + made);
  params.instructor = cell->own ? &cell->staff : &cell->colleague;
  answer (sl_session_add (cell->desk->engine, &cell->actor, &params, &id, &refusal, &failure));
}

static const char *
edit_session (Cell *cell)
{
  SlSessionParams params;
  sl_session_params_init (&params);
  params.notes = "Bring a towel";
  answer (sl_session_edit (cell->desk->engine, &cell->actor, &cell->session, &params, &refusal, &failure));
}

/* Another hour each time. */
static const char *
add_availability (Cell *cell)
{
  gint64 day = desk_operations (cell->desk);
  SlAvailabilityParams params;
  SlId id;
  sl_availability_params_init (&params);
  params.staff = cell->own ? &cell->staff : &cell->colleague;
  params.weekday = 1 + (int) (day % 7);
  params.from_minute = 600;
  params.to_minute = 660;
  params.from_day = params.until_day = 30000 + day;
  desk_member (cell->desk, "Somebody"); /* another day for the next one */
  answer (sl_availability_add (cell->desk->engine, &cell->actor, &params, &id, &refusal, &failure));
}

static const char *
edit_location (Cell *cell)
{
  answer (sl_location_edit (cell->desk->engine, &cell->actor, &cell->desk->location, NULL, NULL, "12 Main Road",
                            &refusal, &failure));
}

static const char *
add_room (Cell *cell)
{
  SlId id;
  answer (sl_room_add (cell->desk->engine, &cell->actor, &cell->desk->location, "Annexe", &id, &refusal, &failure));
}

static const char *
renew_recovery (Cell *cell)
{
  g_autofree char *phrase = NULL;
  answer (sl_recovery_renew (cell->desk->engine, &cell->actor, &phrase, &refusal, &failure));
}

static const char *
create_location (Cell *cell)
{
  SlId id;
  answer (sl_location_add (cell->desk->engine, &cell->actor, "Rosebank", "Africa/Johannesburg", NULL, &id, &refusal,
                           &failure));
}

/* --- the door --- */

/* A booking of a session that has started so long ago. */
static SlId
book_and_wait (Cell *cell, gint64 after_start_ms)
{
  SlId session = desk_free_class (cell->desk, cell->desk->world.now_ms + HOURS (1), 5);
  SlId booking = desk_book (cell->desk, &cell->member, &session);
  cell->desk->world.now_ms += HOURS (1) + after_start_ms;
  return booking;
}

static const char *
check_in (Cell *cell, const SlId *booking, const char *override_reason)
{
  g_autofree char *code = desk_booking_code (cell->desk, booking, 0);
  SlCheckinRequest request = { .code = code, .override_reason = override_reason, .actor = &cell->actor };
  g_autoptr (SlCheckinAnswer) admitted = desk_checkin (cell->desk, &request);
  return sl_refusal_name (admitted->result);
}

static const char *
check_in_in_time (Cell *cell)
{
  SlId booking = book_and_wait (cell, 0);
  return check_in (cell, &booking, NULL);
}

static const char *
check_in_too_late (Cell *cell)
{
  SlId booking = book_and_wait (cell, MINUTES (20));
  return check_in (cell, &booking, "stood in the rain");
}

static const char *
undo_checkin (Cell *cell)
{
  SlId booking = book_and_wait (cell, 0);
  SlBookingStatus status;
  g_assert_cmpstr (desk_checkin_booking (cell->desk, &booking, NULL), ==, "ok");
  answer (
    sl_checkin_undo (cell->desk->engine, &cell->actor, &booking, "the wrong Thandi", &status, &refusal, &failure));
}

static const char *
undo_absence (Cell *cell)
{
  SlId booking = book_and_wait (cell, MINUTES (20));
  SlBookingStatus status;
  done (sl_no_show_mark (cell->desk->engine, &cell->desk->owner, &booking, &refusal, &failure));
  answer (sl_no_show_undo (cell->desk->engine, &cell->actor, &booking, "sat at the back", &status, &refusal, &failure));
}

/* --- staff and devices --- */

static const char *
edit_staff (Cell *cell)
{
  SlStaffParams params = { .name = "Zanele" };
  answer (sl_staff_edit (cell->desk->engine, &cell->actor, &cell->colleague, &params, &refusal, &failure));
}

static const char *
set_pin (Cell *cell)
{
  answer (sl_staff_set_pin (cell->desk->engine, &cell->actor, &cell->colleague, "571936", &refusal, &failure));
}

/* role_set_own_pin: see the header. */
const char *
role_set_own_pin (Cell *cell)
{
  const SlId *whose = cell->own ? &cell->staff : &cell->colleague;
  answer (sl_staff_set_pin (cell->desk->engine, &cell->actor, whose, "571936", &refusal, &failure));
}

static const char *
list_devices (Cell *cell)
{
  g_autoptr (GPtrArray) devices = NULL;
  answer (sl_device_list (cell->desk->engine, &cell->actor, &devices, &refusal, &failure));
}

static const char *
invite_device (Cell *cell)
{
  g_autofree char *name = g_strdup_printf ("invitation-%" G_GINT64_FORMAT, desk_operations (cell->desk));
  g_autofree char *file = sl_temp_dir_file (cell->desk->dir, name);
  desk_member (cell->desk, "Somebody"); /* another number for the next name */
  answer (sl_device_invite (cell->desk->engine, &cell->actor, file, NULL, &refusal, &failure));
}

static const char *
ask (Cell *cell, SlAction action)
{
  g_auto (SlRefusal) refusal = { 0 };
  sl_actor_may_with_own (&cell->actor, action, &cell->desk->location, cell->own, &refusal);
  return sl_refusal_name (refusal.code);
}

/* What nothing here does yet is asked of the table, by whoever will do it. */
#define ASKS(name, action) \
  static const char *name (Cell *cell) { return ask (cell, action); }
ASKS (refund_money, SL_ACTION_REFUND_MONEY)
ASKS (refund_over_limit, SL_ACTION_REFUND_OVER_LIMIT)
ASKS (report_today, SL_ACTION_VIEW_REPORT_TODAY)
ASKS (report_staff, SL_ACTION_VIEW_REPORTS_STAFF)
ASKS (report_finance, SL_ACTION_VIEW_REPORTS_FINANCE)
ASKS (report_all, SL_ACTION_VIEW_REPORTS)
ASKS (waive_fee, SL_ACTION_WAIVE_FEE)
ASKS (book_oneself, SL_ACTION_BOOK_SELF)

const Row role_seeing[] = {
  { "view-a-booking", "oo++++", show_booking },
  { "view-a-profile", "oo++++", show_profile },
  { "view-credits", "oo++++", show_credits },
  { "view-all-bookings-of-a-session", ".o++++", list_roster },
  { "view-the-member-list", ".o++++", role_list_members },
  { "view-the-queue-of-a-session", ".o++++", list_queue },
  { "view-how-many-are-in", ".+++++", count_occupancy },
  { "view-members-in-a-file", ".+++++", export_members }, /* instructors get their own in it */
  { "view-all-payments-in-a-file", "...+++", export_payments },
  { NULL }
};

const Row role_booking[] = {
  { "book", "o++.++", book },
  { "book-where-members-book", "o.+.++", book_where_members_book },
  { "book-where-instructors-book", ".++.++", book_where_instructors_book },
  { "book-where-staff-book", "..+.++", book_where_staff_book },
  { "book-oneself", "+....+", book_oneself },
  { "cancel", "oo+.++", cancel_booking },
  { "cancel-by-rescheduling", "oo+.++", reschedule },
  { "override-over-capacity", "..p.++", book_over_capacity },
  { NULL }
};

const Row role_money[] = {
  { "give-back-more-than-the-policy-does", "....++", give_back_more },
  { "edit-what-a-member-has", "....++", take_credits_away },
  { "take-payment-for-a-package", "..+.++", sell },
  { "take-payment-for-a-visit", "o.+.++", book_and_pay },
  { "refund-money", "..+.++", refund_money },
  { "refund-money-over-the-limit", "..p.++", refund_over_limit },
  { "override-by-waiving-a-fee", "..p.++", waive_fee },
  { NULL }
};

const Row role_members[] = {
  { "edit-member-data", "..+.++", edit_member },
  { "edit-member-data-by-a-new-pass", "..+.++", issue_pass },
  { "edit-what-members-have-by-merging-them", "....++", merge_members },
  { "erase-a-member", "....++", erase_member },
  { "export-what-is-held-about-a-member", "o...++", export_member },
  { NULL }
};

const Row role_reports[] = {
  { "reports-of-today", "..+.++", report_today },
  { "reports-of-hours-pay-and-no-shows", ".o..++", report_staff },
  { "reports-financial", "...+++", report_finance },
  { "reports", "....++", report_all },
  { NULL }
};

const Row role_offering[] = {
  { "add-a-service", "....++", add_service },
  { "add-a-package", "....++", add_package },
  { "set-a-policy-of-the-location", "....++", set_policy },
  { "set-a-policy-of-all", "....++", set_policy_of_all },
  { "change-schedule-by-a-session", ".o+.++", add_session },
  { "change-schedule-of-a-session", ".o+.++", edit_session },
  { "change-schedule-by-availability", ".o+.++", add_availability },
  { "change-a-location", "....++", edit_location },
  { "change-a-location-by-a-room", "....++", add_room },
  { "create-a-location", ".....+", create_location },
  { NULL }
};

const Row role_door[] = {
  { "check-in", "+++.++", check_in_in_time },
  { "override-late-check-in", "..+.++", check_in_too_late },
  { "override-by-undoing", "..+.++", undo_checkin },
  { "override-by-undoing-an-absence", "..+.++", undo_absence },
  { NULL }
};

const Row role_staff_and_devices[] = {
  { "manage-staff", "....++", edit_staff },
  { "manage-pins", "....++", set_pin },
  { "manage-devices", "....++", list_devices },
  { "manage-devices-by-inviting-one", "....++", invite_device },
  { "renew-the-recovery-phrase", ".....+", renew_recovery },
  { NULL }
};
