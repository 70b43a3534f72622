/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pairing"

#include "pairing.h"

#include "agent/pair.h"
#include "core/error.h"

struct _SlPairing {
  char *data_dir;
  SlWorld *world;
  SlPairingDone done;
  gpointer user_data;
  GMainContext *context;

  /* one attempt: the thread's until its source is attached */
  GThread *thread;         /* (nullable): none is under way */
  GSource *source;         /* (nullable): what the thread sends when it has ended */
  GCancellable *cancellable;
  char *url, *code;
  SlPairShown shown;
  char *detail;            /* (nullable) */
};

static SlPairShown
shown_of_said (SlSyncCode said)
{
  switch (said)
    {
    case SL_SYNC_CODE_INVALID:
      return SL_PAIR_SHOWN_SPENT;
    case SL_SYNC_NOT_FOUNDED:
      return SL_PAIR_SHOWN_NOT_FOUNDED;
    case SL_SYNC_CLOCK_SKEW:
      return SL_PAIR_SHOWN_CLOCK;
    case SL_SYNC_TOO_MANY:
    case SL_SYNC_BUSY:
    case SL_SYNC_STORAGE: /* the hub's */
    case SL_SYNC_TOO_SLOW:
      return SL_PAIR_SHOWN_BUSY;
    default:
      return SL_PAIR_SHOWN_REFUSED;
    }
}

static SlPairShown
shown_of_error (const GError *error, const SlPaired *paired)
{
  if (paired->said != SL_SYNC_OK)
    return shown_of_said (paired->said);
  if (g_error_matches (error, SL_ERROR, SL_ERROR_OFFLINE))
    return SL_PAIR_SHOWN_OFFLINE;
  if (g_error_matches (error, SL_ERROR, SL_ERROR_HUB_REFUSED) || g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    return SL_PAIR_SHOWN_REFUSED;
  return SL_PAIR_SHOWN_STORAGE;
}

/* Owner's thread */
static gboolean
on_ended (gpointer user_data)
{
  SlPairing *self = user_data;

  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->source, g_source_unref);
  g_autofree char *detail = g_steal_pointer (&self->detail);
  /* Somebody may begin the next one, or be the last to need this. */
  self->done (self->shown, detail, self->user_data);
  return G_SOURCE_REMOVE;
}

/* The attempt's thread */
static gpointer
pair (gpointer user_data)
{
  SlPairing *self = user_data;
  const SlPairParams params = { .url = self->url, .code = self->code, .cancellable = self->cancellable };
  SlPaired paired = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sl_pair_join (self->data_dir, self->world, &params, &paired, &refusal, &error))
    {
      self->shown = g_cancellable_is_cancelled (self->cancellable) && paired.said == SL_SYNC_OK
                      && g_error_matches (error, SL_ERROR, SL_ERROR_OFFLINE)
                    ? SL_PAIR_SHOWN_WAITING : shown_of_error (error, &paired);
      self->detail = g_strdup (error->message);
    }
  else if (refusal.code == SL_REFUSAL_INVITATION_INVALID)
    self->shown = SL_PAIR_SHOWN_REFUSED;
  else /* already_initialised: somebody has set a studio up here meanwhile, and its door opens */
    self->shown = SL_PAIR_SHOWN_PAIRED;
  g_source_attach (self->source, self->context);
  return NULL;
}

/* Owner's thread, from here on */

/**
 * sl_pairing_new:
 * @data_dir: the data directory
 * @world: clock and random; used on a thread of its own, and must outlive this
 * @done: told how each attempt has ended
 * @user_data: for @done
 *
 * Returns: (transfer full): what pairs when it is asked to
 */
SlPairing *
sl_pairing_new (const char *data_dir, SlWorld *world, SlPairingDone done, gpointer user_data)
{
  SlPairing *self;

  g_return_val_if_fail (data_dir != NULL && world != NULL && done != NULL, NULL);
  self = g_new0 (SlPairing, 1);
  self->data_dir = g_strdup (data_dir);
  self->world = world;
  self->done = done;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

/**
 * sl_pairing_free:
 * @self: (nullable) (transfer full): what sl_pairing_new() gave; not from its own callback
 *
 * Gives up waiting for a hub. A studio that is being written down is finished first: a device that the hub has let in
 * should not be lost for the sake of seconds.
 */
void
sl_pairing_free (SlPairing *self)
{
  if (self == NULL)
    return;
  sl_pairing_stop (self);
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_free (self->data_dir);
  g_free (self->url);
  g_free (self->code);
  g_free (self->detail);
  g_free (self);
}

/**
 * sl_pairing_is_running:
 * @self: what pairs
 *
 * Returns: whether an attempt is under way
 */
gboolean
sl_pairing_is_running (SlPairing *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->thread != NULL;
}

/**
 * sl_pairing_begin:
 * @self: what pairs, with no attempt under way
 * @text: what was scanned or typed, whatever it is
 *
 * Begins an attempt where the text is a pairing code (sl_pair_text_parse()). Returns at once.
 *
 * Returns: %SL_PAIR_SHOWN_PAIRING: its end will be told; else what is wrong with the text
 */
SlPairShown
sl_pairing_begin (SlPairing *self, const char *text)
{
  static const SlPairShown problems[] = {
    [SL_PAIR_TEXT_PLAIN] = SL_PAIR_SHOWN_PLAIN,
    [SL_PAIR_TEXT_NO_CODE] = SL_PAIR_SHOWN_NO_CODE,
    [SL_PAIR_TEXT_STUDIO_CODE] = SL_PAIR_SHOWN_STUDIO_CODE,
    [SL_PAIR_TEXT_FOREIGN] = SL_PAIR_SHOWN_FOREIGN,
  };
  g_autofree char *url = NULL, *code = NULL;

  g_return_val_if_fail (self != NULL && text != NULL, SL_PAIR_SHOWN_FOREIGN);
  g_return_val_if_fail (self->thread == NULL, SL_PAIR_SHOWN_PAIRING);
  SlPairText parsed = sl_pair_text_parse (text, &url, &code);
  if (parsed != SL_PAIR_TEXT_OK)
    return problems[parsed];
  g_free (self->url);
  g_free (self->code);
  self->url = g_steal_pointer (&url);
  self->code = g_steal_pointer (&code);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, on_ended, self, NULL);
  self->thread = g_thread_new ("pairing", pair, self);
  return SL_PAIR_SHOWN_PAIRING;
}

/**
 * sl_pairing_stop:
 * @self: what pairs
 *
 * Gives up waiting for the hub, within about a second. What has come of it is told as ever.
 */
void
sl_pairing_stop (SlPairing *self)
{
  g_return_if_fail (self != NULL);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}
