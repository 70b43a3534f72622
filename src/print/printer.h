/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "print/render.h"

/* Bytes to a printer, and what it says of them: src/print/README.md "Printers". Waits, but never longer than it is
 * told; never on a thread that a screen needs. */

/* Milliseconds, each without any progress. */
typedef struct {
  int connect_ms;    /* until somebody answers at its address */
  int answer_ms;     /* until it answers a question; those that never answer are believed to be ready */
  int stall_ms;      /* until it takes more, or has printed what it took */
  GCancellable *stop; /* (nullable): nobody waits any longer, as if the printer had stalled */
} SlPrinterTimes;
#define SL_PRINTER_TIMES { .connect_ms = 5000, .answer_ms = 1000, .stall_ms = 30000 }

typedef struct {
  const char *target;   /* tcp:HOST[:PORT] (9100), dir:DIRECTORY, or a device: /dev/usb/lp0 */
  SlPaper paper;        /* on rolls ESC/POS is spoken, so that status can be asked for */
  gboolean cut;         /* a job ends with a cut: then the printer's count of cuts tells whether it ended */
  gboolean shared;      /* others' cuts are in its count, too */
  const char *job_name; /* of the file in a directory: the same job's is the same */
  SlPrinterTimes times;
} SlPrinterPlace;
/* FALSE and BAD_INPUT: it names no place. */
gboolean sl_printer_target_check (const char *target, GError **error);

typedef enum {
  SL_SEND_DONE,         /* all of it was taken and, where the printer says so, is on paper */
  SL_SEND_NOT_BEGUN,    /* nothing of it was sent */
  SL_SEND_CUT_OFF,      /* some was; what became of it is not known */
} SlSendEnd;
#define SL_SEND_NO_COUNTER G_MININT64
/* Called when the printer is ready, before its first byte, with its count. FALSE: send nothing. */
typedef gboolean (*SlSendBegin) (gpointer data, gint64 counter);
SlSendEnd sl_printer_send (const SlPrinterPlace *place, GBytes *bytes, SlSendBegin begin, gpointer data,
                           char **out_problem);
/* What became of a job that began at this count. FALSE: the printer is out of reach, or not ready. */
gboolean sl_printer_ask (const SlPrinterPlace *place, gint64 counter, SlSendEnd *out_end);

/* Whether it would print now, without a byte of a job. */
typedef enum {
  SL_PRINTER_READY,     /* or it answers no questions */
  SL_PRINTER_NOT_READY, /* out of paper, its cover open */
  SL_PRINTER_MISSING,   /* switched off, unplugged */
} SlPrinterSeen;
SlPrinterSeen sl_printer_look (const SlPrinterPlace *place);
