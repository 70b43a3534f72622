/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-schedule"

#include "engine/import-private.h"

#include "engine/location.h"
#include "engine/recurrence.h"
#include "engine/schedule.h"

static const SlImportColumn columns[] = {
  { "service", SL_IMPORT_NEEDED },  { "start", SL_IMPORT_NEEDED },   { "location", SL_IMPORT_READ },
  { "room", SL_IMPORT_READ },       { "instructor", SL_IMPORT_READ }, { "capacity", SL_IMPORT_READ },
  { "rrule", SL_IMPORT_READ },      { "until", SL_IMPORT_READ },     { "notes", SL_IMPORT_READ },
  { "state", SL_IMPORT_READ },      { "end", SL_IMPORT_FOR_EYES },   { "id", SL_IMPORT_FOR_EYES },
  { NULL },
};

static gboolean
load (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, FALSE, error);
}

/* What the state asks for: a session comes published, or as a draft; a cancelled one does not come. */
static gboolean
read_state (SlImportRun *run, const SlImportRow *row, gboolean *out_draft, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, "state");
  *out_draft = FALSE;
  for (int state = 0; cell != NULL && state < SL_SESSION_LAST; state++)
    if (g_ascii_strcasecmp (cell, sl_session_state_name (state)) == 0)
      {
        *out_draft = state == SL_SESSION_DRAFT;
        run->skips = state == SL_SESSION_CANCELLED;
        return TRUE;
      }
  if (cell == NULL)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               "state: one of draft, published, in_progress, completed, cancelled");
  return FALSE;
}

static gboolean
add_by_rule (SlImportRun *run, const SlImportRow *row, const SlSessionParams *params, const char *rrule,
             GTimeZone *zone, SlId *out_first, SlRefusal *refusal, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  gint64 until_ms;
  if (!sl_import_time (run, row, "until", zone, TRUE, &until_ms, error)
      || !sl_session_add_by_rule (run->engine, run->actor, params, rrule, until_ms, &ids, refusal, error))
    return FALSE;
  if (ids != NULL)
    *out_first = g_array_index (ids, SlId, 0);
  return TRUE;
}

static gboolean
take (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  SlId service, location, room, instructor;
  SlSessionParams params;
  const char *rrule = sl_import_cell (run->import, row, "rrule");
  sl_session_params_init (&params);
  if (!read_state (run, row, &params.draft, error) || run->skips)
    return run->skips;
  if (!sl_import_find (run, row, "service", SL_NAMED_SERVICE, NULL, &service, error)
      || !sl_import_find (run, row, "location", SL_NAMED_LOCATION, NULL, &location, error))
    return FALSE;
  if (sl_id_is_none (&location))
    location = run->engine->location;
  g_autoptr (GTimeZone) zone = sl_location_zone (run->engine, &location, error);
  if (zone == NULL || !sl_import_find (run, row, "room", SL_NAMED_ROOM, &location, &room, error)
      || !sl_import_find (run, row, "instructor", SL_NAMED_STAFF, NULL, &instructor, error)
      || !sl_import_time (run, row, "start", zone, FALSE, &params.start_ms, error)
      || !sl_import_int (run, row, "capacity", SL_NUMBER_NONE, &params.capacity, error))
    return FALSE;
  params.service = &service;
  params.location = &location;
  params.room = sl_id_is_none (&room) ? NULL : &room;
  params.instructor = sl_id_is_none (&instructor) ? NULL : &instructor;
  params.notes = sl_import_cell (run->import, row, "notes");
  if (rrule != NULL)
    return add_by_rule (run, row, &params, rrule, zone, &row->made, refusal, error);
  if (sl_import_cell (run->import, row, "until") == NULL)
    return sl_session_add (run->engine, run->actor, &params, &row->made, refusal, error);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "until: only with rrule");
  return FALSE;
}

const SlImportType sl_import_schedule = {
  .word = "schedule",
  .columns = columns,
  .action = SL_ACTION_CHANGE_SCHEDULE,
  .own_will_do = TRUE,
  .load = load,
  .take = take,
};
