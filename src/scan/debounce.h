/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* One code held before the door is one scan: src/scan/README.md "One scan". */
#define SL_SCAN_REPEAT_MS 5000     /* the same code within 5 s is one scan */
#define SL_SCAN_REMEMBERED_CODES 16 /* more people than stand before one camera within 5 s */

typedef struct {
  char *texts[SL_SCAN_REMEMBERED_CODES];
  gint64 seen_ms[SL_SCAN_REMEMBERED_CODES];
} SlScanDebounce;

void sl_scan_debounce_clear (SlScanDebounce *debounce);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlScanDebounce, sl_scan_debounce_clear)
gboolean sl_scan_debounce_accept (SlScanDebounce *debounce, const char *text, gint64 now_ms);
