/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-command"

#include "engine/command.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "oplog/fence.h"

/* Refusal notes: enough to see what happened at the desk, bounded so that a flood of bad codes cannot fill the disk. */
#define NOTES_MAX G_GINT64_CONSTANT (100000)
#define NOTES_KEPT_MS (90 * SL_DAY_MS)
#define NOTE_DETAIL_MAX_BYTES 512

/* sl_command_open_log: begins a transaction in which nothing is emitted yet. A directory that turns out to be a copy
 * becomes a new device first, by operations of its own: they stand whatever becomes of the command. */
gboolean
sl_command_open_log (SlEngine *engine, const SlActor *actor, GError **error)
{
  engine->transaction++;
  if (!sl_oplog_begin (engine->log, &actor->id, error))
    return FALSE;
  if (sl_oplog_emitted (engine->log) != 0
      && (!sl_oplog_commit (engine->log, error) || !sl_oplog_begin (engine->log, &actor->id, error)))
    return FALSE;
  if (sl_fence_check_standing (engine->log, error))
    return TRUE;
  sl_oplog_rollback (engine->log);
  return FALSE;
}

/* sl_command_begin: see the header. Inside a keyed command it joins that one's transaction. */
gboolean
sl_command_begin (SlEngine *engine, const SlActor *actor, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL, FALSE);

  if (engine->depth > 0)
    {
      g_assert (engine->keyed_words != NULL && !engine->keyed_failed && sl_id_equal (&engine->keyed_actor, &actor->id));
      sl_oplog_set_approver (engine->log, &sl_id_none); /* of the command before, at most */
      engine->depth++;
      return TRUE;
    }
  if (!sl_command_open_log (engine, actor, error))
    return FALSE;
  engine->depth = 1;
  return TRUE;
}

/* sl_command_commit: see the header. Inside a keyed command nothing is on disk before sl_keyed_finish(). */
gboolean
sl_command_commit (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0, FALSE);

  engine->depth--;
  return engine->depth > 0 || sl_oplog_commit (engine->log, error);
}

/* sl_command_fail: see the header. Inside a keyed command all of it is lost with the one that failed. */
gboolean
sl_command_fail (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0, FALSE);

  engine->depth--;
  if (engine->depth == 0)
    sl_oplog_rollback (engine->log);
  else
    engine->keyed_failed = TRUE;
  return FALSE;
}

/* sl_command_may: see the header. */
gboolean
sl_command_may (SlEngine *engine, const SlActor *actor, SlAction action, const SlId *location, SlRefusal *refusal)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0, FALSE);

  if (!sl_actor_may (actor, action, location, refusal))
    return FALSE;
  const SlActor *approver = sl_actor_approved_by (actor, action, location);
  if (approver != NULL)
    sl_oplog_set_approver (engine->log, &approver->id);
  return TRUE;
}

static char *
note_details (const SlRefusal *refusal)
{
  char *text = sl_refusal_format_details (refusal);
  if (text == NULL || strlen (text) <= NOTE_DETAIL_MAX_BYTES)
    return text;
  text[NOTE_DETAIL_MAX_BYTES] = '\0';
  char *whole = g_utf8_make_valid (text, -1);
  g_free (text);
  return whole;
}

static gboolean
trim_notes (SlEngine *engine, gint64 now_ms, GError **error)
{
  return sl_store_exec (engine->store, error, "DELETE FROM local_refusal WHERE at_ms < ?", "i", now_ms - NOTES_KEPT_MS)
         && sl_store_exec (engine->store, error,
                           "DELETE FROM local_refusal WHERE id <= (SELECT max (id) FROM local_refusal) - ?", "i",
                           NOTES_MAX);
}

static gboolean
insert_note (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autofree char *details = note_details (refusal);
  return sl_store_exec (engine->store, error,
                        "INSERT INTO local_refusal (at_ms, actor, command, code, detail) VALUES (?, ?, ?, ?, ?)",
                        "idttt", now_ms, &actor->id, command, sl_refusal_name (refusal->code), details)
         && trim_notes (engine, now_ms, error);
}

/* sl_command_note: notes a refusal outside of any transaction, without a sync of its own. */
gboolean
sl_command_note (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0, FALSE);

  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (insert_note (engine, actor, command, refusal, error))
    return sl_store_commit (engine->store, error);
  sl_store_rollback (engine->store);
  return FALSE;
}

/* sl_command_refuse: see the header. Inside a keyed command the note is part of the transaction that stores the answer.
 */
gboolean
sl_command_refuse (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal,
                   GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0, FALSE);
  g_return_val_if_fail (refusal != NULL && refusal->code != SL_REFUSAL_NONE, FALSE);

  engine->depth--;
  if (engine->depth == 0)
    {
      g_assert (sl_oplog_emitted (engine->log) == 0);
      sl_oplog_rollback (engine->log);
      return sl_command_note (engine, actor, command, refusal, error);
    }
  if (engine->notes_nothing || insert_note (engine, actor, command, refusal, error))
    return TRUE;
  engine->keyed_failed = TRUE;
  return FALSE;
}

/* sl_query_refuse: see the header. */
gboolean
sl_query_refuse (SlEngine *engine, const SlActor *actor, const char *query, const SlRefusal *refusal)
{
  g_autoptr (GError) failure = NULL;
  gboolean noted = engine->depth > 0 ? insert_note (engine, actor, query, refusal, &failure)
                                     : sl_command_note (engine, actor, query, refusal, &failure);
  if (!noted)
    g_debug ("a refused query was not noted: %s", failure->message);
  return TRUE;
}

/* sl_command_trim_notes: for quiet hours; takes the lock only where something is to go. */
gboolean
sl_command_trim_notes (SlEngine *engine, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine), old;
  if (!sl_store_query_int (engine->store, 0, &old, error, "SELECT EXISTS (SELECT 1 FROM local_refusal WHERE at_ms < ?)",
                           "i", now_ms - NOTES_KEPT_MS))
    return FALSE;
  if (!old)
    return TRUE;
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (trim_notes (engine, now_ms, error))
    return sl_store_commit (engine->store, error);
  sl_store_rollback (engine->store);
  return FALSE;
}

/**
 * sl_answer_clear:
 * @answer: (nullable): an answer, also one that is all zero
 *
 * Frees what it holds.
 */
void
sl_answer_clear (SlAnswer *answer)
{
  if (answer != NULL)
    g_clear_pointer (&answer->answer, g_bytes_unref);
}

static void
hash_key (const SlActor *actor, const char *key, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop command key");
  sl_hasher_add (&hasher, actor->id.bytes, SL_ID_BYTES);
  sl_hasher_add_sized (&hasher, key, strlen (key));
  sl_hasher_finish (&hasher, out);
}

/* Words may hold names and reasons: only their hash is kept. */
static GBytes *
hash_words (const char *words)
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop command words");
  sl_hasher_add_sized (&hasher, words, strlen (words));
  sl_hasher_finish (&hasher, &hash);
  return g_bytes_new (hash.bytes, sizeof hash.bytes);
}

/* Answers hold names and phone numbers, a founding's even the recovery phrase: they lie sealed, like all that is
 * personal, and under the keys of all whose data was opened while the command ran. So an answer goes with each of them:
 * whoever is erased can be read in none. Stored: how many members, their ids, the box. out_erased: one of them was. */
static gboolean
answer_key (SlEngine *engine, const SlId *members, guint n_members, SlSealKey *out, gboolean *out_erased,
            GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  SlHasher hasher;
  SlHash hash;
  *out_erased = FALSE;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  sl_hasher_init (&hasher, "studioloop kept answer");
  sl_hasher_add (&hasher, pepper.bytes, sizeof pepper.bytes);
  for (guint i = 0; i < n_members && !*out_erased; i++)
    {
      gboolean found;
      if (!sl_oplog_hash_member_key (engine->log, &members[i], &hasher, &found, error))
        return FALSE;
      *out_erased = !found;
    }
  sl_hasher_finish (&hasher, &hash);
  memcpy (out->bytes, hash.bytes, sizeof out->bytes);
  return TRUE;
}

/* Whose data was opened and can still be: of whoever has just been erased the answer says nothing. (element-type SlId)
 */
static GArray *
members_of_answer (SlEngine *engine)
{
  GArray *members = g_array_new (FALSE, FALSE, sizeof (SlId));
  GHashTableIter iter;
  gpointer member;
  (void) sl_oplog_watch_keys (engine->log, NULL);
  g_hash_table_iter_init (&iter, engine->keyed_used);
  while (g_hash_table_iter_next (&iter, &member, NULL))
    if (sl_oplog_has_member_key (engine->log, member))
      g_array_append_vals (members, member, 1);
  return members;
}

/* Words may hold names too. */
static GBytes *
bind_words (const SlSealKey *key, GBytes *words)
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop kept words");
  sl_hasher_add (&hasher, key->bytes, sizeof key->bytes);
  sl_hasher_add (&hasher, g_bytes_get_data (words, NULL), g_bytes_get_size (words));
  sl_hasher_finish (&hasher, &hash);
  return g_bytes_new (hash.bytes, sizeof hash.bytes);
}

static GBytes *
seal_answer (SlEngine *engine, GBytes *answer, GBytes **out_words, GError **error)
{
  g_autoptr (GArray) members = members_of_answer (engine);
  g_auto (SlSealKey) key = { 0 };
  guint32 count = GUINT32_TO_BE (members->len);
  gboolean erased;
  gsize length;
  const void *plain = g_bytes_get_data (answer, &length);
  if (!answer_key (engine, (const SlId *) members->data, members->len, &key, &erased, error))
    return NULL;
  g_autoptr (GBytes) box = sl_seal (engine->world, &key, plain, length, engine->keyed_key.bytes,
                                    sizeof engine->keyed_key.bytes);
  GByteArray *stored = g_byte_array_new ();
  g_byte_array_append (stored, (const guint8 *) &count, sizeof count);
  g_byte_array_append (stored, (const guint8 *) members->data, members->len * sizeof (SlId));
  g_byte_array_append (stored, g_bytes_get_data (box, NULL), (guint) g_bytes_get_size (box));
  *out_words = bind_words (&key, engine->keyed_words);
  return g_byte_array_free_to_bytes (stored);
}

typedef struct {
  GBytes *answer; /* NULL where it is for other words, or gone */
  gboolean other_words, erased;
} Kept;

/* stored: see answer_key(). */
static gboolean
open_answer (SlEngine *engine, const SlHash *place, const guint8 *stored, gsize length, GBytes *kept_words,
             GBytes *words, Kept *out, GError **error)
{
  g_autofree SlId *members = NULL;
  g_auto (SlSealKey) key = { 0 };
  guint32 count = 0;
  gboolean sound = stored != NULL && length >= sizeof count;
  if (sound)
    memcpy (&count, stored, sizeof count);
  count = GUINT32_FROM_BE (count);
  sound = sound && (length - sizeof count) / sizeof (SlId) >= count;
  if (sound)
    {
      gsize ids_bytes = count * sizeof (SlId), box = sizeof count + ids_bytes;
      members = g_memdup2 (stored + sizeof count, ids_bytes);
      if (!answer_key (engine, members, count, &key, &out->erased, error))
        return FALSE;
      g_autoptr (GBytes) bound = bind_words (&key, words);
      out->other_words = !out->erased && !g_bytes_equal (bound, kept_words);
      if (out->erased || out->other_words)
        return TRUE;
      out->answer = sl_unseal (&key, stored + box, length - box, place->bytes, sizeof place->bytes);
    }
  if (out->answer == NULL)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_CORRUPT, "a kept answer does not open with this device's key");
  return out->answer != NULL;
}

/* The kept answer of a key, if its day is not over. A clock that was set back makes it last longer, never shorter. */
static gboolean
find_answer (SlEngine *engine, const SlHash *key, GBytes *words, SlAnswer *out_answer, gboolean *out_other_words,
             gboolean *out_erased, GError **error)
{
  Kept found = { 0 };
  g_autoptr (SlRows)
    rows = sl_store_query (engine->store,
                           "SELECT words, exit_status, answer FROM local_answer WHERE key = ? AND at_ms > ?", "bi",
                           key->bytes, sizeof key->bytes, sl_engine_now_ms (engine) - SL_ANSWER_KEPT_MS);
  if (sl_rows_next (rows))
    {
      g_autoptr (GBytes) kept_words = sl_rows_dup_blob (rows, 0);
      gsize length;
      const void *stored = sl_rows_blob (rows, 2, &length);
      if (!open_answer (engine, key, stored, length, kept_words, words, &found, error))
        return FALSE;
      *out_answer = (SlAnswer) { (int) sl_rows_int (rows, 1), found.answer };
    }
  *out_other_words = found.other_words;
  *out_erased = found.erased;
  return sl_rows_finish (rows, error);
}

static void
end_keyed (SlEngine *engine)
{
  engine->depth = 0;
  engine->keyed_failed = FALSE;
  g_clear_pointer (&engine->keyed_words, g_bytes_unref);
}

/* From here on it is noted whose data is opened, until an answer is kept: a command that is begun again, or that has
 * transactions of its own, may tell what it read before. */
static void
watch_keys (SlEngine *engine)
{
  if (engine->keyed_used == NULL)
    engine->keyed_used = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  (void) sl_oplog_watch_keys (engine->log, engine->keyed_used);
}

/**
 * sl_keyed_begin:
 * @engine: the engine, not inside a command
 * @actor: who; a key belongs to its actor
 * @key: the key, from outside; any text
 * @words: the command and its arguments in one canonical text
 * @out_answer: (out): the first answer, or empty where the command has to run now
 * @out_refusal: (out): key_reused where the key stands for other words; member_erased where the answer has gone with a
 * member
 * @error: return location
 *
 * Begins a keyed command. Where @out_answer stays empty and nothing is refused, the writer lock is taken and the
 * commands that follow, by the same actor, run in one transaction until sl_keyed_finish() or sl_keyed_abandon(). The
 * first operation of them carries the key, so that the same key used on two devices can be found.
 *
 * Returns: %FALSE on failure; nothing is open then
 */
gboolean
sl_keyed_begin (SlEngine *engine, const SlActor *actor, const char *key, const char *words, SlAnswer *out_answer,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && key != NULL && words != NULL, FALSE);
  g_return_val_if_fail (out_answer != NULL && out_refusal != NULL && engine->depth == 0, FALSE);

  gboolean other_words, erased;
  *out_answer = (SlAnswer) { 0 };
  hash_key (actor, key, &engine->keyed_key);
  g_autoptr (GBytes) hashed = hash_words (words);
  if (!sl_command_open_log (engine, actor, error))
    return FALSE;
  if (!find_answer (engine, &engine->keyed_key, hashed, out_answer, &other_words, &erased, error))
    {
      sl_oplog_rollback (engine->log);
      return FALSE;
    }
  if (out_answer->answer != NULL || other_words || erased)
    sl_oplog_rollback (engine->log);
  if (other_words || erased)
    {
      sl_refuse (out_refusal, erased ? SL_REFUSAL_MEMBER_ERASED : SL_REFUSAL_KEY_REUSED);
      return sl_command_note (engine, actor, "key", out_refusal, error);
    }
  if (out_answer->answer != NULL)
    return TRUE;
  engine->depth = 1;
  engine->keyed_words = g_steal_pointer (&hashed);
  engine->keyed_actor = actor->id;
  watch_keys (engine);
  sl_oplog_set_key (engine->log, &engine->keyed_key);
  return TRUE;
}

/**
 * sl_keyed_finish:
 * @engine: inside a keyed command, none of whose commands has failed
 * @exit_status: of the answer
 * @answer: what was printed
 * @error: return location
 *
 * Stores the answer and commits it together with what the command did, or with nothing where it was refused. Returns
 * after the sync.
 *
 * Returns: %FALSE on failure: nothing was done, the keyed command is over
 */
gboolean
sl_keyed_finish (SlEngine *engine, int exit_status, GBytes *answer, GError **error)
{
  g_return_val_if_fail (engine != NULL && answer != NULL, FALSE);
  g_return_val_if_fail (engine->keyed_words != NULL && engine->depth == 1 && !engine->keyed_failed, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GBytes) words = NULL;
  g_autoptr (GBytes) sealed = seal_answer (engine, answer, &words, error);
  gboolean stored =
    sealed != NULL
    && sl_store_exec (engine->store, error, "DELETE FROM local_answer WHERE at_ms <= ?", "i",
                      now_ms - SL_ANSWER_KEPT_MS)
    && sl_store_exec (
      engine->store, error,
      "INSERT OR REPLACE INTO local_answer (key, words, exit_status, answer, at_ms) VALUES (?, ?, ?, ?, ?)", "bgigi",
      engine->keyed_key.bytes, sizeof engine->keyed_key.bytes, words, (gint64) exit_status, sealed,
      now_ms);
  if (!stored)
    {
      sl_keyed_abandon (engine);
      return FALSE;
    }
  end_keyed (engine);
  g_clear_pointer (&engine->keyed_used, g_hash_table_unref); /* nobody notes into it any more */
  return sl_oplog_commit (engine->log, error);
}

/**
 * sl_keyed_abandon:
 * @engine: the engine
 *
 * After a failure inside a keyed command: takes everything back, and no answer is kept. Without a keyed command it does
 * nothing.
 */
void
sl_keyed_abandon (SlEngine *engine)
{
  g_return_if_fail (engine != NULL);

  if (engine->keyed_words == NULL)
    return;
  end_keyed (engine);
  sl_oplog_rollback (engine->log);
}

/* Goes on with the same key after a rollback. Whoever waited for the lock with the same key may have answered. */
static gboolean
take_key_again (SlEngine *engine, const SlHash *key, GBytes *words, GError **error)
{
  g_auto (SlAnswer) answer = { 0 };
  gboolean other_words, erased;
  if (!find_answer (engine, key, words, &answer, &other_words, &erased, error))
    return FALSE;
  if (answer.answer != NULL || other_words || erased)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BUSY, "the same key is being used elsewhere at this moment");
      return FALSE;
    }
  engine->keyed_key = *key;
  sl_oplog_set_key (engine->log, &engine->keyed_key);
  return TRUE;
}

/**
 * sl_keyed_restart:
 * @engine: inside a keyed command or a batch, between its commands, also after one of them has failed
 * @actor: who gives them
 * @error: return location
 *
 * Takes back everything that was done in it and goes on inside it, as right after its beginning: for a command that
 * finds out while writing that it is refused and whose answer is kept all the same. The writer lock is let go for a
 * moment.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BUSY where the same key was used meanwhile; the keyed command is over
 */
gboolean
sl_keyed_restart (SlEngine *engine, const SlActor *actor, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && engine->keyed_words != NULL && engine->depth == 1, FALSE);

  g_autoptr (GBytes) words = g_steal_pointer (&engine->keyed_words);
  SlHash key = engine->keyed_key;
  gboolean has_key = g_bytes_get_size (words) > 0;
  end_keyed (engine);
  sl_oplog_rollback (engine->log);
  if (!sl_command_open_log (engine, actor, error)
      || (has_key && !take_key_again (engine, &key, words, error)))
    {
      sl_oplog_rollback (engine->log); /* fine where none is open */
      return FALSE;
    }
  engine->depth = 1;
  engine->keyed_words = g_steal_pointer (&words);
  engine->keyed_actor = actor->id;
  return TRUE;
}
