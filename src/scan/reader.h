/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plane.h"

/* One zbar scanner set for QR codes: the only place that speaks with zbar. */
typedef struct _SlReader SlReader;

SlReader *sl_reader_new (void);
void sl_reader_free (SlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlReader, sl_reader_free)

/* Adds each text that is not in texts yet; returns how many codes were read. */
guint sl_reader_read (SlReader *reader, const SlPlane *plane, gboolean also_inverted, GPtrArray *texts);
