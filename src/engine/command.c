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

/* "balance_hundredths=50 needed_hundredths=100" */
static char *
format_details (const SlRefusal *refusal)
{
  g_autoptr (GVariant) details = sl_refusal_dup_details (refusal);
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;
  if (details == NULL)
    return NULL;
  g_variant_iter_init (&iter, details);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autofree char *printed = g_variant_is_of_type (owned, G_VARIANT_TYPE_STRING)
                                   ? g_variant_dup_string (owned, NULL)
                                   : g_variant_print (owned, FALSE);
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", key, printed);
    }
  if (text->len > NOTE_DETAIL_MAX_BYTES)
    {
      g_string_truncate (text, NOTE_DETAIL_MAX_BYTES);
      return g_utf8_make_valid (text->str, -1);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
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
  g_autofree char *details = format_details (refusal);
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
  if (insert_note (engine, actor, command, refusal, error))
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
 * personal. */
static gboolean
answer_key (SlEngine *engine, SlSealKey *out, GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  SlHasher hasher;
  SlHash hash;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  sl_hasher_init (&hasher, "studioloop kept answer");
  sl_hasher_add (&hasher, pepper.bytes, sizeof pepper.bytes);
  sl_hasher_finish (&hasher, &hash);
  memcpy (out->bytes, hash.bytes, sizeof out->bytes);
  return TRUE;
}

static GBytes *
seal_answer (SlEngine *engine, GBytes *answer, GError **error)
{
  g_auto (SlSealKey) key = { 0 };
  gsize length;
  const void *plain = g_bytes_get_data (answer, &length);
  if (!answer_key (engine, &key, error))
    return NULL;
  return sl_seal (engine->world, &key, plain, length, engine->keyed_key.bytes, sizeof engine->keyed_key.bytes);
}

static GBytes *
unseal_answer (SlEngine *engine, const SlHash *place, SlRows *rows, int column, GError **error)
{
  g_auto (SlSealKey) key = { 0 };
  gsize length;
  const void *sealed = sl_rows_blob (rows, column, &length);
  if (!answer_key (engine, &key, error))
    return NULL;
  GBytes *answer = sealed != NULL ? sl_unseal (&key, sealed, length, place->bytes, sizeof place->bytes) : NULL;
  if (answer == NULL)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_CORRUPT, "a kept answer does not open with this device's key");
  return answer;
}

/* The kept answer of a key, if its day is not over. A clock that was set back makes it last longer, never shorter. */
static gboolean
find_answer (SlEngine *engine, const SlHash *key, GBytes *words, SlAnswer *out_answer, gboolean *out_other_words,
             GError **error)
{
  g_autoptr (SlRows)
    rows = sl_store_query (engine->store,
                           "SELECT words, exit_status, answer FROM local_answer WHERE key = ? AND at_ms > ?", "bi",
                           key->bytes, sizeof key->bytes, sl_engine_now_ms (engine) - SL_ANSWER_KEPT_MS);
  *out_other_words = FALSE;
  if (sl_rows_next (rows))
    {
      g_autoptr (GBytes) kept = sl_rows_dup_blob (rows, 0);
      *out_other_words = !g_bytes_equal (kept, words);
      if (!*out_other_words)
        {
          *out_answer = (SlAnswer) { (int) sl_rows_int (rows, 1), unseal_answer (engine, key, rows, 2, error) };
          if (out_answer->answer == NULL)
            return FALSE;
        }
    }
  return sl_rows_finish (rows, error);
}

static void
end_keyed (SlEngine *engine)
{
  engine->depth = 0;
  engine->keyed_failed = FALSE;
  g_clear_pointer (&engine->keyed_words, g_bytes_unref);
}

/**
 * sl_keyed_begin:
 * @engine: the engine, not inside a command
 * @actor: who; a key belongs to its actor
 * @key: the key, from outside; any text
 * @words: the command and its arguments in one canonical text
 * @out_answer: (out): the first answer, or empty where the command has to run now
 * @out_refusal: (out): key_reused where the key stands for other words
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

  gboolean other_words;
  *out_answer = (SlAnswer) { 0 };
  hash_key (actor, key, &engine->keyed_key);
  g_autoptr (GBytes) hashed = hash_words (words);
  if (!sl_command_open_log (engine, actor, error))
    return FALSE;
  if (!find_answer (engine, &engine->keyed_key, hashed, out_answer, &other_words, error))
    {
      sl_oplog_rollback (engine->log);
      return FALSE;
    }
  if (out_answer->answer != NULL || other_words)
    sl_oplog_rollback (engine->log);
  if (other_words)
    {
      sl_refuse (out_refusal, SL_REFUSAL_KEY_REUSED);
      return sl_command_note (engine, actor, "key", out_refusal, error);
    }
  if (out_answer->answer != NULL)
    return TRUE;
  engine->depth = 1;
  engine->keyed_words = g_steal_pointer (&hashed);
  engine->keyed_actor = actor->id;
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
  g_autoptr (GBytes) sealed = seal_answer (engine, answer, error);
  gboolean stored =
    sealed != NULL
    && sl_store_exec (engine->store, error, "DELETE FROM local_answer WHERE at_ms <= ?", "i",
                      now_ms - SL_ANSWER_KEPT_MS)
    && sl_store_exec (
      engine->store, error,
      "INSERT OR REPLACE INTO local_answer (key, words, exit_status, answer, at_ms) VALUES (?, ?, ?, ?, ?)", "bgigi",
      engine->keyed_key.bytes, sizeof engine->keyed_key.bytes, engine->keyed_words, (gint64) exit_status, sealed,
      now_ms);
  if (!stored)
    {
      sl_keyed_abandon (engine);
      return FALSE;
    }
  end_keyed (engine);
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
