/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef enum { SL_MODE_SELF, SL_MODE_INSTRUCTOR, SL_MODE_STAFF, SL_MODE_MIXED, SL_MODE_LAST } SlBookingMode;

typedef struct {
  SlId id;
  char *name, *kind /* class, one_to_one */, *type, *difficulty, *colour, *description, *equipment; /* (nullable) after
                                                                                                     * type */
  SlBookingMode mode;
  gint64 duration_min, capacity, credits_hundredths, reserve;
  gint64 price_cents;      /* SL_NUMBER_NONE: no drop-in sale */
  gint64 member_price_cents, peak_price_cents; /* SL_NUMBER_NONE: as the price */
  SlId instructor_id;      /* who gives it where nobody else is named; none: nobody */
  GArray *locations;       /* (element-type SlId): where it is offered; empty: everywhere */
  gboolean needs_parq;     /* only with the health questions answered */
  gboolean active;
} SlService;
void sl_service_free (SlService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlService, sl_service_free)

/* What to set; NULL and SL_NUMBER_NONE: not named. add: name, kind, type, duration must be; sl_service_params_init()
 * first. */
typedef struct {
  const char *name, *kind, *type, *difficulty, *mode, *colour, *description, *equipment;
  gint64 duration_min, capacity, credits_hundredths, reserve, price_cents, member_price_cents, peak_price_cents;
  gboolean no_price, no_member_price, no_peak_price; /* edit: that price is taken away */
  const SlId *instructor;  /* sl_id_none: nobody any more */
  const GArray *locations; /* (element-type SlId): empty: everywhere */
  int needs_parq, active;  /* 0: not named, 1: yes, -1: no */
} SlServiceParams;
void sl_service_params_init (SlServiceParams *params);

gboolean sl_service_add (SlEngine *engine, const SlActor *actor, const SlServiceParams *params, SlId *out_id,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_service_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlServiceParams *params,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_service_list (SlEngine *engine,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlService), by name */
SlService *sl_service_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;  /* NOT_FOUND */
gboolean sl_service_is_offered_at (const SlService *service, const SlId *location);
const char *sl_booking_mode_name (SlBookingMode mode);
