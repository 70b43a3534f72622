/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member"

#include "engine/member.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/member-index.h"
#include "engine/member-merge.h"
#include "engine/member-private.h"
#include "engine/pin.h"
#include "engine/policy.h"

#define COLUMNS \
  "SELECT id, created_hlc, first, last, phone, email, birth_date, notes, emergency, status_reason, pin_hash IS NOT " \
  "NULL, " \
  "status, permission, home_location_id, language, marketing, " \
  "EXISTS (SELECT 1 FROM erased e WHERE e.member_id = member.id), instructor_id, channel, parq_ms, " \
  "EXISTS (SELECT 1 FROM member o WHERE o.merged_into = member.id), invoice_to FROM member "
#define AT_HAS_MERGED 20

/**
 * sl_member_free:
 * @member: (nullable) (transfer full): a member
 */
void
sl_member_free (SlMember *member)
{
  if (member == NULL)
    return;
  g_free (member->first);
  g_free (member->last);
  g_free (member->phone);
  g_free (member->email);
  g_free (member->birth_date);
  g_free (member->notes);
  g_free (member->emergency);
  g_free (member->invoice_to);
  g_free (member->status);
  g_free (member->status_reason);
  g_free (member->permission);
  g_free (member->language);
  g_free (member->channel);
  g_clear_pointer (&member->merged, g_array_unref);
  g_free (member);
}

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  return sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
}

static char *
text_or (SlRows *rows, int place, const char *otherwise)
{
  const char *text = sl_rows_text (rows, place);
  return g_strdup (text != NULL ? text : otherwise);
}

static SlMember *
read_member (SlEngine *engine, SlRows *rows)
{
  SlMember *member = g_new0 (SlMember, 1);
  sl_rows_id (rows, 0, &member->id);
  member->created_ms = sl_rows_is_null (rows, 1) ? 0 : sl_hlc_to_ms (sl_rows_int (rows, 1));
  member->first = unseal (engine, &member->id, "first", rows, 2);
  member->last = unseal (engine, &member->id, "last", rows, 3);
  member->phone = unseal (engine, &member->id, "phone", rows, 4);
  member->email = unseal (engine, &member->id, "email", rows, 5);
  member->birth_date = unseal (engine, &member->id, "birth_date", rows, 6);
  member->notes = unseal (engine, &member->id, "notes", rows, 7);
  member->emergency = unseal (engine, &member->id, "emergency", rows, 8);
  member->status_reason = unseal (engine, &member->id, "status_reason", rows, 9);
  member->has_pin = sl_rows_int (rows, 10) != 0;
  member->erased = sl_rows_int (rows, 16) != 0;
  member->status = member->erased ? g_strdup (SL_MEMBER_ERASED) : text_or (rows, 11, SL_MEMBER_ACTIVE);
  member->permission = text_or (rows, 12, SL_MEMBER_STANDARD);
  sl_rows_id (rows, 13, &member->home_location_id);
  member->language = sl_rows_dup_text (rows, 14);
  member->marketing = sl_rows_int (rows, 15) != 0;
  sl_rows_id (rows, 17, &member->instructor_id);
  member->channel = sl_rows_dup_text (rows, 18);
  member->parq_ms = sl_rows_int (rows, 19);
  member->invoice_to = unseal (engine, &member->id, "invoice_to", rows, 21);
  return member;
}

/* Nothing of somebody who has been erased in one of their records is told from another one. */
static void
forget_person (SlMember *member)
{
  g_clear_pointer (&member->first, g_free);
  g_clear_pointer (&member->last, g_free);
  g_clear_pointer (&member->phone, g_free);
  g_clear_pointer (&member->email, g_free);
  g_clear_pointer (&member->birth_date, g_free);
  g_clear_pointer (&member->notes, g_free);
  g_clear_pointer (&member->emergency, g_free);
  g_clear_pointer (&member->invoice_to, g_free);
  g_clear_pointer (&member->status_reason, g_free);
  member->has_pin = FALSE;
  member->erased = TRUE;
  g_free (member->status);
  member->status = g_strdup (SL_MEMBER_ERASED);
}

static gboolean
read_merged (SlEngine *engine, SlMember *member, GError **error)
{
  member->merged = sl_member_same (engine, &member->id, error);
  if (member->merged == NULL)
    return FALSE;
  g_array_remove_index (member->merged, 0); /* the record itself */
  for (guint i = 0; i < member->merged->len; i++)
    {
      gboolean erased;
      if (!sl_oplog_is_erased (engine->log, &g_array_index (member->merged, SlId, i), &erased, error))
        return FALSE;
      if (erased && !member->erased)
        forget_person (member);
    }
  return TRUE;
}

/**
 * sl_member_find_record:
 * @engine: the engine
 * @id: whom
 * @error: return location
 *
 * As sl_member_find(), without counting their credits, which costs more than all the rest: for lists.
 *
 * Returns: (nullable) (transfer full): the member, %NULL without error where this device has not heard of them
 */
SlMember *
sl_member_find_record (SlEngine *engine, const SlId *id, GError **error)
{
  SlId root;
  if (!sl_member_root (engine, id, &root, error))
    return NULL;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", &root);
  g_autoptr (SlMember) member = sl_rows_next (rows) ? read_member (engine, rows) : NULL;
  gboolean has_merged = member != NULL && sl_rows_int (rows, AT_HAS_MERGED) != 0;
  if (!sl_rows_finish (rows, error) || (has_merged && !read_merged (engine, member, error)))
    return NULL;
  return g_steal_pointer (&member);
}

/**
 * sl_member_find:
 * @engine: the engine
 * @id: whom
 * @error: return location
 *
 * By any of their records; what is told is of the one that they go by. Takes no lock.
 *
 * Returns: (nullable) (transfer full): the member, %NULL without error where this device has not heard of them
 */
SlMember *
sl_member_find (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlMember) member = sl_member_find_record (engine, id, error);
  if (member != NULL && !sl_credits_balance (engine, id, &member->credits_hundredths, error))
    return NULL;
  return g_steal_pointer (&member);
}

/**
 * sl_member_get:
 * @engine: the engine
 * @id: whom
 * @error: return location
 *
 * Returns: (transfer full): the member; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlMember *
sl_member_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlMember *member = sl_member_find (engine, id, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (member == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such member");
  return member;
}

/**
 * sl_member_is_own:
 * @engine: the engine
 * @instructor: a staff member
 * @member: whom
 * @out_own: (out): whether the member is assigned to them, or is or was booked into a session of theirs, ahead or
 * within the last `own_member_days`
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_is_own (SlEngine *engine, const SlId *instructor, const SlId *member, gboolean *out_own, GError **error)
{
  g_return_val_if_fail (engine != NULL && instructor != NULL && member != NULL && out_own != NULL, FALSE);

  gint64 own, days;
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_OWN_MEMBER_DAYS, &days, error)
      || !sl_store_query_int (engine->store, 0, &own, error,
                              "SELECT EXISTS (SELECT 1 FROM member m WHERE m.id IN " SL_SQL_SAME_MEMBER ("?1")
                              " AND m.instructor_id = ?2) OR EXISTS (SELECT 1 FROM claim c "
                              "JOIN session s ON s.id = c.session_id "
                              "WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
                              " AND s.instructor_id = ?2 AND s.start_ms > ?3 AND c.confirm_hlc IS NOT NULL)",
                              "ddi", member, instructor, sl_engine_now_ms (engine) - days * SL_DAY_MS))
    return FALSE;
  *out_own = own != 0;
  return TRUE;
}

/* All members for whom sl_member_is_own() says so, at once. (element-type SlId) */
static GHashTable *
load_own (SlEngine *engine, const SlId *instructor, GError **error)
{
  g_autoptr (GHashTable) own = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  gint64 days;
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_OWN_MEMBER_DAYS, &days, error))
    return NULL;
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id FROM member WHERE instructor_id = ?1 UNION "
                                            "SELECT c.member_id FROM session s JOIN claim c ON c.session_id = s.id "
                                            "WHERE s.instructor_id = ?1 AND s.start_ms > ?2 "
                                            "AND c.confirm_hlc IS NOT NULL",
                                            "di", instructor, sl_engine_now_ms (engine) - days * SL_DAY_MS);
  while (sl_rows_next (rows))
    {
      SlId *id = g_new (SlId, 1);
      sl_rows_id (rows, 0, id);
      g_hash_table_add (own, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&own) : NULL;
}

/* Loads what the actor may see, in the order of ids. */
static gboolean
load_visible (SlEngine *engine, const SlActor *actor, GArray *ids, guint limit, GPtrArray *members, GError **error)
{
  gboolean all = sl_actor_scope (actor, SL_ACTION_VIEW_MEMBERS) == SL_SCOPE_ALL;
  g_autoptr (GHashTable) own = all ? NULL : load_own (engine, &actor->id, error);
  if (!all && own == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len && (limit == 0 || members->len < limit); i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      if (!all && !g_hash_table_contains (own, id))
        continue;
      g_autoptr (SlMember) member = sl_member_get (engine, id, error);
      if (member == NULL)
        return FALSE;
      if (!member->erased)
        g_ptr_array_add (members, g_steal_pointer (&member));
    }
  return TRUE;
}

/**
 * sl_member_list:
 * @engine: the engine
 * @actor: who wants to know; instructors see their own
 * @search: (nullable): words of the name or parts of the phone number; %NULL: everybody
 * @limit: at most so many; 0: all
 * @out_members: (out) (transfer full) (element-type SlMember): by name; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_list (SlEngine *engine, const SlActor *actor, const char *search, guint limit, GPtrArray **out_members,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_members != NULL && out_refusal != NULL, FALSE);

  *out_members = NULL;
  if (!sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, TRUE, out_refusal))
    return sl_query_refuse (engine, actor, "member list", out_refusal);
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_member_free);
  g_autoptr (GArray) ids = sl_member_index_search (engine, search, error);
  if (ids == NULL || !sl_member_fold_merged (engine, ids, error)
      || !load_visible (engine, actor, ids, limit, members, error))
    return FALSE;
  *out_members = g_steal_pointer (&members);
  return TRUE;
}

/**
 * sl_member_may_view:
 * @engine: the engine
 * @actor: who wants to know
 * @id: whom it is about
 * @location: (nullable): where what they want to know happens; %NULL: at this device's location
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Members see what is theirs, instructors their own members, the desk everybody. Takes no lock.
 *
 * Returns: %TRUE: may; %FALSE: refused, or failed where @out_refusal is none
 */
gboolean
sl_member_may_view (SlEngine *engine, const SlActor *actor, const SlId *id, const SlId *location,
                    SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  const SlId *where = location != NULL ? location : &engine->location;
  gboolean own = FALSE, themselves;
  if (!sl_member_is_same (engine, &actor->id, id, &themselves, error))
    return FALSE;
  if (themselves)
    return sl_actor_may_with_own (actor, SL_ACTION_VIEW_OWN, NULL, TRUE, out_refusal);
  if (sl_actor_scope (actor, SL_ACTION_VIEW_MEMBERS) == SL_SCOPE_OWN
      && !sl_member_is_own (engine, &actor->id, id, &own, error))
    return FALSE;
  return sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, where, own, out_refusal);
}

/**
 * sl_member_show:
 * @engine: the engine
 * @actor: who wants to know; members: of themselves, instructors: of their own
 * @id: whom
 * @out_member: (out) (transfer full): %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_member_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlMember **out_member, SlRefusal *out_refusal,
                GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_member != NULL && out_refusal != NULL,
                        FALSE);

  *out_member = NULL;
  g_autoptr (SlMember) member = sl_member_get (engine, id, error);
  if (member == NULL)
    return FALSE;
  if (!sl_member_may_view (engine, actor, id, NULL, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE && sl_query_refuse (engine, actor, "member show", out_refusal);
  *out_member = g_steal_pointer (&member);
  return TRUE;
}

/**
 * sl_member_ids_by_phone:
 * @engine: the engine
 * @phone: a number, in whatever way it is written
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlId): members of any status with that number, none where it is no number;
 * %NULL on failure
 */
GArray *
sl_member_ids_by_phone (SlEngine *engine, const char *phone, GError **error)
{
  g_return_val_if_fail (engine != NULL && phone != NULL, NULL);

  g_autofree char *e164 = sl_phone_normalise (phone, SL_MEMBER_COUNTRY_CODE, NULL);
  if (e164 == NULL)
    return g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (GArray) ids = sl_member_index_by_phone (engine, e164, error);
  return ids != NULL && sl_member_fold_merged (engine, ids, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * sl_member_check_pin:
 * @engine: the engine, outside of any command
 * @id: whose
 * @pin: (nullable): as typed
 * @out_refusal: (out): pin_wrong (where none is set, too), pin_locked (until_ms)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_member_check_pin (SlEngine *engine, const SlId *id, const char *pin, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlId root;
  g_autofree char *hash = NULL;
  if (!sl_member_root (engine, id, &root, error))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT pin_hash FROM member WHERE id = ?", "d", &root);
  gboolean found = sl_rows_next (rows);
  if (found)
    hash = unseal (engine, &root, "pin_hash", rows, 0);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (found)
    return sl_pin_check (engine, &root, hash, pin, out_refusal, error);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such member");
  return FALSE;
}
