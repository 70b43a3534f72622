/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/clock.h"
#include "core/id.h"
#include "engine/refusal.h"

/* The rules of a studio over one data directory. An engine belongs to one thread; open one per thread. */
typedef struct _SlEngine SlEngine;

SlEngine *sl_engine_open (const char *dir, SlWorld *world, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_engine_close (SlEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlEngine, sl_engine_close)

#define SL_NUMBER_NONE G_MININT64   /* a number that is not named, or that there is none of */

gint64 sl_engine_now_ms (SlEngine *engine);
gint64 sl_engine_data_version (SlEngine *engine);         /* changes when another process has committed */
/* About once a second in programs that stay; cheap where nothing was written. */
void sl_engine_settle (SlEngine *engine);
/* Upkeep when nobody waits: checkpoint, old refusal notes. */
gboolean sl_engine_idle (SlEngine *engine, GError **error);
/* In programs that stay, after opening, when nobody waits and until done: what the first search would wait for. */
gboolean sl_engine_warm (SlEngine *engine, gboolean *out_done, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *sl_engine_studio_name (SlEngine *engine);
const char *sl_engine_location_name (SlEngine *engine);   /* this device's location */
GTimeZone *sl_engine_time_zone (SlEngine *engine);        /* (transfer none) this device's location's zone */
const char *sl_engine_currency (SlEngine *engine);
gboolean sl_engine_has_hub (SlEngine *engine);            /* FALSE: stand-alone */
void sl_engine_get_location (SlEngine *engine, SlId *out_location);
void sl_engine_get_replica (SlEngine *engine, SlId *out_replica);
void sl_engine_get_organisation (SlEngine *engine, SlId *out_organisation);
/* (transfer none): for what works on the log itself (export, verify, backup). */
struct _SlOplog *sl_engine_get_log (SlEngine *engine);
