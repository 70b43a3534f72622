/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pin"

#include "engine/pin.h"

#include <string.h>

#include "engine/engine-private.h"

/* Beside runs, steps and repetitions, which are found by rule: what people choose most (dates of keyboards and jokes),
 * 4 and 6 digits. */
static const char *const usual[] = {
  "1004",   "1010",   "1122",   "1313",   "1342",   "1379",       "1397",     "2000",     "2001",     "2468",
  "2580",   "4321",   "5683",   "6969",   "7410",   "8520",       "8675",     "112233",   "123123",   "123321",
  "131313", "142536", "147258", "147852", "147896", "159357",     "159753",   "258456",   "292513",   "321654",
  "520520", "696969", "753951", "789456", "963852", "1234512345", "19871987", "20002000", "87654321", "12344321",
};

/* All digits a fixed step apart, over 9 to 0 as well: 111111, 123456, 987654, 135791, 890123. */
static gboolean
has_even_steps (const char *pin, gsize length)
{
  int step = (pin[1] - pin[0] + 10) % 10;
  for (gsize i = 2; i < length; i++)
    if ((pin[i] - pin[i - 1] + 10) % 10 != step)
      return FALSE;
  return TRUE;
}

/* The same one to three digits again and again: 121212, 123123, 5555. */
static gboolean
repeats (const char *pin, gsize length)
{
  for (gsize period = 1; period <= 3 && period * 2 <= length; period++)
    if (length % period == 0 && memcmp (pin, pin + period, length - period) == 0)
      return TRUE;
  return FALSE;
}

/* Pairs or triples of one digit each: 112233, 777888. */
static gboolean
is_blocks (const char *pin, gsize length)
{
  if (length < 6)
    return FALSE;
  for (gsize block = 2; block <= 3; block++)
    {
      gsize i = 0;
      while (i < length && pin[i] == pin[i - i % block])
        i++;
      if (i == length && length % block == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * sl_pin_is_weak:
 * @pin: (nullable): the PIN as typed
 * @min_digits: the fewest digits
 * @max_digits: the most digits
 *
 * Whether a PIN must not be chosen: something else than digits, too short, too long, or one that is tried first.
 *
 * Returns: %TRUE for a PIN to refuse
 */
gboolean
sl_pin_is_weak (const char *pin, int min_digits, int max_digits)
{
  gsize length = pin != NULL ? strlen (pin) : 0;
  if (length < (gsize) min_digits || length > (gsize) max_digits || length < 2 || strspn (pin, "0123456789") != length)
    return TRUE;
  if (has_even_steps (pin, length) || repeats (pin, length) || is_blocks (pin, length))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (g_str_equal (pin, usual[i]))
      return TRUE;
  return FALSE;
}

typedef struct { gint64 failures, locked_until_ms; } Tries;

static gboolean
read_tries (SlEngine *engine, const SlId *subject, Tries *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT failures, locked_until_ms FROM local_pin_failure WHERE subject = ?", "d", subject);
  *out = (Tries) { 0 };
  if (sl_rows_next (rows))
    *out = (Tries) { sl_rows_int (rows, 0), sl_rows_int (rows, 1) };
  return sl_rows_finish (rows, error);
}

/* How long the lock lasts after so many wrong ones in a row. */
static gint64
lock_ms (gint64 failures)
{
  gint64 beyond = failures - SL_PIN_FREE_TRIES;
  if (beyond < 0)
    return 0;
  gint64 ms = SL_PIN_FIRST_LOCK_MS;
  while (beyond-- > 0 && ms < SL_PIN_LONGEST_LOCK_MS)
    ms *= 2;
  return MIN (ms, SL_PIN_LONGEST_LOCK_MS);
}

/* One more wrong one. Counted before the answer is given, without a sync: guessing must not wear the disk. */
static gboolean
count_failure (SlEngine *engine, const SlId *subject, gint64 now_ms, Tries *out, GError **error)
{
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (!read_tries (engine, subject, out, error))
    {
      sl_store_rollback (engine->store);
      return FALSE;
    }
  out->failures++;
  gint64 locked_ms = lock_ms (out->failures);
  out->locked_until_ms = locked_ms > 0 ? now_ms + locked_ms : 0;
  if (sl_store_exec (engine->store, error,
                     "INSERT OR REPLACE INTO local_pin_failure (subject, failures, locked_until_ms) VALUES (?, ?, ?)",
                     "dii", subject, out->failures, out->locked_until_ms))
    return sl_store_commit (engine->store, error);
  sl_store_rollback (engine->store);
  return FALSE;
}

/**
 * sl_pin_unlock:
 * @engine: the engine, inside a command
 * @subject: whose PIN
 * @error: return location
 *
 * Forgets the wrong ones that were typed here, because a new PIN is set.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pin_unlock (SlEngine *engine, const SlId *subject, GError **error)
{
  g_return_val_if_fail (engine != NULL && subject != NULL, FALSE);

  return sl_store_exec (engine->store, error, "DELETE FROM local_pin_failure WHERE subject = ?", "d", subject);
}

static gboolean
forget_failures (SlEngine *engine, const SlId *subject, GError **error)
{
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (sl_pin_unlock (engine, subject, error))
    return sl_store_commit (engine->store, error);
  sl_store_rollback (engine->store);
  return FALSE;
}

/* A clock that was set back must not lock anybody for longer than the lock was meant to last. */
static gboolean
is_locked (const Tries *tries, gint64 now_ms)
{
  return tries->locked_until_ms > now_ms && tries->locked_until_ms - now_ms <= SL_PIN_LONGEST_LOCK_MS;
}

static gboolean
refuse_locked (const Tries *tries, SlRefusal *out_refusal)
{
  sl_refuse (out_refusal, SL_REFUSAL_PIN_LOCKED);
  sl_refusal_set_int (out_refusal, "until_ms", tries->locked_until_ms);
  return TRUE;
}

/* What a try that was right or wrong comes to. */
static gboolean
end_try (SlEngine *engine, const SlId *subject, gboolean right, Tries *tries, gint64 now_ms, SlRefusal *out_refusal,
         GError **error)
{
  if (right)
    return tries->failures == 0 || forget_failures (engine, subject, error);
  if (!count_failure (engine, subject, now_ms, tries, error))
    return FALSE;
  if (tries->locked_until_ms > 0)
    return refuse_locked (tries, out_refusal);
  sl_refuse (out_refusal, SL_REFUSAL_PIN_WRONG);
  sl_refusal_set_int (out_refusal, "tries_left", SL_PIN_FREE_TRIES - tries->failures);
  return TRUE;
}

/* Which of the hashes it is of. Where there is none the typed PIN is hashed in vain: how long the answer takes must not
 * tell whether there is one. */
static gboolean
find_right (SlEngine *engine, const char *const *hashes, guint n_hashes, const char *pin, int *out_which,
            GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };

  *out_which = -1;
  if (pin == NULL || *pin == '\0')
    return TRUE;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  for (guint i = 0; i < n_hashes && *out_which < 0; i++)
    if (sl_pin_verify (hashes[i], pin, &pepper))
      *out_which = (int) i;
  if (n_hashes == 0)
    g_free (sl_pin_hash (engine->world, pin, &pepper));
  return TRUE;
}

/**
 * sl_pin_check_among:
 * @engine: an engine outside of any transaction: Argon2id takes its time, and the count must stay when the command is
 * refused
 * @subject: for whom wrong ones are counted
 * @hashes: (array length=n_hashes): the stored hashes of all whom it may be
 * @n_hashes: how many; 0: every PIN is wrong, and takes as long
 * @pin: (nullable): the PIN as typed
 * @out_which: (out): the place of the hash that it is of; -1: of none, or refused
 * @out_refusal: (out): pin_wrong (tries_left), pin_locked (until_ms), or none where it is right
 * @error: return location
 *
 * Wrong PINs count, on this device, until a right one comes; from the fifth on each locks for twice as long. While
 * locked the right one is refused, too. A device whose data cannot be written refuses every PIN with
 * %SL_ERROR_READ_ONLY rather than not count.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pin_check_among (SlEngine *engine, const SlId *subject, const char *const *hashes, guint n_hashes, const char *pin,
                    int *out_which, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && subject != NULL && out_which != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  Tries tries;
  *out_which = -1;
  if (!read_tries (engine, subject, &tries, error))
    return FALSE;
  if (is_locked (&tries, now_ms))
    return refuse_locked (&tries, out_refusal);
  return find_right (engine, hashes, n_hashes, pin, out_which, error)
         && end_try (engine, subject, *out_which >= 0, &tries, now_ms, out_refusal, error);
}

/**
 * sl_pin_check:
 * @engine: an engine outside of any transaction
 * @subject: whose PIN: a staff member's id
 * @hash: (nullable): the stored hash; %NULL: none is set, so every PIN is wrong
 * @pin: (nullable): the PIN as typed
 * @out_refusal: (out): as for sl_pin_check_among()
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pin_check (SlEngine *engine, const SlId *subject, const char *hash, const char *pin, SlRefusal *out_refusal,
              GError **error)
{
  int which;

  return sl_pin_check_among (engine, subject, &hash, hash != NULL, pin, &which, out_refusal, error);
}

/**
 * sl_pin_check_answer:
 * @engine: an engine outside of any transaction
 * @subject: whose answer, and to what
 * @right: whether it is the right one
 * @out_refusal: (out): pin_wrong (tries_left), pin_locked (until_ms), or none where it is right
 * @error: return location
 *
 * For what is typed in place of a PIN, such as a birth date: counted and locked as PINs are.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pin_check_answer (SlEngine *engine, const SlId *subject, gboolean right, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && subject != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  Tries tries;
  if (!read_tries (engine, subject, &tries, error))
    return FALSE;
  if (is_locked (&tries, now_ms))
    return refuse_locked (&tries, out_refusal);
  return end_try (engine, subject, right, &tries, now_ms, out_refusal, error);
}
