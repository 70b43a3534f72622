/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-camera"

#include "scan/camera.h"

#include <glib/gstdio.h>
#include <string.h>

#include "scan/code-picture.h"

#define PASS_TEXT "SL1A-PICTURE-OF-A-PASS"
#define GIVE_UP_S 60 /* only a hanging camera gets here */

/* What a camera told. */
typedef struct {
  GMainLoop *loop;
  SlCameraState state, wanted_state;
  gboolean wants_state, wants_code, wants_preview, gave_up;
  char *reason, *text;
  int width, height;
  gsize stride_bytes, bytes;
  guint8 middle[4];
  gint64 frame_us;
  guint thread_mismatches;
  GThread *thread;
} Told;

typedef struct {
  char *dir;
} Folder;

static void
folder_set_up (Folder *folder, gconstpointer data)
{
  folder->dir = g_dir_make_tmp ("sl-camera-XXXXXX", NULL);
  g_assert_nonnull (folder->dir);
}

static void
folder_tear_down (Folder *folder, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder->dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder->dir, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  (void) g_rmdir (folder->dir);
  g_free (folder->dir);
}

static void
add_code (const Folder *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder->dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_code_picture_save_png (text, SL_CODE_PICTURE_MODULE_PX, path, &error));
  g_assert_no_error (error);
}

static void
add_picture (const Folder *folder, const char *name, const char *type, int width, int height)
{
  g_autofree char *path = g_build_filename (folder->dir, name, NULL);
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_fill (picture, 0x3080c0ff);
  g_assert_true (gdk_pixbuf_save (picture, path, type, &error, NULL));
  g_assert_no_error (error);
}

static void
quit (Told *told)
{
  if (g_thread_self () != told->thread)
    told->thread_mismatches++;
  g_main_loop_quit (told->loop);
}

static void
on_state (SlCamera *camera, SlCameraState state, const char *reason, gpointer user_data)
{
  Told *told = user_data;

  told->state = state;
  g_free (told->reason);
  told->reason = g_strdup (reason);
  if (told->wants_state && state == told->wanted_state)
    quit (told);
}

static void
on_code (SlCamera *camera, const char *text, gint64 frame_us, gpointer user_data)
{
  Told *told = user_data;

  g_free (told->text);
  told->text = g_strdup (text);
  told->frame_us = frame_us;
  if (told->wants_code)
    quit (told);
}

static void
on_preview (SlCamera *camera, GBytes *pixels, int width, int height, gsize stride_bytes, gpointer user_data)
{
  Told *told = user_data;
  const guint8 *data = g_bytes_get_data (pixels, &told->bytes);

  told->width = width;
  told->height = height;
  told->stride_bytes = stride_bytes;
  memcpy (told->middle, data + (gsize) (height / 2) * stride_bytes + (gsize) (width / 2) * 4, 4);
  if (told->wants_preview)
    quit (told);
}

static const SlCameraCallbacks callbacks = { on_state, on_code, on_preview };

static void
told_clear (Told *told)
{
  g_clear_pointer (&told->loop, g_main_loop_unref);
  g_free (told->reason);
  g_free (told->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static gboolean
on_give_up (gpointer user_data)
{
  Told *told = user_data;

  told->gave_up = TRUE;
  g_main_loop_quit (told->loop);
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Told *told)
{
  guint guard = g_timeout_add_seconds (GIVE_UP_S, on_give_up, told);

  if (told->loop == NULL)
    told->loop = g_main_loop_new (NULL, FALSE);
  told->thread = g_thread_self ();
  g_main_loop_run (told->loop);
  g_source_remove (guard);
  g_assert_false (told->gave_up);
  g_assert_cmpuint (told->thread_mismatches, ==, 0);
}

static void
wait_for_state (Told *told, SlCameraState state)
{
  told->wants_state = TRUE;
  told->wanted_state = state;
  wait_for (told);
  told->wants_state = FALSE;
}

static void
wait_for_code (Told *told)
{
  told->wants_code = TRUE;
  wait_for (told);
  told->wants_code = FALSE;
}

static void
test_reads_pass_in_folder (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  g_autoptr (SlCamera) camera = NULL;

  add_code (folder, "pass.png", PASS_TEXT);
  camera = sl_camera_new (folder->dir, &callbacks, &told);
  wait_for_code (&told);

  g_assert_cmpstr (told.text, ==, PASS_TEXT);
  g_assert_cmpint (told.state, ==, SL_CAMERA_RUNNING);
  g_assert_cmpint (told.frame_us, >, 0);
  g_assert_cmpint (told.frame_us, <=, g_get_monotonic_time ());
}

static void
test_plays_pictures_of_any_size_in_order (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  g_autofree char *source = g_strdup_printf ("folder:%s?show_ms=100&loop=no", folder->dir);
  g_autofree char *broken = g_build_filename (folder->dir, "2-broken.png", NULL);
  g_autoptr (SlCamera) camera = NULL;

  add_picture (folder, "0-large.jpg", "jpeg", 2400, 1000);
  add_picture (folder, "1-small.png", "png", 7, 31);
  g_assert_true (g_file_set_contents (broken, "no picture", -1, NULL));
  add_code (folder, "3-pass.png", PASS_TEXT);
  camera = sl_camera_new (source, &callbacks, &told);
  wait_for_code (&told);

  g_assert_cmpstr (told.text, ==, PASS_TEXT);
}

static void
test_shows_picture_on_light_ground (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { .wants_preview = TRUE };
  g_autoptr (SlCamera) camera = NULL;

  add_picture (folder, "blue.png", "png", 100, 100);
  camera = sl_camera_new (folder->dir, &callbacks, &told);
  wait_for (&told);

  g_assert_cmpint (told.width, ==, 640);
  g_assert_cmpint (told.height, ==, 360);
  g_assert_cmpuint (told.stride_bytes, >=, 640 * 4);
  g_assert_cmpuint (told.bytes, >=, told.stride_bytes * 360);
  g_assert_cmpint (ABS (told.middle[0] - 0xc0), <, 8); /* blue comes first */
  g_assert_cmpint (ABS (told.middle[1] - 0x80), <, 8);
  g_assert_cmpint (ABS (told.middle[2] - 0x30), <, 8);
  g_assert_cmpint (told.middle[3], ==, 255);
}

static void
test_says_that_folder_is_empty_and_tries_again (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  g_autoptr (SlCamera) camera = sl_camera_new (folder->dir, &callbacks, &told);

  wait_for_state (&told, SL_CAMERA_MISSING);
  g_assert_nonnull (strstr (told.reason, "no pictures"));

  add_code (folder, "pass.png", PASS_TEXT);
  wait_for_code (&told);
  g_assert_cmpstr (told.text, ==, PASS_TEXT);
  g_assert_cmpint (told.state, ==, SL_CAMERA_RUNNING);
}

static void
test_says_that_no_picture_can_be_read (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  g_autofree char *broken = g_build_filename (folder->dir, "broken.jpg", NULL);
  g_autoptr (SlCamera) camera = NULL;

  g_assert_true (g_file_set_contents (broken, "no picture", -1, NULL));
  camera = sl_camera_new (folder->dir, &callbacks, &told);
  wait_for_state (&told, SL_CAMERA_MISSING);
  g_assert_nonnull (strstr (told.reason, "no picture could be read"));
}

static void
assert_missing (const char *source)
{
  g_auto (Told) told = { 0 };
  g_autoptr (SlCamera) camera = sl_camera_new (source, &callbacks, &told);

  wait_for_state (&told, SL_CAMERA_MISSING);
  g_assert_cmpint (told.state, ==, SL_CAMERA_MISSING);
  g_assert_nonnull (told.reason);
  g_assert_cmpstr (told.reason, !=, "");
}

static void
test_reports_what_is_not_there (void)
{
  assert_missing ("/dev/no-such-video");
  assert_missing ("v4l2:/dev/null");
  assert_missing ("file:///no/such/film.webm");
  assert_missing ("/no/such/folder");
  assert_missing ("nonsense");
  assert_missing ("pipeline:nosuchelement");
  assert_missing ("pipeline:audiotestsrc");
  assert_missing ("folder:/tmp?show_ms=never");
}

static void
test_starts_again_after_stream_ends (void)
{
  g_auto (Told) told = { 0 };
  g_autoptr (SlCamera) camera = NULL;

  camera = sl_camera_new (
      "pipeline:videotestsrc num-buffers=3 is-live=true ! video/x-raw,width=320,height=240,framerate=30/1", &callbacks,
      &told);
  wait_for_state (&told, SL_CAMERA_RUNNING);
  wait_for_state (&told, SL_CAMERA_MISSING);
  wait_for_state (&told, SL_CAMERA_RUNNING);
}

static void
test_takes_any_raw_format (void)
{
  static const char *const formats[] = { "YUY2", "NV12", "GRAY8", "RGB", "BGRx", "I420" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_auto (Told) told = { .wants_preview = TRUE };
      g_autofree char *source = g_strdup_printf ("pipeline:videotestsrc is-live=true pattern=white ! "
                                                 "video/x-raw,format=%s,width=320,height=240,framerate=30/1",
                                                 formats[i]);
      g_autoptr (SlCamera) camera = sl_camera_new (source, &callbacks, &told);

      wait_for (&told);
      g_assert_cmpint (told.width, ==, 320);
      g_assert_cmpint (told.middle[0], >, 230);
      g_assert_cmpint (told.middle[2], >, 230);
    }
}

static void
test_stops_at_once_and_says_nothing_more (Folder *folder, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  SlCamera *camera;

  add_code (folder, "pass.png", PASS_TEXT);
  camera = sl_camera_new (folder->dir, &callbacks, &told);
  wait_for_state (&told, SL_CAMERA_RUNNING);
  sl_camera_free (camera);
  g_clear_pointer (&told.text, g_free);
  told.state = SL_CAMERA_STARTING;
  told.width = 0;
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_null (told.text);
  g_assert_cmpint (told.state, ==, SL_CAMERA_STARTING);
  g_assert_cmpint (told.width, ==, 0);
}

static void
test_stops_while_it_starts (void)
{
  g_auto (Told) told = { 0 };

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (SlCamera) camera = sl_camera_new ("pipeline:videotestsrc is-live=true", &callbacks, &told);

      sl_camera_set_preview (camera, i % 2 == 0);
    }
  g_assert_null (told.text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sl/camera/reads-a-pass-in-a-folder-of-pictures", Folder, NULL, folder_set_up, test_reads_pass_in_folder,
              folder_tear_down);
  g_test_add ("/sl/camera/plays-pictures-of-any-size-in-order", Folder, NULL, folder_set_up,
              test_plays_pictures_of_any_size_in_order, folder_tear_down);
  g_test_add ("/sl/camera/shows-the-picture-as-bgra", Folder, NULL, folder_set_up, test_shows_picture_on_light_ground,
              folder_tear_down);
  g_test_add ("/sl/camera/says-that-a-folder-is-empty-and-tries-again", Folder, NULL, folder_set_up,
              test_says_that_folder_is_empty_and_tries_again, folder_tear_down);
  g_test_add ("/sl/camera/says-that-no-picture-can-be-read", Folder, NULL, folder_set_up,
              test_says_that_no_picture_can_be_read, folder_tear_down);
  g_test_add_func ("/sl/camera/reports-what-is-not-there", test_reports_what_is_not_there);
  g_test_add_func ("/sl/camera/starts-again-after-the-stream-ends", test_starts_again_after_stream_ends);
  g_test_add_func ("/sl/camera/takes-any-raw-format", test_takes_any_raw_format);
  g_test_add ("/sl/camera/stops-at-once-and-says-nothing-more", Folder, NULL, folder_set_up,
              test_stops_at_once_and_says_nothing_more, folder_tear_down);
  g_test_add_func ("/sl/camera/stops-while-it-starts", test_stops_while_it_starts);
  return g_test_run ();
}
