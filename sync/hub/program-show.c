/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-program-show"

#include "hub/program.h"

#include <glib/gi18n-lib.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"

#define QUIET_MODULES 4   /* ISO/IEC 18004 section 6.3.8 */
/* Black on white by number, so that the code is right side out on dark terminals too; half blocks: two rows a line. */
#define ON "\033[30;107m"
#define OFF "\033[0m"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

/* What keys of an answer are called; those that say nothing to people are not here. */
static const struct { const char *key, *title; } titles[] = {
  { "org", N_ ("organisation") }, { "replica", N_ ("device") }, { "name", N_ ("name") }, { "role", N_ ("role") },
  { "location", N_ ("location") }, { "founded", N_ ("has a studio") }, { "head", N_ ("entries") },
  { "code", N_ ("code") }, { "expires", N_ ("good until") }, { "url", N_ ("address") },
  { "admitted", N_ ("admitted") }, { "revoked", N_ ("revoked") }, { "operations", N_ ("operations") },
};

/* No control characters: what came from outside may not move the cursor. */
static void
show_value (const json_t *value)
{
  if (json_is_string (value))
    {
      for (const char *at = json_string_value (value); *at != '\0'; at = g_utf8_next_char (at))
        {
          gunichar c = g_utf8_get_char (at);
          if (!g_unichar_iscntrl (c))
            fwrite (at, 1, g_utf8_next_char (at) - at, stdout);
        }
    }
  else if (json_is_boolean (value))
    fputs (json_is_true (value) ? _("yes") : _("no"), stdout);
  else if (json_is_integer (value))
    printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
  else
    fputs ("–", stdout);
}

static void
show_object (const json_t *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      const json_t *value = json_object_get (object, titles[i].key);
      if (value == NULL)
        continue;
      printf ("%s: ", _(titles[i].title));
      show_value (value);
      putchar ('\n');
    }
}

/**
 * sl_program_show:
 * @answer: an object; its items, where it has some, come one after the other
 *
 * Prints an answer as people read it.
 */
void
sl_program_show (const json_t *answer)
{
  const json_t *items = json_object_get (answer, "items");
  if (items == NULL)
    {
      show_object (answer);
      return;
    }
  for (gsize i = 0; i < json_array_size (items); i++)
    {
      if (i > 0)
        putchar ('\n');
      show_object (json_array_get (items, i));
    }
}

static gboolean
is_dark (const QRcode *qr, int column, int row)
{
  return column >= 0 && row >= 0 && column < qr->width && row < qr->width && (qr->data[row * qr->width + column] & 1);
}

/**
 * sl_program_show_qr:
 *
 * Prints a QR code with its quiet zone.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT: the text is too long for one
 */
gboolean
sl_program_show_qr (const char *text, GError **error)
{
  g_autoptr (QRcode) qr = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  if (qr == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%" G_GSIZE_FORMAT " bytes do not fit into a QR code",
                   strlen (text));
      return FALSE;
    }
  static const char * const blocks[] = { " ", "▄", "▀", "█" };
  for (int row = -QUIET_MODULES; row < qr->width + QUIET_MODULES; row += 2)
    {
      fputs (ON, stdout);
      for (int column = -QUIET_MODULES; column < qr->width + QUIET_MODULES; column++)
        fputs (blocks[is_dark (qr, column, row) * 2 + is_dark (qr, column, row + 1)], stdout);
      puts (OFF);
    }
  return TRUE;
}
