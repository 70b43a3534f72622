/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-folder-source"

#include "folder-source.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <string.h>

#include "camera.h"
#include "core/error.h"
#include "picture.h"

#define PICTURES_MAX 10000     /* names kept in memory; a test or a demonstration has a handful */
#define BORDER_RGBA 0xd8d8d8ff /* light, so that a code up to the picture's edge has its quiet zone */

/* Belongs to the appsrc; used by its streaming thread only. */
typedef struct {
  char *path;
  GPtrArray *names; /* (element-type utf8) sorted */
  guint next;       /* of names */
  gint64 frames_each;
  gint64 frame; /* frames pushed so far */
  gboolean loop;
  GstBuffer *shown; /* (nullable) the picture as a frame */
  guint failed;     /* in a row */
} Folder;

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_free (folder->path);
  g_ptr_array_unref (folder->names);
  gst_clear_buffer (&folder->shown);
  g_free (folder);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_picture_name (const char *name)
{
  static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".bmp", ".webp", ".pgm", ".ppm", ".gif", ".tiff" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]) && *name != '.')
      return TRUE;
  return FALSE;
}

static GPtrArray *
list_pictures (const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) why = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &why);
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "%s: %s", path, why->message);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL && names->len < PICTURES_MAX)
    if (is_picture_name (name))
      g_ptr_array_add (names, g_strdup (name));
  if (names->len == 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "%s: no pictures in this folder", path);
      return NULL;
    }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static void
set_frame_info (GstVideoInfo *info, GstVideoFormat format)
{
  gst_video_info_set_format (info, format, SL_FOLDER_WIDTH_PX, SL_FOLDER_HEIGHT_PX);
  GST_VIDEO_INFO_FPS_N (info) = SL_CAMERA_FRAMES_PER_S;
  GST_VIDEO_INFO_FPS_D (info) = 1;
}

/* The picture in the middle, as large as it fits, on a light ground. */
static GdkPixbuf *
compose (GdkPixbuf *picture)
{
  GdkPixbuf *canvas = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, SL_FOLDER_WIDTH_PX, SL_FOLDER_HEIGHT_PX);
  int width = gdk_pixbuf_get_width (picture), height = gdk_pixbuf_get_height (picture);
  double scale = MIN ((double) SL_FOLDER_WIDTH_PX / width, (double) SL_FOLDER_HEIGHT_PX / height);
  int shown_width = CLAMP ((int) (width * scale), 1, SL_FOLDER_WIDTH_PX);
  int shown_height = CLAMP ((int) (height * scale), 1, SL_FOLDER_HEIGHT_PX);
  int left = (SL_FOLDER_WIDTH_PX - shown_width) / 2, top = (SL_FOLDER_HEIGHT_PX - shown_height) / 2;

  gdk_pixbuf_fill (canvas, BORDER_RGBA);
  gdk_pixbuf_composite (picture, canvas, left, top, shown_width, shown_height, left, top, scale, scale,
                        GDK_INTERP_BILINEAR, 255);
  return canvas;
}

/* Into the format that cameras' JPEG gives: its first plane is what the decoder takes, with no work per frame. */
static GstBuffer *
convert (GdkPixbuf *canvas)
{
  GstVideoInfo rgb, yuv;
  GstVideoFrame in, out;
  g_autoptr (GstBuffer) source = NULL;
  GstBuffer *result;
  GstVideoConverter *converter;
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0 };
  int stride[GST_VIDEO_MAX_PLANES] = { gdk_pixbuf_get_rowstride (canvas) };

  set_frame_info (&rgb, GST_VIDEO_FORMAT_RGBA);
  set_frame_info (&yuv, GST_VIDEO_FORMAT_I420);
  source = gst_buffer_new_memdup (gdk_pixbuf_read_pixels (canvas), gdk_pixbuf_get_byte_length (canvas));
  gst_buffer_add_video_meta_full (source, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_RGBA, SL_FOLDER_WIDTH_PX,
                                  SL_FOLDER_HEIGHT_PX, 1, offset, stride);
  result = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&yuv), NULL);
  converter = gst_video_converter_new (&rgb, &yuv, NULL);
  if (gst_video_frame_map (&in, &rgb, source, GST_MAP_READ))
    {
      if (gst_video_frame_map (&out, &yuv, result, GST_MAP_WRITE))
        {
          gst_video_converter_frame (converter, &in, &out);
          gst_video_frame_unmap (&out);
        }
      gst_video_frame_unmap (&in);
    }
  gst_video_converter_free (converter);
  return result;
}

/* Loads the next picture that can be loaded; keeps showing the old one when none can. */
static gboolean
load_next (Folder *folder)
{
  while (folder->failed < folder->names->len)
    {
      g_autofree char *file = NULL;
      g_autoptr (GdkPixbuf) picture = NULL;
      g_autoptr (GdkPixbuf) canvas = NULL;
      g_autoptr (GError) why = NULL;

      if (folder->next >= folder->names->len && !folder->loop && folder->shown != NULL)
        return TRUE;
      file =
          g_build_filename (folder->path, g_ptr_array_index (folder->names, folder->next % folder->names->len), NULL);
      folder->next = (folder->next % folder->names->len) + 1;
      picture = sl_picture_load_pixbuf (file, &why);
      if (picture != NULL)
        {
          canvas = compose (picture);
          gst_clear_buffer (&folder->shown);
          folder->shown = convert (canvas);
          folder->failed = 0;
          return TRUE;
        }
      folder->failed++;
      g_debug ("skipped: %s", why->message);
    }
  return folder->shown != NULL;
}

/* Looks at the folder again: pictures come and go, and a folder that is gone is a camera that was pulled out. */
static gboolean
look_again (Folder *folder)
{
  GPtrArray *names = list_pictures (folder->path, NULL);

  if (names == NULL)
    return FALSE;
  g_ptr_array_unref (folder->names);
  folder->names = names;
  return TRUE;
}

static void
on_need_data (GstAppSrc *source, guint length, gpointer user_data)
{
  Folder *folder = user_data;
  gboolean is_last = folder->shown != NULL && !folder->loop && folder->next >= folder->names->len;
  GstBuffer *frame;

  if (folder->frame > 0 && folder->frame % folder->frames_each == 0 && !look_again (folder))
    {
      GST_ELEMENT_ERROR (source, RESOURCE, NOT_FOUND, ("%s: its pictures are gone", folder->path), (NULL));
      gst_app_src_end_of_stream (source);
      return;
    }
  if (folder->shown == NULL || (folder->frame % folder->frames_each == 0 && folder->names->len > 1 && !is_last))
    if (!load_next (folder))
      {
        GST_ELEMENT_ERROR (source, RESOURCE, NOT_FOUND, ("%s: no picture could be read", folder->path), (NULL));
        gst_app_src_end_of_stream (source);
        return;
      }
  frame = gst_buffer_copy (folder->shown); /* shares the pixels */
  GST_BUFFER_PTS (frame) = gst_util_uint64_scale_int ((guint64) folder->frame, GST_SECOND, SL_CAMERA_FRAMES_PER_S);
  GST_BUFFER_DURATION (frame) = GST_SECOND / SL_CAMERA_FRAMES_PER_S;
  folder->frame++;
  (void) gst_app_src_push_buffer (source, frame); /* fails only while the pipeline stops */
}

/**
 * sl_folder_source_new:
 * @path: a folder
 * @show_ms: how long each picture is shown, at least a frame's time
 * @loop: begin again after the last one, instead of keeping it
 * @error: %SL_ERROR_NOT_FOUND when there is no such folder or no picture in it
 *
 * Makes an element that plays pictures of any size as video of 1280 × 720 at %SL_CAMERA_FRAMES_PER_S. Pictures that
 * cannot be read are skipped; when none can, the element posts an error. GStreamer must be initialised.
 *
 * Returns: (transfer floating) (nullable): the element
 */
GstElement *
sl_folder_source_new (const char *path, gint64 show_ms, gboolean loop, GError **error)
{
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;
  GstElement *source;
  Folder *folder;

  g_return_val_if_fail (path != NULL && show_ms > 0, NULL);

  names = list_pictures (path, error);
  if (names == NULL)
    return NULL;
  source = gst_element_factory_make ("appsrc", NULL);
  if (source == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "GStreamer's app plugin is not installed");
      return NULL;
    }
  folder = g_new0 (Folder, 1);
  folder->path = g_strdup (path);
  folder->names = g_steal_pointer (&names);
  folder->frames_each = MAX (show_ms * SL_CAMERA_FRAMES_PER_S / 1000, 1);
  folder->loop = loop;
  set_frame_info (&info, GST_VIDEO_FORMAT_I420);
  caps = gst_video_info_to_caps (&info);
  g_object_set (source, "caps", caps, "format", GST_FORMAT_TIME, "stream-type", 0 /* a stream */, "block", FALSE, NULL);
  gst_app_src_set_callbacks (GST_APP_SRC (source), &callbacks, folder, folder_free);
  return source;
}
