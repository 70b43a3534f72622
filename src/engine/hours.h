/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "core/datetime.h"

/* Weekly hours as people write them: "always", "never", or "Mon-Fri 05:00-21:00; Sat,Sun 07:00-13:00". A span that ends
 * at or before its beginning runs past midnight ("20:00-02:00"). */
typedef struct _SlHours SlHours;
SlHours *sl_hours_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;   /* BAD_INPUT */
void sl_hours_free (SlHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlHours, sl_hours_free)
gboolean sl_hours_open_at (const SlHours *hours, gint64 at_ms, GTimeZone *zone);
