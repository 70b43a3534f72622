/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-booking"

#include "model.h"

#define MINUTE G_GINT64_CONSTANT (60000)
#define HOUR (60 * MINUTE)
#define I64 G_GINT64_FORMAT
#define SPOTS_MOST 32

static gboolean
is_member (const ModelActor *actor)
{
  return actor->role == M_MEMBER;
}

/* 1. The actor may do it. */
static gboolean
may_book (Model *model, const ModelActor *actor, int member, int session)
{
  const ModelSession *of = model_session (model, session);
  ModelMode mode = model_service (model, of->service)->mode;
  ModelPermission permission = model_member (model, member)->permission;

  if (!model_may_at (actor, of->location))
    return FALSE;
  if (is_member (actor) && actor->member != MODEL_NONE && actor->member != member)
    return FALSE;
  if (is_member (actor))
    return permission != M_RESTRICTED && (permission == M_VIP || mode == M_BY_SELF || mode == M_BY_ALL);
  if (actor->role == M_INSTRUCTOR)
    return permission == M_VIP || mode == M_BY_INSTRUCTOR || mode == M_BY_ALL;
  return actor->role != M_FINANCE;
}

/* How many people, and who they are. NULL: go on, here and in the checks that follow. */
static char *
refuse_size (Model *model, const ModelRequest *request, gboolean hold)
{
  gint64 most = MIN (model_number (model, request->session, M_SPOTS_MAX), SPOTS_MOST);

  if (request->spots > most)
    return model_say ("too_many_spots max=%" I64, most);
  if (request->guests != request->spots - 1 && !(hold && request->guests == 0))
    return model_say ("guest_names_needed needed=%d given=%d", request->spots - 1, request->guests);
  return NULL;
}

/* 2. The session is published and not started; walk-ins by staff until its check-in closes. 3. The window. */
static char *
refuse_session (Model *model, const ModelActor *actor, int session)
{
  const ModelSession *of = model_session (model, session);
  gint64 window = of->start - model_number (model, session, M_BOOKING_OPENS_HOURS) * HOUR;

  if (of->cancelled)
    return model_say ("session_cancelled");
  if (!of->published)
    return model_say ("session_not_open");
  if (!model_service (model, of->service)->active)
    return model_say ("service_inactive");
  if (model->now >= of->start
      && (is_member (actor) || model->now > model_closes (model, session) || model->now >= of->end))
    return model_say ("session_not_open");
  if (model->now < window)
    return model_say ("booking_window_closed opens=%" I64, window);
  return NULL;
}

/* 4. The member is active and not banned. */
static char *
refuse_member (Model *model, int member)
{
  return model_member (model, member)->banned ? model_say ("member_blocked status=banned") : NULL;
}

/* 5. Not booked into it, nor, half-open, into one at the same time; not too many holds in the last minute. */
static char *
refuse_twice (Model *model, const ModelRequest *request, gboolean hold, int but)
{
  const ModelSession *of = model_session (model, request->session);
  gint64 most = model_number (model, request->session, M_HOLDS_PER_MINUTE), holds = 0;
  gboolean busy = FALSE;

  for (int i = 0; i < (int) model->bookings->len; i++)
    {
      const ModelBooking *booking = model_booking (model, i);
      const ModelSession *other = model_session (model, booking->session);
      ModelStatus status = model_status (model, booking);

      if (booking->member != request->member || i == but)
        continue;
      if (booking->session == request->session && (model_is_live (status) || status == M_WAITLISTED))
        return model_say ("already_booked booking=%d status=%s", i, model_status_name (status));
      holds += booking->way == M_HOLD && booking->made > model->now - MINUTE;
      busy = busy
             || (model_is_live (status) && status != M_COMPLETED && other->start < of->end && other->end > of->start);
    }
  if (busy)
    return model_say ("member_busy");
  return hold && holds >= most ? model_say ("rate_limited max=%" I64, most) : NULL;
}

/* What is left of the free spots when those who wait have theirs; and how many wait. */
static gint64
room_for_others (Model *model, int session, gint64 *out_waiting)
{
  ModelCounts count;

  model_count (model, session, &count);
  *out_waiting = count.waiting;
  for (guint i = 0; i < model->bookings->len && model->now < model_session (model, session)->start; i++)
    {
      const ModelBooking *booking = model_booking (model, i);

      if (booking->session == session && model_status (model, booking) == M_WAITLISTED
          && !model_member (model, booking->member)->banned && booking->spots <= count.rights)
        count.rights -= booking->spots;
    }
  return count.rights;
}

/* 6. There is room, and it is not owed to those who wait. Else, until the start, they may wait too. */
static char *
refuse_room (Model *model, const ModelActor *actor, const ModelRequest *request, gboolean hold, ModelWay *out_way)
{
  const ModelSession *of = model_session (model, request->session);
  gint64 waiting, room = room_for_others (model, request->session, &waiting);
  gint64 most = model_number (model, request->session, M_WAITLIST_MAX);

  *out_way = hold ? M_HOLD : M_BOOKING;
  if (room >= request->spots)
    return NULL;
  if (!hold && request->override)
    {
      *out_way = M_OVERRIDE;
      if (actor->role == M_MANAGER || actor->role == M_OWNER)
        return NULL;
      return model_say (actor->role == M_RECEPTIONIST ? "approval_required" : "not_allowed");
    }
  if (hold || !request->wait || model->now >= of->start)
    return model_say ("class_full capacity=%" I64 " free=%" I64 " position=%" I64, of->capacity, MAX (room, 0),
                      waiting + 1);
  *out_way = M_WAITING;
  return waiting >= most ? model_say ("limit_reached max=%" I64, most) : NULL;
}

typedef struct {
  gint64 price, spent;
  ModelSpend spends[MODEL_SPENDS_MAX];
  int n_spends;
} Payment;

/* 7. It is paid: enough valid credits, what expires first first, or the drop-in price. */
static char *
refuse_unpaid (Model *model, const ModelActor *actor, int member, int session, int spots, gboolean pay, Payment *out)
{
  const ModelService *service = model_service (model, model_session (model, session)->service);
  gint64 needed = service->credits * spots, balance = model_balance (model, member), rest = needed;
  gint64 price = service->price == MODEL_NONE ? MODEL_NONE : service->price * spots;
  g_autoptr (GArray) lots = model_spendable (model, member);

  *out = (Payment){ .price = MODEL_NONE };
  if (needed == 0 && price <= 0)
    return NULL;
  if (pay && price != MODEL_NONE && actor->role == M_INSTRUCTOR)
    return model_say ("not_allowed");
  if (pay && price != MODEL_NONE)
    {
      out->price = price;
      return NULL;
    }
  if (pay || needed == 0)
    return model_say ("insufficient_credits needed=%" I64 " balance=-1 price=%" I64, needed, price);
  if (balance < needed)
    return model_say ("insufficient_credits needed=%" I64 " balance=%" I64 " price=%" I64, needed, balance, price);
  for (guint i = 0; i < lots->len && rest > 0; i++)
    {
      int lot = g_array_index (lots, int, i);
      gint64 part = MIN (rest, model_lot (model, lot)->left);

      g_assert_cmpint (out->n_spends, <, MODEL_SPENDS_MAX);
      out->spends[out->n_spends++] = (ModelSpend){ lot, part };
      rest -= part;
    }
  out->spent = needed;
  return NULL;
}

static void
take_payment (Model *model, const Payment *payment, ModelBooking *booking)
{
  booking->confirmed = TRUE;
  booking->price = payment->price;
  booking->spent = payment->spent;
  booking->n_spends = payment->n_spends;
  for (int i = 0; i < payment->n_spends; i++)
    {
      booking->spends[i] = payment->spends[i];
      model_lot (model, payment->spends[i].lot)->left -= payment->spends[i].amount;
    }
}

/* Where somebody stands in the queue, 1: the first; 0: does not wait. */
static int
position (Model *model, int booking)
{
  const ModelBooking *of = model_booking (model, booking);
  int place = 0;

  for (int i = 0; i <= booking; i++)
    place += model_booking (model, i)->session == of->session
             && model_status (model, model_booking (model, i)) == M_WAITLISTED;
  return model_status (model, of) == M_WAITLISTED ? place : 0;
}

/* What a booking has become by the command. */
static char *
tell (Model *model, int booking, ModelStatus status, gboolean with_override)
{
  const ModelBooking *of = model_booking (model, booking);

  return model_say ("ok status=%s spots=%d expires=%" I64 " spent=%" I64 " price=%" I64 " override=%d position=%d",
                    model_status_name (status), of->spots, status == M_HELD ? of->held_until : 0, of->spent, of->price,
                    with_override && of->way == M_OVERRIDE, position (model, booking));
}

static char *
make (Model *model, const ModelActor *actor, const ModelRequest *request, gboolean hold)
{
  ModelBooking booking = { .member = request->member,
                           .session = request->session,
                           .spots = request->spots,
                           .made = model->now,
                           .price = MODEL_NONE };
  Payment payment;
  char *no;

  if (!may_book (model, actor, request->member, request->session))
    return model_say ("not_allowed");
  if ((no = refuse_size (model, request, hold)) != NULL
      || (no = refuse_session (model, actor, request->session)) != NULL
      || (no = refuse_member (model, request->member)) != NULL
      || (no = refuse_twice (model, request, hold, MODEL_NONE)) != NULL
      || (no = refuse_room (model, actor, request, hold, &booking.way)) != NULL)
    return no;
  if (booking.way == M_BOOKING || booking.way == M_OVERRIDE)
    {
      no = refuse_unpaid (model, actor, request->member, request->session, request->spots, request->pay, &payment);
      if (no != NULL)
        return no;
      take_payment (model, &payment, &booking);
    }
  if (hold)
    booking.held_until = model->now + model_number (model, request->session, M_HOLD_MINUTES) * MINUTE;
  g_array_append_val (model->bookings, booking);
  return tell (model, (int) model->bookings->len - 1,
               hold                       ? M_HELD
               : booking.way == M_WAITING ? M_WAITLISTED
                                          : M_CONFIRMED,
               TRUE);
}

char *
model_hold (Model *model, const ModelActor *actor, const ModelRequest *request)
{
  return make (model, actor, request, TRUE);
}

char *
model_book (Model *model, const ModelActor *actor, const ModelRequest *request)
{
  return make (model, actor, request, FALSE);
}

/* What confirming and letting go ask of a hold. */
static char *
refuse_not_held (Model *model, const ModelBooking *booking)
{
  ModelStatus status = model_status (model, booking);

  if (status == M_HELD)
    return NULL;
  if (status == M_EXPIRED && booking->way == M_HOLD)
    return model_say ("hold_expired expired=%" I64, booking->held_until);
  if (model_session (model, booking->session)->cancelled && !booking->confirmed)
    return model_say ("session_cancelled");
  return model_say ("wrong_state status=%s", model_status_name (status));
}

/* Makes checks 1, 4 and 7 again; what fails leaves the hold standing. */
char *
model_confirm (Model *model, const ModelActor *actor, int booking, gboolean pay)
{
  ModelBooking *of = model_booking (model, booking);
  Payment payment;
  char *no;

  if (!may_book (model, actor, of->member, of->session))
    return model_say ("not_allowed");
  if ((no = refuse_not_held (model, of)) != NULL || (no = refuse_member (model, of->member)) != NULL
      || (no = refuse_unpaid (model, actor, of->member, of->session, of->spots, pay, &payment)) != NULL)
    return no;
  take_payment (model, &payment, of);
  return tell (model, booking, M_CONFIRMED, FALSE);
}

char *
model_release (Model *model, const ModelActor *actor, int booking)
{
  ModelBooking *of = model_booking (model, booking);
  char *no;

  if (!may_book (model, actor, of->member, of->session))
    return model_say ("not_allowed");
  if ((no = refuse_not_held (model, of)) != NULL)
    return no;
  model_give_up (model, booking, M_CANCELLED, 100);
  model_fill (model, of->session, model->now);
  return tell (model, booking, M_CANCELLED, FALSE);
}

/* Members their own, instructors those of their sessions, the desk any where it works. */
static gboolean
may_cancel (Model *model, const ModelActor *actor, const ModelBooking *booking)
{
  const ModelSession *of = model_session (model, booking->session);

  if (!model_may_at (actor, of->location) || actor->role == M_FINANCE)
    return FALSE;
  if (is_member (actor))
    return actor->member == MODEL_NONE || actor->member == booking->member;
  return actor->role != M_INSTRUCTOR || (of->instructor != MODEL_NONE && of->instructor == actor->staff);
}

/* Until the start; what comes back is the policy's. Holds, offers and places in the queue are let go at any time. */
char *
model_cancel (Model *model, const ModelActor *actor, int booking)
{
  ModelBooking *of = model_booking (model, booking);
  gint64 start = model_session (model, of->session)->start;
  ModelStatus status = model_status (model, of), as = M_CANCELLED;
  int percent = 100;

  if (!may_cancel (model, actor, of))
    return model_say ("not_allowed");
  if (model->now >= start && (status == M_CONFIRMED || status == M_NO_SHOW))
    return model_say ("cancel_closed start=%" I64, start);
  if (status != M_CONFIRMED && status != M_HELD && status != M_OFFERED && status != M_WAITLISTED)
    return model_say ("wrong_state status=%s", model_status_name (status));
  if (status == M_CONFIRMED)
    {
      percent = model_percent (model, of->session);
      as = percent > 0 ? M_CANCELLED : M_LATE_CANCELLED;
    }
  model_give_up (model, booking, as, percent);
  model_fill (model, of->session, model->now);
  return model_say ("ok status=%s percent=%d refunded=%" I64, model_status_name (as), percent,
                    model_percent_of (of->spent, percent));
}

/* A place in the queue is given up. */
char *
model_leave (Model *model, const ModelActor *actor, int booking)
{
  ModelStatus status = model_status (model, model_booking (model, booking));

  if (!may_cancel (model, actor, model_booking (model, booking)))
    return model_say ("not_allowed");
  if (status != M_WAITLISTED)
    return model_say ("not_waitlisted status=%s", model_status_name (status));
  model_give_up (model, booking, M_CANCELLED, 100);
  return model_say ("ok");
}

/* What accepting and declining ask of an offer. */
static char *
refuse_not_offered (Model *model, const ModelBooking *booking)
{
  ModelStatus status = model_status (model, booking);

  if (status == M_OFFERED)
    return NULL;
  if (status == M_EXPIRED && booking->offered)
    return model_say ("offer_lapsed lapsed=%" I64, booking->held_until);
  if (model_session (model, booking->session)->cancelled && !booking->confirmed)
    return model_say ("session_cancelled");
  return model_say ("%s status=%s", booking->offered ? "wrong_state" : "not_offered", model_status_name (status));
}

/* Checks 4, 5 and 7 of it: what fails leaves the offer standing until it lapses. */
char *
model_accept (Model *model, const ModelActor *actor, int booking, gboolean pay)
{
  ModelBooking *of = model_booking (model, booking);
  ModelRequest as = { .member = of->member, .session = of->session };
  Payment payment;
  char *no;

  if (!may_book (model, actor, of->member, of->session))
    return model_say ("not_allowed");
  if ((no = refuse_not_offered (model, of)) != NULL || (no = refuse_member (model, of->member)) != NULL
      || (no = refuse_twice (model, &as, FALSE, booking)) != NULL
      || (no = refuse_unpaid (model, actor, of->member, of->session, of->spots, pay, &payment)) != NULL)
    return no;
  take_payment (model, &payment, of);
  return tell (model, booking, M_CONFIRMED, FALSE);
}

char *
model_decline (Model *model, const ModelActor *actor, int booking)
{
  ModelBooking *of = model_booking (model, booking);
  char *no;

  if (!may_book (model, actor, of->member, of->session))
    return model_say ("not_allowed");
  if ((no = refuse_not_offered (model, of)) != NULL)
    return no;
  model_give_up (model, booking, M_CANCELLED, 100);
  model_fill (model, of->session, model->now);
  return tell (model, booking, M_CANCELLED, FALSE);
}

/* What has been paid with money stays where the other costs as much and all would come back; where nothing would it is
 * forfeited, and the other is paid as any. */
static char *
refuse_move_unpaid (Model *model, const ModelActor *actor, const ModelBooking *old, int to, gboolean pay, int percent,
                    Payment *out)
{
  const ModelService *service = model_service (model, model_session (model, to)->service);
  gint64 price = service->price == MODEL_NONE ? MODEL_NONE : service->price * old->spots;

  *out = (Payment){ .price = price };
  if (old->price <= 0 || percent == 0)
    return refuse_unpaid (model, actor, old->member, to, old->spots, pay, out);
  if (percent == 100 && price == old->price && !pay)
    return NULL;
  return model_say ("amount_mismatch paid=%" I64 " price=%" I64, old->price, price);
}

/* The checks of the new booking, in which the old one is in nobody's way. NULL: it may be made. */
static char *
refuse_move (Model *model, const ModelActor *actor, int booking, int to, gboolean pay, int percent, Payment *out)
{
  const ModelBooking *old = model_booking (model, booking);
  ModelRequest as = { .member = old->member, .session = to, .spots = old->spots, .guests = old->spots - 1 };
  ModelWay way;
  char *no;

  if (!may_book (model, actor, old->member, to))
    return model_say ("not_allowed");
  if ((no = refuse_size (model, &as, FALSE)) != NULL || (no = refuse_session (model, actor, to)) != NULL
      || (no = refuse_member (model, old->member)) != NULL
      || (no = refuse_twice (model, &as, FALSE, booking)) != NULL
      || (no = refuse_room (model, actor, &as, FALSE, &way)) != NULL)
    return no;
  return refuse_move_unpaid (model, actor, old, to, pay, percent, out);
}

/* Cancels under the policy of the old one and books the other; both or neither. */
char *
model_reschedule (Model *model, const ModelActor *actor, int booking, int to, gboolean pay)
{
  ModelBooking *old = model_booking (model, booking), was = *old;
  gint64 start = model_session (model, old->session)->start;
  ModelStatus status = model_status (model, old);
  int percent = model_percent (model, old->session);
  ModelBooking made = { .member = old->member, .session = to, .spots = old->spots, .made = model->now,
                        .way = M_BOOKING };
  g_autoptr (GArray) lots = g_array_copy (model->lots);
  Payment payment;
  char *no;

  if (!may_cancel (model, actor, old))
    return model_say ("not_allowed");
  if (model->now >= start && (status == M_CONFIRMED || status == M_NO_SHOW))
    return model_say ("cancel_closed start=%" I64, start);
  if (status != M_CONFIRMED)
    return model_say ("wrong_state status=%s", model_status_name (status));
  if (to == old->session)
    return model_say ("already_booked");

  model_give_up (model, booking, percent > 0 ? M_CANCELLED : M_LATE_CANCELLED, percent);
  no = refuse_move (model, actor, booking, to, pay, percent, &payment);
  if (no != NULL)
    {
      *model_booking (model, booking) = was;
      g_array_set_size (model->lots, 0);
      g_array_append_vals (model->lots, lots->data, lots->len);
      return no;
    }
  take_payment (model, &payment, &made);
  g_array_append_val (model->bookings, made);
  model_fill (model, was.session, model->now);
  return model_say ("ok spots=%d spent=%" I64 " price=%" I64 " percent=%d refunded=%" I64, made.spots, made.spent,
                    made.price, percent, model_percent_of (was.spent, percent));
}
