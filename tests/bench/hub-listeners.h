/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub-load.h"

/* Devices that listen for news, and clients that hold a server up. */
typedef struct _Listeners Listeners;

void listeners_join (Crowd *crowd, LoadServer *hub, guint n_devices); /* until each studio has so many */
/* In each studio so many streams, by its devices in turn. */
Listeners *listeners_new (Crowd *crowd, LoadServer *hub, guint n_per_studio, guint n_per_device);
void listeners_free (Listeners *listeners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listeners, listeners_free)
guint listeners_count (const Listeners *listeners);
/* News of this studio will come: takes away what lies there already. */
void listeners_expect (Listeners *listeners, CrowdStudio *studio);
/* When the last of its streams has told that the log has grown that far; out_reached: how many there are. */
gint64 listeners_wait (Listeners *listeners, guint64 head, guint *out_reached);
/* From now on a thread reads and forgets what comes, until it is told to stop. */
void listeners_drain (Listeners *listeners);
void listeners_stop (Listeners *listeners);

/* Each sends a header one byte after the other, and comes again when it is cut off. */
typedef struct _SlowClients SlowClients;
SlowClients *slow_clients_new (LoadServer *server, guint n_clients);
void slow_clients_stop (SlowClients *clients);
void slow_clients_free (SlowClients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlowClients, slow_clients_free)
