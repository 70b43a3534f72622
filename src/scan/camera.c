/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-camera"

#include "camera.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "camera-source.h"
#include "decoder.h"
#include "watch.h"

#define POLL_MS 100          /* how long the thread waits for a frame before it looks at messages and for its end */
#define FIRST_FRAME_MS 10000 /* an RTSP camera may need some seconds to its first key frame */
#define STALLED_MS 5000      /* pulled USB cameras sometimes just fall silent */
#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS 5000    /* the brief wait after plugging a camera in again that people accept */
#define END_WAIT_MS 1000     /* sl_camera_free(): a driver that hangs is left behind */
#define STILL_PREVIEW_EACH 3 /* of a still scene every third frame is shown: 5 a second */

/* What the decoder can take as it comes: the first plane is brightness. Anything else is converted. */
#define DECODE_CAPS "video/x-raw,format={GRAY8,I420,YV12,NV12,NV21,Y42B,NV16,Y444}"
#define PREVIEW_CAPS "video/x-raw,format=BGRA,width=[1,640],height=[1,640],pixel-aspect-ratio=1/1"
G_STATIC_ASSERT (SL_CAMERA_PREVIEW_WIDTH_PX == 640);

/* The right end. No queue: neither sink ever blocks, and the work on this thread is a copy and a small scaling. */
#define SINKS                                                                                                          \
  "identity name=pace ! tee name=tee "                                                                                 \
  "tee. ! videoconvert ! appsink name=decode caps=\"" DECODE_CAPS "\" max-buffers=1 drop=true sync=false async=false " \
  "tee. ! valve name=valve ! videorate drop-only=true max-rate=15 ! videoconvertscale ! "                              \
  "appsink name=preview caps=\"" PREVIEW_CAPS "\" max-buffers=1 drop=true sync=false async=false"
G_STATIC_ASSERT (SL_CAMERA_FRAMES_PER_S == 15);

struct _SlCamera {
  gatomicrefcount references;
  /* set once */
  char *source;
  SlCameraCallbacks callbacks;
  gpointer user_data;
  GMainContext *context;
  /* the owner's thread only */
  gboolean freed;
  /* under lock */
  GMutex lock;
  GCond wake;
  gboolean end, ended, preview_shown, preview_posted;
  GstElement *valve; /* (nullable) of the pipeline that runs */
  GstSample *newest; /* (nullable) preview not yet handed over */
  /* read by both streaming threads */
  gint scene_is_still; /* atomic */
  /* the camera's thread only */
  SlDecoder *decoder;
  SlWatch watch;
  guint previews_skipped;
  gboolean has_pictures; /* since the start or the last beginning again */
};

/* Something to tell the owner, on its way to its main context. */
typedef struct {
  SlCamera *camera;
  SlCameraState state;
  char *text; /* reason or code */
  gboolean is_code;
  gint64 frame_us;
} Note;

static SlCamera *
camera_ref (SlCamera *camera)
{
  g_atomic_ref_count_inc (&camera->references);
  return camera;
}

static void
camera_unref (SlCamera *camera)
{
  if (!g_atomic_ref_count_dec (&camera->references))
    return;
  sl_decoder_free (camera->decoder);
  g_clear_pointer (&camera->newest, gst_sample_unref);
  g_main_context_unref (camera->context);
  g_mutex_clear (&camera->lock);
  g_cond_clear (&camera->wake);
  g_free (camera->source);
  g_free (camera);
}

static void
note_free (gpointer data)
{
  Note *note = data;

  camera_unref (note->camera);
  g_free (note->text);
  g_free (note);
}

static gboolean
on_note (gpointer user_data)
{
  Note *note = user_data;
  SlCamera *camera = note->camera;

  if (camera->freed)
    return G_SOURCE_REMOVE;
  if (note->is_code)
    camera->callbacks.code_read (camera, note->text, note->frame_us, camera->user_data);
  else
    camera->callbacks.state_changed (camera, note->state, note->text, camera->user_data);
  return G_SOURCE_REMOVE;
}

static void
post (SlCamera *camera, GSourceFunc function, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, destroy);
  g_source_attach (source, camera->context);
}

static void
post_state (SlCamera *camera, SlCameraState state, const char *reason)
{
  Note *note = g_new0 (Note, 1);

  note->camera = camera_ref (camera);
  note->state = state;
  note->text = g_strdup (reason);
  post (camera, on_note, note, note_free);
}

static void
post_code (SlCamera *camera, const char *text, gint64 frame_us)
{
  Note *note = g_new0 (Note, 1);

  note->camera = camera_ref (camera);
  note->is_code = TRUE;
  note->text = g_strdup (text);
  note->frame_us = frame_us;
  post (camera, on_note, note, note_free);
}

static void
hand_over_preview (SlCamera *camera, GstSample *sample)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  g_autoptr (GBytes) pixels = NULL;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;
  pixels = g_bytes_new (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                        (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) * GST_VIDEO_INFO_HEIGHT (&info));
  camera->callbacks.preview (camera, pixels, GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info),
                             (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), camera->user_data);
  gst_video_frame_unmap (&frame);
}

static gboolean
on_preview_posted (gpointer user_data)
{
  SlCamera *camera = user_data;
  g_autoptr (GstSample) sample = NULL;

  g_mutex_lock (&camera->lock);
  sample = g_steal_pointer (&camera->newest);
  camera->preview_posted = FALSE;
  g_mutex_unlock (&camera->lock);
  if (sample != NULL && !camera->freed)
    hand_over_preview (camera, sample);
  return G_SOURCE_REMOVE;
}

/* On GStreamer's thread: leaves the newest picture for the owner and goes on at once. */
static GstFlowReturn
on_preview_sample (GstAppSink *sink, gpointer user_data)
{
  SlCamera *camera = user_data;
  GstSample *sample = gst_app_sink_try_pull_sample (sink, 0);
  gboolean must_post;

  if (sample == NULL)
    return GST_FLOW_OK;
  g_mutex_lock (&camera->lock);
  if (g_atomic_int_get (&camera->scene_is_still) && ++camera->previews_skipped < STILL_PREVIEW_EACH)
    {
      g_mutex_unlock (&camera->lock);
      gst_sample_unref (sample);
      return GST_FLOW_OK;
    }
  camera->previews_skipped = 0;
  g_clear_pointer (&camera->newest, gst_sample_unref);
  camera->newest = sample;
  must_post = !camera->preview_posted;
  camera->preview_posted = TRUE;
  g_mutex_unlock (&camera->lock);
  if (must_post)
    post (camera, on_preview_posted, camera_ref (camera), (GDestroyNotify) camera_unref);
  return GST_FLOW_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, gpointer user_data)
{
  GstElement *pace = user_data;
  g_autoptr (GstPad) sink = gst_element_get_static_pad (pace, "sink");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (!gst_pad_is_linked (sink) && !gst_caps_is_empty (caps)
      && g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), "video/"))
    (void) gst_pad_link (pad, sink); /* a failure shows as not-linked on the bus */
}

/* Where pads of the source come from: the source itself, or the decodebin inside a device's bin. */
static gboolean
link_source (GstElement *pipeline, GstElement *source, GstElement *pace)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstElement) decode = NULL;

  if (pad != NULL)
    return gst_element_link_pads (source, "src", pace, "sink");
  if (GST_IS_BIN (source) && g_strcmp0 (G_OBJECT_TYPE_NAME (source), "GstBin") == 0)
    decode = gst_bin_get_by_name (GST_BIN (source), "decode");
  g_signal_connect_object (decode != NULL ? decode : source, "pad-added", G_CALLBACK (on_pad_added), pace, 0);
  return TRUE;
}

static GstElement *
build (SlCamera *camera, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_preview_sample };
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) pace = NULL;
  g_autoptr (GstElement) preview = NULL;
  GstElement *source;
  gboolean is_paced = FALSE;

  source = sl_camera_source_new (camera->source, &is_paced, error);
  if (source == NULL)
    return NULL;
  gst_object_ref_sink (source);
  pipeline = gst_parse_launch_full (SINKS, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (pipeline == NULL)
    {
      gst_object_unref (source);
      return NULL;
    }
  gst_bin_add (GST_BIN (pipeline), source);
  gst_object_unref (source);
  pace = gst_bin_get_by_name (GST_BIN (pipeline), "pace");
  g_object_set (pace, "sync", !is_paced, NULL);
  if (!link_source (pipeline, source, pace))
    {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD, "%s: gives no video", camera->source);
      return NULL;
    }
  preview = gst_bin_get_by_name (GST_BIN (pipeline), "preview");
  gst_app_sink_set_callbacks (GST_APP_SINK (preview), &callbacks, camera_ref (camera), (GDestroyNotify) camera_unref);
  return g_steal_pointer (&pipeline);
}

static gboolean
must_end (SlCamera *camera)
{
  gboolean end;

  g_mutex_lock (&camera->lock);
  end = camera->end;
  g_mutex_unlock (&camera->lock);
  return end;
}

/* Sleeps, unless and until the camera is to end. */
static void
pause_for (SlCamera *camera, gint64 ms)
{
  gint64 until_us = g_get_monotonic_time () + ms * 1000;

  g_mutex_lock (&camera->lock);
  while (!camera->end && g_cond_wait_until (&camera->wake, &camera->lock, until_us))
    continue;
  g_mutex_unlock (&camera->lock);
}

static void
decode (SlCamera *camera, const SlFrame *frame, gint64 frame_us)
{
  guint turn = 0;
  g_autoptr (GPtrArray) texts = NULL;
  gboolean wanted = sl_watch_wants (&camera->watch, frame, frame_us / 1000, &turn);

  g_atomic_int_set (&camera->scene_is_still, camera->watch.is_still);
  if (!wanted)
    return;
  texts = sl_decoder_decode_pass (camera->decoder, frame, turn);
  sl_watch_note (&camera->watch, turn, texts->len > 0);
  for (guint i = 0; i < texts->len; i++)
    post_code (camera, g_ptr_array_index (texts, i), frame_us);
}

static void
decode_sample (SlCamera *camera, GstSample *sample)
{
  gint64 frame_us = g_get_monotonic_time ();
  GstVideoInfo info;
  GstVideoFrame video;
  SlFrame frame;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (&video, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;
  frame = (SlFrame){ GST_VIDEO_FRAME_PLANE_DATA (&video, 0), GST_VIDEO_INFO_WIDTH (&info),
                     GST_VIDEO_INFO_HEIGHT (&info), GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0) };
  decode (camera, &frame, frame_us);
  gst_video_frame_unmap (&video);
}

/* Takes what the pipeline has to say. Returns: (nullable) (transfer full): why it cannot go on. */
static char *
read_messages (SlCamera *camera, GstElement *pipeline, GstBus *bus)
{
  GstMessage *next;

  while ((next = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS)) != NULL)
    {
      g_autoptr (GstMessage) message = next;
      g_autoptr (GError) why = NULL;

      if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
        {
          gboolean may_repeat = camera->has_pictures;

          camera->has_pictures = FALSE;
          if (!may_repeat || !gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0))
            return g_strdup ("the stream has ended");
          continue; /* a film begins again */
        }
      gst_message_parse_error (message, &why, NULL);
      return g_strdup (why->message);
    }
  return NULL;
}

/* Runs a pipeline until it fails or the camera is to end. Returns: (nullable) (transfer full): why it failed. */
static char *
run (SlCamera *camera, GstElement *pipeline, gboolean *out_ran)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "decode");
  gint64 last_us = g_get_monotonic_time ();
  char *why;

  camera->has_pictures = FALSE;
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      why = read_messages (camera, pipeline, bus);
      return why != NULL ? why : g_strdup ("cannot be started");
    }
  while (!must_end (camera))
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), POLL_MS * GST_MSECOND);
      gint64 now_us = g_get_monotonic_time ();

      why = read_messages (camera, pipeline, bus);
      if (why != NULL)
        return why;
      if (sample != NULL)
        {
          if (!*out_ran)
            post_state (camera, SL_CAMERA_RUNNING, NULL);
          *out_ran = TRUE;
          camera->has_pictures = TRUE;
          last_us = now_us;
          decode_sample (camera, sample);
        }
      else if (now_us - last_us > (*out_ran ? STALLED_MS : FIRST_FRAME_MS) * G_GINT64_CONSTANT (1000))
        return g_strdup ("sends no pictures");
      else if (gst_app_sink_is_eos (GST_APP_SINK (sink)))
        pause_for (camera, POLL_MS); /* pulling does not wait then; the message is on its way */
    }
  return NULL;
}

static void
set_valve (SlCamera *camera, GstElement *pipeline)
{
  g_mutex_lock (&camera->lock);
  gst_clear_object (&camera->valve);
  if (pipeline != NULL)
    {
      camera->valve = gst_bin_get_by_name (GST_BIN (pipeline), "valve");
      g_object_set (camera->valve, "drop", !camera->preview_shown, NULL);
    }
  g_mutex_unlock (&camera->lock);
}

/* One life of a pipeline. Returns: (nullable) (transfer full): why it failed. */
static char *
live (SlCamera *camera, gboolean *out_ran)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  char *why;

  if (!gst_init_check (NULL, NULL, &error) || (pipeline = build (camera, &error)) == NULL)
    return g_strdup (error->message);
  set_valve (camera, pipeline);
  why = run (camera, pipeline, out_ran);
  set_valve (camera, NULL);
  (void) gst_element_set_state (pipeline, GST_STATE_NULL);
  return why;
}

static gpointer
camera_thread (gpointer data)
{
  SlCamera *camera = data;
  gint64 delay_ms = RETRY_FIRST_MS;
  g_autofree char *told = NULL;

  post_state (camera, SL_CAMERA_STARTING, NULL);
  while (!must_end (camera))
    {
      gboolean ran = FALSE;
      g_autofree char *why = live (camera, &ran);

      if (why == NULL)
        break;
      if (ran)
        {
          delay_ms = RETRY_FIRST_MS;
          g_clear_pointer (&told, g_free);
        }
      if (g_strcmp0 (told, why) != 0)
        {
          post_state (camera, SL_CAMERA_MISSING, why);
          g_free (told);
          told = g_steal_pointer (&why);
        }
      pause_for (camera, delay_ms);
      delay_ms = MIN (delay_ms * 2, RETRY_MAX_MS);
    }
  g_mutex_lock (&camera->lock);
  camera->ended = TRUE;
  g_cond_broadcast (&camera->wake);
  g_mutex_unlock (&camera->lock);
  camera_unref (camera);
  return NULL;
}

/**
 * sl_camera_new:
 * @source: as in camera.h; a source that makes no sense is reported as missing, like one that is not plugged in
 * @callbacks: copied; state_changed and code_read must be there
 * @user_data: for the callbacks
 *
 * Starts a camera. Nothing here waits: opening, decoding and trying again happen on the camera's own thread. A camera
 * that fails is tried again after 0.25 s, then after twice as long each time up to 5 s, for ever.
 *
 * Returns: (transfer full): a camera whose callbacks run in this thread's default main context
 */
SlCamera *
sl_camera_new (const char *source, const SlCameraCallbacks *callbacks, gpointer user_data)
{
  SlCamera *camera;

  g_return_val_if_fail (source != NULL && callbacks != NULL, NULL);
  g_return_val_if_fail (callbacks->state_changed != NULL && callbacks->code_read != NULL, NULL);

  camera = g_new0 (SlCamera, 1);
  g_atomic_ref_count_init (&camera->references);
  camera->source = g_strdup (source);
  camera->callbacks = *callbacks;
  camera->user_data = user_data;
  camera->context = g_main_context_ref_thread_default ();
  camera->preview_shown = callbacks->preview != NULL;
  camera->decoder = sl_decoder_new ();
  g_mutex_init (&camera->lock);
  g_cond_init (&camera->wake);
  g_thread_unref (g_thread_new ("sl-camera", camera_thread, camera_ref (camera)));
  return camera;
}

/**
 * sl_camera_set_preview:
 * @camera: a camera
 * @shown: whether its pictures are on the screen now
 *
 * A preview that nobody sees costs nothing. Decoding goes on. The owner's thread only.
 */
void
sl_camera_set_preview (SlCamera *camera, gboolean shown)
{
  g_return_if_fail (camera != NULL);

  g_mutex_lock (&camera->lock);
  camera->preview_shown = shown && camera->callbacks.preview != NULL;
  if (camera->valve != NULL)
    g_object_set (camera->valve, "drop", !camera->preview_shown, NULL);
  g_mutex_unlock (&camera->lock);
}

/**
 * sl_camera_free:
 * @camera: (nullable): a camera
 *
 * Stops a camera; no callback runs after this. Waits for its thread at most a second: a driver that hangs is left
 * behind and ends by itself. The owner's thread only.
 */
void
sl_camera_free (SlCamera *camera)
{
  gint64 until_us = g_get_monotonic_time () + END_WAIT_MS * G_GINT64_CONSTANT (1000);

  if (camera == NULL)
    return;
  camera->freed = TRUE;
  g_mutex_lock (&camera->lock);
  camera->end = TRUE;
  g_cond_broadcast (&camera->wake);
  while (!camera->ended && g_cond_wait_until (&camera->wake, &camera->lock, until_us))
    continue;
  g_mutex_unlock (&camera->lock);
  camera_unref (camera);
}
