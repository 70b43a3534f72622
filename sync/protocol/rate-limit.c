/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rate-limit"

#include "protocol/message.h"

/* A few MB. A key that goes because so many others came later begins anew: that only an attacker with as many addresses
 * gets out of it. */
#define KEYS_MAX 16384
#define ALLOWED_MAX 1000000

/* The generic cell rate algorithm (ITU-T I.371): per key the one time at which all that was taken will have been made
 * good. Counted in ms × allowed, so that no rate is rounded. */
typedef struct {
  char *key;
  gint64 full_at;
  GList link; /* in the order of use */
} Bucket;

struct _SlRateLimit {
  GMutex mutex;
  gint64 allowed, per_ms;
  GHashTable *buckets; /* key → Bucket */
  GQueue by_use;       /* the latest first */
};

static void
bucket_free (gpointer data)
{
  Bucket *bucket = data;
  g_free (bucket->key);
  g_free (bucket);
}

/**
 * sl_rate_limit_new:
 * @allowed: so many may come at once, and as many again over each
 * @per_ms: milliseconds
 *
 * Returns: (transfer full): a limit for any number of keys; for any thread
 */
SlRateLimit *
sl_rate_limit_new (guint allowed, gint64 per_ms)
{
  g_return_val_if_fail (allowed > 0 && allowed <= ALLOWED_MAX && per_ms > 0 && per_ms <= G_MAXINT32, NULL);
  SlRateLimit *limit = g_new0 (SlRateLimit, 1);
  g_mutex_init (&limit->mutex);
  limit->allowed = allowed;
  limit->per_ms = per_ms;
  limit->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bucket_free);
  g_queue_init (&limit->by_use);
  return limit;
}

/**
 * sl_rate_limit_free:
 * @limit: (nullable) (transfer full): no thread uses it any more
 */
void
sl_rate_limit_free (SlRateLimit *limit)
{
  if (limit == NULL)
    return;
  g_hash_table_unref (limit->buckets);
  g_mutex_clear (&limit->mutex);
  g_free (limit);
}

/* The key's bucket, moved to the front; a new one takes the place of the one that was used least lately. */
static Bucket *
use_bucket (SlRateLimit *limit, const char *key)
{
  Bucket *bucket = g_hash_table_lookup (limit->buckets, key);
  if (bucket != NULL)
    g_queue_unlink (&limit->by_use, &bucket->link);
  else
    {
      if (limit->by_use.length == KEYS_MAX)
        {
          Bucket *last = g_queue_peek_tail (&limit->by_use);
          g_queue_unlink (&limit->by_use, &last->link);
          g_hash_table_remove (limit->buckets, last->key);
        }
      bucket = g_new0 (Bucket, 1);
      bucket->key = g_strdup (key);
      bucket->link.data = bucket;
      g_hash_table_insert (limit->buckets, bucket->key, bucket);
    }
  g_queue_push_head_link (&limit->by_use, &bucket->link);
  return bucket;
}

/**
 * sl_rate_limit_take:
 * @limit: the limit
 * @key: whose: a device's id, an address
 * @now_ms: the answerer's clock; where it goes back nobody waits longer than one of full use would
 * @out_retry_ms: (out) (optional): when refused, after how long one more may come; else 0
 *
 * Returns: %FALSE: too many; this one is not counted
 */
gboolean
sl_rate_limit_take (SlRateLimit *limit, const char *key, gint64 now_ms, gint64 *out_retry_ms)
{
  g_return_val_if_fail (limit != NULL && key != NULL, FALSE);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&limit->mutex);
  Bucket *bucket = use_bucket (limit, key);
  gint64 now = CLAMP (now_ms, 0, G_MAXINT64 / ALLOWED_MAX / 2) * limit->allowed;
  gint64 whole = limit->per_ms * limit->allowed;
  gint64 full_at = CLAMP (bucket->full_at, now, now + whole);
  gint64 over = full_at + limit->per_ms - (now + whole);
  bucket->full_at = over > 0 ? full_at : full_at + limit->per_ms;
  if (out_retry_ms != NULL)
    *out_retry_ms = over > 0 ? (over + limit->allowed - 1) / limit->allowed : 0;
  return over <= 0;
}
