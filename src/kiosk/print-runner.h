/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "door.h"

#include "print/printer.h"

/* Prints what waits on this device's queue, on a thread of its own with an engine of its own: a printer that is off or
 * slow holds up nobody. It looks whenever something changes at the door, and once in a while at a printer that was not
 * ready. What it was doing when it ended is found and asked about by the next one. For the thread that made it. */
typedef struct _SlPrintRunner SlPrintRunner;

#define SL_PRINT_RETRY_S 5      /* after the first attempt that a printer did not take; then twice as long each time, */
#define SL_PRINT_RETRY_MAX_S 60 /* and no longer than this: somebody who refills the paper waits for it */
#define SL_PRINT_END_MS 2000    /* what is being sent when the program ends may take this long to end well */

SlPrintRunner *sl_print_runner_new (SlDoor *door, SlWorld *world);
void sl_print_runner_free (SlPrintRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPrintRunner, sl_print_runner_free)
