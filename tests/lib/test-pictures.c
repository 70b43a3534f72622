/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-pictures"

#include "test-pictures.h"

#include <qrencode.h>
#include <string.h>

/* Only + - * / on doubles and floats is used, and never a fused multiply-add, so that each picture is the same to the
 * last bit everywhere; the library's sin() and exp() are not. */
#pragma GCC optimize("fp-contract=off")

#define QR_SIDE_MAX_MODULES 177
#define SUBSAMPLES 3 /* a side: modules have soft edges, as a lens and a sensor make them */
#define BLUR_RADIUS_MAX_PX 60
#define CLUTTER_MAX 48

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

/* A number drawn evenly from low to high. */
typedef struct {
  double low, high;
} Range;

/* Everything that can go wrong between a code and the door. A range {0, 0} leaves it out. */
typedef struct {
  const char *name;
  Range size; /* side of the code, as a share of the frame's height */
  Range roll_turns;
  Range tilt_turns;     /* about a random axis in the code's plane */
  Range nearness;       /* side of the code over the distance to the camera: strength of the perspective */
  Range bend;           /* rise of the middle of the paper, in shares of the side */
  Range blur_modules;   /* standard deviation */
  Range motion_modules; /* length */
  Range noise;          /* standard deviation, grey levels */
  Range specks;         /* share of black and white pixels */
  Range contrast;       /* of white minus black, share of the full range; {0, 0} is 0.85 */
  Range white;          /* grey level of white paper, share; {0, 0} is 0.92 */
  Range glare;          /* radius, share of the code's side */
  Range glare_strength; /* in the middle, share of the full range */
  Range shade;          /* how much darker the shaded side is */
  Range block_noise;    /* step of the coarsest of the 8 × 8 frequencies, grey levels: JPEG */
  gboolean inverted;
  gboolean phone; /* a lit screen with a dark rim instead of a card */
} Condition;

static const Condition conditions[SL_TEST_PICTURE_CONDITIONS] = {
  { .name = "clean", .size = { 0.35, 0.75 }, .noise = { 1, 4 } },
  { .name = "rolled", .size = { 0.3, 0.65 }, .roll_turns = { 0, 1 }, .noise = { 2, 6 } },
  { .name = "rolled-45",
    .size = { 0.25, 0.6 },
    .roll_turns = { 0.10, 0.15 },
    .blur_modules = { 0, 0.3 },
    .noise = { 2, 8 } },
  { .name = "tilted",
    .size = { 0.35, 0.7 },
    .roll_turns = { -0.05, 0.05 },
    .tilt_turns = { 0.07, 0.12 },
    .nearness = { 0.2, 0.5 },
    .noise = { 2, 6 } },
  { .name = "tilted-far",
    .size = { 0.4, 0.75 },
    .roll_turns = { -0.5, 0.5 },
    .tilt_turns = { 0.11, 0.155 },
    .nearness = { 0.2, 0.5 },
    .noise = { 2, 6 } },
  { .name = "perspective",
    .size = { 0.45, 0.75 },
    .roll_turns = { 0, 1 },
    .tilt_turns = { 0.08, 0.13 },
    .nearness = { 0.6, 0.9 },
    .blur_modules = { 0, 0.25 },
    .noise = { 2, 6 } },
  { .name = "bent",
    .size = { 0.4, 0.7 },
    .roll_turns = { -0.1, 0.1 },
    .tilt_turns = { 0, 0.06 },
    .nearness = { 0.2, 0.5 },
    .bend = { 0.04, 0.16 },
    .noise = { 2, 6 } },
  { .name = "blurred",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.1, 0.1 },
    .blur_modules = { 0.45, 0.7 },
    .noise = { 1, 4 } },
  { .name = "blurred-much",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.1, 0.1 },
    .blur_modules = { 0.65, 0.9 },
    .noise = { 1, 3 } },
  { .name = "moving",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.1, 0.1 },
    .motion_modules = { 0.8, 1.5 },
    .noise = { 2, 5 } },
  { .name = "moving-fast",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.1, 0.1 },
    .motion_modules = { 1.4, 2.1 },
    .noise = { 2, 4 } },
  { .name = "noisy", .size = { 0.3, 0.65 }, .roll_turns = { -0.2, 0.2 }, .noise = { 20, 45 } },
  { .name = "noisy-much", .size = { 0.3, 0.65 }, .roll_turns = { -0.2, 0.2 }, .noise = { 45, 80 } },
  { .name = "specks", .size = { 0.3, 0.65 }, .roll_turns = { -0.2, 0.2 }, .specks = { 0.02, 0.12 } },
  { .name = "small", .size = { 0.2, 0.28 }, .roll_turns = { -0.1, 0.1 }, .noise = { 2, 6 } },
  { .name = "small-rolled",
    .size = { 0.17, 0.25 },
    .roll_turns = { 0, 1 },
    .tilt_turns = { 0, 0.06 },
    .nearness = { 0.1, 0.3 },
    .blur_modules = { 0.1, 0.4 },
    .noise = { 2, 6 } },
  { .name = "tiny", .size = { 0.135, 0.18 }, .roll_turns = { -0.1, 0.1 }, .noise = { 1, 4 } },
  { .name = "low-contrast",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.1, 0.1 },
    .contrast = { 0.06, 0.2 },
    .white = { 0.4, 0.8 },
    .noise = { 1, 3 } },
  { .name = "low-contrast-noisy",
    .size = { 0.3, 0.65 },
    .roll_turns = { 0, 1 },
    .contrast = { 0.1, 0.25 },
    .white = { 0.4, 0.8 },
    .noise = { 6, 14 } },
  { .name = "inverted", .size = { 0.3, 0.65 }, .roll_turns = { -0.1, 0.1 }, .noise = { 2, 6 }, .inverted = TRUE },
  { .name = "inverted-rough",
    .size = { 0.25, 0.6 },
    .roll_turns = { 0, 1 },
    .tilt_turns = { 0, 0.1 },
    .nearness = { 0.2, 0.5 },
    .blur_modules = { 0.2, 0.5 },
    .noise = { 5, 15 },
    .inverted = TRUE,
    .phone = TRUE },
  { .name = "glare",
    .size = { 0.35, 0.7 },
    .roll_turns = { -0.1, 0.1 },
    .glare = { 0.15, 0.35 },
    .glare_strength = { 0.5, 1.2 },
    .noise = { 2, 6 } },
  { .name = "glare-wide",
    .size = { 0.35, 0.7 },
    .roll_turns = { -0.5, 0.5 },
    .tilt_turns = { 0, 0.08 },
    .nearness = { 0.2, 0.5 },
    .glare = { 0.4, 0.9 },
    .glare_strength = { 0.4, 0.9 },
    .contrast = { 0.5, 0.7 },
    .white = { 0.7, 0.8 },
    .noise = { 2, 6 } },
  { .name = "dim",
    .size = { 0.3, 0.65 },
    .roll_turns = { -0.2, 0.2 },
    .contrast = { 0.05, 0.12 },
    .white = { 0.08, 0.16 },
    .blur_modules = { 0.1, 0.4 },
    .noise = { 2, 5 } },
  { .name = "shaded",
    .size = { 0.35, 0.7 },
    .roll_turns = { -0.3, 0.3 },
    .shade = { 0.5, 0.85 },
    .blur_modules = { 0.1, 0.4 },
    .noise = { 2, 6 } },
  { .name = "phone",
    .size = { 0.25, 0.55 },
    .roll_turns = { -0.1, 0.1 },
    .tilt_turns = { 0.02, 0.11 },
    .nearness = { 0.2, 0.6 },
    .blur_modules = { 0.2, 0.5 },
    .noise = { 4, 12 },
    .glare = { 0.1, 0.4 },
    .glare_strength = { 0.2, 0.6 },
    .block_noise = { 4, 12 },
    .phone = TRUE },
  { .name = "phone-moving",
    .size = { 0.25, 0.55 },
    .roll_turns = { -0.15, 0.15 },
    .tilt_turns = { 0, 0.1 },
    .nearness = { 0.2, 0.6 },
    .motion_modules = { 0.5, 1.4 },
    .contrast = { 0.3, 0.6 },
    .white = { 0.4, 0.7 },
    .noise = { 6, 15 },
    .block_noise = { 6, 16 },
    .phone = TRUE },
  { .name = "phone-far-dim",
    .size = { 0.2, 0.35 },
    .roll_turns = { -0.15, 0.15 },
    .tilt_turns = { 0, 0.08 },
    .nearness = { 0.1, 0.4 },
    .blur_modules = { 0.3, 0.6 },
    .contrast = { 0.15, 0.3 },
    .white = { 0.25, 0.5 },
    .noise = { 3, 8 },
    .shade = { 0, 0.4 },
    .phone = TRUE },
};

typedef struct {
  guint64 state;
} Chance;

typedef struct {
  int width, height;
  float *light; /* 0 black to 1 white, row by row */
} Canvas;

typedef struct {
  double to_code[9]; /* homography: pixel → code plane, in sides of the code, middle at 0 */
  double module_px;
  int modules;
} View;

/* SplitMix64, Steele and others 2014. */
static guint64
draw (Chance *chance)
{
  guint64 z = chance->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static double
draw_between (Chance *chance, double low, double high)
{
  return low + (high - low) * ((double) (draw (chance) >> 11) / 9007199254740992.0);
}

static double
draw_range (Chance *chance, Range range)
{
  return draw_between (chance, range.low, range.high);
}

/* Nearly normal, standard deviation 1: the sum of four even draws. */
static double
draw_normal (Chance *chance)
{
  guint64 z = draw (chance);
  gint64 sum = (gint64) ((z & 0xffff) + ((z >> 16) & 0xffff) + ((z >> 32) & 0xffff) + (z >> 48)) - 2 * 65535;

  return (double) sum / 37837.0;
}

static double
sine (double turns)
{
  double x, x2;

  turns -= (double) (gint64) turns;
  turns += turns < 0 ? 1 : 0;
  turns = turns > 0.75 ? turns - 1 : turns > 0.25 ? 0.5 - turns : turns;
  x = turns * 6.283185307179586;
  x2 = x * x;
  return x * (1 - x2 / 6 * (1 - x2 / 20 * (1 - x2 / 42 * (1 - x2 / 72 * (1 - x2 / 110)))));
}

static double
cosine (double turns)
{
  return sine (turns + 0.25);
}

/* e^-x for x ≥ 0, near enough for a bell. */
static double
bell (double x)
{
  double y = x >= 256 ? 0 : 1 - x / 256;

  for (int i = 0; i < 8; i++)
    y *= y;
  return y;
}

static void
invert_3x3 (const double m[9], double out[9])
{
  double det =
      m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
  double adjugate[9] = {
    m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
    m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
    m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
  };

  for (int i = 0; i < 9; i++)
    out[i] = adjugate[i] / det;
}

/* Where the code stands: a pinhole camera at distance 1 / nearness sides from it. */
static void
place (Chance *chance, const Condition *condition, const QRcode *qr, int width, int height, View *out_view)
{
  double size = draw_range (chance, condition->size), roll = draw_range (chance, condition->roll_turns);
  double tilt = draw_range (chance, condition->tilt_turns), axis = draw_between (chance, 0, 1);
  double nearness = MAX (draw_range (chance, condition->nearness), 0.01);
  double side_px = size * height, reach = side_px * 0.62, focal = side_px / nearness;
  double middle_x = draw_between (chance, MIN (reach, width / 2), MAX (width - reach, width / 2));
  double middle_y = draw_between (chance, MIN (reach, height / 2), MAX (height - reach, height / 2));
  double c = cosine (axis), s = sine (axis), ct = cosine (tilt), st = sine (tilt), cr = cosine (roll), sr = sine (roll);
  /* Rotation by tilt about the axis (c, s, 0): its first two columns, then the roll in the plane before it. */
  double u[3] = { ct + c * c * (1 - ct), c * s * (1 - ct), -s * st };
  double v[3] = { c * s * (1 - ct), ct + s * s * (1 - ct), c * st };
  double to_pixel[9];

  for (int i = 0; i < 3; i++)
    {
      double along = u[i] * cr + v[i] * sr, across = v[i] * cr - u[i] * sr;

      to_pixel[3 * i] = along;
      to_pixel[3 * i + 1] = across;
      to_pixel[3 * i + 2] = i == 2 ? 1 / nearness : 0;
    }
  for (int i = 0; i < 3; i++)
    {
      to_pixel[i] = focal * to_pixel[i] + middle_x * to_pixel[6 + i];
      to_pixel[3 + i] = focal * to_pixel[3 + i] + middle_y * to_pixel[6 + i];
    }
  invert_3x3 (to_pixel, out_view->to_code);
  out_view->modules = qr->width;
  out_view->module_px = side_px / qr->width;
}

/* A wall with things on it: boxes, and rows of dashes that look like print. */
static void
paint_background (Canvas *canvas, Chance *chance)
{
  double level = draw_between (chance, 0.2, 0.8), slope = draw_between (chance, -0.2, 0.2) / canvas->width;
  guint boxes = 8 + draw (chance) % (CLUTTER_MAX - 8);

  for (int y = 0; y < canvas->height; y++)
    for (int x = 0; x < canvas->width; x++)
      canvas->light[y * canvas->width + x] = (float) (level + slope * x);
  for (guint i = 0; i < boxes; i++)
    {
      int w = (int) draw_between (chance, 4, canvas->width / 4), h = (int) draw_between (chance, 4, canvas->height / 4);
      int left = (int) draw_between (chance, -w, canvas->width), top = (int) draw_between (chance, -h, canvas->height);
      float tone = (float) draw_between (chance, 0.05, 0.95), ink = (float) draw_between (chance, 0.05, 0.95);
      guint64 print = draw (chance);
      int pitch = 2 + (int) (print >> 60);

      for (int y = MAX (top, 0); y < MIN (top + h, canvas->height); y++)
        for (int x = MAX (left, 0); x < MIN (left + w, canvas->width); x++)
          {
            guint bit = (guint) ((x - left) / pitch * 7 + (y - top) / pitch * 13) & 63;
            gboolean inked = i % 3 == 0 && (y - top) / pitch % 2 == 1 && ((print >> bit) & 1) != 0;

            canvas->light[y * canvas->width + x] = inked ? ink : tone;
          }
    }
}

/* Light at a point of the code's plane, in sides from the middle; negative: not on the card. */
static double
card_light (const Condition *condition, const QRcode *qr, double quiet, double margin, double u, double v)
{
  double side = qr->width, column = (u + 0.5) * side, row = (v + 0.5) * side;
  double out = MAX (MAX (-column, column - side), MAX (-row, row - side));
  gboolean dark;

  if (out > quiet + margin)
    return -1;
  if (out > quiet)
    return condition->phone ? 0.06 : condition->inverted ? 0.05 : 0.95;
  dark = out < 0 && (qr->data[(int) row * qr->width + (int) column] & 1) != 0;
  return dark != condition->inverted ? 0.0 : 1.0;
}

static void
paint_card (Canvas *canvas, Chance *chance, const Condition *condition, const QRcode *qr, const View *view)
{
  const double *m = view->to_code;
  double bend = draw_range (chance, condition->bend), quiet = draw_between (chance, 2.5, 5);
  double margin = draw_between (chance, 2, 10);

  for (int y = 0; y < canvas->height; y++)
    for (int x = 0; x < canvas->width; x++)
      {
        double sum = 0, w0 = m[6] * (x + 0.5) + m[7] * (y + 0.5) + m[8];
        double u0 = (m[0] * (x + 0.5) + m[1] * (y + 0.5) + m[2]) / w0,
               v0 = (m[3] * (x + 0.5) + m[4] * (y + 0.5) + m[5]) / w0;

        if (w0 <= 0 || u0 * u0 + v0 * v0 > 2.5)
          continue;
        for (int i = 0; i < SUBSAMPLES * SUBSAMPLES; i++)
          {
            double px = x + (i % SUBSAMPLES + 0.5) / SUBSAMPLES, py = y + (i / SUBSAMPLES + 0.5) / SUBSAMPLES;
            double w = m[6] * px + m[7] * py + m[8];
            double u = (m[0] * px + m[1] * py + m[2]) / w, v = (m[3] * px + m[4] * py + m[5]) / w;
            double light = card_light (condition, qr, quiet, margin, u + bend * v * v, v - bend / 2 * u * u);

            sum += light < 0 ? canvas->light[y * canvas->width + x] : light;
          }
        canvas->light[y * canvas->width + x] = (float) (sum / (SUBSAMPLES * SUBSAMPLES));
      }
}

/* Convolves along one direction: stride steps from pixel to pixel within a line of length pixels. */
static void
blur_line (float *line, int length, int stride, const float *kernel, int radius, float *scratch)
{
  for (int i = 0; i < length; i++)
    scratch[i + radius] = line[i * stride];
  for (int i = 0; i < radius; i++)
    {
      scratch[i] = scratch[radius];
      scratch[length + radius + i] = scratch[length + radius - 1];
    }
  for (int i = 0; i < length; i++)
    {
      float sum = 0;

      for (int k = 0; k <= 2 * radius; k++)
        sum += kernel[k] * scratch[i + k];
      line[i * stride] = sum;
    }
}

static void
blur (Canvas *canvas, double sigma_px)
{
  float kernel[2 * BLUR_RADIUS_MAX_PX + 1];
  int radius = MIN ((int) (3 * sigma_px + 1), BLUR_RADIUS_MAX_PX);
  g_autofree float *scratch = g_new (float, MAX (canvas->width, canvas->height) + 2 * radius);
  double total = 0;

  if (sigma_px < 0.1)
    return;
  for (int k = -radius; k <= radius; k++)
    total += bell (k * k / (2 * sigma_px * sigma_px));
  for (int k = -radius; k <= radius; k++)
    kernel[k + radius] = (float) (bell (k * k / (2 * sigma_px * sigma_px)) / total);
  for (int y = 0; y < canvas->height; y++)
    blur_line (canvas->light + y * canvas->width, canvas->width, 1, kernel, radius, scratch);
  for (int x = 0; x < canvas->width; x++)
    blur_line (canvas->light + x, canvas->height, canvas->width, kernel, radius, scratch);
}

static float
light_at (const Canvas *canvas, double x, double y)
{
  int left, top;
  float right_share, low_share;
  const float *at;

  x = CLAMP (x, 0, canvas->width - 1.001);
  y = CLAMP (y, 0, canvas->height - 1.001);
  left = (int) x;
  top = (int) y;
  right_share = (float) (x - left);
  low_share = (float) (y - top);
  at = canvas->light + top * canvas->width + left;
  return (at[0] * (1 - right_share) + at[1] * right_share) * (1 - low_share)
         + (at[canvas->width] * (1 - right_share) + at[canvas->width + 1] * right_share) * low_share;
}

static void
move (Canvas *canvas, double length_px, double turns)
{
  int steps = MAX ((int) (length_px * 2), 2);
  double dx = cosine (turns) * length_px, dy = sine (turns) * length_px;
  float *moved = g_new (float, (gsize) canvas->width * canvas->height);

  for (int y = 0; y < canvas->height; y++)
    for (int x = 0; x < canvas->width; x++)
      {
        float sum = 0;

        for (int i = 0; i < steps; i++)
          {
            double share = (i + 0.5) / steps - 0.5;

            sum += light_at (canvas, x + dx * share, y + dy * share);
          }
        moved[y * canvas->width + x] = sum / (float) steps;
      }
  g_free (canvas->light);
  canvas->light = moved;
}

static void
shine (Canvas *canvas, Chance *chance, const Condition *condition, const View *view)
{
  double white = condition->white.high > 0 ? draw_range (chance, condition->white) : 0.92;
  double contrast = condition->contrast.high > 0 ? draw_range (chance, condition->contrast) : 0.85;
  double shade = draw_range (chance, condition->shade), edge_u = draw_between (chance, -0.4, 0.4);
  double lean = draw_between (chance, -1, 1), softness = draw_between (chance, 0.02, 0.4);
  double radius = draw_range (chance, condition->glare), strength = draw_range (chance, condition->glare_strength);
  double glare_u = draw_between (chance, -0.5, 0.5), glare_v = draw_between (chance, -0.5, 0.5);
  const double *m = view->to_code;

  contrast = MIN (contrast, white);
  for (int y = 0; y < canvas->height; y++)
    for (int x = 0; x < canvas->width; x++)
      {
        float *light = canvas->light + y * canvas->width + x;
        double level = white - contrast * (1 - *light), w = m[6] * x + m[7] * y + m[8];
        double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;

        if (shade > 0)
          level *= 1 - shade * CLAMP ((u + lean * v - edge_u) / softness + 0.5, 0, 1);
        if (radius > 0)
          level +=
              strength * bell (((u - glare_u) * (u - glare_u) + (v - glare_v) * (v - glare_v)) / (radius * radius));
        *light = (float) level;
      }
}

/* What JPEG does at a low quality: 8 × 8 cosine coefficients rounded to steps that grow with frequency. */
static void
compress_block (float *at, int stride, const double basis[64], double step)
{
  double rows[64], coefficients[64];

  for (int y = 0; y < 8; y++)
    for (int k = 0; k < 8; k++)
      {
        rows[y * 8 + k] = 0;
        for (int x = 0; x < 8; x++)
          rows[y * 8 + k] += at[y * stride + x] * basis[k * 8 + x];
      }
  for (int l = 0; l < 8; l++)
    for (int k = 0; k < 8; k++)
      {
        double sum = 0, q = step * (1 + k + l) / 255;

        for (int y = 0; y < 8; y++)
          sum += rows[y * 8 + k] * basis[l * 8 + y];
        sum = sum / q + 100000.5;
        coefficients[l * 8 + k] = ((double) (gint64) sum - 100000) * q;
      }
  for (int l = 0; l < 8; l++)
    for (int x = 0; x < 8; x++)
      {
        rows[l * 8 + x] = 0;
        for (int k = 0; k < 8; k++)
          rows[l * 8 + x] += coefficients[l * 8 + k] * basis[k * 8 + x];
      }
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++)
      {
        double sum = 0;

        for (int l = 0; l < 8; l++)
          sum += rows[l * 8 + x] * basis[l * 8 + y];
        at[y * stride + x] = (float) sum;
      }
}

static void
compress (Canvas *canvas, double step)
{
  double basis[64];

  for (int k = 0; k < 8; k++)
    for (int x = 0; x < 8; x++)
      basis[k * 8 + x] = (k == 0 ? 0.3535533905932738 : 0.5) * cosine ((2 * x + 1) * k / 32.0);
  for (int y = 0; y + 8 <= canvas->height; y += 8)
    for (int x = 0; x + 8 <= canvas->width; x += 8)
      compress_block (canvas->light + y * canvas->width + x, canvas->width, basis, step);
}

static void
add_noise (Canvas *canvas, Chance *chance, double sigma, double specks)
{
  guint64 limit = (guint64) (specks * 65536);

  for (int i = 0; i < canvas->width * canvas->height; i++)
    {
      if (sigma > 0)
        canvas->light[i] += (float) (sigma * draw_normal (chance) / 255);
      if (limit > 0)
        {
          guint64 z = draw (chance);

          if ((z & 0xffff) < limit)
            canvas->light[i] = (z >> 20) & 1 ? 1 : 0;
        }
    }
}

static guint8 *
quantise (const Canvas *canvas)
{
  guint8 *grey = g_malloc ((gsize) canvas->width * canvas->height);

  for (int i = 0; i < canvas->width * canvas->height; i++)
    grey[i] = (guint8) (CLAMP (canvas->light[i], 0, 1) * 255 + 0.5f);
  return grey;
}

/**
 * sl_test_picture_condition_name:
 * @condition: below %SL_TEST_PICTURE_CONDITIONS
 *
 * Returns: (transfer none): its name, for tables
 */
const char *
sl_test_picture_condition_name (guint condition)
{
  g_return_val_if_fail (condition < SL_TEST_PICTURE_CONDITIONS, NULL);

  return conditions[condition].name;
}

/**
 * sl_test_picture_new:
 * @text: what the code says
 * @condition: below %SL_TEST_PICTURE_CONDITIONS
 * @seed: chooses one of the condition's pictures
 * @width: in pixels, at least 64
 * @height: in pixels, at least 64
 *
 * Returns: (transfer full): width × height grey pixels without padding: g_free()
 */
guint8 *
sl_test_picture_new (const char *text, guint condition, guint64 seed, int width, int height)
{
  const Condition *how = &conditions[MIN (condition, SL_TEST_PICTURE_CONDITIONS - 1)];
  Chance chance = { seed * G_GUINT64_CONSTANT (0xd1342543de82ef95) + condition };
  g_autoptr (QRcode) qr = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  Canvas canvas = { width, height, NULL };
  guint8 *grey;
  View view;
  double blur_modules, motion_modules, motion_turns, block_noise;

  g_assert (qr != NULL && width >= 64 && height >= 64);

  canvas.light = g_new (float, (gsize) width *height);
  paint_background (&canvas, &chance);
  place (&chance, how, qr, width, height, &view);
  paint_card (&canvas, &chance, how, qr, &view);
  blur_modules = draw_range (&chance, how->blur_modules);
  motion_modules = draw_range (&chance, how->motion_modules);
  motion_turns = draw_between (&chance, 0, 1);
  blur (&canvas, blur_modules * view.module_px);
  if (motion_modules > 0)
    move (&canvas, motion_modules * view.module_px, motion_turns);
  shine (&canvas, &chance, how, &view);
  add_noise (&canvas, &chance, draw_range (&chance, how->noise), draw_range (&chance, how->specks));
  block_noise = draw_range (&chance, how->block_noise);
  if (block_noise > 0)
    compress (&canvas, block_noise);
  grey = quantise (&canvas);
  g_free (canvas.light);
  return grey;
}

/**
 * sl_test_picture_new_without_code:
 * @seed: chooses one picture
 * @width: in pixels, at least 64
 * @height: in pixels, at least 64
 *
 * A wall with boxes and print, in which nothing may be found.
 *
 * Returns: (transfer full): width × height grey pixels without padding: g_free()
 */
guint8 *
sl_test_picture_new_without_code (guint64 seed, int width, int height)
{
  Chance chance = { seed * G_GUINT64_CONSTANT (0xd1342543de82ef95) + SL_TEST_PICTURE_CONDITIONS };
  Canvas canvas = { width, height, NULL };
  guint8 *grey;

  g_assert (width >= 64 && height >= 64);

  canvas.light = g_new (float, (gsize) width *height);
  paint_background (&canvas, &chance);
  add_noise (&canvas, &chance, draw_between (&chance, 1, 12), 0);
  grey = quantise (&canvas);
  g_free (canvas.light);
  return grey;
}
