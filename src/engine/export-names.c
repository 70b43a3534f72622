/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-export-names"

#include "engine/export-private.h"

#include "core/text.h"
#include "engine/location.h"
#include "engine/service.h"
#include "engine/staff.h"

typedef struct {
  char *first, *last, *phone, *email; /* (nullable) */
  gboolean erased;
} Person;

struct _SlExportNames {
  GHashTable *named;        /* SlId → utf8: what a row calls it */
  GHashTable *zones;        /* SlId of a location → GTimeZone */
  GHashTable *members;      /* SlId → Person */
  GHashTable *phones, *emails; /* (nullable) text → how many members have it */
};

static void
person_free (gpointer data)
{
  Person *person = data;
  g_free (person->first);
  g_free (person->last);
  g_free (person->phone);
  g_free (person->email);
  g_free (person);
}

/* sl_export_names_free: with the plain text in it. */
void
sl_export_names_free (SlExportNames *names)
{
  if (names == NULL)
    return;
  g_clear_pointer (&names->named, g_hash_table_unref);
  g_clear_pointer (&names->zones, g_hash_table_unref);
  g_clear_pointer (&names->members, g_hash_table_unref);
  g_clear_pointer (&names->phones, g_hash_table_unref);
  g_clear_pointer (&names->emails, g_hash_table_unref);
  g_free (names);
}

static guint
count_of (GHashTable *counts, const char *folded)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, folded));
}

static void
count (GHashTable *counts, const char *text)
{
  g_autofree char *folded = text != NULL ? sl_text_fold (text) : NULL;
  if (folded == NULL || *folded == '\0')
    return;
  guint before = count_of (counts, folded);
  g_hash_table_insert (counts, g_steal_pointer (&folded), GUINT_TO_POINTER (before + 1));
}

static gboolean
is_only_one (GHashTable *counts, const char *text)
{
  g_autofree char *folded = text != NULL ? sl_text_fold (text) : NULL;
  return folded != NULL && *folded != '\0' && count_of (counts, folded) == 1;
}

static GHashTable *
counts_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* A pair of an id and a name, wherever they come from. */
typedef struct { const SlId *id; const char *name; } Pair;

/* Names of one kind; those that several things have are no use to find one by. */
static void
take_names (SlExportNames *names, const Pair *pairs, guint n_pairs)
{
  g_autoptr (GHashTable) counts = counts_new ();
  for (guint i = 0; i < n_pairs; i++)
    count (counts, pairs[i].name);
  for (guint i = 0; i < n_pairs; i++)
    g_hash_table_insert (names->named, sl_id_copy (pairs[i].id),
                         is_only_one (counts, pairs[i].name) ? g_strdup (pairs[i].name)
                                                             : sl_id_to_string (pairs[i].id));
}

static gboolean
load_places (SlEngine *engine, SlExportNames *names, GError **error)
{
  g_autoptr (GPtrArray) locations = sl_location_list (engine, error);
  g_autoptr (GPtrArray) rooms = locations != NULL ? sl_room_list (engine, NULL, error) : NULL;
  if (rooms == NULL)
    return FALSE;
  g_autofree Pair *pairs = g_new0 (Pair, MAX (locations->len, rooms->len) + 1);
  for (guint i = 0; i < locations->len; i++)
    {
      const SlLocation *location = locations->pdata[i];
      GTimeZone *zone = sl_location_zone (engine, &location->id, error);
      if (zone == NULL)
        return FALSE;
      g_hash_table_insert (names->zones, sl_id_copy (&location->id), zone);
      pairs[i] = (Pair) { &location->id, location->name };
    }
  take_names (names, pairs, locations->len);
  for (guint i = 0; i < rooms->len; i++)
    {
      const SlRoom *room = rooms->pdata[i];
      pairs[i] = (Pair) { &room->id, room->name };
    }
  take_names (names, pairs, rooms->len);
  return TRUE;
}

static gboolean
load_services_and_staff (SlEngine *engine, const SlActor *actor, SlExportNames *names, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) staff = NULL;
  g_autoptr (GPtrArray) services = sl_service_list (engine, error);
  if (services == NULL || !sl_staff_list (engine, actor, &staff, &refusal, error))
    return FALSE;
  guint n_staff = staff != NULL ? staff->len : 0;
  g_autofree Pair *pairs = g_new0 (Pair, MAX (services->len, n_staff) + 1);
  for (guint i = 0; i < services->len; i++)
    {
      const SlService *service = services->pdata[i];
      pairs[i] = (Pair) { &service->id, service->name };
    }
  take_names (names, pairs, services->len);
  for (guint i = 0; i < n_staff; i++)
    {
      const SlStaff *one = staff->pdata[i];
      pairs[i] = (Pair) { &one->id, one->name };
    }
  take_names (names, pairs, n_staff);
  return TRUE;
}

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  return sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
}

static gboolean
load_members (SlEngine *engine, SlExportNames *names, GError **error)
{
  names->phones = counts_new ();
  names->emails = counts_new ();
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id, first, last, phone, email, EXISTS (SELECT 1 FROM erased e "
                                            "WHERE e.member_id = member.id) FROM member",
                                            "");
  while (sl_rows_next (rows))
    {
      SlId id;
      Person *person = g_new0 (Person, 1);
      sl_rows_id (rows, 0, &id);
      person->first = unseal (engine, &id, "first", rows, 1);
      person->last = unseal (engine, &id, "last", rows, 2);
      person->phone = unseal (engine, &id, "phone", rows, 3);
      person->email = unseal (engine, &id, "email", rows, 4);
      person->erased = sl_rows_int (rows, 5) != 0;
      count (names->phones, person->phone);
      count (names->emails, person->email);
      g_hash_table_insert (names->members, sl_id_copy (&id), person);
    }
  return sl_rows_finish (rows, error);
}

/* sl_export_names_load: places, services and staff, and with_members all members too. */
gboolean
sl_export_names_load (SlExport *out, gboolean with_members, GError **error)
{
  SlExportNames *names = g_new0 (SlExportNames, 1);
  out->names = names;
  names->named = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  names->zones = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, (GDestroyNotify) g_time_zone_unref);
  names->members = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, person_free);
  return load_places (out->engine, names, error) && load_services_and_staff (out->engine, out->actor, names, error)
         && (!with_members || load_members (out->engine, names, error));
}

/* sl_export_name_of: what a row calls it; NULL: not heard of here. */
const char *
sl_export_name_of (SlExport *out, const SlId *id)
{
  return g_hash_table_lookup (out->names->named, id);
}

/* sl_export_add_named: see the header. What was not heard of here is named by its id. */
void
sl_export_add_named (SlExport *out, const SlId *id)
{
  const char *name = sl_export_name_of (out, id);
  if (name != NULL)
    sl_export_add (out, name);
  else
    sl_export_add_id (out, id);
}

/* sl_export_add_named_list: see the header. A name with a semicolon in it would be two. */
void
sl_export_add_named_list (SlExport *out, const GArray *ids)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      const char *name = sl_export_name_of (out, id);
      gboolean is_whole = name != NULL && strchr (name, ';') == NULL;
      g_autofree char *digits = is_whole ? NULL : sl_id_to_string (id);
      g_string_append_printf (text, "%s%s", i > 0 ? SL_EXPORT_LIST_SEPARATOR : "", is_whole ? name : digits);
    }
  sl_export_add (out, text->str);
}

/* sl_export_add_member: see the header. A shared number will do where the names beside it tell them apart. */
void
sl_export_add_member (SlExport *out, const SlId *id)
{
  const Person *person = g_hash_table_lookup (out->names->members, id);
  if (person != NULL && is_only_one (out->names->phones, person->phone))
    sl_export_add (out, person->phone);
  else if (person != NULL && is_only_one (out->names->emails, person->email))
    sl_export_add (out, person->email);
  else if (person != NULL && person->phone != NULL)
    sl_export_add (out, person->phone);
  else
    sl_export_add_id (out, id);
}

/* sl_export_add_member_names: two cells. */
void
sl_export_add_member_names (SlExport *out, const SlId *id)
{
  const Person *person = g_hash_table_lookup (out->names->members, id);
  sl_export_add (out, person != NULL ? person->first : NULL);
  sl_export_add (out, person != NULL ? person->last : NULL);
}

/* sl_export_member_is_erased: nobody can be found by it any more. */
gboolean
sl_export_member_is_erased (SlExport *out, const SlId *id)
{
  const Person *person = g_hash_table_lookup (out->names->members, id);
  return person != NULL && person->erased;
}

/* sl_export_zone: the location's, this device's where the location is not known. */
GTimeZone *
sl_export_zone (SlExport *out, const SlId *location)
{
  GTimeZone *zone = g_hash_table_lookup (out->names->zones, location);
  return zone != NULL ? zone : sl_engine_time_zone (out->engine);
}
