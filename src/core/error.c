/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-error"

#include "core/error.h"

/**
 * sl_error_quark:
 *
 * The domain of every failure of the product; the codes say what the caller should do. Any thread.
 *
 * Returns: the quark behind %SL_ERROR
 */
G_DEFINE_QUARK (sl-error-quark, sl_error)
