/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Periods of a plan, by the calendar: src/engine/README.md "Plans". Each begins where the one before it has ended. */
gint64 sl_period_at (gint64 anchor_ms, gint64 months, GTimeZone *zone);
/* Which of the anchor's periods of a month begins then; -1: none does. */
gint64 sl_period_index (gint64 anchor_ms, gint64 at_ms, GTimeZone *zone);
/* As many whole days later as there are days from from_ms to until_ms. */
gint64 sl_period_days_later (gint64 at_ms, gint64 from_ms, gint64 until_ms, GTimeZone *zone);
