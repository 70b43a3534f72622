/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-decoder"

#include "decoder.h"

#include "plane.h"
#include "reader.h"
#include "rectifier.h"

/* Smaller than a version 1 code at one pixel a module: nothing to find. */
#define SIDE_MIN_PX 21
/* Pictures are halved until they have no more pixels than this: twice a full HD frame. */
#define PIXELS_MAX (2 * 1920 * 1080)
/* Only pictures up to this size are doubled: a code of a pixel a module in a larger one is a code far away. */
#define TINY_PIXELS_MAX (640 * 480)

/* Half the side of what a pixel is compared with, in pixels of each size: README.md "Decoding". */
#define NARROW_PX 5
#define WIDE_PX 10

/* In the order of what they read per millisecond (README.md has the figures). Video takes the first in turn; a file
 * gets all of them. */
typedef enum {
  PASS_QUICK, /* half size: zbar as it is, then rectified, narrow surroundings */
  PASS_SMALL, /* rectified from the full size on, narrow: small codes */
  PASS_NOISY, /* the same, wide and sharpened */
  PASSES_OF_VIDEO,
  PASS_WIDE = PASSES_OF_VIDEO, /* the same, wide and not sharpened */
  PASS_SHARP,                  /* zbar on the full size, sharpened, also inverted */
  PASS_PLAIN,                  /* zbar on the full size, also inverted */
  PASS_TINY,                   /* rectified from twice the size */
  PASSES_OF_FILES
} Pass;

struct _SlDecoder {
  SlReader *reader;
  SlRectifier *rectifier;
  SlPlane scaled, large[2];
};

/* Brings the picture down to a size that can be decoded; gives the frame itself where it is small enough. */
static SlFrame
bound_size (SlDecoder *decoder, const SlFrame *frame)
{
  SlFrame small = *frame;

  for (guint i = 0; (gint64) small.width * small.height > PIXELS_MAX; i = !i)
    {
      sl_plane_halve (&decoder->large[i], &small);
      small = sl_plane_frame (&decoder->large[i]);
    }
  return small;
}

static guint
run_quick (SlDecoder *decoder, const SlFrame *frame, GPtrArray *texts)
{
  guint found = 0;

  if (MIN (frame->width, frame->height) >= 2 * SIDE_MIN_PX)
    {
      sl_plane_halve (&decoder->scaled, frame);
      found = sl_reader_read (decoder->reader, &decoder->scaled, FALSE, texts);
    }
  if (found > 0)
    return found;
  return sl_rectifier_read (decoder->rectifier, frame, 1, NARROW_PX, FALSE, decoder->reader, texts);
}

static guint
run_pass (SlDecoder *decoder, const SlFrame *frame, Pass pass, GPtrArray *texts)
{
  SlFrame doubled;

  switch (pass)
    {
    case PASS_QUICK:
      return run_quick (decoder, frame, texts);
    case PASS_SMALL:
      return sl_rectifier_read (decoder->rectifier, frame, 0, NARROW_PX, FALSE, decoder->reader, texts);
    case PASS_NOISY:
      return sl_rectifier_read (decoder->rectifier, frame, 0, WIDE_PX, TRUE, decoder->reader, texts);
    case PASS_WIDE:
      return sl_rectifier_read (decoder->rectifier, frame, 0, WIDE_PX, FALSE, decoder->reader, texts);
    case PASS_SHARP:
      sl_plane_sharpen (&decoder->scaled, frame);
      return sl_reader_read (decoder->reader, &decoder->scaled, TRUE, texts);
    case PASS_PLAIN:
      sl_plane_copy (&decoder->scaled, frame);
      return sl_reader_read (decoder->reader, &decoder->scaled, TRUE, texts);
    case PASS_TINY:
      if ((gint64) frame->width * frame->height > TINY_PIXELS_MAX)
        return 0;
      sl_plane_double (&decoder->scaled, frame);
      doubled = sl_plane_frame (&decoder->scaled);
      return sl_rectifier_read (decoder->rectifier, &doubled, 0, WIDE_PX, FALSE, decoder->reader, texts);
    case PASSES_OF_FILES:
    default:
      g_return_val_if_reached (0);
    }
}

static gboolean
is_decodable (const SlFrame *frame)
{
  return MIN (frame->width, frame->height) >= SIDE_MIN_PX && MAX (frame->width, frame->height) <= SL_FRAME_SIDE_MAX_PX;
}

/**
 * sl_decoder_new:
 *
 * Makes a decoder. It keeps its buffers between frames and belongs to one thread at a time.
 *
 * Returns: (transfer full): a decoder
 */
SlDecoder *
sl_decoder_new (void)
{
  SlDecoder *decoder = g_new0 (SlDecoder, 1);

  decoder->reader = sl_reader_new ();
  decoder->rectifier = sl_rectifier_new ();
  return decoder;
}

/**
 * sl_decoder_free:
 * @decoder: (nullable): a decoder
 */
void
sl_decoder_free (SlDecoder *decoder)
{
  if (decoder == NULL)
    return;
  sl_reader_free (decoder->reader);
  sl_rectifier_free (decoder->rectifier);
  sl_plane_clear (&decoder->scaled);
  sl_plane_clear (&decoder->large[0]);
  sl_plane_clear (&decoder->large[1]);
  g_free (decoder);
}

/**
 * sl_decoder_decode_full:
 * @decoder: a decoder
 * @frame: a grey picture; not kept
 *
 * Reads the codes of a picture by every pass there is until one reads something; a picture with one code may hold
 * another, so that the passes of video are done in any case.
 *
 * Returns: (transfer full) (element-type utf8): distinct texts, empty when nothing was found
 */
GPtrArray *
sl_decoder_decode_full (SlDecoder *decoder, const SlFrame *frame)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  SlFrame small;

  g_return_val_if_fail (decoder != NULL && frame != NULL, texts);

  if (!is_decodable (frame))
    return texts;
  small = bound_size (decoder, frame);
  for (guint pass = 0; pass < PASSES_OF_FILES && (texts->len == 0 || pass <= PASS_NOISY); pass++)
    (void) run_pass (decoder, &small, (Pass) pass, texts);
  return texts;
}

/**
 * sl_decoder_decode_pass:
 * @decoder: a decoder
 * @frame: a grey picture; not kept
 * @turn: counts the frames: each turn tries another way of looking, the cheapest and best first
 *
 * Does one pass, so that a video frame costs little.
 *
 * Returns: (transfer full) (element-type utf8): distinct texts, empty when nothing was found
 */
GPtrArray *
sl_decoder_decode_pass (SlDecoder *decoder, const SlFrame *frame, guint turn)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  SlFrame small;

  g_return_val_if_fail (decoder != NULL && frame != NULL, texts);

  if (!is_decodable (frame))
    return texts;
  small = bound_size (decoder, frame);
  (void) run_pass (decoder, &small, (Pass) (turn % PASSES_OF_VIDEO), texts);
  return texts;
}
