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

typedef enum {
  PASS_HALF,
  PASS_RECTIFY_HALF,
  PASS_RECTIFY_FULL,
  PASS_RECTIFY_HALF_SHARP,
  PASS_RECTIFY_FULL_SHARP,
  PASS_HALF_SHARP,
  PASS_FULL_SHARP,
  PASS_FULL,
  PASS_LAST
} Pass;

struct _SlDecoder {
  SlReader *reader;
  SlRectifier *rectifier;
  SlPlane full, half, sharp, large[2];
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
run_pass (SlDecoder *decoder, const SlFrame *frame, Pass pass, GPtrArray *texts)
{
  SlFrame half;

  if ((pass == PASS_HALF || pass == PASS_HALF_SHARP) && MIN (frame->width, frame->height) < 2 * SIDE_MIN_PX)
    return 0;
  switch (pass)
    {
    case PASS_HALF:
      sl_plane_halve (&decoder->half, frame);
      return sl_reader_read (decoder->reader, &decoder->half, TRUE, texts);
    case PASS_RECTIFY_HALF:
      return sl_rectifier_read (decoder->rectifier, frame, 1, FALSE, decoder->reader, texts);
    case PASS_RECTIFY_FULL:
      return sl_rectifier_read (decoder->rectifier, frame, 0, FALSE, decoder->reader, texts);
    case PASS_RECTIFY_HALF_SHARP:
      return sl_rectifier_read (decoder->rectifier, frame, 1, TRUE, decoder->reader, texts);
    case PASS_RECTIFY_FULL_SHARP:
      return sl_rectifier_read (decoder->rectifier, frame, 0, TRUE, decoder->reader, texts);
    case PASS_HALF_SHARP:
      sl_plane_halve (&decoder->half, frame);
      half = sl_plane_frame (&decoder->half);
      sl_plane_sharpen (&decoder->sharp, &half);
      return sl_reader_read (decoder->reader, &decoder->sharp, TRUE, texts);
    case PASS_FULL_SHARP:
      sl_plane_sharpen (&decoder->sharp, frame);
      return sl_reader_read (decoder->reader, &decoder->sharp, TRUE, texts);
    case PASS_FULL:
      sl_plane_copy (&decoder->full, frame);
      return sl_reader_read (decoder->reader, &decoder->full, TRUE, texts);
    case PASS_LAST:
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
  sl_plane_clear (&decoder->full);
  sl_plane_clear (&decoder->half);
  sl_plane_clear (&decoder->sharp);
  sl_plane_clear (&decoder->large[0]);
  sl_plane_clear (&decoder->large[1]);
  g_free (decoder);
}

/**
 * sl_decoder_decode_full:
 * @decoder: a decoder
 * @frame: a grey picture; not kept
 *
 * Does everything there is to read the codes of a picture.
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
  for (guint pass = 0; pass < PASS_LAST; pass++)
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
  (void) run_pass (decoder, &small, (Pass) (turn % PASS_LAST), texts);
  return texts;
}
