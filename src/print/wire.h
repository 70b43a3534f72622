/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "print/printer.h"

/* Inside the print room only: a connection to a printer, and ESC/POS's questions. */

typedef struct {
  int fd;
  GObject *connection;   /* (nullable): what owns fd */
  gboolean is_tcp, is_tty;
  SlPrinterTimes times;
} SlPrintWire;
/* FALSE with a problem: nobody there. */
gboolean sl_print_wire_open (SlPrintWire *wire, const SlPrinterPlace *place, char **out_problem);
void sl_print_wire_close (SlPrintWire *wire);
gboolean sl_print_wire_write (SlPrintWire *wire, const guint8 *data, gsize length, char **out_problem);
/* One byte: 1; nothing came in time: 0; it has gone: -1. */
int sl_print_wire_read (SlPrintWire *wire, guint8 *out, int timeout_ms);
/* All that was written was taken by the other end. */
gboolean sl_print_wire_drain (SlPrintWire *wire, char **out_problem);

/* What a printer says of itself. */
typedef enum { SL_READY, SL_READY_SILENT /* it answers nothing */, SL_NOT_READY, SL_GONE } SlReadiness;
SlReadiness sl_print_wire_status (SlPrintWire *wire, char **out_problem);
gint64 sl_print_wire_cuts (SlPrintWire *wire);                 /* SL_SEND_NO_COUNTER: it does not say */
/* All that was sent is on paper. Of a printer that answers. */
gboolean sl_print_wire_settle (SlPrintWire *wire, char **out_problem);
