/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "scanner.h"

/* A scanner on a descriptor that is open already (taken over): what tests feed through a pipe. Is not opened again. */
SlScanner *sl_scanner_new_for_fd (int fd, gboolean sends_events, const SlScannerCallbacks *callbacks,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
