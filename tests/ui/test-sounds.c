/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-sounds"

#include "kiosk/sounds.h"

#include "door-words.h"
#include "temp-dir.h"

#include <gio/gio.h>
#include <string.h>

#define HEADER_BYTES 44 /* of a WAVE file */

static GBytes *
sound_of_tone (SlTone tone)
{
  g_autofree char *path = g_strdup_printf ("/za/studioloop/kiosk/sounds/%s.wav", sl_tone_get_look (tone)->sound);
  GBytes *bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert_nonnull (bytes);
  return bytes;
}

/* The loudest sample of the file that a sound was "heard" in; 0 while it is not complete. */
static int
loudest_heard (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;
  int loudest = 0;

  if (!g_file_get_contents (path, &data, &length, NULL))
    return 0;
  for (gsize i = 0; i + 1 < length; i += 2)
    {
      gint16 sample;

      memcpy (&sample, data + i, sizeof sample);
      loudest = MAX (loudest, ABS (sample));
    }
  return loudest;
}

static void
test_tones_sound_apart (void)
{
  g_autoptr (GBytes) in = sound_of_tone (SL_TONE_IN);
  g_autoptr (GBytes) attention = sound_of_tone (SL_TONE_ATTENTION);
  g_autoptr (GBytes) refused = sound_of_tone (SL_TONE_REFUSED);

  g_assert_false (g_bytes_equal (in, attention));
  g_assert_false (g_bytes_equal (in, refused));
  g_assert_false (g_bytes_equal (attention, refused));
}

static void
test_short_and_not_clipped (void)
{
  for (int tone = 0; tone < SL_TONE_LAST; tone++)
    {
      g_autoptr (GBytes) bytes = sound_of_tone (tone);
      gsize length;
      const char *data = g_bytes_get_data (bytes, &length);
      int loudest = 0;

      g_assert_cmpint (memcmp (data, "RIFF", 4), ==, 0);
      g_assert_cmpuint ((length - HEADER_BYTES) / 2, <, 22050); /* under a second */
      for (gsize i = HEADER_BYTES; i + 1 < length; i += 2)
        {
          gint16 sample;

          memcpy (&sample, data + i, sizeof sample);
          loudest = MAX (loudest, ABS (sample));
        }
      g_assert_cmpint (loudest, >, 8000);
      g_assert_cmpint (loudest, <, 24000);
    }
}

static void
test_is_heard (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, "heard.raw");
  g_autofree char *sink = g_strdup_printf ("audio/x-raw,format=S16LE ! filesink buffer-mode=unbuffered location=%s",
                                           path);
  g_autoptr (SlSounds) sounds = sl_sounds_new (sink);

  sl_sounds_play (sounds, "ok");
  while (loudest_heard (path) < 8000)
    g_thread_yield ();
}

static void
test_no_device (void)
{
  static const char *const sinks[] = { "nosuchelement", "filesink location=/nonexistent/heard",
                                       "alsasink device=nosuch" };

  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++)
    {
      g_autoptr (SlSounds) sounds = sl_sounds_new (sinks[i]);

      sl_sounds_play (sounds, "ok");
      sl_sounds_play (sounds, "refusal");
    }
  g_autoptr (SlSounds) automatic = sl_sounds_new (NULL);
  sl_sounds_play (automatic, "attention");
}

static void
test_newer_stops_older (void)
{
  /* A sink that never comes to an end: only a newer sound, or the end of all, stops it. */
  g_autoptr (SlSounds) sounds = sl_sounds_new ("valve drop=true ! fakesink");

  for (int i = 0; i < 8; i++)
    sl_sounds_play (sounds, "attention");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/sounds/each-tone-has-its-own", test_tones_sound_apart);
  g_test_add_func ("/sl/sounds/are-short-and-never-clip", test_short_and_not_clipped);
  g_test_add_func ("/sl/sounds/are-heard", test_is_heard);
  g_test_add_func ("/sl/sounds/without-a-device-nothing-is-lost-but-sound", test_no_device);
  g_test_add_func ("/sl/sounds/a-newer-one-stops-the-older", test_newer_stops_older);
  return g_test_run ();
}
