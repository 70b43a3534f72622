/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-conflict"

#include "oplog/conflict.h"

#include <string.h>

#include "core/datetime.h"
#include "oplog/clocks.h"
#include "oplog/fence-private.h"

/* Nothing here resolves anything: it notes what the resolver and "Needs attention" have to look at, at a bounded cost
 * for each operation. */

#define TOUCHED_ALL "touched_all"
#define CONFLICT_DOMAIN "studioloop conflict v1"
#define CONFLICT_KIND_MAX_BYTES 64
#define CLOCK_AHEAD_MAX_MS (2 * SL_MINUTE_MS) /* no sound device stamps further ahead */

/* --- sessions whose claims others have touched --- */

static gboolean
touch (SlOplog *log, const SlId *session, GError **error)
{
  if (sl_id_is_none (session))
    return TRUE;
  if (log->touched == NULL)
    log->touched = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  if (g_hash_table_contains (log->touched, session))
    return TRUE;
  g_hash_table_add (log->touched, sl_id_copy (session));
  return sl_store_exec (log->store, error, "INSERT INTO local_touched (session_id) VALUES (?) ON CONFLICT DO NOTHING",
                        "d", session);
}

/* The first item of a booking's body is its session. */
static gboolean
touch_session_of_body (SlOplog *log, const SlOperation *operation, GError **error)
{
  SlCborReader body;
  gsize length;
  SlId session;
  sl_cbor_reader_init (&body, operation->body, operation->body_length);
  return !sl_cbor_get_array (&body, 1, G_MAXUINT16, &length) || !sl_cbor_get_id (&body, &session)
         || touch (log, &session, error);
}

static gboolean
touch_session_of_claim (SlOplog *log, const SlId *claim, GError **error)
{
  SlId session = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT session_id FROM claim WHERE id = ?", "d", claim);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &session);
  return sl_rows_finish (rows, error) && touch (log, &session, error);
}

/* sl_touched_everything: see the header. */
gboolean
sl_touched_everything (SlOplog *log, GError **error)
{
  return sl_store_exec (
      log->store, error,
      "INSERT INTO local_meta (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value", "t",
      TOUCHED_ALL);
}

/* Sessions ahead in which members who are one now have claims. member (nullable): whose; NULL: everybody's who was
 * merged. */
static gboolean
touch_sessions_of_merged (SlOplog *log, const SlId *member, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_touched (session_id) SELECT DISTINCT c.session_id FROM "
                        "(SELECT id FROM member WHERE ?1 IS NULL AND merged_into IS NOT NULL "
                        "UNION SELECT id FROM " SL_SQL_SAME_MEMBER ("?1") " WHERE ?1 IS NOT NULL) m "
                        "CROSS JOIN claim c ON c.member_id = m.id CROSS JOIN session s ON s.id = c.session_id "
                        "WHERE c.release_why = 0 AND s.end_ms > ?2 ON CONFLICT DO NOTHING",
                        "di", member, log->world->now_ms (log->world));
}

/* Of a member's edits only a merger touches sessions, one's own too: what the two had booked was not looked at
 * together. */
static gboolean
touch_sessions_of_edit (SlOplog *log, const SlId *member, GError **error)
{
  gint64 merged;
  if (!sl_store_query_int (log->store, 0, &merged, error, "SELECT merged_into IS NOT NULL FROM member WHERE id = ?",
                           "d", member))
    return FALSE;
  return merged == 0 || touch_sessions_of_merged (log, member, error);
}

/* What this device does itself it has checked against all that it knew; but a cancelled session's claims may be a
 * predecessor's. */
static gboolean
note_touched (SlOplog *log, const SlOperation *operation, GError **error)
{
  gboolean own = log->own != NULL && sl_id_equal (&operation->replica, &log->own->replica);
  switch (operation->kind)
    {
    case SL_KIND_BOOK:
    case SL_KIND_CLAIM:
      return own || touch_session_of_body (log, operation, error);
    case SL_KIND_CONFIRM:
    case SL_KIND_CLAIM_MOVE:
      return own || touch_session_of_claim (log, &operation->entity, error);
    case SL_KIND_SESSION_CANCEL:
      return touch (log, &operation->entity, error);
    case SL_KIND_MEMBER_EDIT:
      return touch_sessions_of_edit (log, &operation->entity, error);
    case SL_KIND_RIGHTS_RECLAIM:
      return sl_touched_everything (log, error);
    default:
      return TRUE;
    }
}

/**
 * sl_touched_any:
 * @log: a log
 * @out: (out): whether there is anything for the resolver to look at
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_touched_any (SlOplog *log, gboolean *out, GError **error)
{
  gint64 any;
  if (!sl_store_query_int (log->store, 0, &any, error,
                           "SELECT EXISTS (SELECT 1 FROM local_touched) OR EXISTS (SELECT 1 FROM local_meta WHERE key "
                           "= ? AND value <> 0)",
                           "t", TOUCHED_ALL))
    return FALSE;
  *out = any != 0;
  return TRUE;
}

/**
 * sl_touched_spread:
 * @log: inside a transaction
 * @error: return location
 *
 * After a snapshot, an upgrade or a take-over: marks the sessions in which one member has several claims and the
 * cancelled ones with claims that stand. One walk over an index, once.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_touched_spread (SlOplog *log, GError **error)
{
  gint64 due;
  if (!sl_store_query_int (log->store, 0, &due, error, "SELECT value FROM local_meta WHERE key = ?", "t", TOUCHED_ALL))
    return FALSE;
  if (due == 0)
    return TRUE;
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_touched (session_id) SELECT DISTINCT session_id FROM (SELECT session_id "
                        "FROM claim WHERE session_id IS NOT NULL GROUP BY session_id, member_id HAVING count (*) > 1) "
                        "WHERE TRUE ON CONFLICT DO NOTHING",
                        "")
         && sl_store_exec (log->store, error,
                           "INSERT INTO local_touched (session_id) SELECT s.id FROM session s WHERE s.cancelled <> 0 "
                           "AND EXISTS (SELECT 1 FROM claim c WHERE c.session_id = s.id AND (c.release_why & ~?) = 0) "
                           "ON CONFLICT DO NOTHING",
                           "i", (gint64) SL_RELEASE_NO_SHOW)
         && touch_sessions_of_merged (log, NULL, error)
         && sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = ?", "t", TOUCHED_ALL);
}

/**
 * sl_touched_list:
 * @log: a log
 * @after: the last one of the list before; none: from the first
 * @max: how many at most
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlId): sessions in the order of their ids
 */
GArray *
sl_touched_list (SlOplog *log, const SlId *after, guint max, GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (log->store,
                                            "SELECT session_id FROM local_touched WHERE session_id > coalesce (?, x'') "
                                            "ORDER BY session_id LIMIT ?",
                                            "di", after, (gint64) max);
  while (sl_rows_next (rows))
    {
      SlId session;
      sl_rows_id (rows, 0, &session);
      g_array_append_val (sessions, session);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&sessions) : NULL;
}

/* sl_touched_done: see the header. */
gboolean
sl_touched_done (SlOplog *log, const SlId *session, GError **error)
{
  if (log->touched != NULL)
    g_hash_table_remove (log->touched, session);
  return sl_store_exec (log->store, error, "DELETE FROM local_touched WHERE session_id = ?", "d", session);
}

/* --- keys of commands --- */

/* What a keyed operation made; of one that is about something it is that, so that two that do the same to one thing are
 * no conflict. What adds up is made each time. */
static void
made_by (const SlOperation *operation, SlId *out)
{
  switch (operation->kind)
    {
    case SL_KIND_LOT_BURN:
    case SL_KIND_LOT_GRANT:
    case SL_KIND_SESSION_CAPACITY:
    case SL_KIND_PAYMENT_TAKE:
    case SL_KIND_REFUND:
    case SL_KIND_VOUCHER_VOID:
    case SL_KIND_TILL_CASH:
      sl_apply_made_id (operation, 0, out);
      return;
    default:
      break;
    }
  if (sl_id_is_none (&operation->entity))
    sl_apply_made_id (operation, 0, out);
  else
    *out = operation->entity;
}

static gboolean
note_key (SlOplog *log, const SlOperation *operation, GError **error)
{
  gint64 others;
  SlId made;
  if (!operation->has_key)
    return TRUE;
  made_by (operation, &made);
  if (!sl_store_query_int (log->store, 0, &others, error,
                           "SELECT count (*) FROM command_key WHERE key = ? AND replica <> ?", "bd", operation->key,
                           (gsize) SL_KEY_BYTES, &operation->replica)
      || (others > 0
          && !sl_store_exec (log->store, error, "UPDATE command_key SET twice = 1 WHERE key = ? AND twice = 0", "b",
                             operation->key, (gsize) SL_KEY_BYTES)))
    return FALSE;
  return sl_store_exec (
      log->store, error,
      "INSERT INTO command_key (key, replica, seq, kind, made, hlc, twice) VALUES (?, ?, ?, ?, ?, ?, ?)", "bdiidii",
      operation->key, (gsize) SL_KEY_BYTES, &operation->replica, (gint64) operation->seq, (gint64) operation->kind,
      &made, operation->hlc, (gint64) (others > 0 ? 1 : 0));
}

/* --- capacity --- */

/* The counter has it already; this says who counted. */
static gboolean
note_capacity (SlOplog *log, const SlOperation *operation, GError **error)
{
  SlCborReader body;
  gsize length;
  gint64 difference;
  if (operation->kind != SL_KIND_SESSION_CAPACITY)
    return TRUE;
  sl_cbor_reader_init (&body, operation->body, operation->body_length);
  return !sl_cbor_get_array (&body, 1, 1, &length)
         || !sl_cbor_get_int (&body, G_MININT32, G_MAXINT32, &difference)
         || sl_store_exec (log->store, error,
                           "INSERT INTO capacity_change (session_id, replica, seq, difference, hlc) VALUES (?, ?, ?, "
                           "?, ?)",
                           "ddiii", &operation->entity, &operation->replica, (gint64) operation->seq, difference,
                           operation->hlc);
}

/* --- clocks --- */

/* For people, on this device alone: state never follows from this clock. */
static gboolean
note_clock (SlOplog *log, const SlOperation *operation, GError **error)
{
  gint64 now_ms = log->world->now_ms (log->world);
  gint64 ahead_ms = sl_hlc_to_ms (operation->hlc) - now_ms;
  if (ahead_ms <= CLOCK_AHEAD_MAX_MS || log->own == NULL || sl_id_equal (&operation->replica, &log->own->replica))
    return TRUE;
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_clock_ahead (replica, seq, ahead_ms, noted_ms) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (replica) DO UPDATE SET seq = excluded.seq, ahead_ms = excluded.ahead_ms,"
                        " noted_ms = excluded.noted_ms WHERE excluded.ahead_ms > ahead_ms",
                        "diii", &operation->replica, (gint64) operation->seq, ahead_ms, now_ms);
}

/* sl_apply_noted: what is noted of every applied operation beside its effects: its key, which is part of the state, and
 * for this device alone whom it touched and how far ahead its clock was. */
gboolean
sl_apply_noted (SlOplog *log, const SlOperation *operation, GError **error)
{
  return note_key (log, operation, error) && note_capacity (log, operation, error)
         && (log->scratch || (note_touched (log, operation, error) && note_clock (log, operation, error)));
}

/* --- apart or knowingly --- */

static gboolean
has_seen (SlOplog *log, const SlPlace *who, const SlPlace *what, gboolean *out, GError **error)
{
  guint64 total;
  *out = TRUE;
  if (sl_id_equal (&who->replica, &what->replica))
    return TRUE;
  if (!sl_seen_total (log, &who->replica, who->seq, &what->replica, &total, error))
    return FALSE;
  *out = total >= what->seq;
  return TRUE;
}

/**
 * sl_places_are_apart:
 * @log: a log
 * @a: an applied operation
 * @b: another one
 * @out: (out): %TRUE: neither author had seen the other's
 * @error: return location
 *
 * Causality stands in the log; clocks say nothing about it. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_places_are_apart (SlOplog *log, const SlPlace *a, const SlPlace *b, gboolean *out, GError **error)
{
  gboolean seen;
  *out = FALSE;
  if (a->seq == 0 || b->seq == 0)
    return TRUE;
  if (!sl_chains_load (log, error) || !has_seen (log, a, b, &seen, error))
    return FALSE;
  if (!seen && !has_seen (log, b, a, &seen, error))
    return FALSE;
  *out = !seen;
  return TRUE;
}

static guint64
field_bit (SlEntity entity, const char *column)
{
  for (gint64 number = 1; number <= SL_CLOCK_FIELDS_MAX; number++)
    {
      gboolean sealed;
      if (g_strcmp0 (sl_reference_column (entity, number, &sealed), column) == 0)
        return G_GUINT64_CONSTANT (1) << (number - 1);
    }
  return 0;
}

/**
 * sl_member_phone_place:
 * @log: a log
 * @member: a member
 * @out: (out): who wrote the phone number that stands; number 0: nobody
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_phone_place (SlOplog *log, const SlId *member, SlPlace *out, GError **error)
{
  guint64 bit = field_bit (SL_ENTITY_MEMBER, "phone");
  g_autoptr (GArray) clocks = NULL;
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT clocks FROM member WHERE id = ?", "d", member);
  *out = (SlPlace){ 0 };
  if (sl_rows_next (rows))
    {
      gsize length;
      const void *packed = sl_rows_blob (rows, 0, &length);
      clocks = sl_clocks_unpack (packed, length);
    }
  for (guint i = 0; clocks != NULL && i < clocks->len; i++)
    {
      const SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i);
      if (entry->fields & bit)
        *out = (SlPlace){ .replica = entry->stamp.replica, .seq = entry->stamp.seq };
    }
  return sl_rows_finish (rows, error);
}

/* --- conflicts that a person has dealt with --- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (a, b);
}

static GArray *
sorted (const SlId *entities, guint n_entities)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (SlId), n_entities);
  g_array_append_vals (ids, entities, n_entities);
  g_array_sort (ids, compare_ids);
  return ids;
}

/**
 * sl_conflict_id:
 * @kind: a word of "Needs attention"
 * @entities: (array length=n_entities): what is in conflict, in any order
 * @n_entities: how many
 * @out: (out): the id
 *
 * Two devices that see one conflict name it alike.
 */
void
sl_conflict_id (const char *kind, const SlId *entities, guint n_entities, SlId *out)
{
  g_autoptr (GArray) ids = sorted (entities, n_entities);
  sl_id_from_parts (CONFLICT_DOMAIN, kind, strlen (kind), ids->data, n_entities * SL_ID_BYTES, out);
}

/**
 * sl_op_conflict_settle:
 * @log: inside a transaction
 * @kind: a word of "Needs attention"
 * @entities: (array length=n_entities): what is in conflict, in any order
 * @n_entities: 1 to %SL_CONFLICT_ENTITIES_MAX
 * @note: (nullable): what was done, without anything personal: it is not sealed
 * @error: return location
 *
 * A person has dealt with it. Said twice it is one.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_conflict_settle (SlOplog *log, const char *kind, const SlId *entities, guint n_entities, const char *note,
                       GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GArray) ids = sorted (entities, n_entities);
  SlId id;
  g_return_val_if_fail (n_entities >= 1 && n_entities <= SL_CONFLICT_ENTITIES_MAX, FALSE);
  g_return_val_if_fail (strlen (kind) <= CONFLICT_KIND_MAX_BYTES, FALSE);
  g_return_val_if_fail (note == NULL || strlen (note) <= SL_CONFLICT_NOTE_MAX_BYTES, FALSE);
  sl_conflict_id (kind, entities, n_entities, &id);
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_text (body, kind);
  sl_cbor_put_bytes (body, ids->data, n_entities * SL_ID_BYTES);
  sl_cbor_put_text (body, note);
  return sl_oplog_emit (log, SL_KIND_CONFLICT_SETTLE, &id, body, NULL, error);
}

/* sl_apply_conflict_settle: entity: the conflict's id; [kind, entities, note]: of several the earliest is told. */
gboolean
sl_apply_conflict_settle (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, size;
  const guint8 *entities;
  g_autofree char *kind = NULL, *note = NULL;
  SlId id;
  if (!sl_cbor_get_array (body, 3, 3, &length) || !sl_cbor_get_text (body, CONFLICT_KIND_MAX_BYTES, &kind)
      || kind == NULL || !sl_cbor_get_bytes (body, SL_CONFLICT_ENTITIES_MAX * SL_ID_BYTES, &entities, &size)
      || size == 0 || size % SL_ID_BYTES != 0 || !sl_cbor_get_text (body, SL_CONFLICT_NOTE_MAX_BYTES, &note)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_id_from_parts (CONFLICT_DOMAIN, kind, strlen (kind), entities, size, &id);
  if (!sl_id_equal (&id, &operation->entity))
    return sl_malformed (operation, error);
  return sl_store_exec (
      log->store, error,
      "INSERT INTO settled (id, kind, entities, note, hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET note = excluded.note, hlc = excluded.hlc, replica = excluded.replica,"
      " actor = excluded.actor WHERE (excluded.hlc, excluded.replica) < (hlc, replica)",
      "dtbtidd", &id, kind, entities, size, note, operation->hlc, &operation->replica, &operation->actor);
}
