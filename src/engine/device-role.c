/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device-role"

#include "engine/device.h"

#include "engine/engine-private.h"
#include "oplog/fence.h"

/* Which device is the hub, and which one stands at a location's door: both follow from the rows, so that devices that
 * have heard the same name the same. */

#define PREDECESSORS_MAX 64 /* of one device: more are a circle that somebody made up */

static gboolean
read_enrolled (SlEngine *engine, GArray *enrolled, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id, created_hlc, location_id, predecessor, role FROM device WHERE created_hlc IS NOT NULL", "");
  while (sl_rows_next (rows))
    {
      SlEnrolled one = { .enrolled_hlc = sl_rows_int (rows, 1),
                         .is_hub = g_strcmp0 (sl_rows_text (rows, 4), SL_DEVICE_ROLE_HUB) == 0 };
      sl_rows_id (rows, 0, &one.id);
      sl_rows_id (rows, 2, &one.location_id);
      sl_rows_id (rows, 3, &one.predecessor);
      g_array_append_val (enrolled, one);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
read_standing (SlEngine *engine, GArray *enrolled, GError **error)
{
  g_autoptr (GArray) chains = sl_oplog_chains (engine->log, error);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      for (guint j = 0; chain->admitted && j < enrolled->len; j++)
        {
          SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, j);
          gboolean revoked;
          if (!sl_id_equal (&one->id, &chain->replica))
            continue;
          if (!sl_fence_is_revoked (engine->log, &one->id, &revoked, error))
            return FALSE;
          one->sound = !revoked;
        }
    }
  return chains != NULL;
}

static const SlEnrolled *
find (const GArray *enrolled, const SlId *id)
{
  for (guint i = 0; i < enrolled->len; i++)
    if (sl_id_equal (&g_array_index (enrolled, SlEnrolled, i).id, id))
      return &g_array_index (enrolled, SlEnrolled, i);
  return NULL;
}

/* Whether the device is, or goes on for, the one with the id. */
static gboolean
goes_back_to (const GArray *enrolled, const SlEnrolled *device, const SlId *id)
{
  for (guint hops = 0; device != NULL && hops < PREDECESSORS_MAX; hops++)
    {
      if (sl_id_equal (&device->id, id))
        return TRUE;
      device = find (enrolled, &device->predecessor);
    }
  return FALSE;
}

/* A device that had to go on under another id keeps its place in the order. */
static gint64
first_enrolled (const GArray *enrolled, const SlEnrolled *device)
{
  gint64 hlc = device->enrolled_hlc;
  for (guint hops = 0; device != NULL && hops < PREDECESSORS_MAX; hops++)
    {
      hlc = MIN (hlc, device->enrolled_hlc);
      device = find (enrolled, &device->predecessor);
    }
  return hlc;
}

static int
compare_enrolled (gconstpointer a, gconstpointer b)
{
  const SlEnrolled *one = a, *other = b;
  if (one->order_hlc != other->order_hlc)
    return one->order_hlc < other->order_hlc ? -1 : 1;
  return sl_id_compare (&one->id, &other->id);
}

/**
 * sl_device_enrolled:
 * @engine: the engine
 * @error: return location
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: (transfer full) (element-type SlEnrolled): every device whose first operation is applied here, in the order
 * in which they were enrolled; %NULL on failure
 */
GArray *
sl_device_enrolled (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GArray) enrolled = g_array_new (FALSE, FALSE, sizeof (SlEnrolled));
  if (!read_enrolled (engine, enrolled, error) || !read_standing (engine, enrolled, error))
    return NULL;
  for (guint i = 0; i < enrolled->len; i++)
    {
      SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, i);
      one->order_hlc = first_enrolled (enrolled, one);
    }
  g_array_sort (enrolled, compare_enrolled);
  return g_steal_pointer (&enrolled);
}

/**
 * sl_enrolled_hub:
 * @enrolled: (element-type SlEnrolled): what sl_device_enrolled() gave
 *
 * Returns: (nullable) (transfer none): the hub: of several, while one is being replaced, the one enrolled last; %NULL:
 * a studio that stands alone
 */
const SlEnrolled *
sl_enrolled_hub (const GArray *enrolled)
{
  const SlEnrolled *hub = NULL;
  for (guint i = 0; i < enrolled->len; i++)
    {
      const SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, i);
      if (one->is_hub && one->sound && (hub == NULL || one->enrolled_hlc >= hub->enrolled_hlc))
        hub = one;
    }
  return hub;
}

/**
 * sl_enrolled_door:
 * @enrolled: (element-type SlEnrolled): what sl_device_enrolled() gave
 * @location: where
 * @named: (nullable): the location's door_device_id
 *
 * Returns: (nullable) (transfer none): the device that was named, or goes on for it, else the first one enrolled there
 * that is not a hub; %NULL where none stands there
 */
const SlEnrolled *
sl_enrolled_door (const GArray *enrolled, const SlId *location, const SlId *named)
{
  const SlEnrolled *first = NULL;
  for (guint i = 0; i < enrolled->len; i++)
    {
      const SlEnrolled *one = &g_array_index (enrolled, SlEnrolled, i);
      if (!one->sound || one->is_hub)
        continue;
      if (named != NULL && !sl_id_is_none (named) && goes_back_to (enrolled, one, named))
        return one;
      if (first == NULL && sl_id_equal (&one->location_id, location))
        first = one;
    }
  return first;
}

/**
 * sl_device_find_hub:
 * @engine: the engine
 * @out: (out): the hub's id; none: a studio that stands alone
 * @error: return location
 *
 * A hub is an admitted device with that role which was not revoked. Takes no lock. Engine thread only.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_device_find_hub (SlEngine *engine, SlId *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  gint64 any;
  *out = sl_id_none;
  if (!sl_store_query_int (engine->store, 0, &any, error,
                           "SELECT EXISTS (SELECT 1 FROM device WHERE role = '" SL_DEVICE_ROLE_HUB "')", ""))
    return FALSE;
  if (!any)
    return TRUE;
  g_autoptr (GArray) enrolled = sl_device_enrolled (engine, error);
  const SlEnrolled *hub = enrolled != NULL ? sl_enrolled_hub (enrolled) : NULL;
  if (hub != NULL)
    *out = hub->id;
  return enrolled != NULL;
}

/**
 * sl_device_find_door:
 * @engine: the engine
 * @location: where
 * @out: (out): the location's door device; none: no device stands there
 * @error: return location
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_device_find_door (SlEngine *engine, const SlId *location, SlId *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && location != NULL && out != NULL, FALSE);

  SlId named = sl_id_none;
  *out = sl_id_none;
  g_autoptr (GArray) enrolled = sl_device_enrolled (engine, error);
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, "SELECT door_device_id FROM location WHERE id = ?", "d", location);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &named);
  if (!sl_rows_finish (rows, error) || enrolled == NULL)
    return FALSE;
  const SlEnrolled *door = sl_enrolled_door (enrolled, location, &named);
  if (door != NULL)
    *out = door->id;
  return TRUE;
}

/**
 * sl_device_become_hub:
 * @engine: the engine of the device that is a hub, not inside a command
 * @error: return location
 *
 * Says in the log that this device is the studio's hub; writes nothing where it has said so.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_device_become_hub (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, FALSE);

  g_auto (SlActor) actor = { 0 };
  gint64 done;
  sl_actor_init_device (&actor);
  if (!sl_command_begin (engine, &actor, error))
    return FALSE;
  const SlId *own = sl_oplog_get_replica (engine->log);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_DEVICE);
  sl_fields_set_text (fields, "role", SL_DEVICE_ROLE_HUB);
  if (!sl_store_query_int (engine->store, 0, &done, error,
                           "SELECT role = '" SL_DEVICE_ROLE_HUB "' FROM device WHERE id = ?", "d", own)
      || (!done && !sl_op_edit (engine->log, own, fields, error)))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
