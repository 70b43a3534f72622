/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/device.h"
#include "engine/engine-private.h"

/* Inside the engine room: who stands where, for the rules of src/engine/README.md "Where rights lie". */
typedef struct {
  SlEngine *engine;
  GArray *enrolled;       /* of SlEnrolled */
  const SlEnrolled *hub;  /* (nullable): the studio stands alone */
} SlPlaces;
SlPlaces *sl_places_new (SlEngine *engine, GError **error);
void sl_places_free (SlPlaces *places);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPlaces, sl_places_free)
const SlEnrolled *sl_places_find (SlPlaces *places, const SlId *device); /* (nullable) (transfer none) */

/* What a session's door device is for. */
typedef struct {
  const SlEnrolled *door; /* (nullable): no device stands there */
  gint64 reserve;         /* spots for walk-ins: the service's, never more than the capacity */
  gint64 missing;         /* of the reserve: it was never there */
} SlDoorNeed;
gboolean sl_places_door_need (SlPlaces *places, const SlId *session, const SlId *location, const SlId *service,
                              SlDoorNeed *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
