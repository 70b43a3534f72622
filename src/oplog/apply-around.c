/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-around"

#include "oplog/around.h"

#include "core/datetime.h"
#include "oplog/oplog-private.h"

/* Programs and what was done of them, incidents, notes, which notifications were sent, and calls for reception. */

#define WORD_MAX 64
#define SEALED_NOTE_MAX 8192
#define CLOCK_BEHIND_MAX_MS SL_CLOCKS_APART_MAX_MS

/* --- writing --- */

/* What every fact begins with: by how much this device's clock is behind the stamp. */
static void
put_behind (SlOplog *log, SlCborWriter *body)
{
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
}

static gboolean
put_sealed (SlOplog *log, SlCborWriter *body, const SlId *member, const char *text, GError **error)
{
  g_autoptr (GBytes) sealed = sl_seal_note (log, member, text, error);
  if (sealed == NULL)
    return FALSE;
  sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return TRUE;
}

/**
 * sl_op_program_create:
 * @log: inside a transaction
 * @member: whose
 * @fields: of the program; sealed as said by sl_fields_set_about()
 * @out_id: (out caller-allocates): its id
 * @error: return location
 *
 * Whose a program is never changes: what is sealed in it goes with that member.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_program_create (SlOplog *log, const SlId *member, SlFields *fields, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_oplog_next_id (log, out_id);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_id (body, member);
  return sl_fields_put (log, fields, out_id, body, error)
         && sl_oplog_emit (log, SL_KIND_PROGRAM_CREATE, NULL, body, NULL, error);
}

/**
 * sl_op_program_progress:
 * @log: inside a transaction
 * @program: of which
 * @member: whose it is
 * @entry: what was done; sealed
 * @out_id: (out caller-allocates): the entry's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_program_progress (SlOplog *log, const SlId *program, const SlId *member, const char *entry, SlId *out_id,
                        GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_id (body, member);
  put_behind (log, body);
  return put_sealed (log, body, member, entry, error)
         && sl_oplog_emit (log, SL_KIND_PROGRAM_PROGRESS, program, body, out_id, error);
}

/**
 * sl_op_incident_add:
 * @log: inside a transaction
 * @parts: what happened
 * @out_id: (out caller-allocates): the incident's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_incident_add (SlOplog *log, const SlIncidentParts *parts, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 6);
  sl_cbor_put_text (body, parts->kind);
  put_behind (log, body);
  if (parts->happened_ms != 0)
    sl_cbor_put_int (body, parts->happened_ms);
  else
    sl_cbor_put_null (body);
  sl_cbor_put_id (body, &parts->location_id);
  sl_cbor_put_id (body, &parts->member_id);
  return put_sealed (log, body, &parts->member_id, parts->text, error)
         && sl_oplog_emit (log, SL_KIND_INCIDENT_ADD, NULL, body, out_id, error);
}

/**
 * sl_op_incident_close:
 * @log: inside a transaction
 * @incident: which
 * @member: whom it is about; none: nobody
 * @resolution: what was done about it; sealed
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_incident_close (SlOplog *log, const SlId *incident, const SlId *member, const char *resolution, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 3);
  put_behind (log, body);
  sl_cbor_put_id (body, member);
  return put_sealed (log, body, member, resolution, error)
         && sl_oplog_emit (log, SL_KIND_INCIDENT_CLOSE, incident, body, NULL, error);
}

/**
 * sl_op_note_add:
 * @log: inside a transaction
 * @member: whom it is about; none: nobody
 * @session: to which session; none: to none
 * @text: sealed
 * @out_id: (out caller-allocates): the note's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_note_add (SlOplog *log, const SlId *member, const SlId *session, const char *text, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 4);
  put_behind (log, body);
  sl_cbor_put_id (body, member);
  sl_cbor_put_id (body, session);
  return put_sealed (log, body, member, text, error)
         && sl_oplog_emit (log, SL_KIND_NOTE_ADD, NULL, body, out_id, error);
}

/**
 * sl_op_notification_sent:
 * @log: inside a transaction
 * @parts: which, how, and what became of it
 * @error: return location
 *
 * The operation is about the notification's own id, so however many devices say it, it was sent once.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_notification_sent (SlOplog *log, const SlSentParts *parts, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 5);
  put_behind (log, body);
  sl_cbor_put_id (body, &parts->member_id);
  sl_cbor_put_text (body, parts->kind);
  sl_cbor_put_text (body, parts->channel);
  sl_cbor_put_int (body, parts->outcome);
  return sl_oplog_emit (log, SL_KIND_NOTIFICATION_SENT, &parts->id, body, NULL, error);
}

/**
 * sl_op_call:
 * @log: inside a transaction
 * @location: where they wait
 * @member: (nullable): who it is
 * @why: what the door has said to them
 * @out_id: (out caller-allocates): the call's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_call (SlOplog *log, const SlId *location, const SlId *member, const char *why, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 4);
  put_behind (log, body);
  sl_cbor_put_id (body, location);
  sl_cbor_put_id (body, member != NULL ? member : &sl_id_none);
  sl_cbor_put_text (body, why);
  return sl_oplog_emit (log, SL_KIND_CALL, NULL, body, out_id, error);
}

/**
 * sl_op_call_take:
 * @log: inside a transaction
 * @call: whom somebody sees to
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_call_take (SlOplog *log, const SlId *call, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 0);
  return sl_oplog_emit (log, SL_KIND_CALL_TAKE, call, body, NULL, error);
}

/* --- applying --- */

static gboolean
get_behind (SlCborReader *body, gint64 *out)
{
  return sl_cbor_get_int (body, -CLOCK_BEHIND_MAX_MS, CLOCK_BEHIND_MAX_MS, out);
}

/* sl_apply_program_create: [member, fields]. */
gboolean
sl_apply_program_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId id, member;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length)
      || !sl_cbor_get_id (body, &member))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_reference_merge (log, SL_ENTITY_PROGRAM, &id, operation, TRUE, body, error)
         && sl_store_exec (log->store, error, "UPDATE program SET member_id = ? WHERE id = ?", "dd", &member, &id);
}

/* sl_apply_progress: entity: the program; [member, clock behind, entry]. */
gboolean
sl_apply_progress (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, entry_length;
  gint64 behind_ms;
  const guint8 *entry;
  SlId id, member;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 3, &length) || !sl_cbor_get_id (body, &member)
      || !get_behind (body, &behind_ms) || !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &entry, &entry_length)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO progress (id, program_id, member_id, at_ms, entry, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "dddibidd", &id, &operation->entity, &member, sl_apply_wall_ms (operation, behind_ms), entry,
                        entry_length, operation->hlc, &operation->replica, &operation->actor);
}

/* Null: when it was written down, which follows a correction of that clock; what people have typed does not. */
static gboolean
get_happened (SlCborReader *body, gint64 written_ms, gint64 *out)
{
  SlCborItem item;
  *out = written_ms;
  return sl_cbor_peek (body) == SL_CBOR_NULL ? sl_cbor_next (body, &item)
                                             : sl_cbor_get_int (body, SL_TIME_MIN_MS, SL_TIME_MAX_MS, out);
}

/* sl_apply_incident: [kind, clock behind, happened or null, location, member, text]. */
gboolean
sl_apply_incident (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, text_length;
  gint64 behind_ms, happened_ms;
  const guint8 *text;
  g_autofree char *kind = NULL;
  SlId id, location, member;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 6, 6, &length)
      || !sl_cbor_get_text (body, WORD_MAX, &kind) || kind == NULL || !get_behind (body, &behind_ms)
      || !get_happened (body, sl_apply_wall_ms (operation, behind_ms), &happened_ms)
      || !sl_cbor_get_id_or_null (body, &location) || !sl_cbor_get_id_or_null (body, &member)
      || !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &text, &text_length) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO incident (id, kind, location_id, member_id, happened_ms, at_ms, text, hlc, "
                        "replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "dtddiibidd", &id, kind, &location, &member, happened_ms,
                        sl_apply_wall_ms (operation, behind_ms), text, text_length, operation->hlc,
                        &operation->replica, &operation->actor);
}

/* sl_apply_incident_close: entity: the incident; [clock behind, member, resolution]. */
gboolean
sl_apply_incident_close (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, text_length;
  gint64 behind_ms;
  const guint8 *text;
  SlId id, member;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 3, &length) || !get_behind (body, &behind_ms)
      || !sl_cbor_get_id_or_null (body, &member) || !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &text, &text_length)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO incident_close (id, incident_id, member_id, at_ms, resolution, hlc, replica, "
                        "actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "dddibidd", &id, &operation->entity, &member, sl_apply_wall_ms (operation, behind_ms), text,
                        text_length, operation->hlc, &operation->replica, &operation->actor);
}

/* sl_apply_note: [clock behind, member, session, text]. */
gboolean
sl_apply_note (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, text_length;
  gint64 behind_ms;
  const guint8 *text;
  SlId id, member, session;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 4, 4, &length) || !get_behind (body, &behind_ms)
      || !sl_cbor_get_id_or_null (body, &member) || !sl_cbor_get_id_or_null (body, &session)
      || !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &text, &text_length) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO note (id, member_id, session_id, at_ms, text, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "dddibidd", &id, &member, &session, sl_apply_wall_ms (operation, behind_ms), text, text_length,
                        operation->hlc, &operation->replica, &operation->actor);
}

/* sl_apply_notification_sent: entity: the notification; [clock behind, member, kind, channel or null, outcome]. What
 * was sent wins over what was given up, then the earliest word. */
gboolean
sl_apply_notification_sent (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 behind_ms, outcome;
  g_autofree char *kind = NULL, *channel = NULL;
  SlId member;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 5, 5, &length) || !get_behind (body, &behind_ms)
      || !sl_cbor_get_id_or_null (body, &member) || !sl_cbor_get_text (body, WORD_MAX, &kind) || kind == NULL
      || !sl_cbor_get_text (body, WORD_MAX, &channel)
      || !sl_cbor_get_int (body, SL_SENT_SENT, SL_SENT_GIVEN_UP, &outcome) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO notification_sent (id, member_id, kind, channel, outcome, at_ms, hlc, replica, "
                        "seq, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                        "member_id = excluded.member_id, kind = excluded.kind, channel = excluded.channel, "
                        "outcome = excluded.outcome, at_ms = excluded.at_ms, hlc = excluded.hlc, "
                        "replica = excluded.replica, seq = excluded.seq, actor = excluded.actor "
                        "WHERE (excluded.outcome, excluded.hlc, excluded.replica, excluded.seq) "
                        "< (outcome, hlc, replica, seq)",
                        "ddttiiidid", &operation->entity, &member, kind, channel, outcome,
                        sl_apply_wall_ms (operation, behind_ms), operation->hlc, &operation->replica,
                        (gint64) operation->seq, &operation->actor);
}

/* Of whom nobody waits any more is kept nothing. A clock that was put back makes nobody wait for days. */
static gboolean
is_of_now (SlOplog *log, gint64 at_ms)
{
  return ABS (log->world->now_ms (log->world) - at_ms) <= SL_CALL_LASTS_MS;
}

static gboolean
drop_old_calls (SlOplog *log, GError **error)
{
  gint64 now_ms = log->world->now_ms (log->world);
  return sl_store_exec (log->store, error, "DELETE FROM local_call WHERE at_ms NOT BETWEEN ? AND ?", "ii",
                        now_ms - SL_CALL_LASTS_MS, now_ms + SL_CALL_LASTS_MS);
}

/* sl_apply_call: [clock behind, location or null, member or null, why]. No state follows from it: it may ask the
 * clock. */
gboolean
sl_apply_call (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 behind_ms, at_ms;
  g_autofree char *why = NULL;
  SlId id, location, member;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 4, 4, &length) || !get_behind (body, &behind_ms)
      || !sl_cbor_get_id_or_null (body, &location) || !sl_cbor_get_id_or_null (body, &member)
      || !sl_cbor_get_text (body, WORD_MAX, &why) || why == NULL || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  at_ms = sl_apply_wall_ms (operation, behind_ms);
  if (!is_of_now (log, at_ms))
    return TRUE;
  sl_apply_made_id (operation, 0, &id);
  return drop_old_calls (log, error)
         && sl_store_exec (log->store, error,
                           "INSERT INTO local_call (id, at_ms, location_id, member_id, why) SELECT ?1, ?2, ?3, ?4, ?5 "
                           "WHERE NOT EXISTS (SELECT 1 FROM erased WHERE member_id = ?4) "
                           "ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, member_id = excluded.member_id, "
                           "location_id = excluded.location_id, why = excluded.why",
                           "diddt", &id, at_ms, &location, &member, why);
}

/* sl_apply_call_take: entity: the call, which may come later; []. */
gboolean
sl_apply_call_take (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 at_ms = sl_hlc_to_ms (operation->hlc);
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 0, 0, &length) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return !is_of_now (log, at_ms)
         || sl_store_exec (log->store, error,
                           "INSERT INTO local_call (id, at_ms, taken) VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET "
                           "taken = 1", "di", &operation->entity, at_ms);
}
