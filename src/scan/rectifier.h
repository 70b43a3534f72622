/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reader.h"

/* Finds codes by their fixed patterns, takes tilt, bend, light and blur out, and hands zbar a clean drawing of each. */
typedef struct _SlRectifier SlRectifier;

SlRectifier *sl_rectifier_new (void);
void sl_rectifier_free (SlRectifier *rectifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRectifier, sl_rectifier_free)
guint sl_rectifier_read (SlRectifier *rectifier, const SlFrame *frame, guint first_level, int radius_px,
                         gboolean sharpen, SlReader *reader, GPtrArray *texts);
