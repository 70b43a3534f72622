/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-location"

#include "engine/location.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/device.h"
#include "engine/engine-private.h"
#include "engine/hours.h"

#define NAME_MAX_BYTES 120       /* a line on a screen and on a receipt */
#define TEXT_MAX_BYTES 400       /* an address, opening hours */

#define LOCATION_COLUMNS "SELECT id, name, address, timezone, opening_hours, door_device_id FROM location "
#define ROOM_COLUMNS "SELECT id, location_id, name, active FROM room "

/**
 * sl_location_free:
 * @location: (nullable) (transfer full): a location
 */
void
sl_location_free (SlLocation *location)
{
  if (location == NULL)
    return;
  g_free (location->name);
  g_free (location->address);
  g_free (location->timezone);
  g_free (location->opening_hours);
  g_free (location);
}

/**
 * sl_room_free:
 * @room: (nullable) (transfer full): a room
 */
void
sl_room_free (SlRoom *room)
{
  if (room == NULL)
    return;
  g_free (room->name);
  g_free (room);
}

static SlLocation *
read_location (SlRows *rows)
{
  SlLocation *location = g_new0 (SlLocation, 1);
  sl_rows_id (rows, 0, &location->id);
  location->name = sl_rows_dup_text (rows, 1);
  location->address = sl_rows_dup_text (rows, 2);
  location->timezone = sl_rows_dup_text (rows, 3);
  location->opening_hours = sl_rows_dup_text (rows, 4);
  sl_rows_id (rows, 5, &location->door_device_id);
  return location;
}

static SlRoom *
read_room (SlRows *rows)
{
  SlRoom *room = g_new0 (SlRoom, 1);
  sl_rows_id (rows, 0, &room->id);
  sl_rows_id (rows, 1, &room->location_id);
  room->name = sl_rows_dup_text (rows, 2);
  room->active = sl_rows_is_null (rows, 3) || sl_rows_int (rows, 3) != 0;
  return room;
}

/* A named text that has to be there: cleaned, not empty. */
static char *
clean_name (const char *field, const char *raw, GError **error)
{
  g_autofree char *name = sl_text_clean (field, raw, NAME_MAX_BYTES, error);
  if (name == NULL)
    return NULL;
  if (*name != '\0')
    return g_steal_pointer (&name);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
  return NULL;
}

static gboolean
fill_text (SlFields *fields, const char *column, const char *field, const char *raw, GError **error)
{
  if (raw == NULL)
    return TRUE;
  g_autofree char *clean = sl_text_clean (field, raw, TEXT_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  sl_fields_set_text (fields, column, *clean != '\0' ? clean : NULL);
  return TRUE;
}

/* A desk or a kiosk of this studio, wherever it stands. Refusal: device_revoked. */
static gboolean
check_door_device (SlEngine *engine, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GArray) enrolled = sl_device_enrolled (engine, error);
  for (guint i = 0; enrolled != NULL && i < enrolled->len; i++)
    {
      const SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, i);
      if (!sl_id_equal (&one->id, id))
        continue;
      if (one->is_hub)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the door device: a hub stands at no door");
          return FALSE;
        }
      return one->sound || sl_refuse (out_refusal, SL_REFUSAL_DEVICE_REVOKED);
    }
  if (enrolled != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such device");
  return FALSE;
}

/* What is named goes into fields; NULL without error is "not named". */
static gboolean
fill_location (SlFields *fields, const SlLocationParams *params, GError **error)
{
  if (params->name != NULL)
    {
      g_autofree char *clean = clean_name ("the location's name", params->name, error);
      if (clean == NULL)
        return FALSE;
      sl_fields_set_text (fields, "name", clean);
    }
  if (params->timezone != NULL)
    {
      g_autoptr (GTimeZone) zone = sl_time_zone_new (params->timezone, error);
      if (zone == NULL)
        return FALSE;
      sl_fields_set_text (fields, "timezone", params->timezone);
    }
  if (params->opening_hours != NULL && *params->opening_hours != '\0')
    {
      g_autoptr (SlHours) hours = sl_hours_parse (params->opening_hours, error);
      if (hours == NULL)
        return FALSE;
    }
  return fill_text (fields, "address", "the address", params->address, error)
         && fill_text (fields, "opening_hours", "the opening hours", params->opening_hours, error);
}

/**
 * sl_location_add_params:
 * @engine: the engine
 * @actor: who
 * @params: name and timezone (an IANA name) have to be named
 * @out_id: (out): the new location
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for a name, zone or hours that are none
 */
gboolean
sl_location_add_params (SlEngine *engine, const SlActor *actor, const SlLocationParams *params, SlId *out_id,
                        SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL, FALSE);
  g_return_val_if_fail (params->name != NULL && params->timezone != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_LOCATION);
  if (!fill_location (fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_CREATE_LOCATION, NULL, out_refusal))
    return sl_command_refuse (engine, actor, "location add", out_refusal, error);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_location_add:
 * @engine: the engine
 * @actor: who
 * @name: what it is called
 * @timezone: IANA name of its zone
 * @address: (nullable): where it is
 * @out_id: (out): the new location
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for a name or zone that is none
 */
gboolean
sl_location_add (SlEngine *engine, const SlActor *actor, const char *name, const char *timezone, const char *address,
                 SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  const SlLocationParams params = { .name = name, .timezone = timezone, .address = address };
  return sl_location_add_params (engine, actor, &params, out_id, out_refusal, error);
}

/**
 * sl_location_edit_params:
 * @engine: the engine
 * @actor: who
 * @id: the location
 * @params: what is not named stays as it is
 * @out_refusal: (out): not_allowed, device_revoked (the door device)
 * @error: return location
 *
 * Sessions keep their moments when the zone changes.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_location_edit_params (SlEngine *engine, const SlActor *actor, const SlId *id, const SlLocationParams *params,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_LOCATION);
  if (!fill_location (fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlLocation) location = sl_location_get (engine, id, error);
  if (location == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_EDIT_LOCATION, id, out_refusal))
    return sl_command_refuse (engine, actor, "location edit", out_refusal, error);
  if (params->door_device != NULL && !sl_id_is_none (params->door_device)
      && !check_door_device (engine, params->door_device, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE
             ? sl_command_refuse (engine, actor, "location edit", out_refusal, error)
             : sl_command_fail (engine);
  if (params->door_device != NULL)
    sl_fields_set_id (fields, "door_device_id", params->door_device);
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_location_edit:
 * @engine: the engine
 * @actor: who
 * @id: the location
 * @name: (nullable): %NULL: as it is
 * @timezone: (nullable): %NULL: as it is
 * @address: (nullable): %NULL: as it is; "": none
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: as sl_location_edit_params()
 */
gboolean
sl_location_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *name, const char *timezone,
                  const char *address, SlRefusal *out_refusal, GError **error)
{
  const SlLocationParams params = { .name = name, .timezone = timezone, .address = address };
  return sl_location_edit_params (engine, actor, id, &params, out_refusal, error);
}

/**
 * sl_location_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlLocation): all, by name; %NULL on failure
 */
GPtrArray *
sl_location_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) locations = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_location_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, LOCATION_COLUMNS "ORDER BY name, id", "");
  while (sl_rows_next (rows))
    g_ptr_array_add (locations, read_location (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&locations) : NULL;
}

/**
 * sl_location_get:
 * @engine: the engine
 * @id: the location
 * @error: return location
 *
 * Returns: (transfer full): the location; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlLocation *
sl_location_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, LOCATION_COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlLocation) location = sl_rows_next (rows) ? read_location (rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (location == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such location");
  return g_steal_pointer (&location);
}

/**
 * sl_location_zone:
 * @engine: the engine
 * @id: (nullable): the location
 * @error: return location
 *
 * Returns: (transfer full): its time zone, UTC where the location or its zone is not known here; %NULL on failure
 */
GTimeZone *
sl_location_zone (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT timezone FROM location WHERE id = ?", "d", id);
  const char *name = sl_rows_next (rows) ? sl_rows_text (rows, 0) : NULL;
  g_autoptr (GTimeZone) zone = name != NULL ? sl_time_zone_new (name, NULL) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  return zone != NULL ? g_steal_pointer (&zone) : g_time_zone_new_utc ();
}

/**
 * sl_room_add:
 * @engine: the engine
 * @actor: who
 * @location: (nullable): where; %NULL: this device's location
 * @name: what it is called
 * @out_id: (out): the new room
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT, %SL_ERROR_NOT_FOUND
 */
gboolean
sl_room_add (SlEngine *engine, const SlActor *actor, const SlId *location, const char *name, SlId *out_id,
             SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && name != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlId where = location != NULL ? *location : engine->location;
  g_autofree char *clean = clean_name ("the room's name", name, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlLocation) found = sl_location_get (engine, &where, error);
  if (found == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_EDIT_LOCATION, &where, out_refusal))
    return sl_command_refuse (engine, actor, "room add", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ROOM);
  sl_fields_set_id (fields, "location_id", &where);
  sl_fields_set_text (fields, "name", clean);
  sl_fields_set_int (fields, "active", 1);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_room_edit:
 * @engine: the engine
 * @actor: who
 * @id: the room
 * @name: (nullable): %NULL: as it is
 * @active: 0: as it is; 1: used again; -1: no longer used: no session is put into it, those that are there stay
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_room_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *name, int active,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ROOM);
  g_autofree char *clean = name != NULL ? clean_name ("the room's name", name, error) : NULL;
  if ((name != NULL && clean == NULL) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlRoom) room = sl_room_get (engine, id, error);
  if (room == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_EDIT_LOCATION, &room->location_id, out_refusal))
    return sl_command_refuse (engine, actor, "room edit", out_refusal, error);
  if (clean != NULL)
    sl_fields_set_text (fields, "name", clean);
  if (active != 0)
    sl_fields_set_int (fields, "active", active > 0);
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_room_list:
 * @engine: the engine
 * @location: (nullable): only there; %NULL: everywhere
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlRoom): by name; %NULL on failure
 */
GPtrArray *
sl_room_list (SlEngine *engine, const SlId *location, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_room_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, ROOM_COLUMNS "WHERE ?1 IS NULL OR location_id = ?1 ORDER BY name, id", "d", location);
  while (sl_rows_next (rows))
    g_ptr_array_add (rooms, read_room (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&rooms) : NULL;
}

/**
 * sl_room_get:
 * @engine: the engine
 * @id: the room
 * @error: return location
 *
 * Returns: (transfer full): the room; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlRoom *
sl_room_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, ROOM_COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlRoom) room = sl_rows_next (rows) ? read_room (rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (room == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such room");
  return g_steal_pointer (&room);
}
