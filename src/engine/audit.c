/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-audit"

#include "engine/audit.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "oplog/history.h"
#include "oplog/trail.h"

/* The log is the audit: nothing of it is kept a second time. What stood in a field before is what the latest writer
 * before that operation wrote, in the order of the merge. */

#define ERASED "(erased)"
#define SEALED "(sealed)"
#define SECRET "(secret)" /* the hash of a PIN: of no use to people, and of some to whoever guesses */

/* Things that are a member's: ?1 is the member where they are looked for, and the thing where its member is. */
#define THINGS(what) \
  what ("claim", "id") what ("lot", "id") what ("checkin", "id") what ("sale", "id") what ("payment", "id") \
  what ("membership", "id") what ("request", "id") what ("standing", "id") what ("program", "id") \
  what ("incident", "id") what ("note", "id") what ("pass", "id")
#define OF_MEMBER(table, id) "UNION SELECT " id " FROM " table " WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1") " "
#define WHOSE(table, id) "UNION SELECT member_id FROM " table " WHERE " id " = ?1 AND member_id IS NOT NULL "

static void
change_free (gpointer data)
{
  SlAuditChange *change = data;
  g_free (change->field);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

static void
item_free (gpointer data)
{
  SlAuditItem *item = data;
  g_free (item->kind);
  g_clear_pointer (&item->changes, g_ptr_array_unref);
  g_free (item);
}

static void
refused_free (gpointer data)
{
  SlRefusedCommand *refused = data;
  g_free (refused->command);
  g_free (refused->code);
  g_free (refused->details);
  g_free (refused);
}

/**
 * sl_audit_page_free:
 * @page: (nullable) (transfer full): a page
 */
void
sl_audit_page_free (SlAuditPage *page)
{
  if (page == NULL)
    return;
  g_clear_pointer (&page->items, g_ptr_array_unref);
  g_free (page->place);
  g_free (page);
}

static gboolean
read_ids (SlEngine *engine, const char *sql, const SlId *id, GHashTable *out_set, GArray *out_list, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, sql, "d", id);
  while (sl_rows_next (rows))
    {
      SlId one;
      sl_rows_id (rows, 0, &one);
      if (out_set != NULL)
        g_hash_table_add (out_set, sl_id_copy (&one));
      if (out_list != NULL)
        g_array_append_val (out_list, one);
    }
  return sl_rows_finish (rows, error);
}

/* --- which operations --- */

typedef struct {
  SlEngine *engine;
  const SlAuditFilter *filter;
  GHashTable *things; /* (nullable) of SlId: the member's records and all that is theirs */
  GArray *records;    /* (nullable) of SlId: the member's records */
} Reader;

static gboolean
names_one (const SlTrailItem *item, const GArray *ids)
{
  gsize length;
  const void *bytes = g_bytes_get_data (item->bytes, &length);
  for (guint i = 0; i < ids->len; i++)
    if (memmem (bytes, length, g_array_index (ids, SlId, i).bytes, SL_ID_BYTES) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_of_kind (const char *kind, const char *wanted)
{
  gsize length = strlen (wanted);
  return kind != NULL && g_str_has_prefix (kind, wanted) && (kind[length] == '\0' || kind[length] == '.');
}

static gboolean
is_wanted (const Reader *reader, const SlTrailItem *item)
{
  const SlAuditFilter *filter = reader->filter;
  if (filter->kind != NULL && !is_of_kind (item->kind, filter->kind))
    return FALSE;
  if (filter->staff != NULL && !sl_id_equal (&item->operation.actor, filter->staff)
      && !sl_id_equal (&item->operation.approver, filter->staff))
    return FALSE;
  if (filter->entity != NULL && !sl_id_equal (&item->entity, filter->entity))
    return FALSE;
  return filter->member == NULL || g_hash_table_contains (reader->things, &item->entity)
         || g_hash_table_contains (reader->things, &item->operation.actor) || names_one (item, reader->records);
}

/* --- what they say --- */

/* Whose key opens what an operation says: the member that it is about, or whose thing it is about. */
static GArray *
members_of (Reader *reader, const SlTrailItem *item, gboolean *out_erased, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (!read_ids (reader->engine, "SELECT id FROM member WHERE id = ?1 " THINGS (WHOSE), &item->entity, NULL, members,
                 error))
    return NULL;
  *out_erased = FALSE;
  for (guint i = 0; i < members->len && !*out_erased; i++)
    if (!sl_oplog_is_erased (reader->engine->log, &g_array_index (members, SlId, i), out_erased, error))
      return NULL;
  if (members->len == 0)
    g_array_append_val (members, sl_id_none); /* about nobody: the organisation's */
  return g_steal_pointer (&members);
}

static char *
open_sealed (Reader *reader, const SlTrailItem *item, const SlTrailField *field, const SlCborItem *value,
             const GArray *members, gboolean erased)
{
  char *plain = NULL;
  if (erased)
    return g_strdup (ERASED);
  if (field->sealed)
    plain = sl_oplog_unseal_field (reader->engine->log, &item->entity, field->column, value->data, value->length);
  for (guint i = 0; field->note && plain == NULL && i < members->len; i++)
    plain = sl_oplog_unseal_note (reader->engine->log, &g_array_index (members, SlId, i), value->data, value->length);
  return plain != NULL ? plain : g_strdup (SEALED);
}

/* (nullable): nothing */
static char *
value_text (Reader *reader, const SlTrailItem *item, const SlTrailField *field, const SlCborItem *value,
            const GArray *members, gboolean erased)
{
  char text[SL_ID_TEXT_BYTES];
  SlId id;
  if (value->type != SL_CBOR_NULL && g_strcmp0 (field->column, "pin_hash") == 0)
    return g_strdup (erased ? ERASED : SECRET);
  switch (value->type)
    {
    case SL_CBOR_NULL:
      return NULL;
    case SL_CBOR_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
    case SL_CBOR_BOOL:
      return g_strdup (value->integer ? "true" : "false");
    case SL_CBOR_TEXT:
      return g_strndup ((const char *) value->data, value->length);
    case SL_CBOR_BYTES:
      if (field->sealed || field->note)
        return open_sealed (reader, item, field, value, members, erased);
      if (value->length != SL_ID_BYTES)
        return g_strdup_printf ("(%" G_GSIZE_FORMAT " bytes)", value->length);
      memcpy (id.bytes, value->data, SL_ID_BYTES);
      return g_strdup (sl_id_format (&id, text));
    default:
      return g_strdup_printf ("(%" G_GSIZE_FORMAT " items)", value->length);
    }
}

static gboolean
add_fields (Reader *reader, const SlTrailItem *item, const GArray *fields, const GArray *members, gboolean erased,
            GPtrArray *changes, GError **error)
{
  g_autofree SlTrailValue *before = g_new0 (SlTrailValue, fields->len);
  if (!sl_trail_before (reader->engine->log, item, fields, before, error))
    return FALSE;
  for (guint i = 0; i < fields->len; i++)
    {
      const SlTrailField *field = &g_array_index (fields, SlTrailField, i);
      SlAuditChange *change = g_new0 (SlAuditChange, 1);
      change->field = field->column != NULL ? g_strdup (field->column)
                                            : g_strdup_printf ("%" G_GINT64_FORMAT, field->number);
      change->before_known = before[i].known;
      if (before[i].bytes != NULL)
        change->before = value_text (reader, item, field, &before[i].value, members, erased);
      change->after = value_text (reader, item, field, &field->value, members, erased);
      sl_trail_value_clear (&before[i]);
      g_ptr_array_add (changes, change);
    }
  return TRUE;
}

/* A fact has nothing before it. */
static void
add_values (Reader *reader, const SlTrailItem *item, const GArray *members, gboolean erased, GPtrArray *changes)
{
  g_autoptr (GPtrArray) values = sl_history_values (reader->engine->log, erased ? NULL : members, &item->operation);
  for (guint i = 0; i < values->len; i++)
    {
      SlHistoryValue *value = values->pdata[i];
      SlAuditChange *change = g_new0 (SlAuditChange, 1);
      change->field = g_steal_pointer (&value->name);
      change->after = g_steal_pointer (&value->value);
      change->before_known = TRUE;
      g_ptr_array_add (changes, change);
    }
}

static SlAuditItem *
tell (Reader *reader, const SlTrailItem *item, GError **error)
{
  gboolean erased, told = TRUE;
  g_autoptr (GArray) fields = sl_trail_fields (item);
  g_autoptr (GArray) members = members_of (reader, item, &erased, error);
  if (members == NULL)
    return NULL;
  SlAuditItem *out = g_new0 (SlAuditItem, 1);
  out->at_ms = sl_hlc_to_ms (item->operation.hlc);
  out->replica = item->operation.replica;
  out->seq = item->operation.seq;
  out->actor = item->operation.actor;
  out->approver = item->operation.approver;
  out->entity = item->entity;
  out->kind = item->kind != NULL ? g_strdup (item->kind) : g_strdup_printf ("%" G_GUINT64_FORMAT,
                                                                            item->operation.kind);
  out->changes = g_ptr_array_new_with_free_func (change_free);
  if (fields->len > 0)
    told = add_fields (reader, item, fields, members, erased, out->changes, error);
  else
    add_values (reader, item, members, erased, out->changes);
  if (told)
    return out;
  item_free (out);
  return NULL;
}

static gboolean
read_page (Reader *reader, SlTrail *trail, SlAuditPage *page, GError **error)
{
  guint limit = reader->filter->limit != 0 ? MIN (reader->filter->limit, SL_AUDIT_PAGE_MAX) : SL_AUDIT_PAGE;
  while (page->items->len < limit && sl_trail_read (trail) < SL_AUDIT_READ_MAX)
    {
      g_auto (SlTrailItem) item = { 0 };
      gboolean found;
      if (!sl_trail_previous (trail, &item, &found, error))
        return FALSE;
      if (!found)
        return TRUE; /* without a place: that was all */
      if (!is_wanted (reader, &item))
        continue;
      SlAuditItem *told = tell (reader, &item, error);
      if (told == NULL)
        return FALSE;
      g_ptr_array_add (page->items, told);
    }
  page->place = sl_trail_dup_place (trail);
  return TRUE;
}

static gboolean
prepare (Reader *reader, GError **error)
{
  const SlId *member = reader->filter->member;
  if (member == NULL)
    return TRUE;
  g_autoptr (SlMember) found = sl_member_get (reader->engine, member, error);
  if (found == NULL)
    return FALSE;
  reader->things = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  reader->records = g_array_new (FALSE, FALSE, sizeof (SlId));
  return read_ids (reader->engine, "SELECT id FROM member WHERE id IN " SL_SQL_SAME_MEMBER ("?1"), member,
                   reader->things, reader->records, error)
         && read_ids (reader->engine, "SELECT NULL WHERE 0 " THINGS (OF_MEMBER), member, reader->things, NULL, error);
}

/**
 * sl_audit_read:
 * @engine: the engine
 * @actor: who wants to know
 * @filter: what of it
 * @out: (out) (transfer full): a page; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * The latest first, by the order of the merge. A page looks at %SL_AUDIT_READ_MAX operations at most, so that a search
 * may come back with less than was asked for, or nothing, and a place to go on from. What is not applied here has
 * changed nothing and is not told. Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND for a member, %SL_ERROR_BAD_INPUT for a place that is none
 */
gboolean
sl_audit_read (SlEngine *engine, const SlActor *actor, const SlAuditFilter *filter, SlAuditPage **out,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && filter != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_VIEW_AUDIT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "audit", out_refusal);
  Reader reader = { .engine = engine, .filter = filter };
  g_autoptr (SlAuditPage) page = g_new0 (SlAuditPage, 1);
  page->items = g_ptr_array_new_with_free_func (item_free);
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  SlTrail *trail = prepare (&reader, error)
                       ? sl_trail_open (engine->log, filter->place, filter->since_ms, filter->until_ms, error)
                       : NULL;
  gboolean read = trail != NULL && read_page (&reader, trail, page, error);
  if (trail != NULL)
    page->pruned = sl_trail_is_pruned (trail);
  sl_trail_close (trail);
  sl_store_end_read (engine->store);
  g_clear_pointer (&reader.things, g_hash_table_unref);
  g_clear_pointer (&reader.records, g_array_unref);
  if (read)
    *out = g_steal_pointer (&page);
  return read;
}

/**
 * sl_audit_refused:
 * @engine: the engine
 * @actor: who wants to know
 * @filter: since, until, staff and limit count
 * @before_id: only what was noted before that one; 0: from the end
 * @out: (out) (transfer full) (element-type SlRefusedCommand): the latest first; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Commands that a rule has refused on this device, with who and why; nothing personal. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_audit_refused (SlEngine *engine, const SlActor *actor, const SlAuditFilter *filter, gint64 before_id,
                  GPtrArray **out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && filter != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_VIEW_AUDIT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "audit", out_refusal);
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (refused_free);
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT id, at_ms, actor, command, code, detail FROM local_refusal "
                        "WHERE id < ?1 AND at_ms >= ?2 AND at_ms < ?3 AND (?4 IS NULL OR actor = ?4) "
                        "ORDER BY id DESC LIMIT ?5", "iiidi", before_id != 0 ? before_id : G_MAXINT64,
                        filter->since_ms, filter->until_ms != 0 ? filter->until_ms : G_MAXINT64, filter->staff,
                        (gint64) (filter->limit != 0 ? MIN (filter->limit, SL_AUDIT_PAGE_MAX) : SL_AUDIT_PAGE));
  while (sl_rows_next (rows))
    {
      SlRefusedCommand *one = g_new0 (SlRefusedCommand, 1);
      one->id = sl_rows_int (rows, 0);
      one->at_ms = sl_rows_int (rows, 1);
      sl_rows_id (rows, 2, &one->actor);
      one->command = sl_rows_dup_text (rows, 3);
      one->code = sl_rows_dup_text (rows, 4);
      one->details = sl_rows_dup_text (rows, 5);
      g_ptr_array_add (refused, one);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  *out = g_steal_pointer (&refused);
  return TRUE;
}
