/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification-claims"

#include "engine/notification-private.h"

#include "core/datetime.h"
#include "engine/checkin-window.h"
#include "engine/claim-queries.h"
#include "engine/policy.h"

/* What follows from bookings: from their claims, sessions and check-ins. */

#define COLUMNS \
  "SELECT coalesce (c.booking_id, c.id), c.booking_id IS NOT NULL, c.session_id, c.member_id, c.type, c.created_hlc, " \
  "c.held_until_ms, c.confirm_hlc, c.release_percent, c.release_why, c.release_hlc, s.location_id, s.service_id, " \
  "s.start_ms, s.end_ms, s.published, s.cancelled, s.cancel_hlc, s.created_hlc, s.clocks, " \
  "CASE WHEN s.start_ms < ?3 THEN (SELECT min (k.at_ms) FROM checkin k WHERE k.booking_id = coalesce (c.booking_id, " \
  "c.id) AND k.undone = 0 AND k.hlc IS NOT NULL) END "
enum {
  AT_BOOKING, AT_REBOOKED, AT_SESSION, AT_MEMBER, AT_TYPE, AT_CREATED,
  AT_HELD_UNTIL, AT_CONFIRM, AT_RELEASE_PERCENT, AT_RELEASE_WHY, AT_RELEASE, AT_LOCATION, AT_SERVICE,
  AT_START, AT_END, AT_PUBLISHED, AT_CANCELLED, AT_CANCEL, AT_SESSION_CREATED, AT_CLOCKS, AT_CHECKIN
};
#define OF_SESSIONS "WHERE s.start_ms >= ?1 AND s.start_ms < ?2 AND s.created_hlc IS NOT NULL "
/* A claim that gave way to another is nothing that the member was told of, or is to be. 8: SL_RELEASE_DUPLICATE. */
#define IS_KNOWN "c.created_hlc IS NOT NULL AND (c.release_why & 8) = 0 "

enum { QUERY_ALL, QUERY_MEMBER, QUERY_SESSION };
const char *const sl_notification_claim_queries[] = {
  [QUERY_ALL] = COLUMNS "FROM location l CROSS JOIN session s ON s.location_id = l.id "
                        "CROSS JOIN claim c ON c.session_id = s.id " OF_SESSIONS "AND " IS_KNOWN,
  [QUERY_MEMBER] = COLUMNS "FROM claim c CROSS JOIN session s ON s.id = c.session_id "
                           "CROSS JOIN location l ON l.id = s.location_id " OF_SESSIONS
                           "AND c.member_id IN " SL_SQL_SAME_MEMBER ("?4") " AND " IS_KNOWN
                           "ORDER BY s.start_ms, s.id, c.rowid",
  [QUERY_SESSION] = COLUMNS "FROM session s CROSS JOIN claim c ON c.session_id = s.id " OF_SESSIONS
                            "AND s.id = ?4 AND " IS_KNOWN,
  NULL
};

/* One claim; moments that never came are the end of time. */
typedef struct {
  SlId booking_id, session_id, member_id;
  gboolean rebooked; /* a later claim of its booking: an offer, or a place again */
  SlClaimType type;
  gint64 created_ms, confirmed_ms, released_ms, ends_ms /* while not confirmed */, in_ms;
  gint64 released_hlc, cancelled_hlc; /* to tell which came first */
  guint why;
  gint64 start_ms, end_ms, session_created_ms, changed_ms, cancelled_ms;
  gboolean published;
  SlId location_id, service_id;
} Row;

static gint64
moment_or_never (SlRows *rows, int place)
{
  return sl_rows_is_null (rows, place) ? G_MAXINT64 : sl_hlc_to_ms (sl_rows_int (rows, place));
}

static void
read_row (SlRows *rows, Row *out)
{
  static const char *const moving[] = { "start_ms", "room_id", "instructor_id", NULL };
  gsize length;
  const void *clocks = sl_rows_blob (rows, AT_CLOCKS, &length);

  *out = (Row){ 0 };
  sl_rows_id (rows, AT_BOOKING, &out->booking_id);
  out->rebooked = sl_rows_int (rows, AT_REBOOKED) != 0;
  sl_rows_id (rows, AT_SESSION, &out->session_id);
  sl_rows_id (rows, AT_MEMBER, &out->member_id);
  out->type = (SlClaimType) sl_rows_int (rows, AT_TYPE);
  out->created_ms = sl_hlc_to_ms (sl_rows_int (rows, AT_CREATED));
  out->confirmed_ms = moment_or_never (rows, AT_CONFIRM);
  out->released_ms = sl_rows_is_null (rows, AT_RELEASE_PERCENT) ? G_MAXINT64 : moment_or_never (rows, AT_RELEASE);
  out->released_hlc = sl_rows_is_null (rows, AT_RELEASE_PERCENT) ? G_MAXINT64 : sl_rows_int (rows, AT_RELEASE);
  out->cancelled_hlc = sl_rows_int (rows, AT_CANCELLED) != 0 ? sl_rows_int (rows, AT_CANCEL) : G_MAXINT64;
  out->why = (guint) sl_rows_int (rows, AT_RELEASE_WHY);
  sl_rows_id (rows, AT_LOCATION, &out->location_id);
  sl_rows_id (rows, AT_SERVICE, &out->service_id);
  out->start_ms = sl_rows_int (rows, AT_START);
  out->end_ms = sl_rows_int (rows, AT_END);
  out->published = sl_rows_int (rows, AT_PUBLISHED) != 0;
  out->cancelled_ms = sl_rows_int (rows, AT_CANCELLED) != 0 ? moment_or_never (rows, AT_CANCEL) : G_MAXINT64;
  out->session_created_ms = sl_hlc_to_ms (sl_rows_int (rows, AT_SESSION_CREATED));
  out->changed_ms = sl_fields_written_ms (SL_ENTITY_SESSION, clocks, length, moving);
  out->in_ms = sl_rows_is_null (rows, AT_CHECKIN) ? G_MAXINT64 : sl_rows_int (rows, AT_CHECKIN);
  out->ends_ms = out->type == SL_CLAIM_WAITING ? out->start_ms : sl_rows_int (rows, AT_HELD_UNTIL);
  if (out->type == SL_CLAIM_OFFER)
    out->ends_ms = MIN (out->ends_ms, out->start_ms);
}

static gboolean
was_confirmed (const Row *row)
{
  return row->confirmed_ms != G_MAXINT64;
}

/* Booked at that moment, and not given up by then. */
static gboolean
stood_at (const Row *row, gint64 at_ms)
{
  return row->confirmed_ms <= at_ms && at_ms < row->released_ms && at_ms < row->cancelled_ms;
}

static gboolean
tell (SlNotifying *self, SlNotificationKind kind, const Row *row, const SlId *subject, gint64 due_ms, GError **error)
{
  return sl_notifying_add (self, kind, &row->member_id, subject, due_ms, error);
}

/* Whoever books later than that, or just then, needs no reminder. */
static gboolean
tell_reminder (SlNotifying *self, SlNotificationKind kind, const Row *row, gint64 before_ms, GError **error)
{
  gint64 due_ms = row->start_ms - before_ms;

  return !row->published || row->confirmed_ms >= due_ms || !stood_at (row, due_ms)
         || tell (self, kind, row, &row->booking_id, due_ms, error);
}

/* Nobody of the booking came. Due when the door closed, also where somebody at a desk had said so before: two devices
 * would not agree about that. */
static gboolean
tell_absence (SlNotifying *self, const Row *row, GError **error)
{
  gint64 opens_ms, closes_ms;

  if (row->in_ms != G_MAXINT64 || row->cancelled_ms != G_MAXINT64 || (row->why & ~(guint) SL_RELEASE_NO_SHOW) != 0
      || row->start_ms > self->now_ms || row->start_ms >= self->to_ms)
    return TRUE;
  if (!sl_checkin_window (self->engine, &row->location_id, &row->service_id, row->start_ms, &opens_ms, &closes_ms,
                          error))
    return FALSE;
  return closes_ms >= self->now_ms
         || tell (self, SL_NOTIFICATION_NO_SHOW, row, &row->booking_id, closes_ms, error);
}

static gboolean
tell_booked (SlNotifying *self, const Row *row, GError **error)
{
  const guint given_up = SL_RELEASE_CANCELLED | SL_RELEASE_LATE_CANCELLED | SL_RELEASE_RESCHEDULED;
  gboolean again = row->rebooked && row->type != SL_CLAIM_OFFER; /* their place, after an absence that was none */

  if (!again && !tell (self, SL_NOTIFICATION_BOOKING_CONFIRMED, row, &row->booking_id, row->confirmed_ms, error))
    return FALSE;
  if ((row->why & given_up) != 0 && row->released_hlc < row->cancelled_hlc
      && !tell (self, SL_NOTIFICATION_BOOKING_CANCELLED, row, &row->booking_id, row->released_ms, error))
    return FALSE;
  if (row->changed_ms > row->session_created_ms && row->changed_ms < row->end_ms && stood_at (row, row->changed_ms)
      && !tell (self, SL_NOTIFICATION_SESSION_CHANGED, row, &row->session_id, row->changed_ms, error))
    return FALSE;
  return tell_reminder (self, SL_NOTIFICATION_REMINDER_24H, row, SL_DAY_MS, error)
         && tell_reminder (self, SL_NOTIFICATION_REMINDER_1H, row, SL_HOUR_MS, error)
         && tell_absence (self, row, error);
}

static gboolean
tell_queue (SlNotifying *self, const Row *row, GError **error)
{
  if (row->type == SL_CLAIM_WAITING)
    return tell (self, SL_NOTIFICATION_WAITLIST_JOINED, row, &row->booking_id, row->created_ms, error);
  if (row->type != SL_CLAIM_OFFER)
    return TRUE;
  if (!tell (self, SL_NOTIFICATION_SPOT_OFFERED, row, &row->booking_id, row->created_ms, error))
    return FALSE;
  return was_confirmed (row) || row->ends_ms > self->now_ms || (row->why & ~(guint) SL_RELEASE_EXPIRED) != 0
         || row->cancelled_ms <= row->ends_ms
         || tell (self, SL_NOTIFICATION_OFFER_LAPSED, row, &row->booking_id, row->ends_ms, error);
}

/* Whoever was booked, held, offered a spot or waiting when the studio called it off, or was booked by a device that had
 * not heard of it. Stamps may be far ahead of the clock that a hold ends by: then it was made after its end. */
static gboolean
tell_called_off (SlNotifying *self, const Row *row, GError **error)
{
  gboolean lapsed = !was_confirmed (row) && row->ends_ms <= row->cancelled_ms && row->created_ms < row->ends_ms;
  /* Who was absent gets everything back as well. */
  gboolean kept = was_confirmed (row) && (row->why & ~(guint) (SL_RELEASE_NO_SHOW | SL_RELEASE_SESSION_CANCELLED)) == 0;
  gboolean stood = kept || (row->released_hlc > row->cancelled_hlc && row->why != SL_RELEASE_EXPIRED && !lapsed);

  return row->cancelled_ms == G_MAXINT64 || !stood
         || tell (self, SL_NOTIFICATION_SESSION_CANCELLED, row, &row->session_id, row->cancelled_ms, error);
}

static gboolean
tell_row (SlNotifying *self, const Row *row, GError **error)
{
  return (!was_confirmed (row) || tell_booked (self, row, error)) && tell_queue (self, row, error)
         && tell_called_off (self, row, error)
         && (row->in_ms == G_MAXINT64
             || tell (self, SL_NOTIFICATION_CHECKIN_RECEIPT, row, &row->booking_id, row->in_ms, error));
}

/* Takes the rows. What has to be looked up for one is looked up when all have been read. */
static gboolean
tell_all (SlNotifying *self, SlRows *taken, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (Row));

  while (sl_rows_next (rows))
    {
      Row row;

      read_row (rows, &row);
      g_array_append_val (read, row);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < read->len; i++)
    if (!tell_row (self, &g_array_index (read, Row, i), error))
      return FALSE;
  return TRUE;
}

/* sl_notifying_add_claims: of the sessions that are near enough to the window for something to be due in it. */
gboolean
sl_notifying_add_claims (SlNotifying *self, GError **error)
{
  gint64 opens_hours, first_ms = self->from_ms - 2 * SL_SESSION_LONGEST_MS, door_ms = self->to_ms + SL_DAY_MS;

  if (!sl_notifying_widest (self->engine, SL_POLICY_BOOKING_OPENS_HOURS, &opens_hours, error))
    return FALSE;
  gint64 last_ms = self->to_ms + MAX (SL_NOTIFYING_REACH_MS, opens_hours * SL_HOUR_MS);
  return tell_all (self,
                   self->member != NULL
                       ? sl_store_query (self->engine->store, sl_notification_claim_queries[QUERY_MEMBER], "iiid",
                                         first_ms, last_ms, door_ms, self->member)
                       : sl_store_query (self->engine->store, sl_notification_claim_queries[QUERY_ALL], "iii",
                                         first_ms, last_ms, door_ms),
                   error);
}

/* sl_notifying_add_session: of one session alone. */
gboolean
sl_notifying_add_session (SlNotifying *self, const SlId *session, GError **error)
{
  return tell_all (self,
                   sl_store_query (self->engine->store, sl_notification_claim_queries[QUERY_SESSION], "iiid",
                                   SL_TIME_MIN_MS, SL_TIME_MAX_MS, SL_TIME_MIN_MS, session),
                   error);
}
