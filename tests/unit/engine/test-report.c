/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-report"

#include "engine/report.h"

#include "core/csv.h"
#include "desk-fixture.h"
#include "engine/credits.h"
#include "engine/device.h"
#include "engine/location.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/refund.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/till.h"
#include "expect.h"
#include "oplog/money.h"

/* --- a small studio whose every figure was reckoned by hand: beside each session stands what became of it --- */

typedef struct {
  SlId yoga, spin, sipho, lerato;
  SlId thandi, pieter, aisha, bongani, zoe;
} Studio;

static const char *
plain (const char *text)
{
  return text;
}

static SlId
add_service (Desk *desk, const char *name, gint64 capacity, gint64 minutes)
{
  SlServiceParams params;
  SlId id = sl_id_none;
  sl_service_params_init (&params);
  params.name = name;
  params.kind = "class";
  params.type = "yoga";
  params.mode = "mixed";
  params.duration_min = minutes;
  params.capacity = capacity;
  params.credits_hundredths = 100;
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlId
add_staff (Desk *desk, const char *name, gint64 session_cents, gint64 hour_cents, gint64 head_cents)
{
  const SlStaffRates rates = { session_cents, hour_cents, head_cents };
  const SlStaffParams params = { .name = name, .role = "instructor", .pin = "482916", .rates = &rates };
  SlId id = sl_id_none;
  done (sl_staff_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlId
add_session (Desk *desk, const SlId *service, const SlId *instructor, gint64 start_ms, gboolean draft)
{
  SlSessionParams params;
  SlId id = sl_id_none;
  sl_session_params_init (&params);
  params.service = service;
  params.instructor = instructor;
  params.start_ms = start_ms;
  params.draft = draft;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
come (Desk *desk, const SlId *booking, gint64 at_ms)
{
  desk->world.now_ms = at_ms;
  g_assert_cmpstr (desk_checkin_booking (desk, booking, NULL), ==, "ok");
}

static void
wait_for_spot (Desk *desk, const SlId *member, const SlId *session)
{
  const SlBookingRequest request
    = { .member_id = *member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &request, NULL), ==, "ok");
}

/* Monday 2026-03-02, 06:00, to Wednesday the 4th, 10:00. */
static void
live (Desk *desk, Studio *s)
{
  static const char *const guest[] = { "Naledi", NULL };
  SlCancelResult cancelled;
  SlId hold, lapsing;
  s->yoga = add_service (desk, "Yoga", 4, 60);
  s->spin = add_service (desk, "Spin", 2, 45);
  s->sipho = add_staff (desk, "Sipho", 20000, 0, 500);
  s->lerato = add_staff (desk, "Lerato", 0, 33333, 0);
  s->thandi = desk_member (desk, "Thandi");
  s->pieter = desk_member (desk, "Pieter");
  s->aisha = desk_member (desk, "Aisha");
  s->bongani = desk_member (desk, "Bongani");
  s->zoe = desk_member (desk, "Zoë");
  (void) desk_credits (desk, &s->thandi, 1000, 30);
  (void) desk_credits (desk, &s->pieter, 1000, 30);
  (void) desk_credits (desk, &s->aisha, 500, 30);
  (void) desk_credits (desk, &s->bongani, 500, 30);
  (void) desk_credits (desk, &s->zoe, 500, 1); /* runs out on Tuesday at 06:00 */
  SlId y1 = add_session (desk, &s->yoga, &s->sipho, MORNING + HOURS (1), FALSE);
  SlId s1 = add_session (desk, &s->spin, &s->lerato, MORNING + HOURS (11), FALSE);
  SlId y2 = add_session (desk, &s->yoga, &s->sipho, MORNING + HOURS (25), FALSE);
  SlId n1 = add_session (desk, &s->spin, &s->lerato, MORNING + HOURS (41) + MINUTES (30), FALSE); /* Tuesday 23:30 */
  SlId y3 = add_session (desk, &s->yoga, &s->sipho, MORNING + HOURS (49), FALSE);
  SlId f1 = add_session (desk, &s->yoga, &s->sipho, MORNING + DAYS (7), FALSE);
  (void) add_session (desk, &s->yoga, NULL, MORNING + HOURS (51), TRUE); /* a draft is nobody's business */
  SlId y1_thandi = desk_book_spots (desk, &s->thandi, &y1, guest); /* both come */
  (void) desk_book (desk, &s->pieter, &y1);                       /* does not come */
  SlId y1_aisha = desk_book (desk, &s->aisha, &y1);               /* cancels an hour before: late */
  SlId s1_thandi = desk_book (desk, &s->thandi, &s1);
  SlId s1_pieter = desk_book (desk, &s->pieter, &s1);
  wait_for_spot (desk, &s->bongani, &s1); /* in vain */
  SlId y2_aisha = desk_book (desk, &s->aisha, &y2); /* cancels 25 hours before */
  SlId y2_thandi = desk_book (desk, &s->thandi, &y2);
  g_assert_cmpstr (desk_try_hold (desk, &s->bongani, &y2, &hold), ==, "ok");
  g_assert_cmpstr (desk_try_confirm (desk, &hold), ==, "ok"); /* and does not come */
  g_assert_cmpstr (desk_try_hold (desk, &s->zoe, &y2, &lapsing), ==, "ok"); /* and forgets it */
  SlId n1_pieter = desk_book (desk, &s->pieter, &n1);
  (void) desk_book (desk, &s->thandi, &y3); /* the studio cancels it */
  (void) desk_book (desk, &s->pieter, &f1); /* ahead */
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &y1_aisha, &cancelled), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &y2_aisha, &cancelled), ==, "ok");
  gint64 balance;
  done (sl_credits_adjust (desk->engine, &desk->owner, &s->thandi, 150, "a gift", &balance, &refusal, &failure));
  done (sl_credits_adjust (desk->engine, &desk->owner, &s->thandi, -50, "a slip", &balance, &refusal, &failure));
  come (desk, &y1_thandi, MORNING + MINUTES (50));
  come (desk, &s1_thandi, MORNING + HOURS (11));
  come (desk, &s1_pieter, MORNING + HOURS (11) + MINUTES (5));
  come (desk, &y2_thandi, MORNING + HOURS (25));
  (void) desk_run_due (desk);
  desk_cancel_session (desk, &y3);
  come (desk, &n1_pieter, MORNING + HOURS (41) + MINUTES (25));
  desk->world.now_ms = MORNING + HOURS (52);
}

static SlReport *
report_of (Desk *desk, SlReportName name, const char *by, const char *from, const char *to)
{
  const SlReportParams params = { .name = name, .by = by, .from = from, .to = to };
  SlReport *report = NULL;
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  g_assert_nonnull (report);
  return report;
}

/* The cells of a row with bars between them. */
static char *
line_of (const SlReport *report, const SlReportRow *row)
{
  GString *line = g_string_new (NULL);
  for (guint c = 0; c < report->n_columns; c++)
    {
      g_autofree char *cell = sl_report_cell_text (report, row, c, plain);
      g_string_append_printf (line, "%s%s", c > 0 ? "|" : "", cell);
    }
  return g_string_free (line, FALSE);
}

/* lines: as they shall be, the sum last where there is one. Takes the report. */
static void
expect_lines (SlReport *taken, const char *const *lines)
{
  g_autoptr (SlReport) report = taken;
  guint n = g_strv_length ((char **) lines);
  for (guint i = 0; i < report->rows->len; i++)
    {
      g_autofree char *line = line_of (report, report->rows->pdata[i]);
      g_assert_cmpstr (line, ==, lines[i]);
    }
  g_assert_cmpuint (report->rows->len + (report->total != NULL ? 1 : 0), ==, n);
  g_autofree char *total = report->total != NULL ? line_of (report, report->total) : NULL;
  if (total != NULL)
    g_assert_cmpstr (total, ==, lines[n - 1]);
}
#define expect(report, ...) expect_lines (report, (const char *const[]){ __VA_ARGS__, NULL })

static void
attendance_is_counted (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* bookings, attended, no-shows, late, cancelled, ahead */
  expect (report_of (desk, SL_REPORT_ATTENDANCE, NULL, "2026-03-02", "2026-03-09"),
          "Spin|3|3|0|0|0|0|100.0|0.0", /* Monday: two; Tuesday night: one */
          "Yoga|7|2|2|1|1|1|50.0|50.0", "Total|10|5|2|1|1|1|71.4|28.6");
  expect (report_of (desk, SL_REPORT_ATTENDANCE, "member", "2026-03-02", "2026-03-09"),
          "Thandi Nkosi|3|3|0|0|0|0|100.0|0.0", "Pieter Nkosi|4|2|1|0|0|1|66.7|33.3",
          "Aisha Nkosi|2|0|0|1|1|0||", "Bongani Nkosi|1|0|1|0|0|0|0.0|100.0", "Total|10|5|2|1|1|1|71.4|28.6");
  expect (report_of (desk, SL_REPORT_ATTENDANCE, "slot", "2026-03-02", "2026-03-09"),
          "Monday|06:00|1|0|0|0|0|1||", "Monday|07:00|3|1|1|1|0|0|50.0|50.0", "Monday|17:00|2|2|0|0|0|0|100.0|0.0",
          "Tuesday|07:00|3|1|1|0|1|0|50.0|50.0", "Tuesday|23:30|1|1|0|0|0|0|100.0|0.0",
          "Total||10|5|2|1|1|1|71.4|28.6");
}

static void
utilisation_is_counted (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* sessions, seats offered, taken, beside the capacity, people who came */
  expect (report_of (desk, SL_REPORT_UTILISATION, NULL, "2026-03-02", "2026-03-04"), "07:00|2|8|5|0|3|62.5",
          "17:00|1|2|2|0|2|100.0", "23:00|1|2|1|0|1|50.0", "Total|4|12|8|0|6|66.7");
  expect (report_of (desk, SL_REPORT_UTILISATION, "weekday", "2026-03-02", "2026-03-04"), "Monday|2|6|5|0|4|83.3",
          "Tuesday|2|6|3|0|2|50.0", "Total|4|12|8|0|6|66.7");
  expect (report_of (desk, SL_REPORT_UTILISATION, "slot", "2026-03-03", "2026-03-03"), "Tuesday|07:00|1|4|2|0|1|50.0",
          "Tuesday|23:30|1|2|1|0|1|50.0", "Total||2|6|3|0|2|50.0");
  expect (report_of (desk, SL_REPORT_UTILISATION, "class", "2026-03-02", "2026-03-04"), "Spin|2|4|3|0|3|75.0",
          "Yoga|2|8|5|0|3|62.5", "Total|4|12|8|0|6|66.7");
}

static void
popular_classes_come_first (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* sessions, taken, came, waited, offered */
  SlReportPopular sum;
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_POPULAR, NULL, NULL, NULL);
  sl_report_popular_sum_up (report, &sum);
  g_assert_cmpuint (sum.classes, ==, 2);
  g_assert_cmpuint (sum.empty, ==, 0);
  g_assert_cmpuint (sum.overflowing, ==, 1);
  g_assert_cmpstr (sum.fullest, ==, "Spin");
  g_assert_cmpint (sum.fullest_waited, ==, 1);
  expect (report_of (desk, SL_REPORT_POPULAR, NULL, NULL, NULL), "Yoga|2|5|3|0|8|62.5", "Spin|2|3|3|1|4|75.0",
          "Total|4|8|6|1|12|66.7");
}

static void
empty_classes_are_named (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), pieter = desk_member (desk, "Pieter");
  SlId barre = add_service (desk, "Barre", 10, 60), mat = add_service (desk, "Mat", 10, 60);
  SlId sessions[] = { add_session (desk, &barre, NULL, MORNING + HOURS (1), FALSE),
                      add_session (desk, &mat, NULL, MORNING + HOURS (3), FALSE) };
  SlReportPopular sum;
  (void) desk_credits (desk, &thandi, 500, 30);
  (void) desk_credits (desk, &pieter, 500, 30);
  (void) desk_book (desk, &thandi, &sessions[0]);
  (void) desk_book (desk, &thandi, &sessions[1]);
  (void) desk_book (desk, &pieter, &sessions[1]);
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_POPULAR, NULL, NULL, NULL);
  sl_report_popular_sum_up (report, &sum);
  g_assert_cmpuint (sum.empty, ==, 2);
  g_assert_cmpuint (sum.overflowing, ==, 0);
  g_assert_cmpstr (sum.emptiest, ==, "Barre");
  g_assert_cmpint (sum.emptiest_permille, ==, 100);
}

static void
locations_stand_side_by_side (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  (void) desk_other_location (desk, "Gardens");
  /* sessions, cancelled, offered, taken, %, people, members, attended, no-shows, %, open gym, revenue: five packs */
  expect (report_of (desk, SL_REPORT_LOCATIONS, NULL, NULL, NULL), "Gardens|0|0|0|0||0|0|0|0||0|0.00",
          "Sea Point|4|1|12|8|66.7|6|2|5|2|28.6|0|4500.00", "Total|4|1|12|8|66.7|6||5|2|28.6|0|4500.00");
}

static void
instructors_are_paid (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* Lerato: an hour and a half at R333.33 is R499.995. Sipho: two sessions at R200, three people at R5. */
  expect (report_of (desk, SL_REPORT_INSTRUCTORS, NULL, NULL, NULL),
          "Lerato|2|1:30|3|3|0|0.0|0.00|500.00|0.00|500.00", "Sipho|2|2:00|3|2|2|50.0|400.00|0.00|15.00|415.00",
          "Total|4|3:30|6|5|2|28.6|400.00|500.00|15.00|915.00");
}

static void
credits_flow (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* Monday: 3 for Yoga, of which Pieter's is forfeited, and Aisha's, who cancelled late; 2 for Spin. Tuesday: Thandi
   * and Bongani, who did not come, and Pieter at night; Zoë's five ran out. */
  expect (report_of (desk, SL_REPORT_CREDITS, NULL, NULL, NULL), "2026-03-02|35|1.5|6|2|0.5|0",
          "2026-03-03|0|0|3|1|0|5", "Total|35|1.5|9|3|0.5|5");
  expect (report_of (desk, SL_REPORT_CREDITS, "month", "2026-01-01", "2026-12-31"), "2026-03-01|35|1.5|10|3|0.5|5",
          "Total|35|1.5|10|3|0.5|5");
  /* What is left, of all that there was. */
  gint64 left = desk_balance (desk, &s.thandi) + desk_balance (desk, &s.pieter) + desk_balance (desk, &s.aisha)
                + desk_balance (desk, &s.bongani) + desk_balance (desk, &s.zoe);
  g_assert_cmpint (left, ==, 3500 + 150 - 1000 - 50 - 500);
}

/* --- money --- */

static SlSale
sell_other (Desk *desk, const SlId *member, const char *name, gint64 cents, gint64 quantity, const char *method,
            const char *voucher_code)
{
  const SlSaleParams params = { .member_id = *member, .method = method, .amount_cents = SL_NUMBER_NONE,
                                .voucher_code = voucher_code };
  SlSale sale = { 0 };
  done (sl_sale_other (desk->engine, &desk->owner, &params, name, cents, quantity, &sale, &refusal, &failure));
  return sale;
}

/* VAT is 15 %, so that of R1150.00 R150.00 is VAT. */
static void
revenue_is_what_was_sold_less_what_was_given_back (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), package;
  SlId service = add_service (desk, "Yoga", 4, 60);
  SlServiceParams priced;
  sl_service_params_init (&priced);
  priced.price_cents = 11500;
  done (sl_service_edit (desk->engine, &desk->owner, &service, &priced, &refusal, &failure));
  SlId session = add_session (desk, &service, NULL, MORNING + DAYS (2), FALSE);
  done (sl_package_add (desk->engine, &desk->owner, "Ten classes", 1000, 115000, 90, &package, &refusal, &failure));
  /* Monday */
  const SlBookingRequest drop_in
    = { .member_id = desk_member (desk, "Pieter"), .session_id = session, .spots = 1, .payment_method = "card" };
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &drop_in, NULL), ==, "ok");
  const SlSaleParams cash = { .member_id = thandi, .package_id = package, .method = "cash",
                              .amount_cents = SL_NUMBER_NONE };
  const SlSaleParams transfer = { .member_id = thandi, .method = "eft", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) ten = { 0 }, voucher = { 0 };
  done (sl_sale_package (desk->engine, &desk->owner, &cash, &ten, &refusal, &failure));
  g_auto (SlSale) water = sell_other (desk, &thandi, "Water", 2300, 2, "card", NULL);
  done (sl_sale_voucher (desk->engine, &desk->owner, &transfer, 50000, &voucher, &refusal, &failure));
  /* Tuesday: a fifth of the package is given back; a mat is bought with the voucher */
  desk->world.now_ms += DAYS (1);
  const SlRefundParams part = { .payment_id = ten.payment_id, .amount_cents = 23000, .reason = "two classes fell out",
                                .keep_credits = TRUE };
  SlRefundResult back;
  done (sl_refund (desk->engine, &desk->owner, &part, &back, &refusal, &failure));
  g_auto (SlSale) mat = sell_other (desk, &thandi, "Mat", 23000, 1, "voucher", voucher.voucher_code);
  /* Wednesday: on account */
  desk->world.now_ms += DAYS (1);
  g_auto (SlSale) towel = sell_other (desk, &thandi, "Towel", 4600, 1, "account", NULL);

  /* sales, sold, given back, with VAT, VAT, without, vouchers */
  expect (report_of (desk, SL_REPORT_REVENUE, NULL, NULL, NULL),
          "2026-03-02|4|1311.00|0.00|1311.00|171.00|1140.00|500.00",
          "2026-03-03|1|230.00|230.00|0.00|0.00|0.00|0.00", "2026-03-04|1|46.00|0.00|46.00|6.00|40.00|0.00",
          "Total|6|1587.00|230.00|1357.00|177.00|1180.00|500.00");
  expect (report_of (desk, SL_REPORT_REVENUE, "month", "2026-01-01", "2026-12-31"),
          "2026-03-01|6|1587.00|230.00|1357.00|177.00|1180.00|500.00",
          "Total|6|1587.00|230.00|1357.00|177.00|1180.00|500.00");
  expect (report_of (desk, SL_REPORT_REVENUE, "class", NULL, NULL),
          "Package|Ten classes|1|1150.00|230.00|920.00|120.00|800.00|0.00",
          "Drop-in|Yoga|1|115.00|0.00|115.00|15.00|100.00|0.00", "Voucher|Voucher|1|0.00|0.00|0.00|0.00|0.00|500.00",
          "Other|Mat|1|230.00|0.00|230.00|30.00|200.00|0.00", "Other|Towel|1|46.00|0.00|46.00|6.00|40.00|0.00",
          "Other|Water|1|46.00|0.00|46.00|6.00|40.00|0.00",
          "Total||6|1587.00|230.00|1357.00|177.00|1180.00|500.00");
  /* payments, taken, given back, left, not paid yet */
  expect (report_of (desk, SL_REPORT_REVENUE, "method", NULL, NULL), "Cash|1|1150.00|230.00|920.00|0.00",
          "Card|2|161.00|0.00|161.00|0.00", "Bank transfer|1|500.00|0.00|500.00|0.00",
          "Voucher|1|230.00|0.00|230.00|0.00", "On account|0|0.00|0.00|0.00|46.00",
          "Total|5|2041.00|230.00|1811.00|46.00");
  g_autoptr (SlReport) places = report_of (desk, SL_REPORT_LOCATIONS, NULL, NULL, NULL);
  g_assert_cmpint (places->total->cells[12].number, ==, 135700);
}

/* What was taken before the till was opened stands by the device. */
static void
tills_are_cashed_up (Desk *desk, gconstpointer data)
{
  SlId thandi = desk_member (desk, "Thandi"), id;
  g_autoptr (SlTill) till = NULL;
  g_auto (SlSale) early = sell_other (desk, &thandi, "Water", 2300, 1, "cash", NULL);
  g_auto (SlSale) card = sell_other (desk, &thandi, "Water", 2300, 1, "card", NULL);
  desk->world.now_ms += HOURS (1); /* 07:00 */
  done (sl_till_open (desk->engine, &desk->owner, "Front", 50000, &id, &refusal, &failure));
  g_auto (SlSale) mat = sell_other (desk, &thandi, "Mat", 23000, 1, "cash", NULL);
  g_auto (SlSale) late = sell_other (desk, &thandi, "Mat", 23000, 1, "eft", NULL);
  const SlRefundParams part = { .payment_id = mat.payment_id, .amount_cents = 3000, .reason = "a scratch" };
  SlRefundResult back;
  done (sl_refund (desk->engine, &desk->owner, &part, &back, &refusal, &failure));
  done (sl_till_cash (desk->engine, &desk->owner, -10000, "to the bank", &refusal, &failure));
  g_autoptr (SlReport) open = report_of (desk, SL_REPORT_CASH_UP, NULL, NULL, NULL);
  g_assert_cmpuint (open->rows->len, ==, 2);
  desk->world.now_ms += HOURS (10); /* 17:00 */
  done (sl_till_close (desk->engine, &desk->owner, 59900, NULL, &till, &refusal, &failure));
  /* opened, closed, float, cash, given back, put in, expected, counted, difference, card, other */
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_CASH_UP, NULL, NULL, NULL);
  g_autofree char *front = line_of (report, report->rows->pdata[1]);
  g_autofree char *without = line_of (report, report->rows->pdata[0]);
  g_autofree char *total = line_of (report, report->total);
  g_assert_cmpstr (front, ==,
                   "2026-03-02|Front|Sea Point|2026-03-02 07:00|2026-03-02 17:00|500.00|230.00|30.00|-100.00|600.00|"
                   "599.00|-1.00|0.00|230.00");
  g_assert_true (g_str_has_suffix (without, "|Sea Point||||23.00|0.00|0.00|23.00|||23.00|0.00"));
  g_assert_cmpstr (total, ==, "Total|||||500.00|253.00|30.00|-100.00|623.00|599.00|-1.00|23.00|230.00");
  g_autoptr (SlReport) other = report_of (desk, SL_REPORT_CASH_UP, NULL, "2026-03-03", "2026-03-03");
  g_assert_cmpuint (other->rows->len, ==, 0);
}

/* Three things at R10.00, one of them a voucher, and R10.00 given back: the parts add up to it. */
static void
refunds_fall_to_what_was_bought (Desk *desk, gconstpointer data)
{
  const SlSaleLine lines[] = {
    { .what = SL_SALE_OTHER, .name = "A", .quantity = 1, .unit_cents = 1000, .vat_permille = 150 },
    { .what = SL_SALE_OTHER, .name = "B", .quantity = 1, .unit_cents = 1000, .vat_permille = 150 },
    { .what = SL_SALE_VOUCHER, .name = "Voucher", .quantity = 1, .unit_cents = 1000 },
  };
  const SlTaking taking = { .method = "cash", .status = "paid", .amount_cents = 3000 };
  SlOplog *log = sl_engine_get_log (desk->engine);
  SlSaleParts sale = { .location_id = desk->location, .currency = "ZAR", .lines = lines,
                       .n_lines = G_N_ELEMENTS (lines), .takings = &taking, .n_takings = 1 };
  SlRefundParts refund = { .location_id = desk->location, .amount_cents = 1000, .vat_cents = 87 };
  SlId id;
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, &failure));
  g_assert_true (sl_oplog_next_receipt (log, &sale.receipt, &failure));
  g_assert_true (sl_op_sale (log, &sale, &id, &refund.payment_id, &failure));
  g_assert_true (sl_oplog_next_receipt (log, &refund.receipt, &failure));
  g_assert_true (sl_op_payment_refund (log, &refund, &id, &failure));
  g_assert_true (sl_oplog_commit (log, &failure));
  g_assert_no_error (failure);
  expect (report_of (desk, SL_REPORT_REVENUE, "class", NULL, NULL), "Voucher|Voucher|0|0.00|0.00|0.00|0.00|0.00|6.66",
          "Other|A|1|10.00|3.33|6.67|0.87|5.80|0.00", "Other|B|0|10.00|3.33|6.67|0.86|5.81|0.00",
          "Total||1|20.00|6.66|13.34|1.73|11.61|6.66");
}

static void
holds_become_bookings (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  expect (report_of (desk, SL_REPORT_FUNNEL, NULL, "2026-03-02", "2026-03-04"), "Spots held|2|||",
          "… and booked|1|2|50.0|", "… and still held|0|2|0.0|", "… and lapsed|1|2|50.0|", "… and let go|0|2|0.0|",
          "Booked at once|9|||", "Waited|1|||", "… and were offered a spot|0|1|0.0|", "Spots offered|0|||",
          "… and taken|0|0||", "… and still open|0|0||", "… and lapsed|0|0||", "… and declined|0|0||",
          "Credits that ran out|1|||5");
}

static void
offers_are_taken_or_not (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + DAYS (2), 2);
  SlId one = desk_member (desk, "Thandi"), two = desk_member (desk, "Pieter"), three = desk_member (desk, "Aisha");
  SlId four = desk_member (desk, "Bongani"), five = desk_member (desk, "Zoë");
  SlId first = desk_book (desk, &one, &session), second = desk_book (desk, &two, &session);
  g_autoptr (GPtrArray) waiting = NULL;
  wait_for_spot (desk, &three, &session);
  wait_for_spot (desk, &four, &session);
  wait_for_spot (desk, &five, &session);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &first, NULL), ==, "ok"); /* offered to Aisha, who takes it */
  g_autoptr (SlReport) open = report_of (desk, SL_REPORT_FUNNEL, NULL, NULL, "2026-03-04");
  g_assert_cmpint (((const SlReportRow *) open->rows->pdata[10])->cells[1].number, ==, 1);
  g_autoptr (GPtrArray) views = sl_booking_list_of_member (desk->engine, &three, 1, NULL);
  const SlBookingView *view = views->pdata[0];
  g_auto (SlBookingResult) taken = { 0 };
  done (sl_offer_accept (desk->engine, &desk->owner, &view->id, NULL, &taken, &refusal, &failure));
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &second, NULL), ==, "ok"); /* Bongani declines */
  g_autoptr (GPtrArray) views_of_four = sl_booking_list_of_member (desk->engine, &four, 1, NULL);
  g_auto (SlBookingResult) declined = { 0 };
  done (sl_offer_decline (desk->engine, &desk->owner, &((const SlBookingView *) views_of_four->pdata[0])->id, &declined,
                          &refusal, &failure));
  desk->world.now_ms += HOURS (1); /* and Zoë lets it lapse */
  expect (report_of (desk, SL_REPORT_FUNNEL, NULL, NULL, "2026-03-04"), "Spots held|0|||", "… and booked|0|0||",
          "… and still held|0|0||", "… and lapsed|0|0||", "… and let go|0|0||", "Booked at once|2|||", "Waited|3|||",
          "… and were offered a spot|3|3|100.0|", "Spots offered|3|||", "… and taken|1|3|33.3|",
          "… and still open|0|3|0.0|", "… and lapsed|1|3|33.3|", "… and declined|1|3|33.3|",
          "Credits that ran out|0|||0");
}

static void
a_member_has_favourites (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  const char *const by_class[] = { "Spin|2|2|0|0|0|0|100.0|0.0|2026-03-03", "Yoga|2|0|1|0|0|1|0.0|100.0|",
                                   "Total|4|2|1|0|0|1|66.7|33.3|", NULL };
  const char *const by_instructor[] = { "Lerato|2|2|0|0|0|0|100.0|0.0|2026-03-03", "Sipho|2|0|1|0|0|1|0.0|100.0|",
                                        "Total|4|2|1|0|0|1|66.7|33.3|", NULL };
  SlReportParams params = { .name = SL_REPORT_MEMBER, .member = &s.pieter, .to = "2026-03-09" };
  SlReport *report = NULL;
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  g_assert_cmpstr (report->about, ==, "Pieter Nkosi");
  expect_lines (report, by_class);
  params.by = "instructor";
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  expect_lines (report, by_instructor);
  params.member = &s.yoga;
  fails (SL_ERROR_NOT_FOUND, sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
}

static void
today_shows_what_touches_it (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  /* Tuesday's last one ended on Wednesday at 00:15; Wednesday's was cancelled, and the draft is not there. */
  expect (report_of (desk, SL_REPORT_TODAY, NULL, NULL, NULL),
          "2026-03-03 23:30|Spin|Sea Point||Lerato|over|2|1|1|0|0|1",
          "2026-03-04 07:00|Yoga|Sea Point||Sipho|cancelled||||||", "Total||||||2|1|1|0|0|1");
}

/* --- who stops coming --- */

static void
visit (Desk *desk, const SlId *member, gint64 at_ms)
{
  desk->world.now_ms = at_ms - HOURS (1);
  SlId session = desk_free_class (desk, at_ms, 5);
  SlId booking = desk_book (desk, member, &session);
  come (desk, &booking, at_ms);
}

static void
members_at_risk_are_found (Desk *desk, gconstpointer data)
{
  SlId weekly = desk_member (desk, "Thandi"), lately = desk_member (desk, "Pieter");
  SlId seldom = desk_member (desk, "Aisha"), banned = desk_member (desk, "Bongani");
  SlId back = desk_member (desk, "Zoë");
  for (int week = 0; week < 4; week++)
    {
      visit (desk, &weekly, MORNING + DAYS (7 * week));
      visit (desk, &banned, MORNING + DAYS (7 * week) + HOURS (2));
      visit (desk, &back, MORNING + DAYS (7 * week) + HOURS (4));
      if (week != 1)
        visit (desk, &seldom, MORNING + DAYS (7 * week) + HOURS (6));
      visit (desk, &lately, MORNING + DAYS (7 * week + 1));
    }
  visit (desk, &weekly, MORNING + DAYS (21) + HOURS (8)); /* twice in a day is a visit */
  desk_block (desk, &banned);
  desk->world.now_ms = MORNING + DAYS (35); /* Monday the 6th of April: 14 days after the last Monday */
  SlId ahead = desk_free_class (desk, MORNING + DAYS (36), 5);
  (void) desk_book (desk, &back, &ahead);
  expect (report_of (desk, SL_REPORT_AT_RISK, NULL, NULL, NULL), "Thandi Nkosi||2026-03-23|14|4|",
          "Zoë Nkosi||2026-03-23|14|4|2026-04-07 06:00");
  desk_policy (desk, "at_risk_days", "13");
  expect (report_of (desk, SL_REPORT_AT_RISK, NULL, "2026-03-24", NULL), "Pieter Nkosi||2026-03-24|13|4|");
  desk_policy (desk, "at_risk_weeks", "2");
  expect (report_of (desk, SL_REPORT_AT_RISK, NULL, "2026-03-23", "2026-03-23"), "Aisha Nkosi||2026-03-23|14|2|",
          "Thandi Nkosi||2026-03-23|14|2|", "Zoë Nkosi||2026-03-23|14|2|2026-04-07 06:00");
}

/* Four Mondays: one on which nobody came, and of the others two, one and one came by ten o'clock. */
static void
today_stands_against_usual_days (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "Thandi"), two = desk_member (desk, "Pieter");
  SlReportUsual usual;
  for (int week = 1; week < 4; week++)
    {
      visit (desk, &one, MORNING + DAYS (7 * week) + HOURS (4));
      if (week == 1)
        visit (desk, &two, MORNING + DAYS (7 * week) + HOURS (3));
      visit (desk, &two, MORNING + DAYS (7 * week) + HOURS (5));
    }
  visit (desk, &one, MORNING + DAYS (27)); /* a Sunday says nothing of Mondays */
  visit (desk, &one, MORNING + DAYS (28) + HOURS (1));
  visit (desk, &two, MORNING + DAYS (28) + HOURS (2));
  desk->world.now_ms = MORNING + DAYS (28) + HOURS (4); /* Monday the 30th, 10:00 */
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_USUAL, NULL, NULL, NULL);
  sl_report_usual_sum_up (report, &usual);
  g_assert_cmpint (usual.today, ==, 2);
  g_assert_cmpint (usual.days, ==, 3);
  g_assert_cmpint (usual.usual_hundredths, ==, 133);
  /* sessions begun by ten, people in them, people all day */
  expect (g_steal_pointer (&report), "2026-03-30|2|2|", "2026-03-23|1|1|2", "2026-03-16|1|1|2", "2026-03-09|2|2|3",
          "2026-03-02|0|0|0");
}

static void
nobody_knows_what_is_usual_at_first (Desk *desk, gconstpointer data)
{
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_USUAL, NULL, NULL, NULL);
  SlReportUsual usual;
  sl_report_usual_sum_up (report, &usual);
  g_assert_cmpint (usual.today, ==, 0);
  g_assert_cmpint (usual.days, ==, 0);
  g_assert_cmpint (usual.usual_hundredths, ==, SL_NUMBER_NONE);
}

static void
retention_follows_the_months (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "Thandi"), two = desk_member (desk, "Pieter"), three = desk_member (desk, "Aisha");
  visit (desk, &one, MORNING + DAYS (29) + HOURS (17)); /* the 31st of March, 23:00 */
  visit (desk, &two, MORNING + DAYS (29) + HOURS (17) + MINUTES (30));
  visit (desk, &three, MORNING + DAYS (29) + HOURS (18)); /* the first of April, 00:00 */
  visit (desk, &one, MORNING + DAYS (40));                /* April */
  visit (desk, &one, MORNING + DAYS (41));
  visit (desk, &two, MORNING + DAYS (80));                /* May */
  visit (desk, &three, MORNING + DAYS (81));
  desk->world.now_ms = MORNING + DAYS (100);              /* the 10th of June */
  expect (report_of (desk, SL_REPORT_RETENTION, NULL, "2026-03-15", NULL), "2026-03|2|1|50.0|1|50.0||",
          "2026-04|2|1|50.0||||", "2026-05|2||||||");
}

static void
an_empty_studio_has_reports (Desk *desk, gconstpointer data)
{
  for (SlReportName name = 0; name < SL_REPORT_MEMBER; name++)
    {
      g_autoptr (SlReport) report = report_of (desk, name, NULL, NULL, NULL);
      for (guint i = 0; i < report->rows->len; i++)
        for (guint c = 0; c < report->n_columns; c++)
          if (report->columns[c].adds)
            g_assert_cmpint (((const SlReportRow *) report->rows->pdata[i])->cells[c].number, ==, 0);
    }
  SlId member = desk_member (desk, "Thandi");
  const SlReportParams params = { .name = SL_REPORT_MEMBER, .member = &member };
  g_autoptr (SlReport) report = NULL;
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  g_assert_cmpuint (report->rows->len, ==, 0);
  g_assert_null (report->total);
}

/* --- clocks --- */

/* Berlin puts its clocks forward on Sunday the 29th of March 2026 at 02:00: that day has 23 hours. */
static void
days_are_those_of_the_wall (void)
{
  Desk desk = { 0 };
  const gint64 midnight = G_GINT64_CONSTANT (1774738800000); /* the 29th, 00:00 in Berlin */
  desk_open_in (&desk, "Europe/Berlin", midnight - DAYS (2));
  (void) desk_free_class (&desk, midnight - MINUTES (30), 1);               /* the 28th, 23:30 */
  (void) desk_free_class (&desk, midnight, 2);                              /* the 29th, 00:00 */
  (void) desk_free_class (&desk, midnight + HOURS (6), 4);                  /* the 29th, 07:00 */
  (void) desk_free_class (&desk, midnight + HOURS (22) + MINUTES (30), 8);  /* the 29th, 23:30 */
  (void) desk_free_class (&desk, midnight + HOURS (23), 16);                /* the 30th, 00:00 */
  expect (report_of (&desk, SL_REPORT_UTILISATION, NULL, "2026-03-29", "2026-03-29"), "00:00|1|2|0|0|0|0.0",
          "07:00|1|4|0|0|0|0.0", "23:00|1|8|0|0|0|0.0", "Total|3|14|0|0|0|0.0");
  expect (report_of (&desk, SL_REPORT_UTILISATION, "weekday", "2026-03-28", "2026-03-30"), "Monday|1|16|0|0|0|0.0",
          "Saturday|1|1|0|0|0|0.0", "Sunday|3|14|0|0|0|0.0", "Total|5|31|0|0|0|0.0");
  desk_close (&desk, NULL);
}

/* Clocks go back on Sunday the 25th of October: 25 hours, and one hour comes twice. */
static void
an_hour_that_comes_twice_is_one (void)
{
  Desk desk = { 0 };
  const gint64 midnight = G_GINT64_CONSTANT (1792879200000); /* the 25th, 00:00 in Berlin */
  desk_open_in (&desk, "Europe/Berlin", midnight - DAYS (2));
  (void) desk_free_class (&desk, midnight + HOURS (2), 1);                  /* 02:00, the first time */
  (void) desk_free_class (&desk, midnight + HOURS (3), 2);                  /* 02:00 again */
  (void) desk_free_class (&desk, midnight + HOURS (24), 4);                 /* 23:00 */
  (void) desk_free_class (&desk, midnight + HOURS (25), 8);                 /* the 26th */
  expect (report_of (&desk, SL_REPORT_UTILISATION, NULL, "2026-10-25", "2026-10-25"), "02:00|2|3|0|0|0|0.0",
          "23:00|1|4|0|0|0|0.0", "Total|3|7|0|0|0|0.0");
  desk_close (&desk, NULL);
}

/* Each location by its own clock: when it is Monday in Johannesburg it is Sunday in New York. */
static void
each_location_has_its_own_days (Desk *desk, gconstpointer data)
{
  SlId there = sl_id_none, id;
  SlSessionParams params;
  SlId service = desk_service (desk, 0, 3, 60);
  done (sl_location_add (desk->engine, &desk->owner, "Brooklyn", "America/New_York", NULL, &there, &refusal, &failure));
  (void) desk_session (desk, &service, MORNING + MINUTES (30)); /* Monday 06:30; Sunday 23:30 there */
  sl_session_params_init (&params);
  params.service = &service;
  params.location = &there;
  params.start_ms = MORNING + MINUTES (30);
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  expect (report_of (desk, SL_REPORT_UTILISATION, "weekday", "2026-03-01", "2026-03-01"), "Sunday|1|3|0|0|0|0.0",
          "Total|1|3|0|0|0|0.0");
  expect (report_of (desk, SL_REPORT_UTILISATION, "weekday", "2026-03-02", "2026-03-02"), "Monday|1|3|0|0|0|0.0",
          "Total|1|3|0|0|0|0.0");
}

/* --- what may be asked --- */

static void
dates_out_of_range_are_bad_input (Desk *desk, gconstpointer data)
{
  static const struct { SlReportName name; const char *by, *from, *to; } bad[] = {
    { SL_REPORT_ATTENDANCE, NULL, "2026-02-30", NULL },     { SL_REPORT_ATTENDANCE, NULL, "yesterday", NULL },
    { SL_REPORT_ATTENDANCE, NULL, "2026-03-02T07:00", NULL }, { SL_REPORT_ATTENDANCE, NULL, "1989-12-31", NULL },
    { SL_REPORT_ATTENDANCE, NULL, NULL, "2100-01-01" },     { SL_REPORT_ATTENDANCE, NULL, "", NULL },
    { SL_REPORT_ATTENDANCE, NULL, "2026-03-02", "2026-03-01" }, { SL_REPORT_TODAY, NULL, "2026-03-02", NULL },
    { SL_REPORT_ATTENDANCE, "colour", NULL, NULL },         { SL_REPORT_POPULAR, "class", NULL, NULL },
  };
  SlReport *report = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const SlReportParams params = { .name = bad[i].name, .by = bad[i].by, .from = bad[i].from, .to = bad[i].to };
      fails (SL_ERROR_BAD_INPUT, sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
      g_assert_null (report);
    }
  const SlReportParams nowhere = { .name = SL_REPORT_POPULAR, .location = &desk->owner.id };
  fails (SL_ERROR_NOT_FOUND, sl_report_run (desk->engine, &desk->owner, &nowhere, &report, &refusal, &failure));
  expect (report_of (desk, SL_REPORT_CREDITS, NULL, "1990-01-01", "2099-12-31"), NULL);
}

static gboolean
may_see (const char *reports, SlReportName name)
{
  g_auto (GStrv) words = g_strsplit (reports, " ", -1);
  return g_strv_contains ((const char *const *) words, sl_report_word (name));
}

/* Of each role: which reports it may see. */
static void
each_role_sees_its_own (Desk *desk, gconstpointer data)
{
  static const struct { SlRole role; const char *reports; } cells[] = {
    { SL_ROLE_INSTRUCTOR, "instructors" },
    { SL_ROLE_RECEPTIONIST, "today" },
    { SL_ROLE_FINANCE, "revenue credits cash-up" },
    { SL_ROLE_MANAGER, NULL },
    { SL_ROLE_OWNER, NULL },
    { SL_ROLE_MEMBER, "" },
  };
  SlId member = desk_member (desk, "Thandi");
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    for (SlReportName name = 0; name < SL_REPORT_LAST; name++)
      {
        g_auto (SlActor) actor = { .role = SL_ROLE_MEMBER, .id = member };
        g_autoptr (SlReport) report = NULL;
        const SlReportParams params = { .name = name, .member = &member };
        gboolean may = cells[i].reports == NULL || may_see (cells[i].reports, name);
        if (cells[i].role != SL_ROLE_MEMBER)
          desk_staff (desk, cells[i].role, &actor);
        g_test_message ("%s: %s", sl_role_name (cells[i].role), sl_report_word (name));
        refused (may ? "ok" : "not_allowed",
                 sl_report_run (desk->engine, &actor, &params, &report, &refusal, &failure));
        g_assert_true ((report != NULL) == may);
        g_assert_true (sl_report_is_for (name, &actor) == may);
      }
}

static void
instructors_see_themselves (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  SlActor lerato = { .id = s.lerato, .role = SL_ROLE_INSTRUCTOR };
  SlReportParams params = { .name = SL_REPORT_INSTRUCTORS };
  SlReport *report = NULL;
  const char *const own[] = { "Lerato|2|1:30|3|3|0|0.0|0.00|500.00|0.00|500.00",
                              "Total|2|1:30|3|3|0|0.0|0.00|500.00|0.00|500.00", NULL };
  const char *const nothing[] = { "Lerato|0|0:00|0|0|0||0.00|0.00|0.00|0.00",
                                  "Total|0|0:00|0|0|0||0.00|0.00|0.00|0.00", NULL };
  done (sl_report_run (desk->engine, &lerato, &params, &report, &refusal, &failure));
  expect_lines (report, own);
  params.to = params.from = "2025-01-01";
  done (sl_report_run (desk->engine, &lerato, &params, &report, &refusal, &failure));
  expect_lines (report, nothing);
}

static void
managers_see_their_locations (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  SlId gardens = desk_other_location (desk, "Gardens");
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (own, gardens);
  SlActor manager = { .id = s.sipho, .role = SL_ROLE_MANAGER, .locations = own };
  SlReportParams params = { .name = SL_REPORT_LOCATIONS };
  SlReport *report = NULL;
  const char *const there[] = { "Gardens|0|0|0|0||0|0|0|0||0|0.00", "Total|0|0|0|0||0||0|0||0|0.00", NULL };
  done (sl_report_run (desk->engine, &manager, &params, &report, &refusal, &failure));
  expect_lines (report, there);
  params.location = &desk->location;
  refused ("not_allowed", sl_report_run (desk->engine, &manager, &params, &report, &refusal, &failure));
  params.name = SL_REPORT_CREDITS; /* lots were sold at Sea Point */
  params.location = &gardens;
  done (sl_report_run (desk->engine, &manager, &params, &report, &refusal, &failure));
  g_assert_cmpuint (report->rows->len, ==, 0);
  g_assert_cmpstr (report->place, ==, "Gardens");
  sl_report_free (report);
}

static void
rates_are_told_to_few (Desk *desk, gconstpointer data)
{
  Studio s;
  live (desk, &s);
  SlActor lerato = { .id = s.lerato, .role = SL_ROLE_INSTRUCTOR };
  g_autoptr (GPtrArray) staff = NULL;
  done (sl_staff_list (desk->engine, &lerato, &staff, &refusal, &failure));
  for (guint i = 0; i < staff->len; i++)
    {
      const SlStaff *one = staff->pdata[i];
      g_assert_cmpint (one->rate_hour_cents, ==, sl_id_equal (&one->id, &s.lerato) ? 33333 : SL_NUMBER_NONE);
      g_assert_cmpint (one->rate_session_cents, ==, sl_id_equal (&one->id, &s.lerato) ? 0 : SL_NUMBER_NONE);
    }
  const SlStaffRates absurd = { SL_STAFF_RATE_MAX_CENTS + 1, SL_NUMBER_NONE, SL_NUMBER_NONE };
  const SlStaffRates below = { SL_NUMBER_NONE, SL_NUMBER_NONE, -1 };
  const SlStaffParams too_much = { .rates = &absurd }, too_little = { .rates = &below };
  fails (SL_ERROR_BAD_INPUT,
         sl_staff_edit (desk->engine, &desk->owner, &s.sipho, &too_much, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_staff_edit (desk->engine, &desk->owner, &s.sipho, &too_little, &refusal, &failure));
}

/* --- who is who --- */

static void
merged_members_are_one (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "Thandi"), other = desk_member (desk, "Tandi"), survivor;
  visit (desk, &one, MORNING + HOURS (1));
  visit (desk, &other, MORNING + DAYS (1));
  done (sl_member_merge (desk->engine, &desk->owner, &other, &one, &survivor, &refusal, &failure));
  expect (report_of (desk, SL_REPORT_ATTENDANCE, "member", NULL, NULL), "Thandi Nkosi|2|2|0|0|0|0|100.0|0.0",
          "Total|2|2|0|0|0|0|100.0|0.0");
  expect (report_of (desk, SL_REPORT_LOCATIONS, NULL, NULL, NULL), "Sea Point|2|0|10|2|20.0|2|1|2|0|0.0|0|0.00",
          "Total|2|0|10|2|20.0|2||2|0|0.0|0|0.00");
}

static void
erased_members_count_without_a_name (Desk *desk, gconstpointer data)
{
  Studio s;
  guint released;
  live (desk, &s);
  done (sl_member_erase (desk->engine, &desk->owner, &s.pieter, "asked", &released, &refusal, &failure));
  done (sl_member_erase (desk->engine, &desk->owner, &s.bongani, "asked", &released, &refusal, &failure));
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_ATTENDANCE, "member", "2026-03-02", "2026-03-04");
  g_autofree char *thandi = line_of (report, report->rows->pdata[0]);
  g_autofree char *nobody = line_of (report, report->rows->pdata[1]);
  g_autofree char *total = line_of (report, report->total);
  g_assert_cmpstr (thandi, ==, "Thandi Nkosi|3|3|0|0|0|0|100.0|0.0");
  g_assert_cmpstr (nobody, ==, "|4|2|2|0|0|0|50.0|50.0");
  g_assert_cmpstr (total, ==, "Total|9|5|2|1|1|0|71.4|28.6");
  g_assert_true (sl_id_is_none (&((const SlReportRow *) report->rows->pdata[1])->id));
  expect (report_of (desk, SL_REPORT_LOCATIONS, NULL, NULL, NULL), "Sea Point|4|1|12|8|66.7|6|2|5|2|28.6|0|4500.00",
          "Total|4|1|12|8|66.7|6||5|2|28.6|0|4500.00");
}

/* --- on paper --- */

static void
csv_has_the_same_cells (Desk *desk, gconstpointer data)
{
  g_autofree char *file = sl_temp_dir_file (desk->dir, "report.csv");
  g_autoptr (GError) failure = NULL;
  SlId service = add_service (desk, "=HYPERLINK(\"http://x\")", 4, 60);
  (void) add_session (desk, &service, NULL, MORNING + HOURS (1), FALSE);
  SlId other = add_service (desk, "Yoga, \"slow\"", 4, 60);
  (void) add_session (desk, &other, NULL, MORNING + HOURS (3), FALSE);
  g_autoptr (SlReport) report = report_of (desk, SL_REPORT_UTILISATION, "class", NULL, NULL);
  g_assert_true (sl_report_write_csv (report, file, plain, &failure));
  g_assert_no_error (failure);
  g_autoptr (SlCsv) csv = sl_csv_open (file, &failure);
  SlCsvRow row;
  g_assert_true (sl_csv_next (csv, &row, &failure));
  g_assert_cmpstr (row.cells[0], ==, "class");
  for (guint i = 0; i <= report->rows->len; i++)
    {
      const SlReportRow *expected = i < report->rows->len ? report->rows->pdata[i] : report->total;
      g_assert_true (sl_csv_next (csv, &row, &failure));
      g_assert_cmpuint (row.n_cells, ==, report->n_columns);
      for (guint c = 0; c < row.n_cells; c++)
        {
          g_autofree char *cell = sl_csv_unguard (row.cells[c]);
          g_autofree char *text = sl_report_cell_text (report, expected, c, plain);
          g_assert_cmpstr (cell, ==, text);
          g_assert_false (*row.cells[c] == '=');
        }
    }
  g_assert_false (sl_csv_next (csv, &row, &failure));
  g_assert_no_error (failure);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/report/attendance-counts-what-became-of-bookings", attendance_is_counted);
  desk_test ("/sl/report/utilisation-is-seats-taken-of-seats-offered", utilisation_is_counted);
  desk_test ("/sl/report/popular-classes-come-first", popular_classes_come_first);
  desk_test ("/sl/report/classes-that-run-empty-are-named", empty_classes_are_named);
  desk_test ("/sl/report/locations-stand-side-by-side", locations_stand_side_by_side);
  desk_test ("/sl/report/instructors-are-paid-by-their-rates", instructors_are_paid);
  desk_test ("/sl/report/credits-are-sold-spent-and-run-out", credits_flow);
  desk_test ("/sl/report/revenue-is-what-was-sold-less-what-was-given-back",
             revenue_is_what_was_sold_less_what_was_given_back);
  desk_test ("/sl/report/tills-are-cashed-up-and-days-without-one-too", tills_are_cashed_up);
  desk_test ("/sl/report/refunds-fall-to-what-was-bought", refunds_fall_to_what_was_bought);
  desk_test ("/sl/report/holds-become-bookings-or-lapse", holds_become_bookings);
  desk_test ("/sl/report/offers-are-taken-lapse-or-are-declined", offers_are_taken_or_not);
  desk_test ("/sl/report/a-member-has-a-rate-and-favourites", a_member_has_favourites);
  desk_test ("/sl/report/today-shows-what-touches-it-over-midnight-too", today_shows_what_touches_it);
  desk_test ("/sl/report/members-at-risk-came-every-week-and-stay-away", members_at_risk_are_found);
  desk_test ("/sl/report/today-stands-against-usual-days", today_stands_against_usual_days);
  desk_test ("/sl/report/nobody-knows-what-is-usual-at-first", nobody_knows_what_is_usual_at_first);
  desk_test ("/sl/report/retention-follows-members-over-three-months", retention_follows_the_months);
  desk_test ("/sl/report/an-empty-studio-has-reports", an_empty_studio_has_reports);
  g_test_add_func ("/sl/report/a-day-that-clocks-shorten-has-its-sessions", days_are_those_of_the_wall);
  g_test_add_func ("/sl/report/an-hour-that-comes-twice-is-one-hour", an_hour_that_comes_twice_is_one);
  desk_test ("/sl/report/each-location-has-its-own-days", each_location_has_its_own_days);
  desk_test ("/sl/report/dates-out-of-range-are-bad-input", dates_out_of_range_are_bad_input);
  desk_test ("/sl/report/each-role-sees-its-own-or-not-allowed", each_role_sees_its_own);
  desk_test ("/sl/report/instructors-see-themselves", instructors_see_themselves);
  desk_test ("/sl/report/managers-see-their-locations", managers_see_their_locations);
  desk_test ("/sl/report/what-people-are-paid-is-told-to-few", rates_are_told_to_few);
  desk_test ("/sl/report/merged-members-are-counted-once", merged_members_are_one);
  desk_test ("/sl/report/erased-members-count-without-a-name", erased_members_count_without_a_name);
  desk_test ("/sl/report/csv-has-the-same-cells-and-no-formulas", csv_has_the_same_cells);
  return g_test_run ();
}
