/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio-data"

#include "studio-data.h"

#include <string.h>

/**
 * sl_studio_thing_new:
 *
 * Returns: (transfer full): one that is in use, with nothing said about it
 */
SlStudioThing *
sl_studio_thing_new (void)
{
  SlStudioThing *thing = g_new0 (SlStudioThing, 1);

  thing->active = thing->may_change = TRUE;
  return thing;
}

/**
 * sl_studio_thing_copy:
 * @thing: one
 *
 * Returns: (transfer full): the same again
 */
SlStudioThing *
sl_studio_thing_copy (const SlStudioThing *thing)
{
  SlStudioThing *copy = g_memdup2 (thing, sizeof *thing);

  copy->name = g_strdup (thing->name);
  copy->type = g_strdup (thing->type);
  copy->pin = g_strdup (thing->pin);
  copy->timezone = g_strdup (thing->timezone);
  copy->address = g_strdup (thing->address);
  copy->services = thing->services != NULL ? g_array_copy (thing->services) : NULL;
  return copy;
}

/**
 * sl_studio_thing_free:
 * @thing: (nullable) (transfer full): to be freed; a PIN is wiped
 */
void
sl_studio_thing_free (SlStudioThing *thing)
{
  if (thing == NULL)
    return;
  if (thing->pin != NULL)
    explicit_bzero (thing->pin, strlen (thing->pin));
  g_free (thing->pin);
  g_free (thing->name);
  g_free (thing->type);
  g_free (thing->timezone);
  g_free (thing->address);
  g_clear_pointer (&thing->services, g_array_unref);
  g_free (thing);
}

/**
 * sl_studio_plan_names:
 * @plan: a plan
 * @service: a kind of class
 *
 * Returns: whether it is one of those that the plan names; one that pays for all names none
 */
gboolean
sl_studio_plan_names (const SlStudioThing *plan, const SlId *service)
{
  for (guint i = 0; plan->services != NULL && i < plan->services->len; i++)
    if (sl_id_equal (&g_array_index (plan->services, SlId, i), service))
      return TRUE;
  return FALSE;
}
