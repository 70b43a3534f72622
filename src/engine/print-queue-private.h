/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"
#include "engine/print-queue.h"

/* A write of this device's own rows: part of the command that is open, or a transaction of its own. */
gboolean sl_print_begin (SlEngine *engine, GError **error);
gboolean sl_print_end (SlEngine *engine, gboolean done, GError **error); /* done FALSE: takes it back, gives FALSE */
/* (transfer full) (element-type SlPrintJob); printer (nullable): all */
GPtrArray *sl_print_read (SlEngine *engine, const char *printer, SlPrintState state, GError **error);
gboolean sl_print_mark (SlEngine *engine, const SlId *id, SlPrintState state, gint64 counter, const char *problem,
                        GError **error);
