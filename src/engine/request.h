/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking.h"

/* Times that a member has proposed to an instructor: src/engine/README.md "One-to-one". */
typedef enum {
  SL_REQUEST_OPEN,
  SL_REQUEST_ACCEPTED,
  SL_REQUEST_DECLINED,
  SL_REQUEST_WITHDRAWN,
  SL_REQUEST_EXPIRED,  /* stored nowhere: follows from the clock */
  SL_REQUEST_STATE_LAST
} SlRequestState;
const char *sl_request_state_name (SlRequestState state);

#define SL_REQUEST_TIMES_MAX 10 /* more than anybody proposes, and short enough for one line of a list */

typedef struct {
  SlId id, member_id, instructor_id, service_id, location_id;
  SlId session_id, booking_id;                                         /* none, until accepted */
  char *member_name, *instructor_name, *service_name, *location_name; /* (nullable) */
  GArray *times;                                                       /* (element-type gint64): starts, in order */
  SlRequestState state;                                                /* by the clock of the moment */
  gint64 made_ms, expires_ms;
} SlRequest;
void sl_request_free (SlRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRequest, sl_request_free)

typedef struct {
  SlId member_id, service_id;
  SlId instructor_id;  /* none: the service's own */
  SlId location_id;    /* none: this device's */
  const gint64 *times; /* starts */
  guint n_times;
} SlRequestParams;

gboolean sl_request_add (SlEngine *engine, const SlActor *actor, const SlRequestParams *params, SlId *out_id,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* time_ms: one of those proposed; SL_NUMBER_NONE where there is only one. room: none where none is needed. */
gboolean sl_request_accept (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 time_ms, const SlId *room,
                            const char *payment_method, SlBookingResult *out, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_request_decline (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_request_withdraw (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

SlRequest *sl_request_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
typedef struct {
  const SlId *member, *instructor; /* (nullable): everybody's */
  gboolean open, expired;          /* neither: of any state */
} SlRequestFilter;
/* (element-type SlRequest): the newest first; instructors see their own. Refusals: not_allowed. */
gboolean sl_request_list (SlEngine *engine, const SlActor *actor, const SlRequestFilter *filter, GPtrArray **out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the engine's own use: made since then, whoever asks. (element-type SlRequest) */
GPtrArray *sl_request_expired_since (SlEngine *engine, gint64 since_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
