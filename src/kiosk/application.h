/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "core/clock.h"

/* The kiosk: wires the door, the intake and the window together. */
#define SL_TYPE_APPLICATION (sl_application_get_type ())
G_DECLARE_FINAL_TYPE (SlApplication, sl_application, SL, APPLICATION, AdwApplication)

#define SL_APPLICATION_DATA_DIR "/var/lib/studioloop"
#define SL_EVENT_READY "sl-ready"        /* the door could read a pass from now on; field READY_AFTER_MS */
#define SL_APPLICATION_EXIT_STORAGE 6    /* as the command line's: the disk failed; the service starts it again */

SlApplication *sl_application_new (SlWorld *world);
void sl_application_handle_code (SlApplication *self, const char *code);
int sl_application_get_exit_status (SlApplication *self);
