/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-merge"

#include "engine/member-merge.h"

#include <string.h>

#include "engine/engine-private.h"
#include "engine/member-private.h"
#include "engine/member.h"

/* --- who is who --- */

/**
 * sl_member_root:
 * @engine: the engine
 * @id: a member, heard of or not
 * @out_root: (out): the record that they go by now
 * @error: return location
 *
 * Follows the mergers to the end. Where two devices have merged two records into one another, the smallest id of the
 * circle is the end, on every device. A record that has not come here yet ends nothing: the one before it does. One
 * look-up by key where nobody was merged. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_root (SlEngine *engine, const SlId *id, SlId *out_root, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out_root != NULL, FALSE);

  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (SlId));
  SlId next = *id;
  gboolean more = TRUE;
  while (more)
    {
      g_array_append_val (way, next);
      *out_root = next;
      g_autoptr (SlRows) rows
        = sl_store_query (engine->store,
                          "SELECT n.id FROM member m CROSS JOIN member n ON n.id = m.merged_into "
                          "WHERE m.id = ? AND n.created_hlc IS NOT NULL",
                          "d", out_root);
      more = sl_rows_next (rows);
      if (more)
        sl_rows_id (rows, 0, &next);
      if (!sl_rows_finish (rows, error))
        return FALSE;
      for (guint i = 0; more && i < way->len; i++)
        if (sl_id_equal (&g_array_index (way, SlId, i), &next))
          {
            for (guint j = i; j < way->len; j++)
              if (sl_id_compare (&g_array_index (way, SlId, j), out_root) < 0)
                *out_root = g_array_index (way, SlId, j);
            more = FALSE;
          }
    }
  return TRUE;
}

/**
 * sl_member_same:
 * @engine: the engine
 * @id: a member, heard of or not
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlId): all records of that person, the one they go by first, @id alone where
 * nobody was merged; %NULL on failure
 */
GArray *
sl_member_same (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  SlId root, other;
  g_autoptr (GArray) same = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (!sl_member_root (engine, id, &root, error))
    return NULL;
  g_array_append_val (same, root);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT id FROM " SL_SQL_SAME_MEMBER ("?1") " WHERE id <> ?2 ORDER BY id", "dd", id, &root);
  while (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &other);
      g_array_append_val (same, other);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&same) : NULL;
}

/**
 * sl_member_is_same:
 * @engine: the engine
 * @a: a member
 * @b: another one, or the same
 * @out_same: (out): whether they are one person
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_is_same (SlEngine *engine, const SlId *a, const SlId *b, gboolean *out_same, GError **error)
{
  g_return_val_if_fail (engine != NULL && a != NULL && b != NULL && out_same != NULL, FALSE);

  SlId root_a, root_b;
  *out_same = sl_id_equal (a, b);
  if (*out_same)
    return TRUE;
  if (!sl_member_root (engine, a, &root_a, error) || !sl_member_root (engine, b, &root_b, error))
    return FALSE;
  *out_same = sl_id_equal (&root_a, &root_b);
  return TRUE;
}

/* Records that were merged into others. (element-type SlId) */
static GHashTable *
read_merged (SlEngine *engine, GError **error)
{
  g_autoptr (GHashTable) merged = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, "SELECT id FROM member WHERE merged_into IS NOT NULL", "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_hash_table_add (merged, sl_id_copy (&id));
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&merged) : NULL;
}

/**
 * sl_member_fold_merged:
 * @engine: the engine
 * @inout_ids: (element-type SlId): members; afterwards the records that they go by, each once, in the order of the
 * first
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_fold_merged (SlEngine *engine, GArray *inout_ids, GError **error)
{
  g_return_val_if_fail (engine != NULL && inout_ids != NULL, FALSE);

  g_autoptr (GHashTable) merged = read_merged (engine, error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  guint kept = 0;
  if (merged == NULL)
    return FALSE;
  if (g_hash_table_size (merged) == 0)
    return TRUE;
  for (guint i = 0; i < inout_ids->len; i++)
    {
      SlId id = g_array_index (inout_ids, SlId, i);
      if (g_hash_table_contains (merged, &id) && !sl_member_root (engine, &id, &id, error))
        return FALSE;
      if (g_hash_table_add (seen, sl_id_copy (&id)))
        g_array_index (inout_ids, SlId, kept++) = id;
    }
  g_array_set_size (inout_ids, kept);
  return TRUE;
}

/* --- the merger --- */

/* What a record leaves to the one that it is merged into, where that one has nothing there. */
static const char *const sealed_columns[] = { "phone", "email", "birth_date", "emergency", "pin_hash" };
static const char *const text_columns[] = { "language", "channel" };
static const char *const id_columns[] = { "home_location_id", "instructor_id" };
enum {
  AT_SEALED = 0,
  AT_TEXT = AT_SEALED + G_N_ELEMENTS (sealed_columns),
  AT_ID = AT_TEXT + G_N_ELEMENTS (text_columns),
  AT_MARKETING = AT_ID + G_N_ELEMENTS (id_columns),
  AT_PARQ_MS,
  AT_PARQ
};
#define ROW \
  "SELECT phone, email, birth_date, emergency, pin_hash, language, channel, home_location_id, instructor_id, " \
  "marketing, parq_ms, parq FROM member WHERE id = ?"

typedef struct {
  char *sealed[G_N_ELEMENTS (sealed_columns)], *text[G_N_ELEMENTS (text_columns)], *parq; /* (nullable) */
  SlId ids[G_N_ELEMENTS (id_columns)];
  gboolean has_marketing;
  gint64 marketing, parq_ms;
} Record;

static void
record_clear (Record *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (sealed_columns); i++)
    g_clear_pointer (&record->sealed[i], g_free);
  for (guint i = 0; i < G_N_ELEMENTS (text_columns); i++)
    g_clear_pointer (&record->text[i], g_free);
  g_clear_pointer (&record->parq, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear)

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  return sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
}

static gboolean
read_record (SlEngine *engine, const SlId *id, Record *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, ROW, "d", id);
  if (sl_rows_next (rows))
    {
      for (guint i = 0; i < G_N_ELEMENTS (sealed_columns); i++)
        out->sealed[i] = unseal (engine, id, sealed_columns[i], rows, AT_SEALED + (int) i);
      for (guint i = 0; i < G_N_ELEMENTS (text_columns); i++)
        out->text[i] = sl_rows_dup_text (rows, AT_TEXT + (int) i);
      for (guint i = 0; i < G_N_ELEMENTS (id_columns); i++)
        sl_rows_id (rows, AT_ID + (int) i, &out->ids[i]);
      out->has_marketing = !sl_rows_is_null (rows, AT_MARKETING);
      out->marketing = sl_rows_int (rows, AT_MARKETING);
      out->parq_ms = sl_rows_int (rows, AT_PARQ_MS);
      out->parq = unseal (engine, id, "parq", rows, AT_PARQ);
    }
  return sl_rows_finish (rows, error);
}

static void
fill_empty (SlFields *fields, const Record *from, const Record *into)
{
  for (guint i = 0; i < G_N_ELEMENTS (sealed_columns); i++)
    if (into->sealed[i] == NULL && from->sealed[i] != NULL)
      sl_fields_set_text (fields, sealed_columns[i], from->sealed[i]);
  for (guint i = 0; i < G_N_ELEMENTS (text_columns); i++)
    if (into->text[i] == NULL && from->text[i] != NULL)
      sl_fields_set_text (fields, text_columns[i], from->text[i]);
  for (guint i = 0; i < G_N_ELEMENTS (id_columns); i++)
    if (sl_id_is_none (&into->ids[i]) && !sl_id_is_none (&from->ids[i]))
      sl_fields_set_id (fields, id_columns[i], &from->ids[i]);
  if (!into->has_marketing && from->has_marketing)
    sl_fields_set_int (fields, "marketing", from->marketing);
  if (from->parq != NULL && from->parq_ms > into->parq_ms)
    {
      sl_fields_set_text (fields, "parq", from->parq);
      sl_fields_set_int (fields, "parq_ms", from->parq_ms);
    }
}

/* Notes of both are kept, and nobody gets rid of a ban or a restriction by being two. */
static void
carry_over (SlFields *fields, const SlMember *from, const SlMember *into)
{
  if (from->notes != NULL && g_strcmp0 (from->notes, into->notes) != 0)
    {
      g_autofree char *both = into->notes != NULL ? g_strconcat (into->notes, " · ", from->notes, NULL)
                                                  : g_strdup (from->notes);
      if (strlen (both) <= SL_MEMBER_NOTES_MAX_BYTES)
        sl_fields_set_text (fields, "notes", both);
    }
  if (g_strcmp0 (from->status, SL_MEMBER_BANNED) == 0 && g_strcmp0 (into->status, SL_MEMBER_BANNED) != 0)
    {
      sl_fields_set_text (fields, "status", SL_MEMBER_BANNED);
      sl_fields_set_text (fields, "status_reason", from->status_reason);
    }
  if (g_strcmp0 (from->permission, SL_MEMBER_STANDARD) != 0 && g_strcmp0 (into->permission, SL_MEMBER_STANDARD) == 0)
    sl_fields_set_text (fields, "permission", from->permission);
}

static gboolean
write_merger (SlEngine *engine, const SlMember *from, const SlMember *into, GError **error)
{
  g_auto (Record) of_from = { 0 };
  g_auto (Record) of_into = { 0 };
  g_autoptr (SlFields) filled = sl_fields_new (SL_ENTITY_MEMBER);
  g_autoptr (SlFields) merged = sl_fields_new (SL_ENTITY_MEMBER);
  if (!read_record (engine, &from->id, &of_from, error) || !read_record (engine, &into->id, &of_into, error))
    return FALSE;
  fill_empty (filled, &of_from, &of_into);
  carry_over (filled, from, into);
  sl_fields_set_id (merged, "merged_into", &into->id);
  return (sl_fields_is_empty (filled) || sl_op_edit (engine->log, &into->id, filled, error))
         && sl_op_edit (engine->log, &from->id, merged, error);
}

static gboolean
check_keys (SlEngine *engine, const SlMember *from, const SlMember *into, GError **error)
{
  if (sl_oplog_has_member_key (engine->log, &from->id) && sl_oplog_has_member_key (engine->log, &into->id))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "the key to the member's data has not come to this device yet");
  return FALSE;
}

/**
 * sl_member_merge:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the record that is given up
 * @into: the record that the member goes by from now on
 * @out_survivor: (out): that record; where @into was merged before, the one it goes by
 * @out_refusal: (out): not_allowed, member_erased, wrong_state (they are one already)
 * @error: return location
 *
 * Nothing is moved: bookings, credits, memberships and passes of both are the member's. What the surviving record lacks
 * is taken over; notes of both are kept, and a ban or a restriction counts for both. Of two bookings of one session one
 * gives way in full with the next run-due. There is no way back. Engine thread only.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, also where the key to the data of one has not come here,
 * %SL_ERROR_BAD_INPUT
 */
gboolean
sl_member_merge (SlEngine *engine, const SlActor *actor, const SlId *id, const SlId *into, SlId *out_survivor,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && into != NULL, FALSE);
  g_return_val_if_fail (out_survivor != NULL && out_refusal != NULL, FALSE);

  if (sl_id_equal (id, into))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a member is merged into another record, not their own");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) from = sl_member_get (engine, id, error);
  g_autoptr (SlMember) survivor = from != NULL ? sl_member_get (engine, into, error) : NULL;
  if (survivor == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER_FINANCE, &engine->location, out_refusal)
      && !sl_member_refuse_erased (from, out_refusal) && !sl_member_refuse_erased (survivor, out_refusal)
      && sl_id_equal (&from->id, &survivor->id))
    sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "member merge", out_refusal, error);
  if (!check_keys (engine, from, survivor, error) || !write_merger (engine, from, survivor, error))
    return sl_command_fail (engine);
  *out_survivor = survivor->id;
  return sl_command_commit (engine, error);
}

/* --- what merging makes due --- */

/* Erased ones who have another record that is not. (element-type SlId): those records */
static GArray *
half_erased (SlEngine *engine, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "WITH RECURSIVE same (id) AS (SELECT e.member_id FROM erased e CROSS JOIN member m ON m.id = e.member_id "
    "WHERE m.merged_into IS NOT NULL OR EXISTS (SELECT 1 FROM member o WHERE o.merged_into = e.member_id) "
    "UNION SELECT m.merged_into FROM same CROSS JOIN member m ON m.id = same.id WHERE m.merged_into IS NOT NULL "
    "UNION SELECT m.id FROM same CROSS JOIN member m ON m.merged_into = same.id) "
    "SELECT id FROM same WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = same.id) ORDER BY id",
    "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * sl_member_merge_run_due:
 * @engine: the engine, not inside a command unless a keyed one
 * @actor: who writes it
 * @inout_count: records erased are added
 * @error: return location
 *
 * A member who was erased on one device and merged on another that had not heard of it is erased in all their records:
 * the merger may have copied what was to go. Safe to call late, twice, anywhere.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_merge_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_count, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && inout_count != NULL, FALSE);

  gint64 any;
  if (!sl_store_query_int (engine->store, 0, &any, error,
                           "SELECT EXISTS (SELECT 1 FROM member WHERE merged_into IS NOT NULL) "
                           "AND EXISTS (SELECT 1 FROM erased)",
                           ""))
    return FALSE;
  if (!any)
    return TRUE;
  g_autoptr (GArray) known = half_erased (engine, error);
  if (known == NULL || known->len == 0)
    return known != NULL;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (GArray) ids = half_erased (engine, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!sl_op_member_erase (engine->log, &g_array_index (ids, SlId, i), NULL, error))
      return sl_command_fail (engine);
  if (ids == NULL)
    return sl_command_fail (engine);
  *inout_count += ids->len;
  return sl_command_commit (engine, error);
}
