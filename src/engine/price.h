/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"
#include "engine/service.h"

/* What a drop-in costs: src/engine/README.md "Money". */
typedef struct {
  const SlService *service;
  SlId location_id, member_id;
  gint64 start_ms; /* the session's: it decides whether it is peak */
  gint64 now_ms;   /* by which the member's state is judged */
} SlPriceCase;
/* SL_NUMBER_NONE: no drop-in sale. The member's own spot may cost less than those of the guests. */
gboolean sl_price_of_spots (SlEngine *engine, const SlPriceCase *of, gint64 spots, gboolean with_member,
                            gint64 *out_cents, GError **error) G_GNUC_WARN_UNUSED_RESULT;
