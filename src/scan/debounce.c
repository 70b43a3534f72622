/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-debounce"

#include "debounce.h"

/**
 * sl_scan_debounce_clear:
 * @debounce: zeroed, or in use
 *
 * Forgets all codes. It can be used again.
 */
void
sl_scan_debounce_clear (SlScanDebounce *debounce)
{
  for (guint i = 0; i < SL_SCAN_REMEMBERED_CODES; i++)
    g_clear_pointer (&debounce->texts[i], g_free);
}

/**
 * sl_scan_debounce_accept:
 * @debounce: zeroed at first; one for all readers of a door
 * @text: a code that was just read
 * @now_ms: monotonic time, not the wall clock's
 *
 * Tells a new scan from one that goes on. The 5 s count from when the code was last seen, so that a pass left lying
 * before the camera is one scan, and a pass shown again after 5 s away is another. When more codes are in sight than
 * are remembered, the one seen longest ago is forgotten.
 *
 * Returns: %TRUE when this is a new scan
 */
gboolean
sl_scan_debounce_accept (SlScanDebounce *debounce, const char *text, gint64 now_ms)
{
  guint slot = 0;

  g_return_val_if_fail (debounce != NULL && text != NULL, FALSE);

  for (guint i = 0; i < SL_SCAN_REMEMBERED_CODES; i++)
    {
      if (g_strcmp0 (debounce->texts[i], text) == 0)
        {
          gboolean again = now_ms - debounce->seen_ms[i] >= SL_SCAN_REPEAT_MS;

          debounce->seen_ms[i] = now_ms;
          return again;
        }
      if (debounce->texts[slot] != NULL
          && (debounce->texts[i] == NULL || debounce->seen_ms[i] < debounce->seen_ms[slot]))
        slot = i;
    }
  g_free (debounce->texts[slot]);
  debounce->texts[slot] = g_strdup (text);
  debounce->seen_ms[slot] = now_ms;
  return TRUE;
}
