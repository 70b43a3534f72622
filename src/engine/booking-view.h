/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"
#include "oplog/oplog.h"

/* One booking, for people. */
typedef struct {
  const char *kind; /* a word of sl_booking_status_name(), or "checkin_undone" */
  gint64 at_ms;
  SlId replica; /* the device that wrote it */
} SlBookingEvent;

typedef struct {
  SlId id, session_id, member_id;
  char *member_name;       /* (nullable) "Thandi Nkosi" */
  char *class_name;        /* (nullable) */
  gint64 start_ms, end_ms; /* of the session; 0 where it is not known here */
  SlBookingStatus status;
  int spots;         /* still its own, without released ones */
  GPtrArray *guests; /* (nullable) (element-type utf8) */
  SlChannel channel;
  SlId made_by;                  /* staff member, member, sl_actor_owner or sl_actor_device */
  gint64 created_ms, expires_ms; /* expires_ms: of a hold; else 0 */
  gint64 price_cents;            /* -1: by credits or free */
  gint64 spent_hundredths, refunded_hundredths;
  gint64 owed_hundredths; /* on trust */
  gint64 position;        /* in the queue; 0: does not wait */
  gboolean late;        /* checked in after the start */
  gboolean override;    /* beside the capacity */
  char *note;           /* (nullable) */
  GPtrArray *events;    /* (element-type SlBookingEvent): as they happened */
  GPtrArray *attention; /* (element-type utf8): what staff should look at: "booked_twice" until it is repaired, and
                           words of sl_attention_name() */
} SlBookingView;
void sl_booking_view_free (SlBookingView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlBookingView, sl_booking_view_free)

/* Failure NOT_FOUND for an id that is no booking. Takes no lock. */
SlBookingView *sl_booking_show (SlEngine *engine, const SlId *booking_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As above, for whom it concerns. Refusal: not_allowed. */
gboolean sl_booking_show_to (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlBookingView **out_view,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A member's bookings, latest session first, at most limit. (element-type SlBookingView) (transfer full); NULL on
 * failure */
GPtrArray *sl_booking_list_of_member (SlEngine *engine, const SlId *member_id, guint limit, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
