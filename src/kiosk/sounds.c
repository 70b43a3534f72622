/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sounds"

#include "sounds.h"

#include <gio/gio.h>
#include <gst/gst.h>

/* Two, so that a new answer is heard at once while the last one's sound is being stopped. */
#define PLAYERS 2
#define LOOK_NS (20 * GST_MSECOND) /* how soon a player notices that a newer sound was asked for */
#define LONGEST_S 3                /* of a sound; a sink that hangs is given up */
#define PIPELINE "giostreamsrc name=source ! wavparse ! audioconvert ! audioresample ! %s"
#define SOUND_DEVICES "/dev/snd"

struct _SlSounds {
  char *sink; /* (nullable): look for one at each sound */
  GThreadPool *players;
  gint newest; /* atomic: number of the sound asked for last */
};

typedef struct {
  GBytes *wave;
  gint number;
} Request;

static void
request_free (Request *request)
{
  g_bytes_unref (request->wave);
  g_free (request);
}

/* A desktop's sound server, else the machine's own device; NULL: nothing to be heard with. GStreamer's autoaudiosink
 * would load every driver that there is, and each would complain. */
static const char *
find_sink (void)
{
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "pulse", "native", NULL);
  g_autoptr (GDir) devices = NULL;
  const char *name;

  if (g_getenv ("PULSE_SERVER") != NULL || g_file_test (socket, G_FILE_TEST_EXISTS))
    return "pulsesink";
  devices = g_dir_open (SOUND_DEVICES, 0, NULL);
  while (devices != NULL && (name = g_dir_read_name (devices)) != NULL)
    if (g_str_has_prefix (name, "pcm") && g_str_has_suffix (name, "p"))
      return "alsasink";
  return NULL;
}

static GstElement *
build (SlSounds *sounds, GError **error)
{
  const char *sink = sounds->sink != NULL ? sounds->sink : find_sink ();
  g_autofree char *description = NULL;

  if (sink == NULL || !gst_init_check (NULL, NULL, error))
    return NULL;
  description = g_strdup_printf (PIPELINE, sink);
  return gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
}

/* On a thread of the pool: opening an audio device may take a second. */
static void
play (gpointer data, gpointer user_data)
{
  Request *request = data;
  SlSounds *sounds = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = build (sounds, &error);
  gint64 until_us = g_get_monotonic_time () + LONGEST_S * G_USEC_PER_SEC;

  if (pipeline != NULL)
    {
      g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (request->wave);
      g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

      g_object_set (source, "stream", stream, NULL);
      (void) gst_element_set_state (pipeline, GST_STATE_PLAYING); /* what fails is told on the bus */
      while (g_atomic_int_get (&sounds->newest) == request->number && g_get_monotonic_time () < until_us)
        {
          g_autoptr (GstMessage) message
            = gst_bus_timed_pop_filtered (bus, LOOK_NS, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

          if (message != NULL)
            break;
        }
      (void) gst_element_set_state (pipeline, GST_STATE_NULL);
    }
  else
    g_debug ("No sound: %s", error != NULL ? error->message : "no device");
  request_free (request);
}

/**
 * sl_sounds_new:
 * @sink: (nullable): the right end of a GStreamer pipeline, e.g. "alsasink device=hw:1"; %NULL: whatever is there
 *
 * Prepares playing; nothing is loaded before the first sound.
 *
 * Returns: (transfer full): nothing plays yet
 */
SlSounds *
sl_sounds_new (const char *sink)
{
  SlSounds *sounds = g_new0 (SlSounds, 1);

  sounds->sink = g_strdup (sink);
  sounds->players = g_thread_pool_new (play, sounds, PLAYERS, FALSE, NULL);
  return sounds;
}

/**
 * sl_sounds_free:
 * @sounds: (nullable)
 *
 * Stops what plays, and waits for that.
 */
void
sl_sounds_free (SlSounds *sounds)
{
  if (sounds == NULL)
    return;
  g_atomic_int_inc (&sounds->newest);
  g_thread_pool_free (sounds->players, FALSE, TRUE);
  g_free (sounds->sink);
  g_free (sounds);
}

/**
 * sl_sounds_play:
 * @sounds: the sounds
 * @name: of a sound in the resources: "ok", "attention" or "refusal"
 *
 * Plays a sound in the place of one that may still be heard. Returns at once.
 */
void
sl_sounds_play (SlSounds *sounds, const char *name)
{
  g_autofree char *path = NULL;
  GBytes *wave;
  Request *request;

  g_return_if_fail (sounds != NULL && name != NULL);
  path = g_strdup_printf ("/za/studioloop/kiosk/sounds/%s.wav", name);
  wave = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_return_if_fail (wave != NULL);
  request = g_new0 (Request, 1);
  request->wave = wave;
  request->number = g_atomic_int_add (&sounds->newest, 1) + 1;
  g_thread_pool_push (sounds->players, request, NULL);
}
