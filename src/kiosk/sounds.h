/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The door's sounds, played beside everything else. Without a loudspeaker they are not heard, and that is all. */
typedef struct _SlSounds SlSounds;

SlSounds *sl_sounds_new (const char *sink);
void sl_sounds_free (SlSounds *sounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSounds, sl_sounds_free)
void sl_sounds_play (SlSounds *sounds, const char *name);
