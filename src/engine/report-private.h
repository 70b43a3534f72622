/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/report.h"

#include "core/datetime.h"
#include "engine/booking-state.h"
#include "engine/engine-private.h"

/* Inside the reports only. */

#define N_(text) text /* picked up for translation; whoever shows a text looks it up */

typedef struct {
  SlId id;
  char *name; /* (nullable) */
  GTimeZone *zone;
} SlReportPlace;

/* One report that is being made. */
typedef struct {
  SlEngine *engine;
  const SlActor *actor;
  const SlReportParams *params;
  gboolean own;        /* the actor sees what is theirs alone */
  gint64 now_ms, today;/* today: the local day here */
  GPtrArray *places;   /* (element-type SlReportPlace): where it looks */
  gboolean everywhere; /* places are all that there are */
  GHashTable *names;   /* SlId → utf8: services, rooms, staff */
  GHashTable *roots;   /* SlId of a record that was merged into another → SlId of that */
  GHashTable *kept;    /* SlIds of claims for which others gave way */
  SlReport *report;
} SlReportRun;

/* Rows. put: cells by the number of the column. */
void sl_report_set_columns (SlReport *report, const SlReportColumn *columns, guint n_columns);
SlReportRow *sl_report_add_row (SlReport *report, const SlId *id /* (nullable) */);
void sl_report_put (SlReportRow *row, guint column, gint64 number);
void sl_report_put_text (SlReportRow *row, guint column, const char *text /* (nullable) */);
void sl_report_put_word (SlReportRow *row, guint column, const char *word, gint64 place);
void sl_report_note (SlReport *report, const char *note);
/* keys: columns from 1, with a minus sign: the largest first; ends with 0. */
void sl_report_sort (SlReport *report, const int *keys);
/* Fills in percentages and, where there are rows, their sums. */
void sl_report_finish (SlReport *report, gboolean with_total);

const char *sl_report_name_of (SlReportRun *run, const SlId *id); /* (nullable) */
void sl_report_root (SlReportRun *run, const SlId *member, SlId *out);
/* What a member is called in a report; erased: no longer called anything. */
gboolean sl_report_member_name (SlReportRun *run, const SlId *member, char **out_name, gboolean *out_erased,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_report_local_day (gint64 ms, GTimeZone *zone);
gint64 sl_report_day_ms (gint64 day, GTimeZone *zone); /* when it begins */
gint64 sl_report_month_start (gint64 day);             /* the first of its month */
gint64 sl_report_next_month (gint64 day);
int sl_report_weekday (gint64 day);                    /* 0: Monday */

/* Numbers of many ids (report-numbers.c): for what is asked of very many. */
typedef struct _SlReportNumbers SlReportNumbers;
SlReportNumbers *sl_report_numbers_load (SlReportRun *run, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_report_numbers_free (SlReportNumbers *numbers);
guint sl_report_numbers_find (const SlReportNumbers *numbers, const SlId *id);
gboolean sl_report_numbers_at (const SlReportNumbers *numbers, guint place, const SlId *id, guint32 *out_number);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlReportNumbers, sl_report_numbers_free)

/* --- what happened (report-scan.c) --- */

typedef struct {
  SlId id, service_id, room_id, instructor_id;
  const SlReportPlace *place;
  gint64 start_ms, end_ms, closes_ms, capacity;
  gint64 day;          /* local, of its start */
  int minute;          /* of that day by the clock on the wall */
  gboolean cancelled, published;
} SlReportSession;

typedef struct {
  SlId id, booking_id, member_id; /* the record that they go by */
  SlClaimType type;
  int spots, seats;               /* as made; those that were not given back one by one */
  guint32 bits_in;                /* who is in, or was */
  gboolean confirmed, released;
  guint release_why;
  int release_percent;
  gint64 credits_hundredths;
  gint64 held_until_ms;
  SlBookingStatus status;
  gboolean stands;                /* for its booking: one claim of each does; none of what gave way as a duplicate */
} SlReportClaim;

/* Somebody who came without a booking that is known. */
typedef struct {
  SlId member_id; /* none: nobody knows */
  gint64 at_ms;
} SlReportWalkIn;

/* claims: (element-type SlReportClaim); walk_ins (nullable): (element-type SlReportWalkIn) */
typedef void (*SlReportSessionFunc) (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data);
/* The claims of sessions (report-claims.c), for the walk through these alone: read, then matched with who came, or that
 * looked up. */
typedef struct _SlReportClaims SlReportClaims;
SlReportClaims *sl_report_claims_new (SlReportRun *run);
void sl_report_claims_free (SlReportClaims *claims);
gboolean sl_report_claims_read (SlReportClaims *claims, const SlReportSession *sessions, guint n_sessions,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_report_claims_match (SlReportClaims *claims, const SlReportNumbers *checkins);
gboolean sl_report_claims_look_up (SlReportClaims *claims, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_report_claims_of (const SlReportClaims *claims, guint session, GArray *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlReportClaims, sl_report_claims_free)

/* Every session that starts on these local days, drafts and cancelled ones too, with all that is known of it; by
 * start. */
gboolean sl_report_scan (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportSessionFunc func, gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_scan_claims (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportSessionFunc func,
                                gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_is_held (const SlReportSession *session); /* published and not cancelled */

/* Every time that somebody was there, sessions or none; member_id none: nobody knows who. at_ms: of a session its
 * start. */
typedef void (*SlReportVisitFunc) (const SlReportPlace *place, const SlId *member_id, gint64 day, gint64 at_ms,
                                   gpointer data);
gboolean sl_report_visits (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportVisitFunc func, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_entries (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportVisitFunc func, gpointer data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What became of bookings, and of seats. */
typedef struct {
  gint64 sessions, offered, taken, beside, came, waited; /* seats; waited: members in the queue */
  gint64 bookings, attended, absent, late_cancelled, cancelled, ahead; /* bookings */
} SlReportTally;
void sl_report_tally_session (SlReportTally *tally, const SlReportSession *session, GArray *claims, GArray *walk_ins);
void sl_report_tally_claim (SlReportTally *tally, const SlReportClaim *claim);

/* Counts by what a session is of: way: class, instructor, slot, weekday, hour. */
SlReportTally *sl_report_tally_of (GHashTable *tallies, const SlId *key);
void sl_report_session_key (const SlReportSession *session, const char *way, SlId *out);
/* A slot's weekday and time; a column below 0: not that one. */
void sl_report_put_slot (SlReportRow *row, const SlId *key, int weekday_column, int time_column);

/* --- money (report-money.c) --- */
/* The local day on which money came or went; FALSE: not at one of the places, or not on one of the days. */
gboolean sl_report_money_day (SlReportRun *run, const SlId *location, gint64 at_ms, gint64 *out_day);
void sl_report_money_span (SlReportRun *run, gint64 *out_from_ms, gint64 *out_to_ms);
gboolean sl_report_revenue_at (SlReportRun *run, GHashTable **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- the reports --- */
gboolean sl_report_today (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_usual (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_attendance (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_utilisation (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_revenue (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_credits (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_instructors (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_popular (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_at_risk (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_retention (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_locations (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_funnel (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_cash_up (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_report_member (SlReportRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
