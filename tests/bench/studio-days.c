/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio-days"

#include "studio-private.h"

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/sale.h"
#include "oplog/money.h"

#define OPERATIONS_PER_COMMIT 100000
#define PICKS_MAX 40 /* members who are asked before a spot stays free */
#define HOLD_MS (10 * SL_MINUTE_MS)

/* sl_life_must: a bench has nobody to tell: what fails ends it. error: where it is by then. */
void
sl_life_must (gboolean done, const SlRefusal *refusal, GError **error)
{
  if (!done)
    g_error ("%s", *error != NULL ? (*error)->message : "failed");
  if (refusal != NULL && refusal->code != SL_REFUSAL_NONE)
    g_error ("refused: %s", sl_refusal_name (refusal->code));
}

int
sl_life_pick (SlStudioLife *studio, int below)
{
  return g_rand_int_range (studio->chance, 0, below);
}

gboolean
sl_life_percent (SlStudioLife *studio, double share)
{
  return g_rand_double (studio->chance) * 100 < share;
}

/* --- transactions: many operations each --- */

void
sl_life_begin (SlStudioLife *studio)
{
  g_autoptr (GError) error = NULL;
  if (studio->in_transaction)
    return;
  sl_life_must (sl_oplog_begin (studio->log, &studio->reception, &error), NULL, &error);
  studio->in_transaction = TRUE;
}

void
sl_life_commit (SlStudioLife *studio)
{
  g_autoptr (GError) error = NULL;
  if (!studio->in_transaction)
    return;
  sl_life_must (sl_oplog_commit (studio->log, &error), NULL, &error);
  sl_life_must (sl_store_checkpoint (studio->engine->store, &error), NULL, &error);
  studio->in_transaction = FALSE;
}

/* --- what happens, day by day --- */

/* sl_life_plan: nothing after the end is planned. */
void
sl_life_plan (SlStudioLife *studio, gint64 at_ms, SlEventDeed deed, guint subject, const SlId *lot, gint64 left)
{
  SlEvent event = { .at_ms = at_ms, .deed = deed, .order = studio->order++, .subject = subject, .left = left };
  gint64 day = MAX (0, (at_ms - studio->first_day_ms) / SL_DAY_MS);
  if (at_ms >= SL_STUDIO_NOW_MS)
    return;
  if (lot != NULL)
    event.lot = *lot;
  g_array_append_val ((GArray *) g_ptr_array_index (studio->days, day), event);
}

/* --- one deed each --- */

static gboolean
is_free_at (const SlPerson *person, gint64 start_ms, int *out_place, gint64 now_ms)
{
  *out_place = -1;
  for (int i = 0; i < BUSY_MAX; i++)
    if (person->busy_ms[i] == start_ms)
      return FALSE;
    else if (person->busy_ms[i] < now_ms)
      *out_place = i;
  return *out_place >= 0;
}

/* Most come to the location that is theirs. */
static gboolean
find_person (SlStudioLife *studio, const SlClass *class, guint *out_person, int *out_place)
{
  for (guint i = 0; i < PICKS_MAX && studio->active->len > 0; i++)
    {
      guint number = g_array_index (studio->active, guint, sl_life_pick (studio, (int) studio->active->len));
      const SlPerson *person = &g_array_index (studio->people, SlPerson, number);
      *out_person = number;
      if ((i >= PICKS_MAX / 2 || person->home == class->location || sl_life_percent (studio, 10))
          && is_free_at (person, class->start_ms, out_place, studio->world.now_ms))
        return TRUE;
    }
  return FALSE;
}

static void
pay (SlStudioLife *studio, const SlPerson *person, SlSaleWhat what, const SlId *thing, gint64 cents, SlId *out)
{
  g_autoptr (GError) error = NULL;
  SlSaleLine line = { .what = what, .thing_id = *thing, .name = what == SL_SALE_PACKAGE ? "Pack" : "Class",
                      .quantity = 1, .unit_cents = cents, .vat_permille = 150 };
  SlTaking taking = { .method = sl_life_percent (studio, 70) ? "card" : "eft", .status = "paid",
                      .amount_cents = cents };
  SlSaleParts parts = { .member_id = person->id, .location_id = studio->locations[person->home], .currency = "ZAR",
                        .receipt = ++studio->receipt, .lines = &line, .n_lines = 1, .takings = &taking,
                        .n_takings = 1 };
  sl_life_must (sl_op_sale (studio->log, &parts, out, NULL, &error), NULL, &error);
  studio->made->payments++;
}

/* Credits for one spot in the member's lot, bought where there are none. */
static void
have_credits (SlStudioLife *studio, guint number)
{
  SlPerson *person = &g_array_index (studio->people, SlPerson, number);
  gint64 now_ms = studio->world.now_ms;
  g_autoptr (GError) error = NULL;
  gboolean is_long = sl_life_percent (studio, 10);
  SlLotParams params = { .member_id = person->id,
                         .package_id = studio->packages[is_long],
                         .credits_hundredths = PACKAGE_CREDITS,
                         .expires_ms = now_ms + (is_long ? LONG_DAYS : PACKAGE_DAYS) * SL_DAY_MS };
  if (person->lot_left >= CREDIT && person->lot_expires_ms > now_ms)
    return;
  pay (studio, person, SL_SALE_PACKAGE, &params.package_id, is_long ? 170000 : 140000, &params.sale_id);
  sl_life_must (sl_op_lot_create (studio->log, &params, &person->lot, &error), NULL, &error);
  person->lot_left = PACKAGE_CREDITS;
  person->lot_expires_ms = params.expires_ms;
  sl_life_plan (studio, params.expires_ms, DO_EXPIRE, number, &person->lot, 0);
  studio->made->lots++;
}

/* What becomes of a booking: one in eleven cancels, one in fourteen of the others does not come. */
static void
plan_outcome (SlStudioLife *studio, guint number, gint64 start_ms)
{
  gint64 now_ms = studio->world.now_ms;
  if (sl_life_percent (studio, 9))
    sl_life_plan (studio, now_ms + (gint64) (g_rand_double (studio->chance) * (start_ms - now_ms)), DO_CANCEL, number,
                  NULL, 0);
  else if (sl_life_percent (studio, 7))
    sl_life_plan (studio, start_ms + 16 * SL_MINUTE_MS, DO_NO_SHOW, number, NULL, 0);
  else
    sl_life_plan (studio, start_ms + sl_life_pick (studio, 30) * SL_MINUTE_MS - 25 * SL_MINUTE_MS, DO_CHECK_IN, number,
                  NULL, 0);
}

static void
spend_and_book (SlStudioLife *studio, SlClass *class, SlBooked *booking)
{
  SlPerson *person = &g_array_index (studio->people, SlPerson, booking->person);
  SlClaimParams claim = {
    .session_id = class->id, .member_id = person->id, .type = SL_CLAIM_BOOKING, .channel = SL_CHANNEL_DESK, .spots = 1
  };
  SlSpend spend = { .amount_hundredths = CREDIT };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = 1 };
  g_autoptr (GError) error = NULL;
  gboolean drop_in = sl_life_percent (studio, 8);
  if (drop_in)
    confirm = (SlConfirmParams){ .price_cents = DROP_IN_CENTS };
  else
    {
      have_credits (studio, booking->person);
      booking->lot = spend.lot_id = person->lot;
      booking->lot_expires_ms = person->lot_expires_ms;
      person->lot_left -= CREDIT;
    }
  sl_life_must (sl_op_book (studio->log, &claim, &confirm, &booking->id, &error), NULL, &error);
  if (drop_in)
    {
      SlId sale;
      pay (studio, person, SL_SALE_DROP_IN, &booking->id, DROP_IN_CENTS, &sale);
    }
}

static void
hold (SlStudioLife *studio, SlClass *class, SlBooked *booking, guint number)
{
  SlPerson *person = &g_array_index (studio->people, SlPerson, booking->person);
  SlClaimParams claim = { .session_id = class->id,
                          .member_id = person->id,
                          .type = SL_CLAIM_HOLD,
                          .channel = SL_CHANNEL_KIOSK,
                          .spots = 1,
                          .held_until_ms = studio->world.now_ms + HOLD_MS };
  g_autoptr (GError) error = NULL;
  sl_life_must (sl_op_claim (studio->log, &claim, &booking->id, &error), NULL, &error);
  if (sl_life_percent (studio, 75) && studio->world.now_ms + SL_MINUTE_MS < class->start_ms)
    sl_life_plan (studio, studio->world.now_ms + SL_MINUTE_MS, DO_CONFIRM, number, NULL, 0);
  else
    sl_life_plan (studio, studio->world.now_ms + HOLD_MS, DO_LAPSE, number, NULL, 0);
}

static void
do_book (SlStudioLife *studio, const SlEvent *event)
{
  SlClass *class = &g_array_index (studio->classes, SlClass, event->subject);
  SlBooked booking = { .class = event->subject };
  guint number = studio->bookings->len;
  int place;
  if (class->cancelled || class->taken >= class->capacity || !find_person (studio, class, &booking.person, &place))
    {
      if (class->start_ms < SL_STUDIO_NOW_MS)
        studio->planned--; /* the next one gets it */
      return;
    }
  g_array_index (studio->people, SlPerson, booking.person).busy_ms[place] = class->start_ms;
  class->taken++;
  if (event->deed == DO_HOLD)
    hold (studio, class, &booking, number);
  else
    spend_and_book (studio, class, &booking);
  g_array_append_val (studio->bookings, booking);
  g_array_append_val (class->bookings, number);
  studio->made->bookings++;
  if (event->deed == DO_BOOK)
    plan_outcome (studio, number, class->start_ms);
}

static void
do_confirm (SlStudioLife *studio, const SlEvent *event)
{
  SlBooked *booking = &g_array_index (studio->bookings, SlBooked, event->subject);
  const SlClass *class = &g_array_index (studio->classes, SlClass, booking->class);
  SlPerson *person = &g_array_index (studio->people, SlPerson, booking->person);
  SlSpend spend = { .amount_hundredths = CREDIT };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = 1 };
  g_autoptr (GError) error = NULL;
  if (booking->released)
    return;
  have_credits (studio, booking->person);
  booking->lot = spend.lot_id = person->lot;
  booking->lot_expires_ms = person->lot_expires_ms;
  person->lot_left -= CREDIT;
  sl_life_must (sl_op_confirm (studio->log, &booking->id, &confirm, &error), NULL, &error);
  plan_outcome (studio, event->subject, class->start_ms);
}

/* What comes back to a lot that has expired meanwhile expires at once. */
static void
give_back (SlStudioLife *studio, const SlBooked *booking, int back_percent)
{
  SlPerson *person = &g_array_index (studio->people, SlPerson, booking->person);
  gint64 back = CREDIT * back_percent / 100;
  if (sl_id_is_none (&booking->lot) || back == 0)
    return;
  if (booking->lot_expires_ms <= studio->world.now_ms)
    sl_life_plan (studio, studio->world.now_ms, DO_EXPIRE, booking->person, &booking->lot, back);
  else if (sl_id_equal (&booking->lot, &person->lot))
    person->lot_left += back;
}

static void
release (SlStudioLife *studio, guint number, SlReleaseWhy why, int back_percent)
{
  SlBooked *booking = &g_array_index (studio->bookings, SlBooked, number);
  SlClass *class = &g_array_index (studio->classes, SlClass, booking->class);
  SlPerson *person = &g_array_index (studio->people, SlPerson, booking->person);
  g_autoptr (GError) error = NULL;
  if (booking->released)
    return;
  sl_life_must (sl_op_release (studio->log, &booking->id, why, back_percent, NULL, &error), NULL, &error);
  booking->released = TRUE;
  class->taken--;
  for (guint i = 0; i < BUSY_MAX; i++)
    if (person->busy_ms[i] == class->start_ms)
      person->busy_ms[i] = 0;
  give_back (studio, booking, back_percent);
}

static void
do_cancel (SlStudioLife *studio, const SlEvent *event)
{
  const SlBooked *booking = &g_array_index (studio->bookings, SlBooked, event->subject);
  gint64 before_ms = g_array_index (studio->classes, SlClass, booking->class).start_ms - studio->world.now_ms;
  int back = before_ms >= 24 * SL_HOUR_MS ? 100 : before_ms >= 12 * SL_HOUR_MS ? 50 : 0;
  studio->made->cancelled += booking->released ? 0 : 1;
  release (studio, event->subject, back > 0 ? SL_RELEASE_CANCELLED : SL_RELEASE_LATE_CANCELLED, back);
}

static void
do_cancel_class (SlStudioLife *studio, const SlEvent *event)
{
  SlClass *class = &g_array_index (studio->classes, SlClass, event->subject);
  g_autoptr (GError) error = NULL;
  class->cancelled = TRUE;
  sl_life_must (sl_op_session_cancel (studio->log, &class->id, "The instructor is ill", &error), NULL, &error);
  studio->made->sessions_cancelled++;
  for (guint i = 0; i < class->bookings->len; i++)
    release (studio, g_array_index (class->bookings, guint, i), SL_RELEASE_SESSION_CANCELLED, 100);
}

static void
do_check_in (SlStudioLife *studio, const SlEvent *event)
{
  const SlBooked *booking = &g_array_index (studio->bookings, SlBooked, event->subject);
  SlCheckinParams params = { .booking_id = booking->id };
  g_autoptr (GError) error = NULL;
  SlId made;
  if (booking->released)
    return;
  params.late = studio->world.now_ms > g_array_index (studio->classes, SlClass, booking->class).start_ms;
  sl_life_must (sl_op_checkin (studio->log, &params, &made, &error), NULL, &error);
  studio->made->checkins++;
}

static void
do_expire (SlStudioLife *studio, const SlEvent *event)
{
  gint64 left;
  g_autoptr (GError) error = NULL;
  sl_life_must (sl_lot_free (studio->log, &event->lot, sl_oplog_get_replica (studio->log), &left, &error), NULL,
                &error);
  if (left > 0)
    sl_life_must (sl_op_lot_burn (studio->log, &event->lot, SL_BURN_EXPIRE, left, NULL, &error), NULL, &error);
}

static void
do_event (SlStudioLife *studio, const SlEvent *event)
{
  switch (event->deed)
    {
    case DO_BOOK:
    case DO_HOLD:
      do_book (studio, event);
      break;
    case DO_CONFIRM:
      do_confirm (studio, event);
      break;
    case DO_LAPSE:
      studio->made->holds_lapsed++;
      release (studio, event->subject, SL_RELEASE_EXPIRED, 100);
      break;
    case DO_CANCEL:
      do_cancel (studio, event);
      break;
    case DO_CHECK_IN:
      do_check_in (studio, event);
      break;
    case DO_NO_SHOW:
      studio->made->no_shows += g_array_index (studio->bookings, SlBooked, event->subject).released ? 0 : 1;
      release (studio, event->subject, SL_RELEASE_NO_SHOW, 0);
      break;
    case DO_CANCEL_CLASS:
      do_cancel_class (studio, event);
      break;
    case DO_EXPIRE:
      do_expire (studio, event);
      break;
    }
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const SlEvent *one = a, *other = b;
  if (one->at_ms != other->at_ms)
    return one->at_ms < other->at_ms ? -1 : 1;
  return one->order < other->order ? -1 : one->order > other->order;
}

/* sl_life_day: what comes up for the same day while it runs is put in at its place. */
void
sl_life_day (SlStudioLife *studio, int day)
{
  GArray *events = studio->days->pdata[day];
  guint sorted = 0;
  for (guint i = 0; i < events->len; i++)
    {
      if (events->len != sorted)
        qsort (&g_array_index (events, SlEvent, i), events->len - i, sizeof (SlEvent), compare_events);
      sorted = events->len;
      const SlEvent event = g_array_index (events, SlEvent, i);
      studio->world.now_ms = MAX (studio->world.now_ms, event.at_ms);
      sl_life_begin (studio);
      do_event (studio, &event);
      if (sl_oplog_emitted (studio->log) >= OPERATIONS_PER_COMMIT)
        sl_life_commit (studio);
    }
  g_array_set_size (events, 0);
}
