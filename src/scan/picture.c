/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-picture"

#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

#define CHUNK_BYTES (64 * 1024)

/* What the loader's header callback found out. */
typedef struct {
  int width, height;
  gboolean refused;
} Size;

/* Called when the header is read and before any pixel is: a picture of 200 KB may ask for 20 GB. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  Size *size = user_data;

  size->width = width;
  size->height = height;
  size->refused = width < 1 || height < 1 || width > SL_FRAME_SIDE_MAX_PX || height > SL_FRAME_SIDE_MAX_PX
                  || (gint64) width * height > SL_PICTURE_PIXELS_MAX;
  if (size->refused)
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* its loaders stop there, before they take memory */
}

static GBytes *
refuse_unreadable (const char *path, int reason, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: cannot be read: %s", path, g_strerror (reason));
  return NULL;
}

/* Reads a whole regular file of bounded size; a pipe or a device could keep us for ever. */
static GBytes *
read_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int reason = errno;
  struct stat info;
  g_autofree guint8 *data = NULL;
  gsize length = 0;
  gssize got = 0;

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      reason = fd < 0 ? reason : errno;
      if (fd >= 0)
        (void) close (fd);
      return refuse_unreadable (path, reason, error);
    }
  if (!S_ISREG (info.st_mode) || info.st_size < 1 || info.st_size > SL_PICTURE_FILE_MAX_BYTES)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %s", path,
                   !S_ISREG (info.st_mode) ? "not a file"
                   : info.st_size < 1      ? "empty file"
                                           : "larger than 32 MiB");
      (void) close (fd);
      return NULL;
    }
  data = g_malloc ((gsize) info.st_size);
  while (length < (gsize) info.st_size && (got = read (fd, data + length, (gsize) info.st_size - length)) > 0)
    length += (gsize) got;
  reason = errno;
  (void) close (fd);
  if (got < 0)
    return refuse_unreadable (path, reason, error);
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static gboolean
feed (GdkPixbufLoader *loader, GBytes *bytes, const Size *size, GError **error)
{
  gsize length, done = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  while (done < length && !size->refused)
    {
      gsize chunk = MIN (length - done, CHUNK_BYTES);

      if (!gdk_pixbuf_loader_write (loader, data + done, chunk, error))
        return FALSE;
      done += chunk;
    }
  return TRUE;
}

static GdkPixbuf *
decode_pixels (const char *path, GBytes *bytes, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GError) why = NULL;
  Size size = { 0 };
  GdkPixbuf *pixbuf;
  gboolean fed, closed;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &size);
  fed = feed (loader, bytes, &size, &why);
  closed = gdk_pixbuf_loader_close (loader, fed && !size.refused ? &why : NULL);
  if (size.refused)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %d × %d pixels are too many", path, size.width,
                   size.height);
      return NULL;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (!fed || !closed || pixbuf == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: not a picture: %s", path,
                   why != NULL ? why->message : "no pixels");
      return NULL;
    }
  return g_object_ref (pixbuf);
}

/* Luma by ITU-R BT.601 in 1/256; what shines through is taken for white paper. */
static void
convert_row (const guint8 *restrict in, guint8 *restrict out, int width, int channels)
{
  for (int x = 0; x < width; x++, in += channels)
    {
      int luma = (77 * in[0] + 150 * in[1] + 29 * in[2] + 128) >> 8;

      out[x] = (guint8) (channels == 4 ? (luma * in[3] + 255 * (255 - in[3]) + 127) / 255 : luma);
    }
}

/**
 * sl_picture_load_pixbuf:
 * @path: any file
 * @error: %SL_ERROR_BAD_INPUT, naming the file: it cannot be read, is no picture, or is over a limit
 *
 * Reads a picture in any format that gdk-pixbuf knows. Its size is judged by its header, before memory is taken for its
 * pixels. Any thread.
 *
 * Returns: (transfer full) (nullable): RGB or RGBA, 8 bits each
 */
GdkPixbuf *
sl_picture_load_pixbuf (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = read_file (path, error);
  return bytes != NULL ? decode_pixels (path, bytes, error) : NULL;
}

/**
 * sl_picture_load:
 * @path: any file
 * @out_plane: gets the picture in grey
 * @error: as sl_picture_load_pixbuf()
 *
 * Reads a picture as the decoder takes it: grey, on white where it is transparent. The EXIF orientation does not matter
 * to a QR code. Any thread.
 *
 * Returns: %TRUE when the plane is filled
 */
gboolean
sl_picture_load (const char *path, SlPlane *out_plane, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  const guint8 *pixels;

  g_return_val_if_fail (path != NULL && out_plane != NULL, FALSE);

  pixbuf = sl_picture_load_pixbuf (path, error);
  if (pixbuf == NULL)
    return FALSE;
  sl_plane_resize (out_plane, gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  pixels = gdk_pixbuf_read_pixels (pixbuf);
  for (int y = 0; y < out_plane->height; y++)
    convert_row (pixels + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf), out_plane->data + (gsize) y * out_plane->width,
                 out_plane->width, gdk_pixbuf_get_n_channels (pixbuf));
  return TRUE;
}

/**
 * sl_scan_file:
 * @decoder: a decoder
 * @path: any file
 * @error: as sl_picture_load()
 *
 * Reads every code in a picture file: the same decoder as the door's.
 *
 * Returns: (transfer full) (nullable) (element-type utf8): distinct texts, perhaps none; %NULL when it is no picture
 */
GPtrArray *
sl_scan_file (SlDecoder *decoder, const char *path, GError **error)
{
  g_auto (SlPlane) plane = { 0 };
  SlFrame frame;

  g_return_val_if_fail (decoder != NULL && path != NULL, NULL);

  if (!sl_picture_load (path, &plane, error))
    return NULL;
  frame = sl_plane_frame (&plane);
  return sl_decoder_decode_full (decoder, &frame);
}
