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
sl_studio_found_free (gpointer data)
{
  SlStudioFound *found = data;

  if (found == NULL)
    return;
  g_ptr_array_unref (found->things);
  g_clear_pointer (&found->choices.classes, g_ptr_array_unref);
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

/* Takes over what the engine says of one; actor: who asks. */
typedef void (*Fill) (SlStudioThing *thing, gconstpointer item, const SlActor *actor);

static void
fill (SlStudioThing *thing, const SlId *id, const char *name, gboolean active)
{
  thing->id = *id;
  thing->name = g_strdup (name);
  thing->active = active;
}

static void
fill_class (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlService *service = item;

  fill (thing, &service->id, service->name, service->active);
  thing->type = g_strdup (service->type);
  thing->duration_min = service->duration_min;
  thing->places = service->capacity;
  thing->credits_hundredths = service->credits_hundredths;
  thing->price_cents = service->price_cents;
  thing->member_price_cents = service->member_price_cents;
}

static void
fill_package (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlPackage *package = item;

  fill (thing, &package->id, package->name, package->active);
  thing->credits_hundredths = package->credits_hundredths;
  thing->price_cents = package->price_cents;
  thing->valid_days = package->valid_days;
}

static void
fill_plan (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlPlan *plan = item;

  fill (thing, &plan->id, plan->name, plan->active);
  thing->is_annual = g_strcmp0 (plan->period, "annual") == 0;
  thing->is_unlimited = g_strcmp0 (plan->kind, "unlimited") == 0;
  thing->price_cents = plan->price_cents;
  thing->joining_cents = plan->joining_cents;
  thing->credits_hundredths = plan->credits_hundredths;
  thing->services = plan->services != NULL ? g_array_copy (plan->services) : NULL;
}

static void
fill_room (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlRoom *room = item;

  fill (thing, &room->id, room->name, room->active);
}

static void
fill_person (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlStaff *person = item;

  fill (thing, &person->id, person->name, person->active);
  thing->role = person->role;
  thing->may_change = sl_staff_may_manage (actor, person->role, person->locations);
}

static GPtrArray *
things_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sl_studio_thing_free);
}

static void
fill_location (SlStudioThing *thing, gconstpointer item, const SlActor *actor)
{
  const SlLocation *location = item;
  g_auto (SlRefusal) refusal = { 0 };

  fill (thing, &location->id, location->name, TRUE);
  thing->timezone = g_strdup (location->timezone);
  thing->address = g_strdup (location->address);
  thing->may_change = sl_actor_may (actor, SL_ACTION_EDIT_LOCATION, &location->id, &refusal);
}

/* all: (nullable) (transfer full): nothing where the engine failed. */
static gboolean
take (GPtrArray *things, GPtrArray *all, Fill fill_one, const SlActor *actor)
{
  g_autoptr (GPtrArray) items = all;

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      SlStudioThing *thing = sl_studio_thing_new ();

      fill_one (thing, items->pdata[i], actor);
      g_ptr_array_add (things, thing);
    }
  return items != NULL;
}

/* Those of this device's location: each place looks after its own. */
static GPtrArray *
list_rooms (SlEngine *engine, GError **error)
{
  SlId here;

  sl_engine_get_location (engine, &here);
  return sl_room_list (engine, &here, error);
}

static gboolean
read_staff (SlEngine *engine, const SlActor *actor, SlStudioFound *found, SlRefusal *out_refusal, GError **error)
{
  GPtrArray *staff = NULL;

  if (!sl_staff_list (engine, actor, &staff, out_refusal, error))
    return FALSE;
  for (SlRole role = SL_ROLE_INSTRUCTOR; role < SL_ROLE_LAST; role++)
    found->choices.roles |= sl_staff_may_manage (actor, role, actor->locations) ? 1u << role : 0;
  return staff == NULL || take (found->things, staff, fill_person, actor);
}

/* With the classes that they can be for. */
static gboolean
read_plans (SlEngine *engine, const SlActor *actor, SlStudioFound *found, GError **error)
{
  found->choices.classes = things_new ();
  return take (found->things, sl_plan_list (engine, error), fill_plan, actor)
         && take (found->choices.classes, sl_service_list (engine, error), fill_class, actor);
}

static gboolean
read_locations (SlEngine *engine, const SlActor *actor, SlStudioFound *found, GError **error)
{
  SlId here;

  if (!take (found->things, sl_location_list (engine, error), fill_location, actor))
    return FALSE;
  sl_engine_get_location (engine, &here);
  for (guint i = 0; i < found->things->len; i++)
    {
      SlStudioThing *location = found->things->pdata[i];

      location->is_here = sl_id_equal (&location->id, &here);
    }
  found->choices.may_open = sl_actor_scope (actor, SL_ACTION_CREATE_LOCATION) == SL_SCOPE_ALL;
  return TRUE;
}

/* The engine's lists are by name already. */
static void
put_used_first (SlStudioFound *found)
{
  GPtrArray *sorted = things_new ();

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
  found->things = things_new ();
  if (found->kind == SL_STUDIO_CLASSES)
    done = take (found->things, sl_service_list (engine, error), fill_class, actor);
  else if (found->kind == SL_STUDIO_PACKAGES)
    done = take (found->things, sl_package_list (engine, error), fill_package, actor);
  else if (found->kind == SL_STUDIO_PLANS)
    done = read_plans (engine, actor, found, error);
  else if (found->kind == SL_STUDIO_ROOMS)
    done = take (found->things, list_rooms (engine, error), fill_room, actor);
  else if (found->kind == SL_STUDIO_LOCATIONS)
    done = read_locations (engine, actor, found, error);
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

typedef struct {
  SlEngine *engine;
  const SlActor *actor;
  const SlId *id;           /* (nullable): NULL: it is made */
  SlStudioThing was;        /* borrowed; of a new one nothing is said */
  const SlStudioThing *now;
} Change;

static const char *
text_changed (const char *before, const char *after)
{
  return g_strcmp0 (before, after) != 0 ? after : NULL;
}

static gint64
number_changed (const Change *change, gint64 was, gint64 is)
{
  return change->id == NULL || was != is ? is : SL_NUMBER_NONE;
}

/* A price of which there need not be one: taken away. */
static gboolean
is_taken_away (const Change *change, gint64 was, gint64 is)
{
  return change->id != NULL && was != SL_NUMBER_NONE && is == SL_NUMBER_NONE;
}

/* 0: as it was; 1: used from now on; −1: no longer. */
static int
active_changed (const Change *change)
{
  return change->id == NULL || change->was.active == change->now->active ? 0 : change->now->active ? 1 : -1;
}

static gboolean
save_class (const Change *change, SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing *was = &change->was, *now = change->now;
  SlServiceParams params;
  SlId id;

  sl_service_params_init (&params);
  params.name = text_changed (was->name, now->name);
  params.type = text_changed (was->type, now->type);
  params.duration_min = number_changed (change, was->duration_min, now->duration_min);
  params.capacity = number_changed (change, was->places, now->places);
  params.credits_hundredths = number_changed (change, was->credits_hundredths, now->credits_hundredths);
  params.price_cents = number_changed (change, was->price_cents, now->price_cents);
  params.no_price = is_taken_away (change, was->price_cents, now->price_cents);
  params.member_price_cents = number_changed (change, was->member_price_cents, now->member_price_cents);
  params.no_member_price = is_taken_away (change, was->member_price_cents, now->member_price_cents);
  params.active = active_changed (change);
  if (change->id != NULL)
    return sl_service_edit (change->engine, change->actor, change->id, &params, out_refusal, error);
  params.kind = "class";
  return sl_service_add (change->engine, change->actor, &params, &id, out_refusal, error);
}

static gboolean
save_package (const Change *change, SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing *was = &change->was, *now = change->now;
  SlPackageParams params;
  SlId id;

  sl_package_params_init (&params);
  params.name = text_changed (was->name, now->name);
  params.credits_hundredths = number_changed (change, was->credits_hundredths, now->credits_hundredths);
  params.price_cents = number_changed (change, was->price_cents, now->price_cents);
  params.valid_days = number_changed (change, was->valid_days, now->valid_days);
  params.active = active_changed (change);
  return change->id != NULL
           ? sl_package_edit (change->engine, change->actor, change->id, &params, out_refusal, error)
           : sl_package_create (change->engine, change->actor, &params, &id, out_refusal, error);
}

/* As it is to be, where the plan is for others than before. */
static void
set_services (const Change *change, SlPlanParams *params)
{
  const GArray *was = change->was.services, *now = change->now->services;
  gboolean same = (was != NULL ? was->len : 0) == (now != NULL ? now->len : 0);

  for (guint i = 0; same && now != NULL && i < now->len; i++)
    same = sl_studio_plan_names (&change->was, &g_array_index (now, SlId, i));
  if (same)
    return;
  params->all_services = now == NULL;
  params->services = now != NULL ? (const SlId *) now->data : NULL;
  params->n_services = now != NULL ? now->len : 0;
}

static gboolean
save_plan (const Change *change, SlRefusal *out_refusal, GError **error)
{
  const SlStudioThing *was = &change->was, *now = change->now;
  SlPlanParams params;
  SlId id;

  sl_plan_params_init (&params);
  params.name = text_changed (was->name, now->name);
  if (change->id == NULL || was->is_unlimited != now->is_unlimited)
    params.kind = now->is_unlimited ? "unlimited" : "credits";
  if (change->id == NULL || was->is_annual != now->is_annual)
    params.period = now->is_annual ? "annual" : "monthly";
  params.price_cents = number_changed (change, was->price_cents, now->price_cents);
  params.joining_cents = number_changed (change, was->joining_cents, now->joining_cents);
  params.credits_hundredths = number_changed (change, was->credits_hundredths, now->credits_hundredths);
  params.active = active_changed (change);
  set_services (change, &params);
  return change->id != NULL ? sl_plan_edit (change->engine, change->actor, change->id, &params, out_refusal, error)
                            : sl_plan_add (change->engine, change->actor, &params, &id, out_refusal, error);
}

static gboolean
save_room (const Change *change, SlRefusal *out_refusal, GError **error)
{
  const char *name = text_changed (change->was.name, change->now->name);
  SlId id;

  return change->id != NULL ? sl_room_edit (change->engine, change->actor, change->id, name, active_changed (change),
                                            out_refusal, error)
                            : sl_room_add (change->engine, change->actor, NULL, name, &id, out_refusal, error);
}

static gboolean
save_location (const Change *change, SlRefusal *out_refusal, GError **error)
{
  const SlLocationParams params = { .name = text_changed (change->was.name, change->now->name),
                                    .timezone = text_changed (change->was.timezone, change->now->timezone),
                                    .address = text_changed (change->was.address, change->now->address) };
  SlId id;

  return change->id != NULL
           ? sl_location_edit_params (change->engine, change->actor, change->id, &params, out_refusal, error)
           : sl_location_add_params (change->engine, change->actor, &params, &id, out_refusal, error);
}

/* Somebody new acts where whoever makes them does. */
static gboolean
save_person (const Change *change, SlRefusal *out_refusal, GError **error)
{
  int active = active_changed (change);
  SlStaffParams params = { .pin = change->now->pin };
  SlId id;

  if (active != 0)
    return (active > 0 ? sl_staff_enable : sl_staff_disable) (change->engine, change->actor, change->id, out_refusal,
                                                              error);
  params.name = text_changed (change->was.name, change->now->name);
  if (change->id == NULL || change->was.role != change->now->role)
    params.role = sl_role_name (change->now->role);
  if (change->id != NULL)
    return sl_staff_edit (change->engine, change->actor, change->id, &params, out_refusal, error);
  if (change->actor->locations != NULL && change->actor->role != SL_ROLE_OWNER)
    {
      params.locations = (const SlId *) change->actor->locations->data;
      params.n_locations = change->actor->locations->len;
    }
  return sl_staff_add (change->engine, change->actor, &params, &id, out_refusal, error);
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
  static gboolean (*const by_kind[]) (const Change *change, SlRefusal *out_refusal, GError **error) = {
    [SL_STUDIO_CLASSES] = save_class, [SL_STUDIO_PACKAGES] = save_package, [SL_STUDIO_PLANS] = save_plan,
    [SL_STUDIO_ROOMS] = save_room, [SL_STUDIO_STAFF] = save_person, [SL_STUDIO_LOCATIONS] = save_location,
  };
  const SlStudioSave *save = request;
  Change change = { .engine = engine, .actor = actor, .now = save->after };

  if (save->before != NULL)
    {
      change.id = &save->before->id;
      change.was = *save->before;
    }
  return by_kind[save->kind] (&change, out_refusal, error);
}
