/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-nonce"

#include "protocol/message.h"

/* Nonces are kept in generations of the time that the requests say they were made at, not of their arrival: a nonce
 * must be known for as long as its request would pass the window, and only that time says how long this is, whatever
 * the answerer's clock does meanwhile. What is forgotten is refused by its time, for good. */
#define GENERATION_MS (10 * 1000)
/* Some 60 MB. At 60 requests a minute it is what 4,000 devices can send in a window's two sides; beyond it the
 * generation of the oldest requests goes and with it the oldest part of the window. */
#define NONCES_MAX (1024 * 1024)

struct _SlNonces {
  GMutex mutex;
  GHashTable *generations;    /* gint64* (created_ms / GENERATION_MS) → set of SlId* (device and nonce) */
  guint n_nonces;
  gint64 began_ms;            /* what was made before may have been answered by another process */
  gint64 forgotten_before_ms; /* requests made before are not known any more; 0: none was let go yet */
};

/**
 * sl_nonces_new:
 * @now_ms: the answerer's clock
 *
 * Memory of nonces, empty: what was made before @now_ms may have been answered by an earlier process, so it is refused.
 *
 * Returns: (transfer full): for any thread
 */
SlNonces *
sl_nonces_new (gint64 now_ms)
{
  SlNonces *nonces = g_new0 (SlNonces, 1);
  g_mutex_init (&nonces->mutex);
  nonces->generations
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  nonces->began_ms = now_ms / 1000 * 1000; /* requests say whole seconds, rounded down */
  return nonces;
}

/**
 * sl_nonces_free:
 * @nonces: (nullable) (transfer full): no thread uses it any more
 */
void
sl_nonces_free (SlNonces *nonces)
{
  if (nonces == NULL)
    return;
  g_hash_table_unref (nonces->generations);
  g_mutex_clear (&nonces->mutex);
  g_free (nonces);
}

static void
forget (SlNonces *nonces, gint64 generation)
{
  GHashTable *seen = g_hash_table_lookup (nonces->generations, &generation);
  nonces->n_nonces -= g_hash_table_size (seen);
  nonces->forgotten_before_ms = MAX (nonces->forgotten_before_ms, (generation + 1) * GENERATION_MS);
  g_hash_table_remove (nonces->generations, &generation);
}

/* The generation of the oldest requests; FALSE: there is none. */
static gboolean
oldest (SlNonces *nonces, gint64 *out)
{
  GHashTableIter iter;
  gpointer key;
  gboolean found = FALSE;
  g_hash_table_iter_init (&iter, nonces->generations);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!found || *(gint64 *) key < *out)
      {
        *out = *(gint64 *) key;
        found = TRUE;
      }
  return found;
}

/* Lets go what the window refuses, and what is too much. */
static void
make_room (SlNonces *nonces, gint64 now_ms)
{
  gint64 generation;
  while (oldest (nonces, &generation)
         && (nonces->n_nonces >= NONCES_MAX || (generation + 1) * GENERATION_MS <= now_ms - SL_SYNC_WINDOW_MS))
    forget (nonces, generation);
}

/* The answerer's clock was set back: by it nothing would be young enough until it comes to where it was, which may be
 * years. What is within its window now was made before it was known to be wrong, or will be: as when a process
 * begins. */
static void
follow_clock (SlNonces *nonces, gint64 now_ms)
{
  nonces->began_ms = MIN (nonces->began_ms, now_ms / 1000 * 1000);
  if (nonces->forgotten_before_ms <= now_ms + SL_SYNC_WINDOW_MS)
    return;
  nonces->forgotten_before_ms = 0;
  nonces->began_ms = now_ms / 1000 * 1000;
}

static GHashTable *
ensure_generation (SlNonces *nonces, gint64 generation)
{
  GHashTable *seen = g_hash_table_lookup (nonces->generations, &generation);
  if (seen != NULL)
    return seen;
  gint64 *key = g_new (gint64, 1);
  *key = generation;
  seen = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  g_hash_table_insert (nonces->generations, key, seen);
  return seen;
}

/**
 * sl_nonces_take:
 * @nonces: the memory
 * @claimed: a request of which sl_sync_request_check() said %SL_SYNC_OK: strangers must not fill the memory
 * @now_ms: the answerer's clock
 *
 * Takes a request's nonce: once. It is remembered for as long as the request's time is within the window.
 *
 * Returns: %SL_SYNC_OK; %SL_SYNC_REPLAYED for the second time; %SL_SYNC_CLOCK_SKEW for a request older than what is
 *   remembered (made before this process began, or the memory was full), which may be a replay: the asker makes it anew
 */
SlSyncCode
sl_nonces_take (SlNonces *nonces, const SlSyncClaimed *claimed, gint64 now_ms)
{
  g_return_val_if_fail (nonces != NULL && claimed != NULL, SL_SYNC_REPLAYED);
  SlId *key = g_new (SlId, 1);
  sl_id_from_parts ("studioloop nonce v1", claimed->replica.bytes, SL_ID_BYTES, claimed->nonce, SL_SYNC_NONCE_BYTES,
                    key);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&nonces->mutex);
  make_room (nonces, now_ms);
  follow_clock (nonces, now_ms);
  if (claimed->created_ms < MAX (nonces->began_ms, nonces->forgotten_before_ms))
    {
      g_free (key);
      return SL_SYNC_CLOCK_SKEW;
    }
  GHashTable *seen = ensure_generation (nonces, claimed->created_ms / GENERATION_MS);
  if (!g_hash_table_add (seen, key))
    return SL_SYNC_REPLAYED;
  nonces->n_nonces++;
  return SL_SYNC_OK;
}
