/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/clock.h"
#include "pair-page.h"

/* Makes an empty or missing data directory a device of a studio, by a hub's pairing code, on a thread of its own. All
 * functions are for the thread that made it. */
typedef struct _SlPairing SlPairing;

/* In the main context that was the thread's default at sl_pairing_new(). shown: PAIRED; WAITING: it was stopped; or
 * what is wrong. detail: (nullable): a failure's own words */
typedef void (*SlPairingDone) (SlPairShown shown, const char *detail, gpointer user_data);

SlPairing *sl_pairing_new (const char *data_dir, SlWorld *world, SlPairingDone done, gpointer user_data);
void sl_pairing_free (SlPairing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPairing, sl_pairing_free)

gboolean sl_pairing_is_running (SlPairing *self);
SlPairShown sl_pairing_begin (SlPairing *self, const char *text);
void sl_pairing_stop (SlPairing *self);
