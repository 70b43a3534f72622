/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-names"

#include "engine/import-private.h"

#include <string.h>

#include "core/text.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/member-private.h"
#include "engine/plan.h"
#include "engine/resolve.h"
#include "engine/service.h"
#include "engine/staff.h"

/* One thing that can be named. */
typedef struct {
  SlId id, location_id;   /* location: of a room */
  char *name;             /* folded; of a member: "first last" */
  gboolean active;
} Thing;

struct _SlImportNames {
  GPtrArray *things[SL_NAMED_LAST];   /* (element-type Thing) */
  GPtrArray *members;                 /* (nullable) (element-type Thing) */
  GHashTable *by_phone, *by_email;    /* (nullable) text → GPtrArray of Thing of members */
};

static const struct { const char *word; SlThing thing; } named[] = {
  [SL_NAMED_SERVICE] = { "service", SL_THING_SERVICE },
  [SL_NAMED_LOCATION] = { "location", SL_THING_LOCATION },
  [SL_NAMED_ROOM] = { "room", SL_THING_ROOM },
  [SL_NAMED_STAFF] = { "staff member", SL_THING_STAFF },
  [SL_NAMED_PLAN] = { "plan", SL_THING_PLAN },
};
G_STATIC_ASSERT (G_N_ELEMENTS (named) == SL_NAMED_LAST);

static void
thing_free (gpointer data)
{
  Thing *thing = data;
  g_free (thing->name);
  g_free (thing);
}

static Thing *
add_thing (GPtrArray *things, const SlId *id, const char *name, gboolean active)
{
  Thing *thing = g_new0 (Thing, 1);
  thing->id = *id;
  thing->name = sl_text_fold (name != NULL ? name : "");
  thing->active = active;
  g_ptr_array_add (things, thing);
  return thing;
}

static gboolean
load_places (SlEngine *engine, SlImportNames *names, GError **error)
{
  g_autoptr (GPtrArray) locations = sl_location_list (engine, error);
  g_autoptr (GPtrArray) rooms = locations != NULL ? sl_room_list (engine, NULL, error) : NULL;
  if (rooms == NULL)
    return FALSE;
  for (guint i = 0; i < locations->len; i++)
    {
      const SlLocation *location = locations->pdata[i];
      (void) add_thing (names->things[SL_NAMED_LOCATION], &location->id, location->name, TRUE);
    }
  for (guint i = 0; i < rooms->len; i++)
    {
      const SlRoom *room = rooms->pdata[i];
      add_thing (names->things[SL_NAMED_ROOM], &room->id, room->name, room->active)->location_id = room->location_id;
    }
  return TRUE;
}

static gboolean
load_services_and_staff (SlEngine *engine, const SlActor *actor, SlImportNames *names, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) staff = NULL;
  g_autoptr (GPtrArray) services = sl_service_list (engine, error);
  if (services == NULL || !sl_staff_list (engine, actor, &staff, &refusal, error))
    return FALSE;
  for (guint i = 0; i < services->len; i++)
    {
      const SlService *service = services->pdata[i];
      (void) add_thing (names->things[SL_NAMED_SERVICE], &service->id, service->name, service->active);
    }
  for (guint i = 0; staff != NULL && i < staff->len; i++)
    {
      const SlStaff *one = staff->pdata[i];
      (void) add_thing (names->things[SL_NAMED_STAFF], &one->id, one->name, one->active);
    }
  return TRUE;
}

static gboolean
load_plans (SlEngine *engine, SlImportNames *names, GError **error)
{
  g_autoptr (GPtrArray) plans = sl_plan_list (engine, error);
  for (guint i = 0; plans != NULL && i < plans->len; i++)
    {
      const SlPlan *plan = plans->pdata[i];
      (void) add_thing (names->things[SL_NAMED_PLAN], &plan->id, plan->name, plan->active);
    }
  return plans != NULL;
}

static void
learn (GHashTable *table, const char *key, Thing *thing)
{
  if (key == NULL || *key == '\0')
    return;
  GPtrArray *sharing = g_hash_table_lookup (table, key);
  if (sharing == NULL)
    {
      sharing = g_ptr_array_new ();
      g_hash_table_insert (table, g_strdup (key), sharing);
    }
  g_ptr_array_add (sharing, thing);
}

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  return sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
}

/* All members by what a row may call them; opened once, before the first row. Erased ones are nobody. */
static gboolean
load_members (SlEngine *engine, SlImportNames *names, GError **error)
{
  names->members = g_ptr_array_new_with_free_func (thing_free);
  names->by_phone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  names->by_email = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id, first, last, phone, email FROM member WHERE NOT EXISTS "
                                            "(SELECT 1 FROM erased e WHERE e.member_id = member.id)",
                                            "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_autofree char *first = unseal (engine, &id, "first", rows, 1), *last = unseal (engine, &id, "last", rows, 2);
      g_autofree char *phone = unseal (engine, &id, "phone", rows, 3), *email = unseal (engine, &id, "email", rows, 4);
      g_autofree char *name = g_strconcat (first != NULL ? first : "", " ", last != NULL ? last : "", NULL);
      g_autofree char *folded_email = email != NULL ? sl_text_fold (email) : NULL;
      Thing *member = add_thing (names->members, &id, name, TRUE);
      learn (names->by_phone, phone, member);
      learn (names->by_email, folded_email, member);
    }
  return sl_rows_finish (rows, error);
}

/* sl_import_names_load: services, places, plans and staff, and with_members all members too. */
gboolean
sl_import_names_load (SlImportRun *run, gboolean with_members, GError **error)
{
  SlImportNames *names = g_new0 (SlImportNames, 1);
  run->names = names;
  for (guint i = 0; i < SL_NAMED_LAST; i++)
    names->things[i] = g_ptr_array_new_with_free_func (thing_free);
  return load_places (run->engine, names, error) && load_plans (run->engine, names, error)
         && load_services_and_staff (run->engine, run->actor, names, error)
         && (!with_members || load_members (run->engine, names, error));
}

/* sl_import_names_free: with the plain text in it. */
void
sl_import_names_free (SlImportNames *names)
{
  if (names == NULL)
    return;
  for (guint i = 0; i < SL_NAMED_LAST; i++)
    g_clear_pointer (&names->things[i], g_ptr_array_unref);
  g_clear_pointer (&names->by_phone, g_hash_table_unref);
  g_clear_pointer (&names->by_email, g_hash_table_unref);
  g_clear_pointer (&names->members, g_ptr_array_unref);
  g_free (names);
}

/* --- finding --- */

static gboolean
is_id (const char *text)
{
  SlId low, high;
  return sl_id_parse (text, &low) || sl_id_parse_prefix (text, &low, &high);
}

static gboolean
not_one (GError **error, const char *column, const char *word, guint found)
{
  if (found == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "%s: there is no such %s", column, word);
  else
    g_set_error (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID, "%s: more than one %s is called that; give the id", column,
                 word);
  return FALSE;
}

/* Those of that name: active ones before others, which are there to be told that they are not. */
static guint
count_named (GPtrArray *things, const char *folded, const SlId *location, gboolean active, SlId *out)
{
  guint found = 0;
  for (guint i = 0; i < things->len; i++)
    {
      const Thing *thing = things->pdata[i];
      if (thing->active != active || !g_str_equal (thing->name, folded)
          || (location != NULL && !sl_id_equal (&thing->location_id, location)))
        continue;
      *out = thing->id;
      found++;
    }
  return found;
}

static gboolean
find_named (SlImportRun *run, const char *cell, const char *column, SlNamed what, const SlId *location, SlId *out,
            GError **error)
{
  g_autofree char *folded = sl_text_fold (cell);
  guint found = count_named (run->names->things[what], folded, location, TRUE, out);
  if (found == 0)
    found = count_named (run->names->things[what], folded, location, FALSE, out);
  if (found == 1)
    return TRUE;
  if (found == 0 && is_id (cell))
    {
      if (sl_engine_resolve_id (run->engine, named[what].thing, cell, out, error))
        return TRUE;
      g_prefix_error (error, "%s: ", column);
      return FALSE;
    }
  return not_one (error, column, named[what].word, found);
}

/* sl_import_find: see the header. */
gboolean
sl_import_find (SlImportRun *run, const SlImportRow *row, const char *column, SlNamed what, const SlId *location,
                SlId *out, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, column);
  *out = sl_id_none;
  return cell == NULL || find_named (run, cell, column, what, location, out, error);
}

/* sl_import_find_list: see the header. NULL: one of them is not there, or not the only one. */
GArray *
sl_import_find_list (SlImportRun *run, const SlImportRow *row, const char *column, SlNamed what, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, column);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_auto (GStrv) names = g_strsplit (cell != NULL ? cell : "", ";", -1);
  for (guint i = 0; names[i] != NULL; i++)
    {
      SlId id = sl_id_none;
      if (*g_strstrip (names[i]) == '\0')
        continue;
      if (!find_named (run, names[i], column, what, NULL, &id, error))
        return NULL;
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

/* Of several with one number or address those whose name the row gives, too: families share telephones. */
static gboolean
choose_member (SlImportRun *run, const SlImportRow *row, GPtrArray *sharing, SlId *out, GError **error)
{
  const char *first = sl_import_cell (run->import, row, "first"), *last = sl_import_cell (run->import, row, "last");
  guint found = 0;
  if (sharing == NULL)
    return not_one (error, "member", "member", 0);
  g_autofree char *name = g_strconcat (first != NULL ? first : "", " ", last != NULL ? last : "", NULL);
  g_autofree char *folded = sl_text_fold (name);
  for (guint i = 0; i < sharing->len; i++)
    {
      const Thing *member = sharing->pdata[i];
      if (sharing->len > 1 && !g_str_equal (member->name, folded))
        continue;
      *out = member->id;
      found++;
    }
  if (found == 1)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID,
                       "member: more than one member has it; give the columns first and last, or the id");
  return FALSE;
}

/* sl_import_find_member: by e-mail address, by id, else by phone number in whatever way it is written. */
gboolean
sl_import_find_member (SlImportRun *run, const SlImportRow *row, SlId *out, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, "member");
  g_return_val_if_fail (cell != NULL && run->names->members != NULL, FALSE);

  if (strchr (cell, '@') != NULL)
    {
      g_autofree char *folded = sl_text_fold (cell);
      return choose_member (run, row, g_hash_table_lookup (run->names->by_email, folded), out, error);
    }
  g_autofree char *phone = sl_phone_normalise (cell, SL_MEMBER_COUNTRY_CODE, NULL);
  GPtrArray *sharing = phone != NULL ? g_hash_table_lookup (run->names->by_phone, phone) : NULL;
  if (sharing == NULL && is_id (cell))
    {
      if (sl_engine_resolve_id (run->engine, SL_THING_MEMBER, cell, out, error))
        return TRUE;
      g_prefix_error (error, "member: ");
      return FALSE;
    }
  if (sharing == NULL && phone == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                           "member: neither a phone number, an e-mail address nor an id");
      return FALSE;
    }
  return choose_member (run, row, sharing, out, error);
}
