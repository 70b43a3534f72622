/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fonts"

#include "print/fonts.h"

#include "core/error.h"

/* The screens' typeface, then what Debian has for letters that it lacks. */
#define FAMILIES "Inter,Noto Sans,DejaVu Sans,Sans"

/**
 * sl_fonts_describe:
 * @size: in points
 * @weight: of its strokes
 *
 * Returns: (transfer full): the typeface of all documents
 */
PangoFontDescription *
sl_fonts_describe (double size, PangoWeight weight)
{
  PangoFontDescription *font = pango_font_description_new ();
  pango_font_description_set_family_static (font, FAMILIES);
  pango_font_description_set_weight (font, weight);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  return font;
}

/* Fontconfig always names some families, also where it has not a single file: only setting a letter tells. */
static gboolean
has_fonts (PangoContext *context)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  g_autoptr (PangoFontDescription) font = sl_fonts_describe (10, PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, "A", -1);
  return pango_layout_get_unknown_glyphs_count (layout) == 0;
}

/**
 * sl_fonts_context:
 * @error: %SL_ERROR_NOT_FOUND: no fonts on this machine
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): a context whose unit is the point and whose letters are as wide on a roll as in
 *   a file: lines break alike on both
 */
PangoContext *
sl_fonts_context (GError **error)
{
  g_autoptr (PangoContext) context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 72);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
  if (has_fonts (context))
    return g_steal_pointer (&context);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND,
                       "this machine has no fonts to print with: install fonts-inter and fonts-noto-core");
  return NULL;
}

/* The first letter that no font has; 0: all have one. */
static gunichar
find_unknown (PangoLayout *layout)
{
  for (GSList *line = pango_layout_get_lines_readonly (layout); line != NULL; line = line->next)
    for (GSList *at = ((PangoLayoutLine *) line->data)->runs; at != NULL; at = at->next)
      {
        const PangoGlyphString *glyphs = ((PangoLayoutRun *) at->data)->glyphs;
        for (int i = 0; i < glyphs->num_glyphs; i++)
          if ((glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0)
            return glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
      }
  return 0;
}

/**
 * sl_fonts_check:
 * @layout: a text that is to be printed
 * @error: %SL_ERROR_NOT_FOUND naming a letter that no font on this machine has
 *
 * Returns: whether all of it can be read on paper
 */
gboolean
sl_fonts_check (PangoLayout *layout, GError **error)
{
  if (pango_layout_get_unknown_glyphs_count (layout) == 0)
    return TRUE;
  gunichar c = find_unknown (layout);
  char letter[8] = "";
  if (g_unichar_validate (c) && g_unichar_isprint (c))
    letter[g_unichar_to_utf8 (c, letter)] = '\0';
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND,
               "no font on this machine has the letter %s (U+%04X): install fonts-noto-core, or fonts-noto-cjk for "
               "Chinese, Japanese and Korean",
               letter, c);
  return FALSE;
}
