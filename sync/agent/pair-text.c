/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pair-text"

#include "agent/pair.h"

#include <string.h>

#include "scan/code.h"

#define TEXT_MAX_BYTES (SL_HUB_URL_MAX_BYTES + 1 + SL_PAIR_CODE_MAX_BYTES)
#define BETWEEN "# \t\r\n" /* the hub's picture has a #; who types what is on its screen may put a blank */

/* As hubs take it: capitals, hyphens and blanks do not matter. */
static gboolean
is_code (const char *text)
{
  guint count = 0;
  for (const char *p = text; *p != '\0'; p++)
    if (strchr (SL_SYNC_PAIRING_CODE_ALPHABET, g_ascii_toupper (*p)) != NULL)
      count++;
    else if (*p != '-' && *p != ' ')
      return FALSE;
  return count == SL_SYNC_PAIRING_CODE_CHARS;
}

/**
 * sl_pair_text_parse:
 * @text: what was scanned or typed, whatever it is
 * @out_url: (out) (transfer full) (nullable): the hub's address; with OK and PLAIN only
 * @out_code: (out) (transfer full) (nullable): the code; with OK and PLAIN only
 *
 * Tells a hub's pairing code from all else that somebody may hold before a camera. Only what is one is ever asked of
 * anybody: any page's address in any picture would be a request otherwise. Any thread.
 *
 * Returns: what it is
 */
SlPairText
sl_pair_text_parse (const char *text, char **out_url, char **out_code)
{
  g_return_val_if_fail (text != NULL && out_url != NULL && out_code != NULL, SL_PAIR_TEXT_FOREIGN);

  SlCode code_of_studio;
  *out_url = *out_code = NULL;
  if (sl_code_parse (text, &code_of_studio) != SL_CODE_BAD_SHAPE)
    return SL_PAIR_TEXT_STUDIO_CODE;
  if (strlen (text) > TEXT_MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    return SL_PAIR_TEXT_FOREIGN;
  g_autofree char *address = g_strstrip (g_strdup (text));
  char *code = strpbrk (address, BETWEEN);
  if (code != NULL)
    {
      gsize between = strspn (code, BETWEEN);
      *code = '\0';
      code += between;
    }
  g_autofree char *url = sl_curl_clean_url (address, TRUE, NULL);
  g_autofree char *encrypted = sl_curl_clean_url (address, FALSE, NULL);
  if (url == NULL)
    return SL_PAIR_TEXT_FOREIGN;
  if (code == NULL || strlen (g_strstrip (code)) > SL_PAIR_CODE_MAX_BYTES || !is_code (code))
    return SL_PAIR_TEXT_NO_CODE;
  *out_url = g_steal_pointer (&url);
  *out_code = g_strdup (code);
  return encrypted != NULL ? SL_PAIR_TEXT_OK : SL_PAIR_TEXT_PLAIN;
}

/**
 * sl_pair_text_problem:
 * @parsed: what sl_pair_text_parse() said, other than OK
 *
 * Returns: (transfer none): why nobody can pair by it, for a failure's message
 */
const char *
sl_pair_text_problem (SlPairText parsed)
{
  switch (parsed)
    {
    case SL_PAIR_TEXT_NO_CODE:
      return "an address without a pairing code behind it: #, and 12 letters and digits";
    case SL_PAIR_TEXT_STUDIO_CODE:
      return "a pass or another code of a studio, not the pairing code of a hub";
    case SL_PAIR_TEXT_PLAIN:
      return "a pairing code of a hub on another machine, without encryption (http://)";
    case SL_PAIR_TEXT_OK:
    case SL_PAIR_TEXT_FOREIGN:
    case SL_PAIR_TEXT_LAST:
    default:
      return "no pairing code: that is a hub's address and a code, such as https://hub.example#D7WB-WXHK-NK4P";
    }
}
