/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/print-queue.h"
#include "engine/report.h"

/* Reports on this device's printers: the job says which, of which days and for whom; the figures are those of the
 * moment at which it is printed, and so are the rights of whoever wanted it. Each asking is one piece of paper. */

/* printer (nullable): the one for receipts. NOT_FOUND: there is none. */
gboolean sl_print_report_add (SlEngine *engine, const SlActor *actor, const SlReport *report,
                              const SlReportParams *params, const char *printer, SlId *out_id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For whoever runs the queue. NULL with BAD_INPUT: they may not see it any more, or the job says nothing sensible. */
SlDocument *sl_print_report_document (SlEngine *engine, const SlPrintJob *job, SlReportTranslate translate,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
