/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId session_id;              /* none: without a session */
  char *class_name, *room_name; /* (nullable) */
  gint64 start_ms, end_ms;      /* 0 without a session */
  int people;
} SlOccupancySession;

typedef struct {
  SlId location_id;
  char *location_name; /* (nullable) */
  int people;
  GPtrArray *sessions; /* (element-type SlOccupancySession): with somebody in, by start; last who came without one */
} SlOccupancy;
void sl_occupancy_free (SlOccupancy *occupancy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlOccupancy, sl_occupancy_free)

/* How many are checked in and not out. location_id: none: this device's. Refusal: not_allowed. Takes no lock. */
gboolean sl_occupancy_count (SlEngine *engine, const SlActor *actor, const SlId *location_id, SlOccupancy **out,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
