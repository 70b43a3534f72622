/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

/* Inside the engine room only. Part of the transaction that makes the phrase: what the screen is about to show is known
 * not to be on paper yet, whenever the power goes. */
gboolean sl_recovery_mark_unconfirmed (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
