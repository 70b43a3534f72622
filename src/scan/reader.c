/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-reader"

#include "reader.h"

#include <string.h>
#include <zbar.h>

/* Bytes of a code's text that are looked at: QR version 40-L holds 7,089 digits, its longest text. */
#define TEXT_MAX_BYTES 8192
/* Single-byte katakana in a row from which bytes are taken for Shift-JIS: Latin-1 has no three accented capitals in a
 * row. */
#define KATAKANA_RUN 3

struct _SlReader {
  zbar_image_scanner_t *text_scanner;
  zbar_image_scanner_t *bytes_scanner; /* the same without its guesses at the encoding */
  zbar_image_t *image;
};

static zbar_image_scanner_t *
scanner_new (gboolean bytes)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();

  /* All symbologies cost 2–4 times as much and find bar codes in wallpaper; density 2 loses small and turned codes. */
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, 1);
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, 1);
  if (bytes)
    zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
  return scanner;
}

static gboolean
is_ascii (const char *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) data[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* Bytes that Latin-1 text does not have: C1 controls, or a row of what would be accented capitals. */
static gboolean
looks_like_shift_jis (const guchar *data, gsize length)
{
  int run = 0;

  for (gsize i = 0; i < length; i++)
    {
      run = data[i] >= 0xa1 && data[i] <= 0xdf ? run + 1 : 0;
      if ((data[i] >= 0x80 && data[i] <= 0x9f) || run >= KATAKANA_RUN)
        return TRUE;
    }
  return FALSE;
}

/* zbar takes UTF-8 for Big5 and katakana for Chinese. Its text stands where the code names its encoding or the bytes
 * tell nothing better. */
static char *
decide_text (const char *zbar_text, gsize zbar_length, const char *bytes, gsize length)
{
  char *text = NULL;

  if (g_utf8_validate_len (bytes, length, NULL))
    return g_strndup (bytes, length);
  if (looks_like_shift_jis ((const guchar *) bytes, length)) /* code page 932: its backslash is one */
    text = g_convert (bytes, (gssize) length, "UTF-8", "CP932", NULL, NULL, NULL);
  if (text == NULL && g_utf8_validate_len (zbar_text, zbar_length, NULL))
    text = g_strndup (zbar_text, zbar_length);
  return text;
}

static void
add_text (GPtrArray *texts, char *text)
{
  if (text == NULL || *text == '\0' || g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_free (text);
  else
    g_ptr_array_add (texts, text);
}

static const zbar_symbol_t *
scan (zbar_image_scanner_t *scanner, zbar_image_t *image, gboolean also_inverted)
{
  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, also_inverted ? 1 : 0);
  if (zbar_scan_image (scanner, image) <= 0)
    return NULL;
  return zbar_image_first_symbol (image);
}

/* Reads the picture once more for the bytes behind texts that are not ASCII: the codes come in the same order. */
static void
add_texts_by_bytes (SlReader *reader, gboolean also_inverted, GPtrArray *zbar_texts, GPtrArray *texts)
{
  const zbar_symbol_t *symbol = scan (reader->bytes_scanner, reader->image, also_inverted);

  for (guint i = 0; i < zbar_texts->len; i++)
    {
      GBytes *zbar_text = g_ptr_array_index (zbar_texts, i);
      gsize length;
      const char *data = g_bytes_get_data (zbar_text, &length);

      if (symbol == NULL)
        {
          if (g_utf8_validate_len (data, length, NULL))
            add_text (texts, g_strndup (data, length));
          continue;
        }
      add_text (texts, decide_text (data, length, zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol)));
      symbol = zbar_symbol_next (symbol);
    }
}

/**
 * sl_reader_new:
 *
 * Makes a reader. A reader belongs to one thread at a time.
 *
 * Returns: (transfer full): a reader
 */
SlReader *
sl_reader_new (void)
{
  SlReader *reader = g_new0 (SlReader, 1);

  reader->text_scanner = scanner_new (FALSE);
  reader->bytes_scanner = scanner_new (TRUE);
  reader->image = zbar_image_create ();
  zbar_image_set_format (reader->image, zbar_fourcc ('Y', '8', '0', '0'));
  return reader;
}

/**
 * sl_reader_free:
 * @reader: (nullable): a reader
 */
void
sl_reader_free (SlReader *reader)
{
  if (reader == NULL)
    return;
  zbar_image_destroy (reader->image);
  zbar_image_scanner_destroy (reader->text_scanner);
  zbar_image_scanner_destroy (reader->bytes_scanner);
  g_free (reader);
}

/**
 * sl_reader_read:
 * @reader: a reader
 * @plane: grey pixels; not kept
 * @also_inverted: look for white on black too where nothing is found
 * @texts: (element-type utf8): gets each new text; valid UTF-8, no NUL, not empty
 *
 * Reads the QR codes of a picture with zbar: its error correction stands behind each text. Texts with a NUL, longer
 * than any QR code's, or in no encoding that can be told are dropped.
 *
 * Returns: how many codes were read, also when their texts were in @texts before or were dropped
 */
guint
sl_reader_read (SlReader *reader, const SlPlane *plane, gboolean also_inverted, GPtrArray *texts)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gboolean all_ascii = TRUE;

  g_return_val_if_fail (reader != NULL && plane != NULL && texts != NULL, 0);

  zbar_image_set_size (reader->image, plane->width, plane->height);
  zbar_image_set_data (reader->image, plane->data, (gsize) plane->width * plane->height, NULL);
  for (const zbar_symbol_t *symbol = scan (reader->text_scanner, reader->image, also_inverted); symbol != NULL;
       symbol = zbar_symbol_next (symbol))
    {
      gsize length = zbar_symbol_get_data_length (symbol);
      const char *data = zbar_symbol_get_data (symbol);

      if (length > TEXT_MAX_BYTES || memchr (data, '\0', length) != NULL)
        continue;
      all_ascii = all_ascii && is_ascii (data, length);
      g_ptr_array_add (found, g_bytes_new (data, length));
    }
  if (all_ascii)
    for (guint i = 0; i < found->len; i++)
      {
        GBytes *bytes = g_ptr_array_index (found, i);

        add_text (texts, g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
      }
  else
    add_texts_by_bytes (reader, also_inverted, found, texts);
  zbar_image_set_symbols (reader->image, NULL);
  return found->len;
}
