/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/flow.h"

/* Inside the print room only: a QR code as a drawing. */

typedef struct {
  int side;          /* modules, with the quiet zone */
  guint8 *dark;      /* side × side of 0 or 1 */
} SlQr;
SlQr *sl_qr_new (const char *text, GError **error);
void sl_qr_free (SlQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlQr, sl_qr_free)
/* At most so wide; the width that it takes */
double sl_qr_width (const SlQr *qr, double max_width, double dot);
void sl_qr_draw (const SlQr *qr, SlFlow *flow, double x, double y, double max_width);
