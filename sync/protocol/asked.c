/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-asked"

#include <string.h>

#include "core/crypto.h"
#include "protocol/message.h"

/* What was given to whom by which request: one whose answer got lost comes again under the same number and gets the
 * same answer, and nothing is given a second time. Any thread. */

#define KEPT_MAX 4096 /* some 100 bytes each, 2 KiB at most */

typedef struct {
  SlHash key;
  gint64 at_ms;
  GArray *given; /* of SlAsk */
} Given;

struct _SlAsked {
  GMutex lock;
  GHashTable *by_key; /* SlHash* (of the value) → Given* (not owned) */
  GQueue in_order;    /* of Given*: the oldest first */
};

/* A hash is as good as any. */
static guint
hash_key (gconstpointer key)
{
  guint first;
  memcpy (&first, ((const SlHash *) key)->bytes, sizeof first);
  return first;
}

static gboolean
keys_equal (gconstpointer a, gconstpointer b)
{
  return sl_hash_equal (a, b);
}

static void
given_free (gpointer data)
{
  Given *given = data;
  g_array_unref (given->given);
  g_free (given);
}

/* sl_asked_new: (transfer full): nothing is remembered. */
SlAsked *
sl_asked_new (void)
{
  SlAsked *self = g_new0 (SlAsked, 1);
  g_mutex_init (&self->lock);
  self->by_key = g_hash_table_new (hash_key, keys_equal);
  g_queue_init (&self->in_order);
  return self;
}

/* sl_asked_free: (nullable). */
void
sl_asked_free (SlAsked *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_key);
  g_queue_clear_full (&self->in_order, given_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* A number that comes with other asks is another request. */
static void
make_key (const SlId *asker, const SlId *request, const GArray *asks, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop asks v1");
  sl_hasher_add (&hasher, asker->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, request->bytes, SL_ID_BYTES);
  for (guint i = 0; i < asks->len; i++)
    {
      const SlAsk *ask = &g_array_index (asks, SlAsk, i);
      gint64 numbers[] = { ask->kind, ask->amount };
      sl_hasher_add (&hasher, ask->id.bytes, SL_ID_BYTES);
      sl_hasher_add (&hasher, numbers, sizeof numbers); /* of this process only */
    }
  sl_hasher_finish (&hasher, out);
}

static void
drop_oldest (SlAsked *self)
{
  Given *given = g_queue_pop_head (&self->in_order);
  g_hash_table_remove (self->by_key, &given->key);
  given_free (given);
}

/**
 * sl_asked_find:
 * @self: what is remembered
 * @asker: a device, as it has proved
 * @request: the number of its request; none: it has none, and is never a repetition
 * @asks: (element-type SlAsk): what it asks for
 * @now_ms: now, UTC milliseconds
 *
 * Returns: (transfer full) (element-type SlAsk) (nullable): what that request was given; %NULL: it is new
 */
GArray *
sl_asked_find (SlAsked *self, const SlId *asker, const SlId *request, const GArray *asks, gint64 now_ms)
{
  SlHash key;
  g_return_val_if_fail (self != NULL && asker != NULL && request != NULL && asks != NULL, NULL);
  if (sl_id_is_none (request))
    return NULL;
  make_key (asker, request, asks, &key);
  g_mutex_lock (&self->lock);
  const Given *given = g_hash_table_lookup (self->by_key, &key);
  GArray *found = given != NULL && ABS (now_ms - given->at_ms) < SL_ASKED_KEPT_MS ? g_array_copy (given->given) : NULL;
  g_mutex_unlock (&self->lock);
  return found;
}

/**
 * sl_asked_note:
 * @self: what is remembered
 * @asker: a device, as it has proved
 * @request: the number of its request; none: nothing is remembered
 * @asks: (element-type SlAsk): what it asked for
 * @given: (element-type SlAsk): what it was given
 * @now_ms: now, UTC milliseconds
 */
void
sl_asked_note (SlAsked *self, const SlId *asker, const SlId *request, const GArray *asks, const GArray *given,
               gint64 now_ms)
{
  g_return_if_fail (self != NULL && asker != NULL && request != NULL && asks != NULL && given != NULL);
  if (sl_id_is_none (request))
    return;
  Given *note = g_new0 (Given, 1);
  make_key (asker, request, asks, &note->key);
  note->at_ms = now_ms;
  note->given = g_array_copy ((GArray *) given);
  g_mutex_lock (&self->lock);
  Given *before = g_hash_table_lookup (self->by_key, &note->key);
  if (before != NULL)
    {
      g_hash_table_remove (self->by_key, &before->key);
      (void) g_queue_remove (&self->in_order, before);
      given_free (before);
    }
  while (g_queue_get_length (&self->in_order) >= KEPT_MAX)
    drop_oldest (self);
  g_queue_push_tail (&self->in_order, note);
  g_hash_table_insert (self->by_key, &note->key, note);
  g_mutex_unlock (&self->lock);
}
