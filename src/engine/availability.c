/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-availability"

#include "engine/availability.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/staff.h"

#define THURSDAY 4 /* the weekday of 1970-01-01, day 0 */

static const struct {
  const char *name, *whole;
} weekdays[SL_WEEKDAYS] = { { "mon", "monday" }, { "tue", "tuesday" },  { "wed", "wednesday" }, { "thu", "thursday" },
                            { "fri", "friday" }, { "sat", "saturday" }, { "sun", "sunday" } };

/**
 * sl_weekday_name:
 * @weekday: 1 (Monday) to 7
 *
 * Returns: (transfer none): its word for the outside
 */
const char *
sl_weekday_name (int weekday)
{
  g_return_val_if_fail (weekday >= 1 && weekday <= SL_WEEKDAYS, "");

  return weekdays[weekday - 1].name;
}

/**
 * sl_weekday_parse:
 * @text: "mon", "Monday" or "1", in capitals or not
 * @out_weekday: (out): 1 (Monday) to 7
 *
 * Returns: %FALSE where it is no weekday
 */
gboolean
sl_weekday_parse (const char *text, int *out_weekday)
{
  g_return_val_if_fail (text != NULL && out_weekday != NULL, FALSE);

  for (int i = 0; i < SL_WEEKDAYS; i++)
    {
      char number[2] = { (char) ('1' + i), '\0' };

      if (g_ascii_strcasecmp (text, weekdays[i].name) == 0 || g_ascii_strcasecmp (text, weekdays[i].whole) == 0
          || strcmp (text, number) == 0)
        {
          *out_weekday = i + 1;
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * sl_minute_format:
 * @minute: of a local day, 0 to %SL_DAY_MINUTES
 *
 * Returns: (transfer full): "07:30"
 */
char *
sl_minute_format (int minute)
{
  return g_strdup_printf ("%02d:%02d", minute / 60, minute % 60);
}

/**
 * sl_minute_parse:
 * @text: "07:30"; the end of a day is "24:00"
 * @out_minute: (out): of the local day
 * @error: return location
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT for anything else
 */
gboolean
sl_minute_parse (const char *text, int *out_minute, GError **error)
{
  g_return_val_if_fail (text != NULL && out_minute != NULL, FALSE);

  int minute = -1;
  if (strlen (text) == strlen ("07:30") && text[2] == ':' && g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1])
      && g_ascii_isdigit (text[3]) && g_ascii_isdigit (text[4]) && text[3] < '6')
    minute = (g_ascii_digit_value (text[0]) * 10 + g_ascii_digit_value (text[1])) * 60
             + g_ascii_digit_value (text[3]) * 10 + g_ascii_digit_value (text[4]);
  if (minute < 0 || minute > SL_DAY_MINUTES)
    {
      g_autofree char *shown = g_utf8_make_valid (text, (gssize) strnlen (text, 20));
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "“%s” is not a time of the day like 07:30", shown);
      return FALSE;
    }
  *out_minute = minute;
  return TRUE;
}

/**
 * sl_weekday_of:
 * @day: since 1970, not before
 *
 * Returns: 1 (Monday) to 7
 */
int
sl_weekday_of (gint64 day)
{
  g_return_val_if_fail (day >= 0, 1);

  return (int) ((day + THURSDAY - 1) % SL_WEEKDAYS) + 1;
}

/**
 * sl_day_moment:
 * @day: a local date, since 1970
 * @minute: of that date, 0 to %SL_DAY_MINUTES, which is the next midnight
 * @zone: whose date
 *
 * When a local clock shows this, by RFC 5545 section 3.3.5: what comes twice is the first of the two, what clocks jump
 * over counts on from before the jump.
 *
 * Returns: UTC ms, from %SL_TIME_MIN_MS to %SL_TIME_MAX_MS
 */
gint64
sl_day_moment (gint64 day, int minute, GTimeZone *zone)
{
  g_return_val_if_fail (zone != NULL && minute >= 0 && minute <= SL_DAY_MINUTES, SL_TIME_MIN_MS);

  gint64 ms;
  g_autofree char *date = sl_day_format (day + minute / SL_DAY_MINUTES);
  g_autofree char *time = sl_minute_format (minute % SL_DAY_MINUTES);
  g_autofree char *text = g_strconcat (date, "T", time, NULL);
  if (sl_time_parse (text, zone, &ms, NULL))
    return ms;
  return day < SL_TIME_MAX_MS / SL_DAY_MS / 2 ? SL_TIME_MIN_MS : SL_TIME_MAX_MS; /* outside the years 2000 to 2099 */
}

/**
 * sl_availability_free:
 * @block: (nullable) (transfer full): a block
 */
void
sl_availability_free (SlAvailability *block)
{
  if (block == NULL)
    return;
  g_free (block->staff_name);
  g_free (block->location_name);
  g_free (block);
}

/**
 * sl_availability_params_init:
 * @params: (out caller-allocates): nothing named, open on both sides
 */
void
sl_availability_params_init (SlAvailabilityParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (SlAvailabilityParams){ .from_day = SL_NUMBER_NONE, .until_day = SL_NUMBER_NONE };
}

static SlAvailability *
read_block (SlRows *rows)
{
  SlAvailability *block = g_new0 (SlAvailability, 1);
  sl_rows_id (rows, 0, &block->id);
  sl_rows_id (rows, 1, &block->staff_id);
  sl_rows_id (rows, 2, &block->location_id);
  block->weekday = (int) sl_rows_int (rows, 3);
  block->from_minute = (int) sl_rows_int (rows, 4);
  block->to_minute = (int) sl_rows_int (rows, 5);
  block->bookable = sl_rows_int (rows, 6) != 0;
  block->from_day = sl_rows_is_null (rows, 7) ? SL_NUMBER_NONE : sl_rows_int (rows, 7);
  block->until_day = sl_rows_is_null (rows, 8) ? SL_NUMBER_NONE : sl_rows_int (rows, 8);
  block->staff_name = sl_rows_dup_text (rows, 9);
  block->location_name = sl_rows_dup_text (rows, 10);
  return block;
}

/* Blocks that another device wrote and that make no sense here are left out. */
#define IS_SOUND \
  "a.active = 1 AND a.weekday BETWEEN 1 AND 7 AND a.from_minute >= 0 AND a.from_minute < a.to_minute " \
  "AND a.to_minute <= 1440 "

/**
 * sl_availability_list:
 * @engine: the engine
 * @staff: (nullable): whose; %NULL: everybody's
 * @location: (nullable): where; %NULL: everywhere
 * @error: return location
 *
 * The blocks that have not been removed, also those whose dates are over; of members of staff who are active. Takes no
 * lock.
 *
 * Returns: (transfer full) (element-type SlAvailability): by instructor, weekday and hour; %NULL on failure
 */
GPtrArray *
sl_availability_list (SlEngine *engine, const SlId *staff, const SlId *location, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_availability_free);
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT a.id, a.staff_id, a.location_id, a.weekday, a.from_minute, a.to_minute, a.bookable, a.from_day, "
      "a.until_day, t.name, l.name FROM availability a JOIN staff t ON t.id = a.staff_id "
      "JOIN location l ON l.id = a.location_id WHERE " IS_SOUND
      "AND t.active = 1 AND (?1 IS NULL OR a.staff_id = ?1) AND (?2 IS NULL OR a.location_id = ?2) "
      "ORDER BY t.name, a.staff_id, a.weekday, a.from_minute, a.id",
      "dd", staff, location);
  while (sl_rows_next (rows))
    g_ptr_array_add (blocks, read_block (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&blocks) : NULL;
}

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, reason);
  return FALSE;
}

static gboolean
check_day (gint64 day, GError **error)
{
  return day == SL_NUMBER_NONE
         || (day >= SL_TIME_MIN_MS / SL_DAY_MS && day < SL_TIME_MAX_MS / SL_DAY_MS)
         || bad_input (error, "the block's dates are not between the years 2000 and 2099");
}

static gboolean
check_params (const SlAvailabilityParams *params, GError **error)
{
  if (params->staff == NULL)
    return bad_input (error, "an instructor is needed");
  if (params->weekday < 1 || params->weekday > SL_WEEKDAYS)
    return bad_input (error, "a weekday is mon, tue, wed, thu, fri, sat or sun");
  if (params->from_minute < 0 || params->to_minute > SL_DAY_MINUTES)
    return bad_input (error, "a block lies between 00:00 and 24:00");
  if (params->from_minute >= params->to_minute)
    return bad_input (error, "a block ends after it begins; what runs over midnight is two blocks, the first to 24:00");
  if (!check_day (params->from_day, error) || !check_day (params->until_day, error))
    return FALSE;
  if (params->from_day != SL_NUMBER_NONE && params->until_day != SL_NUMBER_NONE
      && params->from_day > params->until_day)
    return bad_input (error, "the block's last date is before its first");
  return TRUE;
}

/* Nobody is offered at two places at once, nor twice at one. Blocks that two devices add apart may overlap all the
 * same: slots come out once. */
static gboolean
check_overlap (SlEngine *engine, const SlAvailabilityParams *params, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT a.id FROM availability a WHERE a.staff_id = ?1 AND a.weekday = ?2 AND a.from_minute < ?4 "
      "AND a.to_minute > ?3 AND (a.until_day IS NULL OR a.until_day >= ?5) AND (a.from_day IS NULL OR a.from_day <= "
      "?6) AND " IS_SOUND "ORDER BY a.from_minute, a.id LIMIT 1",
      "diiiii", params->staff, (gint64) params->weekday, (gint64) params->from_minute, (gint64) params->to_minute,
      params->from_day == SL_NUMBER_NONE ? (gint64) 0 : params->from_day,
      params->until_day == SL_NUMBER_NONE ? (gint64) SL_DAY_MAX : params->until_day);
  if (sl_rows_next (rows))
    {
      SlId other;
      char text[SL_ID_TEXT_BYTES];
      sl_rows_id (rows, 0, &other);
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the block overlaps another one of the instructor, %s",
                   sl_id_format (&other, text));
      return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static SlFields *
fields_of (const SlAvailabilityParams *params, const SlId *location)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_AVAILABILITY);
  sl_fields_set_id (fields, "staff_id", params->staff);
  sl_fields_set_id (fields, "location_id", location);
  sl_fields_set_int (fields, "weekday", params->weekday);
  sl_fields_set_int (fields, "from_minute", params->from_minute);
  sl_fields_set_int (fields, "to_minute", params->to_minute);
  sl_fields_set_int (fields, "bookable", !params->staff_only);
  if (params->from_day != SL_NUMBER_NONE)
    sl_fields_set_int (fields, "from_day", params->from_day);
  if (params->until_day != SL_NUMBER_NONE)
    sl_fields_set_int (fields, "until_day", params->until_day);
  sl_fields_set_int (fields, "active", 1);
  return fields;
}

/**
 * sl_availability_add:
 * @engine: the engine
 * @actor: who; instructors add their own
 * @params: whose, when and where
 * @out_id: (out): the new block
 * @out_refusal: (out): not_allowed, staff_inactive
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT (no such weekday, an end that is not after its
 * beginning, or another block at that time)
 */
gboolean
sl_availability_add (SlEngine *engine, const SlActor *actor, const SlAvailabilityParams *params, SlId *out_id,
                     SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  if (!check_params (params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  SlId where = params->location != NULL ? *params->location : engine->location;
  gboolean own = sl_id_equal (params->staff, &actor->id);
  if (!sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &where, own, out_refusal))
    return sl_command_refuse (engine, actor, "availability add", out_refusal, error);
  g_autoptr (SlStaff) staff = sl_staff_get (engine, params->staff, error);
  g_autoptr (SlLocation) location = staff != NULL ? sl_location_get (engine, &where, error) : NULL;
  if (location == NULL)
    return sl_command_fail (engine);
  if (!staff->active)
    {
      sl_refuse (out_refusal, SL_REFUSAL_STAFF_INACTIVE);
      return sl_command_refuse (engine, actor, "availability add", out_refusal, error);
    }
  g_autoptr (SlFields) fields = fields_of (params, &where);
  if (!check_overlap (engine, params, error) || !sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
find_block (SlEngine *engine, const SlId *id, SlId *out_staff, SlId *out_location, gboolean *out_active,
            GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (engine->store, "SELECT staff_id, location_id, active FROM availability WHERE id = ?", "d", id);
  gboolean found = sl_rows_next (rows);
  if (found)
    {
      sl_rows_id (rows, 0, out_staff);
      sl_rows_id (rows, 1, out_location);
      *out_active = sl_rows_int (rows, 2) != 0;
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such availability");
  return found;
}

/**
 * sl_availability_remove:
 * @engine: the engine
 * @actor: who; instructors remove their own
 * @id: the block; one that is removed already stays so
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * What is booked in it stays booked.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_availability_remove (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlId staff, location;
  gboolean active;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!find_block (engine, id, &staff, &location, &active, error))
    return sl_command_fail (engine);
  if (!sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &location, sl_id_equal (&staff, &actor->id),
                              out_refusal))
    return sl_command_refuse (engine, actor, "availability remove", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_AVAILABILITY);
  sl_fields_set_int (fields, "active", 0);
  if (active && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
