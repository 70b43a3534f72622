/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-catalogue"

#include "engine/catalogue.h"

#include "core/text.h"
#include "engine/engine-private.h"

#define NAME_MAX_BYTES 120

/* sl_catalogue_set_number: what it is called in a message comes with its verb. BAD_INPUT */
gboolean
sl_catalogue_set_number (SlFields *fields, const char *column, const char *what, gint64 value, gint64 min, gint64 max,
                         GError **error)
{
  if (value == SL_NUMBER_NONE)
    return TRUE;
  if (value < min || value > max)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "%s a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, what, min, max);
      return FALSE;
    }
  sl_fields_set_int (fields, column, value);
  return TRUE;
}

/* sl_catalogue_set_name: without blanks around it; not empty. BAD_INPUT */
gboolean
sl_catalogue_set_name (SlFields *fields, const char *what, const char *name, GError **error)
{
  if (name == NULL)
    return TRUE;
  g_autofree char *clean = sl_text_clean (what, name, NAME_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  if (*clean == '\0')
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", what);
      return FALSE;
    }
  sl_fields_set_text (fields, "name", clean);
  return TRUE;
}

/* sl_catalogue_add: outside a command: the whole of it. Refusals: not_allowed. */
gboolean
sl_catalogue_add (SlEngine *engine, const SlActor *actor, const char *command, SlFields *fields, SlId *out_id,
                  SlRefusal *out_refusal, GError **error)
{
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, command, out_refusal, error);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* sl_catalogue_edit: inside a command, which it ends. Refusals: not_allowed. */
gboolean
sl_catalogue_edit (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id, SlFields *fields,
                   SlRefusal *out_refusal, GError **error)
{
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, command, out_refusal, error);
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
