/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/pg.h"

/* Listens on a channel, and speaks on it, on a thread and a connection of its own, which it makes again for as long as
 * it lives. */
typedef struct _SlPgListener SlPgListener;

/* payload: NULL: connected again, whatever was said meanwhile was missed */
typedef void (*SlPgListenerFunc) (const char *payload, gpointer user_data);
/* missed: a query for payloads that may have been missed, asked now and then */
SlPgListener *sl_pg_listener_new (const char *uri, const char *channel, const char *missed, SlPgListenerFunc func,
                                  gpointer user_data, GError **error);
/* Any thread; never waits. A later payload of the same key replaces one that was not said yet. No quotes in it. */
void sl_pg_listener_say (SlPgListener *listener, const char *key, const char *payload);
void sl_pg_listener_free (SlPgListener *listener);
