/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-note"

#include "engine/note.h"

#include "engine/around.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/schedule.h"
#include "oplog/around.h"

/* Each by the index that fits. */
#define COLUMNS "SELECT id, member_id, session_id, at_ms, actor, text FROM note WHERE "
#define OF_MEMBER "member_id IN " SL_SQL_SAME_MEMBER ("?1") " AND (?2 IS NULL OR session_id = ?2) "
#define OF_SESSION "session_id = ?2 AND ?1 IS NULL "
#define LATEST "ORDER BY at_ms DESC, id LIMIT ?3"

/**
 * sl_note_free:
 * @note: (nullable) (transfer full): a note
 */
void
sl_note_free (SlNote *note)
{
  if (note == NULL)
    return;
  g_free (note->text);
  g_free (note);
}

/* Whom and what a note is about, and whether the actor may have to do with it: instructors with their own members, and
 * with the sessions that they teach. */
typedef struct {
  SlId member_id, session_id;
} Subject;

static gboolean
find_subject (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *session, Subject *out,
              gboolean *out_allowed, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlMember) person = member != NULL ? sl_member_get (engine, member, error) : NULL;
  g_autoptr (SlSession) class = (member == NULL || person != NULL) && session != NULL
                                    ? sl_session_get (engine, session, error)
                                    : NULL;

  *out = (Subject){ 0 };
  *out_allowed = FALSE;
  if (member == NULL && session == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a note is about a member or to a session");
      return FALSE;
    }
  if ((member != NULL && person == NULL) || (session != NULL && class == NULL))
    return FALSE;
  const SlId *where = class != NULL ? &class->location_id : &engine->location;
  if (person != NULL)
    out->member_id = person->id;
  if (class != NULL)
    out->session_id = class->id;
  if (person != NULL)
    return sl_around_may (engine, actor, SL_ACTION_WRITE_NOTES, &person->id, where, out_allowed, out_refusal, error);
  *out_allowed = sl_actor_may_with_own (actor, SL_ACTION_WRITE_NOTES, where,
                                        sl_id_equal (&class->instructor_id, &actor->id), out_refusal);
  return TRUE;
}

/**
 * sl_note_add:
 * @engine: the engine
 * @actor: who; instructors: on their own members, to their own sessions
 * @member: (nullable): on whom …
 * @session: (nullable): … or to which session, or both
 * @text: the note
 * @out_id: (out): the note
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_note_add (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *session, const char *text,
             SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && text != NULL, FALSE);
  g_return_val_if_fail (out_id != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = sl_around_text ("the note", text, SL_AROUND_TEXT_MAX_BYTES, error);
  Subject subject;
  gboolean allowed;
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!find_subject (engine, actor, member, session, &subject, &allowed, out_refusal, error))
    return sl_command_fail (engine);
  g_autoptr (SlMember) person = allowed && member != NULL ? sl_member_get (engine, member, error) : NULL;
  if (allowed && member != NULL && person == NULL)
    return sl_command_fail (engine);
  if (!allowed || (person != NULL && sl_member_refuse_erased (person, out_refusal)))
    return sl_command_refuse (engine, actor, "note add", out_refusal, error);
  if (!sl_op_note_add (engine->log, &subject.member_id, &subject.session_id, clean, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_note_list:
 * @engine: the engine
 * @actor: who wants to know; instructors: of their own members and sessions
 * @member: (nullable): on whom, in all their records
 * @session: (nullable): to which session
 * @out: (out) (transfer full) (element-type SlNote): the latest first, at most %SL_NOTES_MAX; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_note_list (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *session, GPtrArray **out,
              SlRefusal *out_refusal, GError **error)
{
  Subject subject;
  gboolean allowed;

  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!find_subject (engine, actor, member, session, &subject, &allowed, out_refusal, error))
    return FALSE;
  if (!allowed)
    return sl_query_refuse (engine, actor, "note list", out_refusal);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_note_free);
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, member == NULL ? COLUMNS OF_SESSION LATEST : COLUMNS OF_MEMBER LATEST, "ddi",
                        &subject.member_id, &subject.session_id, (gint64) SL_NOTES_MAX);
  while (sl_rows_next (rows))
    {
      SlNote *note = g_new0 (SlNote, 1);
      gsize length;
      sl_rows_id (rows, 0, &note->id);
      sl_rows_id (rows, 1, &note->member_id);
      sl_rows_id (rows, 2, &note->session_id);
      note->at_ms = sl_rows_int (rows, 3);
      sl_rows_id (rows, 4, &note->actor);
      const void *sealed = sl_rows_blob (rows, 5, &length);
      note->text = sl_oplog_unseal_note (engine->log, &note->member_id, sealed, length);
      g_ptr_array_add (notes, note);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  *out = g_steal_pointer (&notes);
  return TRUE;
}
