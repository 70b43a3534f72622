/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "door.h"

#include "engine/print-queue.h"
#include "print/printer.h"

/* Whether this device's printers would print, before somebody waits for a receipt: looked at once in a while, on a
 * thread of its own. One for each door; any thread may ask it. */
typedef struct _SlPrinterLook SlPrinterLook;

#define SL_PRINTER_LOOK_MS (60 * G_GINT64_CONSTANT (1000)) /* so long what was seen is believed, */
#define SL_PRINTER_LOOK_AGAIN_MS (15 * G_GINT64_CONSTANT (1000)) /* and so long where it may be put right by now */

SlPrinterLook *sl_printer_look_of (SlDoor *door); /* (transfer full) */
void sl_printer_look_unref (SlPrinterLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPrinterLook, sl_printer_look_unref)
SlPrinterSeen sl_printer_look_see (SlPrinterLook *self, GPtrArray *printers, gint64 now_ms);
