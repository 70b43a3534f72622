/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-studio-jobs"

#include "desk-studio-jobs.h"

#include "engine/location.h"
#include "engine/package.h"
#include "engine/plan.h"
#include "engine/service.h"

/**
 * sl_studio_found_free:
 * @found: (nullable) (transfer full): to be freed
 */
void
sl_studio_found_free (gpointer found)
{
  if (found == NULL)
    return;
  g_ptr_array_unref (((SlStudioFound *) found)->things);
  g_free (found);
}

/**
 * sl_studio_save_free:
 * @save: (nullable) (transfer full): to be freed
 */
void
sl_studio_save_free (gpointer data)
{
  SlStudioSave *save = data;

  if (save == NULL)
    return;
  sl_studio_thing_free (save->before);
  sl_studio_thing_free (save->after);
  g_free (save);
}

/* --- what there is --- */

static SlStudioThing *
add_thing (SlStudioFound *found, const SlId *id, const char *name, gboolean active)
{
  SlStudioThing *thing = sl_studio_thing_new ();

  thing->id = *id;
  thing->name = g_strdup (name);
  thing->active = active;
  g_ptr_array_add (found->things, thing);
  return thing;
}

static gboolean
read_classes (SlEngine *engine, SlStudioFound *found, GError **error)
{
  g_autoptr (GPtrArray) services = sl_service_list (engine, error);

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const SlService *service = services->pdata[i];
      SlStudioThing *thing = add_thing (found, &service->id, service->name, service->active);

      thing->type = g_strdup (service->type);
      thing->duration_min = service->duration_min;
      thing->places = service->capacity;
      thing->credits_hundredths = service->credits_hundredths;
      thing->price_cents = service->price_cents;
    }
  return services != NULL;
}

static gboolean
read_packages (SlEngine *engine, SlStudioFound *found, GError **error)
{
  g_autoptr (GPtrArray) packages = sl_package_list (engine, error);

  for (guint i = 0; packages != NULL && i < packages->len; i++)
    {
      const SlPackage *package = packages->pdata[i];
      SlStudioThing *thing = add_thing (found, &package->id, package->name, package->active);

      thing->credits_hundredths = package->credits_hundredths;
      thing->price_cents = package->price_cents;
      thing->valid_days = package->valid_days;
    }
  return packages != NULL;
}

static gboolean
read_plans (SlEngine *engine, SlStudioFound *found, GError **error)
{
  g_autoptr (GPtrArray) plans = sl_plan_list (engine, error);

  for (guint i = 0; plans != NULL && i < plans->len; i++)
    {
      const SlPlan *plan = plans->pdata[i];
      SlStudioThing *thing = add_thing (found, &plan->id, plan->name, plan->active);

      thing->is_annual = g_strcmp0 (plan->period, "annual") == 0;
      thing->is_unlimited = g_strcmp0 (plan->kind, "unlimited") == 0;
      thing->price_cents = plan->price_cents;
      thing->joining_cents = plan->joining_cents;
      thing->credits_hundredths = plan->credits_hundredths;
    }
  return plans != NULL;
}

/* Those of this device's location: each place looks after its own. */
static gboolean
read_rooms (SlEngine *engine, SlStudioFound *found, GError **error)
{
  g_autoptr (GPtrArray) rooms = NULL;
  SlId here;

  sl_engine_get_location (engine, &here);
  rooms = sl_room_list (engine, &here, error);
  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    {
      const SlRoom *room = rooms->pdata[i];

      add_thing (found, &room->id, room->name, room->active);
    }
  return rooms != NULL;
}

static gboolean
read_staff (SlEngine *engine, const SlActor *actor, SlStudioFound *found, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) staff = NULL;

  if (!sl_staff_list (engine, actor, &staff, out_refusal, error))
    return FALSE;
  for (guint i = 0; staff != NULL && i < staff->len; i++)
    {
      const SlStaff *one = staff->pdata[i];
      SlStudioThing *thing = add_thing (found, &one->id, one->name, one->active);

      thing->role = one->role;
      thing->may_change = sl_staff_may_manage (actor, one->role, one->locations);
    }
  for (SlRole role = SL_ROLE_INSTRUCTOR; role < SL_ROLE_LAST; role++)
    found->roles |= sl_staff_may_manage (actor, role, actor->locations) ? 1u << role : 0;
  return TRUE;
}

/* The engine's lists are by name already. */
static void
put_used_first (SlStudioFound *found)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_studio_thing_free);

  for (int used = 1; used >= 0; used--)
    for (guint i = 0; i < found->things->len; i++)
      if (((SlStudioThing *) found->things->pdata[i])->active == used)
        g_ptr_array_add (sorted, found->things->pdata[i]);
  g_ptr_array_set_free_func (found->things, NULL);
  g_ptr_array_unref (found->things);
  found->things = sorted;
}

/**
 * sl_studio_read:
 *
 * All of a kind that there are, also those that are out of use.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_studio_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
                GError **error)
{
  SlStudioFound *found = g_new0 (SlStudioFound, 1);
  gboolean done = FALSE;

  found->kind = *(const SlStudioKind *) request;
  found->things = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_studio_thing_free);
  if (found->kind == SL_STUDIO_CLASSES)
    done = read_classes (engine, found, error);
  else if (found->kind == SL_STUDIO_PACKAGES)
    done = read_packages (engine, found, error);
  else if (found->kind == SL_STUDIO_PLANS)
    done = read_plans (engine, found, error);
  else if (found->kind == SL_STUDIO_ROOMS)
    done = read_rooms (engine, found, error);
  else
    done = read_staff (engine, actor, found, out_refusal, error);
  if (!done || out_refusal->code != SL_REFUSAL_NONE)
    {
      sl_studio_found_free (found);
      return done;
    }
  put_used_first (found);
  *out_result = found;
  return TRUE;
}

/* --- saving: what is not named stays, so that two desks can change one thing --- */

static const char *
text_changed (const char *before, const char *after)
{
  return g_strcmp0 (before, after) != 0 ? after : NULL;
}

static gint64
number_changed (const SlStudioThing *before, gint64 was, gint64 is)
{
  return before == NULL || was != is ? is : SL_NUMBER_NONE;
}

/* 0: as it was; 1: used from now on; −1: no longer. */
static int
active_changed (const SlStudioThing *before, const SlStudioThing *after)
{
  return before == NULL || before->active == after->active ? 0 : after->active ? 1 : -1;
}

static gboolean
save_class (SlEngine *engine, const SlActor *actor, const SlStudioThing *before, const SlStudioThing *after,
            SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing was = before != NULL ? *before : (SlStudioThing) { 0 };
  SlServiceParams params;
  SlId id;

  sl_service_params_init (&params);
  params.name = text_changed (was.name, after->name);
  params.type = text_changed (was.type, after->type);
  params.duration_min = number_changed (before, was.duration_min, after->duration_min);
  params.capacity = number_changed (before, was.places, after->places);
  params.credits_hundredths = number_changed (before, was.credits_hundredths, after->credits_hundredths);
  params.price_cents = number_changed (before, was.price_cents, after->price_cents);
  params.no_price = before != NULL && after->price_cents == SL_NUMBER_NONE && was.price_cents != SL_NUMBER_NONE;
  params.active = active_changed (before, after);
  if (before != NULL)
    return sl_service_edit (engine, actor, &before->id, &params, out_refusal, error);
  params.kind = "class";
  return sl_service_add (engine, actor, &params, &id, out_refusal, error);
}

static gboolean
save_package (SlEngine *engine, const SlActor *actor, const SlStudioThing *before, const SlStudioThing *after,
              SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing was = before != NULL ? *before : (SlStudioThing) { 0 };
  SlPackageParams params;
  SlId id;

  sl_package_params_init (&params);
  params.name = text_changed (was.name, after->name);
  params.credits_hundredths = number_changed (before, was.credits_hundredths, after->credits_hundredths);
  params.price_cents = number_changed (before, was.price_cents, after->price_cents);
  params.valid_days = number_changed (before, was.valid_days, after->valid_days);
  params.active = active_changed (before, after);
  return before != NULL ? sl_package_edit (engine, actor, &before->id, &params, out_refusal, error)
                        : sl_package_create (engine, actor, &params, &id, out_refusal, error);
}

static gboolean
save_plan (SlEngine *engine, const SlActor *actor, const SlStudioThing *before, const SlStudioThing *after,
           SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing was = before != NULL ? *before : (SlStudioThing) { 0 };
  SlPlanParams params;
  SlId id;

  sl_plan_params_init (&params);
  params.name = text_changed (was.name, after->name);
  if (before == NULL || was.is_unlimited != after->is_unlimited)
    params.kind = after->is_unlimited ? "unlimited" : "credits";
  if (before == NULL || was.is_annual != after->is_annual)
    params.period = after->is_annual ? "annual" : "monthly";
  params.price_cents = number_changed (before, was.price_cents, after->price_cents);
  params.joining_cents = number_changed (before, was.joining_cents, after->joining_cents);
  params.credits_hundredths = number_changed (before, was.credits_hundredths, after->credits_hundredths);
  params.active = active_changed (before, after);
  return before != NULL ? sl_plan_edit (engine, actor, &before->id, &params, out_refusal, error)
                        : sl_plan_add (engine, actor, &params, &id, out_refusal, error);
}

static gboolean
save_room (SlEngine *engine, const SlActor *actor, const SlStudioThing *before, const SlStudioThing *after,
           SlRefusal *out_refusal, GError **error)
{
  SlId id;

  return before != NULL ? sl_room_edit (engine, actor, &before->id, text_changed (before->name, after->name),
                                        active_changed (before, after), out_refusal, error)
                        : sl_room_add (engine, actor, NULL, after->name, &id, out_refusal, error);
}

/* Somebody new acts where whoever makes them does. */
static gboolean
save_staff (SlEngine *engine, const SlActor *actor, const SlStudioThing *before, const SlStudioThing *after,
            SlRefusal *out_refusal, GError **error)
{
  int active = active_changed (before, after);
  SlStaffParams params = { .pin = after->pin };
  SlId id;

  if (active != 0)
    return active > 0 ? sl_staff_enable (engine, actor, &before->id, out_refusal, error)
                      : sl_staff_disable (engine, actor, &before->id, out_refusal, error);
  params.name = text_changed (before != NULL ? before->name : NULL, after->name);
  if (before == NULL || before->role != after->role)
    params.role = sl_role_name (after->role);
  if (before != NULL)
    return sl_staff_edit (engine, actor, &before->id, &params, out_refusal, error);
  if (actor->locations != NULL && actor->role != SL_ROLE_OWNER)
    {
      params.locations = (const SlId *) actor->locations->data;
      params.n_locations = actor->locations->len;
    }
  return sl_staff_add (engine, actor, &params, &id, out_refusal, error);
}

/**
 * sl_studio_save:
 *
 * Makes something that the studio is made of, or changes it, or takes it out of use and back.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_studio_save (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
                GError **error)
{
  static gboolean (*const by_kind[]) (SlEngine *engine, const SlActor *actor, const SlStudioThing *before,
                                      const SlStudioThing *after, SlRefusal *out_refusal, GError **error) = {
    [SL_STUDIO_CLASSES] = save_class, [SL_STUDIO_PACKAGES] = save_package, [SL_STUDIO_PLANS] = save_plan,
    [SL_STUDIO_ROOMS] = save_room, [SL_STUDIO_STAFF] = save_staff,
  };
  const SlStudioSave *save = request;

  return by_kind[save->kind] (engine, actor, save->before, save->after, out_refusal, error);
}
