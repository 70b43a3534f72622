/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;
  char *name, *address /* (nullable) */, *timezone;
  char *opening_hours;   /* (nullable): as sl_hours_parse() reads it */
  SlId door_device_id;   /* as somebody named it; none: sl_device_find_door() says which it is */
} SlLocation;
typedef struct { SlId id, location_id; char *name; gboolean active; } SlRoom;
void sl_location_free (SlLocation *location);
void sl_room_free (SlRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlLocation, sl_location_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRoom, sl_room_free)

/* NULL: not named; address and opening hours "", door_device sl_id_none: none. */
typedef struct {
  const char *name, *timezone, *address, *opening_hours;
  const SlId *door_device;
} SlLocationParams;
gboolean sl_location_add_params (SlEngine *engine, const SlActor *actor, const SlLocationParams *params, SlId *out_id,
                                 SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_location_edit_params (SlEngine *engine, const SlActor *actor, const SlId *id,
                                  const SlLocationParams *params, SlRefusal *out_refusal,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without opening hours. */
gboolean sl_location_add (SlEngine *engine, const SlActor *actor, const char *name, const char *timezone,
                          const char *address, SlId *out_id, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_location_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *name,
                           const char *timezone, const char *address, SlRefusal *out_refusal,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_location_list (SlEngine *engine,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlLocation), by name */
SlLocation *sl_location_get (SlEngine *engine, const SlId *id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
GTimeZone *sl_location_zone (SlEngine *engine, const SlId *id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (transfer full); UTC where the location is not known yet */

gboolean sl_room_add (SlEngine *engine, const SlActor *actor, const SlId *location /* (nullable): this device's */,
                      const char *name, SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_room_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *name /* (nullable) */,
                       int active /* 0: as it is, 1: yes, -1: no */, SlRefusal *out_refusal,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_room_list (SlEngine *engine, const SlId *location /* (nullable): all */,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlRoom *sl_room_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;   /* NOT_FOUND */
