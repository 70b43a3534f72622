/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/print-queue.h"
#include "print/printer.h"

/* The queue of the engine, and the paper of src/print: what waits is made and sent to its printer. */
gboolean sl_printing_run (SlEngine *engine, const SlPrinterTimes *times, SlPrintCounts *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How the worst of them is, as far as nobody prints there just now. (element-type SlPrinter) */
SlPrinterSeen sl_printing_look (const char *dir, const GPtrArray *printers, const SlPrinterTimes *times);
