/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-camera-source"

#include "camera-source.h"

#include <gio/gio.h>
#include <string.h>

#include "core/error.h"
#include "folder-source.h"

#define V4L2_PREFIX "v4l2:"
#define PIPELINE_PREFIX "pipeline:"
#define FOLDER_PREFIX "folder:"
#define RTSP_LATENCY_MS 150 /* its own 2,000 make a door that answers late; a LAN camera's jitter is far below this */
#define SHOW_MAX_MS (G_GINT64_CONSTANT (24) * 3600 * 1000)

/* What a USB camera is asked for, best first. JPEG: raw 1280 × 720 does not fit through USB 2 at this rate. */
#define V4L2_CAPS                                                                                                      \
  "image/jpeg,width=1280,height=720,framerate=15/1;image/jpeg,width=1280,height=720;"                                  \
  "video/x-raw,width=1280,height=720,framerate=15/1;video/x-raw,width=1280,height=720;"                                \
  "video/x-raw,width=640,height=480;image/jpeg;video/x-raw"

static GstElement *
parse (const char *description, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *whole = g_strconcat (description, " ! identity", NULL); /* the description may end in caps */
  GstElement *bin = gst_parse_bin_from_description_full (whole, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &why);

  if (bin == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "camera pipeline: %s", why->message);
  return bin;
}

static GstElement *
make_device (const char *device, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GstElement) source = NULL;
  GstElement *bin;

  if (!g_file_test (device, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "%s: not plugged in", device);
      return NULL;
    }
  /* decodebin stands behind the filter, as what comes may be JPEG or raw. */
  bin = gst_parse_bin_from_description_full ("v4l2src name=device ! capsfilter name=wish ! decodebin name=decode",
                                             FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &why);
  if (bin == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "%s: %s", device, why->message);
      return NULL;
    }
  source = gst_bin_get_by_name (GST_BIN (bin), "device");
  g_object_set (source, "device", device, NULL);
  {
    g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (bin), "wish");
    g_autoptr (GstCaps) caps = gst_caps_from_string (V4L2_CAPS);

    g_object_set (filter, "caps", caps, NULL);
  }
  return bin;
}

static void
on_source_setup (GstElement *bin, GstElement *source, gpointer user_data)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (source), "latency") != NULL
      && g_str_has_prefix (G_OBJECT_TYPE_NAME (source), "GstRTSP"))
    g_object_set (source, "latency", RTSP_LATENCY_MS, NULL);
}

static GstElement *
make_uri (const char *uri, GError **error)
{
  GstElement *bin = gst_element_factory_make ("uridecodebin", NULL);

  if (bin == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "GStreamer's base plugins are not installed");
      return NULL;
    }
  g_object_set (bin, "uri", uri, NULL);
  g_signal_connect (bin, "source-setup", G_CALLBACK (on_source_setup), NULL);
  return bin;
}

/* "PATH" or "PATH?show_ms=500&loop=no" */
static GstElement *
make_folder (const char *text, GError **error)
{
  const char *question = strrchr (text, '?');
  g_autofree char *path = question != NULL ? g_strndup (text, (gsize) (question - text)) : g_strdup (text);
  gint64 show_ms = SL_FOLDER_SHOW_MS;
  gboolean loop = TRUE;

  if (question != NULL)
    {
      g_autoptr (GError) why = NULL;
      g_autoptr (GHashTable) options = g_uri_parse_params (question + 1, -1, "&", G_URI_PARAMS_NONE, &why);
      const char *show = options != NULL ? g_hash_table_lookup (options, "show_ms") : NULL;
      const char *loop_word = options != NULL ? g_hash_table_lookup (options, "loop") : NULL;

      if (options == NULL || (show != NULL && !g_ascii_string_to_signed (show, 10, 1, SHOW_MAX_MS, &show_ms, &why)))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "camera %s: %s", text, why->message);
          return NULL;
        }
      loop = loop_word == NULL || strcmp (loop_word, "no") != 0;
    }
  return sl_folder_source_new (path, show_ms, loop, error);
}

/**
 * sl_camera_source_new:
 * @source: as in camera.h
 * @out_paced: (out): whether the source gives its frames in real time by itself
 * @error: %SL_ERROR_BAD_INPUT when the text is no source, %SL_ERROR_NOT_FOUND when there is no such thing now
 *
 * Makes the element that a camera's setting names. Its video pad is there already or is added while it starts.
 * GStreamer must be initialised. Looks at the file system: not for the main thread.
 *
 * Returns: (transfer floating) (nullable): the element
 */
GstElement *
sl_camera_source_new (const char *source, gboolean *out_paced, GError **error)
{
  g_return_val_if_fail (source != NULL && out_paced != NULL, NULL);

  *out_paced = FALSE;
  if (g_str_has_prefix (source, PIPELINE_PREFIX))
    return parse (source + strlen (PIPELINE_PREFIX), error);
  if (g_str_has_prefix (source, FOLDER_PREFIX))
    return make_folder (source + strlen (FOLDER_PREFIX), error);
  if (g_str_has_prefix (source, V4L2_PREFIX) || g_str_has_prefix (source, "/dev/"))
    {
      *out_paced = TRUE;
      return make_device (g_str_has_prefix (source, V4L2_PREFIX) ? source + strlen (V4L2_PREFIX) : source, error);
    }
  if (gst_uri_is_valid (source))
    return make_uri (source, error);
  if (g_path_is_absolute (source))
    return make_folder (source, error);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "camera \"%s\": neither a device, a URI, a folder nor a pipeline",
               source);
  return NULL;
}
