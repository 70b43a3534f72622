/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-service"

#include "engine/service.h"

#include <string.h>

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/schedule.h"
#include "engine/staff.h"

#define NAME_MAX_BYTES 120
#define DESCRIPTION_MAX_BYTES 2000
#define EQUIPMENT_MAX_BYTES 400
#define LOCATIONS_MAX 200          /* far more than a studio has, well below what one field holds */
#define DURATION_MAX_MIN (24 * 60)                                  /* no session is longer than a day */
#define CREDITS_MAX_HUNDREDTHS G_GINT64_CONSTANT (100000) /* 1,000 credits for one visit: beyond any price list */
#define PRICE_MAX_CENTS G_GINT64_CONSTANT (100000000)               /* a million rand */
#define CAPACITY_STANDARD_CLASS 10
#define COLUMNS \
  "SELECT id, name, kind, type, difficulty, mode, colour, description, duration_min, capacity, credits_hundredths, " \
  "reserve, price_cents, active, member_price_cents, peak_price_cents, equipment, instructor_id, locations, parq " \
  "FROM service "

static const char *const kinds[] = { "class", "one_to_one", NULL };
static const char *const types[] = { "yoga",         "pilates",  "hiit",    "strength", "cardio", "dance",
                                     "martial_arts", "swimming", "cycling", "other",    NULL };
static const char *const difficulties[] = { "beginner", "intermediate", "advanced", "all_levels", NULL };
static const char *const modes[] = {
  [SL_MODE_SELF] = "self", [SL_MODE_INSTRUCTOR] = "instructor", [SL_MODE_STAFF] = "staff", [SL_MODE_MIXED] = "mixed",
  [SL_MODE_LAST] = NULL,
};

/**
 * sl_service_free:
 * @service: (nullable) (transfer full): a service
 */
void
sl_service_free (SlService *service)
{
  if (service == NULL)
    return;
  g_free (service->name);
  g_free (service->kind);
  g_free (service->type);
  g_free (service->difficulty);
  g_free (service->colour);
  g_free (service->description);
  g_free (service->equipment);
  g_clear_pointer (&service->locations, g_array_unref);
  g_free (service);
}

/**
 * sl_service_params_init:
 * @params: (out caller-allocates): nothing named
 */
void
sl_service_params_init (SlServiceParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (SlServiceParams){ .duration_min = SL_NUMBER_NONE,
                               .capacity = SL_NUMBER_NONE,
                               .credits_hundredths = SL_NUMBER_NONE,
                               .reserve = SL_NUMBER_NONE,
                               .price_cents = SL_NUMBER_NONE,
                               .member_price_cents = SL_NUMBER_NONE,
                               .peak_price_cents = SL_NUMBER_NONE };
}

/**
 * sl_booking_mode_name:
 * @mode: who may book a service
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_booking_mode_name (SlBookingMode mode)
{
  g_return_val_if_fail (mode < SL_MODE_LAST, "");

  return modes[mode];
}

static gint64
price_or_none (SlRows *rows, int column)
{
  return sl_rows_is_null (rows, column) ? SL_NUMBER_NONE : sl_rows_int (rows, column);
}

static GArray *
read_locations (SlRows *rows, int column)
{
  GArray *locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (GBytes) packed = sl_rows_dup_blob (rows, column);
  gsize length = 0;
  const SlId *ids = packed != NULL ? g_bytes_get_data (packed, &length) : NULL;
  if (length >= SL_ID_BYTES)
    g_array_append_vals (locations, ids, (guint) (length / SL_ID_BYTES));
  return locations;
}

static SlService *
read_service (SlRows *rows)
{
  SlService *service = g_new0 (SlService, 1);
  sl_rows_id (rows, 0, &service->id);
  service->name = sl_rows_dup_text (rows, 1);
  service->kind = sl_rows_dup_text (rows, 2);
  service->type = sl_rows_dup_text (rows, 3);
  service->difficulty = sl_rows_dup_text (rows, 4);
  const char *mode = sl_rows_text (rows, 5);
  service->mode = SL_MODE_MIXED;
  for (guint i = 0; i < SL_MODE_LAST; i++)
    if (g_strcmp0 (mode, modes[i]) == 0)
      service->mode = i;
  service->colour = sl_rows_dup_text (rows, 6);
  service->description = sl_rows_dup_text (rows, 7);
  service->duration_min = sl_rows_int (rows, 8);
  service->capacity = sl_rows_int (rows, 9);
  service->credits_hundredths = sl_rows_int (rows, 10);
  service->reserve = sl_rows_int (rows, 11);
  service->price_cents = price_or_none (rows, 12);
  service->active = sl_rows_is_null (rows, 13) || sl_rows_int (rows, 13) != 0;
  service->member_price_cents = price_or_none (rows, 14);
  service->peak_price_cents = price_or_none (rows, 15);
  service->equipment = sl_rows_dup_text (rows, 16);
  sl_rows_id (rows, 17, &service->instructor_id);
  service->locations = read_locations (rows, 18);
  service->needs_parq = sl_rows_int (rows, 19) != 0;
  return service;
}

/**
 * sl_service_is_offered_at:
 * @service: a service
 * @location: a location
 *
 * Returns: whether sessions of it may be held there: it names that location, or none
 */
gboolean
sl_service_is_offered_at (const SlService *service, const SlId *location)
{
  g_return_val_if_fail (service != NULL && location != NULL, FALSE);

  for (guint i = 0; i < service->locations->len; i++)
    if (sl_id_equal (&g_array_index (service->locations, SlId, i), location))
      return TRUE;
  return service->locations->len == 0;
}

static gboolean
bad_input (GError **error, const char *field, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the service's %s %s", field, reason);
  return FALSE;
}

static gboolean
set_text (SlFields *fields, const char *column, const char *raw, gsize max_bytes, gboolean needed, GError **error)
{
  if (raw == NULL)
    return TRUE;
  g_autofree char *field = g_strconcat ("the service's ", column, NULL);
  g_autofree char *clean = sl_text_clean (field, raw, max_bytes, error);
  if (clean == NULL)
    return FALSE;
  if (needed && *clean == '\0')
    return bad_input (error, column, "is empty");
  sl_fields_set_text (fields, column, *clean != '\0' ? clean : NULL);
  return TRUE;
}

/* "martial arts" and "martial-arts" are martial_arts. */
static gboolean
set_word (SlFields *fields, const char *column, const char *raw, const char *const *words, GError **error)
{
  if (raw == NULL)
    return TRUE;
  g_autofree char *word = g_strdelimit (g_strdup (raw), " -", '_');
  if (!g_strv_contains (words, word))
    {
      g_autofree char *known = g_strjoinv (", ", (char **) words);
      g_autofree char *reason = g_strconcat ("is one of ", known, NULL);
      return bad_input (error, column, reason);
    }
  sl_fields_set_text (fields, column, word);
  return TRUE;
}

static gboolean
set_number (SlFields *fields, const char *column, gint64 value, gint64 min, gint64 max, GError **error)
{
  if (value == SL_NUMBER_NONE)
    return TRUE;
  if (value < min || value > max)
    {
      g_autofree char *reason = g_strdup_printf ("is a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min,
                                                 max);
      return bad_input (error, column, reason);
    }
  sl_fields_set_int (fields, column, value);
  return TRUE;
}

/* "#1a7f64": the colour that screens paint the service in. */
static gboolean
set_colour (SlFields *fields, const char *colour, GError **error)
{
  if (colour == NULL)
    return TRUE;
  gboolean fits = strlen (colour) == 7 && colour[0] == '#' && strspn (colour + 1, "0123456789abcdefABCDEF") == 6;
  if (!fits && *colour != '\0')
    return bad_input (error, "colour", "is written #rrggbb");
  sl_fields_set_text (fields, "colour", fits ? colour : NULL);
  return TRUE;
}

static gboolean
set_prices (SlFields *fields, const SlServiceParams *params, GError **error)
{
  if (!set_number (fields, "price_cents", params->price_cents, 0, PRICE_MAX_CENTS, error)
      || !set_number (fields, "member_price_cents", params->member_price_cents, 0, PRICE_MAX_CENTS, error)
      || !set_number (fields, "peak_price_cents", params->peak_price_cents, 0, PRICE_MAX_CENTS, error))
    return FALSE;
  if (params->no_price)
    sl_fields_set_null (fields, "price_cents");
  if (params->no_member_price)
    sl_fields_set_null (fields, "member_price_cents");
  if (params->no_peak_price)
    sl_fields_set_null (fields, "peak_price_cents");
  return TRUE;
}

/* Who gives it and where: inside the transaction, since they have to exist. */
static gboolean
fill_places (SlEngine *engine, SlFields *fields, const SlServiceParams *params, GError **error)
{
  if (params->instructor != NULL && !sl_id_is_none (params->instructor))
    {
      g_autoptr (SlStaff) staff = sl_staff_get (engine, params->instructor, error);
      if (staff == NULL)
        return FALSE;
    }
  if (params->instructor != NULL)
    sl_fields_set_id (fields, "instructor_id", params->instructor);
  if (params->locations == NULL)
    return TRUE;
  if (params->locations->len > LOCATIONS_MAX)
    return bad_input (error, "locations", "are too many");
  for (guint i = 0; i < params->locations->len; i++)
    {
      g_autoptr (SlLocation) location = sl_location_get (engine, &g_array_index (params->locations, SlId, i), error);
      if (location == NULL)
        return FALSE;
    }
  g_autoptr (GBytes) packed = g_bytes_new (params->locations->data, params->locations->len * SL_ID_BYTES);
  sl_fields_set_bytes (fields, "locations", packed);
  return TRUE;
}

static gboolean
fill (SlFields *fields, const SlServiceParams *params, GError **error)
{
  if (!set_text (fields, "name", params->name, NAME_MAX_BYTES, TRUE, error)
      || !set_text (fields, "description", params->description, DESCRIPTION_MAX_BYTES, FALSE, error)
      || !set_word (fields, "kind", params->kind, kinds, error)
      || !set_word (fields, "type", params->type, types, error)
      || !set_word (fields, "difficulty", params->difficulty, difficulties, error)
      || !set_word (fields, "mode", params->mode, modes, error) || !set_colour (fields, params->colour, error)
      || !set_number (fields, "duration_min", params->duration_min, 1, DURATION_MAX_MIN, error)
      || !set_number (fields, "capacity", params->capacity, 1, SL_CAPACITY_MAX, error)
      || !set_number (fields, "credits_hundredths", params->credits_hundredths, 0, CREDITS_MAX_HUNDREDTHS, error)
      || !set_number (fields, "reserve", params->reserve, 0, SL_CAPACITY_MAX, error)
      || !set_text (fields, "equipment", params->equipment, EQUIPMENT_MAX_BYTES, FALSE, error)
      || !set_prices (fields, params, error))
    return FALSE;
  if (params->needs_parq != 0)
    sl_fields_set_int (fields, "parq", params->needs_parq > 0);
  if (params->active != 0)
    sl_fields_set_int (fields, "active", params->active > 0);
  return TRUE;
}

/**
 * sl_service_add:
 * @engine: the engine
 * @actor: who
 * @params: name, kind, type and duration have to be named; a capacity of 10 for classes and 1 one-to-one, no credits,
 * no drop-in price, booked by everybody and no walk-in reserve are the defaults
 * @out_id: (out): the new service
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT, %SL_ERROR_NOT_FOUND (instructor, location)
 */
gboolean
sl_service_add (SlEngine *engine, const SlActor *actor, const SlServiceParams *params, SlId *out_id,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlServiceParams whole = *params;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SERVICE);
  if (params->name == NULL || params->kind == NULL || params->type == NULL || params->duration_min == SL_NUMBER_NONE)
    return bad_input (error, "name, kind, type and duration", "are needed");
  if (whole.capacity == SL_NUMBER_NONE)
    whole.capacity = g_str_equal (whole.kind, "one_to_one") ? 1 : CAPACITY_STANDARD_CLASS;
  if (whole.credits_hundredths == SL_NUMBER_NONE)
    whole.credits_hundredths = 0;
  if (whole.reserve == SL_NUMBER_NONE)
    whole.reserve = 0;
  if (whole.mode == NULL)
    whole.mode = modes[SL_MODE_MIXED];
  if (whole.active == 0)
    whole.active = 1;
  if (!fill (fields, &whole, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, "service add", out_refusal, error);
  if (!fill_places (engine, fields, &whole, error) || !sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_service_edit:
 * @engine: the engine
 * @actor: who
 * @id: the service
 * @params: what is not named stays as it is
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Sessions that exist keep their times and capacities; prices count from the next booking on.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_service_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlServiceParams *params,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SERVICE);
  if (!fill (fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlService) service = sl_service_get (engine, id, error);
  if (service == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, "service edit", out_refusal, error);
  if (!fill_places (engine, fields, params, error)
      || (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error)))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_service_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlService): all, inactive ones too, by name; %NULL on failure
 */
GPtrArray *
sl_service_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) services = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_service_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "ORDER BY name, id", "");
  while (sl_rows_next (rows))
    g_ptr_array_add (services, read_service (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&services) : NULL;
}

/**
 * sl_service_get:
 * @engine: the engine
 * @id: the service
 * @error: return location
 *
 * Returns: (transfer full): the service; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlService *
sl_service_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlService) service = sl_rows_next (rows) ? read_service (rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (service == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such service");
  return g_steal_pointer (&service);
}
