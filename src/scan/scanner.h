/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A scanner that types, read as a device and never as key presses into GTK: bar codes can carry control keys.
 * src/scan/README.md "Scanners".
 *
 * Sources: "serial:/dev/ttyACM0", "serial:/dev/ttyUSB0,9600", "evdev:/dev/input/by-id/…-event-kbd". */
typedef struct _SlScanner SlScanner;

typedef enum {
  SL_SCANNER_RUNNING,
  SL_SCANNER_MISSING, /* unplugged or refused; tried again for ever */
} SlScannerState;

typedef struct {
  /* reason: (nullable): for the log and for staff, with MISSING only */
  void (*state_changed) (SlScanner *scanner, SlScannerState state, const char *reason, gpointer user_data);
  /* A line was scanned. text is valid UTF-8 and not empty; NULL: a line over SL_CODE_MAX_BYTES, or bytes that are no
   * text. */
  void (*line_read) (SlScanner *scanner, const char *text, gint64 read_us, gpointer user_data);
} SlScannerCallbacks;

SlScanner *sl_scanner_new (const char *source, const SlScannerCallbacks *callbacks, gpointer user_data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_scanner_free (SlScanner *scanner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlScanner, sl_scanner_free)
