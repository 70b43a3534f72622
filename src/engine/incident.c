/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-incident"

#include "engine/incident.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/around.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/member.h"
#include "oplog/around.h"

#define COLUMNS \
  "SELECT id, kind, location_id, member_id, happened_ms, at_ms, actor, text FROM incident i WHERE "
#define IS_OPEN "NOT EXISTS (SELECT 1 FROM incident_close c WHERE c.incident_id = i.id) "

#define OF_MEMBER "member_id IN " SL_SQL_SAME_MEMBER ("?3") " AND "
#define IN_TIME "happened_ms >= ?1 AND happened_ms < ?2 AND (NOT ?4 OR " IS_OPEN ") "
#define LATEST "ORDER BY happened_ms DESC, id LIMIT ?5"

static const char *const kinds[] = { "equipment", "injury", "complaint", NULL };

static void
closing_free (gpointer data)
{
  SlIncidentClosing *closing = data;
  g_free (closing->resolution);
  g_free (closing);
}

/**
 * sl_incident_free:
 * @incident: (nullable) (transfer full): an incident
 */
void
sl_incident_free (SlIncident *incident)
{
  if (incident == NULL)
    return;
  g_free (incident->kind);
  g_free (incident->text);
  g_clear_pointer (&incident->closings, g_ptr_array_unref);
  g_free (incident);
}

static SlIncident *
read_incident (SlEngine *engine, SlRows *rows)
{
  SlIncident *incident = g_new0 (SlIncident, 1);
  gsize length;
  sl_rows_id (rows, 0, &incident->id);
  incident->kind = sl_rows_dup_text (rows, 1);
  sl_rows_id (rows, 2, &incident->location_id);
  sl_rows_id (rows, 3, &incident->member_id);
  incident->happened_ms = sl_rows_int (rows, 4);
  incident->at_ms = sl_rows_int (rows, 5);
  sl_rows_id (rows, 6, &incident->actor);
  const void *sealed = sl_rows_blob (rows, 7, &length);
  incident->text = sl_oplog_unseal_note (engine->log, &incident->member_id, sealed, length);
  incident->closings = g_ptr_array_new_with_free_func (closing_free);
  return incident;
}

static gboolean
read_closings (SlEngine *engine, SlIncident *incident, GError **error)
{
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT at_ms, actor, member_id, resolution FROM incident_close "
                        "WHERE incident_id = ? ORDER BY hlc, replica, id", "d", &incident->id);
  while (sl_rows_next (rows))
    {
      SlIncidentClosing *one = g_new0 (SlIncidentClosing, 1);
      SlId member;
      gsize length;
      one->at_ms = sl_rows_int (rows, 0);
      sl_rows_id (rows, 1, &one->actor);
      sl_rows_id (rows, 2, &member);
      const void *sealed = sl_rows_blob (rows, 3, &length);
      one->resolution = sl_oplog_unseal_note (engine->log, &member, sealed, length);
      g_ptr_array_add (incident->closings, one);
    }
  return sl_rows_finish (rows, error);
}

static SlIncident *
get_incident (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "id = ?", "d", id);
  g_autoptr (SlIncident) incident = sl_rows_next (rows) ? read_incident (engine, rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (incident == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such incident");
      return NULL;
    }
  return read_closings (engine, incident, error) ? g_steal_pointer (&incident) : NULL;
}

static gboolean
check_params (SlEngine *engine, const SlIncidentParams *params, char **out_text, GError **error)
{
  if (params->kind == NULL || !g_strv_contains (kinds, params->kind))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                           "an incident is one of equipment, injury, complaint");
      return FALSE;
    }
  if (params->happened_ms > sl_engine_now_ms (engine) + SL_MINUTE_MS)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an incident that is still to come is none");
      return FALSE;
    }
  *out_text = sl_around_text ("what happened", params->text != NULL ? params->text : "", SL_AROUND_TEXT_MAX_BYTES,
                              error);
  return *out_text != NULL;
}

/**
 * sl_incident_add:
 * @engine: the engine
 * @actor: who writes it down; instructors: about nobody, or their own members
 * @params: kind and text have to be named
 * @out_id: (out): the incident
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND for a member or a location, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_incident_add (SlEngine *engine, const SlActor *actor, const SlIncidentParams *params, SlId *out_id,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL, FALSE);
  g_return_val_if_fail (out_id != NULL && out_refusal != NULL, FALSE);

  g_autofree char *text = NULL;
  gboolean allowed;
  SlIncidentParts parts = { .kind = params->kind, .happened_ms = params->happened_ms };
  if (!check_params (engine, params, &text, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = params->member != NULL ? sl_member_get (engine, params->member, error) : NULL;
  g_autoptr (SlLocation) place
      = params->location != NULL ? sl_location_get (engine, params->location, error) : NULL;
  if ((params->member != NULL && member == NULL) || (params->location != NULL && place == NULL))
    return sl_command_fail (engine);
  parts.text = text;
  parts.member_id = member != NULL ? member->id : sl_id_none;
  parts.location_id = place != NULL ? place->id : engine->location;
  if (!sl_around_may (engine, actor, SL_ACTION_REPORT_INCIDENTS, &parts.member_id, &parts.location_id, &allowed,
                      out_refusal, error))
    return sl_command_fail (engine);
  if (!allowed || (member != NULL && sl_member_refuse_erased (member, out_refusal)))
    return sl_command_refuse (engine, actor, "incident add", out_refusal, error);
  if (!sl_op_incident_add (engine->log, &parts, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_incident_close:
 * @engine: the engine
 * @actor: who
 * @id: the incident
 * @resolution: (nullable): what was done about it; needed
 * @out_refusal: (out): not_allowed, reason_required, wrong_state (status: closed)
 * @error: return location
 *
 * Closed apart on two devices it is closed, and both have said how.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_incident_close (SlEngine *engine, const SlActor *actor, const SlId *id, const char *resolution,
                   SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = sl_text_clean ("the resolution", resolution != NULL ? resolution : "",
                                          SL_AROUND_TEXT_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlIncident) incident = get_incident (engine, id, error);
  if (incident == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_CLOSE_INCIDENTS, &incident->location_id, out_refusal))
    {
      if (incident->closings->len > 0)
        {
          sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
          sl_refusal_set_text (out_refusal, "status", "closed");
        }
      else if (*clean == '\0')
        sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "incident close", out_refusal, error);
  if (!sl_op_incident_close (engine->log, id, &incident->member_id, clean, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* What one has written down oneself one may read again. */
static gboolean
may_see (SlEngine *engine, const SlActor *actor, const SlIncident *incident, gboolean *out_allowed,
         SlRefusal *out_refusal, GError **error)
{
  if (sl_actor_scope (actor, SL_ACTION_REPORT_INCIDENTS) == SL_SCOPE_OWN && sl_id_equal (&incident->actor, &actor->id))
    {
      *out_allowed = TRUE;
      return TRUE;
    }
  return sl_around_may (engine, actor, SL_ACTION_REPORT_INCIDENTS, &incident->member_id, &incident->location_id,
                        out_allowed, out_refusal, error);
}

/**
 * sl_incident_show:
 * @engine: the engine
 * @actor: who wants to know; instructors: about nobody, their own members, and what they wrote down themselves
 * @id: the incident
 * @out: (out) (transfer full): %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_incident_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlIncident **out, SlRefusal *out_refusal,
                  GError **error)
{
  gboolean allowed;

  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  g_autoptr (SlIncident) incident = get_incident (engine, id, error);
  if (incident == NULL || !may_see (engine, actor, incident, &allowed, out_refusal, error))
    return FALSE;
  if (!allowed)
    return sl_query_refuse (engine, actor, "incident show", out_refusal);
  *out = g_steal_pointer (&incident);
  return TRUE;
}

static GPtrArray *
read_list (SlEngine *engine, const SlIncidentFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_incident_free);
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store,
                        filter->member != NULL ? COLUMNS OF_MEMBER IN_TIME LATEST : COLUMNS IN_TIME LATEST, "iidii",
                        filter->from_ms, filter->to_ms != 0 ? filter->to_ms : G_MAXINT64, filter->member,
                        (gint64) filter->open_only, (gint64) SL_INCIDENTS_MAX);
  while (sl_rows_next (rows))
    g_ptr_array_add (all, read_incident (engine, rows));
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < all->len; i++)
    if (!read_closings (engine, all->pdata[i], error))
      return NULL;
  return g_steal_pointer (&all);
}

/**
 * sl_incident_list:
 * @engine: the engine
 * @actor: who wants to know; instructors: about nobody, their own members, and what they wrote down themselves
 * @filter: which
 * @out: (out) (transfer full) (element-type SlIncident): the latest first; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Incidents at locations where the actor does not act are left out. Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND for a member
 */
gboolean
sl_incident_list (SlEngine *engine, const SlActor *actor, const SlIncidentFilter *filter, GPtrArray **out,
                  SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && filter != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (filter->member != NULL)
    {
      g_autoptr (SlMember) member = sl_member_get (engine, filter->member, error);
      if (member == NULL)
        return FALSE;
    }
  if (sl_actor_scope (actor, SL_ACTION_REPORT_INCIDENTS) == SL_SCOPE_NONE)
    {
      (void) sl_actor_may (actor, SL_ACTION_REPORT_INCIDENTS, NULL, out_refusal);
      return sl_query_refuse (engine, actor, "incident list", out_refusal);
    }
  g_autoptr (GPtrArray) all = read_list (engine, filter, error);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_incident_free);
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      gboolean allowed;
      if (!may_see (engine, actor, all->pdata[i], &allowed, &refusal, error))
        return FALSE;
      if (allowed)
        g_ptr_array_add (seen, g_steal_pointer (&all->pdata[i]));
    }
  if (all == NULL)
    return FALSE;
  *out = g_steal_pointer (&seen);
  return TRUE;
}
